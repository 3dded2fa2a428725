//! The migrations and the row types say the same: names, kinds, nulls, keys, lists of words.

use std::collections::BTreeSet;

use cunyi_db::DbError;
use cunyi_domain::batch::BatchState;
use cunyi_domain::clearing::ClearingState;
use cunyi_domain::id_number::Sex;
use cunyi_domain::ledger::{
    AccessKind, AllergyKind, Certificate, ClearingKind, DiagnosisKind, ElectronicState, EndWhy,
    FollowUpClass, Footnote, GlucoseKind, Goods, ItemKind, LineClass, Method, MoveKind, PaperEvent,
    PaperWhy, Payer, PaymentKind, ReceiptState, ReceiptWhy, RegistrationState, Right,
    SettlementKind, SkinTestState, VisitState,
};
use cunyi_domain::resolve::Finding;
use cunyi_domain::row::{Field, Kind, TableKind, Value};
use cunyi_domain::undone::UndoneState;
use cunyi_store::StoreError;
use cunyi_store::local::MessageState;
use cunyi_store::reference::{Level, Role};
use cunyi_store::uploads::UploadState;

use crate::tables::{TABLES, Table, table};
use crate::world::World;

cunyi_domain::row! {
    /// A column as the engine describes it.
    pub struct Described {
        /// Name.
        pub name: String,
        /// Type.
        pub kind: String,
        /// 1 if it is NOT NULL.
        pub filled: i64,
        /// Place in the primary key, from 1.
        pub place: i64,
    }
}

cunyi_domain::row! {
    /// A word.
    pub struct Word {
        /// Word.
        pub word: String,
    }
}

const SQLITE: &str = r#"SELECT name, type AS kind, "notnull" AS filled, pk AS place
    FROM pragma_table_info(?) ORDER BY cid"#;

const POSTGRES: &str = "SELECT CAST(c.column_name AS TEXT) AS name,
      CAST(UPPER(c.data_type) AS TEXT) AS kind,
      CAST(CASE c.is_nullable WHEN 'NO' THEN 1 ELSE 0 END AS BIGINT) AS filled,
      CAST(COALESCE(k.ordinal_position, 0) AS BIGINT) AS place
    FROM information_schema.columns c
    LEFT JOIN information_schema.table_constraints t ON t.constraint_type = 'PRIMARY KEY'
      AND t.table_schema = c.table_schema AND t.table_name = c.table_name
    LEFT JOIN information_schema.key_column_usage k ON k.constraint_name = t.constraint_name
      AND k.table_schema = c.table_schema AND k.table_name = c.table_name
      AND k.column_name = c.column_name
    WHERE c.table_schema = current_schema() AND c.table_name = ? ORDER BY c.ordinal_position";

fn words(world: &World, sql: &str) -> Vec<String> {
    let rows = world
        .store
        .db()
        .read("words", |tx| tx.query::<Word>(sql, vec![]));
    let rows: Result<Vec<Word>, DbError> = rows;
    rows.unwrap().into_iter().map(|row| row.word).collect()
}

const fn sql_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Int => "BIGINT",
        Kind::Text => "TEXT",
        Kind::Bytes => "BYTEA",
    }
}

#[test]
fn the_columns_of_every_table_are_those_of_its_row_type() {
    for world in World::engines("columns") {
        let sql = if world.is_sqlite() { SQLITE } else { POSTGRES };
        for table in TABLES {
            let name = vec![Value::Text(table.name.to_owned())];
            let found: Result<Vec<Described>, DbError> =
                world.store.db().read("describe", |tx| tx.query(sql, name));
            let place = |name| table.key.iter().position(|key| *key == name);
            let expected = table.columns.iter().map(|column| Described {
                name: column.name.to_owned(),
                kind: sql_name(column.kind).to_owned(),
                filled: i64::from(!column.nullable),
                place: place(column.name).map_or(0, |place| i64::try_from(place).unwrap() + 1),
            });
            assert_eq!(
                found.unwrap(),
                expected.collect::<Vec<_>>(),
                "{}",
                table.name
            );
            assert_eq!(table.key[0], "clinic", "{}", table.name);
            assert_eq!(table.columns[0].name, "clinic", "{}", table.name);
        }
    }
}

