//! transformers' `SiglipModel`, which SigLIP 2 of fixed sizes is published as too.

use super::clip::patches;
use super::preprocessor;
use super::sizes::{self, Sizes};
use super::tokenizer_files::{self, TokenizerFiles};
use super::{activation, clip_stack};
use crate::encoder::description::image::{
    AttentionPool, ImageDescription, ImagePool, ImagePositions, PatchNames, PoolPerceptron, PositionsCover,
};
use crate::encoder::description::model::{Cleaning, Comparison, FileTokenizer, ModelDescription, TokenizerDescription};
use crate::encoder::description::preprocessing::Preprocessing;
use crate::encoder::description::prompts::Prompts;
use crate::encoder::description::tensors::{LinearNames, NormNames};
use crate::encoder::description::text::{After, Padding, Projection, TextDescription, TextPool, TextPositions};
use crate::encoder::description::transformer::Attention;
use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::fields::{Fields, MOST_TOKENS, MOST_WIDTH, MOST_WORDS};
use nearmiss::runs::recipe::Activation;
use serde_json::{Map, Value};
use std::path::Path;

/// The defaults of `SiglipTextConfig` and `SiglipVisionConfig`: width, layers, heads, width of the perceptrons.
const SIZES: [i64; 4] = [768, 12, 12, 3072];

/// Describes a `SiglipModel`.
///
/// # Source
///
/// transformers 5.24, `models/siglip/configuration_siglip.py` and `modeling_siglip.py`.
pub(super) fn describe(config: &Value, path: &Path) -> Result<ModelDescription, ConfigError> {
    let fields = Fields::of(path, "", config)?;
    let empty = Value::Object(Map::new());
    let image = image(&Fields::of(path, "vision_config.", fields.get("vision_config").unwrap_or(&empty))?)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let files = TokenizerFiles::read(folder)?;
    let of_text = Fields::of(path, "text_config.", fields.get("text_config").unwrap_or(&empty))?;
    let text = text(&of_text, padding(&files, &of_text)?, image.transformer.width)?;
    let (interpolation, resize_mode) = (Some("bicubic".to_string()), Some("squash".to_string()));
    let default = Preprocessing { interpolation, resize_mode, ..Preprocessing::of([0.5; 3], [0.5; 3]) };
    let preprocessing = preprocessor::read(folder, default, image.image_size)?;
    let mut notes: Vec<String> = preprocessor::note_if_missing(folder, "SigLIP's")?.into_iter().collect();
    let tokenizer = tokenizer(&files, &mut notes);
    Ok(ModelDescription {
        layout: "transformers siglip".to_string(),
        image: Some(image),
        text: Some(text),
        comparison: Some(Comparison { scale: "logit_scale".to_string(), bias: Some("logit_bias".to_string()) }),
        preprocessing,
        tokenizer: Some(TokenizerDescription::File(tokenizer)),
        prompts: Prompts::default(),
        classes: vec![],
        unused: ["text_model", "vision_model"].map(|tower| format!("{tower}.embeddings.position_ids")).to_vec(),
        notes,
        unknown_fields: vec![],
    })
}

/// Why `Siglip2Model` is not computed: its images have as many patches as their shape asks for.
pub(super) fn naflex(fields: &Fields) -> ConfigError {
    let value = "siglip2, which cuts photographs into as many patches as their shape asks for (NaFlex); SigLIP 2 of a fixed \
                 size, siglip2-*-patch16-224 and the like, has the type siglip and is read";
    fields.unsupported("model_type", value)
}

fn image(fields: &Fields) -> Result<ImageDescription, ConfigError> {
    fields.only("num_channels", &[Value::from(3)])?;
    fields.only("vision_use_head", &[Value::from(true)])?;
    let sizes = Sizes::read(fields, sizes::NAMES, SIZES)?;
    let (image_size, patch_size) = (fields.side("image_size", Some(224))?, fields.side("patch_size", Some(16))?);
    let patches = patches(fields, image_size, patch_size)?;
    let (width, epsilon) = (sizes.width, fields.number("layer_norm_eps", 1e-6)?);
    let activation = activation::named(fields, "hidden_act", "gelu_pytorch_tanh")?;
    let name = |name: &str| format!("vision_model.{name}");
    Ok(ImageDescription {
        image_size,
        patch_size,
        patches: PatchNames {
            weight: name("embeddings.patch_embedding.weight"),
            bias: Some(name("embeddings.patch_embedding.bias")),
        },
        tokens: vec![],
        positions: Some(ImagePositions {
            name: name("embeddings.position_embedding.weight"),
            shape: vec![patches, width],
            covers: PositionsCover::Patches,
            stored_grid: None,
        }),
        norm_before: None,
        transformer: clip_stack::stack("vision_model", sizes, activation, epsilon, Attention::Full),
        norm_after: Some(NormNames::layer(&name("post_layernorm"), width, epsilon)),
        norm_after_pool: false,
        pool: ImagePool::Attention(Box::new(head(sizes, activation, epsilon))),
        projection: None,
        classes: None,
    })
}

