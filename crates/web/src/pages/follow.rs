//! What is done with a visit besides writing it: the queue, registration, settlement, hand-over.
//! Steps that ask the insurance centre run as jobs, so that no page waits for it.

use axum::extract::Path;
use cunyi_app::views::InsureForm;
use cunyi_app::{Actor, App, AppError};
use cunyi_domain::ids::{BatchId, ChargeId, VisitId};
use cunyi_domain::ledger::{Goods, Method, VisitState};
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::{Code, Refusal};

use super::workstation::{after, show_error};
use super::{to_visit, visit_path};
use crate::fault::{Answer, Fault};
use crate::form::Form;
use crate::jobs::{Kept, Key, Outcome, What};
use crate::session::{Posted, Signed};

/// Does something at once and goes back to the visit's page.
pub(super) async fn at_once<W>(by: Signed, visit: VisitId, kept: Kept, work: W) -> Answer
where
    W: FnOnce(&App, &Actor, &VisitId) -> Result<(), AppError> + Send + 'static,
{
    let id = visit.clone();
    match by.ask(move |app, actor| work(app, actor, &id)).await {
        Ok(()) => Ok(to_visit(&visit)),
        Err(error) => show_error(&by, visit, error, kept).await,
    }
}

/// Does something that may take as long as the centre.
pub(super) async fn as_job<W>(by: Signed, what: What, visit: VisitId, kept: Kept, work: W) -> Answer
where
    W: FnOnce(&App, &Actor, &VisitId) -> Result<(), AppError> + Send + 'static,
{
    let (app, actor, id) = (by.web.app.clone(), by.session.actor.clone(), visit.clone());
    let typed = kept.clone();
    let work = move || match work(&app, &actor, &id) {
        Ok(()) => Outcome::Goto(visit_path(&id)),
        Err(error) => Outcome::Failed(error, typed),
    };
    let key = Key::visit(&by.session.actor, &visit);
    match by.web.jobs.run(&by.job(key), what, work).await {
        Ok(standing) => after(&by, visit, standing).await,
        Err(refusal) => show_error(&by, visit, refusal.into(), kept).await,
    }
}

/// `POST /visits/{id}/move`
pub(crate) async fn move_visit(
    Path(id): Path<String>,
    Posted { by, form, what }: Posted,
) -> Answer {
    let Some(to) = VisitState::from_text(form.get("to")) else {
        return Err(Fault::refused(&by.chrome, Code::BadForm));
    };
    as_job(
        by,
        what,
        VisitId(id),
        Kept::Nothing,
        move |app, actor, visit| app.move_visit(actor, visit, to),
    )
    .await
}

/// `POST /visits/{id}/retry-registration`
pub(crate) async fn retry_registration(
    Path(id): Path<String>,
    Posted { by, what, .. }: Posted,
) -> Answer {
    as_job(
        by,
        what,
        VisitId(id),
        Kept::Nothing,
        App::retry_registration,
    )
    .await
}

/// `POST /visits/{id}/self-pay`
pub(crate) async fn switch_to_self_pay(
    Path(id): Path<String>,
    Posted { by, what, .. }: Posted,
) -> Answer {
    as_job(
        by,
        what,
        VisitId(id),
        Kept::Nothing,
        App::switch_to_self_pay,
    )
    .await
}

/// `POST /visits/{id}/voucher`: an e-voucher that was scanned again; a terminal may take its time.
pub(crate) async fn renew_voucher(
    Path(id): Path<String>,
    Posted { by, form, what }: Posted,
) -> Answer {
    let number = form.text("number");
    as_job(
        by,
        what,
        VisitId(id),
        Kept::Nothing,
        move |app, actor, visit| app.renew_voucher(actor, visit, &number),
    )
    .await
}

/// `POST /visits/{id}/insure`: what the patient paid is settled with her insurance after all. What of a
/// number was typed stays on the page, a voucher's token does not.
pub(crate) async fn insure(Path(id): Path<String>, Posted { by, form, what }: Posted) -> Answer {
    let asked = InsureForm {
        who: form.identify(),
        scheme: form.text("scheme"),
    };
    let kept = match asked.who.certificate.as_str() {
        "01" => Kept::Nothing,
        _ => Kept::Field("insure".to_owned(), asked.who.number.clone()),
    };
    as_job(by, what, VisitId(id), kept, move |app, actor, visit| {
        app.insure(actor, visit, &asked)
    })
    .await
}

