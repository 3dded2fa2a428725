//! The demonstration's lists at the length of a province's, to see how quick the search is with them.

use crate::catalogue::Catalogue;
use crate::model::{Diagnosis, Drug};

/// 医保药品目录 of a province's clinics, with its makers: about so many.
const DRUGS: usize = 4_000;
/// 疾病诊断代码 of the national list: about so many.
const DIAGNOSES: usize = 30_000;

impl Catalogue {
    /// The demonstration's lists, filled up with invented entries to 4,000 drugs and 30,000 diagnoses.
    ///
    /// # Panics
    /// Never in a build that passed its tests, as [`Catalogue::demo`].
    #[must_use]
    pub fn demo_grown() -> Self {
        let demo = Self::demo();
        let drugs = grown(demo.drugs(), DRUGS, |one, other, number| {
            let maker: String = other.name.chars().take(2).collect();
            Drug {
                code: format!("{}-{number}", one.code),
                name: format!("{maker}{}", one.name),
                bar_codes: vec![],
                weight: 0,
                ..one.clone()
            }
        });
        let diagnoses = grown(demo.diagnoses(), DIAGNOSES, |one, other, number| {
            Diagnosis {
                code: format!("{}y{number:03}", one.code),
                name: format!("{}伴{}", one.name, other.name),
                weight: 0,
                ..one.clone()
            }
        });
        let lists = demo.with(drugs, diagnoses);
        lists.expect("lists that are made here are tested")
    }
}

/// What there is, then each beside each other one until there are so many.
fn grown<T: Clone>(of: &[T], wanted: usize, pair: impl Fn(&T, &T, usize) -> T) -> Vec<T> {
    let pairs = (1..of.len()).flat_map(|apart| {
        let beside = of.iter().cycle().skip(apart);
        of.iter().zip(beside).map(move |pair| (pair, apart))
    });
    let more = pairs.map(|((one, other), apart)| pair(one, other, apart));
    of.iter().cloned().chain(more).take(wanted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_as_told_each_found_by_its_code_and_its_name() {
        let lists = Catalogue::demo_grown();
        assert_eq!(lists.drugs().len(), DRUGS);
        assert_eq!(lists.diagnoses().len(), DIAGNOSES);
        assert!(lists.is_invented());
        for one in lists.diagnoses().iter().step_by(997) {
            assert_eq!(lists.diagnosis(&one.code), Some(one));
            let found = lists.search_diagnoses(&one.name, 9);
            assert!(found.contains(&one), "{}", one.name);
        }
    }
}
