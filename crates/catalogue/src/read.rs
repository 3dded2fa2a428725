//! Reading the lists: CSV with a header row, bounded, the first fault told with its row.

use std::collections::HashMap;
use std::fmt;

use csv::StringRecord;
use cunyi_domain::id_number::Sex;
use cunyi_domain::ledger::{DiagnosisKind, Footnote, TwoDisease};
use cunyi_domain::money::{DecimalError, Quantity, UnitPrice};

use crate::model::{
    AllergyGroup, Class, CodeSource, Diagnosis, Drug, DrugKind, Each, Follows, Service, ServiceRole,
};
use crate::order::{frequency, route};

/// The most bytes of one list.
pub const MAX_BYTES: usize = 16 << 20;
/// The most rows of one list: the national list of western drugs by package is the longest.
pub const MAX_ROWS: usize = 300_000;
/// The longest text of one field, in characters (`hilist_name` is AN(200)).
const MAX_TEXT: usize = 200;
/// The largest plain number: packs, days, years, weights.
const MAX_NUMBER: i64 = 1_000_000;
/// The largest price, 10⁶ yuan: a slip of the keyboard, not a price.
const MAX_PRICE: UnitPrice = UnitPrice(1_000_000_000_000);

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum List {
    /// Drugs.
    Drugs,
    /// Services.
    Services,
    /// Diagnoses.
    Diagnoses,
}

/// What is wrong with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// More than [`MAX_BYTES`].
    TooLarge,
    /// More than [`MAX_ROWS`].
    TooManyRows,
    /// Not CSV, or the row has another number of fields than the header.
    Shape,
    /// The header lacks this column.
    NoColumn(&'static str),
    /// This column's text cannot be used.
    Field(&'static str),
    /// The code stands in the lists twice.
    Duplicate,
}

/// Why a list was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CatalogueError {
    /// In which list.
    pub list: List,
    /// In which row; the header is 1.
    pub row: usize,
    /// What.
    pub fault: Fault,
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, row {}: {:?}", self.list, self.row, self.fault)
    }
}

impl std::error::Error for CatalogueError {}

/// One row and the names of its columns.
struct Fields<'a> {
    list: List,
    row: usize,
    header: &'a StringRecord,
    record: &'a StringRecord,
}

