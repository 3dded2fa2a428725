//! Default paths of regions with one path a transaction (nhsa-interface §1.6).

/// Transactions without which no region is run and for which §1.6 names no path: a region with one
/// path a transaction gives them itself.
pub(crate) const NEEDED: [&str; 2] = ["5201", "5206"];

/// infno and path; the spellings are the platform's own. What is neither here nor `NEEDED` is run
/// only where the region gives its path.
pub const PATHS: &[(&str, &str)] = &[
    ("1101", "/fsi/api/fsiPsnInfoService/queryPsnInfo"),
    (
        "2001",
        "/fsi/api/fsiPsnPriorityInfoService/queryPsnPriorityInfo",
    ),
    (
        "2201",
        "/fsi/api/outpatientDocInfoService/outpatientRregistration",
    ),
    (
        "2202",
        "/fsi/api/outpatientDocInfoService/outpatientRegistrationCancel",
    ),
    (
        "2203",
        "/fsi/api/outpatientDocInfoService/outpatientMdtrtinfoUp",
    ),
    (
        "2203A",
        "/fsi/api/outpatientDocInfoService/outpatientMdtrtinfoUpA",
    ),
    (
        "2204",
        "/fsi/api/outpatientDocInfoService/outpatientFeeListUp",
    ),
    (
        "2205",
        "/fsi/api/outpatientDocInfoService/outpatientFeeListUpCancel",
    ),
    ("2206", "/fsi/api/outpatientSettleService/preSettletment"),
    ("2206A", "/fsi/api/outpatientSettleService/preSettletmentA"),
    ("2207", "/fsi/api/outpatientSettleService/saveSettletmentV2"),
    ("2207A", "/fsi/api/outpatientSettleService/saveSettletment"),
    ("2208", "/fsi/api/outpatientSettleService/cancleSettletment"),
    ("2601", "/fsi/api/reverseService/revsMethod"),
    ("3101", "/fsi/api/riskConService/beforeAnalyze"),
    ("3102", "/fsi/api/riskConService/courseAnalyze"),
    ("3201", "/fsi/api/ybSettlementStmtService/stmtTotal"),
    ("3202", "/fsi/api/ybSettlementStmtService/stmtDetail"),
    ("3301", "/fsi/api/catalogCompService/catalogCompUp"),
    ("5203", "/fsi/api/fsiIntegratedQueryService/querySetlInfo"),
    ("5204", "/fsi/api/fsiIntegratedQueryService/queryFeeList"),
    ("5301", "/fsi/api/fsiIntegratedQueryService/queryPsnOpspReg"),
    ("9001", "/fsi/api/signInSignOutService/signIn"),
    ("9002", "/fsi/api/signInSignOutService/signOut"),
    ("9101", "/fsi/api/fileupload/upload"),
    ("9102", "/fsi/api/fileupload/download"),
];

/// The default path of a transaction.
pub fn default_path(infno: &str) -> Option<&'static str> {
    PATHS
        .iter()
        .find(|(known, _)| *known == infno)
        .map(|(_, path)| *path)
}
