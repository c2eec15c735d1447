//! Miniature copies of data sets, in their layouts, with organisms of the atlas: a suite can be rehearsed,
//! and every loader tested, without a download.

use crate::atlas::{self, AtlasError, AtlasOptions, MANIFEST, TAXONOMY};
use nearmiss::files::output::staging::Staging;
use nearmiss::files::output::write_whole;
use nearmiss::taxonomy::name;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Why there are no miniatures.
#[derive(Debug, thiserror::Error)]
pub enum MiniatureError {
    /// The atlas could not be drawn.
    #[error(transparent)]
    Atlas(#[from] AtlasError),
    /// A file could not be written or copied.
    #[error("{path}: cannot write the miniature: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// No miniature of this layout.
    #[error(
        "there is no miniature of the layout '{0}'; there are plantnet-300k, plantnet-300k-v2, plantclef, infraspecific, spipoll, folders, coco"
    )]
    Unknown(String),
}

/// A picture of the atlas.
#[derive(Debug, Clone)]
struct Picture {
    path: PathBuf,
    species: String,
    observation: String,
    split: String,
}

/// Pictures to make miniatures of.
#[derive(Debug)]
pub struct Miniatures {
    pictures: Vec<Picture>,
    /// Family and genus of each species.
    above: BTreeMap<String, (String, String)>,
    taxonomy: PathBuf,
}

fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), MiniatureError> {
    let failed = |source| MiniatureError::Write { path: path.to_path_buf(), source };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(path, bytes).map_err(failed)
}

fn copy(from: &Path, to: &Path) -> Result<(), MiniatureError> {
    let failed = |source| MiniatureError::Write { path: to.to_path_buf(), source };
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::copy(from, to).map(|_| ()).map_err(failed)
}

/// Every third observation is for training, every third for validation.
fn split_of(index: usize) -> &'static str {
    ["train", "val", "test"][index % 3]
}

impl Miniatures {
    /// Draws the pictures, some eight of each of the species that the built-in model knows.
    ///
    /// # Errors
    ///
    /// [`MiniatureError`].
    pub fn draw(folder: &Path) -> Result<Miniatures, MiniatureError> {
        let options = AtlasOptions { pictures: 1_080, sample: 2, ..AtlasOptions::default() };
        if !folder.join(atlas::RECORD).is_file() {
            atlas::write(folder, &options)?;
        }
        let failed = |path: &Path| {
            let path = path.to_path_buf();
            move |source: csv::Error| MiniatureError::Write { path: path.clone(), source: source.into() }
        };
        let manifest = folder.join(MANIFEST);
        let mut reader = csv::Reader::from_path(&manifest).map_err(failed(&manifest))?;
        let mut pictures = vec![];
        for record in reader.records() {
            let record = record.map_err(failed(&manifest))?;
            let cell = |index: usize| record.get(index).unwrap_or_default().to_string();
            pictures.push(Picture { path: folder.join(cell(0)), species: cell(1), observation: cell(2), split: cell(3) });
        }
        let taxonomy = folder.join(TAXONOMY);
        let mut reader = csv::Reader::from_path(&taxonomy).map_err(failed(&taxonomy))?;
        let mut above = BTreeMap::new();
        for record in reader.records() {
            let record = record.map_err(failed(&taxonomy))?;
            let cell = |index: usize| record.get(index).unwrap_or_default().to_string();
            above.insert(cell(7), (cell(5), cell(6)));
        }
        Ok(Miniatures { pictures, above, taxonomy })
    }

    /// Species of the atlas, each `step`-th, `count` of them.
    fn species(&self, start: usize, count: usize) -> Vec<&str> {
        let all: BTreeSet<&str> = self.pictures.iter().map(|picture| picture.species.as_str()).collect();
        let all: Vec<&str> = all.into_iter().collect();
        (0..count).map(|index| all[(start + index * 5) % all.len()]).collect()
    }

