//! 法定传染病: which diagnoses the law has a clinic report, and within what time (传染病防治法, 2025 revision, §3; hours
//! as 传染病信息报告管理规范 2015, §3.3). Told by ICD-10 alone, which for some is wider than the law (a tuberculosis that
//! is not of the lungs is left out; a viral intestinal infection counts as 其他感染性腹泻病).

use cunyi_domain::text_enum;

use crate::supply::listed;

text_enum! {
    /// Class of a notifiable disease.
    pub enum NotifiableClass {
        /// 甲类, and 乙类 that are reported as it.
        A = "a",
        /// 乙类
        B = "b",
        /// 丙类
        C = "c",
    }
}

impl NotifiableClass {
    /// 甲类, 乙类, 丙类.
    pub fn name_zh(self) -> &'static str {
        match self {
            Self::A => "甲类",
            Self::B => "乙类",
            Self::C => "丙类",
        }
    }

    /// Hours within which it is reported.
    pub fn hours(self) -> i64 {
        if self == Self::A { 2 } else { 24 }
    }
}

/// Beginnings of ICD-10 codes by class. 炭疽 and SARS are 乙类 and reported as 甲类; so they stand there.
const LISTED: [(NotifiableClass, &[&str]); 3] = [
    (NotifiableClass::A, &["A00", "A20", "A22", "U04"]),
    (
        NotifiableClass::B,
        &[
            "A01", "A03", "A06", "A15.0", "A15.1", "A15.2", "A15.3", "A16.0", "A16.1", "A16.2",
            "A23", "A27", "A33", "A36", "A37", "A38", "A39", "A50", "A51", "A52", "A53", "A54",
            "A80", "A82", "A83.0", "A90", "A91", "A97", "A98.5", "B04", "B05", "B15", "B16", "B17",
            "B18", "B19", "B20", "B21", "B22", "B23", "B24", "B50", "B51", "B52", "B53", "B54",
            "B65", "J09", "U07.1",
        ],
    ),
    (
        NotifiableClass::C,
        &[
            "A02", "A04", "A07", "A08", "A09", "A30", "A75", "B06", "B08.4", "B26", "B30.3",
            "B55.0", "B67", "B74.0", "B74.1", "B74.2", "J10", "J11",
        ],
    ),
];

/// The class of a diagnosis that is notifiable.
pub fn notifiable(diagnosis: &str) -> Option<NotifiableClass> {
    listed(&LISTED, diagnosis)
}

#[cfg(test)]
mod tests {
    use super::{NotifiableClass, notifiable};
    use crate::Catalogue;

    #[test]
    fn by_code_and_by_name() {
        let table = [
            ("手足口病", Some(NotifiableClass::C)),
            ("流行性腮腺炎", Some(NotifiableClass::C)),
            ("感染性腹泻", Some(NotifiableClass::C)),
            ("细菌性痢疾", Some(NotifiableClass::B)),
            ("肺结核", Some(NotifiableClass::B)),
            ("水痘", None),
            ("高血压", None),
            ("急性上呼吸道感染", None),
            ("感冒病", None),
        ];
        let lists = Catalogue::demo();
        for (name, class) in table {
            let one = lists.diagnoses().iter().find(|d| d.name == name);
            assert_eq!(notifiable(&one.unwrap().code), class, "{name}");
        }
        assert_eq!(notifiable("A20.900"), Some(NotifiableClass::A));
        assert_eq!(notifiable("A16.900"), None, "not of the lungs");
        assert_eq!(notifiable(""), None);
        assert_eq!(
            (NotifiableClass::A.hours(), NotifiableClass::C.hours()),
            (2, 24)
        );
    }
}
