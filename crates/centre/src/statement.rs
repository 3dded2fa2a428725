//! 3201 and 3202 对账, 9101 and 9102 files, out of the centre's own ledger (nhsa-interface §2.17, §2.18).

use std::collections::BTreeMap;

use cunyi_domain::money::{Fen, Quantity};
use cunyi_domain::row::Field;
use cunyi_domain::time::civil::Date;
use cunyi_domain::time::{Moment, parse_date};
use cunyi_gateway::message::statement::{
    Compared, DetailTotals, FilePlace, FileQuery, FileUpload, ResultFile, Totals, Verdict,
};
use cunyi_gateway::region::Office;
use cunyi_gateway::statement_file::{FileFault, Line, MAX_ARCHIVE, pack, unpack};
use cunyi_gateway::{Amount, Count};

use crate::call::{Call, Stop, refuse, required, text};
use crate::centre::Centre;
use crate::ledger::{FileRow, SettlementKind, SettlementRow};

/// 平
const EQUAL: &str = "000000";
/// 机构少: the institution did not list what is here.
const ONLY_HERE: &str = "000101";
/// 机构多: what it lists is not here.
const ONLY_THERE: &str = "000102";
/// 数据不一致
const DIFFERENT: &str = "000103";

/// How many of an institution's files are kept; the oldest go first.
const MOST_FILES: i64 = 50;
/// For how long a file can be fetched, in days.
const KEPT_DAYS: i64 = 7;
/// The longest name of a file, in characters.
const LONGEST_NAME: usize = 200;
/// The longest span of a statement, in days.
const LONGEST_SPAN: i64 = 366;

/// Which settlements are compared.
pub(crate) struct Scope<'a> {
    pub(crate) office: &'a str,
    pub(crate) clearing_type: &'a str,
    /// All insurances where none is named.
    pub(crate) scheme: Option<&'a str>,
    pub(crate) from: Moment,
    pub(crate) to: Moment,
    /// Reversals as negative rows; without them the settlements alone.
    pub(crate) reversals: bool,
}

/// What a list of lines adds up to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) total: Fen,
    pub(crate) fund: Fen,
    pub(crate) account: Fen,
    pub(crate) count: i64,
}

impl Sums {
    pub(crate) fn of(lines: &[Line]) -> Self {
        let mut sums = Self::default();
        for line in lines {
            sums.total += line.medfee_sumamt.or_zero();
            sums.fund += line.fund_pay_sumamt.or_zero();
            sums.account += line.acct_pay.or_zero();
            sums.count += 1;
        }
        sums
    }
}

/// 3201
pub(crate) fn totals(call: &mut Call<'_, '_>, input: &Totals) -> Result<Compared, Stop> {
    required("险种", &input.insutype)?;
    let (from, to) = span(&input.stmt_begndate, &input.stmt_enddate)?;
    let scope = Scope {
        office: &input.setl_optins,
        clearing_type: &input.clr_type,
        scheme: Some(&input.insutype),
        from,
        to,
        reversals: input.refd_setl_flag != "0",
    };
    let ours = Sums::of(&lines(call, &scope)?);
    let theirs = Sums {
        total: given("医疗费总额", input.medfee_sumamt)?,
        fund: given("基金支付总额", input.fund_pay_sumamt)?,
        account: given("个人账户支付金额", input.acct_pay)?,
        count: counted(input.fixmedins_setl_cnt)?,
    };
    let (result, words) = if ours == theirs {
        (EQUAL, "对账一致")
    } else {
        (DIFFERENT, "数据不一致，请对明细账")
    };
    Ok(Compared {
        stmtinfo: Verdict {
            setl_optins: input.setl_optins.clone(),
            stmt_rslt: result.to_owned(),
            stmt_rslt_dscr: words.to_owned(),
        },
    })
}

/// 3202: the uploaded file, line by line, into a result file.
pub(crate) fn details(call: &mut Call<'_, '_>, input: &DetailTotals) -> Result<ResultFile, Stop> {
    let (from, to) = span(&input.stmt_begndate, &input.stmt_enddate)?;
    let config = &call.centre.region.statement;
    let file = file(call, &input.file_qury_no)?;
    let theirs = unpack(&file.content, &config.upload_columns).map_err(unreadable)?;
    if said(input)? != summed(&theirs) {
        return refuse("对账汇总与明细文件合计不一致");
    }
    let scope = Scope {
        office: &input.setl_optins,
        clearing_type: &input.clr_type,
        scheme: None,
        from,
        to,
        reversals: true,
    };
    let ours = lines(call, &scope)?;
    let answer = pack("stmt.txt", &compared(theirs, ours), &config.result_columns);
    let content = answer.map_err(unreadable)?;
    let filename = format!("stmt_{}.zip", call.now.compact());
    let fileinfo = keep(call, filename, content)?;
    Ok(ResultFile { fileinfo })
}

