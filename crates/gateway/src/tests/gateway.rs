use super::*;
use crate::identities::{DETAILS, FUNDS, PARTS, PERSON};
use crate::message::charge::{FeeCancel, FeeDetail, FeeQuery, FeeUpload};
use crate::message::person::PersonQuery;
use crate::message::settle::{Reverse, Settle, SettleInput, UndoMessage};
use crate::message::visit::{Registration, RegistrationCancel, VisitUpload};
use crate::message::{Data, T1101, T2201, T2202, T2203, T2204, T2205, T2207, T2208, T2601, T5204};
use cunyi_domain::money::Fen;
use cunyi_domain::time::{Moment, parse_date_time};
use proptest::prelude::*;

pub(crate) const MSGID: &str = "H99000100001202611240730050000";

pub(crate) fn gateway() -> Gateway {
    let institution = Institution {
        code: "H99000100001".into(),
        name: "演示村卫生室".into(),
    };
    Gateway {
        region: Region::demo(),
        institution,
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "it stands beside transport errors"
)]
pub(crate) fn http(status: u16, body: impl Into<Vec<u8>>) -> Result<Reply, TransportError> {
    Ok(Reply {
        status,
        body: body.into(),
    })
}

pub(super) fn fen(fen: i64) -> crate::Amount {
    Fen(fen).into()
}

pub(super) fn settle() -> SettleInput {
    let data = Settle {
        psn_no: "P1".into(),
        mdtrt_id: "M1".into(),
        chrg_bchno: "B1".into(),
        medfee_sumamt: fen(1000),
        ..Settle::default()
    };
    SettleInput {
        data,
        ..SettleInput::default()
    }
}

/// A settlement of 10.00 that balances: 7.00 pool, 1.00 account, 2.00 cash.
pub(super) fn settled() -> String {
    format!(
        r#"{{"infcode":"0","inf_refmsgid":"R1","respond_time":"20261124073006123","err_msg":"success",
        "output":{{"setlinfo":{{"psn_no":"P1","mdtrt_id":"M1","setl_id":"S1","medins_setl_id":"{MSGID}",
        "medfee_sumamt":10.00,"fulamt_ownpay_amt":"0","overlmt_selfpay":0,"preselfpay_amt":0.5,"inscp_scp_amt":9.50,
        "hifp_pay":7,"cvlserv_pay":0,"hifes_pay":0,"hifmi_pay":0,"hifob_pay":0,"maf_pay":0,"oth_pay":0,
        "fund_pay_sumamt":7.0,"psn_part_amt":3.00,"acct_pay":1.00,"psn_cash_pay":2,"hosp_part_amt":0}},
        "setldetail":[{{"fund_pay_type":"390100","fund_payamt":7}},{{"fund_pay_type":"390500","fund_payamt":1}}]}}}}"#
    )
}

fn decode_settle(body: &str) -> Outcome<crate::message::settle::Settlement> {
    gateway().decode::<T2207>(MSGID, &settle(), &http(200, body))
}

#[test]
fn a_settlement_that_echoes_and_balances_is_a_success() {
    let Outcome::Success(success) = decode_settle(&settled()) else {
        panic!("{:?}", decode_settle(&settled()));
    };
    assert_eq!(success.output.setlinfo.psn_cash_pay, fen(200));
    assert_eq!(success.output.setldetail.len(), 2);
    assert_eq!(success.inf_refmsgid, "R1");
    let at = parse_date_time("2026-11-24 07:30:06").unwrap();
    assert_eq!(success.respond_time, Some(Moment(at.0 + 123_000)));
}

