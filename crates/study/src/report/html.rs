//! The report as one page: it holds its style and its charts, asks for nothing else, and prints on A4.

use std::fmt::Write;

use cunyi_policy::{Confirmation, Language, Policy};

use super::chart::{Bar, bars, columns, escaped};
use super::spread::{Band, as_i64};
use super::study::{band, letter};
use super::words::{self, Words, say};
use super::{Cell, Study, Table};

/// What a report says about itself.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// Each policy's file, by the name it was given.
    pub policies: &'a [(String, &'a Policy)],
    /// Each file of claims, and its year.
    pub claims: &'a [(String, i16)],
    /// The command that makes the report again.
    pub command: &'a str,
}

/// Fen of ten thousand yuan: what charts are labelled in.
const WAN: i64 = 1_000_000;

const STYLE: &str = "\
:root{color-scheme:light}\
body{font:15px/1.5 'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei',sans-serif;color:#1c1c1c;\
background:#fff;max-width:1080px;margin:24px auto;padding:0 16px}\
h1{font-size:24px;margin:0 0 4px}h2{font-size:18px;margin:28px 0 6px;border-bottom:1px solid #999}\
table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}\
th,td{border-bottom:1px solid #ddd;padding:3px 6px;text-align:right;vertical-align:bottom}\
th.text,td.text{text-align:left}thead th{border-bottom:1px solid #555;font-weight:600}\
.scroll{overflow-x:auto}.note{color:#555;font-size:13px;margin:4px 0}\
.warn{border-left:4px solid #c0442e;padding-left:8px}\
figure{margin:14px 0}figcaption{font-weight:600;margin-bottom:4px}svg{width:100%;height:auto;font-size:12px}\
svg text{fill:#1c1c1c}svg .figure{font-size:11px}svg line{stroke:#555}code{font-size:12px;overflow-wrap:anywhere}\
@page{size:A4;margin:14mm}@media print{body{margin:0;max-width:none;font-size:11px}table{font-size:9px}\
th,td{padding:2px 3px}.scroll{overflow:visible}figure,section{break-inside:avoid}h2{break-after:avoid}\
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}";

const LIMITS: [Words; 4] = [
    [
        "同样的费用，按每份政策从 1 月 1 日起重算一遍，不看政策的有效期。人们不因政策改变就医行为。",
        "The same claims are worked out under each policy from 1 January, whatever its validity. Nobody \
         goes elsewhere, or more often, because of a policy.",
    ],
    [
        "费用是每笔各类的合计（甲、乙、丙、超限价、一般诊疗费），不是逐条明细；按明细定的规则不能这样算。",
        "Claims are sums by class (A, B, C, over the ceiling, consultation fee), not single items; rules \
         about single items cannot be studied so.",
    ],
    [
        "不在待遇内的费用全由个人付；不能决定的单列，不算在任何一方，也不进人与人的比较。",
        "What is outside a policy is the patient's. What cannot be decided is shown apart, is nobody's, \
         and is left out where people are compared.",
    ],
    [
        "机构所得就是医疗费总额：付费方对机构的扣减不在其中。",
        "What institutions receive is the total of what they charge: deductions on the payer's side are \
         not in it.",
    ],
];

/// The page.
pub fn to_html(study: &Study, tables: &[Table], about: &About<'_>, language: Language) -> String {
    let title = say(
        ["报销政策测算", "A study of reimbursement policies"],
        language,
    );
    let mut page = String::from("<!DOCTYPE html>\n");
    let _ = write!(
        page,
        "<html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n",
        say(["zh-CN", "en"], language)
    );
    policies(about, language, &mut page);
    page.push_str(&charts(study, language));
    for table in tables {
        section(table, &mut page);
    }
    limits(about, language, &mut page);
    page.push_str("</body></html>\n");
    page
}

fn policies(about: &About<'_>, language: Language, page: &mut String) {
    page.push_str("<ul>\n");
    for (place, (file, policy)) in about.policies.iter().enumerate() {
        let sure = match policy.confirmation() {
            Confirmation::Fictional => say(["虚构", "fictional"], language).to_owned(),
            Confirmation::Confirmed { by, on } => match language {
                Language::Chinese => format!("{by} {on} 核对"),
                Language::English => format!("confirmed by {by} on {on}"),
            },
            Confirmation::Unconfirmed => {
                let words = [
                    "未经当地医保局确认：只是估算",
                    "not confirmed by the local bureau: estimates only",
                ];
                say(words, language).to_owned()
            }
        };
        let warn = matches!(policy.confirmation(), Confirmation::Unconfirmed);
        let class = if warn { " class=\"warn\"" } else { "" };
        let _ = writeln!(
            page,
            "<li{class}><b>{}</b> {} — {} {}：{} <span class=\"note\">({})</span></li>",
            letter(place),
            escaped(file),
            escaped(&policy.region),
            policy.scheme,
            escaped(&policy.source),
            escaped(&sure)
        );
    }
    page.push_str("</ul>\n<p class=\"note\">");
    let files = about.claims.iter();
    let files = files.map(|(file, year)| format!("{} ({year})", escaped(file)));
    let files: Vec<String> = files.collect();
    let _ = writeln!(
        page,
        "{}{}</p>",
        say(["费用：", "Claims: "], language),
        files.join(", ")
    );
}