/// `POST /visits/{id}/presettle`
pub(crate) async fn presettle(Path(id): Path<String>, Posted { by, what, .. }: Posted) -> Answer {
    as_job(by, what, VisitId(id), Kept::Nothing, App::presettle).await
}

/// `POST /visits/{id}/account`: whether her personal account pays.
pub(crate) async fn account(Path(id): Path<String>, Posted { by, form, what }: Posted) -> Answer {
    let keeps = match form.get("keeps") {
        "yes" => true,
        "no" => false,
        _ => return Err(Fault::refused(&by.chrome, Code::BadForm)),
    };
    let choose = move |app: &App, actor: &_, visit: &_| app.keep_account(actor, visit, keeps);
    as_job(by, what, VisitId(id), Kept::Nothing, choose).await
}

/// `POST /visits/{id}/resolve`: asks the centre what became of a lost call.
pub(crate) async fn resolve(Path(id): Path<String>, Posted { by, what, .. }: Posted) -> Answer {
    as_job(by, what, VisitId(id), Kept::Nothing, App::resolve).await
}

/// `POST /visits/{id}/take-back`
pub(crate) async fn take_back(Path(id): Path<String>, Posted { by, what, .. }: Posted) -> Answer {
    as_job(by, what, VisitId(id), Kept::Nothing, App::take_back).await
}

/// `POST /visits/{id}/settle`: pays what was shown and nothing else.
pub(crate) async fn settle(Path(id): Path<String>, Posted { by, form, what }: Posted) -> Answer {
    let visit = VisitId(id);
    match expected(&form).and_then(|expected| Ok((expected, method(&form)?))) {
        Ok((expected, method)) => {
            as_job(by, what, visit, Kept::Nothing, move |app, actor, visit| {
                app.settle(actor, visit, &expected, method)
            })
            .await
        }
        Err(refusal) => show_error(&by, visit, AppError::Refused(refusal), Kept::Nothing).await,
    }
}

/// The batches of the form with the cash that was shown for each.
fn expected(form: &Form) -> Result<Vec<(BatchId, Fen)>, Refusal> {
    let (batches, cash) = (form.list("batch"), form.list("cash"));
    if batches.is_empty() || batches.len() != cash.len() {
        return Err(Refusal::new(Code::BadForm));
    }
    let pair = |(batch, cash): (&str, &str)| {
        let cash = cash.parse().map_err(|_| Refusal::new(Code::BadForm))?;
        Ok((BatchId::from(batch), cash))
    };
    batches.into_iter().zip(cash).map(pair).collect()
}

/// How the patient pays or is paid; cash where the form does not say.
fn method(form: &Form) -> Result<Method, Refusal> {
    match form.get("method") {
        "" => Ok(Method::Cash),
        text => Method::from_text(text).ok_or(Refusal::new(Code::BadForm)),
    }
}

/// `POST /visits/{id}/hand-over-against`: against a deposit, while an answer is lost.
pub(crate) async fn hand_over_against(
    Path(id): Path<String>,
    Posted { by, form, .. }: Posted,
) -> Answer {
    let typed = form.number("deposit");
    let method = method(&form).map_err(|refusal| Fault::refused(&by.chrome, refusal.code))?;
    let kept = Kept::Field(id.clone(), typed.clone());
    at_once(by, VisitId(id), kept, move |app, actor, visit| {
        let deposit = typed.parse();
        let deposit = deposit.map_err(|_| Refusal::at(Code::BadNumber, "deposit"))?;
        app.hand_over_against(actor, visit, deposit, method)
    })
    .await
}

/// `POST /visits/{id}/even-out`: returns or collects what is open.
pub(crate) async fn even_out(Path(id): Path<String>, Posted { by, form, .. }: Posted) -> Answer {
    let sum = form.get("amount").parse().map_err(|_| Code::BadForm);
    let method = method(&form).map_err(|refusal| refusal.code);
    let both = sum.and_then(|sum| Ok((sum, method?)));
    let (sum, method) = both.map_err(|code| Fault::refused(&by.chrome, code))?;
    at_once(by, VisitId(id), Kept::Nothing, move |app, actor, visit| {
        app.even_out(actor, visit, sum, method)
    })
    .await
}

