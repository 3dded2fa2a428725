//! What is done on a day, as data: made of a seed, and made smaller when it fails.

use cunyi_db::Point;
use cunyi_domain::ledger::Goods;

use crate::dice::Dice;
use crate::wire::Fault;

/// What brings a patient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Complaint {
    /// A cold: one batch.
    Cold,
    /// A cold and high blood pressure, filed: two batches.
    ColdAndPressure,
    /// A cold that an insured patient pays herself.
    SelfPay,
}

/// What the insurance's office does with a settlement of its own accord.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Office {
    /// Pays it back.
    PaysBack,
    /// Takes it back, as if it had never been.
    Undoes,
}

/// One thing that somebody does; visits are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Identifies and registers the villager of that place in her list.
    Register(usize, Complaint, usize),
    /// Asks for the registration again.
    Retry(usize),
    /// Goes on without the insurance.
    SelfPay(usize),
    /// Signs, with drugs for so many days.
    Freeze(usize, i64),
    /// 试算
    Presettle(usize),
    /// 确认结算 of what is shown.
    Settle(usize),
    /// 发药
    HandOver(usize),
    /// 退费 of the batch at that place.
    Reverse(usize, usize),
    /// 退一部分 of the batch at that place: one unit of what can be parted, else a whole line.
    GiveBack(usize, usize),
    /// 药品去向 of the first line that is not decided yet.
    Decide(usize, Goods),
    /// Takes the fee list back.
    TakeBack(usize),
    /// Drops the batch at that place.
    Drop(usize, usize),
    /// Cancels the visit.
    Cancel(usize),
    /// 查询结果
    Resolve(usize),
    /// 自费转医保
    Insure(usize),
    /// The office does something with the visit's first settlement that stands.
    Office(usize, Office),
    /// 对账 of today, and what the program can mend of it.
    Mend,
    /// A doctor of another clinic under the code tries everything with the visit.
    Trespass(usize),
    /// Her personal account does not pay, or pays after all.
    Keep(usize, bool),
    /// The program looks after lost calls.
    Due,
    /// So many seconds pass.
    Pass(i64),
    /// The clinic's program is started anew.
    RestartClinic,
    /// The centre is started anew.
    RestartCentre,
    /// The clinic's clock is set: so many seconds before or behind the centre's from here on.
    SetClock(i64),
    /// From here on the clinic's disk has room for so many pages more.
    FillDisk(i64),
    /// There is room again.
    FreeDisk,
}

impl Op {
    /// Of which visit.
    pub fn visit(self) -> Option<usize> {
        match self {
            Self::Register(visit, ..)
            | Self::Retry(visit)
            | Self::SelfPay(visit)
            | Self::Freeze(visit, _)
            | Self::Presettle(visit)
            | Self::Keep(visit, _)
            | Self::Settle(visit)
            | Self::HandOver(visit)
            | Self::Reverse(visit, _)
            | Self::GiveBack(visit, _)
            | Self::TakeBack(visit)
            | Self::Decide(visit, _)
            | Self::Drop(visit, _)
            | Self::Cancel(visit)
            | Self::Resolve(visit)
            | Self::Insure(visit)
            | Self::Office(visit, _)
            | Self::Trespass(visit) => Some(visit),
            Self::Due
            | Self::Mend
            | Self::Pass(_)
            | Self::RestartClinic
            | Self::RestartCentre
            | Self::SetClock(_)
            | Self::FillDisk(_)
            | Self::FreeDisk => None,
        }
    }
}

/// An operation and what goes wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is done.
    pub op: Op,
    /// What goes wrong with which of its calls, counted from 0.
    pub faults: Vec<(u8, Fault)>,
    /// The power cut at which of its statements or commits, counted from 0.
    pub cut: Option<(u8, Point)>,
    /// What somebody else does while which of its calls is on its way.
    pub meanwhile: Option<(u8, Op)>,
}

impl Step {
    /// Nothing goes wrong.
    pub fn fine(op: Op) -> Self {
        Self {
            op,
            faults: Vec::new(),
            cut: None,
            meanwhile: None,
        }
    }
}

/// Clinics under a code that several share.
pub const CLINICS: usize = 3;

/// A day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Of which seed.
    pub seed: u64,
    /// The platform answers 5204 and 5203.
    pub queries: bool,
    /// The batches of a visit stand under one registration.
    pub shared: bool,
    /// Three clinics settle under the code, not one.
    pub three: bool,
    /// Seconds from the morning that everything was installed on.
    pub begins: i64,
    /// By how many fen the cash is counted wrong at first. Too much is counted again; too little stays so,
    /// and is signed for.
    pub miscounted: i64,
    /// What is done.
    pub steps: Vec<Step>,
}

