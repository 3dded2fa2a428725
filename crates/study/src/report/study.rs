//! A study's figures, and the tables they make.

use std::collections::BTreeMap;

use cunyi_policy::{CannotDecide, Language, Payer, Policy, benefit_name};

use super::institutions::{self, HeadsMissing, ToInstitutions};
use super::spread::{Band, as_i64, count, greatest, merged, quantile};
use super::table::part;
use super::words::{self, Words, say};
use super::{Cell, Table};
use crate::replay::{AgeBand, Group, Reason, Spread, Sums, Tally};
use crate::year::Counts;

/// What replays of one or more files add up to.
#[derive(Debug, Default)]
pub struct Study {
    /// What is in the files.
    pub counts: Counts,
    /// People signed to the institutions, where the payer counts them.
    heads: u32,
    policies: Vec<OfPolicy>,
    /// Diseases' names by code, of the policies.
    diseases: BTreeMap<String, String>,
}

#[derive(Debug, Default)]
struct OfPolicy {
    groups: BTreeMap<Group, Sums>,
    undecided: Vec<(u64, i64)>,
    households: Spread,
    changes: [Spread; AgeBand::ALL.len()],
    not_compared: u64,
    payer: Option<Payer>,
    /// What institutions get of what the funds owe.
    paid: ToInstitutions,
}

/// A dimension of groups: title, then the name of a group in it and its place in order.
type Named<'a> = (&'a dyn Fn(&Group) -> String, Words, Words, &'static str);

impl Study {
    /// A study of these policies; the first is the one the others are compared with.
    ///
    /// # Errors
    /// When a policy pays by the head and nobody says how many people are signed.
    pub fn new(policies: &[&Policy], heads: Option<u32>) -> Result<Self, HeadsMissing> {
        for policy in policies {
            if heads.is_none() && policy.payer.as_ref().is_some_and(Payer::asks_heads) {
                return Err(HeadsMissing);
            }
        }
        let diseases = policies.iter().flat_map(|policy| {
            let benefits = policy.benefits();
            benefits.flat_map(|benefit| policy.diseases(benefit))
        });
        let of = |policy: &&Policy| OfPolicy {
            payer: policy.payer.clone(),
            ..OfPolicy::default()
        };
        Ok(Self {
            counts: Counts::default(),
            heads: heads.unwrap_or(0),
            policies: policies.iter().map(of).collect(),
            diseases: diseases.map(|d| (d.code.clone(), d.name.clone())).collect(),
        })
    }

    /// Adds a file's replay.
    pub fn add(&mut self, tally: &Tally, counts: Counts) {
        self.counts += counts;
        for (place, of) in self.policies.iter_mut().enumerate() {
            for (group, sums) in tally.groups(place) {
                of.groups.entry(group).or_default().add(&sums);
            }
            let undecided = tally.undecided(place);
            of.undecided.resize(undecided.len(), (0, 0));
            for (sum, more) in of.undecided.iter_mut().zip(undecided) {
                *sum = (sum.0 + more.claims, sum.1 + more.total);
            }
            for owed in tally.owed(place) {
                of.paid.add(of.payer.as_ref(), self.heads, owed);
            }
            of.households.merge(tally.households(place).clone());
            for age in AgeBand::ALL {
                of.changes[age as usize].merge(tally.changes(place, age).clone());
            }
            of.not_compared += tally.not_compared(place);
        }
    }

    /// How many policies.
    pub fn policies(&self) -> usize {
        self.policies.len()
    }

    /// All claims under a policy.
    pub fn sums(&self, policy: usize) -> Sums {
        let mut all = Sums::default();
        for sums in self.policies[policy].groups.values() {
            all.add(sums);
        }
        all
    }

    /// The sums of each age under a policy.
    pub fn by_age(&self, policy: usize) -> Vec<(AgeBand, Sums)> {
        let of = |age| {
            let mut all = Sums::default();
            let groups = self.policies[policy].groups.iter();
            for (_, sums) in groups.filter(|(group, _)| group.age == age) {
                all.add(sums);
            }
            (age, all)
        };
        AgeBand::ALL
            .into_iter()
            .map(of)
            .filter(|(_, s)| s.claims > 0)
            .collect()
    }

