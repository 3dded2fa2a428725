//! A region's outpatient reimbursement rules as data: parse, compile, evaluate, explain.
//!
//! [`parse`] reads a region's file, [`evaluate`] says what the fund pays of one settlement batch
//! and why. Concepts and their order follow `reference/policy.md` §3: class, price ceiling,
//! pay-first, override, deductible, ratio, caps.

mod claim;
mod evaluate;
mod file;
mod policy;
mod settlement;

pub use claim::{Claim, ClaimLine, LineClass, TwoDisease, Unknown, Used};
pub use evaluate::{CannotDecide, classify, evaluate};
pub use file::{PolicyError, parse};
pub use policy::{
    Benefit, BenefitRules, Confirmation, ConsultationFee, Deductible, Disease, Level, Policy,
    Scheme, Terms, Validity,
};
pub use settlement::{Certainty, LineShare, Rule, Settlement, Step, Why};

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

/// The fictional 演示县's rules for residents, complete: for the demo and for tests.
pub const DEMO_RESIDENT: &str = include_str!("../regions/demo_resident.toml");
/// The fictional 演示县's rules for employees.
pub const DEMO_EMPLOYEE: &str = include_str!("../regions/demo_employee.toml");
