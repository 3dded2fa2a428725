//! The claims, drawn from a fixed seed: `cargo xtask bench policy` draws the same.

/// Claims of a person's year.
pub const CLAIMS: usize = 10;
/// The seed.
const SEED: u64 = 20_260_101;

/// A person's claims of one year, all at institutions of one level.
pub struct Person {
    /// 0: village, 1: township, 2: second level.
    pub level: u8,
    /// In order.
    pub claims: [Claim; CLAIMS],
}

/// A claim's totals by class, in fen.
#[derive(Clone, Copy, Default)]
pub struct Claim {
    /// 甲
    pub a: i32,
    /// 乙
    pub b: i32,
    /// 丙
    pub c: i32,
}

/// Splitmix64 (Steele, Lea, Flood 2014).
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to below `end`.
    fn below(&mut self, end: u16) -> u16 {
        u16::try_from(self.next() % u64::from(end)).unwrap_or_default()
    }
}

/// So many persons.
pub fn persons(count: usize) -> Vec<Person> {
    let mut draws = Draws(SEED);
    let mut person = || Person {
        level: u8::try_from(draws.below(3)).unwrap_or_default(),
        claims: std::array::from_fn(|_| Claim {
            a: i32::from(draws.below(6_000)) + 500,
            b: draws.below(4_000).into(),
            c: draws.below(800).into(),
        }),
    };
    (0..count).map(|_| person()).collect()
}
