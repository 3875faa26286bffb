//! Declarations of the words of a header. What is not understood is noted with its line and passed
//! over up to its end.

use super::{
    constants,
    declarator::{self, Declared},
    error::{Note, Place},
    tokens::{Kind, Token},
    types::{
        ARITHMETIC_WORDS, CType, Declarations, Enumeration, Function, Member, Spelled, Structure,
        arithmetic, known,
    },
};

/// Structures and parameters nested deeper than this are passed over.
const DEEPEST: usize = 32;

/// Reads them all.
pub(super) fn parse(tokens: &[Token]) -> (Declarations, Vec<Note>) {
    let mut reader = Reader {
        rest: tokens,
        found: Declarations::default(),
        notes: Vec::new(),
        unnamed: 0,
        depth: 0,
    };
    while reader.peek().is_some() {
        let start = reader.rest;
        if let Err(note) = reader.declaration() {
            reader.notes.push(note);
            // From its beginning, so that braces are counted from there.
            reader.rest = start;
            reader.pass_over();
        }
    }
    (reader.found, reader.notes)
}

/// What stands in front of the names of a declaration.
struct Specifiers {
    spelled: Spelled,
    is_typedef: bool,
}

pub(super) struct Reader<'a> {
    pub(super) rest: &'a [Token],
    pub(super) found: Declarations,
    notes: Vec<Note>,
    unnamed: u32,
    depth: usize,
}

