//! Values of constant expressions: lengths of arrays, values of enums, conditions.

use super::tokens::{Kind, Token};

/// Nested deeper than this, an expression has no value.
const DEEPEST: usize = 64;

/// The value of an expression of integers; none where a name or an operator is not known.
pub(super) fn value(tokens: &[Token], name: &dyn Fn(&str) -> Option<i128>) -> Option<i128> {
    let mut rest = tokens;
    let found = binary(&mut rest, 0, name, 0)?;
    rest.is_empty().then_some(found)
}

/// Operators by how tight they bind, the loosest first.
const LEVELS: [&[&str]; 10] = [
    &["||"],
    &["&&"],
    &["|"],
    &["^"],
    &["&"],
    &["==", "!="],
    &["<", ">", "<=", ">="],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];

type Names<'a> = &'a dyn Fn(&str) -> Option<i128>;

fn binary(rest: &mut &[Token], level: usize, name: Names, depth: usize) -> Option<i128> {
    let Some(operators) = LEVELS.get(level) else {
        return unary(rest, name, depth);
    };
    let mut left = binary(rest, level + 1, name, depth);
    while let Some((token, after)) = rest.split_first() {
        if !operators.iter().any(|operator| token.is(operator)) {
            break;
        }
        *rest = after;
        let right = binary(rest, level + 1, name, depth);
        left = match (token.text.as_str(), left, right) {
            // One side decides, whatever the other is.
            ("||", Some(one), _) | ("||", _, Some(one)) if one != 0 => Some(1),
            ("&&", Some(0), _) | ("&&", _, Some(0)) => Some(0),
            (operator, left, right) => applied(operator, left?, right?),
        };
    }
    left
}

fn applied(operator: &str, left: i128, right: i128) -> Option<i128> {
    let truth = |holds: bool| Some(i128::from(holds));
    match operator {
        "||" => truth(left != 0 || right != 0),
        "&&" => truth(left != 0 && right != 0),
        "|" => Some(left | right),
        "^" => Some(left ^ right),
        "&" => Some(left & right),
        "==" => truth(left == right),
        "!=" => truth(left != right),
        "<" => truth(left < right),
        ">" => truth(left > right),
        "<=" => truth(left <= right),
        ">=" => truth(left >= right),
        "<<" => left.checked_shl(u32::try_from(right).ok()?),
        ">>" => left.checked_shr(u32::try_from(right).ok()?),
        "+" => left.checked_add(right),
        "-" => left.checked_sub(right),
        "*" => left.checked_mul(right),
        "/" => left.checked_div(right),
        "%" => left.checked_rem(right),
        _ => None,
    }
}

fn unary(rest: &mut &[Token], name: Names, depth: usize) -> Option<i128> {
    let (token, after) = rest.split_first()?;
    *rest = after;
    if depth > DEEPEST {
        return None;
    }
    match (token.kind, token.text.as_str()) {
        (Kind::Number, text) => number(text),
        (Kind::Word, text) => name(text),
        (Kind::Symbol, "(") => {
            let inner = binary(rest, 0, name, depth + 1);
            let (close, after) = rest.split_first()?;
            *rest = after;
            inner.filter(|_| close.is(")"))
        }
        (Kind::Symbol, "-") => unary(rest, name, depth + 1)?.checked_neg(),
        (Kind::Symbol, "+") => unary(rest, name, depth + 1),
        (Kind::Symbol, "!") => Some(i128::from(unary(rest, name, depth + 1)? == 0)),
        (Kind::Symbol, "~") => Some(!unary(rest, name, depth + 1)?),
        _ => None,
    }
}

/// `10`, `0x1FU`, `07`, `3L`.
pub(super) fn number(text: &str) -> Option<i128> {
    let digits = text.trim_end_matches(['u', 'U', 'l', 'L']);
    let hexadecimal = digits.strip_prefix("0x").or(digits.strip_prefix("0X"));
    if let Some(digits) = hexadecimal {
        return i128::from_str_radix(digits, 16).ok();
    }
    match digits.strip_prefix('0') {
        Some(octal) if !octal.is_empty() => i128::from_str_radix(octal, 8).ok(),
        _ => digits.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::tokens::tokens, *};

    fn of(text: &str) -> Option<i128> {
        value(&tokens(text, "a.h"), &|name| (name == "N").then_some(4))
    }

    #[test]
    fn expressions_have_c_s_values() {
        assert_eq!(of("1 + 2 * N"), Some(9));
        assert_eq!(of("(1 + 2) * N - -1"), Some(13));
        assert_eq!(of("1 << 3 | 0x10U"), Some(24));
        assert_eq!(of("!0 && 017 == 15L"), Some(1));
        assert_eq!(of("~0"), Some(-1));
        assert_eq!(of("0 && UNKNOWN"), Some(0));
        assert_eq!(of("UNKNOWN || 1"), Some(1));
    }

    #[test]
    fn what_is_not_known_has_none() {
        for text in [
            "UNKNOWN",
            "1 / 0",
            "1 << 400",
            "1 +",
            "(1",
            "1 2",
            "1.5",
            "",
            "sizeof(int)",
            "1 ? 2 : 3",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
        assert_eq!(of(&"(".repeat(100_000)), None);
    }
}
