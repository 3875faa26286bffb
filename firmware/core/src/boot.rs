//! From reset to the loop: the boot log, the choice of a slot, and what happens when there is
//! nothing to run. Knows no board.

use back_to_back::{BOOT_MODE, LinkBoard};
use ecu_host::Ecu;
use payload::{
    Choice, DEVELOPMENT_MARK, FirmwareInfo, NoPayload, Refusal, Slot, State, StateLog, choose,
};

use crate::{
    clock::Clock,
    device::{boot_mode, device, flash, read_info},
    ecu_board::EcuBoard,
    hardware::{Hardware, StateError},
    link::LinkPort,
    load::load,
    log::log,
    memory,
    mode::ModeBoard,
    realtime,
};

/// Runs the device; called by the board once its log, interrupts and clock work. `block` is the
/// firmware's own description in flash.
pub fn start<H: Hardware>(hardware: H, block: &'static [u8; FirmwareInfo::BYTES]) -> ! {
    memory::make_heap(H::LAYOUT.heap_bytes);
    let mut clock = Clock::new(H::CLOCK_HZ, hardware.ticks());
    let mode = boot_mode(H::LAYOUT.ram);
    log!("");
    log!(
        "wireloom firmware {} on {}",
        env!("CARGO_PKG_VERSION"),
        H::BOARD
    );
    let Some(info) = read_info(block) else {
        panic!("the firmware's own description is damaged; write the firmware again");
    };
    log!(
        "wasmtime {}, RAM for payloads {} bytes",
        info.engine,
        info.ram_bytes
    );
    log!("trusts key {}", info.key.id());
    if info.key.is_development() {
        log!("{DEVELOPMENT_MARK}");
    }
    let state = StateLog::read(flash(H::LAYOUT.state)).state;
    let choice = chosen::<H>(&info, state);
    log!("verified at {} us", clock.now_ns(hardware.ticks()) / 1_000);
    run(hardware, clock, choice, mode)
}

fn chosen<H: Hardware>(info: &FirmwareInfo, state: State) -> Choice<'static> {
    let [a, b] = H::LAYOUT.slots;
    let b = (b.bytes > 0).then(|| flash(b));
    match choose(flash(a), b, &device(info), state) {
        Ok(choice) => choice,
        Err(refusals) => {
            let NoPayload { first, second } = *refusals;
            tell_refusal(&first);
            if let Some(second) = &second {
                tell_refusal(second);
            }
            idle("no payload runs")
        }
    }
}

fn tell_refusal((slot, refusal): &(Slot, Refusal)) {
    log!("slot {slot} refused: {refusal}");
}

fn run<H: Hardware>(mut hardware: H, clock: Clock, choice: Choice<'static>, mode: u32) -> ! {
    if let Some(refused) = &choice.refused {
        tell_refusal(refused);
    }
    let (slot, counter) = (choice.slot, choice.payload.header().counter);
    log!("slot {slot} runs: counter {counter}");
    remember(&mut hardware, choice.state);
    let system = match choice.payload.system() {
        Ok(system) => system,
        Err(refusal) => idle(&alloc::format!("{refusal}")),
    };
    for ecu in &system.ecus {
        log!("system {}, ECU {}", system.name, ecu.name);
    }
    let verification = mode == BOOT_MODE;
    if !verification {
        // From here on: a payload that hangs while it is loaded has used up one of its starts.
        hardware.alive();
    }
    let board = match verification {
        true => ModeBoard::Verification(LinkBoard::new(LinkPort(hardware))),
        false => ModeBoard::RealTime(EcuBoard::new(hardware, clock, &system)),
    };
    let mut ecu: Ecu<ModeBoard<H>> =
        match load(&choice.payload, &system, H::LAYOUT.heap_bytes, board) {
            Ok(ecu) => ecu,
            Err(reason) => idle(&reason),
        };
    log!("loaded, {} bytes of heap used", memory::heap().now);
    if verification {
        verify(&mut ecu)
    }
    realtime::run(&mut ecu, |hardware| {
        log!("slot {slot} works and is confirmed");
        let state = StateLog::read(flash(H::LAYOUT.state)).state;
        remember(hardware, state.confirmed(slot, counter));
    });
    idle("the board is in another mode: this is a bug")
}

/// A tester at the verification link has the place of the devices.
fn verify<H: Hardware>(ecu: &mut Ecu<ModeBoard<H>>) -> ! {
    log!("verification: driven over the link in virtual time; reset ends it");
    match back_to_back::serve(ecu) {
        Ok(()) => idle("the tester has ended the verification"),
        Err(error) => idle(&alloc::format!("the verification has ended: {error}")),
    }
}

const NO_STATE: &str =
    "this board has no flash for its state: what this start changes in it is forgotten";

/// Writes the state into flash where it is another one.
fn remember<H: Hardware>(hardware: &mut H, state: State) {
    let region = flash(H::LAYOUT.state);
    let kept = StateLog::read(region);
    if kept.state == state {
        return;
    }
    let Some(append) = kept.append(region, state) else {
        log!("{NO_STATE}");
        return;
    };
    let erased = append
        .erase
        .map_or(Ok(()), |range| hardware.erase_state(range));
    let written = erased.and_then(|()| hardware.write_state(append.offset, &append.record));
    match written {
        Ok(()) => {}
        Err(StateError::NoFlash) => log!("{NO_STATE}"),
        Err(StateError::Flash) => {
            log!("the state could not be written into flash; check the flash");
        }
    }
}

/// Nothing runs any more until the device is reset or written anew.
fn idle(reason: &str) -> ! {
    log!("STOPPED: {reason}");
    loop {
        cortex_m::asm::wfi();
    }
}
