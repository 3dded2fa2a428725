//! What the doctor types: save, preview, sign; the search behind the grids.

#![expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "templates pass arguments by reference"
)]

use askama::Template;
use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use cunyi_app::views::{
    ChargeView, Decoction, DraftBody, DraftLine, FindingView, Preview, Proposal, Usual,
};
use cunyi_app::{Actor, App, AppError};
use cunyi_catalogue::{Catalogue, CheckCode, Class, Drug, ItemHit};
use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::{DiagnosisKind, Footnote};
use cunyi_domain::money::{Fen, UnitPrice};
use cunyi_domain::refusal::{Code, Refusal};
use serde_json::{Value, json};

use super::to_visit;
use super::workstation::{Extra, Notice, show, show_error};
use crate::chrome::{Chrome, path_of};
use crate::fault::{Answer, Fault, html, status, words};
use crate::form::{Form, MAX_LINES};
use crate::jobs::Kept;
use crate::session::{Posted, Signed};

/// Most results of a search.
pub(super) const MOST_HITS: usize = 12;
/// So many are looked at for those that are pieces.
const MOST_LOOKED_AT: usize = 40 * MOST_HITS;
/// Rows that stay free below what is typed.
const FREE_ROWS: usize = 2;

/// A row of the prescription grid.
#[derive(Default)]
pub(crate) struct Row {
    pub(crate) place: usize,
    pub(crate) line: DraftLine,
    pub(crate) name: String,
    pub(crate) spec: String,
    pub(crate) class: String,
    pub(crate) dose_unit: String,
    pub(crate) unit: String,
    pub(crate) price: String,
    pub(crate) service: bool,
    pub(crate) piece: bool,
    /// Nobody typed it: the page begins with it.
    pub(crate) proposed: bool,
}

/// A row of the diagnosis grid.
#[derive(Default)]
pub(crate) struct DiagnosisRow {
    pub(crate) place: usize,
    pub(crate) code: String,
    pub(crate) name: String,
    /// 主诊断: the first of 西医.
    pub(crate) main: bool,
}

/// The typed lines with what the catalogue knows of them, and free rows below.
pub(crate) fn rows(catalogue: &Catalogue, body: &DraftBody) -> Vec<Row> {
    let many = (body.lines.len() + FREE_ROWS).min(MAX_LINES);
    (0..many)
        .map(|place| row(catalogue, place, body.lines.get(place)))
        .collect()
}

/// Free rows, and below them what a visit begins with of which nothing is typed.
pub(crate) fn begun(catalogue: &Catalogue, line: &DraftLine) -> Vec<Row> {
    let mut rows = rows(catalogue, &DraftBody::default());
    let row = row(catalogue, rows.len(), Some(line));
    rows.push(Row {
        proposed: true,
        ..row
    });
    rows
}

fn row(catalogue: &Catalogue, place: usize, line: Option<&DraftLine>) -> Row {
    let line = line.cloned().unwrap_or_default();
    let row = match (catalogue.drug(&line.code), catalogue.service(&line.code)) {
        (Some(drug), _) => {
            let (unit, price) = sold(drug);
            Row {
                name: drug.name.clone(),
                spec: drug.spec.clone(),
                class: drug.class.as_str().to_owned(),
                dose_unit: drug.dose_unit.clone(),
                unit: unit.to_owned(),
                price: price.to_string(),
                piece: drug.is_piece(),
                ..Row::default()
            }
        }
        (None, Some(service)) => Row {
            name: service.name.clone(),
            class: service.class.as_str().to_owned(),
            unit: service.unit.clone(),
            price: service.price.to_string(),
            service: true,
            ..Row::default()
        },
        (None, None) => Row::default(),
    };
    Row { place, line, ..row }
}

/// Unit and price a drug is sold by: the smallest unit where the pack may be broken.
fn sold(drug: &Drug) -> (&str, UnitPrice) {
    if drug.splittable {
        (&drug.unit, drug.unit_price())
    } else {
        (&drug.pack_unit, drug.pack_price)
    }
}

/// What was otherwise the last time of a line: price, class, use; nothing where all is as it was.
pub(crate) fn since(c: &Chrome, p: &Preview, line: &ChargeView) -> Option<String> {
    let was = p.last.iter().find(|was| was.code == line.code)?;
    let price = (was.price != line.price).then(|| format!("¥{}/{}", was.price, was.unit));
    let class = (was.class != line.class).then(|| c.class(&was.class));
    let used = (!was.same_use(line)).then(|| format!("{} {}", c.usage(was), c.lasts(was)));
    let all: Vec<String> = [price, class, used].into_iter().flatten().collect();
    Some(c.t1("since-last", "was", all.join("，")))
}

