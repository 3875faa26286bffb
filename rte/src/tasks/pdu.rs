//! PDUs of the tasks: buffers, sending when a bit has changed or always, taking received ones.

use super::{Tasks, protected::Protected, target::Target};
use crate::{
    cell::Status,
    code::{Body, Callee},
    ecu,
    layout::{Scalar, size},
    plan::{Conversion, GenerateError, Plan, Sending, SignalLayout, Source},
    repetition::Repetition,
    signal,
};
use autosar_wit::{dbc::ByteOrder, types::ValueType};
use wasm_encoder::{Instruction, ValType};

/// The longest frame, of CAN FD.
pub(super) const MAXIMUM_BYTES: u32 = 64;

/// Fixed places of a PDU.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pdu {
    /// Its content now; for received ones that of the last frame. Of sent ones without what is
    /// multiplexed.
    pub(super) buffer: u32,
    /// What goes out: `buffer`, if nothing is multiplexed.
    pub(super) frame: u32,
    /// What was sent last.
    sent: u32,
    /// A word: 1 once it was sent.
    was_sent: u32,
    /// A word: 1 if a signal was written since it was last sent.
    is_written: u32,
    /// Where it has a minimum delay.
    delay: Option<Delay>,
    /// Where changes are sent again.
    again: Option<Again>,
    protected: Option<Protected>,
}

/// Fixed places of a PDU with a minimum delay.
#[derive(Debug, Clone, Copy)]
struct Delay {
    minimum_ns: u64,
    /// A u64: when it was sent last.
    sent_at: u32,
    /// A word: 1 while it waits.
    is_due: u32,
}

/// Fixed places of a PDU whose changes are sent again.
#[derive(Debug, Clone, Copy)]
struct Again {
    repetition: Repetition,
    /// A word: how often it still is.
    left: u32,
    /// A u64: when next.
    at: u32,
}

impl Pdu {
    pub(super) fn is_protected(&self) -> bool {
        self.protected.is_some()
    }
}

/// Whether the signal lies in its PDU.
pub(super) fn place_signal(
    plan: &Plan,
    pdu: usize,
    layout: &SignalLayout,
) -> Result<(), GenerateError> {
    let Some(pdu) = plan.pdus.get(pdu) else {
        return Err(GenerateError::Missing {
            place: format!("PDU {pdu}"),
        });
    };
    match signal::is_sound(layout) && signal::needed_bytes(layout) <= pdu.length_bytes.into() {
        true => Ok(()),
        false => Err(GenerateError::OutsidePdu {
            pdu: pdu.name.clone(),
            start_bit: layout.start_bit,
            length_bytes: pdu.length_bytes,
        }),
    }
}

