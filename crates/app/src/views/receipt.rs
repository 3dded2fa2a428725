//! What receipts show: on a visit's page, on paper, in the register.

use cunyi_domain::ids::{BatchId, EntryId, VisitId};
use cunyi_domain::ledger::{ReceiptState, ReceiptWhy};
use cunyi_domain::money::Fen;
use cunyi_domain::time::{Moment, civil::Date};

use super::{ElectronicRow, Statement};

/// The receipts of a visit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceiptsView {
    /// Those that were printed, oldest first.
    pub all: Vec<ReceiptView>,
    /// The number that the next one takes; none where none is left.
    pub next: Option<String>,
    /// True where the clinic keeps receipts: a book was entered.
    pub kept: bool,
}

impl ReceiptsView {
    /// Those of a batch.
    pub fn of<'a>(&'a self, batch: &'a BatchId) -> impl Iterator<Item = &'a ReceiptView> {
        self.all.iter().filter(move |one| one.batch == *batch)
    }

    /// True if one of a batch stands.
    pub fn stands(&self, batch: &BatchId) -> bool {
        self.of(batch).any(|one| one.state == ReceiptState::Issued)
    }
}

/// 收据
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptView {
    /// Id.
    pub id: EntryId,
    /// For which batch.
    pub batch: BatchId,
    /// 票据代码; may be empty.
    pub code: String,
    /// Its number as it is printed.
    pub number: String,
    /// What became of it.
    pub state: ReceiptState,
    /// True where what it is for was paid back.
    pub reversed: bool,
    /// 金额
    pub amount: Fen,
    /// When it was printed.
    pub at: Moment,
    /// By whom.
    pub by: String,
    /// How it was voided, or came back.
    pub closed: Option<ReceiptClosing>,
}

impl ReceiptView {
    /// The reasons with which it may be closed.
    pub const fn choices(&self) -> &'static [ReceiptWhy] {
        if self.reversed {
            ReceiptWhy::RETURN
        } else {
            ReceiptWhy::VOID
        }
    }
}

/// How a receipt was voided, or came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptClosing {
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: String,
    /// Why.
    pub why: ReceiptWhy,
    /// Why in words.
    pub words: String,
}

/// 收据 on paper: the statement of its batch, with its number.
#[derive(Clone, Debug, PartialEq)]
pub struct ReceiptPaper {
    /// What it is for.
    pub statement: Statement,
    /// The receipt.
    pub receipt: ReceiptView,
    /// True for a look at one that was printed.
    pub copy: bool,
}

/// Numbers as they are printed, as they were typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BookForm {
    /// 票据代码; may be empty.
    pub code: String,
    /// 起始号
    pub first: String,
    /// 终止号
    pub last: String,
}

/// 收据登记 of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptRegister {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// The books, the one entered last first.
    pub books: Vec<BookView>,
    /// The days, each as it stood at its end.
    pub days: Vec<ReceiptDay>,
    /// Numbers that were taken, voided or came back in the period.
    pub rows: Vec<ReceiptRow>,
    /// Electronic ones that were asked for in it.
    pub electronic: Vec<ElectronicRow>,
}

/// 收据批次
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookView {
    /// Id.
    pub id: EntryId,
    /// 票据代码
    pub code: String,
    /// First number.
    pub first: String,
    /// Last number.
    pub last: String,
    /// How many it has.
    pub size: i64,
    /// How many stand.
    pub issued: i64,
    /// How many were voided.
    pub void: i64,
    /// How many came back.
    pub returned: i64,
    /// What those that stand come to.
    pub amount: Fen,
    /// The next number; none where none is left.
    pub next: Option<String>,
    /// When it was entered.
    pub at: Moment,
    /// By whom.
    pub by: String,
}

impl BookView {
    /// How many numbers are left.
    pub const fn left(&self) -> i64 {
        self.size - self.issued - self.void - self.returned
    }
}

/// What happened to receipts on a day. What happens later is of a later day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceiptDay {
    /// Which.
    pub day: Date,
    /// The first number that was taken; empty where none was.
    pub first: String,
    /// The last.
    pub last: String,
    /// How many were taken.
    pub taken: i64,
    /// What they come to.
    pub amount: Fen,
    /// How many were voided, whenever they were taken.
    pub void: i64,
    /// What they came to.
    pub void_amount: Fen,
    /// How many came back.
    pub returned: i64,
    /// What they came to.
    pub returned_amount: Fen,
}

impl ReceiptDay {
    /// What is left of the sums.
    pub fn net(&self) -> Fen {
        self.amount - self.void_amount - self.returned_amount
    }
}

/// A number of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptRow {
    /// Id.
    pub id: EntryId,
    /// As it is printed, with its code.
    pub number: String,
    /// What became of it.
    pub state: ReceiptState,
    /// For which visit; none where it was voided unused.
    pub visit: Option<VisitId>,
    /// Whose.
    pub name: String,
    /// 收费批次
    pub batch_number: String,
    /// True where what it is for was paid back.
    pub reversed: bool,
    /// 金额
    pub amount: Fen,
    /// When it was taken.
    pub at: Moment,
    /// By whom.
    pub by: String,
    /// How it was voided, or came back.
    pub closed: Option<ReceiptClosing>,
}
