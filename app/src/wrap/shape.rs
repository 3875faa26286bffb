//! What of C's types goes through a port: numbers, enumerations, records and arrays, each with its
//! WIT name. Everything else is refused by the line on which it stands.

use super::{
    error::WrapError,
    preprocess::Preprocessed,
    tokens::Token,
    types::{CType, Declarations, Member, known},
};
use autosar_wit::names;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    Bool,
    Integer {
        bits: u32,
        is_signed: bool,
    },
    Float {
        bits: u32,
    },
    /// By the place among [`Shapes::enumerations`].
    Enum(usize),
    /// By the place among [`Shapes::records`].
    Record(usize),
    Array(Box<Shape>, u32),
}

/// A value with its name on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) label: String,
    /// The member's name; of a pin the whole expression.
    pub(super) c_name: String,
    pub(super) shape: Shape,
    pub(super) docs: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) label: String,
    pub(super) spelling: String,
    pub(super) fields: Vec<Field>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Enumeration {
    pub(super) label: String,
    pub(super) spelling: String,
    /// WIT case and C constant, by value.
    pub(super) cases: Vec<(String, String)>,
}

/// The named types that are used, in the order in which they were needed.
pub(super) struct Shapes<'a> {
    declarations: &'a Declarations,
    missing: &'a BTreeSet<String>,
    /// Integer types whose values are macros: `#define Mode_Off ((Mode)0U)`.
    macros: BTreeMap<String, Vec<(String, i128)>>,
    pub(super) records: Vec<Record>,
    pub(super) enumerations: Vec<Enumeration>,
    /// By what the header calls them.
    made: BTreeMap<String, Shape>,
    taken: BTreeSet<String>,
    /// Structures that are being read.
    open: Vec<String>,
}

impl<'a> Shapes<'a> {
    pub(super) fn new(declarations: &'a Declarations, words: &'a Preprocessed) -> Shapes<'a> {
        Shapes {
            declarations,
            missing: &words.missing,
            macros: enumerations_of_macros(&words.macros, declarations),
            records: Vec::new(),
            enumerations: Vec::new(),
            made: BTreeMap::new(),
            taken: ["step-input", "step-output"].map(str::to_owned).into(),
            open: Vec::new(),
        }
    }

    /// The members of a structure as pins, each with `prefix` in front of its name.
    pub(super) fn pins(
        &mut self,
        tag: &str,
        prefix: &str,
        of: &Member,
    ) -> Result<Vec<Field>, WrapError> {
        let mut fields = self.fields(tag, of)?;
        for field in &mut fields {
            field.c_name.insert_str(0, prefix);
        }
        Ok(fields)
    }

    pub(super) fn of(&mut self, member: &Member) -> Result<Shape, WrapError> {
        if member.is_bit_field {
            return Err(refused(
                member,
                "is a bit-field, whose type says nothing of its range; give it a type of its own",
            ));
        }
        self.shape(&member.spelled.ctype, member)
    }

    fn shape(&mut self, ctype: &CType, member: &Member) -> Result<Shape, WrapError> {
        let spelling = &member.spelled.spelling;
        match ctype {
            CType::Bool => Ok(Shape::Bool),
            CType::Float { bits } => Ok(Shape::Float { bits: *bits }),
            CType::Integer { bits, is_signed } => match self.macros.get(spelling).cloned() {
                Some(constants) => Ok(self.enumeration(spelling, &constants)),
                None => Ok(Shape::Integer {
                    bits: *bits,
                    is_signed: *is_signed,
                }),
            },
            CType::Enum(tag) => match self.declarations.enumerations.get(tag) {
                Some(found) if !found.constants.is_empty() => {
                    let constants = found.constants.clone();
                    Ok(self.enumeration(spelling, &constants))
                }
                _ => Err(refused(
                    member,
                    &format!(
                        "is of the enumeration `{spelling}`, which no header that was read declares{}",
                        self.hint()
                    ),
                )),
            },
            CType::Array(item, length) => {
                let item = self.shape(item, member)?;
                Ok(Shape::Array(Box::new(item), *length))
            }
            CType::Struct(tag) => self.record(tag, member),
            CType::Pointer(_) => Err(refused(
                member,
                "is a pointer, which cannot go through a port; pass the value itself",
            )),
            CType::Void => Err(refused(member, "is `void`")),
            CType::Other(name) if name.starts_with("union") => Err(refused(
                member,
                "is a union, of which nothing says what it holds",
            )),
            CType::Other(name) if name.contains(' ') => Err(refused(
                member,
                &format!("is {name}, which cannot go through a port"),
            )),
            CType::Other(name) => Err(refused(
                member,
                &format!(
                    "is of the type `{name}`, which no header that was read declares{}",
                    self.hint()
                ),
            )),
        }
    }

    /// Which headers were not there.
    fn hint(&self) -> String {
        let missing: Vec<String> = self
            .missing
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        match missing.is_empty() {
            true => String::new(),
            false => format!("; put {} beside it", missing.join(", ")),
        }
    }

    fn enumeration(&mut self, spelling: &str, constants: &[(String, i128)]) -> Shape {
        if let Some(made) = self.made.get(spelling) {
            return made.clone();
        }
        let mut by_value: BTreeMap<i128, &str> = BTreeMap::new();
        for (name, value) in constants {
            // A second name for one value is the same case.
            by_value.entry(*value).or_insert(name);
        }
        let names: Vec<&str> = by_value.into_values().collect();
        let shared = shared_words(&names);
        let mut taken = BTreeSet::new();
        let mut cases = Vec::new();
        for name in names {
            let short = name.get(shared..).unwrap_or(name);
            let label = names::unique(&names::to_label(short), |label| taken.contains(label));
            taken.insert(label.clone());
            cases.push((label, name.to_owned()));
        }
        let label = self.label(spelling);
        self.enumerations.push(Enumeration {
            label,
            spelling: spelling.to_owned(),
            cases,
        });
        let shape = Shape::Enum(self.enumerations.len() - 1);
        self.made.insert(spelling.to_owned(), shape.clone());
        shape
    }

    fn record(&mut self, tag: &str, member: &Member) -> Result<Shape, WrapError> {
        let key = format!("struct {tag}");
        if let Some(made) = self.made.get(&key) {
            return Ok(made.clone());
        }
        let fields = self.fields(tag, member)?;
        let spelling = &member.spelled.spelling;
        // A structure without any name is called as what is made of it.
        let named = match spelling.as_str() {
            "struct" => &member.name,
            spelling => spelling,
        };
        let label = self.label(named);
        self.records.push(Record {
            label,
            spelling: spelling.clone(),
            fields,
        });
        let shape = Shape::Record(self.records.len() - 1);
        self.made.insert(key, shape.clone());
        Ok(shape)
    }

    fn fields(&mut self, tag: &str, member: &Member) -> Result<Vec<Field>, WrapError> {
        let spelling = &member.spelled.spelling;
        let Some(structure) = self.declarations.structures.get(tag) else {
            let what = format!(
                "is of the structure `{spelling}`, which no header that was read declares{}",
                self.hint()
            );
            return Err(refused(member, &what));
        };
        let wrong = |what: &str| {
            Err(WrapError::Type {
                place: structure.place.clone(),
                name: spelling.clone(),
                what: what.to_owned(),
            })
        };
        if !structure.is_whole {
            return wrong(
                "has a member that was not understood, so what lies behind it is not known",
            );
        }
        if structure.members.is_empty() {
            return wrong("has no members, so there is nothing to pass");
        }
        if self.open.iter().any(|open| open == tag) {
            return wrong("is in itself");
        }
        self.open.push(tag.to_owned());
        let mut taken = BTreeSet::new();
        let mut fields = Vec::new();
        for member in &structure.members {
            let shape = self.of(member)?;
            let label = names::unique(&names::to_label(&member.name), |label| {
                taken.contains(label)
            });
            taken.insert(label.clone());
            fields.push(Field {
                label,
                c_name: member.name.clone(),
                shape,
                docs: member.docs.clone(),
            });
        }
        self.open.pop();
        Ok(fields)
    }

    /// `struct motor_command_T` → `motor-command`.
    fn label(&mut self, spelling: &str) -> String {
        let name = spelling.rsplit(' ').next().unwrap_or(spelling);
        let short = ["_T", "_t"]
            .iter()
            .find_map(|end| name.strip_suffix(end))
            .filter(|short| !short.is_empty())
            .unwrap_or(name);
        let label = names::unique(&names::to_label(short), |label| self.taken.contains(label));
        self.taken.insert(label.clone());
        label
    }
}

