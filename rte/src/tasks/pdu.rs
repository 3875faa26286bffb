//! PDUs of the tasks: buffers, sending when a bit has changed or always, taking received ones.

use super::{Tasks, target::Target};
use crate::{
    cell::Status,
    code::{Body, Callee},
    ecu,
    layout::{Scalar, size},
    plan::{Conversion, GenerateError, Plan, Sending, SignalLayout, Source},
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
        let transmit = ecu::transmit(&mut self.module);
        self.assemble(body, number, pdu);
        self.transmit(body, number, pdu, transmit);
        Ok(())
    }

    fn transmit(&self, body: &mut Body, number: usize, pdu: Pdu, transmit: Callee) {
        let bytes = self.length(number);
        body.i32(number as u32)
            .i32(pdu.frame)
            .i32(bytes)
            .call(transmit);
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
        let transmit = ecu::transmit(&mut self.module);
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
        self.transmit(body, number, pdu, transmit);
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
            result = self.read_signals(body, number, pdu, bytes);
        });
        body.op(Instruction::Br(0)).end().end();
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
