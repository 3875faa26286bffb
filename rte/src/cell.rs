//! A cell: the last or queued value of one receiver, kept in memory as the receiver's own type,
//! status included. Serves ports in the store and parameters in the tasks alike.
//! Knows nothing of who sets and reads it.
//!
//! Source: AUTOSAR, Specification of RTE ("Sender-Receiver communication", Std_ReturnType).

use crate::{
    code::{Body, Callee, Module, unpack},
    layout::{
        self, Scalar, Shape, discriminant_size, heap_size, packed_size, payload_offset, points,
        shape, size,
    },
    packed,
    plan::{Buffering, GenerateError},
};
use autosar_wit::types::{TypeKind, ValueType};
use wasm_encoder::{Instruction, ValType};

/// More than this is no data element of a control unit.
const MAXIMUM_BYTES: u64 = 1 << 20;

/// Why there is no value. The numbers are those that the functions of a cell take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Invalid = 0,
    Timeout = 1,
    OutOfRange = 2,
    NeverReceived = 3,
    NoData = 4,
    LostData = 5,
    Unconnected = 6,
}

impl Status {
    const ALL: [Self; 7] = [
        Self::Invalid,
        Self::Timeout,
        Self::OutOfRange,
        Self::NeverReceived,
        Self::NoData,
        Self::LostData,
        Self::Unconnected,
    ];

    fn case(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Timeout => "timeout",
            Self::OutOfRange => "out-of-range",
            Self::NeverReceived => "never-received",
            Self::NoData => "no-data",
            Self::LostData => "lost-data",
            Self::Unconnected => "unconnected",
        }
    }
}

/// A receiver's type: the value in it, and how it tells that there is none.
#[derive(Debug, Clone)]
pub(crate) struct Receiver {
    pub(crate) whole: ValueType,
    pub(crate) value: ValueType,
    room: Room,
}

#[derive(Debug, Clone)]
enum Room {
    /// `result<value, e>`, where `e` is an enum with some of our statuses.
    Result {
        cases: Vec<String>,
        payload: u32,
    },
    /// `option<value>`
    Option {
        payload: u32,
    },
    None,
}

impl Receiver {
    pub(crate) fn new(whole: &ValueType) -> Self {
        let (room, value) = match layout::strip(whole) {
            ValueType::Option(some) => (
                Room::Option {
                    payload: payload_offset(&[None, Some((**some).clone())]),
                },
                &**some,
            ),
            ValueType::Result {
                ok: Some(ok),
                err: Some(err),
            } => match statuses(err) {
                Some(cases) => {
                    let payload = payload_offset(&[Some((**ok).clone()), Some((**err).clone())]);
                    (Room::Result { cases, payload }, &**ok)
                }
                None => (Room::None, whole),
            },
            _ => (Room::None, whole),
        };
        Self {
            whole: whole.clone(),
            value: value.clone(),
            room,
        }
    }

    pub(crate) fn payload(&self) -> u32 {
        match self.room {
            Room::Result { payload, .. } | Room::Option { payload } => payload,
            Room::None => 0,
        }
    }

    pub(crate) fn has_status(&self) -> bool {
        !matches!(self.room, Room::None)
    }

    /// Writes to the image at `image` that it holds a value.
    fn mark_value(&self, body: &mut Body, image: u32) {
        let tag = match self.room {
            Room::Result { .. } => 0,
            Room::Option { .. } => 1,
            Room::None => return,
        };
        body.i32(image).i32(tag).store(Scalar::U8, 0);
    }

    /// Writes the status to the image at `image`; without room for it the last value stays.
    pub(crate) fn mark_status(&self, body: &mut Body, image: u32, status: Status) {
        match &self.room {
            Room::Result { cases, payload } => {
                let case = nearest(cases, status);
                let scalar = match discriminant_size(cases.len()) {
                    1 => Scalar::U8,
                    2 => Scalar::U16,
                    _ => Scalar::U32,
                };
                body.i32(image).i32(1).store(Scalar::U8, 0);
                body.i32(image).i32(case).store(scalar, *payload);
            }
            Room::Option { .. } => {
                body.i32(image).i32(0).store(Scalar::U8, 0);
            }
            Room::None => {}
        }
    }
}

/// The cases of an error type that speaks of reception.
fn statuses(err: &ValueType) -> Option<Vec<String>> {
    let ValueType::Named(definition) = layout::strip(err) else {
        return None;
    };
    let TypeKind::Enum(cases) = &definition.kind else {
        return None;
    };
    let known = cases
        .iter()
        .any(|case| Status::ALL.iter().any(|status| status.case() == case));
    known.then(|| cases.clone())
}

/// The case of that name, else the first that any status has.
fn nearest(cases: &[String], status: Status) -> u32 {
    let position = |status: Status| cases.iter().position(|case| case == status.case());
    position(status)
        .or_else(|| Status::ALL.into_iter().find_map(position))
        .unwrap_or(0) as u32
}

