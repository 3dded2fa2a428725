//! 模板: texts, diagnoses and lines that a doctor uses together: hers alone, the clinic's, or the township's, whose
//! clinics on other computers read them from a file.

use std::collections::HashSet;

use cunyi_catalogue::{Catalogue, Drug};
use cunyi_domain::ids::{ClinicId, TemplateId};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_store::local::Template;
use cunyi_store::reference::{Clinic, Level};
use cunyi_store::{Tx, typing};
use serde_json::Value;

use crate::App;
use crate::error::{AppError, Result, refuse_at};
use crate::fee_list::{MOST_DIAGNOSES, MOST_LINES};
use crate::permission::Action;
use crate::rights::Rights;
use crate::under_code::UnderCode;
use crate::views::{Actor, DraftBody, DraftLine, TemplateForm, TemplateScope, TemplateView};

/// Most templates that a doctor may use.
const MOST: usize = 300;
/// Longest name, in characters.
const MOST_NAME: usize = 30;
/// Most bytes of a file of templates: in a form each may take three.
pub const TEMPLATE_FILE: usize = 80 * 1024;

impl App {
    /// The templates that a doctor may use, oldest first.
    pub fn templates(&self, actor: &Actor) -> Result<Vec<TemplateView>> {
        actor.must(Action::Treat)?;
        let rows = self.read_templates(actor)?;
        let of = |row| view(&actor.clinic, row);
        Ok(rows.into_iter().map(of).collect())
    }

    /// Those whose names are meant by what is typed: pinyin initials, full pinyin or characters; all for
    /// nothing.
    pub fn find_templates(
        &self,
        actor: &Actor,
        text: &str,
        most: usize,
    ) -> Result<Vec<TemplateView>> {
        let mut all = self.templates(actor)?;
        if !text.trim().is_empty() {
            let names: Vec<&str> = all.iter().map(|t| t.name.as_str()).collect();
            let places = cunyi_catalogue::search_names(&names, text, most);
            let found = places.into_iter().filter_map(|place| all.get(place));
            all = found.cloned().collect();
        }
        all.truncate(most);
        Ok(all)
    }

    /// Keeps what is typed as a template: complaint, findings, advice, diagnoses and lines, never vitals,
    /// history or what a patient is entitled to. Another of its name and owner is replaced.
    ///
    /// # Errors
    /// Refused without a name or without anything to keep, and where a doctor has very many.
    pub fn save_template(
        &self,
        actor: &Actor,
        form: &TemplateForm,
        body: &DraftBody,
    ) -> Result<()> {
        actor.must(Action::Treat)?;
        let scope = if form.shared {
            TemplateScope::Clinic
        } else {
            TemplateScope::Own
        };
        let row = self.row(actor, scope, (&form.name, body))?;
        let db = self.parts.store.db();
        db.transact("save_template", |tx| keep(tx, actor, row.clone()))
    }

    /// The clinic's own templates as a file that other clinics read, JSON.
    ///
    /// # Errors
    /// Refused where it would be longer than one that can be read.
    pub fn template_file(&self, actor: &Actor) -> Result<String> {
        actor.must(Action::Treat)?;
        let db = self.parts.store.db();
        let rows = db.read("template_file", |tx| {
            typing::shared_templates(tx, &actor.clinic, limit())
        })?;
        let own = rows.into_iter().filter(|row| !row.township);
        let listed = |row: Template| Listed {
            name: row.name,
            body: read(&row.body),
        };
        let file = File {
            templates: own.map(listed).collect(),
        };
        let said = serde_json::to_value(file).map(without_empty);
        let text = said.and_then(|said| serde_json::to_string(&said));
        let text = text.map_err(|e| AppError::Failed(e.to_string()))?;
        if text.len() > TEMPLATE_FILE {
            return refuse_at(Code::TooLarge, "template_file");
        }
        Ok(text)
    }

