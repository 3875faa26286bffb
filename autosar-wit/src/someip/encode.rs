//! A value to the payload of a message.

use super::form::{self, Form, Member, Members, Scalar};
use super::layout::{ByteOrder, Layout, LengthField};
use super::{HEADER_BYTES, Problem, SomeIpError, text};
use crate::print;
use crate::types::{TypeDefinition, ValueType};
use crate::value::Value;

type Written = Result<(), SomeIpError>;

/// The payload that carries one value: an event's, a field's, a method's answer.
pub fn encode(
    layout: &Layout,
    value_type: &ValueType,
    value: &Value,
) -> Result<Vec<u8>, SomeIpError> {
    let mut writer = Writer::new(layout);
    match form::form(layout, value_type)? {
        // The end of the message is its end.
        Form::Struct(members) if unframed(layout, &members) => {
            writer.members(&members, value_type, value)?;
        }
        _ => writer.put(value_type, value)?,
    }
    Ok(writer.bytes)
}

/// The payload of a call of the method of that name: a record of its arguments, which is no struct,
/// so no length field stands before it.
pub fn encode_arguments(
    layout: &Layout,
    method: &str,
    parameters: &[(String, ValueType)],
    value: &Value,
) -> Result<Vec<u8>, SomeIpError> {
    let parameters = parameters.iter().map(|(name, value)| (name.clone(), value));
    let members = form::members(layout, method, parameters)?;
    let mut writer = Writer::new(layout);
    writer.members(&members, &ValueType::Tuple(Vec::new()), value)?;
    Ok(writer.bytes)
}

pub(super) fn unframed(layout: &Layout, members: &Members) -> bool {
    members.tagged && layout.size_of_struct_length_field == LengthField::Zero
}

struct Writer<'a> {
    layout: &'a Layout,
    bytes: Vec<u8>,
    /// Data of variable size stand at the end: what comes next is aligned.
    pads: bool,
}

