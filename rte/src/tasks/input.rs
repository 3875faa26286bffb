//! The first step of a task: waiting values and frames are taken, inputs are latched.

use super::{Tasks, carry::Part};
use crate::{
    code::{Body, unpack},
    ecu,
    layout::{Scalar, heap_size, packed_size, points, size},
    plan::{FunctionRef, GenerateError, RunnablePlan, Sink, Source, TaskPlan},
};
use autosar_wit::types::ValueType;
use std::collections::BTreeSet;
use wasm_encoder::{Instruction, ValType};

/// Where the list lies in an `option<list<u8>>`.
const LIST_ADDRESS: u32 = 4;
const LIST_BYTES: u32 = 8;

impl Tasks<'_> {
    pub(super) fn inputs(
        &mut self,
        body: &mut Body,
        task: &TaskPlan,
        runnables: &[(usize, &RunnablePlan)],
    ) -> Result<(), GenerateError> {
        let mine: Vec<usize> = (0..self.plan.links.len())
            .filter(|link| self.is_input(*link, task, runnables))
            .collect();
        let (mut elements, mut pdus) = (BTreeSet::new(), BTreeSet::new());
        for link in mine.iter().filter_map(|link| self.plan.links.get(*link)) {
            match &link.source {
                Source::Inbox { element, .. } => {
                    elements.insert(*element);
                }
                Source::Signal { pdu, .. } => {
                    pdus.insert(*pdu);
                }
                Source::Getter(_) | Source::Result { .. } | Source::Constant => {}
            }
        }
        for element in elements {
            self.take_element(body, element)?;
        }
        for pdu in pdus {
            self.take_pdu(body, pdu)?;
        }
        let mut latched = BTreeSet::new();
        for link in mine {
            let Some(sink) = self.plan.links.get(link).map(|link| &link.sink) else {
                continue;
            };
            if latched.insert(self.sink_place(sink))
                && let Some(target) = self.targets.get(link).cloned()
            {
                self.latch(body, &target);
            }
        }
        Ok(())
    }

    /// Whether a runnable of the task reads what the link brings, or depends on it.
    fn is_input(&self, link: usize, task: &TaskPlan, runnables: &[(usize, &RunnablePlan)]) -> bool {
        match self.plan.links.get(link).map(|link| &link.sink) {
            Some(Sink::Port(reference)) => runnables
                .iter()
                .any(|(_, runnable)| self.touches(runnable, reference)),
            Some(Sink::Parameter { runnable, .. }) => {
                runnables.iter().any(|(number, _)| number == runnable)
            }
            Some(Sink::Mode { mode }) => self.depends(task, *mode),
            _ => false,
        }
    }

    /// Everything that waits for the element goes to all of its receivers.
    fn take_element(&mut self, body: &mut Body, element: u32) -> Result<(), GenerateError> {
        let mut links = Vec::new();
        let mut found: Option<ValueType> = None;
        for (number, link) in self.plan.links.iter().enumerate() {
            if let Source::Inbox {
                element: own,
                value,
            } = &link.source
                && *own == element
            {
                found.get_or_insert_with(|| value.clone());
                links.push(number);
            }
        }
        let Some(value) = found else { return Ok(()) };
        crate::cell::refuse(&value, &format!("element {element}"))?;
        let bound = self.largest_bound(&links);
        if points(&value) {
            let bytes = packed_size(&value, bound).saturating_add(heap_size(&value, bound));
            self.arena_bytes = self.arena_bytes.saturating_add(bytes);
        } else {
            self.arena_bytes = self.arena_bytes.saturating_add(packed_size(&value, bound));
        }
        let image = self.module.place(size(&value), 8);
        let waiting = self.module.place(12, 4);
        let take = ecu::take_element(&mut self.module);
        let refuse = ecu::refuse(&mut self.module);
        let unpack = unpack(&mut self.module, &value, bound);
        let mut result = Ok(());
        body.begin_block().begin_loop();
        body.i32(element).i32(waiting).call(take);
        body.i32(waiting)
            .load(Scalar::U8, 0)
            .op(Instruction::I32Eqz)
            .op(Instruction::BrIf(1));
        body.keep_heap(|body| {
            let from = body.local(ValType::I32);
            let end = body.local(ValType::I32);
            body.i32(waiting).load(Scalar::U32, LIST_ADDRESS).tee(from);
            body.i32(waiting)
                .load(Scalar::U32, LIST_BYTES)
                .op(Instruction::I32Add)
                .set(end);
            // No value is packed in no bytes: the sender has none.
            body.get(from).get(end).op(Instruction::I32Eq);
            body.op(Instruction::If(wasm_encoder::BlockType::Empty));
            self.invalidate(body, &links);
            body.op(Instruction::Else);
            // Only what is the value and nothing else is taken.
            body.get(from).get(end).i32(image).call(unpack).get(end);
            body.op(Instruction::I32Eq);
            body.op(Instruction::If(wasm_encoder::BlockType::Empty));
            result = self.hand_on(body, &links, &Part::whole(&value), image);
            body.op(Instruction::Else).i32(element).call(refuse).end();
            body.end();
        });
        body.op(Instruction::Br(0)).end().end();
        result
    }

    pub(super) fn largest_bound(&self, links: &[usize]) -> u32 {
        let bounds = links.iter().filter_map(|link| self.plan.links.get(*link));
        bounds.map(|link| link.buffering.bound).max().unwrap_or(0)
    }

    /// Whether the runnable reads or writes that port, or reads it through an adapter.
    pub(super) fn touches(&self, runnable: &RunnablePlan, reference: &FunctionRef) -> bool {
        let mut instances = self.plan.instances.iter();
        let behind = instances
            .find(|instance| instance.name == reference.instance)
            .and_then(|instance| instance.serves.as_ref());
        let (instance, port) = match behind {
            Some(served) => (&served.instance, &served.port),
            None => (&reference.instance, &reference.port),
        };
        runnable.function.instance == *instance
            && runnable
                .ports
                .as_ref()
                .is_none_or(|ports| ports.contains(port))
    }
}
