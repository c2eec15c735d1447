//! What a model takes a photograph for.

use super::super::error::ConfigError;
use super::super::fields::Fields;
use crate::encoder::description::preprocessing::{CLIP_MEAN, CLIP_STD, Preprocessing};
use serde_json::Value;

/// The preprocessing of a configuration; what it does not say is CLIP's.
///
/// # Source
///
/// `open_clip` 3.3, `src/open_clip/transform.py`, `PreprocessCfg` and `merge_preprocess_dict`: fields that it does not know
/// are left out.
pub(super) fn preprocessing(fields: Option<Fields>) -> Result<Preprocessing, ConfigError> {
    let Some(fields) = fields else { return Ok(Preprocessing::of(CLIP_MEAN, CLIP_STD)) };
    fields.only("mode", &[Value::from("RGB")])?;
    let text = |name: &str| Ok::<_, ConfigError>(fields.text(name)?.map(str::to_string));
    let mean = fields.channels("mean", false)?.unwrap_or(CLIP_MEAN);
    let std = fields.channels("std", true)?.unwrap_or(CLIP_STD);
    Ok(Preprocessing { interpolation: text("interpolation")?, resize_mode: text("resize_mode")?, ..Preprocessing::of(mean, std) })
}

/// What a user should know where a tower of SigLIP's is given other pixels than it was trained with.
pub(super) fn note(tower: &str, preprocessing: &Preprocessing) -> Option<String> {
    let trained_so = preprocessing.mean.iter().chain(&preprocessing.std).all(|number| (number - 0.5).abs() < 1e-6);
    (tower.contains("siglip") && !trained_so).then(|| {
        let [mean, std] =
            [preprocessing.mean, preprocessing.std].map(|numbers| numbers.map(|number| format!("{number:.4}")).join(" "));
        format!(
            "pixels are normalised by mean {mean} and deviation {std}, as open_clip would with this configuration; \
             SigLIP towers were trained with 0.5 for all: is preprocess_cfg missing?"
        )
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;
    use std::path::Path;

    fn read(value: &Value) -> Result<Preprocessing, ConfigError> {
        preprocessing(Some(Fields::of(Path::new("c.json"), "preprocess_cfg.", value).unwrap()))
    }

    #[test]
    fn what_is_not_said_is_clips() {
        assert_eq!(preprocessing(None).unwrap(), Preprocessing::of(CLIP_MEAN, CLIP_STD));
        let read = read(&json!({"hf_hub": "x", "mean": [0.5, 0.25, 0.125], "resize_mode": "squash"})).unwrap();
        let expected =
            Preprocessing { resize_mode: Some("squash".to_string()), ..Preprocessing::of([0.5, 0.25, 0.125], CLIP_STD) };
        assert_eq!(read, expected);
    }

    #[test]
    fn numbers_that_are_none_are_refused() {
        let cases = [
            (json!({"std": [1, 0, 1]}), "'preprocess_cfg.std' is '[1,0,1]'"),
            (json!({"mean": [1e300, 0, 1]}), "'preprocess_cfg.mean' is '[1e+300,0,1]'"),
            (json!({"mode": "L"}), "'preprocess_cfg.mode' is 'L'"),
        ];
        for (value, sentence) in cases {
            let message = read(&value).unwrap_err().to_string();
            assert!(message.starts_with(&format!("c.json: {sentence}, which")), "{message}");
        }
    }

    #[test]
    fn siglip_with_the_pixels_of_clip_is_noted() {
        let name = "vit_base_patch16_siglip_224";
        assert_eq!(note(name, &Preprocessing::of([0.5; 3], [0.5; 3])), None);
        assert_eq!(note("vit_base_patch16_224", &Preprocessing::of(CLIP_MEAN, CLIP_STD)), None);
        let noted = note(name, &Preprocessing::of(CLIP_MEAN, CLIP_STD)).unwrap();
        assert!(noted.contains("mean 0.4815 0.4578 0.4082 and deviation 0.2686"), "{noted}");
    }
}
