//! The taxa of a classifier's classes, and its numbers as theirs.

use super::classes::{Class, Classes};
use nearmiss::numbers::counted::{counted, form};
use nearmiss::runs::directory::columns;
use nearmiss::taxonomy::label_set::LabelSet;
use nearmiss::taxonomy::search::Found;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use polars::prelude::{Column, DataFrame, PolarsResult};
use std::str::FromStr;

/// Classes whose names are listed in a message.
const LISTED: usize = 5;

/// What becomes of classes that are no taxon, or none of those asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LeftOut {
    /// They are left out before the softmax, as a list of candidates leaves out what is no candidate.
    #[default]
    Dropped,
    /// Their probability is kept; no taxon has it.
    Kept,
}

impl LeftOut {
    /// `drop` or `keep`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            LeftOut::Dropped => "drop",
            LeftOut::Kept => "keep",
        }
    }
}

/// A word that says nothing of classes that are left out.
#[derive(Debug, thiserror::Error)]
#[error("'{0}' is not drop or keep")]
pub struct UnknownWord(String);

impl FromStr for LeftOut {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let all = [LeftOut::Dropped, LeftOut::Kept];
        all.into_iter().find(|left_out| left_out.name() == word).ok_or_else(|| UnknownWord(word.to_string()))
    }
}

/// Why classes are no candidates.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum ClassLabelError {
    #[error(
        "{origin}: {} of {total} {} no taxon of the taxonomy, or several:\n{list}\nA class that is none stands in a CSV of index, \
         class and taxon, with an empty taxon.",
        counted(*count, "class", "classes"),
        form(*count, "is", "are")
    )]
    Unknown { origin: String, count: usize, total: usize, list: String },
    #[error(
        "{origin}: {} for the {outputs} outputs of the model; every output needs one, in their order",
        counted(*classes, "class", "classes")
    )]
    Number { origin: String, classes: usize, outputs: usize },
    #[error("{origin}: no class is a candidate: all {classes} are no taxon, or lie outside of --within")]
    None { origin: String, classes: usize },
}

/// The taxa of classes.
#[derive(Debug, Clone)]
pub struct ClassLabels {
    labels: LabelSet,
    /// Place of each class among the labels; `None` for one that is left out.
    of_class: Vec<Option<usize>>,
    /// Names of the classes of each label.
    names: Vec<Vec<String>>,
    left_out: LeftOut,
    /// How many classes are no taxon, and how many lie outside of the clades asked for.
    counts: (usize, usize),
}

impl ClassLabels {
    /// Finds the taxon of every class, by id, lineage or name; only those inside of `within` are candidates, all where that is
    /// empty. `origin` is what named the classes.
    ///
    /// # Errors
    ///
    /// [`ClassLabelError`]: a class that is not one taxon; no class that is a candidate.
    pub fn of(
        taxonomy: &Taxonomy,
        classes: &Classes,
        within: &[TaxonId],
        left_out: LeftOut,
        origin: &str,
    ) -> Result<ClassLabels, ClassLabelError> {
        let found: Vec<Option<Found>> =
            classes.classes.iter().map(|class| class.taxon.as_deref().map(|taxon| taxonomy.find(taxon))).collect();
        refuse_unknown(taxonomy, &classes.classes, &found, origin)?;
        let taxa: Vec<Option<TaxonId>> =
            found.into_iter().map(|found| if let Some(Found::One(taxon)) = found { Some(taxon) } else { None }).collect();
        let inside = |taxon: TaxonId| within.is_empty() || within.iter().any(|&clade| taxonomy.contains(clade, taxon));
        let candidates: Vec<TaxonId> = taxa.iter().copied().flatten().filter(|&taxon| inside(taxon)).collect();
        if candidates.is_empty() {
            return Err(ClassLabelError::None { origin: origin.to_string(), classes: taxa.len() });
        }
        let labels = LabelSet::of(candidates);
        let place = |taxon: &Option<TaxonId>| labels.taxa().binary_search(taxon.as_ref()?).ok();
        let of_class: Vec<Option<usize>> = taxa.iter().map(place).collect();
        let mut names: Vec<Vec<String>> = vec![vec![]; labels.taxa().len()];
        for (class, place) in classes.classes.iter().zip(&of_class) {
            if let Some(names) = place.and_then(|place| names.get_mut(place)) {
                names.push(class.name.clone());
            }
        }
        let none = taxa.iter().filter(|taxon| taxon.is_none()).count();
        let outside = of_class.iter().filter(|place| place.is_none()).count() - none;
        Ok(ClassLabels { labels, of_class, names, left_out, counts: (none, outside) })
    }

    /// The candidates: the taxa of the classes, each once.
    #[must_use]
    pub fn labels(&self) -> &LabelSet {
        &self.labels
    }

    /// Classes: as many as the model has outputs.
    #[must_use]
    pub fn classes(&self) -> usize {
        self.of_class.len()
    }

