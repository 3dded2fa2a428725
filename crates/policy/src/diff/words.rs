//! The comparison's words, Chinese and English.

use std::collections::BTreeSet;

use cunyi_domain::money::{Fen, Rounding};

use crate::language::facet::{Allowed, Cut, Facet};
use crate::language::form::{By, FundName, Order, Part, Per, Stage};
use crate::plan::{Counter, Plan};
use crate::policy::Benefit;
use crate::words::{Language, benefit_name, chinese_fund, english_fund};

/// One language's words.
#[derive(Clone, Copy)]
pub(super) struct Words(pub Language);

impl Words {
    fn say(self, chinese: &'static str, english: &'static str) -> &'static str {
        match self.0 {
            Language::Chinese => chinese,
            Language::English => english,
        }
    }

    pub fn and(self) -> &'static str {
        self.say("、", ", ")
    }

    pub fn then(self) -> &'static str {
        self.say("；", "; ")
    }

    pub fn none(self) -> &'static str {
        self.say("无", "none")
    }

    pub fn entitled(self) -> &'static str {
        self.say("有没有此项待遇", "whether there is the benefit")
    }

    pub fn pay_first(self) -> &'static str {
        self.say("乙类先行自付", "class B paid first")
    }

    pub fn consultation_fee(self) -> &'static str {
        self.say("一般诊疗费", "consultation fee")
    }

    pub fn certainty(self) -> &'static str {
        self.say("可靠程度", "certainty")
    }

    pub fn unsure(self) -> &'static str {
        self.say("有的数未确认", "a value is unsure")
    }

    pub fn with_pay_first(self) -> &'static str {
        self.say("连先行自付一起", "with what was paid first")
    }

    pub fn fund(self, fund: FundName) -> &'static str {
        match self.0 {
            Language::Chinese => chinese_fund(fund),
            Language::English => english_fund(fund),
        }
    }

    /// Titles of a fund's things: ratio, deductible, limit on the cost, cap, base.
    pub fn of_fund(self) -> [&'static str; 5] {
        match self.0 {
            Language::Chinese => ["比例", "起付线", "费用限额", "支付限额", "基数"],
            Language::English => ["ratio", "deductible", "limit on the cost", "cap", "base"],
        }
    }

    /// Titles of what is the same for all.
    pub fn whole(self) -> [&'static str; 7] {
        match self.0 {
            Language::Chinese => [
                "险种",
                "有效期",
                "出处",
                "待遇和病种",
                "取整",
                "个人账户",
                "单项规则（条）",
            ],
            Language::English => [
                "scheme",
                "validity",
                "source",
                "benefits and diseases",
                "rounding",
                "account",
                "rules of single items",
            ],
        }
    }

    pub fn benefit(self, benefit: Benefit) -> &'static str {
        benefit_name(benefit, self.0)
    }

    pub fn part(self, part: Part) -> &'static str {
        match part {
            Part::InScope => self.say("政策范围内", "what is in scope"),
            Part::PayFirst => self.say("先行自付", "what is paid first"),
            Part::OverLimit => self.say("超限价", "what is over the ceiling"),
            Part::OwnPay => self.say("全自费", "own pay"),
        }
    }

    pub fn order(self, order: Order) -> &'static str {
        match order {
            Order::First => self.say("先用：", "first, of"),
            Order::Last => self.say("后用：", "last, of"),
        }
    }

    pub fn family(self) -> &'static str {
        self.say("，家庭共济", ", then the family's")
    }

    pub fn rounding(self, plan: &Plan) -> String {
        let mode = match plan.rounding {
            Rounding::HalfUp => self.say("四舍五入", "half up"),
            Rounding::Down => self.say("舍去", "down"),
            Rounding::Up => self.say("进位", "up"),
        };
        let stage = match plan.stage {
            Stage::Batch => self.say("每批", "a batch"),
            Stage::Line => self.say("每行", "a line"),
        };
        let unit = Fen(plan.unit);
        match self.0 {
            Language::Chinese => format!("{stage}{mode}到 {unit} 元"),
            Language::English => format!("{stage}, {mode} to {unit}"),
        }
    }

    fn per(self, per: Per) -> String {
        match (per, self.0) {
            (Per::Days(days), Language::Chinese) => format!("每 {days} 天一个疗程"),
            (Per::Days(days), Language::English) => format!("a course of {days} days"),
            (Per::Visit, _) => self.say("每次", "a visit").to_owned(),
            (Per::Day, _) => self.say("每日", "a day").to_owned(),
            (Per::Month, _) => self.say("每月", "a month").to_owned(),
            (Per::Quarter, _) => self.say("每季度", "a quarter").to_owned(),
            (Per::Year, _) => self.say("每年", "a year").to_owned(),
        }
    }

    pub fn fee(self, total: Fen, patient: Fen, in_cap: bool, once: Option<Per>) -> String {
        let cap = if in_cap {
            self.say("计入限额", "within the caps")
        } else {
            self.say("不计入限额", "outside the caps")
        };
        let per = self.per(once.unwrap_or(Per::Visit));
        match self.0 {
            Language::Chinese => format!("{total} 元，个人 {patient} 元，{cap}，{per}一次"),
            Language::English => format!("{total}, the patient {patient}, {cap}, once {per}"),
        }
    }

    pub fn above(self, sum: Fen, rate: &str) -> String {
        match self.0 {
            Language::Chinese => format!("{sum} 元以上 {rate}"),
            Language::English => format!("{rate} above {sum}"),
        }
    }

    /// `每年 400.00 元`, and whose and of what where that is not the person's own of all.
    pub fn limit(self, amount: Fen, counter: Option<&Counter>) -> String {
        let per = self.per(counter.map_or(Per::Visit, |counter| counter.per));
        let more = counter
            .map_or(Vec::new(), |counter| self.whose(counter))
            .join(self.then());
        match (self.0, more.is_empty()) {
            (Language::Chinese, true) => format!("{per} {amount} 元"),
            (Language::Chinese, false) => format!("{per} {amount} 元（{more}）"),
            (Language::English, true) => format!("{amount} {per}"),
            (Language::English, false) => format!("{amount} {per} ({more})"),
        }
    }

    fn whose(self, counter: &Counter) -> Vec<String> {
        let mut more: Vec<String> = Vec::new();
        match counter.by {
            By::Person => {}
            By::Disease => more.push(self.say("每个病种", "each disease").to_owned()),
            By::Family => more.push(self.say("全家", "the family").to_owned()),
        }
        if counter.benefits.len() > 1 {
            let all = counter
                .benefits
                .iter()
                .map(|benefit| self.benefit(*benefit));
            let all = all.collect::<Vec<_>>().join(self.and());
            more.push(format!("{} {all}", self.say("合用：", "shared by")));
        }
        for (facet, allowed) in &counter.within.0 {
            let allowed = self.allowed(*facet, allowed);
            more.push(format!("{} {allowed}", self.facet(*facet)));
        }
        more
    }

    pub fn who(self, benefit: Benefit, told: &[String]) -> String {
        let benefit = self.benefit(benefit);
        match (self.0, told.is_empty()) {
            (Language::Chinese, true) => format!("{benefit}：所有人"),
            (Language::English, true) => format!("{benefit}: everybody"),
            (Language::Chinese, false) => format!("{benefit}：{}", told.join(self.then())),
            (Language::English, false) => format!("{benefit}: {}", told.join(self.then())),
        }
    }

    fn facet(self, facet: Facet) -> &'static str {
        match facet {
            Facet::Level => self.say("机构级别", "level"),
            Facet::Status => self.say("人员类别", "status"),
            Facet::Aid => self.say("救助身份", "aid"),
            Facet::Tier => self.say("缴费档次", "tier"),
            Facet::Age => self.say("年龄", "age"),
            Facet::Signed => self.say("签约", "signed"),
            Facet::Chosen => self.say("选定机构", "chosen institution"),
            Facet::Referred => self.say("经转诊", "referred"),
            Facet::Remote => self.say("异地", "remote"),
            Facet::Visit => self.say("本年第几次", "visit of the year"),
            Facet::Disease => self.say("病种", "disease"),
        }
    }

    /// A facet's value; tiers have names of their own.
    fn value(self, facet: Facet, value: &str) -> String {
        let chinese = match (facet, value) {
            (_, "yes") => "是",
            (_, "no") => "否",
            (Facet::Level, "village") => "村卫生室",
            (Facet::Level, "township") => "乡镇卫生院",
            (Facet::Level, "community") => "社区",
            (Facet::Level, "level1") => "一级",
            (Facet::Level, "level2") => "二级",
            (Facet::Level, "level3") => "三级",
            (Facet::Status, "active") => "在职",
            (Facet::Status, "retired") => "退休",
            (Facet::Status, "adult") => "成年居民",
            (Facet::Status, "student") => "学生儿童",
            (Facet::Aid, "none") => "非救助对象",
            (Facet::Aid, "destitute") => "特困",
            (Facet::Aid, "minimum") => "低保",
            (Facet::Aid, "edge") => "边缘",
            (Facet::Aid, "relapsed") => "返贫",
            (Facet::Aid, "expense") => "支出型",
            (Facet::Remote, "local") => "参保地",
            (Facet::Remote, "filed") => "已备案",
            (Facet::Remote, "emergency") => "急诊",
            (Facet::Remote, "unfiled") => "未备案",
            _ => value,
        };
        match self.0 {
            Language::Chinese => chinese.to_owned(),
            Language::English => value.to_owned(),
        }
    }

    fn allowed(self, facet: Facet, allowed: &Allowed) -> String {
        let all: Vec<String> = match allowed {
            Allowed::Named(names) => names.iter().map(|name| self.value(facet, name)).collect(),
            Allowed::Ranges(ranges) => {
                let ranges = ranges.iter();
                ranges
                    .map(|range| band(*range.start(), Some(*range.end())))
                    .collect()
            }
        };
        all.join(self.and())
    }

    /// `机构级别 村卫生室、乡镇卫生院`; bands that touch are one.
    pub fn parts(self, facet: Facet, cut: &Cut, parts: &BTreeSet<usize>) -> String {
        let texts: Vec<String> = match cut {
            Cut::Names(names) => parts
                .iter()
                .map(|part| self.value(facet, &names[*part]))
                .collect(),
            Cut::Bands(starts) => {
                let mut runs: Vec<(usize, usize)> = Vec::new();
                for part in parts {
                    match runs.last_mut() {
                        Some((_, end)) if *end + 1 == *part => *end = *part,
                        _ => runs.push((*part, *part)),
                    }
                }
                let end = |part: usize| starts.get(part + 1).map(|next| next - 1);
                let runs = runs.into_iter();
                runs.map(|(first, last)| band(starts[first], end(last)))
                    .collect()
            }
        };
        format!("{} {}", self.facet(facet), texts.join(self.and()))
    }
}

/// `18-59`, `60-`, `-17`
fn band(start: i64, end: Option<i64>) -> String {
    let text = |number: i64| match number {
        i64::MIN | i64::MAX => String::new(),
        number => number.to_string(),
    };
    format!("{}-{}", text(start), end.map_or(String::new(), text))
}
