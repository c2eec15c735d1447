//! A taxonomy built from the labels of tables.

use super::error::TableError;
use super::label::{Label, LabelId, Labels};
use super::options::{MissingTruth, TableOptions};
use super::placed::{Place, Placed, Way, Ways, ambiguous_note};
use super::steps::Steps;
use super::tables::Built;
use crate::taxonomy::build::{Handle, SourceLine as Source, TaxonomyBuilder};
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::rc::Rc;

/// Name of the taxon that stands for a blank truth.
const BLANK: &str = "(missing)";

/// Whether a lineage says where its names belong: it has a rank above the genus.
fn is_placed(steps: &Steps) -> bool {
    steps.len() > 1 && steps.first().is_some_and(|(rank, _)| rank.is_unranked() || *rank < Rank::Genus)
}

/// Where names stand in the lineages of a table: key of a name to its lineages.
#[derive(Default)]
struct Known {
    by_key: HashMap<String, Vec<KnownLineage>>,
    /// Ids of lineages by the id of the lineage above, the last rank and the last key.
    ids: HashMap<(u32, Rank, String), u32>,
    /// Whether a label has a lineage that says where it belongs.
    of_labels: bool,
}

/// The first `end` steps of a lineage.
struct KnownLineage {
    steps: Rc<Steps>,
    end: usize,
}

impl KnownLineage {
    fn steps(&self) -> &[(Rank, String)] {
        &self.steps[..self.end]
    }
}

/// A name in more lineages than this is not chosen between.
const MOST_LINEAGES: usize = 64;

impl Known {
    /// The lineage of the clade, and those of labels that say where they belong.
    fn of(labels: &Labels, clade: &Steps) -> Known {
        let mut known = Known::default();
        known.add(clade);
        for label in &labels.all {
            if let Label::Named { steps, .. } = label
                && is_placed(steps)
            {
                known.add(steps);
                known.of_labels = true;
            }
        }
        known
    }

    fn add(&mut self, steps: &Steps) {
        let shared = Rc::new(steps.clone());
        let mut above = 0;
        for (end, (rank, text)) in (1..).zip(steps) {
            let key = name::key(text);
            let next = u32::try_from(self.ids.len() + 1).unwrap_or(u32::MAX);
            above = match self.ids.entry((above, *rank, key.clone())) {
                Entry::Occupied(known) => *known.get(),
                Entry::Vacant(place) => {
                    self.by_key.entry(key).or_default().push(KnownLineage { steps: Rc::clone(&shared), end });
                    *place.insert(next)
                }
            };
        }
    }

    /// The whole lineage of a label; `None` where it has none, or one that could be several.
    fn whole(&self, label: &Label, clade: &Steps) -> Option<Steps> {
        match label {
            Label::Named { steps, .. } if is_placed(steps) => Some(self.extended(steps.clone())),
            Label::Named { steps, .. } => self.complete(steps, clade),
            Label::Whole { text } => Some(vec![(Rank::Species, text.clone())]),
            Label::Missing | Label::NonTaxon { .. } | Label::Lineage { .. } | Label::Name { .. } | Label::Unreadable(_) => None,
        }
    }

    /// The whole lineage of names that come without one; `None` where they stand in several places.
    fn complete(&self, steps: &Steps, clade: &Steps) -> Option<Steps> {
        for end in (1..=steps.len()).rev() {
            let (rank, text) = &steps[end - 1];
            let known = self.by_key.get(&name::key(text)).map_or(&[][..], Vec::as_slice);
            if known.len() > MOST_LINEAGES {
                return None;
            }
            let mut lineages: Vec<&[(Rank, String)]> = known.iter().map(KnownLineage::steps).collect();
            let same_rank = |lineage: &&[(Rank, String)]| lineage.last().is_some_and(|(known, _)| known == rank);
            // A lone word is only taken for a genus: any rank will do where there is no such genus.
            if steps.len() > 1 || lineages.iter().any(same_rank) {
                lineages.retain(same_rank);
            }
            if lineages.len() > 1 && !clade.is_empty() {
                lineages.retain(|lineage| clade.iter().all(|step| lineage.iter().any(|known| same_step(known, step))));
            }
            keep_longest(&mut lineages);
            match lineages[..] {
                [] => {}
                [one] => return Some(self.extended(one.iter().chain(&steps[end..]).cloned().collect())),
                _ => return None,
            }
        }
        let first = steps.first().map_or(Rank::Unranked, |&(rank, _)| rank);
        Some(clade.iter().filter(|(rank, _)| *rank < first).chain(steps).cloned().collect())
    }

    /// A lineage with the ranks that it leaves out and another one has: `Felidae;Felis catus` beside
    /// `Carnivora;Felidae;...` lies in the Carnivora. As it is where several lineages fit, and where a step would
    /// lie in itself: lineages that hold each other (`a;b` and `b;a`) have no end.
    fn extended(&self, mut steps: Steps) -> Steps {
        let longer = |steps: &Steps| {
            let found = (1..=steps.len()).rev().map(|end| (self.longer(&steps[..end]), end));
            found.into_iter().find(|(longer, _)| !longer.is_empty())
        };
        while let Some((found, end)) = longer(&steps) {
            let [one] = found[..] else { break };
            let whole = || one.iter().chain(&steps[end..]);
            let distinct: HashSet<(Rank, String)> = whole().map(|(rank, text)| (*rank, name::key(text))).collect();
            if distinct.len() < whole().count() {
                break;
            }
            steps.splice(..end, one.iter().cloned());
        }
        steps
    }

