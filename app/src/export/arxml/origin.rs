//! What things of the project were called in the description that it was made of: they go out under the
//! same paths, so that their UUIDs go with them.

use ::arxml::{Cluster, Composition, Connector, Ecu, Model, is_path, short_name};

/// The model of that description, if there was one.
#[derive(Clone, Copy)]
pub(super) struct Origin<'a>(pub(super) Option<&'a Model>);

impl<'a> Origin<'a> {
    /// Not the outermost one.
    pub(super) fn composition_named(self, name: &str) -> Option<&'a Composition> {
        let model = self.0?;
        let inner = |one: &&Composition| model.system.root.as_ref() != Some(&one.path);
        let mut inner = model.compositions.iter().filter(inner);
        inner.find(|one| one.name == name && is_path(&one.path))
    }

    fn composition(self, path: &str) -> Option<&'a Composition> {
        self.0?.compositions.iter().find(|one| one.path == path)
    }

    /// The outermost composition.
    pub(super) fn root(self) -> Option<&'a str> {
        let root = self.0?.system.root.as_deref();
        root.filter(|root| is_path(root))
    }

    pub(super) fn ecu(self, name: &str) -> Option<&'a Ecu> {
        let mut ecus = self.0?.system.ecus.iter();
        ecus.find(|one| one.name == name && is_path(&one.path))
    }

    pub(super) fn cluster(self, name: &str) -> Option<&'a Cluster> {
        let mut clusters = self.0?.clusters.iter();
        clusters.find(|one| one.name == name && is_path(&one.path))
    }

    /// The path of a part of the composition at a path.
    pub(super) fn part(self, home: &str, name: &str) -> String {
        let around = self.composition(home);
        let part = around.and_then(|around| around.parts.iter().find(|one| one.name == name));
        let own = part.map(|part| part.path.as_str());
        let own = own.filter(|path| is_path(path) && path.starts_with(home));
        own.map_or_else(|| format!("{home}/{}", short_name(name)), str::to_owned)
    }

    /// The short name of a port of the composition at a path.
    pub(super) fn port(self, home: &str, name: &str) -> Option<&'a str> {
        let mut ports = self.composition(home)?.ports.iter();
        let port = ports.find(|one| one.name == name && is_path(&one.path))?;
        Some(&port.autosar_name)
    }

    /// The short name of a connector between the same ends.
    pub(super) fn connector(self, home: &str, made: &Connector) -> Option<&'a str> {
        let mut all = self.composition(home)?.connectors.iter();
        let found = all.find(|one| one.from == made.from && one.to == made.to)?;
        let name = found.path.rsplit('/').next()?;
        is_path(&format!("/Package/{name}")).then_some(name)
    }
}
