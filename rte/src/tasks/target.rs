//! Where links lead: cells in the store, cells of parameters, elements, signals.

use super::{
    Tasks,
    carry::{Guard, Part},
    pdu::place_signal,
};
use crate::{
    cell::{self, Cell, Receiver, Status},
    code::{Body, Callee},
    ecu,
    layout::{Scalar, size},
    plan::{GenerateError, Link, STORE_INPUTS, SignalLayout, Sink},
    signal::{self, Number},
    store::{MARK, SET},
};
use autosar_wit::types::ValueType;
use wasm_encoder::{Instruction, ValType};

#[derive(Debug, Clone)]
pub(super) enum Target {
    Store {
        number: u32,
        receiver: Receiver,
        age: Option<Age>,
    },
    Own {
        cell: Cell,
        receiver: Receiver,
        age: Option<Age>,
    },
    Outbox(u32),
    Signal {
        pdu: usize,
        layout: SignalLayout,
    },
}

/// When a cell was last set, for its alive timeout.
#[derive(Debug, Clone, Copy)]
pub(super) struct Age {
    /// A u64; all ones before the first reception.
    address: u32,
    timeout_ns: u64,
    /// Whether there is a value to grow old before the first reception.
    has_initial: bool,
}

impl Target {
    pub(super) fn receiver(&self) -> Option<&Receiver> {
        match self {
            Self::Store { receiver, .. } | Self::Own { receiver, .. } => Some(receiver),
            Self::Outbox(_) | Self::Signal { .. } => None,
        }
    }

    fn age(&self) -> Option<Age> {
        match self {
            Self::Store { age, .. } | Self::Own { age, .. } => *age,
            Self::Outbox(_) | Self::Signal { .. } => None,
        }
    }

    /// The part of a value that it takes.
    pub(super) fn part(&self, from: Part) -> Option<Part> {
        match self.receiver() {
            Some(receiver) => from.toward(receiver),
            None => from.carried(),
        }
    }
}

