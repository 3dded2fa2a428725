//! Values of the interface and the keys of their words.

/// A value and the key of its words.
pub type Labels = &'static [(&'static str, &'static str)];

/// Roles.
pub const ROLES: Labels = &[
    ("doctor", "role-doctor"),
    ("pharmacist", "role-pharmacist"),
    ("township", "role-township"),
    ("insurance", "role-insurance"),
    ("health", "role-health"),
    ("auditor", "role-auditor"),
    ("administrator", "role-administrator"),
];

/// `gend`
pub const SEXES: Labels = &[("1", "sex-male"), ("2", "sex-female")];

/// `chrgitm_lv`
pub const CLASSES: Labels = &[("01", "class-a"), ("02", "class-b"), ("03", "class-c")];

/// `mdtrt_cert_type`
pub const CERTIFICATES: Labels = &[
    ("01", "certificate-voucher"),
    ("02", "certificate-id-card"),
    ("03", "certificate-social-card"),
    ("self", "certificate-none"),
];

/// Who pays.
pub const PAYERS: Labels = &[("insured", "payer-insured"), ("self", "payer-self")];

/// Benefits as the policy names them.
pub const BENEFITS: Labels = &[
    ("general", "benefit-general"),
    ("chronic", "benefit-chronic"),
    ("special", "benefit-special"),
    ("emergency", "benefit-emergency"),
    ("", "payer-self"),
];

/// `insutype`
pub const SCHEMES: Labels = &[
    ("390", "scheme-resident"),
    ("310", "scheme-employee"),
    ("", "payer-self"),
];

/// Why an estimate is one.
pub const ESTIMATES: Labels = &[
    ("unconfirmed", "estimate-unconfirmed"),
    ("others-unknown", "estimate-others-unknown"),
    ("unsure", "estimate-unsure"),
];

/// Figures in which the centre's answer may differ.
pub const PARTS: Labels = &[
    ("own-pay", "own-pay"),
    ("over-limit", "over-limit"),
    ("pay-first", "pay-first"),
    ("deductible", "part-deductible"),
    ("pool", "part-pool"),
    ("civil-servant", "part-civil-servant"),
    ("enterprise", "part-enterprise"),
    ("serious-illness", "part-serious-illness"),
    ("large-amount", "part-large-amount"),
    ("medical-aid", "part-medical-aid"),
    ("other-funds", "part-other-funds"),
    ("hospital", "part-hospital"),
];

/// What became of a message.
pub const MESSAGES: Labels = &[
    ("pending", "message-pending"),
    ("success", "message-success"),
    ("refused", "message-refused"),
    ("unknown", "message-unknown"),
    ("not_sent", "message-not-sent"),
];

/// What a look at the platform showed of a lost call.
pub const FINDINGS: Labels = &[
    ("in_force", "finding-in-force"),
    ("paid_back", "finding-paid-back"),
    ("nothing", "finding-nothing"),
    ("unlisted", "finding-unlisted"),
    ("silent", "finding-silent"),
    ("refused", "finding-refused"),
    ("contradicts", "finding-contradicts"),
    ("undo_refused", "finding-undo-refused"),
    ("told_done", "finding-told-done"),
    ("told_not_done", "finding-told-not-done"),
];

/// Why money changed hands.
pub const PAYMENTS: Labels = &[
    ("paid", "payment-paid"),
    ("paid_back", "payment-paid-back"),
    ("deposit", "payment-deposit"),
    ("returned", "payment-returned"),
    ("collected", "payment-collected"),
];

/// How money changed hands.
pub const METHODS: Labels = &[("cash", "method-cash"), ("qr", "method-qr")];

/// Where an application for clearing stands.
pub const CLEARING_STATES: Labels = &[
    ("requested", "clearing-requested"),
    ("applied", "clearing-applied"),
    ("refused", "clearing-refused"),
    ("unknown", "clearing-unknown"),
    ("not_applied", "clearing-not-there"),
    ("withdrawing", "clearing-withdrawing"),
    ("withdrawal_unknown", "clearing-withdrawal-unknown"),
    ("withdrawn", "clearing-withdrawn"),
];

