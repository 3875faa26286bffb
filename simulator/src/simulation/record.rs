//! What a run has recorded of one ECU, for a back-to-back test. Knows nothing of targets.

use super::{Simulation, sha256_hex};
use back_to_back::{FORMAT, Head, HeadPartition, Recording};
use ecu_host::PartitionId;

impl Simulation {
    /// Everything that has passed between the ECU of [`super::Options::record`] and its board since
    /// time 0; none if the options name no ECU.
    pub fn recording(&self) -> Option<Recording> {
        let name = self.options.record.as_deref()?;
        let (_, ecu) = self.ecus.iter().find(|(ecu, _)| ecu == name)?;
        let tables = (0..).map_while(|number| ecu.partition(PartitionId(number)));
        let partitions = tables.map(|table| HeadPartition {
            sha256: self.partition_sha256(name, &table.name),
            table: table.clone(),
        });
        let head = Head {
            format: FORMAT,
            ecu: name.to_owned(),
            wasmtime: crate::WASMTIME_VERSION.to_owned(),
            seed: self.options.seed,
            until_ns: self.now_ns,
            partitions: partitions.collect(),
        };
        let entries = ecu.board().entries()?;
        Some(Recording { head, entries })
    }

    fn partition_sha256(&self, ecu: &str, partition: &str) -> String {
        let mut ecus = self.files.system.ecus.iter();
        let entry = ecus.find(|one| one.name == ecu).and_then(|one| {
            let mut partitions = one.partitions.iter();
            partitions.find(|one| one.name == partition)
        });
        let bytes = entry.and_then(|entry| self.files.partitions.get(&entry.file));
        bytes.map(|bytes| sha256_hex(bytes)).unwrap_or_default()
    }
}
