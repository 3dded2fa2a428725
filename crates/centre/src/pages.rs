//! The centre's own pages: plain Chinese HTML for the person who runs the demo.

use std::fmt::{Display, Write as _};
use std::time::Duration;

use cunyi_db::{DbError, Tx};
use serde::Deserialize;

use crate::centre::Centre;
use crate::faults::{Fault, Switches};
use crate::ledger::{
    ClearingRow, CoverageRow, FilingRow, MessageRow, PersonRow, SettlementKind, SettlementRow,
    SettlementState, VoucherRow,
};
use crate::population::code_of;

/// A page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    Switches,
    Persons,
    Settlements,
    Clearings,
    Messages,
}

const PAGES: [(Page, &str, &str); 5] = [
    (Page::Switches, "/", "开关"),
    (Page::Persons, "/persons", "参保人员"),
    (Page::Settlements, "/settlements", "结算记录"),
    (Page::Clearings, "/clearings", "清算申请"),
    (Page::Messages, "/messages", "报文日志"),
];

/// The most rows a page shows.
const ROWS: usize = 500;

/// What the form of the switches sends; what is left out stays as it is.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SwitchForm {
    /// `1` down, `0` up.
    down: Option<u8>,
    /// Seconds.
    slow: Option<u64>,
    /// Milliseconds, finer.
    slow_ms: Option<u64>,
    /// Percent of the ratio.
    paid: Option<u8>,
    /// A fault by its text.
    fault: String,
    /// Beginning of `infno`.
    transaction: String,
    /// How many answers.
    count: u32,
}

/// Turns the switches.
pub(crate) fn switch(centre: &Centre, form: &SwitchForm) {
    if let Some(down) = form.down {
        centre.panel.set_down(down == 1);
    }
    if let Some(seconds) = form.slow {
        centre.panel.set_slow(Duration::from_secs(seconds));
    }
    if let Some(milliseconds) = form.slow_ms {
        centre.panel.set_slow(Duration::from_millis(milliseconds));
    }
    if let Some(percent) = form.paid {
        centre.panel.set_paid(percent);
    }
    if let Some(fault) = Fault::from_text(&form.fault) {
        let transaction: String = form.transaction.trim().chars().take(6).collect();
        centre.panel.set_fault(fault, &transaction, form.count);
    }
}

/// What the form of the clearings sends.
#[derive(Debug, Deserialize)]
pub(crate) struct PayForm {
    /// Of which application.
    pub(crate) event: String,
}

/// A whole page.
pub(crate) fn render(centre: &Centre, page: Page) -> Result<String, DbError> {
    let content = match page {
        Page::Switches => Ok(switches(&centre.panel.get())),
        Page::Persons => centre.db.read("persons", persons),
        Page::Settlements => centre.db.read("settlements", settlements),
        Page::Clearings => centre.db.read("clearings", clearings),
        Page::Messages => centre.db.read("messages", messages),
    }?;
    let mut links = String::new();
    let mut title = "";
    for (other, path, name) in PAGES {
        let current = if other == page {
            " aria-current=\"page\""
        } else {
            ""
        };
        if other == page {
            title = name;
        }
        let _ = write!(links, "<a href=\"{path}\"{current}>{name}</a> ");
    }
    Ok(format!(
        "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>{title} · 医保中心仿真\
         </title><style>{STYLE}</style><header><h1>医保中心仿真 <b>演示</b></h1><p>{region} · \
         不是真实的医保平台，人员和数据均为虚构。</p><nav>{links}</nav></header>\
         <main><h2>{title}</h2>{content}</main></html>",
        region = escaped(&centre.region.name),
    ))
}

const STYLE: &str = "body{font:16px/1.6 system-ui,sans-serif;margin:0;color:#222}\
    header{background:#1f4e79;color:#fff;padding:.5rem 1.5rem}header a{color:#fff;margin-right:1rem}\
    h1{font-size:1.3rem;margin:0}b{background:#f5b400;color:#222;padding:0 .5em;border-radius:3px}\
    header p{margin:0}main{padding:0 1.5rem}table{border-collapse:collapse}\
    th,td{border:1px solid #bbb;padding:.2rem .5rem;text-align:left}td.n{text-align:right}\
    fieldset{margin:1rem 0;max-width:46rem}input[type=number]{width:5em}a[aria-current]{font-weight:700}";