/// A text of the settlement, what stands there instead, and why it is not believed.
const CHANGES: &[(&str, &str, Why)] = &[
    ("\"infcode\":\"0\",", "", Why::NoInfcode),
    ("\"infcode\":\"0\"", "\"infcode\":null", Why::NoInfcode),
    ("\"infcode\":\"0\"", "\"infcode\":\"ok\"", Why::NoInfcode),
    (
        "\"psn_no\":\"P1\"",
        "\"psn_no\":\"P2\"",
        Why::Mismatch("psn_no"),
    ),
    (
        "\"mdtrt_id\":\"M1\"",
        "\"mdtrt_id\":\"M2\"",
        Why::Mismatch("mdtrt_id"),
    ),
    (
        "\"setl_id\":\"S1\"",
        "\"setl_id\":null",
        Why::Mismatch("setl_id"),
    ),
    (
        MSGID,
        "H99000100001202611240730050001",
        Why::Mismatch("medins_setl_id"),
    ),
    (
        "\"medfee_sumamt\":10.00",
        "\"medfee_sumamt\":10.01",
        Why::Mismatch("medfee_sumamt"),
    ),
    (
        "\"acct_pay\":1.00",
        "\"acct_pay\":\"\"",
        Why::Mismatch("acct_pay"),
    ),
    (
        "\"acct_pay\":1.00",
        "\"acct_pay\":\"1元\"",
        Why::Unreadable("acct_pay"),
    ),
    (
        "\"acct_pay\":1.00",
        "\"acct_pay\":1.001",
        Why::Unreadable("acct_pay"),
    ),
    (
        "\"acct_pay\":1.00",
        "\"acct_pay\":{}",
        Why::Unreadable("acct_pay"),
    ),
    (
        "\"psn_cash_pay\":2",
        "\"psn_cash_pay\":2.01",
        Why::Unbalanced(PERSON),
    ),
    (
        "\"preselfpay_amt\":0.5",
        "\"preselfpay_amt\":0.51",
        Why::Unbalanced(PARTS),
    ),
    (
        "\"hifp_pay\":7",
        "\"hifp_pay\":6.99",
        Why::Unbalanced(FUNDS),
    ),
    (
        "\"fund_payamt\":1}",
        "\"fund_payamt\":1.01}",
        Why::Unbalanced(DETAILS),
    ),
];

#[test]
fn a_settlement_that_does_not_is_unknown() {
    for &(old, new, why) in CHANGES {
        assert!(settled().contains(old), "{old}");
        let outcome = decode_settle(&settled().replace(old, new));
        assert_eq!(outcome, Outcome::Unknown(Unknown { why }), "{new}");
    }
}

