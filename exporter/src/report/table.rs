//! Tables and load bars of a report. Knows nothing of what they tell.

use super::{Align, Column, Load, Table, text::escape};

/// Above this many percent a load is shown as high.
const HIGH_PERCENT: f64 = 80.0;

pub(super) fn table(table: &Table) -> String {
    let title = escape(&table.title);
    format!("<section>\n<h2>{title}</h2>\n{}</section>\n", inner(table))
}

/// Without its heading.
pub(super) fn inner(table: &Table) -> String {
    if table.rows.is_empty() {
        return "<p class=\"none\">None.</p>\n".to_owned();
    }
    let head: String = table
        .columns
        .iter()
        .map(|column| {
            format!(
                "<th scope=\"col\"{}>{}</th>",
                class(column),
                escape(&column.name)
            )
        })
        .collect();
    let body: String = table
        .rows
        .iter()
        .map(|row| self::row(&table.columns, row))
        .collect();
    format!(
        "<div class=\"scroll\"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table></div>\n"
    )
}

fn row(columns: &[Column], cells: &[String]) -> String {
    let cells: String = columns
        .iter()
        .zip(cells)
        .map(|(column, cell)| format!("<td{}>{}</td>", class(column), escape(cell)))
        .collect();
    format!("<tr>{cells}</tr>\n")
}

fn class(column: &Column) -> &'static str {
    match column.align {
        Align::Start => "",
        Align::End => " class=\"end\"",
        Align::Code => " class=\"code\"",
    }
}

pub(super) fn load(load: &Load) -> String {
    let percent = if load.percent.is_finite() {
        load.percent.max(0.0)
    } else {
        0.0
    };
    let high = if percent > HIGH_PERCENT { " high" } else { "" };
    format!(
        "<div class=\"load\"><span>{}</span><div class=\"bar{high}\"><span style=\"width:{:.2}%\"></span></div><span class=\"detail\">{percent:.2} % · {}</span></div>\n",
        escape(&load.name),
        percent.min(100.0),
        escape(&load.detail),
    )
}
