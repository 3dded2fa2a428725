//! Reading what was typed: vitals, texts, diagnoses, lines. What cannot be read is a problem with
//! its field, and nothing is guessed.

use cunyi_catalogue as catalogue;
use cunyi_catalogue::{Catalogue, Drug, Frequency, Route, Service};
use cunyi_domain::ids::ChargeId;
use cunyi_domain::ledger::{Charge, DiagnosisKind, Footnote, GlucoseKind, ItemKind, LineClass};
use cunyi_domain::money::{Fen, Quantity, UnitPrice, parse_decimal};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::civil::Date;
use cunyi_domain::time::parse_date;

use super::{FeeList, MOST_DIAGNOSES, MOST_REASON, MOST_TEXT, Vitals, group};
use crate::kinds;
use crate::views::{ChargeView, Decoction, DraftBody, DraftLine};

/// Most days that are counted back to where an illness broke out.
const MOST_DAYS_AGO: i64 = 99;

pub(super) struct ReadLine<'a> {
    /// Its place in the draft, from 0.
    pub(super) place: usize,
    pub(super) item: Item<'a>,
    pub(super) check: catalogue::Line,
    pub(super) view: ChargeView,
    pub(super) units: Quantity,
    pub(super) benefit: String,
}

impl ReadLine<'_> {
    /// How it is given, if it is a drug.
    pub(super) fn given(&self) -> Option<catalogue::Given> {
        let order = self.check.order.as_ref()?;
        Some(catalogue::Given {
            route: catalogue::route_named(&self.view.route)?,
            frequency: order.frequency,
            days: order.days,
            group: self.view.drip_group,
        })
    }
}

#[derive(Clone, Copy)]
pub(super) enum Item<'a> {
    Drug(&'a Drug),
    Service(&'a Service),
}

/// An item of the lists, by its code.
pub(super) fn item<'a>(catalogue: &'a Catalogue, code: &str) -> Option<Item<'a>> {
    let drug = catalogue.drug(code).map(Item::Drug);
    drug.or_else(|| catalogue.service(code).map(Item::Service))
}

/// What reimbursement rules may ask of an item of the lists, by its code.
pub(crate) fn item_for_rules(catalogue: &Catalogue, code: &str) -> cunyi_policy::Item {
    item(catalogue, code).map_or_else(
        || cunyi_policy::Item {
            code: Some(code.to_owned()),
            ..cunyi_policy::Item::default()
        },
        Item::for_rules,
    )
}

impl Item<'_> {
    /// What reimbursement rules may ask of it.
    pub(super) fn for_rules(self) -> cunyi_policy::Item {
        let (code, kinds) = match self {
            Item::Drug(drug) => (&drug.code, kinds::of_drug(drug)),
            Item::Service(service) => (&service.code, kinds::of_service()),
        };
        cunyi_policy::Item {
            code: Some(code.clone()),
            kinds,
            pay_first: None,
        }
    }

    pub(super) fn is_consultation(self) -> bool {
        matches!(self, Item::Service(s) if s.role == catalogue::ServiceRole::General)
    }
}

pub(super) fn read_texts(body: &DraftBody, problems: &mut Vec<Refusal>) {
    let texts = [
        ("complaint", &body.complaint),
        ("history", &body.history),
        ("past_history", &body.past_history),
        ("examination", &body.examination),
        ("auxiliary", &body.auxiliary),
        ("advice", &body.advice),
    ];
    for (field, text) in texts {
        let control = |c: char| c.is_control() && c != '\n' && c != '\r' && c != '\t';
        if text.chars().count() > MOST_TEXT || text.chars().any(control) {
            problems.push(Refusal::at(Code::BadText, field).with("limit", MOST_TEXT));
        }
    }
    let long = |(_, reason): &(String, String)| reason.chars().count() > MOST_REASON;
    if body.reasons.iter().any(long) {
        problems.push(Refusal::at(Code::BadText, "reasons").with("limit", MOST_REASON));
    }
}

