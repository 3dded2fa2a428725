//! Texts of a clinic's own that its administrator changes: reference files of which the newest is in force. Each
//! change is a fact, and what was in force before stays in the file.

use cunyi_domain::ids::ClinicId;
use cunyi_domain::row::Field;
use cunyi_domain::time::Moment;
use cunyi_store::reference::{self, ReferenceFile};
use cunyi_store::{Tx, Writer};

use crate::error::Result;
use crate::install::{activated, file};

/// Which text: what `reference_file` calls its kind and it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named {
    pub(crate) what: &'static str,
    pub(crate) name: &'static str,
}

/// The text in force; none where nobody has changed it.
pub(crate) fn in_force(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    of: Named,
) -> Result<Option<ReferenceFile>> {
    Ok(reference::newest(tx, clinic, of.what, of.name)?)
}

/// Puts a text in force. What is in force already is no change.
pub(crate) fn set(w: &mut Writer<'_, '_>, of: Named, text: &str) -> Result<()> {
    let clinic = w.who.clinic.clone();
    let now = in_force(w.tx, &clinic, of)?;
    if now.as_ref().map_or("", |f| &f.content) == text {
        return Ok(());
    }
    // Later than the one before, however coarse the clock: the newest is in force.
    let after = now.map(|f| Moment(f.active_from.0.saturating_add(1)));
    let from = after.map_or(w.who.now, |after| after.max(w.who.now));
    activate(w, &clinic, of, text, from)
}

/// A text that was in force before is so again; a new one stands beside the old.
fn activate(
    w: &mut Writer<'_, '_>,
    clinic: &ClinicId,
    of: Named,
    text: &str,
    from: Moment,
) -> Result<()> {
    let file = file(clinic, of.what, of.name, text, from);
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
