//! 处方登记: a prescription is printed, printed again with a reason, voided with a reason. Voiding takes the fee list
//! back, so that nothing that is paid is ever voided; what is paid is paid back.

use std::collections::HashMap;

use cunyi_domain::fact::PaperEntered;
use cunyi_domain::ids::{ChargeId, ClinicId, EntryId, VisitId};
use cunyi_domain::ledger::{ItemKind, PaperEntry, PaperEvent, PaperWhy, Visit};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_store::{Tx, Writer, query};

use crate::App;
use crate::access::names;
use crate::error::{Result, refuse, refuse_at};
use crate::freeze::void_open;
use crate::permission::Action;
use crate::reverse::read_reason;
use crate::views::{Actor, Paper, PaperEntryView, PapersView, WhyForm};

impl App {
    /// A prescription that goes on paper. The first asks for nothing; each further one says why.
    pub fn print_prescription(
        &self,
        actor: &Actor,
        visit: &VisitId,
        why: &WhyForm,
    ) -> Result<Paper> {
        actor.must(Action::HandOver)?;
        let why = read(why, PaperEvent::Printed)?;
        self.write(actor, "print_prescription", |w| {
            let row = query::visit(w.tx, &actor.clinic, visit)?;
            let row = row.ok_or(Refusal::new(Code::NotFound))?;
            let standing = OnPaper::of(w.tx, &actor.clinic, visit)?;
            if standing.lines.is_empty() {
                return refuse(Code::WrongState);
            }
            match (standing.printed, why) {
                (0, _) => standing.enter(w, &row, PaperEvent::Printed, None)?,
                (_, None) => return refuse_at(Code::PaperPrinted, "why"),
                (_, why) => standing.enter(w, &row, PaperEvent::Printed, why)?,
            }
            let mut paper = self.paper_view(w.tx, actor, visit)?;
            paper.entry = paper.visit.papers.entries.last().cloned();
            Ok(paper)
        })
    }

    /// 作废: takes the fee list back, and says so of the prescription that was printed of it.
    pub fn void_prescription(&self, actor: &Actor, visit: &VisitId, why: &WhyForm) -> Result<()> {
        actor.must(Action::Treat)?;
        let why = read(why, PaperEvent::Voided)?;
        let (why, words) = why.ok_or(Refusal::at(Code::ReasonMissing, "why"))?;
        let taken = self.write(actor, "void_prescription", |w| {
            let row = query::visit(w.tx, &actor.clinic, visit)?;
            let row = row.ok_or(Refusal::new(Code::NotFound))?;
            let before = OnPaper::of(w.tx, &actor.clinic, visit)?;
            if before.printed == 0 {
                return refuse(Code::WrongState);
            }
            let open = void_open(w, &row)?;
            before.voided(w, &row, why, words)?;
            Ok(open)
        })?;
        self.withdraw(actor, visit, &taken)
    }
}

/// A visit's prescription as it stands, and how often it was printed so.
pub(crate) struct OnPaper {
    lines: Vec<ChargeId>,
    pub(crate) printed: usize,
}

impl OnPaper {
    pub(crate) fn of(tx: &mut Tx<'_>, clinic: &ClinicId, visit: &VisitId) -> Result<Self> {
        let entries = query::paper_entries(tx, clinic, visit)?;
        Self::among(tx, (clinic, visit), &entries)
    }

    /// The same, where the visit's entries are known.
    fn among(
        tx: &mut Tx<'_>,
        (clinic, visit): (&ClinicId, &VisitId),
        entries: &[PaperEntry],
    ) -> Result<Self> {
        let mut given = query::given(tx, clinic, visit)?;
        given.retain(|line| line.kind == ItemKind::Drug);
        let lines: Vec<ChargeId> = given.into_iter().map(|line| line.id).collect();
        let same = |e: &&PaperEntry| e.event == PaperEvent::Printed && e.is_of(&lines);
        let printed = entries.iter().filter(same).count();
        Ok(Self { lines, printed })
    }

    /// The paper that was printed holds no longer, where the lines on it do not.
    pub(crate) fn voided(
        &self,
        w: &mut Writer<'_, '_>,
        visit: &Visit,
        why: PaperWhy,
        words: String,
    ) -> Result<()> {
        let now = Self::of(w.tx, &visit.clinic, &visit.id)?;
        if self.printed == 0 || now.lines == self.lines {
            return Ok(());
        }
        self.enter(w, visit, PaperEvent::Voided, Some((why, words)))
    }

    fn enter(
        &self,
        w: &mut Writer<'_, '_>,
        visit: &Visit,
        event: PaperEvent,
        why: Option<(PaperWhy, String)>,
    ) -> Result<()> {
        let this = usize::from(event == PaperEvent::Printed);
        let (why, words) = why.map_or((None, String::new()), |(why, words)| (Some(why), words));
        let entered = PaperEntered {
            id: EntryId::new(w.who.now, w.rng),
            patient: visit.patient.clone(),
            visit: visit.id.clone(),
            event,
            number: i64::try_from(self.printed + this).unwrap_or(i64::MAX),
            lines: self.lines.clone(),
            why,
            words,
        };
        Ok(w.record(entered, Some(&visit.patient), None)?)
    }
}

/// As it was typed. What is no reason of the list says itself in words.
fn read(form: &WhyForm, event: PaperEvent) -> Result<Option<(PaperWhy, String)>> {
    if form.why.is_empty() && form.reason.trim().is_empty() {
        return Ok(None);
    }
    let why = PaperWhy::from_text(&form.why).filter(|w| PaperWhy::choices(event).contains(w));
    let why = why.ok_or(Refusal::at(Code::ReasonMissing, "why"))?;
    let silent = form.reason.trim().is_empty() && why != PaperWhy::Other;
    let words = if silent {
        String::new()
    } else {
        read_reason(&form.reason)?
    };
    Ok(Some((why, words)))
}

/// As the visit's page shows them.
pub(crate) fn papers_view(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    visit: &VisitId,
) -> Result<PapersView> {
    let entries = query::paper_entries(tx, clinic, visit)?;
    let standing = OnPaper::among(tx, (clinic, visit), &entries)?;
    let names = if entries.is_empty() {
        HashMap::new()
    } else {
        names(tx, clinic)?
    };
    let view = |e: PaperEntry| PaperEntryView {
        event: e.event,
        number: e.number,
        why: e.why,
        words: e.words,
        by: names.get(&e.actor).cloned().unwrap_or_default(),
        at: e.entered_at,
    };
    Ok(PapersView {
        entries: entries.into_iter().map(view).collect(),
        printed: standing.printed,
        printable: !standing.lines.is_empty(),
    })
}
