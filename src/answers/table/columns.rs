//! Which column is what, by the usual names. Never by order.

use super::error::{TableError, examples};
use super::frame::{Frame, named_column};
use super::label::LabelSource;
use super::lineage::has_prefixes;
use super::options::TableOptions;
use super::words::{
    IMAGES, LABELS, NOUNS, OBSERVATIONS, POSITIONS, PREDICTED, PREDICTED_PREFIXES, SCORES, TRUTH_PREFIXES, TRUTHS, WIDE,
    WIDE_SCORE, affixed, is_detail, normalised, rank_set, rank_word,
};
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use std::collections::BTreeMap;

/// The columns of one run.
#[derive(Debug, Clone)]
pub(super) struct RunSource {
    pub(super) name: String,
    /// One per answer: a single slot, or the columns of the first, second, ... answer.
    pub(super) slots: Vec<Slot>,
}

/// The columns of one answer.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub(super) label: LabelSource,
    pub(super) score: Option<String>,
}

/// Which column is what.
#[derive(Debug, Clone)]
pub(super) struct Roles {
    pub(super) image: Option<String>,
    pub(super) truth: Option<LabelSource>,
    /// Whether the truth comes from bare rank columns (`genus`, `ScientificName`): it may be finer
    /// than what the classifier was asked.
    pub(super) bare_truth: bool,
    pub(super) runs: Vec<RunSource>,
    pub(super) position: Option<String>,
    pub(super) observation: Option<String>,
}

/// Columns whose integer cells may point into a list of options.
pub(super) fn answer_columns(options: &TableOptions) -> Vec<&str> {
    let named = options.truth_column.iter().chain(&options.predicted_columns).map(String::as_str);
    TRUTHS.iter().chain(PREDICTED).copied().chain(named).collect()
}

/// The column with observations.
pub(super) fn observation(frame: &Frame) -> Option<String> {
    Columns::of(frame, None).find(OBSERVATIONS)
}

impl Roles {
    /// Finds the columns by the names given, or else by the usual ones.
    pub(super) fn recognise(frame: &Frame, options: &TableOptions) -> Result<Roles, TableError> {
        let image = image_column(frame, options)?;
        let columns = Columns::of(frame, image.as_deref());
        let mut runs = if options.predicted_columns.is_empty() { columns.runs(frame)? } else { named_runs(frame, options)? };
        let taken: Vec<&str> = runs.iter().flat_map(|run| run.slots.iter().flat_map(|slot| slot.label.columns())).collect();
        let (truth, bare_truth) = match &options.truth_column {
            Some(column) if options.truth_file.is_none() || frame.has(column) => {
                (Some(LabelSource::Text(named_column(frame, column, "--truth-column")?)), false)
            }
            _ => columns.truth(frame, &taken)?,
        };
        let score = match &options.score_column {
            Some(column) => Some(named_column(frame, column, "--score-column")?),
            None => columns.find(SCORES),
        };
        if let [run] = &mut runs[..]
            && let [slot] = &mut run.slots[..]
            && (slot.score.is_none() || options.score_column.is_some())
        {
            slot.score = score;
        }
        let position = columns
            .find(POSITIONS)
            .filter(|column| frame.numbers(column).is_ok_and(|numbers| is_numeric(frame, column, numbers.is_some())));
        let observation = columns.find(OBSERVATIONS);
        Ok(Roles { image, truth, bare_truth, runs, position, observation })
    }
}

fn is_numeric(frame: &Frame, column: &str, stored: bool) -> bool {
    stored
        || frame
            .texts(column)
            .is_ok_and(|texts| texts.iter().all(|text| text.is_some_and(|text| text.trim().parse::<f64>().is_ok())))
}

/// The column with image names; `None` where no name fits.
pub(super) fn image_column(frame: &Frame, options: &TableOptions) -> Result<Option<String>, TableError> {
    match &options.image_column {
        Some(column) => named_column(frame, column, "--image-column").map(Some),
        None if !frame.header => Ok(frame.names().first().map(ToString::to_string)),
        None => Ok(IMAGES
            .iter()
            .find_map(|image| frame.names().into_iter().find(|name| normalised(name) == *image))
            .map(str::to_string)),
    }
}

/// A column of one of several answers: `pred2_species`, `pred2_conf`.
struct WideColumn<'a> {
    rank: Option<Rank>,
    is_score: bool,
    written: &'a str,
}

