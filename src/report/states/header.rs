//! What a state was read from, and how.

use crate::answers::non_taxon::NonTaxa;
use crate::answers::table::chunks::Tally;
use crate::answers::{Answers, Grouping, Ranked};
use crate::scores::outcome::Unreachable;
use crate::scores::state::{Asked, Counted, Distributions, Givens, Kept, Kinds, RunState, Totals};
use crate::taxonomy::shipped::SHIPPED;
use crate::taxonomy::{TaxonId, Taxonomy};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The version of states that this program writes and reads.
pub const VERSION: u64 = 1;

/// Digits of a sum that are shown.
pub(super) const SHORT: usize = 12;

/// What a state was read from, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// The version of its form.
    pub version: u64,
    /// The program that wrote it.
    pub program: String,
    /// Name or path of the taxonomy; blank where none leads to it, since it was in memory.
    pub taxonomy: String,
    /// SHA-256 of the taxonomy's content.
    pub taxonomy_sha256: String,
    /// How tables were read: parts that were read otherwise do not add up.
    pub recipe: String,
    /// Whether images have names of their own; where they are numbered nothing tells whether one is counted twice.
    pub named: bool,
    /// What was read.
    pub sources: Vec<SourceRead>,
    /// Which columns were read how, and what they came to.
    pub tally: Tally,
    /// Decisions made while reading, one sentence each.
    pub notes: Vec<String>,
    /// What would mislead if it were overlooked, one sentence each.
    pub warnings: Vec<String>,
    /// What the runs are.
    pub runs: Vec<RunHeader>,
    /// Rows of each section of the file, in order.
    pub rows: Sections,
}

impl Header {
    /// Of a taxonomy and of how answers were read, before any is.
    #[must_use]
    pub fn of(taxonomy: &Taxonomy, name: &str, recipe: String) -> Self {
        let is_shipped = SHIPPED.iter().any(|shipped| shipped.name == name);
        let leads_to_it = is_shipped || Path::new(name).exists();
        Self {
            version: VERSION,
            program: format!("nearmiss {}", env!("CARGO_PKG_VERSION")),
            taxonomy: if leads_to_it { name.to_string() } else { String::new() },
            taxonomy_sha256: taxonomy.fingerprint(),
            recipe,
            named: true,
            sources: vec![],
            tally: Tally::default(),
            notes: vec![],
            warnings: vec![],
            runs: vec![],
            rows: Sections::default(),
        }
    }

    /// The first digits of the sum of the taxonomy: enough to tell two apart.
    #[must_use]
    pub fn short_sum(&self) -> &str {
        self.taxonomy_sha256.get(..SHORT).unwrap_or(&self.taxonomy_sha256)
    }

    /// What the taxonomy is called in sentences.
    #[must_use]
    pub fn taxonomy_name(&self) -> &str {
        if self.taxonomy.is_empty() { "in memory" } else { &self.taxonomy }
    }

    /// The same with the first digits of its sum.
    #[must_use]
    pub fn taxonomy_in_words(&self) -> String {
        format!("{} ({})", self.taxonomy_name(), self.short_sum())
    }
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SourceRead {
    /// Its path, as given.
    pub path: String,
    /// SHA-256 of its content.
    pub sha256: String,
}

/// Rows of each section of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sections {
    /// Kinds of images.
    pub kinds: u64,
    /// Mistakes with their names.
    pub mistakes: u64,
    /// Taxa that are answered.
    pub taxa: u64,
    /// Images that are kept one by one.
    pub kept: u64,
    /// Candidates of their runs.
    pub candidates: u64,
    /// Fingerprints of names of images.
    pub images: u64,
}

impl Sections {
    /// Rows of all sections.
    #[must_use]
    pub fn all(&self) -> u64 {
        let Self { kinds, mistakes, taxa, kept, candidates, images } = self;
        [mistakes, taxa, kept, candidates, images].into_iter().fold(*kinds, |sum, rows| sum.saturating_add(*rows))
    }
}

/// What is said of a run as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunHeader {
    name: String,
    groupings: Vec<String>,
    classes: Option<Vec<String>>,
    has_observations: bool,
    probabilities: bool,
    count_outside_as_wrong: bool,
    totals: Totals,
    outside_truths: BTreeMap<String, usize>,
    outside_answers: BTreeMap<String, usize>,
    /// Of a run whose images are kept one by one.
    kept: Option<KeptHeader>,
}

