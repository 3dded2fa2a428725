//! How papers look is changed, and changed back.

use cunyi_app::Layout;
use cunyi_domain::journal::Entry;
use cunyi_domain::refusal::{Code, Refusal};

use crate::world::{World, actor, worlds};

/// What is printed by, and how often it was changed.
fn stands(w: &World) -> (Option<String>, usize) {
    let own = w.app.layout(&w.doctor, Layout::FeeList).unwrap();
    let sql = "WHERE kind = 'reference_activated'";
    let store = w.app.store();
    let facts = store
        .db()
        .read("facts", |tx| tx.select::<Entry>(sql, vec![]));
    (own, facts.unwrap().len())
}

#[test]
fn a_layout_comes_into_force_and_goes_and_each_change_is_a_fact() {
    for w in worlds("set_layout") {
        let administrator = actor(&w.app, "administrator");
        let set = |text: &str| w.app.set_layout(&administrator, Layout::FeeList, text);
        let (own, facts) = stands(&w);
        assert_eq!(own, None);
        // The clock stands still: what came last is in force all the same.
        for (text, changes) in [
            ("", 0),
            ("<p>甲</p>", 1),
            ("<p>甲</p>", 1),
            ("<p>乙</p>\n\t", 2),
            ("<p>甲</p>", 3),
            ("", 4),
            ("", 4),
        ] {
            set(text).unwrap();
            let (own, now) = stands(&w);
            assert_eq!(
                (own.unwrap_or_default().as_str(), now),
                (text, facts + changes)
            );
        }
        for (text, code) in [
            ("甲".repeat(32 * 1024 / 3 + 1), Code::TooLarge),
            ("<p>\u{7}</p>".to_owned(), Code::BadText),
        ] {
            assert_eq!(w.refused(set(&text)), Refusal::at(code, "layout_text"));
        }
        let views = w.app.layouts(&administrator).unwrap();
        let own = |layout| views.iter().find(|v| v.layout == layout).unwrap();
        assert_eq!(own(Layout::FeeList).own, None);
        assert!(own(Layout::FeeList).active_from.is_some());
        assert_eq!(own(Layout::Prescription).active_from, None);
        w.prove();
    }
}
