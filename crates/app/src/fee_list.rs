//! From what was typed to a fee list: reads the draft, checks it, prices it, groups it by benefit
//! and estimates each batch. Pure but for the rows it is given; preview and freeze both use it.

mod follow;
mod group;
mod read;
mod under;

use cunyi_catalogue as catalogue;
use cunyi_catalogue::{Catalogue, Drug};
use cunyi_domain::ids::BatchId;
use cunyi_domain::ledger::{
    Allergy, AllergyKind, Coverage, Diagnosis, GlucoseKind, Patient, Payer, SkinTest, TwoDisease,
};
use cunyi_domain::money::{Fen, Quantity};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::{Moment, age_on, civil::Date};
use cunyi_gateway::region::Beside;
use cunyi_policy::{Benefit, Certainty, Claim, ClaimLine, Facts, Policy};

use crate::course;
use crate::rights::Rights;
use crate::setup::{Installed, Setup};
use crate::skin_test;
use crate::views::{BatchView, ChargeView, Declined, DraftBody, DraftLine, FindingView, Preview};
use crate::working;
use crate::year_use::YearUse;
use read::ReadLine;
pub(crate) use read::follows;
pub(crate) use read::item_for_rules;
use under::Basis;
pub(crate) use under::Under;

/// Most lines of a visit.
pub const MOST_LINES: usize = 60;
/// Most diagnoses of a visit.
pub const MOST_DIAGNOSES: usize = 10;
/// Longest free text, in characters.
pub const MOST_TEXT: usize = 2000;

/// Longest reason against a warning, in characters.
pub const MOST_REASON: usize = 200;

/// What a fee list is made from besides the draft.
pub(crate) struct Context<'a> {
    /// The lists.
    pub catalogue: &'a Catalogue,
    /// The clinic's setting.
    pub setup: &'a Setup,
    /// The patient.
    pub patient: &'a Patient,
    /// Her birth date.
    pub birth: Date,
    /// Her allergies.
    pub allergies: &'a [Allergy],
    /// Her coverage; none: self-pay.
    pub coverage: Option<&'a Coverage>,
    /// What clinic and doctor may prescribe.
    pub rights: Rights,
    /// The visit's skin tests.
    pub skin_tests: Vec<SkinTest>,
    /// What of her courses needs no skin test again.
    pub carried: Vec<skin_test::Carried>,
    /// Her infusion courses.
    pub courses: Vec<course::Standing>,
    /// What she has used of the year.
    pub used: YearUse,
    /// When the visit began: its day chooses the rules.
    pub at: Moment,
}

/// Vitals as numbers, in the units of the `visit` row.
#[derive(Clone, Debug, Default)]
pub struct Vitals {
    /// 0.1 °C
    pub temperature: Option<i64>,
    /// A minute
    pub pulse: Option<i64>,
    /// A minute
    pub respiration: Option<i64>,
    /// mmHg
    pub systolic: Option<i64>,
    /// mmHg
    pub diastolic: Option<i64>,
    /// 0.1 mmol/L
    pub glucose: Option<i64>,
    /// When that was measured.
    pub glucose_kind: Option<GlucoseKind>,
    /// 0.1 kg
    pub weight: Option<i64>,
    /// 0.1 cm
    pub height: Option<i64>,
}

/// A fee list that has been read.
#[derive(Default)]
pub struct FeeList {
    /// Vitals.
    pub vitals: Vitals,
    /// 发病日期
    pub onset: Option<Date>,
    /// Diagnoses as they are signed: 西医 first, the main one at the beginning.
    pub diagnoses: Vec<catalogue::Diagnosis>,
    /// What cannot be read; nothing is frozen while something stands here.
    pub problems: Vec<Refusal>,
    /// Safety checks.
    pub findings: Vec<FindingView>,
    /// Lines with their batch's position.
    pub lines: Vec<ChargeView>,
    /// What follows from a route and is not charged.
    pub declined: Vec<Declined>,
    /// Each line's place in the draft, from 0.
    pub places: Vec<usize>,
    /// Smallest units of each line, for stock; zero for services.
    pub units: Vec<Quantity>,
    /// True at a line of the general consultation fee.
    pub consultation: Vec<bool>,
    /// What reimbursement rules may ask of each line's item.
    pub items: Vec<cunyi_policy::Item>,
    /// Batches.
    pub batches: Vec<BatchView>,
    /// Disease code of each batch.
    pub disease_codes: Vec<String>,
}

