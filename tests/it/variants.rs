//! One small truth in hundreds of tables: the same numbers from each, or a refusal; and tables that only look alike.

mod axes;
mod truth;
mod writing;
mod look_alikes;

use axes::{Encoding, Kind, Language, Shape, Variant, selection};
use nearmiss::report::scoring::{Scored, Scoring};
use nearmiss::scores::Scores;
use nearmiss::taxonomy::rank::Rank;
use std::collections::BTreeMap;
use truth::{Known, RECIPROCAL, taxonomy};

/// What became of a variant.
enum Fate {
    Right,
    Refused(&'static str),
    Wrong(String),
}

/// Why a variant may be refused: what its message says, and the reason in words.
const REASONS: [(&str, &str); 3] = [
    ("no column is recognisable", "a header is not known"),
    ("several columns could be", "two columns could be one thing"),
    ("JSON", "a shape of JSON that is not read"),
];

/// A variant in files of its own, scored.
fn scored(variant: Variant) -> Result<Scored, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let written = variant.written();
    std::fs::write(path("table"), variant.encoded(&written.table)).unwrap();
    let mut scoring = Scoring::of(path("table"));
    if let Some(truth) = &written.truth {
        std::fs::write(path("truth"), variant.encoded(truth)).unwrap();
        scoring.table.truth_file = Some(path("truth").into());
    }
    if variant.has_taxonomy() {
        std::fs::write(path("taxonomy.csv"), taxonomy()).unwrap();
        scoring.taxonomy = Some(path("taxonomy.csv").display().to_string().into());
    }
    if variant.encoding == Encoding::Windows1252 {
        scoring.table.encoding = Some("windows-1252".to_string());
    }
    scoring.run().map_err(|error| error.to_string())
}

fn fate(variant: Variant) -> Fate {
    let fault = match scored(variant) {
        Ok(scored) => match fault(variant, &scored) {
            None => return Fate::Right,
            Some(fault) => fault,
        },
        Err(message) => match refusal(variant, &message) {
            Some(reason) => return Fate::Refused(reason),
            None => format!("refused: {message}"),
        },
    };
    let written = variant.written();
    let truth = written.truth.map(|truth| format!("truth:\n{truth}\n")).unwrap_or_default();
    Fate::Wrong(format!("{variant:?}\n{fault}\n{}\n{truth}", written.table))
}

/// The reason for which a variant may be refused with this message.
fn refusal(variant: Variant, message: &str) -> Option<&'static str> {
    let (part, reason) = REASONS.into_iter().find(|(part, _)| message.contains(part))?;
    let fits = match part {
        "JSON" => variant.is_json(),
        // A model need not write its classes as the truth is written.
        _ => variant.language != Language::English || variant.shape == Shape::ClassColumns && variant.kind == Kind::Mixed,
    };
    (fits && !variant.is_plain()).then_some(reason)
}

/// What is wrong with the numbers of a variant.
fn fault(variant: Variant, scored: &Scored) -> Option<String> {
    let [(_, scores)] = &scored.runs[..] else { return Some(format!("{} runs", scored.runs.len())) };
    let known = variant.known();
    let warned = scores.warnings.iter().any(|warning| warning.contains("common name"));
    let fault = match differs(scores, known) {
        None if known == Known::Labels && !warned => "no warning of common names".to_string(),
        None => return misplaced(variant, scores),
        Some(_) if variant.may_be_common() && warned && differs(scores, Known::Labels).is_none() => {
            return misplaced(variant, scores);
        }
        Some(fault) => fault,
    };
    Some(format!("{fault}\nwarnings: {:?}\nnotes: {:?}", scores.warnings, scores.notes))
}

