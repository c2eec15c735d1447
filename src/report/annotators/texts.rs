//! The tables and sentences of the page on annotators.

use crate::report::document::Table;
use crate::report::text::{count, decimal, decimal_of, fixed, percent, percent_of};
use crate::scores::annotators::{AgreementTree, Annotators, Consensus, ConsensusKind, Panel, RaterRank};
use crate::taxonomy::rank::Rank;

/// What everybody is held against.
pub(super) const REFERENCES: &str = "An annotator is held against the deepest taxon that more than half of the other annotators \
    agree on, a classifier against that of all; a label that stops above a rank is not right there. The difference is that of a \
    classifier and of the annotators beside it, held against the same references.";

pub(super) fn agreement(judged: &Annotators) -> Table {
    let columns = [
        ("rank", false),
        ("images", true),
        ("agreement", true),
        ("alpha", true),
        ("human level", true),
        ("best annotator", true),
    ];
    let mut table = Table::new(&columns);
    for row in judged.agreement.iter().rev() {
        let human = judged.human.iter().find(|human| human.rank == row.rank);
        table.push([
            row.rank.name().to_string(),
            count(row.n),
            percent_of(row, "agreement"),
            decimal_of(row, "alpha", 3),
            human.map_or_else(|| percent(None), |human| percent_of(human, "mean")),
            percent(human.and_then(|human| human.best)),
        ]);
    }
    table
}

pub(super) fn tree(tree: &AgreementTree) -> String {
    format!(
        "Over the whole tree, at labels of any rank: two labels of an image are {} rungs apart, alpha by height {}, by squared height {}.",
        decimal_of(tree, "mean_height", 2),
        decimal_of(tree, "alpha", 3),
        decimal_of(tree, "alpha_squared", 3)
    )
}

/// The finest rank at which anybody is held against others; the figure and annotator_ranks.csv have more.
fn shown(judged: &Annotators) -> Option<Rank> {
    let has = |rank: &Rank| judged.raters.iter().any(|rater| rater.ranks.iter().any(|row| row.rank == *rank));
    Rank::MAIN.iter().rev().copied().find(has)
}

pub(super) fn raters(judged: &Annotators) -> Table {
    let finest = shown(judged);
    let mut table = Table::new(&[("rater", false), ("kind", false), ("labels", true)]);
    if let Some(rank) = finest {
        table.head.extend([format!("right at {}", rank.name()), format!("place at {}", rank.name())]);
    }
    for head in ["height", "right by consensus"] {
        table.head.push(head.to_string());
    }
    table.numeric.resize(table.head.len(), true);
    for rater in &judged.raters {
        let row = finest.and_then(|rank| rater.ranks.iter().find(|row| row.rank == rank));
        let kind = if rater.is_classifier { "classifier" } else { "annotator" };
        let mut cells = vec![rater.name.clone(), kind.to_string(), count(rater.labels)];
        if finest.is_some() {
            cells.push(share(row, "accuracy"));
            cells.push(row.and_then(|row| row.place).map_or_else(|| decimal(None, 0), count));
        }
        cells.extend([decimal_of(rater, "mean_height", 2), share(row, "consensus_accuracy")]);
        table.rows.push(cells);
    }
    table
}

/// How far each classifier is above people or below them; nothing without a classifier.
pub(super) fn differences(judged: &Annotators) -> Option<Table> {
    let rank = shown(judged)?;
    let mut table = Table::new(&[("classifier", false), ("difference from people", true)]);
    for rater in judged.raters.iter().filter(|rater| rater.is_classifier) {
        let row = rater.ranks.iter().find(|row| row.rank == rank);
        table.push([rater.name.clone(), share(row, "difference")]);
    }
    (!table.rows.is_empty()).then_some(table)
}

fn share(row: Option<&RaterRank>, name: &str) -> String {
    row.map_or_else(|| percent(None), |row| percent_of(row, name))
}

pub(super) fn consensus(consensus: &Consensus) -> String {
    let (rounds, _) = consensus.rounds();
    let end = format!(
        "{} labels, {} taxa that can be true, {} rounds, log-likelihood {}, smoothing {}.",
        count(consensus.labels),
        count(consensus.taxa.len() as u64),
        count(u64::from(rounds)),
        fixed(consensus.log_likelihood(), 2),
        consensus.smoothing
    );
    match consensus.kind {
        ConsensusKind::Tree => format!(
            "A probable truth of each image after Dawid and Skene, the tree for structure: each annotator has a probability for each \
             height of a mistake, shared evenly by the labels at that height. {end}"
        ),
        ConsensusKind::Flat => format!(
            "A probable truth of each image after Dawid and Skene, of labels cut to the {}: each annotator has a matrix of \
             confusions. {end}",
            consensus.rank.map_or("label", Rank::name)
        ),
    }
}

/// What the tree model says of each annotator.
pub(super) fn steps(panel: &Panel, judged: &Annotators) -> Option<Table> {
    let steps = judged.consensus.steps()?;
    let ladder = ["genus", "family", "order", "class", "phylum", "kingdom", "root"];
    let mut table = Table::new(&[("annotator", false), ("right", true)]);
    table.head.extend(ladder.map(str::to_string));
    table.numeric.resize(table.head.len(), true);
    for (rater, steps) in panel.annotators.iter().zip(steps) {
        table.rows.push(std::iter::once(rater.name.clone()).chain(steps.iter().map(|step| percent(Some(*step)))).collect());
    }
    Some(table)
}
