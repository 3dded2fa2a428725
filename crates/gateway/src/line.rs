//! A region's way to its platform, as its family has it (nhsa-interface §1.4): signs and seals what
//! goes out, fetches tokens, opens what comes back.
//!
//! What is recorded of a call is in clear: the envelope before it was sealed, the reply after it was
//! opened. Time and nonce are passed in.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use cunyi_domain::time::Moment;
use cunyi_domain::transport::{Reply, Request, Transport, TransportError};

use crate::crypto::{self, Sm2Key, Sm4Key, base64, hex};
use crate::envelope::Institution;
use crate::json::Node;
use crate::keys::{KeyFault, KeyName, Keys, Secret};
use crate::message::statement::ByteForm;
use crate::multipart::{self, Lifted};
use crate::region::{Csb, Family, OAuth, Region, SignatureForm, TimeUnit};
use crate::region_transport::is_header_value;

/// A call under way.
#[derive(Clone, Debug)]
pub struct Outgoing<'a> {
    /// Under which number the region runs it.
    pub infno: &'a str,
    /// The envelope in clear.
    pub bytes: Vec<u8>,
    /// Now.
    pub now: Moment,
    /// Fresh randomness.
    pub nonce: &'a str,
    /// Under what name a late reply is told; empty where none is wanted.
    pub late: &'a str,
}

/// The way itself, with its keys.
#[derive(Debug)]
pub struct Line {
    region: Region,
    institution: String,
    headers: Vec<(String, Secret)>,
    signer: Signer,
    token: Mutex<Option<Token>>,
}

#[derive(Debug)]
enum Signer {
    Plain,
    Csb {
        options: Csb,
        access_key: Secret,
        secret: Secret,
    },
    Tif {
        paasid: String,
        secret: Secret,
    },
    Zhejiang {
        secret: Secret,
    },
    OAuth(Box<Credentials>),
    Envelope {
        key: Sm2Key,
        form: SignatureForm,
        signtype: String,
    },
}

#[derive(Debug)]
struct Credentials {
    options: OAuth,
    client: Secret,
    client_secret: Secret,
    username: Secret,
    password: Secret,
    sm2: Sm2Key,
    sm4: Sm4Key,
}

/// A token and when it is no good any more.
#[derive(Clone)]
struct Token {
    text: String,
    until: Option<Moment>,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// A token is renewed so many seconds before it ends.
const MARGIN: i64 = 30;
/// The key under which `[timeouts]` of a region's file bounds the call for a token.
const TOKEN: &str = "token";

impl Line {
    /// Reads the keys that the region's file names.
    pub fn open(
        region: &Region,
        institution: &Institution,
        keys: &dyn Keys,
    ) -> Result<Self, KeyFault> {
        let secret_header = |(name, file): (&String, &KeyName)| {
            let value = sendable(keys, file)?;
            Ok((name.clone(), value))
        };
        let headers = region.transport.key_headers.iter().map(secret_header);
        Ok(Self {
            headers: headers.collect::<Result<_, KeyFault>>()?,
            signer: Signer::open(region, keys)?,
            region: region.clone(),
            institution: institution.code.clone(),
            token: Mutex::default(),
        })
    }

    /// Sends a call and brings back the reply in clear. `NotSent` is certain: there was no
    /// connection, no token, or the gateway in front turned the message away.
    pub fn send(
        &self,
        transport: &dyn Transport,
        call: &Outgoing<'_>,
        deadline: Duration,
    ) -> Result<Reply, TransportError> {
        let Signer::OAuth(credentials) = &self.signer else {
            return self.once(transport, call, None, deadline);
        };
        let (token, fresh) = match self.kept(call.now) {
            Some(token) => (token, false),
            None => (self.fetch(transport, credentials, call.now)?, true),
        };
        let reply = self.once(transport, call, Some(&token), deadline)?;
        if reply.status != 401 {
            return Ok(reply);
        }
        // 401: the token was looked at and the message was not (RFC 6750 §3.1). So the same message
        // may go out once more under a new one.
        self.forget(&token);
        if !fresh {
            let token = self.fetch(transport, credentials, call.now)?;
            let reply = self.once(transport, call, Some(&token), deadline)?;
            if reply.status != 401 {
                return Ok(reply);
            }
            self.forget(&token);
        }
        let text = "the platform turns a new token away: HTTP 401";
        Err(TransportError::TurnedAway(text.to_owned()))
    }

    fn once(
        &self,
        transport: &dyn Transport,
        call: &Outgoing<'_>,
        token: Option<&str>,
        deadline: Duration,
    ) -> Result<Reply, TransportError> {
        if !self.region.runs(call.infno) {
            return Err(not_sent("the region's file gives no path for it"));
        }
        let request = self.request(call, token);
        let request = request.ok_or_else(|| not_sent("the message could not be signed"))?;
        let reply = transport.send(&request, deadline)?;
        match self.turned_away(&reply) {
            Some(away) => Err(TransportError::TurnedAway(away)),
            None => Ok(self.opened(reply)),
        }
    }

