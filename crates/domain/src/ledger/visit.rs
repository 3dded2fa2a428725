//! 就诊: a visit with its record.

use super::{Certificate, Payer};
use crate::ids::{ClinicId, CoverageId, PatientId, UserId, VisitId};
use crate::money::Fen;
use crate::time::{Moment, civil::Date};

text_enum! {
    /// Where a visit stands in the queue.
    pub enum VisitState {
        /// 待诊
        Waiting = "waiting",
        /// 接诊
        Seeing = "seeing",
        /// 暂离
        Parked = "parked",
        /// 完诊
        Done = "done",
        /// 退号
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// When a glucose was measured: only a fasting one is compared with the follow-up's limit (第三版规范, 2 型糖尿病).
    pub enum GlucoseKind {
        /// 空腹
        Fasting = "fasting",
        /// 餐后 two hours.
        AfterMeal = "after_meal",
        /// 随机
        Random = "random",
    }
}

table! {
    /// 就诊
    pub struct Visit in "visit" (Ledger, ["clinic", "id"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Id.
        pub id: VisitId,
        /// 就诊号: slot, day and a number; its registration at the counter is asked for under it.
        pub number: String,
        /// Who.
        pub patient: PatientId,
        /// Who pays first.
        pub payer: Payer,
        /// The coverage it is settled under.
        pub coverage: Option<CoverageId>,
        /// What was shown.
        pub certificate: Certificate,
        /// 手工录入: typed, not read by a device.
        pub typed: bool,
        /// 代办人姓名
        pub proxy_name: String,
        /// 代办人身份证号
        pub proxy_id_number: String,
        /// 与患者关系
        pub proxy_relation: String,
        /// 不用个人账户: she pays her part otherwise and keeps what is in her account.
        pub keeps_account: bool,
        /// Place in the queue.
        pub state: VisitState,
        /// The doctor.
        pub doctor: UserId,
        /// When registered.
        pub registered_at: Moment,
        /// When done.
        pub finished_at: Option<Moment>,
        /// What was paid less what is owed of what is settled: below zero is to be collected.
        pub balance: Fen,
        /// True once the record is signed.
        pub signed: bool,
        /// 主诉
        pub complaint: String,
        /// 病史 of this illness.
        pub history: String,
        /// 既往史: what she had before.
        pub past_history: String,
        /// 查体
        pub examination: String,
        /// 辅助检查
        pub auxiliary: String,
        /// 处理意见
        pub advice: String,
        /// 体温, 0.1 °C.
        pub temperature: Option<i64>,
        /// 脉搏, a minute.
        pub pulse: Option<i64>,
        /// 呼吸, a minute.
        pub respiration: Option<i64>,
        /// 收缩压, mmHg.
        pub systolic: Option<i64>,
        /// 舒张压, mmHg.
        pub diastolic: Option<i64>,
        /// 血糖, 0.1 mmol/L.
        pub glucose: Option<i64>,
        /// When it was measured; none: nobody said.
        pub glucose_kind: Option<GlucoseKind>,
        /// 体重, 0.1 kg.
        pub weight: Option<i64>,
        /// 身高, 0.1 cm.
        pub height: Option<i64>,
        /// 发病日期
        pub onset: Option<Date>,
        /// 长期处方: the doctor has assessed that the illness is stable.
        pub long_term: bool,
        /// Why more was supplied than usual; empty where nothing was, or as 长期处方.
        pub supply_reason: String,
    }
}
