//! Keys with their modifiers: how they are written, which may be given to a command, and what a
//! user has given instead of what the list of commands says. Knows no window.

use std::{collections::BTreeMap, fmt, str::FromStr};

/// A key with its modifiers; `ctrl` is Command on macOS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shortcut {
    pub ctrl: bool,
    pub alt: bool,
    pub shift: bool,
    /// As egui names keys: `Z`, `F8`, `Delete`, `Space`.
    pub key: &'static str,
}

/// What a user has chosen, by the command's id: other keys, or none. Everything else is as listed.
pub type Shortcuts = BTreeMap<String, Option<Shortcut>>;

/// Keys that a command can have, as egui names them.
const KEYS: [&str; 65] = [
    "A",
    "B",
    "C",
    "D",
    "E",
    "F",
    "G",
    "H",
    "I",
    "J",
    "K",
    "L",
    "M",
    "N",
    "O",
    "P",
    "Q",
    "R",
    "S",
    "T",
    "U",
    "V",
    "W",
    "X",
    "Y",
    "Z",
    "0",
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "8",
    "9",
    "F1",
    "F2",
    "F3",
    "F4",
    "F5",
    "F6",
    "F7",
    "F8",
    "F9",
    "F10",
    "F11",
    "F12",
    "Delete",
    "Insert",
    "Home",
    "End",
    "PageUp",
    "PageDown",
    "Plus",
    "Minus",
    "Up",
    "Down",
    "Left",
    "Right",
    "Space",
    "Backspace",
    "Comma",
    "Period",
    "Slash",
];

/// Alone these move, open or connect what has the focus.
const OF_THE_CANVAS: [&str; 6] = ["C", "Up", "Down", "Left", "Right", "Space"];

/// With Ctrl these are the clipboard's, in every text field, too.
const OF_THE_CLIPBOARD: [&str; 3] = ["C", "V", "X"];

impl Shortcut {
    /// Why it cannot be given to a command.
    pub fn refusal(self) -> Option<&'static str> {
        let is_alone = !self.ctrl && !self.alt;
        if is_alone && OF_THE_CANVAS.contains(&self.key) {
            Some("the canvas has this key: it moves, opens or connects what has the focus")
        } else if self.ctrl && !self.alt && !self.shift && OF_THE_CLIPBOARD.contains(&self.key) {
            Some("the clipboard has these keys")
        } else {
            None
        }
    }

    /// The name that `KEYS` has for what egui or a user calls it.
    pub fn key_named(name: &str) -> Option<&'static str> {
        let name = match name {
            "+" => "Plus",
            "-" => "Minus",
            "," => "Comma",
            "." => "Period",
            "/" => "Slash",
            name => name,
        };
        KEYS.into_iter().find(|key| key.eq_ignore_ascii_case(name))
    }
}

/// `Ctrl+Shift+Z`, on every system.
impl fmt::Display for Shortcut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let modifiers = [
            (self.ctrl, "Ctrl+"),
            (self.alt, "Alt+"),
            (self.shift, "Shift+"),
        ];
        for (held, word) in modifiers {
            if held {
                f.write_str(word)?;
            }
        }
        f.write_str(match self.key {
            "Plus" => "+",
            "Minus" => "-",
            "Comma" => ",",
            "Period" => ".",
            "Slash" => "/",
            key => key,
        })
    }
}

impl FromStr for Shortcut {
    type Err = String;

    fn from_str(text: &str) -> Result<Shortcut, String> {
        let (mut ctrl, mut alt, mut shift) = (false, false, false);
        let mut rest = text;
        // `Ctrl++` ends with a key that is the sign between the parts.
        while let Some((word, after)) = rest.split_once('+').filter(|(_, after)| !after.is_empty())
        {
            match word {
                "Ctrl" | "Cmd" => ctrl = true,
                "Alt" => alt = true,
                "Shift" => shift = true,
                _ => return Err(format!("`{text}`: `{word}` is none of Ctrl, Alt, Shift")),
            }
            rest = after;
        }
        let key = Shortcut::key_named(rest)
            .ok_or_else(|| format!("`{text}`: there is no key `{rest}` that a command can have"))?;
        Ok(Shortcut {
            ctrl,
            alt,
            shift,
            key,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command;

    #[test]
    fn every_listed_shortcut_is_read_as_it_is_written_and_stands_once() {
        let mut seen = BTreeMap::new();
        for entry in command::all() {
            let Some(shortcut) = entry.shortcut else {
                continue;
            };
            assert_eq!(shortcut.to_string().parse(), Ok(shortcut));
            let other = seen.insert(shortcut, entry.id);
            assert_eq!(other, None, "{} has the keys of another", entry.id);
        }
    }

    #[test]
    fn what_is_no_shortcut_is_told_with_the_part_that_is_wrong() {
        let error = |text: &str| text.parse::<Shortcut>().unwrap_err();
        assert!(error("Hyper+K").contains("`Hyper`"));
        assert!(error("Ctrl+Nonsense").contains("`Nonsense`"));
        assert!(error("").contains("no key"));
    }

    #[test]
    fn the_canvas_and_the_clipboard_keep_their_keys() {
        let refusal = |text: &str| text.parse::<Shortcut>().unwrap().refusal();
        for kept in ["C", "Shift+Up", "Ctrl+C", "Ctrl+V"] {
            assert!(refusal(kept).is_some(), "{kept}");
        }
        for free in ["G", "Alt+Up", "Ctrl+Shift+C", "F2", "Ctrl+-"] {
            assert_eq!(refusal(free), None, "{free}");
        }
    }
}
