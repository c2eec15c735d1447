//! Fields of a configuration, read and held against what is computed.

use super::error::ConfigError;
use super::fields::{ARCHITECTURE, HARMLESS};
use super::file::{Text, Vision};
use super::sizes::{TextConfig, TransformerConfig, VisionConfig};
use serde_json::{Map, Value};
use std::path::Path;

/// The most of each size that is computed, far above any model there is.
const MOST_LAYERS: i64 = 512;
pub(super) const MOST_WIDTH: i64 = 32_768;
const MOST_MLP_WIDTH: i64 = 4 * MOST_WIDTH;
const MOST_PIXELS: i64 = 8_192;
const MOST_PATCHES: i64 = 65_536;
const MOST_TOKENS: i64 = 65_536;
const MOST_WORDS: i64 = 4_194_304;

/// Reads the fields of a configuration and refuses what is not computed.
pub(super) struct Reader<'a> {
    /// The file, for messages.
    path: &'a Path,
    /// Fields that nothing is known about, so far.
    pub(super) unknown: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(path: &'a Path) -> Reader<'a> {
        Reader { path, unknown: vec![] }
    }
}

impl Reader<'_> {
    pub(super) fn unsupported(&self, field: String, value: &Value) -> ConfigError {
        ConfigError::Unsupported { path: self.path.to_path_buf(), field, value: text_of(value) }
    }

    /// Refuses fields that would change the result and notes those that nothing is known about.
    pub(super) fn check(&mut self, section: &str, pool: &str, fields: &Map<String, Value>) -> Result<(), ConfigError> {
        for (name, value) in fields {
            let field = format!("{section}.{name}");
            let neutral = if name == "pool_type" {
                Some(text_of(value) == pool)
            } else {
                let known = ARCHITECTURE.iter().find(|(known, _)| known == name);
                known.map(|(_, neutral)| neutral.contains(&text_of(value).as_str()))
            };
            match neutral {
                Some(false) if !value.is_null() => return Err(self.unsupported(field, value)),
                None if !HARMLESS.contains(&name.as_str()) => self.unknown.push(field),
                _ => {}
            }
        }
        Ok(())
    }

    /// A side length, given as one number or as two that are equal.
    fn side(&self, field: &str, value: &Value) -> Result<i64, ConfigError> {
        let side = match value {
            Value::Array(sides) => match &sides[..] {
                [height, width] if height == width => height,
                _ => return Err(self.unsupported(field.to_string(), value)),
            },
            one => one,
        };
        self.whole(field, side, 1, MOST_PIXELS)
    }

    /// A whole number within bounds.
    fn whole(&self, field: &str, value: &Value, least: i64, most: i64) -> Result<i64, ConfigError> {
        match value.as_i64() {
            Some(number) => self.within(field, number, least, most),
            // Beyond 64 bits, or with a fraction.
            None if value.is_number() => Err(self.out_of_range(field, value.to_string(), least, most)),
            None => Err(self.unsupported(field.to_string(), value)),
        }
    }

    /// A number that was read whole, within bounds.
    pub(super) fn within(&self, field: &str, number: i64, least: i64, most: i64) -> Result<i64, ConfigError> {
        if (least..=most).contains(&number) { Ok(number) } else { Err(self.out_of_range(field, number.to_string(), least, most)) }
    }

    fn out_of_range(&self, field: &str, value: String, least: i64, most: i64) -> ConfigError {
        ConfigError::OutOfRange { path: self.path.to_path_buf(), field: field.to_string(), value, least, most }
    }

    fn transformer(&self, section: &str, [width, layers, heads]: [i64; 3], ratio: f64) -> Result<TransformerConfig, ConfigError> {
        for (name, value, most) in [("width", width, MOST_WIDTH), ("layers", layers, MOST_LAYERS), ("heads", heads, MOST_WIDTH)] {
            self.within(&format!("{section}.{name}"), value, 1, most)?;
        }
        if width % heads != 0 {
            return Err(self.unsupported(format!("{section}.width"), &Value::from(format!("{width} with {heads} heads"))));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "truncates as open_clip does")]
        let mlp_width = (width as f64 * ratio) as i64;
        self.within(&format!("{section}.mlp_ratio × width"), mlp_width, 1, MOST_MLP_WIDTH)?;
        Ok(TransformerConfig { width, layers, heads, mlp_width })
    }

    /// The image tower.
    pub(super) fn vision(&self, vision: &Vision) -> Result<VisionConfig, ConfigError> {
        let layers = self.whole("vision_cfg.layers", &vision.layers, 1, MOST_LAYERS)?;
        self.within("vision_cfg.width", vision.width, 1, MOST_WIDTH)?;
        self.within("vision_cfg.head_width", vision.head_width, 1, MOST_WIDTH)?;
        let (image_size, patch_size) =
            (self.side("vision_cfg.image_size", &vision.image_size)?, self.side("vision_cfg.patch_size", &vision.patch_size)?);
        if patch_size > image_size {
            return Err(self.unsupported("vision_cfg.patch_size".to_string(), &vision.patch_size));
        }
        let patches = (image_size / patch_size) * (image_size / patch_size);
        self.within("vision_cfg.image_size / patch_size, squared", patches, 1, MOST_PATCHES)?;
        let sizes = [vision.width, layers, vision.width / vision.head_width];
        Ok(VisionConfig { image_size, patch_size, transformer: self.transformer("vision_cfg", sizes, vision.mlp_ratio)? })
    }

    /// The text tower.
    pub(super) fn text(&self, text: &Text) -> Result<TextConfig, ConfigError> {
        self.within("text_cfg.context_length", text.context_length, 3, MOST_TOKENS)?;
        self.within("text_cfg.vocab_size", text.vocab_size, 3, MOST_WORDS)?;
        let transformer = self.transformer("text_cfg", [text.width, text.layers, text.heads], text.mlp_ratio)?;
        Ok(TextConfig { context_length: text.context_length, vocab_size: text.vocab_size, transformer })
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_string)
}
