//! Pictures beside the page: of the worst mistakes, and of what their truths and answers look like.

use super::run::ShownRun;
use crate::report::error::ReportError;
use crate::report::folder::Draft;
use crate::report::photographs::Photographs;
use crate::scores::outcome::Judgement;
use crate::spaces::latent::Latent;
use crate::taxonomy::TaxonId;
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};

/// Numbers of the pictures of images.
pub(super) type Pictures = HashMap<usize, u32>;

/// The most pictures of a page.
pub(super) const MOST_PICTURES: usize = 1_200;
/// Of these the most of mistakes, while there are right images to hold beside them.
const WORST: usize = 800;
/// The most right images of one taxon.
const TYPICAL: usize = 4;
/// The longer side of a picture, in pixels.
const SIDE: u32 = 512;
/// Pictures that are held at once.
const AT_ONCE: usize = 64;

/// Makes the pictures of images, as far as there are photographs that may be shown, and writes them into a folder of the
/// draft. Files have numbers for names: what images are called stands in none.
pub(super) fn write(
    (draft, below): (&Draft, &str),
    photographs: &Photographs<'_>,
    names: &[String],
    chosen: &[usize],
) -> Result<Pictures, ReportError> {
    let mut pictures = Pictures::new();
    if photographs.folder.is_none() {
        return Ok(pictures);
    }
    for some in chosen.chunks(AT_ONCE) {
        let made: Vec<Option<Vec<u8>>> = some.par_iter().map(|image| photographs.picture(&names[*image], SIDE)).collect();
        for (image, picture) in some.iter().zip(made) {
            let Some(picture) = picture else { continue };
            let number = u32::try_from(pictures.len()).unwrap_or(u32::MAX);
            draft.write_bytes(&format!("{below}pictures/{number}.jpg"), &picture)?;
            pictures.insert(*image, number);
        }
    }
    Ok(pictures)
}

/// The images of a run that are to be seen, in the order in which they matter: the worst mistakes, then right images of
/// their truths and answers, then all others, mistakes first.
pub(super) fn of_run(order: &[usize], run: &ShownRun<'_>) -> Vec<usize> {
    let outcome = |image: usize| match run.judgement(image) {
        Some(Judgement::Scored(outcome)) => Some(outcome),
        _ => None,
    };
    let is_mistake = |image: &usize| match run.judgement(*image) {
        Some(Judgement::Scored(outcome)) => !outcome.is_right(),
        Some(Judgement::Unplaced(_)) => true,
        _ => false,
    };
    // Mistakes stand first.
    let (mistakes, others) = order.split_at(order.partition_point(is_mistake));
    let worst = &mistakes[..mistakes.len().min(WORST)];
    // Taxa in the order in which they are met.
    let (mut taxa, mut known): (Vec<TaxonId>, HashSet<TaxonId>) = (vec![], HashSet::new());
    for outcome in worst.iter().filter_map(|image| outcome(*image)) {
        taxa.extend([outcome.truth, outcome.predicted].into_iter().filter(|taxon| known.insert(*taxon)));
    }
    let mut right: HashMap<TaxonId, Vec<(f64, usize)>> = HashMap::new();
    for &image in others {
        if let Some(outcome) = outcome(image).filter(|outcome| known.contains(&outcome.truth)) {
            let probability = run.probability(image).unwrap_or(f64::NEG_INFINITY);
            keep(right.entry(outcome.truth).or_default(), (probability, image));
        }
    }
    let typical = (0..TYPICAL).flat_map(|nth| {
        let right = &right;
        taxa.iter().filter_map(move |taxon| Some(right.get(taxon)?.get(nth)?.1))
    });
    // Where there is room for all, all are seen.
    let further = mistakes[worst.len()..].iter().chain(others).copied();
    let mut chosen = HashSet::new();
    worst.iter().copied().chain(typical).chain(further).filter(|image| chosen.insert(*image)).take(MOST_PICTURES).collect()
}

/// Keeps the most probable images, of equals those that came first.
fn keep(kept: &mut Vec<(f64, usize)>, image: (f64, usize)) {
    let place = kept.partition_point(|(probability, _)| *probability >= image.0);
    if place < TYPICAL {
        kept.insert(place, image);
        kept.truncate(TYPICAL);
    }
}

