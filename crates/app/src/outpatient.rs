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
use crate::visit::{age, by_visit, joined};

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
                    diagnoses: by_visit(query::logged_diagnoses(tx, clinic, span)?, |row| {
                        &row.visit
                    }),
                    items: by_visit(query::logged_items(tx, clinic, span)?, |row| &row.visit),
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
    items: HashMap<VisitId, Vec<PastLine>>,
}

impl Said {
    fn row(&self, v: Logged) -> LogRow {
        let items = self.items.get(&v.id).map(|lines| joined(lines));
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
    let mut with_syndromes: Vec<(&str, Vec<&str>)> = Vec::new();
    for row in diagnoses {
        match with_syndromes.last_mut() {
            Some((_, syndromes)) if row.kind == DiagnosisKind::Syndrome => {
                syndromes.push(&row.name);
            }
            _ => with_syndromes.push((&row.name, Vec::new())),
        }
    }
    let one = |(name, syndromes): (&str, Vec<&str>)| match syndromes.as_slice() {
        [] => name.to_owned(),
        some => format!("{name}（{}）", some.join("、")),
    };
    let all: Vec<String> = with_syndromes.into_iter().map(one).collect();
    all.join("、")
}