impl<'a> WideColumn<'a> {
    /// The stem (`pred`), the number of the answer from 1, and what the column holds of it.
    fn of(name: &'a str, written: &'a str) -> Option<(&'a str, usize, WideColumn<'a>)> {
        let groups = WIDE.as_ref()?.captures(name)?;
        let rest = groups.get(3).map_or("label", |rest| rest.as_str());
        let (rank, is_score) = (rank_word(rest), SCORES.contains(&rest));
        let known = is_score || rank.is_some() || NOUNS.contains(&rest);
        let (stem, number) = (groups.get(1)?.as_str(), groups.get(2)?.as_str().parse().ok()?);
        known.then_some((stem, number, WideColumn { rank, is_score, written }))
    }

    /// The label of one answer: its rank columns, or else its column of names.
    fn label(columns: &[WideColumn]) -> Option<LabelSource> {
        let ranks = columns.iter().filter_map(|column| column.rank.map(|rank| (rank, column.written.to_string())));
        let ranks = rank_set(ranks.collect());
        if !ranks.is_empty() {
            return Some(LabelSource::Ranks(ranks));
        }
        columns.iter().find(|column| !column.is_score).map(|column| LabelSource::Text(column.written.to_string()))
    }
}

/// The truth of a table that holds little else: the column named, the usual names, or a lone label.
pub(super) fn truth_source(frame: &Frame, image: &str, options: &TableOptions) -> Result<LabelSource, TableError> {
    if let Some(column) = options.truth_column.as_ref().filter(|column| frame.has(column)) {
        return Ok(LabelSource::Text(column.clone()));
    }
    let columns = Columns::of(frame, Some(image));
    if let (Some(truth), _) = columns.truth(frame, &[])? {
        return Ok(truth);
    }
    let lone = columns.lone_label(frame).or_else(|| {
        let others: Vec<&str> = frame.names().into_iter().filter(|name| *name != image).collect();
        if let [only] = others[..] { Some(LabelSource::Text(only.to_string())) } else { None }
    });
    lone.ok_or_else(|| match &options.truth_column {
        Some(column) => match named_column(frame, column, "--truth-column") {
            Err(error) => error,
            Ok(_) => TableError::NoTruth { path: frame.path.clone(), columns: frame.listed() },
        },
        None => TableError::NoTruth { path: frame.path.clone(), columns: frame.listed() },
    })
}

/// Predicted columns named by the user: each is a run.
fn named_runs(frame: &Frame, options: &TableOptions) -> Result<Vec<RunSource>, TableError> {
    let run = |column: &String| named_column(frame, column, "--predicted-column").map(|column| single(frame, column));
    options.predicted_columns.iter().map(run).collect()
}

/// A run of one column, with the score and the ranks that stand beside it.
fn single(frame: &Frame, column: String) -> RunSource {
    let score = score_beside(frame, &column);
    let label = match level_beside(frame, &column) {
        Some(level) => LabelSource::Levelled { text: column.clone(), level },
        None => LabelSource::Text(column.clone()),
    };
    RunSource { name: column, slots: vec![Slot { label, score }] }
}

/// The column with the ranks of the labels: `best_level` beside `best_label`, `predicted_rank`
/// beside `predicted`, `rank` beside `label`.
fn level_beside(frame: &Frame, column: &str) -> Option<String> {
    let own = normalised(column);
    let stem = own.strip_suffix("label").unwrap_or(&own).trim_end_matches('_');
    let fits = |name: &str| {
        let rest = name.strip_suffix("level").or_else(|| name.strip_suffix("rank"));
        rest.is_some_and(|rest| {
            let rest = rest.trim_end_matches('_');
            rest == stem || (rest == "taxon" || rest.is_empty()) && LABELS.contains(&own.as_str())
        })
    };
    frame.names().into_iter().find(|name| fits(&normalised(name)) && holds_ranks(frame, name)).map(str::to_string)
}

/// The score column named like a predicted one: `roi_pred` and `roi_conf`, `pred1_species` and `pred1_conf`.
fn score_beside(frame: &Frame, column: &str) -> Option<String> {
    let column = normalised(column);
    let stem = column.strip_suffix("_pred").or_else(|| column.strip_suffix("_species")).or_else(|| column.strip_suffix("_label"));
    let model = column.strip_prefix("pred_");
    frame
        .names()
        .into_iter()
        .find(|name| {
            let name = normalised(name);
            ["conf", "confidence", "score", "prob", "probability"].iter().any(|word| {
                stem.is_some_and(|stem| name == format!("{stem}_{word}"))
                    || model.is_some_and(|model| name == format!("{word}_{model}"))
            })
        })
        .map(str::to_string)
}

/// What the names of a table's columns say.
struct Columns {
    /// Normalised and written names, in order, without the image column.
    names: Vec<(String, String)>,
    lineages: Vec<String>,
}

