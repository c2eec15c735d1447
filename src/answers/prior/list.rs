//! A prior: weights of taxa by group.

use super::error::PriorError;
use super::file::PriorFile;
use super::weights::TaxonWeights;
use crate::taxonomy::name::vernacular::without_accents;
use crate::taxonomy::search::Found;
use crate::taxonomy::{TaxonId, Taxonomy};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Weights of taxa by group of images.
#[derive(Debug, Clone)]
pub struct Prior {
    /// The file, or the name of a table in memory.
    pub name: String,
    /// Whether it only says which taxa may be answered.
    pub only_allows: bool,
    /// What the images are grouped by; `None` where the list is one for all.
    pub grouping: Option<String>,
    /// Rows of the table.
    pub rows: usize,
    /// Rows that say nothing of a taxon in a group, by what they are.
    pub left_out: BTreeMap<&'static str, usize>,
    /// Taxa that are listed in any group.
    pub taxa: usize,
    /// Names that are no taxa of the taxonomy, or several.
    pub unknown: usize,
    /// The first of them.
    pub first_unknown: Option<String>,
    groups: BTreeMap<String, TaxonWeights>,
}

/// A group as images and lists are held against each other: without blanks around it, in small letters without accents. Of a
/// whole number neither zeros before it nor a fraction of zeros count: month 05 of one table is 5 or 5.0 of another.
fn folded(group: &str) -> String {
    let group = without_accents(group.trim()).to_lowercase();
    let whole =
        group.split_once('.').filter(|(_, zeros)| zeros.bytes().all(|digit| digit == b'0')).map_or(&*group, |(whole, _)| whole);
    if whole.is_empty() || !whole.bytes().all(|digit| digit.is_ascii_digit()) {
        return group;
    }
    let number = whole.trim_start_matches('0');
    if number.is_empty() { "0".to_string() } else { number.to_string() }
}

/// The taxon of a name that stands below others.
fn taxon(taxonomy: &Taxonomy, (name, above): &(String, String)) -> Option<TaxonId> {
    if matches!(name.to_lowercase().as_str(), "root" | "*") {
        return Some(TaxonId::ROOT);
    }
    let one = |text: &str| if let Found::One(taxon) = taxonomy.find(text) { Some(taxon) } else { None };
    if above.is_empty() || name.contains([';', '|']) {
        return one(name);
    }
    // A taxon of which the taxonomy knows no more than the genus cannot contradict a family.
    let is_bare = |taxon: &TaxonId| (0..5).all(|index| taxonomy.main_ancestor(*taxon, index).is_none());
    one(&format!("{above};{name}")).or_else(|| one(name).filter(is_bare))
}

impl Prior {
    /// Finds the taxa of a file.
    ///
    /// # Errors
    ///
    /// [`PriorError`]: none of its names is a taxon; a taxon has two weights in one group.
    pub fn of(file: &PriorFile, taxonomy: &Taxonomy) -> Result<Prior, PriorError> {
        let taxa: Vec<Option<TaxonId>> = file.names.par_iter().map(|name| taxon(taxonomy, name)).collect();
        let unknown: Vec<&String> =
            file.names.iter().zip(&taxa).filter(|(_, taxon)| taxon.is_none()).map(|((name, _), _)| name).collect();
        if let Some(first) = unknown.first().filter(|_| taxa.iter().all(Option::is_none)) {
            return Err(PriorError::AllUnknown {
                path: file.path.clone(),
                names: file.names.len(),
                first: (*first).clone(),
                suggestion: taxonomy.suggestion(first),
            });
        }
        if file.names.is_empty() {
            return Err(PriorError::Empty { path: file.path.clone() });
        }
        let mut listed: BTreeMap<String, BTreeMap<TaxonId, f64>> = BTreeMap::new();
        for entry in &file.entries {
            let group = &file.groups[entry.group];
            // A group is known even if none of its taxa is.
            let of_group = listed.entry(folded(group)).or_default();
            let Some(taxon) = taxa[entry.name] else { continue };
            let known = of_group.entry(taxon).or_insert(entry.weight);
            if file.repeats {
                *known = known.max(entry.weight);
            } else if (*known - entry.weight).abs() > 0.0 {
                return Err(PriorError::Twice {
                    path: file.path.clone(),
                    row: entry.row,
                    taxon: file.names[entry.name].0.clone(),
                    group: if group.is_empty() { String::new() } else { format!(" in '{group}'") },
                    first: *known,
                    second: entry.weight,
                });
            }
        }
        let mut known: Vec<TaxonId> = listed.values().flat_map(|taxa| taxa.keys().copied()).collect();
        known.sort_unstable();
        known.dedup();
        Ok(Prior {
            name: file.path.display().to_string(),
            only_allows: file.only_allows,
            grouping: file.grouping.clone(),
            rows: file.rows,
            left_out: file.left_out.clone(),
            taxa: known.len(),
            unknown: unknown.len(),
            first_unknown: unknown.first().map(|name| (*name).clone()),
            groups: listed.into_iter().map(|(group, taxa)| (group, of_known(taxonomy, taxa, file.is_exact))).collect(),
        })
    }

