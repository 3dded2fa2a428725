//! A table, before anybody decides how it looks.

/// A table of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The CSV file's name, without its end.
    pub id: &'static str,
    /// What it shows.
    pub title: String,
    /// What one must know to read it; empty where nothing.
    pub note: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows: as many cells as columns.
    pub rows: Vec<Vec<Cell>>,
}

/// A column's head.
pub type Column = String;

/// What stands in a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// How many.
    Count(u64),
    /// Fen.
    Money(i64),
    /// Fen, more or less than elsewhere.
    More(i64),
    /// A part in 10⁻⁴; none of nothing.
    Part(Option<i64>),
    /// The difference of two parts, in 10⁻⁴.
    Points(Option<i64>),
}

impl Cell {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A part of a whole, rounded half up.
    pub(crate) fn part(of: i64, whole: i64) -> Self {
        Self::Part(part(of, whole))
    }

    /// True where it stands at the left.
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Text(_))
    }

    /// For people: with commas between thousands.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(count) => grouped(&count.to_string()),
            Self::Money(fen) => format!("{}{}", minus(*fen), money(*fen)),
            Self::More(fen) => signed(*fen, &money(*fen)),
            Self::Part(part) => part.map_or("–".to_owned(), |part| {
                format!("{}{}%", minus(part), hundredths(part))
            }),
            Self::Points(points) => points.map_or("–".to_owned(), |points| {
                signed(points, &hundredths(points))
            }),
        }
    }

    /// For programs: plain numbers, a point before the fen.
    pub fn plain(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(count) => count.to_string(),
            Self::Money(number) | Self::More(number) => {
                format!("{}{}", minus(*number), hundredths(*number))
            }
            Self::Part(part) | Self::Points(part) => part.map_or(String::new(), |part| {
                format!("{}{}", minus(part), hundredths(part))
            }),
        }
    }
}

/// A part of a whole in 10⁻⁴, rounded half away from zero.
pub(crate) fn part(of: i64, whole: i64) -> Option<i64> {
    let (of, whole) = (i128::from(of) * 10_000, i128::from(whole));
    let half = whole.abs() / 2;
    let half = if (of < 0) == (whole < 0) { half } else { -half };
    let rounded = (whole != 0).then(|| (of + half * whole.signum()) / whole);
    rounded.and_then(|part| i64::try_from(part).ok())
}

fn minus(number: i64) -> &'static str {
    if number < 0 { "-" } else { "" }
}

fn signed(number: i64, magnitude: &str) -> String {
    match number {
        0 => magnitude.to_owned(),
        1.. => format!("+{magnitude}"),
        _ => format!("−{magnitude}"),
    }
}

fn hundredths(number: i64) -> String {
    let magnitude = number.unsigned_abs();
    format!("{}.{:02}", magnitude / 100, magnitude % 100)
}

fn money(fen: i64) -> String {
    let text = hundredths(fen);
    match text.split_once('.') {
        Some((yuan, fen)) => format!("{}.{fen}", grouped(yuan)),
        None => text,
    }
}

fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
