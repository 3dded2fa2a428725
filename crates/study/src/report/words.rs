//! The report's words, Chinese and English.

use cunyi_policy::{Language, Level};

use crate::replay::{AgeBand, Reason};

/// Chinese, English.
pub(super) type Words = [&'static str; 2];

/// One of the two.
pub(super) fn say(words: Words, language: Language) -> &'static str {
    match language {
        Language::Chinese => words[0],
        Language::English => words[1],
    }
}

pub(super) fn age(age: AgeBand) -> Words {
    match age {
        AgeBand::Child => ["0–17 岁", "0–17"],
        AgeBand::Adult => ["18–44 岁", "18–44"],
        AgeBand::Middle => ["45–59 岁", "45–59"],
        AgeBand::Sixty => ["60–69 岁", "60–69"],
        AgeBand::Seventy => ["70–79 岁", "70–79"],
        AgeBand::Eighty => ["80 岁及以上", "80 and over"],
        AgeBand::Unknown => ["年龄未写明", "age not given"],
    }
}

pub(super) fn level(level: Option<Level>) -> Words {
    match level {
        Some(Level::Village) => ["村卫生室", "village clinic"],
        Some(Level::Township) => ["乡镇卫生院", "township centre"],
        Some(Level::Community) => ["社区卫生服务机构", "community centre"],
        Some(Level::One) => ["一级医疗机构", "hospital, level 1"],
        Some(Level::Two) => ["二级医疗机构", "hospital, level 2"],
        Some(Level::Three) => ["三级医疗机构", "hospital, level 3"],
        None => ["级别未写明", "level not given"],
    }
}

pub(super) fn reason(reason: Reason) -> Words {
    match reason {
        Reason::Outside => ["不在待遇内，全由个人付", "outside: the patient pays"],
        Reason::Open => ["不能决定", "cannot be decided"],
    }
}

/// A code of `CannotDecide`; one that is newer than this table is shown as it is.
pub(super) fn cannot(code: &'static str) -> Words {
    let known: &[(&str, Words)] = &[
        ("other-scheme", ["险种不同", "another scheme"]),
        ("not-in-force", ["不在有效期内", "not in force"]),
        ("no-benefit", ["没有此项待遇", "no such benefit"]),
        (
            "not-entitled",
            [
                "人员、机构或方式不在待遇内",
                "person, place or way not entitled",
            ],
        ),
        (
            "fact-missing",
            ["缺少政策所问的信息", "something the policy asks is missing"],
        ),
        ("disease-missing", ["缺少病种编码", "no disease code"]),
        (
            "disease-not-covered",
            ["病种不在待遇内", "disease not covered"],
        ),
        (
            "no-consultation-fee",
            ["政策未规定一般诊疗费", "policy has no consultation fee"],
        ),
        (
            "consultation-fee-elsewhere",
            [
                "一般诊疗费不属于此项待遇",
                "consultation fee under another benefit",
            ],
        ),
        (
            "consultation-fee-twice",
            ["一般诊疗费重复", "consultation fee twice"],
        ),
        ("same-line-twice", ["明细重复", "same line twice"]),
        ("bad-amount", ["金额有误", "bad amount"]),
        ("bad-accumulator", ["累计有误", "bad accumulator"]),
    ];
    let found = known.iter().find(|(known, _)| *known == code);
    found.map_or([code, code], |(_, words)| *words)
}
