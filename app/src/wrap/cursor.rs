//! Where a reader of declarations stands: the next word without comments, and what is passed over.

use super::{
    error::{Note, Place},
    parse::Reader,
    tokens::{Kind, Token},
};

impl Reader<'_> {
    pub(super) fn peek(&self) -> Option<&Token> {
        self.rest.iter().find(|token| token.kind != Kind::Comment)
    }

    pub(super) fn next(&mut self) {
        let at = self
            .rest
            .iter()
            .position(|token| token.kind != Kind::Comment);
        let length = at.map_or(self.rest.len(), |at| at + 1);
        self.rest = self.rest.get(length..).unwrap_or_default();
    }

    pub(super) fn is(&self, text: &str) -> bool {
        self.peek().is_some_and(|token| token.is(text))
    }

    pub(super) fn eat(&mut self, text: &str) -> bool {
        let is = self.is(text);
        if is {
            self.next();
        }
        is
    }

    pub(super) fn expect(&mut self, text: &str) -> Result<(), Note> {
        match self.eat(text) {
            true => Ok(()),
            false => Err(self.note(&format!("`{text}` is missing; this is not taken"))),
        }
    }

    pub(super) fn word(&mut self) -> Option<String> {
        let token = self.peek().filter(|token| token.kind == Kind::Word)?;
        let text = token.text.clone();
        self.next();
        Some(text)
    }

    /// How many of the next tokens stand before `end`.
    pub(super) fn length_to(&self, end: &str) -> usize {
        self.rest.iter().take_while(|token| !token.is(end)).count()
    }

    pub(super) fn place(&self) -> Place {
        self.peek().map_or_else(Place::default, Token::place)
    }

    pub(super) fn note(&self, message: &str) -> Note {
        let (place, before) = match self.peek() {
            Some(token) => (token.place(), format!("before `{}`: ", token.text)),
            None => (Place::default(), "at the end: ".to_owned()),
        };
        Note {
            place,
            message: format!("{before}{message}"),
        }
    }

    /// To behind the next `;` or the braces of a body.
    pub(super) fn pass_over(&mut self) {
        while self.peek().is_some() {
            if self.is("{") {
                self.skip_braces();
                self.eat(";");
                return;
            }
            if self.is("}") {
                // Of what is round it.
                return;
            }
            let is_end = self.is(";");
            self.next();
            if is_end {
                return;
            }
        }
    }

    pub(super) fn skip_braces(&mut self) {
        self.skip_pair("{", "}");
    }

    pub(super) fn skip_parentheses(&mut self) {
        if self.is("(") {
            self.skip_pair("(", ")");
        }
    }

    pub(super) fn skip_pair(&mut self, open: &str, close: &str) {
        let mut depth = 0_usize;
        while self.peek().is_some() {
            if self.is(open) {
                depth += 1;
            } else if self.is(close) {
                depth = depth.saturating_sub(1);
            }
            self.next();
            if depth == 0 {
                return;
            }
        }
    }

    /// A first value: to the next comma or semicolon outside of braces.
    pub(super) fn skip_value(&mut self) {
        while self.peek().is_some() && !self.is(";") && !self.is(",") {
            match self.is("{") {
                true => self.skip_braces(),
                false => self.next(),
            }
        }
    }
}
