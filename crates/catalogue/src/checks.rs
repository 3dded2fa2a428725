//! The first prescription checks, as a pure function of the lists, the patient and the lines.
//!
//! Words are not here, only codes and what the words need. Findings never hold personal data.

use cunyi_domain::id_number::Sex;
use cunyi_domain::money::Quantity;
use cunyi_domain::text_enum;

use crate::allergy::{Allergy, against};
use crate::catalogue::{Catalogue, ItemHit};
use crate::model::{Drug, ServiceRole};
use crate::order::{Frequency, quantity};

text_enum! {
    /// What a finding asks for.
    pub enum Level {
        /// It may go on with a reason, which is recorded.
        Warn = "warn",
        /// It may not go on.
        Refuse = "refuse",
    }
}

text_enum! {
    /// Every check there is.
    pub enum CheckCode {
        /// The code is in neither list. Args: `code`.
        UnknownItem = "unknown-item",
        /// The patient is allergic to this drug or to one of the same ingredient. Args: `drug`.
        AllergyDrug = "allergy-drug",
        /// The patient is allergic to this drug's group. Args: `drug`, `group`.
        AllergyGroup = "allergy-group",
        /// A recorded allergy's words name this drug or its ingredient. Args: `drug`.
        AllergyText = "allergy-text",
        /// Two lines hold the same ingredient. Args: `ingredient`.
        SameIngredient = "same-ingredient",
        /// A dose is missing, zero or negative. Args: `drug`.
        DoseMissing = "dose-missing",
        /// One dose is above the most at once. Args: `drug`, `given`, `limit`, `unit`.
        DoseSingle = "dose-single",
        /// A day's doses are above the most a day. Args: `drug`, `given`, `limit`, `unit`.
        DoseDaily = "dose-daily",
        /// A child's limit goes by weight, and the weight is not known. Args: `drug`.
        WeightMissing = "weight-missing",
        /// The patient is younger than the drug is for. Args: `drug`, `limit` (years).
        TooYoung = "too-young",
        /// The number of days is not 1 to 365. Args: `drug`.
        Days = "days",
        /// The quantity is zero, negative, broken, or above the most. Args: `item`.
        Quantity = "quantity",
        /// Less is handed out than the order comes to. Args: `drug`, `limit`, `unit`.
        TooLittle = "too-little",
        /// A drug is supplied for more days than need no word. Args: `limit`, `drugs`.
        SupplyReason = "supply-reason",
        /// A drug is supplied for more days than may be at all. Args: `drug`, `limit`.
        SupplyMost = "supply-most",
        /// 长期处方 without a chronic illness that is followed.
        LongUndiagnosed = "long-undiagnosed",
        /// A drug that a 长期处方 may not hold is supplied for longer than usual. Args: `drug`, `limit`.
        LongReserved = "long-reserved",
        /// The general consultation fee already holds the injection. Args: `item`.
        ConsultationInjection = "consultation-injection",
        /// Two consultation fees in one visit.
        TwoConsultations = "two-consultations",
        /// The diagnosis belongs to the other sex. Args: `diagnosis`.
        DiagnosisSex = "diagnosis-sex",
        /// The diagnosis is not in the list. Args: `code`.
        UnknownDiagnosis = "unknown-diagnosis",
    }
}

/// What the checks need to know of the patient.
#[derive(Clone, Debug, Default)]
pub struct PatientFacts {
    /// Whole years of age.
    pub age_years: i64,
    /// Sex, where known.
    pub sex: Option<Sex>,
    /// Body weight in grams, where known.
    pub weight_grams: Option<i64>,
    /// Allergies.
    pub allergies: Vec<Allergy>,
}

/// How a drug is to be taken.
#[derive(Clone, Debug)]
pub struct Order {
    /// One dose in the drug's dose units; nothing for what is used as needed.
    pub dose: Option<Quantity>,
    /// How often.
    pub frequency: &'static Frequency,
    /// For how many days.
    pub days: i64,
}

/// A line to be checked: of a prescription, or of services.
#[derive(Clone, Debug)]
pub struct Line {
    /// Code of a drug or a service.
    pub code: String,
    /// For a drug.
    pub order: Option<Order>,
    /// Smallest units of a drug, units of a service.
    pub quantity: Quantity,
}

/// What a region decides about the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Whether the general consultation fee holds injection and infusion, and what then becomes of
    /// an injection fee beside it; nothing where both may be charged.
    pub consultation_includes_injection: Option<Level>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            consultation_includes_injection: Some(Level::Warn),
        }
    }
}

