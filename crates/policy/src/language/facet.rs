//! What rules tell apart: the level of the institution, who the person is, how she came.
//!
//! A file names values of facets in conditions (`when`, `where`). Compiling finds out which facets a
//! benefit asks for and into which parts it cuts each of them, so that a claim is one of finitely
//! many **profiles** and every gap and overlap of a table can be seen before any claim is.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

pub use cunyi_domain::person::{Aid, PersonStatus as Status};
use cunyi_domain::text_enum;

use crate::policy::{Disease, Level, Scheme};

text_enum! {
    /// 异地就医: where she is insured, and whether that is filed.
    pub enum Remote {
        /// 参保地就医
        Local = "local",
        /// 已备案
        Filed = "filed",
        /// 急诊抢救
        Emergency = "emergency",
        /// 未备案
        Unfiled = "unfiled",
    }
}

text_enum! {
    /// A thing that rules tell apart, by its key in a condition.
    pub enum Facet {
        /// 机构级别: [`Level`]
        Level = "level",
        /// 人员类别: [`Status`]
        Status = "status",
        /// 救助身份: [`Aid`]
        Aid = "aid",
        /// 缴费档次, as the file names them.
        Tier = "tier",
        /// 周岁, as ranges: `"60-"`, `"18-59"`, `"-17"`.
        Age = "age",
        /// 家庭医生签约
        Signed = "signed",
        /// 选定（绑定）机构
        Chosen = "chosen",
        /// 经转诊
        Referred = "referred",
        /// 异地就医: [`Remote`]
        Remote = "remote",
        /// 本年第几次就诊, as ranges: `"1"`, `"2"`, `"3-"`.
        Visit = "visit",
        /// 病种编码, of the benefit's list.
        Disease = "disease",
    }
}

/// What is known of a claim. What a benefit's rules do not ask for may stay unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// 机构级别
    pub level: Option<Level>,
    /// 人员类别
    pub status: Option<Status>,
    /// 救助身份
    pub aid: Option<Aid>,
    /// 缴费档次
    pub tier: Option<String>,
    /// 周岁
    pub age: Option<i64>,
    /// 家庭医生签约
    pub signed: Option<bool>,
    /// 选定机构
    pub chosen: Option<bool>,
    /// 经转诊
    pub referred: Option<bool>,
    /// 异地就医
    pub remote: Option<Remote>,
    /// 本年第几次就诊, from 1.
    pub visit: Option<i64>,
    /// 病种编码, where the benefit asks for one.
    pub disease: Option<String>,
}

/// The condition of a row: for each facet it names, the values it holds for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct When(pub Vec<(Facet, Allowed)>);

/// The values a condition allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Allowed {
    /// Named ones.
    Named(Vec<String>),
    /// Numbers: ages, or visits of a year.
    Ranges(Vec<RangeInclusive<i64>>),
}

impl Facet {
    /// The values that need not be found in the file; none where the file makes them.
    fn fixed(self) -> Option<Vec<&'static str>> {
        let texts = |all: Vec<&'static str>| Some(all);
        match self {
            Self::Level => texts(Level::ALL.iter().map(|v| v.as_str()).collect()),
            Self::Status => texts(Status::ALL.iter().map(|v| v.as_str()).collect()),
            Self::Aid => texts(Aid::ALL.iter().map(|v| v.as_str()).collect()),
            Self::Remote => texts(Remote::ALL.iter().map(|v| v.as_str()).collect()),
            Self::Signed | Self::Chosen | Self::Referred => texts(vec!["no", "yes"]),
            Self::Tier | Self::Age | Self::Visit | Self::Disease => None,
        }
    }

    /// True where a condition is of ranges.
    pub(crate) fn is_number(self) -> bool {
        matches!(self, Self::Age | Self::Visit)
    }

    /// Whether a name may stand in a condition.
    pub(crate) fn knows(self, name: &str) -> bool {
        self.fixed().is_none_or(|all| all.contains(&name))
    }

    /// What may stand in a condition, for an error's words.
    pub(crate) fn like(self) -> String {
        match self.fixed() {
            Some(all) => all.join(", "),
            None if self.is_number() => "ranges such as \"60-\", \"18-59\", \"-17\"".to_owned(),
            None => "names".to_owned(),
        }
    }
}

/// A facet cut into the parts a benefit tells apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Named values.
    Names(Vec<String>),
    /// Numbers; each part begins at one of these, the first at the least number there is.
    Bands(Vec<i64>),
}

