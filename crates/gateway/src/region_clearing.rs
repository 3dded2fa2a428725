//! What regions do differently in 清算 (nhsa-interface §2.19).

use cunyi_domain::clearing::Every;
use serde::Deserialize;

/// The `[clearing]` table of a region's file. May be left out: then it is by the month.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClearingConfig {
    /// How long a period is: `day`, `ten_days`, `month`.
    pub period: Every,
    /// 清算方式 that 3203 sends as `clr_way`. May be left out.
    #[serde(default)]
    pub clr_way: String,
}

impl Default for ClearingConfig {
    fn default() -> Self {
        Self {
            period: Every::Month,
            clr_way: String::new(),
        }
    }
}

impl ClearingConfig {
    /// What is wrong with it.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        let plain =
            self.clr_way.len() <= 30 && self.clr_way.bytes().all(|b| b.is_ascii_alphanumeric());
        (!plain).then_some("clearing.clr_way: at most 30 letters and digits")
    }
}
