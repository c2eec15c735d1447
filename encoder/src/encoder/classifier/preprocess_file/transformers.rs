//! transformers' `preprocessor_config.json`.

use super::fields::{deviation, has, number_of_pixels, resized, three};
use nearmiss::photographs::preprocess::{CentreAt, EightBit, Filter, Fit, Preprocess};
use serde_json::Value;

/// From this edge on a ConvNeXt's photographs are squashed.
const SQUASHED_FROM: u32 = 384;

/// # Source
///
/// transformers 5.24, `image_processing_backends.py`, `CLIPImageProcessor`, `ViTImageProcessor`, `BitImageProcessor`,
/// `ConvNextImageProcessor`.
pub(super) fn preprocess(value: &Value) -> Result<Preprocess, String> {
    let says = |name: &str| value.get(name).and_then(Value::as_bool);
    for (name, wanted, what) in [
        ("do_resize", true, "photographs are not resized, and a network takes one size"),
        ("do_rescale", true, "pixels stay from 0 to 255, which is not done here"),
        ("rescale_offset", false, "pixels are shifted, which is not done here; say it with a mean"),
        ("include_top", false, "photographs are normalised twice, which is not done here"),
        ("do_pad", false, "photographs are padded, which is not done here"),
    ] {
        if says(name) == Some(!wanted) {
            return Err(format!("'{name}' is {}: {what}", !wanted));
        }
    }
    let factor = value.get("rescale_factor").and_then(Value::as_f64);
    if let Some(factor) = factor.filter(|factor| (factor * 255.0 - 1.0).abs() > 1e-6) {
        return Err(format!("'rescale_factor' is {factor}; only 1/255 is done here"));
    }
    let filter = filter(value)?;
    let centre = CentreAt::Smaller;
    let (way, edge, size) = if has(value, "crop_pct") {
        conv_next(value)?
    } else {
        let (fit, edge) = edges(value)?;
        let cut = says("do_center_crop").unwrap_or_else(|| has(value, "crop_size"));
        let size = if cut { square(value, "crop_size")? } else { edge };
        if !cut && fit == Fit::Shortest {
            return Err("'size' is that of the shortest edge and nothing is cut out; a network takes squares".to_string());
        }
        (EightBit { fit, ..EightBit::default() }, edge, size)
    };
    let resize = resized(EightBit { filter, centre, ..way }, edge, size)?;
    if says("do_normalize") == Some(false) {
        return Ok(Preprocess { resize, size, mean: [0.0; 3], std: [1.0; 3] });
    }
    Ok(Preprocess { resize, size, mean: three(value, "image_mean")?, std: deviation(value, "image_std")? })
}

/// A ConvNeXt's: the shortest edge to more than the square, or both edges to it where it is large.
fn conv_next(value: &Value) -> Result<(EightBit, u32, u32), String> {
    let share = value["crop_pct"].as_f64().filter(|share| (0.1..=1.0).contains(share));
    let share = share.ok_or_else(|| format!("'crop_pct' is {}; it is a share from 0.1 to 1", value["crop_pct"]))?;
    let size = match &value["size"] {
        Value::Object(_) => number_of_pixels(&value["size"], "shortest_edge")?,
        _ => number_of_pixels(value, "size")?,
    };
    if size >= SQUASHED_FROM {
        return Ok((EightBit { fit: Fit::Squash, ..EightBit::default() }, size, size));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "up to 4096; transformers rounds down as well")]
    let edge = (f64::from(size) / share) as u32;
    Ok((EightBit::default(), edge, size))
}

/// What becomes of the edges.
fn edges(value: &Value) -> Result<(Fit, u32), String> {
    let size = value.get("size").ok_or("it does not say 'size'")?;
    let Value::Object(object) = size else {
        // One number means this or that by the class that reads it.
        let class = ["image_processor_type", "feature_extractor_type"].iter().find_map(|name| value.get(*name)?.as_str());
        let fit = match class {
            Some(class) if class.starts_with("CLIP") => Fit::Shortest,
            Some(class) if class.starts_with("ViT") || class.starts_with("DeiT") || class.starts_with("Beit") => Fit::Squash,
            _ => {
                return Err(format!(
                    "'size' is {size}, which is the shortest edge to some classes and the square to others; give \
                     {{\"shortest_edge\": ..}} or {{\"height\": .., \"width\": ..}}"
                ));
            }
        };
        return Ok((fit, number_of_pixels(value, "size")?));
    };
    match (object.contains_key("shortest_edge"), object.contains_key("height") && object.contains_key("width")) {
        (true, false) if !has(size, "longest_edge") => Ok((Fit::Shortest, number_of_pixels(size, "shortest_edge")?)),
        (false, true) => Ok((Fit::Squash, square(value, "size")?)),
        _ => Err(format!("'size' is {size}; shortest_edge, or height and width, are done here")),
    }
}

