//! Patients: search, page, correction, and making one.

use cunyi_domain::fact::{PatientCorrected, PatientFields, PatientRegistered, Personal};
use cunyi_domain::id_number::{IdNumber, IdNumberError, Sex, mask};
use cunyi_domain::ids::PatientId;
use cunyi_domain::ledger::Patient;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::{Moment, parse_date};
use cunyi_store::{Writer, query, reference};

use crate::App;
use crate::access;
use crate::course;
use crate::error::{Result, refuse, refuse_at};
use crate::follow_up_end::end_view;
use crate::permission::{Action, may};
use crate::referral;
use crate::views::{Actor, PatientForm, PatientHit, PatientView};
use crate::visit::age;

/// Most patients a search answers.
const MOST_HITS: i64 = 50;
/// Most visits of a patient's page.
const MOST_VISITS: i64 = 200;
/// Most referrals of it.
const MOST_REFERRALS: i64 = 20;

impl App {
    /// Patients by identity number, name or pinyin initials.
    pub fn find_patients(&self, actor: &Actor, query: &str) -> Result<Vec<PatientHit>> {
        actor.must(Action::ReadPatient)?;
        let wanted = query.trim();
        if wanted.is_empty() || wanted.chars().count() > 40 {
            return Ok(Vec::new());
        }
        self.note_list(actor, "search")?;
        self.parts.store.db().read("find_patients", |tx| {
            let mut hits = Vec::new();
            for patient in query::find_patients(tx, &actor.clinic, wanted, MOST_HITS)? {
                let last = query::past_visits(tx, &actor.clinic, &patient.id, 1)?;
                hits.push(PatientHit {
                    patient: patient.id,
                    name: patient.name,
                    sex: patient.sex,
                    age: age(patient.birth_date, self.now().date()),
                    masked_number: mask(&patient.id_number),
                    last_visit: last.first().map(|v| v.registered_at),
                });
            }
            Ok(hits)
        })
    }

    /// A patient's page; numbers are masked for roles that may not see them.
    pub fn patient(&self, actor: &Actor, id: &PatientId) -> Result<PatientView> {
        actor.must(Action::ReadPatient)?;
        let view = self.parts.store.db().read("patient", |tx| -> Result<_> {
            let row = query::patient(tx, &actor.clinic, id)?.ok_or(Refusal::new(Code::NotFound))?;
            let allergies = query::allergies(tx, &actor.clinic, id)?;
            let names = access::names(tx, &actor.clinic)?;
            let mut accesses = Vec::new();
            for entry in query::accesses(tx, &actor.clinic, id)? {
                let role = reference::Role::from_text(&entry.role);
                let name = names.get(&entry.actor).cloned().unwrap_or_default();
                accesses.extend(role.map(|role| (name, role, entry.opened_at)));
            }
            let referrals = query::referrals_of(tx, &actor.clinic, id, MOST_REFERRALS)?;
            Ok(PatientView {
                referrals: referral::views(referrals, &names),
                patient: row.id.clone(),
                age: age(row.birth_date, self.now().date()),
                courses: course::views(tx, (&actor.clinic, id), None)?,
                ended: end_view(tx, actor, id)?,
                erased: row.erased,
                fields: form_of(&row, may(actor.role, Action::ReadNumbers)),
                allergies: allergies.into_iter().map(|a| (a.id, a.label)).collect(),
                visits: self.history(tx, actor, id, MOST_VISITS)?,
                accesses,
            })
        })?;
        self.note_access(actor, id)?;
        Ok(view)
    }

    /// Corrects a patient's particulars; what stood there before stays in the journal, sealed.
    pub fn correct_patient(&self, actor: &Actor, id: &PatientId, form: &PatientForm) -> Result<()> {
        actor.must(Action::CorrectPatient)?;
        let (new, sex) = read_form(form, self.now())?;
        let who = self.who(actor);
        self.parts
            .store
            .write(&who, self.rng(), "correct_patient", |w| {
                let row =
                    query::patient(w.tx, &actor.clinic, id)?.ok_or(Refusal::new(Code::NotFound))?;
                if row.erased {
                    return refuse(Code::NotFound);
                }
                if !new.id_number.is_empty() {
                    let same = query::patient_by_number(w.tx, &actor.clinic, &new.id_number)?;
                    if same.is_some_and(|other| other.id != *id) {
                        return refuse_at(Code::NumberTaken, "id_number");
                    }
                }
                let correction = Personal::Correction {
                    old: fields_of(row),
                    new,
                };
                let body = PatientCorrected {
                    patient: id.clone(),
                    sex,
                };
                Ok(w.record(body, Some(id), Some(correction))?)
            })
    }
}

/// Makes a patient.
pub(crate) fn register(
    w: &mut Writer<'_, '_>,
    fields: PatientFields,
    sex: Sex,
) -> Result<PatientId> {
    let id = PatientId::new(w.who.now, w.rng);
    let body = PatientRegistered {
        patient: id.clone(),
        sex,
    };
    w.record(body, Some(&id), Some(Personal::Patient(fields)))?;
    Ok(id)
}

