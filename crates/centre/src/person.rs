//! 1101 who it is, 2001 entitlement, 5206 accumulators, 5301 chronic filings, 9001/9002 sign-in.

use cunyi_domain::money::{Fen, Quantity};
use cunyi_domain::row::Value;
use cunyi_domain::time::{age_on, civil::Date};
use cunyi_gateway::message::entitlement::{
    Accumulator, AccumulatorQuery, Accumulators, ChronicFiling, ChronicFilings, ChronicQuery,
    EntitlementQuery, Entitlements, TrtInfo,
};
use cunyi_gateway::message::person::{BaseInfo, IdetInfo, InsuInfo, Person, PersonQuery};
use cunyi_gateway::message::sign::{SignIn, SignInOutb, SignOut, SignOutOutb, SignedIn, SignedOut};
use cunyi_policy::{Aid, Benefit, Facts};

use crate::accumulate;
use crate::call::{Call, Stop, refuse, required, text};
use crate::certificate;
use crate::envelope;
use crate::ledger::{CoverageRow, FilingRow, IdentityRow, PersonRow, SignInRow};

/// 9001
pub(crate) fn sign_in(call: &mut Call<'_, '_>, input: &SignIn) -> Result<SignedIn, Stop> {
    required("操作员编号", &input.opter_no)?;
    let number = call.number();
    call.tx.insert(SignInRow {
        number: number.clone(),
        institution: call.envelope.institution.clone(),
        operator: input.opter_no.clone(),
        signed_at: call.now,
        ended_at: None,
    })?;
    let sign_time = call.now.date_time();
    Ok(SignedIn {
        signinoutb: SignInOutb {
            sign_time,
            sign_no: number,
        },
    })
}

/// 9002
pub(crate) fn sign_out(call: &mut Call<'_, '_>, input: &SignOut) -> Result<SignedOut, Stop> {
    let sql = "UPDATE sign_in SET ended_at = ? WHERE number = ? AND institution = ? \
               AND ended_at IS NULL";
    let institution = text(&call.envelope.institution);
    let values = vec![Value::Int(call.now.0), text(&input.sign_no), institution];
    if call.tx.execute(sql, values)? != 1 {
        return refuse("签到流水号无效或已签退");
    }
    Ok(SignedOut {
        signoutoutb: SignOutOutb {
            sign_time: call.now.date_time(),
        },
    })
}

/// 1101
pub(crate) fn identify(call: &mut Call<'_, '_>, input: &PersonQuery) -> Result<Person, Stop> {
    let kind = input.mdtrt_cert_type.as_str();
    let code = Some(input.card_sn.as_str());
    let person = certificate::holder(call, kind, &input.mdtrt_cert_no, code)?;
    if !input.psn_name.is_empty() && input.psn_name != person.name {
        return refuse("证件号码与姓名不一致");
    }
    let coverages = call.coverages(&person.number)?;
    if coverages.is_empty() {
        return refuse("该人员无有效参保信息");
    }
    let mut insuinfo = Vec::new();
    for coverage in &coverages {
        insuinfo.push(insurance(call, coverage)?);
    }
    let exp_content = remaining(call, &coverages)?;
    let idetinfo = identities(call, &person.number)?.into_iter().map(shown);
    let idetinfo = idetinfo.collect();
    let baseinfo = BaseInfo {
        psn_no: person.number.clone(),
        psn_cert_type: "01".to_owned(),
        certno: person.id_number.clone(),
        psn_name: person.name.clone(),
        gend: person.sex.to_string(),
        naty: "01".to_owned(),
        brdy: person.birth_date.to_string(),
        age: age(call, &person).into(),
        exp_content,
    };
    Ok(Person {
        baseinfo,
        insuinfo,
        idetinfo,
    })
}

/// Whole years, as the interface's `age`.
pub(crate) fn age(call: &Call<'_, '_>, person: &PersonRow) -> Quantity {
    Quantity::whole(age_on(person.birth_date, call.now.date()))
}

