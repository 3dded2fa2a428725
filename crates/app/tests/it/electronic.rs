//! 电子票据: what is asked for stands until the maker answered; what is paid back is undone.

use cunyi_app::views::{ElectronicView, MakeOrder, MakerAnswer, Order};
use cunyi_domain::ids::{EntryId, VisitId};
use cunyi_domain::ledger::ElectronicState;
use cunyi_domain::refusal::Code;

use crate::wire::issued_as;
use crate::world::{World, actor, worlds};

const ASKED: ElectronicState = ElectronicState::Asked;
const ISSUED: ElectronicState = ElectronicState::Issued;
const REFUSED: ElectronicState = ElectronicState::Refused;
const UNDOING: ElectronicState = ElectronicState::Undoing;
const UNDONE: ElectronicState = ElectronicState::Undone;

fn all(w: &World, visit: &VisitId) -> Vec<ElectronicView> {
    w.view(visit).electronics.all
}

fn states(w: &World, visit: &VisitId) -> Vec<ElectronicState> {
    all(w, visit).into_iter().map(|one| one.state).collect()
}

fn ask(w: &World, visit: &VisitId) -> cunyi_app::Result<()> {
    let batch = &w.view(visit).batches[0].id;
    w.app.ask_electronic(&w.doctor, batch)
}

fn undo(w: &World, id: &EntryId, reason: &str) -> cunyi_app::Result<()> {
    w.app.undo_electronic(&w.doctor, id, reason)
}

fn exchange(w: &World) {
    w.app.exchange_receipts().unwrap();
}

fn names(w: &World) -> Vec<String> {
    w.wire
        .desk
        .orders()
        .into_iter()
        .map(|(name, _)| name)
        .collect()
}

/// The order that one be undone, which lies there.
fn undoing(w: &World) -> String {
    let orders = w.wire.desk.orders();
    let is_undo = |(_, order): &&(String, Order)| matches!(order, Order::Undo(_));
    orders
        .iter()
        .find(is_undo)
        .expect("it lies there")
        .0
        .clone()
}

fn undone(w: &World) {
    let number = "0099999999".to_owned();
    let answer = MakerAnswer::Undone { number };
    w.wire.desk.answer_with(&undoing(w), answer);
    exchange(w);
}

fn refused(w: &World, name: &str, said: &str) {
    let said = said.to_owned();
    w.wire.desk.answer_with(name, MakerAnswer::Refused { said });
    exchange(w);
}

/// The one order that lies there.
fn made(w: &World) -> MakeOrder {
    match w.wire.desk.orders().pop() {
        Some((_, Order::Make(order))) => *order,
        other => panic!("{other:?}"),
    }
}

/// What a receipt says adds up, to the fen.
fn adds_up(order: &MakeOrder) {
    let a = &order.amounts;
    assert_eq!(a.pool + a.other + a.account + a.cash, a.total, "{a:?}");
    assert_eq!(a.shared + a.own, a.account + a.cash, "{a:?}");
    let lines: i64 = order.lines.iter().map(|line| line.amount).sum();
    assert_eq!(lines, a.total);
}

