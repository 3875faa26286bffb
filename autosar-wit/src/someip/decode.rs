//! The payload of a message to a value.

use super::encode::unframed;
use super::form::{self, Form, Members, Scalar};
use super::layout::{ByteOrder, Layout, LengthField};
use super::{HEADER_BYTES, Problem, SomeIpError, text};
use crate::types::{TypeDefinition, ValueType};
use crate::value::{Value, resolved};

type Read<T> = Result<T, SomeIpError>;

/// A value, and how many bytes behind it a newer sender has appended.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    pub value: Value,
    pub surplus: usize,
}

/// The value that a payload carries: an event's, a field's, a method's answer.
pub fn decode(layout: &Layout, value_type: &ValueType, bytes: &[u8]) -> Read<Decoded> {
    let mut reader = Reader::new(layout, bytes);
    let value = match form::form(layout, value_type)? {
        Form::Struct(members) if unframed(layout, &members) => {
            shaped(value_type, reader.members(&members)?)
        }
        _ => reader.value(value_type)?,
    };
    Ok(reader.end(value))
}

/// The arguments of a call of the method of that name, as a record.
pub fn decode_arguments(
    layout: &Layout,
    method: &str,
    parameters: &[(String, ValueType)],
    bytes: &[u8],
) -> Read<Decoded> {
    let parameters = parameters.iter().map(|(name, value)| (name.clone(), value));
    let members = form::members(layout, method, parameters)?;
    let mut reader = Reader::new(layout, bytes);
    let value = Value::Record(reader.members(&members)?);
    Ok(reader.end(value))
}

fn shaped(value_type: &ValueType, members: Vec<(String, Value)>) -> Value {
    match resolved(value_type) {
        ValueType::Tuple(_) => Value::Tuple(members.into_iter().map(|(_, value)| value).collect()),
        _ => Value::Record(members),
    }
}

struct Reader<'a> {
    layout: &'a Layout,
    bytes: &'a [u8],
    position: usize,
    /// The end of what is read at present.
    limit: usize,
    /// Data of variable size were read last: what comes next is aligned.
    pads: bool,
}

