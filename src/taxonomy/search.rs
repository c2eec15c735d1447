//! From what people write to a taxon: ids, names, synonyms, common names; else the nearest spellings.

use super::authors::{author_behind, is_same_author};
use super::common_names::CommonNameIndex;
use super::folded::{FoldedNames, folded};
use super::spellings::Spellings;
use super::{TaxonId, Taxonomy, identity};
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;

/// What a name stands for in a taxonomy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// One taxon.
    One(TaxonId),
    /// Several taxa of that name: homonyms, never chosen between silently.
    Several(Vec<TaxonId>),
    /// None.
    Nothing,
}

/// What made a text and a taxon meet, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The id of the taxon in its source.
    Id,
    /// The id of a synonym, or one that the source has given up.
    OtherId,
    /// The name as it is, but for case, underscores, hybrid signs and the encoding of accents.
    Name,
    /// The name without its author or the common name behind it.
    Authorship,
    /// The name without `cf.` or `aff.`, or the genus of `sp.`.
    Qualified,
    /// Another name of the taxon, with or without author.
    Synonym,
    /// A common name.
    CommonName,
    /// Names in brackets: one taxon, or the lowest that holds all of them.
    Bracket,
    /// The species of a name below it that the taxonomy does not have.
    Species,
}

impl Step {
    /// All steps, the surest first.
    pub const ALL: [Step; 9] = [
        Step::Id,
        Step::OtherId,
        Step::Name,
        Step::Authorship,
        Step::Qualified,
        Step::Synonym,
        Step::CommonName,
        Step::Bracket,
        Step::Species,
    ];

    /// One word for tables.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Step::Id => "id",
            Step::OtherId => "other_id",
            Step::Name => "name",
            Step::Authorship => "authorship",
            Step::Qualified => "qualified",
            Step::Synonym => "synonym",
            Step::CommonName => "common_name",
            Step::Bracket => "bracket",
            Step::Species => "species",
        }
    }
}

/// What a text was resolved to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The taxon or taxa.
    pub found: Found,
    /// What made them meet; `None` for nothing.
    pub step: Option<Step>,
    /// Namesakes whose lineage agrees nowhere with the one that was given.
    pub contradicted: Vec<TaxonId>,
    /// Whether a lineage was given that agrees with the taxon's in part only.
    pub differs: bool,
}

impl Resolved {
    fn nothing() -> Self {
        Resolved { found: Found::Nothing, step: None, contradicted: vec![], differs: false }
    }

    /// The taxon, where it is one.
    #[must_use]
    pub fn taxon(&self) -> Option<TaxonId> {
        if let Found::One(taxon) = self.found { Some(taxon) } else { None }
    }
}

/// A text in the spellings by which it may be found.
struct Spelt<'t> {
    text: &'t str,
    key: String,
    parsed: Option<name::ScientificName>,
    /// The name without author, where that is another one.
    canonical: Option<String>,
    /// `Piper Betle (Betel)`: what stands before the bracket, before its first word alone.
    unbracketed: Option<String>,
}

impl<'t> Spelt<'t> {
    fn of(text: &'t str) -> Spelt<'t> {
        let key = name::key(text);
        let parsed = name::parse(text);
        let canonical = parsed.as_ref().map(|parsed| name::key(&parsed.canonical)).filter(|canonical| *canonical != key);
        let unbracketed = text.split(['(', '<', '[']).next().map(name::key).filter(|short| !short.is_empty() && *short != key);
        Spelt { text, key, parsed, canonical, unbracketed }
    }

    /// The shorter spellings, the longest first.
    fn shorter(&self) -> impl Iterator<Item = &String> {
        self.unbracketed.iter().chain(&self.canonical)
    }

    fn step_of_shorter(&self) -> Step {
        if is_qualified(self.text) { Step::Qualified } else { Step::Authorship }
    }
}

/// Taxa that were tried for a text, below the names that stand above it.
struct Attempts<'a> {
    taxonomy: &'a Taxonomy,
    above: &'a [String],
    contradicted: Vec<TaxonId>,
}

impl Attempts<'_> {
    /// What taxa of one name make of the text; `None` where there are none, or none that lies where it should.
    fn of(&mut self, taxa: Option<&[TaxonId]>, step: Step) -> Option<Resolved> {
        let taxa = taxa.filter(|taxa| !taxa.is_empty())?;
        let (found, differs) = self.taxonomy.choose(taxa, self.above);
        if found == Found::Nothing {
            if !self.contradicted.ends_with(taxa) {
                self.contradicted.extend_from_slice(taxa);
            }
            return None;
        }
        Some(Resolved { found, step: Some(step), contradicted: vec![], differs })
    }
}

