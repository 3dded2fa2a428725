//! The dictionary of kinds as JSON: an array of objects whose keys are those of a policy's
//! conditions; what is not known is left out.

use cunyi_policy::{Aid, Benefit, Facts, Level, Remote, Status};
use serde::{Deserialize, Serialize};

use super::{Kind, MOST_KINDS};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    benefit: Benefit,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    disease: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    level: Option<Level>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    aid: Option<Aid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tier: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    age: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signed: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chosen: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    referred: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    remote: Option<Remote>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    visit: Option<i64>,
}

pub(super) fn to_json(kinds: &[Kind]) -> Vec<u8> {
    let form = |kind: &Kind| Form {
        benefit: kind.benefit,
        disease: kind.facts.disease.clone(),
        level: kind.facts.level,
        status: kind.facts.status,
        aid: kind.facts.aid,
        tier: kind.facts.tier.clone(),
        age: kind.facts.age,
        signed: kind.facts.signed,
        chosen: kind.facts.chosen,
        referred: kind.facts.referred,
        remote: kind.facts.remote,
        visit: kind.facts.visit,
    };
    let forms: Vec<Form> = kinds.iter().map(form).collect();
    serde_json::to_vec(&forms).unwrap_or_default()
}

pub(super) fn from_json(text: &[u8]) -> Result<Vec<Kind>, String> {
    let forms: Vec<Form> = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    if forms.len() > MOST_KINDS {
        return Err(format!("more than {MOST_KINDS} kinds"));
    }
    let kind = |form: Form| Kind {
        benefit: form.benefit,
        facts: Facts {
            level: form.level,
            status: form.status,
            aid: form.aid,
            tier: form.tier,
            age: form.age,
            signed: form.signed,
            chosen: form.chosen,
            referred: form.referred,
            remote: form.remote,
            visit: form.visit,
            disease: form.disease,
        },
    };
    Ok(forms.into_iter().map(kind).collect())
}
