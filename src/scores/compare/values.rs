//! The values of each image that runs are compared by.

use super::options::Images;
use crate::answers::Answers;
use crate::numbers::counted::counted;
use crate::scores::distance::Distances;
use crate::scores::how_wrong::HowWrong;
use crate::scores::metric::{Direction, Row};
use crate::scores::outcome::{Judgement, Unreachable, judge};
use crate::scores::ranks::RankScores;
use crate::scores::tree::Tree;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::{HashMap, HashSet};

/// Values of one metric: for each run one per image, `None` where the image has none.
#[derive(Debug, Clone, PartialEq)]
pub struct Values {
    /// Name in files, `path_top1.species`.
    pub name: String,
    /// Name in tables.
    pub label: String,
    /// Which way is better.
    pub direction: Direction,
    /// Whether values are 1 (right) and 0 (wrong) only.
    pub binary: bool,
    /// The least and the greatest value that an image can have, where there are such.
    pub range: Option<(f64, f64)>,
    /// `R × N`.
    pub runs: Vec<Vec<Option<f64>>>,
}

/// Runs over the same images, in the order of the first run.
#[derive(Debug, Clone)]
pub struct Paired {
    /// Names of the images.
    pub images: Vec<String>,
    /// For each run the row of each image.
    pub rows: Vec<Vec<usize>>,
    /// Images of each run that the others do not have.
    pub dropped: Vec<usize>,
}

/// Why runs cannot be paired.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum PairError {
    #[error(
        "the runs are not over the same images: {listing}; e.g. '{example}' is not in all of them. \
         Give --intersect to compare them over the {} that all have",
        counted(*common, "image", "images")
    )]
    DifferentImages { listing: String, example: String, common: usize },
    #[error("no image is in all runs: the first has '{first}', the second '{second}'")]
    NoCommonImage { first: String, second: String },
    #[error("run '{run}' names the image '{image}' twice")]
    Repeated { run: String, image: String },
    #[error("image '{image}' is {first} in run '{first_run}' and {second} in run '{second_run}': the truths must agree")]
    DifferentTruths { image: String, first: String, first_run: String, second: String, second_run: String },
}

impl Paired {
    /// Pairs runs by the names of their images.
    ///
    /// # Errors
    ///
    /// [`PairError`]: different images unless [`Images::Common`], none in common, truths that disagree.
    pub fn of(taxonomy: &Taxonomy, runs: &[Answers], compared: Images) -> Result<Self, PairError> {
        let mut places: Vec<HashMap<&str, usize>> = vec![];
        for run in runs {
            let mut place = HashMap::new();
            for (row, image) in run.images.iter().enumerate() {
                if place.insert(image.as_str(), row).is_some() {
                    return Err(PairError::Repeated { run: run.name.clone(), image: image.clone() });
                }
            }
            places.push(place);
        }
        let Some((first, others)) = runs.split_first() else {
            return Ok(Self { images: vec![], rows: vec![], dropped: vec![] });
        };
        let in_all = |image: &&String| places[1..].iter().all(|place| place.contains_key(image.as_str()));
        let images: Vec<String> = first.images.iter().filter(in_all).cloned().collect();
        let dropped: Vec<usize> = runs.iter().map(|run| run.images.len() - images.len()).collect();
        if images.is_empty() {
            let name = |run: &Answers| run.images.first().cloned().unwrap_or_default();
            return Err(PairError::NoCommonImage { first: name(first), second: others.first().map(name).unwrap_or_default() });
        }
        if dropped.iter().any(|dropped| *dropped > 0) && compared == Images::Same {
            let common: HashSet<&str> = images.iter().map(String::as_str).collect();
            let odd = runs.iter().flat_map(|run| &run.images).find(|image| !common.contains(image.as_str()));
            let listing: Vec<String> = runs.iter().map(|run| format!("{} has {}", run.name, run.images.len())).collect();
            let example = odd.cloned().unwrap_or_default();
            return Err(PairError::DifferentImages { listing: listing.join(", "), example, common: images.len() });
        }
        let rows: Vec<Vec<usize>> =
            places.iter().map(|place| images.iter().map(|image| place[image.as_str()]).collect()).collect();
        check_truths(taxonomy, runs, &images, &rows)?;
        Ok(Self { images, rows, dropped })
    }
}

fn check_truths(taxonomy: &Taxonomy, runs: &[Answers], images: &[String], rows: &[Vec<usize>]) -> Result<(), PairError> {
    use crate::answers::Truth;
    let name = |truth: Truth| match truth {
        Truth::Taxon(taxon) => format!("'{}'", taxonomy.name(taxon)),
        Truth::Missing => "without a truth".to_string(),
        Truth::Outside => "outside the taxonomy".to_string(),
    };
    for (index, image) in images.iter().enumerate() {
        let first = runs[0].truths[rows[0][index]];
        for (run, rows) in runs.iter().zip(rows).skip(1) {
            let second = run.truths[rows[index]];
            if first != second {
                return Err(PairError::DifferentTruths {
                    image: image.clone(),
                    first: name(first),
                    first_run: runs[0].name.clone(),
                    second: name(second),
                    second_run: run.name.clone(),
                });
            }
        }
    }
    Ok(())
}

