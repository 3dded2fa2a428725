//! `cunyi centre`: the sandbox insurance centre as a server of its own.

use std::io::Read;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use cunyi_catalogue::Catalogue;
use cunyi_centre::{Centre, Item, Parts};
use cunyi_db::{Durability, Target};
use cunyi_domain::ledger::LineClass;
use cunyi_domain::time::{Clock, Rng};
use cunyi_gateway::Region;

use crate::machine::{SystemClock, SystemRng};

/// Seed of the demo's villagers.
pub const SEED: u64 = cunyi_centre::population::DEMO_SEED;

#[derive(clap::Args)]
pub struct Options {
    /// 数据目录 · data folder
    #[arg(long, default_value = "centre-data")]
    data: PathBuf,
    /// 端口 · port on 127.0.0.1
    #[arg(long, default_value_t = 8761)]
    port: u16,
    /// 监听地址，仅限本机 · address, loopback only
    #[arg(long, default_value = "127.0.0.1")]
    address: IpAddr,
    /// 标准输入关闭时退出（由演示启动时） · end when standard input closes
    #[arg(long, hide = true)]
    with_parent: bool,
}

/// Serves until a signal, or until the parent that holds our standard input is gone.
pub fn run(options: &Options) -> Result<()> {
    let address = loopback(options.address, options.port)?;
    crate::data::private_folder(&options.data)?;
    let target = Target::File(options.data.join("centre.db"));
    let centre = open(
        target,
        Durability::Full,
        Arc::new(SystemClock),
        Arc::new(SystemRng),
    )?;
    let with_parent = options.with_parent;
    runtime()?.block_on(async move {
        let listener = listen(address).await?;
        let ended = signal()?;
        println!("医保中心仿真 · sandbox insurance centre: http://{address}");
        let shutdown = async move {
            tokio::select! {
                () = ended => {}
                () = parent_gone(with_parent) => {}
            }
        };
        Ok(cunyi_centre::serve(Arc::new(centre), listener, shutdown).await?)
    })
}

/// The centre over a ledger, with the demo's rules and lists.
pub fn open(
    target: Target,
    durability: Durability,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
) -> Result<Centre> {
    let rules = [
        cunyi_policy::parse(cunyi_policy::DEMO_RESIDENT, "demo_resident.toml")?,
        cunyi_policy::parse(cunyi_policy::DEMO_EMPLOYEE, "demo_employee.toml")?,
    ];
    let lists = Catalogue::demo();
    let parts = Parts {
        target,
        durability,
        seed: SEED,
        policies: rules.into(),
        catalogue: Box::new(move |code| item(&lists, code)),
        clock,
        rng,
        region: Region::demo(),
    };
    Ok(Centre::open(parts)?)
}

fn item(lists: &Catalogue, code: &str) -> Option<Item> {
    let class = |class: cunyi_catalogue::Class| LineClass::from_text(class.as_str());
    if let Some(drug) = lists.drug(code) {
        return Some(Item {
            class: class(drug.class)?,
            ceiling: None,
            is_consultation_fee: false,
            category: drug.kind.charge_type().to_owned(),
        });
    }
    let service = lists.service(code)?;
    Some(Item {
        class: class(service.class)?,
        ceiling: None,
        is_consultation_fee: service.role == cunyi_catalogue::ServiceRole::General,
        category: service.charge_type.clone(),
    })
}

/// Refuses any address that others could reach.
pub fn loopback(address: IpAddr, port: u16) -> Result<SocketAddr> {
    if !address.is_loopback() {
        bail!("{address} 不是本机地址，拒绝监听 · is not a loopback address");
    }
    Ok(SocketAddr::new(address, port))
}

/// Listens, or says that the port is in use.
pub async fn listen(address: SocketAddr) -> Result<tokio::net::TcpListener> {
    tokio::net::TcpListener::bind(address)
        .await
        .with_context(|| {
            format!(
                "端口 {} 不能使用，换一个或结束占用它的程序 · port in use",
                address.port()
            )
        })
}

/// A runtime of few threads: blocking work has lanes of its own.
pub fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?)
}

/// Ends at SIGTERM or Ctrl-C. The handler stands when this returns, so whoever is told that the
/// program is ready may end it.
#[cfg(unix)]
pub fn signal() -> Result<impl Future<Output = ()> + Send + 'static> {
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
pub fn signal() -> Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

/// Ends when standard input closes: however the parent ended, the child does not stay behind.
async fn parent_gone(with_parent: bool) {
    if !with_parent {
        return std::future::pending().await;
    }
    let (gone, waits) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut rest = Vec::new();
        // Whatever comes back, the parent is gone.
        let _ended = std::io::stdin().read_to_end(&mut rest);
        let _sent = gone.send(());
    });
    let _closed = waits.await;
}

/// Where the demo keeps the centre's ledger.
pub fn database(folder: &Path) -> PathBuf {
    folder.join("centre.db")
}
