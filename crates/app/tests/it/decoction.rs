//! 中药饮片: herbs by the gram with their footnotes, doses and usage said once for all of them.

use cunyi_app::views::{Decoction, DraftBody, DraftLine, TemplateForm};
use cunyi_domain::ledger::{Footnote, Prescription, Right};
use cunyi_domain::money::{Fen, Quantity};
use cunyi_domain::refusal::{Code, Refusal};

use crate::uploads::wanted;
use crate::world::{World, actor, worlds, worlds_of};

fn herb(w: &World, name: &str, grams: &str, footnote: &str) -> DraftLine {
    DraftLine {
        code: w.line(name).code,
        dose: grams.to_owned(),
        footnote: footnote.to_owned(),
        ..DraftLine::default()
    }
}

fn said(doses: &str) -> Decoction {
    Decoction {
        doses: doses.to_owned(),
        usage: "decoct".to_owned(),
        times: "d2".to_owned(),
    }
}

/// 麻黄汤, five doses, and the fee.
fn boiled(w: &World) -> DraftBody {
    DraftBody {
        lines: vec![
            herb(w, "麻黄", "6", "first"),
            herb(w, "桂枝", "4.5", ""),
            herb(w, "苦杏仁", "9", "late"),
            herb(w, "甘草", "3", ""),
            w.consultation(),
        ],
        decoction: said("5"),
        ..w.cold()
    }
}

fn problems(w: &World, body: &DraftBody) -> Vec<Refusal> {
    let visit = w.register(w.resident(false));
    w.app.preview(&w.doctor, &visit, body).unwrap().problems
}

/// What 2204 says of 桂枝 and, of no herb, of the fee.
fn told(w: &World) {
    let sent = w.wire.of("2204")[0].sent["input"]["feedetail"].clone();
    let of = |n: usize, field: &str| sent[n][field].as_str().unwrap_or_default().to_owned();
    let number = |field: &str| {
        sent[1][field]
            .to_string()
            .parse::<Quantity>()
            .unwrap()
            .to_string()
    };
    assert_eq!(
        [number("cnt"), number("pric"), number("det_item_fee_sumamt")],
        ["22.5", "0.03", "0.68"]
    );
    assert_eq!(of(1, "sin_dos_dscr"), "4.5g");
    assert_eq!(of(1, "used_frqu_dscr"), "每日一剂分两次");
    assert_eq!(of(1, "medc_way_dscr"), "水煎服");
    assert_eq!(
        (of(1, "tcmdrug_used_way"), of(4, "tcmdrug_used_way")),
        ("1".to_owned(), String::new())
    );
}

#[test]
fn a_decoction_is_sold_by_weight_and_told_to_the_platform_as_one() {
    for w in worlds_of("decoction", &wanted()) {
        w.granted();
        let (before, _) = w.stock("桂枝");
        let visit = w.settled(w.resident(false), &boiled(&w));
        let view = w.view(&visit);
        let line = |n: usize| {
            let c = &view.charges[n];
            (
                &*c.name,
                &*c.dose,
                c.footnote,
                c.quantity.to_string(),
                c.amount,
            )
        };
        // 22.5 g at 0.03 yuan are 0.675 yuan.
        let expected = [
            ("麻黄", "6g", Some(Footnote::First), "30", Fen(135)),
            ("桂枝", "4.5g", None, "22.5", Fen(68)),
            ("苦杏仁", "9g", Some(Footnote::Late), "45", Fen(315)),
            ("甘草", "3g", None, "15", Fen(90)),
        ];
        for (n, (name, dose, footnote, sold, fen)) in expected.into_iter().enumerate() {
            assert_eq!(line(n), (name, dose, footnote, sold.to_owned(), fen));
            let how = (
                &*view.charges[n].route,
                &*view.charges[n].frequency,
                view.charges[n].days,
            );
            assert_eq!(how, ("水煎服", "每日一剂分两次", 5));
        }
        told(&w);
        w.app.hand_over(&w.doctor, &visit).unwrap();
        let (after, reserved) = w.stock("桂枝");
        assert_eq!(
            ((before - after).to_string(), reserved.0),
            ("22.5".to_owned(), 0)
        );
        assert_eq!(w.app.upload_due().unwrap(), 1);
        let input = &w.wire.of("4301")[0].sent["input"];
        let notes: Vec<_> = (0..4)
            .map(|n| {
                input["rxinfo"][n]["tcmherb_foote"]
                    .as_str()
                    .unwrap_or_default()
            })
            .collect();
        assert_eq!(notes, ["先煎", "", "后下", ""]);

        // As last time: the herbs, and what was said of them once; the next day, when the fee is due again.
        w.clock.advance(86_400);
        let next = w.register(w.resident(false));
        let again = w.app.as_last_time(&w.doctor, &next).unwrap();
        assert!(again.lines == boiled(&w).lines_as_repeated() && again.decoction == said("5"));
        w.prove();
    }
}

