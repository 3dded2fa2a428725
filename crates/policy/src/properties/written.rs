//! A random region's file, written so that the language accepts it: each table is a partition of
//! what its `where` leaves.

use std::fmt::Write as _;

use super::tape::Tape;
use cunyi_domain::money::Fen;

use crate::language::facet::{Aid, Facet, Remote, Status};
use crate::language::form::{Base, By, Part, Per, Stage, Unit};
use crate::*;

/// A file.
pub fn file(tape: &mut Tape) -> String {
    let mut writer = Writer {
        everybody: domain(tape),
        own_ratios: tape.below(5) > 2,
        index: false,
        tape,
    };
    let rules = writer.rules();
    let index = writer.index;
    let head = head(index, writer.tape);
    format!("{head}{rules}")
}

/// What a rule holds for: each facet the file tells apart, with the values that are possible here.
type Domain = Vec<(Facet, Values)>;

#[derive(Clone)]
enum Values {
    Names(Vec<String>),
    /// Each number there is.
    Numbers,
}

/// Which facets the file tells apart: a few, so that their combinations are few.
fn domain(tape: &mut Tape) -> Domain {
    let mut facets: Vec<Facet> = vec![Facet::Level];
    for _ in 0..tape.below(4) {
        let facet = tape.one(Facet::ALL);
        // Diseases are a benefit's own.
        if facet != Facet::Disease && !facets.contains(&facet) {
            facets.push(facet);
        }
    }
    let values = |facet: &Facet| {
        let names = |all: Vec<&str>| Values::Names(all.into_iter().map(str::to_owned).collect());
        match facet {
            Facet::Level => names(Level::ALL.iter().map(|v| v.as_str()).collect()),
            Facet::Status => names(Status::ALL.iter().map(|v| v.as_str()).collect()),
            Facet::Aid => names(Aid::ALL.iter().map(|v| v.as_str()).collect()),
            Facet::Remote => names(Remote::ALL.iter().map(|v| v.as_str()).collect()),
            Facet::Tier => names(vec!["一档", "二档", "三档"]),
            Facet::Signed | Facet::Chosen | Facet::Referred => names(vec!["true", "false"]),
            Facet::Age | Facet::Visit => Values::Numbers,
            Facet::Disease => Values::Names(Vec::new()),
        }
    };
    facets
        .into_iter()
        .map(|facet| (facet, values(&facet)))
        .collect()
}

fn head(index: bool, tape: &mut Tape) -> String {
    let modes = ["half_up", "down", "up"];
    let mut head = format!(
        "region = \"随机县\"\nfictional = {}\nscheme = \"{}\"\nsource = \"随机\"\n\
         valid = {{ from = \"2025-01-01\"{} }}\n\
         rounding = {{ mode = \"{}\", unit = \"{}\", stage = \"{}\" }}\n",
        !tape.rarely(8),
        tape.one(Scheme::ALL),
        tape.one(&["", ", to = \"2026-12-31\""]),
        tape.one(&modes),
        tape.one(Unit::ALL),
        tape.one(Stage::ALL),
    );
    if index {
        head += "index = { average_wage = { 2025 = \"1234.56\", 2026 = \"7000.01\" } }\n";
    }
    head
}

/// Writes rules, and remembers whether one of them is a part of a yearly figure.
struct Writer<'t> {
    /// Every facet with all its values.
    everybody: Domain,
    /// Whether lines may have ratios of their own, which no benefit with segments has.
    own_ratios: bool,
    index: bool,
    tape: &'t mut Tape,
}

