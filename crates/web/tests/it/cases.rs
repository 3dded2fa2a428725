//! A valid request for each route, made on a visit that stands where the route needs it: what is
//! asked would be done, so a refusal can only come from who asks.

use cunyi_app::views::{DraftBody, TemplateForm, WhyForm};
use cunyi_app::{Actor, NewLot};
use cunyi_centre::faults::Fault;
use cunyi_domain::ids::{PatientId, TemplateId, VisitId};
use cunyi_domain::ledger::{Method, VisitState};
use cunyi_domain::money::{Quantity, UnitPrice};
use cunyi_domain::reconcile::Action;
use cunyi_domain::time::parse_date;

use crate::house::{Ask, House};
use crate::world::{PASSWORD, actor};
use crate::{claims, courses, identified, policies, receipts};

/// Whose records an answer may tell of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// One record, by its id in the address.
    Record,
    /// What a clinic has.
    List,
    /// Something new, or nobody.
    New,
}

pub struct Case {
    pub route: (&'static str, &'static str),
    pub about: About,
    /// Asked for this user; the request is good once.
    pub ask: fn(&House, &Actor) -> Ask,
}

macro_rules! cases {
    ($($method:ident $path:literal $about:ident |$house:ident, $actor:ident| $ask:expr;)+) => {
        /// In the order of the routes.
        pub const CASES: &[Case] = &[$(Case {
            route: (stringify!($method), $path),
            about: About::$about,
            ask: |$house, $actor| $ask,
        },)+];
    };
}

