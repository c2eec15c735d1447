//! What transformers' image processors make of a photograph: `preprocessor_config.json`, `processor_config.json`.

use super::json_file;
use super::processor_class::ProcessorClass;
use crate::encoder::description::preprocessing::Preprocessing;
use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::fields::{Fields, MOST_PIXELS, spelt};
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// Where transformers 5 keeps the image processor, among other things.
const NESTED_FILE: &str = "processor_config.json";
/// Where every version reads it.
const FILE: &str = "preprocessor_config.json";

/// A file's image processor.
struct Processor {
    path: PathBuf,
    section: &'static str,
    value: Value,
}

/// How a photograph becomes a square.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Square {
    side: i64,
    /// Whether the middle is cut out; else both sides are squashed.
    crops: bool,
    /// What the shortest side is resized to before.
    edge: i64,
    /// The field that says the side.
    field: &'static str,
}

/// One number, or two.
#[derive(Clone, Copy)]
enum Size {
    ShortestEdge(i64),
    Both(i64),
}

/// Reads the preprocessing of a folder; `default` where it has no such file.
///
/// # Errors
///
/// [`ConfigError`]: an unreadable file, steps that are not done here, or images of another side than `image_size`, the
/// model's.
///
/// # Source
///
/// transformers 5.24, `image_processing_base.py` (which file), `image_processing_backends.py` (the steps) and the processors'
/// own defaults.
pub fn read(folder: &Path, default: Preprocessing, image_size: i64) -> Result<Preprocessing, ConfigError> {
    let Some(processor) = Processor::find(folder)? else { return Ok(default) };
    let fields = processor.fields()?;
    let class = ProcessorClass::of(&fields)?;
    let square = square(&fields, class)?;
    if square.side != image_size {
        let value = format!("{}, where the model's images are {image_size} pixels a side", square.side);
        return Err(fields.unsupported(square.field, &value));
    }
    check_steps(&fields)?;
    let (mean, std) = statistics(&fields, class, &default)?;
    let interpolation = match fields.whole("resample", class.map(|class| class.resample), [0, 5])? {
        2 => "bilinear",
        3 => "bicubic",
        other => return Err(fields.unsupported("resample", &format!("{other}, where 2 is bilinear and 3 bicubic"))),
    };
    Ok(Preprocessing {
        mean,
        std,
        interpolation: Some(interpolation.to_string()),
        resize_mode: Some(if square.crops { "shortest" } else { "squash" }.to_string()),
        resize_to: (square.edge != square.side).then_some(square.edge),
    })
}

/// Side of the square images that a folder's processor makes; `None` where it has no such file. For towers that take images
/// of several sizes.
///
/// # Errors
///
/// As [`read`], but for the side.
pub fn side(folder: &Path) -> Result<Option<i64>, ConfigError> {
    let Some(processor) = Processor::find(folder)? else { return Ok(None) };
    let fields = processor.fields()?;
    Ok(Some(square(&fields, ProcessorClass::of(&fields)?)?.side))
}

/// What a user should know where a folder has no such file.
pub(super) fn note_if_missing(folder: &Path, whose: &str) -> Result<Option<String>, ConfigError> {
    let note = || format!("there is no {FILE}; photographs are prepared with {whose} own numbers");
    Ok(if Processor::find(folder)?.is_some() { None } else { Some(note()) })
}

impl Size {
    fn number(self) -> i64 {
        match self {
            Size::ShortestEdge(side) | Size::Both(side) => side,
        }
    }
}

impl Processor {
    fn find(folder: &Path) -> Result<Option<Processor>, ConfigError> {
        let path = folder.join(NESTED_FILE);
        let nested: Option<Map<String, Value>> = json_file::read_if_there(&path)?;
        if let Some(value) = nested.and_then(|mut all| all.remove("image_processor")) {
            return Ok(Some(Processor { path, section: "image_processor.", value }));
        }
        let path = folder.join(FILE);
        Ok(json_file::read_if_there(&path)?.map(|value| Processor { path, section: "", value }))
    }

    fn fields(&self) -> Result<Fields<'_>, ConfigError> {
        Fields::of(&self.path, self.section, &self.value)
    }
}

/// Refuses steps that are left out here, or done otherwise.
fn check_steps(fields: &Fields) -> Result<(), ConfigError> {
    for step in ["do_resize", "do_rescale"] {
        fields.only(step, &[Value::from(true)])?;
    }
    for step in ["do_pad", "do_flip_channel_order", "do_reduce_labels"] {
        fields.only(step, &[Value::from(false)])?;
    }
    fields.only("crop_pct", &[])?;
    let factor = fields.number("rescale_factor", 1.0 / 255.0)?;
    if (factor * 255.0 - 1.0).abs() > 1e-6 {
        return Err(fields.unsupported("rescale_factor", &factor.to_string()));
    }
    Ok(())
}

