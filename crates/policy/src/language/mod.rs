//! The language of a region's file: its keys, its tables, what its conditions tell apart.

pub(crate) mod facet;
pub(crate) mod form;
pub(crate) mod rows;
pub(crate) mod span;
