//! The words of a C header with their lines. Knows nothing of what they mean.

use super::error::Place;
use std::sync::Arc;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    Number,
    Symbol,
    /// A string or a character, with its quotes.
    Text,
    /// Without its marks.
    Comment,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) text: String,
    pub(super) file: Arc<str>,
    pub(super) line: u32,
    /// Counts lines of which one that ends in a backslash is part of the next.
    pub(super) row: u32,
    /// Nothing stands between it and what is before it.
    pub(super) is_joined: bool,
}

impl Token {
    pub(super) fn is(&self, text: &str) -> bool {
        self.kind != Kind::Comment && self.text == text
    }

    pub(super) fn place(&self) -> Place {
        Place {
            file: self.file.to_string(),
            line: self.line,
        }
    }
}

/// Symbols of more than one character; a longer one comes before its beginning.
const SYMBOLS: [&str; 20] = [
    "...", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "->", "++", "--", "##", "+=", "-=",
    "*=", "/=", "|=", "&=", "^=",
];

pub(super) fn tokens(text: &str, file: &str) -> Vec<Token> {
    let mut scanner = Scanner {
        rest: text,
        file: Arc::from(file),
        line: 1,
        row: 1,
    };
    let mut found = Vec::new();
    while let Some(token) = scanner.token() {
        found.push(token);
    }
    found
}

struct Scanner<'a> {
    rest: &'a str,
    file: Arc<str>,
    line: u32,
    row: u32,
}

impl<'a> Scanner<'a> {
    fn token(&mut self) -> Option<Token> {
        let before = self.rest.len();
        self.skip_space();
        let is_joined = self.rest.len() == before;
        let first = self.rest.chars().next()?;
        let (line, row) = (self.line, self.row);
        let (kind, text) = if self.rest.starts_with("/*") {
            let length = self.rest.find("*/").map_or(self.rest.len(), |end| end + 2);
            let text = self.take(length);
            (
                Kind::Comment,
                text.trim_start_matches("/*").trim_end_matches("*/"),
            )
        } else if self.rest.starts_with("//") {
            let length = self.rest.find('\n').unwrap_or(self.rest.len());
            (Kind::Comment, self.take(length).trim_start_matches('/'))
        } else if first.is_alphabetic() || first == '_' {
            (
                Kind::Word,
                self.take_while(|one| one.is_alphanumeric() || one == '_'),
            )
        } else if first.is_ascii_digit() {
            (
                Kind::Number,
                self.take_while(|one| one.is_alphanumeric() || one == '.'),
            )
        } else if first == '"' || first == '\'' {
            let length = quoted(self.rest, first);
            (Kind::Text, self.take(length))
        } else {
            let symbol = SYMBOLS.iter().find(|one| self.rest.starts_with(**one));
            let length = symbol.map_or(first.len_utf8(), |one| one.len());
            (Kind::Symbol, self.take(length))
        };
        Some(Token {
            kind,
            text: text.trim().to_owned(),
            file: self.file.clone(),
            line,
            row,
            is_joined,
        })
    }

    fn skip_space(&mut self) {
        loop {
            let continued = ["\\\n", "\\\r\n"]
                .iter()
                .find(|mark| self.rest.starts_with(**mark));
            if let Some(mark) = continued {
                self.take(mark.len());
                // The next line belongs to this one.
                self.row = self.row.saturating_sub(1);
            } else if self.rest.starts_with(char::is_whitespace) {
                let length = self.rest.chars().next().map_or(0, char::len_utf8);
                self.take(length);
            } else {
                return;
            }
        }
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let length = self
            .rest
            .find(|one| !belongs(one))
            .unwrap_or(self.rest.len());
        self.take(length)
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .unwrap_or((self.rest, ""));
        let lines = taken.bytes().filter(|byte| *byte == b'\n').count();
        let lines = u32::try_from(lines).unwrap_or(u32::MAX);
        self.line = self.line.saturating_add(lines);
        self.row = self.row.saturating_add(lines);
        self.rest = rest;
        taken
    }
}

/// The length of a string or character with its quotes; one that does not end ends with its line.
fn quoted(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            '\n' => return at,
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            letter if letter == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_their_lines() {
        let text =
            "#define A \\\n 1u /* one\n two */\nfloat x[A]; // km/h\r\nchar *s = \"a\\\"b\";";
        let found = tokens(text, "a.h");
        let shown: Vec<(&str, u32, u32)> = found
            .iter()
            .map(|token| (token.text.as_str(), token.line, token.row))
            .collect();
        assert_eq!(
            shown,
            [
                ("#", 1, 1),
                ("define", 1, 1),
                ("A", 1, 1),
                ("1u", 2, 1),
                ("one\n two", 2, 1),
                ("float", 4, 3),
                ("x", 4, 3),
                ("[", 4, 3),
                ("A", 4, 3),
                ("]", 4, 3),
                (";", 4, 3),
                ("km/h", 4, 3),
                ("char", 5, 4),
                ("*", 5, 4),
                ("s", 5, 4),
                ("=", 5, 4),
                ("\"a\\\"b\"", 5, 4),
                (";", 5, 4),
            ]
        );
    }

    #[test]
    fn what_does_not_end_ends_with_the_file() {
        for text in ["/* a", "// a", "\"a", "'", "\\", "é", "a\u{0}b"] {
            assert!(!tokens(text, "a.h").is_empty(), "{text:?}");
        }
    }
}
