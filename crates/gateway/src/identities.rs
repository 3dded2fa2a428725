//! The arithmetic between money fields (nhsa-interface §4), by field name, whatever the message.
//!
//! An identity counts only where its operands are there, with §4.2's fallbacks. Tolerance is zero.

use cunyi_domain::money::{Fen, Rounding, div_round};

use crate::json::Node;
use crate::number::plain;
use crate::template::is_placeholder;

/// What regions do differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// `fund_pay_sumamt` contains the personal account (Guangdong, §4.3).
    pub fund_includes_account: bool,
    /// `acct_mulaid_pay` is a part of `acct_pay` (§4.2 3).
    pub mulaid_inside_account: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            fund_includes_account: false,
            mulaid_inside_account: true,
        }
    }
}

/// Whether a message's money adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Balance {
    /// No identity applies.
    NoMoney,
    /// So many identities hold, and none is broken.
    Holds(usize),
    /// This one does not hold.
    Broken(&'static str),
    /// This field stands in an identity and is not a number.
    Unreadable(&'static str),
}

/// Line 1 of §4.1.
pub const LINE_PARTS: &str =
    "det_item_fee_sumamt = fulamt_ownpay_amt + overlmt_amt + preselfpay_amt + inscp_scp_amt";
/// Line 2 of §4.1.
pub const LINE_PRODUCT: &str = "det_item_fee_sumamt = round(cnt × pric)";
/// Line 3 of §4.1.
pub const LINE_PAY_FIRST: &str =
    "preselfpay_amt = round((det_item_fee_sumamt - overlmt_amt) × selfpay_prop)";
/// Line 3 of §4.1 where `selfpay_prop` is 1: all of it is own pay.
pub const LINE_OWN_PAY: &str =
    "selfpay_prop 1: preselfpay_amt = 0, fulamt_ownpay_amt = det_item_fee_sumamt - overlmt_amt";
/// §4.2 1.
pub const PARTS: &str =
    "medfee_sumamt = fulamt_ownpay_amt + overlmt_selfpay + preselfpay_amt + inscp_scp_amt";
/// §4.2 2 and its fallback.
pub const PAYERS: &str = "medfee_sumamt = fund_pay_sumamt + psn_part_amt + hosp_part_amt";
/// §4.2 3.
pub const PERSON: &str = "psn_part_amt = acct_pay + psn_cash_pay";
/// §4.2 4.
pub const FUNDS: &str = "fund_pay_sumamt = hifp_pay + cvlserv_pay + hifes_pay + hifmi_pay + \
     hifob_pay + maf_pay + oth_pay (+ hifdm_pay)";
/// §4.2 5.
pub const DETAILS: &str = "sum of fund_payamt = fund_pay_sumamt + acct_pay + hosp_part_amt";
/// §4.2 7, first half.
pub const PERSON_5203: &str = "psn_pay = acct_pay + cash_payamt";
/// §4.2 7, second half.
pub const HOSPITAL_5203: &str =
    "hospital share = medfee_sumamt - fund_pay_sumamt - psn_pay, not below 0, as setldetail says";

/// Checks every object of a tree that holds the operands of an identity; text that is itself JSON
/// is opened.
pub fn balance(node: &Node, options: Options) -> Balance {
    let mut holds = 0;
    match walk(node, &Node::Null, options, &mut holds) {
        Ok(()) if holds == 0 => Balance::NoMoney,
        Ok(()) => Balance::Holds(holds),
        Err(stop) => stop,
    }
}

fn walk(node: &Node, parent: &Node, options: Options, holds: &mut usize) -> Result<(), Balance> {
    if let Some(opened) = node.opened() {
        return walk(&opened, parent, options, holds);
    }
    let details = node.get("setldetail").or_else(|| parent.get("setldetail"));
    let opened = details.and_then(Node::opened);
    let details = opened.as_ref().or(details).map_or(&[][..], Node::items);
    let checks = Checks { node, details };
    *holds += all_hold(&checks.line()?)?;
    *holds += checks.settlement(options)?;
    for child in children(node) {
        // A list is transparent: an only settlement in it has the list's siblings.
        let lone = matches!(node, Node::List(items) if items.len() == 1);
        walk(child, if lone { parent } else { node }, options, holds)?;
    }
    Ok(())
}

fn children(node: &Node) -> Box<dyn Iterator<Item = &Node> + '_> {
    match node {
        Node::List(items) => Box::new(items.iter()),
        _ => Box::new(node.pairs().iter().map(|(_, value)| value)),
    }
}

