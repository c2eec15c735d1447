//! Which column of a rank table holds what, and what a row of it says.

use super::category::{self, Category};
use super::columns;
use super::name_column;
use super::rank_words;
use super::rows::{Dialect, Row};
use super::tabular::{is_qualified, without_author};
use super::vernacular::{CommonColumn, common_columns};
use crate::taxonomy::identity;
use crate::taxonomy::name;
use crate::taxonomy::name::placeholder::is_placeholder;
use crate::taxonomy::rank::Rank;

/// Columns of a row's own id, the surest first.
const IDS: &[&str] = &[
    "taxonid",
    "taxonkey",
    "acceptedtaxonkey",
    "cdnom",
    "gbifspeciesid",
    "speciesid",
    "aphiaid",
    "eppocode",
    "taxid",
    "tsn",
    "speciescode",
];

/// Columns of the id of the taxon that a name is a synonym of.
const ACCEPTED_IDS: &[&str] = &[
    "acceptedtaxonkey",
    "acceptedkey",
    "acceptedusagekey",
    "aphiaidaccepted",
    "validaphiaid",
    "acceptedtaxonid",
    "acceptednameusageid",
    "acceptedtsn",
    "tsnaccepted",
];

/// Columns of its name.
const ACCEPTED_NAMES: &[&str] =
    &["acceptedscientificname", "scientificnameaccepted", "acceptednameusage", "acceptedname", "validname"];

/// Columns of ids that others have for the taxon.
const OTHER_IDS: &[&str] = &["taxonconceptid", "avibaseid", "eppocode", "speciescode", "speciescodecornelllab"];

/// What a row is about.
pub(super) enum Meaning {
    /// A taxon.
    Taxon,
    /// Another name of a taxon.
    Synonym,
    /// Nothing that is a taxon; why, as a note tells it.
    Nothing(String),
}

/// Which column of a rank table holds what.
#[derive(Debug)]
pub(super) struct FlatColumns {
    /// Ranks above the species, the highest first.
    above: Vec<(usize, Rank)>,
    species: Option<usize>,
    /// Ranks below the species.
    below: Vec<(usize, Rank)>,
    /// The name of whatever the row is about.
    name: Option<usize>,
    rank: Option<usize>,
    pub(super) id: Option<usize>,
    pub(super) other_ids: Vec<usize>,
    /// Ids of the taxa of ranks.
    pub(super) rank_ids: Vec<(usize, Rank)>,
    pub(super) common: Vec<CommonColumn>,
    pub(super) synonyms: Option<usize>,
    pub(super) accepted_id: Option<usize>,
    accepted_name: Option<usize>,
    status: Option<usize>,
    match_type: Option<usize>,
    category: Option<usize>,
    /// The code of the species that a row below it is counted as.
    report_as: Option<usize>,
    pub(super) is_photographs: bool,
}

impl FlatColumns {
    pub(super) fn of(header: &[String], dialect: Dialect, begin: &str) -> FlatColumns {
        let ranks = columns::ranks(header);
        let of = |keep: &dyn Fn(Rank) -> bool| ranks.iter().copied().filter(|&(_, rank)| keep(rank)).collect::<Vec<_>>();
        let is_photographs = columns::is_photographs(header);
        let is_lookup = columns::is_lookup(header);
        let find = |names: &[&str]| columns::column(header, names);
        // In a list of photographs these are the photographs'.
        let id = find(IDS).or_else(|| find(&["key", "usagekey"]).filter(|_| is_lookup));
        let id = id.or_else(|| find(&["id", "uid"]).filter(|_| !is_photographs));
        let species = of(&|rank| rank == Rank::Species).first().map(|&(index, _)| index);
        let taken: Vec<usize> = ranks.iter().map(|&(index, _)| index).collect();
        let name = match species {
            Some(_) => name_column::by_header(header),
            None => name_column::without_species(header, dialect, begin, &taken),
        };
        // The tool of WoRMS puts its columns behind those of the table that it was given.
        let names = columns::columns_of(header, &["scientificname"]);
        let name = if find(&["aphiaidaccepted"]).is_some() { names.last().copied().or(name) } else { name };
        let accepted_id = find(ACCEPTED_IDS).filter(|&place| Some(place) != id);
        let accepted_name = find(ACCEPTED_NAMES).filter(|&place| Some(place) != name);
        let has_status = accepted_id.is_some() || accepted_name.is_some() || is_lookup;
        FlatColumns {
            above: of(&|rank| rank < Rank::Species),
            species,
            below: of(&|rank| rank > Rank::Species),
            name,
            rank: find(&["taxonrank", "rank", "rang"]),
            other_ids: columns::columns_of(header, OTHER_IDS).into_iter().filter(|&place| Some(place) != id).collect(),
            rank_ids: columns::rank_ids(header).into_iter().filter(|&(place, _)| Some(place) != id).collect(),
            id,
            common: common_columns(header),
            synonyms: find(columns::SYNONYMS),
            accepted_id,
            accepted_name,
            status: find(&["taxonomicstatus", "status", "taxonstatus"]).filter(|_| has_status),
            match_type: find(&["matchtype"]).filter(|_| is_lookup),
            category: find(&["category"]).filter(|_| name.is_some()),
            report_as: find(&["reportas"]),
            is_photographs,
        }
    }

