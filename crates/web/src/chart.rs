//! Charts: inline SVG from the server. Whole numbers throughout; what a chart shows stands in a table beside
//! it or in its title.

use askama::Template;

/// Width and height of the drawing, and of the plot's margins, in its own units.
const WIDTH: i64 = 720;
const HEIGHT: i64 = 220;
const LEFT: i64 = 64;
const RIGHT: i64 = 12;
const TOP: i64 = 12;
const BOTTOM: i64 = 26;
/// Steps of the scale.
const STEPS: i64 = 4;
/// Most words along the bottom.
const MOST_WORDS: usize = 12;

/// A row of values, one a place along the bottom; none where nothing was measured.
pub(crate) struct Series {
    /// What it is.
    pub(crate) name: String,
    /// How it is drawn: `a`, `b` or `c`.
    pub(crate) class: &'static str,
    /// One a place.
    pub(crate) values: Vec<Option<i64>>,
}

/// How it is drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A line through what was measured, a dot each.
    Line,
    /// A bar a place, side by side.
    Bars,
}

/// What a chart shows.
pub(crate) struct Data {
    /// What it is about: its title for who does not see it.
    pub(crate) title: String,
    pub(crate) shape: Shape,
    /// Words along the bottom, one a place.
    pub(crate) places: Vec<String>,
    pub(crate) series: Vec<Series>,
    /// Lines across, with their words.
    pub(crate) marks: Vec<(i64, String)>,
    /// The scale begins here.
    pub(crate) floor: i64,
    /// How a value is written.
    pub(crate) written: fn(i64) -> String,
}

struct Dot {
    x: i64,
    y: i64,
    title: String,
}

struct Bar {
    x: i64,
    y: i64,
    width: i64,
    height: i64,
    title: String,
}

struct Drawn {
    name: String,
    class: &'static str,
    /// Points of the line's pieces; a gap parts them.
    pieces: Vec<String>,
    dots: Vec<Dot>,
    bars: Vec<Bar>,
}

/// A chart ready to be drawn.
#[derive(Template)]
#[template(path = "chart.html")]
pub(crate) struct Chart {
    pub(crate) title: String,
    width: i64,
    height: i64,
    left: i64,
    right: i64,
    bottom: i64,
    /// Where a line of the scale stands, and its words.
    scale: Vec<(i64, String)>,
    marks: Vec<(i64, String)>,
    /// Where a word stands along the bottom, and it.
    words: Vec<(i64, String)>,
    drawn: Vec<Drawn>,
}

/// The plot's measures.
struct Plot {
    places: i64,
    floor: i64,
    top: i64,
    inset: i64,
}

impl Plot {
    fn x(&self, place: usize) -> i64 {
        let place = i64::try_from(place).unwrap_or(0);
        let wide = WIDTH - LEFT - RIGHT - 2 * self.inset;
        let steps = (self.places - 1).max(1);
        LEFT + self.inset + place * wide / steps
    }

    fn y(&self, value: i64) -> i64 {
        let high = i128::from(HEIGHT - TOP - BOTTOM);
        let above = i128::from(value.clamp(self.floor, self.top) - self.floor);
        let range = i128::from((self.top - self.floor).max(1));
        HEIGHT - BOTTOM - i64::try_from(high * above / range).unwrap_or(0)
    }
}

/// The least of 1, 2 and 5 times a power of ten that four steps of reach.
fn step(range: i64) -> i64 {
    let mut power = 1_i64;
    loop {
        for times in [1, 2, 5] {
            let step = power.saturating_mul(times);
            if step.saturating_mul(STEPS) >= range {
                return step;
            }
        }
        power = power.saturating_mul(10);
    }
}

