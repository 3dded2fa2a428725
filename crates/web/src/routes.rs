//! Everything that can be asked for, in one table: method, path, whom it lets in, who answers.

use std::sync::Arc;

use axum::routing::{get, post};
use axum::{Extension, Router};
use cunyi_app::{Action as A, Actor, may};

use crate::pages::{
    account, clearing, clinic, computer, courses, day_sheets, desk, drafts, follow, follow_up,
    follow_ups, infusions, layouts, lists, outpatient, papers, patients, policies, prescriptions,
    queue, receipts, reconcile, referrals, refund, reports, sheets, skin_tests, templates, uploads,
    users, workstation,
};
use crate::{Web, assets};
use Access::{Anyone, Only, SignedIn};

/// Whom a route lets in. It is looked at before the body of a request is read; the use cases look
/// again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Also guests.
    Anyone,
    /// Whoever is signed in.
    SignedIn,
    /// Roles that may do this.
    Only(A),
}

impl Access {
    /// True if it lets a signed-in user in.
    pub fn admits(self, actor: &Actor) -> bool {
        match self {
            Anyone | SignedIn => true,
            Only(action) => may(actor.role, action),
        }
    }
}

macro_rules! routes {
    ($($method:ident $path:literal, $access:expr => $handler:path;)+) => {
        /// Method, path and admission of every page and endpoint. `{id}` stands for an id.
        pub const ROUTES: &[(&str, &str, Access)] = &[$((stringify!($method), $path, $access),)+];

        pub(crate) fn routes() -> Router<Arc<Web>> {
            Router::new()$(.route($path, $method($handler).layer(Extension($access))))+
        }
    };
}

