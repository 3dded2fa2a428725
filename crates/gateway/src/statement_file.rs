//! The files of 对明细账 (nhsa-interface §2.18): a ZIP with one TXT, a settlement a line, cells
//! separated by TAB, `null` for nothing. Which columns stand in which order is the region's.

use std::fmt;
use std::io::{Cursor, Read, Write};

use cunyi_domain::text_enum;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::json::Node;
use crate::number::Amount;
use crate::read::Lenient;

/// The longest archive that is sent or read, in bytes.
pub const MAX_ARCHIVE: usize = 512 << 10;
/// The longest text that is unpacked, in bytes.
pub const MAX_TEXT: usize = 4 << 20;
/// The most lines of a file.
pub const MAX_LINES: usize = 10_000;
/// What stands in a cell that says nothing.
const NOTHING: &str = "null";

text_enum! {
    /// A column of either file, by its name at the platform.
    pub enum Column {
        /// 人员编号
        PsnNo = "psn_no",
        /// 就诊ID
        MdtrtId = "mdtrt_id",
        /// 结算ID
        SetlId = "setl_id",
        /// 发送方报文ID
        Msgid = "msgid",
        /// 对账结果
        StmtRslt = "stmt_rslt",
        /// 退费结算标志
        RefdSetlFlag = "refd_setl_flag",
        /// 备注
        Memo = "memo",
        /// 医疗费总额
        MedfeeSumamt = "medfee_sumamt",
        /// 基金支付总额
        FundPaySumamt = "fund_pay_sumamt",
        /// 个人账户支付金额
        AcctPay = "acct_pay",
        /// 扩展内容
        ExpContent = "exp_content",
    }
}

use Column as C;

/// The upload's columns as YB's parser has them.
pub const UPLOAD: &[Column] = &[
    C::SetlId,
    C::MdtrtId,
    C::PsnNo,
    C::MedfeeSumamt,
    C::FundPaySumamt,
    C::AcctPay,
    C::RefdSetlFlag,
];

/// The result's columns (ZEB, NM).
pub const RESULT: &[Column] = &[
    C::PsnNo,
    C::MdtrtId,
    C::SetlId,
    C::Msgid,
    C::StmtRslt,
    C::RefdSetlFlag,
    C::Memo,
    C::MedfeeSumamt,
    C::FundPaySumamt,
    C::AcctPay,
];

/// One settlement or reversal of a file; a column that is not in the file says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// 人员编号
    pub psn_no: String,
    /// 就诊ID
    pub mdtrt_id: String,
    /// 结算ID
    pub setl_id: String,
    /// 发送方报文ID
    pub msgid: String,
    /// 对账结果
    pub stmt_rslt: String,
    /// 退费结算标志: `1` a reversal, whose amounts are negative
    pub refd_setl_flag: String,
    /// 备注
    pub memo: String,
    /// 医疗费总额
    pub medfee_sumamt: Amount,
    /// 基金支付总额
    pub fund_pay_sumamt: Amount,
    /// 个人账户支付金额
    pub acct_pay: Amount,
    /// 扩展内容
    pub exp_content: String,
}

/// A cell of a line, to be read or written.
enum Cell<'a> {
    Text(&'a mut String),
    Money(&'a mut Amount),
}

impl Line {
    fn cell(&mut self, column: Column) -> Cell<'_> {
        match column {
            C::PsnNo => Cell::Text(&mut self.psn_no),
            C::MdtrtId => Cell::Text(&mut self.mdtrt_id),
            C::SetlId => Cell::Text(&mut self.setl_id),
            C::Msgid => Cell::Text(&mut self.msgid),
            C::StmtRslt => Cell::Text(&mut self.stmt_rslt),
            C::RefdSetlFlag => Cell::Text(&mut self.refd_setl_flag),
            C::Memo => Cell::Text(&mut self.memo),
            C::MedfeeSumamt => Cell::Money(&mut self.medfee_sumamt),
            C::FundPaySumamt => Cell::Money(&mut self.fund_pay_sumamt),
            C::AcctPay => Cell::Money(&mut self.acct_pay),
            C::ExpContent => Cell::Text(&mut self.exp_content),
        }
    }
}

/// Why a file cannot be read. Nothing of its content is told: it is about persons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFault {
    /// Longer than we read or send.
    TooLong,
    /// Not a ZIP, or broken.
    NotZip,
    /// The archive does not hold exactly one file.
    NotOneFile,
    /// Not UTF-8.
    NotUtf8,
    /// A line has another number of cells than there are columns.
    Cells {
        /// From 1.
        line: usize,
        /// How many it has.
        cells: usize,
    },
    /// A cell cannot be read.
    Cell {
        /// From 1.
        line: usize,
        /// Which.
        column: Column,
    },
}

impl fmt::Display for FileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("the file is too long"),
            Self::NotZip => f.write_str("the file is no ZIP archive"),
            Self::NotOneFile => f.write_str("the archive does not hold one file"),
            Self::NotUtf8 => f.write_str("the file is not UTF-8"),
            Self::Cells { line, cells } => write!(f, "line {line} has {cells} cells"),
            Self::Cell { line, column } => write!(f, "line {line}: cannot read {column}"),
        }
    }
}

