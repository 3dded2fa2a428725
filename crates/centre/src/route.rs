//! The address of a request (nhsa-interface §1.6).

use cunyi_gateway::Region;

/// In words what is wrong with where a request came.
pub(crate) fn check(region: &Region, path: &str, infno: &str) -> Result<(), &'static str> {
    let url = region.url(infno);
    let expected = url.strip_prefix(&region.transport.base).unwrap_or(&url);
    // What a real platform says to a transaction on another's path.
    (path == expected).then_some(()).ok_or("未知交易编号")
}
