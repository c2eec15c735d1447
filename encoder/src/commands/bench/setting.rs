//! What the cells of a suite are run with.

use nearmiss::commands::Console;
use nearmiss::commands::cli::BenchArgs;
use nearmiss::scores::suite::Suite;
use std::path::Path;

/// What the cells of a suite are run with.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    pub(super) suite: &'a Suite,
    /// The folder that the paths of its data sets start from.
    pub(super) data: &'a Path,
    pub(super) args: &'a BenchArgs,
    pub(super) console: Console,
    /// The least number of answers that a run keeps of each photograph.
    pub(super) answers: usize,
    /// Whether photographs are made what each model asks for, not what the recipe does: as they are in training.
    pub(super) own_preprocessing: bool,
}
