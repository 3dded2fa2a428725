//! Who may sign in: users are added, stopped and let in again, and given a new password. A user is
//! never deleted: what she did keeps her name.

use std::time::Duration;

use cunyi_domain::fact::ReferenceActivated;
use cunyi_domain::ids::UserId;
use cunyi_domain::journal::{digest, version};
use cunyi_domain::ledger::AccessKind;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::row::Field;
use cunyi_domain::time::{Moment, civil::Date, parse_date};
use cunyi_store::Writer;
use cunyi_store::local::Credential;
use cunyi_store::reference::{self, User};

use crate::App;
use crate::access;
use crate::error::{AppError, Result, refuse, refuse_at};
use crate::install::{NewUser, national_code};
use crate::permission::Action;
use crate::views::{Actor, UserView};

/// How many days before a licence ends it is said.
const LICENCE_AHEAD: u64 = 60;

/// What an administrator writes of a user's licence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LicenceForm {
    /// 医保医师 or 药师 code.
    pub national_code: String,
    /// 执业证有效期至; empty where nobody says.
    pub until: String,
}

impl App {
    /// Everyone of the clinic, by what they type to sign in.
    pub fn users(&self, actor: &Actor) -> Result<Vec<UserView>> {
        actor.must(Action::Administer)?;
        let now = self.now();
        self.parts.store.db().read("users", |tx| {
            let granted = reference::rights(tx, &actor.clinic)?;
            let mut views = Vec::new();
            for user in reference::users(tx, &actor.clinic)? {
                let values = vec![
                    actor.clinic.clone().into_value(),
                    user.id.clone().into_value(),
                ];
                let credential: Option<Credential> =
                    tx.find("WHERE clinic = ? AND account = ?", values)?;
                let hers = granted.iter().filter(|row| row.holder == user.id.0);
                views.push(UserView {
                    rights: hers.map(|row| row.what).collect(),
                    own: user.id == actor.user,
                    locked: credential.is_some_and(|c| c.locked_until > now),
                    user: user.id,
                    login: user.login,
                    name: user.name,
                    role: user.role,
                    national_code: user.national_code,
                    licence_until: user.licence_until,
                    licence_ends: licence_ends(user.licence_until, now),
                    active: user.active,
                });
            }
            Ok(views)
        })
    }

    /// A new user. What is typed to sign in is one person's.
    pub fn add_user(&self, actor: &Actor, new: &NewUser) -> Result<()> {
        actor.must(Action::Administer)?;
        let (user, credential) = self.new_user(&actor.clinic, new)?;
        self.write(actor, "add_user", |w| {
            if reference::user_by_login(w.tx, &user.login)?.is_some() {
                return refuse_at(Code::LoginTaken, "login");
            }
            w.tx.insert(user.clone())?;
            w.tx.insert(credential)?;
            changed(w, &user)
        })
    }

    /// Stops a user, whose sessions end at once, or lets her in again. Nobody stops herself, so
    /// that somebody is always left to administer.
    pub fn set_user_active(&self, actor: &Actor, id: &UserId, active: bool) -> Result<()> {
        actor.must(Action::Administer)?;
        if *id == actor.user {
            return refuse(Code::OwnAccount);
        }
        self.write(actor, "set_user_active", |w| {
            let mut user = known(w, actor, id)?;
            user.active = active;
            let values = vec![
                active.into_value(),
                actor.clinic.clone().into_value(),
                id.clone().into_value(),
            ];
            let sql = "UPDATE user_account SET active = ? WHERE clinic = ? AND id = ?";
            w.tx.execute(sql, values)?;
            if !active {
                end_sessions(w, actor, id)?;
            }
            changed(w, &user)
        })
    }

