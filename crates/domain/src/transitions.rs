//! State machines as tables: state, event, next state. What is not in a table cannot happen.

/// The state after an event, if the event can happen in this state.
pub(crate) fn after<S: Copy + PartialEq, E: PartialEq>(
    table: &[(S, E, S)],
    state: S,
    event: &E,
) -> Option<S> {
    let found = table
        .iter()
        .find(|(from, of, _)| *from == state && of == event);
    found.map(|(_, _, to)| *to)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::fmt::Display;

    /// `docs/settlement.md` has the table between marks of that name, row by row: words in back-quotes, in
    /// this order.
    pub(crate) fn is_documented<S: Display, E: Display>(name: &str, table: &[(S, E, S)]) {
        let page = include_str!("../../../docs/settlement.md");
        let rows = page.split(&format!("<!-- {name}: begin -->")).nth(1);
        let rows = rows.and_then(|rest| rest.split(&format!("<!-- {name}: end -->")).next());
        let words = |line: &str| {
            let parts: Vec<String> = line.split('`').map(str::to_owned).collect();
            (parts.len() == 7).then(|| [parts[1].clone(), parts[3].clone(), parts[5].clone()])
        };
        let said: Vec<_> = rows.unwrap_or("").lines().filter_map(words).collect();
        let is =
            |(from, event, to): &(S, E, S)| [from.to_string(), event.to_string(), to.to_string()];
        assert_eq!(said, table.iter().map(is).collect::<Vec<_>>());
    }
}
