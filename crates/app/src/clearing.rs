//! 清算: what the fund owes, period by period. What was settled is summed from the ledger; what was
//! applied for was sent (`apply.rs`); what the office says of it is entered by hand and corrected by an
//! entry that takes the wrong one out.
//!
//! The book is the institution code's, kept by one of its clinics. Where clinics share a code the township
//! answers for it, and a clinic sees what it has settled itself.

mod appeal;
mod apply;
mod send;
mod withdraw;

use std::collections::BTreeMap;
use std::sync::Arc;

use cunyi_domain::clearing::{Asked, Claim, Every, Period, appeal_of, appeals, claims, taken_out};
use cunyi_domain::fact::ClearingEntered;
use cunyi_domain::ids::{ClinicId, EntryId};
use cunyi_domain::ledger::{Clearing, ClearingEntry, ClearingKind, ClearingPart};
use cunyi_domain::money::Fen;
use cunyi_domain::reconcile::Group;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::Moment;
use cunyi_domain::time::civil::Date;
use cunyi_gateway::Region;
use cunyi_store::{Tx, Who, Writer, clearing as rows};

use crate::App;
use crate::error::{Result, refuse, refuse_at};
use crate::patient::bounded;
use crate::permission::{Action, may};
use crate::reconcile::{group, possible, signed};
use crate::setup::Setup;
use crate::under_code::UnderCode;
use crate::views::{
    Actor, ApplicationView, ClearingForm, ClearingView, EntryView, OwedView, PeriodView,
};

/// The most that one entry can be: ten million yuan.
const MOST: Fen = Fen(1_000_000_000);
/// The longest reason, in characters.
const LONGEST: usize = 200;
/// How long an appeal can be open, in days.
const LONGEST_APPEAL: i32 = 366;

/// Who asks, and whose book it is.
struct Desk<'a> {
    actor: &'a Actor,
    setup: Arc<Setup>,
    under: UnderCode,
    /// She answers for the code.
    answers: bool,
    today: Date,
}

/// What was applied for and said in some days.
#[derive(Default)]
struct Book {
    applications: Vec<Clearing>,
    parts: Vec<ClearingPart>,
    entries: Vec<ClearingEntry>,
}

impl App {
    /// 医保应收: the periods up to the one that holds a day, with what the fund owes of each.
    pub fn clearing(&self, actor: &Actor, last: Date) -> Result<ClearingView> {
        actor.must(Action::SeeClearing)?;
        let today = self.now().date();
        self.parts.store.db().read("clearing", |tx| {
            let desk = self.desk(tx, actor)?;
            let every = desk.every();
            let newest = every.around(last.min(today));
            let next = |period: &Period| every.before(*period);
            let periods = std::iter::successors(Some(newest), next).take(every.together());
            let periods: Vec<Period> = periods.collect();
            let oldest = periods.last().copied().unwrap_or(newest);
            let span = Period {
                from: oldest.from,
                to: newest.to,
            };
            let book = desk.book(tx, span)?;
            let mut owed = Vec::new();
            for period in periods {
                let of = desk.owed(tx, period, &book)?;
                // A period in which nothing happened is not shown, but for the last.
                if of.claim != Claim::default() || of.unknown || period == newest {
                    owed.push(of);
                }
            }
            let mut open = Vec::new();
            for appeal in appeals(&book.entries) {
                open.push(desk.entry(tx, appeal.deduction, &book.entries)?);
            }
            Ok(ClearingView {
                today,
                institution: desk.setup.clinic.institution_name.clone(),
                total: owed.iter().map(|of| of.claim).sum(),
                periods: owed,
                appeals: open,
                earlier: every.before(oldest).map(|period| period.to),
                answers: desk.answers,
            })
        })
    }

