//! One version of the three lists, with what finds things in them.

use std::collections::HashMap;

use crate::allergy::{Allergy, against};
use crate::model::{Diagnosis, Drug, Service};
use crate::read::{self, CatalogueError};
use crate::search::{Entry, Index};

/// Drugs, services and diagnoses of one version. It never changes: share it by `Arc`.
#[derive(Debug)]
pub struct Catalogue {
    version: String,
    invented: bool,
    drugs: Vec<Drug>,
    services: Vec<Service>,
    diagnoses: Vec<Diagnosis>,
    /// Drugs, then services.
    items: HashMap<String, usize>,
    bar_codes: HashMap<String, usize>,
    diagnosis_codes: HashMap<String, usize>,
    item_index: Index,
    diagnosis_index: Index,
}

/// An item that can stand on a charge line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemHit<'a> {
    /// A drug.
    Drug(&'a Drug),
    /// A service or material.
    Service(&'a Service),
}

impl ItemHit<'_> {
    /// Its code.
    pub fn code(&self) -> &str {
        match self {
            Self::Drug(drug) => &drug.code,
            Self::Service(service) => &service.code,
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Drug(drug) => &drug.name,
            Self::Service(service) => &service.name,
        }
    }
}

impl Catalogue {
    /// The demonstration's lists: official names and classes, invented prices and, where no official
    /// code was at hand, codes of our own (`data/README.md`).
    ///
    /// # Panics
    /// Never in a build that passed its tests: the lists are compiled in and a test reads them.
    pub fn demo() -> Self {
        let lists = Self::parse(
            include_str!("../data/drugs.csv"),
            include_str!("../data/services.csv"),
            include_str!("../data/diagnoses.csv"),
            "demo-2026-11",
        );
        Self {
            invented: true,
            ..lists.expect("the lists that are compiled in are tested")
        }
    }

    /// Reads three CSV lists with a header row each (the columns of the files in `data/`, in any
    /// order). Bounded by [`crate::MAX_BYTES`] and [`crate::MAX_ROWS`]; the first fault is told with
    /// its row.
    pub fn parse(
        drugs: &str,
        services: &str,
        diagnoses: &str,
        version: &str,
    ) -> Result<Self, CatalogueError> {
        let drugs = read::drugs(drugs)?;
        let services = read::services(services)?;
        let diagnoses = read::diagnoses(diagnoses)?;
        Self::of(drugs, services, diagnoses, version)
    }

    /// The same with other drugs and diagnoses.
    pub(crate) fn with(
        self,
        drugs: Vec<Drug>,
        diagnoses: Vec<Diagnosis>,
    ) -> Result<Self, CatalogueError> {
        Ok(Self {
            invented: self.invented,
            ..Self::of(drugs, self.services, diagnoses, &self.version)?
        })
    }

    fn of(
        drugs: Vec<Drug>,
        services: Vec<Service>,
        diagnoses: Vec<Diagnosis>,
        version: &str,
    ) -> Result<Self, CatalogueError> {
        let codes = drugs.iter().map(|d| (read::List::Drugs, &d.code));
        let items = read::by_code(
            codes.chain(services.iter().map(|s| (read::List::Services, &s.code))),
            drugs.len(),
        )?;
        let bar_codes = read::by_bar_code(&drugs)?;
        let diagnosis_codes = read::by_code(
            diagnoses.iter().map(|d| (read::List::Diagnoses, &d.code)),
            0,
        )?;
        let drug_entries = drugs
            .iter()
            .map(|d| entry(&d.code, &d.name, &d.alias, d.weight));
        let service_entries = services
            .iter()
            .map(|s| entry(&s.code, &s.name, &s.alias, s.weight));
        let item_index = Index::new(drug_entries.chain(service_entries));
        let diagnosis_index = Index::new(
            diagnoses
                .iter()
                .map(|d| entry(&d.code, &d.name, &d.alias, d.weight)),
        );
        Ok(Self {
            version: version.to_owned(),
            invented: false,
            drugs,
            services,
            diagnoses,
            items,
            bar_codes,
            diagnosis_codes,
            item_index,
            diagnosis_index,
        })
    }

    /// True if its prices are invented: nobody is charged by them, and each page says so.
    pub fn is_invented(&self) -> bool {
        self.invented
    }

    /// The version's name.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// True if an allergy that is known speaks against a drug.
    pub fn is_against(&self, allergy: &Allergy, drug: &Drug) -> bool {
        against(self, drug, allergy).is_some()
    }

    /// The drug of a code.
    pub fn drug(&self, code: &str) -> Option<&Drug> {
        self.drugs.get(*self.items.get(code)?)
    }

    /// The service of a code.
    pub fn service(&self, code: &str) -> Option<&Service> {
        let place = self.items.get(code)?.checked_sub(self.drugs.len())?;
        self.services.get(place)
    }

    /// The fee heading `med_chrgitm_type` that an item's sum stands under; 14 其他费 for what the lists know no more.
    pub fn heading(&self, code: &str) -> &str {
        let drug = self.drug(code).map(|drug| drug.kind.charge_type());
        let service = || self.service(code).map(|s| s.charge_type.as_str());
        drug.or_else(service).unwrap_or("14")
    }

    /// The diagnosis of a code.
    pub fn diagnosis(&self, code: &str) -> Option<&Diagnosis> {
        self.diagnoses.get(*self.diagnosis_codes.get(code)?)
    }

    /// Every drug.
    pub fn drugs(&self) -> &[Drug] {
        &self.drugs
    }

    /// Every service.
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// Every diagnosis.
    pub fn diagnoses(&self) -> &[Diagnosis] {
        &self.diagnoses
    }

    /// Drugs and services for pinyin initials (in any reading), full pinyin, characters or the
    /// beginning of a code: the best `limit`, best first. For a bar code its drug alone.
    pub fn search_items(&self, query: &str, limit: usize) -> Vec<ItemHit<'_>> {
        if let Some(&place) = self.bar_codes.get(query.trim()) {
            return self.item_at(place).into_iter().collect();
        }
        let places = self.item_index.search(query, limit);
        places
            .into_iter()
            .filter_map(|place| self.item_at(place))
            .collect()
    }

    /// Diagnoses, found in the same ways.
    pub fn search_diagnoses(&self, query: &str, limit: usize) -> Vec<&Diagnosis> {
        let places = self.diagnosis_index.search(query, limit);
        places
            .into_iter()
            .filter_map(|place| self.diagnoses.get(place))
            .collect()
    }

    fn item_at(&self, place: usize) -> Option<ItemHit<'_>> {
        match place.checked_sub(self.drugs.len()) {
            None => self.drugs.get(place).map(ItemHit::Drug),
            Some(place) => self.services.get(place).map(ItemHit::Service),
        }
    }
}

/// The places of the names that a text means, in the ways of the catalogue's search, best first.
pub fn search_names(names: &[&str], query: &str, limit: usize) -> Vec<usize> {
    let index = Index::new(names.iter().map(|name| entry("", name, "", 0)));
    index.search(query, limit)
}

fn entry<'a>(code: &'a str, name: &'a str, alias: &'a str, weight: i64) -> Entry<'a> {
    Entry {
        code,
        name,
        alias,
        weight,
    }
}
