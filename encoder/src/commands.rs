//! The commands that load LibTorch: each reads its options, calls the library and says what came of it.

mod all;
pub mod atlas;
pub mod bench;
pub mod classify;
pub mod demo;
pub mod hidden;
mod interrupt;
mod model;
mod probe;
pub mod train;

pub use all::run_all;
