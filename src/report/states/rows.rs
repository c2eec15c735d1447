//! The rows of a state: kinds of images, mistakes, taxa, fingerprints, each in columns of their own.

use crate::answers::Truth;
use crate::answers::non_taxon::Shown;
use crate::scores::state::{Counted, Listing, RunState, Traits, WorstMistake, to_truth};
use crate::taxonomy::TaxonId;
use polars::prelude::*;

/// What groups are called in the columns.
pub(super) const GROUP: &str = "group.";

/// A column in the making, empty where a section has none of it.
pub(super) struct Table {
    rows: usize,
    columns: Vec<Column>,
}

/// The columns of every section, in order: a state has all of them in each row.
fn schema(groupings: &[String]) -> Vec<(PlSmallStr, DataType)> {
    let fixed = [
        ("run", DataType::UInt32),
        ("images", DataType::UInt64),
        ("truth", DataType::UInt32),
        ("answers", DataType::String),
        ("tied", DataType::UInt32),
        ("scored", DataType::UInt32),
        ("zeros", DataType::UInt32),
        ("whole", DataType::Boolean),
        ("observation", DataType::String),
        ("shown", DataType::Int32),
        ("answered", DataType::Int32),
        ("unreadable", DataType::String),
        ("synonym", DataType::Boolean),
        ("image", DataType::String),
        ("height", DataType::UInt32),
        ("probability", DataType::Float64),
        ("labels", DataType::String),
        ("scores", DataType::String),
        ("split", DataType::String),
        ("licence", DataType::String),
        ("summed", DataType::String),
        ("rules", DataType::String),
        ("best", DataType::String),
        ("confidences", DataType::String),
        ("steps", DataType::String),
        ("climb", DataType::String),
        ("taxon", DataType::UInt32),
        ("fingerprint", DataType::UInt64),
    ];
    let groups = groupings.iter().map(|name| (PlSmallStr::from(format!("{GROUP}{name}")), DataType::String));
    fixed.into_iter().map(|(name, of)| (PlSmallStr::from(name), of)).chain(groups).collect()
}

impl Table {
    pub(super) fn new(rows: usize) -> Self {
        Self { rows, columns: vec![] }
    }

    pub(super) fn with<T, A: ?Sized>(mut self, name: &str, cells: Vec<T>) -> Self
    where
        Series: NamedFrom<Vec<T>, A>,
    {
        self.columns.push(Series::new(name.into(), cells).into());
        self
    }

    /// All columns in their order, those that it lacks empty.
    pub(super) fn frame(self, groupings: &[String]) -> PolarsResult<DataFrame> {
        let Self { rows, mut columns } = self;
        let of = |(name, of): (PlSmallStr, DataType)| {
            let place = columns.iter().position(|column| *column.name() == name);
            place.map_or_else(|| Column::full_null(name, rows, &of), |place| columns.swap_remove(place))
        };
        let all = schema(groupings).into_iter().map(of).collect();
        DataFrame::new(rows, all)
    }
}

