//! `cunyi serve`: a clinic's real start.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use cunyi_app::{App, Parts};
use cunyi_catalogue::Catalogue;
use cunyi_db::Durability;
use cunyi_gateway::HttpTransport;
use cunyi_web::WebOptions;

use crate::centre::{listen, loopback, runtime, signal};
use crate::data;
use crate::machine::{SystemClock, SystemRng};

#[derive(clap::Args)]
pub struct Options {
    /// 数据目录 · data folder
    #[arg(long)]
    data: PathBuf,
    /// 端口 · port
    #[arg(long, default_value_t = 8760)]
    port: u16,
    /// 监听地址，仅限本机 · address, loopback only
    #[arg(long, default_value = "127.0.0.1")]
    address: IpAddr,
}

/// Serves until a signal. The first page asks for the clinic when none is installed.
pub fn run(options: &Options) -> Result<()> {
    let address = loopback(options.address, options.port)?;
    let store = data::open(&options.data, Durability::Full, true)?;
    let app = Arc::new(App::new(Parts {
        store,
        catalogue: Arc::new(Catalogue::demo()),
        transport: Arc::new(HttpTransport),
        clock: Arc::new(SystemClock),
        rng: Arc::new(SystemRng),
        centre_url: None,
    }));
    app.recover()?;
    runtime()?.block_on(async move {
        let listener = listen(address).await?;
        let ended = signal()?;
        println!("村医 · Cunyi: http://{address}");
        let router = cunyi_web::router(app, WebOptions::default());
        axum::serve(listener, router)
            .with_graceful_shutdown(ended)
            .await?;
        Ok(())
    })
}
