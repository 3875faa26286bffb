//! The pieces that statements of a DBC text are made of: names, numbers, texts, marks, and where
//! to read on. Knows nothing of what a statement says.

use super::Multiplexing;
use super::parse::{About, Content, Fault, Parser, Read, Remark, Value};
use super::scan::Token;
use std::str::FromStr;

/// The longest part of a file that a message repeats.
const SHOWN_LETTERS: usize = 40;
/// Of a name in bytes; CANdb++ takes 32, and 128 for long ones.
const LONGEST_NAME: usize = 255;

impl<'a> Parser<'a, '_> {
    /// What is expected and what is there; at the end of a statement, the line that lacks it.
    pub(super) fn fault<T>(&self, expected: &'static str) -> Read<T> {
        let (line, found) = match self.at_statement() {
            true => (self.scanner.line_before, "the end of the line".to_owned()),
            false => (self.scanner.line, self.found()),
        };
        Err(Fault {
            line,
            expected,
            found,
        })
    }

    /// The token in words.
    pub(super) fn found(&self) -> String {
        match self.scanner.token {
            Token::Word(word) => format!("`{}`", shown(word)),
            Token::Text(text) => format!("`\"{}\"`", shown(text)),
            Token::Unclosed(_) => "a quote that nothing closes".to_owned(),
            Token::Mark(mark) => format!("`{mark}`"),
            Token::End => "the end of the file".to_owned(),
        }
    }

    /// At the begin of a statement, or at the end of the text.
    pub(super) fn at_statement(&self) -> bool {
        self.scanner.token == Token::End || self.scanner.keyword().is_some()
    }

    pub(super) fn skip_to_statement(&mut self) {
        while !self.at_statement() {
            self.scanner.step();
        }
    }

    /// To the semicolon.
    pub(super) fn skip_content(&mut self) {
        while !self.at_statement()
            && !matches!(self.scanner.token, Token::Mark(';') | Token::Unclosed(_))
        {
            self.scanner.step();
        }
    }

    /// The semicolon. Without it the statement counts all the same.
    pub(super) fn end(&mut self) -> Read<()> {
        if self.take(';') {
            return Ok(());
        }
        if let Err(fault) = self.fault::<()>("`;`") {
            let text = format!("there is {} where `;` is expected; correct it", fault.found);
            self.defects.push(fault.line, text);
        }
        self.skip_to_statement();
        Ok(())
    }

    /// Goes over a mark, if it is there.
    pub(super) fn take(&mut self, mark: char) -> bool {
        let is_there = self.scanner.token == Token::Mark(mark);
        if is_there {
            self.scanner.step();
        }
        is_there
    }

    pub(super) fn mark(&mut self, mark: char, expected: &'static str) -> Read<()> {
        match self.take(mark) {
            true => Ok(()),
            false => self.fault(expected),
        }
    }

    pub(super) fn word(&mut self, expected: &'static str) -> Read<&'a str> {
        match (self.scanner.token, self.at_statement()) {
            (Token::Word(word), false) if word.len() <= LONGEST_NAME => {
                self.scanner.step();
                Ok(word)
            }
            _ => self.fault(expected),
        }
    }

    pub(super) fn text(&mut self, expected: &'static str) -> Read<&'a str> {
        let Token::Text(text) = self.scanner.token else {
            return self.fault(expected);
        };
        self.scanner.step();
        Ok(text)
    }

    /// A whole number.
    pub(super) fn number<T: FromStr>(&mut self, expected: &'static str) -> Read<T> {
        match self.scanner.token {
            Token::Word(word) => match word.parse() {
                Ok(number) => {
                    self.scanner.step();
                    Ok(number)
                }
                Err(_) => self.fault(expected),
            },
            _ => self.fault(expected),
        }
    }

    pub(super) fn real(&mut self, expected: &'static str) -> Read<f64> {
        match self.scanner.token {
            Token::Word(word) => match real(word) {
                Some(number) => {
                    self.scanner.step();
                    Ok(number)
                }
                None => self.fault(expected),
            },
            _ => self.fault(expected),
        }
    }

    /// The words before a colon, joined by one space: a sound name is one.
    pub(super) fn name(&mut self, expected: &'static str) -> Read<String> {
        let mut name = self.word(expected)?.to_owned();
        while let (Token::Word(word), false) = (self.scanner.token, self.scanner.begins_line) {
            if name.len() + word.len() > LONGEST_NAME {
                return self.fault("`:` behind the name");
            }
            name.push(' ');
            name.push_str(word);
            self.scanner.step();
        }
        self.mark(':', "`:` behind the name")?;
        Ok(name)
    }

    pub(super) fn line_ends(&mut self, expected: &'static str) -> Read<()> {
        match self.scanner.begins_line || self.scanner.token == Token::End {
            true => Ok(()),
            false => self.fault(expected),
        }
    }

    /// `BO_ 100`, `SG_ 100 Speed`, `BU_ Dash`; `None`: of the file, or of an environment variable.
    pub(super) fn about(&mut self) -> Read<Option<About<'a>>> {
        let Token::Word(kind @ ("BO_" | "SG_" | "BU_" | "EV_")) = self.scanner.token else {
            return Ok(None);
        };
        self.scanner.step();
        Ok(match kind {
            "BO_" => Some(About::Message(self.number("the identifier of a message")?)),
            "SG_" => Some(self.signal_name()?),
            "BU_" => Some(About::Node(self.word("the name of a node")?)),
            _ => {
                self.word("the name of an environment variable")?;
                None
            }
        })
    }

    /// `100 Speed`
    pub(super) fn signal_name(&mut self) -> Read<About<'a>> {
        let id = self.number("the identifier of a message")?;
        Ok(About::Signal(id, self.word("the name of the signal")?))
    }

    pub(super) fn value(&mut self) -> Read<Value<'a>> {
        if let Token::Text(text) = self.scanner.token {
            self.scanner.step();
            return Ok(Value::Text(text));
        }
        self.real("a number, or a text in quotes")
            .map(Value::Number)
    }

    pub(super) fn remark(
        &mut self,
        line: u32,
        keyword: &'static str,
        about: About<'a>,
        content: Content<'a>,
    ) {
        self.parsed.remarks.push(Remark {
            line,
            keyword,
            about,
            content,
        });
    }
}

