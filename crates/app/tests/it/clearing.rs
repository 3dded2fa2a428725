//! What the fund owes: a period is applied for once, whatever becomes of the answer; what the office says
//! is entered, and taken out where it was wrong; the sums add up.

use cunyi_app::Result;
use cunyi_app::views::{ApplyForm, ClearingForm, OwedView, PeriodView, ToldForm};
use cunyi_centre::faults::Fault;
use cunyi_domain::clearing::{Claim, ClearingState as S};
use cunyi_domain::ids::EntryId;
use cunyi_domain::ledger::{Clearing, ClearingKind as K};
use cunyi_domain::money::Fen;
use cunyi_domain::reconcile::Group;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::civil::Date;
use cunyi_domain::time::{Moment, parse_date};

use crate::world::{Setting, World, actor, worlds, worlds_of};

pub fn day(text: &str) -> Date {
    parse_date(text).unwrap()
}

/// Time passes until noon of a day.
pub fn until(w: &World, date: &str) {
    let noon = Moment(Moment::start_of(day(date)).0 + 12 * 3_600_000_000);
    w.clock.advance(noon.seconds_since(w.app.now()));
}

/// A day is compared and counted.
pub fn agree(w: &World, day: Date) {
    w.app.reconcile(&w.doctor, day).unwrap();
    let view = w.app.reconciliation(&w.doctor, day).unwrap();
    let [cash, qr] = [0, 1].map(|at| view.reconciled.drawers[at].expected);
    w.app.count_till(&w.doctor, day, cash, qr).unwrap();
    let view = w.app.reconciliation(&w.doctor, day).unwrap();
    assert!(view.reconciled.green(), "{:?}", view.reconciled.differences);
}

pub fn period(w: &World, from: &str) -> PeriodView {
    w.app.clearing_period(&w.doctor, day(from)).unwrap()
}

/// Somebody at the office says that it has it, or not.
pub fn told(w: &World, id: &EntryId, there: bool, by: &str) -> Result<()> {
    let form = ToldForm {
        there,
        by: by.to_owned(),
        event: String::new(),
    };
    w.app.clearing_told(&w.doctor, id, &form)
}

/// The application that was made last.
pub fn newest(w: &World, from: &str) -> Clearing {
    let mut all = period(w, from).applications;
    all.pop().unwrap().application
}

pub fn states(w: &World, from: &str) -> Vec<S> {
    let applications = period(w, from).applications;
    applications.iter().map(|a| a.application.state).collect()
}

/// Applies for what the page shows; for nothing, where there is nothing to apply for.
pub fn apply(w: &World, from: &str, reason: &str) -> Result<()> {
    let shown = period(w, from).to_apply;
    let claim = shown.first().map_or(Fen(1), |(_, asked)| asked.claim());
    let form = ApplyForm {
        from: day(from),
        clearing_type: "11".to_owned(),
        claim,
        reason: reason.to_owned(),
    };
    w.app.apply_for_clearing(&w.doctor, &form)
}

pub fn entry(from: &str, kind: K, amount: i64) -> ClearingForm {
    ClearingForm {
        from: day(from),
        group: Group {
            scheme: "390".to_owned(),
            clearing_type: "11".to_owned(),
            office: "990001".to_owned(),
        },
        kind,
        amount: Fen(amount),
        on: day("2026-12-01"),
        appeal_by: None,
        reason: String::new(),
    }
}

pub fn enter(w: &World, form: &ClearingForm) {
    w.app.enter_clearing(&w.doctor, form).unwrap();
}

/// What is owed of a period, as the list has it.
pub fn owed(w: &World, from: &str) -> OwedView {
    let view = w.app.clearing(&w.doctor, w.app.now().date()).unwrap();
    let parts = |of: &Claim| [of.not_applied(), of.in_review(), of.payable(), of.withheld];
    assert_eq!(
        parts(&view.total).into_iter().sum::<Fen>(),
        view.total.owed()
    );
    let found = view
        .periods
        .into_iter()
        .find(|of| of.period.from == day(from));
    let found = found.unwrap();
    assert_eq!(period(w, from).total, found.claim);
    found
}

/// A month that was applied for and whose answer is lost; which application.
pub fn lost(w: &World, from: &str) -> EntryId {
    let now = w.app.now().date();
    agree(w, now);
    until(w, "2026-12-02");
    w.centre.panel.set_fault(Fault::LoseReply, "3203", 1);
    assert_eq!(w.code(apply(w, from, "")), Code::CentreUnknown);
    assert_eq!(states(w, from), [S::Unknown]);
    period(w, from).applications[0].application.id.clone()
}

