//! What people said of images who looked at them, and the numbers without those that say nothing of the classifier.

use super::options::ScoreOptions;
use super::outcome::Outcome;
use super::run_scores::Scores;
use crate::answers::table::{TableError, TableSource, columns_of};
use crate::answers::{Answers, Truth};
use crate::taxonomy::Taxonomy;
use polars::prelude::DataType;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

/// What was said of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The label is wrong: the image shows something else.
    LabelWrong,
    /// The label is right, and the answer wrong.
    ModelWrong,
    /// Nobody could tell what the image shows.
    Unusable,
    /// Truth and answer are one taxon under two names.
    Synonym,
    /// Whoever looked could not decide.
    Unsure,
}

impl Verdict {
    /// All of them.
    pub const ALL: [Verdict; 5] =
        [Verdict::LabelWrong, Verdict::ModelWrong, Verdict::Unusable, Verdict::Synonym, Verdict::Unsure];

    /// The word in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Verdict::LabelWrong => "label_wrong",
            Verdict::ModelWrong => "model_wrong",
            Verdict::Unusable => "unusable",
            Verdict::Synonym => "synonym",
            Verdict::Unsure => "unsure",
        }
    }

    /// A word as people write it: `label wrong` and `Label_wrong` are one.
    fn parse(word: &str) -> Option<Verdict> {
        let word = word.trim().to_lowercase().replace([' ', '-'], "_");
        Verdict::ALL.into_iter().find(|verdict| verdict.name() == word)
    }

    /// Whether the image is left out where the judged ones are: it says nothing of the classifier.
    #[must_use]
    pub fn leaves_out(self) -> bool {
        matches!(self, Verdict::LabelWrong | Verdict::Unusable | Verdict::Synonym)
    }
}

/// Verdicts by the name of the image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdicts(BTreeMap<String, Said>);

/// A verdict, and what was noted with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The verdict.
    pub verdict: Verdict,
    /// The note; blank where there is none.
    pub note: String,
}

/// Why verdicts cannot be used.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum VerdictsError {
    #[error(transparent)]
    Table(#[from] TableError),
    #[error("{}: there is no column '{column}'; a file of verdicts has the columns image, verdict and note", path.display())]
    NoColumn { path: PathBuf, column: &'static str },
    #[error(
        "{}: the verdict on '{image}' is '{word}'; write label_wrong, model_wrong, unusable, synonym or unsure",
        path.display()
    )]
    Word { path: PathBuf, image: String, word: String },
    #[error("{}: '{image}' is judged {first} and {second}; leave one of the two", path.display())]
    Twice { path: PathBuf, image: String, first: &'static str, second: &'static str },
    #[error(
        "{}: none of its {verdicts} images is one of the predictions, whose first is '{image}'; are they verdicts on another run?",
        path.display()
    )]
    OtherImages { path: PathBuf, verdicts: usize, image: String },
}

impl Verdicts {
    /// Reads a table with the columns `image`, `verdict` and, if there are notes, `note`; a row without a verdict is none.
    ///
    /// # Errors
    ///
    /// [`VerdictsError`]: no such table or column, a word that is no verdict, two verdicts on one image.
    pub fn read(source: &TableSource) -> Result<Verdicts, VerdictsError> {
        let table = columns_of(source.clone())?;
        let path = || source.name().to_path_buf();
        let column = |name: &str| -> Option<Vec<String>> {
            let found = table.get_column_names().into_iter().find(|known| known.trim().eq_ignore_ascii_case(name))?.clone();
            let texts = table.column(&found).ok()?.cast(&DataType::String).ok()?;
            Some(texts.str().ok()?.iter().map(|cell| cell.unwrap_or_default().to_string()).collect())
        };
        let images = column("image").ok_or_else(|| VerdictsError::NoColumn { path: path(), column: "image" })?;
        let words = column("verdict").ok_or_else(|| VerdictsError::NoColumn { path: path(), column: "verdict" })?;
        let notes = column("note").unwrap_or_else(|| vec![String::new(); images.len()]);
        let mut said: BTreeMap<String, Said> = BTreeMap::new();
        for ((image, word), note) in images.into_iter().zip(words).zip(notes) {
            if word.trim().is_empty() {
                continue;
            }
            let Some(verdict) = Verdict::parse(&word) else {
                return Err(VerdictsError::Word { path: path(), image, word });
            };
            if let Some(other) = said.get(&image).filter(|other| other.verdict != verdict) {
                let (first, second) = (other.verdict.name(), verdict.name());
                return Err(VerdictsError::Twice { path: path(), image, first, second });
            }
            said.insert(image, Said { verdict, note });
        }
        Ok(Verdicts(said))
    }

    /// [`Self::read`], for runs some image of which must have been judged.
    ///
    /// # Errors
    ///
    /// As [`Self::read`]; verdicts none of which is on an image of the runs.
    pub fn read_for(source: &TableSource, runs: &[Answers]) -> Result<Verdicts, VerdictsError> {
        let verdicts = Self::read(source)?;
        let first = runs.iter().find_map(|run| run.images.first());
        if let Some(image) =
            first.filter(|_| !verdicts.is_empty() && runs.iter().all(|run| verdicts.on(&run.images).0.is_empty()))
        {
            let (path, image) = (source.name().to_path_buf(), image.clone());
            return Err(VerdictsError::OtherImages { path, verdicts: verdicts.len(), image });
        }
        Ok(verdicts)
    }

