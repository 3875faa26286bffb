//! A DBC text as words, quoted texts and marks, each with its line. Total: any text is some row of
//! tokens. Knows nothing of statements but the words that begin them.

/// The words that begin a statement; `SG_` belongs to a message.
pub(super) const KEYWORDS: [&str; 32] = [
    "VERSION",
    "NS_",
    "BS_",
    "BU_",
    "BO_",
    "SG_",
    "CM_",
    "BA_DEF_",
    "BA_DEF_DEF_",
    "BA_",
    "VAL_TABLE_",
    "VAL_",
    "SIG_GROUP_",
    "SIG_VALTYPE_",
    "SIGTYPE_VALTYPE_",
    "BO_TX_BU_",
    "BA_DEF_REL_",
    "BA_DEF_DEF_REL_",
    "BA_REL_",
    "SG_MUL_VAL_",
    "EV_",
    "EV_DATA_",
    "ENVVAR_DATA_",
    "SGTYPE_",
    "SGTYPE_VAL_",
    "BA_DEF_SGTYPE_",
    "BA_SGTYPE_",
    "SIG_TYPE_REF_",
    "CAT_DEF_",
    "CAT_",
    "FILTER",
    "NS_DESC_",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Anything without white space, quotes and marks: names, numbers, `1+`, `5-9`.
    Word(&'a str),
    /// Between quotes, as it is written.
    Text(&'a str),
    /// A quote that nothing closes; what stands behind it on its line.
    Unclosed(&'a str),
    /// One of `: ; | @ ( ) [ ] ,`.
    Mark(char),
    End,
}

/// Stands on one token of a text.
pub(super) struct Scanner<'a> {
    text: &'a str,
    pub token: Token<'a>,
    /// The line of the token; the first is 1.
    pub line: u32,
    /// Whether the token is the first on its line.
    pub begins_line: bool,
    /// The last line of the token before.
    pub line_before: u32,
    /// Whether the token before is a semicolon.
    is_behind_end: bool,
    /// Behind the token.
    at: usize,
    line_at: u32,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut scanner = Scanner {
            text,
            token: Token::End,
            line: 1,
            begins_line: true,
            line_before: 1,
            is_behind_end: false,
            at: 0,
            line_at: 1,
        };
        scanner.step();
        scanner.begins_line = true;
        scanner
    }

    /// Goes on by one token; gives the one before.
    pub(super) fn step(&mut self) -> Token<'a> {
        self.line_before = self.line_at;
        self.is_behind_end = self.token == Token::Mark(';');
        self.skip_space();
        self.begins_line = self.line_at != self.line_before;
        self.line = self.line_at;
        let rest = self.rest();
        let next = match rest.chars().next() {
            None => Token::End,
            Some('"') => self.quoted(),
            Some(mark) if is_mark(mark) => {
                self.at += 1;
                Token::Mark(mark)
            }
            Some(_) => {
                let word = word(rest);
                self.at += word.len();
                Token::Word(word)
            }
        };
        std::mem::replace(&mut self.token, next)
    }

    /// The keyword that the token is, if a statement begins here.
    pub(super) fn keyword(&self) -> Option<&'static str> {
        let Token::Word(word) = self.token else {
            return None;
        };
        if !self.begins_line && !self.is_behind_end {
            return None;
        }
        KEYWORDS.iter().find(|keyword| **keyword == word).copied()
    }

    /// Whether nothing follows the token on its line.
    pub(super) fn ends_line(&self) -> bool {
        let mut rest = self.rest().chars();
        let next = rest.find(|letter| *letter == '\n' || !is_space(*letter));
        matches!(next, None | Some('\n'))
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// White space and `// …` to the end of the line.
    fn skip_space(&mut self) {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b'\n' => self.line_at += 1,
                b'/' if bytes.get(self.at + 1) == Some(&b'/') => {
                    let rest = self.rest();
                    self.at += rest.find('\n').unwrap_or(rest.len());
                    continue;
                }
                byte if is_space(char::from(*byte)) => {}
                _ => return,
            }
            self.at += 1;
        }
    }

    /// `\"` does not end a text; a line that begins another statement does.
    fn quoted(&mut self) -> Token<'a> {
        let rest = self.rest().get(1..).unwrap_or_default();
        let mut escaped = false;
        for (index, byte) in rest.bytes().enumerate() {
            match byte {
                b'"' if !escaped => {
                    let text = rest.get(..index).unwrap_or_default();
                    self.at += index + 2;
                    self.line_at += count_lines(text);
                    return Token::Text(text);
                }
                b'\n' if begins_statement(rest.get(index + 1..).unwrap_or_default()) => break,
                _ => {}
            }
            escaped = byte == b'\\' && !escaped;
        }
        let line = rest.split('\n').next().unwrap_or(rest);
        self.at += line.len() + 1;
        Token::Unclosed(line)
    }
}

/// As far as space, a mark or a quote; an escaped quote is none.
fn word(rest: &str) -> &str {
    let mut before = ' ';
    for (index, letter) in rest.char_indices() {
        if is_space(letter) || is_mark(letter) || (letter == '"' && before != '\\') {
            return rest.get(..index).unwrap_or(rest);
        }
        before = letter;
    }
    rest
}

/// `BO_ 1…`, `CM_ SG_ …`, `BA_ "…`: what no text has at the begin of a line.
fn begins_statement(line: &str) -> bool {
    let bytes = line.as_bytes();
    let head = bytes.get(..24).unwrap_or(bytes);
    let mut words = head.split(|byte| *byte == b' ');
    let (Some(first), Some(second)) = (words.next(), words.next()) else {
        return false;
    };
    let is_object = [&b"BO_"[..], b"SG_", b"BU_", b"EV_"].contains(&second);
    match first {
        b"BO_" | b"VAL_" | b"SIG_VALTYPE_" | b"SG_MUL_VAL_" | b"BO_TX_BU_" | b"SIG_GROUP_" => {
            second.first().is_some_and(u8::is_ascii_digit)
        }
        b"CM_" => is_object,
        b"BA_" | b"BA_DEF_DEF_" => second.starts_with(b"\""),
        b"BA_DEF_" => is_object || second.is_empty(),
        _ => false,
    }
}

fn count_lines(text: &str) -> u32 {
    let lines = text.bytes().filter(|byte| *byte == b'\n').count();
    u32::try_from(lines).unwrap_or(u32::MAX)
}

/// The byte that ends files of old systems counts as space, too.
fn is_space(letter: char) -> bool {
    letter.is_ascii_whitespace() || matches!(letter, '\0' | '\x0b' | '\x1a')
}

fn is_mark(letter: char) -> bool {
    matches!(letter, ':' | ';' | '|' | '@' | '(' | ')' | '[' | ']' | ',')
}
