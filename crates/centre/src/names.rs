//! Invented names: common surnames, and given names as they were given in each time.

use cunyi_domain::id_number::Sex;

use crate::population::Dice;

/// Surnames, the commonest first.
pub(crate) const SURNAMES: [&str; 20] = [
    "刘", "陈", "李", "王", "谭", "杨", "彭", "周", "罗", "文", "欧阳", "贺", "谢", "曾", "蔡",
    "易", "洪", "尹", "夏", "单",
];

/// A surname by its place; earlier ones are commoner.
pub(crate) fn surname(dice: &mut Dice) -> usize {
    let last = dice.below(SURNAMES.len());
    dice.below(last + 1)
}

/// Given names of those born before a year, female and male.
type Period = (i16, [&'static str; 14], [&'static str; 14]);

const PERIODS: [Period; 5] = [
    (
        1950,
        [
            "冬秀", "满姑", "桂英", "细妹", "玉莲", "金娥", "春莲", "运姣", "秋香", "菊英", "福秀",
            "兰芝", "三姑", "贵莲",
        ],
        [
            "冬生", "庚生", "德茂", "运开", "福贵", "松柏", "长庚", "桂生", "良才", "细满", "清和",
            "火生", "自成", "寿山",
        ],
    ),
    (
        1970,
        [
            "建英", "国秀", "爱莲", "红英", "秋菊", "桂香", "艳秋", "美玉", "春香", "小莲", "运兰",
            "新秀", "月娥", "翠英",
        ],
        [
            "建军", "国庆", "卫东", "跃进", "新民", "爱国", "志强", "解放", "红旗", "立新", "清明",
            "向阳", "文忠", "光明",
        ],
    ),
    (
        1990,
        [
            "丽华", "艳红", "小燕", "海燕", "红梅", "春艳", "玲玲", "丹丹", "晓霞", "金花", "雪梅",
            "秀芳", "娟娟", "美华",
        ],
        [
            "勇军", "小平", "志刚", "海波", "伟明", "建平", "新华", "铁牛", "文斌", "金龙", "晓东",
            "国平", "辉煌", "亮亮",
        ],
    ),
    (
        2010,
        [
            "雅婷", "思琪", "佳慧", "梦瑶", "紫薇", "欣怡", "婷婷", "诗雨", "倩倩", "雨晴", "嘉欣",
            "静怡", "露露", "晓彤",
        ],
        [
            "志豪", "子健", "俊杰", "宇航", "鹏飞", "嘉豪", "文杰", "浩然", "超群", "嘉俊", "天宇",
            "思远", "家辉", "阳阳",
        ],
    ),
    (
        i16::MAX,
        [
            "梓涵", "一诺", "若汐", "沐晴", "语桐", "可馨", "芷若", "依依", "念安", "昕悦", "苏禾",
            "米朵", "星冉", "知夏",
        ],
        [
            "梓轩", "沐辰", "亦凡", "睿泽", "星宇", "景行", "子墨", "奕辰", "一鸣", "云舟", "书言",
            "牧野", "予安", "知远",
        ],
    ),
];

/// A given name for a year of birth.
pub(crate) fn given(dice: &mut Dice, sex: Sex, year: i16) -> &'static str {
    let period = PERIODS.iter().find(|(before, ..)| year < *before);
    let (_, female, male) = period.unwrap_or(&PERIODS[PERIODS.len() - 1]);
    let names = if sex == Sex::Female { female } else { male };
    names[dice.below(names.len())]
}
