//! `cunyi centre`: the sandbox insurance centre as a server of its own.

use std::collections::BTreeMap;
use std::io::Read;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use cunyi_catalogue::Catalogue;
use cunyi_centre::{Centre, Gate, Item, Parts};
use cunyi_db::{Durability, Target};
use cunyi_domain::ledger::LineClass;
use cunyi_domain::time::{Clock, Rng};
use cunyi_gateway::{KeyFolder, Region};

use crate::machine::{SystemClock, SystemRng};
use crate::{data, process};

/// Seed of the demo's villagers.
pub const SEED: u64 = cunyi_centre::population::DEMO_SEED;

#[derive(clap::Args)]
pub struct Options {
    /// 数据目录 · data folder
    #[arg(long, default_value = "centre-data")]
    data: PathBuf,
    /// 端口 · port on 127.0.0.1
    #[arg(long, default_value_t = 8761, value_parser = process::port())]
    port: u16,
    /// 监听地址，仅限本机 · address, loopback only
    #[arg(long, default_value = "127.0.0.1")]
    address: IpAddr,
    /// 地区文件；密钥在数据目录的 keys 下，SM2 公钥为 *.pub · region file; keys in keys/ of the data folder, SM2
    /// public keys as *.pub
    #[arg(long)]
    region: Option<PathBuf>,
    /// 标准输入关闭时退出（由演示启动时） · end when standard input closes
    #[arg(long, hide = true)]
    with_parent: bool,
}

/// Serves until a signal, or until the parent that holds our standard input is gone.
pub fn run(options: &Options) -> Result<()> {
    let address = process::loopback(options.address, options.port)?;
    let runtime = process::runtime()?;
    let listener = process::listen(&runtime, address)?;
    let _taken = data::take(&options.data, CENTRE)?;
    let target = Target::File(database(&options.data));
    let region = match &options.region {
        Some(file) => read_region(file)?,
        None => Region::demo(),
    };
    let gate = Gate::open(&region, &KeyFolder(data::keys(&options.data)))?;
    let centre = over(
        target,
        Durability::Full,
        (Arc::new(SystemClock), Arc::new(SystemRng)),
        (region, gate),
    )?;
    let ready = || println!("医保中心仿真 · sandbox insurance centre: http://{address}");
    process::serve(runtime, parent_gone(options.with_parent), ready, |stop| {
        cunyi_centre::serve(Arc::new(centre), listener, stop)
    })
}

fn read_region(file: &Path) -> Result<Region> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).with_context(|| name.clone())?;
    Ok(Region::parse(&text, &name)?)
}

/// The demo's centre over a ledger.
pub fn open(
    target: Target,
    durability: Durability,
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
) -> Result<Centre> {
    let region = Region::demo();
    let gate = Gate::open(&region, &BTreeMap::new())?;
    over(target, durability, (clock, rng), (region, gate))
}

/// A region's centre over a ledger, with the demo's rules and lists.
fn over(
    target: Target,
    durability: Durability,
    (clock, rng): (Arc<dyn Clock>, Arc<dyn Rng>),
    (region, gate): (Region, Gate),
) -> Result<Centre> {
    if let Target::File(database) = &target {
        data::private_file(database)?;
    }
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
        gate,
        region,
    };
    Ok(Centre::open(parts)?)
}

fn item(lists: &Catalogue, code: &str) -> Option<Item> {
    let class = |class: cunyi_catalogue::Class| LineClass::from_text(class.as_str());
    if let Some(drug) = lists.drug(code) {
        return Some(Item {
            name: drug.name.clone(),
            form: drug.form.clone(),
            list: "western",
            class: class(drug.class)?,
            ceiling: None,
            is_consultation_fee: false,
            kinds: cunyi_app::kinds::of_drug(drug),
            category: drug.kind.charge_type().to_owned(),
        });
    }
    let service = lists.service(code)?;
    Some(Item {
        name: service.name.clone(),
        form: String::new(),
        list: "service",
        class: class(service.class)?,
        ceiling: None,
        is_consultation_fee: service.role == cunyi_catalogue::ServiceRole::General,
        category: service.charge_type.clone(),
        kinds: cunyi_app::kinds::of_service(),
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

/// What the centre's folder holds, which may be the clinic's of a demo.
pub const CENTRE: data::Holds = data::Holds {
    database: "centre.db",
    lock: "centre.lock",
};

/// Where the demo keeps the centre's ledger.
pub fn database(folder: &Path) -> PathBuf {
    folder.join(CENTRE.database)
}
