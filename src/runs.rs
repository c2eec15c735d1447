//! What is asked of a classifier, and what it leaves.
//!
//! In this order:
//!
//! - [`prompt`]: from a taxon to the sentences that a text tower reads; [`recipe`]: prompts, preprocessing and kind of
//!   number under one name.
//! - [`pooling`]: from hidden states to a vector; [`device`] and [`label_precision`]: where and in what to compute.
//! - [`zero_shot`]: from similarities to answers at every rank; [`pair_scores`]: the same where each pair has a score of its own.
//! - [`directory`]: the run directory, all that passes from a classifier to those who score.
//!
//! ```
//! use nearmiss::runs::prompt::NameFormat;
//! use nearmiss::runs::recipe::Recipe;
//! use nearmiss::taxonomy::Taxonomy;
//! use std::path::Path;
//!
//! let table = "kingdom,phylum,class,order,family,genus,species,common_name
//! Animalia,Chordata,Mammalia,Carnivora,Felidae,Lynx,Lynx lynx,Eurasian lynx
//! ";
//! let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("lynx.csv"))?;
//! let lynx = taxonomy.resolve("Lynx lynx").taxon().ok_or("no lynx")?;
//! assert_eq!(NameFormat::SciCom.write(&taxonomy, lynx), "Lynx lynx with common name Eurasian lynx");
//!
//! // A recipe says how names are written and which sentences go around them.
//! let recipe = Recipe::find("bioclip").ok_or("no such recipe")?;
//! let name = recipe.name_format.write(&taxonomy, lynx);
//! assert_eq!(name, "Animalia Chordata Mammalia Carnivora Felidae Lynx lynx with common name Eurasian lynx");
//! let prompts = recipe.templates.prompts(&name);
//! assert_eq!((prompts.len(), &prompts[0]), (81, &format!("a photo of {name}.")));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod prompt;
pub mod recipe;
pub mod pooling;
pub mod device;
pub mod label_precision;
pub mod zero_shot;
pub mod pair_scores;
pub mod directory;
