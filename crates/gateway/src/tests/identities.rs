use super::*;

const USUAL: Options = Options {
    fund_includes_account: false,
    mulaid_inside_account: true,
};

fn of(text: &str, options: Options) -> Balance {
    balance(&Node::parse_text(text).unwrap(), options)
}

const INSIDE: Options = Options {
    fund_includes_account: true,
    mulaid_inside_account: true,
};
const OUTSIDE: Options = Options {
    fund_includes_account: false,
    mulaid_inside_account: false,
};

/// What it shows, a detail line, and how it balances.
const LINES: &[(&str, &str, Balance)] = &[
    (
        "product and parts",
        r#"{"det_item_fee_sumamt":4.52,"cnt":2,"pric":2.26,"fulamt_ownpay_amt":0,"overlmt_amt":0,"preselfpay_amt":0.23,"inscp_scp_amt":4.29,"selfpay_prop":0.05}"#,
        Balance::Holds(3),
    ),
    (
        "own pay",
        r#"{"det_item_fee_sumamt":1.5,"fulamt_ownpay_amt":1.5,"overlmt_amt":0,"preselfpay_amt":0,"inscp_scp_amt":0,"selfpay_prop":1}"#,
        Balance::Holds(2),
    ),
    (
        "own pay, but paid first",
        r#"{"det_item_fee_sumamt":1.5,"fulamt_ownpay_amt":0,"overlmt_amt":0,"preselfpay_amt":1.5,"inscp_scp_amt":0,"selfpay_prop":1}"#,
        Balance::Broken(LINE_OWN_PAY),
    ),
    (
        "a half goes up",
        r#"{"det_item_fee_sumamt":"0.02","cnt":"0.0300","pric":"0.500000"}"#,
        Balance::Holds(1),
    ),
    (
        "a half does not go down",
        r#"{"det_item_fee_sumamt":0.01,"cnt":0.03,"pric":0.5}"#,
        Balance::Broken(LINE_PRODUCT),
    ),
    (
        "six digits of a price",
        r#"{"det_item_fee_sumamt":1.00,"cnt":3,"pric":0.333333}"#,
        Balance::Holds(1),
    ),
    (
        "returned",
        r#"{"det_item_fee_sumamt":-4.52,"cnt":-1,"pric":4.52,"overlmt_amt":0,"preselfpay_amt":-0.23,"selfpay_prop":0.05}"#,
        Balance::Holds(2),
    ),
    (
        "Java's zero",
        r#"{"det_item_fee_sumamt":0E-8,"cnt":0,"pric":1.5E+1}"#,
        Balance::Holds(1),
    ),
    (
        "over the limit",
        r#"{"det_item_fee_sumamt":10,"fulamt_ownpay_amt":0,"overlmt_amt":2,"preselfpay_amt":0.8,"inscp_scp_amt":7.2,"selfpay_prop":0.1}"#,
        Balance::Holds(2),
    ),
    (
        "a price in digits of a binary float",
        r#"{"det_item_fee_sumamt":1.00,"cnt":"3","pric":0.33333333333333331483}"#,
        Balance::Holds(1),
    ),
    (
        "digits that a fraction of a fen needs",
        r#"{"det_item_fee_sumamt":0.12,"cnt":0.2500000000001,"pric":0.5}"#,
        Balance::Broken(LINE_PRODUCT),
    ),
    (
        "an amount finer than can be kept",
        r#"{"det_item_fee_sumamt":1.00000000000000001,"cnt":1,"pric":1}"#,
        Balance::Unreadable("det_item_fee_sumamt"),
    ),
    (
        "nothing beside the sum",
        r#"{"det_item_fee_sumamt":10,"cnt":null,"pric":""}"#,
        Balance::NoMoney,
    ),
    (
        "a placeholder",
        r#"{"det_item_fee_sumamt":"${sum}","cnt":1,"pric":1}"#,
        Balance::NoMoney,
    ),
    (
        "no number",
        r#"{"det_item_fee_sumamt":"十元","cnt":1,"pric":1}"#,
        Balance::Unreadable("det_item_fee_sumamt"),
    ),
    (
        "too large to multiply",
        r#"{"det_item_fee_sumamt":1,"cnt":999999999999999999,"pric":999999999999999999}"#,
        Balance::Broken(LINE_PRODUCT),
    ),
];