/// One thing found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How grave.
    pub level: Level,
    /// Which.
    pub code: CheckCode,
    /// The lines it is about, by place; none where it is about the visit.
    pub lines: Vec<usize>,
    /// What the words need.
    pub args: Vec<(&'static str, String)>,
}

impl Finding {
    pub(crate) fn new(level: Level, code: CheckCode, lines: &[usize]) -> Self {
        Self {
            level,
            code,
            lines: lines.to_vec(),
            args: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &(impl ToString + ?Sized)) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}

/// The age from which an adult's limits count alone (years): below it paediatric doses go by weight.
pub const ADULT: i64 = 14;

struct Placed<'a> {
    place: usize,
    line: &'a Line,
    item: ItemHit<'a>,
}

/// Checks a visit's diagnoses and lines. Findings come in the order of the lines, those of the
/// whole visit last.
pub fn check(
    catalogue: &Catalogue,
    patient: &PatientFacts,
    diagnoses: &[&str],
    lines: &[Line],
    rules: Rules,
) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut placed = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        let drug = catalogue.drug(&line.code).map(ItemHit::Drug);
        let service = || catalogue.service(&line.code).map(ItemHit::Service);
        match drug.or_else(service) {
            Some(item) => placed.push(Placed { place, line, item }),
            None => found.push(
                Finding::new(Level::Refuse, CheckCode::UnknownItem, &[place])
                    .with("code", &line.code),
            ),
        }
    }
    for one in &placed {
        check_quantity(one, &mut found);
        if let ItemHit::Drug(drug) = one.item {
            check_allergies(catalogue, drug, one.place, patient, &mut found);
            check_age(drug, one.place, patient, &mut found);
            check_order(drug, one, patient, &mut found);
        }
    }
    check_ingredients(&placed, &mut found);
    check_fees(&placed, rules, &mut found);
    check_diagnoses(catalogue, patient, diagnoses, &mut found);
    found
}

fn check_quantity(one: &Placed<'_>, found: &mut Vec<Finding>) {
    let quantity = one.line.quantity;
    let counted = matches!(one.item, ItemHit::Drug(drug) if !drug.is_piece());
    let broken = counted && quantity.0 % Quantity::whole(1).0 != 0;
    let most = Quantity::whole(crate::order::MOST_UNITS);
    if quantity <= Quantity::ZERO || quantity > most || broken {
        let finding = Finding::new(Level::Refuse, CheckCode::Quantity, &[one.place]);
        found.push(finding.with("item", &one.item.name()));
    }
}

fn check_allergies(
    catalogue: &Catalogue,
    drug: &Drug,
    place: usize,
    patient: &PatientFacts,
    found: &mut Vec<Finding>,
) {
    let all = patient.allergies.iter();
    for (code, group) in all.filter_map(|allergy| against(catalogue, drug, allergy)) {
        let finding = Finding::new(Level::Refuse, code, &[place]).with("drug", &drug.name);
        let finding = match group {
            Some(group) => finding.with("group", group.as_str()),
            None => finding,
        };
        if !found.contains(&finding) {
            found.push(finding);
        }
    }
}

fn check_age(drug: &Drug, place: usize, patient: &PatientFacts, found: &mut Vec<Finding>) {
    if patient.age_years < drug.min_age {
        let finding = Finding::new(Level::Warn, CheckCode::TooYoung, &[place]);
        found.push(
            finding
                .with("drug", &drug.name)
                .with("limit", &drug.min_age),
        );
    }
}

fn check_order(drug: &Drug, one: &Placed<'_>, patient: &PatientFacts, found: &mut Vec<Finding>) {
    let at = [one.place];
    let refused = |code| Finding::new(Level::Refuse, code, &at).with("drug", &drug.name);
    let Some(order) = &one.line.order else {
        found.push(refused(CheckCode::DoseMissing));
        return;
    };
    match quantity(drug, order.dose, order.frequency, order.days) {
        Ok(least) if one.line.quantity < least.units => {
            let finding = Finding::new(Level::Warn, CheckCode::TooLittle, &at);
            let finding = finding.with("drug", &drug.name).with("limit", &least.units);
            found.push(finding.with("unit", &drug.unit));
        }
        Ok(_) => {}
        Err(crate::order::OrderError::Dose) => found.push(refused(CheckCode::DoseMissing)),
        Err(crate::order::OrderError::Days) => found.push(refused(CheckCode::Days)),
        Err(crate::order::OrderError::TooMuch) => {
            let finding = Finding::new(Level::Refuse, CheckCode::Quantity, &at);
            found.push(finding.with("item", &drug.name));
        }
    }
    let Some(dose) = order.dose.filter(|dose| dose.0 > 0) else {
        return;
    };
    let daily = i128::from(dose.0) * i128::from(order.frequency.times_a_day());
    check_limit(
        drug,
        one.place,
        CheckCode::DoseSingle,
        i128::from(dose.0),
        drug.max_dose,
        found,
    );
    check_limit(
        drug,
        one.place,
        CheckCode::DoseDaily,
        daily,
        drug.max_daily,
        found,
    );
    if let Some(per_kg) = drug.max_daily_per_kg.filter(|_| patient.age_years < ADULT) {
        match patient.weight_grams.filter(|grams| *grams > 0) {
            Some(grams) => {
                let limit = i128::from(per_kg.0) * i128::from(grams) / 1000;
                let limit = i64::try_from(limit).ok().map(Quantity);
                check_limit(drug, one.place, CheckCode::DoseDaily, daily, limit, found);
            }
            None => found.push(
                Finding::new(Level::Warn, CheckCode::WeightMissing, &at).with("drug", &drug.name),
            ),
        }
    }
}

