//! How papers look: reference data that a county changes. An empty text says that a paper looks again as the
//! program brings it. What a layout may hold and must show, `web` decides before it comes here.

use cunyi_domain::ids::ClinicId;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_store::Tx;
use cunyi_store::reference::ReferenceFile;

use crate::App;
use crate::error::{Result, refuse_at};
use crate::own_text::{self, Named};
use crate::permission::Action;
use crate::views::{Actor, LayoutView};

cunyi_domain::text_enum! {
    /// A paper that is printed by a layout.
    pub enum Layout {
        /// 处方笺
        Prescription = "prescription",
        /// 费用清单
        FeeList = "fee-list",
        /// 费用清单, 80 mm
        FeeListRoll = "fee-list-roll",
        /// 结算单
        Statement = "statement",
        /// 结算单, 80 mm
        StatementRoll = "statement-roll",
        /// 押金单, 退款单, 收款单
        Slip = "slip",
        /// The same on 80 mm.
        SlipRoll = "slip-roll",
        /// 医疗收费收据
        Receipt = "receipt",
        /// The same on 80 mm.
        ReceiptRoll = "receipt-roll",
        /// 日结单
        DaySheet = "day-sheet",
        /// The same on 80 mm.
        DaySheetRoll = "day-sheet-roll",
        /// 输液注射卡
        InfusionCard = "infusion-card",
        /// The same on 80 mm.
        InfusionCardRoll = "infusion-card-roll",
        /// 输液注射登记
        InfusionRegister = "infusion-register",
        /// 门诊日志
        OutpatientLog = "outpatient-log",
        /// 转诊单
        Referral = "referral",
        /// 自费知情同意书
        Consent = "own-pay-consent",
    }
}

/// Bytes of a layout.
const MOST_LAYOUT: usize = 32 * 1024;

impl App {
    /// Every layout, with the clinic's own text where one is in force.
    pub fn layouts(&self, actor: &Actor) -> Result<Vec<LayoutView>> {
        actor.must(Action::Administer)?;
        self.parts.store.db().read("layouts", |tx| {
            let view = |layout: &Layout| -> Result<_> {
                let file = in_force(tx, &actor.clinic, *layout)?;
                Ok(LayoutView {
                    layout: *layout,
                    active_from: file.as_ref().map(|f| f.active_from),
                    own: file.map(|f| f.content).filter(|text| !text.is_empty()),
                })
            };
            Layout::ALL.iter().map(view).collect()
        })
    }

    /// The clinic's own text of a layout, for printing; none where the program's is in force.
    pub fn layout(&self, actor: &Actor, layout: Layout) -> Result<Option<String>> {
        actor.must(Action::ReadRecord)?;
        self.parts.store.db().read("layout", |tx| {
            let file = in_force(tx, &actor.clinic, layout)?;
            Ok(file.map(|f| f.content).filter(|text| !text.is_empty()))
        })
    }

    /// Puts a text in force, or with an empty one the program's own again. What is in force already is no
    /// change.
    pub fn set_layout(&self, actor: &Actor, layout: Layout, text: &str) -> Result<()> {
        actor.must(Action::Administer)?;
        if text.len() > MOST_LAYOUT {
            return Err(Refusal::at(Code::TooLarge, "layout_text").into());
        }
        let strange = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
        if text.chars().any(strange) {
            return refuse_at(Code::BadText, "layout_text");
        }
        self.write(actor, "set_layout", |w| {
            own_text::set(w, named(layout), text)
        })
    }
}

fn named(layout: Layout) -> Named {
    Named {
        what: "layout",
        name: layout.as_str(),
    }
}

fn in_force(tx: &mut Tx<'_>, clinic: &ClinicId, layout: Layout) -> Result<Option<ReferenceFile>> {
    own_text::in_force(tx, clinic, named(layout))
}
