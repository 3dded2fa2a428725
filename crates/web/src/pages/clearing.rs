//! 医保应收: what the fund owes, a line a period; a period with what was applied for and what the office
//! said of it.

#![expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "templates pass arguments by reference"
)]

use std::sync::LazyLock;

use askama::Template;
use axum::http::{StatusCode, Uri};
use cunyi_app::views::{
    AppealForm, AppealView, ApplicationView, ApplyForm, ClearingForm, ClearingView, EntryView,
    PeriodView, ToldForm,
};
use cunyi_app::{Actor, App, AppError};
use cunyi_domain::clearing::{Claim, ClearingState};
use cunyi_domain::ids::EntryId;
use cunyi_domain::ledger::ClearingKind;
use cunyi_domain::money::Fen;
use cunyi_domain::reconcile::Group;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::Moment;
use cunyi_domain::time::civil::Date;
use cunyi_domain::time::parse_date;

use crate::chrome::Chrome;
use crate::fault::{Answer, Fault, html, status, words};
use crate::form::Form;
use crate::jobs::{Kept, Key, Outcome, Standing, What};
use crate::labels;
use crate::session::{Posted, Signed};

#[derive(Template)]
#[template(path = "clearing.html")]
pub(crate) struct ClearingPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) v: &'a ClearingView,
}

#[derive(Template)]
#[template(path = "print_clearing.html")]
pub(crate) struct ClearingPaper<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) ui: &'a Chrome,
    pub(crate) v: &'a ClearingView,
    pub(crate) printed_at: Moment,
}

#[derive(Template)]
#[template(path = "clearing_period.html")]
pub(crate) struct PeriodPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) v: &'a PeriodView,
    pub(crate) f: &'a Typed,
    pub(crate) problem: String,
    /// The centre is being asked.
    pub(crate) running: bool,
}

/// What was typed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Typed {
    /// Beside what: an application, an entry, a clearing type that was to be applied for; empty in the form
    /// of a new entry.
    pub(crate) of: String,
    pub(crate) told_by: String,
    pub(crate) event: String,
    pub(crate) group: String,
    pub(crate) kind: String,
    pub(crate) amount: String,
    pub(crate) on: String,
    pub(crate) appeal_by: String,
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

/// A column of a claim: the key of its words, and what it shows.
type Column = (&'static str, fn(&Claim) -> Fen);

/// All of them.
const COLUMNS: [Column; 10] = [
    ("clearing-settled", |c| c.settled),
    ("clearing-not-applied", Claim::not_applied),
    ("clearing-in-review", Claim::in_review),
    ("clearing-recognised", |c| c.recognised),
    ("clearing-deducted", |c| c.deducted),
    ("clearing-advanced", |c| c.advanced),
    ("clearing-paid", |c| c.paid),
    ("clearing-withheld", |c| c.withheld),
    ("clearing-payable", Claim::payable),
    ("clearing-owed", Claim::owed),
];

/// The columns to show: to who does not answer for the code, what her clinic has settled.
fn columns(answers: bool) -> &'static [Column] {
    &COLUMNS[..if answers { COLUMNS.len() } else { 1 }]
}

/// The keys of their words.
pub(crate) fn heads(answers: &bool) -> Vec<&'static str> {
    columns(*answers).iter().map(|(key, _)| *key).collect()
}

/// A claim in these columns.
pub(crate) fn cells(answers: &bool, claim: &Claim) -> Vec<Fen> {
    columns(*answers).iter().map(|(_, of)| of(claim)).collect()
}

/// A group as one value of a form.
pub(crate) fn value_of(group: &Group) -> String {
    [&*group.scheme, &group.clearing_type, &group.office].join("/")
}

fn group_of(value: &str) -> Option<Group> {
    let mut parts = value.split('/').map(str::to_owned);
    let group = Group {
        scheme: parts.next()?,
        clearing_type: parts.next()?,
        office: parts.next()?,
    };
    parts.next().is_none().then_some(group)
}

/// 城乡居民 · 11 · 990001
pub(crate) fn named(c: &Chrome, group: &Group) -> String {
    let scheme = c.scheme(&group.scheme);
    [&*scheme, &group.clearing_type, &group.office].join(" · ")
}

pub(crate) fn kind(c: &Chrome, kind: &ClearingKind) -> String {
    c.label(labels::CLEARING_KINDS, kind.as_str())
}

