//! bxCAN (RM0386, chapter "Controller area network"): both controllers, without knowledge of pins.

mod controller;
mod filter;
mod mailbox;
mod queue;
mod timing;

pub use controller::{Controller, ErrorState, Finished, Started, Status, split_banks};
pub use filter::{Accept, BANKS, Bank, banks};
pub use mailbox::{Mailbox, NoFrame};
pub use queue::{Queue, Waiting};
pub use timing::BitTiming;
