//! What is given to the 输液注射卡 and the 输液注射登记.

use cunyi_app::views::{
    ChargeView, InfusionRegister, InfusionRow, Paper, TestRow, TestedView, Turn, VisitView,
};
use cunyi_catalogue::frequency_named;
use cunyi_domain::batch::BatchState;
use cunyi_domain::ledger::Prescription as Kind;
use cunyi_domain::time::Moment;
use serde::Serialize;

use super::prescription::{Drug, bracketed, drug, group_of, kind_of, void};
use super::{Entry, Model, Part};
use crate::chrome::Chrome;

/// Most times that a card has a row for: those of a week, four a day.
const MOST_TIMES: i64 = 28;

/// 输液注射卡 of a visit
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Card {
    pub(crate) groups: Vec<Group>,
    /// 皮试 of its drugs.
    pub(crate) tests: Vec<Test>,
}

/// What runs in together, or is given by itself.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Group {
    /// 第1组; empty for what is by itself.
    pub(crate) name: String,
    pub(crate) lines: Vec<Drug>,
    /// 静脉滴注 每日一次
    pub(crate) way: String,
    /// 40滴/分; empty where it is not said.
    pub(crate) rate: String,
    /// 第 2 天 共 5 天 of a course, ×3天 of an injection.
    pub(crate) turn: String,
    /// A row for each time that it is given, numbered.
    pub(crate) times: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Test {
    pub(crate) name: String,
    /// 阴性, 阳性
    pub(crate) result: String,
    pub(crate) at: String,
    /// Who read it, then who looked, too.
    pub(crate) by: String,
}

/// 输液注射登记 of a period
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Register {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) rows: Vec<Row>,
    /// 皮试登记
    pub(crate) tests: Vec<TestLine>,
}

/// A group of the register.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    #[serde(flatten)]
    pub(crate) entry: Entry,
    pub(crate) diagnoses: String,
    /// Each with its dose: 0.9%氯化钠注射液 250ml.
    pub(crate) drugs: Vec<String>,
    /// 静脉滴注 每日一次 40滴/分
    pub(crate) way: String,
    /// As the card's.
    pub(crate) turn: String,
    /// 注射用青霉素钠 阴性
    pub(crate) tests: String,
    pub(crate) doctor: String,
}

/// A skin test of the register.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct TestLine {
    #[serde(flatten)]
    pub(crate) entry: Entry,
    pub(crate) drug: String,
    pub(crate) result: String,
    /// When it was read; empty before.
    pub(crate) at: String,
    pub(crate) by: String,
}

impl Model {
    /// 输液注射卡 of a visit: what is given by needle, with a row to sign for each time.
    pub(crate) fn infusion_card(c: &Chrome, p: &Paper) -> Self {
        let mut lines: Vec<_> = needled(&p.given).collect();
        lines.sort_by_key(|line| group_of(line));
        let together =
            |a: &&ChargeView, b: &&ChargeView| a.drip_group > 0 && a.drip_group == b.drip_group;
        let own = Card {
            groups: lines.chunk_by(together).map(|of| group(c, p, of)).collect(),
            tests: p.tests.iter().map(|one| test(c, one)).collect(),
        };
        let mut model = Self::of(c, p, Part::InfusionCard(own));
        model.marks.splice(0..0, void(p).map(|why| c.t(why)));
        model
    }

    /// 输液注射登记 of a period.
    pub(crate) fn infusion_register(c: &Chrome, v: &InfusionRegister) -> Self {
        let part = Part::InfusionRegister(Register::of(c, v));
        Self::of_days(c, &v.clinic, part)
    }
}

/// True where a visit's card has anything on it: lines that were all paid back are on none.
pub(crate) fn has_card(v: &VisitView) -> bool {
    let counts = |line: &ChargeView| {
        let batch = v.batches.iter().find(|b| b.position == line.batch);
        batch.is_some_and(|b| b.state != BatchState::Reversed)
    };
    needled(&v.charges).any(counts)
}

