//! *How wrong is your species classifier?*
//!
//! A classifier that takes a house cat for a wildcat is less wrong than one that takes it for a fox, and a share of right
//! answers counts both as one mistake. This library reads answers and taxonomies as the world keeps them, and says how
//! often the answers are right at every rank, how far above the truth a mistake meets it, how sure these numbers are, and
//! whether one classifier is better than another by more than chance. It does the same for latent spaces and for
//! rankings. Nothing here needs an encoder: the crate `nearmiss-encoder` classifies photographs and trains models with
//! LibTorch, and leaves what this one reads.
//!
//! The program `nearmiss` is this library with a command line.
//!
//! # A worked example
//!
//! Four photographs, and a taxonomy of the four species they show, read from the bytes of a table. A mistake has a
//! *height*: the rungs from the truth up to the lowest taxon that holds truth and answer, where the genus is rung 1, the
//! family 2, the order 3, and so on up to the root, 7.
//!
//! ```
//! use nearmiss::answers::{Answer, Answers, Ranked, Truth};
//! use nearmiss::scores::{ScoreOptions, Scores};
//! use nearmiss::taxonomy::Taxonomy;
//! use nearmiss::taxonomy::rank::Rank;
//! use std::path::Path;
//!
//! let table = "kingdom,phylum,class,order,family,genus,species
//! Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis catus
//! Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis silvestris
//! Animalia,Chordata,Mammalia,Carnivora,Felidae,Lynx,Lynx lynx
//! Animalia,Chordata,Mammalia,Carnivora,Canidae,Vulpes,Vulpes vulpes
//! ";
//! // The path is for messages: a faulty table is refused with all its faults and their lines.
//! let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("carnivores.csv"))?;
//! let taxon = |name: &str| taxonomy.resolve(name).taxon().ok_or_else(|| format!("'{name}' is not one taxon"));
//!
//! let (mut images, mut truths, mut ranked) = (vec![], vec![], Ranked::default());
//! for (image, truth, answer) in [
//!     ("1.jpg", "Felis catus", "Felis catus"),
//!     ("2.jpg", "Felis catus", "Felis silvestris"),
//!     ("3.jpg", "Lynx lynx", "Felis catus"),
//!     ("4.jpg", "Vulpes vulpes", "Felis catus"),
//! ] {
//!     images.push(image.to_string());
//!     truths.push(Truth::Taxon(taxon(truth)?));
//!     // One answer for each image; several would stand best first, with their probabilities where these are known.
//!     ranked.push([(Answer::Taxon(taxon(answer)?), None)]);
//! }
//! let answers = Answers { images, truths, ranked, ..Answers::default() };
//! let scores = Scores::of(&taxonomy, &answers, &ScoreOptions::default());
//!
//! let right_at = |rank: Rank| scores.rank(rank).and_then(|row| row.path_top1);
//! assert_eq!(right_at(Rank::Species), Some(1.0 / 4.0)); // the first
//! assert_eq!(right_at(Rank::Genus), Some(2.0 / 4.0)); // and the second: a Felis for a Felis
//! assert_eq!(right_at(Rank::Family), Some(3.0 / 4.0)); // and the third: a cat for a cat
//!
//! // Heights: 0; the genus Felis, 1; the family Felidae, 2; the order Carnivora, 3.
//! assert_eq!(scores.how_wrong.mean_height, Some((0.0 + 1.0 + 2.0 + 3.0) / 4.0));
//! // Over the three mistakes alone:
//! assert_eq!(scores.how_wrong.severity, Some((1.0 + 2.0 + 3.0) / 3.0));
//!
//! // One of four right says little, and its interval says so (Wilson 1927).
//! let interval = scores.rank(Rank::Species).and_then(|row| row.intervals.of("path_top1")).ok_or("no interval")?;
//! assert_eq!(format!("{:.3} to {:.3}", interval.low, interval.high), "0.046 to 0.699");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Answers that lie in files take one operation for each command of the program:
//! [`report::scoring::Scoring`] reads, scores and writes a table or a run, [`scores::compare::runs::Comparing`] holds
//! several against each other, [`spaces::latent::measure`] looks at vectors, and [`spaces::retrieval::evaluate`] at
//! rankings. The folder `examples` of the repository has a small program for each.
//!
//! # The rooms
//!
//! The library is ten rooms, in the order in which data flows; each uses only those above it, so they can be read from
//! the first to the last.
//!
//! - [`files`]: files as they lie on a disk, read with limits and written whole or not at all.
//! - [`numbers`]: statistics that know nothing of organisms.
//! - [`taxonomy`]: the tree of taxa, read from any of the formats that [`taxonomy::import`] tells apart, and the search
//!   for names in it.
//! - [`photographs`]: data sets, decoding, and the pixels that an encoder sees.
//! - [`runs`]: what is asked of a classifier, and the run directory that it leaves.
//! - [`answers`]: what was asked and answered, image by image; tables of other programs become these.
//! - [`scores`]: all that is said about answers. Every metric is one entry of a list ([`scores::metric`]).
//! - [`spaces`]: vectors with their labels, held against the tree, searched and probed.
//! - [`report`]: scores as folders of tables, figures and pages.
//! - `commands`: the command line.
//!
//! Letters: `N` images, `C` candidate taxa, `D` embedding width, `B` batch, `k` ranked answers.
//!
//! # Features
//!
//! - `cli`, on by default: the room `commands` and the program.
//! - `plots`, on by default: the figures of reports; without it pages have their tables alone.
//!
//! With neither (`default-features = false`) all that reads and scores is there.

pub mod files;
pub mod numbers;
pub mod taxonomy;
pub mod photographs;
pub mod runs;
pub mod answers;
pub mod scores;
pub mod spaces;
pub mod report;
#[cfg(feature = "cli")]
pub mod commands;
