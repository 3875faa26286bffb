//! What is no component, no WIT, too large or too deep says so.

use super::{SENSOR, build};
use autosar_wit::read;

#[test]
fn what_is_no_component_says_so() {
    let error = |bytes: &[u8]| read::component(bytes, "fan.wasm").unwrap_err().to_string();
    let whole = build(SENSOR);
    insta::assert_snapshot!(error(b""), @"`fan.wasm` is empty; build the component again");
    insta::assert_snapshot!(error(b"\0as"), @"`fan.wasm` is cut off at 0x00000003; copy or build it again");
    insta::assert_snapshot!(error(b"\0asm\x01"), @"`fan.wasm` is cut off at 0x00000005; copy or build it again");
    insta::assert_snapshot!(error(b"\0asm\x01\0\0\0"), @"`fan.wasm` is a core module, not a component; wrap it with `wireloom pack fan.wasm -o component.wasm`, or build for a target with components such as wasm32-wasip2");
    insta::assert_snapshot!(error(b"\0asm\x0a\0\x01\0"), @"`fan.wasm` has WebAssembly version 0x0001000a, known are 0x0001000d (component) and 0x00000001 (core module); build it with current tools");
    insta::assert_snapshot!(error(b"\x7fELF\x02\x01\x01\0\0\0"), @"`fan.wasm` is no WebAssembly: it starts with 7f 45 4c 46, not with 00 61 73 6d; choose the built `.wasm`");
    insta::assert_snapshot!(error(b";; made by hand\n(component)"), @"`fan.wasm` is WebAssembly text, not a binary; assemble it with `wasm-tools parse fan.wasm -o component.wasm`");
    insta::assert_snapshot!(error(b"// a package\npackage a:b;\n"), @"`fan.wasm` is WIT text, not a component; add its folder as a WIT package to get a stub");
    insta::assert_snapshot!(error("{ \"Grüße\": 1 }".as_bytes()), @"`fan.wasm` is a text file, not a component; choose the built `.wasm`");
    insta::assert_snapshot!(error(&whole[..whole.len() - 5]), @"`fan.wasm` is cut off at 0x000011ec; copy or build it again");
    let import = wat::parse_str("(component (import \"m\" (core module)))").unwrap();
    insta::assert_snapshot!(error(&import), @"`fan.wasm` imports the core module `m`, which no port can provide; link it into the component first");
    let invalid = [b"\0asm\x0d\0\x01\0".as_slice(), &[0x0b, 2, 1, 0xff]].concat();
    insta::assert_snapshot!(error(&invalid), @"`fan.wasm` is no valid component: invalid leading byte (0xff) for component name (at 0x0000000b); build it again");
    let metadata = [whole.as_slice(), &[0, 21, 17], b"wireloom:metadata", b"{ 1"].concat();
    insta::assert_snapshot!(error(&metadata), @"`fan.wasm`: custom section `wireloom:metadata` is no valid JSON of its schema: key must be a string (line 1, column 3); make it again with the tool that wrote it");
}

#[test]
fn a_huge_file_is_refused_at_once() {
    // Zeroed pages cost nothing until they are touched.
    let mut bytes = vec![0_u8; 200_000_000];
    let error = |bytes: &[u8]| read::component(bytes, "fan.wasm").unwrap_err().to_string();
    insta::assert_snapshot!(error(&bytes), @"`fan.wasm` is no WebAssembly: it starts with 00 00 00 00, not with 00 61 73 6d; choose the built `.wasm`");
    bytes[..8].copy_from_slice(b"\0asm\x0d\0\x01\0");
    insta::assert_snapshot!(error(&bytes), @"`fan.wasm` has 200 MB, the largest component is 128 MB; strip its debug information (`wasm-tools strip`) or take data out of it");
}

#[test]
fn every_cut_and_every_flipped_byte_is_an_answer() {
    let whole = build(SENSOR);
    for end in 0..whole.len() {
        // A cut between two sections can leave a valid component.
        if let Err(error) = read::component(&whole[..end], "cut.wasm") {
            assert!(error.to_string().contains("cut.wasm"), "{error}");
        }
    }
    for at in (8..whole.len()).step_by(3) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        let _ = read::file(&bytes, "flipped.wasm");
    }
}

#[test]
fn types_that_are_too_deep_are_refused() {
    let mut text = String::from("(component (type $t0 (list u8))");
    for level in 1..5000 {
        text.push_str(&format!("(type $t{level} (list $t{}))", level - 1));
    }
    text.push_str("(import \"f\" (func (param \"a\" $t4999))))");
    let bytes = wat::parse_str(&text).unwrap();
    insta::assert_snapshot!(read::component(&bytes, "deep.wasm").unwrap_err(), @"`deep.wasm` is no valid component: type nesting is too deep (at 0x000000f5); build it again");
    let wit = format!(
        "package a:b;\nworld w {{ import f: func(a: {}u8{}); }}",
        "list<".repeat(5000),
        ">".repeat(5000)
    );
    insta::assert_snapshot!(read::wit_files(&[("deep.wit", &wit)], None).unwrap_err(), @"WIT is not valid: types in `deep.wit` are nested 5000 levels deep, 100 are allowed; flatten them");
}

#[test]
fn wit_in_folders() {
    let files = [
        (
            "wit/deps/c/c.wit",
            "package c:d@1.0.0; interface i { f: func(); }",
        ),
        ("wit/deps/e.wit", "package e:f; interface j { g: func(); }"),
        (
            "wit/world.wit",
            "package a:b; world w { import c:d/i@1.0.0; import types; }",
        ),
        (
            "wit/types.wit",
            "interface types { use e:f/k.{a}; h: func(); }",
        ),
    ];
    let error = read::wit_files(&files, None).unwrap_err();
    insta::assert_snapshot!(error, @"WIT is not valid: interface not found in package (wit/types.wit:1:27)");
    let types = ("wit/types.wit", "interface types { h: func(); }");
    let world = read::wit_files(&[files[0], files[1], files[2], types], None).unwrap();
    let names: Vec<_> = world.ports.iter().map(|port| port.name.as_str()).collect();
    assert_eq!(names, ["c:d/i@1.0.0", "a:b/types"]);
}

#[test]
fn wit_errors_say_what_to_do() {
    let error = |files: &[(&str, &str)], world| read::wit_files(files, world).unwrap_err();
    insta::assert_snapshot!(error(&[], None), @"no WIT file; choose a folder with `.wit` files");
    insta::assert_snapshot!(error(&[("a.wit", "package a:b; interface i { f: func(")], None), @"WIT is not valid: expected an identifier or string, found eof (a.wit:1:36)");
    insta::assert_snapshot!(error(&[("a.wit", "package a:b; world w { import x:y/z; }")], None), @"WIT is not valid: package 'x:y' not found. known packages: a:b (a.wit:1:31)");
    let two = [("a.wit", "package a:b; world v {} world w {}")];
    insta::assert_snapshot!(error(&two, None), @"WIT in `a.wit` has more than one world; choose one of `v`, `w`");
    insta::assert_snapshot!(error(&two, Some("x")), @"WIT in `a.wit` has no world `x`; choose one of `v`, `w`");
    insta::assert_snapshot!(error(&[("a.wit", "package a:b; interface i {}")], None), @"WIT in `a.wit` has no world; write `world name { … }` with the ports of the component");
    insta::assert_snapshot!(error(&[("a.wit", "package a:b; interface i {}")], Some("x")), @"WIT in `a.wit` has no world `x`; it has none");
}
