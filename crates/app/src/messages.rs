//! What was said with the centre about a visit.

use cunyi_domain::ids::VisitId;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_gateway::reply_text;
use cunyi_store::local::{Message, MessageState};
use cunyi_store::{Tx, query, seal};

use crate::App;
use crate::error::Result;
use crate::permission::Action;
use crate::views::{Actor, MessageView};

impl App {
    /// A visit's messages, oldest first.
    pub fn messages(&self, actor: &Actor, visit: &VisitId) -> Result<Vec<MessageView>> {
        actor.must(Action::ReadMessages)?;
        self.parts.store.db().read("messages", |tx| {
            query::visit(tx, &actor.clinic, visit)?.ok_or(Refusal::new(Code::NotFound))?;
            let view = |m: Message| MessageView {
                id: m.id.0,
                infno: m.infno,
                state: m.state.as_str().to_owned(),
                requested_at: m.requested_at,
                answered_at: m.answered_at,
            };
            Ok(query::messages(tx, &actor.clinic, visit)?
                .into_iter()
                .map(view)
                .collect())
        })
    }

    /// The centre's own words in a refused message; empty for any other.
    pub(crate) fn said(&self, tx: &mut Tx<'_>, actor: &Actor, message: &Message) -> Result<String> {
        let Some(reply) = message
            .reply
            .as_ref()
            .filter(|_| message.state == MessageState::Refused)
        else {
            return Ok(String::new());
        };
        let key = seal::find(tx, self.store().key(), &actor.clinic, &message.patient)?;
        let Some(key) = key else {
            return Ok(String::new());
        };
        let body = key.open(&format!("reply {}", message.id), reply)?;
        Ok(reply_text(&body))
    }
}