impl Writer<'_> {
    /// Everything after the head: keys first, then tables.
    fn rules(&mut self) -> String {
        let everybody = self.everybody.clone();
        let widest = self.narrowed(&everybody);
        let narrower = self.narrowed(&widest);
        let (general, chronic) = self.tape.one(&[(true, false), (true, true), (false, true)]);
        let mut text = format!(
            "class_b_pay_first = {}\n",
            self.table(&widest, Self::percent)
        );
        if general && chronic {
            text += &self.shared(&widest);
        }
        text += &self.account();
        let mut inner = if general { narrower } else { widest.clone() };
        if self.tape.rarely(2) {
            let codes = Values::Names(["M03900", "M01600"].map(str::to_owned).to_vec());
            inner.push((Facet::Disease, codes));
        }
        let benefits: &[&str] = match (general, chronic) {
            (true, true) => &["general", "chronic"],
            (true, false) => &["general"],
            _ => &["chronic"],
        };
        text += &self.lines(benefits, &widest, &inner);
        if general {
            text += &self.fee(&widest);
            text += &self.benefit("general", &widest, "");
        }
        if chronic {
            text += &self.benefit("chronic", &inner, DISEASES);
        }
        text + &self.funds(benefits, &widest, &inner)
    }

    /// Rules of single items: each names what no other names, or names it for others.
    fn lines(&mut self, benefits: &[&str], widest: &Domain, inner: &Domain) -> String {
        let mut text = String::new();
        if !self.own_ratios && !self.tape.rarely(3) {
            return text;
        }
        let mut names = ITEMS.to_vec();
        for _ in 0..=self.tape.below(4) {
            let name = names.remove(self.tape.below(names.len()));
            let of = self.tape.some(benefits);
            let all = if of == ["chronic"] { inner } else { widest };
            let parts = match self.tape.below(3) {
                0 => self.parts(all),
                _ => vec![Domain::new()],
            };
            for when in parts {
                let (of, when) = (of.join("\", \""), condition(&when));
                let says = self.says();
                let _ = write!(
                    text,
                    "\n[[line]]\n{name}\nbenefits = [\"{of}\"]\nwhen = {when}\n{says}"
                );
            }
        }
        text
    }

    /// What a rule says of the items it names.
    fn says(&mut self) -> String {
        let mut text = match self.tape.below(8) {
            0 => return "class = \"丙\"\n".to_owned(),
            1 => "class = \"甲\"\n".to_owned(),
            2 => "class = \"乙\"\n".to_owned(),
            3 => format!("pay_first = \"{}\"\n", self.percent()),
            4 => format!("ceiling = \"{}\"\n", Fen(self.tape.amount(2_000))),
            _ => String::new(),
        };
        if text.is_empty() || self.tape.rarely(3) {
            text += "deductible = false\n";
        }
        if self.own_ratios && self.tape.below(3) > 0 {
            let _ = writeln!(text, "ratio = \"{}\"", self.percent());
        }
        if self.own_ratios && self.tape.rarely(3) {
            text += "cap = false\n";
        }
        if self.tape.rarely(8) {
            text += "unsure = true\n";
        }
        text
    }

    fn benefit(&mut self, name: &str, domain: &Domain, more: &str) -> String {
        let within = condition(&restricted(&self.everybody, domain));
        let segments = !self.own_ratios;
        let rules = self.fund_rules(domain, segments);
        format!("\n[benefit.{name}]\nwhere = {within}\n{more}{rules}")
    }

    fn funds(&mut self, benefits: &[&str], widest: &Domain, inner: &Domain) -> String {
        let mut names: Vec<FundName> = FundName::ALL[1..].to_vec();
        let mut text = String::new();
        for _ in 0..self.tape.below(4).min(2) {
            let name = names.remove(self.tape.below(names.len()));
            let mut of = self.tape.some(benefits);
            of.dedup();
            let all = if of == ["chronic"] { inner } else { widest };
            let mut domains = vec![self.narrowed(all)];
            if self.tape.rarely(4) {
                // The same fund in other terms for others.
                let parts = self.parts(&domains[0]);
                let narrowed = parts.iter().map(|part| overlaid(&domains[0], part));
                domains = narrowed.collect();
            }
            let of = of.join("\", \"");
            for domain in domains {
                let within = condition(&restricted(all, &domain));
                let base = self.tape.one(Base::ALL);
                let _ = write!(
                    text,
                    "\n[[fund]]\nname = \"{name}\"\nbenefits = [\"{of}\"]\nwhere = {within}\nbase = \"{base}\"\n",
                );
                text += &self.fund_rules(&domain, true);
            }
        }
        text
    }

    /// What pool and other funds have in common.
    fn fund_rules(&mut self, domain: &Domain, segments: bool) -> String {
        let deductible = self.limits(domain, true);
        let ratio = self.table(domain, Self::percent);
        let mut text = format!("deductible = {deductible}\nratio = {ratio}\n");
        let adjusts = (0..self.tape.below(3)).map(|_| self.adjust(domain));
        let adjusts: Vec<String> = adjusts.collect();
        if !adjusts.is_empty() {
            let _ = writeln!(text, "adjust = [{}]", adjusts.join(", "));
        }
        let segments = if segments {
            self.segments(domain)
        } else {
            Vec::new()
        };
        if !segments.is_empty() {
            let _ = writeln!(text, "segment = [{}]", segments.join(", "));
        }
        text + &format!("cap = {}\n", self.limits(domain, false))
    }

    fn segments(&mut self, domain: &Domain) -> Vec<String> {
        let (count, per) = (self.tape.below(3), self.tape.one(Per::ALL));
        let mut above = 0;
        let mut one = |_| {
            above += 1 + self.tape.amount(20_000);
            let (above, ratio) = (Fen(above), self.table(domain, Self::percent));
            format!("{{ above = \"{above}\", per = \"{per}\", ratio = {ratio} }}")
        };
        (0..count).map(&mut one).collect()
    }

    fn adjust(&mut self, domain: &Domain) -> String {
        let when = condition(&self.part(domain));
        let change = match self.tape.below(3) {
            0 => format!("add = \"{}%\"", self.tape.below(30)),
            1 => format!("add = \"-{}.5%\"", self.tape.below(30)),
            _ => format!("times = \"{}\"", self.percent()),
        };
        format!("{{ when = {when}, {change} }}")
    }

    fn limits(&mut self, domain: &Domain, deductible: bool) -> String {
        let all = (0..self.tape.below(4)).map(|_| self.limit(domain, deductible, ""));
        let all: Vec<String> = all.collect();
        if all.is_empty() {
            return "\"none\"".to_owned();
        }
        format!("[\n  {},\n]", all.join(",\n  "))
    }

    fn limit(&mut self, domain: &Domain, deductible: bool, more: &str) -> String {
        let mut text = format!("{{ per = \"{}\"", self.tape.one(Per::ALL));
        let mut domain = domain.clone();
        if self.tape.rarely(4) {
            let place = self.part(&domain);
            let _ = write!(text, ", where = {}", condition(&place));
            domain = overlaid(&domain, &place);
        }
        if !deductible && self.tape.below(5) > 2 {
            text += ", of = \"in_scope\"";
        }
        if self.tape.rarely(4) {
            let by = self.tape.one(By::ALL);
            let _ = write!(text, ", by = \"{by}\"");
        }
        let value = if deductible { Self::small } else { Self::large };
        let amount = self.table(&domain, value);
        format!("{text}, amount = {amount}{more} }}")
    }

    fn shared(&mut self, domain: &Domain) -> String {
        let more = ", benefits = [\"general\", \"chronic\"]";
        let mut text = String::new();
        for (key, deductible) in [("shared_deductible", true), ("shared_cap", false)] {
            if self.tape.rarely(2) {
                let limit = self.limit(domain, deductible, more);
                let _ = writeln!(text, "{key} = [{limit}]");
            }
        }
        text
    }

    fn account(&mut self) -> String {
        let pays = match self.tape.below(4) {
            0 | 1 => return String::new(),
            2 => {
                return "account = { order = \"first\", pays = [\"in_scope\"], family = true }\n"
                    .to_owned();
            }
            _ => self.tape.some(Part::ALL),
        };
        let pays: Vec<String> = pays.iter().map(|part| format!("\"{part}\"")).collect();
        format!(
            "account = {{ order = \"last\", pays = [{}], family = {} }}\n",
            pays.join(", "),
            self.tape.below(2) == 0
        )
    }

    fn fee(&mut self, domain: &Domain) -> String {
        if self.tape.rarely(2) {
            return String::new();
        }
        let total = self.table(domain, |w| Fen(500 + w.tape.amount(1_000)).to_string());
        let patient = self.table(domain, |w| Fen(w.tape.amount(500)).to_string());
        let once = match self.tape.below(6) {
            0 => String::new(),
            per => {
                let often = ["day", "3 days", "month", "quarter", "year"][per - 1];
                format!("once_per = \"{often}\"\n")
            }
        };
        let in_cap = self.tape.rarely(2);
        format!(
            "\n[consultation_fee]\ntotal = {total}\npatient = {patient}\nin_cap = {in_cap}\n{once}"
        )
    }

    fn percent(&mut self) -> String {
        match self.tape.below(6) {
            0 => "70%".to_owned(),
            1 => "100%".to_owned(),
            2 => format!("{}.{:02}%", self.tape.below(100), self.tape.below(100)),
            _ => format!("{}%", self.tape.below(101)),
        }
    }

    fn small(&mut self) -> String {
        match self.tape.below(6) {
            0 => "none".to_owned(),
            1 => self.indexed("0.5%"),
            _ => Fen(self.tape.amount(8_000)).to_string(),
        }
    }

    fn large(&mut self) -> String {
        match self.tape.below(6) {
            0 => "none".to_owned(),
            1 => self.indexed("6%"),
            _ => Fen(self.tape.amount(40_000)).to_string(),
        }
    }

    fn indexed(&mut self, rate: &str) -> String {
        self.index = true;
        let to = self.tape.one(&["", ", to 1 yuan", ", to 0.10 yuan"]);
        format!("{rate} of average_wage{to}")
    }

    /// A value for all, or rows that part what is possible here by one facet, or by two.
    fn table(&mut self, domain: &Domain, value: fn(&mut Self) -> String) -> String {
        let rows = match self.tape.below(4) {
            0 => return format!("\"{}\"", value(self)),
            1 => vec![Domain::new()],
            2 => self.parts(domain),
            _ => {
                let first = self.parts(domain);
                let second = self.parts(domain);
                let both = |a: &Domain, b: &Domain| [a.clone(), b.clone()].concat();
                // Two parts by the same facet would be a contradiction.
                if first[0][0].0 == second[0][0].0 {
                    first
                } else {
                    let all = first
                        .iter()
                        .flat_map(|a| second.iter().map(move |b| both(a, b)));
                    all.collect()
                }
            }
        };
        let row = |when: &Domain| {
            let unsure = if self.tape.rarely(8) {
                ", unsure = true"
            } else {
                ""
            };
            format!(
                "{{ when = {}, is = \"{}\"{unsure} }}",
                condition(when),
                value(self)
            )
        };
        let rows: Vec<String> = rows.iter().map(row).collect();
        format!("[\n    {},\n  ]", rows.join(",\n    "))
    }

    /// What is possible, parted by one facet.
    fn parts(&mut self, domain: &Domain) -> Vec<Domain> {
        let (facet, values) = self.tape.one(domain);
        let parts = match values {
            Values::Names(all) => {
                let parts = self.tape.parted(&all, 3);
                parts.into_iter().map(Values::Names).collect()
            }
            Values::Numbers => {
                let cut = self.tape.one(&[60, 45, 2, 18]);
                let later = cut + 1 + self.tape.below(20);
                let bands = [
                    format!("-{}", cut - 1),
                    format!("{cut}-{later}"),
                    format!("{}-", later + 1),
                ];
                bands.map(|band| Values::Names(vec![band])).to_vec()
            }
        };
        parts.into_iter().map(|part| vec![(facet, part)]).collect()
    }

    /// One of the parts.
    fn part(&mut self, domain: &Domain) -> Domain {
        let parts = self.parts(domain);
        self.tape.one(&parts)
    }

    /// The same facets with fewer values.
    fn narrowed(&mut self, domain: &Domain) -> Domain {
        let narrow = |(facet, values): &(Facet, Values)| match values {
            Values::Names(all) if self.tape.rarely(3) => {
                (*facet, Values::Names(self.tape.some(all)))
            }
            values => (*facet, values.clone()),
        };
        domain.iter().map(narrow).collect()
    }
}

