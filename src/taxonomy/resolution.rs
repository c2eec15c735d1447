//! Names and the taxa they mean, in a table that says how each was matched.
//!
//! ```
//! use nearmiss::taxonomy::Taxonomy;
//! use nearmiss::taxonomy::name_list::{NameList, Wanted};
//! use nearmiss::taxonomy::resolution::{Resolution, Status};
//! use nearmiss::taxonomy::search::Step;
//! use std::path::Path;
//!
//! let table = "kingdom,phylum,class,order,family,genus,species,synonyms
//! Animalia,Chordata,Mammalia,Carnivora,Canidae,Vulpes,Vulpes lagopus,Alopex lagopus
//! Animalia,Chordata,Mammalia,Carnivora,Felidae,Lynx,Lynx lynx,
//! ";
//! let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("carnivores.csv"))?;
//! // A synonym, and a slip.
//! let names = ["Alopex lagopus", "Lynx linx"].map(|name| Wanted {
//!     name: name.to_string(),
//!     above: String::new(),
//!     file: String::new(),
//!     line: 0,
//! });
//! let resolution = Resolution::of(&taxonomy, &NameList { names: names.to_vec(), notes: vec![] });
//!
//! let (synonym, slip) = (&resolution.rows[0], &resolution.rows[1]);
//! assert_eq!(synonym.resolved.taxon().map(|fox| taxonomy.name(fox)), Some("Vulpes lagopus"));
//! assert_eq!(synonym.resolved.step, Some(Step::Synonym));
//! // A slip is never mended silently: the names that could be meant are suggestions.
//! assert_eq!(slip.status, Status::Unmatched);
//! assert_eq!(slip.suggestions.iter().map(|&lynx| taxonomy.name(lynx)).collect::<Vec<_>>(), ["Lynx lynx"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::numbers::counted::{counted, form};
use crate::numbers::statistics::to_f64;
use crate::taxonomy::name;
use crate::taxonomy::name_list::{NameList, Wanted};
use crate::taxonomy::rank::Rank;
use crate::taxonomy::search::{Found, Resolved, Step};
use crate::taxonomy::{TaxonId, Taxonomy};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// What became of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// It means one taxon.
    Matched,
    /// It means several; nothing was chosen.
    Ambiguous,
    /// It has namesakes in the taxonomy whose lineage agrees nowhere with its own.
    Contradicted,
    /// It means none.
    Unmatched,
    /// It is blank, or a word for nothing (`NA`, `Unknown`).
    Blank,
}

impl Status {
    /// One word for tables.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Status::Matched => "matched",
            Status::Ambiguous => "ambiguous",
            Status::Contradicted => "contradicted",
            Status::Unmatched => "unmatched",
            Status::Blank => "blank",
        }
    }
}

/// A name and what it was resolved to.
#[derive(Debug, Clone)]
pub struct ResolvedName {
    /// The name.
    pub wanted: Wanted,
    /// What it means.
    pub resolved: Resolved,
    /// What became of it.
    pub status: Status,
    /// Nearest spellings, for names that mean nothing.
    pub suggestions: Vec<TaxonId>,
}

/// All names of a list.
#[derive(Debug, Clone)]
pub struct Resolution {
    /// In the order of the list.
    pub rows: Vec<ResolvedName>,
}

impl Resolution {
    /// Resolves every name; equal names once.
    #[must_use]
    pub fn of(taxonomy: &Taxonomy, list: &NameList) -> Resolution {
        let mut distinct: Vec<(&str, &str)> =
            list.names.iter().map(|wanted| (wanted.name.as_str(), wanted.above.as_str())).collect();
        distinct.par_sort_unstable();
        distinct.dedup();
        let known: HashMap<(&str, &str), (Resolved, Status, Vec<TaxonId>)> =
            distinct.par_iter().map(|&(name, above)| ((name, above), resolve(taxonomy, name, above))).collect();
        let row = |wanted: &Wanted| {
            let (resolved, status, suggestions) = known[&(wanted.name.as_str(), wanted.above.as_str())].clone();
            ResolvedName { wanted: wanted.clone(), resolved, status, suggestions }
        };
        Resolution { rows: list.names.iter().map(row).collect() }
    }