    fn of<'a>(&'a self, species: &str) -> Vec<&'a Picture> {
        self.pictures.iter().filter(|picture| picture.species == species).collect()
    }

    /// Writes a miniature in a layout, whole; a folder that is there is left as it is.
    ///
    /// # Errors
    ///
    /// [`MiniatureError`].
    pub fn write(&self, layout: &str, folder: &Path) -> Result<(), MiniatureError> {
        if folder.is_dir() {
            return Ok(());
        }
        let failed = |source| MiniatureError::Write { path: folder.to_path_buf(), source };
        let parent = folder.parent().unwrap_or(Path::new(""));
        std::fs::create_dir_all(parent).map_err(failed)?;
        // Half a miniature, of a process that was killed, would be taken for a whole one.
        let draft = Staging::new_in(parent, "miniature").map_err(failed)?;
        match layout {
            "plantnet-300k" => self.plantnet(draft.path()),
            "plantnet-300k-v2" => self.plantnet_v2(draft.path()),
            "plantclef" => self.plantclef(draft.path()),
            "infraspecific" => self.infraspecific(draft.path()),
            "spipoll" => self.spipoll(draft.path()),
            "folders" => self.dataverse(draft.path()),
            "coco" => self.coco(draft.path()),
            other => Err(MiniatureError::Unknown(other.to_string())),
        }?;
        draft.publish(folder).map_err(failed)
    }

    /// The taxonomy of the atlas, for data sets that name one.
    ///
    /// # Errors
    ///
    /// [`MiniatureError`].
    pub fn write_taxonomy(&self, file: &Path) -> Result<(), MiniatureError> {
        if file.is_file() {
            return Ok(());
        }
        let failed = |source| MiniatureError::Write { path: file.to_path_buf(), source };
        std::fs::create_dir_all(file.parent().unwrap_or(Path::new(""))).map_err(failed)?;
        std::fs::read(&self.taxonomy).and_then(|bytes| write_whole(file, &bytes)).map_err(failed)
    }

    fn plantnet(&self, folder: &Path) -> Result<(), MiniatureError> {
        let mut names = serde_json::Map::new();
        let mut classes = serde_json::Map::new();
        let mut rows = serde_json::Map::new();
        for (index, species) in self.species(0, 12).into_iter().enumerate() {
            let id = (1_355_868 + index).to_string();
            names.insert(id.clone(), format!("{species} L.").into());
            classes.insert(index.to_string(), id.clone().into());
            for (number, picture) in self.of(species).into_iter().enumerate() {
                let hash = nearmiss::files::sha256::hex([format!("{species}{number}").as_bytes()])[..40].to_string();
                let split = split_of(number / 3);
                copy(&picture.path, &folder.join(format!("images/{split}/{id}/{hash}.jpg")))?;
                rows.insert(
                    hash,
                    serde_json::json!({ "species_id": id, "obs_id": picture.observation, "organ": "flower", "is_shareable": true,
                        "author": "atlas", "license": "cc-by-sa", "split": split }),
                );
            }
        }
        write(&folder.join("plantnet300K_species_id_2_name.json"), serde_json::Value::Object(names).to_string())?;
        write(&folder.join("class_idx_to_species_id.json"), serde_json::Value::Object(classes).to_string())?;
        write(&folder.join("plantnet300K_metadata.json"), serde_json::Value::Object(rows).to_string())
    }

    fn plantnet_v2(&self, folder: &Path) -> Result<(), MiniatureError> {
        let mut species_table =
            "species_id,full_species,species,genus,family,epithet,author,unmatched_terms,iucn_status\n".to_string();
        let mut rows = "species_id,PN_observation_id,organ,author,license,split,PN_hash\n".to_string();
        for (id, species) in self.species(1, 12).into_iter().enumerate() {
            let (family, genus) = self.above.get(species).cloned().unwrap_or_default();
            let epithet = species.split(' ').nth(1).unwrap_or_default();
            let _ = writeln!(species_table, "{id},{species} L.,{species},{genus},{family},{epithet},L.,,LC");
            for (number, picture) in self.of(species).into_iter().enumerate() {
                let hash = nearmiss::files::sha256::hex([format!("v2{species}{number}").as_bytes()])[..40].to_string();
                let split = split_of(number / 3);
                copy(&picture.path, &folder.join(format!("images/{split}/{id:04}/{hash}.jpg")))?;
                let _ = writeln!(rows, "{id},{},flower,atlas,cc-by-nc,{split},{hash}", picture.observation);
            }
        }
        write(&folder.join("species_metadata.csv"), species_table)?;
        write(&folder.join("plantnet300K_metadata.csv"), rows)
    }

    fn plantclef(&self, folder: &Path) -> Result<(), MiniatureError> {
        let header = "image_name;organ;species_id;obs_id;license;partner;author;altitude;latitude;longitude;gbif_species_id;species;genus;family;\
             dataset;publisher;references;url;learn_tag;image_backup_url\n";
        let mut rows = header.to_string();
        for (index, species) in self.species(2, 12).into_iter().enumerate() {
            let id = 1_360_000 + index;
            let (family, genus) = self.above.get(species).cloned().unwrap_or_default();
            for (number, picture) in self.of(species).into_iter().enumerate() {
                let split = split_of(number / 3);
                let image = format!("{index}_{number}.jpg");
                copy(&picture.path, &folder.join(format!("{split}/{id}/{image}")))?;
                let _ = writeln!(
                    rows,
                    "\"{image}\";flower;{id};{};cc-by-sa;;atlas;;;;;\"{species} (L.) Mill.\";{genus};{family};plantnet;;;;{split};",
                    picture.observation
                );
            }
        }
        write(&folder.join("PlantCLEF2024singleplanttrainingdata.csv"), rows)
    }

    fn infraspecific(&self, folder: &Path) -> Result<(), MiniatureError> {
        let (mut train, mut test, mut classes) =
            ("image,class,license,split\n".to_string(), "image,class,license\n".to_string(), String::new());
        let mut taxonomy = "kingdom,family,genus,species,cultivar\n".to_string();
        for (index, species) in self.species(3, 8).into_iter().enumerate() {
            let (family, genus) = self.above.get(species).cloned().unwrap_or_default();
            // Every other class is a cultivar, the others wild species: two depths in one data set.
            let class = if index % 2 == 0 { species.to_string() } else { format!("{species} 'Mini'") };
            let cultivar = if index % 2 == 0 { String::new() } else { class.clone() };
            let folder_name = class.replace(' ', "_").replace('\'', "");
            let _ = writeln!(taxonomy, "Plantae,{family},{genus},{species},{cultivar}");
            let _ = writeln!(classes, "{index} {folder_name}");
            for (number, picture) in self.of(species).into_iter().enumerate() {
                let file = format!("mini_{}_{number:05}.jpg", folder_name.to_lowercase());
                if number % 3 == 2 {
                    copy(&picture.path, &folder.join("test").join(&file))?;
                    let _ = writeln!(test, "test/{file},{class},CC BY-SA 4.0");
                } else {
                    let split = if number % 3 == 0 { "train" } else { "val" };
                    copy(&picture.path, &folder.join("train").join(&folder_name).join(&file))?;
                    let _ = writeln!(train, "train/{folder_name}/{file},{class},CC BY 4.0,{split}");
                }
            }
        }
        write(&folder.join("train_val.csv"), train)?;
        write(&folder.join("test.csv"), test)?;
        write(&folder.join("class_mapping.txt"), classes)?;
        write(&folder.join("taxonomy.csv"), taxonomy)
    }

    fn spipoll(&self, folder: &Path) -> Result<(), MiniatureError> {
        let (mut codes, mut train, mut test) =
            ("class,taxa_name\n".to_string(), "id,class\n".to_string(), "id,class\n".to_string());
        let species = self.species(4, 12);
        for (index, pair) in species.chunks(2).enumerate() {
            // Labels of one taxon, of two, and one that names none.
            let label = match index {
                0 => format!("\"Les Imaginaires fauves <{}, {}>\"", pair[0], pair[1]),
                1 => format!("Le Rêve orangé <{}>", pair[0]),
                2 => "Taxon inconnu de la clé".to_string(),
                _ => format!("\"L'Insecte ({})\"", pair[0]),
            };
            let _ = writeln!(codes, "{index},{label}");
            for (number, picture) in self.of(pair[0]).into_iter().enumerate() {
                let id = format!("{index}{number:04}");
                copy(&picture.path, &folder.join("imgs").join(&id))?;
                let _ = writeln!(if number % 3 == 2 { &mut test } else { &mut train }, "{id},{index}");
            }
        }
        write(&folder.join("class_codes.csv"), codes)?;
        write(&folder.join("train.csv"), train)?;
        write(&folder.join("test.csv"), test)
    }

    /// Class folders as an unpacked Dataverse download.
    fn dataverse(&self, folder: &Path) -> Result<(), MiniatureError> {
        let mut manifest = String::new();
        for species in self.species(0, 10) {
            for (number, picture) in self.of(species).into_iter().take(6).enumerate() {
                let file = format!("{}/{number}.jpg", species.replace(' ', "_"));
                copy(&picture.path, &folder.join(&file))?;
                let _ = writeln!(manifest, "{file} (image/jpeg)");
            }
        }
        write(&folder.join("MANIFEST.TXT"), manifest)
    }

    fn coco(&self, folder: &Path) -> Result<(), MiniatureError> {
        let (mut images, mut annotations, mut categories) = (vec![], vec![], vec![]);
        for (category, species) in self.species(2, 10).into_iter().enumerate() {
            let canonical = name::normalise(species);
            categories.push(serde_json::json!({ "id": category + 1, "name": canonical, "supercategory": "" }));
            for picture in self.of(species).into_iter().take(6) {
                let id = images.len() + 1;
                copy(&picture.path, &folder.join(format!("images/{id}.jpg")))?;
                images.push(serde_json::json!({ "id": id, "width": 96, "height": 96, "file_name": format!("{id}.jpg"),
                    "coco_url": format!("https://atlas.invalid/{id}.jpg") }));
                annotations
                    .push(serde_json::json!({ "id": id, "image_id": id, "category_id": category + 1, "bbox": [4, 4, 80, 80],
                    "iscrowd": 0, "split": picture.split }));
            }
        }
        let json = serde_json::json!({ "images": images, "annotations": annotations, "categories": categories });
        write(&folder.join("dataset_train.json"), json.to_string())
    }
}
