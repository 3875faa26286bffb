//! Lanes in the window: a header with the board and what the ECU takes of it, bands for partitions, the
//! band that would take what is in hand, and what letting go there means.

use super::{
    CanvasView,
    look::{Detail, Look, elided},
};
use crate::{
    canvas::{
        geometry::Point,
        lanes::{BAND_TITLE, Band, Lane},
        state::Gesture,
    },
    command::Command,
    session::{EcuBudget, Session},
    ui::{
        budget::{Amount, amounts},
        theme,
    },
};
use egui::{
    Align2, Color32, Id, Painter, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};
use graph_core::document::{InstanceId, PartitionKey, Subject};
use std::collections::BTreeSet;

/// What a header says.
struct Header {
    board: String,
    amounts: Vec<Amount>,
    /// What is not served, why it can not run there, why nothing is known.
    lines: Vec<String>,
    /// How much the figures are worth now.
    state: &'static str,
}

/// Below everything.
pub(super) fn paint(painter: &Painter, look: &Look<'_>, session: Option<&Session>) {
    let target = target(look);
    for lane in &look.scene.lanes {
        let rect = look.rect(lane.rect);
        if !rect.intersects(painter.clip_rect()) {
            continue;
        }
        let ink = look.tokens.lane(lane.number);
        painter.rect_filled(rect, theme::NODE_RADIUS as u8, ink.gamma_multiply(0.05));
        for band in &lane.bands {
            let is_target = target.is_some_and(|target| target == band);
            paint_band(painter, look, (lane, band), is_target);
        }
        let edge = Stroke::new(1.2, ink.gamma_multiply(0.7));
        painter.rect_stroke(rect, theme::NODE_RADIUS as u8, edge, StrokeKind::Inside);
        paint_header(painter, look, lane, session);
    }
}

fn paint_band(painter: &Painter, look: &Look<'_>, (lane, band): (&Lane, &Band), is_target: bool) {
    let (tokens, zoom) = (look.tokens, look.zoom());
    let rect = look.rect(band.rect);
    if band.rect.min.y > lane.rect.min.y {
        let edge = Stroke::new(1.0, tokens.border);
        painter.hline(rect.x_range(), rect.min.y, edge);
    }
    if is_target {
        let edge = Stroke::new(2.5, tokens.accent);
        let ground = tokens.accent.gamma_multiply(0.12);
        painter.rect(rect.shrink(2.0), 4, ground, edge, StrokeKind::Inside);
    }
    let height = (BAND_TITLE * zoom).max(theme::FRAME_TITLE_LEAST);
    if look.detail() == Detail::Plain && rect.height() < 2.0 * height {
        return;
    }
    let name = match (band.name.as_str(), is_target) {
        ("", false) => return,
        ("", true) => "Not deployed: let go to take it off its ECU".to_owned(),
        (name, false) => name.to_owned(),
        (name, true) => format!("{name}: let go to assign"),
    };
    let at = rect.min + vec2(12.0 * zoom, height / 2.0);
    let size = (theme::NODE_PORT, zoom.max(theme::LANE_TEXT_LEAST));
    let color = match is_target {
        true => tokens.accent,
        false => tokens.text_weak,
    };
    elided(
        painter,
        at,
        Align2::LEFT_CENTER,
        &name,
        size,
        color,
        rect.width() - 20.0,
    );
}

