//! Signing in: argon2id, lock-out, sessions on the server by the hash of a random token.

use std::sync::Arc;
use std::time::Duration;

use cunyi_domain::journal::{digest, hex};
use cunyi_domain::ledger::AccessKind;
use cunyi_domain::refusal::Code;
use cunyi_domain::row::{Field, Value};
use cunyi_domain::time::Moment;
use cunyi_store::Who;
use cunyi_store::local::{Credential, Session};
use cunyi_store::reference::{self, Role};

use crate::App;
use crate::access;
use crate::error::{AppError, Result, refuse};
use crate::password::MAX_PASSWORD;
use crate::users::licence_ends;
use crate::views::{Actor, SessionView};

/// Wrong passwords in a row before the account is locked.
pub const WRONG_BEFORE_LOCK: i64 = 5;
/// How long it is locked.
pub const LOCKED_FOR_MINUTES: u64 = 15;
/// A session ends after this long without use.
const IDLE: Duration = Duration::from_hours(2);
/// A session ends this long after its sign-in, however much it is used.
const LONGEST: Duration = Duration::from_hours(12);
/// How seldom a session's last use is written.
const TOUCH_SECONDS: i64 = 300;

impl App {
    /// Signs in; answers the token for the cookie. A wrong name, a wrong password and a locked
    /// account look the same and take as long: who asks does not learn which accounts there are.
    pub fn sign_in(&self, login: &str, password: &str) -> Result<String> {
        if password.len() > MAX_PASSWORD || login.len() > MAX_PASSWORD || login.contains('\0') {
            return refuse(Code::WrongPassword);
        }
        let now = self.now();
        let found = self.parts.store.db().read("sign_in", |tx| -> Result<_> {
            let Some(user) = reference::user_by_login(tx, login)? else {
                return Ok(None);
            };
            let values = vec![
                user.clinic.clone().into_value(),
                user.id.clone().into_value(),
            ];
            let credential: Option<Credential> =
                tx.find("WHERE clinic = ? AND account = ?", values)?;
            Ok(credential.map(|credential| (user, credential)))
        })?;
        let Some((user, credential)) = found.filter(|(user, _)| user.active) else {
            self.hash_password(password)?;
            return refuse(Code::WrongPassword);
        };
        let right = self.hashing.verify(&credential.hash, password)?;
        if credential.locked_until > now {
            return refuse(Code::WrongPassword);
        }
        self.note_attempt(&credential, user.role, right, now)?;
        if !right {
            return refuse(Code::WrongPassword);
        }
        let (token, csrf) = (self.random_hex(), self.random_hex());
        let session = Session {
            clinic: user.clinic.clone(),
            token: digest(token.as_bytes()),
            account: user.id.clone(),
            csrf,
            locale: "zh-CN".to_owned(),
            started_at: now,
            seen_at: now,
        };
        let who = Who {
            clinic: session.clinic.clone(),
            actor: session.account.clone(),
            now,
        };
        self.parts
            .store
            .write(&who, self.rng(), "sign_in", |w| -> Result<()> {
                w.tx.execute(
                    "DELETE FROM session WHERE seen_at < ? OR started_at < ?",
                    vec![
                        before(now, IDLE).into_value(),
                        before(now, LONGEST).into_value(),
                    ],
                )?;
                w.tx.insert(session)?;
                access::record(w, user.role, AccessKind::SignedIn, "", None)
            })?;
        Ok(token)
    }

