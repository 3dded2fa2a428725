//! How papers look: reference data that a county changes. An empty text says that a paper looks again as the
//! program brings it. What a layout may hold and must show, `web` decides before it comes here.

use cunyi_domain::ids::ClinicId;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::row::Field;
use cunyi_domain::time::Moment;
use cunyi_store::reference::{self, ReferenceFile};
use cunyi_store::{Tx, Writer};

use crate::App;
use crate::error::{Result, refuse_at};
use crate::install::{activated, file};
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
        /// 医疗收费收据
        Receipt = "receipt",
        /// The same on 80 mm.
        ReceiptRoll = "receipt-roll",
        /// 转诊单
        Referral = "referral",
        /// 自费知情同意书
        Consent = "own-pay-consent",
    }
}

/// Bytes of a layout.
const MOST_LAYOUT: usize = 32 * 1024;

/// What `reference_file` calls them.
const WHAT: &str = "layout";

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
            let now = in_force(w.tx, &actor.clinic, layout)?;
            if now.as_ref().map_or("", |f| &f.content) == text {
                return Ok(());
            }
            // Later than the one before, however coarse the clock: the newest is in force.
            let after = now.map(|f| Moment(f.active_from.0.saturating_add(1)));
            let from = after.map_or(w.who.now, |after| after.max(w.who.now));
            activate(w, &actor.clinic, layout, text, from)
        })
    }
}

fn in_force(tx: &mut Tx<'_>, clinic: &ClinicId, layout: Layout) -> Result<Option<ReferenceFile>> {
    Ok(reference::newest(tx, clinic, WHAT, layout.as_str())?)
}

/// A text that was in force before is so again; a new one stands beside the old.
fn activate(
    w: &mut Writer<'_, '_>,
    clinic: &ClinicId,
    layout: Layout,
    text: &str,
    from: Moment,
) -> Result<()> {
    let file = file(clinic, WHAT, layout.as_str(), text, from);
    let activated = activated(&file);
    let values = vec![
        from.into_value(),
        file.clinic.clone().into_value(),
        file.what.clone().into_value(),
        file.name.clone().into_value(),
        file.version.clone().into_value(),
    ];
    let sql = "UPDATE reference_file SET active_from = ? \
               WHERE clinic = ? AND what = ? AND name = ? AND version = ?";
    if w.tx.execute(sql, values)? == 0 {
        w.tx.insert(file)?;
    }
    Ok(w.record(activated, None, None)?)
}
