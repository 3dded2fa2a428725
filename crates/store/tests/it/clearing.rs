//! A clearing period: applied for, asked about at the office, partly paid; what was entered wrongly is
//! taken out once.

use cunyi_db::DbError;
use cunyi_domain::clearing::{ClearingEvent as E, ClearingState as S};
use cunyi_domain::fact::{
    ClearingEntered, ClearingMoved, ClearingRequested, ClearingWithdrawn, DifferenceWrittenOff,
    UndoingMoved, UndoingRequested,
};
use cunyi_domain::ids::EntryId;
use cunyi_domain::journal::digest;
use cunyi_domain::ledger::{
    Batch, Clearing, ClearingEntry, ClearingKind, ClearingPart, Method, Undone, WrittenOff,
};
use cunyi_domain::money::Fen;
use cunyi_domain::reconcile::{Difference, Drawer};
use cunyi_domain::time::parse_date;
use cunyi_domain::undone::{UndoneEvent as U, UndoneState};
use cunyi_store::StoreError;

use crate::world::{Done, World, clinic};

impl World {
    /// Everything that happens to a claim.
    pub fn clear(&self) -> Done {
        let id = self.apply_for()?;
        self.moved(&id, S::Requested, E::Lose, "")?;
        let told = "县医保局结算科";
        self.moved(&id, S::Unknown, E::ToldThere, told)?;
        self.withdraw(&id)?;
        self.moved(&id, S::Withdrawing, E::Refuse, "清算申请已拨付")?;
        let wrong = self.enter(self.entry(ClearingKind::Deducted))?;
        let out = ClearingEntry {
            reverses: Some(wrong),
            ..self.entry(ClearingKind::Deducted)
        };
        self.enter(out)?;
        let deduction = self.enter(self.entry(ClearingKind::Deducted))?;
        for kind in ClearingKind::ALL {
            let about = kind.is_about().then(|| deduction.clone());
            let entry = self.entry(*kind);
            self.enter(ClearingEntry { about, ..entry })?;
        }
        self.write_off()?;
        let undone = self.undo(&self.all::<Batch>()[0])?;
        self.undoing(&undone, U::Lose)?;
        let lost = Undone {
            state: UndoneState::Unknown,
            ..undone
        };
        self.undoing(&lost, U::Found)
    }

    /// A settlement that only the centre has is to be paid back there.
    fn undo(&self, batch: &Batch) -> Result<Undone, StoreError> {
        let undone = Undone {
            clinic: clinic(),
            id: EntryId::new(self.now(), &self.dice),
            batch: batch.id.clone(),
            visit: batch.visit.clone(),
            platform_settlement: "SETL0009".to_owned(),
            settled_by: "H410522000012026112408000000010002".to_owned(),
            settled_at: self.now(),
            scheme: "390".to_owned(),
            clearing_type: "11".to_owned(),
            clearing_office: "410522".to_owned(),
            total: Fen(100),
            fund: Fen(60),
            account: Fen(10),
            cash: Fen(30),
            state: UndoneState::Requested,
            message: "H410522000012026112408000000010011".to_owned(),
            reversal: String::new(),
            reversed_at: None,
            day: parse_date("2026-11-24").unwrap(),
            asked_at: self.now(),
            actor: "u1".into(),
        };
        let body = UndoingRequested {
            undone: undone.clone(),
            digest: digest(b"2208"),
        };
        self.write(|w| w.record(body, None, None))?;
        Ok(undone)
    }

    fn undoing(&self, undone: &Undone, event: U) -> Done {
        let body = UndoingMoved {
            reversal: "SETL0010".to_owned(),
            reversed_at: Some(self.now()),
            ..UndoingMoved::of(undone, event)
        };
        self.write(|w| w.record(body, None, None))
    }

    /// A drawer's difference, settled by hand.
    fn write_off(&self) -> Done {
        let difference = Difference::Cash(Drawer {
            method: Method::Cash,
            expected: Fen(500),
            counted: Some(Fen(490)),
        });
        let entry = WrittenOff {
            clinic: clinic(),
            id: EntryId::new(self.now(), &self.dice),
            day: parse_date("2026-10-31").unwrap(),
            difference: serde_json::to_string(&difference).unwrap(),
            reason: "复点仍少一角，两人签字".to_owned(),
            written_at: self.now(),
            actor: "u1".into(),
        };
        self.write(|w| w.record(DifferenceWrittenOff { entry }, None, None))
    }

    fn apply_for(&self) -> Result<EntryId, StoreError> {
        let id = EntryId::new(self.now(), &self.dice);
        let clearing = Clearing {
            clinic: clinic(),
            id: id.clone(),
            from_day: parse_date("2026-10-01").unwrap(),
            to_day: parse_date("2026-10-31").unwrap(),
            clearing_type: "11".to_owned(),
            state: S::Requested,
            message: "H410522000012026112408000000010009".to_owned(),
            event: String::new(),
            said: String::new(),
            reason: "10月6日停电，未对账".to_owned(),
            applied_at: self.now(),
            actor: "u1".into(),
            withdrawal: String::new(),
            withdrawal_reason: String::new(),
            withdrawn_at: None,
            withdrawn_by: None,
        };
        let part = |scheme: &str, fund| ClearingPart {
            clinic: clinic(),
            clearing: id.clone(),
            scheme: scheme.to_owned(),
            office: "410522".to_owned(),
            count: 3,
            total: Fen(90),
            fund: Fen(fund),
            account: Fen(10),
            cash: Fen(80 - fund),
        };
        let body = ClearingRequested {
            clearing,
            parts: vec![part("310", 50), part("390", 70)],
            digest: digest(b"3203"),
        };
        self.write(|w| w.record(body, None, None))?;
        Ok(id)
    }

