//! 组: what runs into a vein together is ordered alike, and its drip rate is said once.

use cunyi_catalogue::{Route, RouteKind};
use cunyi_domain::money::parse_decimal;
use cunyi_domain::refusal::{Code, Refusal};

use super::read::ReadLine;
use crate::views::{ChargeView, DraftLine};

/// Most groups of a visit.
const MOST_GROUPS: i64 = 9;
/// Most drops a minute: more is no drip but a slip of the keyboard.
const MOST_DROPS: i64 = 200;

/// Group and drops a minute of a drip, 0 for what is not said. Of another route what stands there is not read.
pub(super) fn read(route: &Route, line: &DraftLine) -> Result<(i64, i64), Refusal> {
    if route.kind != RouteKind::Infusion {
        return Ok((0, 0));
    }
    let number = |text: &str, field, most| match text.trim() {
        "" => Ok(0),
        text => parse_decimal(text, 0)
            .ok()
            .filter(|n| (1..=most).contains(n))
            .ok_or(Refusal::at(Code::BadNumber, field).with("limit", most)),
    };
    let group = number(&line.group, "group", MOST_GROUPS)?;
    Ok((group, number(&line.drip, "drip", MOST_DROPS)?))
}

/// Gives the drip rate of a group to each of its lines; refuses the first line of a group that is ordered
/// otherwise than those before it.
pub(super) fn agree(lines: &mut [ReadLine<'_>]) -> Vec<Refusal> {
    (1..=MOST_GROUPS)
        .filter_map(|group| agree_in(lines, group))
        .collect()
}

fn agree_in(lines: &mut [ReadLine<'_>], group: i64) -> Option<Refusal> {
    let mut of_group: Vec<_> = lines
        .iter_mut()
        .filter(|line| line.view.drip_group == group)
        .collect();
    let rate = of_group.iter().map(|line| line.view.drip_rate);
    let rate = rate.into_iter().find(|rate| *rate > 0).unwrap_or(0);
    let order = of_group.first().map(|line| how(&line.view))?;
    for line in &mut of_group {
        let field = if how(&line.view) != order {
            "group"
        } else if ![0, rate].contains(&line.view.drip_rate) {
            "drip"
        } else {
            line.view.drip_rate = rate;
            continue;
        };
        let refusal = Refusal::at(Code::GroupDiffers, field).with("group", group);
        return Some(refusal.with("line", line.place + 1));
    }
    None
}

/// What the lines of a group have in common.
fn how(view: &ChargeView) -> (String, String, i64) {
    (view.route.clone(), view.frequency.clone(), view.days)
}
