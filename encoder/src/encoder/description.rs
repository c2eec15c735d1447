//! What a model is made of, whatever program wrote it: one description that every layout of files is translated into.

pub mod tensors;
pub mod transformer;
pub mod image;
pub mod text;
pub mod preprocessing;
pub mod prompts;
pub mod model;
pub mod fusion;
