//! Models from a hub on loopback, whole and interrupted.

#![expect(clippy::unwrap_used, reason = "tests")]

use crate::hub_server::{COMMIT, Fault, Server};
use nearmiss_encoder::encoder::hub::{Hub, HubError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const MODEL: &str = "imageomics/tiny-1.0";
const CONFIG: &str = "open_clip_config.json";
const WEIGHTS: &str = "open_clip_model.safetensors";

/// Bytes that differ everywhere, as many as several buffers.
fn weights() -> Vec<u8> {
    (0..300_000u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).collect()
}

fn server() -> Server {
    let server = Server::start();
    server.small(&format!("{MODEL}/{CONFIG}"), *b"{\"model_cfg\": {}}");
    server.large(&format!("{MODEL}/{WEIGHTS}"), weights());
    server
}

fn hub(server: &Server, cache: &Path) -> Hub {
    let (endpoint, cache, timeout) = (server.endpoint.clone(), cache.to_path_buf(), Duration::from_secs(20));
    Hub { endpoint, cache, token: Some("hf_secret".to_string()), offline: false, timeout, retries: 0, progress: false }
}

fn snapshot(cache: &Path) -> PathBuf {
    cache.join("models--imageomics--tiny-1.0/snapshots").join(COMMIT)
}

#[test]
fn a_model_is_downloaded_once_and_then_found_offline() {
    let (server, cache) = (server(), tempfile::tempdir().unwrap());
    server.small(&format!("{MODEL}/tokenizer.json"), *b"{}");
    let hub = hub(&server, cache.path());
    let directory = hub.resolve(&format!("hf-hub:{MODEL}")).unwrap();
    assert_eq!(directory, snapshot(cache.path()));
    assert_eq!(std::fs::read(directory.join(CONFIG)).unwrap(), b"{\"model_cfg\": {}}");
    assert_eq!(std::fs::read(directory.join("tokenizer.json")).unwrap(), b"{}");
    assert_eq!(std::fs::read(directory.join(WEIGHTS)).unwrap(), weights());
    let requests = server.requests();
    assert!(requests[0].starts_with(&format!("/{MODEL}/resolve/main/{CONFIG} ")), "{requests:?}");
    assert!(requests[0].ends_with("Bearer hf_secret"), "{requests:?}");
    let offline = Hub { offline: true, ..hub };
    assert_eq!(offline.fetch(MODEL).unwrap(), directory);
    assert_eq!(server.requests(), requests, "the cache was enough");
}

#[test]
fn an_interrupted_download_is_continued_and_never_taken_for_whole() {
    let (server, cache) = (server(), tempfile::tempdir().unwrap());
    let hub = hub(&server, cache.path());
    server.fault(Fault::CutAfter(500_000));
    let message = hub.fetch(MODEL).unwrap_err().to_string();
    let start = format!("model '{MODEL}': cannot download {WEIGHTS} from {}: ", server.endpoint);
    assert!(message.starts_with(&start), "{message}");
    assert!(message.ends_with("what has arrived is kept: run again to continue, or give a model directory"), "{message}");
    assert!(!snapshot(cache.path()).join(WEIGHTS).exists());
    let offline = Hub { offline: true, ..hub.clone() };
    // That it has no vocabulary of its own is known from before.
    assert!(matches!(offline.fetch(MODEL), Err(HubError::Offline { file, .. }) if file == WEIGHTS));
    server.fault(Fault::None);
    let directory = hub.fetch(MODEL).unwrap();
    assert_eq!(std::fs::read(directory.join(WEIGHTS)).unwrap(), weights());
    let last = server.requests().pop().unwrap();
    assert!(last.contains(" bytes=500000- "), "continued where it broke: {last}");
}

#[test]
fn a_connection_that_breaks_often_is_taken_up_each_time() {
    let (server, cache) = (server(), tempfile::tempdir().unwrap());
    // 1 200 000 bytes in pieces of at most 500 000: two failures, and the third try gets the rest.
    server.fault(Fault::CutAfter(500_000));
    let hub = Hub { retries: 2, ..hub(&server, cache.path()) };
    let directory = hub.fetch(MODEL).unwrap();
    assert_eq!(std::fs::read(directory.join(WEIGHTS)).unwrap(), weights());
}

#[test]
fn a_download_that_arrives_damaged_is_removed_and_named() {
    let (server, cache) = (server(), tempfile::tempdir().unwrap());
    let hub = hub(&server, cache.path());
    server.fault(Fault::Alters);
    let message = hub.fetch(MODEL).unwrap_err().to_string();
    assert!(message.contains(&format!("{CONFIG} arrived damaged (git's SHA-1 ")), "{message}");
    server.fault(Fault::None);
    // The configuration and the vocabulary are there before the weights.
    server.fault(Fault::CutAfter(500_000));
    hub.fetch(MODEL).unwrap_err();
    server.fault(Fault::Alters);
    let message = hub.fetch(MODEL).unwrap_err().to_string();
    assert!(message.contains(&format!("{WEIGHTS} arrived damaged (SHA-256 ")), "{message}");
    assert!(message.ends_with(" and was removed; run again"), "{message}");
    assert!(!snapshot(cache.path()).join(WEIGHTS).exists());
    server.fault(Fault::None);
    assert_eq!(std::fs::read(hub.fetch(MODEL).unwrap().join(WEIGHTS)).unwrap(), weights());
}

#[test]
fn a_server_that_sends_everything_again_is_not_put_behind_the_half_that_is_there() {
    let (server, cache) = (server(), tempfile::tempdir().unwrap());
    let hub = hub(&server, cache.path());
    server.fault(Fault::CutAfter(500_000));
    hub.fetch(MODEL).unwrap_err();
    server.fault(Fault::IgnoresRanges);
    assert_eq!(std::fs::read(hub.fetch(MODEL).unwrap().join(WEIGHTS)).unwrap(), weights());
}

/// All files below a folder, links included.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.unwrap());
    entries.filter(|entry| !entry.file_type().is_dir()).map(walkdir::DirEntry::into_path).collect()
}

