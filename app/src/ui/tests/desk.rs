//! A window without a display, on a small project: what tests need to find, drag and read things.
//! With `PICTURES=<folder>` in the environment each `look` is written there as a PNG, with
//! `PICTURES_THEME=light` or `high-contrast` in that theme, with `PICTURES_SCALE=2` with so many
//! pixels a point (scripts/pictures).

use crate::{
    canvas::test_data::{component, function, getter, instance, interface_port, port_end},
    picture::{Picture, Textures, paint_output},
    session::{Arrangement, Effect, Event, Session, Settings, ShelfEntry},
    ui::{
        Outside, Studio,
        dialogs::{Answer, ScriptedDialogs},
        theme,
    },
};
use autosar_wit::{
    component::{ComponentType, Direction, PortKind},
    types::{Function, ValueType},
};
use egui::{Pos2, Vec2, epaint::textures::TexturesDelta, vec2};
use egui_kittest::{Harness, TestRenderer, kittest::Queryable};
use graph_core::{
    document::*,
    layout,
    library::{Entry, Library},
};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc, sync::Arc};

pub(super) const SIZE: Vec2 = vec2(1440.0, 900.0);

/// What the window asked of the outside, and what the test lets happen there.
#[derive(Default)]
pub(super) struct Wires {
    pub(super) effects: Vec<Effect>,
    pub(super) events: Vec<Event>,
}

struct Recorder(Rc<RefCell<Wires>>);

impl Outside for Recorder {
    /// What belongs to the window alone and depends on nothing outside is done at once.
    fn start(&mut self, effect: Effect) {
        let mut wires = self.0.borrow_mut();
        match effect {
            Effect::Route { plan, picture } => {
                let routes = crate::canvas::route::routes(&plan);
                wires.events.push(Event::Routed { picture, routes });
            }
            Effect::Arrange {
                document,
                shapes,
                some,
                grouping,
                revision,
            } => {
                let positions = match &some {
                    Some(some) => layout::arrange_some(&document, &shapes, some),
                    None => layout::arrange_by(&document, &shapes, grouping),
                };
                let is_partial = some.is_some();
                wires.events.push(Event::Arranged(Arrangement {
                    positions,
                    is_partial,
                    revision,
                }));
            }
            effect => wires.effects.push(effect),
        }
    }

    fn events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.0.borrow_mut().events)
    }
}

/// Keeps the textures, for pictures.
#[derive(Clone, Default)]
struct Renderer(Rc<RefCell<Textures>>);

impl TestRenderer for Renderer {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        self.0.borrow_mut().apply(delta);
    }
}

/// A window under test.
pub(super) struct Desk {
    pub(super) harness: Harness<'static, Studio>,
    pub(super) outside: Rc<RefCell<Wires>>,
    textures: Renderer,
}

impl Desk {
    /// On the project of [`climate`].
    pub(super) fn open() -> Desk {
        Desk::open_with(Vec::new())
    }

    /// The same; file dialogs are answered so.
    pub(super) fn open_with(answers: Vec<Answer>) -> Desk {
        let mut desk = Desk::empty(answers);
        let (document, library) = climate();
        desk.happen(Event::ProjectOpened {
            path: "/projects/climate/climate.wireloom".into(),
            document: Box::new(document),
            library,
            recovery: None,
        });
        desk
    }

    pub(super) fn empty(answers: Vec<Answer>) -> Desk {
        let outside = Rc::new(RefCell::new(Wires::default()));
        let textures = Renderer::default();
        let dialogs = ScriptedDialogs::new(answers);
        let studio = Studio::new(Box::new(Recorder(outside.clone())), Box::new(dialogs))
            .with_settings(asked_settings());
        let harness = Harness::builder()
            .with_size(SIZE)
            .with_pixels_per_point(asked_scale())
            .with_max_steps(24)
            .with_context_setup(theme::install)
            .renderer(textures.clone())
            .build_ui_state(|ui, studio: &mut Studio| studio.ui(ui), studio);
        Desk {
            harness,
            outside,
            textures,
        }
    }

    pub(super) fn session(&self) -> &Session {
        self.harness.state().session()
    }

    /// Something happens outside, and the window settles.
    pub(super) fn happen(&mut self, event: Event) {
        self.outside.borrow_mut().events.push(event);
        self.harness.run();
    }