    /// Reads such a file: its templates are the township's here, and those of an earlier one no more. Answers how many.
    ///
    /// # Errors
    /// Refused whole where it is no such file, a name is none or stands twice, or there would be very many.
    pub fn read_template_file(&self, actor: &Actor, text: &str) -> Result<usize> {
        actor.must(Action::Treat)?;
        if text.len() > TEMPLATE_FILE {
            return refuse_at(Code::TooLarge, "template_file");
        }
        let file: File =
            serde_json::from_str(text).map_err(|_| Refusal::at(Code::BadText, "template_file"))?;
        if file.templates.is_empty() {
            return refuse_at(Code::Missing, "template_file");
        }
        if file.templates.len() > MOST {
            return refuse_at(Code::TooLarge, "template_file");
        }
        let row = |one: &Listed| self.row(actor, TemplateScope::Township, (&one.name, &one.body));
        let rows: Vec<Template> = file.templates.iter().map(row).collect::<Result<_>>()?;
        let names: HashSet<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        if names.len() < rows.len() {
            return refuse_at(Code::BadText, "template_file");
        }
        self.parts.store.db().transact("read_template_file", |tx| {
            typing::drop_township(tx, &actor.clinic)?;
            let others = typing::templates(tx, (&actor.clinic, &actor.user), limit())?;
            if others.len() + rows.len() > MOST {
                return refuse_at(Code::TooLarge, "template_file");
            }
            for row in &rows {
                tx.insert(row.clone())?;
            }
            Ok(rows.len())
        })
    }

    fn row(
        &self,
        actor: &Actor,
        scope: TemplateScope,
        (name, body): (&str, &DraftBody),
    ) -> Result<Template> {
        let name = read_name(name)?;
        let kept = kept(self.catalogue(), body);
        if kept == DraftBody::default() {
            return refuse_at(Code::Missing, "lines");
        }
        let body = serde_json::to_string(&kept).map_err(|e| AppError::Failed(e.to_string()))?;
        Ok(Template {
            clinic: actor.clinic.clone(),
            id: TemplateId::new(self.now(), &*self.parts.rng),
            owner: (scope == TemplateScope::Own).then(|| actor.user.clone()),
            township: scope == TemplateScope::Township,
            name,
            body,
            saved_by: actor.user.clone(),
            saved_at: self.now(),
        })
    }

    /// Removes a template: her own or the clinic's.
    pub fn drop_template(&self, actor: &Actor, id: &TemplateId) -> Result<()> {
        actor.must(Action::Treat)?;
        self.parts.store.db().transact("drop_template", |tx| {
            let all = typing::templates(tx, (&actor.clinic, &actor.user), limit())?;
            if !all.iter().any(|t| t.id == *id) {
                return Err(Refusal::new(Code::NotFound).into());
            }
            Ok(typing::drop_template(tx, &actor.clinic, id)?)
        })
    }

    /// A draft with a template in it: texts where nothing is typed yet, diagnoses and lines after those that
    /// are there. Refused whole where a line of it wants a right that is not granted.
    pub fn with_template(
        &self,
        actor: &Actor,
        id: &TemplateId,
        body: DraftBody,
    ) -> Result<DraftBody> {
        actor.must(Action::Treat)?;
        let rows = self.read_templates(actor)?;
        let row = rows.into_iter().find(|t| t.id == *id);
        let row = row.ok_or(Refusal::new(Code::NotFound))?;
        let mut template = read(&row.body);
        // It is charged once.
        if body
            .lines
            .iter()
            .any(|line| self.is_consultation(&line.code))
        {
            template
                .lines
                .retain(|line| !self.is_consultation(&line.code));
        }
        let db = self.parts.store.db();
        let rights = db.read("rights", |tx| Rights::read(tx, &actor.clinic, &actor.user))?;
        for line in &template.lines {
            rights.must(self.catalogue(), line)?;
        }
        let added = merged(body, template);
        if added.lines.len() > MOST_LINES || added.diagnoses.len() > MOST_DIAGNOSES {
            return refuse_at(Code::TooLarge, "template");
        }
        Ok(added)
    }

    fn read_templates(&self, actor: &Actor) -> Result<Vec<Template>> {
        let db = self.parts.store.db();
        db.read("templates", |tx| {
            let mut all = typing::templates(tx, (&actor.clinic, &actor.user), limit())?;
            let under = UnderCode::of(tx, actor)?;
            let township = |clinic: &&Clinic| clinic.level == Level::Township;
            for clinic in under.clinics().iter().filter(township) {
                if clinic.clinic != actor.clinic {
                    all.extend(typing::shared_templates(tx, &clinic.clinic, limit())?);
                }
            }
            Ok(all)
        })
    }
}

/// One more than there may be: what others shared meanwhile is seen.
fn limit() -> i64 {
    i64::try_from(MOST).unwrap_or(i64::MAX) * 2
}

/// A file of templates.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    templates: Vec<Listed>,
}

#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    name: String,
    body: DraftBody,
}

