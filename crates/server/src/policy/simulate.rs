//! `cunyi policy simulate | sample`

use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context, bail};
use cunyi_policy::Policy;
use cunyi_study::replay::replay;
use cunyi_study::report::{About, Study, tables, to_csv, to_html, to_text};
use cunyi_study::sample::Sample;
use cunyi_study::year::Reader;

use super::progress::Progress;
use super::{about, policy, say};

/// 用一年的费用测算政策 · replays a year of claims under each policy
#[derive(clap::Args)]
pub struct Options {
    /// 政策文件；第一份是比较的基准 · policy files; the others are compared with the first
    #[arg(long = "policy", value_name = "A.toml", required = true)]
    policies: Vec<PathBuf>,
    /// 费用文件（import 所写） · files that `import` wrote
    #[arg(long, value_name = "FILE", required = true)]
    claims: Vec<PathBuf>,
    /// 每张表另存一个 CSV 文件的目录 · a folder for a CSV file a table
    #[arg(long, value_name = "DIR")]
    csv: Option<PathBuf>,
    /// 报告：一个网页，带图 · a report with charts, one HTML page
    #[arg(long, value_name = "OUT.html")]
    report: Option<PathBuf>,
    /// 签约人数，政策按人头付费时要写 · people signed to the institutions, where a policy pays by the head
    #[arg(long)]
    heads: Option<u32>,
    /// 线程数 · threads; as many as there are cores when it is left out
    #[arg(long)]
    threads: Option<usize>,
    /// 英文 · in English
    #[arg(long)]
    english: bool,
}

/// More policies than a table has room for.
const MOST_POLICIES: usize = 6;

pub fn run(options: &Options) -> anyhow::Result<()> {
    if options.policies.len() > MOST_POLICIES {
        bail!("{MOST_POLICIES} policies at most: compare fewer at a time");
    }
    let language = super::language(options.english);
    let policies = options.policies.iter().map(|file| policy(file));
    let policies: Vec<Policy> = policies.collect::<Result<_, _>>()?;
    for (policy, file) in policies.iter().zip(&options.policies) {
        super::by_class(policy, file)?;
    }
    let each: Vec<&Policy> = policies.iter().collect();
    let mut study = Study::new(&each, options.heads)?;
    let mut claims = Vec::new();
    for file in &options.claims {
        let year = add(file, &each, options, &mut study)?;
        claims.push((file.display().to_string(), year));
    }
    for (policy, (file, letter)) in policies.iter().zip(options.policies.iter().zip('A'..)) {
        let name = file.display();
        say(&format!("{letter} = {name} ({})", about(policy)));
    }
    let tables = tables(&study, language);
    for table in &tables {
        say(&format!("\n{}", to_text(table).trim_end()));
    }
    if let Some(folder) = &options.csv {
        let name = folder.display().to_string();
        fs::create_dir_all(folder).context(name)?;
        for table in &tables {
            write(&folder.join(format!("{}.csv", table.id)), &to_csv(table))?;
        }
    }
    if let Some(report) = &options.report {
        let names = options
            .policies
            .iter()
            .map(|file| file.display().to_string());
        let about = About {
            policies: &names.zip(&policies).collect::<Vec<_>>(),
            claims: &claims,
            command: &command(),
        };
        write(report, &to_html(&study, &tables, &about, language))?;
    }
    Ok(())
}

/// As a shell takes it.
fn command() -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=:".contains(c);
    let words = std::env::args().skip(1).map(|word| {
        if !word.is_empty() && word.chars().all(plain) {
            word
        } else {
            format!("'{}'", word.replace('\'', "'\\''"))
        }
    });
    std::iter::once("cunyi".to_owned())
        .chain(words)
        .collect::<Vec<_>>()
        .join(" ")
}

fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(file, text).with_context(|| file.display().to_string())
}

fn add(
    file: &Path,
    policies: &[&Policy],
    options: &Options,
    study: &mut Study,
) -> anyhow::Result<i16> {
    let name = file.display().to_string();
    let opened = File::open(file).with_context(|| name.clone())?;
    let mut progress = Progress::new(name.clone(), opened.metadata()?.len());
    let threads = match options.threads {
        Some(threads) => threads.clamp(1, 256),
        None => thread::available_parallelism().map_or(1, usize::from),
    };
    let mut reader = Reader::open(BufReader::new(opened)).with_context(|| name.clone())?;
    let mut show = |done| progress.at(done);
    let (tally, counts) = replay(&mut reader, policies, threads, &mut show).context(name)?;
    study.add(&tally, counts);
    Ok(reader.head().year)
}

/// 造一份虚构的费用文件 · writes an invented year, for trying
#[derive(clap::Args)]
pub struct SampleOptions {
    /// 多少笔 · how many claims, about
    #[arg(long, default_value_t = 100_000)]
    claims: u64,
    /// 种子：同样的种子，同样的一年 · the same seed gives the same year
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// 年份 · the year
    #[arg(long, default_value_t = 2026, value_parser = clap::value_parser!(i16).range(1990..=2200))]
    year: i16,
    /// 写到 · where to
    #[arg(short, long, value_name = "YEAR.claims")]
    output: PathBuf,
}

pub fn sample(options: &SampleOptions) -> anyhow::Result<()> {
    let sample = Sample {
        claims: options.claims,
        seed: options.seed,
        year: options.year,
    };
    let name = options.output.display().to_string();
    let file = File::create(&options.output).with_context(|| name.clone())?;
    let counts = sample
        .write(BufWriter::new(file))
        .with_context(|| name.clone())?;
    let (claims, reversals, persons) = (counts.claims(), counts.reversals, counts.persons);
    say(&format!(
        "{name}: {claims} claims, {reversals} reversals, {persons} people, all invented"
    ));
    Ok(())
}