impl Tasks<'_> {
    pub(super) fn place_targets(&mut self) -> Result<(), GenerateError> {
        for link in &self.plan.links {
            let place = self.sink_place(&link.sink);
            let target = match self.made.get(&place) {
                Some(target) => target.clone(),
                None => self.place_target(link, &place)?,
            };
            self.made.insert(place, target.clone());
            self.targets.push(target);
        }
        Ok(())
    }

    /// How a sink is called in messages; one name a sink.
    pub(super) fn sink_place(&self, sink: &Sink) -> String {
        match sink {
            Sink::Port(reference) => reference.to_string(),
            Sink::Parameter {
                runnable,
                parameter,
                fields,
            } => {
                let function = self.plan.runnables.get(*runnable).map(|one| &one.function);
                let function = function.map(ToString::to_string).unwrap_or_default();
                let fields: String = fields.iter().map(|field| format!(".{field}")).collect();
                format!("{function}({parameter}{fields})")
            }
            Sink::Mode { mode } => format!("mode {mode}"),
            Sink::Outbox { element } => format!("element {element}"),
            Sink::Signal { pdu, layout } => self.signal_place(*pdu, layout),
        }
    }

    fn place_target(&mut self, link: &Link, place: &str) -> Result<Target, GenerateError> {
        let missing = || GenerateError::Missing {
            place: place.to_owned(),
        };
        match &link.sink {
            Sink::Port(reference) => {
                let cell = self.store.cells.get(reference).ok_or_else(missing)?;
                let (number, receiver) = (cell.number, cell.receiver.clone());
                Ok(Target::Store {
                    number,
                    receiver,
                    age: self.place_age(link),
                })
            }
            Sink::Parameter {
                runnable,
                parameter,
                fields,
            } => {
                let runnable = self.plan.runnables.get(*runnable).ok_or_else(missing)?;
                let call = self.call(&runnable.function)?;
                let (image, value) = call.parameter(parameter).ok_or_else(missing)?;
                let part = Part::whole(value).field(fields).ok_or_else(missing)?;
                if !part.guards.is_empty() {
                    return Err(missing());
                }
                cell::refuse(&part.value, place)?;
                let receiver = Receiver::new(&part.value);
                let cell = cell::cell(
                    &mut self.module,
                    &mut self.init,
                    &receiver,
                    image + part.offset,
                    &link.buffering,
                    place,
                )?;
                Ok(Target::Own {
                    cell,
                    receiver,
                    age: self.place_age(link),
                })
            }
            Sink::Mode { mode } => self.place_mode(*mode, link, place),
            Sink::Outbox { element } => Ok(Target::Outbox(*element)),
            Sink::Signal { pdu, layout } => {
                place_signal(self.plan, *pdu, layout)?;
                Ok(Target::Signal {
                    pdu: *pdu,
                    layout: *layout,
                })
            }
        }
    }

    fn place_age(&mut self, link: &Link) -> Option<Age> {
        link.buffering.alive_timeout_ns.map(|timeout_ns| Age {
            address: self.module.place_data(&[0xff; 8], 8),
            timeout_ns,
            has_initial: link.buffering.initial.is_some(),
        })
    }

    pub(super) fn store_set(&mut self) -> Callee {
        self.module
            .import(STORE_INPUTS, SET, &[ValType::I32; 3], &[])
    }

    /// Gives a cell the value in transport form; the address and length are in locals.
    pub(super) fn set(&mut self, body: &mut Body, target: &Target, address: u32, bytes: u32) {
        match target {
            Target::Store { number, .. } => {
                let set = self.store_set();
                body.i32(*number).get(address).get(bytes).call(set);
            }
            Target::Own { cell, .. } => {
                body.get(address).get(bytes).call(cell.set);
            }
            Target::Outbox(_) | Target::Signal { .. } => {}
        }
        if let Some(age) = target.age() {
            let now = ecu::now(&mut self.module);
            body.i32(age.address).call(now).store(Scalar::U64, 0);
        }
    }

    /// Tells a cell that no value came.
    pub(super) fn mark(&mut self, body: &mut Body, target: &Target, status: Status) {
        match target {
            Target::Store { number, .. } => {
                let mark = self
                    .module
                    .import(STORE_INPUTS, MARK, &[ValType::I32; 2], &[]);
                body.i32(*number).i32(status as u32).call(mark);
            }
            Target::Own { cell, .. } => {
                body.i32(status as u32).call(cell.mark);
            }
            Target::Outbox(_) | Target::Signal { .. } => {}
        }
    }

    /// At the start of a task that reads it: a value that has grown old becomes a status.
    pub(super) fn latch(&mut self, body: &mut Body, target: &Target) {
        if let Target::Own {
            cell: Cell {
                next: Some(next), ..
            },
            ..
        } = target
        {
            body.call(*next);
        }
        let Some(age) = target.age() else { return };
        let now = ecu::now(&mut self.module);
        body.i32(age.address)
            .load(Scalar::U64, 0)
            .i64(-1)
            .op(Instruction::I64Eq);
        body.op(Instruction::If(wasm_encoder::BlockType::Empty));
        if age.has_initial {
            body.i32(age.address).call(now).store(Scalar::U64, 0);
        }
        body.op(Instruction::Else);
        body.call(now)
            .i32(age.address)
            .load(Scalar::U64, 0)
            .op(Instruction::I64Sub);
        body.i64(age.timeout_ns.cast_signed())
            .op(Instruction::I64GtU)
            .begin_if();
        self.mark(body, target, Status::Timeout);
        body.end().end();
    }

    /// A number from a signal's bits, for whatever takes it.
    pub(super) fn signal_number(
        &self,
        value: &ValueType,
        place: &str,
    ) -> Result<Number, GenerateError> {
        signal::number(value).ok_or_else(|| GenerateError::NotASignal {
            place: place.to_owned(),
            given: crate::describe::describe(value),
        })
    }

    /// Whether all guards hold of the image at `base`: pushes 1 or 0.
    pub(super) fn guards(&self, body: &mut Body, guards: &[Guard], base: u32) {
        let holds = body.local(ValType::I32);
        body.i32(1).set(holds);
        for guard in guards {
            body.get(holds).begin_if();
            let scalar = match guard.bytes {
                1 => Scalar::U8,
                2 => Scalar::U16,
                _ => Scalar::U32,
            };
            body.i32(base).load(scalar, guard.offset).i32(guard.case);
            body.op(Instruction::I32Eq).set(holds).end();
        }
        body.get(holds);
    }

    /// Two locals with the image of a value without lists and strings.
    pub(super) fn image(&self, body: &mut Body, value: &ValueType, address: u32) -> (u32, u32) {
        let (at, bytes) = (body.local(ValType::I32), body.local(ValType::I32));
        body.i32(address).set(at).i32(size(value)).set(bytes);
        (at, bytes)
    }
}
