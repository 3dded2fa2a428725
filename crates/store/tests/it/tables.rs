//! Every table that the store knows, with what a test wants to do to any of them.

use cunyi_domain::journal::{Entry, Head};
use cunyi_domain::ledger;
use cunyi_domain::row::{Column, Kind, TableKind, TableRow, Value};
use cunyi_store::books::{Reconciliation, Till};
use cunyi_store::local::{
    Counter, Credential, Draft, Habit, Message, Session, SignIn, Template, Voucher,
};
use cunyi_store::reference::{Clinic, PrescribingRight, ReferenceFile, User};
use cunyi_store::seal::PatientKey;
use cunyi_store::uploads::Upload;
use cunyi_store::{StoreError, Tx};

use crate::world::World;

pub struct Table {
    pub name: &'static str,
    pub columns: &'static [Column],
    pub key: &'static [&'static str],
    pub kind: TableKind,
    /// Its rows in key order.
    read: fn(&mut Tx<'_>) -> Result<Vec<Vec<Value>>, StoreError>,
    /// True if its row type takes these values.
    pub fits: fn(Vec<Value>) -> bool,
}

const fn of<R: TableRow>() -> Table {
    Table {
        name: R::TABLE,
        columns: R::COLUMNS,
        key: R::KEY,
        kind: R::TABLE_KIND,
        read: read::<R>,
        fits: fits::<R>,
    }
}

fn read<R: TableRow>(tx: &mut Tx<'_>) -> Result<Vec<Vec<Value>>, StoreError> {
    let rows: Vec<R> = tx.select(&format!("ORDER BY {}", R::KEY.join(", ")), vec![])?;
    Ok(rows.into_iter().map(R::into_values).collect())
}

fn fits<R: TableRow>(values: Vec<Value>) -> bool {
    R::from_values(values).is_ok()
}

/// A table that is missing here is missing in the schema test too, which then fails.
pub const TABLES: &[Table] = &[
    of::<ledger::Patient>(),
    of::<ledger::Allergy>(),
    of::<ledger::Coverage>(),
    of::<ledger::Visit>(),
    of::<ledger::Registration>(),
    of::<ledger::Diagnosis>(),
    of::<ledger::Charge>(),
    of::<ledger::Batch>(),
    of::<ledger::RefundRest>(),
    of::<ledger::Settlement>(),
    of::<ledger::Payment>(),
    of::<ledger::Evidence>(),
    of::<ledger::Clearing>(),
    of::<ledger::ClearingPart>(),
    of::<ledger::ClearingEntry>(),
    of::<ledger::WrittenOff>(),
    of::<ledger::Undone>(),
    of::<ledger::Lot>(),
    of::<ledger::StockMove>(),
    of::<ledger::Reservation>(),
    of::<ledger::GoodsDecision>(),
    of::<ledger::FollowUp>(),
    of::<ledger::FollowUpEnd>(),
    of::<ledger::SkinTest>(),
    of::<ledger::PaperEntry>(),
    of::<ledger::Course>(),
    of::<ledger::ReceiptBook>(),
    of::<ledger::Receipt>(),
    of::<ledger::ElectronicReceipt>(),
    of::<ledger::Referral>(),
    of::<ledger::Access>(),
    of::<Clinic>(),
    of::<User>(),
    of::<PrescribingRight>(),
    of::<ReferenceFile>(),
    of::<Entry>(),
    of::<Head>(),
    of::<PatientKey>(),
    of::<Credential>(),
    of::<Session>(),
    of::<Draft>(),
    of::<Habit>(),
    of::<Template>(),
    of::<Message>(),
    of::<Voucher>(),
    of::<Counter>(),
    of::<SignIn>(),
    of::<Reconciliation>(),
    of::<Till>(),
    of::<Upload>(),
];

pub fn table(name: &str) -> &'static Table {
    TABLES.iter().find(|table| table.name == name).unwrap()
}

impl Table {
    pub fn rows(&self, world: &World) -> Vec<Vec<Value>> {
        world.store.db().read("rows", self.read).unwrap()
    }

    fn only(&self, row: &[Value]) -> (String, Vec<Value>) {
        let place = |name| self.columns.iter().position(|column| column.name == name);
        let values = self.key.iter().map(|key| row[place(*key).unwrap()].clone());
        let equals: Vec<String> = self.key.iter().map(|key| format!("{key} = ?")).collect();
        (equals.join(" AND "), values.collect())
    }

    /// Sets one column of one row by hand, past every fact.
    pub fn set(
        &self,
        world: &World,
        row: &[Value],
        column: usize,
        value: Value,
    ) -> Result<(), StoreError> {
        let (only, mut values) = self.only(row);
        values.insert(0, value);
        let name = self.columns[column].name;
        let sql = format!("UPDATE {} SET {name} = ? WHERE {only}", self.name);
        world.store.db().transact("by hand", |tx| {
            assert_eq!(tx.execute(&sql, values)?, 1, "{sql}");
            Ok(())
        })
    }

    /// Deletes a row by hand.
    pub fn delete(&self, world: &World, row: &[Value]) -> Result<(), StoreError> {
        let (only, values) = self.only(row);
        let sql = format!("DELETE FROM {} WHERE {only}", self.name);
        world.store.db().transact("by hand", |tx| {
            assert_eq!(tx.execute(&sql, values)?, 1, "{sql}");
            Ok(())
        })
    }

    /// Inserts a row by hand.
    pub fn insert(&self, world: &World, row: &[Value]) -> Result<(), StoreError> {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
        let marks = vec!["?"; names.len()].join(", ");
        let sql = format!(
            "INSERT INTO {} ({}) VALUES ({marks})",
            self.name,
            names.join(", ")
        );
        world.store.db().transact("by hand", |tx| {
            tx.execute(&sql, row.to_vec())?;
            Ok(())
        })
    }
}

/// Values that differ from this one in little.
pub fn others(value: &Value, column: &Column) -> Vec<Value> {
    let mut others = match value {
        Value::Int(int) => vec![Value::Int(int ^ 1), Value::Int(int + (1 << 40))],
        Value::Text(text) => {
            let shorter = text
                .char_indices()
                .last()
                .map(|(end, _)| text[..end].to_owned());
            let first = text.chars().next().map(|c| text.replacen(c, "x", 1));
            let longer = Some(format!("{text} "));
            let texts = [longer, shorter, first].into_iter().flatten();
            texts
                .filter(|other| other != text)
                .map(Value::Text)
                .collect()
        }
        Value::Bytes(bytes) => {
            let mut all = vec![
                [&bytes[..], &[0]].concat(),
                bytes[..bytes.len() / 2].to_vec(),
            ];
            for place in [0, bytes.len() / 2, bytes.len() - 1] {
                let mut flipped = bytes.clone();
                flipped[place] ^= 1;
                all.push(flipped);
            }
            all.into_iter().map(Value::Bytes).collect()
        }
        Value::Null(Kind::Int) => vec![Value::Int(0)],
        Value::Null(Kind::Text) => vec![Value::Text(String::new())],
        Value::Null(Kind::Bytes) => vec![Value::Bytes(vec![])],
    };
    if column.nullable && !matches!(value, Value::Null(_)) {
        others.push(Value::Null(column.kind));
    }
    others
}
