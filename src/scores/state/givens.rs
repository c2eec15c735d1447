//! What the whole distributions of images gave to scores: all that is kept of vectors and logits.

use super::unaddable::Unaddable;
use crate::answers::Answers;
use crate::answers::distribution::Distribution;
use crate::files::sha256;
use crate::numbers::interval::Sample;
use crate::scores::given::Given;
use crate::scores::halves::Halves;
use crate::scores::judged_run::JudgedRun;
use crate::scores::met::Met;
use crate::scores::options::ScoreOptions;
use crate::scores::outcome::{Unreachable, judge};
use crate::scores::tree::Tree;
use crate::scores::whole::{self, BACK_OFF, Whole};
use crate::taxonomy::information::{Information, InformationFrom};
use crate::taxonomy::{TaxonId, Taxonomy};

/// What takes vectors or logits, and is left out where these were not gathered.
pub const NOT_GATHERED: &str = "it takes the vectors or logits of all images, which the parts of a report leave where they are";

/// What is asked of distributions while they are at hand.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Asked {
    /// Probability that the answer of the back-off rule must reach, 0 to 1; one half where none is given.
    pub back_off: Option<f64>,
    /// Images whose truth is no candidate.
    pub unreachable: Unreachable,
}

/// What the whole distributions of images gave to scores.
///
/// A few hundred bytes an image, whatever the number of candidates. What an image gives depends on how much each taxon says,
/// and so on the leaves of all that the run meets; parts add up where these are the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Givens {
    /// Probability that the answer of the back-off rule must reach.
    pub back_off: f64,
    /// Images whose truth is no candidate.
    pub unreachable: Unreachable,
    /// SHA-256 of the numbers of the leaves of all that is met.
    pub tips: String,
    /// Whether what is no candidate had a probability as well, the root's own.
    pub has_root: bool,
    /// Of the scored images, in their order.
    images: Vec<Given>,
}

impl Givens {
    /// Of distributions; `None` where their candidates are not those of the answers.
    #[must_use]
    pub fn of(taxonomy: &Taxonomy, answers: &Answers, distribution: &Distribution, asked: Asked) -> Option<Self> {
        let has_root = has_root(answers, distribution)?;
        let options = ScoreOptions { back_off: asked.back_off, unreachable: asked.unreachable, ..ScoreOptions::default() };
        let met = met(taxonomy, answers, asked.unreachable);
        let run = judged(taxonomy, answers, &met, asked.unreachable);
        let information = run.information(InformationFrom::Leaves);
        let ground = whole::ground(&run, distribution.candidates(), &information, &options);
        Some(Self {
            back_off: ground.threshold,
            unreachable: asked.unreachable,
            tips: fingerprint(&met.tips(taxonomy)),
            has_root,
            images: whole::given(&ground, distribution),
        })
    }

    /// What was read back; which images these are of is seen by [`Givens::check`].
    pub(crate) fn read(said: Asked, tips: String, has_root: bool) -> Self {
        let back_off = said.back_off.unwrap_or(BACK_OFF);
        Self { back_off, unreachable: said.unreachable, tips, has_root, images: vec![] }
    }

    /// Adds an image, behind those that are there.
    pub(crate) fn push(&mut self, given: Given) {
        self.images.push(given);
    }

    /// Of the scored images, in their order.
    pub(crate) fn images(&self) -> &[Given] {
        &self.images
    }

    /// Adds the images of another part, so many behind.
    pub(super) fn append(&mut self, behind: usize, other: Self) {
        self.images.extend(other.images.into_iter().map(|given| Given { image: behind + given.image, ..given }));
    }

    /// Puts images into another order, of each its new place.
    pub(super) fn reorder(&mut self, places: &[usize]) {
        self.images.iter_mut().for_each(|given| given.image = places[given.image]);
        self.images.sort_by_key(|given| given.image);
    }

