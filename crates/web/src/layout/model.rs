//! What a layout is given: words as they are printed, amounts as text. docs/operator.md names them all; a
//! test compares.

pub(crate) mod consent;
pub(crate) mod day_sheet;
pub(crate) mod receipt;
pub(crate) mod referral;
pub(crate) mod settled;

use cunyi_app::Layout;
use cunyi_app::views::{Age, Basis, BatchView, ChargeView, Paper};
use cunyi_domain::batch::BatchState;
use cunyi_domain::ledger::{PaperEvent, Prescription as Kind, VisitState};
use cunyi_domain::money::{Fen, apportion};
use cunyi_domain::time::Moment;
use serde::Serialize;

use crate::capital::capitals;
use crate::chrome::Chrome;
use crate::pages::settling::{self, Settle};

/// The kinds of prescription in their order, and how many drugs stand on one: 处方管理办法 allows not more than five, but
/// for pieces.
const SHEETS: [(Kind, usize); 3] = [
    (Kind::Western, 5),
    (Kind::Decoction, usize::MAX),
    (Kind::Infusion, 5),
];

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

/// What is the paper's own.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Part {
    Prescription(Prescription),
    FeeList(Box<FeeList>),
    Statement(Box<settled::Bill>),
    Slip(Box<settled::Slip>),
    Receipt(Box<receipt::Receipt>),
    DaySheet(Box<day_sheet::DaySheet>),
    Referral(Box<referral::Slip>),
    Consent(consent::Consent),
}

/// 处方笺
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Prescription {
    /// 普通, 儿科
    pub(crate) class: String,
    pub(crate) sheets: Vec<Sheet>,
}

/// Drugs of one kind of prescription, five at most, or the herbs of a decoction.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Sheet {
    pub(crate) number: usize,
    pub(crate) lines: Vec<Drug>,
    /// Of a decoction what is said once: 5剂 水煎服 每日一剂分两次.
    pub(crate) decoction: String,
    /// Of what is supplied for longer than usual: 长期处方, or the reason; else empty.
    pub(crate) supply: String,
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
}

/// 费用清单
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FeeList {
    /// 估算 · 未结算, 未结算; empty once all is settled.
    pub(crate) state: String,
    /// True while a figure is only our estimate.
    pub(crate) estimated: bool,
    pub(crate) batches: Vec<Batch>,
    /// Of what is not paid back.
    pub(crate) sums: Amounts,
    /// `sums.amount` in capitals.
    pub(crate) capitals: String,
    /// Documents that the workings rest on, each once.
    pub(crate) bases: Vec<String>,
}

/// A batch of the fee list.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Batch {
    pub(crate) number: i64,
    /// 普通门诊
    pub(crate) benefit: String,
    pub(crate) disease: String,
    pub(crate) state: String,
    /// False once it is paid back: it is listed and not summed.
    pub(crate) counted: bool,
    pub(crate) lines: Vec<Line>,
    /// How its estimate came about; empty where that is not known.
    pub(crate) steps: Vec<String>,
    /// What came of the steps, and where the centre paid otherwise.
    pub(crate) outcome: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Line {
    pub(crate) name: String,
    pub(crate) spec: String,
    pub(crate) code: String,
    /// 甲, 乙, 丙
    pub(crate) class: String,
    pub(crate) price: String,
    /// 1盒
    pub(crate) quantity: String,
    #[serde(flatten)]
    pub(crate) amounts: Amounts,
}

/// Of a line, or their sums: how it splits, then 分摊 of who pays.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Amounts {
    pub(crate) amount: String,
    pub(crate) over_limit: String,
    pub(crate) own_pay: String,
    pub(crate) pay_first: String,
    pub(crate) in_scope: String,
    pub(crate) fund: String,
    pub(crate) account: String,
    pub(crate) cash: String,
}

impl Model {
    /// 处方笺 of a visit's drugs.
    pub(crate) fn prescription(c: &Chrome, p: &Paper) -> Self {
        let class = if child(p) {
            "paper-child"
        } else {
            "paper-ordinary"
        };
        let own = Prescription {
            class: c.t(class),
            sheets: sheets(c, p),
        };
        let mut model = Self::of(c, p, Part::Prescription(own));
        model.marks.splice(0..0, marks(c, p));
        model
    }

