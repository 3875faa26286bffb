//! SOME/IP over random types, values and layouts: what is written is read, and garbage is an answer.

use crate::common::{any_type, value_of};
use autosar_wit::someip::{
    Alignment, ByteOrder, Layout, LengthField, Problem, StringEncoding, decode, encode, parse,
};
use proptest::prelude::*;

fn any_layout() -> impl Strategy<Value = Layout> {
    use LengthField::{Four, One, Two, Zero};
    let sized = || proptest::sample::select(vec![One, Two, Four]);
    let any_size = || proptest::sample::select(vec![Zero, One, Two, Four]);
    let bits = proptest::sample::select(vec![8_u16, 16, 32, 64, 128, 256]);
    let encodings = vec![
        StringEncoding::Utf8,
        StringEncoding::Utf16Be,
        StringEncoding::Utf16Le,
    ];
    let sizes = (any_size(), sized(), sized(), sized(), sized(), sized());
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    let encodings = proptest::sample::select(encodings);
    (sizes, flags, bits, encodings).prop_map(|(sizes, flags, bits, string_encoding)| Layout {
        byte_order: match flags.0 {
            true => ByteOrder::MostSignificantByteFirst,
            false => ByteOrder::MostSignificantByteLast,
        },
        alignment: Alignment::try_from(bits).unwrap(),
        size_of_array_length_field: sizes.0,
        size_of_vector_length_field: sizes.1,
        size_of_map_length_field: sizes.2,
        size_of_string_length_field: sizes.3,
        size_of_struct_length_field: sizes.4,
        size_of_union_length_field: sizes.5,
        is_dynamic_length_field_size: flags.1,
        string_encoding,
        is_bom_active: flags.2,
        is_null_termination_active: flags.3,
        ..Layout::default()
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        cases: 1_024,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_written_is_read(
        layout in any_layout(),
        (t, value) in any_type().prop_flat_map(|t| { let values = value_of(&t); (Just(t), values) }),
    ) {
        match encode(&layout, &t, &value) {
            Ok(bytes) => {
                let decoded = decode(&layout, &t, &bytes).unwrap();
                prop_assert_eq!((decoded.value, decoded.surplus), (value, 0));
            }
            Err(error) => prop_assert!(
                matches!(
                    error.problem,
                    Problem::Option
                        | Problem::TaggedUnion
                        | Problem::TooLong { .. }
                        | Problem::ZeroInside
                ),
                "{error}"
            ),
        }
    }

    #[test]
    fn garbage_is_an_answer(
        layout in any_layout(),
        t in any_type(),
        bytes in proptest::collection::vec(prop_oneof![0_u8..6, any::<u8>()], 0..96),
    ) {
        let outcomes = [decode(&layout, &t, &bytes).err(), parse(&bytes).err()];
        for error in outcomes.into_iter().flatten() {
            prop_assert!(error.offset.is_none_or(|offset| offset <= bytes.len()), "{error}");
        }
    }

    #[test]
    fn of_a_cut_value_nothing_is_invented(
        layout in any_layout(),
        (t, value) in any_type().prop_flat_map(|t| { let values = value_of(&t); (Just(t), values) }),
        cut in any::<proptest::sample::Index>(),
    ) {
        let Ok(bytes) = encode(&layout, &t, &value) else { return Ok(()); };
        let Some(shorter) = (!bytes.is_empty()).then(|| bytes.get(..cut.index(bytes.len()))).flatten()
        else { return Ok(()); };
        prop_assert!(decode(&layout, &t, shorter).is_err());
    }
}
