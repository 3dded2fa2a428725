//! 申诉: what became of a deduction. An appeal and its outcome are entries that name the deduction.

use std::cmp::Reverse;

use crate::ledger::{ClearingEntry, ClearingKind};
use crate::time::civil::Date;

/// A deduction with what was said of it since.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Appeal<'a> {
    /// What was deducted.
    pub deduction: &'a ClearingEntry,
    /// The appeal, if there is one.
    pub appealed: Option<&'a ClearingEntry>,
    /// What the office made of it: given back, or confirmed.
    pub outcome: Option<&'a ClearingEntry>,
}

impl Appeal<'_> {
    /// True while an appeal could still be handed in.
    pub fn open(&self, today: Date) -> bool {
        let in_time = self.deduction.appeal_by.is_none_or(|by| today <= by);
        self.appealed.is_none() && in_time
    }

    /// True once nothing can be done any more before the day is over.
    pub fn late(&self, today: Date) -> bool {
        self.appealed.is_none() && self.deduction.appeal_by.is_some_and(|by| by < today)
    }
}

/// True if another entry takes it out.
pub fn taken_out(entry: &ClearingEntry, all: &[ClearingEntry]) -> bool {
    let mut all = all.iter();
    all.any(|other| other.reverses.as_ref() == Some(&entry.id))
}

/// Entries that count: neither taken out nor taking another out.
pub fn standing(all: &[ClearingEntry]) -> impl Iterator<Item = &ClearingEntry> {
    let stands = move |entry: &&ClearingEntry| entry.reverses.is_none() && !taken_out(entry, all);
    all.iter().filter(stands)
}

/// What was said of a deduction; nothing of an entry that is none, or was taken out.
pub fn appeal_of<'a>(entry: &'a ClearingEntry, all: &'a [ClearingEntry]) -> Option<Appeal<'a>> {
    let is_one = entry.kind == ClearingKind::Deducted && entry.reverses.is_none();
    if !is_one || taken_out(entry, all) {
        return None;
    }
    let said = |is: fn(ClearingKind) -> bool| {
        let mut all = standing(all);
        all.find(|other| other.about.as_ref() == Some(&entry.id) && is(other.kind))
    };
    Some(Appeal {
        deduction: entry,
        appealed: said(|kind| kind == ClearingKind::Appealed),
        outcome: said(ClearingKind::is_outcome),
    })
}

/// Deductions with a day by which to appeal, or an appeal, and without an outcome: the first day first.
pub fn appeals(entries: &[ClearingEntry]) -> Vec<Appeal<'_>> {
    let all = entries.iter().filter_map(|entry| appeal_of(entry, entries));
    let open = |appeal: &Appeal<'_>| {
        let dated = appeal.deduction.appeal_by.is_some() || appeal.appealed.is_some();
        dated && appeal.outcome.is_none()
    };
    let mut found: Vec<Appeal<'_>> = all.filter(open).collect();
    found.sort_by_key(|appeal| {
        let by = appeal.deduction.appeal_by;
        (Reverse(by.is_some()), by, appeal.deduction.id.clone())
    });
    found
}
