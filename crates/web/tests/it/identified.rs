//! People who were identified.

use cunyi_app::Actor;
use cunyi_app::views::{IdentifyForm, RegisterForm};
use cunyi_centre::population::Voucher;
use cunyi_domain::ids::VisitId;
use cunyi_domain::time::Clock;

use crate::cases::draft;
use crate::house::House;

/// An identification for this user; for one who may not identify, the doctor's.
pub fn handle(h: &House, by: &Actor) -> String {
    let form = IdentifyForm {
        certificate: "02".to_owned(),
        number: h.villager().id_number,
        typed: true,
        ..IdentifyForm::default()
    };
    let may = cunyi_app::may(by.role, cunyi_app::Action::Register);
    let by = if may && by.clinic == h.w.doctor.clinic {
        by
    } else {
        &h.w.doctor
    };
    h.w.app.identify(by, &form).expect("identified").handle
}

/// Identified by an e-voucher; also its code.
pub fn by_voucher(h: &House) -> (VisitId, String) {
    let voucher = loop {
        let person = h.villager();
        let good = |v: &Voucher| v.known && v.expires_at > h.w.clock.now();
        if let Some(voucher) = person.voucher.filter(good) {
            break voucher;
        }
    };
    let code = voucher.code();
    h.keep_secret([&voucher.token, &code]);
    let form = IdentifyForm {
        certificate: "01".to_owned(),
        number: code.clone(),
        ..IdentifyForm::default()
    };
    let found = h.w.app.identify(&h.w.doctor, &form).expect("identified");
    let form = RegisterForm {
        handle: found.handle,
        ..RegisterForm::default()
    };
    let visit = h.w.app.register(&h.w.doctor, &form).expect("registered");
    let frozen = h.w.app.freeze(&h.w.doctor, &visit, 0, &draft(h));
    frozen.expect("frozen");
    (visit, code)
}
