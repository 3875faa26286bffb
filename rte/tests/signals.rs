//! Signals against a model that goes bit by bit, and when PDUs are sent.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a trial that cannot go on fails there"
)]

mod support;

use autosar_wit::{
    dbc::{ByteOrder, Multiplexing, Signal},
    types::{TypeKind, ValueType},
};
use proptest::{prelude::*, sample::select};
use rte::*;
use support::{host::Partition, *};
use wasmtime::component::Val;

fn reference(port: &str) -> FunctionRef {
    FunctionRef {
        instance: "a".into(),
        port: port.into(),
        function: None,
    }
}

/// Root function `give` writes the signal into PDU 0, `take` reads it from PDU 1.
fn plan(ty: &ValueType, layout: SignalLayout, initial: Vec<u8>, conversion: Conversion) -> Plan {
    let pdu = |name: &str, sending| PduPlan {
        name: name.into(),
        length_bytes: 8,
        initial: initial.clone(),
        sending,
        ..PduPlan::default()
    };
    let buffering = Buffering {
        conversion,
        ..Buffering::default()
    };
    let runnable = |name| RunnablePlan {
        function: reference(name),
        handles: Default::default(),
        ports: None,
    };
    let task = |name: &str, runnables, sends| TaskPlan {
        name: name.into(),
        runnables,
        sends,
        ..TaskPlan::default()
    };
    Plan {
        instances: vec![InstancePlan {
            name: "a".into(),
            provides: vec![
                root(function("give", vec![], Some(ty.clone()))),
                root(function("take", vec![("x", received(ty.clone()))], None)),
            ],
            requires: vec![],
            serves: None,
        }],
        runnables: vec![runnable("give"), runnable("take")],
        tasks: vec![
            task("give", vec![0], vec![]),
            task("take", vec![1], vec![]),
            task("send-now", vec![], vec![0]),
        ],
        links: vec![
            Link {
                source: Source::Result {
                    runnable: 0,
                    fields: vec![],
                },
                sink: Sink::Signal { pdu: 0, layout },
                buffering: buffering.clone(),
            },
            Link {
                source: Source::Signal { pdu: 1, layout },
                sink: Sink::Parameter {
                    runnable: 1,
                    parameter: "x".into(),
                    fields: vec![],
                },
                buffering,
            },
        ],
        pdus: vec![
            pdu("sent", Sending::OnChange),
            pdu("received", Sending::ByTask),
        ],
        ..Plan::default()
    }
}

struct Trial(Partition);

impl Trial {
    fn new(ty: &ValueType, layout: SignalLayout, initial: Vec<u8>, conversion: Conversion) -> Self {
        let glue = generate(&plan(ty, layout, initial, conversion)).unwrap();
        assert!(glue.store.is_none());
        let mut partition = Partition::new(&glue);
        partition.ecu().answers.insert("take".into(), vec![]);
        Self(partition)
    }

    fn give(&mut self, value: &Val) {
        self.0
            .ecu()
            .answers
            .insert("give".into(), vec![value.clone()]);
        self.0.run("give");
    }

    fn sent(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.0.ecu().transmitted)
            .into_iter()
            .map(|(_, data)| data)
            .collect()
    }

    fn take(&mut self, frame: &[u8]) -> Val {
        self.0
            .ecu()
            .frames
            .entry(1)
            .or_default()
            .push_back(frame.to_vec());
        self.0.run("take");
        self.0.called_with("take").remove(0)
    }
}

/// The bits of a signal from the least significant one on, counted as DBC does.
fn bits(layout: &SignalLayout) -> Vec<u32> {
    let length = layout.length_bits;
    match layout.byte_order {
        ByteOrder::Intel => (layout.start_bit..layout.start_bit + length).collect(),
        ByteOrder::Motorola => {
            let mut bit = layout.start_bit;
            let mut all = vec![bit];
            while (all.len() as u32) < length {
                bit = if bit.is_multiple_of(8) {
                    bit + 15
                } else {
                    bit - 1
                };
                all.push(bit);
            }
            all.reverse();
            all
        }
    }
}

