//! The workstation: queue on the left, the visit in the middle, the fee list on the right.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use cunyi_app::views::{
    Age, BatchView, ChargeView, CourseDue, DraftBody, FieldUse, GoodsView, Preview, QueueEntry,
    RecordField, TemplateView, VisitView,
};
use cunyi_app::{Action, Actor, App, AppError};
use cunyi_catalogue::{ADULT, Catalogue, Frequency, Route, frequencies, routes};
use cunyi_domain::batch::BatchState;
use cunyi_domain::ids::{BatchId, VisitId};
use cunyi_domain::ledger::{Prescription, TwoDisease, VisitState};
use cunyi_domain::money::{Fen, Quantity};
use cunyi_domain::refusal::Code;

pub(crate) use super::queue::Queue;
use super::settling::{Next, Settle};
use super::to_visit;
use crate::chrome::Chrome;
use crate::fault::{Answer, Fault, html, status, words};
use crate::jobs::{Kept, Key, Outcome, Standing};
use crate::labels::RECORD_FIELDS;
use crate::layout::model::consent::asked;
use crate::pages::drafts::{DiagnosisRow, Problems, Row, Tick, begun, diagnosis_rows, rows};
use crate::session::Signed;

/// Something to say above a page.
pub(crate) struct Notice {
    pub(crate) bad: bool,
    pub(crate) words: String,
}

#[derive(Template)]
#[template(path = "home.html")]
pub(crate) struct HomePage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) q: &'a Queue,
    /// 今日待输、漏输
    pub(crate) courses: &'a [CourseDue],
    pub(crate) notices: Vec<Notice>,
}

/// The visit while its record is open.
#[derive(Template)]
#[template(path = "visit_draft.html")]
pub(crate) struct DraftPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) q: &'a Queue,
    pub(crate) v: &'a VisitView,
    pub(crate) notices: Vec<Notice>,
    pub(crate) body: &'a DraftBody,
    pub(crate) version: i64,
    pub(crate) rows: Vec<Row>,
    pub(crate) diagnoses: Vec<DiagnosisRow>,
    pub(crate) problems: Problems,
    pub(crate) p: &'a Preview,
    pub(crate) templates: Vec<TemplateView>,
    /// What was typed as the name of a new one and not taken.
    pub(crate) template_name: String,
    /// Those that she may write; each is a tab.
    pub(crate) prescriptions: Vec<Prescription>,
    pub(crate) routes: &'static [Route],
    pub(crate) frequencies: &'static [Frequency],
}

/// The visit once signed, or to someone who does not treat, or while a job runs.
#[derive(Template)]
#[template(path = "visit_signed.html")]
pub(crate) struct SignedPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) q: &'a Queue,
    pub(crate) v: &'a VisitView,
    pub(crate) notices: Vec<Notice>,
    pub(crate) settle: Settle<'a>,
    pub(crate) running: bool,
    /// What was typed beside a charge or batch and not taken: its id, the text.
    pub(crate) typed: Option<(String, String)>,
    pub(crate) catalogue: &'a Catalogue,
}

impl DraftPage<'_> {
    /// The field to begin in: what the illness is followed by and nobody has measured, then the complaint.
    pub(crate) fn focus(&self) -> &'static str {
        use RecordField::{Complaint, Glucose, Pressure};
        let measured = [
            (
                TwoDisease::Hypertension,
                Pressure,
                "systolic",
                &self.body.systolic,
            ),
            (TwoDisease::Diabetes, Glucose, "glucose", &self.body.glucose),
        ];
        let has = |disease| {
            let mut diagnoses = self.body.diagnoses.iter();
            diagnoses.any(|code| cunyi_catalogue::followed(code) == Some(disease))
        };
        let mut open = measured.into_iter();
        let open = open.find(|(disease, field, _, typed)| {
            typed.is_empty() && has(*disease) && self.shows(*field)
        });
        let texts = RecordField::ALL.iter().filter(|field| **field >= Complaint);
        let first = || texts.copied().find(|field| self.shows(*field));
        open.map(|(.., name, _)| name)
            .or_else(|| first().map(RecordField::as_str))
            .unwrap_or_default()
    }

    /// Whether a field of the record stands there. A child's doses are limited by her weight, used or not.
    pub(crate) fn shows(&self, field: RecordField) -> bool {
        let child = || !matches!(self.v.patient.age, Age::Years(years) if years >= ADULT);
        self.v.fields.shows(field, self.body) || (field == RecordField::Weight && child())
    }

    /// What a field is called, with a star where the clinic wants it.
    pub(crate) fn name(&self, field: RecordField) -> String {
        let name = self.c.label(RECORD_FIELDS, field.as_str());
        match self.v.fields.of(field) {
            FieldUse::Required => format!("{name} *"),
            _ => name,
        }
    }

    /// Whose it is.
    pub(crate) fn visit(&self) -> &VisitId {
        &self.v.visit
    }

    /// Whether the tick of a long prescription stands there.
    pub(crate) fn long(&self) -> Option<Tick> {
        Tick::of(self.p, self.body)
    }

    /// Estimates are said to be estimates.
    pub(crate) fn own_pay(&self) -> Fen {
        self.p.lines.iter().map(|l| l.own_pay).sum()
    }
}

