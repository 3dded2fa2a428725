//! 随访: a visit's follow-up form. The first press says what it comes to, the second records what was said;
//! what was changed in between is said again.

#![expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "templates pass arguments by reference"
)]

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use cunyi_app::AppError;
use cunyi_app::views::{FollowUpForm, FollowUpRow, FollowUpView, Outcome};
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::FollowUpClass;
use cunyi_domain::time::Moment;
use cunyi_followup::{Choice, Field, Judged, Kind, Problem, Said, UNMEASURED, Why, Wrong};

use crate::chrome::Chrome;
use crate::fault::{Answer, Fault, html, status, words};
use crate::form::Form;
use crate::session::{Posted, Signed};
use crate::words::Locale;

#[derive(Template)]
#[template(path = "follow_up.html")]
pub(crate) struct FollowUpPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) v: &'a FollowUpView,
    pub(crate) typed: &'a FollowUpForm,
    pub(crate) problems: &'a [Problem],
    /// What it comes to, once it could be classified.
    pub(crate) judged: Option<&'a Judged>,
    pub(crate) problem: String,
}

/// The same on paper.
#[derive(Template)]
#[template(path = "print_follow_up.html")]
pub(crate) struct FollowUpPaper<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) ui: &'a Chrome,
    pub(crate) v: &'a FollowUpView,
    pub(crate) printed_at: Moment,
}

/// In the language of the screen.
pub(crate) fn of<'a>(c: &Chrome, [zh, en]: &'a [String; 2]) -> &'a str {
    match c.locale {
        Locale::Zh => zh,
        Locale::En => en,
    }
}

/// What a button calls a form.
pub(crate) fn short(c: &Chrome, form: &str) -> String {
    c.label(crate::labels::FOLLOW_UPS, form)
}

/// A choice with the code that the form prints.
pub(crate) fn choice(c: &Chrome, choice: &Choice) -> String {
    let label = of(c, &choice.label);
    match choice.code.as_str() {
        "" => label.to_owned(),
        code => format!("{code} {label}"),
    }
}

/// An answer as it is read: choices by their codes and words, numbers with their unit.
pub(crate) fn shown(c: &Chrome, field: &Field, said: &Said) -> String {
    let text = said.get(&field.key).map_or("", String::as_str);
    if text == UNMEASURED {
        return c.t("follow-up-unmeasured");
    }
    match &field.kind {
        Kind::Choice(choices) | Kind::Choices(choices) => {
            let meanings: Vec<&str> = text.split_whitespace().collect();
            let chosen = choices
                .iter()
                .filter(|c| meanings.contains(&c.meaning.as_str()));
            let mut parts: Vec<String> = chosen.map(|one| choice(c, one)).collect();
            parts.extend(said.get(&field.words()).cloned());
            parts.join(" ")
        }
        Kind::Number { .. } if !text.is_empty() => format!("{text} {}", field.unit),
        _ => text.to_owned(),
    }
}

