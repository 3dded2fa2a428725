//! Erasure: nothing of a patient is left to read, everything else stands and still verifies.

use cunyi_db::DbError;
use cunyi_domain::batch::BatchEvent;
use cunyi_domain::fact::{PatientFields, Personal};
use cunyi_domain::ids::{PatientId, VisitId};
use cunyi_domain::journal::Entry;
use cunyi_domain::ledger::{Coverage, Patient};
use cunyi_domain::row::Value;
use cunyi_domain::time::parse_date;
use cunyi_store::local::{Draft, Message, Voucher};
use cunyi_store::seal::PatientKey;
use cunyi_store::{StoreError, query};

use crate::people::fields;
use crate::receipts::Electronic;
use crate::tables::TABLES;
use crate::world::{Done, World, clinic};

/// What stands in clear somewhere before the erasure: particulars, texts, a draft.
const CLEAR: &[&str] = &[
    "欧阳锦绣",
    "oyjxq",
    "1949-10-03",
    "410522194910033322",
    "13912345678",
    "枣林坡西头第七家",
    "欧阳守信",
    "410522197001013311",
    "41990000000000777777",
    "欧阳小凤",
    "410522199909093344",
    "外甥女",
    "心口发闷三日",
    "旧年跌伤左髋",
    "左膝压痛明显",
    "回家热敷勿劳",
    "误收了挂号费",
    "夜间盗汗未写完",
    "家中药未吃完",
    "踝部凹陷水肿",
    "血压抄错一栏",
    "霍山路心血管专科",
    "进城带孙三个月",
    "票纸印歪了重打",
    "早年患过肺痨",
    "胸片见旧钙化",
    "k4m7x2",
    "https://receipts.invalid/87654321",
    "票上姓名写成锦秀",
    "锦绣的票已入账",
    "跟女儿去了外省",
];

/// What is never in clear: a certificate's token, a correction's old name, a doctor's reason.
const SEALED: &[&str] = &["token-98765-voucher", "欧阳金秀", "老柳说从前用过没事"];

fn particulars(name: &str) -> PatientFields {
    PatientFields {
        name: name.to_owned(),
        initials: CLEAR[1].to_owned(),
        birth_date: parse_date(CLEAR[2]),
        id_number: CLEAR[3].to_owned(),
        phone: CLEAR[4].to_owned(),
        address: CLEAR[5].to_owned(),
        guardian_name: CLEAR[6].to_owned(),
        guardian_id_number: CLEAR[7].to_owned(),
    }
}

/// A patient with everything personal that the clinic can know.
fn somebody(world: &World) -> Result<(PatientId, VisitId), StoreError> {
    let patient = world.register(particulars("欧阳金秀"))?;
    world.correct(&patient, particulars("欧阳金秀"), particulars("欧阳锦绣"))?;
    let coverage = world.identify(&patient, CLEAR[8])?;
    let proxy = Personal::Proxy {
        name: CLEAR[9].to_owned(),
        id_number: CLEAR[10].to_owned(),
        relation: CLEAR[11].to_owned(),
    };
    let visit = world.arrive(&patient, Some(coverage), Some(proxy))?;
    let row = world.visit(&visit);
    let record = Personal::Record {
        complaint: CLEAR[12].to_owned(),
        history: CLEAR[13].to_owned(),
        past_history: CLEAR[24].to_owned(),
        examination: CLEAR[14].to_owned(),
        auxiliary: CLEAR[25].to_owned(),
        advice: CLEAR[15].to_owned(),
        supply_reason: CLEAR[22].to_owned(),
    };
    world.sign_with(&row, record)?;
    world.fill_local(&row, CLEAR[17], SEALED[0]);
    let first = world.follow_up(&row, None, CLEAR[19])?;
    world.follow_up(&row, Some(first), CLEAR[20])?;
    world.refer(&row, CLEAR[21])?;
    world.end_follow_up(&row.patient, CLEAR[30])?;
    let later = world.arrive(&patient, None, None)?;
    let batch = world.freeze(&world.visit(&later), &[])?;
    world.happen(&world.batch(&batch), BatchEvent::Settle, "")?;
    world.receipts(&world.visit(&later), CLEAR[23])?;
    let words = Electronic {
        check_code: CLEAR[26],
        url: CLEAR[27],
        reason: CLEAR[28],
        said: CLEAR[29],
        undone: false,
    };
    world.electronic(&world.visit(&later), &words)?;
    world.happen(&world.batch(&batch), BatchEvent::Reverse, CLEAR[16])?;
    let dropped = world.freeze(&world.visit(&later), &[])?;
    world.happen(&world.batch(&dropped), BatchEvent::TakeBack, CLEAR[18])?;
    Ok((patient, visit))
}

