//! Known answers. Each was made with OpenSSL 3.0; how is said beside it.

use proptest::prelude::*;

use super::*;

const PRIVATE: &str = "698a8682ef659fa5e4128b2822209ec37328f8a8804d652c4b033440c0dc613b";
const PUBLIC: &str = "041064e90f5773653fae6a67a4d52f0ce3db753082f782a37dbac16b7d8f7d002e\
                      6f514c30218af374e1b6357065e5734acf6e7f9147030153dfde5bce797e0a89";
const ID: &str = "0123456789abcdef";
const MESSAGE: &[u8] = br#"{"data":{"psn_no":"1"}}"#;

#[test]
fn hashes_with_a_key() {
    // printf '_api_access_key=…' | openssl dgst -sha1 -hmac s3cret -binary | base64
    let signed = "_api_access_key=ak&_api_name=clinic&_api_timestamp=1600000000&_api_version=1.0.0";
    assert_eq!(
        hmac_sha1_base64(b"s3cret", signed.as_bytes()),
        "Xci/PSyUeFhmljBxR7ODbJbsZv0="
    );
    // printf '1600000000\n{"infno":"1101"}' | openssl mac -digest SM3 -macopt key:s3cret HMAC
    assert_eq!(
        hmac_sm3_hex(b"s3cret", b"1600000000\n{\"infno\":\"1101\"}"),
        "385131BF997A82F99FED30FD219475AC610B9B2291005E89AACD13ABF56B45C0"
    );
    // printf 1600000000s3cretn0nce1600000000 | sha256sum
    assert_eq!(
        sha256_hex(b"1600000000s3cretn0nce1600000000"),
        "eb12845747e9e56554c7674d69225d062a6c0b21b2f427d207f97fbce1a1c6d0"
    );
}

#[test]
fn sm4_as_openssl_does_it() {
    // printf '{"data":{"psn_no":"1"}}' | openssl enc -sm4-ecb -K $(printf 0123456789abcdef | xxd -p) -base64
    let key = Sm4Key::new(ID).unwrap();
    let sealed = "ChFgtqWBcdv8o7TzWPaMh9Rys1/2IJatdb9Jl2s68Uo=";
    assert_eq!(key.seal(MESSAGE), sealed);
    assert_eq!(key.open(sealed), Node::parse(MESSAGE).ok());
    let other = Sm4Key::new("fedcba9876543210").unwrap();
    assert_eq!(other.open(sealed), None);
    assert_eq!(key.open(&sealed.replace("Ch", "Dh")), None);
    assert_eq!(
        Sm4Key::new("0123456789abcdeg0123456789abcdeg"),
        None,
        "32 bytes"
    );
    assert_eq!(
        Sm4Key::new("30313233343536373839616263646566"),
        Some(key),
        "in hexadecimal"
    );
}

#[test]
fn sm2_verifies_what_openssl_signed_and_nothing_else() {
    // openssl pkeyutl -sign -inkey k.pem -in m -rawin -digest sm3 -pkeyopt distid:0123456789abcdef
    let der = from_hex(
        "3046022100d86db96290da64c5cedae0e102822b518a2a7693d900b7543a8c0bffc21ed549\
         022100ea068391b736186bfb617d8fe5a3b68ddd07d7abb066c60d36664b868fa39d00",
    )
    .unwrap();
    let signature = from_der(&der).unwrap();
    assert_eq!(to_der(&signature), der);
    let key = Sm2PublicKey::new(ID, PUBLIC).unwrap();
    assert!(key.verifies(MESSAGE, &signature));
    assert!(!key.verifies(b"another", &signature));
    let named = Sm2PublicKey::new("1234567812345678", PUBLIC).unwrap();
    assert!(
        !named.verifies(MESSAGE, &signature),
        "the user id is signed too"
    );
    let mut changed = signature;
    changed[63] ^= 1;
    assert!(!key.verifies(MESSAGE, &changed));
    for wrong in [&[][..], &[0; 64], &signature[..63]] {
        assert!(!key.verifies(MESSAGE, wrong));
    }
}

#[test]
fn sm2_signs_the_same_every_time() {
    let key = Sm2Key::new(ID, PRIVATE).unwrap();
    let signature = key.sign(MESSAGE).unwrap();
    assert_eq!(key.sign(MESSAGE), Some(signature));
    assert!(
        Sm2PublicKey::new(ID, PUBLIC)
            .unwrap()
            .verifies(MESSAGE, &signature)
    );
    assert_eq!(format!("{key:?}"), "Sm2Key(…)");
    for wrong in ["", "00", &"0".repeat(64), &"f".repeat(64), "密"] {
        assert!(Sm2Key::new(ID, wrong).is_none(), "{wrong}");
    }
    for wrong in ["", "04", &PUBLIC.replace("1064", "1065")] {
        assert!(Sm2PublicKey::new(ID, wrong).is_none(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn what_is_signed_verifies_in_either_form(message in prop::collection::vec(any::<u8>(), 0..80)) {
        let signature = Sm2Key::new(ID, PRIVATE).unwrap().sign(&message).unwrap();
        prop_assert!(Sm2PublicKey::new(ID, PUBLIC).unwrap().verifies(&message, &signature));
        prop_assert_eq!(from_der(&to_der(&signature)), Some(signature));
    }

    #[test]
    fn numbers_of_any_length_keep_their_value(zeros in 0_usize..40, fill in any::<u8>()) {
        let mut signature = [fill | 1; 64];
        signature[32..][..zeros.min(31)].fill(0);
        prop_assert_eq!(from_der(&to_der(&signature)), Some(signature));
    }

    #[test]
    fn any_bytes_are_read_or_not(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        from_der(&bytes);
        Sm4Key::new(ID).unwrap().open(&String::from_utf8_lossy(&bytes));
    }
}
