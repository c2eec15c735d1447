//! Image towers of timm inside open_clip.

use super::super::error::ConfigError;
use super::super::fields::{Fields, spelt};
use super::super::timm::trunk::{TrunkRequest, trunk, trunk_pooled_anew};
use crate::encoder::description::image::ImageDescription;
use crate::encoder::description::tensors::LinearNames;
use serde_json::{Map, Value};

/// What follows timm's model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Projection {
    /// timm's own layer of classes, one for each number of a vector (`timm_proj` null).
    Head,
    /// Nothing.
    None,
    /// A layer of open_clip's, with a bias or without.
    Linear(bool),
}

/// The image tower of a configuration with `timm_model_name`.
///
/// timm's model is made with the pool where its head is the projection or where there is none; where open_clip projects, it
/// is made with its own pool, which is exchanged afterwards: norms stay where they were.
///
/// # Source
///
/// `open_clip` 3.3, `src/open_clip/timm_model.py`, `TimmModel`.
pub(super) fn tower(fields: &Fields, embed_dim: i64) -> Result<ImageDescription, ConfigError> {
    let name = fields.text("timm_model_name")?.unwrap_or_default();
    let pool = match fields.map.get("timm_pool") {
        None => Some("avg"),
        Some(_) => fields.text("timm_pool")?,
    };
    let projection = projection(fields)?;
    let projects = matches!(projection, Projection::Linear(_));
    if pool == Some("") && !projects {
        // Every token, and no vector of the image.
        return Err(fields.unsupported("timm_pool", ""));
    }
    let request = TrunkRequest {
        name,
        prefix: "visual.trunk.",
        image_size: Some(fields.side("image_size", Some(224))?),
        pool: pool.filter(|pool| !pool.is_empty()),
        classes: (projection == Projection::Head).then_some(embed_dim),
        arguments: arguments(fields)?,
    };
    let mut tower = if projects { trunk_pooled_anew(&request, fields.path)? } else { trunk(&request, fields.path)? };
    let width = tower.pooled_width();
    tower.projection = match projection {
        Projection::Head => tower.classes.take(),
        Projection::None => None,
        Projection::Linear(true) => Some(LinearNames::biased("visual.head.proj", embed_dim, width)),
        Projection::Linear(false) => Some(LinearNames::unbiased("visual.head.proj", embed_dim, width)),
    };
    Ok(tower)
}

/// What follows timm's model: `timm_proj` and `timm_proj_bias`.
fn projection(fields: &Fields) -> Result<Projection, ConfigError> {
    let bias = fields.flag("timm_proj_bias", false)?;
    match fields.map.get("timm_proj") {
        None => Ok(Projection::Linear(bias)),
        Some(Value::Null) => Ok(Projection::Head),
        Some(Value::String(kind)) if kind.is_empty() => Ok(Projection::Head),
        Some(Value::String(kind)) if kind == "none" => Ok(Projection::None),
        Some(Value::String(kind)) if kind == "linear" => Ok(Projection::Linear(bias)),
        Some(other) => Err(fields.unsupported("timm_proj", &spelt(other))),
    }
}

/// `timm_model_kwargs`, which open_clip after 3.3 hands on.
fn arguments<'a>(fields: &Fields<'a>) -> Result<Option<&'a Map<String, Value>>, ConfigError> {
    match fields.get("timm_model_kwargs") {
        None => Ok(None),
        Some(Value::Object(map)) => Ok(Some(map)),
        Some(other) => Err(fields.unsupported("timm_model_kwargs", &other.to_string())),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;
    use std::path::Path;

    #[test]
    fn what_follows_the_model_is_read_as_open_clip_reads_it() {
        let read = |value: Value| projection(&Fields::of(Path::new("c.json"), "vision_cfg.", &value).unwrap());
        let cases = [
            (json!({}), Projection::Linear(false)),
            (json!({"timm_proj": "linear", "timm_proj_bias": true}), Projection::Linear(true)),
            (json!({"timm_proj": null}), Projection::Head),
            (json!({"timm_proj": ""}), Projection::Head),
            (json!({"timm_proj": "none"}), Projection::None),
        ];
        for (value, expected) in cases {
            assert_eq!(read(value).unwrap(), expected);
        }
        let message = read(json!({"timm_proj": "mlp"})).unwrap_err().to_string();
        assert!(message.starts_with("c.json: 'vision_cfg.timm_proj' is 'mlp', which this encoder does not compute"), "{message}");
    }
}
