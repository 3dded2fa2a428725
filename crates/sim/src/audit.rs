//! The auditor: reads the rows of both ledgers and adds them up itself. It asks neither the rules of
//! reimbursement nor the sums of the program.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cunyi_db::{Db, Durability, Target};
use cunyi_domain::ids::{ClinicId, UserId, VisitId};
use cunyi_domain::money::Fen;
use cunyi_domain::reconcile::{Difference, Money, Sums};
use cunyi_domain::row;
use cunyi_domain::row::Row;
use cunyi_domain::time::Moment;
use cunyi_domain::time::civil::Date;
use cunyi_store::{InstallationKey, Store, reference};

use crate::anew;
use crate::cupboard::{self, GOODS, GoodsRow, LINES, LOTS, LineRow};
use crate::day::Done;
use crate::money;
use crate::world::told;

row! {
    /// A visit's id.
    pub struct Id {
        /// It.
        pub id: String,
    }
}

row! {
    /// A settlement or reversal of the clinic, with its batch.
    pub struct Ours {
        /// Ours.
        pub id: String,
        /// Of which clinic.
        pub clinic: String,
        /// Its batch's id.
        pub batch: String,
        /// `chrg_bchno`
        pub number: String,
        /// Who pays.
        pub payer: String,
        /// `settlement` or `reversal`.
        pub kind: String,
        /// What a reversal reverses.
        pub reverses: Option<String>,
        /// `setl_id`
        pub setl: String,
        /// msgid of the call that made it.
        pub message: String,
        /// When, by the platform's clock.
        pub settled_at: i64,
        /// Sum.
        pub total: i64,
        /// 全自费
        pub own_pay: i64,
        /// 超限价
        pub over_limit: i64,
        /// 先行自付
        pub pay_first: i64,
        /// 符合范围
        pub in_scope: i64,
        /// Fund.
        pub fund: i64,
        /// Account.
        pub account: i64,
        /// Cash.
        pub cash: i64,
        /// The institution's.
        pub hospital: i64,
    }
}

row! {
    /// A settlement of the centre.
    pub struct Theirs {
        /// `setl_id`
        pub id: String,
        /// `medins_setl_id`
        pub message: String,
        /// `settlement` or `reversal`.
        pub kind: String,
        /// `valid`, `refunded` or `cancelled`.
        pub state: String,
        /// What a reversal reverses.
        pub reverses: Option<String>,
        /// `chrg_bchno`
        pub batch: String,
        /// Sum.
        pub total: i64,
        /// Fund.
        pub fund: i64,
        /// Account.
        pub account: i64,
        /// Cash.
        pub cash: i64,
    }
}

row! {
    /// A batch of the clinic with its lines' sums.
    pub struct BatchRow {
        /// Id.
        pub id: String,
        /// Of which clinic.
        pub clinic: String,
        /// `chrg_bchno`
        pub number: String,
        /// State.
        pub state: String,
        /// Sum.
        pub total: i64,
        /// Sum of its lines.
        pub lines: i64,
        /// The fund's sum of its lines.
        pub fund: i64,
    }
}

const OURS: &str = "SELECT s.id AS id, s.clinic AS clinic, s.batch AS batch, \
    b.number AS number, b.payer AS payer, s.kind AS kind, \
    s.reverses AS reverses, s.platform_settlement AS setl, s.message AS message, s.settled_at AS settled_at, \
    s.total AS total, s.own_pay AS own_pay, s.over_limit AS over_limit, s.pay_first AS pay_first, \
    s.in_scope AS in_scope, s.fund AS fund, s.account AS account, s.cash AS cash, s.hospital AS hospital \
    FROM settlement s JOIN batch b ON b.clinic = s.clinic AND b.id = s.batch ORDER BY s.id";
const THEIRS: &str = "SELECT id, message, kind, state, reverses, batch, total, fund, account, cash \
    FROM settlement ORDER BY id";
const BATCHES: &str = "SELECT b.id AS id, b.clinic AS clinic, b.number AS number, \
    b.state AS state, b.total AS total, \
    COALESCE(SUM(c.amount), 0) AS lines, COALESCE(SUM(c.fund), 0) AS fund \
    FROM batch b LEFT JOIN charge c ON c.clinic = b.clinic AND c.batch = b.id GROUP BY b.clinic, b.id ORDER BY b.id";