/// A text in HTML.
fn escaped(text: impl Display) -> String {
    let text = text.to_string();
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// A table; cells are escaped here, numbers stand right.
fn table(heads: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut html = String::from("<table><tr>");
    for head in heads {
        let _ = write!(html, "<th>{head}</th>");
    }
    html.push_str("</tr>");
    for row in rows {
        html.push_str("<tr>");
        for cell in row {
            let number = cell.parse::<cunyi_domain::money::Fen>().is_ok() && cell.contains('.');
            let class = if number { " class=\"n\"" } else { "" };
            let _ = write!(html, "<td{class}>{}</td>", escaped(cell));
        }
        html.push_str("</tr>");
    }
    html.push_str("</table>");
    html
}

fn fault_name(fault: Fault) -> &'static str {
    match fault {
        Fault::Refuse => "拒绝（infcode -1，不办理）",
        Fault::Html => "返回 HTML 错误页（不办理）",
        Fault::Page => "返回 HTML 页面，状态 200（不办理）",
        Fault::Truncate => "已办理，应答只有一半",
        Fault::LoseReply => "已办理，应答丢失",
    }
}

fn switches(switches: &Switches) -> String {
    let (state, turn, label) = if switches.down {
        ("已停机", 0, "恢复")
    } else {
        ("运行中", 1, "停机")
    };
    let mut html = format!(
        "<fieldset><legend>停机</legend><form method=\"post\" action=\"/switches\">当前：{state} \
         <input type=\"hidden\" name=\"down\" value=\"{turn}\"><button>{label}</button></form>\
         <p>停机时每笔交易都回 HTTP 503：诊所不知道办没办，记作结果未知。连不上（没有发出）是另一回事：\
         停掉本程序才看得到。</p></fieldset><fieldset><legend>缓慢</legend><form method=\"post\" action=\"/switches\">\
         <label>每次应答等待 <input type=\"number\" name=\"slow\" min=\"0\" max=\"600\" \
         value=\"{slow}\"> 秒</label> <button>设定</button></form></fieldset>\
         <fieldset><legend>不按规则支付</legend><form method=\"post\" action=\"/switches\">\
         <label>统筹基金按规则比例的 <input type=\"number\" name=\"paid\" min=\"0\" max=\"100\" \
         value=\"{paid}\"> % 支付</label> <button>设定</button></form></fieldset>",
        slow = switches.slow.as_secs(),
        paid = 100 - switches.less,
    );
    for fault in Fault::ALL {
        let pending = switches.pending.get(fault).cloned().unwrap_or_default();
        let _ = write!(
            html,
            "<fieldset><legend>{name}</legend><form method=\"post\" action=\"/switches\">\
             <input type=\"hidden\" name=\"fault\" value=\"{fault}\"><label>接下来 \
             <input type=\"number\" name=\"count\" min=\"0\" max=\"1000\" value=\"{count}\"> 次\
             </label> <label>交易编号（空为全部） <input name=\"transaction\" size=\"6\" \
             maxlength=\"6\" value=\"{transaction}\"></label> <button>设定</button></form></fieldset>",
            name = fault_name(*fault),
            count = pending.count,
            transaction = escaped(&pending.transaction),
        );
    }
    html
}

fn joined<T>(rows: &[T], mine: impl Fn(&T) -> Option<String>) -> String {
    rows.iter().filter_map(mine).collect::<Vec<_>>().join("；")
}

fn coverage_text(row: &CoverageRow) -> String {
    let state = match row.status.as_str() {
        "1" => "正常",
        "2" => "暂停",
        _ => "终止",
    };
    let balance = if row.scheme == "310" {
        format!(" 账户 {}", row.balance)
    } else {
        String::new()
    };
    format!("{} {state} {}{balance}", row.scheme, row.place)
}

fn persons(tx: &mut Tx<'_>) -> Result<String, DbError> {
    let people: Vec<PersonRow> = tx.select("ORDER BY number", vec![])?;
    let coverages: Vec<CoverageRow> = tx.select("ORDER BY person, position", vec![])?;
    let filings: Vec<FilingRow> = tx.select("ORDER BY person, code", vec![])?;
    let vouchers: Vec<VoucherRow> = tx.select("ORDER BY person", vec![])?;
    let row = |p: PersonRow| {
        let mine = |owner: &str, text: String| (owner == p.number).then_some(text);
        let covers = joined(&coverages, |c| mine(&c.person, coverage_text(c)));
        let diseases = joined(&filings, |f| {
            mine(&f.person, format!("{} {}", f.code, f.name))
        });
        let tokens = joined(&vouchers, |v| {
            mine(
                &v.person,
                format!("{}（至 {}）", code_of(&v.token), v.expires_at.date()),
            )
        });
        let sex = if p.sex.as_str() == "1" { "男" } else { "女" };
        let covers = if covers.is_empty() {
            "未参保".to_owned()
        } else {
            covers
        };
        let birth = p.birth_date.to_string();
        vec![
            p.name,
            sex.to_owned(),
            birth,
            p.id_number,
            p.number,
            covers,
            diseases,
            p.card_number,
            p.card_code,
            tokens,
        ]
    };
    let rows = people.into_iter().map(row).collect();
    let heads = [
        "姓名",
        "性别",
        "出生日期",
        "身份证号",
        "人员编号",
        "参保",
        "备案",
        "社保卡号",
        "卡识别码",
        "电子凭证二维码",
    ];
    let note = "<p>这里的人和证件号码都是虚构的，为便于演示时录入，号码完整显示。</p>";
    Ok(format!("{note}{}", table(&heads, rows)))
}

