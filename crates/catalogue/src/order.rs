//! Frequencies, routes and how much an order comes to.

use cunyi_domain::ledger::{ItemKind, Prescription};
use cunyi_domain::money::{Quantity, Rounding, div_round};

use crate::model::Drug;

/// How often 频次.
#[derive(Debug, PartialEq, Eq)]
pub struct Frequency {
    /// Code, as prescriptions write it: `tid`.
    pub code: &'static str,
    /// 每日三次.
    pub name_zh: &'static str,
    /// Times in a period.
    pub times: i64,
    /// Days of a period; 0 is once and never again (即时).
    pub period_days: i64,
}

impl Frequency {
    /// Doses in so many days: the first dose of a period counts, so that `qod` for 3 days is 2.
    pub fn doses(&self, days: i64) -> i64 {
        if self.period_days == 0 {
            return self.times;
        }
        let doses = i128::from(self.times) * i128::from(days.max(0));
        let whole = div_round(doses, i128::from(self.period_days), Rounding::Up);
        i64::try_from(whole).unwrap_or(i64::MAX)
    }

    /// Times on a day that has any: the day's dose is this times the single one.
    pub fn times_a_day(&self) -> i64 {
        let days = i128::from(self.period_days.max(1));
        let times = div_round(i128::from(self.times), days, Rounding::Up);
        i64::try_from(times).unwrap_or(self.times)
    }
}

macro_rules! frequencies {
    ($($code:literal $name:literal $times:literal in $period:literal,)*) => {
        &[$(Frequency { code: $code, name_zh: $name, times: $times, period_days: $period },)*]
    };
}

static FREQUENCIES: &[Frequency] = frequencies![
    "qd" "每日一次" 1 in 1,
    "bid" "每日两次" 2 in 1,
    "tid" "每日三次" 3 in 1,
    "qid" "每日四次" 4 in 1,
    "quingid" "每日五次" 5 in 1,
    "qn" "每晚一次" 1 in 1,
    "st" "即时" 1 in 0,
    "prn" "必要时" 1 in 1,
    "qod" "隔日一次" 1 in 2,
    "q3d" "三日一次" 1 in 3,
    "qw" "每周一次" 1 in 7,
    "biw" "每周两次" 2 in 7,
    "tiw" "每周三次" 3 in 7,
    "qow" "隔周一次" 1 in 14,
    "q1h" "每小时一次" 24 in 1,
    "q2h" "每二小时一次" 12 in 1,
    "q3h" "每三小时一次" 8 in 1,
    "q4h" "每四小时一次" 6 in 1,
    "q6h" "每六小时一次" 4 in 1,
    "q8h" "每八小时一次" 3 in 1,
    "q12h" "每12小时一次" 2 in 1,
];

/// How often of a decoction: one dose 剂 a day, so that doses are days.
static DECOCTION_TIMES: &[Frequency] = frequencies![
    "d2" "每日一剂分两次" 1 in 1,
    "d3" "每日一剂分三次" 1 in 1,
    "d1" "每日一剂顿服" 1 in 1,
];

/// How often a decoction is taken, the usual first.
pub fn decoction_times() -> &'static [Frequency] {
    DECOCTION_TIMES
}

/// Every frequency but a decoction's, the usual first.
pub fn frequencies() -> &'static [Frequency] {
    FREQUENCIES
}

/// The frequency of a code.
pub fn frequency(code: &str) -> Option<&'static Frequency> {
    all_frequencies().find(|f| f.code == code)
}

/// The frequency that is printed so.
pub fn frequency_named(name: &str) -> Option<&'static Frequency> {
    all_frequencies().find(|f| f.name_zh == name)
}

fn all_frequencies() -> impl Iterator<Item = &'static Frequency> {
    FREQUENCIES.iter().chain(DECOCTION_TIMES)
}

/// What a route is to the registers an inspector asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RouteKind {
    /// Swallowed or kept in the mouth.
    Oral,
    /// By needle: in the injection register.
    Injection,
    /// By drip: in the infusion register; lines of a group share it.
    Infusion,
    /// On the skin, eyes, ears, by breath …
    Local,
    /// Pieces boiled together 煎.
    Decoction,
}

/// How a drug is taken 用药途径.
#[derive(Debug, PartialEq, Eq)]
pub struct Route {
    /// Our code.
    pub code: &'static str,
    /// Code in CV06.00.102; several routes may share one.
    pub national: &'static str,
    /// 口服.
    pub name_zh: &'static str,
    /// What it is to the registers.
    pub kind: RouteKind,
}

impl Route {
    /// On which prescription a drug stands that is taken so.
    pub fn prescription(&self) -> Prescription {
        match self.kind {
            RouteKind::Injection | RouteKind::Infusion => Prescription::Infusion,
            RouteKind::Oral | RouteKind::Local => Prescription::Western,
            RouteKind::Decoction => Prescription::Decoction,
        }
    }
}

