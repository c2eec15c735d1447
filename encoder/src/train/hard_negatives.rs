//! Hard negatives, look-alikes from a file: pairs of taxa that `nearmiss retrieve` found near each other.

use nearmiss::numbers::counted::{counted, form};
use nearmiss::taxonomy::search::Found;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

/// Why look-alikes cannot be had from a file.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum HardNegativesError {
    #[error("{}: cannot read the look-alikes: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{}: {source}", path.display())]
    Csv { path: PathBuf, source: csv::Error },
    #[error(
        "{}: there is no column '{column}', only {found}; `nearmiss retrieve` writes such a file, hard_negatives.csv",
        path.display()
    )]
    Column { path: PathBuf, column: &'static str, found: String },
    #[error(
        "{}: no row below the header, so there are no look-alikes; leave optimiser.look_alikes out to take them from the texts",
        .0.display()
    )]
    Empty(PathBuf),
    #[error(
        "{}: none of its {} is in the taxonomy of the training under its name, such as '{example}'; \
         give `nearmiss retrieve` the same --taxonomy",
        path.display(), counted(*taxa, "taxon", "taxa")
    )]
    Unknown { path: PathBuf, taxa: usize, example: String },
    #[error("{}: none of its {} is of two different taxa that have photographs for training", path.display(), counted(*rows, "row", "rows"))]
    NoPair { path: PathBuf, rows: usize },
}

/// Pairs of taxa that look alike, as a file says: what stands beside each other in a batch.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HardNegatives {
    /// The file.
    pub file: PathBuf,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Rows below its header.
    pub rows: usize,
    /// Rows that are not of two different taxa with photographs for training.
    pub rows_left_out: usize,
    /// What the file calls the taxa that the taxonomy does not hold under their names.
    pub unknown: BTreeSet<String>,
    /// Pairs of taxa.
    pub pairs: usize,
    /// The look-alikes of each taxon, the most frequent pair first, equal ones in the order of the tree.
    #[serde(skip)]
    pub of: HashMap<TaxonId, Vec<TaxonId>>,
}

impl HardNegatives {
    /// Reads the columns `taxon` and `negative_taxon`; only pairs within `classes` count, and a pair counts the same
    /// whichever of the two was looked for.
    ///
    /// A taxon is told by its id or lineage. Where the file has its name (`name`, `negative_name`) as well, the
    /// taxonomy must know the taxon by it: ids of another taxonomy mean other taxa.
    ///
    /// # Errors
    ///
    /// [`HardNegativesError`]: a file that is no such table, or holds no pair that can be trained on.
    pub fn from_path(path: &Path, taxonomy: &Taxonomy, classes: &[TaxonId]) -> Result<HardNegatives, HardNegativesError> {
        let bytes = nearmiss::files::regular_file::read(path)
            .map_err(|source| HardNegativesError::Read { path: path.to_path_buf(), source })?;
        let failed = |source| HardNegativesError::Csv { path: path.to_path_buf(), source };
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let header = reader.headers().map_err(failed)?.clone();
        let place = |column: &str| header.iter().position(|name| name.trim() == column);
        let needed = |column: &'static str| {
            let found = || header.iter().collect::<Vec<_>>().join(", ");
            place(column).ok_or_else(|| HardNegativesError::Column { path: path.to_path_buf(), column, found: found() })
        };
        let columns = [(needed("taxon")?, place("name")), (needed("negative_taxon")?, place("negative_name"))];
        let classes: BTreeSet<TaxonId> = classes.iter().copied().collect();
        // The same few taxa stand in many rows.
        let mut taxa: BTreeMap<(String, String), Option<TaxonId>> = BTreeMap::new();
        let mut frequencies: BTreeMap<(TaxonId, TaxonId), usize> = BTreeMap::new();
        let (mut rows, mut rows_left_out) = (0, 0);
        for record in reader.records() {
            let record = record.map_err(failed)?;
            rows += 1;
            let [one, other] = columns.map(|(identity, name)| {
                let cell = |place: usize| record.get(place).unwrap_or_default().trim().to_string();
                let (identity, name) = (cell(identity), name.map(cell).unwrap_or_default());
                *taxa.entry((identity, name)).or_insert_with_key(|(identity, name)| taxon_of(taxonomy, identity, name))
            });
            match (one, other) {
                (Some(one), Some(other)) if one != other && classes.contains(&one) && classes.contains(&other) => {
                    *frequencies.entry((one.min(other), one.max(other))).or_default() += 1;
                }
                _ => rows_left_out += 1,
            }
        }
        let named =
            |(identity, name): &(String, String)| if name.is_empty() { identity.clone() } else { format!("{identity} ({name})") };
        let unknown: BTreeSet<String> = taxa.iter().filter(|(_, taxon)| taxon.is_none()).map(|(key, _)| named(key)).collect();
        if rows == 0 {
            return Err(HardNegativesError::Empty(path.to_path_buf()));
        }
        if let Some(example) = unknown.first().filter(|_| unknown.len() == taxa.len()) {
            return Err(HardNegativesError::Unknown { path: path.to_path_buf(), taxa: taxa.len(), example: example.clone() });
        }
        if frequencies.is_empty() {
            return Err(HardNegativesError::NoPair { path: path.to_path_buf(), rows });
        }
        let (file, sha256) = (path.to_path_buf(), nearmiss::files::sha256::hex([bytes.as_slice()]));
        Ok(HardNegatives {
            file,
            sha256,
            rows,
            rows_left_out,
            unknown,
            pairs: frequencies.len(),
            of: most_frequent_first(&frequencies),
        })
    }

    /// What of the file is left out, in sentences.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let mut notes = vec![];
        if let Some(example) = self.unknown.first() {
            let (file, taxa) = (self.file.display(), counted(self.unknown.len(), "taxon is", "taxa are"));
            let names = form(self.unknown.len(), "its name", "their names");
            notes.push(format!("{file}: {taxa} not in the taxonomy under {names}, such as '{example}'"));
        }
        if self.rows_left_out > 0 {
            let (file, left_out, rows) = (self.file.display(), self.rows_left_out, counted(self.rows, "row", "rows"));
            let are = form(left_out, "is", "are");
            notes.push(format!(
                "{file}: {left_out} of {rows} {are} not of two different taxa with photographs for training and {are} left out"
            ));
        }
        notes
    }
}

/// The taxon of an id or lineage, if the name, where there is one, is its name or synonym.
fn taxon_of(taxonomy: &Taxonomy, identity: &str, name: &str) -> Option<TaxonId> {
    let Found::One(taxon) = taxonomy.find(identity) else { return None };
    let agrees = name.is_empty()
        || match taxonomy.find(name) {
            Found::One(named) => named == taxon,
            Found::Several(named) => named.contains(&taxon),
            Found::Nothing => false,
        };
    agrees.then_some(taxon)
}

fn most_frequent_first(frequencies: &BTreeMap<(TaxonId, TaxonId), usize>) -> HashMap<TaxonId, Vec<TaxonId>> {
    let mut weighed: HashMap<TaxonId, Vec<(usize, TaxonId)>> = HashMap::new();
    for (&(one, other), &frequency) in frequencies {
        weighed.entry(one).or_default().push((frequency, other));
        weighed.entry(other).or_default().push((frequency, one));
    }
    let ordered = |(taxon, mut others): (TaxonId, Vec<(usize, TaxonId)>)| {
        others.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        (taxon, others.into_iter().map(|(_, other)| other).collect())
    };
    weighed.into_iter().map(ordered).collect()
}
