//! The stylesheet and the script: compiled in, named by their content, kept by browsers for a year.

use std::fmt::Write;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

/// The script: one module, a file a concern; what begins the page comes last.
const SCRIPT: &str = concat!(
    include_str!("../assets/script/page.js"),
    include_str!("../assets/script/keys.js"),
    include_str!("../assets/script/forms.js"),
    include_str!("../assets/script/search.js"),
    include_str!("../assets/script/live.js"),
    include_str!("../assets/script/grid.js"),
    include_str!("../assets/script/prescription.js"),
    include_str!("../assets/script/draft.js"),
    include_str!("../assets/script/fees.js"),
    include_str!("../assets/script/change.js"),
    include_str!("../assets/script/scan.js"),
    include_str!("../assets/script/wait.js"),
    include_str!("../assets/script/glyphs.js"),
    include_str!("../assets/script/start.js"),
);

/// A file, its type and its text.
const FILES: &[(&str, &str, &str)] = &[
    (
        "app.css",
        "text/css; charset=utf-8",
        include_str!("../assets/app.css"),
    ),
    ("app.js", "text/javascript; charset=utf-8", SCRIPT),
    (
        "icon.svg",
        "image/svg+xml",
        include_str!("../assets/icon.svg"),
    ),
];

/// Bytes of the hash that stand in a name.
const HASH_BYTES: usize = 8;

/// Names with hashes, in the order of [`FILES`].
static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let named = |(name, _, text): &(&str, &str, &str)| {
        let mut hash = String::new();
        for byte in Sha256::digest(text.as_bytes()).iter().take(HASH_BYTES) {
            let _ = write!(hash, "{byte:02x}");
        }
        format!("{hash}-{name}")
    };
    FILES.iter().map(named).collect()
});

/// The address of a file.
pub fn url(name: &str) -> String {
    let place = FILES.iter().position(|(n, _, _)| *n == name);
    let hashed = place.and_then(|place| NAMES.get(place));
    format!("/assets/{}", hashed.map_or(name, String::as_str))
}

/// `GET /assets/{file}`
pub(crate) async fn get(Path(file): Path<String>) -> Response {
    let place = NAMES.iter().position(|name| *name == file);
    let Some((_, kind, text)) = place.and_then(|place| FILES.get(place)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let year = "public, max-age=31536000, immutable";
    (
        [(header::CONTENT_TYPE, *kind), (header::CACHE_CONTROL, year)],
        *text,
    )
        .into_response()
}
