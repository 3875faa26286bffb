//! SwDataDefProps: what a data type says of its values, with what it refers to. Knows nothing of WIT.

use crate::{
    reader::Reader,
    tree::{below, child, number, own_text, parse_number, short_name, text},
};
use autosar_data::{AttributeName, Element, ElementName};
use autosar_wit::metadata::{ElementMetadata, PhysicalDimension};

/// What is there; everything may be missing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Props {
    pub(crate) base: Option<Element>,
    /// What the reference to a base type says where it leads nowhere.
    pub(crate) base_name: Option<String>,
    pub(crate) implementation: Option<Element>,
    pub(crate) compu: Option<Element>,
    pub(crate) constraint: Option<Element>,
    pub(crate) unit: Option<Element>,
    /// Longest string.
    pub(crate) text_size: Option<u64>,
}

impl Props {
    /// The same, with what is missing here taken from there.
    pub(crate) fn or(self, other: Props) -> Props {
        Props {
            base: self.base.or(other.base),
            base_name: self.base_name.or(other.base_name),
            implementation: self.implementation.or(other.implementation),
            compu: self.compu.or(other.compu),
            constraint: self.constraint.or(other.constraint),
            unit: self.unit.or(other.unit),
            text_size: self.text_size.or(other.text_size),
        }
    }

    /// Nothing that would give a number a meaning.
    pub(crate) fn is_plain(&self) -> bool {
        self.compu.is_none() && self.constraint.is_none() && self.unit.is_none()
    }
}

pub(crate) fn of(reader: &mut Reader, element: &Element) -> Props {
    match child(element, ElementName::SwDataDefProps) {
        Some(props) => inside(reader, &props),
        None => Props::default(),
    }
}

/// Of the element that holds them itself: `SW-DATA-DEF-PROPS`, `NETWORK-REPRESENTATION-PROPS`.
pub(crate) fn inside(reader: &mut Reader, holder: &Element) -> Props {
    let conditional = below(
        holder,
        &[
            ElementName::SwDataDefPropsVariants,
            ElementName::SwDataDefPropsConditional,
        ],
    );
    let Some(props) = conditional else {
        return Props::default();
    };
    let compu = reader.target(&props, ElementName::CompuMethodRef);
    let own_unit = reader.target(&props, ElementName::UnitRef);
    let unit = own_unit.or_else(|| reader.target(compu.as_ref()?, ElementName::UnitRef));
    let text_size = child(&props, ElementName::SwTextProps)
        .and_then(|text| crate::tree::whole(&text, ElementName::SwMaxTextSize));
    let last = |text: String| text.rsplit('/').next().map(str::to_owned);
    let base = reader.target(&props, ElementName::BaseTypeRef);
    Props {
        base_name: match base {
            Some(_) => None,
            None => text(&props, ElementName::BaseTypeRef).and_then(last),
        },
        base,
        implementation: reader.target(&props, ElementName::ImplementationDataTypeRef),
        compu,
        constraint: reader.target(&props, ElementName::DataConstrRef),
        unit,
        text_size,
    }
}

/// Unit and dimension of an element.
pub(crate) fn unit(reader: &mut Reader, props: &Props) -> ElementMetadata {
    let Some(unit) = &props.unit else {
        return ElementMetadata::default();
    };
    let shown = text(unit, ElementName::DisplayName).filter(|name| !name.is_empty());
    let dimension = reader.target(unit, ElementName::PhysicalDimensionRef);
    ElementMetadata {
        unit: Some(shown.unwrap_or_else(|| short_name(unit))),
        dimension: dimension.as_ref().map(exponents),
        ..ElementMetadata::default()
    }
}

fn exponents(dimension: &Element) -> PhysicalDimension {
    let exponent = |name| number(dimension, name).unwrap_or_default() as i8;
    PhysicalDimension {
        length: exponent(ElementName::LengthExp),
        mass: exponent(ElementName::MassExp),
        time: exponent(ElementName::TimeExp),
        current: exponent(ElementName::CurrentExp),
        temperature: exponent(ElementName::TemperatureExp),
        amount: exponent(ElementName::MolarAmountExp),
        luminous_intensity: exponent(ElementName::LuminousIntensityExp),
    }
}

/// Limits of a constraint: of the physical value, and of the raw one.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Limits {
    pub(crate) physical: Option<(f64, f64)>,
    pub(crate) raw: Option<(f64, f64)>,
}

pub(crate) fn limits(constraint: &Element) -> Limits {
    let rules = crate::tree::children(constraint, ElementName::DataConstrRules);
    let of = |name, range: fn(&Element) -> Option<(f64, f64)>| {
        let mut found = rules.iter().filter_map(|rule| child(rule, name));
        found.find_map(|limits| range(&limits))
    };
    Limits {
        physical: of(ElementName::PhysConstrs, |limits| between(limits, 0.0)),
        raw: of(ElementName::InternalConstrs, raw_range),
    }
}

/// Both limits of a raw value, ends included.
pub(crate) fn raw_range(element: &Element) -> Option<(f64, f64)> {
    between(element, 1.0)
}

/// `LOWER-LIMIT` and `UPPER-LIMIT`; an open end lies so far from the first value inside.
fn between(element: &Element, step: f64) -> Option<(f64, f64)> {
    let limit = |name: ElementName, inwards: f64, endless: f64| {
        let limit = child(element, name)?;
        let number = || parse_number(&own_text(&limit)?);
        let kind = limit.attribute_value(AttributeName::IntervalType);
        match kind.map(|kind| kind.to_string()).as_deref() {
            Some("INFINITE") => Some(endless),
            Some("OPEN") => Some(number()? + inwards),
            _ => number(),
        }
    };
    let from = limit(ElementName::LowerLimit, step, f64::NEG_INFINITY);
    let to = limit(ElementName::UpperLimit, -step, f64::INFINITY);
    // A scale with one limit is that value alone.
    from.or(to).zip(to.or(from))
}
