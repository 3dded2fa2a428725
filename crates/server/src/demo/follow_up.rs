//! 随访 of the demo's villagers: what the visit does not know, they answer alike.

use anyhow::{Result, bail};
use cunyi_app::views::{FollowUpForm, Outcome};
use cunyi_app::{Actor, App};
use cunyi_domain::ids::VisitId;

/// What a villager answers to what no visit tells.
const ANSWERS: &[(&str, &str)] = &[
    ("symptoms", "none"),
    ("danger", "none"),
    ("height", "162"),
    ("weight", "61.5"),
    ("weight_target", "60"),
    ("pulses", "normal"),
    ("smoking", "5"),
    ("smoking_target", "0"),
    ("drinking", "1"),
    ("drinking_target", "0.5"),
    ("exercise_times", "5"),
    ("exercise_times_target", "7"),
    ("exercise_minutes", "30"),
    ("exercise_minutes_target", "30"),
    ("salt", "medium"),
    ("salt_target", "light"),
    ("staple", "350"),
    ("staple_target", "300"),
    ("mind", "good"),
    ("obedience", "good"),
    ("hba1c", "-"),
    ("adherence", "regular"),
    ("adverse", "none"),
    ("hypoglycaemia", "none"),
    ("complication", "none"),
];

/// Records each form that a visit's patient has.
pub fn follow_up(app: &App, doctor: &Actor, visit: &VisitId) -> Result<()> {
    for offer in app.visit(doctor, visit)?.forms {
        let form = &offer.form.id;
        let view = app.follow_up(doctor, visit, form)?;
        let mut wanted = FollowUpForm {
            said: view.said,
            confirmed: true,
            ..FollowUpForm::default()
        };
        for (key, text) in ANSWERS {
            let said = wanted.said.entry((*key).to_owned());
            said.or_insert_with(|| (*text).to_owned());
        }
        // They come fasting.
        wanted.said.extend(view.offers);
        let needs = ["systolic", "glucose"].into_iter();
        let mut needs = needs.filter(|key| offer.form.thresholds.iter().any(|t| t.field == *key));
        if !needs.all(|key| wanted.said.contains_key(key)) {
            continue;
        }
        if let Outcome::Problems(problems) = app.record_follow_up(doctor, visit, form, &wanted)? {
            bail!("the demo's own {form} form has a problem: {problems:?}");
        }
    }
    Ok(())
}