/// The head: one learnt query, and an attention of `PyTorch` whose three matrices are one.
fn head(sizes: Sizes, activation: Activation, epsilon: f64) -> AttentionPool {
    let Sizes { width, heads, mlp_width, .. } = sizes;
    let name = |name: &str| format!("vision_model.head.{name}");
    let (weight, bias) = (name("attention.in_proj_weight"), name("attention.in_proj_bias"));
    let rows = |first, outputs| LinearNames::rows_of(&weight, Some(&bias), (first, 3 * width), outputs, width);
    AttentionPool {
        latent: name("probe"),
        latent_shape: vec![1, 1, width],
        latent_norm: None,
        context_norm: None,
        heads,
        query: rows(0, width),
        keys_values: rows(width, 2 * width),
        out: LinearNames::biased(&name("attention.out_proj"), width, width),
        perceptron: Some(PoolPerceptron {
            norm: NormNames::layer(&name("layernorm"), width, epsilon),
            fc: LinearNames::biased(&name("mlp.fc1"), mlp_width, width),
            activation,
            proj: LinearNames::biased(&name("mlp.fc2"), width, mlp_width),
        }),
    }
}

fn text(fields: &Fields, padding: i64, embed_dim: i64) -> Result<TextDescription, ConfigError> {
    let sizes = Sizes::read(fields, sizes::NAMES, SIZES)?;
    let context_length = fields.whole("max_position_embeddings", Some(64), [1, MOST_TOKENS])?;
    let vocab_size = fields.whole("vocab_size", Some(32_000), [2, MOST_WORDS])?;
    let (width, epsilon) = (sizes.width, fields.number("layer_norm_eps", 1e-6)?);
    let outputs = fields.whole("projection_size", Some(width), [1, MOST_WIDTH])?;
    if outputs != embed_dim {
        let value = format!("{outputs} (hidden_size where it is missing), where images have {embed_dim} numbers");
        return Err(fields.unsupported("projection_size", &value));
    }
    let activation = activation::named(fields, "hidden_act", "gelu_pytorch_tanh")?;
    Ok(TextDescription {
        context_length,
        vocab_size,
        words: "text_model.embeddings.token_embedding.weight".to_string(),
        positions: Some(TextPositions {
            name: "text_model.embeddings.position_embedding.weight".to_string(),
            rows: context_length,
            first: 0,
        }),
        kinds: None,
        norm_before: None,
        class_token: None,
        transformer: clip_stack::stack("text_model", sizes, activation, epsilon, Attention::Full),
        norm_after: Some(NormNames::layer("text_model.final_layer_norm", width, epsilon)),
        start: false,
        padding: Padding::ReadToContext(padding),
        pool: TextPool::Last,
        projections: vec![Projection { linear: LinearNames::biased("text_model.head", outputs, width), after: After::Nothing }],
        normalise: true,
        keep: None,
    })
}

/// The id that texts are padded with: that of the tokenizer's files, else the configuration's own word.
fn padding(files: &TokenizerFiles, fields: &Fields) -> Result<i64, ConfigError> {
    match (files.padding_id()?, fields.get("pad_token_id")) {
        (Some(id), _) => Ok(id),
        (None, Some(_)) => fields.whole("pad_token_id", None, [0, MOST_WORDS]),
        (None, None) => Err(files.missing("pad_token", "copy the tokenizer's files (tokenizer.json, tokenizer_config.json) too")),
    }
}