    /// A reply that came when nobody waited for it any more, in clear; none if it is not the
    /// platform's.
    pub fn late(&self, reply: Reply) -> Option<Reply> {
        let away = self.turned_away(&reply).is_some();
        (!away).then(|| self.opened(reply))
    }

    /// The request as it leaves, under a token where the family has one; none where it cannot be
    /// signed.
    pub fn request(&self, call: &Outgoing<'_>, token: Option<&str>) -> Option<Request> {
        let transport = &self.region.transport;
        let lifted = self.lifted(call);
        let clear = lifted.as_ref().map_or(&call.bytes, |lifted| &lifted.json);
        let body = self.signer.body(clear.clone())?;
        let (kind, body) = match lifted {
            Some(lifted) => lifted.body(&body, call.nonce),
            None => (transport.content_type.clone(), body),
        };
        let mut headers = vec![("Content-Type".to_owned(), kind)];
        let own = transport.headers.iter();
        headers.extend(own.map(|(name, value)| (name.clone(), value.clone())));
        let secret = self.headers.iter();
        headers.extend(secret.map(|(name, value)| (name.clone(), value.expose().to_owned())));
        headers.extend(self.signed(call, &body));
        headers.extend(token.map(|token| ("Authorization".to_owned(), format!("Bearer {token}"))));
        Some(Request {
            url: self.region.url(call.infno),
            headers,
            body,
            late: call.late.to_owned(),
        })
    }

    /// The file of a 9101, where the region wants it beside its envelope.
    fn lifted(&self, call: &Outgoing<'_>) -> Option<Lifted> {
        let apart = self.region.statement.upload_bytes == ByteForm::Multipart;
        (apart && call.infno == "9101").then(|| multipart::lift(&self.region, &call.bytes))?
    }

    /// The family's headers.
    fn signed(&self, call: &Outgoing<'_>, body: &[u8]) -> Vec<(String, String)> {
        let unix = call.now.0.div_euclid(1_000_000);
        let headers = match &self.signer {
            Signer::Plain | Signer::OAuth(_) | Signer::Envelope { .. } => Vec::new(),
            Signer::Csb {
                options,
                access_key,
                secret,
            } => csb_headers(options, access_key, secret, call),
            Signer::Tif { paasid, secret } => {
                let nonce = call.nonce;
                let signed = format!("{unix}{}{nonce}{unix}", secret.expose());
                vec![
                    ("x-tif-paasid", paasid.clone()),
                    ("x-tif-timestamp", unix.to_string()),
                    ("x-tif-nonce", nonce.to_owned()),
                    ("x-tif-signature", crypto::sha256_hex(signed.as_bytes())),
                ]
            }
            Signer::Zhejiang { secret } => {
                let signed = [unix.to_string().as_bytes(), b"\n", body].concat();
                let signature = crypto::hmac_sm3_hex(secret.expose().as_bytes(), &signed);
                vec![
                    ("x-ca-key", self.institution.clone()),
                    ("x-ca-signature", format!("{unix}:{signature}")),
                ]
            }
        };
        let owned = |(name, value): (&str, String)| (name.to_owned(), value);
        headers.into_iter().map(owned).collect()
    }

    fn turned_away(&self, reply: &Reply) -> Option<String> {
        let body = String::from_utf8_lossy(&reply.body);
        let mut ways = self.region.transport.turned_away.iter();
        let way = ways.find(|way| way.status == reply.status && body.contains(&way.text))?;
        let (status, text) = (way.status, &way.text);
        Some(format!(
            "the gateway in front turned the message away: HTTP {status}, {text:?}"
        ))
    }

    /// The reply with its output in clear; as it came where the key does not open it.
    fn opened(&self, reply: Reply) -> Reply {
        let Signer::OAuth(credentials) = &self.signer else {
            return reply;
        };
        let Ok(Node::Object(mut pairs)) = Node::parse(&reply.body) else {
            return reply;
        };
        let output = pairs.iter_mut().find(|(key, _)| key == "output");
        let Some((_, output @ Node::Text(_))) = output else {
            return reply;
        };
        let Some(opened) = output.scalar().and_then(|text| credentials.sm4.open(text)) else {
            return reply;
        };
        *output = opened;
        let body = Node::Object(pairs).to_string().into_bytes();
        Reply { body, ..reply }
    }

