//! What is averaged of sets, as they are named and at every rank: one description for both blocks.

use crate::scores::metric::description::{Block, Metric};
use crate::scores::metric::uncertainty::{MEAN, NO_MEAN, SHARE};

const SAMPLES: &str = "scikit-learn, average='samples'; Tsoumakas 2010";
const MICRO: &str = "scikit-learn, average='micro'";
const MACRO: &str = "scikit-learn, average='macro', zero_division=0";

/// Images.
pub(super) const fn n(block: Block) -> Metric {
    block.metric("n", "Images whose set of truths is scored.", "#{i}").count()
}

/// Members of the sets of truths.
pub(super) const fn truths(block: Block) -> Metric {
    block.metric("truths", "Members of all sets of truths.", "Σ |T_i|").count()
}

/// Members of the sets of answers.
pub(super) const fn answers(block: Block) -> Metric {
    block.metric("answers", "Members of all sets of answers, names that are no taxa among them.", "Σ |A_i|").count()
}

/// Taxa.
pub(super) const fn taxa(block: Block) -> Metric {
    block.metric("taxa", "Taxa that are a truth or an answer of some image.", "|∪ T_i ∪ A_i|").count()
}

/// Precision over images.
pub(super) const fn sample_precision(block: Block) -> Metric {
    block
        .metric(
            "sample_precision",
            "Share of an image's answers that are right, averaged over images; 1 where nothing is there and nothing answered, 0 where only nothing is answered.",
            "mean of |T_i ∩ A_i| / |A_i|",
        )
        .by(SAMPLES)
        .with(MEAN)
}

/// Recall over images.
pub(super) const fn sample_recall(block: Block) -> Metric {
    block
        .metric(
            "sample_recall",
            "Share of an image's truths that are answered, averaged over images; 1 where nothing is there and nothing answered, 0 where only nothing is there.",
            "mean of |T_i ∩ A_i| / |T_i|",
        )
        .by(SAMPLES)
        .with(MEAN)
}

/// F1 over images.
pub(super) const fn sample_f1(block: Block) -> Metric {
    block
        .metric(
            "sample_f1",
            "F1 of an image's sets, averaged over images; 1 where nothing is there and nothing answered.",
            "mean of 2 |T_i ∩ A_i| / (|T_i| + |A_i|)",
        )
        .by(SAMPLES)
        .with(MEAN)
}

/// F1 over transects.
pub(super) const fn transect_f1(block: Block) -> Metric {
    block
        .metric(
            "transect_f1",
            "F1 of an image's sets, averaged over the images of each transect and then over transects; left out without transects.",
            "mean over transects of (mean over its images of 2 |T_i ∩ A_i| / (|T_i| + |A_i|))",
        )
        .by("PlantCLEF 2024 and 2025")
        .with(MEAN)
}

/// Precision over members.
pub(super) const fn micro_precision(block: Block) -> Metric {
    block
        .metric("micro_precision", "Share of all answers of all images that are right.", "Σ |T_i ∩ A_i| / Σ |A_i|")
        .by(MICRO)
        .with(MEAN)
}

/// Recall over members.
pub(super) const fn micro_recall(block: Block) -> Metric {
    block
        .metric("micro_recall", "Share of all truths of all images that are answered.", "Σ |T_i ∩ A_i| / Σ |T_i|")
        .by(MICRO)
        .with(MEAN)
}

/// F1 over members.
pub(super) const fn micro_f1(block: Block) -> Metric {
    block.metric("micro_f1", "F1 of all answers of all images.", "2 Σ |T_i ∩ A_i| / Σ (|T_i| + |A_i|)").by(MICRO).with(MEAN)
}

/// Precision over taxa.
pub(super) const fn macro_precision(block: Block) -> Metric {
    block
        .metric(
            "macro_precision",
            "Precision of each taxon, averaged over the taxa that are a truth or an answer.",
            "mean over taxa of (right / answered), 0 where never answered",
        )
        .by(MACRO)
        .with(NO_MEAN)
}

/// Recall over taxa.
pub(super) const fn macro_recall(block: Block) -> Metric {
    block
        .metric(
            "macro_recall",
            "Recall of each taxon, averaged over the taxa that are a truth or an answer.",
            "mean over taxa of (right / images), 0 where never true",
        )
        .by(MACRO)
        .with(NO_MEAN)
}

/// F1 over taxa.
pub(super) const fn macro_f1(block: Block) -> Metric {
    block
        .metric(
            "macro_f1",
            "F1 of each taxon, averaged over the taxa that are a truth or an answer.",
            "mean over taxa of 2 right / (images + answered)",
        )
        .by(MACRO)
        .with(NO_MEAN)
}

/// Jaccard.
pub(super) const fn jaccard(block: Block) -> Metric {
    block
        .metric(
            "jaccard",
            "Members that truth and answer share over members of either, averaged over images; 1 where both are empty.",
            "mean of |T_i ∩ A_i| / |T_i ∪ A_i|",
        )
        .by("Jaccard 1901; scikit-learn, average='samples'")
        .with(MEAN)
}

/// Exact match.
pub(super) const fn exact(block: Block) -> Metric {
    block
        .metric("exact", "Share of images whose set of answers is the set of truths.", "mean of [T_i = A_i]")
        .by("subset accuracy")
        .with(SHARE)
}
