//! The estimate is what the centre answers, and says when it cannot be.

use cunyi_app::views::{DraftBody, Remaining, Why};
use cunyi_catalogue::ServiceRole;
use cunyi_centre::population::{AREA, Cover, Identity, Person};
use cunyi_domain::batch::BatchState as S;
use cunyi_domain::ids::VisitId;
use cunyi_domain::money::Fen;
use cunyi_domain::refusal::Code;
use cunyi_domain::time::{Clock, age_on};
use cunyi_domain::transport::TransportError;
use cunyi_policy::Rule;

use crate::world::{Setting, World, is_resident, worlds, worlds_of};

/// Numbers of a row that is the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

/// A claim of anything the lists have: all classes, services, the fee, drugs of filed diseases.
fn any_claim(w: &World, dice: &mut Dice) -> DraftBody {
    let mut body = DraftBody {
        diagnoses: vec!["J06.900".to_owned()],
        own_pay_consent: true,
        decoction: cunyi_app::views::Decoction {
            doses: "5".to_owned(),
            usage: "decoct".to_owned(),
            times: "d2".to_owned(),
        },
        ..DraftBody::default()
    };
    for (chance, code) in [(2, "I10.x00x002"), (3, "E11.900")] {
        if dice.roll(chance) == 0 {
            body.diagnoses.push(code.to_owned());
        }
    }
    // What wants a skin test is not given in a moment.
    let plain = |drug: &&cunyi_catalogue::Drug| !drug.skin_test;
    let drugs: Vec<_> = w.app.catalogue().drugs().iter().filter(plain).collect();
    let names = ["苯磺酸氨氯地平片", "二甲双胍片"].map(str::to_owned);
    let chronic = names.into_iter().filter(|_| dice.roll(2) == 0);
    let mut picked: Vec<String> = chronic.collect();
    for _ in 0..dice.roll(4) {
        picked.push(drugs[dice.roll(drugs.len())].name.clone());
    }
    body.lines = picked.iter().map(|name| w.line(name)).collect();
    let services = w.app.catalogue().services();
    let plain: Vec<_> = services
        .iter()
        .filter(|s| s.role == ServiceRole::Other)
        .collect();
    for _ in 0..dice.roll(3) {
        body.lines.push(cunyi_app::views::DraftLine {
            code: plain[dice.roll(plain.len())].code.clone(),
            quantity: (1 + dice.roll(9)).to_string(),
            ..Default::default()
        });
    }
    if dice.roll(3) > 0 || body.lines.is_empty() {
        body.lines.push(w.consultation());
    }
    body
}

/// Freezes it with a reason for every warning; none if the checks, the stock or a list forbid it.
fn frozen(w: &World, person: &Person, coverage: &str, mut body: DraftBody) -> Option<VisitId> {
    let form = cunyi_app::views::RegisterForm {
        handle: w.identify(person).handle,
        coverage: coverage.to_owned(),
        ..Default::default()
    };
    let visit = w.app.register(&w.doctor, &form).unwrap();
    let preview = w.app.preview(&w.doctor, &visit, &body).unwrap();
    let findings = preview.findings.into_iter();
    body.reasons = findings.map(|f| (f.key, "合理".to_owned())).collect();
    match w.app.freeze(&w.doctor, &visit, 0, &body) {
        Ok(()) => Some(visit),
        Err(error) => {
            let code = w.code::<()>(Err(error));
            let fine = [Code::CheckRefused, Code::NoStock, Code::BadNumber];
            assert!(fine.contains(&code), "{code}");
            None
        }
    }
}

/// Settles all batches, confirming a share that the batch before changed.
fn settle(w: &World, visit: &VisitId) {
    w.app.presettle(&w.doctor, visit).unwrap();
    for _ in 0..4 {
        if w.settle(visit).is_ok() {
            break;
        }
    }
    assert!(w.states(visit).iter().all(|s| *s == S::Settled));
}

#[test]
fn for_the_demo_policy_the_estimate_is_the_centres_answer() {
    let (compared, several) = estimates_are_answers(&worlds("estimate")[0], 120);
    assert!(compared > 60 && several > 10, "{compared} {several}");
}

