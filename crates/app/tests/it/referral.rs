//! 转诊: who was seen can be sent on; the last slip stands, those before it stay.

use cunyi_app::views::ReferralForm;
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::VisitState;
use cunyi_domain::refusal::{Code, Refusal};

use crate::world::{World, actor, worlds};

fn to(destination: &str) -> ReferralForm {
    ReferralForm {
        urgent: true,
        destination: destination.to_owned(),
        reason: "血压控制不满意".to_owned(),
        treated: "已口服硝苯地平".to_owned(),
    }
}

/// A visit that is begun.
fn seen(w: &World) -> VisitId {
    let visit = w.register(w.resident(true));
    w.app
        .move_visit(&w.doctor, &visit, VisitState::Seeing)
        .unwrap();
    visit
}

#[test]
fn who_is_seen_is_sent_on_and_the_last_slip_stands() {
    for w in worlds("referral") {
        let visit = seen(&w);
        let refer = |form: &ReferralForm| w.app.refer(&w.doctor, &visit, form);
        refer(&to("县医院心内科")).unwrap();
        refer(&to("市中心医院心内科")).unwrap();
        let view = w.app.referrals(&w.doctor, &visit).unwrap();
        let all: Vec<_> = view.recorded.iter().map(|one| &one.said).collect();
        assert_eq!(all, [&to("市中心医院心内科"), &to("县医院心内科")]);
        assert!(view.open && !view.recorded[0].by.is_empty());
        let shown = w.view(&visit);
        assert_eq!(shown.referred_to.as_deref(), Some("市中心医院心内科"));
        let patient = w.app.patient(&w.doctor, &shown.patient.patient).unwrap();
        assert_eq!(patient.referrals, view.recorded);
        w.prove();
    }
}

#[test]
fn what_is_wrong_with_a_slip_is_said() {
    for w in worlds("referral_refused") {
        let visit = seen(&w);
        let refer = |form: &ReferralForm| w.refused(w.app.refer(&w.doctor, &visit, form));
        let none = to(" ");
        assert_eq!(refer(&none), Refusal::at(Code::Missing, "destination"));
        let mut why = to("县医院");
        why.reason.clear();
        assert_eq!(refer(&why), Refusal::at(Code::Missing, "referral_reason"));
        let long = to(&"县".repeat(61));
        let refusal = Refusal::at(Code::BadText, "destination").with("limit", 60);
        assert_eq!(refer(&long), refusal);
        let pharmacist = actor(&w.app, "pharmacist");
        let by_other = w.app.refer(&pharmacist, &visit, &to("县医院"));
        assert_eq!(w.refused(by_other), Refusal::new(Code::Forbidden));
        let move_to = |state| w.app.move_visit(&w.doctor, &visit, state).unwrap();
        move_to(VisitState::Parked);
        move_to(VisitState::Cancelled);
        assert_eq!(refer(&to("县医院")), Refusal::new(Code::WrongState));
        assert!(!w.app.referrals(&w.doctor, &visit).unwrap().open);
        w.prove();
    }
}

#[test]
fn a_visit_has_a_bounded_number_of_slips() {
    for w in worlds("referral_bound") {
        let visit = seen(&w);
        let refer = || w.app.refer(&w.doctor, &visit, &to("县医院"));
        let written = (0..40).take_while(|_| refer().is_ok()).count();
        assert_eq!(written, 20);
        w.prove();
    }
}
