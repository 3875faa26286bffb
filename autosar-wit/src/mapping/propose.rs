//! A mapping where there is none: what follows from names, types and units, and guesses that are
//! marked, for the user to confirm.

use super::{Mapping, MappingProblem, Side, Way, resolve};

/// Rounds until nothing new is proposed; each goes one level deeper at least.
const ROUNDS: usize = 64;

/// Completes `kept` (empty: from nothing) so that it leads from what is provided to what is
/// required. Rules that have lost their place or use are left out.
///
/// # Errors
/// Where no mapping can: every reason.
pub fn propose(
    required: &Side,
    provided: &Side,
    way: Way,
    kept: &Mapping,
) -> Result<Mapping, Vec<MappingProblem>> {
    let mut mapping = kept.clone();
    for _ in 0..ROUNDS {
        let Err(problems) = resolve(required, provided, way, &mapping).adaptation else {
            return Ok(mapping);
        };
        let before = mapping.clone();
        for problem in &problems {
            settle(&mut mapping, problem);
        }
        if mapping == before {
            return Err(problems);
        }
    }
    match resolve(required, provided, way, &mapping).adaptation {
        Ok(_) => Ok(mapping),
        Err(problems) => Err(problems),
    }
}

fn settle(mapping: &mut Mapping, problem: &MappingProblem) {
    use super::Problem;
    match (&problem.proposal, &problem.problem) {
        (_, Problem::NoPlace) => {
            mapping.rules.remove(&problem.place);
        }
        (
            proposal,
            Problem::UnknownSource { .. }
            | Problem::UnknownCase { .. }
            | Problem::BadDefault { .. }
            | Problem::BadScale
            | Problem::Scale { .. }
            | Problem::WrongPolicy { .. }
            | Problem::NoInvalid
            | Problem::Unused { .. },
        ) => {
            // What stands there is wrong: anew.
            mapping.rules.remove(&problem.place);
            if let Some(rule) = proposal {
                mapping.rules.insert(problem.place.clone(), rule.clone());
            }
        }
        (Some(rule), _) => {
            let entry = mapping.rules.entry(problem.place.clone()).or_default();
            entry.complete(rule.clone());
        }
        (None, _) => {}
    }
}
