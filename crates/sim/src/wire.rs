//! The line between clinic and centre, byte by byte, and what goes wrong on it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cunyi_centre::Centre;
use cunyi_domain::time::{Clock, Moment};
use cunyi_domain::transport::{Reply, Request, Transport, TransportError};
use cunyi_gateway::refusal;
use serde_json::Value;

use crate::dice::SimClock;
use crate::mutant::{Memory, Mutant};

/// What goes wrong with one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It never arrives; nobody answers.
    RequestLost,
    /// It is done; the reply never arrives.
    ReplyLost,
    /// It arrives twice; the first reply is read.
    Twice,
    /// It arrives twice, as from a proxy that tries again; the second reply is read.
    TwiceSecond,
    /// Nobody answers in time, and it arrives so many seconds after it was sent.
    Late(u16),
    /// HTTP 502 from a proxy before it arrives.
    BadGateway,
    /// It is done, and the reply is HTTP 500.
    ServerError,
    /// A page with status 200 instead of the reply; it is done.
    Page,
    /// It is done; of the reply so many 65536ths arrive.
    Truncated(u16),
    /// It is done; the reply of the call before it arrives instead, whatever that was.
    Another,
    /// No connection: it certainly does not leave.
    Down,
    /// A call that changes something is refused for a reason of the centre's own; nothing is done.
    Refused,
}

/// What came back.
pub type Came = Result<Reply, TransportError>;

/// A request on its way.
struct Held {
    due: Moment,
    request: Request,
    /// The program that sent it runs still, and hears the reply.
    heard: bool,
}

#[derive(Default)]
struct State {
    /// Faults of the calls to come, by how many calls come before.
    faults: Vec<(u8, Fault)>,
    calls: u8,
    held: Vec<Held>,
    last: Option<Reply>,
    late: Vec<(String, Reply)>,
    counts: Counts,
    memory: Memory,
}

/// What happened on the line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Calls that the clinic made.
    pub calls: u64,
    /// Calls that something went wrong with.
    pub faults: u64,
    /// Calls that arrived long after nobody waited for them.
    pub late: u64,
}

/// Somebody else does something while a call is on its way. One waits for the other, so that a day is
/// the same each time.
#[derive(Default)]
pub struct Crossing {
    turn: Mutex<Turn>,
    changed: Condvar,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Turn {
    /// Nobody waits.
    #[default]
    Nobody,
    /// The other waits for the call of that number.
    Waiting(u8),
    /// The call waits for the other.
    Others,
}

impl Crossing {
    /// From here on the other may wait for the call of that number.
    pub fn arm(&self, call: u8) {
        *lock(&self.turn) = Turn::Waiting(call);
    }

    /// True once the call is on its way, false if it never will be.
    pub fn comes(&self) -> bool {
        let waiting = |turn: &mut Turn| matches!(turn, Turn::Waiting(_));
        let turn = self.changed.wait_while(lock(&self.turn), waiting);
        *turn.unwrap_or_else(PoisonError::into_inner) == Turn::Others
    }

    /// The call goes on; nobody waits any more.
    pub fn end(&self) {
        *lock(&self.turn) = Turn::Nobody;
        self.changed.notify_all();
    }

    fn reach(&self, call: u8) {
        let mut turn = lock(&self.turn);
        if *turn != Turn::Waiting(call) {
            return;
        }
        *turn = Turn::Others;
        self.changed.notify_all();
        let others = |turn: &mut Turn| *turn == Turn::Others;
        drop(self.changed.wait_while(turn, others));
    }
}

/// The line.
pub struct Wire {
    /// Who else is at work.
    pub crossing: Crossing,
    centre: Mutex<Arc<Centre>>,
    clock: Arc<SimClock>,
    state: Mutex<State>,
    mutant: Option<Mutant>,
}

impl Wire {
    /// To a centre, for a clinic that may be a mutant.
    pub fn new(centre: Arc<Centre>, clock: Arc<SimClock>, mutant: Option<Mutant>) -> Self {
        Self {
            crossing: Crossing::default(),
            mutant,
            centre: Mutex::new(centre),
            clock,
            state: Mutex::default(),
        }
    }

    /// Who answers.
    pub fn centre(&self) -> Arc<Centre> {
        Arc::clone(&lock(&self.centre))
    }

    /// Another process answers from here on.
    pub fn restart(&self, centre: Arc<Centre>) {
        *lock(&self.centre) = centre;
    }

    /// What goes wrong with the calls from here on.
    pub fn set_faults(&self, faults: &[(u8, Fault)]) {
        let mut state = lock(&self.state);
        state.faults = faults.to_vec();
        state.calls = 0;
    }

    /// The clinic's program starts anew: no answer to a call of the one before reaches it.
    pub fn hang_up(&self) {
        let mut state = lock(&self.state);
        state.last = None;
        state.late.clear();
        for held in &mut state.held {
            held.heard = false;
        }
    }

    /// What happened so far.
    pub fn counts(&self) -> Counts {
        lock(&self.state).counts
    }

