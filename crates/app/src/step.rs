//! Step machines: `begin` commits the intent with its bytes, a driver sends them, `finish` records
//! what came back and may name the next step. `finish` and the next `begin` share a transaction.
//!
//! No network call can happen inside a transaction; a crash between two commits leaves a message
//! that says `pending`, which is evidence.

use std::any::Any;
use std::sync::{Arc, PoisonError};

use cunyi_domain::ids::{BatchId, ClinicId, MessageId, PatientId, UserId, VisitId};
use cunyi_domain::journal::digest;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::row::Field;
use cunyi_domain::time::{Moment, parse_date};
use cunyi_domain::transport::{Reply, TransportError};
use cunyi_gateway::message::{T9001, Transaction, sign};
use cunyi_gateway::msgid::{self, Issued, QueryIds};
use cunyi_gateway::skew::Skew;
use cunyi_gateway::{Header, Outcome, Outgoing, Success};
use cunyi_store::local::{self, Counter, Message, MessageState, SignIn};
use cunyi_store::{Writer, reference, seal};

use crate::App;
use crate::attending::Practitioner;
use crate::error::{AppError, Result, refuse};
use crate::flight::Flight;
use crate::setup::Setup;
use crate::views::Actor;

/// What came back, or why nothing did.
pub(crate) type Answer = std::result::Result<Reply, TransportError>;

/// A committed intent.
pub(crate) struct Pending {
    /// Its msgid.
    pub id: MessageId,
    /// Under which number the region runs it.
    pub infno: &'static str,
    /// The envelope.
    pub bytes: Vec<u8>,
    patient: PatientId,
    /// The transaction's input, which an answer must echo.
    input: Box<dyn Any>,
    /// Somebody waits for its answer.
    _flight: Flight,
}

/// What follows a step.
pub(crate) enum Next {
    /// Nothing: all is done.
    Done,
    /// Another step.
    Then(Box<dyn Step>),
    /// What was recorded stands, and the user is told why it does not go on.
    Stop(Refusal),
}

/// A call that is recorded before it leaves.
pub(crate) trait Step {
    /// Checks, records the intent, answers the bytes.
    fn begin(&self, w: &mut Writer<'_, '_>, caller: &Caller<'_>) -> Result<Pending>;
    /// Records what came back.
    fn finish(
        &self,
        w: &mut Writer<'_, '_>,
        caller: &Caller<'_>,
        pending: &Pending,
        answer: &Answer,
    ) -> Result<Next>;
}

/// What a message is about.
pub(crate) struct Subject<'a> {
    /// Whose key seals it.
    pub patient: &'a PatientId,
    /// The visit.
    pub visit: Option<&'a VisitId>,
    /// The batch.
    pub batch: Option<&'a BatchId>,
    /// 参保地
    pub place: &'a str,
}

/// Who calls, signed in at the platform.
pub(crate) struct Caller<'a> {
    /// The program.
    pub app: &'a App,
    /// The user.
    pub actor: &'a Actor,
    /// The clinic's setting.
    pub setup: Arc<Setup>,
    /// The user's name.
    pub name: String,
    /// 医师代码, or the login where there is none.
    pub code: String,
    sign_number: String,
    /// The platform could not be reached to sign in, or turned that away: nothing is sent.
    away: Option<Code>,
}

impl App {
    /// Drives a chain of steps to its end.
    pub(crate) fn drive(&self, caller: &Caller<'_>, first: Box<dyn Step>) -> Result<()> {
        let pending = self.write(caller.actor, "begin", |w| first.begin(w, caller))?;
        self.drive_from(caller, first, pending)
    }

    /// Drives a chain whose first intent is committed already.
    pub(crate) fn drive_from(
        &self,
        caller: &Caller<'_>,
        mut step: Box<dyn Step>,
        mut pending: Pending,
    ) -> Result<()> {
        loop {
            let answer = caller.post(pending.infno, pending.bytes.clone(), pending.id.as_str());
            let went_on = self.write(caller.actor, "finish_begin", |w| {
                match step.finish(w, caller, &pending, &answer)? {
                    Next::Then(next) => next.begin(w, caller).map(|p| Ok(Some((next, p)))),
                    Next::Done => Ok(Ok(None)),
                    Next::Stop(refusal) => Ok(Err(refusal)),
                }
            });
            match went_on {
                Ok(Ok(Some((next, sent)))) => (step, pending) = (next, sent),
                Ok(Ok(None)) => return Ok(()),
                Ok(Err(refusal)) => return Err(refusal.into()),
                // The next step could not begin: what came back is recorded all the same.
                Err(error) => {
                    self.write(caller.actor, "finish", |w| {
                        step.finish(w, caller, &pending, &answer).map(drop)
                    })?;
                    return Err(error);
                }
            }
        }
    }

