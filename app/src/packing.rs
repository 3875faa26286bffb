//! Frames for what leads from one ECU to another, as people see them: the bus that is meant, the
//! load that they make of it, the table, and the files of an export. Writes nothing.

use autosar_wit::dbc::{self, Database, Message};
use graph_core::{
    document::{BusId, BusKind, Document, FlexibleDataRate},
    end,
    library::Library,
    packing::{self, Load, Proposal, Rates, Target},
};
use simulator::can::{
    BitRates, Flexible, FlexibleRates,
    bits::{BitSequence, INTERMISSION_BITS},
    frame::{Frame, Id},
};
use std::{collections::BTreeMap, fmt::Write, sync::Arc};

/// Of a bus that is not there yet.
const BITRATE_BPS: u32 = 500_000;
const NEW_BUS: &str = "can0";
/// Payloads of which the usual number of stuff bits is taken.
const SAMPLES: u64 = 64;

/// A proposal and the bus that is to carry it.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    pub bus: String,
    pub target: Target,
    pub bitrate_bps: u32,
    /// Of a bus of CAN FD.
    pub flexible: Option<FlexibleDataRate>,
    /// What the bus has already.
    pub existing: Option<Arc<Database>>,
    pub proposal: Proposal,
}

/// Frames on the bus of that name: a CAN bus of the project, or a new one. Without a name the first
/// CAN bus by name, or a new one.
///
/// # Errors
/// The name is that of another bus.
pub fn plan(document: &Document, library: &Library, name: Option<&str>) -> Result<Plan, String> {
    let rate = |id: &BusId| match document.buses.get(id).map(|bus| &bus.kind) {
        Some(BusKind::Can {
            bitrate_bps,
            flexible,
            ..
        }) => Some((*bitrate_bps, *flexible)),
        _ => None,
    };
    let mut buses: Vec<(&str, BusId)> = document
        .buses
        .iter()
        .map(|(id, bus)| (bus.name.as_str(), *id))
        .collect();
    buses.sort_unstable();
    let found = match name {
        Some(name) => buses.iter().find(|(known, _)| *known == name),
        None => buses.iter().find(|(_, id)| rate(id).is_some()),
    };
    let new = |name: &str| (name.to_owned(), None, (BITRATE_BPS, None));
    let (bus, id, (bitrate_bps, flexible)) = match (found, name) {
        (Some((name, id)), _) => match rate(id) {
            Some(rates) => ((*name).to_owned(), Some(*id), rates),
            None => return Err(format!("`{name}` is no CAN bus; name one, or a new one")),
        },
        (None, Some(name)) => new(name),
        (None, None) => new(NEW_BUS),
    };
    let target = match id {
        Some(id) => Target::Bus(id),
        None => Target::New {
            name: bus.clone(),
            bitrate_bps,
        },
    };
    Ok(Plan {
        existing: id.and_then(|id| library.descriptions.get(&id).cloned()),
        proposal: packing::propose(document, library, id),
        bus,
        target,
        bitrate_bps,
        flexible,
    })
}

impl Plan {
    /// Shares of the bus without stuff bits and with as many as there can be.
    pub fn load(&self) -> Load {
        let rates = Rates {
            bitrate_bps: self.bitrate_bps,
            data_bitrate_bps: self.flexible.map(|rates| rates.data_bitrate_bps),
        };
        packing::load(&self.proposal, self.existing.as_deref(), rates)
    }

    /// The share with as many stuff bits as payloads by chance have, to the bit of the simulation.
    pub fn usual_load(&self) -> f64 {
        let database = self.database();
        let rates = BitRates {
            bitrate_bps: self.bitrate_bps,
            flexible: self.flexible.map(|rates| FlexibleRates {
                sample_point_permille: rates.sample_point_permille,
                data_bitrate_bps: rates.data_bitrate_bps,
                data_sample_point_permille: rates.data_sample_point_permille,
            }),
        };
        let sent = database.messages.iter().filter_map(|message| {
            let cycle_ms = message.cycle_time_ms.filter(|cycle| *cycle > 0)?;
            Some(usual_ns(message, &rates)? / 1e6 / f64::from(cycle_ms))
        });
        // An empty sum of floats would be -0.
        sent.fold(0.0, |load, share| load + share)
    }

    /// The description of the bus with the frames in it.
    pub fn database(&self) -> Database {
        packing::database(&self.proposal, self.existing.as_deref())
    }

    /// What speaks against it; nothing: it can be taken over.
    pub fn problems(&self) -> Vec<String> {
        packing::problems(&self.proposal, self.existing.as_deref())
    }

    /// A file for the description, which is not one of those: what was there before stays, so that
    /// an undone step finds it.
    pub fn file(&self, taken: impl Fn(&str) -> bool) -> String {
        let numbers = std::iter::once(String::new()).chain((2_u32..).map(|n| format!("-{n}")));
        let mut names = numbers.map(|number| format!("{}-frames{number}.dbc", self.bus));
        names.find(|name| !taken(name)).unwrap_or_default()
    }
}

