//! 对账: clinic, centre and cash of a day side by side, each difference with what mends it.

#![expect(
    clippy::trivially_copy_pass_by_ref,
    clippy::ref_option,
    reason = "templates pass arguments by reference"
)]

use askama::Template;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use cunyi_app::views::{DifferenceView, PartView, ReconcileView};
use cunyi_app::{Action as May, AppError};
use cunyi_domain::ledger::Method;
use cunyi_domain::money::Fen;
use cunyi_domain::reconcile::{Action, Answer, Class, Difference, Line, Money, Total};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::civil::Date;
use cunyi_domain::time::parse_date;
use cunyi_domain::undone::UndoneState;

use crate::chrome::{Chrome, short};
use crate::fault::{Answer as Page, Fault, html, status, words};
use crate::form::Form;
use crate::jobs::{Kept, Key, Outcome, Standing};
use crate::labels;
use crate::session::{Posted, Signed};

/// What was typed and not taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct Typed {
    /// What was counted.
    pub(crate) cash: String,
    pub(crate) qr: String,
    /// Beside which difference, and the reason.
    pub(crate) of: String,
    pub(crate) reason: String,
}

impl Typed {
    fn kept(kept: Kept) -> Self {
        let (of, reason) = kept.field();
        Self {
            of,
            reason,
            ..Self::default()
        }
    }
}

#[derive(Template)]
#[template(path = "reconcile.html")]
pub(crate) struct ReconcilePage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) v: &'a ReconcileView,
    pub(crate) f: &'a Typed,
    pub(crate) problem: String,
    /// The centre is being asked.
    pub(crate) running: bool,
}

