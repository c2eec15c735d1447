//! A file of a prior: names with their weights by group, before anybody knows which taxa they are.

use super::country_rules::{self, CountryRules};
use super::error::PriorError;
use super::layout::{Layout, Purpose, above, grouping, recognise};
use super::sheet::{Sheet, key};
use super::unit::{Unit, is_present};
use crate::answers::table::TableSource;
use crate::taxonomy::rank::Rank;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// The territory that is meant where images are in none that is named.
const METROPOLE: &str = "FR";

/// Ranks of TAXREF from the species on.
const OF_TAXREF: [&str; 19] = [
    "ES", "SMES", "MES", "SSES", "NAT", "VAR", "SVAR", "FO", "SSFO", "FOES", "LIN", "CLO", "RACE", "CAR", "MO", "AB", "HYB",
    "CVAR", "AGES",
];

/// What a name says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Entry {
    /// Place of the name.
    pub name: usize,
    /// Place of the group.
    pub group: usize,
    /// Weight of the taxon, 0 or more.
    pub weight: f64,
    /// Row of the table, from 1.
    pub row: usize,
}

/// A file of a prior as it was read.
#[derive(Debug, Clone)]
pub struct PriorFile {
    pub(super) path: PathBuf,
    /// Whether it only says which taxa may be answered.
    pub(super) only_allows: bool,
    /// What the images are grouped by; `None` where the list is one for all.
    pub(super) grouping: Option<String>,
    /// Groups as they are written; one without a name where there is no grouping.
    pub(super) groups: Vec<String>,
    /// Names, with the names above them joined by `;`.
    pub(super) names: Vec<(String, String)>,
    pub(super) entries: Vec<Entry>,
    /// Whether a taxon may stand there several times, and is allowed if any of them allows it.
    pub(super) repeats: bool,
    pub(super) rows: usize,
    /// Whether a name stands for its taxon alone, not for its clade, and what it does not name is allowed.
    pub(super) is_exact: bool,
    /// Rows that say nothing of a species in a group, by what they are.
    pub(super) left_out: BTreeMap<&'static str, usize>,
}

impl PriorFile {
    /// Reads a prior or a geofence; `asked` are the columns that images are grouped by.
    ///
    /// # Errors
    ///
    /// [`PriorError`]: no such table, no column of taxa or weights, several that may be groups, a weight that is none.
    pub fn read(source: &TableSource, purpose: Purpose, asked: &[String]) -> Result<PriorFile, PriorError> {
        if let Some(rules) = (purpose == Purpose::Geofence).then(|| country_rules::read(source)).flatten() {
            return Ok(PriorFile::of_countries(rules, source.name(), asked));
        }
        let sheet = Sheet::read(source)?;
        let layout = recognise(&sheet, source.name(), purpose, asked)?;
        let mut reading = Reading::new(&sheet, source.name(), &layout, purpose);
        reading.file.grouping = reading.file.grouping.map(|header| as_asked(header, asked));
        match layout {
            Layout::Plain { taxon, weight, group } => reading.plain(taxon, weight, group),
            Layout::Gbif { species, name, group } => Ok(reading.gbif(species, name, group)),
            Layout::Taxref { name, territories, by } => Ok(reading.taxref(name, &territories, by.is_some())),
        }
    }

    fn of_countries(rules: CountryRules, path: &Path, asked: &[String]) -> PriorFile {
        let of_name = |(name, allowed): (usize, Vec<bool>)| {
            let weights = allowed.into_iter().map(|allowed| f64::from(u8::from(allowed))).enumerate();
            weights.map(move |(group, weight)| Entry { name, group, weight, row: name + 1 })
        };
        PriorFile {
            path: path.to_path_buf(),
            only_allows: true,
            grouping: Some(grouping(asked).unwrap_or_else(|| "country".to_string())),
            groups: rules.countries,
            rows: rules.names.len(),
            names: rules.names,
            entries: rules.allowed.into_iter().enumerate().flat_map(of_name).collect(),
            is_exact: true,
            repeats: true,
            left_out: BTreeMap::new(),
        }
    }

    /// What the images must be grouped by; `None` where the list is one for all.
    #[must_use]
    pub fn grouping(&self) -> Option<&str> {
        self.grouping.as_deref()
    }

    /// The file, or the name of a table in memory.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// The name of a column as it was asked for: one that differs in accents or capitals alone is no other.
fn as_asked(header: String, asked: &[String]) -> String {
    asked.iter().find(|asked| key(asked) == key(&header)).cloned().unwrap_or(header)
}

/// A file that is being read.
struct Reading<'a> {
    sheet: &'a Sheet,
    above: Vec<usize>,
    genus: Option<usize>,
    file: PriorFile,
    names: HashMap<(String, String), usize>,
    groups: HashMap<String, usize>,
}

impl<'a> Reading<'a> {
    fn new(sheet: &'a Sheet, path: &Path, layout: &Layout, purpose: Purpose) -> Self {
        let (grouping, repeats) = match layout {
            Layout::Plain { group, .. } => (group.map(|column| sheet.headers[column].clone()), false),
            Layout::Gbif { group, .. } => (group.map(|column| sheet.headers[column].clone()), true),
            Layout::Taxref { by, .. } => (by.clone(), true),
        };
        let file = PriorFile {
            path: path.to_path_buf(),
            only_allows: purpose == Purpose::Geofence || matches!(layout, Layout::Plain { weight: Some((_, Unit::Allowed)), .. }),
            grouping,
            groups: vec![],
            names: vec![],
            entries: vec![],
            repeats,
            rows: sheet.rows(),
            is_exact: false,
            left_out: BTreeMap::new(),
        };
        let genus = sheet.find(&["genus", "genre"]);
        Self { sheet, above: above(sheet), genus, file, names: HashMap::new(), groups: HashMap::new() }
    }

