//! Row against row.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Answer, Compared, Detail, Difference, Drawer, Evidence, Group, Line, Ours, Reconciled,
    Standing, Theirs, Total, Verdict, sums,
};
use crate::time::civil::Date;

/// Reconciles a day. `ours` may hold rows of the days around it, by which a crossing is known, and
/// whatever is in flight.
pub fn reconcile(
    day: Date,
    ours: &[Ours],
    evidence: Option<&Evidence>,
    drawers: &[Drawer],
) -> Reconciled {
    let books = Books::of(day, ours, evidence);
    let mut differences = books.twice_here();
    differences.extend(books.lines().into_iter().map(|(_, found)| found));
    differences.extend(books.unresolved());
    match evidence {
        Some(evidence) => differences.extend(books.totals(evidence)),
        None => differences.push(Difference::NotAsked),
    }
    let apart = drawers.iter().filter(|drawer| !drawer.agrees());
    differences.extend(apart.copied().map(Difference::Cash));
    differences.sort_by_cached_key(order);
    Reconciled {
        clinic: sums(day, ours, None),
        centre: evidence.and_then(|evidence| books.centre(evidence, &differences)),
        drawers: drawers.to_vec(),
        differences,
    }
}

/// By kind, then by what it is about.
fn order(difference: &Difference) -> (super::Class, String) {
    let about = match difference {
        Difference::Line {
            line,
            settlement,
            message,
            batch,
            theirs,
            ..
        } => format!("{settlement} {message} {batch:?} {line:?} {theirs:?}"),
        Difference::Total { group, .. } => format!("{group:?}"),
        Difference::Cash(drawer) => drawer.method.to_string(),
        Difference::NotAsked => String::new(),
    };
    (difference.class(), about)
}

struct Books<'a> {
    day: Date,
    ours: &'a [Ours],
    /// Booked rows by 结算ID, the first by batch first.
    booked: BTreeMap<&'a str, Vec<&'a Ours>>,
    /// Booked rows without one, by msgid: a reversal that was found out by its original's flag.
    nameless: BTreeMap<&'a str, &'a Ours>,
    details: &'a [Detail],
    settled_on: Option<&'a BTreeMap<String, Date>>,
}

impl<'a> Books<'a> {
    fn of(day: Date, ours: &'a [Ours], evidence: Option<&'a Evidence>) -> Self {
        let mut booked: BTreeMap<&str, Vec<&Ours>> = BTreeMap::new();
        let mut nameless: BTreeMap<&str, &Ours> = BTreeMap::new();
        let stands = |row: &&Ours| row.standing == Standing::Booked && row.group.is_some();
        for row in ours.iter().filter(stands) {
            if row.settlement.is_empty() {
                nameless.insert(&row.message, row);
            } else {
                booked.entry(&row.settlement).or_default().push(row);
            }
        }
        for rows in booked.values_mut() {
            rows.sort_by(|a, b| (&a.batch.0, &a.message).cmp(&(&b.batch.0, &b.message)));
        }
        Self {
            day,
            ours,
            booked,
            nameless,
            details: evidence.map_or(&[], |evidence| &evidence.details),
            settled_on: evidence.map(|evidence| &evidence.settled_on),
        }
    }

