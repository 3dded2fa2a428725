//! A region (统筹区) of the interface as data: one TOML file says all that regions do differently.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use cunyi_domain::person::{Aid, PersonStatus};
use cunyi_domain::resolve::Bounds;
use cunyi_domain::time::Moment;
use serde::Deserialize;

use crate::evoucher::EvoucherConfig;
use crate::identities::Options;
use crate::json::Node;
use crate::message::statement::ByteForm;
use crate::paths::{NEEDED, default_path};

pub use crate::region_clearing::ClearingConfig;
pub use crate::region_reversal::{Reversal, Within};
pub use crate::region_statement::{EndDate, Office, StatementConfig};
pub use crate::region_transport::{
    Addressing, Csb, EnvelopeSignature, Family, OAuth, SignatureForm, Tif, TimeUnit,
    TransportConfig, TurnedAway, Zhejiang,
};

/// The fictional region of the demonstration and the tests.
pub const DEMO: &str = include_str!("../regions/demo.toml");

/// The `[transport]` of each family but the demonstration's: examples for operators, by their names.
pub const TRANSPORTS: [(&str, &str); 5] = [
    ("csb", include_str!("../regions/transport/csb.toml")),
    ("tif", include_str!("../regions/transport/tif.toml")),
    (
        "zhejiang",
        include_str!("../regions/transport/zhejiang.toml"),
    ),
    ("oauth", include_str!("../regions/transport/oauth.toml")),
    (
        "envelope",
        include_str!("../regions/transport/envelope.toml"),
    ),
];

/// The demonstration's file with another family's `[transport]` in place of its own.
///
/// # Panics
/// Never: the files are part of the program, and a test reads them.
pub fn demo_over(family: &str) -> String {
    let found = TRANSPORTS.iter().find(|(name, _)| *name == family);
    let (before, after) = DEMO.split_once("[transport]").expect("the demo has one");
    let (_, after) = after.split_once("# Seconds.").expect("then come time-outs");
    match found {
        Some((_, transport)) => format!("{before}{transport}\n# Seconds.{after}"),
        None => DEMO.to_owned(),
    }
}

/// A region's file. Every key is required unless it says otherwise: nothing is guessed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a question a region answers with yes or no"
)]
pub struct Region {
    /// 统筹区名称
    pub name: String,
    /// True when the region exists only in this program.
    pub fictional: bool,
    /// 就医地医保区划, six digits: `mdtrtarea_admvs`.
    pub admdvs: String,
    /// 接收方系统代码
    pub recer_sys_code: String,
    /// 接口版本号
    pub infver: String,
    /// How bytes reach the platform.
    pub transport: TransportConfig,
    /// Seconds to wait for an answer, by infno; `default` is required.
    pub timeouts: BTreeMap<String, u64>,
    /// Which editions of 2203, 2206 and 2207 the region runs.
    pub editions: Editions,
    /// Benefits by our name (`general` 普通门诊统筹, `chronic` 门诊两病 …).
    pub benefits: BTreeMap<String, Benefit>,
    /// 人员类别 by the beginnings of `psn_type` codes, of which the longest that fits counts. A code
    /// that none fits stays unknown, and rules that ask for it are not decided. May be left out.
    #[serde(default)]
    pub person_types: BTreeMap<String, PersonStatus>,
    /// 救助身份 by `psn_idet_type` code. Others are no identity that is aided; where nothing is said here,
    /// who is aided stays unknown. May be left out.
    #[serde(default)]
    pub identities: BTreeMap<String, Aid>,
    /// 目录类别 `list_type` by our name (`western`, `decoction`, `service` …).
    pub list_types: BTreeMap<String, String>,
    /// `fund_pay_sumamt` contains the personal account (§4.3).
    pub fund_includes_account: bool,
    /// `acct_mulaid_pay` is a part of `acct_pay` (§4.2 3).
    pub mulaid_inside_account: bool,
    /// Whoever has something in her personal account pays from it first (`acct_used_flag` 1).
    pub account_pays: bool,
    /// True: one registration (2201, `mdtrt_id`) carries all batches of a visit; false: each has its
    /// own.
    pub batches_share_visit: bool,
    /// Fields the region spells otherwise: our name → theirs. May be left out.
    #[serde(default)]
    pub spellings: BTreeMap<String, String>,
    /// A social-security card (03) may be typed without its 卡识别码.
    pub card_without_code: bool,
    /// 2207 carries `drug_trac_info`.
    pub send_trace_codes: bool,
    /// The record of each insured visit is sent after it (4301). May be left out.
    #[serde(default)]
    pub upload_records: bool,
    /// The key of 1101's `exp_content` with what is left of the year's outpatient limit. May be left
    /// out.
    #[serde(default)]
    pub remaining_cap_key: Option<String>,
    /// What becomes of an injection fee beside the general consultation fee, which holds injection
    /// and infusion in most provinces' price lists.
    pub injection_beside_consultation: Beside,
    /// 对账
    pub statement: StatementConfig,
    /// 清算
    #[serde(default)]
    pub clearing: ClearingConfig,
    /// A clock further off than this refuses to settle.
    pub clock_skew_limit_seconds: i64,
    /// What becomes of calls whose answer is lost.
    pub lost_calls: LostCalls,
    /// What may be settled later when the platform is away; nothing where the file does not say.
    #[serde(default)]
    pub outage: Outage,
    /// 自费转医保: until when a visit that was paid for is settled with the insurance; where the file does not
    /// say, never.
    #[serde(default)]
    pub insured_later: Option<InsuredLater>,
    /// What the centre is asked before and after a fee list is sent; nothing where the file does not say.
    #[serde(default)]
    pub audit: Option<AuditConfig>,
    /// The terminal that decodes e-vouchers; where the file names none, what is scanned is the token.
    #[serde(default)]
    pub evoucher: Option<EvoucherConfig>,
    /// Until when a settlement is reversed.
    #[serde(default)]
    pub reversal: Reversal,
}

