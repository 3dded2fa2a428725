//! The published messages.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The published messages by name, or nothing with a word where they are missing.
pub(crate) fn examples() -> Option<BTreeMap<String, Vec<u8>>> {
    let folder: PathBuf =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/examples/nhsa");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("SKIPPED: {} is not there", folder.display());
        return None;
    };
    let json = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"));
    let read = |path: PathBuf| {
        (
            path.file_stem().unwrap().to_string_lossy().into_owned(),
            std::fs::read(path).unwrap(),
        )
    };
    Some(json.map(read).collect())
}
