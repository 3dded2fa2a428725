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
    let kind = DEMO.lines().position(|line| line.starts_with("family ="));
    let unknown = format!("x.toml:{}:10: unknown variant", kind.unwrap() + 1);
    for (old, new, expected) in [
        ("admdvs = \"990001\"", "admdvs = \"9900\"", "x.toml: admdvs"),
        ("infver =", "infvr =", "x.toml:7:1: unknown field `infvr`"),
        (
            "family = \"plain\"",
            "family = \"carrier pigeon\"",
            unknown.as_str(),
        ),
        (
            "family = \"plain\"",
            "family = \"tif\"",
            "the family's own table",
        ),
        ("default = 20", "default = 0", "1 to 600 seconds"),
        (
            "defer_within_seconds = 86400",
            "defer_within_seconds = -1",
            "outage.defer_within_seconds",
        ),
        (
            "certificates = [\"02\"]",
            "certificates = [\"身份证\"]",
            "outage.certificates",
        ),
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
fn what_was_paid_is_insured_within_days() {
    let error = with("within_days = 3", "within_days = -1").unwrap_err();
    assert!(error.to_string().contains("insured_later.within_days"));
    let later = Region::demo().insured_later.unwrap();
    let at = |text| cunyi_domain::time::parse_date_time(text).unwrap();
    let registered = at("2026-11-24 23:59:59");
    for (now, may) in [
        ("2026-11-25 00:00:00", true),
        ("2026-11-27 23:59:59", true),
        ("2026-11-28 00:00:00", false),
    ] {
        assert_eq!(later.permits(registered, at(now)), may, "{now}");
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

/// One text of a family's example replaced.
fn over(family: &str, old: &str, new: &str) -> Result<Region, RegionError> {
    let text = demo_over(family);
    assert!(text.contains(old), "{old}");
    Region::parse(&text.replace(old, new), "x.toml")
}

#[test]
fn every_familys_example_reads() {
    for (name, _) in TRANSPORTS {
        let region = Region::parse(&demo_over(name), "x.toml").unwrap();
        assert_ne!(region.transport.family, Family::Plain, "{name}");
        assert_eq!(region.timeouts, Region::demo().timeouts, "{name}");
    }
    assert_eq!(demo_over("plain"), DEMO);
}

#[test]
fn faults_of_a_family_are_named() {
    for (family, old, new, expected) in [
        ("csb", "\"csb\"", "\"plain\"", "no other family's"),
        ("csb", "\"csb\"", "\"tif\"", "the family's own table"),
        (
            "csb",
            "api_version = \"1.0.0\"",
            "api_version = \"\"",
            "api_version",
        ),
        ("csb", "\"fictional_clinic\"", "\"村\"", "api_name"),
        ("csb", "\"seconds\"", "\"hours\"", "unknown variant `hours`"),
        ("csb", "status = 403", "status = 99", "turned_away"),
        ("csb", "\"AuthenticationFailed\"", "\"no\"", "turned_away"),
        (
            "csb",
            "\"csb.secret\"",
            "\"../csb.secret\"",
            ": the name of a key file",
        ),
        (
            "tif",
            "\"tif.secret\"",
            "\".secret\"",
            ": the name of a key file",
        ),
        (
            "tif",
            "secret = \"tif.secret\"\n",
            "",
            "missing field `secret`",
        ),
        ("tif", "\"fictional_clinic\"", "\" \"", "paasid"),
        ("zhejiang", "secret =", "key =", "unknown field `key`"),
        ("oauth", "\"/oauth/token\"", "\"oauth/token\"", "token_path"),
        ("oauth", "\"der\"", "\"pem\"", "unknown variant `pem`"),
        (
            "envelope",
            "user_id = \"1234567812345678\"",
            "user_id = \"\"",
            "user_id",
        ),
    ] {
        let error = over(family, old, new).unwrap_err().to_string();
        assert!(error.contains(expected), "{family} {new}: {error}");
    }
    let place = over("tif", "\"tif.secret\"", "\"a/b\"").unwrap_err().0;
    let line = demo_over("tif")
        .lines()
        .position(|l| l.contains("tif.secret"))
        .unwrap()
        + 1;
    assert!(place.starts_with(&format!("x.toml:{line}:10: ")), "{place}");
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
