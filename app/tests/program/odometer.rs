//! An odometer with a non-volatile data port: the project of `tests/projects/odometer`, whose
//! components are made here from WAT, since they are smaller so than in any language.

use crate::support::{fine, program, text_of, workspace};
use serde_json::{Value, json};
use tempfile::TempDir;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// Each step reads the mileage, writes one more, and reads that again or traps; after an error it goes
/// on from 1000 and the error.
const ODOMETER: &str = r#"(module
    (import "acme:body/trip@1.0.0" "mileage" (func $mileage (param i32)))
    (import "acme:body/trip@1.0.0" "write-mileage" (func $write (param i32 i32)))
    (memory (export "memory") 1)
    (func (export "acme:body/drive@1.0.0#step")
        (call $mileage (i32.const 16))
        (if (i32.load8_u (i32.const 16))
            (then (i32.store (i32.const 0)
                (i32.add (i32.const 1000) (i32.load8_u (i32.const 20)))))
            (else (i32.store (i32.const 0) (i32.load (i32.const 20)))))
        (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
        (call $write (i32.load (i32.const 0)) (i32.const 32))
        (if (i32.load8_u (i32.const 32)) (then unreachable))
        (call $mileage (i32.const 16))
        (if (i32.ne (i32.load (i32.const 20)) (i32.load (i32.const 0))) (then unreachable)))
    (func (export "acme:body/shown@1.0.0#total") (result i32) (i32.load (i32.const 0)))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable))"#;

/// Reads what the odometer shows, so that it is traced.
const WATCH: &str = r#"(module
    (import "acme:body/shown@1.0.0" "total" (func (result i32)))
    (memory (export "memory") 1)
    (func (export "acme:body/watching@1.0.0#look"))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable))"#;

const BLOCK: &str = "odometer-trip-mileage";

fn component(world_name: &str, module: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let wit = include_str!("../../../tests/projects/odometer/wit/odometer.wit");
    let package = resolve.push_str("odometer.wit", wit).unwrap();
    let world = resolve.select_world(&[package], Some(world_name)).unwrap();
    let mut module = wat::parse_str(module).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    let encoder = ComponentEncoder::default().validate(true);
    encoder.module(&module).unwrap().encode().unwrap()
}

/// The project with its components; its text changed.
fn project(change: impl FnOnce(String) -> String) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let components = folder.path().join("components");
    std::fs::create_dir(&components).unwrap();
    for (name, module) in [("odometer", ODOMETER), ("watch", WATCH)] {
        let file = components.join(format!("{name}.wasm"));
        std::fs::write(file, component(name, module)).unwrap();
    }
    let text = workspace().join("tests/projects/odometer/odometer.wireloom");
    let text = std::fs::read_to_string(text).unwrap();
    std::fs::write(folder.path().join("odometer.wireloom"), change(text)).unwrap();
    folder
}

/// Simulates a second, ten steps, with the folder of blocks that lies in that of the project.
fn second(project: &TempDir) -> Value {
    let nv = text_of(&project.path().join("nv"));
    fine(&[
        "simulate",
        &text_of(project.path()),
        "--for",
        "1050ms",
        "--nv",
        &nv,
    ])
}

/// The mileage in the block's content, behind the eight bytes that tell its type.
fn mileage(run: &Value) -> u32 {
    let blocks = run["nv"].as_array().unwrap();
    assert_eq!(blocks.len(), 1, "{run}");
    assert_eq!(
        (
            &blocks[0]["ecu"],
            &blocks[0]["partition"],
            &blocks[0]["block"]
        ),
        (&json!("car"), &json!("main"), &json!(BLOCK))
    );
    let content = blocks[0]["content"].as_str().unwrap();
    assert_eq!(content.len(), 24, "{content}");
    u32::from_str_radix(&content[16..], 16)
        .unwrap()
        .swap_bytes()
}

#[test]
fn the_mileage_begins_with_the_project_s_value_and_goes_on_after_each_restart() {
    let project = project(|text| text);
    let (first, next) = (second(&project), second(&project));
    assert_eq!((mileage(&first), mileage(&next)), (110, 120));
    assert_eq!(first["nv"][0]["writes"], 10);
    assert_eq!(first["incidents"], json!([]));
    std::fs::remove_dir_all(project.path().join("nv")).unwrap();
    assert_eq!(second(&project), first, "the same start is the same run");
}

#[test]
fn without_a_first_value_it_was_never_written() {
    let project = project(|text| {
        let value = "[instances.odometer.nv_data]\n\"acme:body/trip@1.0.0#mileage\" = \"100\"\n";
        assert!(text.contains(value), "{text}");
        text.replace(value, "")
    });
    assert_eq!(mileage(&second(&project)), 1010);
    assert_eq!(mileage(&second(&project)), 1020);
}

#[test]
fn what_another_version_kept_of_another_type_is_as_if_it_were_not_there() {
    let project = project(|text| text);
    let first = second(&project);
    let file = project.path().join(format!("nv/car/main/{BLOCK}.nv"));
    let other = |content: &[u8]| {
        let stored = runner::nv_file::Stored::Content(content.to_vec());
        runner::nv_file::replace(&file, &stored).unwrap();
        mileage(&second(&project))
    };
    assert_eq!(other(&[0xff; 12]), 110);
    assert_eq!(other(&[]), 110);
    // The type's eight bytes, and then no value: damaged, which is case 1 of the port's error.
    let content = first["nv"][0]["content"].as_str().unwrap();
    let head = |at: usize| u8::from_str_radix(&content[2 * at..2 * at + 2], 16).unwrap();
    let head: Vec<u8> = (0..8).map(head).collect();
    assert_eq!(other(&[head, vec![1]].concat()), 1011);
}

#[test]
fn a_process_of_a_linux_ecu_reads_what_it_has_written() {
    let project = project(|text| text);
    let path = text_of(project.path());
    let ran = fine(&["run", &path, "--for", "500ms"]);
    assert!(
        ran["ecus"][0]["activations"].as_u64().unwrap() >= 8,
        "{ran}"
    );
    assert_eq!(ran["ecus"][0]["traps"], 0, "{ran}");
}

#[test]
fn a_board_without_blocks_refuses_it_by_name() {
    let project = project(|text| text);
    let out = text_of(&project.path().join("out"));
    let path = text_of(project.path());
    let refused = program(&["export", &path, "--target", "qemu-mps2-an385", "-o", &out]);
    assert_eq!(refused.status, 1, "{}", refused.json);
    let told = refused.json["error"].as_str().unwrap();
    assert!(
        told.contains("`odometer.trip` has non-volatile data, for which the board has no memory"),
        "{told}"
    );
}
