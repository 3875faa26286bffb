//! The MCP2515 against its data sheet: instructions, registers, buffers, filters, flags, modes.

use super::*;
use crate::can::{Attempts, BusError, ErrorState, Mode};

/// A chip on a bus of 125 kbit/s, and the time that it knows.
struct Chip {
    device: Mcp2515,
    now_ns: u64,
}

impl Chip {
    fn new() -> Chip {
        let mut device = Mcp2515::new();
        device.join(125_000);
        Chip { device, now_ns: 0 }
    }

    /// Set up for 125 kbit/s at 16 MHz: 16 quanta of 500 ns; then in that mode.
    fn in_mode(mode: u8) -> Chip {
        let mut chip = Chip::new();
        chip.send(&[0x02, CNF3, 0x05, 0x80 | 6 << 3 | 1, 0x03]);
        chip.send(&[0x02, CANCTRL, mode << 5]);
        assert_eq!(chip.register(CANSTAT) >> 5, mode);
        chip.device.take_orders();
        chip
    }

    fn send(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.now_ns += 1_000;
        let now_ns = self.now_ns;
        self.device.select(now_ns);
        let read = bytes.iter().map(|byte| self.device.exchange(now_ns, *byte));
        let read = read.collect();
        self.device.deselect(now_ns);
        read
    }

    fn register(&mut self, address: u8) -> u8 {
        self.send(&[0x03, address, 0])[2]
    }

    /// What it asks of its controller.
    fn orders(&mut self) -> Vec<NodeOrder> {
        let orders = self.device.take_orders().into_iter();
        orders.map(|(_, order)| order).collect()
    }

    fn receive(&mut self, frame: &str) {
        self.device.received(self.now_ns, &frame.parse().unwrap());
    }

    fn misuse(&mut self) -> Vec<String> {
        self.device.take_misuse()
    }

    fn observe(&mut self, transmit_errors: u32, receive_errors: u32) {
        let state = match transmit_errors {
            256.. => ErrorState::BusOff,
            _ => ErrorState::ErrorActive,
        };
        let status = NodeStatus {
            transmit_errors,
            receive_errors,
            state,
        };
        self.device.observe(self.now_ns, status);
    }
}

const NORMAL: u8 = 0;
const SLEEP: u8 = 1;
const LOOPBACK: u8 = 2;
const LISTEN_ONLY: u8 = 3;

fn sending(token: u64, frame: &str) -> NodeOrder {
    NodeOrder::Send {
        token,
        frame: frame.parse().unwrap(),
        attempts: Attempts::UntilSent,
    }
}

/// Registers 10-1 and 10-2.
#[test]
fn after_power_up_and_reset_it_is_in_configuration_mode() {
    let mut chip = Chip::new();
    assert_eq!(
        (chip.register(CANCTRL), chip.register(CANSTAT)),
        (0x87, 0x80)
    );
    chip.send(&[0x02, CANINTE, 0xff]);
    chip.send(&[0xc0]);
    assert_eq!((chip.register(CANINTE), chip.register(CANCTRL)), (0, 0x87));
    // In every row, and the address goes round.
    assert_eq!(chip.send(&[0x03, 0x7e, 0, 0, 0])[2..], [0x80, 0x87, 0]);
    assert_eq!(chip.misuse(), [""; 0]);
}

/// Section 12.10: only bits of the mask change; where it does not apply all bits do.
#[test]
fn bit_modify_takes_its_mask_where_the_register_has_one() {
    let mut chip = Chip::new();
    chip.send(&[0x02, CANINTE, 0b0101_0101]);
    chip.send(&[0x05, CANINTE, 0x0f, 0b1010]);
    assert_eq!(chip.register(CANINTE), 0b0101_1010);
    chip.send(&[0x05, 0x36, 0x0f, 0xab]);
    assert_eq!(chip.register(0x36), 0xab);
}

#[test]
fn a_frame_is_loaded_and_requested() {
    let mut chip = Chip::in_mode(NORMAL);
    chip.send(&[0x40, 0x24, 0x60, 0, 0, 2, 0xaa, 0x55]);
    chip.send(&[0x81]);
    assert_eq!(chip.orders(), [sending(3 << 2 | 2, "123#AA55")]);
    assert_eq!(
        chip.send(&[0xa0, 0, 0])[1..],
        [0b100, 0b100],
        "TXREQ of TXB0"
    );
    let token = 3 << 2 | 2;
    chip.device.sent(5_000, token);
    assert_eq!(chip.send(&[0xa0, 0])[1], 0b1000, "TX0IF");
    assert_eq!(chip.register(0x30), 0);
    // Data only: LOAD TX BUFFER leaves the identifier.
    chip.send(&[0x41, 0x11]);
    chip.send(&[0x02, 0x30, TXREQ]);
    assert_eq!(chip.orders(), [sending(token, "123#1155")]);
}