    /// People by how much more they pay than under the first policy, from the least.
    pub(super) fn changes(&self, policy: usize) -> Vec<(i64, u64)> {
        merged(self.policies[policy].changes.iter())
    }
}

/// The policies' letters.
pub(super) fn letter(policy: usize) -> String {
    let place = u8::try_from(policy).unwrap_or(25).min(25);
    char::from(b'A' + place).to_string()
}

/// All tables of a study, in the order they are shown.
pub fn tables(study: &Study, language: Language) -> Vec<Table> {
    let by_level = |group: &Group| say(words::level(group.level), language).to_owned();
    let by_age = |group: &Group| say(words::age(group.age), language).to_owned();
    let by_benefit = |group: &Group| {
        let benefit = benefit_name(group.benefit, language);
        let name = |code: &String| study.diseases.get(code).unwrap_or(code).clone();
        let disease = group
            .disease
            .as_ref()
            .map(|code| format!(" · {}", name(code)));
        format!("{benefit}{}", disease.unwrap_or_default())
    };
    let dimensions: [Named<'_>; 3] = [
        (&by_age, ["按年龄", "By age"], ["年龄", "age"], "by_age"),
        (
            &by_level,
            ["按机构级别", "By level of the institution"],
            ["级别", "level"],
            "by_level",
        ),
        (
            &by_benefit,
            ["按待遇和病种", "By benefit and disease"],
            ["待遇", "benefit"],
            "by_benefit",
        ),
    ];
    let mut all = vec![overview(study, language)];
    let paid = study
        .policies
        .iter()
        .map(|of| (of.paid, of.payer.is_some()));
    let paid: Vec<_> = paid.collect();
    all.extend(institutions::table(&paid, language));
    all.extend(undecided(study, language));
    all.extend(dimensions.map(|dimension| grouped(study, dimension, language)));
    if study.policies() > 1 {
        all.push(bands(study, language));
        all.push(quantiles(study, language));
        all.push(by_person(study, language));
    }
    all.push(households(study, language));
    all
}

/// Letters of all policies but the first, with it: `B − A`.
fn against(study: &Study) -> Vec<(usize, String)> {
    let others = 1..study.policies();
    others
        .map(|p| (p, format!("{} − {}", letter(p), letter(0))))
        .collect()
}

/// A row of the overview: what it is called and how it is read of the sums.
type Measure = (Words, fn(&Sums) -> i64);

fn overview(study: &Study, language: Language) -> Table {
    let mut columns = vec![say(["元", "yuan"], language).to_owned()];
    columns.extend((0..study.policies()).map(letter));
    columns.extend(against(study).into_iter().map(|(_, title)| title));
    let measures: [Measure; 7] = [
        (["医疗费总额", "total of the charges"], |s| s.total),
        (["基金付", "funds pay"], |s| s.fund),
        (["个人付", "patients pay"], Sums::patient),
        (["　其中个人账户", "  of it from accounts"], |s| {
            s.account
        }),
        (["　其中现金", "  of it in cash"], Sums::cash),
        (
            ["　其中不在待遇内的费用", "  of it outside the policy"],
            |s| s.outside,
        ),
        (["不能决定谁付", "cannot be decided"], |s| s.open),
    ];
    let sums: Vec<Sums> = (0..study.policies()).map(|p| study.sums(p)).collect();
    let mut rows: Vec<Vec<Cell>> = measures
        .iter()
        .map(|(title, of)| {
            let mut row = vec![Cell::text(say(*title, language))];
            row.extend(sums.iter().map(|sums| Cell::Money(of(sums))));
            let others = sums.iter().skip(1);
            row.extend(others.map(|other| Cell::More(of(other) - of(&sums[0]))));
            row
        })
        .collect();
    let share = |sums: &Sums| part(sums.fund, sums.total);
    let mut row = vec![Cell::text(say(
        ["基金付的占比", "the funds' part"],
        language,
    ))];
    row.extend(sums.iter().map(|sums| Cell::Part(share(sums))));
    let points = |other: &Sums| Some(share(other)? - share(&sums[0])?);
    row.extend(sums.iter().skip(1).map(|other| Cell::Points(points(other))));
    rows.push(row);
    let Counts {
        households,
        persons,
        reversals,
        ..
    } = study.counts;
    let shown = |n| Cell::Count(n).shown();
    let (claims, reversals) = (shown(study.counts.claims()), shown(reversals));
    let (persons, households) = (shown(persons), shown(households));
    let note = match language {
        Language::Chinese => {
            format!("{claims} 笔结算，{reversals} 笔退费，{persons} 人，{households} 户")
        }
        Language::English => format!(
            "{claims} claims, {reversals} reversals, {persons} people, {households} households"
        ),
    };
    Table {
        id: "overview",
        title: say(["总览", "Overview"], language).to_owned(),
        note,
        columns,
        rows,
    }
}

