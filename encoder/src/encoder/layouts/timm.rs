//! Vision transformers as timm publishes them: `config.json` with an `architecture`, and tensors without a prefix.

mod architectures;
mod arguments;
mod eva;
mod labels;
mod plan;
mod pretrained;
pub mod trunk;
mod vision_transformer;

use super::error::ConfigError;
use super::fields::{Fields, MOST_WORDS};
use super::shapes::Shapes;
use crate::encoder::description::image::{GridResampling, ImageDescription, PositionsCover, StoredGrid};
use crate::encoder::description::model::ModelDescription;
use crate::encoder::description::prompts::Prompts;
use arguments::Arguments;
use serde_json::{Map, Value};
use std::path::Path;
use trunk::{TrunkRequest, trunk};

/// Fields of `config.json` that are read, or that change nothing.
const KNOWN: &[&str] = &[
    "architecture",
    "global_pool",
    "label_descriptions",
    "label_names",
    "labels",
    "model_args",
    "num_classes",
    "num_features",
    "pretrained_cfg",
    "tag",
];

/// Fields of `pretrained_cfg` that are read, or that change nothing: where the weights came from, and what timm's own loader
/// and training do.
const KNOWN_PRETRAINED: &[&str] = &[
    "architecture",
    "classifier",
    "crop_mode",
    "crop_pct",
    "custom_load",
    "description",
    "file",
    "first_conv",
    "fixed_input_size",
    "hf_hub_filename",
    "hf_hub_id",
    "input_size",
    "interpolation",
    "label_descriptions",
    "label_names",
    "label_offset",
    "labels",
    "license",
    "mean",
    "min_input_size",
    "notes",
    "num_classes",
    "num_features",
    "origin_url",
    "paper_ids",
    "paper_name",
    "pool_size",
    "source",
    "std",
    "tag",
    "test_crop_pct",
    "test_input_size",
    "test_pool_size",
    "url",
];

/// Describes a model that timm wrote (`save_for_hf`, `push_to_hf_hub`).
///
/// The vector is what timm's `forward_head(pre_logits=True)` gives, before the head: the class token after the last norm
/// (`token`), the mean of the patches with the norm before or after it (`avg`), or what the attention pool gives (`map`).
///
/// # Errors
///
/// [`ConfigError`] for an architecture that is not known, and what is not computed.
///
/// # Source
///
/// timm 1.0, `timm/models/_hub.py`, `_builder.py`, `vision_transformer.py`, `eva.py`.
pub fn describe(config: &Value, path: &Path, shapes: &Shapes) -> Result<ModelDescription, ConfigError> {
    let fields = Fields::of(path, "", config)?;
    let nested = fields.get("pretrained_cfg");
    let section = if nested.is_some() { "pretrained_cfg." } else { "" };
    let pretrained = Fields::of(path, section, nested.unwrap_or(config))?;
    pretrained.only("label_offset", &[Value::from(0)])?;
    let name = fields.text("architecture")?;
    let name = name.ok_or_else(|| fields.missing("architecture", "copy or download the model's configuration again"))?;
    let empty = Map::new();
    let changed = match fields.get("model_args") {
        Some(arguments) => Fields::of(path, "model_args.", arguments)?.map,
        None => &empty,
    };
    let arguments = Arguments::of(architectures::named(name, "architecture", path)?, Some(changed), path)?;
    let arguments = arguments.fields(path);
    check_pool(&fields, &arguments)?;
    let request = TrunkRequest {
        name,
        prefix: "",
        image_size: Some(image_size(&pretrained, &arguments, changed)?),
        pool: None,
        classes: Some(classes(&fields, &pretrained, changed)?),
        arguments: Some(changed),
    };
    let mut image = trunk(&request, path)?;
    resample(&mut image, name, &pretrained, shapes)?;
    // Frequencies of a rotary embedding are computed; some files keep them, and the token of hidden patches.
    let unused = if image.transformer.rotary.is_some() { &["rope.", "mask_token"][..] } else { &[] };
    Ok(ModelDescription {
        layout: "timm".to_string(),
        preprocessing: pretrained::preprocessing(&pretrained, image.image_size)?,
        classes: labels::names(&fields, &pretrained, request.classes.unwrap_or(0))?,
        image: Some(image),
        text: None,
        comparison: None,
        tokenizer: None,
        prompts: Prompts::default(),
        unused: unused.iter().map(|name| (*name).to_string()).collect(),
        notes: vec![],
        unknown_fields: unknown_fields(&fields, nested.is_some().then_some(&pretrained)),
    })
}

/// Fields that nothing is known about; `nested` has those of `pretrained_cfg`, where they stand apart.
fn unknown_fields(fields: &Fields, nested: Option<&Fields>) -> Vec<String> {
    let unknown = |fields: &Fields, known: &[&str]| -> Vec<String> {
        let names = fields.map.keys().filter(|name| !known.contains(&name.as_str()));
        names.map(|name| format!("{}{name}", fields.section)).collect()
    };
    match nested {
        Some(nested) => [unknown(fields, KNOWN), unknown(nested, KNOWN_PRETRAINED)].concat(),
        None => unknown(fields, &[KNOWN, KNOWN_PRETRAINED].concat()),
    }
}

