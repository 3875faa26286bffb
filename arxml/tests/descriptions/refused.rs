//! Files that are not read, and damaged ones: a message each, never a panic.

use super::model;
use arxml::{Source, read};
use proptest::prelude::*;

pub(super) const HEAD: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
     <AUTOSAR xmlns=\"http://autosar.org/schema/r4.0\" \
     xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
     xsi:schemaLocation=\"http://autosar.org/schema/r4.0 AUTOSAR_00051.xsd\">\n";

fn refusal(text: &str) -> String {
    model(&[("x.arxml", text)]).unwrap_err().to_string()
}

#[test]
fn autosar_3_is_told_how_to_convert() {
    let text = "<?xml version=\"1.0\"?>\n<AUTOSAR xmlns=\"http://autosar.org/3.2.1\">\n</AUTOSAR>";
    insta::assert_snapshot!(refusal(text));
}

#[test]
fn other_roots_and_namespaces_are_named() {
    insta::assert_snapshot!(
        [
            refusal("<?xml version=\"1.0\"?>\n<!-- <AUTOSAR> -->\n<AUTOSARGH/>"),
            refusal("<AUTOSAR xmlns='http://example.org'></AUTOSAR>"),
            refusal("<AUTOSAR></AUTOSAR>"),
            refusal("no markup"),
            refusal(""),
        ]
        .join("\n")
    );
}

#[test]
fn malformed_xml_is_told_with_its_line() {
    let body = |body: &str| refusal(&format!("{HEAD}{body}"));
    insta::assert_snapshot!(
        [
            body("<AR-PACKAGES>\n<AR-PACKAGE>\n</AR-PACKAGES>\n</AUTOSAR>"),
            body("<AR-PACKAGES>\n"),
            body("<AR-PACKAGES"),
            body("<AR-PACKAGES><NO-SUCH-THING/></AR-PACKAGES></AUTOSAR>"),
            body("<AR-PACKAGES><UNIT/></AR-PACKAGES></AUTOSAR>"),
            body("<AR-PACKAGES><AR-PACKAGE><SHORT-NAME></SHORT-NAME></AR-PACKAGE></AR-PACKAGES></AUTOSAR>"),
        ]
        .join("\n")
    );
}

#[test]
fn bytes_that_are_no_utf_8_are_told_with_their_line() {
    let refusal = |bytes: &[u8]| {
        let source = Source {
            name: "x.arxml",
            bytes,
        };
        read(&[source], "car").unwrap_err().to_string()
    };
    insta::assert_snapshot!(
        [
            refusal(b"<AUTOSAR>\n\xe9</AUTOSAR>"),
            refusal(b"\xff\xfe<\0A\0"),
            read(&[], "car").unwrap_err().to_string(),
        ]
        .join("\n")
    );
}

#[test]
fn windows_1252_is_told_whatever_the_file_says_of_itself() {
    let refusal = |bytes: &[u8]| {
        let source = Source {
            name: "x.arxml",
            bytes,
        };
        read(&[source], "car").unwrap_err().to_string()
    };
    let text = description(&package(
        "P",
        "<UNIT><SHORT-NAME>Degree</SHORT-NAME></UNIT>",
    ));
    let said = text.replace("utf-8", "windows-1252");
    let degree = "<DISPLAY-NAME>\n@C</DISPLAY-NAME></UNIT>";
    let mut bytes = said.replace("</UNIT>", degree).into_bytes();
    let at = bytes.iter().position(|byte| *byte == b'@').unwrap();
    // The degree sign of that encoding.
    bytes[at] = 0xb0;
    insta::assert_snapshot!([refusal(&bytes), refusal(said.as_bytes())].join("\n"));
}

#[test]
fn a_hundred_megabytes_are_read_or_told() {
    let long = "x".repeat(100_000_000);
    let text = description(&package(
        "P",
        &format!("<UNIT><SHORT-NAME>U</SHORT-NAME><DESC><L-2 L=\"EN\">{long}</L-2></DESC></UNIT>"),
    ));
    let cut = text.strip_suffix("</AUTOSAR>").unwrap();
    let read = model(&[("x.arxml", &text)]).unwrap();
    let refused = [
        refusal(&long),
        refusal(cut),
        refusal(&format!("{HEAD}{long}")),
    ];
    insta::assert_snapshot!(
        [
            super::unmapped(&read),
            refused.map(|text| text.replace(&long, "x…")).join("\n"),
        ]
        .join("\n")
    );
}

#[test]
fn references_that_lead_nowhere_and_types_in_circles_are_told() {
    let of = |name: &str, other: &str| {
        format!(
            "<IMPLEMENTATION-DATA-TYPE><SHORT-NAME>{name}</SHORT-NAME>\
             <CATEGORY>TYPE_REFERENCE</CATEGORY><SW-DATA-DEF-PROPS>\
             <SW-DATA-DEF-PROPS-VARIANTS><SW-DATA-DEF-PROPS-CONDITIONAL>\n\
             <IMPLEMENTATION-DATA-TYPE-REF DEST=\"IMPLEMENTATION-DATA-TYPE\">{other}\
             </IMPLEMENTATION-DATA-TYPE-REF></SW-DATA-DEF-PROPS-CONDITIONAL>\
             </SW-DATA-DEF-PROPS-VARIANTS></SW-DATA-DEF-PROPS></IMPLEMENTATION-DATA-TYPE>"
        )
    };
    let types = [
        of("Lost", "/Nowhere/T"),
        of("Itself", "/P/Itself"),
        of("One", "/P/Other"),
        of("Other", "/P/One"),
    ];
    let read = model(&[("x.arxml", &description(&package("P", &types.concat())))]).unwrap();
    insta::assert_snapshot!(super::defects(&read));
}

