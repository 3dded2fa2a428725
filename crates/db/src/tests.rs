use cunyi_domain::row::{Change, Value};

use super::*;

cunyi_domain::table! {
    /// A row of every kind.
    pub struct Thing in "thing" (Ledger, ["id"]) {
        /// Key.
        pub id: i64,
        /// Text.
        pub name: Option<String>,
        /// Count.
        pub count: i64,
        /// Bytes.
        pub data: Option<Vec<u8>>,
    }
}

const SCHEMA: &[Migration] = &[Migration {
    number: 1,
    name: "thing",
    sql: "CREATE TABLE thing (id BIGINT PRIMARY KEY, name TEXT,
          count BIGINT NOT NULL CHECK (count >= 0), data BYTEA);\n",
}];

/// A database of each engine that is there; PostgreSQL needs `CUNYI_TEST_PG`.
fn engines(schema: &str) -> Vec<Db> {
    let mut targets = vec![Target::Memory];
    match std::env::var("CUNYI_TEST_PG") {
        Ok(url) => targets.push(Target::Postgres {
            url,
            schema: schema.to_owned(),
        }),
        Err(_) => println!("SKIPPED on PostgreSQL: CUNYI_TEST_PG is not set"),
    }
    targets
        .into_iter()
        .map(|target| Db::open(target, Durability::Scratch, SCHEMA).expect("opens"))
        .collect()
}

fn thing(id: i64, name: Option<&str>) -> Thing {
    Thing {
        id,
        name: name.map(str::to_owned),
        count: 0,
        data: Some(vec![0, 255]),
    }
}

#[test]
fn rows_come_back_as_they_went() {
    for db in engines("db_rows") {
        let read = db.transact("write", |tx| {
            tx.insert(thing(1, None))?;
            tx.insert(thing(2, Some("村医")))?;
            tx.select::<Thing>("WHERE id > ? ORDER BY id", vec![Value::Int(0)])
        });
        assert_eq!(read.unwrap(), vec![thing(1, None), thing(2, Some("村医"))]);
    }
}

#[test]
fn an_error_or_a_panic_leaves_nothing() {
    for db in engines("db_error") {
        let failed: Result<(), DbError> = db.transact("fail", |tx| {
            tx.insert(thing(1, None))?;
            tx.insert(thing(1, None))
        });
        assert!(matches!(failed, Err(DbError::Duplicate)), "{failed:?}");
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            db.transact("panic", |tx| -> Result<(), DbError> {
                tx.insert(thing(2, None))?;
                panic!("in the middle");
            })
        }));
        assert!(panicked.is_err());
        let left = db
            .read("count", |tx| tx.select::<Thing>("", vec![]))
            .unwrap();
        assert_eq!(left, vec![]);
    }
}

#[test]
fn a_guarded_update_says_when_the_row_changed() {
    for db in engines("db_guard") {
        let update = |old: i64| Change::Update {
            table: "thing",
            set: vec![("name", Value::Text("new".to_owned()))],
            add: vec![("count", 3)],
            only: vec![("id", Value::Int(1)), ("count", Value::Int(old))],
        };
        db.transact("write", |tx| {
            tx.insert(thing(1, None))?;
            tx.change(update(0))
        })
        .unwrap();
        let stale = db.transact("again", |tx| tx.change(update(0)));
        assert!(matches!(stale, Err(DbError::Stale("thing"))), "{stale:?}");
        let below = db.transact("below", |tx| {
            tx.change(Change::Update {
                table: "thing",
                set: vec![],
                add: vec![("count", -9)],
                only: vec![("id", Value::Int(1))],
            })
        });
        assert!(matches!(below, Err(DbError::Constraint(_))), "{below:?}");
        let nul = db.transact("nul", |tx| tx.insert(thing(7, Some("a\0b"))));
        assert!(matches!(nul, Err(DbError::NulByte)), "{nul:?}");
    }
}

#[test]
fn a_row_is_removed_once() {
    for db in engines("db_remove") {
        let only = vec![("id", Value::Int(1))];
        let remove = || {
            let only = only.clone();
            db.transact("remove", |tx| {
                tx.change(Change::Remove {
                    table: "thing",
                    only,
                })
            })
        };
        db.transact("write", |tx| tx.insert(thing(1, None)))
            .unwrap();
        remove().unwrap();
        let stale = remove();
        assert!(matches!(stale, Err(DbError::Stale("thing"))), "{stale:?}");
        let (table, only) = ("thing", only.clone());
        let any = db.transact("delete", |tx| tx.change(Change::Delete { table, only }));
        any.unwrap();
    }
}

#[test]
fn a_file_is_copied_whole() {
    let dir = std::env::temp_dir().join(format!("cunyi-db-copy-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let open = |name| Db::open(Target::File(dir.join(name)), Durability::Scratch, SCHEMA).unwrap();
    let db = open("x.db");
    db.transact("write", |tx| tx.insert(thing(1, Some("村医"))))
        .unwrap();
    db.copy_to(&dir.join("it's a copy.db")).unwrap();
    assert!(db.copy_to(&dir.join("it's a copy.db")).is_err());
    let copied = open("it's a copy.db").read("read", |tx| tx.select::<Thing>("", vec![]));
    assert_eq!(copied.unwrap(), vec![thing(1, Some("村医"))]);
    std::fs::remove_dir_all(&dir).unwrap();
}

/// Nested reads hold one connection each, so every reader is asked.
fn nest(db: &Db, left: usize, check: &dyn Fn(&mut Tx<'_>) -> Result<(), DbError>) {
    if left > 0 {
        db.read("reader", |tx| {
            check(tx)?;
            nest(db, left - 1, check);
            Ok::<(), DbError>(())
        })
        .unwrap();
    }
}

#[test]
fn every_connection_of_a_file_has_its_pragmas() {
    cunyi_domain::row! {
        /// A pragma's value.
        pub struct Pragma {
            /// Value.
            pub value: i64,
        }
    }
    let dir = std::env::temp_dir().join(format!("cunyi-db-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let db = Db::open(Target::File(dir.join("x.db")), Durability::Full, SCHEMA).unwrap();
    let check = |tx: &mut Tx<'_>| -> Result<(), DbError> {
        for (name, value) in [
            ("foreign_keys", 1),
            ("synchronous", 2),
            ("busy_timeout", 5000),
            ("secure_delete", 1),
        ] {
            let column = if name == "busy_timeout" {
                "timeout"
            } else {
                name
            };
            let sql = format!("SELECT {column} AS value FROM pragma_{name}");
            assert_eq!(tx.query::<Pragma>(&sql, vec![])?[0].value, value, "{name}");
        }
        Ok(())
    };
    db.transact("writer", check).unwrap();
    nest(&db, READERS, &check);
    drop(db);
    let changed = [Migration {
        sql: "CREATE TABLE other (id BIGINT);\n",
        ..SCHEMA[0]
    }];
    assert!(Db::open(Target::File(dir.join("x.db")), Durability::Full, &changed).is_err());
    std::fs::remove_dir_all(&dir).unwrap();
}
