//! The ledger's rows.
//!
//! Every table is `Local`: the sandbox has no journal; losing its file costs a demo.

use cunyi_domain::id_number::Sex;
use cunyi_domain::ledger::LineClass;
use cunyi_domain::money::{Fen, Quantity, Rate, UnitPrice};
use cunyi_domain::time::Moment;
use cunyi_domain::time::civil::Date;
use cunyi_domain::{table, text_enum};

use cunyi_db::Migration;

/// The schema.
pub const MIGRATIONS: &[Migration] = &[Migration {
    number: 1,
    name: "ledger",
    sql: include_str!("../migrations/1_ledger.sql"),
}];

text_enum! {
    /// What a row of `settlement` is.
    pub enum SettlementKind {
        /// 结算
        Settlement = "settlement",
        /// 结算撤销
        Reversal = "reversal",
    }
}

text_enum! {
    /// Whether a row of `settlement` counts.
    pub enum SettlementState {
        /// In force.
        Valid = "valid",
        /// Reversed by a 2208.
        Refunded = "refunded",
        /// Taken back by a 2601, as if it had never been.
        Cancelled = "cancelled",
    }
}

table! {
    /// 人员
    pub struct PersonRow in "person" (Local, ["number"]) {
        /// `psn_no`
        pub number: String,
        /// `certno`
        pub id_number: String,
        /// `psn_name`
        pub name: String,
        /// `gend`
        pub sex: Sex,
        /// `brdy`
        pub birth_date: Date,
        /// Telephone.
        pub phone: String,
        /// Address.
        pub address: String,
        /// Social-security card; empty without one.
        pub card_number: String,
        /// 卡识别码
        pub card_code: String,
    }
}

table! {
    /// 参保信息
    pub struct CoverageRow in "coverage" (Local, ["person", "position"]) {
        /// Whose.
        pub person: String,
        /// From 1.
        pub position: i64,
        /// `insutype`
        pub scheme: String,
        /// `psn_type`
        pub person_type: String,
        /// `psn_insu_stas`
        pub status: String,
        /// `insuplc_admdvs`
        pub place: String,
        /// `psn_insu_date`
        pub since: Date,
        /// Account balance before any settlement here.
        pub balance: Fen,
        /// `emp_name`
        pub employer: String,
    }
}

table! {
    /// 慢病备案
    pub struct FilingRow in "filing" (Local, ["person", "code"]) {
        /// Whose.
        pub person: String,
        /// `opsp_dise_code`
        pub code: String,
        /// `opsp_dise_name`
        pub name: String,
        /// First day.
        pub from_date: Date,
        /// Last day.
        pub to_date: Option<Date>,
    }
}

table! {
    /// 身份信息
    pub struct IdentityRow in "identity" (Local, ["person", "code"]) {
        /// Whose.
        pub person: String,
        /// `psn_idet_type`
        pub code: String,
        /// First day.
        pub from_date: Date,
        /// Last day.
        pub to_date: Option<Date>,
    }
}

table! {
    /// 医保电子凭证
    pub struct VoucherRow in "voucher" (Local, ["token"]) {
        /// What was scanned.
        pub token: String,
        /// Whose.
        pub person: String,
        /// When it ends.
        pub expires_at: Moment,
    }
}

table! {
    /// What other institutions' settlements have used of a year.
    pub struct ElsewhereRow in "elsewhere" (Local, ["person", "scheme", "year", "benefit"]) {
        /// Whose.
        pub person: String,
        /// Scheme.
        pub scheme: String,
        /// Calendar year.
        pub year: i64,
        /// Benefit.
        pub benefit: String,
        /// Fund.
        pub fund: Fen,
    }
}

table! {
    /// 签到
    pub struct SignInRow in "sign_in" (Local, ["number"]) {
        /// `sign_no`
        pub number: String,
        /// Institution.
        pub institution: String,
        /// `opter_no`
        pub operator: String,
        /// When.
        pub signed_at: Moment,
        /// When signed out.
        pub ended_at: Option<Moment>,
    }
}