    /// Whether those of two parts rest on the same.
    pub(super) fn agree(&self, other: &Self) -> Result<(), Unaddable> {
        let different = |what, one: String, other: String| Err(Unaddable::Different { what, one, other });
        if self.back_off.total_cmp(&other.back_off).is_ne() {
            return different("threshold of the back-off rule", self.back_off.to_string(), other.back_off.to_string());
        }
        if self.unreachable != other.unreachable {
            let said = |unreachable| if unreachable == Unreachable::Score { "scored" } else { "left out" }.to_string();
            return different("truth that is no candidate", said(self.unreachable), said(other.unreachable));
        }
        if self.has_root != other.has_root {
            return Err(Unaddable::Candidates);
        }
        if self.tips == other.tips { Ok(()) } else { Err(Unaddable::Tips) }
    }

    /// What in them does not belong to these images; `None` where all of it does.
    #[must_use]
    pub fn fault(&self, taxonomy: &Taxonomy, answers: &Answers) -> Option<String> {
        let met = met(taxonomy, answers, self.unreachable);
        let run = judged(taxonomy, answers, &met, self.unreachable);
        let scored = (0..run.judgements.len()).filter(|image| run.judgements[*image].is_scored());
        if !scored.eq(self.images.iter().map(|given| given.image)) {
            return Some("what distributions gave is not of the images that are scored".to_string());
        }
        (fingerprint(&met.tips(taxonomy)) != self.tips)
            .then(|| "what distributions gave rests on other taxa than the truths and candidates are".to_string())
    }

    /// Whether the truths are leaves beside the candidates, so that other parts will hardly have the same.
    #[must_use]
    pub fn rests_on_truths(&self, taxonomy: &Taxonomy, answers: &Answers) -> bool {
        let alone = Answers { candidates: answers.candidates.clone(), ..Answers::default() };
        fingerprint(&Met::of(taxonomy, &alone, &[]).tips(taxonomy)) != self.tips
    }

    /// The blocks of distributions; of a run whose images these are.
    pub(in crate::scores) fn whole(
        &self,
        run: &JudgedRun<'_>,
        tree: Tree,
        information: &Information,
        options: &ScoreOptions<'_>,
    ) -> Whole {
        let candidates = candidates(run.answers, self.has_root);
        let ground = whole::ground(run, &candidates, information, options);
        let halves = Halves::of(run.answers, &self.images);
        let temperature = Err(format!("no temperature: {NOT_GATHERED}"));
        Whole::of_given(&ground, (&self.images, &halves), temperature, tree, options)
    }
}

/// The candidates of distributions, in order.
fn candidates(answers: &Answers, has_root: bool) -> Vec<TaxonId> {
    let mut candidates = answers.candidates.clone().unwrap_or_default();
    candidates.extend(has_root.then_some(TaxonId::ROOT));
    candidates.sort_unstable();
    candidates
}

/// Whether the root is a candidate of distributions and not of answers; `None` where they differ in others.
fn has_root(answers: &Answers, distribution: &Distribution) -> Option<bool> {
    let mut found = distribution.candidates().to_vec();
    found.sort_unstable();
    [false, true].into_iter().find(|has_root| candidates(answers, *has_root) == found)
}

fn met(taxonomy: &Taxonomy, answers: &Answers, unreachable: Unreachable) -> Met {
    Met::of(taxonomy, answers, &judge(taxonomy, answers, unreachable))
}

fn judged<'a>(taxonomy: &'a Taxonomy, answers: &'a Answers, met: &'a Met, unreachable: Unreachable) -> JudgedRun<'a> {
    JudgedRun { taxonomy, answers, judgements: judge(taxonomy, answers, unreachable), met, sample: Sample::default() }
}

/// SHA-256 of the numbers of some taxa.
fn fingerprint(taxa: &[TaxonId]) -> String {
    let numbers: Vec<u8> = taxa.iter().flat_map(|taxon| taxon.0.to_le_bytes()).collect();
    sha256::hex([&numbers[..]])
}