impl Taxonomy {
    /// Finds a taxon by source id, lineage (`Animalia;Chordata;...` or a part of it), or name.
    ///
    /// Case, underscores, accents' encoding and authorship do not matter. A synonym finds its taxon
    /// where no taxon has the name.
    ///
    /// # Examples
    ///
    /// ```
    /// use nearmiss::taxonomy::Taxonomy;
    /// use nearmiss::taxonomy::search::Found;
    /// use std::path::Path;
    ///
    /// let table = "kingdom,genus,species\nAnimalia,Oenanthe,Oenanthe hispanica\nPlantae,Oenanthe,Oenanthe crocata\n";
    /// let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("oenanthe.csv"))?;
    /// // A bird and a plant: nothing is chosen between them unless a lineage does.
    /// assert!(matches!(taxonomy.find("Oenanthe"), Found::Several(homonyms) if homonyms.len() == 2));
    /// assert!(matches!(taxonomy.find("Plantae;Oenanthe"), Found::One(plant) if taxonomy.depth(plant) == 2));
    /// assert_eq!(taxonomy.find("Oenanthe oenanthe"), Found::Nothing);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn find(&self, text: &str) -> Found {
        self.resolve_up_to(text, Step::Synonym).found
    }

    /// Whether a taxon has just this name, but for case, underscores, hybrid signs and the encoding of accents.
    #[must_use]
    pub fn has_name(&self, text: &str) -> bool {
        self.of_key(&name::key(text)).is_some()
    }

    /// Resolves a text by every step there is: ids, the name, the name without its author,
    /// synonyms, common names, names in brackets, the species of a finer name.
    ///
    /// A lineage before the name (`Plantae;Oenanthe`) decides between homonyms; a taxon that agrees
    /// with it nowhere is none.
    ///
    /// # Examples
    ///
    /// ```
    /// use nearmiss::taxonomy::Taxonomy;
    /// use nearmiss::taxonomy::search::Step;
    /// use std::path::Path;
    ///
    /// let table = "kingdom,genus,species,common_name\nAnimalia,Puma,Puma concolor,Cougar\n";
    /// let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("puma.csv"))?;
    /// for (text, step) in [
    ///     ("puma_concolor", Step::Name),
    ///     ("Puma concolor (Linnaeus, 1771)", Step::Authorship),
    ///     ("cougar", Step::CommonName),
    ///     ("Puma concolor couguar", Step::Species),
    /// ] {
    ///     let resolved = taxonomy.resolve(text);
    ///     assert_eq!(resolved.taxon().map(|taxon| taxonomy.name(taxon)), Some("Puma concolor"));
    ///     assert_eq!(resolved.step, Some(step));
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn resolve(&self, text: &str) -> Resolved {
        self.resolve_up_to(text, Step::Species)
    }

    fn resolve_up_to(&self, text: &str, last_step: Step) -> Resolved {
        // An id is kept without the address that a source writes before it.
        let id = text.trim();
        let id = if self.of_source_id(id).is_some() { id } else { identity::bare_id(id) };
        if let Some(taxon) = self.of_source_id(id) {
            return Resolved { found: Found::One(taxon), step: Some(Step::Id), ..Resolved::nothing() };
        }
        if let Some(&taxon) = identity::read(id).and_then(|digest| self.by_digest.get(&digest)) {
            return Resolved { found: Found::One(taxon), step: Some(Step::Id), ..Resolved::nothing() };
        }
        if let Some(taxa) = self.by_other_id.get(id) {
            return Resolved { found: found(taxa), step: Some(Step::OtherId), ..Resolved::nothing() };
        }
        // Open Tree writes ids behind names: `Felis_catus_ott563166`.
        if let Some((label, id)) = identity::open_tree(id)
            && let Some(taxon) = self.of_source_id(id)
            && name::key(self.name(taxon)) == name::key(label)
        {
            return Resolved { found: Found::One(taxon), step: Some(Step::Id), ..Resolved::nothing() };
        }
        if !text.contains([';', '|']) {
            return self.resolve_name(text, &[], last_step);
        }
        let steps: Vec<&str> = text.split([';', '|']).map(strip_prefix).filter(|step| !step.is_empty()).collect();
        match steps.split_last() {
            None => Resolved::nothing(),
            Some((last, above)) => {
                let above: Vec<String> = above.iter().map(|step| name::key(step)).collect();
                self.resolve_name(last, &above, last_step)
            }
        }
    }

    /// Resolves a name, `above` being keys of names that it lies under, the highest first.
    fn resolve_name(&self, text: &str, above: &[String], last_step: Step) -> Resolved {
        let spelt = Spelt::of(text);
        let mut attempts = Attempts { taxonomy: self, above, contradicted: vec![] };
        if let Some(resolved) = self.by_name(&spelt, &mut attempts).or_else(|| self.by_other_name(&spelt, &mut attempts)) {
            return resolved;
        }
        if last_step >= Step::CommonName
            && let Some(resolved) = self.by_common_name(&spelt, &mut attempts)
        {
            return resolved;
        }
        if last_step >= Step::Bracket
            && let Some(taxon) = self.bracket(text)
            && let Some(resolved) = attempts.of(Some(&[taxon]), Step::Bracket)
        {
            return resolved;
        }
        let binomial = spelt.parsed.filter(|parsed| parsed.rank > Rank::Species).and_then(|parsed| parsed.binomial());
        if last_step >= Step::Species
            && let Some(binomial) = binomial
        {
            let resolved = self.resolve_name(&binomial, above, Step::Synonym);
            if resolved.found != Found::Nothing {
                return Resolved { step: Some(Step::Species), ..resolved };
            }
        }
        Resolved { contradicted: attempts.contradicted, ..Resolved::nothing() }
    }

    /// By the name of a taxon, with or without an author behind it; one whose author is that of a synonym means the taxon of
    /// the synonym.
    fn by_name(&self, spelt: &Spelt<'_>, attempts: &mut Attempts<'_>) -> Option<Resolved> {
        if let Some(resolved) = attempts.of(self.of_key(&spelt.key), Step::Name) {
            return Some(resolved);
        }
        let meant = spelt.canonical.as_ref().and_then(|canonical| self.meant_by_author(spelt.text, canonical));
        if let Some(resolved) = attempts.of(meant.as_deref(), Step::Synonym) {
            return Some(resolved);
        }
        // A French label such as `Les Pucerons <Aphididae>` begins like a name and is none.
        let plausible = |short: &&String| self.of_key(short).is_some() || self.of_synonym(short).is_some();
        spelt.shorter().filter(plausible).find_map(|short| attempts.of(self.of_key(short), spelt.step_of_shorter()))
    }

    /// By another name of a taxon, or by a name whose accents were left out or put in.
    fn by_other_name(&self, spelt: &Spelt<'_>, attempts: &mut Attempts<'_>) -> Option<Resolved> {
        let keys = || std::iter::once(&spelt.key).chain(spelt.shorter());
        let synonym = |short: &String| attempts.of(self.of_synonym(short), Step::Synonym);
        if let Some(resolved) = keys().find_map(synonym) {
            return Some(resolved);
        }
        for short in keys() {
            let plain = folded(short);
            let step = if *short == spelt.key { Step::Name } else { spelt.step_of_shorter() };
            let exact = self.of_key(&plain).filter(|_| plain != *short);
            if let Some(resolved) = attempts.of(exact, step).or_else(|| attempts.of(self.folded_names().names(&plain), step)) {
                return Some(resolved);
            }
            let exact = self.of_synonym(&plain).filter(|_| plain != *short);
            let of_synonyms = self.folded_names().synonyms(&plain);
            if let Some(resolved) = attempts.of(exact, Step::Synonym).or_else(|| attempts.of(of_synonyms, Step::Synonym)) {
                return Some(resolved);
            }
        }
        None
    }

    /// By a common name as it is written, or else but for its accents and its article.
    fn by_common_name(&self, spelt: &Spelt<'_>, attempts: &mut Attempts<'_>) -> Option<Resolved> {
        let names = self.common_name_index();
        let keys = || std::iter::once(&spelt.key).chain(&spelt.unbracketed);
        keys().find_map(|key| {
            attempts.of(names.written(key), Step::CommonName).or_else(|| attempts.of(names.bare(key), Step::CommonName))
        })
    }

    /// The taxa of the synonyms of a name whose author is the one written behind it; `None` where a taxon has the name by
    /// that author.
    fn meant_by_author(&self, text: &str, canonical: &str) -> Option<Vec<TaxonId>> {
        let authors = self.authors.get(canonical)?;
        let written = author_behind(text, canonical);
        let mut meant: Vec<TaxonId> =
            authors.iter().filter(|(author, _)| is_same_author(&written, author)).map(|&(_, taxon)| taxon).collect();
        meant.sort_unstable();
        meant.dedup();
        let has_name = |taxon: &TaxonId| name::key(self.name(*taxon)) == canonical;
        (!meant.is_empty() && !meant.iter().any(has_name)).then_some(meant)
    }

    /// The taxon of the last names in brackets (`Les Hélophiles (Helophilus, Parhelophilus)`): the
    /// lowest that holds all of them; `None` where one of them is unknown or stands for several.
    fn bracket(&self, text: &str) -> Option<TaxonId> {
        let names = bracketed(text)?;
        let taxa: Option<Vec<TaxonId>> = names
            .iter()
            .map(|name| match self.resolve_up_to(name, Step::Synonym).found {
                Found::One(taxon) => Some(taxon),
                _ => None,
            })
            .collect();
        taxa?.into_iter().reduce(|a, b| self.lca(a, b))
    }

    fn common_name_index(&self) -> &CommonNameIndex {
        self.by_common_name.get_or_init(|| {
            let mut index = CommonNameIndex::default();
            for taxon in self.taxa() {
                let Some(common) = self.common_names.get(&taxon.0) else { continue };
                for text in common.all_english().chain(common.all_french()) {
                    index.push(text, taxon);
                }
            }
            index
        })
    }

    fn folded_names(&self) -> &FoldedNames {
        self.by_folded.get_or_init(|| {
            let mut folded = FoldedNames::default();
            for taxon in self.taxa() {
                folded.push_name(taxon, self.name(taxon));
                for synonym in self.synonyms(taxon) {
                    folded.push_synonym(taxon, synonym);
                }
            }
            folded
        })
    }

    /// Whether a name finds a taxon only because it is a synonym of its name.
    #[must_use]
    pub fn is_synonym(&self, text: &str) -> bool {
        let canonical = name::parse(text).map(|parsed| name::key(&parsed.canonical));
        let key = name::key(text);
        if self.of_key(&key).is_none()
            && canonical.as_ref().is_some_and(|canonical| self.meant_by_author(text, canonical).is_some())
        {
            return true;
        }
        let keys = || std::iter::once(key.clone()).chain(canonical.clone());
        keys().all(|key| self.of_key(&key).is_none()) && keys().any(|key| self.of_synonym(&key).is_some())
    }

    /// The taxa whose names are spelt most like `text`, best first, at most `count`.
    ///
    /// Optimal string alignment similarity of lower-case names, at least 0.6; ties by id. Looked
    /// at are names that share a word with the text, or the beginnings of two words.
    #[must_use]
    pub fn nearest_names(&self, text: &str, count: usize) -> Vec<TaxonId> {
        let names = || self.taxa().skip(1).map(|taxon| (taxon, self.name(taxon)));
        self.spellings.get_or_init(|| Spellings::of(names())).nearest(|taxon| self.name(taxon), text, count)
    }

    /// A sentence that suggests the nearest names, or an empty string.
    #[must_use]
    pub fn suggestion(&self, text: &str) -> String {
        let names: Vec<String> = self.nearest_names(text, 3).into_iter().map(|taxon| format!("'{}'", self.name(taxon))).collect();
        if names.is_empty() { String::new() } else { format!("; nearest names: {}", names.join(", ")) }
    }
}

