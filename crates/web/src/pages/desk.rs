//! The desk: identify the patient with the insurance centre, or take her details, and register.

#![expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "templates pass arguments by reference"
)]

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use cunyi_app::views::{DoctorView, Identified, IdentifyForm, PatientForm, RegisterForm};
use cunyi_app::{Actor, App, AppError};
use cunyi_domain::ids::{PatientId, VisitId};
use cunyi_domain::ledger::VisitState;
use cunyi_domain::refusal::Code;

use super::queue::Queue;
use super::{patients, visit_path};
use crate::chrome::Chrome;
use crate::fault::{Answer, Fault, html, status, words};
use crate::jobs::{Key, Outcome, Place, Standing, What};
use crate::session::{Posted, Signed};

#[derive(Template)]
#[template(path = "identify.html")]
pub(crate) struct IdentifyPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) q: &'a Queue,
    pub(crate) f: &'a IdentifyForm,
    pub(crate) problem: String,
}

#[derive(Template)]
#[template(path = "identified.html")]
pub(crate) struct IdentifiedPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) q: &'a Queue,
    pub(crate) i: &'a Identified,
    pub(crate) f: &'a RegisterForm,
    pub(crate) problem: String,
}

#[derive(Template)]
#[template(path = "waiting.html")]
pub(crate) struct WaitingPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) q: &'a Queue,
}

#[derive(Template)]
#[template(path = "self_pay.html")]
pub(crate) struct SelfPayPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) q: &'a Queue,
    pub(crate) f: &'a PatientForm,
    pub(crate) with: &'a RegisterForm,
    pub(crate) doctors: &'a [DoctorView],
    pub(crate) problem: String,
}

impl IdentifiedPage<'_> {
    /// True if this coverage is ticked: what was chosen, or else what is proposed.
    pub(crate) fn ticked(&self, place: &usize) -> bool {
        match self.f.coverage.parse::<usize>() {
            Ok(chosen) => chosen == *place,
            Err(_) => !self.self_pay() && self.i.proposed == Some(*place),
        }
    }

    /// True if self-pay is ticked.
    pub(crate) fn self_pay(&self) -> bool {
        self.f.self_pay || !self.i.coverages.iter().any(|c| c.in_force && c.local)
    }
}

fn desk(by: &Signed) -> Place {
    by.job(Key::Desk(by.session.actor.user.clone()))
}

/// `GET /identify`
pub(crate) async fn page(by: Signed) -> Answer {
    let f = IdentifyForm {
        certificate: "02".to_owned(),
        typed: true,
        ..IdentifyForm::default()
    };
    let q = Queue::rail(&by).await?;
    let (c, f, problem) = (&*by.chrome, &f, String::new());
    let page = IdentifyPage {
        c,
        q: &q,
        f,
        problem,
    };
    Ok(html(StatusCode::OK, &page))
}

/// `POST /identify`
pub(crate) async fn identify(Posted { by, form, what }: Posted) -> Answer {
    identified_by(by, form.identify(), what).await
}

/// `POST /find`: the queue's field. A certificate identifies, words search.
pub(crate) async fn find(Posted { by, form, what }: Posted) -> Answer {
    let (text, typed) = (form.certificate("query"), form.get("source") != "reader");
    match IdentifyForm::scanned(&text, typed) {
        Some(form) => identified_by(by, form, what).await,
        None => patients::found(by, form.text("query")).await,
    }
}

/// `POST /patients/{id}/identify`: who was found by her name is identified by the number that is known of her.
pub(crate) async fn identify_known(
    Path(id): Path<String>,
    Posted { by, what, .. }: Posted,
) -> Answer {
    let known = move |app: &App, actor: &Actor| app.known_certificate(actor, &PatientId(id));
    let form = by.call(known).await?;
    identified_by(by, form, what).await
}

async fn identified_by(by: Signed, form: IdentifyForm, what: What) -> Answer {
    let (app, actor, asked) = (by.web.app.clone(), by.session.actor.clone(), form.clone());
    let work = move || match app.identify(&actor, &asked) {
        Ok(identified) => Outcome::Identified(Box::new(identified)),
        Err(error) => Outcome::NotIdentified(Box::new(asked), error),
    };
    match by.web.jobs.run(&desk(&by), what, work).await {
        Ok(standing) => show(&by, standing).await,
        Err(refusal) => ended(&by, Outcome::NotIdentified(Box::new(form), refusal.into())).await,
    }
}

/// `GET /identify/wait`: the page that follows slow work at the desk.
pub(crate) async fn wait(by: Signed) -> Answer {
    let standing = by.web.jobs.look(&desk(&by));
    show(&by, standing).await
}

