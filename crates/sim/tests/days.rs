//! Clinic-days on fixed seeds, and mutants that must not get through one.

use cunyi_db::Point;
use cunyi_sim::mutant::Mutant;
use cunyi_sim::plan::{Complaint, Office, Op, Plan, Step};
use cunyi_sim::wire::Fault;
use cunyi_sim::{Failed, Lived, Run, Template, Until, live};

/// Days of the first test. `cargo xtask days` lives 2,200, optimised.
const DAYS: u64 = 20;
/// In so many days a mutant is found out.
const CAUGHT_WITHIN: u64 = 40;
const THREADS: u64 = 2;

/// Lives so many days from a seed on until one fails.
fn days(from: u64, days: u64, mutant: Option<Mutant>) -> Result<Lived, Box<Failed>> {
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
    assert!(
        sum.trespasses > DAYS && sum.decided > DAYS / 2 && sum.full > 0,
        "{sum:?}"
    );
    assert!(
        sum.insured > DAYS / 2 && sum.meddled > 0 && sum.mended > 0,
        "{sum:?}"
    );
}

/// A day of these steps at one clinic, whose region answers what it is asked or does not.
/// Whoever comes is one of the first forty.
#[test]
fn some_of_those_who_come_have_an_account() {
    let come = Template::new().expect("a village").well;
    let holds = |person: &&cunyi_centre::population::Person| {
        person.coverages[0].scheme == "310" && person.coverages[0].balance.0 > 0
    };
    let holders = come.iter().take(40).filter(holds).count();
    assert!((4..30).contains(&holders), "{holders}");
}

fn plan(queries: bool, steps: Vec<Step>) -> Plan {
    Plan {
        queries,
        shared: queries,
        three: false,
        begins: 0,
        miscounted: 0,
        steps,
        ..Plan::of(1)
    }
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
    // It takes a region that answers no question, and a call that comes after the 2601: one day of a hundred.
    let day = plan(
        false,
        vec![
            Step::fine(Op::Register(0, Complaint::Cold, 3)),
            Step::fine(Op::Freeze(0, 3)),
            Step::fine(Op::Presettle(0)),
            Step {
                faults: vec![(0, Fault::Late(400))],
                ..Step::fine(Op::Settle(0))
            },
            Step::fine(Op::Resolve(0)),
        ],
    );
    let template = Template::new().unwrap();
    live(&template, &day, None).unwrap();
    let told = live(&template, &day, Some(Mutant::RefusedUndoBelieved)).unwrap_err();
    println!("{told}");
}

#[test]
fn a_clinic_that_takes_back_what_it_handed_over_is_caught() {
    caught(Mutant::ReversedAfterHandOver, 1);
}

#[test]
fn a_clinic_that_sends_what_it_cannot_write_is_caught() {
    caught(Mutant::SentBeforeWritten, 1);
}

#[test]
fn a_clinic_that_does_not_recover_is_caught() {
    caught(Mutant::NoRecovery, 1);
}

#[test]
fn a_clinic_that_lets_a_stranger_in_is_caught() {
    caught(Mutant::AnothersVisit, 1);
}

#[test]
fn what_a_full_disk_kept_from_being_written_is_asked_for_without_a_restart() {
    let template = Template::new().unwrap();
    let mut full = 0;
    // With this much room the intent is written, the answer, both or nothing.
    for room in 0..8 {
        let day = plan(
            true,
            vec![
                Step::fine(Op::Register(0, Complaint::Cold, 3)),
                Step::fine(Op::Freeze(0, 3)),
                Step::fine(Op::Presettle(0)),
                Step::fine(Op::FillDisk(room)),
                Step::fine(Op::Settle(0)),
                Step::fine(Op::Due),
                Step::fine(Op::FreeDisk),
                Step::fine(Op::Due),
                Step::fine(Op::HandOver(0)),
            ],
        );
        let done = live(&template, &day, None).unwrap();
        assert_eq!(done.restarts, 0);
        full += done.full;
    }
    assert!(full > 1, "the disk was full {full} times");
}

#[test]
fn another_calls_answer_to_a_2601_takes_nothing_back() {
    let with = |op, fault| Step {
        faults: vec![(0, fault)],
        ..Step::fine(op)
    };
    let day = plan(
        false,
        vec![
            Step::fine(Op::Register(0, Complaint::ColdAndPressure, 34)),
            Step::fine(Op::Freeze(0, 3)),
            Step::fine(Op::Presettle(0)),
            // The 2207 arrives after the 2601, whose answer is the one to the call before it.
            with(Op::Settle(0), Fault::Late(400)),
            with(Op::Resolve(0), Fault::Another),
        ],
    );
    live(&Template::new().unwrap(), &day, None).unwrap();
}