/// 明细审核: whether the centre is asked what it would object to (nhsa-interface §2.16).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditConfig {
    /// 3101, before the fee list is sent.
    pub before: bool,
    /// 3102, once the shares are known.
    pub during: bool,
    /// 触发场景 `trig_scen`
    pub trig_scen: String,
}

/// Which visits may be settled later when the platform is away (domain.md, The visit).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outage {
    /// So many seconds after the visit's registration it is settled at the latest; 0 = never later.
    pub defer_within_seconds: i64,
    /// `mdtrt_cert_type`s that hold until then: an ID card does, an e-voucher does not.
    pub certificates: Vec<String>,
}

impl Outage {
    /// True if a visit identified so may be settled that long after its registration.
    #[must_use]
    pub fn permits(&self, certificate: &str, seconds: i64) -> bool {
        seconds < self.defer_within_seconds && self.certificates.iter().any(|c| c == certificate)
    }

    fn fault(&self) -> Option<&'static str> {
        const MOST: i64 = 7 * 86_400;
        if !(0..=MOST).contains(&self.defer_within_seconds) {
            return Some("outage.defer_within_seconds: 0 (never) to 604800");
        }
        let known = |c: &String| ["01", "02", "03"].contains(&c.as_str());
        let wrong = !self.certificates.iter().all(known);
        wrong.then_some("outage.certificates: of \"01\", \"02\", \"03\"")
    }
}

/// 自费转医保: until when a visit that the patient paid is settled with her insurance (domain.md, The visit).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InsuredLater {
    /// So many days after the visit's; 0 = the same day only.
    pub within_days: i64,
}

impl InsuredLater {
    /// True if a visit registered then may still be.
    #[must_use]
    pub fn permits(self, registered: Moment, now: Moment) -> bool {
        let day = |at: Moment| Moment::start_of(at.date());
        day(now).seconds_since(day(registered)) <= self.within_days * 86_400
    }

    fn fault(self) -> Option<&'static str> {
        let wrong = !(0..=31).contains(&self.within_days);
        wrong.then_some("insured_later.within_days: 0 (the same day) to 31")
    }
}

/// How a region lets a lost call be found again (nhsa-interface §5.1, §5.2).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LostCalls {
    /// 5204 and 5203 tell what was settled in a visit.
    pub queries: bool,
    /// A call that was sent commits within so many seconds, or never.
    pub commits_within_seconds: i64,
    /// 2601 takes a 2207 back within so many seconds; 0 = never.
    pub undo_within_seconds: i64,
    /// Parts of the text with which a 2601 is refused that says: taken back before.
    #[serde(default)]
    pub undone_texts: Vec<String>,
    /// Parts of the text with which a call is refused whose msgid came before: what that one did is
    /// not said.
    #[serde(default)]
    pub repeated_texts: Vec<String>,
    /// Every answer bears an `inf_refmsgid` of its own, as §1.2 has it: one that came before is
    /// another call's.
    #[serde(default = "yes")]
    pub distinct_answers: bool,
}

fn yes() -> bool {
    true
}

