//! From what `--model` names to a model directory on this machine.

mod etag;
mod cache;
mod settings;
mod transfer;

use super::layouts::files::{Beside, FilesError, ModelFiles, WANTED, parts_of_index};
use super::layouts::open_clip::CONFIG_FILE;
use cache::Revision;
use etag::is_plain;
use std::path::{Path, PathBuf};
use std::time::Duration;
use transfer::{Announced, Fault, Progress, Transfer, open_part};

pub use settings::Hub;

/// What stands before the name of a model on the hub.
pub const HUB_PREFIX: &str = "hf-hub:";

/// Most bytes of a file that is no weights.
const MOST_SMALL: u64 = 64 << 20;

/// Pause before a broken download is taken up again; it doubles each time.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// Why a model is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// Neither a path nor a name.
    #[error(
        "model '{model}' is no folder or file here; give a model directory, or '{HUB_PREFIX}OWNER/NAME' for a model of the hub"
    )]
    Unknown {
        /// What was given.
        model: String,
    },
    /// A folder or file of something else.
    #[error(transparent)]
    Directory(#[from] FilesError),
    /// Not of the form `OWNER/NAME`.
    #[error("model '{model}' is not '{HUB_PREFIX}OWNER/NAME' or '{HUB_PREFIX}OWNER/NAME@REVISION'")]
    Name {
        /// What was given.
        model: String,
    },
    /// The hub knows no such model, or not for this caller.
    #[error("model '{model}' is not on {endpoint}; check the spelling, or set HF_TOKEN if it is private")]
    NoSuchModel {
        /// The name.
        model: String,
        /// Address of the hub.
        endpoint: String,
    },
    /// The hub wants its terms accepted.
    #[error("model '{model}' is restricted; accept its terms at {endpoint} with your account and set HF_TOKEN")]
    Restricted {
        /// The name.
        model: String,
        /// Address of the model's page.
        endpoint: String,
    },
    /// The model is of another library.
    #[error(
        "model '{model}' has no {file} on {endpoint}: it is in none of the layouts that are read: open_clip ({CONFIG_FILE} and \
         open_clip_model.safetensors or open_clip_pytorch_model.bin), timm and transformers (config.json and model.safetensors), \
         sentence-transformers (modules.json)"
    )]
    NoLayout {
        /// The name.
        model: String,
        /// What it lacks.
        file: String,
        /// Address of the hub.
        endpoint: String,
    },
    /// Not in the cache, and nothing else is allowed.
    #[error("model '{model}': {file} is not in {cache} and HF_HUB_OFFLINE is set; unset it once, or give a model directory")]
    Offline {
        /// The name.
        model: String,
        /// What is missing.
        file: String,
        /// The cache.
        cache: PathBuf,
    },
    /// The connection failed or broke.
    #[error(
        "model '{model}': cannot download {file} from {endpoint}: {reason}; what has arrived is kept: run again to continue, or give a model directory"
    )]
    Download {
        /// The name.
        model: String,
        /// What was being downloaded.
        file: String,
        /// Address of the hub.
        endpoint: String,
        /// What failed.
        reason: String,
    },
    /// What arrived is not what the hub announced; it was removed.
    #[error("model '{model}': {file} arrived damaged ({reason}) and was removed; run again")]
    Damaged {
        /// The name.
        model: String,
        /// What was downloaded.
        file: String,
        /// How it differs.
        reason: String,
    },
    /// The hub answers with something that nobody should act upon; nothing was written.
    #[error(
        "model '{model}': {endpoint} answers for {file} with {what}, which cannot be used; check HF_ENDPOINT, or give a model directory"
    )]
    Answer {
        /// The name.
        model: String,
        /// What was asked for.
        file: String,
        /// Address of the hub.
        endpoint: String,
        /// What is wrong with the answer.
        what: String,
    },
    /// The cache cannot be written.
    #[error("model '{model}': {file} cannot be kept in {cache}: {source}; set HF_HOME to a folder with room")]
    Cache {
        /// The name.
        model: String,
        /// What was to be kept.
        file: String,
        /// The cache.
        cache: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The model was changed on the hub between two files.
    #[error("model '{model}' changed on the hub during the download; run again")]
    Changed {
        /// The name.
        model: String,
    },
}

impl Hub {
    /// The model directory, or the file of weights in one, that `model` names.
    ///
    /// `model` is a directory, a file in it (its configuration and its list of modules or of cut weights stand for the
    /// directory; weights stand for themselves), or `hf-hub:OWNER/NAME`, downloaded into the cache unless it is there.
    ///
    /// # Errors
    ///
    /// [`HubError`] with what is missing and what to do.
    pub fn resolve(&self, model: &str) -> Result<PathBuf, HubError> {
        if let Some(name) = model.strip_prefix(HUB_PREFIX) {
            return self.fetch(name);
        }
        let path = Path::new(model);
        if !path.exists() {
            return Err(HubError::Unknown { model: model.to_string() });
        }
        let of_folder = [CONFIG_FILE, "config.json", "modules.json", "model.safetensors.index.json"];
        let configuration = path.file_name().is_some_and(|name| of_folder.iter().any(|own| name == *own));
        let path = if configuration { path.parent().unwrap_or(path) } else { path };
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        ModelFiles::find(path)?;
        Ok(path.to_path_buf())
    }

