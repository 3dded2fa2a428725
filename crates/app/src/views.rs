//! What the use cases show: plain data, ready for a page or a paper, in the user's words' codes; none is stored.

mod access;
mod account;
mod audit;
mod clearing;
mod clinic;
mod course;
mod day;
mod day_sheet;
mod electronic;
mod follow_up;
mod forms;
mod goods;
mod identified;
mod infusion;
mod layout;
mod lost;
mod outpatient;
mod paper;
mod paper_entry;
mod payment;
mod receipt;
mod reconcile;
mod record;
mod referral;
mod refund;
mod report;
mod skin_test;
mod stock;
mod strip;
mod typing;
mod upload;
mod visit;
mod working;

use std::sync::Arc;

use cunyi_domain::batch::BatchState;
use cunyi_domain::id_number::Sex;
use cunyi_domain::ids::{BatchId, ChargeId, ClinicId, EntryId, PatientId, UserId, VisitId};
use cunyi_domain::ledger::{
    Certificate, Footnote, ItemKind, LineClass, Payer, RegistrationState, Right, SettlementKind,
    Standing, VisitState,
};
use cunyi_domain::money::{Fen, Quantity, UnitPrice};
use cunyi_domain::refusal::Refusal;
use cunyi_domain::time::{Moment, civil::Date};
use cunyi_store::reference::Role;

pub use access::AccessView;
pub use account::AccountView;
pub use audit::Objection;
pub use clearing::*;
pub use clinic::{ClinicData, ClinicView, PayCode};
pub use course::{CourseDue, CourseView};
pub use cunyi_catalogue::Control;
pub use cunyi_policy::{Language, Why};
pub use day::DayView;
pub use day_sheet::{CashierSheet, DaySheet, MovedView};
pub use electronic::{
    ElectronicRow, ElectronicView, ElectronicsView, MakeOrder, MakerAnswer, Order, OrderAmounts,
    OrderInsurance, OrderLine, OrderPayer, UndoOrder,
};
pub use follow_up::*;
pub use forms::{
    Decoction, DoctorView, DraftBody, DraftLine, IdentifyForm, InsureForm, PatientForm,
    RegisterForm,
};
pub use goods::{DecidedView, GoodsView};
pub use identified::{CoverageView, Filing, Identified, Remaining};
pub use infusion::*;
pub use layout::LayoutView;
pub use lost::{LookView, LostView, NextLook};
pub use outpatient::{LogRow, OutpatientLog};
pub use paper::{Paper, Statement};
pub use paper_entry::{PaperEntryView, PapersView, WhyForm};
pub use payment::{PaymentSlip, PaymentView};
pub use receipt::{
    BookForm, BookView, ReceiptClosing, ReceiptDay, ReceiptPaper, ReceiptRegister, ReceiptRow,
    ReceiptView, ReceiptsView,
};
pub use reconcile::{
    Counted, DifferenceView, GroupView, PartView, ReconcileView, UndoneView, WrittenOffView,
};
pub use record::{FieldUse, RecordField, RecordFields};
pub use referral::{ReferralForm, ReferralView, Referrals};
pub use refund::{GiveBack, RefundEstimate, RefundForm, RefundView};
pub use report::{
    DaySums, DiagnosedView, DoctorSums, HeadingView, PayerSums, ReportView, Shares, SoldView, Took,
};
pub use skin_test::SkinTestView;
pub use stock::StockView;
pub use strip::PatientStrip;
pub use typing::{Declined, Proposal, TemplateForm, TemplateScope, TemplateView, Usual};
pub use upload::UploadView;
pub use visit::PastVisit;
pub use working::{Answer, Basis, Difference, Part, Working, WorkingStep};

/// Who is asking: a signed-in user of a clinic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Clinic.
    pub clinic: ClinicId,
    /// User.
    pub user: UserId,
    /// Role.
    pub role: Role,
}

/// A signed-in browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionView {
    /// Who.
    pub actor: Actor,
    /// Name of the user.
    pub user_name: String,
    /// What the clinic says of itself.
    pub clinic: Arc<ClinicData>,
    /// Her licence has ended, or ends soon: its last day.
    pub licence_ends: Option<Date>,
    /// 演示 on every page.
    pub fictional: bool,
    /// Place names whose policy nobody confirmed: 未经当地医保局确认 on every page and print.
    pub unconfirmed: bool,
    /// 目录价格为虚构: the lists' prices are invented, and the clinic is no demo.
    pub invented_prices: bool,
    /// `zh-CN` or `en`.
    pub locale: String,
    /// What every form must carry.
    pub csrf: String,
}

