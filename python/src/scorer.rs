//! Answers that come batch by batch, and their scores.

use crate::array::{Scores as Array, Stored, View, array, described, is_list, kind, whole_numbers};
use crate::error::{OrRefused, refusal};
use crate::evaluation::Evaluation;
use crate::named::{Named, named};
use crate::running::{attempt, run, run_scoped};
use crate::taxon::Taxon;
use crate::taxonomy::Taxonomy;
use nearmiss::answers::collecting::{Collecting, Given, Kept};
use nearmiss::answers::table::Built;
use nearmiss::answers::understood::{Known, RunKnown, Understood};
use nearmiss::answers::{Answer, Answers, Truth};
use nearmiss::numbers::largest::Kind;
use nearmiss::report::Overwrite;
use nearmiss::report::scoring::Scored;
use nearmiss::report::states::{State, check_output};
use nearmiss::report::values;
use nearmiss::scores::outcome::Unreachable;
use nearmiss::scores::{ScoreOptions, Scores};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyString};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What the answers are called among runs.
const NAME: &str = "scorer";

/// Scores answers batch by batch.
///
/// The best answers and the truth of each image are kept, and scored when that is asked for. Numbers that take whole
/// distributions are None unless all candidates are kept, with probabilities.
#[pyclass(frozen, module = "nearmiss._nearmiss")]
pub(crate) struct Scorer {
    taxonomy: Py<Taxonomy>,
    /// Only held while Python is let go.
    collecting: Mutex<Collecting>,
}

impl Scorer {
    fn of(taxonomy: Py<Taxonomy>, collecting: Collecting) -> Scorer {
        Scorer { taxonomy, collecting: Mutex::new(collecting) }
    }

    /// What has been collected; a batch that failed has left it as it was.
    fn lock(&self) -> MutexGuard<'_, Collecting> {
        self.collecting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds scores that stay borrowed until they have been read.
    fn add_scores<T: Stored>(&self, py: Python<'_>, scores: &View<'_, T>, truths: &[Given]) -> PyResult<()> {
        run_scoped(py, || self.lock().add_scores(scores, truths))?.or_refused()
    }

    /// The answers so far with their scores.
    fn scored(&self, py: Python<'_>) -> PyResult<(Answers, Scores)> {
        let (answers, taxa) = py.detach(|| {
            let collecting = self.lock();
            (collecting.answers(NAME), Arc::clone(collecting.taxonomy()))
        });
        if answers.images.is_empty() {
            return Err(refusal("nothing can be scored: no batch has been added yet; call update() first"));
        }
        let (answers, scores) = run(py, move || {
            let scores = Scores::of(&taxa, &answers, &ScoreOptions::default());
            (answers, scores)
        })?;
        if scores.accounting.scored == 0 {
            return Err(refusal(&format!("no image can be scored: {}; give truths of the taxonomy", scores.accounting.line())));
        }
        Ok((answers, scores))
    }

    /// What a list or an array gives for every image, or for every class.
    fn given(&self, values: &Bound<'_, PyAny>, what: &str) -> PyResult<Vec<Given>> {
        let listed = match array(values)? {
            None => values.clone(),
            Some(array) if !is_list(array) => {
                let wanted = "one dimension is wanted, with a value for each";
                return Err(refusal(&format!("{what} is an array of {}; {wanted}", described(array))));
            }
            Some(array) => match kind(array) {
                b'i' | b'u' => return Ok(whole_numbers(array)?.into_iter().map(Given::Place).collect()),
                b'f' | b'b' | b'c' => {
                    let wanted = "places among the candidates are whole numbers, and -1 is none";
                    return Err(refusal(&format!("{what} is an array of {}; {wanted}", described(array))));
                }
                _ => array.call_method0("tolist")?,
            },
        };
        if listed.is_instance_of::<PyString>() {
            return Err(refusal(&format!("{what} is one text, '{listed}'; a list is wanted, with a value for each")));
        }
        let Ok(items) = listed.try_iter() else {
            return Err(refusal(&format!("{what} is of type {}; a list or an array is wanted", listed.get_type().name()?)));
        };
        items.enumerate().map(|(row, item)| self.item(&item?, what, row)).collect()
    }

