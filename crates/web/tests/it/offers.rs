//! Whatever a page offers can be done, and whatever stands in the way today, the page offers a way on:
//! visits are walked at random by the forms of their pages, on good and bad days of the centre, and
//! after each step money and stock add up.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use cunyi_app::NewLot;
use cunyi_app::views::{DraftBody, DraftLine};
use cunyi_centre::faults::Fault;
use cunyi_centre::population::Person;
use cunyi_domain::batch::BatchState as S;
use cunyi_domain::ids::{ChargeId, LotId, VisitId};
use cunyi_domain::ledger::{
    Batch, Charge, ItemKind, Lot, MoveKind, Payer, Reservation, StockMove, Visit, VisitState,
};
use cunyi_domain::money::{Fen, Quantity, UnitPrice};
use cunyi_domain::row::TableRow;
use cunyi_domain::time::parse_date;
use cunyi_store::query;

use crate::cases::{draft_form, of_visit};
use crate::house::{Ask, Browser, House, house};
use crate::world::{World, filed, is_resident};

/// Walks, and the most steps of each.
const WALKS: u64 = 30;
const STEPS: usize = 14;
/// The longest way from anywhere to the end of a visit.
const HOME: usize = 8;

/// The same choices in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        let count = u64::try_from(count).unwrap();
        usize::try_from((self.0 >> 33) % count).unwrap()
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

/// One of an element's attributes.
fn attribute<'a>(element: &'a str, name: &str) -> Option<&'a str> {
    let tag = element.split('>').next()?;
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}

/// What the forms of a visit's page would send.
fn offers(page: &str, visit: &VisitId, body: &DraftBody) -> Vec<Ask> {
    let mut offers = Vec::new();
    for form in page.split("<form").skip(1) {
        let form = form.split("</form>").next().unwrap();
        let path = attribute(form, "action").unwrap_or_default();
        let about = path.starts_with(&format!("/visits/{visit}/"));
        let about = about || path.starts_with("/batches/");
        if !about || path.ends_with("/draft") || path.ends_with("/voucher") {
            continue;
        }
        let mut sent = Vec::new();
        for input in form.split("<input").skip(1) {
            match (attribute(input, "name"), attribute(input, "value")) {
                (Some("csrf") | None, _) => {}
                (Some("reason"), _) => sent.push(("reason".to_owned(), "不要了".to_owned())),
                (Some(name), value) => {
                    sent.push((name.to_owned(), value.unwrap_or_default().to_owned()));
                }
            }
        }
        for select in form.split("<select").skip(1) {
            let first = select.split("<option").nth(1);
            let first = first.and_then(|option| attribute(option, "value"));
            let chosen = attribute(select, "name").zip(first);
            sent.extend(chosen.map(|(name, value)| (name.to_owned(), value.to_owned())));
        }
        for button in form.split("<button").skip(1) {
            let own = attribute(button, "name").zip(attribute(button, "value"));
            let own = own.map(|(name, value)| (name.to_owned(), value.to_owned()));
            offers.push(Ask {
                method: "post",
                path: path.to_owned(),
                form: sent.iter().cloned().chain(own).collect(),
                ..Ask::default()
            });
        }
    }
    if page.contains(&format!("formaction=\"/visits/{visit}/freeze\"")) {
        let version = page.split("name=\"version\" value=\"").nth(1).unwrap();
        let version = version.split('"').next().unwrap().parse().unwrap();
        offers.push(Ask {
            form: draft_form(body, version),
            ..of_visit("post", visit, "/freeze")
        });
    }
    offers
}

/// What a step is called, for whoever reads where a walk went wrong.
fn name(ask: &Ask) -> String {
    let last = ask.path.rsplit('/').next().unwrap_or_default();
    let to = ask.form.iter().find(|(name, _)| name == "to");
    to.map_or_else(|| last.to_owned(), |(_, to)| format!("{last} {to}"))
}

