//! A day's rows of all clinics under one institution code, as a statement tells of them.

use std::collections::{BTreeMap, BTreeSet};

use cunyi_domain::batch::BatchState;
use cunyi_domain::ids::{BatchId, ClinicId};
use cunyi_domain::ledger::{Payer, SettlementKind};
use cunyi_domain::money::Fen;
use cunyi_domain::reconcile::{Difference, Group, Money, Ours, Standing};
use cunyi_domain::time::Moment;
use cunyi_domain::time::civil::Date;
use cunyi_gateway::Region;
use cunyi_gateway::msgid::Slot;
use cunyi_gateway::region::Office;
use cunyi_gateway::statement_file::MAX_LINES;
use cunyi_store::Tx;
use cunyi_store::books::{self, Booked, InFlight};

use crate::error::Result;
use crate::setup::Setup;
use crate::under_code::UnderCode;

/// A day's rows as a statement tells of them.
pub(super) struct Books {
    pub day: Date,
    /// 定点医药机构编号 of all of them.
    code: String,
    clinics: Vec<ClinicBook>,
}

/// One clinic's.
struct ClinicBook {
    clinic: ClinicId,
    slot: i64,
    /// Of the day and the days beside it.
    booked: Vec<Booked>,
    /// Settlements and reversals that are the centre's alone: no money of the clinic's is in them.
    undone: Vec<Booked>,
    in_flight: Vec<InFlight>,
}

impl Books {
    pub(super) fn read(tx: &mut Tx<'_>, under: &UnderCode, day: Date) -> Result<Self> {
        let before = day.yesterday().unwrap_or(day);
        let after = day.tomorrow().unwrap_or(day);
        let limit = i64::try_from(3 * MAX_LINES).unwrap_or(i64::MAX);
        let (from, to) = (Moment::start_of(before), Moment::end_of(after));
        let mut clinics = Vec::new();
        for clinic in under.clinics() {
            let id = &clinic.clinic;
            clinics.push(ClinicBook {
                booked: books::booked(tx, id, from, to, limit)?,
                undone: books::undone(tx, id, from, to, limit)?,
                in_flight: books::in_flight(tx, id, Moment(0), Moment::end_of(day), limit)?,
                clinic: id.clone(),
                slot: clinic.slot,
            });
        }
        let code = under.code().to_owned();
        Ok(Self { day, code, clinics })
    }

    /// Every clinic's rows, as the centre counts them.
    pub(super) fn booked(&self) -> impl Iterator<Item = &Booked> {
        let undone = self.clinics.iter().flat_map(|book| &book.undone);
        self.in_ledger().chain(undone)
    }

    /// Every clinic's rows of the ledger.
    pub(super) fn in_ledger(&self) -> impl Iterator<Item = &Booked> {
        self.clinics.iter().flat_map(|book| &book.booked)
    }

    /// One clinic's.
    pub(super) fn booked_by(&self, clinic: &ClinicId) -> impl Iterator<Item = &Booked> {
        let its = self
            .clinics
            .iter()
            .filter(move |book| book.clinic == *clinic);
        its.flat_map(|book| &book.booked)
    }

    /// All of them, compared as the code's.
    pub(super) fn ours(&self, region: &Region) -> Vec<Ours> {
        let each = |book: &ClinicBook| book.ours(region);
        self.clinics.iter().flat_map(each).collect()
    }

    /// One clinic's.
    pub(super) fn ours_of(&self, region: &Region, clinic: &ClinicId) -> Vec<Ours> {
        let its = |book: &&ClinicBook| book.clinic == *clinic;
        let each = |book: &ClinicBook| book.ours(region);
        self.clinics.iter().filter(its).flat_map(each).collect()
    }

    /// True if a clinic has settled and reversed nothing on the day.
    pub(super) fn idle(&self, clinic: &ClinicId) -> bool {
        let mut its = self.clinics.iter().filter(|book| book.clinic == *clinic);
        let today = |row: &Booked| row.settled_at.date() == self.day;
        !its.any(|book| book.booked.iter().any(today))
    }

    /// True if a msgid is of a clinic under the code that is not here.
    pub(super) fn is_elsewhere(&self, message: &str) -> bool {
        Slot::of_msgid(&self.code, message).is_some() && self.of_message(message).is_none()
    }

    /// The clinic here that a msgid of the code's is of.
    pub(super) fn of_message(&self, message: &str) -> Option<&ClinicId> {
        let slot = i64::from(Slot::of_msgid(&self.code, message)?.get());
        let book = self.clinics.iter().find(|book| book.slot == slot)?;
        Some(&book.clinic)
    }

