//! A period in figures: visits, income by fee heading, drugs, diagnoses, payers and doctors, the shares of
//! antibiotics and injections. Sums are the ledger's: settlements less reversals.

use std::collections::BTreeMap;

use cunyi_catalogue::{Catalogue, RouteKind, routes};
use cunyi_domain::ids::ClinicId;
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::Code;
use cunyi_domain::time::{Moment, civil::Date};
use cunyi_store::reports::{self, Income, Seen, Sold, Span};
use cunyi_store::{Tx, reference};

use crate::App;
use crate::error::{Result, refuse_at};
use crate::permission::Action;
use crate::views::{
    Actor, DaySums, DiagnosedView, DoctorSums, HeadingView, PayerSums, ReportView, Shares,
    SoldView, Took,
};

/// Longest period, in days.
const MOST_DAYS: usize = 732;
/// Most main diagnoses that are told.
const MOST_DIAGNOSES: i64 = 2000;

impl App {
    /// The figures of a period, both days included.
    ///
    /// # Errors
    /// Refused where it ends before it begins or is longer than two years.
    pub fn report(&self, actor: &Actor, from: Date, to: Date) -> Result<ReportView> {
        actor.must(Action::SeeReports)?;
        let days: Vec<Date> = std::iter::successors(Some(from), |day| day.tomorrow().ok())
            .take_while(|day| *day <= to)
            .take(MOST_DAYS + 1)
            .collect();
        if days.is_empty() || days.len() > MOST_DAYS {
            return refuse_at(Code::BadText, "to");
        }
        let span = Span {
            from: Moment::start_of(from),
            to: Moment::end_of(to),
        };
        let clinic = &actor.clinic;
        self.parts.store.db().read("report", |tx| {
            let setup = self.setup_in(tx, clinic)?;
            let (income, seen) = (
                reports::income(tx, clinic, span)?,
                reports::seen(tx, clinic, span)?,
            );
            let sold = reports::sold(tx, clinic, span)?;
            let diagnoses = reports::diagnosed(tx, clinic, span, MOST_DIAGNOSES)?;
            Ok(ReportView {
                clinic: setup.clinic.name.clone(),
                from,
                to,
                visits: seen.iter().map(|row| row.visits).sum(),
                took: income.iter().fold(Took::default(), |mut all, row| {
                    all += took(row);
                    all
                }),
                headings: headings(self.catalogue(), &sold),
                doctors: doctors(tx, clinic, &income, &seen)?,
                payers: payers(&income),
                diagnoses: diagnoses.into_iter().map(diagnosed).collect(),
                shares: self.shares(tx, clinic, span)?,
                days: by_day(&days, &income, &seen),
                hours: by_hour(&seen),
                items: sold.into_iter().map(sold_view).collect(),
            })
        })
    }

    fn shares(&self, tx: &mut Tx<'_>, clinic: &ClinicId, span: Span) -> Result<Shares> {
        let drugs = self.catalogue().drugs().iter();
        let antibiotics: Vec<String> = drugs
            .filter(|drug| drug.antibiotic)
            .map(|drug| drug.code.clone())
            .collect();
        let by = |kind: RouteKind| -> Vec<String> {
            let of_kind = routes().iter().filter(|route| route.kind == kind);
            of_kind.map(|route| route.name_zh.to_owned()).collect()
        };
        Ok(Shares {
            drugs: reports::with_drugs(tx, clinic, span)?,
            antibiotics: reports::with_codes(tx, clinic, span, &antibiotics)?,
            injections: reports::by_routes(tx, clinic, span, &by(RouteKind::Injection))?,
            infusions: reports::by_routes(tx, clinic, span, &by(RouteKind::Infusion))?,
        })
    }
}

fn took(row: &Income) -> Took {
    Took {
        total: row.total,
        fund: row.fund,
        account: row.account,
        cash: row.cash,
        hospital: row.hospital,
    }
}

fn headings(catalogue: &Catalogue, sold: &[Sold]) -> Vec<HeadingView> {
    let mut sums: BTreeMap<&str, Fen> = BTreeMap::new();
    for row in sold {
        *sums.entry(catalogue.heading(&row.code)).or_default() += row.amount;
    }
    let view = |(code, amount): (&str, Fen)| HeadingView {
        code: code.to_owned(),
        amount,
    };
    sums.into_iter().map(view).collect()
}

fn doctors(
    tx: &mut Tx<'_>,
    clinic: &ClinicId,
    income: &[Income],
    seen: &[Seen],
) -> Result<Vec<DoctorSums>> {
    let mut sums = BTreeMap::new();
    for row in income {
        let of: &mut DoctorSums = sums.entry(row.doctor.clone()).or_default();
        of.took += took(row);
    }
    for row in seen {
        sums.entry(row.doctor.clone()).or_default().visits += row.visits;
    }
    let mut all = Vec::new();
    for (doctor, mut of) in sums {
        let user = reference::user(tx, clinic, &doctor)?;
        of.name = user.map(|user| user.name).unwrap_or_default();
        all.push(of);
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(all)
}

fn payers(income: &[Income]) -> Vec<PayerSums> {
    let mut all: Vec<PayerSums> = Vec::new();
    for row in income {
        let same = |of: &&mut PayerSums| of.payer == row.payer && of.benefit == row.benefit;
        match all.iter_mut().find(same) {
            Some(of) => of.took += took(row),
            None => all.push(PayerSums {
                payer: row.payer,
                benefit: row.benefit.clone(),
                took: took(row),
            }),
        }
    }
    all.sort_by(|a, b| (a.payer, &a.benefit).cmp(&(b.payer, &b.benefit)));
    all
}

fn by_day(days: &[Date], income: &[Income], seen: &[Seen]) -> Vec<DaySums> {
    let mut sums: BTreeMap<Date, DaySums> = days
        .iter()
        .map(|day| {
            let none = DaySums {
                day: *day,
                visits: 0,
                took: Took::default(),
            };
            (*day, none)
        })
        .collect();
    for row in income {
        if let Some(of) = sums.get_mut(&reports::date(row.day)) {
            of.took += took(row);
        }
    }
    for row in seen {
        if let Some(of) = sums.get_mut(&reports::date(row.day)) {
            of.visits += row.visits;
        }
    }
    sums.into_values().collect()
}

fn by_hour(seen: &[Seen]) -> [i64; 24] {
    let mut hours = [0; 24];
    for row in seen {
        let hour = usize::try_from(row.hour).ok();
        if let Some(sum) = hour.and_then(|hour| hours.get_mut(hour)) {
            *sum += row.visits;
        }
    }
    hours
}

fn diagnosed(row: reports::Diagnosed) -> DiagnosedView {
    DiagnosedView {
        code: row.code,
        name: row.name,
        visits: row.visits,
    }
}

fn sold_view(row: Sold) -> SoldView {
    SoldView {
        kind: row.kind,
        code: row.code,
        name: row.name,
        spec: row.spec,
        unit: row.unit,
        quantity: row.quantity,
        amount: row.amount,
    }
}