#[test]
fn lines_of_a_fee_list() {
    for &(name, text, expected) in LINES {
        assert_eq!(of(text, Options::default()), expected, "{name}");
        assert_eq!(
            of(&format!(r#"{{"result":[{text}]}}"#), Options::default()),
            expected,
            "{name}"
        );
    }
}

/// What it shows, a settlement, region options, and how it balances.
const SETTLEMENTS: &[(&str, &str, Options, Balance)] = &[
    (
        "parts",
        r#"{"medfee_sumamt":10,"fulamt_ownpay_amt":1,"overlmt_selfpay":2,"preselfpay_amt":3,"inscp_scp_amt":4}"#,
        USUAL,
        Balance::Holds(1),
    ),
    (
        "parts off by a fen",
        r#"{"medfee_sumamt":10.01,"fulamt_ownpay_amt":1,"overlmt_selfpay":2,"preselfpay_amt":3,"inscp_scp_amt":4}"#,
        USUAL,
        Balance::Broken(PARTS),
    ),
    (
        "three payers",
        r#"{"medfee_sumamt":10,"fund_pay_sumamt":6,"psn_part_amt":3,"hosp_part_amt":1}"#,
        USUAL,
        Balance::Holds(1),
    ),
    (
        "hospital null: none",
        r#"{"medfee_sumamt":10,"fund_pay_sumamt":6,"psn_part_amt":4,"hosp_part_amt":null}"#,
        USUAL,
        Balance::Holds(1),
    ),
    (
        "hospital in the details",
        r#"{"setlinfo":{"medfee_sumamt":10,"fund_pay_sumamt":6,"acct_pay":1,"psn_cash_pay":2,"psn_part_amt":null},"setldetail":[{"fund_pay_type":"390100","fund_payamt":6},{"fund_pay_type":"390500","fund_payamt":1},{"fund_pay_type":"999996","fund_payamt":1}]}"#,
        USUAL,
        Balance::Holds(2),
    ),
    (
        "Hunan: 999997 is medical aid",
        r#"{"setlinfo":{"medfee_sumamt":10,"fund_pay_sumamt":8,"acct_pay":0,"psn_cash_pay":2},"setldetail":[{"fund_pay_type":"390100","fund_payamt":6},{"fund_pay_type":"999997","setl_proc_info":"610101","fund_payamt":2}]}"#,
        USUAL,
        Balance::Holds(2),
    ),
    (
        "Hunan: one row of empty strings",
        r#"{"setlinfo":[{"medfee_sumamt":10,"fund_pay_sumamt":8,"acct_pay":0,"psn_cash_pay":2}],"setldetail":[{"fund_pay_type":"","fund_payamt":""}]}"#,
        USUAL,
        Balance::Holds(1),
    ),
    (
        "a single detail",
        r#"{"setlinfo":{"medfee_sumamt":10,"fund_pay_sumamt":8,"acct_pay":0},"setldetail":{"fund_pay_type":"390100","fund_payamt":"7.99"}}"#,
        USUAL,
        Balance::Broken(DETAILS),
    ),
    (
        "mutual aid inside",
        r#"{"medfee_sumamt":10,"psn_part_amt":4,"acct_pay":3,"acct_mulaid_pay":2,"psn_cash_pay":1}"#,
        USUAL,
        Balance::Holds(1),
    ),
    (
        "mutual aid outside",
        r#"{"medfee_sumamt":10,"psn_part_amt":4,"acct_pay":1,"acct_mulaid_pay":2,"psn_cash_pay":1}"#,
        OUTSIDE,
        Balance::Holds(1),
    ),
    (
        "mutual aid outside, taken for inside",
        r#"{"medfee_sumamt":10,"psn_part_amt":4,"acct_pay":1,"acct_mulaid_pay":2,"psn_cash_pay":1}"#,
        USUAL,
        Balance::Broken(PERSON),
    ),
    (
        "5203",
        r#"{"medfee_sumamt":10,"fund_pay_sumamt":6,"psn_pay":4,"acct_pay":1,"cash_payamt":3}"#,
        USUAL,
        Balance::Holds(2),
    ),
    (
        "5203, person's share wrong",
        r#"{"medfee_sumamt":10,"fund_pay_sumamt":6,"psn_pay":4,"acct_pay":1,"cash_payamt":3.01}"#,
        USUAL,
        Balance::Broken(PERSON_5203),
    ),
    (
        "5203, too much paid",
        r#"{"medfee_sumamt":10,"fund_pay_sumamt":6,"psn_pay":4.01,"acct_pay":1.01,"cash_payamt":3}"#,
        USUAL,
        Balance::Broken(HOSPITAL_5203),
    ),
    (
        "5203, hospital as the details say",
        r#"{"setlinfo":{"medfee_sumamt":10,"fund_pay_sumamt":6,"psn_pay":3,"acct_pay":0,"cash_payamt":3},"setldetail":[{"fund_pay_type":"390100","fund_payamt":6},{"fund_pay_type":"999996","fund_payamt":1}]}"#,
        USUAL,
        Balance::Holds(3),
    ),
    (
        "without the total: the person's share",
        r#"{"psn_part_amt":3,"acct_pay":1,"psn_cash_pay":2.01}"#,
        USUAL,
        Balance::Broken(PERSON),
    ),
    (
        "without the total: the funds",
        r#"{"fund_pay_sumamt":3,"hifp_pay":3,"cvlserv_pay":0,"hifes_pay":0,"hifmi_pay":0,"hifob_pay":0,"maf_pay":0,"oth_pay":0.01}"#,
        USUAL,
        Balance::Broken(FUNDS),
    ),
    (
        "without the total: the details",
        r#"{"setlinfo":{"fund_pay_sumamt":3,"acct_pay":1},"setldetail":[{"fund_payamt":3}]}"#,
        USUAL,
        Balance::Broken(DETAILS),
    ),
    (
        "without the total: 5203",
        r#"{"psn_pay":3,"acct_pay":1,"cash_payamt":2}"#,
        USUAL,
        Balance::Holds(1),
    ),
    (
        "nodes written as text",
        r#"{"setlinfo":"{\"fund_pay_sumamt\":3,\"acct_pay\":1}","setldetail":"[{\"fund_payamt\":3.99}]"}"#,
        USUAL,
        Balance::Broken(DETAILS),
    ),
    (
        "5203, reversed",
        r#"{"medfee_sumamt":-10,"fund_pay_sumamt":-6,"psn_pay":-3,"acct_pay":-1,"cash_payamt":-2}"#,
        USUAL,
        Balance::Holds(2),
    ),
];

#[test]
fn settlements() {
    for &(name, text, options, expected) in SETTLEMENTS {
        assert_eq!(of(text, options), expected, "{name}");
    }
}

/// Guangdong: 6 from the pool, 1 from the account, both in `fund_pay_sumamt`; 3 in cash.
const GUANGDONG: &str = r#"{"medfee_sumamt":10,"fund_pay_sumamt":7,"psn_part_amt":4,"acct_pay":1,"psn_cash_pay":3,"hosp_part_amt":0,
    "hifp_pay":6,"cvlserv_pay":0,"hifes_pay":0,"hifmi_pay":0,"hifob_pay":0,"maf_pay":0,"oth_pay":0}"#;

#[test]
fn both_conventions_are_tried_before_a_mismatch_is_declared() {
    assert_eq!(of(GUANGDONG, INSIDE), Balance::Holds(3));
    assert_eq!(of(GUANGDONG, Options::default()), Balance::Holds(3));
    let reads = |text: &str, options| reading(&Node::parse_text(text).unwrap(), &[], options);
    assert!(reads(GUANGDONG, Options::default()).fund_includes_account);
    let usual = GUANGDONG.replace("\"fund_pay_sumamt\":7", "\"fund_pay_sumamt\":6");
    assert_eq!(of(&usual, INSIDE), Balance::Holds(3));
    assert!(!reads(&usual, INSIDE).fund_includes_account);
    // What holds both ways is read as the region says.
    let both = r#"{"medfee_sumamt":10,"fund_pay_sumamt":7,"acct_pay":1}"#;
    assert!(reads(both, INSIDE).fund_includes_account);
    assert!(!reads(both, Options::default()).fund_includes_account);
    // Without the funds there is no evidence for the other convention.
    let alone = r#"{"medfee_sumamt":10,"fund_pay_sumamt":7,"psn_part_amt":4,"acct_pay":1,"psn_cash_pay":3,"hosp_part_amt":0}"#;
    assert_eq!(of(alone, Options::default()), Balance::Broken(PAYERS));
    assert_eq!(of(alone, INSIDE), Balance::Holds(2));
    for options in [INSIDE, Options::default()] {
        for field in [
            "medfee_sumamt\":10",
            "fund_pay_sumamt\":7",
            "acct_pay\":1",
            "psn_cash_pay\":3",
            "hifp_pay\":6",
        ] {
            let changed = GUANGDONG.replace(field, &format!("{field}.01"));
            assert!(
                matches!(of(&changed, options), Balance::Broken(_)),
                "{field} {options:?}"
            );
        }
    }
}
