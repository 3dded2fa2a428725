//! A region where each settlement batch wants a registration (2201) of its own.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use cunyi_app::AppError;
use cunyi_centre::faults::Fault;
use cunyi_domain::batch::BatchState as S;
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::{RegistrationState as R, VisitState};
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::Code;
use cunyi_store::query;

use crate::wire::Call;
use crate::world::{Setting, World, worlds, worlds_of};

pub fn own_worlds(schema: &str) -> Vec<World> {
    let mut setting = Setting::default();
    let (shared, own) = ("batches_share_visit = true", "batches_share_visit = false");
    assert!(setting.region.contains(shared));
    setting.region = setting.region.replace(shared, own);
    worlds_of(schema, &setting)
}

/// A visit's registrations: state, `ipt_otp_no`, `mdtrt_id`.
fn registrations(w: &World, visit: &VisitId) -> Vec<(R, String, String)> {
    let clinic = &w.doctor.clinic;
    let db = w.app.store().db();
    let rows = db.read("registrations", |tx| {
        query::registrations(tx, clinic, visit)
    });
    let row = |r: cunyi_domain::ledger::Registration| {
        (r.state, r.number, r.platform_visit.unwrap_or_default())
    };
    rows.unwrap().into_iter().map(row).collect()
}

fn states(w: &World, visit: &VisitId) -> Vec<R> {
    let rows = registrations(w, visit).into_iter();
    rows.map(|(state, ..)| state).collect()
}

