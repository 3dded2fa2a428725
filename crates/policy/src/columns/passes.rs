//! The passes over a strip of events: the same stages in the same order as [`crate::run`], each for all
//! events before the next begins.

use cunyi_domain::money::Rounding;

use super::block::{Block, Shares};
use super::classes::{Classes, FeeTable, FundTable, SegmentTable};
use super::scan::{Calendar, Cells, Strip};
use crate::language::form::{Base, Order, Part, Stage};
use crate::plan::{Account, Plan};

/// What passes write, by event.
#[derive(Clone, Debug, Default)]
struct Columns {
    /// 乙类先行自付
    pay_first: Vec<i64>,
    /// In scope, for deductible and ratio.
    pooled: Vec<i64>,
    /// In scope of a consultation fee, and the fund's part of it.
    fee: Vec<i64>,
    fee_fund: Vec<i64>,
    again: Vec<i64>,
    /// What of it was paid.
    fee_paid: Vec<i64>,
    /// What the funds so far left of what is in scope, and of what was paid first.
    left: Vec<i64>,
    first: Vec<i64>,
    deductible: Vec<i64>,
    above: Vec<i64>,
    before: Vec<i64>,
    wanted: Vec<i64>,
    fund: Vec<i64>,
    account: Vec<i64>,
}

/// Cells of each stage.
#[derive(Debug)]
struct FundCells {
    deductible: Cells,
    scope: Cells,
    cap: Cells,
}

/// What passes write, kept from block to block.
#[derive(Clone, Debug, Default)]
pub(super) struct Work {
    strip: Strip,
    columns: Columns,
}

/// A plan at work on a block.
#[derive(Debug)]
pub(super) struct Passes<'a> {
    plan: &'a Plan,
    classes: &'a Classes,
    calendar: &'a Calendar,
    block: &'a Block,
    strip: &'a mut Strip,
    columns: &'a mut Columns,
    once: Option<Cells>,
    cells: Vec<FundCells>,
}

/// Events that go through the passes together: what a pass reads and writes stays in the first cache.
const STRIP: usize = 512;

impl<'a> Passes<'a> {
    /// Every counter begins with nothing.
    pub fn new(
        plan: &'a Plan,
        classes: &'a Classes,
        calendar: &'a Calendar,
        block: &'a Block,
        work: &'a mut Work,
    ) -> Self {
        let count = classes.diseases;
        let cells = |fund: &FundTable| FundCells {
            deductible: Cells::of(&fund.deductible, count),
            scope: Cells::of(&fund.scope, count),
            cap: Cells::of(&fund.cap, count),
        };
        Self {
            plan,
            classes,
            calendar,
            block,
            strip: &mut work.strip,
            columns: &mut work.columns,
            once: classes.fee.as_ref().map(|fee| Cells::of(&fee.once, count)),
            cells: classes.funds.iter().map(cells).collect(),
        }
    }

    /// All of a block.
    pub fn run(&mut self, into: &mut Shares) {
        let block = self.block;
        let (mut household, mut from) = (0, 0);
        while household < block.households.len() {
            let mut events = 0;
            let rest = &block.households[household..];
            let fits = rest.iter().take_while(|own| {
                let first = events == 0;
                events += **own as usize;
                first || events <= STRIP
            });
            let households = &rest[..fits.count()];
            self.strip.read(block, household, households, from);
            self.strip(from, into);
            household += households.len();
            from += self.strip.back.len();
        }
    }

    fn strip(&mut self, from: usize, into: &mut Shares) {
        let has_fee = self.classify(from, into);
        self.strip
            .place(self.block, from, self.calendar, self.classes);
        self.split(from);
        if has_fee {
            self.fees(from);
        }
        let account = self.plan.account.as_ref();
        if account.is_some_and(|account| account.order == Order::First) {
            self.account_first(from);
        }
        if self.needs_rest() {
            self.columns.left.clone_from(&self.columns.pooled);
            self.columns.first.clone_from(&self.columns.pay_first);
        }
        let classes = self.classes;
        for (place, fund) in classes.funds.iter().enumerate() {
            self.fund(place, fund, from, has_fee);
        }
        if let Some(account) = account.filter(|account| account.order == Order::Last) {
            self.account_last(account, from, has_fee);
        }
        self.answer(into);
    }

    /// Whether anybody asks what the pool left.
    fn needs_rest(&self) -> bool {
        self.classes.funds.len() > 1 || self.plan.account.is_some()
    }

