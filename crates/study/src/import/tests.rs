//! What is imported is what the rows say; what is wrong is told by its place.

use std::io::Cursor;
use std::path::PathBuf;

use proptest::prelude::*;

use super::*;
use crate::year::tests::read;
use crate::year::{Event, Reader};

fn folder(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("cunyi-import-{}-{name}", std::process::id()))
}

type Households = Vec<Vec<Event>>;

fn imported(files: &[(&str, Format)], name: &str, memory: usize) -> Result<Households, Vec<Wrong>> {
    let mut import = Import::new(folder(name), memory);
    for (text, format) in files {
        import.read(text.as_bytes(), *format, &mut |_| ()).unwrap();
    }
    let mut bytes = Vec::new();
    match import.write(|| Ok(&mut bytes)) {
        Ok(counts) => {
            let all = households(&bytes);
            assert_eq!(
                counts.events,
                all.iter().map(|h| h.len() as u64).sum::<u64>()
            );
            Ok(all)
        }
        Err(ImportError::Wrong(wrong)) => Err(wrong),
        Err(ImportError::Io(error)) => panic!("{error}"),
    }
}

/// In the order of the least amount, as which of two strangers is first says nothing.
fn households(bytes: &[u8]) -> Households {
    let (_, mut all, _) = read(bytes).unwrap();
    all.sort_by_key(|events| events.iter().map(|e| e.class_a).min());
    all
}

const TABLE: &str = "\
claim,reverses,person,household,date,level,class_a,fee,balance
c1,,p2,h,2026-03-01,village,20.00,10,5.5
,c1,p2,h,2026-03-04,,,-10.00,
,,p1,h,2026-02-01,township,0.01,,
c3,c1x,,,,,,,
";

fn good() -> String {
    let (good, _) = TABLE.split_once("c3,").unwrap();
    good.to_owned()
}

#[test]
fn rows_become_households_in_order() {
    let all = imported(&[(&good(), Format::Csv)], "order", usize::MAX).unwrap();
    let claim = Event {
        member: 1,
        day: 60,
        kind: 0,
        class_a: 2_000,
        fee: 1_000,
        balance: 550,
        ..Event::default()
    };
    let first = Event {
        day: 32,
        kind: 1,
        class_a: 1,
        ..Event::default()
    };
    let back = Event {
        day: 63,
        back: 1,
        ..claim
    };
    assert_eq!(all, [vec![first, claim, back]]);
}

#[test]
fn objects_are_rows_as_well() {
    let lines = "{\"person\": \"p1\", \"household\": \"h\", \"date\": \"2026-02-01\", \"level\": \"township\", \"class_a\": \"0.01\"}\n";
    let array = "[\n  { \"claim\": \"c1\", \"person\": \"p2\", \"household\": \"h\", \"date\": \"2026-03-01\",\n    \"level\": \"village\", \"class_a\": \"20.00\", \"fee\": 10, \"balance\": \"5.5\" },\n  { \"reverses\": \"c1\", \"person\": \"p2\", \"household\": \"h\", \"date\": \"2026-03-04\", \"level\": null }\n]\n";
    let json = imported(
        &[(array, Format::Json), (lines, Format::Json)],
        "json",
        usize::MAX,
    );
    let csv = imported(&[(&good(), Format::Csv)], "csv", usize::MAX);
    assert_eq!(json.unwrap(), csv.unwrap());
    for (text, wanted) in [
        ("[{\"person\": 1.5}]", "1: person: `1.5` is neither"),
        ("\n{\"person\": \"1\"", "2: -: an object that does not end"),
        ("person,date", "1: -: here should be an object"),
        (
            "{\"name\": \"王\"}",
            "1: name: `王` stands in a column nobody knows",
        ),
    ] {
        let wrong = imported(&[(text, Format::Json)], "bad", usize::MAX).unwrap_err();
        let found = wrong.iter().any(|w| w.to_string().starts_with(wanted));
        assert!(found, "{wanted}: {wrong:?}");
    }
}

#[test]
fn what_is_wrong_is_told_by_line_and_column() {
    let wrong = imported(&[(TABLE, Format::Csv)], "wrong", usize::MAX).unwrap_err();
    let said: Vec<String> = wrong.iter().map(ToString::to_string).collect();
    assert!(
        said[0].starts_with("5: date: missing") && said[1].starts_with("5: person: missing"),
        "{said:?}"
    );
}

