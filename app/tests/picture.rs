//! A project's canvas as a picture, twice the same bytes.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panics"
)]

use graph_core::hierarchy::Place;
use std::path::Path;
use wireloom::{files::open_project, picture::of_canvas};

#[test]
fn a_sample_looks_the_same_each_time() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../samples/thermal");
    let pictures = [(), ()].map(|()| {
        let project = open_project(&project).unwrap();
        of_canvas(project, &Place::default(), 1600, 1000)
            .to_png()
            .unwrap()
    });
    assert!(pictures[0] == pictures[1]);
    assert!(pictures[0].len() > 10_000, "something is drawn");
    if let Some(folder) = std::env::var_os("PICTURES") {
        std::fs::write(Path::new(&folder).join("thermal.png"), &pictures[0]).unwrap();
    }
}