    /// Classes that are no candidate.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.counts.0 + self.counts.1
    }

    /// Numbers that [`ClassLabels::logits`] gives: one for each label, and one for all that is left out where that is kept.
    #[must_use]
    pub fn width(&self) -> usize {
        self.labels.taxa().len() + usize::from(self.keeps())
    }

    /// Whether the probability of classes that are left out is kept; where none is left out there is nothing to keep.
    fn keeps(&self) -> bool {
        self.left_out == LeftOut::Kept && self.left_out() > 0
    }

    /// A logit for each label: of several classes of one taxon that of the sum of their probabilities. Behind them, where it
    /// is kept, that of all that is left out.
    ///
    /// # Shapes
    ///
    /// `outputs`: the logits of the classes, in their order.
    #[must_use]
    pub fn logits(&self, outputs: &[f32]) -> Vec<f32> {
        let outside = self.labels.taxa().len();
        let room = |place: &Option<usize>| place.unwrap_or(outside);
        let mut largest = vec![f64::NEG_INFINITY; outside + 1];
        for (place, &output) in self.of_class.iter().zip(outputs) {
            largest[room(place)] = largest[room(place)].max(f64::from(output));
        }
        let mut sums = vec![0.0; outside + 1];
        for (place, &output) in self.of_class.iter().zip(outputs) {
            sums[room(place)] += (f64::from(output) - largest[room(place)]).exp();
        }
        // log Σ exp, by way of the largest; of a single class it is the class's own logit, to the bit.
        let logits = largest.iter().zip(&sums).map(|(largest, sum): (&f64, &f64)| largest + sum.ln());
        logits.take(self.width()).map(narrow).collect()
    }

    /// What a run says of the classes.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let (none, outside) = self.counts;
        let taxa = counted(self.labels.taxa().len(), "taxon", "taxa");
        let mut sentences = vec![format!("classes: {} of {} are {taxa}", self.classes() - self.left_out(), self.classes())];
        if self.left_out() > 0 {
            let what = match self.left_out {
                LeftOut::Dropped => "left out before the softmax (--left-out keep keeps their probability)",
                LeftOut::Kept => "kept in the softmax; no taxon has their probability",
            };
            sentences.push(format!("  {none} of no taxon and {outside} outside of --within are {what}"));
        }
        sentences
    }

    /// The table of labels: the candidates with the names of their classes, joined with ` | `.
    ///
    /// # Errors
    ///
    /// Whatever polars refuses.
    pub fn table(&self, taxonomy: &Taxonomy) -> PolarsResult<DataFrame> {
        let taxa = self.labels.taxa();
        // They have no prompts, and no vectors: a column of one number each is dropped again.
        let table = columns::labels(taxonomy, taxa, 0, &vec![0.0; taxa.len()], 1)?.drop("embedding")?;
        let names: Vec<String> = self.names.iter().map(|names| names.join(" | ")).collect();
        table.hstack(&[Column::new("classes".into(), names)])
    }
}

#[expect(clippy::cast_possible_truncation, reason = "numbers of a network in single precision, and little more")]
fn narrow(logit: f64) -> f32 {
    (logit as f32).max(f32::MIN)
}

