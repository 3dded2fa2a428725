//! Reading what was typed into a form: every field answered, or what is wrong with it. Every input is hostile.

use std::collections::BTreeMap;

use cunyi_domain::money::{DecimalError, Rounding, div_round, format_decimal, parse_decimal};
use cunyi_domain::time::civil::Date;
use cunyi_domain::time::{age_on, parse_date};

use crate::classify::{Previous, Seen, Verdict};
use crate::form::{Choice, Derived, Field, Form, Kind};

/// What is written where nothing was measured; `-` is read as it.
pub const UNMEASURED: &str = "未测";
/// Longest words, in characters.
const MOST_WORDS: usize = 200;
/// The choice that stands alone.
const NONE: &str = "none";

/// Answers as texts, by field; the words of a choice stand under [`Field::words`]. What is typed, and what is
/// stored.
pub type Said = BTreeMap<String, String>;

/// What is wrong, of every field.
pub type Problems = Vec<Problem>;

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// 未测
    Unmeasured,
    /// A day.
    Date(Date),
    /// In units of 10^-places.
    Number(i64),
    /// Meanings in the form's order, with the words beside them.
    Chosen(Vec<String>, String),
    /// Words.
    Text(String),
}

/// What was answered. What is not there was not answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers(BTreeMap<String, Answer>);

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which.
    pub field: String,
    /// What.
    pub wrong: Wrong,
}

/// What can be wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Nothing was said.
    Missing,
    /// It must be measured.
    Unmeasured,
    /// No number, or with too many digits after the point.
    NoNumber {
        /// Digits that may stand after the point.
        places: u32,
    },
    /// Outside what can be.
    OutOfRange {
        /// At least.
        min: String,
        /// At most.
        max: String,
    },
    /// No day, `yyyy-MM-dd`.
    NoDate,
    /// None of the choices.
    NoChoice,
    /// "None" beside another.
    NoneAndMore,
    /// The choice wants words.
    NoWords,
    /// Longer than permitted, or with a character that cannot be printed.
    BadText {
        /// Most characters.
        most: usize,
    },
    /// The systolic is not above the diastolic.
    NotAbove,
    /// After today.
    InFuture,
    /// The next one is not after this one.
    NotAfter,
    /// Later than the class permits.
    TooLate {
        /// The latest day.
        by: Date,
    },
}

/// A form that was filled and classified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// When it was.
    pub day: Date,
    /// When the next one is.
    pub next: Date,
    /// The answers, what is worked out among them.
    pub answers: Answers,
    /// The class and what follows from it.
    pub verdict: Verdict,
}

impl Answers {
    /// What was answered to a field.
    pub fn get(&self, key: &str) -> Option<&Answer> {
        self.0.get(key)
    }

    /// A measurement; none where it was not taken.
    pub fn number(&self, key: &str) -> Option<i64> {
        match self.get(key) {
            Some(Answer::Number(value)) => Some(*value),
            _ => None,
        }
    }

    /// A day.
    pub fn date(&self, key: &str) -> Option<Date> {
        match self.get(key) {
            Some(Answer::Date(day)) => Some(*day),
            _ => None,
        }
    }

    /// The meanings that were chosen, "none" left out.
    pub fn chosen(&self, key: &str) -> Vec<&str> {
        let Some(Answer::Chosen(meanings, _)) = self.get(key) else {
            return Vec::new();
        };
        let meanings = meanings.iter().map(String::as_str);
        meanings.filter(|meaning| *meaning != NONE).collect()
    }

    /// As texts, the same that would be typed.
    pub fn said(&self, form: &Form) -> Said {
        let mut said = Said::new();
        for field in &form.fields {
            let text = match self.get(&field.key) {
                None => continue,
                Some(Answer::Unmeasured) => UNMEASURED.to_owned(),
                Some(Answer::Date(day)) => day.to_string(),
                Some(Answer::Number(value)) => format_decimal(*value, field.places(), 0),
                Some(Answer::Text(text)) => text.clone(),
                Some(Answer::Chosen(meanings, words)) => {
                    if !words.is_empty() {
                        said.insert(field.words(), words.clone());
                    }
                    meanings.join(" ")
                }
            };
            said.insert(field.key.clone(), text);
        }
        said
    }
}

