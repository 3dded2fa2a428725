//! Drafts: what is typed is kept as typed; two browsers on one visit notice each other.

use cunyi_catalogue::Route;
use cunyi_domain::ids::{ClinicId, VisitId};
use cunyi_domain::ledger::{Charge, Footnote, VisitState};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::row::{Field, Value};
use cunyi_domain::time::Moment;
use cunyi_store::local::Draft;
use cunyi_store::{Tx, query};

use crate::App;
use crate::course;
use crate::error::{AppError, Result, refuse};
use crate::fee_list::{self, Context, FeeList, follows};
use crate::freeze::shortages;
use crate::permission::Action;
use crate::rights::Rights;
use crate::skin_test;
use crate::views::{Actor, ChargeView, Decoction, DraftBody, DraftLine, Preview};
use crate::visit::{charge_view, coverage_of, read_filings};
use crate::year_use::YearUse;

/// Longest draft, in bytes of JSON.
const MOST_DRAFT: usize = 200 * 1024;

impl App {
    /// Keeps what was typed. Refused as `Changed` if another browser has saved since `version`.
    pub fn save_draft(
        &self,
        actor: &Actor,
        visit: &VisitId,
        version: i64,
        body: &DraftBody,
    ) -> Result<i64> {
        actor.must(Action::Treat)?;
        let text = serde_json::to_string(body).map_err(|e| AppError::Failed(e.to_string()))?;
        if text.len() > MOST_DRAFT {
            return refuse(Code::TooLarge);
        }
        if text.contains("\\u0000") {
            return refuse(Code::BadText);
        }
        let now = self.now();
        self.parts.store.db().transact("save_draft", |tx| {
            let row =
                query::visit(tx, &actor.clinic, visit)?.ok_or(Refusal::new(Code::NotFound))?;
            let patient = query::patient(tx, &actor.clinic, &row.patient)?;
            if patient.is_none_or(|p| p.erased) {
                return refuse(Code::NotFound);
            }
            let batches = query::batches(tx, &actor.clinic, visit)?;
            let frozen = batches.iter().any(|b| b.state.is_live());
            if frozen || matches!(row.state, VisitState::Done | VisitState::Cancelled) {
                return refuse(Code::WrongState);
            }
            write(tx, actor, visit, version, text, now)
        })
    }

    /// The fee list as it would be: problems, checks, split, batches. Writes nothing.
    pub fn preview(&self, actor: &Actor, visit: &VisitId, body: &DraftBody) -> Result<Preview> {
        actor.must(Action::Treat)?;
        self.parts.store.db().read("preview", |tx| {
            let mut list = self.fee_list(tx, actor, visit, body)?;
            let short = shortages(tx, &actor.clinic, &list, self.now())?;
            list.problems.extend(short);
            let mut preview = list.preview();
            preview.again = self.charged_again(tx, (&actor.clinic, visit), &preview.lines)?;
            preview.last = otherwise(tx, (&actor.clinic, visit), &preview.lines)?;
            Ok(preview)
        })
    }

