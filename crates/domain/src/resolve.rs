//! How a lost reply to a call that moves money is resolved: pure, over the evidence so far.
//!
//! The rule (nhsa-interface §5.1, §5.2). A lost 2207 is looked for by 5204 and 5203: what is found in
//! force is adopted. What is not found is not absent: a delayed call may commit yet. Only when the
//! region's bound has passed, and a second question after it found nothing either, it is taken as not
//! done; the next 2207 keeps the batch number, so that the platform itself refuses the second of two.
//! Where the platform answers no such question, 2601 takes the call back, within the region's time
//! and while nothing was given for it; a refused 2601 proves nothing. The last resort is the 3202
//! file or a person. A lost 2208 shows in 5203's refund flag.

use crate::batch::BatchState;
use crate::time::Moment;

text_enum! {
    /// What a look at the platform showed of a lost call.
    pub enum Finding {
        /// The batch's settlement is in force there, with this batch's amounts and message.
        InForce = "in_force",
        /// The batch's settlement was made and paid back there.
        PaidBack = "paid_back",
        /// The platform answers, and knows no settlement of the batch.
        Nothing = "nothing",
        /// The platform answers, and names no line of the batch, settled or not.
        Unlisted = "unlisted",
        /// No answer came.
        Silent = "silent",
        /// The platform refused to answer.
        Refused = "refused",
        /// What it shows does not fit this batch: a person must look.
        Contradicts = "contradicts",
        /// It refused the 2601.
        UndoRefused = "undo_refused",
        /// A person saw at the centre that it was done.
        ToldDone = "told_done",
        /// A person learnt from the centre that it was not done.
        ToldNotDone = "told_not_done",
    }
}

/// What the region's file says of lost calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// 5204 and 5203 tell what was settled in a visit.
    pub queries: bool,
    /// Seconds after which a call that was sent commits no more.
    pub commits_within: i64,
    /// Seconds in which 2601 may take a call back; 0 = never.
    pub undo_within: i64,
}

/// One look: what it showed, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// What.
    pub finding: Finding,
    /// When.
    pub at: Moment,
}

/// A batch whose outcome is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost<'a> {
    /// `Unknown`, `UndoUnknown` or `ReversalUnknown`.
    pub state: BatchState,
    /// When the lost 2207 or 2208 was sent.
    pub called_at: Moment,
    /// When the latest of its calls was sent: that one, or a 2601 after it.
    pub sent_at: Moment,
    /// Looks since the first of them, oldest first.
    pub looks: &'a [Look],
    /// Nothing was given for it: no drugs handed over, no money taken, the visit still open.
    pub nothing_given: bool,
}

/// What is to be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Ask the platform: 5204 and 5203.
    Look,
    /// Take the call back with 2601.
    Undo,
    /// It did not happen: go on as before the call.
    Absent,
    /// Nothing before then.
    Wait(Moment),
    /// The 3202 file or a person decides. Where the platform refused to answer it is asked again now and
    /// then all the same: it may serve the question by then.
    Person,
}

/// What a person may say of a lost call, as far as the evidence allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// It was done.
    pub done: bool,
    /// It was not done.
    pub not_done: bool,
}

/// Seconds from one try to the next: half as long as it has taken so far, but at least and at most so
/// many.
const PAUSE: (i64, i64) = (30, 1800);

/// When to try again what began at a moment and was tried last at another.
pub fn again(began: Moment, last: Moment) -> Moment {
    let pause = (last.seconds_since(began) / 2).clamp(PAUSE.0, PAUSE.1);
    Moment(last.0.saturating_add(pause * 1_000_000))
}

/// So many refusals in a row are no bad moment any more: the platform does not serve the question.
/// So many lists in a row without the batch's lines are no other question's answer.
const IN_A_ROW: usize = 3;

/// Looks that speak neither for the call nor against it.
const SHOWS_NOTHING: &[Finding] = &[Finding::Silent, Finding::Refused, Finding::Unlisted];

