//! Taxa one by one, and points that look like another taxon: outliers and probable mislabels.

use super::groups::Groups;
use super::silhouette::Silhouette;
use crate::embeddings::Embeddings;
use crate::neighbours::{GRAIN, Index, Rows, Similarity, among, dot};
use crate::statistics::to_f64;

/// A point may be nearer to another taxon's mean than to its own by this much before it is listed.
const MARGIN: f64 = 0.05;

/// A taxon of the finest rank.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct TaxonRow {
    /// Identity.
    pub taxon: String,
    /// Name.
    pub name: String,
    /// Points.
    pub n: usize,
    /// Mean cosine of its points with their mean; 1: all the same.
    pub tightness: f64,
    /// Mean cosine silhouette.
    pub silhouette: f64,
    /// The other taxon whose mean has the largest cosine with its points, most often.
    pub nearest: Option<String>,
    /// Name of the lowest taxon that holds both.
    pub meet: Option<String>,
    /// Its rank.
    pub meet_rank: Option<String>,
}

/// A point whose cosine with the mean of another taxon is by more than 0.05 larger than that with the mean of the rest of its
/// own.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Suspect {
    /// Its name.
    pub image: String,
    /// The taxon it is said to be.
    pub said: String,
    /// Identity of it, for homonyms.
    pub said_id: String,
    /// The taxon it looks like: of the others the one whose mean has the largest cosine with it.
    pub looks_like: String,
    /// Identity of it.
    pub looks_like_id: String,
    /// The point of the other taxon that is nearest to its mean: what one looks like.
    pub typical: String,
    /// Cosine with the mean of its own taxon, itself left out.
    pub own: f64,
    /// Cosine with the mean of the other.
    pub other: f64,
    /// The difference.
    pub margin: f64,
}

/// Rows for all taxa, and the suspects, the largest margin first; the points are indexed by [`Similarity::Cosine`].
///
/// What a point looks like is the other taxon whose mean has the largest cosine with it.
#[must_use]
pub fn rows(
    index: &Index<'_>,
    groups: &Groups,
    silhouette: &Silhouette,
    embeddings: &Embeddings,
) -> (Vec<TaxonRow>, Vec<Suspect>) {
    let taxonomy = &embeddings.taxonomy;
    let rows = index.rows();
    let width = rows.width;
    let centroids = groups.centroids(rows);
    let means = Rows { values: &centroids, width };
    let own = groups.of_rows(rows.len());
    let nearest = among(index, &Index::of(means, Similarity::Cosine), 1, &|row, group| own[row] != Some(group));
    let length = |row: &[f64]| dot(row, row).sqrt();
    let cosine = |a: &[f64], b: &[f64]| {
        let lengths = length(a) * length(b);
        if lengths > 0.0 { dot(a, b) / lengths } else { 0.0 }
    };
    let name = |group: usize| taxonomy.name(groups.taxa[group]).to_string();
    let mut sums = vec![(0.0, 0.0); groups.taxa.len()];
    let mut next = vec![std::collections::BTreeMap::<usize, usize>::new(); groups.taxa.len()];
    let mut typical = vec![(f64::NEG_INFINITY, 0); groups.taxa.len()];
    // Each with the groups of both taxa.
    let mut suspects: Vec<(Suspect, [usize; 2])> = vec![];
    for (place, (&point, &group)) in groups.points.iter().zip(&groups.of).enumerate() {
        let row = rows.row(point);
        let with_own = cosine(row, means.row(group));
        sums[group].0 += with_own;
        // Of equally near ones the first.
        if with_own > typical[group].0 + GRAIN {
            typical[group] = (with_own, point);
        }
        sums[group].1 += silhouette.points[place];
        let other = nearest[point].first().map_or(group, |&(other, _)| other as usize);
        *next[group].entry(other).or_default() += 1;
        let size = to_f64(groups.members[group].len() as u64);
        if size < 2.0 || other == group {
            continue;
        }
        let without: Vec<f64> =
            means.row(group).iter().zip(row).map(|(mean, value)| (mean * size - value) / (size - 1.0)).collect();
        // Others that add up to 0 but for rounding have no direction.
        let own = if length(&without) > GRAIN * index.longest() { cosine(row, &without) } else { 0.0 };
        let others = cosine(row, means.row(other));
        if others - own > MARGIN {
            let suspect = Suspect {
                image: embeddings.names[point].clone(),
                said: name(group),
                said_id: taxonomy.identity(groups.taxa[group]),
                looks_like: name(other),
                looks_like_id: taxonomy.identity(groups.taxa[other]),
                typical: String::new(),
                own,
                other: others,
                margin: others - own,
            };
            suspects.push((suspect, [group, other]));
        }
    }
    // Taxa in their order, which ids do not change; names come last: what images are called changes nothing either.
    suspects.sort_by(|(a, taxa_of_a), (b, taxa_of_b)| {
        b.margin
            .total_cmp(&a.margin)
            .then(b.own.total_cmp(&a.own))
            .then_with(|| taxa_of_a.cmp(taxa_of_b))
            .then_with(|| a.image.cmp(&b.image))
    });
    let with_typical =
        |(suspect, [_, other]): (Suspect, [usize; 2])| Suspect { typical: embeddings.names[typical[other].1].clone(), ..suspect };
    let suspects: Vec<Suspect> = suspects.into_iter().map(with_typical).collect();
    let taxa = (0..groups.taxa.len())
        .map(|group| {
            let n = groups.members[group].len();
            let most =
                next[group].iter().max_by_key(|&(&other, &count)| (count, std::cmp::Reverse(other))).map(|(&other, _)| other);
            let most = most.filter(|&other| other != group);
            let meet = most.map(|other| taxonomy.lca(groups.taxa[group], groups.taxa[other]));
            TaxonRow {
                taxon: taxonomy.identity(groups.taxa[group]),
                name: name(group),
                n,
                tightness: sums[group].0 / to_f64(n as u64),
                silhouette: sums[group].1 / to_f64(n as u64),
                nearest: most.map(name),
                meet: meet.map(|meet| taxonomy.name(meet).to_string()),
                meet_rank: meet.map(|meet| taxonomy.rank(meet).to_string()),
            }
        })
        .collect();
    (taxa, suspects)
}
