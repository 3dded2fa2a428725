//! Enums that are stored and sent as a short stable text.

/// Defines an enum with one text a variant; the texts are the CHECK list of its column.
#[macro_export]
macro_rules! text_enum {
    ($(#[$doc:meta])* pub enum $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, ::serde::Serialize, ::serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant,)+ }

        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable text.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// From the stable text.
            pub fn from_text(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::row::Field for $name {
            const KIND: $crate::row::Kind = $crate::row::Kind::Text;
            fn into_value(self) -> $crate::row::Value {
                $crate::row::Value::Text(self.as_str().to_owned())
            }
            fn from_value(value: $crate::row::Value) -> Option<Self> {
                match value {
                    $crate::row::Value::Text(text) => Self::from_text(&text),
                    _ => None,
                }
            }
        }
    };
}
