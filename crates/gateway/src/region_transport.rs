//! How bytes reach a region's platform (nhsa-interface §1.4): the family, its options, the names of
//! its keys.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::keys::KeyName;

/// The `[transport]` table of a region's file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransportConfig {
    /// The family; all but `plain` have a table of their own name with their options.
    pub family: Family,
    /// `http://host:port`, without a path.
    pub base: String,
    /// How the path follows from the transaction.
    pub addressing: Addressing,
    /// `one`: the endpoint; `infno`: what stands before the number; `paths`: before every path.
    #[serde(default)]
    pub prefix: String,
    /// Paths by infno that differ from §1.6.
    #[serde(default)]
    pub paths: BTreeMap<String, String>,
    /// `Content-Type`; a front machine may want `text/plain` (DL1).
    #[serde(default = "json")]
    pub content_type: String,
    /// Headers of every request.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Headers whose value is a secret, such as `apikey` (NM): header → its key file.
    #[serde(default)]
    pub key_headers: BTreeMap<String, KeyName>,
    /// Answers of the gateway in front that say: the message was not passed on.
    #[serde(default)]
    pub turned_away: Vec<TurnedAway>,
    /// Options of family A.
    #[serde(default)]
    pub csb: Option<Csb>,
    /// Options of family B.
    #[serde(default)]
    pub tif: Option<Tif>,
    /// Options of family C.
    #[serde(default)]
    pub zhejiang: Option<Zhejiang>,
    /// Options of family E.
    #[serde(default)]
    pub oauth: Option<OAuth>,
    /// Options of family F.
    #[serde(default)]
    pub envelope: Option<EnvelopeSignature>,
}

fn json() -> String {
    "application/json;charset=utf-8".to_owned()
}

/// Families of transports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// A: the CSB gateway, HMAC-SHA1 over its own headers.
    Csb,
    /// B: the TIF gateway, SHA-256 over time, secret and nonce.
    Tif,
    /// C: Zhejiang, HMAC-SM3 over time and body.
    Zhejiang,
    /// D: no signature, in the private network.
    Plain,
    /// E: a bearer token, SM2 over the input, SM4 over input and output.
    OAuth,
    /// F: SM2 over the sorted parameters of the envelope.
    Envelope,
}

/// How a transaction becomes a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Addressing {
    /// One endpoint for all.
    One,
    /// The prefix and the number.
    Infno,
    /// §1.6's path.
    Paths,
}

/// An answer that does not come from the platform. Only what a region's office says of its gateway
/// may stand here: what is wrongly taken for it may have moved money.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TurnedAway {
    /// HTTP status.
    pub status: u16,
    /// A part of the body.
    pub text: String,
}

/// A: `_api_*` headers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Csb {
    /// `_api_name` of every call (TEA); left out: the transaction's number (JX).
    #[serde(default)]
    pub api_name: Option<String>,
    /// `_api_version`
    pub api_version: String,
    /// `_api_timestamp` in seconds (TEA) or milliseconds.
    pub timestamp: TimeUnit,
    /// Key file: `_api_access_key`.
    pub access_key: KeyName,
    /// Key file: the secret.
    pub secret: KeyName,
}

/// What a time stamp counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeUnit {
    /// Seconds since 1970.
    Seconds,
    /// Milliseconds since 1970.
    Millis,
}

/// B: `x-tif-*` headers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tif {
    /// 应用编号 x-tif-paasid.
    pub paasid: String,
    /// Key file: 密钥.
    pub secret: KeyName,
}

/// C: `x-ca-*` headers; `x-ca-key` is the institution's code.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zhejiang {
    /// Key file: the secret.
    pub secret: KeyName,
}

/// E: a token by password grant; a signed and sealed envelope.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OAuth {
    /// The path that gives tokens.
    pub token_path: String,
    /// Key file: clientId, 16 characters, which is the SM4 key and the SM2 user id as well.
    pub client_id: KeyName,
    /// Key file: clientSecret.
    pub client_secret: KeyName,
    /// Key file: the user's name.
    pub username: KeyName,
    /// Key file: the user's password.
    pub password: KeyName,
    /// Key file: the SM2 private key, 64 hexadecimal digits.
    pub sm2_key: KeyName,
    /// How the signature is written before base64.
    pub signature: SignatureForm,
}

