//! `cunyi demo`: a fictional clinic and its insurance centre on this machine.
//!
//! The first start seeds both in one process, beside the folder's databases, and renames them when
//! all is done; then the centre starts as a child process and the clinic serves.

mod follow_up;
mod maker;
mod people;
mod seed;
mod template;

use std::fs::{self, File};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use cunyi_app::{App, Parts};
use cunyi_catalogue::Catalogue;
use cunyi_db::Durability;
use cunyi_domain::time::Clock;
use cunyi_gateway::HttpTransport;
use cunyi_store::Store;
use cunyi_web::WebOptions;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::centre::CENTRE;
use crate::machine::{SystemClock, SystemRng};
use crate::{data, process, rounds};

use maker::DemoMaker;

pub use people::{LOGINS, PASSWORD};

#[derive(clap::Args)]
pub struct Options {
    /// 诊所端口 · the clinic's port
    #[arg(long, default_value_t = 8760, value_parser = process::port())]
    clinic_port: u16,
    /// 医保中心仿真端口 · the sandbox centre's port
    #[arg(long, default_value_t = 8761, value_parser = process::port())]
    centre_port: u16,
    /// 数据目录 · data folder
    #[arg(long, default_value = "demo-data")]
    data: PathBuf,
    /// 监听地址，仅限本机 · address, loopback only
    #[arg(long, default_value = "127.0.0.1")]
    address: IpAddr,
    /// 清空重来 · start over
    #[arg(long)]
    fresh: bool,
    /// 目录用编造的条目补到三万诊断、四千药品 · lists filled up to 30,000 diagnoses and 4,000 drugs, invented
    #[arg(long)]
    long_lists: bool,
    #[command(flatten)]
    extent: seed::Extent,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            clinic_port: 8760,
            centre_port: 8761,
            data: PathBuf::from("demo-data"),
            address: IpAddr::from([127, 0, 0, 1]),
            fresh: false,
            long_lists: false,
            extent: seed::Extent::default(),
        }
    }
}

/// What helps where the folder's databases do not open.
const OTHER: &str = "演示数据打不开，可能是另一个版本留下的：加 --fresh 重来 · the demo's data does not open, perhaps \
                     another version made it: start over with --fresh";

pub fn run(options: &Options) -> Result<()> {
    let clinic = process::loopback(options.address, options.clinic_port)?;
    let centre = process::loopback(options.address, options.centre_port)?;
    if clinic == centre {
        bail!("诊所和医保中心仿真不能用同一个端口 · clinic and centre need a port each");
    }
    let runtime = process::runtime()?;
    let listener = process::listen(&runtime, clinic)?;
    // The child listens there itself; this only tells before the seeding that it cannot.
    drop(process::listen(&runtime, centre)?);
    let _taken = prepare(&options.data, options.fresh)?;
    if !data::database(&options.data).exists() {
        seed_beside(&options.data, options.extent)?;
    }
    let store = data::open(&options.data, Durability::Full, false).context(OTHER)?;
    let maker = DemoMaker::open(&options.data.join("electronic-receipts"))?;
    let mut child = start_centre(&options.data, centre)?;
    let addresses = Addresses { clinic, centre };
    let lists = if options.long_lists {
        Catalogue::demo_grown()
    } else {
        Catalogue::demo()
    };
    let result = serve(runtime, listener, store, (lists, maker), addresses);
    stop(&mut child);
    result
}

/// Where clinic and centre listen.
#[derive(Clone, Copy)]
struct Addresses {
    clinic: SocketAddr,
    centre: SocketAddr,
}

/// An empty folder, or one of ours; held until the answer is dropped.
fn prepare(folder: &Path, fresh: bool) -> Result<File> {
    if !folder.join(data::DEMO_MARK).exists() && !data::is_empty(folder)? {
        bail!(
            "{} 不是演示程序建立的目录，拒绝使用 · was not made by the demo",
            folder.display()
        );
    }
    data::private_folder(folder)?;
    fs::write(
        folder.join(data::DEMO_MARK),
        "演示数据，全部虚构 · invented data\n",
    )?;
    let taken = data::lock(folder, data::CLINIC)?;
    if fresh {
        clear(folder)?;
    }
    Ok(taken)
}

