//! Seeded numbers and a clock that only the simulator moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use cunyi_domain::time::{Clock, Moment, Rng};

/// splitmix64: the same numbers for the same seed everywhere.
#[derive(Clone, Debug)]
pub struct Dice(u64);

const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

fn mixed(state: u64) -> u64 {
    let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Dice {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(mixed(seed.wrapping_add(STEP)))
    }

    /// The next number below `end`, which is not 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mixed(self.0) % end
    }

    /// A number from `from` to `to`.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        let width = to.abs_diff(from) + 1;
        from.saturating_add_unsigned(self.below(width))
    }

    /// True so many times of a hundred.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of them.
    pub fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        let place = self.below(all.len() as u64);
        all[usize::try_from(place).unwrap_or(0)]
    }
}

/// Seeded bytes for ids, nonces and keys.
pub struct SeededRng(AtomicU64);

impl SeededRng {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Rng for SeededRng {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let state = self.0.fetch_add(STEP, Ordering::Relaxed);
            chunk.copy_from_slice(&mixed(state).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// A clock that moves 20 ms whenever it is asked, and by whole seconds when time passes.
pub struct SimClock(AtomicI64);

impl SimClock {
    /// Standing at a moment.
    pub fn at(moment: Moment) -> Self {
        Self(AtomicI64::new(moment.0))
    }

    /// Now, without moving.
    pub fn peek(&self) -> Moment {
        Moment(self.0.load(Ordering::SeqCst))
    }

    /// Moves on to a moment; never back.
    pub fn move_to(&self, moment: Moment) {
        self.0.fetch_max(moment.0, Ordering::SeqCst);
    }
}

impl Clock for SimClock {
    fn now(&self) -> Moment {
        Moment(self.0.fetch_add(20_000, Ordering::SeqCst))
    }
}

/// The clinic's clock, which somebody may set. It never says a moment twice, for the auditor knows by its moment
/// what belongs together: each setting counts a microsecond more.
pub struct SetClock {
    right: Arc<SimClock>,
    wrong_by: AtomicI64,
    settings: AtomicI64,
}

impl SetClock {
    /// Right, at first.
    pub fn of(right: &Arc<SimClock>) -> Self {
        Self {
            right: Arc::clone(right),
            wrong_by: AtomicI64::new(0),
            settings: AtomicI64::new(0),
        }
    }

    /// Wrong by so many seconds from here on.
    pub fn set(&self, seconds: i64) {
        let settings = self.settings.fetch_add(1, Ordering::SeqCst) + 1;
        let wrong_by = seconds * 1_000_000 + settings;
        self.wrong_by.store(wrong_by, Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Moment {
        Moment(self.right.now().0 + self.wrong_by.load(Ordering::SeqCst))
    }
}
