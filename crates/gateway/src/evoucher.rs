//! 医保电子凭证: a terminal in the clinic decodes what is scanned (nhsa-interface §2.2, 2).
//!
//! The published question names no code: the terminal reads with its own scanner. Where a clinic's
//! scanner types into our page instead, the region's file names the field in which the terminal's
//! program takes the code. A question changes nothing: whatever fails, it is scanned again.

use std::time::Duration;

use cunyi_domain::transport::{Reply, Request, TransportError};
use serde::Deserialize;

use crate::envelope::{Institution, Said, said};
use crate::json::Node;
use crate::message::evoucher::{Scan, ScanAnswer, ScanData};
use crate::read::Lenient;
use crate::region_transport::{is_base, is_header_value};

/// The `[evoucher]` table of a region's file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvoucherConfig {
    /// `http://host:port/path` of the terminal's program.
    pub url: String,
    /// 定点机构代码 `orgId`; left out: the institution's code.
    #[serde(default)]
    pub organisation: Option<String>,
    /// 医保科室编号 and its name, as the terminal is to be told.
    pub office: (String, String),
    /// How long a scan may take.
    pub timeout_seconds: u64,
    /// The field of the question that takes what our scanner typed; left out: the terminal reads with
    /// its own scanner.
    #[serde(default)]
    pub code_field: Option<String>,
}

/// 用码业务类型
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Business {
    /// 挂号
    Registration,
    /// 结算
    Settlement,
}

impl Business {
    const fn code(self) -> &'static str {
        match self {
            Self::Registration => "01101",
            Self::Settlement => "01301",
        }
    }
}

/// What a terminal made of a code.
#[derive(Clone, PartialEq, Eq)]
pub struct Voucher {
    /// 电子凭证令牌: `mdtrt_cert_no` under `mdtrt_cert_type` 01.
    pub token: String,
    /// 证件号码, empty where the terminal does not say.
    pub id_number: String,
}

/// Without token and number.
impl std::fmt::Debug for Voucher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Voucher(…)")
    }
}

/// Why there is no token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotScanned {
    /// The terminal's words.
    Refused(String),
    /// No answer, or none that can be read.
    Silent,
}

/// `mdtrt_cert_no` is AN(50) (§2.1).
const LONGEST_TOKEN: usize = 50;

impl EvoucherConfig {
    /// True if the terminal reads with its own scanner.
    pub const fn scans_itself(&self) -> bool {
        self.code_field.is_none()
    }

    /// How long to wait.
    pub const fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }

    /// The question. `operator` is code and name.
    pub fn request(
        &self,
        institution: &Institution,
        operator: (&str, &str),
        business: Business,
        code: &str,
    ) -> Request {
        let organisation = self.organisation.as_ref().unwrap_or(&institution.code);
        let scan = Scan {
            org_id: organisation.clone(),
            trans_type: "ec.query".to_owned(),
            data: ScanData {
                org_id: organisation.clone(),
                business_type: business.code().to_owned(),
                operator_id: first(operator.0, 20),
                operator_name: first(operator.1, 30),
                office_id: self.office.0.clone(),
                office_name: self.office.1.clone(),
                device_type: String::new(),
            },
        };
        let mut node = Node::of(&scan).unwrap_or_default();
        if let (Some(field), Node::Object(pairs)) = (&self.code_field, &mut node) {
            for (_, data) in pairs.iter_mut().filter(|(name, _)| name == "data") {
                if let Node::Object(data) = data {
                    data.push((field.clone(), code.into()));
                }
            }
        }
        let kind = "application/json;charset=utf-8".to_owned();
        Request {
            url: self.url.clone(),
            headers: vec![("Content-Type".to_owned(), kind)],
            body: node.to_string().into_bytes(),
            late: String::new(),
        }
    }

    /// What came of it.
    pub fn read(reply: &Result<Reply, TransportError>) -> Result<Voucher, NotScanned> {
        let Ok(Reply { status: 200, body }) = reply else {
            return Err(NotScanned::Silent);
        };
        let node = Node::parse(body).map_err(|_| NotScanned::Silent)?;
        if let Said::Refused { text, .. } | Said::RefusedElsewhere { text, .. } = said(&node) {
            return Err(NotScanned::Refused(text));
        }
        let read = ScanAnswer::read(&node).map_err(|_| NotScanned::Silent)?;
        let (token, id_number) = (read.data.ec_token, read.data.id_no);
        let plain = |text: &str| text.bytes().all(|b| b.is_ascii_graphic());
        if token.is_empty() || token.len() > LONGEST_TOKEN || !plain(&token) {
            return Err(NotScanned::Silent);
        }
        Ok(Voucher { token, id_number })
    }

    /// What is wrong with values that have the right type.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        let host_end = self.url.get(7..).and_then(|rest| rest.find('/'));
        let base = host_end.and_then(|end| self.url.get(..7 + end));
        let path = host_end.and_then(|end| self.url.get(7 + end..));
        let fine = |path: &str| is_header_value(path) && !path.contains(' ');
        let field = |name: &String| {
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        };
        let long = |text: &str, most: usize| !(1..=most).contains(&text.chars().count());
        let faults = [
            (
                !base.is_some_and(is_base) || !path.is_some_and(fine),
                "evoucher.url: http://host:port/path",
            ),
            (
                self.organisation.as_deref().is_some_and(|o| long(o, 40)),
                "evoucher.organisation: at most 40 characters, or leave it out",
            ),
            (
                long(&self.office.0, 20) || long(&self.office.1, 30),
                "evoucher.office: a code of at most 20 and a name of at most 30 characters",
            ),
            (
                !(1..=120).contains(&self.timeout_seconds),
                "evoucher.timeout_seconds: 1 to 120",
            ),
            (
                !self.code_field.as_ref().is_none_or(field),
                "evoucher.code_field: letters, digits and _, or leave it out",
            ),
        ];
        let mut wrong = faults.into_iter().filter(|(wrong, _)| *wrong);
        wrong.next().map(|(_, what)| what)
    }
}

/// The first characters of a text, as many as a field holds.
fn first(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

#[cfg(test)]
#[path = "tests/evoucher.rs"]
mod tests;