/// How long a frame of it takes, the mean over payloads that are the same each time; `None`: no frame
/// has such an identifier.
fn usual_ns(message: &Message, rates: &BitRates) -> Option<f64> {
    let id = match message.extended {
        true => Id::extended(message.id),
        false => Id::standard(message.id),
    };
    let id = id.ok()?;
    let longest = match rates.flexible {
        Some(_) => dbc::FLEXIBLE_BYTES,
        None => dbc::CLASSIC_BYTES,
    };
    let length = dbc::frame_bytes(message.length_bytes.min(longest))?;
    let flexible = Flexible {
        bit_rate_switch: true,
        error_state_indicator: false,
    };
    let mut total_ns = 0;
    for sample in 0..SAMPLES {
        // Knuth's multiplier spreads neighbouring numbers over all bits.
        let numbers = (sample + 1..).step_by(SAMPLES as usize);
        let words = numbers.map(|number| number.wrapping_mul(6_364_136_223_846_793_005));
        let bytes = words.flat_map(u64::to_be_bytes).take(length.into());
        let bytes: Vec<u8> = bytes.collect();
        let frame = match u32::from(length) <= dbc::CLASSIC_BYTES {
            true => Frame::data(id, &bytes),
            false => Frame::flexible(id, &bytes, flexible),
        };
        let span = BitSequence::of(&frame.ok()?).span();
        total_ns += rates.duration_ns(span.and(INTERMISSION_BITS));
    }
    Some(total_ns as f64 / SAMPLES as f64)
}

/// A paragraph a frame, what stays as it is, and the load.
pub fn table(document: &Document, plan: &Plan) -> String {
    let mut text = String::new();
    let Proposal {
        frames, refused, ..
    } = &plan.proposal;
    for frame in frames {
        let cycle = match frame.cycle_ms {
            Some(cycle) => format!("every {cycle} ms"),
            None => "on change".to_owned(),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{:#05x} {} from {}, {cycle}, {} bytes\n  {}",
            frame.id,
            frame.name,
            frame.node,
            frame.length_bytes(),
            frame.why
        );
        for signal in &frame.signals {
            let layout = &signal.layout;
            let unit = match layout.unit.as_str() {
                "" => String::new(),
                unit => format!(" in {unit}"),
            };
            let _ = writeln!(
                text,
                "  bits {:>2} to {:>2}  {}{unit}\n                {} ({})",
                layout.start_bit,
                layout.start_bit + layout.length_bits - 1,
                layout.name,
                end::text(document, &signal.source),
                signal.why
            );
        }
    }
    for refused in refused {
        let _ = writeln!(text, "not packed: {}", refused.reason);
    }
    if frames.is_empty() {
        text.push_str("no connector between two ECUs can be packed\n");
    }
    let _ = writeln!(text, "{}", load_line(plan));
    text
}

/// ``load of `can0` at 500 kbit/s: 12.3 % (11.0 % without stuff bits, at most 14.2 %)``
pub fn load_line(plan: &Plan) -> String {
    let load = plan.load();
    let percent = |share: f64| format!("{:.1} %", share * 100.0);
    let on_change = match load.on_change {
        0 => String::new(),
        1 => ", and a frame on change, which is not counted".to_owned(),
        count => format!(", and {count} frames on change, which are not counted"),
    };
    let kilobits = |rate: u32| f64::from(rate) / 1e3;
    let data_rate = plan.flexible.map(|one| kilobits(one.data_bitrate_bps));
    let data_rate = data_rate.map(|rate| format!(", data at {rate} kbit/s"));
    format!(
        "load of `{}` at {} kbit/s{}: {} ({} without stuff bits, at most {}){on_change}",
        plan.bus,
        kilobits(plan.bitrate_bps),
        data_rate.unwrap_or_default(),
        percent(plan.usual_load()),
        percent(load.least),
        percent(load.most)
    )
}

/// The descriptions of all CAN buses, and of one with the frames that are proposed for what leads from
/// one ECU to another, with the reasons.
///
/// # Errors
/// There is neither.
pub fn files(document: &Document, library: &Library) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let mut files = BTreeMap::new();
    for (id, database) in &library.descriptions {
        if let Some(bus) = document.buses.get(id) {
            files.insert(
                format!("{}.dbc", bus.name),
                dbc::write(database).into_bytes(),
            );
        }
    }
    let plan = plan(document, library, None)?;
    let Proposal {
        frames, refused, ..
    } = &plan.proposal;
    if !frames.is_empty() {
        let name = plan.file(|name| files.contains_key(name));
        files.insert(name, dbc::write(&plan.database()).into_bytes());
    }
    if !frames.is_empty() || !refused.is_empty() {
        files.insert("frames.txt".to_owned(), table(document, &plan).into_bytes());
    }
    match files.is_empty() {
        true => Err(
            "the project has no CAN bus with a description, and nothing leads from one ECU to another"
                .to_owned(),
        ),
        false => Ok(files),
    }
}