/// A payment that was entered; which.
pub fn paid(w: &World, from: &str) -> EntryId {
    enter(w, &entry(from, K::Paid, 10));
    period(w, from).entries[0].entry.id.clone()
}

/// Two settled, one paid back; what that claims of the fund.
pub fn november(w: &World) -> Fen {
    let mut people = w.residents();
    let visits = [0, 1, 2].map(|_| w.settled(people.next().unwrap(), &w.cold()));
    let batch = w.view(&visits[2]).batches[0].id.clone();
    w.app.reverse(&w.doctor, &batch, "开错药").unwrap();
    let of = |visit| {
        let batch = &w.view(visit).batches[0];
        batch.fund + batch.account
    };
    let claim = of(&visits[0]) + of(&visits[1]);
    assert!(claim > Fen::ZERO);
    claim
}

pub const FROM: &str = "2026-11-01";

#[test]
fn a_month_is_applied_for_and_what_becomes_of_it_adds_up() {
    for w in worlds("clearing_month") {
        let claim = november(&w);
        // Not while it lasts; and the days must agree.
        assert_eq!(w.code(apply(&w, FROM, "")), Code::PeriodOpen);
        assert_eq!(period(&w, FROM).to_apply, []);
        until(&w, "2026-12-02");
        assert_eq!(period(&w, FROM).not_green, [day("2026-11-24")]);
        let refusal = w.refused(apply(&w, FROM, ""));
        let differ = Refusal::at(Code::DaysDiffer, "reason").with("days", "2026-11-24");
        assert_eq!(refusal, differ);
        agree(&w, day("2026-11-24"));
        assert_eq!(period(&w, FROM).not_green, []);
        assert_eq!(owed(&w, FROM).claim.not_applied(), claim);
        w.wire.clear();
        apply(&w, FROM, "").unwrap();
        let sent = &w.wire.of("3203")[0].sent["input"]["data"];
        for (field, value) in [
            ("clr_type", "11"),
            ("clr_way", "01"),
            ("setlym", "202611"),
            ("begndate", "2026-11-01"),
            ("enddate", "2026-11-30"),
        ] {
            assert_eq!(sent[field], *value, "{field}");
        }
        assert_eq!(sent["psntime"].to_string(), "4", "a reversal is one more");
        assert_eq!(states(&w, FROM), [S::Applied]);
        assert!(
            !period(&w, FROM).applications[0]
                .application
                .event
                .is_empty()
        );
        assert_eq!(w.code(apply(&w, FROM, "")), Code::AppliedAlready);
        assert_eq!(w.wire.of("3203").len(), 1);
        assert_eq!(owed(&w, FROM).claim.in_review(), claim);
        as_the_office_says(&w, claim);
        w.prove();
    }
}

/// The office's statement, and a payment in it that was not.
fn as_the_office_says(w: &World, claim: Fen) {
    let whole = claim.0;
    enter(w, &entry(FROM, K::Recognised, whole - 50));
    enter(
        w,
        &ClearingForm {
            appeal_by: Some(day("2026-12-20")),
            reason: "超限定支付范围".to_owned(),
            ..entry(FROM, K::Deducted, 50)
        },
    );
    enter(w, &entry(FROM, K::Withheld, 20));
    enter(w, &entry(FROM, K::Advanced, 100));
    enter(w, &entry(FROM, K::Paid, whole - 200));
    let found = owed(w, FROM);
    assert_eq!(found.claim.in_review(), Fen::ZERO);
    assert_eq!(
        (found.claim.payable(), found.claim.withheld),
        (Fen(30), Fen(20))
    );
    assert_eq!(found.claim.owed(), Fen(50));
    assert!(!found.odd && !found.unknown);
    let appeals = w
        .app
        .clearing(&w.doctor, w.app.now().date())
        .unwrap()
        .appeals;
    assert_eq!(appeals.len(), 1);
    // A payment that was not: it is taken out, once.
    let wrong = period(w, FROM).entries[4].entry.id.clone();
    w.app
        .correct_clearing(&w.doctor, &wrong, "记到了别的月")
        .unwrap();
    assert_eq!(owed(w, FROM).claim.owed(), Fen(whole - 150));
    assert!(period(w, FROM).entries[4].taken_out);
    let again = w.app.correct_clearing(&w.doctor, &wrong, "再来");
    assert_eq!(w.code(again), Code::Changed);
    let out = period(w, FROM).entries[5].entry.id.clone();
    assert_eq!(
        w.code(w.app.correct_clearing(&w.doctor, &out, "x")),
        Code::WrongState
    );
}