impl Columns {
    fn of(frame: &Frame, image: Option<&str>) -> Columns {
        let names: Vec<(String, String)> = frame
            .names()
            .into_iter()
            .filter(|name| Some(*name) != image)
            .map(|name| (normalised(name), name.to_string()))
            .collect();
        let lineages = if frame.header { vec![] } else { lineage_columns(frame, &names) };
        Columns { names, lineages }
    }

    fn find(&self, wanted: &[&str]) -> Option<String> {
        wanted.iter().find_map(|wanted| self.names.iter().find(|(name, _)| name == wanted)).map(|(_, written)| written.clone())
    }

    fn all(&self, wanted: &[&str]) -> Vec<String> {
        self.names.iter().filter(|(name, _)| wanted.contains(&name.as_str())).map(|(_, written)| written.clone()).collect()
    }

    /// Columns named by a prefix (or suffix) and a rank.
    fn ranks_of(&self, prefixes: &[&str]) -> Vec<(Rank, String)> {
        let ranked = |(name, written): &(String, String)| {
            let rest = affixed(name, prefixes)?;
            rank_word(rest).map(|rank| (rank, written.clone()))
        };
        rank_set(self.names.iter().filter_map(ranked).collect())
    }

    /// Columns named by a prefix (or suffix) and a word for a label; `class` counts where no rank
    /// column stands beside it.
    fn nouns_of(&self, prefixes: &[&str], alone: bool) -> Vec<String> {
        let is_noun =
            |name: &str| affixed(name, prefixes).is_some_and(|rest| NOUNS.contains(&rest) && (alone || rest != "class"));
        self.names.iter().filter(|(name, _)| is_noun(name)).map(|(_, written)| written.clone()).collect()
    }

    fn bare_ranks(&self) -> Vec<(Rank, String)> {
        let ranked = |(name, written): &(String, String)| {
            let rank = match name.as_str() {
                "scientificname" | "scientific_name" => Some(Rank::Species),
                word => rank_word(word),
            };
            rank.map(|rank| (rank, written.clone()))
        };
        rank_set(self.names.iter().filter_map(ranked).collect())
    }

    /// The predictions: every kind of column that is named like one is a run.
    fn runs(&self, frame: &Frame) -> Result<Vec<RunSource>, TableError> {
        let ranks = self.ranks_of(PREDICTED_PREFIXES);
        let class_only = matches!(ranks[..], [(Rank::Class, _)]);
        let ranks = if class_only { vec![] } else { ranks };
        let mut runs = vec![];
        if !(ranks.len() >= 2 && self.find(&["predicted", "prediction", "pred"]).is_some()) {
            runs.extend(
                self.all(PREDICTED)
                    .into_iter()
                    .chain(self.nouns_of(PREDICTED_PREFIXES, ranks.is_empty()))
                    .map(|column| single(frame, column)),
            );
        }
        if let Some((_, finest)) = ranks.last() {
            let name = if let [(_, only)] = &ranks[..] { only.clone() } else { "predicted".to_string() };
            runs.push(RunSource {
                name,
                slots: vec![Slot { score: score_beside(frame, finest), label: LabelSource::Ranks(ranks.clone()) }],
            });
        }
        runs.extend(self.wide());
        runs.extend(self.models(frame));
        if runs.is_empty() {
            runs.extend(self.lone_label(frame).map(|label| {
                let name = label.columns().last().map_or_else(String::new, ToString::to_string);
                RunSource { name, slots: vec![Slot { label, score: None }] }
            }));
        }
        if runs.is_empty() {
            return Err(TableError::NoPredicted { path: frame.path.clone(), columns: frame.listed() });
        }
        let place = |run: &RunSource| {
            let first = run.slots.first().and_then(|slot| slot.label.columns().first().map(ToString::to_string));
            self.names.iter().position(|(_, written)| Some(written) == first.as_ref())
        };
        runs.sort_by_key(place);
        Ok(runs)
    }

    /// `pred1_species`, `pred1_conf`, `pred2_species`, ...: the family of columns with most answers.
    fn wide(&self) -> Option<RunSource> {
        let mut answers: BTreeMap<(&str, usize), Vec<WideColumn>> = BTreeMap::new();
        for (name, written) in &self.names {
            if let Some((stem, number, column)) = WideColumn::of(name, written) {
                answers.entry((stem, number)).or_default().push(column);
            }
        }
        let mut stems: BTreeMap<&str, Vec<Slot>> = BTreeMap::new();
        for ((stem, number), columns) in &answers {
            let slots = stems.entry(stem).or_default();
            if let Some(label) = WideColumn::label(columns).filter(|_| slots.len() + 1 == *number) {
                let own = columns.iter().find(|column| column.is_score).map(|column| column.written.to_string());
                slots.push(Slot { label, score: own.or_else(|| self.wide_score(*number)) });
            }
        }
        let (stem, slots) = stems.into_iter().max_by_key(|(_, slots)| slots.len())?;
        (slots.len() > 1).then(|| RunSource { name: stem.to_string(), slots })
    }

