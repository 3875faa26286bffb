//! Clock, data and chip select of a transaction. Knows nothing of devices.
//!
//! Source: Motorola, SPI Block Guide V03.06, 4.3 (transmission formats).

use super::{SpiForms, UNKNOWN};
use crate::trace::bytes_of;
use deployment::SpiMode;
use ecu_host::board::BitOrder;

/// What the chip select of a device is called.
pub(super) fn select(device: &str) -> String {
    format!("cs_{device}")
}

/// CPOL.
pub(super) fn idles_high(mode: SpiMode) -> bool {
    matches!(mode, SpiMode::Mode2 | SpiMode::Mode3)
}

/// CPHA: sampled on the trailing edge.
fn samples_late(mode: SpiMode) -> bool {
    matches!(mode, SpiMode::Mode1 | SpiMode::Mode3)
}

enum Part {
    /// Bytes out, and bytes in where they are known.
    Bytes(Vec<u8>, Option<Vec<u8>>),
    Rest(u64),
}

/// Draws a row `spi` of the trace: `ecu device operations start`.
pub(super) fn draw(
    detail: &str,
    end_ns: u64,
    forms: &SpiForms,
    set: &mut impl FnMut(&str, u64, u32),
) {
    let mut words: Vec<&str> = detail.split(' ').skip(1).collect();
    let start_ns = words.pop().and_then(|word| word.parse().ok());
    let (Some(start_ns), Some((device, words))) = (start_ns, words.split_first()) else {
        return;
    };
    let Some(parts) = words
        .iter()
        .map(|word| part(word))
        .collect::<Option<Vec<_>>>()
    else {
        return;
    };
    let (mode, order) = forms
        .get(*device)
        .copied()
        .unwrap_or((SpiMode::Mode0, BitOrder::MostSignificantFirst));
    let (idle, active) = match idles_high(mode) {
        true => (1, 0),
        false => (0, 1),
    };
    let select = select(device);
    set("sclk", start_ns, idle);
    set(&select, start_ns, 0);

    let count = |part: &Part| match part {
        Part::Bytes(out, _) => (8 * out.len() as u64, 0),
        Part::Rest(ns) => (0, *ns),
    };
    let (bits, rests_ns) = parts.iter().map(count).fold((0, 0), |(bits, rests), part| {
        (bits + part.0, rests + part.1)
    });
    let moving_ns = end_ns.saturating_sub(start_ns).saturating_sub(rests_ns);
    let (mut done, mut rested_ns) = (0u64, 0);
    for part in &parts {
        let (out, taken) = match part {
            Part::Rest(ns) => {
                rested_ns += ns;
                continue;
            }
            Part::Bytes(out, taken) => (out, taken),
        };
        for (place, byte) in out.iter().enumerate() {
            let back = taken
                .as_ref()
                .map(|taken| taken.get(place).copied().unwrap_or(0));
            for bit in 0..8u32 {
                let shift = match order {
                    BitOrder::MostSignificantFirst => 7 - bit,
                    BitOrder::LeastSignificantFirst => bit,
                };
                let half = |halves: u64| {
                    let halves = u128::from(2 * done + halves) * u128::from(moving_ns);
                    let moved = halves / u128::from(2 * bits.max(1));
                    start_ns + rested_ns + u64::try_from(moved).unwrap_or(u64::MAX)
                };
                set("mosi", half(0), u32::from(byte >> shift & 1));
                let level = back.map_or(UNKNOWN, |back| u32::from(back >> shift & 1));
                set("miso", half(0), level);
                let (first, second) = match samples_late(mode) {
                    true => (active, idle),
                    false => (idle, active),
                };
                set("sclk", half(0), first);
                set("sclk", half(1), second);
                set("sclk", half(2), idle);
                done += 1;
            }
        }
    }
    set("miso", end_ns, UNKNOWN);
    set(&select, end_ns, 1);
}

fn part(word: &str) -> Option<Part> {
    let (kind, rest) = word.split_at_checked(1)?;
    match kind {
        // A driver that only reads sends zeros.
        "r" => {
            let taken = bytes_of(rest)?;
            Some(Part::Bytes(vec![0; taken.len()], Some(taken)))
        }
        "w" => Some(Part::Bytes(bytes_of(rest)?, None)),
        "t" => {
            let (out, taken) = rest.split_once('>')?;
            Some(Part::Bytes(bytes_of(out)?, Some(bytes_of(taken)?)))
        }
        _ => Some(Part::Rest(rest.parse().ok()?)),
    }
}
