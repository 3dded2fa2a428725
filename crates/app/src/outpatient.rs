//! 门诊日志, the outpatient log that an inspector asks for: who came, with what, what was done, by whom.

use std::collections::HashMap;

use cunyi_domain::id_number::mask;
use cunyi_domain::ids::{UserId, VisitId};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::{Moment, civil::Date};
use cunyi_store::query::{self, Logged, PastLine};
use cunyi_store::reports::Span;

use crate::App;
use crate::access::names;
use crate::error::{Result, refuse_at};
use crate::patient::mask_address;
use crate::permission::{Action, may};
use crate::views::{Actor, LogRow, OutpatientLog};
use crate::visit::age;

/// Most visits of a log that is asked for.
const MOST_ROWS: i64 = 2000;

impl App {
    /// The log of a period, both days included. Who may not see numbers sees phone and address masked.
    ///
    /// # Errors
    /// Refused where the period ends before it begins or has too many visits.
    pub fn outpatient_log(&self, actor: &Actor, from: Date, to: Date) -> Result<OutpatientLog> {
        actor.must(Action::ReadRecord)?;
        if to < from {
            return refuse_at(Code::BadText, "to");
        }
        let span = Span {
            from: Moment::start_of(from),
            to: Moment::end_of(to),
        };
        let clinic = &actor.clinic;
        let log = self
            .parts
            .store
            .db()
            .read("outpatient_log", |tx| -> Result<_> {
                let visits = query::logged(tx, clinic, span, MOST_ROWS + 1)?;
                if i64::try_from(visits.len()).is_ok_and(|count| count > MOST_ROWS) {
                    let refusal = Refusal::new(Code::PeriodTooLong).with("most", MOST_ROWS);
                    return Err(refusal.into());
                }
                let said = Said {
                    numbers: may(actor.role, Action::ReadNumbers),
                    names: names(tx, clinic)?,
                    diagnoses: by_visit(query::logged_diagnoses(tx, clinic, span)?),
                    items: by_visit(query::logged_items(tx, clinic, span)?),
                };
                Ok(OutpatientLog {
                    clinic: self.setup_in(tx, clinic)?.clinic.name.clone(),
                    from,
                    to,
                    rows: visits.into_iter().map(|visit| said.row(visit)).collect(),
                })
            })?;
        self.note_list(actor, "outpatient-log")?;
        Ok(log)
    }
}

/// What the log's rows are made of beside the visits.
struct Said {
    numbers: bool,
    names: HashMap<UserId, String>,
    diagnoses: HashMap<VisitId, Vec<String>>,
    items: HashMap<VisitId, Vec<String>>,
}

impl Said {
    fn row(&self, v: Logged) -> LogRow {
        let joined = |of: &HashMap<VisitId, Vec<String>>| {
            of.get(&v.id).map(|all| all.join("、")).unwrap_or_default()
        };
        let treatment = [joined(&self.items), v.advice];
        let treatment: Vec<String> = treatment.into_iter().filter(|t| !t.is_empty()).collect();
        let shown = |text: String, mask: fn(&str) -> String| {
            if self.numbers { text } else { mask(&text) }
        };
        LogRow {
            at: v.registered_at,
            name: v.name,
            sex: v.sex,
            age: age(v.birth_date, v.registered_at.date()),
            phone: shown(v.phone, mask),
            address: shown(v.address, mask_address),
            again: v.again,
            complaint: v.complaint,
            diagnoses: joined(&self.diagnoses),
            treatment: treatment.join("；"),
            doctor: self.names.get(&v.doctor).cloned().unwrap_or_default(),
            visit: v.id,
        }
    }
}

/// Names by visit, each visit's in order.
pub(crate) fn by_visit(lines: Vec<PastLine>) -> HashMap<VisitId, Vec<String>> {
    let mut all: HashMap<VisitId, Vec<String>> = HashMap::new();
    for line in lines {
        all.entry(line.visit).or_default().push(line.name);
    }
    all
}