    /// The directory of a model of the hub: from the cache where it is whole, else downloaded.
    ///
    /// Of the weights, safetensors are preferred; they come last, so that a cache with weights is
    /// whole if this program filled it. Other programs leave there what they read themselves: without the list of its modules
    /// a sentence encoder would be pooled otherwise, and without the processor's file photographs made otherwise. What is
    /// missing is asked for once, and that the hub has none is remembered; offline the cache is taken as it is.
    ///
    /// # Errors
    ///
    /// [`HubError`]; after [`HubError::Download`] the next call continues where this one stopped.
    pub fn fetch(&self, model: &str) -> Result<PathBuf, HubError> {
        let download = Download::new(self, model)?;
        // Beside configuration and weights open_clip's layout reads a vocabulary, and says so where that is missing.
        let as_it_is = self.offline || download.cache.file(CONFIG_FILE).is_some();
        if let Some(directory) = download.cached().filter(|_| as_it_is) {
            return Ok(directory);
        }
        download.take_all()?;
        download.cached().ok_or_else(|| HubError::Changed { model: model.to_string() })
    }
}

/// One model on its way from the hub into the cache.
struct Download<'a> {
    hub: &'a Hub,
    model: &'a str,
    /// `OWNER/NAME`, and what of it.
    name: &'a str,
    revision: &'a str,
    cache: Revision,
}

