//! Which segments the working tells of.

use super::{NEW, NONE, claim, small};
use crate::*;

/// One ratio is told even of nothing; of several only those of which something lies in them.
#[test]
fn a_segment_in_which_nothing_lies_is_not_told() {
    let one = small("70%", NONE, NONE, true);
    let above = "segment = [{ above = \"100.00\", per = \"visit\", ratio = \"80%\" }]\n";
    let two = format!("{one}{above}");
    for (text, lines, wanted) in [
        (&one, "丙 5.00", &["0.00"][..]),
        (&one, "甲 120.00", &["84.00"]),
        (&two, "丙 5.00", &[]),
        (&two, "甲 100.00", &["70.00"]),
        (&two, "甲 120.00", &["70.00", "16.00"]),
    ] {
        let policy = parse(text, "a.toml").unwrap();
        let claim = claim(Scheme::Resident, Benefit::General, "", lines, NEW);
        let steps = evaluate(&policy, &claim).unwrap().steps;
        let ratios = steps.iter().filter(|step| step.rule == Rule::Ratio);
        let told: Vec<String> = ratios.map(|step| step.result.to_string()).collect();
        assert_eq!(told, wanted, "{lines} {text}");
    }
}

#[test]
fn segments_that_do_not_rise_or_have_two_times_are_errors() {
    let two = |first: (&str, &str), second: (&str, &str)| {
        let one =
            |(above, per)| format!("{{ above = \"{above}\", per = \"{per}\", ratio = \"80%\" }}");
        let all = format!("segment = [{},\n  {}]\n", one(first), one(second));
        parse(
            &format!("{}{all}", small("70%", NONE, NONE, true)),
            "a.toml",
        )
        .map(|_| ())
    };
    assert_eq!(two(("100.00", "year"), ("100.01", "year")), Ok(()));
    for (first, second, wanted) in [
        (
            ("100.00", "year"),
            ("100.00", "year"),
            "a.toml:14:3: `above` of benefit.general.segment must rise from one segment to the next",
        ),
        (
            ("100.00", "year"),
            ("99.00", "year"),
            "a.toml:14:3: `above` of benefit.general.segment must rise",
        ),
        (
            ("100.00", "year"),
            ("200.00", "visit"),
            "a.toml:13:12: all of benefit.general.segment must be `per` the same time",
        ),
    ] {
        let error = two(first, second).unwrap_err().to_string();
        assert!(error.starts_with(wanted), "{error}\nwanted {wanted}");
    }
}
