//! Random regions: files that the language accepts, and claims under any file.
//!
//! ```text
//! proptest! {
//!     #[test]
//!     fn columns_equal_the_scalar(region in regions(6)) {
//!         // region.text is the file, region.policy is compiled, region.claims are up to six of it
//!     }
//!
//!     #[test]
//!     fn of_one_file(tape in tapes(120)) {
//!         let claim = claim(&policy, &mut tape.clone());
//!     }
//! }
//! ```
//!
//! - [`policies`] makes TOML texts that [`crate::check`] accepts.
//! - [`regions`] adds claims: mostly of persons who have the benefit, each with a history of its own.
//! - [`persons`] adds one person's claims by date, without history: what is settled is to be put into
//!   the next one's.
//! - [`claim`] and [`course`] make the same under any policy, the repository's regions too.
//!
//! All of them shrink: fewer rules, smaller amounts.

use std::fmt;

use proptest::prelude::*;

pub(crate) use super::claims::{claim, course, kind};
pub(crate) use super::tape::{Tape, tapes};
use super::written::file;
use crate::*;

/// Choices that a file takes, and its claims: with fewer, the last tables are empty and the last claims
/// have no lines.
const CHOICES: usize = 1_000;
const OF_CLAIMS: usize = 2_000;

/// A file and claims under it.
pub(crate) struct Region {
    /// The file.
    pub text: String,
    /// The file, compiled.
    pub policy: Policy,
    /// Claims under it.
    pub claims: Vec<Claim>,
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{:?}", self.text, self.claims)
    }
}

/// Files that the language accepts.
pub(crate) fn policies() -> impl Strategy<Value = String> {
    tapes(CHOICES).prop_map(|mut tape| file(&mut tape))
}

/// A random file and up to so many claims under it, each with a history.
pub(crate) fn regions(most: usize) -> impl Strategy<Value = Region> {
    with_claims(move |policy, tape| {
        let count = 1 + tape.below(most);
        (0..count).map(|_| claim(policy, tape)).collect()
    })
}

/// A random file and a person's claims under it, by date.
pub(crate) fn persons(most: usize) -> impl Strategy<Value = Region> {
    with_claims(move |policy, tape| course(policy, most, tape))
}

fn with_claims(claims: impl Fn(&Policy, &mut Tape) -> Vec<Claim>) -> impl Strategy<Value = Region> {
    (tapes(CHOICES), tapes(OF_CLAIMS)).prop_map(move |(mut rules, mut tape)| {
        let text = file(&mut rules);
        let policy = match parse(&text, "generated") {
            Ok(policy) => policy,
            Err(error) => panic!("{error}\n{text}"),
        };
        let claims = claims(&policy, &mut tape);
        Region {
            text,
            policy,
            claims,
        }
    })
}

proptest! {
    #[test]
    fn a_generated_file_is_accepted(text in policies()) {
        let checked = check(&text, "generated");
        prop_assert!(checked.is_ok(), "{:?}\n{text}", checked.err());
    }
}
