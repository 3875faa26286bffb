//! Holds a partition's table against itself, before anything runs.

use alloc::{collections::BTreeSet, format, string::String};

use deployment::{Event, Partition};

use crate::LoadError;

/// Every number in the table points to an entry, every task has its own name and a period.
pub(crate) fn table(table: &Partition) -> Result<(), LoadError> {
    let mut names = BTreeSet::new();
    for task in &table.tasks {
        if !names.insert(&task.name) {
            let (partition, task) = (table.name.clone(), task.name.clone());
            return Err(LoadError::DuplicateTask { partition, task });
        }
        let place = format!("task {}", task.name);
        numbers(
            table,
            &place,
            "runnable",
            &task.runnables,
            table.runnables.len(),
        )?;
        event(table, &task.name, &place, &task.event)?;
    }
    for runnable in &table.runnables {
        let place = format!("runnable {}", runnable.function);
        numbers(
            table,
            &place,
            "instance",
            &[runnable.instance],
            table.instances.len(),
        )?;
    }
    Ok(())
}

fn event(table: &Partition, task: &str, place: &str, event: &Event) -> Result<(), LoadError> {
    match event {
        Event::Timing { period_ns: 0, .. } => {
            let (partition, task) = (table.name.clone(), String::from(task));
            Err(LoadError::ZeroPeriod { partition, task })
        }
        Event::DataReceived { elements, pdus } => {
            numbers(table, place, "element", elements, table.elements.len())?;
            numbers(table, place, "PDU", pdus, table.pdus.len())
        }
        Event::Init | Event::Timing { .. } => Ok(()),
    }
}

fn numbers(
    table: &Partition,
    place: &str,
    what: &'static str,
    numbers: &[u32],
    count: usize,
) -> Result<(), LoadError> {
    match numbers.iter().find(|number| **number as usize >= count) {
        None => Ok(()),
        Some(&number) => {
            let (partition, place) = (table.name.clone(), String::from(place));
            Err(LoadError::Number {
                partition,
                place,
                what,
                number,
                count,
            })
        }
    }
}
