//! 3204 清算申请撤销: an application that the office has and has not answered is taken back, and the period
//! may be applied for again.

use cunyi_domain::clearing::{ClearingEvent, standing};
use cunyi_domain::fact::ClearingWithdrawn;
use cunyi_domain::ids::EntryId;
use cunyi_domain::journal::digest;
use cunyi_domain::ledger::Clearing;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_gateway::message::clearing::ClearingCancel;
use cunyi_gateway::message::{Data, T3204};
use cunyi_store::{Tx, Writer};

use super::send::Sent;
use super::{Book, Desk, given};
use crate::App;
use crate::error::{Result, refuse};
use crate::step::Caller;
use crate::views::Actor;

impl App {
    /// Takes an application back, for a reason.
    pub fn withdraw_clearing(&self, actor: &Actor, id: &EntryId, reason: &str) -> Result<()> {
        self.send_clearing::<T3204>(
            actor,
            |w, caller, desk| begin(w, caller, desk, id, given(reason, "reason")?),
            |_| None,
        )
    }
}

fn begin(
    w: &mut Writer<'_, '_>,
    caller: &Caller<'_>,
    desk: &Desk<'_>,
    id: &EntryId,
    reason: String,
) -> Result<Sent<T3204>> {
    let row = desk.application(w, id)?;
    let Some(state) = row.state.after(ClearingEvent::Withdraw) else {
        return refuse(Code::WrongState);
    };
    if row.event.is_empty() {
        return refuse(Code::EventUnknown);
    }
    desk.unanswered(w.tx, &row)?;
    let gateway = &caller.setup.gateway;
    let message = caller.next_intent(w)?.msgid(&gateway.institution.code);
    let input = Data::from(ClearingCancel {
        clr_appy_evt_id: row.event.clone(),
        ..ClearingCancel::default()
    });
    let bytes = gateway.encode::<T3204>(&caller.header(&message, ""), &input);
    let withdrawn = ClearingWithdrawn {
        clearing: row.id.clone(),
        message: message.clone(),
        reason,
        digest: digest(&bytes),
    };
    w.record(withdrawn, None, None)?;
    Ok(Sent {
        row: Clearing { state, ..row },
        message,
        bytes,
        input,
    })
}

impl Book {
    /// What the office has said of what an application asks for, and still holds.
    pub(super) fn answered(&self, row: &Clearing) -> bool {
        let mut said = standing(&self.entries);
        said.any(|entry| entry.clearing_type == row.clearing_type && entry.from_day == row.from_day)
    }
}

impl Desk<'_> {
    /// Refuses where the office has answered: what is recognised or paid is not taken back.
    pub(super) fn unanswered(&self, tx: &mut Tx<'_>, row: &Clearing) -> Result<()> {
        let answered = self.book(tx, row.period())?.answered(row);
        if answered && row.state.stands() {
            return Err(Refusal::new(Code::ClearingAnswered).into());
        }
        Ok(())
    }
}
