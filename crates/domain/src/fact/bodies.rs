//! The clear bodies of facts. No name, number, phone, address or free text of a person stands here.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::batch::BatchEvent;
use crate::clearing::{ClearingEvent, ClearingState};
use crate::id_number::Sex;
use crate::ids::{
    BatchId, ChargeId, CoverageId, EntryId, PatientId, SettlementId, UserId, VisitId,
};
use crate::ledger::{
    AccessKind, AllergyKind, Batch, Certificate, Charge, Clearing, ClearingEntry, ClearingPart,
    Diagnosis, EndWhy, FollowUpClass, GlucoseKind, Goods, LineClass, Lot, Payer, Payment,
    RefundRest, Registration, RegistrationState, Reservation, Settlement, StockMove, Undone,
    VisitState, WrittenOff,
};
use crate::money::{Fen, Quantity};
use crate::time::Moment;
use crate::undone::{UndoneEvent, UndoneState};

macro_rules! body {
    ($($(#[$doc:meta])* pub struct $name:ident { $($(#[$fdoc:meta])* pub $field:ident : $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        pub struct $name { $($(#[$fdoc])* pub $field: $type,)* }
    )*};
}

body! {
    /// Personal part: `Patient`.
    pub struct PatientRegistered {
        /// Who.
        pub patient: PatientId,
        /// 性别
        pub sex: Sex,
    }

    /// Personal part: `Correction`.
    pub struct PatientCorrected {
        /// Who.
        pub patient: PatientId,
        /// 性别, after the correction.
        pub sex: Sex,
    }

    /// No personal part: there is no key any more.
    pub struct PatientErased {
        /// Who.
        pub patient: PatientId,
        /// Her visits here: the reasons of their settlements and batches are blanked too.
        #[serde(default)]
        pub visits: Vec<VisitId>,
    }

    /// An allergy.
    pub struct AllergyNoted {
        /// Its id.
        pub id: EntryId,
        /// Whose.
        pub patient: PatientId,
        /// To what kind of thing.
        pub kind: AllergyKind,
        /// The catalogue's code.
        pub code: String,
        /// Its name.
        pub label: String,
    }

    /// An allergy that was none.
    pub struct AllergyWithdrawn {
        /// Which.
        pub id: EntryId,
    }

    /// Personal part: `PersonNumber`.
    pub struct CoverageIdentified {
        /// Its id.
        pub coverage: CoverageId,
        /// Whose.
        pub patient: PatientId,
        /// `insutype`.
        pub scheme: String,
        /// `psn_type`.
        pub person_type: String,
        /// `psn_idet_type` in force, joined by `;`.
        pub identities: String,
        /// `insuplc_admdvs`.
        pub place: String,
        /// `code=name;…` of 5301; none: it was not answered.
        pub filings: Option<String>,
        /// `balc`.
        pub account_balance: Fen,
        /// 5206: fund used of the general benefit.
        pub general_used: Option<Fen>,
        /// 5206: fund used of the chronic benefit.
        pub chronic_used: Option<Fen>,
        /// `exp_content`: what is left of the general benefit.
        pub general_left: Option<Fen>,
    }

    /// An entry in the access log.
    pub struct AccessRecorded {
        /// Its id.
        pub id: EntryId,
        /// What happened.
        pub what: AccessKind,
        /// Which list, which action; empty where `what` says it all.
        pub detail: String,
        /// Whose record; none where it is about no one patient.
        pub patient: Option<PatientId>,
        /// The actor's role.
        pub role: String,
    }

    /// Personal part: `Proxy`, if there is one.
    pub struct VisitRegistered {
        /// Its id.
        pub visit: VisitId,
        /// 就诊号; of an insured visit also the number of its first registration.
        pub number: String,
        /// Who.
        pub patient: PatientId,
        /// Who pays first.
        pub payer: Payer,
        /// The coverage.
        pub coverage: Option<CoverageId>,
        /// What was shown.
        pub certificate: Certificate,
        /// 手工录入
        pub typed: bool,
        /// The doctor.
        pub doctor: UserId,
    }

    /// From insured to self-pay, before anything is frozen.
    pub struct PayerSwitched {
        /// Which visit.
        pub visit: VisitId,
    }

    /// 自费转医保: a visit that was paid by the patient is settled with her insurance after all.
    pub struct VisitInsured {
        /// Which visit.
        pub visit: VisitId,
        /// Who paid before: its own-pay batches may stand beside insured ones.
        pub from: Payer,
        /// Under which coverage.
        pub coverage: CoverageId,
        /// What was shown for it.
        pub certificate: Certificate,
        /// 手工录入
        pub typed: bool,
        /// Registrations made for it, not yet asked for.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub registrations: Vec<Registration>,
    }

    /// In the queue.
    pub struct VisitMoved {
        /// Which.
        pub visit: VisitId,
        /// From.
        pub from: VisitState,
        /// To.
        pub to: VisitState,
    }

    /// Whether her personal account pays her part of a visit.
    pub struct AccountChosen {
        /// Which.
        pub visit: VisitId,
        /// True: it does not.
        pub keeps: bool,
    }

    /// At the platform.
    pub struct RegistrationMoved {
        /// Of which visit.
        pub visit: VisitId,
        /// Which of its registrations.
        pub position: i64,
        /// From.
        pub from: RegistrationState,
        /// To.
        pub to: RegistrationState,
        /// The msgid of 2201 or 2202.
        pub message: String,
        /// `mdtrt_id`, once registered.
        pub platform_visit: Option<String>,
        /// The number that was sent: a lost registration is asked again under a new one.
        pub number: String,
    }

    /// Personal part: `Record`.
    pub struct RecordSigned {
        /// Which visit.
        pub visit: VisitId,
        /// 0.1 °C.
        pub temperature: Option<i64>,
        /// A minute.
        pub pulse: Option<i64>,
        /// A minute.
        pub respiration: Option<i64>,
        /// mmHg.
        pub systolic: Option<i64>,
        /// mmHg.
        pub diastolic: Option<i64>,
        /// 0.1 mmol/L.
        pub glucose: Option<i64>,
        /// When that was measured.
        pub glucose_kind: Option<GlucoseKind>,
        /// 0.1 kg.
        pub weight: Option<i64>,
        /// 0.1 cm.
        pub height: Option<i64>,
        /// 发病日期
        pub onset: Option<Date>,
        /// 长期处方
        pub long_term: bool,
        /// In order, the main one first.
        pub diagnoses: Vec<Diagnosis>,
    }

    /// A follow-up form. Personal part: `FollowUp`.
    pub struct FollowUpRecorded {
        /// Its id.
        pub id: EntryId,
        /// Who.
        pub patient: PatientId,
        /// In which visit.
        pub visit: VisitId,
        /// Which form.
        pub form: String,
        /// Its edition.
        pub edition: String,
        /// 随访日期
        pub day: Date,
        /// The class.
        pub class: FollowUpClass,
        /// A measurement was not below its limit.
        pub uncontrolled: bool,
        /// There was an adverse reaction.
        pub adverse: bool,
        /// 下次随访日期
        pub next_day: Date,
        /// Which one it corrects.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub corrects: Option<EntryId>,
    }

    /// A patient is not called for follow-ups any more. Personal part: `Reason`, if there is one.
    pub struct FollowUpEnded {
        /// Its id.
        pub id: EntryId,
        /// Who.
        pub patient: PatientId,
        /// Why.
        pub why: EndWhy,
        /// Since when.
        pub day: Date,
        /// In words, which are sealed when they are stored.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        pub words: String,
    }

    /// She is called again.
    pub struct FollowUpResumed {
        /// Which end it ends.
        pub id: EntryId,
        /// Who.
        pub patient: PatientId,
    }

    /// The fee list as the doctor confirmed it. Personal part: `Reasons`, if she gave any.
    pub struct ChargesFrozen {
        /// Which visit.
        pub visit: VisitId,
        /// Registrations made for them beside the counter's, not yet asked for.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub registrations: Vec<Registration>,
        /// Batches, in order.
        pub batches: Vec<Batch>,
        /// Lines, in order.
        pub charges: Vec<Charge>,
        /// Stock held for them.
        pub reservations: Vec<Reservation>,
        /// Findings that the doctor overrode: check and what it is about (`dose-daily:XN02…`), and
        /// her reason, which is sealed when it is stored
        /// ([`Body::take_words`](super::Body::take_words)).
        pub overrides: Vec<(String, String)>,
        /// 自费知情同意: the own-pay sum the patient agreed to; none where there is nothing to agree to.
        pub own_pay_consent: Option<Fen>,
    }

    /// Trace codes of a line.
    pub struct TraceCodesScanned {
        /// Which line.
        pub charge: ChargeId,
        /// Joined by `,`.
        pub codes: String,
    }

    /// A batch moved. Personal part: `Reason`, if one was given.
    pub struct BatchMoved {
        /// Which.
        pub batch: BatchId,
        /// From.
        pub from: crate::batch::BatchState,
        /// Why.
        pub event: BatchEvent,
        /// The message that moved it.
        pub message: Option<String>,
        /// What the centre computed, when it was pre-settled; all of it the patient's, when it is own pay.
        pub shares: Option<Shares>,
        /// How the centre splits each line, when it was uploaded.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub splits: Vec<LineSplit>,
        /// Why the doctor dropped it, which is sealed when it is stored.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        pub reason: String,
    }

    /// A line's split by the centre.
    pub struct LineSplit {
        /// Which line.
        pub charge: ChargeId,
        /// 甲乙丙
        pub class: LineClass,
        /// 全自费
        pub own_pay: Fen,
        /// 超限价
        pub over_limit: Fen,
        /// 先行自付
        pub pay_first: Fen,
        /// 政策范围内
        pub in_scope: Fen,
    }

    /// Who would pay what.
    pub struct Shares {
        /// 基金
        pub fund: Fen,
        /// 个人账户
        pub account: Fen,
        /// 个人现金
        pub cash: Fen,
    }

    /// An intent: committed before the bytes leave. Personal part: `Reason`, if one was given.
    pub struct SettlementRequested {
        /// Which batch.
        pub batch: BatchId,
        /// From.
        pub from: crate::batch::BatchState,
        /// `Request`, `RequestReversal` or `RequestUndo`.
        pub event: BatchEvent,
        /// The msgid.
        pub message: String,
        /// `infno`.
        pub transaction: String,
        /// SM3 of the bytes.
        pub digest: String,
        /// Of a reversal in part: what is charged anew once it is done.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub rest: Vec<RefundRest>,
        /// Why it is to be reversed, which is sealed when it is stored.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        pub reason: String,
    }

    /// A look at the platform for a batch whose outcome is lost.
    pub struct EvidenceFound {
        /// Id.
        pub id: EntryId,
        /// Which batch.
        pub batch: BatchId,
        /// msgid of the lost 2207 or 2208.
        pub message: String,
        /// `infno` of the question that answered last.
        pub infno: String,
        /// What it showed.
        pub finding: crate::resolve::Finding,
        /// The `setl_id` it showed; empty where none.
        pub platform_settlement: String,
    }

    /// A statement told what was not known of a reversal.
    pub struct ReversalNamed {
        /// Which.
        pub settlement: SettlementId,
        /// Its `setl_id`.
        pub platform_settlement: String,
        /// When it was, by the platform's day.
        pub settled_at: Moment,
    }

    /// Money moved. Personal part: `Reason`, if one was given.
    pub struct SettlementMade {
        /// From.
        pub from: crate::batch::BatchState,
        /// `Settle` or `Reverse`.
        pub event: BatchEvent,
        /// The new row; its reason is sealed when it is stored.
        pub settlement: Box<Settlement>,
        /// Each line's part of the fund (分摊), summing to it; empty for a reversal.
        pub line_funds: Vec<(ChargeId, Fen)>,
        /// What changed hands with it; none where the patient was not there, nothing was owed or a
        /// deposit covers it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub payment: Option<Payment>,
    }

    /// Money changed hands without a settlement.
    pub struct PaymentMade {
        /// What.
        pub payment: Payment,
    }

    /// 3203's intent: committed before the bytes leave. The office's book names no patient.
    pub struct ClearingRequested {
        /// The application, its state `requested`.
        pub clearing: Clearing,
        /// What it asks for, by insurance and office.
        pub parts: Vec<ClearingPart>,
        /// SM3 of the bytes.
        pub digest: String,
    }

    /// 3204's intent: committed before the bytes leave.
    pub struct ClearingWithdrawn {
        /// Which application.
        pub clearing: EntryId,
        /// msgid of the 3204.
        pub message: String,
        /// Why.
        pub reason: String,
        /// SM3 of the bytes.
        pub digest: String,
    }

    /// What became of an application, or of taking it back.
    pub struct ClearingMoved {
        /// Which.
        pub clearing: EntryId,
        /// From.
        pub from: ClearingState,
        /// Why.
        pub event: ClearingEvent,
        /// `clr_appy_evt_id`; empty where none is known.
        pub number: String,
        /// Why the centre refused it, or who at the office told it.
        pub said: String,
    }

    /// What the office said of a claim, or that an entry was wrong.
    pub struct ClearingEntered {
        /// The entry.
        pub entry: ClearingEntry,
    }

    /// A difference of a day that a person settled.
    pub struct DifferenceWrittenOff {
        /// Which, and how.
        pub entry: WrittenOff,
    }

    /// The intent to undo at the centre what stands only there: committed before the bytes leave.
    pub struct UndoingRequested {
        /// What, its state `requested`.
        pub undone: Undone,
        /// SM3 of the bytes.
        pub digest: String,
    }

    /// What became of it.
    pub struct UndoingMoved {
        /// Which.
        pub undone: EntryId,
        /// From.
        pub from: UndoneState,
        /// Why.
        pub event: UndoneEvent,
        /// 结算ID of the reversal; empty where nobody told it.
        pub reversal: String,
        /// When it was paid back; none where it was not.
        pub reversed_at: Option<Moment>,
    }

    /// Stock that is free again.
    pub struct ReservationsReleased {
        /// Which visit.
        pub visit: VisitId,
        /// What was held.
        pub reservations: Vec<Reservation>,
    }

    /// Drugs that left.
    pub struct HandedOver {
        /// Which visit.
        pub visit: VisitId,
        /// What was held for them.
        pub reservations: Vec<Reservation>,
        /// What left.
        pub moves: Vec<StockMove>,
    }

    /// What became of a line's goods after its batch was reversed. Personal part: `Reason`.
    pub struct GoodsDecided {
        /// Which visit.
        pub visit: VisitId,
        /// Which line.
        pub charge: ChargeId,
        /// What.
        pub decision: Goods,
        /// How much of it, in its unit.
        pub quantity: Quantity,
        /// What came back; nothing where the patient keeps it.
        pub moves: Vec<StockMove>,
        /// Why, which is sealed when it is stored.
        pub reason: String,
    }

    /// Lots that came in.
    pub struct StockReceived {
        /// New lots, `on_hand` as received.
        pub lots: Vec<Lot>,
        /// The moves.
        pub moves: Vec<StockMove>,
    }

    /// A policy file that somebody answers for.
    pub struct PolicyConfirmed {
        /// Its name.
        pub name: String,
        /// Its version.
        pub version: String,
        /// Who at the insurance bureau, and which office.
        pub by: String,
        /// When, `yyyy-MM-dd`.
        pub on: String,
    }

    /// A reference.
    pub struct ReferenceActivated {
        /// `policy`, `region`, `catalogue`, `layout`, `user`.
        pub what: String,
        /// Its name.
        pub name: String,
        /// Its version.
        pub version: String,
        /// SM3 of its bytes.
        pub digest: String,
        /// From when it holds.
        pub from: Moment,
    }
}

impl ClearingMoved {
    /// Of an application as it stands, and nothing else to tell.
    pub fn of(clearing: &Clearing, event: ClearingEvent) -> Self {
        Self {
            clearing: clearing.id.clone(),
            from: clearing.state,
            event,
            number: clearing.event.clone(),
            said: String::new(),
        }
    }
}

impl UndoingMoved {
    /// Of one as it stands, and nothing else to tell.
    pub fn of(undone: &Undone, event: UndoneEvent) -> Self {
        Self {
            undone: undone.id.clone(),
            from: undone.state,
            event,
            reversal: String::new(),
            reversed_at: None,
        }
    }
}

impl BatchMoved {
    /// Of a batch as it stands, and nothing else to tell.
    pub fn of(batch: &Batch, event: BatchEvent) -> Self {
        Self {
            batch: batch.id.clone(),
            from: batch.state,
            event,
            message: None,
            shares: None,
            splits: Vec::new(),
            reason: String::new(),
        }
    }
}