#[test]
fn every_table_is_ledger_reference_or_local() {
    for world in World::engines("kinds") {
        let sql = if world.is_sqlite() {
            "SELECT name AS word FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        } else {
            "SELECT CAST(table_name AS TEXT) AS word FROM information_schema.tables
             WHERE table_schema = current_schema()"
        };
        let found: BTreeSet<String> = words(&world, sql).into_iter().collect();
        // Which steps of the schema have run: `db` writes it, no row type of ours.
        let known = TABLES
            .iter()
            .map(|table| table.name)
            .chain(["schema_migration"]);
        assert_eq!(found, known.map(str::to_owned).collect());
    }
    let of = |kind| TABLES.iter().filter(|table| table.kind == kind).count();
    let kinds = [TableKind::Ledger, TableKind::Reference, TableKind::Local].map(of);
    assert_eq!(kinds, [31, 4, 15]);
}

#[test]
fn every_column_of_a_filled_clinic_holds_what_its_kind_says() {
    let world = World::memory();
    world.fill().unwrap();
    for table in TABLES {
        for column in table.columns {
            let sql = format!(
                "SELECT DISTINCT typeof({}) AS word FROM {}",
                column.name, table.name
            );
            let mut found = words(&world, &sql);
            found.retain(|word| !(column.nullable && word == "null"));
            let expected = match column.kind {
                Kind::Int => "integer",
                Kind::Text => "text",
                Kind::Bytes => "blob",
            };
            assert_eq!(found, [expected], "{}.{}", table.name, column.name);
        }
    }
}

type Words = fn() -> Vec<&'static str>;

macro_rules! all {
    ($type:ty) => {
        || <$type>::ALL.iter().map(|word| word.as_str()).collect()
    };
}

/// Every column of a list of words. What is missing here fails the test below.
const LISTS: &[(&str, &str, Words)] = &[
    ("patient", "sex", all!(Sex)),
    ("access_entry", "what", all!(AccessKind)),
    ("allergy", "kind", all!(AllergyKind)),
    ("visit", "payer", all!(Payer)),
    ("visit", "certificate", all!(Certificate)),
    ("visit", "state", all!(VisitState)),
    ("visit", "glucose_kind", all!(GlucoseKind)),
    ("registration", "state", all!(RegistrationState)),
    ("diagnosis", "kind", all!(DiagnosisKind)),
    ("charge", "kind", all!(ItemKind)),
    ("charge", "class", all!(LineClass)),
    ("charge", "footnote", all!(Footnote)),
    ("batch", "payer", all!(Payer)),
    ("batch", "state", all!(BatchState)),
    ("settlement", "kind", all!(SettlementKind)),
    ("payment", "kind", all!(PaymentKind)),
    ("payment", "method", all!(Method)),
    ("evidence", "finding", all!(Finding)),
    ("clearing", "state", all!(ClearingState)),
    ("clearing_entry", "kind", all!(ClearingKind)),
    ("undone", "state", all!(UndoneState)),
    ("stock_move", "kind", all!(MoveKind)),
    ("goods_decision", "decision", all!(Goods)),
    ("follow_up", "class", all!(FollowUpClass)),
    ("follow_up_end", "why", all!(EndWhy)),
    ("skin_test", "state", all!(SkinTestState)),
    ("paper_entry", "event", all!(PaperEvent)),
    ("paper_entry", "why", all!(PaperWhy)),
    ("receipt", "state", all!(ReceiptState)),
    ("electronic_receipt", "state", all!(ElectronicState)),
    ("receipt", "why", all!(ReceiptWhy)),
    ("clinic", "level", all!(Level)),
    ("user_account", "role", all!(Role)),
    ("prescribing_right", "what", all!(Right)),
    ("message", "state", all!(MessageState)),
    ("upload", "state", all!(UploadState)),
];

/// Columns whose Rust type does not take this value.
fn refusing(world: &World, kind: Kind, value: &Value) -> Vec<(&'static str, &'static str)> {
    let mut found = Vec::new();
    for table in TABLES {
        let row = table.rows(world).remove(0);
        for (place, column) in table.columns.iter().enumerate() {
            let mut changed = row.clone();
            changed[place] = value.clone();
            if column.kind == kind && !(table.fits)(changed) {
                found.push((table.name, column.name));
            }
        }
    }
    found
}

/// Whether the database takes a value in every row of a column; nothing stays changed.
fn takes(world: &World, table: &Table, column: &str, value: Value) -> bool {
    let sql = format!("UPDATE {} SET {column} = ?", table.name);
    let tried = world.store.db().transact("try", |tx| {
        assert!(tx.execute(&sql, vec![value])? > 0, "{sql}");
        Err::<(), StoreError>(StoreError::NoClinic)
    });
    match tried {
        Err(StoreError::NoClinic) => true,
        Err(StoreError::Db(DbError::Constraint(_))) => false,
        other => panic!("{sql}: {other:?}"),
    }
}

