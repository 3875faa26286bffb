//! Includes, conditions and macros without parameters: the words of a header as a compiler would
//! see them. What a condition needs and is not known makes it false, and is noted.

use super::{
    constants,
    error::{Note, Place},
    tokens::{Kind, Token, tokens},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// Deeper than this, headers include each other without an end.
const DEEPEST: usize = 32;

#[derive(Debug, Default)]
pub(super) struct Preprocessed {
    pub(super) tokens: Vec<Token>,
    /// Macros without parameters, with what they stand for.
    pub(super) macros: BTreeMap<String, Vec<Token>>,
    pub(super) notes: Vec<Note>,
    /// Names of headers that are included by quotes and were not given.
    pub(super) missing: BTreeSet<String>,
}

/// `header` is the name of one of `files`, by which headers include each other.
pub(super) fn preprocess(header: &str, files: &BTreeMap<String, String>) -> Preprocessed {
    let mut state = State {
        files,
        done: Preprocessed::default(),
        conditions: Vec::new(),
        with_parameters: BTreeSet::new(),
    };
    state.file(header, 0);
    state.done
}

/// An `#if` that is open.
struct Condition {
    /// The lines that stand here count.
    is_taken: bool,
    /// One of its branches was taken already.
    was_taken: bool,
}

struct State<'a> {
    files: &'a BTreeMap<String, String>,
    done: Preprocessed,
    conditions: Vec<Condition>,
    with_parameters: BTreeSet<String>,
}

