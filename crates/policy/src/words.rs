//! The working in sentences that a patient understands.

use cunyi_domain::money::{Fen, Rate, format_decimal};

use crate::explain::{Rule, Step};
use crate::language::form::{FundName, Per};
use crate::policy::Benefit;
use crate::settlement::Settlement;

/// A language of the sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// 简体中文
    Chinese,
    /// English
    English,
}

impl Settlement {
    /// Each step in a sentence, in order.
    pub fn sentences(&self, language: Language) -> Vec<String> {
        self.steps
            .iter()
            .map(|step| sentence(step, None, language))
            .collect()
    }
}

/// One step in a sentence, its line by its name where it is known, else by its place.
pub fn sentence(step: &Step, item: Option<&str>, language: Language) -> String {
    let line = match (language, step.line, item) {
        (_, None, _) => String::new(),
        // The sentence names it itself.
        (Language::Chinese, _, Some(_)) if step.rule == Rule::ConsultationFee => String::new(),
        (Language::Chinese, _, Some(item)) => format!("{item}："),
        (Language::Chinese, Some(at), None) => format!("第 {} 行：", at + 1),
        (Language::English, _, Some(item)) => format!("{item}: "),
        (Language::English, Some(at), None) => format!("Line {}: ", at + 1),
    };
    match language {
        Language::Chinese => chinese(step, &line),
        Language::English => english(step, &line),
    }
}

/// 70 %
pub fn percent(rate: Rate) -> String {
    format!("{}%", format_decimal(rate.0, 4, 0))
}

fn chinese(step: &Step, line: &str) -> String {
    let Step { base, result, .. } = step;
    let rate = step.rate.map(percent).unwrap_or_default();
    let (before, after) = step.left.unwrap_or((Fen::ZERO, Fen::ZERO));
    let per = match step.per {
        None | Some(Per::Visit) => "每次",
        Some(Per::Day) => "每日",
        Some(Per::Days(_)) => "每个疗程",
        Some(Per::Month) => "每月",
        Some(Per::Quarter) => "每季度",
        Some(Per::Year) => "每年",
    };
    let fund = chinese_fund(step.fund);
    match step.rule {
        Rule::OwnPay => format!("{line}{base} 元全部自费。"),
        Rule::Ceiling => format!("{line}{base} 元中有 {result} 元超过支付标准，由个人付。"),
        Rule::PayFirst => format!("{line}乙类先由个人付 {rate}：{base} × {rate} = {result} 元。"),
        Rule::Item => format!("{line}这个项目有单独的规定。"),
        Rule::NoDeductible => format!("{line}不计入起付线。"),
        Rule::ConsultationFee => format!("{line}一般诊疗费 {base} 元，{fund}付 {result} 元。"),
        Rule::Deductible => {
            format!(
                "{fund}起付线（{per}）还剩 {before} 元，这次由个人先付 {result} 元，之后还剩 {after} 元。"
            )
        }
        Rule::CapInScope if result < base => {
            format!("{fund}费用限额（{per}）还剩 {before} 元：{base} 元只按 {result} 元算。")
        }
        Rule::CapInScope => format!("{fund}费用限额（{per}）还剩 {before} 元，够用。"),
        Rule::Ratio => format!("{fund}付 {rate}：{base} × {rate} = {result} 元。"),
        Rule::OwnRatio => {
            format!("有单独比例的项目，{fund}付 {rate}：{base} × {rate} = {result} 元。")
        }
        Rule::OutsideCaps => {
            format!("不占限额的项目，{fund}付 {rate}：{base} × {rate} = {result} 元。")
        }
        Rule::Cap if result < base => {
            format!("{fund}支付限额（{per}）还剩 {before} 元：应付 {base} 元，实付 {result} 元。")
        }
        Rule::Cap => {
            format!("{fund}支付限额（{per}）还剩 {before} 元，付 {result} 元后还剩 {after} 元。")
        }
        Rule::Account => format!("个人账户有 {before} 元，付 {result} 元，之后还剩 {after} 元。"),
        Rule::FamilyAccount => {
            format!("家人的账户有 {before} 元，付 {result} 元，之后还剩 {after} 元。")
        }
    }
}

