//! What village patients come with, and what is prescribed: invented by us, after the mix that
//! village clinics report. Names are the catalogue's; a test holds that each is there.

/// A complaint with its usual prescription.
pub struct Template {
    /// ICD-10 医保版
    pub diagnosis: &'static str,
    /// 主诉
    pub complaint: &'static str,
    /// Drugs by name, with the catalogue's own doses.
    pub drugs: &'static [&'static str],
    /// From this age.
    pub from_age: i64,
    /// To this age.
    pub to_age: i64,
    /// How often, against the others.
    pub weight: usize,
}

macro_rules! templates {
    ($($diagnosis:literal $complaint:literal [$($drug:literal),*] $from:literal..$to:literal x $weight:literal;)*) => {
        &[$(Template {
            diagnosis: $diagnosis,
            complaint: $complaint,
            drugs: &[$($drug),*],
            from_age: $from,
            to_age: $to,
            weight: $weight,
        },)*]
    };
}

/// What is not chronic.
pub const ACUTE: &[Template] = templates! {
    "J06.900" "咽痛、流涕 2 天" ["感冒灵颗粒", "对乙酰氨基酚片"] 15..99 x 9;
    "J00.x00" "鼻塞、打喷嚏 1 天" ["感冒清热颗粒"] 15..99 x 6;
    "J02.900" "咽痛 3 天" ["蒲地蓝消炎片"] 15..99 x 5;
    "J20.900" "咳嗽、咳痰 4 天" ["盐酸氨溴索片", "橘红痰咳液"] 15..99 x 6;
    "K29.500" "上腹胀痛反复 1 月" ["奥美拉唑肠溶胶囊", "铝碳酸镁咀嚼片"] 18..99 x 5;
    "K52.901" "腹泻、腹痛 1 天" ["蒙脱石散", "口服补液盐散(III)"] 15..99 x 3;
    "M54.502" "腰痛 5 天" ["壮骨关节丸", "伤湿止痛膏"] 30..99 x 6;
    "M17.900" "膝关节痛 2 周" ["双氯芬酸钠缓释片"] 45..99 x 5;
    "L23.900" "双手皮疹、瘙痒 3 天" ["氯雷他定片", "炉甘石洗剂"] 15..99 x 3;
    "J06.900" "发热、流涕 1 天" ["小儿感冒颗粒"] 3..14 x 6;
    "J20.900" "咳嗽 3 天" ["小儿咳喘灵颗粒"] 3..14 x 4;
};

/// 高血压 and 糖尿病: what a filed patient takes every month.
pub const HYPERTENSION: Template = Template {
    diagnosis: "I10.x09",
    complaint: "复诊取药，无不适",
    drugs: &["苯磺酸氨氯地平片"],
    from_age: 40,
    to_age: 99,
    weight: 1,
};

/// See [`HYPERTENSION`].
pub const DIABETES: Template = Template {
    diagnosis: "E11.900",
    complaint: "复诊取药，空腹血糖控制尚可",
    drugs: &["二甲双胍片"],
    from_age: 40,
    to_age: 99,
    weight: 1,
};

#[cfg(test)]
mod tests {
    use super::*;
    use cunyi_catalogue::Catalogue;

    #[test]
    fn every_name_and_code_is_in_the_catalogue() {
        let lists = Catalogue::demo();
        for template in ACUTE.iter().chain([&HYPERTENSION, &DIABETES]) {
            assert!(
                lists.diagnosis(template.diagnosis).is_some(),
                "{}",
                template.diagnosis
            );
            for name in template.drugs {
                assert!(lists.drugs().iter().any(|d| d.name == *name), "{name}");
            }
        }
    }
}
