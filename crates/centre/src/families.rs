//! Ages and sexes of a village, settled into households of up to three generations.

use cunyi_domain::id_number::Sex;

use crate::names;
use crate::population::Dice;

/// A villager before she has a name.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) age: i64,
    pub(crate) sex: Sex,
    /// Place in the list of surnames.
    pub(crate) surname: usize,
    pub(crate) household: usize,
}

/// Years from, to, and how many of 300 (data/stats/STATS.md, "Population").
const BANDS: [(i64, i64, usize); 6] = [
    (0, 5, 18),
    (6, 17, 42),
    (18, 44, 66),
    (45, 64, 99),
    (65, 74, 45),
    (75, 94, 30),
];

/// Everybody, in the order of households.
pub(crate) fn settle(dice: &mut Dice) -> Vec<Member> {
    let mut people = Vec::new();
    for (from, to, count) in BANDS {
        for n in 0..count {
            // 49 % women: of each hundred the first 49.
            let sex = if (n * 49 + 24) % 100 < 49 {
                Sex::Female
            } else {
                Sex::Male
            };
            let surname = names::surname(dice);
            people.push(Member {
                age: dice.between(from, to),
                sex,
                surname,
                household: usize::MAX,
            });
        }
    }
    people.sort_by_key(|p| std::cmp::Reverse(p.age));
    let couples = marry(&people);
    let mut households = 0;
    for (place, (man, woman)) in couples.iter().enumerate() {
        // Every other couple has a house of its own.
        let father = couples.iter().find(|(older, _)| {
            let gap = people[*older].age - people[*man].age;
            let taken = people
                .iter()
                .filter(|p| p.household == people[*older].household)
                .count();
            place % 2 == 0
                && (21..=36).contains(&gap)
                && taken < 3
                && people[*older].household != usize::MAX
        });
        let (home, surname) = match father {
            Some((father, _)) => (people[*father].household, people[*father].surname),
            None => (households, people[*man].surname),
        };
        households += usize::from(father.is_none());
        people[*man].surname = surname;
        people[*man].household = home;
        people[*woman].household = home;
    }
    for i in 0..people.len() {
        if people[i].household == usize::MAX {
            lodge(dice, &mut people, &couples, i, &mut households);
        }
    }
    people.sort_by_key(|p| p.household);
    people
}

/// Men and women from 24 on, matched by age as far as they go; the older couples first.
fn marry(people: &[Member]) -> Vec<(usize, usize)> {
    let grown = |sex| {
        let fits = move |i: &usize| people[*i].sex == sex && people[*i].age >= 24;
        (0..people.len()).filter(fits).collect::<Vec<usize>>()
    };
    let women = grown(Sex::Female);
    let mut free = women.into_iter().peekable();
    let mut couples = Vec::new();
    for man in grown(Sex::Male) {
        while free
            .next_if(|w| people[*w].age > people[man].age + 4)
            .is_some()
        {}
        if let Some(woman) = free.next_if(|w| people[man].age - people[*w].age <= 8) {
            couples.push((man, woman));
        }
    }
    couples
}

/// A child goes to parents or, left behind, to grandparents; anyone else lives alone.
fn lodge(
    dice: &mut Dice,
    people: &mut [Member],
    couples: &[(usize, usize)],
    who: usize,
    households: &mut usize,
) {
    let fits = |from: i64, to: i64| {
        let of_age = |(_, woman): &&(usize, usize)| {
            (from..=to).contains(&(people[*woman].age - people[who].age))
        };
        couples.iter().filter(of_age).copied().collect::<Vec<_>>()
    };
    let (parents, grandparents) = (fits(19, 38), fits(42, 62));
    let mut homes = if parents.is_empty() {
        grandparents
    } else {
        parents
    };
    // Where the fewest live, and never a twin.
    let room = |(man, _): &&(usize, usize)| {
        let home = people
            .iter()
            .filter(|p| p.household == people[*man].household);
        let ages: Vec<i64> = home.map(|p| p.age).collect();
        (ages.contains(&people[who].age), ages.len())
    };
    dice.shuffle(&mut homes);
    let home = homes.iter().min_by_key(room).copied();
    if let (true, Some((man, _))) = (people[who].age < 24, home) {
        people[who].household = people[man].household;
        people[who].surname = people[man].surname;
    } else {
        people[who].household = *households;
        *households += 1;
    }
}