impl Lost<'_> {
    /// What is to be done at a moment.
    pub fn next(&self, bounds: &Bounds, now: Moment) -> Next {
        if self.any(Finding::Contradicts) {
            return Next::Person;
        }
        if self.is_absent(bounds) {
            return Next::Absent;
        }
        let due = self.due(bounds);
        let then = if bounds.queries && !self.is_unserved() {
            Next::Look
        } else if self.may_undo(bounds, now) {
            Next::Undo
        } else if bounds.queries && now >= due {
            Next::Look
        } else {
            return Next::Person;
        };
        if now >= due { then } else { Next::Wait(due) }
    }

    /// What a person may say: nothing while the program can find out by itself; that it was not done
    /// only after the bound, and only if nothing was seen that speaks against it.
    pub fn choices(&self, bounds: &Bounds, now: Moment) -> Choices {
        // Asked now and then all the same; she need not wait for that.
        let again = bounds.queries && self.is_unserved() && !self.may_undo(bounds, now);
        match self.next(bounds, now) {
            Next::Person => {}
            Next::Look if again => {}
            _ => return Choices::default(),
        }
        let against = [Finding::PaidBack, Finding::Contradicts];
        let standing = self.any(Finding::InForce) && self.state != BatchState::ReversalUnknown;
        let seen = standing || against.iter().any(|finding| self.any(*finding));
        Choices {
            done: true,
            not_done: now >= self.bound(bounds) && !seen,
        }
    }

    /// The moment after which a call that was sent commits no more.
    pub fn bound(&self, bounds: &Bounds) -> Moment {
        Moment(
            self.sent_at
                .0
                .saturating_add(bounds.commits_within.saturating_mul(1_000_000)),
        )
    }

    /// True once what is seen of it will change no more of itself.
    pub fn is_certain(&self, bounds: &Bounds, now: Moment) -> bool {
        // A 2601 on its way may still take back what is in force now.
        self.state != BatchState::UndoUnknown || now >= self.bound(bounds)
    }

    /// Seen twice not to have happened, the second time after the bound; or after it, over and over,
    /// no line of the batch.
    fn is_absent(&self, bounds: &Bounds) -> bool {
        self.is_seen_undone(bounds) || self.is_unlisted(bounds)
    }

    fn is_seen_undone(&self, bounds: &Bounds) -> bool {
        let undone = if self.state == BatchState::ReversalUnknown {
            Finding::InForce
        } else {
            Finding::Nothing
        };
        let bound = self.bound(bounds);
        let shows = |l: &&Look| !SHOWS_NOTHING.contains(&l.finding);
        let mut last = self.looks.iter().rev().filter(shows).take(2);
        match (last.next(), last.next()) {
            (Some(second), Some(first)) => {
                first.finding == undone && second.finding == undone && second.at >= bound
            }
            _ => false,
        }
    }

    /// Some platforms list settled lines only, and a late 2205 clears what was uploaded: then a list
    /// that lacks the lines is all that is ever seen. A single one may be another question's answer.
    fn is_unlisted(&self, bounds: &Bounds) -> bool {
        let bound = self.bound(bounds);
        self.state != BatchState::ReversalUnknown
            && self.last_are(|l| l.finding == Finding::Unlisted && l.at >= bound)
    }

    fn is_unserved(&self) -> bool {
        self.last_are(|l| l.finding == Finding::Refused)
    }

    fn last_are(&self, is: impl Fn(&Look) -> bool) -> bool {
        let last = self.looks.iter().rev().take(IN_A_ROW);
        last.filter(|l| is(l)).count() == IN_A_ROW
    }

    /// 2601 takes back a 2207 only: a 2208 is asked for again.
    fn may_undo(&self, bounds: &Bounds, now: Moment) -> bool {
        let in_time = now.seconds_since(self.called_at) <= bounds.undo_within;
        self.state != BatchState::ReversalUnknown
            && self.nothing_given
            && bounds.undo_within > 0
            && in_time
            && !self.any(Finding::UndoRefused)
    }

    /// When to look next: after a pause that grows, and at the bound, which makes a look count.
    pub fn due(&self, bounds: &Bounds) -> Moment {
        let Some(last) = self.looks.last() else {
            return self.sent_at;
        };
        let due = again(self.sent_at, last.at);
        let bound = self.bound(bounds);
        if last.at < bound { due.min(bound) } else { due }
    }

    fn any(&self, finding: Finding) -> bool {
        self.looks.iter().any(|l| l.finding == finding)
    }
}

#[cfg(test)]
#[path = "resolve_tests.rs"]
mod tests;