fn range(bits: u32, signed: bool) -> (i128, i128) {
    if signed {
        (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
    } else {
        (0, (1 << bits) - 1)
    }
}

fn float(value: &Val) -> f64 {
    match value {
        Val::Float32(value) => f64::from(*value),
        Val::Float64(value) => *value,
        Val::U64(value) => *value as f64,
        Val::S64(value) => *value as f64,
        value => integer(value) as f64,
    }
}

fn integer(value: &Val) -> i128 {
    match value {
        Val::Bool(value) => (*value).into(),
        Val::U8(value) => (*value).into(),
        Val::U16(value) => (*value).into(),
        Val::U32(value) => (*value).into(),
        Val::U64(value) => (*value).into(),
        Val::S8(value) => (*value).into(),
        Val::S16(value) => (*value).into(),
        Val::S32(value) => (*value).into(),
        Val::S64(value) => (*value).into(),
        Val::Enum(name) => name[1..].parse().unwrap(),
        value => unreachable!("{value:?}"),
    }
}

fn is_plain(layout: &SignalLayout, value: &Val) -> bool {
    let is_float = matches!(value, Val::Float32(_) | Val::Float64(_));
    layout.factor == 1.0 && layout.offset == 0.0 && !is_float
}

fn pack_model(layout: &SignalLayout, value: &Val, frame: &mut [u8]) {
    let raw = if is_plain(layout, value) {
        integer(value)
    } else {
        ((float(value) - layout.offset) / layout.factor).round_ties_even() as i128
    };
    let (low, high) = range(layout.length_bits, layout.signed);
    let raw = raw.clamp(low, high);
    for (position, bit) in bits(layout).into_iter().enumerate() {
        let byte = &mut frame[bit as usize / 8];
        *byte &= !(1 << (bit % 8));
        *byte |= ((raw >> position & 1) as u8) << (bit % 8);
    }
}

fn unpack_model(layout: &SignalLayout, like: &Val, frame: &[u8]) -> Option<Val> {
    let mut raw: i128 = 0;
    for (position, bit) in bits(layout).into_iter().enumerate() {
        raw |= i128::from(frame[bit as usize / 8] >> (bit % 8) & 1) << position;
    }
    if layout.signed && raw >> (layout.length_bits - 1) & 1 == 1 {
        raw -= 1 << layout.length_bits;
    }
    let exact = if layout.signed {
        raw as i64 as f64
    } else {
        raw as u64 as f64
    };
    let physical = exact * layout.factor + layout.offset;
    let whole = if is_plain(layout, like) {
        raw
    } else {
        physical.round_ties_even() as i128
    };
    macro_rules! saturated {
        ($ty:ty) => {
            whole.clamp(<$ty>::MIN.into(), <$ty>::MAX.into()) as $ty
        };
    }
    Some(match like {
        Val::Bool(_) if is_plain(layout, like) => Val::Bool(raw != 0),
        Val::Bool(_) => Val::Bool(physical != 0.0),
        Val::U8(_) => Val::U8(saturated!(u8)),
        Val::U16(_) => Val::U16(saturated!(u16)),
        Val::U32(_) => Val::U32(saturated!(u32)),
        Val::U64(_) => Val::U64(saturated!(u64)),
        Val::S8(_) => Val::S8(saturated!(i8)),
        Val::S16(_) => Val::S16(saturated!(i16)),
        Val::S32(_) => Val::S32(saturated!(i32)),
        Val::S64(_) => Val::S64(saturated!(i64)),
        Val::Float32(_) => Val::Float32(physical as f32),
        Val::Float64(_) => Val::Float64(physical),
        Val::Enum(_) if (0..5).contains(&whole) => Val::Enum(format!("x{whole}")),
        _ => return None,
    })
}

fn states() -> ValueType {
    named(
        None,
        "state",
        TypeKind::Enum((0..5).map(|at| format!("x{at}")).collect()),
    )
}

fn any_layout() -> impl Strategy<Value = SignalLayout> {
    let scale = prop_oneof![
        Just((1.0, 0.0)),
        (
            select(vec![0.1, 0.5, 2.0, -0.25, 0.001, 1.0]),
            select(vec![0.0, -40.0, 3.5])
        ),
    ];
    (
        prop_oneof![8 => 1_u32..=64, 1 => Just(32), 1 => Just(64)],
        0_u32..64,
        any::<bool>(),
        any::<bool>(),
        scale,
    )
        .prop_map(
            |(length_bits, start_bit, is_intel, signed, (factor, offset))| SignalLayout {
                byte_order: if is_intel {
                    ByteOrder::Intel
                } else {
                    ByteOrder::Motorola
                },
                signed,
                factor,
                offset,
                ..layout(start_bit, length_bits)
            },
        )
        .prop_filter("inside eight bytes", |layout| {
            bits(layout).iter().all(|bit| *bit < 64)
        })
}

fn case() -> impl Strategy<Value = (ValueType, SignalLayout, [u8; 8], Vec<Val>, Vec<[u8; 8]>)> {
    let ty = select(vec![
        ValueType::Bool,
        ValueType::U8,
        ValueType::U16,
        ValueType::U32,
        ValueType::U64,
        ValueType::S8,
        ValueType::S16,
        ValueType::S32,
        ValueType::S64,
        ValueType::F32,
        ValueType::F64,
        states(),
    ]);
    (ty, any_layout(), any::<[u8; 8]>()).prop_flat_map(|(ty, layout, initial)| {
        let values = proptest::collection::vec(any_value(&ty), 12);
        let frames = proptest::collection::vec(any::<[u8; 8]>(), 12);
        (Just(ty), Just(layout), Just(initial), values, frames)
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64, max_shrink_iters: 50, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn bits_and_values_agree_with_the_model((ty, layout, initial, values, frames) in case()) {
        let mut trial = Trial::new(&ty, layout, initial.to_vec(), Conversion::Physical);
        let (mut expected, mut last) = (initial, None);
        for value in &values {
            pack_model(&layout, value, &mut expected);
            trial.give(value);
            let changed = last != Some(expected);
            last = Some(expected);
            prop_assert_eq!(trial.sent(), if changed { vec![expected.to_vec()] } else { vec![] });
        }
        for frame in &frames {
            let expected = match unpack_model(&layout, &values[0], frame) {
                Some(value) => Val::Result(Ok(Some(Box::new(value)))),
                None => Val::Result(Err(Some(Box::new(Val::Enum("out-of-range".into()))))),
            };
            prop_assert_eq!(trial.take(frame), expected);
        }
    }
}

fn described(layout: &SignalLayout) -> Signal {
    Signal {
        name: "Signal".into(),
        start_bit: layout.start_bit,
        length_bits: layout.length_bits,
        byte_order: layout.byte_order,
        signed: layout.signed,
        float: layout.float,
        factor: layout.factor,
        offset: layout.offset,
        minimum: layout.minimum,
        maximum: layout.maximum,
        unit: String::new(),
        receivers: vec![],
        values: vec![],
        multiplexing: Multiplexing::Plain,
        presence: None,
        comment: String::new(),
        start_value: None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 32, max_shrink_iters: 50, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn tasks_and_dbc_agree(
        layout in any_layout(),
        float in any::<bool>(),
        values in proptest::collection::vec(-1e6_f64..1e6, 8),
        frames in proptest::collection::vec(any::<[u8; 8]>(), 8),
    ) {
        let float = float && matches!(layout.length_bits, 32 | 64);
        let layout = SignalLayout { float, ..layout };
        let signal = described(&layout);
        prop_assert_eq!(SignalLayout::from(&signal), layout);
        let mut trial = Trial::new(&ValueType::F64, layout, vec![], Conversion::Physical);
        for value in values {
            let mut expected = [0; 8];
            signal.insert(&mut expected, signal.bits(signal.raw_of_physical(value))).unwrap();
            trial.give(&Val::Float64(value));
            prop_assert!(trial.sent().pop().is_none_or(|sent| sent == expected));
        }
        for frame in frames {
            let expected = signal.decode(&frame).unwrap().physical;
            let Val::Result(Ok(Some(value))) = trial.take(&frame) else { unreachable!() };
            let Val::Float64(value) = *value else { unreachable!() };
            prop_assert!(value == expected || (value.is_nan() && expected.is_nan()));
        }
    }
}

fn layout(start_bit: u32, length_bits: u32) -> SignalLayout {
    SignalLayout {
        start_bit,
        length_bits,
        byte_order: ByteOrder::Intel,
        signed: false,
        float: false,
        factor: 1.0,
        offset: 0.0,
        minimum: 0.0,
        maximum: 0.0,
        multiplexed: None,
    }
}

#[test]
fn a_pdu_is_sent_when_a_bit_changed_and_the_first_time() {
    let mut trial = Trial::new(&ValueType::U8, layout(8, 8), vec![1], Conversion::Physical);
    trial.give(&Val::U8(0));
    assert_eq!(trial.sent(), [[1, 0, 0, 0, 0, 0, 0, 0]]);
    trial.give(&Val::U8(0));
    assert!(trial.sent().is_empty());
    trial.give(&Val::U8(7));
    assert_eq!(trial.sent(), [[1, 7, 0, 0, 0, 0, 0, 0]]);
    trial.0.run("send-now");
    trial.0.run("send-now");
    assert_eq!(trial.sent(), [[1, 7, 0, 0, 0, 0, 0, 0]; 2]);
}

#[test]
fn a_short_frame_does_not_bring_the_signal() {
    let mut trial = Trial::new(&ValueType::U8, layout(8, 8), vec![], Conversion::Physical);
    let never = Val::Result(Err(Some(Box::new(Val::Enum("never-received".into())))));
    assert_eq!(trial.take(&[5]), never);
    assert_eq!(
        trial.take(&[5, 6]),
        Val::Result(Ok(Some(Box::new(Val::U8(6)))))
    );
    assert_eq!(
        trial.take(&[7; 200]),
        Val::Result(Ok(Some(Box::new(Val::U8(7)))))
    );
}

#[test]
fn the_description_s_range_saturates() {
    let limited = SignalLayout {
        factor: 0.1,
        minimum: 0.0,
        maximum: 12.7,
        ..layout(0, 16)
    };
    let mut trial = Trial::new(&ValueType::F32, limited, vec![], Conversion::Physical);
    for (value, raw) in [
        (99.0, 127),
        (-1.0, 0),
        (f32::NAN, 0),
        (f32::INFINITY, 127),
        (5.0, 50),
    ] {
        trial.give(&Val::Float32(value));
        let sent = trial.sent().pop();
        assert!(sent.is_none_or(|sent| sent[0] == raw), "{value}");
    }
}

#[test]
fn raw_conversion_passes_the_bits() {
    let scaled = SignalLayout {
        factor: 0.5,
        offset: -40.0,
        ..layout(0, 8)
    };
    let mut trial = Trial::new(&ValueType::U8, scaled, vec![], Conversion::Raw);
    trial.give(&Val::U8(200));
    assert_eq!(trial.sent()[0][0], 200);
    assert_eq!(
        trial.take(&[201; 8]),
        Val::Result(Ok(Some(Box::new(Val::U8(201)))))
    );
}

#[test]
fn float_signals_are_ieee_754() {
    let float = SignalLayout {
        float: true,
        signed: true,
        ..layout(8, 32)
    };
    let mut trial = Trial::new(&ValueType::F64, float, vec![], Conversion::Physical);
    trial.give(&Val::Float64(1.5));
    let mut expected = [0; 8];
    expected[1..5].copy_from_slice(&1.5_f32.to_le_bytes());
    assert_eq!(trial.sent(), [expected]);
    assert_eq!(
        trial.take(&expected),
        Val::Result(Ok(Some(Box::new(Val::Float64(1.5)))))
    );
}
