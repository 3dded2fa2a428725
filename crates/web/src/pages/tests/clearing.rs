//! 清算: every state of an application and every kind of entry has its words; a clinic under a township's
//! code sees what it has settled and no more.

use askama::Template;
use cunyi_app::views::{
    AppealView, ApplicationView, ClearingView, EntryView, OwedView, PeriodView,
};
use cunyi_domain::clearing::{Asked, Claim, ClearingState, Every, Period};
use cunyi_domain::ledger::{Clearing, ClearingEntry, ClearingKind};
use cunyi_domain::money::Fen;
use cunyi_domain::reconcile::Group;
use cunyi_domain::time::civil::Date;
use cunyi_domain::time::parse_date;

use super::Pages;
use crate::chrome::Chrome;
use crate::pages::clearing::{ClearingPage, ClearingPaper, PeriodPage, Typed, value_of};
use crate::samples;
use crate::words::Locale;

fn day(text: &str) -> Date {
    parse_date(text).unwrap()
}

fn period() -> Period {
    Every::Month.around(day("2026-10-09"))
}

const CLAIM: Claim = Claim {
    settled: Fen(101_000),
    applied: Fen(100_000),
    recognised: Fen(95_000),
    deducted: Fen(2_000),
    withheld: Fen(5_000),
    advanced: Fen(20_000),
    paid: Fen(60_000),
};

const ASKED: Asked = Asked {
    count: 3,
    total: Fen(150_000),
    fund: Fen(90_000),
    account: Fen(10_000),
    cash: Fen(50_000),
};

fn group() -> Group {
    Group {
        scheme: "390".to_owned(),
        clearing_type: "11".to_owned(),
        office: "990001".to_owned(),
    }
}

fn entry(kind: ClearingKind, appeal_by: Option<Date>) -> EntryView {
    EntryView {
        entry: ClearingEntry {
            clinic: "C".into(),
            id: "E1".into(),
            from_day: period().from,
            to_day: period().to,
            scheme: "390".to_owned(),
            clearing_type: "11".to_owned(),
            office: "990001".to_owned(),
            kind,
            amount: Fen(40),
            on_day: day("2026-11-20"),
            appeal_by,
            reason: samples::HOSTILE.to_owned(),
            reverses: None,
            about: None,
            entered_at: samples::now(),
            actor: "U".into(),
        },
        by: samples::HOSTILE.to_owned(),
        taken_out: false,
        appeal: None,
    }
}

/// A deduction with what became of it.
fn deduction(appeal_by: &str, appeal: AppealView) -> EntryView {
    EntryView {
        appeal: Some(appeal),
        ..entry(ClearingKind::Deducted, Some(day(appeal_by)))
    }
}

const WAITS: AppealView = AppealView {
    by: None,
    outcome: None,
    late: false,
    open: true,
};

fn appealed() -> AppealView {
    let by = entry(ClearingKind::Appealed, None).entry;
    AppealView {
        by: Some((by, samples::HOSTILE.to_owned())),
        open: false,
        ..WAITS
    }
}

fn late() -> AppealView {
    AppealView {
        late: true,
        open: false,
        ..WAITS
    }
}

fn list(answers: bool) -> ClearingView {
    let owed = |claim: Claim, unknown| OwedView {
        period: period(),
        odd: claim.odd(),
        claim,
        unknown,
    };
    let odd = Claim {
        paid: Fen(96_000),
        ..CLAIM
    };
    let appeals = vec![
        deduction("2026-11-20", late()),
        deduction("2026-11-30", WAITS),
        deduction("2026-11-20", appealed()),
    ];
    ClearingView {
        today: samples::now().date(),
        institution: samples::HOSTILE.to_owned(),
        total: CLAIM,
        periods: vec![owed(CLAIM, true), owed(odd, false)],
        appeals: if answers { appeals } else { vec![] },
        earlier: Some(day("2025-11-30")),
        answers,
    }
}

fn application(state: ClearingState) -> ApplicationView {
    ApplicationView {
        application: Clearing {
            clinic: "C".into(),
            id: "A1".into(),
            from_day: period().from,
            to_day: period().to,
            clearing_type: "11".to_owned(),
            state,
            message: samples::HOSTILE.to_owned(),
            event: samples::HOSTILE.to_owned(),
            said: samples::HOSTILE.to_owned(),
            reason: samples::HOSTILE.to_owned(),
            applied_at: samples::now(),
            actor: "U".into(),
            withdrawal: samples::HOSTILE.to_owned(),
            withdrawal_reason: samples::HOSTILE.to_owned(),
            withdrawn_at: Some(samples::now()),
            withdrawn_by: Some("U".into()),
        },
        asked: ASKED,
        by: samples::HOSTILE.to_owned(),
        withdrawn_by: samples::HOSTILE.to_owned(),
        answered: false,
    }
}