impl std::error::Error for FileFault {}

/// The archive of some lines: its only file has this name.
pub fn pack(name: &str, lines: &[Line], columns: &[Column]) -> Result<Vec<u8>, FileFault> {
    if lines.len() > MAX_LINES {
        return Err(FileFault::TooLong);
    }
    let text = write(lines, columns);
    let broken = |_: ZipError| FileFault::NotZip;
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(name, SimpleFileOptions::default())
        .map_err(broken)?;
    zip.write_all(text.as_bytes())
        .map_err(|_| FileFault::NotZip)?;
    let archive = zip.finish().map_err(broken)?.into_inner();
    if text.len() > MAX_TEXT || archive.len() > MAX_ARCHIVE {
        return Err(FileFault::TooLong);
    }
    Ok(archive)
}

/// The lines of an archive.
pub fn unpack(archive: &[u8], columns: &[Column]) -> Result<Vec<Line>, FileFault> {
    read(&text_of(archive)?, columns)
}

/// True when bytes begin as a ZIP does, one of no file included.
pub(crate) fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// The only file of an archive; what its head says of its size is not believed.
fn text_of(archive: &[u8]) -> Result<String, FileFault> {
    if archive.len() > MAX_ARCHIVE {
        return Err(FileFault::TooLong);
    }
    let mut zip = ZipArchive::new(Cursor::new(archive)).map_err(|_| FileFault::NotZip)?;
    if zip.len() != 1 {
        return Err(FileFault::NotOneFile);
    }
    let file = zip.by_index(0).map_err(|_| FileFault::NotZip)?;
    if !file.is_file() {
        return Err(FileFault::NotOneFile);
    }
    let mut bytes = Vec::new();
    let limit = MAX_TEXT as u64 + 1;
    file.take(limit)
        .read_to_end(&mut bytes)
        .map_err(|_| FileFault::NotZip)?;
    if bytes.len() > MAX_TEXT {
        return Err(FileFault::TooLong);
    }
    String::from_utf8(bytes).map_err(|_| FileFault::NotUtf8)
}

fn write(lines: &[Line], columns: &[Column]) -> String {
    let mut text = String::new();
    for line in lines {
        let mut line = line.clone();
        for (at, column) in columns.iter().enumerate() {
            if at > 0 {
                text.push('\t');
            }
            text.push_str(&written(&line.cell(*column)));
        }
        text.push('\n');
    }
    text
}

/// A cell in one line: what would break it becomes a space.
fn written(cell: &Cell<'_>) -> String {
    let text = match cell {
        Cell::Text(text) => text.replace(char::is_control, " ").trim().to_owned(),
        Cell::Money(Amount(amount)) => amount.map(|fen| fen.to_string()).unwrap_or_default(),
    };
    if text.is_empty() {
        NOTHING.to_owned()
    } else {
        text
    }
}

fn read(text: &str, columns: &[Column]) -> Result<Vec<Line>, FileFault> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let lines = text.split('\n').map(|line| line.trim_end_matches('\r'));
    let said = lines.enumerate().filter(|(_, line)| !line.is_empty());
    let read = said.take(MAX_LINES + 1).map(|(at, line)| {
        let number = at + 1;
        line_of(line, columns).map_err(|fault| match fault {
            Wrong::Cells(cells) => FileFault::Cells {
                line: number,
                cells,
            },
            Wrong::Cell(column) => FileFault::Cell {
                line: number,
                column,
            },
        })
    });
    let lines: Vec<Line> = read.collect::<Result<_, _>>()?;
    if lines.len() > MAX_LINES {
        return Err(FileFault::TooLong);
    }
    Ok(lines)
}

enum Wrong {
    Cells(usize),
    Cell(Column),
}

fn line_of(text: &str, columns: &[Column]) -> Result<Line, Wrong> {
    let cells = text.split('\t').count();
    if cells != columns.len() {
        return Err(Wrong::Cells(cells));
    }
    let mut line = Line::default();
    for (cell, column) in text.split('\t').zip(columns) {
        let cell = cell.trim();
        let cell = if cell == NOTHING { "" } else { cell };
        match line.cell(*column) {
            Cell::Text(place) => cell.clone_into(place),
            Cell::Money(place) => {
                *place = Amount::read(&Node::from(cell)).map_err(|_| Wrong::Cell(*column))?;
            }
        }
    }
    Ok(line)
}

/// What is wrong with a region's columns: none twice, and those without which nothing is matched.
pub(crate) fn lacks(columns: &[Column], needed: &[Column]) -> bool {
    let twice = columns
        .iter()
        .enumerate()
        .any(|(at, column)| columns[..at].contains(column));
    twice || !needed.iter().all(|column| columns.contains(column))
}

#[cfg(test)]
#[path = "tests/statement_file.rs"]
mod tests;
