//! A table for the terminal.

use super::{Cell, Table};

/// Lines of text, columns below each other; Chinese characters are two wide.
pub fn to_text(table: &Table) -> String {
    let head: Vec<Cell> = table.columns.iter().map(Cell::text).collect();
    let lines: Vec<(Vec<String>, bool)> = std::iter::once((&head, true))
        .chain(table.rows.iter().map(|row| (row, false)))
        .map(|(row, is_head)| (row.iter().map(Cell::shown).collect(), is_head))
        .collect();
    let columns = 0..table.columns.len();
    let widest = |column: usize| lines.iter().map(move |(row, _)| width(&row[column])).max();
    let widths: Vec<usize> = columns.map(|c| widest(c).unwrap_or(0)).collect();
    let first = table.rows.first();
    let left = |column: usize| first.is_none_or(|row: &Vec<Cell>| row[column].is_text());
    let mut text = format!("{}\n", table.title);
    for (row, _) in &lines {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            let space = " ".repeat(widths[column] - width(cell));
            let padded = if left(column) {
                format!("{cell}{space}")
            } else {
                format!("{space}{cell}")
            };
            line.push_str("  ");
            line.push_str(&padded);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    if !table.note.is_empty() {
        text.extend(["  (", &table.note, ")\n"]);
    }
    text
}

fn width(text: &str) -> usize {
    let wide =
        |c: char| ('\u{1100}'..'\u{fffd}').contains(&c) && !('\u{2000}'..'\u{2e80}').contains(&c);
    text.chars().map(|c| 1 + usize::from(wide(c))).sum()
}
