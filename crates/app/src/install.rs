//! The first run: a clinic, its files, its administrator. Used by the set-up page and the demo.

use cunyi_domain::fact::ReferenceActivated;
use cunyi_domain::ids::{ClinicId, UserId};
use cunyi_domain::journal::{digest, version};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::Moment;
use cunyi_gateway::{Institution, Keys, Line, Region};
use cunyi_policy::{Benefit, Policy};
use cunyi_store::Who;
use cunyi_store::local::Credential;
use cunyi_store::reference::{self, Clinic, Level, ReferenceFile, Role, User};

use crate::App;
use crate::error::{Result, refuse, refuse_at};

/// Longest 医师代码 (`atddr_no` AN(30)).
const LONGEST_CODE: usize = 30;

/// What the first-run page asks for.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SetupForm {
    /// 卫生室名称
    pub clinic_name: String,
    /// 定点医药机构编号, 12 characters.
    pub institution_code: String,
    /// 定点医药机构名称
    pub institution_name: String,
    /// `village` or `township`: the level of that code.
    pub level: String,
    /// 0-19.
    pub slot: String,
    /// The region file, TOML.
    pub region: String,
    /// Policy files, TOML.
    pub policies: Vec<String>,
    /// The administrator.
    pub administrator: NewUser,
    /// Further users.
    pub users: Vec<NewUser>,
    /// Only the demo sets it.
    #[serde(skip)]
    pub fictional: bool,
}

/// A user to be made.
#[derive(Clone, Default, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewUser {
    /// What is typed to sign in.
    pub login: String,
    /// 姓名
    pub name: String,
    /// Role's code.
    pub role: String,
    /// 医保医师代码
    pub national_code: String,
    /// Password.
    pub password: String,
}

/// Without the password, which must not reach a log.
impl std::fmt::Debug for NewUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewUser")
            .field("login", &self.login)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

impl App {
    /// True once a clinic is installed.
    pub fn installed(&self) -> Result<bool> {
        let clinics = self
            .parts
            .store
            .db()
            .read("installed", reference::clinics)?;
        Ok(!clinics.is_empty())
    }

    /// Installs the clinic. Refused for a bad field, a file that does not read, or when one is
    /// installed already.
    pub fn install(&self, form: &SetupForm) -> Result<ClinicId> {
        if self.installed()? {
            return refuse(Code::WrongState);
        }
        let now = self.now();
        let id = ClinicId::new(now, self.rng());
        let clinic = read_clinic(form, id.clone(), now)?;
        let files = read_files(form, &clinic, &*self.keys, now)?;
        let administrator = NewUser {
            role: "administrator".to_owned(),
            ..form.administrator.clone()
        };
        let mut users: Vec<(User, Credential)> = Vec::new();
        for user in std::iter::once(&administrator).chain(&form.users) {
            let (user, credential) = self.new_user(&id, user)?;
            if users.iter().any(|(other, _)| other.login == user.login) {
                return refuse_at(Code::LoginTaken, "login");
            }
            users.push((user, credential));
        }
        if !(self.take_slot)(&clinic.institution_code, clinic.slot) {
            return refuse_at(Code::SlotTaken, "slot");
        }
        let who = Who {
            clinic: id.clone(),
            actor: users[0].0.id.clone(),
            now,
        };
        self.parts
            .store
            .write(&who, self.rng(), "install", |w| -> Result<()> {
                // Two first-run pages may have been sent at once: the second is too late.
                if !reference::clinics(w.tx)?.is_empty() {
                    return refuse(Code::WrongState);
                }
                reference::install(w.tx, clinic)?;
                for (user, credential) in users {
                    w.tx.insert(user)?;
                    w.tx.insert(credential)?;
                }
                for file in files {
                    let activated = activated(&file);
                    w.tx.insert(file)?;
                    w.record(activated, None, None)?;
                }
                Ok(())
            })?;
        Ok(id)
    }

    pub(crate) fn new_user(&self, clinic: &ClinicId, new: &NewUser) -> Result<(User, Credential)> {
        let Some(role) = Role::from_text(&new.role) else {
            return refuse_at(Code::Missing, "role");
        };
        let login = written(&new.login, "login", 60)?;
        let name = written(&new.name, "user_name", 50)?;
        crate::password::good(&new.password, &new.login)?;
        let national_code = national_code(&new.national_code, role)?;
        let id = UserId::new(self.now(), self.rng());
        let credential = Credential {
            clinic: clinic.clone(),
            account: id.clone(),
            hash: self.hash_password(&new.password)?,
            failures: 0,
            locked_until: Moment(0),
        };
        let user = User {
            clinic: clinic.clone(),
            id,
            login,
            name,
            role,
            national_code,
            licence_until: None,
            active: true,
        };
        Ok((user, credential))
    }
}

