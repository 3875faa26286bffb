//! What could take a wire that was let go over empty canvas: typed words find it, Enter takes the
//! first.

use crate::{
    canvas::{
        action::{Role, WireStart},
        geometry::Point,
        names::end_name,
    },
    command::Command,
    session::Session,
    ui::{
        theme::{self, tokens},
        widgets::{dialog_frame, name_field},
    },
};
use egui::{Area, Button, Id, Key, Modal, Order, RichText, ScrollArea, TextEdit, Ui, UiKind, pos2};
use graph_core::{assist::Offer, resolve::Side};

/// So many are seen at once.
const SEEN: usize = 10;

/// An open list.
#[derive(Debug)]
pub(super) struct OfferView {
    start: WireStart,
    /// Where the instance will stand, in the world.
    at: Point,
    /// Where the list is shown.
    pointer: Point,
    offers: Vec<Offer>,
    text: String,
    chosen: usize,
}

impl OfferView {
    pub(super) fn new(session: &Session, start: WireStart, at: Point, pointer: Point) -> OfferView {
        OfferView {
            offers: session.offers(&start.end, side(start.role)),
            start,
            at,
            pointer,
            text: String::new(),
            chosen: 0,
        }
    }

    fn command(&self, offer: &Offer) -> Command {
        Command::InsertWired {
            component: offer.component.clone(),
            at: (self.at.x, self.at.y),
            start: self.start.end.clone(),
            side: side(self.start.role),
            end: offer.end.clone(),
        }
    }
}

pub(super) fn side(role: Role) -> Side {
    match role {
        Role::Source => Side::Source,
        Role::Target => Side::Target,
    }
}

/// Shows the list while it is open.
pub(super) fn show(ui: &Ui, session: &Session, open: &mut Option<OfferView>) -> Vec<Command> {
    let Some(view) = open else {
        return Vec::new();
    };
    let mut commands = Vec::new();
    let area = Area::new(Id::unique("offer"))
        .kind(UiKind::Modal)
        .order(Order::Foreground)
        .fixed_pos(pos2(view.pointer.x, view.pointer.y));
    let modal = Modal::new(Id::unique("offer"))
        .frame(dialog_frame(ui))
        .backdrop_color(egui::Color32::TRANSPARENT)
        .area(area)
        .show(ui.ctx(), |ui| {
            ui.set_width(theme::OFFER_WIDTH);
            let wire = end_name(session.document(), &view.start.end);
            let title = match view.start.role {
                Role::Source => format!("What takes {wire}"),
                Role::Target => format!("What gives {wire}"),
            };
            ui.label(RichText::new(title).color(tokens(ui).text_weak));
            let edit = TextEdit::singleline(&mut view.text)
                .hint_text("Find a component")
                .desired_width(f32::INFINITY);
            let field = ui.add(edit);
            name_field(&field, "Find a component");
            field.request_focus();
            commands.extend(list_ui(ui, view));
        });
    if !commands.is_empty() || modal.should_close() {
        *open = None;
    }
    commands
}

fn list_ui(ui: &mut Ui, view: &mut OfferView) -> Vec<Command> {
    let words = view.text.to_lowercase();
    let fits = |offer: &&Offer| {
        let text = format!("{} {}", offer.component, offer.label).to_lowercase();
        words.split_whitespace().all(|word| text.contains(word))
    };
    let found: Vec<&Offer> = view.offers.iter().filter(fits).collect();
    let (down, up, enter) = ui.input(|input| {
        let pressed = |key| usize::from(input.key_pressed(key));
        (
            pressed(Key::ArrowDown),
            pressed(Key::ArrowUp),
            input.key_pressed(Key::Enter),
        )
    });
    let chosen = (view.chosen + down)
        .saturating_sub(up)
        .min(found.len().saturating_sub(1));
    if found.is_empty() {
        let text = match view.offers.is_empty() {
            true => "Nothing in the library fits; add components with Ctrl+L",
            false => "No component that fits has this name",
        };
        ui.label(RichText::new(text).color(tokens(ui).text_faint));
    }
    let mut commands = Vec::new();
    ScrollArea::vertical()
        .max_height(30.0 * SEEN as f32)
        .show(ui, |ui| {
            for (position, offer) in found.iter().enumerate() {
                let is_chosen = position == chosen;
                let button = Button::new(format!("{}  {}", offer.component, offer.label))
                    .truncate()
                    .selected(is_chosen)
                    .frame_when_inactive(is_chosen)
                    .min_size(egui::vec2(ui.available_width(), 28.0));
                let response = ui.add(button).on_hover_text(hint(offer));
                if is_chosen && down + up > 0 {
                    response.scroll_to_me(None);
                }
                if response.clicked() {
                    commands.push(view.command(offer));
                }
            }
        });
    if enter && let Some(offer) = found.get(chosen) {
        commands.push(view.command(offer));
    }
    view.chosen = chosen;
    commands
}

fn hint(offer: &Offer) -> String {
    let fit = match offer.is_same_interface {
        true => "the same interface",
        false => "another interface with types that fit",
    };
    let notes = offer.notes.iter().map(String::as_str);
    [fit]
        .into_iter()
        .chain(notes)
        .collect::<Vec<_>>()
        .join("; ")
}
