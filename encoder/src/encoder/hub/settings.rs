//! Where models come from and are kept: the variables that Hugging Face's own tools read.

use std::path::{Path, PathBuf};
use std::time::Duration;

/// Time-out where `HF_HUB_DOWNLOAD_TIMEOUT` says none.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Access to a model hub and its cache on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hub {
    /// Address, without a slash at the end.
    pub endpoint: String,
    /// The folder of `models--OWNER--NAME` folders.
    pub cache: PathBuf,
    /// What proves who asks; for private models and those with terms.
    pub token: Option<String>,
    /// Whether only the cache may be used.
    pub offline: bool,
    /// How long a connection may take, and how long it may bring nothing, or a body less than a kilobyte a second.
    pub timeout: Duration,
    /// How often a broken download is taken up again within one call.
    pub retries: usize,
    /// Whether a bar is drawn on stderr while downloading.
    pub progress: bool,
}

impl Hub {
    /// The settings of the environment: `HF_ENDPOINT`, `HF_HUB_CACHE`, `HF_HOME`, `HF_TOKEN`,
    /// `HF_HUB_OFFLINE`, `HF_HUB_DOWNLOAD_TIMEOUT` (seconds).
    #[must_use]
    pub fn from_env() -> Hub {
        Hub::from_variables(|name| std::env::var(name).ok())
    }

    /// The settings that the variables state; an empty variable is as good as none.
    ///
    /// # Source
    ///
    /// `huggingface_hub`, `constants.py`.
    #[must_use]
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Hub {
        let variable = |name: &str| variable(name).map(|value| value.trim().to_string()).filter(|value| !value.is_empty());
        let path = |name: &str| variable(name).map(PathBuf::from);
        let caches = path("XDG_CACHE_HOME").or_else(|| path("HOME").map(|home| home.join(".cache")));
        let home = path("HF_HOME").unwrap_or_else(|| caches.unwrap_or_default().join("huggingface"));
        let cache = path("HF_HUB_CACHE").or_else(|| path("HUGGINGFACE_HUB_CACHE")).unwrap_or_else(|| home.join("hub"));
        let offline =
            variable("HF_HUB_OFFLINE").is_some_and(|value| matches!(value.to_uppercase().as_str(), "1" | "ON" | "YES" | "TRUE"));
        let endpoint = variable("HF_ENDPOINT").unwrap_or_else(|| "https://huggingface.co".to_string());
        let token_file = path("HF_TOKEN_PATH").unwrap_or_else(|| home.join("token"));
        let token = variable("HF_TOKEN").or_else(|| variable("HUGGING_FACE_HUB_TOKEN")).or_else(|| read_token(&token_file));
        let seconds = variable("HF_HUB_DOWNLOAD_TIMEOUT").and_then(|seconds| seconds.parse().ok()).filter(|&seconds| seconds > 0);
        let timeout = seconds.map_or(TIMEOUT, Duration::from_secs);
        Hub { endpoint: endpoint.trim_end_matches('/').to_string(), cache, token, offline, timeout, retries: 4, progress: true }
    }
}

fn read_token(path: &Path) -> Option<String> {
    std::fs::read_to_string(path).ok().map(|token| token.trim().to_string()).filter(|token| !token.is_empty())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn hub(variables: &[(&str, &str)]) -> Hub {
        let variable = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_string());
        Hub::from_variables(variable)
    }

    #[test]
    fn the_cache_is_where_hugging_faces_tools_have_it() {
        let cache = |variables: &[(&str, &str)]| hub(variables).cache.to_string_lossy().into_owned();
        assert_eq!(cache(&[("HOME", "/h")]), "/h/.cache/huggingface/hub");
        assert_eq!(cache(&[("HOME", "/h"), ("XDG_CACHE_HOME", "/x")]), "/x/huggingface/hub");
        assert_eq!(cache(&[("HOME", "/h"), ("HF_HOME", "/f")]), "/f/hub");
        assert_eq!(cache(&[("HF_HOME", "/f"), ("HF_HUB_CACHE", "/c")]), "/c");
        assert_eq!(cache(&[("HF_HOME", ""), ("HOME", "/h")]), "/h/.cache/huggingface/hub");
    }

    #[test]
    fn the_other_variables() {
        let plain = hub(&[("HOME", "/nowhere")]);
        assert_eq!((plain.endpoint.as_str(), plain.offline, plain.token), ("https://huggingface.co", false, None));
        let set = hub(&[("HF_ENDPOINT", "http://mirror/"), ("HF_HUB_OFFLINE", "yes"), ("HF_TOKEN", " hf_x\n")]);
        assert_eq!((set.endpoint.as_str(), set.offline, set.token.as_deref()), ("http://mirror", true, Some("hf_x")));
        assert!(!hub(&[("HF_HUB_OFFLINE", "0")]).offline);
        assert_eq!(hub(&[("HF_HUB_DOWNLOAD_TIMEOUT", "7")]).timeout, Duration::from_secs(7));
        assert_eq!(hub(&[("HF_HUB_DOWNLOAD_TIMEOUT", "soon")]).timeout, TIMEOUT);
    }

    #[test]
    fn the_token_of_the_login_is_read() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("token"), "hf_file\n").unwrap();
        assert_eq!(hub(&[("HF_HOME", folder.path().to_str().unwrap())]).token.as_deref(), Some("hf_file"));
    }
}
