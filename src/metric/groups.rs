//! Metrics with one value per group of images.

use super::{Block, DESIGN, Direction, FRACTION, Metric};

pub(super) fn groups() -> Vec<Metric> {
    use Direction::{Higher, Lower, Neither};
    let metric = |name, sentence, formula, direction, range| Metric {
        name,
        block: Block::Groups,
        sentence,
        formula,
        direction,
        range,
        source: DESIGN,
    };
    let rungs = "0 to 7 rungs";
    vec![
        metric("n", "Images scored of the group.", "#{i in group}", Neither, "a count"),
        metric("right", "Share of them whose answer is right down to the rank of the truth.", "right / n", Higher, FRACTION),
        metric("mistakes", "Those that are not right.", "n − right", Lower, "a count"),
        metric("mean_height", "Mean height of the error over the group.", "mean of height", Lower, rungs),
        metric(
            "severity",
            "Mean height of the error over the mistakes of the group.",
            "mean of height over mistakes",
            Lower,
            rungs,
        ),
        metric(
            "path_top1",
            "Accuracy by the path rule at each main rank.",
            "as ranks.path_top1, over the group",
            Higher,
            FRACTION,
        ),
    ]
}