impl<'a> Reader<'a> {
    fn new(layout: &'a Layout, bytes: &'a [u8]) -> Reader<'a> {
        Reader {
            layout,
            bytes,
            position: 0,
            limit: bytes.len(),
            pads: false,
        }
    }

    fn end(self, value: Value) -> Decoded {
        Decoded {
            value,
            surplus: self.bytes.len() - self.position,
        }
    }

    fn left(&self) -> usize {
        self.limit - self.position
    }

    fn wrong<T>(&self, problem: Problem) -> Read<T> {
        Err(SomeIpError::at_byte(self.position, problem))
    }

    fn raw(&mut self, needed: usize) -> Read<&'a [u8]> {
        if std::mem::take(&mut self.pads) {
            let alignment = self.layout.alignment.bytes();
            let next = (HEADER_BYTES + self.position).next_multiple_of(alignment) - HEADER_BYTES;
            self.position = next.min(self.limit);
        }
        let left = self.left();
        let end = self.position.checked_add(needed);
        let found = end
            .filter(|end| *end <= self.limit)
            .and_then(|end| self.bytes.get(self.position..end));
        let Some(found) = found else {
            return self.wrong(Problem::Short { needed, left });
        };
        self.position += needed;
        Ok(found)
    }

    fn number(&mut self, width: usize) -> Read<u64> {
        let bytes = self.raw(width)?;
        let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        Ok(match self.layout.byte_order {
            ByteOrder::MostSignificantByteFirst => bytes.iter().fold(0, add),
            ByteOrder::MostSignificantByteLast => bytes.iter().rev().fold(0, add),
        })
    }

    /// Reads a length, then what lies within it; what a newer sender has appended is passed over.
    fn framed<T>(
        &mut self,
        field: LengthField,
        read: impl FnOnce(&mut Self) -> Read<T>,
    ) -> Read<T> {
        match field {
            LengthField::Zero => read(self),
            field => {
                let length = self.length(field)?;
                self.within(length, read)
            }
        }
    }

    fn length(&mut self, field: LengthField) -> Read<usize> {
        let length = self.number(field.bytes())?;
        let left = self.left();
        match usize::try_from(length) {
            Ok(length) if length <= left => Ok(length),
            _ => {
                self.position -= field.bytes();
                self.wrong(Problem::Length { length, left })
            }
        }
    }

    fn within<T>(&mut self, length: usize, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        let outer = self.limit;
        let end = self.position + length;
        self.limit = end;
        let found = read(self)?;
        self.position = end;
        self.limit = outer;
        Ok(found)
    }

    fn value(&mut self, value_type: &ValueType) -> Read<Value> {
        let form = form::form(self.layout, value_type)?;
        match &form {
            Form::Scalar(scalar) => self.scalar(*scalar),
            Form::Enum(definition, cases) => self.enumeration(definition, cases),
            Form::Flags(definition, names) => self.flags(definition, names),
            Form::FixedText(room) => self.fixed_text(*room),
            Form::Option => self.wrong(Problem::Option),
            Form::Union(name, cases) => self.union(name, cases, value_type),
            Form::Struct(members) if unframed(self.layout, members) => {
                self.wrong(Problem::Unbounded)
            }
            Form::Text | Form::Array(..) | Form::Vector(_) | Form::Map(..) | Form::Struct(_) => {
                let field = form.length_field(self.layout);
                let value = self.framed(field, |reader| reader.body(&form, value_type))?;
                self.pads |= matches!(form, Form::Text | Form::Vector(_) | Form::Map(..));
                Ok(value)
            }
        }
    }

    /// What stands behind the length field; the limit is its end.
    fn body(&mut self, form: &Form, value_type: &ValueType) -> Read<Value> {
        match form {
            Form::Text => {
                let start = self.position;
                let bytes = self.raw(self.left())?;
                Ok(Value::String(text::decode(self.layout, bytes, start)?))
            }
            // Behind a length field it may be shorter, if it ends in a zero.
            Form::FixedText(_) => self.fixed_text(self.left()),
            Form::Array(element, count) => {
                let mut values = Vec::new();
                for index in 0..*count {
                    let start = self.position;
                    values.push(self.element(element, index)?);
                    if self.position == start {
                        return self.wrong(Problem::NoProgress);
                    }
                }
                Ok(Value::List(values))
            }
            Form::Vector(element) => Ok(Value::List(self.elements(element)?)),
            Form::Map(key, entry) => {
                let pair = ValueType::Tuple(vec![(*key).clone(), (*entry).clone()]);
                let mut entries = Vec::new();
                for pair in self.elements(&pair)? {
                    if let Value::Tuple(parts) = pair
                        && let Ok([key, entry]) = <[Value; 2]>::try_from(parts)
                    {
                        entries.push((key, entry));
                    }
                }
                Ok(Value::Map(entries))
            }
            Form::Struct(members) => Ok(shaped(value_type, self.members(members)?)),
            _ => self.value(value_type),
        }
    }

    fn fixed_text(&mut self, room: usize) -> Read<Value> {
        let bytes = self.raw(room)?;
        let start = self.position - room;
        let text = text::decode_fixed(self.layout, bytes, start)?;
        Ok(Value::String(text))
    }

    fn element(&mut self, element: &ValueType, index: usize) -> Read<Value> {
        self.value(element).map_err(|error| error.in_element(index))
    }

    /// Elements up to the limit.
    fn elements(&mut self, element: &ValueType) -> Read<Vec<Value>> {
        let mut values = Vec::new();
        while self.left() > 0 {
            let start = self.position;
            values.push(self.element(element, values.len())?);
            if self.position == start {
                return self.wrong(Problem::NoProgress);
            }
        }
        Ok(values)
    }

    fn members(&mut self, members: &Members) -> Read<Vec<(String, Value)>> {
        if members.tagged {
            return self.tagged(members);
        }
        let mut values = Vec::with_capacity(members.all.len());
        for member in &members.all {
            let value = self.value(member.value);
            let value = value.map_err(|error| error.in_field(&member.name))?;
            values.push((member.name.clone(), value));
        }
        Ok(values)
    }

    /// Members in any order up to the limit; those that are not known are passed over.
    fn tagged(&mut self, members: &Members) -> Read<Vec<(String, Value)>> {
        let mut found: Vec<Option<Value>> = vec![None; members.all.len()];
        while self.left() > 0 {
            let start = self.position;
            let bytes = self.raw(2)?;
            let tag = bytes
                .iter()
                .fold(0_u16, |tag, byte| tag << 8 | u16::from(*byte));
            let (wire_type, id) = ((tag >> 12 & 7) as u8, tag & 0xFFF);
            let known = members.all.iter().zip(&mut found);
            let Some((member, place)) = known.into_iter().find(|(member, _)| member.id == id)
            else {
                self.skip(wire_type, id)?;
                continue;
            };
            if place.is_some() {
                return Err(SomeIpError::at_byte(start, Problem::Repeated { id }));
            }
            let value = self
                .tagged_value(member.value, wire_type, id)
                .map_err(|error| error.in_field(&member.name))?;
            *place = Some(value);
            self.pads = false;
        }
        let mut values = Vec::with_capacity(found.len());
        for (member, value) in members.all.iter().zip(found) {
            let value = match (member.optional, value) {
                (true, value) => Value::Option(value.map(Box::new)),
                (false, Some(value)) => value,
                (false, None) => {
                    let (name, id) = (member.name.clone(), member.id);
                    return self.wrong(Problem::Missing { name, id });
                }
            };
            values.push((member.name.clone(), value));
        }
        Ok(values)
    }

    fn tagged_value(&mut self, value_type: &ValueType, wire_type: u8, id: u16) -> Read<Value> {
        let form = form::form(self.layout, value_type)?;
        if let Form::Option = form {
            return self.wrong(Problem::Option);
        }
        if let Form::Union(..) = form {
            return self.wrong(Problem::TaggedUnion);
        }
        let field = match (form.basic_bytes(self.layout), wire_type) {
            (Some(bytes), found) if found == form::basic_wire_type(bytes) => {
                return self.value(value_type);
            }
            (None, form::WIRE_STATIC) => form.length_field(self.layout),
            (None, 5) => LengthField::One,
            (None, 6) => LengthField::Two,
            (None, 7) => LengthField::Four,
            _ => LengthField::Zero,
        };
        if field == LengthField::Zero {
            self.position -= 2;
            let found = wire_type;
            return self.wrong(Problem::WireType { id, found });
        }
        let length = self.length(field)?;
        self.within(length, |reader| reader.body(&form, value_type))
    }

    /// A member that this side does not know.
    fn skip(&mut self, wire_type: u8, id: u16) -> Read<()> {
        let field = match wire_type {
            0..=3 => return self.raw(1 << wire_type).map(drop),
            5 => LengthField::One,
            6 => LengthField::Two,
            7 => LengthField::Four,
            _ => match common_length_field(self.layout) {
                Some(field) => field,
                None => return self.wrong(Problem::Unskippable { id }),
            },
        };
        let length = self.length(field)?;
        self.raw(length).map(drop)
    }

    fn scalar(&mut self, scalar: Scalar) -> Read<Value> {
        let bits = self.number(scalar.bytes())?;
        Ok(match scalar {
            Scalar::Bool => Value::Bool(bits & 1 == 1),
            Scalar::U8 => Value::U8(bits as u8),
            Scalar::U16 => Value::U16(bits as u16),
            Scalar::U32 => Value::U32(bits as u32),
            Scalar::U64 => Value::U64(bits),
            Scalar::S8 => Value::S8(bits as i8),
            Scalar::S16 => Value::S16(bits as i16),
            Scalar::S32 => Value::S32(bits as i32),
            Scalar::S64 => Value::S64(bits as i64),
            Scalar::F32 => Value::F32(f32::from_bits(bits as u32)),
            Scalar::F64 => Value::F64(f64::from_bits(bits)),
            Scalar::Char => {
                let found = bits as u32;
                match char::from_u32(found) {
                    Some(letter) => Value::Char(letter),
                    None => {
                        self.position -= 4;
                        return self.wrong(Problem::Character { found });
                    }
                }
            }
        })
    }

    fn enumeration(&mut self, definition: &TypeDefinition, cases: &[String]) -> Read<Value> {
        let (base, numbers) = form::enum_numbers(self.layout, definition, cases)?;
        let found = self.number(base.bytes())?;
        match numbers.iter().find(|(_, number)| *number == found) {
            Some((case, _)) => Ok(Value::Enum((*case).to_owned())),
            None => {
                self.position -= base.bytes();
                let known = numbers.iter().map(|(case, number)| (*case, *number));
                self.wrong(no_case(found, &definition.name, known))
            }
        }
    }

    fn flags(&mut self, definition: &TypeDefinition, names: &[String]) -> Read<Value> {
        let base = form::checked_flags_base(self.layout, definition, names)?;
        let found = self.number(base.bytes())?;
        let stray = names.len() < 64 && found >> names.len() != 0;
        if stray {
            self.position -= base.bytes();
            let (name, count) = (definition.name.clone(), names.len());
            return self.wrong(Problem::Flags { found, name, count });
        }
        let set = names.iter().enumerate();
        let set = set.filter(|(bit, _)| found >> bit & 1 == 1);
        Ok(Value::Flags(set.map(|(_, name)| name.clone()).collect()))
    }

    fn union(
        &mut self,
        name: &str,
        cases: &[(&str, Option<&ValueType>)],
        value_type: &ValueType,
    ) -> Read<Value> {
        form::check_union(self.layout, cases)?;
        let field = self.layout.size_of_union_length_field;
        let length = match field {
            LengthField::Zero => None,
            field => Some((self.position, self.number(field.bytes())?)),
        };
        let selector = self.layout.size_of_union_type_selector_field.bytes();
        let found = self.number(selector)?;
        let index = usize::try_from(found).ok().and_then(|n| n.checked_sub(1));
        let Some((case, element)) = index.and_then(|index| cases.get(index)) else {
            self.position -= selector;
            let known = cases
                .iter()
                .zip(1..)
                .map(|((case, _), number)| (*case, number));
            return self.wrong(no_case(found, name, known));
        };
        let read = |reader: &mut Self| match element {
            None => Ok(None),
            Some(element) => {
                let value = reader.value(element);
                value.map(Some).map_err(|error| error.in_field(case))
            }
        };
        let value = match length {
            None => read(self)?,
            Some((at, length)) => {
                let left = self.left();
                let Some(length) = usize::try_from(length).ok().filter(|l| *l <= left) else {
                    return Err(SomeIpError::at_byte(at, Problem::Length { length, left }));
                };
                let value = self.within(length, read)?;
                self.pads = false;
                value
            }
        };
        let value = value.map(Box::new);
        Ok(match (resolved(value_type), *case) {
            (ValueType::Result { .. }, "ok") => Value::Result(Ok(value)),
            (ValueType::Result { .. }, _) => Value::Result(Err(value)),
            (_, case) => Value::Variant {
                case: case.to_owned(),
                value,
            },
        })
    }
}

/// The size that all length fields of wire type 4 have.
fn common_length_field(layout: &Layout) -> Option<LengthField> {
    let all = [
        layout.size_of_vector_length_field,
        layout.size_of_map_length_field,
        layout.size_of_string_length_field,
        layout.size_of_array_length_field,
        layout.size_of_struct_length_field,
    ];
    let mut said = all.into_iter().filter(|field| *field != LengthField::Zero);
    let first = said.next()?;
    said.all(|field| field == first).then_some(first)
}

fn no_case<'a>(found: u64, name: &str, known: impl Iterator<Item = (&'a str, u64)>) -> Problem {
    let known: Vec<String> = known.map(|(case, n)| format!("`{case}` {n}")).collect();
    Problem::Case {
        found,
        name: name.to_owned(),
        known: known.join(", "),
    }
}