pub(super) fn read_vitals(body: &DraftBody, list: &mut FeeList) {
    let mut number = |field: &'static str, text: &str, scale: u32, least: i64, most: i64| {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let value = parse_decimal(text, scale)
            .ok()
            .filter(|v| (least..=most).contains(v));
        if value.is_none() {
            list.problems.push(Refusal::at(Code::BadNumber, field));
        }
        value
    };
    list.vitals = Vitals {
        temperature: number("temperature", &body.temperature, 1, 300, 450),
        pulse: number("pulse", &body.pulse, 0, 20, 300),
        respiration: number("respiration", &body.respiration, 0, 4, 120),
        systolic: number("systolic", &body.systolic, 0, 40, 300),
        diastolic: number("diastolic", &body.diastolic, 0, 20, 200),
        glucose: number("glucose", &body.glucose, 1, 5, 600),
        glucose_kind: None,
        weight: number("weight", &body.weight, 1, 5, 3500),
        height: number("height", &body.height, 1, 250, 2500),
    };
    // Of what was not measured it is of no matter when.
    if list.vitals.glucose.is_some() && !body.glucose_kind.is_empty() {
        list.vitals.glucose_kind = GlucoseKind::from_text(&body.glucose_kind);
        if list.vitals.glucose_kind.is_none() {
            let refusal = Refusal::at(Code::BadText, "glucose_kind");
            list.problems.push(refusal);
        }
    }
}

/// It broke out in her life, and not after the visit.
pub(super) fn read_onset(body: &DraftBody, (birth, day): (Date, Date), list: &mut FeeList) {
    let text = body.onset.trim();
    if text.is_empty() {
        return;
    }
    let read = onset(text, day).filter(|onset| (birth..=day).contains(onset));
    if read.is_none() {
        list.problems.push(Refusal::at(Code::BadText, "onset"));
    }
    list.onset = read;
}

/// A date; a month and a day, the last of that name; or days before a day.
fn onset(text: &str, day: Date) -> Option<Date> {
    if let Some(date) = parse_date(text) {
        return Some(date);
    }
    if let Some((month, of_month)) = text.split_once('-') {
        let (month, of_month) = (month.parse().ok()?, of_month.parse().ok()?);
        let of = |year| Date::new(year, month, of_month).ok();
        let this_year = of(day.year()).filter(|date| *date <= day);
        return this_year.or_else(|| of(day.year() - 1));
    }
    let days: i64 = text
        .parse()
        .ok()
        .filter(|days| (0..=MOST_DAYS_AGO).contains(days))?;
    (0..days).try_fold(day, |day, _| day.yesterday().ok())
}

pub(super) fn read_diagnoses(catalogue: &Catalogue, body: &DraftBody, list: &mut FeeList) {
    if body.diagnoses.len() > MOST_DIAGNOSES {
        list.problems
            .push(Refusal::at(Code::BadNumber, "diagnoses").with("limit", MOST_DIAGNOSES));
    }
    for code in body
        .diagnoses
        .iter()
        .filter(|c| !c.is_empty())
        .take(MOST_DIAGNOSES)
    {
        match catalogue.diagnosis(code) {
            Some(found) => list.diagnoses.push(found.clone()),
            None => list
                .problems
                .push(Refusal::at(Code::NotInCatalogue, "diagnoses")),
        }
    }
    // The main one is what the platform settles by: 西医, whatever was typed first.
    let western = |one: &catalogue::Diagnosis| one.kind == DiagnosisKind::Western;
    list.diagnoses.sort_by_key(|one| !western(one));
    if !list.diagnoses.first().is_some_and(western) {
        list.problems
            .push(Refusal::at(Code::NoDiagnosis, "diagnoses"));
    }
    if body.onset.trim().is_empty() {
        list.problems
            .extend(list.diagnoses.iter().find_map(notifiable));
    }
}

/// A notifiable disease is not signed without the day on which it broke out (传染病信息报告管理规范 2015, §3.2).
fn notifiable(one: &catalogue::Diagnosis) -> Option<Refusal> {
    let class = catalogue::notifiable(&one.code)?;
    let refusal = Refusal::at(Code::OnsetMissing, "onset").with("disease", &one.name);
    Some(refusal.with("class", class).with("hours", class.hours()))
}

pub(super) fn read_line<'a>(
    catalogue: &'a Catalogue,
    place: usize,
    line: &DraftLine,
    decoction: Option<&Boiled>,
) -> Result<Option<ReadLine<'a>>, Refusal> {
    if let Some(drug) = catalogue.drug(&line.code) {
        return if drug.is_piece() {
            let read = |how| read_piece(drug, place, line, how);
            decoction.map(read).transpose()
        } else {
            read_drug(drug, place, line).map(Some)
        };
    }
    let service = catalogue.service(&line.code);
    let service = service.ok_or(Refusal::at(Code::NotInCatalogue, "code"))?;
    read_service(service, place, line).map(Some)
}

/// Most doses of a decoction: two weeks, then she is seen again.
const MOST_DOSES: i64 = 14;

/// How a decoction is made and taken.
pub(super) struct Boiled {
    doses: i64,
    usage: &'static Route,
    times: &'static Frequency,
}