/// What is declined and follows from nothing that can be read now: it stays declined while a line is typed anew.
pub(crate) fn set_aside<'a>(p: &Preview, body: &'a DraftBody) -> Vec<&'a str> {
    let told = |code: &&String| p.declined.iter().any(|one| one.code == **code);
    let kept = body.without.iter().filter(|code| !told(code));
    kept.map(String::as_str).collect()
}

/// That the consultation fee of a line was charged before, and when.
pub(crate) fn again(c: &Chrome, p: &Preview, line: &ChargeView) -> Option<String> {
    let (_, day) = p.again.as_ref().filter(|(code, _)| *code == line.code)?;
    Some(c.t1("consultation-again", "day", day))
}

/// The typed diagnoses with their names, and a free row.
pub(crate) fn diagnosis_rows(catalogue: &Catalogue, body: &DraftBody) -> Vec<DiagnosisRow> {
    let many = (body.diagnoses.len() + 1).clamp(2, crate::form::MAX_DIAGNOSES);
    let known = |code: &String| catalogue.diagnosis(code);
    let western = |code: &String| known(code).is_some_and(|d| d.kind == DiagnosisKind::Western);
    let main = body.diagnoses.iter().position(western).unwrap_or(0);
    let row = |place: usize| {
        let code: String = body.diagnoses.get(place).cloned().unwrap_or_default();
        DiagnosisRow {
            place,
            name: known(&code).map(|d| d.name.clone()).unwrap_or_default(),
            code,
            main: place == main,
        }
    };
    (0..many).map(row).collect()
}

/// Problems by the field they are about.
pub(crate) struct Problems(Vec<(String, String)>);

impl Problems {
    /// In words.
    pub(crate) fn new(c: &Chrome, problems: &[Refusal]) -> Self {
        Self(
            problems
                .iter()
                .map(|p| (path_of(p), c.refusal(p)))
                .collect(),
        )
    }

    /// Of a field; empty if it is well.
    pub(crate) fn at(&self, field: &str) -> &str {
        self.0
            .iter()
            .find(|(f, _)| f == field)
            .map_or("", |(_, words)| words)
    }

    /// Of a prescription row, joined.
    pub(crate) fn of_row(&self, place: &usize) -> String {
        let prefix = format!("lines.{place}.");
        let words: Vec<&str> = self
            .0
            .iter()
            .filter(|(f, _)| f.starts_with(&prefix))
            .map(|(_, w)| &**w)
            .collect();
        words.join(" ")
    }
}

/// The fee list on the right, on its own: what a changed prescription asks for.
#[derive(Template)]
#[template(path = "fee_preview.html")]
pub(crate) struct FeePanel<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) p: &'a Preview,
    pub(crate) body: &'a DraftBody,
    pub(crate) visit: &'a VisitId,
}

impl FeePanel<'_> {
    /// Whose it is.
    pub(crate) fn visit(&self) -> &VisitId {
        self.visit
    }

    /// Whether the tick of a long prescription stands there.
    pub(crate) fn long(&self) -> Option<Tick> {
        Tick::of(self.p, self.body)
    }

    /// What the patient pays for herself alone.
    pub(crate) fn own_pay(&self) -> Fen {
        self.p.lines.iter().map(|l| l.own_pay).sum()
    }
}

/// The tick 长期处方: it stands where something is supplied for longer than usual.
#[derive(Clone, Copy)]
pub(crate) struct Tick {
    /// It is what lets the fee list go on.
    pub(crate) wanted: bool,
}

impl Tick {
    pub(crate) fn of(p: &Preview, body: &DraftBody) -> Option<Self> {
        let long = p
            .lines
            .iter()
            .any(|line| cunyi_catalogue::is_long(line.days));
        let open =
            |f: &FindingView| f.code == CheckCode::SupplyReason.as_str() && f.reason.is_empty();
        let ill = body
            .diagnoses
            .iter()
            .any(|code| cunyi_catalogue::followed(code).is_some());
        let wanted = ill && !body.long_term && p.findings.iter().any(open);
        (body.long_term || long).then_some(Self { wanted })
    }
}

/// A posted draft: the visit, the version it was typed on, what was typed.
pub(super) struct Typed {
    pub(super) by: Signed,
    pub(super) visit: VisitId,
    pub(super) version: i64,
    pub(super) body: DraftBody,
}