impl<'a> Writer<'a> {
    fn new(layout: &'a Layout) -> Writer<'a> {
        Writer {
            layout,
            bytes: Vec::new(),
            pads: false,
        }
    }

    /// Padding is counted from the start of the message, and only written where something follows.
    fn pad(&mut self) {
        if std::mem::take(&mut self.pads) {
            let alignment = self.layout.alignment.bytes();
            let end = (HEADER_BYTES + self.bytes.len()).next_multiple_of(alignment);
            self.bytes.resize(end - HEADER_BYTES, 0);
        }
    }

    fn raw(&mut self, bytes: &[u8]) {
        self.pad();
        self.bytes.extend_from_slice(bytes);
    }

    /// The lowest `width` bytes of a number.
    fn number(&mut self, number: u64, width: usize) {
        self.raw(&ordered(self.layout, number, width));
    }

    fn put(&mut self, value_type: &ValueType, value: &Value) -> Written {
        let form = form::form(self.layout, value_type)?;
        match &form {
            Form::Scalar(scalar) => {
                let number = scalar_bits(*scalar, value).ok_or_else(|| mismatch(value_type))?;
                self.number(number, scalar.bytes());
            }
            Form::Enum(definition, cases) => self.enumeration(definition, cases, value)?,
            Form::Flags(definition, names) => self.flags(definition, names, value)?,
            Form::FixedText(room) => {
                let Value::String(text) = value else {
                    return Err(mismatch(value_type));
                };
                self.raw(&text::encode_fixed(self.layout, text, *room)?);
            }
            Form::Option => return Err(SomeIpError::new(Problem::Option)),
            Form::Union(_, cases) => self.union(cases, value_type, value)?,
            Form::Struct(members) if unframed(self.layout, members) => {
                return Err(SomeIpError::new(Problem::Unbounded));
            }
            Form::Text | Form::Array(..) | Form::Vector(_) | Form::Map(..) | Form::Struct(_) => {
                let field = form.length_field(self.layout);
                self.framed(field, &form, value_type, value)?;
                self.pads |= matches!(form, Form::Text | Form::Vector(_) | Form::Map(..));
            }
        }
        Ok(())
    }

    /// The body behind a length field.
    fn framed(
        &mut self,
        field: LengthField,
        form: &Form,
        value_type: &ValueType,
        value: &Value,
    ) -> Written {
        self.pad();
        let (start, width) = (self.bytes.len(), field.bytes());
        self.bytes.resize(start + width, 0);
        self.body(form, value_type, value)?;
        let bytes = self.bytes.len() - start - width;
        match self.write_length(start, width, bytes) {
            true => Ok(()),
            false => Err(SomeIpError::new(Problem::TooLong { bytes, width })),
        }
    }

    /// Whether the length fits.
    fn write_length(&mut self, start: usize, width: usize, length: usize) -> bool {
        let length = length as u64;
        if width > 0 && length >> (8 * width) != 0 {
            return false;
        }
        let bytes = ordered(self.layout, length, width);
        if let Some(field) = self.bytes.get_mut(start..start + width) {
            field.copy_from_slice(&bytes);
        }
        true
    }

    /// What stands behind the length field.
    fn body(&mut self, form: &Form, value_type: &ValueType, value: &Value) -> Written {
        match (form, value) {
            (Form::Text, Value::String(text)) => {
                self.raw(&text::encode(self.layout, text)?);
            }
            (Form::FixedText(room), Value::String(text)) => {
                self.raw(&text::encode_fixed(self.layout, text, *room)?);
            }
            (Form::Array(element, count), Value::List(values)) => {
                let (expected, found) = (*count, values.len());
                if expected != found {
                    return Err(SomeIpError::new(Problem::Count { expected, found }));
                }
                self.elements(element, values)?;
            }
            (Form::Vector(element), Value::List(values)) => self.elements(element, values)?,
            (Form::Map(key, entry), Value::Map(entries)) => {
                let pair = ValueType::Tuple(vec![(*key).clone(), (*entry).clone()]);
                for (index, (key, entry)) in entries.iter().enumerate() {
                    let value = Value::Tuple(vec![key.clone(), entry.clone()]);
                    self.put(&pair, &value)
                        .map_err(|error| error.in_element(index))?;
                }
            }
            (Form::Struct(members), value) => self.members(members, value_type, value)?,
            _ => return Err(mismatch(value_type)),
        }
        Ok(())
    }

    fn elements(&mut self, element: &ValueType, values: &[Value]) -> Written {
        for (index, value) in values.iter().enumerate() {
            self.put(element, value)
                .map_err(|error| error.in_element(index))?;
        }
        Ok(())
    }

    fn members(&mut self, members: &Members, value_type: &ValueType, value: &Value) -> Written {
        for (index, member) in members.all.iter().enumerate() {
            let value = part(value, index, member).ok_or_else(|| match value {
                Value::Record(_) => missing(member),
                _ => mismatch(value_type),
            })?;
            let written = match (members.tagged, member.optional, value) {
                (false, ..) => self.put(member.value, value),
                (true, false, value) => self.tagged(member, value),
                (true, true, Value::Option(Some(value))) => self.tagged(member, value),
                (true, true, Value::Option(None)) => Ok(()),
                (true, true, _) => Err(mismatch(member.value)),
            };
            written.map_err(|error| error.in_field(&member.name))?;
        }
        Ok(())
    }

    /// Tags are not aligned: a receiver that does not know the type has to find the next one.
    fn tagged(&mut self, member: &Member, value: &Value) -> Written {
        let form = form::form(self.layout, member.value)?;
        if let Form::Option = form {
            return Err(SomeIpError::new(Problem::Option));
        }
        if let Form::Union(..) = form {
            return Err(SomeIpError::new(Problem::TaggedUnion));
        }
        self.pads = false;
        if let Some(bytes) = form.basic_bytes(self.layout) {
            self.tag(form::basic_wire_type(bytes), member.id);
            return self.put(member.value, value);
        }
        let start = self.bytes.len();
        let own = form.length_field(self.layout);
        let fields: &[LengthField] = match own {
            _ if self.layout.is_dynamic_length_field_size => {
                &[LengthField::One, LengthField::Two, LengthField::Four]
            }
            LengthField::Zero => &[LengthField::Four],
            _ => &[own],
        };
        let mut outcome = Ok(());
        for field in fields {
            self.bytes.truncate(start);
            self.pads = false;
            let wire_type = match (self.layout.is_dynamic_length_field_size, own) {
                (true, _) | (_, LengthField::Zero) => form::sized_wire_type(*field),
                (false, _) => form::WIRE_STATIC,
            };
            self.tag(wire_type, member.id);
            outcome = self.framed(*field, &form, member.value, value);
            if !is_too_long(&outcome) {
                break;
            }
        }
        self.pads = false;
        outcome
    }

    fn tag(&mut self, wire_type: u8, id: u16) {
        self.raw(&(u16::from(wire_type) << 12 | id).to_be_bytes());
    }

    fn enumeration(
        &mut self,
        definition: &TypeDefinition,
        cases: &[String],
        value: &Value,
    ) -> Written {
        let (base, numbers) = form::enum_numbers(self.layout, definition, cases)?;
        let expected = || {
            SomeIpError::new(Problem::Mismatch {
                expected: definition.name.clone(),
            })
        };
        let Value::Enum(case) = value else {
            return Err(expected());
        };
        let number = numbers.iter().find(|(known, _)| known == case);
        let (_, number) = number.ok_or_else(expected)?;
        self.number(*number, base.bytes());
        Ok(())
    }

    fn flags(&mut self, definition: &TypeDefinition, names: &[String], value: &Value) -> Written {
        let base = form::checked_flags_base(self.layout, definition, names)?;
        let expected = || {
            SomeIpError::new(Problem::Mismatch {
                expected: definition.name.clone(),
            })
        };
        let Value::Flags(set) = value else {
            return Err(expected());
        };
        let mut bits = 0_u64;
        for name in set {
            let bit = names.iter().position(|known| known == name);
            bits |= 1 << bit.ok_or_else(expected)?;
        }
        self.number(bits, base.bytes());
        Ok(())
    }

    /// The length counts the element and its padding, not the selector.
    fn union(
        &mut self,
        cases: &[(&str, Option<&ValueType>)],
        value_type: &ValueType,
        value: &Value,
    ) -> Written {
        form::check_union(self.layout, cases)?;
        let (case, value) = chosen(value).ok_or_else(|| mismatch(value_type))?;
        let index = cases.iter().position(|(name, _)| *name == case);
        let index = index.ok_or_else(|| mismatch(value_type))?;
        let element = cases.get(index).and_then(|(_, element)| *element);
        self.pad();
        let start = self.bytes.len();
        let width = self.layout.size_of_union_length_field.bytes();
        self.bytes.resize(start + width, 0);
        let selector = self.layout.size_of_union_type_selector_field.bytes();
        let number = index as u64 + 1;
        if number >> (8 * selector) != 0 {
            let width = selector;
            return Err(SomeIpError::new(Problem::BaseType { number, width }));
        }
        self.number(number, selector);
        let before = self.bytes.len();
        match (element, value) {
            (Some(element), Some(value)) => self
                .put(element, value)
                .map_err(|error| error.in_field(case))?,
            (None, None) => {}
            _ => return Err(mismatch(value_type)),
        }
        if width > 0 {
            self.pads = true;
            self.pad();
        }
        let bytes = self.bytes.len() - before;
        match self.write_length(start, width, bytes) {
            true => Ok(()),
            false => Err(SomeIpError::new(Problem::TooLong { bytes, width })),
        }
    }
}

/// The lowest `width` bytes of a number, in the order of the layout.
fn ordered(layout: &Layout, number: u64, width: usize) -> Vec<u8> {
    match layout.byte_order {
        ByteOrder::MostSignificantByteFirst => {
            number.to_be_bytes().into_iter().skip(8 - width).collect()
        }
        ByteOrder::MostSignificantByteLast => {
            number.to_le_bytes().into_iter().take(width).collect()
        }
    }
}

/// The length of the member itself, not of something in it.
fn is_too_long(outcome: &Written) -> bool {
    match outcome {
        Err(error) => error.at.is_empty() && matches!(error.problem, Problem::TooLong { .. }),
        Ok(()) => false,
    }
}

fn part<'v>(value: &'v Value, index: usize, member: &Member) -> Option<&'v Value> {
    match value {
        Value::Record(fields) => fields
            .iter()
            .find(|(name, _)| *name == member.name)
            .map(|(_, value)| value),
        Value::Tuple(values) => values.get(index),
        _ => None,
    }
}

