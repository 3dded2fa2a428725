//! The workstation: queue on the left, the visit in the middle, the fee list on the right.

#![expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "templates pass arguments by reference"
)]

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use cunyi_app::views::{
    BatchView, ChargeView, DraftBody, GoodsView, Preview, QueueEntry, VisitView,
};
use cunyi_app::{Action, Actor, App, AppError};
use cunyi_catalogue::{Catalogue, Frequency, Route, frequencies, routes};
use cunyi_domain::batch::{BatchEvent, BatchState};
use cunyi_domain::ids::{BatchId, VisitId};
use cunyi_domain::ledger::{Payer, Standing as Money, VisitState};
use cunyi_domain::money::{Fen, Quantity};
use cunyi_domain::refusal::Code;

pub(crate) use super::queue::Queue;
use super::to_visit;
use crate::chrome::Chrome;
use crate::fault::{Answer, Fault, html, status, words};
use crate::jobs::{Kept, Key, Outcome, Standing};
use crate::pages::drafts::{DiagnosisRow, Problems, Row, diagnosis_rows, rows};
use crate::session::Signed;

/// Something to say above a page.
pub(crate) struct Notice {
    pub(crate) bad: bool,
    pub(crate) words: String,
}

#[derive(Template)]
#[template(path = "home.html")]
pub(crate) struct HomePage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) q: &'a Queue,
    pub(crate) notices: Vec<Notice>,
}

/// The visit while its record is open.
#[derive(Template)]
#[template(path = "visit_draft.html")]
pub(crate) struct DraftPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) q: &'a Queue,
    pub(crate) v: &'a VisitView,
    pub(crate) notices: Vec<Notice>,
    pub(crate) body: &'a DraftBody,
    pub(crate) version: i64,
    pub(crate) rows: Vec<Row>,
    pub(crate) diagnoses: Vec<DiagnosisRow>,
    pub(crate) problems: Problems,
    pub(crate) p: &'a Preview,
    pub(crate) routes: &'static [Route],
    pub(crate) frequencies: &'static [Frequency],
}

/// The visit once signed, or to someone who does not treat, or while a job runs.
#[derive(Template)]
#[template(path = "visit_signed.html")]
pub(crate) struct SignedPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) q: &'a Queue,
    pub(crate) v: &'a VisitView,
    pub(crate) notices: Vec<Notice>,
    pub(crate) settle: Settle<'a>,
    pub(crate) running: bool,
    /// What was typed beside a charge or batch and not taken: its id, the text.
    pub(crate) typed: Option<(String, String)>,
    pub(crate) catalogue: &'a Catalogue,
}

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
    const fn needs(self) -> Option<Action> {
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

/// 医保版 ICD-10 of hypertension and of diabetes: what each is followed by comes first.
const FOLLOWED: [(&str, [&str; 5]); 2] = [
    ("systolic", ["I10", "I11", "I12", "I13", "I15"]),
    ("glucose", ["E10", "E11", "E12", "E13", "E14"]),
];

impl DraftPage<'_> {
    /// The field to begin in: what the illness is followed by and nobody has measured, then the complaint.
    pub(crate) fn focus(&self) -> &'static str {
        let has = |codes: &[&str]| {
            let diagnoses = &self.body.diagnoses;
            diagnoses
                .iter()
                .any(|d| codes.iter().any(|c| d.starts_with(c)))
        };
        let empty = |field: &str| match field {
            "systolic" => self.body.systolic.is_empty(),
            _ => self.body.glucose.is_empty(),
        };
        let followed = FOLLOWED
            .iter()
            .find(|(field, codes)| empty(field) && has(codes));
        followed.map_or("complaint", |(field, _)| field)
    }

    /// Estimates are said to be estimates.
    pub(crate) fn own_pay(&self) -> Fen {
        self.p.lines.iter().map(|l| l.own_pay).sum()
    }
}

/// `GET /`
pub(crate) async fn home(by: Signed) -> Answer {
    let (entries, notices) = match by.ask(App::queue).await {
        Ok(entries) => (entries, vec![]),
        Err(error @ AppError::Refused(_)) if status(&error) == StatusCode::FORBIDDEN => (
            vec![],
            vec![Notice {
                bad: false,
                words: by.chrome.t("home-no-queue"),
            }],
        ),
        Err(error) => return Err(Fault::new(&by.chrome, error)),
    };
    let queue = Queue::new(entries, VisitId::default());
    Ok(html(
        StatusCode::OK,
        &HomePage {
            c: &by.chrome,
            q: &queue,
            notices,
        },
    ))
}

/// `GET /visits/{id}`
pub(crate) async fn visit(by: Signed, Path(id): Path<String>) -> Answer {
    let id = VisitId(id);
    match by
        .web
        .jobs
        .look(&by.job(Key::visit(&by.session.actor, &id)))
    {
        Standing::Ended(Outcome::Failed(error, kept)) => show_error(&by, id, error, kept).await,
        Standing::Running => {
            show(
                &by,
                id,
                Extra {
                    running: true,
                    ..Extra::default()
                },
            )
            .await
        }
        _ => show(&by, id, Extra::default()).await,
    }
}

/// What a visit's page shows besides the visit.
#[derive(Default)]
pub(crate) struct Extra {
    /// 200 unless something was refused.
    pub(crate) status: StatusCode,
    /// What to say above it.
    pub(crate) notices: Vec<Notice>,
    /// What was typed and not taken.
    pub(crate) kept: Kept,
    /// A job runs.
    pub(crate) running: bool,
}

