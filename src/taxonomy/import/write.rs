//! Taxonomies of our own: Parquet or CSV with a row per taxon and per synonym, several common names between `|`.

use super::checklist::{Checklist, OWN, State};
use super::error::{ImportError, quoted};
use super::finding::Finding;
use super::format::Format;
use super::language::Language;
use super::source::Source;
use super::synonyms::push_authored_synonym;
use super::usage::Usage;
use crate::files::archive::Member;
use crate::files::parquet::{Parquet, writer};
use crate::taxonomy::common_names;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use polars::prelude::*;
use std::collections::HashMap;
use std::io::{Cursor, Write as _};
use std::path::Path;

/// Rows per block: what is held as cells at once.
const BLOCK: usize = 1 << 18;

const COLUMNS: [&str; 9] =
    ["taxon_id", "parent_id", "accepted_id", "rank", "name", "authorship", "common_name", "common_name_fr", "branch_length"];

/// The common names and lengths of entries.
struct Extras<'a> {
    english: HashMap<u32, Vec<&'a str>>,
    french: HashMap<u32, Vec<&'a str>>,
    lengths: HashMap<u32, f64>,
}

impl<'a> Extras<'a> {
    fn of(list: &'a Checklist) -> Self {
        let mut extras =
            Extras { english: HashMap::new(), french: HashMap::new(), lengths: list.lengths().iter().copied().collect() };
        for (entry, language, name) in list.common_names() {
            let entry = if let State::Synonym(of) | State::Merged(of) = list.state(entry) { of } else { entry };
            let names = if language == Language::English { &mut extras.english } else { &mut extras.french };
            let names = names.entry(entry).or_default();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        extras
    }
}

/// A root that the source gives neither id nor name: every taxonomy has one.
fn is_nameless_root(list: &Checklist, entry: u32) -> bool {
    list.rank(entry) == Rank::Root && list.name(entry) == "root" && !list.has_own_id(entry)
}

fn frame(list: &Checklist, extras: &Extras<'_>, entries: &[u32]) -> PolarsResult<DataFrame> {
    let parent = |entry: u32| {
        let parent = list.parent(entry).filter(|&parent| !is_nameless_root(list, parent))?;
        Some(list.entry_id(parent))
    };
    let accepted = |entry: u32| if let State::Synonym(of) = list.state(entry) { Some(list.entry_id(of)) } else { None };
    let some = |text: &'_ str| (!text.is_empty()).then(|| text.to_string());
    // A synonym without an id of its own has none here either.
    let id = |entry: u32| (list.has_own_id(entry) || accepted(entry).is_none()).then(|| list.entry_id(entry));
    let text = |name: &str, of: &dyn Fn(u32) -> Option<String>| {
        Column::new(name.into(), entries.iter().map(|&entry| of(entry)).collect::<Vec<Option<String>>>())
    };
    DataFrame::new_infer_height(vec![
        text(COLUMNS[0], &|entry| id(entry).map(str::to_string)),
        text(COLUMNS[1], &|entry| parent(entry).map(str::to_string)),
        text(COLUMNS[2], &|entry| accepted(entry).map(str::to_string)),
        text(COLUMNS[3], &|entry| Some(list.rank(entry)).filter(|rank| !rank.is_unranked()).map(|rank| rank.name().to_string())),
        text(COLUMNS[4], &|entry| Some(list.name(entry).to_string())),
        text(COLUMNS[5], &|entry| some(list.author(entry))),
        text(COLUMNS[6], &|entry| extras.english.get(&entry).map(|names| names.join("|"))),
        text(COLUMNS[7], &|entry| extras.french.get(&entry).map(|names| names.join("|"))),
        Column::new(
            COLUMNS[8].into(),
            entries.iter().map(|entry| extras.lengths.get(entry).copied()).collect::<Vec<Option<f64>>>(),
        ),
    ])
}

/// Writes taxa and synonyms in the order of the source, whole or not at all.
pub(super) fn write(list: &Checklist, path: &Path) -> Result<(), ImportError> {
    let fault = |what: String| ImportError::Write { path: path.to_path_buf(), what };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(|error| fault(error.to_string()))?;
    let file = crate::files::output::draft::file_in(folder).map_err(|error| fault(error.to_string()))?;
    let entries: Vec<u32> = (0..list.count())
        .filter(|&entry| matches!(list.state(entry), State::Taxon(_) | State::Synonym(_)) && !is_nameless_root(list, entry))
        .collect();
    let extras = Extras::of(list);
    let is_csv = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
    let broken = |error: PolarsError| fault(error.to_string());
    if is_csv {
        let mut writer = CsvWriter::new(&file)
            .include_header(true)
            .batched(frame(list, &extras, &[]).map_err(broken)?.schema())
            .map_err(broken)?;
        for block in entries.chunks(BLOCK) {
            writer.write_batch(&frame(list, &extras, block).map_err(broken)?).map_err(broken)?;
        }
        writer.finish().map_err(broken)?;
    } else {
        let schema = frame(list, &extras, &[]).map_err(broken)?.schema().clone();
        let mut writer =
            writer(&file, &schema).with_compression(ParquetCompression::Zstd(None)).batched(&schema).map_err(broken)?;
        for block in entries.chunks(BLOCK) {
            writer.write_batch(&frame(list, &extras, block).map_err(broken)?).map_err(broken)?;
        }
        writer.finish().map_err(broken)?;
    }
    file.persist(path).map_err(|error| fault(error.to_string()))?;
    Ok(())
}

/// A taxonomy as a table of ours: a row per taxon, synonym and other id. What is read back from it has
/// the same identities, names and order.
///
/// # Errors
///
/// Whatever keeps a row from being written.
pub fn taxonomy_csv(taxonomy: &Taxonomy) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(vec![]);
    writer.write_record(COLUMNS)?;
    let other_ids = taxonomy.other_ids();
    for taxon in taxonomy.taxa().filter(|&taxon| taxon != TaxonId::ROOT) {
        let id = taxonomy.identity(taxon);
        let parent = taxonomy.parent(taxon).filter(|&parent| parent != TaxonId::ROOT).map(|parent| taxonomy.identity(parent));
        let common = taxonomy.common_names(taxon);
        let rank = taxonomy.rank(taxon);
        let rank = if rank.is_unranked() { "" } else { rank.name() };
        let length = taxonomy.branch_length(taxon).map(|length| length.to_string()).unwrap_or_default();
        let some = |text: &Option<String>| text.clone().unwrap_or_default();
        let name = taxonomy.name(taxon);
        let english = common.all_english().collect::<Vec<_>>().join("|");
        let french = common.all_french().collect::<Vec<_>>().join("|");
        let author = |name: &str| taxonomy.author(taxon, name).unwrap_or_default();
        writer.write_record([&id, &some(&parent), "", rank, name, author(name), &english, &french, &length])?;
        for synonym in taxonomy.synonyms(taxon) {
            writer.write_record(["", "", &id, "", synonym, author(synonym), "", "", ""])?;
        }
        for other in other_ids.get(&taxon).into_iter().flatten() {
            writer.write_record([*other, "", &id, "", name, "", "", "", ""])?;
        }
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

/// Writes findings as CSV.
pub(super) fn findings(findings: &[Finding], path: &Path) -> Result<(), ImportError> {
    let fault = |what: String| ImportError::Write { path: path.to_path_buf(), what };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(|error| fault(error.to_string()))?;
    let mut file = crate::files::output::draft::file_in(folder).map_err(|error| fault(error.to_string()))?;
    let mut writer = csv::Writer::from_writer(vec![]);
    let rows = std::iter::once(["finding", "line", "taxon_id", "name", "value", "proposal", "what"].map(str::to_string).to_vec())
        .chain(findings.iter().map(|finding| {
            let line = if finding.line > 0 { finding.line.to_string() } else { String::new() };
            vec![
                finding.kind.code().to_string(),
                line,
                finding.id.trim_start_matches(OWN).to_string(),
                finding.name.clone(),
                finding.value.clone(),
                finding.proposal.clone(),
                finding.kind.sentence().to_string(),
            ]
        }));
    for row in rows {
        writer.write_record(&row).map_err(|error| fault(error.to_string()))?;
    }
    let bytes = writer.into_inner().map_err(|error| fault(error.to_string()))?;
    file.write_all(&bytes).map_err(|error| fault(error.to_string()))?;
    file.persist(path).map_err(|error| fault(error.to_string()))?;
    Ok(())
}

/// Reads a Parquet file of ours.
pub(super) fn pour_own(source: &mut Source<'_>, member: &Member) -> Result<Format, ImportError> {
    let fault = |what: String| ImportError::Content { file: member.name.clone(), what };
    let broken = |error: PolarsError| fault(format!("not readable as Parquet: {error}"));
    let bytes = source.archive.bytes(member)?;
    let mut file = Parquet::new(Cursor::new(bytes)).map_err(broken)?;
    let schema = file.schema().map_err(broken)?;
    let found: Vec<String> = schema.iter_names().map(|name| name.as_str().to_string()).collect();
    if !["taxon_id", "parent_id", "rank", "name"].iter().all(|column| found.iter().any(|name| name == column)) {
        let what = "a Parquet file without the columns of a taxonomy (taxon_id, parent_id, rank, name)".to_string();
        return Err(ImportError::Columns { file: member.name.clone(), what, found: quoted(&found) });
    }
    let data = file.read(None, None).map_err(broken)?;
    let text = |name: &str| data.column(name).ok().and_then(|column| column.cast(&DataType::String).ok());
    let columns: Vec<Option<Column>> = COLUMNS.iter().map(|name| text(name)).collect();
    let strings: Vec<Option<&StringChunked>> =
        columns.iter().map(|column| column.as_ref().and_then(|column| column.str().ok())).collect();
    let lengths = data.column(COLUMNS[8]).ok().and_then(|column| column.cast(&DataType::Float64).ok());
    let lengths = lengths.as_ref().and_then(|column| column.f64().ok());
    for row in 0..data.height() {
        let cell = |column: usize| strings[column].and_then(|cells| cells.get(row)).unwrap_or("");
        let line = row as u64 + 1;
        let (id, accepted) = (cell(0), cell(2));
        if id.is_empty() && !accepted.is_empty() {
            push_authored_synonym(&mut source.list, accepted, (cell(4), cell(5)), line);
            continue;
        }
        let rank = if cell(3).is_empty() { Rank::Unranked } else { Rank::parse(cell(3)).unwrap_or(Rank::Unranked) };
        source.list.push(&Usage {
            id,
            parent: cell(1),
            accepted,
            name: cell(4),
            author: cell(5),
            rank,
            length: lengths.and_then(|lengths| lengths.get(row)),
            line,
            ..Usage::default()
        });
        for (column, language) in [(6, Language::English), (7, Language::French)] {
            for name in common_names::split(cell(column), &['|']) {
                source.list.push_common(id, language, name);
            }
        }
    }
    Ok(Format::Own)
}
