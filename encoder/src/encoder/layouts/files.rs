//! The files of a model: which layout a folder has, where its weights lie, and what its configuration says.

use super::error::ConfigError;
use super::shapes::Shapes;
use super::{open_clip, sentence, timm, transformers};
use crate::encoder::description::model::ModelDescription;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The configuration of timm and transformers.
const CONFIG: &str = "config.json";
/// The list of a sentence encoder's modules.
const MODULES: &str = "modules.json";
/// The list of weights that are cut into several files.
const INDEX: &str = "model.safetensors.index.json";

/// Names of weights that open_clip writes, best first, and those of the hub's own layout, which it reads as well.
const OPEN_CLIP_WEIGHTS: [&str; 4] =
    ["open_clip_model.safetensors", "open_clip_pytorch_model.bin", "model.safetensors", "pytorch_model.bin"];
/// Names of weights that timm, transformers and sentence-transformers write, best first.
const HUB_WEIGHTS: [&str; 3] = ["model.safetensors", INDEX, "pytorch_model.bin"];

/// What the hub is asked for, layout by layout: the first whose configuration a model has.
pub const WANTED: [Wanted; 3] = [
    Wanted { config: open_clip::CONFIG_FILE, weights: &OPEN_CLIP_WEIGHTS },
    Wanted { config: MODULES, weights: &HUB_WEIGHTS },
    Wanted { config: CONFIG, weights: &HUB_WEIGHTS },
];

/// The files of a layout.
pub struct Wanted {
    /// The file that tells the layout.
    pub config: &'static str,
    /// Names of weights, best first.
    pub weights: &'static [&'static str],
}

/// A file beside the one that tells the layout.
pub struct Beside {
    /// Its name from the folder on.
    pub name: String,
    /// Whether there is no model without it.
    pub needed: bool,
}

impl Wanted {
    /// The files beside the configuration; `modules` are the folders of a sentence encoder's modules, else empty.
    #[must_use]
    pub fn beside_of(&self, modules: &[String]) -> Vec<Beside> {
        let first = modules.first().map_or_else(String::new, |path| as_start(path));
        let plain = BESIDE.iter().filter(|name| !name.ends_with(".safetensors") && **name != self.config);
        let mut beside: Vec<Beside> =
            plain.map(|name| Beside { needed: !modules.is_empty() && *name == CONFIG, name: format!("{first}{name}") }).collect();
        if !first.is_empty() {
            beside.push(Beside { name: "config_sentence_transformers.json".to_string(), needed: false });
        }
        let others = modules.iter().skip(1).filter(|path| !path.is_empty());
        beside.extend(others.map(|path| Beside { name: format!("{}{CONFIG}", as_start(path)), needed: false }));
        beside
    }

    /// What the names of weights begin with, and whether there is no model without them.
    #[must_use]
    pub fn weight_folders(&self, modules: &[String]) -> Vec<(String, bool)> {
        let first = modules.first().map_or_else(String::new, |path| as_start(path));
        // The first module's last: what has its weights is whole.
        let others = modules.iter().skip(1).filter(|path| !path.is_empty()).map(|path| (as_start(path), false));
        others.chain([(first, true)]).collect()
    }
}

/// A folder as names of files begin with it.
fn as_start(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("{path}/") }
}

/// The files that a list of cut weights names.
///
/// # Errors
///
/// [`FilesError`] where it names none.
pub fn parts_of_index(path: &Path) -> Result<BTreeSet<String>, FilesError> {
    let index = json(path)?;
    let wrong =
        || ConfigError::Json { path: path.to_path_buf(), reason: "'weight_map' does not name the files of tensors".to_string() };
    let map = index.get("weight_map").and_then(Value::as_object).ok_or_else(wrong)?;
    let plain = |file: &Value| {
        let name = file.as_str()?;
        Path::new(name).file_name().is_some_and(|own| own == name).then(|| name.to_string())
    };
    let files: Option<BTreeSet<String>> = map.values().map(plain).collect();
    Ok(files.filter(|files| !files.is_empty()).ok_or_else(wrong)?)
}

