//! The transactions: one file a group, field names the platform's own (nhsa-interface §2).

pub mod audit;
pub mod charge;
pub mod clearing;
pub mod entitlement;
pub mod evoucher;
pub mod history;
pub mod mapping;
pub mod person;
pub mod query;
pub mod record;
pub mod settle;
pub mod sign;
pub mod statement;
pub mod transaction;
pub mod visit;

use serde::{Deserialize, Deserializer, Serialize};

use crate::json::Node;
use crate::read::{FieldShape, Lenient, Unreadable};

pub use transaction::{Mismatch, TRANSACTIONS, Transaction, TransactionShape};
pub use transaction::{
    T1101, T2001, T2201, T2202, T2203, T2203A, T2204, T2205, T2206, T2206A, T2207, T2207A, T2208,
    T2601, T3101, T3102, T3201, T3202, T3203, T3204, T3301, T3302, T4301, T5201, T5202, T5203,
    T5204, T5205, T5206, T5301, T5302, T9001, T9002, T9101, T9102,
};

/// An `input` or `output` whose only node is `data`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Data<T> {
    /// What it holds.
    pub data: T,
}

impl<T> From<T> for Data<T> {
    fn from(data: T) -> Self {
        Self { data }
    }
}

impl<T: Lenient> Lenient for Data<T> {
    const FIELDS: &'static [FieldShape] = &[FieldShape {
        names: &["data"],
        fields: T::FIELDS,
    }];
    fn read(node: &Node) -> Result<Self, Unreadable> {
        let node = crate::read::record(node, Self::FIELDS)?;
        Ok(Self {
            data: crate::read::field(&node, &["data"])?,
        })
    }
}

impl<'de, T: Lenient> Deserialize<'de> for Data<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(&Node::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// The output of a transaction that answers nothing: `null`, `{}`, or whatever stands there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Nothing;

impl Lenient for Nothing {
    const FIELDS: &'static [FieldShape] = &[];
    fn read(_: &Node) -> Result<Self, Unreadable> {
        Ok(Self)
    }
}

impl Serialize for Nothing {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_none()
    }
}

impl<'de> Deserialize<'de> for Nothing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

#[cfg(test)]
#[path = "../tests/messages.rs"]
mod tests;