const WRITTEN_OFF: &str = "SELECT clinic, difference FROM written_off ORDER BY clinic, id";

/// The visits of a clinic, oldest first.
pub(crate) fn visits(store: &Store, clinic: &ClinicId) -> Result<Vec<VisitId>, String> {
    let sql = format!("SELECT id FROM visit WHERE clinic = '{clinic}' ORDER BY id");
    let rows: Vec<Id> = read(store.db(), &sql)?;
    Ok(rows.into_iter().map(|row| VisitId(row.id)).collect())
}

fn read<R: Row>(db: &Db, sql: &str) -> Result<Vec<R>, String> {
    db.read("audit", |tx| tx.query(sql, Vec::new()))
        .map_err(told)
}

/// A ledger that is in order, and what stands in it.
#[derive(Clone, Debug)]
pub struct Audited {
    /// Counted.
    pub done: Done,
    /// Ids of visits.
    pub visits: BTreeSet<String>,
    /// Numbers of batches that were settled, whatever became of that.
    pub settled: BTreeSet<String>,
    /// Numbers of batches that were paid back.
    pub reversed: BTreeSet<String>,
}

/// Audits the files of a clinic and its centre that no program has open, and that nothing may be left
/// unknown in.
pub fn audit_files(clinic: &Path, key: InstallationKey, centre: &Path) -> Result<Audited, String> {
    let target = Target::File(clinic.to_owned());
    let store = Store::open(target, Durability::Scratch, key).map_err(told)?;
    let clinics = store.db().read("audit", reference::clinics).map_err(told)?;
    let [clinic] = clinics.as_slice() else {
        return Err(format!("{} clinics", clinics.len()));
    };
    let flying: Vec<BatchRow> = read::<BatchRow>(store.db(), BATCHES)?
        .into_iter()
        .filter(|batch| in_flight(&batch.state))
        .collect();
    must(flying.is_empty(), || format!("unresolved: {flying:?}"))?;
    let ours: Vec<Ours> = read(store.db(), OURS)?;
    let numbers = |kind: &str| {
        let rows = ours.iter().filter(|row| row.kind == kind);
        rows.map(|row| row.number.clone()).collect()
    };
    Ok(Audited {
        done: audit(&store, std::slice::from_ref(&clinic.clinic), centre)?,
        visits: visits(&store, &clinic.clinic)?
            .into_iter()
            .map(|id| id.0)
            .collect(),
        settled: numbers("settlement"),
        reversed: numbers("reversal"),
    })
}

/// Somebody waits for an answer, or does not know it.
fn in_flight(state: &str) -> bool {
    state.ends_with("unknown") || state.ends_with("requested")
}

/// What patients of a clinic paid on a day less what they got back: in cash and by code.
pub(crate) fn taken(store: &Store, clinic: &ClinicId, day: Date) -> Result<(Fen, Fen), String> {
    let rows: Vec<money::Paid> = read(store.db(), money::PAID)?;
    let of = |method: &str| {
        let its = rows.iter().filter(|row| row.clinic == clinic.0);
        let mine = its.filter(|row| row.method == method);
        let of_day = mine.filter(|row| Moment(row.at).date() == day);
        Fen(of_day.map(|row| row.more).sum())
    };
    Ok((of("cash"), of("qr")))
}

row! {
    /// What a person said of a difference that the program cannot mend.
    pub struct WrittenOff {
        /// By which clinic.
        pub clinic: String,
        /// Which.
        pub difference: String,
    }
}

/// msgid of the 2207 that made a settlement.
pub(crate) fn message_of(store: &Store, setl: &str) -> Result<String, String> {
    let ours: Vec<Ours> = read(store.db(), OURS)?;
    let found = ours
        .into_iter()
        .find(|row| row.setl == setl && row.kind == "settlement");
    found
        .map(|row| row.message)
        .ok_or_else(|| format!("no settlement {setl}"))
}

/// By how much more a clinic has than the centre, of what people said how it was settled.
pub(crate) fn written_off(store: &Store, clinic: &ClinicId) -> Result<Money, String> {
    let mut rows: Vec<WrittenOff> = read(store.db(), WRITTEN_OFF)?;
    rows.retain(|row| row.clinic == clinic.0);
    let mut sum = Money::default();
    for (_, money) in apart(&rows)? {
        sum.total += money.total;
        sum.fund += money.fund;
        sum.account += money.account;
    }
    Ok(sum)
}

