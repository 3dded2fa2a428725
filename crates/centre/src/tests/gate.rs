//! Each family over a real socket: the sandbox lets the clinic's line in, and nothing else.

use cunyi_domain::time::Moment;
use cunyi_domain::transport::{Reply, Request, Transport, TransportError};
use cunyi_gateway::message::T1101;
use cunyi_gateway::region::{TRANSPORTS, demo_over};
use cunyi_gateway::{Header, HttpTransport, Line, Outcome, Outgoing, Region, Secret};

use super::desk::{DEADLINE, Desk, keys};
use super::http::served_over;

/// What a call is changed to on its way.
type Change<'a> = &'a (dyn Fn(&mut Request) + Sync);

/// HTTP with somebody in between.
struct Meddler<'a>(Change<'a>);

impl Transport for Meddler<'_> {
    fn send(
        &self,
        request: &Request,
        deadline: std::time::Duration,
    ) -> Result<Reply, TransportError> {
        let mut request = request.clone();
        if !request.url.ends_with("/oauth/token") {
            (self.0)(&mut request);
        }
        HttpTransport::default().send(&request, deadline)
    }
}

/// Identifies the first villager: the outcome, in a word.
fn call(desk: &Desk, line: &Line, age: i64, change: Change<'_>) -> String {
    let header = desk.header();
    told(desk, line, &header, age, change)
}

fn told(desk: &Desk, line: &Line, header: &Header, age: i64, change: Change<'_>) -> String {
    let input = Desk::identify("02", &desk.people[0].id_number, "");
    let call = Outgoing {
        infno: "1101",
        bytes: desk.gateway.encode::<T1101>(header, &input),
        now: Moment(header.now.0 - age * 1_000_000),
        nonce: &header.msgid,
        late: "",
    };
    let reply = line.send(&Meddler(change), &call, DEADLINE);
    match desk.gateway.decode::<T1101>(&header.msgid, &input, &reply) {
        Outcome::Success(found) => {
            assert_eq!(found.output.baseinfo.psn_name, desk.people[0].name);
            "success".to_owned()
        }
        Outcome::Refused(refusal) => format!("refused {}", refusal.text),
        Outcome::Unknown(unknown) => format!("unknown {}", unknown.why),
        Outcome::NotSent { turned_away: true } => "turned away".to_owned(),
        Outcome::NotSent { turned_away: false } => "not sent".to_owned(),
    }
}

fn without(name: &'static str) -> impl Fn(&mut Request) + Sync {
    move |request| request.headers.retain(|(key, _)| key != name)
}

/// The line of a region's family with one key another's.
fn with_key(desk: &Desk, name: &str, key: &str) -> Line {
    let mut keys = keys();
    keys.insert(name.to_owned(), Secret::new(key));
    let gateway = &desk.gateway;
    Line::open(&gateway.region, &gateway.institution, &keys).unwrap()
}

fn unchanged(_: &mut Request) {}

/// One letter of the name of the institution becomes another.
fn meddled(request: &mut Request) {
    let text = String::from_utf8(request.body.clone()).unwrap();
    assert!(text.contains("竹山村"));
    request.body = text.replace("竹山村", "竹水村").into_bytes();
}

/// The sealed input of family E loses its last letter but the padding.
fn sealed_input_changed(request: &mut Request) {
    let text = String::from_utf8(request.body.clone()).unwrap();
    let at = text.find("\"input\":\"").unwrap() + 9;
    let other = if &text[at..=at] == "A" { "B" } else { "A" };
    request.body = format!("{}{other}{}", &text[..at], &text[at + 1..]).into_bytes();
}

#[test]
fn csb_lets_in_who_signed_its_headers_just_now() {
    served_over("csb", |desk, _| {
        let line = &desk.line;
        assert_eq!(call(desk, line, 0, &unchanged), "success");
        let away = "turned away";
        assert_eq!(call(desk, line, 900, &unchanged), away);
        assert_eq!(call(desk, line, -900, &unchanged), away);
        for name in [
            "_api_signature",
            "_api_timestamp",
            "_api_access_key",
            "_api_version",
        ] {
            assert_eq!(call(desk, line, 0, &without(name)), away, "{name}");
        }
        for name in ["csb.secret", "csb.access"] {
            assert_eq!(call(desk, &with_key(desk, name, "x"), 0, &unchanged), away);
        }
        assert_eq!(call(desk, line, 0, &unchanged), "success");
    });
}

