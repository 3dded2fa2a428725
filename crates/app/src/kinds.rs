//! Of which kinds an item is, as reimbursement rules tell them apart and our lists know it.

use cunyi_catalogue::{Drug, DrugKind};
use cunyi_policy::{ItemKind, Kinds};

/// Kinds of which our lists say whether an item is of them. Nobody told them which drugs are
/// negotiated or procured.
const KNOWN: [ItemKind; 8] = [
    ItemKind::Western,
    ItemKind::Patent,
    ItemKind::Decoction,
    ItemKind::Granule,
    ItemKind::Ethnic,
    ItemKind::Preparation,
    ItemKind::Service,
    ItemKind::Material,
];

/// A drug's.
#[must_use]
pub fn of_drug(drug: &Drug) -> Kinds {
    let kind = match drug.kind {
        DrugKind::Western | DrugKind::Injection => ItemKind::Western,
        DrugKind::Patent => ItemKind::Patent,
        DrugKind::Pieces => ItemKind::Decoction,
    };
    let known = KNOWN.iter().fold(Kinds::default(), |all, known| {
        all.with(*known, *known == kind)
    });
    known
        .with(ItemKind::Essential, drug.essential)
        .with(ItemKind::TwoDisease, drug.two_disease.is_some())
}

/// A service's: of it all is known.
#[must_use]
pub fn of_service() -> Kinds {
    Kinds::only(&[ItemKind::Service])
}
