//! From a plan to the components of a partition.

use crate::{
    plan::{GenerateError, Glue, Plan},
    protection, store, tasks,
};

/// Store and tasks of a partition.
///
/// # Errors
/// Where the plan names what does not exist, joins types that differ, or asks to buffer what
/// cannot be copied.
pub fn generate(plan: &Plan) -> Result<Glue, GenerateError> {
    let store = store::store(plan)?;
    let is_protected = plan.pdus.iter().any(|pdu| pdu.protection.is_some());
    let (tasks, called) = tasks::tasks(plan, &store)?;
    Ok(Glue {
        store: store.component,
        tasks,
        protection: is_protected.then(protection::component),
        served: store.served,
        called,
    })
}
