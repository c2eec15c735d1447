//! Parts that are counted, added up and scored.

use super::lists::Lists;
use super::{Scored, Scoring, ScoringError, Unit};
use crate::answers::Answers;
use crate::answers::prior::Priors;
use crate::answers::table::TableSource;
use crate::answers::table::chunks::is_folder_of_tables;
use crate::answers::understood::Understood;
use crate::report::gates::hold_gates;
use crate::report::parts::Parts;
use crate::report::states::{Added, State, StateError, count, is_state};
use crate::runs::directory::TAXONOMY;
use crate::runs::directory::record::Record;
use crate::scores::flags::Acceptable;
use crate::scores::outcome::Unreachable;
use crate::scores::state::{Asked, Distributions, Givens, RunState};
use crate::scores::{ScoreOptions, Scores};
use crate::taxonomy::Taxonomy;
use crate::taxonomy::information::InformationFrom;
use crate::taxonomy::source::TaxonomySource;
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Scoring {
    /// Scores the predictions and more of them: states are added up; several tables or run directories, and a folder of Parquet
    /// files, are counted and added up; a table or a run directory alone is scored image by image.
    ///
    /// # Errors
    ///
    /// As [`Scoring::run`], [`Scoring::run_states`] and [`Scoring::run_counted`]; [`StateError::Beside`]: states and what is none.
    pub fn run_with(&self, more: &[TableSource]) -> Result<Scored, ScoringError> {
        let inputs: Vec<TableSource> = std::iter::once(&self.predictions).chain(more).cloned().collect();
        let of_state = |input: &&TableSource| input.file().is_some_and(is_state);
        let (states, others): (Vec<&TableSource>, Vec<&TableSource>) = inputs.iter().partition(of_state);
        let path = |input: &TableSource| input.name().to_path_buf();
        if let (Some(state), Some(other)) = (states.first(), others.first()) {
            return Err(StateError::Beside { state: path(state), other: path(other) }.into());
        }
        if others.is_empty() {
            return self.run_states(&states.into_iter().map(path).collect::<Vec<PathBuf>>());
        }
        let is_of_tables = self.predictions.folder().is_some_and(is_folder_of_tables);
        if inputs.len() > 1 || is_of_tables { self.run_counted(&inputs) } else { self.run() }
    }

    /// Adds up states and scores what they are in all; [`Scoring::predictions`] are not read.
    ///
    /// # Errors
    ///
    /// [`ScoringError::State`]: states that do not add up, and options that need images one by one.
    pub fn run_states(&self, states: &[PathBuf]) -> Result<Scored, ScoringError> {
        self.check_countable()?;
        let given = self.taxonomy.as_ref().map(TaxonomySource::read).transpose()?;
        let name = self.taxonomy.as_ref().map(TaxonomySource::name);
        let added = Added::of_states(states, given, name)?;
        self.score_added(added, states.first().map_or(Path::new(""), PathBuf::as_path))
    }

    /// Counts tables one after the other and scores what they are in all, in memory for one of them.
    ///
    /// # Errors
    ///
    /// As [`Scoring::run_states`]; tables that cannot be read.
    pub fn run_counted(&self, tables: &[TableSource]) -> Result<Scored, ScoringError> {
        self.check_countable()?;
        let (state, taxonomy) = self.count(tables)?;
        let path = tables.first().map_or(Path::new(""), TableSource::name);
        self.score_added(Added::of_state(path, state, taxonomy)?, path)
    }

    /// Counts tables into a state, to be added to others.
    ///
    /// # Errors
    ///
    /// [`StateError`]; without a taxonomy, since a tree that is built from one part is not that of another.
    pub fn count(&self, tables: &[TableSource]) -> Result<(State, Arc<Taxonomy>), ScoringError> {
        let (taxonomy, name) = match &self.taxonomy {
            Some(source) => (source.read()?, source.name().to_string()),
            None => recorded(tables).ok_or(StateError::NoTaxonomy)?,
        };
        let asked = Asked { back_off: self.back_off, unreachable: self.unreachable };
        let state = count(tables, (&taxonomy, &name), &self.table, asked)?;
        Ok((state, taxonomy))
    }

    /// Counts tables into a state that is to be written: a part of what [`Scoring::run_states`] adds up.
    ///
    /// # Errors
    ///
    /// As [`Scoring::count`]; [`StateError::NothingAsked`]: options that nothing in these tables takes.
    pub fn part(&self, tables: &[TableSource]) -> Result<State, ScoringError> {
        let (state, _) = self.count(tables)?;
        let is_asked = self.back_off.is_some() || self.unreachable == Unreachable::Score;
        if is_asked && !state.has_givens() { Err(StateError::NothingAsked.into()) } else { Ok(state) }
    }

    /// The lists of taxa that scores are made with.
    pub(super) fn lists(&self, taxonomy: &Taxonomy) -> Result<Lists, ScoringError> {
        let paths = [self.costs.as_deref(), self.look_alikes.as_deref(), self.training_counts.as_deref()];
        Lists::read(paths, self.table.non_taxa.names(), taxonomy)
    }

    /// What to score and how.
    pub(super) fn score_options<'a>(&self, lists: &'a Lists, priors: Option<&'a Priors>) -> ScoreOptions<'a> {
        ScoreOptions {
            acceptable: Acceptable { rank: self.yellow_from, look_alikes: lists.look_alikes.as_ref() },
            costs: lists.costs.as_ref(),
            training: lists.training.as_ref(),
            back_off: self.back_off,
            drawn_by: self.drawn_by,
            tree: self.tree,
            information: self.information,
            unreachable: self.unreachable,
            // Where the events are what is scored, there is nothing beside them.
            events: self.events.filter(|_| !matches!(self.unit, Unit::Event(_))),
            present_from: self.table.taken.any().then_some(self.present_from),
            priors,
            roll_up: self.roll_up,
        }
    }

    /// Refuses options on which what is kept of distributions rests, where it was made with others.
    fn check_asked(&self, runs: &[RunState]) -> Result<(), StateError> {
        for givens in runs.iter().filter_map(givens) {
            if let Some(asked) = self.back_off.filter(|asked| asked.total_cmp(&givens.back_off).is_ne()) {
                let (option, recorded) = (format!("--back-off {asked}"), format!("{}", givens.back_off));
                return Err(StateError::AskedOtherwise { option, recorded });
            }
            if self.unreachable == Unreachable::Score && givens.unreachable != Unreachable::Score {
                let (option, recorded) = ("--count-unreachable".to_string(), "such images left out".to_string());
                return Err(StateError::AskedOtherwise { option, recorded });
            }
            if self.information == InformationFrom::Truths {
                return Err(StateError::InformationOfTruths);
            }
        }
        Ok(())
    }

    /// Refuses what needs images one by one.
    fn check_countable(&self) -> Result<(), StateError> {
        let refused = [
            (matches!(self.unit, Unit::Observation(_)), "--by observation", "it pools the probabilities of"),
            (matches!(self.unit, Unit::Event(_)) || self.events.is_some(), "--event-gap", "events are made of"),
            (self.table.taken.any() && self.events.is_none(), "--site-column", "sites are made of"),
            (self.prior.is_some(), "--prior", "a prior weights"),
            (self.geofence.is_some(), "--geofence", "a geofence weights"),
            (self.roll_up.is_some(), "--roll-up", "it takes the probabilities of"),
            (self.verdicts.is_some(), "--verdicts", "verdicts are on"),
        ];
        match refused.into_iter().find(|(is_asked, ..)| *is_asked) {
            Some((_, option, what)) => Err(StateError::NeedsImages { option, what }),
            None => Ok(()),
        }
    }

    fn score_added(&self, added: Added, path: &Path) -> Result<Scored, ScoringError> {
        let Added { taxonomy, taxonomy_name, runs, tally, parts, images_sha256 } = added;
        let lists = self.lists(&taxonomy)?;
        let options = self.score_options(&lists, None);
        let are_whole = || tally.counts().runs().iter().any(|run| run.totals().are_whole());
        // One answer that is all there is has sums at every rank, which counts do not hold.
        if runs.iter().any(|run| matches!(run, RunState::Counted(_))) && are_whole() {
            return Err(StateError::Whole { path: path.to_path_buf() }.into());
        }
        self.check_asked(&runs)?;
        let unreachable = runs.iter().find_map(givens).map_or(self.unreachable, |givens| givens.unreachable);
        let score = |run: RunState| -> Result<(Answers, Scores), ScoringError> {
            match run {
                RunState::Counted(counted) => {
                    let reason = counted.totals.why_not_whole().ok_or(StateError::WholeInAll)?;
                    let answers = counted.answers(&taxonomy, self.drawn_by);
                    let scores = Scores::with_distribution(&taxonomy, &answers, &Err(reason), &options);
                    Ok((answers, scores))
                }
                RunState::Kept(kept) => {
                    let scores = Scores::of_kept(&taxonomy, &kept, &options);
                    Ok((kept.answers, scores))
                }
            }
        };
        let runs: Vec<(Answers, Scores)> = runs.into_par_iter().map(score).collect::<Result<_, _>>()?;
        let images = runs.first().map_or(0, |(answers, _)| answers.count());
        let parts = Parts { parts, images, images_sha256 };
        Self::check_scored(&runs, path)?;
        let verdicts = hold_gates(&self.gates, &runs)?;
        Ok(Scored {
            taxonomy,
            taxonomy_source: taxonomy_name,
            understood: Understood::default(),
            runs,
            verdicts,
            sources: vec![],
            space: None,
            record: None,
            notes: vec![],
            unreachable,
            judged: vec![],
            parts: Some(parts),
        })
    }
}

/// What is kept of a run's distributions.
fn givens(run: &RunState) -> Option<&Givens> {
    let RunState::Kept(kept) = run else { return None };
    if let Distributions::Given(givens) = &kept.distributions { Some(givens) } else { None }
}

/// The taxonomy that the first of some run directories names, if it has not changed, and what it is called.
fn recorded(tables: &[TableSource]) -> Option<(Arc<Taxonomy>, String)> {
    let folder = tables.first()?.folder()?;
    let identity = Record::read(folder).ok()?.identity;
    // What was named is the same for all shards of a run; the copy is there where it has gone.
    let names = [identity.taxonomy, folder.join(TAXONOMY).display().to_string()];
    names.into_iter().find_map(|name| {
        let read = TaxonomySource::from(name.clone()).read().ok()?;
        (read.fingerprint() == identity.taxonomy_sha256).then_some((read, name))
    })
}
