//! Chronic-disease follow-up 慢病随访: the forms as versioned data, what was answered, and one function that
//! classifies it. No database, clock or network: who records it brings the day.
//!
//! What is stored is a choice's meaning; the code that a form prints for it stands in the form's file alone.

mod classify;
mod file;
mod form;
mod read;

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

pub use classify::{Class, Previous, Referral, Seen, Unclassified, Verdict, Why};
pub use form::{Choice, Danger, Derived, DrugPart, Field, Form, Kind, Purpose, Source, Threshold};
pub use read::{Answer, Answers, Judged, Problem, Problems, Said, UNMEASURED, Wrong};

static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    let files = [
        include_str!("../forms/hypertension-2017.toml"),
        include_str!("../forms/diabetes-2017.toml"),
    ];
    let read = |text| Form::parse(text).expect("the forms of the program are read in a test");
    files.into_iter().map(read).collect()
});

/// Every edition of every form.
pub fn forms() -> &'static [Form] {
    &FORMS
}

/// The edition of a form that holds on a day.
pub fn form_on(id: &str, day: cunyi_domain::time::civil::Date) -> Option<&'static Form> {
    let forms = FORMS.iter().filter(|f| f.id == id && f.valid_from <= day);
    forms.max_by_key(|form| form.valid_from)
}

/// An edition by its name, for what was recorded under it.
pub fn edition(id: &str, edition: &str) -> Option<&'static Form> {
    FORMS.iter().find(|f| f.id == id && f.edition == edition)
}
