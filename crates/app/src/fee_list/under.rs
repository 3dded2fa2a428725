//! Under which benefit and disease a line is settled: proposed from filing, diagnosis and drug list,
//! or what the doctor chose. Codes decide, never names.

use cunyi_domain::ledger::{Coverage, TwoDisease};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_policy::{Benefit, Policy};

use super::read::{Item, ReadLine};
use crate::views::Filing;
use crate::visit::read_filings;

/// One 2207 carries one of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Under {
    pub benefit: Benefit,
    /// Disease code and name, where the benefit has one.
    pub disease: Option<Filing>,
}

pub(super) const GENERAL: Under = Under {
    benefit: Benefit::General,
    disease: None,
};

/// What proposals rest on.
pub(super) struct Basis<'a> {
    policy: Option<&'a Policy>,
    /// None: 备案未知.
    filings: Option<Vec<Filing>>,
    /// The two diseases among the diagnoses.
    diagnosed: Vec<TwoDisease>,
}

impl<'a> Basis<'a> {
    pub fn new(
        policy: Option<&'a Policy>,
        coverage: &Coverage,
        diagnosed: Vec<TwoDisease>,
    ) -> Self {
        Self {
            policy,
            filings: coverage.filings.as_deref().map(read_filings),
            diagnosed,
        }
    }

    /// What was typed for the line, or the proposal where nothing was.
    pub fn under(&self, line: &ReadLine<'_>) -> Result<Under, Refusal> {
        match line.benefit.as_str() {
            "" => Ok(self.of(line.item)),
            "general" => Ok(GENERAL),
            "chronic" => self.only_one(line).map(chronic),
            text => match text.strip_prefix("chronic:") {
                Some(code) => self.chosen(line, code).map(chronic),
                None => Err(Refusal::at(Code::BadText, "benefit")),
            },
        }
    }

    /// What is proposed for an item.
    pub fn of(&self, item: Item<'_>) -> Under {
        self.proposed(item).map_or(GENERAL, chronic)
    }

    /// 两病 where all agree: the drug is on the disease's list, the disease is diagnosed, and it
    /// is filed under the code the policy covers.
    fn proposed(&self, item: Item<'_>) -> Option<Filing> {
        let Item::Drug(drug) = item else {
            return None;
        };
        let kind = drug.two_disease.filter(|k| self.diagnosed.contains(k))?;
        let covered = self.policy?.diseases(Benefit::Chronic).iter();
        let mut of_kind = covered.filter(|d| d.kind == Some(kind));
        let filed = |code: &str| {
            let filings = self.filings.iter().flatten();
            filings.clone().find(|f| f.code == code).cloned()
        };
        of_kind.find_map(|d| filed(&d.code))
    }

    /// Without a code: the proposed disease, or the only one she has filed.
    fn only_one(&self, line: &ReadLine<'_>) -> Result<Filing, Refusal> {
        if let Some(filing) = self.proposed(line.item) {
            return Ok(filing);
        }
        match self.filings.as_deref() {
            Some([filing]) => Ok(filing.clone()),
            _ => Err(self.not_filed(line)),
        }
    }

    fn chosen(&self, line: &ReadLine<'_>, code: &str) -> Result<Filing, Refusal> {
        let found = self.filings.iter().flatten().find(|f| f.code == code);
        found.cloned().ok_or_else(|| self.not_filed(line))
    }

    fn not_filed(&self, line: &ReadLine<'_>) -> Refusal {
        let code = match &self.filings {
            None => Code::FilingsUnknown,
            Some(_) => Code::NotFiled,
        };
        Refusal::at(code, "benefit").with("item", &line.view.name)
    }
}

fn chronic(filing: Filing) -> Under {
    Under {
        benefit: Benefit::Chronic,
        disease: Some(filing),
    }
}
