//! Darwin Core archives: a `meta.xml` says which file holds what, cut how, and which column is which term.

use super::columns::Columns;
use super::error::ImportError;
use super::format::Format;
use super::language::Language;
use super::rows::{Dialect, Separator};
use super::source::Source;
use super::{tabular, xml};
use crate::files::archive::Member;
use crate::taxonomy::identity::bare_id;

/// The most columns of a table; Darwin Core has a few hundred terms.
const MOST_COLUMNS: usize = 10_000;

/// A table that the `meta.xml` describes.
struct Table {
    row_type: String,
    files: Vec<String>,
    dialect: Dialect,
    /// Terms by column; empty where a column has none.
    header: Vec<String>,
    id: Option<usize>,
}

/// Reads the archive's core and its common names.
pub(super) fn pour(source: &mut Source<'_>, meta: &Member) -> Result<Format, ImportError> {
    let text = super::rows::text(&source.archive, meta, None)?;
    let fault = |what: String| ImportError::Content { file: meta.name.clone(), what };
    let document = xml::parse(text.trim_start()).map_err(&fault)?;
    let tables = |tag: &str| -> Result<Vec<Table>, ImportError> {
        document.descendants().filter(|node| node.tag_name().name() == tag).map(|node| table(&node).map_err(&fault)).collect()
    };
    let core = tables("core")?.into_iter().next().ok_or_else(|| fault("it describes no core".to_string()))?;
    let what = core.row_type.rsplit('/').next().unwrap_or_default().to_string();
    if what != "Taxon" {
        let meaning = if what == "Occurrence" { "observations" } else { "records of another kind" };
        let what = format!("the core of the archive is '{what}': its rows are {meaning} and not taxa; give a checklist archive");
        return Err(fault(what));
    }
    source.files.push(meta.name.clone());
    for name in &core.files {
        let member = member(source, name, meta)?;
        let mut header = core.header.clone();
        if let Some(id) = core.id {
            if header.len() <= id {
                header.resize(id + 1, String::new());
            }
            if !header.iter().any(|term| term == "taxonID") {
                header[id] = "taxonID".to_string();
            }
        }
        let mut columns = Columns::of(&header);
        // The index of ids is what extensions refer to; where it is no URL, parents refer to it too.
        columns.id = columns.id.or(core.id);
        columns.is_inaturalist = false;
        tabular::pour(source, &member, &columns, Format::DarwinCore, core.dialect)?;
        source.files.push(member.name);
    }
    for extension in tables("extension")? {
        if extension.row_type.rsplit('/').next() == Some("VernacularName") {
            pour_common(source, &extension, meta)?;
        }
    }
    Ok(Format::DarwinCore)
}

fn member(source: &Source<'_>, name: &str, meta: &Member) -> Result<Member, ImportError> {
    let file = name.rsplit('/').next().unwrap_or(name);
    source.archive.named(file).cloned().ok_or_else(|| ImportError::Content {
        file: meta.name.clone(),
        what: format!("it names the file '{name}', which is not in the archive; fetch the archive again"),
    })
}

fn table(node: &roxmltree::Node<'_, '_>) -> Result<Table, String> {
    let attribute = |name: &str| node.attribute(name).unwrap_or_default();
    let byte = |name: &str, default: u8| -> Result<Option<u8>, String> {
        Ok(match node.attribute(name) {
            None => Some(default),
            Some("") => None,
            Some("\\t" | "\t") => Some(b'\t'),
            Some(text) if text.len() == 1 => Some(text.as_bytes()[0]),
            Some(text) => return Err(format!("{name} '{text}' is no single character")),
        })
    };
    let separator = byte("fieldsTerminatedBy", b',')?.ok_or("fieldsTerminatedBy is empty")?;
    let quote = byte("fieldsEnclosedBy", b'"')?;
    let header_lines = attribute("ignoreHeaderLines").trim().parse().unwrap_or(0);
    let mut header = vec![];
    let mut id = None;
    for child in node.children().filter(roxmltree::Node::is_element) {
        let index = child.attribute("index").and_then(|index| index.trim().parse::<usize>().ok());
        if let Some(index) = index.filter(|&index| index >= MOST_COLUMNS) {
            return Err(format!("it describes a column {index}; tables have at most {MOST_COLUMNS}"));
        }
        match (child.tag_name().name(), index) {
            ("id" | "coreid", index) => id = index,
            ("field", Some(index)) => {
                if header.len() <= index {
                    header.resize(index + 1, String::new());
                }
                let term = child.attribute("term").unwrap_or_default();
                header[index] = term.rsplit(['/', '#']).next().unwrap_or(term).to_string();
            }
            _ => {}
        }
    }
    let is_location = |node: &roxmltree::Node<'_, '_>| node.tag_name().name() == "location";
    let files =
        node.descendants().filter(is_location).filter_map(|node| node.text()).map(|text| text.trim().to_string()).collect();
    let dialect = Dialect { separator: Separator::Byte(separator), quote, header_lines, comments: false };
    Ok(Table { row_type: attribute("rowType").to_string(), files, dialect, header, id })
}

fn pour_common(source: &mut Source<'_>, table: &Table, meta: &Member) -> Result<(), ImportError> {
    let column = |term: &str| table.header.iter().position(|other| other == term);
    let id = table.id.or_else(|| column("taxonID"));
    let (name, language) = (column("vernacularName"), column("language"));
    if id.is_none() || name.is_none() || language.is_none() {
        source.notes.push("common names without id, name or language are not read".to_string());
        return Ok(());
    }
    for file in &table.files {
        let member = member(source, file, meta)?;
        source.each(&member, table.dialect, &mut |list, row| {
            if let Some(language) = Language::parse(row.cell(language)) {
                list.push_common(bare_id(row.cell(id)), language, row.cell(name));
            }
            Ok(())
        })?;
        source.files.push(member.name);
    }
    Ok(())
}
