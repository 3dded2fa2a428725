//! 医保电子凭证: what is scanned becomes a token, where the region has a terminal for it.

use cunyi_domain::ids::VisitId;
use cunyi_domain::ledger::{Certificate, Payer, Visit, VisitState};
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_gateway::evoucher::{Business, EvoucherConfig, NotScanned, Voucher};
use cunyi_store::{Tx, query, reference};

use crate::App;
use crate::attending::Practitioner;
use crate::error::{Result, refuse, refuse_at};
use crate::permission::Action;
use crate::register::{forget_certificate, keep_certificate};
use crate::settle::{all_settled, read_token};
use crate::setup::Setup;
use crate::step::alone;
use crate::views::Actor;

/// True if the region's terminal reads with its own scanner, so that nothing need be typed.
pub(crate) fn terminal_scans(setup: &Setup) -> bool {
    let terminal = setup.gateway.region.evoucher.as_ref();
    terminal.is_some_and(EvoucherConfig::scans_itself)
}

impl App {
    /// The token of what was scanned: the code itself where the region has no terminal. Nothing is
    /// recorded: whatever fails, it is scanned again.
    pub(crate) fn scan(
        &self,
        actor: &Actor,
        business: Business,
        (code, field): (&str, &'static str),
    ) -> Result<Voucher> {
        let setup = self.setup(&actor.clinic)?;
        let gateway = &setup.gateway;
        let Some(terminal) = &gateway.region.evoucher else {
            return Ok(Voucher {
                token: code.to_owned(),
                id_number: String::new(),
            });
        };
        let db = self.parts.store.db();
        let user = db.read("operator", |tx| {
            reference::user(tx, &actor.clinic, &actor.user)
        })?;
        let Practitioner { code: own, name } =
            Practitioner::of(user.ok_or(Refusal::new(Code::NotFound))?);
        let request = terminal.request(&gateway.institution, (&own, &name), business, code);
        let reply = self.parts.transport.send(&request, terminal.timeout());
        EvoucherConfig::read(&reply).map_err(|why| {
            let refusal = match why {
                NotScanned::Refused(text) => {
                    Refusal::at(Code::VoucherNotRead, field).with("text", text)
                }
                NotScanned::Silent => Refusal::at(Code::TerminalSilent, field),
            };
            refusal.into()
        })
    }

    /// What a patient shows again, as it was scanned or read: of an e-voucher its token, if it is hers.
    pub(crate) fn shown_again(
        &self,
        actor: &Actor,
        visit: &Visit,
        (text, field): (&str, &'static str),
    ) -> Result<String> {
        if visit.certificate != Certificate::Voucher {
            return read_token(text, field);
        }
        let voucher = self.scan(actor, Business::Settlement, (text.trim(), field))?;
        let db = self.parts.store.db();
        let hers = db.read("patient", |tx| {
            query::patient(tx, &actor.clinic, &visit.patient)
        })?;
        let hers = hers.map(|row| row.id_number).unwrap_or_default();
        let said = &voucher.id_number;
        if !said.is_empty() && !hers.is_empty() && !said.eq_ignore_ascii_case(&hers) {
            return refuse_at(Code::VoucherOfAnother, field);
        }
        Ok(voucher.token)
    }

    /// A voucher that was scanned again, or a card that was read again: it replaces the one kept with
    /// the visit. Only where the visit was registered with one and something is still to be settled.
    pub fn renew_voucher(&self, actor: &Actor, visit: &VisitId, number: &str) -> Result<()> {
        actor.must(Action::Register)?;
        let scans = terminal_scans(&*self.setup(&actor.clinic)?);
        if !scans || !number.trim().is_empty() {
            read_token(number, "number")?;
        }
        let db = self.parts.store.db();
        let row = db.read("renewable", |tx| renewable(tx, actor, visit))?;
        let kept = self.shown_again(actor, &row, (number, "number"))?;
        self.write(actor, "renew_voucher", |w| {
            alone(w, visit)?;
            renewable(w.tx, actor, visit)?;
            forget_certificate(w, visit)?;
            keep_certificate(w, visit, &row.patient, &kept)
        })
    }
}

/// A visit with a certificate that is kept while something is still to be settled.
fn renewable(tx: &mut Tx<'_>, actor: &Actor, visit: &VisitId) -> Result<Visit> {
    let row = query::visit(tx, &actor.clinic, visit)?;
    let row = row.ok_or(Refusal::new(Code::NotFound))?;
    let batches = query::batches(tx, &actor.clinic, visit)?;
    let paid = all_settled(batches.iter());
    // What was given may still have to be settled: against a deposit, or the rest of a refund.
    let ended = match row.state {
        VisitState::Done => !batches.iter().any(|b| b.state.is_unsettled()),
        state => state == VisitState::Cancelled,
    };
    if !row.certificate.is_kept() || row.payer != Payer::Insured || paid || ended {
        return refuse(Code::WrongState);
    }
    Ok(row)
}