cases! {
    get "/assets/{file}" New |_h, _by| get(cunyi_web::asset("app.css"));
    get "/login" New |_h, _by| get("/login");
    post "/login" New |_h, _by| post("/login", &[("login", "doctor"), ("password", PASSWORD)]);
    post "/logout" New |_h, _by| post("/logout", &[]);
    post "/locale" New |_h, _by| post("/locale", &[("locale", "zh-CN"), ("back", "/today")]);
    post "/type" New |_h, _by| post("/type", &[("large", "1"), ("back", "/today")]);
    get "/computer" New |_h, _by| get("/computer");
    post "/computer" New |_h, _by| post("/computer", &[("key.F8", "F9"), ("roll.receipt", "on")]);
    get "/password" New |_h, _by| get("/password");
    post "/password" New |_h, _by| post("/password", &[
        ("old", PASSWORD), ("password", PASSWORD), ("again", PASSWORD),
    ]);
    get "/setup" New |_h, _by| get("/setup");
    post "/setup" New |_h, _by| post("/setup", &[("clinic_name", "又一家")]);
    get "/identify" New |_h, _by| get("/identify");
    post "/identify" New |h, _by| {
        let number = h.villager().id_number;
        post("/identify", &[("certificate", "02"), ("number", &number), ("source", "typed")])
    };
    post "/find" New |h, _by| {
        let number = h.villager().id_number;
        post("/find", &[("query", &number), ("source", "reader")])
    };
    get "/identify/wait" New |_h, _by| get("/identify/wait");
    post "/register" Record |h, by| {
        let handle = identified::handle(h, by);
        post("/register", &[("handle", &handle), ("then", "see")])
    };
    get "/self-pay" New |_h, _by| get("/self-pay");
    post "/self-pay" New |_h, _by| post("/self-pay", &NEWBORN);
    get "/" List |h, _by| { registered(h); get("/") };
    get "/display" List |h, _by| { registered(h); get("/display") };
    get "/visits/{id}" Record |h, _by| of_visit("get", &frozen(h), "");
    post "/visits/{id}/draft" Record |h, _by| typed(h, &registered(h), "/draft");
    post "/visits/{id}/preview" Record |h, _by| typed(h, &registered(h), "/preview");
    post "/visits/{id}/clear" Record |h, _by| typed(h, &registered(h), "/clear");
    post "/visits/{id}/as-last-time" Record |h, _by| {
        let person = h.villager();
        h.w.settled(&person, &draft(h));
        typed(h, &h.w.register(&person), "/as-last-time")
    };
    post "/visits/{id}/freeze" Record |h, _by| typed(h, &registered(h), "/freeze");
    post "/api/visits/{id}/draft" Record |h, _by| {
        let ask = typed(h, &registered(h), "/draft");
        Ask { path: format!("/api{}", ask.path), ..ask }
    };
    get "/api/search/items" New |_h, _by| get("/api/search/items?q=gml");
    get "/api/search/diagnoses" New |_h, _by| get("/api/search/diagnoses?q=gxy");
    get "/api/search/templates" New |_h, _by| get("/api/search/templates?q=gm");
    get "/templates" New |h, _by| { template(h); get("/templates") };
    get "/templates/file" New |_h, _by| get("/templates/file");
    post "/templates/file" New |_h, _by| post("/templates/file", &[("template_file", TEMPLATES)]);
    post "/templates/{id}/drop" Record |h, _by| post(&format!("/templates/{}/drop", template(h)), &[]);
    post "/visits/{id}/with-template" Record |h, _by| {
        let mut ask = typed(h, &registered(h), "/with-template");
        ask.form.push(("template".to_owned(), template(h).0));
        ask
    };
    post "/visits/{id}/save-template" Record |h, _by| {
        let mut ask = typed(h, &registered(h), "/save-template");
        ask.form.push(("template_name".to_owned(), "感冒".to_owned()));
        ask
    };
    post "/visits/{id}/skin-test" Record |h, _by| {
        let mut ask = typed(h, &registered(h), "/skin-test");
        ask.form.push(("skin_test".to_owned(), "XJ01CE-138".to_owned()));
        ask
    };
    post "/visits/{id}/continue-course" Record |h, _by| courses::go_on(h);
    post "/visits/{id}/courses/{course}/stop" Record |h, _by| courses::stop(h);
    post "/visits/{id}/skin-tests/{test}" Record |h, _by| {
        let visit = registered(h);
        h.w.app.order_skin_test(&h.w.doctor, &visit, "XJ01CE-138").expect("ordered");
        h.w.clock.advance(cunyi_app::SKIN_TEST_MINUTES * 60);
        let test = &h.w.app.visit(&h.w.doctor, &visit).expect("seen").skin_tests[0].id;
        let ask = of_visit("post", &visit, &format!("/skin-tests/{test}"));
        Ask { form: form(&[("result", "negative")]), ..ask }
    };
    post "/visits/{id}/move" Record |h, _by| {
        Ask { form: form(&[("to", "cancelled")]), ..of_visit("post", &registered(h), "/move") }
    };
    post "/visits/{id}/retry-registration" Record |h, _by| of_visit("post", &unregistered(h), "/retry-registration");
    post "/visits/{id}/self-pay" Record |h, _by| of_visit("post", &unregistered(h), "/self-pay");
    post "/visits/{id}/voucher" Record |h, _by| {
        let (visit, code) = identified::by_voucher(h);
        Ask { form: form(&[("number", &code)]), ..of_visit("post", &visit, "/voucher") }
    };
    post "/visits/{id}/insure" Record |h, _by| {
        let visit = paid_herself(h);
        let patient = h.w.view(&visit).patient.patient;
        let patient = h.w.app.patient(&h.w.doctor, &patient).expect("her page");
        let number = patient.fields.id_number;
        let shown = [("certificate", "02"), ("number", &number)];
        Ask { form: form(&shown), ..of_visit("post", &visit, "/insure") }
    };
    post "/visits/{id}/presettle" Record |h, _by| of_visit("post", &frozen(h), "/presettle");
    post "/visits/{id}/account" Record |h, _by| {
        let visit = h.w.presettled(&h.employee(), &draft(h));
        Ask { form: form(&[("keeps", "yes")]), ..of_visit("post", &visit, "/account") }
    };
    post "/visits/{id}/resolve" Record |h, _by| of_visit("post", &lost(h), "/resolve");
    post "/visits/{id}/take-back" Record |h, _by| of_visit("post", &frozen(h), "/take-back");
    post "/visits/{id}/prescription" Record |h, _by| of_visit("post", &frozen(h), "/prescription");
    post "/visits/{id}/void" Record |h, _by| {
        let visit = frozen(h);
        h.w.app.print_prescription(&h.w.doctor, &visit, &WhyForm::default()).expect("printed");
        Ask { form: form(&[("why", "mistake")]), ..of_visit("post", &visit, "/void") }
    };
    post "/visits/{id}/settle" Record |h, _by| {
        let visit = h.w.presettled(&h.villager(), &draft(h));
        let batch = &h.w.view(&visit).batches[0];
        let shown = [("batch.0", batch.id.as_str()), ("cash.0", &batch.cash.to_string())];
        Ask { form: form(&shown), ..of_visit("post", &visit, "/settle") }
    };
    post "/visits/{id}/hand-over" Record |h, _by| of_visit("post", &settled(h), "/hand-over");
    post "/visits/{id}/hand-over-against" Record |h, _by| {
        let deposit = [("deposit", "20.00"), ("method", "cash")];
        Ask { form: form(&deposit), ..of_visit("post", &lost(h), "/hand-over-against") }
    };
    post "/visits/{id}/even-out" Record |h, _by| {
        let visit = lost(h);
        h.w.app.resolve(&h.w.doctor, &visit).expect("found");
        let cash = h.w.view(&visit).batches[0].cash.to_string();
        Ask { form: form(&[("amount", &cash), ("method", "qr")]), ..of_visit("post", &visit, "/even-out") }
    };
    post "/charges/{id}/trace" Record |h, _by| {
        let visit = frozen(h);
        let line = &h.w.view(&visit).charges[0].id;
        let scanned = [("visit", visit.as_str()), ("trace_codes", line.as_str())];
        post(&format!("/charges/{line}/trace"), &scanned)
    };
    post "/batches/{id}/drop" Record |h, _by| {
        let visit = frozen(h);
        let batch = &h.w.view(&visit).batches[0].id;
        let why = [("visit", visit.as_str()), ("reason", "先不要了")];
        post(&format!("/batches/{batch}/drop"), &why)
    };
    post "/batches/{id}/own-pay" Record |h, _by| {
        let visit = h.w.presettled(&h.villager(), &draft(h));
        let batch = &h.w.view(&visit).batches[0].id;
        post(&format!("/batches/{batch}/own-pay"), &[("visit", visit.as_str())])
    };
    post "/batches/{id}/adopt" Record |h, _by| undecided(h, "adopt", ("settlement", "ABC"));
    post "/batches/{id}/not-done" Record |h, _by| undecided(h, "not-done", ("reason", "已问"));
    post "/batches/{id}/reverse" Record |h, _by| {
        let visit = settled(h);
        let batch = &h.w.view(&visit).batches[0].id;
        let why = [("visit", visit.as_str()), ("reason", "开错药")];
        post(&format!("/batches/{batch}/reverse"), &why)
    };
    post "/batches/{id}/goods" Record |h, _by| {
        let visit = settled(h);
        h.w.app.hand_over(&h.w.doctor, &visit).expect("handed over");
        let batch = h.w.view(&visit).batches[0].id.clone();
        h.w.app.reverse(&h.w.doctor, &batch, "开错药").expect("reversed");
        let line = &h.w.view(&visit).goods[0].charge;
        let typed = [
            ("visit", visit.as_str()),
            ("charge.0", line.as_str()),
            ("goods.0", "kept"),
            ("reason", "开错药"),
        ];
        post(&format!("/batches/{batch}/goods"), &typed)
    };
    get "/batches/{id}/refund" Record |h, _by| {
        let batch = &h.w.view(&settled(h)).batches[0].id;
        get(format!("/batches/{batch}/refund"))
    };
    post "/batches/{id}/refund" Record |h, _by| {
        let view = h.w.view(&settled(h));
        let (batch, line) = (&view.batches[0].id, &view.charges[0]);
        let rest = view.batches[0].total - line.amount;
        let typed = [
            ("charge.0", line.id.as_str()),
            ("back.0", &line.quantity.to_string()),
            ("reason", "开错药"),
            ("seen", &format!("{rest} {}", line.quantity)),
        ];
        post(&format!("/batches/{batch}/refund"), &typed)
    };
    get "/visits/{id}/follow-up/{form}" Record |h, _by| crate::follow_up::page(h, "");
    post "/visits/{id}/follow-up/{form}" Record |h, _by| crate::follow_up::to_record(h);
    get "/visits/{id}/follow-up/{form}/print" Record |h, _by| crate::follow_up::page(h, "/print");
    post "/patients/{id}/follow-ups/end" Record |h, _by| crate::follow_up::to_end(h);
    post "/patients/{id}/follow-ups/resume" Record |h, _by| crate::follow_up::to_resume(h);
    get "/follow-ups" List |h, _by| { crate::follow_up::recorded(h); get("/follow-ups") };
    get "/follow-ups/sheet" New |h, _by| crate::follow_up::sheet(h);
    get "/visits/{id}/referral" Record |h, _by| of_visit("get", &frozen(h), "/referral");
    post "/visits/{id}/referral" Record |h, _by| {
        let typed = [("destination", "县医院心内科"), ("referral_reason", "血压不降")];
        post(&format!("/visits/{}/referral", frozen(h)), &typed)
    };
    get "/visits/{id}/referral/print" Record |h, _by| of_visit("get", &frozen(h), "/referral/print");
    get "/visits/{id}/print/prescription" Record |h, _by| of_visit("get", &frozen(h), "/print/prescription");
    get "/visits/{id}/print/fee-list" Record |h, _by| of_visit("get", &frozen(h), "/print/fee-list");
    get "/visits/{id}/print/fee-list-roll" Record |h, _by| of_visit("get", &frozen(h), "/print/fee-list-roll");
    get "/visits/{id}/print/infusion-card" Record |h, _by| of_visit("get", &frozen(h), "/print/infusion-card");
    get "/visits/{id}/print/infusion-card-roll" Record |h, _by| of_visit("get", &frozen(h), "/print/infusion-card-roll");
    get "/visits/{id}/print/own-pay-consent" Record |h, _by| of_visit("get", &frozen(h), "/print/own-pay-consent");
    get "/batches/{id}/print/statement-roll" Record |h, _by| {
        let batch = &h.w.view(&settled(h)).batches[0].id;
        get(format!("/batches/{batch}/print/statement-roll"))
    };
    get "/batches/{id}/print/statement" Record |h, _by| {
        let batch = &h.w.view(&settled(h)).batches[0].id;
        get(format!("/batches/{batch}/print/statement"))
    };
    get "/payments/{id}/print" Record |h, _by| receipts::slip(h, "");
    get "/payments/{id}/print/roll" Record |h, _by| receipts::slip(h, "/roll");
    post "/batches/{id}/receipt" Record |h, _by| receipts::to_issue(h);
    post "/receipts/{id}/close" Record |h, _by| receipts::to_close(h);
    post "/batches/{id}/electronic" Record |h, _by| receipts::to_ask(h);
    post "/electronic/{id}/undo" Record |h, _by| receipts::to_undo(h);
    get "/receipts/{id}/print" Record |h, _by| get(format!("/receipts/{}/print", receipts::issued(h).1));
    get "/patients/{id}/print/history" Record |h, _by| of_patient("get", &patient(h, &settled(h)), "/print/history");
    get "/patients" New |_h, _by| get("/patients");
    post "/patients/search" List |h, _by| {
        let person = h.villager();
        h.w.register(&person);
        // What was typed stands on the page again: a piece of a number is typed, not all of it.
        post("/patients/search", &[("query", &person.id_number[..12])])
    };
    get "/patients/{id}" Record |h, _by| of_patient("get", &patient(h, &settled(h)), "");
    post "/patients/{id}/identify" Record |h, _by| of_patient("post", &patient(h, &registered(h)), "/identify");
    post "/patients/{id}/correct" Record |h, _by| {
        let mut ask = of_patient("post", &patient(h, &registered(h)), "/correct");
        ask.form = form(&NEWBORN);
        ask
    };
    post "/patients/{id}/allergies" Record |h, _by| {
        let mut ask = of_patient("post", &patient(h, &registered(h)), "/allergies");
        ask.form = form(&[("kind", "group"), ("code", "penicillins")]);
        ask
    };
    post "/patients/{id}/allergies/{entry}/withdraw" Record |h, _by| {
        let id = patient(h, &registered(h));
        h.w.app.note_allergy(&h.w.doctor, &id, "group", "penicillins").expect("noted");
        let entry = &h.w.app.patient(&h.w.doctor, &id).expect("seen").allergies[0].0;
        of_patient("post", &id, &format!("/allergies/{entry}/withdraw"))
    };
    get "/today" List |h, _by| { settled(h); get("/today") };
    get "/infusions" List |h, _by| { settled(h); get("/infusions") };
    get "/infusions/print" List |h, _by| { settled(h); get("/infusions/print") };
    get "/infusions/xlsx" List |h, _by| { settled(h); get("/infusions/xlsx") };
    get "/outpatient-log" List |h, _by| { settled(h); get("/outpatient-log") };
    get "/outpatient-log/print" List |h, _by| { settled(h); get("/outpatient-log/print") };
    get "/outpatient-log/xlsx" List |h, _by| { settled(h); get("/outpatient-log/xlsx") };
    get "/receipts" List |h, _by| { receipts::issued(h); get("/receipts") };
    get "/receipts/xlsx" List |h, _by| { receipts::issued(h); get("/receipts/xlsx") };
    post "/receipts/books" New |h, _by| receipts::to_enter(h);
    post "/receipts/books/{id}/spoil" Record |h, _by| receipts::to_spoil(h);
    get "/uploads" List |h, _by| { done(h); get("/uploads") };
    post "/visits/{id}/upload" Record |h, _by| of_visit("post", &done(h), "/upload");
    get "/day/reconcile" List |h, _by| { settled(h); get("/day/reconcile") };
    post "/day/reconcile" New |_h, _by| post("/day/reconcile", &[("day", "2026-11-24")]);
    post "/day/reconcile/mend" New |h, by| {
        // Nobody asked about this day: each role has its own.
        let day = format!("2026-11-1{}", by.role.as_str().len() % 10);
        let seen = h.w.app.reconciliation(by, parse_date(&day).expect("a day"));
        let mut seen = seen.map(|view| view.differences).unwrap_or_default().into_iter();
        let unasked = seen.find(|one| one.difference.action() == Action::AskAgain);
        let key = unasked.map(|one| one.key).unwrap_or_default();
        post("/day/reconcile/mend", &[("day", &day), ("difference", &key)])
    };
    post "/day/reconcile/count" New |_h, _by| {
        post("/day/reconcile/count", &[("day", "2026-11-24"), ("cash", "12.50"), ("qr", "")])
    };
    get "/day/sheet" List |h, _by| { settled(h); get("/day/sheet") };
    get "/day/sheet-roll" List |h, _by| { settled(h); get("/day/sheet-roll?day=2026-11-24") };
    get "/reports" List |h, _by| { settled(h); get("/reports") };
    get "/reports/print" List |h, _by| { settled(h); get("/reports/print") };
    get "/reports/xlsx" List |h, _by| { settled(h); get("/reports/xlsx") };
    get "/clearing" List |h, _by| { settled(h); get("/clearing") };
    get "/clearing/print" List |h, _by| { settled(h); get("/clearing/print?day=2026-11-24") };
    get "/clearing/period" List |h, _by| { settled(h); get("/clearing/period?day=2026-11-24") };
    post "/clearing/apply" New |h, _by| claims::apply(h);
    post "/clearing/withdraw" Record |h, _by| claims::withdraw(h, "漏报了一家");
    post "/clearing/told" Record |h, _by| claims::told(h, "结算科");
    post "/clearing/enter" New |_h, _by| post("/clearing/enter", &claims::PAID);
    post "/clearing/appeal" Record |h, _by| claims::appeal(h, "限定支付范围内");
    post "/clearing/correct" Record |h, _by| claims::correct(h, "记错了");
    get "/policies" New |_h, _by| get("/policies");
    post "/policies" New |h, _by| policies::to_confirm(h);
    get "/clinic" New |_h, _by| get("/clinic");
    post "/clinic" New |_h, _by| post("/clinic", &[("clinic_name", "竹山村卫生室"), ("clinic_phone", "1")]);
    get "/layouts" New |_h, _by| get("/layouts");
    post "/layouts" New |_h, _by| post("/layouts", &[("layout", "fee-list"), ("then", "built-in")]);
    get "/users" New |_h, _by| get("/users");
    post "/users" New |h, _by| {
        let login = format!("new-{}", h.w.app.now().0);
        let typed = [("login", login.as_str()), ("name", "新来的"), ("role", "pharmacist"), ("password", PASSWORD)];
        post("/users", &typed)
    };
    post "/rights" New |_h, _by| post("/rights", &[("doctor", ""), ("right.infusion", "on")]);
    post "/users/{id}/active" Record |h, _by| {
        post(&format!("/users/{}/active", pharmacist(h)), &[("to", "active")])
    };
    post "/users/{id}/licence" Record |h, _by| post(&format!("/users/{}/licence", pharmacist(h)), &[("national_code", "")]);
    post "/users/{id}/password" Record |h, _by| post(&format!("/users/{}/password", pharmacist(h)), &[("password", PASSWORD)]);
    get "/stock" New |_h, _by| get("/stock");
    get "/accesses" List |h, _by| { settled(h); get("/accesses") };
    get "/visits/{id}/messages" Record |h, _by| of_visit("get", &settled(h), "/messages");
}