/// True if it brings the visit nearer to its end.
fn onward(ask: &Ask) -> bool {
    let onward = [
        "freeze",
        "presettle",
        "settle",
        "hand-over",
        "move seeing",
        "even-out",
        "retry-registration",
        "resolve",
    ];
    onward.contains(&name(ask).as_str())
}

/// Makes the next call of some transaction go wrong; answers what, if anything.
fn bad_day(w: &World, dice: &mut Dice) -> Option<String> {
    if dice.below(3) > 0 {
        return None;
    }
    if dice.below(4) == 0 {
        w.centre.panel.set_down(true);
        return Some("down".to_owned());
    }
    let fault = dice.pick(&[
        Fault::Refuse,
        Fault::Refuse,
        Fault::LoseReply,
        Fault::Truncate,
    ]);
    let infno = dice.pick(&[
        "2201", "2202", "2203", "2204", "2205", "2206", "2207", "2207", "2208", "2208",
    ]);
    w.centre.panel.set_fault(*fault, infno, 1);
    Some(format!("{fault} {infno}"))
}

fn good_day(w: &World) {
    w.centre.panel.set_down(false);
    for fault in Fault::ALL {
        w.centre.panel.set_fault(*fault, "", 0);
    }
}

/// Enough of both drugs for every walk.
fn deliver(w: &World) {
    let lot = |line: DraftLine| NewLot {
        code: line.code,
        lot_number: "L9".to_owned(),
        expires_on: parse_date("2028-06-30").unwrap(),
        cost: UnitPrice::from_fen(10),
        quantity: Quantity::whole(100_000),
    };
    let lots = ["感冒灵颗粒", "苯磺酸氨氯地平片"].map(|name| lot(w.line(name)));
    w.app.receive_stock(&w.doctor, &lots).unwrap();
}

fn all<T: TableRow>(w: &World) -> Vec<T> {
    let db = w.app.store().db();
    db.read("all", |tx| tx.select::<T>("", vec![])).unwrap()
}

/// The smallest units of a line.
fn units(w: &World, charge: &Charge) -> Quantity {
    let drug = w.app.catalogue().drug(&charge.code).unwrap();
    let pack = if charge.unit == drug.unit {
        1
    } else {
        drug.units_per_pack
    };
    Quantity(charge.quantity.0 * pack)
}

/// The parts sum to the whole: lines to batches, shares to batches, batches to the day.
fn money_adds_up(w: &World, trace: &str) {
    let (batches, charges): (Vec<Batch>, Vec<Charge>) = (all(w), all(w));
    let mut paid = [Fen::ZERO; 3];
    for batch in &batches {
        let lines = charges.iter().filter(|c| c.batch == batch.id);
        let sum: Fen = lines.map(|c| c.amount).sum();
        assert_eq!(sum, batch.total, "{trace}");
        if matches!(batch.state, S::Presettled | S::Settled | S::Reversed) {
            let shares = batch.fund + batch.account + batch.cash;
            assert_eq!(shares, batch.total, "{trace}");
        }
        let stands = [S::Settled, S::ReversalRequested, S::ReversalUnknown];
        if stands.contains(&batch.state) {
            paid[0] += batch.total;
            paid[1] += batch.fund;
            paid[2] += batch.cash;
        }
    }
    let day = w.app.today(&w.doctor, w.app.now().date()).unwrap();
    assert_eq!([day.total, day.fund, day.cash], paid, "{trace}");
}

