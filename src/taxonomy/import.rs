//! Taxonomies as the world keeps them: checklists, archives, trees, label files.
//!
//! Every format is poured into one checklist of taxa and synonyms, which is settled (parents and
//! accepted taxa found), pruned, and written or frozen. Rows are never lost silently: those that
//! become taxa, synonyms, repetitions, left out and pruned add up to the rows read.

mod beside;
mod checklist;
mod coldp;
mod columns;
mod darwin_core;
mod finding;
mod indented;
mod json;
mod lines;
mod ncbi;
mod newick;
mod pairs;
mod phyloxml;
mod prune;
mod rank_words;
mod ranks;
mod rows;
mod strict;
mod tabular;
mod tree;
mod write;
mod xml;

pub use finding::{Finding, Kind, summary};
pub use write::taxonomy_csv;

use super::Taxonomy;
use super::build::{Place, Problem, TaxonRow, TaxonomyBuilder};
use super::identity::bare_id;
use crate::archive::{Archive, ArchiveError, Member};
use crate::rank::Rank;
use checklist::{Checklist, Language, NONE, State};
use rows::Dialect;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Why a source is no taxonomy.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file or archive cannot be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The text is not UTF-8.
    #[error(
        "{file}:{line}: not UTF-8 text, from '{seen}' on (as Windows-1252); give --encoding windows-1252, or convert the file"
    )]
    Utf8 {
        /// The file.
        file: String,
        /// The line.
        line: u64,
        /// The bytes there, read as Windows-1252.
        seen: String,
    },
    /// No encoding has the name.
    #[error("--encoding '{0}' is none that is known; give utf-8, windows-1252, utf-16le, ...")]
    Encoding(String),
    /// A file lacks columns.
    #[error("{file}: {what}; its columns are {found}")]
    Columns {
        /// The file.
        file: String,
        /// What is missing.
        what: String,
        /// What is there.
        found: String,
    },
    /// The content does not make sense.
    #[error("{file}: {what}")]
    Content {
        /// The file.
        file: String,
        /// What is wrong, and the remedy.
        what: String,
    },
    /// A table that is to be scored against does not form a tree as it stands; every problem is listed.
    #[error(
        "{path}: not a taxonomy, {} problem{}:\n{}\nmend them, or 'nearmiss taxonomy import' makes a taxonomy of the rest",
        problems.len(), if problems.len() == 1 { "" } else { "s" }, listed(problems)
    )]
    Invalid {
        /// The file.
        path: PathBuf,
        /// All of them, by place.
        problems: Vec<Problem>,
    },
    /// Names to keep that the source does not have.
    #[error("--within '{0}' is neither an id nor a name in the source")]
    Within(String),
    /// The file could not be written.
    #[error("{path}: cannot be written: {what}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        what: String,
    },
}

fn listed(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("  {problem}")).collect::<Vec<_>>().join("\n")
}

/// What a source was recognised as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say what each is")]
pub enum Format {
    RankTable,
    ParentList,
    Pairs,
    DarwinCore,
    ColDp,
    Ncbi,
    Taxref,
    OpenTree,
    INaturalist,
    LabelJson,
    GraphJson,
    RankJson,
    LineageStrings,
    SpeciesNet,
    TextTree,
    DashTree,
    Newick,
    Nexus,
    PhyloXml,
    Codes,
    Aliases,
    Names,
    Own,
}

impl Format {
    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Format::RankTable => "rank table",
            Format::ParentList => "parent–child list",
            Format::Pairs => "parent–child pairs",
            Format::DarwinCore => "Darwin Core",
            Format::ColDp => "ColDP",
            Format::Ncbi => "NCBI taxdump",
            Format::Taxref => "TAXREF",
            Format::OpenTree => "Open Tree taxonomy",
            Format::INaturalist => "iNaturalist taxa",
            Format::LabelJson => "BioCLIP label JSON",
            Format::GraphJson => "node-link JSON",
            Format::RankJson => "JSON of names and ranks",
            Format::LineageStrings => "lineage strings (d__;p__;…)",
            Format::SpeciesNet => "SpeciesNet labels",
            Format::TextTree => "txtree",
            Format::DashTree => "indented tree",
            Format::Newick => "Newick",
            Format::Nexus => "Nexus",
            Format::PhyloXml => "PhyloXML",
            Format::Codes => "code list",
            Format::Aliases => "list of names and synonyms",
            Format::Names => "list of names",
            Format::Own => "nearmiss taxonomy",
        }
    }
}

