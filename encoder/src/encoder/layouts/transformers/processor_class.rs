//! transformers' classes of image processors, which fill in what a file leaves open.

use crate::encoder::description::preprocessing::{CLIP_MEAN, CLIP_STD, IMAGENET_MEAN, IMAGENET_STD};
use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::fields::Fields;

/// What a class does where a file says nothing.
#[derive(Debug, PartialEq)]
pub(super) struct ProcessorClass {
    name: &'static str,
    /// Means of the channels.
    pub(super) mean: [f32; 3],
    /// Deviations of the channels.
    pub(super) std: [f32; 3],
    /// Whether a size of one number is that of both sides, not of the shortest.
    pub(super) squashes: bool,
    /// Whether the middle is cut out.
    pub(super) crops: bool,
    /// Pillow's number of the filter.
    pub(super) resample: i64,
}

const HALF: [f32; 3] = [0.5; 3];

/// The classes.
///
/// # Source
///
/// transformers 5.24, `models/{clip,bit,siglip,vit,dinov3_vit}/image_processing_*.py`. SigLIP's files of one number would be
/// of the shortest edge (`default_to_square = False`).
static CLASSES: [ProcessorClass; 5] = [
    ProcessorClass { name: "CLIP", mean: CLIP_MEAN, std: CLIP_STD, squashes: false, crops: true, resample: 3 },
    ProcessorClass { name: "Bit", mean: CLIP_MEAN, std: CLIP_STD, squashes: false, crops: true, resample: 3 },
    ProcessorClass { name: "Siglip", mean: HALF, std: HALF, squashes: false, crops: false, resample: 3 },
    ProcessorClass { name: "ViT", mean: HALF, std: HALF, squashes: true, crops: false, resample: 2 },
    ProcessorClass { name: "DINOv3ViT", mean: IMAGENET_MEAN, std: IMAGENET_STD, squashes: true, crops: false, resample: 2 },
];

impl ProcessorClass {
    /// The class that a file names, in any of its spellings; `None` where it names none.
    pub(super) fn of(fields: &Fields) -> Result<Option<&'static ProcessorClass>, ConfigError> {
        let field = if fields.get("image_processor_type").is_some() { "image_processor_type" } else { "feature_extractor_type" };
        let Some(full) = fields.text(field)? else { return Ok(None) };
        let name = ["Fast", "Pil"].iter().fold(full, |name, end| name.strip_suffix(end).unwrap_or(name));
        let name = name.strip_suffix("ImageProcessor").or_else(|| name.strip_suffix("FeatureExtractor"));
        let class = name.and_then(|name| CLASSES.iter().find(|class| class.name == name));
        class.map(Some).ok_or_else(|| fields.unsupported(field, full))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;
    use std::path::Path;

    #[test]
    fn a_class_is_known_by_each_of_its_names() {
        let of = |field: &str, name: &str| {
            let value = json!({field: name});
            let fields = Fields::of(Path::new("m/preprocessor_config.json"), "", &value).unwrap();
            ProcessorClass::of(&fields).map(|class| class.unwrap().name).map_err(|error| error.to_string())
        };
        assert_eq!(of("image_processor_type", "CLIPImageProcessor").unwrap(), "CLIP");
        assert_eq!(of("feature_extractor_type", "CLIPFeatureExtractor").unwrap(), "CLIP");
        assert_eq!(of("image_processor_type", "DINOv3ViTImageProcessorFast").unwrap(), "DINOv3ViT");
        assert_eq!(of("image_processor_type", "BitImageProcessorPil").unwrap(), "Bit");
        let error = of("image_processor_type", "ConvNextImageProcessor").unwrap_err();
        assert!(error.contains("'image_processor_type' is 'ConvNextImageProcessor', which"), "{error}");
    }
}
