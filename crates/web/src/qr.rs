//! A QR code as a picture in the page.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

/// Light modules around a code: ISO/IEC 18004 wants four.
const QUIET: usize = 4;

/// An SVG of a text; none where it is too long for any code. It says nothing of the text but by its modules.
pub(crate) fn svg(text: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (row, modules) in code.to_colors().chunks(width).enumerate() {
        for (column, module) in modules.iter().enumerate() {
            if *module == Color::Dark {
                let _ = write!(path, "M{} {}h1v1h-1z", column + QUIET, row + QUIET);
            }
        }
    }
    let side = width + 2 * QUIET;
    Some(format!(
        "<svg class=\"qr\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\" aria-hidden=\"true\">\
         <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::svg;

    #[test]
    fn a_code_is_square_with_its_quiet_zone_and_three_finders() {
        let picture = svg("https://qr.example/pay").expect("fits");
        // Version 2: 25 modules and four light ones on each side.
        assert!(picture.contains("viewBox=\"0 0 33 33\""), "{picture}");
        for corner in ["M4 4h1", "M22 4h1", "M4 22h1"] {
            assert!(picture.contains(corner), "{corner}");
        }
        assert!(!picture.contains("M3 "));
    }

    #[test]
    fn a_text_that_no_code_holds_has_none() {
        assert_eq!(svg(&"x".repeat(4000)), None);
    }

    #[test]
    fn another_text_is_another_code() {
        assert_ne!(svg("a"), svg("b"));
    }
}
