//! Sets of truths and of answers, put together by image.

use super::gathered::{Answered, Settled, TruthSet, answers, is_among, truth};
use super::side::{Sets, Side};
use crate::answers::sets::{AnswerSets, Form, ImageSets, Member, Named};
use crate::answers::table::error::{TableError, examples};
use crate::answers::table::pairing::{self, Pairing, Unpaired};
use crate::numbers::counted::{counted, form};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// So many unknown answers and no known one are no chance.
const MANY: usize = 5;

/// The truths of all images that have one.
pub(super) struct Truths {
    /// One for each image of the table, in its order.
    of_rows: Vec<TruthSet>,
    /// Names of the images of the table.
    names: Vec<String>,
    path: std::path::PathBuf,
    /// The place of each row among the images that are kept; `None` where nobody knows the truth, or it is no taxon.
    places: Vec<Option<usize>>,
    kept: usize,
}

impl Truths {
    /// Of a table that holds truths.
    pub(super) fn of(side: &Side, settled: Settled<'_>) -> Truths {
        let of_image = |sets: &Sets, image: usize| {
            sets.members.entries.get(image).map(|entries| truth(entries, settled, sets.is_classes)).unwrap_or_default()
        };
        let of_rows: Vec<TruthSet> = match &side.truth {
            Some(sets) => (0..side.images.len()).map(|image| of_image(sets, image)).collect(),
            None => vec![],
        };
        let mut kept = 0;
        let mut place = |set: &TruthSet| {
            (!set.is_undetermined && !set.is_outside()).then(|| {
                kept += 1;
                kept - 1
            })
        };
        let places = of_rows.iter().map(&mut place).collect();
        Truths { of_rows, names: side.images.clone(), path: side.path.clone(), places, kept }
    }

