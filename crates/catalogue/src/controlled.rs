//! 麻醉药品、精神药品: which drugs are under special control, by their generic names (麻醉药品品种目录、精神药品品种目录,
//! 2013 editions, 食药监药化监〔2013〕230号; liquids with codeine 2015 and compounds with oxycodone 2019 of the second class).
//! What a village's or a township's list may hold is in the table, not every name of the catalogues.

use cunyi_domain::text_enum;

use crate::model::Drug;

text_enum! {
    /// How strictly a drug is controlled.
    pub enum Control {
        /// 第二类精神药品
        Second = "second",
        /// 麻醉药品 and 第一类精神药品: their prescriptions look the same.
        First = "first",
    }
}

/// 麻醉药品, 第一类精神药品.
const FIRST: &[&str] = &[
    "吗啡",
    "哌替啶",
    "芬太尼",
    "瑞芬太尼",
    "舒芬太尼",
    "阿片",
    "可待因",
    "双氢可待因",
    "羟考酮",
    "氢吗啡酮",
    "美沙酮",
    "布桂嗪",
    "福尔可定",
    "二氢埃托啡",
    "哌醋甲酯",
    "三唑仑",
    "司可巴比妥",
    "氯胺酮",
    "丁丙诺啡",
];

/// 第二类精神药品.
const SECOND: &[&str] = &[
    "地西泮",
    "艾司唑仑",
    "阿普唑仑",
    "氯硝西泮",
    "劳拉西泮",
    "奥沙西泮",
    "硝西泮",
    "氟西泮",
    "咪达唑仑",
    "氯氮䓬",
    "苯巴比妥",
    "异戊巴比妥",
    "戊巴比妥",
    "唑吡坦",
    "扎来普隆",
    "佐匹克隆",
    "艾司佐匹克隆",
    "右佐匹克隆",
    "曲马多",
    "地佐辛",
    "布托啡诺",
    "喷他佐辛",
    "麦角胺咖啡因",
    "咖啡因",
];

/// Those of the first table that are of the second class where another drug is mixed with them.
const MILDER_MIXED: &[&str] = &["可待因", "双氢可待因", "羟考酮"];

/// How a drug is controlled; nothing for most.
pub fn control(drug: &Drug) -> Option<Control> {
    let of = |table: &[&str]| {
        let listed = |one: &String| table.contains(&generic(one));
        drug.ingredients.iter().any(listed)
    };
    let mixed = drug.ingredients.len() > 1;
    // 去痛片, 氨咖黄敏胶囊: caffeine among others is not controlled.
    if mixed && !of(MILDER_MIXED) {
        return None;
    }
    if mixed || of(SECOND) {
        Some(Control::Second)
    } else if of(FIRST) {
        Some(Control::First)
    } else {
        None
    }
}

/// A name without the salt that it is sold as: 盐酸曲马多, 磷酸可待因.
fn generic(ingredient: &str) -> &str {
    let salts = ["盐酸", "硫酸", "磷酸", "枸橼酸", "酒石酸", "马来酸"];
    let bare = salts.iter().find_map(|salt| ingredient.strip_prefix(salt));
    bare.unwrap_or(ingredient)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalogue;

    #[test]
    fn drugs_under_special_control_are_known_by_what_is_in_them() {
        let lists = Catalogue::demo();
        let names = |class| {
            let of = lists
                .drugs()
                .iter()
                .filter(|drug| control(drug) == Some(class));
            of.map(|drug| drug.name.as_str()).collect::<Vec<_>>()
        };
        let second = names(Control::Second);
        for name in ["地西泮片", "艾司唑仑片", "阿普唑仑片"] {
            assert!(second.contains(&name), "{second:?}");
        }
        assert!(names(Control::First).is_empty());
        let mut drug = lists.drugs()[0].clone();
        for (ingredients, class) in [
            (&["盐酸吗啡"][..], Some(Control::First)),
            (&["磷酸可待因"], Some(Control::First)),
            (&["对乙酰氨基酚", "磷酸可待因"], Some(Control::Second)),
            (&["盐酸曲马多"], Some(Control::Second)),
            (&["对乙酰氨基酚", "咖啡因"], None),
            (&["阿莫西林"], None),
        ] {
            drug.ingredients = ingredients.iter().map(|&one| one.to_owned()).collect();
            assert_eq!(control(&drug), class, "{ingredients:?}");
        }
    }
}