/// Files beside configuration and weights that change what is computed.
const BESIDE: [&str; 18] = [
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "preprocessor_config.json",
    "processor_config.json",
    "sentence_bert_config.json",
    "sentence_roberta_config.json",
    "sentence_distilbert_config.json",
    "sentence_camembert_config.json",
    "sentence_albert_config.json",
    "sentence_xlm-roberta_config.json",
    "config_sentence_transformers.json",
    "config.json",
    "adapters.safetensors",
];

/// Why no model is found.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// The directory is none of a model.
    #[error(
        "{path}: not a model directory: {missing} is missing; give a folder with {} and {} or {} (open_clip), or with \
         {CONFIG} and model.safetensors (timm, transformers), or with {MODULES} (sentence-transformers)",
        open_clip::CONFIG_FILE, OPEN_CLIP_WEIGHTS[0], OPEN_CLIP_WEIGHTS[1]
    )]
    Directory {
        /// The directory.
        path: PathBuf,
        /// The file that is not there.
        missing: String,
    },
    /// A folder of the hub's cache with several states of a model, none of them the main one.
    #[error("{path}: there are several states of the model and no refs/main that says which; give one of {states}")]
    States {
        /// The folder.
        path: PathBuf,
        /// Their names.
        states: String,
    },
    /// A file that cannot be read, or does not hold what it should.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

/// What wrote the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    OpenClip,
    Timm,
    Transformers,
    Sentence,
}

/// The files of a model.
#[derive(Debug, Clone)]
pub struct ModelFiles {
    layout: Layout,
    /// The folder that all of them lie in.
    pub folder: PathBuf,
    /// The configuration that describes the towers.
    pub config: PathBuf,
    /// The files of weights, each with what its tensors' names begin with in the description.
    pub weights: Vec<(String, PathBuf)>,
    /// Others that change what is computed.
    beside: Vec<PathBuf>,
}

impl ModelFiles {
    /// The files of a model directory, of the folder of a model in the hub's cache, or, given a file of weights, this file
    /// and the rest from its directory.
    ///
    /// # Errors
    ///
    /// [`FilesError`] with what is missing.
    pub fn find(path: &Path) -> Result<ModelFiles, FilesError> {
        let named = path.is_file().then(|| path.to_path_buf());
        let folder = match &named {
            Some(file) => file.parent().unwrap_or(Path::new("")).to_path_buf(),
            None => state(path)?,
        };
        let (layout, config) = layout(&folder)?;
        let wanted = if layout == Layout::OpenClip { &OPEN_CLIP_WEIGHTS[..] } else { &HUB_WEIGHTS[..] };
        let weights = match named {
            Some(file) => vec![(String::new(), file)],
            None => weights(config.parent().unwrap_or(&folder), wanted)?,
        };
        let mut files = ModelFiles { layout, config, weights, beside: vec![], folder };
        if layout == Layout::Sentence {
            files.add_modules()?;
        }
        let known = |path: &PathBuf| path.is_file() && *path != files.config && !files.weights.iter().any(|(_, own)| own == path);
        let in_folder = BESIDE.iter().map(|name| files.folder.join(name));
        let in_module = BESIDE.iter().filter_map(|name| Some(files.config.parent()?.join(name)));
        let listed = if layout == Layout::Sentence { module_paths(&files.folder)? } else { vec![] };
        let of_modules = listed.iter().skip(1).map(|path| files.folder.join(path).join(CONFIG));
        let list = std::iter::once(files.folder.join(MODULES)).filter(|_| layout == Layout::Sentence);
        let beside: BTreeSet<PathBuf> = in_folder.chain(in_module).chain(of_modules).chain(list).filter(known).collect();
        // An open_clip model reads files of the hub for a tokenizer or a text tower of the hub alone.
        let reads = |what: &[u8]| layout != Layout::OpenClip || bytes(&files.config).is_ok_and(|bytes| contains(&bytes, what));
        let (of_tower, of_hub) = (reads(b"hf_model_name"), reads(b"hf_"));
        let changes = |path: &PathBuf| {
            let own = path.ends_with("tokenizer.json") || path.ends_with("adapters.safetensors");
            if path.ends_with(CONFIG) { of_tower } else { of_hub || own }
        };
        files.beside = beside.into_iter().filter(changes).collect();
        Ok(files)
    }