/// Fewest and most visits of a day.
const VISITS: (i64, i64) = (10, 14);
/// Of a hundred operations, with how many a call goes wrong.
const FAULTY: u64 = 55;
/// Of a hundred operations, at how many the power is cut.
const CUT: u64 = 6;
/// Of a hundred operations, during how many somebody else does something.
const CROSSED: u64 = 15;
/// Most days begin in the morning; some an hour before the month ends, and the year.
const BEGINS: [i64; 6] = [0, 0, 0, 0, 6 * 86_400 + 15 * 3600, 37 * 86_400 + 15 * 3600];
/// Of a hundred days, on how many three clinics settle under the code.
const THREE: u64 = 25;
/// Of a hundred days, on how many the clinic's disk is full for a while.
const FULL: u64 = 30;
/// Most pages that a disk has room for that is full soon; what a call writes takes about one.
const PAGES: i64 = 4;
/// Of a hundred days, on how many the office meddles.
const MEDDLED: u64 = 25;
/// Of a hundred days, on how many the centre is asked before the evening has come.
const MENDED: u64 = 25;
/// Of a hundred days, on how many the cash is counted wrong.
const MISCOUNTED: u64 = 20;
/// Of a hundred visits that are insured later, how many on the next day.
const TOMORROW: u64 = 15;
/// Of a hundred fee lists, for how many she keeps what is in her account.
const KEPT: u64 = 20;
/// From one day to the next.
const NIGHT: i64 = 86_400;
/// Most seconds that the clinic's clock is wrong by.
const WRONG: i64 = 60;

impl Plan {
    /// The day of a seed.
    pub fn of(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let queries = dice.percent(80);
        let shared = dice.percent(50);
        let begins = dice.pick(&BEGINS);
        let visits = dice.between(VISITS.0, VISITS.1);
        let visits = usize::try_from(visits).unwrap_or(0);
        let mut tomorrow = Vec::new();
        let mut scripts: Vec<Vec<Op>> = (0..visits)
            .map(|visit| script(&mut dice, visit, &mut tomorrow))
            .collect();
        let mut steps = Vec::new();
        while !scripts.is_empty() {
            // Some visits are under way at the same time, most follow one another.
            let open = scripts.len().min(3) as u64;
            let place = usize::try_from(dice.below(open)).unwrap_or(0);
            let op = scripts[place].remove(0);
            if scripts[place].is_empty() {
                scripts.remove(place);
            }
            steps.push(troubled(&mut dice, op));
            if dice.percent(40) {
                let between = between(&mut dice, begins);
                steps.push(troubled(&mut dice, between));
            }
        }
        if !tomorrow.is_empty() {
            steps.push(Step::fine(Op::Pass(NIGHT)));
            steps.extend(tomorrow.into_iter().map(|op| troubled(&mut dice, op)));
        }
        close(&mut dice, &mut steps, visits);
        let miscounted = if dice.percent(MISCOUNTED) {
            dice.pick(&[-10, -1, 1, 100])
        } else {
            0
        };
        let three = dice.percent(THREE);
        if three {
            trespass(&mut dice, &mut steps);
        }
        if dice.percent(FULL) {
            fill(&mut dice, &mut steps);
        }
        Self {
            seed,
            queries,
            shared,
            three,
            begins,
            miscounted,
            steps,
        }
    }

    /// What brings the patient of a visit, and who she is in her list.
    pub fn patient(&self, visit: usize) -> Option<(Complaint, usize)> {
        self.steps.iter().find_map(|step| match step.op {
            Op::Register(of, complaint, who) if of == visit => Some((complaint, who)),
            _ => None,
        })
    }

    /// At which of the clinics a visit is.
    pub fn clinic(&self, visit: usize) -> usize {
        if self.three { visit % CLINICS } else { 0 }
    }
}

fn place(dice: &mut Dice, places: usize) -> usize {
    usize::try_from(dice.below(places.max(1) as u64)).unwrap_or(0)
}

/// A doctor of another clinic tries what is not hers: between other things, and while a call is on its way.
fn trespass(dice: &mut Dice, steps: &mut Vec<Step>) {
    for step in &mut *steps {
        if let (Some((_, meanwhile)), Some(visit)) = (&mut step.meanwhile, step.op.visit())
            && dice.percent(20)
        {
            *meanwhile = Op::Trespass(visit);
        }
    }
    for _ in 0..3 {
        let at = place(dice, steps.len());
        if let Some(visit) = steps[at].op.visit() {
            steps.insert(at + 1, Step::fine(Op::Trespass(visit)));
        }
    }
}

