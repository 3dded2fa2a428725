//! Signing in and out, the language, and the set-up of an empty database.

#![expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "templates pass arguments by reference"
)]

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use cunyi_app::{Actor, App, AppError, NewUser, PasswordForm, SetupForm};
use cunyi_domain::refusal::{Code, Refusal};

use crate::WebOptions;
use crate::chrome::Chrome;
use crate::computer::Computer;
use crate::fault::{Answer, Fault, html, status, words};
use crate::form::Form;
use crate::session::{Guest, GuestForm, Posted, Signed, blocking, set_cookie};
use crate::words::Locale;

#[derive(Template)]
#[template(path = "login.html")]
pub(crate) struct LoginPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) options: &'a WebOptions,
    pub(crate) login: &'a str,
    pub(crate) problem: String,
}

/// `GET /login`
pub(crate) async fn login(guest: Guest) -> Answer {
    let installed = blocking(&guest.web, App::installed).await;
    if !installed.map_err(|error| Fault::new(&guest.chrome, error))? {
        return Ok(Redirect::to("/setup").into_response());
    }
    let (options, problem) = (&guest.web.options, String::new());
    Ok(html(
        StatusCode::OK,
        &LoginPage {
            c: &guest.chrome,
            options,
            login: "",
            problem,
        },
    ))
}

/// `POST /login`
pub(crate) async fn sign_in(GuestForm { by, form }: GuestForm) -> Response {
    let (login, password) = (form.text("login"), form.get("password").to_owned());
    let locale = by.chrome.locale;
    let name = login.clone();
    let signed = blocking(&by.web, move |app| {
        let token = app.sign_in(&name, &password)?;
        if locale != Locale::Zh {
            app.set_locale(&token, locale.tag())?;
        }
        Ok(token)
    });
    match signed.await {
        Ok(token) => {
            let cookie = set_cookie(by.web.options.secure_cookies, &token);
            ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response()
        }
        Err(error) => {
            let problem = words(&by.chrome, &error);
            let options = &by.web.options;
            let page = LoginPage {
                c: &by.chrome,
                options,
                login: &login,
                problem,
            };
            html(status(&error), &page)
        }
    }
}

/// `POST /logout`
pub(crate) async fn sign_out(Posted { by, .. }: Posted) -> Answer {
    let token = by.token.clone();
    by.call(move |app, _| app.sign_out(&token)).await?;
    let cookie = set_cookie(by.web.options.secure_cookies, "");
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/login")).into_response())
}

/// `POST /locale`
pub(crate) async fn set_locale(Posted { by, form, .. }: Posted) -> Answer {
    let (token, locale) = (by.token.clone(), form.text("locale"));
    by.call(move |app, _| app.set_locale(&token, &locale))
        .await?;
    Ok(back(&form))
}

/// `POST /type`: large type or the usual one, on this computer.
pub(crate) async fn set_type(Posted { by, form, .. }: Posted) -> Answer {
    let computer = Computer {
        large: form.ticked("large"),
        ..by.chrome.computer
    };
    let cookies = computer
        .cookies()
        .map(|cookie| (header::SET_COOKIE, cookie));
    Ok((AppendHeaders(cookies), back(&form)).into_response())
}

/// To where a form was posted from: only a path of ours, neither another host nor a scheme.
fn back(form: &Form) -> Response {
    let path = form.get("back");
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-".contains(&b);
    let own = path.starts_with('/') && !path.starts_with("//") && path.bytes().all(plain);
    Redirect::to(if own { path } else { "/" }).into_response()
}

#[derive(Template)]
#[template(path = "password.html")]
pub(crate) struct PasswordPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) problem: String,
    pub(crate) done: bool,
}

/// `GET /password`: one's own.
pub(crate) async fn password(by: Signed) -> Response {
    let page = PasswordPage {
        c: &by.chrome,
        problem: String::new(),
        done: false,
    };
    html(StatusCode::OK, &page)
}

/// `POST /password`
pub(crate) async fn change_password(Posted { by, form, .. }: Posted) -> Response {
    let typed = PasswordForm {
        old: form.get("old").to_owned(),
        new: form.get("password").to_owned(),
        again: form.get("again").to_owned(),
    };
    let token = by.token.clone();
    let change = move |app: &App, actor: &Actor| app.change_password(actor, &token, &typed);
    let (status, problem) = match by.ask(change).await {
        Ok(()) => (StatusCode::OK, String::new()),
        Err(error) => (status(&error), words(&by.chrome, &error)),
    };
    let page = PasswordPage {
        c: &by.chrome,
        done: status == StatusCode::OK,
        problem,
    };
    html(status, &page)
}

#[derive(Template)]
#[template(path = "setup.html")]
pub(crate) struct SetupPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) f: &'a SetupForm,
    pub(crate) problem: String,
}

/// `GET /setup`: only while nothing is installed.
pub(crate) async fn setup(guest: Guest) -> Answer {
    let installed = blocking(&guest.web, App::installed).await;
    if installed.map_err(|error| Fault::new(&guest.chrome, error))? {
        return Ok(Redirect::to("/login").into_response());
    }
    let form = SetupForm {
        slot: "0".to_owned(),
        ..SetupForm::default()
    };
    Ok(html(
        StatusCode::OK,
        &SetupPage {
            c: &guest.chrome,
            f: &form,
            problem: String::new(),
        },
    ))
}

/// `POST /setup`
pub(crate) async fn install(GuestForm { by, form }: GuestForm) -> Response {
    let setup = setup_form(&form);
    let asked = setup.clone();
    match blocking(&by.web, move |app| app.install(&asked)).await {
        Ok(_)
        | Err(AppError::Refused(Refusal {
            code: Code::WrongState,
            ..
        })) => Redirect::to("/login").into_response(),
        Err(error) => {
            let problem = words(&by.chrome, &error);
            html(
                status(&error),
                &SetupPage {
                    c: &by.chrome,
                    f: &setup,
                    problem,
                },
            )
        }
    }
}

fn setup_form(form: &Form) -> SetupForm {
    let user = |prefix: &str, role: &str| NewUser {
        login: form.text(&format!("{prefix}_login")),
        name: form.text(&format!("{prefix}_name")),
        role: role.to_owned(),
        national_code: form.text(&format!("{prefix}_code")),
        password: form.get(&format!("{prefix}_password")).to_owned(),
    };
    let policies = form
        .list("policies")
        .into_iter()
        .filter(|text| !text.trim().is_empty());
    SetupForm {
        clinic_name: form.text("clinic_name"),
        institution_code: form.text("institution_code"),
        institution_name: form.text("institution_name"),
        level: form.text("level"),
        slot: form.text("slot"),
        region: form.get("region").to_owned(),
        policies: policies.map(str::to_owned).collect(),
        administrator: user("administrator", "administrator"),
        users: vec![user("doctor", "doctor")],
        fictional: false,
    }
}

impl SetupPage<'_> {
    /// The doctor as typed.
    pub(crate) fn doctor(&self) -> NewUser {
        self.f.users.first().cloned().unwrap_or_default()
    }

    /// A policy file as typed.
    pub(crate) fn policy(&self, place: &usize) -> &str {
        self.f.policies.get(*place).map_or("", String::as_str)
    }
}
