//! What values mean: base types, units, conversions, limits, as the properties of a data type or of
//! a signal. Each is written once and referred to.

use super::{Result, Writer, names, xml};
use crate::{scalar::Scalar, types::primitive};
use autosar_data::{Element, ElementName};
use autosar_wit::metadata::{CompuMethod, ElementMetadata, PhysicalDimension};
use std::collections::BTreeMap;

const PLATFORM: &str = "/AUTOSAR_Platform";
const UNITS: &str = "/Units";
const DIMENSIONS: &str = "/PhysicalDimensions";

/// Elements that were written, by what they say.
#[derive(Default)]
pub(super) struct Known {
    paths: BTreeMap<String, String>,
}

/// What is said of a value.
#[derive(Debug, Clone, Default)]
pub(super) struct Meaning {
    pub(super) base: Option<Scalar>,
    pub(super) unit: Option<String>,
    pub(super) dimension: Option<PhysicalDimension>,
    pub(super) conversion: Conversion,
    /// Of the physical value.
    pub(super) limits: Option<(f64, f64)>,
    /// Longest string.
    pub(super) text_size: Option<u32>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum Conversion {
    #[default]
    None,
    /// Said, so that a number keeps its name.
    Identical,
    Linear(f64, f64),
    /// Words by raw value; the others are numbers, which are converted so.
    Words(Vec<Word>, Option<(f64, f64)>),
    /// Words by bit, from 0 on.
    Bits(Vec<String>),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
    pub(super) from: i64,
    pub(super) to: i64,
    pub(super) text: String,
    /// The label that is to come back.
    pub(super) label: String,
}

impl Meaning {
    /// Of a number: unit and conversion by its metadata, limits by a line of its documentation.
    pub(super) fn of(base: Scalar, known: Option<&ElementMetadata>, docs: &str) -> Meaning {
        let mut meaning = Meaning {
            base: Some(base),
            ..Meaning::default()
        };
        if let Some(known) = known {
            meaning.unit.clone_from(&known.unit);
            meaning.dimension = known.dimension;
            meaning.conversion = match &known.compu_method {
                Some(CompuMethod::Linear { factor, offset }) => {
                    Conversion::Linear(*factor, *offset)
                }
                Some(CompuMethod::TextTable(table)) => Conversion::Words(
                    table
                        .iter()
                        .map(|(raw, text)| Word {
                            from: *raw,
                            to: *raw,
                            text: text.clone(),
                            label: autosar_wit::names::to_label(text),
                        })
                        .collect(),
                    None,
                ),
                Some(CompuMethod::Identical) => Conversion::Identical,
                None => Conversion::None,
            };
        }
        // Only a reader's words count: people write such sentences as well.
        if names::path_in(docs).is_none() {
            return meaning;
        }
        let said = docs.lines().find_map(primitive::said_in);
        if let Some((unit, limits, (factor, offset))) = said {
            meaning.limits = limits;
            meaning.unit = meaning.unit.or(unit);
            if meaning.conversion == Conversion::None && (factor, offset) != (1.0, 0.0) {
                meaning.conversion = Conversion::Linear(factor, offset);
            }
        }
        meaning
    }

    /// What a reader writes of it into the documentation.
    pub(super) fn sentence(&self, limits: Option<(f64, f64)>) -> Option<String> {
        let (factor, offset) = match self.conversion {
            Conversion::Linear(factor, offset) => (factor, offset),
            _ => (1.0, 0.0),
        };
        primitive::sentence_of(self.unit.as_deref(), limits, factor, offset)
    }

    pub(super) fn is_plain(&self) -> bool {
        self.unit.is_none() && self.conversion == Conversion::None && self.limits.is_none()
    }
}

impl Writer {
    /// A number without a meaning.
    pub(super) fn platform(&mut self, scalar: Scalar) -> Result<String> {
        let key = format!("platform {scalar:?}");
        if let Some(known) = self.meanings.paths.get(&key) {
            return Ok(known.clone());
        }
        let home = format!("{PLATFORM}/ImplementationDataTypes");
        let path = self.free(&format!("{home}/{}", scalar.platform()));
        let element = xml::element(&self.out, ElementName::ImplementationDataType, &path)?;
        xml::text(&element, ElementName::Category, "VALUE")?;
        let props = element.create_sub_element(ElementName::SwDataDefProps)?;
        let meaning = Meaning {
            base: Some(scalar),
            ..Meaning::default()
        };
        self.properties(&props, &meaning, PLATFORM, "")?;
        self.meanings.paths.insert(key, path.clone());
        Ok(path)
    }

