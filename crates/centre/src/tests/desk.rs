//! A clinic's desk for the tests: a clock that steps, messages with ids, one call a line.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use cunyi_db::{Durability, Target};
use cunyi_domain::ledger::LineClass;
use cunyi_domain::money::{Fen, Quantity, UnitPrice};
use cunyi_domain::time::civil::{Date, date};
use cunyi_domain::time::{Clock, Moment, Rng};
use cunyi_domain::transport::{Request, Transport};
use cunyi_gateway::message::charge::{FeeDetail, FeeUpload};
use cunyi_gateway::message::person::PersonQuery;
use cunyi_gateway::message::settle::{
    Presettle, Reverse, Settle, SettleInput, Settlement, UndoMessage,
};
use cunyi_gateway::message::visit::{DiseInfo, MdtrtInfo, Registration, VisitUpload};
use cunyi_gateway::message::{
    Data, T1101, T2201, T2203, T2204, T2206, T2207, T2208, T2601, Transaction,
};
use cunyi_gateway::{Gateway, Header, Institution, Line, Outcome, Outgoing, Region, Secret};

use cunyi_policy::{ItemKind, Kinds};

use crate::population::{AREA, Person, population};
use crate::{Centre, Gate, Item, Parts};

pub(super) struct Steps(AtomicI64);

impl Clock for Steps {
    /// A second passes at every look.
    fn now(&self) -> Moment {
        Moment(self.0.fetch_add(1_000_000, Ordering::SeqCst))
    }
}

struct Counter(AtomicU64);

impl Rng for Counter {
    fn fill(&self, buffer: &mut [u8]) {
        let number = self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        for (byte, value) in buffer
            .iter_mut()
            .rev()
            .zip(number.iter().rev().chain([&0; 32]))
        {
            *byte = *value;
        }
    }
}

pub(super) const TODAY: Date = date(2026, 11, 24);
const POLICIES: [&str; 2] = [
    include_str!("../../../policy/regions/demo_resident.toml"),
    include_str!("../../../policy/regions/demo_employee.toml"),
];

/// How long a call waits.
pub(super) const DEADLINE: Duration = Duration::from_secs(20);

/// The keys of all families, the clinic's and the centre's.
pub(super) fn keys() -> BTreeMap<String, Secret> {
    let lines = include_str!("../../../gateway/regions/transport/fictional.keys").lines();
    let pairs = lines.filter_map(|line| line.split_once('='));
    pairs
        .map(|(name, key)| (name.to_owned(), Secret::new(key)))
        .collect()
}

/// The tests' catalogue: A, B (ceiling 18.00), the fee; everything else is unknown.
fn item(code: &str) -> Option<Item> {
    let (class, ceiling, category) = match code {
        "DRUG-A" => (LineClass::A, None, "09"),
        "DRUG-B" => (LineClass::B, Some(UnitPrice::from_fen(1_800)), "09"),
        "FEE" => (LineClass::A, None, "12"),
        _ => return None,
    };
    let is_consultation_fee = code == "FEE";
    Some(Item {
        name: format!("{code}的名称"),
        form: if category == "09" { "片剂" } else { "" }.to_owned(),
        list: if category == "09" {
            "western"
        } else {
            "service"
        },
        class,
        ceiling,
        is_consultation_fee,
        category: category.to_owned(),
        kinds: Kinds::only(&[]).with(ItemKind::Essential, code == "DRUG-A"),
    })
}

pub(super) struct Desk {
    pub(super) centre: Arc<Centre>,
    pub(super) gateway: Gateway,
    pub(super) line: Line,
    clock: Arc<Steps>,
    sequence: Cell<u32>,
    pub(super) sign_no: Option<String>,
    pub(super) last_msgid: std::cell::RefCell<String>,
    pub(super) people: Vec<Person>,
}

/// What is wrong with an input, and a part of the words it is refused with.
pub(super) type Wrong<I> = (fn(&mut I), &'static str);

/// A visit under way.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) id: String,
    pub(super) person: String,
    pub(super) id_number: String,
    pub(super) scheme: String,
}

impl Desk {
    pub(super) fn new() -> Self {
        Self::of(Region::demo())
    }