async fn show(by: &Signed, standing: Standing) -> Answer {
    match standing {
        Standing::Nothing => Ok(Redirect::to("/identify").into_response()),
        Standing::Running => {
            let q = Queue::rail(by).await?;
            let c = &*by.chrome;
            Ok(html(StatusCode::OK, &WaitingPage { c, q: &q }))
        }
        Standing::Ended(outcome) => ended(by, outcome).await,
    }
}

async fn ended(by: &Signed, outcome: Outcome) -> Answer {
    let (c, problem) = (&*by.chrome, String::new());
    let q = &Queue::rail(by).await?;
    Ok(match outcome {
        Outcome::Goto(path) => Redirect::to(&path).into_response(),
        Outcome::Failed(error, _) => return Err(Fault::new(&by.chrome, error)),
        Outcome::Identified(i) => {
            by.web.jobs.remember(&desk(by), (*i).clone());
            let handle = i.handle.clone();
            let f = RegisterForm {
                handle,
                ..RegisterForm::default()
            };
            let (i, f) = (&*i, &f);
            html(
                StatusCode::OK,
                &IdentifiedPage {
                    c,
                    q,
                    i,
                    f,
                    problem,
                },
            )
        }
        Outcome::NotIdentified(f, error) => {
            let (f, problem) = (&*f, words(c, &error));
            html(status(&error), &IdentifyPage { c, q, f, problem })
        }
        Outcome::NotRegistered(f, error) => {
            let Some(i) = by.web.jobs.remembered(&desk(by), &f.handle) else {
                return Err(Fault::new(&by.chrome, error));
            };
            let problem = words(c, &error);
            let (i, f) = (&i, &*f);
            html(
                status(&error),
                &IdentifiedPage {
                    c,
                    q,
                    i,
                    f,
                    problem,
                },
            )
        }
    })
}

/// `POST /register`
pub(crate) async fn register(Posted { by, form, what }: Posted) -> Answer {
    let form = form.register();
    let (app, actor, asked) = (by.web.app.clone(), by.session.actor.clone(), form.clone());
    let work = move || match app.register(&actor, &asked) {
        Ok(visit) => Outcome::Goto(visit_path(&visit)),
        Err(error) => Outcome::NotRegistered(Box::new(asked), error),
    };
    match by.web.jobs.run(&desk(&by), what, work).await {
        Ok(standing) => show(&by, standing).await,
        Err(refusal) => ended(&by, Outcome::NotRegistered(Box::new(form), refusal.into())).await,
    }
}

/// To the visit's page; straight into the chair if the doctor wants so. That this fails is no
/// reason to lose the registration: the visit then waits.
fn seat(app: &App, actor: &Actor, visit: &VisitId, see: bool) -> Outcome {
    if see && let Err(AppError::Failed(what)) = app.move_visit(actor, visit, VisitState::Seeing) {
        tracing::error!(error = what, "a registered visit stays in the queue");
    }
    Outcome::Goto(visit_path(visit))
}

/// `GET /self-pay`
pub(crate) async fn self_pay_page(by: Signed) -> Answer {
    let (patient, with) = (PatientForm::default(), RegisterForm::default());
    self_pay_form(&by, (&patient, &with), None).await
}

/// The form, with why it was refused.
async fn self_pay_form(
    by: &Signed,
    (f, with): (&PatientForm, &RegisterForm),
    refused: Option<AppError>,
) -> Answer {
    let (doctors, q) = (by.call(App::doctors).await?, Queue::rail(by).await?);
    let code = refused.as_ref().map_or(StatusCode::OK, status);
    let problem = refused.map(|error| words(&by.chrome, &error));
    let page = SelfPayPage {
        c: &by.chrome,
        q: &q,
        f,
        with,
        doctors: &doctors,
        problem: problem.unwrap_or_default(),
    };
    Ok(html(code, &page))
}

/// `POST /self-pay`: registers; from a card that was refused it only opens the form with her number in it.
pub(crate) async fn self_pay(Posted { by, form, .. }: Posted) -> Answer {
    let (patient, with) = (form.patient(), form.register());
    if form.get("then") == "begin" {
        return self_pay_form(&by, (&patient, &with), None).await;
    }
    let see = form.get("then") == "see";
    let (asked, proxy) = (patient.clone(), with.clone());
    let done = by.ask(move |app, actor| {
        let visit = app.register_self_pay(actor, &asked, &proxy)?;
        Ok(seat(app, actor, &visit, see))
    });
    match done.await {
        Ok(Outcome::Goto(path)) => Ok(Redirect::to(&path).into_response()),
        Ok(_) => Err(Fault::refused(&by.chrome, Code::NotFound)),
        Err(error) => self_pay_form(&by, (&patient, &with), Some(error)).await,
    }
}
