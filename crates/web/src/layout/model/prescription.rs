//! What is given to the 处方笺.

use cunyi_app::views::{Age, ChargeView, Control, Paper};
use cunyi_domain::ledger::{PaperEvent, Prescription as Kind, VisitState};
use cunyi_domain::money::Fen;
use serde::Serialize;

use super::{Model, Part};
use crate::chrome::Chrome;

/// The kinds of prescription in their order, and how many drugs stand on one: 处方管理办法 allows not more than five, but
/// for pieces.
const SHEETS: [(Kind, usize); 3] = [
    (Kind::Western, 5),
    (Kind::Decoction, usize::MAX),
    (Kind::Infusion, 5),
];

/// What is under special control stands on sheets of its own.
const CLASSES: [Option<Control>; 3] = [None, Some(Control::Second), Some(Control::First)];

/// 处方笺
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Prescription {
    pub(crate) sheets: Vec<Sheet>,
}

/// Drugs of one kind and class of prescription, five at most, or the herbs of a decoction.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Sheet {
    pub(crate) number: usize,
    /// 儿科, 精二, 麻、精一; empty of an ordinary one, as the rule's form has it.
    pub(crate) class: String,
    /// True of 儿科: its paper is pale green.
    pub(crate) child: bool,
    /// True of 麻、精一: its paper is pale red.
    pub(crate) narcotic: bool,
    /// Her 身份证明编号, which the form of 麻、精一 has; empty of others.
    pub(crate) id_number: String,
    pub(crate) lines: Vec<Drug>,
    /// Of a decoction what is said once: 5剂 水煎服 每日一剂分两次.
    pub(crate) decoction: String,
    /// Of what is supplied for longer than usual: 长期处方, or the reason; else empty.
    pub(crate) supply: String,
    /// What the patient signs where it is for more than four weeks; else empty.
    pub(crate) confirm: String,
    pub(crate) amount: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Drug {
    pub(crate) name: String,
    pub(crate) spec: String,
    /// 2盒
    pub(crate) quantity: String,
    /// ┌ │ └ beside what runs in together; empty for what does not.
    pub(crate) bracket: &'static str,
    /// 5mg, of a herb 6g(先煎)
    pub(crate) dose: String,
    /// 5mg 口服 每日一次
    pub(crate) usage: String,
    /// ×28天
    pub(crate) days: String,
    /// 阴性 of its skin test; empty where none was asked for.
    pub(crate) skin_test: String,
}

impl Model {
    /// 处方笺 of a visit's drugs.
    pub(crate) fn prescription(c: &Chrome, p: &Paper) -> Self {
        let own = Prescription {
            sheets: sheets(c, p),
        };
        let mut model = Self::of(c, p, Part::Prescription(own));
        model.marks.splice(0..0, marks(c, p));
        model
    }
}

/// Each kind of prescription on sheets of its own, five drugs a sheet; an empty one where nothing was given.
fn sheets(c: &Chrome, p: &Paper) -> Vec<Sheet> {
    let mut sheets: Vec<(Option<Control>, Vec<&ChargeView>)> = Vec::new();
    for (kind, most) in SHEETS {
        for class in CLASSES {
            let its = |c: &&ChargeView| kind_of(c) == kind && control_of(p, c) == class;
            let mut drugs: Vec<_> = p.given.iter().filter(its).collect();
            drugs.sort_by_key(|line| group_of(line));
            sheets.extend(drugs.chunks(most).map(|lines| (class, lines.to_vec())));
        }
    }
    if sheets.is_empty() {
        sheets.push((None, Vec::new()));
    }
    let sheet = |(number, (control, lines)): (usize, (Option<Control>, Vec<&ChargeView>))| Sheet {
        number,
        class: class(c, p, control),
        child: control.is_none() && child(p),
        narcotic: control == Some(Control::First),
        id_number: match control {
            Some(Control::First) => p.patient.id_number.clone(),
            _ => String::new(),
        },
        amount: lines.iter().map(|l| l.amount).sum::<Fen>().to_string(),
        decoction: decoction(c, &lines),
        supply: supply(c, p, &lines),
        confirm: confirm(c, &lines),
        lines: bracketed(&lines)
            .map(|(l, bracket)| drug(c, p, (l, bracket)))
            .collect(),
    };
    (1..).zip(sheets).map(sheet).collect()
}

fn control_of(p: &Paper, line: &ChargeView) -> Option<Control> {
    let found = p.controlled.iter().find(|(code, _)| *code == line.code);
    found.map(|(_, control)| *control)
}

