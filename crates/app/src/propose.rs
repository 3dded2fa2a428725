//! What is proposed while a doctor types: what she uses most stands first, and a drug comes as she ordered
//! it last. A child's order is never learnt, and an adult's dose never proposed to a child.

use std::cmp::Reverse;
use std::collections::HashMap;

use cunyi_catalogue::{ADULT, ItemHit};
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::Visit;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::age_on;
use cunyi_store::local::Habit;
use cunyi_store::{Tx, Writer, query, typing};

use crate::App;
use crate::error::Result;
use crate::permission::Action;
use crate::views::{Actor, DraftBody, Proposal, Usual};

/// So many hits of the catalogue are looked at for each that is shown: a favourite among them comes first.
const WIDER: usize = 4;
/// So many favourites are read: drugs, services and diagnoses are among them.
const MOST_FAVOURITES: i64 = 200;

impl App {
    /// Drugs and services for what is typed, favourites first; for nothing typed the favourites. Drugs come
    /// as she orders them for a patient like this visit's, else as the catalogue says.
    pub fn propose_items(
        &self,
        actor: &Actor,
        visit: Option<&VisitId>,
        text: &str,
        most: usize,
    ) -> Result<Vec<Proposal>> {
        let catalogue = self.catalogue();
        let code = |hit: ItemHit<'_>| match hit {
            ItemHit::Drug(drug) => drug.code.clone(),
            ItemHit::Service(service) => service.code.clone(),
        };
        let found = || catalogue.search_items(text, most * WIDER);
        let known = |c: &str| catalogue.drug(c).is_some() || catalogue.service(c).is_some();
        let found: Vec<String> = found().into_iter().map(code).collect();
        self.propose(actor, visit, (text, found), known, most)
    }

    /// Diagnoses in the same order.
    pub fn propose_diagnoses(
        &self,
        actor: &Actor,
        visit: Option<&VisitId>,
        text: &str,
        most: usize,
    ) -> Result<Vec<Proposal>> {
        let catalogue = self.catalogue();
        let found = catalogue.search_diagnoses(text, most * WIDER);
        let found = found.into_iter().map(|d| d.code.clone()).collect();
        let known = |c: &str| catalogue.diagnosis(c).is_some();
        self.propose(actor, visit, (text, found), known, most)
    }

    fn propose(
        &self,
        actor: &Actor,
        visit: Option<&VisitId>,
        (text, found): (&str, Vec<String>),
        known: impl Fn(&str) -> bool,
        most: usize,
    ) -> Result<Vec<Proposal>> {
        actor.must(Action::Treat)?;
        let whose = (&actor.clinic, &actor.user);
        self.parts.store.db().read("propose", |tx| {
            let adult = match visit {
                Some(id) => {
                    let row = query::visit(tx, &actor.clinic, id)?;
                    let row = row.ok_or(Refusal::new(Code::NotFound))?;
                    is_adult(tx, &row)?
                }
                None => false,
            };
            if text.trim().is_empty() {
                let mut used = typing::favourites(tx, whose, MOST_FAVOURITES)?;
                used.retain(|habit| known(&habit.code));
                let all = used.into_iter().take(most);
                return Ok(all.map(|habit| proposal(habit, adult)).collect());
            }
            let used = typing::habits(tx, whose, &found)?;
            let mut used: HashMap<String, Habit> =
                used.into_iter().map(|h| (h.code.clone(), h)).collect();
            let mut found = found;
            let times = |code: &String| Reverse(used.get(code).map_or(0, |habit| habit.times));
            found.sort_by_key(times);
            found.truncate(most);
            let of = |code: String| match used.remove(&code) {
                Some(habit) => proposal(habit, adult),
                None => Proposal { code, usual: None },
            };
            Ok(found.into_iter().map(of).collect())
        })
    }
}

fn proposal(habit: Habit, adult: bool) -> Proposal {
    let learnt = adult && !habit.dose.is_empty();
    let usual = learnt.then_some(Usual {
        dose: habit.dose,
        route: habit.route,
        frequency: habit.frequency,
        days: habit.days,
    });
    Proposal {
        code: habit.code,
        usual,
    }
}

fn is_adult(tx: &mut Tx<'_>, visit: &Visit) -> Result<bool> {
    let patient = query::patient(tx, &visit.clinic, &visit.patient)?;
    let patient = patient.ok_or(Refusal::new(Code::NotFound))?;
    let day = visit.registered_at.date();
    Ok(patient
        .birth_date
        .is_some_and(|birth| age_on(birth, day) >= ADULT))
}

/// Learns from a signed record.
pub(crate) fn learn(
    w: &mut Writer<'_, '_>,
    actor: &Actor,
    visit: &Visit,
    body: &DraftBody,
) -> Result<()> {
    let (now, adult) = (w.who.now, is_adult(w.tx, visit)?);
    let blank = |code: &str| Habit {
        clinic: actor.clinic.clone(),
        doctor: actor.user.clone(),
        code: code.trim().to_owned(),
        times: 1,
        dose: String::new(),
        route: String::new(),
        frequency: String::new(),
        days: String::new(),
        used_at: now,
    };
    let diagnoses = body.diagnoses.iter().map(|code| (blank(code), false));
    let lines = body.lines.iter().map(|line| {
        let learns = adult && !line.dose.trim().is_empty();
        let mut habit = blank(&line.code);
        if learns {
            line.dose.trim().clone_into(&mut habit.dose);
            line.route.clone_into(&mut habit.route);
            line.frequency.clone_into(&mut habit.frequency);
            line.days.trim().clone_into(&mut habit.days);
        }
        (habit, learns)
    });
    let all = diagnoses.chain(lines);
    for (habit, learns) in all.filter(|(habit, _)| !habit.code.is_empty()) {
        typing::used(w.tx, habit, learns)?;
    }
    Ok(())
}
