//! Applying: a fact and its opened personal part → typed row changes. Pure; the only way a ledger
//! table changes. Without a personal part (after erasure) personal fields are blank.

mod clearing;
mod course;
mod electronic;
mod follow_up;
mod paper;
mod receipt;
mod record;
mod referral;
mod skin_test;
mod stock;

use crate::batch::BatchEvent;
use crate::ids::{BatchId, ClinicId, UserId, VisitId};
use crate::ledger::{
    Access, Allergy, Batch, Course, Coverage, ElectronicReceipt, Evidence, FollowUp, FollowUpEnd,
    GoodsDecision, PaperEntry, Patient, Payer, Payment, Receipt, Referral, RefundRest,
    Registration, RegistrationState, Settlement, Visit, VisitState,
};
use crate::money::Fen;
use crate::row::{Change, Field, TableRow, Value};
use crate::time::Moment;

use super::{
    Body, CoverageIdentified, PatientErased, PatientFields, Personal, RegistrationMoved,
    ReversalNamed, SettlementMade, SettlementRequested, VisitInsured,
};

/// What every fact knows besides its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// At which clinic.
    pub clinic: ClinicId,
    /// When.
    pub occurred_at: Moment,
    /// Who did it.
    pub actor: UserId,
}

type Set = Vec<(&'static str, Value)>;

/// The words of a fact's personal part; empty without one, as after erasure.
fn reason(personal: Option<Personal>) -> String {
    match personal {
        Some(Personal::Reason(words)) => words,
        _ => String::new(),
    }
}

fn set<T: Field>(name: &'static str, value: T) -> (&'static str, Value) {
    (name, value.into_value())
}

impl About {
    fn key<T: Field>(&self, column: &'static str, id: T) -> Set {
        vec![set("clinic", self.clinic.clone()), set(column, id)]
    }

    fn update<R: TableRow>(&self, id: impl Field, set: Set) -> Change {
        Change::Update {
            table: R::TABLE,
            set,
            add: vec![],
            only: self.key("id", id),
        }
    }

    /// An update that only happens if `state` still is `from`.
    fn guarded<R: TableRow>(&self, id: impl Field, from: (&'static str, Value), to: Set) -> Change {
        let mut only = self.key("id", id);
        only.push(from);
        Change::Update {
            table: R::TABLE,
            set: to,
            add: vec![],
            only,
        }
    }
}

/// The row changes of a fact.
pub fn apply(about: &About, body: Body, personal: Option<Personal>) -> Vec<Change> {
    match body {
        Body::PatientRegistered(_)
        | Body::PatientCorrected(_)
        | Body::PatientErased(_)
        | Body::AllergyNoted(_)
        | Body::AllergyWithdrawn(_)
        | Body::CoverageIdentified(_)
        | Body::AccessRecorded(_) => patient(about, body, personal),
        Body::VisitRegistered(_)
        | Body::PayerSwitched(_)
        | Body::VisitInsured(_)
        | Body::VisitMoved(_)
        | Body::RegistrationMoved(_)
        | Body::RecordSigned(_) => visit(about, body, personal),
        Body::ChargesFrozen(_)
        | Body::TraceCodesScanned(_)
        | Body::BatchMoved(_)
        | Body::SettlementRequested(_)
        | Body::EvidenceFound(_)
        | Body::SettlementMade(_)
        | Body::ReversalNamed(_)
        | Body::PaymentMade(_) => money(about, body, personal),
        Body::ClearingRequested(_)
        | Body::ClearingWithdrawn(_)
        | Body::ClearingMoved(_)
        | Body::ClearingEntered(_)
        | Body::DifferenceWrittenOff(_)
        | Body::UndoingRequested(_)
        | Body::UndoingMoved(_) => clearing::apply(about, body),
        Body::FollowUpRecorded(b) => follow_up::recorded(about, b, personal),
        Body::FollowUpEnded(b) => follow_up::ended(about, b, personal),
        Body::FollowUpResumed(b) => follow_up::resumed(about, b),
        Body::SkinTestOrdered(b) => skin_test::ordered(about, b),
        Body::SkinTestMoved(b) => skin_test::moved(about, b),
        Body::CourseOrdered(b) => course::ordered(about, b),
        Body::CourseStopped(b) => course::stopped(about, b, personal),
        Body::PaperEntered(b) => paper::entered(about, b, personal),
        Body::ReceiptBookEntered(b) => receipt::book_entered(about, b),
        Body::ReceiptIssued(b) => receipt::issued(about, b),
        Body::ReceiptClosed(b) => receipt::closed(about, b, personal),
        Body::ReceiptSpoiled(b) => receipt::spoiled(about, b),
        Body::ElectronicAsked(b) => electronic::asked(about, b),
        Body::ElectronicAnswered(b) => electronic::answered(about, b, personal),
        Body::ElectronicUndone(b) => electronic::undone(about, b, personal),
        Body::PatientReferred(b) => referral::referred(about, b, personal),
        Body::AccountChosen(b) => {
            let (from, to) = (!b.keeps, vec![set("keeps_account", b.keeps)]);
            vec![about.guarded::<Visit>(b.visit, set("keeps_account", from), to)]
        }
        Body::ReservationsReleased(_)
        | Body::HandedOver(_)
        | Body::GoodsDecided(_)
        | Body::StockReceived(_) => stock::apply(about, body, personal),
        // Which reference was active when is read from the journal itself.
        Body::ReferenceActivated(_) | Body::PolicyConfirmed(_) => vec![],
    }
}

fn patient_fields(fields: PatientFields) -> Set {
    vec![
        set("name", fields.name),
        set("initials", fields.initials),
        set("birth_date", fields.birth_date),
        set("id_number", fields.id_number),
        set("phone", fields.phone),
        set("address", fields.address),
        set("guardian_name", fields.guardian_name),
        set("guardian_id_number", fields.guardian_id_number),
    ]
}

fn patient(about: &About, body: Body, personal: Option<Personal>) -> Vec<Change> {
    match body {
        Body::PatientRegistered(b) => {
            let fields = match personal {
                Some(Personal::Patient(fields)) => fields,
                _ => PatientFields::default(),
            };
            vec![Change::insert(Patient {
                clinic: about.clinic.clone(),
                id: b.patient,
                name: fields.name,
                initials: fields.initials,
                sex: b.sex,
                birth_date: fields.birth_date,
                id_number: fields.id_number,
                phone: fields.phone,
                address: fields.address,
                guardian_name: fields.guardian_name,
                guardian_id_number: fields.guardian_id_number,
                registered_at: about.occurred_at,
                erased: false,
            })]
        }
        Body::PatientCorrected(b) => {
            let fields = match personal {
                Some(Personal::Correction { new, .. }) => new,
                _ => PatientFields::default(),
            };
            let mut to = patient_fields(fields);
            to.push(set("sex", b.sex));
            vec![about.guarded::<Patient>(b.patient, set("erased", false), to)]
        }
        Body::PatientErased(b) => erase(about, &b),
        Body::AllergyNoted(b) => vec![Change::insert(Allergy {
            clinic: about.clinic.clone(),
            id: b.id,
            patient: b.patient,
            kind: b.kind,
            code: b.code,
            label: b.label,
            noted_at: about.occurred_at,
        })],
        Body::AllergyWithdrawn(b) => {
            vec![Change::Remove {
                table: Allergy::TABLE,
                only: about.key("id", b.id),
            }]
        }
        Body::CoverageIdentified(b) => vec![Change::insert(coverage(about, b, personal))],
        Body::AccessRecorded(b) => vec![Change::insert(Access {
            clinic: about.clinic.clone(),
            id: b.id,
            what: b.what,
            detail: b.detail,
            patient: b.patient,
            actor: about.actor.clone(),
            role: b.role,
            opened_at: about.occurred_at,
        })],
        _ => vec![],
    }
}

fn coverage(about: &About, body: CoverageIdentified, personal: Option<Personal>) -> Coverage {
    Coverage {
        clinic: about.clinic.clone(),
        id: body.coverage,
        patient: body.patient,
        person_number: match personal {
            Some(Personal::PersonNumber(number)) => number,
            _ => String::new(),
        },
        scheme: body.scheme,
        person_type: body.person_type,
        identities: body.identities,
        place: body.place,
        filings: body.filings,
        account_balance: body.account_balance,
        general_used: body.general_used,
        chronic_used: body.chronic_used,
        general_left: body.general_left,
        obtained_at: about.occurred_at,
    }
}

/// Blanks every personal field of a patient.
fn erase(about: &About, body: &PatientErased) -> Vec<Change> {
    let mut blank = patient_fields(PatientFields::default());
    blank.push(set("erased", true));
    let all = |table, set| Change::UpdateAll {
        table,
        set,
        only: about.key("patient", body.patient.clone()),
    };
    let texts = ["proxy_name", "proxy_id_number", "proxy_relation"];
    let texts = texts.into_iter().chain(record::WORDS);
    let follow_up = ["answers", "reason"].map(|name| set(name, String::new()));
    let referral = ["destination", "reason", "treated"].map(|name| set(name, String::new()));
    let electronic = ["check_code", "url", "reason", "said"].map(|name| set(name, String::new()));
    let mut changes = vec![
        about.update::<Patient>(body.patient.clone(), blank),
        all(Referral::TABLE, referral.to_vec()),
        all(FollowUp::TABLE, follow_up.to_vec()),
        all(FollowUpEnd::TABLE, vec![set("words", String::new())]),
        all(Course::TABLE, vec![set("reason", String::new())]),
        all(PaperEntry::TABLE, vec![set("words", String::new())]),
        all(Receipt::TABLE, vec![set("words", String::new())]),
        all(ElectronicReceipt::TABLE, electronic.to_vec()),
        all(Coverage::TABLE, vec![set("person_number", String::new())]),
        all(
            Visit::TABLE,
            texts.map(|name| set(name, String::new())).collect(),
        ),
    ];
    changes.extend(body.visits.iter().flat_map(|visit| {
        [Settlement::TABLE, Batch::TABLE, GoodsDecision::TABLE].map(|table| Change::UpdateAll {
            table,
            set: vec![set("reason", String::new())],
            only: about.key("visit", visit.clone()),
        })
    }));
    changes
}

fn visit(about: &About, body: Body, personal: Option<Personal>) -> Vec<Change> {
    match body {
        Body::VisitRegistered(b) => {
            let registration = (b.payer == Payer::Insured).then(|| first_registration(about, &b));
            let mut changes = vec![Change::insert(new_visit(about, b, personal))];
            changes.extend(registration.map(Change::insert));
            changes
        }
        Body::PayerSwitched(b) => {
            let from = set("payer", Payer::Insured);
            vec![about.guarded::<Visit>(b.visit, from, vec![set("payer", Payer::SelfPay)])]
        }
        Body::VisitInsured(b) => insured(about, b),
        Body::VisitMoved(b) => {
            let mut to = vec![set("state", b.to)];
            if matches!(b.to, VisitState::Done | VisitState::Cancelled) {
                to.push(set("finished_at", Some(about.occurred_at)));
            }
            vec![about.guarded::<Visit>(b.visit, set("state", b.from), to)]
        }
        Body::RegistrationMoved(b) => vec![registration_moved(about, b)],
        Body::RecordSigned(b) => record::signed(about, b, personal),
        _ => vec![],
    }
}

fn insured(about: &About, body: VisitInsured) -> Vec<Change> {
    let to = vec![
        set("payer", Payer::Insured),
        set("coverage", Some(body.coverage)),
        set("certificate", body.certificate),
        set("typed", body.typed),
    ];
    let from = set("payer", body.from);
    let mut changes = vec![about.guarded::<Visit>(body.visit, from, to)];
    changes.extend(body.registrations.into_iter().map(Change::insert));
    changes
}

fn registration_moved(about: &About, body: RegistrationMoved) -> Change {
    let mut only = about.key("visit", body.visit);
    only.extend([set("position", body.position), set("state", body.from)]);
    Change::Update {
        table: Registration::TABLE,
        set: vec![
            set("state", body.to),
            set("platform_visit", body.platform_visit),
            set("number", body.number),
        ],
        add: vec![],
        only,
    }
}

/// The counter's registration.
fn first_registration(about: &About, body: &super::VisitRegistered) -> Registration {
    Registration {
        clinic: about.clinic.clone(),
        visit: body.visit.clone(),
        position: 1,
        number: body.number.clone(),
        state: RegistrationState::Open,
        platform_visit: None,
    }
}

fn new_visit(about: &About, body: super::VisitRegistered, personal: Option<Personal>) -> Visit {
    let (proxy_name, proxy_id_number, proxy_relation) = match personal {
        Some(Personal::Proxy {
            name,
            id_number,
            relation,
        }) => (name, id_number, relation),
        _ => Default::default(),
    };
    Visit {
        clinic: about.clinic.clone(),
        id: body.visit,
        number: body.number,
        patient: body.patient,
        payer: body.payer,
        coverage: body.coverage,
        certificate: body.certificate,
        typed: body.typed,
        proxy_name,
        proxy_id_number,
        proxy_relation,
        keeps_account: false,
        state: VisitState::Waiting,
        doctor: body.doctor,
        registered_at: about.occurred_at,
        finished_at: None,
        balance: Fen::ZERO,
        signed: false,
        complaint: String::new(),
        history: String::new(),
        past_history: String::new(),
        examination: String::new(),
        auxiliary: String::new(),
        advice: String::new(),
        temperature: None,
        pulse: None,
        respiration: None,
        systolic: None,
        diastolic: None,
        glucose: None,
        glucose_kind: None,
        weight: None,
        height: None,
        onset: None,
        long_term: false,
        supply_reason: String::new(),
    }
}

fn money(about: &About, body: Body, personal: Option<Personal>) -> Vec<Change> {
    match body {
        Body::ChargesFrozen(b) => {
            let registrations = b.registrations.into_iter().map(Change::insert);
            let batches = b.batches.into_iter().map(Change::insert);
            let lines = b.charges.into_iter().map(Change::insert);
            let mut changes: Vec<Change> = registrations.chain(batches).chain(lines).collect();
            for reservation in b.reservations {
                changes.push(stock::lot_change(
                    about,
                    &reservation,
                    0,
                    reservation.quantity.0,
                ));
                changes.push(Change::insert(reservation));
            }
            changes
        }
        Body::TraceCodesScanned(b) => {
            vec![about.update::<crate::ledger::Charge>(b.charge, vec![set("trace_codes", b.codes)])]
        }
        Body::BatchMoved(b) => {
            let mut to = Set::new();
            if let Some(shares) = b.shares {
                to.push(set("fund", shares.fund));
                to.push(set("account", shares.account));
                to.push(set("cash", shares.cash));
            }
            if let Some(Personal::Reason(reason)) = personal {
                to.push(set("reason", reason));
            }
            let is_own = b.event == BatchEvent::OwnPay;
            if is_own {
                to.extend(own_pay());
            }
            let mut changes = vec![batch_change(about, b.batch, b.from, b.event, to)];
            changes.extend(b.splits.into_iter().map(|split| {
                let mut to = vec![
                    set("class", split.class),
                    set("own_pay", split.own_pay),
                    set("over_limit", split.over_limit),
                    set("pay_first", split.pay_first),
                    set("in_scope", split.in_scope),
                ];
                to.extend(is_own.then(|| set("fund", Fen::ZERO)));
                about.update::<crate::ledger::Charge>(split.charge, to)
            }));
            changes
        }
        Body::SettlementRequested(b) => requested(about, b, personal),
        Body::EvidenceFound(b) => vec![Change::insert(Evidence {
            clinic: about.clinic.clone(),
            id: b.id,
            batch: b.batch,
            message: b.message,
            infno: b.infno,
            finding: b.finding,
            platform_settlement: b.platform_settlement,
            found_at: about.occurred_at,
            actor: about.actor.clone(),
        })],
        Body::SettlementMade(b) => made(about, b, personal),
        Body::ReversalNamed(b) => vec![named(about, b)],
        Body::PaymentMade(b) => paid(about, b.payment),
        _ => vec![],
    }
}

fn requested(about: &About, body: SettlementRequested, personal: Option<Personal>) -> Vec<Change> {
    // A 2601 is about the intent that stands.
    let mut to = match body.event {
        BatchEvent::RequestUndo => vec![],
        _ => vec![set("intent", Some(body.message))],
    };
    if let Some(Personal::Reason(reason)) = personal {
        to.push(set("reason", reason));
    }
    let reverses = body.event == BatchEvent::RequestReversal;
    // What an earlier intent left to be charged anew, which came to nothing.
    let before = reverses.then(|| Change::Delete {
        table: RefundRest::TABLE,
        only: about.key("batch", body.batch.clone()),
    });
    let mut changes = vec![batch_change(about, body.batch, body.from, body.event, to)];
    changes.extend(before);
    changes.extend(body.rest.into_iter().map(Change::insert));
    changes
}

fn named(about: &About, body: ReversalNamed) -> Change {
    let unnamed = set("platform_settlement", String::new());
    let to = vec![
        set("platform_settlement", body.platform_settlement),
        set("settled_at", body.settled_at),
    ];
    about.guarded::<Settlement>(body.settlement, unnamed, to)
}

fn made(about: &About, body: SettlementMade, personal: Option<Personal>) -> Vec<Change> {
    let mut settlement = body.settlement;
    if let Some(Personal::Reason(reason)) = personal {
        settlement.reason = reason;
    }
    let reversed = body.event == BatchEvent::Reverse;
    let owed = if reversed {
        settlement.cash
    } else {
        -settlement.cash
    };
    let in_force = (!reversed).then(|| settlement.id.clone());
    let mut to = vec![set("settlement", in_force)];
    if !reversed {
        to.push(set("fund", settlement.fund));
        to.push(set("account", settlement.account));
        to.push(set("cash", settlement.cash));
    }
    let batch = settlement.batch.clone();
    let mut changes = vec![balance(about, settlement.visit.clone(), owed)];
    changes.extend(body.payment.into_iter().flat_map(|row| paid(about, row)));
    changes.push(Change::insert::<Settlement>(*settlement));
    changes.push(batch_change(about, batch, body.from, body.event, to));
    changes.extend(body.line_funds.into_iter().map(|(charge, fund): (_, Fen)| {
        about.update::<crate::ledger::Charge>(charge, vec![set("fund", fund)])
    }));
    changes
}

/// What an insured batch loses when it becomes a self-pay one. Its registration stays known: what is
/// there under it is taken back.
fn own_pay() -> Set {
    let texts = [
        "benefit",
        "disease_code",
        "disease_name",
        "policy",
        "estimate",
    ];
    let texts = texts.into_iter().chain(["working", "adds"]);
    let mut to: Set = texts.map(|name| set(name, String::new())).collect();
    to.push(set("estimated_fund", Fen::ZERO));
    to.push(set("payer", Payer::SelfPay));
    to
}

fn paid(about: &About, payment: Payment) -> Vec<Change> {
    let balance = balance(about, payment.visit.clone(), payment.signed());
    vec![balance, Change::insert(payment)]
}

/// What was paid less what is owed.
fn balance(about: &About, visit: VisitId, more: Fen) -> Change {
    Change::Update {
        table: Visit::TABLE,
        set: vec![],
        add: vec![("balance", more.0)],
        only: about.key("id", visit),
    }
}

/// A batch's move. A transition that does not exist sets nothing and meets no row: it is stale.
fn batch_change(
    about: &About,
    batch: BatchId,
    from: crate::batch::BatchState,
    event: BatchEvent,
    mut to: Set,
) -> Change {
    let Some(state) = from.after(event) else {
        return impossible::<Batch>(set("state", from));
    };
    to.push(set("state", state));
    about.guarded::<Batch>(batch, set("state", from), to)
}

/// What meets no row, and so is stale.
fn impossible<R: TableRow>(state: (&'static str, Value)) -> Change {
    Change::Update {
        table: R::TABLE,
        set: vec![state],
        add: vec![],
        only: vec![set("clinic", String::new()), set("id", String::new())],
    }
}