/// Judgements of the paired images, run by run.
#[must_use]
pub fn judgements(taxonomy: &Taxonomy, runs: &[Answers], paired: &Paired, unreachable: Unreachable) -> Vec<Vec<Judgement>> {
    let of = |(run, rows): (&Answers, &Vec<usize>)| {
        let judged = judge(taxonomy, run, unreachable);
        rows.iter().map(|&row| judged[row]).collect()
    };
    runs.iter().zip(&paired.rows).map(of).collect()
}

/// All metrics that the runs can be compared by: right at each rank by both rules, right to the
/// truth's own rank, height, edges, and the share of lineages.
///
/// An image that some run does not score has no value in that run, and so in no comparison. One whose truth is unknown
/// and counts as a mistake is wrong at every main rank, as in a report.
#[must_use]
pub fn values(taxonomy: &Taxonomy, runs: &[Answers], paired: &Paired, judged: &[Vec<Judgement>]) -> Vec<Values> {
    let images = paired.images.len();
    let mut all = vec![];
    let mut push = |compared: ComparedBy, value: &dyn Fn(usize, usize) -> Option<f64>| {
        let runs: Vec<Vec<Option<f64>>> =
            (0..runs.len()).map(|run| (0..images).map(|image| value(run, image)).collect()).collect();
        if runs.iter().all(|run| run.iter().any(Option::is_some)) {
            let ComparedBy { name, label, direction, of } = compared;
            all.push(Values { name, label, direction, binary: of == Of::YesOrNo, range: of.range(), runs });
        }
    };
    let right = |right: bool| f64::from(u8::from(right));
    // Whether the answer that a rule gives is right at a rank; `None` where the image does not count there.
    let right_at = |run: usize, image: usize, index: usize, answer: &dyn Fn(TaxonId) -> Option<TaxonId>| {
        let outcome = match judged[run][image] {
            Judgement::Scored(outcome) => outcome,
            Judgement::Unplaced(_) if taxonomy.has_ranks() => return Some(0.0),
            _ => return None,
        };
        let truth = taxonomy.main_ancestor(outcome.truth, index)?;
        Some(right(taxonomy.main_ancestor(answer(outcome.answer)?, index) == Some(truth)))
    };
    for (index, rank) in Rank::MAIN.into_iter().enumerate().rev() {
        push(ComparedBy::at(rank, "path_top1", rank.to_string()), &|run, image| {
            right_at(run, image, index, &|answer| Some(answer))
        });
        if runs.iter().all(|run| run.summed[index].is_some()) {
            push(ComparedBy::at(rank, "summed_top1", format!("{rank}, summed")), &|run, image| {
                let summed = runs[run].summed[index].as_ref()?;
                right_at(run, image, index, &|_| Some(summed.best(paired.rows[run][image]).taxon()))
            });
        }
    }
    let measure = Distances::new(taxonomy, Tree::Full);
    let distance = |run: usize, image: usize| measure.of(judged[run][image]);
    push(ComparedBy::by::<HowWrong>("exact", Of::YesOrNo), &|run, image| Some(right(distance(run, image)?.right)));
    let heights = if taxonomy.has_ranks() { Of::Rungs } else { Of::Edges };
    push(ComparedBy::by::<HowWrong>("mean_height", heights).called("height"), &|run, image| {
        Some(f64::from(distance(run, image)?.height))
    });
    push(ComparedBy::by::<HowWrong>("mean_edges", Of::Edges).called("edges"), &|run, image| {
        Some(f64::from(distance(run, image)?.edges()))
    });
    let hf = ComparedBy { label: "hF".to_string(), ..ComparedBy::by::<HowWrong>("hf_mean", Of::Shares) };
    push(hf, &|run, image| distance(run, image)?.f1());
    all
}

/// What runs are compared by: a metric of reports, image by image.
struct ComparedBy {
    name: String,
    label: String,
    direction: Direction,
    of: Of,
}

impl ComparedBy {
    /// A metric of a row of reports, of a name that there must be.
    fn by<R: Row>(name: &str, of: Of) -> Self {
        let measure = R::measure(name);
        debug_assert!(measure.is_some(), "no metric is called {name}");
        let direction = measure.map_or(Direction::Neither, |measure| measure.metric.direction);
        Self { name: name.to_string(), label: name.to_string(), direction, of }
    }

    /// A share of a rank.
    fn at(rank: Rank, name: &str, label: String) -> Self {
        Self { name: format!("{name}.{rank}"), label, ..Self::by::<RankScores>(name, Of::YesOrNo) }
    }

    /// The same under the name that a value of one image has.
    fn called(self, name: &str) -> Self {
        Self { name: name.to_string(), label: name.to_string(), ..self }
    }
}

/// What the values of a metric are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    YesOrNo,
    Shares,
    Rungs,
    Edges,
}

impl Of {
    fn range(self) -> Option<(f64, f64)> {
        match self {
            Of::YesOrNo | Of::Shares => Some((0.0, 1.0)),
            Of::Rungs => Some((0.0, 7.0)),
            Of::Edges => None,
        }
    }
}