/// What became of undoing something at the centre.
pub const UNDONE_STATES: Labels = &[
    ("requested", "undone-requested"),
    ("unknown", "undone-unknown"),
    ("done", "undone-done"),
    ("refused", "undone-refused"),
];

/// What the office says of a claim.
pub const CLEARING_KINDS: Labels = &[
    ("recognised", "clearing-recognised"),
    ("deducted", "clearing-deducted"),
    ("withheld", "clearing-withheld"),
    ("released", "clearing-released"),
    ("advanced", "clearing-advanced"),
    ("paid", "clearing-paid"),
    ("appealed", "clearing-appealed"),
    ("restored", "clearing-restored"),
    ("confirmed", "clearing-confirmed"),
];

/// Allergy groups of the catalogue.
pub const GROUPS: Labels = &[
    ("penicillins", "group-penicillins"),
    ("cephalosporins", "group-cephalosporins"),
    ("sulfonamides", "group-sulfonamides"),
    ("macrolides", "group-macrolides"),
    ("quinolones", "group-quinolones"),
    ("aminoglycosides", "group-aminoglycosides"),
    ("tetracyclines", "group-tetracyclines"),
    ("lincosamides", "group-lincosamides"),
    ("nitroimidazoles", "group-nitroimidazoles"),
    ("azoles", "group-azoles"),
    ("nsaids", "group-nsaids"),
    ("pyrazolones", "group-pyrazolones"),
    ("barbiturates", "group-barbiturates"),
    ("local-anaesthetics", "group-local-anaesthetics"),
    ("antisera", "group-antisera"),
    ("ace-inhibitors", "group-ace-inhibitors"),
    ("statins", "group-statins"),
    ("iodine", "group-iodine"),
    ("alcohol", "group-alcohol"),
];

/// Routes of the catalogue.
pub const ROUTES: Labels = &[
    ("po", "route-po"),
    ("sl", "route-sl"),
    ("buccal", "route-buccal"),
    ("im", "route-im"),
    ("ih", "route-ih"),
    ("id", "route-id"),
    ("iv", "route-iv"),
    ("ivgtt", "route-ivgtt"),
    ("infiltration", "route-infiltration"),
    ("inh", "route-inh"),
    ("pr", "route-pr"),
    ("pv", "route-pv"),
    ("eye", "route-eye"),
    ("ear", "route-ear"),
    ("nose", "route-nose"),
    ("throat", "route-throat"),
    ("skin", "route-skin"),
    ("dressing", "route-dressing"),
    ("other", "route-other"),
    ("decoct", "route-decoct"),
    ("decoct-skin", "route-decoct-skin"),
];

/// Frequencies of the catalogue.
pub const FREQUENCIES: Labels = &[
    ("qd", "frequency-qd"),
    ("bid", "frequency-bid"),
    ("tid", "frequency-tid"),
    ("qid", "frequency-qid"),
    ("quingid", "frequency-quingid"),
    ("qn", "frequency-qn"),
    ("st", "frequency-st"),
    ("prn", "frequency-prn"),
    ("qod", "frequency-qod"),
    ("q3d", "frequency-q3d"),
    ("qw", "frequency-qw"),
    ("biw", "frequency-biw"),
    ("tiw", "frequency-tiw"),
    ("qow", "frequency-qow"),
    ("q1h", "frequency-q1h"),
    ("q2h", "frequency-q2h"),
    ("q3h", "frequency-q3h"),
    ("q4h", "frequency-q4h"),
    ("q6h", "frequency-q6h"),
    ("q8h", "frequency-q8h"),
    ("q12h", "frequency-q12h"),
    ("d1", "frequency-d1"),
    ("d2", "frequency-d2"),
    ("d3", "frequency-d3"),
];

