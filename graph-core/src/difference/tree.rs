//! The project file as a tree without lists, and back.

use crate::{document::Document, file};
use toml::{Table, Value};

/// Between the fields of a key; stands in no name of the file.
pub(super) const SEAM: &str = " to ";

pub(super) fn of(document: &Document) -> Table {
    let text = file::write(document);
    let table: Table = toml::from_str(&text)
        .unwrap_or_else(|error| unreachable!("we wrote it, this is a bug: {error}"));
    without_lists(table, &mut Vec::new())
}

/// The text that stands for the tree; not canonical in its order.
pub(super) fn text(tree: Table) -> String {
    toml::to_string(&with_lists(tree, &mut Vec::new()))
        .unwrap_or_else(|error| unreachable!("the format is plain TOML, this is a bug: {error}"))
}

fn without_lists(table: Table, path: &mut Vec<String>) -> Table {
    let entry = |(name, value): (String, Value)| {
        path.push(name.clone());
        let value = match (value, fields(path)) {
            (Value::Array(rows), Some(fields)) => Value::Table(keyed(rows, fields)),
            (Value::Table(table), _) => Value::Table(without_lists(table, path)),
            (value, _) => value,
        };
        path.pop();
        (name, value)
    };
    table.into_iter().map(entry).collect()
}

fn with_lists(table: Table, path: &mut Vec<String>) -> Table {
    let entry = |(name, value): (String, Value)| {
        path.push(name.clone());
        let value = match (value, fields(path)) {
            (Value::Table(rows), Some(_)) => {
                Value::Array(rows.into_iter().map(|(_, row)| row).collect())
            }
            (Value::Table(table), None) => Value::Table(with_lists(table, path)),
            (value, _) => value,
        };
        path.pop();
        (name, value)
    };
    table.into_iter().map(entry).collect()
}

/// What a list of the file is keyed by. Its way counts: things may be called like lists.
fn fields(path: &[String]) -> Option<&'static [&'static str]> {
    match within(path).as_slice() {
        ["connectors"] => Some(&["from", "to"]),
        ["transmissions"] => Some(&["message"]),
        ["instances", _, "activations"] => Some(&["runnable"]),
        _ => None,
    }
}

/// A way from the place that it is in: what is inside a composition is like what is inside the system.
pub(super) fn within(path: &[String]) -> Vec<&str> {
    let inside = match path {
        [first, _, inside @ ..] if first == "compositions" => inside,
        outside => outside,
    };
    inside.iter().map(String::as_str).collect()
}

/// Rows with one key, such as two activations of a runnable, are told apart by their order.
fn keyed(rows: Vec<Value>, fields: &[&str]) -> Table {
    let mut table = Table::new();
    for row in rows {
        let part = |field: &&str| row.get(*field).and_then(Value::as_str).unwrap_or_default();
        let key = fields.iter().map(part).collect::<Vec<_>>().join(SEAM);
        let numbers = 2_u32..;
        let mut keys =
            std::iter::once(key.clone()).chain(numbers.map(|number| format!("{key} ({number})")));
        let free = keys.find(|key| !table.contains_key(key));
        table.insert(free.unwrap_or(key), row);
    }
    table
}

/// A leaf as users read it.
pub(super) fn leaf(value: &Value) -> String {
    match value {
        Value::String(text) => text.lines().collect::<Vec<_>>().join(" ↵ "),
        Value::Table(_) => "…".to_owned(),
        other => other.to_string(),
    }
}

/// The things of a section by name.
pub(super) fn things<'a>(
    tree: &'a Table,
    section: &str,
) -> impl Iterator<Item = (&'a String, &'a Value)> {
    let table = tree.get(section).and_then(Value::as_table);
    table.into_iter().flatten()
}

/// The ways to what has instances and connectors: the system and each composition.
pub(super) fn places(tree: &Table) -> Vec<Vec<String>> {
    let compositions = things(tree, "compositions");
    let named = compositions.map(|(name, _)| vec!["compositions".to_owned(), name.clone()]);
    std::iter::once(Vec::new()).chain(named).collect()
}

pub(super) fn inside<'a>(tree: &'a Table, place: &[String]) -> Option<&'a Table> {
    match place {
        [] => Some(tree),
        place => get(tree, place)?.as_table(),
    }
}

pub(super) fn inside_mut<'a>(tree: &'a mut Table, place: &[String]) -> Option<&'a mut Table> {
    let mut at = tree;
    for step in place {
        at = at.get_mut(step)?.as_table_mut()?;
    }
    Some(at)
}

pub(super) fn get<'a>(tree: &'a Table, path: &[String]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    let value = tree.get(first)?;
    match rest {
        [] => Some(value),
        rest => get(value.as_table()?, rest),
    }
}

pub(super) fn has(tree: &Table, path: &[String]) -> bool {
    get(tree, path).is_some()
}

pub(super) fn put(tree: &mut Table, path: &[String], value: Value) {
    match path {
        [] => {}
        [last] => drop(tree.insert(last.clone(), value)),
        [first, rest @ ..] => {
            let entry = tree
                .entry(first.clone())
                .or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(table) = entry {
                put(table, rest, value);
            }
        }
    }
}

pub(super) fn remove(tree: &mut Table, path: &[String]) {
    match path {
        [] => {}
        [last] => drop(tree.remove(last)),
        [first, rest @ ..] => {
            if let Some(Value::Table(table)) = tree.get_mut(first) {
                remove(table, rest);
            }
        }
    }
}