    fn wide_score(&self, number: usize) -> Option<String> {
        let pattern = WIDE_SCORE.as_ref()?;
        let fits = |name: &str| pattern.captures(name).is_some_and(|groups| groups[1].parse() == Ok(number));
        self.names.iter().find(|(name, _)| fits(name)).map(|(_, written)| written.clone())
    }

    /// `Pred_<Model>` and `<model>_pred`: one run per model.
    fn models(&self, frame: &Frame) -> Vec<RunSource> {
        let is_model = |name: &str| {
            let model = name.strip_prefix("pred_").or_else(|| name.strip_suffix("_pred"));
            model.is_some_and(|model| rank_word(model).is_none() && !NOUNS.contains(&model) && !is_detail(model))
        };
        let columns = self.names.iter().filter(|(name, _)| is_model(name) && !PREDICTED.contains(&name.as_str()));
        columns
            .map(|(_, written)| RunSource {
                name: written.clone(),
                slots: vec![Slot { label: LabelSource::Text(written.clone()), score: score_beside(frame, written) }],
            })
            .collect()
    }

    /// Labels of a table that has one kind only: bare rank columns (pybioclip), a column `label`,
    /// or the lineages of a table without header.
    fn lone_label(&self, frame: &Frame) -> Option<LabelSource> {
        if let [only] = &self.lineages[..] {
            return Some(LabelSource::Text(only.clone()));
        }
        let ranks = self.bare_ranks();
        let plain = self.find(LABELS);
        match (&ranks[..], plain) {
            ([] | [_], Some(column)) => single(frame, column).slots.into_iter().next().map(|slot| slot.label),
            ([], None) => None,
            _ => Some(LabelSource::Ranks(ranks)),
        }
    }

    /// The truth, and whether it comes from bare rank columns.
    fn truth(&self, frame: &Frame, taken: &[&str]) -> Result<(Option<LabelSource>, bool), TableError> {
        let free = |column: &String| !taken.contains(&column.as_str());
        let ranks: Vec<_> = self.ranks_of(TRUTH_PREFIXES).into_iter().filter(|(_, column)| free(column)).collect();
        let plain: Vec<String> =
            self.all(TRUTHS).into_iter().chain(self.nouns_of(TRUTH_PREFIXES, ranks.len() < 2)).filter(free).collect();
        let class_only = matches!(ranks[..], [(Rank::Class, _)]);
        if ranks.len() >= 2 || (ranks.len() == 1 && plain.is_empty() && !class_only) {
            return Ok((Some(LabelSource::Ranks(ranks)), false));
        }
        match &plain[..] {
            [] => {}
            [only] => return Ok((Some(LabelSource::Text(only.clone())), false)),
            several => {
                let best = several.iter().find(|column| ["truth", "ground_truth"].contains(&normalised(column).as_str()));
                let error = || TableError::SeveralColumns {
                    path: frame.path.clone(),
                    role: "truth",
                    candidates: examples(several),
                    option: "--truth-column",
                };
                return best.map(|column| (Some(LabelSource::Text(column.clone())), false)).ok_or_else(error);
            }
        }
        if taken.is_empty() {
            return Ok((None, false));
        }
        let bare: Vec<_> = self.bare_ranks().into_iter().filter(|(_, column)| free(column)).collect();
        if taken.iter().all(|column| !self.bare_ranks().iter().any(|(_, bare)| bare == column))
            && !bare.is_empty()
            && !matches!(bare[..], [(Rank::Class, _)])
        {
            return Ok((Some(LabelSource::Ranks(bare)), true));
        }
        Ok((self.find(&["label", "class"]).filter(free).map(LabelSource::Text), false))
    }
}

fn holds_ranks(frame: &Frame, column: &str) -> bool {
    frame.texts(column).is_ok_and(|texts| {
        let mut named = texts.iter().flatten().filter(|text| !name::is_missing(text)).peekable();
        named.peek().is_some() && named.all(|text| Rank::parse(text).is_some_and(|rank| !rank.is_unranked()))
    })
}

/// Columns of a table without header that hold lineages.
fn lineage_columns(frame: &Frame, names: &[(String, String)]) -> Vec<String> {
    let holds = |column: &str| frame.texts(column).is_ok_and(|texts| texts.iter().flatten().any(has_prefixes));
    names.iter().map(|(_, written)| written.clone()).filter(|column| holds(column)).collect()
}