fn insurance(call: &mut Call<'_, '_>, coverage: &CoverageRow) -> Result<InsuInfo, Stop> {
    let balance = accumulate::balance(call, coverage)?;
    let paused = (coverage.status == "2").then(|| call.now.date().first_of_year().to_string());
    Ok(InsuInfo {
        balc: balance.into(),
        insutype: coverage.scheme.clone(),
        psn_type: coverage.person_type.clone(),
        psn_insu_stas: coverage.status.clone(),
        psn_insu_date: coverage.since.to_string(),
        paus_insu_date: paused.unwrap_or_default(),
        cvlserv_flag: "0".to_owned(),
        insuplc_admdvs: coverage.place.clone(),
        emp_name: coverage.employer.clone(),
        ..InsuInfo::default()
    })
}

fn identities(call: &mut Call<'_, '_>, person: &str) -> Result<Vec<IdentityRow>, Stop> {
    Ok(call
        .tx
        .select("WHERE person = ? ORDER BY code", vec![text(person)])?)
}

fn shown(row: IdentityRow) -> IdetInfo {
    IdetInfo {
        psn_idet_type: row.code,
        begntime: format!("{} 00:00:00", row.from_date),
        endtime: row
            .to_date
            .map_or(String::new(), |day| format!("{day} 23:59:59")),
        ..IdetInfo::default()
    }
}

/// What is known of a person's visit at the institution that asks.
pub(crate) fn facts(
    call: &mut Call<'_, '_>,
    person: &PersonRow,
    scheme: &str,
    day: Date,
) -> Result<Facts, Stop> {
    let mut coverages = call.coverages(&person.number)?.into_iter();
    let coverage = coverages.find(|coverage| coverage.scheme == scheme);
    let status = coverage.and_then(|c| call.centre.region.status_of(&c.person_type));
    Ok(Facts {
        status,
        age: Some(age_on(person.birth_date, day)),
        aid: aid(call, &person.number, day)?,
        ..envelope::facts(&call.envelope.institution_name)
    })
}

fn aid(call: &mut Call<'_, '_>, person: &str, day: Date) -> Result<Option<Aid>, Stop> {
    let mut rows = identities(call, person)?;
    rows.retain(|row| row.from_date <= day && row.to_date.is_none_or(|to| day <= to));
    let codes = rows.iter().map(|row| row.code.as_str());
    Ok(call.centre.region.aid_of(codes))
}

/// What is left of the year's general outpatient cap, as a JSON text under the region's key.
fn remaining(call: &mut Call<'_, '_>, coverages: &[CoverageRow]) -> Result<String, Stop> {
    let here = |c: &&CoverageRow| c.status == "1" && c.place == call.centre.region.admdvs;
    let Some(coverage) = coverages.iter().find(here) else {
        return Ok(String::new());
    };
    let region = &call.centre.region;
    let (Some(policy), Some(key)) = (
        call.centre.policy(&coverage.scheme),
        region.remaining_cap_key.as_deref(),
    ) else {
        return Ok(String::new());
    };
    let day = call.now.date();
    let person = call.person(&coverage.person)?;
    let facts = facts(call, &person, &coverage.scheme, day)?;
    let Some(cap) = policy.yearly_cap(Benefit::General, &facts, day) else {
        return Ok(String::new());
    };
    let key = key.to_owned();
    let history = accumulate::history(call, &coverage.person, &coverage.scheme, day, &facts)?;
    let left = (cap - accumulate::used(&history, Benefit::General, day)).max(Fen::ZERO);
    Ok(format!("{{\"{key}\":{left}}}"))
}

