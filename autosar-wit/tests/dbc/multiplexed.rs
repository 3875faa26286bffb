//! Multiplexed signals: which are there, and what makes no sense.

use crate::{defects::listed, load};
use autosar_wit::dbc::{self, Message, Presence};

/// Two multiplexors, one behind the other: `Outer` 1 to 3 and 9 have `Inner`, `Inner` 2 has `Deep`.
const NESTED: &str = "BO_ 100 M: 8 ECU1\n SG_ Outer M : 0|8@1+ (1,0) [0|0] \"\" ECU2\n\
    \x20SG_ Inner m1M : 8|4@1+ (1,0) [0|0] \"\" ECU2\n SG_ Deep m2 : 12|4@1+ (1,0) [0|0] \"\" ECU2\n\
    \x20SG_ Else m0 : 8|8@1+ (1,0) [0|0] \"\" ECU2\n\n\
    SG_MUL_VAL_ 100 Inner Outer 1-3, 9-9;\nSG_MUL_VAL_ 100 Deep Inner 2-2;\n";

fn names(message: &Message, data: &[u8]) -> Vec<String> {
    let decoded = message.decode(data);
    decoded.iter().map(|one| one.name.to_owned()).collect()
}

fn changed(from: &str, to: &str) -> dbc::Loaded {
    assert_eq!(NESTED.matches(from).count(), 1, "{from}");
    load(&NESTED.replace(from, to))
}

#[test]
fn signals_are_there_as_their_multiplexors_say() {
    let loaded = load(NESTED);
    // `Else` lies where `Inner` and `Deep` lie, and is never there with them.
    assert_eq!(listed(&loaded), "");
    let message = &loaded.database.messages[0];
    assert_eq!(names(message, &[0, 0x12]), ["Outer", "Else"]);
    assert_eq!(names(message, &[1, 0x12]), ["Outer", "Inner", "Deep"]);
    assert_eq!(names(message, &[3, 0x13]), ["Outer", "Inner"]);
    assert_eq!(names(message, &[9, 0x12]), ["Outer", "Inner", "Deep"]);
    assert_eq!(names(message, &[4, 0x12]), ["Outer"]);
    assert_eq!(names(message, &[1]), ["Outer"]);
}

#[test]
fn several_statements_add_up() {
    let loaded = changed("1-3, 9-9;", "1-3;\nSG_MUL_VAL_ 100 Inner Outer 9-9;");
    assert_eq!(loaded, load(NESTED));
}

#[test]
fn branches_that_meet_are_told() {
    let told = |from: &str, to: &str| listed(&changed(from, to));
    insta::assert_snapshot!(told("SG_ Else m0 ", "SG_ Else m2 "), @"15: signals `Inner` and `Else` of `M` share bits; both are decoded, correct one");
    insta::assert_snapshot!(told("SG_ Else m0 ", "SG_ Else "), @"15: signals `Inner` and `Else` of `M` share bits; both are decoded, correct one");
    insta::assert_snapshot!(told("SG_ Else m0 : 8|8", "SG_ Else m0 : 0|8"), @"15: signals `Outer` and `Else` of `M` share bits; both are decoded, correct one");
}

#[test]
fn broken_multiplexing_is_told() {
    let told = |from: &str, to: &str| listed(&changed(from, to));
    insta::assert_snapshot!(told("Outer M", "Outer"), @r#"
15: signal `Else` is multiplexed and message `M` has no multiplexor; it is never decoded, mark one `M`
17: `SG_MUL_VAL_` of `Inner` names `Outer`, which is not marked as a multiplexor; mark it `M`
"#);
    insta::assert_snapshot!(told("Deep Inner 2-2", "Deep Nobody 2-2"), @"18: `SG_MUL_VAL_` of `Deep` names the multiplexor `Nobody`, which is no other signal of `M`; correct it");
    insta::assert_snapshot!(told("Deep Inner 2-2", "Deep Else 2-2"), @r#"
15: signals `Deep` and `Else` of `M` share bits; both are decoded, correct one
18: `SG_MUL_VAL_` of `Deep` names `Else`, which is not marked as a multiplexor; mark it `M`
"#);
    insta::assert_snapshot!(told("Deep Inner 2-2", "Deep Deep 2-2"), @"18: `SG_MUL_VAL_` of `Deep` names the multiplexor `Deep`, which is no other signal of `M`; correct it");
    insta::assert_snapshot!(told("Deep Inner 2-2", "Deep Inner 3-2"), @r#"
15: signals `Deep` and `Else` of `M` share bits; both are decoded, correct one
18: `SG_MUL_VAL_` of `Deep` has the range 3-2; turn it round
"#);
    insta::assert_snapshot!(told("Deep Inner 2-2", "Deep Inner 16-16"), @"18: `SG_MUL_VAL_` of `Deep` says that it is there while `Inner` is 16, which its 4 bits cannot hold; correct one");
    insta::assert_snapshot!(told("Deep m2", "Deep"), @r#"
15: signals `Deep` and `Else` of `M` share bits; both are decoded, correct one
18: `SG_MUL_VAL_` says when `Deep` of `M` is there, and its definition says always; mark it `m0` there, or remove this
"#);
    insta::assert_snapshot!(told("SG_ Else m0", "SG_ Else m256"), @"15: signal `Else` of `M` is there while `Outer` is 256, which its 8 bits cannot hold; correct one");
    insta::assert_snapshot!(told("SG_ Else m0", "SG_ Else M"), @"15: signals `Inner` and `Else` of `M` share bits; both are decoded, correct one");
    insta::assert_snapshot!(told("SG_ Else m0", "SG_ Else mX"), @r#"
15: signal `Else mX` has a name with other than letters, digits and underscores, which other tools refuse; rename it
15: signals `Inner` and `Else mX` of `M` share bits; both are decoded, correct one
"#);
    insta::assert_snapshot!(told("Inner 2-2;", "Inner 2-2;\nSG_MUL_VAL_ 100 Deep Outer 1-1;"), @"19: `SG_MUL_VAL_` gives `Deep` a second multiplexor; `Inner` counts, remove one");
    insta::assert_snapshot!(told("Inner 2-2;", "Inner 2;"), @"18: `SG_MUL_VAL_` is not written as DBC has it and was left out: there is `;` where a range of the multiplexor's values, `3-5` is expected; correct it");
}

#[test]
fn a_circle_of_multiplexors_is_told_and_never_there() {
    let loaded = load(
        "BO_ 100 M: 8 ECU1\n SG_ A m1M : 0|8@1+ (1,0) [0|0] \"\" ECU2\n SG_ B m1M : 8|8@1+ (1,0) [0|0] \"\" ECU2\n\n\
         SG_MUL_VAL_ 100 A B 1-1;\nSG_MUL_VAL_ 100 B A 1-1;\n",
    );
    insta::assert_snapshot!(listed(&loaded), @"12: signal `A` of `M` depends on itself by its multiplexors; it is never decoded, correct `SG_MUL_VAL_`");
    let message = &loaded.database.messages[0];
    assert_eq!(message.decode(&[1; 8]), []);
    assert_eq!(message.signals[0].presence, Some(Presence::NEVER));
}
