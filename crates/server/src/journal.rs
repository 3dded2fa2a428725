//! `cunyi journal verify` and `cunyi journal replay --check`

use anyhow::{Result, bail};
use cunyi_db::Durability;
use cunyi_store::verify::Report;

use crate::{DataFolder, data};

#[derive(clap::Subcommand)]
pub enum Command {
    /// 校验事实链 · walk the hash chain
    Verify(DataFolder),
    /// 重放事实并比较台账 · rebuild the ledger elsewhere and compare
    Replay(Replay),
}

#[derive(clap::Args)]
pub struct Replay {
    #[command(flatten)]
    folder: DataFolder,
    /// 逐行比较，有差异则以 1 退出 · compare row by row, exit 1 on any difference
    #[arg(long, required = true)]
    check: bool,
}

pub fn run(command: &Command) -> Result<()> {
    let (folder, replay) = match command {
        Command::Verify(folder) => (folder, false),
        Command::Replay(options) => (&options.folder, true),
    };
    let store = data::open(&folder.data, Durability::Full, false)?;
    let clinics = store
        .db()
        .read("clinics", cunyi_store::reference::clinics)?;
    if clinics.is_empty() {
        bail!("库里没有诊所，没有可校验的 · no clinic is installed: there is nothing to check");
    }
    let mut good = true;
    if !replay {
        let damage = store.damage()?;
        good = damage.is_empty();
        for line in damage {
            println!("数据库文件 · database file: {}", line.trim());
        }
    }
    for clinic in clinics {
        let report = if replay {
            store.replay_check(&clinic.clinic)?
        } else {
            store.verify(&clinic.clinic)?
        };
        print(&clinic.name, &report);
        good &= report.problems.is_empty();
    }
    let strays = store.strays()?;
    if strays > 0 {
        good = false;
        println!("{strays} 条事实不属于本库任何诊所 · facts belong to no clinic of this database");
    }
    if !good {
        bail!("日志与台账不一致 · the journal does not hold");
    }
    Ok(())
}

fn print(clinic: &str, report: &Report) {
    let verdict = if report.problems.is_empty() {
        "一致 · holds"
    } else {
        "不一致 · broken"
    };
    println!("{clinic}: {} facts, {verdict}", report.facts);
    for problem in &report.problems {
        println!("  {problem}");
    }
}
