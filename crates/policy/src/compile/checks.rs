//! What is wrong with a file as a whole: rows that hold for nobody, limits shared by nobody.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;

use super::Compiler;
use crate::language::form::{AccountForm, Adjust, LimitForm, Order, Part, SegmentForm};
use crate::language::rows::Rows;
use crate::policy::{Benefit, Disease};

impl Compiler<'_> {
    /// 两病 are told apart by their kind; other benefits have no such kinds. Each disease is one.
    pub(super) fn check_diseases(&mut self) {
        for (benefit, rules) in &self.form.benefit {
            let named = *benefit == Benefit::Chronic;
            let mut codes = BTreeSet::new();
            let mut diseases = rules.get_ref().diseases.iter();
            let message = diseases.find_map(|Disease { code, kind, .. }| {
                let wrong = match (named, kind) {
                    (true, None) => ": write its `kind`, hypertension or diabetes",
                    (false, Some(_)) => ": `kind` belongs to benefit.chronic, leave it out",
                    _ if !codes.insert(code) => " is named twice: leave one out",
                    _ => return None,
                };
                Some(format!("disease {code}{wrong}"))
            });
            if let Some(message) = message {
                self.error(rules.span(), "diseases", message);
            }
        }
    }

    /// Before the deductible nothing but what is in scope is there to be paid.
    pub(super) fn check_account(&mut self) {
        let Some(spanned) = &self.form.account else {
            return;
        };
        let AccountForm { order, pays, .. } = spanned.get_ref();
        let message = match order {
            Order::First if !pays.iter().eq([&Part::InScope]) => {
                "an account that pays first pays of what is in scope alone: write `pays = [\"in_scope\"]`"
            }
            Order::Last if pays.is_empty() => {
                "`pays` names nothing: name a part, or leave `account` out"
            }
            _ => return,
        };
        self.error(spanned.span(), "account", message.to_owned());
    }

    pub(super) fn check_shared(&mut self) {
        let form = self.form;
        let shared = form.shared_deductible.iter().chain(&form.shared_cap);
        for limit in shared {
            let benefits = &limit.get_ref().benefits;
            if benefits.len() < 2 || benefits.iter().any(|b| !form.benefit.contains_key(b)) {
                let message = "a shared limit names two or more `benefits` of this file";
                self.error(limit.span(), "shared", message.to_owned());
            }
        }
        for fund in &form.fund {
            let benefits = &fund.get_ref().benefits;
            if benefits.iter().any(|b| !form.benefit.contains_key(b)) {
                let message = "`benefits` names one that this file does not have";
                self.error(fund.span(), "benefits", message.to_owned());
            }
        }
        let own = form.benefit.values().map(Spanned::get_ref);
        let own = own.flat_map(|b| b.deductible.0.iter().chain(&b.cap.0));
        let of_funds = form.fund.iter().map(Spanned::get_ref);
        let of_funds = of_funds.flat_map(|f| f.deductible.0.iter().chain(&f.cap.0));
        for limit in own.chain(of_funds) {
            if !limit.get_ref().benefits.is_empty() {
                let message = "`benefits` belongs to [[shared_deductible]] and [[shared_cap]]";
                self.error(limit.span(), "benefits", message.to_owned());
            }
        }
    }

    /// Rows that hold for nobody are mistakes.
    pub(super) fn never_held(&mut self) {
        let mut all: Vec<Range<usize>> = Vec::new();
        let form = self.form;
        rows(&mut all, &form.class_b_pay_first);
        if let Some(fee) = &form.consultation_fee {
            rows(&mut all, &fee.total);
            rows(&mut all, &fee.patient);
        }
        let mut of_fund = |limits: [&[Spanned<LimitForm>]; 2],
                           ratio: &Rows<_>,
                           adjust: &[Spanned<Adjust>],
                           segment: &[Spanned<SegmentForm>]| {
            for limit in limits.into_iter().flatten() {
                all.push(limit.span());
                rows(&mut all, &limit.get_ref().amount);
            }
            rows(&mut all, ratio);
            all.extend(adjust.iter().map(Spanned::span));
            for segment in segment {
                rows(&mut all, &segment.get_ref().ratio);
            }
        };
        for rules in form.benefit.values().map(Spanned::get_ref) {
            let limits = [&rules.deductible.0[..], &rules.cap.0[..]];
            of_fund(limits, &rules.ratio, &rules.adjust, &rules.segment);
        }
        for fund in form.fund.iter().map(Spanned::get_ref) {
            let limits = [&fund.deductible.0[..], &fund.cap.0[..]];
            of_fund(limits, &fund.ratio, &fund.adjust, &fund.segment);
        }
        all.extend(form.line.iter().map(Spanned::span));
        all.extend(form.shared_deductible.iter().map(Spanned::span));
        all.extend(form.shared_cap.iter().map(Spanned::span));
        for at in all {
            if !self.held.contains(&at.start) {
                let message = "this holds for nobody: its conditions are outside `where`";
                self.error(at, "never", message.to_owned());
            }
        }
    }
}

fn rows<T>(all: &mut Vec<Range<usize>>, rows: &Rows<T>) {
    all.extend(rows.0.iter().map(|row| row.at.clone()));
}