#[test]
fn each_cell_says_what_it_must_be() {
    let head = "claim,reverses,person,date,level,age,class_a\n";
    let cases = [
        (
            "c,,1,2026-02-30,village,,1\n",
            "2: date: `2026-02-30` is no date",
        ),
        (
            "c,,1,2026-01-01,hamlet,,1\n",
            "2: level: `hamlet` is not a value",
        ),
        ("c,,1,2026-01-01,,old,1\n", "2: age: `old` is no number"),
        ("c,,1,2026-01-01,,200,1\n", "2: age: an age is 0 to 150"),
        (
            "c,,1,2026-01-01,,,1.005\n",
            "2: class_a: `1.005` is no amount",
        ),
        ("c,,1,2026-01-01,,,-1\n", "2: class_a: is negative"),
        (
            "c,,1,2026-01-01,,,99999999\n",
            "2: class_a: `99999999` is more than",
        ),
        ("c,,1,2026-01-01,,,\n", "2: class_a: missing"),
        (
            "c,,1,1989-12-31,,,1\n",
            "2: date: `1989-12-31` is of no year from 1990 to 2200: write the day of the visit",
        ),
        (
            "c,,1,2201-01-01,,,1\nd,,1,2026-01-01,,,1\n",
            "2: date: `2201-01-01` is of no year",
        ),
        (
            "c,,1,2026-01-01,,,1\nd,,1,2025-12-31,,,1\n",
            "3: date: `2025-12-31` is not in 2026",
        ),
        (
            "c,,1,2026-01-01,,,1\nc,,1,2026-01-02,,,1\n",
            "3: claim: `c` is also the claim of line 2",
        ),
        (
            "c,,1,2026-01-01,,,1\n,x,1,2026-01-02,,,\n",
            "3: reverses: there is no claim `x`",
        ),
        (
            "c,,1,2026-01-03,,,1\n,c,1,2026-01-02,,,\n",
            "3: date: is before",
        ),
        (
            "c,,1,2026-01-01,,,1\n,c,1,2026-01-02,,,2\n",
            "3: class_a: is another than in line 2",
        ),
        (
            "c,,1,2026-01-01,village,,1\n,c,1,2026-01-02,township,,\n",
            "3: reverses: benefit, disease",
        ),
        (
            "c,,1,2026-01-01,,,1\n,c,1,2026-01-02,,,\n,c,1,2026-01-02,,,\n",
            "4: reverses: line 3 takes back",
        ),
        ("c,,1,2026-01-01,,,1,9\n", "2: -: 8 cells, the header has 7"),
        ("", "1: -: no rows"),
    ];
    for (rows, wanted) in cases {
        let text = format!("{head}{rows}");
        let wrong = imported(&[(&text, Format::Csv)], "cases", usize::MAX).unwrap_err();
        assert!(
            wrong[0].to_string().starts_with(wanted),
            "{wanted}: {wrong:?}"
        );
    }
}

#[test]
fn a_year_that_can_be_read_back_is_one_that_can_be_imported() {
    for year in [1990, 2200] {
        let text = format!("person,date,class_a\n1,{year}-01-01,1\n");
        assert_eq!(
            imported(&[(&text, Format::Csv)], "years", usize::MAX).map(|all| all.len()),
            Ok(1)
        );
    }
}

#[test]
fn a_header_is_looked_at_and_errors_are_not_endless() {
    for (head, wanted) in [
        ("person,name\n", "1: name: no such column"),
        ("person,person\n", "1: person: stands in the header twice"),
    ] {
        let wrong = imported(&[(head, Format::Csv)], "head", usize::MAX).unwrap_err();
        assert!(wrong[0].to_string().starts_with(wanted), "{wrong:?}");
    }
    let many = format!("person,date\n{}", "1,never\n".repeat(50));
    assert_eq!(
        imported(&[(&many, Format::Csv)], "many", usize::MAX)
            .unwrap_err()
            .len(),
        MOST_ERRORS
    );
}

