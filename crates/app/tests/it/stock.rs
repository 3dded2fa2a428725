//! Stock: earliest expiry first, promised, handed over, freed; trace codes.

use cunyi_app::NewLot;
use cunyi_domain::ids::ChargeId;
use cunyi_domain::ledger::ItemKind;
use cunyi_domain::money::{Quantity, UnitPrice};
use cunyi_domain::refusal::Code;
use cunyi_domain::time::parse_date;

use crate::world::{World, worlds};

const DRUG: &str = "感冒灵颗粒";

/// 9 bags, three days.
fn receive(w: &World, number: &str, expires_on: &str, units: i64) {
    let drug = w
        .app
        .catalogue()
        .drugs()
        .iter()
        .find(|d| d.name == DRUG)
        .unwrap();
    let lot = NewLot {
        code: drug.code.clone(),
        lot_number: number.to_owned(),
        expires_on: parse_date(expires_on).unwrap(),
        cost: UnitPrice::from_fen(10),
        quantity: Quantity::whole(units),
    };
    w.app.receive_stock(&w.doctor, &[lot]).unwrap();
}

/// Lot number, on hand, promised.
fn lots(w: &World) -> Vec<(String, i64, i64)> {
    let stock = w.app.stock(&w.doctor).unwrap();
    let drug = stock.into_iter().find(|s| s.name == DRUG).unwrap();
    let whole = |q: Quantity| q.0 / Quantity::whole(1).0;
    let row = |(number, _, on_hand, reserved)| (number, whole(on_hand), whole(reserved));
    drug.lots.into_iter().map(row).collect()
}

fn row(number: &str, on_hand: i64, reserved: i64) -> (String, i64, i64) {
    (number.to_owned(), on_hand, reserved)
}

#[test]
fn what_expires_first_goes_first_over_several_lots() {
    for w in worlds("lots") {
        receive(&w, "SOON", "2026-12-31", 2);
        receive(&w, "LATER", "2027-06-30", 4);
        let visit = w.settled(w.resident(false), &w.cold());
        assert_eq!(
            lots(&w),
            [row("SOON", 2, 2), row("LATER", 4, 4), row("L1", 90, 3)]
        );
        w.app.hand_over(&w.doctor, &visit).unwrap();
        assert_eq!(lots(&w), [row("L1", 87, 0)]);
        assert!(w.view(&visit).handed_over);
        assert_eq!(w.code(w.app.hand_over(&w.doctor, &visit)), Code::WrongState);
        w.prove();
    }
}

#[test]
fn what_has_expired_is_never_handed_out() {
    for w in worlds("expired") {
        receive(&w, "OLD", "2026-11-23", 50);
        receive(&w, "TODAY", "2026-11-24", 2);
        w.frozen(w.resident(false), &w.cold());
        assert_eq!(
            lots(&w),
            [row("OLD", 50, 0), row("TODAY", 2, 2), row("L1", 90, 7)]
        );
    }
}

#[test]
fn a_short_drug_is_refused_with_what_is_free() {
    for w in worlds("short") {
        w.frozen(w.resident(true), &w.cold());
        let mut body = w.cold();
        "99".clone_into(&mut body.lines[0].quantity);
        let visit = w.register(w.resident(false));
        let refusal = w.refused(w.app.freeze(&w.doctor, &visit, 0, &body));
        assert_eq!(refusal.code, Code::NoStock);
        let wanted = [
            ("item", DRUG),
            ("free", "81"),
            ("wanted", "99"),
            ("line", "1"),
        ];
        let told: Vec<_> = refusal.args.iter().map(|(k, v)| (*k, v.as_str())).collect();
        assert_eq!(told, wanted);
        // The preview says the same before anything is signed, and of two lines of one drug.
        let preview = w.app.preview(&w.doctor, &visit, &body).unwrap();
        assert_eq!(preview.problems, [refusal]);
        "81".clone_into(&mut body.lines[0].quantity);
        body.lines.push(body.lines[0].clone());
        let preview = w.app.preview(&w.doctor, &visit, &body).unwrap();
        let short: Vec<_> = preview
            .problems
            .iter()
            .map(|r| (r.code, r.args[3].1.as_str()))
            .collect();
        assert_eq!(short, [(Code::NoStock, "3")]);
        assert!(!w.view(&visit).frozen);
        assert_eq!(lots(&w), [row("L1", 90, 9)]);
        w.prove();
    }
}

type Change = fn(&mut NewLot);

