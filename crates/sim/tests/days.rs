//! Clinic-days on fixed seeds, and mutants that must not get through one.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use cunyi_sim::mutant::Mutant;
use cunyi_sim::plan::Plan;
use cunyi_sim::{Done, Template, live};

/// Days of the first test. `cargo xtask days` lives 2,200, optimised.
const DAYS: u64 = 20;
/// In so many days a mutant is found out.
const CAUGHT_WITHIN: u64 = 40;
const THREADS: u64 = 2;

/// Lives so many days from a seed on until one fails: its seed with what was told, or the sums.
fn days(from: u64, days: u64, mutant: Option<Mutant>) -> Result<Done, (u64, String)> {
    let template = Template::new().unwrap();
    let (template, next) = (&template, AtomicU64::new(from));
    let results: Mutex<(Done, Vec<(u64, String)>)> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            let (next, results) = (&next, &results);
            scope.spawn(move || {
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= from + days || !results.lock().unwrap().1.is_empty() {
                        break;
                    }
                    let lived = live(template, &Plan::of(seed), mutant);
                    let mut results = results.lock().unwrap();
                    match lived {
                        Ok(done) => results.0.add(&done),
                        Err(told) => results.1.push((seed, told)),
                    }
                }
            });
        }
    });
    let (sum, mut failed) = results.into_inner().unwrap();
    failed.sort();
    failed.into_iter().next().map_or(Ok(sum), Err)
}

#[test]
fn on_every_day_clinic_and_centre_agree_in_the_evening() {
    let sum = days(1, DAYS, None).unwrap();
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
    let (seed, told) = days(from, CAUGHT_WITHIN, Some(mutant)).unwrap_err();
    println!("{mutant:?}: seed {seed}: {told}");
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
