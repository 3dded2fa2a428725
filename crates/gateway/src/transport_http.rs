//! The platform over HTTP/1.1. No TLS: regions reach it through a private network.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cunyi_domain::transport::{MAX_REPLY, Reply, Request, Transport, TransportError};
use ureq::Agent;
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{ConnectionDetails, Connector, DefaultConnector};

/// Sends over a new connection each: a kept one may break without anyone knowing whether the
/// request arrived.
#[derive(Clone, Copy, Debug, Default)]
pub struct HttpTransport;

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
        let connected = Arc::new(AtomicBool::new(false));
        let watched = Watched {
            inner: DefaultConnector::default(),
            connected: connected.clone(),
        };
        let config = Agent::config_builder()
            .timeout_global(Some(deadline))
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
