//! A taxon per line: SpeciesNet labels, codes, names with synonyms, bare names.

use super::checklist::Checklist;
use super::columns::column;
use super::error::{ImportError, quoted};
use super::finding::FindingKind;
use super::format::Format;
use super::language::Language;
use super::rows::Dialect;
use super::source::Source;
use super::synonyms::push_synonym;
use super::tabular::without_author;
use super::usage::Usage;
use crate::files::archive::Member;
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;

/// Whether a line is `uuid;class;order;family;genus;species;common`.
pub(super) fn is_speciesnet(line: &str) -> bool {
    let parts: Vec<&str> = line.trim_end().split(';').collect();
    let is_uuid = |text: &str| text.len() == 36 && text.bytes().filter(|&byte| byte == b'-').count() == 4;
    parts.len() == 7 && is_uuid(parts[0])
}

/// Reads SpeciesNet's labels; those that are no taxon (`blank`, `vehicle`) are left out and counted.
pub(super) fn pour_speciesnet(source: &mut Source<'_>, member: &Member) -> Result<Format, ImportError> {
    const RANKS: [Rank; 5] = [Rank::Class, Rank::Order, Rank::Family, Rank::Genus, Rank::Species];
    let text = super::rows::text(&source.archive, member, source.encoding)?;
    let list = &mut source.list;
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let number = index as u64 + 1;
        let parts: Vec<&str> = line.split(';').map(str::trim).collect();
        let [uuid, names @ .., common] = &parts[..] else { continue };
        if names.len() != 5 {
            let what =
                format!("line {number}: {} parts where uuid;class;order;family;genus;species;common was expected", parts.len());
            return Err(ImportError::Content { file: member.name.clone(), what });
        }
        let mut steps: Vec<(Rank, String)> = vec![];
        for (&rank, &name) in RANKS.iter().zip(names) {
            if name.is_empty() {
                continue;
            }
            let name = match rank {
                Rank::Species => match steps.last() {
                    Some((Rank::Genus, genus)) => format!("{genus} {name}"),
                    _ => name.to_string(),
                },
                _ => capitalised(name),
            };
            steps.push((rank, name));
        }
        let steps: Vec<(Rank, &str)> = steps.iter().map(|(rank, name)| (*rank, name.as_str())).collect();
        let Some((&(rank, lowest), above)) = steps.split_last() else {
            list.rows += 1;
            list.refuse(FindingKind::NoTaxon, &Usage { id: uuid, name: common, line: number, ..Usage::default() }, "");
            continue;
        };
        let parent = list.lineage_id(above, number);
        list.push(&Usage { id: uuid, parent: &parent, name: lowest, rank, line: number, ..Usage::default() });
        list.push_common(uuid, Language::English, common);
    }
    Ok(Format::SpeciesNet)
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Reads names with another name of the same taxon beside each.
pub(super) fn pour_aliases(
    source: &mut Source<'_>,
    member: &Member,
    header: &[String],
    dialect: Dialect,
) -> Result<Format, ImportError> {
    let name = column(header, &["acceptedname", "scientificname", "name"]);
    let alias = column(header, &["alias", "synonym", "synonyms"]);
    source.each(member, dialect, &mut |list, row| {
        let accepted = name::normalise(row.cell(name));
        if accepted.is_empty() || name::is_missing(&accepted) {
            list.rows += 1;
            list.refuse(FindingKind::BlankName, &Usage { line: row.line, ..Usage::default() }, "");
            return Ok(());
        }
        let id = binomial_id(list, &accepted, row.line);
        for other in row.cell(alias).split('|').map(str::trim) {
            push_synonym(list, &id, other, row.line);
        }
        Ok(())
    })?;
    source.notes.push("no ranks above the genus in it".to_string());
    Ok(Format::Aliases)
}

/// The id of the taxon of a name, made of genus and species.
fn binomial_id(list: &mut Checklist, text: &str, line: u64) -> String {
    let parsed = name::parse(text);
    let Some(parsed) = parsed.filter(|parsed| parsed.rank >= Rank::Genus) else {
        return list.lineage_id(&[(Rank::Unranked, text)], line);
    };
    let genus = parsed.genus().to_string();
    let mut steps = vec![(Rank::Genus, genus)];
    if let (true, Some(binomial)) = (parsed.rank > Rank::Species, parsed.binomial()) {
        steps.push((Rank::Species, binomial));
    }
    if parsed.rank >= Rank::Species {
        steps.push((parsed.rank, parsed.canonical.clone()));
    }
    let steps: Vec<(Rank, &str)> = steps.iter().map(|(rank, name)| (*rank, name.as_str())).collect();
    list.lineage_id(&steps, line)
}