fn paint_header(painter: &Painter, look: &Look<'_>, lane: &Lane, session: Option<&Session>) {
    let (tokens, zoom) = (look.tokens, look.zoom());
    let rect = look.rect(lane.header());
    let ink = tokens.lane(lane.number);
    painter.rect_filled(rect, theme::NODE_RADIUS as u8, tokens.bar);
    let stripe = Rect::from_min_size(rect.min, vec2((6.0 * zoom).max(2.0), rect.height()));
    painter.rect_filled(stripe, 2, ink);
    let is_selected = lane
        .ecu
        .is_some_and(|id| look.selection.contains(&Subject::Ecu(id)));
    if is_selected {
        let edge = Stroke::new(2.0, tokens.accent);
        painter.rect_stroke(rect, theme::NODE_RADIUS as u8, edge, StrokeKind::Inside);
    }
    let left = rect.min.x + 16.0 * zoom;
    let width = rect.width() - 28.0 * zoom;
    // The name is read from afar, too.
    let title = zoom.max(0.7).min(rect.height() / 30.0);
    let at = pos2(left, rect.min.y + 18.0 * title);
    elided(
        painter,
        at,
        Align2::LEFT_CENTER,
        &lane.name,
        (theme::NODE_TITLE, title),
        tokens.text,
        width,
    );
    let Some(session) = session.filter(|_| look.detail() >= Detail::Titles) else {
        return;
    };
    let header = header(session, lane);
    // Figures are read as long as there is room for them.
    let zoom = zoom.max(theme::LANE_TEXT_LEAST);
    let mut y = rect.min.y + 42.0 * zoom;
    let mut line = |text: &str, color: Color32, step: f32| {
        let at = pos2(left, y);
        if y + 8.0 * zoom < rect.max.y {
            elided(
                painter,
                at,
                Align2::LEFT_CENTER,
                text,
                (theme::NODE_SUBTITLE, zoom),
                color,
                width,
            );
        }
        y += step * zoom;
        y
    };
    line(&header.board, tokens.text_weak, 16.0);
    if !header.state.is_empty() {
        line(header.state, tokens.accent, 16.0);
    }
    for amount in &header.amounts {
        let after = line(&words(amount), tokens.text, 22.0);
        let top = after - 13.0 * zoom;
        let bar = Rect::from_min_size(pos2(left, top), vec2(width, 5.0 * zoom));
        if bar.max.y < rect.max.y {
            painter.rect_filled(bar, 2, tokens.border);
            let full = vec2(width * amount.part.clamp(0.0, 1.0), bar.height());
            let filled = Rect::from_min_size(bar.min, full);
            painter.rect_filled(filled, 2, amount.level.ink(tokens));
        }
    }
    for text in &header.lines {
        line(text, tokens.error, 16.0);
    }
}

fn words(amount: &Amount) -> String {
    match amount.word.is_empty() || amount.word == amount.text {
        true => format!("{}: {}", amount.what, amount.text),
        false => format!("{}: {} · {}", amount.what, amount.text, amount.word),
    }
}

fn header(session: &Session, lane: &Lane) -> Header {
    let mut header = Header {
        board: String::new(),
        amounts: Vec::new(),
        lines: Vec::new(),
        state: "",
    };
    let Some(ecu) = lane.ecu.and_then(|id| session.document().ecus.get(&id)) else {
        header.board = "drag an instance to a partition".to_owned();
        return header;
    };
    let Some(board) = &ecu.target else {
        header.board = "no board: choose one in the inspector".to_owned();
        return header;
    };
    header.board.clone_from(board);
    let lanes = session.lanes();
    let trial = lanes.trial();
    let (budgets, state) = match trial {
        Some(Some(Ok(budgets))) => (budgets.as_slice(), "as it would be"),
        Some(Some(Err(reason))) => {
            header.lines.push(reason.clone());
            (lanes.budgets.as_slice(), "as it is")
        }
        Some(None) => (
            lanes.budgets.as_slice(),
            "as it is; reckoning what would be…",
        ),
        None if lanes.is_old() && lanes.budget(&ecu.name).is_none() => (&[][..], "reckoning…"),
        None if lanes.is_old() => (lanes.budgets.as_slice(), "of the last version; reckoning…"),
        None => (lanes.budgets.as_slice(), ""),
    };
    header.state = state;
    if let Some(budget) = budgets.iter().find(|budget| budget.ecu == ecu.name) {
        header.amounts = amounts(budget);
        header.lines.extend(refusals(budget));
    }
    if let Some(reason) = lanes.failed.as_ref().filter(|_| trial.is_none()) {
        header.lines.push(reason.clone());
    }
    header
}

/// What is not served by name, then why else it cannot run there.
fn refusals(budget: &EcuBudget) -> Vec<String> {
    let missing = budget.imports.iter().filter(|one| !one.served);
    let missing = missing.map(|one| format!("not served: {}", one.interface));
    missing.chain(budget.refusals.iter().cloned()).collect()
}

