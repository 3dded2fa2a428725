//! The follow-ups of a period as a spreadsheet, its columns in the form's order, for a county's system. It is
//! Chinese in every language of the screen, as papers are.

use axum::http::Uri;
use cunyi_app::views::{FollowUpSheet, SheetRow};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_domain::time::parse_date;
use cunyi_followup::Field;

use super::follow_up::shown;
use crate::chrome::Chrome;
use crate::fault::{Answer, Fault};
use crate::form::Form;
use crate::session::Signed;
use crate::sheet::{Cell, Table, download};

/// What stands before the form's own fields.
const WHO: [&str; 6] = [
    "field-name",
    "field-sex",
    "field-birth-date",
    "field-id-number",
    "field-phone",
    "field-address",
];

/// `GET /follow-ups/sheet?form=hypertension&from=yyyy-MM-dd&to=yyyy-MM-dd`
pub(crate) async fn sheet(by: Signed, uri: Uri) -> Answer {
    let asked = Form::parse(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    let day = |name: &'static str| {
        let refusal = Refusal::at(Code::BadText, name).with("limit", 10);
        parse_date(asked.get(name)).ok_or(refusal)
    };
    let period = day("from").and_then(|from| Ok((from, day("to")?)));
    let period = period.map_err(|refusal| Fault::new(&by.chrome, refusal.into()))?;
    let form = asked.text("form");
    let sheet = by
        .call(move |app, actor| app.follow_up_sheet(actor, &form, period))
        .await?;
    let c = by.chrome.chinese();
    let (from, to) = sheet.period;
    let name = format!("{}-{from}-{to}", sheet.form.id);
    download(&by.chrome, &name, &[table(&c, &sheet)])
}

/// Heads and rows; all cells are text: a code with a nought in front stays one, and nothing is a formula.
fn table(c: &Chrome, sheet: &FollowUpSheet) -> Table {
    let own = |beside| sheet.form.fields.iter().filter(move |f| f.beside == beside);
    let head = |field: &Field| match field.unit.as_str() {
        "" => field.label[0].clone(),
        unit => format!("{}（{unit}）", field.label[0]),
    };
    let mut heads: Vec<String> = WHO.map(|key| c.t(key)).to_vec();
    heads.extend(own(false).map(head));
    heads.push(c.t("paper-follow-up-signed"));
    heads.extend(own(true).map(head));
    let line = |one: &SheetRow| {
        let f = &one.fields;
        let who = [
            &f.name,
            &c.sex_text(&f.sex),
            &f.birth_date,
            &f.id_number,
            &f.phone,
            &f.address,
        ];
        let mut cells: Vec<String> = who.map(String::clone).to_vec();
        let answer = |field: &Field| plain(c, field, one);
        cells.extend(own(false).map(answer));
        cells.push(one.row.by.clone());
        cells.extend(own(true).map(answer));
        cells
    };
    let cells = |one: &SheetRow| line(one).into_iter().map(Cell::Text).collect();
    Table {
        name: sheet.form.title[0].clone(),
        heads,
        rows: sheet.rows.iter().map(cells).collect(),
    }
}

/// An answer without its unit, which stands in the head.
fn plain(c: &Chrome, field: &Field, one: &SheetRow) -> String {
    match one.row.said.get(&field.key) {
        Some(text) if field.choices().is_empty() => text.clone(),
        _ => shown(c, field, &one.row.said),
    }
}