#[test]
fn under_limits_of_every_kind_the_estimate_is_the_centres_answer() {
    let deductible = "[{ per = \"month\", amount = \"8.00\" }]";
    let caps = "{ per = \"visit\", of = \"in_scope\", amount = \"15.00\" },
      { per = \"day\", amount = \"12.00\" }";
    let mut setting = with_limits(deductible, caps);
    setting.resident += "\n[[shared_cap]]\nper = \"year\"\nof = \"in_scope\"\namount = \"60.00\"
      benefits = [\"general\", \"chronic\"]\n";
    let w = &worlds_of("every_limit", &setting)[0];
    let (compared, several) = estimates_are_answers(w, 60);
    assert!(compared > 30 && several > 5, "{compared} {several}");
}

/// Settles generated claims; how many batches were compared, and how many visits had several.
fn estimates_are_answers(w: &World, claims: usize) -> (usize, usize) {
    w.granted();
    for _ in 0..4 {
        w.restock();
    }
    let mut dice = Dice(20_261_126);
    let usable = |p: &&Person| {
        p.coverages
            .iter()
            .any(|c| c.status == "1" && c.place == AREA)
    };
    let filed = |p: &&Person| usable(p) && !p.filings.is_empty();
    // Few people, so that caps, deductibles and earlier visits count.
    let mut people: Vec<&Person> = w.people.iter().filter(filed).take(6).collect();
    people.extend(
        w.people
            .iter()
            .filter(usable)
            .filter(|p| p.coverages[0].scheme == "310")
            .take(3),
    );
    people.extend(
        w.people
            .iter()
            .filter(usable)
            .filter(|p| p.fund_elsewhere > Fen(38_000))
            .take(3),
    );
    let (mut compared, mut several) = (0, 0);
    for _ in 0..claims {
        let person = people[dice.roll(people.len())];
        let here: Vec<usize> = (0..person.coverages.len())
            .filter(|&i| person.coverages[i].status == "1" && person.coverages[i].place == AREA)
            .collect();
        let coverage = here[dice.roll(here.len())].to_string();
        let body = any_claim(w, &mut dice);
        let Some(visit) = frozen(w, person, &coverage, body) else {
            continue;
        };
        settle(w, &visit);
        let view = w.view(&visit);
        for batch in &view.batches {
            assert_eq!(
                batch.fund, batch.estimated_fund,
                "{batch:?} {:?}",
                view.charges
            );
            compared += 1;
        }
        several += usize::from(view.batches.len() > 1);
        if dice.roll(4) == 0 {
            let batch = &view.batches[dice.roll(view.batches.len())].id;
            w.app.reverse(&w.doctor, batch, "退").unwrap();
        }
        w.clock.advance(60);
    }
    w.prove();
    (compared, several)
}

#[test]
fn what_other_institutions_used_is_said_to_be_unknown() {
    let region = Setting::default().region.replace("remaining_cap_key", "# ");
    let setting = Setting {
        region,
        ..Setting::default()
    };
    for w in worlds_of("unknown_use", &setting) {
        let person = w.resident(false);
        w.wire
            .twist("5206", |_| Err(TransportError::Lost("cut".to_owned())));
        let visit = w.register(person);
        let own = Remaining::OwnUse { used: Fen::ZERO };
        assert_eq!(w.view(&visit).patient.remaining, Some(own));
        let preview = w.app.preview(&w.doctor, &visit, &w.cold()).unwrap();
        assert_eq!(preview.batches[0].estimate_why, Some(Why::OthersUnknown));
        // 5206 alone says it too.
        let visit = w.register(person);
        let remaining = w.view(&visit).patient.remaining;
        assert!(
            matches!(remaining, Some(Remaining::Platform { .. })),
            "{remaining:?}"
        );
        let preview = w.app.preview(&w.doctor, &visit, &w.cold()).unwrap();
        assert_eq!(preview.batches[0].estimate_why, None);
    }
}

/// What 1101 says is left, as it was written there.
fn left_as_said(w: &World, person: &Person, said: &'static str) -> Option<Remaining> {
    w.wire.twist("1101", move |came| {
        let mut reply = came.unwrap();
        let text = String::from_utf8(reply.body).unwrap();
        let key = "opt_pool_balc\\\":";
        let (before, after) = text.split_once(key).expect(&text);
        let end = after.find('}').unwrap();
        reply.body = format!("{before}{key}{said}{}", &after[end..]).into_bytes();
        Ok(reply)
    });
    let visit = w.register(person);
    w.view(&visit).patient.remaining
}

#[test]
fn what_is_left_stands_as_the_platform_said_it() {
    for w in worlds("left_said") {
        let person =
            w.person(|p| is_resident(p) && p.filings.is_empty() && p.fund_elsewhere == Fen::ZERO);
        for (said, left) in [
            ("123.45", 12_345),
            ("0.29", 29),
            ("\\\"35.1\\\"", 3_510),
            // No binary float has this many digits; above our own cap it is still what was said.
            ("90071992547409.93", 9_007_199_254_740_993),
            ("0", 0),
        ] {
            let Some(Remaining::Platform { left: shown, at }) = left_as_said(&w, person, said)
            else {
                panic!("{said}");
            };
            assert_eq!(shown, Fen(left), "{said}");
            assert!(at <= w.app.now());
        }
        // What is no amount is not said: 5206 is there instead.
        for junk in ["null", "\\\"\\\"", "\\\"many\\\"", "-3.00", "1.234"] {
            let remaining = left_as_said(&w, person, junk);
            let Some(Remaining::Platform { left, .. }) = remaining else {
                panic!("{junk} {remaining:?}");
            };
            assert_eq!(left, Fen(40_000), "{junk}");
        }
        let visit = w.settled(person, &w.cold());
        let view = w.view(&visit);
        let fee: Fen = view
            .charges
            .iter()
            .filter(|c| c.name == "一般诊疗费")
            .map(|c| c.fund)
            .sum();
        let counted = view.batches[0].fund - fee;
        let Some(Remaining::Platform { left, .. }) = view.patient.remaining else {
            panic!("{:?}", view.patient.remaining);
        };
        assert_eq!(left, Fen(40_000) - counted, "the fee does not count");
    }
}

/// Rules that ask who she is: by contribution and age.
fn by_person() -> Setting {
    let text = Setting::default().resident;
    let row = "{ when = { level = \"village\" }, is = \"70%\" },";
    assert!(text.contains(row));
    let rows = "{ when = { level = \"village\", status = \"adult\", age = \"-59\" }, is = \"55%\" },
      { when = { level = \"village\", status = \"adult\", age = \"60-\" }, is = \"80%\" },
      { when = { level = \"village\", status = [\"student\", \"active\", \"retired\"] }, is = \"90%\" },";
    Setting {
        resident: text.replace(row, rows),
        ..Setting::default()
    }
}

#[test]
fn rules_that_ask_who_she_is_are_answered_by_what_the_platform_called_her() {
    for w in worlds_of("by_person", &by_person()) {
        let fresh = w.residents().filter(|p| p.fund_elsewhere == Fen::ZERO);
        for person in fresh.take(4) {
            let visit = w.register(person);
            let found = w.app.preview(&w.doctor, &visit, &w.cold()).unwrap();
            assert_eq!(found.problems, []);
            let age = age_on(person.birth_date, w.clock.now().date());
            let rate = cunyi_domain::money::Rate::percent(if age < 60 { 55 } else { 80 });
            let scope: Fen = found.lines.iter().map(|l| l.in_scope).sum();
            // The fee is 10, of which the fund pays 9.
            let scope = scope - Fen(1_000);
            let wanted = scope.times(rate, cunyi_domain::money::Rounding::HalfUp) + Fen(900);
            let settled = w.settled(person, &w.cold());
            let paid: Fen = w.view(&settled).batches.iter().map(|b| b.fund).sum();
            assert_eq!((found.estimated_fund, paid), (wanted, wanted), "{age}");
        }
    }
}

/// 医疗救助 after the pool for whom 1101 calls 低保 or 特困.
fn with_aid() -> Setting {
    let Setting { resident, .. } = Setting::default();
    let aid = "[[fund]]\nname = \"medical_aid\"\nbenefits = [\"general\"]\nbase = \"in_scope\"
      where = { aid = [\"destitute\", \"minimum\"] }\ndeductible = \"none\"\ncap = \"none\"
      ratio = [
        { when = { aid = \"destitute\" }, is = \"100%\" },
        { when = { aid = \"minimum\" }, is = \"70%\" },
      ]\n";
    Setting {
        resident: format!("{resident}\n{aid}"),
        ..Setting::default()
    }
}

#[test]
fn who_is_aided_is_what_the_platform_says_of_today() {
    for w in worlds_of("aided", &with_aid()) {
        // 10.80 in scope beside the fee, of which the pool pays 7.56.
        let of = |code: &str, ended: bool| {
            let is = |i: &Identity| i.code == code && i.to.is_some() == ended;
            w.person(|p| is_resident(p) && p.filings.is_empty() && p.identities.iter().any(is))
        };
        let nobody = w.residents().find(|p| p.identities.is_empty()).unwrap();
        for (person, wanted) in [
            (of("021", false), 1_080),
            (of("022", false), 756 + 227),
            (of("022", true), 756),
            (nobody, 756),
        ] {
            assert_eq!(
                cold_beside_fee(&w, person).1,
                Fen(wanted),
                "{:?}",
                person.identities
            );
        }
        w.prove();
    }
}

#[test]
fn who_is_aided_stays_unknown_where_the_region_does_not_say() {
    let Setting { region, .. } = Setting::default();
    let (before, after) = region.split_once("[identities]").unwrap();
    let (_, after) = after.split_once("\n\n").unwrap();
    let setting = Setting {
        region: format!("{before}\n{after}"),
        ..with_aid()
    };
    for w in worlds_of("nobody_says_aided", &setting) {
        let visit = w.register(w.resident(false));
        let found = w.app.preview(&w.doctor, &visit, &w.cold()).unwrap();
        let said = [("cannot", "fact-missing"), ("about", "aid")];
        let said = said.map(|(key, v)| (key, v.to_owned()));
        assert_eq!(found.problems[0].args, said);
    }
}

#[test]
fn who_she_is_stays_unknown_where_the_region_does_not_say() {
    let Setting { region, .. } = Setting::default();
    let (before, after) = region.split_once("[person_types]").unwrap();
    let (_, after) = after.split_once("\n\n").unwrap();
    let setting = Setting {
        region: format!("{before}\n{after}"),
        ..by_person()
    };
    for w in worlds_of("nobody_says", &setting) {
        let visit = w.register(w.resident(false));
        let found = w.app.preview(&w.doctor, &visit, &w.cold()).unwrap();
        assert_eq!(found.problems[0].code, Code::PolicyCannot);
        let said = [("cannot", "fact-missing"), ("about", "status")];
        assert_eq!(
            found.problems[0].args,
            said.map(|(key, v)| (key, v.to_owned()))
        );
    }
}

/// What the fund is expected to pay of a cold beside the fee, which the centre must pay as well.
fn cold_beside_fee(w: &World, person: &Person) -> (VisitId, Fen) {
    let visit = w.register(person);
    let found = w.app.preview(&w.doctor, &visit, &w.cold()).unwrap();
    w.app.freeze(&w.doctor, &visit, 0, &w.cold()).unwrap();
    settle(w, &visit);
    let paid = w.view(&visit).batches[0].fund;
    assert_eq!(found.estimated_fund, paid);
    (visit, paid - Fen(900))
}

/// The residents' rules with other limits for 普通门诊.
fn with_limits(deductible: &str, cap: &str) -> Setting {
    let text = Setting::default().resident;
    let (none, year) = (
        "deductible = \"none\"",
        "cap = [{ per = \"year\", amount = \"400.00\" }]",
    );
    assert!(text.contains(none) && text.contains(year));
    let text = text.replacen(none, &format!("deductible = {deductible}"), 1);
    Setting {
        resident: text.replace(year, &format!("cap = [{cap}]")),
        ..Setting::default()
    }
}

/// No more than what the ratio was taken of is used of a limit on the cost: what a visit's own cap left
/// out is not.
#[test]
fn what_a_cap_left_out_uses_nothing_of_another() {
    let caps = "{ per = \"visit\", of = \"in_scope\", amount = \"5.00\" },
      { per = \"year\", of = \"in_scope\", amount = \"12.00\" }";
    for w in worlds_of("cost_caps", &with_limits("\"none\"", caps)) {
        let person = w.residents().next().unwrap();
        let found = w.app.preview(&w.doctor, &w.register(person), &w.cold());
        let scope: Fen = found.unwrap().lines.iter().map(|l| l.in_scope).sum();
        assert!(scope - Fen(1_000) > Fen(1_000), "{scope}");
        // 70 % of 5, of 5, and of the 2 that are left.
        let (first, paid) = cold_beside_fee(&w, person);
        assert_eq!(paid, Fen(350));
        for wanted in [350, 140, 0] {
            assert_eq!(cold_beside_fee(&w, person).1, Fen(wanted));
        }
        let batch = &w.view(&first).batches[0].id;
        w.app.reverse(&w.doctor, batch, "退").unwrap();
        for wanted in [350, 0] {
            assert_eq!(cold_beside_fee(&w, person).1, Fen(wanted));
        }
        w.prove();
    }
}

#[test]
fn what_the_centre_paid_otherwise_is_what_was_used() {
    let cap = "{ per = \"month\", amount = \"6.00\" }";
    for w in worlds_of("paid_otherwise", &with_limits("\"none\"", cap)) {
        let person = w.residents().next().unwrap();
        w.centre.panel.set_paid(10);
        let visit = w.settled(person, &w.cold());
        w.centre.panel.set_paid(100);
        let batch = &w.view(&visit).batches[0];
        assert!(batch.fund < batch.estimated_fund);
        let left = Fen(600) - (batch.fund - Fen(900));
        assert_eq!(cold_beside_fee(&w, person).1, left);
        assert_eq!(cold_beside_fee(&w, person).1, Fen::ZERO);
    }
}

/// Two fee lists of one day, both made before either was paid: the second bears what is left of the
/// deductible, not what was expected of it.
#[test]
fn a_deductible_is_used_as_the_centre_took_it() {
    let deductible = "[{ per = \"year\", amount = \"15.00\" }]";
    let cap = "{ per = \"year\", amount = \"400.00\" }";
    for w in worlds_of("deductible", &with_limits(deductible, cap)) {
        let person = w.residents().next().unwrap();
        let both = [w.frozen(person, &w.cold()), w.frozen(person, &w.cold())];
        for visit in &both {
            settle(&w, visit);
        }
        let seen = both.map(|visit| w.view(&visit).batches.remove(0));
        assert_eq!(seen[0].fund, Fen(900), "all below the deductible");
        assert!(seen[1].fund > seen[1].estimated_fund, "{seen:?}");
        let scope: Fen = w
            .view(&w.frozen(person, &w.cold()))
            .charges
            .iter()
            .map(|c| c.in_scope)
            .sum();
        let all = (scope - Fen(1_000)).times(
            cunyi_domain::money::Rate::percent(70),
            cunyi_domain::money::Rounding::HalfUp,
        );
        assert_eq!(cold_beside_fee(&w, person).1, all);
    }
}

#[test]
fn an_account_that_pays_first_is_in_the_estimate() {
    let Setting { employee, .. } = Setting::default();
    let setting = Setting {
        employee: format!("{employee}\n[account]\norder = \"first\"\npays = [\"in_scope\"]\n"),
        ..Setting::default()
    };
    for w in worlds_of("account_first", &setting) {
        // Less than a visit costs, so that the account is used up.
        let poor = |p: &&Person| {
            let here = |c: &Cover| c.scheme == "310" && c.status == "1" && c.place == AREA;
            matches!(&p.coverages[..], [c] if here(c) && c.balance > Fen::ZERO)
        };
        let person = w
            .people
            .iter()
            .filter(poor)
            .min_by_key(|p| p.coverages[0].balance);
        let person = person.unwrap();
        let mut paid = Vec::new();
        for turn in 0..8 {
            let visit = w.register(person);
            let found = w.app.preview(&w.doctor, &visit, &w.cold()).unwrap();
            let working = found.batches[0].working.as_ref().unwrap();
            let account = working.steps.iter().find(|s| s.step.rule == Rule::Account);
            let account = account.map_or(Fen::ZERO, |s| s.step.result);
            paid.push(account);
            w.app.freeze(&w.doctor, &visit, 0, &w.cold()).unwrap();
            settle(&w, &visit);
            let batch = &w.view(&visit).batches[0];
            assert_eq!(
                (batch.fund, batch.account),
                (found.estimated_fund, account),
                "{turn}"
            );
        }
        assert!(paid[0] > Fen::ZERO && paid[7] == Fen::ZERO, "{paid:?}");
        w.prove();
    }
}
