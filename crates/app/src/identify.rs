//! Identification: who is it, and which insurance is in force (1101, 5301, and the remaining cap).

mod here;

use std::collections::VecDeque;
use std::time::Duration;

use cunyi_domain::id_number::{IdNumber, Sex, mask};
use cunyi_domain::ids::{ClinicId, PatientId};
use cunyi_domain::ledger::{Certificate, Coverage, Patient};
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::{Moment, civil::Date, parse_date};
use cunyi_gateway::evoucher::Business;
use cunyi_gateway::message::{Data, T1101, T2001, T5206, T5301, entitlement, person};
use cunyi_gateway::skew::skew;
use cunyi_gateway::{Amount, Lenient, Node, Outcome, Success};
use cunyi_policy::Benefit;
use cunyi_store::query;

use crate::App;
use crate::error::{AppError, Result, refuse_at};
use crate::evoucher::terminal_scans;
use crate::patient::read_number;
use crate::permission::Action;
use crate::setup::Setup;
use crate::step::{Caller, clock_refusal, succeed};
use crate::views::{Actor, CoverageView, Identified, IdentifyForm, Remaining};
use crate::visit::{age, read_filings};

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
    /// What is known of each insurance.
    pub further: Further,
    /// What stands here, where the platform is away and nothing was asked.
    pub here: Option<Coverage>,
}

/// What is asked besides who she is.
#[derive(Clone, Default)]
pub(crate) struct Further {
    /// Filings, `code=name;…`; none: not known.
    pub filings: Option<String>,
    /// Why they are not known.
    not_had: Option<Refusal>,
    /// Of each insurance of 1101's answer, in its order; nothing of those that settle no visit here.
    pub of: Vec<OfCoverage>,
}

/// What the platform says of one insurance.
#[derive(Clone, Default)]
pub(crate) struct OfCoverage {
    /// 5206: fund used of the general benefit.
    pub general_used: Option<Fen>,
    /// 5206: fund used of the chronic benefit.
    pub chronic_used: Option<Fen>,
    /// `exp_content`: what is left of the general benefit.
    pub general_left: Option<Fen>,
    /// 2001: why the general benefit is not hers, in the platform's words.
    denied: String,
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
    /// The certificate that is known of a patient who was found by her name: her ID number, as if it were typed.
    ///
    /// # Errors
    /// Refused where none is known.
    pub fn known_certificate(&self, actor: &Actor, patient: &PatientId) -> Result<IdentifyForm> {
        actor.must(Action::Register)?;
        let db = self.parts.store.db();
        let row = db.read("known_certificate", |tx| {
            query::patient(tx, &actor.clinic, patient)
        })?;
        let row = row.ok_or(Refusal::new(Code::NotFound))?;
        if row.id_number.is_empty() {
            return refuse_at(Code::Missing, "number");
        }
        self.note_access(actor, &row.id)?;
        Ok(IdentifyForm {
            certificate: Certificate::IdCard.as_str().to_owned(),
            number: row.id_number,
            typed: true,
            ..IdentifyForm::default()
        })
    }

    /// Asks the platform who it is. Local checks come first: a typing error costs no call.
    pub fn identify(&self, actor: &Actor, form: &IdentifyForm) -> Result<Identified> {
        actor.must(Action::Register)?;
        let setup = self.setup(&actor.clinic)?;
        let (certificate, query) = read(form, &setup, self.now())?;
        match self.identify_there(actor, form, (certificate, query.clone())) {
            // Who is turned away for a wrong key is told so: no waiting helps.
            Err(AppError::Refused(refusal))
                if refusal.is_away() && refusal.code != Code::TurnedAway =>
            {
                let here = self.identify_here(actor, form, (certificate, query))?;
                here.ok_or(refusal.into())
            }
            other => other,
        }
    }

