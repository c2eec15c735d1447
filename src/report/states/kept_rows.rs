//! The rows of images that are kept one by one: answers, and what their whole distributions gave, as text.

use super::rows::{Cells, GROUP, Table, check, code, codes, missing, read_scores, run_of, shown, text, text_of_scores};
use crate::answers::non_taxon::Shown;
use crate::answers::{Answers, Ranked, Truth};
use crate::numbers::calibration::Confidence;
use crate::scores::given::Given;
use crate::scores::state::{Distributions, Kept, RunState, of_answer, of_truth, to_answer, to_truth};
use crate::taxonomy::TaxonId;
use polars::prelude::*;
use std::ops::Range;

/// What stands between the lists of two ranks.
const BETWEEN: char = '|';

/// What stands for nothing.
const NONE: &str = "-";

/// Images of a run.
pub(super) fn of_kept(run: u32, kept: &Kept, images: Range<usize>, groupings: &[String]) -> PolarsResult<DataFrame> {
    let answers = &kept.answers;
    let rows = images.len();
    let table = described(Table::new(rows).with("run", vec![run; rows]), answers, images.clone(), groupings);
    let Distributions::Given(givens) = &kept.distributions else { return table.frame(groupings) };
    let first = givens.images().partition_point(|given| given.image < images.start);
    let mut given = givens.images()[first..].iter().peekable();
    let given: Vec<Option<&Given>> = images.map(|image| given.next_if(|given| given.image == image)).collect();
    let of = |what: fn(&Given) -> String| given.iter().map(|given| given.map(what)).collect::<Vec<Option<String>>>();
    let table = table
        .with("rules", of(|given| text(&[given.top_down.0, given.expected_height.0, given.back_off.0])))
        .with("best", of(|given| words(given.summed, |taxon| taxon.0.to_string())))
        .with("confidences", of(|given| words(given.confidences, of_confidence)))
        .with("steps", of(|given| of_steps(&given.pareto)))
        .with("climb", of(|given| of_steps(&given.climb)));
    table.frame(groupings)
}

/// The columns of answers.
fn described(table: Table, answers: &Answers, images: Range<usize>, groupings: &[String]) -> Table {
    let texts = |column: &Option<Vec<String>>| -> Vec<Option<String>> {
        images.clone().map(|image| column.as_ref().map(|texts| texts[image].clone())).collect()
    };
    let shown =
        |of: &dyn Fn(usize) -> Option<Shown>| images.clone().map(|image| of(image).map(code)).collect::<Vec<Option<i32>>>();
    let non_taxa = answers.non_taxa.as_ref();
    let summed = |image: usize| -> String {
        let of = |ranked: &Option<Ranked>| ranked.as_ref().map(|ranked| of_list(ranked, image)).unwrap_or_default();
        answers.summed.iter().map(of).collect::<Vec<String>>().join(&BETWEEN.to_string())
    };
    let mut table = table
        .with("image", answers.images[images.clone()].to_vec())
        .with("truth", answers.truths[images.clone()].iter().map(|truth| of_truth(*truth)).collect::<Vec<u32>>())
        .with("labels", images.clone().map(|image| labels(&answers.ranked, image)).collect::<Vec<String>>())
        .with("scores", images.clone().map(|image| scores(&answers.ranked, image)).collect::<Vec<String>>())
        .with("summed", images.clone().map(summed).collect::<Vec<String>>())
        .with("observation", texts(&answers.observations))
        .with("split", texts(&answers.splits))
        .with("licence", texts(&answers.licences))
        .with("shown", shown(&|image| non_taxa.map(|shown| shown.truths[image])))
        .with("answered", shown(&|image| non_taxa.and_then(|shown| shown.answers.as_ref().map(|answers| answers[image]))))
        .with("unreadable", images.clone().map(|image| answers.unreadable.get(&image).cloned()).collect::<Vec<Option<String>>>())
        .with("synonym", images.clone().map(|image| answers.synonym_truths.contains(&image)).collect::<Vec<bool>>());
    for name in groupings {
        let grouping = answers.groups.iter().find(|grouping| grouping.name == *name).map(|grouping| grouping.values.clone());
        table = table.with(&format!("{GROUP}{name}"), texts(&grouping));
    }
    table
}

fn labels(ranked: &Ranked, image: usize) -> String {
    text(&ranked.listed(image).iter().map(|label| of_answer(*label)).collect::<Vec<u32>>())
}