/// 已申诉 2026-12-05, by whom; how it ended.
pub(crate) fn appealed(c: &Chrome, appeal: &AppealView) -> String {
    let Some((entry, by)) = &appeal.by else {
        return c.t("clearing-not-appealed");
    };
    let since = c.t2("clearing-appealed-on", "on", entry.on_day, "by", by);
    match &appeal.outcome {
        None => since,
        Some((how, amount)) => format!("{since} · {} {amount}", kind(c, how)),
    }
}

/// The 3203 is lost, not the 3204.
pub(crate) fn is_new(of: &ApplicationView) -> bool {
    of.application.state == ClearingState::Unknown
}

/// The form that takes an entry out stands beside that of its appeal.
fn correcting(entry: &EntryId) -> String {
    format!("correct {entry}")
}

/// Kinds that stand in the form of a new entry; the others are said beside a deduction.
pub(crate) fn kinds() -> impl Iterator<Item = &'static ClearingKind> {
    ClearingKind::ALL.iter().filter(|kind| !kind.is_about())
}

impl ClearingPage<'_> {
    pub(crate) fn of(&self, entry: &EntryView) -> String {
        named(self.c, &entry.entry.group())
    }

    /// A day of the newest period shown.
    pub(crate) fn newest(&self) -> Date {
        let newest = self.v.periods.first();
        newest.map_or(self.v.today, |of| of.period.from)
    }
}

impl ClearingPaper<'_> {
    /// What it is called.
    pub(crate) fn title(&self) -> String {
        self.c.t("clearing-title")
    }
}

impl PeriodPage<'_> {
    pub(crate) fn may(&self) -> bool {
        self.v.may_clear && !self.running
    }

    /// 结果未知
    pub(crate) fn state(&self, state: &ClearingState) -> String {
        self.c.label(labels::CLEARING_STATES, state.as_str())
    }

    /// Something can be said of an application that the office has.
    pub(crate) fn may_end(&self, of: &ApplicationView) -> bool {
        self.may() && of.application.state == ClearingState::Applied
    }

    /// What was typed beside it, if that was refused.
    pub(crate) fn beside(&self, of: &str) -> &Typed {
        static NOTHING: LazyLock<Typed> = LazyLock::new(Typed::default);
        if self.f.of == of { self.f } else { &NOTHING }
    }

    /// Why it is applied for though days do not agree: as it was typed, or said when it was applied for last.
    pub(crate) fn why(&self, clearing_type: &str) -> &str {
        let typed = &self.beside(clearing_type).reason;
        if !typed.is_empty() {
            return typed;
        }
        let mut before = self.v.applications.iter().rev();
        let last = before.find(|of| of.application.clearing_type == clearing_type);
        last.map_or("", |of| &of.application.reason)
    }

    /// What was refused was typed beside it.
    pub(crate) fn is_of(&self, of: &str) -> bool {
        self.f.of == of
    }

    /// A deduction that can be appealed against.
    pub(crate) fn may_appeal(&self, of: &EntryView) -> bool {
        self.may() && of.appeal.as_ref().is_some_and(|appeal| appeal.open)
    }

    /// An appeal that the office has not decided.
    pub(crate) fn may_decide(&self, of: &EntryView) -> bool {
        let waits = |appeal: &AppealView| appeal.by.is_some() && appeal.outcome.is_none();
        self.may() && of.appeal.as_ref().is_some_and(waits)
    }

    /// Why an entry is taken out, as it was typed.
    pub(crate) fn why_wrong(&self, of: &EntryView) -> &str {
        &self.beside(&correcting(&of.entry.id)).reason
    }

    /// What is given back: as it was typed, or all of it.
    pub(crate) fn given_back(&self, of: &EntryView) -> String {
        match self.beside(of.entry.id.as_str()).amount.as_str() {
            "" => of.entry.amount.to_string(),
            typed => typed.to_owned(),
        }
    }

    /// An entry can be taken out once.
    pub(crate) fn may_correct(&self, of: &EntryView) -> bool {
        self.may() && !of.taken_out && of.entry.reverses.is_none()
    }

    pub(crate) fn of(&self, entry: &EntryView) -> String {
        named(self.c, &entry.entry.group())
    }

    pub(crate) fn chosen(&self, group: &Group) -> bool {
        value_of(group) == self.f.group
    }

    pub(crate) fn chosen_kind(&self, kind: &ClearingKind) -> bool {
        kind.as_str() == self.f.kind
    }
}

