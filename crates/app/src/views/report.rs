//! A period in figures.

use cunyi_domain::ledger::{ItemKind, Payer};
use cunyi_domain::money::{Fen, Quantity};
use cunyi_domain::time::civil::Date;

/// What came in, and whose it was: the parts sum to the total.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Took {
    /// Sum.
    pub total: Fen,
    /// Of the funds.
    pub fund: Fen,
    /// From personal accounts.
    pub account: Fen,
    /// Of the patients.
    pub cash: Fen,
    /// Of the institution.
    pub hospital: Fen,
}

impl std::ops::AddAssign for Took {
    fn add_assign(&mut self, more: Self) {
        self.total += more.total;
        self.fund += more.fund;
        self.account += more.account;
        self.cash += more.cash;
        self.hospital += more.hospital;
    }
}

/// A fee heading (`med_chrgitm_type`, two digits) and what came in under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeadingView {
    /// `09`
    pub code: String,
    /// Less what was paid back.
    pub amount: Fen,
}

/// A drug or service that was charged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoldView {
    /// Drug or service.
    pub kind: ItemKind,
    /// 医保目录编码
    pub code: String,
    /// Name.
    pub name: String,
    /// Specification.
    pub spec: String,
    /// Of the quantity.
    pub unit: String,
    /// Less what came back.
    pub quantity: Quantity,
    /// Less what was paid back.
    pub amount: Fen,
}

/// Visits and money of a doctor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DoctorSums {
    /// 姓名
    pub name: String,
    /// Finished visits.
    pub visits: i64,
    /// What came in for hers.
    pub took: Took,
}

/// Money by who pays and under what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayerSums {
    /// Who.
    pub payer: Payer,
    /// Benefit; empty for self-pay.
    pub benefit: String,
    /// What came in.
    pub took: Took,
}

/// Visits and money of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DaySums {
    /// Which.
    pub day: Date,
    /// Finished visits.
    pub visits: i64,
    /// What came in.
    pub took: Took,
}

/// A main diagnosis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiagnosedView {
    /// ICD code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Finished visits.
    pub visits: i64,
}

/// In how many of the finished visits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shares {
    /// A drug was prescribed.
    pub drugs: i64,
    /// An antibiotic was (抗菌药物).
    pub antibiotics: i64,
    /// Something was injected.
    pub injections: i64,
    /// Something was infused.
    pub infusions: i64,
}

/// A period of a clinic: money by when it was settled or paid back, visits by when they were registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportView {
    /// The clinic's name.
    pub clinic: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Finished visits.
    pub visits: i64,
    /// What came in.
    pub took: Took,
    /// By fee heading, in the headings' order; they sum to the total.
    pub headings: Vec<HeadingView>,
    /// By drug and service, most money first; they sum to the total.
    pub items: Vec<SoldView>,
    /// By doctor, by name.
    pub doctors: Vec<DoctorSums>,
    /// By payer and benefit.
    pub payers: Vec<PayerSums>,
    /// The most frequent main diagnoses, most first.
    pub diagnoses: Vec<DiagnosedView>,
    /// Of the finished visits.
    pub shares: Shares,
    /// Day by day, those without anything too.
    pub days: Vec<DaySums>,
    /// Finished visits by the hour they were registered in.
    pub hours: [i64; 24],
}