impl Cut {
    /// The parts into which conditions cut a facet. Nobody is an employee and a student of the
    /// residents' scheme: of `status` only what the scheme has need be told apart.
    pub fn of<'a>(
        facet: Facet,
        scheme: Scheme,
        diseases: &[Disease],
        conditions: impl Iterator<Item = &'a When>,
    ) -> Self {
        let fixed = match (facet, scheme) {
            (Facet::Status, Scheme::Employee) => Some(vec!["active", "retired"]),
            (Facet::Status, Scheme::Resident) => Some(vec!["adult", "student"]),
            _ => facet.fixed(),
        };
        let fixed = fixed.unwrap_or_default().into_iter();
        let mut names: Vec<String> = fixed.map(str::to_owned).collect();
        if facet == Facet::Disease {
            // All there are, whatever conditions name: a benefit without a list has none.
            let codes = diseases.iter().map(|disease| disease.code.clone());
            let names: Vec<String> = codes.collect();
            return Self::Names(if names.is_empty() {
                vec![String::new()]
            } else {
                names
            });
        }
        let mut starts = BTreeSet::from([i64::MIN]);
        let allowed = conditions.flat_map(|when| when.0.iter());
        for (_, allowed) in allowed.filter(|(of, _)| *of == facet) {
            match allowed {
                Allowed::Named(all) => {
                    let new = all.iter().filter(|n| !names.contains(n)).cloned();
                    let new: Vec<String> = new.collect();
                    names.extend(new);
                }
                Allowed::Ranges(all) => {
                    for range in all {
                        starts.insert(*range.start());
                        starts.extend(range.end().checked_add(1));
                    }
                }
            }
        }
        if facet.is_number() {
            Self::Bands(starts.into_iter().collect())
        } else {
            Self::Names(names)
        }
    }

    pub fn len(&self) -> usize {
        match self {
            Self::Names(all) => all.len(),
            Self::Bands(all) => all.len(),
        }
    }

    /// Whether a condition holds for a part.
    pub fn allows(&self, part: usize, allowed: &Allowed) -> bool {
        match (self, allowed) {
            (Self::Names(all), Allowed::Named(named)) => named.contains(&all[part]),
            (Self::Bands(all), Allowed::Ranges(ranges)) => {
                ranges.iter().any(|range| range.contains(&all[part]))
            }
            _ => false,
        }
    }

    /// What a part is called, for an error's words.
    pub fn name(&self, part: usize) -> String {
        match self {
            Self::Names(all) => all[part].clone(),
            Self::Bands(all) => {
                let text = |n: i64| {
                    if n == i64::MIN {
                        String::new()
                    } else {
                        n.to_string()
                    }
                };
                let end = all.get(part + 1).map_or(i64::MIN, |next| next - 1);
                format!("{}-{}", text(all[part]), text(end))
            }
        }
    }

    /// The part a claim is in; none when the claim does not say, or says what no rule knows.
    pub fn part(&self, facet: Facet, facts: &Facts) -> Option<usize> {
        match self {
            Self::Bands(all) => {
                let number = match facet {
                    Facet::Age => facts.age,
                    _ => facts.visit,
                }?;
                all.iter().rposition(|start| *start <= number)
            }
            Self::Names(all) => {
                let name = facts.name(facet)?;
                all.iter().position(|one| one == name)
            }
        }
    }
}

impl Facts {
    /// Whether a facet is known and allowed.
    pub(crate) fn are(&self, facet: Facet, allowed: &Allowed) -> bool {
        let number = match facet {
            Facet::Age => self.age,
            Facet::Visit => self.visit,
            _ => None,
        };
        match allowed {
            Allowed::Named(all) => self
                .name(facet)
                .is_some_and(|name| all.iter().any(|one| one == name)),
            Allowed::Ranges(all) => {
                number.is_some_and(|number| all.iter().any(|range| range.contains(&number)))
            }
        }
    }

    fn name(&self, facet: Facet) -> Option<&str> {
        let yes = |flag: bool| if flag { "yes" } else { "no" };
        match facet {
            Facet::Level => self.level.map(Level::as_str),
            Facet::Status => self.status.map(Status::as_str),
            Facet::Aid => self.aid.map(Aid::as_str),
            Facet::Remote => self.remote.map(Remote::as_str),
            Facet::Tier => self.tier.as_deref(),
            Facet::Disease => Some(self.disease.as_deref().unwrap_or("")),
            Facet::Signed => self.signed.map(yes),
            Facet::Chosen => self.chosen.map(yes),
            Facet::Referred => self.referred.map(yes),
            Facet::Age | Facet::Visit => None,
        }
    }
}
