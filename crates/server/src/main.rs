//! The program `cunyi`: command line, configuration, wiring.

mod centre;
mod data;
mod demo;
mod electronic;
mod journal;
mod machine;
mod message;
mod policy;
mod process;
mod rounds;
mod serve;
mod slots;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

/// 村医：村卫生室诊疗信息系统 · the open village-clinic information system
#[derive(Parser)]
#[command(name = "cunyi", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// 演示：虚构的诊所和医保中心 · a fictional clinic and its insurance centre, on this machine
    Demo(demo::Options),
    /// 诊所正式启动 · a clinic's real start
    Serve(serve::Options),
    /// 单独运行医保中心仿真 · the sandbox insurance centre alone
    Centre(centre::Options),
    /// 医保接口报文 · messages of the national insurance interface
    #[command(subcommand)]
    Message(message::Command),
    /// 政策文件 · a region's reimbursement rules
    #[command(subcommand)]
    Policy(policy::Command),
    /// 事实日志 · the journal of facts
    #[command(subcommand)]
    Journal(journal::Command),
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_max_level(tracing::Level::WARN)
        .init();
    let command = Cli::parse().command.or_else(|| {
        let demo = demo::Options::default();
        started_by_cargo().then_some(Command::Demo(demo))
    });
    let result = match command {
        Some(Command::Demo(options)) => demo::run(&options),
        Some(Command::Serve(options)) => serve::run(&options),
        Some(Command::Centre(options)) => centre::run(&options),
        Some(Command::Message(command)) => return message::run(&command),
        Some(Command::Policy(command)) => return policy::run(&command),
        Some(Command::Journal(command)) => journal::run(&command),
        None => Cli::command().print_help().map_err(Into::into),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cunyi: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// `cargo run` in the source tree starts the demo; anywhere else bare `cunyi` prints its help.
fn started_by_cargo() -> bool {
    std::env::var("CARGO_PKG_NAME").is_ok_and(|name| name == env!("CARGO_PKG_NAME"))
}

/// A folder given on the command line.
#[derive(clap::Args)]
struct DataFolder {
    /// 数据目录 · the clinic's data folder
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}
