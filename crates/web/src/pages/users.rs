//! Who may sign in: a page of the administrator.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use cunyi_app::views::UserView;
use cunyi_app::{Actor, App, AppError, LicenceForm, NewUser};
use cunyi_domain::ids::UserId;
use cunyi_domain::ledger::Right;

use crate::chrome::Chrome;
use crate::fault::{Answer, Fault, html, status, words};
use crate::labels::{Labels, ROLES};
use crate::session::{Posted, Signed};

#[derive(Template)]
#[template(path = "users.html")]
pub(crate) struct UsersPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) users: &'a [UserView],
    /// What was typed for a new one; never the password.
    pub(crate) f: &'a NewUser,
    pub(crate) roles: Labels,
    /// What the clinic is granted.
    pub(crate) clinic: &'a [Right],
    pub(crate) problem: String,
    pub(crate) done: String,
}

/// What the page shows besides the users.
#[derive(Default)]
struct Said {
    status: StatusCode,
    typed: NewUser,
    problem: String,
    done: String,
}

/// `GET /users`
pub(crate) async fn page(by: Signed) -> Answer {
    show(&by, Said::default()).await
}

async fn show(by: &Signed, said: Said) -> Answer {
    let users = by.call(cunyi_app::App::users).await?;
    let clinic = by.call(cunyi_app::App::clinic_rights).await?;
    let page = UsersPage {
        c: &by.chrome,
        users: &users,
        f: &said.typed,
        roles: ROLES,
        clinic: &clinic,
        problem: said.problem,
        done: said.done,
    };
    Ok(html(said.status, &page))
}

async fn after(by: &Signed, done: Result<(), AppError>, good: String, typed: NewUser) -> Answer {
    let said = match done {
        Ok(()) => Said {
            done: good,
            ..Said::default()
        },
        Err(error) if status(&error) == StatusCode::UNPROCESSABLE_ENTITY => Said {
            status: status(&error),
            problem: words(&by.chrome, &error),
            typed,
            ..Said::default()
        },
        Err(error) => return Err(Fault::new(&by.chrome, error)),
    };
    show(by, said).await
}

/// `POST /users`
pub(crate) async fn add(Posted { by, form, .. }: Posted) -> Answer {
    let typed = NewUser {
        login: form.text("login"),
        name: form.text("name"),
        role: form.text("role"),
        national_code: form.text("national_code"),
        password: String::new(),
    };
    let new = NewUser {
        password: form.get("password").to_owned(),
        ..typed.clone()
    };
    let done = by.ask(move |app, actor| app.add_user(actor, &new)).await;
    let good = by.chrome.t1("user-added", "login", &typed.login);
    after(&by, done, good, typed).await
}

/// Changes a user, and says that it is done.
async fn change<W>(by: &Signed, work: W) -> Answer
where
    W: FnOnce(&App, &Actor) -> Result<(), AppError> + Send + 'static,
{
    let done = by.ask(work).await;
    let good = by.chrome.t("user-changed");
    after(by, done, good, NewUser::default()).await
}

/// `POST /users/{id}/active`
pub(crate) async fn set_active(Path(id): Path<String>, Posted { by, form, .. }: Posted) -> Answer {
    let (id, active) = (UserId(id), form.get("to") == "active");
    change(&by, move |app, actor| {
        app.set_user_active(actor, &id, active)
    })
    .await
}

/// `POST /users/{id}/licence`
pub(crate) async fn set_licence(Path(id): Path<String>, Posted { by, form, .. }: Posted) -> Answer {
    let id = UserId(id);
    let written = LicenceForm {
        national_code: form.text("national_code"),
        until: form.text("licence_until"),
    };
    change(&by, move |app, actor| app.set_licence(actor, &id, &written)).await
}

/// `POST /users/{id}/password`
pub(crate) async fn set_password(
    Path(id): Path<String>,
    Posted { by, form, .. }: Posted,
) -> Answer {
    let (id, password) = (UserId(id), form.get("password").to_owned());
    change(&by, move |app, actor| {
        app.reset_password(actor, &id, &password)
    })
    .await
}

/// `POST /rights`: what a doctor is granted, or where none is named, the clinic.
pub(crate) async fn set_rights(Posted { by, form, .. }: Posted) -> Answer {
    let doctor = Some(form.text("doctor")).filter(|id| !id.is_empty());
    let doctor = doctor.map(UserId);
    let ticked = |right: &&Right| form.ticked(&format!("right.{right}"));
    let rights: Vec<Right> = Right::ALL.iter().filter(ticked).copied().collect();
    let done = by
        .ask(move |app, actor| app.set_rights(actor, doctor.as_ref(), &rights))
        .await;
    let good = by.chrome.t("rights-changed");
    after(&by, done, good, NewUser::default()).await
}

/// The rights, each with whether it is among these.
pub(crate) fn rights(granted: &[Right]) -> Vec<(Right, bool)> {
    let all = Right::ALL.iter();
    all.map(|right| (*right, granted.contains(right))).collect()
}
