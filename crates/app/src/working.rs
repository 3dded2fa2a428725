//! 为什么: how a batch's shares came about, as the page shows it. What was frozen is kept with the
//! batch and shown as it was then, whatever policy holds by now. Beside it stands the centre's
//! answer: the first figure that is another, and the step at which it comes about.

use cunyi_domain::amounts::Amounts;
use cunyi_domain::batch::BatchState;
use cunyi_domain::ledger::{Batch, Charge, Coverage, Visit};
use cunyi_domain::money::Fen;
use cunyi_gateway::message::settle::Settlement as Reply;
use cunyi_gateway::message::{T2206, T2207};
use cunyi_policy::{FundName, Rule, RuleAt, Settlement, Step, StepAt, paid, read_working};
use cunyi_store::Tx;
use cunyi_store::local::{Message, MessageState};

use crate::App;
use crate::error::Result;
use crate::settle::amounts_of_reply;
use crate::setup::{Installed, Setup};
use crate::views::{Actor, Answer, Basis, Difference, Part, Working, WorkingStep};

/// The working of a batch that is being made.
pub(crate) fn fresh(settled: &Settlement, file: &Installed, names: &[&str]) -> Working {
    let rule = |step: &Step| {
        let rule = settled.rules.get(usize::from(step.at)).cloned();
        rule.unwrap_or_else(|| RuleAt {
            path: String::new(),
            line: 0,
        })
    };
    let steps = settled.steps.iter().map(|step| StepAt {
        step: step.clone(),
        rule: rule(step),
    });
    Working {
        steps: named(steps, names),
        basis: basis(Some(file), &file.version, false),
        data: settled.working(),
        adds: settled.adds.kept(),
    }
}

fn basis(file: Option<&Installed>, version: &str, superseded: bool) -> Basis {
    Basis {
        source: file.map_or_else(String::new, |file| file.policy.source.clone()),
        from: file.map(|file| file.policy.valid.from),
        version: version.to_owned(),
        superseded,
    }
}

/// The working of a frozen batch, as it was kept; none where none was.
fn kept(
    batch: &Batch,
    names: &[&str],
    setup: &Setup,
    (visit, coverage): (&Visit, &Coverage),
) -> Option<Working> {
    let steps = read_working(&batch.working)?;
    let mut files = setup.policies.iter();
    let file = files.find(|file| file.version == batch.policy);
    let now = setup.installed(&coverage.scheme, visit.registered_at);
    let superseded = now.is_none_or(|now| now.version != batch.policy);
    Some(Working {
        steps: named(steps.into_iter(), names),
        basis: basis(file, &batch.policy, superseded),
        data: batch.working.clone(),
        adds: batch.adds.clone(),
    })
}

/// Steps with the names of their lines. An account that has nothing does nothing.
fn named(steps: impl Iterator<Item = StepAt>, names: &[&str]) -> Vec<WorkingStep> {
    let idle = |step: &Step| {
        let empty = step.left.is_some_and(|(before, _)| before == Fen::ZERO);
        matches!(step.rule, Rule::Account | Rule::FamilyAccount) && empty
    };
    let steps = steps.filter(|at| !idle(&at.step));
    let with_item = |StepAt { step, rule }| {
        let name = step.line.and_then(|line| names.get(line));
        let item = name.map_or_else(String::new, |name| (*name).to_owned());
        WorkingStep { step, rule, item }
    };
    steps.map(with_item).collect()
}

impl App {
    /// A frozen batch's working, and what the centre answered beside it.
    pub(crate) fn explained(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        (visit, coverage): (&Visit, &Coverage),
        batch: &Batch,
        (charges, messages): (&[Charge], &[Message]),
    ) -> Result<(Option<Working>, Option<Answer>)> {
        let setup = self.setup_in(tx, &actor.clinic)?;
        let mine = charges.iter().filter(|c| c.batch == batch.id);
        let mine: Vec<&Charge> = mine.collect();
        let names: Vec<&str> = mine.iter().map(|c| c.name.as_str()).collect();
        let Some(working) = kept(batch, &names, &setup, (visit, coverage)) else {
            return Ok((None, None));
        };
        let reply = self.last_reply(tx, actor, &setup, batch, messages)?;
        let answer = reply.and_then(|reply| {
            let theirs = Theirs {
                lines: &mine,
                amounts: &amounts_of_reply(&reply, &setup.gateway.region)?,
                deductible: reply.setlinfo.act_pay_dedc.0,
                steps: &told(&reply, &names),
            };
            Some(Answer {
                difference: first_difference(&working.steps, &theirs),
                steps: theirs.steps.to_vec(),
            })
        });
        Ok((Some(working), answer))
    }

