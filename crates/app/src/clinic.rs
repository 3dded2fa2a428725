//! What a clinic says of itself: its name, telephone and address on papers, and the codes by which it is paid (收款码).
//! Its institution code, level and slot are agreed with the insurance and stand since it was installed.

use cunyi_domain::refusal::Code;
use cunyi_domain::row::Field;
use cunyi_store::Tx;
use cunyi_store::reference::{Clinic, Level};

use crate::App;
use crate::error::{AppError, Result, refuse_at};
use crate::install::written;
use crate::own_text::{self, Named};
use crate::patient::bounded;
use crate::permission::Action;
use crate::views::{Actor, ClinicData, ClinicView, PayCode};

/// The text that holds it.
const TEXT: Named = Named {
    what: "clinic",
    name: "clinic",
};
/// Most 收款码 of a clinic.
pub const PAY_CODES: usize = 3;
/// Bytes of what a 收款码 says: more makes a code that a telephone cannot read from a screen.
const MOST_CODE: usize = 300;

impl App {
    /// What the administrator may change, beside what stands.
    pub fn clinic(&self, actor: &Actor) -> Result<ClinicView> {
        actor.must(Action::Administer)?;
        let setup = self.setup(&actor.clinic)?;
        let clinic = &setup.clinic;
        Ok(ClinicView {
            institution_code: clinic.institution_code.clone(),
            institution_name: clinic.institution_name.clone(),
            township: clinic.level == Level::Township,
            data: (*setup.data).clone(),
        })
    }

    /// Changes what the clinic says of itself. What was printed stays as it was printed.
    ///
    /// # Errors
    /// Refused where the name is missing, a text is too long, or a 收款码 has a name without a code or the reverse.
    pub fn set_clinic(&self, actor: &Actor, form: &ClinicData) -> Result<()> {
        actor.must(Action::Administer)?;
        let data = ClinicData {
            name: written(&form.name, "clinic_name", 60)?,
            phone: bounded(&form.phone, "clinic_phone", 30)?,
            address: bounded(&form.address, "clinic_address", 100)?,
            record: form.record.clone(),
            pay_codes: pay_codes(&form.pay_codes)?,
        };
        let text = serde_json::to_string(&data).map_err(|e| AppError::Failed(e.to_string()))?;
        self.write(actor, "set_clinic", |w| {
            let values = vec![
                data.name.clone().into_value(),
                actor.clinic.clone().into_value(),
            ];
            w.tx.execute("UPDATE clinic SET name = ? WHERE clinic = ?", values)?;
            own_text::set(w, TEXT, &text)
        })?;
        self.forget_setup(&actor.clinic);
        Ok(())
    }
}

/// What was typed, without the rows that are empty.
fn pay_codes(typed: &[PayCode]) -> Result<Vec<PayCode>> {
    let mut codes = Vec::new();
    for code in typed {
        let name = bounded(&code.name, "pay_name", 10)?;
        let content = code.content.trim();
        if name.is_empty() && content.is_empty() {
            continue;
        }
        if name.is_empty() {
            return refuse_at(Code::Missing, "pay_name");
        }
        if content.is_empty() {
            return refuse_at(Code::Missing, "pay_content");
        }
        if content.len() > MOST_CODE || content.chars().any(char::is_control) {
            return refuse_at(Code::BadText, "pay_content");
        }
        codes.push(PayCode {
            name,
            content: content.to_owned(),
        });
    }
    if codes.len() > PAY_CODES {
        return refuse_at(Code::TooLarge, "pay_name");
    }
    Ok(codes)
}

/// What a clinic says of itself; its name alone where nobody has said more.
pub(crate) fn data(tx: &mut Tx<'_>, clinic: &Clinic) -> Result<ClinicData> {
    let Some(file) = own_text::in_force(tx, &clinic.clinic, TEXT)? else {
        return Ok(ClinicData {
            name: clinic.name.clone(),
            ..ClinicData::default()
        });
    };
    serde_json::from_str(&file.content).map_err(|e| AppError::Failed(e.to_string()))
}
