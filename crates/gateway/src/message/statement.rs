//! 3201 对总账, 3202 对明细账, and the files of 9101 and 9102 (nhsa-interface §2.4, §2.17, §2.18).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::json::Node;
use crate::number::{Amount, Count};
use crate::read::{FieldShape, Lenient, Unreadable};
use crate::statement_file::is_archive;

message! {
    /// 3201 input `data`: one call for each insurance, clearing type and office.
    pub struct Totals {
        /// 险种 AN(6), required
        insutype: String,
        /// 清算类别 AN(6), required
        clr_type: String,
        /// 结算经办机构 AN(6), required
        setl_optins: String,
        /// 对账开始日期 D, required
        stmt_begndate: String,
        /// 对账结束日期 D, required; some regions write the last second of the day
        stmt_enddate: String,
        /// 医疗费总额 N(16,2), required
        medfee_sumamt: Amount,
        /// 基金支付总额 N(16,2), required
        fund_pay_sumamt: Amount,
        /// 个人账户支付金额 N(16,2), required
        acct_pay: Amount,
        /// 定点医药机构结算笔数 N(10), required
        fixmedins_setl_cnt: Count,
        /// 是否包含退费, where the region wants it
        #[serde(skip_serializing_if = "String::is_empty")]
        refd_setl_flag | "REFD_SETL_FLAG": String,
    }

    /// 3201 output `stmtinfo`.
    pub struct Verdict {
        /// 结算经办机构 AN(6)
        setl_optins: String,
        /// 对账结果 AN(6), required: anything but 000000 is a difference
        stmt_rslt: String,
        /// 对账结果说明 AN(200)
        stmt_rslt_dscr: String,
    }

    /// 3201 output.
    pub struct Compared {
        /// 对账结果, object
        stmtinfo: Verdict,
    }

    /// 3202 input `data`; cash stands here where 3201 has the account.
    pub struct DetailTotals {
        /// 结算经办机构 AN(6), required
        setl_optins: String,
        /// 文件查询号 AN(30), required: of the file that 9101 took
        file_qury_no: String,
        /// 对账开始日期 D, required
        stmt_begndate: String,
        /// 对账结束日期 D, required
        stmt_enddate: String,
        /// 医疗费总额 N(16,2), required
        medfee_sumamt: Amount,
        /// 基金支付总额 N(16,2), required
        fund_pay_sumamt: Amount,
        /// 现金支付金额 N(16,2), required
        cash_payamt: Amount,
        /// 定点医药机构结算笔数 N(10), required
        fixmedins_setl_cnt: Count,
        /// 清算类别 (NM, HSA)
        clr_type: String,
    }

    /// Where a file is: output `fileinfo` of 3202, output of 9101.
    pub struct FilePlace {
        /// 文件查询号 AN(30), required
        file_qury_no: String,
        /// 文件名 AN(200), required
        filename: String,
        /// 下载截止时间 DT
        dld_endtime | "dld_end_time": String,
        /// 定点医药机构编号 AN(30), in 9101's answer
        #[serde(skip_serializing_if = "String::is_empty")]
        fixmedins_code: String,
    }

    /// 3202 output.
    pub struct ResultFile {
        /// 结果文件, object
        fileinfo: FilePlace,
    }

    /// 9101 input `fsUploadIn`.
    pub struct FileUpload {
        /// 文件数据 字节数组, required
        #[serde(rename = "in")]
        content | "in": FileBytes,
        /// 文件名 AN(200), required
        filename: String,
        /// 定点医药机构编号 AN(30), required
        fixmedins_code: String,
    }

    /// 9101 input.
    pub struct UploadInput {
        /// 文件, object
        #[serde(rename = "fsUploadIn")]
        upload | "fsUploadIn": FileUpload,
    }

    /// 9102 input `fsDownloadIn`.
    pub struct FileQuery {
        /// 文件查询号, required: AN(30) in the table, 44 characters in real ones
        file_qury_no: String,
        /// 文件名 AN(200), required
        filename: String,
        /// 定点医药机构编号 AN(30), required; "plc" for files of 1301–1319
        fixmedins_code: String,
    }

    /// 9102 input.
    pub struct DownloadInput {
        /// 文件, object
        #[serde(rename = "fsDownloadIn")]
        download | "fsDownloadIn": FileQuery,
    }
}

/// How a region writes a file's bytes into JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ByteForm {
    /// A base64 text (NM).
    #[default]
    Base64,
    /// A list of numbers from −128 to 127, as Java writes a `byte[]` (ZJ).
    Numbers,
    /// Not in JSON at all but in a part of its own (DL1). What is recorded of the call holds it as base64.
    Multipart,
}

/// A file's bytes in a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileBytes {
    /// They.
    pub bytes: Vec<u8>,
    /// How they are written; read in either form.
    pub form: ByteForm,
}

impl Lenient for FileBytes {
    const FIELDS: &'static [FieldShape] = &[];
    fn read(node: &Node) -> Result<Self, Unreadable> {
        let unreadable = Unreadable("object");
        let (bytes, form) = match node {
            Node::Text(text) => {
                let bytes = STANDARD.decode(text.trim()).map_err(|_| unreadable)?;
                (bytes, ByteForm::Base64)
            }
            other => {
                let bytes = other.items().iter().map(byte).collect::<Option<_>>();
                (bytes.ok_or(unreadable)?, ByteForm::Numbers)
            }
        };
        Ok(Self { bytes, form })
    }
}

/// A byte as a number, with or without a sign.
fn byte(node: &Node) -> Option<u8> {
    let number: i16 = node.scalar()?.parse().ok()?;
    let signed = || i8::try_from(number).ok().map(i8::cast_unsigned);
    u8::try_from(number).ok().or_else(signed)
}

impl Serialize for FileBytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.form {
            ByteForm::Base64 | ByteForm::Multipart => {
                serializer.serialize_str(&STANDARD.encode(&self.bytes))
            }
            ByteForm::Numbers => {
                serializer.collect_seq(self.bytes.iter().map(|byte| byte.cast_signed()))
            }
        }
    }
}

/// The output of 9102: the archive itself, without an envelope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Archive(pub Vec<u8>);

impl Archive {
    /// A reply's body if it is an archive. A real platform tells by the content type; no JSON begins
    /// as an archive does.
    pub fn of_body(body: &[u8]) -> Option<Self> {
        is_archive(body).then(|| Self(body.to_vec()))
    }
}

impl Lenient for Archive {
    const FIELDS: &'static [FieldShape] = &[];
    /// An envelope holds no file, whatever it says.
    fn read(_: &Node) -> Result<Self, Unreadable> {
        Ok(Self::default())
    }
}

impl Serialize for Archive {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_none()
    }
}

impl<'de> Deserialize<'de> for Archive {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self::default())
    }
}

#[cfg(test)]
#[path = "../tests/statement.rs"]
mod tests;