    /// What one value of a list gives.
    fn item(&self, item: &Bound<'_, PyAny>, what: &str, row: usize) -> PyResult<Given> {
        if item.is_none() {
            return Ok(Given::Nothing);
        }
        if let Ok(name) = item.cast::<PyString>() {
            return Ok(Given::Name(name.to_cow()?.into_owned()));
        }
        if item.is_instance_of::<Taxon>() {
            return self.taxonomy.get().place(item).map(Given::Taxon);
        }
        if !item.is_instance_of::<PyBool>() {
            if let Ok(place) = item.extract::<i64>() {
                return Ok(Given::Place(place));
            }
            // What pandas has for what is missing.
            let kind = item.get_type().name()?.to_string();
            if kind == "NAType" || kind == "NaTType" || item.extract::<f64>().is_ok_and(f64::is_nan) {
                return Ok(Given::Nothing);
            }
        }
        let wanted = "a place among the candidates, a name, a Taxon or None is wanted";
        Err(refusal(&format!("{what}[{row}] is {}; {wanted}", item.repr()?)))
    }
}

#[pymethods]
impl Scorer {
    /// Of a taxonomy, and the classes in the order of the columns of their scores.
    #[new]
    #[pyo3(signature = (taxonomy, candidates=None, top=5, probabilities=false))]
    fn new(
        py: Python<'_>,
        taxonomy: Py<Taxonomy>,
        candidates: Option<&Bound<'_, PyAny>>,
        top: i64,
        probabilities: bool,
    ) -> PyResult<Scorer> {
        let taxa = Arc::clone(&taxonomy.get().tree.taxa);
        let Ok(top) = usize::try_from(top) else {
            return Err(refusal(&format!(
                "top is {top}, and at least the best answer of each image is kept: give a number from 1"
            )));
        };
        let kept = Kept { top, kind: if probabilities { Kind::Probabilities } else { Kind::Scores } };
        let mut scorer = Scorer::of(taxonomy, Collecting::new(Arc::clone(&taxa), None, kept).or_refused()?);
        if let Some(candidates) = candidates {
            let candidates = scorer.given(candidates, "candidates")?;
            let collecting = py.detach(|| Collecting::new(taxa, Some(&candidates), kept));
            scorer.collecting = Mutex::new(collecting.or_refused()?);
        }
        Ok(scorer)
    }

    /// Adds a batch: scores `[B, C]`, or places among the candidates or names `[B]`, and as many truths.
    ///
    /// An array must not be written to until this returns.
    fn update(&self, py: Python<'_>, answers: &Bound<'_, PyAny>, truth: &Bound<'_, PyAny>) -> PyResult<()> {
        let truths = self.given(truth, "truth")?;
        if let Some(array) = array(answers)?.filter(|array| kind(array) == b'f') {
            return match Array::of(array)? {
                Array::Half(scores) => self.add_scores(py, &View(scores.as_array()), &truths),
                Array::Single(scores) => self.add_scores(py, &View(scores.as_array()), &truths),
                Array::Double(scores) => self.add_scores(py, &View(scores.as_array()), &truths),
            };
        }
        let answers = self.given(answers, "answers")?;
        py.detach(|| self.lock().add_answers(&answers, &truths)).or_refused()
    }

    /// The numbers of all images so far.
    fn compute(&self, py: Python<'_>) -> PyResult<Vec<Named>> {
        let (_, scores) = self.scored(py)?;
        named(py, py.detach(|| values::of_scores(&scores)))
    }

