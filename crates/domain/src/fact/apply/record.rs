//! A signed record: what was measured and said, and the diagnoses.

use super::{About, set};
use crate::fact::{Personal, RecordSigned};
use crate::ledger::Visit;
use crate::row::Change;

/// The columns of a visit that hold a record's words.
pub(super) const WORDS: [&str; 7] = [
    "complaint",
    "history",
    "past_history",
    "examination",
    "auxiliary",
    "advice",
    "supply_reason",
];

pub(super) fn signed(about: &About, body: RecordSigned, personal: Option<Personal>) -> Vec<Change> {
    let mut to = vec![
        set("signed", true),
        set("doctor", about.actor.clone()),
        set("temperature", body.temperature),
        set("pulse", body.pulse),
        set("respiration", body.respiration),
        set("systolic", body.systolic),
        set("diastolic", body.diastolic),
        set("glucose", body.glucose),
        set("glucose_kind", body.glucose_kind),
        set("weight", body.weight),
        set("height", body.height),
        set("onset", body.onset),
        set("long_term", body.long_term),
    ];
    let words = match personal {
        Some(Personal::Record {
            complaint,
            history,
            past_history,
            examination,
            auxiliary,
            advice,
            supply_reason,
        }) => [
            complaint,
            history,
            past_history,
            examination,
            auxiliary,
            advice,
            supply_reason,
        ],
        _ => Default::default(),
    };
    to.extend(
        WORDS
            .into_iter()
            .zip(words)
            .map(|(name, text)| set(name, text)),
    );
    let gone = about.key("visit", body.visit.clone());
    let mut changes = vec![about.update::<Visit>(body.visit, to)];
    changes.push(Change::Delete {
        table: "diagnosis",
        only: gone,
    });
    changes.extend(body.diagnoses.into_iter().map(Change::insert));
    changes
}
