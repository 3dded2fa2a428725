//! The working as data, in the shape of the platform's `setl_proc_info`: a JSON list, an object a
//! step. The one real sample (`examples/policy.json` A03) is
//! `[{"polItemCode":"C001","hifpPayInscp":12028.48,"poolPropSelfpay":0.84,"hifpPay":10103.92}]`:
//! which rule, of what, at which ratio, what came out. The keys are the platform's field names as
//! its programs write them inside; other steps use those of what they are about. Ours beside
//! them: `polItemRow` (the rule's line in the file), `feeSn` (the line of the claim, from 1),
//! `crtPaybLmtAmt` and `balc` (what of a limit was left before and after), `lmtCyc` (its time).

use std::collections::BTreeMap;

use cunyi_domain::money::{Fen, Rate};
use serde_json::value::RawValue;

use crate::explain::{Rule, Step};
use crate::language::form::{FundName, Per};
use crate::plan::RuleAt;
use crate::settlement::Settlement;

/// `setl_proc_info` is AN(4000).
const FIELD: usize = 4_000;
/// No working that is kept or told is longer.
const MOST_BYTES: usize = 256 << 10;
/// More steps than any claim's.
const MOST_STEPS: usize = 2_000;
/// Ten billion yuan.
const MOST: i64 = 1_000_000_000_000;

/// A step with the rule it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepAt {
    /// The step; its `at` is its place in the list.
    pub step: Step,
    /// The rule. A centre tells its own code and no line: 0.
    pub rule: RuleAt,
}

/// How a kind of step is written.
struct Shape {
    rule: Rule,
    name: &'static str,
    base: Key,
    rate: Option<&'static str>,
    result: Key,
}

#[derive(Clone, Copy)]
enum Key {
    /// As it stands.
    Of(&'static str),
    /// After the fund's.
    Fund(&'static str),
}

const fn shape(rule: Rule, name: &'static str, base: Key, result: Key) -> Shape {
    Shape {
        rule,
        name,
        base,
        rate: None,
        result,
    }
}

const PAID: Key = Key::Fund("Pay");
const BASE: Key = Key::Fund("PayInscp");
const LINE: Key = Key::Of("detItemFeeSumamt");

const fn ratio(rule: Rule, name: &'static str) -> Shape {
    Shape {
        rate: Some("poolPropSelfpay"),
        ..shape(rule, name, BASE, PAID)
    }
}

static SHAPES: [Shape; 14] = [
    ratio(Rule::Ratio, "报销比例"),
    ratio(Rule::OwnRatio, "单独的报销比例"),
    ratio(Rule::OutsideCaps, "不占限额的报销比例"),
    shape(Rule::Item, "单独规定", LINE, Key::Of("medfeeSumamt")),
    shape(
        Rule::NoDeductible,
        "不计起付线",
        LINE,
        Key::Of("inscpScpAmt"),
    ),
    shape(Rule::OwnPay, "全自费", LINE, Key::Of("fulamtOwnpayAmt")),
    shape(Rule::Ceiling, "超限价", LINE, Key::Of("overlmtAmt")),
    Shape {
        rate: Some("selfpayProp"),
        ..shape(Rule::PayFirst, "先行自付", LINE, Key::Of("preselfpayAmt"))
    },
    shape(Rule::ConsultationFee, "一般诊疗费", BASE, PAID),
    shape(Rule::Deductible, "起付线", BASE, Key::Of("actPayDedc")),
    shape(Rule::CapInScope, "费用限额", BASE, Key::Of("inscpScpAmt")),
    shape(Rule::Cap, "支付限额", BASE, PAID),
    shape(
        Rule::Account,
        "个人账户",
        Key::Of("psnPartAmt"),
        Key::Of("acctPay"),
    ),
    shape(
        Rule::FamilyAccount,
        "家庭共济",
        Key::Of("psnPartAmt"),
        Key::Of("acctMulaidPay"),
    ),
];

/// `hifp` of `hifp_pay`
const fn prefix(fund: FundName) -> &'static str {
    match fund {
        FundName::Pool => "hifp",
        FundName::CivilServant => "cvlserv",
        FundName::Enterprise => "hifes",
        FundName::SeriousIllness => "hifmi",
        FundName::LargeAmount => "hifob",
        FundName::MedicalAid => "maf",
        FundName::Other => "oth",
    }
}

impl Key {
    fn of(self, fund: FundName) -> String {
        match self {
            Self::Of(key) => key.to_owned(),
            Self::Fund(part) => format!("{}{part}", prefix(fund)),
        }
    }
}

impl Settlement {
    /// The whole working, every step.
    pub fn working(&self) -> String {
        self.written(|_| true)
    }

    /// What stands in the row of a fund, at most 4000 bytes: lines stand with the pool, and where
    /// they are too many without them; nothing where the rest is too long.
    pub fn setl_proc_info(&self, fund: FundName) -> String {
        let of = |step: &Step| step.rule != Rule::Account && step.fund == fund;
        let fits = |text: &String| text.len() <= FIELD;
        let all = Some(self.written(of)).filter(fits);
        let short = || self.written(|step| of(step) && step.line.is_none());
        let short = all.or_else(|| Some(short()).filter(fits));
        short.unwrap_or_else(|| "[]".to_owned())
    }

