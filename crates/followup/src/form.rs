//! What a form is: its fields in the form's order, what it judges by, where answers come from.

use cunyi_domain::text_enum;
use cunyi_domain::time::civil::Date;

/// One edition of a follow-up form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// `hypertension`, `diabetes`.
    pub id: String,
    /// 第三版 2017.
    pub edition: String,
    /// From when on it is the form to fill.
    pub valid_from: Date,
    /// 中文, English.
    pub title: [String; 2],
    /// Where it was taken from.
    pub source: String,
    /// Beginnings of the diagnoses' codes that ask for it.
    pub diagnoses: Vec<String>,
    /// 慢病备案 whose patients have it.
    pub filings: Vec<String>,
    /// The disease whose drugs stand first on it, as the catalogue names it.
    pub disease: String,
    /// The next follow-up is at most so many days away where all is well.
    pub routine_days: u32,
    /// The same where it is not.
    pub soon_days: u32,
    /// Its fields, in order.
    pub fields: Vec<Field>,
    /// What counts as controlled, and what treatment aims at.
    pub thresholds: Vec<Threshold>,
    /// Measured values that are danger.
    pub dangers: Vec<Danger>,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name, the same in every form that asks the same.
    pub key: String,
    /// 中文, English.
    pub label: [String; 2],
    /// What is answered.
    pub kind: Kind,
    /// Unit; empty where there is none.
    pub unit: String,
    /// No empty item (无空项): something is to be said.
    pub required: bool,
    /// 未测 may be said instead of a value.
    pub unmeasured: bool,
    /// Not one of the form's own: what its classification needs beside them.
    pub beside: bool,
    /// Which field it is next time's target of.
    pub target_of: Option<String>,
    /// What the program works out.
    pub derived: Option<Derived>,
    /// What it is filled from.
    pub prefill: Option<Source>,
    /// What is shown beside it and not filled, because the visit does not say that it is the same.
    pub offer: Option<Source>,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A day.
    Date,
    /// A number in units of 10^-places.
    Number {
        /// Digits after the point.
        places: u32,
        /// At least.
        min: i64,
        /// At most.
        max: i64,
    },
    /// One of these.
    Choice(Vec<Choice>),
    /// Several of these; the first is "none" and stands alone.
    Choices(Vec<Choice>),
    /// Words.
    Text,
}

/// A choice by its meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What is stored.
    pub meaning: String,
    /// What the form prints; empty where it prints the words.
    pub code: String,
    /// 中文, English.
    pub label: [String; 2],
    /// It wants words beside it.
    pub text: bool,
}

text_enum! {
    /// What the program works out of other answers.
    pub enum Derived {
        /// From height and weight, where it was not typed.
        Bmi = "bmi",
        /// By the classification, never typed.
        Class = "class",
        /// The latest day the class permits, where it was not typed.
        Next = "next",
    }
}

/// Where an answer comes from before anybody types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The visit's day.
    Day,
    /// That she is at the clinic.
    Clinic,
    /// 收缩压
    Systolic,
    /// 舒张压
    Diastolic,
    /// 脉搏
    Pulse,
    /// 体重
    Weight,
    /// 血糖, fasting or not
    Glucose,
    /// 血糖 that is said to be fasting
    FastingGlucose,
    /// 身高; where it was not measured, that of the last follow-up
    Height,
    /// The same field of the last follow-up: to be confirmed.
    Last,
    /// The nth drug of the visit, those of the disease first.
    Drug(usize, DrugPart),
    /// What is left of the drugs, in words.
    OtherDrugs,
}

/// A part of a drug's use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrugPart {
    /// Name.
    Name,
    /// Times a day.
    Times,
    /// Each time.
    Dose,
}

text_enum! {
    /// What a threshold is for. The two have their own dates: a guide that lowers what treatment aims at
    /// does not change what the county counts.
    pub enum Purpose {
        /// The class and the county's indicator go by it.
        Assessment = "assessment",
        /// Treatment aims at it.
        Target = "target",
    }
}

/// A value below which a measurement is controlled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// What for.
    pub purpose: Purpose,
    /// Which field.
    pub field: String,
    /// Controlled is what is less than this, in the field's units.
    pub below: i64,
    /// From this age on.
    pub age_from: i64,
    /// Up to this age.
    pub age_to: i64,
    /// From when on.
    pub from: Date,
    /// Where it was taken from.
    pub source: String,
}

/// A measurement that is danger at or beyond a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Danger {
    /// Which field.
    pub field: String,
    /// At least this.
    pub at_least: Option<i64>,
    /// At most this.
    pub at_most: Option<i64>,
}

impl Form {
    /// A field by its name.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// True if a diagnosis asks for this form.
    pub fn asked_by(&self, diagnosis: &str) -> bool {
        self.diagnoses.iter().any(|d| diagnosis.starts_with(d))
    }

    /// The thresholds that hold for an age on a day, the newest of each field.
    pub fn thresholds_on(&self, purpose: Purpose, age: i64, day: Date) -> Vec<&Threshold> {
        let holds = |t: &&Threshold| {
            t.purpose == purpose && t.from <= day && (t.age_from..=t.age_to).contains(&age)
        };
        let mut held: Vec<&Threshold> = Vec::new();
        for threshold in self.thresholds.iter().filter(holds) {
            match held.iter_mut().find(|h| h.field == threshold.field) {
                Some(older) if older.from < threshold.from => *older = threshold,
                Some(_) => {}
                None => held.push(threshold),
            }
        }
        held
    }
}

impl Field {
    /// Its choices; none for what is no choice.
    pub fn choices(&self) -> &[Choice] {
        match &self.kind {
            Kind::Choice(choices) | Kind::Choices(choices) => choices,
            _ => &[],
        }
    }

    /// Digits after the point; none for what is no number.
    pub const fn places(&self) -> u32 {
        match self.kind {
            Kind::Number { places, .. } => places,
            _ => 0,
        }
    }

    /// True if one of its choices wants words beside it.
    pub fn wants_words(&self) -> bool {
        self.choices().iter().any(|choice| choice.text)
    }

    /// The name of the words that belong to a choice.
    pub fn words(&self) -> String {
        format!("{}.words", self.key)
    }
}