/// None where everything is decided.
fn undecided(study: &Study, language: Language) -> Option<Table> {
    let mut columns = vec![
        say(["原因", "reason"], language).to_owned(),
        say(["算作", "counted as"], language).to_owned(),
    ];
    for policy in 0..study.policies() {
        let letter = letter(policy);
        columns.push(format!("{letter} {}", say(["笔数", "claims"], language)));
        columns.push(format!("{letter} {}", say(["元", "yuan"], language)));
    }
    let mut rows = Vec::new();
    for (place, code) in CannotDecide::CODES.iter().enumerate() {
        let each = study.policies.iter().map(|of| of.undecided.get(place));
        let each: Vec<(u64, i64)> = each
            .map(|found| found.copied().unwrap_or_default())
            .collect();
        if each.iter().all(|found| *found == (0, 0)) {
            continue;
        }
        let mut row = vec![
            Cell::text(say(words::cannot(code), language)),
            Cell::text(say(words::reason(Reason::of(code)), language)),
        ];
        row.extend(
            each.iter()
                .flat_map(|(n, sum)| [Cell::Count(*n), Cell::Money(*sum)]),
        );
        rows.push(row);
    }
    (!rows.is_empty()).then(|| Table {
        id: "undecided",
        title: say(
            [
                "基金不付的，按原因",
                "What the funds pay nothing of, by reason",
            ],
            language,
        )
        .to_owned(),
        note: String::new(),
        columns,
        rows,
    })
}

fn grouped(study: &Study, by: Named<'_>, language: Language) -> Table {
    let (name, title, column, id) = by;
    let mut columns = vec![
        say(column, language).to_owned(),
        say(["笔数", "claims"], language).to_owned(),
        say(["总额", "total"], language).to_owned(),
    ];
    for policy in 0..study.policies() {
        let letter = letter(policy);
        columns.push(format!("{letter} {}", say(["基金", "funds"], language)));
        columns.push(format!("{letter} {}", say(["个人", "patients"], language)));
        columns.push(format!(
            "{letter} {}",
            say(["基金占比", "funds' part"], language)
        ));
    }
    let funds = say(["基金", "funds"], language);
    columns.extend(
        against(study)
            .into_iter()
            .map(|(_, title)| format!("{title} {funds}")),
    );
    // In the order of groups, which is that of ages and levels.
    let mut names: Vec<String> = Vec::new();
    let mut sums: BTreeMap<String, Vec<Sums>> = BTreeMap::new();
    for (policy, of) in study.policies.iter().enumerate() {
        let mut groups: Vec<(&Group, &Sums)> = of.groups.iter().collect();
        groups.sort_by_key(|(group, _)| (group.level, group.benefit, group.disease.clone()));
        if id == "by_age" {
            groups.sort_by_key(|(group, _)| group.age);
        }
        for (group, more) in groups {
            let name = name(group);
            if !names.contains(&name) {
                names.push(name.clone());
            }
            let all = sums
                .entry(name)
                .or_insert_with(|| vec![Sums::default(); study.policies()]);
            all[policy].add(more);
        }
    }
    let all = say(["合计", "all"], language);
    let mut rows: Vec<Vec<Cell>> = names.iter().map(|name| row(name, &sums[name])).collect();
    let total: Vec<Sums> = (0..study.policies()).map(|p| study.sums(p)).collect();
    rows.push(row(all, &total));
    Table {
        id,
        title: say(title, language).to_owned(),
        note: String::new(),
        columns,
        rows,
    }
}

