//! From what was typed to a fee list: reads the draft, checks it, prices it, groups it by benefit
//! and estimates each batch. Pure but for the rows it is given; preview and freeze both use it.

mod read;

use cunyi_catalogue as catalogue;
use cunyi_catalogue::Catalogue;
use cunyi_domain::ids::BatchId;
use cunyi_domain::ledger::{Allergy, AllergyKind, Coverage, Patient, Payer};
use cunyi_domain::money::{Fen, Quantity};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::{Moment, age_on};
use cunyi_policy::{Benefit, Certainty, Claim, ClaimLine, Level, Policy, Used};
use cunyi_store::reference;

use crate::setup::Setup;
use crate::views::{BatchView, ChargeView, DraftBody, FindingView, Preview};
use read::{Item, ReadLine};

/// Most lines of a visit.
pub const MOST_LINES: usize = 60;
/// Most diagnoses of a visit.
pub const MOST_DIAGNOSES: usize = 10;
/// Longest free text, in characters.
pub const MOST_TEXT: usize = 2000;

/// Longest reason against a warning, in characters.
pub const MOST_REASON: usize = 200;

/// What a fee list is made from besides the draft.
pub struct Context<'a> {
    /// The lists.
    pub catalogue: &'a Catalogue,
    /// The clinic's setting.
    pub setup: &'a Setup,
    /// The patient.
    pub patient: &'a Patient,
    /// Her allergies.
    pub allergies: &'a [Allergy],
    /// Her coverage; none: self-pay.
    pub coverage: Option<&'a Coverage>,
    /// Fund used this year, over all benefits and for the chronic one.
    pub used: UsedFund,
    /// Now.
    pub now: Moment,
}

/// What the fund has paid this year, as far as is known here.
#[derive(Clone, Copy, Debug, Default)]
pub struct UsedFund {
    /// Of the general benefit.
    pub general: Fen,
    /// Of the chronic benefit.
    pub chronic: Fen,
    /// Deductible borne under the general benefit.
    pub general_deductible: Fen,
    /// Deductible borne under the chronic benefit.
    pub chronic_deductible: Fen,
}

/// Vitals as numbers, in the units of the `visit` row.
#[derive(Clone, Debug, Default)]
pub struct Vitals {
    /// 0.1 °C
    pub temperature: Option<i64>,
    /// A minute
    pub pulse: Option<i64>,
    /// mmHg
    pub systolic: Option<i64>,
    /// mmHg
    pub diastolic: Option<i64>,
    /// 0.1 mmol/L
    pub glucose: Option<i64>,
    /// 0.1 kg
    pub weight: Option<i64>,
}

/// A fee list that has been read.
#[derive(Default)]
pub struct FeeList {
    /// Vitals.
    pub vitals: Vitals,
    /// Diagnoses: code and name.
    pub diagnoses: Vec<(String, String)>,
    /// What cannot be read; nothing is frozen while something stands here.
    pub problems: Vec<Refusal>,
    /// Safety checks.
    pub findings: Vec<FindingView>,
    /// Lines with their batch's position.
    pub lines: Vec<ChargeView>,
    /// Smallest units of each line, for stock; zero for services.
    pub units: Vec<Quantity>,
    /// True at a line of the general consultation fee.
    pub consultation: Vec<bool>,
    /// Batches.
    pub batches: Vec<BatchView>,
    /// Disease code of each batch.
    pub disease_codes: Vec<String>,
}

/// Reads a draft.
pub fn read(context: &Context<'_>, body: &DraftBody) -> FeeList {
    let mut list = FeeList::default();
    read::read_vitals(body, &mut list);
    read::read_texts(body, &mut list.problems);
    read::read_diagnoses(context.catalogue, body, &mut list);
    if body.lines.len() > MOST_LINES {
        list.problems
            .push(Refusal::at(Code::BadNumber, "lines").with("limit", MOST_LINES));
    }
    let mut lines = Vec::new();
    for (place, line) in body.lines.iter().take(MOST_LINES).enumerate() {
        match read::read_line(context.catalogue, line) {
            Ok(read) => lines.push(read),
            Err(refusal) => list.problems.push(refusal.with("line", place + 1)),
        }
    }
    list.findings = findings(context, body, &list, &lines);
    group(context, &mut list, lines);
    list
}

