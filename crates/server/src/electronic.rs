//! The maker of electronic receipts as a folder: an order is a file in `orders`, its answer one of the same name in
//! `answers`, both JSON. The maker's program reads the one and writes the other; here both are put away afterwards.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use cunyi_app::ReceiptMaker;
use cunyi_app::views::{MakerAnswer, Order};

/// Most bytes of an answer.
const MOST_BYTES: u64 = 16 * 1024;

/// The folder.
pub struct FolderMaker {
    orders: PathBuf,
    answers: PathBuf,
}

impl FolderMaker {
    /// In a folder, with its two folders made for this user alone where they are missing.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let maker = Self {
            orders: folder.join("orders"),
            answers: folder.join("answers"),
        };
        for path in [&maker.orders, &maker.answers] {
            DirBuilder::new().recursive(true).mode(0o700).create(path)?;
        }
        Ok(maker)
    }

    /// Answers an order, as its maker's program would; once.
    pub fn put_answer(&self, name: &str, answer: &MakerAnswer) -> io::Result<()> {
        write_whole(&self.answers, name, &serde_json::to_vec(answer)?)
    }

    fn put_away(folder: &Path, open: &BTreeSet<String>) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_stem().and_then(|stem| stem.to_str());
            let is_order = path
                .extension()
                .is_some_and(|extension| extension == "json");
            if is_order && !name.is_some_and(|name| open.contains(name)) {
                fs::remove_file(&path)?;
            }
        }
        Ok(())
    }
}

fn file(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.json"))
}

/// Whole or not at all, for this user alone: written beside, and moved. What is there stays.
fn write_whole(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let path = file(folder, name);
    if path.try_exists()? {
        return Ok(());
    }
    let beside = folder.join(format!("{name}.part"));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut part = options.open(&beside)?;
    part.write_all(bytes)?;
    part.sync_all()?;
    fs::rename(&beside, &path)
}

impl ReceiptMaker for FolderMaker {
    fn answer(&self, name: &str) -> io::Result<Option<MakerAnswer>> {
        let answer = match File::open(file(&self.answers, name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            answer => answer?,
        };
        let mut bytes = Vec::new();
        answer.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
        if u64::try_from(bytes.len()).map_or(true, |length| length > MOST_BYTES) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "too long"));
        }
        // The reader's own words may quote the answer.
        let answer = serde_json::from_slice(&bytes);
        let answer = answer.map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "no answer"))?;
        Ok(Some(answer))
    }

    fn give(&self, name: &str, order: &Order) -> io::Result<()> {
        write_whole(&self.orders, name, &serde_json::to_vec_pretty(order)?)
    }

    fn keep(&self, open: &BTreeSet<String>) -> io::Result<()> {
        Self::put_away(&self.orders, open)?;
        Self::put_away(&self.answers, open)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use cunyi_app::views::UndoOrder;
    use cunyi_domain::ids::EntryId;

    use super::*;

    /// A folder that is gone afterwards.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let name = format!("cunyi-electronic-{name}-{}", std::process::id());
            Self(std::env::temp_dir().join(name))
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _gone = fs::remove_dir_all(&self.0);
        }
    }

    fn order() -> Order {
        Order::Undo(UndoOrder {
            id: EntryId::from("E1"),
            code: "99060126".to_owned(),
            number: "0000000001".to_owned(),
            amount: 1250,
            reason: String::new(),
        })
    }

    #[test]
    fn an_order_is_a_file_of_its_own_until_it_is_put_away() {
        let Scratch(folder) = &Scratch::new("order");
        let maker = FolderMaker::open(folder).unwrap();
        maker.give("E1-undo", &order()).unwrap();
        let path = folder.join("orders/E1-undo.json");
        let given: Order = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        assert_eq!(given, order());
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );

        // What was given is not given again.
        fs::write(&path, "taken").unwrap();
        maker.give("E1-undo", &order()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "taken");
        maker.keep(&BTreeSet::from(["E1-undo".to_owned()])).unwrap();
        assert!(path.exists());
        maker.keep(&BTreeSet::new()).unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn an_answer_is_read_or_said_to_be_none() {
        let Scratch(folder) = &Scratch::new("answer");
        let maker = FolderMaker::open(folder).unwrap();
        assert_eq!(maker.answer("E1").unwrap(), None);
        let path = folder.join("answers/E1.json");
        let long = format!(
            "{{\"state\":\"refused\",\"said\":\"{}\"}}",
            "x".repeat(17_000)
        );
        for bad in [
            "",
            "{",
            "[]",
            "{\"state\":\"made\"}",
            "{\"state\":\"issued\"}",
            &long,
        ] {
            fs::write(&path, bad).unwrap();
            let error = maker.answer("E1").unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{bad}");
        }
        fs::write(&path, r#"{"state":"undone","number":"7","more":1}"#).unwrap();
        let number = "7".to_owned();
        assert_eq!(
            maker.answer("E1").unwrap(),
            Some(MakerAnswer::Undone { number })
        );
    }
}
