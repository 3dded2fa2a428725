//! What happens to fee lists, money and stock, one method each.

use cunyi_domain::batch::{BatchEvent, BatchState};
use cunyi_domain::fact::{
    BatchMoved, ChargesFrozen, EvidenceFound, GoodsDecided, HandedOver, LineSplit, PaymentMade,
    ReservationsReleased, ReversalNamed, SettlementMade, SettlementRequested, Shares,
    StockReceived, TraceCodesScanned,
};
use cunyi_domain::ids::{
    BatchId, ChargeId, EntryId, LotId, MoveId, PatientId, SettlementId, VisitId,
};
use cunyi_domain::journal::digest;
use cunyi_domain::ledger::{
    Batch, Charge, Footnote, Goods, ItemKind, LineClass, Lot, Method, MoveKind, Payer, Payment,
    PaymentKind, RefundRest, Registration, RegistrationState, Reservation, Settlement,
    SettlementKind, StockMove, Visit,
};
use cunyi_domain::money::{Fen, Quantity, Rate, UnitPrice, apportion};
use cunyi_domain::resolve::Finding;
use cunyi_domain::time::parse_date;
use cunyi_store::{StoreError, Tx, Writer, query};

use crate::world::{Done, World, clinic};

fn shares(fund: i64, account: i64, cash: i64) -> Shares {
    Shares {
        fund: Fen(fund),
        account: Fen(account),
        cash: Fen(cash),
    }
}

impl World {
    pub fn batch(&self, id: &BatchId) -> Batch {
        let batch = self
            .store
            .db()
            .read("batch", |tx| query::batch(tx, &clinic(), id));
        batch.unwrap().unwrap()
    }

    pub fn receive(&self, units: i64) -> Result<LotId, StoreError> {
        let lot = LotId::new(self.now(), &self.dice);
        let row = Lot {
            clinic: clinic(),
            id: lot.clone(),
            code: "XJ01CAA040A001010100001".to_owned(),
            lot_number: "20260301".to_owned(),
            expires_on: parse_date("2028-02-29").unwrap(),
            cost: UnitPrice(123_456),
            on_hand: Quantity::whole(units),
            reserved: Quantity::ZERO,
            quarantined: Quantity::ZERO,
        };
        let moved = self.stock_move(&lot, MoveKind::Received, Quantity::whole(units), None);
        let body = StockReceived {
            lots: vec![row],
            moves: vec![moved],
        };
        self.write(|w| w.record(body, None, None))?;
        Ok(lot)
    }

    fn stock_move(
        &self,
        lot: &LotId,
        kind: MoveKind,
        quantity: Quantity,
        charge: Option<ChargeId>,
    ) -> StockMove {
        let moved_at = self.now();
        StockMove {
            clinic: clinic(),
            id: MoveId::new(moved_at, &self.dice),
            lot: lot.clone(),
            kind,
            quantity,
            charge,
            moved_at,
        }
    }

    /// Freezes a batch of one service line and one line for each lot.
    pub fn freeze(&self, visit: &Visit, drugs: &[(LotId, i64)]) -> Result<BatchId, StoreError> {
        let id = BatchId::new(self.now(), &self.dice);
        let none = (None, 1);
        let drugs = drugs.iter().map(|(lot, units)| (Some(lot.clone()), *units));
        let lines: Vec<(Option<LotId>, i64)> = std::iter::once(none).chain(drugs).collect();
        let charges: Vec<Charge> = (1..)
            .zip(&lines)
            .map(|(position, (lot, units))| self.line(visit, &id, position, lot.is_some(), *units))
            .collect();
        let held = charges.iter().zip(lines).filter_map(|(charge, (lot, _))| {
            Some(Reservation {
                clinic: clinic(),
                charge: charge.id.clone(),
                lot: lot?,
                quantity: charge.quantity,
            })
        });
        let batch = self.draft_batch(visit, &id, &charges);
        // The first batch stands under the counter's registration, each further has its own.
        let own = batch.registration.filter(|position| *position > 1);
        let own = own.map(|position| Registration {
            clinic: clinic(),
            visit: visit.id.clone(),
            position,
            number: format!("{}-{position}", visit.number),
            state: RegistrationState::Open,
            platform_visit: None,
        });
        let body = ChargesFrozen {
            visit: visit.id.clone(),
            registrations: own.into_iter().collect(),
            batches: vec![batch],
            reservations: held.collect(),
            charges,
            own_pay_consent: Some(Fen(300)),
            overrides: vec![(
                "allergy-group:penicillins".to_owned(),
                "老柳说从前用过没事".to_owned(),
            )],
        };
        self.record(body, &visit.patient, None)?;
        Ok(id)
    }

