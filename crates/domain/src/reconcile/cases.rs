//! Evenings as a clerk would write them down. A row of ours: kind, 结算ID, msgid, total, fund, account,
//! and the day where it is another. A row of the centre's: its verdict before that.

use super::*;

struct Case {
    what: &'static str,
    ours: &'static [&'static str],
    centre: &'static [&'static str],
    /// The differences: kind, action, 结算ID or msgid.
    found: &'static [&'static str],
}

const CASES: &[Case] = &[
    Case {
        what: "两边一样",
        ours: &["结算 S1 M1 20.00 12.00 0.00", "结算 S2 M2 7.35 0.00 7.35"],
        centre: &[
            "平 结算 S1 M1 20.00 12.00 0.00",
            "平 结算 S2 M2 7.35 0.00 7.35",
        ],
        found: &[],
    },
    Case {
        what: "结算后当日退费，两边都有",
        ours: &[
            "结算 S1 M1 20.00 12.00 0.00",
            "退费 S2 M2 -20.00 -12.00 0.00",
        ],
        centre: &[
            "平 结算 S1 M1 20.00 12.00 0.00",
            "平 退费 S2 M2 -20.00 -12.00 0.00",
        ],
        found: &[],
    },
    Case {
        what: "中心没有这笔结算",
        ours: &["结算 S1 M1 20.00 12.00 0.00"],
        centre: &["机构多 结算 S1 M1 20.00 12.00 0.00"],
        found: &["only-here void-here S1"],
    },
    Case {
        what: "中心没有这笔退费",
        ours: &[
            "结算 S1 M1 20.00 12.00 0.00",
            "退费 S2 M2 -20.00 -12.00 0.00",
        ],
        centre: &[
            "平 结算 S1 M1 20.00 12.00 0.00",
            "机构多 退费 S2 M2 -20.00 -12.00 0.00",
        ],
        found: &["only-here reverse-there S2"],
    },
    Case {
        what: "本机没有这笔结算",
        ours: &[],
        centre: &["机构少 结算 S9 M9 20.00 12.00 0.00"],
        found: &["only-there undo-there S9"],
    },
    Case {
        what: "在别处退了费，本机还记着结算",
        ours: &["结算 S1 M1 20.00 12.00 0.00"],
        centre: &[
            "平 结算 S1 M1 20.00 12.00 0.00",
            "机构少 退费 S9 M9 -20.00 -12.00 0.00",
        ],
        found: &["only-there refund-here S9"],
    },
    Case {
        what: "结果未知的结算，中心已结算：凭报文ID认账",
        ours: &["未知 - M1 20.00 12.00 0.00"],
        centre: &["机构少 结算 S1 M1 20.00 12.00 0.00"],
        found: &["state adopt S1"],
    },
    Case {
        what: "结果未知的退费，中心已退费",
        ours: &[
            "结算 S1 M1 20.00 12.00 0.00",
            "退费未知 - M2 -20.00 -12.00 0.00",
        ],
        centre: &[
            "平 结算 S1 M1 20.00 12.00 0.00",
            "机构少 退费 S2 M2 -20.00 -12.00 0.00",
        ],
        found: &["state adopt S2"],
    },
    Case {
        what: "结果未知的结算，中心还没有：不等于没有发生",
        ours: &["结算 S1 M1 20.00 12.00 0.00", "未知 - M2 8.00 6.00 0.00"],
        centre: &["平 结算 S1 M1 20.00 12.00 0.00"],
        found: &["state resolve M2"],
    },
    Case {
        what: "迟到的结算与中心撤销的结算同额，总额平了，明细不平",
        ours: &["结算 S1 M1 20.00 12.00 0.00", "未知 - M2 20.00 12.00 0.00"],
        centre: &[
            "机构多 结算 S1 M1 20.00 12.00 0.00",
            "机构少 结算 S2 M2 20.00 12.00 0.00",
        ],
        found: &["only-here void-here S1", "state adopt S2"],
    },
    Case {
        what: "差一分",
        ours: &["结算 S1 M1 20.00 12.00 0.00"],
        centre: &["不符 结算 S1 M1 20.00 12.01 0.00"],
        found: &["amount take-theirs S1"],
    },
    Case {
        what: "中心说不符，却看不出哪里不符",
        ours: &["结算 S1 M1 20.00 12.00 0.00", "结算 S2 M2 1.00 0.00 0.00"],
        centre: &[
            "不符 结算 S1 M1 20.00 12.00 0.00",
            "机构多 结算 S2 M2 1.00 0.00 0.00",
        ],
        found: &["only-here void-here S2", "state ask-office S1"],
    },
    Case {
        what: "本机记结算，中心记退费",
        ours: &["结算 S1 M1 20.00 12.00 0.00"],
        centre: &["不符 退费 S1 M1 -20.00 -12.00 0.00"],
        found: &["state ask-office S1"],
    },
    Case {
        what: "跨日：中心记在当日，本机记在次日",
        ours: &["退费 S2 M2 -20.00 -12.00 0.00 2026-11-25"],
        centre: &["机构少 退费 S2 M2 -20.00 -12.00 0.00"],
        found: &["day-crossing other-day S2"],
    },
    Case {
        what: "一笔结算记了两次",
        ours: &["结算 S1 M1 20.00 12.00 0.00", "结算 S1 M1 20.00 12.00 0.00"],
        centre: &[
            "平 结算 S1 M1 20.00 12.00 0.00",
            "机构多 结算 S1 M1 20.00 12.00 0.00",
        ],
        found: &["duplicate drop-here S1"],
    },
    Case {
        what: "同一报文在中心结算了两次",
        ours: &["结算 S1 M1 20.00 12.00 0.00"],
        centre: &[
            "平 结算 S1 M1 20.00 12.00 0.00",
            "机构少 结算 S0 M1 20.00 12.00 0.00",
        ],
        found: &["duplicate undo-there S0"],
    },
    Case {
        what: "查证得知的退费没有结算ID：凭报文ID认出，不再退一次",
        ours: &[
            "结算 S1 M1 20.00 12.00 0.00",
            "退费 - M2 -20.00 -12.00 0.00",
        ],
        centre: &[
            "平 结算 S1 M1 20.00 12.00 0.00",
            "机构多 退费 - - -20.00 -12.00 0.00",
            "机构少 退费 S2 M2 -20.00 -12.00 0.00",
            "机构少 结算 S9 M9 5.00 0.00 0.00",
        ],
        found: &["only-there undo-there S9"],
    },
    Case {
        what: "没有结算ID的退费，中心也没有",
        ours: &[
            "结算 S1 M1 20.00 12.00 0.00",
            "退费 - M2 -20.00 -12.00 0.00",
        ],
        centre: &[
            "平 结算 S1 M1 20.00 12.00 0.00",
            "机构多 退费 - - -20.00 -12.00 0.00",
        ],
        found: &["only-here reverse-there M2"],
    },
    Case {
        what: "同一机构编码下别家卫生室的结算：不是本机的差异，总额由乡镇对",
        ours: &["结算 S1 M1 20.00 12.00 0.00"],
        centre: &[
            "平 结算 S1 M1 20.00 12.00 0.00",
            "机构少 结算 S8 别家M8 9.00 9.00 0.00",
        ],
        found: &["unasked township"],
    },
    Case {
        what: "自费不与中心对账，现金要对",
        ours: &["自费 - - 15.00 0.00 0.00"],
        centre: &[],
        found: &[],
    },
];

