//! From what `--model` names to a model directory on this machine.

mod settings;

use crate::encoder::config::CONFIG_FILE;
use crate::encoder::fingerprint::sha256_of_file;
use crate::encoder::weights::WEIGHTS_FILES;
use crate::encoder::{EncoderError, model_files};
use crate::tokenizer::VOCABULARY_FILE;
use hf_hub::api::Progress;
use hf_hub::api::sync::{ApiBuilder, ApiError, ApiRepo};
use hf_hub::{Cache, Repo, RepoType};
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use settings::Hub;

/// What stands before the name of a model on the hub.
pub const HUB_PREFIX: &str = "hf-hub:";

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
    Directory(Box<EncoderError>),
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
    #[error("model '{model}' has no {file} on {endpoint}: it is not an open_clip model, which has {CONFIG_FILE} and {} or {}", WEIGHTS_FILES[0], WEIGHTS_FILES[1])]
    NotOpenClip {
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
    /// `model` is a directory, a file in it (its configuration stands for the directory; weights
    /// stand for themselves), or `hf-hub:OWNER/NAME`, downloaded into the cache unless it is there.
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
        let configuration = path.file_name().is_some_and(|name| name == CONFIG_FILE);
        let path = if configuration { path.parent().unwrap_or(path) } else { path };
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        model_files(path).map_err(|error| HubError::Directory(Box::new(error)))?;
        Ok(path.to_path_buf())
    }

    /// The directory of a model of the hub: from the cache where it is whole, else downloaded.
    ///
    /// Of the weights, safetensors are preferred; they come last, so that a cache with weights is
    /// whole.
    ///
    /// # Errors
    ///
    /// [`HubError`]; after [`HubError::Download`] the next call continues where this one stopped.
    pub fn fetch(&self, model: &str) -> Result<PathBuf, HubError> {
        let download = Download::new(self, model)?;
        if let Some(directory) = download.cached() {
            return Ok(directory);
        }
        download.take(CONFIG_FILE)?.ok_or_else(|| download.not_open_clip(CONFIG_FILE.to_string()))?;
        download.take(VOCABULARY_FILE)?;
        let mut weights = None;
        for file in WEIGHTS_FILES {
            weights = download.take(file)?;
            if weights.is_some() {
                break;
            }
        }
        weights.ok_or_else(|| download.not_open_clip(WEIGHTS_FILES.join(" or ")))?;
        download.cached().ok_or_else(|| HubError::Changed { model: model.to_string() })
    }
}

/// One model on its way from the hub into the cache.
struct Download<'a> {
    hub: &'a Hub,
    model: &'a str,
    repo: Repo,
}

