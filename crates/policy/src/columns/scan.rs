//! A pass over events that limits of counters hold: what each of them may still take, in order of time.

use cunyi_domain::time::civil::Date;

use super::block::Block;
use super::classes::{Classes, MOST_SLOTS, Slot, Stage};
use crate::language::form::{By, Per};

/// The times that counters are of, in the order of their columns.
const WINDOWS: [Per; 4] = [Per::Year, Per::Quarter, Per::Month, Per::Day];

/// The column of a time; none of one that is not cut by the calendar.
pub(super) fn window(per: Per) -> Option<usize> {
    WINDOWS.iter().position(|one| *one == per)
}

/// What a counter has, and of which household and time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cell {
    key: u64,
    sum: i64,
}

/// The cells of a stage's counters, by slot.
#[derive(Clone, Debug)]
pub(super) struct Cells(Vec<Vec<Cell>>);

/// Members of a household.
const MEMBERS: usize = 256;

impl Cells {
    /// For any household, where so many diseases are told apart.
    pub fn of(stage: &Stage, diseases: u32) -> Self {
        let count = |slot: &Slot| match slot.by {
            By::Person => MEMBERS,
            By::Disease => MEMBERS * diseases as usize,
            By::Family => 1,
        };
        let slots = stage.slots.iter();
        Self(
            slots
                .map(|slot| vec![Cell::default(); count(slot)])
                .collect(),
        )
    }
}

/// For each day of a year, by window, which of such times it lies in.
#[derive(Clone, Debug)]
pub(super) struct Calendar([Vec<u64>; 4]);

impl Calendar {
    /// Of the year that begins with a day.
    pub fn of(new_year: Date) -> Self {
        let days = (1..=new_year.days_in_year())
            .filter_map(|day| new_year.with().day_of_year(day).build().ok());
        // Day 0 is none; whoever asks for it gets the first.
        let days: Vec<Date> = std::iter::once(new_year).chain(days).collect();
        let all = |of: fn(&Date) -> i16| {
            days.iter()
                .map(|day| u64::from(of(day).unsigned_abs()))
                .collect()
        };
        Self([
            all(|_| 0),
            all(|day| i16::from((day.month() - 1) / 3)),
            all(|day| i16::from(day.month())),
            all(|day| day.day_of_year()),
        ])
    }
}

/// The events that go through the passes together: what scans read.
#[derive(Clone, Debug, Default)]
pub(super) struct Strip {
    /// Class of each event; 0 of a reversal.
    pub class: Vec<u16>,
    /// How many events before it a reversal's claim stands; 0 of a claim.
    pub back: Vec<u16>,
    /// By window: the household and the time, as one number.
    keys: [Vec<u64>; 4],
    /// By [`By`]: the place among a household's cells.
    places: [Vec<u32>; 3],
}

impl Strip {
    /// Takes the events of some households from a block; the first is `household`th of the block and
    /// begins with its event `from`.
    pub fn read(&mut self, block: &Block, household: usize, households: &[u32], from: usize) {
        let count: usize = households.iter().map(|events| *events as usize).sum();
        self.back.clear();
        self.back.extend_from_slice(&block.back[from..from + count]);
        let keys = &mut self.keys[0];
        keys.clear();
        for (number, events) in (household as u64..).zip(households) {
            keys.extend(std::iter::repeat_n(number << 9, *events as usize));
        }
    }

    /// Fills the columns of times and cells that the rules ask for, now that classes are known.
    pub fn place(&mut self, block: &Block, from: usize, calendar: &Calendar, classes: &Classes) {
        let events = from..from + self.back.len();
        let [year, others @ ..] = &mut self.keys;
        for (window, keys) in (1..)
            .zip(others)
            .filter(|(window, _)| classes.windows[*window])
        {
            let times = &calendar.0[window];
            let days = block.day[events.clone()].iter();
            let times = days.map(|day| times[usize::from(*day).min(times.len() - 1)]);
            keys.clear();
            keys.extend(year.iter().zip(times).map(|(key, time)| key | time));
        }
        let members = &block.member[events];
        let [person, disease, family] = &mut self.places;
        person.clear();
        person.extend(members.iter().map(|member| u32::from(*member)));
        if classes.by_disease {
            let of_class = |(member, class): (&u8, &u16)| {
                let disease = classes.disease[usize::from(*class)];
                u32::from(*member) * classes.diseases + disease
            };
            disease.clear();
            disease.extend(members.iter().zip(&self.class).map(of_class));
        }
        family.clear();
        family.resize(members.len(), 0);
    }