    /// The same, and only there: what is known here does not do.
    pub(crate) fn identify_there(
        &self,
        actor: &Actor,
        form: &IdentifyForm,
        (certificate, mut query): (Certificate, person::PersonQuery),
    ) -> Result<Identified> {
        let mut scanned = String::new();
        if certificate == Certificate::Voucher {
            let voucher = self.scan(
                actor,
                Business::Registration,
                (&query.mdtrt_cert_no, "number"),
            )?;
            (query.mdtrt_cert_no, scanned) = (voucher.token, voucher.id_number);
        }
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
        if !same_number(&scanned, &found.output.baseinfo.certno) {
            return Err(Refusal::new(Code::CentreMismatch).into());
        }
        let further = self.further(&caller, &found.output);
        let known = Known {
            handle: self.random_hex()[..24].to_owned(),
            clinic: actor.clinic.clone(),
            at: self.now(),
            certificate,
            certificate_number: query.mdtrt_cert_no,
            typed: form.typed,
            person: found.output.clone(),
            further,
            here: None,
        };
        let mut warnings: Vec<Refusal> = Vec::new();
        warnings.extend(self.clock_warning(&caller, &found));
        warnings.extend(known.further.not_had.clone());
        let view = self.identified(actor, &caller.setup, &known, warnings)?;
        self.memory().keep(known);
        Ok(view)
    }

    /// Chronic filing, what is used and left of the year, and whether the general benefit is hers
    /// (5301, 5206, 2001), for every insurance she can be registered under: what cannot be had is
    /// not known, and said so.
    fn further(&self, caller: &Caller<'_>, person: &person::Person) -> Further {
        let (setup, now) = (&caller.setup, self.now());
        let mut usable = person.insuinfo.iter().filter(|r| is_usable(setup, r, now));
        let Some(first) = usable.next() else {
            return Further::default();
        };
        let several = usable.next().is_some();
        let number = &person.baseinfo.psn_no;
        let place = &first.insuplc_admdvs;
        let asked = entitlement::ChronicQuery {
            psn_no: number.clone(),
        }
        .into();
        let (filings, not_had) = match succeed(caller.ask::<T5301>(place, &asked)) {
            Ok(found) => (Some(filings(&found.output, now)), None),
            Err(error) => (None, not_had(error)),
        };
        let sums = accumulators(caller, number, place);
        let of = |row: &person::InsuInfo| {
            if !is_usable(setup, row, now) {
                return OfCoverage::default();
            }
            let used = |benefit| used(caller, sums.as_ref()?, &row.insutype, benefit, now);
            OfCoverage {
                general_used: used(Benefit::General),
                chronic_used: used(Benefit::Chronic),
                // The person's figure does not say whose it is where several could be meant.
                general_left: left_in_person(caller, person).filter(|_| !several),
                denied: self.denied(caller, number, row).unwrap_or_default(),
            }
        };
        Further {
            filings,
            not_had,
            of: person.insuinfo.iter().map(of).collect(),
        }
    }

    /// 2001: the platform's words when she may not use the general benefit here.
    fn denied(&self, caller: &Caller<'_>, number: &str, row: &person::InsuInfo) -> Option<String> {
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
        let row = found.output.trtinfo.iter().find(denied);
        row.map(|r| r.trt_chk_rslt.clone())
    }

    fn identified(
        &self,
        actor: &Actor,
        setup: &Setup,
        known: &Known,
        asked: Vec<Refusal>,
    ) -> Result<Identified> {
        let base = &known.person.baseinfo;
        let rows = known.person.insuinfo.iter().zip(0..);
        let view = |(row, place)| coverage_view(setup, known, row, place);
        let coverages: Vec<CoverageView> = rows.map(view).collect();
        let mut usable = (0..coverages.len()).filter(|&i| coverages[i].usable());
        let proposed = usable.next();
        let several = usable.next().is_some();
        let mut warnings = Vec::new();
        match proposed {
            None => warnings.push(Refusal::new(Code::NoCoverage)),
            Some(_) if several => warnings.push(Refusal::new(Code::ChooseCoverage)),
            Some(_) => {}
        }
        warnings.extend(asked);
        if let Some(here) = &known.here {
            let day = here.obtained_at.date();
            warnings.push(Refusal::new(Code::LastKnown).with("day", day));
        }
        let proposed = proposed.filter(|_| !several);
        if let Some(words) = proposed
            .map(|i| &coverages[i].denied)
            .filter(|w| !w.is_empty())
        {
            warnings.push(Refusal::new(Code::NotEntitled).with("text", words));
        }
        let patient = self.patient_of(actor, &base.certno)?;
        let name_here = patient.as_ref().filter(|row| renamed(row, base));
        let name_here = name_here.map(|row| row.name.clone());
        if name_here.is_some() {
            warnings.push(Refusal::new(Code::CentreNameDiffers));
        }
        let id = IdNumber::parse(&base.certno).ok();
        Ok(Identified {
            doctors: self.doctors(actor)?,
            handle: known.handle.clone(),
            name: base.psn_name.clone(),
            sex: sex_of(base, id.as_ref())?,
            age: age(
                Some(birth_of(base, id.as_ref(), self.now())?),
                self.now().date(),
            ),
            masked_number: mask(&base.certno),
            certificate: known.certificate,
            typed: known.typed,
            proposed,
            coverages,
            filings: match proposed.or(several.then_some(0)) {
                Some(_) => known.further.filings.as_deref().map(read_filings),
                None => Some(Vec::new()),
            },
            patient: patient.map(|p| p.id),
            name_here,
            warnings,
        })
    }

