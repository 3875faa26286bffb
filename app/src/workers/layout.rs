//! Arranging instances, and the thread that finds the ways of wires while the user edits: only the
//! newest picture counts.

use super::Events;
use crate::{
    canvas::route::{self, Plan},
    session::{Arrangement, Event},
};
use graph_core::{
    document::{Document, InstanceId},
    layout::{self, Grouping, Shapes},
};
use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc::{Receiver, Sender, channel},
    thread::Builder,
};

/// Positions for all instances, or for some.
pub(super) fn arrange(
    document: &Document,
    shapes: &Shapes,
    (some, grouping): (Option<&BTreeSet<InstanceId>>, Grouping),
    revision: u64,
) -> Vec<Event> {
    let positions = match some {
        Some(some) => layout::arrange_some(document, shapes, some),
        None => layout::arrange_by(document, shapes, grouping),
    };
    vec![Event::Arranged(Arrangement {
        positions,
        is_partial: some.is_some(),
        revision,
    })]
}

/// The thread; it ends when this is dropped.
pub(super) struct RouteThread {
    plans: Sender<(Plan, u64)>,
}

impl RouteThread {
    pub(super) fn start(events: Events) -> RouteThread {
        let (plans, received) = channel();
        let told = events.clone();
        let thread = Builder::new().name("routes".into()).spawn(move || {
            work(&received, &told);
        });
        if let Err(error) = thread {
            events.send(Event::Warned(format!(
                "wires do not go round boxes: {error}; close other programs and start again"
            )));
        }
        RouteThread { plans }
    }

    /// A thread that could not be started has said so.
    pub(super) fn find(&self, plan: Plan, picture: u64) {
        let _ = self.plans.send((plan, picture));
    }
}

fn work(received: &Receiver<(Plan, u64)>, events: &Events) {
    while let Ok(first) = received.recv() {
        let (plan, picture) = received.try_iter().last().unwrap_or(first);
        match catch_unwind(AssertUnwindSafe(|| route::routes(&plan))) {
            Ok(routes) => events.send(Event::Routed { picture, routes }),
            Err(_) => events.send(Event::Warned(
                "finding the ways of wires ended by an error of the studio; this is a bug".into(),
            )),
        }
    }
}