    /// Whose each batch is.
    fn owners(&self) -> BTreeMap<&BatchId, &ClinicId> {
        let mut owners = BTreeMap::new();
        for book in &self.clinics {
            owners.extend(book.batches().map(|batch| (batch, &book.clinic)));
        }
        owners
    }

    /// Whose each difference is: by its batch, or by the msgid of what the centre alone has. None: it
    /// cannot be told, and is the code's.
    pub(super) fn whose(&self, differences: &[Difference]) -> Vec<Option<ClinicId>> {
        let owners = self.owners();
        let of = |difference: &Difference| match difference {
            Difference::Line {
                batch: Some(batch), ..
            } => owners.get(batch).copied(),
            Difference::Line { message, .. } => self.of_message(message),
            Difference::Total { .. } | Difference::Cash(_) | Difference::NotAsked => None,
        };
        differences.iter().map(|one| of(one).cloned()).collect()
    }
}

impl ClinicBook {
    fn ours(&self, region: &Region) -> Vec<Ours> {
        let booked = self.booked.iter().chain(&self.undone);
        let booked = booked.map(|row| ours_of(region, row));
        let in_flight = self.in_flight.iter().map(|row| in_flight_of(region, row));
        booked.chain(in_flight).collect()
    }

    fn batches(&self) -> impl Iterator<Item = &BatchId> {
        let booked = self.booked.iter().map(|row| &row.batch);
        booked.chain(self.in_flight.iter().map(|row| &row.batch))
    }
}

/// Where a settlement is cleared, as its 2207 said, else as the region's file says.
pub(crate) fn group(region: &Region, scheme: &str, benefit: &str, said: (&str, &str)) -> Group {
    let known = region.benefits.get(benefit);
    let by_benefit = known.map_or("", |benefit| benefit.clr_type.as_str());
    let or = |said: &str, else_: &str| if said.is_empty() { else_ } else { said }.to_owned();
    let office = match region.statement.setl_optins {
        Office::ClrOptins => or(said.1, &region.statement.clr_optins),
        Office::Admdvs => region.admdvs.clone(),
    };
    Group {
        scheme: scheme.to_owned(),
        clearing_type: or(said.0, by_benefit),
        office,
    }
}

/// Under what a region clears the benefits of a clinic's policies, whether anything was settled or not.
pub(crate) fn possible(setup: &Setup) -> BTreeSet<Group> {
    let region = &setup.gateway.region;
    let schemes = setup
        .policies
        .iter()
        .map(|file| file.policy.scheme.as_str());
    let of = |scheme: &'static str| {
        let benefits = region.benefits.keys();
        benefits.map(move |benefit| group(region, scheme, benefit, ("", "")))
    };
    schemes.flat_map(of).collect()
}

pub(crate) fn signed(kind: SettlementKind, fen: Fen) -> Fen {
    match kind {
        SettlementKind::Settlement => fen,
        SettlementKind::Reversal => -fen,
    }
}

pub(super) fn group_of(region: &Region, row: &Booked) -> Option<Group> {
    let scheme = row.scheme.as_deref()?;
    let said = (row.clearing_type.as_str(), row.clearing_office.as_str());
    (row.payer == Payer::Insured).then(|| group(region, scheme, &row.benefit, said))
}

pub(super) fn ours_of(region: &Region, row: &Booked) -> Ours {
    let amount = |fen| signed(row.kind, fen);
    Ours {
        batch: row.batch.clone(),
        kind: row.kind,
        standing: Standing::Booked,
        settlement: row.platform_settlement.clone(),
        message: row.message.clone(),
        day: row.settled_at.date(),
        group: group_of(region, row),
        money: Money {
            total: amount(row.total),
            fund: amount(row.fund),
            account: amount(row.account),
        },
    }
}

fn in_flight_of(region: &Region, row: &InFlight) -> Ours {
    // What a 2601 would undo is a settlement.
    let kind = match row.state {
        BatchState::ReversalRequested | BatchState::ReversalUnknown => SettlementKind::Reversal,
        _ => SettlementKind::Settlement,
    };
    let amount = |fen| signed(kind, fen);
    Ours {
        batch: row.batch.clone(),
        kind,
        standing: Standing::InFlight,
        settlement: String::new(),
        message: row.message.clone(),
        day: row.requested_at.date(),
        group: row
            .scheme
            .as_deref()
            .map(|scheme| group(region, scheme, &row.benefit, ("", ""))),
        money: Money {
            total: amount(row.total),
            fund: amount(row.fund),
            account: amount(row.account),
        },
    }
}
