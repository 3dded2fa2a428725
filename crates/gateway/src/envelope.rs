//! The envelope of every message (nhsa-interface §1.1, §1.2), as the clinic and the sandbox write
//! and read it.

use cunyi_domain::time::{Moment, civil};
use serde::Serialize;

use crate::json::{Node, NotJson};
use crate::message::Transaction;
use crate::outcome::one_line;
use crate::read::{FieldShape, Lenient, Unreadable};

/// What the envelope of a call needs beside the region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// 发送方报文ID, see [`crate::msgid`].
    pub msgid: String,
    /// 交易时间
    pub now: Moment,
    /// 参保地医保区划 of the chosen insurance (1101); the region's own where empty.
    pub insuplc_admdvs: String,
    /// 交易签到流水号 from 9001.
    pub sign_no: Option<String>,
    /// 经办人
    pub opter: String,
    /// 经办人姓名
    pub opter_name: String,
}

/// 定点医药机构
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Institution {
    /// 定点医药机构编号, 12 characters.
    pub code: String,
    /// 定点医药机构名称
    pub name: String,
}

message! {
    /// The request's envelope without `input` (§1.1).
    pub struct RequestHead {
        /// 交易编号 AN(6), required
        infno: String,
        /// 发送方报文ID AN(30), required
        msgid: String,
        /// 就医地医保区划 AN(6), required; `admvs` is the specification's spelling
        mdtrtarea_admvs | "mdtrtarea_admdvs": String,
        /// 参保地医保区划 AN(6)
        insuplc_admdvs | "insuplc_admvs": String,
        /// 接收方系统代码 AN(10), required
        recer_sys_code: String,
        /// 设备编号 AN(100)
        dev_no: String,
        /// 设备安全信息 AN(2000)
        dev_safe_info: String,
        /// 数字签名信息 AN(1024)
        cainfo: String,
        /// 签名类型 AN(10)
        signtype: String,
        /// 接口版本号 AN(6), required
        infver: String,
        /// 经办人类别 AN(3), required: 1 经办人, 2 自助终端, 3 移动终端
        opter_type: String,
        /// 经办人 AN(30), required
        opter: String,
        /// 经办人姓名 AN(50), required
        opter_name: String,
        /// 交易时间 DT, required
        inf_time: String,
        /// 定点医药机构编号 AN(30), required; HSA's middle layer writes `medins_code`
        fixmedins_code | "medins_code": String,
        /// 定点医药机构名称 AN(200), required
        fixmedins_name: String,
        /// 交易签到流水号 AN(30)
        sign_no: String,
    }

    /// The reply's envelope without `output` (§1.2).
    pub struct ReplyHead {
        /// 交易状态码 N(4), required: 0 success
        infcode: String,
        /// 接收方报文ID AN(30)
        inf_refmsgid: String,
        /// 接收报文时间 AN(17) yyyyMMddHHmmssSSS
        refmsg_time: String,
        /// 响应报文时间 AN(17) yyyyMMddHHmmssSSS
        respond_time: String,
        /// 加密方式
        enctype | "encType" | "enc_type": String,
        /// 签名类型 AN(10)
        signtype: String,
        /// 数字签名信息 AN(1024)
        cainfo: String,
        /// 错误信息; on success null, empty, "success" or "成功"
        err_msg: String,
        /// 警告
        warn_msg: String,
    }
}

/// Keys of a request's envelope that regions add (§1.1).
pub(crate) const REQUEST_EXTRAS: &[&str] = &[
    "input",
    "enc_type",
    "encType",
    "enctype",
    "serv_code",
    "serv_sign",
    "fixmedins_soft_fcty",
    "insur_code",
];
/// Keys of a reply's envelope beside its head (§1.2).
pub(crate) const REPLY_EXTRAS: &[&str] = &["output", "type", "message", "infno", "msgid"];

/// The fields of a request's envelope.
pub(crate) const REQUEST_FIELDS: &[FieldShape] = RequestHead::FIELDS;
/// The fields of a reply's envelope.
pub(crate) const REPLY_FIELDS: &[FieldShape] = ReplyHead::FIELDS;

/// An envelope: the head's pairs and then the node.
pub(crate) fn envelope(head: &impl Serialize, name: &str, content: Node) -> Node {
    let head = Node::of(head).unwrap_or(Node::Null);
    let mut pairs = head.pairs().to_vec();
    pairs.push((name.to_owned(), content));
    Node::Object(pairs)
}

/// A request as the platform's side sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// The envelope.
    pub head: RequestHead,
    /// `input`
    pub input: Node,
}

impl Incoming {
    /// Reads a request under our spellings.
    pub fn read(node: &Node) -> Result<Self, NotJson> {
        let head = RequestHead::read(node).map_err(|_| NotJson::Malformed)?;
        if head.infno.is_empty() {
            return Err(NotJson::Malformed);
        }
        let input = node.get("input").cloned().unwrap_or(Node::Null);
        Ok(Self { head, input })
    }