/// Codes as text, with blanks between.
pub(super) fn text(codes: &[u32]) -> String {
    codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// Scores as text, with blanks between; `-` for none.
pub(super) fn text_of_scores(scores: impl Iterator<Item = Option<f64>>) -> String {
    let score = |score: Option<f64>| score.map_or_else(|| "-".to_string(), |score| format!("{score:?}"));
    scores.map(score).collect::<Vec<_>>().join(" ")
}

/// Scores of a text; those of a damaged file are refused.
pub(super) fn read_scores(text: &str) -> PolarsResult<Vec<Option<f64>>> {
    let score = |word: &str| match word {
        "-" => Ok(None),
        number => number.parse().map(Some).map_err(|_| polars_err!(ComputeError: "'{number}' is no score")),
    };
    text.split_whitespace().map(score).collect()
}

pub(super) fn code(shown: Shown) -> i32 {
    match shown {
        Shown::Nothing => -1,
        Shown::Animal => 0,
        Shown::Class(class) => i32::try_from(class + 1).unwrap_or(i32::MAX),
    }
}

pub(super) fn shown(code: i32) -> Shown {
    match code {
        0 => Shown::Animal,
        class if class > 0 => Shown::Class(usize::try_from(class - 1).unwrap_or_default()),
        _ => Shown::Nothing,
    }
}

/// The columns of truth, answers and traits.
fn described(rows: &[(u32, &Listing, &Traits)], groupings: &[String], table: Table) -> Table {
    let of = |part: fn(&Listing) -> u32| rows.iter().map(|(_, listing, _)| part(listing)).collect::<Vec<u32>>();
    let by =
        |part: fn(&Traits) -> Option<Shown>| rows.iter().map(|(.., traits)| part(traits).map(code)).collect::<Vec<Option<i32>>>();
    let mut table = table
        .with("truth", rows.iter().map(|row| row.0).collect::<Vec<u32>>())
        .with("answers", rows.iter().map(|(_, listing, _)| text(&listing.labels)).collect::<Vec<String>>())
        .with("tied", of(|listing| listing.tied))
        .with("scored", of(|listing| listing.scored))
        .with("zeros", of(|listing| listing.zeros))
        .with("whole", rows.iter().map(|(_, listing, _)| listing.whole).collect::<Vec<bool>>())
        .with("observation", rows.iter().map(|(.., traits)| traits.observation.clone()).collect::<Vec<String>>())
        .with("shown", by(|traits| traits.shown.map(|shown| shown.0)))
        .with("answered", by(|traits| traits.shown.and_then(|shown| shown.1)))
        .with("unreadable", rows.iter().map(|(.., traits)| traits.unreadable.clone()).collect::<Vec<Option<String>>>())
        .with("synonym", rows.iter().map(|(.., traits)| traits.synonym).collect::<Vec<bool>>());
    for (place, name) in groupings.iter().enumerate() {
        let group = |traits: &Traits| traits.groups.get(place).cloned().unwrap_or_default();
        table = table.with(&format!("{GROUP}{name}"), rows.iter().map(|(.., traits)| group(traits)).collect::<Vec<String>>());
    }
    table
}

/// Kinds of images.
pub(super) fn of_kinds(run: u32, kinds: &[(u32, &Listing, &Traits, u64)], groupings: &[String]) -> PolarsResult<DataFrame> {
    let rows: Vec<(u32, &Listing, &Traits)> =
        kinds.iter().map(|(truth, listing, traits, _)| (*truth, *listing, *traits)).collect();
    let table = Table::new(kinds.len())
        .with("run", vec![run; kinds.len()])
        .with("images", kinds.iter().map(|kind| kind.3).collect::<Vec<u64>>());
    described(&rows, groupings, table).frame(groupings)
}

/// Mistakes with their names.
pub(super) fn of_mistakes(run: u32, mistakes: &[WorstMistake], groupings: &[String]) -> PolarsResult<DataFrame> {
    let rows: Vec<(u32, &Listing, &Traits)> =
        mistakes.iter().map(|mistake| (mistake.truth, &mistake.listing, &mistake.traits)).collect();
    let labels = |mistake: &WorstMistake| text(&mistake.listed.iter().map(|(label, _)| *label).collect::<Vec<u32>>());
    let scores = |mistake: &WorstMistake| text_of_scores(mistake.listed.iter().map(|(_, value)| *value));
    let table = Table::new(mistakes.len())
        .with("run", vec![run; mistakes.len()])
        .with("image", mistakes.iter().map(|mistake| mistake.image.clone()).collect::<Vec<String>>())
        .with("height", mistakes.iter().map(|mistake| mistake.height).collect::<Vec<Option<u32>>>())
        .with("probability", mistakes.iter().map(|mistake| mistake.probability).collect::<Vec<Option<f64>>>())
        .with("labels", mistakes.iter().map(labels).collect::<Vec<String>>())
        .with("scores", mistakes.iter().map(scores).collect::<Vec<String>>());
    described(&rows, groupings, table).frame(groupings)
}

/// Taxa that a run answers.
pub(super) fn of_taxa(run: u32, taxa: &[u32], groupings: &[String]) -> PolarsResult<DataFrame> {
    Table::new(taxa.len()).with("run", vec![run; taxa.len()]).with("taxon", taxa.to_vec()).frame(groupings)
}

/// Fingerprints of the names of images.
pub(super) fn of_fingerprints(fingerprints: Vec<u64>, groupings: &[String]) -> PolarsResult<DataFrame> {
    Table::new(fingerprints.len()).with("fingerprint", fingerprints).frame(groupings)
}

/// The cells of a frame that is read back.
pub(super) struct Cells<'a> {
    pub(super) frame: &'a DataFrame,
}

