//! Everything that can be asked for, in one table.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::pages::{account, desk, drafts, follow, lists, papers, patients, workstation};
use crate::{Web, assets};

macro_rules! routes {
    ($($method:ident $path:literal => $handler:path,)+) => {
        /// Method and path of every page and endpoint. `{id}` stands for an id.
        pub const ROUTES: &[(&str, &str)] = &[$((stringify!($method), $path),)+];

        pub(crate) fn routes() -> Router<Arc<Web>> {
            Router::new()$(.route($path, $method($handler)))+
        }
    };
}

routes! {
    get "/assets/{file}" => assets::get,
    // Account
    get "/login" => account::login,
    post "/login" => account::sign_in,
    post "/logout" => account::sign_out,
    post "/locale" => account::set_locale,
    get "/setup" => account::setup,
    post "/setup" => account::install,
    // Desk: identify, register
    get "/identify" => desk::page,
    post "/identify" => desk::identify,
    get "/identify/wait" => desk::wait,
    post "/register" => desk::register,
    get "/self-pay" => desk::self_pay_page,
    post "/self-pay" => desk::self_pay,
    // Workstation
    get "/" => workstation::home,
    get "/visits/{id}" => workstation::visit,
    post "/visits/{id}/draft" => drafts::save,
    post "/visits/{id}/preview" => drafts::preview,
    post "/visits/{id}/clear" => drafts::clear,
    post "/visits/{id}/as-last-time" => drafts::as_last_time,
    post "/visits/{id}/freeze" => drafts::freeze,
    post "/api/visits/{id}/draft" => drafts::autosave,
    get "/api/search/items" => drafts::search_items,
    get "/api/search/diagnoses" => drafts::search_diagnoses,
    // What follows the signature
    post "/visits/{id}/move" => follow::move_visit,
    post "/visits/{id}/retry-registration" => follow::retry_registration,
    post "/visits/{id}/self-pay" => follow::switch_to_self_pay,
    post "/visits/{id}/voucher" => follow::renew_voucher,
    post "/visits/{id}/presettle" => follow::presettle,
    post "/visits/{id}/take-back" => follow::take_back,
    post "/visits/{id}/settle" => follow::settle,
    post "/visits/{id}/hand-over" => follow::hand_over,
    post "/charges/{id}/trace" => follow::scan_trace,
    post "/batches/{id}/reverse" => follow::reverse,
    // Papers
    get "/visits/{id}/print/prescription" => papers::prescription,
    get "/visits/{id}/print/fee-list" => papers::fee_list,
    get "/batches/{id}/print/statement" => papers::statement,
    get "/patients/{id}/print/history" => papers::history,
    // Patients
    get "/patients" => patients::page,
    post "/patients/search" => patients::search,
    get "/patients/{id}" => patients::patient,
    post "/patients/{id}/correct" => patients::correct,
    post "/patients/{id}/allergies" => patients::note_allergy,
    post "/patients/{id}/allergies/{entry}/withdraw" => patients::withdraw_allergy,
    // Lists
    get "/today" => lists::today,
    get "/stock" => lists::stock,
    get "/visits/{id}/messages" => lists::messages,
}