impl Chart {
    /// Lays it out.
    pub(crate) fn new(data: Data) -> Self {
        let shown = || data.series.iter().flat_map(|s| s.values.iter().flatten());
        let marked = data.marks.iter().map(|(value, _)| value);
        let most = shown().chain(marked).max().copied().unwrap_or(0);
        let step = step(most.saturating_sub(data.floor).max(1));
        let top = data.floor.saturating_add(step.saturating_mul(STEPS));
        let count = i64::try_from(data.places.len()).unwrap_or(1).max(1);
        let inset = match data.shape {
            Shape::Line => 30,
            Shape::Bars => (WIDTH - LEFT - RIGHT) / (2 * count),
        };
        let plot = Plot {
            places: count,
            floor: data.floor,
            top,
            inset,
        };
        let every = data.places.len().div_ceil(MOST_WORDS).max(1);
        let words = data.places.iter().enumerate().step_by(every);
        let words = words.map(|(place, word)| (plot.x(place), word.clone()));
        let at = |value: i64| (plot.y(value), (data.written)(value));
        let drawn = data.series.iter().enumerate();
        Self {
            width: WIDTH,
            height: HEIGHT,
            left: LEFT,
            right: WIDTH - RIGHT,
            bottom: HEIGHT - 8,
            scale: (0..=STEPS)
                .map(|n| at(data.floor.saturating_add(step.saturating_mul(n))))
                .collect(),
            marks: data
                .marks
                .iter()
                .map(|(v, words)| (plot.y(*v), words.clone()))
                .collect(),
            words: words.collect(),
            drawn: drawn
                .map(|(n, series)| draw(&data, &plot, n, series))
                .collect(),
            title: data.title,
        }
    }

    /// True if it says what its colours mean.
    fn legend(&self) -> bool {
        self.drawn.len() > 1
    }
}

fn draw(data: &Data, plot: &Plot, number: usize, series: &Series) -> Drawn {
    let title = |place: usize, value: i64| {
        let word = data.places.get(place).map_or("", String::as_str);
        format!("{word} {} {}", series.name, (data.written)(value))
    };
    let measured = series.values.iter().enumerate();
    let measured: Vec<(usize, i64)> = measured.filter_map(|(p, v)| Some((p, (*v)?))).collect();
    let mut drawn = Drawn {
        name: series.name.clone(),
        class: series.class,
        pieces: Vec::new(),
        dots: Vec::new(),
        bars: Vec::new(),
    };
    match data.shape {
        Shape::Line => {
            let point =
                |(place, value): &(usize, i64)| format!("{},{}", plot.x(*place), plot.y(*value));
            drawn.pieces = vec![measured.iter().map(point).collect::<Vec<_>>().join(" ")];
            drawn.dots = measured
                .iter()
                .map(|(place, value)| Dot {
                    x: plot.x(*place),
                    y: plot.y(*value),
                    title: title(*place, *value),
                })
                .collect();
        }
        Shape::Bars => {
            let together = i64::try_from(data.series.len()).unwrap_or(1).max(1);
            let width = (plot.inset * 2 * 8 / 10 / together).clamp(1, 40);
            let number = i64::try_from(number).unwrap_or(0);
            drawn.bars = measured
                .iter()
                .map(|(place, value)| Bar {
                    x: plot.x(*place) - width * together / 2 + width * number,
                    y: plot.y(*value),
                    width,
                    height: plot.y(plot.floor) - plot.y(*value),
                    title: title(*place, *value),
                })
                .collect();
        }
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(shape: Shape, values: Vec<Option<i64>>) -> Data {
        Data {
            title: "<b>".to_owned(),
            shape,
            places: (0..values.len()).map(|n| format!("{n}")).collect(),
            series: vec![Series {
                name: "&".to_owned(),
                class: "a",
                values,
            }],
            marks: vec![(140, "140".to_owned())],
            floor: 0,
            written: |value| value.to_string(),
        }
    }

    #[test]
    fn a_scale_of_round_steps_reaches_what_is_shown() {
        for (range, expected) in [
            (1, 1),
            (4, 1),
            (5, 2),
            (9, 5),
            (20, 5),
            (21, 10),
            (1999, 500),
        ] {
            assert_eq!(step(range), expected, "{range}");
        }
        assert!(step(i64::MAX) > 0);
    }

    #[test]
    fn everything_is_inside_whatever_is_shown_and_words_are_escaped() {
        for shape in [Shape::Line, Shape::Bars] {
            for values in [
                vec![],
                vec![None],
                vec![Some(7)],
                vec![Some(0), None, Some(i64::MAX)],
                vec![Some(-5), Some(150)],
                vec![Some(3); 400],
            ] {
                let chart = Chart::new(data(shape, values));
                for drawn in &chart.drawn {
                    for dot in &drawn.dots {
                        assert!((LEFT..=WIDTH).contains(&dot.x) && (0..=HEIGHT).contains(&dot.y));
                    }
                    for bar in &drawn.bars {
                        assert!(bar.width > 0 && bar.height >= 0 && bar.x + bar.width <= WIDTH);
                    }
                }
                assert!(chart.words.len() <= MOST_WORDS + 1);
                let svg = chart.render().unwrap();
                assert!(svg.contains("&#60;b&#62;") && !svg.contains("<b>"), "{svg}");
            }
        }
    }
}
