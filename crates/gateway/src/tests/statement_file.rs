use cunyi_domain::money::Fen;
use proptest::prelude::*;

use super::*;

fn line() -> Line {
    Line {
        psn_no: "P1".into(),
        mdtrt_id: "M1".into(),
        setl_id: "S1".into(),
        refd_setl_flag: "0".into(),
        medfee_sumamt: Fen(452).into(),
        fund_pay_sumamt: Fen(300).into(),
        acct_pay: Fen(0).into(),
        ..Line::default()
    }
}

#[test]
fn a_file_is_written_as_the_document_has_it() {
    let reversal = Line {
        setl_id: "S2".into(),
        mdtrt_id: String::new(),
        refd_setl_flag: "1".into(),
        medfee_sumamt: Fen(-452).into(),
        fund_pay_sumamt: Amount(None),
        ..line()
    };
    assert_eq!(
        write(&[line(), reversal], UPLOAD),
        "S1\tM1\tP1\t4.52\t3.00\t0.00\t0\n\
         S2\tnull\tP1\t-4.52\tnull\t0.00\t1\n"
    );
    // Hunan's order: what stands where is the region's.
    let other = [C::PsnNo, C::MdtrtId, C::SetlId, C::MedfeeSumamt];
    assert_eq!(write(&[line()], &other), "P1\tM1\tS1\t4.52\n");
}

#[test]
fn a_result_is_read_however_its_lines_end() {
    let text = "\u{FEFF}P1\tM1\tS1\tMSG\t000103\t0\t金额不符\t4.52\t3.00\tnull\r\n\
                null\t\tS2\tnull\t000101\t1\t \t-4.5\t0\t0\n\n";
    let lines = read(text, RESULT).unwrap();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0].stmt_rslt, "000103");
    assert_eq!(lines[0].memo, "金额不符");
    assert_eq!(lines[0].acct_pay, Amount(None));
    assert_eq!(lines[1].medfee_sumamt, Fen(-450).into());
    assert_eq!((&*lines[1].psn_no, &*lines[1].mdtrt_id), ("", ""));
}

#[test]
fn what_cannot_be_read_says_where() {
    for (text, fault) in [
        (
            "S1\tM1\tP1\t1\t1\t1\t0\nS2\tM1\n",
            FileFault::Cells { line: 2, cells: 2 },
        ),
        (
            "S1\tM1\tP1\t1\t1\t1\t0\tmore\n",
            FileFault::Cells { line: 1, cells: 8 },
        ),
        (
            "\nS1\tM1\tP1\t1.234\t1\t1\t0\n",
            FileFault::Cell {
                line: 2,
                column: C::MedfeeSumamt,
            },
        ),
    ] {
        assert_eq!(read(text, UPLOAD), Err(fault), "{text}");
    }
}

#[test]
fn a_cell_cannot_break_its_line() {
    let sly = Line {
        memo: "一\t二\n三".into(),
        ..line()
    };
    let columns = [C::Memo, C::SetlId];
    assert_eq!(write(&[sly], &columns), "一 二 三\tS1\n");
}

/// A ZIP of these files.
fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn sizes_are_bounded_on_either_side() {
    let many = vec![line(); MAX_LINES + 1];
    assert_eq!(pack("a.txt", &many, UPLOAD), Err(FileFault::TooLong));
    let most = pack("a.txt", &many[1..], UPLOAD).unwrap();
    assert_eq!(unpack(&most, UPLOAD).unwrap(), many[1..]);
    let more = archive(&[("a.txt", write(&many, UPLOAD).as_bytes())]);
    assert_eq!(unpack(&more, UPLOAD), Err(FileFault::TooLong));
    // Packed small, unpacked long: it is not unpacked to its end.
    let bomb = archive(&[("a.txt", &vec![b'0'; 64 << 20][..])]);
    assert!(bomb.len() < MAX_ARCHIVE);
    assert_eq!(unpack(&bomb, UPLOAD), Err(FileFault::TooLong));
    let long = vec![0; MAX_ARCHIVE + 1];
    assert_eq!(unpack(&long, UPLOAD), Err(FileFault::TooLong));
}

#[test]
fn an_archive_of_another_kind_is_named() {
    for (bytes, fault) in [
        (b"no archive".to_vec(), FileFault::NotZip),
        (archive(&[]), FileFault::NotOneFile),
        (archive(&[("a", b""), ("b", b"")]), FileFault::NotOneFile),
        (archive(&[("a/", b"")]), FileFault::NotOneFile),
        (archive(&[("a", b"\xB7\xF1")]), FileFault::NotUtf8),
    ] {
        assert_eq!(unpack(&bytes, UPLOAD), Err(fault));
    }
    assert_eq!(unpack(&archive(&[("a", b"")]), UPLOAD), Ok(Vec::new()));
}

/// What may stand in a cell: no controls, not blank at the ends, not the word for nothing.
fn cell() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9\u{4e00}-\u{9fa5} ]{0,12}".prop_map(|text| {
        let text = text.trim().to_owned();
        if text == NOTHING { String::new() } else { text }
    })
}

fn money() -> impl Strategy<Value = Amount> {
    proptest::option::of(-9_999_999_999_i64..9_999_999_999).prop_map(|fen| Amount(fen.map(Fen)))
}

fn any_line() -> impl Strategy<Value = Line> {
    let texts = proptest::collection::vec(cell(), 8);
    (texts, money(), money(), money()).prop_map(|(mut texts, total, fund, account)| {
        let mut next = || texts.pop().unwrap();
        Line {
            psn_no: next(),
            mdtrt_id: next(),
            setl_id: format!("S{}", next()),
            msgid: next(),
            stmt_rslt: next(),
            refd_setl_flag: next(),
            memo: next(),
            exp_content: next(),
            medfee_sumamt: total,
            fund_pay_sumamt: fund,
            acct_pay: account,
        }
    })
}

fn any_columns() -> impl Strategy<Value = Vec<Column>> {
    Just(C::ALL.to_vec()).prop_shuffle()
}

proptest! {
    #[test]
    fn what_is_packed_is_unpacked(
        lines in proptest::collection::vec(any_line(), 0..20),
        columns in any_columns(),
    ) {
        let packed = pack("a.txt", &lines, &columns).unwrap();
        prop_assert!(is_archive(&packed));
        prop_assert_eq!(unpack(&packed, &columns), Ok(lines));
    }

    #[test]
    fn no_text_breaks_a_reader(text in "(\\PC|\t|\n|\r|null){0,200}") {
        let _ = read(&text, RESULT);
    }

    #[test]
    fn no_bytes_break_an_unpacker(
        lines in proptest::collection::vec(any_line(), 0..4),
        at in any::<prop::sample::Index>(),
        value in any::<u8>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut packed = pack("a.txt", &lines, RESULT).unwrap();
        let place = at.index(packed.len());
        packed[place] = value;
        let _ = unpack(&packed, RESULT);
        packed.truncate(cut.index(packed.len()));
        let _ = unpack(&packed, RESULT);
    }
}
