//! Checklists in one table: Darwin Core, ColDP, TAXREF, Open Tree, iNaturalist, rank tables.

use super::checklist::{Checklist, Language, Usage};
use super::columns::{self, Columns};
use super::finding::Kind;
use super::rows::{Dialect, Row};
use super::{Format, ImportError, Source, bare_id, quoted};
use crate::archive::Member;
use crate::name;
use crate::rank::Rank;
use crate::taxonomy::identity;
use std::collections::BTreeMap;

/// Reads a table if its header is that of a checklist.
pub(super) fn pour(
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
    } else if columns::column(header, &["parent"]).is_some() {
        Format::ParentList
    } else {
        Format::DarwinCore
    };
    pour_columns(source, member, &columns, dialect)?;
    if format == Format::OpenTree {
        pour_open_tree_synonyms(source, member)?;
    }
    if format == Format::Taxref {
        pour_taxref_beside(source)?;
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
pub(super) fn pour_columns(
    source: &mut Source<'_>,
    member: &Member,
    columns: &Columns,
    dialect: Dialect,
) -> Result<(), ImportError> {
    let filter = Filter::of(source, columns, &member.name)?;
    let filters = filter.status.is_some() || filter.habitat.is_some();
    let mut fails = vec![];
    let mut reader = Reader::new(columns);
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
    /// Words that are no rank: how often, and where first.
    unknown: BTreeMap<String, (u64, u64)>,
    known: BTreeMap<String, Rank>,
}

impl<'a> Reader<'a> {
    fn new(columns: &'a Columns) -> Self {
        Self { columns, unknown: BTreeMap::new(), known: BTreeMap::new() }
    }

    fn read(&mut self, list: &mut Checklist, row: &Row<'_>) -> Option<u32> {
        let columns = self.columns;
        let id = bare_id(row.cell(columns.id));
        let mut rank = self.rank(row);
        let author = row.cell(columns.author);
        let status = row.cell(columns.status);
        let made;
        let mut text = row.cell(columns.canonical);
        if text.is_empty() {
            text = row.cell(columns.name);
            if text.is_empty() {
                made = self.composed(row);
                if let Some((name, of)) = &made {
                    text = name;
                    if rank.is_unranked() {
                        rank = *of;
                    }
                }
            }
        }
        let canonical;
        let mut name = text;
        if columns.canonical.is_none() || row.cell(columns.canonical).is_empty() {
            canonical = without_author(text, author, rank);
            name = &canonical;
        }
        if rank.is_unranked() && row.cell(columns.rank).is_empty() && columns.rank_level.is_none() {
            rank = name::parse(name).map(|parsed| parsed.rank).filter(|&rank| rank >= Rank::Species).unwrap_or(rank);
        }
        let length = row.cell(columns.length).parse().ok();
        let usage = Usage { id, name, raw: text, author, rank, line: row.line, length, ..Usage::default() };
        if columns.active.is_some() && matches!(row.cell(columns.active), "false" | "f" | "0") {
            list.rows += 1;
            list.filtered += 1;
            return None;
        }
        let parent = match columns.ancestry {
            Some(_) => bare_id(row.cell(columns.ancestry).rsplit('/').next().unwrap_or_default()),
            None => bare_id(row.cell(columns.parent)),
        };
        let accepted = match self.accepted(row, id, parent, status) {
            Ok(accepted) => accepted,
            Err(Skip::Orphan) => {
                list.rows += 1;
                list.refuse(Kind::AcceptedMissing, &usage, &format!("status '{status}', no accepted id"));
                return None;
            }
            Err(Skip::NoTaxon) => {
                list.rows += 1;
                list.filtered += 1;
                return None;
            }
        };
        if !accepted.is_empty() {
            return list.push(&Usage { accepted, ..usage });
        }
        let made_parent;
        let parent = if parent.is_empty() && !columns.above.is_empty() && !columns.is_taxref {
            made_parent = self.lineage(list, row, rank, name);
            made_parent.as_str()
        } else {
            parent
        };
        let entry = list.push(&Usage { parent, ..usage });
        for synonym in row.cell(columns.synonyms).split(['|', ';']).map(str::trim).filter(|synonym| !name::is_missing(synonym)) {
            push_synonym(list, id, synonym, row.line);
            list.rows -= 1;
            list.made += 1;
        }
        for (column, language) in [(columns.english, Language::English), (columns.french, Language::French)] {
            let names = row.cell(column);
            if !names.is_empty() && !name::is_missing(names) {
                let first = if columns.is_taxref { names.split(',').next().unwrap_or(names).trim() } else { names };
                list.push_common(id, language, first);
            }
        }
        entry
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
            return rank_of_level(row.cell(Some(level)));
        }
        let word = row.cell(self.columns.rank);
        if word.is_empty() {
            return Rank::Unranked;
        }
        if let Some(&rank) = self.known.get(word) {
            return rank;
        }
        let rank = if self.columns.is_taxref { taxref_rank(word) } else { known_rank(word) };
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
            list.find(Kind::UnknownRank, &usage, &format!("{count} rows"), String::new());
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

/// Ranks as checklists write them, beyond the words of [`Rank::parse`].
pub(super) fn known_rank(word: &str) -> Option<Rank> {
    let word = word.trim().to_lowercase().replace('_', " ");
    Some(match word.as_str() {
        "no rank - terminal" | "no rank" | "unranked" | "clade" | "incertae sedis" | "informal" | "other" => Rank::Unranked,
        "varietas" => Rank::Variety,
        "subvarietas" => Rank::Subvariety,
        "forma" | "forma specialis" | "subform" => Rank::Form,
        "species group" | "species subgroup" | "species aggregate" | "aggregate" => Rank::Complex,
        "infraspecific name" | "infrasubspecific name" => Rank::Subspecies,
        "phylum (division)" => Rank::Phylum,
        "subphylum (subdivision)" => Rank::Subphylum,
        word => return Rank::parse(word).filter(|rank| *rank != Rank::Root),
    })
}

/// TAXREF's codes of ranks; those between the ranks we know are kept without rank.
fn taxref_rank(code: &str) -> Option<Rank> {
    Some(match code.trim() {
        "KD" => Rank::Kingdom,
        "SSRG" => Rank::Subkingdom,
        "IFRG" => Rank::Infrakingdom,
        "PH" => Rank::Phylum,
        "SBPH" | "SBDV" => Rank::Subphylum,
        "IFPH" => Rank::Infraphylum,
        "SPCL" => Rank::Superclass,
        "CL" => Rank::Class,
        "SBCL" => Rank::Subclass,
        "IFCL" => Rank::Infraclass,
        "SPOR" => Rank::Superorder,
        "OR" => Rank::Order,
        "SBOR" => Rank::Suborder,
        "IFOR" => Rank::Infraorder,
        "SPFM" => Rank::Superfamily,
        "FM" => Rank::Family,
        "SBFM" => Rank::Subfamily,
        "SPTR" => Rank::Supertribe,
        "TR" => Rank::Tribe,
        "SSTR" => Rank::Subtribe,
        "GN" => Rank::Genus,
        "SSGN" => Rank::Subgenus,
        "SC" => Rank::Section,
        "SER" => Rank::Series,
        "AGES" => Rank::Complex,
        "ES" => Rank::Species,
        "SSES" => Rank::Subspecies,
        "VAR" => Rank::Variety,
        "SVAR" => Rank::Subvariety,
        "FO" | "SSFO" => Rank::Form,
        "CVAR" => Rank::Cultivar,
        "Dumm" | "SPRG" | "DV" | "CLAD" | "LEG" | "COH" | "PVCL" | "SBSC" | "SSER" | "SMES" | "MES" | "NAT" | "FOES" | "LIN"
        | "CLO" | "RACE" | "CAR" | "MO" | "AB" | "HYB" => Rank::Unranked,
        _ => return None,
    })
}

/// iNaturalist's numbers for ranks.
fn rank_of_level(level: &str) -> Rank {
    match level.trim().trim_end_matches(".0") {
        "70" => Rank::Kingdom,
        "67" => Rank::Subkingdom,
        "60" => Rank::Phylum,
        "57" => Rank::Subphylum,
        "53" => Rank::Superclass,
        "50" => Rank::Class,
        "47" => Rank::Subclass,
        "45" => Rank::Infraclass,
        "43" => Rank::Superorder,
        "40" => Rank::Order,
        "37" => Rank::Suborder,
        "35" => Rank::Infraorder,
        "34.5" => Rank::Parvorder,
        "33" => Rank::Superfamily,
        "30" => Rank::Family,
        "27" => Rank::Subfamily,
        "26" => Rank::Supertribe,
        "25" => Rank::Tribe,
        "24" => Rank::Subtribe,
        "20" | "19" => Rank::Genus,
        "15" => Rank::Subgenus,
        "13" => Rank::Section,
        "11" => Rank::Complex,
        "10" => Rank::Species,
        "5" => Rank::Subspecies,
        _ => Rank::Unranked,
    }
}

/// Open Tree keeps synonyms and retired ids in files beside the taxonomy.
fn pour_open_tree_synonyms(source: &mut Source<'_>, member: &Member) -> Result<(), ImportError> {
    if let Some((archive, synonyms)) = source.beside(member, "taxonomy", "synonyms") {
        let head = super::rows::head(&archive, &synonyms, 4096, source.encoding)?;
        let first = head.lines().next().unwrap_or_default();
        let dialect = Dialect::of_header(first);
        let header = super::rows::header_cells(first, dialect);
        let (name, id) = (columns::column(&header, &["name"]), columns::column(&header, &["uid"]));
        if name.is_none() || id.is_none() {
            let what = "no columns 'name' and 'uid' of synonyms".to_string();
            return Err(ImportError::Columns { file: synonyms.name, what, found: quoted(&header) });
        }
        let list = &mut source.list;
        super::rows::each(&archive, &synonyms, dialect, source.encoding, &mut |row| {
            push_synonym(list, row.cell(id), row.cell(name), row.line);
            Ok(())
        })?;
        source.files.push(synonyms.name);
    } else {
        source.notes.push("no file of synonyms beside the taxonomy".to_string());
    }
    if let Some((archive, forwards)) = source.beside(member, "taxonomy", "forwards") {
        let dialect = Dialect { separator: super::rows::Separator::Byte(b'\t'), quote: None, header_lines: 1 };
        let list = &mut source.list;
        super::rows::each(&archive, &forwards, dialect, source.encoding, &mut |row| {
            let (retired, now) = (row.cell(Some(0)), row.cell(Some(1)));
            if list.entry_of_id(retired).is_none()
                && let Some(entry) = list.entry_of_id(now)
            {
                let name = list.name(entry).to_string();
                list.push(&Usage { id: retired, accepted: now, name: &name, line: row.line, ..Usage::default() });
            }
            Ok(())
        })?;
        source.files.push(forwards.name);
    }
    Ok(())
}

/// A synonym that has no id of its own.
pub(super) fn push_synonym(list: &mut Checklist, accepted: &str, name: &str, line: u64) {
    if name.is_empty() || accepted.is_empty() {
        list.rows += 1;
        list.refuse(Kind::BlankName, &Usage { id: accepted, name, line, ..Usage::default() }, "");
        return;
    }
    let id = format!("{}={accepted}={name}", super::checklist::OWN);
    list.push(&Usage { id: &id, accepted, name, line, ..Usage::default() });
}

/// TAXREF's common names (TAXVERN) and retired ids (CDNOM_DISPARUS), where the archive has them.
fn pour_taxref_beside(source: &mut Source<'_>) -> Result<(), ImportError> {
    let find = |prefix: &str| {
        source.archive.members().iter().find(|member| member.file_name().to_lowercase().starts_with(prefix)).cloned()
    };
    let (common, retired) = (find("taxvern"), find("cdnom_disparus"));
    for (member, is_common) in common.map(|member| (member, true)).into_iter().chain(retired.map(|member| (member, false))) {
        let head = super::rows::head(&source.archive, &member, 4096, source.encoding)?;
        let first = head.lines().next().unwrap_or_default();
        let dialect = Dialect::of_header(first);
        let header = super::rows::header_cells(first, dialect);
        let id = columns::column(&header, &["cdnom"]);
        let name = columns::column(&header, &["lbvern"]);
        let language = columns::column(&header, &["iso6393", "langue"]);
        let now = columns::column(&header, &["cdnomremplacement"]);
        source.each(&member, dialect, &mut |list, row| {
            if is_common {
                if let Some(language) = Language::parse(row.cell(language)) {
                    list.push_common(row.cell(id), language, row.cell(name));
                }
            } else if let Some(entry) = list.entry_of_id(row.cell(now)) {
                let accepted = list.name(entry).to_string();
                list.push(&Usage {
                    id: row.cell(id),
                    accepted: row.cell(now),
                    name: &accepted,
                    line: row.line,
                    ..Usage::default()
                });
            }
            Ok(())
        })?;
        source.files.push(member.name);
    }
    Ok(())
}

/// A table with a column per rank.
pub(super) fn pour_ranks(
    source: &mut Source<'_>,
    member: &Member,
    header: &[String],
    dialect: Dialect,
) -> Result<Format, ImportError> {
    let columns = Columns::of(header);
    let has_cls = columns::column(header, &["cls"]).is_some();
    let above: Vec<(usize, Rank)> = columns
        .above
        .iter()
        .map(|&(index, rank)| {
            if rank == Rank::Class && has_cls {
                (columns::column(header, &["cls"]).unwrap_or(index), rank)
            } else {
                (index, rank)
            }
        })
        .collect();
    let species = columns::column(header, &["species", "specie", "espece", "espèce", "speciesname", "specificepithet"]);
    let name = columns::column(header, &["scientificname", "sciname", "searchspecies", "gbifspecies", "lbnom"]);
    let id =
        columns::column(header, &["taxonid", "acceptedtaxonkey", "cdnom", "gbifspeciesid", "speciesid", "aphiaid", "eppocode"]);
    let english = columns::column(header, &["commonname", "common", "vernacularname"]);
    let french = columns::column(header, &["commonnamefr", "nomvern"]);
    if has_cls && columns::column(header, &["class"]).is_some() {
        source
            .notes
            .push("column 'class' holds labels, because there is a column 'cls'; the class is read from 'cls'".to_string());
    }
    if columns::is_photographs(header) {
        source.notes.push("a row per photograph: each lineage is taken once".to_string());
    }
    let is_photographs = columns::is_photographs(header);
    let mut taken = std::collections::HashSet::new();
    source.each(member, dialect, &mut |list, row| {
        let known = |column: Option<usize>| Some(row.cell(column)).filter(|cell| !name::is_missing(cell));
        let mut lineage: Vec<(Rank, String)> = vec![];
        for &(column, rank) in &above {
            // Some tables fill up a short lineage by repeating its last name.
            if let Some(cell) = known(Some(column))
                && lineage.last().is_none_or(|(_, last)| last != cell)
            {
                lineage.push((rank, cell.to_string()));
            }
        }
        let genus = lineage.iter().find(|(rank, _)| *rank == Rank::Genus).map(|(_, genus)| genus.clone());
        let last = known(species).or_else(|| known(name));
        if let Some(text) = last {
            push_last(&mut lineage, text, genus.as_deref(), species.is_some());
        }
        let own_id = known(id).filter(|id| *id != "-1");
        let steps: Vec<(Rank, &str)> = lineage.iter().map(|(rank, name)| (*rank, name.as_str())).collect();
        let Some((&(rank, last), above)) = steps.split_last() else {
            list.rows += 1;
            list.refuse(Kind::NoTaxon, &Usage { line: row.line, ..Usage::default() }, "");
            return Ok(());
        };
        let whole = steps.iter().map(|(_, name)| *name).collect::<Vec<_>>().join(";");
        if is_photographs && !taken.insert(whole.clone()) {
            list.rows += 1;
            list.folded += 1;
            return Ok(());
        }
        let parent = list.lineage_id(above, row.line);
        let made_id = format!("{}{}", super::checklist::OWN, identity::of_lineage(steps.iter().map(|(_, name)| *name)));
        // A taxon that was made for the rows below it gets its row now.
        if own_id.is_none() && list.entry_of_id(&made_id).is_some() {
            list.rows += 1;
            list.folded += 1;
            return Ok(());
        }
        let id = own_id.unwrap_or(&made_id);
        list.push(&Usage { id, parent: &parent, name: last, rank, line: row.line, ..Usage::default() });
        for (column, language) in [(english, Language::English), (french, Language::French)] {
            if let Some(common) = known(column) {
                list.push_common(id, language, common);
            }
        }
        Ok(())
    })?;
    Ok(Format::RankTable)
}

/// Puts the species (a binomial, or an epithet and its genus) or what else the name is at the end of a lineage.
fn push_last(lineage: &mut Vec<(Rank, String)>, text: &str, genus: Option<&str>, is_species: bool) {
    let text = name::normalise(text);
    let is_epithet = is_species && !text.contains(' ') && text.chars().next().is_some_and(char::is_lowercase);
    let full = match genus {
        Some(genus) if is_epithet => format!("{genus} {text}"),
        Some(genus)
            if is_species
                && text != *genus
                && !text.starts_with(&format!("{genus} "))
                && text.chars().next().is_some_and(char::is_lowercase) =>
        {
            format!("{genus} {text}")
        }
        _ => text,
    };
    let parsed = name::parse(&full);
    let rank = match &parsed {
        Some(parsed) if parsed.rank > Rank::Species => parsed.rank,
        _ if is_species => Rank::Species,
        Some(parsed) => parsed.rank,
        None => Rank::Unranked,
    };
    let canonical = without_author(&full, "", rank);
    if lineage.last().is_some_and(|(_, last)| *last == canonical) {
        return;
    }
    if let Some(parsed) = parsed
        && lineage.iter().all(|(rank, _)| *rank != Rank::Genus)
        && parsed.rank >= Rank::Species
    {
        lineage.push((Rank::Genus, parsed.genus().to_string()));
    }
    if rank > Rank::Species
        && let Some(binomial) = name::parse(&canonical).and_then(|parsed| parsed.binomial())
    {
        lineage.push((Rank::Species, binomial));
    }
    lineage.push((rank, canonical));
}
