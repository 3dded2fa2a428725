//! The gateway in front of the platform, as its family has it (nhsa-interface §1.4): who may come in,
//! in what, and how the answer is closed.
//!
//! What is signed is put together here anew from what came, not by the clinic's code. How real
//! gateways word their refusals is not published: statuses and texts are ours.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use cunyi_domain::time::{Moment, Rng};
use cunyi_domain::transport::Reply;
use cunyi_gateway::crypto::{
    Sm2PublicKey, Sm4Key, base64, from_der, from_hex, hmac_sha1_base64, hmac_sm3_hex, sha256_hex,
};
use cunyi_gateway::region::{Csb, OAuth, SignatureForm, Tif, TimeUnit, TransportConfig};
use cunyi_gateway::{KeyFault, Keys, Node, Region, Secret};

/// How far a signed time stamp may be off, in seconds.
const STALE: i64 = 300;
/// How long a token holds, in seconds.
const TOKEN_HOLDS: i64 = 7_200;

/// Headers by name, as they came.
type Headers = [(String, String)];

/// Who stands at the gate.
pub struct Gate {
    guard: Guard,
    nonces: Mutex<BTreeMap<String, Moment>>,
    tokens: Mutex<BTreeMap<String, Moment>>,
}

enum Guard {
    Nobody,
    Csb(Csb, Secret, Secret),
    Tif(Tif, Secret),
    Zhejiang(Secret),
    OAuth(Box<Registered>),
    Envelope(Sm2PublicKey, SignatureForm),
}

/// What the platform of family E knows of a client.
struct Registered {
    options: OAuth,
    basic: String,
    user: [Secret; 2],
    public: Sm2PublicKey,
    sm4: Sm4Key,
}

/// How a request is turned away.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Turned {
    /// The gateway's short form (§1.2 b).
    Short(&'static str),
    /// An envelope that refuses.
    Refused(&'static str),
    /// An HTTP status and a body of its own.
    Http(Reply),
}

fn header<'h>(headers: &'h Headers, name: &str) -> &'h str {
    let mut found = headers.iter();
    let found = found.find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map_or("", |(_, value)| value.as_str())
}

fn http(status: u16, fields: &[(&str, &str)]) -> Reply {
    let field = |(key, text): &(&str, &str)| ((*key).to_owned(), Node::from(*text));
    let body = Node::Object(fields.iter().map(field).collect()).to_string();
    Reply {
        status,
        body: body.into_bytes(),
    }
}

/// A time stamp of a gateway's header: when it was made.
fn fresh(stamp: &str, per_second: i64, now: Moment) -> Result<(), &'static str> {
    let stamp: i64 = stamp.parse().map_err(|_| "缺少网关签名")?;
    let sent = Moment(stamp.saturating_mul(1_000_000 / per_second));
    let age = now.seconds_since(sent).saturating_abs();
    (age <= STALE).then_some(()).ok_or("网关时间戳已过期")
}

const WRONG: &str = "网关签名验证失败";

fn holds(fine: bool) -> Result<(), &'static str> {
    fine.then_some(()).ok_or(WRONG)
}

impl Gate {
    /// Reads the other halves of the keys that a region's file names: secrets are the same, an SM2
    /// key's public half stands in a file of the same name with `.pub`.
    pub fn open(region: &Region, keys: &dyn Keys) -> Result<Self, KeyFault> {
        Ok(Self {
            guard: Guard::open(&region.transport, keys)?,
            nonces: Mutex::default(),
            tokens: Mutex::default(),
        })
    }

    /// The answer to a request for a token; none where the path gives none.
    pub(crate) fn token(
        &self,
        path: &str,
        headers: &Headers,
        body: &[u8],
        now: Moment,
        rng: &dyn Rng,
    ) -> Option<Reply> {
        let Guard::OAuth(client) = &self.guard else {
            return None;
        };
        if path != client.options.token_path {
            return None;
        }
        if header(headers, "authorization") != client.basic {
            return Some(http(401, &[("error", "invalid_client")]));
        }
        let [user, password] = &client.user;
        let form = form(body);
        let given = |name: &str| form.get(name).map_or("", String::as_str);
        let right = given("grant_type") == "password"
            && given("username") == user.expose()
            && given("password") == password.expose();
        if !right {
            return Some(http(400, &[("error", "invalid_grant")]));
        }
        let mut random = [0; 16];
        rng.fill(&mut random);
        let token = base64(&random);
        let until = Moment(now.0 + TOKEN_HOLDS * 1_000_000);
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.retain(|_, until| *until > now);
        tokens.insert(token.clone(), until);
        let seconds = TOKEN_HOLDS.to_string();
        let fields = [
            ("access_token", token.as_str()),
            ("token_type", "bearer"),
            ("expires_in", &seconds),
        ];
        Some(http(200, &fields))
    }

