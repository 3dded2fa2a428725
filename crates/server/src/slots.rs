//! Slots that clinics of this machine hold: two programs with one slot would give out the same
//! msgids. Other machines are not seen from here.

use std::fs::File;
use std::sync::{Mutex, PoisonError};

use crate::data::private_file;

/// Held until it is dropped or the process ends.
#[derive(Default)]
pub struct Slots(Mutex<Vec<File>>);

impl Slots {
    /// Takes a slot under an institution's code; false if another program has it.
    pub fn take(&self, institution: &str, slot: i64) -> bool {
        // The code is letters and digits: it names a file of nobody else's.
        let name = format!("cunyi-{institution}-{slot}.slot");
        let file = private_file(&std::env::temp_dir().join(name));
        let taken = file.ok().filter(|file| file.try_lock().is_ok());
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let got = taken.is_some();
        held.extend(taken);
        got
    }
}
