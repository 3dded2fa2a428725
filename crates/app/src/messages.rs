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
        if message.state != MessageState::Refused {
            return Ok(String::new());
        }
        let body = self.reply_of(tx, actor, message)?;
        Ok(body.map_or_else(String::new, |body| reply_text(&body)))
    }

    /// The bytes of a message's reply; none where none came, or the patient was erased.
    pub(crate) fn reply_of(
        &self,
        tx: &mut Tx<'_>,
        actor: &Actor,
        message: &Message,
    ) -> Result<Option<Vec<u8>>> {
        let Some(reply) = &message.reply else {
            return Ok(None);
        };
        let key = seal::find(tx, self.store().key(), &actor.clinic, &message.patient)?;
        let open = |key: seal::OpenKey| key.open(&format!("reply {}", message.id), reply);
        Ok(key.map(open).transpose()?)
    }
}