/// F: a signed envelope.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvelopeSignature {
    /// The SM2 user id.
    pub user_id: String,
    /// `signtype` of the envelope.
    pub signtype: String,
    /// Key file: the SM2 private key, 64 hexadecimal digits.
    pub sm2_key: KeyName,
    /// How the signature is written before hexadecimal.
    pub signature: SignatureForm,
}

/// How r and s of a signature are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SignatureForm {
    /// One after the other, 32 bytes each.
    Raw,
    /// ASN.1.
    Der,
}

/// True for a header that can be sent.
fn is_header(name: &str, value: &str) -> bool {
    let named = name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    named && !name.is_empty() && is_header_value(value)
}

/// Visible ASCII: what a header may hold.
pub(crate) fn is_header_value(value: &str) -> bool {
    let visible = |b: u8| b.is_ascii_graphic() || b == b' ';
    value.bytes().all(visible)
}

/// True for `http://host` or `http://host:port`.
pub(crate) fn is_base(base: &str) -> bool {
    let host = base.strip_prefix("http://").unwrap_or_default();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._:[]".contains(&b);
    !host.is_empty() && host.bytes().all(plain)
}

impl TransportConfig {
    /// What is wrong with values that have the right type.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        let mut headers = self.headers.iter();
        let mut secret = self.key_headers.keys();
        let headers = headers.all(|(name, value)| is_header(name, value))
            && secret.all(|name| is_header(name, ""))
            && is_header("Content-Type", &self.content_type);
        let vague = |away: &TurnedAway| {
            !(200..600).contains(&away.status) || away.text.trim().chars().count() < 4
        };
        let faults = [
            (
                !is_base(&self.base),
                "transport.base: http://host:port, without a path",
            ),
            (
                !self.paths.values().all(|path| path.starts_with('/')),
                "transport.paths: each begins with /",
            ),
            (
                !headers || self.content_type.is_empty(),
                "transport.headers, transport.key_headers, transport.content_type: names of letters, \
                 digits and -, values of visible ASCII",
            ),
            (
                self.turned_away.iter().any(vague),
                "transport.turned_away: a status of 200 to 599 and at least four characters of the \
                 answer's text",
            ),
            (
                self.options_differ(),
                "transport: the family's own table ([transport.csb] for \"csb\", \"plain\" has none), and \
                 no other family's",
            ),
            (
                self.options_empty(),
                "transport: api_name, api_version, paasid, user_id and signtype are visible ASCII and \
                 not empty; token_path begins with /",
            ),
        ];
        let mut wrong = faults.into_iter().filter(|(wrong, _)| *wrong);
        wrong.next().map(|(_, what)| what)
    }

    fn options_differ(&self) -> bool {
        [
            (self.csb.is_some(), Family::Csb),
            (self.tif.is_some(), Family::Tif),
            (self.zhejiang.is_some(), Family::Zhejiang),
            (self.oauth.is_some(), Family::OAuth),
            (self.envelope.is_some(), Family::Envelope),
        ]
        .iter()
        .any(|(given, family)| *given != (self.family == *family))
    }

    fn options_empty(&self) -> bool {
        let csb = self.csb.iter();
        let csb = csb.flat_map(|csb| csb.api_name.iter().chain([&csb.api_version]));
        let tif = self.tif.iter().map(|tif| &tif.paasid);
        let envelope = self.envelope.iter();
        let envelope = envelope.flat_map(|signed| [&signed.user_id, &signed.signtype]);
        let mut texts = csb.chain(tif).chain(envelope);
        let mut oauth = self.oauth.iter();
        texts.any(|text| text.trim().is_empty() || !is_header_value(text))
            || oauth.any(|oauth| !oauth.token_path.starts_with('/'))
    }
}
