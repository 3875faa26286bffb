//! Multiplexed signals of PDUs: which are there, by their multiplexors, and frames that are put
//! together of those. Knows nothing of when frames go out.
//!
//! Each branch of a sent PDU keeps the values of its signals while another goes out, as each dynamic
//! part of a multiplexed I-PDU does (AUTOSAR, Specification of I-PDU Multiplexer).

use super::{
    Tasks,
    pdu::{MAXIMUM_BYTES, Pdu, place_signal},
};
use crate::{
    code::Body,
    layout::Scalar,
    plan::{GenerateError, Multiplexed, PduPlan, SignalLayout, Sink, Source},
    signal,
};
use std::collections::{BTreeMap, BTreeSet};
use wasm_encoder::{Instruction, ValType};

impl Tasks<'_> {
    /// Places for the signals of each branch that is sent; says whether there are any.
    pub(super) fn place_branches(
        &mut self,
        number: usize,
        pdu: &PduPlan,
    ) -> Result<bool, GenerateError> {
        let has_content = |at: &usize| {
            let branch = pdu.multiplexed.get(*at);
            branch.is_some_and(|branch| branch.initial.iter().any(|byte| *byte != 0))
        };
        let mut sent: BTreeSet<usize> = (0..pdu.multiplexed.len()).filter(has_content).collect();
        for link in &self.plan.links {
            if let Sink::Signal { pdu, layout } = &link.sink
                && *pdu == number
            {
                sent.extend(layout.multiplexed);
            }
        }
        for at in &sent {
            self.branch(number, *at)?;
            let initial = pdu.multiplexed.get(*at).map(|branch| &branch.initial);
            let mut content = initial.cloned().unwrap_or_default();
            content.truncate(pdu.length_bytes.into());
            content.resize(MAXIMUM_BYTES as usize, 0);
            let place = self.module.place_data(&content, 8);
            self.branches.insert((number, *at), place);
        }
        Ok(!sent.is_empty())
    }

    /// Where a sent signal is packed.
    pub(super) fn packed_at(&self, number: usize, layout: &SignalLayout, pdu: &Pdu) -> u32 {
        let branch = layout.multiplexed.map(|at| (number, at));
        let place = branch.and_then(|branch| self.branches.get(&branch));
        place.copied().unwrap_or(pdu.buffer)
    }

    /// Puts the frame together: what is always there, and the branches that the multiplexors choose.
    pub(super) fn assemble(&self, body: &mut Body, number: usize, pdu: Pdu) {
        if pdu.frame == pdu.buffer {
            return;
        }
        let bytes = self.length(number);
        body.i32(pdu.frame).i32(pdu.buffer).i32(bytes).copy();
        let mut there = BTreeMap::new();
        for at in self.with_multiplexors(number, self.branches_of(number)) {
            let holds = self.presence(body, (number, at), pdu.frame, None, &there);
            there.insert(at, holds);
            let Some(place) = self.branches.get(&(number, at)) else {
                continue;
            };
            body.get(holds).begin_if();
            for word in (0..bytes).step_by(8) {
                // Branches that can be there together share no bits.
                body.i32(pdu.frame);
                body.i32(pdu.frame).load(Scalar::U64, word);
                body.i32(*place).load(Scalar::U64, word);
                body.op(Instruction::I64Or).store(Scalar::U64, word);
            }
            body.end();
        }
    }

    /// Of a received frame: locals that say which branches with receivers it has.
    pub(super) fn received_branches(
        &self,
        body: &mut Body,
        number: usize,
        pdu: Pdu,
        bytes: u32,
    ) -> Result<BTreeMap<usize, u32>, GenerateError> {
        let received = self
            .plan
            .links
            .iter()
            .filter_map(|link| match &link.source {
                Source::Signal { pdu, layout } if *pdu == number => layout.multiplexed,
                _ => None,
            });
        let received: BTreeSet<usize> = received.collect();
        for at in &received {
            self.branch(number, *at)?;
        }
        let mut there = BTreeMap::new();
        for at in self.with_multiplexors(number, received) {
            let holds = self.presence(body, (number, at), pdu.buffer, Some(bytes), &there);
            there.insert(at, holds);
        }
        Ok(there)
    }

    fn branches_of(&self, number: usize) -> BTreeSet<usize> {
        let own = self.branches.keys().filter(|(pdu, _)| *pdu == number);
        own.map(|(_, at)| *at).collect()
    }

    fn multiplexed(&self, number: usize, at: usize) -> Option<&Multiplexed> {
        self.plan.pdus.get(number)?.multiplexed.get(at)
    }

    /// Multiplexors first.
    fn with_multiplexors(&self, number: usize, mut branches: BTreeSet<usize>) -> BTreeSet<usize> {
        let mut open: Vec<usize> = branches.iter().copied().collect();
        while let Some(at) = open.pop() {
            let branch = self.multiplexed(number, at);
            if let Some(before) = branch.and_then(|branch| branch.multiplexor.multiplexed)
                && branches.insert(before)
            {
                open.push(before);
            }
        }
        branches
    }

    /// Whether the branch and all multiplexors that it depends on make sense.
    fn branch(&self, number: usize, at: usize) -> Result<(), GenerateError> {
        let mut at = at;
        loop {
            let Some(branch) = self.multiplexed(number, at) else {
                return Err(GenerateError::Missing {
                    place: format!("branch {at} of PDU {number}"),
                });
            };
            place_signal(self.plan, number, &branch.multiplexor)?;
            match branch.multiplexor.multiplexed {
                None => return Ok(()),
                Some(before) if before < at => at = before,
                Some(_) => {
                    let text = format!("branch {at} of PDU {number} stands before its multiplexor");
                    return Err(GenerateError::Bug(text));
                }
            }
        }
    }

    /// A local that says whether the content at `address`, of so many `bytes` if it may be short,
    /// has the branch; what it depends on is known.
    fn presence(
        &self,
        body: &mut Body,
        (number, at): (usize, usize),
        address: u32,
        bytes: Option<u32>,
        known: &BTreeMap<usize, u32>,
    ) -> u32 {
        let (holds, raw) = (body.local(ValType::I32), body.local(ValType::I64));
        let Some(Multiplexed {
            multiplexor,
            ranges,
            ..
        }) = self.multiplexed(number, at)
        else {
            return holds;
        };
        let unsigned = SignalLayout {
            signed: false,
            ..*multiplexor
        };
        signal::unpack_raw(body, &unsigned, address, raw);
        body.i32(0);
        for (low, high) in ranges {
            body.get(raw)
                .i64(low.cast_signed())
                .op(Instruction::I64Sub)
                .i64(high.wrapping_sub(*low).cast_signed());
            body.op(Instruction::I64LeU).op(Instruction::I32Or);
        }
        if let Some(bytes) = bytes {
            let needed = signal::needed_bytes(multiplexor);
            body.get(bytes).i32(needed).op(Instruction::I32GeU);
            body.op(Instruction::I32And);
        }
        if let Some(before) = multiplexor.multiplexed.and_then(|at| known.get(&at)) {
            body.get(*before).op(Instruction::I32And);
        }
        body.set(holds);
        holds
    }
}
