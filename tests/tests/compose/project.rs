//! Projects as text with components from WIT and WAT.

use autosar_wit::{dbc::Database, read};
use graph_core::{
    compose::{ComposeError, Composed, compose},
    document::Document,
    file,
    library::{Entry, Library},
};
use std::{collections::BTreeMap, sync::Arc};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// A component with this world (the only one of the text) and this core module.
pub(crate) fn guest(wit: &str, module: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let rte = autosar_wit::packages::AUTOSAR_RTE;
    resolve.push_str("rte.wit", rte.text).unwrap();
    let i2c = autosar_wit::packages::WASI_I2C;
    resolve.push_str("i2c.wit", i2c.text).unwrap();
    let package = resolve.push_str("guest.wit", wit).unwrap();
    let world = resolve.select_world(&[package], None).unwrap();
    let mut module = wat::parse_str(module).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default()
        .validate(true)
        .module(&module)
        .unwrap()
        .encode()
        .unwrap()
}

/// A project in the making: ECU `climate` with partitions `main` and `rear`, ECU `cockpit` with
/// partition `main`, buses `can0` and `i2c0`.
pub(crate) struct Project {
    components: BTreeMap<String, Vec<u8>>,
    text: String,
}

impl Project {
    pub(crate) fn new() -> Self {
        let mut text = String::from("format = 1\nname = \"test\"\n");
        for ecu in ["climate", "cockpit"] {
            text.push_str(&format!(
                "[ecus.{ecu}]\nfuel_ps = 1000\nactivation_ns = 500\n"
            ));
        }
        for partition in [
            "climate.partitions.main",
            "climate.partitions.rear",
            "cockpit.partitions.main",
        ] {
            text.push_str(&format!(
                "[ecus.{partition}]\nmemory_bytes = 1048576\nfuel = 1000000\non_trap = \"restart\"\n"
            ));
        }
        text.push_str(
            "[buses.can0]\nkind = \"can\"\nbitrate_bps = 500000\ndescription = \"test.dbc\"\n",
        );
        text.push_str("[buses.i2c0]\nkind = \"i2c\"\nclock_hz = 100000\n");
        Self {
            components: BTreeMap::new(),
            text,
        }
    }

    pub(crate) fn component(mut self, name: &str, bytes: &[u8]) -> Self {
        self.text
            .push_str(&format!("[components.{name}]\nfile = \"{name}.wasm\"\n"));
        self.components.insert(name.to_owned(), bytes.to_vec());
        self
    }

    /// An instance with activations as `runnable event`, such as `a:b/c#step timing`.
    pub(crate) fn instance(
        mut self,
        name: &str,
        component: &str,
        place: &str,
        activations: &[&str],
    ) -> Self {
        self.text.push_str(&format!(
            "[instances.{name}]\ncomponent = \"{component}\"\npartition = \"{place}\"\n"
        ));
        for activation in activations {
            let (runnable, event) = activation.split_once(' ').unwrap();
            let event = match event {
                "timing" => "event = \"timing\"\nperiod_ns = 10000000\n".to_owned(),
                other => format!("event = \"{other}\"\n"),
            };
            self.text.push_str(&format!(
                "[[instances.{name}.activations]]\nrunnable = \"{runnable}\"\npriority = 1\n{event}"
            ));
        }
        self
    }

    pub(crate) fn direct(self, from: &str, to: &str) -> Self {
        self.connector(from, to, "kind = \"direct\"")
    }

    pub(crate) fn buffered(self, from: &str, to: &str) -> Self {
        self.connector(from, to, "kind = \"buffered\"")
    }

    /// A connector with properties as the project file has them.
    pub(crate) fn connector(self, from: &str, to: &str, properties: &str) -> Self {
        self.text(&format!(
            "[[connectors]]\nfrom = \"{from}\"\nto = \"{to}\"\n{properties}\n"
        ))
    }

    /// Its CAN bus carries frames of CAN FD.
    pub(crate) fn can_fd(mut self) -> Self {
        let classic = "kind = \"can\"\n";
        let rates = "data_bitrate_bps = 2000000\nsample_point_permille = 875\n";
        self.text = self.text.replace(classic, &format!("{classic}{rates}"));
        self
    }

    pub(crate) fn text(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self.text.push('\n');
        self
    }

    pub(crate) fn document(&self) -> (Document, Library) {
        self.read(&self.text)
    }

    fn read(&self, text: &str) -> (Document, Library) {
        let document = file::read(text, "test.wireloom").unwrap();
        let mut library = Library::default();
        for (id, component) in &document.components {
            let entry = match self.components.get(&component.name) {
                Some(bytes) => Entry::Loaded {
                    component_type: Arc::new(read::component(bytes, &component.name).unwrap()),
                    bytes: Arc::from(bytes.as_slice()),
                },
                None => Entry::Missing {
                    reason: "no such file".to_owned(),
                },
            };
            library.components.insert(*id, entry);
        }
        let can = document.bus_named("can0").unwrap();
        library.descriptions.insert(can, Arc::new(database()));
        (document, library)
    }

    /// Composes; what the canonical text composes to is held against what it gives when it has been
    /// opened again (connectors in another order give another order of elements).
    pub(crate) fn compose(&self) -> Result<Composed, ComposeError> {
        let (document, library) = self.document();
        let composed = compose(&document, &library)?;
        let (canonical, library) = self.read(&file::write(&document));
        crate::reopen::hold_round_trip(&compose(&canonical, &library)?);
        Ok(composed)
    }
}

/// `Status` every 20 ms (Intel `Speed`, Motorola `Angle`, `Count` that starts at 7), `Event`
/// without cycle time.
const DESCRIPTION: &str = r#"VERSION ""
BU_: climate cockpit
BO_ 288 Status: 5 climate
 SG_ Speed : 0|16@1+ (0.5,0) [0|0] "" cockpit
 SG_ Angle : 23|12@0- (1,0) [0|0] "" cockpit
 SG_ Count : 32|8@1+ (1,0) [0|0] "" cockpit
BO_ 289 Event: 1 climate
 SG_ Code : 0|8@1+ (1,0) [0|0] "" cockpit
BO_ 291 Long: 48 climate
 SG_ Far : 256|8@1+ (1,0) [0|0] "" cockpit
BO_ 290 Turn: 3 climate
 SG_ Which M : 0|8@1+ (1,0) [0|0] "" cockpit
 SG_ One m1 : 8|8@1+ (1,0) [0|0] "" cockpit
 SG_ Two m2 : 16|8@1+ (1,0) [0|0] "" cockpit
BA_DEF_ BO_ "GenMsgCycleTime" INT 0 65535;
BA_DEF_ SG_ "GenSigStartValue" INT 0 65535;
BA_DEF_DEF_ "GenMsgCycleTime" 0;
BA_DEF_DEF_ "GenSigStartValue" 0;
BA_ "GenMsgCycleTime" BO_ 288 20;
BA_ "GenSigStartValue" SG_ 288 Count 7;
"#;

fn database() -> Database {
    let loaded = autosar_wit::dbc::read(DESCRIPTION.as_bytes());
    assert_eq!(loaded.defects, []);
    loaded.database
}