    /// The verdicts on images, by their places, and how many verdicts are on none of them. A name that a spreadsheet would
    /// take for a formula may have been written with an apostrophe before it.
    #[must_use]
    pub fn on(&self, images: &[String]) -> (BTreeMap<usize, &Said>, usize) {
        let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
        for (place, image) in images.iter().enumerate() {
            places.entry(image).or_default().push(place);
        }
        let (mut found, mut elsewhere) = (BTreeMap::new(), 0);
        for (image, said) in &self.0 {
            let bare = image.strip_prefix('\'').filter(|bare| bare.starts_with(['=', '+', '-', '@', '\t', '\r']));
            match places.get(image.as_str()).or_else(|| places.get(bare?)) {
                Some(places) => found.extend(places.iter().map(|&place| (place, said))),
                None => elsewhere += 1,
            }
        }
        (found, elsewhere)
    }

    /// How many images were judged.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether none was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A run without the images whose verdict says that they tell nothing of the classifier.
#[derive(Debug, Clone)]
pub struct Judged {
    /// Images of the run by verdict; each verdict is there.
    pub counts: BTreeMap<Verdict, u64>,
    /// Images that were judged.
    pub images: u64,
    /// Of these the ones that the run is right about, if they count.
    pub right: u64,
    /// Verdicts on images that the run does not have.
    pub elsewhere: u64,
    /// Images that are left out: labels that are wrong, images that are unusable, and synonyms.
    pub left_out: u64,
    /// Verdicts and notes by the place of the image.
    pub verdicts: BTreeMap<usize, Said>,
    /// The scores of the others.
    pub without: Scores,
}

impl Judged {
    /// The numbers of a run without the images that are to be left out.
    #[must_use]
    pub fn of(taxonomy: &Taxonomy, answers: &Answers, verdicts: &Verdicts, options: &ScoreOptions<'_>) -> Judged {
        let (said, elsewhere) = verdicts.on(&answers.images);
        let mut counts: BTreeMap<Verdict, u64> = Verdict::ALL.into_iter().map(|verdict| (verdict, 0)).collect();
        for said in said.values() {
            *counts.entry(said.verdict).or_default() += 1;
        }
        let kept: Vec<usize> =
            (0..answers.images.len()).filter(|image| !said.get(image).is_some_and(|said| said.verdict.leaves_out())).collect();
        let is_right = |image: &&usize| {
            let Truth::Taxon(truth) = answers.truths[**image] else { return false };
            Outcome::of(taxonomy, truth, answers.ranked.best(**image).taxon()).is_right()
        };
        let without = Err("images were left out by verdicts".to_string());
        Judged {
            counts,
            images: said.len() as u64,
            right: said.keys().filter(is_right).count() as u64,
            elsewhere: elsewhere as u64,
            left_out: (answers.images.len() - kept.len()) as u64,
            without: Scores::with_distribution(taxonomy, &answers.select(&kept), &without, options),
            verdicts: said.into_iter().map(|(image, said)| (image, said.clone())).collect(),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::answers::table::{TableOptions, read_tables};

    fn written(folder: &tempfile::TempDir, name: &str, text: &str) -> TableSource {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.into()
    }

    #[test]
    fn images_that_say_nothing_of_the_classifier_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        // Five images: right, wrong in the genus, wrong beyond it, right, wrong beyond it.
        let table = written(
            &folder,
            "answers.csv",
            "image,truth,predicted\na,Felis catus,Felis catus\nb,Felis catus,Felis silvestris\nc,Felis catus,Lynx lynx\n\
             =d,Lynx lynx,Lynx lynx\ne,Lynx lynx,Felis catus\n",
        );
        let tables = read_tables(table, None, &TableOptions::default()).unwrap();
        let verdicts = written(
            &folder,
            "verdicts.csv",
            "verdict;image;note;truth\nlabel wrong;c;it is a lynx;x\nmodel_wrong;b;;x\nUnsure;'=d;;x\nunusable;elsewhere;;x\n;a;;x\n",
        );
        let verdicts = Verdicts::read(&verdicts).unwrap();
        assert_eq!(verdicts.len(), 4);
        let judged = Judged::of(&tables.taxonomy, &tables.runs[0], &verdicts, &ScoreOptions::default());
        let [label, model, unusable, synonym, unsure] = Verdict::ALL.map(|verdict| judged.counts[&verdict]);
        assert_eq!([label, model, unusable, synonym, unsure], [1, 1, 0, 0, 1]);
        assert_eq!((judged.images, judged.right, judged.elsewhere, judged.left_out), (3, 1, 1, 1));
        // c is gone: 2 of 4 right, heights 0, 1, 0, 7: the mean is 2 and was (1 + 7 + 7) / 5 = 3.
        let how = &judged.without.how_wrong;
        assert_eq!((how.n, how.mistakes, how.mean_height), (4, 2, Some(2.0)));
        assert_eq!(judged.verdicts[&2].note, "it is a lynx");
    }

    #[test]
    fn faults_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let fault = |text: &str| Verdicts::read(&written(&folder, "v.csv", text)).unwrap_err().to_string();
        assert!(fault("image,what\na,unsure\n").contains("there is no column 'verdict'"));
        assert!(fault("image,verdict\na,wrong\n").contains("the verdict on 'a' is 'wrong'; write label_wrong, "));
        assert!(fault("image,verdict\na,unsure\na,synonym\n").contains("'a' is judged unsure and synonym"));
    }
}