impl Form {
    /// Reads what was said, works out the rest and classifies it.
    pub fn judge(
        &self,
        said: &Said,
        birth: Date,
        previous: Option<Previous>,
        today: Date,
    ) -> Result<Judged, Problems> {
        let mut answers = self.read(said)?;
        let problem = |field: &str, wrong| vec![Problem::of(field, wrong)];
        let day = answers.date("date").unwrap_or(today);
        if day > today {
            return Err(problem("date", Wrong::InFuture));
        }
        let seen = Seen {
            form: self,
            answers: &answers,
            age: age_on(birth, day),
            day,
            previous,
        };
        let verdict = seen
            .classify()
            .map_err(|lacks| problem(&lacks.field, Wrong::Unmeasured))?;
        let class = vec![verdict.class.as_str().to_owned()];
        let mut next = verdict.next_by;
        for field in &self.fields {
            let answer = match field.derived {
                Some(Derived::Class) => Answer::Chosen(class.clone(), String::new()),
                Some(Derived::Next) => {
                    next = answers.date(&field.key).unwrap_or(verdict.next_by);
                    in_time(day, next, verdict.next_by).map_err(|w| problem(&field.key, w))?;
                    Answer::Date(next)
                }
                _ => continue,
            };
            answers.0.insert(field.key.clone(), answer);
        }
        Ok(Judged {
            day,
            next,
            answers,
            verdict,
        })
    }

    /// Reads what was said, without what follows from the whole.
    pub fn read(&self, said: &Said) -> Result<Answers, Problems> {
        let (mut answers, mut problems) = (Answers::default(), Vec::new());
        for field in &self.fields {
            if field.derived == Some(Derived::Class) {
                continue;
            }
            match field.read(said) {
                Ok(Some(answer)) => {
                    answers.0.insert(field.key.clone(), answer);
                }
                Ok(None) => {}
                Err(wrong) => problems.push(Problem::of(&field.key, wrong)),
            }
        }
        self.work_out_bmi(&mut answers);
        for field in self.fields.iter().filter(|f| f.required) {
            let known = answers.get(&field.key).is_some();
            if !known && !problems.iter().any(|p| p.field == field.key) {
                problems.push(Problem::of(&field.key, Wrong::Missing));
            }
        }
        let pressure = answers.number("systolic").zip(answers.number("diastolic"));
        if pressure.is_some_and(|(systolic, diastolic)| systolic <= diastolic) {
            problems.push(Problem::of("systolic", Wrong::NotAbove));
        }
        // In the form's order, whatever found them.
        problems.sort_by_key(|p| self.fields.iter().position(|f| f.key == p.field));
        if problems.is_empty() {
            Ok(answers)
        } else {
            Err(problems)
        }
    }

    /// 体质指数 of 0.1 kg and 0.1 cm: kg/m² to a tenth, rounded half up.
    fn work_out_bmi(&self, answers: &mut Answers) {
        let bmi = self.fields.iter().find(|f| f.derived == Some(Derived::Bmi));
        let Some(bmi) = bmi.filter(|bmi| answers.get(&bmi.key).is_none()) else {
            return;
        };
        let measured = answers.number("weight").zip(answers.number("height"));
        let answer = match measured {
            Some((weight, height)) if height > 0 => {
                let (weight, height) = (i128::from(weight), i128::from(height));
                let value = div_round(weight * 1_000_000, height * height, Rounding::HalfUp);
                i64::try_from(value).map(Answer::Number).ok()
            }
            _ => answers.get("weight").and_then(|weight| {
                (*weight == Answer::Unmeasured && bmi.unmeasured).then_some(Answer::Unmeasured)
            }),
        };
        if let Some(answer) = answer {
            answers.0.insert(bmi.key.clone(), answer);
        }
    }
}

