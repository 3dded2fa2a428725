//! The queue and moving in it.

use cunyi_domain::batch::BatchState;
use cunyi_domain::fact::VisitMoved;
use cunyi_domain::ids::{ClinicId, PatientId, VisitId};
use cunyi_domain::ledger::{PaperWhy, SkinTest, Visit, VisitState};
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::Moment;
use cunyi_store::{Tx, query};

use crate::App;
use crate::course::Ongoing;
use crate::error::{Result, refuse};
use crate::freeze::void_open;
use crate::goods::undecided;
use crate::paper_entry::OnPaper;
use crate::payment::standing;
use crate::permission::Action;
use crate::register::forget_certificate;
use crate::skin_test::{abandon, longest_wait};
use crate::views::{Actor, QueueEntry};
use crate::visit::{age, coverage_of};

/// Most entries of a list.
pub(crate) const MOST_ENTRIES: i64 = 500;

/// So many days after a refund the queue asks what became of the goods. Then they stay with the patient, as
/// what was dispensed does, unless somebody says otherwise on the visit's page.
const GOODS_ASKED_FOR: i64 = 31;

/// Where a visit may be moved by hand. Done is reached by handing over.
const MOVES: &[(VisitState, VisitState)] = &[
    (VisitState::Waiting, VisitState::Seeing),
    (VisitState::Seeing, VisitState::Parked),
    (VisitState::Parked, VisitState::Seeing),
    (VisitState::Seeing, VisitState::Waiting),
    (VisitState::Waiting, VisitState::Cancelled),
    (VisitState::Parked, VisitState::Cancelled),
    (VisitState::Seeing, VisitState::Cancelled),
];

/// What is marked at entries of a list, asked once for all of them.
pub(crate) struct Marks {
    courses: Vec<Ongoing>,
    tests: Vec<SkinTest>,
}

impl Marks {
    pub(crate) fn read(tx: &mut Tx<'_>, clinic: &ClinicId, now: Moment) -> Result<Self> {
        Ok(Self {
            courses: Ongoing::all(tx, clinic, now)?,
            tests: query::open_skin_tests(tx, clinic, MOST_ENTRIES)?,
        })
    }

    /// Days done and ordered of the course of hers that is ended last.
    fn course(&self, patient: &PatientId) -> Option<(usize, i64)> {
        let hers = self.courses.iter().filter(|c| c.patient == *patient);
        let last = hers.max_by_key(|c| c.left())?;
        Some((last.done(), last.days))
    }

    fn tests(&self, visit: &VisitId) -> impl Iterator<Item = &SkinTest> {
        self.tests.iter().filter(move |test| test.visit == *visit)
    }
}

impl App {
    /// Everyone not done, who was done today, and of whom something is open: goods were given and not
    /// settled, money is to be returned or collected, nobody has said what became of goods after a refund.
    pub fn queue(&self, actor: &Actor) -> Result<Vec<QueueEntry>> {
        actor.must(Action::SeeQueue)?;
        self.note_list(actor, "queue")?;
        let from = Moment::start_of(self.now().date());
        self.parts.store.db().read("queue", |tx| {
            let mut visits = query::open_visits(tx, &actor.clinic, MOST_ENTRIES)?;
            visits.extend(query::done_since(tx, &actor.clinic, from, MOST_ENTRIES)?);
            let mut open = query::given_unsettled(tx, &actor.clinic, MOST_ENTRIES)?;
            open.extend(query::unbalanced(tx, &actor.clinic, MOST_ENTRIES)?);
            for visit in open {
                if visits.iter().all(|v| v.id != visit.id) {
                    visits.push(visit);
                }
            }
            let marks = Marks::read(tx, &actor.clinic, self.now())?;
            let mut entries = Vec::new();
            for visit in visits {
                entries.push(self.entry(tx, actor, visit, &marks)?);
            }
            let since = Moment(self.now().0 - GOODS_ASKED_FOR * 86_400_000_000);
            for visit in query::goods_undecided(tx, &actor.clinic, since, MOST_ENTRIES)? {
                if entries.iter().all(|entry| entry.visit != visit.id) {
                    let entry = self.entry(tx, actor, visit, &marks)?;
                    entries.extend(Some(entry).filter(|entry| entry.goods_undecided > 0));
                }
            }
            Ok(entries)
        })
    }

