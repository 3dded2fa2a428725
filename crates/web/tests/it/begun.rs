//! A visit of which nothing is typed yet.

use cunyi_app::views::DraftBody;

use crate::cases::get;
use crate::house::house;

/// What she had before stands there of itself: the consultation fee does, too, and nothing is wrong yet.
#[tokio::test]
async fn a_past_history_is_nothing_typed() {
    let h = house();
    let body = DraftBody {
        past_history: "胃溃疡".to_owned(),
        ..h.w.cold()
    };
    let person = h.w.resident(false);
    let first = h.w.settled(person, &body);
    h.w.app.hand_over(&h.w.doctor, &first).unwrap();
    h.w.clock.advance(7 * 86_400);
    let next = h.w.register(person);
    let by = h.sign_in("doctor");
    let page = h.ask(&by, &get(format!("/visits/{next}"))).await.body;
    let record = page.split("id=\"draft\"").nth(1).expect("a draft");
    assert!(record.contains("胃溃疡"));
    assert!(record.contains("data-proposed"), "the fee's row");
    assert!(!record.contains("aria-invalid") && !page.contains("class=\"problem"));
}
