//! The pages, a file a room of the screen.

pub(crate) mod account;
pub(crate) mod clearing;
pub(crate) mod clinic;
pub(crate) mod computer;
pub(crate) mod courses;
pub(crate) mod day_sheets;
pub(crate) mod desk;
pub(crate) mod drafts;
pub(crate) mod follow;
pub(crate) mod follow_up;
pub(crate) mod follow_ups;
pub(crate) mod infusions;
pub(crate) mod layouts;
pub(crate) mod lists;
pub(crate) mod outpatient;
pub(crate) mod papers;
pub(crate) mod patients;
pub(crate) mod policies;
pub(crate) mod prescriptions;
pub(crate) mod queue;
pub(crate) mod receipts;
pub(crate) mod reconcile;
pub(crate) mod referrals;
pub(crate) mod refund;
pub(crate) mod reports;
pub(crate) mod settling;
pub(crate) mod sheets;
pub(crate) mod skin_tests;
pub(crate) mod templates;
#[cfg(test)]
mod tests;
pub(crate) mod uploads;
pub(crate) mod users;
pub(crate) mod workstation;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use cunyi_domain::ids::VisitId;
use cunyi_domain::refusal::Code;

use crate::fault::Fault;
use crate::session::Guest;

/// Every address that is no page.
pub(crate) async fn not_found(guest: Guest) -> Response {
    Fault::refused(&guest.chrome, Code::NotFound).into_response()
}

/// An address that is no page by this method: a form's address opened as a page.
pub(crate) async fn not_allowed(guest: Guest) -> Response {
    let mut response = Fault::refused(&guest.chrome, Code::NotFound).into_response();
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response
}

/// To one of our pages, after a post.
pub(crate) fn to(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// To a visit's page, after a post.
pub(crate) fn to_visit(visit: &VisitId) -> Response {
    Redirect::to(&visit_path(visit)).into_response()
}

/// The address of a visit's page.
pub(crate) fn visit_path(visit: &VisitId) -> String {
    format!("/visits/{visit}")
}
