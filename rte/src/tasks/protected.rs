//! PDUs that are protected end to end: the sender adds counter and checksum to what it sends, the
//! receiver looks at each frame before its signals are read, and at its absence.
//! Knows nothing of profiles: the built component does.

use super::Tasks;
use crate::{
    code::Body,
    ecu,
    layout::{Scalar, size},
    plan::{ProtectionPlan, Source},
    protection,
};
use ::protection::{UNTRUSTED, USABLE};
use wasm_encoder::{Instruction, ValType};

/// Fixed places of a protected PDU.
#[derive(Debug, Clone, Copy)]
pub(super) struct Protected {
    slot: u32,
    configuration: u32,
    configuration_bytes: u32,
    /// A list: what is sent instead of the buffer.
    given: u32,
    /// Status and state of the last check, as they are published.
    checked: u32,
    element: Option<u32>,
    silence: Option<Silence>,
}

/// When the absence of frames is a check of its own.
#[derive(Debug, Clone, Copy)]
struct Silence {
    cycle_ns: u64,
    /// A u64: the last check.
    checked_at: u32,
}

impl Tasks<'_> {
    pub(super) fn place_protection(&mut self, plan: &ProtectionPlan) -> Protected {
        Protected {
            slot: plan.slot,
            configuration: self.module.place_data(&plan.configuration, 1),
            configuration_bytes: plan.configuration.len() as u32,
            given: self.module.place(8, 4),
            checked: self.module.place(2, 1),
            element: plan.element,
            silence: plan.cycle_ns.map(|cycle_ns| Silence {
                cycle_ns,
                checked_at: self.module.place(8, 8),
            }),
        }
    }

    /// Sends what the component makes of the buffer, which stays without counter and checksum: so
    /// they are no change of it.
    pub(super) fn transmit_protected(
        &mut self,
        body: &mut Body,
        number: usize,
        protected: Protected,
        (buffer, bytes): (u32, u32),
    ) {
        let protect = protection::protect(&mut self.module);
        let transmit = ecu::transmit(&mut self.module);
        self.arena_bytes = self.arena_bytes.saturating_add(bytes.into());
        body.keep_heap(|body| {
            push(body, protected);
            body.i32(buffer)
                .i32(bytes)
                .i32(protected.given)
                .call(protect);
            body.i32(number as u32);
            body.i32(protected.given).load(Scalar::U32, 0);
            body.i32(protected.given).load(Scalar::U32, 4);
            body.call(transmit);
        });
    }

    /// Looks at the frame in the buffer; begins an `if` that holds where its signals may be read.
    pub(super) fn begin_checked(
        &mut self,
        body: &mut Body,
        number: usize,
        protected: Protected,
        (buffer, bytes): (u32, u32),
    ) {
        let bits = body.local(ValType::I32);
        let check = protection::check(&mut self.module);
        push(body, protected);
        body.i32(buffer).get(bytes).call(check).set(bits);
        self.after_check(body, number, protected, bits);
        body.get(bits)
            .i32(USABLE)
            .op(Instruction::I32And)
            .begin_if();
    }

    /// Where no frame came for longer than its cycle, that is a check too.
    pub(super) fn check_silence(&mut self, body: &mut Body, number: usize, protected: Protected) {
        let Some(silence) = protected.silence else {
            return;
        };
        let (bits, now) = (body.local(ValType::I32), ecu::now(&mut self.module));
        let check = protection::check(&mut self.module);
        body.call(now)
            .i32(silence.checked_at)
            .load(Scalar::U64, 0)
            .op(Instruction::I64Sub);
        body.i64(silence.cycle_ns.cast_signed())
            .op(Instruction::I64GtU)
            .begin_if();
        push(body, protected);
        body.i32(0).i32(0).call(check).set(bits);
        self.after_check(body, number, protected, bits);
        body.end();
    }

    /// Publishes status and state, and tells receivers where what they have is not to be trusted any
    /// more.
    fn after_check(&mut self, body: &mut Body, number: usize, protected: Protected, bits: u32) {
        if let Some(silence) = protected.silence {
            let now = ecu::now(&mut self.module);
            body.i32(silence.checked_at).call(now).store(Scalar::U64, 0);
        }
        body.i32(protected.checked).get(bits).store(Scalar::U16, 0);
        if let Some(element) = protected.element {
            let publish = ecu::publish(&mut self.module);
            let bytes = size(&protection::checked());
            body.i32(element)
                .i32(protected.checked)
                .i32(bytes)
                .call(publish);
        }
        let links = self.links_of(number);
        body.get(bits)
            .i32(UNTRUSTED)
            .op(Instruction::I32And)
            .begin_if();
        self.invalidate(body, &links);
        body.end();
    }

    /// Links that a received PDU feeds.
    fn links_of(&self, number: usize) -> Vec<usize> {
        let links = self.plan.links.iter().enumerate();
        let own = links.filter(
            |(_, link)| matches!(&link.source, Source::Signal { pdu, .. } if *pdu == number),
        );
        own.map(|(position, _)| position).collect()
    }
}

fn push(body: &mut Body, protected: Protected) {
    body.i32(protected.slot)
        .i32(protected.configuration)
        .i32(protected.configuration_bytes);
}
