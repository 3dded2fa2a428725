//! 用法附加费: what is charged with a drug because of how it is given: the giving set with a drip, the syringe with an
//! injection, and, where a region lets them be charged, the injection itself.

use cunyi_domain::money::Quantity;

use crate::catalogue::Catalogue;
use crate::model::{Each, Service};
use crate::order::{Frequency, Route};

/// A drug as it is given.
#[derive(Clone, Copy, Debug)]
pub struct Given {
    /// By which route.
    pub route: &'static Route,
    /// How often.
    pub frequency: &'static Frequency,
    /// For how many of the days that are charged.
    pub days: i64,
    /// 组 of a drip; 0: alone.
    pub group: i64,
}

impl Given {
    fn times(&self) -> i64 {
        self.frequency.doses(self.days)
    }
}

/// What follows the routes of drugs, with how many of each, in the list's order.
pub fn following<'a>(
    catalogue: &'a Catalogue,
    given: &[Given],
) -> impl Iterator<Item = (&'a Service, Quantity)> {
    let counted = |service: &'a Service| {
        let follows = service.follows.as_ref()?;
        let theirs = given
            .iter()
            .filter(|one| follows.routes.contains(&one.route));
        let many = count(follows.each, &theirs.collect::<Vec<_>>());
        (many > 0).then(|| (service, Quantity::whole(many)))
    };
    catalogue.services().iter().filter_map(counted)
}

fn count(each: Each, given: &[&Given]) -> i64 {
    let all = || given.iter().copied();
    match each {
        Each::Line => all().map(Given::times).sum(),
        Each::Time => all().map(Given::times).max().unwrap_or(0),
        Each::Group => {
            let alone = all().filter(|one| one.group == 0).map(Given::times);
            let mut groups: Vec<&Given> = all().filter(|one| one.group > 0).collect();
            groups.sort_by_key(|one| one.group);
            groups.dedup_by_key(|one| one.group);
            alone.chain(groups.into_iter().map(Given::times)).sum()
        }
    }
}