    fn draft_batch(&self, visit: &Visit, id: &BatchId, charges: &[Charge]) -> Batch {
        let position = 1 + i64::try_from(self.batches_of(visit).len()).unwrap();
        let total = charges.iter().map(|charge| charge.amount).sum();
        let insured = visit.payer == Payer::Insured;
        Batch {
            clinic: clinic(),
            id: id.clone(),
            visit: visit.id.clone(),
            position,
            number: format!("{}{position:02}", visit.number),
            payer: visit.payer,
            registration: insured.then_some(position),
            benefit: if insured { "chronic" } else { "" }.to_owned(),
            disease_code: if insured { "M03900" } else { "" }.to_owned(),
            disease_name: if insured { "高血压" } else { "" }.to_owned(),
            state: BatchState::Draft,
            total,
            estimated_fund: Fen::ZERO,
            policy: if insured { "sm3:0123456789ab" } else { "" }.to_owned(),
            estimate: String::new(),
            working: if insured { "[]" } else { "" }.to_owned(),
            adds: String::new(),
            fund: Fen::ZERO,
            account: Fen::ZERO,
            cash: Fen::ZERO,
            intent: None,
            settlement: None,
            reason: String::new(),
            rest_of: None,
        }
    }

    fn line(
        &self,
        visit: &Visit,
        batch: &BatchId,
        position: i64,
        drug: bool,
        units: i64,
    ) -> Charge {
        // An infusion where one is ordered.
        let read = |tx: &mut Tx<'_>| query::courses(tx, &clinic(), &visit.patient, 1);
        let course = self.store.db().read("course", read);
        let course = course.unwrap().pop().filter(|_| drug).map(|c| c.id);
        let (price, quantity) = (UnitPrice(2_345_600), Quantity::whole(units));
        let amount = price.amount(quantity).unwrap();
        Charge {
            clinic: clinic(),
            id: ChargeId::new(self.now(), &self.dice),
            visit: visit.id.clone(),
            batch: batch.clone(),
            position,
            kind: if drug {
                ItemKind::Drug
            } else {
                ItemKind::Service
            },
            code: "XJ01CAA040A001010100001".to_owned(),
            name: "阿莫西林胶囊".to_owned(),
            spec: "0.25g*24粒".to_owned(),
            unit: "盒".to_owned(),
            class: LineClass::A,
            consultation_fee: !drug,
            price,
            quantity,
            amount,
            dose: "0.5g".to_owned(),
            route: "口服".to_owned(),
            frequency: "tid".to_owned(),
            days: if drug { 3 } else { 0 },
            footnote: drug.then_some(Footnote::Wrapped),
            drip_group: i64::from(drug),
            drip_rate: if drug { 40 } else { 0 },
            course,
            own_pay: Fen::ZERO,
            over_limit: Fen::ZERO,
            pay_first: Fen::ZERO,
            in_scope: amount,
            fund: Fen::ZERO,
            trace_codes: String::new(),
            rest_of: None,
        }
    }

    /// What of a batch's first line is charged anew.
    fn rest(&self, batch: &Batch, event: BatchEvent) -> Vec<RefundRest> {
        let first = self.charges_of(&batch.id).into_iter().next();
        let first = first.filter(|_| event == BatchEvent::RequestReversal);
        let rest = first.map(|line| RefundRest {
            clinic: clinic(),
            charge: line.id,
            batch: batch.id.clone(),
            quantity: Quantity::whole(1),
            trace_codes: line.trace_codes,
        });
        rest.into_iter().collect()
    }

