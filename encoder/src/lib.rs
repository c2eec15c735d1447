//! What of nearmiss takes LibTorch: the encoder, classification, hidden states and training.
//!
//! A model of images and texts (BioCLIP and its kin, in any layout of [`encoder::layouts`]) names the taxon of a photograph that it was never trained to name: the
//! vector of the photograph is held against those of sentences about each candidate. A [classification] does this for a
//! folder and leaves a run directory, which the crate `nearmiss` scores:
//!
//! ```no_run
//! use nearmiss::report::scoring::{Scoring, Writing};
//! use nearmiss::taxonomy::rank::Rank;
//! use nearmiss_encoder::classify::classification::{Classification, Classified};
//! use nearmiss_encoder::classify::listener::Silent;
//! use std::path::Path;
//!
//! let run = Path::new("runs/bees");
//! let photographs = vec!["photos".into()];
//! let classification = Classification {
//!     // Everything that is not said is as `nearmiss classify` has it.
//!     top: 10,
//!     ..Classification::of(photographs, "hf-hub:imageomics/bioclip-2", "pollinators-france", run)
//! };
//! match classification.run(&Silent)? {
//!     Classified::Done(record) => println!("{} photographs on {}", record.identity.images, record.device),
//!     Classified::Before(_) => println!("nothing is left to do"),
//!     Classified::Stopped(so_far) => println!("{} of {}: the same call goes on there", so_far.kept, so_far.images),
//! }
//!
//! let scored = Scoring::of(run).run()?;
//! for (_, scores) in &scored.runs {
//!     println!("right to species: {:?}", scores.rank(Rank::Species).and_then(|row| row.path_top1));
//! }
//! scored.write(Path::new("reports/bees"), &Writing::default())?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The example `classify_folder` does it with the model inside the program, on pictures that the [`atlas`] draws.
//!
//! # The rooms
//!
//! Six rooms, in the order in which data flows; each uses only those above it, and the library `nearmiss`.
//!
//! - [`encoder`]: models of `open_clip`, timm, transformers and sentence-transformers, and classifiers in files: their
//!   files, tokens, towers and vectors.
//! - [`atlas`]: imaginary organisms whose tree is known, and a small model that knows them.
//! - [`classify`]: photographs to a run directory.
//! - [`spaces`]: hidden states as spaces, and searches on a device.
//! - [`train`]: training and adapting models.
//! - [`commands`]: the command line.
//!
//! [classification]: classify::classification::Classification

pub mod encoder;
pub mod atlas;
pub mod classify;
pub mod spaces;
pub mod train;
pub mod commands;