fn found(taxa: &[TaxonId]) -> Found {
    match taxa {
        [] => Found::Nothing,
        [one] => Found::One(*one),
        several => Found::Several(several.to_vec()),
    }
}

fn is_qualified(text: &str) -> bool {
    text.split([' ', '_']).any(|word| matches!(word, "cf." | "cf" | "aff." | "aff" | "sp." | "sp" | "spp." | "spp"))
}

/// The names in the last brackets of a label; `None` without brackets. `plusieurs` and `et autres`
/// (several, and others) are not names.
///
/// # Examples
///
/// ```
/// use nearmiss::taxonomy::search::bracketed;
///
/// assert_eq!(bracketed("Les Hélophiles (Helophilus, Parhelophilus)").unwrap_or_default(), ["Helophilus", "Parhelophilus"]);
/// assert_eq!(bracketed("Les Hélophiles"), None);
/// ```
#[must_use]
pub fn bracketed(text: &str) -> Option<Vec<String>> {
    let close = text.rfind([')', '>'])?;
    let open = text[..close].rfind(['(', '<'])?;
    let names: Vec<String> = text[open + 1..close]
        .split(',')
        .map(|part| part.trim().trim_start_matches("plusieurs ").trim_end_matches(" et autres").trim().to_string())
        .filter(|part| !part.is_empty())
        .collect();
    (!names.is_empty()).then_some(names)
}

/// Drops a rank prefix such as `g__`.
#[must_use]
pub fn strip_prefix(step: &str) -> &str {
    let step = step.trim();
    match step.split_once("__") {
        Some((prefix, name)) if prefix.len() <= 2 => name,
        _ => step,
    }
}