fn scores(ranked: &Ranked, image: usize) -> String {
    text_of_scores((0..ranked.listed(image).len()).map(|position| ranked.score(image, position)))
}

/// A list with its scores, `taxon:score`.
fn of_list(ranked: &Ranked, image: usize) -> String {
    let (labels, scores) = (labels(ranked, image), scores(ranked, image));
    let pairs = labels.split_whitespace().zip(scores.split_whitespace());
    pairs.map(|(label, score)| format!("{label}:{score}")).collect::<Vec<_>>().join(" ")
}

fn of_steps(steps: &[(f64, TaxonId)]) -> String {
    steps.iter().map(|(probability, taxon)| format!("{}:{probability:?}", taxon.0)).collect::<Vec<_>>().join(" ")
}

fn of_confidence(one: Confidence) -> String {
    format!("{:?}:{}:{:?}:{:?}", one.probability, u8::from(one.right), one.brier, one.of_truth)
}

/// One word for each main rank.
fn words<T>(ranks: [Option<T>; 7], word: fn(T) -> String) -> String {
    ranks.map(|one| one.map_or_else(|| NONE.to_string(), word)).join(" ")
}

/// Adds images to their runs.
pub(super) fn read_kept(frame: &DataFrame, runs: &mut [RunState], taxa: usize, groupings: &[String]) -> PolarsResult<()> {
    let columns = Columns::of(frame, groupings)?;
    let of_run = Cells { frame }.numbers("run")?;
    for row in 0..frame.height() {
        let run = of_run.get(row).ok_or_else(|| missing("run", row))?;
        let RunState::Kept(kept) = run_of(runs, run)? else {
            return Err(polars_err!(ComputeError: "it has an image of run {run}, whose images are counted"));
        };
        columns.read_answers(row, &mut kept.answers, taxa)?;
        if let Distributions::Given(givens) = &mut kept.distributions
            && let Some(given) = columns.read_given(row, kept.answers.images.len() - 1, taxa)?
        {
            givens.push(given);
        }
    }
    Ok(())
}

/// Adds candidates to their runs.
pub(super) fn read_candidates(frame: &DataFrame, runs: &mut [RunState], taxa: usize) -> PolarsResult<()> {
    let cells = Cells { frame };
    for (run, taxon) in cells.numbers("run")?.iter().zip(cells.numbers("taxon")?.iter()) {
        let (Some(run), Some(taxon)) = (run, taxon) else { return Err(missing("candidate", 0)) };
        if TaxonId(taxon).index() >= taxa {
            return Err(polars_err!(ComputeError: "it names taxon {taxon} of a taxonomy of {taxa}"));
        }
        match run_of(runs, run)? {
            RunState::Kept(kept) => kept.answers.candidates.get_or_insert_default().push(TaxonId(taxon)),
            RunState::Counted(_) => {
                return Err(polars_err!(ComputeError: "run {run} has candidates, and its images are counted"));
            }
        }
    }
    Ok(())
}

/// The columns of images that are read back.
struct Columns<'a> {
    truths: &'a UInt32Chunked,
    shown: [&'a Int32Chunked; 2],
    synonym: &'a BooleanChunked,
    /// In the order of [`TEXTS`].
    texts: Vec<&'a StringChunked>,
    groups: Vec<(&'a str, &'a StringChunked)>,
}

/// Columns of text.
const TEXTS: [&str; 13] = [
    "image",
    "labels",
    "scores",
    "summed",
    "observation",
    "split",
    "licence",
    "unreadable",
    "rules",
    "best",
    "confidences",
    "steps",
    "climb",
];

impl<'a> Columns<'a> {
    fn of(frame: &'a DataFrame, groupings: &'a [String]) -> PolarsResult<Self> {
        let cells = Cells { frame };
        let group = |name: &'a String| Ok((name.as_str(), cells.texts(&format!("{GROUP}{name}"))?));
        Ok(Self {
            truths: cells.numbers("truth")?,
            shown: [frame.column("shown")?.i32()?, frame.column("answered")?.i32()?],
            synonym: frame.column("synonym")?.bool()?,
            texts: TEXTS.into_iter().map(|name| cells.texts(name)).collect::<PolarsResult<_>>()?,
            groups: groupings.iter().map(group).collect::<PolarsResult<_>>()?,
        })
    }

