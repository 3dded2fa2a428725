//! Who signs in to the demo, and what to try first.

use anyhow::Result;
use cunyi_app::{App, NewUser};
use cunyi_domain::ids::ClinicId;
use cunyi_domain::ledger::VisitState;
use cunyi_store::{query, reference};

/// The demo's password for everyone; it exists nowhere else.
pub const PASSWORD: &str = "demo-2026";

/// A demo user.
pub struct Login {
    /// What is typed.
    pub typed: &'static str,
    /// Name.
    pub name: &'static str,
    /// Role's code.
    pub role: &'static str,
    /// 医保医师代码, invented.
    pub code: &'static str,
    /// What for, zh and en.
    pub what: &'static str,
}

/// The demo's users; the administrator is the last.
pub const LOGINS: &[Login] = &[
    Login {
        typed: "zhang",
        name: "章守田",
        role: "doctor",
        code: "D990001000001",
        what: "村医 doctor",
    },
    Login {
        typed: "li",
        name: "李月梅",
        role: "doctor",
        code: "D990001000002",
        what: "村医 doctor",
    },
    Login {
        typed: "yao",
        name: "姚秀兰",
        role: "pharmacist",
        code: "Y990001000001",
        what: "药师 pharmacist",
    },
    Login {
        typed: "zhen",
        name: "甄自强",
        role: "township",
        code: "",
        what: "乡镇卫生院 township reviewer",
    },
    Login {
        typed: "bao",
        name: "鲍国安",
        role: "insurance",
        code: "",
        what: "县医保局 insurance officer",
    },
    Login {
        typed: "wei",
        name: "魏健",
        role: "health",
        code: "",
        what: "县卫健局 health officer",
    },
    Login {
        typed: "shen",
        name: "沈明",
        role: "auditor",
        code: "",
        what: "审计 auditor",
    },
    Login {
        typed: "admin",
        name: "管理员",
        role: "administrator",
        code: "",
        what: "管理员 administrator",
    },
];

/// A demo login as a new user.
pub fn new_user(login: &Login) -> NewUser {
    NewUser {
        login: login.typed.to_owned(),
        name: login.name.to_owned(),
        role: login.role.to_owned(),
        national_code: login.code.to_owned(),
        password: PASSWORD.to_owned(),
    }
}

/// The first-visit hint: someone to identify whose number can be typed.
pub fn hints(app: &App) -> Result<Vec<String>> {
    let waiting = app
        .store()
        .db()
        .read("hints", |tx| -> Result<_, cunyi_store::StoreError> {
            let Some(clinic) = reference::clinics(tx)?.into_iter().next() else {
                return Ok(0);
            };
            let clinic: ClinicId = clinic.clinic;
            let open = query::open_visits(tx, &clinic, 100)?;
            Ok(open
                .iter()
                .filter(|v| v.state == VisitState::Waiting)
                .count())
        })?;
    Ok(vec![
        format!(
            "{waiting} 人候诊，用 zhang 登录后点姓名接诊 · {waiting} wait: sign in as zhang, choose a name"
        ),
        "新病人：按 F2，输入医保中心“参保人员”页里任一虚构身份证号 · a new patient: F2 and any \
         fictional number from the centre's page of persons"
            .to_owned(),
    ])
}
