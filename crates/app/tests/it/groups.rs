//! 组: what runs in together is ordered alike, and its drip rate is said once.

use cunyi_app::views::{DraftBody, DraftLine};
use cunyi_domain::refusal::{Code, Refusal};

use crate::world::{World, worlds};

const SALINE: &str = "0.9%氯化钠注射液";
const VITAMIN: &str = "维生素C注射液";

fn dripped(w: &World, name: &str, group: &str, drip: &str) -> DraftLine {
    DraftLine {
        route: "ivgtt".to_owned(),
        frequency: "qd".to_owned(),
        days: "1".to_owned(),
        group: group.to_owned(),
        drip: drip.to_owned(),
        ..w.line(name)
    }
}

fn with(w: &World, lines: Vec<DraftLine>) -> DraftBody {
    DraftBody { lines, ..w.cold() }
}

#[test]
fn the_lines_of_a_group_share_their_rate_and_are_repeated_with_it() {
    for w in worlds("drip_groups") {
        w.granted();
        w.restock();
        let lines = vec![
            dripped(&w, SALINE, "1", ""),
            dripped(&w, VITAMIN, "1", "40"),
            w.line("感冒灵颗粒"),
        ];
        let visit = w.settled(w.resident(false), &with(&w, lines));
        let charges = w.view(&visit).charges;
        let drips: Vec<_> = charges
            .iter()
            .map(|c| (c.drip_group, c.drip_rate))
            .collect();
        // The last is the giving set.
        assert_eq!(drips, [(1, 40), (1, 40), (0, 0), (0, 0)]);
        w.app.hand_over(&w.doctor, &visit).unwrap();
        let next = w.register(w.resident(false));
        let again = w.app.as_last_time(&w.doctor, &next).unwrap().lines;
        let typed: Vec<_> = again.iter().map(|l| (&*l.group, &*l.drip)).collect();
        // The last is the consultation fee, which nobody has charged today.
        assert_eq!(typed, [("1", "40"), ("1", "40"), ("", ""), ("", "")]);
        w.prove();
    }
}

/// Fields and what is typed there.
type Typed<'a> = &'a [(&'a str, &'a str)];

fn changed(mut line: DraftLine, typed: Typed<'_>) -> DraftLine {
    for (field, text) in typed {
        let place = match *field {
            "route" => &mut line.route,
            "frequency" => &mut line.frequency,
            "days" => &mut line.days,
            "group" => &mut line.group,
            _ => &mut line.drip,
        };
        (*text).clone_into(place);
    }
    line
}

#[test]
fn a_group_that_differs_is_refused_at_the_line_that_does() {
    for w in worlds("drip_groups_refused") {
        w.granted();
        w.restock();
        let visit = w.register(w.resident(false));
        let problems = |second: DraftLine| {
            let body = with(&w, vec![dripped(&w, SALINE, "1", "40"), second]);
            w.app.preview(&w.doctor, &visit, &body).unwrap().problems
        };
        let differs = |field| {
            let refusal = Refusal::at(Code::GroupDiffers, field);
            vec![refusal.with("group", 1).with("line", 2)]
        };
        let wrong = |field, limit: i64| {
            let refusal = Refusal::at(Code::BadNumber, field);
            vec![refusal.with("limit", limit).with("line", 2)]
        };
        // What is typed in the second line otherwise than in the first.
        let table: [(Typed<'_>, Vec<Refusal>); 11] = [
            (&[], vec![]),
            (&[("drip", "40")], vec![]),
            (&[("drip", "60")], differs("drip")),
            (&[("frequency", "bid")], differs("group")),
            (&[("days", "2")], differs("group")),
            // Another group has its own order; of another route nothing is read.
            (&[("group", "2"), ("days", "2"), ("drip", "60")], vec![]),
            (&[("route", "im"), ("days", "2"), ("drip", "x")], vec![]),
            (&[("group", "10")], wrong("group", 9)),
            (&[("group", "0")], wrong("group", 9)),
            (&[("drip", "201")], wrong("drip", 200)),
            (&[("drip", "4.5")], wrong("drip", 200)),
        ];
        for (typed, expected) in table {
            let second = changed(dripped(&w, VITAMIN, "1", ""), typed);
            assert_eq!(problems(second), expected, "{typed:?}");
        }
    }
}
