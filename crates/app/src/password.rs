//! Which passwords are taken: long enough, not among those that are tried first, not one's own
//! name. No rule of composition and no forced change (ASVS 6.2).

use cunyi_domain::refusal::{Code, Refusal};

use crate::error::Result;

/// Shortest password, in characters.
pub const MIN_PASSWORD: usize = 8;
/// Longest password, in bytes: a longer one is only work for the hash.
pub const MAX_PASSWORD: usize = 256;

/// What is tried first, in small letters; what only repeats or counts is found without a list.
const COMMON: &[&str] = &[
    "password",
    "passw0rd",
    "p@ssw0rd",
    "p@ssword",
    "password1",
    "password123",
    "qwertyui",
    "qwertyuiop",
    "qwerty123",
    "qwer1234",
    "1qaz2wsx",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "zaq12wsx",
    "qazwsxedc",
    "asdfghjk",
    "asdfghjkl",
    "zxcvbnm1",
    "q1w2e3r4",
    "abcd1234",
    "abc12345",
    "abc123456",
    "a1234567",
    "a12345678",
    "a123456789",
    "aa123456",
    "aa12345678",
    "asd123456",
    "qq123456",
    "qq123456789",
    "wang1234",
    "zhang123",
    "admin123",
    "admin888",
    "admin1234",
    "admin123456",
    "administrator",
    "root1234",
    "welcome1",
    "welcome123",
    "letmein1",
    "iloveyou",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "trustno1",
    "whatever",
    "woaini123",
    "woaini520",
    "woaini1314",
    "woaini521",
    "5201314a",
    "a5201314",
    "1314520a",
    "5201314520",
    "13145200",
    "14725836",
    "147258369",
    "741852963",
    "963852741",
    "11223344",
    "12341234",
    "123123123",
    "121212121",
    "1234qwer",
    "88888888a",
    "66666666a",
    "huawei123",
    "taobao123",
    "yisheng123",
    "cunyi123",
    "weishengshi",
    "weishengyuan",
];

/// Refuses a password that would be guessed.
pub(crate) fn good(password: &str, login: &str) -> Result<()> {
    let small = password.to_lowercase();
    let login = login.trim().to_lowercase();
    let named = !login.is_empty() && small.contains(&login) && small.len() < login.len() + 6;
    let weak = password.chars().count() < MIN_PASSWORD
        || password.len() > MAX_PASSWORD
        || COMMON.contains(&small.as_str())
        || named
        || patterned(&small);
    if !weak {
        return Ok(());
    }
    let refusal = Refusal::at(Code::WeakPassword, "password");
    Err(refusal
        .with("least", MIN_PASSWORD)
        .with("most", MAX_PASSWORD)
        .into())
}

/// True if each sign only repeats, follows or precedes the one before it: `11111111`, `abcdefgh`.
fn patterned(text: &str) -> bool {
    let signs: Vec<i64> = text.chars().map(|c| i64::from(u32::from(c))).collect();
    let steps: Vec<i64> = signs.windows(2).map(|pair| pair[1] - pair[0]).collect();
    // From 9 the count goes on at 0.
    let plain = |step: &i64| (-1..=1).contains(step) || step.abs() == 9;
    steps.iter().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_guessed_is_refused() {
        for weak in [
            "",
            "short12",
            "12345678",
            "1234567890",
            "87654321",
            "00000000",
            "aaaaaaaaaaaa",
            "abcdefgh",
            "11112222",
            "Password",
            "A123456789",
            "woaini1314",
            "liuxiuying1",
            "liuxiuying",
        ] {
            assert!(good(weak, "liuxiuying").is_err(), "{weak}");
        }
        assert!(
            good(&"长".repeat(86), "x").is_err(),
            "too long for the hash"
        );
    }

    #[test]
    fn what_is_not_guessed_needs_no_composition() {
        for fine in [
            "correct horse",
            "demo-2026",
            "竹山村的老樟树下",
            "liuxiuying buys rice",
        ] {
            assert!(good(fine, "liuxiuying").is_ok(), "{fine}");
        }
        assert!(good(&"ab 9".repeat(MAX_PASSWORD / 4), "x").is_ok());
    }

    #[test]
    fn the_list_is_in_small_letters_and_long_enough_to_matter() {
        for word in COMMON {
            assert_eq!(word.to_lowercase(), *word);
            assert!(word.len() >= MIN_PASSWORD, "{word} is too short anyway");
        }
    }
}
