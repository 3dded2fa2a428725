//! Random but valid days at a clinic: whatever happens, the journal gives the ledger, and stock adds up.

use cunyi_db::DbError;
use cunyi_domain::batch::{BatchEvent, BatchState, TRANSITIONS};
use cunyi_domain::ids::PatientId;
use cunyi_domain::journal::Entry;
use cunyi_domain::ledger::{
    Allergy, AllergyKind, Batch, Charge, Coverage, Lot, MoveKind, Patient, RegistrationState,
    Reservation, Settlement, StockMove, Visit, VisitState,
};
use cunyi_store::StoreError;
use proptest::prelude::*;

use crate::people::fields;
use crate::world::{Done, World};

/// What happens, and two numbers that choose to whom and how.
type Event = (u8, usize, usize);

fn pick<T>(mut rows: Vec<T>, place: usize) -> Option<T> {
    let count = rows.len();
    (count > 0).then(|| rows.swap_remove(place % count))
}

const QUEUE: &[(VisitState, VisitState)] = &[
    (VisitState::Waiting, VisitState::Seeing),
    (VisitState::Waiting, VisitState::Cancelled),
    (VisitState::Seeing, VisitState::Parked),
    (VisitState::Seeing, VisitState::Done),
    (VisitState::Parked, VisitState::Seeing),
];

const PLATFORM: &[(RegistrationState, RegistrationState)] = &[
    (RegistrationState::Open, RegistrationState::Requested),
    (RegistrationState::Requested, RegistrationState::Registered),
    (RegistrationState::Requested, RegistrationState::Unknown),
    (RegistrationState::Requested, RegistrationState::Refused),
    (RegistrationState::Refused, RegistrationState::Requested),
    (RegistrationState::Unknown, RegistrationState::Registered),
    (RegistrationState::Registered, RegistrationState::Cancelled),
];

impl World {
    fn alive(&self) -> Vec<Patient> {
        let mut patients = self.all::<Patient>();
        patients.retain(|patient| !patient.erased);
        patients
    }

    fn visits_of_the_living(&self) -> Vec<Visit> {
        let alive = self.alive();
        let mut visits = self.all::<Visit>();
        visits.retain(|visit| alive.iter().any(|patient| patient.id == visit.patient));
        visits
    }

    /// Lets one thing happen, if it can.
    fn event(&self, (what, a, b): Event) -> Done {
        match what {
            0 => self.register(fields(a % 1000)).map(|_| ()),
            1 => self.receive(1 + i64::try_from(a % 40).unwrap()).map(|_| ()),
            2..=8 => pick(self.alive(), a).map_or(Ok(()), |one| self.to_patient(what, &one, b)),
            9..=14 => {
                let visit = pick(self.visits_of_the_living(), a);
                visit.map_or(Ok(()), |visit| self.to_visit(what, &visit, b))
            }
            _ => {
                pick(self.all::<Batch>(), a).map_or(Ok(()), |batch| self.to_batch(what, &batch, b))
            }
        }
    }

    fn to_patient(&self, what: u8, patient: &Patient, b: usize) -> Done {
        let id = &patient.id;
        match what {
            2 => self.correct(id, fields(b % 7), fields(b % 1000)),
            3 => self.note_allergy(id, AllergyKind::ALL[b % 2]).map(|_| ()),
            4 => match pick(self.all::<Allergy>(), b) {
                Some(allergy) => self.withdraw_allergy(&allergy.patient.clone(), allergy.id),
                None => self.look(id),
            },
            5 => self.identify(id, "41000000000000000002").map(|_| ()),
            6 if b.is_multiple_of(8) => self.store.erase(&self.who(), &self.dice, id),
            _ => self
                .arrive(id, self.latest_coverage(id, b), None)
                .map(|_| ()),
        }
    }