impl LostCalls {
    /// As the rule wants it.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        Bounds {
            queries: self.queries,
            commits_within: self.commits_within_seconds,
            undo_within: self.undo_within_seconds,
        }
    }

    fn fault(&self) -> Option<&'static str> {
        const DAY: i64 = 86_400;
        if !(1..=DAY).contains(&self.commits_within_seconds) {
            return Some("lost_calls.commits_within_seconds: 1 to 86400");
        }
        if !(0..=DAY).contains(&self.undo_within_seconds) {
            return Some("lost_calls.undo_within_seconds: 0 (never) to 86400");
        }
        let empty = |parts: &[String]| parts.iter().any(|part| part.trim().is_empty());
        if empty(&self.undone_texts) {
            return Some("lost_calls.undone_texts: parts of a text, not empty");
        }
        empty(&self.repeated_texts)
            .then_some("lost_calls.repeated_texts: parts of a text, not empty")
    }

    /// True if a refusal of 2601 says that the call had been taken back before.
    #[must_use]
    pub fn says_undone(&self, text: &str) -> bool {
        has_part(text, &self.undone_texts)
    }

    /// True if a refusal says that the very message came before.
    #[must_use]
    pub fn says_repeated(&self, text: &str) -> bool {
        has_part(text, &self.repeated_texts)
    }
}

fn has_part(text: &str, parts: &[String]) -> bool {
    parts.iter().any(|part| text.contains(part.as_str()))
}

/// What becomes of a charge beside another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Beside {
    /// Both may be charged.
    Allowed,
    /// Both may be charged for a reason.
    Warn,
    /// Not both.
    Refuse,
}

/// A benefit as the platform names it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Benefit {
    /// 医疗类别
    pub med_type: String,
    /// 清算类别 of settlements whose reply names none, and of days without settlements.
    pub clr_type: String,
    /// 病种编码 the benefit covers; empty when it needs none.
    #[serde(default)]
    pub dise_codgs: Vec<String>,
    /// The `cum_type_code` of 5206 whose sum is the fund this benefit has used this year. May be
    /// left out.
    #[serde(default)]
    pub fund_used_code: Option<String>,
}

/// Which edition of a transaction the region runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Edition {
    /// 2203, 2206, 2207
    Plain,
    /// 2203A, 2206A, 2207A
    A,
}

/// The editions by transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Editions {
    /// 2203 or 2203A.
    pub visit_upload: Edition,
    /// 2206 or 2206A.
    pub presettle: Edition,
    /// 2207 or 2207A.
    pub settle: Edition,
}

/// Why a region's file cannot be used: file, place and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionError(pub String);

impl fmt::Display for RegionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RegionError {}

impl Region {
    /// Reads and checks a region's file.
    pub fn parse(text: &str, file_name: &str) -> Result<Self, RegionError> {
        let region: Self = toml::from_str(text).map_err(|error| {
            let before = error
                .span()
                .and_then(|span| text.get(..span.start))
                .unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
            RegionError(format!("{file_name}:{line}:{column}: {}", error.message()))
        })?;
        match region.fault() {
            None => Ok(region),
            Some(fault) => Err(RegionError(format!("{file_name}: {fault}"))),
        }
    }

    /// The fictional demonstration region.
    ///
    /// # Panics
    /// Never: the file is part of the program, and a test reads it.
    pub fn demo() -> Self {
        Self::parse(DEMO, "demo.toml").expect("the demonstration region is part of the program")
    }

