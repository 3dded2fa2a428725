//! Every route as every role, on its own clinic's patient and on another clinic's.
//!
//! The answers stand in `golden/routes.txt`: a route that is new or answers differently fails here
//! until someone has looked at the line.

#[expect(dead_code, reason = "the use cases' wire, of which routes need a part")]
#[path = "../../../app/tests/it/wire.rs"]
mod wire;
#[expect(
    dead_code,
    reason = "the use cases' world, of which routes need a part"
)]
#[path = "../../../app/tests/it/world.rs"]
mod world;

mod routes;
