//! timm's `pretrained_cfg`, also inside of the `config.json` of a model on the hub.

use super::fields::{deviation, filter, has, resized, three};
use crate::encoder::description::preprocessing::{IMAGENET_MEAN, IMAGENET_STD};
use nearmiss::photographs::preprocess::{EightBit, Filter, Fit, Preprocess};
use serde_json::Value;

/// The share of a photograph that a model sees where its configuration does not say.
const USUAL_CROP: f64 = 0.875;

/// # Source
///
/// timm 1.0, `resolve_data_config` and `transforms_imagenet_eval`.
pub(super) fn preprocess(value: &Value) -> Result<Preprocess, String> {
    let input = value["input_size"].as_array().map(|edges| edges.iter().filter_map(Value::as_u64).collect::<Vec<u64>>());
    let size = match input.as_deref() {
        Some(&[3, height, width]) if height == width && (1..=4096).contains(&width) => width,
        _ => return Err(format!("'input_size' is {}; images are [3, S, S] with S up to 4096", value["input_size"])),
    };
    let size = u32::try_from(size).map_err(|error| error.to_string())?;
    let fit = match value.get("crop_mode").and_then(Value::as_str) {
        None | Some("center") => Fit::Shortest,
        Some("squash") => Fit::Squash,
        Some(other) => return Err(format!("crop_mode '{other}' is not done here; center and squash are")),
    };
    let share = match value.get("crop_pct").filter(|share| !share.is_null()) {
        None => USUAL_CROP,
        Some(share) => share
            .as_f64()
            .filter(|share| (0.1..=1.0).contains(share))
            .ok_or_else(|| format!("crop_pct is {share}; it is a share of the photograph from 0.1 to 1"))?,
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "up to 40960; timm rounds down as well")]
    let edge = (f64::from(size) / share).floor() as u32;
    let filter = value.get("interpolation").filter(|word| !word.is_null()).map_or(Ok(Filter::Bicubic), filter)?;
    let mean = if has(value, "mean") { three(value, "mean")? } else { IMAGENET_MEAN };
    let std = if has(value, "std") { deviation(value, "std")? } else { IMAGENET_STD };
    Ok(Preprocess { resize: resized(EightBit { fit, filter, ..EightBit::default() }, edge, size)?, size, mean, std })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use serde_json::json;

    fn read(value: &Value) -> Result<(u32, String), String> {
        preprocess(value).map(|preprocess| (preprocess.size, preprocess.resize.to_string()))
    }

    #[test]
    fn a_configuration_is_completed_as_timm_completes_it() {
        // floor(224 / 0.9) = 248, floor(224 / 0.875) = 256, floor(518 / 1) = 518.
        assert_eq!(read(&json!({"input_size": [3, 224, 224], "crop_pct": 0.9})), Ok((224, "shortest-bicubic-248".to_string())));
        assert_eq!(read(&json!({"input_size": [3, 224, 224]})), Ok((224, "shortest-bicubic-256".to_string())));
        let whole = json!({"input_size": [3, 518, 518], "crop_pct": 1.0, "interpolation": "bicubic", "crop_mode": "center"});
        assert_eq!(read(&whole), Ok((518, "shortest-crop".to_string())));
        let squash = json!({"input_size": [3, 224, 224], "crop_pct": 1, "crop_mode": "squash", "interpolation": "bilinear"});
        assert_eq!(read(&squash), Ok((224, "squash-bilinear".to_string())));
        let preprocess = preprocess(&json!({"input_size": [3, 224, 224]})).unwrap();
        assert_eq!((preprocess.mean, preprocess.std), (IMAGENET_MEAN, IMAGENET_STD));
    }

    #[test]
    fn what_is_not_done_is_named() {
        let refused = |field: &str, value: Value| {
            let mut object = json!({"input_size": [3, 224, 224]});
            object[field] = value;
            read(&object).unwrap_err()
        };
        assert_eq!(refused("crop_mode", json!("border")), "crop_mode 'border' is not done here; center and squash are");
        assert_eq!(
            refused("interpolation", json!("nearest")),
            "interpolation \"nearest\" is not done here; bicubic and bilinear are"
        );
        assert!(refused("input_size", json!([1, 28, 28])).starts_with("'input_size' is [1,28,28]"));
        assert!(refused("crop_pct", json!(0)).starts_with("crop_pct is 0;"));
    }
}
