//! 皮试: ordered beside the fee list, read on the visit's page.

use axum::extract::Path;
use cunyi_app::App;
use cunyi_domain::ids::{EntryId, VisitId};
use cunyi_domain::refusal::{Code, Refusal};

use super::drafts::{keep, typed};
use super::to_visit;
use super::workstation::show_error;
use crate::fault::{Answer, Fault};
use crate::jobs::Kept;
use crate::session::Posted;

/// The drug whose skin test is to be ordered first, where a line is refused for that.
pub(crate) fn wanted(refusal: &Refusal) -> Option<&str> {
    let of = refusal.args.iter().find(|(name, _)| *name == "item");
    let item = of.filter(|_| refusal.code == Code::SkinTestWanted);
    item.map(|(_, code)| code.as_str())
}

/// `POST /visits/{id}/skin-test`: what is typed is kept and the test ordered.
pub(crate) async fn order(Path(id): Path<String>, Posted { by, form, .. }: Posted) -> Answer {
    let code = form.get("skin_test").to_owned();
    let typed = typed(by, &form, id)?;
    typed
        .then(move |app, actor, visit, version, body| {
            keep(app, actor, visit, version, body)?;
            app.order_skin_test(actor, visit, &code)
        })
        .await
}

/// `POST /visits/{id}/skin-tests/{test}`
pub(crate) async fn read(
    Path((id, test)): Path<(String, String)>,
    Posted { by, form, .. }: Posted,
) -> Answer {
    let positive = match form.get("result") {
        "positive" => true,
        "negative" => false,
        _ => return Err(Fault::refused(&by.chrome, Code::BadForm)),
    };
    let (visit, test) = (VisitId(id), EntryId(test));
    let of = visit.clone();
    let read = move |app: &App, actor: &_| app.read_skin_test(actor, &of, &test, positive);
    match by.ask(read).await {
        Ok(()) => Ok(to_visit(&visit)),
        Err(error) => show_error(&by, visit, error, Kept::Nothing).await,
    }
}