/// A visit's page with an error above it and what was typed kept.
pub(crate) async fn show_error(by: &Signed, id: VisitId, error: AppError, kept: Kept) -> Answer {
    let lost = matches!(&error, AppError::Refused(r) if matches!(r.code, Code::NotFound | Code::Forbidden));
    if lost {
        return Err(Fault::new(&by.chrome, error));
    }
    let notices = vec![Notice {
        bad: true,
        words: words(&by.chrome, &error),
    }];
    let extra = Extra {
        status: status(&error),
        notices,
        kept,
        running: false,
    };
    show(by, id, extra).await
}

struct Read {
    queue: Vec<QueueEntry>,
    visit: VisitView,
    body: DraftBody,
    version: i64,
    preview: Preview,
    rows: Vec<Row>,
    diagnoses: Vec<DiagnosisRow>,
}

/// A visit's page.
pub(crate) async fn show(by: &Signed, id: VisitId, extra: Extra) -> Answer {
    let treats = by.chrome.may(Action::Treat);
    let (typed, field) = match extra.kept {
        Kept::Nothing => (None, None),
        Kept::Draft(body, version) => (Some((*body, version)), None),
        Kept::Field(of, text) => (None, Some((of, text))),
    };
    let read = by
        .call(move |app, actor| read(app, actor, &id, typed, treats))
        .await?;
    let queue = Queue::new(read.queue, read.visit.visit.clone());
    let (c, v, notices) = (&*by.chrome, &read.visit, extra.notices);
    if v.frozen || !treats || extra.running || v.state == VisitState::Cancelled {
        let settle = Settle::of(v);
        let page = SignedPage {
            c,
            q: &queue,
            v,
            notices,
            settle,
            running: extra.running,
            typed: field,
            catalogue: by.web.app.catalogue(),
        };
        return Ok(html(extra.status, &page));
    }
    let problems = Problems::new(c, &read.preview.problems);
    let page = DraftPage {
        c,
        q: &queue,
        v,
        notices,
        body: &read.body,
        version: read.version,
        rows: read.rows,
        diagnoses: read.diagnoses,
        problems,
        p: &read.preview,
        routes: routes(),
        frequencies: frequencies(),
    };
    Ok(html(extra.status, &page))
}

fn read(
    app: &App,
    actor: &Actor,
    id: &VisitId,
    typed: Option<(DraftBody, i64)>,
    treats: bool,
) -> Result<Read, AppError> {
    let visit = app.visit(actor, id)?;
    let queue = app.queue(actor)?;
    let (body, version) = typed
        // A refused signature has still saved the draft: what is typed is then on that version.
        .filter(|(body, _)| *body != visit.draft)
        .unwrap_or_else(|| (visit.draft.clone(), visit.draft_version));
    // Nothing typed yet is nothing wrong yet.
    let empty = body == DraftBody::default();
    let preview = if visit.frozen || !treats || empty {
        Preview::default()
    } else {
        app.preview(actor, id, &body)?
    };
    let rows = rows(app.catalogue(), &body);
    let diagnoses = diagnosis_rows(app.catalogue(), &body);
    Ok(Read {
        queue,
        visit,
        body,
        version,
        preview,
        rows,
        diagnoses,
    })
}

impl SignedPage<'_> {
    /// Lines of a batch whose goods were handed over and given back.
    pub(crate) fn goods(&self, batch: &BatchId) -> Vec<&GoodsView> {
        let of_batch = |g: &&GoodsView| g.batch == *batch;
        self.v.goods.iter().filter(of_batch).collect()
    }

    /// Those of which nobody has said what became of them.
    pub(crate) fn open_goods(&self, batch: &BatchId) -> Vec<&GoodsView> {
        let mut goods = self.goods(batch);
        goods.retain(|g| g.decided.is_none());
        goods
    }

    /// Of how many lines nobody has said what became of them, and the first batch with such a line.
    pub(crate) fn undecided_goods(&self) -> Option<(usize, i64)> {
        let open = |b: &&BatchView| !self.open_goods(&b.id).is_empty();
        let first = self.v.batches.iter().find(open)?;
        let lines = self.v.goods.iter().filter(|g| g.decided.is_none());
        Some((lines.count(), first.position))
    }

    /// What was typed beside a charge or batch and not taken; empty if nothing was.
    pub(crate) fn typed(&self, id: impl std::fmt::Display) -> &str {
        let id = id.to_string();
        let of = self.typed.as_ref().filter(|(of, _)| *of == id);
        of.map_or("", |(_, text)| text)
    }

    /// How many boxes of a line carry a trace code: whole boxes each, what is split from one box one.
    pub(crate) fn boxes(&self, line: &ChargeView) -> i64 {
        let drug = self.catalogue.drug(&line.code);
        let whole = drug.is_some_and(|drug| drug.pack_unit == line.unit);
        let boxes = line.quantity.0 / Quantity::whole(1).0;
        if whole { boxes.max(1) } else { 1 }
    }

    /// Seconds after which the page asks again by itself; none when nothing is awaited.
    pub(crate) fn refresh(&self) -> Option<u32> {
        let requested = |s| matches!(s, BatchState::Requested | BatchState::ReversalRequested);
        (self.running || self.v.batches.iter().any(|b| requested(b.state))).then_some(2)
    }

    /// What comes next.
    pub(crate) fn next(&self) -> Next {
        let next = if self.running {
            Next::Wait
        } else if !self.v.batches.is_empty() {
            self.settle.next(self.v.state)
        } else {
            Next::Nothing
        };
        let may = next.needs().is_none_or(|action| self.c.may(action));
        if may { next } else { Next::Others }
    }
}

/// The page again after work that may take long, or the news that it goes on.
pub(crate) async fn after(by: &Signed, id: VisitId, standing: Standing) -> Answer {
    match standing {
        Standing::Ended(Outcome::Failed(error, kept)) => show_error(by, id, error, kept).await,
        _ => Ok(to_visit(&id)),
    }
}
