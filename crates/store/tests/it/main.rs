//! The store on every engine that is there: what the journal proves, what the schema promises,
//! what erasure leaves. PostgreSQL runs when `CUNYI_TEST_PG` names a server.

mod chain;
mod checks;
mod clearing;
mod erasure;
mod filled;
mod golden;
mod money;
mod people;
mod random;
mod receipts;
mod replay;
mod schema;
mod sealing;
mod tables;
mod world;
mod writers;
