//! Papers as layouts: templates that a county may change, filled with the words and figures of `model`.
//!
//! A layout repeats (`for`), chooses (`if`) and shows what it is given. Sums and words come ready with the
//! model. The engine has no loader, filters, functions, macros or blocks; values are escaped, a name that
//! does not exist is an error, and steps, depth and output are bounded.

pub(crate) mod model;

use std::io::{self, Write};

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value};
pub(crate) use model::Model;

cunyi_domain::text_enum! {
    /// A paper that is printed by a layout.
    pub enum Layout {
        /// 处方笺
        Prescription = "prescription",
        /// 费用清单
        FeeList = "fee-list",
    }
}

/// Steps of the engine for one paper; the longest takes less than a twentieth.
const MOST_STEPS: u64 = 500_000;
/// Depth of what stands within one another.
const DEEPEST: usize = 16;
/// Bytes of one paper.
const MOST_OUTPUT: usize = 1024 * 1024;

/// What is wrong with a layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// From 1.
    pub(crate) line: usize,
    /// The key of its words.
    pub(crate) why: &'static str,
    /// What it is about.
    pub(crate) what: String,
}

impl Layout {
    /// The key of the paper's name.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Prescription => "paper-prescription",
            Self::FeeList => "paper-fee-list",
        }
    }

    /// The layout that the program comes with.
    pub(crate) fn built_in(self) -> &'static str {
        match self {
            Self::Prescription => include_str!("../papers/prescription.html"),
            Self::FeeList => include_str!("../papers/fee_list.html"),
        }
    }
}

/// A paper by the text of a layout.
pub(crate) fn render(text: &str, model: &Model) -> Result<String, Wrong> {
    print(text, model, MOST_STEPS)
}

fn print(text: &str, model: &Model, steps: u64) -> Result<String, Wrong> {
    let mut engine = Environment::empty();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_auto_escape_callback(|_| AutoEscape::Html);
    engine.set_fuel(Some(steps));
    engine.set_recursion_limit(DEEPEST);
    let mut paper = Bounded(Vec::new());
    let printed = engine.template_from_str(text).and_then(|template| {
        let values = Value::from(Serde(model));
        template.render_captured_to(values, &mut paper).map(drop)
    });
    printed.map_err(|error| wrong(text, &error))?;
    // The engine writes text; what is no text is nothing.
    Ok(String::from_utf8(paper.0).unwrap_or_default())
}

/// Where the engine stopped, and why; the line itself, as the engine does not name what it did not find.
fn wrong(text: &str, error: &minijinja::Error) -> Wrong {
    /// Characters of a line that are shown.
    const SHOWN: usize = 80;
    let line = error.line().unwrap_or(1);
    let said = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    Wrong {
        line,
        why: match error.kind() {
            ErrorKind::UndefinedError => "layout-wrong-name",
            ErrorKind::OutOfFuel => "layout-wrong-long",
            ErrorKind::WriteFailure => "layout-wrong-large",
            _ => "layout-wrong-syntax",
        },
        what: said.trim().chars().take(SHOWN).collect(),
    }
}

/// Takes no more than a paper may have.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MOST_OUTPUT {
            return Err(io::Error::other("a paper is too large"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
