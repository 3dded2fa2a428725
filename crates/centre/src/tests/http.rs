//! The server over a real socket: pages, transactions, switches.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use cunyi_domain::transport::Transport;
use cunyi_gateway::message::{T1101, T3203};
use cunyi_gateway::region::demo_over;
use cunyi_gateway::{HttpTransport, Outcome, Region, Why};

use super::desk::Desk;
use crate::faults::Fault;
use crate::serve;

/// Runs `work` against the demonstration's centre and stops the server.
fn served(work: impl FnOnce(&Desk, SocketAddr) + Send + 'static) {
    served_over("plain", work);
}

/// Runs `work` against a served centre behind a family's gateway and stops the server.
pub(super) fn served_over(family: &str, work: impl FnOnce(&Desk, SocketAddr) + Send + 'static) {
    let region = Region::parse(&demo_over(family), family).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let region = region.with_base_url(&format!("http://{address}"));
        let desk = Desk::of(region);
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let centre = Arc::clone(&desk.centre);
        let server = tokio::spawn(serve(centre, listener, async {
            let _ = stopped.await;
        }));
        tokio::task::spawn_blocking(move || work(&desk, address))
            .await
            .unwrap();
        stop.send(()).unwrap();
        server.await.unwrap().unwrap();
    });
}

fn http(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text);
    text
}

fn get(address: SocketAddr, path: &str) -> String {
    http(
        address,
        &format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
    )
}

fn turn(address: SocketAddr, form: &str, extra: &str) -> String {
    post(address, "/switches", form, extra)
}

fn post(address: SocketAddr, path: &str, form: &str, extra: &str) -> String {
    let length = form.len();
    http(
        address,
        &format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{extra}\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{form}"
        ),
    )
}

#[test]
fn pages_show_the_fictional_people_and_say_so() {
    served(|desk, address| {
        assert!(get(address, "/health").ends_with("ok"));
        for path in ["/", "/persons", "/settlements", "/clearings", "/messages"] {
            let page = get(address, path);
            assert!(page.starts_with("HTTP/1.1 200"), "{path}");
            assert!(page.contains("<b>演示</b>"), "{path}");
        }
        let persons = get(address, "/persons");
        assert!(persons.contains(&desk.people[0].id_number) && persons.contains("虚构"));
        assert!(get(address, "/nothing").starts_with("HTTP/1.1 404"));
    });
}

#[test]
fn the_settlements_page_shows_settlement_and_reversal() {
    served(|desk, address| {
        let seen = desk.see(&desk.villager("390"), "11");
        let total = desk.charge(&seen, "B-77", &[("DRUG-A", "20.00")]);
        let (_, settled) = desk.settle(&seen, "B-77", total);
        let id = settled.setlinfo.setl_id;
        let back = desk.reverse(&seen, &id).setlinfo.setl_id;
        let page = get(address, "/settlements");
        let row = |id: &str| {
            let end = page.find(&format!("<td>{id}</td>")).expect("shown");
            let start = page[..end].rfind("<tr>").expect("a row");
            page[start..end].to_owned()
        };
        for (row, texts) in [
            (row(&id), ["结算", "已退费"]),
            (row(&back), ["撤销", "有效"]),
        ] {
            for text in texts.into_iter().chain(["B-77", "20.00", &seen.person]) {
                assert!(row.contains(text), "{text}: {row}");
            }
        }
        let log = get(address, "/messages");
        for infno in ["2201", "2203", "2204", "2206", "2207", "2208"] {
            assert!(log.contains(&format!("<td>{infno}")), "{infno}");
        }
    });
}

#[test]
fn a_call_and_its_faults_over_http() {
    served(|desk, address| {
        let transport = HttpTransport::default();
        let input = Desk::identify("02", &desk.people[0].id_number, "");
        let call = || {
            let header = desk.header();
            let bytes = desk.gateway.encode::<T1101>(&header, &input);
            let request = desk.request("1101", bytes, header.now);
            let reply = transport.send(&request, Duration::from_secs(20));
            desk.gateway.decode::<T1101>(&header.msgid, &input, &reply)
        };
        assert!(matches!(call(), Outcome::Success(_)));
        assert!(get(address, "/messages").contains("1101"));
        desk.centre.panel.set_fault(Fault::LoseReply, "", 1);
        assert!(matches!(call(), Outcome::Unknown(_)));
        assert!(matches!(call(), Outcome::Success(_)));
        assert!(turn(address, "fault=refuse&count=1&transaction=1101", "").contains("303"));
        assert!(matches!(call(), Outcome::Refused(_)));
        for (form, why) in [
            ("fault=html&count=1&transaction=1101", Why::HttpStatus(502)),
            ("fault=page&count=1", Why::NotJson),
            ("fault=truncate&count=1&transaction=11", Why::Truncated),
            ("fault=lose&count=1", Why::Lost),
        ] {
            turn(address, form, "");
            assert!(
                matches!(call(), Outcome::Unknown(unknown) if unknown.why == why),
                "{form}"
            );
            assert!(
                matches!(call(), Outcome::Success(_)),
                "{form} was for one answer"
            );
        }
        // It does not strike another transaction.
        turn(address, "fault=refuse&count=1&transaction=2207", "");
        assert!(matches!(call(), Outcome::Success(_)));
        turn(address, "fault=refuse&count=0", "");
        turn(address, "slow=1", "");
        assert!(get(address, "/").contains("value=\"1\""));
        turn(address, "slow=0", "");
        // The port stays open for the switches, so that a proxy's 503 says that the centre is down.
        turn(address, "down=1", "");
        assert!(matches!(call(), Outcome::Unknown(unknown) if unknown.why == Why::HttpStatus(503)));
        assert!(get(address, "/").contains("已停机"));
        assert!(turn(address, "down=0", "Sec-Fetch-Site: cross-site\r\n").contains("403"));
        turn(address, "down=0", "Sec-Fetch-Site: same-origin\r\n");
        assert!(matches!(call(), Outcome::Success(_)));
    });
}

#[test]
fn an_application_is_paid_from_its_page() {
    served(|desk, address| {
        let (_, info) = super::clearing::settled(desk, "390", "B1", "20.00");
        desk.pass(1);
        assert!(!get(address, "/clearings").contains("<form"));
        let asked = super::clearing::application(&[&info]);
        let event = desk.ok::<T3203>(&asked).result.clr_appy_evt_id;
        assert!(get(address, "/clearings").contains(&format!("<option>{event}</option>")));
        let form = format!("event={event}");
        let foreign = "Sec-Fetch-Site: cross-site\r\n";
        assert!(post(address, "/clearings/pay", &form, foreign).contains("403"));
        assert!(get(address, "/clearings").contains("已申请"));
        post(address, "/clearings/pay", &form, "");
        let page = get(address, "/clearings");
        assert!(page.contains("已拨付") && !page.contains("<form"));
    });
}
