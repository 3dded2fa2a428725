//! What the lists hold, what is found in them, what an order comes to, what the checks say.

mod checks;
mod follows;
mod lists;
mod order;
mod search;
mod shared;
mod supply;

use std::sync::LazyLock;

use crate::Catalogue;
use crate::model::Drug;

static DEMO: LazyLock<Catalogue> = LazyLock::new(Catalogue::demo);

/// A drug of the demonstration by its name.
fn drug(name: &str) -> &'static Drug {
    DEMO.drugs().iter().find(|d| d.name == name).expect(name)
}

fn service_code(name: &str) -> &'static str {
    let service = DEMO.services().iter().find(|s| s.name == name);
    &service.expect(name).code
}

fn q(text: &str) -> cunyi_domain::money::Quantity {
    text.parse().expect(text)
}