/// Reads a draft.
pub fn read(context: &Context<'_>, body: &DraftBody) -> FeeList {
    let mut list = FeeList::default();
    read::read_vitals(body, &mut list);
    read::read_onset(body, (context.birth, context.at.date()), &mut list);
    let record = &context.setup.data.record;
    let missing = record
        .missing(body)
        .map(|name| Refusal::at(Code::Missing, name));
    list.problems.extend(missing);
    read::read_texts(body, &mut list.problems);
    read::read_diagnoses(context.catalogue, body, &mut list);
    if body.lines.len() > MOST_LINES {
        list.problems
            .push(Refusal::at(Code::BadNumber, "lines").with("limit", MOST_LINES));
    }
    let mut lines = Vec::new();
    let decoction = read::read_decoction(&body.decoction);
    for (place, line) in body.lines.iter().take(MOST_LINES).enumerate() {
        let may = context.rights.must(context.catalogue, line);
        let decoction = decoction.as_ref().ok();
        let day = context.at.date();
        let course = may.and_then(|()| course::must_go_on(&context.courses, line, day));
        let read = |course| {
            let read = read::read_line(context.catalogue, place, line, decoction)?;
            Ok(read.map(|mut read| {
                read.view.course = course;
                read
            }))
        };
        match course.and_then(read) {
            Ok(read) => lines.extend(read),
            Err(refusal) => list.problems.push(refusal.with("line", place + 1)),
        }
    }
    list.problems.extend(group::agree(&mut lines));
    // Said once, however many herbs there are.
    let of_pieces = |line: &DraftLine| {
        context
            .catalogue
            .drug(&line.code)
            .is_some_and(Drug::is_piece)
    };
    let has_pieces = body.lines.iter().any(of_pieces);
    list.problems.extend(decoction.err().filter(|_| has_pieces));
    list.findings = findings(context, body, &list, &lines);
    let untested = untested(context, &list.findings, &lines);
    list.problems.extend(untested);
    match follow::add(context, body, &mut lines) {
        Ok(declined) => list.declined = declined,
        Err(refusal) => list.problems.push(refusal),
    }
    group(context, &mut list, lines);
    list
}

