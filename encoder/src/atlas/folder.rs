//! The folder of an atlas: pictures, taxonomy, manifest.

use super::draw::picture;
use super::evolution::evolved;
use super::individual::{Individual, stream};
use super::options::AtlasOptions;
use super::shots::{Shot, is_unseen, shots};
use super::traits::Traits;
use super::tree::Tree;
use image::codecs::jpeg::JpegEncoder;
use nearmiss::files::output::staging::Staging;
use rayon::prelude::*;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// The file that says what an atlas was made from.
pub const RECORD: &str = "atlas.json";
/// The table of photographs.
pub const MANIFEST: &str = "manifest.csv";
/// The taxonomy, a rank table.
pub const TAXONOMY: &str = "taxonomy.csv";
/// The folder of class folders.
pub const PHOTOGRAPHS: &str = "photographs";
const QUALITY: u8 = 92;

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
    let temporary = Staging::new_in(parent, "atlas").map_err(failed)?;
    let written = fill(temporary.path(), options).map_err(failed)?;
    if folder.exists() {
        std::fs::remove_dir_all(folder).map_err(failed)?;
    }
    temporary.publish(folder).map_err(failed)?;
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
    let (tree, traits) = evolved(options);
    let shots = shots(options);
    std::fs::write(folder.join(TAXONOMY), tree.table())?;
    for species in 0..options.species {
        std::fs::create_dir_all(folder.join(class_folder(&tree, species)))?;
    }
    let camera = Camera { options, tree: &tree, traits: &traits };
    shots.par_iter().enumerate().try_for_each(|(number, shot)| camera.take(folder, number, shot))?;
    std::fs::write(folder.join(MANIFEST), manifest(&tree, &shots))?;
    let mut individuals: Vec<(usize, usize)> = shots.iter().map(|shot| (shot.species, shot.individual)).collect();
    individuals.dedup();
    let unseen = (0..options.species).filter(|species| is_unseen(*species)).count();
    let written = Written { pictures: shots.len(), individuals: individuals.len(), species: options.species, unseen };
    let record = serde_json::json!({ "program": "nearmiss", "options": options, "written": written });
    std::fs::write(folder.join(RECORD), format!("{record:#}\n"))?;
    Ok(written)
}

fn class_folder(tree: &Tree, species: usize) -> PathBuf {
    Path::new(PHOTOGRAPHS).join(tree.lineage(species)[6].replace(' ', "_"))
}

fn file(tree: &Tree, shot: &Shot) -> PathBuf {
    class_folder(tree, shot.species).join(format!("{:03}_{}.jpg", shot.individual, shot.picture))
}

/// Takes pictures of the species of an atlas.
struct Camera<'a> {
    options: &'a AtlasOptions,
    tree: &'a Tree,
    traits: &'a [Traits],
}

impl Camera<'_> {
    /// Takes one picture; its chance depends on seed, sample and its number alone, that of the
    /// individual on seed, sample, species and individual.
    fn take(&self, folder: &Path, number: usize, shot: &Shot) -> std::io::Result<()> {
        let individual = Individual::of(self.options, shot);
        let mut random = stream(self.options, number);
        let picture =
            picture(&self.traits[shot.species], &individual, &mut random).ok_or_else(|| std::io::Error::other("no canvas"))?;
        let mut bytes = vec![];
        JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(&picture).map_err(std::io::Error::other)?;
        std::fs::write(folder.join(file(self.tree, shot)), bytes)
    }
}

fn manifest(tree: &Tree, shots: &[Shot]) -> String {
    let row = |shot: &Shot| {
        let species = tree.lineage(shot.species)[6];
        let (individual, path) = (shot.individual, file(tree, shot).to_string_lossy().replace('\\', "/"));
        format!("{path},{species},A{:04}-{individual:03},{}\n", shot.species, shot.split)
    };
    format!("image,species,observation,split\n{}", shots.iter().map(row).collect::<Vec<_>>().concat())
}
