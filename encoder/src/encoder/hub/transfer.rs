//! Requests to a hub, and what may be believed of its answers.

use super::etag::{Etag, is_plain};
use super::settings::Hub;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Instant;
use ureq::Response;
use url::Url;

/// Redirections that one file may take.
const MOST_REDIRECTIONS: usize = 5;

/// Bytes a second below which a body counts as stalled.
const SLOWEST: u64 = 1024;

/// Why a file did not come.
#[derive(Debug)]
pub(super) enum Fault {
    /// The hub says no.
    Status { status: u16, code: String },
    /// The connection broke or stalled; trying again may help.
    Broken(String),
    /// The answer is none that can be used, whose kind this says.
    Answer(String),
    /// The cache cannot be written.
    Cache(std::io::Error),
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Fault {
        Fault::Cache(error)
    }
}

/// What the hub says of a file before it is downloaded.
#[derive(Debug, Clone)]
pub(super) struct Announced {
    /// What its content is called.
    pub(super) etag: Etag,
    /// The commit it is of; a plain name.
    pub(super) commit: String,
    /// Its length, where that is said.
    pub(super) size: Option<u64>,
    /// Where it is to be had.
    url: Url,
}

/// What is told of a download under way.
pub(super) trait Progress {
    /// The length is known now, and so many bytes of it are there.
    fn begin(&self, length: Option<u64>, there: u64);
    /// More bytes have come.
    fn add(&self, bytes: u64);
}

/// Requests of one hub.
pub(super) struct Transfer<'a> {
    hub: &'a Hub,
    endpoint: Url,
    agent: ureq::Agent,
}

