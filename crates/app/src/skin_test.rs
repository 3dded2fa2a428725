//! 皮试: ordered, awaited, read, by two where there are two. Before it is negative its drug is not charged; where it
//! is positive the allergy is noted. It holds for its visit, and for the days of an infusion course that follow one
//! another without a gap as long as the drug comes from the same lot. That is our inference: our references say that
//! a test is needed and its result recorded (policy.md 5.3), and nothing of how long it holds.

use cunyi_catalogue::{Catalogue, Drug};
use cunyi_domain::fact::{AllergyNoted, SkinTestMoved, SkinTestOrdered, VisitMoved};
use cunyi_domain::ids::{ClinicId, EntryId, VisitId};
use cunyi_domain::ledger::{
    AllergyKind, MoveKind, SkinTest, SkinTestEvent, SkinTestState, Visit, VisitState,
};
use cunyi_domain::money::Quantity;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::Moment;
use cunyi_store::reference::{self, Role};
use cunyi_store::{Tx, Writer, query};

use crate::App;
use crate::course::Standing;
use crate::error::{Result, refuse};
use crate::fee_list::as_checked;
use crate::freeze::free_lots;
use crate::permission::Action;
use crate::views::{Actor, SkinTestView};

/// A skin test is read after so many minutes.
pub const SKIN_TEST_MINUTES: i64 = 20;
const MINUTE: i64 = 60_000_000;

impl App {
    /// Orders the skin test of a drug. The patient waits: her visit is parked.
    pub fn order_skin_test(&self, actor: &Actor, visit: &VisitId, code: &str) -> Result<()> {
        actor.must(Action::Treat)?;
        let drug = self.catalogue().drug(code);
        let drug = drug.ok_or(Refusal::at(Code::NotInCatalogue, "code"))?;
        self.write(actor, "order_skin_test", |w| {
            let row = open_visit(w.tx, actor, visit)?;
            let tests = query::skin_tests(w.tx, &actor.clinic, visit)?;
            let had = tests
                .iter()
                .any(|t| t.code == code && t.state != SkinTestState::Abandoned);
            if had || !drug.skin_test {
                return Err(about(Code::SkinTestDone, &drug.name).into());
            }
            let known = query::allergies(w.tx, &actor.clinic, &row.patient)?;
            let lists = self.catalogue();
            if known.iter().any(|a| lists.is_against(&as_checked(a), drug)) {
                return Err(about(Code::SkinTestAllergic, &drug.name).into());
            }
            let ordered = SkinTestOrdered {
                id: EntryId::new(w.who.now, w.rng),
                patient: row.patient.clone(),
                visit: visit.clone(),
                code: drug.code.clone(),
                name: drug.name.clone(),
                readable_at: Moment(w.who.now.0 + SKIN_TEST_MINUTES * MINUTE),
            };
            w.record(ordered, Some(&row.patient), None)?;
            park(w, &row)
        })
    }

    /// Its result. Negative wants a second pair of eyes where the clinic has them.
    pub fn read_skin_test(
        &self,
        actor: &Actor,
        visit: &VisitId,
        test: &EntryId,
        positive: bool,
    ) -> Result<()> {
        actor.must(Action::ReadSkinTest)?;
        self.write(actor, "read_skin_test", |w| {
            let row = open_visit(w.tx, actor, visit)?;
            let tests = query::skin_tests(w.tx, &actor.clinic, visit)?;
            let test = tests.into_iter().find(|t| t.id == *test);
            let test = test.ok_or(Refusal::new(Code::NotFound))?;
            let left = minutes_left(&test, w.who.now);
            if left > 0 {
                let refusal = about(Code::SkinTestEarly, &test.name);
                return Err(refusal.with("minutes", left).into());
            }
            let event = event(w.tx, actor, &test, positive)?;
            moved(w, &test, event)?;
            match self.catalogue().drug(&test.code) {
                Some(drug) if positive => note(w, &row, drug),
                _ => Ok(()),
            }
        })
    }
}

fn about(code: Code, drug: &str) -> Refusal {
    Refusal::at(code, "code").with("drug", drug)
}

