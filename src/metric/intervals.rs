//! How the interval of each metric is made: `x_low` and `x_high` beside every `x` that has one.

use super::Block;

const SHARE: &str = "Wilson on the effective number of images";
const MEAN: &str = "BCa of whole clusters; Wilson in the range where they agree";
const UNBOUNDED: &str = "BCa of whole clusters; none where they agree";
const AVERAGE: &str = "Wilson on the effective number of images, weighted as the taxa";
const NONE: &str = "none: no mean over images";
const SIGNED: &str = "as a mean, the signs of the bins' gaps held fast";
const LEFT_OUT: &str = "t on the jackknife of at most 30 groups of whole clusters; Kott 1998";

/// How the interval of a metric is made, or that it has none; `None` for counts and yardsticks, and for what is read
/// off a curve.
pub(super) fn of(block: Block, name: &str) -> Option<&'static str> {
    match block {
        Block::Ranks => of_ranks(name),
        Block::HowWrong => of_how_wrong(name),
        Block::BestOf => match name {
            "accuracy" => Some(SHARE),
            "mean_height" | "best_height" | "mistakes_mean_height" => Some(MEAN),
            _ => None,
        },
        Block::Flags => name.ends_with("_share").then_some(SHARE),
        Block::Costs => (name == "mean").then_some(MEAN),
        Block::Groups => match name {
            "right" | "path_top1" => Some(SHARE),
            "mean_height" | "severity" => Some(MEAN),
            _ => None,
        },
        Block::Consistency => match name {
            "tice" | "fpa" => Some(SHARE),
            "wap" => Some(NONE),
            _ => None,
        },
        Block::Calibration => match name {
            "right" => Some(SHARE),
            "mean_probability" | "brier" | "nll" => Some(MEAN),
            "mce" | "adaptive_ece" => Some(NONE),
            "ece" => Some(SIGNED),
            _ => None,
        },
        Block::Selective => match name {
            "n" => None,
            "info_recall_at_90_correct" | "info_recall_at_95_correct" => Some("none: it jumps along the curve"),
            _ => Some(LEFT_OUT),
        },
        Block::Decisions => match name {
            "accuracy" => Some(SHARE),
            "difference" => Some("accuracy: Bonett & Price 2012; height: BCa of whole clusters"),
            _ => None,
        },
        Block::Taxa => match name {
            "recall" | "precision" => Some(SHARE),
            "f1" => Some(NONE),
            _ => None,
        },
    }
}

fn of_ranks(name: &str) -> Option<&'static str> {
    match name {
        "path_top1" | "path_top5" | "summed_top1" | "summed_top5" | "disagree" => Some(SHARE),
        "path_macro" | "summed_macro" => Some(AVERAGE),
        "path_mrr" => Some(MEAN),
        "ece" => Some(SIGNED),
        name => (name.ends_with("_precision") || name.ends_with("_f1")).then_some(NONE),
    }
}

fn of_how_wrong(name: &str) -> Option<&'static str> {
    match name {
        "n" | "mistakes" | "stopped_above" | "between_rungs" | "first_wrong" => None,
        "exact" | "correct" => Some(SHARE),
        "between_rungs_edges" | "mean_edges" | "excess" | "deficient" | "info_distance" | "weighted_distance" => Some(UNBOUNDED),
        name => (!name.ends_with("histogram")).then_some(MEAN),
    }
}
