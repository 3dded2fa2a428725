//! Reading leniently: what real platforms write where the specification says otherwise.

use std::borrow::Cow;
use std::fmt;

use crate::json::Node;

/// A field whose value does not fit its type, by name. The value is not kept: it may be personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable(pub &'static str);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read {}", self.0)
    }
}

/// A field of a message: its names, ours first, and what it holds.
#[derive(Debug)]
pub struct FieldShape {
    /// The platform's name as we write it, then its other spellings.
    pub names: &'static [&'static str],
    /// The fields of a nested object; none for a text or number.
    pub fields: &'static [FieldShape],
}

/// A type read from whatever stands in its place: `null`, `""`, a number for a text, a text for a
/// number, an object for a list, a list of one for an object, an object written as text.
pub trait Lenient: Sized {
    /// Its fields if it is an object.
    const FIELDS: &'static [FieldShape];
    /// Reads it.
    fn read(node: &Node) -> Result<Self, Unreadable>;
}

impl Lenient for String {
    const FIELDS: &'static [FieldShape] = &[];
    fn read(node: &Node) -> Result<Self, Unreadable> {
        Ok(match node {
            Node::Null => Self::new(),
            Node::Text(text) | Node::Number(text) => text.clone(),
            other => other.to_string(),
        })
    }
}

impl<T: Lenient + Default + PartialEq> Lenient for Vec<T> {
    const FIELDS: &'static [FieldShape] = T::FIELDS;
    /// A row that says nothing is no row: Hunan sends one of empty strings.
    fn read(node: &Node) -> Result<Self, Unreadable> {
        let opened = node.opened();
        let items = opened.as_ref().unwrap_or(node).items();
        let rows = items.iter().map(T::read);
        rows.filter(|row| !matches!(row, Ok(row) if *row == T::default()))
            .collect()
    }
}

/// The pairs of an object of this shape.
pub(crate) fn record<'a>(
    node: &'a Node,
    shape: &[FieldShape],
) -> Result<Cow<'a, Node>, Unreadable> {
    match node {
        Node::Object(_) => Ok(wrapped(node, shape)),
        _ if node.is_nothing() => Ok(Cow::Owned(Node::Object(Vec::new()))),
        Node::Text(_) => {
            let opened = node.opened().ok_or(Unreadable("object"))?;
            record(&opened, shape).map(|found| Cow::Owned(found.into_owned()))
        }
        // The only node of an output, left out: the list itself stands there.
        Node::List(_) if holder(shape).is_some() => Ok(wrapped(node, shape)),
        Node::List(items) => match items.as_slice() {
            [] => Ok(Cow::Owned(Node::Object(Vec::new()))),
            [only] => record(only, shape),
            _ => Err(Unreadable("object")),
        },
        _ => Err(Unreadable("object")),
    }
}

/// The only field of a shape, if it has one and that is an object or a list of them.
fn holder(shape: &[FieldShape]) -> Option<&FieldShape> {
    match shape {
        [only] if !only.fields.is_empty() => Some(only),
        _ => None,
    }
}

/// Puts the content of a shape's only node into that node when the node was left out.
pub(crate) fn wrapped<'a>(node: &'a Node, shape: &[FieldShape]) -> Cow<'a, Node> {
    let names = |field: &FieldShape| field.names.iter().any(|name| node.get(name).is_some());
    match holder(shape) {
        Some(only)
            if !names(only) && (matches!(node, Node::List(_)) || only.fields.iter().any(names)) =>
        {
            Cow::Owned(Node::Object(vec![(only.names[0].to_owned(), node.clone())]))
        }
        _ => Cow::Borrowed(node),
    }
}

/// The value of a field: the first of its names that says something.
pub(crate) fn field<T: Lenient>(
    node: &Node,
    names: &'static [&'static str],
) -> Result<T, Unreadable> {
    let found = names.iter().filter_map(|name| node.get(name));
    let value = found
        .clone()
        .find(|value| !value.is_nothing())
        .or(found.clone().next());
    T::read(value.unwrap_or(&Node::Null)).map_err(|error| match error.0 {
        "number" | "object" => Unreadable(names[0]),
        _ => error,
    })
}

/// Defines message structs: one line a field gives the Rust field, how it is written, under which
/// other names it is read, and its place in the table of known fields.
macro_rules! message {
    ($(
        $(#[$meta:meta])* pub struct $name:ident {
            $($(#[$fmeta:meta])* $field:ident $(| $alias:literal)* : $type:ty,)*
        }
    )*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, ::serde::Serialize)]
        pub struct $name { $($(#[$fmeta])* pub $field: $type,)* }

        impl $crate::read::Lenient for $name {
            const FIELDS: &'static [$crate::read::FieldShape] = &[$($crate::read::FieldShape {
                names: &[stringify!($field) $(, $alias)*],
                fields: <$type as $crate::read::Lenient>::FIELDS,
            },)*];
            fn read(node: &$crate::json::Node) -> Result<Self, $crate::read::Unreadable> {
                let node = $crate::read::record(node, Self::FIELDS)?;
                Ok(Self {
                    $($field: $crate::read::field(&node, &[stringify!($field) $(, $alias)*])?,)*
                })
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let node = <$crate::json::Node as ::serde::Deserialize>::deserialize(deserializer)?;
                $crate::read::Lenient::read(&node).map_err(::serde::de::Error::custom)
            }
        }
    )*};
}