fn row(name: &str, sums: &[Sums]) -> Vec<Cell> {
    let mut row = vec![
        Cell::text(name),
        Cell::Count(sums[0].claims),
        Cell::Money(sums[0].total),
    ];
    row.extend(sums.iter().flat_map(|s| {
        [
            Cell::Money(s.fund),
            Cell::Money(s.patient()),
            Cell::part(s.fund, s.total),
        ]
    }));
    row.extend(
        sums.iter()
            .skip(1)
            .map(|s| Cell::More(s.fund - sums[0].fund)),
    );
    row
}

/// A band's name: `少付 50–200 元`.
pub(super) fn band(band: Band, language: Language) -> String {
    let yuan = |fen: i64| fen / 100;
    let size = |above: i64, to: Option<i64>| match to {
        Some(to) => format!("{}–{}", yuan(above), yuan(to)),
        None => format!("> {}", yuan(above)),
    };
    match (band, language) {
        (Band::Same, _) => say(["不变", "the same"], language).to_owned(),
        (Band::Less(above, to), Language::Chinese) => format!("少付 {} 元", size(above, to)),
        (Band::More(above, to), Language::Chinese) => format!("多付 {} 元", size(above, to)),
        (Band::Less(above, to), Language::English) => format!("{} yuan less", size(above, to)),
        (Band::More(above, to), Language::English) => format!("{} yuan more", size(above, to)),
    }
}

const COMPARED: Words = [
    "每人一年，与 A 相比；只算两份政策都能决定的费用",
    "each person's year, against A; only claims that both policies decide",
];

fn bands(study: &Study, language: Language) -> Table {
    let mut columns = vec![say(["一年里每人", "a person, in the year,"], language).to_owned()];
    for (_, title) in against(study) {
        columns.push(format!("{title} {}", say(["人数", "people"], language)));
        columns.push(format!("{title} {}", say(["占比", "part"], language)));
        columns.push(format!(
            "{title} {}",
            say(["合计元", "yuan in all"], language)
        ));
    }
    let changes: Vec<_> = (1..study.policies()).map(|p| study.changes(p)).collect();
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for each in Band::all() {
        let mut row = vec![Cell::text(band(each, language))];
        for sorted in &changes {
            let (persons, sum) = each.of(sorted);
            row.push(Cell::Count(persons));
            row.push(Cell::part(as_i64(persons), as_i64(count(sorted))));
            row.push(Cell::More(sum));
        }
        rows.push(row);
    }
    let mut all = vec![Cell::text(say(["合计", "all"], language))];
    let mut apart = vec![Cell::text(say(
        ["没有可比的费用", "nothing to compare"],
        language,
    ))];
    for (place, sorted) in changes.iter().enumerate() {
        let sum = sorted.iter().map(|(change, n)| change * as_i64(*n)).sum();
        let persons = as_i64(count(sorted));
        all.extend([
            Cell::Count(count(sorted)),
            Cell::part(persons, persons),
            Cell::More(sum),
        ]);
        let apart_count = study.policies[place + 1].not_compared;
        apart.extend([Cell::Count(apart_count), Cell::Part(None), Cell::More(0)]);
    }
    rows.push(all);
    rows.push(apart);
    Table {
        id: "changes",
        title: say(["谁少付、谁多付", "Who pays less, who pays more"], language).to_owned(),
        note: say(COMPARED, language).to_owned(),
        columns,
        rows,
    }
}

