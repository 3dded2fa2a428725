//! `cunyi message check FILE…`

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cunyi_gateway::check::{CheckOptions, Key, Verdict, check};

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
    #[arg(long, num_args = 0..=1, require_equals = true, default_value_t = false,
          default_missing_value = "true", action = clap::ArgAction::Set)]
    fund_includes_account: bool,
    /// 地区选项：共济支付在个人账户支付之内 · mutual aid is a part of the account's payment
    #[arg(long, num_args = 0..=1, require_equals = true, default_value_t = true,
          default_missing_value = "true", action = clap::ArgAction::Set)]
    mulaid_inside_account: bool,
    /// 密文报文的 SM4 密钥文件，16 个字符或 32 位十六进制 · the key of encrypted messages, in a file
    #[arg(long, value_name = "FILE")]
    sm4_key: Option<PathBuf>,
}

/// A larger file is no message: cut the log first.
const MAX_BYTES: u64 = 64 << 20;

/// Prints a line a file; fails if one of them is not readable or does not balance.
pub fn run(command: &Command) -> ExitCode {
    let Command::Check(asked) = command;
    let options = match options_of(asked) {
        Ok(options) => options,
        Err(why) => {
            eprintln!("{why}");
            return ExitCode::FAILURE;
        }
    };
    let mut out = std::io::stdout().lock();
    let mut all = ExitCode::SUCCESS;
    for file in &asked.files {
        let verdict = match bytes_of(file) {
            Ok(bytes) => check(&bytes, &options),
            Err(why) => Verdict {
                line: format!("unreadable: {why}"),
                ok: false,
            },
        };
        if !verdict.ok {
            all = ExitCode::FAILURE;
        }
        // Whoever reads the lines may have seen enough.
        let name = file.display().to_string().replace(char::is_control, "?");
        if writeln!(out, "{name}: {}", verdict.line).is_err() {
            return ExitCode::FAILURE;
        }
    }
    all
}

fn bytes_of(file: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = File::open(file).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes));
    read.map_err(|error| error.to_string())?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(format!("larger than {} MB", MAX_BYTES >> 20));
    }
    Ok(bytes)
}

fn options_of(asked: &Check) -> Result<CheckOptions, String> {
    let mut options = CheckOptions::default();
    options.identities.fund_includes_account = asked.fund_includes_account;
    options.identities.mulaid_inside_account = asked.mulaid_inside_account;
    if let Some(file) = &asked.sm4_key {
        let text = std::fs::read_to_string(file)
            .map_err(|error| format!("--sm4-key {}: {error}", file.display()))?;
        let key = Key::new(text.trim_end_matches(['\r', '\n']));
        options.key = Some(key.ok_or_else(|| {
            format!(
                "--sm4-key {}: 应为 16 个字符或 32 位十六进制 · not 16 characters or 32 hexadecimal digits",
                file.display()
            )
        })?);
    }
    Ok(options)
}