/// What to read and what to keep.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// Text encoding, where the file is not UTF-8 and has no byte-order mark.
    pub encoding: Option<String>,
    /// Only these clades (names or ids) and what leads to them.
    pub within: Vec<String>,
    /// Only taxa of this rank and what leads to them.
    pub rank: Option<Rank>,
    /// Only taxa of these names (or ids) and what leads to them.
    pub names: Option<Vec<String>>,
    /// TAXREF: the column of a territory (`FR`, `GUA`, ...) and the letters of status that are wanted in it.
    pub status: Option<(String, Vec<String>)>,
    /// TAXREF: wanted habitats, 1 to 8.
    pub habitats: Vec<String>,
}

/// How many rows became what; `rows + made` is the sum of the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Accounting {
    /// Rows of the source.
    pub rows: u64,
    /// Taxa made of lineages and rank columns, and synonyms of cells that hold several.
    pub made: u64,
    /// Taxa.
    pub taxa: u64,
    /// Other names of taxa.
    pub synonyms: u64,
    /// Rows that repeat others, or whose taxa were made of lineages.
    pub repeated: u64,
    /// Rows left out for a fault.
    pub left_out: u64,
    /// Rows that the source itself calls inactive or no names of taxa.
    pub filtered: u64,
    /// Taxa and synonyms that the options left out.
    pub pruned: u64,
}