#[test]
fn elements_without_end_inside_each_other_are_refused() {
    let level = "<AR-PACKAGES><AR-PACKAGE><SHORT-NAME>a</SHORT-NAME>\n";
    insta::assert_snapshot!(refusal(&format!("{HEAD}{}", level.repeat(100_000))));
}

#[test]
fn the_same_file_twice_and_two_meanings_of_one_path_are_refused() {
    let unit = |kind: &str| {
        format!(
            "{HEAD}<AR-PACKAGES><AR-PACKAGE><SHORT-NAME>P</SHORT-NAME><ELEMENTS><{kind}><SHORT-NAME>\
             X</SHORT-NAME></{kind}></ELEMENTS></AR-PACKAGE></AR-PACKAGES></AUTOSAR>"
        )
    };
    let twice = model(&[("a.arxml", &unit("UNIT")), ("a.arxml", &unit("UNIT"))]);
    let unlike = model(&[
        ("a.arxml", &unit("UNIT")),
        ("b.arxml", &unit("PHYSICAL-DIMENSION")),
    ]);
    insta::assert_snapshot!(
        [twice, unlike]
            .map(|result| result.map_or_else(|error| error.to_string(), |_| "taken".to_owned()))
            .join("\n")
    );
}

/// A package of that content.
fn package(name: &str, elements: &str) -> String {
    format!(
        "<AR-PACKAGE><SHORT-NAME>{name}</SHORT-NAME><ELEMENTS>{elements}</ELEMENTS></AR-PACKAGE>"
    )
}

fn description(packages: &str) -> String {
    format!("{HEAD}<AR-PACKAGES>{packages}</AR-PACKAGES></AUTOSAR>")
}

#[test]
fn types_without_end_inside_each_other_are_told() {
    let inside = |number: usize| {
        format!(
            "<IMPLEMENTATION-DATA-TYPE><SHORT-NAME>T{number:05}</SHORT-NAME>\
             <CATEGORY>STRUCTURE</CATEGORY><SUB-ELEMENTS><IMPLEMENTATION-DATA-TYPE-ELEMENT>\
             <SHORT-NAME>next</SHORT-NAME><CATEGORY>TYPE_REFERENCE</CATEGORY><SW-DATA-DEF-PROPS>\
             <SW-DATA-DEF-PROPS-VARIANTS><SW-DATA-DEF-PROPS-CONDITIONAL>\
             <IMPLEMENTATION-DATA-TYPE-REF DEST=\"IMPLEMENTATION-DATA-TYPE\">/P/T{:05}\
             </IMPLEMENTATION-DATA-TYPE-REF></SW-DATA-DEF-PROPS-CONDITIONAL>\
             </SW-DATA-DEF-PROPS-VARIANTS></SW-DATA-DEF-PROPS></IMPLEMENTATION-DATA-TYPE-ELEMENT>\
             </SUB-ELEMENTS></IMPLEMENTATION-DATA-TYPE>",
            number + 1
        )
    };
    let types: String = (0..5000).map(inside).collect();
    let model = model(&[("x.arxml", &description(&package("P", &types)))]).unwrap();
    assert!(model.packages.iter().all(|package| package.path != "p.wit"));
    let told = super::defects(&model);
    assert!(told.contains("nested more than 40 levels deep"), "{told}");
}

#[test]
fn names_that_give_one_label_get_numbers_by_their_paths() {
    let trigger = |name: &str| {
        format!(
            "<TRIGGER-INTERFACE><SHORT-NAME>{name}</SHORT-NAME><TRIGGERS><TRIGGER><SHORT-NAME>\
             Go</SHORT-NAME></TRIGGER></TRIGGERS></TRIGGER-INTERFACE>"
        )
    };
    let both = [trigger("Speed_I"), trigger("SpeedI")];
    let text = description(&package("Ports", &both.concat()));
    let turned = description(&package("Ports", &(both[1].clone() + &both[0])));
    let model_of = |text: &str| model(&[("x.arxml", text)]).unwrap();
    let wit = model_of(&text);
    let wit = super::text(&wit, "ports.wit");
    assert!(wit.contains("/Ports/SpeedI`\ninterface speed-i {"), "{wit}");
    assert!(
        wit.contains("/Ports/Speed_I`\ninterface speed-i2 {"),
        "{wit}"
    );
    assert_eq!(wit, super::text(&model_of(&turned), "ports.wit"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Some bytes of a description changed, taken out or doubled.
    #[test]
    fn damaged_descriptions_give_a_model_or_a_message(
        which in 0..5_usize,
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>(), 0..3_u8), 1..8),
    ) {
        let texts = [
            include_str!("../fixtures/types.arxml"),
            include_str!("../fixtures/ports.arxml"),
            include_str!("../fixtures/components.arxml"),
            include_str!("../fixtures/system.arxml"),
            include_str!("../fixtures/network.arxml"),
        ];
        let mut bytes = texts[which].as_bytes().to_vec();
        for (at, byte, how) in changes {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => { bytes.drain(at..(at + usize::from(byte)).min(bytes.len() - 1).max(at)); }
                _ => {
                    let end = (at + usize::from(byte)).min(bytes.len());
                    let again = bytes[at..end].to_vec();
                    bytes.splice(at..at, again);
                }
            }
        }
        let source = Source { name: "x.arxml", bytes: &bytes };
        match read(&[source], "car") {
            Ok(model) => { super::worlds(&model); }
            Err(error) => prop_assert!(error.to_string().contains("x.arxml")),
        }
    }
}
