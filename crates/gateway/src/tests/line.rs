//! What leaves in each family, and what an answer of the gateway in front means.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::*;
use crate::crypto::{Sm2PublicKey, from_base64, from_der, from_hex};
use crate::gateway::tests::http as says;
use crate::region::{Region, demo_over};

const NOW: Moment = Moment(1_600_000_000_000_000);
const BODY: &[u8] = br#"{"infno":"1101","msgid":"M1","cainfo":"","signtype":"","fixmedins_name":"A b","input":{"data":{"psn_no":"1","n":4.10}}}"#;
const DEADLINE: Duration = Duration::from_secs(5);

fn keys() -> BTreeMap<String, Secret> {
    let lines = include_str!("../../regions/transport/fictional.keys").lines();
    let pairs = lines.filter_map(|line| line.split_once('='));
    pairs
        .map(|(name, key)| (name.to_owned(), Secret::new(key)))
        .collect()
}

fn institution() -> Institution {
    Institution {
        code: "H99000100001".to_owned(),
        name: "演示村卫生室".to_owned(),
    }
}

fn line_of(text: &str) -> Line {
    let region = Region::parse(text, "x.toml").unwrap();
    Line::open(&region, &institution(), &keys()).unwrap()
}

fn line(family: &str) -> Line {
    line_of(&demo_over(family))
}

fn call(now: Moment) -> Outgoing<'static> {
    Outgoing {
        infno: "1101",
        bytes: BODY.to_vec(),
        now,
        nonce: "n0nce",
        late: "",
    }
}

fn header<'r>(request: &'r Request, name: &str) -> &'r str {
    let mut found = request.headers.iter();
    let found = found.find(|(key, _)| key == name);
    found.map_or("", |(_, value)| value)
}

/// Answers in turn, and keeps what came.
struct Script {
    replies: Mutex<Vec<Came>>,
    came: Mutex<Vec<Request>>,
}

type Came = Result<Reply, TransportError>;

impl Script {
    fn new(mut replies: Vec<Came>) -> Self {
        replies.reverse();
        Self {
            replies: Mutex::new(replies),
            came: Mutex::default(),
        }
    }

    fn came(&self) -> Vec<Request> {
        self.came.lock().unwrap().clone()
    }
}

impl Transport for Script {
    fn send(&self, request: &Request, _: Duration) -> Came {
        self.came.lock().unwrap().push(request.clone());
        let next = self.replies.lock().unwrap().pop();
        next.expect("no more calls were foreseen")
    }
}