/// An identity that could be evaluated, and whether it holds.
type Verdicts = Vec<(&'static str, bool)>;

fn all_hold(verdicts: &Verdicts) -> Result<usize, Balance> {
    let broken = verdicts.iter().find(|(_, holds)| !holds);
    broken.map_or(Ok(verdicts.len()), |(identity, _)| {
        Err(Balance::Broken(identity))
    })
}

/// Values are kept in 10⁻¹⁶.
const SCALE: usize = 16;
const ONE: i128 = 10_i128.pow(16);
/// A fen.
const FEN: i128 = ONE / 100;

/// A node and what stands beside it.
struct Checks<'a> {
    node: &'a Node,
    details: &'a [Node],
}

/// A field's value if it says something; `read` turns its digits into a value.
fn value(
    node: &Node,
    field: &'static str,
    read: fn(&str) -> Option<i128>,
) -> Result<Option<i128>, Balance> {
    let Some(found) = node.get(field).filter(|found| !found.is_nothing()) else {
        return Ok(None);
    };
    if found.scalar().is_some_and(is_placeholder) {
        return Ok(None);
    }
    let number = found.scalar().and_then(plain).and_then(|text| read(&text));
    number.map(Some).ok_or(Balance::Unreadable(field))
}

/// An amount: every digit of it counts.
fn amount(text: &str) -> Option<i128> {
    let cut = decimal(text)?;
    let fraction = text.split_once('.').map_or("", |(_, fraction)| fraction);
    let lost = fraction.bytes().skip(SCALE).any(|digit| digit != b'0');
    (!lost).then_some(cut)
}

/// A count, a price or a ratio: binary floats of other systems bring more digits than can move a fen.
fn decimal(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = || whole.bytes().chain(fraction.bytes());
    // 18 digits before the point leave room for every sum below.
    let fits = whole.trim_start_matches('0').len() <= 18;
    if !fits || digits.trim_matches('.').is_empty() || !all().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let kept = fraction.bytes().chain(std::iter::repeat(b'0')).take(SCALE);
    let magnitude = whole
        .bytes()
        .chain(kept)
        .fold(0_i128, |sum, b| sum * 10 + i128::from(b - b'0'));
    Some(if negative { -magnitude } else { magnitude })
}

/// A product rounded half up to the fen; nothing when it does not fit.
fn product(a: i128, b: i128) -> Option<i128> {
    let ((a, a_scale), (b, b_scale)) = (trimmed(a), trimmed(b));
    let product = a.checked_mul(b)?;
    let fen = match (a_scale + b_scale).checked_sub(2) {
        Some(digits) => div_round(product, 10_i128.checked_pow(digits)?, Rounding::HalfUp),
        None => product.checked_mul(10_i128.pow(2 - a_scale - b_scale))?,
    };
    fen.checked_mul(FEN)
}

/// A value's digits without the zeros at its end, and how many stand after the point.
fn trimmed(mut value: i128) -> (i128, u32) {
    let mut scale = 16;
    while scale > 0 && value % 10 == 0 {
        (value, scale) = (value / 10, scale - 1);
    }
    (value, scale)
}

