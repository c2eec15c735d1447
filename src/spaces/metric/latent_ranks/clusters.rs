//! Clusterings without labels, held against the taxa.

use super::super::interval::ONE_TREE;
use crate::scores::metric::{Block, Measure, Metric, Value};
use crate::spaces::latent::RankSpace;
use crate::spaces::latent::partition::Partition;

const CHANCE_TO_1: &str = "0 at chance to 1";
const V_MEASURE: &str = "Rosenberg & Hirschberg 2007";

const fn metric(name: &'static str, sentence: &'static str, formula: &'static str) -> Metric {
    Block::LatentRanks.metric(name, sentence, formula).with(ONE_TREE)
}

const fn ami(name: &'static str, sentence: &'static str) -> Metric {
    metric(name, sentence, "(MI − E[MI]) / ((H(taxa) + H(clusters)) / 2 − E[MI])").within(CHANCE_TO_1).by("Vinh 2010")
}

const fn ari(name: &'static str, sentence: &'static str) -> Metric {
    metric(name, sentence, "Rand index of pairs of points, less that of chance, over its most less that of chance")
        .within(CHANCE_TO_1)
        .by("Hubert & Arabie 1985")
}

const fn nmi(name: &'static str, sentence: &'static str) -> Metric {
    metric(name, sentence, "MI / ((H(taxa) + H(clusters)) / 2): the V-measure").by(V_MEASURE)
}

const fn homogeneity(name: &'static str, sentence: &'static str) -> Metric {
    metric(name, sentence, "MI / H(taxa)").by(V_MEASURE)
}

const fn completeness(name: &'static str, sentence: &'static str) -> Metric {
    metric(name, sentence, "MI / H(clusters)").by(V_MEASURE)
}

const fn fmi(name: &'static str, sentence: &'static str) -> Metric {
    metric(name, sentence, "pairs together in both / √(pairs together in taxa · in clusters)").by("Fowlkes & Mallows 1983")
}

const fn purity(name: &'static str, sentence: &'static str) -> Metric {
    metric(name, sentence, "Σ over clusters of the most points of one taxon / N")
}

/// A value of the dendrogram, cut into as many clusters as taxa.
fn cut(space: &RankSpace, value: impl FnOnce(Partition) -> f64) -> Value<'static> {
    Value::Number(space.dendrogram_cut.map(value))
}

/// A value of k-means with as many clusters as taxa.
fn k_means(space: &RankSpace, value: impl FnOnce(Partition) -> f64) -> Value<'static> {
    Value::Number(space.k_means.map(value))
}

pub(super) const AMI_DENDROGRAM: Measure<RankSpace> = Measure {
    metric: ami(
        "ami_dendrogram",
        "Adjusted mutual information of the taxa and as many clusters of the points' dendrogram (average linkage, Euclidean).",
    )
    .at("dendrogram_cut.ami"),
    value: |space| cut(space, |partition| partition.ami),
};

pub(super) const ARI_DENDROGRAM: Measure<RankSpace> = Measure {
    metric: ari("ari_dendrogram", "Adjusted Rand index of the same.").at("dendrogram_cut.ari"),
    value: |space| cut(space, |partition| partition.ari),
};

pub(super) const AMI_K_MEANS: Measure<RankSpace> = Measure {
    metric: ami("ami_k_means", "Adjusted mutual information of the taxa and as many clusters of k-means.").at("k_means.ami"),
    value: |space| k_means(space, |partition| partition.ami),
};

pub(super) const ARI_K_MEANS: Measure<RankSpace> = Measure {
    metric: ari("ari_k_means", "Adjusted Rand index of the same.").at("k_means.ari"),
    value: |space| k_means(space, |partition| partition.ari),
};

pub(super) const DENDROGRAM_PURITY: Measure<RankSpace> = Measure {
    metric: metric(
        "dendrogram_purity",
        "How pure the smallest branch of the points' dendrogram is that holds two points of a taxon.",
        "mean over pairs of points of one taxon of the taxon's share of the smallest cluster with both",
    )
    .by("Heller & Ghahramani 2005"),
    value: |space| Value::Number(space.dendrogram_purity),
};

/// What `latent.json` alone has.
pub(super) const MORE: [Measure<RankSpace>; 10] = [
    Measure {
        metric: nmi("nmi_dendrogram", "Normalised mutual information of the taxa and the cut dendrogram.")
            .at("dendrogram_cut.nmi"),
        value: |space| cut(space, |partition| partition.nmi),
    },
    Measure {
        metric: homogeneity("homogeneity_dendrogram", "Whether each of its clusters holds one taxon.")
            .at("dendrogram_cut.homogeneity"),
        value: |space| cut(space, |partition| partition.homogeneity),
    },
    Measure {
        metric: completeness("completeness_dendrogram", "Whether each taxon lies in one of its clusters.")
            .at("dendrogram_cut.completeness"),
        value: |space| cut(space, |partition| partition.completeness),
    },
    Measure {
        metric: fmi("fmi_dendrogram", "Fowlkes–Mallows index of the taxa and the cut dendrogram.").at("dendrogram_cut.fmi"),
        value: |space| cut(space, |partition| partition.fmi),
    },
    Measure {
        metric: purity("purity_dendrogram", "Share of points in the taxon that their cluster has most of.")
            .at("dendrogram_cut.purity"),
        value: |space| cut(space, |partition| partition.purity),
    },
    Measure {
        metric: nmi("nmi_k_means", "Normalised mutual information of the taxa and k-means.").at("k_means.nmi"),
        value: |space| k_means(space, |partition| partition.nmi),
    },
    Measure {
        metric: homogeneity("homogeneity_k_means", "Whether each cluster of k-means holds one taxon.").at("k_means.homogeneity"),
        value: |space| k_means(space, |partition| partition.homogeneity),
    },
    Measure {
        metric: completeness("completeness_k_means", "Whether each taxon lies in one cluster of k-means.")
            .at("k_means.completeness"),
        value: |space| k_means(space, |partition| partition.completeness),
    },
    Measure {
        metric: fmi("fmi_k_means", "Fowlkes–Mallows index of the taxa and k-means.").at("k_means.fmi"),
        value: |space| k_means(space, |partition| partition.fmi),
    },
    Measure {
        metric: purity("purity_k_means", "Share of points in the taxon that their cluster of k-means has most of.")
            .at("k_means.purity"),
        value: |space| k_means(space, |partition| partition.purity),
    },
];
