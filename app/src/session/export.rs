//! The export: what is ordered, what it would need, how far it is. The wizard shows it.

use super::{EcuBudget, Effect, Event, Session};
use crate::{command::Command, session::Target};
use std::path::PathBuf;

/// Where the system goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Destination {
    /// Files that any host takes.
    Portable(Target),
    /// A board, by its id, in the board's default form.
    Board(&'static str),
    /// The same board by C, where that is not its default.
    Native(&'static str),
}

/// What to export, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportOrder {
    pub destination: Destination,
    pub directory: PathBuf,
    /// ECUs that get an image; empty: all.
    pub ecus: Vec<String>,
    /// The file of the key that signs; `None`: the development key, which everybody has.
    pub key: Option<PathBuf>,
    /// Anti-rollback counter.
    pub counter: u32,
}

/// What each ECU would need on a board.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Preview {
    pub ecus: Vec<EcuBudget>,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    pub order: ExportOrder,
    /// Paths in the order's directory.
    pub files: Vec<String>,
}

/// What came of holding an ECU's image against the simulation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedEcu {
    pub ecu: String,
    pub agrees: bool,
    /// In words; with the first difference, where there is one.
    pub text: String,
}

/// A new pair of keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    pub private_path: PathBuf,
    pub public_path: PathBuf,
    /// First bytes of the public key's hash, as boot logs name it.
    pub id: String,
}

/// Something that takes its time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Work<T> {
    #[default]
    Nothing,
    Going,
    Done(T),
    /// What, where, what to do.
    Failed(String),
}

/// The wizard's part of the session.
#[derive(Debug, Clone, Default)]
pub struct ExportView {
    pub open: bool,
    pub preview: Work<Preview>,
    /// What the preview is of: destination and revision.
    pub previewed: Option<(Destination, u64)>,
    pub export: Work<Exported>,
    pub key: Work<NewKey>,
    pub verification: Work<Vec<VerifiedEcu>>,
}

impl Session {
    pub(super) fn apply_export(&mut self, command: Command) -> Vec<Effect> {
        let view = &mut self.view.export;
        match command {
            Command::ExportTo(order) => {
                view.export = Work::Going;
                view.verification = Work::Nothing;
                vec![Effect::Export {
                    document: Box::new(self.exported(order.destination)),
                    library: self.library.clone(),
                    order,
                }]
            }
            Command::PreviewExport(destination) => {
                view.preview = Work::Going;
                view.previewed = Some((destination, self.revision));
                vec![Effect::PreviewExport {
                    document: Box::new(self.exported(destination)),
                    library: self.library.clone(),
                    destination,
                    revision: self.revision,
                }]
            }
            Command::VerifyExport { destination, ecus } => {
                view.verification = Work::Going;
                vec![Effect::Verify {
                    document: Box::new(self.flat()),
                    library: self.library.clone(),
                    destination,
                    ecus,
                }]
            }
            Command::MakeKey(path) => {
                view.key = Work::Going;
                vec![Effect::MakeKey(path)]
            }
            _ => {
                let open = !view.open;
                *view = ExportView {
                    open,
                    ..ExportView::default()
                };
                Vec::new()
            }
        }
    }

    pub(super) fn receive_export(&mut self, event: Event) {
        let view = &mut self.view.export;
        match event {
            Event::Exported { order, files } => {
                let directory = order.directory.display();
                let text = match files.len() {
                    1 => format!("exported 1 file to {directory}"),
                    count => format!("exported {count} files to {directory}"),
                };
                view.export = Work::Done(Exported { order, files });
                self.done(text);
            }
            Event::ExportFailed(reason) => view.export = Work::Failed(reason),
            // A preview of what is not looked at any more is of no use.
            Event::ExportPreviewed {
                destination,
                revision,
                preview,
            } if view.previewed == Some((destination, revision)) => {
                view.preview = match preview {
                    Ok(preview) => Work::Done(preview),
                    Err(reason) => Work::Failed(reason),
                };
            }
            Event::KeyMade(made) => {
                view.key = match made {
                    Ok(key) => Work::Done(key),
                    Err(reason) => Work::Failed(reason),
                };
            }
            Event::Verified(Some(verified)) => {
                view.verification = match verified {
                    Ok(ecus) => Work::Done(ecus),
                    Err(reason) => Work::Failed(reason),
                };
            }
            Event::Verified(None) => view.verification = Work::Nothing,
            Event::ExportStopped => {
                if view.export == Work::Going {
                    view.export = Work::Nothing;
                }
                if view.preview == Work::Going {
                    (view.preview, view.previewed) = (Work::Nothing, None);
                }
            }
            _ => {}
        }
    }
}
