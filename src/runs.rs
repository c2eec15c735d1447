//! What is asked of a classifier, and what it leaves: prompts, recipes, zero-shot options, run directories.

pub mod prompt;
pub mod recipe;
pub mod pooling;
pub mod device;
pub mod zero_shot;
pub mod directory;
pub mod label_precision;