    /// What was handed over of a reversed batch's line came back, to be sold or not.
    pub fn decide_goods(&self, visit: &Visit, line: &Charge, decision: Goods) -> Done {
        let handed = self.all::<StockMove>().into_iter();
        let mut handed = handed.filter(|one| one.charge.as_ref() == Some(&line.id));
        let handed = handed.next().expect("handed over");
        let moved = decision.moves().map(|kind| StockMove {
            id: MoveId::new(self.now(), &self.dice),
            kind,
            ..handed
        });
        let body = GoodsDecided {
            visit: visit.id.clone(),
            charge: line.id.clone(),
            decision,
            quantity: line.quantity,
            moves: moved.into_iter().collect(),
            reason: "老柳说片子受潮了".to_owned(),
        };
        self.record(body, &visit.patient, None)
    }

    /// Charges anew what an intent left of a batch.
    pub fn charge_rest(&self, visit: &Visit, batch: &Batch) -> Done {
        let id = BatchId::new(self.now(), &self.dice);
        let read = |tx: &mut Tx<'_>| query::refund_rest(tx, &clinic(), &batch.id);
        let rest = self.store.db().read("rest", read)?;
        let line = |one: &RefundRest| Charge {
            rest_of: Some(one.charge.clone()),
            ..self.line(visit, &id, 1, false, one.quantity.0 / 10_000)
        };
        let charges: Vec<Charge> = rest.iter().map(line).collect();
        let body = ChargesFrozen {
            visit: visit.id.clone(),
            registrations: vec![],
            batches: vec![Batch {
                registration: batch.registration,
                rest_of: Some(batch.id.clone()),
                ..self.draft_batch(visit, &id, &charges)
            }],
            reservations: vec![],
            charges,
            own_pay_consent: None,
            overrides: vec![],
        };
        self.record(body, &visit.patient, None)
    }

    pub fn batches_of(&self, visit: &Visit) -> Vec<Batch> {
        let read = |tx: &mut Tx<'_>| query::batches(tx, &clinic(), &visit.id);
        self.store.db().read("batches", read).unwrap()
    }

    pub fn charges_of(&self, batch: &BatchId) -> Vec<Charge> {
        let mut charges = self.all::<Charge>();
        charges.retain(|charge| charge.batch == *batch);
        charges
    }

    pub fn held_by(&self, batch: &BatchId) -> Vec<Reservation> {
        let charges = self.charges_of(batch);
        let mut held = self.all::<Reservation>();
        held.retain(|row| charges.iter().any(|charge| charge.id == row.charge));
        held
    }

    pub fn scan(&self, patient: &PatientId, charge: &ChargeId) -> Done {
        let body = TraceCodesScanned {
            charge: charge.clone(),
            codes: "81234567890123456789,81234567890123456790".to_owned(),
        };
        self.record(body, patient, None)
    }

