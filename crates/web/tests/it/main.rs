//! The pages as a browser meets them: every route as every role, on its own clinic's patient and
//! on another clinic's; what each role sees; what comes in badly.

#[expect(dead_code, reason = "the use cases' wire, of which pages need a part")]
#[path = "../../../app/tests/it/wire.rs"]
mod wire;
#[expect(dead_code, reason = "the use cases' world, of which pages need a part")]
#[path = "../../../app/tests/it/world.rs"]
mod world;

mod bad;
mod begun;
mod cases;
mod claims;
mod courses;
mod fields;
mod follow_up;
mod frame;
mod house;
mod identified;
mod links;
mod offers;
mod plans;
mod policies;
mod quiet;
mod receipts;
mod refund;
mod routes;
mod sessions;
mod together;