    pub(super) fn of(region: Region) -> Self {
        Self::under(region, &POLICIES, TODAY)
    }

    /// Under rules of one's own, from a day on.
    pub(super) fn under(region: Region, policies: &[&str], today: Date) -> Self {
        let start = Moment::from_local(today.at(9, 0, 0, 0)).unwrap();
        let clock = Arc::new(Steps(AtomicI64::new(start.0)));
        let parse = |text: &&str| cunyi_policy::parse(text, "demo.toml").unwrap();
        let centre = Centre::open(Parts {
            target: Target::Memory,
            durability: Durability::Scratch,
            seed: 7,
            policies: policies.iter().map(parse).collect(),
            catalogue: Box::new(item),
            clock: clock.clone(),
            rng: Arc::new(Counter(AtomicU64::new(1))),
            gate: Gate::open(&region, &keys()).unwrap(),
            region: region.clone(),
        })
        .unwrap();
        let institution = Institution {
            code: "H99000100001".to_owned(),
            name: "竹山村卫生室".to_owned(),
        };
        Self {
            line: Line::open(&region, &institution, &keys()).unwrap(),
            centre: Arc::new(centre),
            gateway: Gateway {
                region,
                institution,
            },
            clock,
            sequence: Cell::new(0),
            sign_no: None,
            last_msgid: std::cell::RefCell::default(),
            people: population(7, today),
        }
    }

    /// Days pass.
    pub(super) fn pass(&self, days: i64) {
        let micros = days * 86_400_000_000;
        self.clock.0.fetch_add(micros, Ordering::SeqCst);
    }

    /// An insured villager of a scheme who has used nothing yet.
    pub(super) fn villager(&self, scheme: &str) -> Person {
        let fits = |p: &&Person| match p.coverages.as_slice() {
            [only] => {
                only.scheme == scheme
                    && only.status == "1"
                    && only.place == AREA
                    && p.fund_elsewhere == Fen::ZERO
                    && (only.balance > Fen::ZERO || scheme == "390")
            }
            _ => false,
        };
        self.people.iter().find(fits).unwrap().clone()
    }

    pub(super) fn who(&self, fits: impl Fn(&Person) -> bool) -> Person {
        self.people.iter().find(|p| fits(p)).unwrap().clone()
    }

    pub(super) fn header(&self) -> Header {
        let now = self.clock.now();
        self.sequence.set(self.sequence.get() + 1);
        let code = &self.gateway.institution.code;
        let msgid = format!("{code}{}{:04}", now.compact(), self.sequence.get() % 10_000);
        Header {
            msgid,
            now,
            insuplc_admdvs: String::new(),
            sign_no: self.sign_no.clone(),
            opter: "001".to_owned(),
            opter_name: "测试医生".to_owned(),
        }
    }

    pub(super) fn call<T: Transaction>(&self, input: &T::Input) -> Outcome<T::Output> {
        self.send::<T>(&self.header(), input)
    }

    /// Sends under a header of one's own.
    pub(super) fn send<T: Transaction>(
        &self,
        header: &Header,
        input: &T::Input,
    ) -> Outcome<T::Output> {
        self.send_over::<T>(&*self.centre, header, input)
    }

    /// The same over a transport of one's own.
    pub(super) fn send_over<T: Transaction>(
        &self,
        transport: &dyn Transport,
        header: &Header,
        input: &T::Input,
    ) -> Outcome<T::Output> {
        self.last_msgid.replace(header.msgid.clone());
        let bytes = self.gateway.encode::<T>(header, input);
        let infno = self.gateway.infno::<T>();
        let call = Outgoing {
            infno,
            bytes,
            now: header.now,
            nonce: &header.msgid,
            late: "",
        };
        let reply = self.line.send(transport, &call, DEADLINE);
        self.gateway.decode::<T>(&header.msgid, input, &reply)
    }

    /// A request as it would leave, without a token.
    pub(super) fn request(&self, infno: &str, bytes: Vec<u8>, now: Moment) -> Request {
        let call = Outgoing {
            infno,
            bytes,
            now,
            nonce: "n",
            late: "",
        };
        self.line.request(&call, None).unwrap()
    }