/// Corrects a patient's name alone.
pub(crate) fn rename(w: &mut Writer<'_, '_>, row: Patient, name: &str) -> Result<()> {
    let (patient, sex) = (row.id.clone(), row.sex);
    let old = fields_of(row);
    let new = PatientFields {
        name: name.to_owned(),
        initials: cunyi_catalogue::name_initials(name),
        ..old.clone()
    };
    let body = PatientCorrected {
        patient: patient.clone(),
        sex,
    };
    Ok(w.record(
        body,
        Some(&patient),
        Some(Personal::Correction { old, new }),
    )?)
}

/// Reads an identity number, refusing with what is wrong. Nobody is born tomorrow.
pub(crate) fn read_number(text: &str, field: &'static str, now: Moment) -> Result<IdNumber> {
    let number = IdNumber::parse(text).map_err(|error| {
        let code = match error {
            IdNumberError::Shape => Code::IdShape,
            IdNumberError::BirthDate => Code::IdBirthDate,
            IdNumberError::Checksum => Code::IdChecksum,
        };
        Refusal::at(code, field)
    })?;
    if number.birth_date() > now.date() {
        return refuse_at(Code::IdBirthDate, field);
    }
    Ok(number)
}

/// A text without control characters and without the spaces around it.
pub(crate) fn bounded(text: &str, field: &'static str, most: usize) -> Result<String> {
    let text = text.trim();
    if text.chars().count() > most || text.chars().any(char::is_control) {
        return Err(Refusal::at(Code::BadText, field).with("limit", most).into());
    }
    Ok(text.to_owned())
}

/// Reads what was typed. With a number, birth date and sex come from it and must agree with what
/// was typed; without one a guardian is needed.
pub(crate) fn read_form(form: &PatientForm, now: Moment) -> Result<(PatientFields, Sex)> {
    let name = bounded(&form.name, "name", 50)?;
    if name.is_empty() {
        return refuse_at(Code::Missing, "name");
    }
    let typed_sex = Sex::from_text(form.sex.trim());
    let typed_birth = match form.birth_date.trim() {
        "" => None,
        text => Some(parse_date(text).ok_or(Refusal::at(Code::BadText, "birth_date"))?),
    };
    let guardian_name = bounded(&form.guardian_name, "guardian_name", 50)?;
    let mut guardian_id_number = String::new();
    if !form.guardian_id_number.trim().is_empty() {
        read_number(&form.guardian_id_number, "guardian_id_number", now)?
            .as_str()
            .clone_into(&mut guardian_id_number);
    }
    let (id_number, birth_date, sex) = if form.id_number.trim().is_empty() {
        if guardian_name.is_empty() || guardian_id_number.is_empty() {
            return refuse_at(Code::GuardianMissing, "guardian_name");
        }
        let birth = typed_birth.ok_or(Refusal::at(Code::Missing, "birth_date"))?;
        let sex = typed_sex.ok_or(Refusal::at(Code::Missing, "sex"))?;
        (String::new(), birth, sex)
    } else {
        let number = read_number(&form.id_number, "id_number", now)?;
        if typed_birth.is_some_and(|b| b != number.birth_date()) {
            return refuse_at(Code::IdDisagrees, "birth_date");
        }
        if typed_sex.is_some_and(|s| s != number.sex()) {
            return refuse_at(Code::IdDisagrees, "sex");
        }
        (
            number.as_str().to_owned(),
            number.birth_date(),
            number.sex(),
        )
    };
    if birth_date > now.date() {
        return refuse_at(Code::BadText, "birth_date");
    }
    let fields = PatientFields {
        initials: cunyi_catalogue::name_initials(&name),
        name,
        birth_date: Some(birth_date),
        id_number,
        phone: bounded(&form.phone, "phone", 20)?,
        address: bounded(&form.address, "address", 200)?,
        guardian_name,
        guardian_id_number,
    };
    Ok((fields, sex))
}

fn fields_of(row: Patient) -> PatientFields {
    PatientFields {
        name: row.name,
        initials: row.initials,
        birth_date: row.birth_date,
        id_number: row.id_number,
        phone: row.phone,
        address: row.address,
        guardian_name: row.guardian_name,
        guardian_id_number: row.guardian_id_number,
    }
}

/// What is left of a name for who need not know it: 孙**.
fn mask_name(name: &str) -> String {
    let first = name.chars().take(1);
    let rest = name.chars().skip(1).map(|_| '*');
    first.chain(rest).collect()
}

/// What is left of an address: county and village, no door.
pub(crate) fn mask_address(address: &str) -> String {
    let mut masked: String = address.chars().take(6).collect();
    if masked.len() < address.len() {
        masked.push_str("****");
    }
    masked
}

/// A patient's particulars for a page or paper; for who need not know them, what is left of numbers,
/// phone, address and guardian.
pub(crate) fn form_of(row: &Patient, in_full: bool) -> PatientForm {
    let shown = |text: &str, mask: fn(&str) -> String| {
        if in_full { text.to_owned() } else { mask(text) }
    };
    PatientForm {
        name: row.name.clone(),
        sex: row.sex.as_str().to_owned(),
        birth_date: row.birth_date.map(|d| d.to_string()).unwrap_or_default(),
        id_number: shown(&row.id_number, mask),
        phone: shown(&row.phone, mask),
        address: shown(&row.address, mask_address),
        guardian_name: shown(&row.guardian_name, mask_name),
        guardian_id_number: shown(&row.guardian_id_number, mask),
    }
}
