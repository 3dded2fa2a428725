//! Journeys in a real browser against the real program: the demo's clinic and its centre, each a
//! process, driven by keyboard. Needs what `cargo xtask test` starts; says so where it is missing.

mod arrivals;
mod batches;
mod child;
mod computer;
mod demo;
mod desk;
mod devtools;
mod evening;
mod first_run;
mod follow_up;
mod insured;
mod journey;
mod killed;
mod layouts;
mod office;
mod page;
mod pharmacy;
mod prescriptions;
mod quick;
mod receipts;
mod records;
mod referral;
mod refund;
mod refused;
mod reports;
mod scanned;
mod setbacks;
mod speed;
mod supply;
mod templates;
mod township;
mod tree;
mod uploads;
mod waiting;
mod why;
