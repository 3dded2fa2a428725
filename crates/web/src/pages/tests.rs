//! Every page renders in every language, escapes what it shows, and has words for all of it.

use askama::Template;
use cunyi_app::SetupForm;
use cunyi_app::views::{IdentifyForm, PatientForm, RegisterForm, VisitView};
use cunyi_catalogue::{Catalogue, frequencies, routes};
use cunyi_domain::batch::BatchState;
use cunyi_domain::ids::VisitId;

use super::account::{LoginPage, SetupPage};
use super::desk::{IdentifiedPage, IdentifyPage, SelfPayPage, WaitingPage};
use super::drafts::{FeePanel, Problems, diagnosis_rows, rows};
use super::lists::{MessagesPage, StockPage, TodayPage};
use super::papers::{FeeListPage, PrescriptionPage, StatementPage};
use super::patients::{PatientPage, PatientsPage};
use super::workstation::{DraftPage, HomePage, Next, Notice, Queue, Settle, SignedPage};
use crate::WebOptions;
use crate::chrome::Chrome;
use crate::fault::FaultPage;
use crate::labels::GROUPS;
use crate::samples;
use crate::words::Locale;

type Pages = Vec<(&'static str, String)>;

fn notices() -> Vec<Notice> {
    let notice = |bad| Notice {
        bad,
        words: samples::HOSTILE.to_owned(),
    };
    vec![notice(true), notice(false)]
}

fn account(c: &Chrome, pages: &mut Pages) {
    let guest = Chrome {
        session: None,
        ..c.clone()
    };
    let options = WebOptions {
        demo_logins: vec![("liu".to_owned(), "qingshan".to_owned())],
        demo_hints: vec!["按 F2 快速接诊".to_owned()],
        ..WebOptions::default()
    };
    let problem = "!".to_owned();
    let login = LoginPage {
        c: &guest,
        options: &options,
        login: "liu",
        problem,
    };
    pages.push(("login", login.render().unwrap()));
    let setup = SetupPage {
        c: &guest,
        f: &SetupForm::default(),
        problem: String::new(),
    };
    pages.push(("setup", setup.render().unwrap()));
    let fault = FaultPage {
        c,
        words: samples::HOSTILE.to_owned(),
    };
    pages.push(("fault", fault.render().unwrap()));
}

fn desk(c: &Chrome, pages: &mut Pages) {
    let (f, problem) = (IdentifyForm::default(), "!".to_owned());
    pages.push((
        "identify",
        IdentifyPage { c, f: &f, problem }.render().unwrap(),
    ));
    let (i, f) = (samples::identified(), RegisterForm::default());
    let page = IdentifiedPage {
        c,
        i: &i,
        f: &f,
        problem: String::new(),
    };
    pages.push(("identified", page.render().unwrap()));
    pages.push(("waiting", WaitingPage { c }.render().unwrap()));
    let page = SelfPayPage {
        c,
        f: &PatientForm::default(),
        problem: String::new(),
    };
    pages.push(("self-pay", page.render().unwrap()));
}

fn draft(c: &Chrome, pages: &mut Pages) {
    let q = Queue::new(samples::queue(), VisitId::from("V13"));
    pages.push((
        "home",
        HomePage {
            c,
            q: &q,
            notices: notices(),
        }
        .render()
        .unwrap(),
    ));
    let (v, p, catalogue) = (samples::visit(&[]), samples::preview(), Catalogue::demo());
    let mut body = samples::draft();
    for (line, drug) in body.lines.iter_mut().zip(catalogue.drugs()) {
        line.code.clone_from(&drug.code);
    }
    let page = DraftPage {
        c,
        q: &q,
        v: &v,
        notices: notices(),
        body: &body,
        version: 3,
        rows: rows(&catalogue, &body),
        diagnoses: diagnosis_rows(&catalogue, &body),
        problems: Problems::new(c, &p.problems),
        p: &p,
        routes: routes(),
        frequencies: frequencies(),
    };
    let page = page.render().unwrap();
    assert!(page.contains(r#"name="lines.1.code""#) && page.contains(r#"name="lines.3.code""#));
    pages.push(("visit-draft", page));
    pages.push((
        "fee-panel",
        FeePanel {
            c,
            p: &p,
            body: &body,
        }
        .render()
        .unwrap(),
    ));
}

fn signed(c: &Chrome, v: &VisitView, running: bool) -> String {
    let q = Queue::new(samples::queue(), VisitId::from("V13"));
    let settle = Settle {
        batches: &v.batches,
    };
    SignedPage {
        c,
        q: &q,
        v,
        notices: vec![],
        settle,
        running,
    }
    .render()
    .unwrap()
}

fn follow(c: &Chrome, pages: &mut Pages) {
    use BatchState::{Draft, Presettled, Refused, Requested, Settled, Unknown};
    for (name, states) in [
        ("visit-frozen", &[Draft, Draft][..]),
        ("visit-presettled", &[Presettled, Presettled]),
        ("visit-requested", &[Settled, Requested]),
        ("visit-unknown", &[Settled, Unknown]),
        ("visit-refused", &[Settled, Refused]),
        ("visit-settled", &[Settled, Settled]),
    ] {
        pages.push((name, signed(c, &samples::visit(states), false)));
    }
    pages.push((
        "visit-running",
        signed(c, &samples::visit(&[Presettled]), true),
    ));
}

fn lists(c: &Chrome, pages: &mut Pages) {
    let (d, stock, messages) = (samples::day(), samples::stock(), samples::messages());
    let day = c.now.date();
    pages.push(("today", TodayPage { c, day, d: &d }.render().unwrap()));
    pages.push(("stock", StockPage { c, drugs: &stock }.render().unwrap()));
    let visit = VisitId::from("V13");
    let page = MessagesPage {
        c,
        visit: &visit,
        messages: &messages,
    };
    pages.push(("messages", page.render().unwrap()));
    let page = PatientsPage {
        c,
        query: samples::HOSTILE,
        hits: Some(samples::hits()),
    };
    pages.push(("patients", page.render().unwrap()));
    let p = samples::patient();
    let page = PatientPage {
        c,
        p: &p,
        f: &p.fields,
        groups: GROUPS,
        problem: "!".to_owned(),
    };
    pages.push(("patient", page.render().unwrap()));
}

fn papers(ui: &Chrome, pages: &mut Pages) {
    let c = &ui.chinese();
    let p = samples::paper(&[BatchState::Settled, BatchState::Settled]);
    pages.push((
        "prescription",
        PrescriptionPage::new(c, ui, &p).render().unwrap(),
    ));
    let settle = Settle {
        batches: &p.visit.batches,
    };
    let list = FeeListPage {
        c,
        ui,
        p: &p,
        settle,
    }
    .render()
    .unwrap();
    assert!(
        list.contains("叁拾伍元贰角") && list.contains("20.57"),
        "sums and capitals"
    );
    pages.push(("fee-list", list));
    for (name, state) in [
        ("statement", BatchState::Settled),
        ("statement-reversed", BatchState::Reversed),
        ("statement-open", BatchState::Presettled),
    ] {
        let s = samples::statement(state);
        pages.push((
            name,
            StatementPage {
                c,
                ui,
                p: &s.paper,
                s: &s,
            }
            .render()
            .unwrap(),
        ));
    }
}

fn every_page(locale: Locale) -> Pages {
    let c = samples::chrome(locale);
    let mut pages = Pages::new();
    account(&c, &mut pages);
    desk(&c, &mut pages);
    draft(&c, &mut pages);
    follow(&c, &mut pages);
    lists(&c, &mut pages);
    papers(&c, &mut pages);
    pages
}

#[test]
fn every_page_renders_in_every_language() {
    for locale in [Locale::Zh, Locale::En] {
        for (name, page) in every_page(locale) {
            let at = |what: &str| format!("{name} in {}: {what}", locale.tag());
            assert!(!page.contains('⟪'), "{}", at("a key without words"));
            assert!(!page.contains("{$"), "{}", at("an argument is missing"));
            assert!(!page.contains("<script>alert"), "{}", at("not escaped"));
            assert!(
                !page.contains(" style=") && !page.contains(" onclick="),
                "{}",
                at("inline")
            );
            if name != "fee-panel" {
                assert!(page.contains("<html lang="), "{}", at("no language"));
                assert!(page.contains(r#"id="main""#), "{}", at("no main"));
            }
        }
    }
}

#[test]
fn every_form_that_posts_carries_the_token() {
    for (name, page) in every_page(Locale::Zh) {
        for form in page.split("<form").skip(1) {
            let form = form.split("</form>").next().unwrap_or_default();
            let guest = form.contains(r#"action="/login""#) || form.contains(r#"action="/setup""#);
            let posts = form.contains(r#"method="post""#);
            assert!(
                !posts || guest || form.contains(r#"name="csrf" value="c5f""#),
                "{name}: {form}"
            );
        }
    }
}

#[test]
fn every_input_has_a_label() {
    for (name, page) in every_page(Locale::En) {
        for (place, _) in page.match_indices("<input") {
            let input = page[place..].split('>').next().unwrap_or_default();
            let before = &page[..place];
            let inside = before.rfind("<label") > before.rfind("</label>");
            let named = input.contains("aria-label=") || input.contains(r#"type="hidden""#);
            let by_id = input.contains(r#"id="find""#);
            assert!(inside || named || by_id, "{name}: {input}");
        }
    }
}

#[test]
fn no_place_of_a_name_is_an_address() {
    for (name, page) in every_page(Locale::Zh) {
        for link in page
            .split("href=\"")
            .skip(1)
            .map(|l| l.split('"').next().unwrap_or_default())
        {
            assert!(link.is_ascii() && !link.contains("alert"), "{name}: {link}");
        }
    }
}

#[test]
fn what_comes_next_follows_from_the_batches() {
    use BatchState::{Draft, Presettled, Refused, Requested, Reversed, Settled, Unknown};
    for (states, next) in [
        (&[Draft, Draft][..], Next::Presettle),
        (&[Presettled, Draft], Next::Presettle),
        (&[Presettled, Presettled], Next::Confirm),
        (&[Settled, Presettled], Next::Confirm),
        (&[Settled, Refused], Next::Presettle),
        (&[Settled, Requested], Next::Wait),
        (&[Unknown, Presettled], Next::Wait),
        (&[Settled, Settled], Next::HandOver),
        (&[Reversed, Reversed], Next::Nothing),
    ] {
        let v = samples::visit(states);
        let settle = Settle {
            batches: &v.batches,
        };
        assert_eq!(settle.next(false), next, "{states:?}");
    }
}

#[test]
fn an_unknown_settlement_is_never_shown_as_paid_or_to_be_paid() {
    let c = samples::chrome(Locale::Zh);
    let page = signed(&c, &samples::visit(&[BatchState::Unknown]), false);
    assert!(page.contains("结果未知，请勿重复收费"));
    assert!(
        !page.contains("/settle\"")
            && !page.contains("/hand-over\"")
            && !page.contains("/reverse\"")
    );
}

/// Writes the pages as files, to be looked at in a browser: `CUNYI_PAGES=/tmp/pages`.
#[test]
fn pages_can_be_looked_at() {
    let Some(folder) = std::env::var_os("CUNYI_PAGES").map(std::path::PathBuf::from) else {
        return;
    };
    for locale in [Locale::Zh, Locale::En] {
        for (name, page) in every_page(locale) {
            let page = page.replace("/assets/", concat!(env!("CARGO_MANIFEST_DIR"), "/assets/"));
            let page = page
                .replace(&hash("app.css"), "app.css")
                .replace(&hash("app.js"), "app.js");
            std::fs::write(folder.join(format!("{name}-{}.html", locale.tag())), page).unwrap();
        }
    }
}

fn hash(file: &str) -> String {
    crate::assets::url(file)
        .trim_start_matches("/assets/")
        .to_owned()
}