table! {
    /// 就诊
    pub struct VisitRow in "visit" (Local, ["id"]) {
        /// `mdtrt_id`
        pub id: String,
        /// Institution.
        pub institution: String,
        /// Whose.
        pub person: String,
        /// `insutype`
        pub scheme: String,
        /// `ipt_otp_no`
        pub number: String,
        /// `begntime`
        pub begun_at: Moment,
        /// `mdtrt_cert_type`
        pub certificate: String,
        /// `atddr_no`
        pub doctor_code: String,
        /// `dr_name`
        pub doctor_name: String,
        /// `dept_code`
        pub department_code: String,
        /// `dept_name`
        pub department_name: String,
        /// `med_type` of the latest 2203; empty before.
        pub medical_type: String,
        /// `dise_codg` of the latest 2203.
        pub disease_code: String,
        /// `dise_name` of the latest 2203.
        pub disease_name: String,
        /// `main_cond_dscr`
        pub condition_text: String,
        /// 2202
        pub cancelled: bool,
    }
}

table! {
    /// 诊断
    pub struct DiagnosisRow in "diagnosis" (Local, ["visit", "position"]) {
        /// Visit.
        pub visit: String,
        /// `diag_srt_no`
        pub position: i64,
        /// `diag_type`
        pub kind: String,
        /// `diag_code`
        pub code: String,
        /// `diag_name`
        pub name: String,
    }
}

table! {
    /// 费用明细
    pub struct DetailRow in "detail" (Local, ["visit", "id"]) {
        /// Visit.
        pub visit: String,
        /// `feedetl_sn`
        pub id: String,
        /// `chrg_bchno`
        pub batch: String,
        /// Order of arrival in the visit, from 1.
        pub position: i64,
        /// `dise_codg`
        pub disease_code: String,
        /// `rxno`
        pub prescription: String,
        /// `fee_ocur_time`
        pub occurred_at: Moment,
        /// `med_list_codg`
        pub code: String,
        /// `medins_list_codg`
        pub institution_code: String,
        /// `det_item_fee_sumamt`
        pub amount: Fen,
        /// `cnt`
        pub quantity: Quantity,
        /// `pric`
        pub price: UnitPrice,
        /// `chrgitm_lv`
        pub class: LineClass,
        /// `selfpay_prop`
        pub pay_first_rate: Rate,
        /// `med_chrgitm_type`; empty for a code the catalogue does not know.
        pub category: String,
        /// `pric_uplmt_amt`
        pub ceiling: Option<UnitPrice>,
        /// 一般诊疗费
        pub consultation_fee: bool,
        /// `fulamt_ownpay_amt`
        pub own_pay: Fen,
        /// `overlmt_amt`
        pub over_limit: Fen,
        /// `preselfpay_amt`
        pub pay_first: Fen,
        /// `inscp_scp_amt`
        pub in_scope: Fen,
        /// The settlement in force that pays it.
        pub settlement: Option<String>,
        /// The settlement that paid it and was reversed.
        pub reversed: Option<String>,
    }
}

table! {
    /// 结算 or 结算撤销; a reversal repeats the original's amounts.
    pub struct SettlementRow in "settlement" (Local, ["id"]) {
        /// `setl_id`
        pub id: String,
        /// `medins_setl_id`: the sender's msgid.
        pub message: String,
        /// `infno` that made it.
        pub transaction_number: String,
        /// Settlement or reversal.
        pub kind: SettlementKind,
        /// Whether it counts.
        pub state: SettlementState,
        /// What a reversal reverses.
        pub reverses: Option<String>,
        /// `mdtrt_id`
        pub visit: String,
        /// `fixmedins_code`
        pub institution: String,
        /// `fixmedins_name`
        pub institution_name: String,
        /// `psn_no`
        pub person: String,
        /// `insutype`
        pub scheme: String,
        /// `chrg_bchno`
        pub batch: String,
        /// `med_type`
        pub medical_type: String,
        /// The policy's benefit.
        pub benefit: String,
        /// `dise_codg`
        pub disease_code: String,
        /// Calendar year of its accumulators.
        pub year: i64,
        /// `setl_time`
        pub settled_at: Moment,
        /// `invono`
        pub invoice: String,
        /// `medfee_sumamt`
        pub total: Fen,
        /// `fulamt_ownpay_amt`
        pub own_pay: Fen,
        /// `overlmt_selfpay`
        pub over_limit: Fen,
        /// `preselfpay_amt`
        pub pay_first: Fen,
        /// `inscp_scp_amt`
        pub in_scope: Fen,
        /// `act_pay_dedc`
        pub deductible: Fen,
        /// `hifp_pay`
        pub pool: Fen,
        /// `cvlserv_pay`
        pub civil_servant: Fen,
        /// `hifes_pay`
        pub enterprise: Fen,
        /// `hifmi_pay`
        pub serious_illness: Fen,
        /// `hifob_pay`
        pub large_amount: Fen,
        /// `maf_pay`
        pub medical_aid: Fen,
        /// `oth_pay`
        pub other: Fen,
        /// `fund_pay_sumamt`
        pub fund: Fen,
        /// `acct_pay`
        pub account: Fen,
        /// `psn_cash_pay`
        pub cash: Fen,
        /// `balc` after it.
        pub balance: Fen,
        /// `pool_prop_selfpay`
        pub ratio: Rate,
        /// What it adds to what limits count, as `cunyi_policy::Use::of_kept` reads it.
        pub adds: String,
    }
}

