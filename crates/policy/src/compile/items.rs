//! `[[line]]`: what its rows name, and what they must not say.

use super::{Compiler, Profile};
use crate::claim::LineClass;
use crate::items::{ItemKind, ItemRule, Items, Own};
use crate::language::form::{Code, LineForm};
use crate::policy::Benefit;

/// Two rows that name the same: no claim may have both.
pub(super) struct Clash {
    rows: [u16; 2],
    what: String,
}

/// Whether a row is about a benefit.
pub(super) fn is_of(line: &LineForm, benefit: Benefit) -> bool {
    line.benefits.is_empty() || line.benefits.contains(&benefit)
}

impl Compiler<'_> {
    /// Reads the rows.
    pub(super) fn items(&mut self) {
        let form = self.form;
        let mut items = Items::default();
        for (place, spanned) in form.line.iter().enumerate() {
            let line = spanned.get_ref();
            let at = u16::try_from(place).unwrap_or(u16::MAX);
            if let Some(message) = self.wrong(line) {
                self.error(spanned.span(), "line", message.to_owned());
            }
            for code in &line.codes {
                match &code.0 {
                    Code::Whole(code) => items.codes.entry(code.clone()).or_default().push(at),
                    Code::Beginning(all) if all.is_empty() => items.all.push(at),
                    Code::Beginning(code) => items.beginnings.push((code.clone(), at)),
                }
            }
            items
                .kinds
                .extend(line.kinds.iter().map(|kind| (*kind, at)));
            let rule = self.rule("line", spanned.span().start);
            let ratio = line.ratio.map(|rate| rate.0.0.0);
            items.rules.push(ItemRule {
                class: line.class.map(|class| class.0),
                pay_first: line.pay_first.map(|rate| rate.0.0.0),
                ceiling: line.ceiling.map(|ceiling| ceiling.0),
                own: Own {
                    group: (line.ratio.is_some() || !line.cap).then_some((at, ratio)),
                    deductible: line.deductible,
                    cap: line.cap,
                },
                unsure: line.unsure,
                rule,
                by_code: line
                    .codes
                    .iter()
                    .any(|code| code.0 != Code::Beginning(String::new())),
            });
        }
        items
            .beginnings
            .sort_by(|(one, _), (other, _)| (other.len(), other).cmp(&(one.len(), one)));
        self.clashes = clashes(&items);
        self.items = items;
    }

    /// What a row must not say, in words.
    fn wrong(&self, line: &LineForm) -> Option<&'static str> {
        let class = line.class.map(|class| class.0);
        let known = |benefit: &Benefit| self.form.benefit.contains_key(benefit);
        let with_segments = || {
            let benefits = self
                .form
                .benefit
                .iter()
                .filter(|(benefit, _)| is_of(line, **benefit));
            benefits
                .into_iter()
                .any(|(_, rules)| !rules.get_ref().segment.is_empty())
        };
        if line.codes.is_empty() && line.kinds.is_empty() {
            Some("name what it is about: `codes = [\"XA01*\"]`, or `kinds = [\"essential\"]`")
        } else if class.is_none() && line.says_no_more() && self.form.line.len() == 1 {
            Some(
                "it changes nothing: write `class`, `pay_first`, `ceiling`, `ratio`, `deductible` or `cap`",
            )
        } else if class == Some(LineClass::C) && !line.says_no_more() {
            Some("an item of class 丙 is all the patient's: write `class` alone")
        } else if class == Some(LineClass::A) && line.pay_first.is_some() {
            Some(
                "of an item of class 甲 nothing is paid first: leave `pay_first` out, or write `class = \"乙\"`",
            )
        } else if !line.benefits.iter().all(known) {
            Some("`benefits` names one that this file does not have")
        } else if (line.ratio.is_some() || !line.cap) && with_segments() {
            Some(
                "`ratio` and `cap` of a line have no place in a benefit with `segment`: name other `benefits`",
            )
        } else {
            None
        }
    }

    /// The rows that hold for a benefit's profile.
    pub(super) fn holding(&mut self, benefit: Benefit, profile: &Profile<'_>) -> Vec<u16> {
        let form = self.form;
        let mut all = Vec::new();
        for (place, spanned) in form.line.iter().enumerate() {
            let line = spanned.get_ref();
            if is_of(line, benefit) && profile.is(&line.when) {
                self.held.insert(spanned.span().start);
                all.push(u16::try_from(place).unwrap_or(u16::MAX));
            }
        }
        let both = |clash: &&Clash| clash.rows.iter().all(|row| all.contains(row));
        let found = self.clashes.iter().filter(both);
        let found: Vec<_> = found
            .map(|clash| (clash.rows, clash.what.clone()))
            .collect();
        for ([one, other], what) in found {
            let [one, other] = [one, other].map(|row| form.line[usize::from(row)].span());
            let line = self.source.place(one.start).0;
            let whom = profile.name();
            let message = format!(
                "this row and the one of line {line} both name `{what}` for {whom}: narrow one"
            );
            self.error(other, "clash", message);
        }
        all
    }
}

/// Every pair of rows that name the same.
fn clashes(items: &Items) -> Vec<Clash> {
    let mut all = Vec::new();
    let mut pairs = |what: &str, rows: &[u16]| {
        for (place, one) in rows.iter().enumerate() {
            all.extend(rows[place + 1..].iter().map(|other| Clash {
                rows: [*one, *other],
                what: what.to_owned(),
            }));
        }
    };
    for (code, rows) in &items.codes {
        pairs(code, rows);
    }
    for group in items.beginnings.chunk_by(|one, other| one.0 == other.0) {
        let rows: Vec<u16> = group.iter().map(|(_, at)| *at).collect();
        pairs(&format!("{}*", group[0].0), &rows);
    }
    for kind in ItemKind::ALL {
        let rows = items.kinds.iter().filter(|(of, _)| of == kind);
        pairs(kind.as_str(), &rows.map(|(_, at)| *at).collect::<Vec<_>>());
    }
    pairs("*", &items.all);
    all
}
