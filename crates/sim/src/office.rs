//! The insurance's office: what it does with a settlement of its own accord, at the centre alone.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use cunyi_app::views::BatchView;
use cunyi_domain::batch::BatchState;
use cunyi_domain::ledger::Payer;
use cunyi_domain::time::Clock;
use cunyi_gateway::message::{Data, T2208, T2601, Transaction, settle};
use cunyi_gateway::{Gateway, Header, Institution, Line, Outcome, Outgoing, Region, Secret};

use crate::audit;
use crate::day::Day;
use crate::plan::{CLINICS, Office, Op};
use crate::world::{setup_form, told};

/// The last numbers in a second of the clinics' slots, by which the centre's file tells whose a reversal is. Their
/// programs would come to them after 249 others.
const LAST: [&str; CLINICS] = ["1999", "2499", "2999"];

impl Day<'_> {
    /// The first settlement of a visit that stands is paid back or taken back there; if none stands, nothing.
    pub(crate) fn office(&self, number: usize, what: Office) -> Result<(), String> {
        let Some(((visit, _), (complaint, who))) =
            self.visit(number).zip(self.plan.patient(number))
        else {
            return Ok(());
        };
        let by = self.by(Op::Office(number, what), false);
        let batches = self.view(by, &visit).map_err(told)?.batches;
        let stands = |b: &&BatchView| b.payer == Payer::Insured && b.state == BatchState::Settled;
        let Some(batch) = batches.iter().find(stands) else {
            return Ok(());
        };
        let sender = LAST[self.plan.clinic(number)];
        let psn_no = self.person(complaint, who).number.clone();
        let done = match what {
            Office::PaysBack => {
                let input = Data::from(settle::Reverse {
                    setl_id: batch.platform_settlement.clone(),
                    mdtrt_id: batch.platform_visit.clone(),
                    psn_no,
                });
                self.at_office::<T2208>(sender, &input)
            }
            Office::Undoes => {
                let store = self.app().store();
                let input = Data::from(settle::UndoMessage {
                    psn_no,
                    omsgid: audit::message_of(store, &batch.platform_settlement)?,
                    oinfno: "2207".to_owned(),
                });
                self.at_office::<T2601>(sender, &input)
            }
        }?;
        self.meddled.fetch_add(u64::from(done), Ordering::SeqCst);
        Ok(())
    }

    /// Does it there, over no line of ours; false if it was done before.
    fn at_office<T: Transaction>(&self, sender: &str, input: &T::Input) -> Result<bool, String> {
        let region = Region::parse(&self.template.region(self.plan), "region").map_err(told)?;
        let form = setup_form("");
        let gateway = Gateway {
            region,
            institution: Institution {
                code: form.institution_code,
                name: form.institution_name,
            },
        };
        let keys = BTreeMap::<String, Secret>::new();
        let line = Line::open(&gateway.region, &gateway.institution, &keys).map_err(told)?;
        self.wire.pass(1);
        let now = self.clock.now();
        let msgid = format!("{}{}{sender}", gateway.institution.code, now.compact());
        let header = Header {
            msgid: msgid.clone(),
            now,
            insuplc_admdvs: String::new(),
            sign_no: None,
            opter: "office".to_owned(),
            opter_name: "office".to_owned(),
        };
        let call = Outgoing {
            infno: T::INFNO,
            bytes: gateway.encode::<T>(&header, input),
            now,
            nonce: "0123456789abcdef",
            late: "",
        };
        let came = line.send(&*self.wire.centre(), &call, Duration::from_hours(1));
        match gateway.decode::<T>(&msgid, input, &came) {
            Outcome::Success(_) => Ok(true),
            Outcome::Refused(_) => Ok(false),
            Outcome::Unknown(why) => Err(format!("the office: {why:?}")),
            Outcome::NotSent { .. } => Err("the office: not sent".to_owned()),
        }
    }
}