table! {
    /// 文件: what 9101 brought and 3202 answered.
    pub struct FileRow in "file" (Local, ["number"]) {
        /// `file_qury_no`
        pub number: String,
        /// `fixmedins_code`
        pub institution: String,
        /// `filename`
        pub name: String,
        /// The archive.
        pub content: Vec<u8>,
        /// When it came.
        pub kept_at: Moment,
        /// `dld_endtime`
        pub expires_at: Moment,
    }
}

table! {
    /// 清算申请
    pub struct ClearingRow in "clearing" (Local, ["id"]) {
        /// `clr_appy_evt_id`
        pub id: String,
        /// The sender's msgid.
        pub message: String,
        /// `fixmedins_code`
        pub institution: String,
        /// `clr_type`
        pub clearing_type: String,
        /// `setlym`
        pub month: String,
        /// `begndate`
        pub first_day: Date,
        /// `enddate`
        pub last_day: Date,
        /// `psntime`
        pub count: i64,
        /// `medfee_sumamt`
        pub total: Fen,
        /// `med_sumfee`
        pub recognised: Fen,
        /// `fund_appy_sum`
        pub fund: Fen,
        /// `acct_pay`
        pub account: Fen,
        /// `cash_payamt`
        pub cash: Fen,
        /// When.
        pub applied_at: Moment,
        /// 3204
        pub cancelled_at: Option<Moment>,
        /// 拨付: it is not taken back any more.
        pub paid_at: Option<Moment>,
    }
}

table! {
    /// 门急诊诊疗记录: that it came, and how much of it; sent again, it replaces what was there.
    pub struct RecordRow in "record" (Local, ["institution", "number"]) {
        /// `fixmedins_code`
        pub institution: String,
        /// `mdtrt_sn`
        pub number: String,
        /// `mdtrt_id`; empty for who pays herself.
        pub visit: String,
        /// Rows of `caseinfo`.
        pub cases: i64,
        /// Rows of `diseinfo`.
        pub diagnoses: i64,
        /// Rows of `rxinfo`.
        pub prescriptions: i64,
        /// When it came.
        pub received_at: Moment,
    }
}

table! {
    /// 目录对照
    pub struct MappingRow in "mapping" (Local, ["number"]) {
        /// Ours.
        pub number: String,
        /// `fixmedins_code`
        pub institution: String,
        /// `fixmedins_hilist_id`
        pub item: String,
        /// `fixmedins_hilist_name`
        pub name: String,
        /// `list_type`
        pub list: String,
        /// `med_list_codg`
        pub code: String,
        /// `begndate`
        pub from_date: Date,
        /// `enddate`
        pub to_date: Date,
        /// 3302
        pub cancelled_at: Option<Moment>,
    }
}

table! {
    /// 报文日志; a msgid that comes again is a row of its own.
    pub struct MessageRow in "message" (Local, ["number", "position"]) {
        /// `msgid`
        pub number: String,
        /// 1 for the first of this msgid.
        pub position: i64,
        /// `infno`
        pub transaction_number: String,
        /// `fixmedins_code`
        pub institution: String,
        /// When.
        pub received_at: Moment,
        /// `ok`, `refused` or the name of the fault.
        pub outcome: String,
        /// What was answered in words; no personal data.
        pub text: String,
    }
}
