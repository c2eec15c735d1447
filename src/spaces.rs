//! The latent space: vectors with their labels, held against the tree, searched and probed.

pub mod probe;
pub mod embeddings;
pub mod latent;
pub mod retrieval;