#[test]
fn a_lost_application_is_never_sent_again() {
    for w in worlds("clearing_lost") {
        let claim = november(&w);
        let id = lost(&w, FROM);
        assert!(owed(&w, FROM).unknown);
        assert_eq!(
            owed(&w, FROM).claim.not_applied(),
            claim,
            "nobody knows that it is applied for"
        );
        assert_eq!(w.code(apply(&w, FROM, "")), Code::AppliedAlready);
        assert_eq!(period(&w, FROM).to_apply, []);
        // Nor by a restart.
        w.app.recover().unwrap();
        assert_eq!(w.wire.of("3203").len(), 1);
        // Somebody must have said it.
        let nobody = told(&w, &id, true, "  ");
        assert_eq!(
            w.refused(nobody),
            Refusal::at(Code::ReasonMissing, "told_by")
        );
        told(&w, &id, true, "县医保局结算科").unwrap();
        let row = newest(&w, FROM);
        assert_eq!(
            (row.state, row.said.as_str()),
            (S::Applied, "县医保局结算科")
        );
        assert_eq!(owed(&w, FROM).claim.in_review(), claim);
        assert_eq!(w.code(told(&w, &id, true, "别人")), Code::WrongState);
        w.prove();
    }
}

#[test]
fn what_the_office_does_not_have_is_applied_for_again() {
    for w in worlds("clearing_again") {
        november(&w);
        agree(&w, w.app.now().date());
        until(&w, "2026-12-02");
        // Refused, and a page of a proxy that the office never saw.
        w.centre.panel.set_fault(Fault::Refuse, "3203", 1);
        assert_eq!(w.code(apply(&w, FROM, "")), Code::CentreRefused);
        assert!(!period(&w, FROM).applications[0].application.said.is_empty());
        w.centre.panel.set_fault(Fault::Html, "3203", 1);
        assert_eq!(w.code(apply(&w, FROM, "")), Code::CentreUnknown);
        assert_eq!(states(&w, FROM), [S::Refused, S::Unknown]);
        let id = period(&w, FROM).applications[1].application.id.clone();
        told(&w, &id, false, "结算科").unwrap();
        w.centre.panel.set_down(true);
        assert_eq!(w.code(apply(&w, FROM, "")), Code::CentreDown);
        w.centre.panel.set_down(false);
        apply(&w, FROM, "").unwrap();
        assert_eq!(
            states(&w, FROM),
            [S::Refused, S::NotApplied, S::Refused, S::Applied]
        );
        w.prove();
    }
}

#[test]
fn a_power_cut_while_the_office_answers_leaves_it_unknown() {
    for w in worlds("clearing_cut") {
        november(&w);
        agree(&w, w.app.now().date());
        until(&w, "2026-12-02");
        let app = w.app.clone();
        // As if the program were started anew while the answer is on its way.
        w.wire.twist("3203", move |came| {
            assert_eq!(app.recover().unwrap(), 1, "the intent is committed");
            came
        });
        assert_eq!(w.code(apply(&w, FROM, "")), Code::Changed);
        assert_eq!(states(&w, FROM), [S::Unknown]);
        assert_eq!(w.wire.of("3203").len(), 1);
        w.prove();
    }
}

#[test]
fn days_that_do_not_agree_are_applied_for_with_a_reason() {
    for w in worlds("clearing_reason") {
        november(&w);
        until(&w, "2026-12-02");
        apply(&w, FROM, "11月24日停电，没有点钞").unwrap();
        let asked = &period(&w, FROM).applications[0];
        assert_eq!(asked.application.reason, "11月24日停电，没有点钞");
        assert_eq!(asked.by, "测试doctor");
        // What was shown is what is applied for.
        let form = ApplyForm {
            from: day("2026-12-01"),
            clearing_type: "11".to_owned(),
            claim: Fen(1),
            reason: String::new(),
        };
        w.settled(w.residents().nth(5).unwrap(), &w.cold());
        until(&w, "2027-01-03");
        let changed = w.app.apply_for_clearing(&w.doctor, &form);
        assert_eq!(w.code(changed), Code::SumChanged);
        let nothing = ApplyForm {
            clearing_type: "99".to_owned(),
            ..form
        };
        let nothing = w.app.apply_for_clearing(&w.doctor, &nothing);
        assert_eq!(w.code(nothing), Code::NothingToCharge);
        assert_eq!(w.wire.of("3203").len(), 1);
    }
}

