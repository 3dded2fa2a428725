//! What is chosen on a computer, whoever sits at it: in cookies, kept for a year.

use axum::http::HeaderMap;

use crate::labels::ROLLS;
use crate::session::cookie;

/// The function keys that pages take; F1, F5, F11 and F12 stay the browser's.
pub(crate) const TAKEN: [&str; 8] = ["F2", "F3", "F4", "F6", "F7", "F8", "F9", "F10"];

/// Large type.
const LARGE: &str = "cunyi-large";
/// High contrast.
const CONTRAST: &str = "cunyi-contrast";
/// Papers on 80 mm.
const ROLL: &str = "cunyi-roll";
/// The function keys.
const KEYS: &str = "cunyi-keys";

/// What is chosen on a computer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Computer {
    /// 大字
    pub large: bool,
    /// 高对比度
    pub contrast: bool,
    /// 小票打印机: which papers are offered on 80 mm.
    pub rolls: Rolls,
    /// The function keys.
    pub keys: Keys,
}

impl Computer {
    /// From the cookies of a request; what is none of ours is as if nobody had chosen.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let keys = cookie(headers, KEYS).and_then(Keys::parse);
        Self {
            large: cookie(headers, LARGE).is_some(),
            contrast: cookie(headers, CONTRAST).is_some(),
            rolls: cookie(headers, ROLL).map_or_else(Rolls::default, Rolls::parse),
            keys: keys.unwrap_or_default(),
        }
    }

    /// A value of `Set-Cookie` for each choice.
    pub(crate) fn cookies(&self) -> [String; 4] {
        let ticked = |ticked: bool| if ticked { "1" } else { "" }.to_owned();
        let usual = self.keys == Keys::default();
        let keys = if usual {
            String::new()
        } else {
            self.keys.text()
        };
        let each = [
            (LARGE, ticked(self.large)),
            (CONTRAST, ticked(self.contrast)),
            (ROLL, self.rolls.text()),
            (KEYS, keys),
        ];
        each.map(|(name, value)| {
            let age = if value.is_empty() { 0 } else { 31_536_000 };
            format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age}")
        })
    }
}

/// The papers that go to a printer of 80 mm; the others are A5.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rolls([bool; ROLLS.len()]);

impl Rolls {
    /// Those of [`ROLLS`] of which it is true.
    pub(crate) fn chosen(fits: impl Fn(&str) -> bool) -> Self {
        Self(std::array::from_fn(|place| fits(ROLLS[place].0)))
    }

    /// Whether this paper is one of them.
    pub(crate) fn has(self, paper: &str) -> bool {
        let place = ROLLS.iter().position(|(one, _)| *one == paper);
        place.is_some_and(|place| self.0[place])
    }

    fn parse(text: &str) -> Self {
        Self::chosen(|paper| text.split('.').any(|one| one == paper))
    }

    fn text(self) -> String {
        let all = ROLLS.iter().map(|(paper, _)| *paper);
        let chosen: Vec<&str> = all.filter(|paper| self.has(paper)).collect();
        chosen.join(".")
    }
}

/// Where on this computer stands what usually stands on a key: by its place in [`TAKEN`] another place there, or on
/// no key. No key has two meanings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keys([Option<usize>; TAKEN.len()]);

impl Default for Keys {
    fn default() -> Self {
        Self(std::array::from_fn(Some))
    }
}

impl Keys {
    /// The key of what usually stands on this one; empty if none.
    pub(crate) fn of(&self, usual: &str) -> &'static str {
        let place = TAKEN.iter().position(|key| *key == usual);
        let chosen = place.and_then(|place| self.0[place]);
        chosen.map_or("", |place| TAKEN[place])
    }

    /// By what was chosen for each key of [`TAKEN`], empty for none. An error names a key that was chosen twice, or
    /// is nothing for a word that is no key.
    pub(crate) fn chosen(words: [&str; TAKEN.len()]) -> Result<Self, Option<&'static str>> {
        let mut keys = [None; TAKEN.len()];
        for (key, word) in keys.iter_mut().zip(words) {
            *key = match TAKEN.iter().position(|taken| *taken == word) {
                None if !word.is_empty() => return Err(None),
                place => place,
            };
        }
        let often = |place: &usize| keys.iter().filter(|key| **key == Some(*place)).count();
        match (0..TAKEN.len()).find(|place| often(place) > 1) {
            Some(twice) => Err(Some(TAKEN[twice])),
            None => Ok(Self(keys)),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.splitn(TAKEN.len() + 1, '.').collect();
        Self::chosen(words.try_into().ok()?).ok()
    }

    fn text(&self) -> String {
        TAKEN.map(|usual| self.of(usual)).join(".")
    }
}

#[cfg(test)]
mod tests {
    use super::{Computer, Keys, Rolls, TAKEN};
    use axum::http::{HeaderMap, HeaderValue};

    fn asked(cookies: &str) -> Computer {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", HeaderValue::from_str(cookies).unwrap());
        Computer::of(&headers)
    }

    #[test]
    fn what_is_chosen_comes_back() {
        let keys = Keys::chosen(["F2", "F8", "", "F6", "F7", "F3", "F9", "F10"]).unwrap();
        assert_eq!(
            ["F2", "F3", "F4", "F8", "F1"].map(|usual| keys.of(usual)),
            ["F2", "F8", "", "F3", ""]
        );
        let chosen = Computer {
            large: true,
            contrast: true,
            rolls: Rolls::chosen(|paper| paper != "receipt"),
            keys,
        };
        let pairs = chosen
            .cookies()
            .map(|c| c.split(';').next().unwrap().to_owned());
        assert_eq!(asked(&pairs.join("; ")), chosen);
        assert!(
            Computer::default()
                .cookies()
                .iter()
                .all(|c| c.contains("=; ") && c.ends_with("Max-Age=0"))
        );
    }

    #[test]
    fn a_paper_that_there_is_not_goes_to_no_roll() {
        let rolls = asked("cunyi-roll=receipt.prescription.fee-list").rolls;
        assert!(rolls.has("receipt") && rolls.has("fee-list"));
        assert!(!rolls.has("prescription") && !rolls.has("statement"));
        assert_eq!(asked("cunyi-roll=1").rolls, Rolls::default());
    }

    #[test]
    fn no_key_has_two_meanings() {
        let twice = ["F2", "F3", "F4", "F6", "F7", "F8", "F8", "F10"];
        assert_eq!(Keys::chosen(twice), Err(Some("F8")));
        let mut browsers = TAKEN;
        browsers[0] = "F5";
        assert_eq!(Keys::chosen(browsers), Err(None));
        assert!(Keys::chosen([""; 8]).is_ok(), "nobody needs keys");
    }

    #[test]
    fn what_is_none_of_ours_is_the_usual() {
        for keys in [
            "",
            "F2",
            "F8.F8.F4.F6.F7.F3.F9.F10",
            "a.b.c.d.e.f.g.h",
            "F2.F3.F4.F6.F7.F8.F9.F10.F12",
        ] {
            assert_eq!(
                asked(&format!("cunyi-keys={keys}")).keys,
                Keys::default(),
                "{keys}"
            );
        }
    }
}
