//! How many images of each taxon a model was trained on.

use crate::scores::cost::{PairsError, rows, taxon};
use crate::taxonomy::{TaxonId, Taxonomy};
use std::path::Path;

/// Training images below each taxon.
#[derive(Debug, Clone)]
pub struct TrainingCounts(Vec<u64>);

/// Lower ends of the groups, and their names.
const BINS: [(u64, &str); 5] = [(0, "unseen"), (1, "1 to 9"), (10, "10 to 99"), (100, "100 to 999"), (1000, "1000 and more")];

impl TrainingCounts {
    /// Reads a CSV of taxon and images, with or without a header; a taxon that is not there is unseen.
    ///
    /// # Errors
    ///
    /// [`PairsError`]: an unknown or ambiguous taxon, a count that is no whole number, no row.
    pub fn read(path: &Path, taxonomy: &Taxonomy) -> Result<Self, PairsError> {
        let mut counts = vec![0; taxonomy.len()];
        let mut read = 0;
        for row in rows::<2>(path)? {
            let fail = |what: String| PairsError::Row { path: path.to_path_buf(), line: row.line, what };
            let found = taxon(taxonomy, &row.cells[0]);
            let Ok(count) = row.cells[1].parse::<u64>() else {
                if row.is_first && found.is_err() {
                    continue;
                }
                return Err(fail(format!("'{}' is no whole number of images", row.cells[1])));
            };
            let found = found.map_err(fail)?;
            for step in taxonomy.lineage(found) {
                counts[step.index()] += count;
            }
            read += 1;
        }
        if read == 0 {
            let what = "no row with a taxon and its images".to_string();
            return Err(PairsError::Row { path: path.to_path_buf(), line: 1, what });
        }
        Ok(Self(counts))
    }

    /// Images of the taxon and of all that lies below it.
    #[must_use]
    pub fn of(&self, taxon: TaxonId) -> u64 {
        self.0[taxon.index()]
    }

    /// The group of a taxon: `unseen`, `1 to 9`, `10 to 99`, `100 to 999`, `1000 and more`.
    #[must_use]
    pub fn group(&self, taxon: TaxonId) -> &'static str {
        let images = self.of(taxon);
        BINS.iter().rfind(|(least, _)| images >= *least).map_or(BINS[0].1, |(_, name)| name)
    }

    /// Names of the groups, fewest images first.
    #[must_use]
    pub fn groups() -> [&'static str; 5] {
        BINS.map(|(_, name)| name)
    }
}