/// The functions of a cell.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    /// `(address, bytes)`: takes a value in transport form: packed if it has lists or strings,
    /// else its memory image.
    pub(crate) set: Callee,
    /// `(status)`: `Invalid`, `Timeout` or `OutOfRange`.
    pub(crate) mark: Callee,
    /// `()`: brings the next of the queue into the image; only queued cells have it.
    pub(crate) next: Option<Callee>,
}

/// The largest transport form.
pub(crate) fn transport_size(value: &ValueType, bound: u32) -> u64 {
    match points(value) {
        true => packed_size(value, bound),
        false => size(value).into(),
    }
}

/// Makes a cell whose image lies at `image`; `init` is what runs before everything else.
pub(crate) fn cell(
    module: &mut Module,
    init: &mut Body,
    receiver: &Receiver,
    image: u32,
    buffering: &Buffering,
    place: &str,
) -> Result<Cell, GenerateError> {
    let value = &receiver.value;
    let bytes = transport_size(value, buffering.bound).max(heap_size(value, buffering.bound));
    let total = bytes.saturating_mul(buffering.queue.unwrap_or(1).max(1).into());
    if total > MAXIMUM_BYTES {
        return Err(GenerateError::TooLarge {
            place: place.to_owned(),
            bytes: total,
        });
    }
    let heap = match points(value) {
        true => module.place(heap_size(value, buffering.bound) as u32, 8),
        false => 0,
    };
    let fill = Fill {
        receiver,
        image,
        heap,
        bound: buffering.bound,
    };
    let mut constants = [None, None];
    let texts = [
        ("initial value", &buffering.initial),
        ("substitute", &buffering.substitute),
    ];
    for (constant, (what, content)) in constants.iter_mut().zip(texts) {
        let Some(content) = content else { continue };
        if !packed::is_value(value, content, buffering.bound) {
            return Err(GenerateError::BadValue {
                place: place.to_owned(),
                what,
            });
        }
        *constant = Some((module.place_data(content, 1), content.len() as u32));
    }
    let [initial, substitute] = constants;
    match initial {
        Some(initial) => fill.constant(module, init, initial),
        None => receiver.mark_status(init, image, Status::NeverReceived),
    }
    let mark = mark(module, &fill, substitute, buffering.queue.is_some());
    match buffering.queue {
        None => {
            let set = module.declare(&[ValType::I32; 2], &[]);
            let mut body = Body::new(2);
            fill.transport(module, &mut body, 0, 1);
            module.define(set, body);
            Ok(Cell {
                set,
                mark,
                next: None,
            })
        }
        Some(_) if !receiver.has_status() => Err(GenerateError::NoStatus {
            place: place.to_owned(),
        }),
        Some(length) => {
            receiver.mark_status(init, image, Status::NoData);
            let queue = Queue::new(module, value, buffering.bound, length.max(1));
            let set = queue.push(module);
            let next = queue.pop(module, &fill);
            Ok(Cell {
                set,
                mark,
                next: Some(next),
            })
        }
    }
}

fn mark(
    module: &mut Module,
    fill: &Fill,
    substitute: Option<(u32, u32)>,
    is_queued: bool,
) -> Callee {
    let mark = module.declare(&[ValType::I32], &[]);
    let mut body = Body::new(1);
    // What failed to arrive takes no place in a queue.
    if !is_queued {
        for status in [Status::Invalid, Status::Timeout, Status::OutOfRange] {
            body.get(0)
                .i32(status as u32)
                .op(Instruction::I32Eq)
                .begin_if();
            match (status, substitute) {
                (Status::Timeout, Some(constant)) => fill.constant(module, &mut body, constant),
                _ => fill.receiver.mark_status(&mut body, fill.image, status),
            }
            body.end();
        }
    }
    module.define(mark, body);
    mark
}

/// Bringing values into the image of a receiver.
struct Fill<'a> {
    receiver: &'a Receiver,
    image: u32,
    heap: u32,
    bound: u32,
}

impl Fill<'_> {
    /// From packed bytes that are known to be good.
    fn constant(&self, module: &mut Module, body: &mut Body, (address, bytes): (u32, u32)) {
        let unpack = unpack(module, &self.receiver.value, self.bound);
        self.receiver.mark_value(body, self.image);
        body.with_heap(self.heap, |body| {
            body.i32(address)
                .i32(address + bytes)
                .i32(self.image + self.receiver.payload());
            body.call(unpack).op(Instruction::Drop);
        });
    }

    /// From transport form at the address and of the length in two locals.
    fn transport(&self, module: &mut Module, body: &mut Body, address: u32, bytes: u32) {
        let to = self.image + self.receiver.payload();
        self.receiver.mark_value(body, self.image);
        if !points(&self.receiver.value) {
            body.i32(to)
                .get(address)
                .i32(size(&self.receiver.value))
                .copy();
            return;
        }
        let unpack = unpack(module, &self.receiver.value, self.bound);
        body.with_heap(self.heap, |body| {
            body.get(address)
                .get(address)
                .get(bytes)
                .op(Instruction::I32Add)
                .i32(to);
            body.call(unpack).op(Instruction::I32Eqz);
            // The tasks have checked the value before: this is a bug of the generator.
            body.begin_if().op(Instruction::Unreachable).end();
        });
    }
}

