//! A browser's part of HTTP/1.1: one connection kept alive, one cookie.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};

use anyhow::{Context, Result, bail};

/// Longest answer that is read, in bytes.
const LONGEST: usize = 16 << 20;

/// A connection and the session behind its cookie.
pub struct Client {
    stream: BufReader<TcpStream>,
    port: u16,
    cookie: String,
    csrf: String,
}

/// What came back.
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Body as text.
    pub body: String,
    cookie: Option<String>,
}

impl Client {
    /// Connects.
    pub fn new(port: u16) -> Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::new(stream),
            port,
            cookie: String::new(),
            csrf: String::new(),
        })
    }

    /// Connects and signs in.
    pub fn signed_in(port: u16, login: &str) -> Result<Self> {
        let mut client = Self::new(port)?;
        let form = format!("login={login}&password=demo-2026");
        let answer = client.post("/login", &form)?;
        let cookie = answer.cookie.context("signing in gives a cookie")?;
        client.cookie = format!("cookie: {cookie}\r\n");
        let home = client.get("/")?.body;
        let mark = "name=\"csrf\" value=\"";
        let token = home
            .split(mark)
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        client.csrf = token.context("a form carries its token")?.to_owned();
        Ok(client)
    }

    /// Asks for a page.
    pub fn get(&mut self, path: &str) -> Result<Answer> {
        self.send(&format!("GET {path}"), "")
    }

    /// Posts a form with the session's own token.
    pub fn post(&mut self, path: &str, form: &str) -> Result<Answer> {
        let form = format!("csrf={}&{form}", self.csrf);
        self.send(&format!("POST {path}"), &form)
    }

    fn send(&mut self, request: &str, body: &str) -> Result<Answer> {
        let (port, cookie, length) = (self.port, &self.cookie, body.len());
        let kind = "content-type: application/x-www-form-urlencoded";
        let bytes = format!(
            "{request} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n{cookie}{kind}\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        self.stream.get_mut().write_all(bytes.as_bytes())?;
        self.answer()
    }

    fn answer(&mut self) -> Result<Answer> {
        let first = self.line()?;
        let status = first.split(' ').nth(1).context("a status line")?.parse()?;
        let (mut length, mut cookie) = (0, None);
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse()?,
                "set-cookie" => cookie = value.trim().split(';').next().map(str::to_owned),
                "transfer-encoding" => bail!("a chunked answer is not read here"),
                _ => {}
            }
        }
        if length > LONGEST {
            bail!("an answer of {length} bytes");
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        // A workbook is no text; nobody reads its words.
        let body = String::from_utf8_lossy(&body).into_owned();
        Ok(Answer {
            status,
            body,
            cookie,
        })
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            bail!("the connection was closed");
        }
        Ok(line.trim_end().to_owned())
    }
}
