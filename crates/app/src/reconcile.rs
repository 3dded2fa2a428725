//! 对账 of a day: the clinic's ledger against the centre's (3201, and where that differs 9101, 3202 and
//! 9102) and against the money that was counted. Nothing is mended here: the page says what would.

mod ask;

use cunyi_domain::batch::BatchState;
use cunyi_domain::ids::ClinicId;
use cunyi_domain::ledger::{Method, Payer, SettlementKind};
use cunyi_domain::money::Fen;
use cunyi_domain::reconcile::{
    Difference, Drawer, Evidence, Group, Money, Ours, Standing, reconcile,
};
use cunyi_domain::refusal::Code;
use cunyi_domain::time::Moment;
use cunyi_domain::time::civil::Date;
use cunyi_gateway::Region;
use cunyi_gateway::region::Office;
use cunyi_gateway::statement_file::MAX_LINES;
use cunyi_store::books::{self, Booked, InFlight, Reconciliation, Till};
use cunyi_store::{Tx, query, reference};

use crate::App;
use crate::error::{AppError, Result, refuse_at};
use crate::permission::Action;
use crate::views::{Actor, Counted, DifferenceView, GroupView, ReconcileView};

/// The most that can be counted of a day: ten million yuan.
const MOST_COUNTED: Fen = Fen(1_000_000_000);

/// A day's rows as a statement tells of them.
struct Books {
    day: Date,
    /// Of the day and the days beside it.
    booked: Vec<Booked>,
    in_flight: Vec<InFlight>,
}

impl App {
    /// A day as it stands: what the centre said when it was asked last, against what is booked now.
    pub fn reconciliation(&self, actor: &Actor, day: Date) -> Result<ReconcileView> {
        actor.must(Action::SeeQueue)?;
        self.note_list(actor, "reconcile")?;
        self.parts.store.db().read("reconciliation", |tx| {
            let setup = self.setup_in(tx, &actor.clinic)?;
            let books = Books::read(tx, &actor.clinic, day)?;
            let ours = books.ours(&setup.gateway.region);
            let kept = books::reconciliation(tx, &actor.clinic, day)?;
            let evidence: Option<Evidence> = kept
                .as_ref()
                .map(|row| serde_json::from_str(&row.evidence))
                .transpose()
                .map_err(|error| AppError::Failed(error.to_string()))?;
            let till = books::till(tx, &actor.clinic, day)?;
            let drawers = drawers(tx, &actor.clinic, day, till.as_ref())?;
            let reconciled = reconcile(day, &ours, evidence.as_ref(), &drawers);
            let mut differences = Vec::new();
            for difference in &reconciled.differences {
                differences.push(named(tx, &actor.clinic, difference)?);
            }
            let asked = match kept {
                Some(row) => Some((row.asked_at, who(tx, &actor.clinic, &row.asked_by)?)),
                None => None,
            };
            let counted = match till {
                Some(till) => Some(Counted {
                    cash: till.cash,
                    qr: till.qr,
                    at: till.counted_at,
                    by: who(tx, &actor.clinic, &till.counted_by)?,
                }),
                None => None,
            };
            let compared = evidence.map(|evidence| evidence.compared);
            let group = |of: cunyi_domain::reconcile::Compared| GroupView {
                group: of.group,
                asked: of.asked,
                answer: of.answer,
            };
            Ok(ReconcileView {
                day,
                reconciled,
                differences,
                groups: compared.into_iter().flatten().map(group).collect(),
                asked,
                counted,
            })
        })
    }

    /// Asks the centre about a day and keeps what it said.
    pub fn reconcile(&self, actor: &Actor, day: Date) -> Result<()> {
        actor.must(Action::Reconcile)?;
        self.past(day)?;
        let db = self.parts.store.db();
        let books = db.read("reconcile", |tx| Books::read(tx, &actor.clinic, day))?;
        let caller = self.caller(actor)?;
        let evidence = ask::ask(&caller, &books)?;
        let evidence = serde_json::to_string(&evidence)
            .map_err(|error| AppError::Failed(error.to_string()))?;
        let row = Reconciliation {
            clinic: actor.clinic.clone(),
            day,
            evidence,
            asked_at: self.now(),
            asked_by: actor.user.clone(),
        };
        db.transact("keep_reconciliation", |tx| -> Result<()> {
            Ok(books::keep_reconciliation(tx, row)?)
        })
    }