    /// The input of the transaction it names.
    pub fn input<T: Transaction>(&self) -> Result<T::Input, Unreadable> {
        T::Input::read(&self.input)
    }
}

/// A platform's answer, for the sandbox: infcode 0 and the output.
pub fn answer(output: &impl Serialize, refmsgid: &str, came: Moment, left: Moment) -> Vec<u8> {
    reply(
        0,
        None,
        refmsgid,
        came,
        left,
        Node::of(output).unwrap_or(Node::Null),
    )
}

/// A platform's refusal, for the sandbox: infcode -1 and the words.
pub fn refusal(text: &str, refmsgid: &str, came: Moment, left: Moment) -> Vec<u8> {
    reply(-1, Some(text), refmsgid, came, left, Node::Null)
}

fn reply(
    infcode: i8,
    text: Option<&str>,
    refmsgid: &str,
    came: Moment,
    left: Moment,
    output: Node,
) -> Vec<u8> {
    let pairs = [
        ("infcode", Node::Number(infcode.to_string())),
        ("inf_refmsgid", refmsgid.into()),
        ("refmsg_time", stamp(came).as_str().into()),
        ("respond_time", stamp(left).as_str().into()),
        ("enctype", Node::Null),
        ("signtype", Node::Null),
        ("cainfo", Node::Null),
        ("err_msg", text.map_or(Node::Null, Node::from)),
        ("warn_msg", Node::Null),
        ("output", output),
    ];
    let pairs = pairs.map(|(key, value)| (key.to_owned(), value)).to_vec();
    Node::Object(pairs).to_string().into_bytes()
}

/// `yyyyMMddHHmmssSSS`
fn stamp(moment: Moment) -> String {
    format!(
        "{}{:03}",
        moment.compact(),
        moment.0.rem_euclid(1_000_000) / 1000
    )
}

/// Reads `yyyyMMddHHmmssSSS`, with or without the milliseconds.
pub fn read_stamp(text: &str) -> Option<Moment> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    if !digits || !(14..=17).contains(&text.len()) {
        return None;
    }
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    let small = |from: usize| i8::try_from(number(from, from + 2)?).ok();
    let date = civil::Date::new(number(0, 4)?, small(4)?, small(6)?).ok()?;
    let time = civil::Time::new(small(8)?, small(10)?, small(12)?, 0).ok()?;
    let millis: i64 = format!("{:0<3}", &text[14..]).parse().ok()?;
    let second = Moment::from_local(date.to_datetime(time))?;
    Some(Moment(second.0 + millis * 1000))
}

/// What the envelope of a reply says before its output is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// infcode 0.
    Success,
    /// infcode present and not 0.
    Refused {
        /// The code as it came.
        code: String,
        /// The words.
        text: String,
    },
    /// A refusal without infcode: an e-voucher terminal's or a middle layer's (§1.2 c, d).
    RefusedElsewhere {
        /// The code as it came.
        code: String,
        /// The words.
        text: String,
    },
    /// Neither.
    Nothing,
}

/// The words of a refusal in any of the four shapes, on one line.
fn words(node: &Node) -> String {
    let fields = ["err_msg", "message", "msg", "warn_msg"];
    let said = |field: &&str| node.get(field).filter(|text| !text.is_nothing());
    fields
        .iter()
        .find_map(said)
        .and_then(Node::scalar)
        .map_or_else(String::new, one_line)
}

/// Classifies a reply by its envelope (§1.2).
pub(crate) fn said(node: &Node) -> Said {
    let code = |field| {
        let text = node.get(field).and_then(Node::scalar)?;
        let code = text.parse::<i64>().ok()?;
        Some((code, one_line(text)))
    };
    if node
        .get("infcode")
        .is_some_and(|code| !matches!(code, Node::Null))
    {
        return match code("infcode") {
            Some((0, _)) => Said::Success,
            Some((_, code)) => Said::Refused {
                code,
                text: words(node),
            },
            None => Said::Nothing,
        };
    }
    let failed = node.get("success") == Some(&Node::Bool(false));
    let worded = node.get("msg").is_some() || node.get("message").is_some();
    match code("code") {
        Some((number, code)) if failed || (worded && number != 0 && number != 200) => {
            Said::RefusedElsewhere {
                code,
                text: words(node),
            }
        }
        _ => Said::Nothing,
    }
}

/// The platform's own words in a refusal, one bounded line; empty when the body is none.
pub fn reply_text(body: &[u8]) -> String {
    match Node::parse(body).map(|node| said(&node)) {
        Ok(Said::Refused { text, .. } | Said::RefusedElsewhere { text, .. }) => text,
        _ => String::new(),
    }
}
