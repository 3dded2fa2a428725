//! A line between clinic and centre that cuts, delays and says twice, call by call.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

use cunyi_sim::dice::Dice;

/// Counts what happens anywhere, so that others can wait for it.
#[derive(Default)]
pub struct Pulse {
    beats: Mutex<u64>,
    beat: Condvar,
}

impl Pulse {
    /// Something happened.
    pub fn beat(&self) {
        *self.beats.lock().expect("whole") += 1;
        self.beat.notify_all();
    }

    /// Waits until so many things more have happened.
    pub fn wait(&self, more: u64) {
        let beats = self.beats.lock().expect("whole");
        let end = *beats + more;
        let reached = self.beat.wait_while(beats, |beats| *beats < end);
        drop(reached.expect("whole"));
    }

    /// The same, but no longer than that.
    fn wait_at_most(&self, more: u64, longest: Duration) {
        let beats = self.beats.lock().expect("whole");
        let end = *beats + more;
        let waited = self
            .beat
            .wait_timeout_while(beats, longest, |beats| *beats < end);
        drop(waited.expect("whole"));
    }
}

/// What becomes of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Whole,
    /// The line breaks before anything is passed on.
    Cut,
    /// Half of the request is passed on.
    HalfRequest,
    /// It is done; half of the reply comes back.
    HalfReply,
    /// It is passed on after other things have happened.
    Delayed,
    /// The line breaks, and it is passed on all the same, after other things have happened.
    Late,
    /// It is passed on twice; the first reply comes back, or the second.
    Twice,
    TwiceSecond,
}

const FATES: [Fate; 7] = [
    Fate::Cut,
    Fate::HalfRequest,
    Fate::HalfReply,
    Fate::Delayed,
    Fate::Late,
    Fate::Twice,
    Fate::TwiceSecond,
];

/// Of a hundred calls, with how many something goes wrong.
const FAULTY: u64 = 25;
/// Longest that a call is held: far under the bound of the region's file.
const HELD: Duration = Duration::from_millis(300);

/// The line.
pub struct Proxy {
    to: u16,
    dice: Mutex<Dice>,
    pulse: Arc<Pulse>,
    /// From then on nothing goes wrong.
    pub calm: AtomicBool,
    /// Calls that something went wrong with.
    pub faults: AtomicU64,
    /// Who is told that a 2207 was done whose answer nobody gets.
    kept: Mutex<Option<Sender<()>>>,
}

impl Proxy {
    /// Listens until the test ends, passing on to the centre's port.
    pub fn start(listener: TcpListener, to: u16, seed: u64, pulse: Arc<Pulse>) -> Arc<Self> {
        let proxy = Arc::new(Self {
            to,
            dice: Mutex::new(Dice::new(seed)),
            pulse,
            calm: AtomicBool::new(false),
            faults: AtomicU64::new(0),
            kept: Mutex::default(),
        });
        let own = Arc::clone(&proxy);
        thread::spawn(move || {
            for caller in listener.incoming().map_while(Result::ok) {
                let proxy = Arc::clone(&own);
                // A line that breaks is what this is about.
                thread::spawn(move || drop(proxy.pass(caller)));
            }
        });
        proxy
    }

    /// The next 2207 is done and its answer kept back; then it is told.
    pub fn keep_back(&self) -> Receiver<()> {
        let (told, kept) = channel();
        *self.kept.lock().expect("whole") = Some(told);
        kept
    }

    fn fate(&self) -> Fate {
        let mut dice = self.dice.lock().expect("whole");
        if self.calm.load(Ordering::SeqCst) || !dice.percent(FAULTY) {
            return Fate::Whole;
        }
        self.faults.fetch_add(1, Ordering::SeqCst);
        dice.pick(&FATES)
    }

    fn pass(&self, mut caller: TcpStream) -> io::Result<()> {
        let request = whole(&caller)?;
        self.pulse.beat();
        if String::from_utf8_lossy(&request).contains("\"infno\":\"2207\"")
            && let Some(told) = self.kept.lock().expect("whole").take()
        {
            self.deliver(&request)?;
            // Who waits for it may be gone.
            let _gone = told.send(());
            return io::copy(&mut caller, &mut io::sink()).map(drop);
        }
        let fate = self.fate();
        let more = self.dice.lock().expect("whole").below(20);
        match fate {
            Fate::Whole => caller.write_all(&self.deliver(&request)?),
            Fate::Cut => Ok(()),
            Fate::HalfRequest => {
                let mut centre = TcpStream::connect(("127.0.0.1", self.to))?;
                centre.write_all(&request[..request.len() / 2])
            }
            Fate::HalfReply => {
                let reply = self.deliver(&request)?;
                caller.write_all(&reply[..reply.len() / 2])
            }
            Fate::Delayed => {
                self.pulse.wait_at_most(more, HELD);
                caller.write_all(&self.deliver(&request)?)
            }
            Fate::Late => {
                caller.shutdown(Shutdown::Both)?;
                self.pulse.wait_at_most(more, HELD);
                self.deliver(&request).map(drop)
            }
            Fate::Twice => {
                let first = self.deliver(&request)?;
                self.deliver(&request)?;
                caller.write_all(&first)
            }
            Fate::TwiceSecond => {
                self.deliver(&request)?;
                caller.write_all(&self.deliver(&request)?)
            }
        }
    }

    fn deliver(&self, request: &[u8]) -> io::Result<Vec<u8>> {
        let mut centre = TcpStream::connect(("127.0.0.1", self.to))?;
        centre.write_all(request)?;
        self.pulse.beat();
        let reply = whole(&centre);
        self.pulse.beat();
        reply
    }
}

/// A request or reply with its body.
fn whole(from: &TcpStream) -> io::Result<Vec<u8>> {
    let mut from = BufReader::new(from);
    let mut all = Vec::new();
    let mut length = 0;
    loop {
        let start = all.len();
        if from.read_until(b'\n', &mut all)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let line = String::from_utf8_lossy(&all[start..]).to_lowercase();
        if let Some(text) = line.strip_prefix("content-length:") {
            length = text.trim().parse().map_err(io::Error::other)?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let head = all.len();
    all.resize(head + length, 0);
    from.read_exact(&mut all[head..])?;
    Ok(all)
}
