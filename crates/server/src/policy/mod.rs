//! `cunyi policy`: a region's rules checked, explained, tested, and replayed over a year of claims.

mod diff;
mod import;
mod progress;
mod simulate;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use cunyi_policy::{Case, Certainty, Language, Policy, Settlement};

#[derive(clap::Subcommand)]
pub enum Command {
    /// 检查政策文件 · whether files read, and whether their tables have gaps or overlaps
    Check {
        /// 政策文件 · policy files
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// 一笔费用怎么算 · how a claim comes out, step by step
    Explain {
        /// 政策文件 · the policy file
        file: PathBuf,
        /// 费用（JSON） · the claim
        #[arg(long, value_name = "CLAIM.json")]
        claim: PathBuf,
        /// 数据而不是句子 · data instead of sentences
        #[arg(long)]
        json: bool,
        /// 英文句子 · sentences in English
        #[arg(long)]
        english: bool,
    },
    /// 用例表 · a table of golden cases against a policy
    Test {
        /// 政策文件 · the policy file
        file: PathBuf,
        /// 用例表（CSV） · the table
        cases: PathBuf,
    },
    /// 两份政策有何不同 · what changes for whom between two policies
    Diff(diff::Options),
    /// 一年的费用读成文件 · a year of claims from CSV or JSON, for `simulate`
    Import(import::Options),
    /// 测算一年 · what a year of claims comes to under each policy, and who gains and loses
    Simulate(simulate::Options),
    /// 虚构的一年 · an invented year of claims, for trying `simulate`
    Sample(simulate::SampleOptions),
}

/// A larger file is no policy, claim or table.
const MAX_BYTES: u64 = 16 << 20;

/// Fails where a file does not hold.
pub fn run(command: &Command) -> ExitCode {
    let done = match command {
        Command::Check { files } => Ok(check(files)),
        Command::Explain {
            file,
            claim,
            json,
            english,
        } => explain(file, claim, *json, *english).map(|()| true),
        Command::Test { file, cases } => test(file, cases),
        Command::Diff(options) => diff::run(options),
        Command::Import(options) => import::run(options),
        Command::Simulate(options) => simulate::run(options).map(|()| true),
        Command::Sample(options) => simulate::sample(options).map(|()| true),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cunyi: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// A line of output; whoever reads them may have seen enough.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn read(path: &Path) -> anyhow::Result<String> {
    let name = path.display();
    let size = std::fs::metadata(path)
        .with_context(|| name.to_string())?
        .len();
    if size > MAX_BYTES {
        bail!("{name}: larger than {} MB", MAX_BYTES >> 20);
    }
    std::fs::read_to_string(path).with_context(|| name.to_string())
}

fn check(files: &[PathBuf]) -> bool {
    let mut good = true;
    for file in files {
        let name = file.display().to_string();
        match read(file) {
            Err(error) => {
                eprintln!("{error:#}");
                good = false;
            }
            Ok(text) => match cunyi_policy::check(&text, &name) {
                Ok(policy) => say(&format!("{name}: {}", about(&policy))),
                Err(all) => {
                    for error in &all {
                        say(&error.to_string());
                    }
                    good = false;
                }
            },
        }
    }
    good
}

fn language(english: bool) -> Language {
    if english {
        Language::English
    } else {
        Language::Chinese
    }
}

/// `演示县 390: general, chronic; fictional`
fn about(policy: &Policy) -> String {
    let benefits: Vec<&str> = policy
        .benefits()
        .map(cunyi_policy::Benefit::as_str)
        .collect();
    let confirmed = match policy.confirmation() {
        cunyi_policy::Confirmation::Fictional => "fictional".to_owned(),
        cunyi_policy::Confirmation::Confirmed { by, on } => format!("confirmed by {by} on {on}"),
        cunyi_policy::Confirmation::Unconfirmed => "unconfirmed: estimates only".to_owned(),
    };
    let (region, scheme) = (&policy.region, policy.scheme);
    let instead = match policy.supersedes.as_str() {
        "" => String::new(),
        text => format!("; supersedes {text}"),
    };
    let benefits = benefits.join(", ");
    format!("{region} {scheme}: {benefits}; {confirmed}{instead}")
}

fn policy(file: &Path) -> anyhow::Result<Policy> {
    let text = read(file)?;
    Ok(cunyi_policy::parse(&text, &file.display().to_string())?)
}

/// Refuses rules that ask for single items: claims of a table or file are sums by class.
fn by_class(policy: &Policy, file: &Path) -> anyhow::Result<()> {
    if policy.needs_lines() {
        let name = file.display();
        bail!(
            "{name}: its rules ask for single items ([[line]]), and a year of claims has sums by \
             class only: take these rules out of a copy to study the others"
        );
    }
    Ok(())
}

fn explain(file: &Path, claim: &Path, json: bool, english: bool) -> anyhow::Result<()> {
    let policy = policy(file)?;
    let claim_name = claim.display();
    let claim = cunyi_policy::read_claim(&read(claim)?, &policy);
    let claim = claim.map_err(|why| anyhow::anyhow!("{claim_name}: {why}"))?;
    let settled = cunyi_policy::evaluate(&policy, &claim)?;
    if json {
        say(&serde_json::to_string_pretty(&data(&settled))?);
        return Ok(());
    }
    let language = language(english);
    let sentences = settled.sentences(language);
    for (step, sentence) in settled.steps.iter().zip(sentences) {
        let at = settled.rules.get(usize::from(step.at));
        let at = at.map_or(String::new(), |at| format!("  [{}, {}]", at.path, at.line));
        say(&format!("{sentence}{at}"));
    }
    let (total, fund, personal) = (settled.total, settled.fund, settled.personal);
    say(&match language {
        Language::Chinese => format!("共 {total} 元：基金付 {fund} 元，个人付 {personal} 元。"),
        Language::English => format!("Of {total} the funds pay {fund}, you pay {personal}."),
    });
    if let Certainty::Estimate(why) = settled.certainty {
        say(&match language {
            Language::Chinese => format!("只是估算（{why}）。"),
            Language::English => format!("An estimate only ({why})."),
        });
    }
    Ok(())
}

fn data(settled: &Settlement) -> serde_json::Value {
    let step = |step: &cunyi_policy::Step| {
        let at = settled.rules.get(usize::from(step.at));
        serde_json::json!({
            "rule": step.rule,
            "at": at.map(|at| &at.path),
            "line_of_file": at.map(|at| at.line),
            "fund": step.fund,
            "per": step.per,
            "line": step.line.map(|line| line + 1),
            "base": step.base.to_string(),
            "ratio": step.rate.map(|rate| rate.to_string()),
            "before": step.left.map(|(before, _)| before.to_string()),
            "after": step.left.map(|(_, after)| after.to_string()),
            "result": step.result.to_string(),
        })
    };
    let funds = settled.funds.iter();
    let funds: serde_json::Map<String, serde_json::Value> = funds
        .map(|(fund, sum)| (fund.to_string(), sum.to_string().into()))
        .collect();
    let told = settled.funds.iter();
    let told: serde_json::Map<String, serde_json::Value> = told
        .map(|(fund, _)| (fund.to_string(), settled.setl_proc_info(*fund).into()))
        .collect();
    serde_json::json!({
        "total": settled.total.to_string(),
        "own_pay": settled.own_pay.to_string(),
        "over_limit": settled.over_limit.to_string(),
        "pay_first": settled.pay_first.to_string(),
        "in_scope": settled.in_scope.to_string(),
        "deductible": settled.deductible.to_string(),
        "fund": settled.fund.to_string(),
        "funds": funds,
        "account": settled.account.to_string(),
        "family_account": settled.family_account.to_string(),
        "personal": settled.personal.to_string(),
        "result": match settled.certainty {
            Certainty::Exact => "exact".to_owned(),
            Certainty::Estimate(why) => format!("estimate {why}"),
        },
        "steps": settled.steps.iter().map(step).collect::<Vec<_>>(),
        // As a settlement's answer would bear them: a text in the row of each fund.
        "setl_proc_info": told,
    })
}

fn test(file: &Path, cases: &Path) -> anyhow::Result<bool> {
    let policy = policy(file)?;
    let name = cases.display();
    let cases = cunyi_policy::read_cases(&read(cases)?, &policy);
    let cases = cases.map_err(|error| anyhow::anyhow!("{name}:{error}"))?;
    let failed: Vec<&Case> = cases.iter().filter(|case| !holds(case, &policy)).collect();
    say(&format!("{} cases, {} differ", cases.len(), failed.len()));
    Ok(failed.is_empty())
}

fn holds(case: &Case, policy: &Policy) -> bool {
    let differences = case.check(policy);
    for (column, wanted, got) in &differences {
        let (line, title) = (case.line, &case.name);
        say(&format!(
            "{line}: {title}: {column} {got}, the table says {wanted}"
        ));
    }
    differences.is_empty()
}