impl<'a> Download<'a> {
    fn new(hub: &'a Hub, model: &'a str) -> Result<Download<'a>, HubError> {
        let (name, revision) = model.split_once('@').unwrap_or((model, "main"));
        let plain = |part: &str| {
            !part.is_empty()
                && !part.starts_with('.')
                && part.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter))
        };
        let valid = name.split_once('/').is_some_and(|(owner, name)| plain(owner) && plain(name)) && plain(revision);
        if !valid {
            return Err(HubError::Name { model: model.to_string() });
        }
        let repo = Repo::with_revision(name.to_string(), RepoType::Model, revision.to_string());
        Ok(Download { hub, model, repo })
    }

    /// The directory of the cached revision, if it holds a configuration and weights.
    fn cached(&self) -> Option<PathBuf> {
        let cache = Cache::new(self.hub.cache.clone()).repo(self.repo.clone());
        let directory = cache.get(CONFIG_FILE)?.parent()?.to_path_buf();
        model_files(&directory).is_ok().then_some(directory)
    }

    /// Brings one file into the cache; `None` if the model has no such file.
    fn take(&self, file: &str) -> Result<Option<PathBuf>, HubError> {
        if let Some(path) = Cache::new(self.hub.cache.clone()).repo(self.repo.clone()).get(file) {
            return Ok(Some(path));
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
            match self.download(file) {
                Ok((path, size)) => return self.verified(file, path, size).map(Some),
                Err(error) => match self.failure(file, &error) {
                    Failure::NoSuchFile => return Ok(None),
                    Failure::Final(error) => return Err(error),
                    Failure::Broken(error) if attempt >= self.hub.retries => return Err(error),
                    Failure::Broken(_) => {
                        std::thread::sleep(FIRST_PAUSE * (1 << attempt.min(6)));
                        attempt += 1;
                    }
                },
            }
        }
    }

    /// Downloads, continuing what an earlier try left; returns the path and the announced size.
    ///
    /// hf-hub's own retries are off: they may begin at the wrong byte after a try that got none.
    fn download(&self, file: &str) -> Result<(PathBuf, u64), ApiError> {
        let builder = ApiBuilder::from_cache(Cache::new(self.hub.cache.clone()));
        let builder = builder.with_endpoint(self.hub.endpoint.clone()).with_token(self.hub.token.clone());
        let api = builder.with_retries(0).with_progress(false).build()?;
        let repo: ApiRepo = api.repo(self.repo.clone());
        let mut size = 0;
        let path = repo.download_with_progress(file, Bar::new(&mut size, self.hub.progress))?;
        Ok((path, size))
    }

    fn failure(&self, file: &str, error: &ApiError) -> Failure {
        let (model, endpoint) = (self.model.to_string(), self.hub.endpoint.clone());
        let broken = |reason: String| {
            let (model, file, endpoint) = (model.clone(), file.to_string(), endpoint.clone());
            Failure::Broken(HubError::Download { model, file, endpoint, reason })
        };
        let ApiError::RequestError(request) = error else {
            if matches!(error, ApiError::InvalidResume) {
                self.forget_parts();
            }
            return broken(error.to_string());
        };
        let ureq::Error::Status(status, response) = request.as_ref() else { return broken(request.to_string()) };
        match (*status, response.header("x-error-code").unwrap_or_default()) {
            (_, "GatedRepo") | (403, _) => {
                Failure::Final(HubError::Restricted { endpoint: format!("{endpoint}/{}", self.repo.url()), model })
            }
            (401, _) | (404, "RepoNotFound" | "RevisionNotFound") => Failure::Final(HubError::NoSuchModel { model, endpoint }),
            // `EntryNotFound`, and what mirrors say that do not tell what it is they do not have.
            (404, _) => Failure::NoSuchFile,
            // The part is as long as the file: it was whole and never renamed, or is no part of it.
            (416, _) => {
                self.forget_parts();
                broken(format!("status {status}"))
            }
            _ => broken(format!("status {status}")),
        }
    }

    /// Removes what earlier tries left, so that the next one begins anew.
    fn forget_parts(&self) {
        let blobs = self.hub.cache.join(self.repo.folder_name()).join("blobs");
        for entry in std::fs::read_dir(blobs).into_iter().flatten().flatten() {
            if entry.path().extension().is_some_and(|extension| extension == "part") {
                // If it cannot be removed, the next try fails as this one did, with that message.
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }

    /// Compares size and, for large files, whose name in the cache is their SHA-256, the content.
    fn verified(&self, file: &str, path: PathBuf, size: u64) -> Result<PathBuf, HubError> {
        let Err(reason) = check_blob(&path, size) else { return Ok(path) };
        if let Ok(blob) = path.canonicalize() {
            // The link below must go in any case; then the blob is only lost space.
            let _ = std::fs::remove_file(blob);
        }
        let reason = match std::fs::remove_file(&path) {
            Ok(()) => reason,
            Err(error) => format!("{reason}; {} could not be removed: {error}", path.display()),
        };
        Err(HubError::Damaged { model: self.model.to_string(), file: file.to_string(), reason })
    }

    fn not_open_clip(&self, file: String) -> HubError {
        HubError::NotOpenClip { model: self.model.to_string(), file, endpoint: self.hub.endpoint.clone() }
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

fn check_blob(path: &Path, size: u64) -> Result<(), String> {
    let io = |error: std::io::Error| error.to_string();
    let blob = path.canonicalize().map_err(io)?;
    let found = blob.metadata().map_err(io)?.len();
    if found != size {
        return Err(format!("{found} bytes instead of {size}"));
    }
    let name = blob.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    if name.len() != 64 || !name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(());
    }
    let found = sha256_of_file(&blob).map_err(io)?;
    if found == name { Ok(()) } else { Err(format!("SHA-256 {found} instead of {name}")) }
}

/// Notes the announced size, and draws a bar.
struct Bar<'a> {
    size: &'a mut u64,
    bar: indicatif::ProgressBar,
}

impl<'a> Bar<'a> {
    fn new(size: &'a mut u64, visible: bool) -> Bar<'a> {
        let bar = if visible { indicatif::ProgressBar::new(0) } else { indicatif::ProgressBar::hidden() };
        if let Ok(style) = indicatif::ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}")
        {
            bar.set_style(style);
        }
        Bar { size, bar }
    }
}

impl Progress for Bar<'_> {
    fn init(&mut self, size: usize, filename: &str) {
        *self.size = size as u64;
        self.bar.set_length(size as u64);
        self.bar.set_position(0);
        self.bar.set_message(filename.to_string());
    }

    fn update(&mut self, size: usize) {
        self.bar.inc(size as u64);
    }

    fn finish(&mut self) {
        self.bar.finish_and_clear();
    }
}
