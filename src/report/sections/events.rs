//! Events beside images, and what was found at each site.

use super::super::document::{Block, Table};
use super::super::text::{
    UNDEFINED, count, counted, decimal, decimal_of, percent_of, percent_with_interval, taxon, without_interval,
};
use crate::numbers::counted::form;
use crate::scores::Scores;
use crate::scores::events::{EventScores, IMAGE, RuleScores};
use crate::scores::presence::{PresenceScores, RankPresence, SiteScores, TaxonSites};
use crate::taxonomy::Taxonomy;
use crate::taxonomy::rank::Rank;
use std::cmp::Reverse;

/// Sites and taxa on the page; the CSV files have all.
const LISTED: usize = 10;

/// Rules side by side, and what they do to the lists of species of sites.
pub(super) fn blocks(taxonomy: &Taxonomy, scores: &Scores, heading: &dyn Fn(&str) -> Block) -> Vec<Block> {
    let mut blocks = vec![];
    if let Some(events) = &scores.events {
        blocks.push(heading(&format!("Event by event ({})", counted(events.events, "event", "events"))));
        blocks.extend(rules(events));
    }
    if let Some(presence) = &scores.presence {
        let places = counted(presence.sites, presence.place, presence.places);
        blocks.push(heading(&format!("What was found where ({places})")));
        blocks.extend(found(taxonomy, presence));
    }
    blocks
}

fn rules(events: &EventScores) -> Vec<Block> {
    let mut accounting = Table::new(&[("events", false), ("count", true)]);
    for (name, value) in [
        ("scored", events.scored),
        ("left out: its images show several taxa", events.mixed),
        ("left out: without a truth", events.without_truth),
        ("left out: the truth is not in the taxonomy", events.outside_taxonomy),
        ("left out: the truth is not among the candidates", events.not_a_candidate),
        ("left out: its images show no taxon", events.not_a_taxon),
        ("left out: no photograph of it could be read", events.unreadable),
        ("all events", events.events),
    ] {
        if value > 0 || name == "scored" {
            accounting.push([name.to_string(), count(value)]);
        }
    }
    let sizes = format!(
        "An event has {} images on average, {} in the middle and {} at most; {} have one image alone.",
        decimal(events.images_mean, 1),
        decimal(events.images_median, 1),
        count(events.images_max),
        count(events.single)
    );
    let mut blocks = vec![Block::Paragraph(sizes), Block::Table(accounting), Block::Table(side_by_side(&events.rules))];
    let others = events.rules.iter().find(|row| row.rule != IMAGE);
    blocks.extend(others.and_then(|row| without_interval(&row.all.intervals, |_| true)).map(Block::Paragraph));
    let left_out = events.left_out.iter().map(|(rule, reason)| format!("No rule {rule}: {reason}."));
    blocks.push(Block::List(left_out.collect()));
    blocks.push(Block::Paragraph("events.csv has every event with the answer of each rule.".to_string()));
    blocks
}

/// What a rule is called on the page.
fn words(rule: &str) -> &'static str {
    match rule {
        IMAGE => "each image by itself",
        "mean" => "mean of the probabilities (mean)",
        "product" => "product of the probabilities (product)",
        "best" => "the surest image (best)",
        "vote" => "most images (vote)",
        _ => "what most images agree on (agreed)",
    }
}

fn side_by_side(rules: &[RuleScores]) -> Table {
    let is_shown = |rank: &Rank| rules.iter().any(|row| row.all.path_top1.get(rank).is_some_and(Option::is_some));
    let ranks: Vec<Rank> = Rank::MAIN.into_iter().filter(is_shown).rev().take(3).collect();
    let has_places = rules.iter().any(|row| row.right_by_place.is_some());
    let mut table = Table::new(&[("answered by", false), ("scored", true), ("right (95 % interval)", true)]);
    table.head.extend(ranks.iter().map(|rank| format!("right to {rank}")));
    table.head.extend(["mean height", "severity"].map(str::to_string));
    table.head.extend(has_places.then(|| "right, each place counting once".to_string()));
    table.numeric.resize(table.head.len(), true);
    for row in rules {
        let mut cells = vec![words(row.rule).to_string(), count(row.all.n), percent_of(row, "right")];
        cells.extend(ranks.iter().map(|rank| {
            let [value, low, high] =
                [&row.all.path_top1, &row.all.path_top1_low, &row.all.path_top1_high].map(|of| of.get(rank).copied().flatten());
            percent_with_interval(value, low, high)
        }));
        cells.extend(["mean_height", "severity"].map(|metric| decimal_of(row, metric, 2)));
        cells.extend(has_places.then(|| percent_of(row, "right_by_place")));
        table.rows.push(cells);
    }
    table
}

