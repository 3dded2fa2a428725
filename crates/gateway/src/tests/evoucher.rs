use super::*;
use crate::check::tests::examples;
use crate::gateway::tests::http;
use crate::region::{DEMO, Region};

fn config() -> EvoucherConfig {
    Region::demo().evoucher.unwrap()
}

fn institution() -> Institution {
    Institution {
        code: "H99000100001".to_owned(),
        name: "演示村卫生室".to_owned(),
    }
}

fn asked(config: &EvoucherConfig, code: &str) -> Node {
    let operator = ("D990001000001", "测试医生");
    let request = config.request(&institution(), operator, Business::Registration, code);
    assert_eq!(request.url, config.url);
    Node::parse(&request.body).unwrap()
}

fn text<'n>(node: &'n Node, names: &[&str]) -> &'n str {
    let found = names.iter().try_fold(node, |node, name| node.get(name));
    found.and_then(Node::scalar).unwrap_or("(none)")
}

#[test]
fn the_question_is_the_published_one_and_the_code_stands_where_the_region_says() {
    let mut config = config();
    let node = asked(&config, "a\"},\"orgId\":\"x");
    for (names, expected) in [
        (&["orgId"][..], "H99000100001"),
        (&["transType"], "ec.query"),
        (&["data", "orgId"], "H99000100001"),
        (&["data", "businessType"], "01101"),
        (&["data", "operatorId"], "D990001000001"),
        (&["data", "operatorName"], "测试医生"),
        (&["data", "officeId"], "A02"),
        (&["data", "officeName"], "全科"),
        (&["data", "ecQrCode"], "a\"},\"orgId\":\"x"),
    ] {
        assert_eq!(text(&node, names), expected, "{names:?}");
    }
    config.code_field = None;
    config.organisation = Some("4300001".to_owned());
    let node = asked(&config, "");
    assert_eq!(text(&node, &["data", "ecQrCode"]), "(none)");
    assert_eq!(text(&node, &["data", "orgId"]), "4300001");
    assert!(config.scans_itself());
    let settling = config.request(
        &institution(),
        (&"9".repeat(30), "李"),
        Business::Settlement,
        "",
    );
    let node = Node::parse(&settling.body).unwrap();
    assert_eq!(text(&node, &["data", "businessType"]), "01301");
    assert_eq!(text(&node, &["data", "operatorId"]).len(), 20);
}

#[test]
fn a_token_is_read_as_terminals_write_it() {
    for body in [
        r#"{"code":0,"type":"success","message":"成功","data":{"userName":"甲","idNo":"1","ecToken":"T1"}}"#,
        r#"{"code":0,"message":"处理成功","data":"{\"idNo\":\"1\",\"ecToken\":\"T1\"}","orgId":"H1"}"#,
        r#"{"code":"0","data":{"ecToken":"T1","idNo":"1","authNo":null}}"#,
    ] {
        let voucher = EvoucherConfig::read(&http(200, body)).unwrap();
        assert_eq!(
            (&*voucher.token, &*voucher.id_number),
            ("T1", "1"),
            "{body}"
        );
        assert_eq!(format!("{voucher:?}"), "Voucher(…)");
    }
}

#[test]
fn what_is_no_token_is_none() {
    let long = format!(r#"{{"code":0,"data":{{"ecToken":"{}"}}}}"#, "9".repeat(51));
    for (status, body) in [
        (500, r#"{"code":0,"data":{"ecToken":"T1"}}"#),
        (200, r#"{"code":0,"data":{"ecToken":""}}"#),
        (200, r#"{"code":0,"data":{"ecToken":"a b"}}"#),
        (200, r#"{"code":0,"data":{"ecToken":"a\nb"}}"#),
        (200, r#"{"code":0,"data":{"ecToken":"令牌"}}"#),
        (
            200,
            r#"{"code":0,"data":[{},{"ecToken":"T1"},{"ecToken":"T2"}]}"#,
        ),
        (200, r#"{"code":0}"#),
        (200, "<html>"),
        (200, ""),
        (200, &long),
    ] {
        let read = EvoucherConfig::read(&http(status, body));
        assert_eq!(read, Err(NotScanned::Silent), "{status} {body}");
    }
    let lost = EvoucherConfig::read(&Err(TransportError::NotSent("x".to_owned())));
    assert_eq!(lost, Err(NotScanned::Silent));
    let refused = r#"{"code":-1,"message":"二维码已失效"}"#;
    let refused = EvoucherConfig::read(&http(200, refused));
    assert_eq!(refused, Err(NotScanned::Refused("二维码已失效".to_owned())));
}

#[test]
fn the_published_refusal_is_told() {
    let Some(examples) = examples::examples() else {
        return;
    };
    let body = examples["resp_1162_nt1"].clone();
    let read = EvoucherConfig::read(&Ok(Reply { status: 200, body }));
    let words = "请使用医保电子凭证二维码".to_owned();
    assert_eq!(read, Err(NotScanned::Refused(words)));
}

#[test]
fn a_table_that_cannot_be_right_is_refused() {
    for (old, new, expected) in [
        ("/localcfc", " /localcfc", "evoucher.url"),
        (
            "http://127.0.0.1:8761/localcfc",
            "file:///localcfc",
            "evoucher.url",
        ),
        (
            "http://127.0.0.1:8761/localcfc/api/hsecfc/localQrCodeQuery",
            "http://h",
            "evoucher.url",
        ),
        ("[\"A02\", \"全科\"]", "[\"\", \"全科\"]", "evoucher.office"),
        (
            "timeout_seconds = 20",
            "timeout_seconds = 0",
            "evoucher.timeout_seconds",
        ),
        ("\"ecQrCode\"", "\"a b\"", "evoucher.code_field"),
        ("\"ecQrCode\"", "\"\"", "evoucher.code_field"),
    ] {
        assert!(DEMO.contains(old), "{old}");
        let error = Region::parse(&DEMO.replace(old, new), "x.toml").unwrap_err();
        assert!(error.to_string().contains(expected), "{new}: {error}");
    }
}

#[test]
fn the_demos_terminal_moves_with_its_centre_and_a_real_one_stays() {
    let region = Region::demo().with_base_url("http://127.0.0.1:9/");
    let url = region.evoucher.unwrap().url;
    assert_eq!(
        url,
        "http://127.0.0.1:9/localcfc/api/hsecfc/localQrCodeQuery"
    );
    let other = DEMO.replace(
        "http://127.0.0.1:8761/localcfc",
        "http://127.0.0.1:87610/localcfc",
    );
    let region = Region::parse(&other, "x.toml").unwrap();
    let region = region.with_base_url("http://127.0.0.1:9");
    let url = region.evoucher.unwrap().url;
    assert_eq!(
        url,
        "http://127.0.0.1:87610/localcfc/api/hsecfc/localQrCodeQuery"
    );
}
