//! About 300 villagers of the fictional 演示县, the same for the same seed and day.
//!
//! Ages and sexes follow a Hunan village's resident mix (0-5 6 %, 6-17 14 %, 18-44 22 %, 45-64
//! 33 %, 65+ 25 %; female 49 %). Identity numbers have a good checksum and an area code that no
//! county has; telephone numbers begin as no real one does. Nobody here exists.

use std::fmt::Write as _;
use std::time::Duration;

use cunyi_domain::id_number::{Sex, check_character};
use cunyi_domain::money::Fen;
use cunyi_domain::time::Moment;
use cunyi_domain::time::civil::Date;

use crate::families::{self, Member};
use crate::names;

/// 演示县's area code: 99 is no province in GB/T 2260; the demo region has the same.
pub const AREA: &str = "990001";
/// Where those insured elsewhere are insured: not a real area code either.
pub const ELSEWHERE: &str = "990002";

/// The seed of the demo's village.
pub const DEMO_SEED: u64 = 20_261_124;

/// A villager and what the centre knows of her.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// 人员编号 `psn_no`
    pub number: String,
    /// 姓名
    pub name: String,
    /// 身份证号
    pub id_number: String,
    /// 性别
    pub sex: Sex,
    /// 出生日期
    pub birth_date: Date,
    /// 电话, not a real one.
    pub phone: String,
    /// 住址
    pub address: String,
    /// Those of one household have the same number.
    pub household: usize,
    /// 参保信息, none for the uninsured.
    pub coverages: Vec<Cover>,
    /// 慢病备案
    pub filings: Vec<Filing>,
    /// 身份信息
    pub identities: Vec<Identity>,
    /// 社会保障卡
    pub card: Option<Card>,
    /// 医保电子凭证
    pub voucher: Option<Voucher>,
    /// Fund paid this year at other institutions, general outpatient.
    pub fund_elsewhere: Fen,
}

/// What makes her one who is aided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// `psn_idet_type`
    pub code: &'static str,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Option<Date>,
}

/// One insurance of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cover {
    /// 险种: 390 or 310.
    pub scheme: &'static str,
    /// 人员类别
    pub person_type: &'static str,
    /// 参保状态: 1 in force, 2 suspended.
    pub status: &'static str,
    /// 参保地
    pub place: &'static str,
    /// 参保日期
    pub since: Date,
    /// 个人账户余额
    pub balance: Fen,
    /// 单位
    pub employer: &'static str,
}

/// 门慢/两病备案 (5301).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filing {
    /// 病种编码
    pub code: &'static str,
    /// 病种名称
    pub name: &'static str,
    /// First day.
    pub from: Date,
    /// Last day; none while it holds.
    pub to: Option<Date>,
}

/// A social-security card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// 卡号
    pub number: String,
    /// 卡识别码, which only a reader sees.
    pub code: String,
}

/// An e-voucher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voucher {
    /// What a terminal makes of its code.
    pub token: String,
    /// When it ends.
    pub expires_at: Moment,
    /// False for a token the centre has never seen.
    pub known: bool,
}

/// How an invented code and the token made of it begin, after the area.
const CODE: &str = "qr00";
const TOKEN: &str = "ec00";

impl Voucher {
    /// What a scanner reads from the phone.
    pub fn code(&self) -> String {
        code_of(&self.token)
    }
}

/// The code of a token.
pub(crate) fn code_of(token: &str) -> String {
    token.replacen(TOKEN, CODE, 1)
}

/// What a terminal makes of a code; none of what is no code of an e-voucher.
pub(crate) fn token_of(code: &str) -> Option<String> {
    let rest = code.strip_prefix(AREA)?.strip_prefix(CODE)?;
    let plain = rest.len() == 30 && rest.bytes().all(|b| b.is_ascii_hexdigit());
    plain.then(|| format!("{AREA}{TOKEN}{rest}"))
}

