//! Which role sees which field of a patient on which page, as `golden/fields.txt` says: one table
//! that a person can read. ASVS 8.1.2 asks for it; the pages themselves are looked at.

use axum::http::StatusCode;
use cunyi_app::views::{PatientForm, RegisterForm};
use cunyi_domain::ids::VisitId;

use crate::cases::{draft, get, patient, post};
use crate::house::{Ask, House, golden, house};
use crate::world::ROLES;

/// A field, as it is typed, and what is left of it for who need not know it.
struct Field {
    name: &'static str,
    full: String,
    masked: String,
}

/// Four signs, stars, two signs.
fn hidden(number: &str) -> String {
    let (head, tail) = (&number[..4], &number[number.len() - 2..]);
    format!("{head}{}{tail}", "*".repeat(number.len() - 6))
}

/// A settled visit of somebody of whom everything is known.
fn known(house: &House) -> (VisitId, Vec<Field>) {
    let person = house.villager();
    let found = house.w.identify(&person);
    let register = RegisterForm {
        handle: found.handle,
        proxy_name: "钱代办".to_owned(),
        proxy_id_number: "11010519491231002X".to_owned(),
        proxy_relation: "儿子".to_owned(),
        ..RegisterForm::default()
    };
    let (app, doctor) = (&house.w.app, &house.w.doctor);
    let visit = app.register(doctor, &register).expect("registered");
    let id = patient(house, &visit);
    let form = PatientForm {
        name: person.name.clone(),
        id_number: person.id_number.clone(),
        phone: "13900001234".to_owned(),
        address: "演示县竹山村三组十二号".to_owned(),
        guardian_name: "孙监护".to_owned(),
        guardian_id_number: "110101198001010010".to_owned(),
        ..PatientForm::default()
    };
    app.correct_patient(doctor, &id, &form).expect("corrected");
    app.note_allergy(doctor, &id, "group", "penicillins")
        .expect("noted");
    let body = draft(house);
    app.freeze(doctor, &visit, 0, &body).expect("frozen");
    app.presettle(doctor, &visit).expect("presettled");
    house.w.settle(&visit).expect("settled");
    let number = &person.id_number;
    let field = |name, full: &str, masked: &str| Field {
        name,
        full: full.to_owned(),
        masked: masked.to_owned(),
    };
    let none = "（不遮）";
    let fields = vec![
        field("姓名", &person.name, none),
        field("身份证号", number, &hidden(number)),
        field("电话", &form.phone, &hidden(&form.phone)),
        field("住址", &form.address, "演示县竹山村****"),
        field("监护人", &form.guardian_name, "孙**"),
        field(
            "监护人证号",
            &form.guardian_id_number,
            &hidden(&form.guardian_id_number),
        ),
        field("代办人", "钱代办", none),
        field("代办人证号", "11010519491231002X", "1101************2X"),
        field("诊断", "急性上呼吸道感染", none),
        field("主诉", &body.complaint, none),
        field("病史查体", &body.history, none),
        field("过敏", "青霉素", none),
        field("用药", "感冒灵颗粒", none),
    ];
    (visit, fields)
}

/// A line of the table; a Chinese sign is two wide.
fn line<'a>(name: &str, cells: impl IntoIterator<Item = &'a str>) -> String {
    let wide = |text: &str| {
        text.chars()
            .map(|c| if c.is_ascii() { 1 } else { 2 })
            .sum::<usize>()
    };
    let pad = |text: &str, to: usize| format!("{text}{}", " ".repeat(to - wide(text)));
    let cells: String = cells.into_iter().map(|cell| pad(cell, 15)).collect();
    format!("{}{}\n", pad(name, 20), cells.trim_end())
}

fn pages(house: &House, visit: &VisitId, name: &str) -> Vec<(&'static str, Ask)> {
    let id = patient(house, visit);
    let batch = &house.w.view(visit).batches[0].id;
    let print = |paper: &str| get(format!("/visits/{visit}/print/{paper}"));
    vec![
        ("工作台", get("/")),
        ("就诊", get(format!("/visits/{visit}"))),
        ("处方笺", print("prescription")),
        ("费用清单", print("fee-list")),
        ("结算单", get(format!("/batches/{batch}/print/statement"))),
        (
            "随访",
            get(format!("/visits/{visit}/follow-up/hypertension")),
        ),
        (
            "随访表",
            get(format!("/visits/{visit}/follow-up/hypertension/print")),
        ),
        ("患者", get(format!("/patients/{id}"))),
        ("病历", get(format!("/patients/{id}/print/history"))),
        ("查找", post("/patients/search", &[("query", name)])),
        ("今日", get("/today")),
        ("报文", get(format!("/visits/{visit}/messages"))),
    ]
}

#[tokio::test]
async fn every_field_on_every_page_as_the_golden_matrix_says() {
    let house = house();
    let (visit, fields) = known(&house);
    let mut table = line("", ROLES);
    for (page, ask) in pages(&house, &visit, &fields[0].full) {
        let mut rows: Vec<Vec<&str>> = vec![Vec::new(); fields.len()];
        for login in ROLES {
            let by = house.sign_in(login);
            let answer = house.ask(&by, &ask).await;
            let refused = answer.status == StatusCode::FORBIDDEN;
            assert!(refused || answer.status == StatusCode::OK, "{page} {login}");
            for (row, field) in rows.iter_mut().zip(&fields) {
                let searched = page == "查找" && field.name == "姓名" && !refused;
                row.push(match () {
                    () if searched => "全",
                    () if answer.body.contains(&field.full) => "全",
                    () if answer.body.contains(&field.masked) => "遮",
                    () => "-",
                });
            }
        }
        for (row, field) in rows.iter().zip(&fields) {
            if row.iter().any(|cell| *cell != "-") {
                let name = format!("{page} {}", field.name);
                table.push_str(&line(&name, row.iter().copied()));
            }
        }
    }
    golden("fields.txt", &table);
}