/// Headers and bands by name, with everything that they say.
pub(super) fn nodes(ui: &Ui, session: &Session, view: &CanvasView, rect: Rect) -> Vec<Command> {
    let mut commands = Vec::new();
    let place = |world| {
        let shown = view.state.view.rect_to_screen(world);
        Rect::from_min_max(
            pos2(shown.min.x, shown.min.y),
            pos2(shown.max.x, shown.max.y),
        )
    };
    let mut node = |id: Id, target: Rect, name: String, item: Option<Subject>| {
        if !target.intersects(rect) {
            return;
        }
        let response = ui.interact(target.intersect(rect), id, Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        let by_reader = response.clicked() && !ui.input(|input| input.pointer.any_click());
        if let Some(item) = item.filter(|_| by_reader) {
            commands.push(Command::Select(vec![item]));
        }
    };
    for (number, lane) in view.scene.lanes.iter().enumerate() {
        let header = header(session, lane);
        let facts = header.amounts.iter().map(words);
        let facts = [header.board.clone(), header.state.to_owned()]
            .into_iter()
            .chain(facts)
            .chain(header.lines.iter().cloned());
        let facts: Vec<String> = facts.filter(|fact| !fact.is_empty()).collect();
        let name = format!("lane {}: {}", lane.name, facts.join("; "));
        let id = Id::unique(("lane", number));
        node(id, place(lane.header()), name, lane.ecu.map(Subject::Ecu));
        for band in &lane.bands {
            let Some(key) = &band.partition else {
                continue;
            };
            let count = session.document().instances_in(key).count();
            let count = match count {
                1 => "1 instance".to_owned(),
                count => format!("{count} instances"),
            };
            let name = format!("partition {}/{}, {count}", lane.name, band.name);
            let mut title = band.rect;
            title.max.y = title.min.y + BAND_TITLE;
            let id = Id::unique(("band", number, &band.name));
            node(
                id,
                place(title),
                name,
                Some(Subject::Partition(key.clone())),
            );
        }
    }
    commands
}

/// The band that would take what is in hand.
fn target<'a>(look: &'a Look<'_>) -> Option<&'a Band> {
    let is_moving = matches!(
        look.state.gesture,
        Gesture::Moving { .. } | Gesture::Carrying { .. } | Gesture::Placing(..)
    );
    let at = look.state.view.to_world(look.state.pointer);
    look.scene.band_at(at).filter(|_| is_moving)
}

/// Where instances come to by a drag: partition, and place when there are no lanes. Those of one band
/// go to the band below the pointer; what is let go in its own band moves there.
pub(super) fn assigned(
    view: &CanvasView,
    instances: &BTreeSet<InstanceId>,
    by: Point,
) -> Vec<(InstanceId, Option<PartitionKey>, (f32, f32))> {
    let pointer = view.state.view.to_world(view.state.pointer);
    let over = view.scene.band_at(pointer);
    let home = |id: &InstanceId| {
        let rect = view
            .scene
            .node(*id)?
            .rect
            .moved(Point::default() - view.shifted);
        view.scene.band_at(rect.center())
    };
    let mut homes: Vec<_> = instances.iter().filter_map(home).collect();
    homes.dedup_by_key(|band| band.partition.clone());
    let is_one = homes.len() == 1;
    let place = |id: &InstanceId| {
        let band = match is_one {
            true => over?,
            false => home(id)?,
        };
        let min = view.scene.node(*id)?.rect.min - view.shifted + by;
        let snap = theme::METRICS.snap;
        let free = band.to_free(min).snapped(snap);
        Some((*id, band.partition.clone(), (free.x, free.y)))
    };
    instances.iter().filter_map(place).collect()
}

/// What would be assigned if the pointer let go now, where it is something else than what is told.
pub(super) fn trial(session: &Session, view: &CanvasView) -> Option<Command> {
    let in_hand = match &view.state.gesture {
        Gesture::Moving { instances, by, .. } => Some((instances, *by)),
        Gesture::Carrying { cargo, by, .. } => Some((&cargo.instances, *by)),
        _ => None,
    };
    let assigned = in_hand.map_or_else(Vec::new, |(instances, by)| {
        match view.scene.lanes.is_empty() {
            true => Vec::new(),
            false => assigned(view, instances, by),
        }
    });
    let partition = |id: InstanceId| session.document().instances.get(&id)?.partition.clone();
    let wanted: Vec<_> = assigned
        .into_iter()
        .map(|(id, key, _)| (id, key))
        .filter(|(id, key)| partition(*id) != *key)
        .collect();
    (session.lanes().tried() != wanted).then_some(Command::TryAssignment(wanted))
}
