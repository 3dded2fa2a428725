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
            schema: format!("{schema}_{}", std::process::id()),
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

cunyi_domain::row! {
    /// A pragma's number.
    pub struct Most {
        /// Pages that a file may have.
        pub max_page_count: i64,
    }
}

#[test]
fn a_full_disk_keeps_nothing_and_says_so() {
    let db = Db::open(Target::Memory, Durability::Scratch, SCHEMA).unwrap();
    let room_for = |pages: i64| {
        let sql = format!("PRAGMA max_page_count = {pages}");
        let done = db.transact("room", |tx| tx.query::<Most>(&sql, vec![]));
        done.unwrap();
    };
    let fill = || {
        db.transact("fill", |tx| {
            (1..=200).try_for_each(|id| tx.insert(thing(id, Some(&"村医".repeat(200)))))
        })
    };
    let count = || {
        let all = db.read("count", |tx| tx.select::<Thing>("", vec![]));
        all.unwrap().len()
    };
    room_for(1);
    let refused = fill();
    assert!(matches!(refused, Err(DbError::Full)), "{refused:?}");
    assert_eq!(count(), 0);
    room_for(10_000);
    fill().unwrap();
    assert_eq!(count(), 200);
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

cunyi_domain::row! {
    /// A pragma's value.
    pub struct Pragma {
        /// As text.
        pub value: String,
    }
}

#[test]
fn every_connection_of_a_file_has_its_pragmas() {
    let dir = std::env::temp_dir().join(format!("cunyi-db-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    for (durability, synchronous) in [(Durability::Full, "2"), (Durability::Scratch, "0")] {
        let file = dir.join(format!("{durability:?}.db"));
        let db = Db::open(Target::File(file), durability, SCHEMA).unwrap();
        let check = |tx: &mut Tx<'_>| -> Result<(), DbError> {
            for (pragma, column, value) in [
                ("foreign_keys", "foreign_keys", "1"),
                ("journal_mode", "journal_mode", "wal"),
                ("synchronous", "synchronous", synchronous),
                ("busy_timeout", "timeout", "5000"),
                ("secure_delete", "secure_delete", "1"),
            ] {
                let sql = format!("SELECT CAST({column} AS TEXT) AS value FROM pragma_{pragma}");
                let found = tx.query::<Pragma>(&sql, vec![])?.remove(0).value;
                assert_eq!(found, value, "{pragma}");
            }
            Ok(())
        };
        db.transact("writer", check).unwrap();
        nest(&db, READERS, &check);
    }
    std::fs::remove_dir_all(&dir).unwrap();
}

/// Opens the same database with these steps.
type Open<'a> = &'a dyn Fn(&[Migration]) -> Result<Db, DbError>;

/// Opens a database that outlives the program: a file, and a schema of PostgreSQL if it is there.
fn reopened(name: &str, work: &dyn Fn(Open<'_>)) {
    let dir = std::env::temp_dir().join(format!("cunyi-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let file = Target::File(dir.join("x.db"));
    work(&|steps| Db::open(file.clone(), Durability::Scratch, steps));
    std::fs::remove_dir_all(&dir).unwrap();
    let Ok(url) = std::env::var("CUNYI_TEST_PG") else {
        println!("SKIPPED on PostgreSQL: CUNYI_TEST_PG is not set");
        return;
    };
    let schema = format!("{name}_{}", std::process::id());
    let target = Target::Postgres { url, schema };
    work(&|steps| Db::open(target.clone(), Durability::Scratch, steps));
}

/// A step after [`SCHEMA`].
const fn second(sql: &'static str) -> [Migration; 2] {
    let number = 2;
    let name = "second";
    [SCHEMA[0], Migration { number, name, sql }]
}

#[test]
fn a_later_step_runs_once_over_what_is_there() {
    reopened("db_step", &|open| {
        let add = "INSERT INTO thing (id, name, count) VALUES (9, 'second', 0);\n";
        open(SCHEMA)
            .unwrap()
            .transact("write", |tx| tx.insert(thing(1, None)))
            .unwrap();
        for _ in 0..2 {
            let db = open(&second(add)).unwrap();
            let all: Result<Vec<Thing>, DbError> =
                db.read("read", |tx| tx.select("ORDER BY id", vec![]));
            let all: Vec<i64> = all.unwrap().into_iter().map(|thing| thing.id).collect();
            assert_eq!(all, [1, 9]);
        }
        let older = open(SCHEMA).err().expect("refused").to_string();
        assert!(older.contains("newer than this program"), "{older}");
    });
}

#[test]
fn a_step_that_fails_leaves_nothing_of_itself() {
    reopened("db_failed", &|open| {
        open(SCHEMA).unwrap();
        let half = "CREATE TABLE half (id BIGINT);\nINSERT INTO nowhere VALUES (1);\n";
        assert!(open(&second(half)).is_err());
        let whole = "CREATE TABLE half (id BIGINT);\n";
        open(&second(whole)).expect("the first half was rolled back");
    });
}

#[test]
fn a_step_that_was_changed_after_it_ran_is_refused() {
    reopened("db_changed", &|open| {
        open(SCHEMA).unwrap();
        let sql = "CREATE TABLE other (id BIGINT);\n";
        let changed = [Migration { sql, ..SCHEMA[0] }];
        let words = open(&changed).err().expect("refused").to_string();
        assert!(words.contains("changed after it ran"), "{words}");
    });
}

#[test]
fn a_clustered_table_has_no_second_tree_where_the_engine_can() {
    const MARKED: &[Migration] = &[Migration {
        number: 1,
        name: "marked",
        sql: "CREATE TABLE marked (a TEXT NOT NULL, b TEXT NOT NULL,
              PRIMARY KEY (a, b)) /* clustered */;\n",
    }];
    cunyi_domain::row! {
        /// A count.
        pub struct Count {
            /// It.
            pub count: i64,
        }
    }
    let db = Db::open(Target::Memory, Durability::Scratch, MARKED).expect("opens");
    let indexes = "SELECT COUNT(*) AS count FROM sqlite_master WHERE type = 'table'
                   AND name = 'marked' AND sql LIKE '%WITHOUT ROWID%'";
    let found: Vec<Count> = db
        .read("marked", |tx| tx.query(indexes, vec![]))
        .expect("reads");
    assert_eq!(found[0].count, 1);
}

const OF_A_CLINIC: &[Migration] = &[Migration {
    number: 1,
    name: "clinic",
    sql: "CREATE TABLE visit (clinic TEXT NOT NULL, id TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (clinic, id));
          CREATE INDEX visit_by_day ON visit (clinic, at);
          CREATE TABLE line (clinic TEXT NOT NULL, id TEXT NOT NULL, visit TEXT NOT NULL, PRIMARY KEY (clinic, id));
          CREATE INDEX line_by_visit ON line (clinic, visit);",
}];

cunyi_domain::row! {
    /// A step of a plan.
    pub struct Step {
        /// What is done there.
        pub detail: String,
    }
}

/// The lines of a day, in an order that a walk through all of them would give for nothing.
const OF_A_DAY: &str = "EXPLAIN QUERY PLAN SELECT id FROM line WHERE clinic = ? AND visit IN
    (SELECT id FROM visit WHERE clinic = ? AND at >= ? AND at < ?) ORDER BY id";

#[test]
fn an_equality_with_what_is_the_same_in_most_rows_is_no_way_to_a_row() {
    let dir = std::env::temp_dir().join(format!("cunyi-db-plans-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let file = Target::File(dir.join("clinic.db"));
    let walks = |db: &Db| {
        let clinic = || Value::Text("C".to_owned());
        let values = vec![clinic(), clinic(), Value::Int(1), Value::Int(2)];
        let steps: Result<Vec<Step>, DbError> = db.read("plan", |tx| tx.query(OF_A_DAY, values));
        steps
            .unwrap()
            .iter()
            .any(|step| step.detail.ends_with("(clinic=?)"))
    };
    let open = || Db::open(file.clone(), Durability::Scratch, OF_A_CLINIC).unwrap();
    assert!(walks(&open()), "the planner has become wiser");
    let told = open();
    told.same_in_most_rows("clinic").unwrap();
    assert!(!walks(&told));
    // It is in the file, for whoever opens it, and is not written again.
    drop(told);
    let db = open();
    assert!(!walks(&db));
    let bytes = || std::fs::read(dir.join("clinic.db-wal")).unwrap().len();
    let before = bytes();
    db.same_in_most_rows("clinic").unwrap();
    assert_eq!(bytes(), before);
    drop(db);
    std::fs::remove_dir_all(&dir).unwrap();
}