    fn text(&self, name: &str, row: usize) -> Option<&'a str> {
        let place = TEXTS.iter().position(|known| *known == name)?;
        self.texts.get(place)?.get(row)
    }

    fn needed(&self, name: &str, row: usize) -> PolarsResult<&'a str> {
        self.text(name, row).ok_or_else(|| missing(name, row))
    }

    fn read_answers(&self, row: usize, answers: &mut Answers, taxa: usize) -> PolarsResult<()> {
        let truth = self.truths.get(row).ok_or_else(|| missing("truth", row))?;
        let (labels, scores) = (codes(self.needed("labels", row)?)?, read_scores(self.needed("scores", row)?)?);
        check(labels.iter().copied().chain([truth]), taxa)?;
        if scores.len() != labels.len() {
            return Err(polars_err!(ComputeError: "row {} has {} labels and {} scores", row + 1, labels.len(), scores.len()));
        }
        let image = answers.images.len();
        answers.images.push(self.needed("image", row)?.to_string());
        answers.truths.push(to_truth(truth));
        answers.ranked.push(labels.into_iter().map(to_answer).zip(scores));
        self.read_summed(row, answers, taxa)?;
        let texts =
            [("observation", &mut answers.observations), ("split", &mut answers.splits), ("licence", &mut answers.licences)];
        for (name, column) in texts {
            if let Some(column) = column {
                column.push(self.needed(name, row)?.to_string());
            }
        }
        for grouping in &mut answers.groups {
            let group = self.groups.iter().find(|(name, _)| *name == grouping.name).and_then(|(_, texts)| texts.get(row));
            grouping.values.push(group.ok_or_else(|| missing(&grouping.name, row))?.to_string());
        }
        if let Some(non_taxa) = &mut answers.non_taxa {
            let [truth, answer] = self.shown.map(|column| column.get(row).map(shown));
            let (Some(truth), Some(answer)) = (truth, answer) else { return Err(missing("shown", row)) };
            let beyond = |shown: Shown| matches!(shown, Shown::Class(class) if class >= non_taxa.names.len());
            if beyond(truth) || beyond(answer) {
                return Err(polars_err!(ComputeError: "row {} shows a class that the header does not name", row + 1));
            }
            non_taxa.truths.push(truth);
            non_taxa.answers.get_or_insert_default().push(answer);
        }
        if let Some(code) = self.text("unreadable", row) {
            answers.unreadable.insert(image, code.to_string());
        }
        if self.synonym.get(row).unwrap_or_default() {
            answers.synonym_truths.insert(image);
        }
        Ok(())
    }

    fn read_summed(&self, row: usize, answers: &mut Answers, taxa: usize) -> PolarsResult<()> {
        let lists: Vec<&str> = self.needed("summed", row)?.split(BETWEEN).collect();
        if lists.len() != answers.summed.len() {
            return Err(polars_err!(ComputeError: "row {} has sums of {} ranks", row + 1, lists.len()));
        }
        for (ranked, list) in answers.summed.iter_mut().zip(lists) {
            if let Some(ranked) = ranked {
                let (labels, scores): (Vec<&str>, Vec<&str>) =
                    list.split_whitespace().map(|pair| pair.split_once(':').unwrap_or((pair, ""))).unzip();
                let (labels, scores) = (codes(&labels.join(" "))?, scores.join(" "));
                check(labels.iter().copied(), taxa)?;
                let scores = read_scores(&scores)?;
                if scores.len() != labels.len() {
                    return Err(polars_err!(ComputeError: "row {} has a sum without its probability", row + 1));
                }
                ranked.push(labels.into_iter().map(to_answer).zip(scores));
            }
        }
        Ok(())
    }

    /// What the distribution of an image gave; `None` for an image that is not scored.
    fn read_given(&self, row: usize, image: usize, taxa: usize) -> PolarsResult<Option<Given>> {
        let Some(rules) = self.text("rules", row) else { return Ok(None) };
        let rules: [TaxonId; 3] = fixed(rules.split(' ').map(|word| taxon(word, taxa)), row)?;
        let [top_down, expected_height, back_off] = rules;
        let given = Given {
            image,
            truth: self.truths.get(row).and_then(|truth| known(to_truth(truth))),
            summed: fixed(self.needed("best", row)?.split(' ').map(|word| or_none(word, |word| taxon(word, taxa))), row)?,
            top_down,
            expected_height,
            back_off,
            roll_up: None,
            confidences: fixed(self.needed("confidences", row)?.split(' ').map(|word| or_none(word, confidence)), row)?,
            pareto: steps(self.needed("steps", row)?, taxa)?,
            climb: steps(self.needed("climb", row)?, taxa)?,
        };
        if given.pareto.is_empty() || given.climb.is_empty() {
            return Err(missing("answer to a threshold", row));
        }
        Ok(Some(given))
    }
}

