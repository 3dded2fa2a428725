//! The centre: what it is made of, and how it answers one request.

use std::sync::Arc;
use std::time::Duration;

use cunyi_db::{Db, DbError, Durability, Target};
use cunyi_domain::ledger::LineClass;
use cunyi_domain::money::UnitPrice;
use cunyi_domain::time::{Clock, Moment, Rng};
use cunyi_domain::transport::{MAX_REPLY, Reply, Request, Transport, TransportError};
use cunyi_gateway::{Region, answer, refusal};
use cunyi_policy::{Benefit, Kinds, Policy, Scheme};

use crate::call::{Stop, refuse};
use crate::clearing;
use crate::dispatch::{self, Done};
use crate::envelope::{self, Envelope};
use crate::faults::{Fault, Panel};
use crate::gate::{Gate, Turned};
use crate::ledger::MIGRATIONS;
use crate::multipart;
use crate::route;
use crate::seed;

/// What the centre's catalogue says of a `med_list_codg`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// 医保目录名称
    pub name: String,
    /// 剂型; a service has none.
    pub form: String,
    /// Which list it stands in: a key of the region's `list_types`.
    pub list: &'static str,
    /// 甲乙丙
    pub class: LineClass,
    /// 支付标准 of a unit.
    pub ceiling: Option<UnitPrice>,
    /// 一般诊疗费
    pub is_consultation_fee: bool,
    /// 医疗收费项目类别 `med_chrgitm_type`
    pub category: String,
    /// Of which kinds it is, as far as the catalogue says.
    pub kinds: Kinds,
}

impl Item {
    /// A code nobody knows is own pay, never silently 甲 (policy.md §3.2, 2).
    pub(crate) fn unknown() -> Self {
        Self {
            name: "目录外项目".to_owned(),
            form: String::new(),
            list: "",
            class: LineClass::C,
            ceiling: None,
            is_consultation_fee: false,
            category: String::new(),
            kinds: Kinds::only(&[]),
        }
    }
}

/// Looks an item up by `med_list_codg`.
pub type Catalogue = Box<dyn Fn(&str) -> Option<Item> + Send + Sync>;

/// What a centre is opened with.
pub struct Parts {
    /// Where its ledger is.
    pub target: Target,
    /// What a power cut may take of it.
    pub durability: Durability,
    /// Seed of the villagers of a new ledger.
    pub seed: u64,
    /// The rules, one file a scheme.
    pub policies: Vec<Policy>,
    /// Items by `med_list_codg`.
    pub catalogue: Catalogue,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness of the ids it gives.
    pub rng: Arc<dyn Rng>,
    /// The region it serves.
    pub region: Region,
    /// The gateway in front of it.
    pub gate: Gate,
}

/// The sandbox centre.
pub struct Centre {
    pub(crate) db: Db,
    policies: Vec<Policy>,
    pub(crate) catalogue: Catalogue,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rng: Arc<dyn Rng>,
    pub(crate) region: Region,
    pub(crate) gate: Gate,
    /// The switches.
    pub panel: Panel,
}

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// How long it waits before it is sent.
    pub delay: Duration,
    /// The reply; not sent when the centre is down, lost when the reply is to vanish.
    pub result: Result<Reply, TransportError>,
}

impl Centre {
    /// Opens the ledger; a new one is settled with the villagers of the seed.
    pub fn open(parts: Parts) -> Result<Self, DbError> {
        let db = Db::open(parts.target, parts.durability, MIGRATIONS)?;
        seed::settle(&db, parts.seed, parts.clock.now().date())?;
        Ok(Self {
            db,
            policies: parts.policies,
            catalogue: parts.catalogue,
            clock: parts.clock,
            rng: parts.rng,
            region: parts.region,
            gate: parts.gate,
            panel: Panel::default(),
        })
    }

    /// Writes the ledger's log back into its file, for whoever moves the file.
    pub fn checkpoint(&self) -> Result<(), DbError> {
        self.db.checkpoint()
    }

    /// 拨付: the office pays what was applied for; false where nothing stands under that event.
    pub fn pay(&self, event: &str) -> Result<bool, DbError> {
        let now = self.clock.now();
        self.db.transact("pay", |tx| clearing::pay(tx, event, now))
    }

    /// Answers one POST. `path` begins with `/`; header names are compared without case.
    pub fn handle(&self, path: &str, headers: &[(String, String)], body: &[u8]) -> Answer {
        if let Some(reply) = self.terminal(path, body) {
            return Answer {
                delay: Duration::ZERO,
                result: Ok(reply),
            };
        }
        let switches = self.panel.get();
        if switches.down {
            let result = Err(TransportError::NotSent(
                "the sandbox is switched off".to_owned(),
            ));
            return Answer {
                delay: Duration::ZERO,
                result,
            };
        }
        let result = self.reply(path, headers, body);
        Answer {
            delay: switches.slow,
            result,
        }
    }