    /// The class of each event, and why it has none; whether any has a consultation fee.
    fn classify(&mut self, from: usize, into: &mut Shares) -> bool {
        let classes = self.classes;
        let events = from..from + self.strip.back.len();
        let fees = &self.block.fee[events.clone()];
        let kinds = &self.block.kind[events.clone()];
        let class = &mut self.strip.class;
        class.clear();
        class.extend(kinds.iter().map(|kind| classes.of_kind[usize::from(*kind)]));
        let why = |class: &u16| classes.why[usize::from(*class)];
        into.undecided.extend(class.iter().map(why));
        let undecided = &mut into.undecided[from..];
        let has_fee = fees.iter().any(|fee| *fee > 0);
        let backs = self.strip.back.iter().any(|back| *back > 0);
        if !(has_fee || backs || classes.any_why) {
            return false;
        }
        // A reversal repeats its claim, and is undecided where that is.
        for (event, class) in class.iter_mut().enumerate() {
            if fees[event] > 0 {
                undecided[event] = classes.why_with_fee[usize::from(*class)];
            }
            if self.strip.back[event] > 0 || undecided[event] > 0 {
                *class = 0;
            }
        }
        has_fee
    }

    /// What is paid first and what is in scope.
    fn split(&mut self, from: usize) {
        let classes = self.classes;
        let Columns {
            pay_first,
            pooled,
            fund,
            account,
            ..
        } = &mut *self.columns;
        let count = self.strip.class.len();
        for column in [&mut *pay_first, pooled, fund, account] {
            column.clear();
            column.resize(count, 0);
        }
        let add = addend(self.plan.rounding, 1_000_000);
        let a = &self.block.class_a[from..from + count];
        let b = &self.block.class_b[from..from + count];
        let each = pay_first
            .iter_mut()
            .zip(pooled)
            .zip(a.iter().zip(b))
            .zip(&self.strip.class);
        for (((first, pooled), (a, b)), class) in each {
            let decided = -i64::from(*class != 0);
            let b = i64::from(*b) & decided;
            *first = b
                .wrapping_mul(classes.pay_first[usize::from(*class)])
                .wrapping_add(add)
                / 1_000_000;
            *pooled = (i64::from(*a) & decided)
                .wrapping_add(b)
                .wrapping_sub(*first);
        }
    }

    /// 一般诊疗费: what is in scope of it and what the fund has to pay, once a day or as the file says.
    fn fees(&mut self, from: usize) {
        let count = self.strip.class.len();
        let Columns {
            fee,
            fee_fund,
            fee_paid,
            again,
            ..
        } = &mut *self.columns;
        for column in [&mut *fee, fee_fund, fee_paid, again] {
            column.clear();
            column.resize(count, 0);
        }
        let (Some(table), Some(cells)) = (&self.classes.fee, &mut self.once) else {
            return;
        };
        let FeeTable {
            total,
            patient,
            once,
            ..
        } = table;
        let charged = &self.block.fee[from..from + count];
        for event in 0..count {
            let class = usize::from(self.strip.class[event]);
            fee[event] = i64::from(charged[event]).min(total[class]);
            fee_fund[event] = (fee[event] - patient[class]).max(0);
        }
        self.strip.again(once, cells, fee_fund, again);
        for event in 0..count {
            fee[event] &= !again[event];
            fee_fund[event] &= !again[event];
        }
    }

    fn account_first(&mut self, from: usize) {
        let Columns {
            pooled, account, ..
        } = &mut *self.columns;
        let balance = &self.block.balance[from..from + pooled.len()];
        for ((pooled, account), balance) in pooled.iter_mut().zip(account).zip(balance) {
            *account = (*pooled).min(i64::from(*balance));
            *pooled -= *account;
        }
    }

    fn fund(&mut self, place: usize, table: &FundTable, from: usize, has_fee: bool) {
        let cells = &mut self.cells[place];
        let strip = &*self.strip;
        let columns = &mut *self.columns;
        columns.base(place, table.base);
        columns.before.clear();
        if table.by_counter {
            columns.before.resize(columns.pooled.len(), 0);
        }
        if table.deductible.idle {
            columns.deductible.clear();
            columns.deductible.resize(columns.above.len(), 0);
        } else {
            columns.deductible.clone_from(&columns.above);
            let cells = &mut cells.deductible;
            strip.limit(&table.deductible, cells, &mut columns.deductible, &mut []);
            for (above, deductible) in columns.above.iter_mut().zip(&columns.deductible) {
                *above = above.wrapping_sub(*deductible);
            }
        }
        let before = if table.by_counter {
            &mut columns.before[..]
        } else {
            &mut []
        };
        if !table.scope.idle {
            strip.limit(&table.scope, &mut cells.scope, &mut columns.above, before);
        }
        columns.wanted.clear();
        columns.wanted.resize(columns.pooled.len(), 0);
        for (at, segment) in table.segments.iter().enumerate() {
            let next = table.segments.get(at + 1);
            self.segment(segment, next, table, from);
        }
        self.cap(place, table, has_fee);
    }

