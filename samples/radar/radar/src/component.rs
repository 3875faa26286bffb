//! The radar as a component: its service and its cycle. Knows nothing of the scene.

use crate::{Samples, event, seen};
use exports::wireloom::radar::{
    objects::{self, ErrorCode, Object, Scan},
    scanner,
};
use std::{cell::RefCell, rc::Rc};
use wit_bindgen::StreamReader;

wit_bindgen::generate!({ path: "../wit", world: "radar", generate_all });
export!(Component);

struct Component;

/// Of the error codes of this service.
const DOMAIN: u64 = 0x57_49_52_45_4C_4F_4F_4D;
/// A range, an offset or a number of samples that this radar cannot have.
const OUT_OF_RANGE: i32 = 1;
const FARTHEST: f32 = 200.0;

struct Radar {
    cycle: u32,
    offset: f32,
    range: f32,
    scans: Vec<Rc<Samples<Scan>>>,
    ranges: Vec<Rc<Samples<f32>>>,
}

thread_local! {
    static RADAR: RefCell<Radar> = const {
        RefCell::new(Radar {
            cycle: 0,
            offset: 0.0,
            range: FARTHEST,
            scans: Vec::new(),
            ranges: Vec::new(),
        })
    };
}

fn with<R>(act: impl FnOnce(&mut Radar) -> R) -> R {
    RADAR.with_borrow_mut(act)
}

impl scanner::Guest for Component {
    fn initialize() {
        with(|radar| radar.cycle = 0);
    }

    fn scan() {
        with(|radar| {
            let objects = seen(radar.cycle, radar.offset, radar.range);
            let objects = objects.iter().map(|one| Object {
                id: one.id,
                distance: one.distance,
                speed: one.speed,
            });
            let scan = Scan {
                counter: radar.cycle,
                objects: objects.collect(),
            };
            radar.cycle += 1;
            radar.scans.retain(|samples| !samples.is_ended());
            for samples in &radar.scans {
                samples.publish(scan.clone());
            }
        });
    }
}

impl objects::Guest for Component {
    async fn subscribe_scans(max_samples: u32) -> Result<StreamReader<Scan>, ErrorCode> {
        if max_samples == 0 {
            return Err(out_of_range());
        }
        let (writer, reader) = wit_stream::new();
        let samples = Rc::new(Samples::new(max_samples as usize));
        with(|radar| radar.scans.push(samples.clone()));
        wit_bindgen::spawn_local(event::serve(writer, samples));
        Ok(reader)
    }

    async fn calibrate(offset: f32) -> Result<f32, ErrorCode> {
        match offset.abs() <= 5.0 {
            true => Ok(with(|radar| std::mem::replace(&mut radar.offset, offset))),
            false => Err(out_of_range()),
        }
    }

    async fn get_range() -> Result<f32, ErrorCode> {
        Ok(with(|radar| radar.range))
    }

    async fn set_range(range: f32) -> Result<f32, ErrorCode> {
        if !(1.0..=FARTHEST).contains(&range) {
            return Err(out_of_range());
        }
        with(|radar| {
            radar.range = range;
            radar.ranges.retain(|samples| !samples.is_ended());
            for samples in &radar.ranges {
                samples.publish(range);
            }
        });
        Ok(range)
    }

    async fn range_changed() -> StreamReader<f32> {
        let (writer, reader) = wit_stream::new();
        let samples = Rc::new(Samples::new(1));
        with(|radar| {
            samples.publish(radar.range);
            radar.ranges.push(samples.clone());
        });
        wit_bindgen::spawn_local(event::serve(writer, samples));
        reader
    }
}

fn out_of_range() -> ErrorCode {
    ErrorCode {
        domain: DOMAIN,
        value: OUT_OF_RANGE,
    }
}
