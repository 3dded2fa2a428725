//! Identification: who is it, and which insurance is in force (1101, 5301, and the remaining cap).

use std::collections::VecDeque;
use std::time::Duration;

use cunyi_domain::id_number::{IdNumber, Sex, mask};
use cunyi_domain::ids::ClinicId;
use cunyi_domain::ledger::{Certificate, Patient};
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::{Moment, parse_date};
use cunyi_gateway::message::{Data, T1101, T2001, T5206, T5301, entitlement, person};
use cunyi_gateway::skew::{Skew, skew};
use cunyi_gateway::{Outcome, Success};
use cunyi_policy::{Benefit, Level};
use cunyi_store::query;

use crate::App;
use crate::error::{AppError, Result, refuse_at};
use crate::patient::read_number;
use crate::permission::Action;
use crate::setup::Setup;
use crate::step::{Caller, succeed};
use crate::views::{Actor, CoverageView, Identified, IdentifyForm, Remaining};
use crate::visit::age;

/// Identifications that are remembered, and for how long. Loss: the patient is identified again.
const REMEMBERED: usize = 200;
const REMEMBERED_FOR: Duration = Duration::from_mins(30);

/// What is remembered between identification and registration.
#[derive(Clone)]
pub(crate) struct Known {
    handle: String,
    clinic: ClinicId,
    at: Moment,
    /// What was shown.
    pub certificate: Certificate,
    /// Its number or token: sent again with 2201, 2206 and 2207.
    pub certificate_number: String,
    /// 手工录入
    pub typed: bool,
    /// 1101's answer.
    pub person: person::Person,
    /// Filings, `code=name;…`.
    pub filings: String,
    /// Fund used this year as the platform knows it.
    pub fund_used: Option<Fen>,
}

/// What is asked besides who she is.
#[derive(Default)]
struct Further {
    /// Why the filings are not known, if they are not.
    not_had: Option<Refusal>,
    filings: String,
    fund_used: Option<Fen>,
    /// Why the general benefit is not hers.
    refused: Option<String>,
}

/// Identifications by handle, oldest first.
#[derive(Default)]
pub(crate) struct Memory(VecDeque<Known>);

impl Memory {
    /// Keeps one.
    pub fn keep(&mut self, known: Known) {
        if self.0.len() >= REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back(known);
    }

    /// One of this clinic that is still fresh.
    pub fn find(&self, clinic: &ClinicId, handle: &str, now: Moment) -> Option<Known> {
        let fresh = |k: &&Known| k.at.plus(REMEMBERED_FOR) >= now;
        let same = |k: &&Known| k.handle == handle && k.clinic == *clinic;
        self.0.iter().filter(fresh).find(same).cloned()
    }

    /// Forgets one that is used; false if somebody else has used it already.
    pub fn forget(&mut self, handle: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|k| k.handle != handle);
        self.0.len() < before
    }
}

impl App {
    /// Asks the platform who it is. Local checks come first: a typing error costs no call.
    pub fn identify(&self, actor: &Actor, form: &IdentifyForm) -> Result<Identified> {
        actor.must(Action::Register)?;
        let setup = self.setup(&actor.clinic)?;
        let (certificate, query) = read(form, setup.gateway.region.card_without_code)?;
        let caller = self.caller(actor)?;
        let asked: Data<person::PersonQuery> = query.clone().into();
        let outcome = caller.ask::<T1101>("", &asked);
        let found = match (certificate, outcome) {
            (Certificate::Voucher, Outcome::Refused(refusal)) => {
                let said = Refusal::at(Code::VoucherExpired, "number");
                return Err(said.with("text", refusal.text).into());
            }
            (_, outcome) => succeed(outcome)?,
        };
        agree(form, &query, &found.output)?;
        let further = self.further(&caller, &found.output);
        let known = Known {
            handle: self.random_hex()[..24].to_owned(),
            clinic: actor.clinic.clone(),
            at: self.now(),
            certificate,
            certificate_number: query.mdtrt_cert_no,
            typed: form.typed,
            person: found.output.clone(),
            filings: further.filings,
            fund_used: further.fund_used,
        };
        let mut view = self.identified(actor, &caller, &known, &found)?;
        view.warnings.extend(further.not_had);
        let covered = view.warnings.iter().all(|w| w.code != Code::NoCoverage);
        if let Some(words) = further.refused.filter(|_| covered) {
            view.warnings
                .push(Refusal::new(Code::NotEntitled).with("text", words));
        }
        self.memory().keep(known);
        Ok(view)
    }

