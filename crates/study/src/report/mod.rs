//! What a study found, as tables: on the terminal, as CSV files.

mod csv;
mod spread;
mod study;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod words;

pub use csv::to_csv;
pub use study::{Study, tables};
pub use table::{Cell, Column, Table};
pub use text::to_text;
