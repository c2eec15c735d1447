//! What several models say of the same images, as classes with probabilities.

use super::error::NextLabelsError;
use crate::answers::side_by_side::{SideBySide, joined_by_paths, rows_of};
use crate::answers::{Answer, Answers, Truth};
use crate::numbers::counted::{counted, form};
use crate::numbers::statistics::to_f64;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Most models: each is a bit of a number.
pub(super) const MODELS: usize = 64;

/// Most numbers that a table of probabilities may have.
const MOST: usize = 60_000_000;

/// A taxon that a model answers; `None` for no answer, and for one above the rank that is asked for.
pub type Class = Option<TaxonId>;

/// The probabilities that a model gives to the classes of an image.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shares {
    /// Classes with their probabilities.
    pub listed: Vec<(usize, f64)>,
    /// The probability of every other class.
    pub each: f64,
}

/// Answers of `M` models to `N` images over `C` classes.
#[derive(Debug, Clone)]
pub struct Votes {
    /// The taxonomy of the classes.
    pub taxonomy: Arc<Taxonomy>,
    /// Names of the models.
    pub models: Vec<String>,
    /// Names of the images that all models answer.
    pub images: Vec<String>,
    /// The classes, sorted, no answer first.
    pub classes: Vec<Class>,
    /// For each model and image the class answered.
    pub answers: Vec<Vec<usize>>,
    /// For each image its true class, where that is known.
    pub truths: Vec<Option<usize>>,
    pub(super) shares: Vec<Vec<Shares>>,
}

impl Votes {
    /// Of runs that were read; `rank` is where answers and truths are cut, as they are where it is not said. With what was left
    /// out, one sentence each.
    pub(super) fn of(read: &SideBySide, rank: Option<Rank>) -> Result<(Votes, Vec<String>), NextLabelsError> {
        let runs: Vec<&Answers> = read.sources.iter().flatten().collect();
        match &runs[..] {
            [] => return Err(NextLabelsError::NoModel),
            [one] => return Err(NextLabelsError::OneModel { name: one.name.clone() }),
            several if several.len() > MODELS => {
                return Err(NextLabelsError::ManyModels { count: several.len(), most: MODELS });
            }
            _ => {}
        }
        let (images, rows, notes) = common(&runs)?;
        let cut = |taxon: TaxonId| rank.map_or(Some(taxon), |rank| read.taxonomy.ancestor_at(taxon, rank));
        let class = |answer: Answer| if let Answer::Taxon(taxon) = answer { cut(taxon) } else { None };
        let truths = truths(read, &runs, (&images, &rows), &cut)?;
        let best = |(run, rows): (&&Answers, &Vec<usize>)| -> Vec<Class> {
            rows.iter().map(|&row| class(run.ranked.best(row))).collect()
        };
        let answered: Vec<Vec<Class>> = runs.iter().zip(&rows).map(best).collect();
        let distinct: BTreeSet<Class> = answered.iter().flatten().copied().chain(truths.iter().copied().flatten()).collect();
        let classes: Vec<Class> = distinct.into_iter().collect();
        if let [one] = classes[..] {
            let taxon = one.map_or("no answer", |taxon| read.taxonomy.name(taxon)).to_string();
            return Err(NextLabelsError::OneClass { taxon });
        }
        let (count, models) = (classes.len(), runs.len());
        if images.len().saturating_mul(count) > MOST || count.saturating_mul(count).saturating_mul(models) > MOST {
            return Err(NextLabelsError::TooLarge { images: images.len(), classes: count, models });
        }
        let place = |class: Class| classes.binary_search(&class).unwrap_or_default();
        let shares = |(run, rows): (&&Answers, &Vec<usize>)| -> Vec<Shares> {
            let known = |answer: Answer| classes.binary_search(&class(answer)).ok();
            rows.iter().map(|&row| shares_of(run, row, &known, classes.len())).collect()
        };
        let votes = Votes {
            taxonomy: Arc::clone(&read.taxonomy),
            models: runs.iter().map(|run| run.name.clone()).collect(),
            shares: runs.iter().zip(&rows).map(shares).collect(),
            answers: answered.into_iter().map(|classes| classes.into_iter().map(place).collect()).collect(),
            truths: truths.into_iter().map(|truth| truth.map(place)).collect(),
            images,
            classes,
        };
        Ok((votes, notes))
    }

    /// What a class is called.
    #[must_use]
    pub fn name(&self, class: usize) -> &str {
        self.classes[class].map_or("", |taxon| self.taxonomy.name(taxon))
    }

    /// Whether all models give the same answer.
    pub(super) fn agree(&self, image: usize) -> bool {
        self.answers.windows(2).all(|models| models[0][image] == models[1][image])
    }
}