    /// Of weights that are known already, by group; for lists that no file holds.
    #[must_use]
    pub fn of_weights(name: &str, grouping: Option<&str>, groups: BTreeMap<String, TaxonWeights>, only_allows: bool) -> Prior {
        let mut taxa: Vec<TaxonId> = groups.values().flat_map(|weights| weights.listed().map(|(taxon, _)| taxon)).collect();
        taxa.sort_unstable();
        taxa.dedup();
        Prior {
            name: name.to_string(),
            only_allows,
            grouping: grouping.map(str::to_string),
            rows: groups.values().map(|weights| weights.listed().count()).sum(),
            left_out: BTreeMap::new(),
            taxa: taxa.len(),
            unknown: 0,
            first_unknown: None,
            groups: groups.into_iter().map(|(group, weights)| (folded(&group), weights)).collect(),
        }
    }

    /// The weights of a group; `None` where the list does not have it.
    #[must_use]
    pub fn group(&self, group: &str) -> Option<&TaxonWeights> {
        self.groups.get(&folded(group))
    }

    /// The first of its groups, as they are held against those of images.
    #[must_use]
    pub fn first_group(&self) -> Option<&str> {
        self.groups.keys().next().map(String::as_str)
    }

    /// The weights of all groups.
    #[must_use]
    pub fn groups(&self) -> impl ExactSizeIterator<Item = &TaxonWeights> {
        self.groups.values()
    }
}

