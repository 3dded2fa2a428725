//! What a layout is given: words as they are printed, amounts as text. docs/operator.md names them all; a
//! test compares.

pub(crate) mod consent;
pub(crate) mod day_sheet;
pub(crate) mod fee_list;
pub(crate) mod infusion;
pub(crate) mod outpatient;
pub(crate) mod prescription;
pub(crate) mod receipt;
pub(crate) mod referral;
pub(crate) mod settled;

use cunyi_app::Layout;
use cunyi_app::views::{Age, Paper};
use cunyi_domain::id_number::Sex;
use cunyi_domain::time::Moment;
use serde::Serialize;

use crate::chrome::Chrome;

/// A paper.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Model {
    /// The institution's name.
    pub(crate) clinic: String,
    /// Its telephone; may be empty.
    pub(crate) clinic_phone: String,
    /// Its address; may be empty.
    pub(crate) clinic_address: String,
    /// What has to be said of the whole: 演示, 未经当地医保局确认, 不作处方.
    pub(crate) marks: Vec<String>,
    /// When it was printed.
    pub(crate) printed_at: String,
    #[serde(flatten)]
    pub(crate) about: Option<About>,
    #[serde(flatten)]
    pub(crate) part: Part,
}

/// Whose visit a paper is of; none where it is of a day.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct About {
    pub(crate) patient: Patient,
    pub(crate) visit: Visit,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Patient {
    pub(crate) name: String,
    pub(crate) sex: String,
    /// 68岁; a small child's in months.
    pub(crate) age: String,
    pub(crate) phone: String,
    pub(crate) address: String,
    /// 无 where none is known.
    pub(crate) allergies: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Visit {
    pub(crate) number: String,
    /// 2026-11-24
    pub(crate) day: String,
    /// 2026年11月24日
    pub(crate) day_in_words: String,
    pub(crate) doctor: String,
    pub(crate) cashier: String,
    /// 医保, 自费
    pub(crate) payer: String,
    /// 城乡居民; empty without an insurance.
    pub(crate) scheme: String,
    pub(crate) diagnoses: String,
    /// What is left of the year's cap; empty where nobody said.
    pub(crate) remaining: String,
    /// 人员编号, masked for roles that may not see it; empty without an insurance, as the next.
    pub(crate) person_number: String,
    /// 参保地
    pub(crate) insured_at: String,
}

/// With what a row of a register begins: its number, when, and who. An erased patient's sex says nothing.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Entry {
    pub(crate) number: String,
    pub(crate) when: String,
    pub(crate) name: String,
    pub(crate) sex: String,
    pub(crate) age: String,
}

impl Entry {
    pub(crate) fn new(
        c: &Chrome,
        (number, at): (usize, Moment),
        (name, sex, age): (&str, Sex, &Age),
    ) -> Self {
        Self {
            number: number.to_string(),
            when: at.to_minute(),
            name: name.to_owned(),
            sex: c.sex(&sex),
            age: c.age(age),
        }
    }
}

/// What is the paper's own.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Part {
    Prescription(prescription::Prescription),
    FeeList(Box<fee_list::FeeList>),
    Statement(Box<settled::Bill>),
    Slip(Box<settled::Slip>),
    Receipt(Box<receipt::Receipt>),
    DaySheet(Box<day_sheet::DaySheet>),
    Referral(Box<referral::Slip>),
    InfusionCard(infusion::Card),
    InfusionRegister(infusion::Register),
    OutpatientLog(outpatient::Log),
    Consent(consent::Consent),
}

impl Model {
    /// What a slip is called; the others are called as their layouts.
    pub(crate) fn title(&self, c: &Chrome, layout: Layout) -> String {
        match &self.part {
            Part::Slip(slip) => slip.title.clone(),
            _ => c.t(super::title(layout)),
        }
    }

    fn of(c: &Chrome, p: &Paper, part: Part) -> Self {
        let marks = [
            (p.fictional, "paper-fictional"),
            (p.unconfirmed, "unconfirmed"),
            (p.invented_prices, "invented-prices"),
        ];
        let marks = marks.into_iter().filter(|(said, _)| *said);
        Self {
            marks: marks.map(|(_, key)| c.t(key)).collect(),
            about: Some(About {
                patient: patient(c, p),
                visit: visit(c, p),
            }),
            printed_at: p.printed_at.to_string(),
            ..Self::of_days(c, &p.clinic, part)
        }
    }

    /// What is of a day or a period, of no visit.
    fn of_days(c: &Chrome, clinic: &str, part: Part) -> Self {
        let said = c.session.as_ref().map(|session| &session.clinic);
        let fictional = c.fictional.then(|| c.t("paper-fictional"));
        Self {
            clinic: clinic.to_owned(),
            clinic_phone: said.map(|it| it.phone.clone()).unwrap_or_default(),
            clinic_address: said.map(|it| it.address.clone()).unwrap_or_default(),
            marks: fictional.into_iter().collect(),
            printed_at: c.now.to_string(),
            about: None,
            part,
        }
    }
}

fn patient(c: &Chrome, p: &Paper) -> Patient {
    let strip = &p.visit.patient;
    let allergies: Vec<&str> = strip.allergies.iter().map(|a| &*a.1).collect();
    Patient {
        name: p.patient.name.clone(),
        sex: c.sex(&strip.sex),
        age: c.age(&strip.age),
        phone: p.patient.phone.clone(),
        address: p.patient.address.clone(),
        allergies: if allergies.is_empty() {
            c.t("paper-none")
        } else {
            allergies.join(" ")
        },
    }
}

fn visit(c: &Chrome, p: &Paper) -> Visit {
    let remaining = p.visit.patient.remaining.as_ref();
    Visit {
        number: p.visit.number.clone(),
        day: p.day.to_string(),
        day_in_words: p.day.strftime("%Y年%m月%d日").to_string(),
        doctor: p.visit.doctor.clone(),
        cashier: p.cashier.clone(),
        payer: c.payer(&p.visit.payer),
        scheme: if p.scheme.is_empty() {
            String::new()
        } else {
            c.scheme(&p.scheme)
        },
        diagnoses: p.diagnoses.clone(),
        remaining: remaining.map(|r| c.remaining(r)).unwrap_or_default(),
        person_number: p.person_number.clone(),
        insured_at: p.insured_at.clone(),
    }
}
