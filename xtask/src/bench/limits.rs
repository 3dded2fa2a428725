//! What must not be exceeded: each is printed with its limit, and one that is missed ends the bench
//! with an error when all has been measured.

use std::fmt::Display;

use anyhow::{Result, bail};

/// The limits that were missed so far.
#[derive(Default)]
pub struct Limits {
    missed: Vec<String>,
}

impl Limits {
    /// Prints a figure, which must be below its limit.
    pub fn below<T: Copy + PartialOrd + Display>(&mut self, what: &str, figure: T, limit: T) {
        let good = figure < limit;
        let mark = if good { "" } else { "  MISS" };
        println!("{what}: {figure} (limit {limit}){mark}");
        if !good {
            self.missed.push(what.to_owned());
        }
    }

    /// An error if any was missed.
    pub fn end(self) -> Result<()> {
        if !self.missed.is_empty() {
            bail!("missed: {}", self.missed.join(", "));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_miss_is_an_error() {
        let mut limits = Limits::default();
        limits.below("good", 1, 2);
        assert!(limits.missed.is_empty());
        limits.below("at the limit", 2, 2);
        assert_eq!(
            limits.end().unwrap_err().to_string(),
            "missed: at the limit"
        );
    }
}
