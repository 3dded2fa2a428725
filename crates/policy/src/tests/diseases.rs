//! Diseases of benefits.

use super::{NONE, small};
use crate::*;

#[test]
fn diseases_have_a_kind_where_it_tells_them_apart() {
    let two = small("70%", NONE, NONE, true).replace("[benefit.general]", "[benefit.chronic]");
    let disease = "diseases = [{ code = \"M03900\", name = \"高血压\" }]\n";
    let kind = disease.replace(" }]", ", kind = \"hypertension\" }]");
    let special = two.replace("chronic", "special");
    for (text, wanted) in [
        (
            format!("{two}{disease}"),
            "disease M03900: write its `kind`",
        ),
        (
            format!("{special}{kind}"),
            "disease M03900: `kind` belongs to benefit.chronic",
        ),
        (format!("{two}{kind}"), ""),
        (format!("{special}{disease}"), ""),
    ] {
        let said = parse(&text, "a.toml").map_or_else(|error| error.message, |_| String::new());
        assert!(
            said.starts_with(wanted) && said.is_empty() == wanted.is_empty(),
            "{said}"
        );
    }
}