    pub(crate) fn write<T>(
        &self,
        actor: &Actor,
        name: &'static str,
        work: impl FnOnce(&mut Writer<'_, '_>) -> Result<T>,
    ) -> Result<T> {
        let who = self.who(actor);
        self.parts.store.write(&who, self.rng(), name, work)
    }

    /// Who calls; signs in at the platform once a day and user.
    pub(crate) fn caller<'a>(&'a self, actor: &'a Actor) -> Result<Caller<'a>> {
        self.caller_as(actor, &actor.user)
    }

    /// As `caller`, signed in as a user who may be another: the program's own questions are the
    /// doctor's whose visit it is.
    pub(crate) fn caller_as<'a>(
        &'a self,
        actor: &'a Actor,
        as_user: &UserId,
    ) -> Result<Caller<'a>> {
        let setup = self.setup(&actor.clinic)?;
        let day = self.now().date().to_string();
        let (user, signed) = self.parts.store.db().read("caller", |tx| -> Result<_> {
            let user = reference::user(tx, &actor.clinic, as_user)?;
            let user = user.ok_or(Refusal::new(Code::NotFound))?;
            let values = vec![
                actor.clinic.clone().into_value(),
                as_user.clone().into_value(),
                day.clone().into_value(),
            ];
            let rest = "WHERE clinic = ? AND account = ? AND day = ?";
            Ok((user, tx.find::<SignIn>(rest, values)?))
        })?;
        let Practitioner { code, name } = Practitioner::of(user);
        let mut caller = Caller {
            app: self,
            actor,
            setup,
            name,
            code,
            sign_number: String::new(),
            away: None,
        };
        let number = match signed {
            Some(row) => Ok(row.sign_number),
            None => caller.sign_in(as_user, day),
        };
        match number {
            Ok(number) => caller.sign_number = number,
            // What is asked for then is recorded as not sent.
            Err(AppError::Refused(refusal)) if refusal.is_away() => {
                caller.away = Some(refusal.code);
            }
            Err(error) => return Err(error),
        }
        Ok(caller)
    }

    fn query_id(&self, setup: &Setup) -> Result<Issued> {
        let clinic = &setup.clinic.clinic;
        let mut all = self.queries.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.contains_key(clinic) {
            let (start, process) = self.query_start(clinic)?;
            let ids = QueryIds::new(start, setup.slot, process);
            all.insert(clinic.clone(), ids);
        }
        let ids = all.get(clinic).ok_or(Refusal::new(Code::Busy))?;
        Ok(ids.next(self.now()))
    }

    /// The second from which this process asks its questions, after the one the process before it
    /// started in, however fast it was started again; and how many processes asked before.
    fn query_start(&self, clinic: &ClinicId) -> Result<(Moment, u64)> {
        self.parts.store.db().transact("query_start", |tx| {
            let before = local::counter(tx, clinic, "query_start")?;
            let (after, process) = before.map_or((Moment(0), 0), |row| {
                (Moment(row.second + 1_000_000), row.value + 1)
            });
            let start = self.started_at.max(after);
            let name = "query_start".to_owned();
            let row = Counter {
                clinic: clinic.clone(),
                name,
                value: process,
                second: start.0,
            };
            local::set_counter(tx, row)?;
            Ok((start, process.unsigned_abs()))
        })
    }
}

/// What is said of a clock that is off: a warning, or why nothing is settled.
pub(crate) fn clock_refusal(skew: Skew, limit_seconds: i64) -> Option<Refusal> {
    let (code, seconds) = match skew {
        Skew::Fine => return None,
        Skew::Warn(seconds) => (Code::ClockSkew, seconds),
        Skew::Refuse(seconds) => (Code::ClockTooFar, seconds),
    };
    let refusal = Refusal::new(code)
        .with("minutes", seconds.unsigned_abs() / 60)
        .with("way", if seconds > 0 { "ahead" } else { "behind" })
        .with("limit", limit_seconds / 60);
    Some(refusal)
}

