//! Numbers and names as a reader sees them.

use crate::numbers::interval::MetricIntervals;
use crate::numbers::statistics::Interval;
use crate::scores::metric::Row;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::BTreeMap;

/// What stands where a value is undefined.
pub const UNDEFINED: &str = "–";

/// A number with a fixed count of decimals; what rounds to zero is zero without a sign.
#[must_use]
pub fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(digits) if digits.bytes().all(|byte| matches!(byte, b'0' | b'.')) => digits.to_string(),
        _ => text,
    }
}

/// A fraction as a percentage with one decimal: `23.5 %`.
#[must_use]
pub fn percent(value: Option<f64>) -> String {
    value.map_or_else(|| UNDEFINED.to_string(), |value| format!("{}\u{a0}%", fixed(100.0 * value, 1)))
}

/// A percentage with its interval: `23.5 % (21.5–25.6)`.
#[must_use]
pub fn percent_with_interval(value: Option<f64>, low: Option<f64>, high: Option<f64>) -> String {
    match (low, high) {
        (Some(low), Some(high)) => format!("{} ({}–{})", percent(value), fixed(100.0 * low, 1), fixed(100.0 * high, 1)),
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
    decimal_with_interval(value, interval.map(|interval| interval.low), interval.map(|interval| interval.high), decimals)
}

/// A metric of a row as [`percent_within`] shows it, of a name that there must be.
#[must_use]
pub fn percent_of<R: Row>(row: &R, metric: &str) -> String {
    let (value, interval) = row.within(metric);
    percent_within(value, interval)
}

/// A metric of a row as [`decimal_within`] shows it, of a name that there must be.
#[must_use]
pub fn decimal_of<R: Row>(row: &R, metric: &str, decimals: usize) -> String {
    let (value, interval) = row.within(metric);
    decimal_within(value, interval, decimals)
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
    value.map_or_else(|| UNDEFINED.to_string(), |value| fixed(value, decimals))
}

/// A number with its interval: `0.235 (0.215–0.256)`.
#[must_use]
pub fn decimal_with_interval(value: Option<f64>, low: Option<f64>, high: Option<f64>, decimals: usize) -> String {
    match (value, low, high) {
        (Some(value), Some(low), Some(high)) => {
            format!("{} ({}–{})", fixed(value, decimals), fixed(low, decimals), fixed(high, decimals))
        }
        _ => decimal(value, decimals),
    }
}

/// A p-value: `0.031`, `< 0.001`.
#[must_use]
pub fn probability(value: Option<f64>) -> String {
    match value {
        Some(p) if p < 0.001 => "< 0.001".to_string(),
        value => decimal(value, 3),
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
        assert_eq!(
            [-0.0, -0.000_4, 0.000_4, -0.000_6, -1.0].map(|value| fixed(value, 3)),
            ["0.000", "0.000", "0.000", "-0.001", "-1.000"]
        );
        assert_eq!(
            (percent(Some(-0.0)), fixed(-0.4, 0), fixed(f64::NEG_INFINITY, 1)),
            ("0.0\u{a0}%".into(), "0".into(), "-inf".into())
        );
        assert_eq!([Some(0.000_9), Some(0.001), Some(0.310_4), None].map(probability), ["< 0.001", "0.001", "0.310", "–"]);
        assert_eq!(decimal_with_interval(Some(-0.1), Some(-0.2), Some(-0.0), 1), "-0.1 (-0.2–0.0)");
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