/// Means and deviations of the channels: the file's, else the class's, else the model's.
fn statistics(
    fields: &Fields,
    class: Option<&ProcessorClass>,
    default: &Preprocessing,
) -> Result<([f32; 3], [f32; 3]), ConfigError> {
    if !fields.flag("do_normalize", true)? {
        return Ok(([0.0; 3], [1.0; 3]));
    }
    let (mean, std) = class.map_or((default.mean, default.std), |class| (class.mean, class.std));
    Ok((fields.channels("image_mean", false)?.unwrap_or(mean), fields.channels("image_std", true)?.unwrap_or(std)))
}

/// How a photograph becomes a square.
fn square(fields: &Fields, class: Option<&ProcessorClass>) -> Result<Square, ConfigError> {
    let squashes = class.map(|class| class.squashes);
    let both = match size(fields, "size", squashes)? {
        Size::ShortestEdge(edge) => (edge, false),
        Size::Both(side) => (side, true),
    };
    let crops = fields.flag("do_center_crop", class.is_some_and(|class| class.crops))?;
    let crop = if crops { Some(size(fields, "crop_size", Some(true))?.number()) } else { None };
    match (both, crop) {
        ((side, true), None) => Ok(Square { side, crops: false, edge: side, field: "size" }),
        ((side, true), Some(crop)) if side == crop => Ok(Square { side, crops: false, edge: side, field: "crop_size" }),
        ((edge, false), Some(side)) if side <= edge => Ok(Square { side, crops: true, edge, field: "crop_size" }),
        ((edge, _), Some(crop)) => {
            Err(fields.unsupported("crop_size", &format!("{crop} of images that were resized to {edge} pixels")))
        }
        ((_, false), None) => {
            Err(fields.unsupported("do_center_crop", "false with a shortest edge alone, which leaves photographs oblong"))
        }
    }
}