#[test]
fn the_database_takes_the_words_of_each_list_and_no_other() {
    for world in World::engines("lists") {
        world.fill().unwrap();
        let typed = refusing(&world, Kind::Text, &"no such word".to_owned().into_value());
        let dates = refusing(&world, Kind::Text, &"2026-11-24".to_owned().into_value());
        let typed: BTreeSet<_> = typed.into_iter().filter(|c| dates.contains(c)).collect();
        let listed: BTreeSet<_> = LISTS
            .iter()
            .map(|(table, column, _)| (*table, *column))
            .collect();
        assert_eq!(typed, listed, "columns of a text_enum");
        for (name, column, list) in LISTS {
            let takes =
                |word: &str| takes(&world, table(name), column, word.to_owned().into_value());
            for word in list() {
                assert!(takes(word), "{name}.{column} refuses {word}");
                assert!(
                    !takes(&format!("{word} ")),
                    "{name}.{column} takes {word} with a space"
                );
            }
            assert!(!takes(""), "{name}.{column} takes nothing");
        }
    }
}

/// Whole numbers that may be negative: moments, counts that only we write, and what a drawer gained.
fn may_be_negative(table: &str, column: &str) -> bool {
    let moment = column.ends_with("_at") || ["locked_until", "active_from"].contains(&column);
    moment
        || [
            ("journal", "epoch"),
            ("journal", "version"),
            ("journal_head", "epoch"),
            ("counter", "second"),
            // A day on which more was paid back than taken.
            ("till", "cash"),
            ("till", "qr"),
            // A period in which more was reversed than settled.
            ("clearing_part", "total"),
            ("clearing_part", "fund"),
            ("clearing_part", "account"),
            ("clearing_part", "cash"),
            // More is owed than was paid.
            ("visit", "balance"),
        ]
        .contains(&(table, column))
}

#[test]
fn flags_are_0_or_1_and_amounts_are_never_negative() {
    for world in World::engines("numbers") {
        world.fill().unwrap();
        let flags = refusing(&world, Kind::Int, &Value::Int(7));
        for table in TABLES {
            for column in table
                .columns
                .iter()
                .filter(|column| column.kind == Kind::Int)
            {
                let name = (table.name, column.name);
                if may_be_negative(table.name, column.name) {
                    continue;
                }
                assert!(
                    !takes(&world, table, column.name, Value::Int(-1)),
                    "{name:?} takes -1"
                );
                if flags.contains(&name) {
                    assert!(
                        !takes(&world, table, column.name, Value::Int(7)),
                        "{name:?} takes 7"
                    );
                }
            }
        }
    }
}