/// Case and element of a variant or result.
fn chosen(value: &Value) -> Option<(&str, Option<&Value>)> {
    match value {
        Value::Variant { case, value } => Some((case, value.as_deref())),
        Value::Result(Ok(value)) => Some(("ok", value.as_deref())),
        Value::Result(Err(value)) => Some(("err", value.as_deref())),
        _ => None,
    }
}

fn scalar_bits(scalar: Scalar, value: &Value) -> Option<u64> {
    Some(match (scalar, value) {
        (Scalar::Bool, Value::Bool(flag)) => u64::from(*flag),
        (Scalar::U8, Value::U8(number)) => u64::from(*number),
        (Scalar::U16, Value::U16(number)) => u64::from(*number),
        (Scalar::U32, Value::U32(number)) => u64::from(*number),
        (Scalar::U64, Value::U64(number)) => *number,
        (Scalar::S8, Value::S8(number)) => *number as u64,
        (Scalar::S16, Value::S16(number)) => *number as u64,
        (Scalar::S32, Value::S32(number)) => *number as u64,
        (Scalar::S64, Value::S64(number)) => *number as u64,
        (Scalar::F32, Value::F32(number)) => u64::from(number.to_bits()),
        (Scalar::F64, Value::F64(number)) => number.to_bits(),
        (Scalar::Char, Value::Char(letter)) => u64::from(u32::from(*letter)),
        _ => return None,
    })
}

fn missing(member: &Member) -> SomeIpError {
    SomeIpError::new(Problem::Missing {
        name: member.name.clone(),
        id: member.id,
    })
}

fn mismatch(value_type: &ValueType) -> SomeIpError {
    SomeIpError::new(Problem::Mismatch {
        expected: print::value_type(value_type),
    })
}