/// What transformers does to a text before `tokenizer.json`: its class of SigLIP cleans, its class of SigLIP 2 writes small
/// letters, any other does neither.
fn tokenizer(files: &TokenizerFiles, notes: &mut Vec<String>) -> FileTokenizer {
    if files.hides_padding() {
        notes.push(
            "SigLIP's padding is read, as it was trained; tokenizer_config.json names attention_mask in model_input_names, \
             and with that transformers hides the padding"
                .to_string(),
        );
    }
    match files.class() {
        Some("SiglipTokenizer") => FileTokenizer { cleaning: Cleaning::Siglip, ..tokenizer_files::plain() },
        Some("Siglip2Tokenizer") => FileTokenizer { lower_case: true, ..tokenizer_files::plain() },
        Some("GemmaTokenizer") => {
            notes.push(
                "capitals stay, as transformers' GemmaTokenizer leaves them; SigLIP 2 was trained on small letters, which \
                 tokenizer_class Siglip2Tokenizer in tokenizer_config.json asks for"
                    .to_string(),
            );
            tokenizer_files::plain()
        }
        _ => tokenizer_files::plain(),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::saved;
    use super::*;
    use serde_json::json;

    fn tiny() -> Value {
        json!({
            "model_type": "siglip",
            "text_config": {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 12,
                "vocab_size": 20, "max_position_embeddings": 7, "projection_size": 10},
            "vision_config": {"hidden_size": 10, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 14,
                "image_size": 8, "patch_size": 4},
        })
    }

    /// What `SiglipTokenizer.save_pretrained` of transformers 5.24 writes, shortened.
    fn first() -> Value {
        json!({"pad_token": "</s>", "tokenizer_class": "SiglipTokenizer", "added_tokens_decoder": {"1": {"content": "</s>"}}})
    }

    fn of(config: &Value, tokenizer: &Value) -> Result<ModelDescription, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("tokenizer_config.json"), tokenizer.to_string()).unwrap();
        describe(config, &folder.path().join("config.json")).map_err(|error| error.to_string())
    }

    #[test]
    fn names_and_shapes_are_those_that_transformers_saves() {
        let model = of(&tiny(), &first()).unwrap();
        assert_eq!(saved::misfits(&model, &saved::shapes("siglip")), [""; 0]);
        let (image, text) = (model.image.as_ref().unwrap(), model.text.as_ref().unwrap());
        assert_eq!((model.embed_dim(), text.outputs(), image.grid(), image.beside()), (10, 10, 2, 0));
        assert_eq!((text.pool, text.padding, text.context_length), (TextPool::Last, Padding::ReadToContext(1), 7));
        assert_eq!((text.transformer.attention, text.transformer.activation), (Attention::Full, Activation::GeluTanh));
        let ImagePool::Attention(head) = &image.pool else { panic!("{:?}", image.pool) };
        let rows = |linear: &LinearNames| linear.pieces.first().and_then(|piece| piece.rows);
        assert_eq!((rows(&head.query), rows(&head.keys_values)), (Some((0, 30)), Some((10, 30))));
        assert_eq!((head.query.outputs(), head.keys_values.outputs(), head.heads), (10, 20, 2));
        assert_eq!(model.preprocessing.resize_mode.as_deref(), Some("squash"));
    }

    #[test]
    fn texts_are_cleaned_as_the_tokenizers_class_does() {
        let tokenizer = |config: &Value| {
            let model = of(&tiny(), config).unwrap();
            let Some(TokenizerDescription::File(tokenizer)) = model.tokenizer else { panic!("{:?}", model.tokenizer) };
            (tokenizer.cleaning, tokenizer.lower_case, model.notes.len() - 1)
        };
        assert_eq!(tokenizer(&first()), (Cleaning::Siglip, false, 0));
        let second = |class: &str| {
            let decoder = json!({"0": {"content": "<pad>"}});
            json!({"pad_token": "<pad>", "tokenizer_class": class, "added_tokens_decoder": decoder})
        };
        assert_eq!(tokenizer(&second("Siglip2Tokenizer")), (Cleaning::None, true, 0));
        assert_eq!(tokenizer(&second("GemmaTokenizerFast")), (Cleaning::None, false, 1));
        assert_eq!(tokenizer(&second("T5Tokenizer")), (Cleaning::None, false, 0));
        let mut hidden = first();
        hidden["model_input_names"] = json!(["input_ids", "attention_mask"]);
        assert_eq!(tokenizer(&hidden), (Cleaning::Siglip, false, 1));
    }

    #[test]
    fn padding_must_be_known_and_other_kinds_are_refused() {
        let error = of(&tiny(), &json!({})).unwrap_err();
        assert!(error.contains("tokenizer_config.json: 'pad_token' is missing; copy the tokenizer's files"), "{error}");
        let mut stated = tiny();
        stated["text_config"]["pad_token_id"] = json!(3);
        assert_eq!(of(&stated, &json!({})).unwrap().text.unwrap().padding, Padding::ReadToContext(3));
        let mut other = tiny();
        other["text_config"]["projection_size"] = json!(8);
        assert!(of(&other, &first()).unwrap_err().contains("'text_config.projection_size' is '8 (hidden_size"));
        other["vision_config"]["vision_use_head"] = json!(false);
        assert!(of(&other, &first()).unwrap_err().contains("'vision_config.vision_use_head' is 'false', which"));
        let value = json!({"model_type": "siglip2"});
        let error = naflex(&Fields::of(Path::new("m/config.json"), "", &value).unwrap()).to_string();
        assert!(error.starts_with("m/config.json: 'model_type' is 'siglip2, which cuts photographs into as many"), "{error}");
    }
}
