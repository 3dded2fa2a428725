//! Reading a form's file: strict, for a form that is read half would judge wrongly.

use cunyi_domain::money::parse_decimal;
use cunyi_domain::time::parse_date;
use serde::Deserialize;

use crate::form::{
    Choice, Danger, Derived, DrugPart, Field, Form, Kind, Purpose, Source, Threshold,
};

/// No age is beyond it.
const OLDEST: i64 = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormFile {
    id: String,
    edition: String,
    valid_from: String,
    title: [String; 2],
    source: String,
    diagnoses: Vec<String>,
    filings: Vec<String>,
    disease: String,
    routine_days: u32,
    soon_days: u32,
    field: Vec<FieldFile>,
    threshold: Vec<ThresholdFile>,
    danger: Vec<DangerFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldFile {
    key: String,
    label: [String; 2],
    kind: String,
    #[serde(default)]
    places: u32,
    min: Option<String>,
    max: Option<String>,
    #[serde(default)]
    choices: Vec<Vec<String>>,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    unmeasured: bool,
    #[serde(default)]
    beside: bool,
    target_of: Option<String>,
    derived: Option<String>,
    prefill: Option<String>,
    offer: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThresholdFile {
    #[serde(rename = "use")]
    purpose: String,
    field: String,
    below: String,
    #[serde(default)]
    age_from: i64,
    age_to: Option<i64>,
    from: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DangerFile {
    field: String,
    at_least: Option<String>,
    at_most: Option<String>,
}

type Read<T> = Result<T, String>;

impl Form {
    /// Reads a form's file; what is wrong with it, in words.
    pub fn parse(text: &str) -> Read<Self> {
        let file: FormFile = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut form = Self {
            valid_from: parse_date(&file.valid_from).ok_or("valid_from is no date")?,
            id: file.id,
            edition: file.edition,
            title: file.title,
            source: file.source,
            diagnoses: file.diagnoses,
            filings: file.filings,
            disease: file.disease,
            routine_days: file.routine_days,
            soon_days: file.soon_days,
            fields: Vec::new(),
            thresholds: Vec::new(),
            dangers: Vec::new(),
        };
        for one in file.field {
            let key = one.key.clone();
            if form.field(&key).is_some() {
                return Err(format!("field {key}: twice"));
            }
            let read = field(one).map_err(|what| format!("field {key}: {what}"))?;
            form.fields.push(read);
        }
        if let Some(lost) = form.fields.iter().find(|f| lost_target(&form, f)) {
            return Err(format!("field {}: target of no field", lost.key));
        }
        for one in file.threshold {
            let read = threshold(&form, one)?;
            form.thresholds.push(read);
        }
        for one in file.danger {
            let read = danger(&form, one)?;
            form.dangers.push(read);
        }
        form.in_order()?;
        Ok(form)
    }

    /// What the program stands on.
    fn in_order(&self) -> Read<()> {
        if !(1..=self.routine_days).contains(&self.soon_days) || self.routine_days > 400 {
            return Err("soon_days and routine_days: 1 to 400, the sooner first".to_owned());
        }
        for derived in [Derived::Class, Derived::Next] {
            if !self.fields.iter().any(|f| f.derived == Some(derived)) {
                return Err(format!("no field for {derived}"));
            }
        }
        Ok(())
    }

    fn number(&self, key: &str, text: &str) -> Read<i64> {
        match self.field(key).map(|field| &field.kind) {
            Some(Kind::Number { places, .. }) => number(text, *places),
            _ => Err(format!("{key} is no number of this form")),
        }
    }
}

fn lost_target(form: &Form, field: &Field) -> bool {
    let of = field.target_of.as_deref();
    of.is_some_and(|of| form.field(of).is_none())
}

fn number(text: &str, places: u32) -> Read<i64> {
    parse_decimal(text, places).map_err(|_| format!("{text} is no number of {places} places"))
}

fn threshold(form: &Form, file: ThresholdFile) -> Read<Threshold> {
    Ok(Threshold {
        purpose: Purpose::from_text(&file.purpose).ok_or("threshold: use is unknown")?,
        below: form.number(&file.field, &file.below)?,
        field: file.field,
        age_from: file.age_from,
        age_to: file.age_to.unwrap_or(OLDEST),
        from: parse_date(&file.from).ok_or("threshold: from is no date")?,
        source: file.source,
    })
}

fn danger(form: &Form, file: DangerFile) -> Read<Danger> {
    let read = |text: Option<String>| text.map(|t| form.number(&file.field, &t)).transpose();
    let (at_least, at_most) = (read(file.at_least)?, read(file.at_most)?);
    if at_least.is_none() && at_most.is_none() {
        return Err(format!("danger of {}: of no value", file.field));
    }
    Ok(Danger {
        at_least,
        at_most,
        field: file.field,
    })
}

fn field(file: FieldFile) -> Read<Field> {
    Ok(Field {
        kind: kind(&file)?,
        derived: known(file.derived.as_deref(), Derived::from_text, "derived")?,
        prefill: known(file.prefill.as_deref(), source, "prefill")?,
        offer: known(file.offer.as_deref(), source, "offer")?,
        key: file.key,
        label: file.label,
        unit: file.unit,
        required: file.required,
        unmeasured: file.unmeasured,
        beside: file.beside,
        target_of: file.target_of,
    })
}

fn known<T>(text: Option<&str>, read: fn(&str) -> Option<T>, what: &str) -> Read<Option<T>> {
    let read = |text| read(text).ok_or_else(|| format!("{what}: {text} is unknown"));
    text.map(read).transpose()
}

fn kind(file: &FieldFile) -> Read<Kind> {
    let choices =
        || -> Read<Vec<Choice>> { file.choices.iter().map(|words| choice(words)).collect() };
    Ok(match file.kind.as_str() {
        "date" => Kind::Date,
        "text" => Kind::Text,
        "choice" => Kind::Choice(choices().and_then(some)?),
        "choices" => Kind::Choices(choices().and_then(some)?),
        "number" => {
            let bound = |text: &Option<String>| {
                let text = text.as_deref().ok_or("min and max are missing")?;
                number(text, file.places)
            };
            let (min, max) = (bound(&file.min)?, bound(&file.max)?);
            let places = file.places;
            Kind::Number { places, min, max }
        }
        other => return Err(format!("kind {other} is unknown")),
    })
}

fn some(choices: Vec<Choice>) -> Read<Vec<Choice>> {
    let mut meanings: Vec<&str> = choices.iter().map(|c| c.meaning.as_str()).collect();
    meanings.sort_unstable();
    meanings.dedup();
    if choices.is_empty() || meanings.len() < choices.len() {
        return Err("choices: none, or a meaning twice".to_owned());
    }
    Ok(choices)
}

fn choice(words: &[String]) -> Read<Choice> {
    let (four, text) = match words {
        [four @ .., last] if four.len() == 4 && last == "text" => (four, true),
        four => (four, false),
    };
    let [meaning, code, zh, en] = four else {
        return Err("a choice is [meaning, code, 中文, English]".to_owned());
    };
    Ok(Choice {
        meaning: meaning.clone(),
        code: code.clone(),
        label: [zh.clone(), en.clone()],
        text,
    })
}

fn source(text: &str) -> Option<Source> {
    Some(match text {
        "day" => Source::Day,
        "clinic" => Source::Clinic,
        "systolic" => Source::Systolic,
        "diastolic" => Source::Diastolic,
        "pulse" => Source::Pulse,
        "weight" => Source::Weight,
        "glucose" => Source::Glucose,
        "glucose.fasting" => Source::FastingGlucose,
        "height" => Source::Height,
        "last" => Source::Last,
        "drug.other" => Source::OtherDrugs,
        drug => {
            let (n, part) = drug.strip_prefix("drug.")?.split_once('.')?;
            let part = match part {
                "name" => DrugPart::Name,
                "times" => DrugPart::Times,
                "dose" => DrugPart::Dose,
                _ => return None,
            };
            Source::Drug(n.parse().ok().filter(|n| *n > 0)?, part)
        }
    })
}
