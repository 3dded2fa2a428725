//! 自费转医保: what a patient paid herself is settled with her insurance after all, or stays as it was.

use std::panic::{AssertUnwindSafe, catch_unwind};

use cunyi_app::views::{DraftBody, IdentifyForm, InsureForm, PatientForm, RegisterForm};
use cunyi_centre::faults::Fault;
use cunyi_centre::population::Person;
use cunyi_domain::batch::BatchState as S;
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::{Method, Payer, PaymentKind as K, Standing, VisitState};
use cunyi_domain::money::Fen;
use cunyi_domain::reconcile::{Class, Difference};
use cunyi_domain::refusal::Code;

use crate::own_visits::own_worlds;
use crate::refund::DRUG;
use crate::world::{Setting, World, worlds, worlds_of};

fn by_card(person: &Person) -> InsureForm {
    InsureForm {
        who: IdentifyForm {
            certificate: "02".to_owned(),
            number: person.id_number.clone(),
            typed: true,
            ..IdentifyForm::default()
        },
        scheme: String::new(),
    }
}

fn insure(w: &World, visit: &VisitId, person: &Person) -> cunyi_app::Result<()> {
    w.app.insure(&w.doctor, visit, &by_card(person))
}

/// Registered without the platform, charged and paid by code.
fn paid(w: &World, person: &Person, body: &DraftBody) -> VisitId {
    let form = PatientForm {
        name: person.name.clone(),
        id_number: person.id_number.clone(),
        ..PatientForm::default()
    };
    let with = RegisterForm::default();
    let visit = w.app.register_self_pay(&w.doctor, &form, &with).unwrap();
    w.app.freeze(&w.doctor, &visit, 0, body).unwrap();
    let shown = w.shown(&visit);
    w.app.settle(&w.doctor, &visit, &shown, Method::Qr).unwrap();
    visit
}

/// The same, and she has left with the drugs.
fn gone(w: &World, person: &Person) -> VisitId {
    let visit = paid(w, person, &w.cold());
    w.app.hand_over(&w.doctor, &visit).unwrap();
    visit
}

/// Payer and state of each batch.
fn batches(w: &World, visit: &VisitId) -> Vec<(Payer, S)> {
    let all = w.view(visit).batches;
    all.iter().map(|b| (b.payer, b.state)).collect()
}

const OWN: Payer = Payer::SelfPay;
const WITH: Payer = Payer::Insured;

/// Once the money is counted, clinic, centre and cash agree.
fn green(w: &World) {
    let day = w.app.now().date();
    w.app.reconcile(&w.doctor, day).unwrap();
    let looked = || w.app.reconciliation(&w.doctor, day).unwrap().reconciled;
    let [cash, qr] = [0, 1].map(|i| looked().drawers[i].expected);
    w.app.count_till(&w.doctor, day, cash, qr).unwrap();
    let classes: Vec<Class> = looked().differences.iter().map(Difference::class).collect();
    assert_eq!(classes, []);
}