/// Neighbours on the same pages: before, between and after.
fn neighbours(world: &World, count: usize) -> Done {
    for number in 0..count {
        let patient = world.register(fields(number))?;
        let visit = world.arrive(&patient, None, None)?;
        world.sign(&world.visit(&visit), number)?;
    }
    Ok(())
}

fn holds(bytes: &[u8], secret: &[u8]) -> bool {
    bytes.windows(secret.len()).any(|window| window == secret)
}

/// The database file, its log and its index, and a copy made now, one after the other.
fn on_disk(world: &World, copy: &str) -> Vec<u8> {
    let cunyi_db::Target::File(path) = world.store.db().target() else {
        panic!("not a file");
    };
    let copied = path.with_file_name(copy);
    world.store.db().copy_to(&copied).unwrap();
    let beside = |end: &str| std::path::PathBuf::from(format!("{}{end}", path.display()));
    let files = [path.clone(), beside("-wal"), beside("-shm"), copied];
    assert!(files.iter().all(|file| file.exists()));
    files
        .iter()
        .flat_map(|file| std::fs::read(file).unwrap())
        .collect()
}

fn secrets() -> impl Iterator<Item = &'static str> {
    CLEAR.iter().chain(SEALED).copied()
}

#[test]
fn no_byte_of_an_erased_patient_is_left_on_disk() {
    let world = World::file("erased");
    neighbours(&world, 60).unwrap();
    let (patient, _) = somebody(&world).unwrap();
    neighbours(&world, 60).unwrap();
    let key = world
        .all::<PatientKey>()
        .into_iter()
        .find(|key| key.patient == patient);
    let key = key.unwrap().sealed_key;
    let before = on_disk(&world, "before.db");
    for secret in CLEAR {
        assert!(
            holds(&before, secret.as_bytes()),
            "{secret} was never written"
        );
    }
    assert!(holds(&before, &key));
    for secret in SEALED {
        assert!(
            !holds(&before, secret.as_bytes()),
            "{secret} stands in clear"
        );
    }

    world
        .store
        .erase(&world.who(), &world.dice, &patient)
        .unwrap();
    let after = on_disk(&world, "after.db");
    for secret in secrets() {
        assert!(
            !holds(&after, secret.as_bytes()),
            "{secret} is still on disk"
        );
    }
    assert!(!holds(&after, &key), "the sealed key is still on disk");
    assert!(
        holds(&after, "柳大59".as_bytes()),
        "the neighbours are gone"
    );
    world.sound();
}

#[test]
fn no_row_of_any_table_tells_of_an_erased_patient() {
    for world in World::engines("erased_rows") {
        let (patient, visit) = somebody(&world).unwrap();
        world
            .store
            .erase(&world.who(), &world.dice, &patient)
            .unwrap();
        for table in TABLES {
            for value in table.rows(&world).into_iter().flatten() {
                let bytes = match value {
                    Value::Text(text) => text.into_bytes(),
                    Value::Bytes(bytes) => bytes,
                    _ => continue,
                };
                for secret in secrets() {
                    assert!(
                        !holds(&bytes, secret.as_bytes()),
                        "{secret} in {}",
                        table.name
                    );
                }
            }
        }
        world.sound();
        // Health data without a name stays: the ledger must still add up.
        let row = world.visit(&visit);
        assert_eq!((row.temperature, row.signed), (Some(375), true));
        let rows = world.all::<Patient>();
        assert!(rows[0].erased && rows[0].birth_date.is_none());
        assert_eq!(world.all::<Coverage>()[0].person_number, "");
        assert_eq!(world.count::<Message>() + world.count::<Voucher>(), 0);
        assert_eq!(world.count::<Draft>() + world.count::<PatientKey>(), 0);
    }
}