/// What the office did meanwhile comes out when the books are compared.
fn close(dice: &mut Dice, steps: &mut Vec<Step>, visits: usize) {
    if dice.percent(MEDDLED) {
        for _ in 0..dice.between(1, 3) {
            let what = dice.pick(&[Office::PaysBack, Office::PaysBack, Office::Undoes]);
            steps.push(Step::fine(Op::Office(place(dice, visits), what)));
        }
    }
    if dice.percent(MENDED) {
        steps.push(Step::fine(Op::Pass(dice.between(1, 2 * LATEST))));
        steps.push(troubled(dice, Op::Mend));
    }
}

/// The disk is full from some step on, and has room again some steps later.
fn fill(dice: &mut Dice, steps: &mut Vec<Step>) {
    for _ in 0..dice.between(2, 4) {
        let at = place(dice, steps.len());
        let long = place(dice, 12) + 1;
        steps.insert(at, Step::fine(Op::FillDisk(dice.between(0, PAGES))));
        let end = (at + 1 + long).min(steps.len());
        steps.insert(end, Step::fine(Op::FreeDisk));
    }
}

/// What happens between two operations.
fn between(dice: &mut Dice, begins: i64) -> Op {
    match dice.below(100) {
        0..45 => Op::Due,
        45..90 => Op::Pass(dice.between(1, 400)),
        90..94 => Op::RestartClinic,
        94..97 => Op::RestartCentre,
        // Behind at midnight, the clinic is told to sign in again until its own day ends, too.
        _ if begins > 0 => Op::SetClock(dice.between(0, WRONG)),
        _ => Op::SetClock(dice.between(-WRONG, WRONG)),
    }
}

fn troubled(dice: &mut Dice, op: Op) -> Step {
    let mut step = Step::fine(op);
    while step.faults.len() < 3 && dice.percent(FAULTY) {
        let at = u8::try_from(dice.below(4)).unwrap_or(0);
        step.faults.push((at, fault(dice)));
    }
    if dice.percent(CUT) {
        let at = u8::try_from(dice.below(100)).unwrap_or(0);
        let point = dice.pick(&[Point::Statement, Point::BeforeCommit, Point::AfterCommit]);
        step.cut = Some(match point {
            Point::Statement => (at, point),
            Point::BeforeCommit | Point::AfterCommit => (at % 5, point),
        });
    }
    if let Some(visit) = op.visit().filter(|_| dice.percent(CROSSED)) {
        let call = u8::try_from(dice.below(4)).unwrap_or(0);
        step.meanwhile = Some((call, others(dice, visit)));
    }
    step
}

/// What somebody else does, mostly to the same visit.
fn others(dice: &mut Dice, visit: usize) -> Op {
    let place = usize::try_from(dice.below(2)).unwrap_or(0);
    let visit = if dice.percent(25) { visit / 2 } else { visit };
    dice.pick(&[
        Op::Retry(visit),
        Op::SelfPay(visit),
        Op::Freeze(visit, 2),
        Op::Presettle(visit),
        Op::Keep(visit, place == 0),
        Op::Settle(visit),
        Op::Settle(visit),
        Op::HandOver(visit),
        Op::Reverse(visit, place),
        Op::TakeBack(visit),
        Op::Drop(visit, place),
        Op::Cancel(visit),
        Op::Resolve(visit),
        Op::Insure(visit),
        Op::Due,
    ])
}

/// The demonstration region's bound is 600 s: what was sent arrives before it by a clinic's clock that was
/// set meanwhile, or never.
const LATEST: i64 = 590 - 2 * WRONG;

fn fault(dice: &mut Dice) -> Fault {
    let part = u16::try_from(dice.below(65536)).unwrap_or(0);
    let late = u16::try_from(dice.between(1, LATEST)).unwrap_or(1);
    dice.pick(&[
        Fault::RequestLost,
        Fault::ReplyLost,
        Fault::ReplyLost,
        Fault::Twice,
        Fault::TwiceSecond,
        Fault::Late(late),
        Fault::Late(late),
        Fault::BadGateway,
        Fault::ServerError,
        Fault::Page,
        Fault::Truncated(part),
        Fault::Another,
        Fault::Down,
        Fault::Refused,
    ])
}