#[test]
fn what_was_paid_in_an_outage_is_settled_when_the_platform_is_back() {
    for w in worlds("insure") {
        w.centre.panel.set_down(true);
        let person = w.resident(false);
        let before = {
            w.centre.panel.set_down(false);
            let paid = w.centre_paid(person);
            w.centre.panel.set_down(true);
            paid
        };
        let visit = gone(&w, person);
        let was = w.view(&visit);
        assert!(was.insurable);
        let stock = w.stock(DRUG);
        w.centre.panel.set_down(false);
        w.clock.advance(7_200);
        w.wire.clear();
        insure(&w, &visit, person).unwrap();
        let said = w.wire.said();
        let settled = ["2201", "2203", "2204", "2206", "2207"];
        assert_eq!(said[said.len() - 5..], settled, "{said:?}");
        // At the platform it has the time of the visit.
        let time = |infno: &str, node: &str| {
            let told = w.wire.of(infno).remove(0);
            told.sent["input"][node]["begntime"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        assert_eq!(time("2201", "data"), was.registered_at.date_time());
        assert_eq!(time("2203", "mdtrtinfo"), was.registered_at.date_time());
        assert_eq!(
            batches(&w, &visit),
            [(OWN, S::Reversed), (WITH, S::Settled)]
        );
        let view = w.view(&visit);
        assert_eq!((view.payer, view.state), (Payer::Insured, VisitState::Done));
        let (old, new) = (&view.batches[0], &view.batches[1]);
        assert_eq!((new.total, new.rest_of), (old.total, Some(1)));
        assert!(new.fund > Fen::ZERO);
        assert_eq!(new.estimated_fund, new.fund, "our estimate was the answer");
        assert_eq!(w.centre_paid(person) - before, new.fund - Fen(900));
        // The list keeps its lines, the cupboard what it has; she gets what she paid too much.
        let lines = |position| {
            let of = view.charges.iter().filter(move |c| c.batch == position);
            of.map(|c| (c.code.clone(), c.quantity, c.price))
                .collect::<Vec<_>>()
        };
        assert_eq!(lines(1), lines(2));
        assert_eq!(w.stock(DRUG), stock);
        let back = old.total - new.cash;
        assert_eq!(view.money, Standing::ToReturn(back));
        assert!(!view.insurable);
        w.app
            .even_out(&w.doctor, &visit, back, Method::Cash)
            .unwrap();
        let last = w.view(&visit).payments.pop().unwrap();
        assert_eq!((last.kind, last.amount), (K::Returned, back));
        assert_eq!(w.code(insure(&w, &visit, person)), Code::WrongState);
        green(&w);
        w.prove();
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Accident {
    LostReply,
    Down,
    Refused,
    CutAfter,
    CutBefore,
}

const CALLS: [&str; 5] = ["2201", "2203", "2204", "2206", "2207"];

fn meets(w: &World, (visit, person): (&VisitId, &Person), infno: &'static str, accident: Accident) {
    let fault = |fault| w.centre.panel.set_fault(fault, infno, 1);
    match accident {
        Accident::LostReply => fault(Fault::LoseReply),
        Accident::Refused => fault(Fault::Refuse),
        Accident::Down => {
            // The call before it comes through; the line is cut while its answer is on its way.
            let place = CALLS.iter().position(|c| *c == infno).unwrap();
            let before = place.checked_sub(1).map_or("2001", |place| CALLS[place]);
            let centre = w.centre.clone();
            w.wire.twist(before, move |came| {
                centre.panel.set_down(true);
                came
            });
        }
        Accident::CutAfter | Accident::CutBefore => {
            if accident == Accident::CutBefore {
                w.wire.hold(infno);
            }
            w.wire.twist(infno, |_| panic!("the power is cut"));
            let cut = catch_unwind(AssertUnwindSafe(|| insure(w, visit, person)));
            assert!(cut.is_err(), "{infno} {accident:?}");
            w.app.recover().unwrap();
            return;
        }
    }
    w.refused(insure(w, visit, person));
    w.centre.panel.set_down(false);
}

fn rounds(w: &World) {
    for _ in 0..40 {
        w.clock.advance(120);
        w.app.resolve_due().unwrap();
        w.app.settle_deferred().unwrap();
    }
}

#[test]
fn whatever_happens_it_is_insured_or_stays_what_it_was() {
    use Accident::{CutAfter, CutBefore, Down, LostReply, Refused};
    for w in worlds("insure_accidents") {
        w.restock();
        let mut people = w.residents();
        for infno in CALLS {
            for accident in [LostReply, Down, Refused, CutAfter, CutBefore] {
                let what = format!("{infno} {accident:?}");
                let person = people.next().unwrap();
                let before = w.centre_paid(person);
                let visit = gone(&w, person);
                let total = w.view(&visit).batches[0].total;
                meets(&w, (&visit, person), infno, accident);
                // What is known to have come to nothing is what it was at once.
                let lost = infno == "2207" && accident == LostReply;
                let cut = matches!(accident, CutAfter | CutBefore);
                if !lost && !cut {
                    let own = [(OWN, S::Reversed), (OWN, S::Settled)];
                    assert_eq!(batches(&w, &visit), own, "{what}");
                    let view = w.view(&visit);
                    assert_eq!((view.payer, view.money), (OWN, Standing::Even), "{what}");
                    assert_eq!(view.payments.len(), 1, "{what}");
                    assert_eq!(w.centre_paid(person), before, "{what}");
                    assert!(view.insurable, "{what}");
                }
                rounds(&w);
                if !lost && !cut {
                    insure(&w, &visit, person).unwrap();
                }
                let view = w.view(&visit);
                let new = view.batches.last().unwrap();
                assert_eq!((new.payer, new.state), (WITH, S::Settled), "{what}");
                let back = Standing::ToReturn(total - new.cash);
                assert_eq!(view.money, back, "{what}");
                let paid = w.centre_paid(person) - before;
                assert_eq!(paid, new.fund - Fen(900), "{what}");
                assert_eq!(view.state, VisitState::Done);
            }
        }
        green(&w);
        w.prove();
    }
}

#[test]
fn what_the_region_does_not_permit_is_refused_before_any_call() {
    let usual = Setting::default();
    let never = usual
        .region
        .replace("[insured_later]\nwithin_days = 3\n", "");
    assert_ne!(never, usual.region);
    let never = Setting {
        region: never,
        ..usual.clone()
    };
    let refused = |w: &World, visit: &VisitId, person: &Person, code: Code| {
        w.wire.clear();
        let before = batches(w, visit);
        assert_eq!(w.code(insure(w, visit, person)), code);
        assert_eq!(w.wire.said(), Vec::<String>::new());
        assert_eq!(batches(w, visit), before);
        assert!(!w.view(visit).insurable);
        let history = w.app.patient(&w.doctor, &w.view(visit).patient.patient);
        assert!(history.unwrap().visits.iter().all(|v| !v.insurable));
        w.prove();
    };
    for w in worlds_of("insure_never", &never) {
        let person = w.resident(false);
        let visit = gone(&w, person);
        refused(&w, &visit, person, Code::InsuredNever);
    }
    for w in worlds("insure_late") {
        let person = w.resident(false);
        let visit = gone(&w, person);
        // The third day after it is the last.
        w.clock.advance(3 * 86_400);
        let history = w.app.patient(&w.doctor, &w.view(&visit).patient.patient);
        assert!(history.unwrap().visits[0].insurable);
        assert!(w.view(&visit).insurable);
        w.clock.advance(86_400);
        refused(&w, &visit, person, Code::InsuredTooLate);
    }
}

#[test]
fn only_the_patient_of_the_visit_and_only_what_she_paid() {
    for w in worlds("insure_other") {
        let mut people = w.residents();
        let (person, other) = (people.next().unwrap(), people.next().unwrap());
        let visit = gone(&w, person);
        let before = batches(&w, &visit);
        assert_eq!(w.code(insure(&w, &visit, other)), Code::OtherPatient);
        let wrong = InsureForm {
            scheme: "310".to_owned(),
            ..by_card(person)
        };
        let asked = w.app.insure(&w.doctor, &visit, &wrong);
        assert_eq!(w.code(asked), Code::NoCoverage);
        assert_eq!(batches(&w, &visit), before);
        let insured = w.settled(other, &w.cold());
        assert!(!w.view(&insured).insurable);
        assert_eq!(w.code(insure(&w, &insured, other)), Code::WrongState);
        w.prove();
    }
}

/// Her card was refused: the batch was paid by herself, beside the visit's registration.
#[test]
fn an_own_pay_batch_of_an_insured_visit() {
    for w in worlds("insure_own_pay") {
        let person = w.resident(false);
        let visit = w.presettled(person, &w.cold());
        w.centre.panel.set_fault(Fault::Refuse, "2207", 1);
        assert_eq!(w.code(w.settle(&visit)), Code::CentreRefused);
        let batch = w.view(&visit).batches[0].id.clone();
        w.app.own_pay(&w.doctor, &batch).unwrap();
        let total = w.view(&visit).batches[0].total;
        let shown = [(batch, total)];
        w.app
            .settle(&w.doctor, &visit, &shown, Method::Cash)
            .unwrap();
        // Refused once more: it is what it was, and the registration stands.
        w.centre.panel.set_fault(Fault::Refuse, "2206", 1);
        assert_eq!(w.code(insure(&w, &visit, person)), Code::CentreRefused);
        assert_eq!(batches(&w, &visit), [(OWN, S::Reversed), (OWN, S::Settled)]);
        assert_eq!(w.view(&visit).payer, WITH);
        w.wire.clear();
        insure(&w, &visit, person).unwrap();
        assert!(!w.wire.said().contains(&"2201".to_owned()));
        assert_eq!(batches(&w, &visit)[2], (WITH, S::Settled));
        // Nothing was handed over yet: what was held still is.
        let (on_hand, reserved) = w.stock(DRUG);
        w.app.hand_over(&w.doctor, &visit).unwrap();
        assert_eq!(w.stock(DRUG), (on_hand - reserved, reserved - reserved));
        green(&w);
        w.prove();
    }
}

/// Its registration was cancelled when she said she would pay, or may have been: it is asked for under another
/// number.
#[test]
fn a_visit_that_was_switched_to_self_pay() {
    let answers = [
        ("insure_switched", None),
        ("insure_switch_lost", Some(Fault::LoseReply)),
        ("insure_switch_never", Some(Fault::Html)),
    ];
    let with = |(name, lost)| worlds(name).into_iter().map(move |w| (w, lost));
    let worlds = answers.into_iter().flat_map(with);
    for (w, lost) in worlds {
        let person = w.resident(false);
        let visit = w.register(person);
        let number = w.view(&visit).number;
        if let Some(fault) = lost {
            w.centre.panel.set_fault(fault, "2202", 1);
        }
        w.app.switch_to_self_pay(&w.doctor, &visit).unwrap();
        w.app.freeze(&w.doctor, &visit, 0, &w.cold()).unwrap();
        let shown = w.shown(&visit);
        w.app
            .settle(&w.doctor, &visit, &shown, Method::Cash)
            .unwrap();
        w.wire.clear();
        insure(&w, &visit, person).unwrap();
        let sent = w.wire.of("2201").remove(0).sent;
        assert_ne!(sent["input"]["data"]["ipt_otp_no"], *number);
        assert_eq!(
            batches(&w, &visit),
            [(OWN, S::Reversed), (WITH, S::Settled)]
        );
        green(&w);
        w.prove();
    }
}

/// Two benefits: what is settled stands, what is refused she has paid.
#[test]
fn two_diseases_are_two_batches_and_one_may_be_refused() {
    for w in own_worlds("insure_two")
        .into_iter()
        .chain(worlds("insure_two_one"))
    {
        let person = w.resident(true);
        let visit = paid(&w, person, &w.cold_and_pressure());
        let view = w.view(&visit);
        assert_eq!(view.batches.len(), 1);
        let total = view.batches[0].total;
        // The second 2207 is refused.
        let centre = w.centre.clone();
        w.wire.twist("2207", move |came| {
            centre.panel.set_fault(Fault::Refuse, "2207", 1);
            came
        });
        assert_eq!(w.code(insure(&w, &visit, person)), Code::CentreRefused);
        let states = [(OWN, S::Reversed), (WITH, S::Settled), (OWN, S::Settled)];
        assert_eq!(batches(&w, &visit), states);
        let view = w.view(&visit);
        assert_eq!(view.batches[1].total + view.batches[2].total, total);
        let owed = view.batches[1].cash + view.batches[2].total;
        assert_eq!(view.money, Standing::ToReturn(total - owed));
        assert!(view.insurable);
        insure(&w, &visit, person).unwrap();
        assert_eq!(
            batches(&w, &visit)[2..],
            [(OWN, S::Reversed), (WITH, S::Settled)]
        );
        let chronic = w.view(&visit).batches[3].benefit.clone();
        assert_ne!(chronic, w.view(&visit).batches[1].benefit);
        green(&w);
        w.prove();
    }
}