    /// The row of ours that a line is about.
    fn own(&self, line: &Theirs) -> Option<&'a Ours> {
        let named = self.booked.get(line.settlement.as_str());
        let nameless = self.nameless.get(line.message.as_str());
        let nameless = nameless.filter(|row| row.kind == line.kind);
        named.map(|rows| rows[0]).or(nameless.copied())
    }

    /// Every line of every file.
    fn all_lines(&self) -> impl Iterator<Item = (usize, &'a Theirs)> {
        let files = self.details.iter().enumerate();
        files.flat_map(|(file, detail)| detail.lines.iter().flatten().map(move |line| (file, line)))
    }

    fn twice_here(&self) -> Vec<Difference> {
        let extra = self.booked.values().flat_map(|rows| &rows[1..]);
        extra
            .filter(|row| row.day == self.day)
            .map(|row| of_ours(Line::TwiceHere, row, None))
            .collect()
    }

    /// What the lines are found to be, with the places of the files they stand in.
    fn lines(&self) -> Vec<(BTreeSet<usize>, Difference)> {
        let mut by_settlement: BTreeMap<&str, Vec<(usize, &Theirs)>> = BTreeMap::new();
        for (file, line) in self.all_lines() {
            if !line.settlement.is_empty() && !self.elsewhere(line) {
                let same = by_settlement.entry(&line.settlement).or_default();
                same.push((file, line));
            }
        }
        let mut found = Vec::new();
        let mut messages = BTreeSet::new();
        // Those that we have booked first: of two under one message they are the ones that stay.
        let (mut known, unknown): (Vec<_>, Vec<_>) = by_settlement
            .into_iter()
            .partition(|(_, same)| same.iter().any(|(_, line)| self.own(line).is_some()));
        known.extend(unknown);
        for (_, mut same) in known {
            same.sort_by_key(|(file, line)| (*line, *file));
            let files: BTreeSet<usize> = same.iter().map(|(file, _)| *file).collect();
            let lines: Vec<&Theirs> = same.into_iter().map(|(_, line)| line).collect();
            let of_this = self.settlement(&lines, &mut messages);
            found.extend(of_this.into_iter().map(|one| (files.clone(), one)));
        }
        found.extend(self.nameless_only_here());
        found
    }

    /// Rows of ours without a 结算ID that the centre does not have: it gives their lines back without one.
    fn nameless_only_here(&self) -> Vec<(BTreeSet<usize>, Difference)> {
        let there = |row: &Ours| {
            let has = |line: &Theirs| line.verdict != Verdict::OnlyHere && line.kind == row.kind;
            self.all_lines()
                .any(|(_, line)| line.message == row.message && has(line))
        };
        let given_back = |row: &Ours| {
            let same = |line: &Theirs| line.kind == row.kind && line.money == row.money;
            let nameless = |line: &Theirs| {
                line.settlement.is_empty() && line.verdict == Verdict::OnlyHere && same(line)
            };
            let files = self.all_lines().filter(|(_, line)| nameless(line));
            files.map(|(file, _)| file).collect::<BTreeSet<usize>>()
        };
        let mine = self.nameless.values().filter(|row| row.day == self.day);
        let absent = mine.filter(|row| !there(row)).map(|row| {
            let files = given_back(row);
            (files, of_ours(Line::OnlyHere, row, None))
        });
        absent.filter(|(files, _)| !files.is_empty()).collect()
    }

    /// The lines of one settlement.
    fn settlement<'b>(
        &self,
        same: &[&'b Theirs],
        messages: &mut BTreeSet<&'b str>,
    ) -> Vec<Difference> {
        let own = same.iter().find_map(|line| self.own(line));
        let there = |line: &&&Theirs| line.verdict != Verdict::OnlyHere;
        let there: Vec<&Theirs> = same.iter().filter(there).copied().collect();
        let Some((first, more)) = there.split_first() else {
            return own.map(|own| self.only_here(own)).into_iter().collect();
        };
        let twice = !first.message.is_empty() && !messages.insert(&first.message);
        let here_too = there.len() < same.len() && self.once(&first.settlement);
        let found = match own {
            None if twice => Some(of_theirs(Line::TwiceThere, first)),
            Some(own) if here_too => Some(of_ours(Line::OtherGroup, own, Some(first))),
            own => self.line(first, own),
        };
        let more = more.iter().map(|line| of_theirs(Line::TwiceThere, line));
        found.into_iter().chain(more).collect()
    }

    /// Another clinic's business.
    fn elsewhere(&self, line: &Theirs) -> bool {
        line.elsewhere && self.own(line).is_none()
    }

    fn once(&self, settlement: &str) -> bool {
        self.booked
            .get(settlement)
            .is_none_or(|rows| rows.len() == 1)
    }

    fn only_here(&self, own: &Ours) -> Difference {
        let there = self.settled_on.and_then(|on| on.get(&own.settlement));
        let line = match there {
            Some(day) if *day != self.day => Line::There(*day),
            _ => Line::OnlyHere,
        };
        of_ours(line, own, None)
    }

    /// A line of what the centre has.
    fn line(&self, line: &Theirs, own: Option<&Ours>) -> Option<Difference> {
        let Some(own) = own else {
            return Some(match self.in_flight(line) {
                Some(asked) => of_ours(Line::Committed, asked, Some(line)),
                None => of_theirs(Line::OnlyThere, line),
            });
        };
        let what = if own.day != self.day {
            Line::Here(own.day)
        } else if own.kind != line.kind {
            Line::Kind
        } else if own.money != line.money {
            Line::Amount
        } else {
            match line.verdict {
                Verdict::Equal | Verdict::OnlyHere => return None,
                // It cannot be listed without its 结算ID.
                Verdict::OnlyThere if own.settlement.is_empty() => return None,
                Verdict::OnlyThere => Line::NotListed,
                Verdict::Different => Line::SaidDifferent,
            }
        };
        Some(of_ours(what, own, Some(line)))
    }

    fn in_flight(&self, line: &Theirs) -> Option<&'a Ours> {
        let asked = |row: &&Ours| {
            row.standing == Standing::InFlight
                && row.message == line.message
                && row.kind == line.kind
                && !row.message.is_empty()
        };
        self.ours.iter().find(asked)
    }

    /// What is in flight and in no line of the centre's.
    fn unresolved(&self) -> Vec<Difference> {
        let there = |row: &Ours| {
            self.all_lines()
                .any(|(_, line)| line.message == row.message && line.kind == row.kind)
        };
        let open = |row: &&Ours| row.standing == Standing::InFlight && !there(row);
        self.ours
            .iter()
            .filter(open)
            .map(|row| of_ours(Line::Unresolved, row, None))
            .collect()
    }

    fn totals(&self, evidence: &Evidence) -> Vec<Difference> {
        let explained: BTreeSet<usize> = self.lines().into_iter().flat_map(|(f, _)| f).collect();
        let mut groups: BTreeMap<&Group, Option<&Compared>> = BTreeMap::new();
        let mine = self.ours.iter().filter(|row| row.day == self.day);
        for group in mine.filter_map(|row| row.group.as_ref()) {
            groups.insert(group, None);
        }
        for compared in &evidence.compared {
            groups.insert(&compared.group, Some(compared));
        }
        let total = |(group, compared): (&Group, Option<&Compared>)| {
            let ours = sums(self.day, self.ours, Some(group));
            let total = match compared {
                Some(compared) if compared.asked == ours => match compared.answer {
                    Answer::Equal => return None,
                    Answer::Silent => Total::Silent,
                    Answer::Different => self.different(group, &explained)?,
                },
                _ => Total::Stale,
            };
            let group = group.clone();
            Some(Difference::Total { total, group, ours })
        };
        groups.into_iter().filter_map(total).collect()
    }

    /// What is to be said of sums that differ beside what the lines say.
    fn different(&self, group: &Group, explained: &BTreeSet<usize>) -> Option<Total> {
        let of_group = |detail: &&Detail| {
            detail.clearing_type == group.clearing_type && detail.office == group.office
        };
        let file = self.details.iter().position(|detail| of_group(&detail));
        let lines = file.and_then(|file| self.details[file].lines.as_ref());
        let twice = self.booked.values().any(|rows| rows.len() > 1);
        match (file, lines) {
            (Some(_), Some(lines)) if lines.iter().any(|line| self.elsewhere(line)) => {
                Some(Total::Shared)
            }
            (Some(file), Some(_)) if twice || explained.contains(&file) => None,
            (Some(_), Some(_)) => Some(Total::Unexplained),
            _ => Some(Total::NoDetails),
        }
    }

    /// The clinic's sums, changed by what differs; none where the centre did not say all.
    fn centre(&self, evidence: &Evidence, found: &[Difference]) -> Option<super::Sums> {
        let silent = found
            .iter()
            .any(|difference| matches!(difference, Difference::Total { .. }));
        if silent || evidence.compared.is_empty() {
            return None;
        }
        Some(moved(sums(self.day, self.ours, None), found))
    }
}

