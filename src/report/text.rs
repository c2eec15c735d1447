//! Numbers and names as a reader sees them.

use crate::interval::MetricIntervals;
use crate::rank::Rank;
use crate::statistics::Interval;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::BTreeMap;

/// What stands where a value is undefined.
pub const UNDEFINED: &str = "–";

/// A fraction as a percentage with one decimal: `23.5 %`.
#[must_use]
pub fn percent(value: Option<f64>) -> String {
    value.map_or_else(|| UNDEFINED.to_string(), |value| format!("{:.1}\u{a0}%", 100.0 * value))
}

/// A percentage with its interval: `23.5 % (21.5–25.6)`.
#[must_use]
pub fn percent_with_interval(value: Option<f64>, low: Option<f64>, high: Option<f64>) -> String {
    match (low, high) {
        (Some(low), Some(high)) => format!("{} ({:.1}–{:.1})", percent(value), 100.0 * low, 100.0 * high),
        _ => percent(value),
    }
}

/// [`percent_with_interval`] of an interval.
#[must_use]
pub fn percent_within(value: Option<f64>, interval: Option<Interval>) -> String {
    percent_with_interval(value, interval.map(|interval| interval.low), interval.map(|interval| interval.high))
}

/// A number with its interval: `1.25 (0.80–1.90)`.
#[must_use]
pub fn decimal_within(value: Option<f64>, interval: Option<Interval>, decimals: usize) -> String {
    let ends = interval.filter(|_| value.is_some()).map(|Interval { low, high }| (decimal(Some(low), decimals), decimal(Some(high), decimals)));
    ends.map_or_else(|| decimal(value, decimals), |(low, high)| format!("{} ({low}–{high})", decimal(value, decimals)))
}

/// Which of some metrics have no interval, and why; `None` where all have one.
#[must_use]
pub fn without_interval(intervals: &MetricIntervals, shown: impl Fn(&str) -> bool) -> Option<String> {
    let mut metrics_of: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, reason) in intervals.reasons().iter().filter(|(name, _)| shown(name)) {
        metrics_of.entry(reason).or_default().push(name);
    }
    let reasons: Vec<String> = metrics_of.iter().map(|(reason, names)| format!("{}: {reason}", names.join(", "))).collect();
    (!reasons.is_empty()).then(|| format!("Without an interval: {}.", reasons.join("; ")))
}

/// A number with a fixed count of decimals; what rounds to 0 is 0, never −0.
#[must_use]
pub fn decimal(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| UNDEFINED.to_string(), |value| signless_zero(format!("{value:.decimals$}")))
}

/// A number as it is written, without the sign of a zero.
fn signless_zero(text: String) -> String {
    match text.strip_prefix('-') {
        Some(zero) if zero.chars().all(|digit| matches!(digit, '0' | '.')) => zero.to_string(),
        _ => text,
    }
}

/// A count with spaces between thousands: `1 622`.
#[must_use]
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut spaced = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            spaced.push('\u{a0}');
        }
        spaced.push(digit);
    }
    spaced
}

/// A count with its noun: `1 image`, `2 images`.
#[must_use]
pub fn counted(value: u64, one: &str, many: &str) -> String {
    format!("{}\u{a0}{}", count(value), if value == 1 { one } else { many })
}

/// The end of an image name: as many of its last folders as fit.
#[must_use]
pub fn short_path(name: &str) -> String {
    const LETTERS: usize = 44;
    let letters = name.chars().count();
    if letters <= LETTERS {
        return name.to_string();
    }
    let end: String = name.chars().skip(letters - LETTERS).collect();
    let whole = end.find(['/', '\\']).filter(|cut| cut + 1 < end.len()).map_or(end.as_str(), |cut| &end[cut..]);
    format!("…{whole}")
}

/// A taxon's name with its rank where the rank is not plain from the name: `family Felidae`.
#[must_use]
pub fn taxon(taxonomy: &Taxonomy, taxon: TaxonId) -> String {
    let rank = taxonomy.rank(taxon);
    let name = taxonomy.name(taxon);
    if rank.is_unranked() || rank >= Rank::Species || taxon == TaxonId::ROOT {
        name.to_string()
    } else {
        format!("{rank} {name}")
    }
}

/// What a taxon is called in files: its source id, or its lineage; `root` for the root.
#[must_use]
pub fn identity(taxonomy: &Taxonomy, taxon: TaxonId) -> String {
    let identity = taxonomy.identity(taxon);
    if identity.is_empty() { taxonomy.name(taxon).to_string() } else { identity }
}

/// The main rank at or above a taxon: where two lineages meet, on the ladder.
#[must_use]
pub fn rung_name(taxonomy: &Taxonomy, taxon: TaxonId) -> &'static str {
    if taxonomy.has_ranks() {
        crate::scores::how_wrong::rung_names()[usize::from(taxonomy.rung(taxon))]
    } else {
        taxonomy.rank(taxon).name()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(percent(Some(0.234_895)), "23.5\u{a0}%");
        assert_eq!(percent(None), "–");
        assert_eq!(percent_with_interval(Some(0.3), Some(0.107_8), Some(0.603_2)), "30.0\u{a0}% (10.8–60.3)");
        assert_eq!(decimal_within(Some(1.25), Some(Interval { low: 0.8, high: 1.9 }), 2), "1.25 (0.80–1.90)");
        assert_eq!(decimal_within(Some(-0.0001), None, 3), "0.000");
        assert_eq!((decimal(Some(-0.04), 1), decimal(Some(-0.06), 1)), ("0.0".to_string(), "-0.1".to_string()));
        assert_eq!([0, 999, 1622, 1_000_000].map(count), ["0", "999", "1\u{a0}622", "1\u{a0}000\u{a0}000"]);
        assert_eq!(short_path("a/b.jpg"), "a/b.jpg");
        assert_eq!(
            short_path(&format!("{}/IMG_1.JPG/{}.png", "folder/".repeat(9), "é".repeat(30))),
            format!("…/{}.png", "é".repeat(30))
        );
        assert_eq!(counted(1, "image", "images"), "1\u{a0}image");
    }
}