    fn kept(&self, now: Moment) -> Option<String> {
        let kept = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        let good = |token: &&Token| {
            let left = token.until.map(|until| until.seconds_since(now));
            left.is_none_or(|left| left > MARGIN)
        };
        kept.as_ref().filter(good).map(|token| token.text.clone())
    }

    /// Forgets a token, if another call has not renewed it already.
    fn forget(&self, text: &str) {
        let mut kept = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        kept.take_if(|token| token.text == text);
    }

    /// Fetches a token by password grant (RFC 6749 §4.3). Whatever fails here, the message itself has
    /// not left.
    fn fetch(
        &self,
        transport: &dyn Transport,
        credentials: &Credentials,
        now: Moment,
    ) -> Result<String, TransportError> {
        let request = self.token_request(credentials);
        let reply = transport
            .send(&request, self.region.timeout(TOKEN))
            .map_err(|error| match error {
                TransportError::NotSent(text) | TransportError::Lost(text) => {
                    not_sent(&format!("no token: {text}"))
                }
                TransportError::TurnedAway(text) => TransportError::TurnedAway(text),
                TransportError::Another => not_sent("no token: another answer"),
            })?;
        if reply.status != 200 {
            let text = format!("no token: HTTP {}", reply.status);
            // RFC 6749 §5.2: the client or the user is not known by these credentials.
            let refused = matches!(reply.status, 400 | 401 | 403);
            return Err(if refused {
                TransportError::TurnedAway(text)
            } else {
                not_sent(&text)
            });
        }
        let node = Node::parse(&reply.body).unwrap_or_default();
        let text = node.get("access_token").and_then(Node::scalar);
        let text = text.filter(|text| !text.is_empty() && is_header_value(text));
        let text = text.ok_or_else(|| not_sent("no token in the answer"))?;
        let seconds = node.get("expires_in").and_then(Node::scalar);
        let seconds: Option<i64> = seconds.and_then(|text| text.parse().ok());
        let until = seconds.map(|s| Moment(now.0.saturating_add(s.saturating_mul(1_000_000))));
        let token = Token {
            text: text.to_owned(),
            until,
        };
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token);
        Ok(text.to_owned())
    }

    fn token_request(&self, credentials: &Credentials) -> Request {
        let client = [
            credentials.client.expose(),
            credentials.client_secret.expose(),
        ];
        let form = format!(
            "grant_type=password&username={}&password={}",
            form_text(credentials.username.expose()),
            form_text(credentials.password.expose())
        );
        let basic = base64(client.join(":").as_bytes());
        let headers = [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Authorization", &format!("Basic {basic}")),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let (base, path) = (&self.region.transport.base, &credentials.options.token_path);
        Request {
            url: format!("{base}{path}"),
            headers: headers.to_vec(),
            body: form.into_bytes(),
            late: String::new(),
        }
    }
}

fn not_sent(text: &str) -> TransportError {
    TransportError::NotSent(text.to_owned())
}

fn csb_headers(
    options: &Csb,
    access_key: &Secret,
    secret: &Secret,
    call: &Outgoing<'_>,
) -> Vec<(&'static str, String)> {
    let unit = match options.timestamp {
        TimeUnit::Seconds => 1_000_000,
        TimeUnit::Millis => 1_000,
    };
    let name = options.api_name.as_deref().unwrap_or(call.infno);
    // In the order of their names, as they are signed.
    let mut headers = vec![
        ("_api_access_key", access_key.expose().to_owned()),
        ("_api_name", name.to_owned()),
        ("_api_timestamp", call.now.0.div_euclid(unit).to_string()),
        ("_api_version", options.api_version.clone()),
    ];
    let pairs: Vec<String> = headers.iter().map(|(k, v)| format!("{k}={v}")).collect();
    let signed = pairs.join("&");
    let signature = crypto::hmac_sha1_base64(secret.expose().as_bytes(), signed.as_bytes());
    headers.push(("_api_signature", signature));
    headers
}

/// A value of a form's body.
fn form_text(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("writing to a string cannot fail");
        }
    }
    out
}

/// A key that stands in a header as it is.
fn sendable(keys: &dyn Keys, name: &KeyName) -> Result<Secret, KeyFault> {
    let key = keys.read(name)?;
    if is_header_value(key.expose()) {
        return Ok(key);
    }
    Err(KeyFault::new(
        name,
        "须为可见的ASCII字符 · must be visible ASCII",
    ))
}

fn sm2(keys: &dyn Keys, name: &KeyName, user_id: &str) -> Result<Sm2Key, KeyFault> {
    let key = keys.read(name)?;
    let what = "须为SM2私钥，64位十六进制 · must be an SM2 private key of 64 hexadecimal digits";
    Sm2Key::new(user_id, key.expose()).ok_or_else(|| KeyFault::new(name, what))
}

