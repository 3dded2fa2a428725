//! What is charged with a drug because of its route.

use super::DEMO;
use crate::{Given, following, frequency, route};

/// `im bid 3` is by injection, twice a day, for three days; `ivgtt:2 qd 1` is in group 2.
fn given(text: &str) -> Given {
    let mut words = text.split(' ');
    let mut next = || words.next().expect("a word");
    let (how, often, days) = (next(), next(), next());
    let (how, group) = how.split_once(':').unwrap_or((how, "0"));
    Given {
        route: route(how).expect("a route"),
        frequency: frequency(often).expect("a frequency"),
        days: days.parse().expect("days"),
        group: group.parse().expect("a group"),
    }
}

#[test]
fn sets_syringes_and_what_is_done_follow_the_route() {
    for (drugs, wanted) in [
        (&["po tid 3"][..], ""),
        (&["ih bid 30"], ""),
        (&["im qd 3"], "肌肉注射 3, 一次性注射器5ml 3"),
        (&["im st 1", "im bid 2"], "肌肉注射 5, 一次性注射器5ml 5"),
        (&["iv st 1"], "静脉注射 1, 一次性注射器5ml 1"),
        (&["infiltration st 1"], "一次性注射器5ml 1"),
        // Bag after bag hangs from one set, and what is in one bag is one infusion.
        (
            &["ivgtt:1 qd 1", "ivgtt:1 qd 1"],
            "静脉输液 1, 一次性输液器 1",
        ),
        (
            &["ivgtt:1 qd 1", "ivgtt:1 qd 1", "ivgtt:2 qd 1"],
            "静脉输液 2, 一次性输液器 1",
        ),
        (
            &["ivgtt:2 bid 1", "ivgtt:1 qd 1", "ivgtt:2 bid 1"],
            "静脉输液 3, 一次性输液器 2",
        ),
        (&["ivgtt qd 1", "ivgtt qd 1"], "静脉输液 2, 一次性输液器 1"),
        (
            &["ivgtt qd 1", "im qd 1", "po tid 3"],
            "肌肉注射 1, 静脉输液 1, 一次性输液器 1, 一次性注射器5ml 1",
        ),
    ] {
        let lines: Vec<Given> = drugs.iter().map(|text| given(text)).collect();
        let found =
            following(&DEMO, &lines).map(|(service, many)| format!("{} {many}", service.name));
        assert_eq!(found.collect::<Vec<_>>().join(", "), wanted, "{drugs:?}");
    }
}
