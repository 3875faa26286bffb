//! Types of the component model and values of them by a seed: as WIT text, and as the canonical ABI
//! lays them in a memory (strings in UTF-8). Knows no component and no host.

use std::fmt::Write;

/// A type. Names of fields and cases are their positions.
#[derive(Debug, Clone)]
pub(crate) enum Type {
    Bool,
    /// Its name in WIT, and its bytes.
    Integer(&'static str, u32),
    F32,
    F64,
    Char,
    String,
    List(Box<Type>),
    Record(Vec<Type>),
    Tuple(Vec<Type>),
    Option(Box<Type>),
    Result(Option<Box<Type>>, Option<Box<Type>>),
    Variant(Vec<Option<Type>>),
    Enum(u32),
    Flags(u32),
}

const INTEGERS: [Type; 8] = [
    Type::Integer("u8", 1),
    Type::Integer("s8", 1),
    Type::Integer("u16", 2),
    Type::Integer("s16", 2),
    Type::Integer("u32", 4),
    Type::Integer("s32", 4),
    Type::Integer("u64", 8),
    Type::Integer("s64", 8),
];
/// One of each length in UTF-8, and the edges between the lengths.
const CHARACTERS: [char; 10] = [
    'a', '\0', '\u{7f}', '\u{80}', 'ß', '\u{7ff}', '\u{800}', '€', '\u{ffff}', '𝛑',
];

/// The same numbers for the same seed, on every machine.
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed ^ 0x9e37_79b9_7f4a_7c15)
    }

    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let mixed = self.0 ^ (self.0 >> 29);
        mixed.wrapping_mul(0xbf58_476d_1ce4_e5b9) ^ (mixed >> 32)
    }

    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        (self.next() >> 16) as u32 % bound
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len() as u32) as usize]
    }

    /// A type that nests at most so deep.
    fn ty(&mut self, depth: u32) -> Type {
        if depth == 0 {
            return self.leaf();
        }
        let boxed = |random: &mut Random| Box::new(random.ty(depth - 1));
        match self.below(12) {
            0 | 1 => Type::List(boxed(self)),
            2 => Type::Record(self.some(depth)),
            3 => Type::Tuple(self.some(depth)),
            4 | 5 => Type::Option(boxed(self)),
            6 => {
                let sides = self.below(4);
                let ok = (sides & 1 == 0).then(|| boxed(self));
                Type::Result(ok, (sides & 2 == 0).then(|| boxed(self)))
            }
            7 | 8 => {
                let cases = 2 + self.below(3);
                let case =
                    |random: &mut Random| (random.below(4) > 0).then(|| random.ty(depth - 1));
                Type::Variant((0..cases).map(|_| case(self)).collect())
            }
            _ => self.leaf(),
        }
    }

    fn some(&mut self, depth: u32) -> Vec<Type> {
        let count = 1 + self.below(4);
        (0..count).map(|_| self.ty(depth - 1)).collect()
    }

    fn leaf(&mut self) -> Type {
        match self.below(12) {
            0 => Type::Bool,
            1 => Type::F32,
            2 => Type::F64,
            3 => Type::Char,
            4..=6 => Type::String,
            7 => Type::Enum([2, 255, 256, 257, 300][self.below(5) as usize]),
            8 => Type::Flags([1, 8, 9, 16, 17, 32][self.below(6) as usize]),
            _ => self.pick(&INTEGERS).clone(),
        }
    }

    /// A record with a string and a list in it: more than one core value, and something of
    /// everything that takes memory.
    pub(crate) fn record(&mut self) -> Type {
        let mut fields = self.some(3);
        let list = Type::List(Box::new(self.ty(2)));
        for must in [Type::String, list] {
            let place = self.below(fields.len() as u32 + 1) as usize;
            fields.insert(place, must);
        }
        Type::Record(fields)
    }
}

fn aligned(offset: u32, align: u32) -> u32 {
    offset.next_multiple_of(align)
}

/// Bytes of the discriminant of so many cases.
fn discriminant_bytes(cases: u32) -> u32 {
    match cases {
        0..=256 => 1,
        257..=65_536 => 2,
        _ => 4,
    }
}

impl Type {
    /// The payloads of the cases of a variant, an option or a result.
    fn cases(&self) -> Option<Vec<Option<&Type>>> {
        match self {
            Type::Option(some) => Some(vec![None, Some(some)]),
            Type::Result(ok, error) => Some(vec![ok.as_deref(), error.as_deref()]),
            Type::Variant(cases) => Some(cases.iter().map(Option::as_ref).collect()),
            _ => None,
        }
    }