/// What is given by needle or drip.
fn needled(lines: &[ChargeView]) -> impl Iterator<Item = &ChargeView> {
    lines.iter().filter(|line| kind_of(line) == Kind::Infusion)
}

fn group(c: &Chrome, p: &Paper, lines: &[&ChargeView]) -> Group {
    // A chunk is never empty; its lines share all but drug and dose.
    let first = lines.first().copied();
    let name = first.filter(|line| line.drip_group > 0);
    let turn_of = |line: &ChargeView| {
        p.turns
            .iter()
            .find(|turn| Some(&turn.course) == line.course.as_ref())
    };
    Group {
        name: name
            .map(|line| c.t1("group-n", "n", line.drip_group))
            .unwrap_or_default(),
        lines: bracketed(lines).map(|line| drug(c, p, line)).collect(),
        way: first
            .map(|line| c.way(&line.route, &line.frequency))
            .unwrap_or_default(),
        // It is said beside one of them.
        rate: rate(
            c,
            lines.iter().map(|line| line.drip_rate).max().unwrap_or(0),
        ),
        turn: first
            .map(|line| turn(c, turn_of(line), days_of(line)))
            .unwrap_or_default(),
        times: first.map(times).unwrap_or_default(),
    }
}

/// For how many days it stands on this card: of a course its day alone.
fn days_of(line: &ChargeView) -> i64 {
    if line.course.is_some() { 1 } else { line.days }
}

fn times(line: &ChargeView) -> Vec<String> {
    let frequency = frequency_named(&line.frequency);
    let times = frequency.map_or(1, |frequency| frequency.doses(days_of(line)));
    (1..=times.clamp(1, MOST_TIMES))
        .map(|n| n.to_string())
        .collect()
}

fn rate(c: &Chrome, drops: i64) -> String {
    if drops > 0 {
        c.t1("drops-n", "n", drops)
    } else {
        String::new()
    }
}

fn turn(c: &Chrome, turn: Option<&Turn>, days: i64) -> String {
    match turn {
        Some(turn) => c.t2("infusion-turn", "day", turn.day, "days", turn.days),
        None if days > 1 => c.t1("for-days", "n", days),
        None => String::new(),
    }
}

fn test(c: &Chrome, t: &TestedView) -> Test {
    Test {
        name: t.name.clone(),
        result: c.skin_test(&t.state),
        at: t.at.to_string(),
        by: t.by.join("、"),
    }
}

impl Register {
    /// In the words of the screen or of the paper.
    pub(crate) fn of(c: &Chrome, v: &InfusionRegister) -> Self {
        Self {
            from: v.from.to_string(),
            to: v.to.to_string(),
            rows: (1..).zip(&v.rows).map(|(n, r)| row(c, n, r)).collect(),
            tests: (1..)
                .zip(&v.tests)
                .map(|(n, t)| test_line(c, n, t))
                .collect(),
        }
    }
}

fn row(c: &Chrome, number: usize, r: &InfusionRow) -> Row {
    let drugs = r.drugs.iter().map(|(name, dose)| format!("{name} {dose}"));
    let tests = r
        .tests
        .iter()
        .map(|t| format!("{} {}", t.name, c.skin_test(&t.state)));
    let way = [c.way(&r.route, &r.frequency), rate(c, r.drip_rate)];
    Row {
        entry: Entry::new(c, (number, r.at), (&r.name, r.sex, &r.age)),
        diagnoses: r.diagnoses.clone(),
        drugs: drugs.collect(),
        way: way.join(" ").trim_end().to_owned(),
        turn: turn(c, r.turn.as_ref(), r.days),
        tests: tests.collect::<Vec<_>>().join("、"),
        doctor: r.doctor.clone(),
    }
}

fn test_line(c: &Chrome, number: usize, t: &TestRow) -> TestLine {
    TestLine {
        entry: Entry::new(c, (number, t.at), (&t.name, t.sex, &t.age)),
        drug: t.drug.clone(),
        result: c.skin_test(&t.state),
        at: t.read_at.map(Moment::hour_minute).unwrap_or_default(),
        by: t.by.join("、"),
    }
}
