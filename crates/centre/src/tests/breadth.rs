//! What is sent beside settling: audits (3101, 3102), mappings (3301, 3302), records (4301), and the
//! questions 5202, 5205 and 5302.

use cunyi_domain::money::{Fen, Quantity};
use cunyi_gateway::message::audit::{
    Audit, AuditEncounter, AuditOrder, AuditPatient, Finding, Findings,
};
use cunyi_gateway::message::history::{ChronicMedicationQuery, DesignationQuery, DiagnosisQuery};
use cunyi_gateway::message::mapping::{Mapping, MappingCancel};
use cunyi_gateway::message::record::{
    CaseInfo, RecordDiagnosis, RegistrationInfo, RxInfo, VisitRecord,
};
use cunyi_gateway::message::{
    Data, T2203, T2204, T3101, T3102, T3301, T3302, T4301, T5202, T5205, T5302, Transaction,
};
use cunyi_gateway::{HttpTransport, Outcome};

use super::desk::{Desk, Seen, TODAY, Wrong};
use super::http::served_over;
use crate::ledger::RecordRow;
use crate::population::ELSEWHERE;

fn order(code: &str, price: Fen) -> AuditOrder {
    AuditOrder {
        rx_id: format!("L-{code}"),
        hilist_code: code.to_owned(),
        hilist_name: format!("{code}的名称"),
        cnt: Quantity::whole(1).into(),
        pric: price.into(),
        sumamt: price.into(),
        ..AuditOrder::default()
    }
}

fn audit(person: &str, orders: Vec<AuditOrder>) -> Data<Audit> {
    let visit = AuditEncounter {
        mdtrt_id: "M1".to_owned(),
        fsi_order_dtos: orders,
        ..AuditEncounter::default()
    };
    let patient = AuditPatient {
        patn_id: person.to_owned(),
        fsi_encounter_dtos: vec![visit],
        ..AuditPatient::default()
    };
    Data::from(Audit {
        patient_dtos: vec![patient],
        trig_scen: "23".to_owned(),
        task_id: "T1".to_owned(),
        ..Audit::default()
    })
}

fn rules(found: &Findings) -> Vec<(&str, &str)> {
    let line = |f: &'_ Finding| f.judge_result_detail_dtos[0].rx_id.clone();
    assert!(found.result.iter().all(|f| line(f).starts_with("L-")));
    let rows = found.result.iter();
    rows.map(|f| (f.rule_name.as_str(), f.task_id.as_str()))
        .collect()
}

#[test]
fn an_audit_objects_to_a_price_and_to_a_drug_of_this_week() {
    let desk = Desk::new();
    let person = desk.villager("390");
    let asked = audit(
        &person.number,
        vec![order("DRUG-A", Fen(2_000)), order("DRUG-B", Fen(1_800))],
    );
    assert_eq!(rules(&desk.ok::<T3101>(&asked)), []);
    let dear = audit(&person.number, vec![order("DRUG-B", Fen(1_801))]);
    assert_eq!(rules(&desk.ok::<T3102>(&dear)), [("超医保支付标准", "T1")]);
    let seen = desk.see(&person, "11");
    let total = desk.charge(&seen, "B1", &[("DRUG-A", "20.00")]);
    desk.settle(&seen, "B1", total);
    let found = desk.ok::<T3101>(&asked);
    assert_eq!(rules(&found), [("短期重复开药", "T1")]);
    let only = &found.result[0];
    assert_eq!(
        (only.mdtrt_id.as_str(), only.vola_amt.0),
        ("M1", Some(Fen(2_000)))
    );
    assert!(only.vola_cont.contains("2026-11-24"), "{}", only.vola_cont);
    desk.pass(8);
    assert_eq!(rules(&desk.ok::<T3101>(&asked)), []);
}