    fn reply(
        &self,
        path: &str,
        headers: &[(String, String)],
        body: &[u8],
    ) -> Result<Reply, TransportError> {
        let received = self.clock.now();
        let ok = |body| Ok(Reply { status: 200, body });
        let number = self.number(received);
        if let Some(reply) = self.gate.token(path, headers, body, received, &*self.rng) {
            return Ok(reply);
        }
        let joined = multipart::joined(headers, body);
        let body = joined.as_deref().unwrap_or(body);
        let body = match self.gate.admit(headers, body, received) {
            Ok(body) => body,
            Err(Turned::Http(reply)) => return Ok(reply),
            Err(Turned::Short(words)) => {
                return ok(self.short(Envelope::default(), words, &number, received));
            }
            Err(Turned::Refused(words)) => {
                return ok(refusal(words, &number, received, self.clock.now()));
            }
        };
        let envelope = match Envelope::read(&body, &self.region) {
            Ok(envelope) => envelope,
            Err(words) => return ok(self.short(Envelope::default(), words, &number, received)),
        };
        if let Err(words) = route::check(&self.region, path, &envelope.infno) {
            return ok(self.short(envelope, words, &number, received));
        }
        let fault = self.panel.strike(&envelope.infno);
        let outcome = |usual| fault.map_or(usual, Fault::as_str);
        let result = match fault {
            Some(Fault::Refuse | Fault::Html | Fault::Page) => Err(SWITCHED.to_owned()),
            _ => dispatch::run(self, &envelope, received, outcome("ok")),
        };
        if let Err(words) = &result {
            self.log(&envelope, received, outcome("refused"), words);
        }
        let answered = self.clock.now();
        let mut body = match &result {
            Ok(Done::Output(output)) => {
                self.gate.close(answer(output, &number, received, answered))
            }
            Ok(Done::File(bytes)) => bytes.clone(),
            Err(words) => refusal(words, &number, received, answered),
        };
        match fault {
            Some(Fault::LoseReply) => Err(TransportError::Lost("the reply is lost".to_owned())),
            Some(fault @ (Fault::Html | Fault::Page)) => Ok(Reply {
                status: if fault == Fault::Html { 502 } else { 200 },
                body: HTML.as_bytes().to_vec(),
            }),
            Some(Fault::Truncate) => {
                body.truncate(body.len() / 2);
                ok(body)
            }
            _ => ok(body),
        }
    }

    /// Answers what reached no transaction, and notes it under the answer's own number: its msgid, if
    /// it has one, was not used up.
    fn short(&self, envelope: Envelope, words: &str, number: &str, received: Moment) -> Vec<u8> {
        let named = Envelope {
            msgid: number.to_owned(),
            ..envelope
        };
        self.log(&named, received, "refused", words);
        envelope::short(words, number)
    }

    /// Writes the log; what cannot be logged is answered all the same.
    fn log(&self, envelope: &Envelope, received: Moment, outcome: &str, words: &str) {
        let result = self.db.transact("log", |tx| {
            dispatch::log(tx, envelope, received, outcome, words)
        });
        if let Err(error) = result {
            tracing::warn!(%error, "message log");
        }
    }

    /// A new id of the platform's: area, time, ten digits.
    pub(crate) fn number(&self, now: Moment) -> String {
        let mut random = [0_u8; 8];
        self.rng.fill(&mut random);
        let digits = u64::from_be_bytes(random) % 10_000_000_000;
        format!("{}{}{digits:010}", self.region.admdvs, now.compact())
    }

    /// The rules of a scheme.
    pub(crate) fn policy(&self, scheme: &str) -> Option<&Policy> {
        self.policies.iter().find(|p| p.scheme.as_str() == scheme)
    }

    /// A scheme there are rules for.
    pub(crate) fn scheme(text: &str) -> Result<Scheme, Stop> {
        Scheme::from_text(text).map_or_else(|| refuse("险种类型不正确"), Ok)
    }

    /// The benefit a `med_type` asks for.
    pub(crate) fn benefit(&self, medical_type: &str) -> Result<Benefit, Stop> {
        let mut all = self.region.benefits.iter();
        let found = all.find(|(_, benefit)| benefit.med_type == medical_type);
        let benefit = found.and_then(|(name, _)| Benefit::from_text(name));
        benefit.map_or_else(|| refuse("医疗类别不正确或本机构未开通"), Ok)
    }

    /// The `med_type` of a benefit; empty where the region has none.
    pub(crate) fn medical_type(&self, benefit: Benefit) -> &str {
        self.region
            .benefits
            .get(benefit.as_str())
            .map_or("", |b| &b.med_type)
    }
}

const SWITCHED: &str = "系统繁忙，请稍后再试（仿真开关设定）";
const HTML: &str = "<html><head><title>502 Bad Gateway</title></head>\
    <body><center><h1>502 Bad Gateway</h1></center></body></html>";

/// The centre in the same process: nothing waits, but an answer slower than the deadline is lost.
impl Transport for Centre {
    fn send(&self, request: &Request, deadline: Duration) -> Result<Reply, TransportError> {
        let after_scheme = request
            .url
            .split_once("://")
            .map_or(request.url.as_str(), |(_, u)| u);
        let path = after_scheme.find('/').map_or("/", |at| &after_scheme[at..]);
        let answer = self.handle(path, &request.headers, &request.body);
        match answer.result {
            Ok(_) if answer.delay > deadline => Err(TransportError::Lost("too late".to_owned())),
            Ok(reply) if reply.body.len() > MAX_REPLY => {
                Err(TransportError::Lost("the reply is too long".to_owned()))
            }
            other => other,
        }
    }
}
