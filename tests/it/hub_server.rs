//! A model hub on loopback: answers as huggingface.co does, and fails where it is told to.

#![expect(clippy::unwrap_used, reason = "tests")]

use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// The commit that every answer names.
pub const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// What the server does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fault {
    #[default]
    None,
    /// Closes the connection after that many bytes of a large file.
    CutAfter(usize),
    /// Sends the whole of a large file whatever part is asked for.
    IgnoresRanges,
    /// Answers 401 with that code in `x-error-code`.
    Refuses(&'static str),
}

#[derive(Default)]
struct State {
    /// Small files are sent at once, large ones by way of another path, as from a store.
    small: HashMap<String, Vec<u8>>,
    large: HashMap<String, Vec<u8>>,
    fault: Fault,
    requests: Vec<String>,
}

/// A running server; it ends with the process.
pub struct Server {
    pub endpoint: String,
    state: Arc<Mutex<State>>,
}

impl Server {
    pub fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let (shared, address) = (state.clone(), endpoint.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (shared, address) = (shared.clone(), address.clone());
                std::thread::spawn(move || answer(stream.unwrap(), &shared, &address));
            }
        });
        Server { endpoint, state }
    }

    /// Offers a file: `path` is `OWNER/NAME/FILE`.
    pub fn small(&self, path: &str, bytes: impl Into<Vec<u8>>) {
        self.state.lock().unwrap().small.insert(path.to_string(), bytes.into());
    }

    pub fn large(&self, path: &str, bytes: impl Into<Vec<u8>>) {
        self.state.lock().unwrap().large.insert(path.to_string(), bytes.into());
    }

    pub fn fault(&self, fault: Fault) {
        self.state.lock().unwrap().fault = fault;
    }

    /// Every request so far: path, range and authorisation.
    pub fn requests(&self) -> Vec<String> {
        self.state.lock().unwrap().requests.clone()
    }
}

fn answer(stream: TcpStream, state: &Mutex<State>, endpoint: &str) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let Some(request) = lines.next() else { return };
    let headers: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let header = |name: &str| {
        let found = headers.iter().filter_map(|line| line.split_once(": ")).find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.to_string())
    };
    let path = request.split(' ').nth(1).unwrap_or_default().to_string();
    let (range, token) = (header("range").unwrap_or_default(), header("authorization").unwrap_or_default());
    let mut state = state.lock().unwrap();
    state.requests.push(format!("{path} {range} {token}"));
    let first: usize = range.trim_start_matches("bytes=").split('-').next().unwrap_or_default().parse().unwrap_or(0);
    let last: Option<usize> = range.rsplit_once('-').and_then(|(_, last)| last.parse().ok());
    let commit = format!("x-repo-commit: {COMMIT}\r\n");
    if let Fault::Refuses(code) = state.fault {
        return send(stream, "401 Unauthorized", &format!("x-error-code: {code}\r\n"), b"", None);
    }
    if let Some(bytes) = path.strip_prefix("/store/").and_then(|file| state.large.get(file)) {
        return match state.fault {
            Fault::CutAfter(count) if last.is_none() => part(stream, "", bytes, first, last, Some(count)),
            Fault::IgnoresRanges if last.is_none() => send(stream, "200 OK", "", bytes, None),
            _ => part(stream, "", bytes, first, last, None),
        };
    }
    let file = path.trim_start_matches('/').replace("/resolve/main/", "/");
    if let Some(bytes) = state.large.get(&file) {
        let digits = Sha256::digest(bytes).into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
        let etag: String = digits.map(|digit| char::from_digit(u32::from(digit), 16).unwrap()).collect();
        let headers = format!("{commit}x-linked-etag: \"{etag}\"\r\nlocation: {endpoint}/store/{file}\r\n");
        return send(stream, "302 Found", &headers, b"", None);
    }
    // The hub answers small files after a redirection within itself.
    if let Some(bytes) = file.strip_prefix("cache/").and_then(|file| state.small.get(file)) {
        return part(stream, &format!("{commit}etag: \"{:040x}\"\r\n", bytes.len()), bytes, first, last, None);
    }
    if state.small.contains_key(&file) {
        return send(stream, "307 Temporary Redirect", &format!("{commit}location: /cache/{file}\r\n"), b"", None);
    }
    send(stream, "404 Not Found", "x-error-code: EntryNotFound\r\n", b"Entry not found", None);
}

fn part(stream: TcpStream, headers: &str, bytes: &[u8], first: usize, last: Option<usize>, cut: Option<usize>) {
    if first >= bytes.len() {
        return send(stream, "416 Range Not Satisfiable", headers, b"", None);
    }
    let end = last.map_or(bytes.len(), |last| (last + 1).min(bytes.len()));
    let headers = format!("{headers}content-range: bytes {first}-{}/{}\r\n", end - 1, bytes.len());
    send(stream, "206 Partial Content", &headers, &bytes[first..end], cut);
}

/// Sends an answer, of its body at most `cut` bytes.
fn send(mut stream: TcpStream, status: &str, headers: &str, body: &[u8], cut: Option<usize>) {
    let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n", body.len());
    let sent = &body[..cut.unwrap_or(body.len()).min(body.len())];
    // The client may have gone away; that is its affair.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(sent)).and_then(|()| stream.flush());
}