/// Section 3.3: TXP first, of equal ones the highest buffer.
#[test]
fn transmit_buffers_have_priorities() {
    let mut chip = Chip::in_mode(NORMAL);
    for (load, id) in [(0x40, 1), (0x42, 2), (0x44, 3)] {
        chip.send(&[load, id, 0, 0, 0, 0]);
    }
    chip.send(&[0x02, 0x40, 2]);
    chip.send(&[0x87]);
    let mut orders = chip.orders();
    orders.sort_by_key(|order| match order {
        NodeOrder::Send { token, .. } => *token,
        other => panic!("{other:?}"),
    });
    let ids: Vec<String> = orders
        .iter()
        .map(|order| match order {
            NodeOrder::Send { frame, .. } => frame.to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ids, ["010#", "018#", "008#"]);
}

#[test]
fn a_buffer_that_waits_is_not_written() {
    let mut chip = Chip::in_mode(NORMAL);
    chip.send(&[0x40, 0x24, 0x60, 0, 0, 0]);
    chip.send(&[0x81]);
    chip.send(&[0x40, 0xff, 0xff, 0xff]);
    assert_eq!(chip.register(0x31), 0x24);
    assert_eq!(
        chip.misuse(),
        ["TXB0 is written while its frame waits, which changes nothing"]
    );
}

/// Sections 3.5 to 3.7.
#[test]
fn frames_are_aborted_or_tried_once() {
    let mut chip = Chip::in_mode(NORMAL);
    chip.send(&[0x83]);
    chip.orders();
    chip.send(&[0x05, CANCTRL, ABAT, ABAT]);
    let tokens = [3 << 2 | 2, 3 << 2 | 1];
    assert_eq!(
        chip.orders(),
        tokens.map(|token| NodeOrder::GiveUp { token })
    );
    chip.device.withdrawn(0, tokens[0]);
    assert_eq!(chip.register(0x30), ABTF);
    // The other one was on the bus, and gets out.
    chip.device.sent(0, tokens[1]);
    assert_eq!(chip.register(0x40), 0);
    chip.send(&[0x05, CANCTRL, ABAT | OSM, OSM]);
    chip.send(&[0x84]);
    let token = 3 << 2;
    let [NodeOrder::Send { attempts, .. }] = chip.orders()[..] else {
        panic!()
    };
    assert_eq!(attempts, Attempts::Once);
    let lost = SetbackCause::ArbitrationLost { bit: 4 };
    chip.device.set_back(0, token, lost, true);
    assert_eq!(chip.register(0x50), MLOA);
    chip.send(&[0x84]);
    let error = SetbackCause::Error(BusError::Acknowledge);
    chip.device.set_back(0, token, error, false);
    chip.device.disturbed(0);
    assert_eq!(
        chip.register(0x50),
        TXERR | TXREQ,
        "MLOA went with the request"
    );
    assert_eq!(chip.register(CANINTF), TX0IF << 1 | MERRF);
}

#[test]
fn a_frame_is_received_and_read() {
    let mut chip = Chip::in_mode(NORMAL);
    chip.send(&[0x02, CANINTE, RX0IF | RX1IF]);
    assert!(!chip.device.is_interrupting());
    chip.receive("123#AA55");
    assert!(chip.device.is_interrupting());
    assert_eq!(chip.register(CANSTAT) >> 1 & 7, 0b110, "ICOD: RXB0");
    assert_eq!(chip.send(&[0xb0, 0])[1], 0b0100_0000);
    assert_eq!(chip.send(&[0xa0, 0])[1], 1);
    let read = chip.send(&[0x90, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(read[1..], [0x24, 0x60, 0, 0, 2, 0xaa, 0x55]);
    // Chip select has cleared the flag.
    assert_eq!(chip.register(CANINTF), 0);
    assert!(!chip.device.is_interrupting());
    assert_eq!(chip.send(&[0x92, 0, 0])[1..], [0xaa, 0x55], "from D0");
}

/// Section 4.0 and figure 12-9.
#[test]
fn filters_choose_the_buffer_and_say_so() {
    let mut chip = Chip::new();
    // Mask 0 and 1: all bits of a standard identifier; filter 1: 0x123, filter 4: 18DAF110.
    chip.send(&[0x02, 0x20, 0xff, 0xe0, 0, 0, 0xff, 0xe3, 0xff, 0xff]);
    chip.send(&[0x02, 0x04, 0x24, 0x60]);
    chip.send(&[0x02, 0x14, 0xc6, 0xca, 0xf1, 0x10]);
    chip.send(&[0x02, CNF3, 0x05, 0x80 | 6 << 3 | 1, 0x03]);
    chip.send(&[0x02, CANCTRL, 0]);
    chip.receive("124#");
    assert_eq!(chip.register(CANINTF), 0);
    chip.receive("123#R2");
    assert_eq!(chip.send(&[0xb0, 0])[1], 0b0100_1001, "RXB0, remote, RXF1");
    chip.receive("18DAF110#01");
    assert_eq!(chip.send(&[0xb0, 0])[1] >> 6, 0b11, "both");
    chip.send(&[0x90, 0]);
    assert_eq!(
        chip.send(&[0xb0, 0])[1],
        0b1001_0100,
        "RXB1, extended, RXF4"
    );
    assert_eq!(chip.register(0x70) & 7, 4);
}

/// Section 4.2.1 and figure 4-2.
#[test]
fn what_finds_no_room_rolls_over_or_is_lost() {
    let mut chip = Chip::in_mode(NORMAL);
    chip.receive("001#");
    chip.receive("002#");
    assert_eq!(
        (chip.register(EFLG), chip.register(CANINTF)),
        (RX0OVR, RX0IF | ERRIF)
    );
    chip.send(&[0x05, CANINTF, ERRIF, 0]);
    assert_eq!(chip.register(CANINTF), RX0IF | ERRIF, "its condition holds");
    chip.send(&[0x05, EFLG, RX0OVR, 0]);
    chip.send(&[0x05, CANINTF, ERRIF, 0]);
    assert_eq!(chip.register(CANINTF), RX0IF);
    chip.send(&[0x05, 0x60, BUKT, BUKT]);
    assert_eq!(chip.register(0x60), BUKT | BUKT1);
    chip.receive("003#");
    assert_eq!(chip.send(&[0xb0, 0])[1] >> 6, 0b11);
    chip.receive("004#");
    assert_eq!(chip.register(EFLG), RX1OVR);
    chip.send(&[0x90, 0]);
    assert_eq!(chip.send(&[0xb0, 0])[1], 0b1000_0110, "RXF0, rolled over");
    assert_eq!(chip.send(&[0x94, 0, 0])[1..], [0, 0x60], "0x003");
}

/// Register 6-3, section 7.6.
#[test]
fn error_counters_raise_flags() {
    let table = [
        (95, 95, 0),
        (96, 0, TXWAR | EWARN),
        (0, 96, RXWAR | EWARN),
        (128, 0, TXEP | TXWAR | EWARN),
        (0, 128, RXEP | RXWAR | EWARN),
        (256, 0, TXBO | TXEP | TXWAR | EWARN),
    ];
    for (transmit, receive, flags) in table {
        let mut chip = Chip::in_mode(NORMAL);
        chip.observe(transmit, receive);
        assert_eq!(chip.register(EFLG), flags, "{transmit} {receive}");
        let counters = [chip.register(TEC), chip.register(REC)];
        assert_eq!(counters.map(u32::from), [transmit.min(255), receive]);
        let is_told = chip.register(CANINTF) & ERRIF != 0;
        assert_eq!(is_told, flags != 0);
    }
}

/// Table 7-1.
#[test]
fn the_interrupt_code_is_that_of_the_highest_priority() {
    let mut chip = Chip::in_mode(NORMAL);
    let flags = [ERRIF, WAKIF, TX0IF, TX0IF << 1, TX0IF << 2, RX0IF, RX1IF];
    for (flag, code) in flags.iter().zip(1..) {
        chip.send(&[0x02, CANINTF, *flag | RX1IF]);
        chip.send(&[0x02, CANINTE, 0xff]);
        assert_eq!(chip.register(CANSTAT) >> 1 & 7, code);
        chip.send(&[0x02, CANINTE, 0]);
        assert_eq!(chip.register(CANSTAT) >> 1 & 7, 0);
    }
}

/// Section 10.0.
#[test]
fn modes_say_how_it_takes_part() {
    let mut chip = Chip::new();
    chip.send(&[0x02, CNF3, 0x05, 0x80 | 6 << 3 | 1, 0x03]);
    assert_eq!(chip.orders(), []);
    for (mode, on_bus) in [
        (NORMAL, Mode::Normal),
        (LOOPBACK, Mode::Off),
        (SLEEP, Mode::Off),
    ] {
        chip.send(&[0x02, CANCTRL, mode << 5]);
        assert_eq!(chip.orders(), [NodeOrder::Mode(on_bus)]);
        assert_eq!(chip.register(CANSTAT) >> 5, mode);
    }
    // Only what wakes it ends its sleep; it wakes up listening.
    chip.send(&[0x02, CANCTRL, NORMAL << 5]);
    assert_eq!(chip.register(CANSTAT) >> 5, SLEEP);
    chip.send(&[0x05, CANINTF, WAKIF, WAKIF]);
    assert_eq!(chip.register(CANSTAT) >> 5, LISTEN_ONLY);
    let listening = [NodeOrder::Reset, NodeOrder::Mode(Mode::ListenOnly)];
    assert_eq!(chip.orders(), listening);
    chip.send(&[0x02, CANCTRL, 7 << 5]);
    assert_eq!(
        chip.misuse(),
        ["CANCTRL asks for mode 7, which there is not"]
    );
}

#[test]
fn the_bus_wakes_it_if_that_is_enabled() {
    for (enabled, mode) in [(0, SLEEP), (WAKIF, LISTEN_ONLY)] {
        let mut chip = Chip::in_mode(SLEEP);
        chip.send(&[0x02, CANINTE, enabled]);
        chip.observe(0, 0);
        assert_eq!(chip.register(CANSTAT) >> 5, mode);
        assert_eq!(chip.device.is_interrupting(), enabled != 0);
    }
}

/// Section 10.1: a mode is entered when nothing waits to be sent any more.
#[test]
fn normal_mode_ends_when_its_frames_are_out() {
    let mut chip = Chip::in_mode(NORMAL);
    chip.send(&[0x81]);
    chip.send(&[0x02, CANCTRL, 4 << 5]);
    assert_eq!(chip.register(CANSTAT) >> 5, NORMAL);
    chip.device.sent(0, 3 << 2 | 2);
    assert_eq!(chip.register(CANSTAT) >> 5, 4);
    // What is requested now goes out when it is back.
    chip.send(&[0x81]);
    chip.orders();
    chip.send(&[0x02, CANCTRL, NORMAL << 5]);
    assert_eq!(chip.orders().len(), 2);
}

#[test]
fn configuration_is_written_in_its_mode_only() {
    let mut chip = Chip::in_mode(NORMAL);
    chip.send(&[0x02, CNF3, 1, 2]);
    assert_eq!((chip.register(CNF3), chip.register(CNF2)), (5, 0xb1));
    let text = "is written outside of configuration mode, which changes nothing";
    let told = [0x28, 0x29].map(|address| format!("register {address:#04x} {text}"));
    assert_eq!(chip.misuse(), told);
}

#[test]
fn another_oscillator_is_another_bit_rate() {
    let mut chip = Chip::in_mode(NORMAL);
    chip.device.set_stimulus(0, 0, 8.0);
    let slow = Mode::Mistimed {
        bitrate_bps: 62_500,
    };
    assert_eq!(chip.orders(), [NodeOrder::Mode(slow)]);
    chip.device.set_stimulus(0, 0, 16.0);
    assert_eq!(chip.orders(), [NodeOrder::Mode(Mode::Normal)]);
    // Who only listens out of step hears nothing, and disturbs nobody.
    chip.send(&[0x02, CANCTRL, LISTEN_ONLY << 5]);
    chip.orders();
    chip.device.set_stimulus(0, 0, 8.0);
    assert_eq!(chip.orders(), [NodeOrder::Mode(Mode::Off)]);
}

#[test]
fn a_timing_that_cannot_be_is_told() {
    let mut chip = Chip::new();
    chip.send(&[0x02, CANCTRL, 0]);
    assert_eq!(chip.misuse(), [""; 0]);
    let mut chip = Chip::new();
    chip.send(&[0x02, CNF3, 7, 0x80, 0]);
    chip.send(&[0x02, CANCTRL, 0]);
    assert_eq!(
        chip.misuse(),
        ["CNF1 to CNF3 give no bit timing: PropSeg + PS1 is below PS2"]
    );
}

/// Section 10.4: what is sent comes back as long as it takes, through the filters.
#[test]
fn loopback_receives_what_it_sends() {
    let mut chip = Chip::in_mode(LOOPBACK);
    chip.send(&[0x40, 0x24, 0x60, 0, 0, 0]);
    chip.send(&[0x81]);
    let asked_ns = chip.now_ns;
    // 45 bits of 8 µs.
    let due_ns = asked_ns + 45 * 8_000;
    assert_eq!(chip.device.take_orders(), [(due_ns, NodeOrder::Wake)]);
    chip.device.wake(due_ns - 1);
    assert_eq!(chip.register(CANINTF), 0);
    chip.device.wake(due_ns);
    assert_eq!(chip.register(CANINTF), TX0IF | RX0IF);
    assert_eq!(chip.send(&[0x90, 0, 0])[1..], [0x24, 0x60]);
}

#[test]
fn misuse_of_spi_is_told() {
    let mut chip = Chip::new();
    chip.send(&[0x03]);
    chip.send(&[0x02, 0x30]);
    chip.send(&[0x05, CANINTE, 1]);
    chip.send(&[0xff, 1]);
    chip.send(&[]);
    assert_eq!(
        chip.misuse(),
        [
            "chip select rose within the instruction READ",
            "chip select rose within the instruction WRITE",
            "chip select rose within the instruction BIT MODIFY",
            "0xff is no instruction"
        ]
    );
}
