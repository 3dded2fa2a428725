//! What the fund pays the clinic.

use std::fmt::Write;

use cunyi_domain::money::Fen;
use proptest::prelude::*;

use super::{NONE, fen, small};
use crate::*;

fn payer(keys: &str) -> Payer {
    let file = format!("{}[payer]\n{keys}\n", small("70%", NONE, NONE, true));
    parse(&file, "a.toml").unwrap().payer.unwrap()
}

#[test]
fn a_clinics_month() {
    // Rules; visits, people signed, owed → paid, withheld, refused.
    #[rustfmt::skip]
    let cases = [
        ("withheld = \"5%\"", 10, 0, "100.10", ["95.09", "5.01", "0.00"]),
        ("per_visit = \"20.00\"", 10, 0, "260.00", ["200.00", "0.00", "60.00"]),
        ("per_visit = \"20.00\"", 10, 0, "190.00", ["190.00", "0.00", "0.00"]),
        ("per_visit = \"20.00\"\nover_visit = \"40%\"", 10, 0, "260.00", ["224.00", "0.00", "36.00"]),
        // 36 a year is 3 a month.
        ("per_head = \"36.00\"", 99, 50, "260.00", ["150.00", "0.00", "110.00"]),
        ("per_head = \"36.00\"\nwithheld = \"10%\"", 99, 50, "120.00", ["108.00", "12.00", "0.00"]),
        ("budget = \"100.00\"\nper_head = \"36.00\"\nwithheld = \"5%\"", 99, 50, "260.00", ["95.00", "5.00", "160.00"]),
        ("per_visit = \"20.00\"\nwithheld = \"5%\"", 0, 0, "260.00", ["0.00", "0.00", "260.00"]),
        ("per_visit = \"20.00\"\nwithheld = \"5%\"", 0, 0, "-12.00", ["-12.00", "0.00", "0.00"]),
    ];
    for (keys, visits, heads, owed, wanted) in cases {
        let month = Month {
            visits,
            heads,
            fund: fen(owed),
        };
        let shares = payer(keys).month(&month);
        let got = [shares.paid, shares.withheld, shares.refused].map(|f| f.to_string());
        assert_eq!(got, wanted.map(str::to_owned), "{keys} {owed}");
        let by_head = keys.contains("per_head");
        assert_eq!(payer(keys).asks_heads(), by_head, "{keys}");
    }
}

#[test]
fn rules_that_say_nothing_are_mistakes() {
    for (keys, wanted) in [
        ("", "a.toml:14:1: [payer] says nothing: write `per_visit`"),
        (
            "over_visit = \"40%\"",
            "a.toml:14:1: `over_visit` is a part of what is above `per_visit`",
        ),
        (
            "quota = \"1.00\"",
            "a.toml:15:1: unknown field `quota`, expected one of `per_visit`",
        ),
    ] {
        let file = format!("{}\n[payer]\n{keys}\n", small("70%", NONE, NONE, true));
        let error = parse(&file, "a.toml").unwrap_err().to_string();
        assert!(error.starts_with(wanted), "{error}\nwanted {wanted}");
    }
}

proptest! {
    #[test]
    fn every_fen_owed_is_paid_held_back_or_refused(
        owed in -1_000_000_i64..1_000_000_000_000, visits in any::<u32>(), heads in any::<u32>(),
        amounts in prop::array::uniform3(prop::option::of(0_i64..1_000_000_000)),
        rates in prop::array::uniform2(0_u8..=100),
    ) {
        let [per_visit, per_head, budget] = amounts;
        let mut keys = format!("withheld = \"{}%\"\n", rates[0]);
        let all = [("per_visit", per_visit), ("per_head", per_head), ("budget", budget)];
        for (key, amount) in all.into_iter().filter_map(|(key, amount)| Some((key, amount?))) {
            let _ = writeln!(keys, "{key} = \"{}\"", Fen(amount));
        }
        if per_visit.is_some() {
            let _ = writeln!(keys, "over_visit = \"{}%\"", rates[1]);
        }
        let month = Month { visits, heads, fund: Fen(owed) };
        let shares = payer(&keys).month(&month);
        prop_assert_eq!(shares.paid + shares.withheld + shares.refused, Fen(owed));
        prop_assert!(!shares.withheld.is_negative() && !shares.refused.is_negative());
        prop_assert!(shares.paid >= Fen(owed.min(0)));
        let allowed = shares.paid + shares.withheld;
        prop_assert!(budget.is_none_or(|most| allowed <= Fen(most)));
    }
}
