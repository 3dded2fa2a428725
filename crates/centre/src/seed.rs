//! Settles a new ledger with its villagers.

use cunyi_db::{Db, DbError, Tx};
use cunyi_domain::money::Fen;
use cunyi_domain::time::civil::Date;
use cunyi_policy::Benefit;

use crate::ledger::{CoverageRow, ElsewhereRow, FilingRow, IdentityRow, PersonRow, VoucherRow};
use crate::population::{Person, population};

/// Writes the villagers unless somebody lives there already.
pub(crate) fn settle(db: &Db, seed: u64, today: Date) -> Result<(), DbError> {
    db.transact("settle", |tx| {
        if tx.find::<PersonRow>("LIMIT 1", vec![])?.is_some() {
            return Ok(());
        }
        let mut people = population(seed, today).into_iter();
        people.try_for_each(|person| insert(tx, person, i64::from(today.year())))
    })
}

fn insert(tx: &mut Tx<'_>, person: Person, year: i64) -> Result<(), DbError> {
    let number = person.number;
    let (card_number, card_code) = person.card.map(|c| (c.number, c.code)).unwrap_or_default();
    tx.insert(PersonRow {
        number: number.clone(),
        id_number: person.id_number,
        name: person.name,
        sex: person.sex,
        birth_date: person.birth_date,
        phone: person.phone,
        address: person.address,
        card_number,
        card_code,
    })?;
    let scheme = person.coverages.first().map_or("", |c| c.scheme);
    if person.fund_elsewhere > Fen::ZERO {
        tx.insert(ElsewhereRow {
            person: number.clone(),
            scheme: scheme.to_owned(),
            year,
            benefit: Benefit::General.to_string(),
            fund: person.fund_elsewhere,
        })?;
    }
    for (position, cover) in (1..).zip(person.coverages) {
        tx.insert(CoverageRow {
            person: number.clone(),
            position,
            scheme: cover.scheme.to_owned(),
            person_type: cover.person_type.to_owned(),
            status: cover.status.to_owned(),
            place: cover.place.to_owned(),
            since: cover.since,
            balance: cover.balance,
            employer: cover.employer.to_owned(),
        })?;
    }
    for filing in person.filings {
        tx.insert(FilingRow {
            person: number.clone(),
            code: filing.code.to_owned(),
            name: filing.name.to_owned(),
            from_date: filing.from,
            to_date: filing.to,
        })?;
    }
    for identity in person.identities {
        tx.insert(IdentityRow {
            person: number.clone(),
            code: identity.code.to_owned(),
            from_date: identity.from,
            to_date: identity.to,
        })?;
    }
    if let Some(voucher) = person.voucher.filter(|v| v.known) {
        let (token, expires_at) = (voucher.token, voucher.expires_at);
        tx.insert(VoucherRow {
            token,
            person: number,
            expires_at,
        })?;
    }
    Ok(())
}
