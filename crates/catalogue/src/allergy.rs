//! Whether a recorded allergy speaks against a drug: by the drug, its ingredient, its group, or
//! the patient's own words for any of them.

use cunyi_domain::text_enum;

use crate::catalogue::Catalogue;
use crate::checks::CheckCode;
use crate::model::{AllergyGroup, Drug};

text_enum! {
    /// What an allergy names.
    pub enum AllergyKind {
        /// A drug of the catalogue, by its code.
        Drug = "drug",
        /// A group, by [`AllergyGroup`]'s text.
        Group = "group",
        /// Anything, in the patient's words.
        Text = "text",
    }
}

/// A recorded allergy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allergy {
    /// What it names.
    pub kind: AllergyKind,
    /// A drug's code or a group's text; empty for words.
    pub code: String,
    /// The words.
    pub label: String,
}

impl AllergyGroup {
    /// Words that mean the group when a patient says them: a stem of its drugs' names, or its own
    /// name.
    const fn words(self) -> &'static [&'static str] {
        match self {
            Self::Penicillins => &["青霉素", "盘尼西林", "西林"],
            Self::Cephalosporins => &["头孢", "先锋"],
            Self::Sulfonamides => &["磺胺"],
            Self::Macrolides => &["大环内酯", "红霉素"],
            Self::Quinolones => &["喹诺酮", "沙星"],
            Self::Aminoglycosides => &["氨基糖苷", "链霉素", "庆大霉素"],
            Self::Tetracyclines => &["四环素"],
            Self::Lincosamides => &["林可"],
            Self::Nitroimidazoles => &["硝基咪唑", "硝唑"],
            Self::Azoles => &["康唑"],
            Self::Nsaids => &["非甾体", "阿司匹林", "布洛芬"],
            Self::Pyrazolones => &["吡唑酮", "氨基比林", "安乃近", "安痛定"],
            Self::Barbiturates => &["巴比妥"],
            Self::LocalAnaesthetics => &["卡因"],
            Self::Antisera => &["抗毒素", "血清"],
            Self::AceInhibitors => &["普利"],
            Self::Statins => &["他汀"],
            Self::Iodine => &["碘"],
            Self::Alcohol => &["酒精", "乙醇"],
        }
    }
}

/// What the allergy has against the drug: the check, and the group where it is one.
pub fn against(
    catalogue: &Catalogue,
    drug: &Drug,
    allergy: &Allergy,
) -> Option<(CheckCode, Option<AllergyGroup>)> {
    let label = allergy.label.trim();
    let by_group = |fits: &dyn Fn(AllergyGroup) -> bool| {
        let group = drug.groups.iter().copied().find(|group| fits(*group));
        group.map(|group| (CheckCode::AllergyGroup, Some(group)))
    };
    let by_words = || {
        let named = names(drug, label).then_some((CheckCode::AllergyText, None));
        let said = |group: AllergyGroup| group.words().iter().any(|word| label.contains(word));
        named.or_else(|| by_group(&said))
    };
    match allergy.kind {
        AllergyKind::Drug if allergy.code == drug.code => Some((CheckCode::AllergyDrug, None)),
        AllergyKind::Drug => match catalogue.drug(&allergy.code) {
            Some(known) if shares(&known.ingredients, &drug.ingredients) => {
                Some((CheckCode::AllergyDrug, None))
            }
            Some(known) => by_group(&|group| known.groups.contains(&group)),
            None => by_words(),
        },
        AllergyKind::Group => by_group(&|group| group.as_str() == allergy.code),
        AllergyKind::Text => by_words(),
    }
}

fn shares(some: &[String], others: &[String]) -> bool {
    some.iter().any(|one| others.contains(one))
}

/// Whether the words name the drug or an ingredient, or are a part of such a name. One character
/// is part of too many.
fn names(drug: &Drug, label: &str) -> bool {
    let part = label.chars().count() > 1;
    let fits = |name: &String| label.contains(name.as_str()) || (part && name.contains(label));
    drug.ingredients.iter().any(fits) || fits(&drug.name)
}