impl Caller<'_> {
    fn sign_in(&self, user: &UserId, day: String) -> Result<String> {
        let input = sign::SignInInput {
            sign_in: sign::SignIn {
                opter_no: self.code.clone(),
                ip: "127.0.0.1".to_owned(),
                ..sign::SignIn::default()
            },
        };
        let signed = succeed(self.ask::<T9001>("", &input))?;
        let told = signed.output.signinoutb;
        let number = told.sign_no;
        // It holds on the centre's day: a clinic whose clock is ahead at midnight signs in again.
        let theirs = told.sign_time.get(..day.len()).and_then(parse_date);
        let row = SignIn {
            clinic: self.actor.clinic.clone(),
            account: user.clone(),
            day: theirs.map_or(day, |theirs| theirs.to_string()),
            sign_number: number.clone(),
        };
        self.app
            .parts
            .store
            .db()
            .transact("sign_in", |tx| -> Result<()> {
                tx.insert_if_absent(row)?;
                Ok(())
            })?;
        Ok(number)
    }

    pub(crate) fn header(&self, msgid: &str, place: &str) -> Header {
        Header {
            msgid: msgid.to_owned(),
            now: self.app.now(),
            insuplc_admdvs: place.to_owned(),
            sign_no: (!self.sign_number.is_empty()).then(|| self.sign_number.clone()),
            opter: self.code.clone(),
            opter_name: self.name.clone(),
        }
    }

    /// Sends; `late` is the name of an answer that comes when nobody waits any more.
    pub(crate) fn post(&self, infno: &str, bytes: Vec<u8>, late: &str) -> Answer {
        let unsigned = "not signed in".to_owned();
        match self.away {
            Some(Code::TurnedAway) => return Err(TransportError::TurnedAway(unsigned)),
            Some(_) => return Err(TransportError::NotSent(unsigned)),
            None => {}
        }
        let Setup { gateway, line, .. } = &*self.setup;
        let nonce = self.app.random_hex();
        let call = Outgoing {
            infno,
            bytes,
            now: self.app.now(),
            nonce: &nonce[..16],
            late,
        };
        let transport = &*self.app.parts.transport;
        let answer = line.send(transport, &call, gateway.region.timeout(infno));
        if let Err(TransportError::NotSent(why) | TransportError::TurnedAway(why)) = &answer {
            tracing::warn!(infno, why, "not sent");
        }
        match answer {
            Ok(reply) if self.app.came_before(&self.setup, &reply) => {
                tracing::warn!(infno, "an answer that came before");
                Err(TransportError::Another)
            }
            other => other,
        }
    }

    /// Asks a question: nothing changes at the platform, so nothing is recorded before.
    pub fn ask<T: Transaction>(&self, place: &str, input: &T::Input) -> Outcome<T::Output> {
        let gateway = &self.setup.gateway;
        let Ok(issued) = self.app.query_id(&self.setup) else {
            return Outcome::NotSent { turned_away: false };
        };
        let id = issued.msgid(&gateway.institution.code);
        let bytes = gateway.encode::<T>(&self.header(&id, place), input);
        let answer = self.post(gateway.infno::<T>(), bytes, "");
        gateway.decode::<T>(&id, input, &answer)
    }

    /// Issues a msgid from the persisted row, encodes, and keeps the sealed bytes.
    pub fn issue<T: Transaction>(
        &self,
        w: &mut Writer<'_, '_>,
        subject: &Subject<'_>,
        input: T::Input,
    ) -> Result<Pending>
    where
        T::Input: 'static,
    {
        let gateway = &self.setup.gateway;
        let id = self.next_intent(w)?.msgid(&gateway.institution.code);
        let bytes = gateway.encode::<T>(&self.header(&id, subject.place), &input);
        let infno = gateway.infno::<T>();
        let request = w.seal(subject.patient, &format!("request {id}"), &bytes)?;
        w.tx.insert(Message {
            clinic: self.actor.clinic.clone(),
            id: MessageId(id.clone()),
            infno: infno.to_owned(),
            patient: subject.patient.clone(),
            visit: subject.visit.cloned(),
            batch: subject.batch.cloned(),
            state: MessageState::Pending,
            requested_at: w.who.now,
            answered_at: None,
            digest: digest(&bytes),
            request,
            reply: None,
            alg: seal::ALGORITHM.to_owned(),
        })?;
        let (patient, input) = (subject.patient.clone(), Box::new(input));
        Ok(Pending {
            _flight: self.app.flights.begin(&self.actor.clinic, &id),
            id: MessageId(id),
            infno,
            bytes,
            patient,
            input,
        })
    }

    pub(crate) fn next_intent(&self, w: &mut Writer<'_, '_>) -> Result<Issued> {
        let clinic = &self.actor.clinic;
        let last = local::counter(w.tx, clinic, "msgid")?.map(|row| Issued {
            second: Moment(row.second),
            sequence: u16::try_from(row.value).unwrap_or(u16::MAX),
        });
        let issued = msgid::next(last, w.who.now, self.setup.slot);
        local::set_counter(
            w.tx,
            Counter {
                clinic: clinic.clone(),
                name: "msgid".to_owned(),
                value: i64::from(issued.sequence),
                second: issued.second.0,
            },
        )?;
        Ok(issued)
    }

    /// Judges an answer and keeps it with its message.
    pub fn judge<T: Transaction>(
        &self,
        w: &mut Writer<'_, '_>,
        pending: &Pending,
        answer: &Answer,
    ) -> Result<Outcome<T::Output>>
    where
        T::Input: 'static,
    {
        let gateway = &self.setup.gateway;
        let Some(input) = pending.input.downcast_ref::<T::Input>() else {
            return Err(AppError::Failed(
                "an answer to another transaction".to_owned(),
            ));
        };
        let outcome = gateway.decode::<T>(pending.id.as_str(), input, answer);
        let state = match &outcome {
            Outcome::Success(_) => MessageState::Success,
            Outcome::Refused(_) => MessageState::Refused,
            Outcome::Unknown(_) => MessageState::Unknown,
            Outcome::NotSent { .. } => MessageState::NotSent,
        };
        let about = (&pending.patient, &pending.id);
        keep_answer(w, about, state, answer.as_ref().ok())?;
        Ok(outcome)
    }
}

