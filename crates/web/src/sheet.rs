//! Tables as xlsx. Texts stay texts: what begins with `=` is no formula.

use std::sync::Arc;

use axum::http::header;
use axum::response::IntoResponse;
use cunyi_app::AppError;
use cunyi_domain::money::{Fen, Quantity};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use crate::chrome::Chrome;
use crate::fault::{Answer, Fault};

/// `Content-Type` of an xlsx.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Most characters of a sheet's name.
const MOST_NAME: usize = 31;

/// What stands in a cell.
pub(crate) enum Cell {
    /// Words.
    Text(String),
    /// Money, shown in yuan with two places.
    Yuan(Fen),
    /// A whole number.
    Count(i64),
    /// A quantity, with its places.
    Amount(Quantity),
}

/// A table with its heads.
pub(crate) struct Table {
    /// What the sheet is called.
    pub(crate) name: String,
    /// Its columns.
    pub(crate) heads: Vec<String>,
    /// Its rows.
    pub(crate) rows: Vec<Vec<Cell>>,
}

/// A workbook of a sheet a table, to be kept under a name: letters, digits and `-`.
pub(crate) fn download(c: &Arc<Chrome>, name: &str, tables: &[Table]) -> Answer {
    let book = workbook(tables).map_err(|error| {
        let what = format!("a spreadsheet cannot be written: {error}");
        Fault::new(c, AppError::Failed(what))
    })?;
    let headers = [
        (header::CONTENT_TYPE, XLSX.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}.xlsx\""),
        ),
    ];
    Ok((headers, book).into_response())
}

fn workbook(tables: &[Table]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let (bold, money) = (
        Format::new().set_bold(),
        Format::new().set_num_format("0.00"),
    );
    for table in tables {
        let sheet = book.add_worksheet();
        sheet.set_name(named(&table.name))?;
        for (column, head) in (0..).zip(&table.heads) {
            sheet.write_string_with_format(0, column, head, &bold)?;
            sheet.set_column_width(column, 16)?;
        }
        for (row, cells) in (1..).zip(&table.rows) {
            for (column, cell) in (0..).zip(cells) {
                write(sheet, (row, column), cell, &money)?;
            }
        }
        sheet.set_freeze_panes(1, 0)?;
    }
    book.save_to_buffer()
}

fn write(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    money: &Format,
) -> Result<(), XlsxError> {
    // A decimal that is read is the number nearest to it: what Excel shows is what stands here.
    let number = |text: String| text.parse::<f64>().unwrap_or_default();
    match cell {
        Cell::Text(text) => sheet.write_string(row, column, text)?,
        Cell::Yuan(fen) => {
            sheet.write_number_with_format(row, column, number(fen.to_string()), money)?
        }
        Cell::Count(count) => sheet.write_number(row, column, number(count.to_string()))?,
        Cell::Amount(quantity) => sheet.write_number(row, column, number(quantity.to_string()))?,
    };
    Ok(())
}

/// Without the characters that a sheet's name may not have.
fn named(name: &str) -> String {
    let fine = |c: &char| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'');
    name.chars().filter(fine).take(MOST_NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_of_any_name_and_cells_of_any_words_are_written() {
        let cells = || {
            vec![
                Cell::Text("=1+1".to_owned()),
                Cell::Yuan(Fen(-123)),
                Cell::Count(7),
                Cell::Amount(Quantity::whole(28)),
            ]
        };
        let table = |name: &str| Table {
            name: name.to_owned(),
            heads: vec!["<a>".to_owned(); 4],
            rows: vec![cells(), cells()],
        };
        let long = "长".repeat(50);
        let book = workbook(&[table("按日/月[1]"), table(&long)]).unwrap();
        assert!(book.starts_with(b"PK"));
    }
}
