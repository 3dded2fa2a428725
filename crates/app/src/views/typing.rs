//! What saves typing.

use cunyi_domain::ids::TemplateId;

/// A hit of a search, with how the doctor orders it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// ICD code or 医保目录编码.
    pub code: String,
    /// As she ordered it last for an adult; none: as the catalogue says.
    pub usual: Option<Usual>,
}

/// An order as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usual {
    /// 单次用量
    pub dose: String,
    /// Code of the route.
    pub route: String,
    /// Code of the frequency.
    pub frequency: String,
    /// 天数
    pub days: String,
}

/// 不收: what the route of a drug would bring, and is not charged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declined {
    /// 医保目录编码
    pub code: String,
    /// What it is called.
    pub name: String,
}

/// Whose a template is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateScope {
    /// 个人: hers alone.
    Own,
    /// 本室: every doctor's of the clinic.
    Clinic,
    /// 乡镇: the township's, for the clinics under it.
    Township,
}

/// A template that may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateView {
    /// It.
    pub id: TemplateId,
    /// What it is called.
    pub name: String,
    /// Whose it is.
    pub scope: TemplateScope,
    /// It is kept here: another clinic's is removed there.
    pub removable: bool,
    /// Its diagnoses' codes.
    pub diagnoses: Vec<String>,
    /// Its drugs' and services' codes.
    pub items: Vec<String>,
}

/// How a template is saved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateForm {
    /// What it is called.
    pub name: String,
    /// True: for every doctor of the clinic.
    pub shared: bool,
}
