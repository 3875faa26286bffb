//! The picture of a run on the thermal sample, the same each time: that of the README and the tutorial.

use crate::support::{Window, copy_of_thermal};
use wireloom::{command::Command, session::Phase, ui::theme};

/// On the bus.
const FRAMES: usize = 60;

/// Virtual time goes on frame by frame, and what the cabin is heated to arrives on the bus and in the
/// plot. scripts/pictures takes the picture.
#[test]
fn the_picture_of_the_sample_shows_a_run() {
    let folder = tempfile::tempdir().unwrap();
    let project = copy_of_thermal(folder.path());
    let mut window = Window::open(Vec::new());
    let components = folder.path().join("assets/components");
    let apply = |window: &mut Window, command| window.harness.state_mut().apply(command);
    apply(&mut window, Command::AddComponentFiles(vec![components]));
    apply(&mut window, Command::OpenPath(project));
    window.wait("the project is open", |session| {
        session.document().instances.len() == 4
            && session.shelf().contains_key("temperature-filter")
    });
    for frame in 0..FRAMES {
        let before_ns = window.session().run().now_ns;
        apply(&mut window, Command::StepFrame);
        window.wait("the next frame", |session| {
            session.run().now_ns > before_ns && session.run().phase == Phase::Paused
        });
        if frame == FRAMES / 3 {
            let stimulus = Command::SetStimulus {
                device: "cabin".to_owned(),
                stimulus: "temperature".to_owned(),
                value: 31.5,
            };
            apply(&mut window, stimulus);
        }
    }
    for signal in ["Temperature", "Duty"] {
        apply(
            &mut window,
            Command::Plot(format!("can0:FanStatus.{signal}")),
        );
    }
    window.settle();
    // What was fitted while sizes of panels were still unknown stands a pixel elsewhere.
    apply(&mut window, Command::ZoomToFit);
    window.settle();
    // Glyphs were drawn into their texture in the order of frames, which hangs on the workers: anew.
    let mut others = egui::FontDefinitions::default();
    let faces = others.families.values_mut();
    faces.for_each(|faces| faces.insert(0, "Hack".to_owned()));
    window.harness.ctx.set_fonts(others);
    window.harness.run_steps(1);
    theme::install(&window.harness.ctx);
    window.harness.run_steps(4);
    window.look("studio");
    let series = &window.session().run().series["can0:FanStatus.Temperature"];
    let [first, .., last] = series.points.as_slice() else {
        panic!("{series:?}")
    };
    assert_eq!((first[1], last[1]), (27.5, 31.5));
}