    pub(crate) fn align(&self) -> u32 {
        if let Some(cases) = self.cases() {
            let payload = cases.iter().flatten().map(|one| one.align()).max();
            return payload
                .unwrap_or(1)
                .max(discriminant_bytes(cases.len() as u32));
        }
        match self {
            Type::Record(fields) | Type::Tuple(fields) => {
                fields.iter().map(Type::align).max().unwrap_or(1)
            }
            Type::String | Type::List(_) => 4,
            other => other.size(),
        }
    }

    pub(crate) fn size(&self) -> u32 {
        if let Some(cases) = self.cases() {
            let payload = cases.iter().flatten().map(|one| one.size()).max();
            return aligned(self.payload_offset() + payload.unwrap_or(0), self.align());
        }
        match self {
            Type::Bool => 1,
            Type::Integer(_, bytes) => *bytes,
            Type::F32 | Type::Char => 4,
            Type::F64 | Type::String | Type::List(_) => 8,
            Type::Enum(cases) => discriminant_bytes(*cases),
            Type::Flags(1..=8) => 1,
            Type::Flags(9..=16) => 2,
            Type::Flags(_) => 4,
            Type::Record(fields) | Type::Tuple(fields) => {
                let end = fields
                    .iter()
                    .fold(0, |at, field| aligned(at, field.align()) + field.size());
                aligned(end, self.align())
            }
            Type::Option(_) | Type::Result(..) | Type::Variant(_) => unreachable!("it has cases"),
        }
    }

    /// Bytes of the packed form, at most, with lists and strings up to a bound.
    pub(crate) fn packed_most(&self, bound: u32) -> u32 {
        let of = |ty: &Type| ty.packed_most(bound);
        if let Some(cases) = self.cases() {
            let payload = cases.iter().flatten().map(|one| of(one)).max();
            return discriminant_bytes(cases.len() as u32) + payload.unwrap_or(0);
        }
        match self {
            Type::String => 4 + bound,
            Type::List(item) => 4 + bound * of(item),
            Type::Record(fields) | Type::Tuple(fields) => fields.iter().map(of).sum(),
            other => other.size(),
        }
    }

    fn payload_offset(&self) -> u32 {
        let cases = self.cases().unwrap_or_default();
        let payload = cases.iter().flatten().map(|one| one.align()).max();
        aligned(discriminant_bytes(cases.len() as u32), payload.unwrap_or(1))
    }

    /// How WIT names it; what needs a name of its own is declared before.
    pub(crate) fn wit(&self, declared: &mut Vec<String>) -> String {
        let list = |declared: &mut Vec<String>, fields: &[Type]| -> Vec<String> {
            fields.iter().map(|field| field.wit(declared)).collect()
        };
        match self {
            Type::Bool => "bool".into(),
            Type::Integer(name, _) => (*name).into(),
            Type::F32 => "f32".into(),
            Type::F64 => "f64".into(),
            Type::Char => "char".into(),
            Type::String => "string".into(),
            Type::List(item) => format!("list<{}>", item.wit(declared)),
            Type::Option(some) => format!("option<{}>", some.wit(declared)),
            Type::Tuple(fields) => format!("tuple<{}>", list(declared, fields).join(", ")),
            Type::Result(ok, error) => {
                let ok = ok.as_ref().map(|ok| ok.wit(declared));
                let error = error.as_ref().map(|error| error.wit(declared));
                match (ok, error) {
                    (None, None) => "result".into(),
                    (Some(ok), None) => format!("result<{ok}>"),
                    (ok, Some(error)) => format!("result<{}, {error}>", ok.unwrap_or("_".into())),
                }
            }
            Type::Record(fields) => {
                let fields = list(declared, fields);
                let fields = fields.iter().enumerate();
                let fields = fields.map(|(number, field)| format!("f{number}: {field}"));
                declare(declared, "record", fields.collect())
            }
            Type::Variant(cases) => {
                let names: Vec<_> = cases
                    .iter()
                    .enumerate()
                    .map(|(number, case)| match case {
                        Some(payload) => format!("c{number}({})", payload.wit(declared)),
                        None => format!("c{number}"),
                    })
                    .collect();
                declare(declared, "variant", names)
            }
            Type::Enum(count) => declare(declared, "enum", numbered(*count)),
            Type::Flags(count) => declare(declared, "flags", numbered(*count)),
        }
    }
}

fn numbered(count: u32) -> Vec<String> {
    (0..count).map(|number| format!("c{number}")).collect()
}

fn declare(declared: &mut Vec<String>, kind: &str, parts: Vec<String>) -> String {
    let name = format!("t{}", declared.len());
    declared.push(format!("{kind} {name} {{ {} }}", parts.join(", ")));
    name
}

/// How long lists and strings are.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lengths {
    /// Up to that bound, which many reach.
    UpTo(u32),
    /// All strings have that length: with one above the bound a value is refused.
    Strings(u32),
}