#[test]
fn an_audit_of_nobody_or_without_a_scene_is_refused() {
    let desk = Desk::new();
    let person = desk.villager("390").number;
    let mut asked = audit(&person, vec![order("DRUG-A", Fen(1))]);
    asked.data.trig_scen.clear();
    desk.refused::<T3101>(&asked, "触发场景");
    asked.data.rule_ids = "R001".to_owned();
    desk.ok::<T3101>(&asked);
    desk.refused::<T3101>(&audit("nobody", Vec::new()), "未查询到该人员");
    desk.refused::<T3101>(
        &audit(&person, vec![order("", Fen(1))]),
        "医保目录代码不能为空",
    );
    let many = vec![order("DRUG-A", Fen(1)); 201];
    desk.refused::<T3101>(&audit(&person, many), "不能超过200条");
    asked.data.patient_dtos.clear();
    desk.refused::<T3101>(&asked, "参保人信息不能为空");
}

fn mapping(item: &str) -> Data<Mapping> {
    Data::from(Mapping {
        fixmedins_hilist_id: item.to_owned(),
        fixmedins_hilist_name: "氨咖黄敏胶囊".to_owned(),
        list_type: "101".to_owned(),
        med_list_codg: "DRUG-A".to_owned(),
        begndate: TODAY.to_string(),
        enddate: "2099-01-01".to_owned(),
        ..Mapping::default()
    })
}

fn unmapping(item: &str, code: &str) -> Data<MappingCancel> {
    Data::from(MappingCancel {
        fixmedins_code: "H99000100001".to_owned(),
        fixmedins_hilist_id: item.to_owned(),
        list_type: "101".to_owned(),
        med_list_codg: code.to_owned(),
    })
}

#[test]
fn an_item_is_mapped_once_until_it_is_taken_back() {
    let desk = Desk::new();
    desk.ok::<T3301>(&mapping("I1"));
    desk.refused::<T3301>(&mapping("I1"), "已对照");
    desk.ok::<T3301>(&mapping("I2"));
    desk.refused::<T3302>(&unmapping("I1", "DRUG-B"), "未查询到有效的目录对照");
    desk.refused::<T3302>(&unmapping("I3", "DRUG-A"), "未查询到有效的目录对照");
    let mut others = unmapping("I1", "DRUG-A");
    others.data.fixmedins_code = "H99000100002".to_owned();
    desk.refused::<T3302>(&others, "定点医药机构编号");
    desk.ok::<T3302>(&unmapping("I1", "DRUG-A"));
    desk.refused::<T3302>(&unmapping("I1", "DRUG-A"), "未查询到有效的目录对照");
    desk.ok::<T3301>(&mapping("I1"));
    let wrong: [Wrong<Mapping>; 6] = [
        (|m| m.fixmedins_hilist_id = "9".repeat(31), "超过30个字符"),
        (|m| m.fixmedins_hilist_name.clear(), "目录名称不能为空"),
        (|m| m.list_type = "999".to_owned(), "目录类别"),
        (
            |m| m.med_list_codg = "NO-SUCH".to_owned(),
            "医疗目录编码不存在",
        ),
        (|m| m.begndate = "24.11.2026".to_owned(), "开始日期格式"),
        (|m| m.enddate = "2026-11-23".to_owned(), "早于开始日期"),
    ];
    for (change, words) in wrong {
        let mut asked = mapping("I9");
        change(&mut asked.data);
        desk.refused::<T3301>(&asked, words);
    }
}

fn record(seen: &Seen) -> VisitRecord {
    VisitRecord {
        rgstinfo: RegistrationInfo {
            mdtrt_sn: "V1".to_owned(),
            mdtrt_id: seen.id.clone(),
            psn_no: seen.person.clone(),
            rgst_retnr_time: "2026-11-24 09:00:00".to_owned(),
            vali_flag: "1".to_owned(),
            ..RegistrationInfo::default()
        },
        caseinfo: vec![CaseInfo {
            chfcomp: "咳嗽三天".to_owned(),
            vali_flag: "1".to_owned(),
            ..CaseInfo::default()
        }],
        diseinfo: vec![RecordDiagnosis {
            diag_code: "J00.x00".to_owned(),
            diag_name: "急性鼻咽炎".to_owned(),
            vali_flag: "1".to_owned(),
            ..RecordDiagnosis::default()
        }],
        rxinfo: vec![RxInfo {
            rx_detl_name: "氨咖黄敏胶囊".to_owned(),
            vali_flag: "1".to_owned(),
            ..RxInfo::default()
        }],
    }
}

