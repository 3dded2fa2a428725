//! What an order comes to.

use proptest::prelude::*;

use super::{DEMO, drug, q};
use cunyi_domain::ledger::{ItemKind, Prescription};

use crate::order::{
    OrderError, RouteKind, decoction_times, frequencies, frequency, frequency_named, prescription,
    quantity, route, route_named, routes, usages,
};

#[test]
fn quantities_a_pharmacist_would_count() {
    // Drug, dose, frequency, days: smallest units, whole packs if they are.
    for (name, dose, how_often, days, units, packs) in [
        ("阿莫西林胶囊", "0.5", "tid", 3, "18", None),
        ("阿莫西林胶囊", "0.5", "tid", 4, "24", Some("1")),
        ("氢氯噻嗪片", "12.5", "qd", 30, "15", None), // half tablets share one
        ("苯磺酸氨氯地平片", "5", "qd", 28, "28", Some("1")),
        ("盐酸异丙嗪注射液", "25", "bid", 1, "2", Some("2")), // half an ampoule spends one
        ("注射用青霉素钠", "160", "bid", 3, "12", Some("12")),
        ("注射用头孢曲松钠", "2", "qd", 3, "6", Some("6")),
        ("布洛芬混悬液", "5", "tid", 3, "1", Some("1")), // 45 ml of a bottle of 100
        ("急支糖浆", "20", "tid", 4, "2", Some("2")),
        ("六味地黄丸", "8", "tid", 10, "400", Some("2")), // 240 pills, not split
        ("左氧氟沙星片", "0.5", "qod", 5, "3", None),
        ("盐酸肾上腺素注射液", "0.5", "st", 3, "1", Some("1")), // once, whatever the days
        ("硝酸甘油片", "0.5", "prn", 2, "2", None),
    ] {
        let order = quantity(
            drug(name),
            Some(q(dose)),
            frequency(how_often).unwrap(),
            days,
        );
        let found = order.map(|d| (d.units, d.packs));
        assert_eq!(
            found,
            Ok((q(units), packs.map(q))),
            "{name} {dose} {how_often} × {days}"
        );
    }
    let ointment = quantity(drug("红霉素软膏"), None, frequency("bid").unwrap(), 7).unwrap();
    assert_eq!((ointment.units, ointment.packs), (q("1"), Some(q("1"))));
}

#[test]
fn an_order_that_is_none_is_refused() {
    let amoxicillin = drug("阿莫西林胶囊");
    let tid = frequency("tid").unwrap();
    for (dose, days, wanted) in [
        (None, 3, OrderError::Dose),
        (Some("0"), 3, OrderError::Dose),
        (Some("-1"), 3, OrderError::Dose),
        (Some("0.5"), 0, OrderError::Days),
        (Some("0.5"), -1, OrderError::Days),
        (Some("0.5"), 366, OrderError::Days),
        (Some("99999999"), 365, OrderError::TooMuch),
    ] {
        assert_eq!(
            quantity(amoxicillin, dose.map(q), tid, days),
            Err(wanted),
            "{dose:?} {days}"
        );
    }
}

#[test]
fn frequencies_and_routes_are_named_once() {
    for one in frequencies() {
        assert_eq!(frequency(one.code), Some(one));
        assert!(one.times > 0 && one.period_days >= 0, "{}", one.code);
    }
    for one in routes() {
        assert_eq!(route(one.code), Some(one));
    }
    assert_eq!(frequency("biw").unwrap().doses(7), 2);
    assert_eq!(frequency("biw").unwrap().times_a_day(), 1);
    assert_eq!(route("ivgtt").unwrap().kind, RouteKind::Infusion);
    assert_eq!(frequency("TID"), None);
}

/// 4.5 g in seven doses are 31.5 g: pieces are weighed, not counted.
#[test]
fn pieces_are_sold_by_their_weight() {
    let drug = DEMO.drugs().iter().find(|d| d.name == "甘草").unwrap();
    let times = &decoction_times()[0];
    for (grams, doses, sold) in [("6", 7, "42"), ("4.5", 7, "31.5"), ("0.0001", 14, "0.0014")] {
        let found = quantity(drug, grams.parse().ok(), times, doses).unwrap();
        assert_eq!(
            (found.units.to_string(), found.packs),
            (sold.to_owned(), None)
        );
    }
    assert_eq!(quantity(drug, None, times, 7), Err(OrderError::Dose));
    assert_eq!(
        quantity(drug, "10000".parse().ok(), times, 14),
        Err(OrderError::TooMuch)
    );
}

/// What stands on a charge by name is found again, and stands on the right prescription.
#[test]
fn what_is_printed_is_known_by_its_name() {
    for one in routes().iter().chain(usages()) {
        assert_eq!(route_named(one.name_zh), Some(one));
        let kind = prescription(ItemKind::Drug, one.name_zh);
        assert_eq!(kind == Prescription::Decoction, usages().contains(one));
    }
    for one in frequencies().iter().chain(decoction_times()) {
        assert_eq!(frequency_named(one.name_zh), Some(one));
    }
}

proptest! {
    #[test]
    fn never_less_than_ordered(
        at in any::<prop::sample::Index>(),
        often in any::<prop::sample::Index>(),
        dose in -10_i64..2_000_000_000,
        days in -2_i64..400,
    ) {
        let drug = at.get(DEMO.drugs());
        let frequency = often.get(frequencies());
        let dose = cunyi_domain::money::Quantity(dose);
        if let (Ok(found), Some(strength)) = (quantity(drug, Some(dose), frequency, days), drug.strength) {
            let given = i128::from(found.units.0) * i128::from(strength.0) / 10_000;
            let ordered = i128::from(dose.0) * i128::from(frequency.doses(days));
            prop_assert!(given >= ordered, "{}", drug.name);
            prop_assert!(drug.is_piece() || found.units.0 % 10_000 == 0);
            if !drug.splittable {
                prop_assert!(found.packs.is_some());
            }
            if let Some(packs) = found.packs {
                prop_assert_eq!(packs.0 * drug.units_per_pack, found.units.0);
            }
        }
    }

    #[test]
    fn extremes_do_not_panic(dose in any::<i64>(), days in any::<i64>(), often in any::<prop::sample::Index>()) {
        let frequency = often.get(frequencies());
        let _ = frequency.doses(days);
        for drug in DEMO.drugs().iter().take(20) {
            let _ = quantity(drug, Some(cunyi_domain::money::Quantity(dose)), frequency, days);
        }
    }
}
