//! Tables of a file: a value that always holds, or rows of which exactly one holds for each claim.
//!
//! ```toml
//! ratio = "70%"
//! ratio = [
//!   { when = { level = "village" }, is = "70%" },
//!   { when = { level = ["township", "community"] }, is = "65%", unsure = true },
//! ]
//! ```

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Range, RangeInclusive};

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use toml::Spanned;

use super::facet::{Allowed, Facet, When};

/// A value as a text of the file.
pub(crate) trait Value: Sized {
    /// What it looks like, with an example.
    const LIKE: &'static str;
    /// Reads it.
    fn read(text: &str) -> Option<Self>;
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rows<T>(pub Vec<Row<T>>);

/// A row of a table, and where it stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row<T> {
    pub when: When,
    pub is: T,
    /// Nobody is sure of the value: what rests on it is an estimate.
    pub unsure: bool,
    pub at: Range<usize>,
}

/// One value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Text<T>(pub T);

impl<'de, T: Value> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct One<T>(PhantomData<T>);
        impl<T: Value> Visitor<'_> for One<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(T::LIKE)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
                read(text)
            }
        }
        from.deserialize_str(One(PhantomData)).map(Text)
    }
}

fn read<T: Value, E: Error>(text: &str) -> Result<T, E> {
    T::read(text).ok_or_else(|| E::custom(format!("`{text}` is not {}", T::LIKE)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "T: Value"))]
struct RowForm<T> {
    #[serde(default)]
    when: When,
    is: Text<T>,
    #[serde(default)]
    unsure: bool,
}

impl<'de, T: Value> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let table = Spanned::<Table<T>>::deserialize(from)?;
        let at = table.span();
        Ok(match table.into_inner() {
            Table::Always(is) => Self::always(is, at),
            Table::Rows(rows) => Self(rows),
        })
    }
}

/// What stands in the file for a table.
enum Table<T> {
    Always(T),
    Rows(Vec<Row<T>>),
}

impl<'de, T: Value> Deserialize<'de> for Table<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);
        impl<'de, T: Value> Visitor<'de> for Either<T> {
            type Value = Table<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let like = T::LIKE;
                write!(f, "{like}, or rows {{ when = {{ … }}, is = … }}")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Table<T>, E> {
                read(text).map(Table::Always)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Table<T>, A::Error> {
                let mut rows = Vec::new();
                while let Some(form) = seq.next_element::<Spanned<RowForm<T>>>()? {
                    let at = form.span();
                    let RowForm { when, is, unsure } = form.into_inner();
                    let is = is.0;
                    rows.push(Row {
                        when,
                        is,
                        unsure,
                        at,
                    });
                }
                Ok(Table::Rows(rows))
            }
        }
        from.deserialize_any(Either(PhantomData))
    }
}

impl<T> Rows<T> {
    /// A value that always holds.
    fn always(is: T, at: Range<usize>) -> Self {
        let when = When::default();
        let unsure = false;
        Self(vec![Row {
            when,
            is,
            unsure,
            at,
        }])
    }

    pub fn conditions(&self) -> impl Iterator<Item = &When> {
        self.0.iter().map(|row| &row.when)
    }
}

/// One, or a list.
struct OneOrMore(Vec<String>);

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = OneOrMore;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a list of texts, or true or false")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<OneOrMore, E> {
                Ok(OneOrMore(vec![text.to_owned()]))
            }

            fn visit_bool<E: Error>(self, yes: bool) -> Result<OneOrMore, E> {
                self.visit_str(if yes { "yes" } else { "no" })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<OneOrMore, A::Error> {
                let mut all = Vec::new();
                while let Some(one) = seq.next_element()? {
                    all.push(one);
                }
                Ok(OneOrMore(all))
            }
        }
        from.deserialize_any(Texts)
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Conditions;
        impl<'de> Visitor<'de> for Conditions {
            type Value = When;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("conditions such as { level = \"village\", signed = true }")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<When, A::Error> {
                let mut all = Vec::new();
                while let Some(facet) = map.next_key::<Facet>()? {
                    let OneOrMore(texts) = map.next_value()?;
                    all.push((facet, allowed(facet, texts).map_err(A::Error::custom)?));
                }
                Ok(When(all))
            }
        }
        from.deserialize_map(Conditions)
    }
}

fn allowed(facet: Facet, texts: Vec<String>) -> Result<Allowed, String> {
    if texts.is_empty() {
        return Err(format!(
            "`{facet}` names nothing: leave it out where any value will do"
        ));
    }
    let wrong = |text: &str| format!("`{text}` is no {facet}: write one of {}", facet.like());
    if facet.is_number() {
        let ranges = texts.iter().map(|t| range(t).ok_or_else(|| wrong(t)));
        return Ok(Allowed::Ranges(ranges.collect::<Result<_, _>>()?));
    }
    match texts
        .iter()
        .find(|text| text.is_empty() || !facet.knows(text))
    {
        Some(text) => Err(wrong(text)),
        None => Ok(Allowed::Named(texts)),
    }
}

/// `60-`, `18-59`, `-17`, `3`: both ends belong to it.
fn range(text: &str) -> Option<RangeInclusive<i64>> {
    let number = |text: &str| {
        let number = text.parse::<u16>().ok().filter(|n| *n <= 1000);
        number.map(i64::from)
    };
    let Some((from, to)) = text.split_once('-') else {
        return number(text).map(|n| n..=n);
    };
    let end = |text: &str, open: i64| {
        if text.is_empty() {
            Some(open)
        } else {
            number(text)
        }
    };
    let range = end(from, i64::MIN)?..=end(to, i64::MAX)?;
    let bounded = *range.start() != i64::MIN || *range.end() != i64::MAX;
    (bounded && range.start() <= range.end()).then_some(range)
}
