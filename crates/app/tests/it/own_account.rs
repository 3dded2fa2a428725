//! 个人账户: it pays first, unless she keeps it; what was computed under another choice is not confirmed.

use cunyi_centre::faults::Fault;
use cunyi_domain::batch::BatchState as S;
use cunyi_domain::ids::VisitId;
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::Code;

use crate::regions::employee;
use crate::world::{World, worlds};

fn keep(w: &World, visit: &VisitId, keeps: bool) -> cunyi_app::Result<()> {
    w.app.keep_account(&w.doctor, visit, keeps)
}

/// What the account and the patient pay, and where the batch stands.
fn shares(w: &World, visit: &VisitId) -> (Fen, Fen, S) {
    let batch = w.view(visit).batches.remove(0);
    (batch.account, batch.cash, batch.state)
}

fn flags(w: &World, infno: &str) -> Vec<String> {
    let calls = w.wire.of(infno);
    let flag = |call: &crate::wire::Call| call.sent["input"]["data"]["acct_used_flag"].clone();
    let flags = calls.iter().map(flag);
    flags
        .map(|flag| flag.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn who_keeps_her_account_pays_herself() {
    for w in worlds("keeps_account") {
        let balance = employee(&w).coverages[0].balance;
        let visit = w.presettled(employee(&w), &w.cold());
        let (account, cash, _) = shares(&w, &visit);
        assert!(account > Fen::ZERO && cash == Fen::ZERO);
        let choice = w.view(&visit).account.unwrap();
        assert_eq!((choice.balance, choice.keeps), (balance, false));

        keep(&w, &visit, true).unwrap();
        assert_eq!(shares(&w, &visit), (Fen::ZERO, account, S::Presettled));
        assert!(w.view(&visit).account.unwrap().keeps);
        keep(&w, &visit, false).unwrap();
        assert_eq!(shares(&w, &visit), (account, Fen::ZERO, S::Presettled));
        keep(&w, &visit, false).unwrap();
        assert_eq!(
            flags(&w, "2206"),
            ["1", "0", "1"],
            "chosen twice is asked once"
        );

        keep(&w, &visit, true).unwrap();
        w.settle(&visit).unwrap();
        assert_eq!(flags(&w, "2207"), ["0"]);
        assert_eq!(shares(&w, &visit), (Fen::ZERO, account, S::Settled));
        assert_eq!(w.view(&visit).account, None);
        assert_eq!(w.code(keep(&w, &visit, false)), Code::NoAccount);
        assert_eq!(w.identify(employee(&w)).coverages[0].balance, balance);
        w.prove();
    }
}

#[test]
fn what_was_computed_before_is_not_confirmed() {
    for w in worlds("keeps_unasked") {
        let visit = w.presettled(employee(&w), &w.cold());
        let (account, ..) = shares(&w, &visit);
        let seen = w.shown(&visit);
        w.centre.panel.set_fault(Fault::Refuse, "2206", 1);
        assert_eq!(w.code(keep(&w, &visit, true)), Code::CentreRefused);
        // The choice stands, and there is nothing to confirm.
        assert!(w.view(&visit).account.unwrap().keeps);
        assert_eq!(shares(&w, &visit).2, S::Uploaded);
        let paid = w
            .app
            .settle(&w.doctor, &visit, &seen, cunyi_domain::ledger::Method::Cash);
        assert_eq!(w.code(paid), Code::WrongState);
        w.app.presettle(&w.doctor, &visit).unwrap();
        assert_eq!(shares(&w, &visit), (Fen::ZERO, account, S::Presettled));

        // While a 2207 is lost nobody chooses; what was sent is what counts.
        w.centre.panel.set_fault(Fault::LoseReply, "2207", 1);
        assert_eq!(w.code(w.settle(&visit)), Code::CentreUnknown);
        assert_eq!(w.code(keep(&w, &visit, false)), Code::NoAccount);
        w.app.resolve(&w.doctor, &visit).unwrap();
        assert_eq!(shares(&w, &visit), (Fen::ZERO, account, S::Settled));
        w.prove();
    }
}

#[test]
fn where_there_is_no_account_nothing_is_chosen() {
    for w in worlds("no_account") {
        let visit = w.presettled(w.resident(false), &w.cold());
        assert_eq!(w.view(&visit).account, None);
        assert_eq!(w.code(keep(&w, &visit, true)), Code::NoAccount);
        // Nothing is charged yet.
        let visit = w.register(employee(&w));
        assert_eq!(w.code(keep(&w, &visit, true)), Code::NoAccount);
        w.prove();
    }
}
