//! How a flattened partition names what it imports and exports. The exporter writes these names,
//! the host reads them; both use this file, so they cannot disagree.

use alloc::{format, string::String, vec::Vec};

/// Prefix of the exported memories that a [`Side`] names by number.
pub const MEMORY: &str = "memory/";
/// Prefix of the exported `realloc` functions.
pub const REALLOC: &str = "realloc/";
/// Prefix of the exported flags: bit 0 is the canonical ABI's `may_leave`.
pub const FLAGS: &str = "flags/";
/// The function that is called once before any task; where the partition has one.
pub const START: &str = "start/";
/// The module that intrinsics are imported from.
const INTRINSICS: &str = "wireloom:intrinsics";

/// The component instance that calls: numbers of the module's exports, and tables of handles. A
/// device keeps one for each import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Side {
    /// Where parameters lie and results are written.
    pub memory: Option<u16>,
    /// Makes room for results.
    pub realloc: Option<u16>,
    /// Of the instance.
    pub flags: Option<u16>,
    /// Tables of the handles among the parameters.
    pub taken: Vec<u32>,
    /// Table of the handle that is given.
    pub made: Option<u32>,
}

/// An import of a flattened partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Import {
    /// A function of an interface, which is named with its version.
    Function {
        interface: String,
        function: String,
        side: Side,
    },
    /// `(handle)`: gives back a handle of that table.
    Drop { table: u32 },
    /// `(handle, from, to) -> handle`: moves a handle from one table to another.
    MoveOwn,
    /// `(handle, from, to) -> handle`: lends a handle.
    Lend,
    /// `(code)`: ends the call with that trap of the engine.
    Trap,
    /// `(from, bytes, to)`: copies UTF-8 from one memory to another, and traps when it is none.
    CopyUtf8 { from: u32, to: u32 },
}

impl Import {
    /// Module and name of the import.
    pub fn names(&self) -> (String, String) {
        let intrinsic = |name: String| (String::from(INTRINSICS), name);
        match self {
            Import::Function {
                interface,
                function,
                side,
            } => (interface.clone(), format!("{function}{}", words(side))),
            Import::Drop { table } => intrinsic(format!("drop {table}")),
            Import::MoveOwn => intrinsic(String::from("move")),
            Import::Lend => intrinsic(String::from("lend")),
            Import::Trap => intrinsic(String::from("trap")),
            Import::CopyUtf8 { from, to } => intrinsic(format!("copy {from} {to}")),
        }
    }

    /// Reads [`Import::names`]; none for anything else.
    pub fn read(module: &str, name: &str) -> Option<Import> {
        let mut words = name.split(' ');
        let first = words.next()?;
        if module != INTRINSICS {
            return Some(Import::Function {
                interface: String::from(module),
                function: String::from(first),
                side: side(words)?,
            });
        }
        let mut number = || words.next()?.parse().ok();
        match first {
            "drop" => Some(Import::Drop { table: number()? }),
            "move" => Some(Import::MoveOwn),
            "lend" => Some(Import::Lend),
            "trap" => Some(Import::Trap),
            "copy" => Some(Import::CopyUtf8 {
                from: number()?,
                to: number()?,
            }),
            _ => None,
        }
    }
}

/// A letter and a number each: memory, realloc, flags, tables taken, table made.
fn words(side: &Side) -> String {
    let mut text = String::new();
    let one = [('m', side.memory), ('r', side.realloc), ('f', side.flags)];
    let one = one
        .into_iter()
        .filter_map(|(letter, number)| Some((letter, u32::from(number?))));
    let made = side.made.map(|table| ('n', table));
    let taken = side.taken.iter().map(|table| ('t', *table));
    for (letter, number) in one.chain(made).chain(taken) {
        text += &format!(" {letter}{number}");
    }
    text
}

fn side<'a>(words: impl Iterator<Item = &'a str>) -> Option<Side> {
    let mut side = Side::default();
    for word in words {
        let number = word.get(1..)?;
        match word.as_bytes().first()? {
            b'm' => side.memory = Some(number.parse().ok()?),
            b'r' => side.realloc = Some(number.parse().ok()?),
            b'f' => side.flags = Some(number.parse().ok()?),
            b'n' => side.made = Some(number.parse().ok()?),
            b't' => side.taken.push(number.parse().ok()?),
            _ => return None,
        }
    }
    Some(side)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn what_is_written_is_read() {
        let side = Side {
            memory: Some(1),
            realloc: Some(2),
            flags: Some(30),
            taken: vec![4, 5],
            made: Some(6),
        };
        let function = |side| Import::Function {
            interface: "wasi:i2c/i2c@0.2.0-draft".into(),
            function: "[method]i2c.read".into(),
            side,
        };
        for import in [
            function(side),
            function(Side::default()),
            Import::Drop { table: 7 },
            Import::MoveOwn,
            Import::Lend,
            Import::Trap,
            Import::CopyUtf8 { from: 0, to: 12 },
        ] {
            let (module, name) = import.names();
            assert_eq!(Import::read(&module, &name), Some(import), "{name}");
        }
    }

    #[test]
    fn other_names_are_no_imports() {
        for name in ["drop", "drop x", "copy 1", "jump", ""] {
            assert_eq!(Import::read(INTRINSICS, name), None, "{name}");
        }
        for name in ["now q1", "now m", "now mx", "now "] {
            assert_eq!(Import::read("wireloom:ecu/clock@0.1.0", name), None);
        }
    }
}
