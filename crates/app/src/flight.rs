//! Calls that are on their way. Whoever waits for an answer may go without having written it down: the
//! disk was full, or the program has a bug. Then nobody waits any more, and the call is lost as after a
//! restart: found out by asking.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cunyi_domain::ids::{ClinicId, MessageId};
use cunyi_domain::row::Field;
use cunyi_store::local::{Message, MessageState};
use cunyi_store::{Tx, Who};

use crate::App;
use crate::error::Result;
use crate::recover::lose_call;
use crate::resolve::program_at;

type Call = (ClinicId, MessageId);

/// The calls of this process.
#[derive(Clone, Default)]
pub(crate) struct Flights(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// Somebody waits for their answers.
    flying: Vec<Call>,
    /// Nobody does any more. Most of them were written down.
    ended: Vec<Call>,
}

/// A call on its way, as long as this lives.
pub(crate) struct Flight {
    call: Call,
    all: Flights,
}

impl Flights {
    /// Begins within the transaction of the intent, so that nobody sees a call that nobody waits for.
    pub(crate) fn begin(&self, clinic: &ClinicId, id: &str) -> Flight {
        let call = (clinic.clone(), MessageId(id.to_owned()));
        self.lock().flying.push(call.clone());
        let all = self.clone();
        Flight { call, all }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A msgid that was never written is issued again: its call may be on its way now.
    fn flies(&self, call: &Call) -> bool {
        self.lock().flying.contains(call)
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        let mut state = self.all.lock();
        if let Some(place) = state.flying.iter().position(|call| *call == self.call) {
            let call = state.flying.swap_remove(place);
            state.ended.push(call);
        }
    }
}

impl App {
    /// Calls whose answers could not be written are lost from here on. Answers how many.
    pub(crate) fn lose_unwritten(&self) -> Result<usize> {
        let ended = std::mem::take(&mut self.flights.lock().ended);
        if ended.is_empty() {
            return Ok(0);
        }
        self.lose_ended(&ended).inspect_err(|_| {
            self.flights.lock().ended.extend(ended);
        })
    }

    fn lose_ended(&self, ended: &[Call]) -> Result<usize> {
        let db = self.parts.store.db();
        let mut count = 0;
        for call in ended {
            if db.read("ended", |tx| self.unwritten(tx, call))?.is_none() {
                continue;
            }
            let who = Who {
                clinic: call.0.clone(),
                actor: program_at(&call.0).user,
                now: self.now(),
            };
            count += self.parts.store.write(&who, self.rng(), "lose", |w| {
                match self.unwritten(w.tx, call)? {
                    Some(message) => lose_call(w, &message).map(|()| 1),
                    None => Ok(0),
                }
            })?;
        }
        Ok(count)
    }

    /// The message of a call that was never answered, as far as is written.
    fn unwritten(&self, tx: &mut Tx<'_>, call: &Call) -> Result<Option<Message>> {
        let key = vec![call.0.clone().into_value(), call.1.clone().into_value()];
        let message: Option<Message> = tx.find("WHERE clinic = ? AND id = ?", key)?;
        let message = message.filter(|m| m.state == MessageState::Pending);
        Ok(message.filter(|_| !self.flights.flies(call)))
    }
}
