//! Which claims of a table are to be settled again under a new version of the rules, and what changes.

use cunyi_domain::time::civil::Date;
use cunyi_policy::Policy;
use cunyi_policy::columns::{Again, Shares};

use super::row::Place;
use super::{Import, ImportError};
use crate::year::{Kind, block_of};

/// What is to be settled again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// How many claims.
    pub asked: u64,
    /// Those that come out otherwise, in the order of the table.
    pub changed: Vec<Changed>,
}

/// A claim that comes out otherwise, in fen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Its file, among those read, and line.
    pub at: (u16, u64),
    /// The table's `claim`; empty where it has none.
    pub claim: String,
    /// The table's `person`.
    pub person: String,
    /// Day of service.
    pub day: Date,
    /// What it is.
    pub kind: Kind,
    /// 医疗费总额
    pub total: i64,
    /// As it was settled: fund, account, and what could not be decided, as [`Shares`] has it.
    pub was: (i64, i64, u8),
    /// As it is settled again.
    pub is: (i64, i64, u8),
}

impl Import {
    /// Settles what was read under the old version and, where the new one asks for it, again.
    ///
    /// # Errors
    /// What is wrong with the rows, or a disk that says no.
    pub fn again(mut self, old: &Policy, new: &Policy) -> Result<Found, ImportError> {
        self.refuse()?;
        let year = self.some_year()?;
        let kinds = self.reading.kinds.clone();
        let again = Again::new(old, new, year, &kinds);
        let (mut was, mut is) = (Shares::default(), Shares::default());
        let mut found = Found::default();
        self.each_household(|of| {
            let block = block_of(&of.events);
            again.was(&block, &mut was);
            again.is(&block, &mut is);
            let share = |of: &Shares, at: usize| (of.fund[at], of.account[at], of.undecided[at]);
            for (event, row) in of.rows.iter().enumerate() {
                if !again.asks(&block, event) {
                    continue;
                }
                found.asked += 1;
                let (was, is) = (share(&was, event), share(&is, event));
                if was == is {
                    continue;
                }
                let Place { file, line } = row.place;
                found.changed.push(Changed {
                    at: (file, line),
                    claim: row.claim.clone(),
                    person: row.person.clone(),
                    day: again.day(&block, event),
                    kind: kinds[usize::from(block.kind[event])].clone(),
                    total: block.total(event),
                    was,
                    is,
                });
            }
            Ok(())
        })?;
        self.refuse()?;
        found.changed.sort_by_key(|one| one.at);
        Ok(found)
    }
}