    fn clock_warning<T>(&self, caller: &Caller<'_>, found: &Success<T>) -> Option<Refusal> {
        let theirs = found.respond_time?;
        let limit = caller.setup.gateway.region.clock_skew_limit_seconds;
        clock_refusal(skew(self.now(), theirs, limit), limit)
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

fn coverage_view(
    setup: &Setup,
    known: &Known,
    row: &person::InsuInfo,
    place: usize,
) -> CoverageView {
    let further = known.further.of.get(place).cloned().unwrap_or_default();
    let told_at = known
        .here
        .as_ref()
        .map_or(known.at, |here| here.obtained_at);
    let local = is_local(setup, row, known.at);
    let policy = setup.policy(&row.insutype, known.at);
    let day = known.at.date();
    let base = &known.person.baseinfo;
    let birth = birth_of(base, IdNumber::parse(&base.certno).ok().as_ref(), known.at).ok();
    let identities = identities(&known.person, day);
    let facts = setup.facts((&row.psn_type, &identities), birth, day);
    let cap = policy.and_then(|policy| policy.yearly_cap(Benefit::General, &facts, day));
    let by_used = || Some((cap? - further.general_used?).max(Fen::ZERO));
    let left = further.general_left.or_else(by_used);
    CoverageView {
        scheme: row.insutype.clone(),
        in_force: row.psn_insu_stas == "1",
        local,
        place: row.insuplc_admdvs.clone(),
        person_type: row.psn_type.clone(),
        balance: row.balc.or_zero(),
        remaining: left.map(|left| Remaining::Platform { left, at: told_at }),
        denied: further.denied,
    }
}

/// The `psn_idet_type` that are in force on a day, joined by `;`. A time that cannot be read bounds nothing.
pub(crate) fn identities(person: &person::Person, today: Date) -> String {
    let day = |text: &str| parse_date(text.get(..10).unwrap_or(""));
    let holds = |row: &&person::IdetInfo| {
        day(&row.endtime).is_none_or(|end| end >= today)
            && day(&row.begntime).is_none_or(|begin| begin <= today)
    };
    let rows = person.idetinfo.iter().filter(holds);
    let codes = rows.map(|row| row.psn_idet_type.trim().replace(';', ""));
    let codes: Vec<String> = codes.filter(|code| !code.is_empty()).collect();
    codes.join(";")
}

/// True if the platform says another name than the patient has here.
pub(crate) fn renamed(row: &Patient, base: &person::BaseInfo) -> bool {
    let theirs = base.psn_name.trim();
    !theirs.is_empty() && theirs != row.name.trim()
}

/// Her sex, by a valid ID number or else as the platform says: never guessed.
pub(crate) fn sex_of(base: &person::BaseInfo, id: Option<&IdNumber>) -> Result<Sex> {
    let sex = id.map(IdNumber::sex).or(Sex::from_text(&base.gend));
    Ok(sex.ok_or(Refusal::at(Code::CentreIncomplete, "sex"))?)
}

/// Her birth date, likewise, and not in the future.
pub(crate) fn birth_of(
    base: &person::BaseInfo,
    id: Option<&IdNumber>,
    now: Moment,
) -> Result<Date> {
    let said = || parse_date(base.brdy.get(..10).unwrap_or(""));
    let birth = id.map(IdNumber::birth_date).or_else(said);
    let birth = birth.filter(|birth| *birth <= now.date());
    Ok(birth.ok_or(Refusal::at(Code::CentreIncomplete, "birth_date"))?)
}

/// What is left of the year's limit, where the region's 1101 carries it: read as it was written,
/// never through a float.
fn left_in_person(caller: &Caller<'_>, person: &person::Person) -> Option<Fen> {
    let key = caller.setup.gateway.region.remaining_cap_key.as_deref()?;
    let content = Node::parse_text(&person.baseinfo.exp_content).ok()?;
    let left = Amount::read(content.get(key)?).ok()?.0?;
    (left >= Fen::ZERO).then_some(left)
}

/// 5206: the year's sums, where the region says under which codes.
fn accumulators(
    caller: &Caller<'_>,
    number: &str,
    place: &str,
) -> Option<entitlement::Accumulators> {
    let mut benefits = caller.setup.gateway.region.benefits.values();
    benefits.find(|b| b.fund_used_code.is_some())?;
    let asked = entitlement::AccumulatorQuery {
        psn_no: number.to_owned(),
        cum_ym: String::new(),
    }
    .into();
    match caller.ask::<T5206>(place, &asked) {
        Outcome::Success(found) => Some(found.output),
        _ => None,
    }
}

/// What a benefit's fund has paid of this year under a scheme. A benefit without a row has paid
/// nothing; a row without an amount says nothing.
fn used(
    caller: &Caller<'_>,
    sums: &entitlement::Accumulators,
    scheme: &str,
    benefit: Benefit,
    now: Moment,
) -> Option<Fen> {
    let benefit = caller.setup.gateway.region.benefits.get(benefit.as_str())?;
    let code = benefit.fund_used_code.as_deref()?;
    let year = now.local().year().to_string();
    let mine = |r: &&entitlement::Accumulator| {
        r.cum_type_code == code && r.insutype == scheme && r.year == year
    };
    let amounts = sums.cuminfo.iter().filter(mine).map(|r| r.cum.0);
    let sum: Fen = amounts.sum::<Option<Fen>>()?;
    (sum >= Fen::ZERO).then_some(sum)
}

/// True if this clinic's region settles it.
fn is_local(setup: &Setup, row: &person::InsuInfo, now: Moment) -> bool {
    row.insuplc_admdvs == setup.gateway.region.admdvs && setup.policy(&row.insutype, now).is_some()
}

/// True if a visit can be settled under it.
pub(crate) fn is_usable(setup: &Setup, row: &person::InsuInfo, now: Moment) -> bool {
    row.psn_insu_stas == "1" && is_local(setup, row, now)
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
        let day = |text: &str| parse_date(text.get(..10).unwrap_or(""));
        day(&f.enddate).is_none_or(|end| end >= today)
            && day(&f.begndate).is_none_or(|begin| begin <= today)
    };
    let clean = |text: &str| text.replace([';', '='], "");
    let parts = found.feedetail.iter().filter(holds);
    let parts = parts.map(|f| format!("{}={}", clean(&f.opsp_dise_code), clean(&f.opsp_dise_name)));
    parts.collect::<Vec<_>>().join(";")
}

/// Checks what was typed or read, before anybody is asked.
pub(crate) fn read(
    form: &IdentifyForm,
    setup: &Setup,
    now: Moment,
) -> Result<(Certificate, person::PersonQuery)> {
    let card_without_code = setup.gateway.region.card_without_code;
    let number = form.number.trim();
    let bad = |c: char| c.is_control() || c.is_whitespace();
    let kind = Certificate::from_text(&form.certificate);
    let scanned = kind == Some(Certificate::Voucher) && terminal_scans(setup);
    if number.is_empty() && !scanned {
        return refuse_at(Code::Missing, "number");
    }
    if number.chars().count() > 600 || number.chars().any(bad) {
        return refuse_at(Code::BadText, "number");
    }
    let mut query = person::PersonQuery::default();
    let certificate = match kind {
        Some(Certificate::IdCard) => {
            let id = read_number(number, "number", now)?;
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

/// True if nothing was said before, or the same.
fn same_number(said: &str, found: &str) -> bool {
    said.is_empty() || said.eq_ignore_ascii_case(found)
}

/// The platform's person must be the one who was asked for.
fn agree(form: &IdentifyForm, query: &person::PersonQuery, found: &person::Person) -> Result<()> {
    let base = &found.baseinfo;
    if !same_number(&query.certno, &base.certno) {
        return Err(Refusal::new(Code::CentreMismatch).into());
    }
    if let Ok(id) = IdNumber::parse(&base.certno) {
        agrees_with_typed(form, &id)?;
    }
    Ok(())
}