    /// Chronic filing, the fund used, and whether the general benefit is hers (5301, 5206, 2001):
    /// what cannot be had is not known, and said so.
    fn further(&self, caller: &Caller<'_>, person: &person::Person) -> Further {
        let Some(row) = in_force(person).next() else {
            return Further::default();
        };
        let number = &person.baseinfo.psn_no;
        let asked = entitlement::ChronicQuery {
            psn_no: number.clone(),
        }
        .into();
        let outcome = caller.ask::<T5301>(&row.insuplc_admdvs, &asked);
        let (filings, not_had) = match succeed(outcome) {
            Ok(found) => (filings(&found.output, self.now()), None),
            Err(error) => (String::new(), not_had(error)),
        };
        let fund_used = left_in_person(caller, person)
            .and_then(|left| cap(caller, &row.insutype).map(|cap| (cap - left).max(Fen::ZERO)))
            .or_else(|| self.accumulated(caller, number, row));
        Further {
            not_had,
            filings,
            fund_used,
            refused: self.not_entitled(caller, number, row),
        }
    }

    /// 5206: the year's sum under the region's code.
    fn accumulated(
        &self,
        caller: &Caller<'_>,
        number: &str,
        row: &person::InsuInfo,
    ) -> Option<Fen> {
        let code = caller.setup.gateway.region.fund_used_code.as_deref()?;
        let year = self.now().local().year().to_string();
        let psn_no = number.to_owned();
        let asked = entitlement::AccumulatorQuery {
            psn_no,
            cum_ym: String::new(),
        }
        .into();
        let Outcome::Success(found) = caller.ask::<T5206>(&row.insuplc_admdvs, &asked) else {
            return None;
        };
        let mine = |r: &&entitlement::Accumulator| {
            r.cum_type_code == code && r.insutype == row.insutype && r.year == year
        };
        Some(
            found
                .output
                .cuminfo
                .iter()
                .filter(mine)
                .map(|r| r.cum.or_zero())
                .sum(),
        )
    }

    /// 2001: the platform's words when she may not use the general benefit here.
    fn not_entitled(
        &self,
        caller: &Caller<'_>,
        number: &str,
        row: &person::InsuInfo,
    ) -> Option<String> {
        let gateway = &caller.setup.gateway;
        let asked = entitlement::EntitlementQuery {
            psn_no: number.to_owned(),
            insutype: row.insutype.clone(),
            fixmedins_code: gateway.institution.code.clone(),
            med_type: gateway.region.benefits.get("general")?.med_type.clone(),
            begntime: self.now().date_time(),
            ..entitlement::EntitlementQuery::default()
        }
        .into();
        let Outcome::Success(found) = caller.ask::<T2001>(&row.insuplc_admdvs, &asked) else {
            return None;
        };
        let denied = |r: &&entitlement::TrtInfo| r.trt_enjymnt_flag == "0";
        found
            .output
            .trtinfo
            .iter()
            .find(denied)
            .map(|r| r.trt_chk_rslt.clone())
    }

