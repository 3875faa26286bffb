//! What is wrong with a file is told with its line, each in words of its own, and stops nothing.

use crate::{HEAD, load};
use autosar_wit::dbc;

pub(crate) fn listed(loaded: &dbc::Loaded) -> String {
    let lines: Vec<_> = loaded
        .defects
        .iter()
        .map(|one| format!("{}: {}", one.line, one.message))
        .collect();
    lines.join("\n")
}

#[test]
fn defects_of_sense_are_listed_by_line() {
    let loaded = load(
        "BO_ 100 M: 2 ECU1\n SG_ A : 12|8@1+ (1,0) [0|0] \"\" ECU2\n SG_ A : 0|8@1+ (1,0) [0|0] \"\" ECU2\n\
         \x20SG_ B : 0|4@1+ (0,5) [9|1] \"\" ECU2\n SG_ C m3 : 0|4@1+ (1,0) [0|0] \"\" ECU2\n\
         \x20SG_ D : 0|0@1+ (1,0) [0|0] \"\" ECU2\n\nBO_ 100 N: 2 ECU1\n\nBO_ 5000 Big: 2 ECU1\n\n\
         BO_ 101 Long: 100 ECU1\n SG_ F : 0|8@1+ (1,0) [0|0] \"\" ECU2\n\nCM_ SG_ 100 X \"x\";\nCM_ BO_ 999 \"y\";\n\
         VAL_ 100 Y 0 \"a\" ;\nSIG_VALTYPE_ 101 F : 1;\nBA_ \"GenSigStartValue\" SG_ 100 Z 1;\n",
    );
    insta::assert_snapshot!(listed(&loaded), @r#"
12: signal `A` of `M` does not lie within the 2 bytes; correct start bit, length or the message's length
13: message `M` has two signals `A`; the first counts, rename one
14: signal `B` of `M` has the factor 0, so every value is its offset; correct it
14: signal `B` of `M` has the minimum 9 above its maximum 1; correct them
15: signal `C` is multiplexed and message `M` has no multiplexor; it is never decoded, mark one `M`
15: signals `B` and `C` of `M` share bits; both are decoded, correct one
16: signal `D` of `M` has 0 bits, 1 to 64 are allowed; it is never decoded, correct its length
18: message `N` has the identifier 0x64, which `M` has already; it is left out, give it another
20: message `Big` has the identifier 0x1388 of more than 11 bits without the flag of extended ones, and is taken as extended; add 0x80000000
22: message `Long` has 100 bytes; a CAN frame has 0 to 8, a CAN FD frame also 12, 16, 20, 24, 32, 48 or 64; correct its length
25: `CM_` is about a signal `X` in message 0x64, which is not there; remove it
26: `CM_` is about a message 0x3e7, which is not there; remove it
27: `VAL_` is about a signal `Y` in message 0x64, which is not there; remove it
28: signal `F` of `Long` has 8 bits and cannot be a float; it is read as an integer, correct its length
29: `BA_` is about a signal `Z` in message 0x64, which is not there; remove it
"#);
}

#[test]
fn a_statement_that_cannot_be_read_stops_nothing() {
    let loaded = load(
        "BO_ 100 M: 8 ECU1\n SG_ A : 0|8@1+ (1,0) [0|0] \"\" ECU2\n SG_ B : 8|@1+ (1,0) [0|0] \"\" ECU2\n\
         \x20SG_ C : 16|8@1+ (1,0) [0|0] \"\" ECU2\n\nBO_ nonsense\n\nBO_ 101 N: 8 ECU1\n\
         \x20SG_ D : 0|8@1+ (1,0) [0|0] \"\" ECU2\n\nVAL_ 100 A zero \"off\";\nVAL_ 101 D 1 \"on\" ;\n",
    );
    insta::assert_snapshot!(listed(&loaded), @r#"
13: `SG_` is not written as DBC has it and was left out: there is `@` where the number of bits is expected; correct it
16: `BO_` is not written as DBC has it and was left out: there is `nonsense` where the identifier is expected; correct it
21: `VAL_` is not written as DBC has it and was left out: there is `"off"` where a number, or `;` behind the name of a table is expected; correct it
"#);
    let names: Vec<_> = loaded.database.messages[0]
        .signals
        .iter()
        .map(|signal| signal.name.as_str())
        .collect();
    assert_eq!(names, ["A", "C"]);
    assert_eq!(
        loaded.database.messages[1].signals[0].values,
        [(1, "on".to_owned())]
    );
}

#[test]
fn what_is_no_dbc_says_so() {
    insta::assert_snapshot!(listed(&dbc::read(b"")), @"1: the file has no DBC statement; choose a `.dbc` file");
    insta::assert_snapshot!(listed(&dbc::read(b"\0asm\x01\0\0\0")), @"1: the file has no DBC statement; choose a `.dbc` file");
    insta::assert_snapshot!(listed(&dbc::read(&vec![b' '; 70_000_000])), @"1: the file has 70 MB, more than any DBC; choose another file");
}

/// What one change of a sound file gives.
fn told(from: &str, to: &str) -> String {
    let sound = "BO_ 100 M: 8 ECU1\n SG_ A : 0|8@1+ (1,0) [0|9] \"\" ECU2\n SG_ B : 8|8@1- (1,0) [0|9] \"\" ECU2\n\n\
        BO_ 101 N: 8 ECU1\n\nCM_ SG_ 100 A \"first\nsecond\";\nBA_ \"GenMsgCycleTime\" BO_ 101 20;\nVAL_ 100 A 0 \"off\" ;\n";
    assert_eq!(load(sound).defects, []);
    assert_eq!(sound.matches(from).count(), 1, "{from}");
    listed(&load(&sound.replace(from, to)))
}

#[test]
fn names_are_told() {
    insta::assert_snapshot!(told(" M: 8", " 2M: 8"), @"11: message `2M` has a name that begins with a digit, which other tools refuse; rename it");
    insta::assert_snapshot!(told("SG_ A", "SG_ 1A"), @r#"
12: signal `1A` has a name that begins with a digit, which other tools refuse; rename it
17: `CM_` is about a signal `A` in message 0x64, which is not there; remove it
20: `VAL_` is about a signal `A` in message 0x64, which is not there; remove it
"#);
    insta::assert_snapshot!(told("SG_ B :", "SG_ B-C d :"), @"13: signal `B-C d` has a name with other than letters, digits and underscores, which other tools refuse; rename it");
    insta::assert_snapshot!(told(" N:", " M:"), @"15: two messages have the name `M`; rename one");
    insta::assert_snapshot!(told("N: 8 ECU1", "N: 8 ECU9"), @"15: node `ECU9`, the sender of `N`, is not in `BU_`; add it there");
    insta::assert_snapshot!(told("[0|9] \"\" ECU2\n\n", "[0|9] \"\" ECU2,GHOST\n\n"), @"13: node `GHOST`, a receiver of `B` in `M`, is not in `BU_`; add it there");
    insta::assert_snapshot!(told("BA_ \"GenMsgCycleTime\" BO_ 101 20;", "BA_ \"X\" BU_ ECU7 1;"), @"19: `BA_` is about a node `ECU7`, which is not there; remove it");
    insta::assert_snapshot!(told("VAL_ 100", "BO_TX_BU_ 101 : ECU1,GHOST;\nVAL_ 100"), @"20: node `GHOST`, a sender of `N`, is not in `BU_`; add it there");
}

#[test]
fn values_are_told() {
    insta::assert_snapshot!(told("0 \"off\" ;", "0 \"off\" 256 \"none\" 0 \"no\" ;"), @r#"
20: `VAL_` gives signal `A` of `M` the text `no` for 0, which has a text already; correct it
20: `VAL_` gives signal `A` of `M` the text `none` for 256, which its 8 bits never hold; correct it
"#);
    insta::assert_snapshot!(told("0 \"off\" ;", "Missing ;"), @"20: `VAL_` of signal `A` names the table `Missing`, which is not there; add a `VAL_TABLE_`");
    insta::assert_snapshot!(told("VAL_ 100", "VAL_ 100 A 1 \"on\" ;\nVAL_ 100"), @"21: signal `A` of `M` has a second `VAL_`; the first counts, remove one");
    insta::assert_snapshot!(told("VAL_ 100 A", "VAL_ 100 C"), @"20: `VAL_` is about a signal `C` in message 0x64, which is not there; remove it");
}

#[test]
fn identifiers_and_lengths_are_told() {
    insta::assert_snapshot!(told("BO_ 101 N", "BO_ 100 N"), @r#"
15: message `N` has the identifier 0x64, which `M` has already; it is left out, give it another
19: `BA_` is about a message 0x65, which is not there; remove it
"#);
    insta::assert_snapshot!(told("BO_ 101 N: 8 ECU1\n", "BO_ 2048 N: 8 ECU1\nBO_ 101 O: 8 ECU1\n"), @"15: message `N` has the identifier 0x800 of more than 11 bits without the flag of extended ones, and is taken as extended; add 0x80000000");
    insta::assert_snapshot!(told("BO_ 101 N: 8 ECU1\n", "BO_ 4000000000 N: 8 ECU1\nBO_ 101 O: 8 ECU1\n"), @"15: message `N` has the identifier 0x6e6b2800 of more than 29 bits; it is left out, correct it");
    insta::assert_snapshot!(told(" N: 8", " N: 9"), @"15: message `N` has 9 bytes; a CAN frame has 0 to 8, a CAN FD frame also 12, 16, 20, 24, 32, 48 or 64; correct its length");
    insta::assert_snapshot!(told("8|8@1-", "60|8@1-"), @"13: signal `B` of `M` does not lie within the 8 bytes; correct start bit, length or the message's length");
    insta::assert_snapshot!(told("8|8@1-", "7|8@1-"), @"13: signals `A` and `B` of `M` share bits; both are decoded, correct one");
    insta::assert_snapshot!(told("8|8@1-", "8|65@1-"), @"13: signal `B` of `M` has 65 bits, 1 to 64 are allowed; it is never decoded, correct its length");
}

#[test]
fn syntax_is_told_where_it_goes_wrong() {
    insta::assert_snapshot!(told("8|8@1-", "8,8@1-"), @"13: `SG_` is not written as DBC has it and was left out: there is `,` where `|` is expected; correct it");
    insta::assert_snapshot!(told("8|8@1-", "8|8@2-"), @"13: `SG_` is not written as DBC has it and was left out: there is `2-` where `1+`, `1-`, `0+` or `0-` is expected; correct it");
    insta::assert_snapshot!(told("8|8@1- (1,0)", "8|8@1- (1;0)"), @"13: `SG_` is not written as DBC has it and was left out: there is `;` where `,` is expected; correct it");
    insta::assert_snapshot!(told("@1- (1,0) [0|9] \"\" ECU2", "@1- (1,0) [0|9]"), @"13: `SG_` is not written as DBC has it and was left out: there is the end of the line where the unit in quotes is expected; correct it");
    insta::assert_snapshot!(told("8|8@1- (1,0)", "8|8@1- (nan,0)"), @"13: `SG_` is not written as DBC has it and was left out: there is `nan` where the factor is expected; correct it");
    insta::assert_snapshot!(told("BO_ 101 N: 8 ECU1", "BO_ 101 N 8 ECU1\n SG_ X : 0|8@1+ (1,0) [0|9] \"\" ECU2"), @"15: `BO_` is not written as DBC has it and was left out: there is the end of the line where `:` behind the name is expected; correct it");
    insta::assert_snapshot!(told("\"first\nsecond\";", "\"first\nsecond;"), @"17: `CM_` is not written as DBC has it and was left out: there is a quote that nothing closes where the comment in quotes is expected; correct it");
    insta::assert_snapshot!(told("BO_ 101 20;", "BO_ 101 20"), @"19: there is the end of the line where `;` is expected; correct it");
    insta::assert_snapshot!(told("\"off\" ;", "off ;"), @"20: `VAL_` is not written as DBC has it and was left out: there is `off` where the value's text in quotes is expected; correct it");
    insta::assert_snapshot!(told("VAL_ 100", "some words\nVAL_ 100"), @"20: `some` begins no statement of DBC; remove it");
    insta::assert_snapshot!(told("BO_ 101 N: 8 ECU1", "BO_ 101 N: 8 ECU1 ECU2"), @"15: `BO_` is not written as DBC has it and was left out: there is `ECU2` where the sender and the end of the line is expected; correct it");
}

#[test]
fn old_forms_and_odd_space_are_no_defects() {
    let text = "BO_ 100  M  :8 ECU1\n\n\tSG_ A:0|8@1+(1,0)[0|9]\"\"ECU2 , ECU1\n   SG_ B M : 8 | 8 @ 0 - ( 1.5E-01 , -.5 ) [ -1 | +9 ] \"\"\n\n\
        // a remark\nCM_ \"of the file\" ; CM_ BU_ ECU1 \"of a node\";\nSIG_VALTYPE_ 100 A 0;\n\
        SIG_GROUP_ 100 G 1 : A B;\nEV_ E: 0 [0|1] \"\" 0 1 DUMMY_NODE_VECTOR0 ECU1;\nVAL_ E 0 \"x\";\n\
        BA_DEF_ BO_ \"K\" ENUM \"a\",\"b\";\nBA_DEF_REL_ BU_SG_REL_ \"R\" INT 0 1;\nBA_REL_ \"R\" BU_SG_REL_ ECU1 SG_ 100 A 1;\n\u{1a}";
    let loaded = load(text);
    assert_eq!(loaded.defects, []);
    let signal = &loaded.database.messages[0].signals[1];
    assert_eq!(
        (signal.factor, signal.offset, signal.minimum),
        (0.15, -0.5, -1.0)
    );
    assert_eq!(
        loaded.database.messages[0].signals[0].receivers,
        ["ECU2", "ECU1"]
    );
}

#[test]
fn more_defects_than_anybody_reads_are_counted() {
    let text = format!("{HEAD}{}", "BO_ 1 M: 8 ECU1\n".repeat(10_501));
    let loaded = dbc::read(text.as_bytes());
    assert_eq!(loaded.defects.len(), 10_001);
    insta::assert_snapshot!(loaded.defects[10_000].message, @"there are 500 more defects, which are not listed");
}