pub(super) fn typed(by: Signed, form: &Form, id: String) -> Result<Typed, Fault> {
    let version = form.get("version").parse().unwrap_or(0);
    match form.draft() {
        Ok(body) => Ok(Typed {
            by,
            visit: VisitId(id),
            version,
            body,
        }),
        Err(refusal) => Err(Fault::new(&by.chrome, AppError::Refused(refusal))),
    }
}

impl Typed {
    /// Does something with it and goes to the visit's page; a refusal keeps what was typed.
    pub(super) async fn then<W>(self, work: W) -> Answer
    where
        W: FnOnce(&App, &Actor, &VisitId, i64, &DraftBody) -> Result<(), AppError> + Send + 'static,
    {
        let (visit, version, body) = (self.visit.clone(), self.version, self.body.clone());
        let done = self
            .by
            .ask(move |app, actor| work(app, actor, &visit, version, &body))
            .await;
        match done {
            Ok(()) => Ok(to_visit(&self.visit)),
            Err(error) => self.refused(error).await,
        }
    }

    /// The page with a refusal above it and what was typed.
    pub(super) async fn refused(self, error: AppError) -> Answer {
        let kept = Kept::Draft(Box::new(self.body), self.version);
        show_error(&self.by, self.visit, error, kept).await
    }
}

pub(super) fn keep(
    app: &App,
    actor: &Actor,
    visit: &VisitId,
    version: i64,
    body: &DraftBody,
) -> Result<(), AppError> {
    app.save_draft(actor, visit, version, body).map(|_| ())
}

/// `POST /visits/{id}/draft`
pub(crate) async fn save(Path(id): Path<String>, Posted { by, form, .. }: Posted) -> Answer {
    typed(by, &form, id)?.then(keep).await
}

/// `POST /visits/{id}/freeze`
pub(crate) async fn freeze(Path(id): Path<String>, Posted { by, form, .. }: Posted) -> Answer {
    typed(by, &form, id)?.then(App::freeze).await
}

/// `POST /visits/{id}/clear`: an empty prescription; the record stays.
pub(crate) async fn clear(Path(id): Path<String>, Posted { by, form, .. }: Posted) -> Answer {
    let mut typed = typed(by, &form, id)?;
    typed.body.lines.clear();
    typed.body.decoction = Decoction::default();
    typed.body.reasons.clear();
    typed.body.without.clear();
    typed.then(keep).await
}

/// `POST /visits/{id}/as-last-time`: diagnoses and lines of the last visit, the rest as typed.
pub(crate) async fn as_last_time(
    Path(id): Path<String>,
    Posted { by, form, .. }: Posted,
) -> Answer {
    let typed = typed(by, &form, id)?;
    let visit = typed.visit.clone();
    let last = typed
        .by
        .call(move |app, actor| app.as_last_time(actor, &visit))
        .await?;
    if last.lines.is_empty() && last.diagnoses.is_empty() {
        let words = typed.by.chrome.t("no-last-time");
        let notices = vec![Notice { bad: false, words }];
        let kept = Kept::Draft(Box::new(typed.body), typed.version);
        let extra = Extra {
            notices,
            kept,
            ..Extra::default()
        };
        return show(&typed.by, typed.visit, extra).await;
    }
    let body = DraftBody {
        diagnoses: last.diagnoses,
        lines: last.lines,
        decoction: last.decoction,
        without: last.without,
        ..typed.body
    };
    Typed { body, ..typed }.then(keep).await
}

/// `POST /visits/{id}/preview`: the whole page, or for our script only the fee list.
pub(crate) async fn preview(
    headers: HeaderMap,
    Path(id): Path<String>,
    Posted { by, form, .. }: Posted,
) -> Answer {
    let Typed {
        by,
        visit,
        version,
        body,
    } = typed(by, &form, id)?;
    if !headers.contains_key("x-fragment") {
        let extra = Extra {
            kept: Kept::Draft(Box::new(body), version),
            ..Extra::default()
        };
        return show(&by, visit, extra).await;
    }
    let (of, asked) = (visit.clone(), body.clone());
    let preview = by
        .call(move |app, actor| app.preview(actor, &of, &asked))
        .await?;
    Ok(html(
        StatusCode::OK,
        &FeePanel {
            c: &by.chrome,
            p: &preview,
            body: &body,
            visit: &visit,
        },
    ))
}

/// `POST /api/visits/{id}/draft`: autosave.
pub(crate) async fn autosave(Path(id): Path<String>, Posted { by, form, .. }: Posted) -> Answer {
    let Typed {
        by,
        visit,
        version,
        body,
    } = typed(by, &form, id)?;
    let saved = by
        .ask(move |app, actor| app.save_draft(actor, &visit, version, &body))
        .await;
    Ok(match saved {
        Ok(version) => Json(json!({ "version": version })).into_response(),
        Err(error) => {
            let changed = matches!(&error, AppError::Refused(r) if r.code == Code::Changed);
            let body = json!({ "refused": words(&by.chrome, &error), "changed": changed });
            (status(&error), Json(body)).into_response()
        }
    })
}