impl Fields<'_> {
    fn wrong(&self, fault: Fault) -> CatalogueError {
        CatalogueError {
            list: self.list,
            row: self.row,
            fault,
        }
    }

    /// The text of a column; may be empty.
    fn text(&self, column: &'static str) -> Result<&str, CatalogueError> {
        let place = self.header.iter().position(|name| name == column);
        let place = place.ok_or_else(|| self.wrong(Fault::NoColumn(column)))?;
        let text = self.record.get(place).unwrap_or_default().trim();
        let bad = text.chars().count() > MAX_TEXT || text.chars().any(char::is_control);
        if bad {
            Err(self.wrong(Fault::Field(column)))
        } else {
            Ok(text)
        }
    }

    /// What a reader makes of a column's text.
    fn read<T>(
        &self,
        column: &'static str,
        reader: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, CatalogueError> {
        reader(self.text(column)?).ok_or_else(|| self.wrong(Fault::Field(column)))
    }

    /// The same, nothing for an empty text.
    fn optional<T>(
        &self,
        column: &'static str,
        reader: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, CatalogueError> {
        if self.text(column)?.is_empty() {
            return Ok(None);
        }
        self.read(column, reader).map(Some)
    }

    fn owned(&self, column: &'static str) -> Result<String, CatalogueError> {
        self.text(column).map(str::to_owned)
    }

    /// A text that must be there.
    fn named(&self, column: &'static str) -> Result<String, CatalogueError> {
        self.read(column, |text| (!text.is_empty()).then(|| text.to_owned()))
    }

    /// A whole number from `least`; empty is `least`.
    fn number(&self, column: &'static str, least: i64) -> Result<i64, CatalogueError> {
        let number = self.optional(column, |text| {
            let number = text.parse().ok()?;
            (least..=MAX_NUMBER).contains(&number).then_some(number)
        })?;
        Ok(number.unwrap_or(least))
    }

    /// `y` or nothing.
    fn flag(&self, column: &'static str) -> Result<bool, CatalogueError> {
        self.read(column, |text| match text {
            "y" => Some(true),
            "" => Some(false),
            _ => None,
        })
    }

    /// A quantity above zero, if there is one.
    fn quantity(&self, column: &'static str) -> Result<Option<Quantity>, CatalogueError> {
        self.optional(column, |text| {
            let quantity: Result<Quantity, DecimalError> = text.parse();
            quantity
                .ok()
                .filter(|q| q.0 > 0 && *q <= Quantity::whole(MAX_NUMBER))
        })
    }

    fn price(&self, column: &'static str) -> Result<UnitPrice, CatalogueError> {
        self.read(column, |text| {
            let price: Result<UnitPrice, DecimalError> = text.parse();
            price
                .ok()
                .filter(|p| (UnitPrice::ZERO..=MAX_PRICE).contains(p))
        })
    }

    /// Texts joined by `+`.
    fn several<T>(
        &self,
        column: &'static str,
        reader: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, CatalogueError> {
        let read_all = |text: &str| text.split('+').map(&reader).collect();
        self.optional(column, read_all)
            .map(Option::unwrap_or_default)
    }
}

/// Reads every row of a list.
fn rows<T>(
    list: List,
    text: &str,
    read: impl Fn(&Fields<'_>) -> Result<T, CatalogueError>,
) -> Result<Vec<T>, CatalogueError> {
    let wrong = |row, fault| CatalogueError { list, row, fault };
    if text.len() > MAX_BYTES {
        return Err(wrong(1, Fault::TooLarge));
    }
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader
        .headers()
        .map_err(|_| wrong(1, Fault::Shape))?
        .clone();
    let mut out = Vec::new();
    for (place, record) in reader.records().enumerate() {
        let row = place + 2;
        if place >= MAX_ROWS {
            return Err(wrong(row, Fault::TooManyRows));
        }
        let record = &record.map_err(|_| wrong(row, Fault::Shape))?;
        let header = &header;
        out.push(read(&Fields {
            list,
            row,
            header,
            record,
        })?);
    }
    Ok(out)
}

/// Places by code. `first_list` is how many of them the first list holds: it gives a repeated code
/// of the second its row.
pub fn by_code<'a>(
    codes: impl Iterator<Item = (List, &'a String)>,
    first_list: usize,
) -> Result<HashMap<String, usize>, CatalogueError> {
    let mut places = HashMap::new();
    for (place, (list, code)) in codes.enumerate() {
        if places.insert(code.clone(), place).is_some() {
            let before = if list == List::Services {
                first_list
            } else {
                0
            };
            return Err(CatalogueError {
                list,
                row: place - before + 2,
                fault: Fault::Duplicate,
            });
        }
    }
    Ok(places)
}

/// Places of drugs by their bar codes.
pub fn by_bar_code(drugs: &[Drug]) -> Result<HashMap<String, usize>, CatalogueError> {
    let mut places = HashMap::new();
    for (place, drug) in drugs.iter().enumerate() {
        for code in &drug.bar_codes {
            if places.insert(code.clone(), place).is_some() {
                return Err(CatalogueError {
                    list: List::Drugs,
                    row: place + 2,
                    fault: Fault::Duplicate,
                });
            }
        }
    }
    Ok(places)
}

/// A GTIN whose last digit proves the others (GS1 General Specifications, 7.9).
fn bar_code(text: &str) -> Option<String> {
    let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(10)).collect();
    let digits = digits.filter(|all| matches!(all.len(), 8 | 12..=14))?;
    let weighted = digits.iter().rev().zip([1, 3].into_iter().cycle());
    let sum: u32 = weighted.map(|(digit, weight)| digit * weight).sum();
    sum.is_multiple_of(10).then(|| text.to_owned())
}

fn class(text: &str) -> Option<Class> {
    [("A", Class::A), ("B", Class::B), ("C", Class::C)]
        .into_iter()
        .find_map(|(letter, class)| (letter == text).then_some(class))
}

/// The drugs of a list.
pub fn drugs(text: &str) -> Result<Vec<Drug>, CatalogueError> {
    rows(List::Drugs, text, |row| {
        Ok(Drug {
            code: row.named("code")?,
            code_source: row.read("code_source", CodeSource::from_text)?,
            name: row.named("name")?,
            alias: row.owned("alias")?,
            ingredients: row.several("ingredients", |name| {
                (!name.is_empty()).then(|| name.to_owned())
            })?,
            class: row.read("class", class)?,
            list_class: row.owned("list_class")?,
            list_name: row.owned("list_name")?,
            list_form: row.owned("list_form")?,
            kind: row.read("kind", DrugKind::from_text)?,
            groups: row.several("groups", AllergyGroup::from_text)?,
            form: row.named("form")?,
            spec: row.named("spec")?,
            bar_codes: row.several("bar_codes", bar_code)?,
            dose_unit: row.owned("dose_unit")?,
            strength: row.quantity("strength")?,
            unit: row.named("unit")?,
            pack_unit: row.named("pack_unit")?,
            units_per_pack: row.number("units_per_pack", 1)?,
            pack_price: row.price("pack_price")?,
            splittable: row.flag("splittable")?,
            single_use: row.flag("single_use")?,
            route: row.read("route", route)?,
            frequency: row.read("frequency", frequency)?,
            footnote: row.optional("footnote", Footnote::from_text)?,
            dose: row.quantity("dose")?,
            days: row.number("days", 1)?,
            max_dose: row.quantity("max_dose")?,
            max_daily: row.quantity("max_daily")?,
            max_daily_per_kg: row.quantity("max_daily_per_kg")?,
            min_age: row.number("min_age", 0)?,
            antibiotic: row.flag("antibiotic")?,
            essential: row.flag("essential")?,
            skin_test: row.flag("skin_test")?,
            two_disease: row.optional("two_disease", TwoDisease::from_text)?,
            weight: row.number("weight", 0)?,
        })
    })
}

/// The services of a list.
pub fn services(text: &str) -> Result<Vec<Service>, CatalogueError> {
    rows(List::Services, text, |row| {
        Ok(Service {
            code: row.named("code")?,
            code_source: row.read("code_source", CodeSource::from_text)?,
            name: row.named("name")?,
            alias: row.owned("alias")?,
            unit: row.named("unit")?,
            price: row.price("price")?,
            class: row.read("class", class)?,
            charge_type: row.named("charge_type")?,
            role: row.read("role", ServiceRole::from_text)?,
            follows: follows(row)?,
            weight: row.number("weight", 0)?,
        })
    })
}

/// The routes that bring it, and for what one is charged: both or neither.
fn follows(row: &Fields<'_>) -> Result<Option<Follows>, CatalogueError> {
    let routes = row.several("routes", route)?;
    let each = row.optional("each", Each::from_text)?;
    match (routes.is_empty(), each) {
        (true, None) => Ok(None),
        (false, Some(each)) => Ok(Some(Follows { routes, each })),
        _ => Err(row.wrong(Fault::Field("each"))),
    }
}

/// The diagnoses of a list.
pub fn diagnoses(text: &str) -> Result<Vec<Diagnosis>, CatalogueError> {
    rows(List::Diagnoses, text, |row| {
        Ok(Diagnosis {
            code: row.named("code")?,
            name: row.named("name")?,
            alias: row.owned("alias")?,
            kind: row
                .optional("kind", DiagnosisKind::from_text)?
                .unwrap_or(DiagnosisKind::Western),
            sex: row.optional("sex", Sex::from_text)?,
            two_disease: row.optional("two_disease", TwoDisease::from_text)?,
            weight: row.number("weight", 0)?,
        })
    })
}