impl<'a> Cells<'a> {
    pub(super) fn texts(&self, name: &str) -> PolarsResult<&'a StringChunked> {
        self.frame.column(name)?.str()
    }

    pub(super) fn numbers(&self, name: &str) -> PolarsResult<&'a UInt32Chunked> {
        self.frame.column(name)?.u32()
    }
}

pub(super) fn missing(name: &str, row: usize) -> PolarsError {
    polars_err!(ComputeError: "row {} has no {name}", row + 1)
}

pub(super) fn codes(text: &str) -> PolarsResult<Vec<u32>> {
    let code = |word: &str| word.parse().map_err(|_| polars_err!(ComputeError: "'{word}' is no number of a taxon"));
    text.split_whitespace().map(code).collect()
}

/// A truth, answers and traits, row by row, with the run that they are of.
fn read_described(frame: &DataFrame, groupings: &[String]) -> PolarsResult<Vec<(u32, u32, Listing, Traits)>> {
    let cells = Cells { frame };
    let (runs, truths) = (cells.numbers("run")?, cells.numbers("truth")?);
    let (answers, tied, scored, zeros) =
        (cells.texts("answers")?, cells.numbers("tied")?, cells.numbers("scored")?, cells.numbers("zeros")?);
    let (whole, synonym) = (frame.column("whole")?.bool()?, frame.column("synonym")?.bool()?);
    let (observations, unreadable) = (cells.texts("observation")?, cells.texts("unreadable")?);
    let (of_truth, of_answer) = (frame.column("shown")?.i32()?, frame.column("answered")?.i32()?);
    let groups = groupings.iter().map(|name| cells.texts(&format!("{GROUP}{name}"))).collect::<PolarsResult<Vec<_>>>()?;
    let one = |row: usize| -> PolarsResult<(u32, u32, Listing, Traits)> {
        let number = |of: &UInt32Chunked, name: &str| of.get(row).ok_or_else(|| missing(name, row));
        let listing = Listing {
            labels: codes(answers.get(row).ok_or_else(|| missing("answers", row))?)?,
            tied: number(tied, "tied")?,
            scored: number(scored, "scored")?,
            zeros: number(zeros, "zeros")?,
            whole: whole.get(row).unwrap_or_default(),
        };
        let traits = Traits {
            observation: observations.get(row).unwrap_or_default().to_string(),
            groups: groups.iter().map(|group| group.get(row).unwrap_or_default().to_string()).collect(),
            shown: of_truth.get(row).map(|truth| (shown(truth), of_answer.get(row).map(shown))),
            unreadable: unreadable.get(row).map(str::to_string),
            synonym: synonym.get(row).unwrap_or_default(),
        };
        Ok((number(runs, "run")?, number(truths, "truth")?, listing, traits))
    };
    (0..frame.height()).map(one).collect()
}