    /// Moves a batch as an event of the state machine does, with all that belongs to it. `why` is
    /// the reason of a reversal, or of dropping a batch.
    pub fn happen(&self, batch: &Batch, event: BatchEvent, why: &str) -> Done {
        use BatchEvent as E;
        let visit = self.visit(&batch.visit);
        match event {
            E::Request | E::RequestReversal | E::RequestUndo => {
                let transaction = match event {
                    E::Request => "2207",
                    E::RequestReversal => "2208",
                    _ => "2601",
                };
                let body = SettlementRequested {
                    batch: batch.id.clone(),
                    from: batch.state,
                    event,
                    message: "H410522000012026112408000000010002".to_owned(),
                    transaction: transaction.to_owned(),
                    digest: digest(b"bytes"),
                    rest: self.rest(batch, event),
                    reason: if event == E::RequestReversal { why } else { "" }.to_owned(),
                };
                self.record(body, &visit.patient, None)
            }
            E::Settle | E::Reverse => self.money(batch, &visit, event, why),
            _ => {
                let dropped = event == E::TakeBack;
                let body = BatchMoved {
                    message: Some("H410522000012026112408000000010003".to_owned()),
                    shares: match event {
                        E::Presettle => Some(shares(100, 20, 3)),
                        E::OwnPay => Some(shares(0, 0, batch.total.0)),
                        _ => None,
                    },
                    splits: self.splits(batch, event),
                    reason: if dropped { why } else { "" }.to_owned(),
                    ..BatchMoved::of(batch, event)
                };
                let held = dropped.then(|| self.held_by(&batch.id));
                self.write(|w| {
                    w.record(body, Some(&visit.patient), None)?;
                    release(w, &visit, held.unwrap_or_default())
                })
            }
        }
    }

    /// Looks at the platform for a lost call.
    pub fn look_for(&self, batch: &BatchId, finding: Finding) -> Done {
        let batch = self.batch(batch);
        let body = EvidenceFound {
            id: EntryId::new(self.now(), &self.dice),
            batch: batch.id,
            message: batch.intent.unwrap_or_default(),
            infno: "5203".to_owned(),
            finding,
            platform_settlement: "SETL0001".to_owned(),
        };
        self.record(body, &self.visit(&batch.visit).patient, None)
    }

    /// A statement tells the number of a batch's reversal.
    pub fn name_reversal(&self, batch: &BatchId) -> Done {
        let mut rows = self.all::<Settlement>().into_iter();
        let found = rows.find(|row| row.batch == *batch && row.kind == SettlementKind::Reversal);
        let row = found.expect("a reversal");
        let body = ReversalNamed {
            settlement: row.id,
            platform_settlement: "SETL0002".to_owned(),
            settled_at: row.settled_at,
        };
        self.record(body, &self.visit(&row.visit).patient, None)
    }

    fn splits(&self, batch: &Batch, event: BatchEvent) -> Vec<LineSplit> {
        if !matches!(event, BatchEvent::Upload | BatchEvent::OwnPay) {
            return vec![];
        }
        let split = |charge: Charge| LineSplit {
            charge: charge.id,
            class: LineClass::B,
            own_pay: Fen(1),
            over_limit: Fen(2),
            pay_first: Fen(3),
            in_scope: charge.amount - Fen(6),
        };
        self.charges_of(&batch.id).into_iter().map(split).collect()
    }

    fn money(&self, batch: &Batch, visit: &Visit, event: BatchEvent, why: &str) -> Done {
        let reversed = event == BatchEvent::Reverse;
        let settlement = self.settlement(batch, reversed, why);
        let charges = self.charges_of(&batch.id);
        let weights: Vec<i64> = charges.iter().map(|charge| charge.in_scope.0).collect();
        let funds = apportion(settlement.fund, &weights);
        let ids = charges.iter().map(|charge| charge.id.clone());
        let payment = self.payment(&settlement);
        let body = SettlementMade {
            from: batch.state,
            event,
            settlement: Box::new(settlement),
            line_funds: if reversed {
                vec![]
            } else {
                ids.zip(funds).collect()
            },
            payment: Some(payment),
        };
        let held = reversed.then(|| self.held_by(&batch.id));
        self.write(|w| {
            w.record(body, Some(&visit.patient), None)?;
            release(w, visit, held.unwrap_or_default())
        })
    }

    /// A settlement that balances, or the reversal of the one in force.
    /// Money changes hands without a settlement.
    pub fn pay(&self, visit: &Visit, kind: PaymentKind, amount: Fen) -> Done {
        let payment = self.payment_of(&visit.id, kind, amount);
        self.record(PaymentMade { payment }, &visit.patient, None)
    }