    /// One period: by insurance, clearing type and office; what was applied for; what was entered.
    pub fn clearing_period(&self, actor: &Actor, day: Date) -> Result<PeriodView> {
        actor.must(Action::SeeClearing)?;
        let today = self.now().date();
        if day > today {
            return refuse(Code::NotFound);
        }
        self.parts.store.db().read("clearing_period", |tx| {
            let desk = self.desk(tx, actor)?;
            let period = desk.every().around(day);
            let book = desk.book(tx, period)?;
            let settled = desk.settled(tx, period)?;
            let groups = book.claims(&settled, period);
            let may_clear = desk.answers && may(actor.role, Action::Clear);
            let to_apply = if may_clear && period.over(today) {
                book.not_applied(&settled)
            } else {
                vec![]
            };
            let not_green = if to_apply.is_empty() {
                vec![]
            } else {
                self.not_green(tx, actor, &desk.under, period.days())?
            };
            let mut choices = possible(&desk.setup);
            choices.extend(groups.keys().cloned());
            let mut entries = Vec::new();
            for entry in book.entries_of(period) {
                entries.push(desk.entry(tx, entry, &book.entries)?);
            }
            Ok(PeriodView {
                period,
                today,
                total: groups.values().copied().sum(),
                groups: groups.into_iter().collect(),
                clinics: desk.clinics(tx, period)?,
                applications: desk.applications(tx, &book)?,
                to_apply,
                not_green,
                entries,
                choices: choices.into_iter().collect(),
                answers: desk.answers,
                may_clear,
            })
        })
    }

    /// Enters what the office says of a claim.
    pub fn enter_clearing(&self, actor: &Actor, form: &ClearingForm) -> Result<()> {
        actor.must(Action::Clear)?;
        self.write_book(actor, "enter_clearing", |w, desk| {
            let entry = self.read_entry(w, desk, form)?;
            Ok(w.record(ClearingEntered { entry }, None, None)?)
        })
    }

    /// Takes out an entry that was wrong, for a reason.
    pub fn correct_clearing(&self, actor: &Actor, id: &EntryId, reason: &str) -> Result<()> {
        actor.must(Action::Clear)?;
        let reason = given(reason, "reason")?;
        self.write_book(actor, "correct_clearing", |w, desk| {
            let wrong = rows::held_entry(w.tx, desk.under.keeper(), id)?;
            let wrong = wrong.ok_or(Refusal::new(Code::NotFound))?;
            if wrong.reverses.is_some() {
                return refuse(Code::WrongState);
            }
            let book = desk.book(w.tx, wrong.period())?;
            appeal::last_word(&wrong, &book.entries)?;
            let entry = ClearingEntry {
                id: EntryId::new(w.who.now, w.rng),
                appeal_by: None,
                reason,
                reverses: Some(wrong.id.clone()),
                entered_at: w.who.now,
                actor: w.who.actor.clone(),
                ..wrong
            };
            Ok(w.record(ClearingEntered { entry }, None, None)?)
        })
    }

    fn desk<'a>(&self, tx: &mut Tx<'_>, actor: &'a Actor) -> Result<Desk<'a>> {
        let under = UnderCode::of(tx, actor)?;
        Ok(Desk {
            actor,
            setup: self.setup_in(tx, &actor.clinic)?,
            answers: under.answers(actor),
            today: self.now().date(),
            under,
        })
    }

