//! A day's reconciliation as a clinic does it: 3201, and where that differs 9101, 3202, 9102.

use cunyi_domain::money::{Fen, Quantity};
use cunyi_gateway::message::settle::SetlInfo;
use cunyi_gateway::message::statement::{
    ByteForm, DetailTotals, DownloadInput, FileBytes, FilePlace, FileQuery, FileUpload, Totals,
    UploadInput,
};
use cunyi_gateway::message::{Data, T3201, T3202, T9101, T9102};
use cunyi_gateway::statement_file::{Line, MAX_ARCHIVE, RESULT, UPLOAD, pack, unpack};
use cunyi_gateway::{Amount, Outcome, Region};

use super::desk::{Desk, Seen, TODAY};

/// A settlement of an amount under a batch: who was seen, and the reply.
fn settled(desk: &Desk, scheme: &str, batch: &str, price: &str) -> (Seen, SetlInfo) {
    let seen = desk.see(&desk.villager(scheme), "11");
    let total = desk.charge(&seen, batch, &[("DRUG-A", price)]);
    let (_, settlement) = desk.settle(&seen, batch, total);
    (seen, settlement.setlinfo)
}

/// The line a clinic writes from a reply.
fn line(info: &SetlInfo) -> Line {
    let reversal = info.medfee_sumamt.or_zero() < Fen::ZERO;
    Line {
        setl_id: info.setl_id.clone(),
        mdtrt_id: info.mdtrt_id.clone(),
        psn_no: info.psn_no.clone(),
        refd_setl_flag: if reversal { "1" } else { "0" }.to_owned(),
        medfee_sumamt: info.medfee_sumamt,
        fund_pay_sumamt: info.fund_pay_sumamt,
        acct_pay: info.acct_pay,
        ..Line::default()
    }
}

fn sum(lines: &[Line], of: fn(&Line) -> Amount) -> Fen {
    lines.iter().map(|line| of(line).or_zero()).sum()
}

fn count(lines: &[Line]) -> cunyi_gateway::Count {
    Quantity::whole(i64::try_from(lines.len()).unwrap()).into()
}

/// 3201 of a day for one insurance.
fn totals(scheme: &str, lines: &[Line]) -> Data<Totals> {
    Data::from(Totals {
        insutype: scheme.to_owned(),
        clr_type: "11".to_owned(),
        setl_optins: "990001".to_owned(),
        stmt_begndate: TODAY.to_string(),
        stmt_enddate: TODAY.to_string(),
        medfee_sumamt: sum(lines, |l| l.medfee_sumamt).into(),
        fund_pay_sumamt: sum(lines, |l| l.fund_pay_sumamt).into(),
        acct_pay: sum(lines, |l| l.acct_pay).into(),
        fixmedins_setl_cnt: count(lines),
        refd_setl_flag: "1".to_owned(),
    })
}

fn verdict(desk: &Desk, asked: &Data<Totals>) -> String {
    desk.ok::<T3201>(asked).stmtinfo.stmt_rslt
}

fn upload(desk: &Desk, bytes: Vec<u8>) -> FilePlace {
    desk.ok::<T9101>(&upload_input(bytes, "s.zip"))
}

fn upload_input(bytes: Vec<u8>, name: &str) -> UploadInput {
    UploadInput {
        upload: FileUpload {
            content: FileBytes {
                bytes,
                form: ByteForm::Base64,
            },
            filename: name.to_owned(),
            fixmedins_code: "H99000100001".to_owned(),
        },
    }
}

fn detail_totals(file: &str, lines: &[Line]) -> Data<DetailTotals> {
    let total = sum(lines, |l| l.medfee_sumamt);
    let paid = sum(lines, |l| l.fund_pay_sumamt) + sum(lines, |l| l.acct_pay);
    Data::from(DetailTotals {
        setl_optins: "990001".to_owned(),
        file_qury_no: file.to_owned(),
        stmt_begndate: TODAY.to_string(),
        stmt_enddate: format!("{TODAY} 23:59:59"),
        medfee_sumamt: total.into(),
        fund_pay_sumamt: sum(lines, |l| l.fund_pay_sumamt).into(),
        cash_payamt: (total - paid).into(),
        fixmedins_setl_cnt: count(lines),
        clr_type: "11".to_owned(),
    })
}