#[test]
fn it_is_asked_for_issued_and_undone_with_what_it_is_for() {
    for w in worlds("electronic") {
        let person = w.resident(false);
        let visit = w.settled(person, &w.cold());
        assert!(w.view(&visit).electronics.kept);
        ask(&w, &visit).unwrap();
        assert_eq!(w.code(ask(&w, &visit)), Code::ElectronicStands);
        let order = made(&w);
        let batch = w.view(&visit).batches.remove(0);
        assert_eq!(order.payer.name, person.name);
        assert_eq!(order.payer.id_number, person.id_number);
        assert_eq!(order.batch_number, batch.number);
        assert_eq!(order.amounts.total, batch.total.0);
        let insurance = order.insurance.as_ref().unwrap();
        assert_eq!(insurance.platform_settlement, batch.platform_settlement);
        assert_eq!(insurance.platform_visit, batch.platform_visit);
        assert_eq!(insurance.person_number, person.number);
        assert!(order.lines.iter().all(|line| line.heading.len() == 2));
        adds_up(&order);

        // It is not asked twice, and waits as long as it takes.
        exchange(&w);
        assert_eq!(states(&w, &visit), [ASKED]);
        let id = all(&w, &visit)[0].id.clone();
        assert_eq!(w.code(undo(&w, &id, "打错")), Code::Changed, "not yet made");
        w.wire.desk.issue(id.as_str());
        exchange(&w);
        let one = all(&w, &visit).remove(0);
        assert_eq!((one.state, &*one.number), (ISSUED, "0012345678"));
        assert_eq!((&*one.code, &*one.check_code), ("99060126", "a1b2c3"));
        assert_eq!(names(&w), [""; 0], "put away");

        // Paid back: undone without anybody's asking.
        w.app.reverse(&w.doctor, &batch.id, "开错药").unwrap();
        assert_eq!(states(&w, &visit), [UNDOING]);
        exchange(&w);
        match w.wire.desk.orders().pop() {
            Some((_, Order::Undo(order))) => {
                assert_eq!((&*order.number, &*order.reason), ("0012345678", ""));
                assert_eq!((order.amount, &order.receipt), (batch.total.0, &id));
            }
            other => panic!("{other:?}"),
        }
        undone(&w);
        let one = all(&w, &visit).remove(0);
        assert_eq!((one.state, &*one.red_number), (UNDONE, "0099999999"));
        assert_eq!(w.code(ask(&w, &visit)), Code::WrongState, "paid back");
        w.prove();
    }
}

#[test]
fn who_pays_herself_has_one_too_and_the_maker_may_refuse() {
    for w in worlds("electronic_self") {
        let visit = w.presettled(w.resident(false), &w.cold());
        let batch = w.view(&visit).batches.remove(0);
        w.app.own_pay(&w.doctor, &batch.id).unwrap();
        w.settle(&visit).unwrap();
        ask(&w, &visit).unwrap();
        let order = made(&w);
        assert_eq!(order.insurance, None);
        assert_eq!(order.amounts.cash, order.amounts.total);
        adds_up(&order);
        let first = all(&w, &visit)[0].id.clone();
        refused(&w, first.as_str(), "交款人证件号有误\u{7}");
        let one = all(&w, &visit).remove(0);
        assert_eq!((one.state, &*one.said), (REFUSED, "交款人证件号有误"));
        assert_eq!(w.code(undo(&w, &first, "打错")), Code::Changed);
        ask(&w, &visit).unwrap();
        let second = all(&w, &visit)[1].id.clone();
        assert_ne!(first, second);
        w.wire.desk.issue(second.as_str());
        exchange(&w);

        // Her name is wrong on it: undone in words why, and issued anew.
        assert_eq!(w.code(undo(&w, &second, " ")), Code::ReasonMissing);
        undo(&w, &second, "姓名有误").unwrap();
        refused(&w, &undoing(&w), "");
        let one = all(&w, &visit).remove(1);
        assert_eq!((one.state, &*one.said), (ISSUED, "未说明原因"), "it stands");
        undo(&w, &second, "姓名有误").unwrap();
        undone(&w);
        ask(&w, &visit).unwrap();
        assert_eq!(states(&w, &visit), [REFUSED, UNDONE, ASKED]);
        w.prove();
    }
}

#[test]
fn what_is_paid_back_before_it_is_made_is_undone_when_it_is() {
    for w in worlds("electronic_early") {
        let visit = w.settled(w.resident(false), &w.cold());
        w.wire.desk.go_away(true);
        ask(&w, &visit).unwrap();
        assert_eq!(states(&w, &visit), [ASKED], "it stands in the ledger");
        assert!(w.app.exchange_receipts().is_err() && names(&w).is_empty());
        let batch = w.view(&visit).batches.remove(0).id;
        w.app.reverse(&w.doctor, &batch, "开错药").unwrap();
        assert_eq!(states(&w, &visit), [ASKED], "it may be made by now");
        w.wire.desk.go_away(false);
        exchange(&w);
        let id = all(&w, &visit)[0].id.clone();
        assert_eq!(names(&w), [id.as_str()]);
        w.wire.desk.issue(id.as_str());
        exchange(&w);
        assert_eq!(states(&w, &visit), [UNDOING]);
        exchange(&w);
        assert_ne!(undoing(&w), id.as_str());
        // Refused: somebody looks, and asks again, without a reason of his own.
        refused(&w, &undoing(&w), "已报销");
        let one = all(&w, &visit).remove(0);
        assert!(one.state == ISSUED && one.reversed);
        undo(&w, &id, "").unwrap();
        undone(&w);
        assert_eq!(states(&w, &visit), [UNDONE]);
        w.prove();
    }
}

