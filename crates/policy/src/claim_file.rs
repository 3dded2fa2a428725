//! A claim as a JSON file (`cunyi policy explain --claim`): amounts are texts, so that no float
//! ever is.

use cunyi_domain::money::{Fen, Quantity, UnitPrice};
use cunyi_domain::time::parse_date;
use serde::Deserialize;

use crate::claim::{Claim, ClaimLine, FundName, FundUse, Unknown, Use, Whose, read_class};
use crate::file::read;
use crate::items::{Item, ItemKind, Kinds};
use crate::language::facet::{Aid, Facts, Remote, Status};
use crate::policy::{Benefit, Level, Policy};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClaimForm {
    date: String,
    #[serde(default = "general")]
    benefit: Benefit,
    disease: Option<String>,
    level: Option<Level>,
    status: Option<Status>,
    aid: Option<Aid>,
    tier: Option<String>,
    age: Option<u16>,
    signed: Option<bool>,
    chosen: Option<bool>,
    referred: Option<bool>,
    remote: Option<Remote>,
    visit: Option<u16>,
    lines: Vec<LineForm>,
    #[serde(default)]
    earlier: Vec<UseForm>,
    #[serde(default)]
    balance: Option<String>,
    #[serde(default)]
    family_balance: Option<String>,
    #[serde(default)]
    others_unknown: bool,
}

fn general() -> Benefit {
    Benefit::General
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineForm {
    class: String,
    price: String,
    #[serde(default)]
    quantity: Option<String>,
    #[serde(default)]
    ceiling: Option<String>,
    #[serde(default)]
    fee: bool,
    code: Option<String>,
    kinds: Option<Vec<ItemKind>>,
    pay_first: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UseForm {
    date: String,
    #[serde(default = "general")]
    benefit: Benefit,
    disease: Option<String>,
    level: Option<Level>,
    #[serde(default)]
    family: bool,
    #[serde(default)]
    fees: u16,
    #[serde(default = "pool")]
    of: FundName,
    fund: Option<String>,
    deductible: Option<String>,
    in_scope: Option<String>,
}

fn pool() -> FundName {
    FundName::Pool
}

/// Reads a claim under a policy's scheme.
///
/// # Errors
/// What in the file is not as it must be, in words.
pub fn read_claim(text: &str, policy: &Policy) -> Result<Claim, String> {
    let form: ClaimForm = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let lines = form.lines.iter().enumerate();
    let lines = lines.map(|(place, line)| read_line(place, line));
    Ok(Claim {
        scheme: policy.scheme,
        facts: Facts {
            level: form.level,
            status: form.status,
            aid: form.aid,
            tier: form.tier,
            age: form.age.map(i64::from),
            signed: form.signed,
            chosen: form.chosen,
            referred: form.referred,
            remote: form.remote,
            visit: form.visit.map(i64::from),
            disease: form.disease,
        },
        benefit: form.benefit,
        date: date(&form.date)?,
        lines: lines.collect::<Result<_, _>>()?,
        history: form
            .earlier
            .iter()
            .map(read_use)
            .collect::<Result<_, _>>()?,
        unknown: Unknown {
            fund: form.others_unknown,
            deductible: form.others_unknown,
        },
        balance: amount("balance", form.balance.as_deref())?,
        family_balance: amount("family_balance", form.family_balance.as_deref())?,
    })
}

fn date(text: &str) -> Result<cunyi_domain::time::civil::Date, String> {
    parse_date(text).ok_or_else(|| format!("`{text}` is no date such as \"2026-11-02\""))
}

fn amount(what: &str, text: Option<&str>) -> Result<Fen, String> {
    let text = text.unwrap_or("0");
    let like = |_| format!("{what} `{text}` is no amount such as \"20.00\"");
    text.parse().map_err(like)
}

fn read_line(place: usize, form: &LineForm) -> Result<ClaimLine, String> {
    let at = place + 1;
    let other = &form.class;
    let no_class = || format!("line {at}: `{other}` is no class: write 甲, 乙 or 丙");
    let class = read_class(other).ok_or_else(no_class)?;
    let price = |text: &str| -> Result<UnitPrice, String> {
        let no_price = |_| format!("line {at}: `{text}` is no price such as \"20.00\"");
        text.parse().map_err(no_price)
    };
    let rate = |text: &str| {
        let no_rate = || format!("line {at}: `{text}` is no percentage such as \"20%\"");
        read::percent(text).ok_or_else(no_rate)
    };
    let quantity = form.quantity.as_deref().unwrap_or("1");
    let no_quantity = |_| format!("line {at}: `{quantity}` is no quantity such as \"2\"");
    let quantity: Quantity = quantity.parse().map_err(no_quantity)?;
    let unit = price(&form.price)?;
    let too_much = || format!("line {at}: price times quantity is beyond every measure");
    Ok(ClaimLine {
        id: at.to_string(),
        class,
        amount: unit.amount(quantity).ok_or_else(too_much)?,
        is_consultation_fee: form.fee,
        price: unit,
        quantity,
        ceiling: form.ceiling.as_deref().map(price).transpose()?,
        item: Item {
            code: form.code.clone(),
            kinds: form.kinds.as_deref().map(Kinds::only).unwrap_or_default(),
            pay_first: form.pay_first.as_deref().map(rate).transpose()?,
        },
    })
}

fn read_use(form: &UseForm) -> Result<Use, String> {
    Ok(Use {
        date: date(&form.date)?,
        benefit: form.benefit,
        facts: Facts {
            level: form.level,
            disease: form.disease.clone(),
            ..Facts::default()
        },
        whose: if form.family {
            Whose::Family
        } else {
            Whose::Own
        },
        fees: i64::from(form.fees),
        funds: vec![FundUse {
            fund: form.of,
            deductible: amount("deductible", form.deductible.as_deref())?,
            in_scope: amount("in_scope", form.in_scope.as_deref())?,
            counted: amount("fund", form.fund.as_deref())?,
        }],
    })
}