/// Where scores and what must come out differ.
fn differs(scores: &Scores, known: Known) -> Option<String> {
    let (wrong, accounting) = (&scores.how_wrong, &scores.accounting);
    if (accounting.images, accounting.scored, wrong.n, wrong.mistakes) != (8, 8, 8, 4) {
        return Some(format!("{} of {} wrong, {}", wrong.mistakes, wrong.n, accounting.line()));
    }
    for row in scores.ranks.iter().filter(|row| Rank::MAIN.contains(&row.rank)) {
        // Ranks above the order may be known or not; there is no mistake at them.
        let expected = known.right(row.rank).or((known == Known::Lineages && row.n > 0).then_some(8));
        let found = row.path_top1.filter(|_| row.n > 0);
        let same = match (expected, found) {
            (Some(right), Some(found)) => row.n == 8 && near(found, f64::from(right) / 8.0),
            (expected, found) => expected.is_none() && found.is_none(),
        };
        if !same {
            return Some(format!("{} has n {} and {found:?} right, not {expected:?} of 8", row.rank, row.n));
        }
    }
    let height = wrong.mean_height;
    let same = height.is_some_and(|height| near(height, known.mean_height()));
    (!same).then(|| format!("mean height {height:?}, not {}", known.mean_height()))
}

/// Second answers that were not read, or no distribution where there is a number for every class.
fn misplaced(variant: Variant, scores: &Scores) -> Option<String> {
    let places = scores.ranks.iter().find(|row| row.rank == Rank::Species).and_then(|row| row.path_mrr);
    if variant.lists_two() && !places.is_some_and(|places| near(places, RECIPROCAL)) {
        return Some(format!("a mean reciprocal place of {places:?}, not {RECIPROCAL}"));
    }
    match &scores.whole {
        Err(reason) if variant.shape == Shape::ClassColumns => Some(format!("no distribution: {reason}")),
        _ => None,
    }
}

fn near(found: f64, expected: f64) -> bool {
    (found - expected).abs() < 1e-9
}

#[test]
fn every_variant_of_one_truth_has_the_same_numbers() {
    let variants = selection(330);
    assert!(variants.len() >= 300, "{}", variants.len());
    // Each is scored in parallel by itself; side by side they would wait for each other on one stack.
    let fates: Vec<Fate> = variants.iter().map(|&variant| fate(variant)).collect();
    let (mut refused, mut wrong) = (BTreeMap::new(), vec![]);
    for fate in fates {
        match fate {
            Fate::Right => {}
            Fate::Refused(reason) => *refused.entry(reason).or_insert(0) += 1,
            Fate::Wrong(what) => wrong.push(what),
        }
    }
    let count: usize = refused.values().sum();
    println!("{} variants, {count} refused: {refused:?}", variants.len());
    let shown = wrong.iter().take(8).map(String::as_str).collect::<Vec<_>>().join("\n----\n");
    assert!(wrong.is_empty(), "{} of {} variants:\n{shown}", wrong.len(), variants.len());
    assert!(count * 10 <= variants.len(), "{count} of {} variants are refused: {refused:?}", variants.len());
}

#[test]
fn the_variants_are_the_same_every_time_and_differ() {
    let variants = selection(330);
    assert_eq!(variants, selection(330));
    for (at, variant) in variants.iter().enumerate() {
        assert!(!variants[..at].contains(variant), "{variant:?}");
    }
    let plain = variants.iter().filter(|variant| variant.is_plain()).count();
    assert!(plain >= 12, "every delimiter with every end of lines: {plain}");
}

#[test]
fn the_reference_is_what_the_comment_says() {
    // A table written by hand, without any of the machinery above.
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("table.csv");
    let names = [
        ("Felis catus", "Felis catus"),
        ("Felis silvestris", "Felis catus"),
        ("Lynx lynx", "Felis silvestris"),
        ("Vulpes vulpes", "Vulpes vulpes"),
        ("Meles meles", "Vulpes vulpes"),
        ("Felis catus", "Felis catus"),
        ("Lynx lynx", "Lynx lynx"),
        ("Meles meles", "Lynx lynx"),
    ];
    let rows = names.iter().enumerate().map(|(number, (truth, answer))| format!("{number}.jpg,{truth},{answer}\n"));
    let rows: Vec<String> = rows.collect();
    std::fs::write(&table, format!("image,truth,predicted\n{}", rows.concat())).unwrap();
    let taxonomy_file = folder.path().join("taxonomy.csv");
    std::fs::write(&taxonomy_file, taxonomy()).unwrap();
    let alone = Scoring::of(&table);
    let placed = Scoring { taxonomy: Some(taxonomy_file.display().to_string().into()), ..alone.clone() };
    for (scoring, known) in [(alone, Known::Names), (placed, Known::Lineages)] {
        let scored = scoring.run().unwrap();
        assert_eq!(differs(&scored.runs[0].1, known), None);
    }
}