    pub(super) fn ok<T: Transaction>(&self, input: &T::Input) -> T::Output {
        match self.call::<T>(input) {
            Outcome::Success(success) => success.output,
            Outcome::Refused(refusal) => panic!("{} refused: {}", T::INFNO, refusal.text),
            Outcome::Unknown(unknown) => panic!("{} unknown: {}", T::INFNO, unknown.why),
            Outcome::NotSent { .. } => panic!("{} not sent", T::INFNO),
        }
    }

    pub(super) fn refused<T: Transaction>(&self, input: &T::Input, words: &str) {
        match self.call::<T>(input) {
            Outcome::Refused(refusal) => {
                assert!(
                    refusal.text.contains(words),
                    "{}: {}",
                    T::INFNO,
                    refusal.text
                );
            }
            _ => panic!("{} was to be refused: {words}", T::INFNO),
        }
    }

    pub(super) fn register(&self, person: &Person) -> Seen {
        let input = self.registration(person);
        let registered = self.ok::<T2201>(&input);
        Seen {
            id: registered.data.mdtrt_id,
            person: person.number.clone(),
            id_number: person.id_number.clone(),
            scheme: input.data.insutype,
        }
    }

    pub(super) fn registration(&self, person: &Person) -> Data<Registration> {
        Data::from(Registration {
            psn_no: person.number.clone(),
            insutype: person
                .coverages
                .first()
                .map_or("390", |c| c.scheme)
                .to_owned(),
            begntime: self.clock.now().date_time(),
            mdtrt_cert_type: "02".to_owned(),
            mdtrt_cert_no: person.id_number.clone(),
            ipt_otp_no: format!("V{}", self.clock.now().compact()),
            atddr_no: "D990001000001".to_owned(),
            dr_name: "测试医生".to_owned(),
            dept_code: "A02".to_owned(),
            dept_name: "全科".to_owned(),
            caty: "A02".to_owned(),
        })
    }

    /// Registered and diagnosed.
    pub(super) fn see(&self, person: &Person, medical_type: &str) -> Seen {
        let seen = self.register(person);
        self.ok::<T2203>(&self.diagnosis(&seen, medical_type));
        seen
    }

    pub(super) fn diagnosis(&self, seen: &Seen, medical_type: &str) -> VisitUpload {
        let now = self.clock.now().date_time();
        VisitUpload {
            mdtrtinfo: MdtrtInfo {
                mdtrt_id: seen.id.clone(),
                psn_no: seen.person.clone(),
                med_type: medical_type.to_owned(),
                begntime: now.clone(),
                main_cond_dscr: "咳嗽三天".to_owned(),
                ..MdtrtInfo::default()
            },
            diseinfo: vec![DiseInfo {
                diag_type: "1".to_owned(),
                diag_srt_no: Quantity::whole(1).into(),
                diag_code: "J00.x00".to_owned(),
                diag_name: "急性鼻咽炎".to_owned(),
                diag_dept: "全科".to_owned(),
                dise_dor_no: "D990001000001".to_owned(),
                dise_dor_name: "测试医生".to_owned(),
                diag_time: now,
                vali_flag: "1".to_owned(),
            }],
        }
    }

    /// Details `code price`, one unit each, ids `<batch>-<n>`.
    pub(super) fn details(
        &self,
        seen: &Seen,
        batch: &str,
        disease: &str,
        lines: &[(&str, &str)],
    ) -> FeeUpload {
        let detail = |(n, (code, price)): (usize, &(&str, &str))| FeeDetail {
            feedetl_sn: format!("{batch}-{n}"),
            mdtrt_id: seen.id.clone(),
            psn_no: seen.person.clone(),
            chrg_bchno: batch.to_owned(),
            dise_codg: disease.to_owned(),
            rx_circ_flag: "0".to_owned(),
            fee_ocur_time: self.clock.now().date_time(),
            med_list_codg: (*code).to_owned(),
            medins_list_codg: (*code).to_owned(),
            det_item_fee_sumamt: price.parse::<Fen>().unwrap().into(),
            cnt: Quantity::whole(1).into(),
            pric: price.parse::<UnitPrice>().unwrap().into(),
            bilg_dr_name: "测试医生".to_owned(),
            hosp_appr_flag: "1".to_owned(),
            ..FeeDetail::default()
        };
        FeeUpload {
            feedetail: lines.iter().enumerate().map(detail).collect(),
        }
    }

