//! What regions do differently in 对账: 3201, 3202 and their files (nhsa-interface §2.17, §2.18, §5.7).

use cunyi_domain::time::civil::Date;
use serde::Deserialize;

use crate::message::statement::ByteForm;
use crate::statement_file::{Column, RESULT, UPLOAD, lacks};

/// The `[statement]` table of a region's file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementConfig {
    /// 清算经办机构: which office clears what no reply named one for, and a day without settlements.
    pub clr_optins: String,
    /// Whose code 3201 and 3202 send as `setl_optins`.
    pub setl_optins: Office,
    /// How `stmt_enddate` is written.
    pub stmt_enddate: EndDate,
    /// 3201 carries `refd_setl_flag` 1: reversals are counted, as negative rows.
    pub send_refd_setl_flag: bool,
    /// How 9101 carries the file.
    pub upload_bytes: ByteForm,
    /// The columns of the file that 9101 uploads; as in §2.18 when left out.
    #[serde(default = "upload")]
    pub upload_columns: Vec<Column>,
    /// The columns of 3202's result file; as in §2.18 when left out.
    #[serde(default = "result")]
    pub result_columns: Vec<Column>,
}

fn upload() -> Vec<Column> {
    UPLOAD.to_vec()
}

fn result() -> Vec<Column> {
    RESULT.to_vec()
}

/// Whose code is `setl_optins`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Office {
    /// The clearing office of the settlement's reply (HSA: 严格对应).
    ClrOptins,
    /// The region's own division code, whatever the reply says (NM).
    Admdvs,
}

/// How the last day of a span is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndDate {
    /// `2026-11-24`, as the tables say.
    Day,
    /// `2026-11-24 23:59:59` (ZJ).
    LastSecond,
}

impl StatementConfig {
    /// `stmt_enddate` of a span that ends with a day.
    pub fn end(&self, day: Date) -> String {
        match self.stmt_enddate {
            EndDate::Day => day.to_string(),
            EndDate::LastSecond => format!("{day} 23:59:59"),
        }
    }

    /// What is wrong with it.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        use Column as C;
        let money = [C::MedfeeSumamt, C::FundPaySumamt, C::AcctPay];
        let with = |more: &[Column]| [&money[..], more].concat();
        let office = self.clr_optins.len() == 6;
        let faults = [
            (
                !office || !self.clr_optins.bytes().all(|b| b.is_ascii_digit()),
                "statement.clr_optins: six digits",
            ),
            (
                lacks(&self.upload_columns, &with(&[C::SetlId, C::RefdSetlFlag])),
                "statement.upload_columns: each once; setl_id, refd_setl_flag, medfee_sumamt, \
                 fund_pay_sumamt and acct_pay among them",
            ),
            (
                lacks(&self.result_columns, &with(&[C::SetlId, C::StmtRslt])),
                "statement.result_columns: each once; setl_id, stmt_rslt, medfee_sumamt, \
                 fund_pay_sumamt and acct_pay among them",
            ),
        ];
        let mut wrong = faults.into_iter().filter(|(wrong, _)| *wrong);
        wrong.next().map(|(_, what)| what)
    }
}
