//! The fields of a configuration: which are read, which change nothing, and which must say nothing new.

use super::super::error::ConfigError;
use super::super::fields::{Fields, spelt};

/// Fields that change what is computed, each with the values that change nothing; null never does.
const NEUTRAL: &[(&str, &[&str])] = &[
    ("pos_embed_type", &["learnable", "sin_cos_2d"]),
    ("block_type", &["default", "custom"]),
    ("qk_norm", &["false"]),
    ("scaled_cosine_attn", &["false"]),
    ("scale_heads", &["false"]),
    ("scale_attn_inner", &["false"]),
    ("scale_attn", &["false"]),
    ("scale_fc", &["false"]),
    ("tokenizer_mode", &[""]),
    ("text_mask", &[""]),
    ("use_pad_mask", &["false"]),
    ("correct_cls_mask", &["false"]),
    // Of open_clip before 2.17, which now reads `hf_proj_type` and `hf_pooler_type`.
    ("proj", &[]),
    ("pooler_type", &[]),
    // Of open_clip after 3.3.
    ("text_arch", &["clip"]),
    ("variable_text", &["false"]),
    ("tokenizer_type", &[""]),
    ("norm_type", &["layernorm"]),
    ("hf_model_config", &["{}"]),
    ("image_seq_len", &[]),
];

/// Fields that are read elsewhere, and fields that change nothing here: training, how a checkpoint is laid out, and what the
/// decoder of texts alone reads.
const KNOWN: &[&str] = &[
    "embed_dim",
    "vision_cfg",
    "text_cfg",
    "preprocess_cfg",
    "multimodal_cfg",
    "quick_gelu",
    "custom_text",
    "init_logit_scale",
    "init_logit_bias",
    "nonscalar_logit_scale",
    "image_size",
    "layers",
    "width",
    "head_width",
    "heads",
    "patch_size",
    "mlp_ratio",
    "ls_init_value",
    "patch_dropout",
    "attentional_pool",
    "attn_pooler_queries",
    "attn_pooler_heads",
    "no_ln_pre",
    "final_ln_after_pool",
    "pool_type",
    "output_tokens",
    "act_kwargs",
    "norm_kwargs",
    "timm_model_name",
    "timm_model_pretrained",
    "timm_model_kwargs",
    "timm_pool",
    "timm_proj",
    "timm_proj_bias",
    "timm_drop",
    "timm_drop_path",
    "dual_projector",
    "context_length",
    "vocab_size",
    "embed_cls",
    "pad_id",
    "bos_id",
    "eos_id",
    "no_causal_mask",
    "proj_bias",
    "proj_type",
    "hf_tokenizer_name",
    "tokenizer_kwargs",
    "hf_model_name",
    "hf_model_pretrained",
    "hf_proj_type",
    "hf_pooler_type",
];

/// Refuses fields that would change the result and returns those that nothing is known about, with their section.
pub(super) fn unknown(fields: &Fields) -> Result<Vec<String>, ConfigError> {
    let mut unknown = vec![];
    for (name, value) in fields.map {
        match NEUTRAL.iter().find(|(known, _)| known == name) {
            Some((_, neutral)) if !value.is_null() && !neutral.contains(&spelt(value).as_str()) => {
                return Err(fields.unsupported(name, &spelt(value)));
            }
            None if !KNOWN.contains(&name.as_str()) => unknown.push(format!("{}{name}", fields.section)),
            _ => {}
        }
    }
    Ok(unknown)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use std::path::Path;

    #[test]
    fn neutral_and_unknown_fields_are_accepted_and_the_unknown_listed() {
        let found = |value: &Value| unknown(&Fields::of(Path::new("c.json"), "text_cfg.", value).unwrap());
        let accepted = json!({"qk_norm": false, "block_type": "custom", "text_mask": null, "width": 3, "tea": "green"});
        assert_eq!(found(&accepted).unwrap(), ["text_cfg.tea"]);
        for refused in [json!({"qk_norm": true}), json!({"tokenizer_mode": "clips"}), json!({"use_pad_mask": true})] {
            let message = found(&refused).unwrap_err().to_string();
            let (name, value) = refused.as_object().unwrap().iter().next().unwrap();
            assert!(message.starts_with(&format!("c.json: 'text_cfg.{name}' is '{}', which", spelt(value))), "{message}");
        }
    }
}