impl<'a> Download<'a> {
    fn new(hub: &'a Hub, model: &'a str) -> Result<Download<'a>, HubError> {
        let (name, revision) = model.split_once('@').unwrap_or((model, "main"));
        let valid = name.split_once('/').is_some_and(|(owner, name)| is_plain(owner) && is_plain(name)) && is_plain(revision);
        if !valid {
            return Err(HubError::Name { model: model.to_string() });
        }
        Ok(Download { hub, model, name, revision, cache: Revision::new(&hub.cache, name, revision) })
    }

    /// The directory of the cached revision, if it holds a configuration and weights.
    fn cached(&self) -> Option<PathBuf> {
        let config = WANTED.iter().find_map(|wanted| Some((wanted.config, self.cache.file(wanted.config)?)));
        let directory = config.and_then(|(_, path)| Some(path.parent()?.to_path_buf()))?;
        ModelFiles::find(&directory).is_ok().then_some(directory)
    }

    /// Brings the files of the first layout whose configuration there is.
    fn take_all(&self) -> Result<(), HubError> {
        for (place, wanted) in WANTED.iter().enumerate() {
            let Some(config) = self.take(wanted.config)? else { continue };
            // The commit was not known yet when these were asked for.
            WANTED[..place].iter().for_each(|absent| self.cache.remember_absent(absent.config));
            let modules = ModelFiles::modules_of(&config)?;
            for Beside { name, needed } in wanted.beside_of(&modules) {
                let taken = self.take(&name)?;
                if needed && taken.is_none() {
                    return Err(self.no_layout(name));
                }
            }
            for folder in wanted.weight_folders(&modules) {
                self.take_weights(&folder, wanted.weights)?;
            }
            return Ok(());
        }
        Err(self.no_layout(CONFIG_FILE.to_string()))
    }

    /// Brings the best weights of a folder of the model: of a sentence encoder's modules after the first, if it has any.
    fn take_weights(&self, (folder, needed): &(String, bool), names: &[&str]) -> Result<(), HubError> {
        for name in names {
            let Some(path) = self.take(&format!("{folder}{name}"))? else { continue };
            if Path::new(name).extension().is_some_and(|extension| extension == "json") {
                for part in parts_of_index(&path)? {
                    let part = format!("{folder}{part}");
                    self.take(&part)?.ok_or_else(|| self.no_layout(part.clone()))?;
                }
            }
            return Ok(());
        }
        if *needed { Err(self.no_layout(names[..2.min(names.len())].join(" or "))) } else { Ok(()) }
    }

    /// Brings one file into the cache; `None` if the model has no such file.
    fn take(&self, file: &str) -> Result<Option<PathBuf>, HubError> {
        if let Some(path) = self.cache.file(file) {
            return Ok(Some(path));
        }
        if self.cache.lacks(file) {
            return Ok(None);
        }
        if self.hub.offline {
            return Err(HubError::Offline {
                model: self.model.to_string(),
                file: file.to_string(),
                cache: self.hub.cache.clone(),
            });
        }
        let mut attempt = 0;
        loop {
            let failure = match self.download(file) {
                Ok(path) => return Ok(Some(path)),
                Err(failure) => failure,
            };
            match failure {
                Failure::NoSuchFile => {
                    self.cache.remember_absent(file);
                    return Ok(None);
                }
                Failure::Final(error) => return Err(error),
                Failure::Broken(error) if attempt >= self.hub.retries => return Err(error),
                Failure::Broken(_) => {
                    std::thread::sleep(FIRST_PAUSE * (1 << attempt.min(6)));
                    attempt += 1;
                }
            }
        }
    }

    /// Downloads, continuing what an earlier try left. A file gets its name in the cache only when it holds what the hub
    /// announced.
    fn download(&self, file: &str) -> Result<PathBuf, Failure> {
        let failed = |fault| self.failure(file, fault);
        let transfer = Transfer::new(self.hub).map_err(failed)?;
        let path = format!("{}/resolve/{}/{file}", self.name, self.revision);
        let announced = transfer.announce(&path).map_err(failed)?;
        let kept = |error: std::io::Error| failed(Fault::Cache(error));
        let blob = self.cache.blob(&announced.etag);
        std::fs::create_dir_all(blob.parent().unwrap_or(&self.hub.cache)).map_err(kept)?;
        let part_path = self.cache.part(&announced.etag);
        let mut part = open_part(&part_path).map_err(kept)?;
        // Another process may have brought it meanwhile, or another revision may have it.
        if blob.is_file() && self.check(file, &announced, &blob)?.is_none() {
            // Nothing is lost if it stays.
            let _ = std::fs::remove_file(&part_path);
        } else {
            let is_weights = [".safetensors", ".bin"].iter().any(|ending| file.ends_with(ending));
            let most = (!is_weights).then_some(MOST_SMALL);
            transfer.body(&announced, &mut part, most, &Bar::new(file, self.hub.progress)).map_err(failed)?;
            if let Some(reason) = self.check(file, &announced, &part_path)? {
                part.set_len(0).and_then(|()| std::fs::remove_file(&part_path)).map_err(kept)?;
                let (model, file) = (self.model.to_string(), file.to_string());
                return Err(Failure::Final(HubError::Damaged { model, file, reason }));
            }
            nearmiss::files::output::publish(&part, &part_path, &blob).map_err(kept)?;
        }
        self.cache.link(file, &announced.commit, &announced.etag).map_err(kept)
    }

    /// How a file differs from what was announced; `None` if it does not.
    fn check(&self, file: &str, announced: &Announced, path: &Path) -> Result<Option<String>, Failure> {
        let kept = |error: std::io::Error| self.failure(file, Fault::Cache(error));
        let found = std::fs::metadata(path).map_err(kept)?.len();
        if let Some(size) = announced.size.filter(|&size| size != found) {
            return Ok(Some(format!("{found} bytes instead of {size}")));
        }
        Ok(announced.etag.check(path).map_err(kept)?.err())
    }

    fn failure(&self, file: &str, fault: Fault) -> Failure {
        let (model, endpoint, file) = (self.model.to_string(), self.hub.endpoint.clone(), file.to_string());
        match fault {
            Fault::Cache(source) => Failure::Final(HubError::Cache { model, file, cache: self.hub.cache.clone(), source }),
            Fault::Answer(what) => Failure::Final(HubError::Answer { model, file, endpoint, what }),
            Fault::Broken(reason) => Failure::Broken(HubError::Download { model, file, endpoint, reason }),
            Fault::Status { status, code } => match (status, code.as_str()) {
                (_, "GatedRepo") | (403, _) => {
                    Failure::Final(HubError::Restricted { endpoint: format!("{endpoint}/{}", self.name), model })
                }
                (401, _) | (404, "RepoNotFound" | "RevisionNotFound") => {
                    Failure::Final(HubError::NoSuchModel { model, endpoint })
                }
                // `EntryNotFound`, and what mirrors say that do not tell what it is they do not have.
                (404, _) => Failure::NoSuchFile,
                _ => Failure::Broken(HubError::Download { model, file, endpoint, reason: format!("status {status}") }),
            },
        }
    }

    fn no_layout(&self, file: String) -> HubError {
        HubError::NoLayout { model: self.model.to_string(), file, endpoint: self.hub.endpoint.clone() }
    }
}

enum Failure {
    /// The model has no such file.
    NoSuchFile,
    /// Trying again does not help.
    Final(HubError),
    /// Trying again may help.
    Broken(HubError),
}

/// A bar on stderr.
struct Bar {
    bar: indicatif::ProgressBar,
}

impl Bar {
    fn new(file: &str, visible: bool) -> Bar {
        let bar = if visible { indicatif::ProgressBar::new(0) } else { indicatif::ProgressBar::hidden() };
        if let Ok(style) = indicatif::ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}")
        {
            bar.set_style(style);
        }
        bar.set_message(file.to_string());
        Bar { bar }
    }
}

impl Progress for Bar {
    fn begin(&self, length: Option<u64>, there: u64) {
        self.bar.set_length(length.unwrap_or(0));
        self.bar.set_position(there);
    }

    fn add(&self, bytes: u64) {
        self.bar.inc(bytes);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