    pub(super) fn effects(&self) -> Vec<Effect> {
        std::mem::take(&mut self.outside.borrow_mut().effects)
    }

    pub(super) fn click(&mut self, label: &str) {
        self.harness.get_by_label(label).click();
        self.harness.run();
    }

    /// As a screen reader clicks it, without the pointer.
    pub(super) fn accept(&mut self, label: &str) {
        self.harness.get_by_label(label).click_accesskit();
        self.harness.run();
    }

    /// The middle of the thing with that name, on the screen.
    pub(super) fn place(&self, label: &str) -> Pos2 {
        self.harness.get_by_label(label).rect().center()
    }

    /// Drags without letting go.
    pub(super) fn hold(&mut self, from: Pos2, to: Pos2) {
        self.harness.hover_at(from);
        self.harness.run();
        self.harness.drag_at(from);
        self.harness.run_steps(1);
        for step in 1..=5 {
            self.harness
                .hover_at(from + (to - from) * (step as f32 / 5.0));
            self.harness.run_steps(1);
        }
        self.harness.run();
    }

    pub(super) fn drag(&mut self, from: Pos2, to: Pos2) {
        self.hold(from, to);
        self.harness.drop_at(to);
        self.harness.run();
    }

    pub(super) fn drag_wire(&mut self, from: &str, to: &str) {
        let (from, to) = (self.place(from), self.place(to));
        self.drag(from, to);
    }

    /// A screen that is high enough for all that a panel has.
    pub(super) fn tall(mut self) -> Desk {
        self.harness.set_size(vec2(SIZE.x, 1900.0));
        self.harness.run();
        self
    }

    /// All that is said anywhere in the window.
    pub(super) fn says(&self, text: &str) -> bool {
        self.harness
            .query_all_by_label_contains(text)
            .next()
            .is_some()
    }

    /// A picture of the window as it is.
    pub(super) fn picture(&self) -> Picture {
        paint_output(
            &self.harness.ctx,
            theme::ground(&self.harness.ctx.global_style().visuals),
            (
                self.harness.output(),
                self.harness.ctx.content_rect().size(),
            ),
            &self.textures.0.borrow(),
        )
    }

    /// Writes the picture where `PICTURES` says.
    pub(super) fn look(&self, name: &str) {
        if let Some(folder) = std::env::var_os("PICTURES") {
            let path = std::path::Path::new(&folder).join(format!("{name}.png"));
            std::fs::write(path, self.picture().to_png().unwrap()).unwrap();
        }
    }
}

