//! The driver: calls the tasks of a partition by their events in virtual time, as `wasi:cli/run`.
//! With the console before and the driver behind it, a partition runs under any engine with WASI.
//! Knows nothing of costs: every activation takes no time.

use crate::{
    code::{Body, Callee, Module},
    console::CONSOLE_CONTROL,
    layout::Scalar,
    plan::{DrivenEvent, DriverPlan, GenerateError},
    synthesis::{component, marked},
};
use wasm_encoder::{
    Instruction,
    ValType::{I32, I64},
};

const RUN: &str = "wasi:cli/run@0.2.0";
/// Rounds of data-received tasks at one instant: tasks that wake each other come to an end.
const ROUNDS: u32 = 100;

/// A component that imports the tasks by name and [`CONSOLE_CONTROL`], and exports `wasi:cli/run`.
///
/// # Errors
/// Where a task's name is no name of an export.
pub fn driver(plan: &DriverPlan) -> Result<Vec<u8>, GenerateError> {
    let mut module = Module::new();
    let advance = module.import(CONSOLE_CONTROL, "advance", &[I64], &[]);
    let wake = wake(&mut module, plan);
    let run = module.declare(&[], &[I32]);
    let mut body = Body::new(0);
    body.i64(0).call(advance);
    let mut due = Vec::new();
    for task in &plan.tasks {
        let callee = module.import("$root", &task.name, &[], &[]);
        match task.event {
            DrivenEvent::Init => {
                body.call(callee).call(wake);
            }
            DrivenEvent::Timing {
                period_ns,
                offset_ns,
            } => {
                let next = module.place_data(&offset_ns.to_le_bytes(), 8);
                due.push((callee, next, period_ns.max(1).cast_signed()));
            }
            DrivenEvent::DataReceived { .. } => {}
        }
    }
    if !due.is_empty() {
        timing(&mut body, plan.until_ns, &due, advance, wake);
    }
    body.i32(0);
    module.define(run, body);
    module.export(format!("{RUN}#run"), run);
    component(module.finish(), &world(plan)).map(marked)
}

fn world(plan: &DriverPlan) -> String {
    let tasks: String = plan
        .tasks
        .iter()
        .map(|task| format!("    import %{}: func();\n", task.name))
        .collect();
    format!(
        "package wireloom:glue;
world glue {{
{tasks}    import {CONSOLE_CONTROL}: interface {{
        advance: func(now-ns: u64);
        written: func(element: u32) -> bool;
    }}
    export {RUN};
}}
package wasi:cli@0.2.0 {{ interface run {{ run: func() -> result; }} }}
"
    )
}

/// From one instant at which a task is due to the next, until the last.
fn timing(
    body: &mut Body,
    until_ns: u64,
    due: &[(Callee, u32, i64)],
    advance: Callee,
    wake: Callee,
) {
    let now = body.local(I64);
    body.begin_block().begin_loop();
    body.i64(-1).set(now);
    for (_, next, _) in due {
        body.i32(*next)
            .load(Scalar::U64, 0)
            .get(now)
            .op(Instruction::I64LtU)
            .begin_if();
        body.i32(*next).load(Scalar::U64, 0).set(now).end();
    }
    body.get(now)
        .i64(until_ns.cast_signed())
        .op(Instruction::I64GtU)
        .op(Instruction::BrIf(1));
    body.get(now).call(advance);
    for (task, next, period_ns) in due {
        body.i32(*next)
            .load(Scalar::U64, 0)
            .get(now)
            .op(Instruction::I64Eq)
            .begin_if();
        body.i32(*next)
            .get(now)
            .i64(*period_ns)
            .op(Instruction::I64Add);
        body.store(Scalar::U64, 0).call(*task).call(wake).end();
    }
    body.op(Instruction::Br(0)).end().end();
}

/// Runs the data-received tasks for which something was written, until there is none.
fn wake(module: &mut Module, plan: &DriverPlan) -> Callee {
    let written = module.import(CONSOLE_CONTROL, "written", &[I32], &[I32]);
    let wake = module.declare(&[], &[]);
    let mut body = Body::new(0);
    let (round, any) = (body.local(I32), body.local(I32));
    // One element may wake several tasks: it is asked for once a round.
    let mut elements: Vec<u32> = Vec::new();
    for task in &plan.tasks {
        if let DrivenEvent::DataReceived { elements: own } = &task.event {
            elements.extend(own);
        }
    }
    elements.sort_unstable();
    elements.dedup();
    let flags: Vec<(u32, u32)> = elements
        .into_iter()
        .map(|element| (element, body.local(I32)))
        .collect();
    body.begin_block().begin_loop();
    body.get(round)
        .i32(ROUNDS)
        .op(Instruction::I32GeU)
        .op(Instruction::BrIf(1));
    body.advance(round, 1).i32(0).set(any);
    for (element, flag) in &flags {
        body.i32(*element).call(written).tee(*flag);
        body.get(any).op(Instruction::I32Or).set(any);
    }
    body.get(any)
        .op(Instruction::I32Eqz)
        .op(Instruction::BrIf(1));
    for task in &plan.tasks {
        let DrivenEvent::DataReceived { elements } = &task.event else {
            continue;
        };
        let callee = module.import("$root", &task.name, &[], &[]);
        body.i32(0);
        for (_, flag) in flags
            .iter()
            .filter(|(element, _)| elements.contains(element))
        {
            body.get(*flag).op(Instruction::I32Or);
        }
        body.begin_if().call(callee).end();
    }
    body.op(Instruction::Br(0)).end().end();
    module.define(wake, body);
    wake
}