/// A splitmix64 generator: the same numbers for the same seed everywhere.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % (n.max(1) as u64)).unwrap_or(0)
    }

    /// From `from` to `to`, both included.
    pub(crate) fn between(&mut self, from: i64, to: i64) -> i64 {
        from + i64::try_from(self.below(usize::try_from(to - from + 1).unwrap_or(1))).unwrap_or(0)
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }

    /// Hexadecimal digits in capitals.
    fn hex(&mut self, digits: usize) -> String {
        let mut text = String::new();
        while text.len() < digits {
            let _ = write!(text, "{:016X}", self.next());
        }
        text.truncate(digits);
        text
    }
}

/// The villagers, for a seed and the day the demo begins.
pub fn population(seed: u64, today: Date) -> Vec<Person> {
    let mut dice = Dice::new(seed);
    let members = families::settle(&mut dice);
    let mut people: Vec<Person> = members
        .iter()
        .enumerate()
        .map(|(i, member)| person(&mut dice, i, member, today))
        .collect();
    let mut order: Vec<usize> = (0..people.len()).collect();
    dice.shuffle(&mut order);
    let ages: Vec<i64> = members.iter().map(|m| m.age).collect();
    except(&mut people, &ages, &order, today);
    file_diseases(&mut people, &ages, &order, today);
    equip(&mut dice, &mut people, &ages, today);
    people
}

fn person(dice: &mut Dice, place: usize, member: &Member, today: Date) -> Person {
    let birth_date = born(dice, member.age, today);
    let sequence = 2 * dice.between(1, 498) + i64::from(member.sex == Sex::Male);
    let first17 = format!("{AREA}{}{sequence:03}", birth_date.strftime("%Y%m%d"));
    let check = check_character(&first17).unwrap_or('X');
    let given = names::given(dice, member.sex, birth_date.year());
    let group = member.household % 8 + 1;
    Person {
        number: format!("{AREA}00000000000000{:06}", 100_001 + place),
        name: format!("{}{given}", names::SURNAMES[member.surname]),
        id_number: format!("{first17}{check}"),
        sex: member.sex,
        birth_date,
        phone: format!("1000001{:04}", 1_000 + place),
        address: format!("演示县云溪镇竹山村{group}组"),
        household: member.household,
        coverages: vec![resident(member.age, birth_date)],
        filings: Vec::new(),
        identities: aided(member.household, today),
        card: None,
        voucher: None,
        fund_elsewhere: Fen::ZERO,
    }
}

/// 低保 or 特困 of some households, by the codes of the demo's region; of one it has ended.
fn aided(household: usize, today: Date) -> Vec<Identity> {
    let (code, to) = match household % 60 {
        9 => ("021", None),
        19 | 39 => ("022", None),
        29 => ("022", Some(today.first_of_year())),
        _ => return Vec::new(),
    };
    let from = Date::constant(2024, 1, 1);
    vec![Identity { code, from, to }]
}

/// A day on which someone of this age was born.
fn born(dice: &mut Dice, age: i64, today: Date) -> Date {
    let year = today.year() - i16::try_from(age).unwrap_or(0);
    let (month, day) = (dice.between(1, 12), dice.between(1, 28));
    let date = |year| {
        Date::new(
            year,
            i8::try_from(month).unwrap_or(1),
            i8::try_from(day).unwrap_or(1),
        )
    };
    let this_year = date(year).unwrap_or(today);
    let had_birthday = (this_year.month(), this_year.day()) <= (today.month(), today.day());
    if had_birthday {
        this_year
    } else {
        date(year - 1).unwrap_or(today)
    }
}

fn resident(age: i64, birth_date: Date) -> Cover {
    let person_type = match age {
        ..18 => "1401",
        18..60 => "1501",
        _ => "1601",
    };
    let founded = Date::constant(2016, 9, 1);
    Cover {
        scheme: "390",
        person_type,
        status: "1",
        place: AREA,
        since: birth_date.max(founded),
        balance: Fen::ZERO,
        employer: "",
    }
}

fn employee(age: i64, balance: i64) -> Cover {
    Cover {
        scheme: "310",
        person_type: if age >= 60 { "12" } else { "11" },
        status: "1",
        place: AREA,
        since: Date::constant(2019, 3, 1),
        balance: Fen(balance),
        employer: "演示县云溪竹制品厂",
    }
}