/// A visit whose record is still written.
fn open_visit(tx: &mut Tx<'_>, actor: &Actor, visit: &VisitId) -> Result<Visit> {
    let row = query::visit(tx, &actor.clinic, visit)?.ok_or(Refusal::new(Code::NotFound))?;
    let batches = query::batches(tx, &actor.clinic, visit)?;
    let frozen = batches.iter().any(|b| b.state.is_live());
    if frozen || matches!(row.state, VisitState::Done | VisitState::Cancelled) {
        return refuse(Code::WrongState);
    }
    Ok(row)
}

/// Whole minutes until it may be read, rounded up; 0 once it may.
pub(crate) fn minutes_left(test: &SkinTest, now: Moment) -> i64 {
    let left = (test.readable_at.0 - now.0).max(0);
    left.saturating_add(MINUTE - 1) / MINUTE
}

/// What a reading is: who sees a positive one ends it, who sees a negative one is looked after by another.
fn event(tx: &mut Tx<'_>, actor: &Actor, test: &SkinTest, positive: bool) -> Result<SkinTestEvent> {
    let own = test.read_by.as_ref() == Some(&actor.user);
    match (positive, test.state) {
        (true, _) if own => return Ok(SkinTestEvent::TurnedPositive),
        (true, _) => return Ok(SkinTestEvent::ReadPositive),
        (false, SkinTestState::Read) if own => {
            return Err(about(Code::SkinTestOther, &test.name).into());
        }
        (false, SkinTestState::Read) => return Ok(SkinTestEvent::Confirmed),
        (false, _) => {}
    }
    let other =
        |user: &reference::User| user.active && user.id != actor.user && may_read(user.role);
    let alone = !reference::users(tx, &actor.clinic)?.iter().any(other);
    Ok(if alone {
        SkinTestEvent::Confirmed
    } else {
        SkinTestEvent::ReadNegative
    })
}

fn may_read(role: Role) -> bool {
    crate::permission::may(role, Action::ReadSkinTest)
}

fn moved(w: &mut Writer<'_, '_>, test: &SkinTest, event: SkinTestEvent) -> Result<()> {
    let to = test
        .state
        .after(event)
        .ok_or(Refusal::new(Code::WrongState))?;
    let moved = SkinTestMoved {
        id: test.id.clone(),
        from: test.state,
        event,
        to,
    };
    Ok(w.record(moved, Some(&test.patient), None)?)
}

/// The patient left: what is awaited is not read any more.
pub(crate) fn abandon(w: &mut Writer<'_, '_>, visit: &Visit) -> Result<()> {
    let tests = query::skin_tests(w.tx, &visit.clinic, &visit.id)?;
    for test in tests.iter().filter(|test| test.state.is_open()) {
        moved(w, test, SkinTestEvent::Abandoned)?;
    }
    Ok(())
}

fn park(w: &mut Writer<'_, '_>, visit: &Visit) -> Result<()> {
    if visit.state == VisitState::Parked {
        return Ok(());
    }
    let parked = VisitMoved {
        visit: visit.id.clone(),
        from: visit.state,
        to: VisitState::Parked,
    };
    Ok(w.record(parked, Some(&visit.patient), None)?)
}

/// An allergy to the drug's groups, or to the drug where it is in none. What is known is not noted twice.
fn note(w: &mut Writer<'_, '_>, visit: &Visit, drug: &Drug) -> Result<()> {
    let known = query::allergies(w.tx, &visit.clinic, &visit.patient)?;
    let groups = drug.groups.iter().map(|group| {
        let words = (group.as_str().to_owned(), group.name_zh().to_owned());
        (AllergyKind::Group, words)
    });
    let mut all: Vec<_> = groups.collect();
    if all.is_empty() {
        all.push((AllergyKind::Drug, (drug.code.clone(), drug.name.clone())));
    }
    all.retain(|(kind, (code, _))| !known.iter().any(|a| a.kind == *kind && a.code == *code));
    for (kind, (code, label)) in all {
        let noted = AllergyNoted {
            id: EntryId::new(w.who.now, w.rng),
            patient: visit.patient.clone(),
            kind,
            code,
            label,
        };
        w.record(noted, Some(&visit.patient), None)?;
    }
    Ok(())
}

