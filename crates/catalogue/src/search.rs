//! The index: names, other names and codes, found by initials, full pinyin, characters or code.
//!
//! One flat array of letter sets, scanned from end to end: 30,000 names of ten characters are
//! 2 MB, which is quicker to read than a cleverer structure is to keep right.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use crate::pinyin::{fold, readings};

/// The longest query that is looked at, in characters; the rest of a longer one is ignored.
const LONGEST: usize = 60;

/// How well an entry fits; the smaller the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// Initials, name or code, whole.
    Exact,
    /// The beginning of initials, pinyin, name or code.
    Prefix,
    /// Somewhere in the name or initials.
    Inside,
}

/// One name of an entry.
#[derive(Debug)]
struct Key {
    entry: u32,
    /// Folded name.
    text: Box<str>,
    /// Where its letter sets lie.
    from: u32,
    to: u32,
}

/// What is to be indexed of an entry.
pub struct Entry<'a> {
    /// Code.
    pub code: &'a str,
    /// Name.
    pub name: &'a str,
    /// Other names, with blanks between them.
    pub alias: &'a str,
    /// How usual it is.
    pub weight: i64,
}

/// An index over a list; entries are named by their place in it.
#[derive(Debug, Default)]
pub struct Index {
    keys: Vec<Key>,
    /// For each character of each key, the set of first letters of its readings.
    letters: Vec<u64>,
    /// The readings of every character that occurs.
    sounds: HashMap<char, Vec<String>>,
    codes: Vec<Box<str>>,
    weights: Vec<i64>,
}

impl Index {
    /// Builds it.
    pub fn new<'a>(entries: impl Iterator<Item = Entry<'a>>) -> Self {
        let mut index = Self::default();
        for entry in entries {
            let place = narrow(index.codes.len());
            index.codes.push(fold(entry.code).into());
            index.weights.push(entry.weight);
            for name in std::iter::once(entry.name).chain(entry.alias.split_whitespace()) {
                index.add_key(place, name);
            }
        }
        index
    }

    fn add_key(&mut self, entry: u32, name: &str) {
        let text = fold(name);
        let from = narrow(self.letters.len());
        for c in text.chars() {
            let sounds = self.sounds.entry(c).or_insert_with(|| readings(c));
            let set = first_letters(sounds);
            if set != 0 {
                self.letters.push(set);
            }
        }
        self.keys.push(Key {
            entry,
            text: text.into(),
            from,
            to: narrow(self.letters.len()),
        });
    }

    /// The best `limit` entries, best first: better fit, more usual, shorter name, earlier.
    pub fn search(&self, query: &str, limit: usize) -> Vec<usize> {
        let query = Query::new(query);
        if query.text.is_empty() {
            return Vec::new();
        }
        let mut hits = self.hits(&query);
        hits.sort_unstable();
        let mut seen = HashSet::new();
        hits.iter()
            .map(|hit| hit.3)
            .filter(|entry| seen.insert(*entry))
            .take(limit)
            .map(|entry| entry as usize)
            .collect()
    }

    fn hits(&self, query: &Query) -> Vec<(Fit, Reverse<i64>, u32, u32)> {
        let mut hits = Vec::new();
        let mut add = |fit: Option<Fit>, length: u32, entry: u32| {
            if let Some(fit) = fit {
                let weight = self.weights.get(entry as usize).copied().unwrap_or(0);
                hits.push((fit, Reverse(weight), length, entry));
            }
        };
        for key in &self.keys {
            add(self.fit(key, query), key.to - key.from, key.entry);
        }
        for (entry, code) in self.codes.iter().enumerate() {
            add(fit_text(code, &query.text, false), 0, narrow(entry));
        }
        hits
    }

    fn fit(&self, key: &Key, query: &Query) -> Option<Fit> {
        let letters = &self.letters[key.from as usize..key.to as usize];
        let by_letters = query.letters.as_deref().and_then(|wanted| {
            // Most names part here, before any reading is compared.
            let begins = letters
                .first()
                .zip(wanted.first())
                .is_some_and(|(a, b)| a & b != 0);
            let by_pinyin = || begins && self.reads(&key.text, &query.text);
            match fit_letters(letters, wanted) {
                None | Some(Fit::Inside) if by_pinyin() => Some(Fit::Prefix),
                fit => fit,
            }
        });
        let by_text = fit_text(&key.text, &query.text, true);
        by_letters.into_iter().chain(by_text).min()
    }

    /// Whether the query, all letters and digits, is the beginning of the name's full pinyin in
    /// any reading. Keeps the set of places in the query that can be reached, so it is linear.
    fn reads(&self, name: &str, query: &str) -> bool {
        let mut reached: u64 = 1;
        for syllables in name.chars().filter_map(|c| self.sounds.get(&c)) {
            if syllables.is_empty() {
                continue;
            }
            let mut next = 0;
            for place in (0..query.len()).filter(|place| reached & (1 << place) != 0) {
                let rest = &query[place..];
                for syllable in syllables {
                    if syllable.starts_with(rest) {
                        return true;
                    }
                    if rest.starts_with(syllable.as_str()) {
                        next |= 1 << (place + syllable.len());
                    }
                }
            }
            reached = next;
            if reached == 0 {
                return false;
            }
        }
        false
    }
}

struct Query {
    text: String,
    /// As letter sets of one, when it is letters and digits only.
    letters: Option<Vec<u64>>,
}

impl Query {
    fn new(query: &str) -> Self {
        let text: String = fold(query.trim()).chars().take(LONGEST).collect();
        let letters = text.chars().map(letter_bit).collect();
        Self { text, letters }
    }
}

fn narrow(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// The bit of a lower-case letter or a digit.
fn letter_bit(c: char) -> Option<u64> {
    match c {
        'a'..='z' => Some(1 << (u32::from(c) - u32::from('a'))),
        '0'..='9' => Some(1 << (26 + u32::from(c) - u32::from('0'))),
        _ => None,
    }
}

fn first_letters(sounds: &[String]) -> u64 {
    sounds
        .iter()
        .filter_map(|reading| reading.chars().next())
        .filter_map(letter_bit)
        .fold(0, |set, bit| set | bit)
}

/// One letter inside a name says nothing: from two on.
fn fit_letters(letters: &[u64], wanted: &[u64]) -> Option<Fit> {
    let fits = |part: &[u64]| part.iter().zip(wanted).all(|(set, bit)| set & bit != 0);
    let place = letters.windows(wanted.len().max(1)).position(fits)?;
    Some(match place {
        0 if letters.len() == wanted.len() => Fit::Exact,
        0 => Fit::Prefix,
        _ if wanted.len() > 1 => Fit::Inside,
        _ => return None,
    })
}

fn fit_text(text: &str, query: &str, inside: bool) -> Option<Fit> {
    if text.starts_with(query) {
        let whole = text.len() == query.len();
        return Some(if whole { Fit::Exact } else { Fit::Prefix });
    }
    (inside && text.contains(query)).then_some(Fit::Inside)
}
