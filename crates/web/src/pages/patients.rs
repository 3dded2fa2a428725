//! Patients: search, history, correction, allergies, who looked. Searches are posted, so that no
//! name stands in an address.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use cunyi_app::AppError;
use cunyi_app::views::{EndForm, PastVisit, PatientForm, PatientHit, PatientView};
use cunyi_domain::ids::{EntryId, PatientId, VisitId};

use super::to_visit;
use super::workstation::show_error;
use crate::chart::{Chart, Data, Series, Shape};
use crate::chrome::Chrome;
use crate::fault::{Answer, Fault, html, status, words};
use crate::jobs::Kept;
use crate::labels::{GROUPS, Labels};
use crate::session::{Posted, Signed};

#[derive(Template)]
#[template(path = "patients.html")]
pub(crate) struct PatientsPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) query: &'a str,
    pub(crate) hits: Option<Vec<PatientHit>>,
}

#[derive(Template)]
#[template(path = "patient.html")]
pub(crate) struct PatientPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) p: &'a PatientView,
    pub(crate) f: &'a PatientForm,
    pub(crate) groups: Labels,
    /// True where `f` is what was typed and refused.
    pub(crate) corrects: bool,
    /// What was typed to call her no more.
    pub(crate) end: Option<EndForm>,
    pub(crate) problem: String,
    pub(crate) charts: Vec<Chart>,
}

impl PatientPage<'_> {
    fn ends(&self, why: &str) -> bool {
        self.end.as_ref().is_some_and(|end| end.why == why)
    }

    /// Today where nothing was typed.
    fn end_day(&self) -> String {
        let today = || self.c.now.date().to_string();
        self.end.as_ref().map_or_else(today, |end| end.day.clone())
    }

    fn end_words(&self) -> &str {
        self.end.as_ref().map_or("", |end| &end.words)
    }
}

/// Fewest measurements that make a course.
const COURSE: usize = 2;
/// 控制目标: what pressure is kept below, in mmHg (国家基本公共卫生服务规范, 第三版). Glucose has none here: whether
/// it was taken fasting is not known.
const PRESSURE: (i64, i64) = (140, 90);

