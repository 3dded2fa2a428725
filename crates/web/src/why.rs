//! 为什么, in words: steps, what they rest on, and where the centre differs.

#![expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "templates pass arguments by reference"
)]

use cunyi_app::views::{Basis, BatchView, Difference, Language, WorkingStep};
use cunyi_domain::money::Fen;

use crate::chrome::Chrome;
use crate::labels;
use crate::words::{self, Locale};

impl Chrome {
    /// 厄贝沙坦片：乙类先由个人付 10%：20.00 × 10% = 2.00 元。
    pub fn step(&self, at: &WorkingStep) -> String {
        let language = match self.locale {
            Locale::Zh => Language::Chinese,
            Locale::En => Language::English,
        };
        at.sentence(language)
    }

    /// Where the rule stands: its path and line; a centre's own code has no line.
    pub fn rule(&self, at: &WorkingStep) -> String {
        match at.rule.line {
            0 => self.t1("why-code", "code", &at.rule.path),
            line => self.t2("why-rule", "path", &at.rule.path, "line", line),
        }
    }

    /// 共 24.20 元：基金付 15.57 元，个人付 8.63 元。
    pub fn shares(&self, batch: &BatchView) -> String {
        let (total, fund) = (batch.total, batch.estimated_fund);
        let args = [
            ("total", total.to_string()),
            ("fund", fund.to_string()),
            ("personal", (total - fund).to_string()),
        ];
        words::t(self.locale, "why-shares", &args)
    }

    /// Document, since when, which version.
    pub fn basis(&self, basis: &Basis) -> String {
        let Some(from) = basis.from else {
            return self.t1("why-basis-gone", "version", &basis.version);
        };
        let args = [
            ("source", basis.source.clone()),
            ("from", from.to_string()),
            ("version", basis.version.clone()),
        ];
        words::t(self.locale, "why-basis", &args)
    }

    /// 统筹基金：本机算 15.57 元，医保中心按 13.35 元，少 2.22 元。
    pub fn difference(&self, found: &Difference) -> String {
        let part = self.label(labels::PARTS, found.part.as_str());
        let what = if found.item.is_empty() {
            part
        } else {
            format!("{} {part}", found.item)
        };
        let by = found.theirs - found.ours;
        let (key, by) = if by > Fen::ZERO {
            ("difference-more", by)
        } else {
            ("difference-less", -by)
        };
        let args = [
            ("what", what),
            ("ours", found.ours.to_string()),
            ("theirs", found.theirs.to_string()),
            ("by", by.to_string()),
        ];
        words::t(self.locale, key, &args)
    }
}

/// True at the step of our working at which the centre's answer first differs.
pub fn differs_at(batch: &BatchView, place: &usize) -> bool {
    batch.difference().is_some_and(|d| d.step == Some(*place))
}