    fn latest_coverage(
        &self,
        patient: &PatientId,
        b: usize,
    ) -> Option<cunyi_domain::ids::CoverageId> {
        let mut known = self.all::<Coverage>();
        known.retain(|coverage| coverage.patient == *patient);
        pick(known, b)
            .filter(|_| !b.is_multiple_of(3))
            .map(|coverage| coverage.id)
    }

    fn to_visit(&self, what: u8, visit: &Visit, b: usize) -> Done {
        match what {
            9 => match pick(
                QUEUE
                    .iter()
                    .filter(|(from, _)| *from == visit.state)
                    .collect(),
                b,
            ) {
                Some((from, to)) => self.queue(visit, *from, *to),
                None => Ok(()),
            },
            10 => {
                let state = self.registration(&visit.id).map(|row| row.state);
                let next = PLATFORM.iter().filter(|(from, _)| Some(*from) == state);
                match pick(next.collect(), b) {
                    Some((from, to)) => self.platform(visit, *from, *to),
                    None => Ok(()),
                }
            }
            11 => self.sign(visit, b % 100),
            12 if visit.coverage.is_some()
                && visit.payer == cunyi_domain::ledger::Payer::Insured =>
            {
                self.switch_payer(visit)
            }
            _ => self.freeze(visit, &self.free(b)).map(|_| ()),
        }
    }

    /// A few units of up to two lots that have some free.
    fn free(&self, b: usize) -> Vec<(cunyi_domain::ids::LotId, i64)> {
        let lots = self.all::<Lot>().into_iter();
        let lots = lots.map(|lot| (lot.id, (lot.on_hand.0 - lot.reserved.0) / 10_000));
        let lots = lots.filter(|(_, free)| *free > 0).skip(b % 3).take(2);
        lots.map(|(lot, free)| (lot, 1 + i64::try_from(b).unwrap() % free))
            .collect()
    }

    fn to_batch(&self, what: u8, batch: &Batch, b: usize) -> Done {
        let held = self.held_by(&batch.id);
        if what == 15 && batch.state == BatchState::Settled && !held.is_empty() {
            return self.hand_over(batch);
        }
        if what == 16 {
            let charge = pick(self.all::<Charge>(), b);
            let patient = self.visit(&batch.visit).patient;
            return charge.map_or(Ok(()), |charge| self.scan(&patient, &charge.id));
        }
        let next = TRANSITIONS
            .iter()
            .filter(|(from, _, _)| *from == batch.state);
        let alive = self
            .alive()
            .iter()
            .any(|p| p.id == self.visit(&batch.visit).patient);
        match pick(next.collect(), b) {
            Some((_, event, _)) => self.happen(batch, *event, if alive { "多收了" } else { "" }),
            None => Ok(()),
        }
    }

    /// What the state machine does not allow, or what already happened, changes nothing.
    fn refuses_the_wrong_move(&self, batch: &Batch, event: BatchEvent) {
        let (facts, before) = (self.count::<Entry>(), self.all::<Lot>());
        let done = self.happen(batch, event, "");
        assert!(
            matches!(done, Err(StoreError::Db(DbError::Stale(_)))),
            "{done:?}"
        );
        assert_eq!((self.count::<Entry>(), self.all::<Lot>()), (facts, before));
    }

    fn stock_adds_up(&self) {
        let (moves, held) = (self.all::<StockMove>(), self.all::<Reservation>());
        for lot in self.all::<Lot>() {
            let change = moves
                .iter()
                .filter(|row| row.lot == lot.id)
                .map(|row| match row.kind {
                    MoveKind::Received | MoveKind::CountedMore | MoveKind::Returned => {
                        row.quantity.0
                    }
                    MoveKind::HandedOver | MoveKind::CountedLess => -row.quantity.0,
                    MoveKind::Quarantined => 0,
                });
            assert_eq!(lot.on_hand.0, change.sum::<i64>(), "on hand");
            let apart = |row: &&StockMove| row.lot == lot.id && row.kind == MoveKind::Quarantined;
            let apart = moves.iter().filter(apart).map(|row| row.quantity.0);
            assert_eq!(lot.quarantined.0, apart.sum::<i64>(), "quarantined");
            let held = held.iter().filter(|row| row.lot == lot.id);
            assert_eq!(
                lot.reserved.0,
                held.map(|row| row.quantity.0).sum::<i64>(),
                "reserved"
            );
        }
    }

