//! Drugs, services and diagnoses: lists, pinyin, the in-memory search index, how much to dispense,
//! and the prescription checks that live on this data.
//!
//! Everything here is pure: text in, values out. A [`Catalogue`] is one version of the lists; it
//! never changes, so it is shared by `Arc` and replaced whole.

mod allergy;
mod catalogue;
mod checks;
mod controlled;
mod follows;
mod grown;
mod model;
mod notifiable;
mod order;
mod pinyin;
mod read;
mod search;
mod supply;
#[cfg(test)]
mod tests;

pub use allergy::{Allergy, AllergyKind};
pub use catalogue::{Catalogue, ItemHit, search_names};
pub use checks::{ADULT, CheckCode, Finding, Level, Line, Order, PatientFacts, Rules, check};
pub use controlled::{Control, control};
pub use follows::{Given, following};
pub use model::{
    AllergyGroup, Class, CodeSource, Diagnosis, Drug, DrugKind, Each, Follows, Service, ServiceRole,
};
pub use notifiable::{NotifiableClass, notifiable};
pub use order::{
    Dispense, Frequency, MOST_UNITS, OrderError, Route, RouteKind, decoction_times, frequencies,
    frequency, frequency_named, prescription, quantity, route, route_named, routes, usages,
};
pub use pinyin::{initials, name_initials};
pub use read::{CatalogueError, Fault, List, MAX_BYTES, MAX_ROWS};
pub use supply::{MOST_DAYS, Supplied, check_supply, followed, is_long, is_signed_for};
