//! What the database refuses by itself: amounts that do not balance, stock that is not there.

use cunyi_db::DbError;
use cunyi_domain::amounts::Amounts;
use cunyi_domain::ledger::{Batch, Charge, Lot, Settlement};
use cunyi_domain::money::{Fen, Quantity};
use cunyi_domain::row::TableRow;
use cunyi_store::StoreError;
use proptest::prelude::*;

use crate::world::World;

/// Whether the database takes a row; it does not stay.
fn takes<R: TableRow>(world: &World, row: R) -> bool {
    let tried = world.store.db().transact("try", |tx| {
        tx.insert(row)?;
        Err::<(), StoreError>(StoreError::NoClinic)
    });
    match tried {
        Err(StoreError::NoClinic) => true,
        Err(StoreError::Db(DbError::Constraint(_))) => false,
        other => panic!("{other:?}"),
    }
}

/// A settlement that balances, not yet in the database.
fn balanced(world: &World) -> Settlement {
    let batches = world.all::<Batch>();
    let insured = batches
        .into_iter()
        .find(|batch| !batch.benefit.is_empty())
        .unwrap();
    world.settlement(&insured, false, "")
}

type Amount = fn(&mut Settlement) -> &mut Fen;

/// Every amount of a settlement.
const AMOUNTS: [(&str, Amount); 18] = [
    ("total", |s| &mut s.total),
    ("own_pay", |s| &mut s.own_pay),
    ("over_limit", |s| &mut s.over_limit),
    ("pay_first", |s| &mut s.pay_first),
    ("in_scope", |s| &mut s.in_scope),
    ("pool", |s| &mut s.pool),
    ("civil_servant", |s| &mut s.civil_servant),
    ("enterprise", |s| &mut s.enterprise),
    ("serious_illness", |s| &mut s.serious_illness),
    ("large_amount", |s| &mut s.large_amount),
    ("medical_aid", |s| &mut s.medical_aid),
    ("other", |s| &mut s.other),
    ("fund", |s| &mut s.fund),
    ("account", |s| &mut s.account),
    ("cash", |s| &mut s.cash),
    ("hospital", |s| &mut s.hospital),
    // Told beside the sums, in none of them.
    ("deductible", |s| &mut s.deductible),
    ("mutual_aid", |s| &mut s.mutual_aid),
];

/// Amounts that stand in a sum.
const SUMMED: usize = 16;

#[test]
fn a_settlement_that_does_not_balance_is_refused() {
    for world in World::engines("balance") {
        world.fill().unwrap();
        assert!(takes(&world, balanced(&world)));
        for (name, amount) in &AMOUNTS[..SUMMED] {
            for fen in [-1, 1] {
                let mut row = balanced(&world);
                assert!(amount(&mut row).0 > 0, "{name} is nothing in the sample");
                amount(&mut row).0 += fen;
                assert!(!takes(&world, row), "{name} {fen:+}");
            }
        }
        for (name, amount) in AMOUNTS {
            let mut row = balanced(&world);
            *amount(&mut row) = Fen(-1);
            assert!(!takes(&world, row), "{name} = -1");
        }
    }
}

#[test]
fn amounts_that_only_balance_with_a_negative_one_are_refused() {
    for world in World::engines("negative") {
        world.fill().unwrap();
        let mut row = balanced(&world);
        row.account = row.account + row.cash + Fen(1);
        row.cash = Fen(-1);
        assert!(!takes(&world, row));
    }
}

#[test]
fn a_line_whose_split_does_not_sum_is_refused() {
    for world in World::engines("lines") {
        world.fill().unwrap();
        let line = world.all::<Charge>().remove(0);
        let parts: [fn(&mut Charge) -> &mut Fen; 5] = [
            |c| &mut c.amount,
            |c| &mut c.own_pay,
            |c| &mut c.over_limit,
            |c| &mut c.pay_first,
            |c| &mut c.in_scope,
        ];
        for (place, part) in parts.into_iter().enumerate() {
            let mut row = line.clone();
            row.id = "new".into();
            assert!(takes(&world, row.clone()));
            part(&mut row).0 += 1;
            assert!(!takes(&world, row), "part {place}");
        }
    }
}

#[test]
fn more_promised_than_there_is_refused() {
    for world in World::engines("stock") {
        world.fill().unwrap();
        let mut lot = world.all::<Lot>().remove(0);
        lot.id = "new".into();
        lot.reserved = lot.on_hand;
        assert!(takes(&world, lot.clone()));
        lot.reserved = lot.on_hand + Quantity(1);
        assert!(!takes(&world, lot));
    }
}

#[test]
fn the_database_and_the_constructor_refuse_the_same() {
    let world = World::memory();
    world.fill().unwrap();
    let sample = balanced(&world);
    let shift = (0..AMOUNTS.len(), 0..AMOUNTS.len(), -400_i64..400);
    let shifts = proptest::collection::vec(shift, 0..3);
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let ran = runner.run(&shifts, |shifts| {
        let mut row = sample.clone();
        for (from, to, fen) in shifts {
            AMOUNTS[from].1(&mut row).0 -= fen;
            AMOUNTS[to].1(&mut row).0 += fen;
        }
        prop_assert_eq!(
            takes(&world, row.clone()),
            Amounts::from(&row).unbalanced().is_none()
        );
        Ok(())
    });
    ran.unwrap();
}