fn section(table: &Table, page: &mut String) {
    let _ = write!(page, "<section><h2>{}</h2>", escaped(&table.title));
    if !table.note.is_empty() {
        let _ = write!(page, "<p class=\"note\">{}</p>", escaped(&table.note));
    }
    page.push_str("<div class=\"scroll\" tabindex=\"0\"><table><thead><tr>");
    let first = table.rows.first().map_or(&[][..], Vec::as_slice);
    for (place, column) in table.columns.iter().enumerate() {
        let class = class(first.get(place).is_some_and(Cell::is_text));
        let _ = write!(page, "<th scope=\"col\"{class}>{}</th>", escaped(column));
    }
    page.push_str("</tr></thead><tbody>\n");
    for row in &table.rows {
        page.push_str("<tr>");
        for cell in row {
            let class = if cell.is_text() {
                " class=\"text\""
            } else {
                ""
            };
            let _ = write!(page, "<td{class}>{}</td>", escaped(&cell.shown()));
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody></table></div></section>\n");
}

fn class(is_text: bool) -> &'static str {
    if is_text { " class=\"text\"" } else { "" }
}

fn limits(about: &About<'_>, language: Language, page: &mut String) {
    let title = say(
        [
            "这份测算是什么，不是什么",
            "What this study is, and what it is not",
        ],
        language,
    );
    let _ = write!(page, "<section><h2>{title}</h2><ul>");
    for words in LIMITS {
        let _ = write!(page, "<li>{}</li>", say(words, language));
    }
    let made = say(["由此命令所作：", "Made by: "], language);
    let command = escaped(about.command);
    let _ = writeln!(
        page,
        "</ul><p class=\"note\">{made}<code>{command}</code></p></section>"
    );
}

fn charts(study: &Study, language: Language) -> String {
    let series: Vec<String> = (0..study.policies()).map(letter).collect();
    let wan = |fen: i64| Bar {
        length: fen,
        figure: match language {
            Language::Chinese => format!("{} 万元", Cell::Money(fen / (WAN / 100)).shown()),
            Language::English => format!("{} yuan", Cell::Money(fen).shown()),
        },
    };
    let all: Vec<_> = (0..study.policies())
        .map(|policy| study.sums(policy))
        .collect();
    let row = |words: Words, of: &dyn Fn(usize) -> i64| {
        let bars = (0..all.len()).map(|policy| wan(of(policy)));
        (say(words, language).to_owned(), bars.collect::<Vec<_>>())
    };
    let whole = [
        row(["基金", "funds"], &|p| all[p].fund),
        row(["个人账户", "accounts"], &|p| all[p].account),
        row(["个人现金", "patients' cash"], &|p| all[p].cash()),
        row(["不能决定", "not decided"], &|p| all[p].open),
    ];
    let mut page = bars(
        say(["谁付多少", "Who pays how much"], language),
        &series,
        &whole,
    );
    let ages: Vec<_> = (0..study.policies())
        .map(|policy| study.by_age(policy))
        .collect();
    let first = ages.first().into_iter().flatten().enumerate();
    let groups: Vec<(String, Vec<Bar>)> = first
        .map(|(place, (age, _))| {
            let bars = ages.iter().map(|of| wan(of[place].1.fund));
            (say(words::age(*age), language).to_owned(), bars.collect())
        })
        .collect();
    page += &bars(
        say(
            ["基金付多少，按年龄", "What the funds pay, by age"],
            language,
        ),
        &series,
        &groups,
    );
    for policy in 1..study.policies() {
        page += &changes(study, policy, language);
    }
    page
}

fn changes(study: &Study, policy: usize, language: Language) -> String {
    let sorted = study.changes(policy);
    let bands = Band::all();
    let middle = bands
        .iter()
        .position(|band| *band == Band::Same)
        .unwrap_or(0);
    let named: Vec<(String, Bar)> = bands
        .into_iter()
        .map(|each| {
            let (persons, _) = each.of(&sorted);
            let bar = Bar {
                length: as_i64(persons),
                figure: Cell::Count(persons).shown(),
            };
            (band(each, language), bar)
        })
        .collect();
    let (a, b) = (letter(0), letter(policy));
    let title = match language {
        Language::Chinese => format!("{b} 与 {a} 相比，每人一年少付、多付多少：人数"),
        Language::English => {
            format!("{b} against {a}: how many people pay how much less or more in the year")
        }
    };
    columns(&title, &named, middle)
}
