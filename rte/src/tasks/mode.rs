//! Calls that depend on modes (AUTOSAR: mode disabling dependencies, mode switch events): the state
//! of each mode machine is kept as its users know it, and at the start of a task it is decided
//! which calls are made. Knows nothing of who switches.
//!
//! Source: AUTOSAR, Specification of RTE ("Mode Management").

use super::{Tasks, target::Target};
use crate::{
    cell::{self, Receiver},
    code::{Body, unsigned},
    layout::{Shape, discriminant_size, offsets, shape, size, strip},
    plan::{Buffering, GenerateError, Link, ModeCondition, TaskPlan},
};
use autosar_wit::{
    modes,
    types::{TypeKind, ValueType},
};
use std::collections::{BTreeMap, BTreeSet};
use wasm_encoder::{Instruction, ValType};

/// Where the state of a mode machine lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Image {
    address: u32,
    parts: Parts,
}

/// Offsets in it.
#[derive(Debug, Clone, Copy)]
struct Parts {
    /// Of a mode.
    bytes: u32,
    next: u32,
    /// Without one there is no time between two modes.
    transition: Option<Transition>,
}

#[derive(Debug, Clone, Copy)]
struct Transition {
    previous: u32,
    flag: u32,
}

/// Which calls of a task are made: a local by the position of the call; those that are not here are
/// made always.
#[derive(Debug, Default)]
pub(super) struct Decided(BTreeMap<usize, u32>);

/// What happens only after one of some calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Guard {
    Always,
    /// One of these locals is set.
    Any(BTreeSet<u32>),
}

impl Decided {
    /// For what follows one of the calls at these positions.
    pub(super) fn guard(&self, calls: impl IntoIterator<Item = usize>) -> Guard {
        let flags = calls.into_iter().map(|call| self.0.get(&call).copied());
        match flags.collect::<Option<BTreeSet<u32>>>() {
            Some(flags) => Guard::Any(flags),
            None => Guard::Always,
        }
    }
}

impl Guard {
    pub(super) fn never() -> Guard {
        Guard::Any(BTreeSet::new())
    }

    pub(super) fn or(&mut self, other: &Guard) {
        match (&mut *self, other) {
            (Guard::Any(flags), Guard::Any(others)) => flags.extend(others),
            (Guard::Always, _) => {}
            (_, Guard::Always) => *self = Guard::Always,
        }
    }

    pub(super) fn begin(&self, body: &mut Body) {
        let Guard::Any(flags) = self else { return };
        body.i32(0);
        for flag in flags {
            body.get(*flag).op(Instruction::I32Or);
        }
        body.begin_if();
    }

    pub(super) fn end(&self, body: &mut Body) {
        if *self != Guard::Always {
            body.end();
        }
    }
}

