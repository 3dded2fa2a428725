//! Reversals whose reply was lost: that they were made is found out, under which 结算ID and on which day
//! only the centre's lines tell (nhsa-interface §2.18). Around midnight that day may be another than here.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use cunyi_domain::fact::ReversalNamed;
use cunyi_domain::ledger::SettlementKind;
use cunyi_domain::reconcile::{Evidence, Group, Theirs, Verdict};
use cunyi_domain::time::Moment;
use cunyi_domain::time::civil::Date;
use cunyi_store::books::Booked;

use super::ask;
use super::books::{Books, group_of, ours_of};
use crate::App;
use crate::error::Result;
use crate::resolve::program_at;
use crate::step::Caller;

/// So many are looked for at one time.
const MOST_NAMED: usize = 20;

impl App {
    /// Records what the centre's lines tell of them, if its sums differ; false where they tell nothing.
    pub(super) fn name_reversals(
        &self,
        caller: &Caller<'_>,
        books: &Books,
        evidence: &Evidence,
    ) -> Result<bool> {
        let region = &caller.setup.gateway.region;
        let mut named = false;
        // A day's file at a clearing place is fetched once, however many are looked for in it.
        let mut files: BTreeMap<(Date, String, String), Vec<Theirs>> = BTreeMap::new();
        let nameless = books.in_ledger().filter(|row| is_nameless(row));
        for row in nameless.take(MOST_NAMED) {
            let whose = books.of_message(&row.message);
            let (Some(group), Some(clinic)) = (group_of(region, row), whose) else {
                continue;
            };
            let money = ours_of(region, row).money;
            let is = |line: &&Theirs| {
                line.message == row.message
                    && line.kind == row.kind
                    && line.money == money
                    && line.verdict != Verdict::OnlyHere
                    && !line.settlement.is_empty()
            };
            let mut found = None;
            for day in days(row, books.day) {
                let place = (group.clearing_type.clone(), group.office.clone());
                let lines = match files.entry((day, place.0, place.1)) {
                    Entry::Occupied(file) => file.into_mut(),
                    Entry::Vacant(file) => {
                        file.insert(self.lines_of(caller, books, evidence, (day, &group))?)
                    }
                };
                if let Some(line) = lines.iter().find(is) {
                    found = Some((line.settlement.clone(), day));
                    break;
                }
            }
            let Some((settlement, day)) = found else {
                continue;
            };
            let fact = ReversalNamed {
                settlement: row.id.clone(),
                platform_settlement: settlement,
                settled_at: within(row.settled_at, day),
            };
            self.write(&program_at(clinic), "name_reversal", |w| {
                Ok(w.record(fact, None, None)?)
            })?;
            named = true;
        }
        Ok(named)
    }

    /// A day's lines at a clearing place: of the day that was asked about they are known.
    fn lines_of(
        &self,
        caller: &Caller<'_>,
        books: &Books,
        evidence: &Evidence,
        (day, group): (Date, &Group),
    ) -> Result<Vec<Theirs>> {
        let of_group = evidence
            .details
            .iter()
            .find(|d| d.clearing_type == group.clearing_type && d.office == group.office);
        let Some(detail) = of_group else {
            return Ok(Vec::new());
        };
        if day == books.day {
            return Ok(detail.lines.clone().unwrap_or_default());
        }
        if day > self.now().date() {
            return Ok(Vec::new());
        }
        ask::lines(caller, &self.books(caller.actor, day)?, group)
    }
}

fn is_nameless(row: &Booked) -> bool {
    let nameless = row.platform_settlement.is_empty() && !row.message.is_empty();
    row.kind == SettlementKind::Reversal && nameless
}

/// On which days a reversal may stand at the centre: first the one that was asked about, and, if it
/// is here on that one, those beside it.
fn days(row: &Booked, asked: Date) -> Vec<Date> {
    let mut days = vec![asked];
    if row.settled_at.date() == asked {
        days.extend([asked.tomorrow(), asked.yesterday()].into_iter().flatten());
    }
    days
}

/// A moment, moved into a day.
pub(super) fn within(at: Moment, day: Date) -> Moment {
    let last = Moment(Moment::end_of(day).0 - 1_000_000);
    at.clamp(Moment::start_of(day), last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_of_another_day_is_moved_to_its_nearer_end() {
        let day: Date = "2026-11-25".parse().unwrap();
        let noon = Moment(Moment::start_of(day).0 + 43_200_000_000);
        assert_eq!(within(noon, day), noon);
        let (before, after) = (day.yesterday().unwrap(), day.tomorrow().unwrap());
        assert_eq!(within(noon, after), Moment::start_of(after));
        assert_eq!(within(noon, before).date(), before);
        assert!(Moment::start_of(day).0 - within(noon, before).0 <= 1_000_000);
    }
}
