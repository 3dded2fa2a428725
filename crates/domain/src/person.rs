//! What a person is to the insurance.

text_enum! {
    /// 人员类别, as reimbursement rules tell people apart: what the contribution makes her.
    pub enum PersonStatus {
        /// 在职职工
        Active = "active",
        /// 退休人员
        Retired = "retired",
        /// 成年居民
        Adult = "adult",
        /// 学生、儿童
        Student = "student",
    }
}

text_enum! {
    /// 医疗救助身份: who is aided, and why.
    pub enum Aid {
        /// 不是救助对象
        No = "none",
        /// 特困人员
        Destitute = "destitute",
        /// 低保对象
        Minimum = "minimum",
        /// 低保边缘家庭
        Edge = "edge",
        /// 返贫致贫人口
        Relapsed = "relapsed",
        /// 因病致贫（支出型）
        Expense = "expense",
    }
}

impl Aid {
    /// Who is several counts as the first of these.
    pub const STRONGEST_FIRST: [Self; 5] = [
        Self::Destitute,
        Self::Minimum,
        Self::Relapsed,
        Self::Edge,
        Self::Expense,
    ];
}