fn money(words: &[&str]) -> Money {
    let fen = |at: usize| words[at].parse().unwrap();
    Money {
        total: fen(0),
        fund: fen(1),
        account: fen(2),
    }
}

fn kind(word: &str) -> SettlementKind {
    if word.starts_with("退费") {
        SettlementKind::Reversal
    } else {
        SettlementKind::Settlement
    }
}

fn given(word: &str) -> String {
    if word == "-" { "" } else { word }.to_owned()
}

fn ours(n: usize, text: &str) -> Ours {
    let words: Vec<&str> = text.split(' ').collect();
    let money = money(&words[3..]);
    let day = words
        .get(6)
        .map(|day| crate::time::parse_date(day).unwrap());
    let in_flight = words[0].ends_with("未知");
    Ours {
        batch: BatchId(format!("B{n}")),
        kind: kind(words[0]),
        standing: if in_flight {
            Standing::InFlight
        } else {
            Standing::Booked
        },
        settlement: given(words[1]),
        message: given(words[2]),
        day: day.unwrap_or(DAY),
        group: (words[0] != "自费").then(group),
        money,
    }
}

fn theirs(text: &str) -> Theirs {
    let words: Vec<&str> = text.split(' ').collect();
    Theirs {
        verdict: match words[0] {
            "平" => Verdict::Equal,
            "机构少" => Verdict::OnlyThere,
            "机构多" => Verdict::OnlyHere,
            "不符" => Verdict::Different,
            other => panic!("{other}"),
        },
        kind: kind(words[1]),
        settlement: given(words[2]),
        message: given(words[3]),
        visit: String::new(),
        money: money(&words[4..]),
        elsewhere: words[3].starts_with("别家"),
    }
}

pub(super) fn told(difference: &Difference) -> String {
    let about = match difference {
        Difference::Line {
            settlement,
            message,
            ..
        } => {
            if settlement.is_empty() {
                message
            } else {
                settlement
            }
        }
        _ => "",
    };
    let (class, action) = (difference.class(), difference.action());
    format!("{class} {action} {about}").trim_end().to_owned()
}

fn all(found: &Reconciled) -> Vec<String> {
    found.differences.iter().map(told).collect()
}

/// Eight yuan are in the drawer by the payments.
const fn drawer(counted: Option<Fen>) -> Drawer {
    Drawer {
        method: Method::Cash,
        expected: Fen(800),
        counted,
    }
}

