//! 付费方: what the fund pays the clinic later of what it owes by claims. It never changes what a
//! patient pays (`reference/policy.md` §2, capitation; §3.2, 16).

use cunyi_domain::money::{Fen, Rate, Rounding, div_round};
use serde::Deserialize;
use toml::Spanned;

use crate::file::{PolicyError, Source};
use crate::language::form::{Money, Percent};
use crate::language::rows::Text;

/// `[payer]`: ceilings, each of which holds, and what is held back.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PayerForm {
    /// 次均定额: the average of a visit. Optional.
    #[serde(default)]
    per_visit: Option<Text<Money>>,
    /// What the fund still pays of what is above the average. Optional: nothing.
    #[serde(default)]
    over_visit: Option<Text<Percent>>,
    /// 按人头: a signed person's year, a twelfth a month. Optional.
    #[serde(default)]
    per_head: Option<Text<Money>>,
    /// 总额: of a month. Optional.
    #[serde(default)]
    budget: Option<Text<Money>>,
    /// 质保金: held back of what is paid. Optional: nothing.
    #[serde(default)]
    withheld: Option<Text<Percent>>,
}

/// The payer's rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payer {
    per_visit: Option<Fen>,
    over_visit: Rate,
    per_head: Option<Fen>,
    budget: Option<Fen>,
    withheld: Rate,
    rounding: Rounding,
}

/// A clinic's month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Month {
    /// Visits that were settled.
    pub visits: u32,
    /// People signed to the clinic.
    pub heads: u32,
    /// What the fund owes by its claims.
    pub fund: Fen,
}

/// What becomes of it: `paid + withheld + refused` is what was owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayerShares {
    /// Paid now.
    pub paid: Fen,
    /// 质保金: paid after the year's assessment.
    pub withheld: Fen,
    /// Above a ceiling: the clinic's loss.
    pub refused: Fen,
}

impl Payer {
    pub(crate) fn compile(
        spanned: &Spanned<PayerForm>,
        rounding: Rounding,
        source: &Source<'_>,
    ) -> Result<Self, PolicyError> {
        let form = spanned.get_ref();
        let wrong = |message: &str| Err(source.error(spanned.span().start, message.to_owned()));
        let ceilings = [&form.per_visit, &form.per_head, &form.budget];
        if form.over_visit.is_some() && form.per_visit.is_none() {
            return wrong("`over_visit` is a part of what is above `per_visit`: write that too");
        }
        if ceilings.iter().all(|ceiling| ceiling.is_none()) && form.withheld.is_none() {
            return wrong(
                "[payer] says nothing: write `per_visit`, `per_head`, `budget` or `withheld`",
            );
        }
        let fen = |text: Option<Text<Money>>| text.map(|text| text.0.0);
        let rate = |text: Option<Text<Percent>>| text.map_or(Rate::ZERO, |text| text.0.0);
        Ok(Self {
            per_visit: fen(form.per_visit),
            over_visit: rate(form.over_visit),
            per_head: fen(form.per_head),
            budget: fen(form.budget),
            withheld: rate(form.withheld),
            rounding,
        })
    }

    /// Whether it pays by the head.
    pub fn asks_heads(&self) -> bool {
        self.per_head.is_some()
    }

    /// What becomes of what the fund owes a clinic for a month. Nothing owed, or less than nothing by
    /// reversals of earlier months, is paid as it is.
    pub fn month(&self, month: &Month) -> PayerShares {
        let owed = month.fund;
        if owed <= Fen::ZERO {
            return PayerShares {
                paid: owed,
                withheld: Fen::ZERO,
                refused: Fen::ZERO,
            };
        }
        let of_visits = self.per_visit.map_or(owed, |quota| {
            let within = owed.min(Fen(quota.0.saturating_mul(i64::from(month.visits))));
            within + (owed - within).times(self.over_visit, self.rounding)
        });
        let of_heads = self.per_head.map(|year| {
            let year = i128::from(year.0) * i128::from(month.heads);
            i64::try_from(div_round(year, 12, Rounding::Down)).map_or(owed, Fen)
        });
        let ceilings = [of_heads, self.budget].into_iter().flatten();
        let allowed = ceilings.fold(of_visits, Fen::min);
        let withheld = allowed.times(self.withheld, self.rounding);
        PayerShares {
            paid: allowed - withheld,
            withheld,
            refused: owed - allowed,
        }
    }
}