/// Each line with its verdict: those of the institution as they were listed, then what it left out.
fn compared(theirs: Vec<Line>, ours: Vec<Line>) -> Vec<Line> {
    let mut left: BTreeMap<String, Line> = BTreeMap::new();
    for line in ours {
        left.insert(line.setl_id.clone(), line);
    }
    let mut result: Vec<Line> = Vec::new();
    for sent in theirs {
        let verdict = match left.remove(&sent.setl_id) {
            Some(own) if same(&sent, &own) => marked(own, EQUAL, ""),
            Some(own) => marked(own, DIFFERENT, "金额或退费标志与中心不一致"),
            None => marked(sent, ONLY_THERE, "中心无此结算信息"),
        };
        result.push(verdict);
    }
    result.extend(
        left.into_values()
            .map(|own| marked(own, ONLY_HERE, "机构未上传此结算信息")),
    );
    result
}

fn marked(line: Line, result: &str, memo: &str) -> Line {
    Line {
        stmt_rslt: result.to_owned(),
        memo: memo.to_owned(),
        ..line
    }
}

fn same(sent: &Line, own: &Line) -> bool {
    let money = |line: &Line| [line.medfee_sumamt, line.fund_pay_sumamt, line.acct_pay];
    sent.refd_setl_flag == own.refd_setl_flag
        && money(sent).map(Amount::or_zero) == money(own).map(Amount::or_zero)
}

/// 9101
pub(crate) fn upload(call: &mut Call<'_, '_>, input: &FileUpload) -> Result<FilePlace, Stop> {
    required("文件名", &input.filename)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if input.filename.chars().count() > LONGEST_NAME || !input.filename.chars().all(plain) {
        return refuse("文件名不正确");
    }
    if input.fixmedins_code != call.envelope.institution {
        return refuse("定点医药机构编号与发送方不一致");
    }
    let bytes = &input.content.bytes;
    if bytes.is_empty() || bytes.len() > MAX_ARCHIVE {
        return refuse("文件为空或过大");
    }
    keep(call, input.filename.clone(), bytes.clone())
}

/// 9102: the file's bytes.
pub(crate) fn download(call: &mut Call<'_, '_>, input: &FileQuery) -> Result<Vec<u8>, Stop> {
    let found = file(call, &input.file_qury_no)?;
    if found.name != input.filename || found.institution != input.fixmedins_code {
        return refuse("文件不存在或已过期");
    }
    Ok(found.content)
}

/// A file of this institution's that has not run out.
fn file(call: &mut Call<'_, '_>, number: &str) -> Result<FileRow, Stop> {
    required("文件查询号", number)?;
    let values = vec![text(number), text(&call.envelope.institution)];
    let found = call
        .tx
        .find::<FileRow>("WHERE number = ? AND institution = ?", values)?;
    let now = call.now;
    match found {
        Some(file) if file.expires_at > now => Ok(file),
        _ => refuse("文件不存在或已过期"),
    }
}

fn keep(call: &mut Call<'_, '_>, name: String, content: Vec<u8>) -> Result<FilePlace, Stop> {
    let row = FileRow {
        number: call.number(),
        institution: call.envelope.institution.clone(),
        name,
        content,
        kept_at: call.now,
        expires_at: Moment(call.now.0 + KEPT_DAYS * 86_400_000_000),
    };
    call.tx.insert(row.clone())?;
    let institution = text(&row.institution);
    let sql = "DELETE FROM file WHERE institution = ? AND number NOT IN
               (SELECT number FROM file WHERE institution = ? ORDER BY kept_at DESC, number DESC LIMIT ?)";
    let values = vec![institution.clone(), institution, MOST_FILES.into_value()];
    call.tx.execute(sql, values)?;
    Ok(FilePlace {
        file_qury_no: row.number,
        filename: row.name,
        dld_endtime: row.expires_at.date_time(),
        fixmedins_code: row.institution,
    })
}

