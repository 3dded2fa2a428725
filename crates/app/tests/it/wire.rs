//! The line between the clinic and the centre: it remembers what was said, and can twist a reply.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cunyi_app::ReceiptMaker;
use cunyi_app::views::{MakerAnswer, Order};
use cunyi_centre::Centre;
use cunyi_domain::ids::{EntryId, VisitId};
use cunyi_domain::transport::{Reply, Request, Transport, TransportError};

use crate::world::World;

/// What came back.
pub type Came = Result<Reply, TransportError>;
/// Turns what came back into something else, or does something while the clinic waits.
pub type Twist = Box<dyn FnOnce(Came) -> Came + Send>;

/// One call.
#[derive(Clone, Debug)]
pub struct Call {
    /// Under which number the region runs it.
    pub infno: String,
    /// Its msgid.
    pub msgid: String,
    /// The whole envelope.
    pub sent: serde_json::Value,
    /// What the centre answered, before any twist.
    pub came: Came,
}

/// Who makes electronic receipts: the orders lie on it, and the answers that a test puts there.
#[derive(Default)]
pub struct Desk {
    orders: Mutex<BTreeMap<String, Order>>,
    answers: Mutex<BTreeMap<String, MakerAnswer>>,
    away: AtomicBool,
    issued: AtomicU64,
}

/// The answer that a receipt is issued under a number.
pub fn issued_as(number: &str) -> MakerAnswer {
    MakerAnswer::Issued {
        code: "99060126".to_owned(),
        number: number.to_owned(),
        check_code: "a1b2c3".to_owned(),
        url: "https://receipts.invalid/1".to_owned(),
    }
}

impl Desk {
    /// What lies on it.
    pub fn orders(&self) -> Vec<(String, Order)> {
        let orders = self.orders.lock().unwrap();
        orders
            .iter()
            .map(|(name, order)| (name.clone(), order.clone()))
            .collect()
    }

    /// Answers an order.
    pub fn answer_with(&self, name: &str, answer: MakerAnswer) {
        self.answers.lock().unwrap().insert(name.to_owned(), answer);
    }

    /// Answers that it is issued, under the next number.
    pub fn issue(&self, name: &str) {
        let number = 12_345_678 + self.issued.fetch_add(1, Ordering::SeqCst);
        self.answer_with(name, issued_as(&format!("{number:010}")));
    }

    /// From now on nothing can be laid on it, or it can again.
    pub fn go_away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }
}

impl ReceiptMaker for Desk {
    fn answer(&self, name: &str) -> io::Result<Option<MakerAnswer>> {
        Ok(self.answers.lock().unwrap().get(name).cloned())
    }

    fn give(&self, name: &str, order: &Order) -> io::Result<()> {
        if self.away.load(Ordering::SeqCst) {
            return Err(io::Error::other("away"));
        }
        let mut orders = self.orders.lock().unwrap();
        let before = orders.insert(name.to_owned(), order.clone());
        assert_eq!(before, None, "given twice");
        Ok(())
    }

    fn given(&self, name: &str) -> io::Result<bool> {
        Ok(self.orders.lock().unwrap().contains_key(name))
    }

    fn close(&self, name: &str) -> io::Result<()> {
        self.orders.lock().unwrap().remove(name);
        self.answers.lock().unwrap().remove(name);
        Ok(())
    }

    fn keep(&self, open: &BTreeSet<String>) -> io::Result<Vec<String>> {
        let mut orders = self.orders.lock().unwrap();
        orders.retain(|name, _| open.contains(name));
        let mut answers = self.answers.lock().unwrap();
        let aside = answers.extract_if(.., |name, _| !open.contains(name));
        Ok(aside.map(|(name, _)| name).collect())
    }
}

impl World {
    /// An electronic receipt of a visit's first batch, which was issued.
    pub fn electronic(&self, visit: &VisitId) -> EntryId {
        let batch = &self.view(visit).batches[0].id;
        self.app.ask_electronic(&self.doctor, batch).unwrap();
        let id = self.view(visit).electronics.all.pop().unwrap().id;
        self.wire.desk.issue(id.as_str());
        self.app.exchange_receipts().unwrap();
        id
    }
}

pub struct Wire {
    /// Beside the line.
    pub desk: Arc<Desk>,
    centre: Arc<Centre>,
    calls: Mutex<Vec<Call>>,
    twists: Mutex<Vec<(String, Twist)>>,
    /// Transactions whose next request is held, and the requests held.
    holding: Mutex<Vec<String>>,
    held: Mutex<Vec<Request>>,
    /// Replies that came too late, with the names of their requests.
    late: Mutex<Vec<(String, Reply)>>,
    /// Transactions whose next request arrives twice, and whose second reply is read.
    twice: Mutex<Vec<String>>,
}

