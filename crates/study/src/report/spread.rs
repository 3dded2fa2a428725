//! Bands, quantiles and concentrations of a spread, in whole numbers.

use crate::replay::Spread;

/// Where bands of change end, in fen: the same on either side of nothing.
const ENDS: [i64; 4] = [5_000, 20_000, 50_000, 100_000];

/// A band of change: from the greatest saving to the greatest loss, `Same` in the middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Band {
    /// Pays less: above this many fen, up to that many.
    Less(i64, Option<i64>),
    /// Nothing changes.
    Same,
    /// Pays more.
    More(i64, Option<i64>),
}

impl Band {
    /// All bands, in order.
    pub fn all() -> Vec<Self> {
        let starts = std::iter::once(0).chain(ENDS);
        let ends = ENDS.into_iter().map(Some).chain([None]);
        let sizes: Vec<(i64, Option<i64>)> = starts.zip(ends).collect();
        let less = sizes
            .iter()
            .rev()
            .map(|(above, to)| Self::Less(*above, *to));
        let more = sizes.iter().map(|(above, to)| Self::More(*above, *to));
        less.chain([Self::Same]).chain(more).collect()
    }

    fn holds(self, change: i64) -> bool {
        let within =
            |size: i64, above, to: Option<i64>| size > above && to.is_none_or(|to| size <= to);
        match self {
            Self::Same => change == 0,
            Self::Less(above, to) => within(-change, above, to),
            Self::More(above, to) => within(change, above, to),
        }
    }

    /// How many people are in it, and what their changes sum to.
    pub fn of(self, sorted: &[(i64, u64)]) -> (u64, i64) {
        let mine = sorted.iter().filter(|(change, _)| self.holds(*change));
        mine.fold((0, 0), |(n, sum), (change, count)| {
            (n + count, sum + change * as_i64(*count))
        })
    }
}

/// All spreads as one, from the least to the greatest.
pub(super) fn merged<'a>(spreads: impl Iterator<Item = &'a Spread>) -> Vec<(i64, u64)> {
    let mut all = Spread::default();
    for spread in spreads {
        all.merge(spread.clone());
    }
    all.sorted()
}

/// How many there are.
pub(super) fn count(sorted: &[(i64, u64)]) -> u64 {
    sorted.iter().map(|(_, n)| n).sum()
}

/// The amount that so many of a hundred do not exceed (nearest rank); none of nobody.
pub(super) fn quantile(sorted: &[(i64, u64)], percent: u64) -> Option<i64> {
    let rank = (count(sorted) * percent).div_ceil(100).max(1);
    let mut before = 0;
    let found = sorted.iter().find(|(_, n)| {
        before += n;
        before >= rank
    });
    found.map(|(amount, _)| *amount)
}

/// The sum over the greatest so many of a hundred.
pub(super) fn greatest(sorted: &[(i64, u64)], percent: u64) -> i64 {
    let mut left = (count(sorted) * percent).div_ceil(100);
    let mut sum = 0;
    for (amount, n) in sorted.iter().rev() {
        let taken = left.min(*n);
        sum += amount * as_i64(taken);
        left -= taken;
    }
    sum
}

pub(super) fn as_i64(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_is_in_one_band() {
        for change in [
            -2_000_000, -100_001, -100_000, -5_001, -5_000, -1, 0, 1, 5_000, 5_001, 100_001,
        ] {
            let bands = Band::all();
            let holding: Vec<_> = bands.iter().filter(|band| band.holds(change)).collect();
            assert_eq!(holding.len(), 1, "{change}: {holding:?}");
        }
        assert_eq!(
            Band::Less(0, Some(5_000)).of(&[(-5_000, 2), (-7, 1), (9, 4)]),
            (3, -10_007)
        );
    }

    #[test]
    fn quantiles_are_by_nearest_rank() {
        let sorted = [(-5, 1), (0, 8), (7, 1)];
        let wanted = [
            (1, -5),
            (10, -5),
            (11, 0),
            (50, 0),
            (90, 0),
            (91, 7),
            (100, 7),
        ];
        for (percent, amount) in wanted {
            assert_eq!(quantile(&sorted, percent), Some(amount), "{percent}");
        }
        assert_eq!(quantile(&[], 50), None);
        assert_eq!(greatest(&sorted, 20), 7);
        assert_eq!(greatest(&[(1, 3), (10, 2)], 60), 21);
    }
}
