//! Photographs that pages show.

use super::console::Console;
use crate::commands::cli::ThumbnailChoice;
use crate::report::photographs::Photographs;
use crate::report::run_photographs::{RunPhotographs, Thumbnails};
use std::path::Path;

/// What a page may show of a run, once it was said what it may not.
pub struct Shown(RunPhotographs);

impl Shown {
    /// Of a run or table; the folder is the one given, or where the run found its photographs.
    ///
    /// # Errors
    ///
    /// The licences of a run cannot be read.
    pub fn of(input: &Path, folder: Option<&Path>, choice: ThumbnailChoice, console: Console) -> anyhow::Result<Shown> {
        let photographs = RunPhotographs::of(input, folder, thumbnails(choice))?;
        if let Some(remark) = photographs.remark() {
            console.remark(remark);
        }
        Ok(Shown(photographs))
    }

    /// As pages want it.
    #[must_use]
    pub fn photographs(&self) -> Photographs<'_> {
        self.0.photographs()
    }
}

/// As the library has it.
pub(super) fn thumbnails(choice: ThumbnailChoice) -> Thumbnails {
    match choice {
        ThumbnailChoice::Licensed => Thumbnails::Licensed,
        ThumbnailChoice::All => Thumbnails::All,
        ThumbnailChoice::None => Thumbnails::None,
    }
}