#[test]
fn for_another_clinics_visit_nobody_signs_in() {
    let day = Plan {
        three: true,
        ..plan(
            true,
            vec![
                Step::fine(Op::Register(1, Complaint::Cold, 37)),
                Step::fine(Op::Freeze(1, 3)),
                Step::fine(Op::Presettle(1)),
                // What goes wrong with the call after the 2207 met the stranger's 9001.
                Step {
                    faults: vec![(1, Fault::TwiceSecond)],
                    meanwhile: Some((0, Op::Trespass(1))),
                    ..Step::fine(Op::Settle(1))
                },
            ],
        )
    };
    live(&Template::new().unwrap(), &day, None).unwrap();
}

/// Seed 2002525: what a full disk had kept from being written was seen to before it was asked whose visit it is.
#[test]
fn a_stranger_is_refused_for_who_she_is_whatever_is_still_to_be_written() {
    let day = Plan {
        three: true,
        shared: false,
        ..plan(
            true,
            vec![
                Step::fine(Op::Register(0, Complaint::Cold, 6)),
                Step::fine(Op::Freeze(0, 3)),
                Step::fine(Op::Presettle(0)),
                Step::fine(Op::FillDisk(1)),
                Step::fine(Op::Settle(0)),
                Step::fine(Op::Trespass(0)),
                Step::fine(Op::FreeDisk),
                Step::fine(Op::Due),
            ],
        )
    };
    let done = live(&Template::new().unwrap(), &day, None).unwrap();
    assert!(done.trespasses > 0);
}

/// Seed 539: the clock is set back between what a reversal leaves and what is given for it.
#[test]
fn what_is_left_pays_for_what_is_given_whatever_the_clock_says_came_first() {
    let day = Plan {
        steps: vec![
            Step::fine(Op::SetClock(60)),
            Step::fine(Op::Register(3, Complaint::ColdAndPressure, 33)),
            Step::fine(Op::Freeze(3, 1)),
            Step::fine(Op::Presettle(3)),
            Step {
                faults: vec![(2, Fault::RequestLost)],
                ..Step::fine(Op::Settle(3))
            },
            Step {
                faults: vec![(0, Fault::ServerError)],
                ..Step::fine(Op::Reverse(3, 0))
            },
            Step::fine(Op::Due),
            Step::fine(Op::SetClock(29)),
            Step::fine(Op::HandOver(3)),
        ],
        ..Plan::of(539)
    };
    live(&Template::new().unwrap(), &day, None).unwrap();
}

/// Seed 3000451: what came late and what the office took back are of the same sums, and the totals agree.
#[test]
fn what_evens_out_in_the_totals_is_found_line_by_line() {
    let day = plan(
        false,
        vec![
            Step::fine(Op::Register(1, Complaint::Cold, 30)),
            Step::fine(Op::Freeze(1, 1)),
            Step::fine(Op::Presettle(1)),
            Step {
                faults: vec![(0, Fault::Late(373))],
                ..Step::fine(Op::Settle(1))
            },
            Step::fine(Op::Register(8, Complaint::Cold, 21)),
            Step::fine(Op::Freeze(8, 1)),
            Step::fine(Op::RestartClinic),
            Step::fine(Op::Presettle(8)),
            Step::fine(Op::Settle(8)),
            Step::fine(Op::Due),
            Step::fine(Op::Office(8, Office::Undoes)),
        ],
    );
    let day = Plan {
        shared: false,
        ..day
    };
    live(&Template::new().unwrap(), &day, None).unwrap();
}

/// Seed 4003301: what the other insured meanwhile stands open when the power is cut.
#[test]
fn two_who_insure_the_same_on_the_next_day_leave_nothing_open() {
    let day = Plan {
        three: true,
        shared: false,
        miscounted: 100,
        ..plan(
            true,
            vec![
                Step::fine(Op::Register(11, Complaint::Cold, 36)),
                Step::fine(Op::SelfPay(11)),
                Step::fine(Op::Freeze(11, 2)),
                Step::fine(Op::Settle(11)),
                Step::fine(Op::Pass(86_400)),
                Step {
                    faults: vec![(1, Fault::Truncated(58_690))],
                    cut: Some((2, Point::AfterCommit)),
                    meanwhile: Some((1, Op::Insure(11))),
                    ..Step::fine(Op::Insure(11))
                },
            ],
        )
    };
    live(&Template::new().unwrap(), &day, None).unwrap();
}

