//! The ledger: rows that are written only by applying facts and can be rebuilt from the journal.
//!
//! Personal fields stand in clear here (the tables are the clinic's working file) and are blanked
//! when a patient is erased; in the journal they are sealed. Amounts are fen and never negative.

use jiff::civil::Date;

use crate::id_number::Sex;
use crate::ids::{
    BatchId, ChargeId, ClinicId, CoverageId, EntryId, PatientId, SettlementId, UserId, VisitId,
};
use crate::money::{Fen, Quantity, Rate, UnitPrice};
use crate::time::Moment;

mod access;
mod clearing;
mod course;
mod electronic;
mod evidence;
mod follow_up;
mod paper_entry;
mod payment;
mod prescription;
mod receipt;
mod referral;
mod refund;
mod skin_test;
mod stock;
mod undone;
mod visit;

pub use access::AccessKind;
pub use clearing::{Clearing, ClearingEntry, ClearingKind, ClearingPart, WrittenOff};
pub use course::Course;
pub use electronic::{ElectronicReceipt, ElectronicState};
pub use evidence::Evidence;
pub use follow_up::{EndWhy, FollowUp, FollowUpClass, FollowUpEnd};
pub use paper_entry::{PaperEntry, PaperEvent, PaperWhy};
pub use payment::{Method, Payment, PaymentKind, Standing};
pub use prescription::{Footnote, Prescription};
pub use receipt::{Receipt, ReceiptBook, ReceiptState, ReceiptWhy};
pub use referral::Referral;
pub use refund::RefundRest;
pub use skin_test::{SkinTest, SkinTestEvent, SkinTestState};
pub use stock::{Goods, GoodsDecision, Lot, MoveKind, Reservation, StockMove};
pub use undone::Undone;
pub use visit::{GlucoseKind, Visit, VisitState};

text_enum! {
    /// How the patient proved who she is (`mdtrt_cert_type`; `self` is ours: nothing was shown).
    pub enum Certificate {
        /// 医保电子凭证
        Voucher = "01",
        /// 居民身份证
        IdCard = "02",
        /// 社会保障卡
        SocialCard = "03",
        /// 未出示证件（自费）
        None = "self",
    }
}

impl Certificate {
    /// True if its number is kept sealed with the visit until all is settled, and shown again where
    /// it is needed later: an ID card's stands with the patient.
    pub const fn is_kept(self) -> bool {
        matches!(self, Self::Voucher | Self::SocialCard)
    }
}

text_enum! {
    /// 处方权: what is prescribed only by who was granted it.
    pub enum Right {
        /// 麻醉药品、精神药品
        Controlled = "controlled",
        /// 中药饮片
        Decoction = "decoction",
        /// 静脉给药: by drip or syringe into a vein.
        Infusion = "infusion",
        /// 静脉使用抗菌药物.
        IvAntibiotics = "iv-antibiotics",
    }
}

text_enum! {
    /// Who pays first.
    pub enum Payer {
        /// Settled with the insurance centre.
        Insured = "insured",
        /// 自费
        SelfPay = "self",
    }
}