impl Tasks<'_> {
    pub(super) fn place_pdus(&mut self) -> Result<(), GenerateError> {
        for (number, pdu) in self.plan.pdus.iter().enumerate() {
            let protected = pdu.protection.as_ref();
            let protected = protected.map(|plan| self.place_protection(plan));
            let mut content = pdu.initial.clone();
            content.truncate(pdu.length_bytes.into());
            content.resize(MAXIMUM_BYTES as usize, 0);
            let buffer = self.module.place_data(&content, 8);
            let frame = match self.place_branches(number, pdu)? {
                true => self.module.place(MAXIMUM_BYTES, 8),
                false => buffer,
            };
            self.pdus.push(Pdu {
                buffer,
                frame,
                sent: self.module.place(MAXIMUM_BYTES, 8),
                was_sent: self.module.place(4, 4),
                is_written: self.module.place(4, 4),
                delay: pdu.minimum_delay_ns.map(|minimum_ns| Delay {
                    minimum_ns,
                    sent_at: self.module.place(8, 8),
                    is_due: self.module.place(4, 4),
                }),
                again: pdu.repetition.map(|repetition| Again {
                    repetition,
                    left: self.module.place(4, 4),
                    at: self.module.place(8, 8),
                }),
                protected,
            });
        }
        for link in &self.plan.links {
            if let Source::Signal { pdu, layout } = &link.source {
                place_signal(self.plan, *pdu, layout)?;
            }
        }
        Ok(())
    }

    /// How a signal is called in messages, as in a DBC file; no two of a PDU are called alike.
    pub(super) fn signal_place(&self, pdu: usize, layout: &SignalLayout) -> String {
        let name = self.plan.pdus.get(pdu).map_or("", |pdu| pdu.name.as_str());
        let order = match layout.byte_order {
            ByteOrder::Intel => '1',
            ByteOrder::Motorola => '0',
        };
        let sign = if layout.signed { '-' } else { '+' };
        let (start, length) = (layout.start_bit, layout.length_bits);
        let branch = layout.multiplexed.map(|at| format!(" of branch {at}"));
        let branch = branch.unwrap_or_default();
        format!("{name} {start}|{length}@{order}{sign}{branch}")
    }

    pub(super) fn length(&self, pdu: usize) -> u32 {
        self.plan
            .pdus
            .get(pdu)
            .map_or(0, |pdu| pdu.length_bytes.into())
    }

    /// Packs the value at `address` into its place.
    pub(super) fn write_signal(
        &mut self,
        body: &mut Body,
        link: usize,
        (pdu_number, layout): (usize, &SignalLayout),
        value: &ValueType,
        address: u32,
    ) -> Result<(), GenerateError> {
        let (Some(pdu), Some(link)) = (self.pdus.get(pdu_number), self.plan.links.get(link)) else {
            return Ok(());
        };
        let number = self.signal_number(value, &self.source_place(&link.source))?;
        signal::send(
            body,
            layout,
            number,
            link.buffering.conversion,
            address,
            self.packed_at(pdu_number, layout, pdu),
        );
        body.i32(pdu.is_written).i32(1).store(Scalar::U32, 0);
        Ok(())
    }

    /// Sends the PDU, changed or not.
    pub(super) fn send(&mut self, body: &mut Body, number: usize) -> Result<(), GenerateError> {
        let Some(pdu) = self.pdus.get(number).copied() else {
            return Err(GenerateError::Missing {
                place: format!("PDU {number}"),
            });
        };
        self.assemble(body, number, pdu);
        self.transmit(body, number, pdu);
        Ok(())
    }

    /// Sends the PDU if it waits for its minimum delay and has waited long enough, or if its last
    /// change is to be sent again by now.
    pub(super) fn send_late(&mut self, body: &mut Body, number: usize) {
        let Some(pdu) = self.pdus.get(number).copied() else {
            return;
        };
        if let Some(delay) = pdu.delay {
            body.i32(delay.is_due).load(Scalar::U32, 0).begin_if();
            self.assemble(body, number, pdu);
            self.transmit(body, number, pdu);
            body.end();
        }
        if let Some(again) = pdu.again {
            self.send_again(body, number, pdu, again);
        }
    }

    /// A frame that waits for its minimum delay goes first: the next time counts from it.
    fn send_again(&mut self, body: &mut Body, number: usize, pdu: Pdu, again: Again) {
        let now = ecu::now(&mut self.module);
        body.i32(0).i32(again.left).load(Scalar::U32, 0);
        body.op(Instruction::I32LtU);
        body.call(now).i32(again.at).load(Scalar::U64, 0);
        body.op(Instruction::I64GeU).op(Instruction::I32And);
        if let Some(delay) = pdu.delay {
            body.i32(delay.is_due).load(Scalar::U32, 0);
            body.op(Instruction::I32Eqz).op(Instruction::I32And);
        }
        body.begin_if();
        body.i32(again.left);
        body.i32(again.left)
            .load(Scalar::U32, 0)
            .i32(1)
            .op(Instruction::I32Sub);
        body.store(Scalar::U32, 0);
        self.assemble(body, number, pdu);
        self.transmit(body, number, pdu);
        body.end();
    }

    /// Sends the PDU, or notes that it is due where the last frame is too young.
    fn transmit(&mut self, body: &mut Body, number: usize, pdu: Pdu) {
        let transmit = ecu::transmit(&mut self.module);
        let Some(delay) = pdu.delay else {
            return self.hand_over(body, number, pdu, transmit);
        };
        let now = ecu::now(&mut self.module);
        let time = body.local(ValType::I64);
        body.call(now).set(time);
        body.get(time)
            .i32(delay.sent_at)
            .load(Scalar::U64, 0)
            .op(Instruction::I64Sub);
        body.i64(delay.minimum_ns.cast_signed())
            .op(Instruction::I64GeU);
        body.i32(pdu.was_sent)
            .load(Scalar::U32, 0)
            .op(Instruction::I32Eqz)
            .op(Instruction::I32Or)
            .op(Instruction::If(wasm_encoder::BlockType::Empty));
        self.hand_over(body, number, pdu, transmit);
        body.i32(delay.sent_at).get(time).store(Scalar::U64, 0);
        body.i32(delay.is_due).i32(0).store(Scalar::U32, 0);
        body.op(Instruction::Else);
        body.i32(delay.is_due).i32(1).store(Scalar::U32, 0);
        body.end();
    }

    fn hand_over(&mut self, body: &mut Body, number: usize, pdu: Pdu, transmit: Callee) {
        let bytes = self.length(number);
        match pdu.protected {
            Some(protected) => {
                self.transmit_protected(body, number, protected, (pdu.frame, bytes));
            }
            None => {
                body.i32(number as u32)
                    .i32(pdu.frame)
                    .i32(bytes)
                    .call(transmit);
            }
        }
        if let Some(again) = pdu.again {
            let now = ecu::now(&mut self.module);
            body.i32(again.at).call(now);
            body.i64(again.repetition.period_ns.cast_signed())
                .op(Instruction::I64Add)
                .store(Scalar::U64, 0);
        }
        body.i32(pdu.sent).i32(pdu.frame).i32(bytes).copy();
        body.i32(pdu.was_sent).i32(1).store(Scalar::U32, 0);
        body.i32(pdu.is_written).i32(0).store(Scalar::U32, 0);
    }

    /// Sends the PDU if it is one for changes, and a signal was written, and it differs from what
    /// was sent last or is the first.
    pub(super) fn send_changed(&mut self, body: &mut Body, number: usize) {
        let sending = self.plan.pdus.get(number).map(|pdu| pdu.sending);
        let (Some(Sending::OnChange), Some(pdu)) = (sending, self.pdus.get(number).copied()) else {
            return;
        };
        body.i32(pdu.is_written).load(Scalar::U32, 0).begin_if();
        self.assemble(body, number, pdu);
        body.i32(pdu.was_sent)
            .load(Scalar::U32, 0)
            .op(Instruction::I32Eqz);
        for word in (0..self.length(number)).step_by(8) {
            body.i32(pdu.frame).load(Scalar::U64, word);
            body.i32(pdu.sent).load(Scalar::U64, word);
            body.op(Instruction::I64Ne).op(Instruction::I32Or);
        }
        body.begin_if();
        if let Some(again) = pdu.again {
            body.i32(again.left)
                .i32(again.repetition.count)
                .store(Scalar::U32, 0);
        }
        self.transmit(body, number, pdu);
        body.end().end();
    }

    /// Every waiting frame goes to all receivers of its signals.
    pub(super) fn take_pdu(&mut self, body: &mut Body, number: usize) -> Result<(), GenerateError> {
        let Some(pdu) = self.pdus.get(number).copied() else {
            return Ok(());
        };
        let waiting = self.module.place(12, 4);
        let take = ecu::take_frame(&mut self.module);
        let (bytes, mut result) = (body.local(ValType::I32), Ok(()));
        let protected = pdu.protected.map(|one| (one, body.local(ValType::I32)));
        if let Some((_, came)) = protected {
            body.i32(0).set(came);
        }
        self.arena_bytes = self.arena_bytes.saturating_add(MAXIMUM_BYTES.into());
        body.begin_block().begin_loop();
        body.i32(number as u32).i32(waiting).call(take);
        body.i32(waiting)
            .load(Scalar::U8, 0)
            .op(Instruction::I32Eqz)
            .op(Instruction::BrIf(1));
        body.keep_heap(|body| {
            body.i32(waiting)
                .load(Scalar::U32, 8)
                .tee(bytes)
                .i32(MAXIMUM_BYTES);
            body.op(Instruction::I32GtU)
                .begin_if()
                .i32(MAXIMUM_BYTES)
                .set(bytes)
                .end();
            body.i32(pdu.buffer)
                .i32(waiting)
                .load(Scalar::U32, 4)
                .get(bytes)
                .copy();
            let Some((protected, came)) = protected else {
                result = self.read_signals(body, number, pdu, bytes);
                return;
            };
            body.i32(1).set(came);
            self.begin_checked(body, number, protected, (pdu.buffer, bytes));
            result = self.read_signals(body, number, pdu, bytes);
            body.end();
        });
        body.op(Instruction::Br(0)).end().end();
        if let Some((protected, came)) = protected {
            body.get(came).op(Instruction::I32Eqz).begin_if();
            self.check_silence(body, number, protected);
            body.end();
        }
        result
    }

    fn read_signals(
        &mut self,
        body: &mut Body,
        number: usize,
        pdu: Pdu,
        bytes: u32,
    ) -> Result<(), GenerateError> {
        let there = self.received_branches(body, number, pdu, bytes)?;
        for (position, link) in self.plan.links.iter().enumerate() {
            let Source::Signal { pdu: own, layout } = &link.source else {
                continue;
            };
            if *own != number {
                continue;
            }
            // A frame that is too short does not bring the signal.
            body.get(bytes)
                .i32(signal::needed_bytes(layout))
                .op(Instruction::I32GeU);
            if let Some(there) = layout.multiplexed.and_then(|at| there.get(&at)) {
                body.get(*there).op(Instruction::I32And);
            }
            body.begin_if();
            self.read_signal(body, position, layout, link.buffering.conversion, pdu)?;
            body.end();
        }
        Ok(())
    }

    fn read_signal(
        &mut self,
        body: &mut Body,
        link: usize,
        layout: &SignalLayout,
        conversion: Conversion,
        pdu: Pdu,
    ) -> Result<(), GenerateError> {
        let Some(target) = self.targets.get(link).cloned() else {
            return Ok(());
        };
        let sink = self
            .plan
            .links
            .get(link)
            .map(|link| self.sink_place(&link.sink));
        // Who is no receiver with a type of its own takes the physical value.
        let value = target
            .receiver()
            .map_or(ValueType::F64, |receiver| receiver.value.clone());
        let number = self.signal_number(&value, &sink.unwrap_or_default())?;
        let image = self.module.place(8, 8);
        signal::receive(body, layout, number, conversion, pdu.buffer, image);
        body.op(Instruction::If(wasm_encoder::BlockType::Empty));
        match &target {
            Target::Store { .. } | Target::Own { .. } => {
                let (at, bytes) = self.image(body, &value, image);
                self.set(body, &target, at, bytes);
            }
            Target::Outbox(element) => {
                let publish = ecu::publish(&mut self.module);
                body.i32(*element)
                    .i32(image)
                    .i32(size(&value))
                    .call(publish);
            }
            Target::Signal { pdu, layout } => {
                self.write_signal(body, link, (*pdu, layout), &value, image)?;
            }
        }
        body.op(Instruction::Else);
        self.mark(body, &target, Status::OutOfRange);
        body.end();
        Ok(())
    }
}
