//! What a user has chosen for every project: look, keys, recent projects. Kept between starts; a
//! text here, a file outside.

use super::{Effect, Session};
use crate::command::{self, Command, Entry, Shortcut, Shortcuts};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// So many projects are remembered.
const RECENT: usize = 10;

/// The smallest and largest scale, in percent, and a step.
pub const SCALES: (u16, u16, u16) = (75, 250, 25);

/// A user's choices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub theme: Theme,
    /// Of everything in the window, in percent.
    pub scale: u16,
    /// Keys other than the listed ones, by the command's id.
    #[serde(with = "texts")]
    pub shortcuts: Shortcuts,
    /// Project files, the latest first.
    pub recent: Vec<PathBuf>,
    /// Whether the tour of the first start has ended.
    pub tour_seen: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    #[default]
    Dark,
    Light,
    HighContrast,
}

impl Theme {
    pub const ALL: [Theme; 3] = [Theme::Dark, Theme::Light, Theme::HighContrast];

    pub fn name(self) -> &'static str {
        match self {
            Theme::Dark => "Dark",
            Theme::Light => "Light",
            Theme::HighContrast => "High contrast",
        }
    }

    fn next(self) -> Theme {
        match self {
            Theme::Dark => Theme::Light,
            Theme::Light => Theme::HighContrast,
            Theme::HighContrast => Theme::Dark,
        }
    }
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            theme: Theme::default(),
            scale: 100,
            shortcuts: Shortcuts::new(),
            recent: Vec::new(),
            tour_seen: false,
        }
    }
}

impl Settings {
    /// JSON, as it is kept.
    pub fn to_text(&self) -> String {
        // A map of strings and numbers can always be written.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }

    /// What was kept; the error says which part is wrong, with its line.
    pub fn from_text(text: &str) -> Result<Settings, String> {
        let mut settings: Settings =
            serde_json::from_str(text).map_err(|error| error.to_string())?;
        settings.rescale(settings.scale);
        Ok(settings)
    }

    /// The list of commands with these keys.
    pub fn commands(&self) -> Vec<Entry> {
        let mut entries = command::all();
        for entry in &mut entries {
            if let Some(chosen) = self.shortcuts.get(entry.id) {
                entry.shortcut = *chosen;
            }
        }
        entries
    }

    /// Gives a command these keys, and takes them from the one that had them.
    fn set_shortcut(&mut self, id: &str, keys: Option<Shortcut>) {
        let others = self.commands().into_iter().filter(|entry| entry.id != id);
        let losers: Vec<&str> = others
            .filter(|entry| keys.is_some() && entry.shortcut == keys)
            .map(|entry| entry.id)
            .collect();
        for loser in losers {
            self.choose(loser, None);
        }
        self.choose(id, keys);
    }

    /// Only what differs from the list is remembered.
    fn choose(&mut self, id: &str, keys: Option<Shortcut>) {
        match command::find(id) {
            Some(entry) if entry.shortcut == keys => self.shortcuts.remove(id),
            _ => self.shortcuts.insert(id.to_owned(), keys),
        };
    }

    fn rescale(&mut self, scale: u16) {
        let (smallest, largest, _) = SCALES;
        self.scale = scale.clamp(smallest, largest);
    }

    fn remember(&mut self, project: &Path) {
        self.recent.retain(|other| other != project);
        self.recent.insert(0, project.to_path_buf());
        self.recent.truncate(RECENT);
    }
}

impl Session {
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The list of commands with the user's keys.
    pub fn commands(&self) -> Vec<Entry> {
        self.settings.commands()
    }

    /// The command of that id, with the user's keys.
    pub fn command(&self, id: &str) -> Option<Entry> {
        self.commands().into_iter().find(|entry| entry.id == id)
    }

    /// At the start, before anything is shown.
    pub fn take_settings(&mut self, settings: Settings) {
        self.settings = settings;
    }

    pub(super) fn apply_settings(&mut self, command: Command) -> Vec<Effect> {
        let before = self.settings.clone();
        let settings = &mut self.settings;
        match command {
            Command::SetTheme(theme) => settings.theme = theme,
            Command::NextTheme => settings.theme = settings.theme.next(),
            Command::SetScale(scale) => settings.rescale(scale),
            Command::ScaleUp => settings.rescale(settings.scale + SCALES.2),
            Command::ScaleDown => settings.rescale(settings.scale - SCALES.2),
            Command::SetShortcut(id, keys) => settings.set_shortcut(&id, keys),
            Command::ResetShortcuts => settings.shortcuts.clear(),
            Command::ForgetRecent => settings.recent.clear(),
            _ => {}
        }
        self.keep_settings(&before)
    }