#[test]
fn a_reversal_may_stand_before_its_claim_of_the_same_day() {
    let text = "claim,reverses,person,date,class_a\n,c,1,2026-01-01,\nd,,1,2026-01-01,3\nc,,1,2026-01-01,1\n";
    let all = imported(&[(text, Format::Csv)], "same_day", usize::MAX).unwrap();
    let shown: Vec<(u32, u16)> = all[0].iter().map(|e| (e.class_a, e.back)).collect();
    assert_eq!(shown, [(300, 0), (100, 0), (100, 1)]);
}

#[test]
fn buckets_leave_nothing_behind() {
    let place = folder("left");
    {
        let mut import = Import::new(place.clone(), 1);
        import
            .read(good().as_bytes(), Format::Csv, &mut |_| ())
            .unwrap();
        assert!(place.is_dir());
        #[cfg(unix)]
        {
            let mode = std::fs::metadata(&place).unwrap();
            let mode = std::os::unix::fs::PermissionsExt::mode(&mode.permissions());
            assert_eq!(mode & 0o077, 0);
        }
    }
    assert!(!place.exists());
    std::fs::create_dir(&place).unwrap();
    let mut import = Import::new(place.clone(), 1);
    let error = import
        .read(good().as_bytes(), Format::Csv, &mut |_| ())
        .unwrap_err();
    assert!(error.to_string().contains("delete it"), "{error}");
    drop(import);
    assert!(place.is_dir(), "what another left is not ours to take away");
    std::fs::remove_dir(&place).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Amounts tell rows apart; the order of lines and where rows are kept change nothing but the
    /// order within a day.
    #[test]
    fn neither_order_nor_memory_changes_a_year(
        days in prop::collection::vec(prop::collection::hash_set(1..=28_u8, 1..12), 1..12),
        seed in any::<u64>(),
    ) {
        let mut rows = Vec::new();
        for (household, days) in days.iter().enumerate() {
            for day in days {
                let place = rows.len() + 1;
                rows.push(format!("{household},2026-05-{day:02},{place}"));
            }
        }
        let table = |rows: &[String]| format!("person,date,class_a\n{}\n", rows.join("\n"));
        let straight = imported(&[(&table(&rows), Format::Csv)], "straight", usize::MAX).unwrap();
        let mut mixed = rows.clone();
        mixed.sort_by_key(|row| {
            row.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
        });
        let name = format!("mixed{seed}");
        let spilled = imported(&[(&table(&mixed), Format::Csv)], &name, 100).unwrap();
        prop_assert_eq!(straight, spilled);
    }
}

/// The examples of docs/policy-study, in both languages.
#[test]
fn the_documentation_holds() {
    let documents = [
        include_str!("../../../../docs/policy-study.md"),
        include_str!("../../../../docs/policy-study.en.md"),
    ];
    for document in documents {
        let block = |kind: &str| {
            let (_, rest) = document.split_once(&format!("```{kind}\n")).unwrap();
            rest.split_once("```").unwrap().0
        };
        let table = imported(&[(block("csv"), Format::Csv)], "docs", usize::MAX).unwrap();
        let shown: Vec<(u8, u16)> = table[0].iter().map(|e| (e.member, e.back)).collect();
        assert_eq!(shown, [(0, 0), (0, 1), (0, 0), (1, 0)]);
        let objects = imported(&[(block("json"), Format::Json)], "docs", usize::MAX).unwrap();
        assert_eq!(objects[0].len(), 2);
        for column in row::columns() {
            assert!(document.contains(&format!("`{column}`")), "{column}");
        }
        let bytes = block("hex").split_whitespace();
        let bytes: Vec<u8> = bytes
            .map(|byte| u8::from_str_radix(byte, 16).unwrap())
            .collect();
        let claim = Event {
            day: 300,
            class_a: 2_000,
            ..Event::default()
        };
        let back = Event {
            day: 305,
            back: 1,
            ..claim
        };
        assert_eq!(households(&bytes), [vec![claim, back]]);
        let head = Reader::open(Cursor::new(&bytes)).unwrap().head().clone();
        let mut again = Vec::new();
        let mut writer = Writer::new(&mut again, head.year, &head.kinds).unwrap();
        writer.household(&[claim, back]).unwrap();
        writer.finish().unwrap();
        assert_eq!(again, bytes);
    }
}
