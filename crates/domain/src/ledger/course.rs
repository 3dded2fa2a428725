//! 输液疗程: an infusion that is ordered for several days is done, and charged, day by day.

use crate::ids::{ClinicId, EntryId, PatientId, UserId, VisitId};
use crate::time::Moment;

table! {
    /// 输液疗程. What was done of it is not counted here: each execution is the lines of a visit that name the course
    /// (`charge.course`), so that a fee list that is taken back frees its day, and a course of which nothing is left
    /// is none.
    pub struct Course in "course" (Ledger, ["clinic", "id"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Id.
        pub id: EntryId,
        /// Whose.
        pub patient: PatientId,
        /// The visit it was ordered in, which is its first day.
        pub visit: VisitId,
        /// How many days were ordered.
        pub days: i64,
        /// When it was ordered.
        pub ordered_at: Moment,
        /// By whom.
        pub actor: UserId,
        /// True once it was stopped before its end.
        pub stopped: bool,
        /// When it was.
        pub stopped_at: Option<Moment>,
        /// By whom.
        pub stopped_by: Option<UserId>,
        /// Why; empty while it goes on.
        pub reason: String,
    }
}
