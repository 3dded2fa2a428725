//! A trace code is sold once: a box that was scanned for one line cannot be scanned for another, unless it
//! went back to its lot. What is split from a box (拆零) bears the box's code each time.

use cunyi_catalogue::Catalogue;
use cunyi_domain::ledger::{Charge, Goods};
use cunyi_domain::money::Quantity;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_store::{Tx, query};

use crate::error::Result;
use crate::goods::Given;

/// True if a line is less than whole packs: sold by the smallest unit, and no whole number of them.
pub(crate) fn is_split(catalogue: &Catalogue, line: &Charge) -> bool {
    catalogue.drug(&line.code).is_some_and(|drug| {
        let pack = Quantity::whole(drug.units_per_pack.max(1));
        line.unit == drug.unit && line.quantity.0 % pack.0 != 0
    })
}

/// Refuses a code for a line where another line has it that was handed over or waits to be.
pub(crate) fn must_be_unsold(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    line: &Charge,
    code: &str,
) -> Result<()> {
    for id in query::visits_with_code(tx, &line.clinic, code)? {
        let Some(visit) = query::visit(tx, &line.clinic, &id)? else {
            continue;
        };
        let given = Given::read(tx, &visit)?;
        let Some(other) = given.has_code(catalogue, line, code) else {
            continue;
        };
        let (why, since) = match given.handed(other) {
            Some(_) => (Code::TraceCodeSold, visit.finished_at),
            None => (Code::TraceCodeHeld, None),
        };
        let day = since.unwrap_or(visit.registered_at).date();
        let refusal = Refusal::at(why, "trace_codes").with("trace", code);
        let refusal = refusal.with("item", &other.name).with("on", day);
        return Err(refusal.with("number", visit.number).into());
    }
    Ok(())
}

impl Given {
    /// The line of this visit that keeps a code from another line.
    fn has_code(&self, catalogue: &Catalogue, line: &Charge, code: &str) -> Option<&Charge> {
        let own = self.whole(line).id.clone();
        let keeps = |other: &&Charge| {
            let whole = self.whole(other);
            let one_box = whole.code == line.code && is_split(catalogue, whole);
            bears(other, code)
                && whole.id != own
                && self.is_out(other, code)
                && !(one_box && is_split(catalogue, line))
        };
        self.charges.iter().find(keeps)
    }

    /// What a line was first charged as; itself where it is no rest of a refund.
    fn whole<'a>(&'a self, line: &'a Charge) -> &'a Charge {
        let first = |c: &&Charge| Some(&c.id) == line.rest_of.as_ref();
        let first = self.charges.iter().find(first);
        first.map_or(line, |first| self.whole(first))
    }

    /// True if the box with this code is the patient's or will be: not of what was charged anew, which
    /// answers for itself, and not once it is back in its lot or never left it.
    fn is_out(&self, line: &Charge, code: &str) -> bool {
        let anew = |c: &Charge| c.rest_of.as_ref() == Some(&line.id) && bears(c, code);
        if self.charges.iter().any(anew) {
            return false;
        }
        let back = |d| d == Goods::NotHandedOver;
        let is_back = self.decided(line).is_some_and(|d| back(d.decision));
        !self.is_reversed(line) || self.handed(line).is_some() && !is_back
    }
}

fn bears(line: &Charge, code: &str) -> bool {
    line.trace_codes.split(',').any(|one| one == code)
}
