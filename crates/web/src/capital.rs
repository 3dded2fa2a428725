//! Amounts in capital numerals 大写金额, as every receipt carries them (中国人民银行《正确填写票据和
//! 结算凭证的基本规定》): 叁拾伍元贰角, 壹万零伍元整.

#![expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "templates pass arguments by reference"
)]

use cunyi_domain::money::Fen;

const DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];
/// Units of the places of a group of four, from the right.
const PLACES: [&str; 4] = ["", "拾", "佰", "仟"];
/// Units of the groups, from the right.
const GROUPS: [&str; 5] = ["", "万", "亿", "万亿", "亿亿"];

/// An amount in capitals. Negative amounts do not stand on papers; they would show as 负.
pub fn capitals(amount: &Fen) -> String {
    let fen = amount.0.unsigned_abs();
    let (yuan, jiao, fen) = (fen / 100, digit(fen / 10), digit(fen));
    let mut text = String::from(if amount.is_negative() { "负" } else { "" });
    if yuan > 0 {
        text += &whole(yuan);
        text.push('元');
    }
    match (jiao, fen) {
        (0, 0) if yuan == 0 => text += "零元整",
        (0, 0) => text.push('整'),
        (0, f) => {
            if yuan > 0 {
                text.push('零');
            }
            text.extend([DIGITS[f], '分']);
        }
        (j, 0) => text.extend([DIGITS[j], '角']),
        (j, f) => text.extend([DIGITS[j], '角', DIGITS[f], '分']),
    }
    text
}

fn digit(number: u64) -> usize {
    usize::try_from(number % 10).unwrap_or(0)
}

/// A whole number above zero: groups of four, a single 零 for any run of zeros inside.
fn whole(number: u64) -> String {
    let mut text = String::new();
    let mut gap = false;
    for (group, unit) in (0_u32..5).zip(GROUPS).rev() {
        let four = number / 10_000_u64.pow(group) % 10_000;
        for (place, name) in (0_u32..4).zip(PLACES).rev() {
            match digit(four / 10_u64.pow(place)) {
                0 => gap = !text.is_empty(),
                d => {
                    if gap {
                        text.push('零');
                    }
                    gap = false;
                    text.push(DIGITS[d]);
                    text += name;
                }
            }
        }
        if four > 0 {
            text += unit;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_as_a_cashier_writes_them() {
        for (fen, capitals) in [
            (0, "零元整"),
            (5, "伍分"),
            (30, "叁角"),
            (863, "捌元陆角叁分"),
            (3520, "叁拾伍元贰角"),
            (1000, "壹拾元整"),
            (10_005, "壹佰元零伍分"),
            (100_000, "壹仟元整"),
            (1_000_500, "壹万零伍元整"),
            (100_050_030, "壹佰万零伍佰元叁角"),
            (10_000_000_000, "壹亿元整"),
            (1_000_000_100_000, "壹佰亿零壹仟元整"),
        ] {
            assert_eq!(super::capitals(&Fen(fen)), capitals);
        }
    }

    proptest! {
        #[test]
        fn no_two_amounts_read_alike(a in 0_i64..10_000_000_000, b in 0_i64..10_000_000_000) {
            prop_assert_eq!(a == b, capitals(&Fen(a)) == capitals(&Fen(b)));
        }

        #[test]
        fn any_amount_can_be_written(fen in any::<i64>()) {
            prop_assert!(!capitals(&Fen(fen)).is_empty());
        }
    }
}
