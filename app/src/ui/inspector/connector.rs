//! A connector: its ends, direct or buffered, and what a buffer does without a fresh value.

use super::{InspectorView, mapping::mapping_ui, project::number_ui, title_ui};
use crate::{
    canvas::names::end_name,
    command::Command,
    observe::{ProbedFunction, cause},
    session::Session,
    ui::{
        theme,
        widgets::{fact_ui, property_ui, section_ui},
    },
};
use egui::{ComboBox, DragValue, RichText, Ui};
use graph_core::{
    document::{Buffering, BusId, Connector, ConnectorId, ConnectorKind, Conversion, Path},
    end,
};

const NS_IN_MS: f64 = 1e6;

pub(super) fn connector_ui(
    ui: &mut Ui,
    session: &Session,
    view: &mut InspectorView,
    id: ConnectorId,
) -> Vec<Command> {
    let Some(connector) = session.document().connectors.get(&id) else {
        return Vec::new();
    };
    let mut commands = Vec::new();
    let (from, to) = (
        end_name(session.document(), &connector.from),
        end_name(session.document(), &connector.to),
    );
    title_ui(ui, "wire", &format!("{from} → {to}"));
    fact_ui(ui, "From", &from);
    fact_ui(ui, "To", &to);
    commands.extend(value_ui(ui, session, id));
    let mut changed = connector.clone();
    let mut is_changed = kind_ui(ui, &mut changed);
    is_changed |= adapter_ui(ui, session, view, &mut changed, id, &mut commands);
    if let ConnectorKind::Buffered(buffering) = &mut changed.kind {
        is_changed |= buffering_ui(ui, view, buffering);
        is_changed |= network_ui(ui, session, connector, buffering);
    }
    is_changed |= property_ui(ui, "Version", |ui| {
        ui.checkbox(&mut changed.accept_version, "Any major version")
            .changed()
    });
    if matches!(connector.kind, ConnectorKind::Direct) {
        is_changed |= property_ui(ui, "Probe", |ui| {
            ui.checkbox(&mut changed.probe, "Report calls").changed()
        });
    }
    if connector.probe {
        calls_ui(ui, session, connector);
    }
    if is_changed {
        commands.push(Command::ChangeConnector(id, changed));
    }
    commands
}

/// What its probe has told in this run: by function, with the last arguments and result.
fn calls_ui(ui: &mut Ui, session: &Session, connector: &Connector) {
    let document = session.document();
    let [from, to] = [&connector.from, &connector.to].map(|one| end::text(document, one));
    let name = format!("{from} -> {to}");
    let probes = session.run().probes.values();
    let told: Vec<&ProbedFunction> = probes.filter(|one| one.connector == name).collect();
    if told.is_empty() {
        return;
    }
    section_ui(ui, "CALLS");
    for one in told {
        let [least, mean, most] = [one.min_ns, one.mean_ns, one.max_ns].map(cause::age);
        let calls = match one.calls {
            1 => "1 call".to_owned(),
            calls => format!("{calls} calls"),
        };
        fact_ui(ui, &one.function, &calls);
        fact_ui(ui, "Took", &format!("{least} to {most}, mean {mean}"));
        for (what, text) in [("Arguments", &one.arguments), ("Result", &one.result)] {
            property_ui(ui, what, |ui| {
                let text = RichText::new(text).monospace().size(theme::TEXT_MONOSPACE);
                ui.add(egui::Label::new(text).wrap());
            });
        }
    }
}

/// The mapping of its adapter, or the offer of one.
fn adapter_ui(
    ui: &mut Ui,
    session: &Session,
    view: &mut InspectorView,
    connector: &mut Connector,
    id: ConnectorId,
    commands: &mut Vec<Command>,
) -> bool {
    let Some(ports) = session.adapter_ports(connector) else {
        return false;
    };
    section_ui(ui, "ADAPTER");
    let Some(mapping) = &connector.adapter else {
        let offer = ui.button("Insert an adapter…");
        if offer
            .on_hover_text("Converts what the sender gives to what the receiver takes")
            .clicked()
        {
            commands.push(Command::ProposeAdapterOn(id));
        }
        return false;
    };
    let changed = mapping_ui(ui, view, mapping, &ports.resolve(mapping));
    let open = mapping.to_confirm().count();
    let confirmed = ui
        .horizontal(|ui| {
            let confirm = egui::Button::new("Confirm all rules");
            let confirmed = open > 0 && ui.add(confirm).clicked();
            if ui.button("Remove the adapter").clicked() {
                commands.push(Command::RemoveAdapter(id));
            }
            confirmed.then(|| mapping.confirmed())
        })
        .inner;
    match changed.or(confirmed) {
        Some(mapping) => {
            connector.adapter = Some(mapping);
            true
        }
        None => false,
    }
}

/// What it carries now.
fn value_ui(ui: &mut Ui, session: &Session, id: ConnectorId) -> Option<Command> {
    let run = session.run();
    let element = session.element(id)?;
    let value = run.values.get(element)?;
    property_ui(ui, "Value", |ui| {
        ui.add(
            egui::Label::new(
                RichText::new(&value.text)
                    .monospace()
                    .size(theme::TEXT_MONOSPACE),
            )
            .truncate(),
        );
    });
    let plotted = session.view().plotted.contains(element);
    let text = if plotted {
        "Remove from the plot"
    } else {
        "Plot this value"
    };
    let clicked = ui
        .add_enabled(
            value.number.is_some() || run.series.contains_key(element),
            egui::Button::new(text),
        )
        .clicked();
    clicked.then(|| match plotted {
        true => Command::Unplot(element.clone()),
        false => Command::Plot(element.clone()),
    })
}

