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

fn voucher(code: &str) -> IdentifyForm {
    IdentifyForm {
        certificate: "01".to_owned(),
        number: code.to_owned(),
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

/// Whoever shows an e-voucher that holds, has ended, or is not known, and its code.
fn holder(w: &World, known: bool, ended: bool) -> (&Person, String) {
    let now = w.app.now();
    let fits = |p: &Person| {
        let fits = |v: &cunyi_centre::population::Voucher| {
            v.known == known && (v.expires_at < now) == ended
        };
        is_resident(p) && p.voucher.as_ref().is_some_and(fits)
    };
    let person = w.person(fits);
    (person, person.voucher.as_ref().unwrap().code())
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
        let (person, code) = holder(&w, true, false);
        let found = w.app.identify(&w.doctor, &voucher(&code)).unwrap();
        assert_eq!(found.name, person.name);
        for (known, ended) in [(true, true), (false, false)] {
            let (_, code) = holder(&w, known, ended);
            let refusal = w.refused(w.app.identify(&w.doctor, &voucher(&code)));
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
        let (person, code) = holder(&w, true, false);
        let token = person.voucher.as_ref().unwrap().token.clone();
        let visit = register(&w, &voucher(&code));
        w.app.freeze(&w.doctor, &visit, 0, &w.cold()).unwrap();
        let (_, anothers) = holder(&w, true, true);
        let refusal = w.refused(w.app.renew_voucher(&w.doctor, &visit, &anothers));
        assert_eq!(refusal, Refusal::at(Code::VoucherOfAnother, "number"));
        // Whose it is the terminal does not know, and the centre takes it from nobody.
        let (_, unknown) = holder(&w, false, false);
        w.app.renew_voucher(&w.doctor, &visit, &unknown).unwrap();
        assert_eq!(
            w.code(w.app.presettle(&w.doctor, &visit)),
            Code::CentreRefused
        );
        assert!(w.view(&visit).batches[0].said.contains("电子凭证"));
        w.app
            .renew_voucher(&w.doctor, &visit, &format!(" {code} "))
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
        let late = w.app.renew_voucher(&w.doctor, &visit, &code);
        assert_eq!(w.code(late), Code::WrongState, "nothing is left to settle");
        for bad in ["", " ", "a\0b", &"9".repeat(601)] {
            let refusal = w.refused(w.app.renew_voucher(&w.doctor, &visit, bad));
            assert_eq!(refusal, Refusal::at(Code::BadText, "number"));
        }
        let by_card = w.register(w.resident(true));
        assert_eq!(
            w.code(w.app.renew_voucher(&w.doctor, &by_card, &code)),
            Code::WrongState
        );
        w.prove();
    }
}

#[test]
fn who_pays_herself_leaves_no_certificate_behind() {
    for w in worlds("voucher_self") {
        let (person, code) = holder(&w, true, false);
        let identified = || w.app.identify(&w.doctor, &voucher(&code)).unwrap().handle;
        let form = |self_pay| RegisterForm {
            handle: identified(),
            self_pay,
            ..RegisterForm::default()
        };
        let visit = w.app.register(&w.doctor, &form(true)).unwrap();
        assert_eq!(kept(&w), vec![]);
        assert!(!w.view(&visit).may_show_again());
        let renewed = w.app.renew_voucher(&w.doctor, &visit, &code);
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
        let (_, code) = holder(&w, true, false);
        let centre = w.centre.clone();
        w.wire.twist("2001", move |came| {
            centre
                .panel
                .set_fault(cunyi_centre::faults::Fault::Refuse, "2201", 1);
            came
        });
        let visit = register(&w, &voucher(&code));
        let view = w.view(&visit);
        assert_eq!(view.registration, Some(RegistrationState::Refused));
        assert!(view.may_show_again() && !view.registration_said.is_empty());
        let (_, unknown) = holder(&w, false, false);
        w.app.renew_voucher(&w.doctor, &visit, &unknown).unwrap();
        let again = || w.app.retry_registration(&w.doctor, &visit);
        assert_eq!(w.code(again()), Code::CentreRefused);
        assert!(w.view(&visit).registration_said.contains("电子凭证"));
        w.app.renew_voucher(&w.doctor, &visit, &code).unwrap();
        again().unwrap();
        assert_eq!(
            w.view(&visit).registration,
            Some(RegistrationState::Registered)
        );
        assert_eq!(kept(&w).len(), 1);
        w.prove();
    }
}

/// A setting whose region's `[evoucher]` is changed.
fn terminal(old: &str, new: &str) -> Setting {
    let setting = Setting::default();
    assert!(setting.region.contains(old));
    Setting {
        region: setting.region.replace(old, new),
        ..setting
    }
}

#[test]
fn what_is_scanned_is_decoded_for_what_it_is_scanned_for() {
    for w in worlds("scanned") {
        let (person, code) = holder(&w, true, false);
        let visit = register(&w, &voucher(&code));
        w.app.freeze(&w.doctor, &visit, 0, &w.cold()).unwrap();
        w.app.renew_voucher(&w.doctor, &visit, &code).unwrap();
        w.app.presettle(&w.doctor, &visit).unwrap();
        let asked = w.wire.of("ec.query");
        let asked = asked.iter().map(|call| call.sent["data"].clone());
        let asked: Vec<_> = asked
            .map(|data| (data["businessType"].clone(), data["ecQrCode"].clone()))
            .collect();
        let of = |business: &str| (business.into(), code.clone().into());
        assert_eq!(asked, [of("01101"), of("01301")]);
        let token = person.voucher.as_ref().unwrap().token.as_str();
        for infno in ["1101", "2201", "2206"] {
            let sent = &w.wire.of(infno)[0].sent["input"]["data"]["mdtrt_cert_no"];
            assert_eq!(sent, token, "{infno}");
        }
        w.prove();
    }
}

#[test]
fn a_terminal_that_says_no_or_nothing_or_of_another_is_told() {
    for w in worlds("terminal") {
        let (person, code) = holder(&w, true, false);
        let scan = |number: &str| w.refused(w.app.identify(&w.doctor, &voucher(number)));
        let no = scan("https://example.invalid/pay?me=1");
        assert_eq!((no.code, no.field), (Code::VoucherNotRead, Some("number")));
        assert!(no.args[0].1.contains("请使用医保电子凭证二维码"));
        for broken in ["<html>", r#"{"code":0,"data":{"ecToken":""}}"#, ""] {
            w.wire.twist("ec.query", move |came| {
                let mut reply = came.unwrap();
                reply.body = broken.into();
                Ok(reply)
            });
            assert_eq!(scan(&code), Refusal::at(Code::TerminalSilent, "number"));
        }
        assert_eq!(w.wire.of("1101").len(), 0, "the centre was not asked");
        let other = w.person(|p| is_resident(p) && p.number != person.number);
        let other = other.id_number.clone();
        w.wire.twist("ec.query", move |came| {
            let mut reply = came.unwrap();
            let mut told: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
            told["data"]["idNo"] = other.into();
            reply.body = serde_json::to_vec(&told).unwrap();
            Ok(reply)
        });
        assert_eq!(scan(&code).code, Code::CentreMismatch);
        w.app.identify(&w.doctor, &voucher(&code)).unwrap();
    }
}

#[test]
fn a_region_without_a_terminal_takes_what_is_scanned_for_the_token() {
    let region = Setting::default().region;
    let (before, after) = region.split_once("[evoucher]").unwrap();
    let (_, after) = after.split_once("# 普通门诊统筹").unwrap();
    let setting = Setting {
        region: format!("{before}{after}"),
        ..Setting::default()
    };
    for w in worlds_of("no_terminal", &setting) {
        let (person, code) = holder(&w, true, false);
        let refusal = w.refused(w.app.identify(&w.doctor, &voucher(&code)));
        assert_eq!(refusal.code, Code::VoucherExpired);
        let token = &person.voucher.as_ref().unwrap().token;
        let found = w.app.identify(&w.doctor, &voucher(token)).unwrap();
        assert_eq!(found.name, person.name);
        let empty = w.refused(w.app.identify(&w.doctor, &voucher("")));
        assert_eq!(empty, Refusal::at(Code::Missing, "number"));
        assert_eq!(w.wire.of("ec.query").len(), 0);
    }
}

#[test]
fn a_terminal_with_a_scanner_of_its_own_is_asked_with_nothing_typed() {
    let setting = terminal("code_field = \"ecQrCode\"\n", "");
    for w in worlds_of("own_scanner", &setting) {
        let (person, code) = holder(&w, true, false);
        let token = person.voucher.as_ref().unwrap().token.clone();
        // The sandbox's terminal has no scanner: it is told here what it read.
        let read = |token: &str| {
            let body = format!(r#"{{"code":0,"message":"成功","data":{{"ecToken":"{token}"}}}}"#);
            w.wire.twist("ec.query", move |came| {
                let mut reply = came.unwrap();
                reply.body = body.into_bytes();
                Ok(reply)
            });
        };
        read(&token);
        let visit = register(&w, &voucher(""));
        assert_eq!(w.view(&visit).patient.name, person.name);
        assert!(
            w.wire.of("ec.query")[0].sent["data"]
                .get("ecQrCode")
                .is_none()
        );
        w.app.freeze(&w.doctor, &visit, 0, &w.cold()).unwrap();
        read(&token);
        w.app.renew_voucher(&w.doctor, &visit, " ").unwrap();
        w.app.presettle(&w.doctor, &visit).unwrap();
        let by_card = w.refused(w.app.identify(&w.doctor, &card(person, &code)));
        assert_ne!(by_card.code, Code::TerminalSilent);
        w.prove();
    }
}