fn form_of(uri: &Uri) -> Form {
    Form::parse(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default()
}

fn path(from: Date) -> String {
    format!("/clearing/period?day={from}")
}

fn key(by: &Signed, from: Date) -> Key {
    Key::Clearing(by.session.actor.clinic.clone(), from)
}

async fn view(by: &Signed, uri: &Uri) -> Result<ClearingView, Fault> {
    let day = parse_date(form_of(uri).get("day")).unwrap_or_else(|| by.chrome.now.date());
    by.call(move |app, actor| app.clearing(actor, day)).await
}

/// `GET /clearing?day=yyyy-MM-dd`
pub(crate) async fn page(by: Signed, uri: Uri) -> Answer {
    let v = view(&by, &uri).await?;
    let page = ClearingPage {
        c: &by.chrome,
        v: &v,
    };
    Ok(html(StatusCode::OK, &page))
}

/// `GET /clearing/print?day=yyyy-MM-dd`
pub(crate) async fn print(by: Signed, uri: Uri) -> Answer {
    let v = view(&by, &uri).await?;
    let page = ClearingPaper {
        c: &by.chrome.chinese(),
        ui: &by.chrome,
        v: &v,
        printed_at: by.chrome.now,
    };
    Ok(html(StatusCode::OK, &page))
}

/// `GET /clearing/period?day=yyyy-MM-dd`
pub(crate) async fn period(by: Signed, uri: Uri) -> Answer {
    let day = parse_date(form_of(&uri).get("day"));
    let day = day.unwrap_or_else(|| by.chrome.now.date());
    match by.web.jobs.look(&by.job(key(&by, day))) {
        Standing::Running => show(&by, day, None, Typed::default(), true).await,
        Standing::Ended(Outcome::Failed(error, kept)) => {
            show(&by, day, Some(error), Typed::kept(kept), false).await
        }
        _ => show(&by, day, None, Typed::default(), false).await,
    }
}

/// `POST /clearing/apply`: asks the centre, which may take as long as it likes.
pub(crate) async fn apply(Posted { by, form, what }: Posted) -> Answer {
    let from = from_of(&by, &form)?;
    let claim = form.number("claim").parse();
    let asked = ApplyForm {
        from,
        clearing_type: form.text("clearing_type"),
        claim: claim.map_err(|_| Fault::refused(&by.chrome, Code::BadForm))?,
        reason: form.text("reason"),
    };
    let beside = (asked.clearing_type.clone(), asked.reason.clone());
    as_job((by, what), from, beside, move |app, actor| {
        app.apply_for_clearing(actor, &asked)
    })
    .await
}

/// `POST /clearing/withdraw`: asks the centre to forget an application.
pub(crate) async fn withdraw(Posted { by, form, what }: Posted) -> Answer {
    let from = from_of(&by, &form)?;
    let (id, reason) = (EntryId(form.text("application")), form.text("reason"));
    let beside = (id.to_string(), reason.clone());
    as_job((by, what), from, beside, move |app, actor| {
        app.withdraw_clearing(actor, &id, &reason)
    })
    .await
}

/// Asks the centre, which may take as long as it likes; what was typed, and beside what, is kept.
async fn as_job<W>(
    (by, what): (Signed, What),
    from: Date,
    (of, reason): (String, String),
    work: W,
) -> Answer
where
    W: FnOnce(&App, &Actor) -> Result<(), AppError> + Send + 'static,
{
    let kept = Kept::Field(of, reason);
    let job = (key(&by, from), what);
    match by.run(job, path(from), kept.clone(), work).await {
        Ok(()) => Ok(super::to(&path(from))),
        Err(error) => show(&by, from, Some(error), Typed::kept(kept), false).await,
    }
}

/// `POST /clearing/told`: what the office said of an application.
pub(crate) async fn told(Posted { by, form, .. }: Posted) -> Answer {
    let from = from_of(&by, &form)?;
    let id = EntryId(form.text("application"));
    let there = match form.get("told") {
        "there" => true,
        "none" => false,
        _ => return Err(Fault::refused(&by.chrome, Code::BadForm)),
    };
    let said = ToldForm {
        there,
        by: form.text("told_by"),
        event: form.number("clearing_event"),
    };
    let typed = Typed {
        of: id.to_string(),
        told_by: said.by.clone(),
        event: said.event.clone(),
        ..Typed::default()
    };
    let done = by.ask(move |app, actor| app.clearing_told(actor, &id, &said));
    ended(&by, from, done.await, typed).await
}

/// `POST /clearing/enter`: what the office says of a claim.
pub(crate) async fn enter(Posted { by, form, .. }: Posted) -> Answer {
    let from = from_of(&by, &form)?;
    let typed = Typed {
        group: form.text("clearing_group"),
        kind: form.text("clearing_kind"),
        amount: form.number("amount"),
        on: form.number("clearing_on"),
        appeal_by: form.number("appeal_by"),
        reason: form.text("reason"),
        ..Typed::default()
    };
    let asked = typed.clone();
    let done = by.ask(move |app, actor| app.enter_clearing(actor, &read(from, asked)?));
    ended(&by, from, done.await, typed).await
}

const fn bad(field: &'static str) -> Refusal {
    Refusal::at(Code::BadText, field)
}

fn day(text: &str, field: &'static str) -> Result<Date, Refusal> {
    parse_date(text).ok_or(bad(field))
}

/// `POST /clearing/appeal`: an appeal against a deduction, or its outcome.
pub(crate) async fn appeal(Posted { by, form, .. }: Posted) -> Answer {
    let from = from_of(&by, &form)?;
    let typed = Typed {
        of: form.text("entry"),
        kind: form.text("clearing_kind"),
        amount: form.number("amount"),
        on: form.number("clearing_on"),
        reason: form.text("reason"),
        ..Typed::default()
    };
    let asked = typed.clone();
    let done = by.ask(move |app, actor| app.appeal_clearing(actor, &read_appeal(asked)?));
    ended(&by, from, done.await, typed).await
}

fn read_appeal(typed: Typed) -> Result<AppealForm, AppError> {
    let kind = ClearingKind::from_text(&typed.kind).ok_or(bad("clearing_kind"))?;
    let amount = match typed.amount.as_str() {
        _ if kind != ClearingKind::Restored => Fen::ZERO,
        text => text
            .parse()
            .map_err(|_| Refusal::at(Code::BadNumber, "amount"))?,
    };
    Ok(AppealForm {
        deduction: EntryId(typed.of),
        kind,
        amount,
        on: day(&typed.on, "clearing_on")?,
        reason: typed.reason,
    })
}

fn read(from: Date, typed: Typed) -> Result<ClearingForm, AppError> {
    let appeal_by = if typed.appeal_by.is_empty() {
        None
    } else {
        Some(day(&typed.appeal_by, "appeal_by")?)
    };
    let number = Refusal::at(Code::BadNumber, "amount");
    Ok(ClearingForm {
        from,
        group: group_of(&typed.group).ok_or(bad("clearing_group"))?,
        kind: ClearingKind::from_text(&typed.kind).ok_or(bad("clearing_kind"))?,
        amount: typed.amount.parse().map_err(|_| number)?,
        on: day(&typed.on, "clearing_on")?,
        appeal_by,
        reason: typed.reason,
    })
}

/// `POST /clearing/correct`: an entry was wrong.
pub(crate) async fn correct(Posted { by, form, .. }: Posted) -> Answer {
    let from = from_of(&by, &form)?;
    let (id, why) = (EntryId(form.text("entry")), form.text("reason"));
    let typed = Typed {
        of: correcting(&id),
        reason: why.clone(),
        ..Typed::default()
    };
    let done = by.ask(move |app, actor| app.correct_clearing(actor, &id, &why));
    ended(&by, from, done.await, typed).await
}

fn from_of(by: &Signed, form: &Form) -> Result<Date, Fault> {
    parse_date(form.get("period")).ok_or_else(|| Fault::refused(&by.chrome, Code::BadForm))
}

/// To the period's page, or what was refused beside what was typed.
async fn ended(by: &Signed, from: Date, done: Result<(), AppError>, typed: Typed) -> Answer {
    match done {
        Ok(()) => Ok(super::to(&path(from))),
        Err(error) if status(&error) == StatusCode::UNPROCESSABLE_ENTITY => {
            show(by, from, Some(error), typed, false).await
        }
        Err(error) => Err(Fault::new(&by.chrome, error)),
    }
}

async fn show(
    by: &Signed,
    day: Date,
    error: Option<AppError>,
    typed: Typed,
    running: bool,
) -> Answer {
    let v = by
        .call(move |app, actor| app.clearing_period(actor, day))
        .await?;
    let (code, problem) = match error {
        Some(error) => (status(&error), words(&by.chrome, &error)),
        None => (StatusCode::OK, String::new()),
    };
    let page = PeriodPage {
        c: &by.chrome,
        v: &v,
        f: &typed,
        problem,
        running,
    };
    Ok(html(code, &page))
}
