//! Checking: what is wrong or remarkable in a taxonomy, as `nearmiss taxonomy check` does it.

use super::import::{Import, ImportError, ImportOptions};
use super::read::{ReadError, check_there};
use super::shipped::SHIPPED;
use crate::numbers::counted::{counted, form};
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::search::Found;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A taxonomy to be checked, and how.
///
/// # Examples
///
/// ```
/// use nearmiss::taxonomy::checking::{Checked, Checking};
///
/// let Checked::Shipped(taxonomy) = Checking::of("arable-france").run()? else { panic!("it is shipped") };
/// assert!(taxonomy.len() > 1);
///
/// let folder = tempfile::tempdir()?;
/// let file = folder.path().join("list.csv");
/// std::fs::write(&file, "id,parent,name,rank\n1,,Animalia,kingdom\n2,9,Felis,genus\n")?;
/// let check = Checking::of(&file.display().to_string());
/// // What every other command refuses is refused, unless a proposal is wanted.
/// assert!(check.run().is_err());
/// let check = Checking { fix: Some(folder.path().join("proposal.csv")), ..check };
/// let Checked::Source(import) = check.run()? else { panic!("it is a file") };
/// assert!(import.findings().iter().any(|finding| finding.kind.is_fault()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Checking {
    /// The name of a shipped taxonomy, or else a file, folder or archive.
    pub source: String,
    /// Text encoding, where the file is not UTF-8 and has no byte-order mark.
    pub encoding: Option<String>,
    /// Where what could stand in place of every fault is to be proposed; where it is, faults are not refused.
    pub fix: Option<PathBuf>,
}

/// A taxonomy that was checked.
#[derive(Debug)]
pub enum Checked {
    /// One that is shipped, which has no fault.
    Shipped(Box<Taxonomy>),
    /// A source with what was found in it.
    Source(Box<Import>),
}

/// Why a taxonomy cannot be checked.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum CheckingError {
    #[error("--fix is for files; '{0}' is shipped with the program")]
    Shipped(String),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Import(#[from] ImportError),
}

impl Checking {
    /// As it stands, without a proposal.
    #[must_use]
    pub fn of(source: &str) -> Checking {
        Checking { source: source.to_string(), encoding: None, fix: None }
    }

    /// Checks.
    ///
    /// # Errors
    ///
    /// [`CheckingError`]: a source that cannot be read, or that every other command refuses.
    pub fn run(&self) -> Result<Checked, CheckingError> {
        if SHIPPED.iter().any(|shipped| shipped.name == self.source) {
            if self.fix.is_some() {
                return Err(CheckingError::Shipped(self.source.clone()));
            }
            return Ok(Checked::Shipped(Box::new(Taxonomy::named(&self.source)?)));
        }
        check_there(&self.source)?;
        let options = ImportOptions { encoding: self.encoding.clone(), ..ImportOptions::default() };
        let import = Import::open(Path::new(&self.source), &options)?;
        // What is refused keeps every other command from running.
        let mut import = if self.fix.is_none() { import.strictly()? } else { import };
        import.check();
        Ok(Checked::Source(Box::new(import)))
    }
}

/// What of a taxonomy is no problem but worth knowing, one sentence each: homonyms, species without all ranks.
#[must_use]
pub fn remarks(taxonomy: &Taxonomy) -> Vec<String> {
    let mut by_name: BTreeMap<String, Vec<TaxonId>> = BTreeMap::new();
    for taxon in taxonomy.taxa().skip(1) {
        by_name.entry(name::key(taxonomy.name(taxon))).or_default().push(taxon);
    }
    let homonyms: Vec<&Vec<TaxonId>> =
        by_name.values().filter(|taxa| matches!(taxonomy.find(taxonomy.name(taxa[0])), Found::Several(_))).collect();
    let mut remarks = vec![];
    if let Some(first) = homonyms.first() {
        let lineages: Vec<String> = first.iter().map(|&taxon| taxonomy.lineage_string(taxon, ";")).collect();
        remarks.push(format!(
            "{} {} for several taxa, for example {}",
            counted(homonyms.len(), "name", "names"),
            form(homonyms.len(), "stands", "stand"),
            lineages.join(" and ")
        ));
    }
    let species: Vec<TaxonId> = taxonomy.taxa_of_rank(Rank::Species).collect();
    for (index, rank) in Rank::MAIN.into_iter().enumerate().take(6) {
        let without: Vec<TaxonId> =
            species.iter().copied().filter(|&taxon| taxonomy.main_ancestor(taxon, index).is_none()).collect();
        if let Some(&first) = without.first() {
            remarks.push(format!(
                "{} of {} species {} no {rank}, for example '{}'",
                without.len(),
                species.len(),
                form(without.len(), "has", "have"),
                taxonomy.name(first)
            ));
        }
    }
    remarks
}