    /// What a user is called at the insurance centre, and until when she is licensed. What was sent under the former
    /// code stays as it was sent.
    pub fn set_licence(&self, actor: &Actor, id: &UserId, form: &LicenceForm) -> Result<()> {
        actor.must(Action::Administer)?;
        let until = form.until.trim();
        let licence_until = match parse_date(until) {
            None if !until.is_empty() => return refuse_at(Code::BadText, "licence_until"),
            date => date,
        };
        self.write(actor, "set_licence", |w| {
            let mut user = known(w, actor, id)?;
            user.national_code = national_code(&form.national_code, user.role)?;
            user.licence_until = licence_until;
            let values = vec![
                user.national_code.clone().into_value(),
                licence_until.into_value(),
                actor.clinic.clone().into_value(),
                id.clone().into_value(),
            ];
            let sql = "UPDATE user_account SET national_code = ?, licence_until = ? WHERE clinic = ? AND id = ?";
            w.tx.execute(sql, values)?;
            changed(w, &user)
        })
    }

    /// A new password for another user: a lock is opened, and her sessions end. One's own is changed
    /// by who knows the old one.
    pub fn reset_password(&self, actor: &Actor, id: &UserId, password: &str) -> Result<()> {
        actor.must(Action::Administer)?;
        if *id == actor.user {
            return refuse(Code::OwnAccount);
        }
        let user = self
            .parts
            .store
            .db()
            .read("user", |tx| reference::user(tx, &actor.clinic, id))?;
        let user = user.ok_or(Refusal::new(Code::NotFound))?;
        let again = NewUser {
            login: user.login,
            name: user.name,
            role: user.role.as_str().to_owned(),
            national_code: user.national_code,
            password: password.to_owned(),
        };
        let (_, credential) = self.new_user(&actor.clinic, &again)?;
        self.write(actor, "reset_password", |w| {
            let values = vec![
                credential.hash.into_value(),
                credential.locked_until.into_value(),
                actor.clinic.clone().into_value(),
                id.clone().into_value(),
            ];
            let sql = "UPDATE credential SET hash = ?, failures = 0, locked_until = ? \
                       WHERE clinic = ? AND account = ?";
            if w.tx.execute(sql, values)? != 1 {
                return refuse(Code::NotFound);
            }
            end_sessions(w, actor, id)?;
            access::record(w, actor.role, AccessKind::PasswordReset, id.as_str(), None)
        })
    }
}

/// The last day of a licence that has ended or ends within [`LICENCE_AHEAD`] days.
pub(crate) fn licence_ends(until: Option<Date>, now: Moment) -> Option<Date> {
    let ahead = now.plus(Duration::from_hours(24 * LICENCE_AHEAD)).date();
    until.filter(|day| *day <= ahead)
}

fn known(w: &mut Writer<'_, '_>, actor: &Actor, id: &UserId) -> Result<User> {
    let user = reference::user(w.tx, &actor.clinic, id)?;
    user.ok_or_else(|| Refusal::new(Code::NotFound).into())
}

fn end_sessions(w: &mut Writer<'_, '_>, actor: &Actor, id: &UserId) -> Result<()> {
    let values = vec![actor.clinic.clone().into_value(), id.clone().into_value()];
    let sql = "DELETE FROM session WHERE clinic = ? AND account = ?";
    w.tx.execute(sql, values)?;
    Ok(())
}

/// The journal says that a user's row is another one now, and which.
fn changed(w: &mut Writer<'_, '_>, user: &User) -> Result<()> {
    let until = user.licence_until.map(|day| day.to_string());
    let row = format!(
        "{}\n{}\n{}\n{}\n{}\n{}",
        user.login,
        user.name,
        user.role,
        user.national_code,
        until.unwrap_or_default(),
        user.active
    );
    let digest = digest(row.as_bytes());
    let activated = ReferenceActivated {
        what: "user".to_owned(),
        name: user.id.0.clone(),
        version: version(&digest).to_owned(),
        digest,
        from: w.who.now,
    };
    w.record(activated, None, None).map_err(AppError::from)
}
