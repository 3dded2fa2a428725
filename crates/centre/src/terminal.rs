//! A terminal in the clinic that turns the code of an e-voucher into a token (nhsa-interface §2.2, 2),
//! for the demonstration. It stands beside the centre: switches do not touch it, and how old a code is
//! the centre says.

use cunyi_domain::transport::Reply;
use cunyi_gateway::message::evoucher::Scan;
use cunyi_gateway::{Lenient, Node};

use crate::call::text;
use crate::centre::Centre;
use crate::ledger::{PersonRow, VoucherRow};
use crate::population::token_of;

/// 用码业务类型, of which a clinic uses the first and 结算 (HSA).
const BUSINESS: [&str; 13] = [
    "01101", "01102", "01103", "01104", "01201", "01202", "01203", "01204", "01301", "01302",
    "01303", "01304", "01305",
];
/// What a real terminal answers to another code (a published reply).
const NO_VOUCHER: (i64, &str) = (500_159, "请使用医保电子凭证二维码");
const WRONG: i64 = 500_100;

impl Centre {
    /// The answer to a terminal's question; none where the path is not the terminal's.
    pub(crate) fn terminal(&self, path: &str, body: &[u8]) -> Option<Reply> {
        let config = self.region.evoucher.as_ref()?;
        let mine = config.url.strip_prefix(&self.region.transport.base);
        if mine != Some(path) {
            return None;
        }
        let answer = match self.scan(body, config.code_field.as_deref()) {
            Ok(data) => Node::Object(vec![
                ("code".to_owned(), Node::Number("0".to_owned())),
                ("type".to_owned(), "success".into()),
                ("message".to_owned(), "成功".into()),
                ("data".to_owned(), data),
            ]),
            Err((code, words)) => Node::Object(vec![
                ("message".to_owned(), words.into()),
                ("success".to_owned(), Node::Bool(false)),
                ("code".to_owned(), Node::Number(code.to_string())),
            ]),
        };
        let body = answer.to_string().into_bytes();
        Some(Reply { status: 200, body })
    }

    fn scan(&self, body: &[u8], code_field: Option<&str>) -> Result<Node, (i64, &'static str)> {
        let node = Node::parse(body).map_err(|_| (WRONG, "请求不是有效的JSON"))?;
        let scan = Scan::read(&node).map_err(|_| (WRONG, "请求格式不正确"))?;
        let asked = &scan.data;
        if scan.trans_type != "ec.query" {
            return Err((WRONG, "不支持的交易类型"));
        }
        if scan.org_id.is_empty() || scan.org_id != asked.org_id {
            return Err((WRONG, "机构编号不正确"));
        }
        if !BUSINESS.contains(&asked.business_type.as_str()) {
            return Err((WRONG, "用码业务类型不正确"));
        }
        let fields = [
            (&asked.operator_id, 20),
            (&asked.operator_name, 30),
            (&asked.office_id, 20),
            (&asked.office_name, 30),
        ];
        let wrong = |(text, most): &(&String, usize)| !(1..=*most).contains(&text.chars().count());
        if fields.iter().any(wrong) {
            return Err((WRONG, "操作员或科室信息不正确"));
        }
        let code = code_field.and_then(|name| node.get("data")?.get(name)?.scalar());
        let token = token_of(code.unwrap_or("").trim()).ok_or(NO_VOUCHER)?;
        let holder = self.holder(&token).map_err(|error| {
            tracing::error!(%error, "terminal");
            (WRONG, "终端内部错误，请重试")
        })?;
        let (name, number) = holder.map_or_else(Default::default, |p| (p.name, p.id_number));
        let fields = [
            ("userName", name),
            ("idNo", number),
            ("idType", "01".to_owned()),
            ("ecToken", token),
            ("insuOrg", self.region.admdvs.clone()),
        ];
        let pair = |(name, value): (&str, String)| (name.to_owned(), Node::Text(value));
        Ok(Node::Object(fields.map(pair).into()))
    }

    /// Whose token it is; nobody's where the centre has never seen it.
    fn holder(&self, token: &str) -> Result<Option<PersonRow>, cunyi_db::DbError> {
        self.db.read("terminal", |tx| {
            let found: Option<VoucherRow> = tx.find("WHERE token = ?", vec![text(token)])?;
            let Some(voucher) = found else {
                return Ok(None);
            };
            tx.find("WHERE number = ?", vec![text(&voucher.person)])
        })
    }
}
