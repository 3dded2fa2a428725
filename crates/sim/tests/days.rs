//! Clinic-days on fixed seeds, and mutants that must not get through one.

use cunyi_sim::mutant::Mutant;
use cunyi_sim::plan::Plan;
use cunyi_sim::{Failed, Lived, Run, Template, Until, live};

/// Days of the first test. `cargo xtask days` lives 2,200, optimised.
const DAYS: u64 = 20;
/// In so many days a mutant is found out.
const CAUGHT_WITHIN: u64 = 40;
const THREADS: u64 = 2;

/// Lives so many days from a seed on until one fails.
fn days(from: u64, days: u64, mutant: Option<Mutant>) -> Result<Lived, Failed> {
    let run = Run {
        from,
        until: Until::Days(days),
        threads: THREADS,
        mutant,
    };
    run.live(&Template::new().unwrap(), |_| {})
}

#[test]
fn on_every_day_clinic_and_centre_agree_in_the_evening() {
    let sum = days(1, DAYS, None).unwrap().sum;
    println!("{sum:?}");
    // What is looked at is worth looking at.
    assert!(
        sum.settlements > 10 * DAYS && sum.reversals > DAYS,
        "{sum:?}"
    );
    let counts = sum.counts;
    assert!(
        counts.faults > 5 * DAYS && counts.late > DAYS / 2,
        "{sum:?}"
    );
    assert!(sum.restarts > DAYS, "{sum:?}");
}

fn caught(mutant: Mutant, from: u64) {
    let failed = days(from, CAUGHT_WITHIN, Some(mutant)).unwrap_err();
    println!("{mutant:?}: {failed:?}");
}

#[test]
fn a_clinic_whose_intent_was_not_on_disk_is_caught() {
    caught(Mutant::SkippedIntent, 1);
}

#[test]
fn a_clinic_that_takes_a_time_out_for_a_refusal_is_caught() {
    caught(Mutant::TimeoutIsRefusal, 1);
}

#[test]
fn a_clinic_that_sends_a_lost_2207_under_a_new_batch_number_is_caught() {
    caught(Mutant::NewBatchNumber, 1);
}

#[test]
fn a_clinic_that_believes_a_refused_2601_is_caught() {
    // It takes a region that answers no question, and a call that comes late: one day of a hundred.
    caught(Mutant::RefusedUndoBelieved, 100);
}

#[test]
fn a_clinic_that_takes_back_what_it_handed_over_is_caught() {
    caught(Mutant::ReversedAfterHandOver, 1);
}

#[test]
fn another_calls_answer_to_a_2601_takes_nothing_back() {
    use cunyi_sim::plan::{Complaint, Op, Step};
    use cunyi_sim::wire::Fault;
    let with = |op, fault| Step {
        faults: vec![(0, fault)],
        ..Step::fine(op)
    };
    let plan = Plan {
        queries: false,
        shared: false,
        begins: 0,
        steps: vec![
            Step::fine(Op::Register(0, Complaint::ColdAndPressure, 34)),
            Step::fine(Op::Freeze(0, 3)),
            Step::fine(Op::Presettle(0)),
            // The 2207 arrives after the 2601, whose answer is the one to the call before it.
            with(Op::Settle(0), Fault::Late(400)),
            with(Op::Resolve(0), Fault::Another),
        ],
        ..Plan::of(1)
    };
    live(&Template::new().unwrap(), &plan, None).unwrap();
}
