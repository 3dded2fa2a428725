//! A period in figures: the parts sum to the whole, what is paid back is taken off, days begin at midnight.

use cunyi_app::views::{ReportView, Took};
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::civil::Date;
use cunyi_domain::time::parse_date;

use crate::world::{World, worlds};

fn day(text: &str) -> Date {
    parse_date(text).unwrap()
}

fn today(w: &World) -> ReportView {
    let day = w.app.now().date();
    w.app.report(&w.doctor, day, day).unwrap()
}

/// Every way of adding it up gives the same.
fn adds_up(v: &ReportView) {
    let t = v.took;
    assert_eq!(t.fund + t.account + t.cash + t.hospital, t.total, "{t:?}");
    let headings: Fen = v.headings.iter().map(|h| h.amount).sum();
    let items: Fen = v.items.iter().map(|i| i.amount).sum();
    assert_eq!((headings, items), (t.total, t.total));
    let sums = |all: Vec<Took>| {
        all.into_iter().fold(Took::default(), |mut sum, one| {
            sum += one;
            sum
        })
    };
    assert_eq!(sums(v.days.iter().map(|d| d.took).collect()), t);
    assert_eq!(sums(v.doctors.iter().map(|d| d.took).collect()), t);
    assert_eq!(sums(v.payers.iter().map(|p| p.took).collect()), t);
    let days: i64 = v.days.iter().map(|d| d.visits).sum();
    let doctors: i64 = v.doctors.iter().map(|d| d.visits).sum();
    assert_eq!(
        (days, doctors, v.hours.iter().sum()),
        (v.visits, v.visits, v.visits)
    );
}

#[test]
fn a_day_in_figures_adds_up_and_what_is_paid_back_is_taken_off() {
    for w in worlds("report") {
        let nothing = today(&w);
        assert_eq!((nothing.visits, nothing.took), (0, Took::default()));
        let first = w.settled(w.resident(true), &w.cold_and_pressure());
        // Paid but not yet gone home: its money counts, the visit not yet.
        let open = today(&w);
        assert_eq!(open.visits, 0);
        assert!(open.took.total > Fen::ZERO && open.took.fund > Fen::ZERO);
        adds_up_money(&open);
        w.app.hand_over(&w.doctor, &first).unwrap();
        let mut body = w.cold();
        body.lines.push(w.line("头孢氨苄胶囊"));
        let second = w.settled(w.residents().nth(2).unwrap(), &body);
        w.app.hand_over(&w.doctor, &second).unwrap();
        let both = today(&w);
        adds_up(&both);
        assert_eq!(both.visits, 2);
        assert_eq!((both.shares.drugs, both.shares.antibiotics), (2, 1));
        assert_eq!((both.shares.injections, both.shares.infusions), (0, 0));
        assert_eq!(both.diagnoses.len(), 1, "both came with a cold first");
        assert_eq!(both.diagnoses[0].visits, 2);
        assert_eq!(both.payers.len(), 2, "chronic and general");
        let batch = w.view(&second).batches[0].id.clone();
        w.app.reverse(&w.doctor, &batch, "退药").unwrap();
        let less = today(&w);
        adds_up(&less);
        assert_eq!(less.took, open.took);
        assert_eq!(
            less.shares.antibiotics, 0,
            "what is paid back was not given"
        );
        assert_eq!(less.visits, 2);
        w.prove();
    }
}

fn adds_up_money(v: &ReportView) {
    let items: Fen = v.items.iter().map(|i| i.amount).sum();
    assert_eq!(items, v.took.total);
}

#[test]
fn a_day_ends_at_midnight_here_and_a_period_has_an_end() {
    for w in worlds("report_days") {
        let first = w.settled(w.resident(false), &w.consult_only());
        w.app.hand_over(&w.doctor, &first).unwrap();
        let was = today(&w);
        adds_up(&was);
        w.clock.advance(86_400);
        assert_eq!(today(&w).took, Took::default(), "another day");
        let date = w.app.now().date();
        let both = w.app.report(&w.doctor, date.yesterday().unwrap(), date);
        let both = both.unwrap();
        assert_eq!((both.took, both.days.len()), (was.took, 2));
        for (from, to) in [("2026-11-25", "2026-11-24"), ("2020-01-01", "2026-01-01")] {
            let refusal = w.refused(w.app.report(&w.doctor, day(from), day(to)));
            assert_eq!(refusal, Refusal::at(Code::BadText, "to"), "{from} {to}");
        }
        w.prove();
    }
}
