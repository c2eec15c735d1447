//! Checklists in one table: Darwin Core, ColDP, TAXREF, Open Tree, iNaturalist, parent–child lists, tables of ours.

use super::checklist::Checklist;
use super::columns::{self, Columns};
use super::error::ImportError;
use super::finding::FindingKind;
use super::format::Format;
use super::rows::{Dialect, Row};
use super::source::Source;
use super::synonyms::{push_authored_synonym, push_synonyms};
use super::usage::Usage;
use super::vernacular::{CommonColumn, common_columns, push_common_names};
use super::{beside, rank_words};
use crate::files::archive::Member;
use crate::taxonomy::identity::bare_id;
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Reads a table if its header is that of a checklist.
pub(super) fn pour_table(
    source: &mut Source<'_>,
    member: &Member,
    header: &[String],
    dialect: Dialect,
) -> Result<Option<Format>, ImportError> {
    if !columns::is_checklist(header) || columns::is_occurrences(header) {
        return Ok(None);
    }
    let columns = Columns::of(header);
    let format = if columns.is_taxref {
        Format::Taxref
    } else if columns.is_inaturalist {
        Format::INaturalist
    } else if columns::column(header, &["parentuid"]).is_some() {
        Format::OpenTree
    } else if columns.parent_is_accepted {
        Format::ColDp
    } else if columns::column(header, &["acceptedid"]).is_some() && columns.parent.is_some() {
        Format::Own
    } else if columns.is_parent_list() || columns::column(header, &["parent"]).is_some() {
        Format::ParentList
    } else {
        Format::DarwinCore
    };
    source.mends = columns::keeps_synonyms(header);
    pour(source, member, &columns, format, dialect)?;
    if columns.is_parent_list() && !columns.has_names() {
        source.list.make_parents();
    }
    if format == Format::OpenTree {
        beside::pour_open_tree(source, member)?;
    }
    if format == Format::Taxref {
        beside::pour_taxref(source)?;
    }
    Ok(Some(format))
}

/// Letters and numbers that a row of TAXREF must have.
struct Filter {
    status: Option<(usize, Vec<String>)>,
    habitat: Option<(usize, Vec<String>)>,
}

impl Filter {
    fn of(source: &Source<'_>, columns: &Columns, file: &str) -> Result<Filter, ImportError> {
        let missing = |column: &str| ImportError::Content {
            file: file.to_string(),
            what: format!("no column '{column}' to filter by; --status and --habitat are for TAXREF"),
        };
        let mut filter = Filter { status: None, habitat: None };
        if let Some((territory, letters)) = &source.options.status {
            filter.status = Some((columns.named(territory).ok_or_else(|| missing(territory))?, letters.clone()));
        }
        if !source.options.habitats.is_empty() {
            let column = columns.named("HABITAT").ok_or_else(|| missing("HABITAT"))?;
            filter.habitat = Some((column, source.options.habitats.clone()));
        }
        Ok(filter)
    }

    fn lets_through(&self, row: &Row<'_>) -> bool {
        [&self.status, &self.habitat]
            .into_iter()
            .flatten()
            .all(|(column, wanted)| wanted.iter().any(|word| word.eq_ignore_ascii_case(row.cell(Some(*column)))))
    }
}

/// Reads the rows of a table whose columns are known.
pub(super) fn pour(
    source: &mut Source<'_>,
    member: &Member,
    columns: &Columns,
    format: Format,
    dialect: Dialect,
) -> Result<(), ImportError> {
    let filter = Filter::of(source, columns, &member.name)?;
    let filters = filter.status.is_some() || filter.habitat.is_some();
    let mut fails = vec![];
    let mut reader = Reader::new(columns, format);
    source.each(member, dialect, &mut |list, row| {
        if let Some(entry) = reader.read(list, row)
            && filters
            && !filter.lets_through(row)
        {
            fails.push(entry);
        }
        Ok(())
    })?;
    source.fails.extend(fails);
    reader.note_ranks(&mut source.list);
    Ok(())
}

