//! Where the settlement of a visit stands and what comes next: the arithmetic behind the panel and its keys.

#![expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "templates pass arguments by reference"
)]

use cunyi_app::Action;
use cunyi_app::views::{BatchView, VisitView};
use cunyi_domain::batch::{BatchEvent, BatchState};
use cunyi_domain::ledger::{Payer, Standing as Money, VisitState};
use cunyi_domain::money::Fen;

/// The settlement panel's arithmetic.
pub(crate) struct Settle<'a> {
    pub(crate) batches: &'a [BatchView],
    /// Where the patient's money stands.
    pub(crate) money: Money,
}

/// What can be done next with a visit; there is always one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// The centre is to compute it.
    Presettle,
    /// The patient pays what is shown.
    Confirm,
    /// An answer is awaited.
    Wait,
    /// An answer was lost: the centre is asked what became of it.
    FindOut,
    /// The visit was put aside with its fee list: it goes on when it is called again.
    Resume,
    /// Money is to be returned or collected.
    EvenOut,
    /// Drugs go over the counter.
    HandOver,
    /// All was paid back: the doctor charges anew, or the visit ends without goods.
    Cancel,
    /// It is for someone of another role.
    Others,
    /// All is done.
    Nothing,
}

impl Next {
    /// What a role must be permitted to do it.
    pub(crate) const fn needs(self) -> Option<Action> {
        match self {
            Self::Presettle | Self::Confirm | Self::FindOut | Self::EvenOut => Some(Action::Settle),
            Self::Resume | Self::Cancel => Some(Action::Register),
            Self::HandOver => Some(Action::HandOver),
            Self::Wait | Self::Others | Self::Nothing => None,
        }
    }
}

impl<'a> Settle<'a> {
    /// Of a visit.
    pub(crate) fn of(visit: &'a VisitView) -> Self {
        Self {
            batches: &visit.batches,
            money: visit.money,
        }
    }

    /// Batches that count: neither paid back nor taken back.
    fn live(&self) -> impl Iterator<Item = &BatchView> {
        self.batches.iter().filter(|b| b.state.is_live())
    }

    /// Sum of what counts.
    pub(crate) fn total(&self) -> Fen {
        self.live().map(|b| b.total).sum()
    }

    /// What the fund pays, computed or estimated.
    pub(crate) fn fund(&self) -> Fen {
        self.live().map(fund).sum()
    }

    /// From the personal account.
    pub(crate) fn account(&self) -> Fen {
        self.live().map(|b| b.account).sum()
    }

    /// True while a figure is only our estimate.
    pub(crate) fn estimated(&self) -> bool {
        self.batches
            .iter()
            .any(|b| b.payer == Payer::Insured && !computed(b))
    }

    /// Batches that are still to be paid, in order.
    pub(crate) fn open(&self) -> Vec<&BatchView> {
        let open = |b: &&BatchView| !b.state.is_final() && !b.state.in_flight();
        self.batches.iter().filter(open).collect()
    }

    /// True if some are paid and others are not.
    pub(crate) fn partly(&self) -> bool {
        let settled = self
            .batches
            .iter()
            .filter(|b| b.state == BatchState::Settled)
            .count();
        settled > 0 && self.batches.iter().any(|b| !b.state.is_final())
    }

    /// What was paid back. Where a part was, what is still to be returned of it stands by itself.
    pub(crate) fn paid_back(&self) -> Fen {
        let in_part = |b: &BatchView| self.batches.iter().any(|r| r.rest_of == Some(b.position));
        let reversed = |b: &&BatchView| b.state == BatchState::Reversed && !in_part(b);
        self.batches.iter().filter(reversed).map(cash).sum()
    }

    /// True if a line's batch was reversed.
    pub(crate) fn reversed(&self, position: &i64) -> bool {
        let reversed = |b: &BatchView| b.state == BatchState::Reversed;
        self.batches
            .iter()
            .any(|b| b.position == *position && reversed(b))
    }

    /// What was paid and not paid back.
    pub(crate) fn paid(&self) -> Fen {
        let settled = |b: &&BatchView| b.state == BatchState::Settled;
        self.batches.iter().filter(settled).map(cash).sum()
    }

    /// What is to be taken now: the shares, less what she left before.
    pub(crate) fn due(&self) -> Fen {
        let shares: Fen = self.open().into_iter().map(cash).sum();
        (shares - self.held()).max(Fen::ZERO)
    }

    /// What she left before.
    pub(crate) fn held(&self) -> Fen {
        match self.money {
            Money::Held(amount) => amount,
            _ => Fen::ZERO,
        }
    }

    /// What is to be returned or collected, and whether it is to be collected.
    pub(crate) fn open_sum(&self) -> Option<(Fen, bool)> {
        match self.money {
            Money::ToReturn(amount) => Some((amount, false)),
            Money::ToCollect(amount) => Some((amount, true)),
            Money::Even | Money::Held(_) => None,
        }
    }

