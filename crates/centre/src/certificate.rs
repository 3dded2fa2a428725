//! 就诊凭证: e-voucher, identity card, social-security card (nhsa-interface §2.1, §3).

use crate::call::{Call, Stop, refuse, required, text};
use crate::ledger::{PersonRow, VoucherRow};

/// Whose certificate it is. `card_code` is the 卡识别码 where the transaction carries one.
pub(crate) fn holder(
    call: &mut Call<'_, '_>,
    kind: &str,
    number: &str,
    card_code: Option<&str>,
) -> Result<PersonRow, Stop> {
    required("就诊凭证编号", number)?;
    match kind {
        "01" => by_voucher(call, number),
        "02" => {
            let number = number.to_ascii_uppercase();
            let found = call.tx.find("WHERE id_number = ?", vec![text(&number)])?;
            found.ok_or_else(unknown)
        }
        "03" => by_card(call, number, card_code),
        _ => refuse("就诊凭证类型不正确"),
    }
}

/// That a certificate is this person's; a blank number is not asked for (BZ's edition of 2206).
pub(crate) fn verify(
    call: &mut Call<'_, '_>,
    kind: &str,
    number: &str,
    person: &str,
) -> Result<(), Stop> {
    if number.trim().is_empty() {
        return Ok(());
    }
    if holder(call, kind, number, None)?.number != person {
        return refuse("就诊凭证与人员编号不一致");
    }
    Ok(())
}

fn unknown() -> Stop {
    Stop::Refused("未查询到该人员信息，请核对证件号码".to_owned())
}

fn by_voucher(call: &mut Call<'_, '_>, token: &str) -> Result<PersonRow, Stop> {
    let found: Option<VoucherRow> = call.tx.find("WHERE token = ?", vec![text(token)])?;
    match found {
        None => refuse("医保电子凭证令牌无效，请参保人重新展码"),
        Some(voucher) if voucher.expires_at <= call.now => {
            refuse("医保电子凭证已过期，请参保人刷新后重新展码")
        }
        Some(voucher) => call.person(&voucher.person),
    }
}

fn by_card(
    call: &mut Call<'_, '_>,
    number: &str,
    card_code: Option<&str>,
) -> Result<PersonRow, Stop> {
    let found: Option<PersonRow> = call.tx.find("WHERE card_number = ?", vec![text(number)])?;
    let person = found.ok_or_else(unknown)?;
    match card_code {
        Some("") if !call.centre.region.card_without_code => {
            refuse("就诊凭证类型为社会保障卡时，卡识别码不能为空")
        }
        Some(code) if !code.is_empty() && code != person.card_code => {
            refuse("卡识别码与社会保障卡不符")
        }
        _ => Ok(person),
    }
}