    /// Somewhat more than its cash: a balance stays.
    fn payment(&self, settlement: &Settlement) -> Payment {
        let (kind, more) = match settlement.kind {
            SettlementKind::Settlement => (PaymentKind::Paid, Fen(7)),
            SettlementKind::Reversal => (PaymentKind::PaidBack, Fen(2)),
        };
        self.payment_of(&settlement.visit, kind, settlement.cash + more)
    }

    fn payment_of(&self, visit: &VisitId, kind: PaymentKind, amount: Fen) -> Payment {
        Payment {
            clinic: clinic(),
            id: EntryId::new(self.now(), &self.dice),
            visit: visit.clone(),
            kind,
            method: Method::Cash,
            amount,
            moved_at: self.now(),
            actor: "u1".into(),
        }
    }

    pub fn settlement(&self, batch: &Batch, reversed: bool, why: &str) -> Settlement {
        let settled_at = self.now();
        let booked_at = settled_at;
        let id = SettlementId::new(settled_at, &self.dice);
        let old = self.all::<Settlement>();
        let old = old
            .into_iter()
            .find(|row| Some(&row.id) == batch.settlement.as_ref());
        if let (true, Some(old)) = (reversed, old) {
            return Settlement {
                id,
                kind: SettlementKind::Reversal,
                reverses: Some(old.id.clone()),
                platform_settlement: String::new(),
                reason: why.to_owned(),
                settled_at,
                booked_at,
                ..old
            };
        }
        let (total, insured) = (batch.total, batch.payer == Payer::Insured);
        let share = |part: i64| Fen(if insured { total.0 / part } else { 0 });
        let (own_pay, over_limit, pay_first) = (share(10), share(20), share(30));
        let in_scope = total - own_pay - over_limit - pay_first;
        let (pool, civil_servant, enterprise) = (share(4), share(40), share(41));
        let (serious_illness, large_amount) = (share(42), share(43));
        let (medical_aid, other) = (share(44), share(45));
        let extra = civil_servant + enterprise + serious_illness + large_amount;
        let fund = pool + extra + medical_aid + other;
        let (account, hospital) = (share(8), share(50));
        Settlement {
            clinic: clinic(),
            id,
            batch: batch.id.clone(),
            visit: batch.visit.clone(),
            kind: SettlementKind::Settlement,
            reverses: None,
            platform_settlement: "SETL0001".to_owned(),
            message: "H410522000012026112408000000010002".to_owned(),
            scheme: insured.then(|| "390".to_owned()),
            benefit: batch.benefit.clone(),
            clearing_type: "11".to_owned(),
            clearing_office: "410522".to_owned(),
            settled_at,
            booked_at,
            actor: "u1".into(),
            reason: String::new(),
            total,
            own_pay,
            over_limit,
            pay_first,
            in_scope,
            deductible: share(60),
            pool,
            civil_servant,
            enterprise,
            serious_illness,
            large_amount,
            medical_aid,
            other,
            fund,
            account,
            mutual_aid: share(80),
            cash: total - fund - account - hospital,
            hospital,
            ratio: Rate::percent(65),
        }
    }

    /// Hands over what a batch holds.
    pub fn hand_over(&self, batch: &Batch) -> Done {
        let (visit, held) = (self.visit(&batch.visit), self.held_by(&batch.id));
        self.record(self.handed_over(batch, held), &visit.patient, None)
    }

    pub fn handed_over(&self, batch: &Batch, held: Vec<Reservation>) -> HandedOver {
        let left = |row: &Reservation| {
            let charge = Some(row.charge.clone());
            self.stock_move(&row.lot, MoveKind::HandedOver, row.quantity, charge)
        };
        HandedOver {
            visit: batch.visit.clone(),
            moves: held.iter().map(left).collect(),
            reservations: held,
        }
    }
}

fn release(w: &mut Writer<'_, '_>, visit: &Visit, held: Vec<Reservation>) -> Done {
    if held.is_empty() {
        return Ok(());
    }
    let body = ReservationsReleased {
        visit: visit.id.clone(),
        reservations: held,
    };
    w.record(body, Some(&visit.patient), None)
}