    /// The longest of the lineages that have more steps than these and end as they do.
    fn longer(&self, steps: &[(Rank, String)]) -> Vec<&[(Rank, String)]> {
        let Some(last) = steps.last() else { return vec![] };
        let known = self.by_key.get(&name::key(&last.1)).filter(|known| known.len() <= MOST_LINEAGES);
        let mut lineages: Vec<&[(Rank, String)]> = known.into_iter().flatten().map(KnownLineage::steps).collect();
        lineages.retain(|lineage| {
            lineage.len() > steps.len() && lineage.last().is_some_and(|step| same_step(step, last)) && holds(lineage, steps)
        });
        keep_longest(&mut lineages);
        lineages
    }
}

/// Drops lineages that others hold.
fn keep_longest(lineages: &mut Vec<&[(Rank, String)]>) {
    let all = lineages.clone();
    lineages.retain(|lineage| !all.iter().any(|other| other.len() > lineage.len() && holds(other, lineage)));
}

/// Whether a lineage has all the steps of another, in their order.
fn holds(lineage: &[(Rank, String)], other: &[(Rank, String)]) -> bool {
    let mut steps = lineage.iter();
    other.iter().all(|wanted| steps.any(|step| same_step(step, wanted)))
}

fn same_step(a: &(Rank, String), b: &(Rank, String)) -> bool {
    a.0 == b.0 && name::key(&a.1) == name::key(&b.1)
}

/// Builds a taxonomy from all labels, which have been settled, and places them in it.
///
/// # Errors
///
/// Lineages that form no tree.
pub(super) fn build_all<'a>(
    labels: &Labels,
    truths: &[LabelId],
    clade: &Steps,
    options: &TableOptions,
    path: &Path,
) -> Result<Placed<'a>, TableError> {
    let known = Known::of(labels, clade);
    let source = Source { file: path.display().to_string().into(), line: 0 };
    let mut builder = TaxonomyBuilder::new();
    builder.add_lineage(borrowed(clade), &source);
    let mut ambiguous = vec![];
    let mut drafted: Vec<Drafted> = vec![];
    let mut ways = Ways::default();
    for label in &labels.all {
        drafted.push(match (label, known.whole(label, clade)) {
            (Label::Missing | Label::NonTaxon { .. } | Label::Lineage { .. } | Label::Name { .. }, _) => Drafted::Missing,
            (Label::Named { .. } | Label::Whole { .. }, Some(steps)) => {
                let handle = builder.add_lineage(borrowed(&steps), &source);
                if let Label::Named { id: Some(id), .. } = label {
                    builder.set_source_id(handle, id, &source);
                }
                ways.add(label.text(), way(label));
                Drafted::Taxon(handle)
            }
            (Label::Named { text, .. } | Label::Whole { text }, None) => {
                ambiguous.push(text.as_str());
                ways.add(text, Way::Several);
                Drafted::Outside
            }
            (Label::Unreadable(text), _) => {
                ways.add(text, Way::NoName);
                Drafted::Outside
            }
        });
    }
    let blank = (options.missing_truth == MissingTruth::Taxon)
        .then(|| builder.add_lineage([(blank_rank(labels, truths), BLANK)], &source));
    let (taxonomy, numbers) =
        builder.freeze_with_handles().map_err(|problems| TableError::Tree { path: path.to_path_buf(), problems })?;
    let places = drafted.into_iter().map(|drafted| match drafted {
        Drafted::Missing => Place::Missing,
        Drafted::Outside => Place::Outside,
        Drafted::Taxon(handle) => Place::Taxon(numbers.id(handle)),
    });
    Ok(Placed {
        places: places.collect(),
        missing: blank.map(|handle| numbers.id(handle)),
        shown: vec![],
        classes: vec![],
        synonyms: vec![],
        built: if known.of_labels { Built::Lineages } else { Built::Binomials { clade: !clade.is_empty() } },
        matched: ways.matched(),
        notes: ambiguous_note(&ambiguous).into_iter().collect(),
        warnings: vec![],
        taxonomy: Cow::Owned(taxonomy),
    })
}

/// How a label became a taxon.
fn way(label: &Label) -> Way {
    match label {
        Label::Named { steps, .. } if is_placed(steps) => Way::Lineage,
        Label::Named { text, steps, .. } => {
            let same = steps.last().is_some_and(|(_, name)| name::key(name) == name::key(text));
            if same { Way::Name } else { Way::Shortened }
        }
        _ => Way::AsItStands,
    }
}

enum Drafted {
    Missing,
    Outside,
    Taxon(Handle),
}

fn borrowed(steps: &Steps) -> impl Iterator<Item = (Rank, &str)> {
    steps.iter().map(|(rank, name)| (*rank, name.as_str()))
}

/// The rank of the blank class: the genus where no truth is finer, else the species.
fn blank_rank(labels: &Labels, truths: &[LabelId]) -> Rank {
    let finest = truths.iter().filter_map(|&id| labels.all.get(id as usize)?.rank()).filter(|rank| !rank.is_unranked()).max();
    if finest == Some(Rank::Genus) { Rank::Genus } else { Rank::Species }
}