/// Writes r and s.
fn written(signature: &[u8; 64], form: SignatureForm) -> Vec<u8> {
    match form {
        SignatureForm::Raw => signature.to_vec(),
        SignatureForm::Der => crypto::to_der(signature),
    }
}

/// The parameters that family F signs: all but `cainfo` and `input`, sorted, `k=v` joined by `&`.
fn parameters(pairs: &[(String, Node)]) -> String {
    let signed = pairs.iter().filter(|(k, _)| k != "cainfo" && k != "input");
    let mut texts: Vec<(&str, &str)> = signed
        .map(|(key, value)| (key.as_str(), value.scalar().unwrap_or("")))
        .collect();
    texts.sort_unstable();
    let texts: Vec<String> = texts.iter().map(|(k, v)| format!("{k}={v}")).collect();
    texts.join("&")
}

fn set(pairs: &mut Vec<(String, Node)>, name: &str, value: &str) {
    match pairs.iter_mut().find(|(key, _)| key == name) {
        Some((_, held)) => *held = value.into(),
        None => pairs.push((name.to_owned(), value.into())),
    }
}

impl Signer {
    fn open(region: &Region, keys: &dyn Keys) -> Result<Self, KeyFault> {
        let transport = &region.transport;
        if let Some(options) = &transport.csb {
            return Ok(Self::Csb {
                access_key: sendable(keys, &options.access_key)?,
                secret: keys.read(&options.secret)?,
                options: options.clone(),
            });
        }
        if let Some(options) = &transport.tif {
            return Ok(Self::Tif {
                paasid: options.paasid.clone(),
                secret: keys.read(&options.secret)?,
            });
        }
        if let Some(options) = &transport.zhejiang {
            let secret = keys.read(&options.secret)?;
            return Ok(Self::Zhejiang { secret });
        }
        if let Some(options) = &transport.oauth {
            return Credentials::open(options, keys).map(|found| Self::OAuth(Box::new(found)));
        }
        if let Some(options) = &transport.envelope {
            return Ok(Self::Envelope {
                key: sm2(keys, &options.sm2_key, &options.user_id)?,
                form: options.signature,
                signtype: options.signtype.clone(),
            });
        }
        Ok(Self::Plain)
    }

    /// The body as it leaves; none where it cannot be signed.
    fn body(&self, bytes: Vec<u8>) -> Option<Vec<u8>> {
        if !matches!(self, Self::OAuth(_) | Self::Envelope { .. }) {
            return Some(bytes);
        }
        let Ok(Node::Object(mut pairs)) = Node::parse(&bytes) else {
            return None;
        };
        match self {
            Self::OAuth(credentials) => credentials.seal(&mut pairs)?,
            Self::Envelope {
                key,
                form,
                signtype,
            } => {
                set(&mut pairs, "signtype", signtype);
                let signature = key.sign(parameters(&pairs).as_bytes())?;
                set(&mut pairs, "cainfo", &hex(&written(&signature, *form)));
            }
            _ => {}
        }
        Some(Node::Object(pairs).to_string().into_bytes())
    }
}

impl Credentials {
    fn open(options: &OAuth, keys: &dyn Keys) -> Result<Self, KeyFault> {
        let client = sendable(keys, &options.client_id)?;
        let what = "须为16个字符，它也是SM4密钥 · must have 16 characters: it is the SM4 key too";
        let sm4 = Some(client.expose()).filter(|id| id.len() == 16);
        let sm4 = sm4.and_then(Sm4Key::new);
        Ok(Self {
            sm4: sm4.ok_or_else(|| KeyFault::new(&options.client_id, what))?,
            sm2: sm2(keys, &options.sm2_key, client.expose())?,
            client_secret: keys.read(&options.client_secret)?,
            username: keys.read(&options.username)?,
            password: keys.read(&options.password)?,
            options: options.clone(),
            client,
        })
    }

    /// Signs the input, then seals it.
    fn seal(&self, pairs: &mut Vec<(String, Node)>) -> Option<()> {
        let input = pairs.iter().find(|(key, _)| key == "input");
        let plain = input.map_or_else(String::new, |(_, input)| input.to_string());
        let signature = self.sm2.sign(plain.as_bytes())?;
        let signature = written(&signature, self.options.signature);
        set(pairs, "cainfo", &base64(&signature));
        set(pairs, "signtype", "SM2");
        set(pairs, "encType", "SM4");
        set(pairs, "input", &self.sm4.seal(plain.as_bytes()));
        Some(())
    }
}

impl Region {
    /// True where a reply's output comes sealed.
    pub(crate) fn seals(&self) -> bool {
        self.transport.family == Family::OAuth
    }
}

#[cfg(test)]
#[path = "tests/line.rs"]
mod tests;
