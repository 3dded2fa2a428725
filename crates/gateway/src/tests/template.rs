use super::*;

#[test]
fn placeholders() {
    for text in [
        "${msgid}",
        "a${x}b",
        "#{x}",
        "{{x}}",
        "{{ x }}",
        "{x}",
        "{0}",
        " <psn_no> ",
        "@x@",
        "$x$",
        "%s",
        "%d",
        "%.2f",
        "${a}${b}",
        "<\u{4eba}\u{5458}>",
    ] {
        assert!(is_placeholder(text), "{text}");
    }
    for text in [
        "",
        "x",
        "4.52",
        "{",
        "{}",
        "<>",
        "{{x}",
        "${x",
        "a <b> c",
        "50%",
        "%",
        "a@b.c",
        "$5",
        "@",
        "$",
        "{\"a\":1}",
        "<p>\u{9519}\u{8bef}</p>",
        "{a b}",
    ] {
        assert!(!is_placeholder(text), "{text}");
    }
}

#[test]
fn only_what_stands_for_a_value_is_quoted() {
    for (text, expected) in [
        (r#"{"a":${x}}"#, r#"{"a":"${x}"}"#),
        (
            r#"{"a": {{ x }} ,"b":#{y}}"#,
            r##"{"a": "{{ x }}" ,"b":"#{y}"}"##,
        ),
        (
            r#"{"a":{x},"b":<y>,"c":@z@,"d":%s}"#,
            r#"{"a":"{x}","b":"<y>","c":"@z@","d":"%s"}"#,
        ),
        (r"[${x},$y$]", r#"["${x}","$y$"]"#),
        (
            r#"{"a":"1${x}","b":", ${y}, \" ${z},"}"#,
            r#"{"a":"1${x}","b":", ${y}, \" ${z},"}"#,
        ),
        (r#"{"a":{"b":1}}"#, r#"{"a":{"b":1}}"#),
        (r#"{"a":${x"#, r#"{"a":${x"#),
    ] {
        assert_eq!(quoted(text), expected);
    }
}