/// The points of a space that are to be seen: suspects beside what they look like, then points from all over.
pub(super) fn of_points(names: &[String], latent: &Latent) -> Vec<usize> {
    let places: HashMap<&str, usize> = names.iter().enumerate().rev().map(|(place, name)| (name.as_str(), place)).collect();
    let suspects = latent.suspects.iter().flat_map(|suspect| [&suspect.image, &suspect.typical]);
    let suspects = suspects.filter_map(|name| places.get(name.as_str()).copied());
    let step = names.len().div_ceil(MOST_PICTURES).max(1);
    let mut known = HashSet::new();
    suspects.chain((0..names.len()).step_by(step)).filter(|place| known.insert(*place)).take(MOST_PICTURES).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::run::Rows;
    use super::*;
    use crate::answers::{Answer, Answers, Ranked, Truth};
    use crate::report::Overwrite;
    use crate::scores::ScoreOptions;
    use crate::scores::image_scores::ImageScores;
    use crate::taxonomy::Taxonomy;
    use std::path::Path;

    #[test]
    fn mistakes_are_seen_beside_what_their_taxa_look_like() {
        let table = "kingdom,phylum,class,order,family,genus,species\n\
            Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis catus\n\
            Animalia,Chordata,Mammalia,Carnivora,Felidae,Lynx,Lynx lynx\n\
            Animalia,Chordata,Mammalia,Carnivora,Canidae,Vulpes,Vulpes vulpes\n";
        let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("t.csv")).unwrap();
        let taxon = |name: &str| taxonomy.resolve(name).taxon().unwrap();
        let (cat, lynx, fox) = (taxon("Felis catus"), taxon("Lynx lynx"), taxon("Vulpes vulpes"));
        // A cat taken for a lynx, six cats, a lynx, and a fox that nobody mistakes.
        let mut images = vec![(cat, lynx, 0.9), (lynx, lynx, 0.8), (fox, fox, 1.0)];
        images.extend([0.3, 0.9, 0.5, 0.6, 0.4, 0.7].map(|probability| (cat, cat, probability)));
        let mut ranked = Ranked::default();
        for (_, answer, probability) in &images {
            ranked.push([(Answer::Taxon(*answer), Some(*probability))]);
        }
        let answers = Answers {
            images: (0..images.len()).map(|image| image.to_string()).collect(),
            truths: images.iter().map(|(truth, ..)| Truth::Taxon(*truth)).collect(),
            ranked,
            ..Answers::default()
        };
        let (scores, mistakes) = ImageScores::of_answers(&taxonomy, &answers, &ScoreOptions::default());
        let order = super::super::order::of_run(&mistakes, &scores.judgements);
        let run = ShownRun { taxonomy: &taxonomy, answers: &answers, scores: &scores, steps: None, rows: Rows::Same };
        // The mistake; the surest cat, the lynx, then three more cats, then all others.
        assert_eq!(of_run(&order, &run), [0, 4, 1, 8, 6, 5, 2, 3, 7]);
    }

    #[test]
    fn files_have_numbers_for_names_and_what_cannot_be_shown_has_none() {
        let folder = tempfile::tempdir().unwrap();
        let photographs = folder.path().join("photographs");
        std::fs::create_dir(&photographs).unwrap();
        std::fs::write(photographs.join("secret name.jpg"), b"x").unwrap();
        std::fs::write(photographs.join("hidden.jpg"), b"x").unwrap();
        let hidden = HashSet::from(["hidden.jpg".to_string()]);
        let thumbnail = |_: &Path, side: u32| Some([&[0xff, 0xd8, 0xff][..], &side.to_le_bytes()[..]].concat());
        let shown = Photographs { folder: Some(&photographs), thumbnail: Some(&thumbnail), hidden: Some(&hidden) };
        let names = ["missing.jpg", "hidden.jpg", "secret name.jpg"].map(String::from);
        let output = folder.path().join("report");
        let draft = Draft::beside(&output, Overwrite::Anything).unwrap();
        let pictures = write((&draft, "a/"), &shown, &names, &[0, 1, 2]).unwrap();
        assert_eq!(pictures, Pictures::from([(2, 0)]));
        assert_eq!(draft.publish().unwrap(), [output.join("a/pictures/0.jpg")]);
        assert_eq!(std::fs::read(output.join("a/pictures/0.jpg")).unwrap(), [0xff, 0xd8, 0xff, 0, 2, 0, 0]);
        let nowhere = Draft::beside(&folder.path().join("other"), Overwrite::Anything).unwrap();
        assert!(write((&nowhere, ""), &Photographs::default(), &names, &[0, 1, 2]).unwrap().is_empty());
    }
}