/// Images that all models answer, with their rows in each; and what was left out.
type Common = (Vec<String>, Vec<Vec<usize>>, Vec<String>);

fn common(runs: &[&Answers]) -> Result<Common, NextLabelsError> {
    let all = &runs[0].images;
    let rows: Vec<Vec<Option<usize>>> = runs.iter().map(|run| rows_of(run, all)).collect();
    let shared: Vec<usize> = (0..all.len()).filter(|&image| rows.iter().all(|rows| rows[image].is_some())).collect();
    if shared.is_empty() {
        let first = |run: &Answers| run.images.first().cloned().unwrap_or_default();
        let strange = rows.iter().position(|rows| rows.iter().all(Option::is_none)).unwrap_or(runs.len() - 1);
        return Err(NextLabelsError::NoImage {
            first: runs[0].name.clone(),
            second: runs[strange].name.clone(),
            image: first(runs[0]),
            other: first(runs[strange]),
        });
    }
    let mut notes: Vec<String> = runs.iter().zip(&rows).filter_map(|(run, rows)| joined_by_paths(run, all, rows)).collect();
    for run in runs.iter().filter(|run| run.images.len() > shared.len()) {
        notes.push(format!(
            "{} of {} images of {} are not in all runs and were left out",
            run.images.len() - shared.len(),
            run.images.len(),
            run.name
        ));
    }
    let kept = without_other_things(runs, &rows, shared, &mut notes);
    if kept.is_empty() {
        return Err(NextLabelsError::NothingLeft);
    }
    let images = kept.iter().map(|&image| all[image].clone()).collect();
    let rows = rows.into_iter().map(|rows| kept.iter().filter_map(|&image| rows[image]).collect()).collect();
    Ok((images, rows, notes))
}

/// The images but those that are labelled and show no taxon, or none of the taxonomy: nobody is to label them again, and no
/// model can be right of them.
fn without_other_things(
    runs: &[&Answers],
    rows: &[Vec<Option<usize>>],
    mut images: Vec<usize>,
    notes: &mut Vec<String>,
) -> Vec<usize> {
    let mut leave_out = |is_so: &dyn Fn(&Answers, usize) -> bool, words: [&str; 2]| {
        let all = images.len();
        let of_run = |image: usize, (run, rows): (&&Answers, &Vec<Option<usize>>)| rows[image].is_some_and(|row| is_so(run, row));
        images.retain(|&image| !runs.iter().zip(rows).any(|run| of_run(image, run)));
        let left = all - images.len();
        if left > 0 {
            notes.push(format!(
                "{} {} and {} left out",
                counted(left, "labelled image", "labelled images"),
                form(left, words[0], words[1]),
                form(left, "was", "were")
            ));
        }
    };
    leave_out(&|run, row| run.is_not_a_taxon(row), ["shows no taxon", "show no taxon"]);
    leave_out(
        &|run, row| run.truths[row] == Truth::Outside,
        ["has a truth outside the taxonomy", "have truths outside the taxonomy"],
    );
    images
}

/// The true class of each image, of whichever run knows it.
fn truths(
    read: &SideBySide,
    runs: &[&Answers],
    (images, rows): (&[String], &[Vec<usize>]),
    cut: &impl Fn(TaxonId) -> Option<TaxonId>,
) -> Result<Vec<Option<Class>>, NextLabelsError> {
    let mut truths: Vec<Option<(TaxonId, usize)>> = vec![None; images.len()];
    for (place, (run, rows)) in runs.iter().zip(rows).enumerate() {
        for (image, &row) in rows.iter().enumerate() {
            let Truth::Taxon(taxon) = run.truths[row] else { continue };
            if let Some((known, first)) = truths[image].filter(|(known, _)| *known != taxon) {
                let name = |taxon: TaxonId| read.taxonomy.name(taxon).to_string();
                let (one, other) = (name(known), name(taxon));
                let (first, second) = (runs[first].name.clone(), run.name.clone());
                return Err(NextLabelsError::Truths { image: images[image].clone(), one, other, first, second });
            }
            truths[image].get_or_insert((taxon, place));
        }
    }
    // A truth above the rank says nothing there.
    Ok(truths.into_iter().map(|truth| truth.and_then(|(taxon, _)| cut(taxon)).map(Some)).collect())
}