impl Value<'_> {
    pub(super) fn number(self) -> Option<f64> {
        match self {
            Value::Number(number) => Some(number),
            Value::Text(text) => real(text.trim()),
        }
    }
}

/// The begin of a text, on one line.
pub(super) fn shown(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let letters = line.chars().filter(|letter| !letter.is_control());
    letters.take(SHOWN_LETTERS).collect()
}

/// `M`, `m3`, `m3M`
pub(super) fn multiplexing(word: &str) -> Option<Multiplexing> {
    if word == "M" {
        return Some(Multiplexing::Multiplexor);
    }
    let value = word.strip_prefix('m')?;
    match value.strip_suffix('M') {
        Some(value) => value.parse().ok().map(Multiplexing::Both),
        None => value.parse().ok().map(Multiplexing::Multiplexed),
    }
}

/// Whole, within 64 bits; `3.0` is.
pub(super) fn integer(word: &str) -> Option<i64> {
    const LIMIT: f64 = 9_007_199_254_740_992.0;
    let whole = |number: &f64| number.fract() == 0.0 && number.abs() < LIMIT;
    let parsed = word.parse().ok();
    parsed.or_else(|| real(word).filter(whole).map(|number| number as i64))
}

pub(super) fn unescaped(text: &str) -> String {
    text.replace("\\\"", "\"")
}

fn real(word: &str) -> Option<f64> {
    word.parse().ok().filter(|number: &f64| number.is_finite())
}
