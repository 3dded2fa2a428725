//! A server as a process, and the little HTTP that its tests speak.

use std::io::{self, BufRead, BufReader, Lines, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("bound").port()
}

/// A running `cunyi`; dropping it kills it.
pub struct Program {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Program {
    /// Starts it.
    pub fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cunyi"));
        command
            .args(arguments)
            .env_remove("CARGO_PKG_NAME")
            .stdout(Stdio::piped());
        Self::spawn(&mut command)
    }

    /// Starts a command whose standard output is piped.
    pub fn spawn(command: &mut Command) -> Self {
        let mut child = command.spawn().expect("starts");
        let out = child.stdout.take().expect("piped");
        let lines = BufReader::new(out).lines();
        Self { child, lines }
    }

    /// What it prints, up to the line that holds `text`; panics if it ends before.
    pub fn says(&mut self, text: &str) -> Vec<String> {
        let mut said = Vec::new();
        for line in self.lines.by_ref().map_while(Result::ok) {
            let last = line.contains(text);
            said.push(line);
            if last {
                return said;
            }
        }
        panic!("it ended before it said {text}: {said:?}");
    }

    /// SIGKILL, at once.
    pub fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ends");
    }

    /// Asks it to end, and waits until it has.
    pub fn terminate(mut self) -> ExitStatus {
        let id = self.child.id().to_string();
        let kill = Command::new("kill").args(["-TERM", &id]).status();
        assert!(kill.expect("kill").success());
        self.child.wait().expect("ends")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _killed = self.child.kill();
        let _ended = self.child.wait();
    }
}

/// Asks and answers the whole reply: status line, headers, body.
pub fn get(port: u16, path: &str) -> String {
    get_as(port, path, "")
}

/// As whoever has this cookie.
pub fn get_as(port: u16, path: &str, cookie: &str) -> String {
    ask(
        port,
        &format!("GET {path} HTTP/1.1\r\nCookie: {cookie}"),
        "",
    )
}

/// Posts a form from our own page.
pub fn post(port: u16, path: &str, fields: &[(&str, &str)]) -> String {
    post_as(port, path, "", fields)
}

/// As whoever has this cookie.
pub fn post_as(port: u16, path: &str, cookie: &str, fields: &[(&str, &str)]) -> String {
    ask(
        port,
        &format!("POST {path} HTTP/1.1\r\nCookie: {cookie}"),
        &encoded(fields),
    )
}

fn ask(port: u16, line: &str, body: &str) -> String {
    try_ask(port, line, body).expect("answered")
}

/// Asks a program that may be killed before it has answered.
pub fn try_ask(port: u16, line: &str, body: &str) -> io::Result<String> {
    let host = format!("127.0.0.1:{port}");
    let mut stream = TcpStream::connect(&host)?;
    let length = body.len();
    write!(
        stream,
        "{line}\r\nHost: {host}\r\nOrigin: http://{host}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    if is_whole(&answer) {
        Ok(answer)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

/// An answer whose head is there, and of its body as much as the head says.
fn is_whole(answer: &str) -> bool {
    let Some((head, body)) = answer.split_once("\r\n\r\n") else {
        return false;
    };
    let mut lengths = head
        .lines()
        .filter_map(|line| line.strip_prefix("content-length: "));
    lengths.all(|length| length.parse() == Ok(body.len()))
}

/// A form's fields as they are sent.
pub fn encoded(fields: &[(&str, &str)]) -> String {
    let encoded =
        |text: &str| -> Vec<String> { text.bytes().map(|b| format!("%{b:02X}")).collect() };
    let pairs = fields
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name).concat(), encoded(value).concat()));
    pairs.collect::<Vec<_>>().join("&")
}
