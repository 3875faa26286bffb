//! Values: what is needed from what is given, types side by side; statuses around them and defaults.

use super::{
    Answer, Conversion, Problem, RowKind, Rule,
    number::is_number,
    spot::Spot,
    types::{cases_of, handle, members_of},
    walk::{Walk, guess},
};
use crate::{
    print,
    types::{TypeKind, ValueType},
    value::{self, Value, default_value, resolved},
};

impl Walk<'_> {
    /// From a given to a needed value.
    pub(super) fn value(
        &mut self,
        spot: &Spot,
        needs: &ValueType,
        gives: &ValueType,
    ) -> Conversion {
        self.seen.insert(spot.place.clone());
        let conversion = self.convert(spot, needs, gives);
        let one = crate::compat::value_difference(needs, gives).is_empty();
        match one && conversion.keeps() {
            true => Conversion::Same,
            false => conversion,
        }
    }

    fn convert(&mut self, spot: &Spot, needs: &ValueType, gives: &ValueType) -> Conversion {
        use ValueType as T;
        if let Some(what) = handle(needs).or_else(|| handle(gives)) {
            return self.refuse(spot, Problem::Handle { what });
        }
        let (needed, given) = (resolved(needs), resolved(gives));
        if let Some(conversion) = self.status(spot, needed, given) {
            return conversion;
        }
        if let (Some(needed), Some(given)) = (members_of(needed), members_of(given))
            && matches!(resolved(needs), T::Tuple(_)) == matches!(resolved(gives), T::Tuple(_))
        {
            self.plain_row(spot, needs, gives);
            let spot = Spot {
                place: format!("{}.", spot.place),
                ..spot.clone()
            };
            return Conversion::Members(self.members(&spot, &needed, &given));
        }
        if let (Some(needed), Some(given)) = (cases_of(needed), cases_of(given)) {
            return self.cases(spot, needs, gives, &needed, &given);
        }
        match (needed, given) {
            (T::List(a), T::List(b)) => self.elements(spot, needs, gives, a, b),
            (T::FixedList(a, n), T::FixedList(b, m)) if n == m => {
                self.elements(spot, needs, gives, a, b)
            }
            (T::Map(ka, va), T::Map(kb, vb)) => {
                let pair =
                    |key: &ValueType, value: &ValueType| T::Tuple(vec![key.clone(), value.clone()]);
                self.elements(spot, needs, gives, &pair(ka, va), &pair(kb, vb))
            }
            (T::Named(a), T::Named(b)) => match (&a.kind, &b.kind) {
                (TypeKind::Flags(needed), TypeKind::Flags(given)) => {
                    self.flags(spot, needs, gives, needed, given)
                }
                _ => self.unlike(spot, needs, gives),
            },
            _ if is_number(needed) && is_number(given) => self.number(spot, needed, given),
            (a, b) if a == b => {
                self.plain_row(spot, needs, gives);
                Conversion::Same
            }
            _ => self.unlike(spot, needs, gives),
        }
    }

    fn elements(
        &mut self,
        spot: &Spot,
        needs: &ValueType,
        gives: &ValueType,
        needed: &ValueType,
        given: &ValueType,
    ) -> Conversion {
        self.plain_row(spot, needs, gives);
        let inner = self.value(&spot.beyond("[]"), needed, given);
        Conversion::Elements(Box::new(inner))
    }

    /// `option` and `result` around values, at both sides or at one.
    fn status(&mut self, spot: &Spot, needed: &ValueType, given: &ValueType) -> Option<Conversion> {
        use ValueType as T;
        Some(match (needed, given) {
            (T::Option(needs), T::Option(gives)) => {
                self.plain_row(spot, needed, given);
                let some = self.value(&spot.inside("some"), needs, gives);
                Conversion::Cases(vec![case(0, None), case(1, Some(some))])
            }
            (T::Result { ok, err }, T::Result { ok: ok2, err: err2 }) => {
                self.plain_row(spot, needed, given);
                let ok = self.payload(&spot.inside("ok"), ok.as_deref(), ok2.as_deref());
                let err = self.payload(&spot.beyond(".err"), err.as_deref(), err2.as_deref());
                Conversion::Cases(vec![case(0, ok), case(1, err)])
            }
            (T::Option(needs), T::Result { ok, .. }) => {
                self.plain_row(spot, needed, given);
                let some = self.payload(&spot.inside("some"), Some(needs), ok.as_deref());
                Conversion::Cases(vec![case(1, some), case(0, None)])
            }
            (T::Result { ok, err }, T::Option(gives)) => {
                self.plain_row(spot, needed, given);
                let ok = self.payload(&spot.inside("ok"), ok.as_deref(), Some(gives));
                let err = self.no_data(&spot.beyond(".err"), err.as_deref());
                Conversion::Cases(vec![case(1, err), case(0, ok)])
            }
            (T::Option(needs), _) => {
                self.plain_row(spot, needed, given);
                let inner = self.value(&spot.inside("some"), needs, given);
                Conversion::Wrap {
                    case: 1,
                    inner: Box::new(inner),
                }
            }
            (
                T::Result {
                    ok: Some(needs), ..
                },
                _,
            ) => {
                self.plain_row(spot, needed, given);
                let inner = self.value(&spot.inside("ok"), needs, given);
                Conversion::Wrap {
                    case: 0,
                    inner: Box::new(inner),
                }
            }
            (_, T::Option(gives)) => {
                let none = self.absent(spot, needed, given);
                let some = self.value(spot, needed, gives);
                self.takes_default(spot);
                Conversion::Cases(vec![Answer::Whole(none), Answer::Whole(some)])
            }
            (
                _,
                T::Result {
                    ok: Some(gives), ..
                },
            ) => {
                let none = self.absent(spot, needed, given);
                let some = self.value(spot, needed, gives);
                self.takes_default(spot);
                Conversion::Cases(vec![Answer::Whole(some), Answer::Whole(none)])
            }
            _ => return None,
        })
    }

    /// The value of a case: needed, given, or both.
    pub(super) fn payload(
        &mut self,
        spot: &Spot,
        needs: Option<&ValueType>,
        gives: Option<&ValueType>,
    ) -> Option<Conversion> {
        match (needs, gives) {
            (None, _) => None,
            (Some(needs), Some(gives)) => Some(self.value(spot, needs, gives)),
            (Some(needs), None) => {
                self.seen.insert(spot.place.clone());
                let text = print::value_type(needs);
                self.row(&spot.place, &text, "", "", Vec::new(), RowKind::Plain);
                self.takes_default(spot);
                Some(self.missing(&spot.place, needs))
            }
        }
    }

    /// The error that stands for an empty option: by rule, like any default.
    fn no_data(&mut self, spot: &Spot, err: Option<&ValueType>) -> Option<Conversion> {
        let err = err?;
        self.seen.insert(spot.place.clone());
        let text = print::value_type(err);
        self.row(&spot.place, &text, "", "", Vec::new(), RowKind::Plain);
        self.takes_default(spot);
        let known = cases_of(resolved(err)).unwrap_or_default();
        let is_known = |name: &&str| {
            known
                .iter()
                .any(|(case, value)| case == name && value.is_none())
        };
        let wanted = ["no-data", "invalid"].into_iter().find(is_known);
        Some(match self.default(&spot.place) {
            Some(_) => self.constant(&spot.place, err),
            None => {
                let default = wanted.map(str::to_owned).or_else(|| default_text(err));
                let needs = print::value_type(err);
                self.problem(
                    &spot.place,
                    Problem::Missing { needs },
                    default.map(a_default),
                );
                Conversion::Same
            }
        })
    }

    fn absent(&mut self, spot: &Spot, needs: &ValueType, gives: &ValueType) -> Conversion {
        if self.default(&spot.place).is_some() {
            return self.constant(&spot.place, needs);
        }
        let problem = Problem::Absent {
            given: print::value_type(gives),
            needs: print::value_type(needs),
        };
        let proposal = default_text(needs).map(a_default);
        self.problem(&spot.place, problem, proposal);
        Conversion::Same
    }

    /// What nothing is given for.
    pub(super) fn missing(&mut self, place: &str, needs: &ValueType) -> Conversion {
        if self.default(place).is_some() {
            return self.constant(place, needs);
        }
        let problem = Problem::Missing {
            needs: print::value_type(needs),
        };
        let proposal = default_text(needs).map(a_default);
        self.problem(place, problem, proposal);
        Conversion::Same
    }

    /// The default of that place as a value.
    pub(super) fn constant(&mut self, place: &str, needs: &ValueType) -> Conversion {
        let text = self.default(place).unwrap_or_default().to_owned();
        let parsed = value::parse(needs, &text)
            .and_then(|parsed| value::encode(needs, &parsed).map(|_| parsed));
        match parsed {
            Ok(parsed) => Conversion::Constant(parsed),
            Err(error) => {
                let problem = Problem::BadDefault {
                    text,
                    needs: print::value_type(needs),
                    reason: error.to_string(),
                };
                let proposal = default_text(needs).map(a_default);
                self.problem(place, problem, proposal);
                Conversion::Constant(Value::Bool(false))
            }
        }
    }

    fn unlike(&mut self, spot: &Spot, needs: &ValueType, gives: &ValueType) -> Conversion {
        self.plain_row(spot, needs, gives);
        let problem = Problem::Unlike {
            given: print::value_type(gives),
            needs: print::value_type(needs),
        };
        self.refuse(spot, problem)
    }
}

fn case(case: u32, value: Option<Conversion>) -> Answer {
    Answer::Case { case, value }
}

fn a_default(text: String) -> Rule {
    guess(Rule {
        default: Some(text),
        ..Rule::default()
    })
}

fn default_text(needs: &ValueType) -> Option<String> {
    Some(value::print(&default_value(needs)?))
}