/// A field of an address.
pub(super) fn query(uri: &axum::http::Uri, field: &str) -> String {
    let form = Form::parse(uri.query().unwrap_or_default().as_bytes());
    form.map(|form| form.text(field)).unwrap_or_default()
}

/// `GET /api/search/items?q=&visit=&pieces=`: favourites first, as she orders them for a patient like this visit's;
/// on a decoction's prescription pieces alone.
pub(crate) async fn search_items(by: Signed, uri: axum::http::Uri) -> Response {
    let pieces = !query(&uri, "pieces").is_empty();
    let most = if pieces { MOST_LOOKED_AT } else { MOST_HITS };
    let mut found = proposed(&by, &uri, App::propose_items, most).await;
    let catalogue = by.web.app.catalogue();
    if let (true, Ok(found)) = (pieces, &mut found) {
        found.retain(|one| catalogue.drug(&one.code).is_some_and(Drug::is_piece));
        found.truncate(MOST_HITS);
    }
    let hit = |proposal: Proposal| {
        let drug = catalogue.drug(&proposal.code).map(ItemHit::Drug);
        let service = || catalogue.service(&proposal.code).map(ItemHit::Service);
        let hit = drug.or_else(service)?;
        Some(item(&by.chrome, hit, proposal.usual))
    };
    hits(found, hit)
}

/// `GET /api/search/diagnoses?q=&visit=`
pub(crate) async fn search_diagnoses(by: Signed, uri: axum::http::Uri) -> Response {
    let found = proposed(&by, &uri, App::propose_diagnoses, MOST_HITS).await;
    let catalogue = by.web.app.catalogue();
    let hit = |proposal: Proposal| {
        let diagnosis = catalogue.diagnosis(&proposal.code)?;
        let tcm = diagnosis.kind != DiagnosisKind::Western;
        let class = tcm.then(|| {
            by.chrome
                .label(crate::labels::DIAGNOSES, diagnosis.kind.as_str())
        });
        Some(json!({ "code": diagnosis.code, "name": diagnosis.name, "class": class }))
    };
    hits(found, hit)
}

type Propose = fn(&App, &Actor, Option<&VisitId>, &str, usize) -> Result<Vec<Proposal>, AppError>;

async fn proposed(
    by: &Signed,
    uri: &axum::http::Uri,
    propose: Propose,
    most: usize,
) -> Result<Vec<Proposal>, AppError> {
    let text = query(uri, "q");
    let visit = Some(query(uri, "visit")).filter(|id| !id.is_empty());
    let visit = visit.map(VisitId);
    by.ask(move |app, actor| propose(app, actor, visit.as_ref(), &text, most))
        .await
}

fn hits(
    found: Result<Vec<Proposal>, AppError>,
    hit: impl Fn(Proposal) -> Option<Value>,
) -> Response {
    match found {
        Ok(found) => Json(found.into_iter().filter_map(hit).collect::<Vec<_>>()).into_response(),
        Err(error) => status(&error).into_response(),
    }
}

fn item(c: &Chrome, hit: ItemHit<'_>, usual: Option<Usual>) -> Value {
    let class = |class: Class| c.label(crate::labels::CLASSES, class.as_str());
    match hit {
        ItemHit::Drug(drug) => {
            let (unit, price) = sold(drug);
            let usual = usual.unwrap_or_else(|| Usual {
                dose: drug.dose.map(|d| d.to_string()).unwrap_or_default(),
                route: drug.route.code.to_owned(),
                frequency: drug.frequency.code.to_owned(),
                days: drug.days.to_string(),
            });
            json!({
                "code": drug.code, "name": drug.name, "spec": drug.spec,
                "class": class(drug.class), "unit": unit, "price": price.to_string(),
                "dose": usual.dose, "doseUnit": drug.dose_unit, "route": usual.route,
                "frequency": usual.frequency, "days": usual.days, "piece": drug.is_piece(),
                "footnote": drug.footnote.map_or("", Footnote::as_str),
            })
        }
        ItemHit::Service(service) => json!({
            "code": service.code, "name": service.name, "spec": "",
            "class": class(service.class), "unit": service.unit,
            "price": service.price.to_string(), "dose": "", "doseUnit": "", "route": "",
            "frequency": "", "days": "", "footnote": "",
        }),
    }
}