/// `POST /visits/{id}/hand-over`
pub(crate) async fn hand_over(Path(id): Path<String>, Posted { by, .. }: Posted) -> Answer {
    at_once(by, VisitId(id), Kept::Nothing, App::hand_over).await
}

/// `POST /charges/{id}/trace`
pub(crate) async fn scan_trace(Path(id): Path<String>, Posted { by, form, .. }: Posted) -> Answer {
    let (charge, codes) = (ChargeId(id), form.text("trace_codes"));
    let kept = Kept::Field(charge.to_string(), codes.clone());
    let visit = VisitId(form.text("visit"));
    at_once(by, visit, kept, move |app, actor, _| {
        app.scan_trace(actor, &charge, &codes)
    })
    .await
}

/// `POST /batches/{id}/reverse`
pub(crate) async fn reverse(Path(id): Path<String>, posted: Posted) -> Answer {
    of_batch(posted, id, "reason", App::reverse).await
}

/// `POST /batches/{id}/adopt`: a person saw at the centre that a lost call was done.
pub(crate) async fn adopt(Path(id): Path<String>, posted: Posted) -> Answer {
    of_batch(posted, id, "settlement", App::adopt).await
}

/// `POST /batches/{id}/not-done`: a person learnt from the centre that it was not.
pub(crate) async fn not_done(Path(id): Path<String>, posted: Posted) -> Answer {
    of_batch(posted, id, "reason", App::not_done).await
}

/// `POST /batches/{id}/drop`
pub(crate) async fn drop_batch(Path(id): Path<String>, posted: Posted) -> Answer {
    of_batch(posted, id, "reason", App::drop_batch).await
}

/// `POST /batches/{id}/own-pay`: the patient pays it herself.
pub(crate) async fn own_pay(Path(id): Path<String>, posted: Posted) -> Answer {
    let work = |app: &App, actor: &Actor, batch: &BatchId, _: &str| app.own_pay(actor, batch);
    of_batch(posted, id, "", work).await
}

/// `POST /batches/{id}/goods`: what became of the goods of a reversed batch.
pub(crate) async fn goods(Path(id): Path<String>, Posted { by, form, .. }: Posted) -> Answer {
    let (batch, reason) = (BatchId(id), form.text("reason"));
    let visit = VisitId(form.text("visit"));
    let lines = form.list("charge").into_iter().map(ChargeId::from);
    let decisions = form.list("goods").into_iter().map(Goods::from_text);
    let pairs = lines
        .zip(decisions)
        .map(|(line, goods)| Some((line, goods?)));
    let Some(pairs) = pairs.collect::<Option<Vec<_>>>() else {
        return Err(Fault::refused(&by.chrome, Code::BadForm));
    };
    let kept = Kept::Field(batch.to_string(), reason.clone());
    at_once(by, visit, kept, move |app, actor, _| {
        app.decide_goods(actor, &batch, &pairs, &reason)
    })
    .await
}

/// Something done to a batch for a reason.
async fn of_batch(
    Posted { by, form, what }: Posted,
    id: String,
    field: &str,
    work: fn(&App, &Actor, &BatchId, &str) -> Result<(), AppError>,
) -> Answer {
    let (batch, typed) = (BatchId(id), form.text(field));
    let kept = Kept::Field(batch.to_string(), typed.clone());
    let visit = VisitId(form.text("visit"));
    if visit.as_str().is_empty() {
        return Err(Fault::refused(&by.chrome, Code::BadForm));
    }
    as_job(by, what, visit, kept, move |app, actor, _| {
        work(app, actor, &batch, &typed)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_shown_is_read() {
        let read = |body: &str| Form::parse(body.as_bytes()).and_then(|form| expected(&form));
        let two = read("batch.0=A&cash.0=8.63&batch.1=B&cash.1=0.00").unwrap();
        assert_eq!(
            two,
            [(BatchId::from("A"), Fen(863)), (BatchId::from("B"), Fen(0))]
        );
        for bad in [
            "",
            "batch.0=A",
            "cash.0=1",
            "batch.0=A&cash.0=x",
            "batch.0=A&cash.0=1.005",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