    fn leave_out(&mut self, what: &'static str) {
        *self.file.left_out.entry(what).or_default() += 1;
    }

    /// The place of a name that stands in a row, below the names above it there; an epithet is one with its genus.
    fn name(&mut self, name: &str, row: usize) -> usize {
        let above: Vec<&str> = self
            .above
            .iter()
            .map(|&column| self.sheet.cell(column, row))
            .filter(|cell| !cell.is_empty() && *cell != name)
            .collect();
        let genus = self.sheet.cell_of(self.genus, row);
        let is_epithet = !genus.is_empty() && genus != name && name.chars().all(|letter| letter.is_lowercase() || letter == '-');
        let both = (if is_epithet { format!("{genus} {name}") } else { name.to_string() }, above.join(";"));
        if let Some(&known) = self.names.get(&both) {
            return known;
        }
        self.file.names.push(both.clone());
        self.names.insert(both, self.file.names.len() - 1);
        self.file.names.len() - 1
    }

    fn group(&mut self, group: &str) -> usize {
        if let Some(&known) = self.groups.get(group) {
            return known;
        }
        self.file.groups.push(group.to_string());
        self.groups.insert(group.to_string(), self.file.groups.len() - 1);
        self.file.groups.len() - 1
    }

    fn enter(&mut self, name: &str, group: &str, weight: f64, row: usize) {
        let entry = Entry { name: self.name(name, row), group: self.group(group), weight, row: row + 1 };
        self.file.entries.push(entry);
    }

    fn plain(mut self, taxon: usize, weight: Option<(usize, Unit)>, group: Option<usize>) -> Result<PriorFile, PriorError> {
        for row in 0..self.sheet.rows() {
            let (name, of_group) = (self.sheet.cell(taxon, row), self.sheet.cell_of(group, row));
            if name.is_empty() {
                self.leave_out("without a taxon");
                continue;
            }
            if group.is_some() && of_group.is_empty() {
                self.leave_out("without a group");
                continue;
            }
            let weight = match weight {
                None => 1.0,
                Some((column, unit)) => {
                    let text = self.sheet.cell(column, row);
                    let refused = || PriorError::Weight {
                        path: self.file.path.clone(),
                        row: row + 1,
                        column: unit.column(),
                        taxon: name.to_string(),
                        text: text.to_string(),
                        remedy: unit.remedy(),
                    };
                    unit.number(text).ok_or_else(refused)?
                }
            };
            self.enter(name, of_group, weight, row);
        }
        match weight {
            Some((_, Unit::Log)) => self.exponentiate(),
            Some((_, Unit::Weight)) if self.file.only_allows => {
                self.file.entries.iter_mut().for_each(|entry| entry.weight = f64::from(u8::from(entry.weight > 0.0)));
            }
            _ => {}
        }
        Ok(self.file)
    }

    /// Makes weights of logarithms: only their ratios in a group count, so that of the likeliest taxon is 1.
    fn exponentiate(&mut self) {
        let mut largest = vec![f64::NEG_INFINITY; self.file.groups.len()];
        for entry in &self.file.entries {
            largest[entry.group] = largest[entry.group].max(entry.weight);
        }
        let only_allows = self.file.only_allows;
        for entry in &mut self.file.entries {
            let impossible = entry.weight == f64::NEG_INFINITY;
            let weight = if impossible { 0.0 } else { (entry.weight - largest[entry.group]).exp() };
            entry.weight = if only_allows { f64::from(u8::from(!impossible)) } else { weight };
        }
    }

    fn gbif(mut self, species: Option<usize>, name: Option<usize>, group: Option<usize>) -> PriorFile {
        let (rank, status) = (self.sheet.find(&["taxonrank", "rank"]), self.sheet.find(&["occurrencestatus"]));
        for row in 0..self.sheet.rows() {
            let of_group = self.sheet.cell_of(group, row);
            let is_fine = || Rank::parse(self.sheet.cell_of(rank, row)).is_none_or(|rank| rank >= Rank::Species);
            let found = match self.sheet.cell_of(species, row) {
                "" if is_fine() => self.sheet.cell_of(name, row),
                species => species,
            };
            if self.sheet.cell_of(status, row).eq_ignore_ascii_case("absent") {
                self.leave_out("of absences");
            } else if found.is_empty() {
                self.leave_out("above the species");
            } else if group.is_some() && of_group.is_empty() {
                self.leave_out("without a group");
            } else {
                self.enter(found, of_group, 1.0, row);
            }
        }
        self.file
    }

    fn taxref(mut self, name: usize, territories: &[usize], is_grouped: bool) -> PriorFile {
        let rank = self.sheet.find(&["rang"]);
        for row in 0..self.sheet.rows() {
            let found = self.sheet.cell(name, row);
            if found.is_empty() || rank.is_some_and(|rank| !OF_TAXREF.contains(&self.sheet.cell(rank, row))) {
                self.leave_out("above the species");
                continue;
            }
            let mut is_anywhere = false;
            for &territory in territories {
                let header = self.sheet.headers[territory].to_uppercase();
                if is_present(self.sheet.cell(territory, row)) && (is_grouped || header == METROPOLE) {
                    is_anywhere = true;
                    self.enter(found, if is_grouped { &header } else { "" }, 1.0, row);
                }
            }
            if !is_anywhere {
                self.leave_out("of taxa that are absent");
            }
        }
        self.file
    }
}
