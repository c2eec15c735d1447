//! Labels into taxa: found in a given taxonomy, or built into one.

use super::error::{TableError, examples};
use super::label::{Label, LabelId, Labels};
use super::lineage::{self, Grammar};
use super::options::{MissingTruth, TableOptions};
use super::settling::settle;
use super::steps::{Steps, assemble};
use super::tables::Built;
use crate::taxonomy::build::{Handle, SourceLine as Source, TaxonomyBuilder};
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::search::{Found, Step, strip_prefix};
use crate::taxonomy::{TaxonId, Taxonomy};
use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::rc::Rc;

/// Name of the taxon that stands for a blank truth.
const BLANK: &str = "(missing)";

/// What a label stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Missing,
    Taxon(TaxonId),
    Outside,
}

/// Taxa of all labels.
#[derive(Debug, Clone)]
pub(super) struct Placed<'a> {
    pub(super) taxonomy: Cow<'a, Taxonomy>,
    pub(super) built: Built,
    /// One per label.
    pub(super) places: Vec<Place>,
    /// The taxon of blank labels, where they are a class of their own.
    pub(super) missing: Option<TaxonId>,
    /// Labels that were found by a synonym.
    pub(super) synonyms: Vec<LabelId>,
    pub(super) notes: Vec<String>,
}

/// Finds the taxon of every label. `truths` are the labels of the images.
pub(super) fn place<'a>(
    labels: &mut Labels,
    truths: &[LabelId],
    taxonomy: Option<&'a Taxonomy>,
    options: &TableOptions,
    path: &Path,
) -> Result<Placed<'a>, TableError> {
    let clade = options.clade.as_deref().map(clade_steps).transpose()?.unwrap_or_default();
    let notes = settle(labels, taxonomy);
    let mut placed = match taxonomy {
        Some(_) if options.missing_truth == MissingTruth::Taxon => return Err(TableError::BlankInGivenTaxonomy),
        Some(taxonomy) => find_all(labels, taxonomy, options.clade.as_deref().zip(clade.last()))?,
        None => build_all(labels, truths, &clade, options, path)?,
    };
    placed.notes.splice(0..0, notes);
    Ok(placed)
}

/// The lineage of `--clade`: names from the kingdom down, or rank prefixes.
fn clade_steps(clade: &str) -> Result<Steps, TableError> {
    let error = |what: &str| TableError::Clade { clade: clade.to_string(), what: what.to_string() };
    let separator = if clade.contains('|') { '|' } else { ';' };
    let count = clade.split(separator).count();
    if count > 6 {
        return Err(error("at most six names, kingdom to genus; use rank prefixes such as f__Carabidae for others"));
    }
    if let Grammar::Dicts = Grammar::of(&[clade], None) {
        return Err(error("give names from the kingdom down, joined with ';'"));
    }
    let steps = assemble(&lineage::cells(clade, separator, &Rank::MAIN[..count]));
    if steps.is_empty() { Err(error("it holds no name")) } else { Ok(steps) }
}

fn ambiguous_note(ambiguous: &[&str]) -> Option<String> {
    note(ambiguous, "stand for several taxa and count as outside the taxonomy; give lineages, ids or a clade")
}

/// A note on some labels; none without labels.
fn note(labels: &[&str], what: &str) -> Option<String> {
    (!labels.is_empty()).then(|| format!("{} labels {what}: {}", labels.len(), examples(labels)))
}

// ---- in a given taxonomy ----

