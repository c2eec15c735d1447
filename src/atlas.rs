//! The atlas: imaginary organisms whose looks evolved down an imaginary taxonomy.
//!
//! The truth about its hierarchy is known, so it is the positive control of every metric, and with
//! [`AtlasOptions::hierarchy`] 0 the negative one. It says nothing about real organisms.

mod draw;
pub mod model;
mod names;
mod traits;
mod tree;

use crate::rank::Rank;
use draw::{Individual, picture};
use image::codecs::jpeg::JpegEncoder;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;
use serde::Serialize;
use std::path::{Path, PathBuf};
use traits::{Traits, evolve};
use tree::Tree;

/// The file that says what an atlas was made from.
pub const RECORD: &str = "atlas.json";
/// The table of photographs.
pub const MANIFEST: &str = "manifest.csv";
/// The taxonomy, a rank table.
pub const TAXONOMY: &str = "taxonomy.csv";
/// The folder of class folders.
pub const PHOTOGRAPHS: &str = "photographs";
/// Pictures of one individual.
const OF_INDIVIDUAL: usize = 3;
const QUALITY: u8 = 92;

/// What to draw.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AtlasOptions {
    /// Where chance starts.
    pub seed: u64,
    /// Species, at least six.
    pub species: usize,
    /// Pictures in all, at least one per species.
    pub pictures: usize,
    /// How much of a species' looks comes from its ancestors, 0 to 1.
    pub hierarchy: f64,
    /// Which individuals are drawn: another number draws others, of the same species.
    pub sample: u64,
}

impl Default for AtlasOptions {
    fn default() -> Self {
        Self { seed: 0, species: 120, pictures: 5_000, hierarchy: 1.0, sample: 0 }
    }
}

/// Why there is no atlas.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum AtlasError {
    #[error("an atlas has at least six species and one picture of each; asked for {species} species and {pictures} pictures")]
    TooSmall { species: usize, pictures: usize },
    #[error("the hierarchy of an atlas is a number from 0 (looks independent of the tree) to 1; asked for {0}")]
    Hierarchy(f64),
    #[error("output folder '{}' is not empty and holds no atlas; give another folder with -o", .0.display())]
    NotAnAtlas(PathBuf),
    #[error("{}: cannot write the atlas: {source}", path.display())]
    Write { path: PathBuf, source: std::io::Error },
}

/// One picture that is to be taken.
struct Shot {
    species: usize,
    individual: usize,
    picture: usize,
    split: &'static str,
}

/// Counts of a written atlas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Written {
    /// Pictures.
    pub pictures: usize,
    /// Individuals, of up to three pictures each.
    pub individuals: usize,
    /// Species.
    pub species: usize,
    /// Species whose pictures are all in the split `unseen`.
    pub unseen: usize,
}

/// Writes an atlas: `photographs/Genus_epithet/*.jpg`, `taxonomy.csv`, `manifest.csv`, `atlas.json`.
///
/// Every fifth species is in a split of its own, `unseen`: it is for zero-shot answers. Of the others one
/// individual in ten is in `validation` and one in five in `test`. The folder appears whole; an
/// atlas that is there already is replaced. Equal options give equal bytes.
///
/// # Errors
///
/// [`AtlasError`].
pub fn write(folder: &Path, options: &AtlasOptions) -> Result<Written, AtlasError> {
    if options.species < 6 || options.pictures < options.species {
        return Err(AtlasError::TooSmall { species: options.species, pictures: options.pictures });
    }
    if !(0.0..=1.0).contains(&options.hierarchy) {
        return Err(AtlasError::Hierarchy(options.hierarchy));
    }
    let failed = |source| AtlasError::Write { path: folder.to_path_buf(), source };
    check(folder)?;
    let absolute = std::path::absolute(folder).map_err(failed)?;
    let parent = absolute.parent().unwrap_or(&absolute);
    std::fs::create_dir_all(parent).map_err(failed)?;
    let temporary = tempfile::Builder::new().prefix(".atlas-").tempdir_in(parent).map_err(failed)?;
    let written = fill(temporary.path(), options).map_err(failed)?;
    if folder.exists() {
        std::fs::remove_dir_all(folder).map_err(failed)?;
    }
    std::fs::rename(temporary.keep(), folder).map_err(failed)?;
    Ok(written)
}

