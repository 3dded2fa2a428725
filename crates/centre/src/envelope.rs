//! The envelope of requests, checked as the platform's gateway checks it (nhsa-interface §1.1, §1.3).

use cunyi_domain::time::parse_date_time;
use cunyi_gateway::{Incoming, Node, Region};
use cunyi_policy::{Facts, Level, Remote};

/// A request, taken apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct Envelope {
    pub(crate) infno: String,
    pub(crate) msgid: String,
    pub(crate) institution: String,
    pub(crate) institution_name: String,
    pub(crate) sign_no: String,
    pub(crate) input: Node,
}

/// AN(30): institution (12), time (14), sequence (4).
const MSGID: usize = 30;
/// The longest text of the envelope that is kept.
const LONGEST: usize = 200;

fn short_text(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(LONGEST)
        .collect()
}

impl Envelope {
    /// Reads a request; in words what is wrong with it.
    pub(crate) fn read(body: &[u8], region: &Region) -> Result<Self, &'static str> {
        let read = Node::parse(body).map(|node| region.ours(node));
        let Incoming { head, input } = read
            .and_then(|node| Incoming::read(&node))
            .map_err(|_| "报文不是有效的JSON或缺少交易编号")?;
        if head.infno.len() > 6 || !head.infno.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err("未知交易编号");
        }
        let plain = head.msgid.bytes().all(|b| b.is_ascii_alphanumeric());
        if head.msgid.len() != MSGID || !plain {
            return Err("发送方报文ID格式不正确");
        }
        let institution = head.fixmedins_code;
        if institution.len() != 12 || !head.msgid.starts_with(&institution) {
            return Err("发送方报文ID与定点医药机构编号不一致");
        }
        if head.mdtrtarea_admvs != region.admdvs {
            return Err("就医地医保区划不属于本中心");
        }
        if parse_date_time(&head.inf_time).is_none() {
            return Err("交易时间格式不正确");
        }
        Ok(Self {
            infno: head.infno,
            msgid: head.msgid,
            institution,
            institution_name: short_text(&head.fixmedins_name),
            sign_no: short_text(&head.sign_no),
            input,
        })
    }
}

/// What is known of every visit at an institution. The sandbox keeps no register of institutions: a
/// township centre is known by its name, every other is a village clinic; nobody comes from afar.
pub(crate) fn facts(institution_name: &str) -> Facts {
    let township = institution_name.contains("卫生院");
    Facts {
        level: Some(if township {
            Level::Township
        } else {
            Level::Village
        }),
        remote: Some(Remote::Local),
        ..Facts::default()
    }
}

/// The gateway's short form, for a request that reached no transaction (§1.2 b).
pub(crate) fn short(words: &str, number: &str) -> Vec<u8> {
    let message = format!("FSI-FSI-交易报文不正确：{words}！,异常流水号:{number}");
    let fields = [
        ("type", Node::from("error")),
        ("infcode", Node::Number("-1".to_owned())),
        ("err_msg", Node::Text(message)),
    ];
    let fields = fields.map(|(key, value)| (key.to_owned(), value));
    Node::Object(fields.into()).to_string().into_bytes()
}