/// A truth that answers are held against.
fn known(truth: Truth) -> Option<TaxonId> {
    if let Truth::Taxon(taxon) = truth { Some(taxon).filter(|taxon| *taxon != TaxonId::ROOT) } else { None }
}

/// So many values, none of them at fault.
fn fixed<T, const N: usize>(values: impl Iterator<Item = PolarsResult<T>>, row: usize) -> PolarsResult<[T; N]> {
    let values: Vec<T> = values.collect::<PolarsResult<_>>()?;
    let found = values.len();
    values.try_into().map_err(|_| polars_err!(ComputeError: "row {} has {found} values where there are {N}", row + 1))
}

fn or_none<T>(word: &str, read: impl Fn(&str) -> PolarsResult<T>) -> PolarsResult<Option<T>> {
    if word == NONE { Ok(None) } else { read(word).map(Some) }
}

fn taxon(word: &str, taxa: usize) -> PolarsResult<TaxonId> {
    let number: Option<u32> = word.parse().ok().filter(|number| TaxonId(*number).index() < taxa);
    number.map(TaxonId).ok_or_else(|| polars_err!(ComputeError: "'{word}' is no taxon of a taxonomy of {taxa}"))
}

/// A finite number within a range.
fn number(word: &str, (least, most): (f64, f64)) -> PolarsResult<f64> {
    let number: Option<f64> = word.parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| polars_err!(ComputeError: "'{word}' is no number from {least} to {most}"))
}

/// The most that a sum of probabilities can be, with the rounding of its terms.
const MOST: f64 = 1.01;

fn confidence(word: &str) -> PolarsResult<Confidence> {
    let parts: Vec<&str> = word.split(':').collect();
    let [probability, right, brier, of_truth] = parts[..] else {
        return Err(polars_err!(ComputeError: "'{word}' is nothing that calibration takes"));
    };
    Ok(Confidence {
        probability: number(probability, (0.0, MOST))?,
        right: match right {
            "0" => false,
            "1" => true,
            other => return Err(polars_err!(ComputeError: "'{other}' is neither right, 1, nor wrong, 0")),
        },
        brier: number(brier, (-MOST, 2.0 * MOST))?,
        of_truth: number(of_truth, (0.0, MOST))?,
    })
}

