//! Taxonomies as the world keeps them: checklists, archives, trees, label files.
//!
//! Every format is poured into one checklist of taxa and synonyms, which is settled (parents and
//! accepted taxa found), pruned, and written or frozen. Rows are never lost silently: those that
//! become taxa, synonyms, repetitions, left out and pruned add up to the rows read.

mod accounting;
mod columns;
mod error;
mod language;
mod rows;
mod finding;
mod usage;
mod checklist;
mod options;
mod source;
mod synonyms;
mod beside;
mod format;
mod rank_words;
mod vernacular;
mod tabular;
mod coldp;
mod xml;
mod darwin_core;
mod indented;
mod json;
mod lines;
mod lineage_table;
mod lineage_lines;
mod ncbi;
mod tree;
mod tree_label;
mod newick;
mod pairs;
mod phyloxml;
mod prune;
mod category;
mod flat_columns;
mod name_column;
mod lineage_taxa;
mod ranks;
mod write;
mod foreign;
mod recognise;
mod strict;

pub use accounting::RowAccounting;
pub use error::ImportError;
pub use finding::{Finding, FindingKind, summary};
pub use format::Format;
pub use options::ImportOptions;
pub use write::taxonomy_csv;

use super::build::{Handle, Problem, SourceLine, TaxonomyBuilder};
use super::{CommonNames, Taxonomy};
use crate::files::archive::Archive;
use crate::taxonomy::rank::Rank;
use checklist::{Checklist, State};
use language::Language;
use source::Source;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A source that was read.
#[derive(Debug)]
pub struct Import {
    /// What it was recognised as.
    pub format: Format,
    /// Files that were read, by name.
    pub files: Vec<String>,
    /// Decisions, one sentence each.
    pub notes: Vec<String>,
    path: PathBuf,
    list: Checklist,
    mends: bool,
}

impl Import {
    /// Reads a file, folder or archive, whatever its format.
    ///
    /// # Errors
    ///
    /// [`ImportError`]: unreadable, of no known format, or without any taxon.
    pub fn open(path: &Path, options: &ImportOptions) -> Result<Import, ImportError> {
        Import::of(Archive::open(path)?, options)
    }

    /// Reads the bytes of a file; `path` is for messages.
    ///
    /// # Errors
    ///
    /// As [`Import::open`].
    pub fn from_bytes(bytes: &[u8], path: &Path, options: &ImportOptions) -> Result<Import, ImportError> {
        Import::of(Archive::held(path, bytes), options)
    }

    fn of(archive: Archive, options: &ImportOptions) -> Result<Import, ImportError> {
        let path = archive.path().to_path_buf();
        let encoding = options.encoding.as_deref().map(rows::encoding).transpose()?.flatten();
        let mut source = Source {
            archive,
            encoding,
            options,
            list: Checklist::default(),
            files: vec![],
            notes: vec![],
            fails: vec![],
            mends: true,
        };
        let format = source.pour()?;
        let Source { mut list, files, notes, fails, mends, .. } = source;
        if list.is_full() {
            let what = "more than 2 GiB of names and ids; import a part of it".to_string();
            return Err(ImportError::Content { file: path.display().to_string(), what });
        }
        list.settle();
        list.check_ranks();
        prune::prune(&mut list, options, &fails)?;
        let import = Import { format, files, notes, path, list, mends };
        if import.accounting().taxa == 0 {
            let faults = summary(&import.list.findings);
            let why = faults.first().map_or_else(|| "no row names a taxon".to_string(), Clone::clone);
            let what = format!("read as {}, no taxon is left: {why}", format.name());
            return Err(ImportError::Content { file: import.path.display().to_string(), what });
        }
        Ok(import)
    }

    /// How many rows became what.
    #[must_use]
    pub fn accounting(&self) -> RowAccounting {
        let list = &self.list;
        let mut parts = RowAccounting {
            rows: list.rows,
            made: list.made,
            filtered: list.filtered,
            left_out: list.refused(),
            repeated: list.folded,
            ..RowAccounting::default()
        };
        for entry in self.entries() {
            match list.state(entry) {
                State::Taxon(_) => parts.taxa += 1,
                State::Synonym(_) => parts.synonyms += 1,
                State::LeftOut => parts.left_out += 1,
                State::Repeated => parts.repeated += 1,
                State::Pruned => parts.pruned += 1,
                State::Merged(_) => {}
            }
        }
        parts
    }

