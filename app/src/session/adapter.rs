//! Adapters: proposed for a wire that does not fit, looked at, inserted; taken away again.

use super::{Effect, Item, Session, view::AdapterDraft};
use crate::command::Command;
use autosar_wit::mapping::Mapping;
use graph_core::{
    adapter::{self, Ports},
    check::{self, Side, WireVerdict},
    document::{Connector, ConnectorId, End},
    edit::Edit,
};

impl Session {
    pub(super) fn apply_adapter(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::ProposeAdapter(from, to) => self.propose_adapter(from, to),
            Command::ProposeAdapterOn(id) => self.propose_adapter_on(id),
            Command::InsertAdapter(mapping) => self.insert_adapter(mapping),
            Command::RemoveAdapter(id) => self.remove_adapter(id),
            Command::DismissAdapter => {
                self.view.adapter = None;
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// What a wire from `from` to `to` would be.
    pub fn wire_verdict(&self, from: &End, to: &End) -> WireVerdict {
        check::wire(&self.sheet(), from, to)
    }

    /// What wires from one end, which is their `side`, to each of those would be.
    pub fn wire_verdicts(&self, start: &End, side: Side, ends: &[End]) -> Vec<WireVerdict> {
        check::verdicts(&self.sheet(), start, side, ends)
    }

    /// What an adapter on that connector would lead between; `None`: its ends are no two whole ports.
    pub fn adapter_ports(&self, connector: &Connector) -> Option<Ports<'_>> {
        adapter::ports(self.document(), &self.library, connector)
    }

    fn propose_adapter(&mut self, from: End, to: End) -> Vec<Effect> {
        match self.wire_verdict(&from, &to) {
            WireVerdict::Adaptable {
                kind,
                mapping,
                reasons,
            } => {
                let connector = Connector {
                    from,
                    to,
                    kind,
                    accept_version: false,
                    probe: false,
                    adapter: Some(mapping),
                };
                self.view.adapter = Some(AdapterDraft {
                    connector,
                    id: None,
                    reasons,
                });
            }
            WireVerdict::Fits { .. } => return self.connect(from, to),
            WireVerdict::Refused { reasons } => self.fail(reasons.join("; ")),
        }
        Vec::new()
    }

    fn propose_adapter_on(&mut self, id: ConnectorId) -> Vec<Effect> {
        let Some(connector) = self.document.connectors.get(&id) else {
            return Vec::new();
        };
        let proposed = self
            .adapter_ports(connector)
            .map(|ports| ports.propose(&Mapping::default()));
        match proposed {
            Some(Ok(mapping)) => {
                self.view.adapter = Some(AdapterDraft {
                    connector: Connector {
                        adapter: Some(mapping),
                        ..connector.clone()
                    },
                    id: Some(id),
                    reasons: Vec::new(),
                });
            }
            Some(Err(problems)) => {
                let reasons: Vec<String> = problems.iter().map(ToString::to_string).collect();
                self.fail(reasons.join("; "));
            }
            None => self.fail(
                "an adapter stands between two whole ports; drag the wire from port to port"
                    .to_owned(),
            ),
        }
        Vec::new()
    }

    fn insert_adapter(&mut self, mapping: Mapping) -> Vec<Effect> {
        let Some(draft) = self.view.adapter.take() else {
            return Vec::new();
        };
        let connector = Connector {
            adapter: Some(mapping),
            ..draft.connector
        };
        let (id, name, edit) = match draft.id {
            Some(id) => (
                id,
                "Insert an adapter",
                Edit::ChangeConnector(id, connector),
            ),
            None => {
                let id = self.document.new_ids().connector();
                (id, "Connect with an adapter", Edit::Connect(id, connector))
            }
        };
        let effects = self.step(name.to_owned(), vec![edit]);
        self.selection = [Item::Connector(id)].into();
        effects
    }

    fn remove_adapter(&mut self, id: ConnectorId) -> Vec<Effect> {
        let Some(connector) = self.document.connectors.get(&id) else {
            return Vec::new();
        };
        let connector = Connector {
            adapter: None,
            ..connector.clone()
        };
        self.step(
            "Remove the adapter".to_owned(),
            vec![Edit::ChangeConnector(id, connector)],
        )
    }
}