    /// The same files as their tensors tell them: a folder of open_clip that has `config.json` as well may have, or be given, the
    /// weights of transformers or timm, which are read by that.
    #[must_use]
    pub fn told_by(mut self, shapes: &Shapes) -> ModelFiles {
        let config = self.folder.join(CONFIG);
        if self.layout != Layout::OpenClip || self.config == config || !config.is_file() {
            return self;
        }
        self.layout = if shapes.keys().any(|name| name.starts_with("vision_model.")) {
            Layout::Transformers
        } else if shapes.contains_key("patch_embed.proj.weight") {
            Layout::Timm
        } else {
            return self;
        };
        let weights = &self.weights;
        let is_beside = |path: &PathBuf| path.is_file() && *path != config && !weights.iter().any(|(_, own)| own == path);
        let beside: BTreeSet<PathBuf> = BESIDE.iter().map(|name| self.folder.join(name)).filter(is_beside).collect();
        self.beside = beside.into_iter().collect();
        self.config = config;
        self
    }

    /// What the model is made of.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] where a configuration cannot be used.
    pub fn describe(&self, shapes: &Shapes) -> Result<ModelDescription, ConfigError> {
        let ModelFiles { layout, config, folder, .. } = self.clone().told_by(shapes);
        match layout {
            Layout::OpenClip => open_clip::describe(&bytes(&config)?, &config, shapes),
            Layout::Timm => timm::describe(&json(&config)?, &config, shapes),
            Layout::Transformers => transformers::describe(&json(&config)?, &config, shapes),
            Layout::Sentence => sentence::describe(&folder, shapes),
        }
    }

    /// Every file that changes what is computed: configuration, weights, and those beside.
    #[must_use]
    pub fn all(&self) -> Vec<PathBuf> {
        let weights = self.weights.iter().map(|(_, path)| path.clone());
        std::iter::once(self.config.clone()).chain(weights).chain(self.beside.iter().cloned()).collect()
    }

    /// What a file is called from the folder on.
    #[must_use]
    pub fn name_of(&self, file: &Path) -> String {
        nearmiss::files::path_text::of_path(file.strip_prefix(&self.folder).unwrap_or(file))
    }

    /// The folders of the modules that a file lists, if it is a sentence encoder's list of them; else none.
    ///
    /// # Errors
    ///
    /// [`FilesError`] where the list cannot be read.
    pub fn modules_of(config: &Path) -> Result<Vec<String>, FilesError> {
        if !config.ends_with(MODULES) {
            return Ok(vec![]);
        }
        Ok(module_paths(config.parent().unwrap_or(Path::new("")))?)
    }

    /// Adds the weights of a sentence encoder's modules after the first.
    fn add_modules(&mut self) -> Result<(), FilesError> {
        for path in module_paths(&self.folder)?.into_iter().skip(1).filter(|path| !path.is_empty()) {
            let folder = self.folder.join(&path);
            let found = HUB_WEIGHTS.into_iter().map(|name| folder.join(name)).find(|file| file.is_file());
            self.weights.extend(found.map(|file| (format!("{path}/"), file)));
        }
        Ok(())
    }
}

/// The folder that has the files: of a model in the hub's cache, the state that `refs/main` names, or the only one.
fn state(folder: &Path) -> Result<PathBuf, FilesError> {
    let states = folder.join("snapshots");
    if !states.is_dir() || folder.join(open_clip::CONFIG_FILE).is_file() || folder.join(CONFIG).is_file() {
        return Ok(folder.to_path_buf());
    }
    if let Ok(main) = std::fs::read_to_string(folder.join("refs/main")) {
        let state = states.join(main.trim());
        if state.is_dir() {
            return Ok(state);
        }
    }
    let open = |source| ConfigError::Open { path: states.clone(), source };
    let mut all = vec![];
    for entry in std::fs::read_dir(&states).map_err(open)? {
        all.push(entry.map_err(open)?.path());
    }
    all.sort();
    match &all[..] {
        [only] => Ok(only.clone()),
        [] => Err(FilesError::Directory { path: states, missing: open_clip::CONFIG_FILE.to_string() }),
        _ => {
            let states = all.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
            Err(FilesError::States { path: folder.to_path_buf(), states })
        }
    }
}

