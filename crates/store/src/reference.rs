//! Reference tables: the clinic, its users, and the files (policy, region) in force.

use cunyi_domain::ids::{ClinicId, UserId};
use cunyi_domain::journal::{ALGORITHM, GENESIS, Head};
use cunyi_domain::ledger::Right;
use cunyi_domain::row::Field;
use cunyi_domain::time::{Moment, civil::Date};

use crate::{StoreError, Tx};

cunyi_domain::text_enum! {
    /// What a user is; what each may do stands in one matrix in `app`.
    pub enum Role {
        /// 村医
        Doctor = "doctor",
        /// 药师、护士
        Pharmacist = "pharmacist",
        /// 乡镇卫生院审核
        Township = "township",
        /// 县医保局
        Insurance = "insurance",
        /// 县卫健局
        Health = "health",
        /// 审计
        Auditor = "auditor",
        /// 管理员
        Administrator = "administrator",
    }
}

cunyi_domain::text_enum! {
    /// Level of the institution whose code is used.
    pub enum Level {
        /// 村卫生室
        Village = "village",
        /// 乡镇卫生院
        Township = "township",
    }
}

cunyi_domain::table! {
    /// A clinic in this database.
    pub struct Clinic in "clinic" (Reference, ["clinic"]) {
        /// Id.
        pub clinic: ClinicId,
        /// Its name on paper.
        pub name: String,
        /// 定点医药机构编号: its own or the township's.
        pub institution_code: String,
        /// 定点医药机构名称
        pub institution_name: String,
        /// Level of that code.
        pub level: Level,
        /// Its slot under the code, 0-19.
        pub slot: i64,
        /// True for the demo: every page and print says 演示.
        pub fictional: bool,
        /// Since when.
        pub opened_at: Moment,
    }
}

cunyi_domain::table! {
    /// A user.
    pub struct User in "user_account" (Reference, ["clinic", "id"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Id.
        pub id: UserId,
        /// What is typed to sign in.
        pub login: String,
        /// 姓名
        pub name: String,
        /// Role.
        pub role: Role,
        /// 医保医师 or 药师 code; empty for others.
        pub national_code: String,
        /// 执业证有效期: its last day; nothing where nobody said.
        pub licence_until: Option<Date>,
        /// May sign in.
        pub active: bool,
    }
}

cunyi_domain::table! {
    /// A right that was granted.
    pub struct PrescribingRight in "prescribing_right" (Reference, ["clinic", "holder", "what"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// A doctor's id; empty: the clinic itself.
        pub holder: String,
        /// Which.
        pub what: Right,
        /// When it was entered here.
        pub granted_at: Moment,
    }
}

cunyi_domain::table! {
    /// A file in force: policy or region.
    pub struct ReferenceFile in "reference_file" (Reference, ["clinic", "what", "name", "version"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// `policy`, `region` or `layout`.
        pub what: String,
        /// Its name.
        pub name: String,
        /// Its version: the beginning of its content's digest, with the algorithm's name.
        pub version: String,
        /// TOML; of a layout, HTML.
        pub content: String,
        /// Who at the insurance bureau confirmed it; empty if nobody.
        pub confirmed_by: String,
        /// When, `yyyy-MM-dd`; empty if never.
        pub confirmed_on: String,
        /// Since when it is in force here.
        pub active_from: Moment,
    }
}

/// Installs a clinic: its row and an empty journal.
pub fn install(tx: &mut Tx<'_>, clinic: Clinic) -> Result<(), StoreError> {
    let head = Head {
        clinic: clinic.clinic.clone(),
        epoch: 1,
        seq: 0,
        hash: GENESIS.to_vec(),
        alg: ALGORITHM.to_owned(),
    };
    tx.insert(clinic)?;
    tx.insert(head)?;
    Ok(())
}

/// All clinics of this database.
pub fn clinics(tx: &mut Tx<'_>) -> Result<Vec<Clinic>, StoreError> {
    Ok(tx.select("ORDER BY clinic", vec![])?)
}

/// One clinic.
pub fn clinic(tx: &mut Tx<'_>, id: &ClinicId) -> Result<Clinic, StoreError> {
    tx.find("WHERE clinic = ?", vec![id.clone().into_value()])?
        .ok_or(StoreError::NoClinic)
}

/// The clinics of this database that settle under the same institution code as this one, the first
/// opened first.
pub fn clinics_under_code(tx: &mut Tx<'_>, id: &ClinicId) -> Result<Vec<Clinic>, StoreError> {
    let rest =
        "WHERE institution_code = (SELECT c.institution_code FROM clinic c WHERE c.clinic = ?)
                ORDER BY opened_at, slot";
    Ok(tx.select(rest, vec![id.clone().into_value()])?)
}

/// The rights of a clinic and its doctors.
pub fn rights(tx: &mut Tx<'_>, clinic: &ClinicId) -> Result<Vec<PrescribingRight>, StoreError> {
    let rest = "WHERE clinic = ? ORDER BY holder, what";
    Ok(tx.select(rest, vec![clinic.clone().into_value()])?)
}

/// Replaces the rights of a holder.
pub fn set_rights(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    holder: &str,
    rights: impl Iterator<Item = PrescribingRight>,
) -> Result<(), StoreError> {
    let values = vec![clinic.clone().into_value(), holder.to_owned().into_value()];
    tx.execute(
        "DELETE FROM prescribing_right WHERE clinic = ? AND holder = ?",
        values,
    )?;
    for right in rights {
        tx.insert(right)?;
    }
    Ok(())
}

/// Users of a clinic by login.
pub fn users(tx: &mut Tx<'_>, clinic: &ClinicId) -> Result<Vec<User>, StoreError> {
    Ok(tx.select(
        "WHERE clinic = ? ORDER BY login",
        vec![clinic.clone().into_value()],
    )?)
}

/// A user.
pub fn user(tx: &mut Tx<'_>, clinic: &ClinicId, id: &UserId) -> Result<Option<User>, StoreError> {
    let values = vec![clinic.clone().into_value(), id.clone().into_value()];
    Ok(tx.find("WHERE clinic = ? AND id = ?", values)?)
}

/// Who signs in with this name.
pub fn user_by_login(tx: &mut Tx<'_>, login: &str) -> Result<Option<User>, StoreError> {
    Ok(tx.find("WHERE login = ?", vec![login.to_owned().into_value()])?)
}

/// The newest file of this kind and name.
pub fn newest(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    what: &str,
    name: &str,
) -> Result<Option<ReferenceFile>, StoreError> {
    let values = vec![
        clinic.clone().into_value(),
        what.to_owned().into_value(),
        name.to_owned().into_value(),
    ];
    Ok(tx.find(
        "WHERE clinic = ? AND what = ? AND name = ? ORDER BY active_from DESC LIMIT 1",
        values,
    )?)
}

/// The files in force of a kind, newest first.
pub fn files(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    what: &str,
) -> Result<Vec<ReferenceFile>, StoreError> {
    let values = vec![clinic.clone().into_value(), what.to_owned().into_value()];
    Ok(tx.select(
        "WHERE clinic = ? AND what = ? ORDER BY active_from DESC, name",
        values,
    )?)
}
