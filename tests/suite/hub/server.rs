//! As much of HTTP as the client speaks: one request for each connection.

use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::Mutex;
use std::time::Duration;

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Incoming {
    pub(crate) method: String,
    /// Without the base, with the query.
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
    /// The server's own address, as the client calls it.
    pub(crate) host: String,
}

impl Incoming {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The path without its query, in parts.
    pub(crate) fn parts(&self) -> Vec<&str> {
        self.path.split('?').next().unwrap().trim_start_matches('/').split('/').collect()
    }

    /// A parameter of the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let (_, query) = self.path.split_once('?')?;
        query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }
}

/// How a reply is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Whole,
    /// The connection breaks in the middle of the body.
    Cut,
    /// The connection breaks before a reply.
    Broken,
    /// Nothing is ever sent.
    Never,
}

/// A reply.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) way: Way,
}

impl Reply {
    pub(crate) fn json(status: u16, body: impl Into<Value>) -> Self {
        let body = match body.into() {
            Value::Null if matches!(status, 204 | 304) => Vec::new(),
            body => body.to_string().into_bytes(),
        };
        let kind = ("content-type".to_owned(), "application/json; charset=utf-8".to_owned());
        Self { status, headers: vec![kind], body, way: Way::Whole }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.retain(|(key, _)| key != name);
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// Reads a request, and replies.
pub(crate) fn talk(stream: TcpStream, reply: &dyn Fn(&Incoming) -> Reply, silent: &Mutex<Vec<TcpStream>>) {
    let Some(incoming) = read(&stream) else { return };
    let reply = reply(&incoming);
    let mut out = &stream;
    let mut head = format!(
        "HTTP/1.1 {} .\r\nconnection: close\r\ncontent-length: {}\r\n",
        reply.status,
        reply.body.len()
    );
    for (name, value) in &reply.headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head += "\r\n";
    // A client that has gone is none of the server's concern.
    match reply.way {
        Way::Whole => drop(out.write_all(head.as_bytes()).and_then(|()| out.write_all(&reply.body))),
        Way::Cut => {
            let half = &reply.body[..reply.body.len() / 2];
            drop(out.write_all(head.as_bytes()).and_then(|()| out.write_all(half)));
        }
        Way::Broken => {}
        Way::Never => {
            silent.lock().unwrap().push(stream);
            return;
        }
    }
    drop(stream.shutdown(Shutdown::Both));
}

fn read(stream: &TcpStream) -> Option<Incoming> {
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let header = |name: &str| headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let length = header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let host = header("host")?;
    // An enterprise server's two bases; github.com has none.
    let path = target
        .strip_prefix("/api/v3")
        .or_else(|| target.strip_prefix("/api").filter(|rest| *rest == "/graphql"));
    Some(Incoming {
        method,
        path: path.unwrap_or(&target).to_owned(),
        body: serde_json::from_slice(&body).unwrap_or_default(),
        headers,
        host,
    })
}
