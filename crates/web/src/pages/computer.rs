//! What is chosen on a computer: large type, the printer's paper, the function keys.

use askama::Template;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse};
use cunyi_domain::refusal::{Code, Refusal};

use crate::chrome::Chrome;
use crate::computer::{Computer, Keys, Rolls, TAKEN};
use crate::fault::{Answer, html};
use crate::form::Form;
use crate::session::{Posted, Signed};

/// What the keys do, in the order of [`TAKEN`].
const MEANINGS: [&[&str]; TAKEN.len()] = [
    &["quick-visit"],
    &["save"],
    &["clear"],
    &["register-and-wait", "why"],
    &["as-last-time"],
    &["key-next"],
    &["template", "print"],
    &["key-follow-up"],
];

/// As it was typed.
pub(crate) struct Typed {
    pub(crate) large: bool,
    pub(crate) contrast: bool,
    pub(crate) rolls: Rolls,
    pub(crate) keys: [String; TAKEN.len()],
}

#[derive(Template)]
#[template(path = "computer.html")]
pub(crate) struct ComputerPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) problem: String,
    pub(crate) done: bool,
    pub(crate) f: Typed,
}

impl ComputerPage<'_> {
    /// Each key's usual name, what it does, and what was chosen for it.
    fn keys(&self) -> Vec<(&str, String, &str)> {
        let rows = TAKEN.iter().zip(MEANINGS).zip(&self.f.keys);
        let words = |keys: &[&str]| keys.iter().map(|key| self.c.t(key)).collect::<Vec<_>>();
        rows.map(|((usual, keys), chosen)| (*usual, words(keys).join(" / "), chosen.as_str()))
            .collect()
    }

    fn is_twice(&self, chosen: &str) -> bool {
        !chosen.is_empty()
            && self
                .f
                .keys
                .iter()
                .filter(|key| key.as_str() == chosen)
                .count()
                > 1
    }
}

impl Typed {
    fn of(form: &Form) -> Self {
        Self {
            large: form.ticked("large"),
            contrast: form.ticked("contrast"),
            rolls: Rolls::chosen(|paper| form.ticked(&format!("roll.{paper}"))),
            keys: TAKEN.map(|usual| form.text(&format!("key.{usual}"))),
        }
    }

    pub(crate) fn in_force(computer: &Computer) -> Self {
        Self {
            large: computer.large,
            contrast: computer.contrast,
            rolls: computer.rolls,
            keys: TAKEN.map(|usual| computer.keys.of(usual).to_owned()),
        }
    }

    fn accepted(&self) -> Result<Computer, Refusal> {
        let keys = Keys::chosen(self.keys.each_ref().map(String::as_str));
        let keys = keys.map_err(|twice| match twice {
            Some(key) => Refusal::new(Code::KeyTwice).with("key", key),
            None => Refusal::new(Code::BadForm),
        })?;
        Ok(Computer {
            large: self.large,
            contrast: self.contrast,
            rolls: self.rolls,
            keys,
        })
    }
}

/// `GET /computer`
pub(crate) async fn page(by: Signed) -> Answer {
    let f = Typed::in_force(&by.chrome.computer);
    Ok(show(&by.chrome, StatusCode::OK, (String::new(), false), f))
}

fn show(
    c: &Chrome,
    status: StatusCode,
    (problem, done): (String, bool),
    f: Typed,
) -> axum::response::Response {
    html(
        status,
        &ComputerPage {
            c,
            problem,
            done,
            f,
        },
    )
}

/// `POST /computer`: answers with the page as it is from now on.
pub(crate) async fn set(Posted { by, form, .. }: Posted) -> Answer {
    let f = match form.get("then") {
        "usual" => Typed::in_force(&Computer::default()),
        _ => Typed::of(&form),
    };
    match f.accepted() {
        Ok(computer) => {
            let chrome = Chrome {
                computer,
                ..(*by.chrome).clone()
            };
            let page = show(&chrome, StatusCode::OK, (String::new(), true), f);
            let cookies = computer.cookies();
            let cookies =
                cookies.map(|cookie| -> (HeaderName, String) { (header::SET_COOKIE, cookie) });
            Ok((AppendHeaders(cookies), page).into_response())
        }
        Err(refusal) => {
            let told = (by.chrome.refusal(&refusal), false);
            Ok(show(&by.chrome, StatusCode::UNPROCESSABLE_ENTITY, told, f))
        }
    }
}
