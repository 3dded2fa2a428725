//! 一般诊疗费: a visit begins with it, unless the patient had it within the time in which her fund pays it once: a day where
//! the region does not say.

use cunyi_catalogue::ServiceRole;
use cunyi_domain::ids::{ClinicId, VisitId};
use cunyi_domain::ledger::{Coverage, Visit, VisitState};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::civil::Date;
use cunyi_policy::Per;
use cunyi_store::{Tx, query};

use crate::App;
use crate::error::Result;
use crate::views::{ChargeView, DraftLine};
use crate::visit::coverage_of;

impl App {
    /// True of the code of its line.
    pub(crate) fn is_consultation(&self, code: &str) -> bool {
        let service = self.catalogue().service(code);
        service.is_some_and(|service| service.role == ServiceRole::General)
    }

    /// The line that a visit begins with; none where something is typed, or the fee was charged within its time.
    pub(crate) fn begins(
        &self,
        tx: &mut Tx<'_>,
        (visit, draft_version): (&Visit, i64),
        coverage: Option<&Coverage>,
    ) -> Result<Option<DraftLine>> {
        if draft_version > 0 || visit.signed {
            return Ok(None);
        }
        self.consultation_fee(tx, visit, coverage)
    }

    /// The line of the fee, where it is due.
    pub(crate) fn consultation_fee(
        &self,
        tx: &mut Tx<'_>,
        visit: &Visit,
        coverage: Option<&Coverage>,
    ) -> Result<Option<DraftLine>> {
        let over = matches!(visit.state, VisitState::Done | VisitState::Cancelled);
        let mut services = self.catalogue().services().iter();
        let fee = services.find(|service| service.role == ServiceRole::General);
        let Some(fee) = fee.filter(|_| !over) else {
            return Ok(None);
        };
        if self.consulted(tx, visit, coverage)?.is_some() {
            return Ok(None);
        }
        Ok(Some(DraftLine {
            code: fee.code.clone(),
            ..DraftLine::default()
        }))
    }

    /// The line that charges the fee though its time holds, with the day on which it was charged.
    pub(crate) fn charged_again(
        &self,
        tx: &mut Tx<'_>,
        (clinic, visit): (&ClinicId, &VisitId),
        lines: &[ChargeView],
    ) -> Result<Option<(String, Date)>> {
        let fee = lines.iter().find(|line| self.is_consultation(&line.code));
        let Some(line) = fee else {
            return Ok(None);
        };
        let row = query::visit(tx, clinic, visit)?.ok_or(Refusal::new(Code::NotFound))?;
        let coverage = coverage_of(tx, &row)?;
        let day = self.consulted(tx, &row, coverage.as_ref())?;
        Ok(day.map(|day| (line.code.clone(), day)))
    }

    /// The day on which she was charged the fee in another visit, where its time still holds.
    pub(crate) fn consulted(
        &self,
        tx: &mut Tx<'_>,
        visit: &Visit,
        coverage: Option<&Coverage>,
    ) -> Result<Option<Date>> {
        let last = query::last_consultation(tx, visit)?;
        let last = last.map(|last| last.registered_at.date());
        let setup = self.setup_in(tx, &visit.clinic)?;
        let policy = coverage.and_then(|of| setup.policy(&of.scheme, visit.registered_at));
        let once = policy.and_then(|policy| policy.fee_once);
        let day = visit.registered_at.date();
        Ok(last.filter(|last| once.unwrap_or(Per::Day).holds(*last, day)))
    }
}
