//! What files may hold.

use super::*;

/// A file, whether it is all right, and what its line says.
pub(super) const FILES: &[(&str, bool, &str)] = &[
    // Readable.
    (
        r#"{"setlinfo":{"medfee_sumamt":1,"psn_cash_pay":1,"setl_id":"9"}}"#,
        true,
        "only output of 2207 ",
    ),
    (
        r#"{"feedetail":[{"feedetl_sn":"1","cnt":"1","pric":"2","det_item_fee_sumamt":"2","rx_circ_flag":"0"}]}"#,
        true,
        "balances (1 identity)",
    ),
    (
        r#"{"stmtinfo":{"stmt_rslt":"000000","setl_optins":"990001"}}"#,
        true,
        "only output of 3201 医药机构费用结算对总账; 3 fields, all known",
    ),
    (
        r#"{"catalogcompin":{"fixmedins_hilist_id":"1"}}"#,
        true,
        "only a node (not supported)",
    ),
    (
        r#"{"infcode":0,"output":{"catalogcompin":{"fixmedins_hilist_id":"1"}}}"#,
        true,
        "not known: catalogcompin.fixmedins_hilist_id",
    ),
    (
        r#"[{"cum_type_code":"F0000","cum":"12.00"}]"#,
        true,
        "only output of 5206 ",
    ),
    (
        r#"{"code":0,"type":"success","message":"成功","data":{"ecToken":"x","idNo":"y"}}"#,
        true,
        "no money",
    ),
    (
        r#"{"code":"999","msg":"人员不存在"}"#,
        true,
        "refused (999): 人员不存在",
    ),
    (
        r#"{"infcode":"1","err_msg":null,"output":{"baseinfo":{"psn_no":"1"}}}"#,
        true,
        "refused (1)",
    ),
    (
        r#"{"infcode":0,"output":"${output}"}"#,
        true,
        "template of reply",
    ),
    (
        r#"{"infno":"2206","msgid":"${m}","input":{"data":{"medfee_sumamt":${sum}}}}"#,
        true,
        "template of request 2206 ",
    ),
    (
        r#"{"infno":"2206","msgid":"{{m}}","input":{"data":{"medfee_sumamt":{{sum}},"psn_no":#{p},"insutype":<i>}}}"#,
        true,
        "template of request 2206 ",
    ),
    (
        r#"{"infno":"2204","msgid":"{m}","input":{"feedetail":[{"det_item_fee_sumamt":"@sum@","cnt":"%s","pric":"$p$"}]}}"#,
        true,
        "all known; no money",
    ),
    (
        r#"{"output":{"setlinfo":{"medfee_sumamt":1,"psn_cash_pay":1,"setl_id":"9"}}}"#,
        true,
        "only output of 2207 ",
    ),
    (
        r#"{"code":200,"msg":"ok","data":{"setlinfo":{"medfee_sumamt":1,"psn_cash_pay":1,"setl_id":"9"}}}"#,
        true,
        "only output of 2207 ",
    ),
    (
        r#"{"input":{"data":{"mdtrt_id":"1","chrg_bchno":"0000","psn_no":"2"}}}"#,
        true,
        "only input of 2205 ",
    ),
    (
        r#"{"code":1,"msg":"ok","data":{"infcode":0,"output":null}}"#,
        true,
        "reply; 2 fields, all known; no money",
    ),
    (
        r#"{"code":"999","msg":"超时","request":{"infno":"2202","msgid":"1","input":{}}}"#,
        true,
        " | reply, refused (999): 超时",
    ),
    (
        r#"{"result":{"retRslt":"0","msgRslt":"拒绝"}}"#,
        true,
        "only a node (not supported); 0 fields known, not known: result.msgRslt, result.retRslt; no money",
    ),
    (r#"{"result":null}"#, true, "no money"),
    (r#"{"infcode":0,"output":"操作成功"}"#, true, "reply; "),
    (r#"{"infcode":"0","output":"ok"}"#, true, "reply; "),
    (
        r"<soap:Body><return>{&quot;infcode&quot;:0,&quot;err_msg&quot;:&quot;a &amp;amp; b&quot;}</return></soap:Body>",
        true,
        "reply; 2 fields, all known",
    ),
    (
        r#"body="{\"infcode\":0,\n \"output\":{\"data\":{\"exp_content\":\"{\\\"a\\\":1}\",\"mdtrt_id\":\"1\"}}}""#,
        true,
        "reply like 2201 ",
    ),
    (
        r#"{"psn_part_amt":3,"acct_pay":1,"psn_cash_pay":2}"#,
        true,
        "balances (1 identity)",
    ),
    (
        r#"{"infcode":0,"output":{"feedetail":[{"det_item_fee_sumamt":1.00,"cnt":3,"pric":0.33333333333333331483}]}}"#,
        true,
        "balances (1 identity)",
    ),
    (
        r#"// L"{\"output\":null,\"infcode\":0,\"err_msg\":null}"	wchar_t[512]"#,
        true,
        "reply; 3 fields, all known",
    ),
    (
        r#"{"level":"info"} reply={\"infcode\":0,\"output\":null}"#,
        true,
        "reply; 2 fields, all known",
    ),
    (
        "| 1 | 2207 | {\"infno\":\"2202\",\"msgid\":\"1\",\"input\":{}} | [x] |",
        true,
        "request 2202 ",
    ),
    (
        r#"{"list":[{"type":"SEX","label":"男","value":"1","parentValue":"","valiFlag":"1"}]}"#,
        true,
        "only a node (not supported)",
    ),
    (
        r#"{"infno":"3505","msgid":"1","input":{"selinfo":{"med_list_codg":"x"}}}"#,
        true,
        "request 3505 (not supported)",
    ),
    // Not.
    (
        r#"{"infcode":0,"output":{"setlinfo":{"medfee_sumamt":"一","fund_pay_sumamt":1}}}"#,
        false,
        "medfee_sumamt is not a number",
    ),
    (
        r#"{"infcode":-1,"output":{"medfee_sumamt":2,"psn_part_amt":1,"fund_pay_sumamt":0}}"#,
        false,
        "unbalanced",
    ),
    (
        r#"{"infcode":"OK","output":{}}"#,
        false,
        "unreadable: infcode",
    ),
    (
        r#"{"infcode":0,"output":"q83vEjRWeJCrze8SNFZ4kA=="}"#,
        false,
        "encrypted, and no key was given",
    ),
    (
        r#"{"infno":"1101","msgid":"1","input":"q83vEjRWeJCrze8SNFZ4kA=="}"#,
        false,
        "encrypted",
    ),
    (
        r#"{"infno":"1101","msgid":"1","input":"!"}"#,
        false,
        "unreadable",
    ),
    (
        r#"{"infcode":0,"output":"A1B2C3D4E5F60718293A4B5C6D7E8F90"}"#,
        false,
        "encrypted, and no key was given",
    ),
    (
        r#"{"msgid":"${m}","infno":"2207","input":"q83vEjRWeJCrze8SNFZ4kA=="}"#,
        false,
        "encrypted, and no key was given",
    ),
    (
        r#"{"infno":"2204","msgid":"${m}","input":{"feedetail":[{"det_item_fee_sumamt":2,"cnt":1,"pric":1,"rxno":"${r}"}]}}"#,
        false,
        "template of request 2204 门诊费用明细信息上传; 8 fields, all known; unbalanced: ",
    ),
    (
        r#"{"infcode":0,"output":{"setlinfo":"{\"medfee_sumamt\":2,\"fund_pay_sumamt\":1,\"psn_part_amt\":2}"}}"#,
        false,
        "unbalanced",
    ),
    (
        r#"{"reply":{"infcode":0,"output":null},"setlinfo":{"medfee_sumamt":2,"fund_pay_sumamt":1,"psn_part_amt":2}}"#,
        false,
        "unbalanced",
    ),
    (
        r#"{"output":{"setlinfo":{"fund_pay_sumamt":1,"psn_part_amt":2}},"idetinfo":[],"medfee_sumamt":2,
            "fund_pay_sumamt":1,"psn_part_amt":2}"#,
        false,
        "unbalanced",
    ),
    (
        r#"[{"infcode":0,"output":null},{"infcode":0,"output":null}"#,
        false,
        "unreadable: it ends in the middle",
    ),
    (
        r#"reply: [{"infcode":0,"output":null},"#,
        false,
        "unreadable: not JSON",
    ),
    (
        r#""{\"infcode\":0,\"output\":null"#,
        false,
        "unreadable: it ends in the middle",
    ),
    (
        r#"{infcode:0,output:{"setlinfo":{"medfee_sumamt":1}}}"#,
        false,
        "unreadable: not JSON",
    ),
    (
        r#"{'infcode': 0, 'output': {"setlinfo": {}}}"#,
        false,
        "unreadable: not JSON",
    ),
    (
        "{infcode=0, output={setlinfo={medfee_sumamt=1}}}",
        false,
        "unreadable: not JSON",
    ),
    (
        "{\"infcode\":0, // done\n\"output\":null}",
        false,
        "unreadable: not JSON",
    ),
    (
        r#"{"infcode":0,"output":{"setlinfo":{"medfee_sumamt":{{sum},"a":1}}}"#,
        false,
        "unreadable",
    ),
    ("{}", false, "not a message"),
    ("[]", false, "not a message"),
    ("null", false, "not a message"),
    ("\"医保\"", false, "not a message"),
    (r#"{"name":"x","data":[1,2]}"#, false, "not a message"),
    ("", false, "unreadable: it ends in the middle"),
    ("<html></html>", false, "unreadable: not JSON"),
    (
        r#"{"infcode":0,"output":{"data":{"psn_no":"1"}},}"#,
        false,
        "unreadable: not JSON",
    ),
];

#[test]
fn what_a_file_may_be() {
    for &(text, ok, expected) in FILES {
        let verdict = run(text);
        assert_eq!(verdict.ok, ok, "{text}: {}", verdict.line);
        assert!(verdict.line.contains(expected), "{text}: {}", verdict.line);
    }
    // Cut within a character.
    let cut = &"{\"infcode\":0,\"err_msg\":\"成".as_bytes();
    assert_eq!(
        run(&cut[..cut.len() - 1]).line,
        "unreadable: it ends in the middle"
    );
    // 成功 in GBK.
    assert_eq!(
        run(b"{\"infcode\":0,\"err_msg\":\"\xB3\xC9\xB9\xA6\"}").line,
        "unreadable: not UTF-8"
    );
}