    /// Who a cookie's token belongs to; nothing if it is unknown, has rested or lasted too long, or
    /// its user may no longer sign in.
    pub fn session(&self, token: &str) -> Result<Option<SessionView>> {
        let now = self.now();
        let key = digest(token.as_bytes());
        let found = self.parts.store.db().read("session", |tx| -> Result<_> {
            let session: Option<Session> =
                tx.find("WHERE token = ?", vec![key.clone().into_value()])?;
            let Some(session) = session else {
                return Ok(None);
            };
            if session.seen_at < before(now, IDLE) || session.started_at < before(now, LONGEST) {
                return Ok(None);
            }
            let user = reference::user(tx, &session.clinic, &session.account)?;
            let clinic = reference::clinic(tx, &session.clinic)?;
            Ok(user
                .filter(|user| user.active)
                .map(|user| (session, user, clinic)))
        })?;
        let Some((session, user, clinic)) = found else {
            return Ok(None);
        };
        if now.seconds_since(session.seen_at) > TOUCH_SECONDS {
            self.parts.store.db().transact("session", |tx| {
                let values = vec![now.into_value(), key.into_value()];
                tx.execute("UPDATE session SET seen_at = ? WHERE token = ?", values)
                    .map_err(AppError::from)
            })?;
        }
        let setup = self.setup(&session.clinic)?;
        Ok(Some(SessionView {
            actor: Actor {
                clinic: session.clinic,
                user: user.id,
                role: user.role,
            },
            licence_ends: licence_ends(user.licence_until, now),
            user_name: user.name,
            clinic: Arc::clone(&setup.data),
            fictional: clinic.fictional,
            unconfirmed: setup.unconfirmed(),
            invented_prices: setup.invented_prices,
            locale: session.locale,
            csrf: session.csrf,
        }))
    }

    /// Ends a session.
    pub fn sign_out(&self, token: &str) -> Result<()> {
        let key = digest(token.as_bytes());
        self.parts
            .store
            .db()
            .transact("sign_out", |tx| -> Result<()> {
                tx.execute(
                    "DELETE FROM session WHERE token = ?",
                    vec![key.into_value()],
                )?;
                Ok(())
            })
    }

    /// Switches a session's language.
    pub fn set_locale(&self, token: &str, locale: &str) -> Result<()> {
        if !matches!(locale, "zh-CN" | "en") {
            return refuse(Code::BadText);
        }
        let values = vec![
            locale.to_owned().into_value(),
            digest(token.as_bytes()).into_value(),
        ];
        self.parts
            .store
            .db()
            .transact("set_locale", |tx| -> Result<()> {
                tx.execute("UPDATE session SET locale = ? WHERE token = ?", values)?;
                Ok(())
            })
    }

    pub(crate) fn hash_password(&self, password: &str) -> Result<String> {
        self.hashing.hash(password, self.rng())
    }

    /// Counts a wrong password and forgets the count at the right one.
    pub(crate) fn note_attempt(
        &self,
        old: &Credential,
        role: Role,
        right: bool,
        now: Moment,
    ) -> Result<()> {
        if right && old.failures == 0 {
            return Ok(());
        }
        let key = [
            old.clinic.clone().into_value(),
            old.account.clone().into_value(),
        ];
        let until = now.plus(Duration::from_mins(LOCKED_FOR_MINUTES));
        let who = Who {
            clinic: old.clinic.clone(),
            actor: old.account.clone(),
            now,
        };
        let store = &self.parts.store;
        store.write(&who, self.rng(), "note_attempt", |w| -> Result<()> {
            if right {
                let sql = "UPDATE credential SET failures = 0 WHERE clinic = ? AND account = ?";
                w.tx.execute(sql, key.to_vec())?;
                return Ok(());
            }
            // Counted where it stands: attempts at the same time are not one attempt.
            let sql = "UPDATE credential SET failures = failures + 1 \
                       WHERE clinic = ? AND account = ?";
            w.tx.execute(sql, key.to_vec())?;
            let sql = "UPDATE credential SET failures = 0, locked_until = ? \
                       WHERE clinic = ? AND account = ? AND failures >= ?";
            let mut values = vec![until.into_value()];
            values.extend(key);
            values.push(Value::Int(WRONG_BEFORE_LOCK));
            let what = match w.tx.execute(sql, values)? {
                0 => AccessKind::WrongPassword,
                _ => AccessKind::Locked,
            };
            access::record(w, role, what, "", None)
        })
    }

    pub(crate) fn random_hex(&self) -> String {
        let mut bytes = [0_u8; 32];
        self.rng().fill(&mut bytes);
        hex(&bytes)
    }
}

/// So long ago.
fn before(now: Moment, long: Duration) -> Moment {
    Moment(now.0 - i64::try_from(long.as_micros()).unwrap_or(i64::MAX))
}
