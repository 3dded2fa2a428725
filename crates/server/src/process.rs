//! A server as a process: where it may listen, and how it ends.

use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

/// What still runs after a signal may end in this time. A call to the platform may take longer: its
/// intent is committed, and the next start says of it that its outcome is unknown.
const GRACE: Duration = Duration::from_secs(5);

/// Ends when the server is to end.
pub type Stop = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Refuses any address that others could reach.
pub fn loopback(address: IpAddr, port: u16) -> Result<SocketAddr> {
    if !address.is_loopback() {
        bail!("{address} 不是本机地址，拒绝监听 · is not a loopback address");
    }
    Ok(SocketAddr::new(address, port))
}

/// A port that can be told: 0 would be any.
pub fn port() -> clap::builder::RangedI64ValueParser<u16> {
    clap::value_parser!(u16).range(1..)
}

/// A runtime of few threads: blocking work has lanes of its own.
pub fn runtime() -> Result<Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?)
}

/// Listens, or says that the port is in use.
pub fn listen(runtime: &Runtime, address: SocketAddr) -> Result<TcpListener> {
    runtime
        .block_on(TcpListener::bind(address))
        .with_context(|| {
            let port = address.port();
            format!(
                "端口 {port} 不能使用，可能已被占用，请换一个端口 · port {port} cannot be used, perhaps it is in use: choose another"
            )
        })
}

/// Serves until a signal, or until `also` ends: `server` gets the future that tells it so. What runs
/// by then has [`GRACE`] to end. The signals' handlers stand before `ready` is called, so whoever is
/// told that the program is ready may end it.
pub fn serve<S>(
    runtime: Runtime,
    also: impl Future<Output = ()> + Send + 'static,
    ready: impl FnOnce(),
    server: impl FnOnce(Stop) -> S,
) -> Result<()>
where
    S: Future<Output = std::io::Result<()>>,
{
    let result = runtime.block_on(async {
        let signalled = signal()?;
        let (stop, told) = oneshot::channel::<()>();
        let stopped = Box::pin(async {
            let _told_or_gone = told.await;
        });
        ready();
        let late = async move {
            tokio::select! {
                () = signalled => {}
                () = also => {}
            }
            let _gone_if_it_ended_before = stop.send(());
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            end = server(stopped) => Ok(end?),
            () = late => Ok(()),
        }
    });
    runtime.shutdown_timeout(GRACE);
    result
}

/// Ends at SIGTERM or Ctrl-C. The handler stands when this returns.
#[cfg(unix)]
fn signal() -> Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut term = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Ends at Ctrl-C.
#[cfg(not(unix))]
fn signal() -> Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
