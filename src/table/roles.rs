//! Which column is what.

use super::file::Table;
use super::{TableError, TableOptions};
use crate::rank::Rank;

/// Columns that together name a taxon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Side {
    /// One column of names or lineages; single names have this rank where the header says so.
    Names(String, Option<Rank>),
    /// One column per rank, highest first.
    Ranks(Vec<(Rank, String)>),
}

/// One run of the table.
#[derive(Debug, Clone)]
pub struct Predicted {
    /// What the run is called.
    pub name: String,
    /// Columns of the best answer, the second best, ... with their score columns.
    pub positions: Vec<(Side, Option<String>)>,
}

/// The parts the columns play.
#[derive(Debug, Clone)]
pub struct Roles {
    /// Image names; row numbers where there are none.
    pub image: Option<String>,
    /// True names; `None` when they stand in a second table or nowhere.
    pub truth: Option<Side>,
    /// One entry per run.
    pub predicted: Vec<Predicted>,
    /// Whether several rows per image are ranked answers.
    pub long: bool,
    /// Observation names.
    pub observation: Option<String>,
}

const IMAGE: &[&str] = &[
    "image",
    "file_name",
    "filename",
    "filepath",
    "file_path",
    "image_path",
    "imagefilepath",
    "image_name",
    "path",
    "file",
    "roi_id",
    "image_id",
    "photo",
    "uuid",
    "feature_id",
    "id",
    "query",
    "quadrat_id",
];
const TRUTH: &[&str] = &[
    "truth",
    "true",
    "target",
    "target_class",
    "ground_truth",
    "groundtruth",
    "true_label",
    "true_name",
    "truth_label",
    "truth_name",
    "true_species",
    "truth_species",
    "true_taxon",
    "actual",
    "expected",
    "correct_answer",
    "gt",
    "y_true",
    "validated_species",
    "annot_species",
];
const PREDICTED: &[&str] = &[
    "predicted",
    "prediction",
    "predictions",
    "pred",
    "predicted_label",
    "predicted_name",
    "predicted_taxon",
    "pred_label",
    "predicted_answer",
    "y_pred",
    "output",
    "answer",
    "best_label",
    "top1",
    "top1_espece",
    "species_prediction",
];
const LABEL: &[&str] = &["label", "classification", "taxon", "species", "class_name", "name"];
const SCORE: &[&str] = &["score", "probability", "confidence", "prob", "conf", "confiance", "best_score"];
const OBSERVATION: &[&str] = &["observation", "observation_id", "obs_id", "observationid", "individual_id", "occurrenceid"];

impl Roles {
    /// Tells the columns' parts from their names and the options.
    pub fn of(table: &Table, options: &TableOptions) -> Result<Roles, TableError> {
        let columns = Columns { table };
        let image = columns.named(options.image_column.as_deref())?.or_else(|| columns.first(IMAGE));
        let predicted = columns.predicted(options)?;
        let truth = match columns.named(options.truth_column.as_deref())? {
            Some(column) => Some(side(&column)),
            None => columns.truth(&predicted),
        };
        let observation = columns.first(OBSERVATION).filter(|column| Some(column) != image.as_ref());
        let image = image.or_else(|| columns.first(OBSERVATION));
        if truth.is_none() && options.truth_file.is_none() {
            let (role, option) = ("truth", "--truth-column, or give a second table with --truth");
            return Err(TableError::Role { path: table.path.clone(), role, option, columns: table.list() });
        }
        let single = predicted.iter().all(|run| run.positions.len() == 1 && run.positions[0].1.is_some());
        Ok(Roles { image, truth, predicted, long: single, observation })
    }