/// How many classes the head knows; 0 where there is no head.
fn classes(fields: &Fields, pretrained: &Fields, changed: &Map<String, Value>) -> Result<i64, ConfigError> {
    let arguments = Fields { path: fields.path, section: "model_args.", map: changed };
    let holders = [&arguments, fields, pretrained];
    let holder = holders.into_iter().find(|holder| holder.get("num_classes").is_some()).unwrap_or(fields);
    holder.whole("num_classes", None, [0, MOST_WORDS])
}

/// Refuses a pool that the file reports and that the architecture with its arguments does not have: timm would build the
/// architecture's, and the weights were made with the other.
fn check_pool(fields: &Fields, arguments: &Fields) -> Result<(), ConfigError> {
    let built = arguments.text("global_pool")?.unwrap_or_default();
    match fields.text("global_pool")? {
        Some(reported) if reported != built && !reported.is_empty() => {
            let value = format!("{reported}, where architecture and model_args have {built}; name the pool in model_args");
            Err(fields.unsupported("global_pool", &value))
        }
        _ => Ok(()),
    }
}

/// Side of the images that the tower is run on.
fn image_size(pretrained: &Fields, arguments: &Fields, changed: &Map<String, Value>) -> Result<i64, ConfigError> {
    let stated = pretrained::side(pretrained)?;
    let dynamic = arguments.flag("dynamic_img_size", false)?;
    let fixed = pretrained.flag("fixed_input_size", false)? && changed.get("dynamic_img_size") != Some(&Value::from(true));
    let built = arguments.side("img_size", None)?;
    let is_given = changed.get("img_size").is_some_and(|side| !side.is_null());
    match stated {
        Some(side) if dynamic && side % arguments.side("patch_size", Some(16))? != 0 => {
            Err(pretrained.unsupported("input_size", &format!("[3,{side},{side}], which patches do not fill")))
        }
        Some(side) if dynamic || (fixed && !is_given) || side == built => Ok(side),
        Some(side) if !fixed => {
            let value = format!("[3,{side},{side}], where the tower is built for images of {built} pixels a side");
            Err(pretrained.unsupported("input_size", &value))
        }
        _ => Ok(built),
    }
}