    /// Whether rows say what they are synonyms of: the list is that of an institution.
    pub(super) fn has_synonyms(&self) -> bool {
        self.accepted_id.is_some() || self.accepted_name.is_some() || self.match_type.is_some()
    }

    /// What a row is about.
    pub(super) fn meaning(&self, row: &Row<'_>) -> Meaning {
        let is_unmatched = || {
            let word = row.cell(self.match_type).to_lowercase();
            word == "none" || word == "no match" || known(row, self.id).is_none()
        };
        if self.match_type.is_some() && is_unmatched() {
            return Meaning::Nothing("without a match".to_string());
        }
        if self.category(row) == Some(Category::NoTaxon) {
            return Meaning::Nothing(format!("of category '{}'", row.cell(self.category)));
        }
        if self.is_synonym(row) { Meaning::Synonym } else { Meaning::Taxon }
    }

    fn category(&self, row: &Row<'_>) -> Option<Category> {
        self.category.and_then(|column| Category::parse(row.cell(Some(column))))
    }

    fn is_synonym(&self, row: &Row<'_>) -> bool {
        let status = row.cell(self.status).to_lowercase();
        let says_synonym =
            ["synonym", "misapplied", "unaccepted", "not accepted", "invalid"].iter().any(|word| status.contains(*word));
        let says_accepted = matches!(status.as_str(), "accepted" | "valid" | "doubtful" | "provisionally accepted");
        let own = self.own_id(row);
        if let (Some(accepted), Some(own)) = (known(row, self.accepted_id).map(identity::bare_id), own) {
            return accepted != own && !says_accepted;
        }
        let accepted = known(row, self.accepted_name).filter(|_| !says_accepted);
        match accepted {
            Some(accepted) if self.status.is_none() => {
                let bare = |text: &str| name::key(&without_author(text, "", Rank::Unranked));
                self.own_name(row).is_some_and(|own| bare(own) != bare(accepted))
            }
            Some(_) => says_synonym,
            None => says_synonym && self.match_type.is_some(),
        }
    }

