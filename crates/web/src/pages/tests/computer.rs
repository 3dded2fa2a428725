//! What is chosen on a computer.

use askama::Template;

use super::{Pages, every_page_of};
use crate::chrome::Chrome;
use crate::computer::Keys;
use crate::pages::computer::{ComputerPage, Typed};
use crate::samples;
use crate::words::Locale;

pub(super) fn pages(c: &Chrome, pages: &mut Pages) {
    let page = ComputerPage {
        c,
        problem: "!".to_owned(),
        done: true,
        f: Typed::in_force(&c.computer),
    };
    pages.push(("computer", page.render().unwrap()));
}

#[test]
fn no_key_stands_on_a_page_where_none_is_chosen() {
    let usual = samples::chrome(Locale::Zh);
    let mut none = usual.clone();
    none.computer.keys = Keys::chosen([""; 8]).expect("no keys");
    let with_keys = |page: &(_, String)| page.1.contains("data-key=\"F");
    assert!(
        every_page_of(&usual)
            .iter()
            .filter(|page| with_keys(page))
            .count()
            > 10
    );
    for (name, page) in every_page_of(&none) {
        for key in ["data-key=\"F", "<kbd>F"] {
            assert!(!page.contains(key), "{name}: {key}");
        }
    }
}
