//! The outpatient log and referrals, rendered.

use askama::Template;

use super::Pages;
use crate::chrome::Chrome;
use crate::pages::outpatient::{LogPage, LogPaper};
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
    let v = &samples::outpatient_log();
    pages.push(("log", LogPage { c, v }.render().unwrap()));
    let printed_at = samples::now();
    let ui = c;
    let paper = LogPaper {
        c,
        ui,
        v,
        printed_at,
    };
    pages.push(("log-paper", paper.render().unwrap()));
}
