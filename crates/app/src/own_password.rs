//! One's own password, changed by whoever knows the old one.

use cunyi_domain::journal::digest;
use cunyi_domain::ledger::AccessKind;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::row::Field;
use cunyi_store::local::Credential;
use cunyi_store::reference;

use crate::App;
use crate::access;
use crate::error::{Result, refuse};
use crate::password::{self, MAX_PASSWORD};
use crate::views::Actor;

/// What is typed to change one's password. It has no `Debug`: nothing of it may reach a log.
#[derive(Clone, Default)]
pub struct PasswordForm {
    /// The password until now.
    pub old: String,
    /// The new one.
    pub new: String,
    /// The new one once more.
    pub again: String,
}

impl App {
    /// A new password for oneself. A wrong old one counts as a wrong sign-in and locks as that does.
    /// All her other sessions end; the one of `token` goes on.
    pub fn change_password(&self, actor: &Actor, token: &str, form: &PasswordForm) -> Result<()> {
        let (user, credential) = self.own(actor)?;
        password::good(&form.new, &user.login)?;
        if form.new != form.again {
            return refuse(Code::PasswordsDiffer);
        }
        self.prove_old(actor, &credential, &form.old)?;
        let hash = self.hash_password(&form.new)?;
        let key = [
            actor.clinic.clone().into_value(),
            actor.user.clone().into_value(),
        ];
        self.write(actor, "change_password", |w| {
            let mut values = vec![hash.into_value()];
            values.extend(key.clone());
            values.push(credential.hash.into_value());
            // Only over the password that was just proved.
            let sql =
                "UPDATE credential SET hash = ? WHERE clinic = ? AND account = ? AND hash = ?";
            if w.tx.execute(sql, values)? != 1 {
                return refuse(Code::WrongOldPassword);
            }
            let mut values = key.to_vec();
            values.push(digest(token.as_bytes()).into_value());
            let sql = "DELETE FROM session WHERE clinic = ? AND account = ? AND token <> ?";
            w.tx.execute(sql, values)?;
            access::record(w, actor.role, AccessKind::PasswordChanged, "", None)
        })
    }

    fn own(&self, actor: &Actor) -> Result<(reference::User, Credential)> {
        let db = self.parts.store.db();
        let found = db.read("own_password", |tx| -> Result<_> {
            let user = reference::user(tx, &actor.clinic, &actor.user)?;
            let key = vec![
                actor.clinic.clone().into_value(),
                actor.user.clone().into_value(),
            ];
            let credential = tx.find("WHERE clinic = ? AND account = ?", key)?;
            Ok(user.zip(credential))
        })?;
        found.ok_or_else(|| Refusal::new(Code::NotFound).into())
    }

    /// Refuses, and counts, a wrong old password; while the account is locked the right one, too.
    fn prove_old(&self, actor: &Actor, credential: &Credential, old: &str) -> Result<()> {
        let now = self.now();
        let right = old.len() <= MAX_PASSWORD && self.hashing.verify(&credential.hash, old)?;
        let locked = credential.locked_until > now;
        if !locked {
            self.note_attempt(credential, actor.role, right, now)?;
        }
        if locked || !right {
            return refuse(Code::WrongOldPassword);
        }
        Ok(())
    }
}