impl Wire {
    pub fn new(centre: Arc<Centre>) -> Self {
        Self {
            desk: Arc::default(),
            centre,
            calls: Mutex::default(),
            twists: Mutex::default(),
            holding: Mutex::default(),
            held: Mutex::default(),
            late: Mutex::default(),
            twice: Mutex::default(),
        }
    }

    /// The next request of a transaction does not arrive until it is delivered.
    pub fn hold(&self, infno: &str) {
        self.holding.lock().unwrap().push(infno.to_owned());
    }

    /// The next request of a transaction arrives twice.
    pub fn twice(&self, infno: &str) {
        self.twice.lock().unwrap().push(infno.to_owned());
    }

    /// What was held arrives now; nobody waits for the replies any more.
    pub fn deliver(&self) -> Vec<Came> {
        let held = std::mem::take(&mut *self.held.lock().unwrap());
        let send = |request: &Request| self.centre.send(request, Duration::from_mins(10));
        held.iter().map(send).collect()
    }

    /// What was held arrives now, and the replies come back late.
    pub fn deliver_late(&self) {
        let names = self.held.lock().unwrap().clone();
        let replies = self.deliver().into_iter().map(Result::unwrap);
        let pairs = names.into_iter().map(|request| request.late).zip(replies);
        self.late.lock().unwrap().extend(pairs);
    }

    /// These come late.
    pub fn come_late(&self, replies: Vec<(String, Reply)>) {
        self.late.lock().unwrap().extend(replies);
    }

    /// The next reply to a transaction goes through here.
    pub fn twist(&self, infno: &str, twist: impl FnOnce(Came) -> Came + Send + 'static) {
        let mut twists = self.twists.lock().unwrap();
        twists.push((infno.to_owned(), Box::new(twist)));
    }

    /// Everything said so far.
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    /// The numbers of the transactions so far, `A` left out.
    pub fn said(&self) -> Vec<String> {
        let calls = self.calls.lock().unwrap();
        calls.iter().map(|c| c.infno[..4].to_owned()).collect()
    }

    /// Calls of a transaction.
    pub fn of(&self, infno: &str) -> Vec<Call> {
        let mut calls = self.calls();
        calls.retain(|c| c.infno.starts_with(infno));
        calls
    }

    /// Forgets what was said.
    pub fn clear(&self) {
        self.calls.lock().unwrap().clear();
    }
}

/// A reply under a number that never came.
pub fn renumbered(reply: &Reply, number: &str) -> Reply {
    let mut envelope: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    envelope["inf_refmsgid"] = number.into();
    Reply {
        status: reply.status,
        body: envelope.to_string().into_bytes(),
    }
}

impl Transport for Wire {
    fn late(&self) -> Vec<(String, Reply)> {
        std::mem::take(&mut *self.late.lock().unwrap())
    }

    fn send(&self, request: &Request, deadline: Duration) -> Came {
        let Ok(sent) = serde_json::from_slice::<serde_json::Value>(&request.body) else {
            // A family's call for a token is no message.
            return self.centre.send(request, deadline);
        };
        let text = |name: &str| sent[name].as_str().unwrap_or_default().to_owned();
        let (infno, msgid) = match text("transType") {
            // A terminal's question.
            asked if !asked.is_empty() => (asked, String::new()),
            _ => (text("infno"), text("msgid")),
        };
        let mut holding = self.holding.lock().unwrap();
        let place = holding.iter().position(|of| infno.starts_with(of));
        let held = place.map(|place| holding.remove(place)).is_some();
        drop(holding);
        let mut twice = self.twice.lock().unwrap();
        if let Some(place) = twice.iter().position(|of| infno.starts_with(of)) {
            twice.remove(place);
            drop(self.centre.send(request, deadline));
        }
        drop(twice);
        let came = if held {
            self.held.lock().unwrap().push(request.clone());
            Err(TransportError::Lost("held".to_owned()))
        } else {
            self.centre.send(request, deadline)
        };
        self.calls.lock().unwrap().push(Call {
            infno: infno.clone(),
            msgid,
            sent,
            came: came.clone(),
        });
        let mut twists = self.twists.lock().unwrap();
        let place = twists.iter().position(|(of, _)| infno.starts_with(of));
        let twist = place.map(|place| twists.remove(place).1);
        drop(twists);
        match twist {
            Some(twist) => twist(came),
            None => came,
        }
    }
}