/// What is said of the decoction as a whole.
pub(super) fn read_decoction(typed: &Decoction) -> Result<Boiled, Refusal> {
    let doses = parse_decimal(typed.doses.trim(), 0)
        .ok()
        .filter(|doses| (1..=MOST_DOSES).contains(doses));
    let bad = Refusal::at(Code::Doses, "doses").with("limit", MOST_DOSES);
    let mut usages = catalogue::usages().iter();
    let usage = usages.find(|route| route.code == typed.usage);
    let mut times = catalogue::decoction_times().iter();
    let times = times.find(|times| times.code == typed.times);
    Ok(Boiled {
        doses: doses.ok_or(bad)?,
        usage: usage.ok_or(Refusal::at(Code::Missing, "usage"))?,
        times: times.ok_or(Refusal::at(Code::Missing, "times"))?,
    })
}

/// A herb of the decoction. How much is sold follows from its grams and the doses alone.
fn read_piece<'a>(
    drug: &'a Drug,
    place: usize,
    line: &DraftLine,
    how: &Boiled,
) -> Result<ReadLine<'a>, Refusal> {
    let bad = |field| Refusal::at(Code::BadNumber, field);
    let grams: Option<Quantity> = line.dose.trim().parse().ok();
    let grams = grams.filter(|g| g.0 > 0 && g.0 <= MOST_DOSE);
    let grams = grams.ok_or(bad("dose"))?;
    let footnote = match line.footnote.as_str() {
        "" => None,
        code => Some(Footnote::from_text(code).ok_or(Refusal::at(Code::Missing, "footnote"))?),
    };
    let order = catalogue::Order {
        dose: Some(grams),
        frequency: how.times,
        days: how.doses,
    };
    let sold = catalogue::quantity(drug, order.dose, order.frequency, order.days);
    let sold = sold.map_err(|_| bad("dose"))?.units;
    let (price, unit) = (drug.unit_price(), &drug.unit);
    let view = charge(&drug.code, &drug.name, unit, drug.class, price, sold)?;
    Ok(ReadLine {
        place,
        item: Item::Drug(drug),
        check: catalogue::Line {
            code: drug.code.clone(),
            order: Some(order),
            quantity: sold,
        },
        view: ChargeView {
            kind: ItemKind::Drug,
            dose: format!("{grams}{}", drug.dose_unit),
            route: how.usage.name_zh.to_owned(),
            frequency: how.times.name_zh.to_owned(),
            days: how.doses,
            footnote,
            ..view
        },
        units: sold,
        benefit: line.benefit.clone(),
    })
}

/// The largest single dose, 10,000 of its units.
const MOST_DOSE: i64 = 100_000_000;

/// Whole units a person typed: positive, no fraction, at most four digits.
fn typed_units(text: &str) -> Result<Option<i64>, Refusal> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let value = parse_decimal(text.trim(), 0)
        .ok()
        .filter(|v| (1..=9999).contains(v));
    value
        .map(Some)
        .ok_or(Refusal::at(Code::BadNumber, "quantity"))
}

/// By which route, how often, for how many days.
fn read_use(
    line: &DraftLine,
) -> Result<
    (
        &'static catalogue::Route,
        &'static catalogue::Frequency,
        i64,
    ),
    Refusal,
> {
    let mut routes = catalogue::routes().iter();
    let route = routes.find(|r| r.code == line.route);
    let route = route.ok_or(Refusal::at(Code::Missing, "route"))?;
    let mut frequencies = catalogue::frequencies().iter();
    let frequency = frequencies.find(|f| f.code == line.frequency);
    let frequency = frequency.ok_or(Refusal::at(Code::Missing, "frequency"))?;
    let days = parse_decimal(line.days.trim(), 0).ok();
    let days = days.filter(|d| (1..=365).contains(d));
    let days = days.ok_or(Refusal::at(Code::BadNumber, "days"))?;
    Ok((route, frequency, days))
}

/// True where what was sold is what the order comes to: it need not be typed, and follows when the days change.
pub(crate) fn follows(catalogue: &Catalogue, line: &DraftLine, sold: &Charge) -> bool {
    let open = DraftLine {
        quantity: String::new(),
        ..line.clone()
    };
    let read = catalogue
        .drug(&line.code)
        .map(|drug| read_drug(drug, 0, &open));
    read.is_some_and(|read| {
        read.is_ok_and(|read| (read.view.quantity, &read.view.unit) == (sold.quantity, &sold.unit))
    })
}

