//! 随用法收费: what the routes of the drugs bring by themselves stands in the fee list without being typed. Who types a
//! line of it, or declines it, is asked no more.

use cunyi_catalogue::{Given, Service, ServiceRole, following};
use cunyi_domain::money::Quantity;
use cunyi_domain::refusal::Refusal;
use cunyi_gateway::region::Beside;

use super::Context;
use super::read::{Item, ReadLine, charged};
use crate::views::{ChargeView, Declined, DraftBody};

/// Adds to what was read what follows from it; answers what of that is declined.
pub(super) fn add<'a>(
    context: &Context<'a>,
    body: &DraftBody,
    lines: &mut Vec<ReadLine<'a>>,
) -> Result<Vec<Declined>, Refusal> {
    let given: Vec<Given> = lines.iter().filter_map(ReadLine::given).collect();
    let typed = |service: &Service| body.lines.iter().any(|line| line.code == service.code);
    let mut declined = Vec::new();
    for (service, many) in following(context.catalogue, &given) {
        if typed(service) || !may_stand(context, lines, service) {
            continue;
        }
        if body.without.contains(&service.code) {
            let (code, name) = (service.code.clone(), service.name.clone());
            declined.push(Declined { code, name });
            continue;
        }
        lines.push(of(service, many, body.lines.len())?);
    }
    Ok(declined)
}

/// The general consultation fee contains the injection, unless the region says that it does not: who charges both
/// charges twice (policy.md, 一般诊疗费). Where none is charged, and where the injection is typed under another
/// code, it is the doctor's to say.
fn may_stand(context: &Context<'_>, lines: &[ReadLine<'_>], service: &Service) -> bool {
    let injection = |line: &ReadLine<'_>| match line.item {
        Item::Service(typed) => typed.role == ServiceRole::Injection,
        Item::Drug(_) => false,
    };
    let beside = context.setup.gateway.region.injection_beside_consultation;
    let another = || {
        lines
            .iter()
            .any(|line| !line.view.follows && injection(line))
    };
    service.role != ServiceRole::Injection || (beside == Beside::Allowed && !another())
}

/// Its place is below everything typed: no row of the draft is meant by it.
fn of(service: &Service, many: Quantity, place: usize) -> Result<ReadLine<'_>, Refusal> {
    let read = charged(service, place, many)?;
    let view = ChargeView {
        follows: true,
        ..read.view
    };
    Ok(ReadLine { view, ..read })
}
