//! Invented people and their claims, the same at every run.

use cunyi_policy::columns::{Block, Kind};
use cunyi_policy::{Benefit, Facts, Level};

/// splitmix64
pub struct Draws(u64);

impl Draws {
    pub fn new() -> Self {
        Self(20_260_101)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, most: u16) -> u16 {
        u16::try_from(self.next() % u64::from(most)).expect("less than a number that fits")
    }

    /// 甲乙丙
    fn amounts(&mut self) -> [u32; 3] {
        [500 + self.below(6_000), self.below(4_000), self.below(800)].map(u32::from)
    }
}

/// Claims of a person.
pub const CLAIMS: u16 = 10;
/// People of a block.
const PEOPLE: usize = 6_000;

fn kind(level: Level, disease: Option<&str>) -> Kind {
    Kind {
        benefit: if disease.is_some() {
            Benefit::Chronic
        } else {
            Benefit::General
        },
        facts: Facts {
            disease: disease.map(str::to_owned),
            level: Some(level),
            ..Facts::default()
        },
    }
}

fn push(block: &mut Block, day: u16, kind: u16, [a, b, c]: [u32; 3]) {
    block.member.push(0);
    block.day.push(day);
    block.kind.push(kind);
    block.class_a.push(a);
    block.class_b.push(b);
    block.class_c.push(c);
    block.over_limit.push(0);
    block.fee.push(0);
    block.balance.push(0);
    block.back.push(0);
}

/// What `bench/peers` draws: class totals at one of three levels.
pub fn anchors(people: usize) -> (Vec<Kind>, Vec<Block>) {
    let kinds = [Level::Village, Level::Township, Level::Two].map(|level| kind(level, None));
    let mut draws = Draws::new();
    let blocks = in_blocks(people, |block| {
        let level = draws.below(3);
        for claim in 0..CLAIMS {
            let amounts = draws.amounts();
            push(block, 30 * claim + 1, level, amounts);
        }
    });
    (kinds.to_vec(), blocks)
}

/// The same amounts at two levels, one in four of them for a disease, some with the fee and an
/// account, one in twenty taken back a month later.
pub fn hard(people: usize) -> (Vec<Kind>, Vec<Block>) {
    let levels = [Level::Village, Level::Township];
    let diseases = [None, Some("M03900"), Some("M01600")];
    let kinds = diseases
        .iter()
        .flat_map(|disease| levels.map(|level| kind(level, *disease)));
    let mut draws = Draws::new();
    let blocks = in_blocks(people, |block| {
        let level = draws.below(2);
        let mut back = None;
        for claim in 0..CLAIMS {
            let amounts = draws.amounts();
            let disease = [0, 0, 0, 0, 0, 0, 1, 2][usize::from(draws.below(8))];
            push(block, 18 * claim + 1, 2 * disease + level, amounts);
            let last = block.len() - 1;
            if disease == 0 && draws.below(2) == 0 {
                block.fee[last] = 1_000;
            }
            if draws.below(3) == 0 {
                block.balance[last] = u32::from(draws.below(8_000));
            }
            if let Some(claim) = back.take() {
                take_back(block, claim);
            }
            if draws.below(20) == 0 {
                back = Some(last);
            }
        }
    });
    (kinds.collect(), blocks)
}

fn take_back(block: &mut Block, claim: usize) {
    let last = block.len() - 1;
    let amounts = [
        block.class_a[claim],
        block.class_b[claim],
        block.class_c[claim],
    ];
    push(block, block.day[last], block.kind[claim], amounts);
    block.fee[last + 1] = block.fee[claim];
    block.back[last + 1] = u16::try_from(last + 1 - claim).expect("a person has few claims");
}

fn in_blocks(people: usize, mut person: impl FnMut(&mut Block)) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut left = people;
    while left > 0 {
        let mut block = Block::default();
        for _ in 0..left.min(PEOPLE) {
            let before = block.len();
            person(&mut block);
            let events = u32::try_from(block.len() - before).expect("a person has few claims");
            block.households.push(events);
        }
        left -= block.households.len();
        blocks.push(block);
    }
    blocks
}
