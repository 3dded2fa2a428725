//! What becomes of a call whose reply was lost, transaction by transaction: one table
//! (nhsa-interface §5.1 to §5.3), which `docs/settlement.md` shows. What is not here changes nothing at
//! the platform and is asked again.

text_enum! {
    /// What is done about it.
    pub enum Remedy {
        /// What the platform tells of it is taken over.
        Adopt = "adopt",
        /// It is sent again as it was: a repetition does no harm.
        Again = "again",
        /// It is sent again under a new number of ours.
        Renumber = "renumber",
        /// What it may have left is cleared (2205), then it is sent again.
        ClearAndAgain = "clear_and_again",
        /// The platform is asked when the same is wanted once more.
        AskNextTime = "ask_next_time",
        /// It is never sent again of itself: a person learns what it did.
        Person = "person",
        /// Money may have moved: [`crate::resolve`] says what is next.
        Rule = "rule",
    }
}

/// How a lost call of one transaction is resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LostCall {
    /// 交易编号 without its edition.
    pub infno: &'static str,
    /// What is asked about it, in turn.
    pub asks: &'static [&'static str],
    /// What is done where that tells of it; nothing where nothing is asked.
    pub found: Option<Remedy>,
    /// What is done where it does not.
    pub not_found: Remedy,
}

const fn unasked(infno: &'static str, not_found: Remedy) -> LostCall {
    LostCall {
        infno,
        asks: &[],
        found: None,
        not_found,
    }
}

const fn asked(infno: &'static str, asks: &'static [&'static str], not_found: Remedy) -> LostCall {
    LostCall {
        infno,
        asks,
        found: Some(Remedy::Adopt),
        not_found,
    }
}

/// Every transaction that changes something at the platform.
pub const LOST_CALLS: &[LostCall] = &[
    asked("2201", &["5201"], Remedy::Renumber),
    unasked("2202", Remedy::AskNextTime),
    unasked("2203", Remedy::Again),
    unasked("2204", Remedy::ClearAndAgain),
    unasked("2205", Remedy::Again),
    unasked("2206", Remedy::Again),
    asked("2207", &["5204", "5203"], Remedy::Rule),
    asked("2208", &["5203"], Remedy::Rule),
    asked("2601", &["5204", "5203"], Remedy::Rule),
    unasked("3203", Remedy::Person),
    unasked("3204", Remedy::Person),
    unasked("3301", Remedy::Person),
    unasked("3302", Remedy::Person),
    unasked("4301", Remedy::Again),
];

/// How a lost call is resolved, by its 交易编号 of whatever edition; none where it is asked again.
pub fn lost_call(infno: &str) -> Option<&'static LostCall> {
    LOST_CALLS.iter().find(|call| infno.starts_with(call.infno))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `docs/settlement.md` says the same, row by row: words in back-quotes, in this order.
    #[test]
    fn the_documented_table_is_this_one() {
        let page = include_str!("../../../docs/settlement.md");
        let rows = page.split("<!-- lost: begin -->").nth(1);
        let rows = rows.and_then(|rest| rest.split("<!-- lost: end -->").next());
        let words = |line: &str| -> Vec<String> {
            line.split('`')
                .skip(1)
                .step_by(2)
                .map(str::to_owned)
                .collect()
        };
        let said: Vec<_> = rows.unwrap_or("").lines().map(words).collect();
        let said: Vec<_> = said.into_iter().filter(|row| !row.is_empty()).collect();
        let is = |call: &LostCall| -> Vec<String> {
            let asks = call.asks.iter().map(|infno| (*infno).to_owned());
            let found = call.found.map(|remedy| remedy.to_string());
            let mut row = vec![call.infno.to_owned()];
            row.extend(asks.chain(found));
            row.push(call.not_found.to_string());
            row
        };
        assert_eq!(said, LOST_CALLS.iter().map(is).collect::<Vec<_>>());
    }

    #[test]
    fn editions_are_resolved_alike_and_questions_not_at_all() {
        assert_eq!(lost_call("2207A"), lost_call("2207"));
        assert_eq!(
            lost_call("2203A").map(|call| call.not_found),
            Some(Remedy::Again)
        );
        assert_eq!(lost_call("5203"), None);
        assert_eq!(lost_call(""), None);
    }
}