/// 医保医师 or 药师 code, as typed.
pub(crate) fn national_code(text: &str, role: Role) -> Result<String> {
    let code = text.trim();
    let plain = code.bytes().all(|b| b.is_ascii_alphanumeric());
    if code.len() > LONGEST_CODE || !plain {
        return refuse_at(Code::BadText, "national_code");
    }
    if code.is_empty() && role == Role::Doctor {
        // `atddr_no` of 2201 is required: nobody else's may stand there.
        return refuse_at(Code::Missing, "national_code");
    }
    Ok(code.to_owned())
}

/// A name that must be there.
pub(crate) fn written(text: &str, field: &'static str, most: usize) -> Result<String> {
    let text = crate::patient::bounded(text, field, most)?;
    if text.is_empty() {
        return refuse_at(Code::Missing, field);
    }
    Ok(text)
}

/// The region's file and the policies', each readable and fitting together.
fn read_files(
    form: &SetupForm,
    clinic: &Clinic,
    keys: &dyn Keys,
    now: Moment,
) -> Result<Vec<ReferenceFile>> {
    let id = &clinic.clinic;
    let bad = |field, fault: String| Refusal::at(Code::BadFile, field).with("text", fault);
    let region = Region::parse(&form.region, "region");
    let region = region.map_err(|fault| bad("region", fault.to_string()))?;
    let institution = Institution {
        code: clinic.institution_code.clone(),
        name: clinic.institution_name.clone(),
    };
    // Its keys must be there: a clinic without them could not be opened.
    Line::open(&region, &institution, keys).map_err(|fault| bad("region", fault.to_string()))?;
    let mut files = vec![file(id, "region", "region", &form.region, now)];
    let mut policies: Vec<Policy> = Vec::new();
    for (place, text) in form.policies.iter().enumerate() {
        let name = format!("policy-{}", place + 1);
        let policy = cunyi_policy::parse(text, &name);
        let policy = policy.map_err(|fault| bad("policies", fault.to_string()))?;
        let twice =
            |other: &Policy| other.scheme == policy.scheme && other.valid.overlaps(&policy.valid);
        if policies.iter().any(twice) {
            return refuse_at(Code::PolicyTwice, "policies");
        }
        let unnamed = |benefit: &Benefit| !region.benefits.contains_key(benefit.as_str());
        if let Some(benefit) = policy.benefits().find(unnamed) {
            let refusal = Refusal::at(Code::BenefitUnnamed, "region");
            return Err(refusal.with("benefit", benefit).into());
        }
        files.push(file(id, "policy", &name, text, now));
        policies.push(policy);
    }
    if policies.is_empty() {
        return refuse_at(Code::Missing, "policies");
    }
    Ok(files)
}

fn read_clinic(form: &SetupForm, clinic: ClinicId, now: Moment) -> Result<Clinic> {
    let code = form.institution_code.trim();
    if code.len() != 12 || !code.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return refuse_at(Code::BadText, "institution_code");
    }
    let name = written(&form.clinic_name, "clinic_name", 60)?;
    let institution_name = written(&form.institution_name, "institution_name", 100)?;
    let Some(level) = Level::from_text(&form.level) else {
        return refuse_at(Code::Missing, "level");
    };
    let slot = form
        .slot
        .trim()
        .parse::<i64>()
        .ok()
        .filter(|s| (0..20).contains(s));
    let Some(slot) = slot else {
        return refuse_at(Code::BadNumber, "slot");
    };
    Ok(Clinic {
        clinic,
        name,
        institution_code: code.to_owned(),
        institution_name,
        level,
        slot,
        fictional: form.fictional,
        opened_at: now,
    })
}

/// A file of reference data that nobody has confirmed, in force from a moment on.
pub(crate) fn file(
    clinic: &ClinicId,
    what: &str,
    name: &str,
    content: &str,
    from: Moment,
) -> ReferenceFile {
    ReferenceFile {
        clinic: clinic.clone(),
        what: what.to_owned(),
        name: name.to_owned(),
        version: version(&digest(content.as_bytes())).to_owned(),
        content: content.to_owned(),
        confirmed_by: String::new(),
        confirmed_on: String::new(),
        active_from: from,
    }
}

/// That a file is in force.
pub(crate) fn activated(file: &ReferenceFile) -> ReferenceActivated {
    ReferenceActivated {
        what: file.what.clone(),
        name: file.name.clone(),
        version: file.version.clone(),
        digest: digest(file.content.as_bytes()),
        from: file.active_from,
    }
}
