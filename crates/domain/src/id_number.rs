//! The citizen's identity number 公民身份号码 (GB 11643-1999): 18 characters with a checksum.

use jiff::civil::Date;

text_enum! {
    /// Sex, as the interface's `gend` codes it.
    pub enum Sex {
        /// 男
        Male = "1",
        /// 女
        Female = "2",
    }
}

/// What is wrong with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdNumberError {
    /// Not 17 digits and a digit or X.
    Shape,
    /// Digits 7-14 are no date.
    BirthDate,
    /// The last character does not fit the others: a typing error.
    Checksum,
}

/// A number whose shape, birth date and checksum hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdNumber {
    text: String,
    birth_date: Date,
    sex: Sex,
}

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: &[u8; 11] = b"10X98765432";

/// The 18th character for the first 17 digits (GB 11643-1999, ISO 7064 MOD 11-2).
pub fn check_character(first17: &str) -> Option<char> {
    let bytes = first17.as_bytes();
    if bytes.len() != 17 || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let sum: u32 = bytes
        .iter()
        .zip(WEIGHTS)
        .map(|(b, w)| u32::from(b - b'0') * w)
        .sum();
    Some(char::from(CHECKS[(sum % 11) as usize]))
}

impl IdNumber {
    /// Reads a typed or scanned number; spaces around it and a small x are forgiven.
    pub fn parse(text: &str) -> Result<Self, IdNumberError> {
        let text = text.trim().to_ascii_uppercase();
        let first17 = text.get(..17).ok_or(IdNumberError::Shape)?;
        let check = check_character(first17).ok_or(IdNumberError::Shape)?;
        let last = text.get(17..).ok_or(IdNumberError::Shape)?;
        if last.len() != 1 || !last.bytes().all(|b| b.is_ascii_digit() || b == b'X') {
            return Err(IdNumberError::Shape);
        }
        let number = |from: usize, to: usize| text[from..to].parse::<i16>().unwrap_or(-1);
        let (month, day) = (number(10, 12), number(12, 14));
        let birth_date = Date::new(
            number(6, 10),
            i8::try_from(month).map_err(|_| IdNumberError::BirthDate)?,
            i8::try_from(day).map_err(|_| IdNumberError::BirthDate)?,
        )
        .map_err(|_| IdNumberError::BirthDate)?;
        if !last.starts_with(check) {
            return Err(IdNumberError::Checksum);
        }
        let sex = if number(16, 17) % 2 == 1 {
            Sex::Male
        } else {
            Sex::Female
        };
        Ok(Self {
            text,
            birth_date,
            sex,
        })
    }

    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The date of birth it contains.
    pub fn birth_date(&self) -> Date {
        self.birth_date
    }

    /// The sex it contains.
    pub fn sex(&self) -> Sex {
        self.sex
    }
}

/// Shows the first four and the last two characters of any number: `4302************3X`.
pub fn mask(number: &str) -> String {
    let chars: Vec<char> = number.chars().collect();
    if chars.len() < 8 {
        return "*".repeat(chars.len());
    }
    let hidden = chars.len() - 6;
    let (head, tail) = (&chars[..4], &chars[chars.len() - 2..]);
    head.iter()
        .copied()
        .chain(std::iter::repeat_n('*', hidden))
        .chain(tail.iter().copied())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_tells_birth_date_and_sex() {
        // The standard's own example.
        let id = IdNumber::parse(" 11010519491231002x ").unwrap();
        assert_eq!(id.as_str(), "11010519491231002X");
        assert_eq!(id.birth_date().to_string(), "1949-12-31");
        assert_eq!(id.sex(), Sex::Female);
        assert_eq!(
            IdNumber::parse("440524188001010014").unwrap().sex(),
            Sex::Male
        );
    }

    #[test]
    fn what_is_wrong_is_said() {
        assert_eq!(
            IdNumber::parse("110105194912310021"),
            Err(IdNumberError::Checksum)
        );
        assert_eq!(
            IdNumber::parse("11010519491331002X"),
            Err(IdNumberError::BirthDate)
        );
        for text in [
            "",
            "1101051949123100",
            "11010519491231002XX",
            "1101051949123100２X",
            "村村村村村村",
        ] {
            assert_eq!(IdNumber::parse(text), Err(IdNumberError::Shape), "{text}");
        }
    }

    #[test]
    fn a_masked_number_keeps_six() {
        assert_eq!(mask("11010519491231002X"), "1101************2X");
        assert_eq!(mask("123"), "***");
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "\\PC{0,24}") {
            let _ = IdNumber::parse(&text);
        }

        #[test]
        fn one_wrong_digit_is_found(place in 0_usize..17, other in 0_u8..10) {
            let good = "11010519491231002X";
            let mut bytes = good.as_bytes().to_vec();
            bytes[place] = b'0' + other;
            let text = String::from_utf8(bytes).unwrap();
            prop_assert_eq!(IdNumber::parse(&text).is_ok(), text == good);
        }
    }
}