    /// What the centre last answered of a batch's shares, where it computed them.
    pub(crate) fn last_reply(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        setup: &Setup,
        batch: &Batch,
        messages: &[Message],
    ) -> Result<Option<Reply>> {
        if matches!(batch.state, BatchState::Draft | BatchState::Uploaded) {
            return Ok(None);
        }
        let computes = |m: &&Message| {
            let infno = m.infno.get(..4).unwrap_or_default();
            let mine = m.batch.as_ref() == Some(&batch.id);
            mine && m.state == MessageState::Success && ["2206", "2207"].contains(&infno)
        };
        let Some(message) = messages.iter().rev().find(computes) else {
            return Ok(None);
        };
        let body = self.reply_of(tx, actor, message)?;
        Ok(body.and_then(|body| {
            let settled = message.infno.starts_with("2207");
            let gateway = &setup.gateway;
            if settled {
                gateway.kept::<T2207>(&body)
            } else {
                gateway.kept::<T2206>(&body)
            }
        }))
    }
}

/// The centre's own steps, where it tells them in a shape that is understood, all of them.
fn told(reply: &Reply, names: &[&str]) -> Vec<WorkingStep> {
    let rows = reply.setldetail.iter().map(|row| row.setl_proc_info.trim());
    let rows = rows.filter(|text| !text.is_empty());
    let steps: Option<Vec<Vec<StepAt>>> = rows.map(read_working).collect();
    named(steps.unwrap_or_default().into_iter().flatten(), names)
}

/// What the centre says of a batch.
pub(crate) struct Theirs<'a> {
    /// Its lines, as 2204's answer split them.
    pub lines: &'a [&'a Charge],
    /// Its sums.
    pub amounts: &'a Amounts,
    /// 实际支付起付线, where it says it.
    pub deductible: Option<Fen>,
    /// Its steps, where it tells them.
    pub steps: &'a [WorkingStep],
}

type LinePart = (Part, Rule, fn(&Charge) -> Fen, fn(&Amounts) -> Fen);

/// The parts of a line, in the order in which they come about.
const LINES: [LinePart; 3] = [
    (Part::OwnPay, Rule::OwnPay, |c| c.own_pay, |a| a.own_pay),
    (
        Part::OverLimit,
        Rule::Ceiling,
        |c| c.over_limit,
        |a| a.over_limit,
    ),
    (
        Part::PayFirst,
        Rule::PayFirst,
        |c| c.pay_first,
        |a| a.pay_first,
    ),
];

type FundPart = (Part, FundName, fn(&Amounts) -> Fen);

/// The funds, in the order in which they pay.
const FUNDS: [FundPart; 7] = [
    (Part::Pool, FundName::Pool, |a| a.pool),
    (Part::CivilServant, FundName::CivilServant, |a| {
        a.civil_servant
    }),
    (Part::Enterprise, FundName::Enterprise, |a| a.enterprise),
    (Part::SeriousIllness, FundName::SeriousIllness, |a| {
        a.serious_illness
    }),
    (Part::LargeAmount, FundName::LargeAmount, |a| a.large_amount),
    (Part::MedicalAid, FundName::MedicalAid, |a| a.medical_aid),
    (Part::Other, FundName::Other, |a| a.other),
];

/// Two figures of one part.
struct Pair {
    part: Part,
    line: Option<usize>,
    ours: Fen,
    theirs: Fen,
    step: Option<usize>,
}