/// Fields of forms.
pub const FIELDS: Labels = &[
    ("template", "template"),
    ("layout_text", "field-layout-text"),
    ("skin_test", "skin-test-order"),
    ("course", "courses"),
    ("keeps", "account"),
    ("template_name", "field-template-name"),
    ("template_file", "field-template-file"),
    ("from", "report-from"),
    ("to", "report-to"),
    ("complaint", "field-complaint"),
    ("history", "field-history"),
    ("past_history", "field-past-history"),
    ("examination", "field-examination"),
    ("auxiliary", "field-auxiliary"),
    ("advice", "field-advice"),
    ("temperature", "field-temperature"),
    ("pulse", "field-pulse"),
    ("respiration", "field-respiration"),
    ("systolic", "field-systolic"),
    ("diastolic", "field-diastolic"),
    ("glucose", "field-glucose"),
    ("glucose_kind", "field-glucose-kind"),
    ("weight", "field-weight"),
    ("height", "field-height"),
    ("onset", "field-onset"),
    ("diagnoses", "field-diagnosis"),
    ("code", "field-item"),
    ("dose", "field-dose"),
    ("route", "field-route"),
    ("frequency", "field-frequency"),
    ("days", "field-days"),
    ("doses", "field-doses"),
    ("usage", "field-usage"),
    ("times", "field-frequency"),
    ("footnote", "field-footnote"),
    ("group", "field-group"),
    ("drip", "field-drip"),
    ("quantity", "field-quantity"),
    ("benefit", "field-benefit"),
    ("long_term", "field-long-term"),
    ("own_pay_consent", "field-own-pay-consent"),
    ("name", "field-name"),
    ("sex", "field-sex"),
    ("birth_date", "field-birth-date"),
    ("id_number", "field-id-number"),
    ("number", "field-number"),
    ("certificate", "field-certificate"),
    ("card_code", "field-card-code"),
    ("phone", "field-phone"),
    ("address", "field-address"),
    ("guardian_name", "field-guardian-name"),
    ("guardian_id_number", "field-guardian-id-number"),
    ("proxy_name", "field-proxy-name"),
    ("proxy_id_number", "field-proxy-id-number"),
    ("proxy_relation", "field-proxy-relation"),
    ("coverage", "field-coverage"),
    ("doctor", "role-doctor"),
    ("reason", "field-reason"),
    ("why", "field-reason"),
    ("national_code", "field-national-code"),
    ("licence_until", "field-licence-until"),
    ("login", "field-login"),
    ("password", "field-password"),
    ("clinic_name", "field-clinic-name"),
    ("clinic_phone", "field-clinic-phone"),
    ("clinic_address", "field-clinic-address"),
    ("pay_name", "field-pay-name"),
    ("pay_content", "field-pay-content"),
    ("institution_code", "field-institution-code"),
    ("institution_name", "field-institution-name"),
    ("level", "field-level"),
    ("region", "setup-region"),
    ("policies", "field-policies"),
    ("slot", "field-slot"),
    ("user_name", "field-user-name"),
    ("confirmed_by", "field-confirmed-by"),
    ("confirmed_on", "field-confirmed-on"),
    ("query", "field-query"),
    ("day", "date"),
    ("cash", "field-till-cash"),
    ("qr", "field-till-qr"),
    ("trace_codes", "field-trace-codes"),
    ("amount", "amount"),
    ("period", "clearing-period"),
    ("clearing_group", "field-clearing-group"),
    ("clearing_kind", "kind"),
    ("clearing_on", "field-clearing-on"),
    ("appeal_by", "field-appeal-by"),
    ("told_by", "field-told-by"),
    ("clearing_event", "field-clearing-event"),
    ("confirmed", "follow-up-confirm-short"),
    ("end_day", "field-end-day"),
    ("end_words", "field-end-words"),
    ("receipt_code", "field-receipt-code"),
    ("first_number", "field-first-number"),
    ("last_number", "field-last-number"),
    ("to_number", "field-to-number"),
    ("receipt_number", "receipt-number"),
    ("destination", "field-destination"),
    ("referral_reason", "field-referral-reason"),
    ("treated", "field-treated"),
    ("urgent", "referral-urgent"),
    ("from", "follow-ups-from"),
    ("to", "follow-ups-to"),
];

/// Follow-up forms, as buttons call them.
pub const FOLLOW_UPS: Labels = &[
    ("hypertension", "follow-up-hypertension"),
    ("diabetes", "follow-up-diabetes"),
];

/// The illnesses that they follow.
pub const ILLNESSES: Labels = &[
    ("hypertension", "illness-hypertension"),
    ("diabetes", "illness-diabetes"),
];

