//! What 3203 and 3204 share: the intent is committed before the bytes leave, they are sent once, and an
//! answer that is lost is asked for by a person, at the office (nhsa-interface §5.1).
//!
//! No message is kept of them: the facts have their sums, with the digest of their bytes.

use cunyi_domain::clearing::ClearingEvent;
use cunyi_domain::fact::ClearingMoved;
use cunyi_domain::ids::EntryId;
use cunyi_domain::ledger::Clearing;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_gateway::Outcome;
use cunyi_gateway::message::Transaction;
use cunyi_store::{Writer, clearing as rows};

use super::{Desk, given};
use crate::App;
use crate::error::{Result, refuse, refuse_at};
use crate::patient::bounded;
use crate::permission::Action;
use crate::step::{Caller, told};
use crate::views::{Actor, ToldForm};

/// The longest 机构清算申请事件ID (§2.19).
const LONGEST_EVENT: usize = 30;

/// A committed intent.
pub(super) struct Sent<T: Transaction> {
    /// The application, as it stands since.
    pub row: Clearing,
    /// msgid of the call.
    pub message: String,
    /// The envelope.
    pub bytes: Vec<u8>,
    /// The transaction's input, which an answer must echo.
    pub input: T::Input,
}

impl App {
    /// Commits an intent, sends it, and records what came of it; `number` is the event's, where the answer
    /// tells one.
    pub(super) fn send_clearing<T: Transaction>(
        &self,
        actor: &Actor,
        begin: impl FnOnce(&mut Writer<'_, '_>, &Caller<'_>, &Desk<'_>) -> Result<Sent<T>>,
        number: fn(&T::Output) -> Option<String>,
    ) -> Result<()> {
        actor.must(Action::Clear)?;
        self.write_book(actor, "may_clear", |_, _| Ok(()))?;
        let caller = self.caller(actor)?;
        let sent = self.write_book(actor, "begin_clearing", |w, desk| begin(w, &caller, desk))?;
        let gateway = &caller.setup.gateway;
        let answer = caller.post(gateway.infno::<T>(), sent.bytes, "");
        let outcome = gateway.decode::<T>(&sent.message, &sent.input, &answer);
        let mut moved = ClearingMoved::of(&sent.row, event(&outcome));
        match &outcome {
            Outcome::Success(success) => {
                moved.number = number(&success.output).unwrap_or(moved.number);
            }
            Outcome::Refused(refusal) => moved.said.clone_from(&refusal.text),
            Outcome::NotSent { .. } | Outcome::Unknown(_) => {}
        }
        self.write_book(actor, "finish_clearing", |w, _| {
            Ok(w.record(moved, None, None)?)
        })?;
        match outcome {
            Outcome::Success(_) => Ok(()),
            other => Err(told(&other).into()),
        }
    }

    /// Records what a person was told at the office: of an application whose answer is lost, or that the
    /// office has taken one back.
    pub fn clearing_told(&self, actor: &Actor, id: &EntryId, form: &ToldForm) -> Result<()> {
        actor.must(Action::Clear)?;
        let said = given(&form.by, "told_by")?;
        let number = bounded(&form.event, "clearing_event", LONGEST_EVENT)?;
        self.write_book(actor, "clearing_told", |w, desk| {
            let row = desk.application(w, id)?;
            let event = if form.there {
                ClearingEvent::ToldThere
            } else {
                desk.unanswered(w.tx, &row)?;
                ClearingEvent::ToldNone
            };
            if row.state.after(event).is_none() {
                return refuse(Code::WrongState);
            }
            let mut moved = ClearingMoved::of(&row, event);
            moved.said = said;
            if moved.number.is_empty() {
                moved.number = number;
            } else if !number.is_empty() && number != moved.number {
                return refuse_at(Code::BadText, "clearing_event");
            }
            Ok(w.record(moved, None, None)?)
        })
    }
}

/// What an answer is. What certainly did not leave changed nothing.
fn event<T>(outcome: &Outcome<T>) -> ClearingEvent {
    match outcome {
        Outcome::Success(_) => ClearingEvent::Accept,
        Outcome::Refused(_) => ClearingEvent::Refuse,
        Outcome::NotSent { .. } => ClearingEvent::NotSent,
        Outcome::Unknown(_) => ClearingEvent::Lose,
    }
}

impl Desk<'_> {
    /// An application of the code's book.
    pub(super) fn application(&self, w: &mut Writer<'_, '_>, id: &EntryId) -> Result<Clearing> {
        let row = rows::application(w.tx, self.under.keeper(), id)?;
        row.ok_or(Refusal::new(Code::NotFound).into())
    }
}