/// The first figure that the centre gives otherwise than our steps: lines first, as 2204 split
/// them, then their sums, the deductible, and each fund; none where all are equal.
pub(crate) fn first_difference(ours: &[WorkingStep], theirs: &Theirs<'_>) -> Option<Difference> {
    let lines = line_pairs(ours, theirs);
    let mut pairs = lines.into_iter().chain(sum_pairs(ours, theirs));
    let found = pairs.find(|pair| pair.ours != pair.theirs)?;
    let item = found.line.and_then(|line| theirs.lines.get(line));
    // What the centre tells of its steps shows where it begins better than a sum does.
    let same = |(a, b): (&WorkingStep, &WorkingStep)| alike(&a.step, &b.step);
    let place = ours.iter().zip(theirs.steps).position(|pair| !same(pair));
    let told = place.map(|place| (place, theirs.steps[place].clone()));
    let told = told.filter(|(place, told)| {
        let ours = &ours[*place].step;
        (ours.rule, ours.fund, ours.line) == (told.step.rule, told.step.fund, told.step.line)
    });
    Some(Difference {
        part: found.part,
        item: item.map_or_else(String::new, |charge| charge.name.clone()),
        ours: found.ours,
        theirs: found.theirs,
        step: told.as_ref().map(|(place, _)| *place).or(found.step),
        told: told.map(|(_, told)| told),
    })
}

/// True if two steps say the same, wherever their rules stand.
fn alike(ours: &Step, theirs: &Step) -> bool {
    let at = ours.at;
    *ours
        == Step {
            at,
            ..theirs.clone()
        }
}

fn line_pairs(ours: &[WorkingStep], theirs: &Theirs<'_>) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for (line, charge) in theirs.lines.iter().enumerate() {
        for (part, rule, of, _) in LINES {
            let is = |at: &WorkingStep| at.step.rule == rule && at.step.line == Some(line);
            pairs.push(Pair {
                part,
                line: Some(line),
                ours: ours
                    .iter()
                    .filter(|at| is(at))
                    .map(|at| at.step.result)
                    .sum(),
                theirs: of(charge),
                // Where we have no step for it, the line's last tells what we took it for.
                step: ours
                    .iter()
                    .position(is)
                    .or_else(|| ours.iter().rposition(|at| at.step.line == Some(line))),
            });
        }
    }
    pairs
}

fn sum_pairs(ours: &[WorkingStep], theirs: &Theirs<'_>) -> Vec<Pair> {
    let pair = |part, (ours, theirs), step| Pair {
        part,
        line: None,
        ours,
        theirs,
        step,
    };
    let last = |is: &dyn Fn(&Step) -> bool| ours.iter().rposition(|at| is(&at.step));
    let mut pairs = Vec::new();
    for (part, rule, _, of) in LINES {
        let is = |step: &Step| step.rule == rule;
        let sum = ours.iter().map(|at| &at.step).filter(|step| is(step));
        let sum = sum.map(|step| step.result).sum();
        pairs.push(pair(part, (sum, of(theirs.amounts)), last(&is)));
    }
    let deductible = last(&|step| step.rule == Rule::Deductible && step.fund == FundName::Pool);
    let sum = deductible.map_or(Fen::ZERO, |place| ours[place].step.result);
    let said = theirs.deductible.unwrap_or(sum);
    pairs.push(pair(Part::Deductible, (sum, said), deductible));
    let steps: Vec<Step> = ours.iter().map(|at| at.step.clone()).collect();
    let funds = paid(&steps);
    for (part, fund, of) in FUNDS {
        let sum = funds.iter().find(|(name, _)| *name == fund);
        let sum = sum.map_or(Fen::ZERO, |(_, sum)| *sum);
        let at = last(&|step| step.fund == fund && step.line.is_none());
        pairs.push(pair(part, (sum, of(theirs.amounts)), at));
    }
    let hospital = (Fen::ZERO, theirs.amounts.hospital);
    pairs.push(pair(Part::Hospital, hospital, None));
    pairs
}

#[cfg(test)]
#[path = "working_tests.rs"]
mod tests;
