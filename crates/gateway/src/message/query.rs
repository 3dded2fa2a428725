//! 5201 就诊信息查询, 5203 结算信息查询 (nhsa-interface §2.24).

use crate::message::settle::{SetlDetail, SetlInfo, Settlement};
use crate::number::{Amount, Count, Ratio};

message! {
    /// 5201 input `data`.
    pub struct VisitQuery {
        /// 人员编号 AN(30), required
        psn_no: String,
        /// 开始时间 DT, required
        begntime: String,
        /// 结束时间 DT, required
        endtime: String,
        /// 医疗类别 AN(6), required
        med_type: String,
        /// 就诊ID AN(30)
        mdtrt_id: String,
    }

    /// 5201 output `mdtrtinfo[]`.
    pub struct VisitRow {
        /// 就诊ID AN(30), required
        mdtrt_id: String,
        /// 人员编号 AN(30), required
        psn_no: String,
        /// 人员证件类型 AN(6), required
        psn_cert_type: String,
        /// 证件号码 AN(50), required
        certno: String,
        /// 人员姓名 AN(50), required
        psn_name: String,
        /// 性别 AN(6), required
        gend: String,
        /// 民族 AN(3)
        naty: String,
        /// 出生日期 D
        brdy: String,
        /// 年龄 N(4,1)
        age: Count,
        /// 联系人姓名 AN(50)
        coner_name: String,
        /// 联系电话 AN(50)
        tel: String,
        /// 险种类型 AN(6), required
        insutype: String,
        /// 人员类别 AN(6), required
        psn_type: String,
        /// 医疗救助对象标志 AN(3)
        maf_psn_flag: String,
        /// 公务员标志 AN(3), required
        cvlserv_flag: String,
        /// 灵活就业标志 AN(3)
        flxempe_flag: String,
        /// 新生儿标志 AN(3)
        nwb_flag: String,
        /// 参保机构医保区划 AN(6)
        insu_optins: String,
        /// 单位名称 AN(200)
        emp_name: String,
        /// 开始时间 DT, required
        begntime: String,
        /// 结束时间 DT, required
        endtime: String,
        /// 就诊凭证类型 AN(3)
        mdtrt_cert_type: String,
        /// 医疗类别 AN(6), required
        med_type: String,
        /// 跨年度住院标志 AN(3)
        ars_year_ipt_flag: String,
        /// 先行支付标志 AN(3)
        pre_pay_flag: String,
        /// 住院/门诊号 AN(30)
        ipt_otp_no: String,
        /// 病历号 AN(30)
        medrcdno: String,
        /// 主治医生编码 AN(30)
        atddr_no: String,
        /// 主诊医师姓名 AN(50)
        chfpdr_name: String,
        /// 入院科室编码 AN(30)
        adm_dept_codg: String,
        /// 入院科室名称 AN(100)
        adm_dept_name: String,
        /// 入院床位 AN(30)
        adm_bed: String,
        /// 住院主诊断代码 AN(20)
        dscg_maindiag_code: String,
        /// 住院主诊断名称 AN(300)
        dscg_maindiag_name: String,
        /// 出院科室编码 AN(30)
        dscg_dept_codg: String,
        /// 出院科室名称 AN(100)
        dscg_dept_name: String,
        /// 出院床位 AN(30)
        dscg_bed: String,
        /// 离院方式 AN(3)
        dscg_way: String,
        /// 主要病情描述 AN(1000)
        main_cond_dscr: String,
        /// 病种编码 AN(30)
        dise_codg: String,
        /// 病种名称 AN(500)
        dise_name: String,
        /// 手术操作代码 AN(30)
        oprn_oprt_code: String,
        /// 手术操作名称 AN(500)
        oprn_oprt_name: String,
        /// 门诊诊断信息 AN(200)
        otp_diag_info: String,
        /// 在院状态 AN(3)
        inhosp_stas: String,
        /// 死亡日期 D
        die_date: String,
        /// 住院天数 N(4,0)
        ipt_days: Count,
        /// 计划生育服务证号 AN(50)
        fpsc_no: String,
        /// 生育类别 AN(6)
        matn_type: String,
        /// 计划生育手术类别 AN(6)
        birctrl_type: String,
        /// 晚育标志 AN(3)
        latechb_flag: String,
        /// 孕周数 N(2)
        geso_val: Count,
        /// 次 N(3)
        fetts: Count,
        /// 胎儿数 N(3)
        fetus_cnt: Count,
        /// 早产标志 AN(3)
        pret_flag: String,
        /// 计划生育手术或生育日期 D
        birctrl_matn_date: String,
        /// 伴有并发症标志 AN(3)
        cop_flag: String,
        /// 经办人ID AN(20)
        opter_id: String,
        /// 经办人姓名 AN(50)
        opter_name: String,
        /// 经办时间 DT
        opt_time: String,
        /// 备注 AN(500)
        memo: String,
    }

    /// 5201 output.
    pub struct Visits {
        /// 就诊信息, list
        mdtrtinfo | "data" | "result": Vec<VisitRow>,
    }

    /// 5203 input `data`.
    pub struct SettlementQuery {
        /// 人员编号 AN(30), required
        psn_no: String,
        /// 结算ID AN(30), required
        setl_id: String,
        /// 就诊ID AN(30), required
        mdtrt_id: String,
    }

    /// 5203 output `setlinfo`: names the shares otherwise than 2207 (`psn_pay`, `cash_payamt`).
    pub struct SettlementInfo {
        /// 结算ID AN(30), required
        setl_id: String,
        /// 就诊ID AN(30), required
        mdtrt_id: String,
        /// 人员编号 AN(30), required
        psn_no: String,
        /// 人员姓名 AN(50), required
        psn_name: String,
        /// 人员证件类型 AN(6), required
        psn_cert_type: String,
        /// 证件号码 AN(50), required
        certno: String,
        /// 性别 AN(6), required
        gend: String,
        /// 民族 AN(3)
        naty: String,
        /// 出生日期 D
        brdy: String,
        /// 年龄 N(4,1)
        age: Count,
        /// 险种类型 AN(6), required
        insutype: String,
        /// 人员类别 AN(6), required
        psn_type: String,
        /// 公务员标志 AN(3), required
        cvlserv_flag: String,
        /// 灵活就业标志 AN(3)
        flxempe_flag: String,
        /// 新生儿标志 AN(3)
        nwb_flag: String,
        /// 参保机构医保区划 AN(6)
        insu_optins: String,
        /// 单位名称 AN(200)
        emp_name: String,
        /// 支付地点类别 AN(6), required
        pay_loc: String,
        /// 定点医药机构编号 AN(12), required
        fixmedins_code: String,
        /// 定点医药机构名称 AN(200), required
        fixmedins_name: String,
        /// 医院等级 AN(6)
        hosp_lv: String,
        /// 定点归属机构 AN(6)
        fixmedins_poolarea: String,
        /// 限价医院等级 AN(6)
        lmtpric_hosp_lv: String,
        /// 起付线医院等级 AN(6)
        dedc_hosp_lv: String,
        /// 开始日期 D, required
        begndate: String,
        /// 结束日期 D, required
        enddate: String,
        /// 结算时间 DT, required
        setl_time: String,
        /// 就诊凭证类型 AN(3)
        mdtrt_cert_type: String,
        /// 医疗类别 AN(6), required
        med_type: String,
        /// 清算类别 AN(6), required
        clr_type: String,
        /// 清算方式 AN(6)
        clr_way: String,
        /// 清算经办机构 AN(6)
        clr_optins: String,
        /// 医疗费总额 N(16,2), required
        medfee_sumamt: Amount,
        /// 全自费金额 N(16,2), required
        fulamt_ownpay_amt: Amount,
        /// 超限价自费费用 N(16,2), required
        overlmt_selfpay: Amount,
        /// 先行自付金额 N(16,2), required
        preselfpay_amt: Amount,
        /// 符合政策范围金额 N(16,2), required
        inscp_scp_amt: Amount,
        /// 实际支付起付线 N(16,2), required
        act_pay_dedc: Amount,
        /// 基本医疗保险统筹基金支出 N(16,2), required
        hifp_pay: Amount,
        /// 基本医疗保险统筹基金支付比例 N(5,4), required
        pool_prop_selfpay: Ratio,
        /// 公务员医疗补助资金支出 N(16,2), required
        cvlserv_pay: Amount,
        /// 企业补充医疗保险基金支出 N(16,2), required
        hifes_pay: Amount,
        /// 居民大病保险资金支出 N(16,2), required
        hifmi_pay: Amount,
        /// 职工大额医疗费用补助基金支出 N(16,2), required
        hifob_pay: Amount,
        /// 医疗救助基金支出 N(16,2), required
        maf_pay: Amount,
        /// 其他支出 N(16,2), required
        oth_pay: Amount,
        /// 基金支付总额 N(16,2), required
        fund_pay_sumamt: Amount,
        /// 个人支付金额 N(16,2), required
        psn_pay: Amount,
        /// 个人账户支出 N(16,2), required
        acct_pay: Amount,
        /// 现金支付金额 N(16,2), required
        cash_payamt: Amount,
        /// 余额 N(16,2), required
        balc: Amount,
        /// 个人账户共济支付金额 N(16,2), required
        acct_mulaid_pay: Amount,
        /// 医药机构结算ID AN(30), required
        medins_setl_id: String,
        /// 退费结算标志 AN(3), required
        refd_setl_flag: String,
        /// 年度 AN(4), required
        year: String,
        /// 病种编码 AN(30)
        dise_codg: String,
        /// 病种名称 AN(500)
        dise_name: String,
        /// 发票号 AN(20)
        invono: String,
        /// 经办人ID AN(20)
        opter_id: String,
        /// 经办人姓名 AN(50)
        opter_name: String,
        /// 经办时间 DT
        opt_time: String,
        /// 伤残人员医疗保障基金支出 N(16,2), where the region emits it
        hifdm_pay: Amount,
        /// 扩展内容 AN(4000): null or a JSON text of regional values
        exp_content | "expContent": String,
    }

    /// 5203 output.
    pub struct SettlementFound {
        /// 结算信息, object
        setlinfo: SettlementInfo,
        /// 结算基金分项, list
        setldetail: Vec<SetlDetail>,
    }
}

