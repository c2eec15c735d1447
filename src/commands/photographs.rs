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
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            console.warn(format!("--photographs {}: there is no such folder, so no photograph is shown", folder.display()));
        }
        let photographs = RunPhotographs::of(input, folder, thumbnails(choice))?;
        if let Some(remark) = photographs.remark() {
            console.remark(remark);
        }
        Ok(Shown(photographs))
    }

    /// What to do for a gallery, where the images of a table are called as photographs are and no folder of them is known.
    #[must_use]
    pub fn missing(&self, images: &[String]) -> Option<String> {
        let is_photograph = |image: &String| {
            let ending = image.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
            ["jpg", "jpeg", "png", "tif", "tiff", "webp", "bmp"].contains(&ending.as_str())
        };
        let photographs = !images.is_empty() && images.iter().take(100).all(is_photograph);
        let wanted = photographs && !self.0.has_folder();
        wanted.then(|| "the images are photographs: --photographs FOLDER shows the mistakes among them on the page".to_string())
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