fn find_all<'a>(
    labels: &Labels,
    taxonomy: &'a Taxonomy,
    clade: Option<(&str, &(Rank, String))>,
) -> Result<Placed<'a>, TableError> {
    let within = match clade.map(|(clade, (_, name))| (clade, taxonomy.find(name))) {
        None => None,
        Some((_, Found::One(taxon))) => Some(taxon),
        Some((clade, _)) => {
            let what = format!("not one taxon of the taxonomy{}", taxonomy.suggestion(clade));
            return Err(TableError::Clade { clade: clade.to_string(), what });
        }
    };
    let (mut ambiguous, mut contradicted, mut coarser, mut renamed, mut by_other) = (vec![], vec![], vec![], vec![], vec![]);
    let mut place = |label| match label {
        // Lineages have been settled.
        &Label::Missing | Label::Lineage { .. } => Place::Missing,
        Label::Unreadable(text) => match taxonomy.find(text) {
            Found::One(taxon) => Place::Taxon(taxon),
            _ => Place::Outside,
        },
        Label::Named { text, steps, id, .. } => {
            let (doubtful, place) = match find_one(taxonomy, text, id.as_deref(), steps, within) {
                Match::Taxon(taxon) => return Place::Taxon(taxon),
                Match::Nothing => return Place::Outside,
                Match::Renamed(taxon) => (&mut renamed, Place::Taxon(taxon)),
                Match::Coarser(taxon) => (&mut coarser, Place::Taxon(taxon)),
                Match::ByOther(taxon) => (&mut by_other, Place::Taxon(taxon)),
                Match::Several => (&mut ambiguous, Place::Outside),
                Match::Contradicted => (&mut contradicted, Place::Outside),
            };
            doubtful.push(text.as_str());
            place
        }
    };
    let places: Vec<Place> = labels.all.iter().map(&mut place).collect();
    let is_synonym = |label: &Label| match label {
        Label::Named { text, steps, .. } => {
            let exact = || steps.last().and_then(|last| exact_name(taxonomy, text, last));
            let name = steps.last().map_or(text.as_str(), |(_, name)| name);
            taxonomy.is_synonym(name) && by_id(taxonomy, text).is_none() && exact().is_none()
        }
        _ => false,
    };
    let found =
        |(id, (label, place)): (LabelId, (&Label, &Place))| (matches!(place, Place::Taxon(_)) && is_synonym(label)).then_some(id);
    let synonyms: Vec<LabelId> = (0..).zip(labels.all.iter().zip(&places)).filter_map(found).collect();
    let by_synonym: Vec<&str> = synonyms.iter().map(|&id| labels.all[id as usize].text()).collect();
    let notes = [
        ambiguous_note(&ambiguous),
        note(&contradicted, "have a namesake in the taxonomy whose lineage agrees nowhere with theirs, and count as outside it"),
        note(&renamed, "have an id that has another name in the taxonomy, with the same lineage above it"),
        note(&by_synonym, "are synonyms of taxa of the taxonomy, and count as these"),
        note(&by_other, "are common names, or hold names in brackets, and count as these taxa"),
        note(&coarser, "below the species are not in the taxonomy and count as their species"),
    ];
    let notes = notes.into_iter().flatten().collect();
    Ok(Placed { taxonomy: Cow::Borrowed(taxonomy), built: Built::Given, places, missing: None, synonyms, notes })
}

enum Match {
    Taxon(TaxonId),
    /// The taxon of the id, under another name.
    Renamed(TaxonId),
    /// The species of a name below it.
    Coarser(TaxonId),
    /// The taxon of a common name, or of names in brackets.
    ByOther(TaxonId),
    Several,
    Contradicted,
    Nothing,
}

/// The taxon whose source id the text is.
fn by_id(taxonomy: &Taxonomy, text: &str) -> Option<TaxonId> {
    match taxonomy.find(text) {
        Found::One(taxon) if taxonomy.source_id(taxon) == Some(text.trim()) => Some(taxon),
        _ => None,
    }
}

fn find_one(taxonomy: &Taxonomy, text: &str, id: Option<&str>, steps: &Steps, within: Option<TaxonId>) -> Match {
    let Some((last, above)) = steps.split_last() else { return Match::Nothing };
    if let Some(taxon) = by_id(taxonomy, id.unwrap_or(text)) {
        if id.is_none() || name::key(taxonomy.name(taxon)) == name::key(&last.1) {
            return Match::Taxon(taxon);
        }
        // An id of another taxonomy may be some other taxon here: its lineage must agree.
        if let (1.., 0) = agreement(taxonomy, taxon, above) {
            return Match::Renamed(taxon);
        }
    }
    if let Some(name) = exact_name(taxonomy, text, last) {
        return chosen(taxonomy, &(Rank::Unranked, name.to_string()), steps, within);
    }
    let found = match chosen(taxonomy, last, above, within) {
        Match::Nothing if last.0 == Rank::Genus && above.is_empty() => {
            chosen(taxonomy, &(Rank::Unranked, text.to_string()), above, within)
        }
        found => found,
    };
    if !matches!(found, Match::Nothing) {
        return found;
    }
    let resolved = taxonomy.resolve(text);
    if let (Some(taxon), Some(Step::CommonName | Step::Bracket)) = (resolved.taxon(), resolved.step) {
        return Match::ByOther(taxon);
    }
    if last.0.is_unranked() || last.0 <= Rank::Species {
        return found;
    }
    let species = steps.iter().position(|(rank, _)| *rank == Rank::Species);
    match species.map(|index| chosen(taxonomy, &steps[index], &steps[..index], within)) {
        Some(Match::Taxon(taxon)) => Match::Coarser(taxon),
        _ => Match::Nothing,
    }
}

