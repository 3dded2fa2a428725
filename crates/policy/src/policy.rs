//! A region's rules for one scheme: what is said of them, and the plan they compile to.

use std::collections::BTreeMap;
use std::sync::Arc;

use cunyi_domain::ledger::TwoDisease;
use cunyi_domain::money::{Fen, Rate};
use cunyi_domain::text_enum;
use cunyi_domain::time::civil::Date;
use serde::Deserialize;

use crate::compile::{compile, years};
use crate::file::{PolicyError, Source, read};
use crate::language::facet::Facts;
use crate::language::form::{Confirmed, Form, Per, Year};
use crate::language::rows::Text;
use crate::language::span::Course;
use crate::payer::Payer;
use crate::plan::{Counter, Plan};

text_enum! {
    /// 险种 `insutype`.
    pub enum Scheme {
        /// 职工基本医疗保险
        Employee = "310",
        /// 城乡居民基本医疗保险
        Resident = "390",
    }
}

text_enum! {
    /// Level of an institution, as ratios and caps tell them apart.
    pub enum Level {
        /// 村卫生室
        Village = "village",
        /// 乡镇卫生院
        Township = "township",
        /// 社区卫生服务机构
        Community = "community",
        /// 一级
        One = "level1",
        /// 二级
        Two = "level2",
        /// 三级
        Three = "level3",
    }
}

text_enum! {
    /// Benefit 待遇类别.
    pub enum Benefit {
        /// 普通门诊
        General = "general",
        /// 两病 (高血压、糖尿病) drugs
        Chronic = "chronic",
        /// 门诊慢特病: diseases of a list, each with limits of its own.
        Special = "special",
        /// 急诊
        Emergency = "emergency",
    }
}

/// One region's rules for one scheme, compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// 统筹区, as people call it.
    pub region: String,
    /// True for a region that does not exist: its numbers need nobody's confirmation.
    pub fictional: bool,
    /// Scheme.
    pub scheme: Scheme,
    /// Where the numbers come from: document and section.
    pub source: String,
    /// The document's own words, where the file has them.
    pub quote: String,
    /// What these rules take the place of: a document, or a file's version; empty where nothing.
    pub supersedes: String,
    /// When the rules are in force, by date of service.
    pub valid: Validity,
    /// Since when they are known; what was settled before stands.
    pub known: Option<Date>,
    /// What the fund pays the clinic later, where the file says.
    pub payer: Option<Payer>,
    /// How often the fund pays the general consultation fee, where the file says.
    pub fee_once: Option<Per>,
    confirmed: Option<Confirmed>,
    diseases: BTreeMap<Benefit, Vec<Disease>>,
    plans: Plans,
}

/// The rules, year by year where amounts are a part of a yearly figure.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Plans {
    Always(Arc<Plan>),
    ByYear(BTreeMap<i16, Arc<Plan>>),
}

/// Whether somebody answers for the numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// The region does not exist.
    Fictional,
    /// Compared with the county's written answer.
    Confirmed {
        /// Who.
        by: String,
        /// When.
        on: Date,
    },
    /// A real place's name over numbers nobody has confirmed: only estimates come of it.
    Unconfirmed,
}

impl Policy {
    /// Compiles a file.
    ///
    /// # Errors
    /// All that is wrong with it, in the file's order.
    pub(crate) fn compile(form: Form, source: &Source<'_>) -> Result<Self, Vec<PolicyError>> {
        let years = years(&form);
        let plans = if years.is_empty() {
            Plans::Always(Arc::new(compile(&form, source, None)?))
        } else {
            let of_year = |year: Year| {
                let plan = compile(&form, source, Some(year))?;
                Ok((year.0, Arc::new(plan)))
            };
            let plans: Result<_, Vec<PolicyError>> = years.into_iter().map(of_year).collect();
            Plans::ByYear(plans?)
        };
        let payer = form.payer.as_ref();
        let payer = payer.map(|payer| Payer::compile(payer, form.rounding.mode, source));
        let payer = payer.transpose().map_err(|error| vec![error])?;
        let fee = form.consultation_fee.as_ref();
        let once = fee.and_then(|fee| fee.once_per.as_ref());
        let fee_once = once.map(|Text(Course(per))| *per);
        let benefits = form.benefit.into_iter();
        let diseases = benefits.map(|(b, rules)| (b, rules.into_inner().diseases));
        Ok(Self {
            region: form.region,
            fictional: form.fictional,
            scheme: form.scheme,
            source: form.source,
            quote: form.quote,
            supersedes: form.supersedes,
            valid: form.valid,
            known: form.known,
            payer,
            fee_once,
            confirmed: form.confirmed,
            diseases: diseases.collect(),
            plans,
        })
    }

    /// The same rules, now that somebody has compared them with the county's written answer.
    #[must_use]
    pub fn confirmed(self, by: &str, on: Date) -> Self {
        let by = by.to_owned();
        Self {
            confirmed: Some(Confirmed { by, on }),
            ..self
        }
    }

    /// Whether what was settled on a day of a service on another is to be settled again under these
    /// rules: they hold for the service, and became known after it was settled (`reference/policy.md`
    /// §3.2, 14). What was settled stays as it is; this says what to list.
    pub fn asks_again(&self, service: Date, settled: Date) -> bool {
        self.valid.holds(service) && self.known.is_some_and(|known| settled < known)
    }

