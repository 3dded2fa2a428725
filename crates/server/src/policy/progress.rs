//! How far a long command is: a line on standard error that is written over, on a terminal only.

use std::io::{IsTerminal, Write, stderr};

/// Of a hundred; nothing is shown where nobody looks.
pub struct Progress {
    what: String,
    whole: u64,
    shown: Option<u64>,
    looked_at: bool,
}

/// Characters of the bar.
const WIDTH: u64 = 40;

impl Progress {
    /// A bar for so many bytes.
    pub fn new(what: String, whole: u64) -> Self {
        Self {
            what,
            whole: whole.max(1),
            shown: None,
            looked_at: stderr().is_terminal(),
        }
    }

    /// So many are done.
    pub fn at(&mut self, done: u64) {
        let percent = done.min(self.whole) * 100 / self.whole;
        if self.looked_at && self.shown != Some(percent) {
            self.shown = Some(percent);
            let full = percent * WIDTH / 100;
            let bar: String = (0..WIDTH)
                .map(|at| if at < full { '#' } else { '.' })
                .collect();
            let _ = write!(stderr(), "\r{} [{bar}] {percent:3}%", self.what);
        }
    }
}

impl Drop for Progress {
    /// Takes the line away: what comes after is the result.
    fn drop(&mut self) {
        if self.shown.is_some() {
            let _ = write!(stderr(), "\r\x1b[K");
        }
    }
}
