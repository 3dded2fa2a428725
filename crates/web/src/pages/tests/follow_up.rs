//! 随访: every state of a form's page, its paper, and the list of whom to call.

use askama::Template;
use cunyi_app::views::FollowUpForm;
use cunyi_domain::time::parse_date;
use cunyi_followup::{Problem, Referral, Said, Wrong};

use super::Pages;
use crate::chrome::Chrome;
use crate::pages::follow_up::{FollowUpPage, FollowUpPaper};
use crate::pages::follow_ups::FollowUpsPage;
use crate::samples;
use crate::words::Locale;

/// Everything that can be wrong with an answer.
fn wrong() -> Vec<Wrong> {
    let by = parse_date("2026-12-08").unwrap();
    let text = |text: &str| text.to_owned();
    vec![
        Wrong::Missing,
        Wrong::Unmeasured,
        Wrong::NoNumber { places: 1 },
        Wrong::OutOfRange {
            min: text("40"),
            max: text("300"),
        },
        Wrong::NoDate,
        Wrong::NoChoice,
        Wrong::NoneAndMore,
        Wrong::NoWords,
        Wrong::BadText { most: 200 },
        Wrong::NotAbove,
        Wrong::InFuture,
        Wrong::NotAfter,
        Wrong::TooLate { by },
    ]
}

pub(super) fn pages(c: &Chrome, pages: &mut Pages) {
    for id in ["hypertension", "diabetes"] {
        for recorded in [false, true] {
            let v = samples::follow_up(id, recorded);
            let judged = samples::judged(v.form);
            let typed = FollowUpForm {
                said: v.said.clone(),
                confirmed: true,
                reason: samples::HOSTILE.to_owned(),
            };
            let fields = v.form.fields.iter();
            let problem = |(field, wrong): (&cunyi_followup::Field, Wrong)| Problem {
                field: field.key.clone(),
                wrong,
            };
            let problems: Vec<Problem> = fields.zip(wrong()).map(problem).collect();
            let (c, v, typed) = (c, &v, &typed);
            let page = |problems, judged, problem: &str| FollowUpPage {
                c,
                v,
                typed,
                problems,
                judged,
                problem: problem.to_owned(),
            };
            pages.push(("follow-up", page(&[], None, "").render().unwrap()));
            pages.push((
                "follow-up-seen",
                page(&[], Some(&judged), "").render().unwrap(),
            ));
            pages.push((
                "follow-up-wrong",
                page(&problems, None, "!").render().unwrap(),
            ));
            let (chinese, printed_at) = (&c.chinese(), samples::now());
            let paper = FollowUpPaper {
                c: chinese,
                ui: c,
                v,
                printed_at,
            };
            pages.push(("follow-up-paper", paper.render().unwrap()));
        }
    }
    let (due, up_to) = (&samples::due(), c.now.date());
    let never = &samples::never_followed();
    let ended = &samples::ended();
    let page = FollowUpsPage {
        c,
        due,
        never,
        ended,
        up_to,
    };
    pages.push(("follow-ups", page.render().unwrap()));
}

#[test]
fn every_reason_and_referral_has_words() {
    for (locale, words) in [
        (Locale::Zh, "连续两次控制不满意"),
        (Locale::En, "not controlled twice running"),
    ] {
        let c = samples::chrome(locale);
        let v = samples::follow_up("hypertension", false);
        let mut judged = samples::judged(v.form);
        judged.verdict.referral = Referral::ALL.to_vec();
        judged.verdict.above_target = vec!["systolic".to_owned()];
        let typed = FollowUpForm {
            said: Said::new(),
            ..FollowUpForm::default()
        };
        let page = FollowUpPage {
            c: &c,
            v: &v,
            typed: &typed,
            problems: &[],
            judged: Some(&judged),
            problem: String::new(),
        };
        let html = page.render().unwrap();
        assert!(html.contains(words) && !html.contains('⟪'), "{html}");
        assert_eq!(page.referrals(&judged).len(), Referral::ALL.len());
        for said in page.referrals(&judged) {
            assert!(said.contains(' ') || !said.is_ascii(), "{said}");
        }
    }
}
