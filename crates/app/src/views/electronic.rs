//! 电子票据: what a visit's page shows of them, and what passes between the clinic and their maker.

use cunyi_domain::ids::{BatchId, EntryId, VisitId};
use cunyi_domain::ledger::ElectronicState;
use cunyi_domain::money::Fen;
use cunyi_domain::time::Moment;
use serde::{Deserialize, Serialize};

/// The electronic receipts of a visit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ElectronicsView {
    /// Those that were asked for, oldest first.
    pub all: Vec<ElectronicView>,
    /// True where the clinic has a maker.
    pub kept: bool,
}

impl ElectronicsView {
    /// Those of a batch.
    pub fn of<'a>(&'a self, batch: &'a BatchId) -> impl Iterator<Item = &'a ElectronicView> {
        self.all.iter().filter(move |one| one.batch == *batch)
    }

    /// True if one of a batch stands.
    pub fn stands(&self, batch: &BatchId) -> bool {
        self.of(batch).any(|one| one.state.stands())
    }
}

/// 电子票据
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElectronicView {
    /// Id.
    pub id: EntryId,
    /// For which batch.
    pub batch: BatchId,
    /// How far it is.
    pub state: ElectronicState,
    /// True where what it is for was paid back.
    pub reversed: bool,
    /// 金额
    pub amount: Fen,
    /// When it was asked for.
    pub at: Moment,
    /// By whom.
    pub by: String,
    /// 票据代码; empty until it is issued, as the next three.
    pub code: String,
    /// 票据号码
    pub number: String,
    /// 校验码
    pub check_code: String,
    /// Where the patient finds it; may stay empty.
    pub url: String,
    /// 红票号码; empty until it is undone.
    pub red_number: String,
    /// What the maker said when it refused last.
    pub said: String,
}

/// A line of the register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElectronicRow {
    /// How far it is.
    pub state: ElectronicState,
    /// For which visit.
    pub visit: VisitId,
    /// Code and number, as they are shown; empty until it is issued.
    pub number: String,
    /// 红票号码
    pub red_number: String,
    /// When it was undone.
    pub undone_at: Option<Moment>,
    /// Whose.
    pub name: String,
    /// 收费批次
    pub batch_number: String,
    /// 金额
    pub amount: Fen,
    /// When it was asked for.
    pub at: Moment,
    /// What the maker said when it refused last.
    pub said: String,
}

/// What the maker is asked for. Its `id` is the 业务流水号: who is asked twice makes one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum Order {
    /// 开票
    Make(Box<MakeOrder>),
    /// 冲红
    Undo(UndoOrder),
}

/// A receipt to be made. Amounts are fen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakeOrder {
    /// Which.
    pub id: EntryId,
    /// 医疗机构编码 `fixmedins_code`
    pub institution_code: String,
    /// The clinic's name as printed.
    pub institution_name: String,
    /// 门诊号
    pub visit_number: String,
    /// 就诊日期, `yyyy-MM-dd`.
    pub visit_date: String,
    /// 收费批次 `chrg_bchno`
    pub batch_number: String,
    /// When it was settled, `yyyy-MM-dd HH:mm:ss`.
    pub settled_at: String,
    /// 收费员
    pub cashier: String,
    /// 交款人
    pub payer: OrderPayer,
    /// 医保; none for self-pay.
    pub insurance: Option<OrderInsurance>,
    /// What it came to.
    pub amounts: OrderAmounts,
    /// 收费明细
    pub lines: Vec<OrderLine>,
}

/// 交款人
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPayer {
    /// 姓名
    pub name: String,
    /// `1` or `2`.
    pub sex: String,
    /// 身份证号; may be empty.
    pub id_number: String,
    /// 电话; may be empty.
    pub phone: String,
}

/// 医保
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderInsurance {
    /// 险种类型 `insutype`
    pub scheme: String,
    /// 人员编号 `psn_no`
    pub person_number: String,
    /// 就诊ID `mdtrt_id`
    pub platform_visit: String,
    /// 结算ID `setl_id`
    pub platform_settlement: String,
}

/// What it came to, in fen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderAmounts {
    /// 金额合计
    pub total: i64,
    /// 医保统筹基金支付
    pub pool: i64,
    /// 其他支付: the other funds, and what the hospital bears.
    pub other: i64,
    /// 个人账户支付
    pub account: i64,
    /// 个人现金支付
    pub cash: i64,
    /// 个人自付: what is in the scope, or was to be paid first, and no fund pays.
    pub shared: i64,
    /// 个人自费: outside of the scope.
    pub own: i64,
}

/// A line, with the heading that its sum stands under.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// 收费项目类别 `med_chrgitm_type`, two digits.
    pub heading: String,
    /// 医保目录编码
    pub code: String,
    /// Name.
    pub name: String,
    /// 规格
    pub spec: String,
    /// 单位
    pub unit: String,
    /// How many.
    pub quantity: String,
    /// Price of a unit, yuan.
    pub price: String,
    /// Sum, in fen.
    pub amount: i64,
}

/// A receipt to be undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoOrder {
    /// Which order: each time it is asked for anew is another.
    pub id: EntryId,
    /// The `id` of the order that the receipt was made for.
    pub receipt: EntryId,
    /// Its code.
    pub code: String,
    /// Its number.
    pub number: String,
    /// 金额, in fen.
    pub amount: i64,
    /// 冲红原因; empty where it was paid back.
    pub reason: String,
}

/// What the maker answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum MakerAnswer {
    /// 已开
    Issued {
        /// 票据代码
        code: String,
        /// 票据号码
        number: String,
        /// 校验码
        check_code: String,
        /// Where the patient finds it; may be left out.
        #[serde(default)]
        url: String,
    },
    /// 已冲红
    Undone {
        /// 红票号码
        number: String,
    },
    /// Not done, in words.
    Refused {
        /// Why.
        said: String,
    },
}