/// On which prescription a charge stands; it keeps its route by name.
pub fn prescription(kind: ItemKind, route: &str) -> Prescription {
    match kind {
        ItemKind::Service => Prescription::Service,
        ItemKind::Drug => route_named(route).map_or(Prescription::Western, Route::prescription),
    }
}

macro_rules! routes {
    ($($code:literal $national:literal $name:literal $kind:ident,)*) => {
        &[$(Route { code: $code, national: $national, name_zh: $name, kind: RouteKind::$kind },)*]
    };
}

static ROUTES: &[Route] = routes![
    "po" "1" "口服" Oral,
    "sl" "3" "舌下" Oral,
    "buccal" "609" "含化" Oral,
    "im" "403" "肌内注射" Injection,
    "ih" "401" "皮下注射" Injection,
    "id" "402" "皮内注射" Injection,
    "iv" "404" "静脉注射" Injection,
    "ivgtt" "404" "静脉滴注" Infusion,
    "infiltration" "4" "局部浸润" Injection,
    "inh" "5" "吸入" Local,
    "pr" "2" "直肠给药" Local,
    "pv" "605" "阴道给药" Local,
    "eye" "606" "滴眼" Local,
    "ear" "699" "滴耳" Local,
    "nose" "607" "滴鼻" Local,
    "throat" "608" "喷喉" Local,
    "skin" "611" "外用" Local,
    "dressing" "610" "敷伤口" Local,
    "other" "9" "其他" Local,
];

static USAGES: &[Route] = routes![
    "decoct" "1" "水煎服" Decoction,
    "decoct-skin" "611" "水煎外用" Decoction,
];

/// Every route but a decoction's, the usual first.
pub fn routes() -> &'static [Route] {
    ROUTES
}

/// The route of a code.
pub fn route(code: &str) -> Option<&'static Route> {
    all_routes().find(|r| r.code == code)
}

fn all_routes() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().chain(USAGES)
}

/// How a decoction is used 用法, the usual first.
pub fn usages() -> &'static [Route] {
    USAGES
}

/// The route that is printed so.
pub fn route_named(name: &str) -> Option<&'static Route> {
    all_routes().find(|r| r.name_zh == name)
}

/// What to hand out for an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispense {
    /// Smallest units, a whole number but for grams of pieces.
    pub units: Quantity,
    /// Whole packs in it; nothing when it is sold by the smallest unit and does not fill packs.
    pub packs: Option<Quantity>,
}

/// Why an order has no quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderError {
    /// The dose is missing, zero or negative.
    Dose,
    /// Days are not 1 to 365.
    Days,
    /// The quantity is larger than [`MOST_UNITS`].
    TooMuch,
}

/// The most smallest units of one line: the interface's `cnt` is N(16,4), a clinic's line is small.
pub const MOST_UNITS: i64 = 100_000;

/// Dose × frequency × days in whole smallest units, in whole packs if the drug may not be split.
/// What is used as needed comes to one pack; it needs no dose. Pieces are weighed: grams × doses, exactly.
pub fn quantity(
    drug: &Drug,
    dose: Option<Quantity>,
    frequency: &Frequency,
    days: i64,
) -> Result<Dispense, OrderError> {
    if !(1..=365).contains(&days) {
        return Err(OrderError::Days);
    }
    if drug.is_piece() {
        return weighed(dose, frequency.doses(days));
    }
    let per_pack = i128::from(drug.units_per_pack.max(1));
    let units = match drug.strength {
        Some(strength) => {
            let dose = dose.filter(|d| d.0 > 0).ok_or(OrderError::Dose)?;
            units_of(drug, dose, strength, frequency.doses(days))
        }
        None => per_pack,
    };
    let packs = div_round(units, per_pack, Rounding::Up);
    let units = if drug.splittable {
        units
    } else {
        packs * per_pack
    };
    let whole = |count: i128| {
        i64::try_from(count)
            .ok()
            .filter(|count| *count <= MOST_UNITS)
            .map(Quantity::whole)
            .ok_or(OrderError::TooMuch)
    };
    Ok(Dispense {
        units: whole(units)?,
        packs: if units == packs * per_pack {
            Some(whole(packs)?)
        } else {
            None
        },
    })
}

fn weighed(grams: Option<Quantity>, doses: i64) -> Result<Dispense, OrderError> {
    let grams = grams.filter(|g| g.0 > 0).ok_or(OrderError::Dose)?;
    let units = grams.0.checked_mul(doses).map(Quantity);
    let units = units.filter(|units| *units <= Quantity::whole(MOST_UNITS));
    Ok(Dispense {
        units: units.ok_or(OrderError::TooMuch)?,
        packs: None,
    })
}

fn units_of(drug: &Drug, dose: Quantity, strength: Quantity, doses: i64) -> i128 {
    let (dose, doses) = (i128::from(dose.0), i128::from(doses));
    let strength = i128::from(strength.0.max(1));
    if drug.single_use {
        div_round(dose, strength, Rounding::Up) * doses
    } else {
        div_round(dose * doses, strength, Rounding::Up)
    }
}