/// Turns rows into usages.
struct Reader<'a> {
    columns: &'a Columns,
    common: Vec<CommonColumn>,
    format: Format,
    /// Words that are no rank: how often, and where first.
    unknown: BTreeMap<String, (u64, u64)>,
    known: BTreeMap<String, Rank>,
}

impl<'a> Reader<'a> {
    fn new(columns: &'a Columns, format: Format) -> Self {
        let common = common_columns(columns.header());
        Self { columns, common, format, unknown: BTreeMap::new(), known: BTreeMap::new() }
    }

    /// Takes a row in and returns its entry; `None` where it has none.
    fn read(&mut self, list: &mut Checklist, row: &Row<'_>) -> Option<u32> {
        let id = self.id(row);
        let author = row.cell(self.columns.author);
        let rank = self.rank(row);
        let (text, rank_of_text) = self.written(row, id);
        let rank = if rank.is_unranked() { rank_of_text.unwrap_or(rank) } else { rank };
        let name = self.canonical(row, &text, author, rank);
        let rank = self.rank_by_name(row, &name, rank);
        let author = if author.is_empty() { author_behind(&text, &name) } else { author };
        let mut usage = Usage { id, name: &name, raw: &text, author, rank, line: row.line, ..Usage::default() };
        usage.length = self.length(list, row, &usage);
        if self.columns.active.is_some() && matches!(row.cell(self.columns.active), "false" | "f" | "0") {
            list.rows += 1;
            list.filtered += 1;
            return None;
        }
        let parent = self.parent(row);
        let status = row.cell(self.columns.status);
        match self.accepted(row, id, parent, status) {
            Ok("") => self.push_taxon(list, row, &usage, parent),
            Ok(accepted) if id.is_empty() && self.format == Format::Own => {
                push_authored_synonym(list, accepted, (&name, author), row.line);
                None
            }
            Ok(accepted) => list.push(&Usage { accepted, ..usage }),
            Err(Skip::Orphan) => {
                list.rows += 1;
                list.refuse(FindingKind::AcceptedMissing, &usage, &format!("status '{status}', no accepted id"));
                None
            }
            Err(Skip::NoTaxon) => {
                list.rows += 1;
                list.filtered += 1;
                None
            }
        }
    }