    /// Moves a visit in the queue. Cancelling takes an unpaid fee list back and frees stock; it is
    /// refused while money stands or may stand behind the visit.
    pub fn move_visit(&self, actor: &Actor, visit: &VisitId, to: VisitState) -> Result<()> {
        actor.must(Action::Register)?;
        self.write(actor, "move_visit", |w| {
            let row =
                query::visit(w.tx, &actor.clinic, visit)?.ok_or(Refusal::new(Code::NotFound))?;
            if row.state == to {
                return Ok(());
            }
            if !MOVES.contains(&(row.state, to)) {
                return refuse(Code::WrongState);
            }
            if to == VisitState::Cancelled {
                let before = OnPaper::of(w.tx, &actor.clinic, visit)?;
                void_open(w, &row)?;
                before.voided(w, &row, PaperWhy::Cancelled, String::new())?;
                abandon(w, &row)?;
                forget_certificate(w, visit)?;
            }
            let moved = VisitMoved {
                visit: visit.clone(),
                from: row.state,
                to,
            };
            Ok(w.record(moved, Some(&row.patient), None)?)
        })?;
        if to == VisitState::Cancelled {
            // What was dropped or paid back before may still have its details there.
            let db = self.parts.store.db();
            let all = db.read("withdraw", |tx| query::batches(tx, &actor.clinic, visit))?;
            return self.withdraw(actor, visit, &all);
        }
        Ok(())
    }

    pub(crate) fn entry(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        visit: Visit,
        marks: &Marks,
    ) -> Result<QueueEntry> {
        let clinic = &actor.clinic;
        let patient = query::patient(tx, clinic, &visit.patient)?;
        let patient = patient.ok_or(Refusal::new(Code::NotFound))?;
        let diagnoses = query::diagnoses(tx, clinic, &visit.id)?;
        let batches = query::batches(tx, clinic, &visit.id)?;
        let coverage = coverage_of(tx, &visit)?;
        let settled = |b: &&cunyi_domain::ledger::Batch| b.state == BatchState::Settled;
        let live = batches.iter().filter(|b| b.state.is_live());
        let money = standing(&visit, &batches);
        let given_unsettled =
            visit.state == VisitState::Done && batches.iter().any(|b| b.state.is_unsettled());
        let next_try = if given_unsettled {
            self.next_try(tx, &visit, &batches)?
        } else {
            None
        };
        let goods_undecided = undecided(tx, &visit, &batches)?;
        let course = marks.course(&visit.patient);
        let skin_test = longest_wait(marks.tests(&visit.id), self.now());
        Ok(QueueEntry {
            visit: visit.id,
            number: visit.number,
            patient: patient.id,
            name: patient.name,
            sex: patient.sex,
            age: age(patient.birth_date, self.now().date()),
            state: visit.state,
            payer: visit.payer,
            registered_at: visit.registered_at,
            diagnosis: diagnoses
                .into_iter()
                .next()
                .map(|d| d.name)
                .unwrap_or_default(),
            total: live.map(|b| b.total).sum(),
            fund: batches.iter().filter(settled).map(|b| b.fund).sum::<Fen>(),
            unknown: batches.iter().any(|b| b.state.in_flight()),
            money,
            given_unsettled,
            goods_undecided,
            next_try,
            course,
            skin_test,
            chronic: coverage.is_some_and(|c| c.filings.is_some_and(|f| !f.is_empty())),
        })
    }
}