fn in_time(day: Date, next: Date, by: Date) -> Result<(), Wrong> {
    if next <= day {
        Err(Wrong::NotAfter)
    } else if next > by {
        Err(Wrong::TooLate { by })
    } else {
        Ok(())
    }
}

impl Problem {
    fn of(field: &str, wrong: Wrong) -> Self {
        Self {
            field: field.to_owned(),
            wrong,
        }
    }
}

impl Field {
    /// What was said of it; nothing where nothing was.
    fn read(&self, said: &Said) -> Result<Option<Answer>, Wrong> {
        let text = clean(said.get(&self.key))?;
        if text.is_empty() {
            return Ok(None);
        }
        if text == UNMEASURED || text == "-" || text == "－" {
            return match &self.kind {
                Kind::Text => Ok(Some(Answer::Text(text))),
                _ if self.unmeasured => Ok(Some(Answer::Unmeasured)),
                _ => Err(Wrong::Unmeasured),
            };
        }
        let answer = match &self.kind {
            Kind::Date => Answer::Date(parse_date(&narrow(&text)).ok_or(Wrong::NoDate)?),
            Kind::Number { places, min, max } => {
                Answer::Number(number(&narrow(&text), *places, (*min, *max))?)
            }
            Kind::Choice(choices) => self.chosen(choices, &[&text], said)?,
            Kind::Choices(choices) => {
                let meanings: Vec<&str> = text.split_whitespace().collect();
                self.chosen(choices, &meanings, said)?
            }
            Kind::Text => Answer::Text(text),
        };
        Ok(Some(answer))
    }

    fn chosen(&self, choices: &[Choice], said: &[&str], all: &Said) -> Result<Answer, Wrong> {
        if !said.iter().all(|s| choices.iter().any(|c| c.meaning == *s)) {
            return Err(Wrong::NoChoice);
        }
        let chosen = choices
            .iter()
            .filter(|c| said.contains(&c.meaning.as_str()));
        let chosen: Vec<&Choice> = chosen.collect();
        if chosen.len() > 1 && chosen.iter().any(|c| c.meaning == NONE) {
            return Err(Wrong::NoneAndMore);
        }
        let wants = chosen.iter().any(|c| c.text);
        // Words beside a choice that wants none are left out, as on paper.
        let words = if wants {
            clean(all.get(&self.words()))?
        } else {
            String::new()
        };
        if wants && words.is_empty() {
            return Err(Wrong::NoWords);
        }
        let meanings = chosen.into_iter().map(|c| c.meaning.clone()).collect();
        Ok(Answer::Chosen(meanings, words))
    }
}

/// Words without what cannot be printed.
fn clean(text: Option<&String>) -> Result<String, Wrong> {
    let text = text.map_or("", |text| text.trim());
    if text.chars().count() > MOST_WORDS || text.chars().any(char::is_control) {
        return Err(Wrong::BadText { most: MOST_WORDS });
    }
    Ok(text.to_owned())
}

/// An input method's wide digits, point and hyphen as narrow ones.
fn narrow(text: &str) -> String {
    let fold = |c: char| match c {
        '０'..='９' | '．' | '－' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '。' => '.',
        c => c,
    };
    text.chars().map(fold).collect()
}

fn number(text: &str, places: u32, (min, max): (i64, i64)) -> Result<i64, Wrong> {
    let shown = |value| format_decimal(value, places, 0);
    let out = || Wrong::OutOfRange {
        min: shown(min),
        max: shown(max),
    };
    match parse_decimal(text, places) {
        Ok(value) if (min..=max).contains(&value) => Ok(value),
        Ok(_) | Err(DecimalError::TooLarge) => Err(out()),
        Err(_) => Err(Wrong::NoNumber { places }),
    }
}
