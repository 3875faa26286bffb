//! A flattened partition as data: the module, and what a host of it has to know. Knows nothing of how it
//! came to be.

/// A partition as one core module, and what the host of that module has to know.
///
/// The module exports `task<n>` for the n-th name of [`Flattened::tasks`], and `memory<n>`,
/// `realloc<n>` and `flags<n>` for what [`Caller`] names. It imports `host.call<n>` for the n-th of
/// [`Flattened::calls`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flattened {
    pub module: Vec<u8>,
    /// Exports of the component without parameters and results, by name.
    pub tasks: Vec<String>,
    pub calls: Vec<Call>,
    /// Bytes that each memory of the module needs, in the order of their indices.
    pub memory_bytes: Vec<u32>,
    /// Entries of each table of functions.
    pub table_entries: Vec<u32>,
}

/// One imported function of the flattened module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub does: Does,
    pub caller: Caller,
    /// Tables of the handles among the parameters, in their order.
    pub taken: Vec<u32>,
    pub parameters: Vec<Value>,
    pub result: Option<Value>,
}

/// A core value, as C passes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    I32,
    I64,
    F32,
    F64,
}

/// The component instance that calls: where the host reads and writes. Numbers of exports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Caller {
    pub memory: Option<u32>,
    pub realloc: Option<u32>,
    /// While this global is zero the instance must not call out (the canonical ABI's `may_leave`).
    pub flags: Option<u32>,
    /// The table of the handles that the function is called with.
    pub table: Option<u32>,
    /// The table of the handle that it gives.
    pub made: Option<u32>,
}

/// What an imported function does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Does {
    /// Calls a function of an interface that the host serves.
    Function { interface: String, function: String },
    /// Gives back a handle of that table.
    Drop { table: u32 },
    /// Ends the call with a trap: what the canonical ABI forbids was met; its code.
    Trap,
    /// Moves a handle from one table to another: `(handle, from, to) -> handle`.
    MoveOwn,
    /// Lends a handle: `(handle, from, to) -> handle`.
    Lend,
    /// Copies UTF-8 from one memory to another and traps when it is none: `(from, bytes, to)`.
    /// Numbers of exported memories.
    CopyUtf8 { from: u32, to: u32 },
}