    /// F7: diagnoses and lines of the patient's last signed visit, under the disease they were settled
    /// under where it is filed now; never vitals, complaint or findings.
    pub fn as_last_time(&self, actor: &Actor, visit: &VisitId) -> Result<DraftBody> {
        actor.must(Action::Treat)?;
        let clinic = &actor.clinic;
        self.parts.store.db().read("as_last_time", |tx| {
            let row = query::visit(tx, clinic, visit)?.ok_or(Refusal::new(Code::NotFound))?;
            let Some(last) = query::last_signed(tx, &row)? else {
                return Ok(DraftBody::default());
            };
            let diagnoses = query::diagnoses(tx, clinic, &last.id)?;
            let charges = query::given(tx, clinic, &last.id)?;
            let mut body = DraftBody {
                diagnoses: diagnoses.into_iter().map(|d| d.code).collect(),
                lines: charges.iter().map(repeat).collect(),
                decoction: boiled(&charges),
                ..DraftBody::default()
            };
            for (line, charge) in body.lines.iter_mut().zip(&charges) {
                if follows(self.catalogue(), line, charge) {
                    line.quantity.clear();
                }
            }
            let courses = course::Standing::all(tx, clinic, &row.patient)?;
            for line in &mut body.lines {
                let day = row.registered_at.date();
                if course::must_go_on(&courses, line, day).is_err() {
                    line.course.clear();
                }
            }
            let coverage = coverage_of(tx, &row)?;
            let filings = coverage.as_ref().and_then(|c| c.filings.clone());
            let filings = filings.unwrap_or_default();
            let filed = read_filings(&filings);
            let batches = query::batches(tx, clinic, &last.id)?;
            let proposed = self.fee_list(tx, actor, visit, &body)?;
            for (place, charge) in charges.iter().enumerate() {
                let batch = batches.iter().find(|b| b.id == charge.batch);
                let disease = batch.map_or("", |b| &b.disease_code);
                // What is proposed anyway is left open: it follows the diagnoses.
                let chosen = proposed.disease_of(place) != Some(disease);
                if chosen && filed.iter().any(|f| f.code == disease) {
                    body.lines[place].benefit = format!("chronic:{disease}");
                }
            }
            self.let_follow(tx, (actor, visit), &mut body, &charges)?;
            let fee = self.consultation_fee(tx, &row, coverage.as_ref())?;
            let stands = body
                .lines
                .iter()
                .any(|line| self.is_consultation(&line.code));
            match fee {
                Some(fee) if !stands => body.lines.push(fee),
                Some(_) => {}
                None => body.lines.retain(|line| !self.is_consultation(&line.code)),
            }
            Ok(body)
        })
    }

    /// What the routes bring by themselves is not typed again: it follows when they change. What they would have
    /// brought and was not charged stays away.
    pub(crate) fn let_follow(
        &self,
        tx: &mut Tx<'_>,
        (actor, visit): (&Actor, &VisitId),
        body: &mut DraftBody,
        charged: &[Charge],
    ) -> Result<()> {
        let follows = |line: &DraftLine| {
            let service = self.catalogue().service(&line.code);
            service.is_some_and(|service| service.follows.is_some())
        };
        let mut alone = body.clone();
        alone.lines.retain(|line| !follows(line));
        let brought = self.fee_list(tx, actor, visit, &alone)?.lines;
        for line in brought.into_iter().filter(|line| line.follows) {
            match charged.iter().find(|charge| charge.code == line.code) {
                Some(as_many) if as_many.quantity == line.quantity => {
                    body.lines.retain(|typed| typed.code != line.code);
                }
                Some(_) => {}
                None => body.without.push(line.code),
            }
        }
        Ok(())
    }

    pub(crate) fn fee_list(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        visit: &VisitId,
        body: &DraftBody,
    ) -> Result<FeeList> {
        let clinic = &actor.clinic;
        let setup = self.setup_in(tx, clinic)?;
        let row = query::visit(tx, clinic, visit)?.ok_or(Refusal::new(Code::NotFound))?;
        let patient = query::patient(tx, clinic, &row.patient)?;
        let patient = patient.ok_or(Refusal::new(Code::NotFound))?;
        let allergies = query::allergies(tx, clinic, &row.patient)?;
        let coverage = coverage_of(tx, &row)?;
        let birth = patient.birth_date;
        let used = match &coverage {
            Some(coverage) => {
                YearUse::read(tx, &setup, coverage, birth, row.registered_at)?.of_visit(&row)
            }
            None => YearUse::default(),
        };
        let courses = course::Standing::all(tx, clinic, &row.patient)?;
        let of_courses = (self.catalogue(), &*courses);
        let context = Context {
            catalogue: self.catalogue(),
            setup: &setup,
            patient: &patient,
            birth: birth.ok_or(Refusal::at(Code::Missing, "birth_date"))?,
            allergies: &allergies,
            coverage: coverage.as_ref(),
            rights: Rights::read(tx, clinic, &actor.user)?,
            skin_tests: query::skin_tests(tx, clinic, visit)?,
            carried: skin_test::Carried::all(tx, clinic, of_courses, self.now())?,
            courses,
            used,
            at: row.registered_at,
        };
        Ok(fee_list::read(&context, body))
    }
}

