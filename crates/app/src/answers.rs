//! Answers that came: none comes twice. What a proxy gives to one call of another's is told by its
//! 接收方报文ID, which came before (nhsa-interface §1.2).
//!
//! Kept in memory: each call has a connection of its own, and none outlives the program.

use std::collections::{HashSet, VecDeque};

/// So many are remembered, the latest ones: a clinic's week.
const MOST: usize = 4096;

/// The latest answers, by what tells them from every other.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    known: HashSet<String>,
    order: VecDeque<String>,
}

impl Answers {
    /// Notes an answer; false if it came before.
    pub(crate) fn is_new(&mut self, id: String) -> bool {
        if !self.known.insert(id.clone()) {
            return false;
        }
        self.order.push_back(id);
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_comes_once_and_the_oldest_is_forgotten() {
        let mut answers = Answers::default();
        assert!(answers.is_new("first".to_owned()));
        assert!(!answers.is_new("first".to_owned()));
        for number in 0..MOST {
            assert!(answers.is_new(number.to_string()));
        }
        assert_eq!((answers.known.len(), answers.order.len()), (MOST, MOST));
        assert!(answers.is_new("first".to_owned()));
    }
}
