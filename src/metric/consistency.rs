//! Metrics of the agreement between ranks.

use super::{Block, DESIGN, Direction, FRACTION, Metric};

pub(super) fn consistency() -> Vec<Metric> {
    use Direction::{Higher, Lower, Neither};
    let metric = |name, sentence, formula, direction, source| Metric {
        name,
        block: Block::Consistency,
        sentence,
        formula,
        direction,
        range: FRACTION,
        source,
    };
    vec![
        Metric {
            range: "a count",
            ..metric("n", "Images scored; one without an answer lies on the path that ends at the root.", "#{i}", Neither, DESIGN)
        },
        metric(
            "tice",
            "Share of images whose summed answers at the seven ranks lie on no one lineage.",
            "mean of [the best taxa of the ranks form no path]",
            Lower,
            "Park 2024 (H-CAST)",
        ),
        metric(
            "fpa",
            "Share of images with the right summed answer at every rank of the truth.",
            "mean of [right at all ranks]",
            Higher,
            "Park 2024 (H-CAST)",
        ),
        metric(
            "wap",
            "summed_top1 averaged over the ranks, each weighted by its number of taxa.",
            "Σ_r classes_r summed_top1_r / Σ_r classes_r",
            Higher,
            "Park 2024 (H-CAST)",
        ),
    ]
}