impl RunHeader {
    /// Of a run.
    #[must_use]
    pub fn of(run: &RunState) -> Self {
        match run {
            RunState::Counted(run) => Self {
                name: run.name.clone(),
                groupings: run.groupings.clone(),
                classes: run.classes.clone(),
                has_observations: run.has_observations,
                probabilities: run.probabilities,
                count_outside_as_wrong: run.count_outside_as_wrong,
                totals: run.totals,
                outside_truths: run.outside_truths.clone(),
                outside_answers: run.outside_answers.clone(),
                kept: None,
            },
            RunState::Kept(kept) => Self {
                name: kept.answers.name.clone(),
                groupings: kept.answers.groups.iter().map(|grouping| grouping.name.clone()).collect(),
                classes: kept.answers.non_taxa.as_ref().map(|shown| shown.names.clone()),
                has_observations: kept.answers.observations.is_some(),
                probabilities: kept.answers.ranked.has_probabilities(),
                count_outside_as_wrong: kept.answers.count_outside_as_wrong,
                totals: Totals::of_images(kept.images()),
                outside_truths: kept.answers.outside_truths.clone(),
                outside_answers: kept.answers.outside_answers.clone(),
                kept: Some(KeptHeader::of(kept)),
            },
        }
    }

    /// The run, without the images yet; `None` where the header says what no program wrote.
    #[must_use]
    pub fn run(&self) -> Option<RunState> {
        if let Some(kept) = &self.kept {
            return Some(RunState::Kept(Box::new(kept.run(self)?)));
        }
        let Self { name, groupings, classes, .. } = self.clone();
        Some(RunState::Counted(Box::new(Counted {
            name,
            groupings,
            classes,
            has_observations: self.has_observations,
            probabilities: self.probabilities,
            count_outside_as_wrong: self.count_outside_as_wrong,
            totals: self.totals,
            kinds: Kinds::default(),
            worst: vec![],
            listed: vec![],
            outside_truths: self.outside_truths.clone(),
            outside_answers: self.outside_answers.clone(),
        })))
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What images are sorted by.
    #[must_use]
    pub fn groupings(&self) -> &[String] {
        &self.groupings
    }

    /// How many images it has.
    #[must_use]
    pub fn images(&self) -> u64 {
        self.totals.images
    }
}

/// What is said of a run whose images are kept one by one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct KeptHeader {
    splits: bool,
    licences: bool,
    /// Whether summed answers are listed, rank by rank.
    summed: [bool; 7],
    /// Whether the source says which the candidates were; these are rows.
    candidates: bool,
    /// Candidates that never get any probability.
    unusable: Vec<u32>,
    distributions: DistributionsHeader,
}

/// Where whole distributions are, and what was asked of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum DistributionsHeader {
    Listed,
    Nowhere(BTreeSet<String>),
    Given { back_off: f64, count_unreachable: bool, tips_sha256: String, root: bool },
}

impl KeptHeader {
    fn of(kept: &Kept) -> Self {
        let distributions = match &kept.distributions {
            Distributions::Listed => DistributionsHeader::Listed,
            Distributions::Nowhere(reasons) => DistributionsHeader::Nowhere(reasons.clone()),
            Distributions::Given(givens) => DistributionsHeader::Given {
                back_off: givens.back_off,
                count_unreachable: givens.unreachable == Unreachable::Score,
                tips_sha256: givens.tips.clone(),
                root: givens.has_root,
            },
        };
        Self {
            splits: kept.answers.splits.is_some(),
            licences: kept.answers.licences.is_some(),
            summed: kept.answers.summed.each_ref().map(Option::is_some),
            candidates: kept.answers.candidates.is_some(),
            unusable: kept.answers.unusable_candidates.iter().map(|taxon| taxon.0).collect(),
            distributions,
        }
    }

    fn run(&self, of: &RunHeader) -> Option<Kept> {
        let empty = |is_there: bool| is_there.then(Vec::new);
        let group = |name: &String| Grouping { name: name.clone(), values: vec![] };
        let answers = Answers {
            name: of.name.clone(),
            ranked: if of.probabilities { Ranked::default() } else { Ranked::of_scores() },
            summed: self.summed.map(|is_listed| is_listed.then(Ranked::default)),
            candidates: self.candidates.then(Vec::new),
            observations: empty(of.has_observations),
            splits: empty(self.splits),
            licences: empty(self.licences),
            groups: of.groupings.iter().map(group).collect(),
            unusable_candidates: self.unusable.iter().map(|taxon| TaxonId(*taxon)).collect(),
            outside_truths: of.outside_truths.clone(),
            outside_answers: of.outside_answers.clone(),
            count_outside_as_wrong: of.count_outside_as_wrong,
            non_taxa: of.classes.clone().map(|names| NonTaxa { names, truths: vec![], answers: Some(vec![]) }),
            ..Answers::default()
        };
        let distributions = match &self.distributions {
            DistributionsHeader::Listed => Distributions::Listed,
            DistributionsHeader::Nowhere(reasons) => Distributions::Nowhere(reasons.clone()),
            DistributionsHeader::Given { back_off, count_unreachable, tips_sha256, root } => {
                let back_off = Some(*back_off).filter(|value| (0.0..=1.0).contains(value))?;
                let unreachable = if *count_unreachable { Unreachable::Score } else { Unreachable::LeaveOut };
                let asked = Asked { back_off: Some(back_off), unreachable };
                Distributions::Given(Givens::read(asked, tips_sha256.clone(), *root))
            }
        };
        Some(Kept { answers, distributions })
    }
}