/// The layout of a folder, and its configuration.
fn layout(folder: &Path) -> Result<(Layout, PathBuf), FilesError> {
    let open_clip = folder.join(open_clip::CONFIG_FILE);
    if open_clip.is_file() {
        return Ok((Layout::OpenClip, open_clip));
    }
    if folder.join(MODULES).is_file() {
        let first = module_paths(folder)?.into_iter().next().unwrap_or_default();
        return Ok((Layout::Sentence, folder.join(first).join(CONFIG)));
    }
    let config = folder.join(CONFIG);
    if !config.is_file() {
        return Err(FilesError::Directory { path: folder.to_path_buf(), missing: open_clip::CONFIG_FILE.to_string() });
    }
    let value = json(&config)?;
    let has = |name: &str| value.get(name).is_some_and(|value| !value.is_null());
    if has("vision_cfg") || has("model_cfg") {
        return Ok((Layout::OpenClip, config));
    }
    if has("architecture") && !has("model_type") {
        return Ok((Layout::Timm, config));
    }
    Ok((Layout::Transformers, config))
}

/// The best weights of a folder.
fn weights(folder: &Path, names: &[&str]) -> Result<Vec<(String, PathBuf)>, FilesError> {
    let found = names.iter().map(|name| folder.join(name)).find(|path| path.is_file());
    let Some(found) = found else {
        let missing = names.iter().filter(|name| **name != INDEX).copied().collect::<Vec<_>>().join(" or ");
        return Err(FilesError::Directory { path: folder.to_path_buf(), missing });
    };
    if !found.ends_with(INDEX) {
        return Ok(vec![(String::new(), found)]);
    }
    let files: Vec<PathBuf> = parts_of_index(&found)?.into_iter().map(|name| folder.join(name)).collect();
    if let Some(missing) = files.iter().find(|path| !path.is_file()) {
        let missing = missing.file_name().unwrap_or_default().to_string_lossy().into_owned();
        return Err(FilesError::Directory { path: folder.to_path_buf(), missing });
    }
    Ok(files.into_iter().map(|path| (String::new(), path)).collect())
}

