//! A region's outpatient reimbursement rules as data: parse, compile, evaluate, explain.
//!
//! [`parse`] reads a region's file (`language/`) and compiles it to a plan (`plan.rs`): for every
//! combination of what the rules tell apart the numbers that hold. [`evaluate()`] says what the funds
//! pay of one settlement batch and why. Concepts and their order follow `reference/policy.md` §3:
//! class, price ceiling, pay-first, override, deductible, ratio, caps, further funds, account.

mod by_line;
mod cannot;
mod cases;
mod claim;
mod claim_file;
pub mod columns;
mod compile;
mod count;
mod diff;
mod evaluate;
mod explain;
mod file;
mod items;
mod language;
mod payer;
mod plan;
mod policy;
mod proc_info;
mod run;
mod settlement;
mod words;

pub use cannot::CannotDecide;
pub use cases::{Case, CaseError, Difference, read_cases, read_fact};
pub use claim::{Claim, ClaimLine, FundName, FundUse, LineClass, TwoDisease, Unknown, Use, Whose};
pub use claim_file::read_claim;
pub use diff::{Change, Diff, Funds, VISITS, Worked, diff};
pub use evaluate::{classify, evaluate, evaluate_unexplained};
pub use explain::{Rule, Step, paid};
pub use file::{PolicyError, check, parse};
pub use items::{Item, ItemKind, Kinds};
pub use language::facet::{Aid, Facet, Facts, Remote, Status};
pub use language::form::{Per, course_reaches};
pub use payer::{Month, Payer, PayerShares};
pub use plan::RuleAt;
pub use policy::{Benefit, Confirmation, Disease, Level, Policy, Scheme, Validity};
pub use proc_info::{StepAt, read_working};
pub use settlement::{Certainty, LineShare, Settlement, Why};
pub use words::{Language, benefit_name, percent, sentence};

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

/// The fictional 演示县's rules for residents, complete: for the demo and for tests.
pub const DEMO_RESIDENT: &str = include_str!("../regions/demo_resident.toml");
/// The fictional 演示县's rules for employees.
pub const DEMO_EMPLOYEE: &str = include_str!("../regions/demo_employee.toml");

/// The regions of the repository: a file's name, its text, and its golden cases.
pub const REGIONS: &[(&str, &str, &str)] = &[
    (
        "beijing_employee",
        include_str!("../regions/beijing_employee.toml"),
        include_str!("../regions/beijing_employee.csv"),
    ),
    (
        "chongqing_resident",
        include_str!("../regions/chongqing_resident.toml"),
        include_str!("../regions/chongqing_resident.csv"),
    ),
    (
        "demo_employee",
        include_str!("../regions/demo_employee.toml"),
        include_str!("../regions/demo_employee.csv"),
    ),
    (
        "demo_items",
        include_str!("../regions/demo_items.toml"),
        include_str!("../regions/demo_items.csv"),
    ),
    (
        "demo_medical_aid",
        include_str!("../regions/demo_medical_aid.toml"),
        include_str!("../regions/demo_medical_aid.csv"),
    ),
    (
        "demo_resident",
        include_str!("../regions/demo_resident.toml"),
        include_str!("../regions/demo_resident.csv"),
    ),
    (
        "demo_special",
        include_str!("../regions/demo_special.toml"),
        include_str!("../regions/demo_special.csv"),
    ),
    (
        "hanzhong_two_diseases",
        include_str!("../regions/hanzhong_two_diseases.toml"),
        include_str!("../regions/hanzhong_two_diseases.csv"),
    ),
    (
        "langfang_employee",
        include_str!("../regions/langfang_employee.toml"),
        include_str!("../regions/langfang_employee.csv"),
    ),
    (
        "shanghai_employee",
        include_str!("../regions/shanghai_employee.toml"),
        include_str!("../regions/shanghai_employee.csv"),
    ),
    (
        "shenzhen",
        include_str!("../regions/shenzhen.toml"),
        include_str!("../regions/shenzhen.csv"),
    ),
    (
        "taiyuan_employee",
        include_str!("../regions/taiyuan_employee.toml"),
        include_str!("../regions/taiyuan_employee.csv"),
    ),
    (
        "taizhou_jiangsu_resident",
        include_str!("../regions/taizhou_jiangsu_resident.toml"),
        include_str!("../regions/taizhou_jiangsu_resident.csv"),
    ),
    (
        "taizhou_zhejiang_resident",
        include_str!("../regions/taizhou_zhejiang_resident.toml"),
        include_str!("../regions/taizhou_zhejiang_resident.csv"),
    ),
    (
        "xingtai_resident",
        include_str!("../regions/xingtai_resident.toml"),
        include_str!("../regions/xingtai_resident.csv"),
    ),
    (
        "yunmeng_rural",
        include_str!("../regions/yunmeng_rural.toml"),
        include_str!("../regions/yunmeng_rural.csv"),
    ),
    (
        "zhuhai_employee",
        include_str!("../regions/zhuhai_employee.toml"),
        include_str!("../regions/zhuhai_employee.csv"),
    ),
    (
        "zhuzhou_employee",
        include_str!("../regions/zhuzhou_employee.toml"),
        include_str!("../regions/zhuzhou_employee.csv"),
    ),
    (
        "zhuzhou_resident",
        include_str!("../regions/zhuzhou_resident.toml"),
        include_str!("../regions/zhuzhou_resident.csv"),
    ),
];
