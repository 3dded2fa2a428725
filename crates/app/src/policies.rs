//! The policies in force, and who answers for them. A file that bears a real place's name gives
//! estimates only, and says so on every page and paper, until it is entered who confirmed it.

use cunyi_domain::fact::PolicyConfirmed;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::row::Field;
use cunyi_domain::time::parse_date;
use cunyi_policy::Confirmation;
use cunyi_store::reference::{self, Clinic, ReferenceFile};

use crate::App;
use crate::error::{Result, refuse, refuse_at};
use crate::permission::Action;
use crate::setup::read_policy;
use crate::views::{Actor, PolicyView};

/// Longest name of who confirmed it, in characters.
const MOST_NAME: usize = 100;

impl App {
    /// The policy files of the clinic.
    pub fn policies(&self, actor: &Actor) -> Result<Vec<PolicyView>> {
        actor.must(Action::Administer)?;
        self.parts.store.db().read("policies", |tx| {
            let clinic = reference::clinic(tx, &actor.clinic)?;
            let files = reference::files(tx, &actor.clinic, "policy")?;
            files.into_iter().map(|file| view(file, &clinic)).collect()
        })
    }

    /// Enters who at the insurance bureau confirmed a policy, and when. Refused for an invented
    /// place and for one that is confirmed already.
    pub fn confirm_policy(
        &self,
        actor: &Actor,
        name: &str,
        version: &str,
        by: &str,
        on: &str,
    ) -> Result<()> {
        actor.must(Action::Administer)?;
        let by = by.trim();
        if by.is_empty() {
            return refuse_at(Code::Missing, "confirmed_by");
        }
        if by.chars().count() > MOST_NAME || by.chars().any(char::is_control) {
            return refuse_at(Code::BadText, "confirmed_by");
        }
        let day = parse_date(on.trim()).filter(|day| *day <= self.now().date());
        let Some(day) = day else {
            return refuse_at(Code::BadText, "confirmed_on");
        };
        self.write(actor, "confirm_policy", |w| {
            let files = reference::files(w.tx, &actor.clinic, "policy")?;
            let clinic = reference::clinic(w.tx, &actor.clinic)?;
            let file = files
                .iter()
                .find(|f| f.name == name && f.version == version)
                .ok_or(Refusal::new(Code::NotFound))?;
            if read_policy(file, &clinic)?.confirmation() != Confirmation::Unconfirmed {
                return refuse(Code::WrongState);
            }
            let values = vec![
                by.to_owned().into_value(),
                day.to_string().into_value(),
                actor.clinic.clone().into_value(),
                name.to_owned().into_value(),
                version.to_owned().into_value(),
            ];
            let sql = "UPDATE reference_file SET confirmed_by = ?, confirmed_on = ? \
                       WHERE clinic = ? AND what = 'policy' AND name = ? AND version = ?";
            w.tx.execute(sql, values)?;
            let confirmed = PolicyConfirmed {
                name: name.to_owned(),
                version: version.to_owned(),
                by: by.to_owned(),
                on: day.to_string(),
            };
            Ok(w.record(confirmed, None, None)?)
        })?;
        self.forget_setup(&actor.clinic);
        Ok(())
    }
}

fn view(file: ReferenceFile, clinic: &Clinic) -> Result<PolicyView> {
    let policy = read_policy(&file, clinic)?;
    let (confirmed_by, confirmed_on) = match policy.confirmation() {
        Confirmation::Confirmed { by, on } => (by, Some(on)),
        Confirmation::Fictional | Confirmation::Unconfirmed => (String::new(), None),
    };
    Ok(PolicyView {
        name: file.name,
        version: file.version,
        region: policy.region,
        scheme: policy.scheme.as_str().to_owned(),
        source: policy.source,
        fictional: policy.fictional,
        confirmed_by,
        confirmed_on,
        active_from: file.active_from,
    })
}
