//! Words: one Fluent file a language, compiled in. zh-CN is the source, en is complete.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locale {
    /// 简体中文
    Zh,
    /// English
    En,
}

/// The source texts, for the tests that hold the languages complete.
pub const FILES: &[(Locale, &str)] = &[
    (Locale::Zh, include_str!("../i18n/zh-CN.ftl")),
    (Locale::En, include_str!("../i18n/en.ftl")),
];

/// Longest argument that is put into a sentence, in characters.
const LONGEST: usize = 400;

impl Locale {
    /// The language tag for `lang=`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// From a language tag; what is not English is Chinese.
    pub fn from_tag(tag: &str) -> Self {
        let english = tag.get(..2).is_some_and(|t| t.eq_ignore_ascii_case("en"));
        if english { Self::En } else { Self::Zh }
    }

    fn bundle(self) -> &'static FluentBundle<FluentResource> {
        static ZH: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle(Locale::Zh));
        static EN: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| bundle(Locale::En));
        match self {
            Self::Zh => &ZH,
            Self::En => &EN,
        }
    }
}

fn bundle(locale: Locale) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![locale.tag().parse().unwrap_or_default()]);
    bundle.set_use_isolating(false);
    for (_, text) in FILES.iter().filter(|(l, _)| *l == locale) {
        // A test holds that both files parse without errors and no key stands twice.
        let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(r, _)| r);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// The words of a key. A key without words shows as itself in double brackets; a test holds that
/// no page has one.
pub fn t(locale: Locale, key: &str, args: &[(&str, String)]) -> String {
    let bundle = locale.bundle();
    let Some(pattern) = bundle.get_message(key).and_then(|m| m.value()) else {
        return format!("⟪{key}⟫");
    };
    let mut values = FluentArgs::new();
    for (name, value) in args {
        let short = if value.chars().count() > LONGEST {
            Cow::from(value.chars().take(LONGEST).collect::<String>())
        } else {
            Cow::from(value.as_str())
        };
        values.set(*name, FluentValue::String(short));
    }
    bundle
        .format_pattern(pattern, Some(&values), &mut Vec::new())
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cunyi_catalogue::CheckCode;
    use cunyi_domain::batch::BatchState;
    use cunyi_domain::ledger::{RegistrationState, VisitState};
    use cunyi_domain::refusal::Code;

    fn has(locale: Locale, key: &str) -> bool {
        locale
            .bundle()
            .get_message(key)
            .is_some_and(|m| m.value().is_some())
    }

    #[test]
    fn both_files_are_well_formed() {
        for (locale, text) in FILES {
            let resource = FluentResource::try_new((*text).to_owned());
            let errors = resource.err().map(|(_, errors)| errors);
            assert_eq!(errors, None, "{locale:?}");
        }
    }

    #[test]
    fn both_languages_have_the_same_keys() {
        let keys = |text: &str| -> Vec<String> {
            let key = |line: &str| line.split_once(" =").map(|(key, _)| key.to_owned());
            let mut keys: Vec<String> = text.lines().filter_map(key).collect();
            keys.sort();
            keys
        };
        let zh = keys(FILES[0].1);
        assert_eq!(zh, keys(FILES[1].1));
        assert!(
            zh.windows(2).all(|pair| pair[0] != pair[1]),
            "a key stands twice"
        );
    }

    #[test]
    fn everything_that_can_be_refused_found_or_reached_has_words() {
        let refusals = Code::ALL.iter().map(|c| format!("refusal-{c}"));
        let checks = CheckCode::ALL.iter().map(|c| format!("check-{c}"));
        let cannot = cunyi_policy::CannotDecide::CODES.iter();
        let cannot = cannot.chain(&["no-policy"]).map(|c| format!("cannot-{c}"));
        let visits = VisitState::ALL.iter().map(|s| format!("state-visit-{s}"));
        let batches = BatchState::ALL.iter().map(|s| format!("state-batch-{s}"));
        let registrations = RegistrationState::ALL.iter().map(|s| s.as_str());
        let registrations = registrations
            .chain(["none"])
            .map(|s| format!("state-registration-{s}"));
        for key in refusals
            .chain(checks)
            .chain(cannot)
            .chain(visits)
            .chain(batches)
            .chain(registrations)
        {
            for (locale, _) in FILES {
                assert!(has(*locale, &key), "{key} in {locale:?}");
            }
        }
    }

    #[test]
    fn arguments_are_put_in_and_bounded() {
        let said = |text: &str| {
            t(
                Locale::En,
                "refusal-centre-refused",
                &[("text", text.into())],
            )
        };
        assert!(said("no such person").contains("no such person"));
        assert!(said(&"很".repeat(5000)).chars().count() < 1000);
        assert_eq!(t(Locale::En, "no-such-key", &[]), "⟪no-such-key⟫");
    }
}