fn one(answers: bool) -> PeriodView {
    let kinds = ClearingKind::ALL.iter().map(|kind| entry(*kind, None));
    let decided = AppealView {
        outcome: Some((ClearingKind::Restored, Fen(40))),
        ..appealed()
    };
    let deductions = [WAITS, late(), appealed(), decided];
    let deductions = deductions.map(|appeal| deduction("2026-11-30", appeal));
    PeriodView {
        period: period(),
        today: samples::now().date(),
        total: CLAIM,
        groups: vec![(group(), CLAIM)],
        clinics: vec![(samples::HOSTILE.to_owned(), ASKED)],
        applications: ClearingState::ALL
            .iter()
            .copied()
            .map(application)
            .collect(),
        to_apply: vec![("11".to_owned(), ASKED)],
        not_green: vec![day("2026-10-09")],
        entries: kinds.chain(deductions).collect(),
        choices: vec![group()],
        answers,
        may_clear: answers,
    }
}

fn period_page(c: &Chrome, v: &PeriodView, running: bool) -> String {
    let f = Typed {
        group: value_of(&group()),
        kind: "paid".to_owned(),
        reason: samples::HOSTILE.to_owned(),
        ..Typed::default()
    };
    let page = PeriodPage {
        c,
        v,
        f: &f,
        problem: String::new(),
        running,
    };
    page.render().unwrap()
}

fn paper(c: &Chrome, v: &ClearingView) -> String {
    let page = ClearingPaper {
        c: &c.chinese(),
        ui: c,
        v,
        printed_at: samples::now(),
    };
    page.render().unwrap()
}

pub(super) fn pages(c: &Chrome, pages: &mut Pages) {
    for (name, answers) in [("clearing", true), ("clearing-own", false)] {
        let v = list(answers);
        pages.push((name, ClearingPage { c, v: &v }.render().unwrap()));
        pages.push(("clearing-paper", paper(c, &v)));
        pages.push(("clearing-period", period_page(c, &one(answers), false)));
    }
    pages.push(("clearing-running", period_page(c, &one(true), true)));
}

#[test]
fn what_is_owed_and_its_parts_stand_on_the_page() {
    let c = &samples::chrome(Locale::Zh);
    let v = list(true);
    let page = ClearingPage { c, v: &v }.render().unwrap();
    // 1010 − 20 − 200 − 600 = 10 + 30 + 100 + 50
    for sum in ["190.00", "10.00", "30.00", "100.00", "50.00"] {
        assert!(page.contains(&format!("<dd>{sum}</dd>")), "{sum}");
    }
    assert_eq!(
        page.matches("已过期").count(),
        1,
        "one can still be appealed against, one was"
    );
    assert!(page.contains("未申诉") && page.contains("已申诉 2026-11-20"));
}

#[test]
fn an_application_whose_answer_is_lost_is_decided_and_nothing_else_is() {
    let c = &samples::chrome(Locale::Zh);
    let page = period_page(c, &one(true), false);
    // The 3203 and the 3204 that are lost, and what the office may have sent back.
    assert_eq!(page.matches("value=\"there\"").count(), 2);
    assert_eq!(page.matches("value=\"none\"").count(), 3);
    assert_eq!(page.matches("name=\"clearing_event\"").count(), 1);
    let running = period_page(c, &one(true), true);
    assert!(!running.contains("<form method=\"post\" action=\"/clearing"));
}

#[test]
fn an_application_is_taken_back_where_the_office_has_not_answered() {
    let c = &samples::chrome(Locale::Zh);
    let page = |change: fn(&mut ApplicationView)| {
        let mut v = one(true);
        v.applications.iter_mut().for_each(change);
        period_page(c, &v, false)
    };
    let offers = |page: &str| page.matches("action=\"/clearing/withdraw\"").count();
    assert_eq!(offers(&page(|_| {})), 1, "of what is applied for alone");
    let answered = page(|of| of.answered = true);
    assert_eq!(offers(&answered), 0);
    assert!(answered.contains("已有答复"));
    let nameless = page(|of| of.application.event.clear());
    assert_eq!(offers(&nameless), 0);
    assert!(nameless.contains("请经办机构撤销"));
}

#[test]
fn a_deduction_is_appealed_against_in_time_and_its_appeal_decided_once() {
    let c = &samples::chrome(Locale::Zh);
    let page = period_page(c, &one(true), false);
    let buttons = |kind: &str| {
        let button = format!("<button name=\"clearing_kind\" value=\"{kind}\"");
        page.matches(&button).count()
    };
    assert_eq!(["appealed", "restored", "confirmed"].map(buttons), [1; 3]);
    assert!(page.contains("申诉返还 0.40"), "how it ended");
    // The form of a new entry has none of them.
    assert!(!page.contains("<option value=\"appealed\""));
    assert_eq!(page.matches("<option value=\"paid\"").count(), 1);
}

#[test]
fn a_clinic_under_a_townships_code_sees_its_own_sums() {
    let c = &samples::chrome(Locale::Zh);
    let v = list(false);
    for page in [
        ClearingPage { c, v: &v }.render().unwrap(),
        paper(c, &v),
        period_page(c, &one(false), false),
    ] {
        assert!(page.contains("1010.00"), "what it has settled");
        assert!(!page.contains("600.00"), "what was paid to all of them");
    }
}