impl Tasks<'_> {
    pub(super) fn place_modes(&mut self) -> Result<(), GenerateError> {
        for (number, mode) in self.plan.modes.iter().enumerate() {
            let parts = parts(&mode.state).ok_or_else(|| GenerateError::NotAMode {
                place: format!("mode {number}"),
            })?;
            let address = self.module.place(size(&mode.state), 8);
            self.modes.push(Image { address, parts });
        }
        Ok(())
    }

    /// The cell of a mode machine: what was received last, whatever a receiver may read instead.
    pub(super) fn place_mode(
        &mut self,
        mode: usize,
        link: &Link,
        place: &str,
    ) -> Result<Target, GenerateError> {
        let known = self.plan.modes.get(mode).zip(self.modes.get(mode));
        let (plan, image) = known.ok_or_else(|| GenerateError::Missing {
            place: place.to_owned(),
        })?;
        let receiver = Receiver::new(&plan.state);
        let buffering = Buffering {
            initial: link.buffering.initial.clone(),
            bound: 0,
            ..Buffering::default()
        };
        let (module, init) = (&mut self.module, &mut self.init);
        let cell = cell::cell(module, init, &receiver, image.address, &buffering, place)?;
        Ok(Target::Own {
            cell,
            receiver,
            age: None,
        })
    }

    /// Whether a call of the task depends on that mode machine.
    pub(super) fn depends(&self, task: &TaskPlan, mode: usize) -> bool {
        let mode = self.plan.modes.get(mode);
        mode.is_some_and(|mode| mode.dependencies.iter().any(|one| one.task == task.name))
    }

    /// Decides which calls are made, once the inputs of the task are there.
    pub(super) fn decide(&mut self, body: &mut Body, task: &TaskPlan) -> Decided {
        let mut decided = Decided::default();
        for (mode, image) in self.plan.modes.iter().zip(self.modes.clone()) {
            let mine = mode.dependencies.iter().filter(|one| one.task == task.name);
            let mut state = None;
            for dependency in mine {
                let state = *state.get_or_insert_with(|| State::load(body, image));
                let flag = *decided.0.entry(dependency.call).or_insert_with(|| {
                    let flag = body.local(ValType::I32);
                    body.i32(1).set(flag);
                    flag
                });
                match &dependency.condition {
                    ModeCondition::NotIn(modes) => state.is_outside(body, modes),
                    ModeCondition::Entry(mode) => {
                        let was = self.module.place(4, 4);
                        state.is_entered(body, *mode, was);
                    }
                    ModeCondition::Exit(mode) => {
                        let was = self.module.place(4, 4);
                        state.is_left(body, *mode, was);
                    }
                    ModeCondition::Transition { from, to } => {
                        let was = self.module.place(4, 4);
                        state.goes(body, (*from, *to), was);
                    }
                }
                body.get(flag).op(Instruction::I32And).set(flag);
            }
        }
        decided
    }
}

/// Locals with a mode machine's state.
#[derive(Debug, Clone, Copy)]
struct State {
    next: u32,
    previous: u32,
    /// 1 during a transition, else 0.
    moving: u32,
}

/// What a switch remembers between two looks: where the machine was. Zero before the first look.
const ELSEWHERE: u32 = 0;
const THERE: u32 = 1;
const ON_THE_WAY: u32 = 2;

impl State {
    fn load(body: &mut Body, image: Image) -> State {
        let state = State {
            next: body.local(ValType::I32),
            previous: body.local(ValType::I32),
            moving: body.local(ValType::I32),
        };
        let Parts {
            bytes,
            next,
            transition,
        } = image.parts;
        let address = image.address;
        body.i32(address)
            .load(unsigned(bytes), next)
            .tee(state.next)
            .set(state.previous)
            .i32(0)
            .set(state.moving);
        if let Some(Transition { previous, flag }) = transition {
            body.i32(address)
                .load(unsigned(bytes), previous)
                .set(state.previous);
            body.i32(address).load(unsigned(1), flag).set(state.moving);
        }
        state
    }

    /// Pushes whether the machine is in that mode and not on its way.
    fn is_in(self, body: &mut Body, mode: u32) {
        body.get(self.next).i32(mode).op(Instruction::I32Eq);
        body.get(self.moving)
            .op(Instruction::I32Eqz)
            .op(Instruction::I32And);
    }

    /// Pushes whether it is on its way from that mode.
    fn comes_from(self, body: &mut Body, mode: u32) {
        body.get(self.previous).i32(mode).op(Instruction::I32Eq);
        body.get(self.moving).op(Instruction::I32And);
    }

    /// Pushes whether it is in none of the modes, nor on the way to or from one.
    fn is_outside(self, body: &mut Body, modes: &[u32]) {
        body.i32(0);
        for mode in modes {
            body.get(self.next)
                .i32(*mode)
                .op(Instruction::I32Eq)
                .op(Instruction::I32Or);
            self.comes_from(body, *mode);
            body.op(Instruction::I32Or);
        }
        body.op(Instruction::I32Eqz);
    }