/// What is held is held for a line that is still to be given; what left, left for one that was.
fn stock_adds_up(w: &World, trace: &str) {
    let moves: Vec<StockMove> = all(w);
    let held: Vec<Reservation> = all(w);
    let mut lots: BTreeMap<LotId, (Quantity, Quantity)> = BTreeMap::new();
    let mut lines: BTreeMap<ChargeId, (Quantity, Quantity)> = BTreeMap::new();
    for one in &moves {
        let on_hand = &mut lots.entry(one.lot.clone()).or_default().0;
        if one.kind == MoveKind::Received {
            *on_hand += one.quantity;
        } else {
            *on_hand -= one.quantity;
            let line = one.charge.clone().unwrap();
            lines.entry(line).or_default().0 += one.quantity;
        }
    }
    for one in &held {
        lots.entry(one.lot.clone()).or_default().1 += one.quantity;
        lines.entry(one.charge.clone()).or_default().1 += one.quantity;
    }
    for lot in all::<Lot>(w) {
        assert_eq!(lots[&lot.id], (lot.on_hand, lot.reserved), "{trace}");
    }
    let visits: Vec<Visit> = all(w);
    for visit in &visits {
        let db = w.app.store().db();
        let given = db.read("given", |tx| query::given(tx, &visit.clinic, &visit.id));
        for line in given.unwrap() {
            if line.kind == ItemKind::Drug {
                let wanted = units(w, &line);
                let expected = match visit.state {
                    VisitState::Done => (wanted, Quantity::ZERO),
                    _ => (Quantity::ZERO, wanted),
                };
                assert_eq!(lines.remove(&line.id), Some(expected), "{trace}");
            }
        }
    }
    assert_eq!(lines, BTreeMap::new(), "{trace}");
}

/// The centre has paid what stands here, and nothing else.
fn the_centre_agrees(w: &World, person: &Person, before: Fen, visit: &VisitId, trace: &str) {
    let view = w.view(visit);
    let settled = view.batches.iter().filter(|b| b.state == S::Settled);
    let settled: Vec<_> = settled.filter(|b| b.payer == Payer::Insured).collect();
    let fund: Fen = settled.iter().map(|b| b.fund).sum();
    // The fund's part of a consultation fee counts towards no cap.
    let fees = view.charges.iter().filter(|c| c.name == "一般诊疗费");
    let fees = fees.filter(|c| settled.iter().any(|b| b.position == c.batch));
    let free: Fen = fees.map(|c| c.fund).sum();
    assert_eq!(w.centre_paid(person) - before, fund - free, "{trace}");
}

struct Walk<'a> {
    h: &'a House,
    by: Browser,
    /// The patient's ID number, where a form asks who she is.
    number: String,
    visit: VisitId,
    dice: Dice,
    trace: String,
}