/// Reads codes with their names (EPPO): ids of binomials.
pub(super) fn pour_codes(
    source: &mut Source<'_>,
    member: &Member,
    header: &[String],
    dialect: Dialect,
) -> Result<Format, ImportError> {
    let code = column(header, &["eppocode", "codeeppo", "code"]);
    let name = column(header, &["preferredname", "prefname", "fullname", "scientificname", "name"]);
    let parent = column(header, &["parentcode", "parent", "codeparent"]);
    let preferred = column(header, &["preferred", "ispreferred"]);
    let language = column(header, &["lang", "language", "codelang"]);
    source.each(member, dialect, &mut |list, row| {
        let (id, text) = (row.cell(code), row.cell(name));
        if let Some(language) = Language::parse(row.cell(language)) {
            list.rows += 1;
            list.filtered += 1;
            list.push_common(id, language, text);
            return Ok(());
        }
        if matches!(row.cell(preferred), "0" | "N" | "false") {
            push_synonym(list, id, &without_author(text, "", Rank::Species), row.line);
            return Ok(());
        }
        let parsed = name::parse(text);
        let rank = parsed.as_ref().map(|parsed| parsed.rank).filter(|&rank| rank >= Rank::Species).unwrap_or(Rank::Unranked);
        let bare = without_author(text, "", rank);
        let made = match &parsed {
            Some(parsed) if row.cell(parent).is_empty() && rank >= Rank::Species => {
                list.lineage_id(&[(Rank::Genus, parsed.genus())], row.line)
            }
            _ => row.cell(parent).to_string(),
        };
        list.push(&Usage { id, parent: &made, name: &bare, rank, line: row.line, ..Usage::default() });
        Ok(())
    })?;
    Ok(Format::Codes)
}

/// The lines that may hold a name, with their numbers: neither blank nor comments nor a heading.
fn name_lines(text: &str) -> impl Iterator<Item = (u64, &str)> {
    text.lines().enumerate().map(|(index, line)| (index as u64 + 1, line.trim())).filter(|(_, line)| {
        let is_heading = line.eq_ignore_ascii_case("name")
            || line.eq_ignore_ascii_case("scientific_name")
            || line.eq_ignore_ascii_case("scientificName");
        !line.is_empty() && !line.starts_with('#') && !is_heading
    })
}

/// Reads names, one per line, with a number before or a common name in parentheses behind them.
pub(super) fn pour_names(
    source: &mut Source<'_>,
    member: &Member,
    begin: &str,
    header: &[String],
) -> Result<Format, ImportError> {
    let text = super::rows::text(&source.archive, member, source.encoding)?;
    let is_binomial = |text: &str| name::parse(text).is_some_and(|parsed| parsed.rank >= Rank::Species) && text.len() < 200;
    let total = name_lines(&text).count();
    let binomials = name_lines(&text).filter(|(_, line)| is_binomial(parts(line).1)).count();
    if binomials * 2 < total.max(1) {
        return Err(no_names(member, begin, header));
    }
    for (number, line) in name_lines(&text) {
        push_name(&mut source.list, number, line);
    }
    source.notes.push("names only: genus and species are taken from the binomials, nothing above them is known".to_string());
    Ok(Format::Names)
}

/// What a file may be that was read as a list of names and is none.
fn no_names(member: &Member, begin: &str, header: &[String]) -> ImportError {
    let first = begin.lines().next().unwrap_or_default();
    let numbered = begin.lines().take(50).filter(|line| parts(line).0.is_some()).count();
    let starts_with_data = header.first().is_some_and(|cell| cell.parse::<f64>().is_ok());
    let what = if numbered * 10 >= begin.lines().take(50).count() * 9 {
        "a numbered list of names that are no binomials, without a tree; give the file of the hierarchy beside it"
    } else if header.len() > 1 && starts_with_data {
        "the first line holds data and no header; add a line that names the columns by rank (kingdom … species)"
    } else if header.len() > 1 {
        "neither ranks (kingdom … species) nor ids with parents in its header; name the columns by rank, or give 'id' and 'parent'"
    } else {
        "neither a table with a header nor a list of binomials; is the delimiter a comma, tab, ';' or '|'?"
    };
    let found = if header.len() > 1 { quoted(header) } else { format!("'{}'", first.chars().take(60).collect::<String>()) };
    ImportError::Columns { file: member.name.clone(), what: what.to_string(), found }
}

/// Takes in the name of a line, with the genus that it tells.
fn push_name(list: &mut Checklist, number: u64, line: &str) {
    list.rows += 1;
    let (id, scientific, common) = parts(line);
    if name::parse(scientific).is_none() || !scientific.starts_with(|first: char| first.is_uppercase() || first == '×') {
        list.refuse(FindingKind::NoTaxon, &Usage { name: line, line: number, ..Usage::default() }, "");
        return;
    }
    let bare = name::parse(scientific).map_or_else(|| scientific.to_string(), |parsed| parsed.canonical);
    if let Some(id) = id {
        list.rows -= 1;
        let parent = name::parse(&bare).filter(|parsed| parsed.rank >= Rank::Species).map(|parsed| parsed.genus().to_string());
        let parent = parent.map(|genus| list.lineage_id(&[(Rank::Genus, &genus)], number)).unwrap_or_default();
        let rank = name::parse(&bare).map_or(Rank::Unranked, |parsed| parsed.rank);
        list.push(&Usage { id, parent: &parent, name: &bare, rank, line: number, ..Usage::default() });
    } else {
        let made = binomial_id(list, &bare, number);
        list.folded += 1;
        if let Some(common) = common {
            list.push_common(&made, Language::English, common);
        }
    }
}

/// `12 Genus species (Common name)`: number, name, common name.
fn parts(line: &str) -> (Option<&str>, &str, Option<&str>) {
    let line = line.split('\t').next().unwrap_or(line).trim();
    let (id, rest) = match line.split_once(' ') {
        Some((number, rest)) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            (Some(number), rest.trim())
        }
        _ => (None, line),
    };
    match rest.strip_suffix(')').and_then(|rest| rest.split_once(" (")) {
        Some((name, common)) if common.contains(' ') || !common.bytes().any(|byte| byte.is_ascii_digit()) => {
            (id, name, Some(common))
        }
        _ => (id, rest, None),
    }
}
