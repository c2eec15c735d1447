//! Taxa one by one, and points that look like another taxon: outliers and probable mislabels.

use super::groups::Groups;
use super::silhouette::Silhouette;
use crate::numbers::neighbours::{Index, Rows, Similarity, among};
use crate::numbers::rounding::GRAIN;
use crate::numbers::statistics::to_f64;
use crate::numbers::vector::{cosine_by_norms, norm};
use crate::spaces::embeddings::Embeddings;
use std::collections::BTreeMap;

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

/// What the points of a taxon add up to.
struct Tally {
    /// Sum of cosines with their mean.
    tightness: f64,
    /// Sum of silhouettes.
    silhouette: f64,
    /// The point with the largest cosine, after this.
    typical: (f64, usize),
    /// How many points have each other taxon's mean next.
    next: BTreeMap<usize, usize>,
}

impl Tally {
    fn empty() -> Tally {
        Tally { tightness: 0.0, silhouette: 0.0, typical: (f64::NEG_INFINITY, 0), next: BTreeMap::new() }
    }

    /// Adds a point with its cosine with the own mean, its silhouette and the taxon that it is next to.
    fn add(&mut self, point: usize, cosine: f64, silhouette: f64, next: usize) {
        self.tightness += cosine;
        // Of equally near ones the first.
        if cosine > self.typical.0 + GRAIN {
            self.typical = (cosine, point);
        }
        self.silhouette += silhouette;
        *self.next.entry(next).or_default() += 1;
    }

    /// The other taxon that most points are next to.
    fn nearest(&self, group: usize) -> Option<usize> {
        let most = self.next.iter().max_by_key(|&(&other, &count)| (count, std::cmp::Reverse(other))).map(|(&other, _)| other);
        most.filter(|&other| other != group)
    }
}

/// The taxa of a rank with their means.
struct Taxa<'a> {
    groups: &'a Groups,
    means: Rows<'a>,
    index: &'a Index<'a>,
    embeddings: &'a Embeddings,
}

impl Taxa<'_> {
    fn name(&self, group: usize) -> String {
        self.embeddings.taxonomy.name(self.groups.taxa[group]).to_string()
    }

    fn identity(&self, group: usize) -> String {
        self.embeddings.taxonomy.identity(self.groups.taxa[group])
    }

    /// A point of a group whose next mean is that of another one, if it is listed; what is typical of the other is not said.
    fn suspect(&self, point: usize, group: usize, other: usize) -> Option<Suspect> {
        let row = self.index.rows().row(point);
        let size = to_f64(self.groups.members[group].len() as u64);
        if size < 2.0 || other == group {
            return None;
        }
        let without: Vec<f64> =
            self.means.row(group).iter().zip(row).map(|(mean, value)| (mean * size - value) / (size - 1.0)).collect();
        // Others that add up to 0 but for rounding have no direction.
        let own = if norm(&without) > GRAIN * self.index.longest() { cosine_by_norms(row, &without) } else { 0.0 };
        let others = cosine_by_norms(row, self.means.row(other));
        (others - own > MARGIN).then(|| Suspect {
            image: self.embeddings.names[point].clone(),
            said: self.name(group),
            said_id: self.identity(group),
            looks_like: self.name(other),
            looks_like_id: self.identity(other),
            typical: String::new(),
            own,
            other: others,
            margin: others - own,
        })
    }

    fn row(&self, group: usize, tally: &Tally) -> TaxonRow {
        let taxonomy = &self.embeddings.taxonomy;
        let n = self.groups.members[group].len();
        let most = tally.nearest(group);
        let meet = most.map(|other| taxonomy.lca(self.groups.taxa[group], self.groups.taxa[other]));
        TaxonRow {
            taxon: self.identity(group),
            name: self.name(group),
            n,
            tightness: tally.tightness / to_f64(n as u64),
            silhouette: tally.silhouette / to_f64(n as u64),
            nearest: most.map(|other| self.name(other)),
            meet: meet.map(|meet| taxonomy.name(meet).to_string()),
            meet_rank: meet.map(|meet| taxonomy.rank(meet).to_string()),
        }
    }
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
    let rows = index.rows();
    let centroids = groups.centroids(rows);
    let means = Rows { values: &centroids, width: rows.width };
    let taxa = Taxa { groups, means, index, embeddings };
    let own = groups.of_rows(rows.len());
    let nearest = among(index, &Index::of(means, Similarity::Cosine), 1, &|row, group| own[row] != Some(group));
    let mut tallies: Vec<Tally> = groups.taxa.iter().map(|_| Tally::empty()).collect();
    // Each with the groups of both taxa.
    let mut suspects: Vec<(Suspect, [usize; 2])> = vec![];
    for (place, (&point, &group)) in groups.points.iter().zip(&groups.of).enumerate() {
        let other = nearest[point].first().map_or(group, |&(other, _)| other as usize);
        let with_own = cosine_by_norms(rows.row(point), means.row(group));
        tallies[group].add(point, with_own, silhouette.points[place], other);
        suspects.extend(taxa.suspect(point, group, other).map(|suspect| (suspect, [group, other])));
    }
    // Taxa in their order, which ids do not change; names come last: what images are called changes nothing either.
    suspects.sort_by(|(a, taxa_of_a), (b, taxa_of_b)| {
        b.margin
            .total_cmp(&a.margin)
            .then(b.own.total_cmp(&a.own))
            .then_with(|| taxa_of_a.cmp(taxa_of_b))
            .then_with(|| a.image.cmp(&b.image))
    });
    let with_typical = |(suspect, [_, other]): (Suspect, [usize; 2])| Suspect {
        typical: embeddings.names[tallies[other].typical.1].clone(),
        ..suspect
    };
    let suspects: Vec<Suspect> = suspects.into_iter().map(with_typical).collect();
    (tallies.iter().enumerate().map(|(group, tally)| taxa.row(group, tally)).collect(), suspects)
}