routes! {
    get "/assets/{file}", Anyone => assets::get;
    // Account
    get "/login", Anyone => account::login;
    post "/login", Anyone => account::sign_in;
    post "/logout", SignedIn => account::sign_out;
    post "/locale", SignedIn => account::set_locale;
    post "/type", SignedIn => account::set_type;
    get "/computer", SignedIn => computer::page;
    post "/computer", SignedIn => computer::set;
    get "/password", SignedIn => account::password;
    post "/password", SignedIn => account::change_password;
    get "/setup", Anyone => account::setup;
    post "/setup", Anyone => account::install;
    // Desk: identify, register
    get "/identify", Only(A::Register) => desk::page;
    post "/identify", Only(A::Register) => desk::identify;
    post "/find", Only(A::Register) => desk::find;
    get "/identify/wait", Only(A::Register) => desk::wait;
    post "/register", Only(A::Register) => desk::register;
    get "/self-pay", Only(A::Register) => desk::self_pay_page;
    post "/self-pay", Only(A::Register) => desk::self_pay;
    // Workstation
    get "/", SignedIn => workstation::home;
    get "/display", Only(A::SeeQueue) => queue::display;
    get "/visits/{id}", Only(A::ReadRecord) => workstation::visit;
    post "/visits/{id}/draft", Only(A::Treat) => drafts::save;
    post "/visits/{id}/preview", Only(A::Treat) => drafts::preview;
    post "/visits/{id}/clear", Only(A::Treat) => drafts::clear;
    post "/visits/{id}/as-last-time", Only(A::Treat) => drafts::as_last_time;
    post "/visits/{id}/freeze", Only(A::Treat) => drafts::freeze;
    post "/api/visits/{id}/draft", Only(A::Treat) => drafts::autosave;
    get "/api/search/items", Only(A::Treat) => drafts::search_items;
    get "/api/search/diagnoses", Only(A::Treat) => drafts::search_diagnoses;
    get "/api/search/templates", Only(A::Treat) => templates::search;
    get "/templates", Only(A::Treat) => templates::page;
    get "/templates/file", Only(A::Treat) => templates::file;
    post "/templates/file", Only(A::Treat) => templates::read_file;
    post "/templates/{id}/drop", Only(A::Treat) => templates::drop;
    post "/visits/{id}/with-template", Only(A::Treat) => templates::take;
    post "/visits/{id}/save-template", Only(A::Treat) => templates::save;
    post "/visits/{id}/skin-test", Only(A::Treat) => skin_tests::order;
    post "/visits/{id}/continue-course", Only(A::Treat) => courses::go_on;
    post "/visits/{id}/courses/{course}/stop", Only(A::Treat) => courses::stop;
    post "/visits/{id}/skin-tests/{test}", Only(A::ReadSkinTest) => skin_tests::read;
    // What follows the signature
    post "/visits/{id}/move", Only(A::Register) => follow::move_visit;
    post "/visits/{id}/retry-registration", Only(A::Register) => follow::retry_registration;
    post "/visits/{id}/self-pay", Only(A::Register) => follow::switch_to_self_pay;
    post "/visits/{id}/voucher", Only(A::Register) => follow::renew_voucher;
    post "/visits/{id}/insure", Only(A::Settle) => follow::insure;
    post "/visits/{id}/presettle", Only(A::Settle) => follow::presettle;
    post "/visits/{id}/account", Only(A::Settle) => follow::account;
    post "/visits/{id}/resolve", Only(A::Settle) => follow::resolve;
    post "/visits/{id}/take-back", Only(A::Treat) => follow::take_back;
    post "/visits/{id}/prescription", Only(A::HandOver) => prescriptions::print;
    post "/visits/{id}/void", Only(A::Treat) => prescriptions::void;
    post "/visits/{id}/settle", Only(A::Settle) => follow::settle;
    post "/visits/{id}/hand-over", Only(A::HandOver) => follow::hand_over;
    post "/visits/{id}/hand-over-against", Only(A::Settle) => follow::hand_over_against;
    post "/visits/{id}/even-out", Only(A::Settle) => follow::even_out;
    post "/charges/{id}/trace", Only(A::HandOver) => follow::scan_trace;
    post "/batches/{id}/drop", Only(A::Treat) => follow::drop_batch;
    post "/batches/{id}/own-pay", Only(A::Settle) => follow::own_pay;
    post "/batches/{id}/adopt", Only(A::Settle) => follow::adopt;
    post "/batches/{id}/not-done", Only(A::Settle) => follow::not_done;
    post "/batches/{id}/reverse", Only(A::Settle) => follow::reverse;
    post "/batches/{id}/goods", Only(A::HandOver) => follow::goods;
    get "/batches/{id}/refund", Only(A::Settle) => refund::page;
    post "/batches/{id}/refund", Only(A::Settle) => refund::refund;
    // Chronic disease
    get "/visits/{id}/follow-up/{form}", Only(A::ReadRecord) => follow_up::page;
    post "/visits/{id}/follow-up/{form}", Only(A::Treat) => follow_up::save;
    get "/visits/{id}/follow-up/{form}/print", Only(A::ReadRecord) => follow_up::print;
    post "/patients/{id}/follow-ups/end", Only(A::Treat) => patients::end_follow_ups;
    post "/patients/{id}/follow-ups/resume", Only(A::Treat) => patients::resume_follow_ups;
    get "/follow-ups", Only(A::ReadPatient) => follow_ups::page;
    get "/follow-ups/sheet", Only(A::ReadPatient) => sheets::sheet;
    get "/visits/{id}/referral", Only(A::ReadRecord) => referrals::page;
    post "/visits/{id}/referral", Only(A::Treat) => referrals::refer;
    get "/visits/{id}/referral/print", Only(A::ReadRecord) => referrals::print;
    // Papers
    get "/visits/{id}/print/prescription", Only(A::ReadRecord) => papers::prescription;
    get "/visits/{id}/print/fee-list", Only(A::ReadRecord) => papers::fee_list;
    get "/visits/{id}/print/fee-list-roll", Only(A::ReadRecord) => papers::fee_list_roll;
    get "/visits/{id}/print/infusion-card", Only(A::ReadRecord) => papers::infusion_card;
    get "/visits/{id}/print/infusion-card-roll", Only(A::ReadRecord) => papers::infusion_card_roll;
    get "/visits/{id}/print/own-pay-consent", Only(A::ReadRecord) => papers::consent;
    get "/batches/{id}/print/statement-roll", Only(A::ReadRecord) => papers::statement_roll;
    get "/batches/{id}/print/statement", Only(A::ReadRecord) => papers::statement;
    get "/payments/{id}/print", Only(A::ReadRecord) => papers::payment;
    get "/payments/{id}/print/roll", Only(A::ReadRecord) => papers::payment_roll;
    post "/batches/{id}/receipt", Only(A::Settle) => receipts::issue;
    post "/receipts/{id}/close", Only(A::Settle) => receipts::close;
    post "/batches/{id}/electronic", Only(A::Settle) => receipts::ask_electronic;
    post "/electronic/{id}/undo", Only(A::Settle) => receipts::undo_electronic;
    get "/receipts/{id}/print", Only(A::ReadRecord) => receipts::print;
    get "/patients/{id}/print/history", Only(A::ReadPatient) => papers::history;
    // Patients
    get "/patients", Only(A::ReadPatient) => patients::page;
    post "/patients/search", Only(A::ReadPatient) => patients::search;
    get "/patients/{id}", Only(A::ReadPatient) => patients::patient;
    post "/patients/{id}/identify", Only(A::Register) => desk::identify_known;
    post "/patients/{id}/correct", Only(A::CorrectPatient) => patients::correct;
    post "/patients/{id}/allergies", Only(A::Treat) => patients::note_allergy;
    post "/patients/{id}/allergies/{entry}/withdraw", Only(A::Treat) => patients::withdraw_allergy;
    // Lists
    get "/today", Only(A::SeeQueue) => lists::today;
    get "/infusions", Only(A::ReadRecord) => infusions::page;
    get "/infusions/print", Only(A::ReadRecord) => infusions::print;
    get "/infusions/xlsx", Only(A::ReadRecord) => infusions::xlsx;
    get "/outpatient-log", Only(A::ReadRecord) => outpatient::page;
    get "/outpatient-log/print", Only(A::ReadRecord) => outpatient::print;
    get "/outpatient-log/xlsx", Only(A::ReadRecord) => outpatient::xlsx;
    get "/receipts", Only(A::SeeReports) => receipts::page;
    get "/receipts/xlsx", Only(A::SeeReports) => receipts::xlsx;
    post "/receipts/books", Only(A::CountTill) => receipts::enter;
    post "/receipts/books/{id}/spoil", Only(A::Settle) => receipts::spoil;
    get "/uploads", Only(A::Settle) => uploads::page;
    post "/visits/{id}/upload", Only(A::Settle) => uploads::again;
    // The end of a day
    get "/day/reconcile", Only(A::SeeQueue) => reconcile::page;
    post "/day/reconcile", Only(A::Reconcile) => reconcile::ask;
    post "/day/reconcile/mend", Only(A::Reconcile) => reconcile::mend;
    post "/day/reconcile/count", Only(A::CountTill) => reconcile::count;
    get "/day/sheet", Only(A::SeeReports) => day_sheets::sheet;
    get "/day/sheet-roll", Only(A::SeeReports) => day_sheets::roll;
    // What the fund owes
    get "/reports", Only(A::SeeReports) => reports::page;
    get "/reports/print", Only(A::SeeReports) => reports::print;
    get "/reports/xlsx", Only(A::SeeReports) => reports::xlsx;
    get "/clearing", Only(A::SeeClearing) => clearing::page;
    get "/clearing/print", Only(A::SeeClearing) => clearing::print;
    get "/clearing/period", Only(A::SeeClearing) => clearing::period;
    post "/clearing/apply", Only(A::Clear) => clearing::apply;
    post "/clearing/withdraw", Only(A::Clear) => clearing::withdraw;
    post "/clearing/told", Only(A::Clear) => clearing::told;
    post "/clearing/enter", Only(A::Clear) => clearing::enter;
    post "/clearing/appeal", Only(A::Clear) => clearing::appeal;
    post "/clearing/correct", Only(A::Clear) => clearing::correct;
    // Administration
    get "/policies", Only(A::Administer) => policies::page;
    post "/policies", Only(A::Administer) => policies::confirm;
    get "/clinic", Only(A::Administer) => clinic::page;
    post "/clinic", Only(A::Administer) => clinic::set;
    get "/layouts", Only(A::Administer) => layouts::page;
    post "/layouts", Only(A::Administer) => layouts::set;
    get "/users", Only(A::Administer) => users::page;
    post "/users", Only(A::Administer) => users::add;
    post "/rights", Only(A::Administer) => users::set_rights;
    post "/users/{id}/active", Only(A::Administer) => users::set_active;
    post "/users/{id}/licence", Only(A::Administer) => users::set_licence;
    post "/users/{id}/password", Only(A::Administer) => users::set_password;
    get "/stock", Only(A::ReadStock) => lists::stock;
    get "/accesses", Only(A::ReadAccesses) => lists::accesses;
    get "/visits/{id}/messages", Only(A::ReadMessages) => lists::messages;
}
