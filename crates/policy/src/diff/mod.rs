//! What changes for whom between two policies: every combination of what either of them tells apart is
//! looked up in both, and combinations that change alike are told as one.

mod terms;
#[cfg(test)]
mod tests;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use cunyi_domain::money::{Fen, Quantity, UnitPrice};
use cunyi_domain::time::civil::Date;

use crate::cases::read_fact;
use crate::claim::{Claim, ClaimLine, LineClass, Unknown};
use crate::evaluate::evaluate;
use crate::items::Item;
use crate::language::facet::{Cut, Facet, Facts};
use crate::plan::{BenefitPlan, Plan};
use crate::policy::{Benefit, Policy};
use crate::words::Language;
use words::Words;

/// A thing that is other under the new policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// For whom, where; empty where it is for all.
    pub who: String,
    /// What of the rules.
    pub what: String,
    /// As it was.
    pub old: String,
    /// As it is.
    pub new: String,
}

/// What visits give at the start of a year, where that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worked {
    /// For whom, where.
    pub who: String,
    /// For each of [`VISITS`]: what the funds paid, and pay; none where there is no such benefit, or
    /// the rules ask for more than a class.
    pub funds: Funds,
}

/// What the funds paid, and pay.
pub type Funds = Vec<(Option<Fen>, Option<Fen>)>;

/// Visits that are worked out, in yuan of class A.
pub const VISITS: [i64; 4] = [20, 50, 100, 300];

/// What changes for whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// In the order of the rules.
    pub changes: Vec<Change>,
    /// Visits worked out under both.
    pub worked: Vec<Worked>,
}

/// More combinations than two policies tell apart.
const MOST: usize = 100_000;

/// Compares two policies as of the year in which the new one begins.
///
/// # Errors
/// When together they tell more combinations apart than can be tried; how many.
pub fn diff(old: &Policy, new: &Policy, language: Language) -> Result<Diff, usize> {
    let words = Words(language);
    let year = new.valid.from.first_of_year();
    let mut diff = Diff::default();
    let (old_year, new_year) = (old.for_year(year), new.for_year(year));
    let (Some(old_plan), Some(new_plan)) = (old_year.plan(year), new_year.plan(year)) else {
        return Ok(diff);
    };
    let whole = terms::whole(old, old_plan, words);
    for ((what, was), (_, is)) in whole.into_iter().zip(terms::whole(new, new_plan, words)) {
        if was != is {
            let who = String::new();
            diff.changes.push(Change {
                who,
                what,
                old: was,
                new: is,
            });
        }
    }
    for benefit in Benefit::ALL {
        let sides = Sides {
            benefit: *benefit,
            day: year,
            policies: [&old_year, &new_year],
            plans: [old_plan, new_plan],
            words,
        };
        sides.compare(&mut diff)?;
    }
    Ok(diff)
}

