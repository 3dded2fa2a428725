use super::*;
use BatchState::{ReversalUnknown, UndoUnknown, Unknown};
use Finding::{Contradicts, InForce, Nothing, PaidBack, Refused, Silent, UndoRefused, Unlisted};

/// A region whose calls commit within ten minutes and may be taken back within five.
const ASKED: Bounds = Bounds {
    queries: true,
    commits_within: 600,
    undo_within: 300,
};
const MUTE: Bounds = Bounds {
    queries: false,
    ..ASKED
};

const fn at(second: i64) -> Moment {
    Moment(second * 1_000_000)
}

fn lost(state: BatchState, looks: &[Look]) -> Lost<'_> {
    Lost {
        state,
        called_at: at(0),
        sent_at: at(0),
        looks,
        nothing_given: true,
    }
}

fn looks(seen: &[(i64, Finding)]) -> Vec<Look> {
    let look = |(second, finding): &(i64, Finding)| Look {
        finding: *finding,
        at: at(*second),
    };
    seen.iter().map(look).collect()
}

/// Sent at second 0; what was seen, and when; now; what is to be done.
type Row = (BatchState, &'static [(i64, Finding)], i64, Next);

#[rustfmt::skip]
const ANSWERING: &[Row] = &[
    (Unknown, &[], 0, Next::Look),
    (Unknown, &[(0, Nothing)], 10, Next::Wait(at(30))),
    (Unknown, &[(0, Nothing)], 30, Next::Look),
    (Unknown, &[(0, Silent), (30, Silent)], 59, Next::Wait(at(60))),
    // The look at the bound counts, so the pause before it ends there.
    (Unknown, &[(0, Nothing), (30, Nothing), (450, Nothing)], 451, Next::Wait(at(600))),
    // Seen twice, but never after the bound.
    (Unknown, &[(0, Nothing), (599, Nothing)], 599, Next::Wait(at(600))),
    (Unknown, &[(0, Nothing), (600, Nothing)], 600, Next::Absent),
    // One look after the bound is one look.
    (Unknown, &[(700, Nothing)], 700, Next::Wait(at(1050))),
    (Unknown, &[(700, Nothing), (730, Nothing)], 730, Next::Absent),
    // Silence is no answer, neither way.
    (Unknown, &[(0, Nothing), (300, Silent), (700, Silent)], 700, Next::Wait(at(1050))),
    (Unknown, &[(0, Nothing), (700, Nothing), (701, Silent)], 701, Next::Absent),
    // In force, and then nothing: that is no two times nothing.
    (UndoUnknown, &[(10, InForce), (700, Nothing)], 700, Next::Wait(at(1050))),
    (UndoUnknown, &[(10, Nothing), (700, Nothing)], 700, Next::Absent),
    // For a lost 2208 the settlement still in force is what nothing is for a 2207.
    (ReversalUnknown, &[(10, InForce), (700, InForce)], 700, Next::Absent),
    (ReversalUnknown, &[(10, Nothing), (700, Nothing)], 700, Next::Wait(at(1050))),
    (Unknown, &[(10, InForce), (700, InForce)], 700, Next::Wait(at(1050))),
    // One list without the lines may be another question's answer; three after the bound are not.
    (Unknown, &[(0, Nothing), (600, Unlisted)], 600, Next::Wait(at(900))),
    (Unknown, &[(0, Nothing), (600, Unlisted), (900, Nothing)], 900, Next::Absent),
    (Unknown, &[(0, Unlisted), (600, Unlisted), (900, Unlisted)], 900, Next::Wait(at(1350))),
    (Unknown, &[(600, Unlisted), (900, Unlisted), (1350, Unlisted)], 1350, Next::Absent),
    (Unknown, &[(600, Unlisted), (900, InForce), (1350, Unlisted)], 1350, Next::Wait(at(2025))),
    (ReversalUnknown, &[(600, Unlisted), (900, Unlisted), (1350, Unlisted)], 9000, Next::Look),
    (Unknown, &[(10, Contradicts)], 9000, Next::Person),
    (Unknown, &[(10, PaidBack)], 39, Next::Wait(at(40))),
];

#[test]
fn a_region_that_answers_is_asked_until_the_bound_has_passed() {
    let table = ANSWERING;
    for (state, seen, now, next) in table {
        let seen = looks(seen);
        assert_eq!(
            lost(*state, &seen).next(&ASKED, at(*now)),
            *next,
            "{state} {seen:?} {now}"
        );
    }
}

#[test]
fn a_region_that_answers_nothing_is_asked_to_take_back_within_its_time() {
    let table: &[Row] = &[
        (Unknown, &[], 0, Next::Undo),
        (Unknown, &[], 300, Next::Undo),
        (Unknown, &[], 301, Next::Person),
        // Refused, it proves nothing, and is not asked for again.
        (Unknown, &[(5, UndoRefused)], 60, Next::Person),
        (UndoUnknown, &[(5, Silent)], 6, Next::Wait(at(35))),
        (UndoUnknown, &[(5, Silent)], 35, Next::Undo),
        (ReversalUnknown, &[], 0, Next::Person),
    ];
    for (state, seen, now, next) in table {
        let seen = looks(seen);
        assert_eq!(
            lost(*state, &seen).next(&MUTE, at(*now)),
            *next,
            "{state} {seen:?} {now}"
        );
    }
    let given = Lost {
        nothing_given: false,
        ..lost(Unknown, &[])
    };
    assert_eq!(
        given.next(&MUTE, at(1)),
        Next::Person,
        "what was given is not taken back"
    );
    let never = Bounds {
        undo_within: 0,
        ..MUTE
    };
    assert_eq!(lost(Unknown, &[]).next(&never, at(0)), Next::Person);
}

#[test]
fn three_refusals_in_a_row_are_a_question_that_is_not_served() {
    let two = looks(&[(0, Refused), (30, Refused)]);
    assert_eq!(lost(Unknown, &two).next(&ASKED, at(90)), Next::Look);
    let three = looks(&[(0, Refused), (30, Refused), (90, Refused)]);
    assert_eq!(
        lost(Unknown, &three).next(&ASKED, at(90)),
        Next::Wait(at(135))
    );
    // Too late for a 2601: a person may decide, and the platform is asked again all the same, seldom.
    let late = looks(&[(0, Refused), (30, Refused), (90, Refused), (390, Refused)]);
    assert_eq!(lost(Unknown, &three).next(&ASKED, at(390)), Next::Look);
    assert_eq!(lost(Unknown, &late).next(&ASKED, at(584)), Next::Person);
    assert_eq!(lost(Unknown, &late).next(&ASKED, at(585)), Next::Look);
    for second in [584, 585] {
        assert!(lost(Unknown, &late).choices(&ASKED, at(second)).done);
    }
    let day = looks(&[
        (0, Refused),
        (30, Refused),
        (90, Refused),
        (86_400, Refused),
    ]);
    assert_eq!(lost(Unknown, &day).next(&ASKED, at(88_200)), Next::Look);
    let broken = looks(&[(0, Refused), (30, Nothing), (90, Refused)]);
    assert_eq!(lost(Unknown, &broken).next(&ASKED, at(390)), Next::Look);
}

#[test]
fn a_person_may_say_only_what_the_evidence_allows() {
    // What was seen; now; may she say that it was done, that it was not done?
    type Said = (BatchState, &'static [(i64, Finding)], i64, bool, bool);
    let table: &[Said] = &[
        (Unknown, &[(5, UndoRefused)], 599, true, false),
        (Unknown, &[(5, UndoRefused)], 600, true, true),
        (Unknown, &[(5, UndoRefused), (9, InForce)], 600, true, false),
        (
            Unknown,
            &[(5, UndoRefused), (9, Contradicts)],
            600,
            true,
            false,
        ),
        (
            UndoUnknown,
            &[(5, UndoRefused), (9, PaidBack)],
            600,
            true,
            false,
        ),
        (ReversalUnknown, &[(9, InForce)], 600, true, true),
        (ReversalUnknown, &[(9, PaidBack)], 600, true, false),
        // The program can still find out by itself.
        (Unknown, &[], 100, false, false),
    ];
    for (state, seen, now, done, not_done) in table {
        let seen = looks(seen);
        let choices = lost(*state, &seen).choices(&MUTE, at(*now));
        assert_eq!(
            (choices.done, choices.not_done),
            (*done, *not_done),
            "{state} {seen:?} {now}"
        );
    }
    let nothing = looks(&[(0, Nothing)]);
    assert_eq!(
        lost(Unknown, &nothing).choices(&ASKED, at(9000)),
        Choices::default()
    );
}

#[test]
fn what_a_2601_on_its_way_may_still_take_back_is_not_certain() {
    let undoing = Lost {
        sent_at: at(100),
        ..lost(UndoUnknown, &[])
    };
    assert!(!undoing.is_certain(&ASKED, at(699)));
    assert!(undoing.is_certain(&ASKED, at(700)));
    assert!(lost(Unknown, &[]).is_certain(&ASKED, at(0)));
}
