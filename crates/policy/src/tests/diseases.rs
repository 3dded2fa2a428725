//! Diseases of benefits.

use super::{NEW, NONE, claim, small};
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
        (
            format!("{special}{disease}")
                .replace(" }]", " }, { code = \"M03900\", name = \"高血压病\" }]"),
            "disease M03900 is named twice",
        ),
    ] {
        let said = parse(&text, "a.toml").map_or_else(|error| error.message, |_| String::new());
        assert!(
            said.starts_with(wanted) && said.is_empty() == wanted.is_empty(),
            "{said}"
        );
    }
}

#[test]
fn a_disease_that_the_benefit_does_not_have_is_named_in_vain() {
    let two = small("70%", NONE, NONE, true).replace("[benefit.general]", "[benefit.special]");
    let disease = "diseases = [{ code = \"M00500\", name = \"恶性肿瘤\" }]\n";
    let ratio = |rows: &str| two.replace("ratio = \"70%\"", &format!("ratio = [{rows}]"));
    let own = "{ when = { disease = \"M00500\" }, is = \"80%\" }";
    let others = "{ when = { disease = \"M07800\" }, is = \"80%\" }";
    for (rows, wanted) in [
        (own.to_owned(), ""),
        (format!("{own}, {others}"), "this holds for nobody"),
        (
            others.to_owned(),
            "no row of `benefit.special.ratio` holds for level village, disease M00500",
        ),
    ] {
        let text = format!("{}{disease}", ratio(&rows));
        let said = parse(&text, "a.toml").map_or_else(|error| error.message, |_| String::new());
        assert!(
            said.starts_with(wanted) && said.is_empty() == wanted.is_empty(),
            "{said}"
        );
    }
}

#[test]
fn a_disease_that_is_not_covered_is_told_and_so_is_what_is_missing_before_it() {
    let ratio = "ratio = [{ when = { disease = \"M00500\" }, is = \"80%\" }]";
    let special = small("70%", NONE, NONE, true)
        .replace("[benefit.general]", "[benefit.special]")
        .replace("ratio = \"70%\"", ratio);
    let disease = "diseases = [{ code = \"M00500\", name = \"恶性肿瘤\" }]\n";
    let policy = parse(&format!("{special}{disease}"), "a.toml").unwrap();
    let village = Some(Level::Village);
    for (level, code, wanted) in [
        (village, Some("M00500"), None),
        (
            village,
            Some("M07800"),
            Some(CannotDecide::DiseaseNotCovered("M07800".to_owned())),
        ),
        (village, None, Some(CannotDecide::DiseaseMissing)),
        (
            None,
            Some("M07800"),
            Some(CannotDecide::FactMissing(Facet::Level)),
        ),
    ] {
        let mut claim = claim(
            Scheme::Resident,
            Benefit::Special,
            code.unwrap_or_default(),
            "甲 20.00",
            NEW,
        );
        claim.facts.level = level;
        assert_eq!(evaluate(&policy, &claim).err(), wanted);
    }
}
