//! A frame of the window (run and tessellate) with 100, 1,000 and 5,000 instances and twice as many
//! wires: at 1:1, at half the size, and with everything in sight; the making of the scene after an
//! edit, and its checks; and what the worker does: arranging, and the ways of all wires.

use criterion::{Criterion, criterion_group, criterion_main};
use graph_core::document::{Document, InstanceId};
use std::hint::black_box;
use wireloom::{
    canvas::{
        route,
        scene::{Scene, Toggled},
    },
    command::Command,
    session::{Effect, Event},
    ui::{Outside, Studio, dialogs::ScriptedDialogs, theme},
};

mod system;

// As in the program.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Nothing happens outside but what stands ready.
struct Nowhere(Vec<Event>);

impl Outside for Nowhere {
    fn start(&mut self, effect: Effect) {
        if let Effect::Route { plan, picture } = effect {
            let routes = route::routes(&plan);
            self.0.push(Event::Routed { picture, routes });
        }
    }

    fn events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.0)
    }
}

/// The part of the system that is in sight.
#[derive(Clone, Copy)]
enum Sight {
    Zoom(f32),
    All,
}

fn window(count: u64, sight: Sight) -> (egui::Context, Studio) {
    let context = egui::Context::default();
    theme::install(&context);
    let (document, library) = system::of(count);
    let opened = Event::ProjectOpened {
        path: "/projects/large/large.wireloom".into(),
        document: Box::new(document),
        library,
        recovery: None,
    };
    let dialogs = ScriptedDialogs::new(Vec::new());
    let mut studio = Studio::new(Box::new(Nowhere(vec![opened])), Box::new(dialogs));
    for _ in 0..3 {
        frame(&context, &mut studio);
    }
    if let Sight::Zoom(zoom) = sight {
        studio.look_at(zoom);
    }
    for _ in 0..3 {
        frame(&context, &mut studio);
    }
    (context, studio)
}

fn frame(context: &egui::Context, studio: &mut Studio) -> usize {
    let size = egui::vec2(1920.0, 1080.0);
    let input = egui::RawInput {
        screen_rect: Some(egui::Rect::from_min_size(egui::Pos2::ZERO, size)),
        ..egui::RawInput::default()
    };
    let mut output = context.run_ui(input, |ui| studio.ui(ui));
    output.textures_delta.clear();
    let shapes = std::mem::take(&mut output.shapes);
    context.tessellate(shapes, output.pixels_per_point).len()
}

fn canvas(criterion: &mut Criterion) {
    for count in [100, 1000, 5000] {
        let mut group = criterion.benchmark_group(format!("canvas_frame_{count}"));
        for (name, sight) in [
            ("zoom_1", Sight::Zoom(1.0)),
            ("zoom_0.5", Sight::Zoom(0.5)),
            ("all_visible", Sight::All),
        ] {
            let (context, mut studio) = window(count, sight);
            group.bench_function(name, |bencher| {
                bencher.iter(|| black_box(frame(&context, &mut studio)));
            });
        }
        group.finish();
    }
    let (_context, mut studio) = window(1000, Sight::Zoom(1.0));
    let mut to = 0.0;
    criterion.bench_function("edit_and_check_1000", |bencher| {
        bencher.iter(|| {
            to += 10.0;
            studio.apply(Command::Move(vec![(InstanceId(500), (to, 0.0))]));
            studio.apply(Command::EndGesture);
            black_box(studio.session().diagnostics().len())
        });
    });
    let (document, library) = system::of(1000);
    criterion.bench_function("canvas_scene_1000", |bencher| {
        bencher.iter(|| {
            let toggled = Toggled::new();
            let scene = Scene::new(&document, &library, &theme::METRICS, &toggled);
            black_box(scene.wires.len())
        });
    });
}

fn layout(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("layout_1000");
    let (mut document, library) = graph_core::synthetic::network(1000, 8, 7);
    let scene =
        |document: &Document| Scene::new(document, &library, &theme::METRICS, &Toggled::new());
    let shapes = scene(&document).shapes();
    group.bench_function("arrange", |bencher| {
        bencher.iter(|| black_box(graph_core::layout::arrange(&document, &shapes)));
    });
    document.layout.positions = graph_core::layout::arrange(&document, &shapes);
    group.bench_function("arrange_again", |bencher| {
        bencher.iter(|| black_box(graph_core::layout::arrange(&document, &shapes)));
    });
    let plan = scene(&document).plan();
    group.bench_function("routes", |bencher| {
        bencher.iter(|| black_box(route::routes(&plan)));
    });
    group.finish();
}

criterion_group!(benches, canvas, layout);
criterion_main!(benches);
