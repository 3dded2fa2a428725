//! A policy file as its route asks for the insurance bureau's answer.

use crate::cases::post;
use crate::house::{Ask, House};
use crate::world::actor;

pub fn to_confirm(h: &House) -> Ask {
    let administrator = actor(&h.w.app, "administrator");
    of_a_real_place(h);
    let policy = &h.w.app.policies(&administrator).expect("policies")[0];
    let typed = [
        ("name", policy.name.as_str()),
        ("version", &policy.version),
        ("confirmed_by", "县医保局待遇科"),
        ("confirmed_on", "2026-01-05"),
    ];
    post("/policies", &typed)
}

/// The demo's policies under a name that could be a real place's.
fn of_a_real_place(h: &House) {
    let sql = "UPDATE reference_file SET content = \
               REPLACE(content, 'fictional = true', 'fictional = false') WHERE what = 'policy'";
    let db = h.w.app.store().db();
    let done = db.transact("real", |tx| tx.execute(sql, vec![]));
    assert!(done.expect("renamed") > 0);
}
