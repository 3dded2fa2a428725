//! A bounded lane: a few connections, and a limit of how many may wait for one.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::DbError;
use crate::connection::Connection;

pub(crate) struct Lane {
    state: Mutex<State>,
    freed: Condvar,
    limit: usize,
}

struct State {
    idle: Vec<Connection>,
    waiting: usize,
}

impl Lane {
    pub(crate) fn new(idle: Vec<Connection>, limit: usize) -> Self {
        Self {
            state: Mutex::new(State { idle, waiting: 0 }),
            freed: Condvar::new(),
            limit,
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
        if state.idle.is_empty() && state.waiting >= self.limit {
            return Err(DbError::Busy);
        }
        state.waiting += 1;
        loop {
            if let Some(connection) = state.idle.pop() {
                state.waiting -= 1;
                return Ok(connection);
            }
            state = self
                .freed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
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