#[test]
fn an_answer_that_names_a_place_outside_the_cache_writes_nothing() {
    let server = server();
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("a/b/cache");
    let hub = hub(&server, &cache);
    let elsewhere: &'static str = folder.path().join("planted").display().to_string().leak();
    for name in [elsewhere, "../../../../planted", "..", ".", ".ssh", "a/b", "", "x\\y", "%2e%2e/x y"] {
        for (fault, what) in [(Fault::Etag(name), "ETag"), (Fault::Commit(name), "X-Repo-Commit")] {
            server.fault(fault);
            let message = hub.fetch(MODEL).unwrap_err().to_string();
            assert!(message.contains(&format!("{} answers for {CONFIG} with ", server.endpoint)), "{message}");
            assert!(message.contains(what) && message.contains("which cannot be used; check HF_ENDPOINT"), "{message}");
        }
    }
    assert_eq!(files(folder.path()), Vec::<PathBuf>::new());
}

#[test]
fn the_token_goes_to_the_hub_alone() {
    let (server, store, cache) = (server(), Server::start(), tempfile::tempdir().unwrap());
    store.large(&format!("{MODEL}/{WEIGHTS}"), weights());
    server.store_at(&store);
    let hub = hub(&server, cache.path());
    assert_eq!(std::fs::read(hub.fetch(MODEL).unwrap().join(WEIGHTS)).unwrap(), weights());
    assert!(server.requests().iter().all(|request| request.ends_with("Bearer hf_secret")));
    assert!(!store.requests().is_empty() && store.requests().iter().all(|request| !request.contains("hf_secret")));
}

#[test]
fn redirections_end_and_lead_to_the_web_alone() {
    let (server, cache) = (server(), tempfile::tempdir().unwrap());
    let hub = hub(&server, cache.path());
    server.fault(Fault::Circle);
    let message = hub.fetch(MODEL).unwrap_err().to_string();
    assert!(message.contains("with more than 5 redirections, which cannot be used"), "{message}");
    assert_eq!(server.requests().len(), 6);
    for address in ["file:///etc/passwd", "ftp://host/x", "http://", "data:,x"] {
        server.fault(Fault::SendsTo(address));
        let message = hub.fetch(MODEL).unwrap_err().to_string();
        assert!(message.contains(&format!("with a redirection to '{address}'")), "{message}");
    }
}

