//! 体征 in words: what was measured, with its units, on page and paper.

use cunyi_app::views::DraftBody;

use crate::chrome::Chrome;
use crate::labels::GLUCOSE_KINDS;

/// What was measured; empty where nothing was.
pub(crate) fn said(c: &Chrome, b: &DraftBody) -> String {
    let pressure = match b.systolic.as_str() {
        "" => String::new(),
        systolic => format!("{systolic}/{}", b.diastolic),
    };
    let minute = c.t("unit-pulse");
    let kind = match b.glucose_kind.as_str() {
        "" => String::new(),
        kind => format!(" {}", c.label(GLUCOSE_KINDS, kind)),
    };
    let glucose = format!("mmol/L{kind}");
    let all = [
        ("field-temperature", b.temperature.as_str(), "℃"),
        ("field-pulse", &b.pulse, &minute),
        ("field-respiration", &b.respiration, &minute),
        ("blood-pressure", &pressure, "mmHg"),
        ("field-glucose", &b.glucose, &glucose),
        ("field-weight", &b.weight, "kg"),
        ("field-height", &b.height, "cm"),
    ];
    let measured = all.into_iter().filter(|(_, value, _)| !value.is_empty());
    let said = measured.map(|(key, value, unit)| format!("{} {value} {unit}", c.t(key)));
    said.collect::<Vec<_>>().join("  ")
}
