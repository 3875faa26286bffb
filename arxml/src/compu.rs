//! CompuMethods: how a raw value becomes a physical one or a word. Knows nothing of types.

use crate::{
    props::raw_range,
    tree::{below, child, children, own_text, parse_number, text},
};
use autosar_data::{Element, ElementName};
use autosar_wit::metadata::CompuMethod;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Conversion {
    Identical,
    /// physical = raw × factor + offset
    Linear {
        factor: f64,
        offset: f64,
    },
    /// A word for each raw value, or for a range of them; `numbers`: the others are numbers.
    Words {
        rows: Vec<Row>,
        numbers: bool,
    },
    /// A word for each bit, by its number.
    Bits(Vec<(u32, String)>),
    /// Not to be carried by metadata; the category.
    Other(String),
}

/// A word of a text table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) from: i64,
    pub(crate) to: i64,
    /// As it is shown.
    pub(crate) text: String,
    /// What a name is made of.
    pub(crate) name: String,
}

impl Conversion {
    /// As metadata carry it.
    pub(crate) fn metadata(&self) -> Option<CompuMethod> {
        match self {
            Conversion::Identical => Some(CompuMethod::Identical),
            Conversion::Linear { factor, offset } => Some(CompuMethod::Linear {
                factor: *factor,
                offset: *offset,
            }),
            Conversion::Words { rows, .. } => Some(CompuMethod::TextTable(
                rows.iter()
                    .map(|row| (row.from, row.text.clone()))
                    .collect(),
            )),
            Conversion::Bits(_) | Conversion::Other(_) => None,
        }
    }
}

pub(crate) fn read(compu: &Element) -> Conversion {
    let category = text(compu, ElementName::Category).unwrap_or_default();
    let forth = scales(compu, ElementName::CompuInternalToPhys);
    let back = scales(compu, ElementName::CompuPhysToInternal);
    let found = match category.as_str() {
        "IDENTICAL" | "" if forth.is_empty() && back.is_empty() => Some(Conversion::Identical),
        "LINEAR" | "RAT_FUNC" | "IDENTICAL" => linear(&forth, &back),
        "TEXTTABLE" => words(&forth, false),
        "SCALE_LINEAR_AND_TEXTTABLE" => words(&forth, true),
        "BITFIELD_TEXTTABLE" => bits(&forth),
        _ => None,
    };
    found.unwrap_or(Conversion::Other(category))
}

fn scales(compu: &Element, direction: ElementName) -> Vec<Element> {
    below(compu, &[direction])
        .map(|direction| children(&direction, ElementName::CompuScales))
        .unwrap_or_default()
}

/// One scale whose quotient is linear, in either direction.
fn linear(forth: &[Element], back: &[Element]) -> Option<Conversion> {
    let (factor, offset) = match (forth, back) {
        ([scale], _) => coefficients(scale)?,
        ([], [scale]) => {
            let (factor, offset) = coefficients(scale)?;
            (1.0 / factor, -offset / factor)
        }
        _ => return None,
    };
    (factor.is_finite() && factor != 0.0 && offset.is_finite())
        .then_some(Conversion::Linear { factor, offset })
}

/// result = value × factor + offset, of `(n0 + n1 × value) / d0`.
fn coefficients(scale: &Element) -> Option<(f64, f64)> {
    let quotient = child(scale, ElementName::CompuRationalCoeffs)?;
    let numerator = values(&quotient, ElementName::CompuNumerator)?;
    let denominator = values(&quotient, ElementName::CompuDenominator).unwrap_or(vec![1.0]);
    let (n0, n1) = match significant(&numerator) {
        [n0, n1] => (*n0, *n1),
        _ => return None,
    };
    match significant(&denominator) {
        [d0] if *d0 != 0.0 => Some((n1 / d0, n0 / d0)),
        _ => None,
    }
}

fn values(quotient: &Element, name: ElementName) -> Option<Vec<f64>> {
    child(quotient, name)?
        .sub_elements()
        .map(|value| parse_number(&own_text(&value)?))
        .collect()
}

/// Without zeros of higher powers.
fn significant(coefficients: &[f64]) -> &[f64] {
    let count = coefficients
        .iter()
        .rposition(|coefficient| *coefficient != 0.0)
        .map_or(0, |last| last + 1);
    coefficients.get(..count).unwrap_or_default()
}

fn words(scales: &[Element], numbers: bool) -> Option<Conversion> {
    let mut rows = Vec::new();
    for scale in scales {
        let Some(word) = word(scale) else {
            // Of a mixed method, the scales with numbers; their conversion is not carried.
            if numbers {
                continue;
            }
            return None;
        };
        let (from, to) = raw_range(scale)?;
        rows.push(Row {
            from: whole(from)?,
            to: whole(to)?,
            name: text(scale, ElementName::ShortLabel)
                .filter(|label| !label.is_empty())
                .unwrap_or_else(|| word.clone()),
            text: word,
        });
    }
    rows.sort_by_key(|row| (row.from, row.to));
    (!rows.is_empty()).then_some(Conversion::Words { rows, numbers })
}

fn word(scale: &Element) -> Option<String> {
    below(scale, &[ElementName::CompuConst, ElementName::Vt])
        .and_then(|text| own_text(&text))
        .filter(|text| !text.is_empty())
}

fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() <= 9e15).then_some(number as i64)
}

/// Masks of one bit each; the word for a bit that is not set is that of its absence.
fn bits(scales: &[Element]) -> Option<Conversion> {
    let mut found: Vec<(u32, String)> = Vec::new();
    for scale in scales {
        let mask = crate::tree::whole(scale, ElementName::Mask)?;
        if mask.count_ones() != 1 {
            return None;
        }
        let (from, to) = raw_range(scale)?;
        let bit = mask.trailing_zeros();
        if from == 0.0 && to == 0.0 {
            continue;
        }
        let name = text(scale, ElementName::ShortLabel).or_else(|| word(scale))?;
        if from != mask as f64 || from != to || found.iter().any(|(known, _)| *known == bit) {
            return None;
        }
        found.push((bit, name));
    }
    found.sort_unstable();
    (!found.is_empty()).then_some(Conversion::Bits(found))
}
