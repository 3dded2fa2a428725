//! A year of claims: imported into columns, replayed under policies, compared, reported.
//!
//! [`year`] is the file, which `docs/policy-study.md` describes to the byte.

pub mod import;
pub mod replay;
pub mod report;
pub mod sample;
pub mod year;