fn settlements(tx: &mut Tx<'_>) -> Result<String, DbError> {
    let rest = format!("ORDER BY settled_at DESC, id DESC LIMIT {ROWS}");
    let all: Vec<SettlementRow> = tx.select(&rest, vec![])?;
    let row = |s: SettlementRow| {
        let kind = if s.kind == SettlementKind::Reversal {
            "撤销"
        } else {
            "结算"
        };
        let state = match s.state {
            SettlementState::Valid => "有效",
            SettlementState::Refunded => "已退费",
            SettlementState::Cancelled => "已冲正",
        };
        let amounts = [s.total, s.in_scope, s.deductible, s.fund, s.account, s.cash];
        let texts = [
            s.settled_at.date_time(),
            kind.to_owned(),
            state.to_owned(),
            s.institution,
            s.person,
            s.scheme,
            s.medical_type,
            s.batch,
        ];
        let ids = [s.id, s.message];
        texts
            .into_iter()
            .chain(amounts.map(|a| a.to_string()))
            .chain(ids)
            .collect()
    };
    let rows = all.into_iter().map(row).collect();
    let heads = [
        "时间",
        "类型",
        "状态",
        "机构",
        "人员编号",
        "险种",
        "医疗类别",
        "收费批次",
        "总额",
        "范围内",
        "起付线",
        "基金",
        "个人账户",
        "现金",
        "结算ID",
        "报文ID",
    ];
    Ok(table(&heads, rows))
}

fn clearings(tx: &mut Tx<'_>) -> Result<String, DbError> {
    let rest = format!("ORDER BY applied_at DESC, id DESC LIMIT {ROWS}");
    let all: Vec<ClearingRow> = tx.select(&rest, vec![])?;
    let open = all
        .iter()
        .filter(|c| (c.cancelled_at, c.paid_at) == (None, None));
    let choices = open.fold(String::new(), |mut choices, c| {
        let _ = write!(choices, "<option>{}</option>", escaped(&c.id));
        choices
    });
    let row = |c: ClearingRow| {
        let state = match (c.cancelled_at, c.paid_at) {
            (Some(_), _) => "已撤销",
            (None, Some(_)) => "已拨付",
            (None, None) => "已申请",
        };
        let amounts = [c.total, c.recognised, c.fund, c.account, c.cash];
        let texts = [
            c.applied_at.date_time(),
            state.to_owned(),
            c.institution,
            c.clearing_type,
            c.month,
            format!("{} — {}", c.first_day, c.last_day),
            c.count.to_string(),
        ];
        let ids = [c.id, c.message];
        texts
            .into_iter()
            .chain(amounts.map(|a| a.to_string()))
            .chain(ids)
            .collect()
    };
    let rows = all.into_iter().map(row).collect();
    let heads = [
        "时间",
        "状态",
        "机构",
        "清算类别",
        "清算年月",
        "期间",
        "人次",
        "总额",
        "认可",
        "申报基金",
        "个人账户",
        "现金",
        "申请事件ID",
        "报文ID",
    ];
    let pay = if choices.is_empty() {
        String::new()
    } else {
        format!(
            "<form method=\"post\" action=\"/clearings/pay\"><label>申请事件ID <select name=\"event\">\
             {choices}</select></label> <button>拨付</button> 拨付以后不能再撤销（3204）。</form>"
        )
    };
    Ok(format!("{pay}{}", table(&heads, rows)))
}

fn messages(tx: &mut Tx<'_>) -> Result<String, DbError> {
    let rest = format!("ORDER BY received_at DESC, number DESC, position DESC LIMIT {ROWS}");
    let all: Vec<MessageRow> = tx.select(&rest, vec![])?;
    let row = |m: MessageRow| {
        let outcome = match (m.outcome.as_str(), Fault::from_text(&m.outcome)) {
            (_, Some(fault)) => format!("开关：{}", fault_name(fault)),
            ("ok", _) => "成功".to_owned(),
            _ => "拒绝".to_owned(),
        };
        vec![
            m.received_at.date_time(),
            m.transaction_number,
            m.institution,
            m.number,
            outcome,
            m.text,
        ]
    };
    let rows = all.into_iter().map(row).collect();
    Ok(table(
        &["时间", "交易", "机构", "报文ID", "结果", "说明"],
        rows,
    ))
}
