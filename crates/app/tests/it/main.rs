//! The use cases against the sandbox centre in the same process, on both engines.

mod accounts;
mod badday;
mod batches;
mod benefits;
mod certificates;
mod checks;
mod commits;
mod coverage;
mod draft;
mod estimate;
mod foreign;
mod input;
mod lost;
mod msgid;
mod permissions;
mod policies;
mod records;
mod reversal;
mod skew;
mod stock;
mod story;
mod together;
mod usecases;
mod users;
mod wire;
mod world;