/// The settlements or reversals that were written off, by their numbers at the centre: what the clinic has
/// of them less what the centre has.
fn apart(rows: &[WrittenOff]) -> Result<BTreeMap<String, Money>, String> {
    let mut all = BTreeMap::new();
    for row in rows {
        let difference = serde_json::from_str(&row.difference).map_err(told)?;
        let Difference::Line {
            settlement,
            ours,
            theirs,
            ..
        } = difference
        else {
            continue;
        };
        let (ours, theirs) = (ours.unwrap_or_default(), theirs.unwrap_or_default());
        let more = Money {
            total: ours.total - theirs.total,
            fund: ours.fund - theirs.fund,
            account: ours.account - theirs.account,
        };
        if all.insert(settlement.clone(), more).is_some() {
            return Err(format!("{settlement} was written off twice"));
        }
    }
    Ok(all)
}

row! {
    /// How much is written.
    pub struct Written {
        /// Rows of what only grows.
        pub rows: i64,
    }
}

/// Facts by a user and messages about a visit, whatever the clinic.
pub(crate) fn written(store: &Store, user: &UserId, visit: &VisitId) -> Result<i64, String> {
    let sql = format!(
        "SELECT (SELECT COUNT(*) FROM journal WHERE actor = '{user}') \
            + (SELECT COUNT(*) FROM message WHERE visit = '{visit}') AS rows"
    );
    let all: Vec<Written> = read(store.db(), &sql)?;
    Ok(all.first().map_or(0, |row| row.rows))
}

/// What a clinic settled with the insurance less what it took back; both count.
pub(crate) fn insured(store: &Store, clinic: &ClinicId) -> Result<Sums, String> {
    let ours: Vec<Ours> = read(store.db(), OURS)?;
    let its = ours.iter().filter(|row| row.clinic == clinic.0);
    let mut sums = Sums::default();
    for row in its.filter(|row| row.payer == "insured") {
        sums.count += 1;
        sums.money.total += Fen(sign(&row.kind) * row.total);
        sums.money.fund += Fen(sign(&row.kind) * row.fund);
        sums.money.account += Fen(sign(&row.kind) * row.account);
    }
    Ok(sums)
}

/// Everything that must hold in the evening of clinics under one code. The first that does not is told.
pub(crate) fn audit(store: &Store, clinics: &[ClinicId], centre: &Path) -> Result<Done, String> {
    let centre = Target::File(centre.to_owned());
    let centre = Db::open(centre, Durability::Scratch, cunyi_centre::MIGRATIONS).map_err(told)?;
    let db = store.db();
    let ours: Vec<Ours> = read(db, OURS)?;
    let theirs: Vec<Theirs> = read(&centre, THEIRS)?;
    let batches: Vec<BatchRow> = read(db, BATCHES)?;
    let lines: Vec<LineRow> = read(db, LINES)?;
    let goods: Vec<GoodsRow> = read(db, GOODS)?;
    let rests: Vec<anew::RestRow> = read(db, anew::RESTS)?;
    let apart = settlements(&apart(&read(db, WRITTEN_OFF)?)?, &theirs)
        .map_err(|what| format!("audit: {what}"))?;
    let checks = [
        parts(&ours),
        reversals(&ours),
        both(&ours, &theirs, &batches, &apart),
        states(&ours, &batches),
        cupboard::stock(&read(db, LOTS)?),
        cupboard::given(&lines, &ours, &read(db, money::MOVES)?),
        sums(clinics, &ours, &theirs, &batches, &apart),
        cupboard::decided(&goods, &lines),
        money::check(&read(db, money::VISITS)?),
        anew::lines(&read(db, anew::LINES)?, &rests),
        anew::insured(&rests, &read(db, money::MOVED)?),
    ];
    for check in checks {
        check.map_err(|what| format!("audit: {what}"))?;
    }
    for clinic in clinics {
        for report in [store.verify(clinic), store.replay_check(clinic)] {
            if let Some(problem) = report.map_err(told)?.problems.first() {
                return Err(format!("audit: journal: {problem}"));
            }
        }
    }
    let of = |kind: &str| ours.iter().filter(|row| row.kind == kind).count() as u64;
    Ok(Done {
        settlements: of("settlement"),
        reversals: of("reversal"),
        decided: goods.len() as u64,
        insured: anew::count(&rests),
        ..Done::default()
    })
}

