//! A sandbox insurance centre 医保中心仿真: the national interface over HTTP with a ledger of its own.
//!
//! [`Centre::handle`] answers one request and knows nothing of HTTP servers; [`serve`] is the server,
//! and a [`Centre`] is itself a `Transport` for whoever runs in the same process. Everybody it knows
//! is invented ([`population`]); who may come in is the [`Gate`]'s affair; its bad days are switches ([`faults`]).

mod accumulate;
mod audit;
mod call;
mod centre;
mod certificate;
mod clearing;
mod dispatch;
mod envelope;
mod families;
pub mod faults;
mod fees;
mod gate;
mod history;
mod ledger;
mod mapping;
mod multipart;
mod names;
mod otherwise;
mod pages;
mod person;
pub mod population;
mod record;
mod reverse;
mod route;
mod seed;
mod server;
mod settle;
mod shape;
mod statement;
mod terminal;
mod visit;

pub use centre::{Answer, Catalogue, Centre, Item, Parts};
pub use gate::Gate;
pub use ledger::MIGRATIONS;
pub use server::serve;

#[cfg(test)]
mod population_tests;
#[cfg(test)]
mod tests;