#[test]
fn what_is_no_answer_is_unknown() {
    let cut = &settled()[..300];
    for (reply, why) in [
        (http(500, "<html>500</html>"), Why::HttpStatus(500)),
        (http(502, settled()), Why::HttpStatus(502)),
        (http(401, r#"{"infcode":-1}"#), Why::HttpStatus(401)),
        (http(200, "<html>登录</html>"), Why::NotJson),
        (http(200, "[]"), Why::NotJson),
        (http(200, ""), Why::Truncated),
        (http(200, cut), Why::Truncated),
        (http(200, b"\xB3\xC9\xB9\xA6".to_vec()), Why::NotUtf8),
        (http(200, r#"{"infcode":0}"#), Why::MissingOutput),
        (
            http(200, r#"{"infcode":0,"output":null}"#),
            Why::MissingOutput,
        ),
        (
            http(200, r#"{"infcode":0,"output":{}}"#),
            Why::MissingOutput,
        ),
        (
            http(200, r#"{"infcode":0,"output":"c2VhbGVk"}"#),
            Why::MissingOutput,
        ),
        (
            http(200, r#"{"infcode":0,"output":{"setlinfo":{}}}"#),
            Why::Mismatch("psn_no"),
        ),
        // A middle layer cannot say that the platform did nothing.
        (http(200, r#"{"code":"999","msg":"超时"}"#), Why::NoInfcode),
        (
            http(200, r#"{"message":"失败","success":false,"code":500159}"#),
            Why::NoInfcode,
        ),
        (Err(TransportError::Lost("timeout".into())), Why::Lost),
    ] {
        let outcome = gateway().decode::<T2207>(MSGID, &settle(), &reply);
        assert_eq!(outcome, Outcome::Unknown(Unknown { why }), "{reply:?}");
    }
    let not_sent = Err(TransportError::NotSent("refused".into()));
    assert_eq!(
        gateway().decode::<T2207>(MSGID, &settle(), &not_sent),
        Outcome::NotSent { turned_away: false }
    );
}

#[test]
fn an_infcode_that_is_not_zero_is_a_refusal() {
    for (body, code, text) in [
        (
            r#"{"infcode":-1,"err_msg":"余额\n不足","output":null}"#,
            "-1",
            "余额 不足",
        ),
        (r#"{"infcode":"-1","err_msg":"x"}"#, "-1", "x"),
        (r#"{"infcode":"1","err_msg":null}"#, "1", ""),
        (
            r#"{"type":"error","infcode":-1,"err_msg":"未知交易编号！"}"#,
            "-1",
            "未知交易编号！",
        ),
    ] {
        let Outcome::Refused(refusal) = decode_settle(body) else {
            panic!("{body}")
        };
        assert_eq!(
            (refusal.infcode.as_str(), refusal.text.as_str()),
            (code, text)
        );
    }
    let long = format!(r#"{{"infcode":-1,"err_msg":"{}"}}"#, "长".repeat(5000));
    let Outcome::Refused(refusal) = decode_settle(&long) else {
        panic!()
    };
    assert_eq!(refusal.text.chars().count(), crate::MAX_TEXT);
}

#[test]
fn refusals_of_terminals_and_middle_layers_count_where_nothing_changes() {
    let ask = Data::from(PersonQuery::default());
    for body in [
        r#"{"message":"请使用医保电子凭证二维码","success":false,"code":500159}"#,
        r#"{"code":"999","msg":"请使用医保电子凭证二维码"}"#,
    ] {
        let outcome = gateway().decode::<T1101>(MSGID, &ask, &http(200, body));
        let Outcome::Refused(refusal) = outcome else {
            panic!("{outcome:?}")
        };
        assert_eq!(refusal.text, "请使用医保电子凭证二维码");
    }
}

#[test]
fn a_refusal_of_a_middle_layer_is_not_certain_where_something_changes() {
    fn unknown<T: Transaction>(input: &T::Input)
    where
        T::Output: std::fmt::Debug,
    {
        let body = r#"{"code":"999","msg":"超时"}"#;
        let outcome = gateway().decode::<T>(MSGID, input, &http(200, body));
        let why = Unknown {
            why: Why::NoInfcode,
        };
        assert!(
            matches!(outcome, Outcome::Unknown(said) if said == why),
            "{}",
            T::INFNO
        );
    }
    unknown::<T2201>(&Data::from(Registration::default()));
    unknown::<T2202>(&Data::from(RegistrationCancel::default()));
    unknown::<T2203>(&VisitUpload::default());
    unknown::<T2204>(&FeeUpload::default());
    unknown::<T2205>(&Data::from(FeeCancel::default()));
    unknown::<T2207>(&SettleInput::default());
    unknown::<T2208>(&Data::from(Reverse::default()));
    unknown::<T2601>(&Data::from(UndoMessage::default()));
}

#[test]
fn transactions_without_output_need_none() {
    let cancel = Data::from(RegistrationCancel::default());
    for body in [
        r#"{"infcode":0}"#,
        r#"{"infcode":0,"output":null}"#,
        r#"{"infcode":"0","output":{"result":null}}"#,
    ] {
        let outcome = gateway().decode::<T2202>(MSGID, &cancel, &http(200, body));
        assert!(
            matches!(outcome, Outcome::Success(_)),
            "{body}: {outcome:?}"
        );
    }
    let undo = Data::from(UndoMessage::default());
    let refused = r#"{"output":null,"infcode":-1,"err_msg":"不能办理冲正交易"}"#;
    let outcome = gateway().decode::<T2601>(MSGID, &undo, &http(200, refused));
    assert!(matches!(outcome, Outcome::Refused(_)), "{outcome:?}");
}

#[test]
fn another_transactions_answer_does_not_say_that_a_2601_was_done() {
    let undo = Data::from(UndoMessage::default());
    let decode = |output: &str| {
        let body = format!(r#"{{"infcode":0,"output":{output}}}"#);
        gateway().decode::<T2601>(MSGID, &undo, &http(200, body))
    };
    for others in [
        r#"{"setlinfo":{"medfee_sumamt":1}}"#,
        r#"{"result":[{"feedetl_sn":"1"}]}"#,
        r#"[{"psn_no":"1"}]"#,
    ] {
        let why = Why::Mismatch("output");
        assert_eq!(
            decode(others),
            Outcome::Unknown(Unknown { why }),
            "{others}"
        );
    }
    for own in [
        "null",
        "{}",
        "[]",
        r#"{"result":null}"#,
        r#"{"result":"成功"}"#,
    ] {
        assert!(matches!(decode(own), Outcome::Success(_)), "{own}");
    }
}

#[test]
fn a_query_that_finds_nothing_is_a_success_without_rows() {
    let ask = Data::from(FeeQuery {
        psn_no: "P1".into(),
        mdtrt_id: "M1".into(),
        ..FeeQuery::default()
    });
    for body in [
        r#"{"infcode":0,"output":null}"#,
        r#"{"infcode":0,"output":{}}"#,
        r#"{"infcode":0,"output":[]}"#,
        r#"{"infcode":0,"output":{"data":null}}"#,
    ] {
        let outcome = gateway().decode::<T5204>(MSGID, &ask, &http(200, body));
        let Outcome::Success(found) = outcome else {
            panic!("{body}: {outcome:?}")
        };
        assert_eq!(found.output.data.len(), 0);
    }
    let other = r#"{"infcode":0,"output":[{"mdtrt_id":"M2","feedetl_sn":"1"}]}"#;
    let outcome = gateway().decode::<T5204>(MSGID, &ask, &http(200, other));
    assert_eq!(
        outcome,
        Outcome::Unknown(Unknown {
            why: Why::Mismatch("mdtrt_id")
        })
    );
}

#[test]
fn nodes_may_stand_in_other_places() {
    let ask = Data::from(PersonQuery {
        mdtrt_cert_type: "02".into(),
        mdtrt_cert_no: "11010119730101000x".into(),
        ..PersonQuery::default()
    });
    let beside = r#"{"infcode":0,"output":{"baseinfo":{"certno":"11010119730101000X","psn_no":"P1","age":25.2},
        "insuinfo":{"insutype":"390","insu_admdvs":"990001","balc":"41509.00"}},
        "idetinfo":[{"psn_idet_type":"1"}]}"#;
    let Outcome::Success(found) = gateway().decode::<T1101>(MSGID, &ask, &http(200, beside)) else {
        panic!();
    };
    assert_eq!(found.output.insuinfo[0].insuplc_admdvs, "990001");
    assert_eq!(found.output.insuinfo[0].balc, fen(4_150_900));
    assert_eq!(found.output.idetinfo.len(), 1);

    let text = r#"{"infcode":0,"output":"{\"data\":{\"psn_no\":\"P1\",\"mdtrt_id\":\"M1\",\"ipt_otp_no\":\"V1\"}}"}"#;
    let register = Data::from(Registration {
        psn_no: "P1".into(),
        ipt_otp_no: "V1".into(),
        ..Registration::default()
    });
    let outcome = gateway().decode::<T2201>(MSGID, &register, &http(200, text));
    assert!(matches!(outcome, Outcome::Success(_)), "{outcome:?}");
}

#[test]
fn details_come_back_once_each() {
    let line = |sn: &str, amount| FeeDetail {
        feedetl_sn: sn.into(),
        det_item_fee_sumamt: fen(amount),
        ..FeeDetail::default()
    };
    let upload = FeeUpload {
        feedetail: vec![line("1", 150), line("2", 200)],
    };
    for (rows, expected) in [
        (
            r#"[{"feedetl_sn":"2","det_item_fee_sumamt":2},{"feedetl_sn":1,"det_item_fee_sumamt":"1.5"}]"#,
            None,
        ),
        (
            r#"[{"feedetl_sn":"1","det_item_fee_sumamt":1.5}]"#,
            Some("feedetl_sn"),
        ),
        (
            r#"[{"feedetl_sn":"1","det_item_fee_sumamt":1.5},{"feedetl_sn":"1","det_item_fee_sumamt":1.5}]"#,
            Some("feedetl_sn"),
        ),
        (
            r#"[{"feedetl_sn":"1","det_item_fee_sumamt":1.5},{"feedetl_sn":"2","det_item_fee_sumamt":2.01}]"#,
            Some("det_item_fee_sumamt"),
        ),
    ] {
        let body = format!(r#"{{"infcode":0,"output":{{"result":{rows}}}}}"#);
        let outcome = gateway().decode::<T2204>(MSGID, &upload, &http(200, body));
        match expected {
            None => assert!(matches!(outcome, Outcome::Success(_)), "{outcome:?}"),
            Some(field) => {
                assert_eq!(
                    outcome,
                    Outcome::Unknown(Unknown {
                        why: Why::Mismatch(field)
                    })
                );
            }
        }
    }
}

#[test]
fn a_reversal_is_negative() {
    let reverse = Data::from(Reverse {
        setl_id: "S1".into(),
        mdtrt_id: "M1".into(),
        psn_no: "P1".into(),
    });
    let body = |sum: &str, cash: &str| {
        format!(
            r#"{{"infcode":0,"output":{{"setlinfo":{{"mdtrt_id":"M1","setl_id":"S2","medins_setl_id":"{MSGID}",
            "medfee_sumamt":{sum},"fund_pay_sumamt":0,"acct_pay":0,"pdn_cash_pay":{cash},"psn_part_amt":null}}}}}}"#
        )
    };
    let decode = |body: String| gateway().decode::<T2208>(MSGID, &reverse, &http(200, body));
    let Outcome::Success(success) = decode(body("-25.1", "-25.10")) else {
        panic!()
    };
    assert_eq!(
        success.output.setlinfo.psn_cash_pay,
        fen(-2510),
        "pdn_cash_pay is psn_cash_pay"
    );
    let why = Why::Mismatch("medfee_sumamt");
    assert_eq!(
        decode(body("25.1", "25.1")),
        Outcome::Unknown(Unknown { why })
    );
    let why = Why::Unbalanced(crate::identities::PAYERS);
    assert_eq!(
        decode(body("-25.1", "-25.11")),
        Outcome::Unknown(Unknown { why })
    );
}

proptest! {
    #[test]
    fn hostile_bytes_are_never_believed_nor_panic(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        let outcome = gateway().decode::<T2207>(MSGID, &settle(), &http(200, body));
        prop_assert!(!matches!(outcome, Outcome::Success(_)));
    }

    #[test]
    fn a_changed_reply_is_never_a_wrong_success(at in 0_usize..1200, byte in any::<u8>()) {
        let mut body = settled().into_bytes();
        let at = at % body.len();
        body[at] = byte;
        if let Outcome::Success(success) = gateway().decode::<T2207>(MSGID, &settle(), &http(200, body)) {
            let info = &success.output.setlinfo;
            prop_assert_eq!(info.medfee_sumamt, fen(1000));
            prop_assert_eq!(&info.psn_no, "P1");
            let paid = info.fund_pay_sumamt.or_zero() + info.acct_pay.or_zero() + info.psn_cash_pay.or_zero();
            prop_assert_eq!(paid, Fen(1000));
        }
    }

    #[test]
    fn stamps_of_any_text_do_not_panic(text in ".{0,20}") {
        let _ = crate::read_stamp(&text);
    }
}
