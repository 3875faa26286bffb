//! Non-volatile data ports under the engine: what is kept, what is told when it cannot be.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a trial that cannot go on fails there"
)]

mod support;

use autosar_wit::{component::PortItem, read::wit_files, types::Interface};
use rte::{GenerateError, NvElement, NvPort, nv_data};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};
use support::host::{Ecu, engine, validate};
use wasmtime::{
    Store,
    component::{Component, Instance, Linker, Val},
};

const TYPES: &str = "
    enum nv-error { busy, not-written, invalid, failed }
    record round { name: string, splits: list<u16>, best: option<u32> }
    record broad { a: tuple<u64, u64, u64, u64, u64, u64>, b: tuple<u64, u64, u64, u64, u64, u64>,
                  c: tuple<u64, u64, u64, u64, u64, u64> }";
const FUNCTIONS: &str = "
    lap: func() -> result<round, nv-error>;
    write-lap: func(value: round) -> result<_, nv-error>;
    wide: func() -> result<broad, nv-error>;
    write-wide: func(value: broad) -> result<_, nv-error>;
    mileage: func() -> result<u32, nv-error>;
    write-mileage: func(value: u32) -> result<_, nv-error>;";

fn interface(functions: &str) -> Interface {
    let text = format!(
        "package a:b;\ninterface trip {{ {TYPES} {functions} }}\nworld w {{ import trip; }}"
    );
    let world = wit_files(&[("w.wit", &text)], Some("w")).unwrap();
    match world.ports.into_iter().next().unwrap().item {
        PortItem::Interface(interface) => interface,
        PortItem::Function(_) => unreachable!(),
    }
}

fn port(instance: &str, functions: &str, initial: Option<&[u8]>) -> NvPort {
    let element = |name: &str| {
        let element = NvElement {
            block: format!("{instance}-{name}"),
            head: *b"a type: ",
            initial: initial.map(<[u8]>::to_vec),
            bound: 4,
        };
        (name.to_owned(), element)
    };
    NvPort {
        instance: instance.to_owned(),
        port: "a:b/trip".to_owned(),
        interface: interface(functions),
        blocks: ["lap", "wide", "mileage"].map(element).into(),
    }
}

type Memory = Arc<Mutex<BTreeMap<String, Result<Vec<u8>, &'static str>>>>;

/// A running component and the blocks of its host.
struct Running {
    store: Store<Ecu>,
    instance: Instance,
    exports: BTreeMap<String, String>,
    memory: Memory,
}

fn run(ports: &[NvPort]) -> Running {
    let made = nv_data(ports).unwrap();
    validate(&made.component);
    let memory = Memory::default();
    let mut linker = Linker::<Ecu>::new(engine());
    let mut nv = linker.instance("wireloom:ecu/nv@0.1.0").unwrap();
    let failed = |error: &str| Val::Result(Err(Some(Box::new(Val::Enum(error.into())))));
    let blocks = memory.clone();
    nv.func_new("read", move |_, _, asked, answer| {
        let [Val::String(block)] = asked else {
            unreachable!()
        };
        let kept = blocks.lock().unwrap().get(block.as_str()).cloned();
        answer[0] = match kept.unwrap_or(Err("nv-invalidated")) {
            Ok(bytes) => {
                let bytes = bytes.into_iter().map(Val::U8).collect();
                Val::Result(Ok(Some(Box::new(Val::List(bytes)))))
            }
            Err(error) => failed(error),
        };
        Ok(())
    })
    .unwrap();
    let blocks = memory.clone();
    nv.func_new("write", move |_, _, asked, answer| {
        let [Val::String(block), Val::List(bytes)] = asked else {
            unreachable!()
        };
        let byte = |value: &Val| match value {
            Val::U8(byte) => *byte,
            _ => unreachable!(),
        };
        let mut blocks = blocks.lock().unwrap();
        let slot = blocks.entry(block.to_string());
        answer[0] = match slot.or_insert(Ok(Vec::new())) {
            Err(error) => failed(error),
            Ok(kept) => {
                *kept = bytes.iter().map(byte).collect();
                Val::Result(Ok(None))
            }
        };
        Ok(())
    })
    .unwrap();
    let component = Component::new(engine(), &made.component).unwrap();
    let mut store = Store::new(engine(), Ecu::default());
    let instance = linker.instantiate(&mut store, &component).unwrap();
    let served = made.served.into_iter();
    Running {
        store,
        instance,
        exports: served.map(|one| (one.instance, one.export)).collect(),
        memory,
    }
}

impl Running {
    fn call(&mut self, instance: &str, function: &str, arguments: &[Val]) -> Val {
        let export = &self.exports[instance];
        let port = self
            .instance
            .get_export_index(&mut self.store, None, export);
        let index = self
            .instance
            .get_export_index(&mut self.store, port.as_ref(), function)
            .unwrap();
        let function = self.instance.get_func(&mut self.store, index).unwrap();
        let mut result = [Val::Bool(false)];
        function
            .call(&mut self.store, arguments, &mut result)
            .unwrap();
        let [result] = result;
        result
    }

    fn keep(&self, block: &str, content: Result<&[u8], &'static str>) {
        let content = content.map(<[u8]>::to_vec);
        self.memory.lock().unwrap().insert(block.into(), content);
    }

