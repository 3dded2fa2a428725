//! The address and the signature of a request (nhsa-interface §1.4: families D and B).

use cunyi_domain::time::Moment;
use cunyi_gateway::Region;
use cunyi_gateway::region::TransportKind;

/// How far a signed time stamp may be off, in seconds.
const STALE: i64 = 300;

/// In words what is wrong with how a request came.
pub(crate) fn check(
    region: &Region,
    path: &str,
    headers: &[(String, String)],
    infno: &str,
    now: Moment,
) -> Result<(), &'static str> {
    let url = region.url(infno);
    let expected = url.strip_prefix(&region.transport.base).unwrap_or(&url);
    if path != expected {
        // What a real platform says to a transaction on another's path (§1.6).
        return Err("未知交易编号");
    }
    match region.transport.kind {
        TransportKind::Plain => Ok(()),
        TransportKind::Tif => signature(region, headers, now),
    }
}

fn signature(
    region: &Region,
    headers: &[(String, String)],
    now: Moment,
) -> Result<(), &'static str> {
    let header = |name: &str| {
        let found = headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value.as_str())
    };
    let stamp = header("x-tif-timestamp")
        .parse::<i64>()
        .map_err(|_| "缺少网关签名")?;
    let sent = Moment(stamp.saturating_mul(1_000_000));
    if now.seconds_since(sent).saturating_abs() > STALE {
        return Err("网关时间戳已过期");
    }
    let expected = region.tif_headers(stamp, header("x-tif-nonce"));
    if expected.iter().any(|(name, value)| header(name) != value) {
        return Err("网关签名验证失败");
    }
    Ok(())
}
