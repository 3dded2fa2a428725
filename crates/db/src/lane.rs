//! A bounded lane: a few connections, opened when they are first needed, and a limit of how many may
//! wait for one.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::DbError;
use crate::connection::Connection;

pub(crate) struct Lane {
    state: Mutex<State>,
    freed: Condvar,
    limit: usize,
    /// Opens one connection more.
    open: Open,
}

pub(crate) type Open = Box<dyn Fn() -> Result<Connection, DbError> + Send + Sync>;

struct State {
    idle: Vec<Connection>,
    /// How many may be opened yet.
    more: usize,
    waiting: usize,
}

impl Lane {
    /// With connections that are open, and so many that may be opened.
    pub(crate) fn new(idle: Vec<Connection>, more: usize, open: Open, limit: usize) -> Self {
        let waiting = 0;
        Self {
            state: Mutex::new(State {
                idle,
                more,
                waiting,
            }),
            freed: Condvar::new(),
            limit,
            open,
        }
    }

    /// Waits for a connection, works, and gives it back even if the work panics.
    pub(crate) fn with<T, E: From<DbError>>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut lent = Lent {
            lane: self,
            connection: Some(self.take()?),
        };
        work(lent.connection.as_mut().expect("lent until dropped"))
    }

    fn take(&self) -> Result<Connection, DbError> {
        let mut state = self.lock();
        if state.idle.is_empty() && state.more == 0 && state.waiting >= self.limit {
            return Err(DbError::Busy);
        }
        state.waiting += 1;
        while state.idle.is_empty() && state.more == 0 {
            state = self
                .freed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting -= 1;
        if let Some(connection) = state.idle.pop() {
            return Ok(connection);
        }
        state.more -= 1;
        drop(state);
        (self.open)().inspect_err(|_| {
            self.lock().more += 1;
            self.freed.notify_one();
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Lent<'a> {
    lane: &'a Lane,
    connection: Option<Connection>,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.lane.lock().idle.push(connection);
            self.lane.freed.notify_one();
        }
    }
}
