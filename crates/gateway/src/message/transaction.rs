//! What a transaction is: number, input, output, and what of the output proves that it answers this
//! call, for the envelope echoes no msgid.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{
    Data, Nothing, audit, charge, clearing, entitlement, history, mapping, person, query, record,
    settle, sign, statement, visit,
};
use crate::number::Amount;
use crate::read::{FieldShape, Lenient};

/// The output belongs to another call, or lacks what ties it to this one; names the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mismatch(pub &'static str);

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the answer does not echo {}", self.0)
    }
}

/// One transaction of the interface.
pub trait Transaction {
    /// 交易编号
    const INFNO: &'static str;
    /// 交易名称
    const TITLE: &'static str;
    /// False when there may be no output: nothing to say, or a query that found no rows.
    const ANSWERS: bool = true;
    /// True when the output's money must balance (§4.2) before it is believed.
    const BALANCES: bool = false;
    /// True when it changes something at the platform: only an `infcode` then counts as a refusal.
    const CHANGES: bool = false;
    /// A node of the output that some platforms put beside `output`.
    const STRAY: Option<&'static str> = None;
    /// Under which of these names the list stands, where its emptiness proves something: an output
    /// with none of them is another transaction's.
    const LIST: &'static [&'static str] = &[];
    /// True when an output with nodes in it is another transaction's: there is nothing else to tell by.
    const BARE: bool = false;
    /// Reads an answer that is no envelope but a file.
    const RAW: fn(&[u8]) -> Option<Self::Output> = |_| None;
    /// 交易输入
    type Input: Serialize + DeserializeOwned + Lenient;
    /// 交易输出
    type Output: Serialize + DeserializeOwned + Lenient;
    /// What of the output must echo the input.
    fn echoes(msgid: &str, input: &Self::Input, output: &Self::Output) -> Result<(), Mismatch>;
}

/// A transaction's number, name and fields.
#[derive(Debug)]
pub struct TransactionShape {
    /// 交易编号
    pub infno: &'static str,
    /// 交易名称
    pub title: &'static str,
    /// Fields under `input`.
    pub input: &'static [FieldShape],
    /// Fields under `output`.
    pub output: &'static [FieldShape],
}

/// The table of transactions. `echoes` stands last: a function of msgid, input, output.
macro_rules! transactions {
    ($($name:ident $title:literal $input:ty => $output:ty, $echoes:expr
        $(, $flag:ident = $value:expr)*;)*) => {
        $(
            #[doc = $title]
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub struct $name;
            impl Transaction for $name {
                const INFNO: &'static str = stringify!($name).split_at(1).1;
                const TITLE: &'static str = $title;
                $(const $flag: flag_type!($flag) = $value;)*
                type Input = $input;
                type Output = $output;
                fn echoes(msgid: &str, input: &$input, output: &$output) -> Result<(), Mismatch> {
                    let echoes: fn(&str, &$input, &$output) -> Result<(), Mismatch> = $echoes;
                    echoes(msgid, input, output)
                }
            }
        )*

        /// Every transaction this crate speaks.
        pub const TRANSACTIONS: &[TransactionShape] = &[$(TransactionShape {
            infno: $name::INFNO,
            title: $name::TITLE,
            input: <$input as Lenient>::FIELDS,
            output: <$output as Lenient>::FIELDS,
        },)*];
    };
}

macro_rules! flag_type {
    (STRAY) => { Option<&'static str> };
    (LIST) => { &'static [&'static str] };
    (RAW) => { fn(&[u8]) -> Option<Self::Output> };
    ($other:ident) => { bool };
}

