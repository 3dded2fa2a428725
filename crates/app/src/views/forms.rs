//! What is typed: strings, kept as typed, read by the use case that takes them.

use std::fmt;

use cunyi_domain::ids::UserId;

/// A doctor whom the counter may choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoctorView {
    /// Who.
    pub id: UserId,
    /// 姓名
    pub name: String,
}

/// What people type is about people: `Debug`, which is how values reach logs and panics, says only
/// that there is something.
macro_rules! silent {
    ($($form:ident)+) => {
        $(impl fmt::Debug for $form {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($form), " { … }"))
            }
        })+
    };
}

silent! { DraftLine Decoction DraftBody PatientForm IdentifyForm RegisterForm InsureForm }

/// 自费转医保: who she is, and which of her insurances.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct InsureForm {
    /// What is shown.
    pub who: IdentifyForm,
    /// `insutype`; empty: the only one in force.
    pub scheme: String,
}

/// A line of the draft as it was typed.
#[derive(Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DraftLine {
    /// 医保目录编码 of a drug or service.
    pub code: String,
    /// 单次用量, in the drug's dose unit (`0.5`).
    pub dose: String,
    /// Code of the route; empty for a service.
    pub route: String,
    /// Code of the frequency; empty for a service.
    pub frequency: String,
    /// 天数
    pub days: String,
    /// How many units; empty: computed from dose × frequency × days.
    pub quantity: String,
    /// Code of a herb's footnote; empty: none.
    pub footnote: String,
    /// 组: drugs of the same number run in together; empty: by itself.
    pub group: String,
    /// 滴速, drops a minute, said at one drug of a group.
    pub drip: String,
    /// 疗程 that it is another day of; empty for a new order.
    pub course: String,
    /// `general`, `chronic`, or `chronic:` and a filing's code; empty: proposed.
    pub benefit: String,
}

/// What is said of a decoction once, for all its herbs.
#[derive(Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Decoction {
    /// 剂数
    pub doses: String,
    /// Code of the usage 用法: 水煎服.
    pub usage: String,
    /// Code of how often it is taken: 每日一剂分两次.
    pub times: String,
}

/// What the doctor has typed: strings, kept as typed, read when she asks for the fee list.
#[derive(Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DraftBody {
    /// 主诉
    pub complaint: String,
    /// 病史
    pub history: String,
    /// 既往史
    pub past_history: String,
    /// 查体
    pub examination: String,
    /// 辅助检查
    pub auxiliary: String,
    /// 处理意见
    pub advice: String,
    /// 体温 °C (`36.5`)
    pub temperature: String,
    /// 脉搏
    pub pulse: String,
    /// 呼吸
    pub respiration: String,
    /// 收缩压
    pub systolic: String,
    /// 舒张压
    pub diastolic: String,
    /// 血糖 mmol/L (`5.6`)
    pub glucose: String,
    /// When that was measured: code of a `GlucoseKind`; empty where nobody said.
    pub glucose_kind: String,
    /// 体重 kg (`62.5`)
    pub weight: String,
    /// 身高 cm (`165.5`)
    pub height: String,
    /// 发病日期 (`2026-11-25`, `11-25`), or how many days before the visit (`3`).
    pub onset: String,
    /// ICD codes, the main one first.
    pub diagnoses: Vec<String>,
    /// Drugs and services in order.
    pub lines: Vec<DraftLine>,
    /// 剂数 and usage of the pieces among the lines.
    pub decoction: Decoction,
    /// What follows from a route and is not charged all the same: its codes.
    pub without: Vec<String>,
    /// Reasons for going on against a warning: key of the finding → reason.
    pub reasons: Vec<(String, String)>,
    /// 长期处方: the doctor says that the illness is stable and assessed. Never carried over.
    pub long_term: bool,
    /// 自费知情同意: the patient agreed to own-pay lines.
    pub own_pay_consent: bool,
}

/// A patient's particulars as typed.
#[derive(Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PatientForm {
    /// 姓名
    pub name: String,
    /// `1` or `2`.
    pub sex: String,
    /// `yyyy-MM-dd`
    pub birth_date: String,
    /// 身份证号; empty for a newborn.
    pub id_number: String,
    /// 电话
    pub phone: String,
    /// 住址
    pub address: String,
    /// 监护人
    pub guardian_name: String,
    /// 监护人身份证号
    pub guardian_id_number: String,
}

/// How someone is identified, as typed or read.
#[derive(Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IdentifyForm {
    /// `01` e-voucher, `02` ID card, `03` social-security card.
    pub certificate: String,
    /// Token or number.
    pub number: String,
    /// 卡识别码, as from a reader.
    pub card_code: String,
    /// True if typed by hand.
    pub typed: bool,
    /// Optional: must agree with the ID number.
    pub birth_date: String,
    /// Optional: must agree with the ID number.
    pub sex: String,
}

/// Characters of a resident's ID number (GB 11643).
const ID_NUMBER: usize = 18;
/// Fewest characters of what an e-voucher shows: a trace code has 20.
const VOUCHER: usize = 21;

impl IdentifyForm {
    /// What was scanned or typed without saying what it is, by its shape: an ID number or an e-voucher.
    /// None: it is words, or a number that needs to be said what it is of.
    pub fn scanned(text: &str, typed: bool) -> Option<Self> {
        let (last, digits) = (text.chars().next_back()?, text.len().saturating_sub(1));
        let number = text.chars().take(digits).all(|c| c.is_ascii_digit())
            && (last.is_ascii_digit() || matches!(last, 'x' | 'X'));
        let certificate = match text.len() {
            ID_NUMBER if number => "02",
            VOUCHER.. if text.chars().all(|c| c.is_ascii_alphanumeric()) => "01",
            _ => return None,
        };
        Some(Self {
            certificate: certificate.to_owned(),
            number: text.to_owned(),
            typed,
            ..Self::default()
        })
    }
}

/// What registration needs besides the identification.
#[derive(Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RegisterForm {
    /// Handle of the identification.
    pub handle: String,
    /// Which coverage, from 0; empty: the proposed one.
    pub coverage: String,
    /// True: 自费 although identified.
    pub self_pay: bool,
    /// True: where the platform says another name than stands here, it is hers and is taken over.
    pub take_name: bool,
    /// Whose visit it is, where the counter chooses.
    pub doctor: String,
    /// True: the doctor sees her at once (登记并接诊).
    pub see: bool,
    /// 代办人姓名
    pub proxy_name: String,
    /// 代办人身份证号
    pub proxy_id_number: String,
    /// 与患者关系
    pub proxy_relation: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_scanned_is_known_by_its_shape() {
        let certificate = |text| IdentifyForm::scanned(text, false).map(|form| form.certificate);
        for (text, what) in [
            ("990001195701010011", Some("02")),
            ("99000119570101001X", Some("02")),
            ("99000119570101001x", Some("02")),
            ("9900011957010100X1", None),
            ("9900011957010100112", None),
            ("99000119570101001", None),
            ("9990001EC0123456789abcdef", Some("01")),
            ("99900010123456789012345678901", Some("01")),
            ("999000 10123456789012345678901", None),
            ("陈桂香陈桂香", None),
            ("chenguixiang", None),
            ("cgx", None),
            ("", None),
        ] {
            assert_eq!(certificate(text).as_deref(), what, "{text}");
        }
    }
}