/// A quantity is repeated for a service, and follows from the order for a herb.
trait Repeated {
    fn lines_as_repeated(self) -> Vec<DraftLine>;
}

impl Repeated for DraftBody {
    fn lines_as_repeated(mut self) -> Vec<DraftLine> {
        if let Some(fee) = self.lines.last_mut() {
            "1".clone_into(&mut fee.quantity);
        }
        self.lines
    }
}

#[test]
fn what_is_said_once_is_refused_once() {
    for w in worlds("decoction_refused") {
        w.granted();
        w.restock();
        let with = |decoction: Decoction| {
            problems(
                &w,
                &DraftBody {
                    decoction,
                    ..boiled(&w)
                },
            )
        };
        assert_eq!(with(said("14")), []);
        let doses = Refusal::at(Code::Doses, "doses").with("limit", 14);
        for wrong in ["", "0", "15", "1.5", "-1", "x", "99999999999999999999"] {
            assert_eq!(with(said(wrong)), std::slice::from_ref(&doses), "{wrong}");
        }
        for (usage, times, field) in [
            ("po", "d2", "usage"),
            ("decoct", "tid", "times"),
            ("", "d2", "usage"),
        ] {
            let (usage, times) = (usage.to_owned(), times.to_owned());
            let wrong = with(Decoction {
                usage,
                times,
                ..said("5")
            });
            assert_eq!(wrong, [Refusal::at(Code::Missing, field)]);
        }
        // Without herbs nothing is wanted of a decoction.
        let cold = DraftBody {
            decoction: Decoction::default(),
            ..w.cold()
        };
        assert_eq!(problems(&w, &cold), []);

        let one = |line: DraftLine| {
            let lines = vec![line, w.consultation()];
            problems(
                &w,
                &DraftBody {
                    lines,
                    ..boiled(&w)
                },
            )
        };
        for grams in ["", "0", "-3", "10000.1", "three"] {
            let wrong = Refusal::at(Code::BadNumber, "dose").with("line", 1);
            assert_eq!(one(herb(&w, "甘草", grams, "")), [wrong], "{grams}");
        }
        let wrong = Refusal::at(Code::Missing, "footnote").with("line", 1);
        assert_eq!(one(herb(&w, "甘草", "3", "raw")), [wrong]);
        // A tablet is not boiled.
        let tablet = DraftLine {
            route: "decoct".to_owned(),
            ..w.line("苯磺酸氨氯地平片")
        };
        let wrong = Refusal::at(Code::Missing, "route").with("line", 1);
        assert_eq!(one(tablet), [wrong]);
        let tablet = DraftLine {
            frequency: "d2".to_owned(),
            ..w.line("苯磺酸氨氯地平片")
        };
        let wrong = Refusal::at(Code::Missing, "frequency").with("line", 1);
        assert_eq!(one(tablet), [wrong]);
    }
}

#[test]
fn pieces_want_the_grant_of_clinic_and_doctor() {
    for w in worlds("decoction_rights") {
        w.restock();
        let administrator = actor(&w.app, "administrator");
        let grant = |doctor: bool, rights: &[Right]| {
            let doctor = doctor.then_some(&w.doctor.user);
            w.app.set_rights(&administrator, doctor, rights).unwrap();
        };
        let pieces = [Right::Decoction];
        for (clinic, doctor, refused) in [
            (false, true, Some(Code::ClinicRightMissing)),
            (true, false, Some(Code::DoctorRightMissing)),
            (true, true, None),
        ] {
            grant(false, if clinic { &pieces } else { &[] });
            grant(true, if doctor { &pieces } else { &[] });
            let found = problems(&w, &boiled(&w));
            assert_eq!(found.first().map(|p| p.code), refused);
            let written = w.app.prescriptions(&w.doctor).unwrap();
            assert_eq!(
                written.contains(&Prescription::Decoction),
                refused.is_none()
            );
        }
        // A template keeps what is said once, and is refused whole when the grant is gone.
        let name = TemplateForm {
            name: "麻黄汤".to_owned(),
            shared: false,
        };
        w.app.save_template(&w.doctor, &name, &boiled(&w)).unwrap();
        let template = w.app.templates(&w.doctor).unwrap().remove(0).id;
        let taken = |body| w.app.with_template(&w.doctor, &template, body);
        let fresh = taken(DraftBody::default()).unwrap();
        assert!(fresh.decoction == said("5") && fresh.lines == boiled(&w).lines);
        let begun = DraftBody {
            decoction: said("3"),
            ..DraftBody::default()
        };
        assert!(taken(begun).unwrap().decoction == said("3"));
        grant(false, &[]);
        assert_eq!(
            w.code(taken(DraftBody::default())),
            Code::ClinicRightMissing
        );
        let visit = w.register(w.resident(false));
        let frozen = w.app.freeze(&w.doctor, &visit, 0, &boiled(&w));
        assert_eq!(w.code(frozen), Code::ClinicRightMissing);
        w.prove();
    }
}
