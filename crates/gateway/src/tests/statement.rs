use super::*;
use crate::gateway::tests::{MSGID, gateway, http};
use crate::message::{Data, Mismatch, T3201, T3202, T9101, T9102, Transaction};
use crate::{Outcome, Unknown, Why};

fn totals() -> Data<Totals> {
    Data::from(Totals {
        insutype: "390".into(),
        clr_type: "11".into(),
        setl_optins: "990001".into(),
        stmt_begndate: "2026-11-24".into(),
        stmt_enddate: "2026-11-24".into(),
        ..Totals::default()
    })
}

fn output<T: Transaction>(text: &str) -> T::Output {
    T::Output::read(&Node::parse_text(text).unwrap()).unwrap()
}

fn echoes<T: Transaction>(input: &T::Input, answer: &str) -> Result<(), Mismatch> {
    T::echoes(MSGID, input, &output::<T>(answer))
}

#[test]
fn a_verdict_is_this_offices_and_says_something() {
    for (answer, expected) in [
        (
            r#"{"stmtinfo":{"setl_optins":"990001","stmt_rslt":"000000"}}"#,
            Ok(()),
        ),
        (r#"{"stmtinfo":{"stmt_rslt":"000103"}}"#, Ok(())),
        (
            r#"{"stmtinfo":{"setl_optins":"990002","stmt_rslt":"000000"}}"#,
            Err(Mismatch("setl_optins")),
        ),
        (
            r#"{"stmtinfo":{"setl_optins":"990001"}}"#,
            Err(Mismatch("stmt_rslt")),
        ),
    ] {
        assert_eq!(echoes::<T3201>(&totals(), answer), expected, "{answer}");
    }
}

#[test]
fn the_flag_of_reversals_is_sent_only_where_it_is_set() {
    let written = |input: &Data<Totals>| serde_json::to_string(input).unwrap();
    assert!(!written(&totals()).contains("refd_setl_flag"));
    let mut flagged = totals();
    flagged.data.refd_setl_flag = "1".into();
    assert!(written(&flagged).contains(r#""refd_setl_flag":"1""#));
}

#[test]
fn a_file_without_its_number_or_name_is_no_answer() {
    let asked = Data::from(DetailTotals::default());
    let named = r#"{"fileinfo":{"file_qury_no":"Q1","filename":"a.zip","dld_endtime":null}}"#;
    assert_eq!(echoes::<T3202>(&asked, named), Ok(()));
    let nameless = r#"{"fileinfo":{"file_qury_no":"Q1"}}"#;
    assert_eq!(echoes::<T3202>(&asked, nameless), Err(Mismatch("filename")));
    let sent = UploadInput {
        upload: FileUpload {
            fixmedins_code: "H99000100001".into(),
            ..FileUpload::default()
        },
    };
    for (answer, expected) in [
        (
            r#"{"file_qury_no":"Q1","fixmedins_code":"H99000100001"}"#,
            Ok(()),
        ),
        (r#"{"file_qury_no":"Q1"}"#, Ok(())),
        (r#"{"filename":"a.zip"}"#, Err(Mismatch("file_qury_no"))),
        (
            r#"{"file_qury_no":"Q1","fixmedins_code":"H99000100002"}"#,
            Err(Mismatch("fixmedins_code")),
        ),
    ] {
        assert_eq!(echoes::<T9101>(&sent, answer), expected, "{answer}");
    }
}

#[test]
fn bytes_are_written_in_the_regions_form_and_read_in_either() {
    let bytes = vec![0x50, 0x4b, 0x00, 0xff, 0x80];
    for (form, written) in [
        (ByteForm::Base64, r#""UEsA/4A=""#),
        (ByteForm::Numbers, "[80,75,0,-1,-128]"),
    ] {
        let file = FileBytes {
            bytes: bytes.clone(),
            form,
        };
        assert_eq!(serde_json::to_string(&file).unwrap(), written);
        let node = Node::parse_text(written).unwrap();
        assert_eq!(FileBytes::read(&node), Ok(file));
    }
    let unsigned = Node::parse_text("[80,75,0,255,128]").unwrap();
    assert_eq!(FileBytes::read(&unsigned).unwrap().bytes, bytes);
    for text in [r#""a?""#, "[256]", "[-129]", "[1.5]", r#"["x"]"#, "true"] {
        let node = Node::parse_text(text).unwrap();
        assert_eq!(FileBytes::read(&node), Err(Unreadable("object")), "{text}");
    }
}

#[test]
fn a_download_is_an_archive_or_a_refusal_never_an_envelope() {
    let asked = DownloadInput::default();
    let decode =
        |status, body: &[u8]| gateway().decode::<T9102>(MSGID, &asked, &http(status, body));
    let Outcome::Success(success) = decode(200, b"PK\x03\x04rest") else {
        panic!()
    };
    assert_eq!(success.output, Archive(b"PK\x03\x04rest".to_vec()));
    let refused = r#"{"infcode":-1,"err_msg":"文件不存在"}"#.as_bytes();
    let Outcome::Refused(refusal) = decode(200, refused) else {
        panic!()
    };
    assert_eq!(refusal.text, "文件不存在");
    for (status, body, why) in [
        (502, &b"PK\x03\x04rest"[..], Why::HttpStatus(502)),
        (200, b"PK", Why::NotJson),
        (200, br#"{"infcode":0,"output":null}"#, Why::MissingOutput),
        (
            200,
            br#"{"infcode":0,"output":{"a":1}}"#,
            Why::Mismatch("file"),
        ),
    ] {
        assert_eq!(decode(status, body), Outcome::Unknown(Unknown { why }));
    }
    // Other transactions answer in envelopes only.
    let outcome = gateway().decode::<T3201>(MSGID, &totals(), &http(200, "PK\u{3}\u{4}"));
    assert_eq!(outcome, Outcome::Unknown(Unknown { why: Why::NotJson }));
}
