//! `cunyi policy diff`

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, bail};
use cunyi_policy::{Diff, Language, Policy, VISITS};
use cunyi_study::import::{Import, ImportError};
use cunyi_study::report::{Cell, Table, again, to_csv, to_text};

use super::{by_class, import, policy, say};

/// 两份政策有何不同 · what changes for whom between two policies
#[derive(clap::Args)]
pub struct Options {
    /// 旧政策 · the old policy
    old: PathBuf,
    /// 新政策 · the new policy
    new: PathBuf,
    /// 已结算的费用（CSV、JSON）：列出新政策要重新结算的 · claims that were settled, of which those to
    /// be settled again under the new policy are listed
    #[arg(long)]
    claims: Vec<PathBuf>,
    /// 清单写成 CSV · the list as a CSV file
    #[arg(long, requires = "claims", value_name = "FILE.csv")]
    csv: Option<PathBuf>,
    /// 英文 · in English
    #[arg(long)]
    english: bool,
}

/// False where claims are wrong: they have been told.
pub fn run(options: &Options) -> anyhow::Result<bool> {
    let language = super::language(options.english);
    let (old, new) = (policy(&options.old)?, policy(&options.new)?);
    compare(&old, &new, language)?;
    if options.claims.is_empty() {
        return Ok(true);
    }
    list(options, &old, &new)
}

fn compare(old: &Policy, new: &Policy, language: Language) -> anyhow::Result<()> {
    match cunyi_policy::diff(old, new, language) {
        Ok(diff) if diff == Diff::default() => {
            say(words(language, ["没有不同。", "Nothing differs."]));
        }
        Ok(diff) => {
            say(&to_text(&changes(&diff, language)));
            if !diff.worked.is_empty() {
                say(to_text(&worked(&diff, language)).trim_end());
            }
        }
        Err(count) => bail!(
            "together the files tell {count} combinations apart, more than can be compared: \
             narrow `where` in copies of both"
        ),
    }
    Ok(())
}

/// What is to be settled again of the claims.
fn list(options: &Options, old: &Policy, new: &Policy) -> anyhow::Result<bool> {
    by_class(old, &options.old)?;
    by_class(new, &options.new)?;
    let name = options.new.display();
    if new.known.is_none() {
        bail!(
            "{name}: it does not say since when it is known, so nothing is settled again: write \
             `known = \"2026-03-10\"`"
        );
    }
    if old.scheme != new.scheme {
        bail!(
            "{name}: its scheme is another than that of {}",
            options.old.display()
        );
    }
    let folder = options.csv.as_ref().unwrap_or(&options.claims[0]);
    let mut rows = Import::new(import::beside(folder, ".parts"), import::MEMORY);
    import::read(&mut rows, &options.claims)?;
    let found = match rows.again(old, new) {
        Ok(found) => found,
        Err(ImportError::Io(error)) => return Err(error.into()),
        Err(ImportError::Wrong(all)) => {
            import::tell(&options.claims, &all);
            return Ok(false);
        }
    };
    let table = again(&found, super::language(options.english));
    match &options.csv {
        Some(file) => {
            fs::write(file, to_csv(&table)).with_context(|| file.display().to_string())?;
            say(&table.note);
        }
        None => say(to_text(&table).trim_end()),
    }
    Ok(true)
}

fn words(language: Language, words: [&'static str; 2]) -> &'static str {
    match language {
        Language::Chinese => words[0],
        Language::English => words[1],
    }
}

fn changes(diff: &Diff, language: Language) -> Table {
    let row = |change: &cunyi_policy::Change| {
        let who = if change.who.is_empty() {
            words(language, ["整份政策", "the whole policy"])
        } else {
            &change.who
        };
        let cells = [who, &change.what, &change.old, &change.new];
        cells.map(|text| Cell::Text(text.to_owned())).to_vec()
    };
    let columns = [
        ["谁", "who"],
        ["什么", "what"],
        ["原来", "old"],
        ["现在", "new"],
    ];
    Table {
        id: "diff",
        title: words(language, ["有什么不同", "What is different"]).to_owned(),
        note: String::new(),
        columns: columns.map(|of| words(language, of).to_owned()).to_vec(),
        rows: diff.changes.iter().map(row).collect(),
    }
}

fn worked(diff: &Diff, language: Language) -> Table {
    let yuan = |fen: Option<_>| {
        fen.map_or("–".to_owned(), |fen: cunyi_domain::money::Fen| {
            fen.to_string()
        })
    };
    let row = |worked: &cunyi_policy::Worked| {
        let funds = worked.funds.iter();
        let funds = funds.map(|(was, is)| {
            let (was, is) = (yuan(*was), yuan(*is));
            Cell::Text(if was == is {
                is
            } else {
                format!("{was} → {is}")
            })
        });
        std::iter::once(Cell::Text(worked.who.clone()))
            .chain(funds)
            .collect()
    };
    let mut columns = vec![words(language, ["谁", "who"]).to_owned()];
    columns.extend(VISITS.iter().map(|visit| match language {
        Language::Chinese => format!("{visit} 元"),
        Language::English => format!("{visit} yuan"),
    }));
    Table {
        id: "visits",
        title: words(
            language,
            [
                "年初一次就诊（甲类），基金付多少",
                "What the funds pay of a visit of class A at the start of the year",
            ],
        )
        .to_owned(),
        note: String::new(),
        columns,
        rows: diff.worked.iter().map(row).collect(),
    }
}