impl ReconcilePage<'_> {
    fn may(&self) -> bool {
        self.c.may(May::Reconcile) && !self.running
    }

    /// The drawer is the clinic's own.
    fn may_count(&self) -> bool {
        self.c.may(May::CountTill) && !self.running
    }

    /// 09:46 and who.
    fn asked(&self) -> String {
        self.v.asked.as_ref().map_or_else(
            || self.c.t("reconcile-not-asked"),
            |(at, by)| self.c.t2("reconcile-asked", "at", short(at), "by", by),
        )
    }

    fn counted(&self) -> String {
        self.v.counted.as_ref().map_or_else(
            || self.c.t("till-not-counted"),
            |counted| {
                self.c
                    .t2("till-counted", "at", short(&counted.at), "by", &counted.by)
            },
        )
    }

    /// Each sum here, at the centre, and how much more it is there.
    fn sums(&self) -> [(&'static str, String, String, String); 4] {
        let here = self.v.reconciled.clinic;
        let there = self.v.reconciled.centre;
        let amount = |key, of: fn(Money) -> Fen| {
            let mine = of(here.money);
            let theirs = there.map(|sums| of(sums.money));
            let more = theirs.map(|theirs| theirs - mine);
            let text = |fen: Option<Fen>| fen.map_or("–".to_owned(), |fen| fen.to_string());
            (key, mine.to_string(), text(theirs), text(more))
        };
        let count = there.map(|sums| sums.count);
        let text = |count: Option<i64>| count.map_or("–".to_owned(), |count| count.to_string());
        [
            (
                "reconcile-count",
                here.count.to_string(),
                text(count),
                text(count.map(|count| count - here.count)),
            ),
            amount("total", |money| money.total),
            amount("fund", |money| money.fund),
            amount("account", |money| money.account),
        ]
    }

    /// 仅中心有
    fn class(&self, of: &DifferenceView) -> String {
        self.c.t(match of.difference.class() {
            Class::OnlyHere => "difference-only-here",
            Class::OnlyThere => "difference-only-there",
            Class::Amount => "difference-amount",
            Class::State => "difference-state",
            Class::DayCrossing => "difference-day-crossing",
            Class::Duplicate => "difference-duplicate",
            Class::Cash => "difference-cash",
            Class::Unasked => "difference-unasked",
        })
    }

    /// What it is, in a sentence.
    fn what(&self, of: &DifferenceView) -> String {
        let c = self.c;
        match &of.difference {
            Difference::NotAsked => c.t("found-not-asked"),
            Difference::Cash(drawer) => {
                let method = c.method(&drawer.method);
                let Some(counted) = drawer.counted else {
                    return c.t1("found-uncounted", "method", method);
                };
                let more = counted - drawer.expected;
                if more.is_negative() {
                    c.t2("found-cash-less", "method", method, "by", -more)
                } else {
                    c.t2("found-cash-more", "method", method, "by", more)
                }
            }
            Difference::Total { total, group, .. } => {
                let key = match total {
                    Total::Unexplained => "found-unexplained",
                    Total::NoDetails => "found-no-details",
                    Total::Silent => "found-silent",
                    Total::Shared => "found-shared",
                    Total::Stale => "found-stale",
                };
                format!("{} · {}", c.scheme(&group.scheme), c.t(key))
            }
            Difference::Line { line, .. } => match line {
                Line::There(day) => c.t1("found-there", "day", day),
                Line::Here(day) => c.t1("found-here", "day", day),
                Line::OnlyHere => c.t("found-only-here"),
                Line::OnlyThere => c.t("found-only-there"),
                Line::Amount => c.t("found-amount"),
                Line::Kind => c.t("found-kind"),
                Line::SaidDifferent => c.t("found-said-different"),
                Line::OtherGroup => c.t("found-other-group"),
                Line::NotListed => c.t("found-not-listed"),
                Line::Committed => c.t("found-committed"),
                Line::Unresolved => c.t("found-unresolved"),
                Line::TwiceHere => c.t("found-twice-here"),
                Line::TwiceThere => c.t("found-twice-there"),
            },
        }
    }

    /// What mends it.
    fn mend(&self, of: &DifferenceView) -> String {
        self.c.t(match of.difference.action() {
            Action::Adopt => "mend-adopt",
            Action::Resolve => "mend-resolve",
            Action::VoidHere => "mend-void-here",
            Action::ReverseThere => "mend-reverse-there",
            Action::UndoThere => "mend-undo-there",
            Action::RefundHere => "mend-refund-here",
            Action::TakeTheirs => "mend-take-theirs",
            Action::AskOffice => "mend-ask-office",
            Action::OtherDay => "mend-other-day",
            Action::DropHere => "mend-drop-here",
            Action::AskAgain => "mend-ask-again",
            Action::Township => "mend-township",
            Action::Count => "mend-count",
            Action::Recount => "mend-recount",
        })
    }

    /// The reason that was typed beside it and not taken.
    fn reason(&self, of: &DifferenceView) -> &str {
        if of.key == self.f.of {
            &self.f.reason
        } else {
            ""
        }
    }

    /// What can be done about it here: nothing, something, or something for which a reason may be given.
    fn remedy(&self, of: &DifferenceView) -> Option<bool> {
        let may = match of.difference.action() {
            Action::Adopt | Action::Resolve => self.c.may(May::Settle) && of.visit.is_some(),
            Action::Recount => self.c.may(May::CountTill),
            Action::Count | Action::Township => false,
            _ => true,
        };
        let by_hand = of.difference.action().may_be_written_off();
        (may && self.may()).then_some(by_hand)
    }

    /// True if the program can do it of itself, without a reason.
    fn is_done_here(&self, of: &DifferenceView) -> bool {
        let action = of.difference.action();
        let can = match action {
            Action::RefundHere => true,
            // It is of a call of ours.
            Action::UndoThere => of.visit.is_some(),
            _ => false,
        };
        !action.may_be_written_off() || can && self.c.may(May::Settle)
    }

    /// 已在中心撤销
    fn undone(&self, state: &UndoneState) -> String {
        self.c.label(labels::UNDONE_STATES, state.as_str())
    }

    /// Total, fund and account, here and at the centre.
    fn sides(&self, ours: &Option<Money>, theirs: &Option<Money>) -> [Vec<String>; 2] {
        [ours, theirs].map(|side| {
            let Some(money) = side else {
                return vec!["–".to_owned()];
            };
            let parts = [
                ("total", money.total),
                ("fund", money.fund),
                ("account", money.account),
            ];
            let said = |(key, fen): (&str, Fen)| format!("{} {fen}", self.c.t(key));
            parts.map(said).to_vec()
        })
    }

    fn answer(&self, answer: &Answer) -> String {
        self.c.t(match answer {
            Answer::Equal => "answer-equal",
            Answer::Different => "answer-different",
            Answer::Silent => "answer-silent",
        })
    }
}

/// What a clinic's fund is here and at the centre, where it said one.
pub(crate) fn part(of: &PartView) -> [String; 2] {
    let there = of.centre.map(|sums| sums.money.fund);
    let there = there.map_or("–".to_owned(), |fen| fen.to_string());
    [of.sums.money.fund.to_string(), there]
}

