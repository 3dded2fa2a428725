//! What every page needs: language, session, time; and how values read in words.

#![expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "templates pass arguments by reference"
)]

use std::fmt::Display;

use cunyi_app::Action;
use cunyi_app::views::{
    Age, ChargeView, EndView, FindingView, PaperEntryView, ReceiptClosing, ReceiptView, Remaining,
    SessionView, Why,
};
use cunyi_catalogue::{AllergyGroup, frequency_named, prescription, route_named};
use cunyi_domain::batch::BatchState;
use cunyi_domain::id_number::Sex;
use cunyi_domain::ledger::{
    Certificate, ElectronicState, Goods, LineClass, Method, PaperEvent, PaperWhy, Payer,
    PaymentKind, Prescription, ReceiptState, ReceiptWhy, RegistrationState, Right, SkinTestState,
    VisitState,
};
use cunyi_domain::refusal::Refusal;
use cunyi_domain::resolve::Finding;
use cunyi_domain::time::{Moment, civil::Date};

use crate::computer::Computer;
use crate::labels;
use crate::routes::{Access, ROUTES};
use crate::words::{self, Locale};

/// The frame of a page.
#[derive(Clone, Debug)]
pub struct Chrome {
    /// Language.
    pub locale: Locale,
    /// Who is signed in.
    pub session: Option<SessionView>,
    /// Now.
    pub now: Moment,
    /// 演示 on every page, a guest's too.
    pub fictional: bool,
    /// What is chosen on this computer.
    pub computer: Computer,
}

impl Chrome {
    /// Words of a key.
    pub fn t(&self, key: &str) -> String {
        words::t(self.locale, key, &[])
    }

    /// Words with one argument.
    pub fn t1(&self, key: &str, name: &str, value: impl Display) -> String {
        words::t(self.locale, key, &[(name, value.to_string())])
    }

    /// Words with two arguments.
    pub fn t2(
        &self,
        key: &str,
        name: &str,
        value: impl Display,
        name2: &str,
        value2: impl Display,
    ) -> String {
        words::t(
            self.locale,
            key,
            &[(name, value.to_string()), (name2, value2.to_string())],
        )
    }

