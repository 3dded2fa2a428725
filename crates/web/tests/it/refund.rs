//! A part of a settled batch is given back by its page: seen first, done by the second press.

use axum::http::StatusCode;
use cunyi_domain::batch::BatchState as S;
use cunyi_domain::ledger::Standing;

use crate::cases::{form, get, of_visit, post, settled};
use crate::house::{Ask, House, house};

/// The form of the first line's page, one of it given back.
fn one(h: &House, batch: &str, line: &str, more: &[(&str, &str)]) -> Ask {
    let typed = [("charge.0", line), ("back.0", "１"), ("reason", "退一盒")];
    let mut ask = post(&format!("/batches/{batch}/refund"), &typed);
    ask.form.extend(form(more));
    h.keep_secret(["退一盒"]);
    ask
}

#[tokio::test]
async fn it_is_seen_first_and_done_by_the_second_press() {
    let h = house();
    let doctor = h.sign_in("doctor");
    let visit = settled(&h);
    h.w.app.hand_over(&h.w.doctor, &visit).unwrap();
    let view = h.w.view(&visit);
    let (batch, line) = (view.batches[0].id.as_str(), view.charges[0].id.as_str());
    let page = h.ask(&doctor, &of_visit("get", &visit, "")).await;
    let path = format!("/batches/{batch}/refund");
    assert!(page.body.contains(&format!("href=\"{path}\"")));
    let page = h.ask(&doctor, &get(&path)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("看看退多少") && !page.body.contains("name=\"seen\""));
    // Seen.
    let before = h.heads();
    let page = h.ask(&doctor, &one(&h, batch, line, &[])).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(h.heads(), before, "nothing is done yet");
    assert!(page.body.contains("退费并重新结算") && page.body.contains("value=\"退一盒\""));
    let seen = page.body.split("name=\"seen\" value=\"").nth(1).unwrap();
    let seen = seen.split('"').next().unwrap().to_owned();
    // Changed since: it is shown again and not done.
    let total = seen.split(' ').next().unwrap();
    for other in ["0.01 1", total, &format!("{total} 2")] {
        let other = one(&h, batch, line, &[("seen", other)]);
        let other = h.ask(&doctor, &other).await;
        assert_eq!((other.status, h.heads()), (StatusCode::OK, before.clone()));
    }
    let done = h
        .ask(&doctor, &one(&h, batch, line, &[("seen", &seen)]))
        .await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    assert_eq!(done.location(), format!("/visits/{visit}"));
    assert_eq!(h.w.states(&visit), [S::Reversed, S::Settled]);
    let Standing::ToReturn(sum) = h.w.view(&visit).money else {
        panic!("something is to be returned");
    };
    let page = h.ask(&doctor, &of_visit("get", &visit, "")).await;
    assert!(page.body.contains("冲回后重新收费的部分"));
    assert!(
        page.body
            .contains(&format!("name=\"amount\" value=\"{sum}\""))
    );
}

#[tokio::test]
async fn where_the_rest_is_refused_the_page_says_what_can_be_done() {
    let h = house();
    let doctor = h.sign_in("doctor");
    let visit = settled(&h);
    h.w.app.hand_over(&h.w.doctor, &visit).unwrap();
    let view = h.w.view(&visit);
    let (batch, line) = (view.batches[0].id.as_str(), view.charges[0].id.as_str());
    let page = h.ask(&doctor, &one(&h, batch, line, &[])).await;
    let seen = page.body.split("name=\"seen\" value=\"").nth(1).unwrap();
    let seen = seen.split('"').next().unwrap().to_owned();
    let fault = cunyi_centre::faults::Fault::Refuse;
    h.w.centre.panel.set_fault(fault, "2206", 1);
    let told = h
        .ask(&doctor, &one(&h, batch, line, &[("seen", &seen)]))
        .await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        told.body.contains("这一部分还没有重新结算"),
        "{}",
        told.body
    );
    let rest = &h.w.view(&visit).batches[1].id;
    assert!(told.body.contains(&format!("/batches/{rest}/own-pay")));
    assert!(told.body.contains(&format!("/visits/{visit}/presettle")));
    let queue = h.ask(&doctor, &get("/")).await;
    assert!(queue.body.contains("待了结"));
    let presettled = h
        .ask(&doctor, &of_visit("post", &visit, "/presettle"))
        .await;
    assert_eq!(presettled.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn what_became_of_the_drugs_is_asked_once_and_stands_on_the_slip() {
    let h = house();
    let doctor = h.sign_in("doctor");
    let visit = settled(&h);
    h.w.app.hand_over(&h.w.doctor, &visit).unwrap();
    let batch = h.w.view(&visit).batches[0].id.clone();
    h.w.app.reverse(&h.w.doctor, &batch, "开错药").unwrap();
    let page = h.ask(&doctor, &of_visit("get", &visit, "")).await;
    assert!(page.body.contains("退费的药品去向") && page.body.contains("value=\"开错药\""));
    let kept = page.body.find("value=\"kept\"").unwrap();
    assert!(
        kept < page.body.find("value=\"quarantined\"").unwrap(),
        "the default"
    );
    let goods = h.w.view(&visit).goods.remove(0);
    let typed = |decision: &str, reason: &str| {
        let pairs = [
            ("visit", visit.as_str()),
            ("charge.0", goods.charge.as_str()),
            ("goods.0", decision),
            ("reason", reason),
        ];
        post(&format!("/batches/{batch}/goods"), &pairs)
    };
    let bad = h.ask(&doctor, &typed("sold", "受潮")).await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = h.ask(&doctor, &typed("quarantined", "受潮")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let page = h.ask(&doctor, &of_visit("get", &visit, "")).await;
    assert!(page.body.contains("因质量退回，隔离") && !page.body.contains("name=\"goods.0\""));
    let again = h.ask(&doctor, &typed("kept", "受潮")).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    let stock = h.ask(&doctor, &get("/stock")).await;
    assert!(stock.body.contains("隔离"));
    let payments = h.w.view(&visit).payments;
    let back = &payments.last().unwrap().id;
    let slip = h
        .ask(&doctor, &get(format!("/payments/{back}/print")))
        .await;
    assert!(slip.body.contains("退回药品") && slip.body.contains(&goods.name));
    let paid = &payments[0].id;
    let receipt = h
        .ask(&doctor, &get(format!("/payments/{paid}/print")))
        .await;
    assert!(!receipt.body.contains("退回药品"));
}
