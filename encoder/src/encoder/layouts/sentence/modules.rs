//! `modules.json`: what a sentence encoder is made of, one module after the other.

use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::fields::Fields;
use crate::encoder::layouts::transformers::read_json;
use serde_json::Value;
use std::path::{Component, Path, PathBuf};

/// The list of modules.
const FILE: &str = "modules.json";

/// What a module does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Transformer,
    Pooling,
    Dense,
    Normalize,
}

/// A module.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Module {
    /// Its folder within the model's; empty for the model's own.
    pub(super) path: String,
    /// What it does.
    pub(super) kind: Kind,
    /// Its class, for messages.
    class: String,
}

/// The modules of a model in their order.
pub(super) struct Modules {
    path: PathBuf,
    /// The modules.
    pub(super) all: Vec<Module>,
}

impl Modules {
    /// Reads the list of a folder.
    ///
    /// # Source
    ///
    /// sentence-transformers 6.2, `base/model.py`, `_load_config_modules`; a class has moved between modules of Python over the
    /// years, its name stayed.
    pub(super) fn read(folder: &Path) -> Result<Modules, ConfigError> {
        let path = folder.join(FILE);
        let entries: Vec<Value> = read_json(&path)?;
        let all = entries.iter().enumerate().map(|(place, entry)| module(&path, place, entry)).collect::<Result<Vec<_>, _>>()?;
        Ok(Modules { path, all })
    }

    /// A module that stands where it is not computed, or none where one must be.
    pub(super) fn misplaced(&self, place: usize, why: &str) -> ConfigError {
        let class = self.all.get(place).map_or("missing", |module| module.class.as_str());
        let (field, value) = (format!("[{place}].type"), format!("{class} {why}"));
        ConfigError::Unsupported { path: self.path.clone(), field, value }
    }
}

fn module(path: &Path, place: usize, entry: &Value) -> Result<Module, ConfigError> {
    let section = format!("[{place}].");
    let fields = Fields::of(path, &section, entry)?;
    let remedy = "copy or download the model again";
    let class = fields.text("type")?.ok_or_else(|| fields.missing("type", remedy))?;
    let own = class.strip_prefix("sentence_transformers.").and_then(|class| class.rsplit('.').next());
    let kind = match own {
        Some("Transformer") => Kind::Transformer,
        Some("Pooling") => Kind::Pooling,
        Some("Dense") => Kind::Dense,
        Some("Normalize") => Kind::Normalize,
        _ => {
            return Err(fields.unsupported("type", &format!("{class}, where Transformer, Pooling, Dense and Normalize are read")));
        }
    };
    let folder = fields.text("path")?.ok_or_else(|| fields.missing("path", remedy))?;
    // Folders beside the list alone: a model reads nothing from elsewhere.
    if !Path::new(folder).components().all(|part| matches!(part, Component::Normal(_))) {
        return Err(fields.unsupported("path", folder));
    }
    Ok(Module { path: folder.to_string(), kind, class: class.to_string() })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(value: &Value) -> Result<Vec<(String, Kind)>, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), value.to_string()).unwrap();
        let modules = Modules::read(folder.path()).map_err(|error| error.to_string())?;
        Ok(modules.all.into_iter().map(|module| (module.path, module.kind)).collect())
    }

    #[test]
    fn classes_of_every_age_are_known_and_others_refused() {
        let modules = json!([
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.sentence_transformer.modules.pooling.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Dense", "type": "sentence_transformers.base.modules.dense.Dense"},
            {"idx": 3, "name": "3", "path": "3_Normalize", "type": "sentence_transformers.models.Normalize"},
        ]);
        let kinds =
            [("", Kind::Transformer), ("1_Pooling", Kind::Pooling), ("2_Dense", Kind::Dense), ("3_Normalize", Kind::Normalize)];
        assert_eq!(of(&modules).unwrap(), kinds.map(|(path, kind)| (path.to_string(), kind)));
        let one = |class: &str, path: &str| of(&json!([{"path": path, "type": class}])).unwrap_err();
        let refused = one("sentence_transformers.models.LayerNorm", "1_LayerNorm");
        assert!(
            refused.contains("modules.json: '[0].type' is 'sentence_transformers.models.LayerNorm, where Transf"),
            "{refused}"
        );
        assert!(one("custom_st.Transformer", "").contains("'[0].type' is 'custom_st.Transformer, where"));
        assert!(one("sentence_transformers.models.Dense", "../x").contains("'[0].path' is '../x', which"));
        assert!(of(&json!([{"path": ""}])).unwrap_err().contains("'[0].type' is missing; copy or download"));
        assert!(of(&json!({})).unwrap_err().contains("not a model's configuration"));
    }
}