    /// A project was opened or saved there.
    pub(super) fn remember_project(&mut self, path: &Path) -> Vec<Effect> {
        let before = self.settings.clone();
        self.settings.remember(path);
        self.keep_settings(&before)
    }

    pub(super) fn end_tour(&mut self) -> Vec<Effect> {
        let before = self.settings.clone();
        self.settings.tour_seen = true;
        self.keep_settings(&before)
    }

    fn keep_settings(&self, before: &Settings) -> Vec<Effect> {
        match self.settings == *before {
            true => Vec::new(),
            false => vec![Effect::KeepSettings(self.settings.to_text())],
        }
    }
}

/// Shortcuts are written as people write them; `null` takes a command's keys away.
mod texts {
    use super::Shortcuts;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use std::collections::BTreeMap;

    pub(super) fn serialize<S: Serializer>(
        shortcuts: &Shortcuts,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let text = |keys: &Option<super::Shortcut>| keys.map(|keys| keys.to_string());
        serializer.collect_map(shortcuts.iter().map(|(id, keys)| (id, text(keys))))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Shortcuts, D::Error> {
        let texts: BTreeMap<String, Option<String>> = BTreeMap::deserialize(deserializer)?;
        let read = |(id, text): (String, Option<String>)| {
            let keys = text.map(|text| text.parse()).transpose();
            Ok((id, keys.map_err(D::Error::custom)?))
        };
        texts.into_iter().map(read).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Option<Shortcut> {
        Some(text.parse().unwrap())
    }

    fn keys_of(session: &Session, id: &str) -> Option<Shortcut> {
        session.command(id).unwrap().shortcut
    }

    #[test]
    fn choices_are_read_as_they_were_kept() {
        let mut settings = Settings {
            theme: Theme::HighContrast,
            scale: 150,
            ..Settings::default()
        };
        settings.set_shortcut("view.arrange", keys("F9"));
        settings.set_shortcut("file.quit", None);
        settings.remember(Path::new("/projects/one.wireloom"));
        assert_eq!(Settings::from_text(&settings.to_text()), Ok(settings));
    }

    #[test]
    fn a_file_of_an_older_version_lacks_what_is_new_and_a_broken_one_names_its_line() {
        let old = Settings::from_text("{ \"theme\": \"light\" }").unwrap();
        assert_eq!((old.theme, old.scale), (Theme::Light, 100));
        let broken = "{\n  \"shortcuts\": { \"view.fit\": \"Ctrl+Nonsense\" }\n}";
        let error = Settings::from_text(broken).unwrap_err();
        assert!(
            error.contains("Nonsense") && error.contains(" line "),
            "{error}"
        );
        assert_eq!(
            Settings::from_text("{\"scale\": 4000}").unwrap().scale,
            SCALES.1
        );
    }

    #[test]
    fn keys_have_one_command_and_what_is_as_listed_is_not_kept() {
        let mut session = Session::default();
        let fit = keys_of(&session, "view.fit");
        let effects = session.apply(Command::SetShortcut("view.arrange".into(), fit));
        assert!(matches!(&effects[..], [Effect::KeepSettings(text)] if text.contains("\"F\"")));
        assert_eq!(keys_of(&session, "view.arrange"), fit);
        assert_eq!(keys_of(&session, "view.fit"), None);
        let listed = command::find("view.arrange").unwrap().shortcut;
        session.apply(Command::SetShortcut("view.arrange".into(), listed));
        session.apply(Command::SetShortcut("view.fit".into(), fit));
        assert!(session.settings().shortcuts.is_empty());
    }

    #[test]
    fn ten_projects_are_remembered_and_each_once() {
        let mut settings = Settings::default();
        for number in 0..12 {
            settings.remember(&PathBuf::from(format!("/{number}.wireloom")));
        }
        settings.remember(Path::new("/5.wireloom"));
        assert_eq!(settings.recent.len(), RECENT);
        assert_eq!(settings.recent[0], Path::new("/5.wireloom"));
        assert_eq!(settings.recent[1], Path::new("/11.wireloom"));
    }
}
