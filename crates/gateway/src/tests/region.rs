use super::*;

#[test]
fn the_demonstration_region_reads() {
    let region = Region::demo();
    assert!(region.fictional);
    assert_eq!(
        region.url("2207"),
        "http://127.0.0.1:8761/fsi/api/rsfComIfsService/callService"
    );
    assert_eq!(region.infno("2203"), "2203A");
    assert_eq!(region.infno("2207"), "2207");
    assert_eq!(region.timeout("2207"), Duration::from_mins(1));
    assert_eq!(region.timeout("2207A"), Duration::from_mins(1));
    assert_eq!(region.timeout("1101"), Duration::from_secs(20));
    let moved = region.with_base_url("http://127.0.0.1:9/");
    assert_eq!(
        moved.url("1101"),
        "http://127.0.0.1:9/fsi/api/rsfComIfsService/callService"
    );
}

/// The demonstration's file with one text replaced.
fn with(old: &str, new: &str) -> Result<Region, RegionError> {
    assert!(DEMO.contains(old), "{old}");
    Region::parse(&DEMO.replace(old, new), "x.toml")
}

#[test]
fn faults_are_named_with_their_place() {
    let kind = DEMO.lines().position(|line| line.starts_with("kind ="));
    let unknown = format!("x.toml:{}:8: unknown variant", kind.unwrap() + 1);
    for (old, new, expected) in [
        ("admdvs = \"990001\"", "admdvs = \"9900\"", "x.toml: admdvs"),
        ("infver =", "infvr =", "x.toml:7:1: unknown field `infvr`"),
        (
            "kind = \"plain\"",
            "kind = \"carrier pigeon\"",
            unknown.as_str(),
        ),
        (
            "kind = \"plain\"",
            "kind = \"tif\"",
            "needs paasid and secret",
        ),
        ("default = 20", "default = 0", "1 to 600 seconds"),
        ("default = 20", "\"1101\" = 20", "default is missing"),
        ("http://127", "https://127", "transport.base"),
        ("127.0.0.1:8761", "", "transport.base"),
        ("127.0.0.1:8761", "127.0.0.1:8761/api", "transport.base"),
        ("\"MBS_LOCAL\"", "\" \"", "recer_sys_code"),
        ("\"opt_pool_balc\"", "\"\"", "remaining_cap_key"),
        (
            "14 = \"student\"",
            "14 = \"pupil\"",
            "unknown variant `pupil`",
        ),
        ("14 = \"student\"", "\"\" = \"student\"", "person_types"),
        (
            "addressing = \"one\"",
            "addressing = \"one\"\npaths = { 1101 = \"fsi\" }",
            "transport.paths",
        ),
        (
            "addressing = \"one\"",
            "addressing = \"paths\"",
            "5201 and 5206",
        ),
        ("med_type = \"11\"", "med_type = \"\"", "med_type"),
        ("clr_type = \"11\"", "clr_type = \"\"", "clr_type"),
        (
            "batches_share_visit = true\n",
            "",
            "missing field `batches_share_visit`",
        ),
        (
            "injection_beside_consultation = \"warn\"",
            "injection_beside_consultation = \"maybe\"",
            "unknown variant `maybe`",
        ),
        (
            "send_trace_codes = true\n",
            "",
            "missing field `send_trace_codes`",
        ),
    ] {
        let error = with(old, new).unwrap_err().to_string();
        assert!(error.contains(expected), "{new}: {error}");
    }
}

#[test]
fn a_region_that_lists_no_columns_has_the_documents() {
    use crate::statement_file::{RESULT, UPLOAD};
    let lists = DEMO.find("upload_columns").unwrap()..DEMO.find("# 人员类别 psn_type").unwrap();
    let mut text = DEMO.to_owned();
    text.replace_range(lists, "");
    for region in [Region::parse(&text, "x.toml").unwrap(), Region::demo()] {
        assert_eq!(region.statement.upload_columns, UPLOAD);
        assert_eq!(region.statement.result_columns, RESULT);
    }
}

#[test]
fn the_last_day_of_a_span_is_written_as_the_region_wants_it() {
    let day = cunyi_domain::time::civil::date(2026, 11, 24);
    for (form, expected) in [
        ("day", "2026-11-24"),
        ("last_second", "2026-11-24 23:59:59"),
    ] {
        let new = format!("stmt_enddate = \"{form}\"");
        let region = with("stmt_enddate = \"day\"", &new).unwrap();
        assert_eq!(region.statement.end(day), expected);
    }
}