pub(crate) fn must(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}

/// Parts make up their sum.
fn parts(ours: &[Ours]) -> Result<(), String> {
    ours.iter().try_for_each(|row| {
        let lines = row.own_pay + row.over_limit + row.pay_first + row.in_scope;
        let paid = row.fund + row.account + row.cash + row.hospital;
        must(lines == row.total && paid == row.total, || {
            format!("{}: parts {lines} and {paid} of {}", row.id, row.total)
        })
    })
}

/// The reversal of a settlement.
fn reversed<'a>(ours: &'a [Ours], row: &Ours) -> Option<&'a Ours> {
    ours.iter().find(|r| r.reverses.as_ref() == Some(&row.id))
}

/// A settlement is reversed once, by the same amounts, and a reversal reverses a settlement.
fn reversals(ours: &[Ours]) -> Result<(), String> {
    ours.iter()
        .filter(|r| r.kind == "reversal")
        .try_for_each(|row| {
            let twins = ours.iter().filter(|r| r.reverses == row.reverses).count();
            let original = ours
                .iter()
                .find(|s| s.kind == "settlement" && Some(&s.id) == row.reverses.as_ref());
            let money = |r: &Ours| (r.total, r.fund, r.account, r.cash, r.hospital);
            let same = original.is_some_and(|o| money(o) == money(row) && o.batch == row.batch);
            must(same && twins == 1, || {
                format!("reversal {} fits no settlement, or not alone", row.id)
            })
        })
}

/// A batch whose outcome a person must decide: neither side is compared.
fn undecided(batches: &[BatchRow], number: &str) -> bool {
    let mut all = batches.iter().filter(|b| b.number == number);
    all.any(|b| b.state.ends_with("unknown"))
}

/// The settlements at the centre that are other there than here, as people wrote down: a settlement that it
/// took back, or one whose reversal only it has. What was written down are its sums.
fn settlements(
    written: &BTreeMap<String, Money>,
    theirs: &[Theirs],
) -> Result<BTreeSet<String>, String> {
    let mut all = BTreeSet::new();
    for (setl, more) in written {
        let their = theirs.iter().find(|their| their.id == *setl);
        let their = their.ok_or_else(|| format!("{setl} was written off and never was"))?;
        let money = (their.total, their.fund, their.account);
        must(money == (more.total.0, more.fund.0, more.account.0), || {
            format!("{setl} was written off with {more:?}, and is {money:?}")
        })?;
        all.insert(their.reverses.as_ref().unwrap_or(setl).clone());
    }
    Ok(all)
}

/// What is in force there is in force here, and what was paid back there was paid back here; but for what
/// people wrote off, which is in force here and must not be there.
fn both(
    ours: &[Ours],
    theirs: &[Theirs],
    batches: &[BatchRow],
    apart: &BTreeSet<String>,
) -> Result<(), String> {
    let of_centre = |id: &str| {
        let mut all = ours
            .iter()
            .filter(|r| r.kind == "settlement" && r.setl == id);
        (all.next(), all.next())
    };
    let mut in_force: BTreeMap<&str, &str> = BTreeMap::new();
    for their in theirs.iter().filter(|t| t.kind == "settlement") {
        if undecided(batches, &their.batch) {
            continue;
        }
        let our = match of_centre(&their.id) {
            (Some(_), Some(_)) => return Err(format!("{} stands here twice", their.id)),
            (our, _) => our,
        };
        let about = || format!("{} of batch {} ({})", their.id, their.batch, their.state);
        let ours_in_force = our.is_some_and(|o| reversed(ours, o).is_none());
        let stands = their.state == "valid" || apart.contains(&their.id);
        must(!apart.contains(&their.id) || their.state != "valid", || {
            format!("{}: written off, and stands there", about())
        })?;
        must(ours_in_force == stands, || {
            format!("{}: in force here: {ours_in_force}", about())
        })?;
        must(our.is_some() || their.state != "refunded", || {
            format!("{}: unknown here", about())
        })?;
        if let Some(our) = our {
            let (a, b) = (
                (our.total, our.fund, our.account, our.cash),
                (their.total, their.fund, their.account, their.cash),
            );
            must(a == b && our.hospital == 0, || {
                format!("{}: {a:?} here, {b:?} there", about())
            })?;
            must(
                our.number == their.batch && our.message == their.message,
                || format!("{}: another batch or message here", about()),
            )?;
        }
        if their.state == "valid"
            && let Some(other) = in_force.insert(&their.batch, &their.id)
        {
            return Err(format!("{} is in force beside {other}", about()));
        }
    }
    let insured = ours
        .iter()
        .filter(|r| r.kind == "settlement" && r.payer == "insured");
    insured.into_iter().try_for_each(|our| {
        must(theirs.iter().any(|t| t.id == our.setl), || {
            format!("{} stands only here", our.setl)
        })
    })
}

