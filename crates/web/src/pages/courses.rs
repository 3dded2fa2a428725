//! 输液疗程: another day is taken into the draft, or the course is stopped.

use axum::extract::Path;
use cunyi_app::App;
use cunyi_app::views::CourseView;
use cunyi_domain::ids::{EntryId, VisitId};

use super::drafts::{Typed, keep, typed};
use super::follow::at_once;
use crate::fault::Answer;
use crate::jobs::Kept;
use crate::session::Posted;

/// Days that were ordered, as what was done is counted.
pub(crate) fn days(course: &CourseView) -> usize {
    usize::try_from(course.days).unwrap_or(usize::MAX)
}

/// `POST /visits/{id}/continue-course`: the lines of another day, beside what is typed.
pub(crate) async fn go_on(Path(id): Path<String>, Posted { by, form, .. }: Posted) -> Answer {
    let course = EntryId(form.get("course").to_owned());
    let typed = typed(by, &form, id)?;
    let (visit, body) = (typed.visit.clone(), typed.body.clone());
    let taken = typed
        .by
        .ask(move |app, actor| app.continue_course(actor, &visit, &course, body))
        .await;
    match taken {
        Ok(body) => Typed { body, ..typed }.then(keep).await,
        Err(error) => typed.refused(error).await,
    }
}

/// `POST /visits/{id}/courses/{course}/stop`
pub(crate) async fn stop(
    Path((id, course)): Path<(String, String)>,
    Posted { by, form, .. }: Posted,
) -> Answer {
    let (course, reason) = (EntryId(course), form.get("reason").to_owned());
    let stop =
        move |app: &App, actor: &_, visit: &_| app.stop_course(actor, visit, &course, &reason);
    at_once(by, VisitId(id), Kept::Nothing, stop).await
}