fn refused(member: &Member, what: &str) -> WrapError {
    WrapError::Type {
        place: member.place.clone(),
        name: member.name.clone(),
        what: what.to_owned(),
    }
}

/// How many bytes all names begin with alike, up to and with an underscore, if each is a name
/// without them: `Mode_` of `Mode_Off`, `Mode_On`.
fn shared_words(names: &[&str]) -> usize {
    let Some((first, rest)) = names.split_first().filter(|(_, rest)| !rest.is_empty()) else {
        return 0;
    };
    let is_shared = |length: &usize| {
        let prefix = first.get(..*length).unwrap_or_default();
        let is_name = |name: &str| {
            name.strip_prefix(prefix)
                .is_some_and(|rest| rest.starts_with(char::is_alphabetic))
        };
        is_name(first) && rest.iter().all(|name| is_name(name))
    };
    let mut ends = first.match_indices('_').map(|(at, _)| at + 1);
    ends.rfind(is_shared).unwrap_or(0)
}

/// Macros of the form `((T)1)` by T, where T is an integer type of the headers' own.
fn enumerations_of_macros(
    macros: &BTreeMap<String, Vec<Token>>,
    declarations: &Declarations,
) -> BTreeMap<String, Vec<(String, i128)>> {
    let mut found: BTreeMap<String, Vec<(String, i128)>> = BTreeMap::new();
    for (name, body) in macros {
        let body = match body.as_slice() {
            [open, inner @ .., close] if open.is("(") && close.is(")") && inner.len() > 1 => inner,
            body => body,
        };
        let [open, of, close, value @ ..] = body else {
            continue;
        };
        let is_own = known(&of.text).is_none()
            && matches!(
                declarations.typedefs.get(&of.text),
                Some(CType::Integer { .. })
            );
        if !(open.is("(") && close.is(")") && is_own) {
            continue;
        }
        if let Some(value) = super::constants::value(value, &|_| None) {
            let constants = found.entry(of.text.clone()).or_default();
            constants.push((name.clone(), value));
        }
    }
    // One alone is a constant and no enumeration.
    found.retain(|_, constants| constants.len() > 1);
    found
}