impl FollowUpPage<'_> {
    /// What stands in a field.
    pub(crate) fn said(&self, key: &str) -> &str {
        self.typed.said.get(key).map_or("", String::as_str)
    }

    /// What stands beside a choice.
    pub(crate) fn words(&self, field: &Field) -> &str {
        self.said(&field.words())
    }

    /// True if 未测 was said.
    pub(crate) fn unmeasured(&self, field: &Field) -> bool {
        ["-", UNMEASURED].contains(&self.said(&field.key))
    }

    /// True if it was taken over from the last follow-up.
    pub(crate) fn is_from_last(&self, field: &Field) -> bool {
        self.v.from_last.contains(&field.key)
    }

    /// What the visit knows and does not say for sure; empty where it does not.
    pub(crate) fn offer(&self, field: &Field) -> &str {
        self.v.offers.get(&field.key).map_or("", String::as_str)
    }

    /// True if a choice of several is ticked.
    pub(crate) fn ticked(&self, key: &str, meaning: &str) -> bool {
        self.said(key).split_whitespace().any(|one| one == meaning)
    }

    /// What is wrong with a field; empty where nothing is.
    pub(crate) fn wrong(&self, field: &Field) -> String {
        let found = self.problems.iter().find(|p| p.field == field.key);
        found.map_or_else(String::new, |problem| said_of(self.c, &problem.wrong))
    }

    /// The first field that is wrong has the cursor; else the first that is empty.
    pub(crate) fn focus(&self) -> &str {
        let empty = |f: &&Field| f.required && self.said(&f.key).is_empty() && f.derived.is_none();
        let first = self.problems.first().map(|p| p.field.as_str());
        let empty = self.v.form.fields.iter().find(empty);
        first.or(empty.map(|f| f.key.as_str())).unwrap_or_default()
    }

    /// True if it can be written by whoever reads it.
    pub(crate) fn open(&self) -> bool {
        self.v.open && self.c.may(cunyi_app::Action::Treat)
    }

    /// What the second press confirms.
    pub(crate) fn seen(&self) -> String {
        self.judged.map_or_else(String::new, seen)
    }

    /// The class of a recorded one, as the form calls it.
    pub(crate) fn class(&self, row: &FollowUpRow) -> String {
        class(self.c, self.v.form, &row.class)
    }

    /// Why it is classed so, one a line.
    pub(crate) fn reasons(&self, judged: &Judged) -> Vec<String> {
        let why = judged.verdict.why.iter().map(|why| self.reason(why));
        why.collect()
    }

    fn reason(&self, why: &Why) -> String {
        let (c, form) = (self.c, self.v.form);
        match why {
            Why::NotBelow {
                field,
                value,
                below,
            } => {
                let known = form.field(field);
                let places = known.map_or(0, Field::places);
                let number = |value| cunyi_domain::money::format_decimal(value, places, 0);
                let label = known.map_or("", |field| of(c, &field.label));
                let (value, below) = (number(*value), number(*below));
                format!(
                    "{label} {}",
                    c.t2("follow-up-not-below", "value", value, "below", below)
                )
            }
            Why::Adverse => c.t("follow-up-why-adverse"),
            Why::NewComplication => c.t("follow-up-why-new-complication"),
            Why::WorseComplication => c.t("follow-up-why-worse-complication"),
        }
    }

    /// Danger signs and measurements in words.
    pub(crate) fn dangers(&self, judged: &Judged) -> Vec<String> {
        let form = self.v.form;
        let signs = form.field("danger").map_or(&[][..], Field::choices);
        let name = |key: &String| {
            let sign = signs.iter().find(|sign| sign.meaning == *key);
            let field = form.field(key).map(|field| &field.label);
            let label = field.or(sign.map(|sign| &sign.label));
            label.map_or(String::new(), |label| of(self.c, label).to_owned())
        };
        judged.verdict.danger.iter().map(name).collect()
    }

    /// Why she is to be referred.
    pub(crate) fn referrals(&self, judged: &Judged) -> Vec<String> {
        let said = |referral: &cunyi_followup::Referral| {
            self.c.label(crate::labels::REFERRALS, referral.as_str())
        };
        judged.verdict.referral.iter().map(said).collect()
    }

    /// What treatment should still bring lower.
    pub(crate) fn above_target(&self, judged: &Judged) -> String {
        let label = |key: &String| self.v.form.field(key).map(|f| of(self.c, &f.label));
        let labels = judged.verdict.above_target.iter().filter_map(label);
        labels.collect::<Vec<_>>().join("、")
    }
}

impl FollowUpPaper<'_> {
    /// The form's own fields, or what was kept beside them.
    pub(crate) fn rows(&self, beside: bool) -> Vec<(&Field, String)> {
        let fields = self.v.form.fields.iter().filter(|f| f.beside == beside);
        fields.map(|field| (field, self.answer(field))).collect()
    }

    /// What does not apply is struck, never left empty (无空项).
    fn answer(&self, field: &Field) -> String {
        let shown = shown(self.c, field, &self.v.said);
        if shown.is_empty() {
            "/".to_owned()
        } else {
            shown
        }
    }

    /// The one that stands.
    pub(crate) fn stands(&self) -> Option<&FollowUpRow> {
        self.v.recorded.iter().find(|row| !row.corrected)
    }
}

/// The class as a form calls it.
pub(crate) fn class(c: &Chrome, form: &cunyi_followup::Form, class: &FollowUpClass) -> String {
    let choices = form.field("class").map_or(&[][..], Field::choices);
    let found = choices.iter().find(|one| one.meaning == class.as_str());
    found.map_or_else(String::new, |found| choice(c, found))
}

/// Class, day and referral: what was shown before it is recorded.
fn seen(judged: &Judged) -> String {
    let verdict = &judged.verdict;
    format!("{} {} {:?}", verdict.class, judged.next, verdict.referral)
}

/// What is wrong with an answer, and what to write.
fn said_of(c: &Chrome, wrong: &Wrong) -> String {
    match wrong {
        Wrong::Missing => c.t("follow-up-missing"),
        Wrong::Unmeasured => c.t("follow-up-must-measure"),
        Wrong::NoNumber { places } => c.t1("follow-up-no-number", "places", places),
        Wrong::OutOfRange { min, max } => c.t2("follow-up-range", "min", min, "max", max),
        Wrong::NoDate => c.t("follow-up-no-date"),
        Wrong::NoChoice => c.t("follow-up-no-choice"),
        Wrong::NoneAndMore => c.t("follow-up-none-and-more"),
        Wrong::NoWords => c.t("follow-up-no-words"),
        Wrong::BadText { most } => c.t1("follow-up-bad-text", "most", most),
        Wrong::NotAbove => c.t("follow-up-not-above"),
        Wrong::InFuture => c.t("follow-up-in-future"),
        Wrong::NotAfter => c.t("follow-up-not-after"),
        Wrong::TooLate { by } => c.t1("follow-up-too-late", "by", by),
    }
}

