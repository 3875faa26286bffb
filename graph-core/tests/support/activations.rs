//! What starts runnables, for properties.

use super::{function, number, text};
use graph_core::document::*;
use proptest::{collection, option, prelude::*};

pub(super) fn activation() -> impl Strategy<Value = Activation> {
    let event = prop_oneof![
        Just(RteEvent::Init),
        Just(RteEvent::DataReceived),
        (number(), number()).prop_map(|(period_ns, offset_ns)| RteEvent::Timing {
            period_ns,
            offset_ns
        }),
        (text(), mode_change()).prop_map(|(port, change)| RteEvent::ModeSwitch { port, change }),
    ];
    (
        function(),
        event,
        any::<u32>(),
        option::of((text(), any::<u32>())),
        collection::btree_map(text(), collection::btree_set(text(), 0..3), 0..2),
    )
        .prop_map(
            |(runnable, event, priority, task, disabled_in)| Activation {
                runnable,
                event,
                priority,
                task,
                disabled_in,
            },
        )
}

fn mode_change() -> impl Strategy<Value = ModeChange> {
    prop_oneof![
        text().prop_map(ModeChange::Entry),
        text().prop_map(ModeChange::Exit),
        (text(), text()).prop_map(|(from, to)| ModeChange::Transition { from, to }),
    ]
}
