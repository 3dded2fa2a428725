//! Registers and referrals, rendered.

use askama::Template;

use super::Pages;
use crate::chrome::Chrome;
use crate::pages::infusions::InfusionsPage;
use crate::pages::outpatient::LogPage;
use crate::pages::receipts::{ReceiptsPage, Typed};
use crate::pages::referrals::{ReferralPage, begun};
use crate::samples;

pub(super) fn registers(c: &Chrome, pages: &mut Pages) {
    let v = &samples::referrals();
    let page = ReferralPage {
        c,
        v,
        typed: &begun(v),
        problem: samples::HOSTILE.to_owned(),
    };
    pages.push(("referral", page.render().unwrap()));
    let v = &samples::receipt_register();
    let f = &Typed {
        of: "B1".to_owned(),
        to: samples::HOSTILE.to_owned(),
        reason: samples::HOSTILE.to_owned(),
        ..Typed::default()
    };
    let problem = samples::HOSTILE.to_owned();
    let page = ReceiptsPage { c, v, f, problem };
    pages.push(("receipts", page.render().unwrap()));
    let v = &samples::outpatient_log();
    pages.push(("log", LogPage { c, v }.render().unwrap()));
    let v = &samples::infusion_register();
    pages.push(("infusions", InfusionsPage::new(c, v).render().unwrap()));
}
