//! A GitHub of one repository, on a port of this machine: it keeps what is written, and fails in every way on demand.
//!
//! Its replies are made of `tests/cases/github/replies.json`: the least that GitHub's own description of its API allows.
//! Where `GITHUB_EXCHANGES` names a folder, every request and reply is written there, to be checked against that
//! description (`.ci/run` does).

mod answers;
mod faults;
mod git;
mod graph;
mod server;

pub(crate) use answers::{checks_rule, reviews_rule};
pub(crate) use faults::Fault;

use crate::runner::Origin;
use answers::State;
use serde_json::{Value, json};
use server::{Incoming, Reply};
use std::collections::VecDeque;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

/// One request and its reply.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    pub(crate) method: String,
    /// With its query, without the base.
    pub(crate) path: String,
    pub(crate) body: Value,
    pub(crate) status: u16,
    pub(crate) reply: Value,
    /// Whether the reply is GitHub's own, and no fault on demand.
    genuine: bool,
    /// Whether the token came along.
    pub(crate) token: bool,
}

/// What the server's threads share.
struct Shared {
    state: Mutex<State>,
    faults: Mutex<VecDeque<Fault>>,
    log: Mutex<Vec<Exchange>>,
    closing: AtomicBool,
    /// Connections that are never answered; kept open until the end.
    silent: Mutex<Vec<TcpStream>>,
}

/// A running GitHub.
pub(crate) struct Hub {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Hub {
    /// One with pull request 7 and nothing else, not even files.
    pub(crate) fn start() -> Self {
        Self::serve(State::new(None))
    }

    /// One that serves this repository, with its pull request.
    pub(crate) fn of(origin: &Origin) -> Self {
        let mut state = State::new(Some(origin.repo.path().to_owned()));
        state.pull["head"]["sha"] = origin.head.clone().into();
        state.pull["base"]["sha"] = origin.base.clone().into();
        Self::serve(state)
    }

    fn serve(state: State) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            faults: Mutex::default(),
            log: Mutex::default(),
            closing: AtomicBool::new(false),
            silent: Mutex::default(),
        });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if serving.closing.load(Ordering::Relaxed) {
                    break;
                }
                let (Ok(stream), serving) = (stream, Arc::clone(&serving)) else { continue };
                std::thread::spawn(move || {
                    server::talk(stream, &|incoming| serving.reply(incoming), &serving.silent);
                });
            }
        });
        Self { address, shared }
    }

    /// The base of its REST API, of an enterprise server's form.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/api/v3", self.address)
    }

    /// What it keeps.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap()
    }

    /// Fails on demand; several faults are used up one after the other.
    pub(crate) fn fail(&self, fault: Fault) -> &Self {
        self.shared.faults.lock().unwrap().push_back(fault);
        self
    }

    /// No more faults.
    pub(crate) fn recover(&self) {
        self.shared.faults.lock().unwrap().clear();
    }

    /// Everything that was asked.
    pub(crate) fn log(&self) -> Vec<Exchange> {
        self.shared.log.lock().unwrap().clone()
    }

    /// `METHOD path` of everything that was asked, without queries.
    pub(crate) fn asked(&self) -> Vec<String> {
        let line = |one: &Exchange| format!("{} {}", one.method, one.path.split('?').next().unwrap());
        self.log().iter().map(line).collect()
    }
}

impl Shared {
    fn reply(&self, incoming: &Incoming) -> Reply {
        let fault = {
            let mut faults = self.faults.lock().unwrap();
            let at = faults.iter().position(|fault| fault.meets(incoming));
            at.map(|at| {
                let fault = faults[at].clone();
                if faults[at].used_up() {
                    faults.remove(at);
                }
                fault
            })
        };
        let done = fault.as_ref().is_none_or(Fault::is_done);
        let genuine =
            if done { self.state.lock().unwrap().answer(incoming) } else { Reply::json(200, json!({})) };
        let reply = match &fault {
            Some(fault) => fault.spoil(&genuine, incoming),
            None => genuine,
        };
        let status = reply.status;
        self.log.lock().unwrap().push(Exchange {
            method: incoming.method.clone(),
            path: incoming.path.clone(),
            body: incoming.body.clone(),
            status,
            reply: serde_json::from_slice(&reply.body).unwrap_or_default(),
            genuine: fault.is_none() && status != 304,
            token: incoming.header("authorization").is_some(),
        });
        reply
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(self.address));
        let Some(folder) = std::env::var_os("GITHUB_EXCHANGES") else { return };
        let mut lines = String::new();
        for one in self.log() {
            let Exchange { method, path, body, status, reply, genuine, .. } = one;
            let line = json!({
                "method": method, "path": path, "body": body, "status": status, "reply": reply, "genuine": genuine,
            });
            lines.extend([line.to_string(), "\n".to_owned()]);
        }
        let name = format!("{}-{}.jsonl", std::process::id(), self.address.port());
        std::fs::write(PathBuf::from(folder).join(name), lines).unwrap();
    }
}
