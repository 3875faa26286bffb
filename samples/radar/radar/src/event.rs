//! Serves a subscription: offers what waits on a stream, and offers anew when there is more.
//! Knows nothing of what a sample is.

use crate::Samples;
use std::{future::poll_fn, pin::pin, rc::Rc, task::Poll};
use wit_bindgen::{StreamResult, StreamWriter};

/// Runs until the subscriber drops its end.
pub(crate) async fn serve<T: 'static>(mut writer: StreamWriter<T>, samples: Rc<Samples<T>>) {
    let mut untaken = Vec::new();
    loop {
        if untaken.is_empty() {
            poll_fn(|context| samples.poll_new(context)).await;
        }
        let mut offered = pin!(writer.write(samples.offer(untaken)));
        let taken = poll_fn(|context| {
            if let Poll::Ready(taken) = offered.as_mut().poll(context) {
                return Poll::Ready(Some(taken));
            }
            samples.poll_new(context).map(|()| None)
        });
        let (result, left) = match taken.await {
            Some(taken) => taken,
            None => offered.as_mut().cancel(),
        };
        if result == StreamResult::Dropped {
            return samples.end();
        }
        untaken = left.into_vec();
    }
}