    fn identified(
        &self,
        actor: &Actor,
        caller: &Caller<'_>,
        known: &Known,
        found: &Success<person::Person>,
    ) -> Result<Identified> {
        let base = &known.person.baseinfo;
        let view = |row: &person::InsuInfo| CoverageView {
            scheme: row.insutype.clone(),
            in_force: row.psn_insu_stas == "1",
            local: is_local(&caller.setup, row, self.now()),
            place: row.insuplc_admdvs.clone(),
            person_type: row.psn_type.clone(),
            balance: row.balc.or_zero(),
        };
        let coverages: Vec<CoverageView> = known.person.insuinfo.iter().map(view).collect();
        let usable = |c: &CoverageView| c.in_force && c.local;
        let mut usable_places = (0..coverages.len()).filter(|&i| usable(&coverages[i]));
        let proposed = usable_places.next();
        let several = usable_places.next().is_some();
        let mut warnings = Vec::new();
        if proposed.is_none() {
            warnings.push(Refusal::new(Code::NoCoverage));
        } else if several {
            warnings.push(Refusal::new(Code::ChooseCoverage));
        }
        warnings.extend(self.clock_warning(caller, found));
        let patient = self.patient_of(actor, &base.certno)?;
        let remaining = proposed.and_then(|place| {
            let scheme = &coverages[place].scheme;
            match (known.fund_used, cap(caller, scheme)) {
                (Some(used), Some(cap)) => Some(Remaining::Platform {
                    left: (cap - used).max(Fen::ZERO),
                    at: known.at,
                }),
                _ => None,
            }
        });
        Ok(Identified {
            handle: known.handle.clone(),
            name: base.psn_name.clone(),
            sex: Sex::from_text(&base.gend).unwrap_or(Sex::Male),
            age: age(parse_date(&base.brdy), self.now().date()),
            masked_number: mask(&base.certno),
            certificate: known.certificate,
            typed: known.typed,
            proposed: proposed.filter(|_| !several),
            coverages,
            filings: crate::visit::filing_names(&known.filings),
            remaining,
            patient: patient.map(|p| p.id),
            warnings,
        })
    }

    fn clock_warning<T>(&self, caller: &Caller<'_>, found: &Success<T>) -> Option<Refusal> {
        let theirs = found.respond_time?;
        let limit = caller.setup.gateway.region.clock_skew_limit_seconds;
        match skew(self.now(), theirs, limit) {
            Skew::Fine => None,
            Skew::Warn(seconds) | Skew::Refuse(seconds) => {
                Some(Refusal::new(Code::ClockSkew).with("seconds", seconds))
            }
        }
    }

    pub(crate) fn patient_of(&self, actor: &Actor, number: &str) -> Result<Option<Patient>> {
        if number.is_empty() {
            return Ok(None);
        }
        let db = self.parts.store.db();
        Ok(db.read("patient_of", |tx| {
            query::patient_by_number(tx, &actor.clinic, number)
        })?)
    }
}

/// What is left of the year's limit, where the region's 1101 carries it.
fn left_in_person(caller: &Caller<'_>, person: &person::Person) -> Option<Fen> {
    let key = caller.setup.gateway.region.remaining_cap_key.as_deref()?;
    let values: serde_json::Value = serde_json::from_str(&person.baseinfo.exp_content).ok()?;
    let value = values.get(key)?;
    let text = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    text.parse::<Fen>().ok()
}

/// The yearly cap of the general benefit.
fn cap(caller: &Caller<'_>, scheme: &str) -> Option<Fen> {
    let level = Level::from_text(caller.setup.clinic.level.as_str())?;
    let policy = caller.setup.policy(scheme, caller.app.now())?;
    policy
        .benefit
        .get(&Benefit::General)?
        .level
        .get(&level)?
        .annual_cap
}

/// True if this clinic's region settles it.
fn is_local(setup: &Setup, row: &person::InsuInfo, now: Moment) -> bool {
    row.insuplc_admdvs == setup.gateway.region.admdvs && setup.policy(&row.insutype, now).is_some()
}

/// True if a visit can be settled under it.
pub(crate) fn is_usable(setup: &Setup, row: &person::InsuInfo, now: Moment) -> bool {
    row.psn_insu_stas == "1" && is_local(setup, row, now)
}

