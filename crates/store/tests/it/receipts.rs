//! Receipts: a book of which numbers are used, voided and brought back.

use cunyi_domain::fact::{
    Body, ElectronicAnswered, ElectronicAsked, ElectronicUndone, ReceiptBookEntered, ReceiptClosed,
    ReceiptIssued, ReceiptSpoiled,
};
use cunyi_domain::ids::EntryId;
use cunyi_domain::ledger::{
    ElectronicState, ReceiptState, ReceiptWhy, Settlement, SettlementKind, Visit,
};
use cunyi_domain::money::Fen;

use crate::world::{Done, World};

/// What is told of an electronic receipt: words that lead to her, and whether it was undone in the end.
pub struct Electronic<'a> {
    pub check_code: &'a str,
    pub url: &'a str,
    pub reason: &'a str,
    pub said: &'a str,
    pub undone: bool,
}

impl World {
    /// One that is to be undone, which the maker refused at first.
    pub fn electronic(&self, visit: &Visit, words: &Electronic<'_>) -> Done {
        use ElectronicState::{Asked, Issued, Undoing, Undone};
        let its =
            |row: &Settlement| row.visit == visit.id && row.kind == SettlementKind::Settlement;
        let settled = self.all::<Settlement>().into_iter().find(its);
        let settled = settled.expect("settled");
        let asked = |id: &EntryId| ElectronicAsked {
            id: id.clone(),
            settlement: settled.id.clone(),
            visit: visit.id.clone(),
            patient: visit.patient.clone(),
            amount: settled.total,
        };
        let answered = |id: &EntryId, from, to| ElectronicAnswered {
            id: id.clone(),
            patient: visit.patient.clone(),
            from,
            to,
            code: String::new(),
            number: String::new(),
            check_code: String::new(),
            url: String::new(),
            said: words.said.to_owned(),
        };
        let id = self.new_entry();
        let her = &visit.patient;
        self.record(asked(&id), her, None)?;
        let issued = ElectronicAnswered {
            code: "99060126".to_owned(),
            number: "0012345678".to_owned(),
            check_code: words.check_code.to_owned(),
            url: words.url.to_owned(),
            said: String::new(),
            ..answered(&id, Asked, Issued)
        };
        self.record(issued, her, None)?;
        let undo = ElectronicUndone {
            id: id.clone(),
            order: self.new_entry(),
            patient: her.clone(),
            words: words.reason.to_owned(),
        };
        self.record(undo.clone(), her, None)?;
        self.record(answered(&id, Undoing, Issued), her, None)?;
        if !words.undone {
            return Ok(());
        }
        self.record(undo, her, None)?;
        let red = ElectronicAnswered {
            number: "0012345679".to_owned(),
            ..answered(&id, Undoing, Undone)
        };
        self.record(red, her, None)
    }

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