    /// Whether somebody answers for the numbers.
    pub fn confirmation(&self) -> Confirmation {
        match &self.confirmed {
            Some(Confirmed { by, on }) => Confirmation::Confirmed {
                by: by.clone(),
                on: *on,
            },
            None if self.fictional => Confirmation::Fictional,
            None => Confirmation::Unconfirmed,
        }
    }

    /// The disease codes a benefit covers; none for a benefit without codes.
    pub fn diseases(&self, benefit: Benefit) -> &[Disease] {
        self.diseases.get(&benefit).map_or(&[], Vec::as_slice)
    }

    /// The benefits of the scheme.
    pub fn benefits(&self) -> impl Iterator<Item = Benefit> {
        self.diseases.keys().copied()
    }

    /// True if the scheme has the benefit.
    pub fn has(&self, benefit: Benefit) -> bool {
        self.diseases.contains_key(&benefit)
    }

    /// The same rules for claims of any day of a year, as a comparison asks: the figures of that
    /// year, or the newest.
    #[must_use]
    pub(crate) fn for_year(&self, new_year: Date) -> Self {
        let newest = match &self.plans {
            Plans::Always(plan) => plan,
            Plans::ByYear(plans) => plans
                .get(&new_year.year())
                .or_else(|| plans.values().next_back())
                .expect("a file with yearly figures has a year"),
        };
        Self {
            valid: Validity {
                from: new_year,
                to: None,
            },
            plans: Plans::Always(newest.clone()),
            ..self.clone()
        }
    }

    /// True where a claim's sums by class do not decide it: rules name single items or kinds of them.
    pub fn needs_lines(&self) -> bool {
        let plan = match &self.plans {
            Plans::Always(plan) => Some(plan),
            Plans::ByYear(plans) => plans.values().next(),
        };
        plan.is_some_and(|plan| !plan.items.rules.is_empty())
    }

    /// The rules of a day; none where a yearly figure is missing.
    pub(crate) fn plan(&self, day: Date) -> Option<&Plan> {
        match &self.plans {
            Plans::Always(plan) => Some(plan),
            Plans::ByYear(plans) => plans.get(&day.year()).map(Arc::as_ref),
        }
    }

    /// 年度支付限额 of a benefit's own for whom `facts` describe; none where there is no such cap
    /// or the facts do not tell it.
    pub fn yearly_cap(&self, benefit: Benefit, facts: &Facts, day: Date) -> Option<Fen> {
        let plan = self.plan(day)?;
        let terms = plan.benefits.get(&benefit)?.terms(facts).ok()?;
        let caps = terms.layers.first()?.cap.iter();
        let own = caps.filter(|cap| {
            let counter = cap.counter.map(|c| &plan.counters[usize::from(c)]);
            counter.is_some_and(|c| c.per == Per::Year && c.benefits == [benefit])
        });
        own.map(|cap| Fen(cap.amount)).min()
    }

    /// 乙类先行自付比例 for whom `facts` describe.
    pub fn class_b_pay_first(&self, benefit: Benefit, facts: &Facts, day: Date) -> Option<Rate> {
        let terms = self.plan(day)?.benefits.get(&benefit)?.terms(facts).ok()?;
        Some(Rate(terms.class_b_pay_first))
    }

    /// True if a limit of one benefit counts what the other used.
    pub fn shares_limit(&self, benefit: Benefit, other: Benefit, day: Date) -> bool {
        let counters = self.plan(day).map_or(&[][..], |plan| &plan.counters);
        let both = |c: &Counter| c.benefits.contains(&benefit) && c.benefits.contains(&other);
        benefit != other && counters.iter().any(both)
    }

    /// Whether the file says what the personal account pays.
    pub fn rules_account(&self, day: Date) -> bool {
        self.plan(day).is_some_and(|plan| plan.account.is_some())
    }
}

/// From a day to a day, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "ValidityForm")]
pub struct Validity {
    /// First day.
    pub from: Date,
    /// Last day; none while nothing newer is known.
    pub to: Option<Date>,
}

impl Validity {
    /// True on a day in force.
    pub fn holds(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day <= to)
    }

    /// True if a day is in both.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.to.is_none_or(|to| other.from <= to) && other.to.is_none_or(|to| self.from <= to)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ValidityForm {
    #[serde(deserialize_with = "read::date")]
    from: Date,
    #[serde(default, deserialize_with = "read::optional_date")]
    to: Option<Date>,
}

impl TryFrom<ValidityForm> for Validity {
    type Error = &'static str;
    fn try_from(form: ValidityForm) -> Result<Self, Self::Error> {
        if form.to.is_some_and(|to| to < form.from) {
            return Err("`to` is before `from`: write the last day in force, or leave it out");
        }
        Ok(Self {
            from: form.from,
            to: form.to,
        })
    }
}

/// A disease a benefit covers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disease {
    /// 病种编码
    pub code: String,
    /// 病种名称
    pub name: String,
    /// Which of 两病, whose drugs and diagnoses it takes; none where the benefit is not 两病.
    #[serde(default)]
    pub kind: Option<TwoDisease>,
}
