//! What became of goods after a refund: decided once for each line, and never sold again unless they had
//! not left.

use cunyi_domain::ids::{BatchId, VisitId};
use cunyi_domain::ledger::Goods;
use cunyi_domain::money::Quantity;
use cunyi_domain::refusal::Code;

use crate::refund::{DRUG, ONE, back, give_back, given};
use crate::world::{World, worlds};

/// A visit that was handed over and reversed whole; its batch.
fn reversed(w: &World) -> (VisitId, BatchId) {
    let visit = given(w, w.resident(false));
    let batch = w.view(&visit).batches[0].id.clone();
    w.app.reverse(&w.doctor, &batch, "开错药").unwrap();
    (visit, batch)
}

/// Smallest units of the drug on hand, and lying apart.
fn stock(w: &World) -> (Quantity, Quantity) {
    let stock = w.app.stock(&w.doctor).unwrap();
    let drug = stock.iter().find(|s| s.name == DRUG).unwrap();
    assert_eq!(drug.free, w.stock(DRUG).0, "nothing is promised");
    (w.stock(DRUG).0, drug.quarantined)
}

pub fn decide(w: &World, visit: &VisitId, goods: Goods, reason: &str) -> cunyi_app::Result<()> {
    let view = w.view(visit);
    let open = view.goods.iter().find(|g| g.decided.is_none()).unwrap();
    let decision = [(open.charge.clone(), goods)];
    w.app
        .decide_goods(&w.doctor, &open.batch, &decision, reason)
}

#[test]
fn each_decision_moves_what_it_says_and_is_made_once() {
    for w in worlds("goods") {
        w.restock();
        let units = |w: &World| {
            let before = w.stock(DRUG).0;
            let made = reversed(w);
            (made, before - w.stock(DRUG).0)
        };
        for goods in [Goods::Kept, Goods::Quarantined, Goods::NotHandedOver] {
            let ((visit, batch), gone) = units(&w);
            let (on_hand, apart) = stock(&w);
            let view = w.view(&visit);
            assert_eq!(view.goods.len(), 1, "of services nothing is asked");
            assert_eq!(view.goods[0].quantity, view.charges[0].quantity);
            assert_eq!(view.batches[0].reversed_because, "开错药");
            let none = decide(&w, &visit, goods, " ");
            assert_eq!(w.code(none), Code::ReasonMissing);
            decide(&w, &visit, goods, "没有拆封").unwrap();
            let (back, kept_apart) = match goods {
                Goods::Kept => (Quantity::ZERO, Quantity::ZERO),
                Goods::Quarantined => (Quantity::ZERO, gone),
                Goods::NotHandedOver => (gone, Quantity::ZERO),
            };
            assert_eq!(stock(&w), (on_hand + back, apart + kept_apart), "{goods}");
            let view = w.view(&visit);
            let decided = view.goods[0].decided.as_ref().unwrap();
            assert_eq!(
                (decided.decision, decided.reason.as_str()),
                (goods, "没有拆封")
            );
            assert_eq!(view.goods[0].came_back(), goods != Goods::Kept);
            let again = [(view.goods[0].charge.clone(), Goods::NotHandedOver)];
            let again = w.app.decide_goods(&w.doctor, &batch, &again, "再来");
            assert_eq!(w.code(again), Code::WrongState, "once");
        }
        w.prove();
    }
}

#[test]
fn what_was_not_handed_over_or_not_given_back_is_not_asked_for() {
    for w in worlds("goods_none") {
        let visit = w.settled(w.resident(false), &w.cold());
        let view = w.view(&visit);
        let (batch, line) = (&view.batches[0].id, &view.charges[0].id);
        let decide = || {
            let decision = [(line.clone(), Goods::NotHandedOver)];
            w.app.decide_goods(&w.doctor, batch, &decision, "没有拿走")
        };
        assert_eq!(w.code(decide()), Code::WrongState, "it is settled");
        w.app.reverse(&w.doctor, batch, "开错药").unwrap();
        assert_eq!(w.view(&visit).goods, []);
        assert_eq!(w.code(decide()), Code::WrongState, "it never left");
        let nothing = w.app.decide_goods(&w.doctor, batch, &[], "没有拿走");
        assert_eq!(w.code(nothing), Code::WrongState);
        w.prove();
    }
}

#[test]
fn of_a_part_as_much_comes_back_as_was_given_back_and_of_the_rest_the_rest() {
    for w in worlds("goods_part") {
        let before = w.stock(DRUG).0;
        let visit = given(&w, w.resident(false));
        let (left, _) = stock(&w);
        let quantity = w.view(&visit).charges[0].quantity;
        give_back(&w, &visit, &back(&w, &visit, ONE)).unwrap();
        let view = w.view(&visit);
        assert_eq!(view.goods.len(), 1);
        assert_eq!(view.goods[0].quantity, ONE);
        decide(&w, &visit, Goods::Quarantined, "受潮").unwrap();
        let part = Quantity((before - left).0 / (quantity.0 / ONE.0));
        assert_eq!(stock(&w), (left, part));
        // The rest is reversed too: its goods left with the first line.
        let rest = w.view(&visit).batches[1].id.clone();
        w.app.reverse(&w.doctor, &rest, "全退").unwrap();
        let view = w.view(&visit);
        assert_eq!(view.goods.len(), 2);
        assert_eq!(view.goods[1].quantity, quantity - ONE);
        decide(&w, &visit, Goods::NotHandedOver, "没有拿走").unwrap();
        assert_eq!(stock(&w), (before - part, part), "all is back, and no more");
        w.prove();
    }
}

#[test]
fn it_stands_in_the_queue_until_somebody_has_said_it() {
    for w in worlds("goods_queue") {
        let undecided = |w: &World| {
            let queue = w.app.queue(&w.doctor).unwrap();
            let open = queue.iter().filter(|e| e.goods_undecided > 0);
            let open = open.map(|e| (e.visit.clone(), e.goods_undecided));
            open.collect::<Vec<_>>()
        };
        // What was only reserved is free, and nothing is asked.
        let only_reserved = w.settled(w.resident(false), &w.cold());
        let batch = w.view(&only_reserved).batches[0].id.clone();
        w.app.reverse(&w.doctor, &batch, "开错药").unwrap();
        assert_eq!(undecided(&w), []);

        let (visit, _) = reversed(&w);
        assert_eq!(undecided(&w), [(visit.clone(), 1)]);
        // Days later it is still there.
        w.clock.advance(3 * 24 * 3600);
        assert_eq!(undecided(&w), [(visit.clone(), 1)]);
        decide(&w, &visit, Goods::Kept, "药已服用").unwrap();
        assert_eq!(undecided(&w), []);
        // After a month the queue asks no more; the visit's page still does.
        let (forgotten, _) = reversed(&w);
        w.clock.advance(30 * 24 * 3600);
        assert_eq!(undecided(&w), [(forgotten.clone(), 1)]);
        w.clock.advance(2 * 24 * 3600);
        assert_eq!(undecided(&w), []);
        assert!(w.view(&forgotten).goods[0].decided.is_none());
        assert!(
            w.app
                .queue(&w.doctor)
                .unwrap()
                .iter()
                .all(|e| e.visit != visit)
        );
        w.prove();
    }
}
