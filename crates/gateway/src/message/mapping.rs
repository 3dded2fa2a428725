//! 3301 目录对照上传, 3302 目录对照撤销 (nhsa-interface §2.20): which of the institution's own items is
//! which of the national lists.

message! {
    /// 3301 input `data`. An object (NM, BZ); the Hubei edition wants a list of them.
    pub struct Mapping {
        /// 定点医药机构目录编号 AN(30), required
        fixmedins_hilist_id: String,
        /// 定点医药机构目录名称 AN(200), required
        fixmedins_hilist_name: String,
        /// 目录类别 AN(30), required
        list_type: String,
        /// 医疗目录编码 AN(30)
        med_list_codg: String,
        /// 开始日期 D, required
        begndate: String,
        /// 结束日期 D, required
        enddate: String,
        /// 批准文号 AN(30)
        aprvno: String,
        /// 剂型 AN(200)
        dosform: String,
        /// 除外内容 AN(2000)
        exct_cont: String,
        /// 项目内涵 AN(2000)
        item_cont: String,
        /// 计价单位 AN(100)
        prcunt: String,
        /// 规格 AN(200)
        spec: String,
        /// 包装规格 AN(100)
        pacspec: String,
        /// 备注 AN(500)
        memo: String,
    }

    /// 3302 input `data`.
    pub struct MappingCancel {
        /// 定点医药机构编号 AN(30), required
        fixmedins_code: String,
        /// 定点医药机构目录编号 AN(30), required
        fixmedins_hilist_id: String,
        /// 目录类别 AN(30), required
        list_type: String,
        /// 医疗目录编码 AN(30), required
        med_list_codg: String,
    }
}
