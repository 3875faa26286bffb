//! Non-volatile data by instance and port, and blocks that components name themselves: what is kept
//! there, since when, how often it was written; it can be set and erased.

use super::{
    controls::seconds,
    theme::{self, tokens},
    value_field::{Field, value_ui},
    widgets::{empty_ui, name_field, panel_ui, switch_ui},
};
use crate::{
    command::Command,
    session::{BlockState, BlockView, DatumView, Session, block_views},
};
use autosar_wit::value;
use egui::{Button, RichText, TextEdit, Ui};
use graph_core::{file, nv_data};

pub(super) fn nv_ui(ui: &mut Ui, session: &Session) -> Vec<Command> {
    let mut commands = Vec::new();
    let run = session.run();
    let declared = match run.is_started() {
        true => Vec::new(),
        false => block_views(session.document(), session.library()),
    };
    let views = match run.is_started() {
        true => &run.blocks,
        false => &declared,
    };
    panel_ui(ui, |ui| {
        if views.is_empty() {
            let text = "A required port of NV data, or a block of a partition, shows here";
            empty_ui(ui, "No non-volatile data", text);
            return;
        }
        commands.extend(keep_ui(ui, run.keeps_blocks));
        for view in views {
            commands.extend(block_ui(ui, session, view));
        }
    });
    commands
}

fn keep_ui(ui: &mut Ui, is_kept: bool) -> Option<Command> {
    let switched = ui.horizontal(|ui| {
        let switched = switch_ui(ui, "Keep from run to run", is_kept);
        ui.label("Keep from run to run")
            .on_hover_text("The next run begins with what this one has stored");
        switched
    });
    switched.inner.map(Command::KeepBlocks)
}

/// What is shown of a block's content.
enum Shown {
    Nothing,
    /// WAVE, or hexadecimal digits where nothing says what it is.
    Value(String),
    Unreadable(String),
}

fn block_ui(ui: &mut Ui, session: &Session, view: &BlockView) -> Option<Command> {
    let run = session.run();
    let state = run.block_states.get(&view.place);
    let shown = match run.is_started() {
        true => kept(view, state),
        false => first(session, view),
    };
    let name = view.datum.as_ref().map_or(&view.place, |datum| &datum.name);
    ui.add_space(theme::GAP_SMALL);
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(name).strong());
        faint(ui, &described(view));
    });
    faint(ui, &since(run.is_started(), view, state, &shown));
    let mut command = None;
    match &shown {
        Shown::Nothing => {}
        Shown::Unreadable(reason) => {
            ui.label(RichText::new(reason).color(tokens(ui).warning));
        }
        Shown::Value(text) => command = value_of_ui(ui, session, view, text),
    }
    command.or_else(|| buttons_ui(ui, session, view, &shown))
}

fn value_of_ui(ui: &mut Ui, session: &Session, view: &BlockView, text: &str) -> Option<Command> {
    let Some(datum) = &view.datum else {
        let is_fixed = !session.run().is_started();
        let typed = ui.add_enabled_ui(!is_fixed, |ui| digits_ui(ui, view, text));
        return typed.inner.map(|content| set(view, Some(content)));
    };
    let field = Field {
        name: &format!("{} value", datum.name),
        id: &view.place,
        value_type: &datum.value_type,
        meaning: datum.meaning.as_ref(),
    };
    let text = value_ui(ui, &field, text)?;
    given(session, view, datum, Some(text))
}

fn buttons_ui(ui: &mut Ui, session: &Session, view: &BlockView, shown: &Shown) -> Option<Command> {
    let is_started = session.run().is_started();
    let name = view.datum.as_ref().map_or(&view.place, |datum| &datum.name);
    let mut small = |word: &str, hint: &str| {
        let button = ui.add(Button::new(word).small()).on_hover_text(hint);
        name_field(&button, &format!("{word} {name}"));
        button.clicked()
    };
    match (shown, &view.datum) {
        (Shown::Nothing, Some(datum)) => {
            let hint = match is_started {
                true => "The block holds a value from now on",
                false => "It is read before the first write; can be undone",
            };
            let default = value::default_value(&datum.value_type)?;
            let clicked = small("Give a value to", hint);
            let text = clicked.then(|| value::print(&default));
            text.and_then(|text| given(session, view, datum, Some(text)))
        }
        (Shown::Nothing, None) => None,
        (_, Some(datum)) if !is_started => {
            let hint = "It is not written before the component does it; can be undone";
            let clicked = small("Erase", hint);
            clicked.then(|| given(session, view, datum, None)).flatten()
        }
        (_, None) if !is_started => None,
        _ => small("Erase", "As if it had been invalidated").then(|| set(view, None)),
    }
}