/// Seed 9000848: the clock is set back to the very moment at which she paid.
#[test]
fn what_is_insured_at_the_moment_at_which_it_was_paid_is_told_apart() {
    let cold = Complaint::ColdAndPressure;
    let day = Plan {
        shared: true,
        three: false,
        ..plan(
            true,
            vec![
                Step::fine(Op::Register(10, cold, 16)),
                Step::fine(Op::Freeze(10, 3)),
                Step::fine(Op::Presettle(10)),
                Step {
                    faults: vec![(0, Fault::BadGateway)],
                    ..Step::fine(Op::Settle(10))
                },
                Step::fine(Op::Register(11, Complaint::Cold, 26)),
                Step::fine(Op::SelfPay(11)),
                Step::fine(Op::Freeze(11, 3)),
                Step::fine(Op::Register(12, cold, 29)),
                Step::fine(Op::Settle(11)),
                Step::fine(Op::RestartClinic),
                Step::fine(Op::Settle(11)),
                Step {
                    faults: vec![(0, Fault::Late(244))],
                    ..Step::fine(Op::Due)
                },
                Step::fine(Op::HandOver(11)),
                Step::fine(Op::Freeze(12, 3)),
                Step::fine(Op::SetClock(-27)),
                Step {
                    faults: vec![(2, Fault::Down)],
                    ..Step::fine(Op::Insure(11))
                },
            ],
        )
    };
    live(&Template::new().unwrap(), &day, None).unwrap();
}

/// Seed 5004603: its details were cleared late, it is own pay, and what she pays is all of it.
#[test]
fn what_becomes_own_pay_after_it_was_given_is_paid_whole() {
    let day = Plan {
        three: true,
        shared: false,
        begins: 3_250_800,
        miscounted: -1,
        ..plan(
            true,
            vec![
                Step {
                    faults: vec![(0, Fault::BadGateway)],
                    ..Step::fine(Op::Register(2, Complaint::ColdAndPressure, 9))
                },
                Step::fine(Op::RestartClinic),
                Step {
                    faults: vec![(0, Fault::Truncated(42940))],
                    ..Step::fine(Op::Register(1, Complaint::ColdAndPressure, 26))
                },
                Step::fine(Op::Due),
                Step::fine(Op::Pass(191)),
                Step::fine(Op::Register(0, Complaint::SelfPay, 24)),
                Step::fine(Op::Pass(295)),
                Step::fine(Op::Retry(0)),
                Step::fine(Op::Pass(313)),
                Step::fine(Op::Freeze(0, 3)),
                Step::fine(Op::Settle(0)),
                Step::fine(Op::Pass(20)),
                Step::fine(Op::Pass(92)),
                Step {
                    faults: vec![(3, Fault::Twice), (1, Fault::Down)],
                    ..Step::fine(Op::Register(3, Complaint::ColdAndPressure, 26))
                },
                Step::fine(Op::Freeze(3, 1)),
                Step::fine(Op::Pass(395)),
                Step::fine(Op::Register(4, Complaint::Cold, 14)),
                Step::fine(Op::Freeze(4, 1)),
                Step {
                    faults: vec![(1, Fault::RequestLost)],
                    ..Step::fine(Op::Presettle(4))
                },
                Step {
                    faults: vec![(1, Fault::Late(279))],
                    ..Step::fine(Op::Presettle(4))
                },
                Step::fine(Op::Presettle(4)),
                Step {
                    faults: vec![(0, Fault::RequestLost)],
                    ..Step::fine(Op::Settle(4))
                },
                Step::fine(Op::HandOver(4)),
            ],
        )
    };
    live(&Template::new().unwrap(), &day, None).unwrap();
}

/// Seed 12014489: the office pays back what was settled days before and what was settled today, of the same sums.
#[test]
fn what_the_office_pays_back_is_told_from_what_looks_like_it() {
    let pass = |seconds: &[i64]| seconds.iter().map(|s| Step::fine(Op::Pass(*s))).collect();
    let steps: [Vec<Step>; 7] = [
        vec![Step::fine(Op::Register(0, Complaint::Cold, 10))],
        pass(&[260]),
        vec![Step {
            faults: vec![(2, Fault::Late(8))],
            ..Step::fine(Op::Register(1, Complaint::ColdAndPressure, 12))
        }],
        pass(&[321, 396]),
        [
            vec![Step::fine(Op::Freeze(1, 2))],
            pass(&[102, 328, 328, 116]),
            vec![Step::fine(Op::Presettle(1)), Step::fine(Op::Settle(1))],
            pass(&[272, 149, 345, 331, 107, 165]),
        ]
        .concat(),
        vec![
            Step::fine(Op::Register(11, Complaint::SelfPay, 14)),
            Step::fine(Op::Pass(20)),
            Step::fine(Op::Freeze(11, 2)),
            Step::fine(Op::Settle(11)),
            Step::fine(Op::Pass(340)),
            Step::fine(Op::Pass(86_400)),
        ],
        vec![
            Step::fine(Op::Insure(11)),
            Step::fine(Op::Office(1, Office::PaysBack)),
            Step::fine(Op::Office(11, Office::PaysBack)),
        ],
    ];
    let day = Plan {
        seed: 12_014_489,
        begins: 3_250_800,
        ..plan(true, steps.concat())
    };
    live(&Template::new().unwrap(), &day, None).unwrap();
}
