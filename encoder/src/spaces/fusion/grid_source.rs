//! The patches of an image tower as regions of photographs.

use super::error::FusedError;
use crate::classify::preprocessing::own_way;
use crate::encoder::description::fusion::FusionDescription;
use crate::encoder::error::EncoderError;
use crate::encoder::fusion::grid::grid_boxes;
use crate::encoder::fusion::regions::Regions;
use crate::encoder::{Encoder, EncoderOptions};
use nearmiss::files::path_text;
use nearmiss::photographs::dataset::{Photograph, View};
use nearmiss::photographs::photo::{Decoding, Orientation};
use nearmiss::photographs::preprocess::Preprocess;
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use tch::Tensor;

/// Photographs that go through the tower together.
const PHOTOGRAPHS_AT_ONCE: usize = 16;

/// An image tower whose patches are regions.
pub(super) struct GridSource {
    path: PathBuf,
    encoder: Encoder,
    preprocess: Preprocess,
    /// The folder that photographs lie in.
    folder: PathBuf,
    width: usize,
    boxes: Vec<f32>,
}

impl GridSource {
    /// Opens an image tower for a fusion encoder that takes its patches as they are.
    pub fn open(
        path: &Path,
        options: &EncoderOptions,
        folder: &Path,
        fusion: &FusionDescription,
    ) -> Result<GridSource, FusedError> {
        let encoder = Encoder::from_dir(path, options)?;
        let size = u32::try_from(encoder.image_size()?).unwrap_or(u32::MAX);
        let (width, rows) = encoder.patches().unwrap_or((0, 0));
        let wanted = fusion.visual.feature_width;
        if width != wanted {
            return Err(FusedError::Width { path: path.to_path_buf(), found: width, wanted });
        }
        let description = encoder.description();
        let own = &description.preprocessing;
        let preprocess = Preprocess { resize: own_way(description)?, size, mean: own.mean, std: own.std };
        Ok(GridSource {
            path: path.to_path_buf(),
            preprocess,
            folder: folder.to_path_buf(),
            width: usize::try_from(width).unwrap_or(0),
            boxes: grid_boxes(rows, fusion.box_order),
            encoder,
        })
    }

    /// The regions of photographs, in their order; of one that cannot be read, why.
    pub fn regions(&self, images: &[String]) -> Result<Vec<Result<Regions, String>>, FusedError> {
        let (folder, preprocess) = (&self.folder, &self.preprocess);
        let pixels = |image: &String| {
            let photograph = Photograph { path: path_text::below(folder, image), image: image.clone(), ..Photograph::default() };
            preprocess.of(&photograph, Orientation::AsStored, View::Whole, Decoding::Exact).map_err(|error| error.to_string())
        };
        let mut regions = vec![];
        for images in images.chunks(PHOTOGRAPHS_AT_ONCE) {
            let pixels: Vec<Result<Vec<f32>, String>> = images.par_iter().map(pixels).collect();
            let readable: Vec<&[f32]> = pixels.iter().filter_map(|pixels| pixels.as_deref().ok()).collect();
            let mut states = self.states(&readable)?.into_iter();
            for (image, pixels) in images.iter().zip(pixels) {
                regions.push(match pixels {
                    Ok(_) => {
                        let features = states.next().unwrap_or_default();
                        let wrong = |source| FusedError::Regions { path: self.path.clone(), image: image.clone(), source };
                        Ok(Regions::new(self.width, features, self.boxes.clone()).map_err(wrong)?)
                    }
                    Err(reason) => Err(reason),
                });
            }
        }
        Ok(regions)
    }

    /// The states of the patches of each photograph, row by row.
    fn states(&self, readable: &[&[f32]]) -> Result<Vec<Vec<f32>>, FusedError> {
        if readable.is_empty() {
            return Ok(vec![]);
        }
        let (count, size) = (i64::try_from(readable.len()).unwrap_or(i64::MAX), i64::from(self.preprocess.size));
        let run = || -> Result<Vec<f32>, EncoderError> {
            let pixels = Tensor::f_from_slice(&readable.concat())?.f_view([count, 3, size, size])?;
            Ok(Vec::try_from(self.encoder.patch_states(&pixels)?.f_contiguous()?.f_flatten(0, -1)?)?)
        };
        let states = run()?;
        let each = (states.len() / readable.len()).max(1);
        Ok(states.chunks(each).map(<[f32]>::to_vec).collect())
    }
}