    /// The rows that are kept, in order.
    fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.places.len()).filter(|&row| self.places[row].is_some())
    }

    /// Refuses another table whose own truths are not these.
    pub(super) fn require_same(&self, other: &Truths) -> Result<(), TableError> {
        let pairing = self.pair(&other.names, &other.path)?;
        let differs = |(row, place): (usize, &Option<usize>)| {
            place.is_some_and(|place| {
                let (one, another) = (&self.of_rows[place], &other.of_rows[row]);
                (&one.taxa, &one.unknown) != (&another.taxa, &another.unknown)
            })
        };
        let differing: Vec<&String> =
            pairing.truths.iter().enumerate().filter(|pair| differs(*pair)).map(|(row, _)| &other.names[row]).collect();
        if differing.is_empty() {
            return Ok(());
        }
        let what = format!(
            "the truths of {} are others than in {}: {}. Give the truth once, with --truth",
            counted(differing.len(), "image", "images"),
            self.path.display(),
            examples(&differing)
        );
        Err(TableError::Format { path: other.path.clone(), line: None, what })
    }

    /// Which row each image of another table is.
    fn pair(&self, images: &[String], path: &Path) -> Result<Pairing, TableError> {
        let first = |images: &[String]| images.first().cloned().unwrap_or_default();
        pairing::pair(images, &self.names).map_err(|unpaired| {
            let (path, truth_path) = (path.to_path_buf(), self.path.clone());
            match unpaired {
                Unpaired::Strangers => {
                    let (image, truth_image) = (first(images), first(&self.names));
                    TableError::NoCommonImage { path, truth_path, image, truth_image }
                }
                Unpaired::OtherFolders { image, truth } => {
                    TableError::OtherFolders { path, truth_path, image, truth_image: truth }
                }
                Unpaired::Doubtful { image, others: [one, other] } => {
                    TableError::DoubtfulImages { path, truth_path, image, others: format!("'{one}' or '{other}'") }
                }
            }
        })
    }

    /// The images with their truths; groups are those of the table of truths, or else of one of answers.
    pub(super) fn image_sets(&self, own: &Side, others: &[Side]) -> Result<ImageSets, TableError> {
        let mut sets = ImageSets::default();
        for row in self.rows() {
            let set = &self.of_rows[row];
            sets.images.push(self.names[row].clone());
            sets.truths.push(set.taxa.clone());
            sets.repeated += set.repeated;
        }
        for name in self.of_rows.iter().flat_map(|set| &set.unknown) {
            *sets.unknown_truths.entry(name.clone()).or_default() += 1;
        }
        sets.undetermined = self.of_rows.iter().filter(|set| set.is_undetermined).count();
        sets.outside = self.of_rows.iter().filter(|set| set.is_outside()).count();
        let mut groups: [Option<Vec<String>>; 2] = [None, None];
        for (place, group) in groups.iter_mut().enumerate() {
            *group = own.groups[place].as_ref().map(|cells| self.rows().map(|row| cells[row].clone()).collect());
            for side in others.iter().filter(|_| group.is_none()) {
                if let Some(cells) = &side.groups[place] {
                    *group = Some(self.groups_of(side, cells)?);
                    break;
                }
            }
        }
        [sets.transects, sets.sites] = groups;
        Ok(sets)
    }

    /// The groups of the images as a table of answers has them.
    fn groups_of(&self, side: &Side, cells: &[String]) -> Result<Vec<String>, TableError> {
        let mut groups = vec![String::new(); self.kept];
        let pairing = self.pair(&side.images, &side.path)?;
        for (row, truth) in pairing.truths.iter().enumerate() {
            if let Some(place) = truth.and_then(|truth| self.places[truth]) {
                groups[place].clone_from(&cells[row]);
            }
        }
        Ok(groups)
    }

    /// The answers of one classifier.
    ///
    /// # Errors
    ///
    /// No image in common with the truths; not one answer that is a taxon.
    pub(super) fn answers(&self, side: &Side, sets: &Sets, name: String, settled: Settled<'_>) -> Result<AnswerSets, TableError> {
        let pairing = self.pair(&side.images, &side.path)?;
        let mut run =
            AnswerSets { name, notes: pairing.notes.clone(), warnings: pairing.warnings.clone(), ..AnswerSets::default() };
        run.warnings.extend(sets.members.warnings.iter().cloned());
        run.form = if sets.is_classes { Form::Classes } else { Form::Listed };
        let mut listed: Vec<Option<Vec<Answered>>> = vec![None; self.kept];
        for (row, truth) in pairing.truths.iter().enumerate() {
            let Some(truth) = truth else {
                run.without_truth += 1;
                continue;
            };
            let Some(place) = self.places[*truth] else { continue };
            let (mut members, repeated) = answers(&sets.members.entries[row], settled);
            let before = members.len();
            let unknown = &self.of_rows[*truth].unknown;
            members.retain(|member| member.taxon.as_ref().is_ok() || !is_unjudged(member, unknown));
            run.unjudged += before - members.len();
            run.repeated += repeated;
            listed[place] = Some(members);
        }
        run.unanswered = listed.iter().filter(|members| members.is_none()).count();
        let listed: Vec<Vec<Answered>> = listed.into_iter().map(Option::unwrap_or_default).collect();
        self.require_known(side, &listed)?;
        let names: BTreeSet<&String> = listed.iter().flatten().filter_map(|member| member.taxon.as_ref().err()).collect();
        run.unknown_names = names.into_iter().cloned().collect();
        let places: BTreeMap<&str, u32> = run.unknown_names.iter().map(String::as_str).zip(0..).collect();
        let member = |member: &Answered| Member {
            named: match &member.taxon {
                Ok(taxon) => Named::Taxon(*taxon),
                Err(name) => Named::Unknown(places.get(name.as_str()).copied().unwrap_or_default()),
            },
            score: member.score,
        };
        run.listed = listed.iter().map(|members| members.iter().map(member).collect()).collect();
        self.tell(&mut run, &sets.columns);
        tell_unknown(&mut run);
        Ok(run)
    }

    /// Refuses answers of which none is a taxon.
    fn require_known(&self, side: &Side, listed: &[Vec<Answered>]) -> Result<(), TableError> {
        let members = || listed.iter().flatten();
        let unknown: BTreeSet<&String> = members().filter_map(|member| member.taxon.as_ref().err()).collect();
        let count = members().count();
        // A few answers may all be unknown where the truths are known.
        let knows_truths = self.of_rows.iter().any(|set| !set.taxa.is_empty());
        if count == 0 || members().any(|member| member.taxon.is_ok()) || (knows_truths && count < MANY) {
            return Ok(());
        }
        let unknown: Vec<&String> = unknown.into_iter().collect();
        Err(TableError::NothingKnown { path: side.path.clone(), count: count as u64, examples: examples(&unknown) })
    }

    /// Says which columns were read, and where images went.
    fn tell(&self, run: &mut AnswerSets, columns: &[String]) {
        let shown: Vec<String> = columns.iter().take(6).map(|column| format!("'{column}'")).collect();
        let more = if columns.len() > 6 { format!(" and {} more", columns.len() - 6) } else { String::new() };
        run.notes.insert(0, format!("answers: {} {}{more}", form(columns.len(), "column", "columns"), shown.join(", ")));
        if run.unanswered > 0 {
            let (images, have) = (
                counted(run.unanswered, "image", "images"),
                form(run.unanswered, "has no answers: its set is", "have no answers: their sets are"),
            );
            run.notes.push(format!("{images} of the truth {have} empty, and scored"));
        }
        if run.without_truth > 0 {
            let images = counted(run.without_truth, "answered image", "answered images");
            run.notes.push(format!("{images} without a truth: left out"));
        }
        if run.repeated > 0 {
            let members = counted(run.repeated, "answer", "answers");
            run.notes.push(format!("{members} repeated a taxon of the same image: each counts once, with its best score"));
        }
        if run.unjudged > 0 {
            let members = counted(run.unjudged, "answer", "answers");
            run.notes.push(format!("{members} named an unknown truth of the image: neither right nor wrong, and left out"));
        }
        if run.unanswered * 2 > self.kept {
            run.warnings
                .push(format!("{} of {} images of the truth have no answers, and are scored as such", run.unanswered, self.kept));
        }
    }
}

/// Says which answered names are no taxa; where they are most of the answers it is a warning.
fn tell_unknown(run: &mut AnswerSets) {
    if run.unknown_names.is_empty() {
        return;
    }
    let names = counted(run.unknown_names.len(), "answered name is no taxon", "answered names are no taxa");
    let said = format!("{names} of the taxonomy, and wrong at every rank: {}", examples(&run.unknown_names));
    let unknown = run.listed.iter().flatten().filter(|member| matches!(member.named, Named::Unknown(_))).count();
    let said_in = if unknown * 2 > run.listed.iter().flatten().count() { &mut run.warnings } else { &mut run.notes };
    said_in.push(said);
}

fn is_unjudged(member: &Answered, unknown: &BTreeSet<String>) -> bool {
    member.taxon.as_ref().is_err_and(|name| is_among(name, unknown))
}