fn records(desk: &Desk) -> Vec<RecordRow> {
    let all = desk
        .centre
        .db
        .read("records", |tx| tx.select::<RecordRow>("", vec![]));
    all.unwrap()
}

#[test]
fn a_record_is_kept_and_replaced_when_it_comes_again() {
    let desk = Desk::new();
    let seen = desk.see(&desk.villager("390"), "11");
    let mut sent = record(&seen);
    desk.ok::<T4301>(&sent);
    sent.rxinfo.clear();
    desk.ok::<T4301>(&sent);
    let kept = records(&desk);
    assert_eq!(kept.len(), 1);
    assert_eq!(
        (kept[0].cases, kept[0].diagnoses, kept[0].prescriptions),
        (1, 1, 0)
    );
    assert_eq!(kept[0].visit, seen.id);
    let wrong: [Wrong<VisitRecord>; 8] = [
        (|r| r.rgstinfo.mdtrt_sn.clear(), "就医流水号不能为空"),
        (|r| r.rgstinfo.psn_no.clear(), "就诊ID与人员编号"),
        (
            |r| r.rgstinfo.mdtrt_id = "M9".to_owned(),
            "未查询到就诊信息",
        ),
        (
            |r| r.rgstinfo.rgst_retnr_time = "yesterday".to_owned(),
            "挂号时间格式",
        ),
        (|r| r.diseinfo.clear(), "诊断信息不能为空"),
        (|r| r.diseinfo[0].diag_code.clear(), "诊断代码不能为空"),
        (
            |r| r.caseinfo[0].chfcomp = "咳".repeat(2_001),
            "主诉超过2000个字符",
        ),
        (|r| r.caseinfo[0].vali_flag.clear(), "病历有效标志不能为空"),
    ];
    for (change, words) in wrong {
        let mut asked = record(&seen);
        change(&mut asked);
        desk.refused::<T4301>(&asked, words);
    }
    assert_eq!(records(&desk), kept, "a refusal changes nothing");
}

#[test]
fn a_visits_diagnoses_are_told_to_its_institution() {
    let desk = Desk::new();
    let seen = desk.see(&desk.villager("390"), "11");
    let asked = |id: &str| {
        Data::from(DiagnosisQuery {
            mdtrt_id: id.to_owned(),
            psn_no: seen.person.clone(),
        })
    };
    let found = desk.ok::<T5202>(&asked(&seen.id)).diseinfo;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].diag_code, "J00.x00");
    assert_eq!(found[0].maindiag_flag, "1");
    assert_eq!(found[0].dise_dor_name, "测试医生");
    desk.refused::<T5202>(&asked("M9"), "未查询到就诊信息");
}

/// A villager with a filing is treated under it; the visit.
fn chronic(desk: &Desk) -> Seen {
    let filed = |p: &crate::population::Person| {
        let filing = p
            .filings
            .iter()
            .any(|f| f.code == "M03900" && f.to.is_none());
        filing
            && p.coverages.len() == 1
            && p.coverages[0].scheme == "390"
            && p.coverages[0].status == "1"
            && p.coverages[0].place != ELSEWHERE
    };
    let seen = desk.register(&desk.who(filed));
    let mut visit = desk.diagnosis(&seen, "9901");
    visit.mdtrtinfo.dise_codg = "M03900".to_owned();
    desk.ok::<T2203>(&visit);
    let details = desk.details(
        &seen,
        "C1",
        "M03900",
        &[("DRUG-A", "12.00"), ("NO-SUCH", "6.00")],
    );
    desk.ok::<T2204>(&details);
    let mut asked = Desk::presettle_input(&seen, "C1", Fen(1_800));
    asked.data.med_type = "9901".to_owned();
    let answered = desk.ok::<cunyi_gateway::message::T2206>(&asked);
    let input = Desk::settle_input(&asked.data, &answered);
    desk.ok::<cunyi_gateway::message::T2207>(&input);
    seen
}

