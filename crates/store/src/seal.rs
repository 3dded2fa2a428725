//! Sealing: personal parts and messages under a patient's key, patients' keys under the
//! installation's. AES-256-GCM; every ciphertext's algorithm is named beside it.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use cunyi_domain::ids::{ClinicId, PatientId};
use cunyi_domain::journal::{Entry, digest};
use cunyi_domain::row::Field;
use cunyi_domain::time::Rng;

use crate::{StoreError, Tx};

/// Names what this module does, beside each ciphertext.
pub const ALGORITHM: &str = "aes256gcm";

const NONCE: usize = 12;

/// The key of this installation: 32 bytes in a file beside the database, never in it.
#[derive(Clone)]
pub struct InstallationKey([u8; 32]);

impl InstallationKey {
    /// From its bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Seals a text that belongs to no patient yet: a voucher before its holder is known.
    pub fn seal(&self, what: &str, plain: &[u8], rng: &dyn Rng) -> Result<Vec<u8>, StoreError> {
        seal(&self.0, what, plain, rng)
    }

    /// Opens what `seal` sealed.
    pub fn open(&self, what: &str, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        open(&self.0, what, sealed)
    }
}

cunyi_domain::table! {
    /// A patient's key. Its loss makes the patient's sealed parts unreadable for ever: that is
    /// what erasure does on purpose.
    pub struct PatientKey in "patient_key" (Local, ["clinic", "patient"]) {
        /// Clinic.
        pub clinic: ClinicId,
        /// Whose.
        pub patient: PatientId,
        /// The key under the installation's.
        pub sealed_key: Vec<u8>,
        /// How it is sealed.
        pub alg: String,
    }
}

/// An opened key of a patient.
pub struct OpenKey([u8; 32]);

impl OpenKey {
    /// Seals bytes; `what` must be the same at opening.
    pub fn seal(&self, what: &str, plain: &[u8], rng: &dyn Rng) -> Result<Vec<u8>, StoreError> {
        seal(&self.0, what, plain, rng)
    }

    /// Opens what `seal` sealed.
    pub fn open(&self, what: &str, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        open(&self.0, what, sealed)
    }
}

fn seal(key: &[u8; 32], what: &str, plain: &[u8], rng: &dyn Rng) -> Result<Vec<u8>, StoreError> {
    let mut sealed = vec![0_u8; NONCE];
    rng.fill(&mut sealed);
    let nonce = Nonce::try_from(&sealed[..]).map_err(|_| StoreError::Sealed)?;
    let payload = Payload {
        msg: plain,
        aad: what.as_bytes(),
    };
    let text = cipher(key)
        .encrypt(&nonce, payload)
        .map_err(|_| StoreError::Sealed)?;
    sealed.extend(text);
    Ok(sealed)
}

fn open(key: &[u8; 32], what: &str, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
    let (nonce, text) = sealed.split_at_checked(NONCE).ok_or(StoreError::Sealed)?;
    let nonce = Nonce::try_from(nonce).map_err(|_| StoreError::Sealed)?;
    let payload = Payload {
        msg: text,
        aad: what.as_bytes(),
    };
    cipher(key)
        .decrypt(&nonce, payload)
        .map_err(|_| StoreError::Sealed)
}

fn cipher(key: &[u8; 32]) -> Aes256Gcm {
    Aes256Gcm::new(&Key::<Aes256Gcm>::from(*key))
}

/// What a fact's sealed part belongs to: it opens beside this body and nowhere else. The number in
/// the journal is not part of it, it is given later; the chain holds the order.
pub fn place(entry: &Entry) -> String {
    format!(
        "{} {} {} {} {} {}",
        entry.clinic,
        entry.kind,
        entry.version,
        entry.occurred_at.0,
        entry.actor,
        digest(&entry.body)
    )
}

/// Whose key it is: sealed for one patient of one clinic.
fn holder(clinic: &ClinicId, patient: &PatientId) -> String {
    format!("{clinic} {patient}")
}

/// Makes and stores a new patient's key.
pub(crate) fn create(
    tx: &mut Tx<'_>,
    installation: &InstallationKey,
    clinic: &ClinicId,
    patient: &PatientId,
    rng: &dyn Rng,
) -> Result<OpenKey, StoreError> {
    let mut key = [0_u8; 32];
    rng.fill(&mut key);
    let sealed_key = seal(&installation.0, &holder(clinic, patient), &key, rng)?;
    let alg = ALGORITHM.to_owned();
    tx.insert(PatientKey {
        clinic: clinic.clone(),
        patient: patient.clone(),
        sealed_key,
        alg,
    })?;
    Ok(OpenKey(key))
}

/// A patient's key, or nothing after erasure.
pub fn find(
    tx: &mut Tx<'_>,
    installation: &InstallationKey,
    clinic: &ClinicId,
    patient: &PatientId,
) -> Result<Option<OpenKey>, StoreError> {
    let values = vec![clinic.clone().into_value(), patient.clone().into_value()];
    let row: Option<PatientKey> = tx.find("WHERE clinic = ? AND patient = ?", values)?;
    let Some(row) = row else { return Ok(None) };
    let bytes = open(&installation.0, &holder(clinic, patient), &row.sealed_key)?;
    Ok(Some(OpenKey(
        bytes.try_into().map_err(|_| StoreError::Sealed)?,
    )))
}