/// And so many were counted.
const COUNTED: &[Drawer] = &[drawer(Some(Fen(800)))];

#[test]
fn evenings() {
    for case in CASES {
        let ours: Vec<Ours> = case
            .ours
            .iter()
            .enumerate()
            .map(|(n, t)| ours(n, t))
            .collect();
        let theirs = case.centre.iter().map(|text| theirs(text)).collect();
        let evidence = evidence(&ours, theirs);
        let found = reconcile(DAY, &ours, Some(&evidence), COUNTED);
        assert_eq!(all(&found), case.found, "{}", case.what);
        assert_eq!(found.green(), case.found.is_empty(), "{}", case.what);
    }
}

fn one() -> Vec<Ours> {
    vec![ours(0, "结算 S1 M1 20.00 12.00 0.00")]
}

#[test]
fn without_the_centre_or_the_cash_nothing_is_green() {
    let ours = one();
    let equal = evidence(&ours, vec![theirs("平 结算 S1 M1 20.00 12.00 0.00")]);
    assert!(reconcile(DAY, &ours, Some(&equal), COUNTED).green());
    let nobody = reconcile(DAY, &ours, None, COUNTED);
    assert_eq!(all(&nobody), ["unasked ask-again"]);
    assert_eq!(nobody.centre, None);
    let uncounted = reconcile(DAY, &ours, Some(&equal), &[drawer(None)]);
    assert_eq!(all(&uncounted), ["cash count"]);
    let short = reconcile(DAY, &ours, Some(&equal), &[drawer(Some(Fen(799)))]);
    assert_eq!(all(&short), ["cash recount"]);
    let mut silent = equal.clone();
    silent.compared[0].answer = Answer::Silent;
    let silent = reconcile(DAY, &ours, Some(&silent), COUNTED);
    assert_eq!(all(&silent), ["unasked ask-again"]);
    // What came by code is compared by itself, where some came.
    let by_code = |expected, counted| Drawer {
        method: Method::Qr,
        expected,
        counted,
    };
    let both = |qr| [COUNTED[0], qr];
    let unused = both(by_code(Fen::ZERO, None));
    assert!(reconcile(DAY, &ours, Some(&equal), &unused).green());
    let unseen = reconcile(DAY, &ours, Some(&equal), &both(by_code(Fen(1), None)));
    assert_eq!(all(&unseen), ["cash count"]);
    let moved = [drawer(Some(Fen(799))), by_code(Fen::ZERO, Some(Fen(1)))];
    let moved = reconcile(DAY, &ours, Some(&equal), &moved);
    assert_eq!(all(&moved), ["cash recount", "cash recount"]);
    // A day without settlements is asked about all the same.
    let nothing = Evidence::default();
    assert!(reconcile(DAY, &[], Some(&nothing), COUNTED).green());
    let missing = reconcile(DAY, &ours, Some(&nothing), COUNTED);
    assert_eq!(all(&missing), ["unasked ask-again"]);
}

#[test]
fn sums_that_differ_without_a_line_are_not_forgotten() {
    let ours = one();
    let mut different = evidence(&ours, vec![theirs("不符 结算 S1 M1 20.00 12.01 0.00")]);
    different.details[0].lines = None;
    let found = reconcile(DAY, &ours, Some(&different), COUNTED);
    assert_eq!(all(&found), ["unasked ask-again"]);
    assert_eq!(found.centre, None, "what the centre has is not known");
    different.details[0].lines = Some(Vec::new());
    let found = reconcile(DAY, &ours, Some(&different), COUNTED);
    assert_eq!(all(&found), ["amount ask-office"]);
}

#[test]
fn a_settlement_that_stands_at_the_centre_on_another_day_crossed_midnight() {
    let ours = one();
    let mut different = evidence(&ours, vec![theirs("机构多 结算 S1 M1 20.00 12.00 0.00")]);
    different.settled_on.insert("S1".into(), date(2026, 11, 25));
    let found = reconcile(DAY, &ours, Some(&different), COUNTED);
    assert_eq!(all(&found), ["day-crossing other-day S1"]);
    different.settled_on.insert("S1".into(), DAY);
    let found = reconcile(DAY, &ours, Some(&different), COUNTED);
    assert_eq!(all(&found), ["only-here void-here S1"]);
}

#[test]
fn a_settlement_under_another_office_is_one_difference() {
    let ours = one();
    let mut different = evidence(&ours, vec![theirs("机构多 结算 S1 M1 20.00 12.00 0.00")]);
    different.details.push(Detail {
        clearing_type: "21".into(),
        office: "990001".into(),
        lines: Some(vec![theirs("机构少 结算 S1 M1 20.00 12.00 0.00")]),
    });
    let found = reconcile(DAY, &ours, Some(&different), COUNTED);
    assert_eq!(all(&found), ["state ask-office S1"]);
}