    /// Lines and settlements add up to their batches.
    fn money_adds_up(&self) {
        let settlements = self.all::<Settlement>();
        for batch in self.all::<Batch>() {
            let charges = self.charges_of(&batch.id);
            assert_eq!(
                batch.total,
                charges.iter().map(|charge| charge.amount).sum()
            );
            if batch.state == BatchState::Settled {
                assert_eq!(batch.fund, charges.iter().map(|charge| charge.fund).sum());
                let paid = settlements
                    .iter()
                    .find(|s| Some(&s.id) == batch.settlement.as_ref());
                let paid = paid.map(|s| (s.total, s.fund, s.account, s.cash));
                let stands = (batch.total, batch.fund, batch.account, batch.cash);
                assert_eq!(paid, Some(stands));
            }
        }
    }
}

fn live(world: &World, events: &[Event]) {
    for event in events {
        world
            .event(*event)
            .unwrap_or_else(|error| panic!("{event:?}: {error}"));
    }
    world.sound();
    world.stock_adds_up();
    world.money_adds_up();
    for batch in world.all::<Batch>() {
        let wrong = BatchEvent::ALL
            .iter()
            .find(|event| batch.state.after(**event).is_none());
        world.refuses_the_wrong_move(&batch, *wrong.unwrap());
    }
    world.sound();
}

fn day(most: usize) -> impl Strategy<Value = Vec<Event>> {
    let start = vec![(0, 1, 0), (1, 30, 0), (5, 0, 0), (7, 0, 1), (13, 0, 0)];
    let event = (0_u8..26, 0_usize..1000, 0_usize..1000);
    proptest::collection::vec(event, 0..most).prop_map(move |more| [start.clone(), more].concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn any_day_replays_to_the_ledger_and_stock_adds_up(events in day(80)) {
        live(&World::memory(), &events);
    }
}

#[test]
fn a_long_day_on_postgresql() {
    if let Some(world) = World::postgres("long_day") {
        let mut roll = 1_usize;
        let mut next = |most: usize| {
            roll = roll
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (roll >> 33) % most
        };
        let start = [(0, 1, 0), (1, 30, 0), (5, 0, 0), (7, 0, 1), (13, 0, 0)];
        let more = (0..150).map(|_| (u8::try_from(next(26)).unwrap(), next(1000), next(1000)));
        live(&world, &start.into_iter().chain(more).collect::<Vec<_>>());
    }
}

#[test]
fn what_was_handed_over_or_taken_back_cannot_be_once_more() {
    for world in World::engines("twice") {
        world.fill().unwrap();
        let mut batches = world.all::<Batch>();
        batches.retain(|batch| !world.held_by(&batch.id).is_empty());
        let (batch, patient) = (&batches[0], world.visit(&batches[0].visit).patient);
        let (once, again) = (world.held_by(&batch.id), world.held_by(&batch.id));
        // Others hold of the same lots, so that quantities alone would not give it away.
        let other = world.visit(&batch.visit);
        let lots: Vec<_> = once.iter().map(|row| (row.lot.clone(), 6)).collect();
        world.freeze(&other, &lots).unwrap();
        world
            .record(world.handed_over(batch, once), &patient, None)
            .unwrap();
        let done = world.record(world.handed_over(batch, again), &patient, None);
        let stale = matches!(done, Err(StoreError::Db(DbError::Stale("reservation"))));
        assert!(stale, "{done:?}");
        world.stock_adds_up();
        world.sound();
    }
}
