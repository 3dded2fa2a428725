use super::*;
use crate::gateway::tests::gateway;
use crate::message::T9101;
use crate::message::statement::{ByteForm, FileBytes, FileUpload, UploadInput};
use crate::{Gateway, Header};
use cunyi_domain::time::Moment;

fn envelope(gateway: &Gateway, bytes: &[u8], name: &str) -> Vec<u8> {
    let input = UploadInput {
        upload: FileUpload {
            content: FileBytes {
                bytes: bytes.to_vec(),
                form: ByteForm::Multipart,
            },
            filename: name.to_owned(),
            fixmedins_code: "H99000100001".to_owned(),
        },
    };
    let header = Header {
        msgid: "H99000100001202611240900000001".to_owned(),
        now: Moment(1_600_000_000_000_000),
        insuplc_admdvs: String::new(),
        sign_no: None,
        opter: "1".to_owned(),
        opter_name: "测试".to_owned(),
    };
    gateway.encode::<T9101>(&header, &input)
}

#[test]
fn the_file_leaves_beside_its_envelope_byte_for_byte() {
    let bytes = b"PK\x03\x04\r\n--cunyi-abc\x00\xff".to_vec();
    let mut gateway = gateway();
    let spellings = [("fsUploadIn", "fsuploadin")];
    for respelled in [false, true] {
        if respelled {
            let owned = spellings.map(|(ours, theirs)| (ours.to_owned(), theirs.to_owned()));
            gateway.region.spellings.extend(owned);
        }
        let sent = envelope(&gateway, &bytes, "a b\"\r\n.zip");
        let lifted = lift(&gateway.region, &sent).unwrap();
        let json = String::from_utf8(lifted.json.clone()).unwrap();
        let holder = if respelled {
            "fsuploadin"
        } else {
            "fsUploadIn"
        };
        let upload = format!("\"{holder}\":{{\"in\":\"\",\"filename\":");
        assert!(json.contains(&upload), "{json}");
        let (kind, body) = lifted.body(&lifted.json, "abc");
        // The first boundary stands in the file.
        assert_eq!(kind, "multipart/form-data; boundary=cunyi-abcx");
        let text = [
            "--cunyi-abcx\r\nContent-Disposition: form-data; name=\"jsonStr\"\r\n",
            "Content-Type: text/plain;charset=utf-8\r\n\r\n",
            &json,
            "\r\n--cunyi-abcx\r\nContent-Disposition: form-data; name=\"file\"; ",
            "filename=\"a_b___.zip\"\r\nContent-Type: application/octet-stream\r\n\r\n",
        ];
        let end = b"\r\n--cunyi-abcx--\r\n".as_slice();
        assert_eq!(body, [text.concat().as_bytes(), &bytes, end].concat());
    }
}

#[test]
fn what_holds_no_file_is_not_lifted() {
    let region = gateway().region;
    for text in [
        "",
        "[]",
        r#"{"input":{"data":{}}}"#,
        r#"{"input":{"fsUploadIn":{"in":[1],"filename":"a"}}}"#,
        r#"{"input":{"fsUploadIn":{"in":"?","filename":"a"}}}"#,
        r#"{"input":{"fsUploadIn":{"in":"UEsA"}}}"#,
    ] {
        assert!(lift(&region, text.as_bytes()).is_none(), "{text}");
    }
}