    /// The body in clear, if the request may come in.
    pub(crate) fn admit(
        &self,
        headers: &Headers,
        body: &[u8],
        now: Moment,
    ) -> Result<Vec<u8>, Turned> {
        let header = |name: &str| header(headers, name);
        match &self.guard {
            Guard::Nobody => {}
            Guard::Csb(options, access_key, secret) => {
                csb(options, access_key, secret, &header, now).map_err(|words| {
                    let fields = [("code", "AuthenticationFailed"), ("message", words)];
                    Turned::Http(http(403, &fields))
                })?;
            }
            Guard::Tif(options, secret) => {
                let checked = tif(options, secret, &header, now);
                let checked = checked.and_then(|()| self.once(header("x-tif-nonce"), now));
                checked.map_err(Turned::Short)?;
            }
            Guard::Zhejiang(secret) => {
                zhejiang(secret, &header, body, now).map_err(Turned::Short)?;
            }
            Guard::OAuth(client) => {
                self.bearer(header("authorization"), now)?;
                return client.open(body).map_err(Turned::Refused);
            }
            Guard::Envelope(key, form) => {
                envelope(key, *form, body).map_err(Turned::Refused)?;
            }
        }
        Ok(body.to_vec())
    }

    /// The reply as it leaves.
    pub(crate) fn close(&self, body: Vec<u8>) -> Vec<u8> {
        let Guard::OAuth(client) = &self.guard else {
            return body;
        };
        let Ok(Node::Object(mut pairs)) = Node::parse(&body) else {
            return body;
        };
        for (key, value) in &mut pairs {
            match key.as_str() {
                "output" => *value = Node::Text(client.sm4.seal(value.to_string().as_bytes())),
                "enctype" => *value = "SM4".into(),
                _ => {}
            }
        }
        Node::Object(pairs).to_string().into_bytes()
    }

    /// Forgets all tokens before their time.
    #[cfg(test)]
    pub(crate) fn forget_tokens(&self) {
        self.tokens.lock().unwrap().clear();
    }

    /// A nonce comes once as long as its time stamp holds.
    fn once(&self, nonce: &str, now: Moment) -> Result<(), &'static str> {
        let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        nonces.retain(|_, seen| now.seconds_since(*seen) <= 2 * STALE);
        let before = nonces.insert(nonce.to_owned(), now);
        before.is_none().then_some(()).ok_or("网关随机数重复")
    }

    fn bearer(&self, authorization: &str, now: Moment) -> Result<(), Turned> {
        let token = authorization.strip_prefix("Bearer ").unwrap_or_default();
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let good = tokens.get(token).is_some_and(|until| *until > now);
        let fields = [
            ("error", "invalid_token"),
            ("error_description", "令牌无效或已过期"),
        ];
        good.then_some(())
            .ok_or_else(|| Turned::Http(http(401, &fields)))
    }
}

/// The fields of a form's body.
fn form(body: &[u8]) -> BTreeMap<String, String> {
    let text = String::from_utf8_lossy(body);
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| (name.to_owned(), unescaped(value)))
        .collect()
}

/// `%41` is A, `+` a space.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let pair = after
            .get(..2)
            .and_then(|pair| std::str::from_utf8(pair).ok());
        let coded = pair.filter(|_| *first == b'%').and_then(from_hex);
        rest = if coded.is_some() { &after[2..] } else { after };
        match coded {
            Some(coded) => bytes.extend(coded),
            None if *first == b'+' => bytes.push(b' '),
            None => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn csb<'h>(
    options: &Csb,
    access_key: &Secret,
    secret: &Secret,
    header: &impl Fn(&str) -> &'h str,
    now: Moment,
) -> Result<(), &'static str> {
    let stamp = header("_api_timestamp");
    let per_second = match options.timestamp {
        TimeUnit::Seconds => 1,
        TimeUnit::Millis => 1_000,
    };
    fresh(stamp, per_second, now)?;
    let [key, name, version] = ["_api_access_key", "_api_name", "_api_version"].map(header);
    let named = options.api_name.as_ref().is_none_or(|known| known == name);
    holds(key == access_key.expose() && named && version == options.api_version)?;
    let signed = format!(
        "_api_access_key={key}&_api_name={name}&_api_timestamp={stamp}&_api_version={version}"
    );
    let expected = hmac_sha1_base64(secret.expose().as_bytes(), signed.as_bytes());
    holds(header("_api_signature") == expected)
}

fn tif<'h>(
    options: &Tif,
    secret: &Secret,
    header: &impl Fn(&str) -> &'h str,
    now: Moment,
) -> Result<(), &'static str> {
    let [stamp, nonce] = ["x-tif-timestamp", "x-tif-nonce"].map(header);
    fresh(stamp, 1, now)?;
    let expected = sha256_hex([stamp, secret.expose(), nonce, stamp].concat().as_bytes());
    let named = header("x-tif-paasid") == options.paasid;
    holds(named && !nonce.is_empty() && header("x-tif-signature") == expected)
}