/// What was typed into a form's fields.
fn read(posted: &Form, form: &cunyi_followup::Form) -> FollowUpForm {
    let mut said = Said::new();
    for field in &form.fields {
        let text = match &field.kind {
            Kind::Choices(choices) => {
                let name = |one: &&Choice| posted.ticked(&format!("{}.{}", field.key, one.meaning));
                let ticked = choices.iter().filter(name).map(|one| one.meaning.as_str());
                ticked.collect::<Vec<_>>().join(" ")
            }
            _ => posted.text(&field.key),
        };
        said.insert(field.key.clone(), text);
        if field.wants_words() {
            said.insert(field.words(), posted.text(&field.words()));
        }
    }
    said.retain(|_, text| !text.is_empty());
    FollowUpForm {
        said,
        confirmed: posted.ticked("confirmed"),
        reason: posted.text("reason"),
    }
}

async fn view(by: &Signed, visit: &VisitId, form: &str) -> Result<FollowUpView, Fault> {
    let (visit, form) = (visit.clone(), form.to_owned());
    by.call(move |app, actor| app.follow_up(actor, &visit, &form))
        .await
}

/// `GET /visits/{id}/follow-up/{form}`
pub(crate) async fn page(by: Signed, Path((id, form)): Path<(String, String)>) -> Answer {
    let v = view(&by, &VisitId(id), &form).await?;
    let typed = FollowUpForm {
        said: v.said.clone(),
        ..FollowUpForm::default()
    };
    let page = FollowUpPage {
        c: &by.chrome,
        v: &v,
        typed: &typed,
        problems: &[],
        judged: None,
        problem: String::new(),
    };
    Ok(html(StatusCode::OK, &page))
}

/// `GET /visits/{id}/follow-up/{form}/print`
pub(crate) async fn print(by: Signed, Path((id, form)): Path<(String, String)>) -> Answer {
    let v = view(&by, &VisitId(id), &form).await?;
    let page = FollowUpPaper {
        c: &by.chrome.chinese(),
        ui: &by.chrome,
        v: &v,
        printed_at: by.chrome.now,
    };
    Ok(html(StatusCode::OK, &page))
}

/// `POST /visits/{id}/follow-up/{form}`: says what it comes to, or records what was said.
pub(crate) async fn save(
    Path((id, name)): Path<(String, String)>,
    Posted { by, form, .. }: Posted,
) -> Answer {
    let visit = VisitId(id);
    let v = view(&by, &visit, &name).await?;
    let typed = read(&form, v.form);
    let outcome = {
        let (visit, name, typed) = (visit.clone(), name.clone(), typed.clone());
        let seen_then = form.text("seen");
        let work = move |app: &cunyi_app::App, actor: &cunyi_app::Actor| {
            let looked = app.judge_follow_up(actor, &visit, &name, &typed.said)?;
            let agreed = matches!(&looked, Outcome::Judged(j) if seen(j) == seen_then);
            if agreed {
                app.record_follow_up(actor, &visit, &name, &typed)?;
            }
            Ok((looked, agreed))
        };
        by.ask(work).await
    };
    let (problems, judged, error) = match outcome {
        Ok((Outcome::Judged(_), true)) => {
            return Ok(super::to(&format!("/visits/{visit}/follow-up/{name}")));
        }
        Ok((Outcome::Judged(judged), false)) => (Vec::new(), Some(judged), None),
        Ok((Outcome::Problems(problems), _)) => (problems, None, None),
        Err(error @ AppError::Refused(_)) if status(&error) == StatusCode::UNPROCESSABLE_ENTITY => {
            (Vec::new(), None, Some(error))
        }
        Err(error) => return Err(Fault::new(&by.chrome, error)),
    };
    let problem = match &error {
        Some(error) => words(&by.chrome, error),
        None if problems.is_empty() => String::new(),
        None => by.chrome.t1("follow-up-problems", "n", problems.len()),
    };
    let code = if problem.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = FollowUpPage {
        c: &by.chrome,
        v: &v,
        typed: &typed,
        problems: &problems,
        judged: judged.as_ref(),
        problem,
    };
    Ok(html(code, &page))
}
