use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use cunyi_app::{Actor, App};
use cunyi_db::Target;
use cunyi_domain::ids::{ClinicId, UserId, VisitId};
use cunyi_domain::time::Moment;
use cunyi_store::Who;
use cunyi_store::local::Credential;
use cunyi_store::reference::{self, Clinic, Role, User};
use cunyi_web::{ROUTES, WebOptions};
use tower::ServiceExt;

use crate::world::{PASSWORD, ROLES, Setting, World, world};

/// No journal entry of this test needs chance.
struct Ones;

impl cunyi_domain::time::Rng for Ones {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(1);
    }
}

/// Ids of one visit, so that a route finds something whatever its `{id}` is.
struct Ids(BTreeMap<&'static str, String>);

/// What must not be in an answer to someone who may not see the patient.
struct Secrets(Vec<String>);

struct House {
    app: Arc<App>,
    router: Router,
    ids: Ids,
    secrets: Secrets,
}

fn house() -> House {
    let w = world(Target::Memory, &Setting::default());
    let person = w.resident(false).clone();
    let visit = w.register(&person);
    let draft = w.cold();
    w.app.freeze(&w.doctor, &visit, 0, &draft).expect("frozen");
    second_clinic(&w);
    let view = w.app.visit(&w.doctor, &visit).expect("seen");
    let ids = BTreeMap::from([
        ("/visits/", view.visit.0.clone()),
        ("/batches/", view.batches[0].id.0.clone()),
        ("/charges/", view.charges[0].id.0.clone()),
        ("/patients/", view.patient.patient.0.clone()),
    ]);
    let secrets = vec![
        person.name.clone(),
        person.id_number.clone(),
        view.patient.masked_number.clone(),
        draft.complaint.clone(),
        view.diagnosis_names[0].clone(),
    ];
    let app = Arc::clone(&w.app);
    let router = cunyi_web::router(Arc::clone(&app), WebOptions::default());
    House {
        app,
        router,
        ids: Ids(ids),
        secrets: Secrets(secrets),
    }
}

/// A clinic beside, with a user of each role named `other-…` and the first clinic's passwords.
fn second_clinic(w: &World) {
    let first = &w.doctor.clinic;
    let second = ClinicId("second".to_owned());
    let who = Who {
        clinic: second.clone(),
        actor: UserId("setup".to_owned()),
        now: Moment(0),
    };
    let rng = Ones;
    let made = w
        .app
        .store()
        .write::<(), cunyi_store::StoreError>(&who, &rng, "second", |tx| {
            let clinic = reference::clinic(tx.tx, first)?;
            reference::install(
                tx.tx,
                Clinic {
                    clinic: second.clone(),
                    slot: 4,
                    ..clinic
                },
            )?;
            for what in ["region", "policy"] {
                for file in reference::files(tx.tx, first, what)? {
                    tx.tx.insert(reference::ReferenceFile {
                        clinic: second.clone(),
                        ..file
                    })?;
                }
            }
            let hash: Vec<Credential> = tx.tx.select("", vec![])?;
            for role in Role::ALL {
                let id = UserId(format!("other-{role}"));
                let login = role.as_str();
                tx.tx.insert(User {
                    clinic: second.clone(),
                    id: id.clone(),
                    login: format!("other-{login}"),
                    name: "别处的人".to_owned(),
                    role: *role,
                    national_code: String::new(),
                    active: true,
                })?;
                tx.tx.insert(Credential {
                    clinic: second.clone(),
                    account: id,
                    hash: hash[0].hash.clone(),
                    failures: 0,
                    locked_until: Moment(0),
                })?;
            }
            Ok(())
        });
    made.expect("a second clinic");
}

impl House {
    fn path(&self, route: &str) -> String {
        let id = self
            .ids
            .0
            .iter()
            .find(|(prefix, _)| route.contains(*prefix));
        let id = id.map_or("none", |(_, id)| id.as_str());
        route
            .replace("{id}", id)
            .replace("{entry}", "none")
            .replace("{file}", "none")
    }

    async fn ask(
        &self,
        method: &str,
        route: &str,
        token: &str,
        csrf: &str,
    ) -> (StatusCode, String) {
        let form = format!("csrf={csrf}&to=parked&q=x&reason=r&trace_codes=81&version=0");
        let request = Request::builder()
            .method(method.to_uppercase().as_str())
            .uri(self.path(route))
            .header(header::HOST, "127.0.0.1:8760")
            .header(header::COOKIE, format!("cunyi={token}"))
            .header("x-csrf", csrf)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(if method == "post" {
                Body::from(form)
            } else {
                Body::empty()
            });
        let answer = self
            .router
            .clone()
            .oneshot(request.expect("a request"))
            .await;
        let answer = answer.expect("an answer");
        let status = answer.status();
        let bytes = to_bytes(answer.into_body(), 8 << 20).await.expect("a body");
        (status, String::from_utf8_lossy(&bytes).into_owned())
    }

    fn sign_in(&self, login: &str) -> (String, String, Actor) {
        let token = self.app.sign_in(login, PASSWORD).expect(login);
        let session = self.app.session(&token).expect("read").expect("there");
        (token, session.csrf, session.actor)
    }
}

/// Routes whose asking ends the session or needs none.
fn skipped(path: &str) -> bool {
    ["/login", "/logout", "/setup", "/assets/{file}", "/locale"].contains(&path)
}

#[tokio::test]
async fn every_route_answers_every_role_as_the_golden_matrix_says() {
    let mut table = String::new();
    let mut rows: BTreeMap<(usize, &str), Vec<String>> = BTreeMap::new();
    for login in ROLES {
        // A house of its own: what one role does must not change what the next finds.
        let house = house();
        let (token, csrf, _) = house.sign_in(login);
        for (place, (method, path)) in ROUTES.iter().enumerate() {
            if skipped(path) {
                continue;
            }
            let (status, body) = house.ask(method, path, &token, &csrf).await;
            assert_ne!(
                status,
                StatusCode::INTERNAL_SERVER_ERROR,
                "{login} {method} {path}"
            );
            if status == StatusCode::FORBIDDEN || status == StatusCode::NOT_FOUND {
                house
                    .secrets
                    .absent(&body, &format!("{login} {method} {path}"));
            }
            rows.entry((place, path))
                .or_default()
                .push(format!("{:>4}", status.as_u16()));
        }
    }
    for ((place, path), answers) in rows {
        let _ = writeln!(
            table,
            "{:<4} {:<42} {}",
            ROUTES[place].0,
            path,
            answers.join(" ")
        );
    }
    let table = format!(
        "{:<47} {}\n{table}",
        "",
        ROLES.map(|r| format!("{r:.4}")).join(" ")
    );
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/routes.txt");
    if std::env::var_os("CUNYI_WRITE_GOLDEN").is_some() {
        std::fs::write(file, &table).expect("written");
    }
    let golden = std::fs::read_to_string(file).unwrap_or_default();
    assert_eq!(
        table, golden,
        "look at each changed line, then run with CUNYI_WRITE_GOLDEN=1"
    );
}

#[tokio::test]
async fn another_clinics_patient_is_in_no_byte_of_any_answer() {
    let house = house();
    for login in ROLES {
        let (token, csrf, actor) = house.sign_in(&format!("other-{login}"));
        assert_eq!(actor.clinic.as_str(), "second");
        for (method, path) in ROUTES {
            if skipped(path) {
                continue;
            }
            let what = format!("other-{login} {method} {path}");
            let (status, body) = house.ask(method, path, &token, &csrf).await;
            assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR, "{what}");
            house.secrets.absent(&body, &what);
            if path.contains("{id}") {
                assert!(!status.is_success(), "{what}: {status}");
            }
        }
    }
    // The first clinic's visit stands as it stood.
    let (_, _, doctor) = house.sign_in("doctor");
    let visit = VisitId(house.ids.0["/visits/"].clone());
    let view = house.app.visit(&doctor, &visit).expect("still there");
    assert!(view.frozen && view.batches[0].state == cunyi_domain::batch::BatchState::Draft);
}

#[tokio::test]
async fn without_a_session_or_its_token_nothing_is_told_or_done() {
    let house = house();
    let (token, _, _) = house.sign_in("doctor");
    for (method, path) in ROUTES {
        if skipped(path) {
            continue;
        }
        let (status, body) = house.ask(method, path, "", "").await;
        assert!(!status.is_success(), "{method} {path}: {status}");
        house.secrets.absent(&body, path);
        if *method == "post" {
            let (status, body) = house.ask(method, path, &token, "wrong").await;
            assert!(
                status.is_client_error(),
                "{method} {path} without its token: {status}"
            );
            house.secrets.absent(&body, path);
        }
    }
}

impl Secrets {
    fn absent(&self, body: &str, what: &str) {
        for (place, secret) in self.0.iter().enumerate() {
            assert!(
                !body.contains(secret.as_str()),
                "secret {place} is in the answer to {what}"
            );
        }
    }
}