    /// What the patient is to pay now.
    pub(crate) fn to_be_paid(&self, visit: &VisitState) -> Option<Fen> {
        let sum = match self.next(*visit) {
            Next::Confirm => self.due(),
            Next::EvenOut => self.open_sum().filter(|(_, collect)| *collect)?.0,
            _ => return None,
        };
        (sum > Fen::ZERO).then_some(sum)
    }

    /// True if the patient may pay a batch herself.
    pub(crate) fn may_pay_own(&self, batch: &BatchView) -> bool {
        let quiet = self.live().all(|b| !b.state.in_flight());
        let possible = batch.state.after(BatchEvent::OwnPay).is_some();
        quiet && possible && batch.payer == Payer::Insured
    }

    /// True while trace codes of a batch's lines may be entered: before it is paid.
    pub(crate) fn may_scan(&self, position: &i64) -> bool {
        use BatchState::{Draft, Presettled, Refused, Uploaded};
        let open = |s| matches!(s, Draft | Uploaded | Presettled | Refused);
        self.batches
            .iter()
            .any(|b| b.position == *position && open(b.state))
    }

    /// True if something is still to be settled with the centre.
    pub(crate) fn may_renew_voucher(&self) -> bool {
        self.open().iter().any(|b| b.payer == Payer::Insured)
    }

    /// True if nothing was paid and nothing is in flight.
    pub(crate) fn may_take_back(&self) -> bool {
        let mut live = self.live().peekable();
        live.peek().is_some() && live.all(|b| b.state.after(BatchEvent::TakeBack).is_some())
    }

    /// True if this batch can be dropped while others stay.
    pub(crate) fn may_drop(&self, batch: &BatchView) -> bool {
        let quiet = self.live().all(|b| !b.state.in_flight());
        quiet && self.live().count() > 1 && batch.state.after(BatchEvent::TakeBack).is_some()
    }

    /// True if a part of what is settled may be given back: nothing else is to be settled.
    pub(crate) fn may_refund(&self) -> bool {
        self.live().all(|b| b.state == BatchState::Settled)
    }

    /// True if what is to be settled is the rest of a refund.
    pub(crate) fn is_rest(&self) -> bool {
        let open = |b: &&BatchView| b.state.is_unsettled();
        self.batches
            .iter()
            .filter(open)
            .any(|b| b.rest_of.is_some())
    }

    /// True if everything that was paid was paid back, and nothing is charged.
    pub(crate) fn all_paid_back(&self) -> bool {
        !self.batches.is_empty() && self.live().next().is_none()
    }

    /// True if the outcome of some batch is lost.
    pub(crate) fn unknown(&self) -> bool {
        self.batches.iter().any(|b| b.state.is_lost())
    }

    /// True if what is lost is a settlement: once the drugs are given nobody waits for it at the counter.
    pub(crate) fn unknown_given(&self) -> bool {
        let mut lost = self.batches.iter().filter(|b| b.state.is_lost());
        lost.all(|b| b.state.is_unsettled())
    }

    /// What comes next for a visit that stands so in the queue.
    pub(crate) fn next(&self, visit: VisitState) -> Next {
        let any = |f: fn(&BatchView) -> bool| self.live().any(f);
        if any(|b| b.state.is_lost()) {
            Next::FindOut
        } else if any(|b| b.state.in_flight()) {
            Next::Wait
        } else if self.open_sum().is_some() {
            Next::EvenOut
        } else if visit == VisitState::Cancelled
            || visit == VisitState::Done && !any(|b| b.state.is_unsettled())
        {
            Next::Nothing
        } else if self.live().next().is_none() {
            Next::Cancel
        } else if !matches!(visit, VisitState::Seeing | VisitState::Done) {
            Next::Resume
        } else if any(|b| b.payer == Payer::Insured && !b.state.is_final() && !ready(b)) {
            Next::Presettle
        } else if any(|b| !b.state.is_final()) {
            Next::Confirm
        } else {
            Next::HandOver
        }
    }
}

/// True once the centre has computed a batch.
pub(crate) fn computed(batch: &BatchView) -> bool {
    !matches!(batch.state, BatchState::Draft | BatchState::Uploaded)
}

fn ready(batch: &BatchView) -> bool {
    batch.state == BatchState::Presettled
}

/// What the patient pays for a batch: the centre's figure, or our estimate before it has computed.
pub(crate) fn cash(batch: &BatchView) -> Fen {
    match batch.payer {
        Payer::SelfPay => batch.total,
        Payer::Insured if computed(batch) => batch.cash,
        Payer::Insured => batch.total - batch.estimated_fund,
    }
}

/// True if no money stands behind a visit: nothing frozen, or all of it paid back.
pub(crate) fn may_cancel(visit: &VisitView) -> bool {
    visit
        .batches
        .iter()
        .all(|b| b.state == BatchState::Reversed)
}

/// What the fund pays for a batch: the centre's figure, or our estimate before it has computed.
pub(crate) fn fund(batch: &BatchView) -> Fen {
    if computed(batch) {
        batch.fund
    } else {
        batch.estimated_fund
    }
}