    /// Pushes whether the mode was reached since the last look, which stands at `was`.
    fn is_entered(self, body: &mut Body, mode: u32, was: u32) {
        let now = body.local(ValType::I32);
        self.is_in(body, mode);
        body.set(now);
        body.get(now);
        is(body, was, ELSEWHERE);
        body.op(Instruction::I32And);
        remember(body, was, now);
    }

    /// Pushes whether the mode was left since the last look.
    fn is_left(self, body: &mut Body, mode: u32, was: u32) {
        let now = body.local(ValType::I32);
        self.is_in(body, mode);
        self.comes_from(body, mode);
        body.i32(1)
            .op(Instruction::I32Shl)
            .op(Instruction::I32Or)
            .set(now);
        is(body, was, THERE);
        body.get(now).i32(THERE).op(Instruction::I32Ne);
        body.op(Instruction::I32And);
        begins(body, was, now);
        body.op(Instruction::I32Or);
        remember(body, was, now);
    }

    /// Pushes whether that transition has begun, or is over without having been seen.
    fn goes(self, body: &mut Body, (from, to): (u32, u32), was: u32) {
        let now = body.local(ValType::I32);
        self.is_in(body, from);
        self.comes_from(body, from);
        body.get(self.next).i32(to).op(Instruction::I32Eq);
        body.op(Instruction::I32And);
        body.i32(1)
            .op(Instruction::I32Shl)
            .op(Instruction::I32Or)
            .set(now);
        is(body, was, THERE);
        self.is_in(body, to);
        body.op(Instruction::I32And);
        begins(body, was, now);
        body.op(Instruction::I32Or);
        remember(body, was, now);
    }
}

/// Pushes whether the last look saw that.
fn is(body: &mut Body, was: u32, what: u32) {
    body.i32(was)
        .load(unsigned(4), 0)
        .i32(what)
        .op(Instruction::I32Eq);
}

/// Pushes whether the machine is on its way now and was not before.
fn begins(body: &mut Body, was: u32, now: u32) {
    body.get(now).i32(ON_THE_WAY).op(Instruction::I32Eq);
    body.i32(was)
        .load(unsigned(4), 0)
        .i32(ON_THE_WAY)
        .op(Instruction::I32Ne)
        .op(Instruction::I32And);
}

fn remember(body: &mut Body, was: u32, now: u32) {
    body.i32(was).get(now).store(unsigned(4), 0);
}

/// The places of the modes in a `mode-state`, or in the enum itself.
fn parts(state: &ValueType) -> Option<Parts> {
    let ValueType::Named(definition) = strip(state) else {
        return None;
    };
    let fields = match &definition.kind {
        TypeKind::Enum(cases) => {
            return Some(Parts {
                bytes: discriminant_size(cases.len()),
                next: 0,
                transition: None,
            });
        }
        TypeKind::Record(fields) => fields,
        _ => return None,
    };
    let Shape::Product(values) = shape(state) else {
        return None;
    };
    let places = offsets(&values);
    let place = |name: &str| {
        let at = fields.iter().position(|field| field.name == name)?;
        Some((*places.get(at)?, fields.get(at)?))
    };
    let mode = |name: &str| {
        let (offset, field) = place(name)?;
        match strip(&field.value) {
            ValueType::Named(definition) => match &definition.kind {
                TypeKind::Enum(cases) => Some((offset, discriminant_size(cases.len()))),
                _ => None,
            },
            _ => None,
        }
    };
    let (next, bytes) = mode(modes::NEXT)?;
    let flag = place(modes::IN_TRANSITION);
    let flag = flag.filter(|(_, field)| *strip(&field.value) == ValueType::Bool);
    Some(Parts {
        bytes,
        next,
        transition: mode(modes::PREVIOUS)
            .zip(flag)
            .map(|((previous, _), (flag, _))| Transition { previous, flag }),
    })
}