fn download(place: &FilePlace) -> DownloadInput {
    DownloadInput {
        download: FileQuery {
            file_qury_no: place.file_qury_no.clone(),
            filename: place.filename.clone(),
            fixmedins_code: "H99000100001".to_owned(),
        },
    }
}

/// 9101, 3202 and 9102: the result's lines.
fn compared(desk: &Desk, lines: &[Line]) -> Vec<Line> {
    let place = upload(desk, pack("s.txt", lines, UPLOAD).unwrap());
    let asked = detail_totals(&place.file_qury_no, lines);
    let result = desk.ok::<T3202>(&asked).fileinfo;
    let archive = desk.ok::<T9102>(&download(&result)).0;
    unpack(&archive, RESULT).unwrap()
}

fn verdicts(lines: &[Line]) -> Vec<(&str, &str)> {
    lines
        .iter()
        .map(|l| (l.setl_id.as_str(), l.stmt_rslt.as_str()))
        .collect()
}

#[test]
fn equal_sums_are_equal_and_a_fen_is_not() {
    let desk = Desk::new();
    assert_eq!(verdict(&desk, &totals("390", &[])), "000000");
    let (seen, first) = settled(&desk, "390", "B1", "20.00");
    let (_, second) = settled(&desk, "390", "B2", "7.35");
    let back = desk.reverse(&seen, &first.setl_id).setlinfo;
    let lines = [line(&first), line(&second), line(&back)];
    assert_eq!(sum(&lines, |l| l.medfee_sumamt), Fen(735));
    assert_eq!(verdict(&desk, &totals("390", &lines)), "000000");
    // The reversal is a row of its own: leaving both out is another number of settlements.
    assert_eq!(verdict(&desk, &totals("390", &lines[1..2])), "000103");
    let sums: [fn(&mut Totals) -> &mut Amount; 3] = [
        |t| &mut t.medfee_sumamt,
        |t| &mut t.fund_pay_sumamt,
        |t| &mut t.acct_pay,
    ];
    for field in sums {
        let mut asked = totals("390", &lines);
        let amount = field(&mut asked.data);
        *amount = (amount.or_zero() + Fen(1)).into();
        assert_eq!(verdict(&desk, &asked), "000103");
    }
}

#[test]
fn a_statement_is_of_one_insurance_type_office_and_span() {
    let desk = Desk::new();
    let (_, resident) = settled(&desk, "390", "B1", "20.00");
    let (_, employee) = settled(&desk, "310", "B2", "30.00");
    let lines = [line(&resident)];
    assert_eq!(verdict(&desk, &totals("390", &lines)), "000000");
    assert_eq!(verdict(&desk, &totals("310", &[line(&employee)])), "000000");
    let elsewhere: [fn(&mut Totals); 3] = [
        |t| t.clr_type = "21".to_owned(),
        |t| t.setl_optins = "990002".to_owned(),
        |t| {
            t.stmt_begndate = "2026-11-25".to_owned();
            t.stmt_enddate = "2026-11-30".to_owned();
        },
    ];
    for change in elsewhere {
        let (mut asked, mut nothing) = (totals("390", &lines), totals("390", &[]));
        change(&mut asked.data);
        change(&mut nothing.data);
        assert_eq!(verdict(&desk, &asked), "000103");
        assert_eq!(verdict(&desk, &nothing), "000000");
    }
}