/// Every text of a name anywhere in what was sent.
fn sent(call: &Call, name: &str) -> BTreeSet<String> {
    fn walk(value: &serde_json::Value, name: &str, found: &mut BTreeSet<String>) {
        match value {
            serde_json::Value::Object(map) => {
                for (key, inner) in map {
                    if let (true, Some(text)) = (key == name, inner.as_str()) {
                        found.insert(text.to_owned());
                    }
                    walk(inner, name, found);
                }
            }
            serde_json::Value::Array(all) => all.iter().for_each(|one| walk(one, name, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    walk(&call.sent, name, &mut found);
    found
}

fn only(call: &Call, name: &str) -> String {
    let found: Vec<String> = sent(call, name).into_iter().collect();
    assert_eq!(found.len(), 1, "{name} in {}", call.infno);
    found[0].clone()
}

/// Calls since the wire was cleared: number and `mdtrt_id`.
fn said_of(w: &World) -> Vec<(String, String)> {
    let calls = w.wire.calls();
    let said = |c: &Call| {
        let id = sent(c, "mdtrt_id").into_iter().next().unwrap_or_default();
        (c.infno[..4].to_owned(), id)
    };
    calls.iter().map(said).collect()
}

fn answered(call: &Call) -> bool {
    let reply: serde_json::Value =
        serde_json::from_slice(&call.came.as_ref().unwrap().body).unwrap();
    reply["infcode"] == 0
}

#[test]
fn each_batch_is_sent_settled_and_paid_back_under_its_own_registration() {
    for w in own_worlds("own_story") {
        let person = w.resident(true);
        let visit = w.register(person);
        w.app
            .freeze(&w.doctor, &visit, 0, &w.cold_and_pressure())
            .unwrap();
        assert_eq!(states(&w, &visit), [R::Registered, R::Open]);
        w.wire.clear();
        w.app.presettle(&w.doctor, &visit).unwrap();
        let rows = registrations(&w, &visit);
        let (first, second) = (rows[0].2.as_str(), rows[1].2.as_str());
        assert_ne!(first, second);
        let said = said_of(&w);
        let said: Vec<_> = said.iter().map(|(i, id)| (&**i, &**id)).collect();
        let of_second = [("2203", second), ("2204", second), ("2206", second)];
        let of_first = [("2203", first), ("2204", first), ("2206", first)];
        let all = [&of_first[..], &[("2201", "")], &of_second].concat();
        assert_eq!(said, all);
        let asked = w.wire.of("2201");
        assert_eq!(only(&asked[0], "ipt_otp_no"), rows[1].1);
        assert_ne!(rows[1].1, rows[0].1);

        w.wire.clear();
        w.settle(&visit).unwrap();
        // Nobody else used the second's registration: its diagnoses stand, its shares are asked again.
        let said = said_of(&w);
        let said: Vec<_> = said.iter().map(|(i, id)| (&**i, &**id)).collect();
        assert_eq!(said, [("2207", first), ("2206", second), ("2207", second)]);
        assert_eq!(w.states(&visit), [S::Settled, S::Settled]);
        papers_show(&w, &visit, &rows);

        let batches = w.view(&visit).batches;
        w.app.reverse(&w.doctor, &batches[1].id, "开错药").unwrap();
        let back = w.wire.of("2208");
        assert_eq!(only(&back[0], "mdtrt_id"), second);
        assert_eq!(only(&back[0], "setl_id"), batches[1].platform_settlement);
        assert_eq!(w.states(&visit), [S::Settled, S::Reversed]);
        assert_eq!(
            w.centre_paid(person) - person.fund_elsewhere,
            batches[0].fund - fee(&w, &visit),
            "the first stands"
        );
        // Nothing stands under the second any more, neither details nor registration.
        let gone = w.wire.of("2202");
        assert_eq!(
            (gone.len(), only(&gone[0], "mdtrt_id").as_str()),
            (1, second)
        );
        w.prove();
    }
}

/// The fund's part of a consultation fee counts towards no cap in the resident scheme.
fn fee(w: &World, visit: &VisitId) -> Fen {
    let charges = w.view(visit).charges;
    let fees = charges.iter().filter(|c| c.name == "一般诊疗费");
    fees.map(|c| c.fund).sum()
}

/// Page and statement name each batch's own numbers; the visit's own number stays.
fn papers_show(w: &World, visit: &VisitId, rows: &[(R, String, String)]) {
    let view = w.view(visit);
    assert_eq!(view.number, rows[0].1);
    for (batch, (_, number, platform)) in view.batches.iter().zip(rows) {
        let statement = w.app.statement(&w.doctor, &batch.id).unwrap();
        for shown in [batch, &statement.batch] {
            assert_eq!(
                (&shown.visit_number, &shown.platform_visit),
                (number, platform)
            );
        }
    }
}

#[test]
fn what_is_taken_back_gives_its_registrations_back_and_none_that_is_settled() {
    for w in own_worlds("own_back") {
        let visit = w.presettled(w.resident(true), &w.cold_and_pressure());
        let centre = w.centre.clone();
        w.wire.twist("2207", move |came| {
            centre.panel.set_fault(Fault::Refuse, "2207", 1);
            came
        });
        assert_eq!(w.code(w.settle(&visit)), Code::CentreRefused);
        assert_eq!(w.states(&visit), [S::Settled, S::Refused]);
        let rows = registrations(&w, &visit);
        w.wire.clear();
        let cancelled = w.app.move_visit(&w.doctor, &visit, VisitState::Cancelled);
        assert_eq!(w.code(cancelled), Code::WrongState, "one is paid");
        assert_eq!(w.wire.calls().len(), 0);

        let first = w.view(&visit).batches[0].id.clone();
        w.app.reverse(&w.doctor, &first, "病人不要了").unwrap();
        w.wire.clear();
        w.app.take_back(&w.doctor, &visit).unwrap();
        let own = |infno: &str| (infno.to_owned(), rows[1].2.clone());
        assert_eq!(said_of(&w), [own("2205"), own("2202")]);
        assert_eq!(only(&w.wire.of("2202")[0], "ipt_otp_no"), rows[1].1);
        assert_eq!(states(&w, &visit), [R::Registered, R::Cancelled]);

        w.wire.clear();
        w.app
            .move_visit(&w.doctor, &visit, VisitState::Cancelled)
            .unwrap();
        let counters = |infno: &str| (infno.to_owned(), rows[0].2.clone());
        // Its details went with the reversal.
        assert_eq!(said_of(&w), [counters("2202")]);
        assert_eq!(states(&w, &visit), [R::Cancelled, R::Cancelled]);
        assert!(w.wire.calls().iter().all(answered), "the centre agrees");
        assert_eq!(w.view(&visit).registration, Some(R::Cancelled));
        let again = w.app.retry_registration(&w.doctor, &visit);
        assert_eq!(w.code(again), Code::WrongState);
        w.prove();
    }
}

#[test]
fn another_fee_list_is_settled_under_the_counters_registration_and_new_ones() {
    for w in own_worlds("own_again") {
        let visit = w.presettled(w.resident(true), &w.cold_and_pressure());
        w.app.take_back(&w.doctor, &visit).unwrap();
        let body = w.cold_and_pressure();
        w.app.freeze(&w.doctor, &visit, 1, &body).unwrap();
        assert_eq!(states(&w, &visit), [R::Registered, R::Cancelled, R::Open]);
        w.app.presettle(&w.doctor, &visit).unwrap();
        w.settle(&visit).unwrap();
        let rows = registrations(&w, &visit);
        let ids: Vec<_> = w
            .wire
            .of("2207")
            .iter()
            .map(|c| only(c, "mdtrt_id"))
            .collect();
        assert_eq!(ids, [rows[0].2.clone(), rows[2].2.clone()]);
        w.app.hand_over(&w.doctor, &visit).unwrap();
        w.prove();
    }
}

#[test]
fn a_lost_registration_of_a_batch_is_unknown_and_its_money_moves_once() {
    for w in own_worlds("own_lost") {
        let person = w.resident(true);
        let visit = w.frozen(person, &w.cold_and_pressure());
        w.centre.panel.set_fault(Fault::LoseReply, "2201", 1);
        let lost = w.app.presettle(&w.doctor, &visit);
        assert_eq!(w.code(lost), Code::CentreUnknown);
        assert_eq!(states(&w, &visit), [R::Registered, R::Unknown]);
        assert_eq!(w.states(&visit), [S::Presettled, S::Draft]);
        let view = w.view(&visit);
        assert_eq!(view.registration, Some(R::Registered));
        let told: Vec<_> = view.batches.iter().map(|b| b.registration).collect();
        assert_eq!(told, [Some(R::Registered), Some(R::Unknown)]);
        // Nothing of the visit is paid while a part of it cannot be.
        assert_eq!(w.code(w.settle(&visit)), Code::WrongState);
        assert_eq!(w.wire.of("2207").len(), 0);
        assert_eq!(w.states(&visit), [S::Presettled, S::Draft]);
        let first = registrations(&w, &visit)[1].1.clone();
        again(&w, &visit);
        let asked: Vec<_> = w
            .wire
            .of("2201")
            .iter()
            .map(|c| only(c, "ipt_otp_no"))
            .collect();
        assert_eq!(
            asked[1..],
            [first],
            "found there by its number, not asked for again"
        );
        let fund: Fen = w.view(&visit).batches.iter().map(|b| b.fund).sum();
        let paid = w.centre_paid(person) - person.fund_elsewhere;
        assert_eq!(paid, fund - fee(&w, &visit));
    }
}

/// Goes on where it stopped, and to the end.
fn again(w: &World, visit: &VisitId) {
    w.app.presettle(&w.doctor, visit).unwrap();
    assert_eq!(states(w, visit), [R::Registered, R::Registered]);
    w.settle(visit).unwrap();
    assert_eq!(w.states(visit), [S::Settled, S::Settled]);
    assert_eq!(w.wire.of("2207").len(), 2);
    w.app.hand_over(&w.doctor, visit).unwrap();
    w.prove();
}

#[test]
fn a_refused_registration_is_told_at_its_batch() {
    for w in own_worlds("own_refused") {
        let visit = w.frozen(w.resident(true), &w.cold_and_pressure());
        w.centre.panel.set_fault(Fault::Refuse, "2201", 1);
        let refused = w.app.presettle(&w.doctor, &visit);
        assert_eq!(w.code(refused), Code::CentreRefused);
        assert_eq!(states(&w, &visit), [R::Registered, R::Refused]);
        let view = w.view(&visit);
        assert!(view.batches[0].said.is_empty());
        assert!(
            view.batches[1].said.contains("系统繁忙"),
            "{}",
            view.batches[1].said
        );
        assert!(view.registration_said.is_empty());
        again(&w, &visit);
    }
}

#[test]
fn a_registration_that_was_cut_off_is_unknown_after_the_restart() {
    for w in own_worlds("own_cut") {
        let visit = w.frozen(w.resident(true), &w.cold_and_pressure());
        w.wire.twist("2201", |_| panic!("the power is gone"));
        let cut = catch_unwind(AssertUnwindSafe(|| w.app.presettle(&w.doctor, &visit)));
        assert!(cut.is_err());
        assert_eq!(states(&w, &visit), [R::Registered, R::Requested]);
        assert_eq!(w.app.recover().unwrap(), 1);
        assert_eq!(states(&w, &visit), [R::Registered, R::Unknown]);
        assert_eq!(w.states(&visit), [S::Presettled, S::Draft]);
        again(&w, &visit);
    }
}

#[test]
fn a_dropped_batch_takes_its_own_registration_with_it_and_no_other() {
    for w in own_worlds("own_drop") {
        for dropped in [0, 1] {
            let visit = w.presettled(w.resident(true), &w.cold_and_pressure());
            let batch = w.view(&visit).batches[dropped].id.clone();
            let rows = registrations(&w, &visit);
            w.wire.clear();
            w.app.drop_batch(&w.doctor, &batch, "病人不要了").unwrap();
            let theirs = |infno: &str| (infno.to_owned(), rows[dropped].2.clone());
            // The counter's waits for another batch.
            let (said, left) = if dropped == 0 {
                (vec![theirs("2205")], R::Registered)
            } else {
                (vec![theirs("2205"), theirs("2202")], R::Cancelled)
            };
            assert_eq!(said_of(&w), said);
            assert_eq!(states(&w, &visit), [R::Registered, left]);
            w.settle(&visit).unwrap();
            let paid = only(&w.wire.of("2207")[0], "mdtrt_id");
            assert_eq!(paid, rows[1 - dropped].2);
            w.app.hand_over(&w.doctor, &visit).unwrap();
        }
        w.prove();
    }
}

#[test]
fn nobody_who_left_or_pays_herself_is_registered_after_all() {
    for w in worlds("own_gone") {
        for leaves in [false, true] {
            w.centre.panel.set_fault(Fault::Refuse, "2201", 1);
            let visit = w.register(w.resident(false));
            if leaves {
                let cancelled = VisitState::Cancelled;
                w.app.move_visit(&w.doctor, &visit, cancelled).unwrap();
            } else {
                w.app.switch_to_self_pay(&w.doctor, &visit).unwrap();
            }
            w.wire.clear();
            let again = w.app.retry_registration(&w.doctor, &visit);
            assert_eq!(w.code(again), Code::WrongState);
            assert_eq!(w.wire.calls().len(), 0);
            assert_eq!(states(&w, &visit), [R::Refused]);
        }
        w.prove();
    }
}

#[test]
fn what_was_paid_back_is_charged_anew_under_a_registration_that_carries_nothing_else() {
    for w in own_worlds("own_anew") {
        let visit = w.settled(w.resident(true), &w.cold_and_pressure());
        for batch in w.view(&visit).batches {
            w.app.reverse(&w.doctor, &batch.id, "全部退费").unwrap();
        }
        assert_eq!(states(&w, &visit), [R::Registered, R::Cancelled]);
        let version = w.view(&visit).draft_version;
        let body = w.cold_and_pressure();
        w.app.freeze(&w.doctor, &visit, version, &body).unwrap();
        assert_eq!(states(&w, &visit), [R::Registered, R::Cancelled, R::Open]);
        w.app.presettle(&w.doctor, &visit).unwrap();
        w.settle(&visit).unwrap();
        let rows = registrations(&w, &visit);
        let ids = w.wire.of("2207").into_iter().skip(2);
        let ids: Vec<_> = ids.map(|c| only(&c, "mdtrt_id")).collect();
        assert_eq!(ids, [rows[0].2.clone(), rows[2].2.clone()]);
        w.prove();
    }
}

#[test]
fn who_pays_herself_after_all_leaves_no_registration_behind() {
    for w in worlds("own_money") {
        let visit = w.register(w.resident(false));
        w.wire.clear();
        w.app.switch_to_self_pay(&w.doctor, &visit).unwrap();
        assert_eq!(w.wire.said(), ["2202"]);
        assert!(answered(&w.wire.calls()[0]));
        assert_eq!(states(&w, &visit), [R::Cancelled]);
        assert_eq!(
            w.code(w.app.retry_registration(&w.doctor, &visit)),
            Code::WrongState
        );

        // Not while it is being asked for: nobody would know of what came of it.
        w.centre.panel.set_fault(Fault::Refuse, "2201", 1);
        let visit = w.register(w.residents().nth(1).unwrap());
        let (app, doctor, id) = (w.app.clone(), w.doctor.clone(), visit.clone());
        w.wire.twist("2201", move |came| {
            let refused = app.switch_to_self_pay(&doctor, &id).unwrap_err();
            assert!(matches!(refused, AppError::Refused(r) if r.code == Code::WrongState));
            came
        });
        w.app.retry_registration(&w.doctor, &visit).unwrap();
        assert_eq!(states(&w, &visit), [R::Registered]);
        w.prove();
    }
}

#[test]
fn a_visit_that_was_never_registered_is_registered_once_for_all_its_batches() {
    for w in own_worlds("own_late") {
        w.centre.panel.set_fault(Fault::Refuse, "2201", 1);
        let visit = w.frozen(w.resident(true), &w.cold_and_pressure());
        assert_eq!(states(&w, &visit), [R::Refused, R::Open]);
        again(&w, &visit);
        assert_eq!(w.wire.of("2201").len(), 3);
    }
    for w in worlds("shared_late") {
        w.centre.panel.set_fault(Fault::Refuse, "2201", 1);
        let visit = w.frozen(w.resident(true), &w.cold_and_pressure());
        assert_eq!(states(&w, &visit), [R::Refused]);
        w.app.presettle(&w.doctor, &visit).unwrap();
        assert_eq!(states(&w, &visit), [R::Registered]);
        assert_eq!(w.wire.of("2201").len(), 2, "asked again once, for both");
        w.settle(&visit).unwrap();
        w.prove();
    }
}