/// Keeps with a message what became of it, and the reply, sealed, where one came.
pub(crate) fn keep_answer(
    w: &mut Writer<'_, '_>,
    (patient, id): (&PatientId, &MessageId),
    state: MessageState,
    reply: Option<&Reply>,
) -> Result<()> {
    let what = format!("reply {id}");
    let reply = reply.map(|reply| w.seal(patient, &what, &reply.body));
    w.tx.execute(
        "UPDATE message SET state = ?, answered_at = ?, reply = ? WHERE clinic = ? AND id = ?",
        vec![
            state.into_value(),
            w.who.now.into_value(),
            reply.transpose()?.into_value(),
            w.who.clinic.clone().into_value(),
            id.clone().into_value(),
        ],
    )?;
    Ok(())
}

/// A question's success, or the refusal that tells what it was instead.
pub(crate) fn succeed<T>(outcome: Outcome<T>) -> Result<Success<T>> {
    let refusal = match outcome {
        Outcome::Success(success) => return Ok(success),
        other => told(&other),
    };
    // A question changes nothing: no answer is no worry, it is asked again.
    Err(match refusal.code {
        Code::CentreUnknown => Refusal::new(Code::CentreSilent),
        _ => refusal,
    }
    .into())
}

/// What the user is told of an outcome that was no success.
pub(crate) fn told<T>(outcome: &Outcome<T>) -> Refusal {
    match outcome {
        Outcome::Refused(refusal) => Refusal::new(Code::CentreRefused).with("text", &refusal.text),
        Outcome::NotSent { turned_away: true } => Refusal::new(Code::TurnedAway),
        Outcome::NotSent { turned_away: false } => Refusal::new(Code::CentreDown),
        Outcome::Unknown(unknown) if matches!(unknown.why, cunyi_gateway::Why::Mismatch(_)) => {
            Refusal::new(Code::CentreMismatch)
        }
        Outcome::Unknown(_) | Outcome::Success(_) => Refusal::new(Code::CentreUnknown),
    }
}

/// Locks a visit's row until the transaction ends, so that two who begin see each other, and refuses
/// while a message of it is on its way.
pub(crate) fn alone(w: &mut Writer<'_, '_>, visit: &VisitId) -> Result<()> {
    let clinic = w.who.clinic.clone();
    let key = vec![clinic.clone().into_value(), visit.clone().into_value()];
    w.tx.execute(
        "UPDATE visit SET state = state WHERE clinic = ? AND id = ?",
        key,
    )?;
    none_pending(&cunyi_store::query::messages(w.tx, &clinic, visit)?)
}

/// A visit's open work is refused while a message of it is on its way.
pub(crate) fn none_pending(messages: &[Message]) -> Result<()> {
    if messages.iter().any(|m| m.state == MessageState::Pending) {
        return refuse(Code::WrongState);
    }
    Ok(())
}
