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
    match (block, name) {
        (Block::Ranks, "path_top1" | "path_top5" | "summed_top1" | "summed_top5" | "disagree") => Some(SHARE),
        (Block::Ranks, "path_macro" | "summed_macro") => Some(AVERAGE),
        (Block::Ranks, "path_mrr") => Some(MEAN),
        (Block::Ranks | Block::Calibration, "ece") => Some(SIGNED),
        (Block::Ranks, name) if name.ends_with("_precision") || name.ends_with("_f1") => Some(NONE),
        (Block::HowWrong, "exact" | "correct") => Some(SHARE),
        (
            Block::HowWrong,
            "between_rungs_edges" | "mean_edges" | "excess" | "deficient" | "info_distance" | "weighted_distance",
        ) => Some(UNBOUNDED),
        (Block::HowWrong, name) if name.ends_with("histogram") || name == "first_wrong" => None,
        (Block::HowWrong, "n" | "mistakes" | "stopped_above" | "between_rungs") => None,
        (Block::HowWrong, _) => Some(MEAN),
        (Block::BestOf, "accuracy") => Some(SHARE),
        (Block::BestOf, "mean_height" | "best_height" | "mistakes_mean_height") => Some(MEAN),
        (Block::Flags, "green_share" | "yellow_share" | "red_share") => Some(SHARE),
        (Block::Costs, "mean") => Some(MEAN),
        (Block::Groups, "right" | "path_top1") => Some(SHARE),
        (Block::Groups, "mean_height" | "severity") => Some(MEAN),
        (Block::Consistency, "tice" | "fpa") => Some(SHARE),
        (Block::Consistency, "wap") => Some(NONE),
        (Block::Calibration, "right") => Some(SHARE),
        (Block::Calibration, "mean_probability" | "brier" | "nll") => Some(MEAN),
        (Block::Calibration, "mce" | "adaptive_ece") => Some(NONE),
        (Block::Selective, "info_recall_at_90_correct" | "info_recall_at_95_correct") => Some("none: it jumps along the curve"),
        (Block::Selective, "n") => None,
        (Block::Selective, _) => Some(LEFT_OUT),
        (Block::Decisions, "accuracy") => Some(SHARE),
        (Block::Decisions, "difference") => Some("accuracy: Bonett & Price 2012; height: BCa of whole clusters"),
        (Block::Taxa, "recall" | "precision") => Some(SHARE),
        (Block::Taxa, "f1") => Some(NONE),
        _ => None,
    }
}