/// Drugs that want a skin test and have not had it here, or were not negative. What is refused anyway, for an allergy,
/// is not tested.
fn untested(
    context: &Context<'_>,
    findings: &[FindingView],
    lines: &[ReadLine<'_>],
) -> Vec<Refusal> {
    let refused = |place: usize| {
        findings
            .iter()
            .any(|f| f.refused && f.lines.contains(&place))
    };
    let open = lines.iter().filter(|line| !refused(line.place));
    let of_drug = |drug: &Drug| {
        let same = lines.iter().filter(|line| line.view.code == drug.code);
        same.map(|line| line.units).sum::<Quantity>()
    };
    let lacking = open.filter_map(|line| match line.item {
        read::Item::Drug(drug) => {
            let wanting = skin_test::Wanting {
                drug,
                course: line.view.course.as_ref(),
                units: of_drug(drug),
            };
            let lacking = skin_test::lacking(&context.skin_tests, &context.carried, wanting)?;
            Some(lacking.with("line", line.place + 1))
        }
        read::Item::Service(_) => None,
    });
    lacking.collect()
}

/// An allergy as the checks know it.
pub(crate) fn as_checked(allergy: &Allergy) -> catalogue::Allergy {
    catalogue::Allergy {
        kind: match allergy.kind {
            AllergyKind::Drug => catalogue::AllergyKind::Drug,
            AllergyKind::Group => catalogue::AllergyKind::Group,
        },
        code: allergy.code.clone(),
        label: allergy.label.clone(),
    }
}

fn findings(
    context: &Context<'_>,
    body: &DraftBody,
    list: &FeeList,
    lines: &[ReadLine<'_>],
) -> Vec<FindingView> {
    let allergies = context.allergies.iter().map(as_checked);
    let facts = catalogue::PatientFacts {
        age_years: age_on(context.birth, context.at.date()),
        sex: Some(context.patient.sex),
        weight_grams: list.vitals.weight.map(|w| w * 100),
        allergies: allergies.collect(),
    };
    let diagnoses: Vec<&str> = list.diagnoses.iter().map(|one| one.code.as_str()).collect();
    let checked: Vec<catalogue::Line> = lines.iter().map(|l| l.check.clone()).collect();
    let rules = catalogue::Rules {
        consultation_includes_injection: match context
            .setup
            .gateway
            .region
            .injection_beside_consultation
        {
            Beside::Allowed => None,
            Beside::Warn => Some(catalogue::Level::Warn),
            Beside::Refuse => Some(catalogue::Level::Refuse),
        },
    };
    let mut found = catalogue::check(context.catalogue, &facts, &diagnoses, &checked, rules);
    let supplied: Vec<_> = lines.iter().enumerate().filter_map(supplied).collect();
    found.extend(catalogue::check_supply(
        body.long_term,
        &diagnoses,
        &supplied,
    ));
    let view = |finding: catalogue::Finding| {
        let code = finding.code.as_str();
        let key = format!("{code}:{}", about(&finding, lines));
        let given = body.reasons.iter().find(|(k, _)| *k == key);
        let reason = given.map(|(_, reason)| reason.trim().to_owned());
        FindingView {
            refused: finding.level == catalogue::Level::Refuse,
            reason: reason.unwrap_or_default(),
            code: code.to_owned(),
            key,
            lines: finding.lines.iter().map(|&i| lines[i].place).collect(),
            args: finding.args,
        }
    };
    found.into_iter().map(view).collect()
}

/// A drug with its days. Another day of a course was asked about when it was ordered.
fn supplied<'a>((place, line): (usize, &ReadLine<'a>)) -> Option<catalogue::Supplied<'a>> {
    let read::Item::Drug(drug) = line.item else {
        return None;
    };
    let route = catalogue::route_named(&line.view.route);
    let route = route.filter(|_| line.view.course.is_none())?;
    let days = line.view.days;
    Some(catalogue::Supplied {
        place,
        drug,
        route,
        days,
    })
}

/// What a finding is about, whatever place its lines stand in: an ingredient, a limit of days, the code of its last
/// line, or what its words name.
fn about(finding: &catalogue::Finding, lines: &[ReadLine<'_>]) -> String {
    let named = |wanted: Option<&str>| {
        let mut args = finding.args.iter();
        args.find(|(name, _)| wanted.is_none_or(|w| w == *name))
            .map(|(_, value)| value.clone())
    };
    let line = finding.lines.last().map(|&i| lines[i].check.code.clone());
    let days = (finding.code == catalogue::CheckCode::SupplyReason).then(|| named(Some("limit")));
    let found = named(Some("ingredient"))
        .or(days.flatten())
        .or(line)
        .or(named(None));
    found.unwrap_or_default()
}

fn group(context: &Context<'_>, list: &mut FeeList, lines: Vec<ReadLine<'_>>) {
    let scheme = context.coverage.map(|c| c.scheme.as_str());
    let file = scheme.and_then(|s| context.setup.installed(s, context.at));
    let policy = file.map(|file| &file.policy);
    let codes = list.diagnoses.iter().map(|one| one.code.as_str());
    let diagnosed = two_diseases(context.catalogue, codes);
    let basis = context.coverage.map(|c| Basis::new(policy, c, diagnosed));
    // Each batch's benefit and disease, none for self-pay; in order of first appearance.
    let mut keys: Vec<Option<Under>> = Vec::new();
    for mut line in lines {
        let key = match basis.as_ref().map(|b| b.under(&line)).transpose() {
            Ok(key) => key,
            Err(refusal) => {
                list.problems.push(refusal.with("line", line.place + 1));
                continue;
            }
        };
        let place = keys.iter().position(|k| *k == key).unwrap_or_else(|| {
            keys.push(key);
            keys.len() - 1
        });
        line.view.batch = i64::try_from(place).unwrap_or(0) + 1;
        list.places.push(line.place);
        list.units.push(line.units);
        list.consultation.push(line.item.is_consultation());
        list.items.push(line.item.for_rules());
        list.lines.push(line.view);
    }
    let mut year = context.used.clone();
    for (place, key) in keys.into_iter().enumerate() {
        let (code, batch) = batch_view(place, key.as_ref());
        list.batches.push(batch);
        list.disease_codes.push(code);
        match key {
            Some(key) => estimate(context, file, &mut year, list, place, key.benefit),
            None => all_own_pay(list, place),
        }
    }
}

/// The two diseases among diagnoses.
fn two_diseases<'a>(
    catalogue: &Catalogue,
    codes: impl Iterator<Item = &'a str>,
) -> Vec<TwoDisease> {
    let of = |code| catalogue.diagnosis(code)?.two_disease;
    codes.filter_map(of).collect()
}