impl Reader<'_> {
    fn declaration(&mut self) -> Result<(), Note> {
        if self.eat(";") {
            return Ok(());
        }
        // `extern "C" {` of headers that C++ reads, when nothing takes it away.
        if let [external, language, rest @ ..] = self.rest
            && external.is("extern")
            && language.kind == Kind::Text
        {
            self.rest = rest;
            self.eat("{");
            return Ok(());
        }
        if self.eat("}") {
            return Ok(());
        }
        let specifiers = self.specifiers()?;
        if self.eat(";") {
            return Ok(());
        }
        loop {
            let place = self.place();
            let Declared {
                name,
                spelled,
                parameters,
            } = declarator::declarator(self, &specifiers.spelled)?;
            if self.is("=") {
                self.skip_value();
            }
            let is_last = !self.is(",");
            self.declare(&specifiers, name, spelled, parameters, place);
            if !is_last {
                self.eat(",");
                continue;
            }
            // A function may have its body here.
            if self.is("{") {
                self.skip_braces();
                return Ok(());
            }
            return self.expect(";");
        }
    }

    fn declare(
        &mut self,
        specifiers: &Specifiers,
        name: String,
        spelled: Spelled,
        parameters: Option<Vec<Member>>,
        place: Place,
    ) {
        match (specifiers.is_typedef, parameters) {
            (true, Some(_)) => {
                let other = CType::Other("a function".to_owned());
                self.found.typedefs.insert(name, other);
            }
            (true, None) => {
                // What `rtwtypes.h` makes of `unsigned char` is meant as more.
                let ctype = match known(&name) {
                    Some(CType::Bool) => CType::Bool,
                    _ => spelled.ctype,
                };
                self.found.typedefs.insert(name, ctype);
            }
            (false, Some(parameters)) => {
                let function = Function {
                    result: spelled.ctype,
                    parameters,
                    place,
                };
                self.found.functions.insert(name, function);
            }
            (false, None) => {
                let docs = self.docs_behind(";");
                let variable = Member {
                    name: name.clone(),
                    spelled,
                    docs,
                    place,
                    is_bit_field: false,
                };
                self.found.variables.insert(name, variable);
            }
        }
    }

    fn specifiers(&mut self) -> Result<Specifiers, Note> {
        let (mut is_typedef, mut is_const) = (false, false);
        let mut words: Vec<String> = Vec::new();
        let mut found: Option<(CType, String)> = None;
        while let Some(token) = self.peek().cloned() {
            match token.text.as_str() {
                _ if token.kind != Kind::Word => break,
                "typedef" => is_typedef = true,
                "const" => is_const = true,
                "extern" | "static" | "inline" | "register" | "volatile" | "restrict"
                | "__inline" => {}
                "__attribute__" | "_Alignas" | "__declspec" => {
                    self.next();
                    self.skip_parentheses();
                    continue;
                }
                "struct" | "union" | "enum" if found.is_none() && words.is_empty() => {
                    self.next();
                    found = Some(self.tagged(&token)?);
                    continue;
                }
                word if ARITHMETIC_WORDS.contains(&word) && found.is_none() => {
                    words.push(word.to_owned());
                }
                word if found.is_none() && words.is_empty() => {
                    found = Some((self.named(word), word.to_owned()));
                }
                _ => break,
            }
            self.next();
        }
        let (ctype, spelling) = match found {
            Some(found) => found,
            None => {
                let parts: Vec<&str> = words.iter().map(String::as_str).collect();
                let spelling = parts.join(" ");
                let ctype = match arithmetic(&parts) {
                    Some(ctype) => ctype,
                    None if parts.is_empty() => {
                        return Err(self.note("a type is missing; this is not taken"));
                    }
                    None => CType::Other(spelling.clone()),
                };
                (ctype, spelling)
            }
        };
        Ok(Specifiers {
            spelled: Spelled {
                ctype,
                spelling,
                is_const,
            },
            is_typedef,
        })
    }

    /// The type of a name.
    fn named(&self, name: &str) -> CType {
        let declared = self.found.typedefs.get(name).cloned();
        declared
            .or_else(|| known(name))
            .unwrap_or_else(|| CType::Other(name.to_owned()))
    }

    /// Behind `struct`, `union` or `enum`.
    fn tagged(&mut self, word: &Token) -> Result<(CType, String), Note> {
        let tag = match self
            .peek()
            .filter(|token| token.kind == Kind::Word)
            .cloned()
        {
            Some(tag) => {
                self.next();
                Some(tag.text)
            }
            None => None,
        };
        let spelling = format!("{} {}", word.text, tag.as_deref().unwrap_or_default());
        let tag = tag.unwrap_or_else(|| {
            self.unnamed += 1;
            self.unnamed.to_string()
        });
        let has_body = self.is("{");
        let ctype = match word.text.as_str() {
            "struct" => {
                if has_body {
                    let structure = self.structure(word.place())?;
                    self.found.structures.insert(tag.clone(), structure);
                }
                CType::Struct(tag)
            }
            "enum" => {
                if has_body {
                    let enumeration = self.enumeration(word.place())?;
                    self.found.enumerations.insert(tag.clone(), enumeration);
                }
                CType::Enum(tag)
            }
            _ => {
                if has_body {
                    self.skip_braces();
                }
                CType::Other(spelling.trim().to_owned())
            }
        };
        Ok((ctype, spelling.trim().to_owned()))
    }

    fn structure(&mut self, place: Place) -> Result<Structure, Note> {
        if self.depth >= DEEPEST {
            return Err(self.note("structures are nested too deep; this is not taken"));
        }
        self.expect("{")?;
        self.depth += 1;
        let mut structure = Structure {
            members: Vec::new(),
            place,
            is_whole: true,
        };
        while !self.eat("}") {
            if self.peek().is_none() {
                self.depth -= 1;
                return Err(self.note("a structure has no end"));
            }
            let start = self.rest;
            if let Err(note) = self.members(&mut structure.members) {
                structure.is_whole = false;
                self.notes.push(note);
                self.rest = start;
                self.pass_over();
            }
        }
        self.depth -= 1;
        Ok(structure)
    }

    fn members(&mut self, members: &mut Vec<Member>) -> Result<(), Note> {
        if self.eat(";") {
            return Ok(());
        }
        let specifiers = self.specifiers()?;
        let first = members.len();
        loop {
            let place = self.place();
            let declared = declarator::declarator(self, &specifiers.spelled)?;
            let is_bit_field = self.eat(":");
            if is_bit_field {
                self.next();
            }
            members.push(Member {
                name: declared.name,
                spelled: declared.spelled,
                docs: String::new(),
                place,
                is_bit_field,
            });
            if !self.eat(",") {
                break;
            }
        }
        let docs = self.docs_behind(";");
        for member in members.iter_mut().skip(first) {
            member.docs.clone_from(&docs);
        }
        self.expect(";")
    }

    fn enumeration(&mut self, place: Place) -> Result<Enumeration, Note> {
        self.expect("{")?;
        let mut constants = Vec::new();
        let mut next = 0;
        while !self.eat("}") {
            let Some(name) = self.word() else {
                return Err(self.note("a name is missing in an enumeration"));
            };
            if self.eat("=") {
                let length = self
                    .rest
                    .iter()
                    .take_while(|token| !token.is(",") && !token.is("}"))
                    .count();
                next = self.constant(length)?;
            }
            self.found.constants.insert(name.clone(), next);
            constants.push((name, next));
            next += 1;
            if !self.eat(",") && !self.is("}") {
                return Err(self.note("a comma is missing in an enumeration"));
            }
        }
        Ok(Enumeration { constants, place })
    }

    /// The value of the next words.
    pub(super) fn constant(&mut self, length: usize) -> Result<i128, Note> {
        let (words, rest) = self
            .rest
            .split_at_checked(length)
            .unwrap_or((self.rest, &[]));
        let words: Vec<Token> = words
            .iter()
            .filter(|token| token.kind != Kind::Comment)
            .cloned()
            .collect();
        let found = constants::value(&words, &|name| self.found.constants.get(name).copied());
        let Some(value) = found else {
            let text: Vec<&str> = words.iter().map(|token| token.text.as_str()).collect();
            return Err(self.note(&format!("`{}` has no known value", text.join(" "))));
        };
        self.rest = rest;
        Ok(value)
    }

    /// A parameter of a function; without a name it has none.
    pub(super) fn parameter(&mut self) -> Result<Member, Note> {
        if self.depth >= DEEPEST {
            return Err(self.note("parameters are nested too deep; this is not taken"));
        }
        let place = self.place();
        self.depth += 1;
        let declared = self
            .specifiers()
            .and_then(|specifiers| declarator::parameter(self, &specifiers.spelled));
        self.depth -= 1;
        let declared = declared?;
        Ok(Member {
            name: declared.name,
            spelled: declared.spelled,
            docs: String::new(),
            place,
            is_bit_field: false,
        })
    }

    /// The comment that follows on the line of the next `mark`.
    fn docs_behind(&self, mark: &str) -> String {
        let mut after = self.rest.iter().skip_while(|token| !token.is(mark));
        match (after.next(), after.next()) {
            (Some(mark), Some(comment))
                if comment.kind == Kind::Comment && comment.line == mark.line =>
            {
                comment
                    .text
                    .trim_start_matches(['<', '!', '*'])
                    .trim()
                    .to_owned()
            }
            _ => String::new(),
        }
    }
}
