//! Truths that are no candidates.

use super::super::document::{Block, Table};
use super::super::text::{count, counted, decimal, decimal_of, percent, percent_of, percent_with_interval, without_interval};
use crate::scores::Scores;
use crate::scores::novelty::{At, DetectionRow, Newness, Novelty, NoveltyBackOff, NoveltyRow, NoveltyScore, OneKind, StopRow};
use crate::taxonomy::rank::Rank;

/// What is said of them; nothing where every truth is a candidate, or nobody says what these were.
pub(super) fn blocks(scores: &Scores, heading: &dyn Fn(&str) -> Block, curve: Option<Block>) -> Vec<Block> {
    let Some(novelty) = &scores.novelty else { return vec![] };
    let images = counted(novelty.novel, "image", "images");
    let mut blocks = vec![heading(&format!("Truths that are no candidates ({images})"))];
    blocks.push(Block::Paragraph(format!(
        "Of {} {} show what none of the {} candidates is. No answer can be right below the deepest taxon that the truth and some \
         candidate share: the best height is what the best answer among the candidates still has there.",
        counted(novelty.images, "image", "images"),
        count(novelty.novel),
        count(novelty.candidates)
    )));
    blocks.push(Block::Table(rows(&novelty.rows)));
    blocks.extend(novelty.rows.first().and_then(|row| without_interval(&row.intervals, |_| true)).map(Block::Paragraph));
    blocks.extend(detection(novelty));
    blocks.extend(open_set(novelty));
    blocks.extend(novelty.back_off.iter().flat_map(back_off));
    blocks.extend(curve);
    blocks
}

/// The answers by how new the truth is.
fn rows(rows: &[NoveltyRow]) -> Table {
    let shown = |rank: &Rank| rows.iter().any(|row| row.accuracy.get(rank).is_some_and(Option::is_some));
    let ranks: Vec<Rank> = Rank::MAIN.into_iter().filter(shown).rev().take(3).collect();
    let mut table = Table::new(&[
        ("the truth is", false),
        ("images", true),
        ("right as far as it can be", true),
        ("mean height", true),
        ("best height", true),
        ("above the best", true),
        ("says more than can be known", true),
    ]);
    table.head.extend(ranks.iter().map(|rank| format!("right to {rank}")));
    table.numeric.resize(table.head.len(), true);
    for row in rows {
        let mut cells =
            vec![truth_name(row.newness), count(row.n), percent_of(row, "reached"), decimal_of(row, "mean_height", 2)];
        cells.extend([decimal(row.best_height, 2), decimal_of(row, "excess_height", 2), percent_of(row, "over_specific")]);
        cells.extend(ranks.iter().map(|rank| {
            let [value, low, high] =
                [&row.accuracy, &row.accuracy_low, &row.accuracy_high].map(|of| of.get(rank).copied().flatten());
            percent_with_interval(value, low, high)
        }));
        table.rows.push(cells);
    }
    table
}

/// How new a truth is, as the page says it.
fn truth_name(newness: Newness) -> String {
    match newness {
        Newness::Known => "among the candidates".to_string(),
        Newness::Novel => "none of the candidates".to_string(),
        Newness::Below { .. } | Newness::Edges(_) => newness.name(),
    }
}

/// What a score is called.
fn score_name(score: NoveltyScore) -> &'static str {
    match score {
        NoveltyScore::MaximumProbability => "1 − maximum probability",
        NoveltyScore::Entropy => "entropy",
        NoveltyScore::Energy => "energy of the logits",
        NoveltyScore::Margin => "1 − margin to the second",
        NoveltyScore::RankAbove => "1 − probability at the rank above",
        NoveltyScore::NearestNeighbour => "distance to the nearest neighbour",
    }
}

fn rank_name(rank: Option<Rank>) -> String {
    rank.map_or_else(|| "the labels".to_string(), |rank| rank.name().to_string())
}

