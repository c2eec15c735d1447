//! From a taxon to the sentences a text tower reads: name formats and templates.

use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How a taxon is written inside a template.
///
/// The strings are those of the `BioCLIP` evaluation (`text_type`), with single spaces: an empty
/// rank is skipped, which makes no difference to the tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameFormat {
    /// `Puma concolor`.
    Sci,
    /// `cougar`; the scientific name where the taxonomy has no English name.
    Com,
    /// `Animalia Chordata Mammalia Carnivora Felidae Puma concolor`; the scientific name where
    /// there is no kingdom.
    Taxon,
    /// `Puma concolor with common name cougar`; the scientific name where there is no English name.
    SciCom,
    /// `Animalia ... Puma concolor with common name cougar`, likewise.
    TaxonCom,
    /// The name as the taxonomy has it.
    Asis,
}

impl NameFormat {
    /// All formats, in the order of the documentation.
    pub const ALL: [NameFormat; 6] =
        [NameFormat::Sci, NameFormat::Com, NameFormat::Taxon, NameFormat::SciCom, NameFormat::TaxonCom, NameFormat::Asis];

    /// What the format is called on the command line and in `run.json`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            NameFormat::Sci => "sci",
            NameFormat::Com => "com",
            NameFormat::Taxon => "taxon",
            NameFormat::SciCom => "sci_com",
            NameFormat::TaxonCom => "taxon_com",
            NameFormat::Asis => "asis",
        }
    }

    /// The format of that name; `None` if there is none.
    #[must_use]
    pub fn parse(name: &str) -> Option<NameFormat> {
        NameFormat::ALL.into_iter().find(|format| format.name() == name)
    }

    /// Writes a taxon of any rank.
    ///
    /// A taxon below the species keeps its further epithets in every format, so that two varieties
    /// of one species never share a string.
    ///
    /// # Source
    ///
    /// Imageomics bioclip-2, `src/imageomics/naming_eval.py`.
    #[must_use]
    pub fn write(self, taxonomy: &Taxonomy, taxon: TaxonId) -> String {
        let scientific = || single_spaced(taxonomy.name(taxon));
        let common = taxonomy.common_names(taxon).english.map(|name| single_spaced(&name)).filter(|name| !name.is_empty());
        match (self, common) {
            (NameFormat::Sci | NameFormat::Asis, _) | (NameFormat::Com | NameFormat::SciCom, None) => scientific(),
            (NameFormat::Com, Some(common)) => common,
            (NameFormat::Taxon, _) | (NameFormat::TaxonCom, None) => full_lineage(taxonomy, taxon),
            (NameFormat::SciCom, Some(common)) => format!("{} with common name {common}", scientific()),
            (NameFormat::TaxonCom, Some(common)) => format!("{} with common name {common}", full_lineage(taxonomy, taxon)),
        }
    }
}

impl fmt::Display for NameFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// `Kingdom Phylum Class Order Family Genus epithet`, as far down as the taxon goes.
fn full_lineage(taxonomy: &Taxonomy, taxon: TaxonId) -> String {
    let names = taxonomy.main_names(taxon);
    if names[0].is_empty() {
        return single_spaced(taxonomy.name(taxon));
    }
    let mut words: Vec<String> = names[..6].iter().map(|name| capitalized(name)).collect();
    if let Some(species) = taxonomy.ancestor_at(taxon, Rank::Species) {
        let own = if starts_with_words(taxonomy.name(taxon), taxonomy.name(species)) { taxon } else { species };
        words.push(epithets(taxonomy.name(own), names[5]).to_lowercase());
        if own != taxon {
            words.push(taxonomy.name(taxon).to_lowercase());
        }
    }
    single_spaced(&words.join(" "))
}

/// What follows the genus in a binomial or trinomial; the whole name if it does not begin with it.
fn epithets<'a>(name: &'a str, genus: &str) -> &'a str {
    if starts_with_words(name, genus) { name.trim()[genus.trim().len()..].trim_start() } else { name }
}

fn starts_with_words(name: &str, start: &str) -> bool {
    let rest = name.trim().strip_prefix(start.trim());
    !start.trim().is_empty() && rest.is_some_and(|rest| rest.starts_with(char::is_whitespace) || rest.is_empty())
}

/// First letter upper case, the others lower case.
fn capitalized(name: &str) -> String {
    let mut letters = name.trim().chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters.as_str().to_lowercase().chars()).collect())
}

fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A list of sentences with one `{}` each for the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Templates {
    /// The 80 sentences that `open_clip` and pybioclip use, grammar as published.
    #[serde(rename = "openai_80")]
    OpenAi80,
    /// `a photo of {}.` and then the 80, as the `BioCLIP` papers' evaluation has them.
    #[serde(rename = "imageomics_81")]
    Imageomics81,
    /// `a photo of {}.`
    Single,
    /// `an image of {}.`, which reproduces the label embeddings released with `BioCLIP` 2.5.
    TreeOfLife,
}

impl Templates {
    /// All lists, longest first.
    pub const ALL: [Templates; 4] = [Templates::Imageomics81, Templates::OpenAi80, Templates::Single, Templates::TreeOfLife];

