//! 输液注射登记: on the screen, on A4 across, as xlsx. When it ran, who gave it and how it was borne is written by hand.

use askama::Template;
use axum::http::{StatusCode, Uri};
use cunyi_app::Layout;
use cunyi_app::views::{InfusionRegister, InfusionRow};

use super::papers::print_from;
use super::reports::period;
use crate::chrome::Chrome;
use crate::fault::{Answer, Fault, html};
use crate::layout::Model;
use crate::layout::model::infusion::{Register, Row, TestLine};
use crate::session::Signed;
use crate::sheet::{Cell, Table, download};

#[derive(Template)]
#[template(path = "infusions.html")]
pub(crate) struct InfusionsPage<'a> {
    pub(crate) c: &'a Chrome,
    pub(crate) v: &'a InfusionRegister,
    pub(crate) said: Register,
}

impl<'a> InfusionsPage<'a> {
    pub(crate) fn new(c: &'a Chrome, v: &'a InfusionRegister) -> Self {
        let said = Register::of(c, v);
        Self { c, v, said }
    }

    /// Each with its cells.
    fn rows(&self) -> Vec<(&InfusionRow, [String; HEADS.len()])> {
        self.v
            .rows
            .iter()
            .zip(self.said.rows.iter().map(cells))
            .collect()
    }
}

/// Columns, the last three for the hand.
const HEADS: [&str; 14] = [
    "log-number",
    "log-when",
    "field-name",
    "field-sex",
    "age",
    "field-diagnosis",
    "infusion-drugs",
    "field-route",
    "infusion-course",
    "skin-tests",
    "report-doctor",
    "infusion-from-to",
    "infusion-given-by",
    "infusion-reaction",
];

/// Columns of the skin tests.
const TEST_HEADS: [&str; 9] = [
    "log-number",
    "log-when",
    "field-name",
    "field-sex",
    "age",
    "infusion-tested",
    "infusion-result",
    "infusion-read-at",
    "infusion-read-by",
];

fn cells(row: &Row) -> [String; HEADS.len()] {
    [
        row.entry.number.clone(),
        row.entry.when.clone(),
        row.entry.name.clone(),
        row.entry.sex.clone(),
        row.entry.age.clone(),
        row.diagnoses.clone(),
        row.drugs.join("；"),
        row.way.clone(),
        row.turn.clone(),
        row.tests.clone(),
        row.doctor.clone(),
        String::new(),
        String::new(),
        String::new(),
    ]
}

pub(crate) fn test_cells(test: &TestLine) -> [String; TEST_HEADS.len()] {
    [
        test.entry.number.clone(),
        test.entry.when.clone(),
        test.entry.name.clone(),
        test.entry.sex.clone(),
        test.entry.age.clone(),
        test.drug.clone(),
        test.result.clone(),
        test.at.clone(),
        test.by.clone(),
    ]
}

/// Heads of the register.
pub(crate) fn heads(c: &Chrome) -> [String; HEADS.len()] {
    HEADS.map(|key| c.t(key))
}

/// Heads of the skin tests.
pub(crate) fn test_heads(c: &Chrome) -> [String; TEST_HEADS.len()] {
    TEST_HEADS.map(|key| c.t(key))
}

async fn register(by: &Signed, uri: &Uri) -> Result<InfusionRegister, Fault> {
    let (from, to) = period(&by.chrome, uri, by.chrome.now.date())?;
    by.call(move |app, actor| app.infusion_register(actor, from, to))
        .await
}

/// `GET /infusions?from=yyyy-MM-dd&to=yyyy-MM-dd`
pub(crate) async fn page(by: Signed, uri: Uri) -> Answer {
    let v = register(&by, &uri).await?;
    Ok(html(StatusCode::OK, &InfusionsPage::new(&by.chrome, &v)))
}

/// `GET /infusions/print?from=&to=`
pub(crate) async fn print(by: Signed, uri: Uri) -> Answer {
    let v = register(&by, &uri).await?;
    let model = Model::infusion_register(&by.chrome.chinese(), &v);
    let back = (
        format!("/infusions?from={}&to={}", v.from, v.to),
        "infusions-title",
    );
    print_from(&by, Layout::InfusionRegister, (back, None), model).await
}

/// `GET /infusions/xlsx?from=&to=`
pub(crate) async fn xlsx(by: Signed, uri: Uri) -> Answer {
    let v = register(&by, &uri).await?;
    let c = by.chrome.chinese();
    let said = Register::of(&c, &v);
    let given = Table {
        name: c.t("infusions-title"),
        heads: heads(&c).into(),
        rows: said
            .rows
            .iter()
            .map(|row| cells(row).map(Cell::Text).into())
            .collect(),
    };
    let tested = Table {
        name: c.t("infusion-tests"),
        heads: test_heads(&c).into(),
        rows: said
            .tests
            .iter()
            .map(|test| test_cells(test).map(Cell::Text).into())
            .collect(),
    };
    let name = format!("infusions-{}-{}", v.from, v.to);
    download(&by.chrome, &name, &[given, tested])
}