/// Removes all but the mark and what is locked.
fn clear(folder: &Path) -> Result<()> {
    let kept = [data::DEMO_MARK, data::CLINIC.lock, CENTRE.lock];
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if kept.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn seed_beside(folder: &Path, extent: seed::Extent) -> Result<()> {
    let days = extent.days;
    eprintln!("正在准备演示数据（{days} 天的就诊） · seeding {days} days of visits …");
    let beside = folder.join("seeding");
    if beside.exists() {
        fs::remove_dir_all(&beside)?;
    }
    data::private_folder(&beside)?;
    seed::seed(&beside, SystemClock.now(), extent)?;
    for file in ["installation.key", "centre.db", "clinic.db"] {
        fs::rename(beside.join(file), folder.join(file)).with_context(|| file.to_owned())?;
    }
    fs::remove_dir_all(&beside)?;
    Ok(())
}

fn start_centre(folder: &Path, address: SocketAddr) -> Result<Child> {
    let program = std::env::current_exe()?;
    let mut child = Command::new(program)
        .arg("centre")
        .arg("--data")
        .arg(folder)
        .args([
            "--port",
            &address.port().to_string(),
            "--address",
            &address.ip().to_string(),
        ])
        .arg("--with-parent")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("医保中心仿真未能启动 · the sandbox centre did not start")?;
    let out = child.stdout.take().context("no output of the centre")?;
    let mut line = String::new();
    // Its first line says that it listens; if it ends before, its reason is on standard error.
    std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut line)?;
    if line.is_empty() {
        stop(&mut child);
        bail!("医保中心仿真未能启动 · the sandbox centre did not start: {OTHER}");
    }
    Ok(child)
}

/// Closing its standard input asks the child to end, which it does in its own time of grace.
fn stop(child: &mut Child) {
    drop(child.stdin.take());
    if let Err(error) = child.wait() {
        tracing::warn!(%error, "the sandbox centre");
    }
}

fn serve(
    runtime: Runtime,
    listener: TcpListener,
    store: Store,
    (lists, maker): (Catalogue, DemoMaker),
    addresses: Addresses,
) -> Result<()> {
    let app = App::new(Parts {
        store,
        catalogue: Arc::new(lists),
        transport: Arc::new(HttpTransport::default()),
        clock: Arc::new(SystemClock),
        rng: Arc::new(SystemRng),
        centre_url: Some(format!("http://{}", addresses.centre)),
    });
    let app = Arc::new(app.with_receipt_maker(Arc::new(maker)));
    app.recover()?;
    rounds::start(Arc::clone(&app))?;
    let hints = people::hints(&app)?;
    let options = WebOptions {
        fictional: true,
        demo_logins: LOGINS
            .iter()
            .map(|l| [l.typed, PASSWORD, l.role].map(str::to_owned).into())
            .collect(),
        ..WebOptions::default()
    };
    let router = cunyi_web::router(app, options);
    let ready = || print_ready(addresses, &hints);
    process::serve(runtime, std::future::pending(), ready, |stop| {
        axum::serve(listener, router)
            .with_graceful_shutdown(stop)
            .into_future()
    })
}

fn print_ready(Addresses { clinic, centre }: Addresses, hints: &[String]) {
    println!("村医演示已就绪 · the demo is ready");
    println!("  诊所 clinic            http://{clinic}");
    println!("  医保中心仿真 centre    http://{centre}");
    for login in LOGINS {
        println!("  {:<10} {PASSWORD}  {}", login.typed, login.what);
    }
    for hint in hints {
        println!("  {hint}");
    }
    println!("  Ctrl-C 结束 · ends");
}
