//! Card, social-security card, e-voucher.

use cunyi_app::views::{IdentifyForm, RegisterForm};
use cunyi_centre::population::Person;
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::{Certificate, RegistrationState};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_store::local::Voucher;

use crate::world::{Setting, World, is_resident, worlds, worlds_of};

fn card(person: &Person, code: &str) -> IdentifyForm {
    IdentifyForm {
        certificate: "03".to_owned(),
        number: person.card.as_ref().unwrap().number.clone(),
        card_code: code.to_owned(),
        ..IdentifyForm::default()
    }
}

fn voucher(token: &str) -> IdentifyForm {
    IdentifyForm {
        certificate: "01".to_owned(),
        number: token.to_owned(),
        ..IdentifyForm::default()
    }
}

fn register(w: &World, form: &IdentifyForm) -> VisitId {
    let found = w.app.identify(&w.doctor, form).unwrap();
    let form = RegisterForm {
        handle: found.handle,
        ..RegisterForm::default()
    };
    w.app.register(&w.doctor, &form).unwrap()
}

fn kept(w: &World) -> Vec<Voucher> {
    let db = w.app.store().db();
    db.read("vouchers", |tx| tx.select::<Voucher>("", vec![]))
        .unwrap()
}

/// Whoever shows an e-voucher that holds, has ended, or is not known.
fn holder(w: &World, known: bool, ended: bool) -> (&Person, &str) {
    let now = w.app.now();
    let fits = |p: &Person| {
        let fits = |v: &cunyi_centre::population::Voucher| {
            v.known == known && (v.expires_at < now) == ended
        };
        is_resident(p) && p.voucher.as_ref().is_some_and(fits)
    };
    let person = w.person(fits);
    (person, &person.voucher.as_ref().unwrap().token)
}

#[test]
fn a_social_security_card_brings_its_code() {
    for w in worlds("card") {
        let person = w.person(|p| is_resident(p) && p.card.is_some() && p.filings.is_empty());
        let code = &person.card.as_ref().unwrap().code;
        let refusal = w.refused(w.app.identify(&w.doctor, &card(person, " ")));
        assert_eq!(refusal, Refusal::at(Code::CardCodeMissing, "card_code"));
        assert_eq!(w.wire.of("1101").len(), 0, "nobody is asked");
        let wrong = w.app.identify(&w.doctor, &card(person, "0123"));
        assert_eq!(w.code(wrong), Code::CentreRefused);
        let visit = register(&w, &card(person, code));
        w.app.freeze(&w.doctor, &visit, 0, &w.cold()).unwrap();
        w.app.presettle(&w.doctor, &visit).unwrap();
        w.settle(&visit).unwrap();
        let number = &person.card.as_ref().unwrap().number;
        for infno in ["2201", "2206", "2207"] {
            let sent = w.wire.of(infno)[0].sent["input"]["data"].clone();
            assert_eq!(sent["mdtrt_cert_type"], "03", "{infno}");
            assert_eq!(sent["mdtrt_cert_no"], number.as_str(), "{infno}");
        }
        assert_eq!(kept(&w), vec![], "what was kept for the settlement is gone");
        w.app.hand_over(&w.doctor, &visit).unwrap();
        w.prove();
    }
}

#[test]
fn a_region_may_do_without_the_code() {
    let setting = Setting {
        region: Setting::default()
            .region
            .replace("card_without_code = false", "card_without_code = true"),
        ..Setting::default()
    };
    for w in worlds_of("card_no_code", &setting) {
        let person = w.person(|p| is_resident(p) && p.card.is_some());
        let found = w.app.identify(&w.doctor, &card(person, "")).unwrap();
        assert_eq!(
            (found.name.as_str(), found.certificate),
            (person.name.as_str(), Certificate::SocialCard)
        );
    }
}

#[test]
fn an_e_voucher_is_good_expired_or_unknown() {
    for w in worlds("voucher") {
        let (person, token) = holder(&w, true, false);
        let found = w.app.identify(&w.doctor, &voucher(token)).unwrap();
        assert_eq!(found.name, person.name);
        for (known, ended) in [(true, true), (false, false)] {
            let (_, token) = holder(&w, known, ended);
            let refusal = w.refused(w.app.identify(&w.doctor, &voucher(token)));
            assert_eq!(
                (refusal.code, refusal.field),
                (Code::VoucherExpired, Some("number"))
            );
            let said = if known { "已过期" } else { "无效" };
            assert!(
                refusal.args[0].1.contains(said),
                "the centre's own words: {refusal:?}"
            );
        }
    }
}