    /// Whether every name that is one means one taxon.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.rows.iter().all(|row| matches!(row.status, Status::Matched | Status::Blank))
    }

    /// How many names met their taxon by each step, and how many did not; the parts add up.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<(Status, Option<Step>), usize> {
        let mut counts = BTreeMap::new();
        for row in &self.rows {
            let step = row.resolved.step.filter(|_| row.status == Status::Matched);
            *counts.entry((row.status, step)).or_insert(0) += 1;
        }
        counts
    }

    /// A line per step.
    #[must_use]
    pub fn summary(&self) -> Vec<String> {
        let mut lines = vec![counted(self.rows.len(), "name", "names")];
        for ((status, step), count) in self.counts() {
            let what = match step {
                Some(step) => format!("matched by {}", step.code().replace('_', " ")),
                None => status.code().to_string(),
            };
            lines.push(format!(
                "  {what:<24} {count:>8}  {:>5.1} %",
                100.0 * to_f64(count as u64) / to_f64(self.rows.len().max(1) as u64)
            ));
        }
        let differs = self.rows.iter().filter(|row| row.resolved.differs && row.status == Status::Matched).count();
        if differs > 0 {
            lines.push(format!(
                "  {differs} of the matched {} in another lineage than the table says, in part (column 'lineage')",
                form(differs, "lies", "lie")
            ));
        }
        lines
    }

    /// The columns of the table: `name, file, line, status, step, taxon, matched_name, rank, kingdom … species, lineage,
    /// candidates`.
    #[must_use]
    pub fn columns() -> Vec<&'static str> {
        let mut columns = vec!["name", "file", "line", "status", "step", "taxon", "matched_name", "rank"];
        columns.extend(Rank::MAIN.iter().map(|rank| rank.name()));
        columns.extend(["lineage", "candidates"]);
        columns
    }

    /// The table as CSV, with the [columns](Resolution::columns) as its header.
    ///
    /// # Errors
    ///
    /// Whatever keeps a row from being written.
    pub fn csv(&self, taxonomy: &Taxonomy) -> Result<Vec<u8>, csv::Error> {
        let mut writer = csv::Writer::from_writer(vec![]);
        writer.write_record(Resolution::columns())?;
        for row in &self.rows {
            writer.write_record(row.cells(taxonomy))?;
        }
        writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
    }
}

impl ResolvedName {
    /// The row of the table, with a cell for each of the [columns](Resolution::columns); empty where there is nothing to say.
    #[must_use]
    pub fn cells(&self, taxonomy: &Taxonomy) -> Vec<String> {
        let taxon = self.resolved.taxon().filter(|_| self.status == Status::Matched);
        let line = if self.wanted.line > 0 { self.wanted.line.to_string() } else { String::new() };
        let step = self.resolved.step.filter(|_| taxon.is_some()).map_or("", Step::code);
        let lineage = match (&self.wanted.above, self.resolved.differs) {
            (above, _) if above.is_empty() => "",
            (_, true) => "differs in part",
            (_, false) if self.status == Status::Matched => "agrees",
            _ => "",
        };
        let mut cells: Vec<String> =
            vec![self.wanted.name.clone(), self.wanted.file.clone(), line, self.status.code().to_string(), step.to_string()];
        cells.push(taxon.map(|taxon| taxonomy.identity(taxon)).unwrap_or_default());
        cells.push(taxon.map(|taxon| taxonomy.name(taxon).to_string()).unwrap_or_default());
        cells.push(taxon.map(|taxon| taxonomy.rank(taxon).to_string()).unwrap_or_default());
        cells.extend(taxon.map_or([""; 7], |taxon| taxonomy.main_names(taxon)).map(str::to_string));
        cells.push(lineage.to_string());
        cells.push(candidates(taxonomy, self));
        cells
    }
}

/// Homonyms by lineage, or the nearest spellings by name; joined with ` | `.
fn candidates(taxonomy: &Taxonomy, row: &ResolvedName) -> String {
    let lineage = |taxon: &TaxonId| taxonomy.lineage_string(*taxon, ";");
    let names: Vec<String> = match (&row.resolved.found, row.status) {
        (Found::Several(taxa), _) => taxa.iter().take(5).map(lineage).collect(),
        (_, Status::Contradicted) => row.resolved.contradicted.iter().take(5).map(lineage).collect(),
        _ => row.suggestions.iter().map(|&taxon| taxonomy.name(taxon).to_string()).collect(),
    };
    names.join(" | ")
}

fn resolve(taxonomy: &Taxonomy, text: &str, above: &str) -> (Resolved, Status, Vec<TaxonId>) {
    let nothing = |status| (Resolved { found: Found::Nothing, step: None, contradicted: vec![], differs: false }, status, vec![]);
    if name::is_missing(text) {
        return nothing(Status::Blank);
    }
    let resolved = if above.is_empty() { taxonomy.resolve(text) } else { taxonomy.resolve(&format!("{above};{text}")) };
    let status = match resolved.found {
        Found::One(_) => Status::Matched,
        Found::Several(_) => Status::Ambiguous,
        Found::Nothing if !resolved.contradicted.is_empty() => Status::Contradicted,
        Found::Nothing => Status::Unmatched,
    };
    let suggestions = if status == Status::Unmatched { taxonomy.nearest_names(text, 3) } else { vec![] };
    (resolved, status, suggestions)
}
