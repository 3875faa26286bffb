//! What a part of a composition is called in the flat system. Knows nothing of documents.

/// `front` and `controller` give `front-controller`; without a prefix a name stays what it is.
/// Joining twice does not depend on the order, so that a part keeps its name when a composition on
/// its way is taken apart. Two parts can come to one name: a check tells it.
pub(super) fn joined(prefix: &str, name: &str) -> String {
    match (prefix.is_empty(), name.is_empty()) {
        (true, _) => name.to_owned(),
        (false, true) => prefix.to_owned(),
        (false, false) => format!("{prefix}-{name}"),
    }
}

/// A port's name as people call it: `acme:heat/temperature@0.1.0` is `temperature`.
pub(super) fn short(port: &str) -> &str {
    let name = port.rsplit('/').next().unwrap_or(port);
    name.split('@').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joining_does_not_depend_on_the_order() {
        for (a, b, c) in [
            ("left", "front", "fan"),
            ("", "front", "fan"),
            ("left", "", "fan"),
        ] {
            assert_eq!(joined(&joined(a, b), c), joined(a, &joined(b, c)));
        }
        assert_eq!(joined("front", "controller"), "front-controller");
    }

    #[test]
    fn ports_have_short_names() {
        assert_eq!(short("acme:heat/temperature@0.1.0"), "temperature");
        assert_eq!(short("front-left"), "front-left");
    }
}