#[test]
fn a_reversal_counts_on_its_own_day_and_an_undone_settlement_never() {
    let desk = Desk::new();
    let (seen, first) = settled(&desk, "390", "B1", "20.00");
    let (undone, _) = settled(&desk, "390", "B2", "8.00");
    let msgid = desk.last_msgid.borrow().clone();
    desk.undone(&undone, &msgid, "2207");
    desk.pass(1);
    let back = desk.reverse(&seen, &first.setl_id).setlinfo;
    assert_eq!(verdict(&desk, &totals("390", &[line(&first)])), "000000");
    let mut next = totals("390", &[line(&back)]);
    next.data.stmt_begndate = "2026-11-25".to_owned();
    next.data.stmt_enddate = "2026-11-25 23:59:59".to_owned();
    assert_eq!(verdict(&desk, &next), "000000");
    let mut both = totals("390", &[line(&first), line(&back)]);
    both.data.stmt_enddate = "2026-11-25".to_owned();
    assert_eq!(verdict(&desk, &both), "000000");
    // Where reversals are not asked for, the settlement alone stands.
    let mut alone = totals("390", &[line(&first)]);
    alone.data.stmt_enddate = "2026-11-25".to_owned();
    alone.data.refd_setl_flag = "0".to_owned();
    assert_eq!(verdict(&desk, &alone), "000000");
}

#[test]
fn each_line_gets_its_verdict() {
    let desk = Desk::new();
    let (_, equal) = settled(&desk, "390", "B1", "20.00");
    let (_, wrong) = settled(&desk, "310", "B2", "30.00");
    let (_, lost) = settled(&desk, "390", "B3", "7.35");
    let lost_msgid = desk.last_msgid.borrow().clone();
    let mut other = line(&wrong);
    other.medfee_sumamt = (other.medfee_sumamt.or_zero() + Fen(1)).into();
    let invented = Line {
        setl_id: "S-NOWHERE".to_owned(),
        ..line(&equal)
    };
    let result = compared(&desk, &[line(&equal), other, invented]);
    assert_eq!(
        verdicts(&result),
        [
            (&*equal.setl_id, "000000"),
            (&*wrong.setl_id, "000103"),
            ("S-NOWHERE", "000102"),
            (&*lost.setl_id, "000101"),
        ]
    );
    // What differs is told as the centre has it; what is only there with the msgid that made it.
    assert_eq!(result[1].medfee_sumamt, Fen(3_000).into());
    assert_eq!(result[3].msgid, lost_msgid);
    assert_eq!(result[3].medfee_sumamt, Fen(735).into());
}

#[test]
fn a_reversal_listed_as_a_settlement_differs_and_a_line_counts_once() {
    let desk = Desk::new();
    let (seen, first) = settled(&desk, "390", "B1", "20.00");
    let back = desk.reverse(&seen, &first.setl_id).setlinfo;
    let unflagged = Line {
        refd_setl_flag: "0".to_owned(),
        ..line(&back)
    };
    let result = compared(&desk, &[line(&first), unflagged, line(&first)]);
    let results: Vec<&str> = result.iter().map(|l| l.stmt_rslt.as_str()).collect();
    assert_eq!(results, ["000000", "000103", "000102"]);
}

#[test]
fn a_file_that_does_not_fit_is_refused_in_words() {
    let desk = Desk::new();
    let (_, info) = settled(&desk, "390", "B1", "20.00");
    let lines = [line(&info)];
    let good = upload(&desk, pack("s.txt", &lines, UPLOAD).unwrap());
    let mut asked = detail_totals(&good.file_qury_no, &lines);
    asked.data.cash_payamt = (asked.data.cash_payamt.or_zero() + Fen(1)).into();
    desk.refused::<T3202>(&asked, "合计不一致");
    let other_columns = upload(&desk, pack("s.txt", &lines, RESULT).unwrap());
    let asked = detail_totals(&other_columns.file_qury_no, &lines);
    desk.refused::<T3202>(&asked, "第1行列数不正确");
    let no_zip = upload(&desk, b"S1\tM1".to_vec());
    let asked = detail_totals(&no_zip.file_qury_no, &lines);
    desk.refused::<T3202>(&asked, "ZIP");
    desk.refused::<T3202>(&detail_totals("NOWHERE", &lines), "文件不存在");
    let mut backwards = totals("390", &lines);
    backwards.data.stmt_begndate = "2026-11-25".to_owned();
    desk.refused::<T3201>(&backwards, "日期范围");
    for (bytes, name, words) in [
        (vec![0; MAX_ARCHIVE + 1], "s.zip", "过大"),
        (Vec::new(), "s.zip", "为空"),
        (vec![1], "../s.zip", "文件名"),
        (vec![1], "", "文件名"),
    ] {
        desk.refused::<T9101>(&upload_input(bytes, name), words);
    }
}

