//! Text and numbers for HTML. Knows nothing of what they mean.

/// Text in which nothing is markup.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // Controls are no characters of HTML.
            letter if letter.is_control() && letter != '\n' && letter != '\t' => {
                escaped.push('\u{fffd}');
            }
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// Words in which names stand in back-ticks: the names become code.
pub(super) fn prose(text: &str) -> String {
    let parts: Vec<String> = text.split('`').map(escape).collect();
    if parts.len().is_multiple_of(2) {
        return escape(text);
    }
    let marked = parts.into_iter().enumerate();
    marked
        .map(|(position, part)| match position % 2 {
            0 => part,
            _ => format!("<code>{part}</code>"),
        })
        .collect()
}

/// A coordinate with two decimals at most.
pub(super) fn coordinate(value: f64) -> String {
    trim(format!("{value:.2}"))
}

/// A number with as many decimals as the step of its axis shows.
pub(super) fn label(value: f64, step: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if !(1e-4..1e7).contains(&value.abs()) {
        return format!("{value:e}");
    }
    let decimals = (-step.abs().log10().floor()).clamp(0.0, 6.0) as usize;
    format!("{value:.decimals$}")
}

fn trim(text: String) -> String {
    if !text.contains('.') {
        return text;
    }
    let short = text.trim_end_matches('0').trim_end_matches('.');
    match short {
        "-0" | "" => "0".to_owned(),
        short => short.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_back_ticks_are_code() {
        assert_eq!(prose("`a<b` fails"), "<code>a&lt;b</code> fails");
        assert_eq!(prose("a ` alone"), "a ` alone");
    }
}
