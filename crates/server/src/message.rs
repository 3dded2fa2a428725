//! `cunyi message check FILE…`

use std::path::PathBuf;
use std::process::ExitCode;

use cunyi_gateway::check::{CheckOptions, check};

#[derive(clap::Subcommand)]
pub enum Command {
    /// 检查报文：是什么、不认识的字段、金额是否平 · what it is, unknown fields, whether it balances
    Check(Check),
}

#[derive(clap::Args)]
pub struct Check {
    /// 报文文件 · files
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// 地区选项：基金支付总额含个人账户 · the region's fund total includes the account
    #[arg(long)]
    fund_includes_account: bool,
    /// 地区选项：共济支付不在个人账户内 · mutual aid stands beside the account
    #[arg(long)]
    mutual_aid_beside_account: bool,
}

/// Prints a line a file; fails if one of them is not readable or does not balance.
pub fn run(command: &Command) -> ExitCode {
    let Command::Check(options) = command;
    let mut all = ExitCode::SUCCESS;
    for file in &options.files {
        let verdict = match std::fs::read(file) {
            Ok(bytes) => check(&bytes, &options_of(options)),
            Err(error) => {
                println!("{}: {error}", file.display());
                all = ExitCode::FAILURE;
                continue;
            }
        };
        println!("{}: {}", file.display(), verdict.line);
        if !verdict.ok {
            all = ExitCode::FAILURE;
        }
    }
    all
}

fn options_of(options: &Check) -> CheckOptions {
    let mut read = CheckOptions::default();
    read.identities.fund_includes_account = options.fund_includes_account;
    read.identities.mulaid_inside_account = !options.mutual_aid_beside_account;
    read
}