    /// The id of the row; none that stands for nothing.
    pub(super) fn own_id<'r>(&self, row: &Row<'r>) -> Option<&'r str> {
        known(row, self.id).filter(|id| *id != "-1").map(identity::bare_id)
    }

    /// The name that the row is about, as it is written.
    pub(super) fn own_name<'r>(&self, row: &Row<'r>) -> Option<&'r str> {
        known(row, self.name).or_else(|| known(row, self.species))
    }

    /// The code of the species that a row below it is counted as.
    pub(super) fn reported_as<'r>(&self, row: &Row<'r>) -> Option<&'r str> {
        known(row, self.report_as).filter(|_| self.category(row) == Some(Category::Below))
    }

    /// The rank that the row says, where it is one.
    pub(super) fn said_rank(&self, row: &Row<'_>) -> Option<Rank> {
        let word = row.cell(self.rank);
        if word.is_empty() { None } else { rank_words::known_rank(word).filter(|rank| !rank.is_unranked()) }
    }

    /// The names above the species, as the cells tell them, down to a rank.
    fn above(&self, row: &Row<'_>, below: Rank) -> Vec<(Rank, String)> {
        let mut lineage: Vec<(Rank, String)> = vec![];
        for &(column, rank) in self.above.iter().filter(|&&(_, rank)| rank < below) {
            // Some tables fill up a short lineage by repeating its last name; a subgenus may have the name of its genus.
            let repeats =
                |(above, last): &(Rank, String), cell: &str| last == cell && (rank, *above) != (Rank::Subgenus, Rank::Genus);
            let Some(cell) = known(row, Some(column)).filter(|cell| !is_nothing(cell)) else { continue };
            let cell = if rank < Rank::Genus { without_brackets(cell).0 } else { cell };
            if lineage.last().is_none_or(|last| !repeats(last, cell)) {
                lineage.push((rank, cell.to_string()));
            }
        }
        lineage
    }

    /// What stands in brackets behind the names above the genus: `Struthionidae (Ostriches)`.
    pub(super) fn asides<'r>(&self, row: &Row<'r>) -> Vec<(Rank, &'r str)> {
        let cells = self.above.iter().filter(|&&(_, rank)| rank < Rank::Genus);
        cells.filter_map(|&(column, rank)| Some((rank, without_brackets(row.cell(Some(column))).1?))).collect()
    }

    /// The lineage of a row, highest rank first, as the cells and the binomial tell it.
    pub(super) fn lineage(&self, row: &Row<'_>) -> Vec<(Rank, String)> {
        match (self.category(row), known(row, self.name)) {
            (Some(Category::Below), Some(text)) => {
                return self.above(row, Rank::Genus).into_iter().chain(category::below_species(text)).collect();
            }
            (Some(Category::Cross), Some(text)) => {
                return self.above(row, Rank::Genus).into_iter().chain(category::cross(text)).collect();
            }
            _ => {}
        }
        self.lineage_to(row, known(row, self.name))
    }

    /// The lineage of the taxon that a row is a synonym of: by the accepted name, or else by the columns of ranks, which are
    /// then its own.
    pub(super) fn accepted_lineage(&self, row: &Row<'_>) -> Vec<(Rank, String)> {
        let Some(text) = known(row, self.accepted_name) else { return self.lineage_to(row, None) };
        let mut lineage = self.above(row, Rank::Genus);
        if let Some(parsed) = name::parse(text).filter(|parsed| parsed.rank >= Rank::Species) {
            lineage.push((Rank::Genus, parsed.genus().to_string()));
        }
        let said = self.said_rank(row).filter(|rank| *rank < Rank::Species);
        self.push_last(&mut lineage, text, None, (false, said));
        lineage
    }

    fn lineage_to(&self, row: &Row<'_>, name: Option<&str>) -> Vec<(Rank, String)> {
        let mut lineage = self.above(row, Rank::Species);
        let genus = lineage.iter().find(|(rank, _)| *rank == Rank::Genus).map(|(_, genus)| genus.clone());
        // `Apis sp. 1` may be a taxon to those who keep the list; `uncultured bacterium` is none to anybody.
        let is_name = |cell: &&str| cell.starts_with(char::is_uppercase) || !is_placeholder(cell);
        let species = known(row, self.species).filter(is_name);
        let said = self.said_rank(row);
        if let Some(text) = species.or(name).filter(is_name) {
            self.push_last(&mut lineage, text, genus.as_deref(), (species.is_some(), said));
        }
        if let (Some(_), Some(name)) = (species, name) {
            push_finer(&mut lineage, name);
        }
        for &(column, rank) in &self.below {
            let Some(cell) = known(row, Some(column)) else { continue };
            let name = match lineage.last() {
                Some((above, species)) if cell.starts_with(char::is_lowercase) && *above >= Rank::Species => {
                    without_author(&format!("{species} {cell}"), "", rank)
                }
                _ => without_author(cell, "", rank),
            };
            if lineage.last().is_none_or(|(_, last)| *last != name) {
                lineage.push((rank, name));
            }
        }
        lineage
    }

    /// Whether a row has the epithet of a species and, though the table has a column for it, no genus.
    pub(super) fn lacks_genus(&self, row: &Row<'_>) -> bool {
        let genus = self.above.iter().find(|(_, rank)| *rank == Rank::Genus).map(|&(column, _)| column);
        genus.is_some()
            && known(row, genus).is_none()
            && known(row, self.species).is_some_and(|text| !text.contains(' ') && text.starts_with(char::is_lowercase))
    }

    /// Whether the table has no column for the genus.
    pub(super) fn genera_are_made(&self) -> bool {
        self.above.iter().all(|&(_, rank)| rank != Rank::Genus)
    }

    /// Puts the genus of a binomial in its place, where the table has no column for it: a blank cell may mean something.
    fn push_genus(&self, lineage: &mut Vec<(Rank, String)>, parsed: Option<&name::ScientificName>) {
        if let Some(parsed) = parsed.filter(|parsed| parsed.rank >= Rank::Species && self.genera_are_made())
            && lineage.iter().all(|(rank, _)| *rank != Rank::Genus)
            // A cross of two genera belongs to neither.
            && !matches!(name::hybrid_formula(&parsed.canonical), Some((_, None)))
        {
            let place = lineage.iter().position(|(rank, _)| *rank > Rank::Genus).unwrap_or(lineage.len());
            lineage.insert(place, (Rank::Genus, parsed.genus().to_string()));
        }
    }

    /// Puts the species (a binomial, or an epithet and its genus) or what else the name is at the end of a lineage.
    fn push_last(
        &self,
        lineage: &mut Vec<(Rank, String)>,
        text: &str,
        genus: Option<&str>,
        (is_species, said): (bool, Option<Rank>),
    ) {
        let text = name::normalise(text);
        let full = match genus {
            Some(genus) if is_species && is_epithet(&text, genus) => format!("{genus} {text}"),
            _ => text,
        };
        // `Red fox` and `house cat` look alike; what is written small all through is no binomial.
        let is_written = full.starts_with(|first: char| first.is_uppercase() || first == '×');
        let parsed = name::parse(&full).filter(|_| is_written);
        if is_species && is_qualified(&full) {
            self.push_genus(lineage, parsed.as_ref());
            lineage.push((Rank::Species, full));
            return;
        }
        // What a row says of its rank counts where its name does not say it, and where it is below all that stands above.
        let above_species = said.filter(|said| *said < Rank::Species && lineage.iter().all(|(rank, _)| rank < said));
        let rank = match &parsed {
            Some(parsed) if parsed.rank > Rank::Species => said.filter(|said| *said > Rank::Species).unwrap_or(parsed.rank),
            _ if is_species => Rank::Species,
            Some(parsed) if parsed.rank == Rank::Genus => above_species.unwrap_or(parsed.rank),
            Some(parsed) => parsed.rank,
            None => above_species.unwrap_or(Rank::Unranked),
        };
        let canonical = without_author(&full, "", rank);
        if lineage.last().is_some_and(|(_, last)| *last == canonical) {
            return;
        }
        self.push_genus(lineage, parsed.as_ref());
        if rank > Rank::Species
            && let Some(binomial) = name::parse(&canonical).and_then(|parsed| parsed.binomial())
        {
            lineage.push((Rank::Species, binomial));
        }
        lineage.push((rank, canonical));
    }
}