/// A drug that wants a skin test and was given the day before, in a course that goes on.
pub(crate) struct Carried {
    course: EntryId,
    drug: String,
    /// What is left of the lot it came from, where that is the next to be taken.
    left: Quantity,
}

impl Carried {
    /// The drugs for which the test of a course's first day holds on another one. What was charged the day before was
    /// tested then, or carried itself.
    pub fn all(
        tx: &mut Tx<'_>,
        clinic: &ClinicId,
        (catalogue, courses): (&Catalogue, &[Standing]),
        at: Moment,
    ) -> Result<Vec<Self>> {
        let mut all = Vec::new();
        for standing in courses {
            let Some((course, visit)) = standing.unbroken(at.date()) else {
                continue;
            };
            let tested = |code: &str| catalogue.drug(code).is_some_and(|drug| drug.skin_test);
            for line in standing.lines().filter(|line| tested(&line.code)) {
                let moves = query::moves(tx, clinic, visit)?;
                let given = moves.iter().filter(|m| m.charge.as_ref() == Some(&line.id));
                let mut given = given.filter(|m| m.kind == MoveKind::HandedOver);
                let (lot, more) = (given.next().map(|m| &m.lot), given.next());
                let lots = free_lots(tx, clinic, &line.code, at)?;
                let next = lots
                    .first()
                    .filter(|next| lot == Some(&next.id) && more.is_none());
                all.extend(next.map(|next| Self {
                    course: course.clone(),
                    drug: line.code.clone(),
                    left: next.on_hand - next.reserved,
                }));
            }
        }
        Ok(all)
    }
}

/// A line of a drug that may want a skin test.
#[derive(Clone, Copy)]
pub(crate) struct Wanting<'a> {
    pub drug: &'a Drug,
    pub course: Option<&'a EntryId>,
    /// Smallest units of it in the whole visit.
    pub units: Quantity,
}

/// What a drug that wants a skin test still lacks in this visit.
pub(crate) fn lacking(
    tests: &[SkinTest],
    carried: &[Carried],
    Wanting {
        drug,
        course,
        units,
    }: Wanting<'_>,
) -> Option<Refusal> {
    if !drug.skin_test {
        return None;
    }
    let holds = |c: &Carried| c.drug == drug.code && Some(&c.course) == course && units <= c.left;
    let of_drug = |t: &&SkinTest| t.code == drug.code && t.state != SkinTestState::Abandoned;
    let code = match tests.iter().find(of_drug).map(|t| t.state) {
        Some(SkinTestState::Negative) => return None,
        Some(SkinTestState::Positive) => Code::SkinTestPositive,
        Some(SkinTestState::Waiting | SkinTestState::Read) => Code::SkinTestOpen,
        Some(SkinTestState::Abandoned) | None if carried.iter().any(holds) => return None,
        Some(SkinTestState::Abandoned) | None => Code::SkinTestWanted,
    };
    Some(about(code, &drug.name).with("item", &drug.code))
}

/// As the visit's page shows them.
pub(crate) fn views(tests: Vec<SkinTest>, actor: &Actor, now: Moment) -> Vec<SkinTestView> {
    let view = |test: SkinTest| SkinTestView {
        minutes_left: minutes_left(&test, now),
        own: test.read_by.as_ref() == Some(&actor.user),
        id: test.id,
        name: test.name,
        state: test.state,
        readable_at: test.readable_at,
    };
    tests.into_iter().map(view).collect()
}

/// Whole minutes until the last of them may be read; none where nothing is awaited.
pub(crate) fn longest_wait<'a>(
    tests: impl Iterator<Item = &'a SkinTest>,
    now: Moment,
) -> Option<i64> {
    let open = tests.filter(|test| test.state.is_open());
    open.map(|test| minutes_left(test, now)).max()
}