/// Those whose insurance is not the rule: uninsured, suspended, elsewhere, employees, twice insured.
fn except(people: &mut [Person], ages: &[i64], order: &[usize], today: Date) {
    let of_age = |from: i64, to: i64| {
        order
            .iter()
            .copied()
            .filter(move |i| (from..=to).contains(&ages[*i]))
    };
    let adults: Vec<usize> = of_age(20, 59).take(32).collect();
    let newborn = of_age(0, 0).take(1);
    for i in adults[..5].iter().copied().chain(newborn) {
        people[i].coverages.clear();
    }
    for i in &adults[5..11] {
        people[*i].coverages[0].status = "2";
    }
    for i in &adults[11..17] {
        people[*i].coverages[0].place = ELSEWHERE;
    }
    for (n, i) in adults[17..28]
        .iter()
        .copied()
        .chain(of_age(62, 80).take(2))
        .enumerate()
    {
        let balance = 4_250 + 31_877 * i64::try_from(n).unwrap_or(0);
        people[i].coverages = vec![employee(ages[i], balance)];
    }
    for i in &adults[28..30] {
        people[*i].coverages.push(employee(ages[*i], 62_000));
    }
    // Moved from one to the other: the older insurance is suspended.
    for i in &adults[30..32] {
        people[*i].coverages[0].status = "2";
        people[*i].coverages.push(Cover {
            since: today,
            ..employee(ages[*i], 0)
        });
    }
}

const HYPERTENSION: (&str, &str) = ("M03900", "高血压");
const DIABETES: (&str, &str) = ("M01600", "糖尿病");

/// 36 people (12 %) have a filing; four have both diseases, one filing has ended.
fn file_diseases(people: &mut [Person], ages: &[i64], order: &[usize], today: Date) {
    let from = Date::constant(2022, 1, 1);
    let candidates = order.iter().copied().rev().filter(|i| ages[*i] >= 45);
    let insured: Vec<usize> = candidates.filter(|i| local(&people[*i])).take(36).collect();
    for (n, i) in insured.into_iter().enumerate() {
        let diseases: &[(&str, &str)] = match n {
            0..4 => &[HYPERTENSION, DIABETES],
            4..13 => &[DIABETES],
            _ => &[HYPERTENSION],
        };
        let to = (n == 35).then(|| today.first_of_year());
        let filing = |&(code, name)| Filing {
            code,
            name,
            from,
            to,
        };
        people[i].filings = diseases.iter().map(filing).collect();
    }
}

fn local(person: &Person) -> bool {
    person
        .coverages
        .iter()
        .any(|c| c.status == "1" && c.place == AREA)
}

/// Cards, e-vouchers and what was used elsewhere this year.
fn equip(dice: &mut Dice, people: &mut [Person], ages: &[i64], today: Date) {
    let long = Moment::start_of(today).plus(Duration::from_hours(24 * 3_650));
    let ended = Moment(Moment::start_of(today).0 - 3_600_000_000);
    let mut vouchers = 0;
    for (i, person) in people.iter_mut().enumerate() {
        if ages[i] >= 1 && !person.coverages.is_empty() {
            let number = format!("Y{AREA}{:05}", 10_001 + i);
            person.card = Some(Card {
                number,
                code: format!("{AREA}{}", dice.hex(26)),
            });
        }
        if (16..76).contains(&ages[i]) && !person.coverages.is_empty() && dice.below(100) < 45 {
            vouchers += 1;
            let expires_at = if vouchers % 10 == 3 { ended } else { long };
            let token = format!("{AREA}{TOKEN}{}", dice.hex(30).to_ascii_lowercase());
            person.voucher = Some(Voucher {
                token,
                expires_at,
                known: vouchers % 15 != 4,
            });
        }
        if local(person) && dice.below(100) < 15 {
            let spent = if dice.below(5) == 0 {
                dice.between(39_000, 40_000)
            } else {
                dice.between(800, 30_000)
            };
            person.fund_elsewhere = Fen(spent);
        }
    }
}
