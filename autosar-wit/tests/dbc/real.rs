//! Real files of others, and an independent reader that finds the same in random frames.

use crate::defects::listed;
use autosar_wit::dbc::{self, Message, Raw};
use std::path::{Path, PathBuf};

fn shared(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/data")
        .join(folder)
}

pub(crate) fn real_files() -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(shared("dbc")) else {
        println!("skipped: {} is not there", shared("dbc").display());
        return Vec::new();
    };
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// For tests that read many variants of them.
pub(crate) fn small_files() -> Vec<PathBuf> {
    let mut files = real_files();
    files.retain(|file| file.metadata().is_ok_and(|found| found.len() < 10_000));
    files
}

#[test]
pub(crate) fn real_files_load() {
    for file in real_files() {
        let loaded = dbc::read(&std::fs::read(&file).unwrap());
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        println!(
            "{name}: {} messages, {} defects",
            loaded.database.messages.len(),
            loaded.defects.len()
        );
        // One file has node names only.
        let has_messages = !name.contains("cp1252");
        assert_eq!(!loaded.database.messages.is_empty(), has_messages, "{name}");
        let unread = |one: &&dbc::Defect| one.message.contains("is not written as DBC");
        assert_eq!(
            loaded.defects.iter().filter(unread).count(),
            0,
            "{name}: {}",
            listed(&loaded)
        );
        let again = dbc::read(dbc::write(&loaded.database).as_bytes());
        assert_eq!(again.database, loaded.database, "{name}, written");
        for defect in loaded.defects {
            println!("    {}: {}", defect.line, defect.message);
        }
    }
}

/// A small generator of test data: the same on every machine.
struct Noise(u64);

impl Noise {
    fn byte(&mut self) -> u8 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 56) as u8
    }
}

fn text(raw: Raw) -> String {
    match raw {
        Raw::Unsigned(value) => value.to_string(),
        Raw::Signed(value) => value.to_string(),
        Raw::Float(value) => format!("{value:?}"),
    }
}

/// Frames of every message of a file, as we decode and encode them.
fn frames(file: &Path) -> serde_json::Value {
    let loaded = dbc::read(&std::fs::read(file).unwrap());
    let mut noise = Noise(1);
    let mut frames = Vec::new();
    for message in &loaded.database.messages {
        for round in 0..20 {
            let byte = |noise: &mut Noise| match round {
                0 => 0,
                1 => 0xFF,
                _ => noise.byte(),
            };
            let data: Vec<u8> = (0..message.length_bytes)
                .map(|_| byte(&mut noise))
                .collect();
            let mut data = data;
            if round > 1 {
                select(message, &mut data, &mut noise);
            }
            let decoded = message.decode(&data);
            let signals: serde_json::Map<_, _> = decoded
                .iter()
                .map(|one| {
                    let physical = format!("{:?}", one.physical);
                    (
                        one.name.to_owned(),
                        serde_json::json!([text(one.raw), physical]),
                    )
                })
                .collect();
            let values: Vec<_> = decoded.iter().map(|one| (one.name, one.raw)).collect();
            let encoded = message.encode(&values).unwrap();
            frames.push(serde_json::json!({
                "id": message.id, "extended": message.extended, "name": message.name,
                "data": hex(&data), "signals": signals, "encoded": hex(&encoded),
            }));
        }
    }
    serde_json::json!({ "file": file, "frames": frames })
}

/// Gives every multiplexor a value that selects something.
fn select(message: &Message, data: &mut [u8], noise: &mut Noise) {
    for (index, multiplexor) in message.signals.iter().enumerate() {
        let presences = message
            .signals
            .iter()
            .filter_map(|signal| signal.presence.as_ref());
        let of_this = presences.filter(|presence| presence.multiplexor == index);
        let values: Vec<u64> = of_this
            .flat_map(|presence| presence.ranges.iter().flat_map(|(low, high)| [*low, *high]))
            .collect();
        if let Some(value) = values.get(usize::from(noise.byte()) % values.len().max(1)) {
            multiplexor.insert(data, *value).unwrap();
        }
    }
}

fn hex(data: &[u8]) -> String {
    data.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn cantools_decodes_the_same() {
    let files = real_files();
    if files.is_empty() {
        return;
    }
    let Some(python) = std::env::var_os("WIRELOOM_PYTHON") else {
        panic!("WIRELOOM_PYTHON is not set: `./check` sets it to a Python that has cantools");
    };
    let frames: Vec<_> = files.iter().map(|file| frames(file)).collect();
    let list = std::env::temp_dir().join(format!("wireloom-dbc-{}.json", std::process::id()));
    std::fs::write(&list, serde_json::to_vec(&frames).unwrap()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/referees/dbc_agree.py");
    let output = std::process::Command::new(python)
        .arg(script)
        .arg(&list)
        .output()
        .unwrap();
    std::fs::remove_file(&list).unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    println!("{out}");
    assert!(output.status.success(), "{out}\n{err}");
}
