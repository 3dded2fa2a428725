//! 日结单: the sheet of a day is the reconciliation's drawers, told by cashier, why and how.

use cunyi_app::views::{PatientForm, RegisterForm};
use cunyi_domain::ledger::{Method, PaymentKind};
use cunyi_domain::money::Fen;
use cunyi_domain::reconcile::Drawer;
use cunyi_domain::refusal::Code;

use crate::attending::second_doctor;

use crate::receipts::book;
use crate::world::{actor, worlds};

#[test]
fn a_days_sheet_tells_the_drawers_by_cashier() {
    for w in worlds("day_sheet") {
        let (app, day) = (&w.app, w.app.now().date());
        app.enter_receipt_book(&w.doctor, &book("", "01", "09"))
            .unwrap();
        let kept = w.settled(w.resident(false), &w.cold());
        let view = w.view(&kept);
        app.issue_receipt(&w.doctor, &view.batches[0].id, "01")
            .unwrap();
        let back = w.settled(w.resident(true), &w.cold());
        app.reverse(&w.doctor, &w.view(&back).batches[0].id, "开错药")
            .unwrap();
        app.count_till(&w.doctor, day, Fen(5), Fen::ZERO).unwrap();

        let auditor = actor(app, "auditor");
        let sheet = app.day_sheet(&auditor, day).unwrap();
        let one = &sheet.cashiers[0];
        assert_eq!((sheet.cashiers.len(), &*one.name), (1, "测试doctor"));
        assert_eq!((one.settled, one.reversed), (2, 1));
        let batch = &view.batches[0];
        assert_eq!(
            (one.total, one.fund, one.cash),
            (batch.total, batch.fund, batch.cash)
        );
        assert_eq!(one.own, Fen::ZERO);
        assert_eq!((one.receipts.taken, &*one.receipts.first), (1, "01"));
        let paid = one.sum(Method::Cash, false);
        let paid_back = one.sum(Method::Cash, true);
        assert_eq!(paid + paid_back, batch.cash);
        assert!(paid > batch.cash && paid_back < Fen::ZERO);
        let kinds: Vec<_> = one.moved.iter().map(|m| (m.kind, m.count)).collect();
        assert_eq!(kinds, [(PaymentKind::Paid, 2), (PaymentKind::PaidBack, 1)]);
        let nameless = cunyi_app::views::CashierSheet {
            name: String::new(),
            ..one.clone()
        };
        assert_eq!(sheet.whole, nameless, "one cashier is all");

        let evening = app.reconciliation(&w.doctor, day).unwrap();
        assert_eq!(sheet.drawers, evening.reconciled.drawers);
        assert_eq!(sheet.counted, evening.counted);
        let cash: &Drawer = &sheet.drawers[0];
        assert_eq!((cash.expected, cash.counted), (batch.cash, Some(Fen(5))));

        let other = app.day_sheet(&auditor, day.tomorrow().unwrap()).unwrap();
        assert!(other.cashiers.is_empty() && other.whole.total == Fen::ZERO);
        let pharmacist = actor(app, "pharmacist");
        assert_eq!(w.code(app.day_sheet(&pharmacist, day)), Code::Forbidden);
        w.prove();
    }
}

#[test]
fn what_each_cashier_did_stands_in_her_own_column() {
    for w in worlds("day_sheet_two") {
        let (app, day) = (&w.app, w.app.now().date());
        let insured = w.settled(w.resident(false), &w.cold());
        let li = second_doctor(&w);
        let person = w.residents().nth(1).unwrap();
        let without = PatientForm {
            name: person.name.clone(),
            id_number: person.id_number.clone(),
            phone: person.phone.clone(),
            ..PatientForm::default()
        };
        let with = RegisterForm::default();
        let own = app.register_self_pay(&w.doctor, &without, &with).unwrap();
        app.freeze(&w.doctor, &own, 0, &w.cold()).unwrap();
        app.settle(&li, &own, &w.shown(&own), Method::Qr).unwrap();

        let sheet = app.day_sheet(&w.doctor, day).unwrap();
        let of = |name: &str| sheet.cashiers.iter().find(|one| one.name == name).unwrap();
        let (one, two) = (of("测试doctor"), of("李二"));
        let (insured, own) = (&w.view(&insured).batches[0], &w.view(&own).batches[0]);
        assert_eq!(
            (one.total, one.fund, one.own),
            (insured.total, insured.fund, Fen::ZERO)
        );
        assert_eq!(
            (two.total, two.fund, two.own),
            (own.total, Fen::ZERO, own.total)
        );
        let taken = [
            (one, insured.cash, Fen::ZERO),
            (two, Fen::ZERO, own.total),
            (&sheet.whole, insured.cash, own.total),
        ];
        for (who, cash, qr) in taken {
            let sums = (who.sum(Method::Cash, false), who.sum(Method::Qr, false));
            assert_eq!(sums, (cash, qr), "{}", who.name);
        }
        assert_eq!(sheet.whole.total, one.total + two.total);
        let drawers: Vec<Fen> = sheet.drawers.iter().map(|d| d.expected).collect();
        assert_eq!(drawers, [insured.cash, own.total]);
        w.prove();
    }
}
