//! What a transaction has in its hands, and how it refuses.

use cunyi_db::{DbError, Tx};
use cunyi_domain::row::Value;
use cunyi_domain::time::{Moment, parse_date_time};

use crate::centre::Centre;
use crate::envelope::Envelope;
use crate::ledger::{CoverageRow, PersonRow, VisitRow};

/// One transaction under way.
pub(crate) struct Call<'a, 'b> {
    pub(crate) centre: &'a Centre,
    pub(crate) tx: &'a mut Tx<'b>,
    pub(crate) envelope: &'a Envelope,
    pub(crate) now: Moment,
}

/// Why a transaction does nothing.
#[derive(Debug)]
pub(crate) enum Stop {
    /// infcode -1 with these words.
    Refused(String),
    /// The ledger failed.
    Db(DbError),
}

impl From<DbError> for Stop {
    fn from(error: DbError) -> Self {
        Self::Db(error)
    }
}

/// A refusal in these words.
pub(crate) fn refuse<T>(words: impl Into<String>) -> Result<T, Stop> {
    Err(Stop::Refused(words.into()))
}

/// A text parameter.
pub(crate) fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

/// A required text of an input.
pub(crate) fn required(name: &str, value: &str) -> Result<(), Stop> {
    if value.trim().is_empty() || value.contains('\0') {
        return refuse(format!("{name}不能为空"));
    }
    Ok(())
}

/// A text of so many characters.
pub(crate) fn within(
    name: &str,
    value: &str,
    length: std::ops::RangeInclusive<usize>,
) -> Result<(), Stop> {
    if *length.start() > 0 {
        required(name, value)?;
    }
    if value.contains('\0') || value.chars().count() > *length.end() {
        return refuse(format!("{name}超过{}个字符或含有非法字符", length.end()));
    }
    Ok(())
}

/// A required `yyyy-MM-dd HH:mm:ss` of an input.
pub(crate) fn moment(name: &str, value: &str) -> Result<Moment, Stop> {
    parse_date_time(value).ok_or_else(|| Stop::Refused(format!("{name}格式不正确")))
}

impl Call<'_, '_> {
    /// A new id of the platform's: area, time, ten digits.
    pub(crate) fn number(&self) -> String {
        self.centre.number(self.now)
    }

    /// The person of a number.
    pub(crate) fn person(&mut self, number: &str) -> Result<PersonRow, Stop> {
        required("人员编号", number)?;
        let found = self.tx.find("WHERE number = ?", vec![text(number)])?;
        found.ok_or_else(|| Stop::Refused("未查询到该人员信息，请核对人员编号".to_owned()))
    }

    /// A person's insurances.
    pub(crate) fn coverages(&mut self, person: &str) -> Result<Vec<CoverageRow>, Stop> {
        Ok(self
            .tx
            .select("WHERE person = ? ORDER BY position", vec![text(person)])?)
    }

    /// The insurance of a scheme that can be settled here today.
    pub(crate) fn coverage(&mut self, person: &str, scheme: &str) -> Result<CoverageRow, Stop> {
        required("险种类型", scheme)?;
        let all = self.coverages(person)?;
        let of_scheme: Vec<CoverageRow> = all.into_iter().filter(|c| c.scheme == scheme).collect();
        let Some(any) = of_scheme.first() else {
            return refuse("该人员无此险种的参保信息");
        };
        let Some(in_force) = of_scheme.iter().find(|c| c.status == "1") else {
            let state = if any.status == "2" {
                "暂停参保"
            } else {
                "非正常参保"
            };
            return refuse(format!("该人员当前参保状态为{state}，不能享受待遇"));
        };
        if in_force.place != self.centre.region.admdvs {
            return refuse("参保地不在本统筹区，本机构未开通异地门诊直接结算");
        }
        Ok(in_force.clone())
    }

    /// The visit of a number, of this person at this institution.
    pub(crate) fn visit(&mut self, id: &str, person: &str) -> Result<VisitRow, Stop> {
        required("就诊ID", id)?;
        required("人员编号", person)?;
        let found: Option<VisitRow> = self.tx.find("WHERE id = ?", vec![text(id)])?;
        let mine =
            found.filter(|v| v.person == person && v.institution == self.envelope.institution);
        match mine {
            None => refuse("未查询到就诊信息，请核对就诊ID与人员编号"),
            Some(visit) if visit.cancelled => refuse("该就诊登记已撤销"),
            Some(visit) => Ok(visit),
        }
    }
}