    /// Writes into the code's book, if she answers for it.
    fn write_book<T>(
        &self,
        actor: &Actor,
        name: &'static str,
        work: impl FnOnce(&mut Writer<'_, '_>, &Desk<'_>) -> Result<T>,
    ) -> Result<T> {
        let db = self.parts.store.db();
        let desk = db.read("desk", |tx| self.desk(tx, actor))?;
        if !desk.answers {
            return refuse(Code::TownshipClears);
        }
        let who = Who {
            clinic: desk.under.keeper().clone(),
            ..self.who(actor)
        };
        let store = &self.parts.store;
        store.write(&who, self.rng(), name, |w| work(w, &desk))
    }

    fn read_entry(
        &self,
        w: &mut Writer<'_, '_>,
        desk: &Desk<'_>,
        form: &ClearingForm,
    ) -> Result<ClearingEntry> {
        let today = self.now().date();
        let period = desk.period(form.from, today)?;
        let settled = desk.settled(w.tx, period)?;
        if !settled.contains_key(&form.group) && !possible(&desk.setup).contains(&form.group) {
            return refuse_at(Code::BadText, "clearing_group");
        }
        if form.kind.is_about() {
            return refuse_at(Code::BadText, "clearing_kind");
        }
        if form.amount <= Fen::ZERO || form.amount > MOST {
            return refuse_at(Code::BadNumber, "amount");
        }
        if form.on > today || form.on < period.from {
            return refuse_at(Code::BadText, "clearing_on");
        }
        let deducted = form.kind == ClearingKind::Deducted;
        let reason = if deducted {
            given(&form.reason, "reason")?
        } else {
            bounded(&form.reason, "reason", LONGEST)?
        };
        let appeal_by = form.appeal_by.filter(|_| deducted);
        let too_long = |by: Date| {
            let days = (by - form.on).get_days();
            !(0..=LONGEST_APPEAL).contains(&days)
        };
        if appeal_by.is_some_and(too_long) {
            return refuse_at(Code::BadText, "appeal_by");
        }
        Ok(ClearingEntry {
            clinic: w.who.clinic.clone(),
            id: EntryId::new(w.who.now, w.rng),
            from_day: period.from,
            to_day: period.to,
            scheme: form.group.scheme.clone(),
            clearing_type: form.group.clearing_type.clone(),
            office: form.group.office.clone(),
            kind: form.kind,
            amount: form.amount,
            on_day: form.on,
            appeal_by,
            reason,
            reverses: None,
            about: None,
            entered_at: w.who.now,
            actor: w.who.actor.clone(),
        })
    }
}

/// A text that must not be empty.
fn given(text: &str, field: &'static str) -> Result<String> {
    if text.trim().is_empty() {
        return refuse_at(Code::ReasonMissing, field);
    }
    bounded(text, field, LONGEST)
}

impl Desk<'_> {
    fn region(&self) -> &Region {
        &self.setup.gateway.region
    }

    fn every(&self) -> Every {
        self.region().clearing.period
    }

    /// The period that begins with a day.
    fn period(&self, from: Date, today: Date) -> Result<Period> {
        let period = self.every().around(from);
        if period.from != from || from > today {
            return refuse_at(Code::BadText, "period");
        }
        Ok(period)
    }

    /// The code's book; nothing for who does not answer for it.
    fn book(&self, tx: &mut Tx<'_>, period: Period) -> Result<Book> {
        if !self.answers {
            return Ok(Book::default());
        }
        let keeper = self.under.keeper();
        Ok(Book {
            applications: rows::applications(tx, keeper, period)?,
            parts: rows::parts(tx, keeper, period)?,
            entries: rows::entries(tx, keeper, period)?,
        })
    }

    /// What the clinics that she sees have settled in a period.
    fn settled(&self, tx: &mut Tx<'_>, period: Period) -> Result<BTreeMap<Group, Asked>> {
        let mut sums: BTreeMap<Group, Asked> = BTreeMap::new();
        for clinic in self.under.seen_by(self.actor) {
            for (group, asked) in settled(tx, self.region(), &clinic.clinic, period)? {
                *sums.entry(group).or_default() += asked;
            }
        }
        Ok(sums)
    }

    fn owed(&self, tx: &mut Tx<'_>, period: Period, book: &Book) -> Result<OwedView> {
        let settled = self.settled(tx, period)?;
        let groups = book.claims(&settled, period);
        let applications = book.applications.iter();
        let mut asked = applications.filter(|row| within(row.from_day, period));
        Ok(OwedView {
            period,
            claim: groups.values().copied().sum(),
            odd: groups.values().any(Claim::odd),
            unknown: asked.any(|row| row.state.is_lost()),
        })
    }

    /// Each clinic's part, for who sees several.
    fn clinics(&self, tx: &mut Tx<'_>, period: Period) -> Result<Vec<(String, Asked)>> {
        if !(self.answers && self.under.shared()) {
            return Ok(vec![]);
        }
        let mut parts = Vec::new();
        for clinic in self.under.clinics() {
            let settled = settled(tx, self.region(), &clinic.clinic, period)?;
            let sum = settled.into_iter().map(|(_, asked)| asked).sum();
            parts.push((clinic.name.clone(), sum));
        }
        Ok(parts)
    }