/// Everything that is kept of a patient or a visit, table by table.
fn kept(world: &World, patient: &PatientId, visit: &VisitId) -> Vec<Vec<Vec<Value>>> {
    let ids = [patient.as_str(), visit.as_str()].map(|id| Value::Text(id.to_owned()));
    let of = |table: &crate::tables::Table| {
        let mut rows = table.rows(world);
        rows.retain(|row| row.iter().any(|value| ids.contains(value)));
        rows
    };
    TABLES.iter().map(of).collect()
}

fn opened(world: &World, patient: &PatientId) -> Vec<Option<Personal>> {
    let mut entries = world.all::<Entry>();
    entries.retain(|entry| entry.patient.as_ref() == Some(patient) && entry.sealed.is_some());
    let open = |tx: &mut cunyi_store::Tx<'_>| {
        entries
            .iter()
            .map(|entry| world.store.open_personal(tx, entry))
            .collect()
    };
    let opened: Result<_, StoreError> = world.store.db().read("open", open);
    opened.unwrap()
}

#[test]
fn others_are_untouched_and_what_was_sealed_stays_shut() {
    for world in World::engines("others") {
        let (gone, _) = somebody(&world).unwrap();
        let other = world.register(fields(5)).unwrap();
        let visit = world.arrive(&other, None, None).unwrap();
        world.sign(&world.visit(&visit), 5).unwrap();
        world.fill_local(&world.visit(&visit), "咳", "token");
        let before = (kept(&world, &other, &visit), opened(&world, &other));
        assert!(opened(&world, &gone).iter().all(Option::is_some));
        assert_eq!(opened(&world, &gone).len(), 18);

        world.store.erase(&world.who(), &world.dice, &gone).unwrap();
        assert_eq!(
            (kept(&world, &other, &visit), opened(&world, &other)),
            before
        );
        assert_eq!(opened(&world, &gone), vec![None; 18]);
    }
}

#[test]
fn an_erased_patient_takes_nothing_personal_any_more() {
    for world in World::engines("after") {
        let (patient, visit) = somebody(&world).unwrap();
        let visit = world.visit(&visit);
        let batch = world.freeze(&visit, &[]).unwrap();
        for event in [
            BatchEvent::Upload,
            BatchEvent::Presettle,
            BatchEvent::Request,
        ] {
            world.happen(&world.batch(&batch), event, "").unwrap();
        }
        world
            .happen(&world.batch(&batch), BatchEvent::Settle, "")
            .unwrap();
        let batch = world.batch(&batch);
        world
            .store
            .erase(&world.who(), &world.dice, &patient)
            .unwrap();
        let facts = world.count::<Entry>();
        for done in [
            world.correct(&patient, fields(1), fields(2)),
            world.identify(&patient, "1").map(|_| ()),
            world.sign(&visit, 1),
        ] {
            assert!(matches!(done, Err(StoreError::Erased)), "{done:?}");
        }
        assert_eq!(world.count::<Entry>(), facts);
        let found = world
            .store
            .db()
            .read("find", |tx| query::find_patients(tx, &clinic(), "", 10));
        assert_eq!(found.unwrap(), vec![]);
        // Money can still be put right: a fact without words needs no key.
        world
            .happen(&batch, BatchEvent::RequestReversal, "")
            .unwrap();
        // Again is harmless; somebody unknown is not erased.
        world
            .store
            .erase(&world.who(), &world.dice, &patient)
            .unwrap();
        let unknown = world
            .store
            .erase(&world.who(), &world.dice, &"nobody".into());
        assert!(
            matches!(unknown, Err(StoreError::Db(DbError::Stale("patient")))),
            "{unknown:?}"
        );
        world.sound();
    }
}