    fn withdraw(&self, id: &EntryId) -> Done {
        let body = ClearingWithdrawn {
            clearing: id.clone(),
            message: "H410522000012026112408000000010010".to_owned(),
            reason: "漏报了一家".to_owned(),
            digest: digest(b"3204"),
        };
        self.write(|w| w.record(body, None, None))
    }

    fn moved(&self, id: &EntryId, from: S, event: E, said: &str) -> Done {
        let body = ClearingMoved {
            clearing: id.clone(),
            from,
            event,
            number: "410522000000001".to_owned(),
            said: said.to_owned(),
        };
        self.write(|w| w.record(body, None, None))
    }

    fn entry(&self, kind: ClearingKind) -> ClearingEntry {
        ClearingEntry {
            clinic: clinic(),
            id: EntryId::new(self.now(), &self.dice),
            from_day: parse_date("2026-10-01").unwrap(),
            to_day: parse_date("2026-10-31").unwrap(),
            scheme: "390".to_owned(),
            clearing_type: "11".to_owned(),
            office: "410522".to_owned(),
            kind,
            amount: Fen(40),
            on_day: parse_date("2026-11-20").unwrap(),
            appeal_by: (kind == ClearingKind::Deducted).then(|| parse_date("2026-11-30").unwrap()),
            reason: "超限定支付范围".to_owned(),
            reverses: None,
            about: None,
            entered_at: self.now(),
            actor: "u1".into(),
        }
    }

    fn enter(&self, entry: ClearingEntry) -> Result<EntryId, StoreError> {
        let id = entry.id.clone();
        self.write(|w| w.record(ClearingEntered { entry }, None, None))?;
        Ok(id)
    }
}

#[test]
fn a_period_is_applied_for_once_unless_nothing_came_of_it() {
    for world in World::engines("clearing_once") {
        let first = world.apply_for().unwrap();
        let again = |world: &World| {
            let error = world.apply_for().unwrap_err();
            assert!(
                matches!(error, StoreError::Db(DbError::Duplicate)),
                "{error:?}"
            );
        };
        again(&world);
        world.moved(&first, S::Requested, E::Lose, "").unwrap();
        again(&world);
        let late = world.moved(&first, S::Requested, E::Accept, "");
        assert!(matches!(late, Err(StoreError::Db(DbError::Stale(_)))));
        world
            .moved(&first, S::Unknown, E::ToldNone, "科长")
            .unwrap();
        let second = world.apply_for().unwrap();
        world.moved(&second, S::Requested, E::Accept, "").unwrap();
        again(&world);
        // Nor while it is being taken back, or nobody knows; once it is, it may be.
        let impossible = world.moved(&second, S::Applied, E::Lose, "");
        assert!(matches!(impossible, Err(StoreError::Db(DbError::Stale(_)))));
        world.withdraw(&second).unwrap();
        again(&world);
        let twice = world.withdraw(&second);
        assert!(matches!(twice, Err(StoreError::Db(DbError::Stale(_)))));
        world.moved(&second, S::Withdrawing, E::Lose, "").unwrap();
        again(&world);
        world
            .moved(&second, S::WithdrawalUnknown, E::ToldNone, "科长")
            .unwrap();
        world.apply_for().unwrap();
        world.sound();
    }
}

#[test]
fn an_entry_is_taken_out_once() {
    for world in World::engines("clearing_entry") {
        let wrong = world.enter(world.entry(ClearingKind::Paid)).unwrap();
        let out = || ClearingEntry {
            reverses: Some(wrong.clone()),
            ..world.entry(ClearingKind::Paid)
        };
        world.enter(out()).unwrap();
        let error = world.enter(out()).unwrap_err();
        assert!(
            matches!(error, StoreError::Db(DbError::Duplicate)),
            "{error:?}"
        );
        world.sound();
    }
}

#[test]
fn what_only_the_centre_has_is_undone_once() {
    for world in World::engines("undone_once") {
        world.fill().unwrap();
        let batch = world.all::<Batch>().remove(0);
        let again = world.undo(&batch).unwrap_err();
        assert!(
            matches!(again, StoreError::Db(DbError::Duplicate)),
            "{again:?}"
        );
        let done = world.all::<Undone>().remove(0);
        assert_eq!(done.state, UndoneState::Done);
        for event in U::ALL {
            let moved = world.undoing(&done, *event);
            assert!(matches!(moved, Err(StoreError::Db(DbError::Stale(_)))));
        }
        world.sound();
    }
}
