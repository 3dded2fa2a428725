//! Charts as SVG: bars side by side, and a distribution. They stand in the page itself and need no
//! script; their figures are in the tables beside them.

use std::fmt::Write;

/// Units of a chart's width.
const WIDTH: i64 = 720;
/// Left of the bars: names.
const NAMES: i64 = 150;
/// Right of the longest bar: its figure.
const FIGURES: i64 = 110;
const BAR: i64 = 16;
const GAP: i64 = 12;

/// Colours of policies, apart in grey as well.
const COLOURS: [&str; 6] = [
    "#1f5fa8", "#e08a1e", "#3a8f4d", "#a23b72", "#6b6b6b", "#7d5ba6",
];

/// A bar: how long, and the figure at its end.
pub(super) struct Bar {
    pub length: i64,
    pub figure: String,
}

/// Groups of horizontal bars, one bar a series.
pub(super) fn bars(title: &str, series: &[String], groups: &[(String, Vec<Bar>)]) -> String {
    let most = groups
        .iter()
        .flat_map(|(_, bars)| bars.iter().map(|bar| bar.length));
    let most = most.max().unwrap_or(0).max(1);
    let mut body = String::new();
    let mut y = legend(series, &mut body);
    for (name, bars) in groups {
        let middle = y + BAR * as_i64(bars.len()) / 2 + 5;
        let _ = write!(
            body,
            "<text x=\"{}\" y=\"{middle}\" text-anchor=\"end\">{}</text>",
            NAMES - 8,
            escaped(name)
        );
        for (place, bar) in bars.iter().enumerate() {
            let length = scaled(bar.length, most, WIDTH - NAMES - FIGURES);
            let colour = colour(place);
            let _ = write!(
                body,
                "<rect x=\"{NAMES}\" y=\"{y}\" width=\"{length}\" height=\"{}\" fill=\"{colour}\"/>\
                 <text x=\"{}\" y=\"{}\" class=\"figure\">{}</text>",
                BAR - 2,
                NAMES + length + 4,
                y + BAR - 4,
                escaped(&bar.figure)
            );
            y += BAR;
        }
        y += GAP;
    }
    svg(title, y, &body)
}

/// Columns side by side on one line, such as how many people pay how much more: the first of them
/// good, the last bad.
pub(super) fn columns(title: &str, columns: &[(String, Bar)], middle: usize) -> String {
    const HIGH: i64 = 180;
    const BASE: i64 = HIGH + 24;
    let most = columns
        .iter()
        .map(|(_, bar)| bar.length)
        .max()
        .unwrap_or(0)
        .max(1);
    let wide = WIDTH / as_i64(columns.len()).max(1);
    let mut body = String::new();
    for (place, (name, bar)) in columns.iter().enumerate() {
        let length = scaled(bar.length, most, HIGH);
        let colour = match place.cmp(&middle) {
            std::cmp::Ordering::Less => "#3a8f4d",
            std::cmp::Ordering::Equal => "#9a9a9a",
            std::cmp::Ordering::Greater => "#c0442e",
        };
        let x = wide * as_i64(place);
        let centre = x + wide / 2;
        let _ = write!(
            body,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{length}\" fill=\"{colour}\"/>\
             <text x=\"{centre}\" y=\"{}\" text-anchor=\"middle\" class=\"figure\">{}</text>",
            x + 3,
            BASE - length,
            wide - 6,
            BASE - length - 4,
            escaped(&bar.figure)
        );
        for (line, words) in two_lines(name).iter().enumerate() {
            let _ = write!(
                body,
                "<text x=\"{centre}\" y=\"{}\" text-anchor=\"middle\" class=\"figure\">{}</text>",
                BASE + 14 + 13 * as_i64(line),
                escaped(words)
            );
        }
    }
    let _ = write!(
        body,
        "<line x1=\"0\" y1=\"{BASE}\" x2=\"{WIDTH}\" y2=\"{BASE}\"/>"
    );
    svg(title, BASE + 34, &body)
}

/// `50–200 yuan less`: its words stand below each other.
fn two_lines(name: &str) -> [String; 2] {
    let digits = |c: char| c.is_ascii_digit() || matches!(c, '–' | '>');
    match (name.find(digits), name.rfind(digits)) {
        (Some(first), Some(last)) => {
            let end = last + name[last..].chars().next().map_or(0, char::len_utf8);
            let around = format!("{} {}", name[..first].trim(), name[end..].trim());
            [name[first..end].to_owned(), around.trim().to_owned()]
        }
        _ => [name.to_owned(), String::new()],
    }
}

fn legend(series: &[String], body: &mut String) -> i64 {
    for (place, name) in series.iter().enumerate() {
        let y = 18 * as_i64(place);
        let _ = write!(
            body,
            "<rect x=\"{NAMES}\" y=\"{}\" width=\"12\" height=\"12\" fill=\"{}\"/>\
             <text x=\"{}\" y=\"{}\">{}</text>",
            y + 2,
            colour(place),
            NAMES + 18,
            y + 13,
            escaped(name)
        );
    }
    18 * as_i64(series.len()) + GAP
}

fn colour(place: usize) -> &'static str {
    COLOURS[place % COLOURS.len()]
}

/// A length in units; what is below nothing has none.
fn scaled(length: i64, most: i64, units: i64) -> i64 {
    let units = i128::from(length.max(0)) * i128::from(units) / i128::from(most);
    i64::try_from(units).unwrap_or(0)
}

fn svg(title: &str, height: i64, body: &str) -> String {
    let title = escaped(title);
    format!(
        "<figure><figcaption>{title}</figcaption><svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-label=\"{title}\">{body}</svg></figure>\n"
    )
}

fn as_i64(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Text in HTML and in its attributes.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            _ => safe.push(c),
        }
    }
    safe
}