    /// Fills `SW-DATA-DEF-PROPS` and its like. What is new gets that name, beside that package.
    pub(super) fn properties(
        &mut self,
        props: &Element,
        meaning: &Meaning,
        home: &str,
        name: &str,
    ) -> Result<()> {
        let conditional = xml::below(
            props,
            &[
                ElementName::SwDataDefPropsVariants,
                ElementName::SwDataDefPropsConditional,
            ],
        )?;
        if let Some(base) = meaning.base {
            let path = self.base(base)?;
            let kind = ElementName::SwBaseType;
            xml::reference(&conditional, ElementName::BaseTypeRef, kind, &path)?;
        }
        let unit = match &meaning.unit {
            Some(unit) => Some(self.unit(unit, meaning.dimension)?),
            None => None,
        };
        if meaning.conversion != Conversion::None {
            let path = self.compu(meaning, unit.as_deref(), home, name)?;
            let kind = ElementName::CompuMethod;
            xml::reference(&conditional, ElementName::CompuMethodRef, kind, &path)?;
        }
        if let Some(limits) = meaning.limits {
            let path = self.constraint(limits, home, name)?;
            let kind = ElementName::DataConstr;
            xml::reference(&conditional, ElementName::DataConstrRef, kind, &path)?;
        }
        if let Some(size) = meaning.text_size {
            let text = conditional.create_sub_element(ElementName::SwTextProps)?;
            xml::text(&text, ElementName::SwMaxTextSize, &size.to_string())?;
        }
        if let Some(unit) = unit {
            xml::reference(&conditional, ElementName::UnitRef, ElementName::Unit, &unit)?;
        }
        Ok(())
    }

    fn base(&mut self, scalar: Scalar) -> Result<String> {
        let wanted = format!("{PLATFORM}/BaseTypes/{}", scalar.platform());
        let (element, path) = match self.once(format!("base {scalar:?}"), wanted) {
            Ok(known) => return Ok(known),
            Err(path) => (
                xml::element(&self.out, ElementName::SwBaseType, &path)?,
                path,
            ),
        };
        let (bits, encoding) = scalar.encoding();
        xml::text(&element, ElementName::Category, "FIXED_LENGTH")?;
        xml::text(&element, ElementName::BaseTypeSize, &bits.to_string())?;
        xml::text(&element, ElementName::BaseTypeEncoding, encoding)?;
        Ok(path)
    }

    fn unit(&mut self, shown: &str, dimension: Option<PhysicalDimension>) -> Result<String> {
        let wanted = format!("{UNITS}/{}", unit_name(shown));
        let path = match self.once(format!("unit {shown} {dimension:?}"), wanted) {
            Ok(known) => return Ok(known),
            Err(path) => path,
        };
        let element = xml::element(&self.out, ElementName::Unit, &path)?;
        xml::text(&element, ElementName::DisplayName, shown)?;
        if let Some(dimension) = dimension {
            let path = self.dimension(dimension)?;
            let kind = ElementName::PhysicalDimension;
            xml::reference(&element, ElementName::PhysicalDimensionRef, kind, &path)?;
        }
        Ok(path)
    }

    fn dimension(&mut self, dimension: PhysicalDimension) -> Result<String> {
        let exponents = [
            ("Len", ElementName::LengthExp, dimension.length),
            ("Mass", ElementName::MassExp, dimension.mass),
            ("Time", ElementName::TimeExp, dimension.time),
            ("I", ElementName::CurrentExp, dimension.current),
            ("T", ElementName::TemperatureExp, dimension.temperature),
            ("N", ElementName::MolarAmountExp, dimension.amount),
            (
                "J",
                ElementName::LuminousIntensityExp,
                dimension.luminous_intensity,
            ),
        ];
        let set = exponents.iter().filter(|(_, _, exponent)| *exponent != 0);
        let name: Vec<String> = set
            .map(|(word, _, exponent)| match *exponent {
                ..0 => format!("{word}Neg{}", exponent.unsigned_abs()),
                _ => format!("{word}{exponent}"),
            })
            .collect();
        let name = match name.is_empty() {
            true => "NoDimension".to_owned(),
            false => name.join("_"),
        };
        let path = match self.once(format!("dimension {name}"), format!("{DIMENSIONS}/{name}")) {
            Ok(known) => return Ok(known),
            Err(path) => path,
        };
        let element = xml::element(&self.out, ElementName::PhysicalDimension, &path)?;
        for (_, name, exponent) in exponents {
            if exponent != 0 {
                xml::text(&element, name, &exponent.to_string())?;
            }
        }
        Ok(path)
    }

