//! The maker of electronic receipts as a folder: an order is a file in `orders`, its answer one of the same name in
//! `answers`, both JSON. The maker's program reads the one and writes the other; here both are put away afterwards. An
//! answer that nobody waits for is set aside in `unasked`.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use cunyi_app::ReceiptMaker;
use cunyi_app::views::{MakerAnswer, Order};

use crate::data;

/// Most bytes of an answer.
const MOST_BYTES: u64 = 16 * 1024;

/// The folder.
pub struct FolderMaker {
    orders: PathBuf,
    answers: PathBuf,
    unasked: PathBuf,
}

impl FolderMaker {
    /// In a folder that is there, with its three folders made for this user alone where they are missing.
    pub fn open(folder: &Path) -> Result<Self> {
        if !folder.is_dir() {
            bail!("{} 不是目录 · is no folder", folder.display());
        }
        let maker = Self {
            orders: folder.join("orders"),
            answers: folder.join("answers"),
            unasked: folder.join("unasked"),
        };
        for path in [&maker.orders, &maker.answers, &maker.unasked] {
            if !path.is_dir() {
                data::private_folder(path)?;
            }
        }
        Ok(maker)
    }

    /// Answers an order, as its maker's program would; once.
    pub fn put_answer(&self, name: &str, answer: &MakerAnswer) -> io::Result<()> {
        write_whole(&self.answers, name, &serde_json::to_vec(answer)?)
    }
}

/// The names of a folder's orders or answers that are not open.
fn others(folder: &Path, open: &BTreeSet<String>) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().and_then(|stem| stem.to_str());
        let ours = path
            .extension()
            .is_some_and(|extension| extension == "json");
        names.extend(
            name.filter(|name| ours && !open.contains(*name))
                .map(str::to_owned),
        );
    }
    Ok(names)
}

fn gone(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn bad(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
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
    let mut part = data::private_file(&beside).map_err(io::Error::other)?;
    part.set_len(0)?;
    part.write_all(bytes)?;
    part.sync_all()?;
    fs::rename(&beside, &path)
}

impl ReceiptMaker for FolderMaker {
    fn answer(&self, name: &str) -> io::Result<Option<MakerAnswer>> {
        let path = file(&self.answers, name);
        let found = match fs::symlink_metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            found => found?,
        };
        // A pipe would be waited for.
        if !found.is_file() {
            return Err(bad("no file"));
        }
        let answer = File::open(path)?;
        let mut bytes = Vec::new();
        answer.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
        if u64::try_from(bytes.len()).map_or(true, |length| length > MOST_BYTES) {
            return Err(bad("too long"));
        }
        // The reader's own words may quote the answer.
        let answer = serde_json::from_slice(&bytes);
        let answer = answer.map_err(|_| bad("no answer"))?;
        Ok(Some(answer))
    }

    fn given(&self, name: &str) -> io::Result<bool> {
        file(&self.orders, name).try_exists()
    }

    fn give(&self, name: &str, order: &Order) -> io::Result<()> {
        write_whole(&self.orders, name, &serde_json::to_vec_pretty(order)?)
    }

    /// The order first: it says who paid.
    fn close(&self, name: &str) -> io::Result<()> {
        gone(&file(&self.orders, name))?;
        gone(&file(&self.answers, name))
    }

    /// What cannot be put away does not keep the others.
    fn keep(&self, open: &BTreeSet<String>) -> io::Result<Vec<String>> {
        let mut failed = None;
        for name in others(&self.orders, open)? {
            failed = failed.or(gone(&file(&self.orders, &name)).err());
        }
        let aside = others(&self.answers, open)?;
        for name in &aside {
            let to = file(&self.unasked, name);
            failed = failed.or(fs::rename(file(&self.answers, name), to).err());
        }
        failed.map_or(Ok(aside), Err)
    }
}

#[cfg(test)]
mod tests {
    use cunyi_app::views::UndoOrder;
    use cunyi_domain::ids::EntryId;

    use super::*;

    /// A folder that is gone afterwards.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> (Self, FolderMaker) {
            let name = format!("cunyi-electronic-{name}-{}", std::process::id());
            let folder = std::env::temp_dir().join(name);
            fs::create_dir_all(&folder).unwrap();
            let maker = FolderMaker::open(&folder).unwrap();
            (Self(folder), maker)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _gone = fs::remove_dir_all(&self.0);
        }
    }

    fn order() -> Order {
        Order::Undo(UndoOrder {
            id: EntryId::from("U1"),
            receipt: EntryId::from("E1"),
            code: "99060126".to_owned(),
            number: "0000000001".to_owned(),
            amount: 1250,
            reason: String::new(),
        })
    }

    #[cfg(unix)]
    #[test]
    fn an_order_is_a_file_of_its_own_until_it_is_put_away() {
        use std::os::unix::fs::PermissionsExt;
        let (Scratch(folder), maker) = &Scratch::new("order");
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
        assert!(path.exists() && maker.given("E1-undo").unwrap());
        maker.keep(&BTreeSet::new()).unwrap();
        assert!(!path.exists() && !maker.given("E1-undo").unwrap());
    }

    #[test]
    fn an_answer_is_read_or_said_to_be_none() {
        let (Scratch(folder), maker) = &Scratch::new("answer");
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
        let undone = MakerAnswer::Undone { number };
        assert_eq!(maker.answer("E1").unwrap(), Some(undone));

        // One that nobody waits for is not lost, and what stands in the way does not keep the others.
        fs::create_dir(folder.join("orders/E0.json")).unwrap();
        assert!(maker.keep(&BTreeSet::new()).is_err());
        assert!(!path.exists() && folder.join("unasked/E1.json").is_file());
        fs::create_dir(&path).unwrap();
        assert!(maker.answer("E1").is_err(), "no file");
    }
    #[test]
    fn what_is_answered_is_put_away_with_its_answer() {
        let (Scratch(folder), maker) = &Scratch::new("close");
        maker.give("E1", &order()).unwrap();
        let number = "7".to_owned();
        maker
            .put_answer("E1", &MakerAnswer::Undone { number })
            .unwrap();
        maker.close("E1").unwrap();
        assert!(!maker.given("E1").unwrap() && maker.answer("E1").unwrap().is_none());
        maker.close("E1").unwrap();
        let missing = FolderMaker::open(&folder.join("no such folder"));
        assert!(missing.is_err(), "a folder that is not there is said");
    }
}