#[test]
fn faults_of_the_statement_are_named() {
    for (old, new, expected) in [
        (
            "clr_optins = \"990001\"",
            "clr_optins = \"9900\"",
            "statement.clr_optins",
        ),
        (
            "stmt_enddate = \"day\"",
            "stmt_enddate = \"week\"",
            "unknown variant `week`",
        ),
        (
            "\"acct_pay\", \"refd_setl_flag\"",
            "\"refd_setl_flag\"",
            "statement.upload_columns",
        ),
        (
            "\"acct_pay\", \"refd_setl_flag\"",
            "\"acct_pay\", \"acct_pay\", \"refd_setl_flag\"",
            "statement.upload_columns",
        ),
        (
            "\"setl_id\", \"msgid\"",
            "\"msgid\"",
            "statement.result_columns",
        ),
        (
            "\"setl_id\", \"msgid\"",
            "\"setl_id\", \"cash\"",
            "unknown variant `cash`",
        ),
        (
            "upload_bytes = \"base64\"",
            "upload_bytes = \"hex\"",
            "unknown variant `hex`",
        ),
    ] {
        let error = with(old, new).unwrap_err().to_string();
        assert!(error.contains(expected), "{new}: {error}");
    }
}

#[test]
fn addresses_follow_the_region() {
    let mut region = with(
        "addressing = \"one\"",
        "addressing = \"paths\"\npaths = { 5201 = \"/a\", 5206 = \"/b\", 2207A = \"/c\" }",
    )
    .unwrap();
    region.transport.prefix.clear();
    for (infno, path) in [
        ("1101", "/fsi/api/fsiPsnInfoService/queryPsnInfo"),
        ("2207", "/fsi/api/outpatientSettleService/saveSettletmentV2"),
        ("2207A", "/c"),
        ("5206", "/b"),
    ] {
        assert_eq!(region.url(infno), format!("http://127.0.0.1:8761{path}"));
    }
    region.transport.addressing = Addressing::Infno;
    region.transport.prefix = "/ebus/fsi/".to_owned();
    assert_eq!(region.url("2201"), "http://127.0.0.1:8761/ebus/fsi/2201");
}

#[test]
fn a_front_machine_wants_headers_of_its_own() {
    let type_of = |region: &Region| region.request("1101", Vec::new(), 0, "").headers;
    assert_eq!(
        type_of(&Region::demo()),
        [(
            "Content-Type".to_owned(),
            "application/json;charset=utf-8".to_owned()
        )]
    );
    let key = |value: &str| format!("[transport.headers]\napikey = \"{value}\"");
    let region = with("[transport.headers]", &key("k3y")).unwrap();
    assert_eq!(type_of(&region)[1], ("apikey".to_owned(), "k3y".to_owned()));
    assert!(!format!("{region:?}").contains("k3y"), "it may be a secret");
    let region = with("application/json;charset=utf-8", "text/plain").unwrap();
    assert_eq!(type_of(&region)[0].1, "text/plain");
    for wrong in [
        key("a\\r\\nb"),
        key("密"),
        key("a").replace("apikey", "\"a b\""),
    ] {
        let fault = with("[transport.headers]", &wrong).unwrap_err();
        assert!(fault.0.contains("transport.headers"), "{fault}");
    }
}

#[test]
fn tif_signs_time_secret_and_nonce() {
    let mut region = Region::demo();
    region.transport.kind = TransportKind::Tif;
    region.transport.paasid = "clinic".to_owned();
    region.transport.secret = Secret("s3cret".to_owned());
    let request = region.request("1101", b"{}".to_vec(), 1_600_000_000, "n0nce");
    let header = |name: &str| {
        request
            .headers
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    };
    assert_eq!(header("x-tif-paasid"), Some("clinic"));
    assert_eq!(header("x-tif-timestamp"), Some("1600000000"));
    assert_eq!(header("x-tif-nonce"), Some("n0nce"));
    // printf 1600000000s3cretn0nce1600000000 | sha256sum
    assert_eq!(
        header("x-tif-signature"),
        Some("eb12845747e9e56554c7674d69225d062a6c0b21b2f427d207f97fbce1a1c6d0")
    );
    assert!(
        !format!("{region:?}").contains("s3cret"),
        "a secret does not show itself"
    );
}

#[test]
fn a_persons_type_is_known_by_the_longest_beginning_or_not_at_all() {
    let text = DEMO.replace("15 = \"adult\"", "15 = \"adult\"\n1560 = \"student\"");
    let region = Region::parse(&text, "x.toml").unwrap();
    let status = |code: &str| region.status_of(code).map(PersonStatus::as_str);
    for (code, wanted) in [
        ("11", Some("active")),
        ("1102", Some("active")),
        ("12", Some("retired")),
        ("1401", Some("student")),
        ("1501", Some("adult")),
        ("15601", Some("student")),
        ("1601", Some("adult")),
        ("1", None),
        ("13", None),
        ("", None),
    ] {
        assert_eq!(status(code), wanted, "{code}");
    }
}

#[test]
fn of_several_identities_the_strongest_counts() {
    let mut region = Region::demo();
    let of =
        |region: &Region, codes: &[&str]| region.aid_of(codes.iter().copied()).map(Aid::as_str);
    assert_eq!(of(&region, &[]), Some("none"));
    assert_eq!(of(&region, &["", "999"]), Some("none"));
    assert_eq!(of(&region, &["023"]), Some("edge"));
    assert_eq!(of(&region, &["023", "999", "022"]), Some("minimum"));
    assert_eq!(of(&region, &["022", "021"]), Some("destitute"));
    region.identities.clear();
    assert_eq!(of(&region, &["021"]), None);
}
