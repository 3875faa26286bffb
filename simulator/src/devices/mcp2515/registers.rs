//! Registers of the MCP2515 and their bits, what can be written when. Data.
//!
//! Source: DS20001801, tables 11-1 (register map) and 11-2 (control registers), and the registers'
//! own descriptions.

/// Addresses have 7 bits.
pub(super) const REGISTERS: usize = 0x80;
pub(super) const ADDRESS_MASK: u8 = 0x7f;

pub(super) const BFPCTRL: u8 = 0x0c;
pub(super) const TXRTSCTRL: u8 = 0x0d;
pub(super) const CANSTAT: u8 = 0x0e;
pub(super) const CANCTRL: u8 = 0x0f;
pub(super) const TEC: u8 = 0x1c;
pub(super) const REC: u8 = 0x1d;
/// Masks 0 and 1, each of four registers; filters begin at 0x00 and 0x10.
pub(super) const MASKS: [u8; 2] = [0x20, 0x24];
pub(super) const FILTERS: [u8; 6] = [0x00, 0x04, 0x08, 0x10, 0x14, 0x18];
pub(super) const CNF3: u8 = 0x28;
pub(super) const CNF2: u8 = 0x29;
pub(super) const CNF1: u8 = 0x2a;
pub(super) const CANINTE: u8 = 0x2b;
pub(super) const CANINTF: u8 = 0x2c;
pub(super) const EFLG: u8 = 0x2d;
/// Control registers of the buffers; the identifier begins behind them.
pub(super) const TRANSMIT: [u8; 3] = [0x30, 0x40, 0x50];
pub(super) const RECEIVE: [u8; 2] = [0x60, 0x70];
/// SIDH to D7.
pub(super) const BUFFER_BYTES: u8 = 13;

// CANCTRL and CANSTAT
pub(super) const MODE_SHIFT: u8 = 5;
pub(super) const ABAT: u8 = 1 << 4;
pub(super) const OSM: u8 = 1 << 3;
/// REQOP for configuration, CLKOUT on and divided by 8.
pub(super) const CANCTRL_RESET: u8 = 0x87;

// TXBnCTRL
pub(super) const ABTF: u8 = 1 << 6;
pub(super) const MLOA: u8 = 1 << 5;
pub(super) const TXERR: u8 = 1 << 4;
pub(super) const TXREQ: u8 = 1 << 3;
pub(super) const TXP: u8 = 0b11;

// RXBnCTRL
pub(super) const RXM_SHIFT: u8 = 5;
pub(super) const RXM: u8 = 0b11 << RXM_SHIFT;
pub(super) const RXRTR: u8 = 1 << 3;
pub(super) const BUKT: u8 = 1 << 2;
pub(super) const BUKT1: u8 = 1 << 1;

// CANINTE and CANINTF
pub(super) const RX0IF: u8 = 1 << 0;
pub(super) const RX1IF: u8 = 1 << 1;
pub(super) const TX0IF: u8 = 1 << 2;
pub(super) const ERRIF: u8 = 1 << 5;
pub(super) const WAKIF: u8 = 1 << 6;
pub(super) const MERRF: u8 = 1 << 7;

// EFLG
pub(super) const RX1OVR: u8 = 1 << 7;
pub(super) const RX0OVR: u8 = 1 << 6;
pub(super) const TXBO: u8 = 1 << 5;
pub(super) const TXEP: u8 = 1 << 4;
pub(super) const RXEP: u8 = 1 << 3;
pub(super) const TXWAR: u8 = 1 << 2;
pub(super) const RXWAR: u8 = 1 << 1;
pub(super) const EWARN: u8 = 1 << 0;

// Of an identifier: SIDL
pub(super) const IDE: u8 = 1 << 3;
pub(super) const SRR: u8 = 1 << 4;
/// Of a DLC register.
pub(super) const RTR: u8 = 1 << 6;

/// REQOP and OPMOD.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Normal,
    Sleep,
    Loopback,
    ListenOnly,
    Configuration,
}

impl Operation {
    pub(super) fn numbered(number: u8) -> Option<Operation> {
        use Operation::{Configuration, ListenOnly, Loopback, Normal, Sleep};
        let all = [Normal, Sleep, Loopback, ListenOnly, Configuration];
        all.get(usize::from(number)).copied()
    }
}

/// What a register is for who writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// These bits.
    Always(u8),
    /// These bits, and only in configuration mode.
    Configuration(u8),
    /// These bits of a transmit buffer, and only while its TXREQ is clear.
    Buffer(u8, usize),
    Never,
}

pub(super) fn access(address: u8) -> Access {
    use Access::{Always, Buffer, Configuration, Never};
    match address {
        BFPCTRL => Always(0x3f),
        TXRTSCTRL => Configuration(0x07),
        CANINTE | CANINTF => Always(0xff),
        EFLG => Always(RX1OVR | RX0OVR),
        CNF1 => Configuration(0xff),
        CNF2 => Configuration(0xff),
        CNF3 => Configuration(0xc7),
        TEC | REC => Never,
        0x60 => Always(RXM | BUKT),
        0x70 => Always(RXM),
        // Identifiers of filters have EXIDE, those of masks do not.
        0x00..=0x0b | 0x10..=0x1b if address & 3 == 1 => Configuration(0xeb),
        0x20..=0x27 if address & 3 == 1 => Configuration(0xe3),
        0x00..=0x0b | 0x10..=0x1b | 0x20..=0x27 => Configuration(0xff),
        0x30..=0x5d => {
            let number = usize::from(address >> 4) - 3;
            match address & 0x0f {
                0 => Always(TXREQ | TXP),
                2 => Buffer(0xeb, number),
                5 => Buffer(0x4f, number),
                1..=0x0d => Buffer(0xff, number),
                _ => Never,
            }
        }
        _ => Never,
    }
}

/// Whether the instruction BIT MODIFY takes its mask there; elsewhere it writes all bits.
pub(super) fn has_bit_modify(address: u8) -> bool {
    let is_control = address & 0x0f == CANCTRL;
    let listed = [
        BFPCTRL, TXRTSCTRL, CNF1, CNF2, CNF3, CANINTE, CANINTF, EFLG, 0x30, 0x40, 0x50, 0x60, 0x70,
    ];
    is_control || listed.contains(&address)
}

/// What a panel shows.
pub(super) const SHOWN: [(&str, u8); 15] = [
    ("CANCTRL", CANCTRL),
    ("CANSTAT", CANSTAT),
    ("CNF1", CNF1),
    ("CNF2", CNF2),
    ("CNF3", CNF3),
    ("CANINTE", CANINTE),
    ("CANINTF", CANINTF),
    ("EFLG", EFLG),
    ("TEC", TEC),
    ("REC", REC),
    ("TXB0CTRL", 0x30),
    ("TXB1CTRL", 0x40),
    ("TXB2CTRL", 0x50),
    ("RXB0CTRL", 0x60),
    ("RXB1CTRL", 0x70),
];