/// The beginning of a memory, with values in it.
#[derive(Debug)]
pub(crate) struct Image {
    pub(crate) bytes: Vec<u8>,
    lengths: Lengths,
}

impl Image {
    pub(crate) fn new(begin: u32, lengths: Lengths) -> Image {
        let bytes = vec![0; begin as usize];
        Image { bytes, lengths }
    }

    fn room(&mut self, align: u32, bytes: u32) -> u32 {
        let at = aligned(self.bytes.len() as u32, align);
        self.bytes.resize((at + bytes) as usize, 0);
        at
    }

    fn put(&mut self, at: u32, bytes: &[u8]) {
        self.bytes[at as usize..][..bytes.len()].copy_from_slice(bytes);
    }

    /// A value of that type: its address.
    pub(crate) fn value(&mut self, ty: &Type, random: &mut Random) -> u32 {
        let at = self.room(ty.align(), ty.size());
        self.write(ty, random, at);
        at
    }

    /// Addresses, one behind the other.
    pub(crate) fn addresses(&mut self, addresses: &[u32]) -> u32 {
        let at = self.room(4, 0);
        for address in addresses {
            self.bytes.extend(address.to_le_bytes());
        }
        at
    }

    fn count(&self, random: &mut Random) -> u32 {
        let most = match self.lengths {
            Lengths::UpTo(most) => most,
            Lengths::Strings(_) => 2,
        };
        match random.below(4) {
            0 => 0,
            1 => most,
            _ => random.below(most + 1),
        }
    }

    fn write(&mut self, ty: &Type, random: &mut Random, at: u32) {
        if let Some(cases) = ty.cases() {
            let case = random.below(cases.len() as u32);
            self.put(at, &[case as u8]);
            if let Some(payload) = cases[case as usize] {
                self.write(payload, random, at + ty.payload_offset());
            }
            return;
        }
        match ty {
            Type::Bool => self.put(at, &[random.below(2) as u8]),
            // The smallest, the largest, or any.
            Type::Integer(_, bytes) => {
                let number = match random.below(4) {
                    0 => [0, u64::MAX, 1 << (8 * bytes - 1)][random.below(3) as usize],
                    _ => random.next(),
                };
                self.put(at, &number.to_le_bytes()[..*bytes as usize]);
            }
            // No NaN, whose bits a machine may choose.
            Type::F32 => {
                let number = *random.pick(&[0.0, -0.0, 1.5, -3.25e7, f32::INFINITY, f32::MIN]);
                self.put(at, &number.to_le_bytes());
            }
            Type::F64 => {
                let number = *random.pick(&[0.0, -0.0, 0.1, -3.25e70, f64::INFINITY, f64::MAX]);
                self.put(at, &number.to_le_bytes());
            }
            Type::Char => {
                let character = u32::from(*random.pick(&CHARACTERS));
                self.put(at, &character.to_le_bytes());
            }
            Type::String => self.string(random, at),
            Type::List(item) => {
                let count = self.count(random);
                let items = self.room(item.align(), count * item.size());
                self.put(at, &[items.to_le_bytes(), count.to_le_bytes()].concat());
                for number in 0..count {
                    self.write(item, random, items + number * item.size());
                }
            }
            Type::Record(fields) | Type::Tuple(fields) => {
                let mut place = at;
                for field in fields {
                    place = aligned(place, field.align());
                    self.write(field, random, place);
                    place += field.size();
                }
            }
            Type::Enum(cases) => {
                let case = *random.pick(&[0, cases / 2, cases - 1]);
                self.put(at, &case.to_le_bytes()[..ty.size() as usize]);
            }
            Type::Flags(count) => {
                let bits = random.next() as u32 & u32::MAX >> (32 - count);
                self.put(at, &bits.to_le_bytes()[..ty.size() as usize]);
            }
            Type::Option(_) | Type::Result(..) | Type::Variant(_) => unreachable!("it has cases"),
        }
    }

    /// Of so many bytes in UTF-8, or a little less where a character does not fit any more.
    fn string(&mut self, random: &mut Random, at: u32) {
        let most = match self.lengths {
            Lengths::UpTo(_) => self.count(random),
            Lengths::Strings(bytes) => bytes,
        };
        let mut text = String::new();
        while text.len() < most as usize {
            let character = *random.pick(&CHARACTERS);
            match text.len() + character.len_utf8() <= most as usize {
                true => text.push(character),
                false => text.push('z'),
            }
        }
        let place = self.room(1, text.len() as u32);
        self.put(place, text.as_bytes());
        let length = (text.len() as u32).to_le_bytes();
        self.put(at, &[place.to_le_bytes(), length].concat());
    }

    /// As a string of WAT.
    pub(crate) fn wat(&self) -> String {
        let mut text = String::new();
        for byte in &self.bytes {
            let _ = write!(text, "\\{byte:02x}");
        }
        text
    }
}