fn found(taxonomy: &Taxonomy, presence: &PresenceScores) -> Vec<Block> {
    if presence.ranks.is_empty() {
        return vec![Block::Paragraph(
            "No image with a known place has a truth at the rank of species, genus or family.".to_string(),
        )];
    }
    let rule = presence.event_rule.map_or_else(String::new, |rule| format!(" Events are answered by {}.", rule.name()));
    let sentence = format!(
        "A taxon is present by the answers where at least {} {} answered so, and by the truth where it is shown at all.{rule}",
        counted(presence.present_from, "image or event", "images or events"),
        form(presence.present_from, "is", "are")
    );
    let mut blocks = vec![Block::Paragraph(sentence), Block::Table(lists(&presence.ranks)), Block::Table(cells(&presence.ranks))];
    blocks.extend(presence.ranks.iter().find_map(|row| without_interval(&row.intervals, |_| true)).map(Block::Paragraph));
    // The last unit is the one that counts: events where there are any.
    let unit = presence.ranks.last().map_or(IMAGE, |row| row.unit);
    let rank = presence.ranks.iter().filter(|row| row.unit == unit).map(|row| row.rank).max();
    let rows: Vec<&SiteScores> = presence.rows.iter().filter(|row| row.unit == unit && Some(row.rank) == rank).collect();
    let taxa: Vec<&TaxonSites> = presence.occupancy.iter().filter(|row| row.unit == unit && Some(row.rank) == rank).collect();
    blocks.push(Block::Details("Where the lists are most wrong".to_string(), vec![Block::Table(worst_sites(rows))]));
    blocks.push(Block::Details(
        "Which taxa are found where they are not, or missed".to_string(),
        vec![Block::Table(worst_taxa(taxonomy, taxa))],
    ));
    let files = "sites.csv has every place, presence.csv every taxon of each, occupancy.csv every taxon over all places.";
    blocks.push(Block::Paragraph(files.to_string()));
    blocks
}

fn counted_by(row: &RankPresence) -> String {
    if row.unit == IMAGE { "image by image" } else { "event by event" }.to_string()
}

/// Richness and lists.
fn lists(rows: &[RankPresence]) -> Table {
    let mut table = Table::new(&[
        ("counted", false),
        ("rank", false),
        ("taxa that are there", true),
        ("taxa found", true),
        ("of a place, there", true),
        ("of a place, found", true),
        ("too many or too few", true),
        ("correlation", true),
        ("overlap of the lists", true),
    ]);
    for row in rows {
        let mut cells = vec![counted_by(row), row.rank.to_string(), count(row.taxa_true), count(row.taxa_answered)];
        cells.extend(
            ["richness_true", "richness_answered", "richness_bias", "richness_correlation"].map(|name| decimal_of(row, name, 2)),
        );
        cells.push(percent_of(row, "jaccard"));
        table.rows.push(cells);
    }
    table
}

/// Presence and absence.
fn cells(rows: &[RankPresence]) -> Table {
    let mut table = Table::new(&[
        ("counted", false),
        ("rank", false),
        ("right presences and absences", true),
        ("found where it is not", true),
        ("missed where it is", true),
        ("precision", true),
        ("recall", true),
        ("occupancy off by", true),
    ]);
    for row in rows {
        let mut cells = vec![counted_by(row), row.rank.to_string()];
        let names = ["accuracy", "false_positive_rate", "false_negative_rate", "precision", "recall", "occupancy_mae"];
        cells.extend(names.map(|name| percent_of(row, name)));
        table.rows.push(cells);
    }
    table
}

fn worst_sites(mut rows: Vec<&SiteScores>) -> Table {
    rows.sort_by_key(|row| (Reverse(row.false_presences + row.false_absences), row.site.clone()));
    let mut table = Table::new(&[
        ("where", false),
        ("images or events", true),
        ("right (95 % interval)", true),
        ("taxa that are there", true),
        ("taxa found", true),
        ("found and not there", true),
        ("there and not found", true),
    ]);
    for row in rows.into_iter().take(LISTED) {
        let counts = [row.richness_true, row.richness_answered, row.false_presences, row.false_absences].map(count);
        let mut cells = vec![row.site.clone(), count(row.n), percent_of(row, "right")];
        cells.extend(counts);
        table.rows.push(cells);
    }
    table
}

fn worst_taxa(taxonomy: &Taxonomy, mut rows: Vec<&TaxonSites>) -> Table {
    rows.sort_by_key(|row| (Reverse(row.present + row.found - 2 * row.both), row.taxon));
    let mut table = Table::new(&[
        ("taxon", false),
        ("places where it is", true),
        ("places where it is found", true),
        ("both", true),
        ("occupancy", true),
        ("occupancy found", true),
    ]);
    for row in rows.into_iter().take(LISTED) {
        let shares = [row.occupancy(row.present), row.occupancy(row.found)];
        let [present, found] = shares.map(|share| percent_with_interval(share, None, None));
        table.push([taxon(taxonomy, row.taxon), count(row.present), count(row.found), count(row.both), present, found]);
    }
    if table.rows.is_empty() {
        table.push([UNDEFINED; 6].map(str::to_string));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::event_rule::EventRule;
    use crate::report::language::Language;
    use crate::scores::metric::Row;

    #[test]
    fn every_rule_has_words_of_its_own_in_every_language() {
        let names: Vec<&str> = std::iter::once(IMAGE).chain(EventRule::ALL.map(EventRule::name)).map(words).collect();
        let distinct: std::collections::BTreeSet<&&str> = names.iter().collect();
        assert_eq!(distinct.len(), 6);
        for language in [Language::French, Language::Spanish] {
            assert!(names.iter().all(|name| language.translate_whole(name).is_some()), "{names:?}");
        }
        assert!(RuleScores::measure("right_by_place").is_some());
    }
}