/// Notes the grid that positions are stored for, where it is another than the tower's; timm resamples them.
fn resample(image: &mut ImageDescription, name: &str, fields: &Fields, shapes: &Shapes) -> Result<(), ConfigError> {
    let (grid, image_size) = (image.grid(), image.image_size);
    let Some(positions) = &mut image.positions else { return Ok(()) };
    let beside = i64::from(positions.covers == PositionsCover::ClassAndPatches);
    let side = match shapes.get(&positions.name).map(Vec::as_slice) {
        Some([1, count, _]) if *count > beside => (count - beside).isqrt(),
        _ => return Ok(()),
    };
    if side == grid || shapes.get(&positions.name).and_then(|shape| shape.get(1)) != Some(&(side * side + beside)) {
        return Ok(());
    }
    if name.starts_with("flexivit") {
        let value = format!("{image_size}, where positions of {side} by {side} patches are stored, resampled linearly");
        return Err(fields.unsupported("input_size", &value));
    }
    if let Some(count) = positions.shape.get_mut(1) {
        *count = side * side + beside;
    }
    positions.stored_grid = Some(StoredGrid { side, resampling: GridResampling::BicubicAntialiased });
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::encoder::description::image::ImagePool;
    use serde_json::json;

    /// What `save_config_for_hf` writes of a `vit_base_patch14_reg4_dinov2` with three classes, made smaller.
    fn plant_net() -> Value {
        json!({
            "architecture": "vit_base_patch14_reg4_dinov2", "num_classes": 3, "num_features": 96, "global_pool": "token",
            "label_names": ["Abies alba", "Acer campestre", "Acer platanoides"],
            "model_args": {"embed_dim": 96, "depth": 2, "num_heads": 3, "drop_path_rate": 0.1},
            "pretrained_cfg": {
                "tag": "pc24", "custom_load": false, "input_size": [3, 518, 518], "fixed_input_size": true,
                "interpolation": "bicubic", "crop_pct": 1.0, "crop_mode": "center", "mean": [0.485, 0.456, 0.406],
                "std": [0.229, 0.224, 0.225], "num_classes": 3, "pool_size": null, "first_conv": "patch_embed.proj",
                "classifier": "head", "tea": "green"
            }
        })
    }

    fn of(config: &Value, shapes: &[(&str, &[i64])]) -> Result<ModelDescription, String> {
        let shapes = shapes.iter().map(|(name, shape)| ((*name).to_string(), shape.to_vec())).collect();
        describe(config, Path::new("m/config.json"), &shapes).map_err(|error| error.to_string())
    }

    #[test]
    fn a_classifier_has_a_tower_a_head_and_names_of_classes() {
        let model = of(&plant_net(), &[("pos_embed", &[1, 1369, 96])]).unwrap();
        let image = model.image.as_ref().unwrap();
        assert_eq!((image.image_size, image.grid(), image.beside(), &image.pool), (518, 37, 5, &ImagePool::Class));
        let positions = image.positions.as_ref().unwrap();
        assert_eq!(
            (&positions.shape[..], positions.covers, positions.stored_grid),
            (&[1, 1369, 96][..], PositionsCover::Patches, None)
        );
        assert_eq!((image.classes.as_ref().unwrap().outputs(), model.classes[2].as_str()), (3, "Acer platanoides"));
        assert_eq!((model.embed_dim(), model.preprocessing.resize_to), (96, None));
        assert_eq!((model.unknown_fields, model.layout.as_str()), (vec!["pretrained_cfg.tea".to_string()], "timm"));
        let mut old = plant_net()["pretrained_cfg"].clone();
        old["architecture"] = json!("vit_base_patch14_reg4_dinov2");
        old["num_classes"] = json!(0);
        let model = of(&old, &[]).unwrap();
        assert_eq!((model.embed_dim(), model.image.unwrap().classes), (768, None));
    }

    #[test]
    fn positions_of_another_grid_are_resampled_as_timm_does() {
        let mut small = plant_net();
        small["pretrained_cfg"]["input_size"] = json!([3, 224, 224]);
        let model = of(&small, &[("pos_embed", &[1, 1369, 96])]).unwrap();
        let (image, resampling) = (model.image.unwrap(), GridResampling::BicubicAntialiased);
        let positions = image.positions.as_ref().unwrap();
        assert_eq!((image.grid(), positions.stored_grid), (16, Some(StoredGrid { side: 37, resampling })));
        assert_eq!(positions.shape, [1, 1369, 96]);
        // A number of positions that is no square is left to the check of shapes.
        assert_eq!(of(&small, &[("pos_embed", &[1, 1370, 96])]).unwrap().image.unwrap().positions.unwrap().stored_grid, None);
        small["architecture"] = json!("flexivit_base");
        small["pretrained_cfg"]["input_size"] = json!([3, 240, 240]);
        let error = of(&small, &[("pos_embed", &[1, 1369, 96])]).unwrap_err();
        assert!(error.starts_with("m/config.json: 'pretrained_cfg.input_size' is '240, where positions of 37 by 37"), "{error}");
    }

    #[test]
    fn the_side_is_that_which_timm_builds_or_may_change() {
        let side = |changes: &[(&str, Value)]| {
            let mut config = plant_net();
            for (pointer, value) in changes {
                let (section, name) = pointer.rsplit_once('/').unwrap();
                config.pointer_mut(section).unwrap()[name] = value.clone();
            }
            of(&config, &[]).map(|model| model.image.unwrap().image_size)
        };
        let (loose, other) =
            (("/pretrained_cfg/fixed_input_size", json!(false)), ("/pretrained_cfg/input_size", json!([3, 224, 224])));
        assert_eq!(side(&[]), Ok(518));
        assert_eq!(side(&[("/model_args/img_size", json!(336))]), Ok(336));
        assert_eq!(side(&[("/model_args/dynamic_img_size", json!(true)), other.clone()]), Ok(224));
        let error = side(&[loose, other]).unwrap_err();
        assert!(
            error.contains("'pretrained_cfg.input_size' is '[3,224,224], where the tower is built for images of 518"),
            "{error}"
        );
        let odd = ("/pretrained_cfg/input_size", json!([3, 225, 225]));
        let error = side(&[("/model_args/dynamic_img_size", json!(true)), odd]).unwrap_err();
        assert!(error.contains("'[3,225,225], which patches do not fill', which"), "{error}");
    }

    #[test]
    fn what_is_not_computed_is_refused_by_field() {
        let cases = [
            ("/architecture", json!("convnext_base"), "'architecture' is 'convnext_base"),
            ("/global_pool", json!("avg"), "'global_pool' is 'avg, where architecture and model_args have token; name"),
            ("/num_classes", json!(-1), "'num_classes' is -1; models with 0 to"),
            ("/num_classes", json!(4), "'label_names' is '3 names of 4 classes', which"),
            ("/model_args/in_chans", json!(4), "'model_args.in_chans' is '4', which"),
            ("/pretrained_cfg/label_offset", json!(1), "'pretrained_cfg.label_offset' is '1', which"),
            ("/pretrained_cfg/input_size", json!([3, 518, 224]), "'pretrained_cfg.input_size' is '[3,518,224]', which"),
            ("/pretrained_cfg/crop_mode", json!("border"), "'pretrained_cfg.crop_mode' is 'border', which"),
        ];
        for (pointer, value, sentence) in cases {
            let mut config = plant_net();
            let (section, name) = pointer.rsplit_once('/').unwrap();
            config.pointer_mut(section).unwrap()[name] = value;
            let error = of(&config, &[]).unwrap_err();
            assert!(error.starts_with(&format!("m/config.json: {sentence}")), "{error}");
        }
        let error = of(&json!({"num_classes": 3}), &[]).unwrap_err();
        assert!(error.starts_with("m/config.json: 'architecture' is missing; copy"), "{error}");
    }
}
