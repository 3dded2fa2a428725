//! Every page renders in every language, escapes what it shows, and has words for all of it.

mod clearing;
mod computer;
mod follow_up;
mod papers;
mod reconcile;
mod registers;
mod settlement;

use askama::Template;
use cunyi_app::views::{IdentifyForm, PatientForm, PatientView, RegisterForm, VisitView};
use cunyi_app::{Layout, NewUser, SetupForm};
use cunyi_catalogue::{Catalogue, ServiceRole, frequencies, routes};
use cunyi_domain::batch::BatchState;
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::{Prescription, RegistrationState, VisitState};
use cunyi_domain::money::Fen;
use cunyi_store::reference::Role;

use super::account::{LoginPage, PasswordPage, SetupPage};
use super::clinic::ClinicPage;
use super::desk::{IdentifiedPage, IdentifyPage, SelfPayPage, WaitingPage};
use super::drafts::{FeePanel, Problems, begun, diagnosis_rows, rows};
use super::layouts::{LayoutsPage, Refused};
use super::lists::{AccessesPage, MessagesPage, StockPage, TodayPage};
use super::patients::{PatientPage, PatientsPage, charts};
use super::policies::{PoliciesPage, Typed};
use super::queue::DisplayPage;
use super::refund::{RefundPage, Typed as RefundTyped};
use super::reports::{ReportPaper, shown};
use super::settling::{Next, Settle};
use super::templates::TemplatesPage;
use super::uploads::UploadsPage;
use super::users::UsersPage;
use super::workstation::{DraftPage, HomePage, Notice, Queue, SignedPage};
use crate::WebOptions;
use crate::chrome::Chrome;
use crate::fault::FaultPage;
use crate::labels::GROUPS;
use crate::layout::model::fee_list::shared;
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
        demo_logins: vec![["liu", "qingshan", "doctor"].map(str::to_owned).into()],
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
        typed: &[("主诉".to_owned(), samples::HOSTILE.to_owned())],
    };
    pages.push(("fault", fault.render().unwrap()));
}

