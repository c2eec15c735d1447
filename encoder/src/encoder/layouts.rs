//! The layouts of files that models are published in, each translated into one description.

pub mod error;
pub mod shapes;
mod fields;
pub mod timm;
pub mod transformers;
pub mod open_clip;
pub mod sentence;
pub mod files;
pub mod fusion;