/// A size as the files write it: a number, two, or fields of an object; 224 where it is missing.
fn size(fields: &Fields, name: &str, squashes: Option<bool>) -> Result<Size, ConfigError> {
    let wrong = |value: &Value| fields.unsupported(name, &spelt(value));
    let of_number = |side: i64| match squashes {
        Some(true) => Ok(Size::Both(side)),
        Some(false) => Ok(Size::ShortestEdge(side)),
        None => Err(fields.missing("image_processor_type", "it says whether one size is the shortest edge or both sides")),
    };
    match fields.get(name) {
        None => of_number(224),
        Some(Value::Array(_)) => Ok(Size::Both(fields.side(name, None)?)),
        Some(value @ Value::Object(map)) => {
            let section = format!("{}{name}.", fields.section);
            let inner = Fields { path: fields.path, section: &section, map };
            let stated: Vec<&str> = map.iter().filter(|(_, side)| !side.is_null()).map(|(key, _)| key.as_str()).collect();
            match &stated[..] {
                ["shortest_edge"] => Ok(Size::ShortestEdge(inner.whole("shortest_edge", None, [1, MOST_PIXELS])?)),
                ["height", "width"] | ["width", "height"] => {
                    let height = inner.whole("height", None, [1, MOST_PIXELS])?;
                    let is_square = height == inner.whole("width", None, [1, MOST_PIXELS])?;
                    if is_square { Ok(Size::Both(height)) } else { Err(wrong(value)) }
                }
                _ => Err(wrong(value)),
            }
        }
        Some(_) => of_number(fields.whole(name, None, [1, MOST_PIXELS])?),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::encoder::description::preprocessing::{CLIP_MEAN, CLIP_STD, IMAGENET_MEAN, IMAGENET_STD};
    use serde_json::json;

    fn of(name: &str, value: &Value, image_size: i64) -> Result<Preprocessing, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(name), value.to_string()).unwrap();
        read(folder.path(), Preprocessing::of([0.25; 3], [0.75; 3]), image_size).map_err(|error| error.to_string())
    }

    fn made([mean, std]: [[f32; 3]; 2], interpolation: &str, mode: &str, resize_to: Option<i64>) -> Preprocessing {
        let (interpolation, resize_mode) = (Some(interpolation.to_string()), Some(mode.to_string()));
        Preprocessing { interpolation, resize_mode, resize_to, ..Preprocessing::of(mean, std) }
    }

    /// What `CLIPImageProcessor().to_dict()` of transformers 5.24 says.
    fn clip() -> Value {
        json!({
            "crop_size": {"height": 224, "width": 224}, "do_center_crop": true, "do_convert_rgb": true, "do_normalize": true,
            "do_rescale": true, "do_resize": true, "image_mean": [0.481_454_66, 0.457_827_5, 0.408_210_73],
            "image_processor_type": "CLIPImageProcessor", "image_std": [0.268_629_54, 0.261_302_58, 0.275_777_11],
            "resample": 3, "rescale_factor": 0.003_921_568_627_450_98, "size": {"shortest_edge": 224}
        })
    }

    #[test]
    fn every_spelling_of_sizes_and_classes_is_understood() {
        let clips = [CLIP_MEAN, CLIP_STD];
        assert_eq!(of(FILE, &clip(), 224).unwrap(), made(clips, "bicubic", "shortest", None));
        let nested = json!({"image_processor": clip(), "processor_class": "CLIPProcessor"});
        assert_eq!(of(NESTED_FILE, &nested, 224).unwrap(), made(clips, "bicubic", "shortest", None));
        let old = json!({"feature_extractor_type": "CLIPFeatureExtractor", "size": 336, "crop_size": 336});
        assert_eq!(of(FILE, &old, 336).unwrap(), made(clips, "bicubic", "shortest", None));
        let dino = json!({
            "image_processor_type": "BitImageProcessor", "size": {"shortest_edge": 256}, "crop_size": {"height": 224, "width": 224},
            "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]
        });
        assert_eq!(of(FILE, &dino, 224).unwrap(), made([IMAGENET_MEAN, IMAGENET_STD], "bicubic", "shortest", Some(256)));
        let siglip =
            json!({"image_processor_type": "SiglipImageProcessor", "size": {"height": 384, "width": 384, "depth": null}});
        assert_eq!(of(FILE, &siglip, 384).unwrap(), made([[0.5; 3]; 2], "bicubic", "squash", None));
        let vit = json!({"feature_extractor_type": "ViTFeatureExtractor", "size": 224, "do_normalize": false});
        assert_eq!(of(FILE, &vit, 224).unwrap(), made([[0.0; 3], [1.0; 3]], "bilinear", "squash", None));
        let untyped = json!({"size": [32, 32], "resample": 2});
        assert_eq!(of(FILE, &untyped, 32).unwrap(), made([[0.25; 3], [0.75; 3]], "bilinear", "squash", None));
        assert_eq!(of("other.json", &clip(), 7).unwrap(), Preprocessing::of([0.25; 3], [0.75; 3]));
    }

    #[test]
    fn steps_that_are_not_done_here_are_refused_by_field() {
        let cases = [
            ("size", json!({"shortest_edge": 200}), "'crop_size' is '224 of images that were resized to 200 pixels', which"),
            ("size", json!({"longest_edge": 224}), "'size' is '{\"longest_edge\":224}', which"),
            ("size", json!({"height": 224, "width": 448}), "'size' is '{\"height\":224,\"width\":448}', which"),
            ("size", json!({"shortest_edge": 0}), "'size.shortest_edge' is 0; models with 1 to 8192"),
            ("crop_size", json!(196), "'crop_size' is '196, where the model's images are 224 pixels a side', which"),
            ("do_center_crop", json!(false), "'do_center_crop' is 'false with a shortest edge alone"),
            ("do_resize", json!(false), "'do_resize' is 'false', which"),
            ("do_rescale", json!(false), "'do_rescale' is 'false', which"),
            ("do_pad", json!(true), "'do_pad' is 'true', which"),
            ("crop_pct", json!(0.875), "'crop_pct' is '0.875', which"),
            ("rescale_factor", json!(1), "'rescale_factor' is '1', which"),
            ("resample", json!(1), "'resample' is '1, where 2 is bilinear and 3 bicubic', which"),
            ("image_std", json!([0.5, 0.0, 0.5]), "'image_std' is '[0.5,0.0,0.5]', which"),
            ("image_processor_type", json!("EfficientNetImageProcessor"), "'image_processor_type' is 'Effi"),
        ];
        for (field, value, sentence) in cases {
            let mut file = clip();
            file[field] = value;
            let error = of(FILE, &file, 224).unwrap_err();
            assert!(error.contains(&format!("preprocessor_config.json: {sentence}")), "{error}");
        }
        let untyped = of(FILE, &json!({"size": 224}), 224).unwrap_err();
        assert!(untyped.contains("'image_processor_type' is missing; it says whether"), "{untyped}");
    }

    #[test]
    fn the_side_is_told_to_towers_that_take_several() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(side(folder.path()).unwrap(), None);
        assert!(note_if_missing(folder.path(), "CLIP's").unwrap().unwrap().contains("CLIP's own numbers"));
        std::fs::write(folder.path().join(FILE), clip().to_string()).unwrap();
        assert_eq!(side(folder.path()).unwrap(), Some(224));
        assert_eq!(note_if_missing(folder.path(), "CLIP's").unwrap(), None);
    }
}