    fn keys(&self, slot: &Slot) -> &[u64] {
        &self.keys[slot.window]
    }

    fn places(&self, slot: &Slot) -> &[u32] {
        match slot.by {
            By::Person => &self.places[0],
            By::Disease => &self.places[1],
            By::Family => &self.places[2],
        }
    }

    /// Brings amounts down to what the limits leave. `before` is what the counter that segments go by
    /// had, where they go by one.
    pub fn limit(&self, stage: &Stage, cells: &mut Cells, amounts: &mut [i64], before: &mut [i64]) {
        match stage.slots.len() {
            0 => self.limit_visit(stage, amounts),
            1 => self.scan::<1>(stage, cells, amounts, before),
            2 => self.scan::<2>(stage, cells, amounts, before),
            3 => self.scan::<3>(stage, cells, amounts, before),
            4 => self.scan::<4>(stage, cells, amounts, before),
            5 => self.scan::<5>(stage, cells, amounts, before),
            _ => self.scan::<MOST_SLOTS>(stage, cells, amounts, before),
        }
    }

    fn limit_visit(&self, stage: &Stage, amounts: &mut [i64]) {
        for (amount, class) in amounts.iter_mut().zip(&self.class) {
            *amount = (*amount).min(stage.visit[usize::from(*class)]);
        }
    }

    #[inline]
    fn scan<const N: usize>(
        &self,
        stage: &Stage,
        cells: &mut Cells,
        amounts: &mut [i64],
        before: &mut [i64],
    ) {
        let slots: [&Slot; N] = std::array::from_fn(|s| &stage.slots[s]);
        let keys = slots.map(|slot| &self.keys(slot)[..amounts.len()]);
        let places = slots.map(|slot| &self.places(slot)[..amounts.len()]);
        let mut all = cells.0.iter_mut();
        let cells: [&mut [Cell]; N] =
            std::array::from_fn(|_| all.next().map_or(&mut [][..], |c| &mut c[..]));
        let segments = !before.is_empty();
        for event in 0..amounts.len() {
            let class = usize::from(self.class[event]);
            let mut least = amounts[event].min(stage.visit[class]);
            let mut used = [0; N];
            for s in 0..N {
                let cell = cells[s][places[s][event] as usize];
                used[s] = if cell.key == keys[s][event] {
                    cell.sum
                } else {
                    0
                };
                least = least.min((slots[s].amount[class] - used[s]).max(0));
            }
            if segments {
                before[event] = (0..N).map(|s| used[s] & slots[s].before[class]).sum();
            }
            for s in 0..N {
                cells[s][places[s][event] as usize] = Cell {
                    key: keys[s][event],
                    sum: used[s].wrapping_add(least & slots[s].feeds[class]),
                };
            }
            amounts[event] = least;
            let back = usize::from(self.back[event]);
            if back > 0 {
                let claim = event - back;
                let class = usize::from(self.class[claim]);
                for s in 0..N {
                    let cell = &mut cells[s][places[s][claim] as usize];
                    // What it took of a month that is over, nobody asks for again.
                    if cell.key == keys[s][claim] {
                        cell.sum -= amounts[claim] & slots[s].feeds[class];
                    }
                }
            }
        }
    }

    /// Where a consultation fee is paid once a time, whether each event's is another: all ones.
    pub fn again(&self, stage: &Stage, cells: &mut Cells, due: &[i64], again: &mut [i64]) {
        for (slot, cells) in stage.slots.iter().zip(&mut cells.0) {
            let (keys, places) = (self.keys(slot), self.places(slot));
            for event in 0..due.len() {
                let class = usize::from(self.class[event]);
                let cell = &mut cells[places[event] as usize];
                let used = if cell.key == keys[event] { cell.sum } else { 0 };
                let is_again = -i64::from(used > 0) & slot.before[class];
                let takes = i64::from(due[event] > 0) & !is_again & slot.feeds[class];
                *cell = Cell {
                    key: keys[event],
                    sum: used + takes,
                };
                again[event] |= is_again;
                let back = usize::from(self.back[event]);
                if back > 0 {
                    let claim = event - back;
                    let class = usize::from(self.class[claim]);
                    let took = i64::from(due[claim] > 0) & !again[claim] & slot.feeds[class];
                    let cell = &mut cells[places[claim] as usize];
                    if cell.key == keys[claim] {
                        cell.sum -= took;
                    }
                }
            }
        }
    }
}
