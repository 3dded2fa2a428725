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