impl Checks<'_> {
    fn get(&self, field: &'static str) -> Result<Option<i128>, Balance> {
        value(self.node, field, amount)
    }

    fn factor(&self, field: &'static str) -> Result<Option<i128>, Balance> {
        value(self.node, field, decimal)
    }

    /// The first of several spellings that says something.
    fn either(&self, fields: &[&'static str]) -> Result<Option<i128>, Balance> {
        for field in fields {
            if let Some(found) = self.get(field)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The sum of fields that must all be there.
    fn sum(&self, fields: &[&'static str]) -> Result<Option<i128>, Balance> {
        let mut sum = Some(0);
        for field in fields {
            // Every field is read, so that one that is not a number is named.
            let found = self.get(field)?;
            sum = sum.zip(found).map(|(sum, found)| sum + found);
        }
        Ok(sum)
    }

    /// §4.1, a detail line.
    fn line(&self) -> Result<Verdicts, Balance> {
        let mut verdicts = Vec::new();
        let Some(total) = self.get("det_item_fee_sumamt")? else {
            return Ok(verdicts);
        };
        let parts = [
            "fulamt_ownpay_amt",
            "overlmt_amt",
            "preselfpay_amt",
            "inscp_scp_amt",
        ];
        let parts = self.sum(&parts)?;
        let (count, price) = (self.factor("cnt")?, self.factor("pric")?);
        let (rate, over) = (self.factor("selfpay_prop")?, self.get("overlmt_amt")?);
        let pay_first = self.get("preselfpay_amt")?;
        let own_pay = self.get("fulamt_ownpay_amt")?;
        if let Some(parts) = parts {
            verdicts.push((LINE_PARTS, parts == total));
        }
        if let (Some(count), Some(price)) = (count, price) {
            verdicts.push((LINE_PRODUCT, product(count, price) == Some(total)));
        }
        if let (Some(rate), Some(over), Some(pay_first)) = (rate, over, pay_first) {
            let rest = total - over;
            if rate == ONE {
                let own = own_pay.is_none_or(|own_pay| own_pay == rest);
                verdicts.push((LINE_OWN_PAY, pay_first == 0 && own));
            } else {
                verdicts.push((LINE_PAY_FIRST, product(rest, rate) == Some(pay_first)));
            }
        }
        Ok(verdicts)
    }

    /// §4.2, a settlement. Both conventions are tried before a mismatch is declared (§4.3): the
    /// other one only where its own evidence, the sum of the funds, is there and speaks for it.
    fn settlement(&self, options: Options) -> Result<usize, Balance> {
        let amounts = Amounts::read(self, options)?;
        let outside = amounts.verdicts(false);
        let inside = amounts.verdicts(true);
        let speaks = |verdicts: &Verdicts| verdicts.contains(&(FUNDS, true));
        let holds = |verdicts: &Verdicts| all_hold(verdicts).is_ok();
        let account = amounts.account.unwrap_or(0) != 0;
        let trusted = options.fund_includes_account || (account && speaks(&inside));
        if !holds(&outside) && holds(&inside) && trusted {
            return Ok(inside.len());
        }
        let named = if options.fund_includes_account {
            &inside
        } else {
            &outside
        };
        all_hold(if holds(&outside) { &outside } else { named })
    }
}

/// How the amounts of one settlement are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// `fund_pay_sumamt` contains the personal account: as the region says, unless the settlement
    /// adds up the other way only.
    pub fund_includes_account: bool,
    /// What the hospital pays, where a field or a row of `setldetail` states it.
    pub hospital: Option<Fen>,
}

/// Reads a settlement's `setlinfo` and `setldetail`.
pub fn reading(setlinfo: &Node, details: &[Node], options: Options) -> Reading {
    let checks = Checks {
        node: setlinfo,
        details,
    };
    let said = options.fund_includes_account;
    let Ok(amounts) = Amounts::read(&checks, options) else {
        return Reading {
            fund_includes_account: said,
            hospital: None,
        };
    };
    let holds = |inside| all_hold(&amounts.verdicts(inside)).is_ok();
    let fen = |amount: i128| i64::try_from(amount / FEN).ok().map(Fen);
    Reading {
        fund_includes_account: said != (!holds(said) && holds(!said)),
        hospital: amounts.stated.and_then(fen),
    }
}

/// The operands of §4.2.
struct Amounts {
    total: Option<i128>,
    parts: Option<i128>,
    fund: Option<i128>,
    funds: Option<i128>,
    account: Option<i128>,
    /// The person's share that is neither cash nor in `acct_pay`: mutual aid, where it is outside.
    mulaid: i128,
    cash: Option<i128>,
    person: Option<i128>,
    hospital: i128,
    details: Option<i128>,
    psn_pay: Option<i128>,
    cash_5203: Option<i128>,
    /// True when 5203's cash came under a name that is not in its table.
    camel: bool,
    /// The hospital's share where the message states one.
    stated: Option<i128>,
}

impl Amounts {
    fn read(from: &Checks, options: Options) -> Result<Self, Balance> {
        let funds = [
            "hifp_pay",
            "cvlserv_pay",
            "hifes_pay",
            "hifmi_pay",
            "hifob_pay",
            "maf_pay",
            "oth_pay",
        ];
        let other = from.get("hifdm_pay")?.unwrap_or(0);
        let parts = [
            "fulamt_ownpay_amt",
            "overlmt_selfpay",
            "preselfpay_amt",
            "inscp_scp_amt",
        ];
        let mulaid = from.get("acct_mulaid_pay")?.unwrap_or(0);
        let rows = Rows::read(from.details)?;
        let stated = from
            .either(&["hosp_part_amt", "ownpay_hosp_part"])?
            .or(rows.hospital);
        let (cash_5203, camel) = (from.get("cash_payamt")?, from.get("cashPayamt")?);
        Ok(Self {
            total: from.get("medfee_sumamt")?,
            parts: from.sum(&parts)?,
            fund: from.get("fund_pay_sumamt")?,
            funds: from.sum(&funds)?.map(|sum| sum + other),
            account: from.get("acct_pay")?,
            mulaid: if options.mulaid_inside_account {
                0
            } else {
                mulaid
            },
            cash: from.either(&["psn_cash_pay", "pdn_cash_pay"])?,
            person: from.get("psn_part_amt")?,
            hospital: stated.unwrap_or(0),
            details: rows.sum,
            psn_pay: from.get("psn_pay")?,
            cash_5203: cash_5203.or(camel),
            camel: cash_5203.is_none() && camel.is_some(),
            stated,
        })
    }

    /// The account and mutual aid together with a cash amount.
    fn with_account(&self, cash: Option<i128>) -> Option<i128> {
        self.account
            .zip(cash)
            .map(|(account, cash)| account + self.mulaid + cash)
    }

    /// Every identity whose operands are there, under one of the two conventions.
    fn verdicts(&self, fund_includes_account: bool) -> Verdicts {
        let mut verdicts = Vec::new();
        let mut add = |name, left: Option<i128>, right: Option<i128>| {
            if let (Some(left), Some(right)) = (left, right) {
                verdicts.push((name, left == right));
            }
        };
        let inside = |yes| if fund_includes_account { yes } else { Some(0) };
        let outside = |yes| if fund_includes_account { Some(0) } else { yes };
        let plus = |a: Option<i128>, b: Option<i128>| a.zip(b).map(|(a, b)| a + b);

        add(PARTS, self.total, self.parts);
        let own = if fund_includes_account {
            self.cash
        } else {
            self.person.or(self.with_account(self.cash))
        };
        add(
            PAYERS,
            self.total,
            plus(plus(self.fund, own), Some(self.hospital)),
        );
        // Where the fund holds the account, nobody has said whether the person's share does too.
        let alone = fund_includes_account && self.person == self.cash;
        add(
            PERSON,
            self.person,
            if alone {
                self.cash
            } else {
                self.with_account(self.cash)
            },
        );
        add(FUNDS, self.fund, plus(self.funds, inside(self.account)));
        let paid = plus(self.fund, outside(self.account));
        add(DETAILS, self.details, plus(paid, Some(self.hospital)));
        let alone = (fund_includes_account || self.camel) && self.psn_pay == self.cash_5203;
        let psn_pay = if alone {
            self.cash_5203
        } else {
            self.with_account(self.cash_5203)
        };
        add(PERSON_5203, self.psn_pay, psn_pay);
        verdicts.extend(self.hospital_5203(fund_includes_account));
        verdicts
    }

    /// 5203 has no field for the hospital's share: it is what is left, and never negative (on a
    /// reversal never positive).
    fn hospital_5203(&self, fund_includes_account: bool) -> Option<(&'static str, bool)> {
        let (psn_pay, None) = (self.psn_pay?, self.person) else {
            return None;
        };
        let (total, fund) = (self.total?, self.fund?);
        let own = if fund_includes_account {
            self.cash_5203?
        } else {
            psn_pay
        };
        let share = total - fund - own;
        let sign = share == 0 || share.signum() == total.signum();
        Some((
            HOSPITAL_5203,
            sign && self.stated.is_none_or(|stated| stated == share),
        ))
    }
}

/// What `setldetail` says.
struct Rows {
    /// The sum of its rows, if there are any and each has an amount.
    sum: Option<i128>,
    /// The rows of the hospital.
    hospital: Option<i128>,
}

impl Rows {
    fn read(details: &[Node]) -> Result<Self, Balance> {
        let mut rows = Self {
            sum: None,
            hospital: None,
        };
        let mut complete = true;
        // Hunan sends one row of empty strings.
        let says = |row: &&Node| row.pairs().iter().any(|(_, value)| !value.is_nothing());
        for row in details.iter().filter(says) {
            let amount = value(row, "fund_payamt", amount)?;
            complete &= amount.is_some();
            rows.sum = Some(rows.sum.unwrap_or(0) + amount.unwrap_or(0));
            if is_hospital(row) {
                rows.hospital = rows.hospital.or(Some(0)).zip(amount).map(|(a, b)| a + b);
            }
        }
        rows.sum = rows.sum.filter(|_| complete);
        Ok(rows)
    }
}

/// `fund_pay_type` 9999xx is the hospital's share, but for Hunan's 999997 whose sub-code in
/// `setl_proc_info` names a fund (§3).
fn is_hospital(row: &Node) -> bool {
    let text = |field| row.get(field).and_then(Node::scalar).unwrap_or_default();
    let fund = ["610101", "620101", "630101", "640101"];
    let is_fund = fund
        .iter()
        .any(|code| text("setl_proc_info").starts_with(code));
    let code = text("fund_pay_type");
    code.len() == 6 && code.starts_with("9999") && !is_fund
}

#[cfg(test)]
#[path = "tests/identities.rs"]
mod tests;