/// What a line that was paid for falls under where it is settled with an insurance after all: as it
/// would have been proposed. The general benefit where the item is not in the lists any more.
pub(crate) fn proposed(
    catalogue: &Catalogue,
    (policy, coverage): (Option<&Policy>, &Coverage),
    diagnoses: &[Diagnosis],
    code: &str,
) -> Under {
    let codes = diagnoses.iter().map(|d| d.code.as_str());
    let basis = Basis::new(policy, coverage, two_diseases(catalogue, codes));
    read::item(catalogue, code).map_or(under::GENERAL, |item| basis.of(item))
}

/// A batch of a preview, with its disease code.
fn batch_view(place: usize, key: Option<&Under>) -> (String, BatchView) {
    let disease = key.and_then(|k| k.disease.clone());
    let (code, disease_name) = disease.map_or_else(Default::default, |d| (d.code, d.name));
    let view = BatchView {
        id: BatchId::default(),
        position: i64::try_from(place).unwrap_or(0) + 1,
        number: String::new(),
        registration: None,
        visit_number: String::new(),
        platform_visit: String::new(),
        payer: match key {
            Some(_) => Payer::Insured,
            None => Payer::SelfPay,
        },
        benefit: key.map(|k| k.benefit.to_string()).unwrap_or_default(),
        disease_name,
        state: cunyi_domain::batch::BatchState::Draft,
        total: Fen::ZERO,
        estimated_fund: Fen::ZERO,
        estimate_why: None,
        working: None,
        answer: None,
        fund: Fen::ZERO,
        account: Fen::ZERO,
        mutual_aid: Fen::ZERO,
        cash: Fen::ZERO,
        platform_settlement: String::new(),
        settled_at: None,
        said: String::new(),
        not_sent: false,
        lost: None,
        reversed_because: String::new(),
        rest_of: None,
    };
    (code, view)
}

/// The lines of a batch, by place, and its sum, which the patient pays until somebody else does.
fn lines_of(list: &mut FeeList, place: usize) -> Vec<usize> {
    let position = i64::try_from(place).unwrap_or(0) + 1;
    let mine = list.lines.iter().enumerate();
    let mine = mine.filter(|(_, l)| l.batch == position);
    let mine: Vec<usize> = mine.map(|(i, _)| i).collect();
    let batch = &mut list.batches[place];
    batch.total = mine.iter().map(|&i| list.lines[i].amount).sum();
    batch.cash = batch.total;
    mine
}

fn all_own_pay(list: &mut FeeList, place: usize) {
    for i in lines_of(list, place) {
        list.lines[i].own_pay = list.lines[i].amount;
    }
}

