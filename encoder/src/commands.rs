//! The commands that load LibTorch: each reads its options, calls the library and says what came of it.

pub mod atlas;
mod interrupt;
pub mod classify;
pub mod bench;
pub mod demo;
pub mod hidden;
mod probe;
pub mod train;
mod all;

pub use all::run_all;