#[test]
fn a_voucher_that_ended_before_the_settlement_is_scanned_again() {
    for w in worlds("renewed") {
        let (_, token) = holder(&w, true, false);
        let visit = register(&w, &voucher(token));
        w.app.freeze(&w.doctor, &visit, 0, &w.cold()).unwrap();
        let (_, ended) = holder(&w, true, true);
        w.app.renew_voucher(&w.doctor, &visit, ended).unwrap();
        assert_eq!(
            w.code(w.app.presettle(&w.doctor, &visit)),
            Code::CentreRefused
        );
        assert!(w.view(&visit).batches[0].said.contains("电子凭证"));
        w.app
            .renew_voucher(&w.doctor, &visit, &format!(" {token} "))
            .unwrap();
        w.app.presettle(&w.doctor, &visit).unwrap();
        let sealed = kept(&w).remove(0).sealed;
        let bare = |part: &[u8]| part == token.as_bytes();
        assert!(!sealed.windows(token.len()).any(bare));
        w.settle(&visit).unwrap();
        assert_eq!(
            w.wire.of("2207")[0].sent["input"]["data"]["mdtrt_cert_no"],
            token
        );
        assert_eq!(kept(&w), vec![], "gone with the last settlement");
        let late = w.app.renew_voucher(&w.doctor, &visit, token);
        assert_eq!(w.code(late), Code::WrongState, "nothing is left to settle");
        for bad in ["", " ", "a\0b", &"9".repeat(601)] {
            let refusal = w.refused(w.app.renew_voucher(&w.doctor, &visit, bad));
            assert_eq!(refusal, Refusal::at(Code::BadText, "number"));
        }
        let by_card = w.register(w.resident(true));
        assert_eq!(
            w.code(w.app.renew_voucher(&w.doctor, &by_card, token)),
            Code::WrongState
        );
        w.prove();
    }
}

#[test]
fn who_pays_herself_leaves_no_certificate_behind() {
    for w in worlds("voucher_self") {
        let (person, token) = holder(&w, true, false);
        let identified = || w.app.identify(&w.doctor, &voucher(token)).unwrap().handle;
        let form = |self_pay| RegisterForm {
            handle: identified(),
            self_pay,
            ..RegisterForm::default()
        };
        let visit = w.app.register(&w.doctor, &form(true)).unwrap();
        assert_eq!(kept(&w), vec![]);
        assert!(!w.view(&visit).may_show_again());
        let renewed = w.app.renew_voucher(&w.doctor, &visit, token);
        assert_eq!(w.code(renewed), Code::WrongState);
        let visit = w.app.register(&w.doctor, &form(false)).unwrap();
        assert_eq!(kept(&w).len(), 1);
        w.app.switch_to_self_pay(&w.doctor, &visit).unwrap();
        assert_eq!(kept(&w), vec![]);
        assert_eq!(w.view(&visit).patient.name, person.name);
        w.prove();
    }
}

#[test]
fn a_voucher_that_registration_was_refused_for_is_scanned_again() {
    for w in worlds("voucher_door") {
        let (_, token) = holder(&w, true, false);
        let centre = w.centre.clone();
        w.wire.twist("2001", move |came| {
            centre
                .panel
                .set_fault(cunyi_centre::faults::Fault::Refuse, "2201", 1);
            came
        });
        let visit = register(&w, &voucher(token));
        let view = w.view(&visit);
        assert_eq!(view.registration, Some(RegistrationState::Refused));
        assert!(view.may_show_again() && !view.registration_said.is_empty());
        let (_, ended) = holder(&w, true, true);
        w.app.renew_voucher(&w.doctor, &visit, ended).unwrap();
        let again = || w.app.retry_registration(&w.doctor, &visit);
        assert_eq!(w.code(again()), Code::CentreRefused);
        assert!(w.view(&visit).registration_said.contains("电子凭证"));
        w.app.renew_voucher(&w.doctor, &visit, token).unwrap();
        again().unwrap();
        assert_eq!(
            w.view(&visit).registration,
            Some(RegistrationState::Registered)
        );
        assert_eq!(kept(&w).len(), 1);
        w.prove();
    }
}