/// What stands in the box.
fn class(c: &Chrome, p: &Paper, control: Option<Control>) -> String {
    match control {
        Some(Control::First) => c.t("paper-first"),
        Some(Control::Second) => c.t("paper-second"),
        None if child(p) => c.t("paper-child"),
        None => String::new(),
    }
}

pub(super) fn kind_of(line: &ChargeView) -> Kind {
    cunyi_catalogue::prescription(line.kind, &line.route)
}

/// Why a sheet supplies for longer than usual 处方管理办法 §19; nothing where it does not.
fn supply(c: &Chrome, p: &Paper, lines: &[&ChargeView]) -> String {
    if !lines.iter().any(|line| cunyi_catalogue::is_long(line.days)) {
        String::new()
    } else if p.visit.draft.long_term {
        c.t("field-long-term")
    } else if p.supply_reason.is_empty() {
        String::new()
    } else {
        c.t1("paper-supply-reason", "reason", &p.supply_reason)
    }
}

/// What the patient signs; nothing where nobody has to.
fn confirm(c: &Chrome, lines: &[&ChargeView]) -> String {
    let signed = lines
        .iter()
        .any(|line| cunyi_catalogue::is_signed_for(line.days));
    if signed {
        c.t("paper-supply-confirm")
    } else {
        String::new()
    }
}

/// How the herbs of a sheet are boiled; nothing for other drugs.
fn decoction(c: &Chrome, lines: &[&ChargeView]) -> String {
    let herb = lines.first().filter(|l| kind_of(l) == Kind::Decoction);
    let said = |l: &&ChargeView| format!("{} {} {}", c.lasts(l), l.route, l.frequency);
    herb.map(said).unwrap_or_default()
}

/// The lines of a sheet with the brackets of their drips.
pub(super) fn bracketed<'a>(
    lines: &'a [&ChargeView],
) -> impl Iterator<Item = (&'a ChargeView, &'static str)> {
    lines.iter().enumerate().map(|(place, line)| {
        let same = |at: Option<usize>| {
            let other = at.and_then(|at| lines.get(at));
            line.drip_group > 0 && other.is_some_and(|l| l.drip_group == line.drip_group)
        };
        let bracket = match (same(place.checked_sub(1)), same(Some(place + 1))) {
            (false, true) => "┌",
            (true, true) => "│",
            (true, false) => "└",
            (false, false) => "",
        };
        (*line, bracket)
    })
}

/// Groups in their order, what is by itself after them.
pub(super) fn group_of(line: &ChargeView) -> i64 {
    if line.drip_group > 0 {
        line.drip_group
    } else {
        i64::MAX
    }
}

pub(super) fn drug(c: &Chrome, p: &Paper, (l, bracket): (&ChargeView, &'static str)) -> Drug {
    let tested = p.tests.iter().find(|test| test.code == l.code);
    Drug {
        name: l.name.clone(),
        spec: l.spec.clone(),
        quantity: format!("{}{}", l.quantity, l.unit),
        bracket,
        dose: c.dose(l),
        usage: c.usage(l),
        days: c.lasts(l),
        skin_test: tested
            .map(|test| c.skin_test(&test.state))
            .unwrap_or_default(),
    }
}

/// 儿科处方 for those under fourteen.
fn child(p: &Paper) -> bool {
    match p.visit.patient.age {
        Age::Years(years) => years < 14,
        Age::Months(_) | Age::Days(_) => true,
        Age::Unknown => false,
    }
}

/// What has to be said of a prescription before all else: that it is none, or not the first of it.
fn marks(c: &Chrome, p: &Paper) -> Vec<String> {
    let events = p.visit.papers.entries.iter().map(|e| e.event);
    let again = p.visit.papers.printable && events.into_iter().any(|e| e == PaperEvent::Voided);
    let mut marks: Vec<String> = match &p.entry {
        Some(e) if e.event == PaperEvent::Voided || e.number > 1 => vec![c.paper_entry(e)],
        Some(_) => vec![],
        None => void(p).map(|why| c.t(why)).into_iter().collect(),
    };
    marks.extend(again.then(|| c.t("paper-anew")));
    marks.extend(p.entry.is_none().then(|| c.t("paper-copy")));
    marks
}

/// Why this is no prescription to dispense from; nothing where it is one.
pub(super) fn void(p: &Paper) -> Option<&'static str> {
    if p.visit.state == VisitState::Cancelled {
        Some("paper-cancelled")
    } else if p.visit.batches.is_empty() {
        Some("paper-unsigned")
    } else if !p.visit.frozen {
        Some("paper-paid-back")
    } else {
        None
    }
}
