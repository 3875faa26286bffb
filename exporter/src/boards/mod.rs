//! Boards: what a target is and what it has. One file a board in `assets/boards`; this is the list
//! of them. Knows nothing of firmware and images.

mod bus;
mod profile;

pub use bus::UnservedBus;
pub(crate) use bus::refuse_flexible;
pub(crate) use profile::DEVICE_PACKAGES;
pub use profile::{Board, BoardError, Execution, Kind, Proof, Qemu, Region};

/// Every board's file, by id.
const FILES: [(&str, &str); 11] = [
    (
        "arduino-due",
        include_str!("../../../assets/boards/arduino-due.toml"),
    ),
    (
        "esp32-wrover",
        include_str!("../../../assets/boards/esp32-wrover.toml"),
    ),
    (
        "imxrt700-evk",
        include_str!("../../../assets/boards/imxrt700-evk.toml"),
    ),
    (
        "linux-aarch64",
        include_str!("../../../assets/boards/linux-aarch64.toml"),
    ),
    (
        "linux-x86_64",
        include_str!("../../../assets/boards/linux-x86_64.toml"),
    ),
    (
        "qemu-mps2-an385",
        include_str!("../../../assets/boards/qemu-mps2-an385.toml"),
    ),
    (
        "qemu-mps2-an386",
        include_str!("../../../assets/boards/qemu-mps2-an386.toml"),
    ),
    (
        "qemu-mps2-an505",
        include_str!("../../../assets/boards/qemu-mps2-an505.toml"),
    ),
    (
        "qemu-netduinoplus2",
        include_str!("../../../assets/boards/qemu-netduinoplus2.toml"),
    ),
    (
        "raspberry-pi-5",
        include_str!("../../../assets/boards/raspberry-pi-5.toml"),
    ),
    (
        "stm32f469-disco",
        include_str!("../../../assets/boards/stm32f469-disco.toml"),
    ),
];

/// Ids of all boards, sorted.
pub fn ids() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(id, _)| *id)
}

/// The board of that id.
pub fn board(id: &str) -> Result<Board, BoardError> {
    let unknown = || BoardError::Unknown {
        id: id.to_owned(),
        known: ids().collect::<Vec<_>>().join("`, `"),
    };
    let (_, text) = FILES
        .iter()
        .find(|(known, _)| *known == id)
        .ok_or_else(unknown)?;
    Board::parse(id, text)
}
