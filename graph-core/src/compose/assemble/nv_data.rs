//! What serves the non-volatile data ports of a partition: one piece in front of its instances.
//! Knows nothing of what it keeps.

use super::Assembly;
use crate::compose::{
    ComposeError,
    link::{Source, Wire},
    scope::Scope,
    table::Tables,
};

impl Assembly<'_> {
    pub(super) fn add_nv_data(
        &mut self,
        scope: &Scope<'_>,
        tables: &Tables,
    ) -> Result<(), ComposeError> {
        if tables.nv.ports.is_empty() {
            return Ok(());
        }
        let made = rte::nv_data(&tables.nv.ports).map_err(|source| ComposeError::Glue {
            ecu: scope.ecu.name.clone(),
            partition: scope.key.partition.clone(),
            source: Box::new(source),
        })?;
        let piece = self.add_generated("the non-volatile data", made.component, Vec::new());
        for served in made.served {
            let path = vec![served.export];
            let wire = Wire {
                import: served.port,
                source: Source { piece, path },
            };
            self.nv_data.entry(served.instance).or_default().push(wire);
        }
        Ok(())
    }
}