/// The folders of a sentence encoder's modules, in their order.
fn module_paths(folder: &Path) -> Result<Vec<String>, ConfigError> {
    let path = folder.join(MODULES);
    let wrong = || ConfigError::Json { path: path.clone(), reason: "it lists no modules with a 'path'".to_string() };
    let value = json(&path)?;
    let modules = value.as_array().ok_or_else(wrong)?;
    let of = |module: &Value| module.get("path").and_then(Value::as_str).map(str::to_string).ok_or_else(wrong);
    let paths = modules.iter().map(of).collect::<Result<Vec<_>, _>>()?;
    // Folders beside the list alone: a model reads nothing from elsewhere.
    let inside = |path: &String| Path::new(path).components().all(|part| matches!(part, std::path::Component::Normal(_)));
    if paths.iter().all(inside) { Ok(paths) } else { Err(wrong()) }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn bytes(path: &Path) -> Result<Vec<u8>, ConfigError> {
    nearmiss::files::regular_file::read(path).map_err(|source| ConfigError::Open { path: path.to_path_buf(), source })
}

fn json(path: &Path) -> Result<Value, ConfigError> {
    serde_json::from_slice(&bytes(path)?)
        .map_err(|error| ConfigError::Json { path: path.to_path_buf(), reason: error.to_string() })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn write(folder: &Path, files: &[(&str, &str)]) {
        for (name, text) in files {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
    }

    fn found(files: &[(&str, &str)]) -> Result<(Layout, Vec<String>), String> {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), files);
        let found = ModelFiles::find(folder.path()).map_err(|error| error.to_string())?;
        Ok((found.layout, found.all().iter().map(|path| found.name_of(path)).collect()))
    }

    #[test]
    fn a_layout_is_known_by_its_files() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_string()).collect::<Vec<_>>();
        let open_clip = [
            ("open_clip_config.json", "{}"),
            ("config.json", "{}"),
            ("model.safetensors", ""),
            ("merges.txt", ""),
            ("tokenizer.json", ""),
        ];
        assert_eq!(
            found(&open_clip),
            Ok((Layout::OpenClip, names(&["open_clip_config.json", "model.safetensors", "tokenizer.json"])))
        );
        let timm = [("config.json", r#"{"architecture": "vit_tiny"}"#), ("pytorch_model.bin", "")];
        assert_eq!(found(&timm), Ok((Layout::Timm, names(&["config.json", "pytorch_model.bin"]))));
        let cut = [
            ("config.json", r#"{"model_type": "bert"}"#),
            ("model.safetensors.index.json", r#"{"weight_map": {"b": "w-2.safetensors", "a": "w-1.safetensors"}}"#),
            ("w-1.safetensors", ""),
            ("w-2.safetensors", ""),
        ];
        assert_eq!(found(&cut), Ok((Layout::Transformers, names(&["config.json", "w-1.safetensors", "w-2.safetensors"]))));
        let modules = r#"[{"path": "", "type": "T"}, {"path": "1_Pooling"}, {"path": "2_Dense"}]"#;
        let sentence = [
            ("modules.json", modules),
            ("config.json", "{}"),
            ("model.safetensors", ""),
            ("1_Pooling/config.json", "{}"),
            ("2_Dense/model.safetensors", ""),
        ];
        let all =
            names(&["config.json", "model.safetensors", "2_Dense/model.safetensors", "1_Pooling/config.json", "modules.json"]);
        assert_eq!(found(&sentence), Ok((Layout::Sentence, all)));
    }

    #[test]
    fn in_a_folder_of_open_clip_tensors_tell_whose_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let names = ["open_clip_config.json", "config.json", "model.safetensors", "preprocessor_config.json"];
        write(folder.path(), &names.map(|name| (name, "{}")));
        let told = |tensor: &str| {
            let files = ModelFiles::find(folder.path()).unwrap();
            let files = files.told_by(&Shapes::from([(tensor.to_string(), vec![])]));
            (files.layout, files.all().iter().map(|path| files.name_of(path)).collect::<Vec<_>>().join(" "))
        };
        let of_config = "config.json model.safetensors preprocessor_config.json".to_string();
        assert_eq!(told("visual.proj"), (Layout::OpenClip, "open_clip_config.json model.safetensors".to_string()));
        assert_eq!(told("vision_model.pre_layrnorm.weight"), (Layout::Transformers, of_config.clone()));
        assert_eq!(told("patch_embed.proj.weight"), (Layout::Timm, of_config));
    }

    #[test]
    fn what_is_missing_is_named() {
        assert!(found(&[]).unwrap_err().contains("not a model directory: open_clip_config.json is missing; give a folder with"));
        let message = found(&[("config.json", r#"{"model_type": "clip"}"#)]).unwrap_err();
        assert!(message.contains("model.safetensors or pytorch_model.bin is missing"), "{message}");
        let cut = [("config.json", "{}"), ("model.safetensors.index.json", r#"{"weight_map": {"b": "../w.safetensors"}}"#)];
        assert!(found(&cut).unwrap_err().contains("'weight_map' does not name the files"));
        let outside = [("modules.json", r#"[{"path": "../x"}]"#)];
        assert!(found(&outside).unwrap_err().contains("it lists no modules with a 'path'"));
    }

    #[test]
    fn of_a_cache_the_main_state_is_taken_or_the_only_one() {
        let config =
            |state: &str| [format!("snapshots/{state}/open_clip_config.json"), format!("snapshots/{state}/model.safetensors")];
        let files: Vec<String> = [config("a1"), config("b2")].concat();
        let mut listed: Vec<(&str, &str)> = files.iter().map(|name| (name.as_str(), "{}")).collect();
        assert!(found(&listed).unwrap_err().contains("several states of the model and no refs/main"));
        assert!(found(&listed[..2]).is_ok());
        listed.push(("refs/main", "b2\n"));
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &listed);
        assert!(ModelFiles::find(folder.path()).unwrap().folder.ends_with("snapshots/b2"));
    }
}