fn steps(text: &str, taxa: usize) -> PolarsResult<Vec<(f64, TaxonId)>> {
    let step = |word: &str| {
        let (of, probability) =
            word.split_once(':').ok_or_else(|| polars_err!(ComputeError: "'{word}' is no taxon with its probability"))?;
        Ok((number(probability, (0.0, MOST))?, taxon(of, taxa)?))
    };
    text.split_whitespace().map(step).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::answers::non_taxon::NonTaxa;
    use crate::answers::{Answer, Grouping};
    use crate::scores::outcome::Unreachable;
    use crate::scores::state::{Asked, Givens};

    /// Two images, of which the second is not scored, over a taxonomy of five.
    fn kept() -> Kept {
        let mut ranked = Ranked::default();
        ranked.push([(Answer::Taxon(TaxonId(3)), Some(0.1 + 0.2)), (Answer::Outside, Some(0.0))]);
        ranked.push([(Answer::Nothing, None)]);
        let mut summed = Ranked::default();
        summed.push([(Answer::Taxon(TaxonId(2)), Some(1.0 / 3.0)), (Answer::Taxon(TaxonId(1)), Some(0.0))]);
        summed.push([]);
        let texts = |one: &str, other: &str| vec![one.to_string(), other.to_string()];
        let answers = Answers {
            name: "run".into(),
            images: texts("a b.jpg", "c.jpg"),
            truths: vec![Truth::Taxon(TaxonId(4)), Truth::Outside],
            ranked,
            summed: std::array::from_fn(|rank| (rank == 5).then(|| summed.clone())),
            candidates: Some(vec![TaxonId(3), TaxonId(4)]),
            observations: Some(texts("", "o")),
            licences: Some(texts("CC0", "")),
            groups: vec![Grouping { name: "site".into(), values: texts("s", "") }],
            unreadable: [(1, "decode".to_string())].into(),
            synonym_truths: [0].into(),
            non_taxa: Some(NonTaxa {
                names: texts("blank", "person"),
                truths: vec![Shown::Animal, Shown::Class(1)],
                answers: Some(vec![Shown::Nothing, Shown::Class(0)]),
            }),
            ..Answers::default()
        };
        let asked = Asked { back_off: Some(0.25), unreachable: Unreachable::Score };
        let mut givens = Givens::read(asked, "00".into(), false);
        let sure = Confidence { probability: 1.0 / 3.0, right: true, brier: -1e-17, of_truth: 0.1 };
        givens.push(Given {
            image: 0,
            truth: Some(TaxonId(4)),
            summed: std::array::from_fn(|rank| (rank > 4).then_some(TaxonId(3))),
            top_down: TaxonId(3),
            expected_height: TaxonId(4),
            back_off: TaxonId(0),
            roll_up: None,
            confidences: std::array::from_fn(|rank| (rank != 2).then_some(sure)),
            pareto: vec![(1.0, TaxonId(0)), (0.1 + 0.2, TaxonId(2))],
            climb: vec![(1.0, TaxonId(0)), (f64::MIN_POSITIVE, TaxonId(4))],
        });
        Kept { answers, distributions: Distributions::Given(givens) }
    }

    fn read(frame: &DataFrame, taxa: usize) -> Result<Kept, String> {
        let state = RunState::Kept(Box::new(kept()));
        let mut runs = vec![super::super::header::RunHeader::of(&state).run().unwrap()];
        read_kept(frame, &mut runs, taxa, &["site".to_string()]).map_err(|error| error.to_string())?;
        let RunState::Kept(mut read) = runs.remove(0) else { return Err("counted".to_string()) };
        // Candidates are rows of their own.
        read.answers.candidates = Some(vec![TaxonId(3), TaxonId(4)]);
        Ok(*read)
    }

    #[test]
    fn images_come_back_as_they_were_to_the_last_bit() {
        let (kept, groupings) = (kept(), ["site".to_string()]);
        let frame = of_kept(0, &kept, 0..2, &groupings).unwrap();
        let back = read(&frame, 5).unwrap();
        assert_eq!(format!("{:?}", back.answers), format!("{:?}", kept.answers));
        assert_eq!(back.distributions, kept.distributions);
        // The second alone, as the rows of another frame would be.
        let back = read(&of_kept(0, &kept, 1..2, &groupings).unwrap(), 5).unwrap();
        assert_eq!((back.answers.images, back.answers.unreadable.len()), (vec!["c.jpg".to_string()], 1));
        let Distributions::Given(givens) = back.distributions else { panic!("nothing given") };
        assert!(givens.images().is_empty());
    }

    #[test]
    fn what_no_program_wrote_is_refused() {
        let frame = of_kept(0, &kept(), 0..2, &["site".to_string()]).unwrap();
        let with = |column: &str, cells: [&str; 2]| {
            let mut frame = frame.clone();
            frame.with_column(Series::new(column.into(), cells).into()).unwrap();
            read(&frame, 5).unwrap_err()
        };
        assert!(read(&frame, 4).unwrap_err().contains("it names taxon 4 of a taxonomy of 4"));
        assert!(with("labels", ["3 7", "3"]).contains("it names taxon 7 of a taxonomy of 5"));
        assert!(with("scores", ["0.5", "-"]).contains("row 1 has 2 labels and 1 scores"));
        assert!(with("summed", ["|||", "||||||"]).contains("row 1 has sums of 4 ranks"));
        assert!(with("summed", ["|||||2:|", "||||||"]).contains("without its probability"));
        assert!(with("rules", ["3 4", "0 0 0"]).contains("row 1 has 2 values where there are 3"));
        assert!(with("rules", ["3 4 5", "0 0 0"]).contains("'5' is no taxon of a taxonomy of 5"));
        assert!(with("best", ["- - - - - 3", "-"]).contains("has 6 values where there are 7"));
        let confidences = |first: &str| with("confidences", [&format!("{first} - - - - - -"), "-"]);
        assert!(confidences("0.5:1:0.5").contains("nothing that calibration takes"));
        assert!(confidences("1.5:1:0.5:0.5").contains("'1.5' is no number from 0 to 1.01"));
        assert!(confidences("NaN:1:0.5:0.5").contains("'NaN' is no number"));
        assert!(confidences("0.5:2:0.5:0.5").contains("neither right, 1, nor wrong, 0"));
        assert!(with("steps", ["0:1.0 2", ""]).contains("'2' is no taxon with its probability"));
        assert!(with("climb", ["", ""]).contains("row 1 has no answer to a threshold"));
    }
}