/// The weights of a group; where none of its names is a taxon nothing may be answered there.
fn of_known(taxonomy: &Taxonomy, taxa: BTreeMap<TaxonId, f64>, is_exact: bool) -> TaxonWeights {
    if is_exact {
        return TaxonWeights::exact(taxa);
    }
    if taxa.is_empty() { TaxonWeights::nothing() } else { TaxonWeights::of(taxonomy, taxa) }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::layout::Purpose;
    use super::*;
    use std::fs;
    use std::path::Path;

    const TAXONOMY: &str = "kingdom,family,genus,species
Animalia,Felidae,Felis,Felis catus
Animalia,Felidae,Felis,Felis silvestris
Animalia,Felidae,Lynx,Lynx lynx
Animalia,Muscicapidae,Oenanthe,Oenanthe hispanica
Plantae,Apiaceae,Oenanthe,Oenanthe crocata
";

    fn taxonomy() -> Taxonomy {
        Taxonomy::from_bytes(TAXONOMY.as_bytes(), Path::new("taxonomy.csv")).unwrap()
    }

    fn read(text: &str, purpose: Purpose, asked: &[&str]) -> Result<Prior, PriorError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("prior.csv");
        fs::write(&path, text).unwrap();
        let asked: Vec<String> = asked.iter().map(ToString::to_string).collect();
        Prior::of(&PriorFile::read(&path.as_path().into(), purpose, &asked)?, &taxonomy())
    }

    /// Weights of the five species in a group.
    fn weights(prior: &Prior, group: &str) -> Vec<f64> {
        let taxonomy = taxonomy();
        let names = ["Felis catus", "Felis silvestris", "Lynx lynx", "Oenanthe hispanica", "Oenanthe crocata"];
        let weights = prior.group(group).unwrap();
        names.map(|name| weights.of_taxon(&taxonomy, taxonomy.resolve(name).taxon().unwrap())).to_vec()
    }

    #[test]
    fn weights_stand_by_group_and_taxa_stand_for_clades() {
        let text = "taxon,site,prior,note\nFelidae,North,0.2,x\nLynx lynx,north,0.6,\nFelis catus,South,3,\nNo such,South,1,\n,South,1,\nFelis,,1,\n";
        let prior = read(text, Purpose::Prior, &[]).unwrap();
        assert_eq!((prior.grouping.as_deref(), prior.only_allows), (Some("site"), false));
        assert_eq!(weights(&prior, " NORTH "), [0.2, 0.2, 0.6, 0.0, 0.0]);
        assert_eq!(weights(&prior, "south"), [3.0, 0.0, 0.0, 0.0, 0.0]);
        assert!(prior.group("west").is_none());
        assert_eq!((prior.rows, prior.taxa, prior.unknown, prior.first_unknown.as_deref()), (6, 3, 1, Some("No such")));
        assert_eq!(prior.left_out, BTreeMap::from([("without a group", 1), ("without a taxon", 1)]));
    }

    #[test]
    fn groups_meet_in_any_spelling_of_letters_and_whole_numbers() {
        let prior = read("taxon,month,prior\nFelis catus,05,1\nLynx lynx,10.0,1\n", Purpose::Prior, &[]).unwrap();
        assert!(["5", "05", " 5.0", "10"].iter().all(|month| prior.group(month).is_some()));
        assert!(["50", "1", "May", "", "5.5", "0"].iter().all(|month| prior.group(month).is_none()));
        let prior = read("espèce,Département,prior\nFelis catus,Hérault,1\n", Purpose::Prior, &["departement"]).unwrap();
        assert_eq!((prior.grouping.as_deref(), prior.first_group()), (Some("departement"), Some("herault")));
        assert!(["HÉRAULT", "he\u{301}rault", "Herault"].iter().all(|place| prior.group(place).is_some()));
    }

    #[test]
    fn logarithms_and_words_become_weights() {
        // e^-1 of the likeliest, and nothing.
        let logs = read("taxon,log_prior\nLynx lynx,-7\nFelis catus,-8\nFelis silvestris,-inf\n", Purpose::Prior, &[]).unwrap();
        assert_eq!(weights(&logs, ""), [(-1.0_f64).exp(), 0.0, 1.0, 0.0, 0.0]);
        let words = read("species;month;allowed\nFelidae;5;yes\nFelis catus;5;no\n", Purpose::Prior, &[]).unwrap();
        assert!(words.only_allows);
        assert_eq!(weights(&words, "5"), [0.0, 1.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn plain_lists_downloads_and_taxref_are_geofences() {
        let list = read("# those of the park\nFelis catus\nOenanthe crocata\n", Purpose::Geofence, &[]).unwrap();
        assert_eq!((list.grouping.as_deref(), list.rows, weights(&list, "")), (None, 2, vec![1.0, 0.0, 0.0, 0.0, 1.0]));
        let epithets = "genus,species\nFelis,catus\nOenanthe,crocata\n";
        assert_eq!(weights(&read(epithets, Purpose::Geofence, &[]).unwrap(), ""), [1.0, 0.0, 0.0, 0.0, 1.0]);
        // A comma before the year of an author cuts no columns.
        let authors = "Felis catus Linnaeus, 1758\nLynx lynx (Linnaeus, 1758)\n";
        assert_eq!(weights(&read(authors, Purpose::Geofence, &[]).unwrap(), ""), [1.0, 0.0, 1.0, 0.0, 0.0]);
        // GBIF: species of finer names, no absences, nothing above the species; countries only where asked for.
        let gbif = "gbifID\tscientificName\ttaxonRank\tspecies\tcountryCode\toccurrenceStatus\ttaxonKey\tverbatimScientificName\n\
                    1\tFelis silvestris lybica Forster\tSUBSPECIES\tFelis silvestris\tFR\tPRESENT\t9\t\"Felis\" lybica\n\
                    2\tLynx lynx (Linnaeus, 1758)\tSPECIES\tLynx lynx\tES\tABSENT\t8\tLynx lynx\n\
                    3\tFelis Linnaeus\tGENUS\t\tFR\tPRESENT\t7\tFelis\n\
                    4\tLynx lynx (Linnaeus, 1758)\tSPECIES\tLynx lynx\tDE\tPRESENT\t8\tLynx lynx\n";
        let all = read(gbif, Purpose::Geofence, &[]).unwrap();
        assert_eq!((all.grouping.as_deref(), weights(&all, "")), (None, vec![0.0, 1.0, 1.0, 0.0, 0.0]));
        assert_eq!(all.left_out, BTreeMap::from([("above the species", 1), ("of absences", 1)]));
        let by_country = read(gbif, Purpose::Geofence, &["countrycode"]).unwrap();
        assert_eq!(
            (weights(&by_country, "FR"), weights(&by_country, "de")),
            (vec![0.0, 1.0, 0.0, 0.0, 0.0], vec![0.0, 0.0, 1.0, 0.0, 0.0])
        );
        // TAXREF: a family that is there allows no species; the lynx is lost; the plant is a plant.
        let taxref = "REGNE\tFAMILLE\tCD_NOM\tCD_REF\tRANG\tLB_NOM\tFR\tGUA\n\
                      Animalia\tFelidae\t1\t1\tFM\tFelidae\tP\t\n\
                      Animalia\tFelidae\t2\t2\tES\tFelis catus\tM\tI\n\
                      Animalia\tFelidae\t3\t3\tES\tLynx lynx\tX\t\n\
                      Plantae\tApiaceae\t4\t4\tES\tOenanthe crocata\tP\t\n";
        let france = read(taxref, Purpose::Geofence, &[]).unwrap();
        assert_eq!((france.grouping.as_deref(), weights(&france, "")), (None, vec![1.0, 0.0, 0.0, 0.0, 1.0]));
        assert_eq!(france.left_out, BTreeMap::from([("above the species", 1), ("of taxa that are absent", 1)]));
        let territories = read(taxref, Purpose::Geofence, &["territory"]).unwrap();
        assert_eq!(
            (territories.grouping.as_deref(), weights(&territories, "gua")),
            (Some("territory"), vec![1.0, 0.0, 0.0, 0.0, 0.0])
        );
    }

    #[test]
    fn the_geofence_of_speciesnet_is_read_as_it_means_it() {
        let rules = r#"{
            "mammalia;carnivora;felidae;felis;catus": {"allow": {"KEN": [], "USA": ["AK"]}, "block": {"USA": ["NY"]}},
            "mammalia;carnivora;felidae;lynx;": {"block": {"GBR": [], "FRA": ["IDF"]}}
        }"#;
        let prior = read(rules, Purpose::Geofence, &[]).unwrap();
        assert_eq!((prior.grouping.as_deref(), prior.groups().len(), prior.rows, prior.taxa), (Some("country"), 4, 2, 2));
        // Without a region the United States are as Kenya. A rule is for its label alone: the lynx of Great Britain is none of
        // the genus, and what has no rule is allowed.
        for (country, cat, genus) in [("KEN", 1.0, 1.0), ("usa", 1.0, 1.0), ("GBR", 0.0, 0.0), ("FRA", 0.0, 1.0)] {
            assert_eq!(weights(&prior, country), [cat, 1.0, 1.0, 1.0, 1.0], "{country}");
            let (taxonomy, of_country) = (taxonomy(), prior.group(country).unwrap());
            let lynx = taxonomy.resolve("Lynx").taxon().unwrap();
            assert_eq!(of_country.of_taxon(&taxonomy, lynx).to_bits(), f64::to_bits(genus), "{country}");
        }
        assert!(prior.group("ESP").is_none());
    }

    #[test]
    fn what_cannot_be_used_is_said_with_its_place_and_the_remedy() {
        for (text, purpose, parts) in [
            ("taxon,prior\nFelis catus,-1\n", Purpose::Prior, &["row 1: the prior of 'Felis catus' is '-1'", "0 or more"][..]),
            ("taxon,allowed\nFelis catus,1\nLynx lynx,maybe\n", Purpose::Geofence, &["row 2", "'maybe'", "yes or no"]),
            ("taxon,site\nFelis catus,a\n", Purpose::Prior, &["no column log_prior, prior or allowed", "--geofence"]),
            ("taxon,prior,allowed\nFelis catus,1,1\n", Purpose::Prior, &["'prior' and 'allowed'"]),
            ("taxon,site,month,prior\nFelis catus,a,5,1\n", Purpose::Prior, &["'site', 'month'", "--group-column"]),
            (
                "taxon,prior\nFelis catus,1\nFelis catus,2\n",
                Purpose::Prior,
                &["row 2: 'Felis catus' has the weight 2 and 1 above"],
            ),
            (
                "taxon,prior\nFelis cattus,1\nNo such,2\n",
                Purpose::Prior,
                &["none of its 2 taxa", "'Felis cattus' is not", "Felis catus"],
            ),
            ("image,score\n1.jpg,0.5\n", Purpose::Geofence, &["'image', 'score'", "call that column 'taxon'"]),
        ] {
            let message = read(text, purpose, &[]).unwrap_err().to_string();
            assert!(parts.iter().all(|part| message.contains(part)), "{message}");
        }
    }
}