/// A cell that is not blank and no word for nothing.
pub(super) fn known<'r>(row: &Row<'r>, column: Option<usize>) -> Option<&'r str> {
    Some(row.cell(column)).filter(|cell| !name::is_missing(cell))
}

/// Whether the cell of a rank above the species names nothing; most cells are told by their letters.
fn is_nothing(cell: &str) -> bool {
    let is_word = cell.bytes().all(|byte| byte.is_ascii_alphabetic()) && cell.starts_with(char::is_uppercase);
    let is_name = is_word && !cell.starts_with(['U', 'M', 'E']);
    !is_name && is_placeholder(cell)
}

/// A name above the genus, and what stands in brackets behind it.
fn without_brackets(cell: &str) -> (&str, Option<&str>) {
    match cell.strip_suffix(')').and_then(|cell| cell.split_once(" (")) {
        Some((name, inside)) if !name.contains(' ') && !inside.is_empty() => (name, Some(inside)),
        _ => (cell, None),
    }
}

/// Whether a species column has the epithet alone: `vesca`, `× ananassa`, `vesca subsp. alba`, and `vulpes` of the genus
/// *Vulpes*; not `vulpes vulpes`, nor several plain words under what is no scientific name of a genus (`red fox`, `foxes`).
fn is_epithet(text: &str, genus: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    let begins = text.starts_with(|first: char| first.is_lowercase() || first == '×')
        || text.starts_with(|first: char| first.is_ascii_digit()) && text.contains('-');
    let repeats = words.len() > 1 && name::key(words[0]) == name::key(genus);
    begins && !repeats && (words.len() == 1 || genus.starts_with(|first: char| first.is_uppercase() || first == '×'))
}

/// A subspecies or variety whose name stands beside that of its species.
fn push_finer(lineage: &mut Vec<(Rank, String)>, text: &str) {
    let text = name::normalise(text);
    let Some(parsed) = name::parse(&text).filter(|parsed| parsed.rank > Rank::Species && !is_qualified(&text)) else { return };
    if lineage.last().is_some_and(|(rank, species)| *rank == Rank::Species && parsed.binomial().as_ref() == Some(species)) {
        lineage.push((parsed.rank, parsed.canonical));
    }
}
