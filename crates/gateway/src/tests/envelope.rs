//! What the clinic and the sandbox write, and that each reads the other.

use super::tests::{MSGID, fen, gateway, http, settle, settled};
use super::*;
use crate::message::settle::Presettle;
use crate::message::visit::Registration;
use crate::message::{Data, T2201, T2203, T2206, T2207};
use cunyi_domain::time::{Moment, parse_date_time};

fn header() -> Header {
    Header {
        msgid: MSGID.into(),
        now: parse_date_time("2026-11-24 07:30:05").unwrap(),
        insuplc_admdvs: String::new(),
        sign_no: Some("680003".into()),
        opter: "u1".into(),
        opter_name: "村医".into(),
    }
}

#[test]
fn a_request_is_written_as_the_platform_wants_it() {
    let bytes = gateway().encode::<T2206>(
        &header(),
        &Data::from(Presettle {
            psn_no: "P1".into(),
            medfee_sumamt: fen(452),
            ..Presettle::default()
        }),
    );
    assert_eq!(
        String::from_utf8(bytes.clone()).unwrap(),
        concat!(
            r#"{"infno":"2206","msgid":"H99000100001202611240730050000","mdtrtarea_admvs":"990001","#,
            r#""insuplc_admdvs":"990001","recer_sys_code":"MBS_LOCAL","dev_no":"","dev_safe_info":"","#,
            r#""cainfo":"","signtype":"","infver":"V1.0","opter_type":"1","opter":"u1","opter_name":"村医","#,
            r#""inf_time":"2026-11-24 07:30:05","fixmedins_code":"H99000100001","fixmedins_name":"演示村卫生室","#,
            r#""sign_no":"680003","input":{"data":{"psn_no":"P1","mdtrt_cert_type":"","mdtrt_cert_no":"","#,
            r#""med_type":"","medfee_sumamt":4.52,"psn_setlway":"","mdtrt_id":"","chrg_bchno":"","#,
            r#""acct_used_flag":"","insutype":""}}}"#
        )
    );
    let incoming = crate::Incoming::read(&Node::parse(&bytes).unwrap()).unwrap();
    assert_eq!(incoming.head.infno, "2206");
    let input = incoming.input::<T2206>().unwrap();
    assert_eq!(input.data.medfee_sumamt, fen(452));
    assert_eq!(gateway().infno::<T2203>(), "2203A");
}

#[test]
fn the_sandbox_answers_in_envelopes_the_clinic_reads() {
    let now = header().now;
    let output = Data::from(crate::message::visit::Registered {
        mdtrt_id: "M1".into(),
        psn_no: "P1".into(),
        ipt_otp_no: "V1".into(),
        exp_content: String::new(),
    });
    let input = Data::from(Registration {
        psn_no: "P1".into(),
        ipt_otp_no: "V1".into(),
        ..Registration::default()
    });
    let bytes = crate::answer(&output, "R1", now, Moment(now.0 + 5_000));
    let Outcome::Success(success) = gateway().decode::<T2201>(MSGID, &input, &http(200, bytes))
    else {
        panic!();
    };
    assert_eq!(success.output, output);
    assert_eq!(success.respond_time, Some(Moment(now.0 + 5_000)));
    let bytes = crate::refusal("人员信息不存在", "R2", now, now);
    let outcome = gateway().decode::<T2201>(MSGID, &input, &http(200, bytes));
    let expected = PlatformRefusal {
        infcode: "-1".into(),
        text: "人员信息不存在".into(),
    };
    assert_eq!(outcome, Outcome::Refused(expected));
}

#[test]
fn a_region_spells_fields_its_own_way_both_ways() {
    let mut gateway = gateway();
    gateway
        .region
        .spellings
        .insert("medfee_sumamt".into(), "medfee_sum".into());
    // The envelope's own names as well.
    for (ours, theirs) in [
        ("mdtrtarea_admvs", "mdtrtarea_admdvs"),
        ("infcode", "retCode"),
    ] {
        let spellings = &mut gateway.region.spellings;
        spellings.insert(ours.into(), theirs.into());
    }
    let body = settled()
        .replace("medfee_sumamt", "medfee_sum")
        .replace("infcode", "retCode");
    let outcome = gateway.decode::<T2207>(MSGID, &settle(), &http(200, body));
    assert!(matches!(outcome, Outcome::Success(_)), "{outcome:?}");
    let bytes = gateway.encode::<T2207>(&header(), &settle());
    let text = String::from_utf8(bytes).unwrap();
    for name in ["\"medfee_sum\":10.00", "\"mdtrtarea_admdvs\":\"990001\""] {
        assert!(text.contains(name), "{text}");
    }
    // The platform's side reads it back.
    let sent = gateway.region.ours(Node::parse_text(&text).unwrap());
    let head = crate::Incoming::read(&sent).unwrap().head;
    assert_eq!(head.mdtrtarea_admvs, gateway.region.admdvs);
}
