//! What is written is read, and what is damaged is refused with its place.

use std::io::Cursor;

use cunyi_policy::{Benefit, Facts, Level};
use proptest::prelude::*;

use super::*;

fn kinds() -> Vec<Kind> {
    let kind = |level, age| Kind {
        benefit: Benefit::General,
        facts: Facts {
            level: Some(level),
            age: Some(age),
            ..Facts::default()
        },
    };
    let ill = Kind {
        benefit: Benefit::Chronic,
        facts: Facts {
            disease: Some("M03900".to_owned()),
            tier: Some("一档".to_owned()),
            signed: Some(true),
            ..Facts::default()
        },
    };
    vec![kind(Level::Village, 70), kind(Level::Township, 3), ill]
}

fn written(households: &[Vec<Event>]) -> (Vec<u8>, Counts) {
    let mut bytes = Vec::new();
    let mut writer = Writer::new(&mut bytes, 2026, &kinds()).unwrap();
    for household in households {
        writer.household(household).unwrap();
    }
    let counts = writer.finish().unwrap();
    (bytes, counts)
}

/// All of a file's households, as rows.
pub(crate) fn read(bytes: &[u8]) -> Result<(Head, Vec<Vec<Event>>, Counts), ReadError> {
    let mut reader = Reader::open(Cursor::new(bytes))?;
    let (mut raw, mut block) = (RawBlock::default(), Block::default());
    let mut all = Vec::new();
    let mut counts = Counts::default();
    while reader.next_block(&mut raw)? {
        counts += raw.decode(reader.head(), &mut block)?;
        let mut event = 0;
        for count in &block.households {
            let events = event..event + *count as usize;
            event = events.end;
            all.push(events.map(|at| row(&block, at)).collect());
        }
    }
    reader.agrees(counts)?;
    Ok((reader.head().clone(), all, counts))
}

fn row(block: &Block, at: usize) -> Event {
    Event {
        member: block.member[at],
        day: block.day[at],
        kind: block.kind[at],
        class_a: block.class_a[at],
        class_b: block.class_b[at],
        class_c: block.class_c[at],
        over_limit: block.over_limit[at],
        fee: block.fee[at],
        balance: block.balance[at],
        back: block.back[at],
    }
}

/// Claims in order of days; where `reversed` says so, the last of them is taken back at the end.
fn households() -> impl Strategy<Value = Vec<Vec<Event>>> {
    let amount = prop_oneof![Just(0), 1..200_u32, 1..70_000_u32, 1..=MOST_FEN];
    let claim = (1..=365_u16, 0..3_u16, 0..3_u8, amount.clone(), amount);
    let claim = claim.prop_map(|(day, kind, member, class_a, balance)| Event {
        member,
        day,
        kind,
        class_a,
        balance,
        ..Event::default()
    });
    let household = (prop::collection::vec(claim, 1..20), any::<bool>());
    let household = household.prop_map(|(mut events, reversed)| {
        events.sort_by_key(|event| event.day);
        if reversed {
            let back = Event {
                back: 1,
                ..events[events.len() - 1]
            };
            events.push(back);
        }
        events
    });
    prop::collection::vec(household, 0..30)
}