    fn kept(&self, block: &str) -> Vec<u8> {
        self.memory.lock().unwrap()[block].clone().unwrap()
    }
}

fn ok(value: Val) -> Val {
    Val::Result(Ok(Some(Box::new(value))))
}

fn failed(error: &str) -> Val {
    Val::Result(Err(Some(Box::new(Val::Enum(error.into())))))
}

fn lap(name: &str, splits: &[u16]) -> Val {
    let splits = splits.iter().map(|split| Val::U16(*split)).collect();
    Val::Record(vec![
        ("name".into(), Val::String(name.into())),
        ("splits".into(), Val::List(splits)),
        ("best".into(), Val::Option(Some(Box::new(Val::U32(9))))),
    ])
}

const DONE: Val = Val::Result(Ok(None));

#[test]
fn what_is_written_is_kept_behind_its_type_and_read_again() {
    let mut running = run(&[
        port("left", FUNCTIONS, None),
        port("right", FUNCTIONS, None),
    ]);
    for _ in 0..3 {
        let value = lap("ring", &[1, 513]);
        let written = running.call("left", "write-lap", std::slice::from_ref(&value));
        assert_eq!(written, DONE);
        assert_eq!(running.call("left", "lap", &[]), ok(value));
    }
    let packed = b"a type: \x04\0\0\0ring\x02\0\0\0\x01\0\x01\x02\x01\x09\0\0\0";
    assert_eq!(running.kept("left-lap"), packed);
    // The other instance has blocks of its own.
    assert_eq!(running.call("right", "lap", &[]), failed("not-written"));
    let sixes = |from: u64| Val::Tuple((from..from + 6).map(Val::U64).collect());
    let wide = Val::Record(vec![
        ("a".into(), sixes(0)),
        ("b".into(), sixes(10)),
        ("c".into(), sixes(20)),
    ]);
    let written = running.call("right", "write-wide", std::slice::from_ref(&wide));
    assert_eq!(written, DONE);
    assert_eq!(running.call("right", "wide", &[]), ok(wide));
    assert_eq!(running.kept("right-wide").len(), 8 + 18 * 8);
}

#[test]
fn each_error_of_the_host_has_its_word_in_the_port() {
    let mut running = run(&[port("left", FUNCTIONS, None)]);
    for (error, told) in [
        ("not-ok", "failed"),
        ("integrity-failed", "invalid"),
        ("nv-invalidated", "not-written"),
        ("full", "failed"),
        ("wrong-block", "failed"),
        ("not-served", "failed"),
    ] {
        running.keep("left-mileage", Err(error));
        assert_eq!(
            running.call("left", "mileage", &[]),
            failed(told),
            "{error}"
        );
        let written = running.call("left", "write-mileage", &[Val::U32(1)]);
        assert_eq!(written, failed(told), "{error}");
    }
}

#[test]
fn content_that_is_no_value_is_damaged_and_that_of_another_type_is_not_there() {
    let mut running = run(&[port("left", FUNCTIONS, None)]);
    let mut read = |content: &[u8]| {
        running.keep("left-mileage", Ok(content));
        running.call("left", "mileage", &[])
    };
    assert_eq!(read(b"a type: \x07\0\0\0"), ok(Val::U32(7)));
    assert_eq!(read(b"a type: \x07\0\0"), failed("invalid"));
    assert_eq!(read(b"a type: \x07\0\0\0\0"), failed("invalid"));
    assert_eq!(read(b"a type: "), failed("invalid"));
    for other in [&b"b type: \x07\0\0\0"[..], b"a type:", b""] {
        assert_eq!(read(other), failed("not-written"), "{other:?}");
    }
}

#[test]
fn a_first_value_stands_in_for_content_of_another_type() {
    let first = 41_u32.to_le_bytes();
    let only = "mileage: func() -> result<u32, nv-error>;";
    let mut running = run(&[port("left", only, Some(&first))]);
    running.keep("left-mileage", Ok(b"b type: \x07\0\0\0"));
    assert_eq!(running.call("left", "mileage", &[]), ok(Val::U32(41)));
    // One that was invalidated has no content: its writer has taken it away.
    running.keep("left-mileage", Err("nv-invalidated"));
    assert_eq!(running.call("left", "mileage", &[]), failed("not-written"));
}

#[test]
fn what_is_above_its_bound_is_not_written() {
    let mut running = run(&[port("left", FUNCTIONS, None)]);
    let short = lap("four", &[1, 2, 3, 4]);
    assert_eq!(
        running.call("left", "write-lap", std::slice::from_ref(&short)),
        DONE
    );
    for long in [lap("fives", &[1]), lap("four", &[1, 2, 3, 4, 5])] {
        assert_eq!(running.call("left", "write-lap", &[long]), failed("failed"));
    }
    assert_eq!(running.call("left", "lap", &[]), ok(short));
}

#[test]
fn a_port_that_is_something_else_is_refused() {
    let refused = nv_data(&[port("left", "count: func() -> u32;", None)]).unwrap_err();
    assert_eq!(
        refused,
        GenerateError::NotNvData {
            place: "left.a:b/trip".into()
        }
    );
    assert_eq!(
        refused.to_string(),
        "`left.a:b/trip` is no non-volatile data; give it getters `x: func() -> result<T, E>` and writers `write-x: func(value: T) -> result<_, E>`, with an enum `E`"
    );
}