/// How a stored hash or ciphertext names its algorithm.
#[derive(Clone, Copy, Debug)]
enum Named {
    /// In the column `alg` of its row.
    Beside,
    /// At its own beginning.
    Before(&'static str),
}

/// Every column that holds a hash or a ciphertext. What is missing here fails the test below.
const SECRETS: &[(&str, &str, Named)] = &[
    ("reference_file", "version", Named::Before("sm3:")),
    ("journal", "sealed", Named::Beside),
    ("journal", "prev_hash", Named::Beside),
    ("journal", "hash", Named::Beside),
    ("journal_head", "hash", Named::Beside),
    ("patient_key", "sealed_key", Named::Beside),
    ("credential", "hash", Named::Before("$argon2id$")),
    ("session", "token", Named::Before("sm3:")),
    ("message", "digest", Named::Before("sm3:")),
    ("message", "request", Named::Beside),
    ("message", "reply", Named::Beside),
    ("voucher", "sealed", Named::Beside),
];

/// Bytes that are neither.
const CLEAR: (&str, &str) = ("journal", "body");

#[test]
fn every_hash_and_ciphertext_names_its_algorithm() {
    let world = World::memory();
    world.fill().unwrap();
    for table in TABLES {
        let rows = table.rows(&world);
        for (place, column) in table.columns.iter().enumerate() {
            let name = (table.name, column.name);
            let values = || rows.iter().map(|row| &row[place]);
            let named = SECRETS.iter().find(|(t, c, _)| (*t, *c) == name);
            match named.map(|(_, _, named)| named) {
                Some(Named::Before(prefix)) => assert!(
                    values().all(|v| matches!(v, Value::Text(t) if t.starts_with(prefix))),
                    "{name:?} does not begin with {prefix}"
                ),
                Some(Named::Beside) => {
                    let alg = table.columns.iter().position(|column| column.name == "alg");
                    let alg = alg.unwrap_or_else(|| panic!("{name:?} has no alg beside it"));
                    for row in &rows {
                        let known = ["sm3+aes256gcm", "aes256gcm"].map(str::to_owned);
                        assert!(
                            known.map(Value::Text).contains(&row[alg]),
                            "{name:?}: {:?}",
                            row[alg]
                        );
                    }
                }
                None => {
                    assert!(column.kind != Kind::Bytes || name == CLEAR, "{name:?}");
                    assert!(
                        !values().any(nameless_hash),
                        "{name:?} holds a nameless hash"
                    );
                }
            }
        }
    }
}

/// True if 64 hex digits, as many as SM3 has, stand in a row without `sm3:` before them.
fn nameless_hash(value: &Value) -> bool {
    let text = match value {
        Value::Text(text) => text.clone(),
        Value::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Value::Int(_) | Value::Null(_) => return false,
    };
    let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    let mut run = 0;
    text.char_indices().any(|(end, c)| {
        run = if hex(c) { run + 1 } else { 0 };
        run == 64 && !text[..end - 63].ends_with("sm3:")
    })
}

#[test]
fn a_nameless_hash_is_seen() {
    let digits = "0123456789abcdef".repeat(4);
    for (text, seen) in [
        (digits.clone(), true),
        (format!("sm3:{digits}"), false),
        (format!("{{\"digest\":\"sm3:{digits}\"}}"), false),
        (format!("{{\"digest\":\"{digits}\"}}"), true),
        ("410522194910033322".to_owned(), false),
    ] {
        assert_eq!(nameless_hash(&Value::Text(text.clone())), seen, "{text}");
    }
}

/// Columns that name a row of another table without a foreign key, and why they have none.
const LOOSE: &[(&str, &str, &str)] = &[
    (
        "settlement",
        "batch",
        "the batch names its settlement: one side of the circle is free",
    ),
    (
        "settlement",
        "message",
        "a message is kept 24 months, a settlement longer",
    ),
    ("settlement", "actor", "the program itself may act"),
    ("payment", "actor", "the program itself may act"),
    ("goods_decision", "actor", "as of a payment"),
    ("evidence", "actor", "the program itself may ask"),
    (
        "evidence",
        "message",
        "a message is kept 24 months, a settlement longer",
    ),
    (
        "clearing",
        "actor",
        "who acts for the code may be of another clinic",
    ),
    (
        "clearing",
        "message",
        "no message is kept: the sums are in the fact",
    ),
    (
        "clearing_entry",
        "actor",
        "who acts for the code may be of another clinic",
    ),
    (
        "written_off",
        "actor",
        "who acts for the code may be of another clinic",
    ),
    ("undone", "actor", "as of what was written off"),
    (
        "undone",
        "message",
        "a message is kept 24 months, a settlement longer",
    ),
    ("journal", "actor", "the program itself may act"),
    (
        "access_entry",
        "actor",
        "who looks may belong to another institution",
    ),
    (
        "journal",
        "patient",
        "a fact is older than the row that it makes",
    ),
    ("patient_key", "clinic", "as its patient"),
    (
        "patient_key",
        "patient",
        "made before the fact that makes the row is applied",
    ),
];

/// What a column is called that names a row of another table.
const NOUNS: &[&str] = &[
    "account",
    "actor",
    "batch",
    "charge",
    "clinic",
    "corrects",
    "coverage",
    "doctor",
    "lot",
    "message",
    "patient",
    "reverses",
    "settlement",
    "visit",
];

#[test]
fn what_names_a_row_of_another_table_has_a_foreign_key_or_a_reason() {
    let world = World::memory();
    let mut loose = Vec::new();
    for table in TABLES {
        let name = table.name;
        let sql = format!("SELECT \"from\" AS word FROM pragma_foreign_key_list('{name}')");
        let bound = words(&world, &sql);
        let nouns = table.columns.iter().filter(|column| {
            // An amount of money may be called as an account is.
            column.kind == Kind::Text && column.name != name && NOUNS.contains(&column.name)
        });
        let free = nouns.filter(|column| !bound.contains(&column.name.to_owned()));
        loose.extend(free.map(|column| (name, column.name)));
    }
    let mut known: Vec<_> = LOOSE
        .iter()
        .map(|(table, column, _)| (*table, *column))
        .collect();
    known.sort_unstable();
    loose.sort_unstable();
    assert_eq!(loose, known);
}