/// A line of the queue or of today's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueEntry {
    /// Visit.
    pub visit: VisitId,
    /// 就诊号
    pub number: String,
    /// Patient.
    pub patient: PatientId,
    /// 姓名
    pub name: String,
    /// 性别
    pub sex: Sex,
    /// Age in words' parts: years, or months below 3 years, or days below 2 months.
    pub age: Age,
    /// Place in the queue.
    pub state: VisitState,
    /// Who pays first.
    pub payer: Payer,
    /// When registered.
    pub registered_at: Moment,
    /// Main diagnosis, once signed.
    pub diagnosis: String,
    /// Sum of the frozen fee list.
    pub total: Fen,
    /// Fund's part of what is settled.
    pub fund: Fen,
    /// A batch is in flight: its settlement is not known.
    pub unknown: bool,
    /// Where the patient's money stands.
    pub money: Standing,
    /// What was given is not all settled.
    pub given_unsettled: bool,
    /// Of how many lines that were given and paid back nobody has said what became of the goods.
    pub goods_undecided: usize,
    /// When the program tries to settle it next; none where it does not.
    pub next_try: Option<Moment>,
    /// Hypertension or diabetes filing.
    pub chronic: bool,
    /// Whole minutes until her skin test may be read; none where none is awaited.
    pub skin_test: Option<i64>,
    /// 输液疗程: days done and ordered of the one that ends last, while it goes on.
    pub course: Option<(usize, i64)>,
}

/// An age as it is written: years, months or days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// 岁
    Years(i64),
    /// 月
    Months(i64),
    /// 天
    Days(i64),
    /// Not known (after erasure).
    Unknown,
}

/// A finding of the safety checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingView {
    /// True: must be changed; false: a reason is enough.
    pub refused: bool,
    /// Code; its words stand under `check-<code>`.
    pub code: String,
    /// Code and what it is about, a drug or ingredient: a reason is given for this and no other.
    pub key: String,
    /// Lines it is about, from 0.
    pub lines: Vec<usize>,
    /// Arguments for the words.
    pub args: Vec<(&'static str, String)>,
    /// The reason that was given.
    pub reason: String,
}

/// A line of the fee list, drafted, frozen or settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChargeView {
    /// `feedetl_sn`; empty in a preview.
    pub id: ChargeId,
    /// Drug or service.
    pub kind: ItemKind,
    /// 医保目录编码
    pub code: String,
    /// Name.
    pub name: String,
    /// 规格
    pub spec: String,
    /// 单位
    pub unit: String,
    /// 甲乙丙
    pub class: LineClass,
    /// Price of a unit.
    pub price: UnitPrice,
    /// How many.
    pub quantity: Quantity,
    /// Sum.
    pub amount: Fen,
    /// Dose with its unit.
    pub dose: String,
    /// Route's name.
    pub route: String,
    /// Frequency's name.
    pub frequency: String,
    /// Days.
    pub days: i64,
    /// 脚注 of a herb.
    pub footnote: Option<Footnote>,
    /// 组 of a drip; 0: none.
    pub drip_group: i64,
    /// 滴速, drops a minute; 0: not said.
    pub drip_rate: i64,
    /// 疗程 of an infusion that this is a day of.
    pub course: Option<EntryId>,
    /// 全自费
    pub own_pay: Fen,
    /// 超限价
    pub over_limit: Fen,
    /// 先行自付
    pub pay_first: Fen,
    /// 政策范围内
    pub in_scope: Fen,
    /// 分摊 of the fund.
    pub fund: Fen,
    /// Position of its batch, from 1.
    pub batch: i64,
    /// Nobody typed it: the route of a drug brings it.
    pub follows: bool,
    /// 追溯码
    pub trace_codes: Vec<String>,
}

impl ChargeView {
    /// True where both are taken in the same way for as long.
    pub fn same_use(&self, other: &Self) -> bool {
        let of = |line: &Self| {
            (
                line.dose.clone(),
                line.route.clone(),
                line.frequency.clone(),
                line.days,
            )
        };
        of(self) == of(other)
    }
}

