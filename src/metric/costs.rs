//! Metrics of what a user accepts, and of what mistakes cost them.

use super::{Block, DESIGN, Direction, FRACTION, Metric};

pub(super) fn flags() -> Vec<Metric> {
    use Direction::{Higher, Lower, Neither};
    let metric = |name, sentence, formula, direction, range| Metric {
        name,
        block: Block::Flags,
        sentence,
        formula,
        direction,
        range,
        source: DESIGN,
    };
    vec![
        metric("n", "Images scored.", "#{i}", Neither, "a count"),
        metric("green", "Images whose answer is right.", "#{i : predicted = truth}", Higher, "a count"),
        metric(
            "yellow",
            "Images whose answer is an acceptable near miss: truth and answer meet at the genus (--yellow-from), or are listed look-alikes.",
            "#{i wrong : rung(lca) ≤ rung(genus) or look-alikes}",
            Neither,
            "a count",
        ),
        metric("red", "Images whose answer is unacceptable.", "#{i} − green − yellow", Lower, "a count"),
        metric("green_share", "Share of green images.", "green / n", Higher, FRACTION),
        metric("yellow_share", "Share of yellow images.", "yellow / n", Neither, FRACTION),
        metric("red_share", "Share of red images.", "red / n", Lower, FRACTION),
    ]
}

pub(super) fn costs() -> Vec<Metric> {
    use Direction::{Lower, Neither};
    let metric = |name, sentence, formula, direction, range| Metric {
        name,
        block: Block::Costs,
        sentence,
        formula,
        direction,
        range,
        source: "user's matrix (--costs); SnakeCLEF, FungiCLEF",
    };
    let unit = "0 or more, in the unit of the matrix";
    vec![
        metric("n", "Images scored.", "#{i}", Neither, "a count"),
        metric("mean", "What an image costs on average; right answers cost nothing.", "mean of C(truth, answer)", Lower, unit),
        metric("total", "What all images cost.", "Σ C(truth, answer)", Lower, unit),
    ]
}
