//! The statements of a DBC text and their lines: the parser gives none. Also reads on after a
//! statement that cannot be parsed.

use super::Defect;
use can_dbc::Dbc;
use std::collections::HashMap;

/// Words that begin a statement, besides `SG_`, which belongs to a message.
const KEYWORDS: [&str; 24] = [
    "VERSION",
    "NS_",
    "BS_",
    "BU_",
    "BO_",
    "CM_",
    "BA_DEF_",
    "BA_",
    "VAL_TABLE_",
    "VAL_",
    "SIG_GROUP_",
    "SIG_VALTYPE_",
    "BO_TX_BU_",
    "BA_DEF_REL_",
    "BA_REL_",
    "BA_DEF_DEF_REL_",
    "BA_DEF_DEF_",
    "SG_MUL_VAL_",
    "EV_",
    "ENVVAR_DATA_",
    "BU_SG_REL_",
    "BU_EV_REL_",
    "BU_BO_REL_",
    "SGTYPE_",
];

/// A statement and where it begins.
pub(super) struct Statement<'a> {
    pub line: u32,
    pub keyword: &'a str,
    pub text: &'a str,
}

/// What a statement is about, so that its line is found again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum About {
    Message(u32),
    Signal(u32, String),
    /// Keyword, message and signal of a statement that refers to one.
    Refers(&'static str, u32, String),
}

/// Splits a text; a message keeps its signals.
pub(super) fn split(text: &str) -> Vec<Statement<'_>> {
    let mut starts: Vec<(usize, u32, &str)> = Vec::new();
    let (mut offset, mut quoted, mut listing) = (0, false, false);
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let first = line
            .split(|letter: char| letter.is_whitespace() || letter == ':')
            .find(|word| !word.is_empty());
        let is_indented = line.starts_with([' ', '\t']);
        if let (false, Some(keyword)) = (quoted, first.and_then(keyword_of))
            && !(is_indented && listing)
        {
            listing = matches!(keyword, "NS_");
            starts.push((offset, index as u32 + 1, keyword));
        }
        let quotes = line.replace("\\\"", "").matches('"').count();
        quoted ^= quotes % 2 == 1;
        offset += line.len();
    }
    let ends = starts
        .iter()
        .skip(1)
        .map(|(start, ..)| *start)
        .chain([text.len()]);
    let spans = starts.iter().zip(ends);
    spans
        .filter_map(|((start, line, keyword), end)| {
            Some(Statement {
                line: *line,
                keyword,
                text: text.get(*start..end)?,
            })
        })
        .collect()
}

