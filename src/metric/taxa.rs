//! Metrics with one value per taxon.

use super::{Block, DESIGN, Direction, FRACTION, Metric};

pub(super) fn taxa() -> Vec<Metric> {
    let metric = |name, sentence, formula| Metric {
        name,
        block: Block::Taxa,
        sentence,
        formula,
        direction: Direction::Higher,
        range: FRACTION,
        source: DESIGN,
    };
    vec![
        metric("recall", "Share of the taxon's images whose answer lies in it.", "right / images of the taxon"),
        metric("precision", "Share of the answers in the taxon that are right.", "right / answers in the taxon"),
        metric("f1", "Harmonic mean of precision and recall.", "2 right / (images of the taxon + answers in the taxon)"),
    ]
}
