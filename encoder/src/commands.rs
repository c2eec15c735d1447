//! The commands that load LibTorch: each reads its options, calls the library and says what came of it.

pub mod atlas;
mod interrupt;
mod shards_beside;
pub mod classify;
pub mod bench;
pub mod demo;
pub mod hidden;
pub mod fusion;
mod probe;
mod texts;
pub mod train;
mod all;

pub use all::run_all;
