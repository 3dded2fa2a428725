//! What lies in the cupboard.

use cunyi_domain::money::Quantity;
use cunyi_domain::time::civil::Date;

/// Stock of one drug.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockView {
    /// 医保目录编码
    pub code: String,
    /// Name.
    pub name: String,
    /// 规格
    pub spec: String,
    /// Smallest unit.
    pub unit: String,
    /// Lots with something left: lot number, expiry, on hand, reserved.
    pub lots: Vec<(String, Date, Quantity, Quantity)>,
    /// On hand less reserved.
    pub free: Quantity,
    /// Came back for its quality and is never sold.
    pub quarantined: Quantity,
    /// The earliest expiry is within 90 days.
    pub near_expiry: bool,
}