#[test]
fn what_was_dispensed_under_a_disease_is_told_everywhere() {
    let desk = Desk::new();
    let seen = chronic(&desk);
    let asked = |from: &str, to: &str| {
        Data::from(ChronicMedicationQuery {
            psn_no: seen.person.clone(),
            begntime: from.to_owned(),
            endtime: to.to_owned(),
        })
    };
    let mut others = Desk::new();
    others.centre = desk.centre.clone();
    others.gateway.institution.code = "H99000100002".to_owned();
    let found = others
        .ok::<T5205>(&asked("2026-11-01 00:00:00", ""))
        .feedetail;
    let codes: Vec<&str> = found.iter().map(|row| row.med_list_codg.as_str()).collect();
    assert_eq!(codes, ["DRUG-A"], "what no list has is no drug");
    assert_eq!(found[0].fixmedins_code, "H99000100001");
    assert_eq!(
        (found[0].med_type.as_str(), found[0].list_type.as_str()),
        ("9901", "101")
    );
    let before = asked("2026-11-01 00:00:00", "2026-11-23 23:59:59");
    assert_eq!(desk.ok::<T5205>(&before).feedetail, []);
    desk.refused::<T5205>(&asked("2026-11-01", ""), "开始时间格式");
    desk.refused::<T5205>(&asked("2026-11-02 00:00:00", "2026-11-01 00:00:00"), "早于");
}

fn designation(person: &str) -> Data<DesignationQuery> {
    Data::from(DesignationQuery {
        psn_no: person.to_owned(),
        biz_appy_type: "03".to_owned(),
    })
}

#[test]
fn who_is_insured_here_may_be_treated_where_she_asks() {
    let desk = Desk::new();
    let found = desk
        .ok::<T5302>(&designation(&desk.villager("390").number))
        .psnfixmedin;
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].insutype.as_str(), found[0].fixmedins_code.as_str()),
        ("390", "H99000100001")
    );
    let away =
        desk.who(|p| !p.coverages.is_empty() && p.coverages.iter().all(|c| c.place == ELSEWHERE));
    assert_eq!(desk.ok::<T5302>(&designation(&away.number)).psnfixmedin, []);
    let mut wrong = designation(&away.number);
    wrong.data.biz_appy_type.clear();
    desk.refused::<T5302>(&wrong, "业务申请类型");
}

/// Sends over a real socket and wants a success.
fn over<T: Transaction>(desk: &Desk, input: &T::Input) -> T::Output {
    match desk.send_over::<T>(&HttpTransport::default(), &desk.header(), input) {
        Outcome::Success(success) => success.output,
        _ => panic!("{} over HTTP", T::INFNO),
    }
}

#[test]
fn they_go_over_http_in_a_family_with_a_path_each_and_in_one_that_seals() {
    for family in ["zhejiang", "oauth", "tif"] {
        served_over(family, |desk, _| {
            let person = desk.villager("390");
            let seen = desk.see(&person, "11");
            let asked = audit(&person.number, vec![order("DRUG-B", Fen(1_801))]);
            assert_eq!(over::<T3101>(desk, &asked).result.len(), 1);
            assert_eq!(over::<T3102>(desk, &asked).result.len(), 1);
            over::<T3301>(desk, &mapping("I1"));
            over::<T3302>(desk, &unmapping("I1", "DRUG-A"));
            over::<T4301>(desk, &record(&seen));
            let visit = Data::from(DiagnosisQuery {
                mdtrt_id: seen.id.clone(),
                psn_no: seen.person.clone(),
            });
            assert_eq!(over::<T5202>(desk, &visit).diseinfo.len(), 1);
            let medication = Data::from(ChronicMedicationQuery {
                psn_no: seen.person,
                begntime: "2026-11-01 00:00:00".to_owned(),
                endtime: String::new(),
            });
            assert_eq!(over::<T5205>(desk, &medication).feedetail, []);
            assert_eq!(
                over::<T5302>(desk, &designation(&person.number))
                    .psnfixmedin
                    .len(),
                1
            );
        });
    }
}