/// While the system runs the block holds it, else it is the project's first value.
fn given(
    session: &Session,
    view: &BlockView,
    datum: &DatumView,
    text: Option<String>,
) -> Option<Command> {
    if session.run().is_started() {
        let value = value::parse(&datum.value_type, &text?).ok()?;
        let content = nv_data::content(&datum.value_type, &value).ok()?;
        return Some(set(view, Some(content)));
    }
    let mut changed = session.document().instances.get(&datum.instance)?.clone();
    match text {
        Some(text) => changed.nv_data.insert(datum.key.clone(), text),
        None => changed.nv_data.remove(&datum.key),
    };
    Some(Command::ChangeInstance(datum.instance, changed))
}

fn set(view: &BlockView, content: Option<Vec<u8>>) -> Command {
    Command::SetBlock {
        place: view.place.clone(),
        content,
    }
}

/// What a block holds now.
fn kept(view: &BlockView, state: Option<&BlockState>) -> Shown {
    let Some(content) = state.and_then(|state| state.content.as_ref()) else {
        return Shown::Nothing;
    };
    let Some(datum) = &view.datum else {
        return Shown::Value(file::digits(content));
    };
    match nv_data::value_of(&datum.value_type, content) {
        Ok(value) => Shown::Value(value::print(&value)),
        Err(error) => Shown::Unreadable(format!("{} bytes: {error}", content.len())),
    }
}

/// What the project says that it holds first.
fn first(session: &Session, view: &BlockView) -> Shown {
    let text = match &view.datum {
        Some(datum) => {
            let instance = session.document().instances.get(&datum.instance);
            instance.and_then(|instance| instance.nv_data.get(&datum.key).cloned())
        }
        None => view.initial.as_deref().map(file::digits),
    };
    text.map_or(Shown::Nothing, Shown::Value)
}

/// `car/main/odometer-trip-mileage, 12 bytes`
fn described(view: &BlockView) -> String {
    let size = match view.size_bytes {
        Some(1) => "1 byte".to_owned(),
        Some(bytes) => format!("{bytes} bytes"),
        None => "too large".to_owned(),
    };
    match &view.datum {
        Some(_) => format!("{}, {size}", view.place),
        None => size,
    }
}

fn since(is_started: bool, view: &BlockView, state: Option<&BlockState>, shown: &Shown) -> String {
    let is_empty = matches!(shown, Shown::Nothing);
    if !is_started {
        return match (is_empty, &view.datum) {
            (true, _) => "no first value: never written",
            (false, Some(_)) => "first value",
            (false, None) => "first content; it is edited at its ECU",
        }
        .to_owned();
    }
    let Some(state) = state else {
        return "nothing told yet".to_owned();
    };
    let when = match (state.changed_ns, is_empty) {
        (None, true) => return "never written".to_owned(),
        (None, false) => return "as at the start".to_owned(),
        (Some(at_ns), true) => format!("erased at {}", seconds(at_ns)),
        (Some(at_ns), false) => format!("last write at {}", seconds(at_ns)),
    };
    match state.writes {
        1 => format!("{when}, 1 write"),
        writes => format!("{when}, {writes} writes"),
    }
}

/// Bytes as hexadecimal digits, taken when they are some and fit.
fn digits_ui(ui: &mut Ui, view: &BlockView, text: &str) -> Option<Vec<u8>> {
    let id = ui.scope_id().with(&view.place);
    let mut typed = ui
        .data_mut(|data| data.get_temp::<String>(id))
        .unwrap_or_else(|| text.to_owned());
    let edit = ui.add(TextEdit::singleline(&mut typed).desired_width(f32::INFINITY));
    name_field(&edit, &format!("{} content", view.place));
    let bytes = file::bytes(&typed);
    let fits = |bytes: &Vec<u8>| {
        view.size_bytes
            .is_some_and(|size| bytes.len() <= size as usize)
    };
    let bytes = bytes.filter(fits);
    // Asked before, since within the data egui is locked.
    let is_edited = edit.has_focus();
    ui.data_mut(|data| {
        data.remove::<String>(id);
        if is_edited {
            data.insert_temp(id, typed.clone());
        }
    });
    if bytes.is_none() && is_edited {
        let words = "pairs of hexadecimal digits, no more than the block has bytes";
        ui.label(RichText::new(words).color(tokens(ui).error));
    }
    bytes.filter(|_| edit.lost_focus() && typed != text)
}

fn faint(ui: &mut Ui, text: &str) {
    ui.label(
        RichText::new(text)
            .size(theme::TEXT_SMALL)
            .color(tokens(ui).text_faint),
    );
}