fn read_drug<'a>(drug: &'a Drug, place: usize, line: &DraftLine) -> Result<ReadLine<'a>, Refusal> {
    let bad = |field| Refusal::at(Code::BadNumber, field);
    let (route, frequency, days) = read_use(line)?;
    let dose = match (drug.strength, line.dose.trim()) {
        (None, "") => None,
        (_, text) => {
            let dose: Option<Quantity> = text.parse().ok();
            Some(
                dose.filter(|d| d.0 > 0 && d.0 <= MOST_DOSE)
                    .ok_or(bad("dose"))?,
            )
        }
    };
    // Of a drip what is charged is one day of its course.
    let at_once = if route.kind == catalogue::RouteKind::Infusion {
        1
    } else {
        days
    };
    let computed = catalogue::quantity(drug, dose, frequency, at_once).map_err(|e| match e {
        catalogue::OrderError::Dose => bad("dose"),
        catalogue::OrderError::Days => bad("days"),
        catalogue::OrderError::TooMuch => bad("quantity"),
    })?;
    // Whole packs are sold as packs, everything else by the smallest unit.
    let per_pack = drug.units_per_pack.max(1);
    let (quantity, by_pack) = match (typed_units(&line.quantity)?, computed.packs) {
        (Some(typed), _) => (Quantity::whole(typed), !drug.splittable),
        (None, Some(packs)) if !drug.splittable => (packs, true),
        (None, _) => (computed.units, false),
    };
    let units = if by_pack {
        Quantity(quantity.0 * per_pack)
    } else {
        quantity
    };
    let price = if by_pack {
        drug.pack_price
    } else {
        drug.unit_price()
    };
    let unit = if by_pack { &drug.pack_unit } else { &drug.unit };
    let dose_text = dose.map_or_else(|| "适量".to_owned(), |d| format!("{d}{}", drug.dose_unit));
    let mut view = charge(&drug.code, &drug.name, unit, drug.class, price, quantity)?;
    view.kind = ItemKind::Drug;
    view.spec.clone_from(&drug.spec);
    view.dose = dose_text;
    view.route = route.name_zh.to_owned();
    view.frequency = frequency.name_zh.to_owned();
    view.days = days;
    (view.drip_group, view.drip_rate) = group::read(route, line)?;
    let order = catalogue::Order {
        dose,
        frequency,
        days: at_once,
    };
    let check = catalogue::Line {
        code: drug.code.clone(),
        order: Some(order),
        quantity: units,
    };
    Ok(ReadLine {
        place,
        item: Item::Drug(drug),
        check,
        view,
        units,
        benefit: line.benefit.clone(),
    })
}

fn read_service<'a>(
    service: &'a Service,
    place: usize,
    line: &DraftLine,
) -> Result<ReadLine<'a>, Refusal> {
    let quantity = Quantity::whole(typed_units(&line.quantity)?.unwrap_or(1));
    let read = charged(service, place, quantity)?;
    let benefit = line.benefit.clone();
    Ok(ReadLine { benefit, ..read })
}

/// So many of a service.
pub(super) fn charged(
    service: &Service,
    place: usize,
    quantity: Quantity,
) -> Result<ReadLine<'_>, Refusal> {
    let (code, name) = (&service.code, &service.name);
    let view = charge(
        code,
        name,
        &service.unit,
        service.class,
        service.price,
        quantity,
    )?;
    let check = catalogue::Line {
        code: code.clone(),
        order: None,
        quantity,
    };
    Ok(ReadLine {
        place,
        item: Item::Service(service),
        check,
        view,
        units: Quantity::ZERO,
        benefit: String::new(),
    })
}

fn charge(
    code: &str,
    name: &str,
    unit: &str,
    class: catalogue::Class,
    price: UnitPrice,
    quantity: Quantity,
) -> Result<ChargeView, Refusal> {
    let class = LineClass::from_text(class.as_str()).unwrap_or(LineClass::C);
    Ok(ChargeView {
        id: ChargeId::default(),
        kind: ItemKind::Service,
        code: code.to_owned(),
        name: name.to_owned(),
        spec: String::new(),
        unit: unit.to_owned(),
        class,
        price,
        quantity,
        amount: price
            .amount(quantity)
            .ok_or(Refusal::at(Code::BadNumber, "quantity"))?,
        dose: String::new(),
        route: String::new(),
        frequency: String::new(),
        days: 0,
        footnote: None,
        drip_group: 0,
        drip_rate: 0,
        course: None,
        own_pay: Fen::ZERO,
        over_limit: Fen::ZERO,
        pay_first: Fen::ZERO,
        in_scope: Fen::ZERO,
        fund: Fen::ZERO,
        batch: 1,
        follows: false,
        trace_codes: Vec::new(),
    })
}