    /// The id of a row; a word for nothing is none in the lists that people keep.
    fn id<'r>(&self, row: &Row<'r>) -> &'r str {
        let id = bare_id(row.cell(self.columns.id));
        if self.format == Format::ParentList && name::is_missing(id) { "" } else { id }
    }

    /// The name as it is written, or else as the columns of its parts make it, with the rank that these tell; empty where
    /// there is none.
    fn written<'r>(&self, row: &Row<'r>, id: &'r str) -> (Cow<'r, str>, Option<Rank>) {
        let columns = [self.columns.canonical, self.columns.name];
        if let Some(text) = columns.into_iter().map(|column| row.cell(column)).find(|text| !text.is_empty()) {
            return (Cow::Borrowed(text), None);
        }
        match self.composed(row) {
            Some((name, rank)) => (Cow::Owned(name), Some(rank)),
            None if self.format == Format::ParentList => (Cow::Borrowed(id), None),
            None => (Cow::Borrowed(""), None),
        }
    }

    /// A written name without its author; as it is where a column holds names without, and where people may mean what they
    /// wrote.
    fn canonical<'t>(&self, row: &Row<'_>, text: &'t str, author: &str, rank: Rank) -> Cow<'t, str> {
        let is_kept = self.format == Format::Own || self.format == Format::ParentList && is_qualified(text);
        if is_kept || !row.cell(self.columns.canonical).is_empty() {
            return Cow::Borrowed(text);
        }
        Cow::Owned(without_author(text, author, rank))
    }

    /// The rank of a row, or what its name tells where a checklist says none.
    fn rank_by_name(&self, row: &Row<'_>, name: &str, rank: Rank) -> Rank {
        let says_no_rank = row.cell(self.columns.rank).is_empty() && self.columns.rank_level.is_none();
        if !rank.is_unranked() || !says_no_rank || matches!(self.format, Format::Own | Format::ParentList) {
            return rank;
        }
        name::parse(name).map(|parsed| parsed.rank).filter(|&rank| rank >= Rank::Species).unwrap_or(rank)
    }

    /// The id of the parent, which a column holds or a path of ids ends in.
    fn parent<'r>(&self, row: &Row<'r>) -> &'r str {
        match self.columns.ancestry {
            Some(_) => bare_id(row.cell(self.columns.ancestry).rsplit('/').next().unwrap_or_default()),
            None => bare_id(row.cell(self.columns.parent)),
        }
    }

    /// Takes in a taxon with its other names, below its parent or else below what the rank columns say.
    fn push_taxon(&self, list: &mut Checklist, row: &Row<'_>, usage: &Usage<'_>, parent: &str) -> Option<u32> {
        let columns = self.columns;
        let rank = if usage.rank == Rank::Root && !parent.is_empty() { Rank::Unranked } else { usage.rank };
        let above = if parent.is_empty() && !columns.above.is_empty() && !columns.is_taxref {
            Cow::Owned(self.lineage(list, row, usage.rank, usage.name))
        } else {
            Cow::Borrowed(parent)
        };
        let entry = list.push(&Usage { parent: &above, rank, ..*usage });
        push_synonyms(list, usage.id, row.cell(columns.synonyms), row.line);
        push_common_names(list, usage.id, row, &self.common);
        entry
    }

    /// The length of the branch above a row; one that is no number of 0 or more is noted.
    fn length(&self, list: &mut Checklist, row: &Row<'_>, usage: &Usage<'_>) -> Option<f64> {
        let text = row.cell(self.columns.length);
        if name::is_missing(text) {
            return None;
        }
        let length = text.parse().ok().filter(|length: &f64| length.is_finite() && *length >= 0.0);
        if length.is_none() {
            list.find(FindingKind::BadLength, usage, &format!("'{text}'"), String::new());
        }
        length
    }

    /// The id of the accepted taxon; empty for a taxon.
    fn accepted<'r>(&self, row: &Row<'r>, id: &str, parent: &'r str, status: &str) -> Result<&'r str, Skip> {
        let status = status.to_lowercase();
        let says_synonym =
            status.contains("synonym") || status.contains("misapplied") || status == "unaccepted" || status == "invalid";
        if status == "bare name" {
            return Err(Skip::NoTaxon);
        }
        if self.columns.parent_is_accepted {
            return match (says_synonym, parent.is_empty()) {
                (true, true) => Err(Skip::Orphan),
                (true, false) => Ok(parent),
                (false, _) => Ok(""),
            };
        }
        let accepted = bare_id(row.cell(self.columns.accepted));
        let says_accepted = matches!(status.as_str(), "accepted" | "valid" | "doubtful" | "provisionally accepted");
        if !accepted.is_empty() && accepted != id && !says_accepted {
            return Ok(accepted);
        }
        if accepted.is_empty() && self.columns.accepted.is_some() && status.contains("synonym") {
            return Err(Skip::Orphan);
        }
        Ok("")
    }

    fn rank(&mut self, row: &Row<'_>) -> Rank {
        if let Some(level) = self.columns.rank_level {
            return rank_words::rank_of_level(row.cell(Some(level)));
        }
        let word = row.cell(self.columns.rank);
        if word.is_empty() {
            return Rank::Unranked;
        }
        if let Some(&rank) = self.known.get(word) {
            return rank;
        }
        let rank = if self.columns.is_taxref { rank_words::taxref_rank(word) } else { rank_words::known_rank(word) };
        let is_ours = matches!(self.format, Format::Own | Format::ParentList);
        let rank = rank.or_else(|| Rank::parse(word).filter(|_| is_ours));
        if let Some(rank) = rank {
            self.known.insert(word.to_string(), rank);
            return rank;
        }
        self.unknown.entry(word.to_string()).or_insert((0, row.line)).0 += 1;
        Rank::Unranked
    }

    fn note_ranks(&self, list: &mut Checklist) {
        for (word, (count, line)) in &self.unknown {
            let usage = Usage { name: word, line: *line, ..Usage::default() };
            list.find(FindingKind::UnknownRank, &usage, &format!("{count} rows"), String::new());
        }
    }

    /// A name from the columns of genus and epithets, or the lowest of the rank columns.
    fn composed(&self, row: &Row<'_>) -> Option<(String, Rank)> {
        let (genus, epithet) = (row.cell(self.columns.genus), row.cell(self.columns.epithet));
        if !genus.is_empty() && !epithet.is_empty() {
            let below = row.cell(self.columns.infraspecific);
            return Some(match below {
                "" => (format!("{genus} {epithet}"), Rank::Species),
                below => (format!("{genus} {epithet} {below}"), Rank::Subspecies),
            });
        }
        let &(column, rank) = self.columns.above.iter().rev().find(|&&(column, _)| !row.cell(Some(column)).is_empty())?;
        Some((row.cell(Some(column)).to_string(), rank))
    }

    /// The id of the taxon above, made of the rank columns; empty where they are blank.
    fn lineage(&self, list: &mut Checklist, row: &Row<'_>, rank: Rank, name: &str) -> String {
        let steps: Vec<(Rank, &str)> = self
            .columns
            .above
            .iter()
            .map(|&(column, rank)| (rank, row.cell(Some(column))))
            .filter(|&(above, cell)| {
                !cell.is_empty() && (rank.is_unranked() || above < rank) && cell != name && !name::is_missing(cell)
            })
            .collect();
        list.lineage_id(&steps, row.line)
    }
}