/// The last name of a text, where the taxonomy has a taxon of just this name and reading it as a scientific name made
/// another one of it: `Parus dus1` and `Parus sp. B` are read as the genus, and may be taxa of their own.
fn exact_name<'a>(taxonomy: &Taxonomy, text: &'a str, read: &(Rank, String)) -> Option<&'a str> {
    let name = text.rsplit([';', '|']).map(strip_prefix).find(|name| !name::is_missing(name))?;
    let (own, read) = (name::key(name), name::key(&read.1));
    // A lineage may end in a common name, which is no longer form of the name before it.
    let longer = || own.split_once(' ').is_some_and(|(genus, _)| read.split(' ').next() == Some(genus));
    let is_read_otherwise = own != read && (name.len() == text.trim().len() || longer());
    (is_read_otherwise && taxonomy.has_name(name)).then_some(name)
}

/// Chooses among the taxa of a name by rank, by the lineage above it, and by the clade.
fn chosen(taxonomy: &Taxonomy, (rank, text): &(Rank, String), above: &[(Rank, String)], within: Option<TaxonId>) -> Match {
    let mut taxa = match taxonomy.find(text) {
        Found::Nothing => return Match::Nothing,
        Found::One(taxon) => vec![taxon],
        Found::Several(taxa) => taxa,
    };
    if taxa.iter().any(|&taxon| taxonomy.rank(taxon) == *rank) {
        taxa.retain(|&taxon| taxonomy.rank(taxon) == *rank);
    }
    let agreements: Vec<(usize, usize)> = taxa.iter().map(|&taxon| agreement(taxonomy, taxon, above)).collect();
    let fits = |&(agree, differ): &(usize, usize)| agree > 0 || differ == 0;
    if !agreements.iter().any(fits) {
        return Match::Contradicted;
    }
    let most = agreements.iter().filter(|pair| fits(pair)).map(|&(agree, _)| agree).max();
    let mut best: Vec<TaxonId> =
        taxa.iter().zip(&agreements).filter(|(_, pair)| fits(pair) && Some(pair.0) == most).map(|(&taxon, _)| taxon).collect();
    if let (Some(clade), true) = (within, best.len() > 1) {
        best.retain(|&taxon| taxonomy.contains(clade, taxon));
    }
    if let [one] = best[..] { Match::Taxon(one) } else { Match::Several }
}

/// At how many ranks above the genus a taxon's lineage and the table's agree, and at how many they differ.
fn agreement(taxonomy: &Taxonomy, taxon: TaxonId, above: &[(Rank, String)]) -> (usize, usize) {
    let compared = above.iter().filter(|(rank, _)| *rank < Rank::Genus).filter_map(|(rank, name)| {
        let ancestor = taxonomy.ancestor_at(taxon, *rank)?;
        Some(name::key(taxonomy.name(ancestor)) == name::key(name))
    });
    compared.fold((0, 0), |(agree, differ), same| if same { (agree + 1, differ) } else { (agree, differ + 1) })
}

// ---- built from the labels ----

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
            Label::Missing | Label::Lineage { .. } | Label::Unreadable(_) => None,
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

fn build_all<'a>(
    labels: &Labels,
    truths: &[LabelId],
    clade: &Steps,
    options: &TableOptions,
    path: &Path,
) -> Result<Placed<'a>, TableError> {
    let known = Known::of(labels, clade);
    let source = Source { file: path.display().to_string(), line: 0 };
    let mut builder = TaxonomyBuilder::new();
    builder.add_lineage(borrowed(clade), &source);
    let mut ambiguous = vec![];
    let mut drafted: Vec<Drafted> = vec![];
    for label in &labels.all {
        drafted.push(match (label, known.whole(label, clade)) {
            (Label::Missing | Label::Lineage { .. }, _) => Drafted::Missing,
            (Label::Named { id, .. }, Some(steps)) => {
                let handle = builder.add_lineage(borrowed(&steps), &source);
                if let Some(id) = id {
                    builder.set_source_id(handle, id, &source);
                }
                Drafted::Taxon(handle)
            }
            (Label::Named { text, .. }, None) => {
                ambiguous.push(text.as_str());
                Drafted::Outside
            }
            (Label::Unreadable(_), _) => Drafted::Outside,
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
        synonyms: vec![],
        built: if known.of_labels { Built::Lineages } else { Built::Binomials { clade: !clade.is_empty() } },
        notes: ambiguous_note(&ambiguous).into_iter().collect(),
        taxonomy: Cow::Owned(taxonomy),
    })
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
