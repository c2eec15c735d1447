//! Ranks of the steps of lineages without rank prefixes.
//!
//! What is known goes before what is likely: places in lineages of all seven main ranks and ranks
//! that the tables give, then the taxonomy given, names and endings, then names that have become
//! known so. A step that stays unknown is kept without a rank.

use super::Cell;
use super::evidence::{Candidates, Source, by_names, by_place, higher_name, is_higher};
use crate::answers::table::steps::{Steps, assemble};
use crate::taxonomy::Taxonomy;
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::search::Found;
use crate::taxonomy::shipped::SHIPPED;
use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

/// Ranks of the steps of one lineage; `None` where they cannot be known, and for empty steps.
type Ranks = Vec<Option<Rank>>;

/// Ranks above the species at which names occur, by key.
type Known = HashMap<String, BTreeSet<Rank>>;

/// Names of the shipped taxonomies.
static SHIPPED_RANKS: LazyLock<Known> = LazyLock::new(|| {
    let mut known = Known::new();
    for taxonomy in SHIPPED.iter().filter_map(|shipped| shipped.read().ok()) {
        for taxon in taxonomy.taxa().filter(|&taxon| is_above_species(taxonomy.rank(taxon))) {
            known.entry(name::key(taxonomy.name(taxon))).or_default().insert(taxonomy.rank(taxon));
        }
    }
    known
});

/// Whether a word is a genus of the shipped taxonomies.
pub(in crate::answers::table) fn is_shipped_genus(word: &str) -> bool {
    SHIPPED_RANKS.get(&name::key(word)).is_some_and(|ranks| ranks.contains(&Rank::Genus))
}

fn is_above_species(rank: Rank) -> bool {
    rank > Rank::Root && rank <= Rank::Genus
}

/// What names are known as: surely in the tables and in the taxonomy given, likely from the shipped
/// taxonomies and from other lineages.
struct Names<'a> {
    first: &'a Known,
    taxonomy: Option<&'a Taxonomy>,
    last: &'a Known,
}

impl Source for Names<'_> {
    fn first(&self, word: &str) -> Candidates {
        ranks_in(self.first, word).or_else(|| {
            let taxa = match self.taxonomy.map(|taxonomy| (taxonomy, taxonomy.find(word))) {
                Some((taxonomy, Found::One(taxon))) => vec![taxonomy.rank(taxon)],
                Some((taxonomy, Found::Several(taxa))) => taxa.iter().map(|&taxon| taxonomy.rank(taxon)).collect(),
                Some((_, Found::Nothing)) | None => vec![],
            };
            Candidates::of(taxa.into_iter().filter(|&rank| is_above_species(rank)).collect::<BTreeSet<_>>())
        })
    }

    fn last(&self, word: &str) -> Candidates {
        ranks_in(&SHIPPED_RANKS, word).or_else(|| ranks_in(self.last, word))
    }
}

fn ranks_in(known: &Known, word: &str) -> Candidates {
    known.get(&name::key(word)).map(|ranks| Candidates::of(ranks.iter().copied())).unwrap_or_default()
}

/// The ranked steps of one lineage by its own names.
pub(in crate::answers::table) fn of_one(cells: &[Cell]) -> Steps {
    let nothing = Known::new();
    let ranks = by_place(cells).map_or_else(
        || by_names(cells, &Names { first: &nothing, taxonomy: None, last: &nothing }),
        |ranks| ranks.into_iter().map(Some).collect(),
    );
    steps_of(cells, &ranks)
}

/// The steps of a lineage; authors and `indet.` go where the first word is surely a higher taxon.
fn steps_of(cells: &[Cell], ranks: &[Option<Rank>]) -> Steps {
    let held = cells.iter().zip(ranks).filter(|((_, text), _)| !name::is_missing(text));
    let owned: Vec<(Rank, String)> = held
        .map(|((_, text), rank)| {
            let bare = rank.filter(|rank| *rank < Rank::Genus).and_then(|_| higher_name(text)).filter(|word| is_higher(word));
            (rank.unwrap_or(Rank::Unranked), bare.unwrap_or_else(|| text.clone()))
        })
        .collect();
    assemble(&owned.iter().map(|(rank, text)| (*rank, text.as_str())).collect::<Vec<_>>())
}

/// The ranked steps of lineages of all tables together, given those of labels whose ranks are `known`.
pub(in crate::answers::table) fn of_all<'a>(
    known: impl Iterator<Item = &'a Steps>,
    lineages: &[&[Cell]],
    taxonomy: Option<&Taxonomy>,
) -> Vec<Steps> {
    let mut first = Known::new();
    for (rank, text) in known.flatten().filter(|(rank, _)| is_above_species(*rank)) {
        first.entry(name::key(text)).or_default().insert(*rank);
    }
    let placed: Vec<Option<Ranks>> =
        lineages.iter().map(|cells| Some(by_place(cells)?.into_iter().map(Some).collect())).collect();
    for (cells, ranks) in lineages.iter().zip(&placed) {
        learn(&mut first, cells, ranks.as_deref().unwrap_or_default());
    }
    let nothing = Known::new();
    let names = Names { first: &first, taxonomy, last: &nothing };
    let by_own: Vec<Ranks> = lineages
        .iter()
        .zip(&placed)
        .map(|(cells, placed)| if placed.is_some() { vec![] } else { by_names(cells, &names) })
        .collect();
    let mut last = Known::new();
    for (cells, ranks) in lineages.iter().zip(&by_own) {
        learn(&mut last, cells, ranks);
    }
    let names = Names { first: &first, taxonomy, last: &last };
    let settled = |((cells, placed), by_own): ((&&[Cell], Option<Ranks>), Ranks)| {
        let is_known = || by_own.iter().zip(*cells).all(|(rank, (_, text))| rank.is_some() || name::is_missing(text));
        let ranks = match placed {
            Some(ranks) => ranks,
            None if is_known() => by_own,
            None => by_names(cells, &names),
        };
        steps_of(cells, &ranks)
    };
    lineages.iter().zip(placed).zip(by_own).map(settled).collect()
}

/// Notes the ranks of names above the species.
fn learn(known: &mut Known, cells: &[Cell], ranks: &[Option<Rank>]) {
    for ((_, text), rank) in cells.iter().zip(ranks) {
        if let (Some(rank), Some(word)) =
            (rank.filter(|rank| is_above_species(*rank)), higher_name(text).filter(|word| !name::is_missing(word)))
        {
            known.entry(name::key(&word)).or_default().insert(rank);
        }
    }
}
