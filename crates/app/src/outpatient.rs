//! 门诊日志, the outpatient log that an inspector asks for: who came, with what, what was done, by whom.

use std::collections::HashMap;

use cunyi_domain::id_number::mask;
use cunyi_domain::ids::{UserId, VisitId};
use cunyi_domain::ledger::{Diagnosis, DiagnosisKind};
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
                    diagnoses: diagnosed(query::logged_diagnoses(tx, clinic, span)?),
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
    diagnoses: HashMap<VisitId, Vec<Diagnosis>>,
    items: HashMap<VisitId, Vec<String>>,
}

impl Said {
    fn row(&self, v: Logged) -> LogRow {
        let items = self.items.get(&v.id).map(|all| all.join("、"));
        let diagnoses = self.diagnoses.get(&v.id).map_or(&[][..], Vec::as_slice);
        let treatment = [items.unwrap_or_default(), v.advice];
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
            diagnoses: said(diagnoses),
            treatment: treatment.join("；"),
            doctor: self.names.get(&v.doctor).cloned().unwrap_or_default(),
            onset: v.onset,
            notifiable: notifiable(diagnoses),
            visit: v.id,
        }
    }
}

/// Diagnoses by visit, each visit's in order.
fn diagnosed(rows: Vec<Diagnosis>) -> HashMap<VisitId, Vec<Diagnosis>> {
    let mut all: HashMap<VisitId, Vec<Diagnosis>> = HashMap::new();
    for row in rows {
        all.entry(row.visit.clone()).or_default().push(row);
    }
    all
}

/// 手足口病（丙类）
fn notifiable(diagnoses: &[Diagnosis]) -> String {
    let one = |row: &Diagnosis| {
        let class = cunyi_catalogue::notifiable(&row.code)?;
        Some(format!("{}（{}）", row.name, class.name_zh()))
    };
    let all: Vec<String> = diagnoses.iter().filter_map(one).collect();
    all.join("、")
}

/// Names of diagnoses as papers bear them: 西医, then 中医 with its syndrome in brackets, 感冒病（风寒束表证）.
pub(crate) fn said(diagnoses: &[Diagnosis]) -> String {
    let mut out = String::new();
    let mut open = false;
    for row in diagnoses {
        let syndrome = row.kind == DiagnosisKind::Syndrome;
        out.push_str(match (syndrome, open, out.is_empty()) {
            (true, false, false) => "（",
            (false, true, _) => "）、",
            (_, _, true) => "",
            _ => "、",
        });
        open = syndrome && !out.is_empty();
        out.push_str(&row.name);
    }
    if open {
        out.push('）');
    }
    out
}

/// Names by visit, each visit's in order.
pub(crate) fn by_visit(lines: Vec<PastLine>) -> HashMap<VisitId, Vec<String>> {
    let mut all: HashMap<VisitId, Vec<String>> = HashMap::new();
    for line in lines {
        all.entry(line.visit).or_default().push(line.name);
    }
    all
}
