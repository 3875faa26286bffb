//! A line as tokens with their columns. Knows no statements.

use crate::text::{Problem, Spot};

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token<'a> {
    pub(super) kind: TokenKind<'a>,
    /// From 1, in characters.
    pub(super) column: u32,
    /// Bytes of the line.
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind<'a> {
    Word(&'a str),
    Quoted(String),
    Number(&'a str),
    Sign(&'static str),
}

/// Longer ones first.
const SIGNS: [&str; 10] = ["==", "!=", "<=", ">=", "..", "<", ">", "=", "(", ")"];

/// The line without its comment: from a `#` at its start or behind a space on.
pub(super) fn without_comment(line: &str) -> &str {
    let (mut quoted, mut escaped, mut spaced) = (false, false, true);
    for (at, c) in line.char_indices() {
        match c {
            '#' if !quoted && spaced => return line.get(..at).unwrap_or(line),
            '"' if !escaped => quoted = !quoted,
            _ => {}
        }
        escaped = quoted && c == '\\' && !escaped;
        spaced = c.is_whitespace();
    }
    line
}

/// All tokens of a line.
pub(super) fn tokens(line: &str, number: u32) -> Result<Vec<Token<'_>>, Problem> {
    let mut found = Vec::new();
    let mut start = 0;
    while let Some(rest) = line.get(start..).filter(|rest| !rest.is_empty()) {
        let blank = rest.len() - rest.trim_start().len();
        if blank > 0 {
            start += blank;
            continue;
        }
        let before = line.get(..start).unwrap_or_default();
        let column = before.chars().count() as u32 + 1;
        let spot = Spot {
            line: number,
            column,
        };
        let (kind, length) = token(rest).map_err(|message| Problem::new(spot, message))?;
        found.push(Token {
            kind,
            column,
            start,
            end: start + length,
        });
        start += length;
    }
    Ok(found)
}

/// The first token of a text that begins with one, and its length in bytes.
fn token(rest: &str) -> Result<(TokenKind<'_>, usize), String> {
    if rest.starts_with('"') {
        return quoted(rest);
    }
    if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
        return Ok((TokenKind::Sign(sign), sign.len()));
    }
    // A unit as `1/s` begins like a number.
    let length = number_length(rest);
    if length > 0 && !(length == 1 && rest.starts_with("1/")) {
        let text = rest.get(..length).unwrap_or_default();
        return Ok((TokenKind::Number(text), length));
    }
    let length = word_length(rest);
    match rest.get(..length) {
        Some(word) if length > 0 => Ok((TokenKind::Word(word), length)),
        _ => {
            let c: String = rest.chars().take(1).collect();
            Err(format!("`{c}` is not understood here"))
        }
    }
}

fn quoted(rest: &str) -> Result<(TokenKind<'_>, usize), String> {
    let mut text = String::new();
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match (escaped, c) {
            (false, '"') => return Ok((TokenKind::Quoted(text), at + 1)),
            (false, '\\') => escaped = true,
            (_, c) => {
                text.push(c);
                escaped = false;
            }
        }
    }
    Err("the quotation has no end; close it by `\"`".to_owned())
}

/// Bytes of a number such as `-2.5` or `1e-3`; 0: there is none.
fn number_length(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let digits = |from: usize| {
        let more = bytes.get(from..).unwrap_or_default();
        more.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let sign = usize::from(matches!(bytes.first(), Some(b'-' | b'+')));
    let whole = digits(sign);
    if whole == 0 {
        return 0;
    }
    let mut length = sign + whole;
    let fraction = digits(length + 1);
    if bytes.get(length) == Some(&b'.') && fraction > 0 {
        length += 1 + fraction;
    }
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'-' | b'+')));
        let exponent = digits(length + 1 + sign);
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    length
}

fn word_length(rest: &str) -> usize {
    let ends = |(at, c): (usize, char)| {
        let is_range = rest.get(at..).is_some_and(|rest| rest.starts_with(".."));
        let ends = c.is_whitespace() || "()=<>!\"".contains(c) || is_range;
        ends.then_some(at)
    };
    rest.char_indices().find_map(ends).unwrap_or(rest.len())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panics")]
mod tests {
    use super::*;

    fn kinds(line: &str) -> Vec<String> {
        let found = tokens(line, 1).unwrap();
        let said = found.into_iter().map(|token| match token.kind {
            TokenKind::Word(text) => text.to_owned(),
            TokenKind::Quoted(text) => format!("“{text}”"),
            TokenKind::Number(text) => format!("#{text}"),
            TokenKind::Sign(sign) => format!("'{sign}'"),
        });
        said.collect()
    }

    #[test]
    fn numbers_units_names_and_signs_are_told_apart() {
        assert_eq!(
            kinds("x.y>=-2.5e3mm 25..90 1/s"),
            ["x.y", "'>='", "#-2.5e3", "mm", "#25", "'..'", "#90", "1/s"]
        );
        assert_eq!(
            kinds(r#"a:b/c@1.0.0#d = "say \"hi\" \\" load(can0)"#),
            [
                "a:b/c@1.0.0#d",
                "'='",
                "“say \"hi\" \\”",
                "load",
                "'('",
                "can0",
                "')'"
            ]
        );
    }

    #[test]
    fn comments_begin_behind_a_space() {
        assert_eq!(without_comment("at 1 s # then"), "at 1 s ");
        assert_eq!(without_comment("a#b"), "a#b");
        assert_eq!(without_comment("# all"), "");
        assert_eq!(without_comment(r#"x "a # b" # c"#), r#"x "a # b" "#);
        assert_eq!(without_comment(r#"x "a \" # b" # c"#), r#"x "a \" # b" "#);
    }

    #[test]
    fn what_is_no_token_is_told_with_its_column() {
        let problem = tokens("é ! x", 3).unwrap_err();
        assert_eq!(problem.to_string(), "3:3: `!` is not understood here");
        let problem = tokens("scenario \"x", 1).unwrap_err();
        assert_eq!(
            problem.to_string(),
            "1:10: the quotation has no end; close it by `\"`"
        );
    }
}