    fn written(&self, wanted: impl Fn(&Step) -> bool) -> String {
        let steps = self.steps.iter().filter(|step| wanted(step));
        let items: Vec<String> = steps.map(|step| self.item(step)).collect();
        format!("[{}]", items.join(","))
    }

    fn item(&self, step: &Step) -> String {
        let all = SHAPES.iter().find(|shape| shape.rule == step.rule);
        let shape = all.unwrap_or(&SHAPES[0]);
        let text = |text: &str| serde_json::Value::from(text).to_string();
        let mut pairs = Vec::new();
        if let Some(rule) = self.rules.get(usize::from(step.at)) {
            pairs.push(("polItemCode".to_owned(), text(&rule.path)));
            pairs.push(("polItemRow".to_owned(), rule.line.to_string()));
        }
        pairs.push(("polItemName".to_owned(), text(shape.name)));
        if let Some(line) = step.line {
            pairs.push(("feeSn".to_owned(), (line + 1).to_string()));
        }
        pairs.push((shape.base.of(step.fund), step.base.to_string()));
        if let (Some(key), Some(rate)) = (shape.rate, step.rate) {
            pairs.push((key.to_owned(), rate.to_string()));
        }
        if let Some(per) = step.per {
            pairs.push(("lmtCyc".to_owned(), text(&per.to_string())));
        }
        if let Some((before, after)) = step.left {
            pairs.push(("crtPaybLmtAmt".to_owned(), before.to_string()));
            pairs.push(("balc".to_owned(), after.to_string()));
        }
        pairs.push((shape.result.of(step.fund), step.result.to_string()));
        let pairs = pairs
            .iter()
            .map(|(key, value)| format!("\"{key}\":{value}"));
        format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
    }
}

/// Reads a working of this shape, ours or a centre's; none where one step of it is not understood,
/// so that nobody takes a part for the whole.
pub fn read_working(text: &str) -> Option<Vec<StepAt>> {
    if text.len() > MOST_BYTES {
        return None;
    }
    let items: Vec<Item<'_>> = serde_json::from_str(text).ok()?;
    if items.len() > MOST_STEPS {
        return None;
    }
    let steps = items.iter().enumerate();
    steps.map(|(place, item)| read_item(place, item)).collect()
}

type Item<'a> = BTreeMap<String, &'a RawValue>;

/// A number or text as it was written; nothing for anything else.
fn scalar(item: &Item<'_>, key: &str) -> Option<String> {
    let raw = item.get(key)?.get();
    match raw.as_bytes().first()? {
        b'"' => serde_json::from_str(raw).ok(),
        b'0'..=b'9' => Some(raw.to_owned()),
        _ => None,
    }
}

fn amount(item: &Item<'_>, key: &str) -> Option<Fen> {
    let amount = scalar(item, key)?.parse().ok();
    amount.filter(|fen: &Fen| (0..=MOST).contains(&fen.0))
}

fn read_item(place: usize, item: &Item<'_>) -> Option<StepAt> {
    let name = scalar(item, "polItemName").unwrap_or_default();
    // Without a name of ours it is what real samples show: a ratio.
    let shape = SHAPES.iter().find(|shape| shape.name == name);
    let shape = shape.unwrap_or(&SHAPES[0]);
    let told = |fund: &&FundName| item.contains_key(&shape.base.of(**fund));
    let fund = *FundName::ALL.iter().find(told)?;
    let rate = |key: &str| {
        let rate = scalar(item, key)?.parse().ok();
        rate.filter(|rate: &Rate| (0..=1_000_000).contains(&rate.0))
    };
    let rate = match shape.rate {
        Some(key) => Some(rate(key)?),
        None => None,
    };
    let left = if item.contains_key("balc") {
        Some((amount(item, "crtPaybLmtAmt")?, amount(item, "balc")?))
    } else {
        None
    };
    let number = |key: &str| scalar(item, key).map(|text| text.parse::<usize>().ok());
    let line = match number("feeSn") {
        Some(line) => Some(line?.checked_sub(1)?),
        None => None,
    };
    let per = match scalar(item, "lmtCyc") {
        Some(per) => Some(read_per(&per)?),
        None => None,
    };
    let step = Step {
        rule: shape.rule,
        fund,
        at: u16::try_from(place).ok()?,
        per,
        line,
        base: amount(item, &shape.base.of(fund))?,
        rate,
        left,
        result: amount(item, &shape.result.of(fund))?,
    };
    let rule = RuleAt {
        path: scalar(item, "polItemCode").filter(|code| readable(code))?,
        line: number("polItemRow").flatten().unwrap_or(0),
    };
    Some(StepAt { step, rule })
}

/// A time as `Per` is written.
fn read_per(text: &str) -> Option<Per> {
    match text.strip_suffix(" days") {
        Some(days) => days.parse().ok().map(Per::Days),
        None => Per::ALL.iter().copied().find(|per| per.to_string() == text),
    }
}

/// A code that can be shown: short, and nothing that turns a page's text around.
fn readable(code: &str) -> bool {
    let plain = |c: char| c.is_ascii_graphic() || c == ' ' || c.is_alphanumeric();
    (1..=120).contains(&code.chars().count()) && code.chars().all(plain)
}

#[cfg(test)]
#[path = "proc_info_tests.rs"]
mod tests;
