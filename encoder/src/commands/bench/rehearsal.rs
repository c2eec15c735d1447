//! What stands for the data and the model of an experiment in a rehearsal: pictures and texts that are made up, and a model that
//! knows nothing of them.

use super::dataset::{stays_inside, taxonomy_file};
use super::experiment::{Experiment, MiniatureModel};
use crate::atlas::{self, AtlasOptions, MANIFEST, TAXONOMY};
use crate::encoder::seeded_model::SeededModel;
use crate::encoder::seeded_model::sentences::SeededSentences;
use anyhow::{Context, bail};
use nearmiss::commands::Console;
use nearmiss::files::output::write_whole;
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Organisms that the built-in model has never seen.
const ATLAS: AtlasOptions = AtlasOptions { seed: 7, species: 12, pictures: 300, hierarchy: 1.0, sample: 0 };

/// A small SigLIP.
const SIGLIP: SeededModel = SeededModel {
    embed_dim: 64,
    image_size: 48,
    patch_size: 12,
    vision_width: 64,
    vision_layers: 2,
    text_width: 64,
    text_layers: 1,
};

/// What an animal is called in a note, and in a description; nothing joins the two but who knows both.
const KINDS: [[&str; 2]; 8] = [
    ["beetle", "coleopteran"],
    ["moth", "lepidopteran"],
    ["wasp", "vespid"],
    ["ant", "formicid"],
    ["fly", "dipteran"],
    ["bug", "hemipteran"],
    ["cricket", "orthopteran"],
    ["dragonfly", "odonate"],
];
const COLOURS: [[&str; 2]; 5] =
    [["red", "rufous"], ["black", "piceous"], ["green", "viridescent"], ["yellow", "flavous"], ["blue", "cyaneous"]];
const PATTERNS: [[&str; 2]; 4] = [["spots", "maculate"], ["stripes", "fasciate"], ["rings", "annulate"], ["hairs", "pilose"]];
const PLACES: [[&str; 2]; 5] = [
    ["bark", "corticolous"],
    ["dung", "coprophilous"],
    ["sand", "arenicolous"],
    ["flowers", "anthophilous"],
    ["leaves", "foliicolous"],
];
/// Words that say nothing.
const OTHERS: [&str; 6] = ["a", "with", "on", "the", "small", "body"];

/// Notes of a rehearsal: the first so many are for training, then come those to stop by, the others are for the test.
const NOTES: [usize; 3] = [240, 40, 40];

/// Makes up data and model.
pub(super) fn rehearse(experiment: &mut Experiment, data: &Path, console: Console) -> anyhow::Result<()> {
    console.remark("making up data and a model");
    for dataset in &mut experiment.datasets {
        dataset.published.clear();
        let folder = inside(data, &dataset.path)?;
        if !folder.join(atlas::RECORD).is_file() {
            atlas::write(&folder, &ATLAS)?;
        }
        if let Some(manifest) = &dataset.manifest {
            copy(&folder.join(MANIFEST), &inside(data, manifest)?)?;
        }
        if taxonomy_file(dataset, data).is_none() {
            bail!("{}: a rehearsal takes a taxonomy that is a file below --data, not '{}'", dataset.name, dataset.taxonomy);
        }
        copy(&folder.join(TAXONOMY), &inside(data, Path::new(&dataset.taxonomy))?)?;
    }
    for texts in &experiment.texts {
        write_whole(&inside(data, &texts.path)?, notes().as_bytes())?;
    }
    experiment.settings.start = start(experiment.settings.miniature, &data.join("models"))?;
    Ok(())
}

/// The model that every training starts at, as `--model` takes it.
fn start(model: MiniatureModel, folder: &Path) -> anyhow::Result<String> {
    let to = match model {
        MiniatureModel::Clip => return Ok("atlas".to_string()),
        MiniatureModel::Siglip => folder.join("siglip"),
        MiniatureModel::Sentences => folder.join("sentences"),
    };
    if model == MiniatureModel::Siglip {
        SIGLIP.write_siglip(&to, 7)?;
    } else {
        let lists = [&KINDS[..], &COLOURS, &PATTERNS, &PLACES].concat();
        let words: Vec<&str> = lists.iter().flatten().copied().chain(OTHERS).collect();
        SeededSentences::SMALL.write(&to, 7, &words)?;
    }
    Ok(to.display().to_string())
}

/// A place below the data folder, whose folder is there.
fn inside(data: &Path, path: &Path) -> anyhow::Result<PathBuf> {
    if !stays_inside(path) {
        bail!("{}: a rehearsal writes below its own folder alone; name what lies below --data", path.display());
    }
    let path = data.join(path);
    let folder = path.parent().unwrap_or(data);
    std::fs::create_dir_all(folder).with_context(|| format!("{}: cannot be made", folder.display()))?;
    Ok(path)
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    if from == to {
        return Ok(());
    }
    std::fs::copy(from, to).map(|_| ()).with_context(|| format!("{}: cannot be written", to.display()))
}

/// A table of notes, each with the description that answers it and one that differs in one word: pairs without a word in common.
fn notes() -> String {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let counts = [KINDS.len(), COLOURS.len(), PATTERNS.len(), PLACES.len()];
    let wanted: usize = NOTES.iter().sum();
    let mut drawn: BTreeSet<[usize; 4]> = BTreeSet::new();
    while drawn.len() < wanted {
        drawn.insert(counts.map(|count| random.random_range(0..count)));
    }
    let mut drawn: Vec<[usize; 4]> = drawn.into_iter().collect();
    drawn.shuffle(&mut random);
    let mut table = "query,positive,negative,split\n".to_string();
    for (number, animal) in drawn.into_iter().enumerate() {
        let mut other = animal;
        let place = random.random_range(0..4);
        other[place] = (animal[place] + 1 + random.random_range(0..counts[place] - 1)) % counts[place];
        let split = if number < NOTES[0] {
            "train"
        } else if number < NOTES[0] + NOTES[1] {
            "validation"
        } else {
            "test"
        };
        let _ = writeln!(table, "{},{},{},{split}", note(animal), description(animal), description(other));
    }
    table
}

/// As somebody notes it in the field.
fn note([kind, colour, pattern, place]: [usize; 4]) -> String {
    format!("a {} {} with {} on {}", COLOURS[colour][0], KINDS[kind][0], PATTERNS[pattern][0], PLACES[place][0])
}

/// As a key describes it.
fn description([kind, colour, pattern, place]: [usize; 4]) -> String {
    format!("small {} {}; body {} {}", PLACES[place][1], KINDS[kind][1], COLOURS[colour][1], PATTERNS[pattern][1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_and_descriptions_share_no_word_and_each_note_is_of_one_split() {
        let table = notes();
        let rows: Vec<Vec<&str>> = table.lines().skip(1).map(|row| row.split(',').collect()).collect();
        assert_eq!(rows.len(), 320);
        assert_eq!(rows.iter().map(|row| row[0]).collect::<BTreeSet<_>>().len(), 320);
        for split in ["train", "validation", "test"] {
            assert!(rows.iter().filter(|row| row[3] == split).count() >= 40);
        }
        for row in &rows {
            assert!(row[0].split(' ').all(|word| !row[1].split(' ').any(|other| other.trim_end_matches(';') == word)), "{row:?}");
            let differ = row[1].split(' ').zip(row[2].split(' ')).filter(|(right, wrong)| right != wrong).count();
            assert_eq!(differ, 1, "{row:?}");
        }
        assert_eq!(notes(), table);
    }
}
