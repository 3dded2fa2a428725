//! The visit, end to end.

use cunyi_domain::batch::BatchState;
use cunyi_domain::ledger::{Method, RegistrationState, VisitState};
use cunyi_domain::money::Fen;

use crate::world::worlds;

#[test]
fn a_cold_is_seen_settled_handed_over_and_reversed() {
    for w in worlds("cold") {
        let person = w.resident(false);
        let visit = w.register(person);
        let view = w.app.visit(&w.doctor, &visit).unwrap();
        assert_eq!(
            view.registration,
            Some(RegistrationState::Registered),
            "{}",
            view.registration_said
        );
        let draft = w.cold();
        let preview = w.app.preview(&w.doctor, &visit, &draft).unwrap();
        assert_eq!(preview.problems, vec![]);
        assert_eq!(preview.findings, vec![]);
        w.app.freeze(&w.doctor, &visit, 0, &draft).unwrap();
        w.app.presettle(&w.doctor, &visit).unwrap();
        let view = w.app.visit(&w.doctor, &visit).unwrap();
        assert_eq!(view.batches.len(), 1);
        let batch = &view.batches[0];
        assert_eq!(batch.state, BatchState::Presettled);
        assert_eq!(
            batch.fund, batch.estimated_fund,
            "the engine agrees with the centre"
        );
        assert_eq!(batch.fund + batch.account + batch.cash, batch.total);
        assert_eq!(preview.estimated_fund, batch.fund);
        w.app
            .settle(&w.doctor, &visit, &w.shown(&visit), Method::Cash)
            .unwrap();
        w.app.hand_over(&w.doctor, &visit).unwrap();
        let view = w.app.visit(&w.doctor, &visit).unwrap();
        assert_eq!(
            (view.state, view.batches[0].state),
            (VisitState::Done, BatchState::Settled)
        );
        let funds: Fen = view.charges.iter().map(|c| c.fund).sum();
        assert_eq!(
            funds, view.batches[0].fund,
            "the lines' shares sum to the batch's"
        );
        w.app
            .reverse(&w.doctor, &view.batches[0].id, "开错药")
            .unwrap();
        let day = w.app.today(&w.doctor, w.app.now().date()).unwrap();
        assert_eq!(
            (day.settlements.len(), day.total, day.fund, day.cash),
            (2, Fen(0), Fen(0), Fen(0))
        );
        w.prove();
    }
}