fn write(
    tx: &mut Tx<'_>,
    actor: &Actor,
    visit: &VisitId,
    version: i64,
    body: String,
    now: Moment,
) -> Result<i64> {
    let next = version.saturating_add(1);
    if version == 0 {
        let clinic = actor.clinic.clone();
        let visit = visit.clone();
        let draft = Draft {
            clinic,
            visit,
            version: next,
            body,
            saved_at: now,
        };
        return if tx.insert_if_absent(draft)? {
            Ok(next)
        } else {
            refuse(Code::Changed)
        };
    }
    let changed = tx.execute(
        "UPDATE draft SET version = ?, body = ?, saved_at = ? WHERE clinic = ? AND visit = ? AND version = ?",
        vec![
            Value::Int(next),
            body.into_value(),
            now.into_value(),
            actor.clinic.clone().into_value(),
            visit.clone().into_value(),
            Value::Int(version),
        ],
    )?;
    if changed == 1 {
        Ok(next)
    } else {
        refuse(Code::Changed)
    }
}

/// A stored draft as it was typed; an empty one if there is none or it cannot be read any more.
pub(crate) fn stored(draft: Option<Draft>) -> (DraftBody, i64) {
    draft.map_or((DraftBody::default(), 0), |draft| {
        (
            serde_json::from_str(&draft.body).unwrap_or_default(),
            draft.version,
        )
    })
}

/// The usage of a charge, if it is a herb of a decoction.
fn usage(charge: &Charge) -> Option<&'static Route> {
    let mut usages = cunyi_catalogue::usages().iter();
    usages.find(|r| r.name_zh == charge.route)
}

/// What was said once of the decoction among charges.
pub(crate) fn boiled(charges: &[Charge]) -> Decoction {
    let piece = charges.iter().find_map(|c| Some((c, usage(c)?)));
    piece.map_or_else(Decoction::default, |(charge, usage)| Decoction {
        doses: charge.days.to_string(),
        usage: usage.code.to_owned(),
        times: frequency(charge),
    })
}

/// The code of a charge's frequency, which keeps it by name.
fn frequency(charge: &Charge) -> String {
    let named = cunyi_catalogue::frequency_named(&charge.frequency);
    named.map(|f| f.code.to_owned()).unwrap_or_default()
}

/// Lines of the patient's last visit, of what is ordered again otherwise than then or at another price.
fn otherwise(
    tx: &mut Tx<'_>,
    (clinic, visit): (&ClinicId, &VisitId),
    lines: &[ChargeView],
) -> Result<Vec<ChargeView>> {
    let row = query::visit(tx, clinic, visit)?.ok_or(Refusal::new(Code::NotFound))?;
    let Some(last) = query::last_signed(tx, &row)? else {
        return Ok(Vec::new());
    };
    let given = query::given(tx, clinic, &last.id)?;
    let batches = query::batches(tx, clinic, &last.id)?;
    let was = given.iter().map(|charge| charge_view(charge, &batches));
    let changed = |was: &ChargeView| {
        let now = lines.iter().find(|line| line.code == was.code);
        now.is_some_and(|now| {
            (was.price, was.class) != (now.price, now.class) || !was.same_use(now)
        })
    };
    Ok(was.filter(changed).collect())
}

/// A charge as a draft's line: codes for the names that were printed.
pub(crate) fn repeat(charge: &Charge) -> DraftLine {
    let said = |n: i64| if n > 0 { n.to_string() } else { String::new() };
    let number = charge.dose.trim_end_matches(|c: char| !c.is_ascii_digit());
    if usage(charge).is_some() {
        let footnote = charge.footnote.map_or("", Footnote::as_str);
        return DraftLine {
            code: charge.code.clone(),
            dose: number.to_owned(),
            footnote: footnote.to_owned(),
            ..DraftLine::default()
        };
    }
    let route = cunyi_catalogue::route_named(&charge.route);
    DraftLine {
        code: charge.code.clone(),
        dose: number.to_owned(),
        route: route.map(|r| r.code.to_owned()).unwrap_or_default(),
        frequency: frequency(charge),
        days: said(charge.days),
        quantity: charge.quantity.to_string(),
        footnote: String::new(),
        group: said(charge.drip_group),
        drip: said(charge.drip_rate),
        course: charge
            .course
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        benefit: String::new(),
    }
}