/// A square's edge: one number, or height and width that are the same.
fn square(value: &Value, name: &str) -> Result<u32, String> {
    let Some(Value::Object(_)) = value.get(name) else { return number_of_pixels(value, name) };
    let (height, width) = (number_of_pixels(&value[name], "height")?, number_of_pixels(&value[name], "width")?);
    if height == width { Ok(height) } else { Err(format!("'{name}' is {}; only squares are made", value[name])) }
}

/// Pillow's number of a filter.
fn filter(value: &Value) -> Result<Filter, String> {
    match value.get("resample").and_then(Value::as_u64) {
        Some(2) => Ok(Filter::Bilinear),
        Some(3) => Ok(Filter::Bicubic),
        Some(other) => Err(format!("'resample' is {other}; 2 (bilinear) and 3 (bicubic) are done here")),
        None => {
            Err("it does not say 'resample', which differs from class to class; write 2 for bilinear or 3 for bicubic"
                .to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use serde_json::json;

    fn read(value: &Value) -> Result<(u32, String), String> {
        preprocess(value).map(|preprocess| (preprocess.size, preprocess.resize.to_string()))
    }

    /// `fields` over what all of them have in common.
    fn config(fields: &Value) -> Value {
        let mut all =
            json!({"do_resize": true, "do_normalize": true, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]});
        for (name, value) in fields.as_object().unwrap() {
            all[name] = value.clone();
        }
        all
    }

    #[test]
    fn the_published_configurations_are_read() {
        let vit =
            config(&json!({"size": {"height": 224, "width": 224}, "resample": 2, "image_processor_type": "ViTImageProcessor"}));
        assert_eq!(read(&vit), Ok((224, "squash-bilinear".to_string())));
        let crop = json!({"height": 224, "width": 224});
        let dinov2 = json!({"size": {"shortest_edge": 256}, "crop_size": crop, "do_center_crop": true, "resample": 3});
        assert_eq!(read(&config(&dinov2)), Ok((224, "shortest-bicubic-256-floor".to_string())));
        let mut clip = json!({"size": 224, "crop_size": 224, "do_center_crop": true, "resample": 3});
        clip["feature_extractor_type"] = json!("CLIPFeatureExtractor");
        assert_eq!(read(&config(&clip)), Ok((224, "shortest-bicubic-floor".to_string())));
        let siglip = json!({"size": {"height": 384, "width": 384}, "resample": 3});
        assert_eq!(read(&config(&siglip)), Ok((384, "squash-bicubic".to_string())));
        // int(224 / 0.875) = 256; at 384 the photograph is squashed.
        let convnext = json!({"size": {"shortest_edge": 224}, "crop_pct": 0.875, "resample": 3});
        assert_eq!(read(&config(&convnext)), Ok((224, "shortest-bicubic-256-floor".to_string())));
        let convnext = json!({"size": {"shortest_edge": 384}, "crop_pct": 0.875, "resample": 3});
        assert_eq!(read(&config(&convnext)), Ok((384, "squash-bicubic".to_string())));
        let plain = config(&json!({"size": {"height": 96, "width": 96}, "resample": 2, "do_normalize": false}));
        let plain = preprocess(&plain).unwrap();
        assert_eq!((plain.mean, plain.std), ([0.0; 3], [1.0; 3]));
    }

    #[test]
    fn what_is_not_done_is_named() {
        let refused = |fields: Value| {
            let mut all = config(&json!({"size": {"height": 224, "width": 224}, "resample": 2}));
            for (name, value) in fields.as_object().unwrap() {
                all[name] = value.clone();
            }
            read(&all).unwrap_err()
        };
        assert_eq!(refused(json!({"resample": 0})), "'resample' is 0; 2 (bilinear) and 3 (bicubic) are done here");
        assert!(refused(json!({"resample": null})).starts_with("it does not say 'resample'"));
        assert!(refused(json!({"size": 224})).starts_with("'size' is 224, which is the shortest edge to some classes"));
        assert!(refused(json!({"size": {"height": 224, "width": 192}})).contains("only squares are made"));
        assert!(refused(json!({"size": {"shortest_edge": 224}})).contains("nothing is cut out"));
        assert_eq!(
            refused(json!({"include_top": true})),
            "'include_top' is true: photographs are normalised twice, which is not done here"
        );
        assert!(refused(json!({"do_rescale": false})).starts_with("'do_rescale' is false"));
        assert!(refused(json!({"rescale_factor": 1.0})).starts_with("'rescale_factor' is 1;"));
        assert_eq!(refused(json!({"image_std": null})), "'image_std' is null, not three numbers");
    }
}