enum Skip {
    Orphan,
    NoTaxon,
}

/// Whether a name says more than a taxon and its author: a cultivar, a sex or stage in brackets, how sure it is, how widely
/// it is meant. Cut off, two cells would become one taxon.
pub(super) fn is_qualified(text: &str) -> bool {
    const WORDS: [&str; 17] = [
        "cf.", "aff.", "nr.", "agg.", "agg", "s.l.", "s.lat.", "s.str.", "s.s.", "group", "complex", "male", "female",
        "juvenile", "adult", "larva", "cv.",
    ];
    text.contains(['\'', '‘', '"'])
        || text.split(' ').any(|word| WORDS.contains(&word))
        || text.split_once(" (").is_some_and(|(_, inside)| inside.starts_with(char::is_lowercase))
}

/// The author behind a name that was written with it; empty where what stands there is none.
pub(super) fn author_behind<'t>(text: &'t str, name: &str) -> &'t str {
    let behind = text.strip_prefix(name).unwrap_or_default().trim_start();
    let first = behind.trim_start_matches('(');
    if first.starts_with(char::is_uppercase) { behind } else { "" }
}

/// The name without its author: by the author's own column, else by the grammar of names.
pub(super) fn without_author(text: &str, author: &str, rank: Rank) -> String {
    if !author.is_empty()
        && let Some(name) = text.strip_suffix(author)
        && !name.trim().is_empty()
    {
        return name.trim().to_string();
    }
    let capital = text.chars().next().is_some_and(|first| first.is_uppercase() || first == '×');
    if !capital || rank == Rank::Cultivar {
        return text.to_string();
    }
    if rank < Rank::Genus {
        let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
        let is_author = rest.starts_with(|letter: char| letter.is_uppercase() || letter == '(');
        return if is_author && !rest.contains("incertae") { first.to_string() } else { text.to_string() };
    }
    match name::parse(text) {
        // A species of which no epithet can be read (`Gamma charanÃ§on`) must not become its genus.
        Some(parsed) if (rank.is_unranked() || rank >= Rank::Species) && parsed.rank == Rank::Genus => text.to_string(),
        Some(parsed) => parsed.canonical,
        None => text.to_string(),
    }
}
