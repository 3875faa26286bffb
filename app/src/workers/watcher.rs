//! The thread that looks whether files of components have changed. It asks the file system a few
//! times a second: that works on every system and on network drives, and a project has few files.

use super::Events;
use crate::{files, session::Event};
use graph_core::{
    document::{ComponentId, ComponentSource},
    library::Entry,
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread::Builder,
    time::{Duration, SystemTime},
};

/// Between two looks. A file is read when two looks in a row find it the same: whoever writes it
/// has ended.
const LOOK: Duration = Duration::from_millis(400);

/// Folders of WIT are looked into so deep: packages lie in `deps`.
const DEPTH: usize = 4;

/// What is watched: whose file, where, and how it is read.
pub(super) type Watched = Vec<(ComponentId, PathBuf, ComponentSource)>;

/// The thread; it ends when this is dropped.
pub(super) struct Watcher {
    asked: Sender<Watched>,
}

impl Watcher {
    pub(super) fn start(events: Events) -> Watcher {
        let (asked, received) = channel();
        let told = events.clone();
        let thread = Builder::new().name("watcher".into()).spawn(move || {
            watch(&received, &told);
        });
        if let Err(error) = thread {
            events.send(Event::Warned(format!(
                "rebuilt components are not noticed: {error}; open the project again after a build"
            )));
        }
        Watcher { asked }
    }

    /// From now on these. A thread that could not be started has said so.
    pub(super) fn watch(&self, files: Watched) {
        let _ = self.asked.send(files);
    }
}

/// How a file was found: length in bytes and time of its last change, of a folder all of its files'.
type Stamp = Vec<(PathBuf, u64, Option<SystemTime>)>;

struct File {
    path: PathBuf,
    source: ComponentSource,
    /// As it was read last.
    read: Stamp,
    /// As the last look found it.
    seen: Stamp,
    bytes: Option<Arc<[u8]>>,
}

fn watch(received: &Receiver<Watched>, events: &Events) {
    let mut files: BTreeMap<ComponentId, File> = BTreeMap::new();
    loop {
        match received.recv_timeout(LOOK) {
            Ok(watched) => files = follow(files, watched),
            Err(RecvTimeoutError::Timeout) => {
                for (id, file) in &mut files {
                    if let Some(entry) = look(file) {
                        events.send(Event::ComponentRebuilt {
                            component: *id,
                            entry,
                        });
                    }
                }
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Files that were watched before keep what is known of them.
fn follow(
    mut before: BTreeMap<ComponentId, File>,
    watched: Watched,
) -> BTreeMap<ComponentId, File> {
    let file = |(id, path, source): (ComponentId, PathBuf, ComponentSource)| {
        let known = before.remove(&id);
        let file = known.filter(|known| known.path == path && known.source == source);
        let file = file.unwrap_or_else(|| {
            let now = stamp(&path);
            let bytes = bytes_of(&read(&path, &source));
            File {
                path,
                source,
                read: now.clone(),
                seen: now,
                bytes,
            }
        });
        (id, file)
    };
    watched.into_iter().map(file).collect()
}

/// The new build, once its writer has ended. A file that is away is being replaced.
fn look(file: &mut File) -> Option<Entry> {
    let now = stamp(&file.path);
    let is_quiet = now == file.seen;
    file.seen = now;
    if !is_quiet || file.seen == file.read || file.seen.is_empty() {
        return None;
    }
    file.read = file.seen.clone();
    let entry = read(&file.path, &file.source);
    let bytes = bytes_of(&entry);
    // A build that changed nothing, or only the time.
    if bytes.is_some() && bytes == file.bytes {
        return None;
    }
    if bytes.is_some() {
        file.bytes = bytes;
    }
    Some(entry)
}

fn read(path: &Path, source: &ComponentSource) -> Entry {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    files::read_entry(path, &name, source)
}

fn bytes_of(entry: &Entry) -> Option<Arc<[u8]>> {
    match entry {
        Entry::Loaded { bytes, .. } => Some(bytes.clone()),
        Entry::Missing { .. } => None,
    }
}

fn stamp(path: &Path) -> Stamp {
    let mut stamp = Vec::new();
    collect(path, DEPTH, &mut stamp);
    stamp.sort();
    stamp
}

fn collect(path: &Path, depth: usize, stamp: &mut Stamp) {
    let Ok(metadata) = std::fs::metadata(path) else {
        return;
    };
    if !metadata.is_dir() {
        stamp.push((path.to_path_buf(), metadata.len(), metadata.modified().ok()));
    } else if depth > 0 {
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
        entries.for_each(|entry| collect(&entry.path(), depth - 1, stamp));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(name: &str) -> Vec<u8> {
        let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/components");
        std::fs::read(assets.join(name)).unwrap()
    }

    fn loaded(entry: &Entry) -> bool {
        matches!(entry, Entry::Loaded { .. })
    }

    #[test]
    fn a_new_build_is_read_once_its_writer_has_ended_and_an_equal_one_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("part.wasm");
        let (fan, controller) = (asset("fan.wasm"), asset("controller.wasm"));
        std::fs::write(&path, &fan).unwrap();
        let source = ComponentSource::File("part.wasm".to_owned());
        let mut files = follow(
            BTreeMap::new(),
            vec![(ComponentId(1), path.clone(), source)],
        );
        let file = files.get_mut(&ComponentId(1)).unwrap();
        assert!(look(file).is_none(), "nothing has changed");

        // Half of it is there, then all: no look reads the half.
        std::fs::write(&path, &controller[..controller.len() / 2]).unwrap();
        assert!(look(file).is_none());
        std::fs::write(&path, &controller).unwrap();
        assert!(look(file).is_none());
        assert!(look(file).is_some_and(|entry| loaded(&entry)));
        assert!(look(file).is_none());

        // Built anew without a difference.
        std::fs::write(&path, &controller).unwrap();
        assert!(look(file).is_none() && look(file).is_none() && look(file).is_none());

        // Away while it is replaced; then broken, then mended.
        std::fs::remove_file(&path).unwrap();
        assert!(look(file).is_none() && look(file).is_none());
        std::fs::write(&path, b"no component").unwrap();
        assert!(look(file).is_none());
        assert!(look(file).is_some_and(|entry| !loaded(&entry)));
        std::fs::write(&path, &fan).unwrap();
        assert!(look(file).is_none());
        assert!(look(file).is_some_and(|entry| loaded(&entry)));
    }
}
