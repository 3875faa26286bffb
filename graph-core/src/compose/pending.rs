//! What the generator does not make yet: says so.

use rte::{EnvironmentPlan, GenerateError, ProbePlan};

pub(super) fn probe(_: &ProbePlan) -> Result<Vec<u8>, GenerateError> {
    Err(GenerateError::Bug(
        "probes are not generated yet".to_owned(),
    ))
}

pub(super) fn environment(_: &EnvironmentPlan) -> Result<Vec<u8>, GenerateError> {
    Err(GenerateError::Bug(
        "environments are not generated yet".to_owned(),
    ))
}
