//! `cunyi policy diff`

use std::path::PathBuf;

use anyhow::bail;
use cunyi_policy::{Diff, Language, VISITS};
use cunyi_study::report::{Cell, Table, to_text};

use super::{policy, say};

/// 两份政策有何不同 · what changes for whom between two policies
#[derive(clap::Args)]
pub struct Options {
    /// 旧政策 · the old policy
    old: PathBuf,
    /// 新政策 · the new policy
    new: PathBuf,
    /// 英文 · in English
    #[arg(long)]
    english: bool,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let language = super::language(options.english);
    let (old, new) = (policy(&options.old)?, policy(&options.new)?);
    match cunyi_policy::diff(&old, &new, language) {
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
