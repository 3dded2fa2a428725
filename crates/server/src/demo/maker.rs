//! The demonstration's maker of electronic receipts: it answers at once, with numbers that are invented.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use anyhow::Result;
use cunyi_app::ReceiptMaker;
use cunyi_app::views::{MakerAnswer, Order};

use crate::data;
use crate::electronic::FolderMaker;

/// The folder of the demo's orders and answers, with somebody who answers them.
pub struct DemoMaker(FolderMaker);

impl DemoMaker {
    /// In a folder, made if it is not there.
    pub fn open(folder: &Path) -> Result<Self> {
        data::private_folder(folder)?;
        Ok(Self(FolderMaker::open(folder)?))
    }
}

impl ReceiptMaker for DemoMaker {
    fn answer(&self, name: &str) -> io::Result<Option<MakerAnswer>> {
        self.0.answer(name)
    }

    fn give(&self, name: &str, order: &Order) -> io::Result<()> {
        self.0.give(name, order)?;
        self.0.put_answer(name, &answer(name, order))
    }

    /// Who answers at once has not been given what is not answered.
    fn given(&self, name: &str) -> io::Result<bool> {
        Ok(self.0.answer(name)?.is_some())
    }

    fn close(&self, name: &str) -> io::Result<()> {
        self.0.close(name)
    }

    fn keep(&self, open: &BTreeSet<String>) -> io::Result<Vec<String>> {
        self.0.keep(open)
    }
}

fn answer(name: &str, order: &Order) -> MakerAnswer {
    let figures = name.bytes().fold(7_u64, |sum, byte| {
        (sum * 31 + u64::from(byte)) % 10_000_000_000
    });
    let number = format!("{figures:010}");
    match order {
        Order::Make(_) => MakerAnswer::Issued {
            code: "99060126".to_owned(),
            check_code: format!("{:06}", figures % 1_000_000),
            url: String::new(),
            number,
        },
        Order::Undo(_) => MakerAnswer::Undone { number },
    }
}
