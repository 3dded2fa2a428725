//! 上传: records that are sent to the platform after a visit is done, and may fail alone
//! (nhsa-interface §5.8).

use cunyi_domain::ids::{ClinicId, MessageId, VisitId};
use cunyi_domain::row::{Field, Value};
use cunyi_domain::time::Moment;

use crate::local::Message;
use crate::{StoreError, Tx};

cunyi_domain::text_enum! {
    /// How far a record is.
    pub enum UploadState {
        /// It is tried again of itself.
        Waiting = "waiting",
        /// The platform has it.
        Done = "done",
        /// It was tried often enough: a person looks.
        Manual = "manual",
    }
}

cunyi_domain::table! {
    /// A visit's record on its way to the platform. Loss: records that had not arrived are not sent.
    pub struct Upload in "upload" (Local, ["clinic", "visit"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Visit.
        pub visit: VisitId,
        /// How far it is.
        pub state: UploadState,
        /// How often it left.
        pub attempts: i64,
        /// When it is tried next.
        pub next_at: Moment,
        /// The latest message that carried it.
        pub message: Option<MessageId>,
    }
}

/// A visit's record.
pub fn upload(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    visit: &VisitId,
) -> Result<Option<Upload>, StoreError> {
    let values = vec![clinic.clone().into_value(), visit.clone().into_value()];
    Ok(tx.find("WHERE clinic = ? AND visit = ?", values)?)
}

/// The message that carried it last.
pub fn message(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    id: &MessageId,
) -> Result<Option<Message>, StoreError> {
    let values = vec![clinic.clone().into_value(), id.clone().into_value()];
    Ok(tx.find("WHERE clinic = ? AND id = ?", values)?)
}

/// What is to be sent now, the longest due first.
pub fn due(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    now: Moment,
    limit: i64,
) -> Result<Vec<Upload>, StoreError> {
    let rest =
        "WHERE clinic = ? AND state = 'waiting' AND next_at <= ? ORDER BY next_at, visit LIMIT ?";
    let values = vec![
        clinic.clone().into_value(),
        now.into_value(),
        Value::Int(limit),
    ];
    Ok(tx.select(rest, values)?)
}

/// What has not arrived: first what a person is to look at, then what is tried again.
pub fn open(tx: &mut Tx<'_>, clinic: &ClinicId, limit: i64) -> Result<Vec<Upload>, StoreError> {
    let mut rows = Vec::new();
    for state in [UploadState::Manual, UploadState::Waiting] {
        let rest = "WHERE clinic = ? AND state = ? ORDER BY next_at, visit LIMIT ?";
        let values = vec![
            clinic.clone().into_value(),
            state.into_value(),
            Value::Int(limit),
        ];
        rows.extend(tx.select::<Upload>(rest, values)?);
    }
    rows.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(rows)
}

/// Writes where a record stands now.
pub fn keep(tx: &mut Tx<'_>, row: Upload) -> Result<(), StoreError> {
    let sql = "UPDATE upload SET state = ?, attempts = ?, next_at = ?, message = ?
               WHERE clinic = ? AND visit = ?";
    let values = vec![
        row.state.into_value(),
        Value::Int(row.attempts),
        row.next_at.into_value(),
        row.message.into_value(),
        row.clinic.into_value(),
        row.visit.into_value(),
    ];
    tx.execute(sql, values)?;
    Ok(())
}

/// There is nothing to send of a visit.
pub fn forget(tx: &mut Tx<'_>, clinic: &ClinicId, visit: &VisitId) -> Result<(), StoreError> {
    let values = vec![clinic.clone().into_value(), visit.clone().into_value()];
    tx.execute("DELETE FROM upload WHERE clinic = ? AND visit = ?", values)?;
    Ok(())
}

/// The platform is away: nothing is tried before a time.
pub fn postpone(tx: &mut Tx<'_>, clinic: &ClinicId, until: Moment) -> Result<(), StoreError> {
    let sql =
        "UPDATE upload SET next_at = ? WHERE clinic = ? AND state = 'waiting' AND next_at < ?";
    let values = vec![
        until.into_value(),
        clinic.clone().into_value(),
        until.into_value(),
    ];
    tx.execute(sql, values)?;
    Ok(())
}
