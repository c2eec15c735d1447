//! What is done to photographs before a network sees them, as a file says: our own few keys, torchvision's, timm's or
//! transformers' configuration.

mod fields;
mod timm;
mod transformers;

use super::error::ClassifierError;
use fields::{deviation, filter, has, number_of_pixels, resized, three};
use nearmiss::photographs::preprocess::{EightBit, Filter, Fit, Preprocess, Resize};
use serde_json::Value;
use std::path::Path;

/// The longest file that is read, in bytes.
const LONGEST: usize = 1 << 20;

/// Reads a file.
///
/// # Errors
///
/// [`ClassifierError`] with what the file does not say, or says that is not done here.
pub fn read(path: &Path) -> Result<Preprocess, ClassifierError> {
    let fault = |what: String| ClassifierError::of_file(path, what);
    let bytes = nearmiss::files::regular_file::read(path).map_err(|error| fault(format!("cannot be read: {error}")))?;
    if bytes.len() > LONGEST {
        return Err(fault(format!("{} bytes are no configuration of a preprocessing", bytes.len())));
    }
    let text = String::from_utf8(bytes).map_err(|_| fault("no text in UTF-8".to_string()))?;
    parse(&text).map_err(fault)
}

/// Reads the text of a file: JSON of any of the four kinds, or what torchvision prints of its `weights.transforms()`.
///
/// # Errors
///
/// What it does not say, or says that is not done here, in a sentence.
///
/// # Examples
///
/// ```
/// use nearmiss_encoder::encoder::classifier::preprocess_file::parse;
///
/// let timm = r#"{"input_size": [3, 224, 224], "crop_pct": 0.875, "interpolation": "bicubic", "mean": [0.5], "std": [0.5]}"#;
/// let preprocess = parse(timm)?;
/// assert_eq!((preprocess.size, preprocess.resize.to_string().as_str()), (224, "shortest-bicubic-256"));
/// # Ok::<(), String>(())
/// ```
pub fn parse(text: &str) -> Result<Preprocess, String> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if let Some(printed) = text.strip_prefix("ImageClassification(") {
        return torchvision(&printed_fields(printed)?);
    }
    let value: Value = serde_json::from_str(text).map_err(|error| format!("no JSON: {error}"))?;
    let inner = value.get("pretrained_cfg").filter(|inner| inner.is_object()).unwrap_or(&value);
    if !inner.is_object() {
        return Err("no object of JSON".to_string());
    }
    if inner.get("resize").is_some_and(Value::is_string) {
        own(inner)
    } else if has(inner, "input_size") {
        timm::preprocess(inner)
    } else if has(inner, "resize_size") || (has(inner, "crop_size") && has(inner, "mean")) {
        torchvision(inner)
    } else if ["image_mean", "do_resize", "do_normalize", "image_processor_type", "feature_extractor_type"]
        .iter()
        .any(|key| has(inner, key))
    {
        transformers::preprocess(inner)
    } else {
        Err("neither our own keys (size, resize, mean, std), nor a configuration of torchvision, timm or transformers"
            .to_string())
    }
}

/// Our own keys: `size`, `resize` by its name, `mean`, `std`.
fn own(value: &Value) -> Result<Preprocess, String> {
    let name = value["resize"].as_str().unwrap_or_default();
    let resize = Resize::parse(name).ok_or_else(|| {
        format!(
            "resize '{name}' is none: give shortest-crop, squash, or shortest- or squash-, bicubic or bilinear, and an edge \
             where it is another than the square's, such as shortest-bilinear-256"
        )
    })?;
    let size = number_of_pixels(value, "size")?;
    if let Some(edge) = resize.eight_bit().and_then(|eight_bit| eight_bit.edge).filter(|&edge| edge < size) {
        return Err(format!("resize '{name}' makes {edge} pixels, too few for a square of size {size}"));
    }
    Ok(Preprocess { resize, size, mean: three(value, "mean")?, std: deviation(value, "std")? })
}

