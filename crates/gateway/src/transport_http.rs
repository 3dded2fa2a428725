//! The platform over HTTP/1.1. No TLS: regions reach it through a private network.

use std::mem::take;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{SendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use cunyi_domain::transport::{MAX_REPLY, Reply, Request, Transport, TransportError};
use ureq::Agent;
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{ConnectionDetails, Connector, DefaultConnector};

/// Sends over a new connection each: a kept one may break without anyone knowing whether the
/// request arrived.
#[derive(Clone, Debug, Default)]
pub struct HttpTransport {
    late: Arc<Late>,
}

/// Replies that nobody waited for any more.
#[derive(Debug, Default)]
struct Late {
    listening: AtomicUsize,
    came: Mutex<Vec<(String, Reply)>>,
}

/// So long after its deadline a reply is listened for.
const LISTENS: Duration = Duration::from_mins(10);
/// For so many calls at most, and so many replies are kept until they are asked for.
const MOST_LATE: usize = 32;

/// Notes that a connection was made: from then on nothing is certain.
#[derive(Debug)]
struct Watched {
    inner: DefaultConnector,
    connected: Arc<AtomicBool>,
}

impl Connector for Watched {
    type Out = <DefaultConnector as Connector>::Out;

    fn connect(
        &self,
        details: &ConnectionDetails,
        chained: Option<()>,
    ) -> Result<Option<Self::Out>, ureq::Error> {
        let made = self.inner.connect(details, chained)?;
        self.connected.store(made.is_some(), Ordering::SeqCst);
        Ok(made)
    }
}

impl Transport for HttpTransport {
    fn send(&self, request: &Request, deadline: Duration) -> Result<Reply, TransportError> {
        if request.late.is_empty() || !self.late.begin() {
            return post(request, deadline, Duration::ZERO);
        }
        // Of a channel without room either side knows whether the other took it.
        let (gives, takes) = sync_channel(0);
        let (late, request) = (Arc::clone(&self.late), request.clone());
        thread::spawn(move || {
            let came = post(&request, deadline, LISTENS);
            if let Err(SendError(Ok(reply))) = gives.send(came) {
                late.keep(request.late, reply);
            }
            late.listening.fetch_sub(1, Ordering::SeqCst);
        });
        let came = takes.recv_timeout(deadline);
        came.unwrap_or_else(|error| Err(TransportError::Lost(error.to_string())))
    }

    fn late(&self) -> Vec<(String, Reply)> {
        take(&mut *self.late.lock())
    }
}

impl Late {
    /// True if one more may be listened for.
    fn begin(&self) -> bool {
        let more = |count: usize| (count < MOST_LATE).then_some(count + 1);
        let counted = self
            .listening
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, more);
        counted.is_ok()
    }

    fn keep(&self, name: String, reply: Reply) {
        let mut came = self.lock();
        if came.len() < MOST_LATE {
            came.push((name, reply));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(String, Reply)>> {
        self.came.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One exchange: connected and sent within the deadline, answered within it or so much later.
fn post(request: &Request, deadline: Duration, later: Duration) -> Result<Reply, TransportError> {
    let connected = Arc::new(AtomicBool::new(false));
    let watched = Watched {
        inner: DefaultConnector::default(),
        connected: connected.clone(),
    };
    let config = Agent::config_builder()
        .timeout_global(Some(deadline + later))
        // A connection that is not made is told as such while somebody waits, and never made later.
        .timeout_resolve(Some(deadline / 2))
        .timeout_connect(Some(deadline * 2 / 5))
        .timeout_send_request(Some(deadline))
        .timeout_send_body(Some(deadline))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .max_idle_connections(0)
        .proxy(None)
        .build();
    let agent = Agent::with_parts(config, watched, DefaultResolver::default());
    // ureq's errors name hosts and phases, never the body: they may be logged.
    exchange(&agent, request).map_err(|error| {
        if connected.load(Ordering::SeqCst) {
            TransportError::Lost(error.to_string())
        } else {
            TransportError::NotSent(error.to_string())
        }
    })
}

fn exchange(agent: &Agent, request: &Request) -> Result<Reply, ureq::Error> {
    let mut post = agent.post(&request.url);
    for (name, value) in &request.headers {
        post = post.header(name, value);
    }
    let mut response = post.send(&request.body[..])?;
    let status = response.status().as_u16();
    let body = response
        .body_mut()
        .with_config()
        .limit(MAX_REPLY as u64)
        .read_to_vec()?;
    Ok(Reply { status, body })
}

#[cfg(test)]
#[path = "tests/transport_http.rs"]
mod tests;