/// Why a patient is to be referred after a follow-up.
pub const REFERRALS: Labels = &[
    ("danger", "follow-up-refer-danger"),
    ("new-complication", "follow-up-why-new-complication"),
    ("worse-complication", "follow-up-why-worse-complication"),
    ("adverse-again", "follow-up-refer-adverse-again"),
    (
        "unsatisfactory-again",
        "follow-up-refer-unsatisfactory-again",
    ),
];

/// What stands in the access log.
pub const ACCESSES: Labels = &[
    ("record", "access-record"),
    ("list", "access-list"),
    ("signed-in", "access-signed-in"),
    ("wrong-password", "access-wrong-password"),
    ("locked", "access-locked"),
    ("password-changed", "access-password-changed"),
    ("password-reset", "access-password-reset"),
    ("refused", "access-refused"),
];

/// Reasons for a longer supply that are offered (处方管理办法 §19).
pub const SUPPLY_REASONS: [&str; 3] = ["supply-chronic", "supply-old-age", "supply-special"];

/// 处方 on the visit's screen.
pub const PRESCRIPTIONS: Labels = &[
    ("western", "prescription-western"),
    ("decoction", "prescription-decoction"),
    ("infusion", "prescription-infusion"),
    ("service", "prescription-service"),
];

/// 终止管理原因
pub const END_WHY: Labels = &[
    ("died", "end-why-died"),
    ("moved", "end-why-moved"),
    ("lost", "end-why-lost"),
    ("declined", "end-why-declined"),
];

/// 电子票据: how far it is.
pub const ELECTRONIC: Labels = &[
    ("asked", "electronic-asked"),
    ("issued", "electronic-issued"),
    ("refused", "electronic-refused"),
    ("undoing", "electronic-undoing"),
    ("undone", "electronic-undone"),
];

/// 收据: why it is void or came back.
pub const RECEIPT_WHY: Labels = &[
    ("spoiled", "receipt-why-spoiled"),
    ("mistake", "receipt-why-mistake"),
    ("taken-back", "receipt-why-taken-back"),
    ("lost", "receipt-why-lost"),
    ("other", "paper-why-other"),
];

/// 补打, 作废: why.
pub const PAPER_WHY: Labels = &[
    ("unreadable", "paper-why-unreadable"),
    ("lost", "paper-why-lost"),
    ("copy", "paper-why-copy"),
    ("mistake", "paper-why-mistake"),
    ("changed", "paper-why-changed"),
    ("declined", "paper-why-declined"),
    ("short", "paper-why-short"),
    ("cancelled", "paper-why-cancelled"),
    ("other", "paper-why-other"),
];

/// 皮试
pub const SKIN_TESTS: Labels = &[
    ("waiting", "skin-test-waiting"),
    ("read", "skin-test-read"),
    ("negative", "skin-test-negative"),
    ("positive", "skin-test-positive"),
    ("abandoned", "skin-test-abandoned"),
];

/// 处方权
pub const RIGHTS: Labels = &[
    ("infusion", "right-infusion"),
    ("iv-antibiotics", "right-iv-antibiotics"),
    ("controlled", "right-controlled"),
    ("decoction", "right-decoction"),
];

/// Fields of the record, in the order of its page.
pub const RECORD_FIELDS: Labels = &[
    ("temperature", "field-temperature"),
    ("pulse", "field-pulse"),
    ("respiration", "field-respiration"),
    ("pressure", "blood-pressure"),
    ("glucose", "field-glucose"),
    ("weight", "field-weight"),
    ("height", "field-height"),
    ("onset", "field-onset"),
    ("complaint", "field-complaint"),
    ("history", "field-history"),
    ("past_history", "field-past-history"),
    ("examination", "field-examination"),
    ("auxiliary", "field-auxiliary"),
    ("advice", "field-advice"),
];

/// 中医 among the diagnoses that are found.
pub const DIAGNOSES: Labels = &[
    ("illness", "diagnosis-illness"),
    ("syndrome", "diagnosis-syndrome"),
];

/// Papers that there are on 80 mm, too.
pub const ROLLS: Labels = &[
    ("fee-list", "paper-fee-list"),
    ("statement", "paper-statement"),
    ("receipt", "paper-fee-receipt"),
    ("slips", "paper-slip"),
    ("infusion-card", "paper-infusion-card"),
    ("day-sheet", "paper-day-sheet"),
];

