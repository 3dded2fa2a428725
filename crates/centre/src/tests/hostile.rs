//! Nothing anybody sends makes the centre panic or answer something that is no reply.

use std::sync::LazyLock;

use cunyi_gateway::Node;
use cunyi_gateway::message::{T1101, T2204};
use proptest::prelude::*;

use super::desk::Desk;
use crate::Centre;

/// One centre for all cases; villagers take a moment to settle.
static CENTRE: LazyLock<std::sync::Arc<Centre>> = LazyLock::new(|| Desk::new().centre);
static SAMPLES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let desk = Desk::new();
    let person = desk.villager("390");
    let identify = Desk::identify("02", &person.id_number, "");
    let seen = desk.register(&person);
    let details = desk.details(&seen, "B1", "", &[("DRUG-A", "1.00")]);
    vec![
        desk.gateway.encode::<T1101>(&desk.header(), &identify),
        desk.gateway.encode::<T2204>(&desk.header(), &details),
    ]
});
const PATH: &str = "/fsi/api/rsfComIfsService/callService";

fn answers(body: &[u8]) -> bool {
    let reply = CENTRE.handle(PATH, &[], body).result.unwrap();
    let node = Node::parse(&reply.body).unwrap();
    reply.status == 200 && node.get("infcode").is_some()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_bytes(body in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(answers(&body));
    }

    #[test]
    fn damaged_messages(sample in 0_usize..2, at in any::<prop::sample::Index>(), with in prop::collection::vec(any::<u8>(), 0..6), cut in 0_usize..40) {
        let mut body = SAMPLES[sample].clone();
        let at = at.index(body.len());
        let to = (at + cut).min(body.len());
        body.splice(at..to, with);
        prop_assert!(answers(&body));
    }

    #[test]
    fn any_input_of_any_transaction(infno in "(1101|2001|220[1-8]A?|2601|320[12]|520[1346]|5301|900[12]|910[12])", key in "(data|feedetail|mdtrtinfo|diseinfo|signIn|signOut|fsUploadIn|fsDownloadIn)", field in "(psn_no|mdtrt_id|mdtrt_cert_type|mdtrt_cert_no|pric|cnt|begntime|chrg_bchno|oinfno|omsgid|stmt_begndate|stmt_enddate|medfee_sumamt|fixmedins_setl_cnt|file_qury_no|in)", value in "(null|0|-1|1e30|\"\\u0000\"|\"99999999999999999999\"|\"二\"|\\[\\]|\\{\\}|true)", number in 0_u32..10_000) {
        let body = format!(
            "{{\"infno\":\"{infno}\",\"msgid\":\"H9900010000120261124090000{number:04}\",\
             \"mdtrtarea_admvs\":\"990001\",\"inf_time\":\"2026-11-24 09:00:00\",\
             \"fixmedins_code\":\"H99000100001\",\"input\":{{\"{key}\":{{\"{field}\":{value}}}}}}}"
        );
        prop_assert!(answers(body.as_bytes()), "{body}");
    }
}

#[test]
fn another_path_is_an_unknown_transaction() {
    let reply = CENTRE
        .handle("/elsewhere", &[], &SAMPLES[0])
        .result
        .unwrap();
    let node = Node::parse(&reply.body).unwrap();
    let words = node.get("err_msg").and_then(Node::scalar).unwrap();
    assert!(words.contains("未知交易编号"), "{words}");
}
