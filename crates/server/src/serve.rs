//! `cunyi serve`: a clinic's real start.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Result, bail};
use cunyi_app::{App, Parts};
use cunyi_catalogue::Catalogue;
use cunyi_db::Durability;
use cunyi_gateway::{HttpTransport, KeyFolder};
use cunyi_store::reference;
use cunyi_web::WebOptions;

use crate::electronic::FolderMaker;
use crate::machine::{SystemClock, SystemRng};
use crate::slots::Slots;
use crate::{data, process, rounds};

#[derive(clap::Args)]
pub struct Options {
    /// 数据目录 · data folder
    #[arg(long)]
    data: PathBuf,
    /// 端口 · port
    #[arg(long, default_value_t = 8760, value_parser = process::port())]
    port: u16,
    /// 监听地址，仅限本机 · address, loopback only
    #[arg(long, default_value = "127.0.0.1")]
    address: IpAddr,
    /// 与电子票据程序交换文件的目录 · folder of orders and answers of electronic receipts
    #[arg(long, value_name = "DIR")]
    electronic_receipts: Option<PathBuf>,
}

/// Serves until a signal. The first page asks for the clinic when none is installed.
///
/// The port and the folder are taken before anything is read: a second program that started here
/// would else declare the first one's calls lost.
pub fn run(options: &Options) -> Result<()> {
    let address = process::loopback(options.address, options.port)?;
    let runtime = process::runtime()?;
    let listener = process::listen(&runtime, address)?;
    if options.data.join(data::DEMO_MARK).exists() {
        bail!(
            "{} 是演示数据（口令公开），不能作正式启动 · holds the demo's data, whose passwords everybody \
             knows: choose another folder",
            options.data.display()
        );
    }
    let _taken = data::take(&options.data, data::CLINIC)?;
    let store = data::open(&options.data, Durability::Full, true)?;
    let slots = Slots::default();
    for clinic in store.db().read("clinics", reference::clinics)? {
        let (code, slot) = (&clinic.institution_code, clinic.slot);
        if !slots.take(code, slot) {
            bail!(
                "机构 {code} 的席位 {slot} 正被本机另一个村医程序使用 · slot {slot} of {code} is another program's on \
                 this machine"
            );
        }
    }
    let app = App::new(Parts {
        store,
        catalogue: Arc::new(Catalogue::demo()),
        transport: Arc::new(HttpTransport::default()),
        clock: Arc::new(SystemClock),
        rng: Arc::new(SystemRng),
        centre_url: None,
    });
    let app = app.with_slots(move |code, slot| slots.take(code, slot));
    let mut app = app.with_keys(KeyFolder(data::keys(&options.data)));
    if let Some(folder) = &options.electronic_receipts {
        let maker = FolderMaker::open(folder)?;
        app = app.with_receipt_maker(Arc::new(maker));
    }
    let app = Arc::new(app);
    app.check_setups()?;
    app.recover()?;
    rounds::start(Arc::clone(&app))?;
    let router = cunyi_web::router(app, WebOptions::default());
    let ready = || println!("村医 · Cunyi: http://{address}");
    process::serve(runtime, std::future::pending(), ready, |stop| {
        axum::serve(listener, router)
            .with_graceful_shutdown(stop)
            .into_future()
    })
}