/// torchvision's `ImageClassification`: the shortest edge to `resize_size`, then the centre of `crop_size`.
fn torchvision(value: &Value) -> Result<Preprocess, String> {
    let size = number_of_pixels(value, "crop_size")?;
    let edge = if has(value, "resize_size") { number_of_pixels(value, "resize_size")? } else { 256 };
    let filter = value.get("interpolation").map_or(Ok(Filter::Bilinear), filter)?;
    if value.get("antialias").is_some_and(|antialias| antialias == &Value::Bool(false)) {
        return Err(
            "antialias is false, which is not done here: torchvision resizes images of Pillow with it all the same".to_string()
        );
    }
    let resize = resized(EightBit { fit: Fit::Shortest, filter, ..EightBit::default() }, edge, size)?;
    Ok(Preprocess { resize, size, mean: three(value, "mean")?, std: deviation(value, "std")? })
}

/// The fields of a class as Python prints them: `crop_size=[224]`, line by line.
fn printed_fields(printed: &str) -> Result<Value, String> {
    let mut fields = serde_json::Map::new();
    for line in printed.lines().map(str::trim).filter(|line| !line.is_empty() && *line != ")") {
        let (name, value) = line.split_once('=').ok_or_else(|| format!("the line '{line}' is not NAME=VALUE"))?;
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.trim().to_string()));
        fields.insert(name.trim().to_string(), value);
    }
    Ok(Value::Object(fields))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    /// Size, way, mean of red.
    fn read(text: &str) -> Result<(u32, String, f32), String> {
        parse(text).map(|preprocess| (preprocess.size, preprocess.resize.to_string(), preprocess.mean[0]))
    }

    #[test]
    fn what_torchvision_prints_is_read() {
        // print(torchvision.models.ResNet50_Weights.IMAGENET1K_V2.transforms()), 0.26.
        let printed = "ImageClassification(\n    crop_size=[224]\n    resize_size=[232]\n    mean=[0.485, 0.456, 0.406]\n    \
                       std=[0.229, 0.224, 0.225]\n    interpolation=InterpolationMode.BILINEAR\n)";
        assert_eq!(read(printed).unwrap(), (224, "shortest-bilinear-232".to_string(), 0.485));
        let json = r#"{"crop_size": [224], "resize_size": [224], "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225],
                       "interpolation": "bicubic"}"#;
        assert_eq!(read(json).unwrap(), (224, "shortest-crop".to_string(), 0.485));
        let small = json.replace("\"resize_size\": [224]", "\"resize_size\": 200");
        let refused = "200 pixels are too few for a square of 224 cut out of them; borders are not added here";
        assert_eq!(read(&small).unwrap_err(), refused);
    }

    #[test]
    fn our_own_keys_are_few() {
        // What ultralytics does to photographs for YOLO-cls.
        let yolo = r#"{"size": 224, "resize": "shortest-bilinear", "mean": [0, 0, 0], "std": [1, 1, 1]}"#;
        assert_eq!(read(yolo).unwrap(), (224, "shortest-bilinear".to_string(), 0.0));
        let refused = |from: &str, to: &str| read(&yolo.replace(from, to)).unwrap_err();
        assert!(refused("shortest-bilinear", "fit").starts_with("resize 'fit' is none: give shortest-crop, squash"));
        assert_eq!(refused("224", "0"), "'size' is 0, which is no number of pixels from 1 to 4096");
        assert_eq!(refused("[1, 1, 1]", "[1, 0, 1]"), "'std' holds 0; a deviation is above 0");
        assert_eq!(refused("[0, 0, 0]", "[0, 0]"), "'mean' is [0,0], not three numbers");
        assert_eq!(
            refused("shortest-bilinear", "shortest-bilinear-200").split(',').next(),
            Some("resize 'shortest-bilinear-200' makes 200 pixels")
        );
    }

    #[test]
    fn anything_else_is_refused_in_a_sentence() {
        assert!(read("{}").unwrap_err().starts_with("neither our own keys (size, resize, mean, std)"));
        assert!(read("Compose(Resize(256))").unwrap_err().starts_with("no JSON"));
        assert_eq!(read("[1]").unwrap_err(), "no object of JSON");
    }
}