    /// The function key, on this computer, of what usually stands on this one; empty if none.
    pub fn key(&self, usual: &str) -> &'static str {
        self.computer.keys.of(usual)
    }

    /// Until when somebody is licensed, or since when no more.
    pub fn licence(&self, until: &Date) -> String {
        let key = if *until < self.now.date() {
            "licence-ended"
        } else {
            "licence-ends"
        };
        self.t1(key, "day", until)
    }

    /// For `lang=`.
    pub fn lang(&self) -> &'static str {
        self.locale.tag()
    }

    /// The language one can change to, and its own name.
    pub fn other(&self) -> (&'static str, &'static str) {
        match self.locale {
            Locale::Zh => (Locale::En.tag(), "English"),
            Locale::En => (Locale::Zh.tag(), "中文"),
        }
    }

    /// In Chinese, as papers are.
    #[must_use]
    pub fn chinese(&self) -> Self {
        Self {
            locale: Locale::Zh,
            ..self.clone()
        }
    }

    /// What every form carries; empty before sign-in.
    pub fn csrf(&self) -> &str {
        self.session.as_ref().map_or("", |s| &s.csrf)
    }

    /// True if the role may do it: for what a page offers. What is permitted, `app` decides.
    pub fn may(&self, action: Action) -> bool {
        let role = self.session.as_ref().map(|s| s.actor.role);
        role.is_some_and(|role| cunyi_app::may(role, action))
    }

    /// True if a page lets this user in: what is not offered need not be refused.
    pub fn opens(&self, page: &str) -> bool {
        let to = |(method, path, _): &&(&str, &str, Access)| *method == "get" && *path == page;
        let access = ROUTES.iter().find(to).map(|(_, _, access)| access);
        let actor = self.session.as_ref().map(|s| &s.actor);
        access
            .zip(actor)
            .is_some_and(|(access, actor)| access.admits(actor))
    }

    /// The role's name.
    pub fn role(&self, role: &str) -> String {
        self.label(labels::ROLES, role)
    }

    /// 68岁
    pub fn age(&self, age: &Age) -> String {
        match age {
            Age::Years(n) => self.t1("age-years", "n", n),
            Age::Months(n) => self.t1("age-months", "n", n),
            Age::Days(n) => self.t1("age-days", "n", n),
            Age::Unknown => self.t("age-unknown"),
        }
    }

    /// 男 or 女
    pub fn sex(&self, sex: &Sex) -> String {
        self.sex_text(sex.as_str())
    }

    /// Of `1` or `2` as in a form.
    pub fn sex_text(&self, sex: &str) -> String {
        self.label(labels::SEXES, sex)
    }

    /// 待诊
    pub fn visit_state(&self, state: &VisitState) -> String {
        self.t(&format!("state-visit-{state}"))
    }

    /// 留在患者处
    pub fn goods(&self, goods: &Goods) -> String {
        self.t(match goods {
            Goods::Kept => "goods-kept",
            Goods::Quarantined => "goods-quarantined",
            Goods::NotHandedOver => "goods-not-handed-over",
        })
    }

    /// 待预结算
    pub fn batch_state(&self, state: &BatchState) -> String {
        self.t(&format!("state-batch-{state}"))
    }

    /// 平台上已结算
    pub fn finding(&self, finding: &Finding) -> String {
        self.label(labels::FINDINGS, finding.as_str())
    }

    /// 押金
    pub fn payment(&self, kind: &PaymentKind) -> String {
        self.label(labels::PAYMENTS, kind.as_str())
    }

    /// 现金
    pub fn method(&self, method: &Method) -> String {
        self.label(labels::METHODS, method.as_str())
    }

    /// 第 2 次打印（补打）：原件遗失
    pub fn paper_entry(&self, e: &PaperEntryView) -> String {
        let Some(why) = e.why else {
            return self.t("paper-entry-printed");
        };
        let named = (why != PaperWhy::Other).then(|| self.label(labels::PAPER_WHY, why.as_str()));
        let words = Some(e.words.clone()).filter(|words| !words.is_empty());
        let why = [named, words].into_iter().flatten().collect::<Vec<_>>();
        let why = why.join(" ");
        match e.event {
            PaperEvent::Printed => self.t2("paper-entry-reprinted", "n", e.number, "why", why),
            PaperEvent::Voided => self.t1("paper-entry-voided", "why", why),
        }
    }

    /// 已开, 作废
    pub fn receipt_state(&self, state: &ReceiptState) -> String {
        self.t(match state {
            ReceiptState::Issued => "receipt-issued",
            ReceiptState::Void => "receipt-void",
            ReceiptState::Returned => "receipt-returned",
        })
    }

    /// 死亡 2026-11-24 脑卒中
    pub fn follow_up_end(&self, end: &EndView) -> String {
        let why = self.label(labels::END_WHY, end.why.as_str());
        format!("{why} {} {}", end.day, end.words).trim().to_owned()
    }

    /// 待开, 已开
    pub fn electronic_state(&self, state: &ElectronicState) -> String {
        self.label(labels::ELECTRONIC, state.as_str())
    }

    /// 作废：打错 11-24 09:41
    pub fn receipt(&self, r: &ReceiptView) -> String {
        match &r.closed {
            Some(closed) => {
                let state = self.receipt_state(&r.state);
                let why = self.receipt_why(closed);
                format!(
                    "{state}{}{why} {} {}",
                    self.t("colon"),
                    short(&closed.at),
                    closed.by
                )
            }
            None if r.reversed => self.t("receipt-out"),
            None => self.receipt_state(&r.state),
        }
    }

    /// 原件遗失 写了遗失声明
    pub fn receipt_why(&self, closed: &ReceiptClosing) -> String {
        let named = self.label(labels::RECEIPT_WHY, closed.why.as_str());
        let words = closed.words.as_str();
        match (closed.why, words) {
            (_, "") => named,
            (ReceiptWhy::Other, words) => words.to_owned(),
            (_, words) => format!("{named} {words}"),
        }
    }

    /// 医保登记成功
    pub fn registration(&self, state: Option<&RegistrationState>) -> String {
        let state = state.map_or("none", |state| state.as_str());
        self.t(&format!("state-registration-{state}"))
    }

    /// 甲
    pub fn class(&self, class: &LineClass) -> String {
        self.label(labels::CLASSES, class.as_str())
    }

    /// 身份证
    pub fn certificate(&self, certificate: &Certificate) -> String {
        self.label(labels::CERTIFICATES, certificate.as_str())
    }

    /// 医保 or 自费
    pub fn payer(&self, payer: &Payer) -> String {
        self.label(labels::PAYERS, payer.as_str())
    }

    /// 普通门诊
    pub fn benefit(&self, benefit: &str) -> String {
        self.label(labels::BENEFITS, benefit)
    }

    /// 城乡居民; empty for self-pay.
    pub fn scheme(&self, scheme: &str) -> String {
        self.label(labels::SCHEMES, scheme)
    }

    /// 口服, of its code.
    pub fn route(&self, code: &str) -> String {
        self.label(labels::ROUTES, code)
    }

    /// 每日一次, of its code.
    pub fn frequency(&self, code: &str) -> String {
        self.label(labels::FREQUENCIES, code)
    }

    /// How a line is taken: lines keep the Chinese names that are printed.
    pub fn usage(&self, line: &ChargeView) -> String {
        let way = self.way(&line.route, &line.frequency);
        let dose = self.dose(line);
        let drip = self.drip(line);
        format!("{dose} {way}{drip}")
    }

    /// Route and frequency, of the Chinese names that lines keep: 静脉滴注 每日一次.
    pub fn way(&self, route: &str, frequency: &str) -> String {
        let known = route_named(route).map(|r| self.route(r.code));
        let route = known.unwrap_or_else(|| route.to_owned());
        let known = frequency_named(frequency).map(|f| self.frequency(f.code));
        let frequency = known.unwrap_or_else(|| frequency.to_owned());
        format!("{route} {frequency}")
    }

    /// 阴性
    pub fn skin_test(&self, state: &SkinTestState) -> String {
        self.label(labels::SKIN_TESTS, state.as_str())
    }

    /// Group and rate of a drip, with a blank before each; nothing where neither is said.
    fn drip(&self, line: &ChargeView) -> String {
        let said = |key, n: i64| {
            if n > 0 {
                format!(" {}", self.t1(key, "n", n))
            } else {
                String::new()
            }
        };
        said("group-n", line.drip_group) + &said("drops-n", line.drip_rate)
    }

    /// A single dose, of a herb with its footnote: 6g(先煎).
    pub fn dose(&self, line: &ChargeView) -> String {
        let footnote = line.footnote.map_or_else(String::new, |note| {
            format!("({})", self.label(labels::FOOTNOTES, note.as_str()))
        });
        format!("{}{footnote}", line.dose)
    }

    /// How long a line lasts: days, of a decoction doses; nothing for a service.
    pub fn lasts(&self, line: &ChargeView) -> String {
        let key = match prescription(line.kind, &line.route) {
            Prescription::Decoction => "doses-n",
            _ if line.course.is_some() => "course-each-day",
            _ if line.days > 0 => "for-days",
            _ => return String::new(),
        };
        self.t1(key, "n", line.days)
    }

    /// An allergy by its label: a group's is kept in Chinese.
    pub fn allergy(&self, label: &str) -> String {
        let group = AllergyGroup::ALL.iter().find(|g| g.name_zh() == label);
        group.map_or_else(
            || label.to_owned(),
            |g| self.label(labels::GROUPS, g.as_str()),
        )
    }

    /// State of a message.
    pub fn message_state(&self, state: &str) -> String {
        self.label(labels::MESSAGES, state)
    }

    /// Remaining cap with its source and time.
    pub fn remaining(&self, remaining: &Remaining) -> String {
        match remaining {
            Remaining::Platform { left, at } => {
                self.t2("remaining-platform", "left", left, "at", short(at))
            }
            Remaining::OwnUse { used } => self.t1("remaining-own", "used", used),
        }
    }

    /// What is wrong, with the field it is about in front.
    pub fn refusal(&self, refusal: &Refusal) -> String {
        let mut args: Vec<_> = refusal.args.iter().map(|(n, v)| (*n, v.clone())).collect();
        // A refusal for a check or by the policy says in words which.
        for (name, value) in &refusal.args {
            let said = match *name {
                "check" => self.words_of_check(value, &refusal.args),
                "right" => self.label(labels::RIGHTS, value),
                "cannot" => words::t(self.locale, &format!("cannot-{value}"), &args),
                _ => continue,
            };
            args.push(("why", said));
        }
        let words = words::t(self.locale, &format!("refusal-{}", refusal.code), &args);
        let field = self.field(&path_of(refusal));
        if field.is_empty() {
            words
        } else {
            format!("{field}{}{words}", self.t("colon"))
        }
    }

    /// What a safety check says.
    pub fn check(&self, finding: &FindingView) -> String {
        self.words_of_check(&finding.code, &finding.args)
    }

    fn words_of_check(&self, code: &str, args: &[(&'static str, String)]) -> String {
        let said = |(name, value): &(&'static str, String)| {
            let group = *name == "group";
            let value = if group {
                self.label(labels::GROUPS, value)
            } else {
                value.clone()
            };
            (*name, value)
        };
        let args: Vec<_> = args.iter().map(said).collect();
        words::t(self.locale, &format!("check-{code}"), &args)
    }

    /// Why a batch's figures are an estimate only.
    pub fn estimate_why(&self, why: &Why) -> String {
        self.label(labels::ESTIMATES, why.as_str())
    }

    /// The name of a form's field: `lines.2.dose` is "row 3 dose".
    pub fn field(&self, field: &str) -> String {
        let (place, name) = match field.split_once('.') {
            Some(("lines", rest)) => rest.split_once('.').unwrap_or((rest, "code")),
            Some(("diagnoses", place)) => (place, "diagnoses"),
            _ => ("", field),
        };
        let known = labels::FIELDS.iter().find(|(n, _)| *n == name);
        let name = known.map_or(String::new(), |(_, key)| self.t(key));
        match place.parse::<u32>() {
            Ok(_) if name.is_empty() => name,
            Ok(_) if field.starts_with("diagnoses") => name,
            Ok(place) => self.t2("row-field", "n", place + 1, "field", name),
            Err(_) => name,
        }
    }

    /// 静脉给药
    pub fn right(&self, right: &Right) -> String {
        self.label(labels::RIGHTS, right.as_str())
    }

    /// From a table of value and key; a value without a key stands for itself.
    pub fn label(&self, table: &[(&str, &str)], value: &str) -> String {
        let known = table.iter().find(|(v, _)| *v == value);
        known.map_or_else(|| value.to_owned(), |(_, key)| self.t(key))
    }
}

/// The form's field a refusal is about, `lines.2.dose`; empty for none.
pub fn path_of(refusal: &Refusal) -> String {
    let line = refusal.args.iter().find(|(name, _)| *name == "line");
    let line: Option<u32> = line.and_then(|(_, n)| n.parse().ok());
    match (line, refusal.field.unwrap_or_default()) {
        (Some(line), field) => format!("lines.{}.{field}", line.saturating_sub(1)),
        (None, "diagnoses") => "diagnoses.0".to_owned(),
        (None, field) => field.to_owned(),
    }
}

/// 11-24 09:46
pub fn short(moment: &Moment) -> String {
    moment.local().strftime("%m-%d %H:%M").to_string()
}