/// Whether what is new is noticed: by the most usual score, and folded away by all.
fn detection(novelty: &Novelty) -> Vec<Block> {
    if let Some(reason) = &novelty.why_no_detection {
        return vec![Block::Paragraph(format!("Whether it is noticed takes whole distributions: {reason}."))];
    }
    let mut blocks = vec![Block::Paragraph(
        "Whether it is noticed: new is a taxon of the rank that holds no candidate. The area under the curve (AUROC) of a score \
         without meaning is 0.5, its average precision is the chance."
            .to_string(),
    )];
    let usual: Vec<&DetectionRow> =
        novelty.detection.iter().filter(|row| row.score == NoveltyScore::MaximumProbability).collect();
    if !usual.is_empty() {
        blocks.push(Block::Table(detection_table(&usual)));
        blocks.extend(usual.last().and_then(|row| without_interval(&row.intervals, |_| true)).map(Block::Paragraph));
        let all: Vec<&DetectionRow> = novelty.detection.iter().collect();
        blocks.push(Block::Details("By all scores".to_string(), vec![Block::Table(detection_table(&all))]));
    }
    if !novelty.one_kind.is_empty() {
        blocks.push(Block::Paragraph("Nothing is to be told apart where all images are new, or none:".to_string()));
        blocks.push(Block::Table(one_kind(&novelty.one_kind)));
    }
    let reasons = [
        novelty.why_no_energy.as_ref().map(|reason| format!("No energy: {reason}.")),
        novelty.why_no_nearest_neighbour.as_ref().map(|reason| format!("No distance to a nearest neighbour: {reason}.")),
        (novelty.without_distribution > 0).then(|| {
            format!("{} without a distribution: in none of these rows.", counted(novelty.without_distribution, "image", "images"))
        }),
    ];
    blocks.extend(reasons.into_iter().flatten().map(Block::Paragraph));
    blocks
}

fn detection_table(rows: &[&DetectionRow]) -> Table {
    let mut table = Table::new(&[
        ("new at", false),
        ("among which images", false),
        ("by score", false),
        ("new there", true),
        ("known there", true),
        ("AUROC", true),
        ("average precision", true),
        ("chance", true),
        ("known taken for new at 95 % found", true),
    ]);
    for row in rows {
        table.push([
            rank_name(row.rank),
            among(row.among.name()),
            score_name(row.score).to_string(),
            count(row.positives),
            count(row.negatives),
            decimal_of(*row, "auroc", 3),
            decimal_of(*row, "aupr", 3),
            decimal(row.aupr_chance, 3),
            percent_of(*row, "fpr_at_95"),
        ]);
    }
    table
}

fn among(name: &str) -> String {
    if name == "all" { "all images" } else { "novel images" }.to_string()
}

fn one_kind(rows: &[OneKind]) -> Table {
    let mut table = Table::new(&[("new at", false), ("among which images", false), ("new there", true), ("known there", true)]);
    for row in rows {
        table.push([rank_name(row.rank), among(row.among.name()), count(row.positives), count(row.negatives)]);
    }
    table
}

/// Right answers to what is known against answers to what is not.
fn open_set(novelty: &Novelty) -> Vec<Block> {
    if novelty.open_set.is_empty() {
        return vec![];
    }
    let mut table =
        Table::new(&[("by score", false), ("known images", true), ("novel images", true), ("OSCR", true), ("at most", true)]);
    for row in &novelty.open_set {
        table.push([
            score_name(row.score).to_string(),
            count(row.known),
            count(row.novel),
            decimal_of(row, "oscr", 3),
            decimal_of(row, "accuracy", 3),
        ]);
    }
    let text = "Right answers to what is known against answers to what is not, all thresholds of a score of the labels together \
                (OSCR): at most the accuracy of all known images answered, half of it by chance.";
    vec![Block::Paragraph(text.to_string()), Block::Table(table)]
}

/// Where back-off stops.
fn back_off(back_off: &NoveltyBackOff) -> Vec<Block> {
    let mut table = Table::new(&[
        ("threshold", true),
        ("which threshold", false),
        ("of", false),
        ("images", true),
        ("too early", true),
        ("right", true),
        ("too late", true),
        ("wrong branch", true),
        ("right, known and novel alike", true),
    ]);
    for row in &back_off.rows {
        table.push(stop_cells(row));
    }
    let text = "Backing off is to stop at the deepest taxon that the truth and some candidate share: too early is right but above \
                it, too late below it. The best threshold is chosen on the same images, and will do worse on others.";
    vec![Block::Paragraph(text.to_string()), Block::Table(table)]
}

fn stop_cells(row: &StopRow) -> [String; 9] {
    let threshold = format!("{:.3}", row.threshold);
    let [too_early, right, too_late, wrong_branch] =
        ["too_early", "right", "too_late", "wrong_branch"].map(|name| percent_of(row, name));
    let which = if row.at == At::Own { "the report's own" } else { "the best on these images" };
    let of = if row.known { "known images" } else { "novel images" };
    [threshold, which.to_string(), of.to_string(), count(row.n), too_early, right, too_late, wrong_branch, percent(row.balanced)]
}
