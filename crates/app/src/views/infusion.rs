//! 输液注射: what a paper says of it beside the lines, and the register.

use std::fmt;

use cunyi_domain::id_number::Sex;
use cunyi_domain::ids::{EntryId, VisitId};
use cunyi_domain::ledger::SkinTestState;
use cunyi_domain::time::{Moment, civil::Date};

use super::Age;

/// Which day of an infusion course a visit is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Of which course.
    pub course: EntryId,
    /// From 1.
    pub day: usize,
    /// How many days were ordered.
    pub days: i64,
}

/// A skin test that has ended, on which a visit's drugs rest: its own, or that of an earlier day of the course.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestedView {
    /// The drug's code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it was found to be.
    pub state: SkinTestState,
    /// When.
    pub at: Moment,
    /// Who read it, then who looked, too.
    pub by: Vec<String>,
}

/// 输液注射登记 of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InfusionRegister {
    /// The clinic's name.
    pub clinic: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// Oldest first.
    pub rows: Vec<InfusionRow>,
    /// The skin tests of the period's visits, oldest first.
    pub tests: Vec<TestRow>,
}

/// What runs in together, or is given by itself, in a visit.
#[derive(Clone, PartialEq, Eq)]
pub struct InfusionRow {
    /// Which visit.
    pub visit: VisitId,
    /// When she came.
    pub at: Moment,
    /// 姓名; blank after erasure, as sex and age.
    pub name: String,
    /// 性别
    pub sex: Sex,
    /// On that day.
    pub age: Age,
    /// The main one first.
    pub diagnoses: String,
    /// Each drug with its dose.
    pub drugs: Vec<(String, String)>,
    /// 用法, by its name.
    pub route: String,
    /// 频次, by its name.
    pub frequency: String,
    /// 天数 of an injection that is no day of a course.
    pub days: i64,
    /// 滴速, drops a minute; 0: not said.
    pub drip_rate: i64,
    /// Which day of its course.
    pub turn: Option<Turn>,
    /// Of its drugs.
    pub tests: Vec<TestedView>,
    /// Whose visit.
    pub doctor: String,
}

/// What is written of a patient's health reaches no log.
impl fmt::Debug for InfusionRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InfusionRow { … }")
    }
}

/// A skin test of the register.
#[derive(Clone, PartialEq, Eq)]
pub struct TestRow {
    /// When it was ordered.
    pub at: Moment,
    /// 姓名; blank after erasure, as sex and age.
    pub name: String,
    /// 性别
    pub sex: Sex,
    /// On that day.
    pub age: Age,
    /// The drug's name.
    pub drug: String,
    /// Where it stands.
    pub state: SkinTestState,
    /// When it was read last; none before.
    pub read_at: Option<Moment>,
    /// Who read it, then who looked, too.
    pub by: Vec<String>,
}

impl fmt::Debug for TestRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TestRow { … }")
    }
}
