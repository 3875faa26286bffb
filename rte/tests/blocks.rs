//! Non-volatile blocks under the engine: the host is asked by the partition's names.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a trial that cannot go on fails there"
)]

mod support;

use autosar_wit::{component::PortItem, read::wit_files, types::Interface};
use rte::{BLOCKS, BlocksPlan, GenerateError, blocks};
use support::host::{Ecu, engine, validate};
use wasmtime::{
    Store,
    component::{Component, Func, Instance, Linker, Val},
};

const NV: &str = "package a:b;
world w { import wireloom:ecu/nv@0.1.0; }
package wireloom:ecu@0.1.0 {
    interface nv {
        enum error { not-ok, integrity-failed, nv-invalidated, full, wrong-block, not-served }
        variant request-result { ok, pending, failed(error) }
        read: func(block: string) -> result<list<u8>, error>;
        write: func(block: string, data: list<u8>) -> result<_, error>;
        status: func(block: string) -> request-result;
    }
}";

fn interface(text: &str) -> Interface {
    let world = wit_files(&[("w.wit", text)], Some("w")).unwrap();
    let port = world
        .ports
        .into_iter()
        .find(|port| port.name.contains("/nv"));
    match port.unwrap().item {
        PortItem::Interface(interface) => interface,
        PortItem::Function(_) => unreachable!(),
    }
}

fn plan(names: &[(&str, &str)], interface: Interface) -> BlocksPlan {
    let own = |(own, block): &(&str, &str)| ((*own).to_owned(), (*block).to_owned());
    BlocksPlan {
        interface,
        names: names.iter().map(own).collect(),
    }
}

fn named(store: &mut Store<Ecu>, instance: Instance, name: &str) -> Func {
    let port = instance
        .get_export_index(&mut *store, None, BLOCKS)
        .unwrap();
    let index = instance
        .get_export_index(&mut *store, Some(&port), name)
        .unwrap();
    instance.get_func(store, index).unwrap()
}

/// A host whose answers are what it was asked for.
fn linker() -> Linker<Ecu> {
    let mut linker = Linker::<Ecu>::new(engine());
    let mut nv = linker.instance("wireloom:ecu/nv@0.1.0").unwrap();
    nv.func_new("read", |_, _, asked, answer| {
        let Val::String(block) = &asked[0] else {
            unreachable!()
        };
        let bytes = block.bytes().map(Val::U8).collect();
        answer[0] = Val::Result(Ok(Some(Box::new(Val::List(bytes)))));
        Ok(())
    })
    .unwrap();
    nv.func_new("write", |_, _, asked, answer| {
        let known = asked == [Val::String("left".into()), Val::List(vec![Val::U8(7)])];
        answer[0] = Val::Result(match known {
            true => Ok(None),
            false => Err(Some(Box::new(Val::Enum("wrong-block".into())))),
        });
        Ok(())
    })
    .unwrap();
    nv.func_new("status", |_, _, asked, answer| {
        answer[0] = match &asked[0] {
            Val::String(block) if block == "right" => Val::Variant("pending".into(), None),
            _ => Val::Variant("ok".into(), None),
        };
        Ok(())
    })
    .unwrap();
    linker
}

#[test]
fn the_host_is_asked_by_the_partition_s_names() {
    let names = [("calibration", "left"), ("left", "right")];
    let bytes = blocks(&plan(&names, interface(NV))).unwrap();
    validate(&bytes);
    let component = Component::new(engine(), &bytes).unwrap();
    let mut store = Store::new(engine(), Ecu::default());
    let instance = linker().instantiate(&mut store, &component).unwrap();
    let mut call = |name: &str, arguments: &[Val]| {
        let mut result = [Val::Bool(false)];
        let function = named(&mut store, instance, name);
        function.call(&mut store, arguments, &mut result).unwrap();
        let [result] = result;
        result
    };
    let block = |name: &str| Val::String(name.into());
    let long = "calibration-of-another-kind";
    // One name leads to another once, and never by its beginning.
    for (own, asked) in [
        ("calibration", "left"),
        ("left", "right"),
        ("right", "right"),
        ("", ""),
        ("lef", "lef"),
        (long, long),
    ] {
        let bytes = asked.bytes().map(Val::U8).collect();
        let expected = Val::Result(Ok(Some(Box::new(Val::List(bytes)))));
        assert_eq!(call("read", &[block(own)]), expected, "{own}");
    }
    let data = Val::List(vec![Val::U8(7)]);
    let written = call("write", &[block("calibration"), data.clone()]);
    assert_eq!(written, Val::Result(Ok(None)));
    let refused = Val::Enum("wrong-block".into());
    assert_eq!(
        call("write", &[block("left"), data]),
        Val::Result(Err(Some(Box::new(refused))))
    );
    let pending = Val::Variant("pending".into(), None);
    assert_eq!(call("status", &[block("left")]), pending);
}

#[test]
fn a_function_without_a_name_is_refused() {
    let text = "package a:b;
world w { import wireloom:ecu/nv@0.1.0; }
package wireloom:ecu@0.1.0 { interface nv { count: func() -> u32; } }";
    let refused = blocks(&plan(&[("a", "b")], interface(text))).unwrap_err();
    assert_eq!(
        refused,
        GenerateError::NotABlock {
            place: "count".into()
        }
    );
    assert_eq!(
        refused.to_string(),
        "`count` does not begin with the name of a block; build the component for `wireloom:ecu@0.1.0`"
    );
}
