//! What a study found, as tables: on the terminal, as CSV files, and as one HTML page with charts.

mod again;
mod chart;
mod csv;
mod html;
mod institutions;
mod spread;
mod study;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod words;

pub use again::again;
pub use csv::to_csv;
pub use html::{About, to_html};
pub use institutions::HeadsMissing;
pub use study::{Study, tables};
pub use table::{Cell, Column, Table};
pub use text::to_text;
