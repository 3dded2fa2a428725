//! Pinyin of names: one reading to store and order by, every reading to search by.

use pinyin::{ToPinyin, ToPinyinMulti};

/// Words whose reading differs from the first reading of their characters, with their initials.
/// The longest that fits wins.
const WORDS: &[(&str, &str)] = &[
    ("白术", "bz"),
    ("苍术", "cz"),
    ("莪术", "ez"),
    ("重楼", "cl"),
    ("重组", "cz"),
    ("重复", "cf"),
    ("重感", "zg"),
    ("蛤壳", "gq"),
    ("文蛤", "wg"),
    ("蛤蚧", "gj"),
    ("调经", "tj"),
    ("不调", "bt"),
    ("调脂", "tz"),
    ("调节", "tj"),
    ("调理", "tl"),
    ("调整", "tz"),
    ("弹响", "tx"),
    ("弹性", "tx"),
    ("龟裂", "jl"),
    ("皲裂", "jl"),
    ("龟甲", "gj"),
    ("茜草", "qc"),
    ("参苓", "sl"),
    ("丹参", "ds"),
    ("人参", "rs"),
    ("党参", "ds"),
    ("苦参", "ks"),
    ("玄参", "xs"),
    ("沙参", "ss"),
    ("洋参", "ys"),
    ("子参", "zs"),
    ("红参", "hs"),
    ("参麦", "sm"),
    ("参附", "sf"),
    ("参芪", "sq"),
    ("参术", "sz"),
    ("阿胶", "ej"),
    ("膀胱", "pg"),
    ("咯血", "kx"),
    ("咳", "k"),
    ("枸橼酸", "jys"),
    ("厚朴", "hp"),
    ("粘连", "zl"),
    ("粘附", "zf"),
    ("粘膜", "nm"),
    ("便秘", "bm"),
    ("便血", "bx"),
    ("长期", "cq"),
    ("长效", "cx"),
    ("生长", "sz"),
    ("增长", "zz"),
    ("脏躁", "zz"),
    ("心脏", "xz"),
    ("内脏", "nz"),
    ("肾脏", "sz"),
    ("肝脏", "gz"),
    ("脏器", "zq"),
    ("降压", "jy"),
    ("降糖", "jt"),
    ("降脂", "jz"),
    ("降钙", "jg"),
    ("柏子仁", "bzr"),
    ("侧柏", "cb"),
    ("黄柏", "hb"),
    ("瞿麦", "qm"),
    ("扁豆", "bd"),
    ("扁桃", "bt"),
    ("处方", "cf"),
    ("处置", "cz"),
    ("差异", "cy"),
    ("传染", "cr"),
    ("曲霉", "qm"),
    ("弯曲", "wq"),
    ("会阴", "hy"),
    ("会厌", "hy"),
    ("角膜", "jm"),
    ("心率", "xl"),
    ("率", "l"),
    ("尿", "n"),
    ("冠", "g"),
    ("恶心", "ex"),
    ("恶性", "ex"),
    ("恶露", "el"),
    ("好转", "hz"),
    ("单", "d"),
    ("脊柱", "jz"),
    ("给药", "jy"),
    ("强直", "qz"),
    ("间", "j"),
    ("椎", "z"),
    ("颈", "j"),
    ("中", "z"),
    ("卒中", "cz"),
    ("重症", "zz"),
    ("空腹", "kf"),
    ("血", "x"),
    ("露", "l"),
    ("菌", "j"),
    ("䓬", "z"),
    ("射干", "sg"),
    ("红", "h"),
    ("藏红花", "zhh"),
    ("藏象", "zx"),
    ("甙", "d"),
    ("缩", "s"),
    ("调", "t"),
    ("复", "f"),
    ("石斛", "sh"),
];

/// Most readings of a name that are kept.
const MOST_NAMES: usize = 12;

/// Letters that say nothing in a name and are not typed.
fn key_letter(c: char) -> Option<char> {
    c.is_ascii_alphanumeric().then(|| c.to_ascii_lowercase())
}

/// Pinyin initials in lower case, one reading: 白芍 is `bs`. Letters and digits stay, all else
/// goes. For storing and ordering; search matches every reading.
pub fn initials(text: &str) -> String {
    let folded = fold(text);
    let mut rest = folded.as_str();
    let mut out = String::new();
    while let Some(c) = rest.chars().next() {
        let word = WORDS
            .iter()
            .filter(|(word, _)| rest.starts_with(word))
            .max_by_key(|(word, _)| word.len());
        if let Some((word, letters)) = word {
            out.push_str(letters);
            rest = &rest[word.len()..];
            continue;
        }
        let first = c.to_pinyin().and_then(|p| p.first_letter().chars().next());
        out.extend(key_letter(first.unwrap_or(c)));
        rest = &rest[c.len_utf8()..];
    }
    out
}

/// The initials of a person's name in each reading, the usual one first, with blanks between them: 单雄 is `dx cx sx`. Of
/// a name with more readings than `MOST_NAMES` the rest is left out.
pub fn name_initials(name: &str) -> String {
    let mut all = vec![String::new()];
    for c in fold(name).chars() {
        let letters = letters_of(c);
        if letters.is_empty() {
            continue;
        }
        let with = |letter: char| {
            let begun = all.iter();
            begun.map(move |begun| format!("{begun}{letter}"))
        };
        let grown = letters.into_iter().flat_map(with).take(MOST_NAMES);
        all = grown.collect();
    }
    all.join(" ")
}

/// The first letters of a character's readings, each once, the usual one first.
fn letters_of(c: char) -> Vec<char> {
    let usual = initials(c.encode_utf8(&mut [0; 4]));
    let each = readings(c)
        .into_iter()
        .map(|reading| reading.chars().next());
    let mut letters = Vec::new();
    for letter in usual.chars().chain(each.flatten()) {
        if !letters.contains(&letter) {
            letters.push(letter);
        }
    }
    letters
}

/// Lower case, full-width forms as their ASCII twins: what names and queries are compared in.
pub fn fold(text: &str) -> String {
    let narrow = |c: char| match u32::from(c) {
        code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(c),
        0x3000 => ' ',
        _ => c,
    };
    text.chars()
        .map(narrow)
        .flat_map(char::to_lowercase)
        .collect()
}

/// Every reading of a character without tones; `ü` is `v`, as it is typed. A letter or digit reads
/// as itself.
pub fn readings(c: char) -> Vec<String> {
    let mut all: Vec<String> = match c.to_pinyin_multi() {
        Some(multi) => multi.into_iter().map(|p| typed(p.plain())).collect(),
        None => key_letter(c).map(String::from).into_iter().collect(),
    };
    all.retain(|reading| !reading.is_empty());
    all.sort_unstable();
    all.dedup();
    all
}

fn typed(syllable: &str) -> String {
    let ascii = |c: char| match c {
        'ü' => Some('v'),
        'ê' => Some('e'),
        _ => key_letter(c),
    };
    syllable.chars().filter_map(ascii).collect()
}
