//! What papers are made of.

use std::collections::BTreeMap;

use cunyi_domain::amounts::Amounts;
use cunyi_domain::money::Rate;
use cunyi_domain::time::{Moment, civil::Date};

use super::{
    BatchView, ChargeView, Control, PaperEntryView, PatientForm, SettlementView, TestedView, Turn,
    VisitView,
};

/// What stands on every paper.
#[derive(Clone, Debug, PartialEq)]
pub struct Paper {
    /// The institution's name as printed.
    pub clinic: String,
    /// 演示
    pub fictional: bool,
    /// 未经当地医保局确认
    pub unconfirmed: bool,
    /// 目录价格为虚构: the lists' prices are invented, and the clinic is no demo.
    pub invented_prices: bool,
    /// Visit.
    pub visit: VisitView,
    /// The patient's full particulars, as the paper needs them.
    pub patient: PatientForm,
    /// Who settled, joined by 、; empty before.
    pub cashier: String,
    /// Day of the visit.
    pub day: Date,
    /// Diagnoses, joined by 、
    pub diagnoses: String,
    /// 超量理由; empty without one.
    pub supply_reason: String,
    /// The lines that were given or are to be given: without what was paid back before.
    pub given: Vec<ChargeView>,
    /// Which day of its courses this visit is.
    pub turns: Vec<Turn>,
    /// 费用类别 `med_chrgitm_type` of each charged item, by its code.
    pub headings: BTreeMap<String, String>,
    /// Codes of drugs under special control, and how strictly.
    pub controlled: Vec<(String, Control)>,
    /// The skin tests of its drugs.
    pub tests: Vec<TestedView>,
    /// 费别: scheme or self.
    pub scheme: String,
    /// 人员编号 `psn_no`; empty for self-pay, masked for roles that may not see numbers.
    pub person_number: String,
    /// 参保地 `insuplc_admdvs`; empty for self-pay.
    pub insured_at: String,
    /// Of a prescription: the print that it is, or that it was voided; none for a copy to look at.
    pub entry: Option<PaperEntryView>,
    /// When it was printed.
    pub printed_at: Moment,
}

/// 结算单 of one batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What stands on every paper.
    pub paper: Paper,
    /// The batch.
    pub batch: BatchView,
    /// Its lines.
    pub lines: Vec<ChargeView>,
    /// How it was settled; none before.
    pub settled: Option<SettlementView>,
    /// How that was reversed, if it was.
    pub reversal: Option<SettlementView>,
    /// Its amounts; none before it is settled.
    pub amounts: Option<Amounts>,
    /// 统筹支付比例
    pub ratio: Rate,
}