/// Shares of a batch's lines by the policy, after what the batches before it use up.
fn estimate(
    context: &Context<'_>,
    file: Option<&Installed>,
    year: &mut YearUse,
    list: &mut FeeList,
    place: usize,
    benefit: Benefit,
) {
    let mine = lines_of(list, place);
    let settled = file
        .ok_or_else(|| Refusal::new(Code::PolicyCannot).with("cannot", "no-policy"))
        .and_then(|file| {
            let policy = &file.policy;
            let of = context.coverage.map(|coverage| Insured {
                setup: context.setup,
                coverage,
                birth: Some(context.birth),
                at: context.at,
            });
            let of = of.ok_or(Refusal::new(Code::NoBenefit))?;
            let under = (benefit, list.disease_codes[place].as_str());
            let claim = of.claim(policy, year, under, claim_lines(list, &mine))?;
            let settled = cunyi_policy::evaluate(policy, &claim).map_err(|why| {
                let refusal = Refusal::new(Code::PolicyCannot).with("cannot", why.code());
                refusal.with("about", why.about())
            })?;
            let names = mine.iter().map(|&i| list.lines[i].name.as_str());
            let working = working::fresh(&settled, file, &names.collect::<Vec<_>>());
            Ok((settled, working))
        });
    let batch = &mut list.batches[place];
    match settled {
        Ok((settled, working)) => {
            batch.working = Some(working);
            batch.estimated_fund = settled.fund;
            batch.cash = settled.personal;
            batch.estimate_why = match settled.certainty {
                Certainty::Exact => None,
                Certainty::Estimate(why) => Some(why),
            };
            year.add(settled.adds, settled.account);
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

fn claim_lines(list: &FeeList, mine: &[usize]) -> Vec<ClaimLine> {
    let line = |&i: &usize| ClaimLine {
        id: i.to_string(),
        class: list.lines[i].class,
        amount: list.lines[i].amount,
        is_consultation_fee: list.consultation[i],
        price: list.lines[i].price,
        quantity: list.lines[i].quantity,
        ceiling: None,
        item: list.items[i].clone(),
    };
    mine.iter().map(line).collect()
}

/// Whose costs are reimbursed, by whose rules.
pub(crate) struct Insured<'a> {
    /// The clinic's setting.
    pub setup: &'a Setup,
    /// Her coverage.
    pub coverage: &'a Coverage,
    /// Her birth date.
    pub birth: Option<Date>,
    /// When the visit began: its day chooses the rules.
    pub at: Moment,
}

impl Insured<'_> {
    /// A claim for lines under a benefit and a disease, after what the year has used.
    pub fn claim(
        &self,
        policy: &Policy,
        year: &YearUse,
        (benefit, disease): (Benefit, &str),
        lines: Vec<ClaimLine>,
    ) -> Result<Claim, Refusal> {
        let scheme = cunyi_policy::Scheme::from_text(&self.coverage.scheme);
        let day = self.at.date();
        Ok(Claim {
            scheme: scheme.ok_or(Refusal::new(Code::NoBenefit))?,
            facts: Facts {
                disease: (!disease.is_empty()).then(|| disease.to_owned()),
                ..self.setup.facts(self.coverage.who(), self.birth, day)
            },
            benefit,
            date: day,
            lines,
            history: year.history(),
            unknown: year.unknown(benefit, policy, day),
            balance: year.balance(),
            family_balance: Fen::ZERO,
        })
    }
}

impl FeeList {
    /// The disease code that a line of the draft falls under, by its place from 0; empty without one.
    pub fn disease_of(&self, place: usize) -> Option<&str> {
        let line = self.places.iter().position(|p| *p == place)?;
        let batch = usize::try_from(self.lines.get(line)?.batch - 1).ok()?;
        self.disease_codes.get(batch).map(String::as_str)
    }

    /// Why more is supplied than usual; empty where nobody has to say.
    pub fn supply_reason(&self) -> String {
        let asked = |f: &&FindingView| f.code == catalogue::CheckCode::SupplyReason.as_str();
        let reasons: Vec<&str> = self
            .findings
            .iter()
            .filter(asked)
            .map(|f| &*f.reason)
            .collect();
        reasons.join("；")
    }

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
            again: None,
            declined: self.declined,
            last: Vec::new(),
        }
    }
}
