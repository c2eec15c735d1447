//! What a lineage without rank prefixes says about the ranks of its steps.

use super::Cell;
use crate::taxonomy::name::higher::Code;
use crate::taxonomy::name::informal::informal;
use crate::taxonomy::name::{self, higher};
use crate::taxonomy::rank::Rank;

/// Ranks that a step may have, and which of them it has where nothing else decides.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Candidates {
    /// None: nothing is known.
    pub(super) ranks: Vec<Rank>,
    pub(super) usual: Option<Rank>,
    /// Whether the ranks of other steps give way to this one.
    firm: bool,
}

impl Candidates {
    fn one(rank: Rank) -> Self {
        Self { ranks: vec![rank], usual: Some(rank), firm: false }
    }

    fn firm(rank: Rank) -> Self {
        Self { firm: true, ..Self::one(rank) }
    }

    /// Several ranks, none of which is more usual.
    pub(super) fn of(ranks: impl IntoIterator<Item = Rank>) -> Self {
        let ranks: Vec<Rank> = ranks.into_iter().collect();
        let usual = if let [only] = ranks[..] { Some(only) } else { None };
        Self { ranks, usual, firm: false }
    }

    fn is_free(&self) -> bool {
        self.ranks.is_empty()
    }

    pub(super) fn or_else(self, other: impl FnOnce() -> Self) -> Self {
        if self.is_free() { other() } else { self }
    }
}

/// Where the ranks of names come from besides their own shape.
pub(super) trait Source {
    /// Ranks at which a name above the species is known, before its own shape is asked.
    fn first(&self, word: &str) -> Candidates;
    /// Ranks of a name whose shape tells nothing.
    fn last(&self, word: &str) -> Candidates;
}

/// The name of a step above the species without its author; `None` for a binomial.
pub(super) fn higher_name(text: &str) -> Option<String> {
    if text.to_lowercase().contains("incertae sedis") {
        return None;
    }
    match name::parse(text) {
        Some(parsed) if parsed.rank == Rank::Genus => Some(parsed.canonical),
        Some(parsed) => Some(parsed.genus().to_string()).filter(|word| is_higher(word)),
        None => Some(name::normalise(text)),
    }
}

/// Whether a word is surely the name of a taxon above the genus: `Felidae indet` is no binomial.
pub(super) fn is_higher(word: &str) -> bool {
    !higher::known(word).is_empty() || higher::is_family(word)
}

/// The species, or the taxon below it, that a step names: its rank, its canonical name, its genus.
fn species_of(text: &str) -> Option<(Rank, name::ScientificName)> {
    let parsed = informal(text).or_else(|| name::parse(text).filter(|parsed| parsed.rank >= Rank::Species))?;
    let placeholder = text.to_lowercase().contains("incertae sedis");
    (!placeholder && !is_higher(parsed.genus())).then_some((parsed.rank, parsed))
}

/// Ranks of the steps of a lineage of all seven main ranks, or of these and a domain or a taxon
/// below the species: by their places, unless the names contradict them.
///
/// One name at an unusual rank is no contradiction (`Collembola` as a class or a subclass). A family
/// in the place of the genus is, and so are two names out of place.
pub(super) fn by_place(cells: &[Cell]) -> Option<Vec<Rank>> {
    if cells.iter().any(|(rank, _)| rank.is_some()) {
        return None;
    }
    let texts: Vec<&str> = cells.iter().map(|(_, text)| text.as_str()).collect();
    let below = || texts.last().and_then(|last| species_of(last)).map(|(rank, _)| rank).filter(|rank| *rank > Rank::Species);
    let ranks: Vec<Rank> = match texts.len() {
        7 => Rank::MAIN.to_vec(),
        8 => match below() {
            Some(below) => Rank::MAIN.into_iter().chain([below]).collect(),
            None if higher::known(texts[0]).iter().any(|&(rank, _)| rank == Rank::Domain) => {
                std::iter::once(Rank::Domain).chain(Rank::MAIN).collect()
            }
            None => return None,
        },
        _ => return None,
    };
    let code = code(&texts);
    let genus = texts.last().and_then(|last| species_of(last)).map(|(_, name)| name::key(name.genus()));
    let weight = |(rank, text): (&Rank, &&str)| {
        if name::is_missing(text) {
            return 0;
        }
        let species = species_of(text).is_some();
        match higher_name(text) {
            _ if *rank < Rank::Species && species => 2,
            Some(word) if Some(name::key(&word)) == genus => 0,
            Some(word) if *rank < Rank::Species || !species => {
                let known = own_ranks(&word, code);
                let fits = known.is_free() || known.ranks.contains(rank);
                if fits { 0 } else { 1 + usize::from(*rank >= Rank::Genus) }
            }
            _ => 0,
        }
    };
    (ranks.iter().zip(&texts).map(weight).sum::<usize>() < 2).then_some(ranks)
}