/// What a benefit is called.
pub fn benefit_name(benefit: Benefit, language: Language) -> &'static str {
    let [chinese, english] = match benefit {
        Benefit::General => ["普通门诊", "ordinary visits"],
        Benefit::Chronic => ["两病门诊用药", "two diseases' drugs"],
        Benefit::Special => ["门诊慢特病", "special chronic diseases"],
        Benefit::Emergency => ["急诊", "emergency"],
    };
    match language {
        Language::Chinese => chinese,
        Language::English => english,
    }
}

pub(crate) fn chinese_fund(fund: FundName) -> &'static str {
    match fund {
        FundName::Pool => "统筹基金",
        FundName::CivilServant => "公务员补助",
        FundName::Enterprise => "企业补充",
        FundName::SeriousIllness => "大病保险",
        FundName::LargeAmount => "大额补助",
        FundName::MedicalAid => "医疗救助",
        FundName::Other => "其他基金",
    }
}

fn english(step: &Step, line: &str) -> String {
    let Step { base, result, .. } = step;
    let rate = step.rate.map(percent).unwrap_or_default();
    let (before, after) = step.left.unwrap_or((Fen::ZERO, Fen::ZERO));
    let per = match step.per {
        None | Some(Per::Visit) => "a visit",
        Some(Per::Day) => "a day",
        Some(Per::Days(_)) => "a course",
        Some(Per::Month) => "a month",
        Some(Per::Quarter) => "a quarter",
        Some(Per::Year) => "a year",
    };
    let fund = english_fund(step.fund);
    match step.rule {
        Rule::OwnPay => format!("{line}you pay all of {base}."),
        Rule::Ceiling => format!("{line}of {base}, {result} are above the ceiling: you pay them."),
        Rule::PayFirst => {
            format!("{line}class B, you pay {rate} first: {base} × {rate} = {result}.")
        }
        Rule::Item => format!("{line}this item has a rule of its own."),
        Rule::NoDeductible => format!("{line}no deductible is borne of it."),
        Rule::ConsultationFee => {
            format!("{line}consultation fee {base}, of which {fund} pays {result}.")
        }
        Rule::Deductible => format!(
            "Deductible of {fund} ({per}): {before} left, you bear {result} of it now, {after} remain."
        ),
        Rule::CapInScope if result < base => {
            format!(
                "Limit on the cost for {fund} ({per}): {before} left, so {result} of {base} count."
            )
        }
        Rule::CapInScope => format!("Limit on the cost for {fund} ({per}): {before} left, enough."),
        Rule::Ratio => format!("Then {fund} pays {rate}: {base} × {rate} = {result}."),
        Rule::OwnRatio => format!(
            "Of items with a ratio of their own {fund} pays {rate}: {base} × {rate} = {result}."
        ),
        Rule::OutsideCaps => {
            format!("Of items outside the caps {fund} pays {rate}: {base} × {rate} = {result}.")
        }
        Rule::Cap if result < base => {
            format!("Cap of {fund} ({per}): {before} left, so it pays {result} instead of {base}.")
        }
        Rule::Cap => {
            format!("Cap of {fund} ({per}): {before} left, {after} remain after {result}.")
        }
        Rule::Account => {
            format!("The personal account has {before}, pays {result}, {after} remain.")
        }
        Rule::FamilyAccount => {
            format!("The family's account has {before}, pays {result}, {after} remain.")
        }
    }
}

pub(crate) fn english_fund(fund: FundName) -> &'static str {
    match fund {
        FundName::Pool => "the pooled fund",
        FundName::CivilServant => "the civil servants' subsidy",
        FundName::Enterprise => "the enterprise supplement",
        FundName::SeriousIllness => "serious illness insurance",
        FundName::LargeAmount => "the large-amount subsidy",
        FundName::MedicalAid => "medical aid",
        FundName::Other => "another fund",
    }
}