    /// The parts of the columns of a table that holds only truths.
    pub fn of_truths(table: &Table, options: &TableOptions) -> Result<(String, Side), TableError> {
        let columns = Columns { table };
        let option = options.image_column.as_ref().filter(|column| table.names().contains(&column.as_str()));
        let Some(image) = option.cloned().or_else(|| columns.first(IMAGE)).or_else(|| columns.first(OBSERVATION)) else {
            return Err(TableError::Role {
                path: table.path.clone(),
                role: "image",
                option: "--image-column",
                columns: table.list(),
            });
        };
        let named = options.truth_column.as_ref().filter(|column| table.names().contains(&column.as_str()));
        let side = named
            .map(|column| side(column))
            .or_else(|| columns.truth(&[]))
            .or_else(|| columns.ranks(""))
            .or_else(|| columns.first(LABEL).map(|column| side(&column)));
        match side {
            Some(side) => Ok((image, side)),
            None => {
                Err(TableError::Role { path: table.path.clone(), role: "truth", option: "--truth-column", columns: table.list() })
            }
        }
    }
}

struct Columns<'a> {
    table: &'a Table,
}

/// A header in one spelling: lower case, `_` for spaces and hyphens.
fn plain(header: &str) -> String {
    header.trim().to_lowercase().replace([' ', '-', '.'], "_")
}