pub(super) fn run_of(runs: &mut [RunState], run: u32) -> PolarsResult<&mut RunState> {
    let count = runs.len();
    runs.get_mut(run as usize).ok_or_else(|| polars_err!(ComputeError: "a row is of run {run}, and there are {count}"))
}

fn counted_of(runs: &mut [RunState], run: u32) -> PolarsResult<&mut Counted> {
    match run_of(runs, run)? {
        RunState::Counted(counted) => Ok(counted),
        RunState::Kept(_) => Err(polars_err!(ComputeError: "it counts images of run {run}, whose images are kept one by one")),
    }
}

/// Refuses taxa that the taxonomy does not have.
pub(super) fn check(taxa: impl IntoIterator<Item = u32>, count: usize) -> PolarsResult<()> {
    let beyond = |code: &u32| matches!(to_truth(*code), Truth::Taxon(taxon) if taxon.index() >= count);
    match taxa.into_iter().find(beyond) {
        Some(code) => Err(polars_err!(ComputeError: "it names taxon {code} of a taxonomy of {count}")),
        None => Ok(()),
    }
}

/// Adds kinds of images to their runs.
pub(super) fn read_kinds(frame: &DataFrame, runs: &mut [RunState], taxa: usize, groupings: &[String]) -> PolarsResult<()> {
    let images = frame.column("images")?.u64()?;
    for (row, (run, truth, listing, traits)) in read_described(frame, groupings)?.into_iter().enumerate() {
        check(listing.labels.iter().copied().chain([truth]), taxa)?;
        let times = images.get(row).ok_or_else(|| missing("images", row))?;
        counted_of(runs, run)?.kinds.add(truth, &listing, &traits, times);
    }
    Ok(())
}

/// Adds mistakes to their runs.
pub(super) fn read_mistakes(frame: &DataFrame, runs: &mut [RunState], taxa: usize, groupings: &[String]) -> PolarsResult<()> {
    let cells = Cells { frame };
    let (images, heights, labels, scores) =
        (cells.texts("image")?, cells.numbers("height")?, cells.texts("labels")?, cells.texts("scores")?);
    let probabilities = frame.column("probability")?.f64()?;
    for (row, (run, truth, listing, traits)) in read_described(frame, groupings)?.into_iter().enumerate() {
        let labels = codes(labels.get(row).ok_or_else(|| missing("labels", row))?)?;
        check(labels.iter().copied().chain([truth]), taxa)?;
        let scores = read_scores(scores.get(row).unwrap_or_default())?;
        if scores.len() != labels.len() {
            return Err(polars_err!(ComputeError: "row {} has {} labels and {} scores", row + 1, labels.len(), scores.len()));
        }
        counted_of(runs, run)?.worst.push(WorstMistake {
            image: images.get(row).ok_or_else(|| missing("image", row))?.to_string(),
            height: heights.get(row),
            probability: probabilities.get(row),
            truth,
            listed: labels.into_iter().zip(scores).collect(),
            listing,
            traits,
        });
    }
    Ok(())
}

/// Marks taxa that their runs answer.
pub(super) fn read_taxa(frame: &DataFrame, runs: &mut [RunState], taxa: usize) -> PolarsResult<()> {
    let cells = Cells { frame };
    for (run, taxon) in cells.numbers("run")?.iter().zip(cells.numbers("taxon")?.iter()) {
        let (Some(run), Some(taxon)) = (run, taxon) else { return Err(missing("taxon", 0)) };
        check([taxon], taxa)?;
        let listed = &mut counted_of(runs, run)?.listed;
        listed.resize(taxa, false);
        listed[TaxonId(taxon).index()] = true;
    }
    Ok(())
}

/// The fingerprints of a part of a state.
pub(super) fn read_fingerprints(frame: &DataFrame) -> PolarsResult<Vec<u64>> {
    let of = frame.column("fingerprint")?.u64()?;
    of.iter().enumerate().map(|(row, number)| number.ok_or_else(|| missing("fingerprint", row))).collect()
}