transactions! {
    T1101 "人员基本信息获取" Data<person::PersonQuery> => person::Person, same_person,
        STRAY = Some("idetinfo");
    T2001 "人员待遇享受检查" Data<entitlement::EntitlementQuery> => entitlement::Entitlements,
        |_, i, o| all(&o.trtinfo, |row| echo("psn_no", &i.data.psn_no, &row.psn_no)),
        ANSWERS = false;
    T2201 "门诊挂号" Data<visit::Registration> => Data<visit::Registered>, registered, CHANGES = true;
    T2202 "门诊挂号撤销" Data<visit::RegistrationCancel> => Nothing, |_, _, _| Ok(()),
        ANSWERS = false, CHANGES = true;
    T2203 "门诊就诊信息上传" visit::VisitUpload => Nothing, |_, _, _| Ok(()),
        ANSWERS = false, CHANGES = true;
    T2203A "门诊就诊信息上传" visit::VisitUpload => Nothing, |_, _, _| Ok(()),
        ANSWERS = false, CHANGES = true;
    T2204 "门诊费用明细信息上传" charge::FeeUpload => charge::FeeResults, same_lines, CHANGES = true;
    T2205 "门诊费用明细信息撤销" Data<charge::FeeCancel> => Nothing, |_, _, _| Ok(()),
        ANSWERS = false, CHANGES = true;
    T2206 "门诊预结算" Data<settle::Presettle> => settle::Settlement, presettled, BALANCES = true;
    T2206A "门诊预结算" Data<settle::Presettle> => settle::Settlement, presettled, BALANCES = true;
    T2207 "门诊结算" settle::SettleInput => settle::Settlement, settled,
        BALANCES = true, CHANGES = true;
    T2207A "门诊结算" settle::SettleInput => settle::Settlement, settled,
        BALANCES = true, CHANGES = true;
    T2208 "门诊结算撤销" Data<settle::Reverse> => settle::Settlement, reversed,
        BALANCES = true, CHANGES = true;
    T2601 "冲正交易" Data<settle::UndoMessage> => Nothing, |_, _, _| Ok(()),
        ANSWERS = false, CHANGES = true, BARE = true;
    T3101 "明细审核事前" Data<audit::Audit> => audit::Findings, same_audit, ANSWERS = false;
    T3102 "明细审核事中" Data<audit::Audit> => audit::Findings, same_audit, ANSWERS = false;
    T3201 "医药机构费用结算对总账" Data<statement::Totals> => statement::Compared, compared;
    T3202 "医药机构费用结算对明细账" Data<statement::DetailTotals> => statement::ResultFile,
        |_, _, o| placed(&o.fileinfo);
    T3203 "清算申请" Data<clearing::ClearingApplication> => clearing::ClearingApplied,
        |_, _, o| given("clr_appy_evt_id", &o.result.clr_appy_evt_id), CHANGES = true;
    T3204 "清算申请撤销" Data<clearing::ClearingCancel> => Nothing, |_, _, _| Ok(()),
        ANSWERS = false, CHANGES = true, BARE = true;
    T3301 "目录对照上传" Data<mapping::Mapping> => Nothing, |_, _, _| Ok(()),
        ANSWERS = false, CHANGES = true, BARE = true;
    T3302 "目录对照撤销" Data<mapping::MappingCancel> => Nothing, |_, _, _| Ok(()),
        ANSWERS = false, CHANGES = true, BARE = true;
    T4301 "门急诊诊疗记录" record::VisitRecord => Nothing, |_, _, _| Ok(()),
        ANSWERS = false, CHANGES = true, BARE = true;
    T5201 "就诊信息查询" Data<query::VisitQuery> => query::Visits,
        |_, i, o| all(&o.mdtrtinfo, |row| echo("psn_no", &i.data.psn_no, &row.psn_no)),
        ANSWERS = false;
    T5202 "诊断信息查询" Data<history::DiagnosisQuery> => history::Diagnoses,
        |_, i, o| all(&o.diseinfo, |row| {
            echo("psn_no", &i.data.psn_no, &row.psn_no)?;
            echo("mdtrt_id", &i.data.mdtrt_id, &row.mdtrt_id)
        }),
        ANSWERS = false;
    T5203 "结算信息查询" Data<query::SettlementQuery> => query::SettlementFound, found,
        BALANCES = true;
    T5204 "费用明细查询" Data<charge::FeeQuery> => charge::FeeList, same_visit,
        ANSWERS = false, LIST = &["data", "feedetail", "result"];
    T5205 "人员慢特病用药记录查询" Data<history::ChronicMedicationQuery> => history::ChronicMedications,
        |_, i, o| all(&o.feedetail, |row| echo("psn_no", &i.data.psn_no, &row.psn_no)),
        ANSWERS = false;
    T5206 "人员累计信息查询" Data<entitlement::AccumulatorQuery> => entitlement::Accumulators, |_, _, _| Ok(()),
        ANSWERS = false;
    T5301 "人员慢特病备案查询" Data<entitlement::ChronicQuery> => entitlement::ChronicFilings, |_, _, _| Ok(()),
        ANSWERS = false;
    T5302 "人员定点信息查询" Data<history::DesignationQuery> => history::Designations,
        |_, i, o| all(&o.psnfixmedin, |row| echo("psn_no", &i.data.psn_no, &row.psn_no)),
        ANSWERS = false;
    T9001 "签到" sign::SignInInput => sign::SignedIn, |_, _, o| given("sign_no", &o.signinoutb.sign_no);
    T9002 "签退" sign::SignOutInput => sign::SignedOut, |_, _, _| Ok(()), ANSWERS = false;
    T9101 "文件上传" statement::UploadInput => statement::FilePlace, uploaded;
    T9102 "文件下载" statement::DownloadInput => statement::Archive, |_, _, _| Err(Mismatch("file")),
        RAW = statement::Archive::of_body;
}