/// What counts of this institution's settlements: a reversal as a negative row of its own day, what
/// was taken back by a 2601 not at all.
pub(crate) fn lines(call: &mut Call<'_, '_>, scope: &Scope<'_>) -> Result<Vec<Line>, Stop> {
    if scope.office != call.centre.office() {
        return Ok(Vec::new());
    }
    let rest =
        "WHERE institution = ? AND settled_at >= ? AND settled_at < ? AND state <> 'cancelled'
                ORDER BY settled_at, id";
    let values = vec![
        text(&call.envelope.institution),
        scope.from.into_value(),
        scope.to.into_value(),
    ];
    let rows: Vec<SettlementRow> = call.tx.select(rest, values)?;
    let counts = |row: &SettlementRow| {
        scope.scheme.is_none_or(|scheme| scheme == row.scheme)
            && call.centre.clearing_type(&row.benefit) == scope.clearing_type
            && (scope.reversals || row.kind == SettlementKind::Settlement)
    };
    Ok(rows.into_iter().filter(counts).map(line).collect())
}

fn line(row: SettlementRow) -> Line {
    let reversal = row.kind == SettlementKind::Reversal;
    let amount = |fen: Fen| Amount::from(if reversal { -fen } else { fen });
    Line {
        medfee_sumamt: amount(row.total),
        fund_pay_sumamt: amount(row.fund),
        acct_pay: amount(row.account),
        refd_setl_flag: if reversal { "1" } else { "0" }.to_owned(),
        psn_no: row.person,
        mdtrt_id: row.visit,
        setl_id: row.id,
        msgid: row.message,
        ..Line::default()
    }
}

impl Centre {
    /// Whose code a statement asks with.
    pub(crate) fn office(&self) -> &str {
        match self.region.statement.setl_optins {
            Office::ClrOptins => &self.region.statement.clr_optins,
            Office::Admdvs => &self.region.admdvs,
        }
    }

    /// `clr_type` of a benefit.
    pub(crate) fn clearing_type(&self, benefit: &str) -> &str {
        let found = self.region.benefits.get(benefit);
        found.map_or("", |benefit| &benefit.clr_type)
    }
}

pub(crate) fn given(name: &str, amount: Amount) -> Result<Fen, Stop> {
    let missing = || Stop::Refused(format!("{name}不能为空"));
    amount.0.ok_or_else(missing)
}

fn counted(count: Count) -> Result<i64, Stop> {
    let one = Quantity::whole(1).0;
    match count.0 {
        Some(count) if count.0 % one == 0 => Ok(count.0 / one),
        _ => refuse("结算笔数不正确"),
    }
}

/// What 3202 says of its file: total, fund, cash, count.
fn said(input: &DetailTotals) -> Result<(Fen, Fen, Fen, i64), Stop> {
    Ok((
        given("医疗费总额", input.medfee_sumamt)?,
        given("基金支付总额", input.fund_pay_sumamt)?,
        given("现金支付金额", input.cash_payamt)?,
        counted(input.fixmedins_setl_cnt)?,
    ))
}

fn summed(lines: &[Line]) -> (Fen, Fen, Fen, i64) {
    let sums = Sums::of(lines);
    let cash = sums.total - sums.fund - sums.account;
    (sums.total, sums.fund, cash, sums.count)
}

/// The days of a statement; the end comes as a day or as its last second.
fn span(begin: &str, end: &str) -> Result<(Moment, Moment), Stop> {
    let wrong = || Stop::Refused("对账日期格式不正确".to_owned());
    let first = parse_date(begin).ok_or_else(wrong)?;
    let end = end.strip_suffix(" 23:59:59").unwrap_or(end);
    let last = parse_date(end).ok_or_else(wrong)?;
    let (from, to) = (Moment::start_of(first), Moment::start_of(after(last)));
    if last < first || to.seconds_since(from) > LONGEST_SPAN * 86_400 {
        return refuse("对账日期范围不正确");
    }
    Ok((from, to))
}

pub(crate) fn after(day: Date) -> Date {
    day.tomorrow().unwrap_or(day)
}

fn unreadable(fault: FileFault) -> Stop {
    let words = match fault {
        FileFault::TooLong => "文件过大".to_owned(),
        FileFault::NotZip | FileFault::NotOneFile => "文件不是只含一个TXT的ZIP".to_owned(),
        FileFault::NotUtf8 => "文件不是UTF-8编码".to_owned(),
        FileFault::Cells { line, .. } => format!("第{line}行列数不正确"),
        FileFault::Cell { line, column } => format!("第{line}行{column}格式不正确"),
    };
    Stop::Refused(format!("对账文件格式不正确：{words}"))
}