fn desk(c: &Chrome, pages: &mut Pages) {
    let q = &Queue::new(samples::queue(), VisitId::default());
    let (f, problem) = (&IdentifyForm::default(), "!".to_owned());
    let page = IdentifyPage { c, q, f, problem };
    pages.push(("identify", page.render().unwrap()));
    let (i, f) = (samples::identified(), RegisterForm::default());
    let page = IdentifiedPage {
        c,
        q,
        i: &i,
        f: &f,
        problem: String::new(),
    };
    pages.push(("identified", page.render().unwrap()));
    pages.push(("waiting", WaitingPage { c, q }.render().unwrap()));
    let with = RegisterForm::default();
    let page = SelfPayPage {
        c,
        q,
        with: &with,
        doctors: &samples::doctors(),
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
            courses: &samples::courses_due(),
            notices: notices(),
        }
        .render()
        .unwrap(),
    ));
    pages.push(("display", DisplayPage { c, q: &q }.render().unwrap()));
    let page = draft_of(c, &samples::visit(&[]));
    assert!(page.contains(r#"name="lines.1.code""#) && page.contains(r#"name="lines.3.code""#));
    pages.push(("visit-draft", page));
    let (p, body) = (samples::preview(), samples::draft());
    pages.push((
        "fee-panel",
        FeePanel {
            c,
            p: &p,
            body: &body,
            visit: &VisitId::from("V13"),
        }
        .render()
        .unwrap(),
    ));
}

fn draft_of(c: &Chrome, v: &VisitView) -> String {
    let (p, catalogue) = (samples::preview(), Catalogue::demo());
    let mut body = samples::draft();
    for (line, drug) in body.lines.iter_mut().zip(catalogue.drugs()) {
        line.code.clone_from(&drug.code);
    }
    DraftPage {
        c,
        q: &Queue::new(samples::queue(), VisitId::from("V13")),
        v,
        notices: notices(),
        body: &body,
        version: 3,
        rows: rows(&catalogue, &body),
        diagnoses: diagnosis_rows(&catalogue, &body),
        problems: Problems::new(c, &p.problems),
        p: &p,
        templates: samples::templates(),
        template_name: samples::HOSTILE.to_owned(),
        prescriptions: Prescription::ALL.to_vec(),
        routes: routes(),
        frequencies: frequencies(),
    }
    .render()
    .unwrap()
}

fn signed(c: &Chrome, v: &VisitView, running: bool) -> String {
    let q = Queue::new(samples::queue(), VisitId::from("V13"));
    let settle = Settle::of(v);
    SignedPage {
        c,
        q: &q,
        v,
        notices: vec![],
        settle,
        running,
        typed: None,
        catalogue: &Catalogue::demo(),
    }
    .render()
    .unwrap()
}

fn follow(c: &Chrome, pages: &mut Pages) {
    use BatchState::{Draft, Presettled, Refused, Requested, Reversed, Settled, Unknown};
    for (name, states) in [
        ("visit-frozen", &[Draft, Draft][..]),
        ("visit-presettled", &[Presettled, Presettled]),
        ("visit-requested", &[Settled, Requested]),
        ("visit-unknown", &[Settled, Unknown]),
        ("visit-refused", &[Settled, Refused]),
        ("visit-settled", &[Settled, Settled]),
        ("visit-half-reversed", &[Settled, Reversed]),
        ("visit-reversed", &[Reversed, Reversed]),
    ] {
        pages.push((name, signed(c, &samples::visit(states), false)));
    }
    for r in samples::refunds() {
        let page = RefundPage {
            c,
            r: &r,
            typed: &RefundTyped {
                lines: vec![("F1".to_owned(), samples::HOSTILE.to_owned(), String::new())],
                reason: samples::HOSTILE.to_owned(),
                certificate: String::new(),
            },
            problem: "!".to_owned(),
        };
        pages.push(("refund", page.render().unwrap()));
    }
    let mut rest = samples::visit(&[Reversed, Refused]);
    rest.batches[1].rest_of = Some(1);
    pages.push(("visit-rest", signed(c, &rest, false)));
    pages.push((
        "visit-running",
        signed(c, &samples::visit(&[Presettled]), true),
    ));
}

fn sums(c: &Chrome, pages: &mut Pages) {
    let page = TemplatesPage {
        c,
        templates: &samples::templates(),
        catalogue: &Catalogue::demo(),
        done: samples::HOSTILE.to_owned(),
        problem: samples::HOSTILE.to_owned(),
        file: samples::HOSTILE.to_owned(),
    };
    pages.push(("templates", page.render().unwrap()));
    let report = samples::report();
    pages.push(("report", shown(c, &report).render().unwrap()));
    let paper = ReportPaper {
        c,
        ui: c,
        v: &report,
        printed_at: samples::now(),
    };
    pages.push(("report-paper", paper.render().unwrap()));
    registers::registers(c, pages);
}

fn lists(c: &Chrome, pages: &mut Pages) {
    let (d, stock, messages) = (samples::day(), samples::stock(), samples::messages());
    let day = c.now.date();
    pages.push(("today", TodayPage { c, day, d: &d }.render().unwrap()));
    let page = UploadsPage {
        c,
        uploads: &samples::uploads(),
        problem: "!".to_owned(),
    };
    pages.push(("uploads", page.render().unwrap()));
    pages.push(("stock", StockPage { c, drugs: &stock }.render().unwrap()));
    let users = samples::users();
    let page = UsersPage {
        c,
        users: &users,
        f: &NewUser::default(),
        roles: crate::labels::ROLES,
        clinic: &[],
        problem: "!".to_owned(),
        done: "!".to_owned(),
    };
    pages.push(("users", page.render().unwrap()));
    let page = PasswordPage {
        c,
        problem: "!".to_owned(),
        done: true,
    };
    pages.push(("password", page.render().unwrap()));
    let policies = samples::policies();
    let page = PoliciesPage {
        c,
        policies: &policies,
        f: &Typed::default(),
        problem: "!".to_owned(),
    };
    pages.push(("policies", page.render().unwrap()));
    let visit = VisitId::from("V13");
    let page = MessagesPage {
        c,
        visit: &visit,
        messages: &messages,
    };
    pages.push(("messages", page.render().unwrap()));
    let log = samples::accesses();
    let page = AccessesPage { c, log: &log };
    pages.push(("accesses", page.render().unwrap()));
    let page = PatientsPage {
        c,
        query: samples::HOSTILE,
        hits: Some(samples::hits()),
    };
    pages.push(("patients", page.render().unwrap()));
    patient(c, pages);
}

/// Who is not called any more, and who is to be called no more.
fn patient(c: &Chrome, pages: &mut Pages) {
    let p = samples::patient();
    let page = PatientPage {
        c,
        p: &p,
        f: &p.fields,
        groups: GROUPS,
        corrects: true,
        end: None,
        problem: "!".to_owned(),
        charts: charts(c, &[samples::past(), samples::past()]),
    };
    pages.push(("patient", page.render().unwrap()));
    let called = PatientView {
        ended: None,
        ..samples::patient()
    };
    let page = PatientPage {
        p: &called,
        corrects: false,
        end: Some(samples::end_form()),
        charts: vec![],
        ..page
    };
    pages.push(("patient-end", page.render().unwrap()));
}

fn clinic(c: &Chrome, pages: &mut Pages) {
    let page = ClinicPage {
        c,
        v: &samples::clinic(),
        f: samples::clinic().data,
        problem: samples::HOSTILE.to_owned(),
        done: true,
    };
    pages.push(("clinic", page.render().unwrap()));
}

fn layouts(c: &Chrome, pages: &mut Pages) {
    let page = LayoutsPage {
        c,
        layouts: &samples::layouts(),
        refused: Some(Refused {
            layout: Layout::FeeList,
            text: samples::HOSTILE.to_owned(),
            problem: samples::HOSTILE.to_owned(),
        }),
    };
    pages.push(("layouts", page.render().unwrap()));
}

fn every_page(locale: Locale) -> Pages {
    every_page_of(&samples::chrome(locale))
}

fn every_page_of(c: &Chrome) -> Pages {
    let mut pages = Pages::new();
    account(c, &mut pages);
    desk(c, &mut pages);
    draft(c, &mut pages);
    follow(c, &mut pages);
    lists(c, &mut pages);
    clinic(c, &mut pages);
    layouts(c, &mut pages);
    sums(c, &mut pages);
    computer::pages(c, &mut pages);
    reconcile::pages(c, &mut pages);
    clearing::pages(c, &mut pages);
    follow_up::pages(c, &mut pages);
    papers::pages(c, &mut pages);
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
fn what_a_visit_begins_with_stands_below_the_free_rows() {
    let lists = Catalogue::demo();
    let mut services = lists.services().iter();
    let found = services.find(|one| one.role == ServiceRole::General);
    let line = cunyi_app::views::DraftLine {
        code: found.unwrap().code.clone(),
        ..Default::default()
    };
    let rows = begun(&lists, &line);
    let said = rows
        .iter()
        .map(|row| (row.place, row.proposed, row.service));
    let free = |place| (place, false, false);
    assert_eq!(
        said.collect::<Vec<_>>(),
        [free(0), free(1), (2, true, true)]
    );
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
fn a_page_offers_only_what_the_role_may_do() {
    use BatchState::{Draft, Settled};
    let page = |role, states: &[BatchState]| {
        let mut c = samples::chrome(Locale::Zh);
        c.session.as_mut().unwrap().actor.role = role;
        signed(&c, &samples::visit(states), false)
    };
    let doctor = page(Role::Doctor, &[Draft]);
    assert!(doctor.contains("/presettle\"") && doctor.contains("/void\""));
    let pharmacist = page(Role::Pharmacist, &[Draft]);
    assert!(!pharmacist.contains("/presettle\"") && !pharmacist.contains("/void\""));
    assert!(pharmacist.contains("这一步由医生或药师"));
    assert!(page(Role::Pharmacist, &[Settled]).contains("/hand-over\""));
    let township = page(Role::Township, &[Settled]);
    for gone in ["/hand-over\"", "/reverse\"", "/move\"", "/messages\""] {
        assert!(!township.contains(gone), "{gone}");
    }
}

#[test]
fn a_batchs_account_and_cash_are_shared_out_to_the_fen() {
    let lines = samples::charges();
    let lines: Vec<_> = lines.iter().filter(|l| l.batch == 1).collect();
    let mut batch = samples::batch(1, BatchState::Settled);
    for account in 0..=863 {
        (batch.account, batch.cash) = (Fen(account), Fen(863 - account));
        let shares = shared(&batch, lines.clone());
        for s in &shares {
            assert_eq!(s.line.fund + s.account + s.cash, s.line.amount);
            assert!(s.account >= Fen::ZERO && s.cash >= Fen::ZERO);
        }
        assert_eq!(shares.iter().map(|s| s.account).sum::<Fen>(), batch.account);
        assert_eq!(shares.iter().map(|s| s.cash).sum::<Fen>(), batch.cash);
    }
    // What the hospital bears is nobody's account and nobody's cash.
    (batch.account, batch.cash) = (Fen(100), Fen(700));
    let shares = shared(&batch, lines);
    assert_eq!(shares.iter().map(|s| s.account).sum::<Fen>(), Fen(100));
    assert_eq!(shares.iter().map(|s| s.cash).sum::<Fen>(), Fen(700));
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
