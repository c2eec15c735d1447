//! A run of a state: counted, or kept image by image.

use super::counted::Counted;
use super::kept::{Distributions, Kept};
use super::numbering::behind;
use super::totals::Totals;
use super::unaddable::Unaddable;
use crate::answers::Answers;
use crate::taxonomy::Taxonomy;

/// A run of a state: counted, or kept image by image.
#[derive(Debug, Clone)]
pub enum RunState {
    /// Kinds of images with their numbers.
    Counted(Box<Counted>),
    /// Every image, with what its whole distribution gave.
    Kept(Box<Kept>),
}

impl RunState {
    /// Images of a run. Where nothing says what the whole distributions are, they are kept as they are listed if they may be
    /// whole, and counted if not.
    ///
    /// # Errors
    ///
    /// [`Unaddable`]: what neither counts nor images hold.
    pub fn of(taxonomy: &Taxonomy, answers: Answers, known: Option<Distributions>) -> Result<Self, Unaddable> {
        match known.or_else(|| may_be_whole(&answers).then_some(Distributions::Listed)) {
            Some(distributions) => Ok(Self::Kept(Box::new(Kept::of(answers, distributions)?))),
            None => Ok(Self::Counted(Box::new(counted(taxonomy, &answers)?))),
        }
    }

    /// Adds images, as [`RunState::of`] takes them.
    ///
    /// # Errors
    ///
    /// [`Unaddable`]: images that were read otherwise.
    pub fn add(&mut self, taxonomy: &Taxonomy, answers: Answers, known: Option<Distributions>) -> Result<(), Unaddable> {
        match self {
            RunState::Counted(counted) if known.is_none() && !may_be_whole(&answers) => counted.add(taxonomy, &answers),
            _ => self.merge(taxonomy, Self::of(taxonomy, answers, known)?),
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            RunState::Counted(counted) => &counted.name,
            RunState::Kept(kept) => &kept.answers.name,
        }
    }

    /// How many images there are.
    #[must_use]
    pub fn images(&self) -> u64 {
        match self {
            RunState::Counted(counted) => counted.totals.images,
            RunState::Kept(kept) => kept.images(),
        }
    }

    /// Numbers images that have no names of their own on, behind so many of other parts: as they would be called in one table of
    /// all of them. Halves and groups of images are drawn by their names.
    pub fn number_behind(&mut self, others: u64) {
        match self {
            RunState::Counted(counted) => {
                counted.worst.iter_mut().for_each(|mistake| mistake.image = behind(&mistake.image, others));
            }
            RunState::Kept(kept) => kept.answers.images.iter_mut().for_each(|image| *image = behind(image, others)),
        }
    }

    /// Adds the images of another part.
    ///
    /// # Errors
    ///
    /// [`Unaddable`]: a part that was read otherwise.
    pub fn merge(&mut self, taxonomy: &Taxonomy, other: RunState) -> Result<(), Unaddable> {
        // Lists that are whole in one part and not in another are not whole in all.
        if let (RunState::Kept(kept), RunState::Counted(_)) = (&*self, &other) {
            *self = RunState::Counted(Box::new(lists_counted(taxonomy, kept)?));
        }
        match (self, other) {
            (RunState::Counted(mine), RunState::Counted(theirs)) => mine.merge(&theirs),
            (RunState::Counted(mine), RunState::Kept(theirs)) => mine.merge(&lists_counted(taxonomy, &theirs)?),
            (RunState::Kept(mine), RunState::Kept(theirs)) => mine.merge(taxonomy, *theirs),
            (RunState::Kept(_), RunState::Counted(_)) => Err(Unaddable::Mixed),
        }
    }
}

/// Whether the lists of answers may be whole distributions: where candidates are known, the lists of all parts say so.
fn may_be_whole(answers: &Answers) -> bool {
    answers.candidates.is_some() || Totals::of(answers).why_not_whole().is_none()
}

fn counted(taxonomy: &Taxonomy, answers: &Answers) -> Result<Counted, Unaddable> {
    let mut counted = Counted::described_by(answers)?;
    counted.add(taxonomy, answers)?;
    Ok(counted)
}

/// Images of a table whose lists looked whole, counted after all.
fn lists_counted(taxonomy: &Taxonomy, kept: &Kept) -> Result<Counted, Unaddable> {
    if kept.distributions != Distributions::Listed || kept.answers.candidates.is_some() {
        return Err(Unaddable::Mixed);
    }
    counted(taxonomy, &kept.answers)
}
