//! A table as a CSV file.

use super::Table;

/// The file's text. It begins with the mark by which spreadsheets know UTF-8.
pub fn to_csv(table: &Table) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let rows = table.rows.iter();
    let rows = rows.map(|row| row.iter().map(super::Cell::plain).collect());
    for row in std::iter::once(table.columns.clone()).chain(rows) {
        // Into memory, and every row as long as the head.
        let _ = writer.write_record(&row);
    }
    let bytes = writer.into_inner().unwrap_or_default();
    format!("\u{feff}{}", String::from_utf8_lossy(&bytes))
}