    /// Time passes; what is on its way arrives when it is due.
    pub fn pass(&self, seconds: i64) {
        let end = Moment(self.clock.peek().0 + seconds * 1_000_000);
        while let Some(held) = self.first_due(end) {
            self.clock.move_to(held.due);
            match self.deliver(&held.request) {
                Ok(reply) if held.heard => {
                    let name = held.request.late;
                    lock(&self.state).late.push((name, reply));
                }
                _ => {}
            }
        }
        self.clock.move_to(end);
    }

    fn first_due(&self, end: Moment) -> Option<Held> {
        let mut state = lock(&self.state);
        let due = state.held.iter().enumerate().filter(|(_, h)| h.due <= end);
        let (place, _) = due.min_by_key(|(_, h)| h.due)?;
        state.counts.late += 1;
        Some(state.held.remove(place))
    }

    fn deliver(&self, request: &Request) -> Came {
        self.centre().send(request, Duration::from_hours(1))
    }

    /// Which call this is, counted from 0.
    fn number(&self) -> u8 {
        let mut state = lock(&self.state);
        let place = state.calls;
        state.calls = place.saturating_add(1);
        state.counts.calls += 1;
        place
    }

    fn fault(&self, place: u8) -> Option<Fault> {
        let mut state = lock(&self.state);
        let all = &state.faults;
        let fault = all.iter().find(|(at, _)| *at == place).map(|(_, f)| *f);
        state.counts.faults += u64::from(fault.is_some());
        fault
    }

    /// Nobody answers: the clinic waits until its deadline.
    fn silence(&self, deadline: Duration) -> Came {
        self.pass(i64::try_from(deadline.as_secs()).unwrap_or(0));
        Err(TransportError::Lost("time-out".to_owned()))
    }

    fn faulty(&self, fault: Fault, request: &Request, deadline: Duration) -> Came {
        match fault {
            Fault::RequestLost => self.silence(deadline),
            Fault::ReplyLost => {
                drop(self.deliver(request));
                self.silence(deadline)
            }
            Fault::Twice => {
                let first = self.deliver(request);
                drop(self.deliver(request));
                first
            }
            Fault::TwiceSecond => {
                drop(self.deliver(request));
                self.deliver(request)
            }
            Fault::Late(seconds) => {
                let due = Moment(self.clock.peek().0 + i64::from(seconds) * 1_000_000);
                let request = request.clone();
                lock(&self.state).held.push(Held {
                    due,
                    request,
                    heard: true,
                });
                self.silence(deadline)
            }
            Fault::BadGateway => Ok(page(502)),
            Fault::ServerError => {
                drop(self.deliver(request));
                Ok(page(500))
            }
            Fault::Page => {
                drop(self.deliver(request));
                Ok(page(200))
            }
            Fault::Truncated(part) => {
                let mut reply = self.deliver(request)?;
                let length = reply.body.len() * usize::from(part) / 65536;
                reply.body.truncate(length);
                Ok(reply)
            }
            Fault::Another => {
                let last = lock(&self.state).last.clone();
                drop(self.deliver(request));
                last.ok_or_else(|| TransportError::Lost("nothing was said before".to_owned()))
            }
            Fault::Refused if changes(request) => {
                let now = self.clock.peek();
                let number = format!("{}{:016}", REFUSER, now.0);
                let body = refusal(REASON, &number, now, now);
                Ok(Reply { status: 200, body })
            }
            Fault::Refused => self.deliver(request),
            Fault::Down => Err(TransportError::NotSent("no connection".to_owned())),
        }
    }
}

/// Why the centre refuses.
const REASON: &str = "该人员待遇享受暂停，请核实";

/// The first digits of its number then.
const REFUSER: &str = "13010000000000";

/// 2201 to 2208
fn changes(request: &Request) -> bool {
    infno(request).starts_with("22")
}

fn infno(request: &Request) -> String {
    let body: Option<Value> = serde_json::from_slice(&request.body).ok();
    let infno = body.and_then(|body| body["infno"].as_str().map(str::to_owned));
    infno.unwrap_or_default()
}

fn page(status: u16) -> Reply {
    Reply {
        status,
        body: b"<html><head><title>proxy</title></head><body></body></html>".to_vec(),
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Wire {
    fn carry(&self, request: &Request, deadline: Duration) -> Came {
        let place = self.number();
        self.crossing.reach(place);
        let came = match self.fault(place) {
            Some(fault) => return self.faulty(fault, request, deadline),
            None => self.deliver(request),
        };
        if let Ok(reply) = &came {
            lock(&self.state).last = Some(reply.clone());
        }
        came
    }
}

impl Transport for Wire {
    fn late(&self) -> Vec<(String, Reply)> {
        std::mem::take(&mut lock(&self.state).late)
    }

    fn send(&self, request: &Request, deadline: Duration) -> Came {
        self.clock.now();
        self.pass(0);
        let Some(mutant) = self.mutant else {
            return self.carry(request, deadline);
        };
        let mut requests = lock(&self.state).memory.before(request);
        let last = requests.pop().unwrap_or_else(|| request.clone());
        for before in &requests {
            drop(self.deliver(before));
        }
        let came = self.carry(&last, deadline);
        let now = self.clock.peek();
        mutant.after(&mut lock(&self.state).memory, request, came, now)
    }
}
