//! What a block must be beyond its bytes, so that a replay meets nothing it does not expect.

use super::{Block, Counts, MOST_FEN, days_of};

/// What a file's blocks are held against.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub kinds: usize,
    pub year: i16,
}

/// What there is in a block; or what is wrong with it.
pub(super) fn check(block: &Block, bounds: Bounds) -> Result<Counts, String> {
    households(block)?;
    values(block, bounds)?;
    let persons = persons(block);
    let reversals = reversals(block)?;
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    Ok(Counts {
        blocks: 1,
        households: count(block.households.len()),
        persons,
        events: count(block.len()),
        reversals,
    })
}

fn households(block: &Block) -> Result<(), String> {
    let sum: u64 = block.households.iter().map(|n| u64::from(*n)).sum();
    if sum != u64::try_from(block.len()).unwrap_or(u64::MAX) {
        let events = block.len();
        return Err(format!(
            "the households have {sum} events together, the block {events}"
        ));
    }
    if block.households.contains(&0) {
        return Err("a household without an event".to_owned());
    }
    Ok(())
}

/// The columns of fen.
fn amounts(block: &Block) -> [&[u32]; 6] {
    [
        &block.class_a,
        &block.class_b,
        &block.class_c,
        &block.over_limit,
        &block.fee,
        &block.balance,
    ]
}

fn values(block: &Block, bounds: Bounds) -> Result<(), String> {
    let last = days_of(bounds.year);
    let (first_day, last_day) = (block.day.iter().min(), block.day.iter().max());
    if first_day.is_some_and(|day| *day < 1) || last_day.is_some_and(|day| *day > last) {
        return Err(format!("a day that is not 1 to {last}"));
    }
    let most = block.kind.iter().max().map_or(0, |kind| usize::from(*kind));
    if most >= bounds.kinds {
        let kinds = bounds.kinds;
        return Err(format!("kind {most} of a dictionary of {kinds}"));
    }
    let most = amounts(block).into_iter();
    let most = most.filter_map(|column| column.iter().max());
    if most.max().is_some_and(|most| *most > MOST_FEN) {
        return Err(format!("an amount of more than {MOST_FEN} fen"));
    }
    let mut at = 0;
    for events in &block.households {
        let days = &block.day[at..at + *events as usize];
        if !days.is_sorted() {
            return Err(format!(
                "the household at event {at} is not in order of days"
            ));
        }
        at += days.len();
    }
    Ok(())
}

/// Members of a household are numbered from 0, so the greatest number counts them.
fn persons(block: &Block) -> u64 {
    let mut at = 0;
    let mut persons = 0;
    for events in &block.households {
        let members = &block.member[at..at + *events as usize];
        persons += 1 + u64::from(members.iter().max().copied().unwrap_or(0));
        at += members.len();
    }
    persons
}

/// A reversal takes back a claim of its household that stands before it, once, and repeats it.
fn reversals(block: &Block) -> Result<u64, String> {
    if block.back.iter().all(|back| *back == 0) {
        return Ok(0);
    }
    let mut taken = vec![false; block.len()];
    let mut count = 0;
    let mut first = 0;
    for events in &block.households {
        let last = first + *events as usize;
        for event in first..last {
            let back = usize::from(block.back[event]);
            if back == 0 {
                continue;
            }
            if back > event - first {
                return Err(format!("event {event} takes back what is not there"));
            }
            let claim = event - back;
            if block.back[claim] != 0 || std::mem::replace(&mut taken[claim], true) {
                return Err(format!("event {event} takes back what was taken back"));
            }
            if !repeats(block, event, claim) {
                return Err(format!("event {event} is not what it takes back"));
            }
            count += 1;
        }
        first = last;
    }
    Ok(count)
}

fn repeats(block: &Block, event: usize, claim: usize) -> bool {
    block.member[event] == block.member[claim]
        && block.kind[event] == block.kind[claim]
        && amounts(block)
            .iter()
            .all(|column| column[event] == column[claim])
}