/// A batch of the fee list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchView {
    /// Id; empty in a preview.
    pub id: BatchId,
    /// From 1.
    pub position: i64,
    /// `chrg_bchno`; empty in a preview.
    pub number: String,
    /// How far the platform knows its registration; none in a preview and for self-pay.
    pub registration: Option<RegistrationState>,
    /// The number of its registration; empty in a preview and for self-pay.
    pub visit_number: String,
    /// 就诊ID of its registration; empty until it is registered.
    pub platform_visit: String,
    /// Who pays.
    pub payer: Payer,
    /// `general`, `chronic` or empty for self-pay.
    pub benefit: String,
    /// 病种
    pub disease_name: String,
    /// Where it stands.
    pub state: BatchState,
    /// Sum.
    pub total: Fen,
    /// What our engine expects the fund to pay.
    pub estimated_fund: Fen,
    /// Why what we expect is an estimate only; none where rules and inputs are whole.
    pub estimate_why: Option<Why>,
    /// 为什么: how that came about; none for self-pay.
    pub working: Option<Working>,
    /// What the centre answered beside it; none before it did.
    pub answer: Option<Answer>,
    /// The centre's figures once it has computed: fund.
    pub fund: Fen,
    /// 个人账户
    pub account: Fen,
    /// 家庭共济: what of the account is her family's, once it is settled.
    pub mutual_aid: Fen,
    /// 个人现金
    pub cash: Fen,
    /// 结算ID
    pub platform_settlement: String,
    /// When settled.
    pub settled_at: Option<Moment>,
    /// The latest answer of the centre that was no success, in its words.
    pub said: String,
    /// The latest call certainly did not leave: nobody answered, and nothing happened.
    pub not_sent: bool,
    /// What is known where its outcome is lost.
    pub lost: Option<LostView>,
    /// Why it was reversed; empty where it was not.
    pub reversed_because: String,
    /// The position of the batch of which it is the rest, charged anew; none for any other.
    pub rest_of: Option<i64>,
}

/// The fee list before it is frozen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// What cannot be read or is missing, with the field (`lines.2.dose`) as `field` argument.
    pub problems: Vec<Refusal>,
    /// Safety checks.
    pub findings: Vec<FindingView>,
    /// Lines that could be read.
    pub lines: Vec<ChargeView>,
    /// Batches.
    pub batches: Vec<BatchView>,
    /// Sum of all lines.
    pub total: Fen,
    /// Fund by our estimate.
    pub estimated_fund: Fen,
    /// What the patient would pay.
    pub personal: Fen,
    /// The line of the general consultation fee, where it was charged on this day already and its time still holds.
    pub again: Option<(String, Date)>,
    /// What the routes would bring and is not charged.
    pub declined: Vec<Declined>,
    /// Of the patient's last visit: lines of what is ordered again, and otherwise than then or at another price.
    pub last: Vec<ChargeView>,
}

/// A visit on the workstation.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is told by itself")]
pub struct VisitView {
    /// Visit.
    pub visit: VisitId,
    /// 就诊号
    pub number: String,
    /// Place in the queue.
    pub state: VisitState,
    /// Who pays first.
    pub payer: Payer,
    /// How far the platform knows it: its registration at the counter; a self-pay visit has none.
    pub registration: Option<RegistrationState>,
    /// What the centre said when it did not register it.
    pub registration_said: String,
    /// What was shown.
    pub certificate: Certificate,
    /// When registered.
    pub registered_at: Moment,
    /// The doctor's name.
    pub doctor: String,
    /// Patient.
    pub patient: PatientStrip,
    /// Proxy: name and relation.
    pub proxy: Option<(String, String)>,
    /// 手工录入
    pub typed: bool,
    /// True once signed and frozen: the draft is closed until all of it was paid back.
    pub frozen: bool,
    /// True once drugs were handed over.
    pub handed_over: bool,
    /// Which fields of the record the clinic shows and wants.
    pub fields: RecordFields,
    /// The draft: what was typed, or, once signed, what was signed.
    pub draft: DraftBody,
    /// The draft's version; a save must carry it.
    pub draft_version: i64,
    /// The line that it begins with as long as nothing is typed: 一般诊疗费, where it was not charged within its time.
    pub begins: Option<DraftLine>,
    /// Names of the draft's diagnoses, in order.
    pub diagnosis_names: Vec<String>,
    /// 皮试, oldest first.
    pub skin_tests: Vec<SkinTestView>,
    /// 输液疗程 that go on, or had a day here, oldest first.
    pub courses: Vec<CourseView>,
    /// What was printed and voided of her prescription.
    pub papers: PapersView,
    /// Her receipts.
    pub receipts: ReceiptsView,
    /// Her electronic receipts.
    pub electronics: ElectronicsView,
    /// Where she was referred to; the one that stands.
    pub referred_to: Option<String>,
    /// Frozen lines.
    pub charges: Vec<ChargeView>,
    /// Frozen batches that are not void.
    pub batches: Vec<BatchView>,
    /// Batches that were dropped, with the reason.
    pub dropped: Vec<(i64, String)>,
    /// Lines whose goods were handed over and given back, and what became of them.
    pub goods: Vec<GoodsView>,
    /// Past visits, newest first, at most ten.
    pub past: Vec<PastVisit>,
    /// Where the patient's money stands.
    pub money: Standing,
    /// Whether her account pays, where that may still be chosen.
    pub account: Option<AccountView>,
    /// What changed hands, oldest first.
    pub payments: Vec<PaymentView>,
    /// The least and the most that may be left as a deposit; none where nothing may wait for an answer.
    pub deposit: Option<(Fen, Fen)>,
    /// What the centre would object to, as far as it was asked.
    pub objections: Vec<Objection>,
    /// What the patient paid can be settled with her insurance after all.
    pub insurable: bool,
    /// Follow-up forms that are hers to fill.
    pub forms: Vec<FormOffer>,
}

