//! Which messages are frames of CAN FD, and how often a change is repeated, as files say it.

use crate::load;
use autosar_wit::dbc;

const FORMATS: &str = "\"StandardCAN\",\"ExtendedCAN\",\"reserved\",\"J1939PG\",\"reserved\",\"reserved\",\
    \"reserved\",\"reserved\",\"reserved\",\"reserved\",\"reserved\",\"reserved\",\"reserved\",\
    \"reserved\",\"StandardCAN_FD\",\"ExtendedCAN_FD\"";
const MESSAGES: &str = "BO_ 1 Short: 8 ECU1\n SG_ S : 0|8@1+ (1,0) [0|0] \"\" ECU2\n\n\
    BO_ 2 Long: 64 ECU1\n SG_ S : 504|8@1+ (1,0) [0|0] \"\" ECU2\n\n\
    BO_ 2147483651 Extended: 12 ECU1\n SG_ S : 0|8@1+ (1,0) [0|0] \"\" ECU2\n\n\
    BO_ 2566844926 Group: 32 ECU1\n SG_ S : 0|8@1+ (1,0) [0|0] \"\" ECU2\n\n";

fn flexible(database: &dbc::Database) -> Vec<&str> {
    let messages = database.messages.iter().filter(|one| one.flexible);
    messages.map(|one| one.name.as_str()).collect()
}

#[test]
fn without_a_word_of_it_length_says_which_messages_are_can_fd() {
    let loaded = load(MESSAGES);
    assert_eq!(loaded.defects, []);
    assert_eq!(flexible(&loaded.database), ["Long", "Extended", "Group"]);
}

#[test]
fn the_frame_format_counts_before_the_length() {
    let said = format!(
        "{MESSAGES}BA_DEF_ BO_ \"VFrameFormat\" ENUM {FORMATS};\n\
         BA_DEF_DEF_ \"VFrameFormat\" \"StandardCAN\";\nBA_ \"VFrameFormat\" BO_ 1 14;\n\
         BA_ \"VFrameFormat\" BO_ 2 \"StandardCAN_FD\";\nBA_ \"VFrameFormat\" BO_ 2566844926 3;\n"
    );
    let loaded = load(&said);
    assert_eq!(loaded.defects, []);
    assert_eq!(flexible(&loaded.database), ["Short", "Long"]);
    let text = dbc::write(&loaded.database);
    let again = dbc::read(text.as_bytes());
    assert_eq!(again.defects, [], "{text}");
    assert_eq!(again.database, loaded.database, "{text}");
    assert!(text.contains("BA_ \"BusType\" \"CAN FD\";"), "{text}");
}

#[test]
fn classic_descriptions_say_nothing_of_can_fd() {
    let loaded = load("BO_ 1 Short: 8 ECU1\n SG_ S : 0|8@1+ (1,0) [0|0] \"\" ECU2\n");
    let text = dbc::write(&loaded.database);
    assert!(
        !text.contains("FD") && !text.contains("VFrameFormat"),
        "{text}"
    );
}

#[test]
fn repetitions_of_a_change_are_read_and_written() {
    let said = format!(
        "{MESSAGES}BA_DEF_ BO_ \"GenMsgNrOfRepetition\" INT 0 100;\n\
         BA_DEF_ BO_ \"GenMsgCycleTimeFast\" INT 0 10000;\n\
         BA_DEF_DEF_ \"GenMsgCycleTimeFast\" 20;\nBA_ \"GenMsgNrOfRepetition\" BO_ 1 3;\n\
         BA_ \"GenMsgCycleTimeFast\" BO_ 2 0;\n"
    );
    let loaded = load(&said);
    assert_eq!(loaded.defects, []);
    let timing = |name: &str| loaded.database.message_by_name(name).unwrap().timing;
    let of = |name| (timing(name).repetitions, timing(name).fast_cycle_ms);
    assert_eq!(of("Short"), (Some(3), Some(20)));
    assert_eq!(of("Long"), (None, None));
    let again = dbc::read(dbc::write(&loaded.database).as_bytes());
    assert_eq!(again.database, loaded.database);
}