#[test]
fn the_bytes_are_those_of_the_documentation() {
    let claim = Event {
        day: 300,
        class_a: 2_000,
        ..Event::default()
    };
    let (bytes, _) = written(&[vec![claim]]);
    let dictionary = u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize;
    assert_eq!(&bytes[..12], b"CUNYIYR\n\x01\x00\xea\x07");
    let text = std::str::from_utf8(&bytes[16..16 + dictionary]).unwrap();
    assert!(
        text.starts_with(r#"[{"benefit":"general","level":"village","age":70},"#),
        "{text}"
    );
    let block = &bytes[16 + dictionary + 4..];
    // 24 bytes: one event, one household; widths; 1 event in the household, day 300, 2000 fen.
    assert_eq!(block[..4], [24, 0, 0, 0]);
    assert_eq!(block[8..16], [1, 0, 0, 0, 1, 0, 0, 0]);
    assert_eq!(block[16..27], [1, 0, 2, 0, 2, 0, 0, 0, 0, 0, 0]);
    assert_eq!(block[27..32], [1, 0x2c, 1, 0xd0, 7]);
    assert_eq!(block[32..36], [0, 0, 0, 0]);
    assert_eq!(block.len(), 32 + 48);
}

#[test]
fn a_long_year_is_cut_into_blocks_of_whole_households() {
    let claim = Event {
        day: 1,
        class_a: 100,
        ..Event::default()
    };
    let household = vec![claim; 50_000];
    let (bytes, counts) = written(&[household.clone(), household.clone(), vec![claim]]);
    assert_eq!(
        (counts.blocks, counts.events, counts.persons),
        (2, 100_001, 3)
    );
    let (_, all, found) = read(&bytes).unwrap();
    assert_eq!(found, counts);
    assert_eq!(all, [household.clone(), household, vec![claim]]);
    let mut writer = Writer::new(Vec::new(), 2026, &kinds()).unwrap();
    assert!(writer.household(&vec![claim; MOST_EVENTS + 1]).is_err());
}

#[test]
fn what_is_no_year_is_refused_with_its_place() {
    let claim = |day| Event {
        day,
        class_a: 100,
        ..Event::default()
    };
    let (good, _) = written(&[vec![claim(3), claim(9)]]);
    let says = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
    assert!(says(b"").starts_with("byte 0: the file ends here"));
    assert!(says(b"id,date,amount\n1,2026-01-01,5\n").contains("no year of claims"));
    let changed = |at: usize, to: u8| {
        let mut bytes = good.clone();
        bytes[at] = to;
        says(&bytes)
    };
    assert!(changed(8, 2).starts_with("byte 8: version 2"));
    assert!(changed(15, 255).starts_with("byte 12: a dictionary of"));
    assert!(changed(20, b'x').contains("check sum"));
    let block = 20 + u32::from_le_bytes(good[12..16].try_into().unwrap()) as usize;
    assert!(changed(block + 3, 255).starts_with(&format!("byte {block}: a block of")));
    let body = block + 8;
    assert!(changed(body + 20, 77).starts_with(&format!("byte {body}: the block's check sum")));
    assert!(says(&good[..good.len() - 1]).contains("was cut off"));
    let longer = [&good[..], b"x"].concat();
    assert!(says(&longer).contains("goes on after its footer"));
}

#[test]
fn what_is_no_household_is_not_written() {
    let claim = |day| Event {
        day,
        class_a: 100,
        ..Event::default()
    };
    let back = |day, back| Event { back, ..claim(day) };
    let wrong = [
        (vec![claim(0)], "a day"),
        (vec![claim(366)], "a day"),
        (vec![claim(9), claim(3)], "in order of days"),
        (
            vec![Event {
                kind: 3,
                ..claim(1)
            }],
            "kind 3",
        ),
        (
            vec![Event {
                fee: MOST_FEN + 1,
                ..claim(1)
            }],
            "an amount",
        ),
        (vec![claim(1), back(2, 2)], "is not there"),
        (vec![claim(1), back(2, 1), back(3, 1)], "was taken back"),
        (vec![claim(1), back(2, 1), back(3, 2)], "was taken back"),
        (
            vec![
                claim(1),
                Event {
                    fee: 5,
                    ..back(2, 1)
                },
            ],
            "is not what",
        ),
        (
            vec![
                claim(1),
                Event {
                    member: 1,
                    ..back(2, 1)
                },
            ],
            "is not what",
        ),
    ];
    for (household, wanted) in wrong {
        let mut writer = Writer::new(Vec::new(), 2026, &kinds()).unwrap();
        writer.household(&household).unwrap();
        let said = writer.finish().unwrap_err().to_string();
        assert!(said.contains(wanted), "{said}, {wanted}");
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(households in households()) {
        let (bytes, counts) = written(&households);
        let (head, all, found) = read(&bytes).unwrap();
        prop_assert_eq!(head.kinds, kinds());
        prop_assert_eq!(all, households);
        prop_assert_eq!(found, counts);
    }

    #[test]
    fn a_mutated_file_is_refused_or_read_and_never_more(
        households in households(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
        whole in any::<bool>(),
    ) {
        let (mut bytes, _) = written(&households);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if !whole {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Err(error) = read(&bytes) {
            prop_assert!(error.offset <= bytes.len() as u64, "{}", error);
        }
    }

    /// A block whose check sum somebody made anew: what it says is still not believed.
    #[test]
    fn a_forged_block_is_refused_or_sound(
        households in households().prop_filter("some", |all| !all.is_empty()),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let (mut bytes, _) = written(&households);
        let block = 20 + u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize;
        let length = u32::from_le_bytes(bytes[block..block + 4].try_into().unwrap()) as usize;
        let body = block + 8..block + 8 + length;
        for (at, byte) in changes {
            let at = body.start + at.index(length);
            bytes[at] = byte;
        }
        let sum = crc32fast::hash(&bytes[body]).to_le_bytes();
        bytes[block + 4..block + 8].copy_from_slice(&sum);
        if let Ok((_, all, _)) = read(&bytes) {
            let (again, _) = written(&all);
            let (_, same, _) = read(&again).unwrap();
            prop_assert_eq!(same, all);
        }
    }
}