#[test]
fn tif_lets_in_who_signed_time_and_a_nonce_that_is_new() {
    served_over("tif", |desk, _| {
        let line = &desk.line;
        let header = desk.header();
        let once = || told(desk, line, &header, 0, &unchanged);
        assert_eq!(once(), "success");
        assert!(once().contains("网关随机数重复"));
        assert!(call(desk, line, 900, &unchanged).contains("网关时间戳已过期"));
        for (name, words) in [
            ("x-tif-timestamp", "缺少网关签名"),
            ("x-tif-signature", "网关签名验证失败"),
            ("x-tif-nonce", "网关签名验证失败"),
            ("x-tif-paasid", "网关签名验证失败"),
        ] {
            let told = call(desk, line, 0, &without(name));
            assert!(
                told.starts_with("refused") && told.contains(words),
                "{told}"
            );
        }
        let other = with_key(desk, "tif.secret", "x");
        assert!(call(desk, &other, 0, &unchanged).contains("网关签名验证失败"));
    });
}

#[test]
fn zhejiang_lets_in_who_signed_time_and_body() {
    served_over("zhejiang", |desk, _| {
        let line = &desk.line;
        assert_eq!(call(desk, line, 0, &unchanged), "success");
        assert!(call(desk, line, 900, &unchanged).contains("网关时间戳已过期"));
        let other = with_key(desk, "ca.secret", "x");
        let wrong = "refused FSI-FSI-交易报文不正确：网关签名验证失败";
        assert!(call(desk, &other, 0, &unchanged).starts_with(wrong));
        assert!(call(desk, line, 0, &meddled).starts_with(wrong));
        assert!(call(desk, line, 0, &without("x-ca-key")).starts_with(wrong));
        let unsigned = call(desk, line, 0, &without("x-ca-signature"));
        assert!(unsigned.contains("缺少网关签名"), "{unsigned}");
    });
}

#[test]
fn an_envelope_comes_in_as_it_was_signed() {
    for form in ["raw", "der"] {
        let text = demo_over("envelope").replace("\"raw\"\n", &format!("\"{form}\"\n"));
        let desk = Desk::of(Region::parse(&text, "x").unwrap());
        desk.register(&desk.villager("390"));
    }
    served_over("envelope", |desk, _| {
        let line = &desk.line;
        assert_eq!(call(desk, line, 0, &unchanged), "success");
        let wrong = "refused 报文验签失败";
        assert_eq!(call(desk, line, 0, &meddled), wrong);
        let other = with_key(desk, "sm2.key", &"3".repeat(64));
        assert_eq!(call(desk, &other, 0, &unchanged), wrong);
    });
}

#[test]
fn oauth_lets_in_a_token_and_what_its_client_signed_and_sealed() {
    served_over("oauth", |desk, _| {
        let line = &desk.line;
        assert_eq!(call(desk, line, 0, &unchanged), "success");
        assert_eq!(
            call(desk, line, 0, &without("Authorization")),
            "turned away"
        );
        // The platform forgot the token before its time: renewed, and the message is sent again.
        desk.centre.gate.forget_tokens();
        assert_eq!(call(desk, line, 0, &unchanged), "success");
        // A day later it has ended on both sides.
        desk.pass(1);
        assert_eq!(call(desk, line, 0, &unchanged), "success");
        for (name, key, outcome) in [
            ("oauth.secret", "x", "turned away"),
            ("oauth.user", "x", "turned away"),
            ("oauth.password", "x", "turned away"),
            ("oauth.client", "fedcba9876543210", "turned away"),
            ("sm2.key", &"3".repeat(64), "refused 报文验签失败"),
        ] {
            let other = with_key(desk, name, key);
            assert_eq!(call(desk, &other, 0, &unchanged), outcome, "{name}");
        }
        let changed = call(desk, line, 0, &sealed_input_changed);
        assert_eq!(changed, "refused 报文解密失败");
    });
}

#[test]
fn the_whole_visit_goes_through_every_family() {
    for (family, _) in TRANSPORTS {
        let desk = Desk::of(Region::parse(&demo_over(family), family).unwrap());
        let seen = desk.see(&desk.villager("390"), "11");
        let total = desk.charge(&seen, "B-1", &[("DRUG-A", "20.00")]);
        let (_, settled) = desk.settle(&seen, "B-1", total);
        desk.reverse(&seen, &settled.setlinfo.setl_id);
    }
}
