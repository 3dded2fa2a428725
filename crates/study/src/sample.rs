//! An invented year of claims, for trying and for the bench: who comes how often, where, for what.
//! The same seed gives the same year.

use std::io::Write;

use cunyi_policy::{Aid, Benefit, Facts, Level, Status};

use crate::year::{Counts, Event, Kind, WriteError, Writer, days_of};

/// Ages of the dictionary: 0 to 95.
const AGES: u32 = 96;
/// Where people go.
const LEVELS: [Level; 3] = [Level::Village, Level::Township, Level::Two];
/// What for: ordinary visits, and the drugs of the two diseases.
const WHAT: [(Benefit, Option<&str>); 3] = [
    (Benefit::General, None),
    (Benefit::Chronic, Some("M03900")),
    (Benefit::Chronic, Some("M01600")),
];
/// Events of a person in a year, on average.
const EACH: u32 = 16;

/// What a year is invented by.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// How many claims and reversals, at least; the last household is whole.
    pub claims: u64,
    /// Another seed, another year.
    pub seed: u64,
    /// Which year.
    pub year: i16,
}

impl Sample {
    /// Writes the year.
    ///
    /// # Errors
    /// When the disk says no.
    pub fn write(&self, to: impl Write) -> Result<Counts, WriteError> {
        let mut writer = Writer::new(to, self.year, &kinds())?;
        let mut dice = Dice(self.seed);
        let mut written = 0;
        let mut events = Vec::new();
        while written < self.claims {
            household(&mut dice, days_of(self.year), &mut events);
            written += u64::try_from(events.len()).unwrap_or(u64::MAX);
            writer.household(&events)?;
        }
        writer.finish()
    }
}

/// Numbers that look like chance, by `SplitMix64`.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((z ^ (z >> 31)) >> 32).unwrap_or(0)
    }

    /// 0 to `sides` − 1.
    fn roll(&mut self, sides: u32) -> u32 {
        let product = u64::from(self.next()) * u64::from(sides);
        u32::try_from(product >> 32).unwrap_or(0)
    }

    fn percent(&mut self, percent: u32) -> bool {
        self.roll(100) < percent
    }
}

/// A person: the kind's parts that stay, and how often she comes.
struct Person {
    age: u32,
    aided: u32,
    signed: u32,
    disease: usize,
    visits: u32,
}

fn person(dice: &mut Dice) -> Person {
    let age = match dice.roll(100) {
        0..15 => dice.roll(18),
        15..45 => 18 + dice.roll(42),
        _ => 60 + dice.roll(36),
    };
    let old = age >= 60;
    let disease = match dice.roll(100) {
        0..30 if old => 1,
        30..42 if old => 2,
        0..4 if age >= 18 => 1,
        _ => 0,
    };
    // Few come often: the product of two dice has a long tail.
    let visits = 1 + dice.roll(EACH) * dice.roll(6) / 2 + if disease > 0 { 12 } else { 0 };
    Person {
        age,
        aided: u32::from(dice.percent(6)),
        signed: u32::from(dice.percent(if old { 70 } else { 30 })),
        disease,
        visits,
    }
}

fn household(dice: &mut Dice, days: u16, events: &mut Vec<Event>) {
    events.clear();
    let members = 1 + dice.roll(4);
    for member in 0..members {
        let person = person(dice);
        for _ in 0..person.visits {
            let day = 1 + dice.roll(u32::from(days));
            events.push(visit(dice, &person, member, day));
        }
    }
    events.sort_by_key(|event| event.day);
    reversals(dice, days, events);
}

fn visit(dice: &mut Dice, person: &Person, member: u32, day: u32) -> Event {
    let level = match dice.roll(100) {
        0..70 => 0,
        70..94 => 1,
        _ => 2,
    };
    let what = if dice.percent(60) { person.disease } else { 0 };
    let class_a = 300 + dice.roll(2_500) * (1 + dice.roll(3));
    let class_b = if dice.percent(55) {
        dice.roll(4_000)
    } else {
        0
    };
    let far = if level == 2 { 6 } else { 1 };
    let fee = if what == 0 && level < 2 && dice.percent(80) {
        1_000
    } else {
        0
    };
    Event {
        member: u8::try_from(member).unwrap_or(0),
        day: u16::try_from(day).unwrap_or(1),
        kind: kind_of(person, level, what),
        class_a: class_a * far,
        class_b: class_b * far,
        class_c: if dice.percent(10) {
            dice.roll(3_000)
        } else {
            0
        },
        over_limit: if dice.percent(5) { dice.roll(500) } else { 0 },
        fee,
        balance: 0,
        back: 0,
    }
}

/// One claim in twenty is taken back within a fortnight.
fn reversals(dice: &mut Dice, days: u16, events: &mut Vec<Event>) {
    let mut at = 0;
    while at < events.len() {
        let claim = events[at];
        if claim.back == 0 && dice.percent(5) {
            let day = claim.day + u16::try_from(dice.roll(14)).unwrap_or(0);
            let day = day.min(days);
            let after = events[at..].partition_point(|event| event.day <= day);
            // What is put between a reversal and its claim moves the claim further away.
            let place = at + after;
            for (ahead, later) in events[place..].iter_mut().enumerate() {
                if later.back != 0 && usize::from(later.back) > ahead {
                    later.back += 1;
                }
            }
            let back = u16::try_from(after).unwrap_or(u16::MAX);
            events.insert(place, Event { day, back, ..claim });
        }
        at += 1;
    }
}

fn kind_of(person: &Person, level: u32, what: usize) -> u16 {
    let what = u32::try_from(what).unwrap_or(0);
    let place = (((what * 3 + level) * 2 + person.aided) * 2 + person.signed) * AGES + person.age;
    u16::try_from(place).unwrap_or(0)
}

fn kinds() -> Vec<Kind> {
    let mut kinds = Vec::new();
    for (benefit, disease) in WHAT {
        for level in LEVELS {
            for aid in [Aid::No, Aid::Minimum] {
                for signed in [false, true] {
                    kinds.extend((0..i64::from(AGES)).map(|age| Kind {
                        benefit,
                        facts: Facts {
                            disease: disease.map(str::to_owned),
                            level: Some(level),
                            status: Some(if age < 18 {
                                Status::Student
                            } else {
                                Status::Adult
                            }),
                            aid: Some(aid),
                            age: Some(age),
                            signed: Some(signed),
                            ..Facts::default()
                        },
                    }));
                }
            }
        }
    }
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_sound_and_the_same_again() {
        let sample = Sample {
            claims: 20_000,
            seed: 1,
            year: 2026,
        };
        let write = |sample: Sample| {
            let mut bytes = Vec::new();
            let counts = sample.write(&mut bytes).unwrap();
            (bytes, counts)
        };
        let (bytes, counts) = write(sample);
        assert_eq!(write(sample), (bytes.clone(), counts));
        assert_ne!(write(Sample { seed: 2, ..sample }).0, bytes);
        assert!((20_000..21_000).contains(&counts.events), "{counts:?}");
        let reversed = counts.reversals * 100 / counts.events;
        assert!((4..6).contains(&reversed), "{counts:?}");
        let each = counts.events / counts.persons;
        assert!((12..22).contains(&each), "{counts:?}");
    }
}
