//! Catalogue of Life data packages: `NameUsage`, or `Name` with `Taxon` and `Synonym`.

use super::columns::{Columns, column};
use super::error::{ImportError, quoted};
use super::format::Format;
use super::language::Language;
use super::rows::Dialect;
use super::source::Source;
use super::synonyms::push_authored_synonym;
use super::usage::Usage;
use super::{rank_words, tabular};
use crate::files::archive::{Archive, Member};
use crate::taxonomy::rank::Rank;
use std::collections::HashMap;

fn entity(archive: &Archive, name: &str) -> Option<Member> {
    let is_table = |member: &&Member| {
        let extension = member.file_name().rsplit('.').next().unwrap_or_default().to_lowercase();
        matches!(extension.as_str(), "tsv" | "csv" | "tab" | "txt")
    };
    archive.members().iter().filter(is_table).find(|member| member.stem() == name).cloned()
}

/// Whether the files are those of a package.
pub(super) fn is_coldp(archive: &Archive) -> bool {
    entity(archive, "nameusage").is_some() || (entity(archive, "name").is_some() && entity(archive, "taxon").is_some())
}

/// Reads the package.
pub(super) fn pour(source: &mut Source<'_>) -> Result<Format, ImportError> {
    if let Some(usage) = entity(&source.archive, "nameusage") {
        let (header, dialect) = header(source, &usage)?;
        let mut columns = Columns::of(&header);
        columns.parent_is_accepted = true;
        tabular::pour(source, &usage, &columns, Format::ColDp, dialect)?;
        source.files.push(usage.name);
    } else {
        pour_three(source)?;
    }
    if let Some(common) = entity(&source.archive, "vernacularname") {
        let (header, dialect) = header(source, &common)?;
        let (id, name, language) = (column(&header, &["taxonid"]), column(&header, &["name"]), column(&header, &["language"]));
        source.each(&common, dialect, &mut |list, row| {
            if let Some(language) = Language::parse(row.cell(language)) {
                list.push_common(row.cell(id), language, row.cell(name));
            }
            Ok(())
        })?;
        source.files.push(common.name);
    }
    Ok(Format::ColDp)
}

fn header(source: &Source<'_>, member: &Member) -> Result<(Vec<String>, Dialect), ImportError> {
    let head = super::rows::head(&source.archive, member, 1 << 14, source.encoding)?;
    let first = head.lines().next().unwrap_or_default();
    let mut dialect = Dialect::of_header(first);
    // The format's own rule: CSV is quoted, everything else is not.
    dialect.quote = member.file_name().to_lowercase().ends_with(".csv").then_some(b'"');
    Ok((super::rows::header_cells(first, dialect), dialect))
}

struct Name {
    text: String,
    author: String,
    rank: Rank,
}

fn pour_three(source: &mut Source<'_>) -> Result<(), ImportError> {
    let missing = |member: &Member, header: &[String], what: &str| ImportError::Columns {
        file: member.name.clone(),
        what: what.to_string(),
        found: quoted(header),
    };
    let (Some(names), Some(taxa)) = (entity(&source.archive, "name"), entity(&source.archive, "taxon")) else {
        return Err(source.content("no Name and Taxon".to_string()));
    };
    let (cells, dialect) = header(source, &names)?;
    let columns = Columns::of(&cells);
    if columns.id.is_none() || columns.name.is_none() {
        return Err(missing(&names, &cells, "no columns 'ID' and 'scientificName'"));
    }
    let mut known: HashMap<String, Name> = HashMap::new();
    source.each(&names, dialect, &mut |_, row| {
        let rank = rank_words::known_rank(row.cell(columns.rank)).unwrap_or(Rank::Unranked);
        let author = row.cell(columns.author).to_string();
        let text = tabular::without_author(row.cell(columns.name), &author, rank);
        known.insert(row.cell(columns.id).to_string(), Name { text, author, rank });
        Ok(())
    })?;
    let (cells, dialect) = header(source, &taxa)?;
    let (id, parent, name) = (column(&cells, &["id"]), column(&cells, &["parentid"]), column(&cells, &["nameid"]));
    if id.is_none() || name.is_none() {
        return Err(missing(&taxa, &cells, "no columns 'ID' and 'nameID'"));
    }
    let blank = Name { text: String::new(), author: String::new(), rank: Rank::Unranked };
    source.each(&taxa, dialect, &mut |list, row| {
        let name = known.get(row.cell(name)).unwrap_or(&blank);
        list.push(&Usage {
            id: row.cell(id),
            parent: row.cell(parent),
            name: &name.text,
            author: &name.author,
            rank: name.rank,
            line: row.line,
            ..Usage::default()
        });
        Ok(())
    })?;
    source.files.extend([names.name, taxa.name]);
    if let Some(synonyms) = entity(&source.archive, "synonym") {
        let (cells, dialect) = header(source, &synonyms)?;
        let (taxon, name) = (column(&cells, &["taxonid"]), column(&cells, &["nameid"]));
        source.each(&synonyms, dialect, &mut |list, row| {
            let synonym = known.get(row.cell(name)).map_or(("", ""), |name| (name.text.as_str(), name.author.as_str()));
            push_authored_synonym(list, row.cell(taxon), synonym, row.line);
            Ok(())
        })?;
        source.files.push(synonyms.name);
    }
    Ok(())
}
