//! open_clip's own image tower.

use super::super::error::ConfigError;
use super::super::fields::{Fields, MOST_PATCHES, MOST_TOKENS, MOST_WIDTH, spelt};
use super::super::shapes::Shapes;
use super::blocks::{EPSILON, Sizes};
use crate::encoder::description::image::{
    AttentionPool, GridResampling, ImageDescription, ImagePool, ImagePositions, PatchNames, PositionsCover, StoredGrid,
    TokenNames,
};
use crate::encoder::description::tensors::{LinearNames, NormNames};
use crate::encoder::description::transformer::Attention;
use serde_json::Value;

/// The name of the positions.
const POSITIONS: &str = "visual.positional_embedding";

/// The image tower of a configuration without `timm_model_name`.
///
/// # Source
///
/// `open_clip` 3.3, `src/open_clip/transformer.py`, `VisionTransformer`.
pub(super) fn tower(fields: &Fields, embed_dim: i64, quick_gelu: bool, shapes: &Shapes) -> Result<ImageDescription, ConfigError> {
    let sizes = Sizes::of_images(fields, quick_gelu)?;
    let (image_size, patch_size) = sides(fields)?;
    let (width, grid) = (sizes.width, image_size / patch_size);
    let stored_grid = stored_grid(shapes, grid);
    let side = stored_grid.map_or(grid, |stored| stored.side);
    let pool = pool(fields, width, embed_dim)?;
    let attends = matches!(pool, ImagePool::Attention(_));
    let pooled = if attends { embed_dim } else { width };
    Ok(ImageDescription {
        image_size,
        patch_size,
        patches: PatchNames { weight: "visual.conv1.weight".to_string(), bias: None },
        tokens: vec![TokenNames { name: "visual.class_embedding".to_string(), shape: vec![width], count: 1 }],
        // Sines and cosines (`pos_embed_type`) are stored as learnt positions are.
        positions: Some(ImagePositions {
            name: POSITIONS.to_string(),
            shape: vec![side * side + 1, width],
            covers: PositionsCover::ClassAndPatches,
            stored_grid,
        }),
        norm_before: (!fields.flag("no_ln_pre", false)?).then(|| NormNames::layer("visual.ln_pre", width, sizes.epsilon)),
        transformer: sizes.transformer("visual.transformer.", Attention::Full),
        norm_after: Some(NormNames::layer("visual.ln_post", pooled, sizes.epsilon)),
        // The norm stands after an attention that pools whatever `final_ln_after_pool` says.
        norm_after_pool: fields.flag("final_ln_after_pool", false)? || attends,
        pool,
        projection: Some(LinearNames::bare("visual.proj", embed_dim, pooled)),
        classes: None,
    })
}

/// The grid of the checkpoint's positions where it is another than the tower's: open_clip resamples them.
///
/// # Source
///
/// `open_clip` 3.3, `src/open_clip/model.py`, `resize_pos_embed`.
fn stored_grid(shapes: &Shapes, grid: i64) -> Option<StoredGrid> {
    let rows = *shapes.get(POSITIONS)?.first()?;
    let patches = rows.checked_sub(1).filter(|patches| (1..=MOST_PATCHES).contains(patches))?;
    let side = patches.isqrt();
    (side * side == patches && side != grid).then_some(StoredGrid { side, resampling: GridResampling::BicubicAntialiased })
}

/// Sides of image and patch.
fn sides(fields: &Fields) -> Result<(i64, i64), ConfigError> {
    let (image_size, patch_size) = (fields.side("image_size", Some(224))?, fields.side("patch_size", Some(16))?);
    if patch_size > image_size {
        return Err(fields.unsupported("patch_size", &patch_size.to_string()));
    }
    let patches = (image_size / patch_size) * (image_size / patch_size);
    if patches > MOST_PATCHES {
        let field = format!("{}image_size / patch_size, squared", fields.section);
        let (path, value) = (fields.path.to_path_buf(), patches.to_string());
        return Err(ConfigError::OutOfRange { path, field, value, least: 1, most: MOST_PATCHES });
    }
    Ok((image_size, patch_size))
}

/// How tokens become one vector.
fn pool(fields: &Fields, width: i64, embed_dim: i64) -> Result<ImagePool, ConfigError> {
    let kind = fields.text("pool_type")?.unwrap_or("tok");
    match (fields.get("attentional_pool"), kind) {
        // 'parallel' and 'cascade' give one row per query, and open_clip itself calls them untested.
        (Some(Value::Bool(true)), "tok") => Ok(ImagePool::Attention(Box::new(attention_pool(fields, width, embed_dim)?))),
        (None | Some(Value::Bool(false)), "tok") => Ok(ImagePool::Class),
        (None | Some(Value::Bool(false)), "avg") => Ok(ImagePool::MeanOfPatches),
        (None | Some(Value::Bool(_)), _) => Err(fields.unsupported("pool_type", kind)),
        (Some(other), _) => Err(fields.unsupported("attentional_pool", &spelt(other))),
    }
}