    fn compu(
        &mut self,
        meaning: &Meaning,
        unit: Option<&str>,
        home: &str,
        name: &str,
    ) -> Result<String> {
        let key = format!("compu {:?} {unit:?}", meaning.conversion);
        let path = match self.once(key, format!("{home}/CompuMethods/{name}")) {
            Ok(known) => return Ok(known),
            Err(path) => path,
        };
        let element = xml::element(&self.out, ElementName::CompuMethod, &path)?;
        let category = match &meaning.conversion {
            Conversion::None | Conversion::Identical => "IDENTICAL",
            Conversion::Linear(..) => "LINEAR",
            Conversion::Words(_, None) => "TEXTTABLE",
            Conversion::Words(_, Some(_)) => "SCALE_LINEAR_AND_TEXTTABLE",
            Conversion::Bits(_) => "BITFIELD_TEXTTABLE",
        };
        xml::text(&element, ElementName::Category, category)?;
        if let Some(unit) = unit {
            xml::reference(&element, ElementName::UnitRef, ElementName::Unit, unit)?;
        }
        if meaning.conversion == Conversion::Identical {
            return Ok(path);
        }
        let scales = xml::below(
            &element,
            &[ElementName::CompuInternalToPhys, ElementName::CompuScales],
        )?;
        match &meaning.conversion {
            Conversion::None | Conversion::Identical => {}
            Conversion::Linear(factor, offset) => line(&scales, (*factor, *offset))?,
            Conversion::Words(words, numbers) => {
                for word in words {
                    let name = names::short_name(&word.label);
                    let label =
                        (autosar_wit::names::to_label(&word.text) != word.label).then_some(name);
                    let limits = (word.from as f64, word.to as f64);
                    scale(&scales, label.as_deref(), None, limits, &word.text)?;
                }
                if let Some(numbers) = numbers {
                    line(&scales, *numbers)?;
                }
            }
            Conversion::Bits(labels) => {
                for (bit, label) in labels.iter().enumerate().take(64) {
                    let mask = 1_u64 << bit;
                    let name = names::short_name(label);
                    let limits = (mask as f64, mask as f64);
                    scale(&scales, Some(&name), Some(mask), limits, label)?;
                }
            }
        }
        Ok(path)
    }

    fn constraint(&mut self, limits: (f64, f64), home: &str, name: &str) -> Result<String> {
        let wanted = format!("{home}/DataConstrs/{name}");
        let path = match self.once(format!("constraint {limits:?}"), wanted) {
            Ok(known) => return Ok(known),
            Err(path) => path,
        };
        let element = xml::element(&self.out, ElementName::DataConstr, &path)?;
        let rules = element.create_sub_element(ElementName::DataConstrRules)?;
        let rule = rules.create_sub_element(ElementName::DataConstrRule)?;
        let physical = rule.create_sub_element(ElementName::PhysConstrs)?;
        limit(&physical, ElementName::LowerLimit, limits.0)?;
        limit(&physical, ElementName::UpperLimit, limits.1)?;
        Ok(path)
    }

    /// The path of what says the same already, else one for it.
    fn once(&mut self, key: String, wanted: String) -> std::result::Result<String, String> {
        if let Some(known) = self.meanings.paths.get(&key) {
            return Ok(known.clone());
        }
        let path = self.free(&wanted);
        self.meanings.paths.insert(key, path.clone());
        Err(path)
    }
}

fn line(scales: &Element, (factor, offset): (f64, f64)) -> Result<()> {
    let scale = scales.create_sub_element(ElementName::CompuScale)?;
    let quotient = scale.create_sub_element(ElementName::CompuRationalCoeffs)?;
    let numerator = quotient.create_sub_element(ElementName::CompuNumerator)?;
    xml::text(&numerator, ElementName::V, &xml::number(offset))?;
    xml::text(&numerator, ElementName::V, &xml::number(factor))?;
    let denominator = quotient.create_sub_element(ElementName::CompuDenominator)?;
    xml::text(&denominator, ElementName::V, "1")?;
    Ok(())
}

fn scale(
    scales: &Element,
    label: Option<&str>,
    mask: Option<u64>,
    limits: (f64, f64),
    text: &str,
) -> Result<()> {
    let scale = scales.create_sub_element(ElementName::CompuScale)?;
    if let Some(label) = label {
        xml::text(&scale, ElementName::ShortLabel, label)?;
    }
    if let Some(mask) = mask {
        xml::text(&scale, ElementName::Mask, &mask.to_string())?;
    }
    limit(&scale, ElementName::LowerLimit, limits.0)?;
    limit(&scale, ElementName::UpperLimit, limits.1)?;
    let constant = scale.create_sub_element(ElementName::CompuConst)?;
    xml::text(&constant, ElementName::Vt, text)?;
    Ok(())
}

fn limit(parent: &Element, name: ElementName, value: f64) -> Result<()> {
    let limit = xml::text(parent, name, &xml::number(value))?;
    let kind = match value.is_finite() {
        true => "CLOSED",
        false => "INFINITE",
    };
    limit.set_attribute_string(autosar_data::AttributeName::IntervalType, kind)
}

/// `km/h` → `km_Per_h`, `°C` → `DegC`, `%` → `Percent`.
fn unit_name(shown: &str) -> String {
    let mut name = String::new();
    for letter in shown.chars() {
        match letter {
            '/' => name.push_str("_Per_"),
            '%' => name.push_str("Percent"),
            '°' => name.push_str("Deg"),
            'µ' | 'μ' => name.push('u'),
            'Ω' => name.push_str("Ohm"),
            '²' => name.push('2'),
            '³' => name.push('3'),
            _ if letter.is_ascii_alphanumeric() => name.push(letter),
            _ => name.push('_'),
        }
    }
    match names::is_short_name(&name) {
        true => name,
        false => format!("Unit_{}", name.chars().take(100).collect::<String>()),
    }
}
