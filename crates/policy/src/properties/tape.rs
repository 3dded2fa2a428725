//! Draws that shrink: a generator reads choices from a tape of numbers, of which zero is always the
//! simplest, and proptest cuts the tape shorter and its numbers smaller.

use proptest::prelude::*;

/// Numbers to choose by; zeros after its end.
#[derive(Clone, Debug)]
pub(crate) struct Tape(std::vec::IntoIter<u16>);

/// Tapes of up to so many choices.
pub(crate) fn tapes(most: usize) -> impl Strategy<Value = Tape> {
    prop::collection::vec(any::<u16>(), 0..most).prop_map(|all| Tape(all.into_iter()))
}

impl Tape {
    /// From 0 to below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        usize::from(self.0.next().unwrap_or(0)) % end.max(1)
    }

    /// From 0 to below `end`, for amounts.
    pub fn amount(&mut self, end: u16) -> i64 {
        i64::from(self.0.next().unwrap_or(0) % end.max(1))
    }

    /// True once in so many draws.
    pub fn rarely(&mut self, one_in: usize) -> bool {
        self.below(one_in) == one_in - 1
    }

    /// One of these.
    pub fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    /// Some of these, at least one, in order; all of them by a zero.
    pub fn some<T: Clone>(&mut self, of: &[T]) -> Vec<T> {
        let out = self.below(1 << of.len().min(12));
        let kept = of.iter().enumerate().filter(|(i, _)| out >> i & 1 == 0);
        let kept: Vec<T> = kept.map(|(_, one)| one.clone()).collect();
        if kept.is_empty() {
            of[..1].to_vec()
        } else {
            kept
        }
    }

    /// These, each in one of up to `groups` groups, none of them empty.
    pub fn parted<T: Clone>(&mut self, of: &[T], groups: usize) -> Vec<Vec<T>> {
        let mut parts = vec![Vec::new(); groups];
        for one in of {
            parts[self.below(groups)].push(one.clone());
        }
        parts.retain(|part| !part.is_empty());
        parts
    }
}
