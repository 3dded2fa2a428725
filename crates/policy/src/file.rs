//! Reading a region's file (TOML): amounts and percentages are texts, so that no float ever is.

use std::fmt;

use crate::language::form::Form;
use crate::policy::Policy;

/// What is wrong with a file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError {
    /// The file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong and what to write instead.
    pub message: String,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            column,
            message,
        } = self;
        write!(f, "{file}:{line}:{column}: {message}")
    }
}

impl std::error::Error for PolicyError {}

/// A file's text, for the places of errors.
pub(crate) struct Source<'a> {
    pub name: &'a str,
    pub text: &'a str,
}

impl Source<'_> {
    /// Line and column of a byte.
    pub fn place(&self, at: usize) -> (usize, usize) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        let line = before.matches('\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }

    pub fn error(&self, at: usize, message: String) -> PolicyError {
        let (line, column) = self.place(at);
        PolicyError {
            file: self.name.to_owned(),
            line,
            column,
            message,
        }
    }
}

/// A quarter of a million bytes: twenty times the longest file there is.
const MOST_BYTES: usize = 250_000;

/// Reads a region's file; `file_name` is for the words of an error only.
///
/// # Errors
/// The first thing in the file that is not as it must be.
pub fn parse(text: &str, file_name: &str) -> Result<Policy, PolicyError> {
    check(text, file_name).map_err(|mut all| all.swap_remove(0))
}

/// Reads a region's file and says all that is wrong with it.
///
/// # Errors
/// At least one, in the file's order: what cannot be read alone, else all the tables' gaps,
/// overlaps and contradictions, twenty at most.
pub fn check(text: &str, file_name: &str) -> Result<Policy, Vec<PolicyError>> {
    let source = Source {
        name: file_name,
        text,
    };
    if text.len() > MOST_BYTES {
        let bytes = text.len();
        let message = format!(
            "{bytes} bytes are too many, {MOST_BYTES} are allowed: this is no region's file"
        );
        return Err(vec![source.error(0, message)]);
    }
    let form = toml::from_str::<Form>(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        vec![source.error(at, error.message().replace('\n', " "))]
    })?;
    Policy::compile(form, &source)
}

/// The texts of values.
pub(crate) mod read {
    use std::fmt;
    use std::marker::PhantomData;

    use cunyi_domain::money::{Fen, Rate, parse_decimal};
    use cunyi_domain::time::civil::Date;
    use cunyi_domain::time::parse_date;
    use serde::de::{Deserializer, Error, Unexpected, Visitor};

    /// A value written as text: what it must look like, and how it is read.
    struct Text<T> {
        like: &'static str,
        read: fn(&str) -> Option<T>,
        value: PhantomData<T>,
    }

    impl<T> Visitor<'_> for Text<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.like)
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            (self.read)(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
        }
    }

    fn text<'de, D: Deserializer<'de>, T>(
        from: D,
        like: &'static str,
        read: fn(&str) -> Option<T>,
    ) -> Result<T, D::Error> {
        from.deserialize_str(Text {
            like,
            read,
            value: PhantomData,
        })
    }

    /// Ten million yuan: more than any cap or fee, and far from any overflow.
    pub const MOST: i64 = 1_000_000_000;

    /// An amount of money.
    pub fn yuan(text: &str) -> Option<Fen> {
        let fen = text.parse::<Fen>().ok()?;
        (0..=MOST).contains(&fen.0).then_some(fen)
    }

    /// A percentage from 0 to 100.
    pub fn percent(text: &str) -> Option<Rate> {
        let percent = parse_decimal(text.strip_suffix('%')?, 4).ok()?;
        (0..=Rate::ONE.0)
            .contains(&percent)
            .then_some(Rate(percent))
    }

    const A_DATE: &str = "a date in quotes, such as \"2026-01-01\"";

    /// Who somebody is: not nobody.
    pub fn name<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
        let like = "who confirmed it: a name or an office, not empty";
        text(from, like, |text| {
            let text = text.trim();
            (!text.is_empty()).then(|| text.to_owned())
        })
    }

    /// A day.
    pub fn date<'de, D: Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
        text(from, A_DATE, parse_date)
    }

    /// A day that may be left out.
    pub fn optional_date<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
        text(from, A_DATE, |text| parse_date(text).map(Some))
    }
}