    /// What is wrong with values that have the right type.
    fn fault(&self) -> Option<&'static str> {
        let digits = |text: &str| text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit());
        let code_missing =
            |benefit: &Benefit| benefit.med_type.is_empty() || benefit.clr_type.trim().is_empty();
        let faults = [
            (!digits(&self.admdvs), "admdvs: six digits"),
            (
                [&self.name, &self.recer_sys_code, &self.infver]
                    .iter()
                    .any(|text| text.trim().is_empty()),
                "name, recer_sys_code, infver: not empty",
            ),
            (
                self.path_missing(),
                "transport.paths: give the paths of 5201 and 5206, which have no default",
            ),
            (
                !self.timeouts.contains_key("default"),
                "timeouts: default is missing",
            ),
            (
                self.timeouts.values().any(|s| !(1..=600).contains(s)),
                "timeouts: 1 to 600 seconds",
            ),
            (
                self.benefits.is_empty() || self.benefits.values().any(code_missing),
                "benefits: at least one, and neither med_type nor clr_type may be empty",
            ),
            (
                self.person_types.keys().any(|code| code.trim().is_empty()),
                "person_types: the beginning of a psn_type code, not empty",
            ),
            (
                self.transport.family == Family::Zhejiang
                    && self.statement.upload_bytes == ByteForm::Multipart,
                "statement.upload_bytes: not multipart where the body is signed",
            ),
            (
                self.audit
                    .as_ref()
                    .is_some_and(|a| !(1..=3).contains(&a.trig_scen.len())),
                "audit.trig_scen: one to three characters",
            ),
            (
                self.remaining_cap_key.as_deref() == Some(""),
                "remaining_cap_key: the key, or leave it out",
            ),
            (
                self.clock_skew_limit_seconds < 1,
                "clock_skew_limit_seconds: at least 1",
            ),
        ];
        faults
            .into_iter()
            .find(|(wrong, _)| *wrong)
            .map(|(_, what)| what)
            .or_else(|| self.transport.fault())
            .or_else(|| self.statement.fault())
            .or_else(|| self.clearing.fault())
            .or_else(|| self.lost_calls.fault())
            .or_else(|| self.outage.fault())
            .or_else(|| self.insured_later.and_then(InsuredLater::fault))
            .or_else(|| self.evoucher.as_ref().and_then(EvoucherConfig::fault))
    }

    /// 人员类别 of a `psn_type`; none where the region does not say.
    pub fn status_of(&self, psn_type: &str) -> Option<PersonStatus> {
        let fits = |(code, _): &(&String, _)| psn_type.starts_with(code.as_str());
        let fitting = self.person_types.iter().filter(fits);
        let longest = fitting.max_by_key(|(code, _)| code.len());
        longest.map(|(_, status)| *status)
    }

    /// 救助身份 of whom these `psn_idet_type` codes are in force for; none where the region does not say.
    pub fn aid_of<'c>(&self, codes: impl IntoIterator<Item = &'c str>) -> Option<Aid> {
        if self.identities.is_empty() {
            return None;
        }
        let codes = codes.into_iter();
        let hers: Vec<Aid> = codes
            .filter_map(|code| self.identities.get(code).copied())
            .collect();
        let strongest = Aid::STRONGEST_FIRST
            .into_iter()
            .find(|aid| hers.contains(aid));
        Some(strongest.unwrap_or(Aid::No))
    }

    fn path_missing(&self) -> bool {
        !NEEDED.iter().all(|infno| self.runs(infno))
    }

    /// True if there is an address for a transaction: one that only some regions run has none where
    /// each has a path and the file does not give it.
    pub fn runs(&self, infno: &str) -> bool {
        let transport = &self.transport;
        transport.addressing != Addressing::Paths
            || transport.paths.contains_key(infno)
            || default_path(infno).is_some()
    }

    /// The same region at another address (`http://host:port`): tests and the demonstration. A
    /// terminal at the same address moves with it.
    #[must_use]
    pub fn with_base_url(mut self, base: &str) -> Self {
        let base = base.trim_end_matches('/');
        if let Some(terminal) = &mut self.evoucher
            && let Some(path) = terminal.url.strip_prefix(&self.transport.base)
            && path.starts_with('/')
        {
            terminal.url = format!("{base}{path}");
        }
        base.clone_into(&mut self.transport.base);
        self
    }

    /// How long to wait for a transaction's answer.
    pub fn timeout(&self, infno: &str) -> Duration {
        let plain = infno.trim_end_matches('A');
        let seconds = [infno, plain, "default"]
            .iter()
            .find_map(|key| self.timeouts.get(*key));
        Duration::from_secs(seconds.copied().unwrap_or(60))
    }

    /// The number under which the region runs a transaction: 2207 may be 2207A here.
    pub fn infno(&self, infno: &'static str) -> &'static str {
        let edition = |edition, plain, a| if edition == Edition::A { a } else { plain };
        match infno {
            "2203" => edition(self.editions.visit_upload, "2203", "2203A"),
            "2206" => edition(self.editions.presettle, "2206", "2206A"),
            "2207" => edition(self.editions.settle, "2207", "2207A"),
            other => other,
        }
    }

    /// The address of a transaction.
    pub fn url(&self, infno: &str) -> String {
        let transport = &self.transport;
        let (base, prefix) = (&transport.base, &transport.prefix);
        let path = match transport.addressing {
            Addressing::One => "",
            Addressing::Infno => infno,
            Addressing::Paths => {
                let own = transport.paths.get(infno).map(String::as_str);
                own.or_else(|| default_path(infno)).unwrap_or("")
            }
        };
        format!("{base}{prefix}{path}")
    }

    /// A message of the region's under our spellings.
    pub fn ours(&self, message: Node) -> Node {
        message.renamed(&|key: &str| {
            let mut spellings = self.spellings.iter();
            let found = spellings.find(|(_, theirs)| *theirs == key);
            found.map(|(ours, _)| ours.clone())
        })
    }

    /// A message of ours under the region's spellings.
    pub fn theirs(&self, message: Node) -> Node {
        message.renamed(&|key: &str| self.spellings.get(key).cloned())
    }

    /// What identities of §4 need to know.
    pub fn options(&self) -> Options {
        Options {
            fund_includes_account: self.fund_includes_account,
            mulaid_inside_account: self.mulaid_inside_account,
        }
    }
}

#[cfg(test)]
#[path = "tests/region.rs"]
mod tests;