#[test]
fn an_answer_that_is_none_changes_nothing() {
    for w in worlds("electronic_bad") {
        let visit = w.settled(w.resident(false), &w.cold());
        let other = w.settled(w.resident(true), &w.cold());
        ask(&w, &visit).unwrap();
        ask(&w, &other).unwrap();
        let id = all(&w, &visit)[0].id.clone();
        let good = ["99060126", "0012345678", "a1b2c3", ""];
        let long = "9".repeat(31);
        let far = format!("https://{}", "x".repeat(500));
        for (place, bad) in [
            (0, ""),
            (0, "9906 0126"),
            (1, ""),
            (1, long.as_str()),
            (1, "１２"),
            (2, ""),
            (2, "<b>"),
            (3, "javascript:alert(1)"),
            (3, "https://a b"),
            (3, far.as_str()),
        ] {
            let mut texts = good.map(str::to_owned);
            texts[place] = bad.to_owned();
            let [code, number, check_code, url] = texts;
            w.wire.desk.answer_with(
                id.as_str(),
                MakerAnswer::Issued {
                    code,
                    number,
                    check_code,
                    url,
                },
            );
            let error = w.app.exchange_receipts().unwrap_err().to_string();
            let told = bad.len() > 4 && error.contains(bad);
            assert!(error.contains(id.as_str()) && !told, "{error}");
            assert_eq!(states(&w, &visit), [ASKED], "{bad}");
        }
        let number = "1".to_owned();
        let wrong = MakerAnswer::Undone { number };
        w.wire.desk.answer_with(id.as_str(), wrong);
        assert!(w.app.exchange_receipts().is_err(), "it was to be made");
        // The other's is not held up by it.
        let its = all(&w, &other)[0].id.clone();
        w.wire.desk.issue(its.as_str());
        assert!(w.app.exchange_receipts().is_err());
        assert_eq!(states(&w, &other), [ISSUED]);
        // Two receipts of one number: one of them is not told right.
        w.wire
            .desk
            .answer_with(id.as_str(), issued_as("0012345678"));
        assert!(w.app.exchange_receipts().is_err());
        assert_eq!(states(&w, &visit), [ASKED]);
        w.wire.desk.issue(id.as_str());
        exchange(&w);
        assert_eq!(states(&w, &visit), [ISSUED]);

        let day = w.app.now().date();
        let auditor = actor(&w.app, "auditor");
        let register = w.app.receipt_register(&auditor, day, day).unwrap();
        let rows: Vec<_> = register.electronic.iter().map(|row| row.state).collect();
        assert_eq!(rows, [ISSUED, ISSUED]);
        assert_eq!(register.electronic[0].number, "99060126 0012345679");
        w.prove();
    }
}

#[test]
fn what_is_undone_later_stands_in_the_register_of_both_days() {
    for w in worlds("electronic_days") {
        let visit = w.settled(w.resident(false), &w.cold());
        let first = w.app.now().date();
        let id = w.electronic(&visit);
        w.clock.advance(86_400);
        let batch = w.view(&visit).batches.remove(0).id;
        w.app.reverse(&w.doctor, &batch, "开错药").unwrap();
        exchange(&w);
        undone(&w);
        let second = w.app.now().date();
        for day in [first, second] {
            let register = w.app.receipt_register(&w.doctor, day, day).unwrap();
            let [row] = register.electronic.as_slice() else {
                panic!("{day}");
            };
            assert_eq!((row.state, &*row.red_number), (UNDONE, "0099999999"));
            assert_eq!(row.undone_at.unwrap().date(), second);
        }
        assert_eq!(all(&w, &visit)[0].id, id);
        w.prove();
    }
}

#[test]
fn of_who_is_erased_nothing_lies_with_the_maker() {
    for w in worlds("electronic_erased") {
        let visit = w.settled(w.resident(false), &w.cold());
        ask(&w, &visit).unwrap();
        assert_eq!(names(&w).len(), 1);
        let patient = w.view(&visit).patient.patient;
        w.erase(&patient);
        exchange(&w);
        assert_eq!(names(&w), [""; 0]);
        w.prove();
    }
}