#[test]
fn what_stalls_or_has_no_end_is_given_up() {
    let (server, cache) = (server(), tempfile::tempdir().unwrap());
    let hub = Hub { timeout: Duration::from_secs(1), ..hub(&server, cache.path()) };
    for fault in [Fault::Stalls, Fault::Drips] {
        let start = Instant::now();
        server.fault(fault);
        let message = hub.fetch(MODEL).unwrap_err().to_string();
        assert!(message.contains("cannot download"), "{message}");
        assert!(start.elapsed() < Duration::from_secs(20), "{fault:?}");
    }
    server.fault(Fault::Endless);
    let message = hub.fetch(MODEL).unwrap_err().to_string();
    assert!(message.contains("which cannot be used") || message.contains("cannot download"), "{message}");
    let largest = files(cache.path()).iter().map(|path| path.metadata().unwrap().len()).max();
    assert!(largest.unwrap_or(0) <= 64 << 20, "{largest:?}");
    // Nobody answers at that address.
    let hub = Hub { endpoint: "http://192.0.2.1:9".to_string(), ..hub };
    let start = Instant::now();
    assert!(matches!(hub.fetch(MODEL), Err(HubError::Download { .. })));
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_part_that_is_already_whole_does_not_block_the_download() {
    let (server, cache) = (server(), tempfile::tempdir().unwrap());
    let hub = hub(&server, cache.path());
    server.fault(Fault::CutAfter(500_000));
    hub.fetch(MODEL).unwrap_err();
    let blobs = cache.path().join("models--imageomics--tiny-1.0/blobs");
    let parts = std::fs::read_dir(blobs).unwrap().map(|entry| entry.unwrap().path());
    let part = parts.filter(|path| path.extension().is_some_and(|extension| extension == "part")).last().unwrap();
    std::fs::write(part, weights()).unwrap();
    server.fault(Fault::None);
    let directory = Hub { retries: 1, ..hub }.fetch(MODEL).unwrap();
    assert_eq!(std::fs::read(directory.join(WEIGHTS)).unwrap(), weights());
}

#[test]
fn pickled_weights_do_where_there_are_no_safetensors() {
    let (server, cache) = (Server::start(), tempfile::tempdir().unwrap());
    server.small(&format!("{MODEL}/{CONFIG}"), *b"{}");
    server.large(&format!("{MODEL}/open_clip_pytorch_model.bin"), *b"pickle");
    let directory = hub(&server, cache.path()).fetch(MODEL).unwrap();
    assert_eq!(std::fs::read(directory.join("open_clip_pytorch_model.bin")).unwrap(), b"pickle");
}

#[test]
fn models_of_every_layout_come_with_all_their_files() {
    let (server, cache) = (Server::start(), tempfile::tempdir().unwrap());
    let modules = br#"[{"path": "", "type": "T"}, {"path": "1_Pooling", "type": "P"}, {"path": "2_Dense", "type": "D"}]"#;
    server.small(&format!("{MODEL}/modules.json"), *modules);
    let small = ["config.json", "tokenizer.json", "vocab.txt", "1_Pooling/config.json", "2_Dense/config.json"];
    for name in &small {
        server.small(&format!("{MODEL}/{name}"), name.as_bytes());
    }
    let weights = br#"{"weight_map": {"a": "model-1-of-2.safetensors", "b": "model-2-of-2.safetensors"}}"#;
    server.small(&format!("{MODEL}/model.safetensors.index.json"), *weights);
    let large = ["model-1-of-2.safetensors", "model-2-of-2.safetensors", "2_Dense/model.safetensors"];
    for name in &large {
        server.large(&format!("{MODEL}/{name}"), name.as_bytes());
    }
    let directory = hub(&server, cache.path()).fetch(MODEL).unwrap();
    for name in small.iter().chain(&large) {
        assert_eq!(std::fs::read(directory.join(name)).unwrap(), name.as_bytes(), "{name}");
    }
    let offline = Hub { offline: true, ..hub(&server, cache.path()) };
    assert_eq!(offline.fetch(MODEL).unwrap(), directory);
}

#[test]
fn what_another_program_left_in_the_cache_is_completed_once() {
    let (server, cache) = (Server::start(), tempfile::tempdir().unwrap());
    let offers = |name: &str, text: &str| server.small(&format!("{MODEL}/{name}"), text.as_bytes());
    offers("config.json", r#"{"model_type": "bert"}"#);
    server.large(&format!("{MODEL}/model.safetensors"), *b"weights");
    let hub = hub(&server, cache.path());
    let directory = hub.fetch(MODEL).unwrap();
    let asked = server.requests().len();
    assert_eq!((hub.fetch(MODEL).unwrap(), server.requests().len()), (directory.clone(), asked), "nothing is asked twice");
    // As transformers leaves it, which asks for no list of modules.
    std::fs::remove_dir_all(cache.path().join("models--imageomics--tiny-1.0/.no_exist")).unwrap();
    offers("modules.json", r#"[{"path": "", "type": "T"}, {"path": "1_Pooling", "type": "P"}]"#);
    offers("1_Pooling/config.json", "{}");
    let offline = Hub { offline: true, ..hub.clone() };
    assert_eq!(offline.fetch(MODEL).unwrap(), directory);
    assert!(!directory.join("modules.json").exists());
    assert_eq!(hub.fetch(MODEL).unwrap(), directory);
    assert!(directory.join("modules.json").is_file() && directory.join("1_Pooling/config.json").is_file());
}

#[test]
fn a_part_of_cut_weights_that_the_hub_lacks_is_named() {
    let (server, cache) = (Server::start(), tempfile::tempdir().unwrap());
    server.small(&format!("{MODEL}/config.json"), *br#"{"model_type": "bert"}"#);
    let weights = br#"{"weight_map": {"a": "model-1-of-2.safetensors"}}"#;
    server.small(&format!("{MODEL}/model.safetensors.index.json"), *weights);
    let message = hub(&server, cache.path()).fetch(MODEL).unwrap_err().to_string();
    assert!(message.contains("has no model-1-of-2.safetensors on"), "{message}");
}

#[test]
fn models_that_are_not_to_be_had_say_why() {
    let (server, cache) = (server(), tempfile::tempdir().unwrap());
    let (hub, endpoint) = (hub(&server, cache.path()), server.endpoint.clone());
    let message = |model: &str| hub.resolve(model).unwrap_err().to_string();
    let expected = format!("model 'a/b' has no {CONFIG} on {endpoint}: it is in none of the layouts");
    assert!(message("hf-hub:a/b").starts_with(&expected), "{}", message("hf-hub:a/b"));
    server.fault(Fault::Refuses("RepoNotFound"));
    let expected = format!("model 'a/b' is not on {endpoint}; check the spelling, or set HF_TOKEN if it is private");
    assert_eq!(message("hf-hub:a/b"), expected);
    server.fault(Fault::Refuses("GatedRepo"));
    let expected = format!("model 'a/b' is restricted; accept its terms at {endpoint}/a/b with your account and set HF_TOKEN");
    assert_eq!(message("hf-hub:a/b"), expected);
    let name = "model 'b' is not 'hf-hub:OWNER/NAME' or 'hf-hub:OWNER/NAME@REVISION'";
    assert_eq!(message("hf-hub:b"), name);
    assert!(matches!(hub.resolve("hf-hub:../b"), Err(HubError::Name { .. })));
}

#[test]
fn what_is_not_cached_cannot_be_had_offline() {
    let (server, cache) = (server(), tempfile::tempdir().unwrap());
    let hub = Hub { offline: true, ..hub(&server, cache.path()) };
    let message = hub.fetch(MODEL).unwrap_err().to_string();
    let cache = cache.path().display();
    let expected = format!(
        "model '{MODEL}': {CONFIG} is not in {cache} and HF_HUB_OFFLINE is set; unset it once, or give a model directory"
    );
    assert_eq!(message, expected);
    assert!(server.requests().is_empty());
}

#[test]
fn folders_and_files_stand_for_themselves() {
    let hub = Hub::from_variables(|_| None);
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join("tests/fixtures/encoder/gelu");
    let resolve = |path: PathBuf| hub.resolve(path.to_str().unwrap());
    assert_eq!(resolve(folder.clone()).unwrap(), folder);
    assert_eq!(resolve(folder.join(CONFIG)).unwrap(), folder);
    assert_eq!(resolve(folder.join(WEIGHTS)).unwrap(), folder.join(WEIGHTS));
    let empty = tempfile::tempdir().unwrap();
    let message = resolve(empty.path().to_path_buf()).unwrap_err().to_string();
    assert!(
        message.contains(&format!("not a model directory: {CONFIG} is missing; give a folder with {CONFIG} and")),
        "{message}"
    );
    let message = hub.resolve("imageomics/bioclip").unwrap_err().to_string();
    let expected = "model 'imageomics/bioclip' is no folder or file here; \
                    give a model directory, or 'hf-hub:OWNER/NAME' for a model of the hub";
    assert_eq!(message, expected);
}
