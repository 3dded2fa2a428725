//! `cunyi policy import`

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use cunyi_study::import::{Format, Import, ImportError, MOST_ERRORS, Wrong};

use super::progress::Progress;
use super::say;

/// Bytes of rows that are kept in memory before they go to files.
pub(super) const MEMORY: usize = 256 << 20;

/// 一年的费用读成按列存放的文件 · a year of claims read into a file of columns
#[derive(clap::Args)]
pub struct Options {
    /// 费用（CSV 或 JSON），一行一笔 · the claims, a row each
    #[arg(required = true, value_name = "CLAIMS")]
    files: Vec<PathBuf>,
    /// 写到 · where to
    #[arg(short, long, value_name = "YEAR.claims")]
    output: PathBuf,
}

/// False where rows are wrong: they have been told.
pub fn run(options: &Options) -> anyhow::Result<bool> {
    let output = options.output.display().to_string();
    // Rows that do not fit in memory wait beside the output, where there is room for it.
    let mut import = Import::new(beside(&options.output, ".parts"), MEMORY);
    read(&mut import, &options.files)?;
    let (rows, year, kinds) = (import.rows(), import.year(), import.kinds());
    let part = beside(&options.output, ".part");
    match import.write(|| File::create(&part).map(BufWriter::new)) {
        Ok(counts) => {
            fs::rename(&part, &options.output).with_context(|| output.clone())?;
            let (claims, reversals) = (counts.claims(), counts.reversals);
            let (persons, households) = (counts.persons, counts.households);
            let bytes = fs::metadata(&options.output)?.len();
            let year = year.unwrap_or(0);
            say(&format!(
                "{output}: {year}: {rows} rows read, none refused; {claims} claims, {reversals} \
                 reversals, {persons} people, {households} households, {kinds} kinds; {bytes} bytes"
            ));
            Ok(true)
        }
        Err(ImportError::Io(error)) => {
            let _ = fs::remove_file(&part);
            Err(error).context(output)
        }
        Err(ImportError::Wrong(all)) => {
            let _ = fs::remove_file(&part);
            tell(&options.files, &all);
            let refused = all.len();
            let more = if refused == MOST_ERRORS {
                ", and there may be more"
            } else {
                ""
            };
            say(&format!(
                "{rows} rows read, {refused} errors{more}; nothing was written"
            ));
            Ok(false)
        }
    }
}

/// Reads files of claims.
pub(super) fn read(import: &mut Import, files: &[PathBuf]) -> anyhow::Result<()> {
    for file in files {
        let name = file.display().to_string();
        let format = format(file)?;
        let opened = File::open(file).with_context(|| name.clone())?;
        let mut progress = Progress::new(name.clone(), opened.metadata()?.len());
        let mut show = |done| progress.at(done);
        import.read(opened, format, &mut show).context(name)?;
    }
    Ok(())
}

/// Says what is wrong with rows, and where.
pub(super) fn tell(files: &[PathBuf], all: &[Wrong]) {
    for wrong in all {
        let file = files.get(usize::from(wrong.file));
        let name = file.map_or(String::new(), |file| file.display().to_string());
        say(&format!("{name}:{wrong}"));
    }
}

/// The same path with something at its end.
pub(super) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(end);
    PathBuf::from(name)
}

fn format(file: &Path) -> anyhow::Result<Format> {
    match file.extension().and_then(|end| end.to_str()) {
        Some("csv") => Ok(Format::Csv),
        Some("json" | "jsonl") => Ok(Format::Json),
        _ => bail!(
            "{}: name it .csv, .json or .jsonl, as it is",
            file.display()
        ),
    }
}