fn quantiles(study: &Study, language: Language) -> Table {
    let mut columns = vec![say(["这么多人不超过", "so many pay at most"], language).to_owned()];
    let pays = say(["多付", "more"], language);
    columns.extend(
        against(study)
            .into_iter()
            .map(|(_, title)| format!("{title} {pays}")),
    );
    let changes: Vec<_> = (1..study.policies()).map(|p| study.changes(p)).collect();
    let rows = [1, 5, 10, 25, 50, 75, 90, 95, 99, 100]
        .into_iter()
        .map(|percent| {
            let mut row = vec![Cell::text(format!("{percent}%"))];
            row.extend(
                changes
                    .iter()
                    .map(|sorted| Cell::More(quantile(sorted, percent).unwrap_or(0))),
            );
            row
        });
    Table {
        id: "quantiles",
        title: say(
            [
                "每人变化的分位数（元）",
                "Quantiles of a person's change (yuan)",
            ],
            language,
        )
        .to_owned(),
        note: say(COMPARED, language).to_owned(),
        columns,
        rows: rows.collect(),
    }
}

fn by_person(study: &Study, language: Language) -> Table {
    let mut columns = vec![say(["年龄", "age"], language).to_owned()];
    for (_, title) in against(study) {
        for words in [
            ["少付的人", "pay less"],
            ["不变的人", "the same"],
            ["多付的人", "pay more"],
            ["人均多付元", "yuan more each"],
        ] {
            columns.push(format!("{title} {}", say(words, language)));
        }
    }
    let mut rows = Vec::new();
    for age in AgeBand::ALL {
        let mut row = vec![Cell::text(say(words::age(age), language))];
        let mut anybody = false;
        for of in study.policies.iter().skip(1) {
            let sorted = of.changes[age as usize].sorted();
            let having = |holds: fn(&i64) -> bool| {
                let mine = sorted.iter().filter(|(change, _)| holds(change));
                Cell::Count(mine.map(|(_, n)| n).sum())
            };
            let sum: i64 = sorted.iter().map(|(change, n)| change * as_i64(*n)).sum();
            let persons = as_i64(count(&sorted)).max(1);
            anybody |= !sorted.is_empty();
            row.push(having(|change| *change < 0));
            row.push(having(|change| *change == 0));
            row.push(having(|change| *change > 0));
            row.push(Cell::More(mean(sum, persons)));
        }
        if anybody {
            rows.push(row);
        }
    }
    Table {
        id: "changes_by_age",
        title: say(
            [
                "谁少付、谁多付：按年龄",
                "Who pays less, who pays more: by age",
            ],
            language,
        )
        .to_owned(),
        note: say(COMPARED, language).to_owned(),
        columns,
        rows,
    }
}

/// Rounded half away from zero.
fn mean(sum: i64, of: i64) -> i64 {
    (sum + sum.signum() * (of / 2)) / of
}

fn households(study: &Study, language: Language) -> Table {
    let mut columns = vec![
        say(
            ["得基金最多的户", "households that the funds pay most for"],
            language,
        )
        .to_owned(),
    ];
    for policy in 0..study.policies() {
        let letter = letter(policy);
        columns.push(format!("{letter} {}", say(["元", "yuan"], language)));
        columns.push(format!(
            "{letter} {}",
            say(["占基金", "part of the funds"], language)
        ));
    }
    let sorted: Vec<_> = study
        .policies
        .iter()
        .map(|of| of.households.sorted())
        .collect();
    let rows = [1, 5, 10, 20, 50, 100].into_iter().map(|percent| {
        let mut row = vec![Cell::text(format!("{percent}%"))];
        for households in &sorted {
            let sum = greatest(households, percent);
            row.push(Cell::Money(sum));
            row.push(Cell::part(sum, greatest(households, 100)));
        }
        row
    });
    Table {
        id: "households",
        title: say(
            ["基金集中在多少户", "How few households the funds go to"],
            language,
        )
        .to_owned(),
        note: String::new(),
        columns,
        rows: rows.collect(),
    }
}
