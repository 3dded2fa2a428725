//! Identifiers: texts made by the domain, one type each, sortable by the time they were made.

use crate::time::{Moment, Rng};

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// A new one.
            pub fn new(now: Moment, rng: &dyn Rng) -> Self {
                Self(ulid(now, rng))
            }
            /// As text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl $crate::row::Field for $name {
            const KIND: $crate::row::Kind = $crate::row::Kind::Text;
            fn into_value(self) -> $crate::row::Value {
                $crate::row::Value::Text(self.0)
            }
            fn from_value(value: $crate::row::Value) -> Option<Self> {
                String::from_value(value).map(Self)
            }
        }
    )*};
}

id! {
    /// A clinic in this database: short, chosen at installation.
    ClinicId,
    /// A user of the program.
    UserId,
    /// A patient of a clinic.
    PatientId,
    /// An answer about a patient's coverage, or a local assumption.
    CoverageId,
    /// A visit.
    VisitId,
    /// A settlement batch of a visit (收费批次).
    BatchId,
    /// A charge line; sent as `feedetl_sn`.
    ChargeId,
    /// A settlement or its reversal.
    SettlementId,
    /// A lot of a drug in stock (批次).
    LotId,
    /// A move of stock.
    MoveId,
    /// A message to the insurance centre: its `msgid`.
    MessageId,
    /// A template (模板) of a record and its prescription.
    TemplateId,
    /// Any other row of its own.
    EntryId,
}

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// 48 bits of milliseconds and 80 of randomness in Crockford's base 32: 26 characters that sort by
/// time.
pub fn ulid(now: Moment, rng: &dyn Rng) -> String {
    let mut random = [0_u8; 16];
    rng.fill(&mut random[6..]);
    let millis = u64::try_from(now.0 / 1000).unwrap_or(0).to_be_bytes();
    random[..6].copy_from_slice(&millis[2..]);
    let bits = u128::from_be_bytes(random);
    (0..26)
        .rev()
        .map(|i| char::from(ALPHABET[((bits >> (i * 5)) & 31) as usize]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Zero;
    impl Rng for Zero {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(0);
        }
    }

    #[test]
    fn ids_sort_by_time() {
        let (a, b) = (
            ulid(Moment(1_000_000), &Zero),
            ulid(Moment(1_001_000), &Zero),
        );
        assert_eq!(a.len(), 26);
        assert!(a < b, "{a} {b}");
    }
}
