//! The exports. A slot keeps what its message needs; slots that are not there protect nothing.

extern crate alloc;

use alloc::vec::Vec;
use exports::wireloom::e2e::protection::Guest;
use guest_runtime::State;
use protection::{Checked, Configuration, Receiver, SLOTS, Sender};

wit_bindgen::generate!({ path: "../wit", world: "e2e-protection", generate_all });
export!(Component);

struct Component;

static SENDERS: [State<Sender>; SLOTS] = [const { State::new(Sender::new()) }; SLOTS];
static RECEIVERS: [State<Receiver>; SLOTS] = [const { State::new(Receiver::new()) }; SLOTS];

impl Guest for Component {
    fn protect(slot: u32, configuration: Vec<u8>, mut data: Vec<u8>) -> Vec<u8> {
        let protected = SENDERS.get(slot as usize).and_then(|state| {
            let configuration = Configuration::from_bytes(&configuration)?;
            let mut sender = state.load();
            sender.protect(&configuration, &mut data).ok()?;
            state.store(sender);
            Some(())
        });
        if protected.is_none() {
            data.clear();
        }
        data
    }

    fn check(slot: u32, configuration: Vec<u8>, data: Vec<u8>) -> u32 {
        let checked = RECEIVERS.get(slot as usize).and_then(|state| {
            let configuration = Configuration::from_bytes(&configuration)?;
            let mut receiver = state.load();
            let data = (!data.is_empty()).then_some(data.as_slice());
            let checked = receiver.check(&configuration, data);
            state.store(receiver);
            Some(checked)
        });
        checked.unwrap_or(Checked::NOTHING).to_bits()
    }
}