    /// 费用清单 of a visit.
    pub(crate) fn fee_list(c: &Chrome, p: &Paper) -> Self {
        let open = p.visit.batches.iter().any(|b| !b.state.is_final());
        let estimated = Settle::of(&p.visit).estimated();
        let state = match (estimated, open) {
            (true, _) => c.t("paper-estimate"),
            (false, true) => c.t("paper-open"),
            (false, false) => String::new(),
        };
        let batches = p.visit.batches.iter().map(|b| (b, of_batch(p, b)));
        let batches: Vec<(&BatchView, Vec<Shared<'_>>)> = batches.collect();
        let counted = batches
            .iter()
            .filter(|(b, _)| counts(b))
            .flat_map(|(_, lines)| lines);
        let sums = COLUMNS.map(|column| counted.clone().map(column).sum::<Fen>());
        let own = FeeList {
            state,
            estimated,
            batches: batches
                .iter()
                .map(|(b, lines)| batch(c, b, lines))
                .collect(),
            capitals: capitals(&sums[0]),
            sums: amounts(sums),
            bases: bases(p).into_iter().map(|basis| c.basis(basis)).collect(),
        };
        Self::of(c, p, Part::FeeList(Box::new(own)))
    }

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
            ..Self::of_days(c, p.clinic.clone(), p.printed_at, part)
        }
    }

    /// What is of a day or a period, of no visit.
    fn of_days(c: &Chrome, clinic: String, printed_at: Moment, part: Part) -> Self {
        let said = c.session.as_ref().map(|session| &session.clinic);
        let fictional = c.fictional.then(|| c.t("paper-fictional"));
        Self {
            clinic,
            clinic_phone: said.map(|it| it.phone.clone()).unwrap_or_default(),
            clinic_address: said.map(|it| it.address.clone()).unwrap_or_default(),
            marks: fictional.into_iter().collect(),
            printed_at: printed_at.to_string(),
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

/// Each kind of prescription on sheets of its own, five drugs a sheet; an empty one where nothing was given.
fn sheets(c: &Chrome, p: &Paper) -> Vec<Sheet> {
    let mut sheets: Vec<Vec<&ChargeView>> = Vec::new();
    for (kind, most) in SHEETS {
        let of_kind = |c: &&ChargeView| kind_of(c) == kind;
        let mut drugs: Vec<_> = p.given.iter().filter(of_kind).collect();
        drugs.sort_by_key(|line| group_of(line));
        sheets.extend(drugs.chunks(most).map(<[_]>::to_vec));
    }
    if sheets.is_empty() {
        sheets.push(Vec::new());
    }
    let sheet = |(number, lines): (usize, Vec<&ChargeView>)| Sheet {
        number,
        amount: lines.iter().map(|l| l.amount).sum::<Fen>().to_string(),
        decoction: decoction(c, &lines),
        supply: supply(c, p, &lines),
        lines: bracketed(&lines)
            .map(|(l, bracket)| drug(c, l, bracket))
            .collect(),
    };
    (1..).zip(sheets).map(sheet).collect()
}

fn kind_of(line: &ChargeView) -> Kind {
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

/// How the herbs of a sheet are boiled; nothing for other drugs.
fn decoction(c: &Chrome, lines: &[&ChargeView]) -> String {
    let herb = lines.first().filter(|l| kind_of(l) == Kind::Decoction);
    let said = |l: &&ChargeView| format!("{} {} {}", c.lasts(l), l.route, l.frequency);
    herb.map(said).unwrap_or_default()
}

/// The lines of a sheet with the brackets of their drips.
fn bracketed<'a>(lines: &'a [&ChargeView]) -> impl Iterator<Item = (&'a ChargeView, &'static str)> {
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
fn group_of(line: &ChargeView) -> i64 {
    if line.drip_group > 0 {
        line.drip_group
    } else {
        i64::MAX
    }
}

fn drug(c: &Chrome, l: &ChargeView, bracket: &'static str) -> Drug {
    Drug {
        name: l.name.clone(),
        spec: l.spec.clone(),
        quantity: format!("{}{}", l.quantity, l.unit),
        bracket,
        dose: c.dose(l),
        usage: c.usage(l),
        days: c.lasts(l),
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
fn void(p: &Paper) -> Option<&'static str> {
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

/// What was paid back is listed and not summed.
fn counts(batch: &BatchView) -> bool {
    batch.state != BatchState::Reversed
}

/// A line of the fee list with its 分摊 of what is paid for its batch as a whole.
pub(crate) struct Shared<'a> {
    pub(crate) line: &'a ChargeView,
    pub(crate) account: Fen,
    pub(crate) cash: Fen,
}

/// Shares a batch's account and cash out over what its lines leave to the patient, by largest
/// remainder, so that each column sums to the batch. What a hospital bears is in neither.
pub(crate) fn shared<'a>(batch: &BatchView, lines: Vec<&'a ChargeView>) -> Vec<Shared<'a>> {
    let weights = |parts: &[Fen]| parts.iter().map(|fen| fen.0).collect::<Vec<_>>();
    let personal: Vec<Fen> = lines.iter().map(|l| l.amount - l.fund).collect();
    let accounts = apportion(batch.account, &weights(&personal));
    let rest: Vec<Fen> = personal
        .iter()
        .zip(&accounts)
        .map(|(p, a)| *p - *a)
        .collect();
    let cash = apportion(settling::cash(batch), &weights(&rest));
    let parts = accounts.into_iter().zip(cash);
    let shared = |(line, (account, cash))| Shared {
        line,
        account,
        cash,
    };
    lines.into_iter().zip(parts).map(shared).collect()
}

fn of_batch<'a>(p: &'a Paper, batch: &BatchView) -> Vec<Shared<'a>> {
    let of_batch = |line: &&ChargeView| line.batch == batch.position;
    shared(batch, p.visit.charges.iter().filter(of_batch).collect())
}

