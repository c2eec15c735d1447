//! The candidate taxa that an image is compared with.

use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::search::Found;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::path::{Path, PathBuf};

/// Which taxa are candidates.
#[derive(Debug, Clone, Default)]
pub struct LabelChoice {
    /// Rank of the candidates; species unless said.
    pub rank: Option<Rank>,
    /// Only taxa inside one of these clades (names, ids or lineages); all when empty.
    pub within: Vec<String>,
    /// A file with one name, id or lineage per line, instead of a rank.
    pub file: Option<PathBuf>,
}

/// Candidate taxa in order of id, without doubles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelSet {
    taxa: Vec<TaxonId>,
}

/// Why there is no label set.
#[derive(Debug, thiserror::Error)]
pub enum LabelError {
    /// Names that the taxonomy does not hold, or holds several times.
    #[error("{origin}: {count} name{} of {total} cannot be used:\n{list}", if *count == 1 { "" } else { "s" })]
    Names {
        /// The option or file that named them.
        origin: String,
        /// How many.
        count: usize,
        /// How many were given.
        total: usize,
        /// One line each, with the nearest names.
        list: String,
    },
    /// The choice leaves no taxon.
    #[error("no candidate: the taxonomy has no {rank} {within}; it has {has}")]
    Empty {
        /// The rank asked for.
        rank: Rank,
        /// The clades asked for.
        within: String,
        /// Ranks and counts there are.
        has: String,
    },
    /// The file of names is missing or unreadable.
    #[error("{path}: cannot read the label names: {source}")]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl LabelSet {
    /// Chooses the candidates.
    ///
    /// # Errors
    ///
    /// [`LabelError`]: unknown or ambiguous names (all of them, with suggestions), an empty choice.
    ///
    /// # Examples
    ///
    /// ```
    /// use nearmiss::taxonomy::Taxonomy;
    /// use nearmiss::taxonomy::label_set::{LabelChoice, LabelSet};
    /// use nearmiss::taxonomy::rank::Rank;
    ///
    /// let taxonomy = Taxonomy::named("pollinators-france")?;
    /// // The species of one genus.
    /// let choice = LabelChoice { within: vec!["Bombus".to_string()], ..LabelChoice::default() };
    /// let labels = LabelSet::choose(&taxonomy, &choice)?;
    /// assert_eq!(labels.rank(&taxonomy), Some(Rank::Species));
    /// assert!(labels.taxa().iter().all(|&taxon| taxonomy.name(taxon).starts_with("Bombus ")));
    /// // A name that is not there is refused, with the nearest ones.
    /// let choice = LabelChoice { within: vec!["Bombas".to_string()], ..LabelChoice::default() };
    /// assert!(LabelSet::choose(&taxonomy, &choice).is_err_and(|error| error.to_string().contains("'Bombus'")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn choose(taxonomy: &Taxonomy, choice: &LabelChoice) -> Result<LabelSet, LabelError> {
        let clades = resolve(taxonomy, "--within", choice.within.iter().map(String::as_str))?;
        let inside = |taxon: TaxonId| clades.is_empty() || clades.iter().any(|&clade| taxonomy.contains(clade, taxon));
        let mut taxa: Vec<TaxonId> = match &choice.file {
            Some(path) => names_of(taxonomy, path)?.into_iter().filter(|&taxon| inside(taxon)).collect(),
            None => taxonomy.taxa_of_rank(choice.rank.unwrap_or(Rank::Species)).filter(|&taxon| inside(taxon)).collect(),
        };
        taxa.sort_unstable();
        taxa.dedup();
        if taxa.is_empty() {
            return Err(empty(taxonomy, choice));
        }
        Ok(LabelSet { taxa })
    }

    /// Candidates that are known already; doubles count once.
    #[must_use]
    pub fn of(mut taxa: Vec<TaxonId>) -> LabelSet {
        taxa.sort_unstable();
        taxa.dedup();
        LabelSet { taxa }
    }

    /// The candidates, in order of id.
    #[must_use]
    pub fn taxa(&self) -> &[TaxonId] {
        &self.taxa
    }

    /// The rank that all candidates share; `None` for a mixed set.
    #[must_use]
    pub fn rank(&self, taxonomy: &Taxonomy) -> Option<Rank> {
        let first = taxonomy.rank(*self.taxa.first()?);
        self.taxa.iter().all(|&taxon| taxonomy.rank(taxon) == first).then_some(first)
    }

    /// SHA-256 of the candidates' lineages, in hexadecimal.
    #[must_use]
    pub fn fingerprint(&self, taxonomy: &Taxonomy) -> String {
        let lineages: Vec<String> = self.taxa.iter().map(|&taxon| taxonomy.lineage_string(taxon, ";") + "\n").collect();
        crate::files::sha256::hex(lineages.iter().map(String::as_bytes))
    }
}

fn empty(taxonomy: &Taxonomy, choice: &LabelChoice) -> LabelError {
    let has: Vec<String> = Rank::MAIN
        .iter()
        .map(|&rank| (rank, taxonomy.taxa_of_rank(rank).count()))
        .filter(|&(_, count)| count > 0)
        .map(|(rank, count)| format!("{count} {rank}"))
        .collect();
    let within = if choice.within.is_empty() { String::new() } else { format!("within {}", choice.within.join(", ")) };
    LabelError::Empty { rank: choice.rank.unwrap_or(Rank::Species), within, has: has.join(", ") }
}

fn names_of(taxonomy: &Taxonomy, path: &Path) -> Result<Vec<TaxonId>, LabelError> {
    let text = crate::files::regular_file::read_to_string(path)
        .map_err(|source| LabelError::Open { path: path.to_path_buf(), source })?;
    let names =
        text.trim_start_matches('\u{feff}').lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    resolve(taxonomy, &path.display().to_string(), names)
}

fn resolve<'a>(taxonomy: &Taxonomy, origin: &str, names: impl Iterator<Item = &'a str>) -> Result<Vec<TaxonId>, LabelError> {
    let (mut taxa, mut refused, mut total) = (vec![], vec![], 0);
    for text in names {
        total += 1;
        match taxonomy.find(text) {
            Found::One(taxon) => taxa.push(taxon),
            Found::Several(homonyms) => {
                let lineages: Vec<_> =
                    homonyms.iter().take(5).map(|&taxon| format!("'{}'", taxonomy.lineage_string(taxon, ";"))).collect();
                refused.push(format!(
                    "  '{}' names {} taxa, give a lineage: {}{}",
                    name::normalise(text),
                    homonyms.len(),
                    lineages.join(", "),
                    if homonyms.len() > 5 { ", …" } else { "" }
                ));
            }
            Found::Nothing => refused.push(format!("  '{text}' is not in the taxonomy{}", taxonomy.suggestion(text))),
        }
    }
    if refused.is_empty() {
        return Ok(taxa);
    }
    let count = refused.len();
    refused.truncate(20);
    if count > refused.len() {
        refused.push(format!("  ... and {} more", count - refused.len()));
    }
    Err(LabelError::Names { origin: origin.to_string(), count, total, list: refused.join("\n") })
}
