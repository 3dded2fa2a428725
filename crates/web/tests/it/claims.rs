//! 清算: valid requests for its routes, and what was typed beside what was refused.

use axum::http::StatusCode;
use cunyi_app::views::{ApplicationView, ApplyForm, ClearingForm, PeriodView};
use cunyi_domain::ledger::ClearingKind;
use cunyi_domain::money::Fen;
use cunyi_domain::reconcile::Group;
use cunyi_domain::row::Field;
use cunyi_domain::time::civil::Date;
use cunyi_domain::time::{Moment, parse_date};
use cunyi_domain::transport::{Reply, TransportError};

use crate::cases::{post, settled};
use crate::house::{Ask, House, house};

/// What the office paid.
pub const PAID: [(&str, &str); 7] = [
    ("period", "2026-11-01"),
    ("clearing_group", "390/11/990001"),
    ("clearing_kind", "paid"),
    ("amount", "123.45"),
    ("clearing_on", "2026-11-24"),
    ("appeal_by", ""),
    ("reason", ""),
];

fn seen(h: &House, from: Date) -> PeriodView {
    h.w.app.clearing_period(&h.w.doctor, from).expect("seen")
}

/// Settled in a month that is over and that nobody has applied for, and what is shown of it.
fn claimed(h: &House) -> ApplyForm {
    let visit = settled(h);
    let mut from = parse_date("2026-10-01").expect("a date");
    while !seen(h, from).applications.is_empty() {
        from = from.yesterday().expect("a day").first_of_month();
    }
    let sql = "UPDATE settlement SET settled_at = ? WHERE visit = ?";
    let values = vec![Moment::start_of(from).into_value(), visit.into_value()];
    let db = h.w.app.store().db();
    let moved = db.transact("moved", |tx| tx.execute(sql, values));
    assert!(moved.expect("moved") > 0);
    let (clearing_type, asked) = seen(h, from).to_apply.remove(0);
    ApplyForm {
        from,
        clearing_type,
        claim: asked.claim(),
        reason: "停电".to_owned(),
    }
}

/// Applies until it went as it should, and answers the application: answers that were made up for those
/// who could not ask come first.
fn applied(
    h: &House,
    reply: fn() -> Result<Reply, TransportError>,
    good: bool,
) -> (Date, ApplicationView) {
    loop {
        let asked = claimed(h);
        h.w.wire.twist("3203", move |_| reply());
        let done = h.w.app.apply_for_clearing(&h.w.doctor, &asked).is_ok();
        if done == good {
            return (asked.from, seen(h, asked.from).applications.remove(0));
        }
    }
}

fn body(text: &str) -> Reply {
    let body = text.as_bytes().to_vec();
    Reply { status: 200, body }
}

fn accepted() -> Reply {
    body("{\"infcode\":0,\"output\":{\"result\":{\"clr_appy_evt_id\":\"E1\"}}}")
}

fn apply_for(asked: &ApplyForm, claim: Fen) -> Ask {
    let (from, claim) = (asked.from.to_string(), claim.to_string());
    let shown = [
        ("period", from.as_str()),
        ("clearing_type", "11"),
        ("claim", &claim),
        ("reason", &asked.reason),
    ];
    post("/clearing/apply", &shown)
}

pub fn apply(h: &House) -> Ask {
    let asked = claimed(h);
    h.w.wire.twist("3203", |_| Ok(accepted()));
    apply_for(&asked, asked.claim)
}

pub fn withdraw(h: &House, reason: &str) -> Ask {
    let (from, of) = applied(h, || Ok(accepted()), true);
    h.w.wire.twist("3204", |_| Ok(body("{\"infcode\":0}")));
    let (from, id) = (from.to_string(), of.application.id.to_string());
    let typed = [
        ("period", from.as_str()),
        ("application", &id),
        ("reason", reason),
    ];
    post("/clearing/withdraw", &typed)
}

pub fn told(h: &House, by: &str) -> Ask {
    let lost = || Err(TransportError::Lost("cut".to_owned()));
    let (from, of) = applied(h, lost, false);
    let (from, id) = (from.to_string(), of.application.id.to_string());
    let typed = [
        ("period", from.as_str()),
        ("application", &id),
        ("told", "there"),
        ("told_by", by),
        ("clearing_event", "990001"),
    ];
    post("/clearing/told", &typed)
}

fn entry(h: &House, kind: ClearingKind) -> ClearingForm {
    ClearingForm {
        from: parse_date("2026-11-01").expect("a date"),
        group: Group {
            scheme: "390".to_owned(),
            clearing_type: "11".to_owned(),
            office: "990001".to_owned(),
        },
        kind,
        amount: Fen(500),
        on: h.w.app.now().date(),
        appeal_by: None,
        reason: "超量".to_owned(),
    }
}

/// The id of what was entered last.
fn entered(h: &House, form: &ClearingForm) -> String {
    h.w.app.enter_clearing(&h.w.doctor, form).expect("entered");
    let view = seen(h, form.from);
    view.entries.last().expect("one").entry.id.to_string()
}

pub fn appeal(h: &House, reason: &str) -> Ask {
    let id = entered(h, &entry(h, ClearingKind::Deducted));
    let today = h.w.app.now().date().to_string();
    let typed = [
        ("period", "2026-11-01"),
        ("entry", id.as_str()),
        ("clearing_kind", "appealed"),
        ("clearing_on", &today),
        ("reason", reason),
    ];
    post("/clearing/appeal", &typed)
}

pub fn correct(h: &House, reason: &str) -> Ask {
    let id = entered(h, &entry(h, ClearingKind::Paid));
    let typed = [
        ("period", "2026-11-01"),
        ("entry", id.as_str()),
        ("reason", reason),
    ];
    post("/clearing/correct", &typed)
}

fn too_long() -> String {
    "理".repeat(201)
}

/// A request that is refused, with which words, and what stands there again.
type Refused = (fn(&House) -> Ask, &'static str, String);

#[tokio::test]
async fn what_was_typed_beside_what_is_refused_stays() {
    let house = house();
    let by = house.sign_in("doctor");
    let refused: [Refused; 6] = [
        (
            |h| apply_for(&claimed(h), Fen(1)),
            "请看清",
            "停电".to_owned(),
        ),
        (
            |h| {
                let asked = claimed(h);
                let reply = "{\"infcode\":-1,\"err_msg\":\"请先对账\"}";
                h.w.wire.twist("3203", |_| Ok(body(reply)));
                apply_for(&asked, asked.claim)
            },
            "请先对账",
            "停电".to_owned(),
        ),
        (|h| withdraw(h, &too_long()), "内容太长", too_long()),
        (|h| told(h, &too_long()), "内容太长", too_long()),
        (|h| appeal(h, &too_long()), "内容太长", too_long()),
        (|h| correct(h, &too_long()), "内容太长", too_long()),
    ];
    for (ask, words, kept) in refused {
        let ask = ask(&house);
        let heads = house.heads();
        let answer = house.ask(&by, &ask).await;
        let path = &ask.path;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        let problem = answer.problem();
        assert!(problem.contains(words), "{path} {problem}");
        let value = format!("value=\"{kept}\"");
        assert_eq!(answer.body.matches(&value).count(), 1, "{path}");
        // What the centre refused is recorded.
        assert_eq!(house.heads() == heads, words != "请先对账", "{path}");
    }
}