fn findings(
    context: &Context<'_>,
    body: &DraftBody,
    list: &FeeList,
    lines: &[ReadLine<'_>],
) -> Vec<FindingView> {
    let allergies = context.allergies.iter().map(|a| catalogue::Allergy {
        kind: match a.kind {
            AllergyKind::Drug => catalogue::AllergyKind::Drug,
            AllergyKind::Group => catalogue::AllergyKind::Group,
        },
        code: a.code.clone(),
        label: a.label.clone(),
    });
    let facts = catalogue::PatientFacts {
        age_years: context
            .patient
            .birth_date
            .map_or(40, |b| age_on(b, context.now.date())),
        sex: Some(context.patient.sex),
        weight_grams: list.vitals.weight.map(|w| w * 100),
        allergies: allergies.collect(),
    };
    let diagnoses: Vec<&str> = list
        .diagnoses
        .iter()
        .map(|(code, _)| code.as_str())
        .collect();
    let checked: Vec<catalogue::Line> = lines.iter().map(|l| l.check.clone()).collect();
    let rules = catalogue::Rules::default();
    let found = catalogue::check(context.catalogue, &facts, &diagnoses, &checked, rules);
    let view = |finding: catalogue::Finding| {
        let code = finding.code.as_str().to_owned();
        let reason = body
            .reasons
            .iter()
            .find(|(c, _)| *c == code)
            .map(|(_, reason)| reason.trim());
        FindingView {
            refused: finding.level == catalogue::Level::Refuse,
            reason: reason.unwrap_or_default().to_owned(),
            code,
            lines: finding.lines,
            args: finding.args,
        }
    };
    found.into_iter().map(view).collect()
}

/// The benefit that is proposed for a line: 两病 for a drug of a disease that is filed, where the
/// scheme has such a benefit.
fn benefit_of(context: &Context<'_>, policy: Option<&Policy>, line: &ReadLine<'_>) -> Benefit {
    if let Some(chosen) = Benefit::from_text(&line.benefit) {
        return chosen;
    }
    let Item::Drug(drug) = line.item else {
        return Benefit::General;
    };
    let wanted = match drug.two_disease {
        Some(catalogue::TwoDisease::Hypertension) => "高血压",
        Some(catalogue::TwoDisease::Diabetes) => "糖尿病",
        None => return Benefit::General,
    };
    let filed = context.coverage.is_some_and(|c| c.filings.contains(wanted));
    let has_benefit = policy.is_some_and(|p| p.benefit.contains_key(&Benefit::Chronic));
    if filed && has_benefit {
        Benefit::Chronic
    } else {
        Benefit::General
    }
}

/// One 2207 carries one disease code: drugs of two filed diseases are two batches.
fn disease_of(policy: Option<&Policy>, benefit: Benefit, line: &ReadLine<'_>) -> (String, String) {
    let none = (String::new(), String::new());
    let (Benefit::Chronic, Item::Drug(drug), Some(policy)) = (benefit, line.item, policy) else {
        return none;
    };
    let name = match drug.two_disease {
        Some(catalogue::TwoDisease::Diabetes) => "糖尿病",
        _ => "高血压",
    };
    let found = policy
        .diseases(benefit)
        .iter()
        .find(|d| d.name.contains(name));
    found.map_or(none, |d| (d.code.clone(), d.name.clone()))
}

fn group(context: &Context<'_>, list: &mut FeeList, lines: Vec<ReadLine<'_>>) {
    let scheme = context.coverage.map(|c| c.scheme.as_str());
    let policy = scheme.and_then(|s| context.setup.policy(s, context.now));
    // Key of a batch: benefit, disease code, disease name; in order of first appearance.
    let mut keys: Vec<(String, String, String)> = Vec::new();
    for mut line in lines {
        let key = if context.coverage.is_some() {
            let benefit = benefit_of(context, policy, &line);
            let (code, name) = disease_of(policy, benefit, &line);
            (benefit.as_str().to_owned(), code, name)
        } else {
            Default::default()
        };
        let place = keys.iter().position(|k| *k == key).unwrap_or_else(|| {
            keys.push(key);
            keys.len() - 1
        });
        line.view.batch = i64::try_from(place).unwrap_or(0) + 1;
        list.units.push(line.units);
        list.consultation.push(line.item.is_consultation());
        list.lines.push(line.view);
    }
    for (place, (benefit, code, name)) in keys.into_iter().enumerate() {
        let batch = batch_view(place, benefit, name);
        list.batches.push(batch);
        list.disease_codes.push(code);
        estimate(context, policy, list, place);
    }
}

fn batch_view(place: usize, benefit: String, disease_name: String) -> BatchView {
    BatchView {
        id: BatchId::default(),
        position: i64::try_from(place).unwrap_or(0) + 1,
        number: String::new(),
        payer: if benefit.is_empty() {
            Payer::SelfPay
        } else {
            Payer::Insured
        },
        benefit,
        disease_name,
        state: cunyi_domain::batch::BatchState::Draft,
        total: Fen::ZERO,
        estimated_fund: Fen::ZERO,
        estimate_only: false,
        fund: Fen::ZERO,
        account: Fen::ZERO,
        cash: Fen::ZERO,
        platform_settlement: String::new(),
        settled_at: None,
        said: String::new(),
    }
}

/// Shares of a batch's lines: by the policy, or all own pay.
fn estimate(context: &Context<'_>, policy: Option<&Policy>, list: &mut FeeList, place: usize) {
    let position = i64::try_from(place).unwrap_or(0) + 1;
    let batch = &mut list.batches[place];
    let mine = list
        .lines
        .iter()
        .enumerate()
        .filter(|(_, l)| l.batch == position);
    let mine: Vec<usize> = mine.map(|(i, _)| i).collect();
    batch.total = mine.iter().map(|&i| list.lines[i].amount).sum();
    batch.cash = batch.total;
    if batch.payer == Payer::SelfPay {
        for i in mine {
            list.lines[i].own_pay = list.lines[i].amount;
        }
        return;
    }
    let settled = policy
        .ok_or_else(|| Refusal::new(Code::PolicyCannot))
        .and_then(|policy| {
            let claim = claim(
                context,
                batch,
                &list.disease_codes[place],
                &list.lines,
                &mine,
                &list.consultation,
            )?;
            let refused =
                |e: cunyi_policy::CannotDecide| Refusal::new(Code::PolicyCannot).with("text", e);
            cunyi_policy::evaluate(policy, &claim).map_err(refused)
        });
    match settled {
        Ok(settled) => {
            batch.estimated_fund = settled.fund;
            batch.cash = settled.personal;
            batch.estimate_only = settled.certainty != Certainty::Exact;
            for (&i, share) in mine.iter().zip(&settled.lines) {
                let line = &mut list.lines[i];
                line.own_pay = share.own_pay;
                line.over_limit = share.over_limit;
                line.pay_first = share.pay_first;
                line.in_scope = share.in_scope;
                line.fund = share.fund;
            }
        }
        Err(refusal) => list.problems.push(refusal),
    }
}

fn claim(
    context: &Context<'_>,
    batch: &BatchView,
    disease_code: &str,
    lines: &[ChargeView],
    mine: &[usize],
    consultation: &[bool],
) -> Result<Claim, Refusal> {
    let cannot = || Refusal::new(Code::NoBenefit);
    let coverage = context.coverage.ok_or_else(cannot)?;
    let benefit = Benefit::from_text(&batch.benefit).ok_or_else(cannot)?;
    let used = context.used;
    let (of_benefit, deductible) = match benefit {
        Benefit::General => (used.general, used.general_deductible),
        Benefit::Chronic => (used.chronic, used.chronic_deductible),
    };
    let line = |&i: &usize| ClaimLine {
        id: i.to_string(),
        class: lines[i].class,
        amount: lines[i].amount,
        is_consultation_fee: consultation[i],
        price: lines[i].price,
        quantity: lines[i].quantity,
        ceiling: None,
    };
    Ok(Claim {
        scheme: cunyi_policy::Scheme::from_text(&coverage.scheme).ok_or_else(cannot)?,
        level: match context.setup.clinic.level {
            reference::Level::Village => Level::Village,
            reference::Level::Township => Level::Township,
        },
        benefit,
        disease_code: (!disease_code.is_empty()).then(|| disease_code.to_owned()),
        date: context.now.date(),
        age: context
            .patient
            .birth_date
            .map_or(0, |b| age_on(b, context.now.date())),
        lines: mine.iter().map(line).collect(),
        used: Used {
            fund_this_year: used.general + used.chronic,
            benefit_fund_this_year: of_benefit,
            deductible_this_year: deductible,
        },
    })
}

impl FeeList {
    /// As the page shows it.
    pub fn preview(self) -> Preview {
        let total: Fen = self.lines.iter().map(|l| l.amount).sum();
        let estimated_fund: Fen = self.batches.iter().map(|b| b.estimated_fund).sum();
        Preview {
            problems: self.problems,
            findings: self.findings,
            lines: self.lines,
            batches: self.batches,
            total,
            estimated_fund,
            personal: total - estimated_fund,
        }
    }
}
