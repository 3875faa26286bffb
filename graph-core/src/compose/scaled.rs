//! Values as a receiver sees them that has a unit of its own: signals with one scale from the bits to
//! there, elements with one from the sender's unit.

use super::ComposeError;
use crate::{
    document::{Conversion, Document},
    end,
    library::Library,
    physical,
};
use autosar_wit::units::{Relation, relation};
use rte::{SignalLayout, Sink, Source};

use super::ways::Buffered;

/// Puts the scale between the units of both ends into the signal at one of them; between elements it is
/// given back, as factor and offset.
pub(super) fn scale(
    document: &Document,
    library: &Library,
    way: &Buffered<'_>,
    source: &mut Source,
    sink: &mut Sink,
) -> Result<Option<(f64, f64)>, ComposeError> {
    if way.buffering.conversion != Conversion::Unit {
        return Ok(None);
    }
    let no_scale = || ComposeError::NoScale {
        from: end::text(document, &way.from),
        to: end::text(document, &way.to),
    };
    let (layout, signal, element) = match (source, sink) {
        (Source::Signal { layout, .. }, _) => (layout, &way.from, &way.to),
        (_, Sink::Signal { layout, .. }) => (layout, &way.to, &way.from),
        _ => {
            let element = |end| physical::element(document, library, end);
            let (given, needed) = (element(&way.from), element(&way.to));
            return match given
                .and(needed)
                .map(|needed| relation(Some(needed), given))
            {
                Some(Relation::Alike) => Ok(None),
                Some(Relation::Scale { factor, offset }) => Ok(Some((factor, offset))),
                _ => Err(no_scale()),
            };
        }
    };
    match physical::to_element(document, library, signal, element) {
        Some(Relation::Alike) => Ok(None),
        Some(Relation::Scale { factor, offset }) => {
            *layout = scaled(layout, factor, offset);
            Ok(None)
        }
        _ => Err(no_scale()),
    }
}

/// element = (raw × factor + offset) × by + plus
fn scaled(layout: &SignalLayout, by: f64, plus: f64) -> SignalLayout {
    let one = layout.minimum * by + plus;
    let other = layout.maximum * by + plus;
    // Equal limits say that there are none.
    let (minimum, maximum) = match layout.minimum == layout.maximum {
        true => (layout.minimum, layout.maximum),
        false => (one.min(other), one.max(other)),
    };
    SignalLayout {
        factor: layout.factor * by,
        offset: layout.offset * by + plus,
        minimum,
        maximum,
        ..*layout
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autosar_wit::dbc;

    fn layout(signal: &str) -> SignalLayout {
        let text = format!("BU_: A\nBO_ 1 M: 8 A\n SG_ {signal} \"\" A\n");
        SignalLayout::from(&dbc::read(text.as_bytes()).database.messages[0].signals[0])
    }

    #[test]
    fn the_scale_goes_through_range_and_offset() {
        // 0.5 °C a bit from -40 °C on, for an element in K, then turned round.
        let celsius = layout("T : 0|8@1+ (0.5,-40) [-40|80]");
        let kelvin = scaled(&celsius, 1.0, 273.15);
        assert_eq!((kelvin.factor, kelvin.offset), (0.5, 233.14999999999998));
        assert_eq!(
            (kelvin.minimum, kelvin.maximum),
            (233.14999999999998, 353.15)
        );
        let turned = scaled(&celsius, -2.0, 1.0);
        assert_eq!((turned.factor, turned.offset), (-1.0, 81.0));
        assert_eq!((turned.minimum, turned.maximum), (-159.0, 81.0));
        let unbounded = scaled(&layout("S : 0|8@1+ (1,0) [0|0]"), 3.6, 5.0);
        assert_eq!((unbounded.minimum, unbounded.maximum), (0.0, 0.0));
    }
}
