//! One line while it is read: what comes next, and what was expected instead.

use super::tokens::{Token, TokenKind, tokens};
use crate::{
    text::{Literal, Name, Problem, Spot},
    time::Time,
};

/// Words that end what stands before them, so they are no units, and no names unless in quotes.
pub(crate) const KEYWORDS: [&str; 17] = [
    "to", "for", "set", "ramp", "fault", "every", "on", "as", "starting", "and", "or", "not",
    "within", "always", "is", "from", "column",
];

pub(super) struct Line<'a> {
    pub(super) text: &'a str,
    number: u32,
    tokens: Vec<Token<'a>>,
    at: usize,
}

impl<'a> Line<'a> {
    /// Of a line without its comment; `None`: it is empty.
    pub(super) fn read(text: &'a str, number: u32) -> Result<Option<Line<'a>>, Problem> {
        let tokens = tokens(text, number)?;
        Ok((!tokens.is_empty()).then_some(Line {
            text,
            number,
            tokens,
            at: 0,
        }))
    }

    fn next(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.at)
    }

    fn kind(&self) -> Option<&TokenKind<'a>> {
        self.next().map(|token| &token.kind)
    }

    /// Of what comes next, or behind the last.
    pub(super) fn spot(&self) -> Spot {
        let behind = || self.text.trim_end().chars().count() as u32 + 1;
        Spot {
            line: self.number,
            column: self.next().map_or_else(behind, |token| token.column),
        }
    }

    pub(super) fn expected(&self, what: &str) -> Problem {
        let found = self.next().and_then(|token| {
            let text = self.text.get(token.start..token.end)?;
            Some(format!("expected {what}, found `{text}`"))
        });
        let message = found.unwrap_or_else(|| format!("expected {what} at the end of the line"));
        Problem::new(self.spot(), message)
    }

    /// Whether that word comes next, without taking it.
    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self.kind(), Some(TokenKind::Word(found)) if *found == word)
    }

    /// Takes that word if it comes next.
    pub(super) fn word(&mut self, word: &str) -> bool {
        let is = self.is_word(word);
        self.at += usize::from(is);
        is
    }

    pub(super) fn sign(&mut self, sign: &str) -> bool {
        let is = matches!(self.kind(), Some(TokenKind::Sign(found)) if *found == sign);
        self.at += usize::from(is);
        is
    }

    pub(super) fn expect_word(&mut self, word: &str) -> Result<(), Problem> {
        match self.word(word) {
            true => Ok(()),
            false => Err(self.expected(&format!("`{word}`"))),
        }
    }

    pub(super) fn expect_sign(&mut self, sign: &str) -> Result<(), Problem> {
        match self.sign(sign) {
            true => Ok(()),
            false => Err(self.expected(&format!("`{sign}`"))),
        }
    }

    /// The word that comes next, whichever it is.
    pub(super) fn any_word(&mut self) -> Option<&'a str> {
        let Some(TokenKind::Word(word)) = self.kind() else {
            return None;
        };
        let word = *word;
        self.at += 1;
        Some(word)
    }

    pub(super) fn quoted(&mut self) -> Option<String> {
        let Some(TokenKind::Quoted(text)) = self.kind() else {
            return None;
        };
        let text = text.clone();
        self.at += 1;
        Some(text)
    }

    /// A text in quotes, unless that word comes behind it: then it is a name.
    pub(super) fn quoted_unless_before(&mut self, word: &str) -> Option<String> {
        let next = self.tokens.get(self.at + 1).map(|token| &token.kind);
        match next {
            Some(TokenKind::Word(next)) if *next == word => None,
            _ => self.quoted(),
        }
    }

    pub(super) fn number(&mut self) -> Result<f64, Problem> {
        let Some(TokenKind::Number(text)) = self.kind() else {
            return Err(self.expected("a number"));
        };
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => {
                self.at += 1;
                Ok(value)
            }
            _ => Err(self.expected("a number that is not that large")),
        }
    }

    pub(super) fn whole_number(&mut self) -> Result<u64, Problem> {
        let wrong = self.expected("a whole number from 0 on");
        let Some(TokenKind::Number(text)) = self.kind() else {
            return Err(wrong);
        };
        let value = text.parse().map_err(|_| wrong)?;
        self.at += 1;
        Ok(value)
    }

    /// A number and a unit of time.
    pub(super) fn time(&mut self) -> Result<Time, Problem> {
        let wrong = self.expected("a time such as `2.5 s` or `20 ms`");
        let Some(TokenKind::Number(number)) = self.kind() else {
            return Err(wrong);
        };
        let number = *number;
        let unit = match self.tokens.get(self.at + 1).map(|token| &token.kind) {
            Some(TokenKind::Word(unit)) => *unit,
            _ => return Err(wrong),
        };
        let time = Time::of(number, unit).ok_or(wrong)?;
        self.at += 2;
        Ok(time)
    }

    /// Whether a number comes next.
    pub(super) fn is_number(&self) -> bool {
        matches!(self.kind(), Some(TokenKind::Number(_)))
    }

    /// Whether the name of a signal comes next, and no word to compare with.
    pub(super) fn is_signal(&self) -> bool {
        let Some(TokenKind::Word(word)) = self.kind() else {
            return false;
        };
        let next = self.tokens.get(self.at + 1).map(|token| &token.kind);
        word.contains(['.', ':']) || next == Some(&TokenKind::Sign("("))
    }

    /// What stands behind a number, if it is neither a keyword nor the name of a signal; empty: there is
    /// none.
    pub(super) fn unit(&mut self) -> String {
        match self.kind() {
            Some(TokenKind::Word(word)) if !KEYWORDS.contains(word) && !self.is_signal() => {
                let unit = (*word).to_owned();
                self.at += 1;
                unit
            }
            _ => String::new(),
        }
    }

    /// A name, in quotes or not, or one of a function: `frames(can0)`.
    pub(super) fn name(&mut self, what: &str) -> Result<Name, Problem> {
        let spot = self.spot();
        let mut text = self.simple_name(what)?;
        if self.sign("(") {
            let of = self.simple_name("what it is of")?;
            self.expect_sign(")")?;
            text = format!("{text}({of})");
        }
        Ok(Name { text, spot })
    }

    fn simple_name(&mut self, what: &str) -> Result<String, Problem> {
        let text = match self.kind() {
            Some(TokenKind::Word(word)) if !KEYWORDS.contains(word) => (*word).to_owned(),
            Some(TokenKind::Quoted(text)) if !text.is_empty() => text.clone(),
            _ => return Err(self.expected(what)),
        };
        self.at += 1;
        Ok(text)
    }

    /// A number with its unit, a word, or a text in quotes.
    pub(super) fn literal(&mut self) -> Result<Literal, Problem> {
        if self.is_number() {
            let value = self.number()?;
            let unit = self.unit();
            return Ok(Literal::Number { value, unit });
        }
        if let Some(text) = self.quoted() {
            return Ok(Literal::Word { text });
        }
        match self.kind() {
            // Nothing else can stand here, so it may be called like a keyword.
            Some(TokenKind::Word(word)) => {
                let text = (*word).to_owned();
                self.at += 1;
                Ok(Literal::Word { text })
            }
            _ => Err(self.expected("a value")),
        }
    }

    /// Everything up to the end of the line.
    pub(super) fn rest(&mut self) -> Result<Name, Problem> {
        let spot = self.spot();
        let start = self.next().map(|token| token.start);
        let text = start.and_then(|start| self.text.get(start..));
        let text = text.map(|text| text.trim_end().to_owned());
        let Some(text) = text else {
            return Err(self.expected("what happens"));
        };
        self.at = self.tokens.len();
        Ok(Name { text, spot })
    }

    pub(super) fn end(&self) -> Result<(), Problem> {
        match self.next() {
            None => Ok(()),
            Some(_) => Err(self.expected("the end of the line")),
        }
    }
}

/// Whether a name needs no quotes.
pub(crate) fn is_plain(text: &str) -> bool {
    is_word(text) && !KEYWORDS.contains(&text)
}

/// Whether a text is one word that reads as nothing else.
pub(crate) fn is_word(text: &str) -> bool {
    let line = Line::read(text, 1);
    let alone = matches!(&line, Ok(Some(line)) if matches!(
        line.tokens.as_slice(),
        [Token { kind: TokenKind::Word(word), .. }] if word.len() == text.len()
    ));
    alone && !text.starts_with('#')
}
