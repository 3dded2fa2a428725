//! What a layout may be written with: `for` and `if`, words, tables, and the stylesheet's classes. Nothing
//! that runs, loads, hides or leads elsewhere can be written with these, whatever a layout or what it
//! shows says.

use super::Wrong;

/// Elements of a paper: no `<style>`, `<script>`, `<img>`, `<a>`, no forms.
const TAGS: &[&str] = &[
    "section", "h1", "h2", "h3", "p", "div", "span", "strong", "em", "small", "br", "hr", "dl",
    "dt", "dd", "ol", "ul", "li", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td",
];

/// Elements that hold nothing.
const EMPTY: &[&str] = &["br", "hr"];

/// Attributes, each with what it may say; of a number, any.
const ATTRIBUTES: &[(&str, &[&str])] = &[
    (
        "class",
        &[
            "sheet", "across", "log", "roll", "child", "narcotic", "box", "mark", "head", "all",
            "big", "rp", "rx", "sig", "herbs", "doses", "blank", "foot", "fees", "n", "code",
            "total", "why", "how", "basis", "tot", "words", "hand", "cut",
        ],
    ),
    ("scope", &["col", "row", "rowgroup"]),
    ("colspan", &[]),
    ("rowspan", &[]),
];

/// Words that a `{% %}` may begin with.
const STATEMENTS: &[&str] = &["for", "endfor", "if", "elif", "else", "endif"];

/// Elements within one another.
const DEEPEST: usize = 24;

/// The text of a layout: its statements, then its elements. What is left of it without the statements, line
/// by line as it was.
pub(super) fn source(text: &str) -> Result<String, Wrong> {
    let mut html = String::with_capacity(text.len());
    let mut left = text;
    while let Some((before, tag, after)) = next_tag(left) {
        let here = &left[before.len()..];
        statement(tag).map_err(|why| Wrong::at(text, here, why, tag))?;
        html += before;
        html.extend(tag.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        left = after;
    }
    html += left;
    elements(&html, |_| Ok(()))?;
    Ok(html)
}

/// What comes out of a layout, every element closed where it was opened.
pub(super) fn paper(text: &str) -> Result<(), Wrong> {
    let mut open: Vec<&str> = Vec::new();
    elements(text, |tag| {
        let matches = match tag.strip_prefix('/') {
            Some(name) => open.pop() == Some(name),
            None if EMPTY.contains(&tag) => true,
            None => {
                open.push(tag);
                open.len() <= DEEPEST
            }
        };
        if matches {
            Ok(())
        } else {
            Err("layout-wrong-close")
        }
    })?;
    match open.pop() {
        None => Ok(()),
        Some(name) => Err(Wrong::at(text, "", "layout-wrong-close", name)),
    }
}

/// What stands before the next `{{ }}`, `{% %}` or `{# #}`, the tag, and what stands after it.
fn next_tag(text: &str) -> Option<(&str, &str, &str)> {
    let opens = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];
    let first = opens
        .iter()
        .filter_map(|(open, close)| Some((text.find(open)?, close)));
    let (at, close) = first.min()?;
    let (before, rest) = text.split_at(at);
    let end = rest.find(close).map_or(rest.len(), |end| end + close.len());
    let (tag, after) = rest.split_at(end);
    Some((before, tag, after))
}

/// Names, dots, comparisons and words in quotes: what makes long text of short, or calls, cannot be said.
fn statement(tag: &str) -> Result<(), &'static str> {
    if tag.starts_with("{#") {
        return Ok(());
    }
    let inner = tag.get(2..tag.len().saturating_sub(2)).unwrap_or_default();
    let inner = inner.trim_matches('-');
    let word = inner.split_whitespace().next().unwrap_or_default();
    if tag.starts_with("{%") && !STATEMENTS.contains(&word) {
        return Err("layout-wrong-statement");
    }
    if plain(inner) {
        Ok(())
    } else {
        Err("layout-wrong-computing")
    }
}

/// True for names, dots, comparisons and whole words in quotes: the engine and we see the same end of a tag.
fn plain(inner: &str) -> bool {
    let mut quote = None;
    let fine = |c: char| match quote {
        Some(open) => {
            quote = quote.filter(|_| c != open);
            c != '\\'
        }
        None if c == '"' || c == '\'' => {
            quote = Some(c);
            true
        }
        None => c.is_alphanumeric() || c.is_whitespace() || "_.=!<>".contains(c),
    };
    inner.chars().all(fine) && quote.is_none()
}