/// What becomes of a field.
pub const FIELD_USES: Labels = &[
    ("shown", "use-shown"),
    ("required", "use-required"),
    ("hidden", "use-hidden"),
];

/// When a glucose was measured.
pub const GLUCOSE_KINDS: Labels = &[
    ("fasting", "glucose-fasting"),
    ("after_meal", "glucose-after-meal"),
    ("random", "glucose-random"),
];

/// 脚注 of a herb.
pub const FOOTNOTES: Labels = &[
    ("first", "footnote-first"),
    ("late", "footnote-late"),
    ("wrapped", "footnote-wrapped"),
    ("apart", "footnote-apart"),
    ("melted", "footnote-melted"),
    ("drench", "footnote-drench"),
    ("crushed", "footnote-crushed"),
];

/// 医疗收费项目类别 (`med_chrgitm_type`, nhsa-interface §3).
pub const HEADINGS: Labels = &[
    ("01", "heading-bed"),
    ("02", "heading-consultation"),
    ("03", "heading-examination"),
    ("04", "heading-laboratory"),
    ("05", "heading-treatment"),
    ("06", "heading-operation"),
    ("07", "heading-nursing"),
    ("08", "heading-material"),
    ("09", "heading-western"),
    ("10", "heading-pieces"),
    ("11", "heading-patent"),
    ("12", "heading-general"),
    ("13", "heading-registration"),
    ("14", "heading-other"),
];

/// Which list, and what was refused.
pub const DETAILS: Labels = &[
    ("search", "find-patient"),
    ("day", "nav-today"),
    ("queue", "queue"),
    ("reconcile", "reconcile-title"),
    ("follow-ups", "follow-ups-title"),
    ("never-followed", "follow-ups-never"),
    ("ended-follow-ups", "follow-ups-ended"),
    ("courses", "courses-due"),
    ("outpatient-log", "log-title"),
    ("infusions", "infusions-title"),
    ("receipts", "receipts-title"),
    ("day-sheet", "paper-day-sheet"),
    ("accesses", "nav-accesses"),
    ("see-queue", "queue"),
    ("register", "action-register"),
    ("read-record", "action-read-record"),
    ("treat", "action-treat"),
    ("settle", "action-settle"),
    ("count-till", "till-title"),
    ("see-clearing", "clearing-title"),
    ("see-reports", "report-title"),
    ("clear", "clearing-apply-short"),
    ("hand-over", "action-hand-over"),
    ("read-patient", "action-read-patient"),
    ("correct-patient", "correct-patient"),
    ("read-numbers", "action-read-numbers"),
    ("read-stock", "nav-stock"),
    ("read-messages", "messages"),
    ("read-accesses", "nav-accesses"),
    ("administer", "action-administer"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use cunyi_catalogue::AllergyGroup;
    use cunyi_domain::ledger::Footnote;

    #[test]
    fn routes_frequencies_and_groups_are_called_as_the_catalogue_calls_them() {
        let said = |table: Labels, code: &str| {
            let (_, key) = table.iter().find(|(value, _)| *value == code).unwrap();
            crate::words::t(crate::words::Locale::Zh, key, &[])
        };
        let usages = cunyi_catalogue::usages();
        for route in cunyi_catalogue::routes().iter().chain(usages) {
            assert_eq!(said(ROUTES, route.code), route.name_zh);
        }
        let decoction = cunyi_catalogue::decoction_times();
        for frequency in cunyi_catalogue::frequencies().iter().chain(decoction) {
            assert_eq!(said(FREQUENCIES, frequency.code), frequency.name_zh);
        }
        for footnote in Footnote::ALL {
            assert_eq!(said(FOOTNOTES, footnote.as_str()), footnote.name_zh());
        }
        for group in AllergyGroup::ALL {
            assert!(said(GROUPS, group.as_str()).starts_with(group.name_zh()));
        }
    }

    #[test]
    fn every_group_has_a_label() {
        let groups: Vec<&str> = AllergyGroup::ALL.iter().map(|g| g.as_str()).collect();
        assert_eq!(
            groups,
            GROUPS.iter().map(|(value, _)| *value).collect::<Vec<_>>()
        );
    }
}