/// Both policies' one benefit.
struct Sides<'a> {
    benefit: Benefit,
    day: Date,
    policies: [&'a Policy; 2],
    plans: [&'a Plan; 2],
    words: Words,
}

/// A combination, as the part of each facet.
type Profile = Vec<usize>;
/// A thing's place among all, what it is, as it was, as it is.
type Difference = (usize, String, String, String);
/// Combinations as one: for each facet the parts.
type Crowd = Vec<BTreeSet<usize>>;

impl Sides<'_> {
    fn compare(&self, diff: &mut Diff) -> Result<(), usize> {
        let plans = self.plans.map(|plan| plan.benefits.get(&self.benefit));
        let facets = facets(plans);
        let mut count = facets.iter().map(|(_, cut)| cut.len());
        let count = count
            .try_fold(1_usize, usize::checked_mul)
            .unwrap_or(usize::MAX);
        if count > MOST {
            return Err(count);
        }
        let mut changes: BTreeMap<Difference, Vec<Profile>> = BTreeMap::new();
        let mut worked: BTreeMap<Funds, Vec<Profile>> = BTreeMap::new();
        for place in 0..count {
            let profile = profile(&facets, place);
            let one = somebody(&facets, &profile);
            let sides = [0, 1].map(|side| {
                let terms = plans[side].and_then(|plan| plan.terms(&one).ok());
                terms.map(|terms| terms::aspects(self.plans[side], terms, self.words))
            });
            let [was, is] = sides;
            for difference in self.differences(was, is) {
                changes.entry(difference).or_default().push(profile.clone());
            }
            let funds: Vec<_> = VISITS.iter().map(|yuan| self.funds(*yuan, &one)).collect();
            if funds.iter().any(|(was, is)| was != is) {
                worked.entry(funds).or_default().push(profile);
            }
        }
        for ((_, what, old, new), profiles) in changes {
            for crowd in crowds(&profiles, facets.len()) {
                let (who, what) = (self.who(&facets, &crowd), what.clone());
                let (old, new) = (old.clone(), new.clone());
                diff.changes.push(Change {
                    who,
                    what,
                    old,
                    new,
                });
            }
        }
        for (funds, profiles) in worked {
            for crowd in crowds(&profiles, facets.len()) {
                let (who, funds) = (self.who(&facets, &crowd), funds.clone());
                diff.worked.push(Worked { who, funds });
            }
        }
        Ok(())
    }

    /// Its place among all, what, as it was, as it is.
    fn differences(
        &self,
        was: Option<terms::Aspects>,
        is: Option<terms::Aspects>,
    ) -> Vec<Difference> {
        let all = |aspects: &terms::Aspects| {
            let said = aspects.iter().filter(|(_, value)| !value.is_empty());
            let said = said.map(|(what, value)| format!("{what} {value}"));
            said.collect::<Vec<_>>().join(self.words.then())
        };
        let none = self.words.none().to_owned();
        let entitled = self.words.entitled().to_owned();
        match (was, is) {
            (None, None) => Vec::new(),
            (Some(was), None) => vec![(0, entitled, all(&was), none)],
            (None, Some(is)) => vec![(0, entitled, none, all(&is))],
            (Some(was), Some(is)) => {
                let mut titles: Vec<&String> = was.iter().map(|(what, _)| what).collect();
                titles.extend(
                    is.iter()
                        .map(|(what, _)| what)
                        .filter(|w| !was.iter().any(|(o, _)| o == *w)),
                );
                let value = |of: &terms::Aspects, what: &String| {
                    let found = of.iter().find(|(other, _)| other == what);
                    let value = found
                        .map(|(_, value)| value)
                        .filter(|value| !value.is_empty());
                    value.unwrap_or(&none).clone()
                };
                let each = titles.into_iter().enumerate();
                let each = each.map(|(order, what)| {
                    (order, what.clone(), value(&was, what), value(&is, what))
                });
                each.filter(|(_, _, was, is)| was != is).collect()
            }
        }
    }

    fn funds(&self, yuan: i64, facts: &Facts) -> (Option<Fen>, Option<Fen>) {
        let [was, is] = self.policies.map(|policy| {
            let claim = self.visit(policy, yuan * 100, facts);
            evaluate(policy, &claim).ok().map(|settled| settled.fund)
        });
        (was, is)
    }

    fn visit(&self, policy: &Policy, fen: i64, facts: &Facts) -> Claim {
        // Where the rules do not tell diseases apart, any of them will do.
        let any = || policy.diseases(self.benefit).first();
        let disease = facts.disease.clone().or_else(|| Some(any()?.code.clone()));
        Claim {
            scheme: policy.scheme,
            facts: Facts {
                disease,
                ..facts.clone()
            },
            benefit: self.benefit,
            date: self.day,
            lines: vec![ClaimLine {
                id: String::new(),
                class: LineClass::A,
                amount: Fen(fen),
                is_consultation_fee: false,
                price: UnitPrice::from_fen(fen),
                quantity: Quantity::whole(1),
                ceiling: None,
                item: Item::default(),
            }],
            history: Vec::new(),
            unknown: Unknown::default(),
            balance: Fen::ZERO,
            family_balance: Fen::ZERO,
        }
    }

    /// `普通门诊：机构级别 村卫生室、乡镇卫生院；年龄 60-`
    fn who(&self, facets: &[(Facet, Cut)], crowd: &Crowd) -> String {
        let told = facets.iter().zip(crowd);
        let told = told.filter(|((_, cut), parts)| parts.len() < cut.len());
        let told = told.map(|((facet, cut), parts)| self.words.parts(*facet, cut, parts));
        let told: Vec<String> = told.collect();
        self.words.who(self.benefit, &told)
    }
}

/// What either asks for, cut by both.
fn facets(plans: [Option<&BenefitPlan>; 2]) -> Vec<(Facet, Cut)> {
    let mut all: BTreeMap<Facet, Cut> = BTreeMap::new();
    for (facet, cut) in plans.into_iter().flatten().flat_map(|plan| &plan.facets) {
        match (all.get_mut(facet), cut) {
            (None, _) => {
                all.insert(*facet, cut.clone());
            }
            (Some(Cut::Names(mine)), Cut::Names(more)) => {
                let new = more.iter().filter(|name| !mine.contains(name)).cloned();
                let new: Vec<String> = new.collect();
                mine.extend(new);
            }
            (Some(Cut::Bands(mine)), Cut::Bands(more)) => {
                mine.extend(more);
                mine.sort_unstable();
                mine.dedup();
            }
            _ => {}
        }
    }
    all.into_iter().collect()
}

fn profile(facets: &[(Facet, Cut)], place: usize) -> Profile {
    let mut left = place;
    let parts = facets.iter().map(|(_, cut)| {
        let part = left % cut.len();
        left /= cut.len();
        part
    });
    parts.collect()
}

/// Somebody of whom it is true.
fn somebody(facets: &[(Facet, Cut)], profile: &[usize]) -> Facts {
    let mut one = Facts::default();
    for ((facet, cut), part) in facets.iter().zip(profile) {
        let text = match cut {
            Cut::Names(names) => names[*part].clone(),
            Cut::Bands(starts) => {
                let start = starts[*part];
                let before = starts.get(part + 1).map_or(0, |next| next - 1);
                if start == i64::MIN { before } else { start }.to_string()
            }
        };
        // The names are those of policies, which were read the same way.
        let _ = read_fact(&mut one, *facet, &text);
    }
    one
}

/// Profiles as few crowds: those that differ in one facet alone become one.
fn crowds(profiles: &[Profile], facets: usize) -> Vec<Crowd> {
    let alone = |part: &usize| BTreeSet::from([*part]);
    let mut crowds: BTreeSet<Crowd> = profiles
        .iter()
        .map(|p| p.iter().map(alone).collect())
        .collect();
    for facet in 0..facets {
        let mut merged: BTreeMap<Crowd, BTreeSet<usize>> = BTreeMap::new();
        for mut crowd in crowds {
            let parts = std::mem::take(&mut crowd[facet]);
            merged.entry(crowd).or_default().extend(parts);
        }
        let whole = merged.into_iter().map(|(mut crowd, parts)| {
            crowd[facet] = parts;
            crowd
        });
        crowds = whole.collect();
    }
    crowds.into_iter().collect()
}