/// In the theme that the pictures shall have.
fn asked_settings() -> Settings {
    let theme = std::env::var("PICTURES_THEME").unwrap_or_else(|_| "dark".to_owned());
    Settings::from_text(&format!(r#"{{ "theme": "{theme}" }}"#)).unwrap()
}

fn asked_scale() -> f32 {
    let scale = std::env::var("PICTURES_SCALE").map(|text| text.parse().unwrap());
    scale.unwrap_or(1.0)
}

fn port(
    direction: Direction,
    name: &str,
    functions: Vec<Function>,
) -> autosar_wit::component::Port {
    interface_port(direction, name, PortKind::SenderReceiver, functions)
}

fn types() -> Vec<ComponentType> {
    let temperature = |direction| {
        port(
            direction,
            "wireloom:thermal/temperature@0.1.0",
            vec![getter("get", ValueType::F32)],
        )
    };
    let duty = |direction| {
        port(
            direction,
            "wireloom:thermal/duty@0.1.0",
            vec![getter("get", ValueType::U8)],
        )
    };
    let runnable = |name: &str, step: &str| {
        interface_port(
            Direction::Provided,
            name,
            PortKind::ClientServer,
            vec![function(step, &[], None)],
        )
    };
    vec![
        component(
            "sensor",
            vec![
                temperature(Direction::Provided),
                runnable("wireloom:thermal/driver@0.1.0", "sample"),
            ],
        ),
        component(
            "controller",
            vec![
                temperature(Direction::Required),
                duty(Direction::Provided),
                runnable("wireloom:thermal/control@0.1.0", "step"),
            ],
        ),
        component(
            "fan",
            vec![
                duty(Direction::Required),
                runnable("wireloom:thermal/fan@0.1.0", "step"),
            ],
        ),
    ]
}

/// A sensor and a controller that are wired, and a fan on the shelf.
pub(super) fn climate() -> (Document, Library) {
    let (mut document, mut library) = (
        Document {
            name: "climate".into(),
            next_id: 100,
            ..Document::default()
        },
        Library::default(),
    );
    for (number, component_type) in types().into_iter().enumerate() {
        let id = ComponentId(number as u64);
        let name = component_type.name.clone();
        let source = ComponentSource::File(format!("components/{name}.wasm"));
        document.components.insert(id, Component { name, source });
        library.components.insert(
            id,
            Entry::Loaded {
                component_type: Arc::new(component_type),
                bytes: Arc::from([]),
            },
        );
    }
    let partition = Partition {
        memory_bytes: 1 << 20,
        fuel: 1_000_000,
        on_trap: deployment::Reaction::Stop,
        blocks: BTreeMap::new(),
    };
    let partitions = BTreeMap::from([("main".to_owned(), partition)]);
    document.ecus.insert(
        EcuId(50),
        Ecu {
            name: "climate".into(),
            target: None,
            fuel_ps: 10_000,
            activation_ns: 5000,
            partitions,
        },
    );
    let device = Device {
        name: "cabin".into(),
        model: "tmp105".into(),
        address: 0x48,
        stimuli: [("temperature".to_owned(), 21.5)].into(),
    };
    let kind = BusKind::I2c {
        clock_hz: 400_000,
        devices: vec![device],
    };
    document.buses.insert(
        BusId(60),
        Bus {
            name: "i2c0".into(),
            kind,
        },
    );
    instance(&mut document, 10, "sensor", ComponentId(0), (0.0, 40.0));
    instance(
        &mut document,
        11,
        "controller",
        ComponentId(1),
        (320.0, 0.0),
    );
    let key = PartitionKey {
        ecu: EcuId(50),
        partition: "main".into(),
    };
    document
        .instances
        .values_mut()
        .for_each(|instance| instance.partition = Some(key.clone()));
    crate::canvas::test_data::connect(
        &mut document,
        30,
        port_end(10, "wireloom:thermal/temperature@0.1.0"),
        port_end(11, "wireloom:thermal/temperature@0.1.0"),
    );
    (document, library)
}

/// A component that takes a temperature and gives one.
pub(super) fn filter_entry() -> (String, ShelfEntry) {
    let temperature = |direction| {
        port(
            direction,
            "wireloom:thermal/temperature@0.1.0",
            vec![getter("get", ValueType::F32)],
        )
    };
    entry(component(
        "filter",
        vec![
            temperature(Direction::Required),
            temperature(Direction::Provided),
        ],
    ))
}

/// A component that takes calls and hands them on.
pub(super) fn relay_entry() -> (String, ShelfEntry) {
    let calls = |direction| {
        interface_port(
            direction,
            "acme:heat/calls@1.0.0",
            PortKind::ClientServer,
            vec![function(
                "add",
                &[("a", ValueType::U32)],
                Some(ValueType::U32),
            )],
        )
    };
    entry(component(
        "relay",
        vec![calls(Direction::Required), calls(Direction::Provided)],
    ))
}

/// A component that takes a duty as another number, by a function of another name.
pub(super) fn gauge_entry() -> (String, ShelfEntry) {
    entry(component(
        "gauge",
        vec![port(
            Direction::Required,
            "acme:dash/level@2.0.0",
            vec![getter("level", ValueType::S8)],
        )],
    ))
}

/// A component that takes a duty.
pub(super) fn shelf_entry(name: &str) -> (String, ShelfEntry) {
    entry(component(
        name,
        vec![port(
            Direction::Required,
            "wireloom:thermal/duty@0.1.0",
            vec![getter("get", ValueType::U8)],
        )],
    ))
}

/// A component that can be dragged in.
fn entry(component_type: ComponentType) -> (String, ShelfEntry) {
    let name = component_type.name.clone();
    let entry = ShelfEntry {
        path: format!("/shelf/{name}.wasm").into(),
        component_type: Arc::new(component_type),
        bytes: Arc::from([]),
    };
    (name, entry)
}
