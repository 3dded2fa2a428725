//! What the program does of itself, over and over: it finds out what became of lost calls, settles what
//! was given while the platform was away, sends the records of visits, and exchanges electronic receipts.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use cunyi_app::App;

/// From the end of one round to the beginning of the next. What is due is said by the rule itself.
const PAUSE: Duration = Duration::from_secs(10);

/// Starts the rounds on threads of their own, which end with the program: each step of a round is
/// a transaction, so that it may end anywhere.
pub fn start(app: Arc<App>) -> std::io::Result<()> {
    // By itself: a folder that hangs, on another machine perhaps, keeps no settlement waiting.
    let receipts = Arc::clone(&app);
    over_and_over("receipts", move || {
        if let Err(error) = receipts.exchange_receipts() {
            tracing::warn!(%error, "electronic receipts");
        }
    })?;
    over_and_over("rounds", move || {
        if let Err(error) = app.resolve_due() {
            tracing::warn!(%error, "rounds");
        }
        if let Err(error) = app.settle_deferred() {
            tracing::warn!(%error, "deferred");
        }
        if let Err(error) = app.upload_due() {
            tracing::warn!(%error, "uploads");
        }
    })
}

fn over_and_over(name: &str, round: impl Fn() + Send + 'static) -> std::io::Result<()> {
    let rounds = move || loop {
        round();
        thread::sleep(PAUSE);
    };
    thread::Builder::new().name(name.to_owned()).spawn(rounds)?;
    Ok(())
}
