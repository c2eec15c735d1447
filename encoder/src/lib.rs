//! What of nearmiss takes LibTorch: the encoder, classification, hidden states and training.
//!
//! Modules stand in the order in which data flows; each uses only those above it, and the library `nearmiss`.

pub mod encoder;
pub mod atlas;
pub mod classify;
pub mod spaces;
pub mod train;
pub mod commands;
