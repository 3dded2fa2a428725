//! How many write transactions a visit costs: each is a flush of the disk, four milliseconds on the
//! clinic's PC.

use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::with_default;
use tracing::{Event, Metadata, Subscriber};

use crate::own_visits::own_worlds;
use crate::world::{World, worlds};

/// Keeps the names of write transactions; the centre's own are `transaction` and `log`.
#[derive(Clone, Default)]
struct Writes(Arc<Mutex<Vec<String>>>);

#[derive(Default)]
struct Fields {
    name: String,
    write: bool,
}

impl Visit for Fields {
    fn record_bool(&mut self, field: &Field, value: bool) {
        self.write |= field.name() == "write" && value;
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "name" {
            value.clone_into(&mut self.name);
        }
    }
    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

impl Subscriber for Writes {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("cunyi_db")
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let centres = matches!(fields.name.as_str(), "transaction" | "log");
        if fields.write && !centres {
            self.0.lock().unwrap().push(fields.name);
        }
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// Write transactions of one visit, drafts apart.
fn writes(w: &World, body: &cunyi_app::views::DraftBody, hypertension: bool) -> Vec<String> {
    let writes = Writes::default();
    with_default(writes.clone(), || {
        let visit = w.settled(w.resident(hypertension), body);
        w.app.hand_over(&w.doctor, &visit).unwrap();
    });
    let mut names = writes.0.lock().unwrap().clone();
    names.retain(|name| name != "save_draft");
    names
}

#[test]
fn a_visit_of_one_batch_costs_ten_commits_and_each_further_batch_six() {
    for w in worlds("commits") {
        // The day's sign-in at the platform is not the visit's.
        w.identify(w.resident(false));
        let one = writes(&w, &w.cold(), false);
        assert!((3..=10).contains(&one.len()), "{one:?}");
        let two = writes(&w, &w.cold_and_pressure(), true);
        assert!(two.len() <= one.len() + 6, "{two:?}");
    }
}

#[test]
fn a_registration_of_a_batchs_own_costs_no_commit_more() {
    for w in own_worlds("commits_own") {
        w.identify(w.resident(false));
        let one = writes(&w, &w.cold(), false);
        let two = writes(&w, &w.cold_and_pressure(), true);
        assert!(
            one.len() <= 10 && two.len() <= one.len() + 6,
            "{one:?} {two:?}"
        );
    }
}