/// A batch says what its settlements say.
fn states(ours: &[Ours], batches: &[BatchRow]) -> Result<(), String> {
    for batch in batches {
        let made = ours
            .iter()
            .filter(|r| r.batch == batch.id && r.kind == "settlement");
        let (paid_back, standing): (Vec<&Ours>, Vec<&Ours>) =
            made.partition(|r| reversed(ours, r).is_some());
        let state = batch.state.as_str();
        let settled = matches!(state, "settled" | "reversal_unknown");
        must(standing.len() == usize::from(settled), || {
            format!("{} is {state}, {} in force", batch.number, standing.len())
        })?;
        must(paid_back.is_empty() || state == "reversed", || {
            format!("{} is {state} and paid back", batch.number)
        })?;
        must(!paid_back.is_empty() || state != "reversed", || {
            format!("{} is reversed and never was paid", batch.number)
        })?;
        must(batch.lines == batch.total, || {
            format!("{}: lines {} of {}", batch.number, batch.lines, batch.total)
        })?;
        for row in standing {
            must((row.total, row.fund) == (batch.total, batch.fund), || {
                format!(
                    "{}: {:?} of its lines {:?}",
                    batch.number,
                    (row.total, row.fund),
                    (batch.total, batch.fund)
                )
            })?;
        }
    }
    Ok(())
}

fn sign(kind: &str) -> i64 {
    if kind == "reversal" { -1 } else { 1 }
}

/// Fund and cash are the same on both sides: of each clinic, whose batches' numbers the centre knows, and of
/// all under the code.
fn sums(
    clinics: &[ClinicId],
    ours: &[Ours],
    theirs: &[Theirs],
    batches: &[BatchRow],
    apart: &BTreeSet<String>,
) -> Result<(), String> {
    let of = |their: &Theirs| {
        let mut its = batches.iter().filter(|b| b.number == their.batch);
        its.next().map(|batch| batch.clinic.as_str())
    };
    let mut all = (0, 0);
    for clinic in clinics {
        let our = ours.iter().filter(|r| {
            let known = !undecided(batches, &r.number) && !apart.contains(&r.setl);
            r.clinic == clinic.0 && r.payer == "insured" && known
        });
        let our = our.fold((0, 0), |(fund, cash), r| {
            (fund + sign(&r.kind) * r.fund, cash + sign(&r.kind) * r.cash)
        });
        let their = in_sum(theirs, batches, |their| of(their) == Some(&clinic.0));
        must(our == their, || {
            format!("fund and cash of {clinic}: {our:?} here, {their:?} there")
        })?;
        all = (all.0 + our.0, all.1 + our.1);
    }
    let their = in_sum(theirs, batches, |_| true);
    must(all == their, || {
        format!("fund and cash {all:?} here, {their:?} there")
    })
}

fn in_sum(theirs: &[Theirs], batches: &[BatchRow], counts: impl Fn(&Theirs) -> bool) -> (i64, i64) {
    let stands = |t: &&Theirs| t.state != "cancelled" && !undecided(batches, &t.batch);
    let its = theirs.iter().filter(stands).filter(|their| counts(their));
    its.fold((0, 0), |(fund, cash), t| {
        (fund + sign(&t.kind) * t.fund, cash + sign(&t.kind) * t.cash)
    })
}