    /// What the list is called on the command line and in `run.json`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Templates::OpenAi80 => "openai_80",
            Templates::Imageomics81 => "imageomics_81",
            Templates::Single => "single",
            Templates::TreeOfLife => "tree_of_life",
        }
    }

    /// The list of that name; `None` if there is none.
    #[must_use]
    pub fn parse(name: &str) -> Option<Templates> {
        Templates::ALL.into_iter().find(|templates| templates.name() == name)
    }

    /// The sentences, each with one `{}`, in the published order.
    #[must_use]
    pub fn sentences(self) -> impl ExactSizeIterator<Item = &'static str> {
        let text = match self {
            Templates::OpenAi80 => include_str!("prompt/openai_80.txt"),
            Templates::Imageomics81 => include_str!("prompt/imageomics_81.txt"),
            Templates::Single => "a photo of {}.",
            Templates::TreeOfLife => "an image of {}.",
        };
        text.lines().collect::<Vec<_>>().into_iter()
    }

    /// The sentences with `name` in place of `{}`.
    #[must_use]
    pub fn prompts(self, name: &str) -> Vec<String> {
        self.sentences().map(|sentence| sentence.replacen("{}", name, 1)).collect()
    }
}

impl fmt::Display for Templates {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::taxonomy::search::Found;
    use std::path::Path;

    const TABLE: &str = "kingdom,phylum,class,order,family,genus,species,subspecies,common_name
Animalia,Chordata,Mammalia,Carnivora,Felidae,Puma,Puma concolor,,cougar
Animalia,Chordata,Mammalia,Carnivora,Felidae,Puma,Puma concolor,Puma concolor couguar,
Animalia,Chordata,,Perciformes,Percidae,Perca,Perca fluviatilis,,European  perch
Plantae,Tracheophyta,Magnoliopsida,Lamiales,Lamiaceae,Mentha,Mentha × piperita,,
";

    fn taxonomy() -> Taxonomy {
        Taxonomy::from_bytes(TABLE.as_bytes(), Path::new("table.csv")).unwrap()
    }

    fn written(format: NameFormat, name: &str) -> String {
        let taxonomy = taxonomy();
        let Found::One(taxon) = taxonomy.find(name) else { panic!("'{name}'") };
        format.write(&taxonomy, taxon)
    }

    #[test]
    fn a_species_in_every_format() {
        let strings: Vec<_> = NameFormat::ALL.into_iter().map(|format| written(format, "Puma concolor")).collect();
        let lineage = "Animalia Chordata Mammalia Carnivora Felidae Puma concolor";
        let expected = [
            "Puma concolor".to_string(),
            "cougar".to_string(),
            lineage.to_string(),
            "Puma concolor with common name cougar".to_string(),
            format!("{lineage} with common name cougar"),
            "Puma concolor".to_string(),
        ];
        assert_eq!(strings, expected);
    }

    #[test]
    fn a_missing_rank_leaves_one_space() {
        let expected = "Animalia Chordata Perciformes Percidae Perca fluviatilis with common name European perch";
        assert_eq!(written(NameFormat::TaxonCom, "Perca fluviatilis"), expected);
    }

    #[test]
    fn without_an_english_name_the_scientific_one_stands() {
        assert_eq!(written(NameFormat::Com, "Mentha × piperita"), "Mentha × piperita");
        assert_eq!(written(NameFormat::SciCom, "Mentha × piperita"), "Mentha × piperita");
        let lineage = "Plantae Tracheophyta Magnoliopsida Lamiales Lamiaceae Mentha × piperita";
        assert_eq!(written(NameFormat::TaxonCom, "Mentha × piperita"), lineage);
    }

    #[test]
    fn taxa_above_and_below_the_species() {
        assert_eq!(written(NameFormat::Taxon, "Puma"), "Animalia Chordata Mammalia Carnivora Felidae Puma");
        assert_eq!(written(NameFormat::Taxon, "Percidae"), "Animalia Chordata Perciformes Percidae");
        assert_eq!(written(NameFormat::Sci, "Puma"), "Puma");
        let subspecies = "Animalia Chordata Mammalia Carnivora Felidae Puma concolor couguar";
        assert_eq!(written(NameFormat::Taxon, "Puma concolor couguar"), subspecies);
    }

    #[test]
    fn a_lineage_without_kingdom_is_the_scientific_name() {
        let table = "family,genus,species\nFelidae,Lynx,Lynx lynx\n";
        let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("table.csv")).unwrap();
        let Found::One(taxon) = taxonomy.find("Lynx lynx") else { panic!() };
        assert_eq!(NameFormat::Taxon.write(&taxonomy, taxon), "Lynx lynx");
    }

    #[test]
    fn the_lists_have_their_published_length_and_one_place_each() {
        let lengths: Vec<_> = Templates::ALL.into_iter().map(|templates| templates.sentences().len()).collect();
        assert_eq!(lengths, [81, 80, 1, 1]);
        for sentence in Templates::ALL.into_iter().flat_map(Templates::sentences) {
            assert_eq!(sentence.matches("{}").count(), 1, "{sentence}");
        }
        assert_eq!(Templates::Imageomics81.sentences().next(), Some("a photo of {}."));
        assert!(Templates::Imageomics81.sentences().skip(1).eq(Templates::OpenAi80.sentences()));
        assert_eq!(Templates::OpenAi80.prompts("Puma").first().map(String::as_str), Some("a bad photo of a Puma."));
    }

    #[test]
    fn names_are_read_back() {
        for format in NameFormat::ALL {
            assert_eq!(NameFormat::parse(format.name()), Some(format));
            assert_eq!(serde_json::to_value(format).unwrap(), format.name());
        }
        for templates in Templates::ALL {
            assert_eq!(Templates::parse(templates.name()), Some(templates));
            assert_eq!(serde_json::to_value(templates).unwrap(), templates.name());
        }
    }
}