    /// All that can be said of the images so far, which are called by their number.
    fn evaluation(&self, py: Python<'_>) -> PyResult<Evaluation> {
        let (answers, scores) = self.scored(py)?;
        let tree = &self.taxonomy.get().tree;
        Ok(Evaluation::of(Scored {
            record: None,
            taxonomy: Arc::clone(&tree.taxa),
            taxonomy_source: tree.source.clone(),
            understood: understood(&answers),
            runs: vec![(answers, scores)],
            verdicts: vec![],
            sources: vec![],
            space: None,
            notes: vec![],
            unreachable: Unreachable::default(),
            judged: vec![],
            parts: None,
        }))
    }

    /// Adds the images of another scorer behind those of this one.
    fn merge(&self, py: Python<'_>, other: &Bound<'_, Scorer>) -> PyResult<()> {
        let other = other.get();
        // One after the other: both may be the same, or each be added to the other on two threads.
        py.detach(|| {
            let other = other.lock().clone();
            self.lock().merge(&other)
        })
        .or_refused()
    }

    /// Forgets all images.
    fn reset(&self, py: Python<'_>) {
        py.detach(|| self.lock().reset());
    }

    /// All that has been collected, as bytes.
    fn state<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let bytes = py.detach(|| self.lock().to_bytes());
        PyBytes::new(py, &bytes)
    }

    /// Writes all that has been collected as a state, which reports add up.
    fn save(&self, py: Python<'_>, path: PathBuf, force: bool) -> PyResult<()> {
        check_output(&path, if force { Overwrite::Anything } else { Overwrite::OwnReport }).or_refused()?;
        let taxonomy = &self.taxonomy.get().tree.source;
        let state = run_scoped(py, || State::of_batches(&self.lock(), NAME, taxonomy))?.or_refused()?;
        attempt(py, move || state.write(&path))
    }

    /// The scorer of a state, of this process or of another one.
    #[staticmethod]
    fn from_state(py: Python<'_>, state: &[u8], taxonomy: Py<Taxonomy>) -> PyResult<Scorer> {
        let taxa = Arc::clone(&taxonomy.get().tree.taxa);
        let collecting = py.detach(|| Collecting::from_bytes(state, taxa)).or_refused()?;
        Ok(Scorer::of(taxonomy, collecting))
    }

    /// The taxonomy.
    #[getter]
    fn taxonomy(&self, py: Python<'_>) -> Py<Taxonomy> {
        self.taxonomy.clone_ref(py)
    }

    /// The names of the candidates as the taxonomy has them; None where there are none.
    #[getter]
    fn candidates(&self, py: Python<'_>) -> Option<Vec<String>> {
        py.detach(|| {
            let collecting = self.lock();
            let name = |taxon| collecting.taxonomy().name(taxon).to_string();
            collecting.candidates().map(|taxa| taxa.iter().copied().map(name).collect())
        })
    }

    /// The most answers kept of an image.
    #[getter]
    fn top(&self, py: Python<'_>) -> usize {
        py.detach(|| self.lock().kept().top)
    }

    /// Whether scores are probabilities.
    #[getter]
    fn probabilities(&self, py: Python<'_>) -> bool {
        py.detach(|| self.lock().kept().kind == Kind::Probabilities)
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        py.detach(|| self.lock().len())
    }

    #[expect(clippy::unused_self, reason = "Python asks it of an object")]
    fn __bool__(&self) -> bool {
        true
    }
}

/// What is to be told of answers that no table was read for.
fn understood(answers: &Answers) -> Understood {
    let images = answers.images.len() as u64;
    let blank = answers.truths.iter().filter(|truth| **truth == Truth::Missing).count() as u64;
    let unanswered = (0..answers.ranked.len()).filter(|&image| answers.ranked.best(image) == Answer::Nothing).count() as u64;
    let known = Known::of(images - unanswered, unanswered, &answers.outside_answers);
    Understood {
        rows: images,
        images,
        taxonomy: Built::Given.words().to_string(),
        truths: Known::of(images - blank, blank, &answers.outside_truths),
        answers: vec![RunKnown { run: answers.name.clone(), known }],
        ..Understood::default()
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Scorer>()
}