/// Rows in force (`psn_insu_stas` 1).
fn in_force(person: &person::Person) -> impl Iterator<Item = &person::InsuInfo> {
    person
        .insuinfo
        .iter()
        .filter(|row| row.psn_insu_stas == "1")
}

/// Why the filings are not known.
fn not_had(error: AppError) -> Option<Refusal> {
    match error {
        AppError::Refused(refusal) => Some(Refusal {
            field: Some("filings"),
            ..refusal
        }),
        AppError::Failed(_) => None,
    }
}

fn filings(found: &entitlement::ChronicFilings, now: Moment) -> String {
    let today = now.date();
    let holds = |f: &&entitlement::ChronicFiling| {
        parse_date(f.enddate.get(..10).unwrap_or("")).is_none_or(|end| end >= today)
    };
    let clean = |text: &str| text.replace([';', '='], "");
    let parts = found.feedetail.iter().filter(holds);
    let parts = parts.map(|f| format!("{}={}", clean(&f.opsp_dise_code), clean(&f.opsp_dise_name)));
    parts.collect::<Vec<_>>().join(";")
}

/// Checks what was typed or read, before anybody is asked.
fn read(
    form: &IdentifyForm,
    card_without_code: bool,
) -> Result<(Certificate, person::PersonQuery)> {
    let number = form.number.trim();
    let bad = |c: char| c.is_control() || c.is_whitespace();
    if number.is_empty() {
        return refuse_at(Code::Missing, "number");
    }
    if number.chars().count() > 600 || number.chars().any(bad) {
        return refuse_at(Code::BadText, "number");
    }
    let mut query = person::PersonQuery::default();
    let certificate = match Certificate::from_text(&form.certificate) {
        Some(Certificate::IdCard) => {
            let id = read_number(number, "number")?;
            agrees_with_typed(form, &id)?;
            query.psn_cert_type = "01".to_owned();
            query.certno = id.as_str().to_owned();
            query.mdtrt_cert_no = id.as_str().to_owned();
            Certificate::IdCard
        }
        Some(Certificate::SocialCard) => {
            let code = form.card_code.trim();
            if code.is_empty() && !card_without_code {
                return refuse_at(Code::CardCodeMissing, "card_code");
            }
            if code.chars().count() > 64 || code.chars().any(bad) {
                return refuse_at(Code::BadText, "card_code");
            }
            query.card_sn = code.to_owned();
            query.mdtrt_cert_no = number.to_owned();
            Certificate::SocialCard
        }
        Some(Certificate::Voucher) => {
            query.mdtrt_cert_no = number.to_owned();
            Certificate::Voucher
        }
        _ => return refuse_at(Code::Missing, "certificate"),
    };
    query.mdtrt_cert_type = certificate.as_str().to_owned();
    Ok((certificate, query))
}

fn agrees_with_typed(form: &IdentifyForm, id: &IdNumber) -> Result<()> {
    let birth = form.birth_date.trim();
    if !birth.is_empty() && parse_date(birth) != Some(id.birth_date()) {
        return refuse_at(Code::IdDisagrees, "birth_date");
    }
    let sex = form.sex.trim();
    if !sex.is_empty() && Sex::from_text(sex) != Some(id.sex()) {
        return refuse_at(Code::IdDisagrees, "sex");
    }
    Ok(())
}

/// The platform's person must be the one who was asked for.
fn agree(form: &IdentifyForm, query: &person::PersonQuery, found: &person::Person) -> Result<()> {
    let base = &found.baseinfo;
    if !query.certno.is_empty() && !base.certno.eq_ignore_ascii_case(&query.certno) {
        return Err(Refusal::new(Code::CentreMismatch).into());
    }
    if let Ok(id) = IdNumber::parse(&base.certno) {
        agrees_with_typed(form, &id)?;
    }
    Ok(())
}