impl SettlementFound {
    /// As 2207 would have answered: its names for what both tell.
    #[must_use]
    pub fn as_settled(&self) -> Settlement {
        let info = &self.setlinfo;
        Settlement {
            setlinfo: SetlInfo {
                mdtrt_id: info.mdtrt_id.clone(),
                setl_id: info.setl_id.clone(),
                psn_no: info.psn_no.clone(),
                setl_time: info.setl_time.clone(),
                clr_optins: info.clr_optins.clone(),
                clr_type: info.clr_type.clone(),
                medfee_sumamt: info.medfee_sumamt,
                fulamt_ownpay_amt: info.fulamt_ownpay_amt,
                overlmt_selfpay: info.overlmt_selfpay,
                preselfpay_amt: info.preselfpay_amt,
                inscp_scp_amt: info.inscp_scp_amt,
                act_pay_dedc: info.act_pay_dedc,
                hifp_pay: info.hifp_pay,
                pool_prop_selfpay: info.pool_prop_selfpay,
                cvlserv_pay: info.cvlserv_pay,
                hifes_pay: info.hifes_pay,
                hifmi_pay: info.hifmi_pay,
                hifob_pay: info.hifob_pay,
                maf_pay: info.maf_pay,
                oth_pay: info.oth_pay,
                fund_pay_sumamt: info.fund_pay_sumamt,
                psn_part_amt: info.psn_pay,
                acct_pay: info.acct_pay,
                psn_cash_pay: info.cash_payamt,
                balc: info.balc,
                acct_mulaid_pay: info.acct_mulaid_pay,
                medins_setl_id: info.medins_setl_id.clone(),
                ..SetlInfo::default()
            },
            setldetail: self.setldetail.clone(),
            ..Settlement::default()
        }
    }

    /// 退费结算标志: it was paid back there.
    #[must_use]
    pub fn is_paid_back(&self) -> bool {
        self.setlinfo.refd_setl_flag == "1"
    }
}