impl Walk<'_> {
    fn body(&mut self) -> DraftBody {
        let w = &self.h.w;
        let bodies = [w.cold(), w.cold_and_pressure(), w.consult_only()];
        self.dice.pick(&bodies).clone()
    }

    async fn page(&self) -> String {
        let answer = self
            .h
            .ask(&self.by, &of_visit("get", &self.visit, ""))
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", self.trace);
        answer.body
    }

    fn in_flight(&self) -> bool {
        let states = self.h.w.states(&self.visit);
        states.iter().any(|s| s.in_flight())
    }

    fn over(&self) -> bool {
        let state = self.h.w.view(&self.visit).state;
        matches!(state, VisitState::Done | VisitState::Cancelled)
    }

    /// What the page offers; there is a way on unless the visit is over or somebody must be asked.
    async fn offered(&mut self) -> Vec<Ask> {
        let body = self.body();
        let page = self.page().await;
        let offered = offers(&page, &self.visit, &body);
        if self.in_flight() {
            let names: Vec<String> = offered.iter().map(name).collect();
            let moves = [
                "settle",
                "presettle",
                "hand-over",
                "drop",
                "take-back",
                "void",
            ];
            let moves = |n: &String| moves.contains(&n.as_str());
            assert!(!names.iter().any(moves), "{} {names:?}", self.trace);
            assert!(
                names.iter().any(|n| n == "resolve"),
                "{} {names:?}",
                self.trace
            );
        } else if !self.over() {
            assert!(offered.iter().any(onward), "a dead end: {}", self.trace);
        }
        offered
    }

    /// Does what is offered: it is only refused on a bad day.
    async fn take(&mut self, ask: &Ask, bad: bool) {
        let mut ask = ask.clone();
        for (_, value) in ask.form.iter_mut().filter(|(name, _)| name == "number") {
            value.clone_from(&self.number);
        }
        let answer = self.h.ask(&self.by, &ask).await;
        // A prescription is answered with its paper.
        let paper = name(&ask) == "prescription" && answer.status == StatusCode::OK;
        let done = paper || answer.status == StatusCode::SEE_OTHER;
        let told = bad && answer.status == StatusCode::UNPROCESSABLE_ENTITY;
        let problem = answer.problem();
        assert!(done || told, "{} {} {problem}", self.trace, answer.status);
    }

    /// Something that is offered; what ends a visit not too soon.
    fn choose(&mut self, offered: &[Ask]) -> Ask {
        let on: Vec<Ask> = offered.iter().filter(|a| onward(a)).cloned().collect();
        let among = match self.dice.below(2) {
            0 if !on.is_empty() => &on,
            _ => offered,
        };
        let ask = self.dice.pick(among).clone();
        if name(&ask) == "move cancelled" && self.dice.below(4) > 0 {
            return self.dice.pick(among).clone();
        }
        ask
    }

    async fn step(&mut self) -> bool {
        let offered = self.offered().await;
        if offered.is_empty() {
            return false;
        }
        let ask = self.choose(&offered);
        let bad = bad_day(&self.h.w, &mut self.dice);
        self.trace = format!("{}; {}", self.trace, name(&ask));
        if let Some(bad) = &bad {
            self.trace = format!("{} ({bad})", self.trace);
        }
        self.take(&ask, bad.is_some()).await;
        good_day(&self.h.w);
        money_adds_up(&self.h.w, &self.trace);
        stock_adds_up(&self.h.w, &self.trace);
        true
    }

    /// On good days whatever is begun comes to its end.
    async fn home(&mut self) {
        for _ in 0..HOME {
            let offered = self.offered().await;
            if self.over() && !self.in_flight() {
                return;
            }
            // After the region's bound a call that is not found was not done.
            self.h
                .w
                .clock
                .advance(if self.in_flight() { 600 } else { 0 });
            let ask = offered.iter().find(|ask| onward(ask)).unwrap().clone();
            self.trace = format!("{}; home by {}", self.trace, name(&ask));
            self.take(&ask, false).await;
        }
        panic!("no way home: {}", self.trace);
    }
}

#[tokio::test]
async fn what_a_page_offers_can_be_done_and_leads_on() {
    let h = house();
    let hypertensive = |p: &&Person| is_resident(p) && filed(p) == ["高血压"];
    let people: Vec<Person> = h.w.people.iter().filter(hypertensive).cloned().collect();
    deliver(&h.w);
    let mut ended: BTreeMap<String, usize> = BTreeMap::new();
    let mut states = ended.clone();
    for seed in 0..WALKS {
        let mut dice = Dice(seed);
        let person = dice.pick(&people).clone();
        let before = h.w.centre_paid(&person);
        let by = h.sign_in("doctor");
        if dice.below(4) == 0 {
            h.w.centre.panel.set_fault(Fault::Refuse, "2201", 1);
        }
        let visit = h.w.register(&person);
        good_day(&h.w);
        let trace = format!("walk {seed}");
        let mut walk = Walk {
            h: &h,
            by,
            number: person.id_number.clone(),
            visit,
            dice,
            trace,
        };
        for _ in 0..STEPS {
            if !walk.step().await {
                break;
            }
        }
        walk.home().await;
        money_adds_up(&h.w, &walk.trace);
        stock_adds_up(&h.w, &walk.trace);
        the_centre_agrees(&h.w, &person, before, &walk.visit, &walk.trace);
        let state = h.w.view(&walk.visit).state;
        *ended.entry(state.to_string()).or_default() += 1;
        for batch in h.w.view(&walk.visit).batches {
            *states.entry(batch.state.to_string()).or_default() += 1;
        }
    }
    h.w.prove();
    // The walks went everywhere, and each came to its end.
    for (state, least) in [("done", 10), ("cancelled", 2)] {
        assert!(ended.get(state) >= Some(&least), "{ended:?}");
    }
    for (state, least) in [("settled", 5), ("reversed", 5)] {
        assert!(states.get(state) >= Some(&least), "{states:?}");
    }
}
