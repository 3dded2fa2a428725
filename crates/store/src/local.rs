//! Local tables: never synced, never rebuilt. Each says what its loss costs.

use cunyi_domain::ids::{BatchId, ClinicId, MessageId, PatientId, TemplateId, UserId, VisitId};
use cunyi_domain::row::{Field, Value};
use cunyi_domain::time::Moment;

use crate::{StoreError, Tx};

cunyi_domain::table! {
    /// Password and lock-out. Loss: an administrator sets passwords anew.
    pub struct Credential in "credential" (Local, ["clinic", "account"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Whose.
        pub account: UserId,
        /// Argon2id in PHC form, which names its algorithm.
        pub hash: String,
        /// Wrong passwords in a row.
        pub failures: i64,
        /// Until when no password is tried.
        pub locked_until: Moment,
    }
}

cunyi_domain::table! {
    /// A signed-in browser. Loss: everyone signs in again.
    pub struct Session in "session" (Local, ["clinic", "token"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// SM3 of the cookie's random token.
        pub token: String,
        /// Whose.
        pub account: UserId,
        /// What every form of it must carry.
        pub csrf: String,
        /// `zh-CN` or `en`.
        pub locale: String,
        /// Since when.
        pub started_at: Moment,
        /// Last used.
        pub seen_at: Moment,
    }
}

cunyi_domain::table! {
    /// What the doctor has typed and not yet signed. Loss: she types it again.
    pub struct Draft in "draft" (Local, ["clinic", "visit"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Visit.
        pub visit: VisitId,
        /// Grows by one with each save; a browser that holds an older one is told.
        pub version: i64,
        /// JSON.
        pub body: String,
        /// When.
        pub saved_at: Moment,
    }
}

cunyi_domain::table! {
    /// How often a doctor used a diagnosis, a drug or a service, and how she ordered it last. Loss: the
    /// catalogue's orders are proposed until she has used hers again.
    pub struct Habit in "habit" (Local, ["clinic", "doctor", "code"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Whose.
        pub doctor: UserId,
        /// ICD code or 医保目录编码.
        pub code: String,
        /// How often.
        pub times: i64,
        /// 单次用量, as she typed it; empty: she never ordered it for an adult.
        pub dose: String,
        /// Code of the route.
        pub route: String,
        /// Code of the frequency.
        pub frequency: String,
        /// 天数, as she typed them.
        pub days: String,
        /// Last.
        pub used_at: Moment,
    }
}

cunyi_domain::table! {
    /// 模板: texts, diagnoses and lines that are used together. Loss: it is saved anew.
    pub struct Template in "template" (Local, ["clinic", "id"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// It.
        pub id: TemplateId,
        /// Whose alone; none: every doctor's of the clinic.
        pub owner: Option<UserId>,
        /// It was read from the township's file.
        pub township: bool,
        /// What she calls it.
        pub name: String,
        /// A draft, as JSON.
        pub body: String,
        /// By whom it was saved last.
        pub saved_by: UserId,
        /// When.
        pub saved_at: Moment,
    }
}

cunyi_domain::text_enum! {
    /// What became of a message.
    pub enum MessageState {
        /// Committed, not yet answered.
        Pending = "pending",
        /// Answered with success.
        Success = "success",
        /// Answered with a refusal.
        Refused = "refused",
        /// No answer that can be trusted.
        Unknown = "unknown",
        /// It certainly did not leave.
        NotSent = "not_sent",
    }
}

cunyi_domain::table! {
    /// A message to the centre with its reply, sealed under the patient's key, kept 24 months.
    /// Loss: the evidence of what was said; the ledger stands without it.
    pub struct Message in "message" (Local, ["clinic", "id"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// msgid.
        pub id: MessageId,
        /// 交易编号
        pub infno: String,
        /// About whom.
        pub patient: PatientId,
        /// In which visit.
        pub visit: Option<VisitId>,
        /// For which batch.
        pub batch: Option<BatchId>,
        /// What became of it.
        pub state: MessageState,
        /// When committed.
        pub requested_at: Moment,
        /// When answered.
        pub answered_at: Option<Moment>,
        /// SM3 of the request's bytes.
        pub digest: String,
        /// The request, sealed.
        pub request: Vec<u8>,
        /// The reply, sealed.
        pub reply: Option<Vec<u8>>,
        /// How they are sealed.
        pub alg: String,
    }
}

cunyi_domain::table! {
    /// A scanned e-voucher between identification and settlement. Loss: it is scanned again.
    pub struct Voucher in "voucher" (Local, ["clinic", "visit"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Visit.
        pub visit: VisitId,
        /// The token, sealed under the patient's key.
        pub sealed: Vec<u8>,
        /// How.
        pub alg: String,
        /// Since when.
        pub kept_at: Moment,
    }
}

cunyi_domain::table! {
    /// A counter. Loss: numbers go on from the ledger's highest; msgids from a later second.
    pub struct Counter in "counter" (Local, ["clinic", "name"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Of what.
        pub name: String,
        /// Last given.
        pub value: i64,
        /// The second or day it belongs to.
        pub second: i64,
    }
}

cunyi_domain::table! {
    /// A sign-in at the platform (9001), one a user and day. Loss: signed in again.
    pub struct SignIn in "sign_in" (Local, ["clinic", "account", "day"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Who.
        pub account: UserId,
        /// `yyyy-MM-dd`.
        pub day: String,
        /// `sign_no`.
        pub sign_number: String,
    }
}

/// A counter as it stands.
pub fn counter(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    name: &str,
) -> Result<Option<Counter>, StoreError> {
    let values = vec![clinic.clone().into_value(), name.to_owned().into_value()];
    Ok(tx.find("WHERE clinic = ? AND name = ?", values)?)
}

/// Sets a counter.
pub fn set_counter(tx: &mut Tx<'_>, counter: Counter) -> Result<(), StoreError> {
    let values = vec![
        counter.clinic.into_value(),
        counter.name.into_value(),
        Value::Int(counter.value),
        Value::Int(counter.second),
    ];
    tx.execute(
        "INSERT INTO counter (clinic, name, value, second) VALUES (?, ?, ?, ?)
         ON CONFLICT (clinic, name) DO UPDATE SET value = excluded.value, second = excluded.second",
        values,
    )?;
    Ok(())
}

/// The next number of a day, from 1, and the day it belongs to. A clock that was set back over
/// midnight does not bring a day back: numbers go on in the later one. PostgreSQL's writers meet on
/// the row.
pub fn next_of_day(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    name: &str,
    day: i64,
) -> Result<(i64, i64), StoreError> {
    let values = vec![
        clinic.clone().into_value(),
        name.to_owned().into_value(),
        Value::Int(day),
    ];
    let rows: Vec<Counter> = tx.query(
        "INSERT INTO counter (clinic, name, value, second) VALUES (?, ?, 1, ?)
         ON CONFLICT (clinic, name) DO UPDATE SET
           value = CASE WHEN counter.second < excluded.second THEN 1 ELSE counter.value + 1 END,
           second = CASE WHEN counter.second < excluded.second THEN excluded.second ELSE counter.second END
         RETURNING clinic, name, value, second",
        values,
    )?;
    let row = rows.into_iter().next().ok_or(StoreError::NoClinic)?;
    Ok((row.second, row.value))
}
