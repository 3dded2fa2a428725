//! 随访分类: the one place that says how a patient's disease is held, what follows from it and why
//! (第三版; reference/public-health.md §2.6, §4, §5, §12). Nothing else compares a measurement with a limit.

use std::time::Duration;

use cunyi_domain::text_enum;
use cunyi_domain::time::Moment;
use cunyi_domain::time::civil::Date;

use crate::form::{Form, Purpose};
use crate::read::Answers;

/// 此次随访分类: where several hold it is the most serious (§2.6).
pub use cunyi_domain::ledger::FollowUpClass as Class;

text_enum! {
    /// Why she is to be referred 转诊, the most urgent first.
    pub enum Referral {
        /// A danger sign, or a measurement that is one.
        Danger = "danger",
        /// A new complication.
        NewComplication = "new-complication",
        /// A complication that is worse.
        WorseComplication = "worse-complication",
        /// An adverse reaction at two follow-ups running: hard to control.
        AdverseAgain = "adverse-again",
        /// Not controlled at two follow-ups running.
        UnsatisfactoryAgain = "unsatisfactory-again",
    }
}

/// What is classified.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// Under which form.
    pub form: &'a Form,
    /// What was answered.
    pub answers: &'a Answers,
    /// How old she was then.
    pub age: i64,
    /// When it was.
    pub day: Date,
    /// The follow-up before it.
    pub previous: Option<Previous>,
}

/// What counts of the follow-up before. Its class tells the most serious only; what was behind it counts
/// too where something comes twice running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Previous {
    /// A measurement was not below its limit.
    pub uncontrolled: bool,
    /// There was an adverse reaction.
    pub adverse: bool,
}

/// A reason of a class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// A measurement that is not below its limit, in the field's units.
    NotBelow {
        /// Which field.
        field: String,
        /// What was measured.
        value: i64,
        /// What it should be less than.
        below: i64,
    },
    /// 不良反应
    Adverse,
    /// A new complication.
    NewComplication,
    /// A worse complication.
    WorseComplication,
}

/// What a follow-up comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The class.
    pub class: Class,
    /// Why; nothing where all is well.
    pub why: Vec<Why>,
    /// Fields whose measurement is danger, and the meanings of danger signs.
    pub danger: Vec<String>,
    /// Why she is to be referred; nothing where she is not.
    pub referral: Vec<Referral>,
    /// The next follow-up is then at the latest.
    pub next_by: Date,
    /// Fields that the county counts as controlled and that treatment should still bring lower.
    pub above_target: Vec<String>,
}

/// A measurement without which there is no class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unclassified {
    /// Which.
    pub field: String,
}

impl Verdict {
    /// True where a measurement was not below its limit.
    pub fn uncontrolled(&self) -> bool {
        self.why
            .iter()
            .any(|why| matches!(why, Why::NotBelow { .. }))
    }

    /// True where there was an adverse reaction.
    pub fn adverse(&self) -> bool {
        self.why.contains(&Why::Adverse)
    }
}

impl Seen<'_> {
    /// The class, why, and what follows.
    pub fn classify(&self) -> Result<Verdict, Unclassified> {
        let said = self.said();
        let (above, unmeasured) = self.not_below(Purpose::Assessment);
        if let Some(field) = unmeasured.filter(|_| said.is_empty()) {
            return Err(Unclassified { field });
        }
        let above_target = if above.is_empty() {
            let aimed = self.not_below(Purpose::Target).0;
            aimed.into_iter().map(|(field, ..)| field).collect()
        } else {
            Vec::new()
        };
        let mut why: Vec<Why> = above
            .into_iter()
            .map(|(field, value, below)| Why::NotBelow {
                field,
                value,
                below,
            })
            .collect();
        why.extend(said);
        let danger = self.danger();
        let class = why.iter().map(Why::class).max();
        let class = class.unwrap_or(Class::Satisfactory);
        let soon = class != Class::Satisfactory || !danger.is_empty();
        let days = if soon {
            self.form.soon_days
        } else {
            self.form.routine_days
        };
        Ok(Verdict {
            class,
            referral: self.referral(&why, &danger),
            why,
            danger,
            next_by: days_after(self.day, days),
            above_target,
        })
    }

    /// Reasons that are said and not measured.
    fn said(&self) -> Vec<Why> {
        let said = |field, meaning| self.answers.chosen(field).contains(&meaning);
        let reasons = [
            (said("adverse", "yes"), Why::Adverse),
            (said("complication", "new"), Why::NewComplication),
            (said("complication", "worse"), Why::WorseComplication),
        ];
        let held = reasons.into_iter().filter(|(holds, _)| *holds);
        held.map(|(_, why)| why).collect()
    }

    /// Field, value and limit of what is not below its limit, and a field that was not measured.
    fn not_below(&self, purpose: Purpose) -> (Vec<(String, i64, i64)>, Option<String>) {
        let (mut above, mut unmeasured) = (Vec::new(), None);
        for threshold in self.form.thresholds_on(purpose, self.age, self.day) {
            let field = threshold.field.clone();
            match self.answers.number(&field) {
                Some(value) if value >= threshold.below => {
                    above.push((field, value, threshold.below));
                }
                Some(_) => {}
                None => unmeasured = unmeasured.or(Some(field)),
            }
        }
        (above, unmeasured)
    }

    fn danger(&self) -> Vec<String> {
        let beyond = self.form.dangers.iter().filter(|danger| {
            self.answers.number(&danger.field).is_some_and(|value| {
                danger.at_least.is_some_and(|least| value >= least)
                    || danger.at_most.is_some_and(|most| value <= most)
            })
        });
        let measured = beyond.map(|danger| danger.field.clone());
        let signs = self.answers.chosen("danger").into_iter().map(str::to_owned);
        measured.chain(signs).collect()
    }

    fn referral(&self, why: &[Why], danger: &[String]) -> Vec<Referral> {
        let uncontrolled = why.iter().any(|why| matches!(why, Why::NotBelow { .. }));
        let adverse = why.contains(&Why::Adverse);
        let holds = |referral: &Referral| match referral {
            Referral::Danger => !danger.is_empty(),
            Referral::NewComplication => why.contains(&Why::NewComplication),
            Referral::WorseComplication => why.contains(&Why::WorseComplication),
            Referral::AdverseAgain => adverse && self.previous.is_some_and(|p| p.adverse),
            Referral::UnsatisfactoryAgain => {
                uncontrolled && self.previous.is_some_and(|p| p.uncontrolled)
            }
        };
        Referral::ALL.iter().copied().filter(holds).collect()
    }
}

impl Why {
    const fn class(&self) -> Class {
        match self {
            Self::NotBelow { .. } => Class::Unsatisfactory,
            Self::Adverse => Class::Adverse,
            Self::NewComplication | Self::WorseComplication => Class::Complication,
        }
    }
}

/// So many days after a day.
fn days_after(day: Date, days: u32) -> Date {
    let span = Duration::from_hours(24 * u64::from(days));
    Moment::start_of(day).plus(span).date()
}
