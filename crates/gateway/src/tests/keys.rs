use super::*;

fn name(text: &str) -> KeyName {
    KeyName::try_from(text.to_owned()).unwrap()
}

#[test]
fn a_name_is_no_path() {
    for wrong in [
        "",
        ".hidden",
        "..",
        "a/b",
        "a\\b",
        "密钥",
        "a b",
        &"a".repeat(61),
    ] {
        assert!(KeyName::try_from(wrong.to_owned()).is_err(), "{wrong}");
    }
    assert_eq!(name("csb.secret").as_str(), "csb.secret");
}

#[cfg(unix)]
#[test]
fn a_key_is_read_from_a_file_that_only_its_owner_may_read() {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;
    let folder = std::env::temp_dir().join(format!("cunyi-keys-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let keys = KeyFolder(folder.clone());
    let put = |content: &[u8], mode| {
        fs::write(folder.join("k"), content).unwrap();
        fs::set_permissions(folder.join("k"), Permissions::from_mode(mode)).unwrap();
        keys.read(&name("k"))
    };
    for mode in [0o600, 0o400] {
        assert_eq!(put(b"s3cret\r\n", mode).unwrap().expose(), "s3cret");
    }
    for mode in [0o640, 0o604, 0o620, 0o666] {
        assert!(
            put(b"s3cret", mode).unwrap_err().what.contains("600"),
            "{mode:o}"
        );
    }
    for (content, words) in [
        (&b" \n"[..], "one line"),
        (b"one\ntwo", "one line"),
        (&[b'a'; 4097], "4096"),
        (b"\xff\xfe", "UTF-8"),
    ] {
        let fault = put(content, 0o600).unwrap_err();
        assert!(fault.what.contains(words), "{fault}");
    }
    let missing = keys.read(&name("other")).unwrap_err();
    assert!(
        missing.to_string().contains("other: 密钥文件读不出"),
        "{missing}"
    );
    let inside = folder.join("dir");
    fs::create_dir_all(&inside).unwrap();
    fs::set_permissions(&inside, Permissions::from_mode(0o700)).unwrap();
    assert!(keys.read(&name("dir")).is_err());
    assert!(!format!("{:?}", put(b"s3cret", 0o600)).contains("s3cret"));
    fs::remove_dir_all(folder).unwrap();
}