    /// What one segment pays of.
    fn segment(
        &mut self,
        segment: &SegmentTable,
        next: Option<&SegmentTable>,
        table: &FundTable,
        from: usize,
    ) {
        let count = self.columns.wanted.len();
        let lines = (self.plan.stage == Stage::Line).then(|| {
            (
                &self.block.class_a[from..from + count],
                &self.block.class_b[from..from + count],
            )
        });
        let (columns, classes) = (&mut *self.columns, &self.strip.class);
        let (unit, mode) = (self.plan.unit, self.plan.rounding);
        let one = table.segments.len() == 1;
        match (lines, one, unit) {
            (Some(lines), _, _) => {
                columns.segment_by_lines(classes, segment, next, lines, (unit, mode));
            }
            (None, true, 1) => columns.ratio::<1>(classes, segment, mode),
            (None, true, 10) => columns.ratio::<10>(classes, segment, mode),
            (None, true, _) => columns.ratio::<100>(classes, segment, mode),
            (None, false, 1) => columns.segment::<1>(classes, segment, next, mode),
            (None, false, 10) => columns.segment::<10>(classes, segment, next, mode),
            (None, false, _) => columns.segment::<100>(classes, segment, next, mode),
        }
    }

    /// What the caps leave; a consultation fee's part goes first.
    fn cap(&mut self, place: usize, table: &FundTable, has_fee: bool) {
        let cells = &mut self.cells[place];
        let columns = &mut *self.columns;
        let fee = self.classes.fee.as_ref().filter(|_| has_fee && place == 0);
        let Some(fee) = fee else {
            self.strip
                .limit(&table.cap, &mut cells.cap, &mut columns.wanted, &mut []);
            for (left, paid) in columns.left.iter_mut().zip(&columns.wanted) {
                *left = left.wrapping_sub(*paid);
            }
            if place == 0 {
                std::mem::swap(&mut columns.fund, &mut columns.wanted);
            } else {
                for (fund, paid) in columns.fund.iter_mut().zip(&columns.wanted) {
                    *fund = fund.wrapping_add(*paid);
                }
            }
            if table.base == Base::PayFirst {
                columns.of_first();
            }
            return;
        };
        let in_cap = |class: &u16| fee.in_cap[usize::from(*class)];
        for ((wanted, fee), class) in columns
            .wanted
            .iter_mut()
            .zip(&columns.fee_fund)
            .zip(&self.strip.class)
        {
            *wanted += fee & in_cap(class);
        }
        self.strip
            .limit(&table.cap, &mut cells.cap, &mut columns.wanted, &mut []);
        for (event, class) in self.strip.class.iter().enumerate() {
            let (counted, due) = (columns.wanted[event], columns.fee_fund[event]);
            let outside = due & !in_cap(class);
            let fee_paid = outside + (due.min(counted) & in_cap(class));
            columns.fee_paid[event] = fee_paid;
            columns.fund[event] += counted + outside;
            if let Some(left) = columns.left.get_mut(event) {
                *left -= counted + outside - fee_paid;
            }
        }
    }

    fn account_last(&mut self, account: &Account, from: usize, has_fee: bool) {
        let columns = &mut *self.columns;
        for event in 0..columns.account.len() {
            if self.strip.class[event] == 0 {
                continue;
            }
            let at = from + event;
            let (mut own_pay, mut over) = (
                i64::from(self.block.class_c[at]),
                i64::from(self.block.over_limit[at]),
            );
            let mut in_scope = columns.left[event];
            if has_fee {
                let charged = i64::from(self.block.fee[at]);
                let again = columns.again[event];
                own_pay += charged & again;
                over += (charged - columns.fee[event]) & !again;
                in_scope += columns.fee[event] - columns.fee_paid[event];
            }
            let parts = account.pays.iter().map(|part| match part {
                Part::InScope => in_scope,
                Part::PayFirst => columns.first[event],
                Part::OverLimit => over,
                Part::OwnPay => own_pay,
            });
            columns.account[event] = parts.sum::<i64>().min(i64::from(self.block.balance[at]));
        }
    }