fn echo(field: &'static str, sent: &str, came: &str) -> Result<(), Mismatch> {
    given(field, came)?;
    if sent == came {
        Ok(())
    } else {
        Err(Mismatch(field))
    }
}

/// As `echo`, but a platform that leaves the field out is believed.
fn echo_if_given(field: &'static str, sent: &str, came: &str) -> Result<(), Mismatch> {
    if came.is_empty() || sent.is_empty() {
        Ok(())
    } else {
        echo(field, sent, came)
    }
}

fn given(field: &'static str, came: &str) -> Result<(), Mismatch> {
    if came.is_empty() {
        Err(Mismatch(field))
    } else {
        Ok(())
    }
}

fn all<T>(rows: &[T], check: impl Fn(&T) -> Result<(), Mismatch>) -> Result<(), Mismatch> {
    rows.iter().try_for_each(check)
}

/// Amounts without which nothing can be booked.
fn booked(amounts: &[(&'static str, Amount)]) -> Result<(), Mismatch> {
    all(amounts, |(field, amount)| {
        if amount.is_none() {
            Err(Mismatch(field))
        } else {
            Ok(())
        }
    })
}

/// 02 asks by the identity number itself; a card or voucher leads to one we do not know yet.
fn same_person(
    _: &str,
    input: &Data<person::PersonQuery>,
    output: &person::Person,
) -> Result<(), Mismatch> {
    let (asked, found) = (&input.data, &output.baseinfo);
    given("psn_no", &found.psn_no)?;
    given("certno", &found.certno)?;
    let sent = if asked.mdtrt_cert_type == "02" {
        &asked.mdtrt_cert_no
    } else {
        &asked.certno
    };
    if sent.is_empty() || sent.eq_ignore_ascii_case(&found.certno) {
        Ok(())
    } else {
        Err(Mismatch("certno"))
    }
}

fn registered(
    _: &str,
    input: &Data<visit::Registration>,
    output: &Data<visit::Registered>,
) -> Result<(), Mismatch> {
    echo("psn_no", &input.data.psn_no, &output.data.psn_no)?;
    echo(
        "ipt_otp_no",
        &input.data.ipt_otp_no,
        &output.data.ipt_otp_no,
    )?;
    given("mdtrt_id", &output.data.mdtrt_id)
}

/// Every line comes back once, with its amount.
fn same_lines(
    _: &str,
    input: &charge::FeeUpload,
    output: &charge::FeeResults,
) -> Result<(), Mismatch> {
    if input.feedetail.len() != output.result.len() {
        return Err(Mismatch("feedetl_sn"));
    }
    all(&input.feedetail, |sent| {
        let mut same = output
            .result
            .iter()
            .filter(|came| came.feedetl_sn == sent.feedetl_sn);
        let came = same.next().ok_or(Mismatch("feedetl_sn"))?;
        if came.det_item_fee_sumamt == sent.det_item_fee_sumamt {
            Ok(())
        } else {
            Err(Mismatch("det_item_fee_sumamt"))
        }
    })
}

/// What 2206 and 2207 share: this person, this visit, this message, this sum.
fn presettled(
    msgid: &str,
    input: &Data<settle::Presettle>,
    output: &settle::Settlement,
) -> Result<(), Mismatch> {
    let (sent, came) = (&input.data, &output.setlinfo);
    echo("psn_no", &sent.psn_no, &came.psn_no)?;
    echo("mdtrt_id", &sent.mdtrt_id, &came.mdtrt_id)?;
    echo("medins_setl_id", msgid, &came.medins_setl_id)?;
    settled_sum(sent.medfee_sumamt, came)
}

fn settled(
    msgid: &str,
    input: &settle::SettleInput,
    output: &settle::Settlement,
) -> Result<(), Mismatch> {
    let (sent, came) = (&input.data, &output.setlinfo);
    echo("psn_no", &sent.psn_no, &came.psn_no)?;
    echo("mdtrt_id", &sent.mdtrt_id, &came.mdtrt_id)?;
    echo("medins_setl_id", msgid, &came.medins_setl_id)?;
    given("setl_id", &came.setl_id)?;
    settled_sum(sent.medfee_sumamt, came)
}

fn settled_sum(sent: Amount, came: &settle::SetlInfo) -> Result<(), Mismatch> {
    if sent.is_none() || sent != came.medfee_sumamt {
        return Err(Mismatch("medfee_sumamt"));
    }
    booked(&[
        ("fund_pay_sumamt", came.fund_pay_sumamt),
        ("acct_pay", came.acct_pay),
        ("psn_cash_pay", came.psn_cash_pay),
    ])
}

/// §2.14: its table has no `psn_no`; amounts are negative, a positive one is not a reversal.
fn reversed(
    msgid: &str,
    input: &Data<settle::Reverse>,
    output: &settle::Settlement,
) -> Result<(), Mismatch> {
    let (sent, came) = (&input.data, &output.setlinfo);
    echo_if_given("psn_no", &sent.psn_no, &came.psn_no)?;
    echo("mdtrt_id", &sent.mdtrt_id, &came.mdtrt_id)?;
    echo("medins_setl_id", msgid, &came.medins_setl_id)?;
    given("setl_id", &came.setl_id)?;
    match came.medfee_sumamt.0 {
        Some(sum) if sum.0 <= 0 => Ok(()),
        _ => Err(Mismatch("medfee_sumamt")),
    }
}

fn found(
    _: &str,
    input: &Data<query::SettlementQuery>,
    output: &query::SettlementFound,
) -> Result<(), Mismatch> {
    let (sent, came) = (&input.data, &output.setlinfo);
    echo("psn_no", &sent.psn_no, &came.psn_no)?;
    echo("setl_id", &sent.setl_id, &came.setl_id)?;
    echo_if_given("mdtrt_id", &sent.mdtrt_id, &came.mdtrt_id)?;
    booked(&[
        ("medfee_sumamt", came.medfee_sumamt),
        ("fund_pay_sumamt", came.fund_pay_sumamt),
        ("acct_pay", came.acct_pay),
        ("cash_payamt", came.cash_payamt),
    ])
}

/// The office is echoed where the region says it again.
fn compared(
    _: &str,
    input: &Data<statement::Totals>,
    output: &statement::Compared,
) -> Result<(), Mismatch> {
    let (sent, came) = (&input.data, &output.stmtinfo);
    echo_if_given("setl_optins", &sent.setl_optins, &came.setl_optins)?;
    given("stmt_rslt", &came.stmt_rslt)
}

/// Of this task, where the platform says whose it is.
fn same_audit(
    _: &str,
    input: &Data<audit::Audit>,
    output: &audit::Findings,
) -> Result<(), Mismatch> {
    all(&output.result, |row| {
        echo_if_given("task_id", &input.data.task_id, &row.task_id)
    })
}

fn placed(place: &statement::FilePlace) -> Result<(), Mismatch> {
    given("file_qury_no", &place.file_qury_no)?;
    given("filename", &place.filename)
}

fn uploaded(
    _: &str,
    input: &statement::UploadInput,
    output: &statement::FilePlace,
) -> Result<(), Mismatch> {
    let sent = &input.upload;
    given("file_qury_no", &output.file_qury_no)?;
    echo_if_given(
        "fixmedins_code",
        &sent.fixmedins_code,
        &output.fixmedins_code,
    )
}

fn same_visit(
    _: &str,
    input: &Data<charge::FeeQuery>,
    output: &charge::FeeList,
) -> Result<(), Mismatch> {
    all(&output.data, |row| {
        echo("mdtrt_id", &input.data.mdtrt_id, &row.mdtrt_id)?;
        echo_if_given("setl_id", &input.data.setl_id, &row.setl_id)
    })
}
