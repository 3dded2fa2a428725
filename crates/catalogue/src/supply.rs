//! For how many days a prescription may supply (处方管理办法 §19, 长期处方管理规范(试行) 2021; policy.md 5.3,
//! public-health.md 13): a week, four for a chronic illness that is followed, twelve with the doctor's word that it is
//! stable and was assessed 长期处方. What goes beyond wants a reason, or a change.

use cunyi_domain::ledger::TwoDisease;

use crate::checks::{CheckCode, Finding, Level};
use crate::model::Drug;
use crate::order::{Route, RouteKind};

/// Days that need no word.
const USUAL: i64 = 7;
/// Days for a chronic illness that is followed.
const CHRONIC: i64 = 28;
/// Days beyond which nothing is supplied at once.
pub const MOST_DAYS: i64 = 84;

/// 医保版 ICD-10 of the chronic illnesses that are followed.
const FOLLOWED: [(TwoDisease, &[&str]); 2] = [
    (
        TwoDisease::Hypertension,
        &["I10", "I11", "I12", "I13", "I15"],
    ),
    (TwoDisease::Diabetes, &["E10", "E11", "E12", "E13", "E14"]),
];

/// Classes of the national list that a long prescription may not hold: against infections (but for tuberculosis), sera
/// among them, opioids, barbiturates, and what calms or brings sleep. The list tells no poisonous, radioactive or
/// specially stored drug from others; insulin stays allowed, as the rule leaves it to the place.
const RESERVED: [&str; 4] = ["XJ", "XN02A", "XN03AA", "XN05"];
/// 抗结核药
const TUBERCULOSIS: &str = "XJ04";

/// A drug as it is prescribed.
#[derive(Clone, Copy, Debug)]
pub struct Supplied<'a> {
    /// The place of its line.
    pub place: usize,
    /// Which.
    pub drug: &'a Drug,
    /// By which route.
    pub route: &'static Route,
    /// For how many days.
    pub days: i64,
}

impl Supplied<'_> {
    /// True where a long prescription may not hold it.
    fn reserved(&self) -> bool {
        let class = &self.drug.list_class;
        let listed =
            RESERVED.iter().any(|r| class.starts_with(r)) && !class.starts_with(TUBERCULOSIS);
        self.drug.antibiotic || listed || self.route.kind == RouteKind::Infusion
    }
}

/// The chronic illness that is followed under a diagnosis.
pub fn followed(diagnosis: &str) -> Option<TwoDisease> {
    listed(&FOLLOWED, diagnosis)
}

/// What a diagnosis stands under in a table of beginnings of codes.
pub(crate) fn listed<T: Copy>(table: &[(T, &[&str])], diagnosis: &str) -> Option<T> {
    let under = |codes: &[&str]| codes.iter().any(|code| diagnosis.starts_with(code));
    let found = table.iter().find(|(_, codes)| under(codes));
    found.map(|(what, _)| *what)
}

/// True where something is supplied for longer than needs no word.
pub fn is_long(days: i64) -> bool {
    days > USUAL
}

/// True where the patient, or a relative, signs that she was told what to mind: above four weeks (长期处方管理规范(试行);
/// public-health.md 13).
pub fn is_signed_for(days: i64) -> bool {
    days > CHRONIC
}

/// Checks the days of a visit's drugs; `long`: the doctor prescribes them as a 长期处方.
pub fn check_supply(long: bool, diagnoses: &[&str], lines: &[Supplied<'_>]) -> Vec<Finding> {
    let chronic = diagnoses.iter().any(|code| followed(code).is_some());
    let mut found = Vec::new();
    if long && !chronic {
        found.push(Finding::new(Level::Refuse, CheckCode::LongUndiagnosed, &[]));
    }
    // What wants a reason, by what would want none.
    let mut beyond: [(i64, Vec<&Supplied<'_>>); 2] = [(USUAL, vec![]), (CHRONIC, vec![])];
    for line in lines {
        let refused = |code, limit: i64| {
            let finding = Finding::new(Level::Refuse, code, &[line.place]);
            finding.with("drug", &line.drug.name).with("limit", &limit)
        };
        let usual = if chronic && !line.reserved() {
            CHRONIC
        } else {
            USUAL
        };
        match line.days {
            days if days > MOST_DAYS => found.push(refused(CheckCode::SupplyMost, MOST_DAYS)),
            days if days <= usual || long && !line.reserved() => {}
            _ if long => found.push(refused(CheckCode::LongReserved, USUAL)),
            _ => beyond
                .iter_mut()
                .filter(|(limit, _)| *limit == usual)
                .for_each(|(_, lines)| lines.push(line)),
        }
    }
    found.extend(
        beyond
            .iter()
            .filter(|(_, lines)| !lines.is_empty())
            .map(wants_reason),
    );
    found
}

/// One reason for all lines that go beyond the same limit.
fn wants_reason((limit, lines): &(i64, Vec<&Supplied<'_>>)) -> Finding {
    let places: Vec<usize> = lines.iter().map(|line| line.place).collect();
    let names: Vec<&str> = lines.iter().map(|line| line.drug.name.as_str()).collect();
    let finding = Finding::new(Level::Warn, CheckCode::SupplyReason, &places);
    finding
        .with("limit", limit)
        .with("drugs", &names.join("、"))
}