#[test]
fn ten_days_are_a_period_where_the_region_says_so() {
    let setting = Setting {
        region: cunyi_gateway::region::DEMO.replace("period = \"month\"", "period = \"ten_days\""),
        ..Setting::default()
    };
    for w in worlds_of("clearing_ten", &setting) {
        november(&w);
        agree(&w, w.app.now().date());
        until(&w, "2026-12-01");
        let view = period(&w, "2026-11-25");
        assert_eq!(view.period.from, day("2026-11-21"));
        // A day in the middle begins no period.
        let refusal = w.refused(apply(&w, "2026-11-22", ""));
        assert_eq!(
            (refusal.code, refusal.field),
            (Code::BadText, Some("period"))
        );
        apply(&w, "2026-11-21", "").unwrap();
        let sent = &w.wire.of("3203")[0].sent["input"]["data"];
        assert_eq!(
            (&sent["begndate"], &sent["enddate"]),
            (&"2026-11-21".into(), &"2026-11-30".into())
        );
    }
}

type Bad = (ClearingForm, Code, &'static str);

fn with(change: fn(&mut ClearingForm), form: &ClearingForm) -> ClearingForm {
    let mut form = form.clone();
    change(&mut form);
    form
}

/// Each with why and in which field.
fn bad_entries(good: &ClearingForm, deducted: &ClearingForm) -> Vec<Bad> {
    vec![
        (with(|f| f.amount = Fen(0), good), Code::BadNumber, "amount"),
        (
            with(|f| f.amount = Fen(-1), good),
            Code::BadNumber,
            "amount",
        ),
        (
            with(|f| f.amount = Fen(1_000_000_001), good),
            Code::BadNumber,
            "amount",
        ),
        (
            with(|f| f.on = day("2026-11-25"), good),
            Code::BadText,
            "clearing_on",
        ),
        (
            with(|f| f.on = day("2026-10-31"), good),
            Code::BadText,
            "clearing_on",
        ),
        (
            with(|f| f.from = day("2026-11-02"), good),
            Code::BadText,
            "period",
        ),
        (
            with(|f| f.from = day("2026-12-01"), good),
            Code::BadText,
            "period",
        ),
        (
            with(|f| f.group.office = "1".to_owned(), good),
            Code::BadText,
            "clearing_group",
        ),
        (
            with(|f| f.reason = "字".repeat(201), good),
            Code::BadText,
            "reason",
        ),
        (
            with(|f| f.reason = " ".to_owned(), deducted),
            Code::ReasonMissing,
            "reason",
        ),
        (
            with(|f| f.appeal_by = Some(day("2026-11-23")), deducted),
            Code::BadText,
            "appeal_by",
        ),
        (
            with(|f| f.appeal_by = Some(day("2028-11-23")), deducted),
            Code::BadText,
            "appeal_by",
        ),
    ]
}

#[test]
fn what_cannot_be_entered_is_refused() {
    for w in worlds("clearing_entered") {
        november(&w);
        let good = ClearingForm {
            on: day("2026-11-24"),
            ..entry(FROM, K::Paid, 5)
        };
        let deducted = ClearingForm {
            kind: K::Deducted,
            reason: "超量".to_owned(),
            appeal_by: Some(day("2026-12-01")),
            ..good.clone()
        };
        for (form, code, field) in bad_entries(&good, &deducted) {
            let refusal = w.refused(w.app.enter_clearing(&w.doctor, &form));
            assert_eq!(
                (refusal.code, refusal.field),
                (code, Some(field)),
                "{form:?}"
            );
        }
        assert_eq!(period(&w, FROM).entries, []);
        enter(&w, &deducted);
        // More deducted than was applied for cannot be, and is said.
        assert!(owed(&w, FROM).odd);
        // Who may look may not enter.
        let auditor = actor(&w.app, "auditor");
        let view = w.app.clearing_period(&auditor, day(FROM)).unwrap();
        assert!(!view.may_clear && view.entries.len() == 1);
        assert_eq!(
            w.code(w.app.enter_clearing(&auditor, &good)),
            Code::Forbidden
        );
    }
}