text_enum! {
    /// How far the platform knows a registration (2201).
    pub enum RegistrationState {
        /// Not yet asked.
        Open = "open",
        /// Asked, not yet answered.
        Requested = "requested",
        /// `mdtrt_id` is there.
        Registered = "registered",
        /// Refused; the visit can be asked again or go on as self-pay.
        Refused = "refused",
        /// The answer was lost.
        Unknown = "unknown",
        /// Taken back (2202).
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// What a charge line is.
    pub enum ItemKind {
        /// 药品
        Drug = "drug",
        /// 诊疗项目
        Service = "service",
    }
}

text_enum! {
    /// 费用等级 (`chrgitm_lv`): which share of an item the insurance accepts.
    pub enum LineClass {
        /// 甲类
        A = "01",
        /// 乙类
        B = "02",
        /// 丙类（自费）
        C = "03",
    }
}

text_enum! {
    /// The two diseases 两病 whose outpatient drugs have a benefit of their own
    /// (医保发〔2019〕54号).
    pub enum TwoDisease {
        /// 高血压
        Hypertension = "hypertension",
        /// 糖尿病
        Diabetes = "diabetes",
    }
}

text_enum! {
    /// What an allergy is to.
    pub enum AllergyKind {
        /// One drug of the catalogue, by its code.
        Drug = "drug",
        /// A group such as penicillins.
        Group = "group",
    }
}

text_enum! {
    /// Kind of a settlement row.
    pub enum SettlementKind {
        /// 结算
        Settlement = "settlement",
        /// 结算撤销: a row of its own with the original's amounts.
        Reversal = "reversal",
    }
}

table! {
    /// 患者. Name and numbers are blank after erasure.
    pub struct Patient in "patient" (Ledger, ["clinic", "id"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Id.
        pub id: PatientId,
        /// 姓名
        pub name: String,
        /// Pinyin initials of the name in each reading, with blanks between them, for search.
        pub initials: String,
        /// 性别
        pub sex: Sex,
        /// 出生日期; none after erasure.
        pub birth_date: Option<Date>,
        /// 身份证号; empty for a newborn.
        pub id_number: String,
        /// 电话
        pub phone: String,
        /// 住址
        pub address: String,
        /// 监护人, for someone without a number.
        pub guardian_name: String,
        /// 监护人身份证号
        pub guardian_id_number: String,
        /// When registered.
        pub registered_at: Moment,
        /// True after erasure.
        pub erased: bool,
    }
}

table! {
    /// 过敏史
    pub struct Allergy in "allergy" (Ledger, ["clinic", "id"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Id.
        pub id: EntryId,
        /// Whose.
        pub patient: PatientId,
        /// To what kind of thing.
        pub kind: AllergyKind,
        /// The catalogue's code of the ingredient or group.
        pub code: String,
        /// Its name.
        pub label: String,
        /// When.
        pub noted_at: Moment,
    }
}

table! {
    /// 参保信息: what the platform answered, when.
    pub struct Coverage in "coverage" (Ledger, ["clinic", "id"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Id.
        pub id: CoverageId,
        /// Whose.
        pub patient: PatientId,
        /// 人员编号 `psn_no`.
        pub person_number: String,
        /// 险种 `insutype`.
        pub scheme: String,
        /// 人员类别 `psn_type`.
        pub person_type: String,
        /// 身份类别 `psn_idet_type` in force, joined by `;`.
        pub identities: String,
        /// 参保地 `insuplc_admdvs`.
        pub place: String,
        /// 慢病备案 (5301): disease codes and names, `code=name` joined by `;`; none: 备案未知.
        pub filings: Option<String>,
        /// 个人账户余额
        pub account_balance: Fen,
        /// Fund of the general benefit used this year, as 5206 said; none if it did not.
        pub general_used: Option<Fen>,
        /// The same of the chronic benefit.
        pub chronic_used: Option<Fen>,
        /// What is left of the general benefit's year, as 1101's `exp_content` said; none if it did not.
        pub general_left: Option<Fen>,
        /// When the platform answered.
        pub obtained_at: Moment,
    }
}

impl Coverage {
    /// Who she is to the insurance: `psn_type`, and the `psn_idet_type` in force.
    pub fn who(&self) -> (&str, &str) {
        (&self.person_type, &self.identities)
    }
}

table! {
    /// 医保登记: a registration of a visit at the platform. The first is made at the counter; where the
    /// region wants one a batch, each further batch has its own.
    pub struct Registration in "registration" (Ledger, ["clinic", "visit", "position"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Visit.
        pub visit: VisitId,
        /// From 1 over the visit; 1 is the counter's.
        pub position: i64,
        /// Sent as `ipt_otp_no`; a lost registration is asked for again under another.
        pub number: String,
        /// How far the platform knows it.
        pub state: RegistrationState,
        /// 就诊ID `mdtrt_id`, once registered.
        pub platform_visit: Option<String>,
    }
}

text_enum! {
    /// 诊断类别 `diag_type` (nhsa-interface.md, dictionaries).
    pub enum DiagnosisKind {
        /// 西医诊断, by ICD-10 医保版.
        Western = "western",
        /// 中医主病: the illness, by GB/T 15657.
        Illness = "illness",
        /// 中医主证: the syndrome, by GB/T 15657.
        Syndrome = "syndrome",
    }
}

impl DiagnosisKind {
    /// `diag_type` 1, 2, 3.
    pub fn diag_type(self) -> &'static str {
        match self {
            Self::Western => "1",
            Self::Illness => "2",
            Self::Syndrome => "3",
        }
    }
}

table! {
    /// 诊断
    pub struct Diagnosis in "diagnosis" (Ledger, ["clinic", "visit", "position"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Visit.
        pub visit: VisitId,
        /// From 1; 1 is the main one, which is 西医.
        pub position: i64,
        /// 西医 or 中医.
        pub kind: DiagnosisKind,
        /// ICD-10 医保版, or GB/T 15657.
        pub code: String,
        /// Name.
        pub name: String,
    }
}

table! {
    /// 费用明细: one line of the fee list.
    pub struct Charge in "charge" (Ledger, ["clinic", "id"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// 费用明细流水号 `feedetl_sn`.
        pub id: ChargeId,
        /// Visit.
        pub visit: VisitId,
        /// The batch it is settled in.
        pub batch: BatchId,
        /// From 1, over the whole visit.
        pub position: i64,
        /// Drug or service.
        pub kind: ItemKind,
        /// 医保目录编码 `med_list_codg`.
        pub code: String,
        /// Name.
        pub name: String,
        /// 规格
        pub spec: String,
        /// 单位
        pub unit: String,
        /// 甲乙丙
        pub class: LineClass,
        /// 一般诊疗费
        pub consultation_fee: bool,
        /// Price of a unit.
        pub price: UnitPrice,
        /// How many.
        pub quantity: Quantity,
        /// `price × quantity`, rounded half up.
        pub amount: Fen,
        /// 单次用量 with its unit, as printed.
        pub dose: String,
        /// 用法
        pub route: String,
        /// 频次
        pub frequency: String,
        /// 天数, of a decoction 剂数, one a day; 0 for a service.
        pub days: i64,
        /// 脚注 of a herb.
        pub footnote: Option<Footnote>,
        /// 组: what runs into the vein together, from 1; 0: by itself or no drip.
        pub drip_group: i64,
        /// 滴速, drops a minute; 0: not said or no drip.
        pub drip_rate: i64,
        /// 疗程 of an infusion that this is a day of; none for anything else.
        pub course: Option<EntryId>,
        /// 全自费
        pub own_pay: Fen,
        /// 超限价
        pub over_limit: Fen,
        /// 先行自付
        pub pay_first: Fen,
        /// 政策范围内
        pub in_scope: Fen,
        /// 分摊: this line's part of the batch's fund.
        pub fund: Fen,
        /// 追溯码, joined by `,`.
        pub trace_codes: String,
        /// The line of which this is the rest; its goods were or are handed over with that line.
        pub rest_of: Option<ChargeId>,
    }
}

table! {
    /// 收费批次: what one 2207 settles.
    pub struct Batch in "batch" (Ledger, ["clinic", "id"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Id.
        pub id: BatchId,
        /// Visit.
        pub visit: VisitId,
        /// From 1 over the visit; a batch that was taken back keeps its number.
        pub position: i64,
        /// `chrg_bchno`.
        pub number: String,
        /// Who pays.
        pub payer: Payer,
        /// Position of the registration it is settled under; none for self-pay, unless it was to be
        /// settled and became self-pay.
        pub registration: Option<i64>,
        /// Benefit as the policy names it: `general`, `chronic`; empty for self-pay.
        pub benefit: String,
        /// 病种编码, for benefits that want one.
        pub disease_code: String,
        /// 病种名称
        pub disease_name: String,
        /// Where its settlement stands.
        pub state: crate::batch::BatchState,
        /// Sum of its lines.
        pub total: Fen,
        /// What our policy engine expects the fund to pay.
        pub estimated_fund: Fen,
        /// Under which version of the policy; empty for self-pay.
        pub policy: String,
        /// Why that is an estimate only; empty where it is exact, and for self-pay.
        pub estimate: String,
        /// How it came about, as `cunyi_policy::read_working` reads it; empty for self-pay.
        pub working: String,
        /// What it adds to limits, as `cunyi_policy::Use::of_kept` reads it; empty for self-pay.
        pub adds: String,
        /// What the centre (or, for self-pay, nobody) pays, once asked.
        pub fund: Fen,
        /// 个人账户
        pub account: Fen,
        /// 个人现金
        pub cash: Fen,
        /// msgid of the latest 2207 or 2208 that changes it.
        pub intent: Option<String>,
        /// The settlement in force.
        pub settlement: Option<SettlementId>,
        /// Why the doctor dropped it or wants it reversed; empty for any other.
        pub reason: String,
        /// The batch that was reversed in part and of which this is the rest, charged anew.
        pub rest_of: Option<BatchId>,
    }
}

impl Batch {
    /// The registration that it is settled under, among its visit's; none for self-pay.
    pub fn registered<'a>(&self, all: &'a [Registration]) -> Option<&'a Registration> {
        all.iter()
            .find(|row| Some(row.position) == self.registration)
    }
}

table! {
    /// 结算 or 结算撤销. Never updated; parts sum to the total.
    pub struct Settlement in "settlement" (Ledger, ["clinic", "id"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Id.
        pub id: SettlementId,
        /// Batch.
        pub batch: BatchId,
        /// Visit.
        pub visit: VisitId,
        /// Settlement or reversal.
        pub kind: SettlementKind,
        /// The settlement a reversal reverses.
        pub reverses: Option<SettlementId>,
        /// 结算ID `setl_id`; empty for self-pay.
        pub platform_settlement: String,
        /// The intent's msgid (`medins_setl_id`); empty for self-pay.
        pub message: String,
        /// `insutype` it was settled under; none for self-pay.
        pub scheme: Option<String>,
        /// Benefit it was settled under; empty for self-pay.
        pub benefit: String,
        /// 清算类别 `clr_type`, as 2207 said; empty where it did not, and for self-pay.
        pub clearing_type: String,
        /// 清算经办机构 `clr_optins`, likewise.
        pub clearing_office: String,
        /// 结算时间, the platform's `setl_time` where it is told: it decides the day of 对账. Of a reversal
        /// that was found out it is when it was asked for, until a statement tells its day.
        pub settled_at: Moment,
        /// When it was booked here, by the clinic's clock.
        pub booked_at: Moment,
        /// Who did it.
        pub actor: UserId,
        /// Why it was reversed.
        pub reason: String,
        /// 医疗费总额
        pub total: Fen,
        /// 全自费
        pub own_pay: Fen,
        /// 超限价
        pub over_limit: Fen,
        /// 先行自付
        pub pay_first: Fen,
        /// 政策范围内
        pub in_scope: Fen,
        /// 起付线
        pub deductible: Fen,
        /// 统筹基金
        pub pool: Fen,
        /// 公务员补助
        pub civil_servant: Fen,
        /// 企业补充
        pub enterprise: Fen,
        /// 居民大病
        pub serious_illness: Fen,
        /// 职工大额
        pub large_amount: Fen,
        /// 医疗救助
        pub medical_aid: Fen,
        /// 其他基金
        pub other: Fen,
        /// 基金支付总额
        pub fund: Fen,
        /// 个人账户
        pub account: Fen,
        /// 家庭共济, a part of the account.
        pub mutual_aid: Fen,
        /// 个人现金
        pub cash: Fen,
        /// 医院负担
        pub hospital: Fen,
        /// 统筹支付比例
        pub ratio: Rate,
    }
}

table! {
    /// 调阅记录: someone who does not treat here looked, someone signed in or was turned away.
    pub struct Access in "access_entry" (Ledger, ["clinic", "id"]) {
        /// The patient's clinic.
        pub clinic: ClinicId,
        /// Id.
        pub id: EntryId,
        /// What happened.
        pub what: AccessKind,
        /// Which list, which action; empty where `what` says it all.
        pub detail: String,
        /// Whose record; none where it is about no one patient.
        pub patient: Option<PatientId>,
        /// Who.
        pub actor: UserId,
        /// Role at that time.
        pub role: String,
        /// When.
        pub opened_at: Moment,
    }
}
