//! 模板: saved from what is typed, taken into what is typed, listed and removed.

use askama::Template;
use axum::Json;
use axum::extract::Path;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use cunyi_app::views::{TemplateForm, TemplateScope, TemplateView};
use cunyi_app::{App, AppError};
use cunyi_catalogue::Catalogue;
use cunyi_domain::ids::TemplateId;
use cunyi_domain::refusal::{Code, Refusal};
use serde_json::json;

use super::drafts::{MOST_HITS, keep, query, typed};
use super::to;
use super::workstation::{Extra, Notice, show};
use crate::chrome::Chrome;
use crate::fault::{Answer, Fault, html, status, words};
use crate::jobs::Kept;
use crate::session::{Posted, Signed};

/// The doctor's templates, the clinic's and the township's.
#[derive(Template)]
#[template(path = "templates.html")]
pub(crate) struct TemplatesPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) templates: &'a [TemplateView],
    pub(crate) catalogue: &'a Catalogue,
    /// What was read of a file, or why it was not; and the file as it was given.
    pub(crate) done: String,
    pub(crate) problem: String,
    pub(crate) file: String,
}

impl TemplatesPage<'_> {
    /// Whose it is, in words.
    pub(crate) fn whose(&self, template: &TemplateView) -> String {
        self.c.t(whose(template.scope))
    }

    /// What is in a template, in words; a code that the lists know no more as it is.
    pub(crate) fn contents(&self, template: &TemplateView) -> String {
        contents(self.catalogue, template)
    }
}

fn whose(scope: TemplateScope) -> &'static str {
    match scope {
        TemplateScope::Own => "template-own",
        TemplateScope::Clinic => "template-shared",
        TemplateScope::Township => "template-township",
    }
}

fn contents(catalogue: &Catalogue, template: &TemplateView) -> String {
    let illness = |code: &String| {
        catalogue
            .diagnosis(code)
            .map_or(code.clone(), |d| d.name.clone())
    };
    let item = |code: &String| {
        let drug = catalogue.drug(code).map(|drug| drug.name.clone());
        let service = || catalogue.service(code).map(|service| service.name.clone());
        drug.or_else(service).unwrap_or_else(|| code.clone())
    };
    let diagnoses = template.diagnoses.iter().map(illness);
    let all: Vec<String> = diagnoses.chain(template.items.iter().map(item)).collect();
    all.join(" · ")
}

/// `GET /templates`
pub(crate) async fn page(by: Signed) -> Answer {
    shown(&by, Ok(String::new()), String::new()).await
}

async fn shown(by: &Signed, done: Result<String, AppError>, file: String) -> Answer {
    let templates = by.call(App::templates).await?;
    let code = done.as_ref().map_or_else(status, |_| StatusCode::OK);
    let (done, problem) = match done {
        Ok(done) => (done, String::new()),
        Err(error) => (String::new(), words(&by.chrome, &error)),
    };
    Ok(html(
        code,
        &TemplatesPage {
            c: &by.chrome,
            templates: &templates,
            catalogue: by.web.app.catalogue(),
            done,
            problem,
            file,
        },
    ))
}

/// `GET /templates/file`: the clinic's own, for others to read.
pub(crate) async fn file(by: Signed) -> Answer {
    let text = by.call(App::template_file).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"templates.json\"",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, text).into_response())
}

/// `POST /templates/file`: the township's are read.
pub(crate) async fn read_file(Posted { by, form, .. }: Posted) -> Answer {
    let text = form.text("template_file");
    let asked = text.clone();
    let read = by
        .ask(move |app, actor| app.read_template_file(actor, &asked))
        .await;
    match read {
        Ok(many) => {
            let done = by.chrome.t1("template-file-read", "n", many);
            shown(&by, Ok(done), String::new()).await
        }
        Err(error) if status(&error) == StatusCode::UNPROCESSABLE_ENTITY => {
            shown(&by, Err(error), text).await
        }
        Err(error) => Err(Fault::new(&by.chrome, error)),
    }
}

/// `POST /templates/{id}/drop`
pub(crate) async fn drop(Path(id): Path<String>, Posted { by, .. }: Posted) -> Answer {
    let id = TemplateId(id);
    by.call(move |app, actor| app.drop_template(actor, &id))
        .await?;
    Ok(to("/templates"))
}

/// `GET /api/search/templates?q=`
pub(crate) async fn search(by: Signed, uri: Uri) -> Response {
    let text = query(&uri, "q");
    let found = by
        .ask(move |app, actor| app.find_templates(actor, &text, MOST_HITS))
        .await;
    let hit = |t: &TemplateView| {
        json!({
            "code": t.id, "name": t.name, "class": by.chrome.t(whose(t.scope)),
            "spec": contents(by.web.app.catalogue(), t),
        })
    };
    match found {
        Ok(found) => Json(found.iter().map(hit).collect::<Vec<_>>()).into_response(),
        Err(error) => status(&error).into_response(),
    }
}

/// `POST /visits/{id}/with-template`: a template in what is typed.
pub(crate) async fn take(Path(id): Path<String>, Posted { by, form, .. }: Posted) -> Answer {
    let mut typed = typed(by, &form, id)?;
    let (template, body) = (TemplateId(form.text("template")), typed.body.clone());
    let taken = typed
        .by
        .ask(move |app, actor| app.with_template(actor, &template, body))
        .await;
    match taken {
        Ok(body) => {
            typed.body = body;
            typed.then(keep).await
        }
        // It was removed meanwhile, or nothing was chosen; what is typed stays.
        Err(AppError::Refused(r)) if r.code == Code::NotFound => {
            let refusal = Refusal::at(Code::Missing, "template");
            typed.refused(AppError::Refused(refusal)).await
        }
        Err(error) => typed.refused(error).await,
    }
}

/// `POST /visits/{id}/save-template`: what is typed as a template; the draft is kept as well.
pub(crate) async fn save(Path(id): Path<String>, Posted { by, form, .. }: Posted) -> Answer {
    let typed = typed(by, &form, id)?;
    let (visit, version, body) = (typed.visit.clone(), typed.version, typed.body.clone());
    let template = TemplateForm {
        name: form.text("template_name"),
        shared: form.ticked("template_shared"),
    };
    let name = template.name.clone();
    let saved: Result<(), AppError> = typed
        .by
        .ask(move |app, actor| {
            app.save_template(actor, &template, &body)?;
            keep(app, actor, &visit, version, &body)
        })
        .await;
    let c = &typed.by.chrome;
    let extra = match saved {
        Ok(()) => Extra {
            notices: vec![Notice {
                bad: false,
                words: c.t1("template-saved", "name", name),
            }],
            ..Extra::default()
        },
        Err(error) => Extra {
            status: status(&error),
            notices: vec![Notice {
                bad: true,
                words: words(c, &error),
            }],
            kept: Kept::Draft(Box::new(typed.body), typed.version),
            template_name: name,
            ..Extra::default()
        },
    };
    show(&typed.by, typed.visit, extra).await
}