    pub(super) fn charge(&self, seen: &Seen, batch: &str, lines: &[(&str, &str)]) -> Fen {
        let input = self.details(seen, batch, "", lines);
        self.ok::<T2204>(&input);
        input
            .feedetail
            .iter()
            .map(|d| d.det_item_fee_sumamt.or_zero())
            .sum()
    }

    pub(super) fn presettle_input(seen: &Seen, batch: &str, total: Fen) -> Data<Presettle> {
        Data::from(Presettle {
            psn_no: seen.person.clone(),
            mdtrt_cert_type: "02".to_owned(),
            mdtrt_cert_no: seen.id_number.clone(),
            med_type: "11".to_owned(),
            medfee_sumamt: total.into(),
            psn_setlway: "01".to_owned(),
            mdtrt_id: seen.id.clone(),
            chrg_bchno: batch.to_owned(),
            acct_used_flag: "1".to_owned(),
            insutype: seen.scheme.clone(),
        })
    }

    pub(super) fn settle_input(asked: &Presettle, answered: &Settlement) -> SettleInput {
        let info = &answered.setlinfo;
        SettleInput {
            data: Settle {
                psn_no: asked.psn_no.clone(),
                mdtrt_cert_type: asked.mdtrt_cert_type.clone(),
                mdtrt_cert_no: asked.mdtrt_cert_no.clone(),
                med_type: asked.med_type.clone(),
                medfee_sumamt: asked.medfee_sumamt,
                psn_setlway: asked.psn_setlway.clone(),
                mdtrt_id: asked.mdtrt_id.clone(),
                chrg_bchno: asked.chrg_bchno.clone(),
                insutype: asked.insutype.clone(),
                acct_used_flag: asked.acct_used_flag.clone(),
                invono: String::new(),
                fulamt_ownpay_amt: info.fulamt_ownpay_amt,
                overlmt_selfpay: info.overlmt_selfpay,
                preselfpay_amt: info.preselfpay_amt,
                inscp_scp_amt: info.inscp_scp_amt,
            },
            drug_trac_info: Vec::new(),
        }
    }

    /// Pre-settles and settles; the 2207's input and answer.
    pub(super) fn settle(&self, seen: &Seen, batch: &str, total: Fen) -> (SettleInput, Settlement) {
        let asked = Self::presettle_input(seen, batch, total);
        let answered = self.ok::<T2206>(&asked);
        let input = Self::settle_input(&asked.data, &answered);
        let settled = self.ok::<T2207>(&input);
        (input, settled)
    }

    pub(super) fn reversal(seen: &Seen, setl_id: &str) -> Data<Reverse> {
        Data::from(Reverse {
            setl_id: setl_id.to_owned(),
            mdtrt_id: seen.id.clone(),
            psn_no: seen.person.clone(),
        })
    }

    pub(super) fn reverse(&self, seen: &Seen, setl_id: &str) -> Settlement {
        self.ok::<T2208>(&Self::reversal(seen, setl_id))
    }

    pub(super) fn undo(seen: &Seen, msgid: &str, infno: &str) -> Data<UndoMessage> {
        Data::from(UndoMessage {
            psn_no: seen.person.clone(),
            omsgid: msgid.to_owned(),
            oinfno: infno.to_owned(),
        })
    }

    pub(super) fn undone(&self, seen: &Seen, msgid: &str, infno: &str) {
        self.ok::<T2601>(&Self::undo(seen, msgid, infno));
    }

    pub(super) fn identify(kind: &str, number: &str, code: &str) -> Data<PersonQuery> {
        Data::from(PersonQuery {
            mdtrt_cert_type: kind.to_owned(),
            mdtrt_cert_no: number.to_owned(),
            card_sn: code.to_owned(),
            ..PersonQuery::default()
        })
    }

    pub(super) fn balance(&self, person: &Person) -> Fen {
        let found = self.ok::<T1101>(&Self::identify("02", &person.id_number, ""));
        found.insuinfo[0].balc.or_zero()
    }
}