    fn applications(&self, tx: &mut Tx<'_>, book: &Book) -> Result<Vec<ApplicationView>> {
        let mut views = Vec::new();
        for row in &book.applications {
            let parts = book.parts.iter().filter(|part| part.clearing == row.id);
            views.push(ApplicationView {
                asked: parts.map(ClearingPart::asked).sum(),
                by: self.under.name_of(tx, &row.actor)?,
                withdrawn_by: match &row.withdrawn_by {
                    Some(user) => self.under.name_of(tx, user)?,
                    None => String::new(),
                },
                answered: book.answered(row),
                application: row.clone(),
            });
        }
        Ok(views)
    }

    fn entry(
        &self,
        tx: &mut Tx<'_>,
        entry: &ClearingEntry,
        all: &[ClearingEntry],
    ) -> Result<EntryView> {
        let appeal = appeal_of(entry, all);
        let appeal = appeal.map(|appeal| self.appeal(tx, &appeal));
        Ok(EntryView {
            by: self.under.name_of(tx, &entry.actor)?,
            taken_out: taken_out(entry, all),
            appeal: appeal.transpose()?,
            entry: entry.clone(),
        })
    }
}

/// Sums of a clinic's settlements in a period, under what each is cleared.
fn settled(
    tx: &mut Tx<'_>,
    region: &Region,
    clinic: &ClinicId,
    period: Period,
) -> Result<Vec<(Group, Asked)>> {
    let span = (Moment::start_of(period.from), Moment::end_of(period.to));
    let sums = rows::settled(tx, clinic, span)?;
    let asked = |row: rows::Settled| {
        let of = (row.clearing_type.as_str(), row.clearing_office.as_str());
        let amount = |fen| signed(row.kind, fen);
        let asked = Asked {
            count: row.count,
            total: amount(row.total),
            fund: amount(row.fund),
            account: amount(row.account),
            cash: amount(row.cash),
        };
        (group(region, &row.scheme, &row.benefit, of), asked)
    };
    Ok(sums.into_iter().map(asked).collect())
}

fn within(day: Date, period: Period) -> bool {
    (period.from..=period.to).contains(&day)
}

impl Book {
    /// What the office has of a period, by group.
    fn applied(&self, period: Period) -> Vec<(Group, Fen)> {
        let stands = |row: &&Clearing| row.state.stands() && within(row.from_day, period);
        let applications = self.applications.iter().filter(stands);
        let of = |row: &Clearing| -> Vec<(Group, Fen)> {
            let parts = self.parts.iter().filter(|part| part.clearing == row.id);
            let group = |part: &ClearingPart| Group {
                scheme: part.scheme.clone(),
                clearing_type: row.clearing_type.clone(),
                office: part.office.clone(),
            };
            parts
                .map(|part| (group(part), part.asked().claim()))
                .collect()
        };
        applications.flat_map(of).collect()
    }

    /// What became of what was settled in a period.
    fn claims(&self, settled: &BTreeMap<Group, Asked>, period: Period) -> BTreeMap<Group, Claim> {
        let of = |(group, asked): (&Group, &Asked)| (group.clone(), asked.claim());
        let settled: Vec<(Group, Fen)> = settled.iter().map(of).collect();
        let entries: Vec<ClearingEntry> = self.entries_of(period).cloned().collect();
        claims(&settled, &self.applied(period), &entries)
    }

    fn entries_of(&self, period: Period) -> impl Iterator<Item = &ClearingEntry> {
        let its = move |entry: &&ClearingEntry| within(entry.from_day, period);
        self.entries.iter().filter(its)
    }

    /// An application of a clearing type that stands, or may.
    fn stands(&self, clearing_type: &str) -> bool {
        let mut all = self.applications.iter();
        all.any(|row| row.clearing_type == clearing_type && row.state.may_stand())
    }

    /// By clearing type, what can be applied for.
    fn not_applied(&self, settled: &BTreeMap<Group, Asked>) -> Vec<(String, Asked)> {
        let mut sums: BTreeMap<&str, Asked> = BTreeMap::new();
        for (group, asked) in settled {
            *sums.entry(&group.clearing_type).or_default() += *asked;
        }
        sums.retain(|clearing_type, asked| asked.count > 0 && !self.stands(clearing_type));
        let owned = |(of, asked): (&str, Asked)| (of.to_owned(), asked);
        sums.into_iter().map(owned).collect()
    }
}
