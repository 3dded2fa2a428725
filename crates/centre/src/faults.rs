//! The sandbox's switches: being down, slow, or answering as real platforms do on bad days.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use cunyi_domain::text_enum;

text_enum! {
    /// What goes wrong with the next answers.
    pub enum Fault {
        /// Refused with infcode -1; nothing is done.
        Refuse = "refuse",
        /// An HTML page of some proxy instead of JSON; nothing is done.
        Html = "html",
        /// The same page with status 200, as proxies serve their own log-in; nothing is done.
        Page = "page",
        /// Done, but half of the reply is missing.
        Truncate = "truncate",
        /// Done, but the reply never arrives.
        LoseReply = "lose",
    }
}

/// Where a fault strikes: the transaction number's beginning (empty = every transaction) and how
/// many answers are left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pending {
    /// Beginning of `infno`: `2207` strikes 2207A as well.
    pub transaction: String,
    /// How many more.
    pub count: u32,
}

/// The switches as they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Switches {
    /// Nothing is answered.
    pub down: bool,
    /// Every answer waits so long.
    pub slow: Duration,
    /// By how much of its ratio less than 100 % the pooled fund pays, in percent.
    pub less: u8,
    /// Faults of the next answers.
    pub pending: BTreeMap<Fault, Pending>,
}

/// The longest wait, in seconds.
pub const SLOWEST: u64 = 600;
/// The most answers a fault is set for.
pub const MOST: u32 = 1_000;

/// The switches, shared between the pages and the transactions.
#[derive(Default)]
pub struct Panel(Mutex<Switches>);

impl Panel {
    /// As they stand.
    pub fn get(&self) -> Switches {
        self.lock().clone()
    }

    /// Down or up.
    pub fn set_down(&self, down: bool) {
        self.lock().down = down;
    }

    /// Slow by so much, at most [`SLOWEST`] seconds; zero is not at all.
    pub fn set_slow(&self, by: Duration) {
        self.lock().slow = by.min(Duration::from_secs(SLOWEST));
    }

    /// The pooled fund pays `percent` of what the rules say, at most 100.
    pub fn set_paid(&self, percent: u8) {
        self.lock().less = 100 - percent.min(100);
    }

    /// Sets a fault for the next `count` answers (at most [`MOST`]) of transactions that begin with
    /// `transaction`; 0 takes it back.
    pub fn set_fault(&self, fault: Fault, transaction: &str, count: u32) {
        let mut switches = self.lock();
        if count == 0 {
            switches.pending.remove(&fault);
        } else {
            let pending = Pending {
                transaction: transaction.to_owned(),
                count: count.min(MOST),
            };
            switches.pending.insert(fault, pending);
        }
    }

    /// Takes the fault that strikes this transaction, if one does; one that refuses comes first.
    pub(crate) fn strike(&self, transaction: &str) -> Option<Fault> {
        let mut switches = self.lock();
        let strikes =
            |(_, pending): &(&Fault, &mut Pending)| transaction.starts_with(&pending.transaction);
        let (fault, pending) = switches.pending.iter_mut().find(strikes)?;
        let fault = *fault;
        pending.count = pending.count.saturating_sub(1);
        if pending.count == 0 {
            switches.pending.remove(&fault);
        }
        Some(fault)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Switches> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
