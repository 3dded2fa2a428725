//! What a clinic says of itself is changed by its administrator, and stands on papers from then on.

use cunyi_app::PAY_CODES;
use cunyi_app::views::{ClinicData, PayCode, RecordFields};
use cunyi_domain::journal::Entry;
use cunyi_domain::refusal::{Code, Refusal};

use crate::world::{World, actor, worlds};

fn code(name: &str, content: &str) -> PayCode {
    PayCode {
        name: name.to_owned(),
        content: content.to_owned(),
    }
}

fn good() -> ClinicData {
    ClinicData {
        name: "竹山村第一卫生室".to_owned(),
        phone: "0991-5550123".to_owned(),
        address: "竹山村二组".to_owned(),
        record: RecordFields::default(),
        pay_codes: vec![code("微信", "wxp://f2f0")],
    }
}

fn facts(w: &World) -> usize {
    let sql = "WHERE kind = 'reference_activated'";
    let db = w.app.store().db();
    let facts = db.read("facts", |tx| tx.select::<Entry>(sql, vec![]));
    facts.unwrap().len()
}

#[test]
fn a_clinic_is_called_anew_and_each_change_is_a_fact() {
    for w in worlds("set_clinic") {
        let administrator = actor(&w.app, "administrator");
        let view = || w.app.clinic(&administrator).unwrap();
        let before = view();
        assert_eq!(before.data.pay_codes, vec![]);
        let count = facts(&w);
        w.app.set_clinic(&administrator, &good()).unwrap();
        assert_eq!(view().data, good());
        assert_eq!(facts(&w), count + 1);
        // The same again is no change.
        w.app.set_clinic(&administrator, &good()).unwrap();
        assert_eq!(facts(&w), count + 1);
        // Papers say it from now on; what is agreed with the insurance stands.
        let day = w.app.now().date();
        let log = w.app.outpatient_log(&w.doctor, day, day).unwrap();
        assert_eq!(log.clinic, "竹山村第一卫生室");
        assert_eq!(view().institution_code, before.institution_code);
        // The empty rows of the form are no codes.
        let typed = ClinicData {
            pay_codes: vec![
                code("", ""),
                code("支付宝", " https://qr.example/1 "),
                code("", ""),
            ],
            ..good()
        };
        w.app.set_clinic(&administrator, &typed).unwrap();
        let codes = view().data.pay_codes;
        assert_eq!(codes, vec![code("支付宝", "https://qr.example/1")]);
        w.prove();
    }
}

#[test]
fn what_cannot_be_printed_or_scanned_is_refused_and_nothing_changes() {
    for w in worlds("bad_clinic") {
        let administrator = actor(&w.app, "administrator");
        let with = |change: fn(&mut ClinicData)| {
            let mut data = good();
            change(&mut data);
            data
        };
        let before = w.app.clinic(&administrator).unwrap();
        for (data, code, field) in [
            (
                with(|d| d.name = " ".to_owned()),
                Code::Missing,
                "clinic_name",
            ),
            (
                with(|d| d.name = "长".repeat(61)),
                Code::BadText,
                "clinic_name",
            ),
            (
                with(|d| d.phone = "1".repeat(31)),
                Code::BadText,
                "clinic_phone",
            ),
            (
                with(|d| d.address = "甲\u{7}".to_owned()),
                Code::BadText,
                "clinic_address",
            ),
            (
                with(|d| d.pay_codes[0].name.clear()),
                Code::Missing,
                "pay_name",
            ),
            (
                with(|d| d.pay_codes[0].content.clear()),
                Code::Missing,
                "pay_content",
            ),
            (
                with(|d| d.pay_codes[0].content = "x".repeat(301)),
                Code::BadText,
                "pay_content",
            ),
            (
                with(|d| d.pay_codes = vec![d.pay_codes[0].clone(); PAY_CODES + 1]),
                Code::TooLarge,
                "pay_name",
            ),
        ] {
            let refused = w.refused(w.app.set_clinic(&administrator, &data));
            let bare = Refusal {
                args: vec![],
                ..refused
            };
            assert_eq!(bare, Refusal::at(code, field));
        }
        assert_eq!(w.app.clinic(&administrator).unwrap(), before);
        w.prove();
    }
}