/// What rules of single items may name: no two of these can name one line equally narrowly.
const ITEMS: [&str; 7] = [
    "codes = [\"XA01\"]",
    "codes = [\"XA*\"]",
    "codes = [\"XB05*\", \"XC01\"]",
    "codes = [\"*\"]",
    "kinds = [\"essential\"]",
    "kinds = [\"patent\", \"procured\"]",
    "kinds = [\"negotiated\"]",
];

const DISEASES: &str = "diseases = [
  { code = \"M03900\", name = \"高血压\", kind = \"hypertension\" },
  { code = \"M01600\", name = \"糖尿病\", kind = \"diabetes\" },
]
";

/// What of a domain must be written for it to be narrower than another.
fn restricted(wide: &Domain, narrow: &Domain) -> Domain {
    let count = |values: &Values| match values {
        Values::Names(all) => all.len(),
        Values::Numbers => usize::MAX,
    };
    let both = wide.iter().zip(narrow);
    let less = both.filter(|((_, all), (_, some))| count(some) < count(all));
    less.map(|(_, some)| some.clone()).collect()
}

/// A domain where a condition holds.
fn overlaid(domain: &Domain, condition: &Domain) -> Domain {
    let keep = |one: &(Facet, Values)| {
        let named = condition.iter().find(|(facet, _)| *facet == one.0);
        named.unwrap_or(one).clone()
    };
    domain.iter().map(keep).collect()
}

/// As the file writes it.
fn condition(domain: &Domain) -> String {
    let one = |(facet, values): &(Facet, Values)| {
        let Values::Names(all) = values else {
            return None;
        };
        let flag = matches!(facet, Facet::Signed | Facet::Chosen | Facet::Referred);
        let quoted = |name: &String| {
            if flag {
                name.clone()
            } else {
                format!("\"{name}\"")
            }
        };
        match &all[..] {
            [only] => Some(format!("{facet} = {}", quoted(only))),
            // A flag that may be either is not asked for.
            _ if flag => None,
            all => Some(format!(
                "{facet} = [{}]",
                all.iter().map(quoted).collect::<Vec<_>>().join(", ")
            )),
        }
    };
    let all: Vec<String> = domain.iter().filter_map(one).collect();
    if all.is_empty() {
        "{}".to_owned()
    } else {
        format!("{{ {} }}", all.join(", "))
    }
}