/// The columns of the fee list that are summed.
const COLUMNS: [fn(&Shared<'_>) -> Fen; 8] = [
    |l| l.line.amount,
    |l| l.line.over_limit,
    |l| l.line.own_pay,
    |l| l.line.pay_first,
    |l| l.line.in_scope,
    |l| l.line.fund,
    |l| l.account,
    |l| l.cash,
];

fn amounts(columns: [Fen; 8]) -> Amounts {
    let [
        amount,
        over_limit,
        own_pay,
        pay_first,
        in_scope,
        fund,
        account,
        cash,
    ] = columns.map(|fen| fen.to_string());
    Amounts {
        amount,
        over_limit,
        own_pay,
        pay_first,
        in_scope,
        fund,
        account,
        cash,
    }
}

fn batch(c: &Chrome, b: &BatchView, lines: &[Shared<'_>]) -> Batch {
    let line = |s: &Shared<'_>| Line {
        name: s.line.name.clone(),
        spec: s.line.spec.clone(),
        code: s.line.code.clone(),
        class: c.class(&s.line.class),
        price: s.line.price.to_string(),
        quantity: format!("{}{}", s.line.quantity, s.line.unit),
        amounts: amounts(COLUMNS.map(|column| column(s))),
    };
    let steps = b.working.iter().flat_map(|w| &w.steps);
    Batch {
        number: b.position,
        benefit: c.benefit(&b.benefit),
        disease: b.disease_name.clone(),
        state: c.batch_state(&b.state),
        counted: counts(b),
        lines: lines.iter().map(line).collect(),
        steps: steps.map(|step| c.step(step)).collect(),
        outcome: outcome(c, b),
    }
}

fn outcome(c: &Chrome, b: &BatchView) -> String {
    let why = b.estimate_why.map(|why| c.estimate_why(&why));
    let difference = b.difference().map(|found| c.difference(found));
    let said: Vec<String> = [c.shares(b)]
        .into_iter()
        .chain(why)
        .chain(difference)
        .collect();
    said.join(" ")
}

/// What the workings rest on, each once.
fn bases(p: &Paper) -> Vec<&Basis> {
    let workings = p.visit.batches.iter().filter_map(|b| b.working.as_ref());
    let mut bases: Vec<&Basis> = workings.map(|w| &w.basis).collect();
    bases.dedup();
    bases
}
