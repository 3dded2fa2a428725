//! Receipts: a book of which numbers are used, voided and brought back.

use cunyi_domain::fact::{Body, ReceiptBookEntered, ReceiptClosed, ReceiptIssued, ReceiptSpoiled};
use cunyi_domain::ids::EntryId;
use cunyi_domain::ledger::{ReceiptState, ReceiptWhy, Settlement, SettlementKind, Visit};
use cunyi_domain::money::Fen;

use crate::world::{Done, World};

impl World {
    fn new_entry(&self) -> EntryId {
        EntryId::new(self.now(), &self.dice)
    }

    fn about_paper(&self, body: impl Into<Body>) -> Done {
        self.write(|w| w.record(body, None, None))
    }

    /// One that was misprinted, and a sheet that was torn.
    pub fn receipts(&self, visit: &Visit, words: &str) -> Done {
        let book = self.new_entry();
        self.about_paper(ReceiptBookEntered {
            id: book.clone(),
            code: "99060126".to_owned(),
            digits: 8,
            first: 1,
            last: 50,
        })?;
        let all = self.all::<Settlement>().into_iter();
        let mut its =
            all.filter(|row| row.visit == visit.id && row.kind == SettlementKind::Settlement);
        let id = self.new_entry();
        let issued = ReceiptIssued {
            id: id.clone(),
            book: book.clone(),
            number: 1,
            settlement: its.next().expect("settled").id,
            visit: visit.id.clone(),
            patient: visit.patient.clone(),
            amount: Fen(1250),
        };
        self.record(issued, &visit.patient, None)?;
        let closed = ReceiptClosed {
            id,
            patient: visit.patient.clone(),
            to: ReceiptState::Void,
            why: ReceiptWhy::Other,
            words: words.to_owned(),
        };
        self.record(closed, &visit.patient, None)?;
        self.about_paper(ReceiptSpoiled {
            id: self.new_entry(),
            book,
            number: 2,
            why: ReceiptWhy::Spoiled,
            words: String::new(),
        })
    }
}