fn zhejiang<'h>(
    secret: &Secret,
    header: &impl Fn(&str) -> &'h str,
    body: &[u8],
    now: Moment,
) -> Result<(), &'static str> {
    let signature = header("x-ca-signature").split_once(':');
    let (stamp, signature) = signature.ok_or("缺少网关签名")?;
    fresh(stamp, 1, now)?;
    let signed = [stamp.as_bytes(), b"\n", body].concat();
    holds(signature == hmac_sm3_hex(secret.expose().as_bytes(), &signed))?;
    // The key names who calls: nobody else's institution may stand in the envelope.
    let node = Node::parse(body).unwrap_or_default();
    let institution = node.get("fixmedins_code").and_then(Node::scalar);
    holds(institution == Some(header("x-ca-key")))
}

fn raw(bytes: Vec<u8>, form: SignatureForm) -> Option<Vec<u8>> {
    match form {
        SignatureForm::Raw => Some(bytes),
        SignatureForm::Der => from_der(&bytes).map(Vec::from),
    }
}

fn text<'n>(node: &'n Node, name: &str) -> &'n str {
    node.get(name).and_then(Node::scalar).unwrap_or("")
}

const UNSIGNED: &str = "报文验签失败";

fn envelope(key: &Sm2PublicKey, form: SignatureForm, body: &[u8]) -> Result<(), &'static str> {
    let node = Node::parse(body).map_err(|_| UNSIGNED)?;
    let mut parameters = BTreeMap::new();
    for (name, value) in node.pairs() {
        parameters.insert(name.as_str(), value.scalar().unwrap_or(""));
    }
    let signature = from_hex(parameters.remove("cainfo").unwrap_or(""));
    let signature = signature.and_then(|bytes| raw(bytes, form));
    parameters.remove("input");
    let signed: Vec<String> = parameters.iter().map(|(k, v)| format!("{k}={v}")).collect();
    let verified = key.verifies(signed.join("&").as_bytes(), &signature.unwrap_or_default());
    verified.then_some(()).ok_or(UNSIGNED)
}

impl Registered {
    /// The body with its input in clear, if the signature is the client's.
    fn open(&self, body: &[u8]) -> Result<Vec<u8>, &'static str> {
        let Ok(Node::Object(mut pairs)) = Node::parse(body) else {
            return Err("报文不是有效的JSON");
        };
        let node = Node::Object(pairs.clone());
        let sealed = text(&node, "encType") == "SM4" && text(&node, "signtype") == "SM2";
        let input = self.sm4.open(text(&node, "input"));
        let input = input.filter(|_| sealed).ok_or("报文解密失败")?;
        let signature = cunyi_gateway::crypto::from_base64(text(&node, "cainfo"));
        let signature = signature.and_then(|bytes| raw(bytes, self.options.signature));
        let signed = input.to_string();
        if !self
            .public
            .verifies(signed.as_bytes(), &signature.unwrap_or_default())
        {
            return Err(UNSIGNED);
        }
        for (_, value) in pairs.iter_mut().filter(|(key, _)| key == "input") {
            *value = input.clone();
        }
        Ok(Node::Object(pairs).to_string().into_bytes())
    }
}

impl Guard {
    fn open(transport: &TransportConfig, keys: &dyn Keys) -> Result<Self, KeyFault> {
        let public = |name: &cunyi_gateway::KeyName, id: &str| {
            let name = name.with(".pub");
            let key = keys.read(&name)?;
            let what = "须为SM2公钥 · must be an SM2 public key: 04 and 128 hexadecimal digits";
            Sm2PublicKey::new(id, key.expose()).ok_or_else(|| KeyFault::new(&name, what))
        };
        if let Some(csb) = &transport.csb {
            let (access, secret) = (keys.read(&csb.access_key)?, keys.read(&csb.secret)?);
            return Ok(Self::Csb(csb.clone(), access, secret));
        }
        if let Some(tif) = &transport.tif {
            return Ok(Self::Tif(tif.clone(), keys.read(&tif.secret)?));
        }
        if let Some(zhejiang) = &transport.zhejiang {
            return Ok(Self::Zhejiang(keys.read(&zhejiang.secret)?));
        }
        if let Some(signed) = &transport.envelope {
            let key = public(&signed.sm2_key, &signed.user_id)?;
            return Ok(Self::Envelope(key, signed.signature));
        }
        let Some(oauth) = &transport.oauth else {
            return Ok(Self::Nobody);
        };
        let client = keys.read(&oauth.client_id)?;
        let secret = keys.read(&oauth.client_secret)?;
        let pair = format!("{}:{}", client.expose(), secret.expose());
        let what = "须为16个字符 · must have 16 characters";
        let sm4 = Sm4Key::new(client.expose());
        Ok(Self::OAuth(Box::new(Registered {
            basic: format!("Basic {}", base64(pair.as_bytes())),
            user: [keys.read(&oauth.username)?, keys.read(&oauth.password)?],
            public: public(&oauth.sm2_key, client.expose())?,
            sm4: sm4.ok_or_else(|| KeyFault::new(&oauth.client_id, what))?,
            options: oauth.clone(),
        })))
    }
}