/// The lines of messages, signals and of what refers to them.
pub(super) fn lines(statements: &[Statement<'_>]) -> HashMap<About, u32> {
    let mut lines = HashMap::new();
    for statement in statements {
        let words: Vec<&str> = statement.text.split_whitespace().take(5).collect();
        let number = |at: usize| words.get(at).and_then(|word| word.parse::<u32>().ok());
        let name = |at: usize| {
            words
                .get(at)
                .map(|word| word.trim_end_matches([':', ';']).to_owned())
        };
        match statement.keyword {
            "BO_" => {
                if let Some(id) = number(1) {
                    lines.entry(About::Message(id)).or_insert(statement.line);
                    signals(statement, id, &mut lines);
                }
            }
            keyword @ ("VAL_" | "SIG_VALTYPE_" | "SG_MUL_VAL_") => {
                let keyword = match keyword {
                    "VAL_" => "VAL_",
                    "SIG_VALTYPE_" => "SIG_VALTYPE_",
                    _ => "SG_MUL_VAL_",
                };
                if let (Some(id), Some(signal)) = (number(1), name(2)) {
                    lines
                        .entry(About::Refers(keyword, id, signal))
                        .or_insert(statement.line);
                }
            }
            "CM_" => {
                if let (Some(id), Some(signal)) = (number(2), name(3)) {
                    let signal = if words.get(1) == Some(&"SG_") {
                        signal
                    } else {
                        String::new()
                    };
                    lines
                        .entry(About::Refers("CM_", id, signal))
                        .or_insert(statement.line);
                }
            }
            "BA_" => {
                if let (Some(id), Some(signal)) = (number(3), name(4)) {
                    let signal = if words.get(2) == Some(&"SG_") {
                        signal
                    } else {
                        String::new()
                    };
                    lines
                        .entry(About::Refers("BA_", id, signal))
                        .or_insert(statement.line);
                }
            }
            _ => {}
        }
    }
    lines
}

fn signals(message: &Statement<'_>, id: u32, lines: &mut HashMap<About, u32>) {
    for (index, line) in message.text.lines().enumerate() {
        let mut words = line.split(|letter: char| letter.is_whitespace() || letter == ':');
        let mut words = words.by_ref().filter(|word| !word.is_empty());
        if let (Some("SG_"), Some(name)) = (words.next(), words.next()) {
            let about = About::Signal(id, name.to_owned());
            lines.entry(about).or_insert(message.line + index as u32);
        }
    }
}

/// Statement by statement, for a text that does not parse as a whole: what parses is kept, the rest
/// is a defect with its line.
pub(super) fn salvage(statements: &[Statement<'_>], defects: &mut Vec<Defect>) -> Option<Dbc> {
    let mut whole = Dbc::try_from("VERSION \"\"\n").ok()?;
    for statement in statements {
        match Dbc::try_from(statement.text) {
            Ok(part) => merge(&mut whole, part),
            Err(_) if statement.keyword == "BO_" => salvage_message(statement, &mut whole, defects),
            Err(_) => defects.push(not_understood(
                statement.keyword,
                statement.text,
                statement.line,
            )),
        }
    }
    Some(whole)
}

/// A message without those of its signals that do not parse.
fn salvage_message(statement: &Statement<'_>, whole: &mut Dbc, defects: &mut Vec<Defect>) {
    let mut lines = statement.text.lines();
    let header = lines.next().unwrap_or_default();
    if Dbc::try_from(format!("{header}\n").as_str()).is_err() {
        return defects.push(not_understood("BO_", header, statement.line));
    }
    let mut kept = format!("{header}\n");
    for (index, line) in lines.enumerate() {
        match Dbc::try_from(format!("{header}\n{line}\n").as_str()) {
            Ok(_) => {
                kept.push_str(line);
                kept.push('\n');
            }
            Err(_) => {
                let keyword = line.split_whitespace().next().unwrap_or("SG_");
                defects.push(not_understood(
                    keyword,
                    line,
                    statement.line + 1 + index as u32,
                ));
            }
        }
    }
    if let Ok(part) = Dbc::try_from(kept.as_str()) {
        merge(whole, part);
    }
}

fn not_understood(keyword: &str, text: &str, line: u32) -> Defect {
    let start: String = text
        .trim()
        .lines()
        .next()
        .unwrap_or_default()
        .chars()
        .take(60)
        .collect();
    let message =
        format!("`{keyword}` is not written as DBC has it and was left out: `{start}`; correct it");
    Defect { line, message }
}

fn merge(whole: &mut Dbc, part: Dbc) {
    whole.nodes.extend(part.nodes);
    whole.messages.extend(part.messages);
    whole.comments.extend(part.comments);
    whole.attribute_defaults.extend(part.attribute_defaults);
    whole
        .attribute_values_message
        .extend(part.attribute_values_message);
    whole
        .attribute_values_signal
        .extend(part.attribute_values_signal);
    whole.value_tables.extend(part.value_tables);
    whole.value_descriptions.extend(part.value_descriptions);
    whole
        .signal_extended_value_type_list
        .extend(part.signal_extended_value_type_list);
    whole.extended_multiplex.extend(part.extended_multiplex);
}

fn keyword_of(word: &str) -> Option<&'static str> {
    KEYWORDS.iter().find(|keyword| **keyword == word).copied()
}