/// A folder may be replaced if it is empty or an atlas.
fn check(folder: &Path) -> Result<(), AtlasError> {
    let mut entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(AtlasError::Write { path: folder.to_path_buf(), source }),
    };
    if entries.next().is_some() && !folder.join(RECORD).is_file() {
        return Err(AtlasError::NotAnAtlas(folder.to_path_buf()));
    }
    Ok(())
}

fn fill(folder: &Path, options: &AtlasOptions) -> std::io::Result<Written> {
    let mut random = ChaCha8Rng::seed_from_u64(options.seed);
    let tree = Tree::grow(options.species, &mut random);
    let traits = evolve(&tree, options.hierarchy, &mut random);
    let shots = shots(options);
    std::fs::write(folder.join(TAXONOMY), taxonomy(&tree))?;
    for species in 0..options.species {
        std::fs::create_dir_all(folder.join(class_folder(&tree, species)))?;
    }
    shots.par_iter().enumerate().try_for_each(|(number, shot)| take(folder, &tree, &traits, options, number, shot))?;
    std::fs::write(folder.join(MANIFEST), manifest(&tree, &shots))?;
    let mut individuals: Vec<(usize, usize)> = shots.iter().map(|shot| (shot.species, shot.individual)).collect();
    individuals.dedup();
    let unseen = (0..options.species).filter(|species| is_unseen(*species)).count();
    let written = Written { pictures: shots.len(), individuals: individuals.len(), species: options.species, unseen };
    let record = serde_json::json!({ "program": env!("CARGO_PKG_NAME"), "options": options, "written": written });
    std::fs::write(folder.join(RECORD), format!("{record:#}\n"))?;
    Ok(written)
}

fn is_unseen(species: usize) -> bool {
    species % 5 == 2
}

/// All pictures, species by species, as even as possible.
fn shots(options: &AtlasOptions) -> Vec<Shot> {
    let mut shots = vec![];
    for species in 0..options.species {
        let pictures = options.pictures / options.species + usize::from(species < options.pictures % options.species);
        for picture in 0..pictures {
            let individual = picture / OF_INDIVIDUAL;
            let split = match individual % 10 {
                _ if is_unseen(species) => "unseen",
                4 => "validation",
                2 | 7 => "test",
                _ => "train",
            };
            shots.push(Shot { species, individual, picture: picture % OF_INDIVIDUAL, split });
        }
    }
    shots
}

fn class_folder(tree: &Tree, species: usize) -> PathBuf {
    Path::new(PHOTOGRAPHS).join(tree.lineage(species)[6].replace(' ', "_"))
}

fn file(tree: &Tree, shot: &Shot) -> PathBuf {
    class_folder(tree, shot.species).join(format!("{:03}_{}.jpg", shot.individual, shot.picture))
}

/// Takes one picture; its chance depends on seed, sample and its number alone, that of the
/// individual on seed, sample, species and individual.
fn take(
    folder: &Path,
    tree: &Tree,
    traits: &[Traits],
    options: &AtlasOptions,
    number: usize,
    shot: &Shot,
) -> std::io::Result<()> {
    let stream = |index: usize| {
        let mut random = ChaCha8Rng::seed_from_u64(options.seed ^ options.sample.rotate_left(32));
        random.set_stream(1 + index as u64);
        random
    };
    let individual = Individual::new(&mut stream((1 << 40) + (shot.species << 20) + shot.individual));
    let mut random = stream(number);
    let picture = picture(&traits[shot.species], &individual, &mut random).ok_or_else(|| std::io::Error::other("no canvas"))?;
    let mut bytes = vec![];
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(&picture).map_err(std::io::Error::other)?;
    std::fs::write(folder.join(file(tree, shot)), bytes)
}

fn taxonomy(tree: &Tree) -> String {
    let header = Rank::MAIN.map(Rank::name).join(",");
    let row = |species: usize| format!("A{species:04},{}\n", tree.lineage(species).join(","));
    format!("id,{header}\n{}", (0..tree.count(6)).map(row).collect::<Vec<_>>().concat())
}

fn manifest(tree: &Tree, shots: &[Shot]) -> String {
    let row = |shot: &Shot| {
        let species = tree.lineage(shot.species)[6];
        let (individual, path) = (shot.individual, file(tree, shot).to_string_lossy().replace('\\', "/"));
        format!("{path},{species},A{:04}-{individual:03},{}\n", shot.species, shot.split)
    };
    format!("image,species,observation,split\n{}", shots.iter().map(row).collect::<Vec<_>>().concat())
}
