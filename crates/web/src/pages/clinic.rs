//! What the clinic says of itself: a page of the administrator.

use askama::Template;
use axum::http::StatusCode;
use cunyi_app::PAY_CODES;
use cunyi_app::views::{ClinicData, ClinicView, FieldUse, PayCode, RecordField, RecordFields};

use crate::chrome::Chrome;
use crate::fault::{Answer, Fault, html, status, words};
use crate::form::Form;
use crate::session::{Posted, Signed};

#[derive(Template)]
#[template(path = "clinic.html")]
pub(crate) struct ClinicPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) v: &'a ClinicView,
    /// As it was typed, or as it stands.
    pub(crate) f: ClinicData,
    pub(crate) problem: String,
    pub(crate) done: bool,
}

impl ClinicPage<'_> {
    /// What becomes of a field of the record.
    fn used(&self, field: &str) -> &'static str {
        let field = RecordField::from_text(field);
        field.map_or("", |field| self.f.record.of(field).as_str())
    }

    /// The 收款码 with the empty rows for more.
    fn codes(&self) -> Vec<PayCode> {
        let empty = std::iter::repeat_with(PayCode::default);
        let typed = self.f.pay_codes.iter().cloned();
        typed.chain(empty).take(PAY_CODES).collect()
    }
}

/// `GET /clinic`
pub(crate) async fn page(by: Signed) -> Answer {
    let v = by.call(cunyi_app::App::clinic).await?;
    let page = ClinicPage {
        c: &by.chrome,
        f: v.data.clone(),
        v: &v,
        problem: String::new(),
        done: false,
    };
    Ok(html(StatusCode::OK, &page))
}

/// `POST /clinic`
pub(crate) async fn set(Posted { by, form, .. }: Posted) -> Answer {
    let typed = typed(&form);
    let data = typed.clone();
    let done = by.ask(move |app, actor| app.set_clinic(actor, &data)).await;
    let problem = match done {
        Ok(()) => String::new(),
        Err(error) if status(&error) == StatusCode::UNPROCESSABLE_ENTITY => {
            words(&by.chrome, &error)
        }
        Err(error) => return Err(Fault::new(&by.chrome, error)),
    };
    let v = by.call(cunyi_app::App::clinic).await?;
    let refused = !problem.is_empty();
    let page = ClinicPage {
        c: &by.chrome,
        f: if refused { typed } else { v.data.clone() },
        v: &v,
        problem,
        done: !refused,
    };
    let status = if refused {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    Ok(html(status, &page))
}

fn typed(form: &Form) -> ClinicData {
    let code = |n: usize| PayCode {
        name: form.text(&format!("pay_name.{n}")),
        content: form.text(&format!("pay_content.{n}")),
    };
    let field = |field: &RecordField| {
        let said = FieldUse::from_text(form.get(&format!("record.{field}")))?;
        Some((*field, said))
    };
    ClinicData {
        record: RecordFields(RecordField::ALL.iter().filter_map(field).collect()),
        name: form.text("clinic_name"),
        phone: form.text("clinic_phone"),
        address: form.text("clinic_address"),
        pay_codes: (0..PAY_CODES).map(code).collect(),
    }
}