/// Cash that must be there, and what was counted.
pub(crate) fn till(of: &PartView) -> [String; 2] {
    let expected: Fen = of.drawers.iter().map(|drawer| drawer.expected).sum();
    let cash = of
        .drawers
        .iter()
        .filter(|drawer| drawer.method == Method::Cash);
    let counted: Vec<Option<Fen>> = cash.map(|drawer| drawer.counted).collect();
    if counted.iter().any(Option::is_none) {
        return [expected.to_string(), "–".to_owned()];
    }
    let counted: Fen = of.drawers.iter().filter_map(|drawer| drawer.counted).sum();
    [expected.to_string(), counted.to_string()]
}

fn path(day: Date) -> String {
    format!("/day/reconcile?day={day}")
}

fn key(by: &Signed, day: Date) -> Key {
    Key::Day(by.session.actor.clinic.clone(), day)
}

/// `GET /day/reconcile?day=yyyy-MM-dd`
pub(crate) async fn page(by: Signed, uri: Uri) -> Page {
    let form = Form::parse(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    let day = parse_date(form.get("day")).unwrap_or_else(|| by.chrome.now.date());
    match by.web.jobs.look(&by.job(key(&by, day))) {
        Standing::Running => show(&by, day, None, Typed::default(), true).await,
        Standing::Ended(Outcome::Failed(error, kept)) => {
            show(&by, day, Some(error), Typed::kept(kept), false).await
        }
        _ => show(&by, day, None, Typed::default(), false).await,
    }
}

/// `POST /day/reconcile`: asks the centre, which may take as long as it likes.
pub(crate) async fn ask(Posted { by, form, what }: Posted) -> Page {
    let day = day_of(&by, &form)?;
    let job = (key(&by, day), what);
    let done = by.run(job, path(day), Kept::Nothing, move |app, actor| {
        app.reconcile(actor, day)
    });
    match done.await {
        Ok(()) => Ok(super::to(&path(day))),
        Err(error) => show(&by, day, Some(error), Typed::default(), false).await,
    }
}

/// `POST /day/reconcile/mend`: what mends a difference, or how a person settled it; then the centre is asked
/// again.
pub(crate) async fn mend(Posted { by, form, what }: Posted) -> Page {
    let day = day_of(&by, &form)?;
    let (of, reason) = (form.text("difference"), form.text("reason"));
    let kept = Kept::Field(of.clone(), reason.clone());
    let job = (key(&by, day), what);
    let done = by.run(job, path(day), kept.clone(), move |app, actor| {
        app.mend(actor, day, &of, &reason)
    });
    match done.await {
        Ok(()) => Ok(super::to(&path(day))),
        Err(error) => show(&by, day, Some(error), Typed::kept(kept), false).await,
    }
}

/// `POST /day/reconcile/count`: what was counted.
pub(crate) async fn count(Posted { by, form, .. }: Posted) -> Page {
    let day = day_of(&by, &form)?;
    let typed = Typed {
        cash: form.number("cash"),
        qr: form.number("qr"),
        ..Typed::default()
    };
    let asked = typed.clone();
    let done = by.ask(move |app, actor| {
        let cash = amount(&asked.cash, "cash")?;
        // No QR code on the wall is no money by QR code.
        let qr = if asked.qr.is_empty() {
            Fen::ZERO
        } else {
            amount(&asked.qr, "qr")?
        };
        app.count_till(actor, day, cash, qr)
    });
    match done.await {
        Ok(()) => Ok(super::to(&path(day))),
        Err(error) if status(&error) == StatusCode::UNPROCESSABLE_ENTITY => {
            show(&by, day, Some(error), typed, false).await
        }
        Err(error) => Err(Fault::new(&by.chrome, error)),
    }
}

fn amount(text: &str, field: &'static str) -> Result<Fen, AppError> {
    let code = if text.is_empty() {
        Code::Missing
    } else {
        Code::BadNumber
    };
    text.parse().map_err(|_| Refusal::at(code, field).into())
}

fn day_of(by: &Signed, form: &Form) -> Result<Date, Fault> {
    parse_date(form.get("day")).ok_or_else(|| Fault::refused(&by.chrome, Code::BadForm))
}

async fn show(
    by: &Signed,
    day: Date,
    error: Option<AppError>,
    typed: Typed,
    running: bool,
) -> Result<Response, Fault> {
    let view = by
        .call(move |app, actor| app.reconciliation(actor, day))
        .await?;
    let (code, problem) = match error {
        Some(error) => (status(&error), words(&by.chrome, &error)),
        None => (StatusCode::OK, String::new()),
    };
    let page = ReconcilePage {
        c: &by.chrome,
        v: &view,
        f: &typed,
        problem,
        running,
    };
    Ok(html(code, &page))
}
