//! Nouns and rules of a village clinic. No input or output, no clock, no randomness, no floats.
//!
//! Every other room depends on this one and this one on none.

#[macro_use]
pub mod row;
#[macro_use]
pub mod text_enum;

pub mod amounts;
pub mod batch;
pub mod clearing;
pub mod fact;
pub mod id_number;
pub mod ids;
pub mod journal;
pub mod ledger;
pub mod lost;
pub mod money;
pub mod person;
pub mod reconcile;
pub mod refusal;
pub mod resolve;
pub mod time;
mod transitions;
pub mod transport;
pub mod undone;