/// What becomes of one visit, if nothing goes wrong; and on the next day. The first is always paid back.
fn script(dice: &mut Dice, visit: usize, tomorrow: &mut Vec<Op>) -> Vec<Op> {
    use Complaint::{Cold, ColdAndPressure, SelfPay};
    let complaint = dice.pick(&[Cold, Cold, ColdAndPressure, ColdAndPressure, SelfPay]);
    let who = usize::try_from(dice.below(40)).unwrap_or(0);
    let mut ops = vec![Op::Register(visit, complaint, who)];
    let days = dice.between(1, 3);
    if dice.percent(30) {
        ops.push(Op::Retry(visit));
    }
    let batch = usize::try_from(dice.below(2)).unwrap_or(0);
    let end = if visit == 0 { 2 } else { dice.below(12) };
    match end {
        0 => ops.push(Op::Cancel(visit)),
        1 => {
            ops.extend([Op::Freeze(visit, days), Op::Presettle(visit)]);
            ops.push(Op::TakeBack(visit));
            freeze(&mut ops, dice, visit, days + 1);
            ops.push(Op::HandOver(visit));
        }
        2 => {
            freeze(&mut ops, dice, visit, days);
            ops.extend([Op::HandOver(visit), Op::Reverse(visit, batch)]);
            ops.extend([Op::Resolve(visit), Op::Reverse(visit, batch)]);
            ops.extend([decide(dice, visit), decide(dice, visit)]);
        }
        3 => {
            freeze(&mut ops, dice, visit, days);
            ops.extend([Op::Reverse(visit, batch), Op::Resolve(visit)]);
            ops.push(Op::Reverse(visit, 1 - batch));
            freeze(&mut ops, dice, visit, days + 1);
            ops.push(Op::HandOver(visit));
        }
        4 => {
            freeze(&mut ops, dice, visit, days);
            ops.extend([Op::Drop(visit, batch), Op::Cancel(visit)]);
        }
        5 => {
            ops.push(Op::SelfPay(visit));
            freeze(&mut ops, dice, visit, days);
            ops.extend([Op::HandOver(visit), Op::Reverse(visit, batch)]);
        }
        6 => {
            freeze(&mut ops, dice, visit, days);
            give_back(&mut ops, dice, (visit, batch));
        }
        7 | 8 => {
            ops.push(Op::SelfPay(visit));
            freeze(&mut ops, dice, visit, days);
            let later = if dice.percent(TOMORROW) {
                &mut *tomorrow
            } else {
                &mut ops
            };
            insure(later, dice, visit);
        }
        _ => {
            freeze(&mut ops, dice, visit, days);
            ops.push(Op::HandOver(visit));
        }
    }
    ops
}

/// Parts are given back, mostly after they were handed over.
fn give_back(ops: &mut Vec<Op>, dice: &mut Dice, (visit, batch): (usize, usize)) {
    let given = dice.percent(70);
    if given {
        ops.push(Op::HandOver(visit));
    }
    ops.extend([Op::GiveBack(visit, batch), Op::Resolve(visit)]);
    ops.extend([Op::GiveBack(visit, batch), decide(dice, visit)]);
    ops.push(Op::GiveBack(visit, batch + 1));
    if !given {
        ops.push(Op::HandOver(visit));
    }
    if dice.percent(30) {
        ops.push(Op::Reverse(visit, batch + 1));
    }
    ops.extend([decide(dice, visit), decide(dice, visit)]);
}

/// Handed over before or after what was paid is settled with the insurance after all; some of it is paid
/// back then.
fn insure(ops: &mut Vec<Op>, dice: &mut Dice, visit: usize) {
    let again = [Op::Insure(visit), Op::Resolve(visit), Op::Insure(visit)];
    if dice.percent(60) {
        ops.push(Op::HandOver(visit));
        ops.extend(again);
    } else {
        ops.extend(again);
        ops.push(Op::HandOver(visit));
    }
    if dice.percent(30) {
        ops.extend([Op::Reverse(visit, 1), decide(dice, visit)]);
    }
}

/// Signed and settled; whoever is told that it did not work tries again.
fn freeze(ops: &mut Vec<Op>, dice: &mut Dice, visit: usize, days: i64) {
    ops.push(Op::Freeze(visit, days));
    for op in [Op::Presettle(visit), Op::Settle(visit)] {
        if op == Op::Settle(visit) && dice.percent(KEPT) {
            ops.push(Op::Keep(visit, true));
        }
        ops.push(op);
        if dice.percent(50) {
            ops.extend([Op::Resolve(visit), op]);
        }
    }
}

/// What becomes of goods.
fn decide(dice: &mut Dice, visit: usize) -> Op {
    let goods = dice.pick(&[Goods::Kept, Goods::Quarantined, Goods::NotHandedOver]);
    Op::Decide(visit, goods)
}