/// Above the limit warns, above twice the limit refuses.
fn check_limit(
    drug: &Drug,
    place: usize,
    code: CheckCode,
    given: i128,
    limit: Option<Quantity>,
    found: &mut Vec<Finding>,
) {
    let Some(limit) = limit.filter(|limit| given > i128::from(limit.0)) else {
        return;
    };
    let level = if given > 2 * i128::from(limit.0) {
        Level::Refuse
    } else {
        Level::Warn
    };
    let given = Quantity(i64::try_from(given).unwrap_or(i64::MAX));
    let finding = Finding::new(level, code, &[place])
        .with("drug", &drug.name)
        .with("given", &given)
        .with("limit", &limit)
        .with("unit", &drug.dose_unit);
    found.push(finding);
}

fn check_ingredients(items: &[Placed<'_>], found: &mut Vec<Finding>) {
    let mut seen: Vec<(&str, Vec<usize>)> = Vec::new();
    for one in items {
        let ItemHit::Drug(drug) = one.item else {
            continue;
        };
        for name in &drug.ingredients {
            match seen.iter_mut().find(|(known, _)| known == name) {
                Some((_, places)) => places.push(one.place),
                None => seen.push((name, vec![one.place])),
            }
        }
    }
    for (name, places) in seen.iter().filter(|(_, places)| places.len() > 1) {
        let finding = Finding::new(Level::Warn, CheckCode::SameIngredient, places);
        found.push(finding.with("ingredient", &name));
    }
}

fn check_fees(items: &[Placed<'_>], rules: Rules, found: &mut Vec<Finding>) {
    let of = |wanted: &[ServiceRole]| -> Vec<&Placed<'_>> {
        let fits = |one: &&Placed<'_>| matches!(one.item, ItemHit::Service(service) if wanted.contains(&service.role));
        items.iter().filter(fits).collect()
    };
    let general = of(&[ServiceRole::General]);
    if let (Some(level), false) = (rules.consultation_includes_injection, general.is_empty()) {
        for one in of(&[ServiceRole::Injection]) {
            let lines = [general[0].place, one.place];
            let finding = Finding::new(level, CheckCode::ConsultationInjection, &lines);
            found.push(finding.with("item", &one.item.name()));
        }
    }
    let fees = of(&[ServiceRole::General, ServiceRole::Consultation]);
    let more_than_one = fees
        .iter()
        .map(|one| i128::from(one.line.quantity.0))
        .sum::<i128>()
        > i128::from(Quantity::whole(1).0);
    if more_than_one {
        let places: Vec<usize> = fees.iter().map(|one| one.place).collect();
        found.push(Finding::new(
            Level::Refuse,
            CheckCode::TwoConsultations,
            &places,
        ));
    }
}

fn check_diagnoses(
    catalogue: &Catalogue,
    patient: &PatientFacts,
    diagnoses: &[&str],
    found: &mut Vec<Finding>,
) {
    for code in diagnoses {
        let Some(known) = catalogue.diagnosis(code) else {
            let finding = Finding::new(Level::Refuse, CheckCode::UnknownDiagnosis, &[]);
            found.push(finding.with("code", &code));
            continue;
        };
        let other = |sex: Sex| patient.sex.is_some_and(|of| of != sex);
        if known.sex.is_some_and(other) {
            let finding = Finding::new(Level::Refuse, CheckCode::DiagnosisSex, &[]);
            found.push(finding.with("diagnosis", &known.name));
        }
    }
}