#[test]
fn a_delivery_is_read_strictly() {
    for w in worlds("delivery") {
        let drug = w.app.catalogue().drugs()[0].code.clone();
        let good = NewLot {
            code: drug,
            lot_number: "B1".to_owned(),
            expires_on: parse_date("2027-06-30").unwrap(),
            cost: UnitPrice::from_fen(10),
            quantity: Quantity::whole(5),
        };
        let cases: [(Change, Code); 6] = [
            (|l| l.code = "X-999".to_owned(), Code::NotInCatalogue),
            (|l| l.quantity = Quantity::ZERO, Code::BadNumber),
            (|l| l.quantity = Quantity(-1), Code::BadNumber),
            (|l| l.cost = UnitPrice(-1), Code::BadNumber),
            (|l| l.quantity = Quantity(i64::MAX), Code::BadNumber),
            (|l| l.lot_number = "A\0".to_owned(), Code::BadText),
        ];
        for (change, code) in cases {
            let mut bad = good.clone();
            change(&mut bad);
            let lots = [good.clone(), bad];
            assert_eq!(w.code(w.app.receive_stock(&w.doctor, &lots)), code);
        }
        assert_eq!(w.code(w.app.receive_stock(&w.doctor, &[])), Code::Missing);
        let stock = w.app.stock(&w.doctor).unwrap();
        assert!(
            stock.iter().flat_map(|s| &s.lots).all(|l| l.0 == "L1"),
            "nothing half-received"
        );
    }
}

#[test]
fn trace_codes_are_kept_and_sent_with_the_settlement() {
    for w in worlds("trace") {
        let visit = w.presettled(w.resident(false), &w.cold());
        let view = w.view(&visit);
        let of = |kind| {
            view.charges
                .iter()
                .find(|c| c.kind == kind)
                .unwrap()
                .id
                .clone()
        };
        let (drug, service) = (of(ItemKind::Drug), of(ItemKind::Service));
        let scan = |charge: &ChargeId, codes: &str| w.app.scan_trace(&w.doctor, charge, codes);
        for bad in [
            "",
            " ,，\n",
            "81234 81234",
            "8123-4",
            "８１２３",
            &"1".repeat(101),
            "81\0",
        ] {
            assert_eq!(w.code(scan(&drug, bad)), Code::BadText, "{bad:?}");
        }
        let many: Vec<String> = (0..101).map(|i| format!("8{i:05}")).collect();
        assert_eq!(w.code(scan(&drug, &many.join(" "))), Code::BadText);
        assert_eq!(
            w.code(scan(&service, "81234567890123456789")),
            Code::WrongState
        );
        scan(&drug, "81111111111111111111").unwrap();
        scan(&drug, "81234567890123456789，81234567890123456790\n").unwrap();
        w.settle(&visit).unwrap();
        let sent = w.wire.of("2207")[0].sent["input"]["drug_trac_info"].clone();
        let codes = |rows: &serde_json::Value| -> Vec<(String, String)> {
            let text = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap().to_owned();
            let rows = rows.as_array().unwrap().iter();
            rows.map(|r| (text(r, "feedetl_sn"), text(r, "drug_trac_codg")))
                .collect()
        };
        let line = drug.as_str().to_owned();
        let expected = ["81234567890123456789", "81234567890123456790"];
        assert_eq!(codes(&sent), expected.map(|c| (line.clone(), c.to_owned())));
        let kept = w
            .view(&visit)
            .charges
            .into_iter()
            .find(|c| c.id == drug)
            .unwrap();
        assert_eq!(kept.trace_codes, expected);
        assert_eq!(
            w.code(scan(&drug, "81234")),
            Code::WrongState,
            "the fund has paid"
        );
        w.prove();
    }
}

#[test]
fn a_split_box_is_said_with_its_trace_code() {
    for w in worlds("split") {
        let drugs = w.app.catalogue().drugs();
        let splittable = |d: &&cunyi_catalogue::Drug| {
            d.splittable && !d.skin_test && d.units_per_pack > 1 && d.dose.is_some()
        };
        let split = drugs.iter().find(splittable).unwrap();
        let whole = drugs
            .iter()
            .find(|d| !d.splittable && !d.skin_test && d.dose.is_some())
            .unwrap();
        let one = |drug: &cunyi_catalogue::Drug, quantity: i64| {
            let mut line = w.line(&drug.name);
            line.quantity = quantity.to_string();
            line
        };
        for (drug, quantity, flag, code) in [
            (split, split.units_per_pack - 1, "1", "81234567890123456781"),
            (split, split.units_per_pack, "0", "81234567890123456782"),
            (whole, 1, "0", "81234567890123456783"),
        ] {
            let visit = w.register(w.resident(false));
            let mut body = w.cold();
            body.lines = vec![one(drug, quantity)];
            let preview = w.app.preview(&w.doctor, &visit, &body).unwrap();
            let findings = preview.findings.into_iter();
            body.reasons = findings.map(|f| (f.key, "家中还有".to_owned())).collect();
            w.app.freeze(&w.doctor, &visit, 0, &body).unwrap();
            let line = w.view(&visit).charges[0].id.clone();
            w.app.scan_trace(&w.doctor, &line, code).unwrap();
            w.app.presettle(&w.doctor, &visit).unwrap();
            w.settle(&visit).unwrap();
            let sent = w.wire.of("2207").pop().unwrap().sent;
            let row = &sent["input"]["drug_trac_info"][0];
            assert_eq!(row["trdn_flag"], flag, "{} {quantity}", drug.name);
        }
    }
}
