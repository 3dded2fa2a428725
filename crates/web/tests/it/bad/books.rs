//! What is typed wrong beside the day's reconciliation and the fund's clearing.

use cunyi_domain::money::Fen;
use cunyi_domain::reconcile::Action;

use super::{Bad, bad};
use crate::cases::{post, settled};

pub const BOOKS: &[Bad] = &[
    bad(
        "cash that is no sum",
        |_| {
            let typed = [("day", "2026-11-24"), ("cash", "十二"), ("qr", "3.5")];
            post("/day/reconcile/count", &typed)
        },
        ("钱箱实点", "In the drawer"),
        &["value=\"十二\"", "value=\"3.5\""],
    ),
    bad(
        "QR receipts that are no sum",
        |_| {
            let typed = [("day", "2026-11-24"), ("cash", "12.00"), ("qr", "3,5")];
            post("/day/reconcile/count", &typed)
        },
        ("收款码到账", "By QR code"),
        &["value=\"12.00\"", "value=\"3,5\""],
    ),
    bad(
        "a reason for what differs that is too long",
        |h| {
            settled(h);
            let (w, day) = (&h.w, h.w.app.now().date());
            let counted = w.app.count_till(&w.doctor, day, Fen(1), Fen::ZERO);
            counted.expect("counted");
            let seen = w.app.reconciliation(&w.doctor, day).expect("seen");
            let mut found = seen.differences.into_iter();
            let cash = found.find(|one| one.difference.action() == Action::Recount);
            let (key, day) = (cash.expect("cash differs").key, day.to_string());
            let reason = "数".repeat(300);
            let typed = [
                ("day", day.as_str()),
                ("difference", &key),
                ("reason", &reason),
            ];
            post("/day/reconcile/mend", &typed)
        },
        ("内容太长", "Too long"),
        &["数数数数数数数数数数"],
    ),
    bad(
        "a day before the clinic was",
        |_| {
            let typed = [("day", "1900-01-01"), ("cash", "12.00"), ("qr", "3.50")];
            post("/day/reconcile/count", &typed)
        },
        ("2026-11-24", "2026-11-24"),
        &["value=\"12.00\"", "value=\"3.50\""],
    ),
    bad(
        "an amount of clearing that is no sum",
        |_| {
            let mut typed = crate::claims::PAID;
            typed[3] = ("amount", "十元");
            typed[6] = ("reason", "第12号通知");
            post("/clearing/enter", &typed)
        },
        ("金额", "Amount"),
        &["value=\"十元\"", "value=\"第12号通知\""],
    ),
    bad(
        "a deduction without a reason",
        |_| {
            let mut typed = crate::claims::PAID;
            typed[2] = ("clearing_kind", "deducted");
            post("/clearing/enter", &typed)
        },
        ("理由", "Reason"),
        &["value=\"123.45\"", "value=\"deducted\" selected"],
    ),
    bad(
        "a day to come",
        |_| post("/day/reconcile", &[("day", "2027-01-01")]),
        ("日期", "Date"),
        &["value=\"2027-01-01\""],
    ),
];
