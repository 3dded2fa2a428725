//! The simulator: clinic-days under faults, clinic and centre in one process, byte by byte.
//!
//! A day is a [`plan::Plan`] made of a seed. It is lived against the real program and the sandbox
//! centre over files; the auditor then reads both ledgers. A day that fails is made smaller until
//! nothing can be left out.

pub mod dice;
mod money;
pub mod mutant;
pub mod plan;
pub mod wire;

mod act;
mod anew;
mod audit;
mod cupboard;
mod day;
mod evening;
mod office;
mod run;
mod shrink;
mod trespass;
mod world;

pub use audit::{Audited, audit_files};
pub use day::Done;
pub use run::{Failed, Lived, Run, Until};
pub use shrink::smaller;
pub use world::{
    CENTRE, CLINIC, DOCTORS, DRUGS, Folder, PASSWORD, Staff, Template, set_up, setup_form, well,
};

use day::Day;
use mutant::Mutant;
use plan::Plan;

/// Lives a day, at a clinic that may be a mutant.
pub fn live(template: &Template, plan: &Plan, mutant: Option<Mutant>) -> Result<Done, String> {
    Day::new(template, plan, mutant)?.live()
}