/// The code of nomenclature of a lineage: that of its well-known names, or else of its endings.
pub(super) fn code(texts: &[&str]) -> Option<Code> {
    let words: Vec<String> = texts.iter().filter_map(|text| higher_name(text)).collect();
    let known = words.iter().find_map(|word| higher::known(word).first()).map(|&(_, code)| code);
    known.filter(|code| *code != Code::Protist).or_else(|| {
        let ending = words.iter().find_map(|word| higher::code_by_ending(word));
        // Eukaryotes may be anything; a protist stays one.
        let domain = words.iter().any(|word| higher::known(word).iter().any(|&(rank, _)| rank == Rank::Domain));
        if known == Some(Code::Protist) && !domain { known } else { ending }
    })
}

/// Ranks that a name tells by itself: well-known, or by its ending.
fn own_ranks(word: &str, code: Option<Code>) -> Candidates {
    let known = higher::known(word);
    if let Some(&(usual, _)) = known.first() {
        return Candidates { ranks: known.iter().map(|&(rank, _)| rank).collect(), usual: Some(usual), firm: false };
    }
    higher::rank_by_ending(word, code).map(Candidates::one).unwrap_or_default()
}

/// The rank of every step, `None` where it cannot be known (and for empty steps).
pub(super) fn by_names(cells: &[Cell], source: &dyn Source) -> Vec<Option<Rank>> {
    let held: Vec<usize> = (0..cells.len()).filter(|&index| !name::is_missing(&cells[index].1)).collect();
    let texts: Vec<&str> = held.iter().map(|&index| cells[index].1.as_str()).collect();
    let mut candidates = vec![Candidates::default(); texts.len()];
    pin_species(&texts, &mut candidates);
    let code = code(&texts);
    for (step, candidate) in candidates.iter_mut().enumerate() {
        if let Some(rank) = cells[held[step]].0 {
            *candidate = Candidates::firm(rank);
        } else if candidate.is_free()
            && let Some(word) = higher_name(texts[step])
        {
            let told = source.first(&word).or_else(|| own_ranks(&word, code));
            *candidate = told.or_else(|| source.last(&word));
        }
    }
    settle(&mut candidates);
    pin_last_genus(&texts, &mut candidates);
    let mut ranks = vec![None; cells.len()];
    for (candidate, &index) in candidates.iter().zip(&held) {
        ranks[index] = candidate.usual;
    }
    ranks
}