fn kind_ui(ui: &mut Ui, connector: &mut Connector) -> bool {
    let mut is_buffered = matches!(connector.kind, ConnectorKind::Buffered(_));
    let changed = property_ui(ui, "Kind", |ui| {
        let direct = ui
            .radio_value(&mut is_buffered, false, "Direct")
            .on_hover_text("A call at once, inside one partition");
        let buffered = ui
            .radio_value(&mut is_buffered, true, "Buffered")
            .on_hover_text("Copied when the sender's runnable has ended");
        direct.changed() || buffered.changed()
    });
    if changed {
        connector.kind = match is_buffered {
            true => ConnectorKind::Buffered(Buffering::default()),
            false => ConnectorKind::Direct,
        };
    }
    changed
}

fn buffering_ui(ui: &mut Ui, view: &mut InspectorView, buffering: &mut Buffering) -> bool {
    section_ui(ui, "BUFFER");
    let mut is_changed = false;
    for (name, key, value) in [
        ("Initial value", "initial", &mut buffering.initial),
        ("Substitute", "substitute", &mut buffering.substitute),
    ] {
        let current = value.clone().unwrap_or_default();
        if let Some(text) = property_ui(ui, name, |ui| view.text_ui(ui, key, &current, "none")) {
            *value = (!text.is_empty()).then_some(text);
            is_changed = true;
        }
    }
    is_changed |= timeout_ui(ui, &mut buffering.alive_timeout_ns);
    is_changed |= count_ui(ui, "Queue", "Queue values", &mut buffering.queue, 8);
    is_changed |= count_ui(ui, "Bound", "Own bound", &mut buffering.bound, 256);
    is_changed
        | property_ui(ui, "Conversion", |ui| {
            conversion_ui(ui, &mut buffering.conversion)
        })
}

/// How an element meets a signal, or another element in another unit.
fn conversion_ui(ui: &mut Ui, conversion: &mut Conversion) -> bool {
    let known = [
        (Conversion::Physical, "Physical value"),
        (Conversion::Unit, "In the element's unit"),
        (Conversion::Raw, "Raw value"),
    ];
    let current = *conversion;
    let text = known.iter().find(|(one, _)| *one == current);
    ComboBox::from_id_salt("conversion")
        .selected_text(text.map_or("", |(_, text)| text))
        .show_ui(ui, |ui| {
            for (one, text) in known {
                ui.selectable_value(conversion, one, text);
            }
        });
    *conversion != current
}

/// Which Ethernet network it goes over; shown where it leads from one ECU to another.
fn network_ui(
    ui: &mut Ui,
    session: &Session,
    connector: &Connector,
    buffering: &mut Buffering,
) -> bool {
    let document = session.document();
    let Some(path) = document.path_of(connector) else {
        return false;
    };
    let name = |id: BusId| document.buses.get(&id).map_or("?", |bus| &bus.name);
    let shown = match (path, buffering.network) {
        (Path::Over(network), None) => format!("{} (the only one)", name(network)),
        (_, Some(network)) => name(network).to_owned(),
        (_, None) => "none".to_owned(),
    };
    let before = buffering.network;
    property_ui(ui, "Network", |ui| {
        ComboBox::from_id_salt("network")
            .selected_text(shown)
            .show_ui(ui, |ui| {
                ui.selectable_value(&mut buffering.network, None, "The only one");
                for network in document.networks() {
                    ui.selectable_value(&mut buffering.network, Some(network), name(network));
                }
            });
    });
    buffering.network != before
}

fn timeout_ui(ui: &mut Ui, timeout_ns: &mut Option<u64>) -> bool {
    property_ui(ui, "Alive timeout", |ui| {
        let mut has = timeout_ns.is_some();
        if ui.checkbox(&mut has, "").changed() {
            *timeout_ns = has.then_some(100_000_000);
            return true;
        }
        let Some(timeout) = timeout_ns else {
            return false;
        };
        let mut milliseconds = *timeout as f64 / NS_IN_MS;
        let is_changed = number_ui(ui, &mut milliseconds, |ui, milliseconds| {
            let value = DragValue::new(milliseconds).suffix(" ms").speed(1.0);
            ui.add(value.range(0.1..=3_600_000.0).max_decimals(1))
        });
        *timeout = (milliseconds * NS_IN_MS).round() as u64;
        is_changed
    })
}

fn count_ui(ui: &mut Ui, name: &str, text: &str, count: &mut Option<u32>, first: u32) -> bool {
    property_ui(ui, name, |ui| {
        let mut has = count.is_some();
        if ui.checkbox(&mut has, text).changed() {
            *count = has.then_some(first);
            return true;
        }
        match count {
            Some(count) => number_ui(ui, count, |ui, count| {
                ui.add(DragValue::new(count).range(1..=65_536))
            }),
            None => false,
        }
    })
}