    /// The shares; a reversal's are its claim's, negative.
    fn answer(&self, into: &mut Shares) {
        let first = into.fund.len();
        into.fund.extend_from_slice(&self.columns.fund);
        into.account.extend_from_slice(&self.columns.account);
        for (event, back) in self
            .strip
            .back
            .iter()
            .enumerate()
            .filter(|(_, back)| **back > 0)
        {
            let (at, claim) = (first + event, first + event - usize::from(*back));
            into.fund[at] = -into.fund[claim];
            into.account[at] = -into.account[claim];
        }
    }
}

impl Columns {
    /// What a fund begins with, into `above`.
    fn base(&mut self, place: usize, base: Base) {
        let from = if place == 0 { &self.pooled } else { &self.left };
        self.above.clone_from(from);
        if base == Base::PayFirst {
            for (above, first) in self.above.iter_mut().zip(&self.first) {
                *above += first;
            }
        }
    }

    /// What a fund paid beyond what was left in scope, it paid of what was paid first.
    fn of_first(&mut self) {
        for (left, first) in self.left.iter_mut().zip(&mut self.first) {
            *first += (*left).min(0);
            *left = (*left).max(0);
        }
    }

    /// One ratio of everything.
    fn ratio<const UNIT: i64>(&mut self, classes: &[u16], segment: &SegmentTable, mode: Rounding) {
        let add = addend(mode, 1_000_000 * UNIT);
        for ((wanted, above), class) in self.wanted.iter_mut().zip(&self.above).zip(classes) {
            *wanted = part::<UNIT>(*above, segment.rate[usize::from(*class)], add);
        }
    }

    /// A ratio of what lies in a segment.
    fn segment<const UNIT: i64>(
        &mut self,
        classes: &[u16],
        segment: &SegmentTable,
        next: Option<&SegmentTable>,
        mode: Rounding,
    ) {
        let add = addend(mode, 1_000_000 * UNIT);
        for (event, class) in classes.iter().enumerate() {
            let class = usize::from(*class);
            let (_, here) = self.inside(event, class, segment, next);
            self.wanted[event] += part::<UNIT>(here, segment.rate[class], add);
        }
    }

    /// Where a segment begins for an event, above what its counter had, and how much lies in it.
    fn inside(
        &self,
        event: usize,
        class: usize,
        segment: &SegmentTable,
        next: Option<&SegmentTable>,
    ) -> (i64, i64) {
        let before = self.before.get(event).copied().unwrap_or(0);
        let from = segment.above[class].max(before);
        let end = next.map_or(i64::MAX, |next| next.above[class]);
        let here = ((before + self.above[event]).min(end) - from).max(0);
        (from - before, here)
    }

    /// The same where each line is rounded by itself: class A is a line, class B another.
    fn segment_by_lines(
        &mut self,
        classes: &[u16],
        segment: &SegmentTable,
        next: Option<&SegmentTable>,
        (class_a, class_b): (&[u32], &[u32]),
        (unit, mode): (i64, Rounding),
    ) {
        let divisor = 1_000_000 * unit;
        let add = addend(mode, divisor);
        for (event, class) in classes.iter().enumerate().filter(|(_, class)| **class != 0) {
            let class = usize::from(*class);
            let (from, mut left) = self.inside(event, class, segment, next);
            let mut skip = self.deductible[event] + from;
            let lines = [
                i64::from(class_a[event]),
                i64::from(class_b[event]) - self.pay_first[event],
                // What was paid first is no line's, and a fund after the pool may pay of it.
                i64::MAX,
            ];
            for line in lines {
                let here = (line - skip).clamp(0, left);
                skip = (skip - line).max(0);
                left -= here;
                let rounded = (here * segment.rate[class] + add) / divisor * unit;
                self.wanted[event] += rounded.min(here);
            }
        }
    }
}

/// A part of an amount, rounded; amounts and rates are never negative, and their product fits: an amount
/// is less than 2³⁵, a rate at most 10⁶.
#[inline]
fn part<const UNIT: i64>(amount: i64, rate: i64, add: i64) -> i64 {
    let units = amount.wrapping_mul(rate).wrapping_add(add) / (1_000_000 * UNIT);
    units.wrapping_mul(UNIT).min(amount)
}

/// What is added before a division that cuts off, so that it rounds.
fn addend(mode: Rounding, divisor: i64) -> i64 {
    match mode {
        Rounding::HalfUp => divisor / 2,
        Rounding::Down => 0,
        Rounding::Up => divisor - 1,
    }
}