/// `GET /`
pub(crate) async fn home(by: Signed) -> Answer {
    let (entries, notices) = match by.ask(App::queue).await {
        Ok(entries) => (entries, vec![]),
        Err(error @ AppError::Refused(_)) if status(&error) == StatusCode::FORBIDDEN => (
            vec![],
            vec![Notice {
                bad: false,
                words: by.chrome.t("home-no-queue"),
            }],
        ),
        Err(error) => return Err(Fault::new(&by.chrome, error)),
    };
    let queue = Queue::new(entries, VisitId::default());
    // Asked for where the page shows them: each look is noted.
    let courses = if by.chrome.opens("/identify") {
        by.call(App::courses_due).await?
    } else {
        vec![]
    };
    Ok(html(
        StatusCode::OK,
        &HomePage {
            c: &by.chrome,
            q: &queue,
            courses: &courses,
            notices,
        },
    ))
}

/// `GET /visits/{id}`
pub(crate) async fn visit(by: Signed, Path(id): Path<String>) -> Answer {
    let id = VisitId(id);
    match by
        .web
        .jobs
        .look(&by.job(Key::visit(&by.session.actor, &id)))
    {
        Standing::Ended(Outcome::Failed(error, kept)) => show_error(&by, id, error, kept).await,
        Standing::Running => {
            show(
                &by,
                id,
                Extra {
                    running: true,
                    ..Extra::default()
                },
            )
            .await
        }
        _ => show(&by, id, Extra::default()).await,
    }
}

/// What a visit's page shows besides the visit.
#[derive(Default)]
pub(crate) struct Extra {
    /// 200 unless something was refused.
    pub(crate) status: StatusCode,
    /// What to say above it.
    pub(crate) notices: Vec<Notice>,
    /// What was typed and not taken.
    pub(crate) kept: Kept,
    /// A job runs.
    pub(crate) running: bool,
    /// The name of a template that was not saved.
    pub(crate) template_name: String,
}

/// A visit's page with an error above it and what was typed kept.
pub(crate) async fn show_error(by: &Signed, id: VisitId, error: AppError, kept: Kept) -> Answer {
    let lost = matches!(&error, AppError::Refused(r) if matches!(r.code, Code::NotFound | Code::Forbidden));
    if lost {
        return Err(Fault::new(&by.chrome, error));
    }
    let notices = vec![Notice {
        bad: true,
        words: words(&by.chrome, &error),
    }];
    let extra = Extra {
        status: status(&error),
        notices,
        kept,
        ..Extra::default()
    };
    show(by, id, extra).await
}

struct Read {
    queue: Vec<QueueEntry>,
    visit: VisitView,
    body: DraftBody,
    version: i64,
    preview: Preview,
    rows: Vec<Row>,
    diagnoses: Vec<DiagnosisRow>,
    templates: Vec<TemplateView>,
    prescriptions: Vec<Prescription>,
}

/// A visit's page.
pub(crate) async fn show(by: &Signed, id: VisitId, extra: Extra) -> Answer {
    let treats = by.chrome.may(Action::Treat);
    let (typed, field) = match extra.kept {
        Kept::Nothing => (None, None),
        Kept::Draft(body, version) => (Some((*body, version)), None),
        Kept::Field(of, text) => (None, Some((of, text))),
    };
    let read = by
        .call(move |app, actor| read(app, actor, &id, typed, treats))
        .await?;
    let queue = Queue::new(read.queue, read.visit.visit.clone());
    let (c, v, notices) = (&*by.chrome, &read.visit, extra.notices);
    if v.frozen || !treats || extra.running || v.state == VisitState::Cancelled {
        let settle = Settle::of(v);
        let page = SignedPage {
            c,
            q: &queue,
            v,
            notices,
            settle,
            running: extra.running,
            typed: field,
            catalogue: by.web.app.catalogue(),
        };
        return Ok(html(extra.status, &page));
    }
    let problems = Problems::new(c, &read.preview.problems);
    let page = DraftPage {
        c,
        q: &queue,
        v,
        notices,
        body: &read.body,
        version: read.version,
        rows: read.rows,
        diagnoses: read.diagnoses,
        problems,
        p: &read.preview,
        templates: read.templates,
        template_name: extra.template_name,
        prescriptions: read.prescriptions,
        routes: routes(),
        frequencies: frequencies(),
    };
    Ok(html(extra.status, &page))
}

