//! A model hub on loopback: answers as huggingface.co does, and fails where it is told to.

#![expect(clippy::unwrap_used, reason = "tests")]

use sha1::{Digest as _, Sha1};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

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
    /// Calls every file's content so.
    Etag(&'static str),
    /// Says that every file is of that commit.
    Commit(&'static str),
    /// Sends every request on to where it came from, by a relative address.
    Circle,
    /// Sends every request on to that address.
    SendsTo(&'static str),
    /// Sends half of every body, and then nothing.
    Stalls,
    /// Sends a byte of every body, and one more each 50 ms.
    Drips,
    /// Turns a bit of every body.
    Alters,
    /// Says nothing of lengths, and never ends.
    Endless,
}

#[derive(Default)]
struct State {
    /// Small files are sent at once, large ones by way of another path, as from a store.
    small: HashMap<String, Vec<u8>>,
    large: HashMap<String, Vec<u8>>,
    fault: Fault,
    /// Another server that sends the large files.
    store: Option<String>,
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

    /// Large files come from another server, which must offer them, too.
    pub fn store_at(&self, other: &Server) {
        self.state.lock().unwrap().store = Some(other.endpoint.clone());
    }

    /// Every request so far: path, range and authorisation.
    pub fn requests(&self) -> Vec<String> {
        self.state.lock().unwrap().requests.clone()
    }
}

/// What a client asks for.
struct Request {
    path: String,
    range: String,
    token: String,
}

impl Request {
    /// Reads a request to the end of its headers; `None` where nothing comes.
    fn read(stream: &TcpStream) -> Option<Request> {
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
        let request = lines.next()?;
        let headers: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
        let header = |name: &str| {
            let mut known = headers.iter().filter_map(|line| line.split_once(": "));
            let found = known.find(|(known, _)| known.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.to_string()).unwrap_or_default()
        };
        let path = request.split(' ').nth(1).unwrap_or_default().to_string();
        Some(Request { path, range: header("range"), token: header("authorization") })
    }

    fn bytes(&self) -> Range {
        let first: usize = self.range.trim_start_matches("bytes=").split('-').next().unwrap_or_default().parse().unwrap_or(0);
        let last: Option<usize> = self.range.rsplit_once('-').and_then(|(_, last)| last.parse().ok());
        Range { first, last }
    }
}

/// The bytes of a file that are asked for: to its end, where no last one is named.
#[derive(Clone, Copy)]
struct Range {
    first: usize,
    last: Option<usize>,
}

fn answer(stream: TcpStream, state: &Mutex<State>, endpoint: &str) {
    let Some(request) = Request::read(&stream) else { return };
    let (path, range) = (&request.path, request.bytes());
    let mut state = state.lock().unwrap();
    state.requests.push(format!("{path} {} {}", request.range, request.token));
    let fault = state.fault;
    let commit = if let Fault::Commit(commit) = fault { commit } else { COMMIT };
    let commit = format!("x-repo-commit: {commit}\r\n");
    if let Some((status, headers)) = turned_away(fault, path, &commit) {
        return send(stream, status, &headers, b"", None);
    }
    let file = path.trim_start_matches('/').replace("/resolve/main/", "/");
    let stored = path.strip_prefix("/store/").and_then(|file| state.large.get(file));
    // The hub answers small files after a redirection within itself.
    let small = file.strip_prefix("cache/").and_then(|file| state.small.get(file));
    if let (Some(bytes), Some(send), None) = (stored.or(small), slowly_or_otherwise(fault), range.last) {
        let bytes = bytes.clone();
        drop(state);
        return send(stream, &bytes);
    }
    if let Some(bytes) = stored {
        return match fault {
            Fault::CutAfter(count) if range.last.is_none() => part(stream, "", bytes, range, Some(count)),
            Fault::IgnoresRanges if range.last.is_none() => send(stream, "200 OK", "", bytes, None),
            _ => part(stream, "", bytes, range, None),
        };
    }
    if let Some(bytes) = state.large.get(&file) {
        let etag = if let Fault::Etag(etag) = fault { etag.to_string() } else { hexadecimal(Sha256::digest(bytes)) };
        let store = state.store.as_deref().unwrap_or(endpoint);
        let headers = format!("{commit}x-linked-etag: \"{etag}\"\r\nlocation: {store}/store/{file}\r\n");
        return send(stream, "302 Found", &headers, b"", None);
    }
    if let Some(bytes) = small {
        let blob = [format!("blob {}\0", bytes.len()).as_bytes(), bytes].concat();
        let etag =
            if let Fault::Etag(etag) = fault { etag.to_string() } else { hexadecimal(Sha1::new_with_prefix(blob).finalize()) };
        return part(stream, &format!("{commit}etag: \"{etag}\"\r\n"), bytes, range, None);
    }
    if state.small.contains_key(&file) {
        return send(stream, "307 Temporary Redirect", &format!("{commit}location: /cache/{file}\r\n"), b"", None);
    }
    send(stream, "404 Not Found", "x-error-code: EntryNotFound\r\n", b"Entry not found", None);
}

/// Status and headers of a fault that answers every request alike, whatever file it asks for.
fn turned_away(fault: Fault, path: &str, commit: &str) -> Option<(&'static str, String)> {
    match fault {
        Fault::Circle => Some(("302 Found", format!("{commit}location: {path}\r\n"))),
        Fault::SendsTo(address) => Some(("302 Found", format!("{commit}etag: \"00\"\r\nlocation: {address}\r\n"))),
        Fault::Refuses(code) => Some(("401 Unauthorized", format!("x-error-code: {code}\r\n"))),
        _ => None,
    }
}

fn hexadecimal(bytes: impl IntoIterator<Item = u8>) -> String {
    let digits = bytes.into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from_digit(u32::from(digit), 16).unwrap()).collect()
}

/// How a whole body is sent, where that is the fault.
fn slowly_or_otherwise(fault: Fault) -> Option<fn(TcpStream, &[u8])> {
    match fault {
        Fault::Alters => Some(|stream, bytes| {
            let mut bytes = bytes.to_vec();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            send(stream, "200 OK", "", &bytes, None);
        }),
        Fault::Stalls => Some(|mut stream, bytes| {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", bytes.len());
            let _ = stream.write_all(&[head.as_bytes(), &bytes[..bytes.len() / 2]].concat()).and_then(|()| stream.flush());
            std::thread::sleep(Duration::from_mins(1));
        }),
        Fault::Drips => Some(|mut stream, bytes| {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", bytes.len());
            let mut sent = stream.write_all(head.as_bytes());
            for byte in bytes {
                if sent.is_err() {
                    break;
                }
                sent = stream.write_all(&[*byte]).and_then(|()| stream.flush());
                std::thread::sleep(Duration::from_millis(50));
            }
        }),
        Fault::Endless => Some(|mut stream, _| {
            let mut sent = stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
            let chunk = [b"100000\r\n".as_slice(), &vec![b'x'; 1 << 20], b"\r\n"].concat();
            while sent.is_ok() {
                sent = stream.write_all(&chunk);
            }
        }),
        _ => None,
    }
}

fn part(stream: TcpStream, headers: &str, bytes: &[u8], range: Range, cut: Option<usize>) {
    let Range { first, last } = range;
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
