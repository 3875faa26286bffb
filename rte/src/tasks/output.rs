//! The last step of a task: what its runnables gave is handed on to every receiver.

use super::{
    Tasks,
    carry::Part,
    mode::{Decided, Guard},
    target::Target,
};
use crate::{
    cell::Status,
    code::{Body, check, identical, measure, pack},
    describe::describe,
    ecu,
    layout::{heap_size, packed_size, points, size},
    plan::{GenerateError, RunnablePlan, Source, TaskPlan},
    signal,
};
use autosar_wit::types::ValueType;
use std::collections::BTreeMap;
use wasm_encoder::{Instruction, ValType};

impl Tasks<'_> {
    pub(super) fn outputs(
        &mut self,
        body: &mut Body,
        task: &TaskPlan,
        runnables: &[(usize, &RunnablePlan)],
        decided: &Decided,
    ) -> Result<(), GenerateError> {
        let mut done: Vec<&Source> = Vec::new();
        let mut written: BTreeMap<usize, Guard> = BTreeMap::new();
        for link in &self.plan.links {
            let writers = self.writers(&link.source, runnables);
            if done.contains(&&link.source) || writers.is_empty() {
                continue;
            }
            done.push(&link.source);
            let guard = decided.guard(writers);
            let links: Vec<usize> = (0..self.plan.links.len())
                .filter(|other| {
                    self.plan
                        .links
                        .get(*other)
                        .is_some_and(|other| other.source == link.source)
                })
                .collect();
            for number in &links {
                if let Some(Target::Signal { pdu, .. }) = self.targets.get(*number) {
                    let written = written.entry(*pdu).or_insert_with(Guard::never);
                    written.or(&guard);
                }
            }
            guard.begin(body);
            self.output(body, &link.source, &links, runnables)?;
            guard.end(body);
        }
        for (pdu, guard) in written {
            guard.begin(body);
            self.send_changed(body, pdu);
            guard.end(body);
        }
        for pdu in &task.sends {
            self.send(body, *pdu)?;
        }
        for pdu in &task.sends_late {
            self.send_late(body, *pdu);
        }
        Ok(())
    }

    /// Positions of the calls after which the value may be another.
    fn writers(&self, source: &Source, runnables: &[(usize, &RunnablePlan)]) -> Vec<usize> {
        let writes = |number: usize, runnable: &RunnablePlan| match source {
            Source::Getter(reference) => self.touches(runnable, reference),
            Source::Result { runnable, .. } => number == *runnable,
            Source::Inbox { .. } | Source::Signal { .. } | Source::Constant => false,
        };
        let calls = runnables.iter().enumerate();
        calls
            .filter(|(_, (number, runnable))| writes(*number, runnable))
            .map(|(at, _)| at)
            .collect()
    }

    fn output(
        &mut self,
        body: &mut Body,
        source: &Source,
        links: &[usize],
        runnables: &[(usize, &RunnablePlan)],
    ) -> Result<(), GenerateError> {
        let (call, fields): (_, &[String]) = match source {
            Source::Getter(reference) => {
                let call = self.call(reference)?;
                let owner = runnables
                    .iter()
                    .rfind(|(_, runnable)| self.touches(runnable, reference));
                if let Some((number, _)) = owner {
                    self.metered(body, *number, &call);
                }
                (call, &[])
            }
            Source::Result { runnable, fields } => {
                let reference = self.plan.runnables.get(*runnable).map(|one| &one.function);
                let missing = || GenerateError::Missing {
                    place: format!("runnable {runnable}"),
                };
                (self.call(reference.ok_or_else(missing)?)?, fields)
            }
            Source::Inbox { .. } | Source::Signal { .. } | Source::Constant => return Ok(()),
        };
        let place = self.source_place(source);
        let missing = || GenerateError::Missing { place };
        let result = call.result.as_ref().ok_or_else(missing)?;
        let place = self.source_place(source);
        let missing = || GenerateError::Missing { place };
        let part = Part::whole(result).field(fields).ok_or_else(missing)?;
        let bound = self.largest_bound(links);
        if points(result) {
            self.arena_bytes = self.arena_bytes.saturating_add(heap_size(result, bound));
        }
        self.hand_on(body, links, &part, call.result_image)
    }

    pub(super) fn source_place(&self, source: &Source) -> String {
        match source {
            Source::Getter(reference) => reference.to_string(),
            Source::Result { runnable, fields } => {
                let function = self.plan.runnables.get(*runnable).map(|one| &one.function);
                let function = function.map(ToString::to_string).unwrap_or_default();
                format!("{function} -> {}", fields.join("."))
            }
            Source::Inbox { element, .. } => format!("element {element}"),
            Source::Constant => "a constant".to_owned(),
            Source::Signal { pdu, layout } => self.signal_place(*pdu, layout),
        }
    }

    /// Gives the value in the image at `base` to all links; links that take the same part of it
    /// share one look at its guards and one packed form.
    pub(super) fn hand_on(
        &mut self,
        body: &mut Body,
        links: &[usize],
        from: &Part,
        base: u32,
    ) -> Result<(), GenerateError> {
        let mut groups: Vec<(Part, Vec<usize>)> = Vec::new();
        for number in links {
            let Some(target) = self.targets.get(*number) else {
                continue;
            };
            let Some(part) = target.part(from.clone()) else {
                return Err(self.mismatch(*number, from));
            };
            match groups
                .iter_mut()
                .find(|(known, _)| known.offset == part.offset && known.guards == part.guards)
            {
                Some((_, members)) => members.push(*number),
                None => groups.push((part, vec![*number])),
            }
        }
        for (part, members) in groups {
            if part.guards.is_empty() {
                self.hand_part(body, &members, &part, base + part.offset)?;
                continue;
            }
            self.guards(body, &part.guards, base);
            body.op(Instruction::If(wasm_encoder::BlockType::Empty));
            self.hand_part(body, &members, &part, base + part.offset)?;
            body.op(Instruction::Else);
            self.invalidate(body, &members);
            body.end();
        }
        Ok(())
    }

    /// There is no value: the sender's own error, or none (AUTOSAR: Rte_Invalidate). Receivers learn
    /// that it is invalid; those whose type has no room for a status, and signals, of which no value
    /// of a DBC means that, keep the last one.
    pub(super) fn invalidate(&mut self, body: &mut Body, links: &[usize]) {
        for number in links {
            match self.targets.get(*number).cloned() {
                Some(Target::Outbox(element)) => {
                    let publish = ecu::publish(&mut self.module);
                    body.i32(element).i32(0).i32(0).call(publish);
                }
                Some(target) => self.mark(body, &target, Status::Invalid),
                None => {}
            }
        }
    }

    fn mismatch(&self, link: usize, from: &Part) -> GenerateError {
        let link = self.plan.links.get(link);
        let target = link
            .map(|link| self.sink_place(&link.sink))
            .unwrap_or_default();
        let taken = self.made.get(&target).and_then(Target::receiver);
        GenerateError::Mismatch {
            source_place: link
                .map(|link| self.source_place(&link.source))
                .unwrap_or_default(),
            given: describe(&from.value),
            sink: target,
            taken: taken
                .map(|receiver| describe(&receiver.whole))
                .unwrap_or_default(),
        }
    }

    fn hand_part(
        &mut self,
        body: &mut Body,
        links: &[usize],
        part: &Part,
        address: u32,
    ) -> Result<(), GenerateError> {
        match points(&part.value) {
            true => self.hand_pointing(body, links, part, address),
            false => self.hand_fixed(body, links, part, address),
        }
    }

    /// A value without lists and strings: its image goes as it is.
    fn hand_fixed(
        &mut self,
        body: &mut Body,
        links: &[usize],
        part: &Part,
        address: u32,
    ) -> Result<(), GenerateError> {
        let value = &part.value;
        for number in links {
            let Some(target) = self.targets.get(*number).cloned() else {
                continue;
            };
            match &target {
                Target::Store { .. } | Target::Own { .. } => {
                    let scaled = self.scaled(body, *number, value, address)?;
                    let (at, bytes) = self.image(body, value, scaled);
                    self.set(body, &target, at, bytes);
                }
                Target::Outbox(element) if identical(value) => {
                    let publish = ecu::publish(&mut self.module);
                    body.i32(*element)
                        .i32(address)
                        .i32(size(value))
                        .call(publish);
                }
                Target::Outbox(element) => {
                    let buffer = self.module.place(packed_size(value, 0) as u32, 8);
                    let end = body.local(ValType::I32);
                    let pack = pack(&mut self.module, value);
                    let publish = ecu::publish(&mut self.module);
                    body.i32(address).i32(buffer).call(pack).set(end);
                    body.i32(*element).i32(buffer);
                    body.get(end)
                        .i32(buffer)
                        .op(Instruction::I32Sub)
                        .call(publish);
                }
                Target::Signal { pdu, layout } => {
                    self.write_signal(body, *number, (*pdu, layout), value, address)?;
                }
            }
        }
        Ok(())
    }

    /// Where the value lies as the link's receiver measures it.
    fn scaled(
        &mut self,
        body: &mut Body,
        link: usize,
        value: &ValueType,
        address: u32,
    ) -> Result<u32, GenerateError> {
        let link = self.plan.links.get(link);
        let Some((link, scale)) = link.and_then(|link| Some((link, link.buffering.scale?))) else {
            return Ok(address);
        };
        let number = self.signal_number(value, &self.sink_place(&link.sink))?;
        let image = self.module.place(8, 8);
        signal::rescale(body, number, scale, address, image);
        Ok(image)
    }

    /// A value with lists or strings: packed once, if it keeps to the bound of a link.
    fn hand_pointing(
        &mut self,
        body: &mut Body,
        links: &[usize],
        part: &Part,
        address: u32,
    ) -> Result<(), GenerateError> {
        let value = &part.value;
        let (at, bytes) = (body.local(ValType::I32), body.local(ValType::I32));
        let above = body.local(ValType::I32);
        body.i32(0).set(at).i32(0).set(above);
        let packed = packed_size(value, self.largest_bound(links)).saturating_add(8);
        self.arena_bytes = self.arena_bytes.saturating_add(packed);
        let (measure, pack) = (
            measure(&mut self.module, value),
            pack(&mut self.module, value),
        );
        let allocate = self.module.allocate();
        let mut counted = None;
        for number in links {
            let Some(target) = self.targets.get(*number).cloned() else {
                continue;
            };
            if let Target::Signal { .. } = target {
                let place = self
                    .plan
                    .links
                    .get(*number)
                    .map(|link| self.sink_place(&link.sink));
                self.signal_number(value, &place.unwrap_or_default())?;
            }
            let bound = self.largest_bound(&[*number]);
            let check = check(&mut self.module, value, bound);
            body.i32(address).call(check);
            body.op(Instruction::If(wasm_encoder::BlockType::Empty));
            body.get(at).op(Instruction::I32Eqz).begin_if();
            body.i32(address).call(measure).set(bytes);
            body.i32(1).get(bytes).call(allocate).set(at);
            body.i32(address)
                .get(at)
                .call(pack)
                .op(Instruction::Drop)
                .end();
            match &target {
                Target::Outbox(element) => {
                    counted = Some(*element);
                    let publish = ecu::publish(&mut self.module);
                    body.i32(*element).get(at).get(bytes).call(publish);
                }
                _ => self.set(body, &target, at, bytes),
            }
            body.op(Instruction::Else).i32(1).set(above).end();
        }
        if let Some(element) = counted {
            let refuse = ecu::refuse(&mut self.module);
            body.get(above).begin_if().i32(element).call(refuse).end();
        }
        Ok(())
    }
}