/// The end of a lineage: a binomial is a species and its first word the genus, wherever that
/// stands; lower-case words at the end are epithets.
fn pin_species(texts: &[&str], candidates: &mut [Candidates]) {
    let Some((last, above)) = texts.split_last() else { return };
    if let Some((rank, parsed)) = species_of(last) {
        candidates[above.len()] = Candidates::firm(rank);
        let genus = match name::hybrid_formula(&name::normalise(last)) {
            Some((_, genus)) => genus,
            None => Some(parsed.genus().to_string()),
        };
        let binomial = parsed.binomial().map(|binomial| name::key(&binomial));
        for (index, text) in above.iter().enumerate() {
            let species = species_of(text).and_then(|(_, name)| name.binomial()).map(|name| name::key(&name));
            if rank > Rank::Species && species.is_some() && species == binomial {
                candidates[index] = Candidates::firm(Rank::Species);
            }
        }
        let is_genus = |text: &&str| higher_name(text).map(|word| name::key(&word)) == genus.as_deref().map(name::key);
        if let (Some(index), Some(_)) = (above.iter().rposition(is_genus), &genus) {
            candidates[index] = Candidates::firm(Rank::Genus);
        }
        return;
    }
    let is_epithet = |text: &str| text.trim().chars().all(|letter| letter.is_lowercase() || letter == '-');
    let epithets = texts.iter().rev().take_while(|text| is_epithet(text)).count();
    let genus = texts.len().checked_sub(epithets + 1).filter(|&index| {
        let capital = texts[index].trim().chars().next().is_some_and(char::is_uppercase);
        capital && higher_name(texts[index]).is_some_and(|word| !word.contains(' ') && !is_higher(&word))
    });
    if let (Some(genus), 1..=2) = (genus, epithets) {
        let ranks = [Rank::Genus, Rank::Species, Rank::Subspecies];
        for (candidate, rank) in candidates[genus..].iter_mut().zip(ranks) {
            *candidate = Candidates::firm(rank);
        }
    }
}

/// Below a family, the Codes give every group above the genus an ending of its own: a last step
/// without one is a genus.
fn pin_last_genus(texts: &[&str], candidates: &mut [Candidates]) {
    let Some((last, above)) = candidates.split_last() else { return };
    let family_group = |candidate: &Candidates| candidate.usual.is_some_and(|rank| (Rank::Family..Rank::Genus).contains(&rank));
    let word = texts.last().and_then(|text| higher_name(text)).filter(|word| !word.contains(' '));
    let regular = |word: &str| ["inae", "oideae", "eae", "ini"].iter().any(|ending| word.to_lowercase().ends_with(ending));
    if last.is_free() && above.last().is_some_and(family_group) && word.is_some_and(|word| !regular(&word)) {
        candidates[above.len()] = Candidates::one(Rank::Genus);
    }
}

/// Strikes out ranks that the steps above and below exclude, then takes the usual rank of each step
/// that has several, from the top. Names that contradict each other tell nothing; firm ones stay.
fn settle(candidates: &mut [Candidates]) {
    exclude(candidates);
    for step in 0..candidates.len() {
        let candidate = &mut candidates[step];
        candidate.usual = candidate.usual.filter(|usual| candidate.ranks.contains(usual)).or(match candidate.ranks[..] {
            [only] => Some(only),
            _ => None,
        });
        if let (Some(usual), true) = (candidate.usual, candidate.ranks.len() > 1) {
            candidate.ranks = vec![usual];
            exclude(candidates);
        }
    }
}

fn exclude(candidates: &mut [Candidates]) {
    loop {
        let (mut above, mut below) = (vec![None; candidates.len()], vec![None; candidates.len()]);
        for step in 1..candidates.len() {
            above[step] = above[step - 1].max(candidates[step - 1].ranks.iter().min().copied());
            let at = candidates.len() - 1 - step;
            let next = [below[at + 1], candidates[at + 1].ranks.iter().max().copied()];
            below[at] = next.into_iter().flatten().min();
        }
        let mut changed = false;
        for (candidate, (above, below)) in candidates.iter_mut().zip(above.into_iter().zip(below)).filter(|(step, _)| !step.firm)
        {
            let before = candidate.ranks.len();
            candidate.ranks.retain(|&rank| above.is_none_or(|above| rank > above) && below.is_none_or(|below| rank < below));
            changed |= before != candidate.ranks.len();
        }
        if !changed {
            return;
        }
    }
}