impl<'a> Transfer<'a> {
    pub(super) fn new(hub: &'a Hub) -> Result<Transfer<'a>, Fault> {
        let endpoint = Url::parse(&hub.endpoint).ok().filter(is_web);
        let endpoint = endpoint.ok_or_else(|| Fault::Answer("an address that is none of the web".to_string()))?;
        let agent = ureq::AgentBuilder::new()
            .redirects(0)
            .timeout_connect(hub.timeout)
            .timeout_read(hub.timeout)
            .timeout_write(hub.timeout)
            .user_agent(concat!("nearmiss/", env!("CARGO_PKG_VERSION")))
            .try_proxy_from_env(true)
            .build();
        Ok(Transfer { hub, endpoint, agent })
    }

    /// Whether an address is of the hub itself: nobody else gets the token.
    fn is_own(&self, url: &Url) -> bool {
        url.origin() == self.endpoint.origin()
    }

    fn get(&self, url: &Url, range: Option<String>) -> Result<Response, Fault> {
        // A body that is packed has another length than the file.
        let mut request = self.agent.request_url("GET", url).set("accept-encoding", "identity");
        if let Some(range) = range {
            request = request.set("range", &range);
        }
        if let Some(token) = self.hub.token.as_ref().filter(|_| self.is_own(url)) {
            request = request.set("authorization", &format!("Bearer {token}"));
        }
        request.call().map_err(|error| match error {
            ureq::Error::Status(status, response) => {
                Fault::Status { status, code: response.header("x-error-code").unwrap_or_default().to_string() }
            }
            ureq::Error::Transport(transport) => Fault::Broken(transport.to_string()),
        })
    }

    /// Asks the hub for a file without taking its body.
    pub(super) fn announce(&self, path: &str) -> Result<Announced, Fault> {
        let address = format!("{}/{path}", self.hub.endpoint);
        let mut url = Url::parse(&address).map_err(|error| Fault::Answer(format!("the address '{address}' ({error})")))?;
        let (mut commit, mut linked, mut size) = (None, None, None);
        for _ in 0..=MOST_REDIRECTIONS {
            let response = self.get(&url, Some("bytes=0-0".to_string()))?;
            let header = |name: &str| response.header(name).map(str::to_string);
            commit = commit.or_else(|| header("x-repo-commit"));
            linked = linked.or_else(|| header("x-linked-etag"));
            size = size.or_else(|| header("x-linked-size")?.parse().ok());
            let next = redirection(&response, &url)?;
            // What a store says of itself is not what the hub says.
            let is_last = next.as_ref().is_none_or(|next| !self.is_own(next));
            if !is_last {
                url = next.unwrap_or(url);
                continue;
            }
            if next.is_none() {
                size = size.or_else(|| length(&response));
            }
            let said = linked.or_else(|| header("etag")).ok_or_else(|| Fault::Answer("no ETag".to_string()))?;
            let etag = Etag::parse(&said).ok_or_else(|| Fault::Answer(format!("the ETag '{}'", said.escape_default())))?;
            let commit = commit.ok_or_else(|| Fault::Answer("no X-Repo-Commit".to_string()))?;
            if !is_plain(&commit) {
                return Err(Fault::Answer(format!("the X-Repo-Commit '{}'", commit.escape_default())));
            }
            return Ok(Announced { etag, commit, size, url: next.unwrap_or(url) });
        }
        Err(too_many())
    }

    /// Downloads what is missing of a file, of at most `most` bytes where that is said; a length must be known otherwise.
    pub(super) fn body(
        &self,
        announced: &Announced,
        part: &mut File,
        most: Option<u64>,
        progress: &dyn Progress,
    ) -> Result<(), Fault> {
        let mut there = part.metadata()?.len();
        if announced.size.is_some_and(|size| there > size) {
            part.set_len(0)?;
            there = 0;
        }
        if announced.size == Some(there) {
            return Ok(());
        }
        let mut url = announced.url.clone();
        for _ in 0..=MOST_REDIRECTIONS {
            let range = (there > 0).then(|| format!("bytes={there}-"));
            let response = match self.get(&url, range) {
                Err(Fault::Status { status: 416, .. }) if there > 0 => {
                    // The part is no part of the file, or was whole under a length that nobody told.
                    part.set_len(0)?;
                    return Err(Fault::Broken("status 416".to_string()));
                }
                other => other?,
            };
            if let Some(next) = redirection(&response, &url)? {
                url = next;
                continue;
            }
            if response.status() != 206 || first_byte(&response) != Some(there) {
                // All of it is sent, whatever was asked for.
                if first_byte(&response).is_some_and(|first| first != 0) {
                    return Err(Fault::Broken(format!("sent from byte {} on", first_byte(&response).unwrap_or(0))));
                }
                part.set_len(0)?;
                there = 0;
            }
            let size = length(&response);
            if let (Some(size), Some(announced)) = (size, announced.size)
                && size != announced
            {
                return Err(Fault::Broken(format!("{size} bytes where {announced} were announced")));
            }
            let size = announced.size.or(size);
            match (size, most) {
                (None, None) => return Err(Fault::Answer("no length".to_string())),
                (Some(size), Some(most)) if size > most => {
                    return Err(Fault::Answer(format!("{size} bytes, more than such a file may have ({most})")));
                }
                _ => {}
            }
            progress.begin(size, there);
            return self.take(response, part, there, size.or(most), progress);
        }
        Err(too_many())
    }

    /// Writes the body of an answer behind what is there, at most up to a length.
    fn take(
        &self,
        response: Response,
        part: &mut File,
        mut there: u64,
        most: Option<u64>,
        progress: &dyn Progress,
    ) -> Result<(), Fault> {
        part.seek(SeekFrom::Start(there))?;
        let mut reader = response.into_reader();
        let mut buffer = vec![0; 1 << 16];
        let (mut since, mut come) = (Instant::now(), 0);
        loop {
            let count = reader.read(&mut buffer).map_err(|error| Fault::Broken(error.to_string()))?;
            if count == 0 {
                return Ok(());
            }
            there += count as u64;
            if most.is_some_and(|most| there > most) {
                return Err(Fault::Answer(format!("more than {} bytes", most.unwrap_or(0))));
            }
            part.write_all(&buffer[..count])?;
            progress.add(count as u64);
            come += count as u64;
            // A body that comes byte by byte never lets a single read run out of time.
            if since.elapsed() >= self.hub.timeout {
                if come < SLOWEST * self.hub.timeout.as_secs().max(1) {
                    return Err(Fault::Broken(format!("{come} bytes in {} s: stalled", since.elapsed().as_secs())));
                }
                (since, come) = (Instant::now(), 0);
            }
        }
    }
}

fn too_many() -> Fault {
    Fault::Answer(format!("more than {MOST_REDIRECTIONS} redirections"))
}

fn is_web(url: &Url) -> bool {
    ["http", "https"].contains(&url.scheme()) && url.has_host()
}

/// Where an answer sends on to; `None` if it is no redirection.
fn redirection(response: &Response, url: &Url) -> Result<Option<Url>, Fault> {
    if !(300..400).contains(&response.status()) {
        return Ok(None);
    }
    let location = response.header("location").ok_or_else(|| Fault::Answer("a redirection to nowhere".to_string()))?;
    let next = url.join(location).ok().filter(is_web);
    next.map(Some).ok_or_else(|| Fault::Answer(format!("a redirection to '{}'", location.escape_default())))
}

/// The length of the whole file.
fn length(response: &Response) -> Option<u64> {
    match response.status() {
        206 => response.header("content-range")?.rsplit_once('/')?.1.trim().parse().ok(),
        _ => response.header("content-length")?.trim().parse().ok(),
    }
}

/// The place of the first byte of an answer, where it says one.
fn first_byte(response: &Response) -> Option<u64> {
    response.header("content-range")?.trim().strip_prefix("bytes ")?.split('-').next()?.parse().ok()
}

/// Opens what there is of a file, for one process at a time.
pub(super) fn open_part(path: &Path) -> std::io::Result<File> {
    let file = std::fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
    // Where the file system knows no locks, two downloads of one file may damage it, which is noticed.
    let _ = file.lock();
    Ok(file)
}
