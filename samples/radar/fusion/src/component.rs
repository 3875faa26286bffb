//! The fusion as a component: a client of the radar's service. Knows nothing of how hazards are
//! judged.

use crate::{Target, first};
use exports::wireloom::radar::{
    hazard::{self, RxError},
    tracking,
};
use std::{cell::RefCell, future::poll_fn, pin::pin, task::Poll};
use wireloom::radar::objects::{self, Scan};
use wit_bindgen::StreamReader;

wit_bindgen::generate!({ path: "../wit", world: "fusion", generate_all });
export!(Component);

struct Component;

/// Scans that may wait: the radar is faster than the fusion.
const SAMPLES: u32 = 4;
/// The radar looks out of the bumper, half a metre behind the front of the car.
const OFFSET: f32 = -0.5;
const RANGE: f32 = 100.0;

#[derive(Default)]
struct Fusion {
    scans: Option<StreamReader<Scan>>,
    ranges: Option<StreamReader<f32>>,
    /// As the radar has told it last.
    range: f32,
    taken: u16,
    hazard: Option<(Target, f32)>,
}

thread_local! {
    static FUSION: RefCell<Fusion> = RefCell::default();
}

impl tracking::Guest for Component {
    fn initialize() {
        wit_bindgen::block_on(async {
            let scans = objects::subscribe_scans(SAMPLES).await.ok();
            let ranges = objects::range_changed().await;
            // Both are answered with an error only by a radar that cannot do it: it goes on as it is.
            let _before = objects::calibrate(OFFSET).await;
            let _range = objects::set_range(RANGE).await;
            FUSION.with_borrow_mut(|fusion| {
                fusion.scans = scans;
                fusion.ranges = Some(ranges);
            });
        });
    }

    async fn step() {
        let mut fusion = FUSION.take();
        if let Some(ranges) = &mut fusion.ranges
            && let Some(range) = taken(ranges, 1).await.pop()
        {
            fusion.range = range;
        }
        let scans = match &mut fusion.scans {
            Some(scans) => taken(scans, SAMPLES as usize).await,
            None => Vec::new(),
        };
        fusion.taken = fusion.taken.wrapping_add(scans.len() as u16);
        if let Some(scan) = scans.last() {
            let targets = scan.objects.iter().map(|object| Target {
                distance: object.distance,
                speed: object.speed,
            });
            let in_range = targets.filter(|target| target.distance <= fusion.range);
            fusion.hazard = first(in_range);
        }
        FUSION.set(fusion);
    }
}

/// What waits on a stream, up to `most`; an empty stream is not waited for.
async fn taken<T: 'static>(stream: &mut StreamReader<T>, most: usize) -> Vec<T> {
    let mut read = pin!(stream.read(Vec::with_capacity(most)));
    let ready = poll_fn(|context| {
        Poll::Ready(match read.as_mut().poll(context) {
            Poll::Ready((_, values)) => Some(values),
            Poll::Pending => None,
        })
    });
    match ready.await {
        Some(values) => values,
        None => read.as_mut().cancel().1,
    }
}

impl hazard::Guest for Component {
    fn distance() -> Result<f32, RxError> {
        FUSION.with_borrow(|fusion| match fusion.hazard {
            Some((target, _)) => Ok(target.distance),
            None => Err(RxError::NoData),
        })
    }

    fn time_to_collision() -> Result<f32, RxError> {
        FUSION.with_borrow(|fusion| match fusion.hazard {
            Some((_, seconds)) => Ok(seconds),
            None => Err(RxError::NoData),
        })
    }

    fn scans() -> u16 {
        FUSION.with_borrow(|fusion| fusion.taken)
    }
}
