//! States of answers that were collected batch by batch.

use super::error::StateError;
use super::header::Header;
use super::names::Names;
use super::reading::State;
use crate::answers::collecting::Collecting;
use crate::scores::state::RunState;
use std::path::PathBuf;

impl State {
    /// Of answers that were collected batch by batch: their images have no names, only numbers. `run` is what the answers are
    /// called among runs, `taxonomy` what theirs is called: a path, or the name of a shipped one.
    ///
    /// # Errors
    ///
    /// [`StateError::Unaddable`]: more images than can be counted.
    pub fn of_batches(collecting: &Collecting, run: &str, taxonomy: &str) -> Result<State, StateError> {
        let tree = collecting.taxonomy();
        let mut answers = collecting.answers(run);
        let header = Header {
            named: false,
            notes: std::mem::take(&mut answers.notes),
            warnings: std::mem::take(&mut answers.warnings),
            ..Header::of(tree, taxonomy, format!("answers given batch by batch: {}", collecting.in_words()))
        };
        let unaddable = |reason| StateError::Unaddable { path: PathBuf::from(run), reason };
        let answered = RunState::of(tree, answers, None).map_err(unaddable)?;
        Ok(State { header, runs: vec![answered], names: Names::default() })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::answers::collecting::{Given, Kept};
    use crate::numbers::largest::{Kind, Matrix};
    use crate::report::scoring::Scoring;
    use crate::report::values::{NamedValue, of_scores};
    use crate::scores::{ScoreOptions, Scores};
    use crate::taxonomy::Taxonomy;
    use crate::taxonomy::source::TaxonomySource;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use std::path::Path;
    use std::sync::Arc;

    const SPECIES: [&str; 5] = ["Vulpes vulpes", "Felis catus", "Lynx lynx", "Felis silvestris", "Canis lupus"];

    fn taxonomy(more: &str) -> Arc<Taxonomy> {
        let table = format!(
            "order,family,genus,species\nCarnivora,Felidae,Felis,Felis catus\nCarnivora,Felidae,Felis,Felis silvestris\n\
             Carnivora,Felidae,Lynx,Lynx lynx\nCarnivora,Canidae,Vulpes,Vulpes vulpes\nCarnivora,Canidae,Canis,Canis lupus\n{more}"
        );
        Arc::new(Taxonomy::from_bytes(table.as_bytes(), Path::new("carnivores.csv")).unwrap())
    }

    fn name(name: &str) -> Given {
        Given::Name(name.to_string())
    }

    fn empty(taxonomy: &Arc<Taxonomy>, kept: Option<Kept>) -> Collecting {
        let classes = SPECIES.map(name);
        Collecting::new(Arc::clone(taxonomy), kept.is_some().then_some(&classes[..]), kept.unwrap_or_default()).unwrap()
    }

    /// Adds images of a seed: scores of all candidates where there are some, names otherwise.
    fn add(collecting: &mut Collecting, images: usize, seed: u64) {
        let random = &mut ChaCha8Rng::seed_from_u64(seed);
        let truths: Vec<Given> = (0..images)
            .map(|_| match random.random_range(0..9) {
                0 => Given::Nothing,
                1 => name("Felis"),
                2 => name("Chimaera fabulosa"),
                _ => name(SPECIES[random.random_range(0..5)]),
            })
            .collect();
        if collecting.candidates().is_none() {
            let answers: Vec<Given> = (0..images).map(|_| name(SPECIES[random.random_range(0..5)])).collect();
            return collecting.add_answers(&answers, &truths).unwrap();
        }
        let mut scores: Vec<f64> = (0..images * 5).map(|_| f64::from(random.random_range(1_u8..40))).collect();
        if collecting.kept().kind == Kind::Probabilities {
            for row in scores.chunks_mut(5) {
                let sum: f64 = row.iter().sum();
                for share in row.iter_mut() {
                    *share /= sum;
                }
            }
        }
        collecting.add_scores(&Matrix::of(&scores, 5), &truths).unwrap();
    }

    fn written(collecting: &Collecting, path: PathBuf) -> PathBuf {
        State::of_batches(collecting, "scorer", "carnivores").unwrap().write(&path).unwrap();
        path
    }

    fn added(states: &[PathBuf], taxonomy: &Arc<Taxonomy>) -> Result<Vec<NamedValue>, String> {
        let given = TaxonomySource::Read { taxonomy: Arc::clone(taxonomy), name: "carnivores".to_string() };
        let scoring = Scoring { taxonomy: Some(given), ..Scoring::of(&states[0]) };
        let scored = scoring.run_states(states).map_err(|error| error.to_string())?;
        Ok(of_scores(&scored.runs[0].1))
    }

    #[test]
    fn states_of_jobs_have_the_numbers_of_one_that_sees_all_batches() {
        let (folder, taxonomy) = (tempfile::tempdir().unwrap(), taxonomy(""));
        let kept = |top, kind| Some(Kept { top, kind });
        for kept in [None, kept(2, Kind::Scores), kept(3, Kind::Probabilities), kept(5, Kind::Probabilities)] {
            let mut whole = empty(&taxonomy, kept);
            let mut states = vec![];
            // More than ten images in each: 10 comes before 2 where numbers are sorted as names. One job has no image.
            for (job, images) in [45, 0, 33, 61].into_iter().enumerate() {
                let mut part = empty(&taxonomy, kept);
                add(&mut part, images, job as u64);
                add(&mut whole, images, job as u64);
                states.push(written(&part, folder.path().join(format!("{job}.state"))));
            }
            let expected = of_scores(&Scores::of(&taxonomy, &whole.answers("scorer"), &ScoreOptions::default()));
            assert_eq!(added(&states, &taxonomy).unwrap(), expected, "{kept:?}");
        }
    }

    #[test]
    fn jobs_that_gave_names_alone_are_added_to_those_that_gave_scores() {
        let (folder, taxonomy) = (tempfile::tempdir().unwrap(), taxonomy(""));
        let kept = Some(Kept::default());
        let (mut named, mut scored) = (empty(&taxonomy, kept), empty(&taxonomy, kept));
        named.add_answers(&[name("Lynx lynx"), Given::Place(0)], &[name("Lynx lynx"), name("Felis catus")]).unwrap();
        add(&mut scored, 30, 7);
        for parts in [[&named, &scored], [&scored, &named]] {
            let mut whole = parts[0].clone();
            whole.merge(parts[1]).unwrap();
            let paths = ["a.state", "b.state"].map(|name| folder.path().join(name));
            let states: Vec<PathBuf> = parts.iter().zip(paths).map(|(part, path)| written(part, path)).collect();
            let expected = of_scores(&Scores::of(&taxonomy, &whole.answers("scorer"), &ScoreOptions::default()));
            assert_eq!(added(&states, &taxonomy).unwrap(), expected);
        }
    }

    #[test]
    fn what_was_collected_otherwise_is_refused() {
        let (folder, carnivores) = (tempfile::tempdir().unwrap(), taxonomy(""));
        let at = |name: &str| folder.path().join(name);
        let state = |taxonomy: &Arc<Taxonomy>, kept: Option<Kept>, name: &str| {
            let mut collecting = empty(taxonomy, kept);
            add(&mut collecting, 5, 1);
            written(&collecting, at(name))
        };
        let first = state(&carnivores, Some(Kept::default()), "a.state");
        let other = taxonomy("Carnivora,Mustelidae,Meles,Meles meles\n");
        for (second, parts) in [
            (state(&other, Some(Kept::default()), "b.state"), ["made with the taxonomy in memory (", "read all parts with one"]),
            (state(&carnivores, Some(Kept { top: 3, ..Kept::default() }), "c.state"), ["5 answers of each", "3 answers of each"]),
            (state(&carnivores, None, "d.state"), ["among 5 candidates", "without candidates"]),
        ] {
            let said = added(&[first.clone(), second], &carnivores).unwrap_err();
            assert!(parts.iter().all(|part| said.contains(part)), "{said}");
        }
        let said = Scoring::of(&first).run_states(&[first]).unwrap_err().to_string();
        assert!(said.contains("made with the taxonomy in memory (") && said.contains("; no file has it; "), "{said}");
    }
}
