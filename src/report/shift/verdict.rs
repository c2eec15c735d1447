//! The main sentence of two sets.

use crate::numbers::statistics::Interval;
use crate::report::text::{UNDEFINED, counted, fixed, percent, probability};
use crate::scores::metric::Row;
use crate::scores::shift::{LabelShift, Shift};

/// By how much the sets differ, and how much of it is skill; of a second set without truths what its answers alone say.
#[must_use]
pub fn verdict(shift: &Shift) -> String {
    let [one, other] = shift.sets.each_ref().map(|set| set.name.as_str());
    let Some(row) = shift.row("exact").filter(|row| row.n_first > 0 && row.n_second > 0) else {
        return by_answers(other, shift.label_shift.as_ref().ok());
    };
    let of = |value: Option<f64>, n: u64| format!("{} of {}", percent(value), counted(n, "image", "images"));
    let sets = format!("{one} is right on {}, {other} on {}", of(row.first, row.n_first), of(row.second, row.n_second));
    let difference = format!("{} points, p {}", points(row.difference), probability(row.p));
    match row.skill.zip(row.composition).zip(row.only_first).zip(row.only_second) {
        None => format!("{sets} ({difference}). No taxon is in both: skill and composition cannot be told apart."),
        Some((((skill, composition), only_first), only_second)) => format!(
            "{sets} ({difference}): {} points are skill within the same taxa, {} another mix of them, {} taxa that only one has.",
            points(Some(skill)),
            points(Some(composition)),
            points(Some(only_first + only_second))
        ),
    }
}

fn by_answers(other: &str, estimated: Option<&LabelShift>) -> String {
    let estimate = estimated.and_then(|mix| {
        let names = ["accuracy_bbse", "accuracy_em"];
        names.into_iter().find_map(|name| Some((mix.within(name).0?, mix.within(name).1, mix.rank)))
    });
    match estimate {
        None => format!("{other} has no truth that is scored, and its answers alone say nothing."),
        Some((value, interval, rank)) => format!(
            "{other} has no truth that is scored: by its answers alone {} of it would be right to the {rank}{}, if nothing but the \
             mix has changed.",
            percent(Some(value)),
            interval.map_or_else(String::new, within)
        ),
    }
}

fn within(Interval { low, high }: Interval) -> String {
    format!(" ({} to {})", percent(Some(low)), percent(Some(high)))
}

/// A difference of shares in points, with its sign.
pub(super) fn points(value: Option<f64>) -> String {
    value.map_or_else(|| UNDEFINED.to_string(), |value| signed(100.0 * value, 1))
}

/// A number with its sign, and 0 without one.
pub(super) fn signed(value: f64, decimals: usize) -> String {
    let text = fixed(value, decimals);
    let is_zero = !text.bytes().any(|byte| matches!(byte, b'1'..=b'9'));
    if is_zero || value < 0.0 { text } else { format!("+{text}") }
}