fn token(text: &str, seconds: &str) -> Came {
    says(
        200,
        format!(r#"{{"access_token":"{text}","expires_in":{seconds}}}"#),
    )
}

#[test]
fn plain_sends_the_bytes_and_the_regions_headers() {
    let request = line("plain").request(&call(NOW), None).unwrap();
    let json = ("Content-Type", "application/json;charset=utf-8");
    let json = (json.0.to_owned(), json.1.to_owned());
    assert_eq!(request.headers, [json]);
    assert_eq!(request.body, BODY);
    let secret =
        "[transport.headers]\nx-unit = \"7\"\n[transport.key_headers]\napikey = \"csb.access\"";
    let text = demo_over("plain").replace("[transport.headers]", secret);
    let line = line_of(&text.replace("application/json;charset=utf-8", "text/plain"));
    let request = line.request(&call(NOW), None).unwrap();
    assert_eq!(header(&request, "Content-Type"), "text/plain");
    assert_eq!(header(&request, "x-unit"), "7");
    assert_eq!(header(&request, "apikey"), "fictional-access");
}

#[test]
fn csb_signs_its_own_headers() {
    let request = line("csb").request(&call(NOW), None).unwrap();
    assert_eq!(request.url, "http://127.0.0.1:8761/CSB");
    // printf '_api_access_key=fictional-access&_api_name=fictional_clinic&_api_timestamp=1600000000&_api_version=1.0.0' \
    //     | openssl dgst -sha1 -hmac 'csb s3cret' -binary | base64
    assert_eq!(
        header(&request, "_api_signature"),
        "hHb2o/7PQ/mCZiygtRYbCrt+ZzQ="
    );
    assert_eq!(header(&request, "_api_access_key"), "fictional-access");
    assert_eq!(header(&request, "_api_timestamp"), "1600000000");
    let text = demo_over("csb")
        .replace("api_name = \"fictional_clinic\"\n", "")
        .replace("\"seconds\"\n", "\"millis\"\n");
    let request = line_of(&text).request(&call(NOW), None).unwrap();
    assert_eq!(header(&request, "_api_name"), "1101");
    assert_eq!(header(&request, "_api_timestamp"), "1600000000000");
}

#[test]
fn tif_signs_time_secret_and_nonce() {
    let request = line("tif").request(&call(NOW), None).unwrap();
    assert_eq!(request.url, "http://127.0.0.1:8761/ebus/fsi/1101");
    assert_eq!(header(&request, "x-tif-paasid"), "fictional_clinic");
    assert_eq!(header(&request, "x-tif-timestamp"), "1600000000");
    assert_eq!(header(&request, "x-tif-nonce"), "n0nce");
    // printf '1600000000tif s3cretn0nce1600000000' | sha256sum
    assert_eq!(
        header(&request, "x-tif-signature"),
        "dcdb34588a6308c1f3b84d7a1a693a054d4cae688f3d240344bef784b3e571c4"
    );
}

#[test]
fn zhejiang_signs_time_and_body() {
    let request = line("zhejiang").request(&call(NOW), None).unwrap();
    let path = "/fsi/api/fsiPsnInfoService/queryPsnInfo";
    assert_eq!(request.url, format!("http://127.0.0.1:8761{path}"));
    assert_eq!(header(&request, "x-ca-key"), "H99000100001");
    // (echo 1600000000; printf %s BODY) | openssl mac -digest SM3 -macopt key:'ca s3cret' HMAC
    assert_eq!(
        header(&request, "x-ca-signature"),
        "1600000000:48567CC9F7673BE9F4DD2FDC868EC7EF8182708CD7DEAFFA25E822BD53B114E2"
    );
}

#[test]
fn an_envelope_is_signed_over_its_sorted_parameters() {
    let request = line("envelope").request(&call(NOW), None).unwrap();
    let node = Node::parse(&request.body).unwrap();
    let signature = node.get("cainfo").and_then(Node::scalar).unwrap();
    assert_eq!(signature, signature.to_ascii_uppercase());
    let keys = keys();
    let key = Sm2PublicKey::new("1234567812345678", keys["sm2.key.pub"].expose()).unwrap();
    let signed = "fixmedins_name=A b&infno=1101&msgid=M1&signtype=SM2";
    assert!(key.verifies(signed.as_bytes(), &from_hex(signature).unwrap()));
    assert_eq!(
        node.get("input"),
        Node::parse(BODY).unwrap().get("input"),
        "the input stays as it was"
    );
}

#[test]
fn oauth_signs_and_seals_the_input() {
    let request = line("oauth").request(&call(NOW), Some("t0ken")).unwrap();
    assert_eq!(header(&request, "Authorization"), "Bearer t0ken");
    let node = Node::parse(&request.body).unwrap();
    let text = |name| node.get(name).and_then(Node::scalar).unwrap();
    assert_eq!((text("signtype"), text("encType")), ("SM2", "SM4"));
    let plain = br#"{"data":{"psn_no":"1","n":4.10}}"#;
    let sm4 = Sm4Key::new("0123456789abcdef").unwrap();
    assert_eq!(sm4.open(text("input")), Node::parse(plain).ok());
    let signature = from_base64(text("cainfo")).and_then(|der| from_der(&der));
    let key = Sm2PublicKey::new("0123456789abcdef", keys()["sm2.key.pub"].expose()).unwrap();
    assert!(key.verifies(plain, &signature.unwrap()));
    let broken = Outgoing {
        bytes: b"{".to_vec(),
        ..call(NOW)
    };
    assert!(line("oauth").request(&broken, None).is_none());
}

#[test]
fn a_token_is_fetched_once_and_renewed_before_it_ends() {
    let line = line("oauth");
    let script = Script::new(vec![
        token("one", "100"),
        says(200, "{}"),
        says(200, "{}"),
        token("two", "\"100\""),
        says(200, "{}"),
    ]);
    for seconds in [0, 60, 71] {
        let now = Moment(NOW.0 + seconds * 1_000_000);
        line.send(&script, &call(now), DEADLINE).unwrap();
    }
    let came = script.came();
    let bearers: Vec<&str> = came.iter().map(|r| header(r, "Authorization")).collect();
    // printf '0123456789abcdef:client s3cret' | base64
    let basic = "Basic MDEyMzQ1Njc4OWFiY2RlZjpjbGllbnQgczNjcmV0";
    assert_eq!(
        bearers,
        [basic, "Bearer one", "Bearer one", basic, "Bearer two"]
    );
    assert_eq!(came[0].url, "http://127.0.0.1:8761/oauth/token");
    let form = String::from_utf8(came[0].body.clone()).unwrap();
    assert_eq!(
        form,
        "grant_type=password&username=%E6%9D%91%E5%8C%BB%20%26%20co&password=p%25ss%2Bw%C3%B6rd%3D1"
    );
}

#[test]
fn an_ended_token_is_renewed_once_and_the_same_message_sent_again() {
    let line = line("oauth");
    let script = Script::new(vec![
        token("one", "7200"),
        says(200, "{}"),
        says(401, "expired"),
        token("two", "7200"),
        says(200, r#"{"infcode":0}"#),
    ]);
    line.send(&script, &call(NOW), DEADLINE).unwrap();
    let reply = line.send(&script, &call(NOW), DEADLINE).unwrap();
    assert_eq!(reply.body, br#"{"infcode":0}"#);
    let came = script.came();
    assert_eq!(came[2].body, came[4].body);
    assert_eq!(header(&came[4], "Authorization"), "Bearer two");
}

#[test]
fn without_a_good_token_nothing_was_sent() {
    let lost = || Err(TransportError::Lost("time-out".to_owned()));
    for (name, replies, turned_away) in [
        ("lost", vec![lost()], false),
        (
            "refused",
            vec![says(400, r#"{"error":"invalid_grant"}"#)],
            true,
        ),
        ("busy", vec![says(503, "busy")], false),
        ("no token", vec![says(200, r#"{"infcode":0}"#)], false),
        ("HTML", vec![says(200, "<html>")], false),
        ("no header", vec![token("a\\nb", "9")], false),
        (
            "fresh and turned away",
            vec![token("a", "99"), says(401, "")],
            true,
        ),
    ] {
        let script = Script::new(replies);
        let sent = line("oauth").send(&script, &call(NOW), DEADLINE);
        let expected = if turned_away {
            matches!(sent, Err(TransportError::TurnedAway(_)))
        } else {
            matches!(sent, Err(TransportError::NotSent(_)))
        };
        assert!(expected, "{name}: {sent:?}");
    }
    // A token that was turned away is not tried again.
    let line = line("oauth");
    let script = Script::new(vec![
        token("one", "99"),
        says(401, ""),
        token("two", "99"),
        says(200, "{}"),
    ]);
    assert!(line.send(&script, &call(NOW), DEADLINE).is_err());
    assert!(line.send(&script, &call(NOW), DEADLINE).is_ok());
}

#[test]
fn a_message_that_may_have_arrived_is_never_sent_again() {
    let lost = Err(TransportError::Lost("time-out".to_owned()));
    for answer in [lost, says(500, "oops"), says(403, "oops")] {
        let script = Script::new(vec![token("one", "7200"), answer.clone()]);
        assert_eq!(line("oauth").send(&script, &call(NOW), DEADLINE), answer);
    }
}

#[test]
fn only_what_the_region_lists_says_that_the_gateway_turned_it_away() {
    let refused = r#"{"code":"AuthenticationFailed"}"#;
    let cases = [
        (403, refused, true),
        (403, "<html>Forbidden</html>", false),
        (200, refused, false),
        (500, refused, false),
    ];
    for (status, body, away) in cases {
        let script = Script::new(vec![says(status, body)]);
        let sent = line("csb").send(&script, &call(NOW), DEADLINE);
        assert_eq!(
            matches!(sent, Err(TransportError::TurnedAway(_))),
            away,
            "{status} {body}"
        );
        assert_eq!(sent.is_ok(), !away);
    }
}

#[test]
fn a_sealed_reply_is_opened_and_one_that_cannot_be_is_not_believed() {
    use crate::message::{T1101, T2202};
    use crate::{Gateway, Outcome, Why};
    let gateway = Gateway {
        region: Region::parse(&demo_over("oauth"), "x.toml").unwrap(),
        institution: institution(),
    };
    let key = Sm4Key::new("0123456789abcdef").unwrap();
    let sent = |sealed: &str| {
        let body = format!(r#"{{"infcode":"0","output":"{sealed}","err_msg":null}}"#);
        let script = Script::new(vec![token("one", "7200"), says(200, body)]);
        line("oauth").send(&script, &call(NOW), DEADLINE)
    };
    let opened = sent(&key.seal(br#"{"data":{"fee":4.10}}"#)).unwrap();
    assert_eq!(
        opened.body,
        br#"{"infcode":"0","output":{"data":{"fee":4.10}},"err_msg":null}"#
    );
    let other = Sm4Key::new("fedcba9876543210").unwrap().seal(b"{}");
    let closed = sent(&other);
    // Even where nothing is expected of the output.
    let input = crate::message::Data::default();
    let outcome = gateway.decode::<T2202>("M1", &input, &closed);
    assert!(matches!(outcome, Outcome::Unknown(u) if u.why == Why::Sealed));
    let input = crate::message::Data::default();
    let outcome = gateway.decode::<T1101>("M1", &input, &closed);
    assert!(matches!(outcome, Outcome::Unknown(u) if u.why == Why::Sealed));
}

#[test]
fn keys_that_do_not_fit_are_named_and_never_shown() {
    let open = |family: &str, name: &str, value: Option<&str>| {
        let region = Region::parse(&demo_over(family), "x.toml").unwrap();
        let mut keys = keys();
        keys.remove(name);
        keys.extend(value.map(|value| (name.to_owned(), Secret::new(value))));
        Line::open(&region, &institution(), &keys).map(|_| ())
    };
    for (family, name, value, words) in [
        ("csb", "csb.secret", None, "no such key"),
        ("csb", "csb.access", Some("密"), "visible ASCII"),
        ("tif", "tif.secret", None, "no such key"),
        ("zhejiang", "ca.secret", None, "no such key"),
        ("oauth", "oauth.client", Some("short"), "16 characters"),
        ("oauth", "oauth.password", None, "no such key"),
        ("oauth", "sm2.key", Some("abc"), "64 hexadecimal"),
        ("envelope", "sm2.key", Some("00"), "64 hexadecimal"),
    ] {
        let fault = open(family, name, value).unwrap_err();
        assert_eq!(fault.file, name);
        assert!(fault.what.contains(words), "{fault}");
        assert!(!value.is_some_and(|value| fault.what.contains(value)));
    }
    for (family, _) in crate::region::TRANSPORTS {
        let shown = format!("{:?}", line(family));
        for (name, key) in keys() {
            let id = name == "oauth.client" && family != "oauth";
            assert!(id || !shown.contains(key.expose()), "{family}: {name}");
        }
    }
}