impl Columns<'_> {
    /// A column the user named.
    fn named(&self, column: Option<&str>) -> Result<Option<String>, TableError> {
        let Some(column) = column else { return Ok(None) };
        let names = self.table.names();
        if let Some(found) =
            names.iter().find(|name| **name == column).or_else(|| names.iter().find(|name| plain(name) == plain(column)))
        {
            return Ok(Some((*found).to_string()));
        }
        let nearest = names
            .iter()
            .map(|name| (strsim::normalized_damerau_levenshtein(&plain(name), &plain(column)), *name))
            .filter(|&(similarity, _)| similarity > 0.5)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, name)| format!("; nearest: '{name}'"))
            .unwrap_or_default();
        Err(TableError::Column { path: self.table.path.clone(), column: column.to_string(), nearest, columns: self.table.list() })
    }

    /// The first column that is called by one of the names, in the names' order.
    fn first(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|wanted| self.table.names().into_iter().find(|name| plain(name) == *wanted)).map(str::to_string)
    }

    /// Columns `prefix` + rank for at least one main rank.
    fn ranks(&self, prefix: &str) -> Option<Side> {
        let mut ranks: Vec<(Rank, String)> = vec![];
        for name in self.table.names() {
            let plain = plain(name);
            let Some(word) = plain.strip_prefix(prefix) else { continue };
            let rank = match word {
                "cls" => Some(Rank::Class),
                "species_epithet" => None,
                word => Rank::from_name(word).or_else(|| Rank::parse(word).filter(|_| word.len() > 2)),
            };
            if let Some(rank) = rank.filter(|rank| !rank.is_unranked() && !ranks.iter().any(|(known, _)| known == rank)) {
                ranks.push((rank, name.to_string()));
            }
        }
        ranks.sort();
        let enough = ranks.len() >= 2 || ranks.iter().any(|(rank, _)| *rank != Rank::Species);
        (enough && ranks.iter().any(|(rank, _)| rank.main_index().is_some())).then_some(Side::Ranks(ranks))
    }

    fn truth(&self, predicted: &[Predicted]) -> Option<Side> {
        for prefix in ["truth_", "true_", "target_"] {
            if let Some(side) = self.ranks(prefix).filter(|side| matches!(side, Side::Ranks(ranks) if ranks.len() > 1)) {
                return Some(side);
            }
        }
        if let Some(column) = self.first(TRUTH) {
            return Some(side(&column));
        }
        // BeetleVerse's tables: `PredSpecies` is asked about `ScientificName`, `PredGenus` about `Genus`.
        let asked: Option<Rank> = predicted.first().and_then(|run| match &run.positions.first()?.0 {
            Side::Names(_, rank) => *rank,
            Side::Ranks(_) => None,
        });
        let column = match asked {
            Some(Rank::Genus) => self.first(&["genus"]),
            Some(Rank::Species) | None if !predicted.is_empty() => self.first(&["scientificname", "scientific_name", "genus"]),
            _ => None,
        }?;
        let taken = predicted
            .iter()
            .any(|run| run.positions.iter().any(|(side, _)| matches!(side, Side::Names(name, _) if *name == column)));
        (!taken).then(|| side(&column))
    }

    fn predicted(&self, options: &TableOptions) -> Result<Vec<Predicted>, TableError> {
        let score = self.named(options.score_column.as_deref())?.or_else(|| self.first(SCORE));
        if !options.predicted_columns.is_empty() {
            let mut runs = vec![];
            for column in &options.predicted_columns {
                let column = self.named(Some(column))?.unwrap_or_default();
                let score = score.clone().filter(|_| options.predicted_columns.len() == 1);
                runs.push(Predicted { name: column.clone(), positions: vec![(side(&column), score)] });
            }
            return Ok(runs);
        }
        for prefix in ["predicted_", "pred_", "prediction_"] {
            if let Some(side) = self.ranks(prefix).filter(|side| matches!(side, Side::Ranks(ranks) if ranks.len() > 1)) {
                return Ok(vec![Predicted { name: "predicted".to_string(), positions: vec![(side, score)] }]);
            }
        }
        if let Some(run) = self.numbered() {
            return Ok(vec![run]);
        }
        if let Some(column) = self.first(PREDICTED) {
            return Ok(vec![Predicted { name: column.clone(), positions: vec![(side(&column), score)] }]);
        }
        let several: Vec<Predicted> = self
            .table
            .names()
            .into_iter()
            .filter(|name| is_predicted(&plain(name)))
            .map(|name| Predicted { name: name.to_string(), positions: vec![(side(name), None)] })
            .collect();
        if !several.is_empty() {
            return Ok(several);
        }
        // pybioclip: the ranks of the answer without a prefix, with a score.
        if let Some(score) = score {
            let side = self.ranks("").or_else(|| self.first(LABEL).map(|column| side(&column)));
            if let Some(side) = side {
                return Ok(vec![Predicted { name: "predicted".to_string(), positions: vec![(side, Some(score))] }]);
            }
        }
        Err(TableError::Role {
            path: self.table.path.clone(),
            role: "prediction",
            option: "--predicted-column",
            columns: self.table.list(),
        })
    }

    /// `pred1_species`, `pred1_conf`, `pred2_species`, ...: one row per image, ranked answers beside each other.
    fn numbered(&self) -> Option<Predicted> {
        let names = self.table.names();
        let find = |position: usize, words: &[&str]| {
            names.iter().find(|name| {
                let name = plain(name);
                ["pred", "top"].iter().any(|stem| words.iter().any(|word| name == format!("{stem}{position}_{word}")))
            })
        };
        let positions: Vec<(Side, Option<String>)> = (1..=100)
            .map_while(|position| {
                let label = find(position, &["species", "label", "name", "taxon"])?;
                let score = find(position, &["conf", "confidence", "score", "prob", "probability"]);
                Some((side(label), score.map(ToString::to_string)))
            })
            .collect();
        (!positions.is_empty()).then(|| Predicted { name: "predicted".to_string(), positions })
    }
}

fn side(column: &str) -> Side {
    Side::Names(column.to_string(), rank_in(column))
}

/// `Pred_SVMLinear`, `PredSpecies`, `full_image_pred`, but no score or class index.
fn is_predicted(name: &str) -> bool {
    let scores = ["score", "conf", "prob", "idx", "index", "id", "view", "simple"];
    (name.starts_with("pred") || name.ends_with("_pred") || name.ends_with("_prediction"))
        && !scores.iter().any(|word| name.contains(word))
        && !name.contains("bbox")
}

/// The rank a header names at its end: `PredGenus`, `true_family`; a `target-class` is a label.
fn rank_in(header: &str) -> Option<Rank> {
    let name = plain(header);
    Rank::MAIN.into_iter().find(|&rank| rank != Rank::Class && name.ends_with(rank.name()))
}