/// CoCa's pooler: of its queries the first gives the image's vector.
///
/// Its norms are made without the tower's `norm_kwargs`. `PyTorch`'s attention keeps one matrix for queries, keys and values
/// where all are of one width, and three matrices with one vector of biases elsewhere.
///
/// # Source
///
/// `open_clip` 3.3, `src/open_clip/transformer.py`, `AttentionalPooler`; `PyTorch` 2.11, `torch/nn/modules/activation.py`,
/// `MultiheadAttention.__init__`.
fn attention_pool(fields: &Fields, width: i64, embed_dim: i64) -> Result<AttentionPool, ConfigError> {
    let heads = fields.whole("attn_pooler_heads", Some(8), [1, MOST_WIDTH])?;
    let queries = fields.whole("attn_pooler_queries", Some(256), [1, MOST_TOKENS])?;
    if embed_dim % heads != 0 {
        return Err(fields.unsupported("attn_pooler_heads", &format!("{heads} with embeddings of {embed_dim}")));
    }
    let (bias, stored) = ("visual.attn_pool.attn.in_proj_bias", 3 * embed_dim);
    let matrix = |name: &str| format!("visual.attn_pool.attn.{name}_proj_weight");
    let (query, keys_values) = if width == embed_dim {
        let rows = |first, outputs| LinearNames::rows_of(&matrix("in"), Some(bias), (first, stored), outputs, width);
        (rows(0, embed_dim), rows(embed_dim, 2 * embed_dim))
    } else {
        let (query, keys_values) = ([matrix("q")], [matrix("k"), matrix("v")]);
        (
            LinearNames::sharing_bias(&query, bias, (0, stored), embed_dim, embed_dim),
            LinearNames::sharing_bias(&keys_values, bias, (embed_dim, stored), embed_dim, width),
        )
    };
    Ok(AttentionPool {
        latent: "visual.attn_pool.query".to_string(),
        latent_shape: vec![queries, embed_dim],
        latent_norm: Some(NormNames::layer("visual.attn_pool.ln_q", embed_dim, EPSILON)),
        context_norm: Some(NormNames::layer("visual.attn_pool.ln_k", width, EPSILON)),
        heads,
        query,
        keys_values,
        out: LinearNames::biased("visual.attn_pool.attn.out_proj", embed_dim, embed_dim),
        perceptron: None,
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;
    use std::path::Path;

    fn read(value: &Value) -> Result<ImageDescription, String> {
        let fields = Fields::of(Path::new("c.json"), "vision_cfg.", value).unwrap();
        tower(&fields, 512, false, &Shapes::new()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_norm_stands_before_the_pool_or_after_it() {
        let of = |value: &Value| read(value).map(|tower| (tower.pool, tower.norm_after_pool, tower.norm_before.is_some()));
        assert_eq!(of(&json!({})), Ok((ImagePool::Class, false, true)));
        assert_eq!(of(&json!({"pool_type": "avg", "no_ln_pre": true})), Ok((ImagePool::MeanOfPatches, false, false)));
        let after = json!({"pool_type": "avg", "final_ln_after_pool": true, "attentional_pool": false});
        assert_eq!(of(&after), Ok((ImagePool::MeanOfPatches, true, true)));
    }

    #[test]
    fn norms_of_a_pooler_keep_their_epsilon() {
        let tower = read(&json!({"attentional_pool": true, "norm_kwargs": {"eps": 0.5}})).unwrap();
        let ImagePool::Attention(pool) = tower.pool else { panic!("no attention pools") };
        let epsilons = [tower.norm_after, pool.latent_norm, pool.context_norm].map(|norm| norm.map(|norm| norm.epsilon));
        assert_eq!((epsilons, pool.latent_shape), ([Some(0.5), Some(1e-5), Some(1e-5)], vec![256, 512]));
    }

    #[test]
    fn pools_that_give_no_vector_are_refused() {
        let refused = [
            (json!({"pool_type": "none"}), "pool_type' is 'none', which"),
            (json!({"attentional_pool": true, "pool_type": "avg"}), "pool_type' is 'avg', which"),
            (json!({"attentional_pool": "cascade"}), "attentional_pool' is 'cascade', which"),
            (
                json!({"attentional_pool": true, "attn_pooler_heads": 7}),
                "attn_pooler_heads' is '7 with embeddings of 512', which",
            ),
        ];
        for (value, sentence) in refused {
            let message = read(&value).unwrap_err();
            assert!(message.starts_with(&format!("c.json: 'vision_cfg.{sentence}")), "{message}");
        }
    }
}