    /// Keeps what was counted at the end of a day: notes and coins, and what came in by QR code.
    pub fn count_till(&self, actor: &Actor, day: Date, cash: Fen, qr: Fen) -> Result<()> {
        actor.must(Action::Reconcile)?;
        self.past(day)?;
        // A day may end with less than it began with: what was paid back came out of it.
        for (counted, field) in [(cash, "cash"), (qr, "qr")] {
            if counted > MOST_COUNTED || -counted > MOST_COUNTED {
                return refuse_at(Code::BadNumber, field);
            }
        }
        let row = Till {
            clinic: actor.clinic.clone(),
            day,
            cash,
            qr,
            counted_at: self.now(),
            counted_by: actor.user.clone(),
        };
        let db = self.parts.store.db();
        db.transact("keep_till", |tx| -> Result<()> {
            Ok(books::keep_till(tx, row)?)
        })
    }

    /// A day that has begun.
    fn past(&self, day: Date) -> Result<()> {
        if day > self.now().date() {
            return refuse_at(Code::BadText, "day");
        }
        Ok(())
    }
}

/// What came in on a day less what was given back, and what was counted.
fn drawers(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    day: Date,
    till: Option<&Till>,
) -> Result<[Drawer; 2]> {
    let span = (Moment::start_of(day), end_of(day));
    let mut drawer = |method, counted| -> Result<Drawer> {
        Ok(Drawer {
            method,
            expected: books::expected(tx, clinic, span, method)?,
            counted,
        })
    };
    Ok([
        drawer(Method::Cash, till.map(|till| till.cash))?,
        drawer(Method::Qr, till.map(|till| till.qr))?,
    ])
}

fn who(tx: &mut Tx<'_>, clinic: &ClinicId, user: &cunyi_domain::ids::UserId) -> Result<String> {
    let user = reference::user(tx, clinic, user)?;
    Ok(user.map(|user| user.name).unwrap_or_default())
}

/// A difference with who it is about.
fn named(tx: &mut Tx<'_>, clinic: &ClinicId, difference: &Difference) -> Result<DifferenceView> {
    let mut view = DifferenceView {
        difference: difference.clone(),
        visit: None,
        number: String::new(),
        name: String::new(),
    };
    let Difference::Line {
        batch: Some(batch), ..
    } = difference
    else {
        return Ok(view);
    };
    let Some(batch) = query::batch(tx, clinic, batch)? else {
        return Ok(view);
    };
    if let Some(visit) = query::visit(tx, clinic, &batch.visit)? {
        let patient = query::patient(tx, clinic, &visit.patient)?;
        view.name = patient.map(|patient| patient.name).unwrap_or_default();
    }
    view.visit = Some(batch.visit);
    view.number = batch.number;
    Ok(view)
}

/// The end of a day.
fn end_of(day: Date) -> Moment {
    Moment::start_of(day.tomorrow().unwrap_or(day))
}

impl Books {
    fn read(tx: &mut Tx<'_>, clinic: &ClinicId, day: Date) -> Result<Self> {
        let before = day.yesterday().unwrap_or(day);
        let after = day.tomorrow().unwrap_or(day);
        let limit = i64::try_from(3 * MAX_LINES).unwrap_or(i64::MAX);
        let (from, to) = (Moment::start_of(before), end_of(after));
        Ok(Self {
            day,
            booked: books::booked(tx, clinic, from, to, limit)?,
            in_flight: books::in_flight(tx, clinic, Moment(0), end_of(day), limit)?,
        })
    }

    fn ours(&self, region: &Region) -> Vec<Ours> {
        let booked = self.booked.iter().map(|row| ours_of(region, row));
        let in_flight = self.in_flight.iter().map(|row| in_flight_of(region, row));
        booked.chain(in_flight).collect()
    }
}

/// Where a settlement is cleared, as its 2207 said, else as the region's file says.
fn group(region: &Region, scheme: &str, benefit: &str, said: (&str, &str)) -> Group {
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

fn signed(kind: SettlementKind, fen: Fen) -> Fen {
    match kind {
        SettlementKind::Settlement => fen,
        SettlementKind::Reversal => -fen,
    }
}

fn group_of(region: &Region, row: &Booked) -> Option<Group> {
    let scheme = row.scheme.as_deref()?;
    let said = (row.clearing_type.as_str(), row.clearing_office.as_str());
    (row.payer == Payer::Insured).then(|| group(region, scheme, &row.benefit, said))
}

fn ours_of(region: &Region, row: &Booked) -> Ours {
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