/// A patient found by a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatientHit {
    /// Patient.
    pub patient: PatientId,
    /// 姓名
    pub name: String,
    /// 性别
    pub sex: Sex,
    /// Age.
    pub age: Age,
    /// Masked number.
    pub masked_number: String,
    /// Last visit.
    pub last_visit: Option<Moment>,
}

/// A patient's page.
#[derive(Clone, Debug, PartialEq)]
pub struct PatientView {
    /// Patient.
    pub patient: PatientId,
    /// The particulars, numbers masked unless the role may see them.
    pub fields: PatientForm,
    /// Age.
    pub age: Age,
    /// 输液疗程 that go on, oldest first.
    pub courses: Vec<CourseView>,
    /// 终止管理: why she is not called for follow-ups any more; none where she is.
    pub ended: Option<EndView>,
    /// Erased: nothing personal is left.
    pub erased: bool,
    /// Allergies.
    pub allergies: Vec<(EntryId, String)>,
    /// All visits, newest first, at most 200.
    pub visits: Vec<PastVisit>,
    /// Her referrals, newest first.
    pub referrals: Vec<ReferralView>,
    /// Who from outside opened the record: name, role, when.
    pub accesses: Vec<(String, Role, Moment)>,
}

/// A settlement or reversal in today's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettlementView {
    /// Settlement or reversal.
    pub kind: SettlementKind,
    /// Visit.
    pub visit: VisitId,
    /// Batch.
    pub batch: BatchId,
    /// `chrg_bchno`
    pub number: String,
    /// Patient's name.
    pub name: String,
    /// When.
    pub at: Moment,
    /// Who.
    pub actor: String,
    /// Why it was reversed.
    pub reason: String,
    /// Benefit.
    pub benefit: String,
    /// 结算ID
    pub platform_settlement: String,
    /// 总额
    pub total: Fen,
    /// 基金
    pub fund: Fen,
    /// 个人账户
    pub account: Fen,
    /// 现金
    pub cash: Fen,
}

/// A policy file in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyView {
    /// Name of the file.
    pub name: String,
    /// Its version.
    pub version: String,
    /// 统筹区
    pub region: String,
    /// 390 城乡居民, 310 职工.
    pub scheme: String,
    /// Document and section the numbers come from.
    pub source: String,
    /// The place does not exist: nobody need confirm it.
    pub fictional: bool,
    /// Who confirmed it; empty if nobody.
    pub confirmed_by: String,
    /// When.
    pub confirmed_on: Option<Date>,
    /// Since when it is in force here.
    pub active_from: Moment,
}

/// Someone who may sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserView {
    /// Id.
    pub user: UserId,
    /// What is typed to sign in.
    pub login: String,
    /// 姓名
    pub name: String,
    /// Role.
    pub role: Role,
    /// 医保医师 or 药师 code.
    pub national_code: String,
    /// 执业证有效期
    pub licence_until: Option<Date>,
    /// The same where it has ended, or ends soon.
    pub licence_ends: Option<Date>,
    /// May sign in.
    pub active: bool,
    /// Locked for some minutes after wrong passwords.
    pub locked: bool,
    /// Who asks.
    pub own: bool,
    /// What she is granted.
    pub rights: Vec<Right>,
}

/// A message of a visit, for the doctor who asks what was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageView {
    /// msgid
    pub id: String,
    /// 交易编号
    pub infno: String,
    /// What became of it: `pending`, `success`, `refused`, `unknown`, `not_sent`.
    pub state: String,
    /// When sent.
    pub requested_at: Moment,
    /// When answered.
    pub answered_at: Option<Moment>,
}