/// A ring of values in transport form behind their lengths.
struct Queue {
    /// Head, count and whether values were lost: three words.
    state: u32,
    ring: u32,
    entry_bytes: u32,
    length: u32,
}

const HEAD: u32 = 0;
const COUNT: u32 = 4;
const LOST: u32 = 8;

impl Queue {
    fn new(module: &mut Module, value: &ValueType, bound: u32, length: u32) -> Self {
        let entry_bytes = layout::align_to(transport_size(value, bound) as u32 + 4, 4);
        Self {
            state: module.place(12, 4),
            ring: module.place(entry_bytes * length, 4),
            entry_bytes,
            length,
        }
    }

    fn word<'a>(&self, body: &'a mut Body, word: u32) -> &'a mut Body {
        body.i32(self.state).load(Scalar::U32, word)
    }

    /// `(address, bytes)`: the newest is lost when the ring is full.
    fn push(&self, module: &mut Module) -> Callee {
        let push = module.declare(&[ValType::I32; 2], &[]);
        let mut body = Body::new(2);
        let (address, bytes) = (0, 1);
        let entry = body.local(ValType::I32);
        self.word(&mut body, COUNT)
            .i32(self.length)
            .op(Instruction::I32GeU)
            .begin_if();
        body.i32(self.state)
            .i32(1)
            .store(Scalar::U32, LOST)
            .op(Instruction::Return)
            .end();
        self.word(&mut body, HEAD);
        self.word(&mut body, COUNT).op(Instruction::I32Add);
        self.entry(&mut body, entry);
        body.get(entry).get(bytes).store(Scalar::U32, 0);
        body.address(entry, 4).get(address).get(bytes).copy();
        body.i32(self.state);
        self.word(&mut body, COUNT)
            .i32(1)
            .op(Instruction::I32Add)
            .store(Scalar::U32, COUNT);
        module.define(push, body);
        push
    }

    fn pop(&self, module: &mut Module, fill: &Fill) -> Callee {
        let pop = module.declare(&[], &[]);
        let mut body = Body::new(0);
        let (entry, bytes) = (body.local(ValType::I32), body.local(ValType::I32));
        self.word(&mut body, LOST).begin_if();
        body.i32(self.state).i32(0).store(Scalar::U32, LOST);
        if matches!(fill.receiver.room, Room::Result { .. }) {
            fill.receiver
                .mark_status(&mut body, fill.image, Status::LostData);
            body.op(Instruction::Return);
        }
        body.end();
        self.word(&mut body, COUNT)
            .op(Instruction::I32Eqz)
            .begin_if();
        fill.receiver
            .mark_status(&mut body, fill.image, Status::NoData);
        body.op(Instruction::Return).end();
        self.word(&mut body, HEAD);
        self.entry(&mut body, entry);
        body.get(entry).load(Scalar::U32, 0).set(bytes);
        body.advance(entry, 4);
        fill.transport(module, &mut body, entry, bytes);
        body.i32(self.state);
        self.word(&mut body, HEAD).i32(1).op(Instruction::I32Add);
        body.i32(self.length)
            .op(Instruction::I32RemU)
            .store(Scalar::U32, HEAD);
        body.i32(self.state);
        self.word(&mut body, COUNT)
            .i32(1)
            .op(Instruction::I32Sub)
            .store(Scalar::U32, COUNT);
        module.define(pop, body);
        pop
    }

    /// The address of the entry whose number, not yet wrapped, is on the stack.
    fn entry(&self, body: &mut Body, into: u32) {
        body.i32(self.length)
            .op(Instruction::I32RemU)
            .i32(self.entry_bytes);
        body.op(Instruction::I32Mul)
            .i32(self.ring)
            .op(Instruction::I32Add)
            .set(into);
    }
}

/// What a buffered connector cannot carry in that type, if anything.
pub(crate) fn refuse(value: &ValueType, place: &str) -> Result<(), GenerateError> {
    match layout::handle(value) {
        Some(what) => Err(GenerateError::Unbufferable {
            place: place.to_owned(),
            what: what.to_owned(),
        }),
        None => Ok(()),
    }
}

/// Whether the shape is one that a scalar holds.
pub(crate) fn is_enum(value: &ValueType) -> Option<usize> {
    match shape(value) {
        Shape::Sum(cases) if cases.iter().all(Option::is_none) => Some(cases.len()),
        _ => None,
    }
}