impl State<'_> {
    fn file(&mut self, name: &str, depth: usize) {
        let Some(text) = self.files.get(name) else {
            return;
        };
        let outside = std::mem::take(&mut self.conditions);
        let all = tokens(text, name);
        let mut rest = all.as_slice();
        let mut row = 0;
        while let Some((token, after)) = rest.split_first() {
            if token.is("#") && token.row != row {
                let length = after.iter().take_while(|one| one.row == token.row).count();
                let (line, after) = after.split_at_checked(length).unwrap_or((after, &[]));
                row = token.row;
                rest = after;
                let words: Vec<Token> = line
                    .iter()
                    .filter(|one| one.kind != Kind::Comment)
                    .cloned()
                    .collect();
                self.directive(token, &words, depth);
                continue;
            }
            row = token.row;
            rest = after;
            if self.counts() {
                self.expand(token, &mut Vec::new());
            }
        }
        if !self.conditions.is_empty() {
            self.note(
                Place {
                    file: name.to_owned(),
                    line: 1,
                },
                "an `#if` has no `#endif`".to_owned(),
            );
        }
        self.conditions = outside;
    }

    fn counts(&self) -> bool {
        self.conditions.iter().all(|condition| condition.is_taken)
    }

    fn note(&mut self, place: Place, message: String) {
        self.done.notes.push(Note { place, message });
    }

    fn directive(&mut self, mark: &Token, words: &[Token], depth: usize) {
        let Some((word, rest)) = words.split_first() else {
            return;
        };
        match word.text.as_str() {
            "if" | "ifdef" | "ifndef" => {
                let is_taken = self.counts() && self.holds(&word.text, rest, mark);
                self.conditions.push(Condition {
                    is_taken,
                    was_taken: is_taken || !self.counts(),
                });
            }
            "elif" | "else" => self.otherwise(&word.text, rest, mark),
            "endif" if self.conditions.pop().is_none() => {
                self.note(mark.place(), "an `#endif` has no `#if`".to_owned());
            }
            "endif" => {}
            _ if !self.counts() => {}
            "include" => self.include(rest, mark, depth),
            "define" => self.define(rest),
            "undef" => {
                if let Some(name) = rest.first() {
                    self.done.macros.remove(&name.text);
                }
            }
            "error" => {
                let text: Vec<&str> = rest.iter().map(|one| one.text.as_str()).collect();
                self.note(mark.place(), format!("the header says: {}", text.join(" ")));
            }
            _ => {}
        }
    }

    fn otherwise(&mut self, word: &str, rest: &[Token], mark: &Token) {
        let Some(mut condition) = self.conditions.pop() else {
            self.note(mark.place(), format!("an `#{word}` has no `#if`"));
            return;
        };
        condition.is_taken = !condition.was_taken
            && self.counts()
            && (word == "else" || self.holds("if", rest, mark));
        condition.was_taken |= condition.is_taken;
        self.conditions.push(condition);
    }

    fn holds(&mut self, word: &str, rest: &[Token], mark: &Token) -> bool {
        let first = rest.first().map_or("", |name| name.text.as_str());
        match word {
            "ifdef" => self.is_defined(first),
            "ifndef" => !self.is_defined(first),
            _ => {
                let words = self.without_defined(rest);
                match constants::value(&words, &|name| self.constant(name)) {
                    Some(value) => value != 0,
                    None => {
                        let text: Vec<&str> = rest.iter().map(|one| one.text.as_str()).collect();
                        let text = text.join(" ");
                        self.note(
                            mark.place(),
                            format!(
                                "`#if {text}` is not known, so what stands behind it is passed over"
                            ),
                        );
                        false
                    }
                }
            }
        }
    }

    fn is_defined(&self, name: &str) -> bool {
        self.done.macros.contains_key(name) || self.with_parameters.contains(name)
    }

    /// `defined(X)` and `defined X` as 1 or 0.
    fn without_defined(&self, words: &[Token]) -> Vec<Token> {
        let mut found = Vec::new();
        let mut rest = words;
        while let Some((word, after)) = rest.split_first() {
            rest = after;
            if !word.is("defined") {
                found.push(word.clone());
                continue;
            }
            let (name, after) = match after {
                [open, name, close, after @ ..] if open.is("(") && close.is(")") => (name, after),
                [name, after @ ..] => (name, after),
                [] => return found,
            };
            rest = after;
            let text = if self.is_defined(&name.text) {
                "1"
            } else {
                "0"
            };
            found.push(Token {
                kind: Kind::Number,
                text: text.to_owned(),
                ..word.clone()
            });
        }
        found
    }

    fn constant(&self, name: &str) -> Option<i128> {
        match self.done.macros.get(name) {
            // A macro that stands for its own name has no value.
            Some(words) if !words.iter().any(|word| word.is(name)) => {
                constants::value(words, &|inner| match inner == name {
                    true => None,
                    false => self
                        .done
                        .macros
                        .get(inner)
                        .and_then(|words| constants::value(words, &|_| None)),
                })
            }
            _ => None,
        }
    }

    fn include(&mut self, rest: &[Token], mark: &Token, depth: usize) {
        let Some(name) = rest.first().filter(|one| one.kind == Kind::Text) else {
            // Those in angle brackets are the compiler's own.
            return;
        };
        let path = name.text.trim_matches('"');
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned();
        if !self.files.contains_key(&name) {
            self.done.missing.insert(name);
        } else if depth >= DEEPEST {
            self.note(
                mark.place(),
                format!("`{name}` is included within itself without an end"),
            );
        } else {
            self.file(&name, depth + 1);
        }
    }

    fn define(&mut self, rest: &[Token]) {
        let Some((name, body)) = rest.split_first() else {
            return;
        };
        let parameters = body
            .first()
            .filter(|first| first.is("(") && first.is_joined);
        if parameters.is_some() {
            self.with_parameters.insert(name.text.clone());
            return;
        }
        self.done.macros.insert(name.text.clone(), body.to_vec());
    }

    fn expand(&mut self, token: &Token, inside: &mut Vec<String>) {
        let body = match token.kind {
            Kind::Word if !inside.contains(&token.text) => self.done.macros.get(&token.text),
            _ => None,
        };
        let Some(body) = body.cloned() else {
            self.done.tokens.push(token.clone());
            return;
        };
        inside.push(token.text.clone());
        for one in &body {
            let placed = Token {
                file: Arc::clone(&token.file),
                line: token.line,
                row: token.row,
                ..one.clone()
            };
            self.expand(&placed, inside);
        }
        inside.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(files: &[(&str, &str)]) -> (String, Vec<String>) {
        let files = files
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect();
        let done = preprocess("a.h", &files);
        let words: Vec<&str> = done.tokens.iter().map(|one| one.text.as_str()).collect();
        let notes = done.notes.iter().map(ToString::to_string).collect();
        (words.join(" "), notes)
    }

    #[test]
    fn guards_includes_and_macros() {
        let (text, notes) = shown(&[
            (
                "a.h",
                "#ifndef A\n#define A\n#include \"sub/b.h\"\n#include \"b.h\"\n#include <math.h>\n\
                 #define N (M * 2)\n#define EXPORT\n#define GET(x) ((x)->y)\nEXPORT int x[N];\n\
                 #ifdef __cplusplus\nextern \"C\" {\n#endif\n#endif",
            ),
            ("b.h", "#ifndef B\n#define B\n#define M 4\nint b;\n#endif"),
        ]);
        assert_eq!(text, "int b ; int x [ ( 4 * 2 ) ] ;");
        assert_eq!(notes, [""; 0]);
    }

    #[test]
    fn conditions_count() {
        let (text, notes) = shown(&[(
            "a.h",
            "#define V 3\n#if V >= 2 && !defined(W)\na\n#elif 1\nb\n#else\nc\n#endif\n\
             #if 0\n#if 1\nd\n#endif\n#else\ne\n#endif\n#if defined V || X\nf\n#endif\n\
             #if (UCHAR_MAX != (0xFFU))\n#error wrong size\n#endif\n#define S S\nS",
        )]);
        assert_eq!(text, "a e f S");
        let expected = "a.h:19: `#if ( UCHAR_MAX != ( 0xFFU ) )` is not known, so what stands behind it is passed over";
        assert_eq!(notes, [expected]);
    }

    #[test]
    fn what_is_wrong_is_noted_and_ends() {
        let (text, notes) = shown(&[(
            "a.h",
            "#endif\n#else\n#include \"a.h\"\n#error stop here\n#if 1\nx",
        )]);
        assert_eq!(text.split(' ').count(), DEEPEST + 1);
        let has = |text: &str| notes.iter().any(|note| note.contains(text));
        assert!(has("a.h:1: an `#endif` has no `#if`"));
        assert!(has("a.h:2: an `#else` has no `#if`"));
        assert!(has("a.h:3: `a.h` is included within itself"));
        assert!(has("a.h:4: the header says: stop here"));
        assert!(has("an `#if` has no `#endif`"));
    }
}
