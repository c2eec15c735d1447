//! Taxa and points one by one: `latent_taxa.csv`, `suspects.csv`.

use crate::scores::metric::{Block, Measure, Metric, Uncertainty, Value};
use crate::spaces::latent::suspects::{Suspect, TaxonRow};

/// Of the points of one taxon, of which many have one.
const FEW: Uncertainty = Uncertainty::Missing("none: few points of one taxon");

/// A cosine of a point with a mean.
const fn cosine(name: &'static str, sentence: &'static str, formula: &'static str) -> Metric {
    Block::Latent.metric(name, sentence, formula).neither().within("−1 to 1")
}

/// Taxa of the finest rank.
pub static TAXA: [Measure<TaxonRow>; 2] = [
    Measure {
        metric: Block::Latent
            .metric(
                "tightness",
                "Mean cosine of a taxon's points with their mean; 1 where all are the same.",
                "mean of cos(x_i, μ)",
            )
            .at("taxa.tightness")
            .within("−1 to 1")
            .with(FEW),
        value: |taxon| Value::Number(Some(taxon.tightness)),
    },
    Measure {
        metric: Block::Latent
            .metric(
                "silhouette",
                "How much nearer a taxon's points are to it than to the next, by cosine distance.",
                "mean over the taxon's points of (b − a) / max(a, b)",
            )
            .at("taxa.silhouette")
            .within("−1 to 1")
            .by("Rousseeuw 1987")
            .with(FEW),
        value: |taxon| Value::Number(Some(taxon.silhouette)),
    },
];

/// Points that look like another taxon.
pub static SUSPECTS: [Measure<Suspect>; 3] = [
    Measure {
        metric: cosine("own", "Cosine of a suspect with the mean of its own taxon, itself left out.", "cos(x, μ_own)")
            .at("suspects.own"),
        value: |suspect| Value::Number(Some(suspect.own)),
    },
    Measure {
        metric: cosine("other", "Cosine of a suspect with the mean of the taxon that it looks like.", "cos(x, μ_other)")
            .at("suspects.other"),
        value: |suspect| Value::Number(Some(suspect.other)),
    },
    Measure {
        metric: cosine("margin", "How much nearer a suspect is to the other taxon; above 0.05 it is listed.", "other − own")
            .at("suspects.margin")
            .within("0.05 to 2"),
        value: |suspect| Value::Number(Some(suspect.margin)),
    },
];