fn read(
    app: &App,
    actor: &Actor,
    id: &VisitId,
    typed: Option<(DraftBody, i64)>,
    treats: bool,
) -> Result<Read, AppError> {
    let visit = app.visit(actor, id)?;
    let queue = app.queue(actor)?;
    let (body, version) = typed
        // A refused signature has still saved the draft: what is typed is then on that version.
        .filter(|(body, _)| *body != visit.draft)
        .unwrap_or_else(|| (visit.draft.clone(), visit.draft_version));
    // Nothing typed yet is nothing wrong yet. What she had before stands there of itself.
    let untouched = DraftBody {
        past_history: body.past_history.clone(),
        ..DraftBody::default()
    };
    let empty = body == untouched;
    let preview = if visit.frozen || !treats || empty {
        Preview::default()
    } else {
        app.preview(actor, id, &body)?
    };
    let begins = visit.begins.as_ref().filter(|_| empty);
    let rows = match begins {
        Some(line) => begun(app.catalogue(), line),
        None => rows(app.catalogue(), &body),
    };
    let diagnoses = diagnosis_rows(app.catalogue(), &body);
    let (templates, prescriptions) = if treats {
        (app.templates(actor)?, app.prescriptions(actor)?)
    } else {
        (Vec::new(), Vec::new())
    };
    Ok(Read {
        queue,
        visit,
        body,
        version,
        preview,
        rows,
        diagnoses,
        templates,
        prescriptions,
    })
}

impl SignedPage<'_> {
    /// What she has to agree to pay alone; none where nothing is.
    pub(crate) fn to_consent(&self) -> Option<Fen> {
        let sum: Fen = asked(self.v).map(|line| line.own_pay).sum();
        (sum > Fen::ZERO).then_some(sum)
    }

    /// Lines of a batch whose goods were handed over and given back.
    pub(crate) fn goods(&self, batch: &BatchId) -> Vec<&GoodsView> {
        let of_batch = |g: &&GoodsView| g.batch == *batch;
        self.v.goods.iter().filter(of_batch).collect()
    }

    /// Those of which nobody has said what became of them.
    pub(crate) fn open_goods(&self, batch: &BatchId) -> Vec<&GoodsView> {
        let mut goods = self.goods(batch);
        goods.retain(|g| g.decided.is_none());
        goods
    }

    /// Of how many lines nobody has said what became of them, and the first batch with such a line.
    pub(crate) fn undecided_goods(&self) -> Option<(usize, i64)> {
        let open = |b: &&BatchView| !self.open_goods(&b.id).is_empty();
        let first = self.v.batches.iter().find(open)?;
        let lines = self.v.goods.iter().filter(|g| g.decided.is_none());
        Some((lines.count(), first.position))
    }

    /// What was typed beside a charge or batch and not taken; empty if nothing was.
    pub(crate) fn typed(&self, id: impl std::fmt::Display) -> &str {
        let id = id.to_string();
        let of = self.typed.as_ref().filter(|(of, _)| *of == id);
        of.map_or("", |(_, text)| text)
    }

    /// True if that was asked for and not done, whether anything was typed for it or not.
    pub(crate) fn asked(&self, what: &str) -> bool {
        self.typed.as_ref().is_some_and(|(of, _)| of == what)
    }

    /// How many boxes of a line carry a trace code: whole boxes each, what is split from one box one.
    pub(crate) fn boxes(&self, line: &ChargeView) -> i64 {
        let drug = self.catalogue.drug(&line.code);
        let whole = drug.is_some_and(|drug| drug.pack_unit == line.unit);
        let boxes = line.quantity.0 / Quantity::whole(1).0;
        if whole { boxes.max(1) } else { 1 }
    }

    /// Seconds after which the page asks again by itself; none when nothing is awaited.
    pub(crate) fn refresh(&self) -> Option<u32> {
        let requested = |s| matches!(s, BatchState::Requested | BatchState::ReversalRequested);
        (self.running || self.v.batches.iter().any(|b| requested(b.state))).then_some(2)
    }

    /// What comes next.
    pub(crate) fn next(&self) -> Next {
        let next = if self.running {
            Next::Wait
        } else if !self.v.batches.is_empty() {
            self.settle.next(self.v.state)
        } else {
            Next::Nothing
        };
        let may = next.needs().is_none_or(|action| self.c.may(action));
        if may { next } else { Next::Others }
    }
}

/// The page again after work that may take long, or the news that it goes on.
pub(crate) async fn after(by: &Signed, id: VisitId, standing: Standing) -> Answer {
    match standing {
        Standing::Ended(Outcome::Failed(error, kept)) => show_error(by, id, error, kept).await,
        _ => Ok(to_visit(&id)),
    }
}