/// The course of pressure and of glucose, oldest first, where there is one.
pub(crate) fn charts(c: &Chrome, visits: &[PastVisit]) -> Vec<Chart> {
    let course = |title: &str,
                  series: Vec<(&str, &'static str, Value)>,
                  marks: Vec<i64>,
                  floor,
                  written: Written| {
        let (_, _, first) = series.first()?;
        let measured: Vec<&PastVisit> =
            visits.iter().rev().filter(|v| first(v).is_some()).collect();
        let series = series.into_iter().map(|(name, class, value)| Series {
            name: c.t(name),
            class,
            values: measured.iter().map(|v| value(v)).collect(),
        });
        let day = |v: &&PastVisit| v.at.date().strftime("%y-%m-%d").to_string();
        (measured.len() >= COURSE).then(|| {
            Chart::new(Data {
                title: c.t(title),
                shape: Shape::Line,
                places: measured.iter().map(day).collect(),
                series: series.collect(),
                marks: marks
                    .into_iter()
                    .map(|value| (value, written(value)))
                    .collect(),
                floor,
                written,
            })
        })
    };
    let pressure = course(
        "chart-pressure",
        vec![
            ("field-systolic", "a", |v| Some(v.pressure?.0)),
            ("field-diastolic", "b", |v| Some(v.pressure?.1)),
        ],
        vec![PRESSURE.0, PRESSURE.1],
        40,
        |value| value.to_string(),
    );
    let glucose = course(
        "chart-glucose",
        vec![("field-glucose", "c", |v| v.glucose)],
        vec![],
        0,
        |value| format!("{}.{}", value / 10, value % 10),
    );
    pressure.into_iter().chain(glucose).collect()
}

type Value = fn(&PastVisit) -> Option<i64>;
type Written = fn(i64) -> String;

/// 138/86; empty where it was not measured.
pub(crate) fn pressure(visit: &PastVisit) -> String {
    visit
        .pressure
        .map(|(high, low)| format!("{high}/{low}"))
        .unwrap_or_default()
}

/// `GET /patients`
pub(crate) async fn page(by: Signed) -> Answer {
    Ok(html(
        StatusCode::OK,
        &PatientsPage {
            c: &by.chrome,
            query: "",
            hits: None,
        },
    ))
}

/// `POST /patients/search`
pub(crate) async fn search(Posted { by, form, .. }: Posted) -> Answer {
    found(by, form.text("query")).await
}

/// Whom a name, its initials or a number find.
pub(crate) async fn found(by: Signed, query: String) -> Answer {
    let asked = query.clone();
    let hits = by
        .call(move |app, actor| app.find_patients(actor, &asked))
        .await?;
    Ok(html(
        StatusCode::OK,
        &PatientsPage {
            c: &by.chrome,
            query: &query,
            hits: Some(hits),
        },
    ))
}

/// `GET /patients/{id}`
pub(crate) async fn patient(by: Signed, Path(id): Path<String>) -> Answer {
    show(&by, PatientId(id), None).await
}

/// What was typed and refused.
#[derive(Default)]
struct Typed {
    fields: Option<PatientForm>,
    end: Option<EndForm>,
}

async fn show(by: &Signed, id: PatientId, refused: Option<(AppError, Typed)>) -> Answer {
    let p = by.call(move |app, actor| app.patient(actor, &id)).await?;
    let (code, problem, typed) = match refused {
        Some((error, typed)) => (status(&error), words(&by.chrome, &error), typed),
        None => (StatusCode::OK, String::new(), Typed::default()),
    };
    let f = typed.fields.as_ref().unwrap_or(&p.fields);
    Ok(html(
        code,
        &PatientPage {
            c: &by.chrome,
            p: &p,
            f,
            groups: GROUPS,
            corrects: typed.fields.is_some(),
            end: typed.end,
            problem,
            charts: charts(&by.chrome, &p.visits),
        },
    ))
}

/// `POST /patients/{id}/correct`
pub(crate) async fn correct(Path(id): Path<String>, Posted { by, form, .. }: Posted) -> Answer {
    let (id, typed) = (PatientId(id), form.patient());
    let (patient, asked) = (id.clone(), typed.clone());
    let done = by
        .ask(move |app, actor| app.correct_patient(actor, &patient, &asked))
        .await;
    let typed = Typed {
        fields: Some(typed),
        ..Typed::default()
    };
    finish(&by, id, done, typed).await
}

/// `POST /patients/{id}/follow-ups/end`
pub(crate) async fn end_follow_ups(
    Path(id): Path<String>,
    Posted { by, form, .. }: Posted,
) -> Answer {
    let end = EndForm {
        why: form.get("why").to_owned(),
        day: form.text("end_day"),
        words: form.text("end_words"),
    };
    let (id, asked) = (PatientId(id), end.clone());
    let patient = id.clone();
    let done = by.ask(move |app, actor| app.end_follow_ups(actor, &patient, &asked));
    let typed = Typed {
        end: Some(end),
        ..Typed::default()
    };
    finish(&by, id, done.await, typed).await
}

/// `POST /patients/{id}/follow-ups/resume`
pub(crate) async fn resume_follow_ups(Path(id): Path<String>, Posted { by, .. }: Posted) -> Answer {
    let id = PatientId(id);
    let patient = id.clone();
    let done = by.ask(move |app, actor| app.resume_follow_ups(actor, &patient));
    finish(&by, id, done.await, Typed::default()).await
}

/// `POST /patients/{id}/allergies`: on her page, or during a visit and then back to it.
pub(crate) async fn note_allergy(
    Path(id): Path<String>,
    Posted { by, form, .. }: Posted,
) -> Answer {
    let (id, kind, code) = (PatientId(id), form.text("kind"), form.text("code"));
    let visit = VisitId(form.text("visit"));
    let patient = id.clone();
    let done = by
        .ask(move |app, actor| app.note_allergy(actor, &patient, &kind, &code))
        .await;
    match done {
        _ if visit.as_str().is_empty() => finish(&by, id, done, Typed::default()).await,
        Ok(()) => Ok(to_visit(&visit)),
        Err(error) => show_error(&by, visit, error, Kept::Nothing).await,
    }
}

/// `POST /patients/{id}/allergies/{entry}/withdraw`
pub(crate) async fn withdraw_allergy(
    Path((id, entry)): Path<(String, String)>,
    Posted { by, .. }: Posted,
) -> Answer {
    let (id, entry) = (PatientId(id), EntryId(entry));
    let patient = id.clone();
    let done = by
        .ask(move |app, actor| app.withdraw_allergy(actor, &patient, &entry))
        .await;
    finish(&by, id, done, Typed::default()).await
}

async fn finish(by: &Signed, id: PatientId, done: Result<(), AppError>, typed: Typed) -> Answer {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/patients/{id}")).into_response()),
        Err(error) if status(&error) == StatusCode::UNPROCESSABLE_ENTITY => {
            show(by, id, Some((error, typed))).await
        }
        Err(error) => Err(Fault::new(&by.chrome, error)),
    }
}
