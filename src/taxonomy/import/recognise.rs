//! What a source is: by its files, by the beginning of a file, by the header of a table.

use super::error::{ImportError, quoted};
use super::format::Format;
use super::lineage_table::LineageTable;
use super::rows::{self, Dialect};
use super::source::Source;
use super::vernacular::common_columns;
use super::{
    coldp, columns, darwin_core, foreign, indented, json, lineage_lines, lines, name_column, ncbi, newick, pairs, phyloxml,
    ranks, tabular, write,
};
use crate::files::archive::Member;
use crate::taxonomy::rank::Rank;

/// Files of archives that say something about the archive and hold no taxa.
const BESIDE: &[&str] =
    &["eml.xml", "metadata.xml", "citations.txt", "rights.txt", "readme.txt", "readme.md", "license", "license.txt"];

impl Source<'_> {
    /// Recognises the source and pours its rows into the checklist.
    pub(super) fn pour(&mut self) -> Result<Format, ImportError> {
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

    /// Formats that are several files.
    fn pour_collection(&mut self) -> Result<Option<Format>, ImportError> {
        if self.archive.is_single() {
            return Ok(None);
        }
        if let Some(what) = foreign::by_members(&self.archive) {
            return Err(self.content(what.to_string()));
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
        let raw = self.archive.head(member, 16)?;
        if raw.starts_with(b"PAR1") {
            return write::pour_own(self, member);
        }
        if let Some(what) = foreign::by_bytes(&raw) {
            return Err(ImportError::Content { file: member.name.clone(), what: what.to_string() });
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
        if let Some(table) = LineageTable::with_prefixes(begin) {
            return lineage_lines::pour(self, member, &table);
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
            return ranks::pour(self, member, header, dialect, begin);
        }
        if columns::is_photographs(header) {
            let what = "a list of photographs with labels, not a taxonomy; classify reads it with --manifest".to_string();
            return Err(ImportError::Columns { file: member.name.clone(), what, found: quoted(header) });
        }
        // A family beside codes or other names; a class alone may be the number of a label.
        let above = columns::ranks(header);
        if matches!(above[..], [(_, rank)] if rank != Rank::Class && rank < Rank::Species) {
            return ranks::pour(self, member, header, dialect, begin);
        }
        if columns::is_aliases(header) {
            return lines::pour_aliases(self, member, header, dialect);
        }
        if columns::is_codes(header) {
            return lines::pour_codes(self, member, header, dialect);
        }
        if let Some(table) = LineageTable::with_names(begin) {
            return lineage_lines::pour(self, member, &table);
        }
        // Names beside common names or ids: the genera are told by the names.
        let has_more =
            !common_columns(header).is_empty() || columns::column(header, &["speciescode", "taxonid", "tsn"]).is_some();
        if header.len() > 1 && has_more && name_column::by_header(header).is_some() {
            return ranks::pour(self, member, header, dialect, begin);
        }
        if columns::is_synonyms(header) {
            let what = "a list of synonyms without the taxa they belong to; give the file of the taxonomy beside it".to_string();
            return Err(ImportError::Columns { file: member.name.clone(), what, found: quoted(header) });
        }
        if columns::main_ranks(header) == 1 {
            return ranks::pour(self, member, header, dialect, begin);
        }
        if pairs::is_pairs(begin) {
            return pairs::pour(self, member);
        }
        lines::pour_names(self, member, begin, header)
    }
}