/// A user of the first clinic who is not the one that asks.
fn pharmacist(h: &House) -> String {
    let administrator = actor(&h.w.app, "administrator");
    let users = h.w.app.users(&administrator).expect("users");
    let found = users.into_iter().find(|u| u.login == "pharmacist");
    found.expect("a pharmacist").user.0
}

/// Someone without a number, under a guardian.
pub const NEWBORN: [(&str, &str); 6] = [
    ("name", "周新生"),
    ("sex", "2"),
    ("birth_date", "2026-11-03"),
    ("guardian_name", "孙监护"),
    ("guardian_id_number", "11010519491231002X"),
    ("phone", "13900001111"),
];

pub fn form(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

pub fn get(path: impl AsRef<str>) -> Ask {
    Ask {
        method: "get",
        path: path.as_ref().to_owned(),
        ..Ask::default()
    }
}

pub fn post(path: &str, pairs: &[(&str, &str)]) -> Ask {
    Ask {
        method: "post",
        path: path.to_owned(),
        form: form(pairs),
        ..Ask::default()
    }
}

pub fn of_visit(method: &'static str, visit: &VisitId, rest: &str) -> Ask {
    Ask {
        method,
        path: format!("/visits/{visit}{rest}"),
        ..Ask::default()
    }
}

fn of_patient(method: &'static str, patient: &PatientId, rest: &str) -> Ask {
    Ask {
        method,
        path: format!("/patients/{patient}{rest}"),
        ..Ask::default()
    }
}

/// A delivery of what the next prescription takes.
fn deliver(h: &House) {
    let code = h.w.line("感冒灵颗粒").code;
    let lot = NewLot {
        code,
        lot_number: "L2".to_owned(),
        expires_on: parse_date("2028-01-31").expect("a date"),
        cost: UnitPrice::from_fen(10),
        quantity: Quantity::whole(18),
    };
    let received = h.w.app.receive_stock(&h.w.doctor, &[lot]);
    received.expect("received");
}

/// What the doctor types; what it needs is in the cupboard.
pub fn draft(h: &House) -> DraftBody {
    deliver(h);
    let body = DraftBody {
        history: "既往体健".to_owned(),
        examination: "咽充血".to_owned(),
        advice: "多饮水，三天后复诊".to_owned(),
        ..h.w.cold()
    };
    h.keep_secret([&body.complaint, &body.history, &body.examination]);
    h.keep_secret([&body.advice]);
    h.keep_secret(["急性上呼吸道感染", "青霉素", "开错药"]);
    body
}

/// A draft as its page posts it.
pub fn draft_form(body: &DraftBody, version: i64) -> Vec<(String, String)> {
    let mut pairs = form(&[
        ("version", &version.to_string()),
        ("complaint", &body.complaint),
        ("history", &body.history),
        ("examination", &body.examination),
        ("advice", &body.advice),
        ("temperature", &body.temperature),
        ("own_pay_consent", "1"),
    ]);
    for (place, code) in body.diagnoses.iter().enumerate() {
        pairs.push((format!("diagnoses.{place}"), code.clone()));
    }
    for (place, line) in body.lines.iter().enumerate() {
        for (name, value) in [
            ("code", &line.code),
            ("dose", &line.dose),
            ("route", &line.route),
            ("frequency", &line.frequency),
            ("days", &line.days),
            ("quantity", &line.quantity),
        ] {
            pairs.push((format!("lines.{place}.{name}"), value.clone()));
        }
    }
    pairs
}

/// A file with one template.
const TEMPLATES: &str = r#"{ "templates": [{ "name": "流感", "body": { "complaint": "发热" } }] }"#;

/// A template of the doctor's.
fn template(h: &House) -> TemplateId {
    let form = TemplateForm {
        name: "感冒".to_owned(),
        shared: false,
    };
    let app = &h.w.app;
    app.save_template(&h.w.doctor, &form, &draft(h))
        .expect("saved");
    let all = app.templates(&h.w.doctor).expect("hers");
    all.first().expect("one").id.clone()
}

fn typed(h: &House, visit: &VisitId, rest: &str) -> Ask {
    Ask {
        form: draft_form(&draft(h), 0),
        ..of_visit("post", visit, rest)
    }
}

/// In the chair.
pub fn registered(h: &House) -> VisitId {
    let visit = h.w.register(&h.villager());
    let (by, to) = (&h.w.doctor, VisitState::Seeing);
    h.w.app.move_visit(by, &visit, to).expect("seen");
    visit
}

pub fn frozen(h: &House) -> VisitId {
    h.w.frozen(&h.villager(), &draft(h))
}

pub fn settled(h: &House) -> VisitId {
    h.w.settled(&h.villager(), &draft(h))
}

/// Registered with her insurance, and paid by herself.
pub fn paid_herself(h: &House) -> VisitId {
    let visit = h.w.presettled(&h.villager(), &draft(h));
    let batch = h.w.view(&visit).batches[0].clone();
    h.w.app.own_pay(&h.w.doctor, &batch.id).expect("own pay");
    let shown = [(batch.id, batch.total)];
    let (by, cash) = (&h.w.doctor, Method::Cash);
    h.w.app.settle(by, &visit, &shown, cash).expect("paid");
    visit
}

/// Settled, and the drugs handed over.
fn done(h: &House) -> VisitId {
    let visit = settled(h);
    h.w.app.hand_over(&h.w.doctor, &visit).expect("handed over");
    visit
}

/// The centre settled it, and its reply was lost.
fn lost(h: &House) -> VisitId {
    let visit = h.w.presettled(&h.villager(), &draft(h));
    h.w.centre.panel.set_fault(Fault::LoseReply, "2207", 1);
    h.w.settle(&visit).expect_err("its reply is lost");
    visit
}

/// What a person says of a settlement whose reply was lost, where the centre answers no question.
fn undecided(h: &House, said: &str, (field, text): (&str, &str)) -> Ask {
    let done = said == "adopt";
    let person = h.villager();
    let visit = h.w.presettled(&person, &draft(h));
    let fault = if done { Fault::LoseReply } else { Fault::Html };
    h.w.centre.panel.set_fault(fault, "2207", 1);
    h.w.settle(&visit).expect_err("its reply is lost");
    h.w.centre.panel.set_fault(Fault::Refuse, "5204", 3);
    for _ in 0..3 {
        h.w.app.resolve(&h.w.doctor, &visit).expect("looked for");
    }
    // Beyond the region's time for 2601.
    h.w.clock.advance(1801);
    let ids = h.w.centre_settlements(&person, &visit);
    let text = ids.first().map_or(text, |id| id);
    let batch = &h.w.view(&visit).batches[0].id;
    let form = [("visit", visit.as_str()), (field, text)];
    post(&format!("/batches/{batch}/{said}"), &form)
}

/// Registered here; the centre refused it.
fn unregistered(h: &House) -> VisitId {
    h.w.centre.panel.set_fault(Fault::Refuse, "2201", 1);
    h.w.register(&h.villager())
}

pub fn patient(h: &House, visit: &VisitId) -> PatientId {
    h.w.view(visit).patient.patient
}