    /// How many taxa have each rank, from the root down.
    #[must_use]
    pub fn ranks(&self) -> BTreeMap<Rank, u64> {
        let mut ranks = BTreeMap::new();
        for entry in self.entries().filter(|&entry| self.list.is_taxon(entry)) {
            *ranks.entry(self.list.rank(entry)).or_default() += 1;
        }
        ranks
    }

    /// Looks for what a taxonomy can have wrong without being unusable, too: homonyms, doubled
    /// lineages, species without binomial or without main ranks.
    pub fn check(&mut self) {
        self.list.check_names();
    }

    /// What was found, in the order it was met.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.list.findings
    }

    fn entries(&self) -> impl Iterator<Item = u32> + use<> {
        0..self.list.count()
    }

    /// The name of the file, as messages give it.
    fn file_name(&self) -> String {
        self.path.file_name().map_or_else(|| self.path.display().to_string(), |name| name.to_string_lossy().into_owned())
    }

    /// Freezes the taxa into a taxonomy.
    ///
    /// # Errors
    ///
    /// [`ImportError::Invalid`], which settled rows do not lead to.
    pub fn taxonomy(&self) -> Result<Taxonomy, ImportError> {
        let list = &self.list;
        let file: Arc<str> = self.file_name().into();
        let mut below = vec![];
        let mut builder = TaxonomyBuilder::new();
        let lengths: std::collections::HashMap<u32, f64> = list.lengths().iter().copied().collect();
        let mut handles = vec![None; list.count() as usize];
        for entry in self.entries() {
            let State::Taxon(parent) = list.state(entry) else { continue };
            let place = SourceLine { file: Arc::clone(&file), line: list.line(entry) };
            let handle = builder.add_taxon(list.name(entry), list.rank(entry), lengths.get(&entry).copied(), place);
            builder.rename_id(handle, list.has_own_id(entry).then(|| list.entry_id(entry)));
            handles[entry as usize] = Some(handle);
            below.extend(parent.number().map(|parent| (entry, handle, parent)));
        }
        for (entry, taxon, parent) in below {
            let Some(parent) = handles[parent as usize] else {
                let place = SourceLine { file, line: list.line(entry) };
                let (name, parent) = (list.name(entry).to_string(), list.name(parent).to_string());
                let problems = vec![Problem::MissingParent { place, name, parent }];
                return Err(ImportError::Invalid { path: self.path.clone(), problems });
            };
            builder.put_below(taxon, parent);
        }
        self.add_other_names(&mut builder, &handles);
        builder.freeze().map_err(|problems| ImportError::Invalid { path: self.path.clone(), problems })
    }

    /// Adds what else the taxa are called: synonyms with their ids, common names, authors where these tell taxa apart.
    fn add_other_names(&self, builder: &mut TaxonomyBuilder, handles: &[Option<Handle>]) {
        let list = &self.list;
        let taxon = |entry: u32| match list.state(entry) {
            State::Synonym(of) | State::Merged(of) => handles[of as usize],
            _ => handles[entry as usize],
        };
        for entry in self.entries() {
            if let State::Synonym(of) = list.state(entry)
                && let Some(handle) = handles[of as usize]
            {
                builder.add_synonyms(handle, [list.name(entry)]);
                if list.has_own_id(entry) {
                    builder.add_other_id(handle, list.entry_id(entry));
                }
            }
        }
        for (entry, language, name) in list.common_names() {
            let Some(handle) = taxon(entry) else { continue };
            let name = Some(name.to_string());
            let common = match language {
                Language::English => CommonNames { english: name, ..CommonNames::default() },
                Language::French => CommonNames { french: name, ..CommonNames::default() },
            };
            builder.add_common_names(handle, common);
        }
        for entry in list.shared_names() {
            if let Some(handle) = taxon(entry) {
                builder.add_author(handle, list.name(entry), list.author(entry));
            }
        }
    }

    /// Writes the taxa and synonyms as Parquet or, where the name ends in `.csv`, as CSV: a file that every
    /// command takes as `--taxonomy`. Whole or not at all.
    ///
    /// # Errors
    ///
    /// [`ImportError::Write`].
    pub fn write(&self, path: &Path) -> Result<(), ImportError> {
        write::write(&self.list, path)
    }

    /// Writes every finding with what could stand there instead, as CSV: a proposal, nothing is changed.
    ///
    /// # Errors
    ///
    /// [`ImportError::Write`].
    pub fn write_findings(&self, path: &Path) -> Result<(), ImportError> {
        write::findings(self.findings(), path)
    }
}
