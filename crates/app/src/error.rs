//! A use case ends well, or is refused, or failed. Refusals are for the user, failures for the log.

use cunyi_db::DbError;
use cunyi_domain::refusal::{Code, Refusal};
use cunyi_store::StoreError;

/// Why a use case did not do it.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// With a reason for the user.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A fault of the machine or of ours; the text goes to the log and holds no personal data.
    #[error("{0}")]
    Failed(String),
}

/// Of every use case.
pub type Result<T> = std::result::Result<T, AppError>;

impl From<DbError> for AppError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Stale(_) | DbError::Duplicate => Refusal::new(Code::Changed).into(),
            DbError::Busy => Refusal::new(Code::Busy).into(),
            DbError::Full => {
                tracing::error!("the disk is full");
                Refusal::new(Code::DiskFull).into()
            }
            DbError::NulByte => Refusal::new(Code::BadText).into(),
            other => Self::Failed(other.to_string()),
        }
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Db(error) => error.into(),
            StoreError::Erased => Refusal::new(Code::NotFound).into(),
            other => Self::Failed(other.to_string()),
        }
    }
}

/// A refusal as an error.
pub fn refuse<T>(code: Code) -> Result<T> {
    Err(Refusal::new(code).into())
}

/// A refusal about a field as an error.
pub fn refuse_at<T>(code: Code, field: &'static str) -> Result<T> {
    Err(Refusal::at(code, field).into())
}
