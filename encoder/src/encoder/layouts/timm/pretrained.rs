//! What timm's `pretrained_cfg` says of photographs.

use crate::encoder::description::preprocessing::{IMAGENET_MEAN, IMAGENET_STD, Preprocessing};
use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::fields::{Fields, MOST_PIXELS};
use serde_json::Value;

/// The least share of a side that is cut out; the resized side stays within bounds.
const LEAST_CROP: f64 = 0.01;

/// Side of the images, from `input_size`, channels first; `None` where it is missing.
pub(super) fn side(fields: &Fields) -> Result<Option<i64>, ConfigError> {
    let Some(value) = fields.get("input_size") else { return Ok(None) };
    let sides = value.as_array().and_then(|sides| sides.iter().map(Value::as_i64).collect::<Option<Vec<_>>>());
    match sides.as_deref() {
        Some([3, height, width]) if height == width && (1..=MOST_PIXELS).contains(height) => Ok(Some(*height)),
        _ => Err(fields.unsupported("input_size", &value.to_string())),
    }
}

/// How photographs become images of a side.
///
/// # Source
///
/// timm 1.0, `timm/data/config.py`, `resolve_data_config`, and `timm/data/transforms_factory.py`, `transforms_imagenet_eval`.
pub(super) fn preprocessing(fields: &Fields, side: i64) -> Result<Preprocessing, ConfigError> {
    let interpolation = fields.text("interpolation")?.unwrap_or("bicubic");
    if !["bicubic", "bilinear"].contains(&interpolation) {
        return Err(fields.unsupported("interpolation", interpolation));
    }
    let resized = resized(fields, side)?;
    let resize_mode = match fields.text("crop_mode")?.unwrap_or("center") {
        "center" => "shortest",
        "squash" if resized == side => "squash",
        "squash" => {
            let crop = fields.number("crop_pct", 0.875)?;
            return Err(fields.unsupported("crop_pct", &format!("{crop} of squashed photographs")));
        }
        other => return Err(fields.unsupported("crop_mode", other)),
    };
    Ok(Preprocessing {
        interpolation: Some(interpolation.to_string()),
        resize_mode: Some(resize_mode.to_string()),
        resize_to: (resized != side).then_some(resized),
        ..Preprocessing::of(
            fields.channels("mean", false)?.unwrap_or(IMAGENET_MEAN),
            fields.channels("std", true)?.unwrap_or(IMAGENET_STD),
        )
    })
}

/// Side that photographs are resized to before the crop: `⌊side / crop_pct⌋`.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "sides are small")]
fn resized(fields: &Fields, side: i64) -> Result<i64, ConfigError> {
    let crop = match fields.number("crop_pct", 0.875)? {
        // timm takes 0 for nothing said.
        0.0 => 0.875,
        crop => crop,
    };
    if !(LEAST_CROP..=1.0).contains(&crop) {
        return Err(fields.unsupported("crop_pct", &crop.to_string()));
    }
    Ok((side as f64 / crop).floor() as i64)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;
    use std::path::Path;

    fn of(value: &Value, side: i64) -> Result<Preprocessing, String> {
        let fields = Fields::of(Path::new("m/config.json"), "pretrained_cfg.", value).unwrap();
        preprocessing(&fields, side).map_err(|error| error.to_string())
    }

    #[test]
    fn sizes_are_those_of_timms_transforms() {
        let of = |value: &Value, side| {
            let made = of(value, side).unwrap();
            (made.interpolation.unwrap(), made.resize_mode.unwrap(), made.resize_to)
        };
        let is = |filter: &str, mode: &str, to| (filter.to_string(), mode.to_string(), to);
        // `create_transform(**resolve_data_config({}, pretrained_cfg=...)).transforms[0].size`: 256, 248, 518, 404.
        assert_eq!(of(&json!({}), 224), is("bicubic", "shortest", Some(256)));
        assert_eq!(of(&json!({"crop_pct": 0.9}), 224), is("bicubic", "shortest", Some(248)));
        assert_eq!(of(&json!({"crop_pct": 1.0, "interpolation": "bilinear"}), 518), is("bilinear", "shortest", None));
        assert_eq!(of(&json!({"crop_pct": 0.95, "crop_mode": "center"}), 384), is("bicubic", "shortest", Some(404)));
        assert_eq!(of(&json!({"crop_pct": 1.0, "crop_mode": "squash"}), 336), is("bicubic", "squash", None));
    }

    #[test]
    fn statistics_are_imagenets_unless_said_otherwise() {
        assert_eq!((of(&json!({}), 224).unwrap().mean, of(&json!({}), 224).unwrap().std), (IMAGENET_MEAN, IMAGENET_STD));
        let said = of(&json!({"mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.5]}), 224).unwrap();
        assert_eq!((said.mean, said.std), ([0.5; 3], [0.25, 0.25, 0.5]));
    }

    #[test]
    fn what_is_done_otherwise_is_refused_by_field() {
        let refused = [
            (json!({"crop_mode": "border"}), "crop_mode' is 'border', which"),
            (json!({"crop_mode": "squash", "crop_pct": 0.95}), "crop_pct' is '0.95 of squashed photographs', which"),
            (json!({"crop_pct": 1.5}), "crop_pct' is '1.5', which"),
            (json!({"crop_pct": -1}), "crop_pct' is '-1', which"),
            (json!({"interpolation": "lanczos"}), "interpolation' is 'lanczos', which"),
            (json!({"std": [0.5, 0.0, 0.5]}), "std' is '[0.5,0.0,0.5]', which"),
        ];
        for (value, sentence) in refused {
            let error = of(&value, 224).unwrap_err();
            assert!(error.starts_with(&format!("m/config.json: 'pretrained_cfg.{sentence}")), "{error}");
        }
        for wrong in [json!([3, 224, 336]), json!([1, 224, 224]), json!([224, 224]), json!([3, 0, 0]), json!(224)] {
            let value = json!({"input_size": wrong});
            let fields = Fields::of(Path::new("m"), "", &value).unwrap();
            assert!(side(&fields).unwrap_err().to_string().contains("'input_size' is '"), "{value}");
        }
        let value = json!({"input_size": [3, 518, 518]});
        assert_eq!(side(&Fields::of(Path::new("m"), "", &value).unwrap()).unwrap(), Some(518));
    }
}