/// The probabilities of an image: those that are given to the classes, the rest shared evenly by the classes that are not
/// listed; without probabilities all of it is the answer's.
fn shares_of(run: &Answers, row: usize, known: &impl Fn(Answer) -> Option<usize>, classes: usize) -> Shares {
    let best = known(run.ranked.best(row)).unwrap_or_default();
    let mut listed: Vec<(usize, f64)> = vec![];
    for (position, answer) in run.ranked.answers(row).iter().enumerate() {
        let Some(probability) = run.ranked.probability(row, position) else {
            listed.clear();
            break;
        };
        if let Some(class) = known(*answer) {
            match listed.iter_mut().find(|(known, _)| *known == class) {
                Some((_, sum)) => *sum += probability,
                None => listed.push((class, probability)),
            }
        }
    }
    let total: f64 = listed.iter().map(|(_, share)| share).sum();
    if total <= 0.0 {
        return Shares { listed: vec![(best, 1.0)], each: 0.0 };
    }
    let others = to_f64((classes - listed.len()) as u64);
    if total >= 1.0 || others < 1.0 {
        for (_, share) in &mut listed {
            *share /= total;
        }
        return Shares { listed, each: 0.0 };
    }
    Shares { listed, each: (1.0 - total) / others }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
pub(super) mod tests {
    use super::*;
    use crate::answers::side_by_side::{Asked, read};
    use crate::answers::table::{TableOptions, TableSource};
    use polars::frame::DataFrame;
    use polars::prelude::df;

    /// Reads tables in memory.
    pub(in crate::scores::next_labels) fn votes(
        tables: Vec<(&str, DataFrame)>,
        rank: Option<Rank>,
    ) -> Result<(Votes, Vec<String>), NextLabelsError> {
        let options = TableOptions { without_truth: true, ..TableOptions::default() };
        let asked: Vec<Asked> = tables
            .into_iter()
            .map(|(name, data)| Asked {
                source: TableSource::held(name, data),
                options: options.clone(),
                name: Some(name.to_string()),
            })
            .collect();
        Votes::of(&read(&asked, None)?, rank)
    }

    #[test]
    fn answers_become_classes_with_shares() {
        let a = df!("image" => ["1", "2", "3"], "predicted" => ["Felis catus", "Lynx lynx", "Felis silvestris"], "score" => [0.75, 1.0, 0.5]).unwrap();
        let b = df!("image" => ["3", "2", "1"], "predicted" => ["Felis catus", "Lynx lynx", "Lynx lynx"]).unwrap();
        let (found, notes) = votes(vec![("a", a.clone()), ("b", b.clone())], None).unwrap();
        assert_eq!((found.images.as_slice(), found.classes.len(), notes.len()), (&["1", "2", "3"].map(String::from)[..], 3, 0));
        let name = |model: usize, image: usize| found.name(found.answers[model][image]);
        assert_eq!([name(0, 0), name(1, 0), name(1, 2)], ["Felis catus", "Lynx lynx", "Felis catus"]);
        assert!(found.agree(1) && !found.agree(0));
        // 0.75 for the cat: the two others share the rest.
        assert!((found.shares[0][0].each - 0.125).abs() < 1e-12);
        assert_eq!(found.shares[1][0], Shares { listed: vec![(found.answers[1][0], 1.0)], each: 0.0 });
        let (genera, _) = votes(vec![("a", a.clone()), ("b", b)], Some(Rank::Genus)).unwrap();
        assert_eq!(genera.classes.len(), 2);
        assert!(genera.agree(2));
        let message = votes(vec![("a", a)], None).unwrap_err().to_string();
        assert!(message.starts_with("there is one model: 'a'"), "{message}");
    }

    #[test]
    fn what_is_labelled_as_no_taxon_is_not_to_be_labelled_again() {
        let truth = [Some("blank"), Some("Felis catus"), None];
        let a =
            df!("image" => ["1", "2", "3"], "truth" => truth, "predicted" => ["Felis catus", "Lynx lynx", "Lynx lynx"]).unwrap();
        let b = df!("image" => ["1", "2", "3"], "predicted" => ["Lynx lynx", "Felis catus", "Felis catus"]).unwrap();
        let (found, notes) = votes(vec![("a", a), ("b", b)], None).unwrap();
        assert_eq!(found.images, ["2", "3"]);
        assert_eq!(notes, ["1 labelled image shows no taxon and was left out"]);
        assert_eq!(
            found.truths.iter().map(|truth| truth.map(|class| found.name(class))).collect::<Vec<_>>(),
            [Some("Felis catus"), None]
        );
    }

    #[test]
    fn what_cannot_be_told_apart_is_refused() {
        let a = df!("image" => ["1"], "predicted" => ["Felis catus"]).unwrap();
        let message = votes(vec![("a", a.clone()), ("b", a.clone())], None).unwrap_err().to_string();
        assert!(message.contains("one taxon, 'Felis catus'"), "{message}");
        let b = df!("image" => ["2"], "predicted" => ["Lynx lynx"]).unwrap();
        let message = votes(vec![("a", a), ("b", b)], None).unwrap_err().to_string();
        assert!(message.contains("'a' has '1', 'b' has '2'"), "{message}");
    }
}