/// A person reads it, too: what says nothing is left out.
fn without_empty(value: Value) -> Value {
    let says = |value: &Value| match value {
        Value::String(text) => !text.is_empty(),
        Value::Array(all) => !all.is_empty(),
        Value::Object(all) => !all.is_empty(),
        Value::Bool(yes) => *yes,
        _ => true,
    };
    match value {
        Value::Object(all) => {
            let kept = all
                .into_iter()
                .map(|(name, one)| (name, without_empty(one)));
            Value::Object(kept.filter(|(_, one)| says(one)).collect())
        }
        Value::Array(all) => Value::Array(all.into_iter().map(without_empty).collect()),
        other => other,
    }
}

/// Keeps a template, in the place of the one of its name and owner.
fn keep(tx: &mut Tx<'_>, actor: &Actor, mut row: Template) -> Result<()> {
    let all = typing::templates(tx, (&actor.clinic, &actor.user), limit())?;
    let whose = |t: &Template| (t.name.clone(), t.owner.clone(), t.township);
    match all.iter().find(|t| whose(t) == whose(&row)) {
        Some(old) => {
            row.id.clone_from(&old.id);
            typing::drop_template(tx, &actor.clinic, &old.id)?;
        }
        None if all.len() >= MOST => return refuse_at(Code::TooLarge, "template_name"),
        None => {}
    }
    Ok(tx.insert(row)?)
}

fn read_name(text: &str) -> Result<String> {
    let name = text.trim();
    if name.is_empty() {
        return refuse_at(Code::Missing, "template_name");
    }
    if name.chars().count() > MOST_NAME || name.chars().any(char::is_control) {
        return refuse_at(Code::BadText, "template_name");
    }
    Ok(name.to_owned())
}

/// What of a draft a template keeps.
fn kept(catalogue: &Catalogue, body: &DraftBody) -> DraftBody {
    let line = |line: &DraftLine| DraftLine {
        benefit: String::new(),
        course: String::new(),
        ..line.clone()
    };
    let typed = |line: &&DraftLine| !line.code.trim().is_empty();
    let diagnoses = body.diagnoses.iter().filter(|d| !d.trim().is_empty());
    let piece = |line: &DraftLine| catalogue.drug(&line.code).is_some_and(Drug::is_piece);
    let decoction = body.lines.iter().any(piece).then(|| body.decoction.clone());
    DraftBody {
        complaint: body.complaint.trim().to_owned(),
        examination: body.examination.trim().to_owned(),
        advice: body.advice.trim().to_owned(),
        diagnoses: diagnoses.cloned().collect(),
        lines: body.lines.iter().filter(typed).map(line).collect(),
        decoction: decoction.unwrap_or_default(),
        without: body.without.clone(),
        ..DraftBody::default()
    }
}

/// A stored template; nothing where it cannot be read any more.
fn read(body: &str) -> DraftBody {
    serde_json::from_str(body).unwrap_or_default()
}

fn merged(typed: DraftBody, template: DraftBody) -> DraftBody {
    let text = |typed: String, of: String| if typed.trim().is_empty() { of } else { typed };
    let mut diagnoses = typed.diagnoses;
    diagnoses.retain(|code| !code.trim().is_empty());
    let new = |code: &String| !diagnoses.contains(code);
    let more: Vec<String> = template.diagnoses.into_iter().filter(new).collect();
    diagnoses.extend(more);
    let mut lines = typed.lines;
    lines.retain(|line| !line.code.trim().is_empty());
    let new = |line: &DraftLine| lines.iter().all(|old| old.code != line.code);
    let more: Vec<DraftLine> = template.lines.into_iter().filter(new).collect();
    lines.extend(more);
    let mut without = typed.without;
    without.extend(template.without);
    let said = !typed.decoction.doses.trim().is_empty();
    DraftBody {
        complaint: text(typed.complaint, template.complaint),
        decoction: if said {
            typed.decoction
        } else {
            template.decoction
        },
        examination: text(typed.examination, template.examination),
        advice: text(typed.advice, template.advice),
        diagnoses,
        lines,
        without,
        ..typed
    }
}

fn view(clinic: &ClinicId, row: Template) -> TemplateView {
    let body = read(&row.body);
    let scope = if row.township || row.clinic != *clinic {
        TemplateScope::Township
    } else if row.owner.is_none() {
        TemplateScope::Clinic
    } else {
        TemplateScope::Own
    };
    TemplateView {
        removable: row.clinic == *clinic,
        id: row.id,
        name: row.name,
        scope,
        diagnoses: body.diagnoses,
        items: body.lines.into_iter().map(|line| line.code).collect(),
    }
}