/// An error that lists the first of the classes that are no taxon, or several.
fn refuse_unknown(taxonomy: &Taxonomy, classes: &[Class], found: &[Option<Found>], origin: &str) -> Result<(), ClassLabelError> {
    let mut refused = vec![];
    for (index, (class, found)) in classes.iter().zip(found).enumerate() {
        let name = class.taxon.as_deref().unwrap_or_default();
        match found {
            Some(Found::Nothing) => {
                refused.push(format!("  class {index}: '{name}' is not in the taxonomy{}", taxonomy.suggestion(name)));
            }
            Some(Found::Several(homonyms)) => {
                let lineages: Vec<String> =
                    homonyms.iter().take(3).map(|&taxon| format!("'{}'", taxonomy.lineage_string(taxon, ";"))).collect();
                refused.push(format!(
                    "  class {index}: '{name}' names {} taxa, give a lineage: {}{}",
                    homonyms.len(),
                    lineages.join(", "),
                    if homonyms.len() > 3 { ", …" } else { "" }
                ));
            }
            Some(Found::One(_)) | None => {}
        }
    }
    if refused.is_empty() {
        return Ok(());
    }
    let count = refused.len();
    refused.truncate(LISTED);
    if count > refused.len() {
        refused.push(format!("  ... and {} more", count - refused.len()));
    }
    Err(ClassLabelError::Unknown { origin: origin.to_string(), count, total: classes.len(), list: refused.join("\n") })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use std::path::Path;

    const TAXA: &str = "kingdom,family,genus,species
Animalia,Felidae,Felis,Felis catus
Animalia,Felidae,Lynx,Lynx lynx
Animalia,Canidae,Canis,Canis familiaris
Plantae,Rosaceae,Rosa,Rosa canina
";

    fn taxonomy() -> Taxonomy {
        Taxonomy::from_bytes(TAXA.as_bytes(), Path::new("small.csv")).unwrap()
    }

    fn classes(taxa: &[(&str, &str)]) -> Classes {
        let class = |&(name, taxon): &(&str, &str)| Class {
            name: name.to_string(),
            taxon: Some(taxon.to_string()).filter(|taxon| !taxon.is_empty()),
        };
        Classes { classes: taxa.iter().map(class).collect(), notes: vec![] }
    }

    /// Two breeds, a cat, a genus, no animal, a plant.
    fn mixed() -> Classes {
        classes(&[
            ("pug", "Canis familiaris"),
            ("tabby", "Felis catus"),
            ("basenji", "Canis familiaris"),
            ("teddy", ""),
            ("a lynx", "Lynx"),
            ("hip", "Rosa canina"),
        ])
    }

    #[test]
    fn classes_of_one_taxon_are_summed_and_those_of_none_left_out() {
        let taxonomy = taxonomy();
        let labels = ClassLabels::of(&taxonomy, &mixed(), &[], LeftOut::Dropped, "classes.csv").unwrap();
        let names: Vec<&str> = labels.labels().taxa().iter().map(|&taxon| taxonomy.name(taxon)).collect();
        assert_eq!(names.len(), 4);
        assert_eq!((labels.classes(), labels.left_out(), labels.width()), (6, 1, 4));
        // exp: 1, 2, 3, 100, 4, 5; the dog has 1 + 3.
        let outputs: Vec<f32> = [1.0_f32, 2.0, 3.0, 100.0, 4.0, 5.0].iter().map(|value| value.ln()).collect();
        let of = |name: &str, logits: &[f32]| logits[names.iter().position(|known| *known == name).unwrap()].exp();
        let logits = labels.logits(&outputs);
        for (name, expected) in [("Canis familiaris", 4.0), ("Felis catus", 2.0), ("Lynx", 4.0), ("Rosa canina", 5.0)] {
            assert!((of(name, &logits) - expected).abs() < 1e-5, "{name}: {}", of(name, &logits));
        }
        assert_eq!(labels.labels().rank(&taxonomy), None, "species and a genus");
        let table = labels.table(&taxonomy).unwrap();
        assert!(table.column("embedding").is_err());
        let classes = table.column("classes").unwrap().str().unwrap().clone();
        assert!(classes.iter().flatten().any(|names| names == "pug | basenji"));
    }

    #[test]
    fn what_is_left_out_can_be_kept() {
        let taxonomy = taxonomy();
        let clade = [taxonomy.resolve("Animalia").taxon().unwrap()];
        let labels = ClassLabels::of(&taxonomy, &mixed(), &clade, LeftOut::Kept, "classes.csv").unwrap();
        assert_eq!((labels.left_out(), labels.width()), (2, 4));
        let outputs: Vec<f32> = [1.0_f32, 2.0, 3.0, 100.0, 4.0, 5.0].iter().map(|value| value.ln()).collect();
        // The teddy and the plant.
        assert!((labels.logits(&outputs)[3].exp() - 105.0).abs() < 1e-3);
        assert!(labels.sentences()[1].contains("1 of no taxon and 1 outside of --within are kept"), "{:?}", labels.sentences());
        // Nothing is left out, nothing is kept.
        let all = classes(&[("a", "Felis catus"), ("b", "Lynx")]);
        assert_eq!(ClassLabels::of(&taxonomy, &all, &[], LeftOut::Kept, "c").unwrap().width(), 2);
    }

    #[test]
    fn a_class_that_has_a_taxon_to_itself_keeps_its_logit() {
        let taxonomy = taxonomy();
        let labels = ClassLabels::of(&taxonomy, &classes(&[("a", "Felis catus"), ("b", "Lynx")]), &[], LeftOut::Dropped, "c");
        let outputs = [0.1_f32, -7.3];
        let mut logits = labels.unwrap().logits(&outputs);
        logits.sort_by(f32::total_cmp);
        assert_eq!(logits, [-7.3, 0.1]);
    }

    #[test]
    fn classes_that_are_no_taxon_are_listed() {
        let taxonomy = taxonomy();
        let slips =
            classes(&[("a", "Felis katus"), ("b", "Lynx"), ("c", "Nothing"), ("d", "x"), ("e", "y"), ("f", "z"), ("g", "w")]);
        let message = ClassLabels::of(&taxonomy, &slips, &[], LeftOut::Dropped, "classes.txt").unwrap_err().to_string();
        let begin =
            "classes.txt: 6 classes of 7 are no taxon of the taxonomy, or several:\n  class 0: 'Felis katus' is not in the";
        assert!(message.starts_with(begin), "{message}");
        assert!(message.contains("\n  ... and 1 more\nA class that is none stands in a CSV"), "{message}");
        let none = ClassLabels::of(&taxonomy, &classes(&[("a", "")]), &[], LeftOut::Dropped, "c").unwrap_err().to_string();
        assert_eq!(none, "c: no class is a candidate: all 1 are no taxon, or lie outside of --within");
    }

    #[test]
    fn words_are_read_back() {
        for left_out in [LeftOut::Dropped, LeftOut::Kept] {
            assert_eq!(left_out.name().parse::<LeftOut>().unwrap(), left_out);
        }
        assert_eq!("lose".parse::<LeftOut>().unwrap_err().to_string(), "'lose' is not drop or keep");
    }
}