#[test]
fn a_file_comes_beside_its_envelope_where_the_region_wants_it() {
    let text = cunyi_gateway::region::DEMO
        .replace("upload_bytes = \"base64\"", "upload_bytes = \"multipart\"");
    assert_ne!(text, cunyi_gateway::region::DEMO);
    let desk = Desk::of(Region::parse(&text, "x.toml").unwrap());
    let (_, info) = settled(&desk, "390", "B1", "20.00");
    let mut input = upload_input(pack("s.txt", &[line(&info)], UPLOAD).unwrap(), "s.zip");
    input.upload.content.form = ByteForm::Multipart;
    let header = desk.header();
    let request = desk.request(
        "9101",
        desk.gateway.encode::<T9101>(&header, &input),
        header.now,
    );
    let kind = &request.headers[0].1;
    assert!(kind.starts_with("multipart/form-data; boundary="), "{kind}");
    let file = &input.upload.content.bytes;
    assert!(request.body.windows(file.len()).any(|part| part == file));
    let place = desk.ok::<T9101>(&input);
    assert_eq!(&desk.ok::<T9102>(&download(&place)).0, file);
    // Cut anywhere it is no file, and nothing breaks.
    for end in (0..request.body.len()).step_by(37) {
        let cut = &request.body[..end];
        let answer = desk.centre.handle("/", &request.headers, cut);
        assert!(answer.result.is_ok());
    }
}

#[test]
fn a_file_is_given_to_who_it_is_of_and_not_for_ever() {
    let desk = Desk::new();
    let bytes = pack("s.txt", &[], UPLOAD).unwrap();
    let place = upload(&desk, bytes.clone());
    assert_eq!(desk.ok::<T9102>(&download(&place)).0, bytes);
    let mut renamed = download(&place);
    renamed.download.filename = "t.zip".to_owned();
    desk.refused::<T9102>(&renamed, "文件不存在");
    let mut others = Desk::new();
    others.centre = desk.centre.clone();
    others.gateway.institution.code = "H99000100002".to_owned();
    others.refused::<T9102>(&download(&place), "文件不存在");
    desk.pass(7);
    desk.refused::<T9102>(&download(&place), "已过期");
}

#[test]
fn the_oldest_files_go_first() {
    let desk = Desk::new();
    let places: Vec<FilePlace> = (0..52_u8).map(|n| upload(&desk, vec![b'P', n])).collect();
    let there = |place: &FilePlace| {
        let outcome = desk.call::<T9102>(&download(place));
        !matches!(outcome, Outcome::Refused(_))
    };
    assert!(!there(&places[0]) && !there(&places[1]));
    assert!(there(&places[2]) && there(&places[51]));
}

#[test]
fn a_region_of_other_columns_and_bytes_is_served_in_its_own() {
    let text = cunyi_gateway::region::DEMO
        .replace(
            "\"setl_id\", \"mdtrt_id\", \"psn_no\", \"medfee",
            "\"psn_no\", \"setl_id\", \"medfee",
        )
        .replace("\"memo\",\n", "\"exp_content\",\n");
    let region = Region::parse(&text, "x.toml").unwrap();
    let (upload_columns, result_columns) = (
        region.statement.upload_columns.clone(),
        region.statement.result_columns.clone(),
    );
    assert_ne!(upload_columns, UPLOAD);
    assert_ne!(result_columns, RESULT);
    let desk = Desk::of(region);
    let (_, info) = settled(&desk, "390", "B1", "20.00");
    let lines = [line(&info)];
    let bytes = pack("s.txt", &lines, &upload_columns).unwrap();
    let mut input = upload_input(bytes, "s.zip");
    input.upload.content.form = ByteForm::Numbers;
    let place = desk.ok::<T9101>(&input);
    let asked = detail_totals(&place.file_qury_no, &lines);
    let result = desk.ok::<T3202>(&asked).fileinfo;
    let archive = desk.ok::<T9102>(&download(&result)).0;
    let result = unpack(&archive, &result_columns).unwrap();
    assert_eq!(verdicts(&result), [(&*info.setl_id, "000000")]);
}