impl Accounting {
    /// Whether the parts add up.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.rows + self.made == self.taxa + self.synonyms + self.repeated + self.left_out + self.filtered + self.pruned
    }
}

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
    pub fn accounting(&self) -> Accounting {
        let list = &self.list;
        let mut parts = Accounting {
            rows: list.rows,
            made: list.made,
            filtered: list.filtered,
            left_out: list.refused(),
            repeated: list.folded,
            ..Accounting::default()
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
        for entry in self.entries().filter(|&entry| matches!(self.list.state(entry), State::Taxon(_))) {
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
        0..u32::try_from(self.list.len()).unwrap_or(NONE)
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
        let file = self.file_name();
        let mut builder = TaxonomyBuilder::new();
        let lengths: std::collections::HashMap<u32, f64> = list.lengths().iter().copied().collect();
        let mut handles = vec![None; list.len()];
        for entry in self.entries() {
            let State::Taxon(parent) = list.state(entry) else { continue };
            let handle = builder.add_row(TaxonRow {
                id: entry.to_string(),
                parent: (parent != NONE).then(|| parent.to_string()),
                name: list.name(entry).to_string(),
                rank: list.rank(entry),
                common: super::CommonNames::default(),
                branch_length: lengths.get(&entry).copied(),
                place: Place { file: file.clone(), line: list.line(entry) },
            });
            builder.rename_id(handle, list.has_own_id(entry).then(|| list.entry_id(entry)));
            handles[entry as usize] = Some(handle);
        }
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
            let entry = if let State::Synonym(of) | State::Merged(of) = list.state(entry) { of } else { entry };
            let Some(handle) = handles[entry as usize] else { continue };
            let name = Some(name.to_string());
            let common = match language {
                Language::English => super::CommonNames { english: name, french: None },
                Language::French => super::CommonNames { english: None, french: name },
            };
            builder.set_common_names(handle, common);
        }
        builder.freeze().map_err(|problems| ImportError::Invalid { path: self.path.clone(), problems })
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

/// A source being poured.
struct Source<'a> {
    archive: Archive,
    encoding: Option<&'static encoding_rs::Encoding>,
    options: &'a ImportOptions,
    list: Checklist,
    files: Vec<String>,
    notes: Vec<String>,
    /// Entries that the filter of a source does not let through.
    fails: Vec<u32>,
    /// Whether its faults are mended wherever it is read: not those of small tables, which people can mend themselves.
    mends: bool,
}

/// Files of archives that say something about the archive and hold no taxa.
const BESIDE: &[&str] =
    &["eml.xml", "metadata.xml", "citations.txt", "rights.txt", "readme.txt", "readme.md", "license", "license.txt"];

impl Source<'_> {
    fn pour(&mut self) -> Result<Format, ImportError> {
        if let Some(format) = self.pour_collection()? {
            return Ok(format);
        }
        let members: Vec<Member> = self
            .archive
            .members()
            .iter()
            .filter(|member| !BESIDE.contains(&member.file_name().to_lowercase().as_str()))
            .cloned()
            .collect();
        match &members[..] {
            [only] => self.pour_file(&only.clone()),
            [] => Err(self.content("there is no file in it".to_string())),
            several => {
                let names: Vec<&str> = several.iter().take(6).map(Member::file_name).collect();
                let what = format!(
                    "{} files ({}{}) and none of meta.xml, NameUsage, Taxon, nodes.dmp, taxonomy.tsv, TAXREFv….txt, hierarchy.txt; \
                     give the file of the taxonomy itself",
                    several.len(),
                    names.join(", "),
                    if several.len() > 6 { ", …" } else { "" }
                );
                Err(self.content(what))
            }
        }
    }

    fn content(&self, what: String) -> ImportError {
        ImportError::Content { file: self.archive.path().display().to_string(), what }
    }

    /// Formats that are several files.
    fn pour_collection(&mut self) -> Result<Option<Format>, ImportError> {
        if self.archive.is_single() {
            return Ok(None);
        }
        if let Some(meta) = self.archive.named("meta.xml").cloned() {
            return darwin_core::pour(self, &meta).map(Some);
        }
        if self.archive.named("nodes.dmp").is_some() {
            return ncbi::pour(self).map(Some);
        }
        if coldp::is_coldp(&self.archive) {
            return coldp::pour(self).map(Some);
        }
        let taxref = |member: &&Member| member.file_name().to_lowercase().starts_with("taxrefv");
        if let Some(member) = self.archive.members().iter().find(taxref).cloned() {
            return self.pour_file(&member).map(Some);
        }
        for name in ["taxonomy.tsv", "hierarchy.txt", "Taxon.tsv", "taxon.txt", "taxa.csv", "taxa.csv.gz", "classification.csv"] {
            if let Some(member) = self.archive.named(name).cloned() {
                return self.pour_file(&member).map(Some);
            }
        }
        Ok(None)
    }

    /// One file, by what its beginning looks like.
    fn pour_file(&mut self, member: &Member) -> Result<Format, ImportError> {
        self.files.push(member.name.clone());
        let raw = self.archive.head(member, 4)?;
        if raw.starts_with(b"PAR1") {
            return write::pour_own(self, member);
        }
        let head = rows::head(&self.archive, member, 1 << 16, self.encoding)?;
        let begin = head.trim_start();
        if begin.is_empty() {
            return Err(ImportError::Content { file: member.name.clone(), what: "the file is empty".to_string() });
        }
        let lower = begin.get(..64.min(begin.len())).unwrap_or(begin).to_lowercase();
        if lower.starts_with("#nexus") {
            return newick::pour_nexus(self, member);
        }
        if rows::first_row(begin).is_empty() {
            let what = "the file is empty but for comments".to_string();
            return Err(ImportError::Content { file: member.name.clone(), what });
        }
        if begin.starts_with('(')
            || (begin.starts_with('[') && begin.contains("]("))
            || begin.starts_with("[&R")
            || begin.starts_with("[&U")
        {
            return newick::pour(self, member);
        }
        if lower.starts_with("<!doctype html") || lower.starts_with("<html") {
            let what = "a page of HTML and no taxonomy: the download failed; fetch it again".to_string();
            return Err(ImportError::Content { file: member.name.clone(), what });
        }
        if begin.starts_with('<') {
            return phyloxml::pour(self, member);
        }
        if begin.starts_with(['{', '[']) {
            return json::pour(self, member);
        }
        let first = rows::first_row(begin);
        if indented::is_txtree(begin) {
            return indented::pour_txtree(self, member);
        }
        if indented::is_dashes(begin) {
            return indented::pour_dashes(self, member);
        }
        if lines::is_gtdb(first) {
            return lines::pour_lineages(self, member);
        }
        if lines::is_speciesnet(first) {
            return lines::pour_speciesnet(self, member);
        }
        let dialect = Dialect::of_head(begin);
        let header = rows::header_cells(first, dialect);
        if let Some(format) = tabular::pour_table(self, member, &header, dialect)? {
            return Ok(format);
        }
        self.pour_plain(member, begin, &header, dialect)
    }

    /// Rank tables, parent–child lists, pairs and names.
    fn pour_plain(&mut self, member: &Member, begin: &str, header: &[String], dialect: Dialect) -> Result<Format, ImportError> {
        if columns::is_occurrences(header) {
            let what =
                "a table of occurrences (observations), not of taxa; give the checklist or backbone they refer to".to_string();
            return Err(ImportError::Columns { file: member.name.clone(), what, found: quoted(header) });
        }
        if columns::main_ranks(header) > 1 {
            return ranks::pour(self, member, header, dialect);
        }
        if columns::is_photographs(header) {
            let what = "a list of photographs with labels, not a taxonomy; classify reads it with --manifest".to_string();
            return Err(ImportError::Columns { file: member.name.clone(), what, found: quoted(header) });
        }
        // A family beside codes or other names; a class alone may be the number of a label.
        let above = columns::ranks(header);
        if matches!(above[..], [(_, rank)] if rank != Rank::Class && rank < Rank::Species) {
            return ranks::pour(self, member, header, dialect);
        }
        if columns::is_aliases(header) {
            return lines::pour_aliases(self, member, header, dialect);
        }
        if columns::is_codes(header) {
            return lines::pour_codes(self, member, header, dialect);
        }
        if columns::is_synonyms(header) {
            let what = "a list of synonyms without the taxa they belong to; give the file of the taxonomy beside it".to_string();
            return Err(ImportError::Columns { file: member.name.clone(), what, found: quoted(header) });
        }
        if columns::main_ranks(header) == 1 {
            return ranks::pour(self, member, header, dialect);
        }
        if pairs::is_pairs(begin) {
            return pairs::pour(self, member);
        }
        lines::pour_names(self, member, begin, header)
    }

    /// A file beside this one (in the archive, or in the folder of a single file) whose name differs in one word.
    fn beside(&self, member: &Member, word: &str, other: &str) -> Option<(Archive, Member)> {
        let name = member.file_name().replace(word, other);
        if name == member.file_name() {
            return None;
        }
        if let Some(found) = self.archive.named(&name) {
            return Some((self.archive.clone(), found.clone()));
        }
        let path = self.archive.path().parent()?.join(&name);
        let archive = path.is_file().then(|| Archive::open(&path).ok()).flatten()?;
        let member = archive.members().first()?.clone();
        Some((archive, member))
    }

    fn each(
        &mut self,
        member: &Member,
        dialect: Dialect,
        work: &mut (dyn FnMut(&mut Checklist, &rows::Row<'_>) -> Result<(), ImportError> + Send),
    ) -> Result<(), ImportError> {
        let list = &mut self.list;
        rows::each(&self.archive, member, dialect, self.encoding, &mut |row| work(list, row))
    }
}

fn quoted(names: &[String]) -> String {
    let shown: Vec<String> =
        names.iter().take(12).map(|name| format!("'{}'", name.chars().take(40).collect::<String>())).collect();
    let more = if names.len() > 12 { format!(" and {} more", names.len() - 12) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}
