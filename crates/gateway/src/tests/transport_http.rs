use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc;
use std::thread;

use super::*;

const DEADLINE: Duration = Duration::from_secs(20);

fn request(url: String) -> Request {
    let headers = vec![("x-tif-nonce".to_owned(), "7".to_owned())];
    Request {
        url,
        headers,
        body: b"{\"infno\":\"1101\"}".to_vec(),
        late: String::new(),
    }
}

/// Answers one connection with these bytes, once the whole request came, and returns the request.
fn server(answer: Vec<u8>) -> (String, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/fsi", listener.local_addr().unwrap());
    let served = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut came = Vec::new();
        let mut buffer = [0; 4096];
        while !came.ends_with(b"}") {
            let count = stream.read(&mut buffer).unwrap();
            came.extend_from_slice(&buffer[..count]);
        }
        // The client may hang up before it has read all.
        drop(stream.write_all(&answer));
        String::from_utf8(came).unwrap()
    });
    (url, served)
}

fn http(status: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

#[test]
fn an_answer_comes_back_whatever_its_status() {
    for (status, code) in [
        ("200 OK", 200),
        ("500 Oops", 500),
        ("302 Found", 302),
        ("404 No", 404),
    ] {
        let (url, served) = server(http(status, "<html>医保</html>"));
        let reply = HttpTransport::default()
            .send(&request(url), DEADLINE)
            .unwrap();
        assert_eq!(
            reply,
            Reply {
                status: code,
                body: "<html>医保</html>".as_bytes().to_vec()
            }
        );
        let came = served.join().unwrap();
        assert!(came.starts_with("POST /fsi HTTP/1.1\r\n"), "{came}");
        assert!(came.contains("x-tif-nonce: 7\r\n"), "{came}");
        assert!(came.ends_with("\r\n\r\n{\"infno\":\"1101\"}"), "{came}");
    }
}

#[test]
fn without_a_connection_nothing_was_sent() {
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    for url in [
        format!("http://{closed}/fsi"),
        "http://no-such-host.invalid/fsi".to_owned(),
        "not a url".to_owned(),
    ] {
        let result = HttpTransport::default().send(&request(url.clone()), DEADLINE);
        assert!(
            matches!(result, Err(TransportError::NotSent(_))),
            "{url}: {result:?}"
        );
    }
}

#[test]
fn after_the_connection_everything_is_lost() {
    let long = "x".repeat(MAX_REPLY + 1);
    for (name, answer) in [
        ("hung up", Vec::new()),
        (
            "cut off",
            b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"infcode\"".to_vec(),
        ),
        ("no HTTP", b"\x00\x01\x02 not http\r\n\r\n".to_vec()),
        ("too long", http("200 OK", &long)),
    ] {
        let (url, served) = server(answer);
        let result = HttpTransport::default().send(&request(url), DEADLINE);
        assert!(
            matches!(result, Err(TransportError::Lost(_))),
            "{name}: {result:?}"
        );
        served.join().unwrap();
    }
}

/// Reads the request, then answers once it is told to.
fn slow_server() -> (String, mpsc::Sender<()>, thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/fsi", listener.local_addr().unwrap());
    let (go, wait) = mpsc::channel();
    let served = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut buffer = [0; 4096];
        assert!(stream.read(&mut buffer).unwrap() > 0);
        wait.recv().unwrap();
        drop(stream.write_all(&http("200 OK", "late")));
    });
    (url, go, served)
}

#[test]
fn a_reply_after_the_deadline_is_handed_out_once_under_its_name() {
    let transport = HttpTransport::default();
    let (url, go, served) = slow_server();
    let named = Request {
        late: "m1".to_owned(),
        ..request(url)
    };
    let result = transport.send(&named, Duration::from_millis(200));
    assert!(matches!(result, Err(TransportError::Lost(_))), "{result:?}");
    assert_eq!(transport.late(), []);
    go.send(()).unwrap();
    served.join().unwrap();
    let came = loop {
        let came = transport.late();
        if !came.is_empty() {
            break came;
        }
        thread::yield_now();
    };
    let reply = Reply {
        status: 200,
        body: b"late".to_vec(),
    };
    assert_eq!(came, [("m1".to_owned(), reply)]);
    assert_eq!(transport.late(), []);
}

#[test]
fn a_reply_in_time_is_not_late_too() {
    let transport = HttpTransport::default();
    let (url, served) = server(http("200 OK", "now"));
    let named = Request {
        late: "m1".to_owned(),
        ..request(url)
    };
    assert_eq!(transport.send(&named, DEADLINE).unwrap().body, b"now");
    served.join().unwrap();
    assert_eq!(transport.late(), []);
}