/// Each element's name, `/name` where it closes, as long as all are of the tables above.
fn elements<'a>(
    text: &'a str,
    mut seen: impl FnMut(&'a str) -> Result<(), &'static str>,
) -> Result<(), Wrong> {
    let mut left = text;
    while let Some((_, rest)) = left.split_once('<') {
        let whole = rest.split_once('>');
        let (tag, after) = whole.unwrap_or((rest, ""));
        let wrong = |why| Wrong::at(text, rest, why, tag);
        let (name, said) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        if whole.is_none() || !TAGS.contains(&name.trim_start_matches('/')) {
            return Err(wrong("layout-wrong-tag"));
        }
        attributes(said).ok_or_else(|| wrong("layout-wrong-attribute"))?;
        seen(name).map_err(wrong)?;
        left = after;
    }
    Ok(())
}

/// `name="value"`, each of the table.
fn attributes(mut text: &str) -> Option<()> {
    loop {
        text = text.trim();
        if text.is_empty() {
            return Some(());
        }
        let (name, rest) = text.split_once("=\"")?;
        let (value, rest) = rest.split_once('"')?;
        let (_, words) = ATTRIBUTES.iter().find(|(known, _)| *known == name)?;
        let number =
            || !value.is_empty() && value.len() < 3 && value.bytes().all(|b| b.is_ascii_digit());
        let known = match words {
            [] => number(),
            words => value.split_whitespace().all(|word| words.contains(&word)),
        };
        if !known {
            return None;
        }
        text = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_word_and_no_table_is_refused_by_its_line() {
        for (text, why) in [
            ("<script>", "layout-wrong-tag"),
            ("<SCRIPT src=\"/x\">", "layout-wrong-tag"),
            ("<img src=\"http://evil.example/?1\">", "layout-wrong-tag"),
            ("<a href=\"javascript:x\">", "layout-wrong-tag"),
            ("<style>", "layout-wrong-tag"),
            ("<meta http-equiv=\"refresh\">", "layout-wrong-tag"),
            ("<form action=\"/logout\">", "layout-wrong-tag"),
            ("<!-- -->", "layout-wrong-tag"),
            ("<{{ clinic }}>", "layout-wrong-tag"),
            ("3 < 4", "layout-wrong-tag"),
            ("<p class=\"n\"", "layout-wrong-tag"),
            ("<p onclick=\"x\"></p>", "layout-wrong-attribute"),
            ("<p style=\"display: none\"></p>", "layout-wrong-attribute"),
            ("<p class=\"tools\"></p>", "layout-wrong-attribute"),
            ("<p class=n></p>", "layout-wrong-attribute"),
            ("<p class=\"n></p>", "layout-wrong-attribute"),
            ("<td colspan=\"1000\"></td>", "layout-wrong-attribute"),
            ("<p hidden></p>", "layout-wrong-attribute"),
            ("{% set x = 1 %}", "layout-wrong-statement"),
            ("{% include 'x' %}", "layout-wrong-statement"),
            ("{%- macro x() %}", "layout-wrong-statement"),
            ("{% autoescape false %}", "layout-wrong-statement"),
            ("{{ 'x' * 100000000 }}", "layout-wrong-computing"),
            ("{{ a ~ a }}", "layout-wrong-computing"),
            ("{{ a + a }}", "layout-wrong-computing"),
            ("{% for b in [a, a] %}", "layout-wrong-computing"),
            ("{{ a|safe }}", "layout-wrong-computing"),
            ("{{ a.items() }}", "layout-wrong-computing"),
            ("{{ 'it' \"'\" + a }}", "layout-wrong-computing"),
            ("{{ '}}' * 100000000 }}", "layout-wrong-computing"),
            ("{{ '\\'}}' * 100000000 }}", "layout-wrong-computing"),
        ] {
            let wrong = source(&format!("<p>a</p>\n\n{text}")).expect_err(text);
            assert_eq!((wrong.line, wrong.why), (3, why), "{text}");
        }
    }

    #[test]
    fn elements_of_a_paper_match() {
        let deep = "<div>".repeat(DEEPEST + 1) + &"</div>".repeat(DEEPEST + 1);
        for bad in ["<p><strong></p></strong>", "</section>", "\n<p>", &deep] {
            let wrong = paper(bad).expect_err(bad);
            assert_eq!(wrong.why, "layout-wrong-close", "{bad}");
        }
        assert_eq!(paper("<p class=\"mark big\">3 &lt; 4<br></p>"), Ok(()));
    }

    #[test]
    fn what_stands_in_the_layout_language_is_no_html() {
        for good in [
            "<p{% if a < b %} class=\"big\"{% endif %}>{{ a }}<br></p>",
            "{% if a == \"<script> + '\" %}<p>{% else %}<p class=\"n\">{% endif %}</p>",
            "{# <script> #}<tr><td colspan=\"3\"></td></tr>",
        ] {
            assert!(source(good).is_ok(), "{good}");
        }
    }

    proptest::proptest! {
        #[test]
        fn anything_can_be_checked(text in "[<>/{}%#a-p\"'= \n中-]{0,60}") {
            let _ = (source(&text), paper(&text));
        }
    }
}