/// 2001
pub(crate) fn entitlement(
    call: &mut Call<'_, '_>,
    input: &EntitlementQuery,
) -> Result<Entitlements, Stop> {
    let person = call.person(&input.psn_no)?;
    let benefit = call.centre.benefit(&input.med_type)?;
    let entitled = call
        .coverage(&person.number, &input.insutype)
        .and_then(|_| {
            if matches!(benefit, Benefit::Chronic | Benefit::Special) {
                filed(call, &person.number, &input.dise_codg)?;
            }
            Ok(())
        });
    let (flag, words) = match entitled {
        Ok(()) => ("1", String::new()),
        Err(Stop::Refused(words)) => ("0", words),
        Err(other) => return Err(other),
    };
    let fund = if input.insutype == "310" {
        "310100"
    } else {
        "390100"
    };
    let trtinfo = vec![TrtInfo {
        psn_no: person.number,
        trt_chk_type: "01".to_owned(),
        fund_pay_type: fund.to_owned(),
        trt_enjymnt_flag: flag.to_owned(),
        begndate: call.now.date().first_of_year().to_string(),
        enddate: call.now.date().last_of_year().to_string(),
        trt_chk_rslt: words,
    }];
    Ok(Entitlements { trtinfo })
}

/// That a person has a filing of this disease today.
pub(crate) fn filed(call: &mut Call<'_, '_>, person: &str, disease: &str) -> Result<(), Stop> {
    required("病种编码", disease)?;
    let values = vec![text(person), text(disease)];
    let found: Option<FilingRow> = call.tx.find("WHERE person = ? AND code = ?", values)?;
    let today = call.now.date();
    match found {
        None => refuse("参保人未办理该病种备案，不能享受该病种待遇"),
        Some(filing) if filing.to_date.is_some_and(|to| to < today) => {
            refuse("该病种备案已到期，不能享受该病种待遇")
        }
        Some(_) => Ok(()),
    }
}

/// 5206: a row for each scheme and benefit, of the whole year.
pub(crate) fn accumulators(
    call: &mut Call<'_, '_>,
    input: &AccumulatorQuery,
) -> Result<Accumulators, Stop> {
    let person = call.person(&input.psn_no)?;
    let month = call.now.date().strftime("%Y%m").to_string();
    let cum_ym = if input.cum_ym.len() == 6 {
        input.cum_ym.clone()
    } else {
        month
    };
    let year = cum_ym.get(..4).and_then(|y| y.parse::<i64>().ok());
    let year = year.unwrap_or_else(|| i64::from(call.now.date().year()));
    let mut rows = Vec::new();
    let day = call.now.date();
    let day = Date::new(i16::try_from(year).unwrap_or(0), 1, 1).unwrap_or(day);
    // A sum over the year asks for nobody's facts.
    let nobody = Facts::default();
    for coverage in call.coverages(&person.number)? {
        let history = accumulate::history(call, &person.number, &coverage.scheme, day, &nobody)?;
        let here = |b: &&Benefit| !call.centre.medical_type(**b).is_empty();
        let here: Vec<&Benefit> = Benefit::ALL.iter().filter(here).collect();
        for benefit in here {
            rows.push(Accumulator {
                insutype: coverage.scheme.clone(),
                year: year.to_string(),
                cum_ym: cum_ym.clone(),
                cum_type_code: format!("F0000_BIZ{}", call.centre.medical_type(*benefit)),
                cum: accumulate::used(&history, *benefit, day).into(),
            });
        }
    }
    Ok(Accumulators { cuminfo: rows })
}

/// 5301
pub(crate) fn filings(
    call: &mut Call<'_, '_>,
    input: &ChronicQuery,
) -> Result<ChronicFilings, Stop> {
    let person = call.person(&input.psn_no)?;
    let rows: Vec<FilingRow> = call
        .tx
        .select("WHERE person = ? ORDER BY code", vec![text(&person.number)])?;
    let filing = |row: FilingRow| ChronicFiling {
        opsp_dise_code: row.code,
        opsp_dise_name: row.name,
        begndate: row.from_date.to_string(),
        enddate: row.to_date.map_or(String::new(), |to| to.to_string()),
        exp_content: String::new(),
    };
    Ok(ChronicFilings {
        feedetail: rows.into_iter().map(filing).collect(),
    })
}