/// Sums of ours as the centre has them, by what differs.
fn moved(mut sums: super::Sums, found: &[Difference]) -> super::Sums {
    for difference in found {
        let Difference::Line {
            line, ours, theirs, ..
        } = difference
        else {
            continue;
        };
        let here = !matches!(
            line,
            Line::OnlyThere | Line::Committed | Line::Unresolved | Line::Here(_) | Line::TwiceThere
        );
        if let Some(ours) = ours.filter(|_| here) {
            sums.take(ours);
        }
        if let Some(theirs) = theirs {
            sums.add(*theirs);
        }
    }
    sums
}

impl Reconciled {
    /// A clinic's part of what was reconciled for its institution code: its own rows and drawers, the
    /// differences that are its own, and what was not compared at all.
    #[must_use]
    pub fn part(
        &self,
        day: Date,
        ours: &[Ours],
        drawers: &[Drawer],
        own: impl Fn(&Difference) -> bool,
    ) -> Self {
        let its = |difference: &Difference| match difference {
            Difference::Total { total, group, .. } => Some(Difference::Total {
                total: *total,
                group: group.clone(),
                ours: sums(day, ours, Some(group)),
            }),
            Difference::Cash(_) => None,
            Difference::NotAsked => Some(Difference::NotAsked),
            line @ Difference::Line { .. } => own(line).then(|| line.clone()),
        };
        let mut differences: Vec<Difference> = self.differences.iter().filter_map(its).collect();
        let clinic = sums(day, ours, None);
        let centre = self.centre.map(|_| moved(clinic, &differences));
        let apart = drawers.iter().filter(|drawer| !drawer.agrees());
        differences.extend(apart.copied().map(Difference::Cash));
        differences.sort_by_cached_key(order);
        Self {
            clinic,
            centre,
            drawers: drawers.to_vec(),
            differences,
        }
    }
}

fn of_ours(line: Line, row: &Ours, theirs: Option<&Theirs>) -> Difference {
    let settlement = match theirs {
        Some(theirs) => &theirs.settlement,
        None => &row.settlement,
    };
    Difference::Line {
        line,
        kind: row.kind,
        batch: Some(row.batch.clone()),
        settlement: settlement.clone(),
        message: row.message.clone(),
        ours: Some(row.money),
        theirs: theirs.map(|theirs| theirs.money),
    }
}

fn of_theirs(line: Line, theirs: &Theirs) -> Difference {
    Difference::Line {
        line,
        kind: theirs.kind,
        batch: None,
        settlement: theirs.settlement.clone(),
        message: theirs.message.clone(),
        ours: None,
        theirs: Some(theirs.money),
    }
}
